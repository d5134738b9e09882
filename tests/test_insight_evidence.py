"""What a reward model's scores are worth: figures by hand, and when they are enough to learn from."""

from __future__ import annotations

import random

import pytest

from lab.insight.evidence import Evidence, Scored, calibration_error, evidence, evidence_of, length_correlation


def test_figures_by_hand() -> None:
    told = [Scored(2.0, 0.0, (5, 3)), Scored(0.0, 1.0, (4, 6)), Scored(1.0, 1.0, (2, 2)), Scored(3.0, 0.0, None)]
    found = evidence(told)
    assert found is not None
    assert (found.accuracy, found.n) == (2.5 / 4, 4)
    assert found.longer_wins == 0.5  # of three votes: longer, shorter, as long
    assert found.length_correlation == pytest.approx((2 * 2 + -1 * -2) / ((4 + 1) * (4 + 4)) ** 0.5)
    assert found.brier == pytest.approx(((1 - 0.880797) ** 2 + (1 - 0.268941) ** 2 + 0.25 + (1 - 0.952574) ** 2) / 4, abs=1e-5)
    assert evidence([]) is None


def test_it_survives_a_report() -> None:
    found = evidence([Scored(2.0, 0.0, (5, 3)), Scored(0.0, 1.0, None)])
    assert found is not None
    assert evidence_of(found.figures()) == found
    assert evidence_of({"kl": 1.0}) is None


def test_calibration_is_the_gap_between_what_was_said_and_what_came() -> None:
    assert calibration_error([(0.75, 1.0), (0.75, 1.0), (0.75, 1.0), (0.75, 0.0)]) == 0
    assert calibration_error([(0.95, 0.0), (0.05, 0.0)]) == pytest.approx((0.95 + 0.05) / 2)


def test_scores_of_equal_length_have_no_correlation_with_it() -> None:
    assert length_correlation([Scored(1.0, 0.0, (3, 3)), Scored(0.0, 2.0, None)]) == 0


@pytest.mark.parametrize(
    ("accuracy", "low", "longer", "knows"),
    [(0.8, 0.72, 0.55, True), (0.8, 0.72, 0.75, False), (0.55, 0.48, 0.4, False)],
)
def test_it_knows_something_when_its_lower_bound_beats_chance_and_length(
    accuracy: float, low: float, longer: float, knows: bool
) -> None:
    assert Evidence(accuracy, (low, 0.9), 100, longer, 0.0, 0.0, 0.2).knows_something() is knows


def test_random_scores_know_nothing() -> None:
    draw = random.Random(1)
    found = evidence([Scored(draw.random(), draw.random(), (draw.randrange(9), draw.randrange(9))) for _ in range(400)])
    assert found is not None
    assert found.ci95[0] < 0.5 < found.ci95[1]
    assert not found.knows_something()
