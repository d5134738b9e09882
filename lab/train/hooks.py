"""What the long work of a round asks and tells while it runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


class Stopped(Exception):
    """The caller's `should_stop` said so; the checkpoint is written."""


@dataclass(frozen=True)
class Hooks:
    """What the loop asks and tells while it runs."""

    progress: Callable[[dict], None] = lambda entry: None
    should_stop: Callable[[], bool] = lambda: False
    yield_to_chat: Callable[[], None] = lambda: None
    drift: Callable[[], float] = lambda: 0.0  # KL of sampled replies from the base, nats a token

    def courteous(self) -> None:
        """Between two forwards: lets the chat go first, and raises Stopped when that is asked for."""
        self.yield_to_chat()
        if self.should_stop():
            raise Stopped
