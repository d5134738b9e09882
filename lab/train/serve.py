"""The trainer process: warm, polite, one per home. Claims jobs from the store until it is told to stop.

It shares nothing with the chat but the store and the adapters folder. A background thread keeps the lease and the
job's heartbeat alive while a long forward runs, and ends the process when the chat that started it is gone.
"""

from __future__ import annotations

import logging
import os
import signal
import socket
import threading
import time
from collections.abc import Callable
from types import FrameType

from lab.errors import BusyError, LabError
from lab.feedback.store import Store
from lab.model.base import Base, load_base
from lab.records import Job
from lab.registry.versions import Versions
from lab.settings import Settings
from lab.train.hooks import Stopped
from lab.train.run import execute

LEASE = "trainer"
LEASE_SECONDS = 20.0
BEAT = 1.0  # seconds between two signs of life
PATIENCE = 2.0  # longest that one forward waits for a chat that is generating, seconds
NICENESS = 10

logger = logging.getLogger(__name__)


def serve(store: Store, versions: Versions, settings: Settings, parent_pid: int | None = None, base: Base | None = None) -> None:
    """Trains until SIGTERM, SIGINT or the death of `parent_pid`. Raises BusyError when another trainer holds the home."""
    trainer = Trainer(store, parent_pid)
    if parent_pid is not None:
        os.nice(NICENESS)
    trainer.take_lease()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, trainer.on_signal)
    threading.Thread(target=trainer.stay_alive, name="heartbeat", daemon=True).start()
    try:
        base = base or load_base(settings.model, settings.quantize, settings.device, training=True, dtype=settings.train.dtype)
        while not trainer.leaving.is_set():
            job = store.claim_job(trainer.name, versions.base)
            if job is None:
                trainer.leaving.wait(0.3)
            else:
                run_job(trainer, job, lambda job: execute(
                    job, store, versions, settings, base, trainer.on_progress, lambda: trainer.should_stop(job),
                    trainer.yield_to_chat,
                ).version)  # fmt: skip
    finally:
        trainer.leaving.set()
        store.signals.release_lease(LEASE, trainer.name)


class Trainer:
    """This process as the store sees it: its lease, its heartbeat, and when to stop."""

    def __init__(self, store: Store, parent_pid: int | None) -> None:
        self.store = store
        self.parent_pid = parent_pid
        self.name = f"{socket.gethostname()}:{os.getpid()}"
        self.leaving = threading.Event()
        self.job: Job | None = None
        self.progress: dict = {}
        self._asked = 0.0
        self._answer = False

    def take_lease(self) -> None:
        """Waits for the trainer before it to go, if that one is dead or dying; raises BusyError if it lives on."""
        until = time.monotonic() + LEASE_SECONDS + 5
        while not self.store.signals.take_lease(LEASE, self.name, LEASE_SECONDS):
            holder = self.store.signals.lease_holder(LEASE)
            if holder is not None and is_dead(holder):
                self.store.signals.release_lease(LEASE, holder)
            elif time.monotonic() > until:
                raise BusyError(f"another trainer ({holder}) works in this home; stop it, or wait until it is done")
            elif self._orphaned():
                raise BusyError("the chat that started this trainer is gone")
            else:
                time.sleep(0.3)

    def stay_alive(self) -> None:
        """Until leaving: keeps lease and heartbeat, and ends the process once it may not train any more."""
        renewed = time.monotonic()
        while not self.leaving.wait(BEAT):
            if self._orphaned():
                self._vanish()
            try:
                if not self.store.signals.take_lease(LEASE, self.name, LEASE_SECONDS):
                    logger.error("another trainer took the lease; leaving so that nothing is trained twice")
                    os._exit(1)
                renewed = time.monotonic()
                job = self.job
                if job is not None:
                    self.store.heartbeat(job.id, self.progress)
            except LabError as error:  # a full disk, a store that is locked: it may pass, and must not end this thread
                logger.error("no sign of life could be written: %s", error)
                if time.monotonic() - renewed > LEASE_SECONDS:
                    os._exit(1)

    def on_progress(self, entry: dict) -> None:
        self.progress = entry

    def should_stop(self, job: Job) -> bool:
        """Asks the store at most four times a second."""
        if self.leaving.is_set():
            return True
        if time.monotonic() - self._asked > 0.25:
            self._asked = time.monotonic()
            self._answer = self.store.signals.flag(f"stop:{job.id}") is not None
        return self._answer

    def yield_to_chat(self) -> None:
        """Waits while the chat generates, but never longer than PATIENCE, so that a busy chat still learns."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until and self.store.signals.busy_until() > time.time() and not self.leaving.is_set():
            time.sleep(0.03)

    def on_signal(self, number: int, frame: FrameType | None) -> None:
        self.leaving.set()

    def _orphaned(self) -> bool:
        return self.parent_pid is not None and os.getppid() != self.parent_pid

    def _vanish(self) -> None:
        """The chat was killed: hand the round back and go at once. Its last checkpoint stays for whoever comes next."""
        try:
            job = self.job
            if job is not None:
                self.store.requeue_job(job.id)
            self.store.signals.release_lease(LEASE, self.name)
        finally:
            os._exit(0)


def run_job(trainer: Trainer, job: Job, work: Callable[[Job], int]) -> None:
    """Runs a claimed job and writes down how it ended: done, stopped by its user, handed back, or failed and why."""
    trainer.progress, trainer.job, trainer._answer = {"phase": "starting"}, job, False
    store = trainer.store
    try:
        version = work(job)
    except Stopped:
        trainer.job = None
        if trainer.leaving.is_set():
            store.requeue_job(job.id)
        else:
            store.fail_job(job.id, "stopped on request; the feedback is kept and the next round will use it")
    except LabError as error:
        trainer.job = None
        store.fail_job(job.id, str(error))
    except Exception as error:  # the border of the trainer: one bad round must not end it
        trainer.job = None
        logger.exception("round %s failed", job.id)
        store.fail_job(job.id, f"{type(error).__name__}: {error} (details in the trainer's log)")
    else:
        trainer.job = None
        store.heartbeat(job.id, trainer.progress)
        store.finish_job(job.id, version)


def is_dead(holder: str) -> bool:
    """Whether a lease holder was a process of this machine that no longer runs."""
    host, _, pid = holder.rpartition(":")
    if host != socket.gethostname() or not pid.isdigit():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False
