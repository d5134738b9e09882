"""Where a run stands, on disk: one safetensors file, replaced atomically, and the log cut back to it.

A run that goes on from its checkpoint reaches the same numbers as one that was never stopped.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from lab.errors import TrainingError


@dataclass
class State:
    """Where a run stands; all of it goes into the checkpoint."""

    step: int = 0
    losses: list[float] = field(default_factory=list)
    best: float = math.inf
    best_rows: list[float] = field(default_factory=list)  # what `best` is the sum of, a share each row of the validation slice
    worse: int = 0  # checks in a row that were clearly worse than the best
    kept: int = 0  # states after the start that were good enough to keep; where the best is kept, whether there is one
    ended: str = ""  # why it ended before its last step


S = TypeVar("S", bound=State)


def log(folder: Path, entry: dict) -> None:
    with (folder / "log.jsonl").open("a") as file:
        file.write(json.dumps({k: round(v, 6) if isinstance(v, float) else v for k, v in entry.items()}) + "\n")


def keep(
    folder: Path, state: State, parameters: dict[str, torch.nn.Parameter], optimizer: torch.optim.Optimizer,
    best: dict[str, Tensor],
) -> None:  # fmt: skip
    """Writes adapter, optimizer moments, what would be kept and counters into one safetensors file, replaced atomically."""
    tensors = {}
    for key, parameter in parameters.items():
        tensors[f"adapter/{key}"] = parameter.detach().cpu().contiguous()
        tensors[f"best/{key}"] = best[key].cpu().contiguous()
        for moment, value in optimizer.state.get(parameter, {}).items():
            tensors[f"{moment}/{key}"] = value.detach().cpu().contiguous()
    save_file(tensors, folder / "checkpoint.new", metadata={"state": json.dumps(vars(state))})
    (folder / "checkpoint.new").replace(folder / "checkpoint.safetensors")


def restore(
    folder: Path, parameters: dict[str, torch.nn.Parameter], optimizer: torch.optim.Optimizer, best: dict[str, Tensor],
    fresh: S,
) -> S:  # fmt: skip
    """Where an earlier run of the same job stood; `fresh` when there was none.

    Raises TrainingError when the checkpoint cannot be read.
    """
    file = folder / "checkpoint.safetensors"
    try:
        with safe_open(file, "pt") as saved:
            state = type(fresh)(**json.loads(saved.metadata()["state"]))
            tensors = {key: saved.get_tensor(key) for key in saved.keys()}  # noqa: SIM118  (not a dict)
        with torch.no_grad():
            for key, parameter in parameters.items():
                parameter.copy_(tensors[f"adapter/{key}"])
                best[key].copy_(tensors[f"best/{key}"])
                moments = [m for m in ("step", "exp_avg", "exp_avg_sq") if f"{m}/{key}" in tensors]
                if moments:
                    optimizer.state[parameter] = {
                        m: tensors[f"{m}/{key}"].to("cpu" if m == "step" else parameter.device) for m in moments
                    }
    except FileNotFoundError:
        state = fresh
    except (SafetensorError, KeyError, ValueError, TypeError) as error:
        raise TrainingError(f"the checkpoint {file} cannot be read ({error}); delete it to begin the round again") from error
    trim_log(folder, state.step)
    return state


def trim_log(folder: Path, steps: int) -> None:
    """Drops what was logged after the checkpoint: those steps will be done, and logged, again."""
    file = folder / "log.jsonl"
    if file.exists():
        lines = file.read_text().splitlines(keepends=True)
        file.write_text("".join(line for line in lines if line.endswith("\n") and json.loads(line)["step"] <= steps))
