"""A round and what is forgotten beside it: no version comes of a round that may have read something that is gone by now.

While a round's job runs, the store deletes nothing for good (feedback/purge.py). But a round may go on though its job was given
up, if its machine slept. So it notes how many purges there were before it reads anything, and its version is added only if there
was none since, in a moment in which there cannot be one. A purge that comes later finds the version.
"""

from __future__ import annotations

from pathlib import Path

from lab.errors import TrainingError
from lab.feedback.store import Store
from lab.records import AdapterVersion, Job, Report
from lab.registry.versions import Versions

NOTE = "purges"  # in the folder a round writes to: how many there were when it began


def begin(versions: Versions, job: Job, purges: int) -> Path:
    """The folder a job writes to. What an earlier attempt left is still in it, unless something was forgotten since."""
    folder = versions.staging(job.id)
    note = folder / NOTE
    noted = note.read_text(encoding="ascii") if note.exists() else "0"
    if noted != str(purges):
        versions.forget_staging([job.id])
        versions.staging(job.id)
    note.write_text(str(purges), encoding="ascii")
    return folder


def add(store: Store, versions: Versions, folder: Path, job: Job, report: Report, purges: int) -> AdapterVersion:
    """The version of a round that began after so many purges. If there was one since, nothing is left: raises TrainingError."""
    with store.between_purges() as now:
        if now == purges:
            return versions.add(folder, job, report)
    versions.forget_staging([job.id])
    raise TrainingError(
        "something was forgotten while this round ran, and it may have learned from it, so it made no version; "
        "the feedback that is left is kept, and the next round will use it"
    )
