"""Asking again: now and then a pair that somebody voted on comes back later with its sides swapped, so that the audit can tell
how often a person agrees with themselves. Whoever votes again changes their mind: the newer vote counts.

While a trial runs, pairs of two versions are left alone: they may be its evidence, which is counted in the order it came.
"""

from __future__ import annotations

import random
from collections import Counter

from lab.chat.pairs import Ahead
from lab.feedback.store import Store
from lab.records import Vote

LATER = 10  # votes of the same rater that come first
BACK = 200  # older votes than so many are left alone


class Asking:
    """`share` is the part of the pairs that are old ones."""

    def __init__(self, store: Store, share: float, coin: random.Random) -> None:
        self._store = store
        self._share = share
        self._coin = coin

    def again(self, rater: str, on_trial: bool) -> Ahead | None:
        """A pair this rater voted on once, or None: most of the time, and where there is none yet."""
        if self._coin.random() >= self._share:
            return None
        theirs = [vote for vote in self._store.every_vote() if vote.rater == rater and vote.criterion == "overall"]
        times = Counter(frozenset((vote.a, vote.b)) for vote in theirs)
        once = [vote for vote in theirs[-BACK:-LATER] if times[frozenset((vote.a, vote.b))] == 1]
        self._coin.shuffle(once)
        found = (self._pair(vote, on_trial) for vote in once)
        return next((pair for pair in found if pair is not None), None)

    def _pair(self, vote: Vote, on_trial: bool) -> Ahead | None:
        """None for what was imported, answers a later turn than the first, or may be evidence of a trial."""
        turns = self._store.replies_with_ancestors((vote.a, vote.b))
        a, b = turns[vote.a], turns[vote.b]
        prompt = turns[a.parent] if a.parent else None
        if prompt is None or "given" in (a.finish, b.finish):
            return None
        if prompt.parent is not None and turns[prompt.parent].role != "system":
            return None
        if on_trial and a.version != b.version:
            return None
        return Ahead(prompt, a, b, "ba" if vote.shown == "ab" else "ab")
