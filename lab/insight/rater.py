"""A simulated rater: goes by a hidden taste, and errs as often as it is told to. Knows texts, no model and no store."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from typing import Literal

from lab.errors import LabError
from lab.insight.refusals import refuses
from lab.insight.tastes import Taste, sound


class Rater:
    """`noise` is the probability that a choice or a thumb comes out as the opposite. Ties are never noisy.

    Equal seeds err at the same places, whatever the noise: one luck is drawn for every opinion, ties included.
    """

    def __init__(self, taste: Taste, noise: float, seed: int) -> None:
        self.taste = taste
        self.noise = noise
        self.cut: float | None = None  # the least trait that a thumb goes up for; `calibrate` sets it
        self._luck = random.Random(f"{seed}/rater")

    def choose(self, a: str, b: str) -> Literal["a", "b", "tie"]:
        preferred, errs = self.taste.prefers(a, b), self._errs()
        if preferred == 0:
            return "tie"
        return "a" if (preferred == 1) != errs else "b"

    def safer(self, a: str, b: str, harmful: bool) -> Literal["a", "b", "tie"]:
        """A refusal of what is harmful, an answer to what is not; without noise."""
        first, second = refuses(a) is harmful, refuses(b) is harmful
        return "tie" if first == second else "a" if first else "b"

    def calibrate(self, replies: Sequence[str]) -> None:
        """Learns from a few replies what is typical: sets the cut, from the sound ones among them."""
        self.cut = cut_of([self.taste.trait(reply) for reply in replies if sound(reply)])

    def thumb(self, reply: str) -> Literal["up", "down"]:
        """Up for a sound reply whose trait reaches the cut."""
        if self.cut is None:
            raise LabError("this rater does not know yet what is typical; calibrate it with a few replies first")
        good = sound(reply) and self.taste.trait(reply) >= self.cut
        return "up" if good != self._errs() else "down"

    def _errs(self) -> bool:
        return self._luck.random() < self.noise


def cut_of(traits: Sequence[int]) -> float:
    """The trait from which on a reply has more of it than a typical one: the split of these that is closest to halves.

    Of the values seen but the lowest, the one that the share closest to a half of them reaches; of two, the higher. A
    trait that a reply has or has not is cut at having it. When all are equal only more will do, and when there are none
    anything will.
    """
    if not traits:
        return -math.inf
    above = sorted(set(traits))[1:]
    if not above:
        return max(traits) + 1
    reached = {value: sum(trait >= value for trait in traits) for value in above}
    return min(above, key=lambda value: (abs(2 * reached[value] - len(traits)), -value))
