"""Tasks on sentences that somebody else wrote: the lead of a text, one sentence of it, the same again.

What is answered is always in the question, word for word. It is how a small model learns to copy what it has never seen;
it does not teach it to say a thing in other words.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence

from lab.train.material.kinds import Dialogue, one, turns
from lab.train.material.styles import thanked
from lab.train.material.summaries import AFTER, BEFORE, put

FEWEST, MOST = 4, 24  # words of a sentence that is used
LONGEST = 75  # words of a passage
LEAD = ("{}", "{}", "{}", "In short: {}", "Here it is in short: {}")
AGAIN = ("Repeat after me: {}", "Say this: {}", "Repeat this: {}", "Say it again: {}", "Please repeat: {}",
         "Copy this sentence: {}", "Write this down: {}", "Can you repeat this? {}", "Say the following: {}")  # fmt: skip
PLACED = (("first", 0), ("last", -1), ("second", 1))
WHICH = ("What is the {} sentence of this?", "Give me the {} sentence.", "How does the {} sentence go?", "Quote the {} sentence.")
WITH = ('Which sentence has the word "{}"?', 'Find the sentence with "{}".', 'Where does it say "{}"?')
MARKS = re.compile(r"[\"“”«»_*()\[\]|]")


def fits(sentence: str) -> bool:
    """Whether it is plain and of a fair length, and quotes nobody."""
    fair = FEWEST <= len(sentence.split()) <= MOST
    return fair and sentence[0].isupper() and sentence[-1] in ".!?" and not MARKS.search(sentence)


def passages(text: str) -> list[list[str]]:
    """Runs of two to five sentences that follow each other in a text."""
    runs: list[list[str]] = [[]]
    for sentence in re.split(r"(?<=[.!?])\s+", " ".join(text.split())):
        if not fits(sentence) or len(runs[-1]) == 5 or sum(len(s.split()) for s in runs[-1]) > LONGEST:
            runs.append([])
        if fits(sentence):
            runs[-1].append(sentence)
    return [run for run in runs if len(run) >= 2]


def extract(draw: random.Random, passage: Sequence[str]) -> Dialogue:
    """One task on one passage."""
    text, chance = " ".join(passage), draw.random()
    if chance < 0.5:
        after = draw.random() < 0.35
        spoken = [put(draw, one(draw, AFTER if after else BEFORE), text, after), one(draw, LEAD).format(passage[0])]
    elif chance < 0.7:
        sentence = one(draw, passage)
        spoken = [one(draw, AGAIN).format(sentence), sentence]
    elif chance < 0.8:
        name, place = draw.choice(PLACED[: len(passage)])
        spoken = [put(draw, one(draw, WHICH).format(name), text, draw.random() < 0.6), passage[place]]
    else:
        place = draw.randrange(len(passage))
        own = [w for w in re.findall(r"\b[a-z]{4,}\b", passage[place]) if text.count(w) == 1]
        if not own:
            return extract(draw, passage)
        spoken = [put(draw, one(draw, WITH).format(one(draw, own)), text, draw.random() < 0.6), passage[place]]
    return turns(*spoken, *(thanked(draw) if draw.random() < 0.1 else ()))
