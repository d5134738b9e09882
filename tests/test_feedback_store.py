"""The store: what is kept, what is refused, and that neither a second process nor a killed one can break it."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from lab.errors import StoreError
from lab.feedback.database import HEAD, MIGRATIONS
from lab.feedback.store import FILE, Store
from lab.feedback.tables import metadata
from lab.records import Correction, Job, Reply, Sampling, Thumb, Vote

ROOT = Path(__file__).parent.parent


def talk(store: Store, name: str = "x") -> tuple[str, str, str]:
    """A conversation of one question and two answers: (question, answer, answer) by id."""
    conversation = store.start_conversation("a talk")
    store.add_reply(Reply(f"{name}-q", conversation, None, "user", "hello"))
    for each in "ab":
        store.add_reply(Reply(f"{name}-{each}", conversation, f"{name}-q", "assistant", f"answer {each}"))
    return f"{name}-q", f"{name}-a", f"{name}-b"


def job(**values) -> Job:
    given = {"algorithm": "dpo", "base": "b", "parent": 0, "parent_hash": "", "opinions": ("v1", "v2"), "seed": 1}
    return Job(**(given | values))


def python(code: str, *arguments: object) -> subprocess.Popen:
    """Another process with the store at hand."""
    command = [sys.executable, "-c", f"import sys\nfrom pathlib import Path\nfrom lab.feedback.store import *\n{code}"]
    return subprocess.Popen([*command, *map(str, arguments)], cwd=ROOT, stdout=subprocess.PIPE, text=True)


# replies


def test_a_reply_comes_back_exactly_as_it_was_given(store: Store) -> None:
    question, _, _ = talk(store)
    reply = Reply(
        "r", store.reply(question).conversation, question, "assistant", "Grüße\n\x00 🙂",
        token_ids=(1, 2**40, 3), logprobs=(-0.1, -1e-300, -17.123456789012345),
        version=3, base="starter@abc", sampling=Sampling(temperature=0.1), seed=2**62, finish="stopped", time=1.25,
    )  # fmt: skip
    store.add_reply(reply)
    assert store.reply("r") == reply


def test_a_stored_reply_never_changes(store: Store) -> None:
    _, answer, _ = talk(store)
    kept = store.reply(answer)
    with pytest.raises(StoreError, match="never changes"):
        store.add_reply(Reply(answer, kept.conversation, kept.parent, "assistant", "something else"))
    assert store.reply(answer) == kept


def test_a_reply_needs_its_conversation_and_a_parent_in_it(store: Store) -> None:
    question, _, _ = talk(store)
    other = store.start_conversation("other")
    for conversation, parent in [("nowhere", None), (other, "nobody"), (other, question), ("nowhere", question)]:
        with pytest.raises(StoreError):
            store.add_reply(Reply("r", conversation, parent, "user", "hi"))
    assert store.replies(other) == []


def test_log_probs_must_match_the_tokens(store: Store) -> None:
    question, _, _ = talk(store)
    with pytest.raises(StoreError, match="2 tokens but 1 log-probs"):
        store.add_reply(Reply("r", store.reply(question).conversation, question, "assistant", "x", (1, 2), (-1.0,)))


def test_broken_unicode_is_refused_in_one_line(store: Store) -> None:
    with pytest.raises(StoreError, match="not valid Unicode"):
        store.start_conversation("\ud800")


def test_a_thread_is_one_branch_from_the_root(store: Store) -> None:
    question, first, second = talk(store)
    conversation = store.reply(question).conversation
    store.add_reply(Reply("next", conversation, second, "user", "and then?"))
    assert [reply.id for reply in store.thread("next")] == [question, second, "next"]
    assert [reply.id for reply in store.replies(conversation)] == [question, first, second, "next"]
    assert set(store.replies_with_ancestors(["next", first])) == {question, first, second, "next"}
    for ask in (store.thread, store.reply, lambda name: store.replies_with_ancestors([name])):
        with pytest.raises(StoreError, match="no reply 'nobody'"):
            ask("nobody")


def test_order_is_the_order_of_writing_even_when_the_clock_goes_back(store: Store) -> None:
    conversation = store.start_conversation("clock")
    store.add_reply(Reply("one", conversation, None, "user", "1", time=200.0))
    store.add_reply(Reply("two", conversation, "one", "assistant", "2", time=100.0))
    assert [reply.id for reply in store.replies(conversation)] == ["one", "two"]


def test_conversations_are_listed_newest_first_with_their_turns(store: Store) -> None:
    talk(store)
    second = store.start_conversation("second", "rehearse")
    store.rename_conversation(second, "renamed")
    assert [(c.title, c.turns, c.source) for c in store.conversations()] == [("renamed", 0, "rehearse"), ("a talk", 3, "chat")]
    assert [c.title for c in store.conversations(limit=1)] == ["renamed"]
    assert [c.title for c in store.conversations(source="chat")] == ["a talk"]
    with pytest.raises(StoreError):
        store.rename_conversation("nowhere", "x")


# opinions


def test_the_newest_thumb_counts_and_can_be_cleared_or_taken_back(store: Store) -> None:
    _, a, b = talk(store)
    store.add_opinion(Thumb(a, "up", time=200.0))
    last = Thumb(a, "down", reasons=("wrong", "rude"), comment="no", time=100.0)  # a clock that went back changes nothing
    store.add_opinion(last)
    assert store.thumbs() == [last] and store.thumb_of(a, "me") == "down"
    assert store.thumb_of(a, "you") is None and store.thumb_of(a, "me", "safe") is None
    store.withdraw(last.id)
    assert store.thumbs() == [] and store.thumb_of(a, "me") is None, "taking back does not bring the older thumb back"
    store.add_opinion(Thumb(b, "up"))
    store.add_opinion(Thumb(b, "cleared"))
    assert store.thumbs() == [] and store.thumb_of(b, "me") is None


def test_thumbs_of_raters_and_criteria_stand_side_by_side(store: Store) -> None:
    _, a, _ = talk(store)
    given = [Thumb(a, "up"), Thumb(a, "down", rater="you"), Thumb(a, "down", criterion="safe")]
    for thumb in given:
        store.add_opinion(thumb)
    assert store.thumbs() == given


def test_the_newest_vote_on_two_replies_counts_whichever_stood_first(store: Store) -> None:
    _, a, b = talk(store)
    store.add_opinion(Vote(a, b, "a"))
    last = Vote(b, a, "both_bad", shown="ba", ms=900)
    store.add_opinion(last)
    other = Vote(a, b, "tie", rater="you")
    store.add_opinion(other)
    assert store.votes() == [last, other]
    store.withdraw(last.id)
    store.withdraw(last.id)
    assert store.votes() == [other]


def test_a_correction_is_replaced_by_a_newer_one(store: Store) -> None:
    _, a, _ = talk(store)
    store.add_opinion(Correction(a, "first"))
    last = Correction(a, "second")
    store.add_opinion(last)
    assert store.corrections() == [last]


def test_opinions_that_cannot_be_meant_are_refused(store: Store) -> None:
    question, a, b = talk(store)
    _, c, _ = talk(store, "y")
    kept = Thumb(a, "up")
    store.add_opinion(kept)
    refused = [
        (Thumb("nobody", "up"), "no reply"), (Vote(a, "nobody", "a"), "no reply"), (Thumb(question, "up"), "the user's"),
        (Vote(a, c, "a"), "same turn"), (Vote(a, a, "a"), "twice"), (Vote(a, b, "c"), "choice 'c'"),
        (Thumb(a, "sideways"), "sideways"), (Correction(a, "  "), "needs some text"),
        (Thumb(a, "up", "pretty"), "pretty"), (Thumb(a, "up", rater=""), "rater"), (Thumb(a, "up", rater="x" * 81), "rater"),
        (Thumb(b, "up", id=kept.id), "stored already"), (Vote(a, b, "a", id=kept.id), "stored already"),
    ]  # fmt: skip
    for opinion, reason in refused:
        with pytest.raises(StoreError, match=reason):
            store.add_opinion(opinion)
    with pytest.raises(StoreError, match="no opinion 'nothing'"):
        store.withdraw("nothing")
    assert (store.thumbs(), store.votes(), store.corrections()) == ([kept], [], [])


def test_the_mark_moves_with_every_opinion_and_only_then(store: Store) -> None:
    _, a, b = talk(store)
    marks = [store.opinions_mark()]
    vote = Vote(a, b, "a")
    for change in (lambda: store.add_opinion(vote), lambda: store.add_opinion(Thumb(a, "up")), lambda: store.withdraw(vote.id)):
        change()
        marks.append(store.opinions_mark())
    talk(store, "y")
    assert len(set(marks)) == 4 and store.opinions_mark() == marks[-1]


# jobs


def test_a_job_lives_from_queue_to_version(store: Store) -> None:
    first, second = job(settings={"train": {"beta": 0.1}}, reason="16 votes"), job()
    store.add_job(first)
    store.add_job(second)
    claimed = store.claim_job("w", "b")
    assert claimed is not None and (claimed.id, claimed.state, claimed.attempts, claimed.worker) == (first.id, "running", 1, "w")
    assert claimed.settings == first.settings and claimed.opinions == first.opinions
    assert store.heartbeat(first.id, {"step": 3})
    assert store.job(first.id).progress == {"step": 3}
    store.finish_job(first.id, 7)
    store.fail_job(first.id, "too late")
    store.requeue_job(first.id)
    assert (store.job(first.id).state, store.job(first.id).version) == ("done", 7), "what is done stays done"
    assert [j.id for j in store.jobs()] == [second.id, first.id] and len(store.jobs(limit=1)) == 1
    with pytest.raises(StoreError, match="already"):
        store.add_job(first)
    for ask in (store.job, store.requeue_job, lambda i: store.fail_job(i, ""), lambda i: store.finish_job(i, 1)):
        with pytest.raises(StoreError, match="no job 'none'"):
            ask("none")


def test_a_silent_job_is_stale_and_can_be_handed_back(store: Store) -> None:
    store.add_job(job(id="j"))
    store.claim_job("w", "b")
    assert store.stale_jobs(60) == []
    time.sleep(0.02)
    assert [j.id for j in store.stale_jobs(0.01)] == ["j"]
    store.requeue_job("j", crashed=True)
    assert not store.heartbeat("j", {"step": 9}), "a trainer that was given up must not revive its job"
    assert store.job("j").progress == {} and store.stale_jobs(0.0) == []
    again = store.claim_job("w2", "b")
    assert again is not None and again.attempts == 2
    store.fail_job("j", "out of memory")
    assert (store.job("j").state, store.job("j").error) == ("failed", "out of memory")
    assert store.claim_job("w", "b") is None


def test_only_a_crash_uses_up_an_attempt(store: Store) -> None:
    """A lab that was closed twice in the middle of a round gave the round up for good."""
    store.add_job(job(id="j"))
    for crashed, attempts in ((False, 0), (True, 1), (False, 1), (True, 2)):
        store.claim_job("w", "b")
        store.requeue_job("j", crashed)
        store.requeue_job("j", crashed)  # handed back by both sides
        assert (store.job("j").state, store.job("j").attempts) == ("queued", attempts)


def test_a_job_is_claimed_by_a_trainer_of_its_base_alone(store: Store) -> None:
    """A trainer of another model took the oldest job, whatever its base, and the round failed."""
    store.add_job(job(id="theirs", base="other"))
    store.add_job(job(id="mine"))
    claimed = store.claim_job("w", "b")
    assert claimed is not None and claimed.id == "mine"
    assert store.claim_job("w", "b") is None and store.job("theirs").state == "queued"
    assert [j.id for j in store.jobs(base="other")] == ["theirs"] and len(store.jobs()) == 2


def test_learned_are_the_opinions_that_those_rounds_were_given(store: Store) -> None:
    for number, (base, opinions) in enumerate([("b", ("v1",)), ("b", ("v2", "v3")), ("other", ("v4",))], 1):
        store.add_job(job(id=f"j{number}", base=base, opinions=opinions))
    assert store.learned(["j1", "j2", "j3", "never-there"], "b") == {"v1", "v2", "v3"}
    assert store.learned(["j2"], "b") == {"v2", "v3"} and store.learned([], "b") == set()


def test_two_processes_that_claim_one_job_do_not_both_get_it(store: Store) -> None:
    for _ in range(20):
        store.add_job(job())
    code = """
