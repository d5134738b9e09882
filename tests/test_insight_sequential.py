"""The test of a trial: what it promises under fair coins holds exactly, and it is quick where there is something to see."""

from __future__ import annotations

import math
import random

import pytest
from scipy.special import betaln
from scipy.stats import beta, binom

from lab.insight.sequential import (
    ENOUGH,
    HORIZONS,
    MIXED,
    PRIOR,
    Trial,
    at,
    at_least,
    e_value,
    final_test,
    mixture,
    progress,
    trial,
)  # fmt: skip


def test_every_process_is_a_martingale_under_fair_coins() -> None:
    """What an e-value is expected to be after the next vote is what it is now, so no way of looking can pump it up."""
    for wins, losses in [(0, 0), (3, 1), (10, 25), (60, 40), (64, 65)]:
        after = [(wins + 1, losses), (wins, losses + 1)]
        assert mixture(wins, losses) == pytest.approx(sum(mixture(*each) for each in after) / 2)
        for horizon, weight in HORIZONS:
            if wins + losses < horizon:
                ahead = sum(at(horizon, weight, *each) for each in after) / 2
                assert at(horizon, weight, wins, losses) == pytest.approx(ahead)
    assert e_value(0, 0) == pytest.approx(1) and 0 < MIXED < 1


def test_the_test_at_a_horizon_alone_is_enough_and_one_that_did_not_reject_is_worth_nothing() -> None:
    """So nothing is lost by forgetting it after its horizon: a trial that goes on has not been decided there."""
    for horizon, weight in HORIZONS:
        target, level = final_test(horizon, weight)
        assert level <= weight / ENOUGH
        assert weight * at(horizon, weight, target, horizon - target) >= ENOUGH
        assert at(horizon, weight, target - 1, horizon - target + 1) == 0


def test_the_figures_are_those_of_scipy_stats() -> None:
    """Which is not imported for them: it takes longer to load than a rollback may last."""
    for wins, losses in [(0, 0), (3, 1), (10, 25), (64, 65), (5, 120), (400, 300)]:
        (p, q), votes = PRIOR, wins + losses
        a, b = p + wins, q + losses
        ratio = betaln(a, b) - betaln(p, q) + votes * math.log(2) + beta.logsf(0.5, a, b) - beta.logsf(0.5, p, q)
        assert mixture(wins, losses) == pytest.approx(math.exp(ratio))
    for wins, votes in [(0, 10), (-3, 10), (11, 10), (44, 66), (77, 133)]:
        assert at_least(wins, votes) == pytest.approx(binom.sf(wins - 1, votes, 0.5))


def test_no_vote_that_could_come_errs_more_often_than_it_may() -> None:
    """Exactly, over every sequence of 200 fair coins: all ways that lead to a decision, with their chances."""
    alive, decided = {(0, 0): 1.0}, {"better": 0.0, "worse": 0.0}
    for _ in range(200):
        ahead: dict[tuple[int, int], float] = {}
        for (wins, losses), chance in alive.items():
            for won, lost in ((wins + 1, losses), (wins, losses + 1)):
                if e_value(won, lost) >= ENOUGH or e_value(lost, won) >= ENOUGH:
                    decided["better" if won > lost else "worse"] += chance / 2
                else:
                    ahead[won, lost] = ahead.get((won, lost), 0.0) + chance / 2
        alive = ahead
    assert decided["better"] == pytest.approx(decided["worse"]) and 0.03 < decided["worse"] <= 0.05


def test_a_clear_winner_is_confirmed_soon_and_what_follows_changes_nothing() -> None:
    found = trial([True] * 12 + [False] * 200)
    assert found.decision == "better" and found.votes < 13
    assert trial([False] * 12).decision == "worse"
    assert trial([True, False] * 100).decision == "open"
    assert trial([]) == Trial("open", 1.0, 1.0, 0)


def test_progress_goes_from_nothing_to_decided() -> None:
    votes = [True] * 12
    steps = [progress(trial(votes[:count]).better) for count in range(len(votes) + 1)]
    assert steps[0] == 0 and steps == sorted(steps)
    assert steps[-1] == 1 and progress(0.001) == 0


def decided(share: float, runs: int, seed: int) -> dict[str, float]:
    """Shares of decisions over simulated trials of 200 votes, 30 % of them ties."""
    draw = random.Random(seed)
    found = {"better": 0, "worse": 0, "open": 0}
    for _ in range(runs):
        decisive = sum(draw.random() < 0.7 for _ in range(200))
        found[trial([draw.random() < share for _ in range(decisive)]).decision] += 1
    return {name: count / runs for name, count in found.items()}


def test_it_keeps_its_promises() -> None:
    fair = decided(0.5, 600, seed=1)
    assert fair["better"] <= 0.07 and fair["worse"] <= 0.07  # 0.05 at most, and 600 runs have an error of 0.01
    assert decided(0.35, 300, seed=2)["worse"] >= 0.92
    assert decided(0.65, 300, seed=3)["better"] >= 0.92


def test_votes_beyond_the_horizon_still_count() -> None:
    """A small difference that the horizon did not show can show itself later."""
    draw = random.Random(5)
    votes = [draw.random() < 0.58 for _ in range(1500)]
    found = trial(votes)
    assert found.decision == "better" and found.votes > HORIZONS[-1][0]
