"""Versions ranked by blind votes: Bradley-Terry strengths with intervals, ties used, length taken out where asked.

A vote is a game between two versions whose replies were drawn together, so that nobody knew which is whose; a tie is half a
win for each. Strengths are log-odds against the anchor, so a version
at s is preferred to it with probability 1 / (1 + e^-s). Fitted by penalised maximum likelihood on scipy: a weak pull
towards the anchor keeps a version that won all its three games from standing at infinity. Intervals are of the sandwich
kind (Huber 1967) or wider, from votes taken as independent: one rater's habits are not seen here, audit.py looks for them.

Length control adds one coefficient for the relative difference in tokens, as Chatbot Arena's style control does; the
strengths are then those between replies of equal length. A version that no chain of games links to the anchor has a strength
that only the pull holds: `linked` says so. Knows records, no store.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy
from scipy.optimize import minimize
from scipy.special import expit

from lab.insight.accuracy import Z95
from lab.records import Reply, Vote

FEW = 10  # games of a version, below which even a clear interval deserves a word of warning
PULL = 0.05  # prior precision of a strength: a standard deviation of 4.5, wide beside any that is seen
Numbers = numpy.ndarray


@dataclass(frozen=True)
class Game:
    """`score` is 1 where `a` was preferred, 0 where `b` was, 1/2 for a tie; `longer` (tokens a - b) / (a + b)."""

    a: int
    b: int
    score: float
    longer: float = 0.0


@dataclass(frozen=True)
class Standing:
    """A version's log-odds against the anchor with its 95 % interval, and the chance to be preferred to it."""

    version: int
    strength: float
    low: float
    high: float
    games: int
    wins: float
    linked: bool = True  # to the anchor, by games

    @property
    def few(self) -> bool:
        return self.games < FEW

    @property
    def told_apart(self) -> bool:
        """Whether the interval leaves the anchor's strength out."""
        return self.linked and not self.low <= 0.0 <= self.high

    @property
    def preferred(self) -> tuple[float, float, float]:
        """(estimate, low, high) of the probability to be preferred to the anchor."""
        return float(expit(self.strength)), float(expit(self.low)), float(expit(self.high))


@dataclass(frozen=True)
class Board:
    """Strongest first. `length` is what a whole unit of `Game.longer` is worth in log-odds; None where it was not fitted."""

    standings: tuple[Standing, ...]
    anchor: int
    length: float | None = None


def games_of(votes: Sequence[Vote], replies: Mapping[str, Reply]) -> list[Game]:
    """The blind votes between two versions of one base, on all in all; `both_bad` says nothing of which is better.

    What was drawn again, because the first was not liked, is no fair game: both were drawn together, as the session keeps them.
    """
    found = []
    for vote in votes:
        a, b = replies.get(vote.a), replies.get(vote.b)
        if a is None or b is None or a.version is None or b.version is None or a.version == b.version or a.base != b.base:
            continue
        if vote.choice == "both_bad" or vote.criterion != "overall" or (a.parent, a.time) != (b.parent, b.time):
            continue
        score = {"a": 1.0, "b": 0.0, "tie": 0.5}[vote.choice]
        total = len(a.token_ids) + len(b.token_ids)
        found.append(Game(a.version, b.version, score, (len(a.token_ids) - len(b.token_ids)) / total if total else 0.0))
    return found


def anchor_of(games: Sequence[Game]) -> int:
    """The base where it played, else the version that played most: strengths against one that nobody met say nothing."""
    count = Counter(version for game in games for version in (game.a, game.b))
    return 0 if 0 in count or not count else max(count, key=lambda version: (count[version], -version))


def linked(games: Sequence[Game], anchor: int) -> set[int]:
    """The versions that a chain of games leads to from the anchor, which is among them."""
    reached, before = {anchor}, set[int]()
    while reached != before:
        before = set(reached)
        reached |= {version for game in games if {game.a, game.b} & before for version in (game.a, game.b)}
    return reached


def leaderboard(games: Sequence[Game], anchor: int = 0, control_length: bool = False) -> Board:
    """All versions that played, and the anchor, which stands at 0."""
    versions = sorted({version for game in games for version in (game.a, game.b)} | {anchor})
    others = [version for version in versions if version != anchor]
    width = len(others) + control_length
    design, scores = numpy.zeros((len(games), width)), numpy.array([game.score for game in games])
    for row, game in enumerate(games):
        for version, sign in ((game.a, 1.0), (game.b, -1.0)):
            if version != anchor:
                design[row, others.index(version)] += sign
        if control_length:
            design[row, -1] = game.longer
    pull = numpy.full(width, PULL)
    found = fitted(design, scores, pull)
    errors = spread(design, scores, pull, found)
    near = linked(games, anchor)
    standings = [Standing(anchor, 0.0, 0.0, 0.0, *played(games, anchor))]
    for place, version in enumerate(others):
        half = Z95 * errors[place]
        low, high = float(found[place] - half), float(found[place] + half)
        standings.append(Standing(version, float(found[place]), low, high, *played(games, version), version in near))
    standings.sort(key=lambda standing: -standing.strength)
    return Board(tuple(standings), anchor, float(found[-1]) if control_length else None)


def fitted(design: Numbers, scores: Numbers, pull: Numbers) -> Numbers:
    """(width,): the coefficients of the logistic regression of scores (games,) on design (games, width), without intercept."""
    if not design.size:
        return numpy.zeros(design.shape[1])

    def loss(theta: Numbers) -> tuple[float, Numbers]:
        logits = design @ theta
        value = numpy.logaddexp(0, logits).sum() - scores @ logits + (pull * theta**2).sum() / 2
        return float(value), design.T @ (expit(logits) - scores) + pull * theta

    found: Numbers = minimize(loss, numpy.zeros(design.shape[1]), jac=True, method="L-BFGS-B", options={"gtol": 1e-9}).x
    return found


def spread(design: Numbers, scores: Numbers, pull: Numbers, theta: Numbers) -> Numbers:
    """(width,): standard errors, the larger of sandwich and model: after three wins in a row the sandwich sees no spread."""
    chance = expit(design @ theta)
    bread = numpy.linalg.inv((design * (chance * (1 - chance))[:, None]).T @ design + numpy.diag(pull))
    meat = (design * ((scores - chance) ** 2)[:, None]).T @ design + numpy.diag(pull)
    errors: Numbers = numpy.sqrt(numpy.maximum(numpy.diag(bread @ meat @ bread), numpy.diag(bread)))
    return errors


def played(games: Sequence[Game], version: int) -> tuple[int, float]:
    """(games, wins) of a version, ties counting half."""
    own = [game.score if game.a == version else 1 - game.score for game in games if version in (game.a, game.b)]
    return len(own), sum(own)
