"""What becomes of a candidate once the gate has spoken: on trial, live at once, refused, or kept aside."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from lab.loop.gate import decide, unsound
from lab.records import AdapterVersion
from lab.registry.versions import Versions
from lab.settings import GateSettings, TrialSettings

Mode = Literal["auto", "always", "never"]


def publish(versions: Versions, made: AdapterVersion, mode: Mode, gate: GateSettings, trial: TrialSettings) -> AdapterVersion:
    """Puts a candidate on trial, activates, refuses or keeps it, and writes down why. Returns it as it is then.

    `always` passes over the statistics and any trial, `never` leaves it a candidate; neither makes a broken version live. With
    `auto`, a candidate whose parent no longer speaks is kept too: somebody chose another version meanwhile, and what
    they turned away from would come back with it.
    Raises VersionError when the folder is damaged.
    """
    made = versions.get(made.version, verify=True)
    if made.state in ("live", "trial"):  # another process was quicker
        return made
    if made.report is None:
        versions.record(made.version, "refused", "it has no report", "refused")
        return versions.get(made.version)
    verdict, why = decide(replace(made.report, verdict="", why=""), gate)
    if any(unsound(made.report)) or (mode == "auto" and verdict == "refused"):
        versions.record(made.version, "refused", why, "refused")
    elif mode == "never":
        versions.record(made.version, "candidate", f"kept aside as asked; the gate says {verdict}: {why}", verdict)
    elif mode == "auto" and made.parent != versions.live():
        kept = f"passed, but version {versions.live()} speaks by now, and it was trained from {made.parent}; activate it by hand"
        versions.record(made.version, "candidate", kept, verdict)
    elif mode == "auto" and trial.enabled:
        versions.start_trial(made.version, why, verdict)
    else:
        said = why if verdict == "passed" else f"published as asked, though {why}"
        versions.activate(made.version, said, verdict)
    return versions.get(made.version)
