"""The loop's own thread in the chat's process: watches the trainer, plans rounds, publishes what the gate lets through.

Everything it knows is in the store and the registry, so it can be stopped or killed at any moment and the next one
goes on. It meets the chat in one callback, `on_live`, and the trainer in the store alone. It knows no model.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from lab.errors import BusyError, LabError, NoMemoryError, VersionError
from lab.feedback.store import Purgeable, Store
from lab.insight.evidence import Evidence
from lab.loop.counting import Counting
from lab.loop.forget import LEASE, Forgotten, busy, finish, forget
from lab.loop.jobs import JOBS_SEEN, active, make_job, relearn, reward_evidence
from lab.loop.plan import Plan, plan
from lab.loop.publish import publish
from lab.loop.recovery import STOPPED, Recovery
from lab.loop.trainer import TrainerProcess, is_gone
from lab.loop.trial import TrialStatus, settle, status
from lab.records import AdapterVersion, Algorithm, Counts, Job
from lab.registry.versions import Versions
from lab.settings import Settings

Phase = Literal["waiting", "queued", "training", "paused"]
PAUSED = "paused"  # the store's flag; it outlives the lab
PAUSE = 0.5  # seconds between two ticks
GLANCE = 0.1  # seconds between two looks at who is to speak, in a pause
AGAIN = 60.0  # seconds before what could not be published, or found no memory, is tried again: looking reads every byte of it

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class LoopStatus:
    """What the page shows. `job` is the one queued or running; `reason` says why the next round will or won't start."""

    phase: Phase
    reason: str
    counts: Counts
    job: Job | None
    last_error: str
    trainer_alive: bool
    paused: bool
    fresh: Counts = field(default_factory=Counts)  # what is new to every round so far: what the plan goes by
    settling: int | None = None  # the version that a round waits for, as only blind votes of its own are missing
    reward: Evidence | None = None  # what the live reward model is worth


