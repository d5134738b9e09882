"""Whether one of two versions is better, decided while votes come in: a test that may be looked at after every vote.

Votes are decisive ones, for (True) or against the version on trial; under the null each is a fair coin. An e-process is a
non-negative martingale under the null that begins at 1, so it ever reaches 20 with probability 1/20 at most, however often
one looks (Ville 1939; Ramdas 2023, sections 2 and 3). A weighted mean of such processes is one too:

- a mixture over win rates above a half (a Beta prior cut there): quick where a difference is very clear, and never at an end;
- for each of HORIZONS the chance, were the votes to come fair coins, that an exact binomial test of all votes up to there
  rejects, over that chance at the start. It knows that the budget is limited, and decides at its horizon where a fixed test
  would; then it stands still.

A mixture alone catches a win rate of 0.35 within 200 votes in 87 % of trials, all together in 96 %, for a median of 90
instead of 75 votes (benchmarks/RESULTS.md, with how the weights were found). Knows votes only.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Literal

from scipy.special import bdtrc, betaincc, betaln

ENOUGH = 20.0  # of an e-value: at most one in twenty fair coins ever gets there
PRIOR = (8.0, 2.0)  # of the win rate, cut at a half: clear differences
# decisive votes, of which there are 140 among 200 with 30 % ties, and the weight of a test that ends there: its level is the one
# at which this weight alone gives ENOUGH
HORIZONS = ((66, 0.1), (133, 0.85))
MIXED = 1 - sum(weight for _, weight in HORIZONS)

Decision = Literal["better", "worse", "open"]


@dataclass(frozen=True)
class Trial:
    """Where a trial stands. `better` and `worse` are the e-values when it was decided, or now; `votes` were needed so far."""

    decision: Decision
    better: float
    worse: float
    votes: int


def trial(outcomes: Iterable[bool]) -> Trial:
    """Decisive votes in the order they came, to the first decision. What comes after it changes nothing."""
    wins = losses = 0
    better = worse = 1.0
    for won in outcomes:
        wins, losses = wins + won, losses + (not won)
        better, worse = e_value(wins, losses), e_value(losses, wins)
        if better >= ENOUGH or worse >= ENOUGH:
            return Trial("better" if better > worse else "worse", better, worse, wins + losses)
    return Trial("open", better, worse, wins + losses)


def progress(value: float) -> float:
    """How far an e-value is on its way to a decision, 0 to 1, on a log scale."""
    return max(0.0, min(1.0, math.log(max(value, 1.0)) / math.log(ENOUGH)))


@cache
def e_value(wins: int, losses: int) -> float:
    """The weighted mean. A test that did not reject at its horizon is worth nothing after it; one that did has decided."""
    ahead = ((horizon, weight) for horizon, weight in HORIZONS if wins + losses <= horizon)
    return MIXED * mixture(wins, losses) + sum(weight * at(horizon, weight, wins, losses) for horizon, weight in ahead)


@cache
def mixture(wins: int, losses: int) -> float:
    """The likelihood of these votes under the cut prior, over that under a fair coin."""
    a, b = PRIOR
    ratio = betaln(a + wins, b + losses) - betaln(a, b) + (wins + losses) * math.log(2)
    cut = betaincc(a + wins, b + losses, 0.5) / betaincc(a, b, 0.5)
    return math.exp(min(700.0, float(ratio))) * float(cut)


def at(horizon: int, weight: float, wins: int, losses: int) -> float:
    """The chance that the test at a horizon rejects after fair coins from here, over that at the start."""
    target, level = final_test(horizon, weight)
    return at_least(target - wins, horizon - wins - losses) / level


@cache
def final_test(horizon: int, weight: float) -> tuple[int, float]:
    """(wins of so many votes from which the test rejects, its exact level under fair coins)."""
    target = next(wins for wins in range(horizon + 1) if at_least(wins, horizon) <= weight / ENOUGH)
    return target, at_least(target, horizon)


def at_least(wins: int, votes: int) -> float:
    """The chance of so many wins of votes that are fair coins."""
    return 1.0 if wins <= 0 else 0.0 if wins > votes else float(bdtrc(wins - 1, votes, 0.5))