store = Store(Path(sys.argv[1]))
print("ready", flush=True)
while not Path(sys.argv[1], "go").exists(): pass
while (job := store.claim_job(sys.argv[2], "b")) is not None: print(job.id, flush=True)
"""
    folder = store._database.file.parent
    claimers = [python(code, folder, name) for name in "abc"]
    assert all(c.stdout.readline() == "ready\n" for c in claimers)
    (folder / "go").touch()
    claimed = [line for c in claimers for line in c.communicate(timeout=60)[0].split()]
    assert sorted(claimed) == sorted(j.id for j in store.jobs())
    assert all(j.attempts == 1 for j in store.jobs())


# leases, flags, reference


def test_a_lease_is_held_by_one_until_it_expires(store: Store) -> None:
    assert store.signals.take_lease("trainer", "a", 60) and not store.signals.take_lease("trainer", "b", 60)
    store.signals.release_lease("trainer", "b")
    assert store.signals.lease_holder("trainer") == "a", "only the holder can release"
    assert store.signals.take_lease("trainer", "a", 0.05), "the holder renews its own"
    time.sleep(0.1)
    assert store.signals.lease_holder("trainer") is None
    assert store.signals.take_lease("trainer", "b", 60) and not store.signals.take_lease("trainer", "a", 60)
    assert store.signals.take_lease("another", "a", 60)
    store.signals.release_lease("trainer", "b")
    assert store.signals.lease_holder("trainer") is None


def test_a_killed_holders_lease_is_taken_over_after_it_expires(store: Store) -> None:
    code = "print(Store(Path(sys.argv[1])).signals.take_lease('trainer', 'other', 2.0), flush=True)\nimport time; time.sleep(60)"
    other = python(code, store._database.file.parent)
    assert other.stdout.readline() == "True\n"
    other.kill()
    other.wait()
    other.stdout.close()
    assert not store.signals.take_lease("trainer", "me", 60)
    until = time.monotonic() + 10
    while not store.signals.take_lease("trainer", "me", 60):
        assert time.monotonic() < until
        time.sleep(0.05)
    assert store.signals.lease_holder("trainer") == "me"


def test_flags_are_set_changed_and_taken_away(store: Store) -> None:
    assert store.signals.flag("paused") is None
    store.signals.set_flag("paused", "1")
    store.signals.set_flag("paused", "2")
    assert store.signals.flag("paused") == "2"
    store.signals.set_flag("paused", None)
    assert store.signals.flag("paused") is None


def test_the_busy_mark_is_seen_by_others_and_cheap_for_every_token(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chat, trainer = Store(home).signals, Store(home).signals
    assert trainer.busy_until() == 0.0
    written: list[str] = []
    keep = chat.set_flag
    monkeypatch.setattr(chat, "set_flag", lambda name, value: (written.append(value), keep(name, value)))
    began = time.time()
    for token in range(1000):
        chat.set_busy(began + 1 + token * 0.001)
    assert len(written) == 3
    assert began + 1.5 < trainer.busy_until() <= began + 2, "never older than the step below which marks are not written"
    chat.set_busy(0.0)
    assert trainer.busy_until() == 0.0, "an end is always written"


def test_a_busy_mark_from_before_the_clock_was_set_back_is_ignored(store: Store) -> None:
    """Training waited at every step, for as long as the clock had been wrong."""
    store.signals.set_busy(time.time() + 3600)
    assert store.signals.busy_until() == 0.0
    store.signals.set_busy(time.time() + 1)
    assert store.signals.busy_until() > time.time()


def test_reference_log_probs_are_kept_per_base(store: Store) -> None:
    values = {f"key-{number}": -number / 3 for number in range(1200)}
    store.keep_reference_logprobs("base", values)
    store.keep_reference_logprobs("base", {"key-0": -5.0})
    store.keep_reference_logprobs("base", {})
    assert store.reference_logprobs("base", [*values, "unknown"]) == values | {"key-0": -5.0}
    assert store.reference_logprobs("other", list(values)) == {}


# the file


def test_what_was_acknowledged_survives_kill_9(home: Path) -> None:
    """The writer is killed while it writes as fast as it can; every reply it spoke of is there, and the file is sound."""
    code = """
