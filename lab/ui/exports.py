"""Exports of versions to `exports/` in the home: the verb `save`, run in a process of its own so that the chat goes on.

A merged export loads the whole base a second time, unquantized; in a process of its own that memory goes back when it ends,
and a crash there harms nobody. One runs at a time. What it says on stderr is its progress, the last line of stdout its figures.
"""

from __future__ import annotations

import atexit
import json
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from lab.errors import BusyError, LabError, VersionError
from lab.settings import Settings

Kind = Literal["peft", "merged"]
Command = Callable[[int, Path, Kind], list[str]]


@dataclass(frozen=True)
class Export:
    """One export: where it goes, what it said last, and when it is done, its figures."""

    version: int
    kind: Kind
    folder: Path
    state: Literal["running", "done", "failed", "stopped"] = "running"
    said: str = "starting"
    figures: dict[str, Any] = field(default_factory=dict)


def command_of(settings: Settings) -> Command:
    """The verb that exports from this lab's home, with this lab's model."""

    def command(version: int, folder: Path, kind: Kind) -> list[str]:
        return [
            sys.executable, "-m", "lab.cli", "save", str(version), str(folder), "--as", kind, "--home", str(settings.home),
            "--model", settings.model, "--quantize", settings.quantize, "--device", settings.device,
        ]  # fmt: skip

    return command


def folder_in(exports: Path, name: str) -> Path:
    """The folder of that name. Raises VersionError for a name that is no plain one, or a folder that is there already."""
    if not re.fullmatch(r"[\w][\w.-]{0,99}", name):
        raise VersionError(f"{name!r} cannot name a folder; use letters, digits, points, dashes and underscores")
    folder = exports / name
    if folder.exists():
        raise VersionError(f"{folder} is there already; give another name, or move it away first")
    return folder


class Exports:
    """The export that runs, or ran last. Threads may ask and start at once."""

    def __init__(self, home: Path, command: Command) -> None:
        self.folder = home / "exports"
        self._command = command
        self._lock = threading.Lock()
        self._now: Export | None = None
        self._process: subprocess.Popen[str] | None = None
        self._stopping = False

    def now(self) -> Export | None:
        with self._lock:
            return self._now

    def start(self, version: int, kind: Kind, name: str) -> Export:
        """Returns at once. Raises BusyError while one runs, VersionError for a folder that cannot be taken."""
        with self._lock:
            if self._now is not None and self._now.state == "running":
                raise BusyError(f"version {self._now.version} is being saved; wait until it is done, or stop it")
            folder = folder_in(self.folder, name)
            try:
                self.folder.mkdir(parents=True, exist_ok=True)
                process = subprocess.Popen(
                    self._command(version, folder, kind), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE, text=True, encoding="utf-8", errors="replace",
                )  # fmt: skip
            except OSError as error:
                raise LabError(f"cannot save in {self.folder}: {error.strerror}; make room, or let the lab write there") from None
            atexit.register(process.terminate)  # an export does not outlive its lab
            self._process, self._stopping = process, False
            self._now = started = Export(version, kind, folder)
        threading.Thread(target=self._follow, args=(process,), name="export", daemon=True).start()
        return started

    def stop(self) -> None:
        """Ends the one that runs, and removes what it has written so far."""
        with self._lock:
            if self._process is not None and self._now is not None and self._now.state == "running":
                self._stopping = True
                self._process.terminate()

    def wait(self, seconds: float) -> None:
        """Until the one that runs has ended. Raises subprocess.TimeoutExpired."""
        with self._lock:
            process = self._process
        if process is not None:
            process.wait(seconds)

    def _follow(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None and process.stderr is not None
        results: list[str] = []
        reader = threading.Thread(target=lambda out: results.extend(out), args=(process.stdout,), daemon=True)
        reader.start()
        said = "it ended without a word"
        for line in process.stderr:  # both pipes are read, or the process would wait for room in one of them
            if line.strip():
                said = line.strip()
                self._note(said=said)
        reader.join()
        code = process.wait()
        atexit.unregister(process.terminate)
        figures = last_document(results)
        if code == 0 and figures:
            self._note(state="done", said=said, figures=figures)
        elif self._stopping:
            now = self.now()
            if now is not None:  # its folder was not there before, so all of it is this export's
                shutil.rmtree(now.folder, ignore_errors=True)
                shutil.rmtree(now.folder.with_name(f".{now.folder.name}.writing"), ignore_errors=True)
            self._note(state="stopped", said="stopped; nothing was kept")
        else:
            self._note(state="failed", said=said.removeprefix("error: "))

    def _note(self, **changes: Any) -> None:
        with self._lock:
            assert self._now is not None
            self._now = replace(self._now, **changes)


def last_document(lines: list[str]) -> dict[str, Any]:
    """The JSON document of the last line; empty where there is none."""
    for line in reversed(lines):
        if line.strip():
            try:
                found = json.loads(line)
            except ValueError:
                return {}
            return found if isinstance(found, dict) else {}
    return {}
