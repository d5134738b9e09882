"""The one loop of SFT, DPO, IPO and KTO: rows and an objective in, a trained adapter and a log out.

It knows no algorithm and no store. It can be stopped between any two forwards, leaves a checkpoint behind, and goes on
from it to the same numbers as if it had never been stopped. It keeps the best state seen on the validation slice.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from lab.errors import TrainingError
from lab.model import adapters
from lab.model.base import Base
from lab.settings import TrainSettings
from lab.train.batches import Row, pack, schedule, slice_off
from lab.train.logprobs import completion_logprobs, measure
from lab.train.objective import Objective

CHECKPOINT_SECONDS = 20.0
CHECKS = 8  # looks at the validation slice in a round


class Stopped(Exception):
    """The caller's `should_stop` said so; the checkpoint is written."""


@dataclass(frozen=True)
class Hooks:
    """What the loop asks and tells while it runs."""

    progress: Callable[[dict], None] = lambda entry: None
    should_stop: Callable[[], bool] = lambda: False
    yield_to_chat: Callable[[], None] = lambda: None
    drift: Callable[[], float] = lambda: 0.0  # KL of sampled replies from the base, nats a token

    def courteous(self) -> None:
        """Between two forwards: lets the chat go first, and raises Stopped when that is asked for."""
        self.yield_to_chat()
        if self.should_stop():
            raise Stopped


@dataclass
class State:
    """Where a run stands; all of it goes into the checkpoint."""

    step: int = 0
    losses: list[float] = field(default_factory=list)
    best: float = math.inf
    worse: int = 0  # checks since the best
    kept: bool = False  # whether any check was better than the start
    ended: str = ""  # why it ended before its last step


@dataclass(frozen=True)
class Fit:
    """What a run did. Losses are means of the first and the last tenth of the steps."""

    steps: int
    loss_first: float
    loss_last: float
    ended: str


