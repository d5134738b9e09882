"""Accuracy and its interval: by hand, against scipy, and at the edges."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from lab.errors import LabError
from lab.insight.accuracy import accuracy, longer_wins, wilson
from lab.records import Completion, Message, Pair


def pair(chosen: str, rejected: str) -> Pair:
    return Pair((Message(role="user", content="hi"),), Completion("c", chosen), Completion("r", rejected), opinion="v")


def test_counts_right_answers_and_half_of_the_ties():
    found = accuracy([(1.0, 0.0), (2.0, -1.0), (0.5, 0.5), (0.0, 3.0)])
    assert found.accuracy == pytest.approx(2.5 / 4)
    assert found.n == 4


def test_the_base_scores_everything_alike_and_so_a_half():
    assert accuracy([(0.0, 0.0)] * 7).accuracy == 0.5


def test_a_broken_model_is_never_right():
    assert accuracy([(math.nan, 0.0), (math.nan, math.nan), (0.0, math.nan)]).accuracy == 0.0


def test_no_pairs_is_an_error_in_words():
    with pytest.raises(LabError, match="no pairs"):
        accuracy([])
    with pytest.raises(LabError, match="no pairs"):
        longer_wins([])


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_is_scipys(case: tuple[int, int]):
    right, n = case
    known = binomtest(right, n).proportion_ci(0.95, method="wilson")
    assert wilson(right, n) == pytest.approx((known.low, known.high), abs=1e-9)


@given(st.lists(st.tuples(st.floats(-5, 5), st.floats(-5, 5)), min_size=1, max_size=60))
def test_the_interval_holds_the_share_and_stays_inside(scores: list[tuple[float, float]]):
    found = accuracy(scores)
    low, high = found.ci95
    assert 0.0 <= low <= found.accuracy + 1e-12
    assert found.accuracy - 1e-12 <= high <= 1.0


def test_more_pairs_narrow_the_interval():
    few, many = accuracy([(1, 0), (0, 1)] * 5), accuracy([(1, 0), (0, 1)] * 500)
    assert many.ci95[1] - many.ci95[0] < (few.ci95[1] - few.ci95[0]) / 5


def test_longer_wins_counts_characters():
    assert longer_wins([pair("long one", "short"), pair("a", "bb"), pair("ab", "cd")]) == pytest.approx(0.5)
