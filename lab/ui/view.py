"""Records as a page shows them: text, names, times. Pure; knows no component and no store."""

from __future__ import annotations

import re
import time
from collections.abc import Generator, Iterator
from typing import TypeVar

from lab.feedback.examples import is_held_out
from lab.records import Message, Report

Item = TypeVar("Item")

CODE = re.compile(r"(```.*?(?:```|\Z)|`[^`\n]+`)", re.DOTALL)
ENDINGS = {"length": "cut at its length limit", "stopped": "stopped"}
YIELDS_PER_SECOND = 20.0  # a browser falls behind at more, and nothing holds the server back


def plain(text: str) -> str:
    """Text for a Markdown pane: HTML shown instead of obeyed, a fence left open closed, so that nothing swallows what follows."""
    parts = CODE.split(text)
    shown = "".join(part if index % 2 else part.replace("<", "&lt;") for index, part in enumerate(parts))
    return shown + ("\n```" if text.count("```") % 2 else "")


def version_name(version: int | None) -> str:
    if version is None:
        return "given"
    return "base" if version == 0 else f"version {version}"


def paced(items: Iterator[Item], per_second: float = YIELDS_PER_SECOND) -> Iterator[Item]:
    """The items, at most `per_second`, never without the last; closes `items` when the page is gone."""
    held: list[Item] = []
    due = 0.0
    try:
        for item in items:
            now = time.monotonic()
            if now < due:
                held = [item]
                continue
            held = []
            due = now + 0.9 / per_second  # a little early, or the next token after the due time doubles the gap
            yield item
        yield from held
    finally:
        if isinstance(items, Generator):
            items.close()


def clock(seconds: float) -> str:
    """A time of day, with the date."""
    return time.strftime("%b %d, %H:%M", time.localtime(seconds))


def percent(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.0f} %"


def heldout(report: Report | None) -> str:
    """Held-out accuracy before and after a round."""
    if report is None or not report.heldout_n:
        return "–"
    return f"{percent(report.heldout_before)} → {percent(report.heldout_after)} of {report.heldout_n}"


def kept(first: str) -> str:
    """What becomes of an opinion under this first message of a conversation: most teach, some only test."""
    return "kept for testing only" if is_held_out([Message(role="user", content=first)]) else "kept"


def sentence(text: str) -> str:
    """With a capital at its start and a full stop at its end."""
    text = text[:1].upper() + text[1:]
    return text if text.endswith((".", "!", "?")) else text + "."


def short(text: str, length: int = 40) -> str:
    line = " ".join(text.split())
    return line if len(line) <= length else line[: length - 1].rstrip() + "…"
