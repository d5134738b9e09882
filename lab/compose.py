"""A lab put together from its parts: base, engine, session, worker, queue. The command line, the notebook and tests share this.

Knows no page and no verb. Whatever is heavy is imported where it is needed, so that `--help` answers at once.
"""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lab.feedback.store import Store
    from lab.registry.states import OnTrial
    from lab.settings import Settings
    from lab.ui.lab import Lab
    from lab.ui.switch import Switcher


class Opened:
    """A lab on disk: its settings, feedback and versions. No model is loaded, and no database opened that nobody asks for: a
    rollback takes no longer than it must."""

    def __init__(self, settings: Settings) -> None:
        from lab.model.identity import base_id
        from lab.registry.versions import Versions

        self.settings = settings
        self.versions = Versions(settings.adapters, base_id(settings.model, settings.quantize), witness=self._evidence)

    @cached_property
    def store(self) -> Store:
        from lab.feedback.store import Store

        return Store(self.settings.feedback_data)

    def close(self) -> None:
        if "store" in self.__dict__:
            self.store.close()

    def _evidence(self, trial: OnTrial) -> dict[str, float]:
        from lab.loop.trial import evidence

        return evidence(self.store, self.versions.base, trial)


@contextmanager
def on_disk(settings: Settings) -> Iterator[Opened]:
    """The feedback and the versions of a home, closed at the end."""
    opened = Opened(settings)
    try:
        yield opened
    finally:
        opened.close()


@contextmanager
def running(
    settings: Settings, trainer: bool = True, told: Callable[[str], None] = lambda words: None, switcher: Switcher | None = None
) -> Iterator[Lab]:  # fmt: skip
    """A lab that speaks, plans and, with `trainer`, learns, until the block ends. Holds its home; `told` hears what takes time.

    With a `switcher` its page offers other models; whoever opened it starts anew with the one that was chosen.

    Raises BusyError when another lab holds the home, ModelError for a model that cannot be loaded.
    """
    from lab.registry.lock import HomeLock

    settings.home.mkdir(parents=True, exist_ok=True)
    with HomeLock(settings.home), on_disk(settings) as disk:
        told(f"loading {settings.model} ({settings.quantize})")
        quiet_libraries()
        from lab.chat.engine import Engine
        from lab.chat.queue import Queue
        from lab.chat.session import Session
        from lab.loop.worker import Worker
        from lab.model.base import load_base
        from lab.model.facts import facts_of
        from lab.ui.lab import Lab

        base = load_base(settings.model, settings.quantize, settings.device)
        facts = facts_of(base, settings.model)
        engine = Engine(base, disk.versions, disk.store.signals.set_busy, settings.trial.share)
        session = Session(disk.store, engine, settings)
        command = trainer_command(settings) if trainer else []
        worker = Worker(disk.store, disk.versions, settings, lambda made: engine.use_adapter(made.version), command)
        queue = Queue(disk.store, engine, settings)
        worker.start()
        if settings.queue.enabled:
            queue.start()
        try:
            yield Lab(settings, disk.store, disk.versions, session, engine, worker, queue, facts, switcher)
        finally:
            if switcher is not None:
                switcher.end()
            queue.stop()
            worker.stop()


def trainer_command(settings: Settings) -> list[str]:
    """The command of a trainer that works for this process and ends with it."""
    return [
        sys.executable, "-m", "lab.cli", "trainer", "--home", str(settings.home), "--model", settings.model,
        "--quantize", settings.quantize, "--device", settings.device, "--parent-pid", str(os.getpid()),
    ]  # fmt: skip


def quiet_libraries() -> None:
    """Their warnings and bars are for their developers; ours is what people should see. And nothing phones home."""
    os.environ |= {"HF_HUB_DISABLE_TELEMETRY": "1", "TRANSFORMERS_VERBOSITY": "error", "TOKENIZERS_PARALLELISM": "false",
                   "HF_HUB_DISABLE_SYMLINKS_WARNING": "1"}  # fmt: skip
    warnings.filterwarnings("ignore", message="IProgress not found")  # in a notebook without widgets; no bar is drawn anyway
    from transformers.utils import logging

    logging.set_verbosity_error()  # the variable is read at its import only, and that may have been before
    logging.disable_progress_bar()
    # what transformers deprecates is told from where it is called: out of torch's modules
    warnings.filterwarnings("ignore", category=FutureWarning, module=r"(transformers|peft|torch\.nn)\..*")
