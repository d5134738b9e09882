"""Another base for the lab: tried first in a process of its own, then the lab starts anew with it, in the same process and place.

Nothing is given up before the new model has said a word. One switch a lab, whichever browser asked; every page shows it.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from lab.errors import BusyError, LabError

Phase = Literal["idle", "checking", "failed", "restarting"]
CHECK = (sys.executable, "-m", "lab.model.check")
KILLED = "it was ended while loading, most likely for want of memory; choose a smaller model, or nf4"


@dataclass(frozen=True)
class Choice:
    """A base as the command line names it."""

    model: str
    quantize: str


@dataclass(frozen=True)
class SwitchStatus:
    """Where a switch stands; `words` say it, `share` is how much of a download is done, None when nobody can say."""

    phase: Phase = "idle"
    choice: Choice | None = None
    words: str = ""
    share: float | None = None


class Switcher:
    """`leaving` is set when the new base may be started: the page ends then. `note` is what the switch before this came to."""

    def __init__(self, device: str, note: str = "", command: Sequence[str] = CHECK) -> None:
        self.note = note
        self.leaving = threading.Event()
        self._device, self._command = device, tuple(command)
        self._status = SwitchStatus()
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None

    def status(self) -> SwitchStatus:
        return self._status

    def start(self, choice: Choice) -> None:
        """Tries the model, in the background. Raises BusyError while another one is tried."""
        with self._lock:
            if self._status.phase in ("checking", "restarting"):
                raise BusyError(f"{self._status.choice and self._status.choice.model} is being tried; wait, or cancel it first")
            self._status = SwitchStatus("checking", choice, "starting")
        threading.Thread(target=self._run, args=(choice,), name="switch", daemon=True).start()

    def cancel(self) -> None:
        """Ends the trial; the lab stays as it is."""
        with self._lock:
            process = self._process
            if self._status.phase != "checking" or process is None:
                raise LabError("no model is being tried; there is nothing to cancel")
            self._status = replace(self._status, phase="failed", words="cancelled; nothing was changed")
        process.terminate()

    def chosen(self) -> Choice | None:
        """The base to start anew with, once there is one."""
        return self._status.choice if self.leaving.is_set() else None

    def end(self) -> None:
        """The lab ends; nothing is left running."""
        process = self._process
        if process is not None and process.poll() is None:
            process.kill()

    def _run(self, choice: Choice) -> None:
        command = [*self._command, choice.model, choice.quantize, self._device]
        try:
            process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        except OSError as error:
            self._status = SwitchStatus("failed", choice, f"it could not be tried: {error.strerror}")
            return
        self._process = process
        last: dict = {}
        assert process.stdout is not None
        for line in process.stdout:
            last = read(line) or last
            words, share = told(last)
            with self._lock:
                if self._status.phase == "checking":
                    self._status = SwitchStatus("checking", choice, words, share)
        code = process.wait()
        with self._lock:
            if self._status.phase != "checking":
                return  # cancelled
            if last.get("ok"):
                self._status = SwitchStatus("restarting", choice, "it can be loaded; the lab starts anew with it")
            else:
                lost = KILLED if code == -signal.SIGKILL else f"it ended with code {code}"
                self._status = SwitchStatus("failed", choice, str(last.get("error") or lost))
                return
        self.leaving.set()


def read(line: str) -> dict:
    try:
        entry = json.loads(line)
    except ValueError:
        return {}  # a library's own word
    return entry if isinstance(entry, dict) else {}


def told(entry: dict) -> tuple[str, float | None]:
    """A line of the check as words, and the share of a download."""
    if entry.get("phase") == "fetching":
        done, total = float(entry.get("done") or 0), float(entry.get("total") or 0)
        of = f" of {total / 1e6:,.0f}" if total else ""
        return f"fetching, {done / 1e6:,.0f}{of} MB", min(1.0, done / total) if total else None
    words = {"loading": "loading the weights", "speaking": "drawing a first word"}
    return words.get(str(entry.get("phase")), "starting"), None
