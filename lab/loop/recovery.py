"""Rounds that lost their trainer: handed back to the queue, finished or failed. Knows nothing of feedback, plan or gate.

What became of a round is read from the store and the registry, so it does not matter who began it.
"""

from __future__ import annotations

import time

from lab.feedback.store import Store
from lab.loop.jobs import JOBS_SEEN
from lab.loop.trainer import TrainerProcess, is_gone
from lab.registry.versions import Versions
from lab.settings import LoopSettings

STOPPED = "stopped on request; the feedback is kept and the next round will use it"
SLEPT = 5.0  # seconds by which the clock on the wall must run ahead between two looks to say that the machine slept


class Recovery:
    """Looks after the rounds of one base, with every tick of the loop and at its end."""

    def __init__(self, store: Store, versions: Versions, trainer: TrainerProcess, settings: LoopSettings) -> None:
        self.store, self.versions, self.trainer, self.settings = store, versions, trainer, settings
        self._clocks = time.time(), time.monotonic()  # of the last look
        self._patient_until = 0.0  # monotonic

    def recover(self) -> None:
        """Rounds whose trainer died or fell silent go back to the queue, and fail after too many deaths."""
        silent = self._silent()
        for job in self.store.jobs(JOBS_SEEN, self.versions.base):
            if job.state != "running" or not (job.id in silent or is_gone(job.worker)):
                continue
            if job.id in silent and self.trainer.is_mine(job.worker):
                self.trainer.kill()  # it hangs; the next tick starts another
            made = self.versions.made_by(job.id)
            if made is not None:  # it died after its version was in place, before it could say so
                self.store.finish_job(job.id, made.version)
            elif self.store.signals.flag(f"stop:{job.id}") is not None:
                self.store.fail_job(job.id, STOPPED)
            elif job.attempts < self.settings.max_attempts:
                self.store.requeue_job(job.id, crashed=True)
            else:
                died = f"was silent for {self.settings.heartbeat_seconds:g} s" if job.id in silent else "died"
                tries = f"given up after {job.attempts} attempt{'s' if job.attempts > 1 else ''}"
                why = self.trainer.trouble or f"the trainer {died}"
                self.store.fail_job(job.id, f"{why}; {tries}, the feedback is kept")

    def give_back(self) -> None:
        """At the lab's end: rounds that its trainer left go back to the queue, unless their version is made."""
        for job in self.store.jobs(JOBS_SEEN, self.versions.base):
            if job.state == "running" and is_gone(job.worker) and self.versions.made_by(job.id) is None:
                self.store.requeue_job(job.id)

    def _silent(self) -> set[str]:
        """Rounds without a sign of life for too long. None just after the machine slept: its trainers slept as well."""
        wall, steady = time.time(), time.monotonic()
        if (wall - self._clocks[0]) - (steady - self._clocks[1]) > SLEPT:
            self._patient_until = steady + self.settings.heartbeat_seconds
        self._clocks = wall, steady
        if steady < self._patient_until:
            return set()
        return {job.id for job in self.store.stale_jobs(self.settings.heartbeat_seconds)}
