"""Forgetting: nothing of it is left, in a row, in a file's bytes, or in a version that learned from it; the rest stays."""

from __future__ import annotations

import json
import os
import random
import shutil
import socket
import sqlite3
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from lab.errors import BusyError, StoreError, VersionError
from lab.feedback.examples import is_held_out
from lab.feedback.store import FILE, Store
from lab.loop import forget as forgetting
from lab.loop.forget import LEASE, Forgotten, busy, foresee, forget, look, words_of_copies
from lab.loop.jobs import make_job
from lab.loop.worker import Worker
from lab.records import Algorithm, Correction, Job, Message, Reply, Thumb, Vote, new_id
from lab.registry.exported import MARK
from lab.registry.folder import ADAPTER
from lab.registry.versions import Versions
from lab.settings import Settings, load_settings
from tests.fake_trainer import BASE, add_version, add_votes, question
from tests.test_feedback_queued import queue_pair
from tests.test_loop_trial import vote

SECRET = "heliotrope-marzipan"  # stands in nothing else


@pytest.fixture
def settings(home: Path) -> Settings:
    return load_settings(home, {"train": {"replay": 0.0}})


def secret_talk(store: Store, rater: str = "me") -> str:
    """A conversation with a vote, a thumb and a correction in it."""
    conversation = store.start_conversation(f"about {SECRET}")
    texts = (f"tell me of {SECRET}, please, {k} times" for k in range(99))
    asked = next(text for text in texts if not is_held_out([Message(role="user", content=text)]))
    user = Reply(new_id(), conversation, None, "user", asked)
    ids = (70_001, 70_002)
    a, b = (Reply(new_id(), conversation, user.id, "assistant", f"{SECRET} {k}", ids, (-1.0, -1.0)) for k in (1, 2))
    for reply in (user, a, b):
        store.add_reply(reply)
    old = Thumb(a.id, "down", rater=rater, comment=SECRET)
    others = (Vote(a.id, b.id, "a", rater=rater), Thumb(a.id, "up", rater=rater), Correction(b.id, f"no {SECRET}", rater=rater))
    for opinion in (old, *others):
        store.add_opinion(opinion)
    store.withdraw(old.id)
    return conversation


def round_of(store: Store, versions: Versions, settings: Settings, algorithm: Algorithm = "dpo") -> int:
    job = make_job(store, versions, settings, algorithm)
    store.add_job(job)
    store.claim_job("somebody", versions.base)
    store.heartbeat(job.id, {"samples": [{"prompt": SECRET}]})
    line = versions.rewards() if algorithm == "reward" else versions
    version = add_version(line, job.parent, job=job)
    (versions.staging(new_id()) / "log.jsonl").write_text("")
    store.finish_job(job.id, version)
    line.activate(version)
    return version


def bytes_with(folder: Path, word: str) -> list[str]:
    return [str(file) for file in folder.rglob("*") if file.is_file() and word.encode() in file.read_bytes()]


def test_nothing_is_left_of_a_conversation(store: Store, versions: Versions, settings: Settings, home: Path) -> None:
    add_votes(store, 3)
    first = round_of(store, versions, settings)
    talk = secret_talk(store)
    store.keep_reference_logprobs(BASE, {"key": -1.0})
    second = round_of(store, versions, settings)
    add_votes(store, 2, start=50)
    third = round_of(store, versions, settings)
    assert bytes_with(home, SECRET) and bytes_with(home, "70001")
    found = forget(store, home / "adapters", look(store, talk))
    assert (found.versions, found.live) == ({BASE: [second, third]}, {BASE: first}), "the descendant went too"
    assert versions.live() == first and [made.version for made in versions.all()] == [0, first]
    assert (found.opinions, found.turns) == (4, 3)
    assert bytes_with(home, SECRET) == [] and bytes_with(home, "70001") == []
    assert len(store.votes()) == 5 and store.thumbs() == [] and store.corrections() == []
    assert store.reference_logprobs(BASE, ["key"]) == {}
    again = make_job(store, versions, settings)
    assert len(again.opinions) == 2, "what is left of the lost lessons is new again"
    with pytest.raises(StoreError, match="no conversation and no rater"):
        look(store, talk)


