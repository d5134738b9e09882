"""The verdict of a hidden taste and the portrait of a version, by hand."""

from __future__ import annotations

import pytest

from lab.insight.accuracy import wilson
from lab.insight.tastes import TASTES
from lab.insight.verdict import Said, Verdict, portrait, verdict

ASKS, TELLS, NOTHING = Said("I like the rain. Do you?", True), Said("I like the rain very much.", True), Said("Yes.", False)


def test_wins_are_counted_over_decisive_pairs() -> None:
    found = verdict(
        TASTES["asks-back"], [ASKS, ASKS, TELLS, TELLS, NOTHING, TELLS], [TELLS, NOTHING, ASKS, TELLS, NOTHING, NOTHING]
    )
    assert found == Verdict(wins=3, losses=1, undecided=2)
    assert (found.win_rate, found.ci95) == (3 / 4, wilson(3, 4))


def test_nothing_decided_is_no_rate() -> None:
    found = verdict(TASTES["asks-back"], [TELLS], [TELLS])
    assert (found.win_rate, found.ci95) == (None, None)


def test_every_prompt_needs_both_replies() -> None:
    with pytest.raises(ValueError):
        verdict(TASTES["shorter"], [TELLS], [])


def test_a_portrait_by_hand() -> None:
    found = portrait(TASTES["asks-back"], [ASKS, TELLS, TELLS, NOTHING])
    assert (found.taste, found.sound, found.stop_rate, found.repeat4) == (1 / 3, 3 / 4, 3 / 4, 0.0)
    assert found.words == (6 + 6 + 6 + 1) / 4
    assert portrait(TASTES["shorter"], [NOTHING]).taste is None
