"""What the page stands on: the parts of a running lab, handed over by whoever composed them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lab.settings import Settings

if TYPE_CHECKING:  # the page itself needs no torch
    from lab.chat.engine import Engine
    from lab.chat.queue import Queue
    from lab.chat.session import Session
    from lab.feedback.store import Store
    from lab.loop.worker import Worker
    from lab.model.facts import Facts
    from lab.registry.versions import Versions
    from lab.ui.switch import Switcher


@dataclass(frozen=True)
class Lab:
    """The parts of a running lab. Without a `switcher` it keeps the model it has."""

    settings: Settings
    store: Store
    versions: Versions
    session: Session
    engine: Engine
    worker: Worker
    queue: Queue
    facts: Facts
    switcher: Switcher | None = None