def test_pairs_drawn_ahead_to_its_prompt_go_with_it(store: Store, versions: Versions, settings: Settings, home: Path) -> None:
    """A copy of the prompt, the votes on its replies and the version that learned from them stayed when it was forgotten."""
    add_votes(store, 3)
    before = round_of(store, versions, settings)
    talk = secret_talk(store)
    (prompt,) = [text for conversation, text in store.own_prompts() if conversation == talk]
    copied = queue_pair(store, prompt, prompt_of=talk)
    other = queue_pair(store, "what is bundled")
    for a, b in (copied, other):
        store.add_opinion(Vote(a, b, "a", rater="bob"))
    for opinion in store.purgeable(conversation=talk).opinions:
        if opinion in {vote.id for vote in store.votes() if vote.rater == "me"}:
            store.withdraw(opinion)  # only the vote on the copy is left to learn from
    learned = round_of(store, versions, settings)
    assert any(vote.a == copied[0] and vote.id in store.jobs(1)[0].opinions for vote in store.votes())
    found = forget(store, home / "adapters", look(store, talk))
    assert (found.versions, found.live) == ({BASE: [learned]}, {BASE: before})
    assert found.turns == 6 and bytes_with(home, SECRET) == []
    assert [vote.a for vote in store.votes() if vote.rater == "bob"] == [other[0]]
    assert [conversation.title for conversation in store.conversations(source="queue")] == ["what is bundled"]


def test_a_rater_takes_the_votes_on_pairs_drawn_ahead_along(
    store: Store, versions: Versions, settings: Settings, home: Path
) -> None:  # fmt: skip
    a, b = queue_pair(store, question(held_out=False))
    store.add_opinion(Vote(a, b, "a", rater="ada"))
    learned = round_of(store, versions, settings)
    found = forget(store, home / "adapters", look(store, "ada"))
    assert found.versions == {BASE: [learned]} and store.votes() == []
    assert len(store.unrated_pairs("tiny")) == 1, "nobody has an opinion of it any more"


def test_a_rater_is_forgotten_and_the_others_stay(store: Store, versions: Versions, settings: Settings, home: Path) -> None:
    talk = secret_talk(store, rater="ada")
    (a, b) = [reply.id for reply in store.replies(talk)][1:]
    store.add_opinion(Vote(a, b, "b", rater="bob"))
    one = round_of(store, versions, settings)
    found = forget(store, home / "adapters", look(store, "ada"))
    assert found.versions == {BASE: [one]} and found.live == {BASE: 0} and found.turns == 0
    assert [vote.rater for vote in store.votes()] == ["bob"]
    assert len(store.replies(talk)) == 3, "what was said stays: it was said to everybody"
    assert bytes_with(home, f"no {SECRET}") == [], "her correction does not"


def test_a_trial_that_forgetting_ends_leaves_its_evidence(
    store: Store, versions: Versions, settings: Settings, home: Path
) -> None:
    add_votes(store, 3)
    talk = secret_talk(store)
    job = make_job(store, versions, settings, "dpo")
    one = versions.start_trial(add_version(versions, 0, job=job), "sound", "passed").version
    vote(store, one, 0, "a")
    assert forget(store, home / "adapters", look(store, talk)).live == {BASE: 0}
    last = [json.loads(line) for line in (versions.folder / "STATES.jsonl").read_text().splitlines()]
    ended = [line for line in last if (line["version"], line["state"]) == (one, "retired")][-1]
    assert ended["evidence"]["wins"] == 1
    assert "forgotten" in next(line for line in last if (line["version"], line["state"]) == (0, "live"))["why"]


