"""One epoch of the lab's trainer in this process: `python -m benchmarks.run_ours JOB train|reference STORE`.

`reference` measures the log-probs of the base and keeps them in the file STORE; `train` takes them from there, as a round
takes from the store what an earlier one left. One JSON line at the end. Reads no data and shapes no batch of its own.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import torch
from safetensors.torch import load_file

from benchmarks.job import ALPHA, BATCH, BETA, CLIP, RANK, RATE, Job, load_job, peak_mb
from lab.model import adapters
from lab.model.base import Base, load_base
from lab.settings import TrainSettings
from lab.train import dpo, kto, reward
from lab.train.batches import Row
from lab.train.fit import fit
from lab.train.forward import measure
from lab.train.hooks import Hooks

NAME = "candidate"


def settings_of(job: Job) -> TrainSettings:
    """The defaults, but for what makes the epoch and the loss the same as TRL's."""
    return TrainSettings(
        batch=BATCH, epochs=1, learning_rate=RATE, beta=BETA, sft_weight=0.0, label_smoothing=0.0, grad_clip=CLIP, seed=job.seed,
        dtype="fp32" if job.dtype == "fp32" else "bf16",
    )  # fmt: skip


@dataclass
class Seen:
    """The loss of every optimizer step, as the loop tells it."""

    losses: list[float] = field(default_factory=list)

    def hooks(self) -> Hooks:
        return Hooks(progress=lambda entry: self.losses.append(entry["loss"]) if entry.get("phase") == "training" else None)


def fit_reward(base: Base, rows: Sequence[Row], settings: TrainSettings, folder: Path, hooks: Hooks, head: Path) -> None:
    """The reward model; `head` holds the `weight`, (1, hidden), that its scalar head starts from."""
    weight = torch.nn.Parameter(load_file(head)["weight"].float())
    fit(base, NAME, rows, reward.Comparison(settings, weight), settings, folder, hooks)


def train(job: Job, base: Base, stored: Sequence[Sequence[float]], seen: Seen) -> float:
    """Seconds of the training loop."""
    settings, hooks = settings_of(job), seen.hooks()
    rows = [Row(r.prompt, r.completions, tuple(v), r.label) for r, v in zip(job.rows, stored, strict=True)]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        began = time.perf_counter()
        if job.algorithm == "reward":
            fit_reward(base, rows, settings, folder, hooks, Path(job.head))
        else:
            objective = dpo.Preference(settings) if job.algorithm == "dpo" else kto.Thumbs(settings)
            fit(base, NAME, rows, objective, settings, folder, hooks)
        return time.perf_counter() - began


def reference(job: Job, base: Base) -> tuple[float, list[list[float]]]:
    """(seconds, log-probs of every completion); nothing for a reward, which has no reference."""
    if job.algorithm == "reward":
        return 0.0, [[] for _ in job.rows]
    settings = settings_of(job)
    rows = [Row(r.prompt, r.completions) for r in job.rows]
    began = time.perf_counter()
    values = measure(base, rows, range(2), settings.tokens, settings.dtype)
    return time.perf_counter() - began, values.tolist()


def main(arguments: Sequence[str]) -> int:
    job, what, store = load_job(Path(arguments[0])), arguments[1], Path(arguments[2])
    base = load_base(job.model, "nf4" if job.dtype == "nf4" else "none", job.device, training=True, dtype=settings_of(job).dtype)
    seen = Seen()
    if what == "train":
        adapters.create(base, NAME, RANK, ALPHA, job.seed)
    loaded = peak_mb()
    if what == "train":
        seconds = train(job, base, json.loads(store.read_text()), seen)
    else:
        seconds, values = reference(job, base)
        store.write_text(json.dumps(values))
    peak = torch.cuda.max_memory_allocated() / 1e6 if job.device == "cuda" else peak_mb()
    print(json.dumps({"seconds": seconds, "peak_mb": peak, "loaded_mb": loaded, "losses": seen.losses}))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
