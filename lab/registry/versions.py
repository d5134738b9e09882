"""The versions of one base: numbered folders that exist only when they are whole, and which of them is live.

    adapters/<base>/0007/            sealed by folder.py, renamed into place at once
    adapters/<base>/.staging-<job>/  where a round writes; kept so that it can be resumed
    adapters/<base>/STATES.jsonl     what became of each, and why
    adapters/<base>/CURRENT          the live version's number, replaced atomically

Version 0 is the base itself: always there, without a folder. A damaged or missing folder never hides the others.

A version that passed the gate may speak before it is proven: it is on *trial* against the last proven version, whose state stays
"live". CURRENT names the one that speaks. One trial runs at a time; a newer version takes the place of one that is still
undecided, against the same proven one. Who chooses a version by hand proves it: activate and rollback end a trial.
Any number of processes may read; those that change something take turns.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import cast

from lab.errors import VersionError
from lab.records import AdapterVersion, Job, Report, Verdict, VersionState
from lab.registry import states
from lab.registry.folder import ADAPTER, Damaged, Manifest, check, folder_name, report_of, seal, sync, version_of, write
from lab.registry.lock import locked
from lab.registry.states import History, OnTrial, change

STAGING, DELETED = ".staging-", ".deleted-"


class Versions:
    """Raises VersionError, in one line, for a version that is unknown or damaged, or a change that cannot be made."""

    def __init__(self, folder: Path, base: str, part: str = "") -> None:
        self.base = base
        self.folder = folder / base / part

    def rewards(self) -> Versions:
        """The reward models of the same base: versions too, in a folder `reward` of their own; 0 stands for none."""
        return Versions(self.folder.parent, self.base, "reward")

    # what there is

    def all(self) -> list[AdapterVersion]:
        """The base and every whole version, oldest first."""
        history, live = self._history(), self.live()
        found = [self._base(live, self._trial(history, live))]
        for version in self._numbers():
            try:
                found.append(self._read(version, history, live, verify=False))
            except Damaged:
                continue
        return found

    def get(self, version: int, verify: bool = False) -> AdapterVersion:
        """One version; `verify` compares every byte with the manifest's hashes."""
        live = self.live()
        if version == 0:
            return self._base(live, self.trial())
        if not (self.folder / folder_name(version)).is_dir():
            known = ", ".join(str(each.version) for each in self.all())
            gone = " any more" if self._history().state.get(version) == "deleted" else ""
            raise VersionError(f"there is no version {version} of {self.base}{gone}; choose one of {known}")
        try:
            return self._read(version, self._history(), live, verify)
        except Damaged as error:
            where = self.folder / folder_name(version)
            remedy = f"activate another version, or delete {version}"
            raise VersionError(f"version {version} is damaged: {error} ({where}); {remedy}") from None

    def live(self) -> int:
        """The version that speaks and that rounds begin from, proven or on trial: what CURRENT says.

        Where that is lost, damaged or refused, the version before it that is whole; in the end, the base.
        """
        current, history = self._current(), self._history()
        back = [version for version in reversed(history.lives) if history.state.get(version) != "trial"]
        for version in [*([] if current is None else [current]), *back]:
            if history.state.get(version) != "refused" and self._is_whole(version):
                return version
        return 0

    def trial(self) -> OnTrial | None:
        """The version on trial, where there is one; its opponent is there to speak too."""
        return self._trial(self._history(), self.live())

    def proven(self) -> int:
        """The last version that was proven, or chosen by hand: the live one, unless that is on trial."""
        trial = self.trial()
        return self.live() if trial is None else trial.against

    def damaged(self, verify: bool = False) -> list[tuple[str, str]]:
        """(name, reason) of what cannot be used; `verify` reads every byte, which takes a while."""
        found = []
        for version in self._numbers():
            try:
                check(self.folder / folder_name(version), self.base, verify)
                report_of(self.folder / folder_name(version))
            except Damaged as error:
                found.append((folder_name(version), str(error)))
        current, live = self._current(), self.live()
        if current != live and (current is not None or self._file("CURRENT").exists() or live):
            found.append(("CURRENT", f"it names no version that can be used; version {live} is live instead"))
        return found

    def lineage(self, version: int) -> list[int]:
        """A version and the ones it was trained from, newest first, without the base. Deleted ones still count."""
        history, line = self._history(), [version] if version else []
        while line:
            parent, _ = self._origin(line[-1], history)
            if parent == 0 or parent in line:
                break
            line.append(parent)
        return line

    def rounds(self, version: int) -> list[str]:
        """Ids of the jobs that made a version and its ancestors: what it has learned is what they were given."""
        history = self._history()
        jobs = (self._origin(each, history)[1] for each in self.lineage(version))
        return [job for job in jobs if job]

    def made_by(self, job: str) -> AdapterVersion | None:
        """The version a job made, if it made one: a trainer may be killed before it could say so."""
        for version in reversed(self._numbers()):
            try:
                if check(self.folder / folder_name(version), self.base, verify=False).job == job:
                    return self.get(version)
            except Damaged:
                continue
        return None

    # what changes

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
            self._note(change(version, "candidate", f"made by {job.algorithm}", parent=job.parent, job=job.id))
        return self.get(version)

    def record(self, version: int, state: VersionState, why: str, verdict: Verdict = "") -> None:
        """Notes a state and its reason; `verdict` is the gate's. Which version is live is changed by activate alone."""
        with self._changing():
            if version == 0 or version == self.live() or state == "live":
                raise VersionError(f"version {version} cannot be marked {state!r}; activate the version that shall be live")
            self.get(version)
            self._note(change(version, state, why, verdict=verdict))

    def activate(self, version: int, why: str = "", verdict: Verdict = "") -> AdapterVersion:
        """Makes a version live and retires the one before it. Raises VersionError, and changes nothing, if it is damaged."""
        with self._changing():
            self.get(version, verify=True)
            before = self.live()
            if version != before or self._current() != before or verdict or self.trial():
                self._switch(before, version, why or "activated", verdict)
        return self.get(version)

    def start_trial(self, version: int, why: str, verdict: Verdict = "") -> AdapterVersion:
        """Makes a version speak on trial against the last proven one. An undecided trial ends with it.

        The line comes before CURRENT: cut off between them, the version is a candidate that nobody has judged yet.
        """
        with self._changing():
            self.get(version, verify=True)
            before, proven = self.live(), self.proven()
            if version in (before, proven):
                raise VersionError(f"version {version} is live, so it has nothing to be tried against; train a new one")
            lines = []
            if before != proven:
                lines.append(change(before, "retired", f"version {version} took its place before its trial was decided"))
            self._note(*lines, change(version, "trial", why, verdict=verdict, against=proven))
            write(self._file("CURRENT"), f"{version}\n")
        return self.get(version)

    def end_trial(self, version: int, confirmed: bool, why: str, evidence: Mapping[str, float]) -> AdapterVersion:
        """Proves the version on trial, or takes it back for the proven one; returns the one that speaks by now.

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
        """Makes the version live that was live before, passing over those that are gone, damaged or refused."""
        with self._changing():
            history, now = self._history(), self.live()
            way = history.lives[:-1] if history.lives[-1] == now else history.lives
            for version in reversed(way):
                usable = version != now and history.state.get(version) != "refused"
                if usable and self._is_whole(version, verify=True):
                    self._switch(now, version, f"rolled back from version {now}", back=True)
                    return self.get(version)
        raise VersionError(f"no version was live before version {now}; activate the one you want")

    def delete(self, version: int) -> None:
        """Removes a version's folder, whole or damaged. Its number is never given again."""
        path = self.folder / folder_name(version)
        with self._changing():
            if version == 0:
                raise VersionError("version 0 is the base itself and cannot be deleted; choose another version")
            if version in (self.live(), self.proven()):
                raise VersionError(f"version {version} is live; activate or roll back to another one, then delete it")
            if not path.is_dir():
                self.get(version)  # says that there is none
            parent, job = self._origin(version, self._history())
            gone = self.folder / f"{DELETED}{path.name}-{time.time_ns()}"
            path.rename(gone)
            sync(self.folder)
            self._note(change(version, "deleted", "deleted", parent=parent, job=job))
            for left in self.folder.glob(f"{DELETED}*"):  # this one, and what a crash left of others
                shutil.rmtree(left, ignore_errors=True)

    def save(self, version: int, folder: Path) -> None:
        """Copies a version's PEFT files into a new or empty folder."""
        made = self.get(version, verify=True)
        if made.folder is None:
            raise VersionError("version 0 is the base itself and has no adapter to save; choose another version")
        try:
            folder.mkdir(parents=True, exist_ok=True)
            if any(folder.iterdir()):
                raise VersionError(f"{folder} is not empty; give a new folder")
            for name in ADAPTER:
                shutil.copyfile(made.folder / name, folder / name)
        except OSError as error:
            raise VersionError(f"cannot save version {version} in {folder}: {error.strerror}; give another folder") from None

    # inside

    def _file(self, name: str) -> Path:
        return self.folder / name

    def _history(self) -> History:
        try:
            return states.read(self._file("STATES.jsonl"))
        except OSError as error:
            raise VersionError(f"cannot read {self._file('STATES.jsonl')}: {error.strerror}; let the lab read it") from None

    def _note(self, *lines: dict) -> None:
        states.append(self._file("STATES.jsonl"), lines)

    def _current(self) -> int | None:
        try:
            text = self._file("CURRENT").read_text(encoding="ascii").strip()
        except (OSError, ValueError):
            return None
        return int(text) if text.isdigit() and len(text) < 10 else None

    def _switch(self, before: int, version: int, why: str, verdict: str = "", back: bool = False) -> None:
        """CURRENT is what counts; a crash before the lines are written loses a reason, never a version."""
        top = self._history().lives[-1]
        write(self._file("CURRENT"), f"{version}\n")
        lines = [] if top == before else [change(before, "live", "was live")]
        if before != version:
            lines.append(change(before, "retired", f"version {version} took its place"))
        self._note(*lines, change(version, "live", why, verdict=verdict, back=back))

    def _numbers(self) -> list[int]:
        try:
            names = [entry.name for entry in os.scandir(self.folder) if entry.is_dir()]
        except OSError:
            return []
        return sorted(number for number in map(version_of, names) if number is not None)

    def _origin(self, version: int, history: History) -> tuple[int, str]:
        """A version's parent and the job that made it: as its folder says, or where that is gone, as was noted."""
        try:
            manifest = check(self.folder / folder_name(version), self.base, verify=False)
        except Damaged:
            return history.parent.get(version, 0), history.job.get(version, "")
        return manifest.parent, manifest.job

    def _is_whole(self, version: int, verify: bool = False) -> bool:
        if version == 0:
            return True
        try:
            check(self.folder / folder_name(version), self.base, verify)
        except Damaged:
            return False
        return True

    def _trial(self, history: History, live: int) -> OnTrial | None:
        trial = history.trial
        return trial if trial and trial.version == live and self._is_whole(trial.against) else None

    def _base(self, live: int, trial: OnTrial | None) -> AdapterVersion:
        speaks = live == 0 or (trial is not None and trial.against == 0)
        return AdapterVersion(0, self.base, None, "live" if speaks else "retired", algorithm="", created=0.0)

    def _read(self, version: int, history: History, live: int, verify: bool) -> AdapterVersion:
        path = self.folder / folder_name(version)
        manifest: Manifest = check(path, self.base, verify)
        report = report_of(path)
        trial, judged = self._trial(history, live), history.verdict.get(version)
        state = history.state.get(version, "candidate")  # a crash may come between the folder and its first line
        if version == live:
            state = "trial" if trial else "live"
        elif trial and version == trial.against:
            state = "live"
        elif state == "trial" and history.trial and history.trial.version == version:
            state, judged = "candidate", None  # its trial was cut off before it began
        elif state in ("live", "trial", "deleted"):
            state = "retired"
        if report is not None and judged:
            verdict, why = judged
            report = replace(report, verdict=cast(Verdict, verdict), why=why)
        return AdapterVersion(
            version, self.base, manifest.parent, cast(VersionState, state), manifest.algorithm, manifest.created,
            hash=manifest.hash, report=report, why=history.why.get(version, ""), folder=path,
            job=manifest.job,
        )  # fmt: skip

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
