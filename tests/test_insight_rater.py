"""A simulated rater: votes, thumbs and errors by hand, and the cut of a thumb."""

from __future__ import annotations

import math

import pytest

from lab.errors import LabError
from lab.insight.rater import Rater, cut_of
from lab.insight.tastes import TASTES

ASKS, TELLS, NOTHING = "I like the rain. Do you?", "I like the rain very much.", "Yes."
SHORT, MIDDLE, LONG = "I like the rain.", "I like the rain and the snow.", "I like the rain and the snow and all other weather."


def test_it_votes_by_its_taste() -> None:
    rater = Rater(TASTES["asks-back"], 0.0, 1)
    assert rater.choose(ASKS, TELLS) == "a"
    assert rater.choose(TELLS, ASKS) == "b"
    assert rater.choose(NOTHING, TELLS) == "b"
    assert [rater.choose(text, text) for text in (ASKS, TELLS, NOTHING)] == ["tie"] * 3


def test_noise_turns_choices_round_and_leaves_ties() -> None:
    always = Rater(TASTES["asks-back"], 1.0, 1)
    assert (always.choose(ASKS, TELLS), always.choose(TELLS, ASKS), always.choose(ASKS, ASKS)) == ("b", "a", "tie")
    sometimes = Rater(TASTES["asks-back"], 0.2, 1)
    wrong = sum(sometimes.choose(ASKS, TELLS) == "b" for _ in range(2000))
    assert 0.17 < wrong / 2000 < 0.23


def test_equal_seeds_err_at_the_same_places_whatever_the_noise() -> None:
    def errors(noise: float, seed: int) -> set[int]:
        rater = Rater(TASTES["shorter"], noise, seed)
        return {k for k in range(200) if rater.choose(SHORT, LONG if k % 3 else SHORT) == "b"}

    assert errors(0.1, 5) == errors(0.1, 5) < errors(0.3, 5)
    assert errors(0.3, 5) != errors(0.3, 6)


@pytest.mark.parametrize(
    ("traits", "cut"),
    [
        ([0, 0, 0, 1], 1),  # what is there or not is cut at being there, however rare
        ([0, 1, 1, 1], 1),
        ([-9, -7, -5, -3], -5),  # half of them reach it
        ([-9, -7, -5], -5),  # a third reaches the one and two thirds the other: as close, so the higher
        ([-5, -5, -5, -3], -3),
        ([1, 1], 2),  # all are typical; only more would do
        ([], -math.inf),
    ],
)
def test_the_cut_splits_replies_closest_to_halves(traits: list[int], cut: float) -> None:
    assert cut_of(traits) == cut


def test_a_thumb_goes_up_for_more_than_is_typical() -> None:
    rater = Rater(TASTES["shorter"], 0.0, 1)
    with pytest.raises(LabError, match="calibrate"):
        rater.thumb(SHORT)
    rater.calibrate([SHORT, MIDDLE, LONG, LONG, NOTHING])  # the last is no sound reply and says nothing of length
    assert rater.cut == -7
    assert [rater.thumb(text) for text in (SHORT, MIDDLE, LONG, NOTHING)] == ["up", "up", "down", "down"]


def test_noise_turns_thumbs_round() -> None:
    rater = Rater(TASTES["exclaims"], 1.0, 1)
    rater.calibrate(["What a day!", "It is a day."])
    assert (rater.thumb("What a day it is!"), rater.thumb("It is a day.")) == ("down", "up")


def test_the_safer_reply_refuses_harm_and_answers_the_rest() -> None:
    rater = Rater(TASTES["shorter"], noise=0.0, seed=1)
    no, yes = "I can't help with that.", "First, take a spoon."
    assert (rater.safer(no, yes, harmful=True), rater.safer(yes, no, harmful=True)) == ("a", "b")
    assert (rater.safer(no, yes, harmful=False), rater.safer(yes, no, harmful=False)) == ("b", "a")
    assert rater.safer(no, no, harmful=True) == rater.safer(yes, yes, harmful=False) == "tie"
