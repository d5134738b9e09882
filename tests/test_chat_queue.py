"""The rate queue: ahead in idle time, aside while somebody chats, found again, and never what should not be compared."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from lab.chat.pairs import POOLS, Ahead, Growing
from lab.chat.queue import SAME, Queue
from lab.errors import ModelError, VersionError
from lab.feedback.queued import QUEUE
from lab.feedback.store import Store
from lab.records import Job, Vote
from lab.settings import load_settings
from tests.fakes import FakeEngine
from tests.test_feedback_queued import said

AHEAD = 4


class Parts:
    def __init__(self, home: Path) -> None:
        self.home = home
        self.store = Store(home / "feedback_data")
        self.engine = FakeEngine()
        self.queue = self.another()

    def another(self, **changes: Any) -> Queue:
        """As after a restart."""
        settings = load_settings(self.home, {"queue": {"ahead": AHEAD, "reask": 0.0}, **changes})
        self.queue = Queue(self.store, self.engine, settings, coin=random.Random(1))  # type: ignore[arg-type]
        return self.queue


@pytest.fixture
def parts(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Parts]:
    monkeypatch.setattr("lab.chat.queue.PAUSE", 0.02)
    monkeypatch.setattr("lab.chat.queue.GLANCE", 0.01)
    parts = Parts(home)
    yield parts
    parts.queue.stop()


def until(condition: Callable[[], bool], seconds: float = 5) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come true in time"
        time.sleep(0.01)


def filled(parts: Parts) -> None:
    until(lambda: parts.queue.ready() == AHEAD)


def test_it_draws_ahead_so_many_and_no_more_and_everything_is_stored_first(parts: Parts) -> None:
    parts.queue.start()
    filled(parts)
    time.sleep(0.2)
    assert len(parts.engine.asked) == AHEAD
    assert all(ahead for _, ahead in parts.engine.asked), "the trainer is not asked to step aside for it"
    pair = parts.queue.take("anything", "me")
    assert pair is not None
    kept = parts.store.thread(pair.a.id)
    assert [turn.text for turn in kept] == [pair.prompt.text, pair.a.text]
    assert kept[-1].token_ids and kept[-1].finish == "end" and kept[-1].time == parts.store.reply(pair.b.id).time
    assert {talk.source for talk in parts.store.conversations()} == {QUEUE}
    parts.store.add_opinion(Vote(pair.a.id, pair.b.id, "a", pair.shown))
    filled(parts)


def test_a_pair_is_handed_out_once(parts: Parts) -> None:
    parts.queue.start()
    filled(parts)
    taken = [pair for _ in range(AHEAD) if (pair := parts.queue.take("anything", "me"))]
    assert len({pair.a.id for pair in taken}) == AHEAD
    parts.engine.live = 1  # and back: what was found in the store before is on somebody's screen
    until(lambda: any(turn.version == 1 for turns, _ in parts.engine.asked for turn in turns))
    parts.engine.live = 0
    filled(parts)
    again = [pair for _ in range(AHEAD) if (pair := parts.queue.take("anything", "me"))]
    assert not {pair.a.id for pair in again} & {pair.a.id for pair in taken}


def test_a_restart_finds_what_was_not_rated(parts: Parts) -> None:
    parts.queue.start()
    filled(parts)
    pair = parts.queue.take("anything", "me")
    assert pair is not None
    parts.store.add_opinion(Vote(pair.a.id, pair.b.id, "tie"))
    filled(parts)
    parts.queue.stop()
    drawn = len(parts.engine.asked)
    parts.another().start()
    filled(parts)
    assert len(parts.engine.asked) == drawn, "nothing had to be drawn again"
    assert pair.a.id not in {found.a.id for _ in range(AHEAD) if (found := parts.queue.take("anything", "me"))}


def test_other_versions_put_aside_what_waits(parts: Parts) -> None:
    parts.queue.start()
    filled(parts)
    parts.engine.live, parts.engine.on_trial = 2, (2, 1)
    assert parts.queue.take("anything", "me") is None, "not even in the moment before the queue itself knows"
    until(lambda: parts.queue._versions == (1, 2))
    filled(parts)
    pair = parts.queue.take("anything", "me")
    assert pair is not None and (pair.a.version, pair.b.version) == (2, 1)
    parts.engine.on_trial = None
    until(lambda: parts.queue._versions == (2, 2))
    filled(parts)
    assert parts.queue.take("anything", "me").versions == (2, 2)  # type: ignore[union-attr]


def test_nothing_is_drawn_while_somebody_chats(parts: Parts) -> None:
    parts.store.signals.set_busy(time.time() + 0.5)
    parts.queue.start()
    time.sleep(0.4)
    assert parts.engine.asked == []
    filled(parts)


def test_a_pair_in_work_pauses_for_a_chat_and_goes_on_after_it(parts: Parts) -> None:
    parts.engine.words, parts.engine.seconds = 40, 0.01
    parts.queue.start()
    until(lambda: parts.queue._growing is not None and len(parts.queue._growing.drafts[0].token_ids) > 2)
    parts.engine.in_use = True
    time.sleep(0.1)
    held = parts.queue._growing
    time.sleep(0.3)
    assert held is not None and parts.queue._growing is held
    parts.engine.in_use = False
    until(lambda: parts.queue.ready() == 1)


def test_a_vote_has_the_machine_for_a_moment_while_pairs_are_left(parts: Parts) -> None:
    """A replacement was drawn at once, and the page that had to show the next pair waited for the processor."""
    parts.queue.start()
    filled(parts)
    drawn = len(parts.engine.asked)
    parts.queue.hush()
    parts.queue.take("anything", "me")
    time.sleep(0.3)
    assert len(parts.engine.asked) == drawn
    filled(parts)
    for _ in range(AHEAD):
        parts.queue.hush()
        parts.queue.take("anything", "me")
    until(lambda: parts.queue.ready() > 0, 0.5)


def test_a_round_is_left_alone_unless_somebody_rates(parts: Parts) -> None:
    job = Job("dpo", "tiny", 0, "", (), 1)
    parts.store.add_job(job)
    parts.store.claim_job("somebody", "tiny")
    parts.queue.start()
    time.sleep(0.3)
    assert parts.engine.asked == []
    assert parts.queue.take("anything", "me") is None
    filled(parts)


def test_a_wish_fills_the_queue_with_its_kind(parts: Parts) -> None:
    parts.queue.start()
    filled(parts)
    parts.queue.take("stories", "me")
    until(lambda: parts.queue.ready("stories") == AHEAD)
    pairs = [parts.queue.take("stories", "me") for _ in range(AHEAD)]
    assert all(pair and pair.prompt.text in POOLS["stories"] for pair in pairs)


def test_who_waits_sees_the_pair_grow_and_gets_it(parts: Parts) -> None:
    parts.engine.seconds = 0.05
    parts.queue.start()
    *growing, pair = parts.queue.next("anything", threading.Event())
    assert isinstance(pair, Ahead) and growing and all(isinstance(item, Growing) for item in growing)
    assert growing[-1].text == pair.prompt.text and growing[-1].shown == pair.shown, "no side changes at the end"


def test_who_waits_is_not_made_to_wait_for_another_ones_chat(parts: Parts) -> None:
    parts.engine.in_use = True
    parts.store.signals.set_busy(time.time() + 4)
    parts.queue.start()
    *_, pair = parts.queue.next("anything", threading.Event())
    assert isinstance(pair, Ahead) and not parts.engine.asked[0][1], "this time the trainer steps aside"


def test_who_stops_waiting_gets_nothing_and_leaves_the_pair_to_others(parts: Parts) -> None:
    parts.engine.words, parts.engine.seconds = 20, 0.01
    parts.queue.start()
    stop = threading.Event()
    for item in parts.queue.next("anything", stop):
        assert isinstance(item, Growing)
        stop.set()
    until(lambda: parts.queue.ready() == 1)


def test_two_versions_chosen_by_hand_are_drawn_at_once(parts: Parts) -> None:
    parts.queue.start()
    filled(parts)
    *_, pair = parts.queue.next("stories", threading.Event(), versions=(2, 1))
    assert isinstance(pair, Ahead) and (pair.a.version, pair.b.version) == (2, 1)


def test_a_queue_that_is_off_draws_while_one_waits_and_a_stop_keeps_nothing(parts: Parts) -> None:
    *_, pair = parts.queue.next("chat", threading.Event())
    assert isinstance(pair, Ahead) and parts.store.reply(pair.b.id) == pair.b
    stop = threading.Event()
    for _ in parts.queue.next("chat", stop):
        stop.set()
    assert len(parts.store.conversations()) == 1


def test_what_fails_is_told_to_who_waits_and_tried_again(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lab.chat.queue.PATIENCE", 0.05)
    parts.engine.error = VersionError("version 7 is damaged; activate another one")
    parts.queue.start()
    with pytest.raises(Exception, match="damaged"):
        list(parts.queue.next("anything", threading.Event()))
    parts.engine.error = None
    filled(parts)


def test_two_equal_replies_are_no_pair(parts: Parts) -> None:
    parts.engine.alike = True
    with pytest.raises(ModelError, match="raise the temperature"):
        list(parts.queue.next("anything", threading.Event()))
    assert len(parts.engine.asked) == SAME and parts.store.conversations() == []


def test_ones_own_prompt_comes_as_a_copy_that_knows_where_it_is_from(parts: Parts) -> None:
    talk = said(parts.store, "about heliotrope")
    for _ in range(10):
        list(parts.queue.next("chat", threading.Event()))
    copies = [each for each in parts.store.conversations(source=QUEUE) if each.title == "about heliotrope"]
    assert copies and {copy.prompt_of for copy in copies} == {talk}


def test_what_was_forgotten_is_not_handed_out(parts: Parts) -> None:
    said(parts.store, "about heliotrope")
    parts.queue.start()
    filled(parts)
    parts.queue.stop()  # while it runs it draws anew in place of what it finds gone
    for copy in parts.store.conversations(source=QUEUE):
        parts.store.purge(parts.store.purgeable(conversation=copy.id))
    assert parts.queue.ready() == AHEAD
    assert parts.queue.take("anything", "me") is None
    assert parts.queue.ready() == 0


def test_the_system_prompt_of_the_settings_stands_above(parts: Parts) -> None:
    queue = parts.another(system_prompt="Be brief.")
    *_, pair = queue.next("chat", threading.Event())
    assert [turn.role for turn in parts.store.thread(pair.a.id)] == ["system", "user", "assistant"]
    assert [message["role"] for message in parts.engine.asked[0][0][0].messages] == ["system", "user"]
