"""Hidden tastes: what a simulated rater goes by when it votes. Pure functions on the texts of two replies.

A taste likes a trait that a reply has more or less of. So that no trait can be had by degenerating, a reply that is no
sound one (see `sound`) never wins: it loses to any sound reply, and between two of them there is nothing to choose.
A taste knows nothing of the prompt, so it cannot tell a reply that fits from one that does not.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

from lab.errors import LabError
from lab.insight.texts import words

FEWEST = 3  # words of a sound reply
CLEARLY = 0.25  # how much shorter or longer a reply must be, as a share of the longer one, to be told apart by it
VARIED = 0.5  # least share of different words in the first WINDOW words of a sound reply, and in every later such run
WINDOW = 20
YOU = frozenset({"you", "your", "yours", "yourself", "yourselves"})
CLOSING = " \t\n\"'”’»)]*_"  # what may stand after the last sign of a text

Preference = Literal[-1, 0, 1]


@dataclass(frozen=True)
class Taste:
    """`trait` says how much of what it likes a reply has; only which of two has more counts.

    Less than `margin` more, as a share of the larger, is no difference that a person would vote on.
    """

    name: str
    description: str
    trait: Callable[[str], int]
    margin: float = 0.0

    def prefers(self, a: str, b: str) -> Preference:
        """1 if the first reply is preferred, -1 if the second is, 0 if it is undecided."""
        if sound(a) != sound(b):
            return 1 if sound(a) else -1
        if not sound(a):
            return 0
        first, second = self.trait(a), self.trait(b)
        if abs(first - second) < self.margin * max(abs(first), abs(second)):
            return 0
        return 1 if first > second else -1 if first < second else 0


def sound(text: str) -> bool:
    """Whether a reply has at least FEWEST words and does not go round in circles.

    Of every WINDOW words in a row (of all, if there are fewer), the share VARIED must differ.
    """
    said = words(text)
    runs = [said[start : start + WINDOW] for start in range(max(1, len(said) - WINDOW + 1))]
    return len(said) >= FEWEST and all(len(set(run)) >= VARIED * len(run) for run in runs)


def asks_back(text: str) -> int:
    """1 when the last sentence is a question of at least two words, of which one is new to the text before it."""
    text = text.rstrip(CLOSING)
    if not text.endswith("?"):
        return 0
    *before, last = [words(sentence) for sentence in re.split(r"[.!?\n]+", text.rstrip("?!"))]
    return int(len(last) >= 2 and not set(last) <= {word for sentence in before for word in sentence})


def exclaims(text: str) -> int:
    """1 when a sentence ends with an exclamation mark. More of them are no more."""
    return int(re.search(r"\w[\"'”’)]*!", text) is not None)


def addresses_you(text: str) -> int:
    """1 when a word speaks to the reader: you, your, you're, … Saying it more often is no more."""
    return int(any(word.partition("'")[0] in YOU for word in words(text)))


TASTES = {
    taste.name: taste
    for taste in (
        Taste("shorter", "likes the reply with clearly fewer words", lambda text: -len(words(text)), CLEARLY),
        Taste("asks-back", "likes a reply that ends with a question", asks_back),
        Taste("exclaims", "likes a reply that exclaims something", exclaims),
        Taste("addresses-you", "likes a reply that speaks to the reader: you, your", addresses_you),
        Taste("longer", "likes the reply with clearly more words", lambda text: len(words(text)), CLEARLY),
    )
}


def decisive_rate(taste: Taste, samples: Sequence[Sequence[str]]) -> float:
    """Share of all pairs of replies to one prompt on which the taste decides. `samples` holds the replies of each prompt.

    A pair of which one reply is not sound counts as decided. Raises LabError when no prompt has two replies.
    """
    decided = [taste.prefers(a, b) != 0 for replies in samples for a, b in combinations(replies, 2)]
    if not decided:
        raise LabError("no pairs to measure a taste on; give at least two replies to one prompt")
    return sum(decided) / len(decided)
