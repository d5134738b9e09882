"""The versions of one base: numbered folders that exist only when they are whole, and which of them is live.

    adapters/<base>/0007/            sealed by folder.py, renamed into place at once
    adapters/<base>/.staging-<job>/  where a round writes; kept so that it can be resumed
    adapters/<base>/STATES.jsonl     what became of each, and why
    adapters/<base>/CURRENT          the live version's number, replaced atomically

Version 0 is the base itself: always there, without a folder. A damaged or missing folder never hides the others.

A version that passed the gate may speak before it is proven: it is on *trial* against the last proven version, whose state stays
"live". CURRENT names the one that speaks. One trial runs at a time; a newer version takes the place of one that is still
undecided, against the same proven one, and a rollback goes back to that one. Who chooses a version by hand proves it: activate
and rollback end a trial. The evidence there was by then is noted with every end, whoever brings it about: what that is knows the
*witness* that was given along. Any number of processes may read (reader.py); those that change something take turns.
"""

from __future__ import annotations

import logging
import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from lab.errors import VersionError
from lab.records import AdapterVersion, Job, Report, Verdict, VersionState
from lab.registry import states
from lab.registry.exported import names_in, remove, sign
from lab.registry.folder import ADAPTER, Damaged, folder_name, seal, sync, write
from lab.registry.lock import locked
from lab.registry.reader import Reader
from lab.registry.states import OnTrial, change

Evidence = Mapping[str, float]
Witness = Callable[[OnTrial], Evidence | None]

log = logging.getLogger(__name__)

STAGING, DELETED = ".staging-", ".deleted-"


