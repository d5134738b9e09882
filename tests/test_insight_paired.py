"""Paired comparisons: by hand, and how often equal things are found to differ."""

from __future__ import annotations

import random
from statistics import fmean

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from lab.insight.paired import Paired, bootstrap, difference, paired


def test_the_higher_score_wins() -> None:
    assert paired([1.0, 0.0, 2.0, 5.0], [0.0, 1.0, 2.0, 4.0]) == Paired(2, 1, 1)
    assert paired([], []) == Paired(0, 0, 0)


def test_shares_are_of_decisive_ones() -> None:
    assert Paired(3, 1, 10).share == 0.75 and Paired(3, 1, 10).decisive == 4
    assert Paired(0, 0, 10).share is None and Paired(0, 0, 10).ci95 is None


def test_p_worse_by_hand() -> None:
    """Of a Beta(1, 2), as after one loss: the density is 2 (1 - w), and below a half lies 3/4."""
    assert Paired(0, 1).p_worse(0.0) == pytest.approx(0.75)
    assert Paired(0, 0).p_worse(0.1) == pytest.approx(0.4), "without an opinion the prior"
    assert Paired(0, 12).p_worse(0.1) > 0.99
    assert Paired(12, 0).p_worse(0.1) < 0.01


@given(st.integers(0, 60), st.integers(0, 60))
def test_another_loss_is_never_good_news(wins: int, losses: int) -> None:
    before = Paired(wins, losses).p_worse(0.1)
    assert Paired(wins, losses + 1).p_worse(0.1) >= before >= Paired(wins + 1, losses).p_worse(0.1)


def found_worse(count: int, share: float, tolerance: float = 0.0) -> float:
    """Exactly: the chance of all counts that are found worse."""
    wins = range(count + 1)
    return sum(binom.pmf(w, count, share) for w in wins if Paired(w, count - w).p_worse(tolerance) >= 0.95)


@pytest.mark.parametrize("count", [12, 13, 14, 20, 40, 100, 300])
def test_equal_ones_are_rarely_found_worse(count: int) -> None:
    assert 0.025 < found_worse(count, 0.5) < 0.075
    assert found_worse(count, 0.5, 0.1) < 0.012


@pytest.mark.parametrize(("count", "least"), [(12, 0.33), (30, 0.5), (60, 0.75), (100, 0.9)])
def test_those_that_lose_65_in_100_are_found_worse(count: int, least: float) -> None:
    assert found_worse(count, 0.35) > least
    assert found_worse(count, 0.35, 0.1) < 0.25, "a tolerance finds hardly more of them than of equal ones"


def test_difference_as_published() -> None:
    """Newcombe 1998, table II, example (a): 56/70 - 48/80 has (0.0524, 0.3339) by method 10."""
    assert difference(56, 70, 48, 80) == (pytest.approx(0.0524, abs=5e-5), pytest.approx(0.3339, abs=5e-5))
    low, high = difference(0, 16, 0, 16)
    assert low == -high < 0, "nothing on either side is no certainty"


def test_the_bootstrap_covers_a_mean() -> None:
    luck, inside = random.Random(1), 0
    for seed in range(200):
        low, high = bootstrap([luck.gauss(3, 1) for _ in range(40)], fmean, seed, 400)
        inside += low <= 3 <= high
    assert 0.88 < inside / 200 <= 0.99
    assert bootstrap([1.0, 2.0, 3.0], fmean, 5) == bootstrap([1.0, 2.0, 3.0], fmean, 5)
    assert bootstrap([2.0] * 9, fmean) == (2.0, 2.0)
