"""A round in the foreground: what killed trainers left behind is settled before it, so that nothing of it comes back."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from lab import foreground
from lab.feedback.store import Store
from lab.records import AdapterVersion, Job
from lab.registry.versions import Versions
from lab.settings import load_settings
from tests.fake_trainer import BASE, add_version, add_votes

QUEUED = Job("dpo", BASE, 0, "", (), seed=1)


@pytest.fixture
def dead() -> str:
    """The name of a trainer that was killed."""
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    return f"{socket.gethostname()}:{gone.pid}"


def no_model(monkeypatch: pytest.MonkeyPatch) -> None:
    """A round that makes a tiny version at once."""

    def execute(job: Job, store: Store, versions: Versions, *rest: object) -> AdapterVersion:
        return versions.get(add_version(versions, job.parent, job=job))

    monkeypatch.setattr(foreground, "load_base", lambda *where, training, dtype: None)
    monkeypatch.setattr(foreground, "execute", execute)


def test_a_killed_round_ends_when_the_next_one_begins(
    home: Path, store: Store, versions: Versions, dead: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It stayed "running" for ever; the next chat resumed it and published it over the version trained meanwhile."""
    no_model(monkeypatch)
    add_votes(store, 4)
    killed = replace(QUEUED, state="running", worker=dead, publish="always")
    store.add_job(killed)
    made = foreground.run_round(load_settings(home), store, versions, None, "auto")
    new, old = store.jobs()
    assert (new.state, new.version, made.version) == ("done", 1, 1)
    assert (old.id, old.state, old.error) == (killed.id, "failed", foreground.SUPERSEDED)


def test_only_what_nobody_works_on_is_settled(store: Store, versions: Versions, dead: str) -> None:
    waits = replace(QUEUED, id="waits")
    lives = replace(QUEUED, id="lives", state="running", worker=f"{socket.gethostname()}:{os.getpid()}")
    elsewhere = replace(lives, id="elsewhere", worker="another-host:1")
    other = replace(QUEUED, id="other", base="other-none-87654321")
    made = replace(QUEUED, id="made", state="running", worker=dead)
    for job in (waits, lives, elsewhere, other, made):
        store.add_job(job)
    add_version(versions, job=made)
    foreground.settle(store, versions)
    assert {job.id: job.state for job in store.jobs()} == {
        "waits": "failed", "lives": "running", "elsewhere": "running", "other": "queued", "made": "done",
    }  # fmt: skip
    assert store.job("made").version == 1, "its trainer was killed before it could say so"
