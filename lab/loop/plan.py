"""Whether a round starts now, of which kind, and the reason in a sentence. Pure: counts, settings and a clock in."""

from __future__ import annotations

import math
from dataclasses import dataclass

from lab.insight.evidence import Evidence
from lab.records import Algorithm, Counts
from lab.settings import LoopSettings, RewardSettings

PAUSED = "Paused: no round starts by itself."
NO_TRAINER = "no trainer runs; `launch.py trainer` starts one."


@dataclass(frozen=True)
class Plan:
    """What to start, None for nothing yet, and why."""

    algorithm: Algorithm | None
    reason: str


def choose_algorithm(counts: Counts, reward: Evidence | None = None) -> Algorithm | None:
    """By what there is more of: pairs go to DPO, thumbs to KTO (two say about as much as a pair), replies to imitate to SFT.

    Once a reward model ranks opinions it never saw better than chance and length alone would, for sure, votes and thumbs go
    to PPO.
    """
    chosen = by_kind(counts)
    return "ppo" if chosen in ("dpo", "kto") and reward is not None and reward.knows_something() else chosen


def by_kind(counts: Counts) -> Algorithm | None:
    for pairs, labelled, demonstrations in (
        (counts.new_pairs, counts.new_labelled, counts.new_demonstrations),
        (counts.pairs, counts.labelled, counts.demonstrations),
    ):
        if pairs or labelled:
            return "dpo" if pairs >= labelled / 2 else "kto"
        if demonstrations:
            return "sft"
    return None


def new_of(algorithm: Algorithm, counts: Counts) -> int:
    """New examples that a round of this kind would read. KTO reads a pair as a thumb up and a thumb down."""
    match algorithm:
        case "dpo" | "ipo":
            return counts.new_pairs
        case "sft":
            return counts.new_demonstrations
        case _:
            return counts.new_pairs + counts.new_labelled


def plan(
    counts: Counts, settings: LoopSettings, paused: bool, running: bool, queued: bool, seconds_since_last: float | None,
    trainer: bool = True, reward: Evidence | None = None, scoring: RewardSettings | None = None, settling: int | None = None,
) -> Plan:  # fmt: skip
    """`reward` is what the live reward model is worth, `scoring` when the next one is due; `counts.new_*` are the opinions
    that no round has been tried on; `seconds_since_last` is None before the first; `trainer` is whether there is one to take
    a round; `settling` is a version that only lacks votes of its own to be proven, which the next one would take from it."""
    if running:
        return Plan(None, "A round is running.")
    if queued:
        return Plan(None, "A round waits for the trainer." if trainer else f"A round waits, but {NO_TRAINER}")
    if not trainer:
        return Plan(None, f"No round starts: {NO_TRAINER}")
    if paused:
        return Plan(None, PAUSED)
    if not settings.enabled:
        return Plan(None, "Rounds start by hand only: loop.enabled is off in lab.toml.")
    algorithm = first_that_may_start(counts, settings.min_new, reward)
    if algorithm is None and scoring is not None and counts.rated >= scoring.min_opinions and counts.new_rated >= scoring.refresh:
        algorithm = "reward"
    if algorithm is None:
        return Plan(None, waiting(counts, settings.min_new, reward))
    enough = f"{new_of(algorithm, counts)} new {noun(algorithm, counts)}"
    if algorithm == "reward":
        enough = f"{counts.new_rated} opinions that the reward model has not seen"
    if settling is not None and algorithm != "reward" and new_of(algorithm, counts) < settings.patience:
        left = settings.patience - new_of(algorithm, counts)
        return Plan(None, f"{enough}; the next round waits until blind votes decide on version {settling}, or for {left} more.")
    if algorithm == "ppo" and reward is not None:
        enough += f"; PPO, because the reward model is {reward.words()}"
    if seconds_since_last is not None and 0 <= seconds_since_last < settings.min_seconds:  # less than none: a clock set back
        left = math.ceil(settings.min_seconds - seconds_since_last)
        return Plan(None, f"{enough}: the next round starts in {left} s.")
    return Plan(algorithm, enough)


def startable(counts: Counts, reward: Evidence | None = None) -> list[Algorithm]:
    """The kinds that a round may be of, the chosen one first: too few votes must not hold back many thumbs.

    KTO, which reads both, does not start for a few thumbs among votes: those say more to DPO, some votes later.
    """
    chosen = choose_algorithm(counts, reward)
    kinds: tuple[Algorithm, ...] = ("dpo", "kto", "sft")
    if chosen == "dpo" and 2 * counts.new_labelled < counts.new_pairs:
        kinds = ("dpo", "sft")
    if chosen == "ppo":
        kinds = ("ppo", *kinds)
    return sorted(kinds, key=lambda kind: kind != chosen)


def first_that_may_start(counts: Counts, least: int, reward: Evidence | None = None) -> Algorithm | None:
    """The first of those kinds with enough that is new."""
    return next((kind for kind in startable(counts, reward) if new_of(kind, counts) >= least), None)


def closest(counts: Counts, reward: Evidence | None = None) -> Algorithm:
    """The kind that lacks the least."""
    kinds = startable(counts, reward)
    nothing = not (counts.new_pairs or counts.new_labelled or counts.new_demonstrations)
    return "dpo" if nothing else max(kinds, key=lambda kind: new_of(kind, counts))


def waiting(counts: Counts, least: int, reward: Evidence | None = None) -> str:
    """How far the kind that is closest has come; and what was kept for testing, or it would look as if nobody had heard it."""
    kind = closest(counts, reward)
    have = new_of(kind, counts)
    left = least - have
    tested = f", and {counts.held_out} for testing only" if counts.held_out else ""
    return f"{have} of {least} new {noun(kind, counts)}{tested}; {left} more {'start' if left > 1 else 'starts'} a round."


def noun(algorithm: Algorithm, counts: Counts) -> str:
    if algorithm == "sft":
        return "replies to imitate"
    if algorithm in ("dpo", "ipo") or not counts.new_labelled:
        return "votes"
    return "votes and thumbs" if counts.new_pairs else "thumbs"
