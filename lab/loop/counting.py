"""How much feedback there is, counted now and then, as every opinion is read for it. Knows no plan and starts no round."""

from __future__ import annotations

import threading
import time
from dataclasses import replace

from lab.feedback.examples import counts
from lab.feedback.store import Store
from lab.loop.care import care_of
from lab.loop.jobs import learned_by, scored_by, tried
from lab.records import Counts
from lab.registry.versions import Versions
from lab.settings import Settings

LEAST = 0.5  # seconds between two counts
SHARE = 20  # counting takes at most one part in this of the time


class Counting:
    """The counts of one lab; they are asked for by the page's threads and by the loop's."""

    def __init__(self, store: Store, versions: Versions, settings: Settings) -> None:
        self.store, self.versions, self.settings = store, versions, settings
        self._lock = threading.Lock()
        self._found: tuple[Counts, Counts] | None = None
        self._again = 0.0  # monotonic

    def counts(self) -> tuple[Counts, Counts]:
        """For people, against what the live version has learned; for the plan, against what any round was tried on.

        Those found last, for a while that grows with what counting costs.
        """
        with self._lock:
            began = time.monotonic()
            if self._found is None or began >= self._again:
                learned = learned_by(self.store, self.versions)
                scored = scored_by(self.store, self.versions)
                gone = care_of(self.store, self.settings).left_out
                shown = counts(self.store, learned, scored, gone)
                known = learned | tried(self.store, self.versions.base)
                fresh = shown if known == learned else replace(counts(self.store, known, scored, gone), held_out=shown.held_out)
                self._found = shown, fresh
                ended = time.monotonic()
                self._again = ended + max(LEAST, SHARE * (ended - began))
            return self._found

    def renew(self) -> None:
        """Something changed what is counted: who asks next is told of it."""
        self._again = 0.0
