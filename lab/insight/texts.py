"""Measures of texts that a model wrote: words, variety, repetition, what a text is about. Knows text, no tokens, no model."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import chain

WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")  # letters and digits of any script, apostrophes between them
LEAST = 3  # letters of a content word
ENDINGS = ("ing", "ed", "s")
FUNCTION_WORDS = """
a about above after again against all almost along already also although always am among an and another any anyone
anything are aren't around as at away back be because been before behind being below beside between both but by came can
can't cannot come could couldn't did didn't do does doesn't doing don't done down during each either else enough even
ever every everyone everything few for from further gave get give go going gone good got had hadn't has hasn't have
haven't having he he's her here here's hers him his how however i i'd i'll i'm i've if in instead into is isn't it it'd
it'll it's its itself just kind know least less let let's like little lot made make many may maybe me might mine more
most much must my myself neither never nice no nobody none nor not nothing now of off oh ok okay on once one only onto
or other our ours out over own perhaps please put quite rather really said same say see seem shall she she's should
shouldn't since so some someone something sometimes soon sort still such take tell than thank thanks that that's the
their them then there there's these they they're thing think this those though through to today together too toward try
two under until up upon us use very want was wasn't way we we'll we're we've well went were weren't what what's when
where whether which while who whole whom whose why will with within without won't would wouldn't yes yet you you'd
you'll you're you've your yours yourself
"""
EMPTY = frozenset(FUNCTION_WORDS.split())  # and the small change of any chat


def words(text: str) -> list[str]:
    """The words of a text in order, lower-cased, with ' for ’. What is neither letter nor digit separates them."""
    return [word.replace("’", "'") for word in WORD.findall(text.lower())]


def grams(text: str, length: int) -> list[tuple[str, ...]]:
    """Every run of `length` words; none in a text that is shorter."""
    said = words(text)
    return [tuple(said[start : start + length]) for start in range(len(said) - length + 1)]


def distinct2(replies: Iterable[str]) -> float:
    """Different bigrams over all bigrams, counted over all replies together (Li 2016); 0 when there are none.

    Bigrams are pairs of neighbouring `words`; none reaches from one reply into the next. It falls as the set grows, so
    only sets of one size from the same prompts can be compared.
    """
    pairs = list(chain.from_iterable(grams(reply, 2) for reply in replies))
    return len(set(pairs)) / len(pairs) if pairs else 0.0


def repeat4(replies: Iterable[str]) -> float:
    """Share of all 4-grams of words that occurred earlier in their own reply; 0 when there are none."""
    total, again = 0, 0
    for reply in replies:
        runs = grams(reply, 4)
        total += len(runs)
        again += len(runs) - len(set(runs))
    return again / total if total else 0.0


def content(text: str) -> frozenset[str]:
    """Stems of the words that carry a text's meaning: no function words, no numbers, at least LEAST letters."""
    return frozenset(stem(word) for word in words(text) if word not in EMPTY and len(word) >= LEAST and not word.isdigit())


def stem(word: str) -> str:
    """A rough stem: baking, baked, bakes and bake are one, and so are story and stories. Cuts a plural, -ed or -ing."""
    word = word.removesuffix("'s")
    for ending in ENDINGS:
        kept = word.removesuffix(ending)
        if kept != word and len(kept) >= LEAST and re.search("[aeiouy]", kept) and not (ending == "s" and kept[-1] == "s"):
            word = kept
            break
    if len(word) > LEAST:
        word = word.removesuffix("e")
    if len(word) > LEAST and word[-1] == word[-2]:
        word = word[:-1]
    return word[:-1] + "i" if word[-1:] == "y" else word


def says(text: str, phrases: Sequence[str]) -> bool:
    """Whether one of the phrases occurs in a text as whole words, in whatever case and punctuation."""
    said = f" {' '.join(words(text))} "
    return any(f" {' '.join(words(phrase))} " in said for phrase in phrases)