@pytest.mark.parametrize("end", ["refused", "undecided"])
def test_forgetting_goes_back_to_no_version_that_was_never_proven(
    store: Store, versions: Versions, settings: Settings, home: Path, end: str
) -> None:
    """It once made the nearest ancestor live that had not learned from it, though the trial had taken that one back."""
    add_votes(store, 3)
    one = versions.start_trial(add_version(versions, 0), "sound", "passed").version
    talk = secret_talk(store)
    two = add_version(versions, one, job=make_job(store, versions, settings, "dpo"))
    if end == "refused":
        versions.end_trial(one, False, "less liked", {})
    versions.activate(two, "by hand")
    assert forget(store, home / "adapters", look(store, talk)).live == {BASE: 0}
    assert versions.live() == 0


def test_versions_that_never_saw_it_stay_live(store: Store, versions: Versions, settings: Settings, home: Path) -> None:
    add_votes(store, 3)
    one = round_of(store, versions, settings)
    talk = secret_talk(store)
    found = forget(store, home / "adapters", look(store, talk))
    assert (found.versions, found.live, versions.live()) == ({}, {}, one)


def test_reward_models_and_other_bases_forget_too(store: Store, versions: Versions, settings: Settings, home: Path) -> None:
    add_votes(store, 3)
    before = round_of(store, versions, settings, "reward")
    talk = secret_talk(store)
    scored = round_of(store, versions, settings, "reward")
    elsewhere = Versions(home / "adapters", "another-model")
    learned = round_of(store, elsewhere, settings)
    found = forget(store, home / "adapters", look(store, talk))
    assert found.rewards == {BASE: [scored]} and versions.rewards().live() == before
    assert found.versions == {"another-model": [learned]} and found.live == {"another-model": 0}


@pytest.mark.parametrize("noted", [True, False])
def test_a_policy_goes_with_the_reward_model_that_rewarded_it(
    store: Store, versions: Versions, settings: Settings, home: Path, noted: bool
) -> None:
    """Its own round had not read the opinion any more, which was withdrawn in between."""
    add_votes(store, 3)
    other = round_of(store, versions, settings)
    talk = secret_talk(store)
    reward = round_of(store, versions, settings, "reward")
    turns = {reply.id for reply in store.replies(talk)}
    for opinion in set(store.purgeable(conversation=talk).opinions) - turns:
        store.withdraw(opinion)
    job = make_job(store, versions, settings, "ppo")
    assert set(job.opinions).isdisjoint(store.purgeable(conversation=talk).opinions)
    policy = add_version(versions, other, job=job, canaries={"reward_version": float(reward)} if noted else {})
    unrelated = add_version(versions, other, job=replace(job, id=new_id()), canaries={"reward_version": reward + 1.0})
    found = forget(store, home / "adapters", look(store, talk))
    assert found.versions == {BASE: [policy]} and found.rewards == {BASE: [reward]}
    assert unrelated in [made.version for made in versions.all()]


def test_a_reward_model_made_on_the_way_passes_what_it_read_on(
    store: Store, versions: Versions, settings: Settings, home: Path
) -> None:
    """A round of PPO makes one under a name of its own, which no job in the store has."""
    talk = secret_talk(store)
    job = make_job(store, versions, settings, "ppo")
    store.add_job(job)
    store.fail_job(job.id, "stopped")
    first = add_version(versions.rewards(), 0, job=replace(job, id=f"{job.id}-reward", algorithm="reward"))
    heir = add_version(versions.rewards(), first, job=replace(job, id=new_id(), algorithm="reward", opinions=(), parent=first))
    assert forget(store, home / "adapters", look(store, talk)).rewards == {BASE: [first, heir]}


