"""What a kind of dialogue is, and the little that all of them share."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

Dialogue = list[dict[str, str]]  # {"role": "user" | "assistant", "content"}, user first, taking turns


@dataclass(frozen=True)
class Kind:
    """A grammar: `make` draws one dialogue. `share` is how often it is drawn, relative to the others."""

    name: str
    share: float
    make: Callable[[random.Random], Dialogue]


def turns(*texts: str) -> Dialogue:
    """Texts, the user's first, as a dialogue."""
    return [{"role": ("user", "assistant")[place % 2], "content": text} for place, text in enumerate(texts)]


def casual(draw: random.Random, text: str) -> str:
    """What people do to their own messages: now and then no capital, no full stop, both, or none of it."""
    chance = draw.random()
    if chance < 0.12:
        text = text[0].lower() + text[1:]
    elif chance < 0.20:
        text = text.lower()
    if draw.random() < 0.15:
        text = text.rstrip(".!?")
    return text


def one(draw: random.Random, options: Sequence[str]) -> str:
    return options[draw.randrange(len(options))]


def listed(items: Sequence[str], last: str = "and") -> str:
    """One, two and three."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} {last} {items[-1]}"
