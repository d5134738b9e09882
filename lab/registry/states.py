"""What became of every version: STATES.jsonl, one line a change, only ever added to.

A trial begins with a line of state "trial", which names the proven version it is `against`, and is decided by a line that says
"live" of its version, or "refused". Until then the version is unproven, whether it speaks or another took its place.
A line that was cut short by a crash, or damaged since, is passed over; the rest still counts.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lab.records import VersionState

STATES = ("candidate", "refused", "trial", "live", "retired", "deleted")


@dataclass(frozen=True)
class OnTrial:
    """A version that speaks before it is proven, and the last proven one, which it is compared with.

    Where it took the place of an undecided one that it was trained from, it goes on with that one's trial: `earlier` are the
    versions before it on this line, oldest first, and `since` is when the first of them began.
    """

    version: int
    against: int
    since: float  # seconds since the epoch
    earlier: tuple[int, ...] = ()

    @property
    def line(self) -> tuple[int, ...]:
        return (*self.earlier, self.version)


@dataclass
class History:
    """The lines, summed up.

    `lives` is the way to the version that speaks: proven ones, which a rollback goes back along, and at most one unproven, last.
    """

    state: dict[int, str] = field(default_factory=dict)
    why: dict[int, str] = field(default_factory=dict)
    parent: dict[int, int] = field(default_factory=dict)
    job: dict[int, str] = field(default_factory=dict)  # the round that made it
    reward: dict[int, int] = field(default_factory=dict)  # the reward model of that round, if it had one
    verdict: dict[int, tuple[str, str]] = field(default_factory=dict)  # the gate's word and its reason
    lives: list[int] = field(default_factory=lambda: [0])
    highest: int = 0
    trials: dict[int, OnTrial] = field(default_factory=dict)  # of unproven versions, the last one of each

    def may_speak(self, version: int) -> bool:
        """Whether it is proven, as far as the lines say."""
        return self.state.get(version) != "refused" and version not in self.trials

    def state_of(self, version: int, live: int, trial: OnTrial | None) -> VersionState:
        """What a version is while `live` speaks, on trial or not."""
        if version == live:
            return "trial" if trial else "live"
        if trial and version == trial.against:
            return "live"
        match self.state.get(version):
            case "refused":
                return "refused"
            case "live" | "retired" | "deleted":
                return "retired"
        return "candidate"  # no line yet, or a trial that has not begun: a crash, or another process, is in between


def change(
    version: int, state: str, why: str, parent: int | None = None, verdict: str = "", back: bool = False, job: str = "",
    against: int | None = None, evidence: Mapping[str, float] | None = None, reward: int | None = None,
) -> dict[str, Any]:  # fmt: skip
    """One line. `back` marks a rollback, which shortens the way to the live version instead of adding to it."""
    line: dict[str, Any] = {"time": time.time(), "version": version, "state": state, "why": why}
    extra = {"parent": parent, "verdict": verdict or None, "back": back or None, "job": job or None, "against": against,
             "evidence": dict(evidence) if evidence else None, "reward": reward}  # fmt: skip
    return line | {key: value for key, value in extra.items() if value is not None}


def append(path: Path, lines: Iterable[dict[str, Any]]) -> None:
    """Adds lines and returns when they are on the disk."""
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    with path.open("a+b") as file:
        if file.tell():
            file.seek(-1, os.SEEK_END)
            if file.read(1) != b"\n":
                text = "\n" + text  # the last writer was cut short; its half line must not spoil this one
        file.write(text.encode())
        file.flush()
        os.fsync(file.fileno())


def read(path: Path) -> History:
    history = History()
    try:
        lines = path.read_bytes().splitlines()
    except (FileNotFoundError, NotADirectoryError):
        return history
    for line in lines:
        try:
            entry = json.loads(line)
            version, state = entry["version"], entry["state"]
        except (ValueError, TypeError, KeyError):
            continue
        if isinstance(version, int) and version >= 0 and state in STATES:
            _add(history, version, state, entry)
    return history


def _add(history: History, version: int, state: str, entry: dict[str, Any]) -> None:
    history.highest = max(history.highest, version)
    history.state[version], history.why[version] = state, str(entry.get("why", ""))
    if isinstance(entry.get("parent"), int):
        history.parent[version] = entry["parent"]
    if isinstance(entry.get("job"), str):
        history.job[version] = entry["job"]
    if isinstance(entry.get("reward"), int):
        history.reward[version] = entry["reward"]
    if entry.get("verdict"):
        history.verdict[version] = entry["verdict"], history.why[version]
    if state in ("live", "trial"):
        _speaks(history, version, bool(entry.get("back")))
    if state == "trial" and isinstance(entry.get("against"), int) and isinstance(entry.get("time"), int | float):
        history.trials[version] = _begun(history, version, entry["against"], float(entry["time"]))
    elif state in ("live", "refused", "deleted"):
        history.trials.pop(version, None)


def _begun(history: History, version: int, against: int, since: float) -> OnTrial:
    before = history.trials.get(history.parent.get(version, 0))
    if before is None or before.against != against:
        return OnTrial(version, against, since)
    return OnTrial(version, against, before.since, before.line)


def _speaks(history: History, version: int, back: bool) -> None:
    lives = history.lives
    if back and version in lives:
        while lives[-1] != version:
            lives.pop()
        return
    if lives[-1] in history.trials and lives[-1] != version:
        lives.pop()  # it was never proven, so nobody is rolled back to it
    if lives[-1] != version:
        lives.append(version)
