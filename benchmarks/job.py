"""What a measured process is told, as a file, and how it tells its peak memory. Imports neither trainer nor torch."""

from __future__ import annotations

import json
import resource
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

RANK, ALPHA, BETA, BATCH, RATE, CLIP = 16, 32.0, 0.1, 4, 1e-4, 1.0


@dataclass(frozen=True)
class Row:
    """One example as ids: (chosen, rejected), or for KTO (own, unrelated) and whether the thumb is up."""

    prompt: tuple[int, ...]
    completions: tuple[tuple[int, ...], ...]
    label: bool = True


@dataclass(frozen=True)
class Job:
    """One epoch. `steps` are the row indices of each optimizer step; `rates` the learning rate of each, as a share of RATE."""

    algorithm: str
    dtype: str
    device: str
    seed: int
    model: str
    head: str
    rows: tuple[Row, ...]
    steps: tuple[tuple[int, ...], ...]
    rates: tuple[float, ...]

    def save(self, file: Path) -> Path:
        file.write_text(json.dumps(asdict(self)))
        return file


def load_job(file: Path) -> Job:
    told = json.loads(file.read_text())
    rows = tuple(Row(tuple(r["prompt"]), tuple(tuple(c) for c in r["completions"]), r["label"]) for r in told["rows"])
    return Job(**{**told, "rows": rows, "steps": tuple(tuple(s) for s in told["steps"]), "rates": tuple(told["rates"])})


def peak_mb() -> float:
    """Largest resident size of this process so far, MB.

    Linux's own figure where there is one: what getrusage says also covers the process that this one was started from.
    """
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) * 1024 / 1e6
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6