def test_what_stands_beside_the_store_is_emptied(store: Store, versions: Versions, settings: Settings, home: Path) -> None:
    """Logs of the trainer, the page's copies of files, and why a round failed."""
    folder = home / "feedback_data"
    talk = secret_talk(store)
    job = make_job(store, versions, settings)
    store.add_job(job)
    store.fail_job(job.id, f"no room for {SECRET}")
    for name in ("trainer.log", "trainer.old.log", "page/abc/votes.jsonl"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(SECRET)
    forget(store, home / "adapters", look(store, talk))
    assert bytes_with(home, SECRET) == []
    assert (folder / "trainer.log").exists() and "went with what was forgotten" in store.jobs(1)[0].error


def test_a_version_whose_round_the_store_lost_is_known_by_its_own_folder(
    store: Store, versions: Versions, settings: Settings, home: Path
) -> None:
    talk = secret_talk(store)
    job = make_job(store, versions, settings, "dpo")
    version = add_version(versions, 0, job=Job(**vars(job)))  # never added to the store
    heir = add_version(versions, version, job=replace(job, id=new_id(), opinions=(), parent=version))
    found = forget(store, home / "adapters", look(store, talk))
    assert found.versions == {BASE: [version, heir]}


@pytest.mark.parametrize("damage", ["a longer log", "no manifest", "nothing readable"])
def test_a_damaged_folder_is_no_hiding_place(
    store: Store, versions: Versions, settings: Settings, home: Path, damage: str
) -> None:
    """It was passed over with its weights and the texts in its log, for it was no version any more."""
    add_votes(store, 3)
    innocent = round_of(store, versions, settings)
    talk = secret_talk(store)
    guilty = round_of(store, versions, settings)
    versions.activate(innocent)
    folder = versions.folder / f"{guilty:04d}"
    (folder / "log.jsonl").write_text(SECRET)
    if damage == "no manifest":
        (folder / "MANIFEST.json").unlink()
    if damage == "nothing readable":
        for name in ("MANIFEST.json", "job.json"):
            (folder / name).write_text("{")
    assert guilty not in [made.version for made in versions.all()]
    found = forget(store, home / "adapters", look(store, talk))
    assert found.versions == {BASE: [guilty]} and versions.live() == innocent
    assert not folder.exists() and bytes_with(home, SECRET) == []


def test_what_a_crash_left_of_a_deleted_version_goes_too(
    store: Store, versions: Versions, settings: Settings, home: Path
) -> None:
    add_votes(store, 3)
    round_of(store, versions, settings)
    talk = secret_talk(store)
    left = versions.folder / ".deleted-0009-1"
    left.mkdir()
    (left / "log.jsonl").write_text(SECRET)
    forget(store, home / "adapters", look(store, talk))
    assert not left.exists() and bytes_with(home, SECRET) == []


def test_the_heir_of_a_deleted_policy_goes_with_the_reward_model(
    store: Store, versions: Versions, settings: Settings, home: Path
) -> None:
    """Who had rewarded the policy stood in its folder alone, so its heirs were let off once that was deleted."""
    talk = secret_talk(store)
    reward = round_of(store, versions, settings, "reward")
    add_votes(store, 3)
    other = replace(make_job(store, versions, settings, "ppo"), opinions=())
    policy = add_version(versions, 0, job=other, canaries={"reward_version": float(reward)})
    heir = add_version(versions, policy, job=replace(other, id=new_id(), algorithm="dpo", parent=policy))
    unrelated = add_version(versions, 0, job=replace(other, id=new_id(), algorithm="dpo"))
    versions.activate(heir)
    versions.delete(policy)
    assert versions.rewarded_by(policy) == reward and versions.rewarded_by(unrelated) is None
    found = forget(store, home / "adapters", look(store, talk))
    assert (found.versions, found.rewards, found.live) == ({BASE: [heir]}, {BASE: [reward]}, {BASE: 0})


def test_a_policy_goes_though_the_reward_model_that_chose_its_pairs_is_deleted(
    store: Store, versions: Versions, settings: Settings, home: Path
) -> None:
    """A round of votes that ends while something is forgotten: the reward model is gone by then, and its own votes are others."""
    talk = secret_talk(store)
    reward = round_of(store, versions, settings, "reward")
    job = replace(make_job(store, versions, settings, "dpo"), opinions=())
    policy = add_version(versions, 0, job=job, canaries={"reward_version": float(reward)})
    unrelated = add_version(versions, 0, job=replace(job, id=new_id()))
    versions.rewards().activate(0)
    versions.rewards().delete(reward)
    found = forget(store, home / "adapters", look(store, talk))
    assert found.versions == {BASE: [policy]} and unrelated in [made.version for made in versions.all()]


def test_it_can_be_asked_again_when_it_was_cut_off(
    store: Store, versions: Versions, settings: Settings, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    talk = secret_talk(store)
    one = round_of(store, versions, settings)

    def killed(self: Store, what: object, is_gone: object) -> None:
        raise KeyboardInterrupt

    what = look(store, talk)
    with monkeypatch.context() as patch:
        patch.setattr(Store, "purge", killed)
        with pytest.raises(KeyboardInterrupt):
            forget(store, home / "adapters", what)
    assert versions.live() == 0 and [made.version for made in versions.all()] == [0]
    found = forget(store, home / "adapters", look(store, talk))
    assert found.opinions == 4 and bytes_with(home, SECRET) == []
    assert one not in [made.version for made in versions.all()]


@pytest.mark.parametrize("place", ["scrub", "finish_purge"])
def test_what_was_cut_off_after_the_words_went_is_finished_by_whoever_comes_next(
    place: str, store: Store, versions: Versions, settings: Settings, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its name is gone by then, so nobody could ask again: the trainer's log and the store's own file kept the words."""
    talk = secret_talk(store)
    round_of(store, versions, settings)
    (home / "feedback_data" / "trainer.log").write_text(SECRET)

    def killed(*anything: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(forgetting if place == "scrub" else Store, place, killed)
        with pytest.raises(KeyboardInterrupt):
            forget(store, home / "adapters", look(store, talk))
    with pytest.raises(StoreError, match="there is no conversation"):
        look(store, talk)
    assert bytes_with(home, SECRET) != []
    worker = Worker(store, versions, settings, lambda made: None, [])
    worker.tick()
    assert bytes_with(home, SECRET) == [] and store.unfinished() is None
    assert forgetting.finish(store, home / "adapters") is None, "and only once"


def test_what_is_asked_of_a_cut_off_forgetting_is_done(
    store: Store, versions: Versions, settings: Settings, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A reader that stayed: the first call says to stop it and ask again, and the second one knew no such conversation."""
    from lab.feedback import database

    talk = secret_talk(store)
    other = secret_talk(store, "you")
    monkeypatch.setattr(database, "PATIENCE", 0.5)
    reader = sqlite3.connect(home / "feedback_data" / FILE)
    reader.execute("BEGIN")
    reader.execute("SELECT * FROM replies").fetchone()
    with pytest.raises(StoreError, match="ask again"):
        forget(store, home / "adapters", look(store, talk))
    worker = Worker(store, versions, settings, lambda made: None, [])
    began = time.monotonic()
    for _ in range(3):
        worker.tick()
    assert "not out of every file yet" in worker.status().last_error
    assert time.monotonic() - began < 5, "and the loop is not held up by it"
    reader.close()
    forget(store, home / "adapters", look(store, other))
    assert bytes_with(home, SECRET) == [] and store.unfinished() is None


def test_many_forgotten_one_after_another_leave_nothing(store: Store, home: Path) -> None:
    """Rows that SQLite had moved between pages left copies of themselves in what the old page does not use any more."""
    luck, talks = random.Random(0), {}
    for number in range(40):
        word = f"SECRET{number:05d}X"

        def words(most: int, word: str = word) -> str:
            return " ".join(f"{word}w{luck.randrange(10**4)}" for _ in range(luck.randrange(1, most)))

        talk = store.start_conversation("t")
        user = Reply(new_id(), talk, None, "user", words(40))
        store.add_reply(user)
        count = luck.randrange(5, 120)
        said = Reply(new_id(), talk, user.id, "assistant", words(150), (1000 + number,) * count, (-0.5,) * count, 0, BASE)
        store.add_reply(said)
        store.add_opinion(Correction(said.id, words(80)))
        talks[talk] = word
    while talks:
        talk = luck.choice(list(talks))
        word = talks.pop(talk)
        forget(store, home / "adapters", look(store, talk))
        assert bytes_with(home, word) == []


def test_what_a_round_from_a_forgotten_version_had_written_goes_too(
    store: Store, versions: Versions, settings: Settings, home: Path
) -> None:
    """It read nothing of it, but its checkpoint is weights that begin from what did."""
    talk = secret_talk(store)
    one = round_of(store, versions, settings)
    add_votes(store, 3, start=50)
    job = make_job(store, versions, settings)
    assert job.parent == one and not set(look(store, talk).opinions) & set(job.opinions)
    store.add_job(job)
    store.claim_job("somebody", versions.base)
    (versions.staging(job.id) / "checkpoint.safetensors").write_bytes(b"weights of the heir")
    store.fail_job(job.id, "died")
    forget(store, home / "adapters", look(store, talk))
    assert bytes_with(home, "weights of the heir") == []


def test_a_page_counts_again_when_older_votes_are_forgotten(store: Store, versions: Versions, home: Path) -> None:
    """The mark was the newest opinion's, so the trial on the page went on with votes that were gone."""
    one = versions.start_trial(add_version(versions), "sound", "passed").version
    for _ in range(3):
        vote(store, one, 0, "a", rater="ada")
    vote(store, one, 0, "b", rater="me")
    before = store.opinions_mark()
    forget(store, home / "adapters", look(store, "ada"))
    assert store.opinions_mark() != before


def test_what_would_go_is_told_before_and_is_what_goes(
    store: Store, versions: Versions, settings: Settings, home: Path
) -> None:  # fmt: skip
    talk = secret_talk(store)
    seen, scorer = round_of(store, versions, settings), round_of(store, versions, settings, "reward")
    what = look(store, talk)
    told = foresee(store, home / "adapters", what)
    assert (told.opinions, told.turns, told.live) == (4, 3, {versions.base: 0})
    assert (told.versions, told.rewards) == ({versions.base: [seen]}, {versions.base: [scorer]})
    assert versions.live() == seen and store.purgeable(conversation=talk) == what, "told, not done"
    assert forget(store, home / "adapters", what) == told
    assert versions.live() == 0


def test_nothing_is_forgotten_while_a_round_may_be_learning_from_it(
    store: Store, versions: Versions, settings: Settings, home: Path
) -> None:
    """The round's version would have come after, and nobody would have deleted it."""
    add_votes(store, 3)
    talk = secret_talk(store)
    job = make_job(store, versions, settings)
    store.add_job(job)
    assert not busy(store), "it waits, and there is no trainer to take it"
    here = f"{socket.gethostname()}:{os.getpid()}"
    store.signals.take_lease(LEASE, here, 600)
    assert busy(store)
    store.claim_job(here, BASE)
    store.signals.release_lease(LEASE, here)
    with pytest.raises(BusyError, match="a round runs, and may be learning from it; wait for its end, or stop it"):
        forget(store, home / "adapters", look(store, talk))
    assert len(store.replies(talk)) == 3
    store.fail_job(job.id, "stopped")
    store.requeue_job(job.id)
    store.claim_job(f"{socket.gethostname()}:999999999", BASE)
    assert forget(store, home / "adapters", look(store, talk)).turns == 3, "its trainer is dead"


def begun_meanwhile(monkeypatch: pytest.MonkeyPatch, begin: Callable[[], None]) -> None:
    """Another process begins something once, when a forgetting has looked whether a round runs and what it would delete."""
    waiting = [begin]

    def foreseen(*given: Any) -> Forgotten:
        told = foresee(*given)
        for each in [waiting.pop()] if waiting else []:
            each()
        return told

    monkeypatch.setattr("lab.loop.forget.foresee", foreseen)


def test_a_round_that_another_process_begins_meanwhile_keeps_the_words(
    store: Store, versions: Versions, settings: Settings, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was asked once whether a round ran. One that began after that read what was just being deleted, and published it."""
    add_votes(store, 3)
    talk = secret_talk(store)
    before = round_of(store, versions, settings)
    other = Store(home / "feedback_data")  # as of another process: a connection of its own
    job = make_job(other, versions, settings, "dpo")

    def begin() -> None:
        other.add_job(job)
        assert other.claim_job("somewhere:1", BASE) == other.job(job.id)

    begun_meanwhile(monkeypatch, begin)
    with pytest.raises(BusyError, match="a round began just now, and may be learning from it; the words are kept until"):
        forget(store, home / "adapters", look(store, talk))
    assert len(store.replies(talk)) == 3 and len(store.votes()) == 4
    assert store.job(job.id).state == "running", "it goes on"
    made = add_version(versions, before, job=job)
    other.finish_job(job.id, made)
    versions.activate(made)
    found = forget(store, home / "adapters", look(store, talk))
    assert (found.versions, found.live, versions.live()) == ({BASE: [made]}, {BASE: 0}, 0)
    assert bytes_with(home, SECRET) == [] and [each.version for each in versions.all()] == [0]
    other.close()


@pytest.mark.parametrize("algorithm", ["dpo", "reward"])
def test_what_a_round_made_that_began_and_ended_meanwhile_goes_as_well(
    store: Store, versions: Versions, settings: Settings, home: Path, monkeypatch: pytest.MonkeyPatch, algorithm: Algorithm
) -> None:
    add_votes(store, 3)
    talk = secret_talk(store)
    round_of(store, versions, settings)
    other = Store(home / "feedback_data")
    begun_meanwhile(monkeypatch, lambda: bool(round_of(other, versions, settings, algorithm)) and None)
    found = forget(store, home / "adapters", look(store, talk))
    told = (found.versions, found.rewards)
    assert told == (({BASE: [1, 2]}, {}) if algorithm == "dpo" else ({BASE: [1]}, {BASE: [1]}))
    assert [each.version for each in (*versions.all(), *versions.rewards().all())] == [0, 0]
    assert (versions.live(), versions.rewards().live()) == (0, 0)
    other.close()


def test_a_round_that_was_queued_meanwhile_is_not_begun(
    store: Store, versions: Versions, settings: Settings, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    talk = secret_talk(store)
    job, reward = make_job(store, versions, settings), make_job(store, versions, settings, "reward")
    store.add_job(reward)
    begun_meanwhile(monkeypatch, lambda: store.add_job(job))
    assert forget(store, home / "adapters", look(store, talk)).turns == 3
    assert {each.state for each in store.jobs()} == {"failed"} and store.claim_job("somebody", BASE) is None


def test_a_version_that_a_lab_takes_up_while_it_is_deleted_goes_all_the_same(
    store: Store, versions: Versions, settings: Settings, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    talk = secret_talk(store)
    made = round_of(store, versions, settings)
    taken = [made]
    require = Versions.require_deletable

    def taken_up(self: Versions, version: int) -> None:
        if taken:  # as a lab beside does: the lock is taken, so the file is written here
            (self.folder / "CURRENT").write_text(f"{taken.pop()}\n")
        require(self, version)

    monkeypatch.setattr(Versions, "require_deletable", taken_up)
    assert forget(store, home / "adapters", look(store, talk)).versions == {BASE: [made]}
    assert versions.live() == 0 and [each.version for each in versions.all()] == [0]


def test_what_was_saved_of_a_forgotten_version_goes_too_and_is_named(
    store: Store, versions: Versions, settings: Settings, home: Path, tmp_path: Path
) -> None:
    """Weights that had learned from it stayed in exports/, in a folder that anybody may upload."""
    add_votes(store, 3)
    clean = round_of(store, versions, settings)
    talk = secret_talk(store)
    seen = round_of(store, versions, settings)
    add_votes(store, 2, start=50)
    heir = round_of(store, versions, settings)
    exports = home / "exports"
    places = {exports / "clean": clean, exports / "any name": seen, exports / "deep" / "heir": heir, home / "mine": seen,
              tmp_path / "elsewhere": seen}  # fmt: skip
    for folder, version in places.items():
        versions.save(version, folder)
    (home / "mine" / "model.gguf").write_text("made from it")
    (exports / "pairs.jsonl").write_text("{}")
    told = foresee(store, home / "adapters", look(store, talk))
    assert told.exports == ("exports/any name", "exports/deep/heir", "mine")
    assert told.stay == ("exports/pairs.jsonl", "mine/model.gguf")
    assert " ".join(words_of_copies(told)) == (
        "What was saved of a version that learned from it goes too: exports/any name, exports/deep/heir, mine. "
        "Copies that were saved elsewhere stay: the lab does not know of them. "
        "This stays and may hold some of it, so have a look: exports/pairs.jsonl, mine/model.gguf."
    )
    assert forget(store, home / "adapters", look(store, talk)) == told
    left = {file.relative_to(home).as_posix() for file in [*exports.rglob("*.*"), *(home / "mine").iterdir()]}
    assert left == {"exports/pairs.jsonl", "mine/model.gguf"} | {f"exports/clean/{name}" for name in (*ADAPTER, MARK)}
    assert (tmp_path / "elsewhere" / ADAPTER[0]).exists(), "nobody can know of it"


def test_what_was_saved_of_a_version_that_was_deleted_before_goes_too(
    store: Store, versions: Versions, settings: Settings, home: Path
) -> None:
    add_votes(store, 3)
    clean = round_of(store, versions, settings)
    talk = secret_talk(store)
    seen = round_of(store, versions, settings)
    for version in (clean, seen):
        versions.save(version, home / "exports" / str(version))
    versions.activate(0)
    versions.delete(clean)
    versions.delete(seen)
    found = forget(store, home / "adapters", look(store, talk))
    assert (found.versions, found.exports) == ({}, (f"exports/{seen}",))
    assert [folder.name for folder in (home / "exports").iterdir()] == [str(clean)]


def test_a_number_that_was_given_again_in_another_registry_is_another_version(
    store: Store, versions: Versions, settings: Settings, home: Path
) -> None:
    add_votes(store, 3)
    round_of(store, versions, settings)
    versions.save(1, home / "exports" / "before")
    (home / "adapters").rename(home / "put away")
    talk = secret_talk(store)
    assert round_of(store, versions, settings) == 1
    found = forget(store, home / "adapters", look(store, talk))
    assert (found.versions, found.exports) == ({BASE: [1]}, ()) and (home / "exports" / "before").is_dir()


def test_an_export_that_says_not_whose_it_is_is_named(store: Store, versions: Versions, settings: Settings, home: Path) -> None:
    talk = secret_talk(store)
    round_of(store, versions, settings)
    versions.save(1, home / "exports" / "old")
    (home / "exports" / "old" / MARK).unlink()
    found = forget(store, home / "adapters", look(store, talk))
    assert (found.exports, found.stay) == ((), ("exports/old",))
    add_votes(store, 1)
    assert foresee(store, home / "adapters", look(store, "me")).stay == (), "no version learned from these: it is no concern"


def test_an_export_that_is_written_meanwhile_does_not_come_back(
    store: Store, versions: Versions, settings: Settings, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Either forgetting finds its mark, or it finds that its version is gone."""
    talk = secret_talk(store)
    made = round_of(store, versions, settings)
    slow, quick = home / "exports" / "slow", home / "exports" / "quick"
    begun_meanwhile(monkeypatch, lambda: versions.save(made, quick))
    copy = shutil.copyfile

    def forgotten_in_between(source: Path, target: Path) -> None:
        copy(source, target)
        if target.parent == slow and target.name == ADAPTER[-1]:
            assert "exports/quick" in forget(store, home / "adapters", look(store, talk)).exports
            slow.mkdir(exist_ok=True)
            copy(home / "lab.toml", target)  # as if it had not looked here yet

    (home / "lab.toml").write_text("")
    monkeypatch.setattr("lab.registry.versions.shutil.copyfile", forgotten_in_between)
    with pytest.raises(VersionError, match="version 1 was deleted while it was saved; nothing was kept"):
        versions.save(made, slow)
    assert list((home / "exports").iterdir()) == []
    merged = home / "exports" / ".whole.writing"
    merged.mkdir()
    with pytest.raises(VersionError, match="there is no version 1"):
        versions.sign(made, merged)
