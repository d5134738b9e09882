"""The one loop of SFT, DPO, IPO, KTO and the reward model: rows and an objective in, a trained adapter and a log out.

It knows no algorithm and no store. It can be stopped between any two forwards, leaves a checkpoint behind, and goes on
from it to the same numbers as if it had never been stopped. It keeps the newest state that is not clearly worse, on the
validation slice, than the best one seen; of a policy that learns preferences, the mean of all such states. A mean forgets
less for what it has learned (Polyak 1992, Izmailov 2018; benchmarks/RESULTS.md), and has come less far, which a higher rate
makes up for. What is kept is judged after the run, not here.

Under `accelerate launch` or `torchrun` every process holds the base, takes its share of each step's rows, and the
gradients of the adapter are summed before the step: what a row weighs is known before it is shared out, so the numbers
are those of one process. The base itself is not sharded.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from accelerate import Accelerator
from torch import Tensor

from lab.errors import TrainingError
from lab.model import adapters
from lab.model.base import Base
from lab.settings import TrainSettings
from lab.train import anchor
from lab.train.attention import Kept, forest
from lab.train.batches import Row, schedule, slice_off
from lab.train.checkpoint import State, keep, log, restore
from lab.train.forward import TOKENS, measure, packs, why_padded
from lab.train.hooks import Hooks, Stopped
from lab.train.memory import is_short, recomputed, steady_heap
from lab.train.objective import Objective
from lab.train.ride import can_ride, ridden

CHECKPOINT_SECONDS = 20.0
CHECKS = 8  # looks at the validation slice in a round


@dataclass(frozen=True)
class Fit:
    """What a run did. Losses are means of the first and the last tenth of the steps."""

    steps: int
    loss_first: float
    loss_last: float
    ended: str


def fit(
    base: Base, name: str, rows: Sequence[Row], objective: Objective, settings: TrainSettings, folder: Path, hooks: Hooks,
    retention: Sequence[Row] = (),
) -> Fit:  # fmt: skip
    """Trains adapter `name`, which must exist, on `rows`; `folder` takes log.jsonl and the checkpoint.

    `retention` are rows of (reply,) along which `train.retention_weight` holds every step to the base; no part of the loss told.
    Raises TrainingError when there is nothing to train on or the loss stops being a number, Stopped when told to.
    """
    if not rows:
        raise TrainingError("no example is left to train on; give more feedback, or raise train.max_length if they were too long")
    team = Accelerator(cpu=base.device.type == "cpu")
    training, validation = slice_off(rows, settings.seed)
    plan = schedule([rows[i] for i in training], settings.batch, settings.epochs, settings.seed)
    held = [rows[i] for i in validation]
    checks = {round(len(plan) * (k + 1) / CHECKS) for k in range(CHECKS)}
    longest = max(len(row.prompt) + max(len(c) for c in row.completions) for row in rows)
    with ExitStack() as inside:
        inside.enter_context(steady_heap())
        inside.enter_context(adapters.active(base, name))
        notes = {"padded": why_padded(base, longest), "recomputed": None}
        at_once = max(longest, settings.tokens or TOKENS[base.device.type])
        if settings.checkpointing == "on" or (settings.checkpointing == "auto" and is_short(base, at_once)):
            notes["recomputed"] = "activations are computed again in the backward, to save memory"
            inside.enter_context(recomputed(base))
        a_batch = settings.batch * longest
        riding = objective.watches is not None and len(rows) > 1 and not notes["recomputed"]
        riding = riding and can_ride(base, longest) and not is_short(base, a_batch)
        parameters = adapters.parameters(base, name) | objective.parameters()
        rate = peak_rate(base, settings, objective.averaged)
        optimizer = torch.optim.AdamW(parameters.values(), lr=rate, weight_decay=0.0)
        best = {key: p.detach().clone() for key, p in parameters.items()}
        state = restore(folder, parameters, optimizer, best, State())
        if state.step and len(state.best_rows) != len(held):
            raise TrainingError(f"the checkpoint in {folder} is of other rows; delete it to begin the round again")
        saved = time.monotonic()
        if state.step == 0:
            if held:  # what it starts from may be the best there is
                state.best_rows = validation_losses(base, held, objective, settings)
                state.best = sum(state.best_rows)
            if team.is_main_process and any(notes.values()):
                log(folder, {"step": 0} | {key: words for key, words in notes.items() if words})
        while state.step < len(plan) and not state.ended:
            for group in optimizer.param_groups:
                group["lr"] = rate * shape(state.step, len(plan))
            began = time.perf_counter()
            mixed = anchor.of_step(retention, state.step)
            try:
                batch = [rows[training[i]] for i in plan[state.step]]
                entry = one_step(base, batch, mixed, objective, settings, hooks, team, riding)
            except Stopped:
                optimizer.zero_grad(set_to_none=True)
                keep(folder, state, parameters, optimizer, best)
                raise
            summed(parameters, team)
            entry["gradient"] = float(team.clip_grad_norm_(parameters.values(), settings.grad_clip))
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
            state.step += 1
            state.losses.append(entry["loss"])
            entry |= {"step": state.step, "steps": len(plan), "phase": "training", "seconds": time.perf_counter() - began}
            if state.step in checks:
                entry |= check(base, held, objective, settings, hooks, state, parameters, best)
            if team.is_main_process:
                log(folder, entry)
            hooks.progress(entry)
            if team.is_main_process and time.monotonic() - saved > CHECKPOINT_SECONDS:
                keep(folder, state, parameters, optimizer, best)
                saved = time.monotonic()
        if not state.kept:
            why = state.ended or "the validation loss only rose"
            raise TrainingError(f"{why}, so nothing was kept; give more feedback, roll back, or raise train.kl_cap")
        if team.is_main_process:  # judging comes next; if that is cut off, no step is done again
            keep(folder, state, parameters, optimizer, best)
        with torch.no_grad():
            for key, parameter in parameters.items():
                parameter.copy_(best[key])
    tenth = max(1, len(state.losses) // 10)
    first, last = state.losses[:tenth], state.losses[-tenth:]
    return Fit(state.step, sum(first) / len(first), sum(last) / len(last), state.ended)


def peak_rate(base: Base, settings: TrainSettings, averaged: bool = False) -> float:
    """The rate of the settings, or what suits a LoRA of the model's width: 1.2e-3 at 256, 7e-5 at 4096; half as much again
    where a mean of states is kept.

    Measured on the starter (benchmarks/RESULTS.md); that it falls with the width is what others found for wider ones.
    """
    width = int(base.causal_lm.config.get_text_config().hidden_size)
    return settings.learning_rate or (0.45 if averaged else 0.3) / width


def shape(step: int, steps: int) -> float:
    """Learning rate as a share of its peak: up over the first tenth, then a cosine down to a tenth."""
    warmup = max(1, steps // 10)
    if step < warmup:
        return (step + 1) / warmup
    return 0.1 + 0.45 * (1 + math.cos(math.pi * (step - warmup) / max(1, steps - warmup)))


def one_step(
    base: Base, rows: Sequence[Row], retention: Sequence[Row], objective: Objective, settings: TrainSettings, hooks: Hooks,
    team: Accelerator, riding: bool,
) -> dict:  # fmt: skip
    """Gradients of one optimizer batch, forward by forward; returns its loss, margin and accuracy, and how far retention saw it.

    With several processes each computes its share of the rows, and only between two steps are they stopped. `riding`
    holds the forwards of a batch at once, and saves those of the completions that the objective watches.
    """
    if agreed(hooks.should_stop(), team):
        raise Stopped
    courteous = hooks.courteous if team.num_processes == 1 else hooks.yield_to_chat
    mine = rows[team.process_index :: team.num_processes]
    total, margins, right = 0.0, [], []
    parts: Iterable[Forward]
    if riding and team.num_processes == 1:
        parts, watched = ridden_forwards(base, rows, objective, settings, courteous)
        whole = objective.whole(rows, watched)
    else:
        whole = objective.whole(rows, watched_of(base, rows, objective, settings))
        parts = forwards(base, mine, objective, settings, courteous)
    for some, values in parts:
        part = objective.loss(values, some, whole)
        team.backward(part.value)
        total += part.value.item()
        margins += part.margins
        right += part.right
    away = 0.0
    if team.is_main_process and retention and settings.retention_weight:
        away = anchor.hold(base, retention, settings.retention_weight, settings, team.backward)
    told = torch.tensor([total, sum(margins), sum(right), away], dtype=torch.float64, device=team.device)
    sums = team.reduce(told, "sum").tolist()
    if not math.isfinite(sums[0] + sums[3]):
        rate = peak_rate(base, settings, objective.averaged)
        raise TrainingError(f"the loss became {sums[0]}; nothing was kept. Lower train.learning_rate, which was {rate:g}")
    found = {"loss": sums[0], "margin": sums[1] / len(rows), "accuracy": sums[2] / len(rows)}
    return found | ({"retention_kl": sums[3]} if retention and settings.retention_weight else {})


Forward = tuple[list[Row], Tensor]  # rows and their values, (rows, which) and what else a value has, with gradient


def forwards(
    base: Base, rows: Sequence[Row], objective: Objective, settings: TrainSettings, courteous: Callable[[], None]
) -> Iterator[Forward]:
    """The rows through the model, a forward at a time, so that each can go backward before the next is made."""
    for packed in packs(base, rows, objective.which, settings.tokens, whole=objective.feeds_last):
        courteous()
        values = objective.values(base, packed, settings.dtype, None)
        yield [rows[i] for i in packed.rows], values.view(-1, len(objective.which), *values.shape[1:])


def ridden_forwards(
    base: Base, rows: Sequence[Row], objective: Objective, settings: TrainSettings, courteous: Callable[[], None]
) -> tuple[list[Forward], Tensor]:
    """All forwards of a batch, held at once, and the watched completions behind the same prompts."""
    assert objective.watches is not None
    parts, watched = [], []
    for packed in packs(base, rows, objective.which, settings.tokens):
        courteous()
        keep: Kept = {}
        some = [rows[i] for i in packed.rows]
        values = objective.values(base, packed, settings.dtype, replace(forest(packed.ends), keep=keep))
        parts.append((some, values.view(-1, len(objective.which))))
        watched.append(ridden(base, packed, some, objective.watches, keep, settings.dtype))
    return parts, torch.cat(watched)


def watched_of(base: Base, rows: Sequence[Row], objective: Objective, settings: TrainSettings) -> Tensor | None:
    """Log-probs of the completion that the objective watches, of the rows that have it."""
    if objective.watches is None:
        return None
    some = [row for row in rows if len(row.completions) > objective.watches]
    return measure(base, some, [objective.watches], settings.tokens, settings.dtype)[:, 0]


def agreed(answer: bool, team: Accelerator) -> bool:
    """Whether any process says so."""
    if team.num_processes == 1:
        return answer
    return bool(team.reduce(torch.tensor(float(answer), device=team.device), "sum").item() > 0)


def summed(parameters: dict[str, torch.nn.Parameter], team: Accelerator) -> None:
    """The gradients of all processes, in every process."""
    if team.num_processes > 1:
        for parameter in parameters.values():
            own = torch.zeros_like(parameter) if parameter.grad is None else parameter.grad
            parameter.grad = team.reduce(own, "sum")


@torch.no_grad()
def validation_losses(base: Base, rows: Sequence[Row], objective: Objective, settings: TrainSettings) -> list[float]:
    """The objective on rows that are not trained on, as one batch: the share of each row, in an order that is always the same."""
    whole = objective.whole(rows, watched_of(base, rows, objective, settings))
    parts = forwards(base, rows, objective, settings, lambda: None)
    return [
        objective.loss(values[i : i + 1], [row], whole).value.item() for some, values in parts for i, row in enumerate(some)
    ]


def clearly_worse(now: Sequence[float], best: Sequence[float]) -> bool:
    """Whether the rows' losses rose by more than one standard error of the paired differences.

    A validation slice is a dozen or two of votes, some of them mistaken: which state has the lowest loss on it is mostly
    chance, and stopping by that ended rounds that were learning (benchmarks/RESULTS.md).
    """
    if not now:
        return False
    rises = [a - b for a, b in zip(now, best, strict=True)]
    mean = sum(rises) / len(rises)
    error = math.sqrt(sum((rise - mean) ** 2 for rise in rises) / max(1, len(rises) - 1) / len(rises))
    return mean > error


def check(
    base: Base, held: Sequence[Row], objective: Objective, settings: TrainSettings, hooks: Hooks, state: State,
    parameters: dict[str, torch.nn.Parameter], best: dict[str, Tensor],
) -> dict:  # fmt: skip
    """Keeps the state, or takes it into the mean that is kept, unless it is clearly worse than the best so far; ends the run when
    it goes on so, or drifted too far.

    Without a validation slice every state is good enough. A state beyond the KL cap is never kept.
    """
    kl = hooks.drift()
    entry: dict = {"kl": kl}
    if kl > settings.kl_cap:
        state.ended = f"replies drifted {kl:.2f} nats a token from the base, more than train.kl_cap = {settings.kl_cap}"
        return entry
    losses = validation_losses(base, held, objective, settings) if held else []
    if held:
        entry["validation_loss"] = sum(losses)
    if clearly_worse(losses, state.best_rows):
        state.worse += 1
        if state.worse >= settings.patience:
            state.ended = f"the validation loss has been clearly above its best for {state.worse} checks"
        return entry
    state.worse, state.kept = 0, state.kept + 1
    for key, parameter in parameters.items():
        best[key].lerp_(parameter.detach(), 1 / state.kept if objective.averaged else 1.0)
    if sum(losses) < state.best:
        state.best, state.best_rows = sum(losses), losses
    return entry
