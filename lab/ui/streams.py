"""The replies on their way, one flag a browser session: how a Stop button reaches a generator that runs elsewhere."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from lab.errors import LabError


class Streams:
    """Stop flags by session, which has one stream at a time: two would write over each other's page."""

    def __init__(self) -> None:
        self._flags: dict[str, threading.Event] = {}
        self._lock = threading.Lock()

    @contextmanager
    def open(self, session: str | None) -> Iterator[threading.Event]:
        key = session or ""
        flag = threading.Event()
        with self._lock:
            self._refuse(key)
            self._flags[key] = flag
        try:
            yield flag
        finally:
            flag.set()
            with self._lock:
                if self._flags.get(key) is flag:
                    del self._flags[key]

    def running(self, session: str | None) -> bool:
        with self._lock:
            return (session or "") in self._flags

    def rest(self, session: str | None) -> None:
        """Raises LabError while a reply is on its way."""
        with self._lock:
            self._refuse(session or "")

    def _refuse(self, key: str) -> None:
        if key in self._flags:
            raise LabError("a reply is on its way; wait until it is complete, or stop it")

    def leave(self, session: str | None) -> None:
        """Stops the session's stream and forgets it: the page has gone elsewhere and takes nothing from it any more."""
        with self._lock:
            flag = self._flags.pop(session or "", None)
        if flag is not None:
            flag.set()

    def stop(self, session: str | None) -> bool:
        """Raises the session's flag; whether there was one."""
        with self._lock:
            flag = self._flags.get(session or "")
        if flag is None:
            return False
        flag.set()
        return True
