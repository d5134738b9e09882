"""The trainer process: one at a time, never an orphan, and a kill loses nothing."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from lab.errors import BusyError, StoreError, TrainingError
from lab.feedback.examples import collect
from lab.feedback.exchange import import_file
from lab.feedback.store import Store
from lab.model.identity import base_id
from lab.records import Job
from lab.registry.versions import Versions
from lab.train import serve
from lab.train.hooks import Stopped
from lab.train.serve import LEASE, Trainer, run_job

JOB = Job("dpo", "base", 0, "", (), seed=1)


def claimed(store: Store, trainer: Trainer) -> Job:
    store.add_job(JOB)
    job = store.claim_job(trainer.name, JOB.base)
    assert job is not None
    return job


def test_a_round_that_ends_well_is_done(store: Store) -> None:
    trainer = Trainer(store, None)
    run_job(trainer, claimed(store, trainer), lambda job: 7)
    assert (store.job(JOB.id).state, store.job(JOB.id).version) == ("done", 7)


def test_a_round_that_cannot_run_says_why(store: Store) -> None:
    trainer = Trainer(store, None)

    def fail(job: Job) -> int:
        raise TrainingError("no example is left")

    run_job(trainer, claimed(store, trainer), fail)
    assert (store.job(JOB.id).state, store.job(JOB.id).error) == ("failed", "no example is left")


def test_a_bug_in_one_round_does_not_end_the_trainer(store: Store) -> None:
    trainer = Trainer(store, None)
    run_job(trainer, claimed(store, trainer), lambda job: 1 // 0)
    assert store.job(JOB.id).state == "failed"
    assert "ZeroDivisionError" in store.job(JOB.id).error


def stop(job: Job) -> int:
    raise Stopped


def test_a_round_stopped_by_its_user_fails_with_that_reason(store: Store) -> None:
    trainer = Trainer(store, None)
    job = claimed(store, trainer)
    store.signals.set_flag(f"stop:{job.id}", "1")
    assert trainer.should_stop(job)
    run_job(trainer, job, stop)
    assert store.job(JOB.id).state == "failed"
    assert "stopped on request" in store.job(JOB.id).error


def test_a_trainer_that_is_sent_away_hands_its_round_back(store: Store) -> None:
    trainer = Trainer(store, None)
    job = claimed(store, trainer)
    trainer.on_signal(signal.SIGTERM, None)
    assert trainer.should_stop(job)
    run_job(trainer, job, stop)
    assert store.job(JOB.id).state == "queued"


def test_only_one_trainer_a_home(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serve, "LEASE_SECONDS", -4.5)  # patience: half a second
    store.signals.take_lease(LEASE, f"{socket.gethostname()}:{os.getppid()}", 60)
    with pytest.raises(BusyError, match="another trainer"):
        Trainer(store, None).take_lease()


def test_the_lease_of_a_dead_trainer_is_taken_at_once(store: Store) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    store.signals.take_lease(LEASE, f"{socket.gethostname()}:{gone.pid}", 600)
    began = time.monotonic()
    trainer = Trainer(store, None)
    trainer.take_lease()
    assert store.signals.lease_holder(LEASE) == trainer.name
    assert time.monotonic() - began < 5


def test_the_sign_of_life_outlives_a_store_that_fails_for_a_moment(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """One locked store ended the thread: the lease ran out, and the trainer no longer saw that its chat was gone."""
    monkeypatch.setattr(serve, "BEAT", 0.02)
    trainer = Trainer(store, None)
    calls = iter(range(1000))

    def take_lease(name: str, holder: str, seconds: float) -> bool:
        if next(calls) == 0:
            raise StoreError("the store is locked")
        trainer.leaving.set()
        return True

    monkeypatch.setattr(store.signals, "take_lease", take_lease)
    trainer.stay_alive()
    assert next(calls) == 2, "it tried again"


def test_training_waits_for_a_chat_but_not_for_ever(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serve, "PATIENCE", 0.3)
    trainer = Trainer(store, None)
    store.signals.set_busy(time.time() + 4)
    began = time.monotonic()
    trainer.yield_to_chat()
    assert 0.25 < time.monotonic() - began < 2


# -- real processes -----------------------------------------------------------------------------------------------


@pytest.fixture
def long_round(home: Path, tiny_model: Path, store: Store) -> Job:
    """A queued round of some minutes, were nobody to stop it."""
    (home / "lab.toml").write_text("[train]\nepochs = 100\nbatch = 1\nkl_cap = 1000.0\npatience = 100\n[lora]\nrank = 4\n")
    rows = [{"prompt": f"question {k}", "chosen": f"yes {k} " * 20, "rejected": f"no {k} " * 20} for k in range(60)]
    (home / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    import_file(store, home / "rows.jsonl")
    opinions = tuple(pair.opinion for pair in collect(store, "train").pairs)
    job = Job("dpo", base_id(str(tiny_model), "none"), 0, "", opinions, seed=1)
    store.add_job(job)
    return job


def command(home: Path, tiny_model: Path, *more: str) -> list[str]:
    return [sys.executable, "-m", "lab.cli", "trainer", "--home", str(home), "--model", str(tiny_model), "--quantize", "none",
            "--device", "cpu", *more]  # fmt: skip


def until(true: Callable[[], bool], seconds: float = 90) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.1)


def trained(store: Store, job: Job) -> int:
    progress = store.job(job.id).progress
    return progress["step"] if progress.get("phase") == "training" else 0


def test_a_trainer_whose_chat_was_killed_goes_too_and_its_round_is_free(
    home: Path, tiny_model: Path, store: Store, long_round: Job
) -> None:
    chat = subprocess.Popen(
        [sys.executable, "-c", "import os, subprocess, sys, time\n"
         "child = subprocess.Popen([*sys.argv[1:], '--parent-pid', str(os.getpid())])\n"
         "print(child.pid, flush=True)\ntime.sleep(600)", *command(home, tiny_model)],
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert chat.stdout is not None
    trainer = int(chat.stdout.readline())
    until(lambda: trained(store, long_round) > 2)
    chat.kill()
    chat.wait()
    until(lambda: not Path(f"/proc/{trainer}").exists() or "Z" in Path(f"/proc/{trainer}/stat").read_text().split(")")[1][:3], 15)
    assert store.job(long_round.id).state == "queued"
    assert store.signals.lease_holder(LEASE) is None


def test_a_killed_round_is_resumed_from_its_checkpoint(home: Path, tiny_model: Path, store: Store, long_round: Job) -> None:
    first = subprocess.Popen(command(home, tiny_model))
    until(lambda: trained(store, long_round) > 2)
    first.send_signal(signal.SIGTERM)  # writes a checkpoint and hands the round back
    assert first.wait(30) == 0
    assert store.job(long_round.id).state == "queued"
    reached = trained(store, long_round)
    second = subprocess.Popen(command(home, tiny_model))
    until(lambda: store.job(long_round.id).state == "running" and trained(store, long_round) > reached)
    second.kill()
    second.wait()
    assert store.job(long_round.id).state == "running", "nobody told the store"
    until(lambda: [j.id for j in store.stale_jobs(2.0)] == [long_round.id], 10)
    versions = Versions(home / "adapters", long_round.base)
    assert [v.version for v in versions.all()] == [0], "no version appears half made"
    log = [json.loads(line)["step"] for line in (versions.staging(long_round.id) / "log.jsonl").open()]
    assert log == list(range(1, len(log) + 1)), "no step was done twice"
