"""How the command line speaks: words, tables and bars for people on stderr, JSON for programs on stdout."""

from __future__ import annotations

import dataclasses
import json
import math
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

QUIET_SECONDS = 5.0  # between two lines of progress where there is no terminal to draw a bar on


def say(words: str) -> None:
    """One line for people."""
    print(words, file=sys.stderr, flush=True)


def emit(document: Any) -> None:
    """One JSON document on one line of stdout."""
    print(json.dumps(plain(document), ensure_ascii=False, allow_nan=False), flush=True)


def plain(value: Any) -> Any:
    """What JSON can say of a value: dataclasses as objects, paths as text, a number that is none as null."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, dict):
        return {str(key): plain(entry) for key, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(entry) for entry in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return str(value) if isinstance(value, Path) else value


def table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A table for people."""
    from rich.console import Console
    from rich.table import Table

    shown = Table(*columns, box=None, pad_edge=False, header_style="bold")
    for row in rows:
        shown.add_row(*row)
    Console(stderr=True).print(shown)


class Bar:
    """A progress bar on a terminal, a line every few seconds elsewhere. Use as a context manager."""

    def __init__(self, title: str) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

        console = Console(stderr=True)
        columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        self._progress = Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
        self._task = self._progress.add_task(title, total=None)
        self._title = title
        self._drawn = console.is_terminal
        self._last = 0.0

    def __enter__(self) -> Bar:
        self._progress.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._progress.stop()

    def show(self, done: int, total: int | None, words: str = "") -> None:
        text = f"{self._title}  {words}".rstrip()
        self._progress.update(self._task, description=text, completed=done, total=total)
        if not self._drawn and time.monotonic() - self._last > QUIET_SECONDS:
            self._last = time.monotonic()
            say(f"{text}  {done}/{total}" if total else text)


SHOWN = ("loss", "margin", "accuracy", "reward", "value_loss", "kl", "length")  # figures of a step that people are told


def words_of(entry: dict) -> str:
    """A trainer's progress entry as words: its phase and the figures it has."""
    figures = [f"{name} {entry[name]:.3f}" for name in SHOWN if isinstance(entry.get(name), float)]
    return "  ".join([str(entry.get("phase", "")), *figures]).strip()
