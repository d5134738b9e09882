"""Locks between processes: one lab a home, one writer a registry. The kernel frees them when their process dies."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from lab.errors import BusyError, SettingsError

FILE = ".lab.lock"


class HomeLock:
    """Holds a home for as long as it is entered. Raises BusyError when another lab holds it.

    The file stays behind and means nothing: only the lock on it counts, so a killed lab never blocks the next one.
    """

    def __init__(self, home: Path) -> None:
        self.home = home
        self._file: int | None = None

    def __enter__(self) -> Self:
        try:
            self.home.mkdir(parents=True, exist_ok=True)
            file = os.open(self.home / FILE, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise SettingsError(f"cannot write in {self.home}: {error.strerror}; choose another --home") from None
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            pid = os.read(file, 20).decode("ascii", "replace").strip()
            os.close(file)
            holder = f"process {pid}" if pid else "another process"
            raise BusyError(f"a lab already runs on {self.home} ({holder}); close it, or choose another --home") from None
        os.ftruncate(file, 0)
        os.pwrite(file, f"{os.getpid()}\n".encode(), 0)
        self._file = file
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Inside, no other thread or process is inside for the same path; waits for its turn."""
    file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
    finally:
        os.close(file)
