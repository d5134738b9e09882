"""Facts as text, one a line, fields between bars: shorter to read and to check than nested tuples."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


def unfolded(text: str) -> list[str]:
    """The lines of a text; one that begins with a space goes on from the line before."""
    return text.strip().replace("\n ", " ").splitlines()


def rows(text: str) -> list[tuple[str, ...]]:
    """The lines that are not empty, each as its fields."""
    return [tuple(" ".join(field.split()) for field in line.split("|")) for line in unfolded(text) if line.strip()]


def pairs(text: str) -> list[tuple[str, str]]:
    """`left: right; left: right`, over any number of lines."""
    return [(left.strip(), right.strip()) for left, right in (item.split(":") for item in words(text, ";"))]


def words(text: str, between: str = ",") -> list[str]:
    """`one, two, three`, over any number of lines."""
    return [" ".join(word.split()) for word in text.split(between) if word.strip()]


def one(draw: random.Random, options: Sequence[T]) -> T:
    """One of the options, whatever they are."""
    return options[draw.randrange(len(options))]
