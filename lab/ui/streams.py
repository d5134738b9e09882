"""The replies on their way, one flag a browser session: how a Stop button reaches a generator that runs elsewhere."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Streams:
    """Stop flags by session. A new stream of a session stops the one before it."""

    def __init__(self) -> None:
        self._flags: dict[str, threading.Event] = {}
        self._lock = threading.Lock()

    @contextmanager
    def open(self, session: str | None) -> Iterator[threading.Event]:
        key = session or ""
        flag = threading.Event()
        with self._lock:
            before = self._flags.get(key)
            self._flags[key] = flag
        if before is not None:
            before.set()
        try:
            yield flag
        finally:
            flag.set()
            with self._lock:
                if self._flags.get(key) is flag:
                    del self._flags[key]

    def stop(self, session: str | None) -> bool:
        """Raises the session's flag; whether there was one."""
        with self._lock:
            flag = self._flags.get(session or "")
        if flag is None:
            return False
        flag.set()
        return True
