"""Pairs drawn ahead in the store: whole or not there, found again until they are rated, in no list of conversations."""

from __future__ import annotations

import json
import sqlite3
import threading
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, text

from lab.doctor import store_words
from lab.errors import BusyError, StoreError
from lab.feedback.database import MIGRATIONS
from lab.feedback.exchange import export_file
from lab.feedback.purge import FORGOTTEN
from lab.feedback.queued import QUEUE
from lab.feedback.store import FILE, Store
from lab.records import Conversation, Job, Reply, Vote, new_id
from lab.settings import load_settings


def queue_pair(
    store: Store, prompt: str, prompt_of: str | None = None, base: str = "tiny", versions: tuple[int, int] = (0, 0)
) -> tuple[str, str]:  # fmt: skip
    """Ids of two replies drawn ahead."""
    conversation = Conversation(new_id(), prompt, 1.0, QUEUE, prompt_of=prompt_of)
    user = Reply(new_id(), conversation.id, None, "user", prompt)
    a, b = (
        Reply(new_id(), conversation.id, user.id, "assistant", f"{prompt} {k}", (1, 2), (-1.0, -1.0), version, base, finish="end")
        for k, version in zip("ab", versions, strict=True)
    )
    kept = store.add_queued(conversation, [user, a, b])
    return (a.id, b.id) if kept else ("", "")


def said(store: Store, words: str, source: str = "chat", system: str = "") -> str:
    conversation = store.start_conversation(words, source)
    above = None
    if system:
        above = new_id()
        store.add_reply(Reply(above, conversation, None, "system", system))
    first, second = new_id(), new_id()
    store.add_reply(Reply(first, conversation, above, "user", words))
    store.add_reply(Reply(second, conversation, first, "assistant", "yes"))
    store.add_reply(Reply(new_id(), conversation, second, "user", "a later turn"))
    return conversation


def test_own_prompts_are_first_messages_that_people_typed(store: Store) -> None:
    one = said(store, "one")
    two = said(store, "two", "compare", system="be brief")
    said(store, "imported", "import")
    queue_pair(store, "drawn ahead")
    assert store.own_prompts() == [(two, "two"), (one, "one")]
    assert store.own_prompts(limit=1) == [(two, "two")]


def test_pairs_are_found_until_a_vote_counts_for_them(store: Store) -> None:
    queue_pair(store, "other model", base="other")
    first = queue_pair(store, "first")
    a, b = queue_pair(store, "second")
    assert [turn.text for turn in store.unrated_pairs("tiny")[0]] == ["second", "second a", "second b"]
    assert len(store.unrated_pairs("tiny")) == 2
    vote = Vote(a, b, "both_bad")
    store.add_opinion(vote)
    assert [(x.id, y.id) for _, x, y in store.unrated_pairs("tiny")] == [first]
    store.withdraw(vote.id)
    assert len(store.unrated_pairs("tiny")) == 2, "who takes a vote back has no opinion"
    assert store.used_prompts() == ["other model", "first", "second"]


def test_a_pair_whose_prompt_was_forgotten_meanwhile_leaves_no_trace(store: Store) -> None:
    """The replies take seconds to draw; a conversation that is forgotten in them must not come back as a copy."""
    talk = said(store, "my secret")
    store.purge(store.purgeable(conversation=talk))
    assert queue_pair(store, "my secret", prompt_of=talk) == ("", "")
    assert store.conversations() == [] and store.used_prompts() == []


def test_a_conversation_that_grew_since_it_was_looked_at_is_not_half_forgotten(store: Store) -> None:
    talk = said(store, "my secret")
    what = store.purgeable(conversation=talk)
    queue_pair(store, "my secret", prompt_of=talk)
    with pytest.raises(StoreError, match="ask again"):
        store.purge(what)
    store.purge(store.purgeable(conversation=talk))
    assert store.conversations() == []


def test_nothing_is_deleted_while_a_job_runs_in_another_connection(store: Store, home: Path) -> None:
    """Whether a round runs was asked before the deletion, in a transaction of its own: one could begin in between."""
    talk = said(store, "my secret")
    turn = store.replies(talk)[1]
    other = Store(store.folder)
    jobs = [Job("sft", base, 0, "", (turn.id,), seed=1, id=base) for base in ("one", "two")]
    for job in jobs:
        other.add_job(job)
    other.claim_job("host:7", "one")
    with pytest.raises(BusyError, match="a round runs, and may be learning from it"):
        store.purge(store.purgeable(conversation=talk), lambda worker: worker != "host:7")
    assert len(store.replies(talk)) == 3 and store.purges() == 0
    assert [store.job(job.id).state for job in jobs] == ["running", "queued"], "nothing was changed"
    store.purge(store.purgeable(conversation=talk), lambda worker: worker == "host:7")
    assert store.conversations() == [] and other.purges() == 1
    for job in jobs:
        assert (store.job(job.id).state, store.job(job.id).error) == ("failed", FORGOTTEN)
    other.close()


def test_a_purge_waits_for_what_must_not_have_one(store: Store) -> None:
    talk, other = said(store, "my secret"), Store(store.folder)
    what = store.purgeable(conversation=talk)
    purging = threading.Thread(target=other.purge, args=[what])
    with store.between_purges() as before:
        purging.start()
        purging.join(0.3)
        assert purging.is_alive() and len(store.replies(talk)) == 3
    purging.join()
    with store.between_purges() as after:
        assert (before, after) == (0, 1)
    other.close()


def test_what_is_drawn_ahead_is_exported_as_votes_and_never_as_chats(store: Store, tmp_path: Path) -> None:
    a, b = queue_pair(store, "which?")
    queue_pair(store, "never rated")
    store.add_opinion(Vote(a, b, "b", shown="ba", ms=1200))
    assert export_file(store, tmp_path / "votes.jsonl", "votes") == 1
    (row,) = [json.loads(line) for line in (tmp_path / "votes.jsonl").read_text().splitlines()]
    assert (row["prompt"], row["choice"], row["ms"]) == ([{"role": "user", "content": "which?"}], "b", 1200)
    assert export_file(store, tmp_path / "chats.jsonl", "chats") == 0


def test_a_file_of_the_version_before_keeps_all_it_had(home: Path) -> None:
    file = home / "feedback_data" / FILE
    file.parent.mkdir()
    engine = create_engine(f"sqlite:///{file}")
    with engine.begin() as connection:
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        connection.execute(text("INSERT INTO conversations (id, title, created, source) VALUES ('c', 'hello', 1, 'chat')"))
    engine.dispose()
    store = Store(file.parent)
    assert [(c.id, c.title, c.prompt_of) for c in store.conversations()] == [("c", "hello", None)]
    queue_pair(store, "hello", prompt_of="c")
    connection = sqlite3.connect(file)
    connection.execute("PRAGMA foreign_keys=ON")
    with pytest.raises(sqlite3.IntegrityError):
        connection.execute("DELETE FROM conversations WHERE id = 'c'")  # a copy never outlives what it was made of


def test_doctor_tells_conversations_from_pairs_drawn_ahead(home: Path, store: Store) -> None:
    """Somebody who had chatted once was told of four conversations."""
    store.start_conversation("hello")
    for number in range(3):
        queue_pair(store, f"prompt {number}")
    store.close()
    assert store_words(load_settings(home)) == "1 conversations, 3 pairs drawn ahead, 0 opinions"
