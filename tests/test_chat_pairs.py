"""What is asked next: which prompts, which versions, and which old pairs again."""

from __future__ import annotations

import random
from typing import Any

import pytest

from lab.chat.asking import BACK, LATER, Asking
from lab.chat.pairs import LONGEST, OWN_SHARE, POOLS, Prompts, versions_now
from lab.feedback.store import Store
from lab.model.prompts import rows
from lab.records import Reply, Vote, new_id
from tests.fakes import FakeEngine
from tests.test_feedback_queued import queue_pair, said


def prompts(store: Store) -> Prompts:
    return Prompts(store, random.Random(1))


def test_a_kind_that_is_wished_for_comes_and_anything_is_a_mixture(store: Store) -> None:
    some = prompts(store)
    assert {some.next("stories").text for _ in range(20)} <= set(POOLS["stories"])
    assert {some.next("summaries").kind for _ in range(20)} == {"summaries"}
    assert {some.next("anything").kind for _ in range(40)} == {"chat", "summaries", "stories"}


def test_every_prompt_comes_once_before_any_comes_again_restarts_among_them(store: Store) -> None:
    half = len(POOLS["stories"]) // 2
    first = [prompts(store).next("stories").text]
    queue_pair(store, first[0])
    some = prompts(store)
    first += [some.next("stories").text for _ in range(half)]
    for text in first[1:]:
        queue_pair(store, text)
    some = prompts(store)  # the lab was closed and opened again
    rest = [some.next("stories").text for _ in range(len(POOLS["stories"]) - len(first))]
    assert sorted(first + rest) == sorted(POOLS["stories"])


def test_ones_own_first_messages_come_with_where_they_are_from(store: Store) -> None:
    talk = said(store, "How is my grandmother's cake made?")
    some = prompts(store)
    drawn = [some.next("chat") for _ in range(60)]
    own = [prompt for prompt in drawn if prompt.conversation]
    assert {(prompt.text, prompt.conversation) for prompt in own} == {("How is my grandmother's cake made?", talk)}
    assert len(own) == OWN_SHARE, "the bundled ones come first by then"
    assert all(prompt.text in POOLS["chat"] for prompt in drawn if not prompt.conversation)


def test_prompts_for_verdicts_are_never_asked_even_where_somebody_typed_one(store: Store) -> None:
    for _, text in rows(fresh=True)[:50]:
        said(store, f"  {text.upper()} ")
    said(store, "x" * (LONGEST + 1))
    some = prompts(store)
    drawn = [some.next("chat") for _ in range(300)]
    assert [prompt for prompt in drawn if prompt.conversation] == []
    assert not {prompt.text for prompt in drawn} & {text for _, text in rows(fresh=True)}


def test_a_trial_speaks_against_the_proven_version_and_else_the_live_one_twice() -> None:
    engine: Any = FakeEngine(live=3)
    assert versions_now(engine) == (3, 3)
    engine.on_trial = (3, 2)
    assert versions_now(engine) == (3, 2)


def asking(store: Store, share: float = 1.0) -> Asking:
    return Asking(store, share, random.Random(1))


def voted(store: Store, count: int, shown: Any = "ab", rater: str = "me") -> list[Vote]:
    votes = [Vote(*queue_pair(store, f"prompt {k}"), "a", shown, rater=rater) for k in range(count)]
    for vote in votes:
        store.add_opinion(vote)
    return votes


@pytest.mark.parametrize(("shown", "then"), [("ab", "ba"), ("ba", "ab")])
def test_an_old_pair_comes_again_with_its_sides_swapped(store: Store, shown: Any, then: str) -> None:
    votes = voted(store, LATER + 1, shown)
    pair = asking(store).again("me", False)
    assert pair is not None and (pair.a.id, pair.b.id, pair.shown) == (votes[0].a, votes[0].b, then)
    assert pair.prompt.text == "prompt 0"


def test_only_a_share_of_them_and_only_what_is_old_enough_and_ones_own(store: Store) -> None:
    voted(store, LATER)
    assert asking(store).again("me", False) is None, "too fresh to say anything about a person's memory"
    voted(store, 5)
    assert asking(store).again("somebody else", False) is None
    some = asking(store, 0.05)
    assert 60 < sum(some.again("me", False) is not None for _ in range(2000)) < 140


def test_nobody_is_asked_a_third_time_and_what_is_very_old_stays(store: Store) -> None:
    first, *_ = voted(store, LATER + 1)
    store.add_opinion(Vote(first.a, first.b, "b", "ba"))
    assert {pair.prompt.text for _ in range(20) if (pair := asking(store).again("me", False))} == {"prompt 1"}
    voted(store, BACK)
    pairs = [asking(store).again("me", False) for _ in range(20)]
    assert first.a not in {pair.a.id for pair in pairs if pair}


def test_what_may_be_evidence_of_a_running_trial_is_not_asked_again(store: Store) -> None:
    """A newer vote takes the place of an older one, and a test that is looked at after every vote must not change its past."""
    a, b = queue_pair(store, "two versions", versions=(1, 0))
    store.add_opinion(Vote(a, b, "a"))
    voted(store, LATER)
    assert asking(store).again("me", True) is None
    assert asking(store).again("me", False) is not None
    voted(store, 5)
    pair = asking(store).again("me", True)
    assert pair is not None and pair.versions == (0, 0)


def test_a_pair_inside_a_conversation_is_left_alone(store: Store) -> None:
    """Its question alone would be another question."""
    talk = said(store, "hello")
    last = store.replies(talk)[-1]
    a, b = (Reply(new_id(), talk, last.id, "assistant", text, finish="end") for text in "ab")
    for reply in (a, b):
        store.add_reply(reply)
    store.add_opinion(Vote(a.id, b.id, "a"))
    voted(store, LATER)
    assert asking(store).again("me", False) is None