def fit(
    base: Base, name: str, rows: Sequence[Row], objective: Objective, settings: TrainSettings, folder: Path, hooks: Hooks
) -> Fit:
    """Trains adapter `name`, which must exist, on `rows`; `folder` takes log.jsonl and the checkpoint.

    Raises TrainingError when there is nothing to train on or the loss stops being a number, Stopped when told to.
    """
    if not rows:
        raise TrainingError("no example is left to train on; give more feedback, or raise train.max_length if they were too long")
    training, validation = slice_off(rows, settings.seed)
    plan = schedule(len(training), settings.batch, settings.epochs, settings.seed)
    held = [rows[i] for i in validation]
    checks = {round(len(plan) * (k + 1) / CHECKS) for k in range(CHECKS)}
    with adapters.active(base, name):
        parameters = adapters.parameters(base, name)
        rate = peak_rate(base, settings)
        optimizer = torch.optim.AdamW(parameters.values(), lr=rate, weight_decay=0.0)
        best = {key: p.detach().clone() for key, p in parameters.items()}
        state = restore(folder, parameters, optimizer, best)
        saved = time.monotonic()
        if held and state.step == 0:  # what it starts from may be the best there is
            state.best = validation_loss(base, held, objective, settings)
        while state.step < len(plan) and not state.ended:
            for group in optimizer.param_groups:
                group["lr"] = rate * shape(state.step, len(plan))
            began = time.perf_counter()
            try:
                entry = one_step(base, [rows[training[i]] for i in plan[state.step]], objective, settings, hooks)
            except Stopped:
                optimizer.zero_grad(set_to_none=True)
                keep(folder, state, parameters, optimizer, best)
                raise
            torch.nn.utils.clip_grad_norm_(parameters.values(), settings.grad_clip)
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
            state.step += 1
            state.losses.append(entry["loss"])
            entry |= {"step": state.step, "steps": len(plan), "phase": "training", "seconds": time.perf_counter() - began}
            if state.step in checks:
                entry |= check(base, held, objective, settings, hooks, state, parameters, best)
            log(folder, entry)
            hooks.progress(entry)
            if time.monotonic() - saved > CHECKPOINT_SECONDS:
                keep(folder, state, parameters, optimizer, best)
                saved = time.monotonic()
        if not state.kept:
            why = state.ended or "the validation loss never improved"
            raise TrainingError(f"{why}, so nothing was kept; give more feedback, roll back, or raise train.kl_cap")
        keep(folder, state, parameters, optimizer, best)  # judging comes next; if that is cut off, no step is done again
        with torch.no_grad():
            for key, parameter in parameters.items():
                parameter.copy_(best[key])
    tenth = max(1, len(state.losses) // 10)
    first, last = state.losses[:tenth], state.losses[-tenth:]
    return Fit(state.step, sum(first) / len(first), sum(last) / len(last), state.ended)


def peak_rate(base: Base, settings: TrainSettings) -> float:
    """The rate of the settings, or what suits a LoRA of the model's width: 1.2e-3 at 256, 7e-5 at 4096.

    Measured on the starter (benchmarks/RESULTS.md); that it falls with the width is what others found for wider ones.
    """
    return settings.learning_rate or 0.3 / int(base.causal_lm.config.get_text_config().hidden_size)


def shape(step: int, steps: int) -> float:
    """Learning rate as a share of its peak: up over the first tenth, then a cosine down to a tenth."""
    warmup = max(1, steps // 10)
    if step < warmup:
        return (step + 1) / warmup
    return 0.1 + 0.45 * (1 + math.cos(math.pi * (step - warmup) / max(1, steps - warmup)))


def one_step(base: Base, rows: Sequence[Row], objective: Objective, settings: TrainSettings, hooks: Hooks) -> dict:
    """Gradients of one optimizer batch, forward by forward; returns its loss, margin and accuracy."""
    hooks.courteous()
    whole = objective.whole(rows, lambda some, which: measure(base, some, which, settings.tokens, settings.dtype))
    total, margins, right = 0.0, [], []
    for packed in pack(rows, objective.which, settings.tokens):
        hooks.courteous()
        policy = completion_logprobs(base, packed, settings.dtype).view(-1, len(objective.which))
        part = objective.loss(policy, [rows[i] for i in packed.rows], whole)
        part.value.backward()
        total += part.value.item()
        margins += part.margins
        right += part.right
    if not math.isfinite(total):
        rate = peak_rate(base, settings)
        raise TrainingError(f"the loss became {total}; nothing was kept. Lower train.learning_rate, which was {rate:g}")
    return {"loss": total, "margin": sum(margins) / len(margins), "accuracy": sum(right) / len(right)}


@torch.no_grad()
def validation_loss(base: Base, rows: Sequence[Row], objective: Objective, settings: TrainSettings) -> float:
    """The objective on rows that are not trained on, as one batch."""
    whole = objective.whole(rows, lambda some, which: measure(base, some, which, settings.tokens, settings.dtype))
    total = 0.0
    for packed in pack(rows, objective.which, settings.tokens):
        policy = completion_logprobs(base, packed, settings.dtype).view(-1, len(objective.which))
        total += objective.loss(policy, [rows[i] for i in packed.rows], whole).value.item()
    return total


def check(
    base: Base, held: Sequence[Row], objective: Objective, settings: TrainSettings, hooks: Hooks, state: State,
    parameters: dict[str, torch.nn.Parameter], best: dict[str, Tensor],
) -> dict:  # fmt: skip
    """Keeps the state if it is the best so far; ends the run when it stopped improving or drifted too far.

    Without a validation slice the newest state counts as the best. A state beyond the KL cap is never kept.
    """
    kl = hooks.drift()
    entry: dict = {"kl": kl}
    if kl > settings.kl_cap:
        state.ended = f"replies drifted {kl:.2f} nats a token from the base, more than train.kl_cap = {settings.kl_cap}"
        return entry
    score = validation_loss(base, held, objective, settings) if held else -state.step
    if held:
        entry["validation_loss"] = score
    if score < state.best:
        state.best, state.worse, state.kept = score, 0, True
        for key, parameter in parameters.items():
            best[key].copy_(parameter.detach())
    else:
        state.worse += 1
        if state.worse >= settings.patience:
            state.ended = f"the validation loss has not improved for {state.worse} checks"
    return entry


# -- checkpoint ---------------------------------------------------------------------------------------------------


def log(folder: Path, entry: dict) -> None:
    with (folder / "log.jsonl").open("a") as file:
        file.write(json.dumps({k: round(v, 6) if isinstance(v, float) else v for k, v in entry.items()}) + "\n")


def keep(
    folder: Path, state: State, parameters: dict[str, torch.nn.Parameter], optimizer: torch.optim.Optimizer,
    best: dict[str, Tensor],
) -> None:  # fmt: skip
    """Writes adapter, optimizer moments, best state and counters into one safetensors file, replaced atomically."""
    tensors = {}
    for key, parameter in parameters.items():
        tensors[f"adapter/{key}"] = parameter.detach().cpu().contiguous()
        tensors[f"best/{key}"] = best[key].cpu().contiguous()
        for moment, value in optimizer.state.get(parameter, {}).items():
            tensors[f"{moment}/{key}"] = value.detach().cpu().contiguous()
    save_file(tensors, folder / "checkpoint.new", metadata={"state": json.dumps(vars(state))})
    (folder / "checkpoint.new").replace(folder / "checkpoint.safetensors")


def restore(
    folder: Path, parameters: dict[str, torch.nn.Parameter], optimizer: torch.optim.Optimizer, best: dict[str, Tensor]
) -> State:
    """Where an earlier run of the same job stood; a fresh state when there is none or it cannot be read."""
    file = folder / "checkpoint.safetensors"
    try:
        with safe_open(file, "pt") as saved:
            state = State(**json.loads(saved.metadata()["state"]))
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
        state = State()
    except (SafetensorError, KeyError, ValueError) as error:
        raise TrainingError(f"the checkpoint {file} cannot be read ({error}); delete it to begin the round again") from error
    trim_log(folder, state.step)
    return state


def trim_log(folder: Path, steps: int) -> None:
    """Drops what was logged after the checkpoint: those steps will be done, and logged, again."""
    file = folder / "log.jsonl"
    if file.exists():
        lines = file.read_text().splitlines(keepends=True)
        file.write_text("".join(line for line in lines if line.endswith("\n") and json.loads(line)["step"] <= steps))
