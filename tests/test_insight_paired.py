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


@pytest.mark.parametrize("count", [12, 13, 20, 40, 100, 300])
def test_equal_ones_are_hardly_ever_found_worse(count: int) -> None:
    """Exactly: the chance under fair coins of all counts that would refuse; without the tolerance it was up to 7 %."""

    def wrongly(tolerance: float) -> float:
        return sum(binom.pmf(w, count, 0.5) for w in range(count + 1) if Paired(w, count - w).p_worse(tolerance) >= 0.95)

    assert wrongly(0.1) < 0.012
    assert wrongly(0.0) > 0.02, "what the tolerance is for"


@pytest.mark.parametrize(("count", "share"), [(13, 0.05), (40, 0.15), (100, 0.25)])
def test_harmful_ones_are_found_worse(count: int, share: float) -> None:
    found = sum(binom.pmf(w, count, share) for w in range(count + 1) if Paired(w, count - w).p_worse(0.1) >= 0.95)
    assert found > 0.9


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
