"""What a reward model's scores are worth, on opinions it was not made from. Knows scores and lengths, no model."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lab.insight.accuracy import accuracy

BINS = 10


@dataclass(frozen=True)
class Scored:
    """The score of what was preferred and of what was not. Of a thumb, one of them is the threshold, and `tokens` is None."""

    chosen: float
    rejected: float
    tokens: tuple[int, int] | None


@dataclass(frozen=True)
class Evidence:
    """`accuracy` with its 95 % Wilson interval, of `n` votes and thumbs; `longer_wins` is what length alone reaches on votes.

    `length_correlation` is Pearson's between the difference of two scores and that of their lengths in tokens. `calibration`
    is the mean distance between predicted and observed shares (ECE, Guo 2017), `brier` the mean squared error of the
    probability.
    """

    accuracy: float
    ci95: tuple[float, float]
    n: int
    longer_wins: float
    length_correlation: float
    calibration: float
    brier: float

    def knows_something(self) -> bool:
        """Whether the lower bound is above what chance and length alone would reach."""
        return self.ci95[0] > max(0.5, self.longer_wins)

    def words(self) -> str:
        low, high = self.ci95
        alone = f"length alone in {self.longer_wins:.0%}"
        return f"right in {self.accuracy:.0%} ({low:.0%} to {high:.0%}) of {self.n} opinions it never saw, {alone}"

    def figures(self) -> dict[str, float]:
        """For a report."""
        return {
            "reward_accuracy": self.accuracy, "reward_low": self.ci95[0], "reward_high": self.ci95[1], "reward_n": float(self.n),
            "longer_wins": self.longer_wins, "length_correlation": self.length_correlation, "calibration": self.calibration,
            "brier": self.brier,
        }  # fmt: skip


def evidence_of(figures: Mapping[str, float]) -> Evidence | None:
    """What a report says; None where it says nothing."""
    if "reward_accuracy" not in figures:
        return None
    return Evidence(
        figures["reward_accuracy"], (figures["reward_low"], figures["reward_high"]), int(figures["reward_n"]),
        figures["longer_wins"], figures["length_correlation"], figures["calibration"], figures["brier"],
    )  # fmt: skip


def evidence(scored: Sequence[Scored]) -> Evidence | None:
    """None of nothing."""
    if not scored:
        return None
    found = accuracy([(each.chosen, each.rejected) for each in scored])
    chances = [1 / (1 + math.exp(-max(-30.0, min(30.0, each.chosen - each.rejected)))) for each in scored]
    lengths = [each.tokens for each in scored if each.tokens is not None]
    return Evidence(
        found.accuracy, found.ci95, found.n, accuracy(lengths).accuracy if lengths else 0.5, length_correlation(scored),
        calibration_error([*((p, 1.0) for p in chances), *((1 - p, 0.0) for p in chances)]),  # each seen from either side
        sum((1 - p) ** 2 for p in chances) / len(chances),
    )  # fmt: skip


def length_correlation(scored: Sequence[Scored]) -> float:
    """Of votes, each seen from either side, so that both means are 0; 0 where scores or lengths do not differ."""
    told = [(e.chosen - e.rejected, e.tokens[0] - e.tokens[1]) for e in scored if e.tokens is not None]
    by_score, by_length = sum(s * s for s, _ in told), sum(t * t for _, t in told)
    return sum(s * t for s, t in told) / math.sqrt(by_score * by_length) if by_score and by_length else 0.0


def calibration_error(told: Sequence[tuple[float, float]]) -> float:
    """told: (predicted probability, 1 if it came true); over BINS equal bins, each weighing what is in it."""
    bins: dict[int, list[tuple[float, float]]] = {}
    for chance, came in told:
        bins.setdefault(min(int(chance * BINS), BINS - 1), []).append((chance, came))
    gaps = (abs(sum(chance - came for chance, came in some)) for some in bins.values())
    return sum(gaps) / len(told)
