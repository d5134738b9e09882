"""What a hidden taste says of two versions' replies to the same prompts. Pure: texts in, figures out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from lab.insight.accuracy import wilson
from lab.insight.tastes import Taste, sound
from lab.insight.texts import repeat4, words


@dataclass(frozen=True)
class Said:
    """A reply, and whether it ended by itself."""

    text: str
    ended: bool


@dataclass(frozen=True)
class Verdict:
    """Pairs of replies that the taste decided for the live version, for the base, and not at all."""

    wins: int
    losses: int
    undecided: int

    @property
    def win_rate(self) -> float | None:
        """Share of the decisive pairs that the live version wins; None when there are none."""
        return self.wins / (self.wins + self.losses) if self.wins + self.losses else None

    @property
    def ci95(self) -> tuple[float, float] | None:
        """Wilson's 95 % interval of it."""
        return wilson(self.wins, self.wins + self.losses) if self.wins + self.losses else None


@dataclass(frozen=True)
class Portrait:
    """How a version speaks. `taste` is the mean trait of its sound replies, None when none is sound; `words` the mean."""

    taste: float | None
    sound: float
    stop_rate: float
    repeat4: float
    words: float


def verdict(taste: Taste, live: Sequence[Said], base: Sequence[Said]) -> Verdict:
    """Reply by reply, each to the same prompt."""
    found = [taste.prefers(ours.text, theirs.text) for ours, theirs in zip(live, base, strict=True)]
    return Verdict(found.count(1), found.count(-1), found.count(0))


def portrait(taste: Taste, replies: Sequence[Said]) -> Portrait:
    good = [reply.text for reply in replies if sound(reply.text)]
    return Portrait(
        taste=fmean(map(taste.trait, good)) if good else None, sound=len(good) / len(replies),
        stop_rate=fmean(reply.ended for reply in replies), repeat4=repeat4(reply.text for reply in replies),
        words=fmean(len(words(reply.text)) for reply in replies),
    )  # fmt: skip