class Versions(Reader):
    """Raises VersionError, in one line, for a version that is unknown or damaged, or a change that cannot be made.

    `witness` is asked for the evidence of a trial that something else than the votes ends.
    """

    def __init__(self, folder: Path, base: str, part: str = "", witness: Witness = lambda trial: None) -> None:
        super().__init__(folder, base, part)
        self._witness = witness

    def rewards(self) -> Versions:
        """The reward models of the same base: versions too, in a folder `reward` of their own; 0 stands for none."""
        return Versions(self.folder.parent, self.base, "reward")

    def staging_path(self, job: str) -> Path:
        """Where a job writes; it may not be there yet, or any more."""
        return self.folder / f"{STAGING}{job}"

    def staging(self, job: str) -> Path:
        """The folder a job writes to, made if need be; what an earlier attempt left is still in it."""
        with self._disk():
            self.staging_path(job).mkdir(parents=True, exist_ok=True)
        return self.staging_path(job)

    def forget_staging(self, jobs: Iterable[str]) -> None:
        """Removes what ended jobs left behind."""
        for job in jobs:
            shutil.rmtree(self.staging_path(job), ignore_errors=True)

    def add(self, staging: Path, job: Job, report: Report) -> AdapterVersion:
        """Seals a job's folder and puts it in its place under the next number, as a candidate. The folder moves.

        A job that made a version already gets that one: its trainer was killed before it could say so.
        """
        if job.base != self.base:
            raise VersionError(f"job {job.id} made an adapter for {job.base}, not for {self.base}; start the lab with that model")
        with self._changing():
            made = self.made_by(job.id)
            if made is not None:
                return made
            version = max([self._history().highest, *self._numbers()]) + 1
            try:
                seal(staging, version, time.time(), job, replace(report, version=version))
            except Damaged as error:
                raise VersionError(f"job {job.id} left no adapter that can be kept: {error} ({staging}); train again") from None
            staging.rename(self.folder / folder_name(version))
            sync(self.folder)
            reward = report.canaries.get("reward_version")
            self._note(change(
                version, "candidate", f"made by {job.algorithm}", parent=job.parent, job=job.id,
                reward=int(reward) if reward else None,
            ))  # fmt: skip
        return self.get(version)

    def record(self, version: int, state: VersionState, why: str, verdict: Verdict = "") -> None:
        """Notes a state and its reason; `verdict` is the gate's. Which version is live is changed by activate alone."""
        with self._changing():
            if version == 0 or version == self.live() or state == "live":
                raise VersionError(f"version {version} cannot be marked {state!r}; activate the version that shall be live")
            self.get(version)
            self._note(change(version, state, why, verdict=verdict))

    def activate(self, version: int, why: str = "", verdict: Verdict = "") -> AdapterVersion:
        """Makes a version live and retires the one before it. Raises VersionError, and changes nothing, if it is damaged.

        It counts as proven, as if it had won a trial; one that runs ends.
        """
        with self._changing():
            self.get(version, verify=True)
            before = self.live()
            if version != before or self.named() != before or verdict or self.trial():
                self._switch(before, version, why or "activated", verdict)
        return self.get(version)

    def start_trial(self, version: int, why: str, verdict: Verdict = "") -> AdapterVersion:
        """Makes a candidate speak on trial against the last proven one. An undecided trial ends.

        The line comes before CURRENT: cut off between them, the version is a candidate that nobody has judged yet.
        """
        with self._changing():
            made = self.get(version, verify=True)
            if made.state == "trial":  # another process was quicker
                return made
            if made.state != "candidate":
                raise VersionError(f"version {version} is {made.state}, and only a candidate can be tried; train a new one")
            before, proven, top = self.live(), self.proven(), self._history().lives[-1]
            lines = []
            if before != proven:
                why_not = f"version {version} took its place before its trial was decided"
                lines.append(change(before, "retired", why_not, evidence=self._evidence(self.trial())))
            elif top != before:
                lines.append(change(before, "live", "was live"))
            self._note(*lines, change(version, "trial", why, verdict=verdict, against=proven))
            write(self._file("CURRENT"), f"{version}\n")
        return self.get(version)

    def end_trial(self, version: int, confirmed: bool, why: str, evidence: Evidence) -> AdapterVersion:
        """Proves the version on trial, or takes it back for the proven one, by this evidence; returns the one that speaks by now.

        Raises VersionError when this version is not on trial any more: somebody was quicker.
        """
        with self._changing():
            trial = self.trial()
            if trial is None or trial.version != version:
                raise VersionError(f"version {version} is not on trial; nothing was changed")
            if confirmed:
                retired = change(trial.against, "retired", f"version {version} took its place")
                self._note(change(version, "live", why, evidence=evidence), retired)
                return self.get(version)
            refused = change(version, "refused", why, verdict="refused", evidence=evidence)
            self._note(refused, change(trial.against, "live", f"version {version} was taken back", back=True))
            write(self._file("CURRENT"), f"{trial.against}\n")
        return self.get(trial.against)

    def rollback(self) -> AdapterVersion:
        """Makes the proven version live that was live before, passing over those that are gone, damaged or refused.

        From a version on trial that is its opponent; the trial ends.
        """
        with self._changing():
            history, now = self._history(), self.live()
            for version in reversed(history.lives):
                if version != now and history.may_speak(version) and self._is_whole(version, verify=True):
                    self._switch(now, version, f"rolled back from version {now}", back=True)
                    return self.get(version)
        raise VersionError(f"no version was live before version {now}; activate the one you want")

    def withdraw(self, version: int, before: int, why: str) -> AdapterVersion:
        """Refuses the version that was to speak but cannot; the one `before` goes on as what it was, proven or on trial.

        Where that one was refused meanwhile, the last proven version speaks. Returns the one that does.
        """
        with self._changing():
            if version != self.live() or version == before:
                return self.get(self.live())  # somebody chose another one meanwhile
            if version:
                self._note(change(version, "refused", why, verdict="refused", evidence=self._evidence(self.trial())))
            usable = self._history().state.get(before) != "refused" and self._is_whole(before)
            write(self._file("CURRENT"), f"{before if usable else self.live()}\n")
        return self.get(self.live())

    def require_deletable(self, version: int) -> None:
        """Raises VersionError for what must stay: the base, what speaks, and what a trial would go back to."""
        if version == 0:
            raise VersionError("version 0 is the base itself and cannot be deleted; choose another version")
        if version in (self.live(), self.proven()):
            raise VersionError(f"version {version} is live; activate or roll back to another one, then delete it")

    def delete(self, version: int) -> None:
        """Removes a version's folder, whole or damaged. Its number is never given again."""
        path = self.folder / folder_name(version)
        with self._changing():
            self.require_deletable(version)
            if not path.is_dir():
                self.get(version)  # says that there is none
            parent, job = self._origin(version, self._history())
            reward = self.rewarded_by(version)
            gone = self.folder / f"{DELETED}{path.name}-{time.time_ns()}"
            path.rename(gone)
            sync(self.folder)
            self._note(change(version, "deleted", "deleted", parent=parent, job=job, reward=reward))
        self.sweep()

    def sweep(self) -> None:
        """Removes the files of what was deleted: this time, and what a crash left of other times."""
        for left in self.folder.glob(f"{DELETED}*"):
            shutil.rmtree(left, ignore_errors=True)

    def save(self, version: int, folder: Path) -> None:
        """Copies a version's PEFT files into a new or empty folder, with a mark that says whose they are."""
        made = self.get(version, verify=True)
        if made.folder is None:
            raise VersionError("version 0 is the base itself and has no adapter to save; choose another version")
        mark = None
        try:
            folder.mkdir(parents=True, exist_ok=True)
            if any(folder.iterdir()):
                raise VersionError(f"{folder} is not empty; give a new folder")
            mark = sign(folder, self.base, version, made.job, ADAPTER)
            for name in ADAPTER:
                shutil.copyfile(made.folder / name, folder / name)
        except OSError as error:
            if mark is not None:
                remove(folder, mark)
            raise VersionError(f"cannot save version {version} in {folder}: {error.strerror}; give another folder") from None
        if not made.folder.is_dir():  # forgetting looked for its exports, maybe before this one was there
            remove(folder, mark)
            raise VersionError(f"version {version} was deleted while it was saved; nothing was kept")

    def sign(self, version: int, folder: Path) -> None:
        """Marks a folder that was written from a version. Raises VersionError if that is gone by now: what was to be forgotten
        must not come back. Forgetting deletes a version first and looks for marks then, so one of both sees the other."""
        sign(folder, self.base, version, self._origin(version, self._history())[1] if version else "", names_in(folder))
        self.get(version)

    # inside

    def _note(self, *lines: dict) -> None:
        states.append(self._file("STATES.jsonl"), lines)

    def _evidence(self, trial: OnTrial | None) -> Evidence | None:
        """None without a trial, or from a witness that fails: a change that was begun is brought to its end all the same."""
        try:
            return self._witness(trial) if trial else None
        except Exception:  # a border: whatever ails a record of votes, who rolls back must get there
            log.exception("the evidence of a trial could not be read, and is not in the record of its end")
            return None

    def _switch(self, before: int, version: int, why: str, verdict: str = "", back: bool = False) -> None:
        """CURRENT is what counts; a crash before the lines are written loses a reason, never a version.

        That a version on trial ends is noted before: without a line it would be taken for one whose trial has not begun. What
        evidence there was by then is asked for after: it may take longer than the rest, and a chat follows CURRENT.
        """
        trial, top = self.trial(), self._history().lives[-1]
        lines = [] if trial or top == before else [change(before, "live", "was live")]
        undecided = f"version {version} was chosen before its trial was decided"
        if trial and version != before:
            self._note(change(before, "retired", undecided))
        elif before != version:
            lines.append(change(before, "retired", f"version {version} took its place"))
        write(self._file("CURRENT"), f"{version}\n")
        if trial and trial.against != version:
            lines.append(change(trial.against, "retired", f"version {version} took its place"))
        evidence = self._evidence(trial)
        if trial and version != before and evidence:
            lines.append(change(before, "retired", undecided, evidence=evidence))
        own = evidence if version == before else None
        self._note(*lines, change(version, "live", why, verdict=verdict, back=back, evidence=own))

    @contextmanager
    def _changing(self) -> Iterator[None]:
        """Inside, this registry is changed by nobody else."""
        with self._disk():
            self.folder.mkdir(parents=True, exist_ok=True)
            with locked(self._file(".lock")):
                yield

    @contextmanager
    def _disk(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            reason = f"{error.strerror}; make room, or let the lab write there"
            raise VersionError(f"cannot write in {self.folder}: {reason}") from error