store = Store(Path(sys.argv[1]))
talk, parent = store.start_conversation("t"), None
for number in range(1_000_000):
    store.add_reply(Reply(f"r{number}", talk, parent, "user", "x" * 2000))
    parent = f"r{number}"
    print(parent, flush=True)
"""
    for attempt in range(3):
        folder = home / str(attempt)
        writer = python(code, folder)
        said = [writer.stdout.readline().strip() for _ in range(5 + 7 * attempt)]
        os.kill(writer.pid, signal.SIGKILL)
        said += writer.stdout.read().split()
        writer.wait()
        writer.stdout.close()
        store = Store(folder)
        kept = [reply.id for reply in store.replies(store.conversations()[0].id)]
        assert kept[: len(said)] == said and len(kept) - len(said) <= 1
        assert [reply.id for reply in store.thread(kept[-1])] == kept
        store.close()
        check = sqlite3.connect(folder / FILE)
        assert check.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        check.close()


def test_many_threads_and_two_stores_write_at_once(home: Path) -> None:
    stores = [Store(home), Store(home)]
    _, a, _ = talk(stores[0])

    def rate(number: int) -> None:
        for each in range(10):
            stores[number % 2].add_opinion(Thumb(a, "up", rater=f"{number}-{each}"))

    threads = [threading.Thread(target=rate, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(stores[0].thumbs()) == 80


def test_a_new_home_opened_by_many_processes_at_once_is_made_once(home: Path) -> None:
    openers = [python("Store(Path(sys.argv[1])).start_conversation('hi'); print('ok')", home) for _ in range(4)]
    assert [opener.communicate(timeout=60)[0] for opener in openers] == ["ok\n"] * 4
    assert len(Store(home).conversations()) == 4


def test_the_migrations_make_exactly_the_tables_the_code_sees(store: Store) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_current_head() == HEAD
    with store._database.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert context.get_current_revision() == HEAD
        assert compare_metadata(context, metadata) == []


def test_the_file_is_private_durable_and_forgets(store: Store) -> None:
    with store._database.read() as connection:
        for name, value in {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1}.items():
            assert connection.exec_driver_sql(f"PRAGMA {name}").scalar() == value
    assert store._database.file.stat().st_mode & 0o077 == 0


def test_a_file_from_a_newer_program_is_left_alone(home: Path) -> None:
    Store(home).close()
    raw = sqlite3.connect(home / FILE)
    raw.execute("UPDATE alembic_version SET version_num = '9999'")
    raw.commit()
    raw.close()
    with pytest.raises(StoreError, match="newer version"):
        Store(home)


def test_a_broken_file_or_folder_is_told_in_one_line(home: Path) -> None:
    (home / FILE).write_bytes(b"this is no database" * 100)
    with pytest.raises(StoreError, match="not a database; put back a copy"):
        Store(home)
    assert (home / FILE).read_bytes().startswith(b"this is no database"), "what might be rescued is not overwritten"
    (home / "file").touch()
    with pytest.raises(StoreError, match="choose another --home"):
        Store(home / "file" / "feedback_data")


def test_a_missing_table_is_an_error_with_a_remedy_not_a_traceback(store: Store) -> None:
    raw = sqlite3.connect(store._database.file)
    raw.execute("DROP TABLE flags")
    raw.commit()
    raw.close()
    with pytest.raises(StoreError, match="no such table: flags; check"):
        store.signals.flag("paused")


def test_the_feedback_folder_never_reaches_torch() -> None:
    code = "import lab.feedback.exchange; print({'torch', 'transformers', 'datasets'} & set(sys.modules))"
    assert python(code).communicate(timeout=60)[0] == "set()\n"
