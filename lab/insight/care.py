"""What training may do about what the audit found: votes left out, or counted for less. Pure; knows records, no store.

A rule that rests on a tendency (a side, length, wavering, change) does nothing until the audit is sure of it: with few votes
it leaves all as they are. Weights follow from a simple model of the fault, named at each rule; none is above 1.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from lab.insight.audit import changed_mind_on_length, drawn_here, is_hasty, lengths, longer_won, preferred, second_thoughts, sides
from lab.records import Reply, Vote

OLD = 0.5  # what votes from before a change of taste count
LEAST_WEIGHT = 0.05  # of a rater who wavers as much as a coin would


@dataclass(frozen=True)
class Asked:
    """`votes` are those that count, `every` those that newer ones replaced too; `replies` what they are about, by id."""

    votes: Sequence[Vote]
    every: Sequence[Vote]
    replies: Mapping[str, Reply]


@dataclass(frozen=True)
class Care:
    """`left_out` says why, by opinion; `weights` are those below 1, by opinion."""

    left_out: Mapping[str, str] = field(default_factory=dict)
    weights: Mapping[str, float] = field(default_factory=dict)

    @property
    def words(self) -> str:
        """For people; what it does to how many."""
        said = [f"{len(self.left_out)} left out"] if self.left_out else []
        if self.weights:
            mean = sum(self.weights.values()) / len(self.weights)
            said.append(f"{len(self.weights)} counted for {mean:.0%} on average")
        return ", ".join(said) or "changes nothing so far"


Rule = Callable[[Asked], Care]


def care(switched_on: Collection[str], asked: Asked) -> Care:
    """What all rules that are switched on do."""
    return together(RULES[name](asked) for name in RULES if name in switched_on)


def together(found: Iterable[Care]) -> Care:
    """A vote is left out if one says so, and weights multiply."""
    left_out: dict[str, str] = {}
    weights: dict[str, float] = {}
    for each in found:
        left_out = {**each.left_out, **left_out}
        for opinion, weight in each.weights.items():
            weights[opinion] = weights.get(opinion, 1.0) * weight
    return Care(left_out, {opinion: weight for opinion, weight in weights.items() if opinion not in left_out})


def hasty(asked: Asked) -> Care:
    """Each vote that came sooner than both replies can be skimmed, with or without a tendency."""
    there = [vote for vote in asked.votes if vote.a in asked.replies and vote.b in asked.replies]
    return Care({vote.id: "voted_too_fast" for vote in there if is_hasty(vote, asked.replies)})


def one_sided(asked: Asked) -> Care:
    """A rater who takes the left without looking in a share e of the votes, and is fair otherwise, takes it p = (1 + e) / 2 of
    the time; a vote for the left is then meant with probability (1 - p) / p. One that was not meant is a coin that fell."""
    weights: dict[str, float] = {}
    for votes in by_rater(vote for vote in decisive(asked) if drawn_here(vote, asked.replies)):
        found = sides(votes)
        if found.concern and found.share is not None:
            lefts = {vote.id: (vote.choice == "a") == (vote.shown == "ab") for vote in votes}
            weights |= balanced(lefts, found.share)
    return Care(weights=weights)


def by_length(asked: Asked) -> Care:
    """Votes for the longer reply and votes for the shorter one are given the same say, rater by rater."""
    weights: dict[str, float] = {}
    for votes in by_rater(decisive(asked)):
        found = lengths(votes, asked.replies)
        if found.concern and found.share is not None:
            told = {vote.id: longer_won(vote, asked.replies) for vote in votes}
            weights |= balanced({opinion: won for opinion, won in told.items() if won is not None}, found.share)
    return Care(weights=weights)


def wavering(asked: Asked) -> Care:
    """A rater who errs with probability q answers the same question alike s = (1 - q)^2 + q^2 of the time, so that a vote
    tells sqrt(2 s - 1) = 1 - 2 q of what a sure one does."""
    weights: dict[str, float] = {}
    for votes in by_rater(asked.every):
        found = second_thoughts(votes)
        if found.concern and found.share is not None:
            weight = max(LEAST_WEIGHT, math.sqrt(max(0.0, 2 * found.share - 1)))
            weights |= {vote.id: weight for vote in asked.votes if vote.rater == votes[0].rater}
    return Care(weights=weights)


def outvoted(asked: Asked) -> Care:
    """Where raters disagree about the same two replies, those against the majority; where there is none, all stay."""
    groups: dict[tuple[str, ...], list[Vote]] = {}
    for vote in asked.votes:
        groups.setdefault((vote.criterion, *sorted((vote.a, vote.b))), []).append(vote)
    left_out: dict[str, str] = {}
    for votes in groups.values():
        chosen = [preferred(vote) for vote in votes]
        first, *others = sorted(set(chosen), key=lambda choice: -chosen.count(choice))
        if others and chosen.count(first) > chosen.count(others[0]):
            left_out |= {vote.id: "outvoted" for vote in votes if preferred(vote) != first}
    return Care(left_out)


def outdated(asked: Asked) -> Care:
    """Of a rater whose taste has changed, the earlier half counts for OLD."""
    weights: dict[str, float] = {}
    for votes in by_rater(decisive(asked)):
        if changed_mind_on_length(votes, asked.replies).concern:
            in_time = sorted(votes, key=lambda vote: vote.time)
            weights |= {vote.id: OLD for vote in in_time[: len(in_time) // 2]}
    return Care(weights=weights)


def balanced(marked: Mapping[str, bool], share: float) -> dict[str, float]:
    """Weights that give the marked, `share` of all, and the others the same sum; the rarer kind keeps 1."""
    often, weight = (True, (1 - share) / share) if share > 0.5 else (False, share / (1 - share))
    return {opinion: weight for opinion, mark in marked.items() if mark == often}


def decisive(asked: Asked) -> list[Vote]:
    return [vote for vote in asked.votes if vote.choice in ("a", "b")]


def by_rater(votes: Iterable[Vote]) -> list[list[Vote]]:
    groups: dict[str, list[Vote]] = {}
    for vote in votes:
        groups.setdefault(vote.rater, []).append(vote)
    return list(groups.values())


RULES: dict[str, Rule] = {  # by the name of the finding they answer
    "side": one_sided, "length": by_length, "haste": hasty, "steadiness": wavering, "agreement": outvoted, "drift": outdated,
}  # fmt: skip
DOES = {
    "side": "Count votes for the favourite side for less, so that both sides have the same say",
    "length": "Count votes for the length that usually wins for less, so that both have the same say",
    "haste": "Leave out votes that came faster than reading",
    "steadiness": "Count votes of raters who often answer differently for less",
    "agreement": "Leave out votes against the majority, where several raters saw the same two replies",
    "drift": "Count the earlier half for half, if a rater's taste has changed",
}
