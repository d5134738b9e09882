"""What can go wrong for a user, in one sentence each: what is wrong, the value, what to do.

Every error a user can cause is a `LabError`; the command line prints its text and exits with 1, the page shows it.
Anything else is a bug and keeps its traceback.
"""

from __future__ import annotations


class LabError(Exception):
    """A mistake or a mishap the user can do something about; the message says what."""


class SettingsError(LabError):
    """Settings that cannot be used: unknown names, wrong values, choices that contradict each other."""


class ModelError(LabError):
    """A model that cannot be found, loaded or tuned."""


class StoreError(LabError):
    """Feedback that cannot be kept or read."""


class VersionError(LabError):
    """A version that does not exist, is damaged, or cannot be activated."""


class NoMemoryError(LabError):
    """Something sound for which there is no memory now; it may be tried again later."""


class BusyError(LabError):
    """Something only one process may hold (a home, the trainer's lease, a port) is held by another."""


class TrainingError(LabError):
    """A round that cannot run or made nothing: no examples, no steps, numbers that are not finite."""
