"""Ballots: what a press means, how fast somebody votes, and that many presses at once keep one order."""

from __future__ import annotations

import time

import pytest

from lab.records import Reply
from lab.ui.tabs.ballots import IDLE, PAGES, Ballot, Desks, votes_a_minute

A, B = (Reply(name, "c", "q", "assistant", name) for name in "ab")


@pytest.mark.parametrize(
    ("times", "now", "pace"),
    [
        ((), 0, None), ((1.0,), 1, None), ((0.0, 2.0), 2, 30), ((0.0, 2.0, 4.0, 6.0), 6, 30),
        ((0.0, 2.0), 2 + IDLE + 1, None),  # somebody went for tea
        ((0.0, 100.0, 103.0), 104, 20),  # and came back
        ((5.0, 5.0), 5, None),
    ],
)  # fmt: skip
def test_the_pace_is_that_of_the_spell_of_voting_one_is_in(times: tuple[float, ...], now: float, pace: int | None) -> None:
    assert votes_a_minute(times, now) == pace


@pytest.mark.parametrize(("shown", "left"), [("ab", "a"), ("ba", "b")])
def test_sides_are_as_shown(shown, left: str) -> None:
    assert Ballot("which?", A, B, shown).sides()[0].id == left


@pytest.mark.parametrize("told", ["", "-5", "1e3", "99999999", "999999999999999999", "nonsense"])
def test_a_time_that_cannot_be_is_measured_by_the_server(told: str) -> None:
    ballot = Ballot("which?", A, B, "ab", since=time.monotonic() - 2)
    assert 2000 <= ballot.took(told) < 2500


def test_a_page_finds_its_desk_again_and_the_quiet_ones_go_first() -> None:
    desks = Desks()
    first, second = desks.of("first"), desks.of("second")
    for number in range(PAGES - 1):
        assert desks.of("first") is first
        desks.of(f"page {number}")
    assert desks.of("second") is not second and desks.of("first") is first
    assert desks.of(None) is not desks.of(None) and desks.of("") is not desks.of("")
