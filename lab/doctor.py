"""What a lab stands on, looked at one by one: a broken thing is found here, with what to do, before it is needed.

It changes nothing but what opening a lab changes (folders and the store's file are made where there are none).
"""

from __future__ import annotations

import platform
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from lab.errors import LabError
from lab.feedback.queued import QUEUE
from lab.feedback.store import Store
from lab.model.identity import base_id, resolve
from lab.registry.lock import HomeLock
from lab.registry.versions import Versions
from lab.settings import Settings

LEAST_FREE = 1e9  # bytes; less than this and a round may not find room for its checkpoint


@dataclass(frozen=True)
class Finding:
    """One thing looked at; `well` is False when it must be mended."""

    name: str
    well: bool
    words: str


def examine(settings: Settings) -> Iterator[Finding]:
    """Everything, in the order in which a lab needs it; each finding as soon as it is there."""
    yield look("python", lambda: f"{platform.python_version()} at {sys.executable}")
    yield look("torch", lambda: torch_words(settings.device))
    if settings.quantize != "none":
        yield look(settings.quantize, lambda: quantization_words(settings.quantize, settings.device))
    yield look("model", lambda: f"{settings.model} in {resolve(settings.model)}")
    yield look("disk", lambda: disk_words(settings))
    yield look("store", lambda: store_words(settings))
    yield from versions(settings)
    yield look("running", lambda: running_words(settings))


def look(name: str, at: Callable[[], str]) -> Finding:
    """A finding that is well unless looking raises."""
    try:
        return Finding(name, True, at())
    except (LabError, OSError, ImportError, RuntimeError, ValueError) as error:
        return Finding(name, False, " ".join(str(error).split()) or type(error).__name__)


def torch_words(device: str) -> str:
    from lab.model import health

    return health.describe(device)


def quantization_words(quantize: str, device: str) -> str:
    from lab.model import health

    error = health.round_trip(quantize, device)
    return f"a matrix and back: {error:.1%} off"


def disk_words(settings: Settings) -> str:
    free = shutil.disk_usage(settings.home).free
    if free < LEAST_FREE:
        raise LabError(f"only {free / 1e9:.1f} GB free at {settings.home}; make room for at least {LEAST_FREE / 1e9:.0f} GB")
    return f"{free / 1e9:.0f} GB free at {settings.home}"


def store_words(settings: Settings) -> str:
    store = Store(settings.feedback_data)
    try:
        opinions = len(store.votes()) + len(store.thumbs()) + len(store.corrections())
        failed = [job for job in store.jobs() if job.state == "failed"]
        rounds = f", {len(failed)} of the last {len(store.jobs())} rounds failed" if failed else ""
        queued = len(store.conversations(limit=-1, source=QUEUE))
        talks = len(store.conversations(limit=-1)) - queued
        return f"{talks} conversations, {queued} pairs drawn ahead, {opinions} opinions{rounds}"
    finally:
        store.close()


def versions(settings: Settings) -> Iterator[Finding]:
    """The versions of this model, each damaged folder a finding of its own."""
    try:
        known = Versions(settings.adapters, base_id(settings.model, settings.quantize))
        live = known.live()
        known.get(live)
        yield Finding("versions", True, f"{len(known.all()) - 1} beside the base; live: {live}")
        for folder, why in known.damaged(verify=True):
            yield Finding("version", False, f"{folder}: {why}")
    except LabError as error:
        yield Finding("versions", False, str(error))


def running_words(settings: Settings) -> str:
    """Who works in this home now; nothing of it is wrong."""
    store = Store(settings.feedback_data)
    try:
        trainer = store.signals.lease_holder("trainer")
    finally:
        store.close()
    try:
        with HomeLock(settings.home):
            chat = "no chat"
    except LabError:
        chat = "a chat"
    return f"{chat}, {f'a trainer ({trainer})' if trainer else 'no trainer'}"
