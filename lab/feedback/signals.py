"""What chat and trainer tell each other, in one process or in two: leases, flags, and until when chat is busy.

A signal says how things are now, so it is overwritten or runs out. It knows nothing of what a flag or a lease is for.
"""

from __future__ import annotations

import threading
import time

from lab.feedback import shared
from lab.feedback.database import Database

BUSY = "busy_until"
BUSY_MOST = 5.0  # seconds ahead; a mark beyond is of a clock that was set back since
BUSY_STEP = 0.4  # seconds that a busy mark must move before it is worth a write


class Signals:
    """Every method is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._busy_lock = threading.Lock()
        self._busy = 0.0  # the mark this process wrote last

    def take_lease(self, name: str, holder: str, seconds: float) -> bool:
        """Takes the lease if it is free or expired, or renews the holder's own; False while another holds it."""
        with self._database.write() as connection:
            return shared.take_lease(connection, name, holder, seconds)

    def release_lease(self, name: str, holder: str) -> None:
        with self._database.write() as connection:
            shared.release_lease(connection, name, holder)

    def lease_holder(self, name: str) -> str | None:
        with self._database.read() as connection:
            return shared.lease_holder(connection, name)

    def set_flag(self, name: str, value: str | None) -> None:
        """None takes the flag away."""
        with self._database.write() as connection:
            shared.set_flag(connection, name, value)

    def flag(self, name: str) -> str | None:
        with self._database.read() as connection:
            return shared.flag(connection, name)

    def set_busy(self, until: float) -> None:
        """Says that chat generates until then (seconds since the epoch). Cheap to call for every token: marks that
        hardly differ from the one this process wrote last are not written."""
        with self._busy_lock:
            if 0 <= until - self._busy < BUSY_STEP:
                return
            self._busy = until
        self.set_flag(BUSY, repr(until))

    def busy_until(self) -> float:
        until = float(self.flag(BUSY) or 0.0)
        return until if until <= time.time() + BUSY_MOST else 0.0
