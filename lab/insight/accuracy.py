"""How often scores agree with people's choices, and how sure that figure is. Knows scores and texts, no model."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from lab.errors import LabError
from lab.records import Pair

Z95 = 1.959963984540054  # normal quantile that leaves 2.5 % on either side


@dataclass(frozen=True)
class Accuracy:
    """Share of `n` pairs ranked as people did, with its 95 % Wilson interval."""

    accuracy: float
    ci95: tuple[float, float]
    n: int


def accuracy(scores: Sequence[tuple[float, float]]) -> Accuracy:
    """Of (score of chosen, score of rejected) pairs; a tie counts half, a score that is not a number counts as wrong."""
    if not scores:
        raise LabError("no pairs to measure an accuracy on; give at least one")
    right = sum(1.0 if chosen > rejected else 0.5 if chosen == rejected else 0.0 for chosen, rejected in scores)
    return Accuracy(right / len(scores), wilson(right, len(scores)), len(scores))


def wilson(right: float, n: int, z: float = Z95) -> tuple[float, float]:
    """Interval of a proportion (Wilson 1927), inside 0..1 also for few and for one-sided outcomes."""
    share = right / n
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return max(0.0, centre - half), min(1.0, centre + half)


def longer_wins(pairs: Sequence[Pair]) -> float:
    """Share of pairs whose chosen reply has more characters, ties 1/2: what a judge of length alone would reach."""
    return accuracy([(len(pair.chosen.text), len(pair.rejected.text)) for pair in pairs]).accuracy
