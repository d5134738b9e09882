"""A trainer without a model: claims jobs from the real store, takes its time, leaves real (tiny) version folders.

`python -m tests.fake_trainer HOME BASE` runs it. The store's flag "fake" tells it what to do with a job, read
anew for each: "make" (a candidate), "nan" (a broken one), "die" (SIGKILL itself mid-round), "die-after-add" (the same,
before it says so), "freeze" (SIGSTOP itself), "slow" (steps until it is stopped).
"""

from __future__ import annotations

import json
import os
import signal
import socket
import struct
import sys
import time
from pathlib import Path

from lab.feedback.examples import is_held_out
from lab.feedback.store import Store
from lab.records import Job, Message, Reply, Report, Thumb, Vote, new_id
from lab.registry.versions import Versions

BASE = "tiny-none-12345678"


def write_adapter(folder: Path, fill: int = 1) -> Path:
    """The two files PEFT would write: a config, and weights of one 2 x 2 tensor."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "adapter_config.json").write_text(json.dumps({"peft_type": "LORA", "r": 4}))
    header = json.dumps({"a.weight": {"dtype": "F32", "shape": [2, 2], "data_offsets": [0, 16]}}).encode()
    (folder / "adapter_model.safetensors").write_bytes(struct.pack("<Q", len(header)) + header + bytes([fill]) * 16)
    (folder / "log.jsonl").write_text('{"step": 1, "loss": 0.69}\n')
    return folder


def report(**changes: object) -> Report:
    """A round that went well."""
    canaries = {
        "repeat": 0.02, "repeat_base": 0.02, "stop_rate": 0.9, "stop_rate_base": 0.9, "length": 20.0, "length_base": 20.0,
        "ppl_ratio": 1.01, "nan": 0.0, "changed": 1.0,
    }  # fmt: skip
    whole = {
        "algorithm": "dpo", "version": None, "parent": 0, "steps": 4, "used": 8, "dropped": {"too long": 1}, "loss_first": 0.69,
        "loss_last": 0.4, "heldout_before": 0.5, "heldout_after": 0.7, "heldout_n": 10, "kl": 0.1, "canaries": canaries,
        "seconds": 1.5, "peak_mb": 100.0,
    }  # fmt: skip
    return Report(**(whole | changes))  # type: ignore[arg-type]


def add_version(versions: Versions, parent: int = 0, fill: int = 1, job: Job | None = None, **changes: object) -> int:
    job = job or Job("dpo", versions.base, parent, versions.get(parent).hash, (), seed=1)
    return versions.add(write_adapter(versions.staging(job.id), fill), job, report(parent=parent, **changes)).version


def question(held_out: bool, start: int = 0) -> str:
    """A first turn of one side of the split."""
    texts = (f"question {k}?" for k in range(start, start + 1000))
    return next(text for text in texts if is_held_out([Message(role="user", content=text)]) == held_out)


def _asked(store: Store, number: int, held_out: bool, replies: int) -> list[str]:
    conversation = store.start_conversation("talk")
    user = Reply(new_id(), conversation, None, "user", question(held_out, 1000 * number))
    answers = [Reply(new_id(), conversation, user.id, "assistant", f"answer {number}.{k}") for k in range(replies)]
    for reply in (user, *answers):
        store.add_reply(reply)
    return [answer.id for answer in answers]


def add_votes(store: Store, count: int, start: int = 0, held_out: bool = False) -> list[str]:
    """Ids of new votes, each on a question of its own."""
    asked = [_asked(store, number, held_out, 2) for number in range(start, start + count)]
    votes = [Vote(a, b, choice="a") for a, b in asked]
    for vote in votes:
        store.add_opinion(vote)
    return [vote.id for vote in votes]


def add_thumbs(store: Store, count: int, start: int = 500) -> list[str]:
    thumbs = [Thumb(_asked(store, number, False, 1)[0], "up" if number % 2 else "down") for number in range(start, start + count)]
    for thumb in thumbs:
        store.add_opinion(thumb)
    return [thumb.id for thumb in thumbs]


def main(home: Path, base: str) -> None:
    store, versions = Store(home / "feedback_data"), Versions(home / "adapters", base)
    name = f"{socket.gethostname()}:{os.getpid()}"
    signal.signal(signal.SIGTERM, signal.SIG_IGN if store.signals.flag("stubborn") else signal.SIG_DFL)
    while True:
        job = store.claim_job(name, base)
        if job is None:
            time.sleep(0.02)
            continue
        todo = store.signals.flag("fake") or "make"
        store.heartbeat(job.id, {"step": 1, "steps": 9})
        if todo == "die":
            print("out of memory in step 2", flush=True)
            os.kill(os.getpid(), signal.SIGKILL)
        if todo == "freeze":
            os.kill(os.getpid(), signal.SIGSTOP)
        while todo == "slow" and store.signals.flag(f"stop:{job.id}") is None:
            store.heartbeat(job.id, {"step": 2, "steps": 9})
            time.sleep(0.02)
        if todo == "slow":
            store.fail_job(job.id, "stopped on request")
            continue
        loss = float("nan") if todo == "nan" else 0.4
        version = add_version(versions, job.parent, job=job, loss_last=loss)
        if todo == "die-after-add":
            store.signals.set_flag("fake", "die")  # were it claimed again, it would fail
            os.kill(os.getpid(), signal.SIGKILL)
        store.finish_job(job.id, version)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
