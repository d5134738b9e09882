"""What there is of one base's versions, and which of them speaks: read from the disk at every question, without a lock.

Any number of processes may read, also while another changes something: every answer is one that was true.
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import cast

from lab.errors import VersionError
from lab.records import AdapterVersion, Verdict
from lab.registry import states
from lab.registry.folder import Damaged, Manifest, check, folder_name, report_of, version_of
from lab.registry.states import History, OnTrial


class Reader:
    """Raises VersionError, in one line, for a version that is unknown or damaged."""

    def __init__(self, folder: Path, base: str, part: str = "") -> None:
        self.base = base
        self.folder = folder / base / part

    def all(self) -> list[AdapterVersion]:
        """The base and every whole version, oldest first."""
        history, live = self._seen()
        found = [self._base(live, self._trial(history, live))]
        for version in self._numbers():
            try:
                found.append(self._read(version, history, live, verify=False))
            except Damaged:
                continue
        return found

    def get(self, version: int, verify: bool = False) -> AdapterVersion:
        """One version; `verify` compares every byte with the manifest's hashes."""
        history, live = self._seen()
        if version == 0:
            return self._base(live, self._trial(history, live))
        if not (self.folder / folder_name(version)).is_dir():
            known = ", ".join(str(each.version) for each in self.all())
            gone = " any more" if history.state.get(version) == "deleted" else ""
            raise VersionError(f"there is no version {version} of {self.base}{gone}; choose one of {known}")
        try:
            return self._read(version, history, live, verify)
        except Damaged as error:
            where = self.folder / folder_name(version)
            remedy = f"activate another version, or delete {version}"
            raise VersionError(f"version {version} is damaged: {error} ({where}); {remedy}") from None

    def live(self) -> int:
        """The version that speaks and that rounds begin from, proven or on trial: what CURRENT says.

        Where that is lost, damaged or refused, the proven version before it that is whole; in the end, the base.
        """
        return self._seen()[1]

    def named(self) -> int | None:
        """What CURRENT says, be it usable or not; None when it says nothing. One small read, for who looks often."""
        try:
            text = self._file("CURRENT").read_text(encoding="ascii").strip()
        except (OSError, ValueError):
            return None
        return int(text) if text.isdigit() and len(text) < 10 else None

    def trial(self) -> OnTrial | None:
        """The version on trial, where there is one, and its opponent: where that is gone, the proven one before it."""
        return self._trial(*self._seen())

    def proven(self) -> int:
        """The last version that was proven, or chosen by hand: the live one, unless that is on trial."""
        history, live = self._seen()
        trial = self._trial(history, live)
        return live if trial is None else trial.against

    def may_speak(self, version: int) -> bool:
        """Whether it is proven: neither refused, nor on a trial that was not decided."""
        return version == 0 or self._history().may_speak(version)

    def damaged(self, verify: bool = False) -> list[tuple[str, str]]:
        """(name, reason) of what cannot be used; `verify` reads every byte, which takes a while."""
        found = []
        for version in self._numbers():
            try:
                check(self.folder / folder_name(version), self.base, verify)
                report_of(self.folder / folder_name(version))
            except Damaged as error:
                found.append((folder_name(version), str(error)))
        current, live = self.named(), self.live()
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

    def round_of(self, version: int) -> str:
        """Id of the job that made a version; empty for the base, and where its folder is gone and nobody noted the job."""
        return self._origin(version, self._history())[1] if version else ""

    def rounds(self, version: int) -> list[str]:
        """Ids of the jobs that made a version and its ancestors: what it has learned is what they were given."""
        history = self._history()
        jobs = (self._origin(each, history)[1] for each in self.lineage(version))
        return [job for job in jobs if job]

    def rewarded_by(self, version: int) -> int | None:
        """The reward model of the round that made a version, as its report says, or where that is gone, as was noted; None for
        what was not rewarded. A deleted version of a lab that did not note it has none either."""
        try:
            report = report_of(self.folder / folder_name(version))
        except Damaged:
            report = None
        told = report.canaries.get("reward_version") if report else self._history().reward.get(version)
        return int(told) if told else None

    def made_by(self, job: str) -> AdapterVersion | None:
        """The version a job made, if it made one: a trainer may be killed before it could say so."""
        for version in reversed(self._numbers()):
            try:
                if check(self.folder / folder_name(version), self.base, verify=False).job == job:
                    return self.get(version)
            except Damaged:
                continue
        return None

    # inside

    def _file(self, name: str) -> Path:
        return self.folder / name

    def _history(self) -> History:
        try:
            return states.read(self._file("STATES.jsonl"))
        except OSError as error:
            raise VersionError(f"cannot read {self._file('STATES.jsonl')}: {error.strerror}; let the lab read it") from None

    def _seen(self) -> tuple[History, int]:
        """The lines and the version that speaks, as they were at one moment: a change may come between the two files."""
        while True:
            size = self._size()
            current, history = self.named(), self._history()
            if size == self._size():
                break
        back = [version for version in reversed(history.lives) if history.may_speak(version)]
        ahead = [] if current is None or history.state.get(current) == "refused" else [current]
        return history, next((version for version in [*ahead, *back] if self._is_whole(version)), 0)

    def _size(self) -> int:
        try:
            return self._file("STATES.jsonl").stat().st_size
        except OSError:
            return 0

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
        trial = history.trials.get(live)
        if trial is None or self._is_whole(trial.against):
            return trial
        there = (each for each in reversed(history.lives) if history.may_speak(each) and self._is_whole(each))
        return replace(trial, against=next(there, 0))

    def _base(self, live: int, trial: OnTrial | None) -> AdapterVersion:
        speaks = live == 0 or (trial is not None and trial.against == 0)
        return AdapterVersion(0, self.base, None, "live" if speaks else "retired", algorithm="", created=0.0)

    def _read(self, version: int, history: History, live: int, verify: bool) -> AdapterVersion:
        path = self.folder / folder_name(version)
        manifest: Manifest = check(path, self.base, verify)
        report = report_of(path)
        state, judged = history.state_of(version, live, self._trial(history, live)), history.verdict.get(version)
        if history.state.get(version) == "trial" and state == "candidate":
            judged = None  # its trial has not begun
        if report is not None and judged:
            verdict, why = judged
            report = replace(report, verdict=cast(Verdict, verdict), why=why)
        return AdapterVersion(
            version, self.base, manifest.parent, state, manifest.algorithm, manifest.created,
            hash=manifest.hash, report=report, why=history.why.get(version, ""), folder=path,
            job=manifest.job,
        )  # fmt: skip
