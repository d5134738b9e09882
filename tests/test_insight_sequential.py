"""The test of a trial: what it promises under fair coins holds exactly, and it is quick where there is something to see."""

from __future__ import annotations

import random

import pytest

from lab.insight.sequential import BY_HORIZON, ENOUGH, HORIZON, Trial, at_horizon, final_test, mixture, trial


def test_both_processes_are_martingales_under_fair_coins() -> None:
    """What an e-value is expected to be after the next vote is what it is now, so no way of looking can pump it up."""
    for wins, losses in [(0, 0), (3, 1), (10, 25), (60, 40), (64, 65)]:
        after = [(wins + 1, losses), (wins, losses + 1)]
        assert mixture(wins, losses) == pytest.approx(sum(mixture(*each) for each in after) / 2)
        assert at_horizon(wins, losses) == pytest.approx(sum(at_horizon(*each) for each in after) / 2)
    assert mixture(0, 0) == pytest.approx(1) and at_horizon(0, 0) == pytest.approx(1)


def test_the_test_at_the_horizon_alone_is_enough() -> None:
    target, level = final_test()
    assert level <= BY_HORIZON / ENOUGH
    assert BY_HORIZON * at_horizon(target, HORIZON - target) >= ENOUGH
    assert at_horizon(target - 1, HORIZON - target + 1) == 0


def test_a_clear_winner_is_confirmed_soon_and_what_follows_changes_nothing() -> None:
    found = trial([True] * 12 + [False] * 200)
    assert found.decision == "better" and found.votes < 13
    assert trial([False] * 12).decision == "worse"
    assert trial([True, False] * 100).decision == "open"
    assert trial([]) == Trial("open", 1.0, 1.0, 0)


def test_progress_goes_from_nothing_to_decided() -> None:
    votes = [True] * 12
    steps = [trial(votes[:count]).progress for count in range(len(votes) + 1)]
    assert steps[0] == 0 and steps == sorted(steps)
    assert trial(votes).progress == 1


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
    assert found.decision == "better" and found.votes > HORIZON
