"""Two versions compared on the same things: how sure it is that one is worse, and between what a difference lies.

What is compared is paired (the same opinion, the same prompt), and only decisive pairs count. Knows numbers, no model.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from scipy.special import betainc

from lab.insight.accuracy import wilson

Thing = TypeVar("Thing")

RESAMPLES = 1000


@dataclass(frozen=True)
class Paired:
    """What was decided for a candidate, against it, and not at all."""

    wins: int
    losses: int
    ties: int = 0

    @property
    def decisive(self) -> int:
        return self.wins + self.losses

    @property
    def share(self) -> float | None:
        """Of the decisive ones, those for the candidate; None where there are none."""
        return self.wins / self.decisive if self.decisive else None

    @property
    def ci95(self) -> tuple[float, float] | None:
        """Wilson's interval of it."""
        return wilson(self.wins, self.decisive) if self.decisive else None

    def p_worse(self, tolerance: float) -> float:
        """How probable it is that the candidate's share lies below a half by more than `tolerance`.

        From a uniform prior, so the posterior is Beta(wins + 1, losses + 1). At 0.95 and without a tolerance, 3 to 7 % of equal
        candidates are found worse, by how many are decisive, and of those that lose 65 in 100 a third by 12 decisive opinions,
        half by 30; with a tolerance of 0.1, 1 % of the equal ones and hardly more of the others (benchmarks/RESULTS.md).
        """
        return float(betainc(self.wins + 1, self.losses + 1, 0.5 - tolerance))


def paired(candidate: Sequence[float], other: Sequence[float]) -> Paired:
    """Of scores of the same things; the higher one wins."""
    better = sum(a > b for a, b in zip(candidate, other, strict=True))
    worse = sum(a < b for a, b in zip(candidate, other, strict=True))
    return Paired(better, worse, len(candidate) - better - worse)


def difference(first: int, first_n: int, second: int, second_n: int) -> tuple[float, float]:
    """95 % interval of first/first_n - second/second_n, from the Wilson intervals of both (Newcombe 1998, method 10)."""
    p, q = first / first_n, second / second_n
    (p_low, p_high), (q_low, q_high) = wilson(first, first_n), wilson(second, second_n)
    return p - q - math.hypot(p - p_low, q_high - q), p - q + math.hypot(p_high - p, q - q_low)


def bootstrap(
    things: Sequence[Thing], figure: Callable[[Sequence[Thing]], float], seed: int = 0, resamples: int = RESAMPLES
) -> tuple[float, float]:
    """95 % percentile interval of a figure of `things`, drawn again with replacement (Efron 1979). What is a pair stays one."""
    luck = random.Random(f"{seed}/bootstrap")
    found = sorted(figure(luck.choices(things, k=len(things))) for _ in range(resamples))
    return found[round(0.025 * (resamples - 1))], found[round(0.975 * (resamples - 1))]
