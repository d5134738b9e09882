"""The trainer as a child process: started, watched, started again with growing pauses, ended. Knows no jobs."""

from __future__ import annotations

import logging
import os
import signal
import socket
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

LOG_LIMIT = 1_000_000  # bytes of trainer.log after which a fresh one is begun
SETTLED = 60.0  # seconds of life after which the next death is a first one again
LONGEST_WAIT = 60.0
GRACE = 10.0  # seconds between asking the trainer to end and killing it

logger = logging.getLogger(__name__)


class TrainerProcess:
    """Keeps one trainer running. An empty command stands for a trainer that somebody else runs."""

    def __init__(self, command: Sequence[str], log: Path, first_wait: float = 1.0) -> None:
        self.command = list(command)
        self.log = log
        self.trouble = ""  # how the last one ended; empty once the one after it has settled
        self._first_wait = self._wait = first_wait
        self._process: subprocess.Popen[bytes] | None = None
        self._started = 0.0
        self._next_start = 0.0

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process is not None else None

    def is_alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def is_mine(self, holder: str) -> bool:
        """Whether a worker's name, "host:pid", is this process."""
        return self.pid is not None and holder == f"{socket.gethostname()}:{self.pid}"

    def watch(self, may_start: bool = True) -> None:
        """Starts the trainer when it is due, if it may start; notes how it ended when it has."""
        now = time.monotonic()
        if self.is_alive():
            if now - self._started > SETTLED:
                self._wait, self.trouble = self._first_wait, ""
            return
        if self._process is not None:
            self.trouble = f"the trainer ended ({ending(self._process.returncode)}): {last_line(self.log)}".rstrip(": ")
            logger.warning("%s; it is started again in %.0f s", self.trouble, self._wait)
            self._process = None
            self._next_start, self._wait = now + self._wait, min(2 * self._wait, LONGEST_WAIT)
        if self.command and may_start and now >= self._next_start:
            self._start(now)

    def kill(self) -> None:
        """Ends the trainer, and whatever it started, at once."""
        if self._process is not None:
            _signal_group(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def end(self) -> None:
        """Asks the trainer to end, waits, and kills it if it does not."""
        if self._process is None:
            return
        _signal_group(self._process.pid, signal.SIGTERM)
        try:
            self._process.wait(GRACE)
        except subprocess.TimeoutExpired:
            pass
        self.kill()
        self._process = None

    def _start(self, now: float) -> None:
        self._started = now
        try:
            self.log.parent.mkdir(parents=True, exist_ok=True)
            if self.log.exists() and self.log.stat().st_size > LOG_LIMIT:
                self.log.replace(self.log.with_suffix(".old.log"))
            file = os.open(self.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            try:
                # a session of its own: Ctrl-C in the terminal ends the lab, and the lab ends the trainer
                self._process = subprocess.Popen(
                    self.command, stdin=subprocess.DEVNULL, stdout=file, stderr=file, start_new_session=True
                )
            finally:
                os.close(file)
        except OSError as error:
            self.trouble = f"the trainer cannot be started: {error}"
            self._next_start, self._wait = now + self._wait, min(2 * self._wait, LONGEST_WAIT)


def is_gone(holder: str) -> bool:
    """Whether a worker, "host:pid", was a process of this machine that no longer runs."""
    host, _, pid = holder.rpartition(":")
    if host != socket.gethostname() or not pid.isdigit():
        return False
    try:
        os.kill(int(pid), 0)
    except (ProcessLookupError, OverflowError):
        return True
    except PermissionError:
        return False
    return False


def ending(code: int | None) -> str:
    if code is not None and code < 0:
        return f"killed by {signal.Signals(-code).name}" if -code in set(signal.Signals) else f"killed by signal {-code}"
    return f"exit code {code}"


def last_line(log: Path, most: int = 300) -> str:
    """The last words in a log: most often the reason."""
    try:
        with log.open("rb") as file:
            file.seek(max(0, log.stat().st_size - 4096))
            lines = file.read().decode("utf-8", "replace").split("\n")
    except OSError:
        return ""
    return next((line.strip()[:most] for line in reversed(lines) if line.strip()), "")


def _signal_group(pid: int, number: signal.Signals) -> None:
    try:
        os.killpg(pid, number)
    except (ProcessLookupError, PermissionError):
        pass  # it ended meanwhile