class Worker:
    """One a lab; with an empty `trainer_command` its rounds are for a trainer that somebody else runs.

    `on_live` is called from the worker's thread with each version that became live; the chat loads it, and if it raises
    a LabError the version before stays live, proven or on trial as it was. Only with a NoMemoryError the version stays live while
    the chat speaks by the one before, and is loaded when there is memory for it.
    """

    def __init__(
        self, store: Store, versions: Versions, settings: Settings, on_live: Callable[[AdapterVersion], None],
        trainer_command: Sequence[str], first_wait: float = 1.0,
    ) -> None:  # fmt: skip
        self.store, self.versions, self.settings, self.on_live = store, versions, settings, on_live
        self.trainer = TrainerProcess(trainer_command, settings.feedback_data / "trainer.log", first_wait)
        self._recovery = Recovery(store, versions, self.trainer, settings.loop)
        self._counting = Counting(store, versions, settings)
        self._live = versions.live()  # what the chat speaks with
        self._thread: threading.Thread | None = None
        self._ending = threading.Event()
        self._wake = threading.Event()
        self._ticking = threading.Lock()
        self._trouble = ""  # of a tick; empty again after a clean one
        self._stand: tuple[tuple, TrialStatus | None] = ((), None)  # the trial by then, and the opinions there were
        self._stuck: dict[str, tuple[str, float]] = {}  # by job: why its candidate was not published, when to try again
        self._load_error = ""  # of a version that the chat could not load; empty again when one is
        self._left, self._forget_again = "", 0.0  # why a forgetting that was cut off is not finished, and when to try again
        self._crowded: tuple[int, str, float] | None = None  # a version without room in memory: why, and when to try it again

    # for the lab

    def start(self) -> None:
        self._ending.clear()
        self._thread = threading.Thread(target=self._run, name="loop", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Ends thread and trainer. A round in work goes back to the queue and goes on from its checkpoint next time."""
        self._ending.set()
        self._wake.set()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(timeout=30)
        self.trainer.end()
        with self._ticking:
            self._recovery.give_back()

    # for the page

    def status(self) -> LoopStatus:
        jobs = self._jobs()
        job = active(jobs)
        paused = self._is_paused()
        shown, fresh = self._counting.counts()
        phase: Phase = "paused" if paused else "waiting"
        if job is not None:
            phase = "training" if job.state == "running" else "queued"
        stuck = next((words for words, _ in list(self._stuck.values())), "")
        crowded = self._crowded[1] if self._crowded else ""
        error = self._trouble or crowded or self._load_error or self._left or stuck or self.trainer.trouble
        other, alive = self._other_trainer(), self.trainer.is_alive()
        worth = reward_evidence(self.versions)
        reason = self._plan(jobs, fresh, paused, worth).reason
        if other is not None and self.trainer.command and not alive:
            reason += f" Another trainer ({other}) works in this home; this lab's own starts when that one ends."
        return LoopStatus(phase, reason, shown, job, error, alive or other is not None, paused, fresh, self._settling(), worth)

    def trial(self) -> TrialStatus | None:
        """Where the version on trial stands; None when there is none. Votes are read again only when something is new."""
        on = self.versions.trial()
        now = on, self.store.opinions_mark() if on else ()
        if now != self._stand[0]:
            self._stand = now, status(self.store, self.versions)
        return self._stand[1]

    def train_now(self, algorithm: Algorithm | None = None) -> Job:
        """Queues a round whatever the plan says. Raises BusyError while there is one, TrainingError without feedback."""
        with self._ticking:
            if (job := active(self._jobs())) is not None:
                doing = "is running" if job.state == "running" else "is queued"
                raise BusyError(f"a {job.algorithm} round {doing} already; wait for it, or stop it first")
            job = make_job(self.store, self.versions, self.settings, algorithm, "asked for")
            self.store.add_job(job)
        self._wake.set()
        return job

    def pause(self) -> None:
        """No round starts by itself until resume, not even in the next lab on this home. One in work goes on."""
        self.store.signals.set_flag(PAUSED, "1")

    def resume(self) -> None:
        self.store.signals.set_flag(PAUSED, None)
        self._wake.set()

    def stop_round(self) -> None:
        """Asks for the end of the round that is queued or running; does nothing when there is none."""
        with self._ticking:
            job = active(self._jobs())
            if job is None:
                return
            self.store.signals.set_flag(f"stop:{job.id}", "1")
            if job.state == "queued":  # if a trainer claims it in this moment, it sees the flag
                self.store.fail_job(job.id, STOPPED)

    def forget(self, what: Purgeable) -> Forgotten:
        """Deletes it for good, with every version that learned from it, and queues a round on what is left of the feedback
        if the version that spoke had to go, though rounds by themselves be paused. Raises BusyError while a round runs."""
        with self._ticking:
            found = forget(self.store, self.settings.adapters, what)
            self._counting.renew()
            self._follow()
            if self.versions.base in found.live and active(self._jobs()) is None:
                relearn(self.store, self.versions, self.settings)
        self._wake.set()
        return found

    # one step

    def tick(self) -> None:
        """Looks at everything once. Raises LabError when the store or the registry cannot be used."""
        with self._ticking:
            if self._ending.is_set():
                return
            self.trainer.watch(may_start=self._other_trainer() is None)
            self._recovery.recover()
            self._finish_forgetting()
            self._try()  # first: what the votes decided by now is not superseded undecided
            self._publish()
            self._follow()
            jobs = self._jobs()
            self._sweep(jobs)
            if active(jobs) is None and self._due(jobs).algorithm is not None:
                self._counting.renew()  # a round may have ended since the opinions were counted
                due = self._due(jobs)
                if due.algorithm is not None:
                    self.store.add_job(make_job(self.store, self.versions, self.settings, due.algorithm, due.reason))

    def _run(self) -> None:
        while not self._ending.is_set():
            named = self.versions.named()
            try:
                self.tick()
                self._trouble = ""
            except LabError as error:
                self._trouble = str(error)
            except Exception as error:  # the border of the loop: it outlives its bugs, and shows them
                logger.exception("the loop stumbled")
                self._trouble = f"{type(error).__name__}: {error}"
            self._rest(named)

    def _rest(self, named: int | None) -> None:
        """A pause; it ends at once when somebody wakes the loop, and soon when another version than this one is to speak."""
        end = time.monotonic() + PAUSE
        while not self._wake.wait(GLANCE) and time.monotonic() < end and self.versions.named() == named:
            pass
        self._wake.clear()

    def _jobs(self) -> list[Job]:
        """This base's; a lab on the same home that speaks with another model has its own."""
        return self.store.jobs(JOBS_SEEN, self.versions.base)

    def _other_trainer(self) -> str | None:
        """Who trains in this home though this lab did not start it: `trainer` or `train` in another terminal."""
        holder = self.store.signals.lease_holder(LEASE)
        return None if holder is None or is_gone(holder) or self.trainer.is_mine(holder) else holder

    def _finish_forgetting(self) -> None:
        """What a call of `forget` left when it was cut off after the words went. It holds up nothing else, and is tried again."""
        if time.monotonic() < self._forget_again or self.store.unfinished() is None or busy(self.store):
            return
        try:
            found = finish(self.store, self.settings.adapters, patience=PAUSE)
            self._left = ""
        except LabError as error:
            self._left = f"what was forgotten is not out of every file yet: {error}"
            self._forget_again = time.monotonic() + AGAIN
            return
        self._counting.renew()
        if found is not None and self.versions.base in found.live and active(self._jobs()) is None:
            relearn(self.store, self.versions, self.settings)

    def _publish(self) -> None:
        """Takes every new candidate through the gate. One that cannot be read or kept is told of, and stops no other."""
        waiting = {v.job: v for v in self.versions.all() if v.state == "candidate" and not (v.report and v.report.verdict)}
        self._stuck = {job: stuck for job, stuck in self._stuck.items() if job in waiting}
        if not waiting:
            return
        for job in reversed(self._jobs()):
            if job.state == "done" and job.id in waiting and time.monotonic() >= self._stuck.get(job.id, ("", 0.0))[1]:
                made = waiting[job.id]
                # "always" was asked for while the parent spoke; an old round that ends late must not undo what came after
                mode = "auto" if job.publish == "always" and made.parent != self.versions.live() else job.publish
                try:
                    published = publish(self.versions, made, mode, self.settings.gate, self.settings.trial)
                except VersionError as error:
                    self._stuck[job.id] = str(error), time.monotonic() + AGAIN
                    continue
                logger.info("version %d is %s: %s", published.version, published.state, published.why)
                self._counting.renew()

    def _try(self) -> None:
        """Ends a trial that is decided."""
        found = self.trial()
        if found is not None and found.decision != "open" and settle(self.store, self.versions) is not None:
            logger.info("version %d: %s", found.version, found.words)

    def _follow(self) -> None:
        """Tells the chat when another version is live: by the gate, or by a command line beside it."""
        live = self.versions.live()
        if self._crowded and live == self._crowded[0] and time.monotonic() < self._crowded[2]:
            return
        self._crowded = None
        if live == self._live:
            return
        before, self._live = self._live, live
        self._counting.renew()
        try:
            self.on_live(self.versions.get(live))
            self._load_error = ""
        except NoMemoryError as error:
            words = f"version {live} waits, and version {before} speaks until then: {error}"
            self._crowded = live, words, time.monotonic() + AGAIN
            self._live = before
        except LabError as error:
            self._load_error = str(error)
            self._live = before
            self.versions.withdraw(live, before, f"could not be loaded: {error}")

    def _sweep(self, jobs: Sequence[Job]) -> None:
        """Removes what ended rounds left on the disk, but for the newest one's log, which the page still draws."""
        ended = [job for job in jobs if job.state in ("done", "failed")]
        self.versions.forget_staging(job.id for job in ended[1:] if self.versions.staging_path(job.id).exists())

    def _due(self, jobs: Sequence[Job]) -> Plan:
        return self._plan(jobs, self._counting.counts()[1], self._is_paused(), reward_evidence(self.versions))

    def _is_paused(self) -> bool:
        return self.store.signals.flag(PAUSED) is not None

    def _plan(self, jobs: Sequence[Job], fresh: Counts, paused: bool, worth: Evidence | None) -> Plan:
        job = active(jobs)
        running, queued = (job is not None and job.state == state for state in ("running", "queued"))
        ended = [max(job.heartbeat, job.created) for job in jobs if job.state in ("done", "failed")]
        since = time.time() - max(ended) if ended else None
        trainer = bool(self.trainer.command) or self._other_trainer() is not None
        settling = self._settling()
        return plan(fresh, self.settings.loop, paused, running, queued, since, trainer, worth, self.settings.reward, settling)

    def _settling(self) -> int | None:
        on = self.trial()
        return on.version if on is not None and on.settling else None
