"""A lock that is fair. Knows nothing of models."""

from __future__ import annotations

import threading
from collections import deque
from types import TracebackType


class Turnstile:
    """Lets one thread in at a time, in the order they came.

    `threading.Lock` promises no order, and every stream asks for the model again as soon as it has drawn a token: with
    several of them, one, or a swap that waits to get in, could be passed over for long.
    """

    def __init__(self) -> None:
        self._door = threading.Lock()
        self._queue: deque[threading.Lock] = deque()
        self._taken = False

    def __enter__(self) -> None:
        with self._door:
            if not self._taken:
                self._taken = True
                return
            turn = threading.Lock()
            turn.acquire()
            self._queue.append(turn)
        try:
            turn.acquire()  # until the one before hands over
        except BaseException:  # Ctrl-C while waiting: nobody may hand over to a thread that has gone
            with self._door:
                gone = turn in self._queue
                if gone:
                    self._queue.remove(turn)
            if not gone:
                self.leave()
            raise

    def enter_if_free(self) -> bool:
        """Goes in without waiting, and says whether it did; then `leave` is due. Safe even inside a garbage collection."""
        if not self._door.acquire(blocking=False):
            return False
        free = not self._taken
        self._taken = True
        self._door.release()
        return free

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.leave()

    def leave(self) -> None:
        """Hands over to whoever has waited longest."""
        with self._door:
            if self._queue:
                self._queue.popleft().release()
            else:
                self._taken = False
