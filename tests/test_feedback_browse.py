"""Looking through opinions: every filter, pages that fit together, withdrawing and restoring, on a store of every kind."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from pathlib import Path

import pytest

from lab.errors import StoreError
from lab.feedback.browse import GIVEN, PAGE, Filter
from lab.feedback.examples import collect, counts
from lab.feedback.exchange import import_file
from lab.feedback.store import FILE, Store
from lab.records import Correction, Reply, Thumb, Vote


@pytest.fixture
def store(home: Path):
    store = Store(home)
    yield store
    store.close()


def talk(store: Store, name: str, question: str = "How are you?", versions: tuple[int, int] = (0, 1)) -> tuple[str, str]:
    conversation = store.start_conversation(name)
    store.add_reply(Reply(f"{name}-q", conversation, None, "user", question))
    for side, version in zip("ab", versions, strict=True):
        reply = Reply(f"{name}-{side}", conversation, f"{name}-q", "assistant", f"answer {name} {side}", (1,), (-1.0,),
                      version=version, base="tiny", finish="end")  # fmt: skip
        store.add_reply(reply)
    return f"{name}-a", f"{name}-b"


@pytest.fixture
def kept(store: Store, tmp_path: Path) -> dict[str, str]:
    """One opinion of every kind and state, by name; a minute apart, in this order."""
    a, b = talk(store, "one")
    c, d = talk(store, "two", "Wie heißt die ÄRZTIN?", (2, 2))
    made = {
        "old vote": Vote(a, b, "a", rater="ann", time=60), "vote": Vote(b, a, "tie", rater="ann", ms=900, time=120),
        "thumb": Thumb(c, "down", "safe", comment="rude words", rater="bob", time=180),
        "cleared": Thumb(d, "cleared", rater="bob", time=240),
        "correction": Correction(c, "She is Dr. Weiß.", rater="ann", time=300),
    }  # fmt: skip
    for opinion in made.values():
        store.add_opinion(opinion)
    file = tmp_path / "chats.jsonl"
    messages = [{"role": "user", "content": "Thanks."}, {"role": "assistant", "content": "You are welcome."}]
    file.write_text(json.dumps({"messages": messages, "time": 1.0}) + "\n")
    import_file(store, file)
    (turn,) = store.imported_turns()
    return {name: opinion.id for name, opinion in made.items()} | {"chat": turn}


def named(store: Store, kept: dict[str, str], wanted: Filter) -> list[str]:
    names = {opinion: name for name, opinion in kept.items()}
    rows, total = store.browse(wanted)
    assert total == len(rows)
    return sorted(names[row.id] for row in rows)


def test_every_filter_lets_through_what_it_names(store: Store, kept: dict[str, str]) -> None:
    def found(**wanted: object) -> list[str]:
        return named(store, kept, Filter(**wanted))  # type: ignore[arg-type]

    assert found() == sorted(kept)
    assert found(kind="vote") == ["old vote", "vote"] and found(kind="chat") == ["chat"]
    assert found(state="counts") == ["chat", "correction", "thumb", "vote"]
    assert (found(state="replaced"), found(state="cleared"), found(state="withdrawn")) == (["old vote"], ["cleared"], [])
    assert found(rater="ann") == ["correction", "old vote", "vote"]
    assert found(criterion="safe") == ["thumb"]
    assert found(choices=("tie", "both_bad")) == ["vote"] and found(choices=("down",)) == ["thumb"]
    assert found(version=("tiny", 1)) == ["old vote", "vote"]
    assert found(version=("tiny", 2)) == ["cleared", "correction", "thumb"]
    assert found(version=("", GIVEN)) == ["chat"] and found(version=("other", 1)) == []
    assert found(since=180, until=300) == ["cleared", "thumb"]
    assert found(kind="vote", rater="bob") == []


def test_text_is_found_in_question_replies_and_what_was_written_in_any_case(store: Store, kept: dict[str, str]) -> None:
    """SQLite itself ignores the case of ASCII letters alone."""
    for text, names in {
        "how ARE": ["old vote", "vote"], "ärztin": ["cleared", "correction", "thumb"],
        "HEISST": ["cleared", "correction", "thumb"],
        "one b": ["old vote", "vote"], "Rude": ["thumb"], "dr. weiss": ["correction"], "100%": [], "_": [], "welcome": ["chat"],
    }.items():  # fmt: skip
        assert named(store, kept, Filter(text=text)) == names, text


def test_pages_fit_together_newest_first(store: Store) -> None:
    a, b = talk(store, "one")
    given = [Vote(a, b, "a", rater=f"r{k}", time=float(k % 7)) for k in range(120)]  # many at the same moment
    for opinion in given:
        store.add_opinion(opinion)
    pages = [store.browse(Filter(), start) for start in (0, PAGE, 2 * PAGE, 3 * PAGE)]
    assert [len(rows) for rows, _ in pages] == [50, 50, 20, 0] and {total for _, total in pages} == {120}
    ids = [row.id for rows, _ in pages for row in rows]
    assert len(set(ids)) == 120
    times = [row.time for rows, _ in pages for row in rows]
    assert times == sorted(times, reverse=True)
    assert len(store.browse(Filter(), -5)[0]) == PAGE


def test_a_withdrawn_opinion_counts_nowhere_until_it_is_restored(store: Store, kept: dict[str, str]) -> None:
    def all_read() -> tuple:
        found = collect(store, "all")
        read = found.pairs, found.labelled, found.demonstrations, found.ties
        return *read, counts(store, ()), store.votes(), store.every_vote(), store.thumbs(), store.corrections()

    before, mark = all_read(), store.opinions_mark()
    for name in ("vote", "thumb", "correction", "chat"):
        store.withdraw(kept[name])
        store.withdraw(kept[name])  # a second click
        assert kept[name] in [row.id for row in store.browse(Filter(state="withdrawn"))[0]]
    found = collect(store, "all")
    assert (found.pairs, found.labelled, found.demonstrations, found.ties) == ((), (), (), ())
    assert store.thumb_of("two-a", "bob", "safe") is None and [v.id for v in store.every_vote()] == [kept["old vote"]]
    assert counts(store, ()).rated == 0
    assert store.votes() == [], "an older vote does not come back"
    for name in ("vote", "thumb", "correction", "chat"):
        store.restore(kept[name])
        store.restore(kept[name])
    assert all_read() == before and store.opinions_mark() != mark
    assert store.thumb_of("two-a", "bob", "safe") == "down"
    store.withdraw(kept["vote"])
    assert store.votes() == [], "and may be withdrawn again"
    with pytest.raises(StoreError, match="no opinion 'nothing' to restore"):
        store.restore("nothing")


def test_a_detail_has_the_whole_conversation_and_what_was_written(store: Store, kept: dict[str, str]) -> None:
    vote, thumb, better = (store.detail(kept[name]) for name in ("vote", "thumb", "correction"))
    assert [turn.text for turn in vote.asked] == ["How are you?"] and vote.row.ms == 900
    assert (vote.a.id, vote.b and vote.b.id, vote.row.versions) == ("one-b", "one-a", (1, 0))
    assert (thumb.b, thumb.row.written, thumb.row.versions) == (None, "rude words", (2,))
    assert better.row.written == "She is Dr. Weiß." and better.a.conversation == store.reply("two-a").conversation
    assert store.detail(kept["chat"]).a.text == "You are welcome."
    with pytest.raises(StoreError, match="no opinion 'gone'"):
        store.detail("gone")


def test_what_there_is_to_filter_by(store: Store, kept: dict[str, str]) -> None:
    found = store.filter_values()
    assert found.raters == ("ann", "bob")
    assert found.choices == ("a", "better", "cleared", "down", "imitate", "tie")
    assert found.versions == (("", GIVEN), ("tiny", 0), ("tiny", 1), ("tiny", 2))


def test_texts_without_tokens_are_the_replies_otherwise(store: Store) -> None:
    a, b = talk(store, "one")
    whole = store.replies_with_ancestors([a, b])
    assert store.spoken([a, b, a, "gone"]) == {each: replace(whole[each], token_ids=(), logprobs=()) for each in (a, b)}


def test_a_store_of_the_first_kind_is_migrated_with_its_withdrawals(home: Path) -> None:
    import sqlite3

    store = Store(home)
    a, b = talk(store, "one")
    first, second = Vote(a, b, "a", rater="x"), Vote(a, b, "a", rater="y")
    store.add_opinion(first)
    store.add_opinion(second)
    store.withdraw(first.id)
    store.close()
    raw = sqlite3.connect(home / FILE)
    raw.execute("DROP INDEX conversations_prompt_of")
    raw.execute("ALTER TABLE conversations DROP COLUMN prompt_of")
    raw.execute("ALTER TABLE retractions DROP COLUMN restored")
    raw.execute("UPDATE alembic_version SET version_num = '0001'")
    raw.commit()
    raw.close()
    store = Store(home)
    assert store.votes() == [second]
    store.restore(first.id)
    assert store.votes() == [first, second]
    store.close()


def test_ten_thousand_opinions_are_turned_page_by_page_in_no_time(store: Store, tmp_path: Path) -> None:
    file = tmp_path / "many.jsonl"
    file.write_text("".join(
        json.dumps({"prompt": f"question {k}", "response_a": f"yes {k}", "response_b": f"no {k}", "choice": "a"}) + "\n"
        for k in range(10_000)
    ))  # fmt: skip
    import_file(store, file)
    began = time.perf_counter()
    rows, total = store.browse(Filter(), 9_950)
    turned = time.perf_counter() - began
    assert (len(rows), total) == (50, 10_000)
    began = time.perf_counter()
    assert store.browse(Filter(text="YES 9999"))[1] == 1
    searched = time.perf_counter() - began
    assert turned < 3 and searched < 3, (turned, searched)  # a tenth of that here; quadratic would be minutes
