"""A reward model as it is used: made from opinions, kept, loaded, asked for scores, and judged on what it never saw.

It is an adapter beside the policy's on the one base, with K + 1 scalar heads a criterion. It knows nothing of policies:
what a score does to one is ppo.py's.
"""

from __future__ import annotations

import math
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy
import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from lab.errors import VersionError
from lab.insight.evidence import Scored
from lab.model import adapters
from lab.model.base import Base
from lab.records import CRITERIA
from lab.registry.folder import HEADS
from lab.settings import LoraSettings, RewardSettings, TrainSettings
from lab.train.batches import Row, conversations
from lab.train.fit import Fit, fit
from lab.train.forward import packs
from lab.train.hooks import Hooks
from lab.train.reward import Opinions, head_scores, new_heads


@dataclass(frozen=True)
class RewardModel:
    """`heads`: (criteria, 1 + K, hidden), the main head first. `rated`: opinions of each criterion it was made from."""

    adapter: str
    heads: Tensor
    thresholds: Tensor
    rated: tuple[int, ...]

    @torch.no_grad()
    def scores(self, base: Base, rows: Sequence[Row], which: Sequence[int], settings: TrainSettings) -> Tensor:
        """(rows, which, criteria, 1 + K), on the CPU. The adapter must be on the base."""
        if not rows:
            return torch.zeros(0, len(which), *self.heads.shape[:2])
        found = []
        with adapters.active(base, self.adapter):
            for packed in packs(base, rows, which, settings.tokens, whole=True):
                flat = head_scores(base, packed, self.heads.flatten(0, 1).to(base.device), settings.dtype)
                found.append(flat.view(-1, len(which), *self.heads.shape[:2]).cpu())
        return torch.cat(found)

    def save(self, base: Base, folder: Path) -> None:
        """Adapter and heads; `folder` is what `load` takes."""
        adapters.save(base, self.adapter, folder)
        tensors = {"heads": self.heads.detach().cpu().contiguous(), "thresholds": self.thresholds.detach().cpu().contiguous()}
        words = {"criteria": ",".join(CRITERIA), "rated": ",".join(map(str, self.rated))}
        save_file(tensors, folder / HEADS, metadata=words)


def load(base: Base, folder: Path, name: str) -> RewardModel:
    """Puts a kept reward model on the base under `name`. Raises VersionError if its files do not fit."""
    adapters.load(base, folder, name)
    try:
        with safe_open(folder / HEADS, "pt") as file:
            heads, thresholds, words = file.get_tensor("heads"), file.get_tensor("thresholds"), file.metadata()
        width = int(base.causal_lm.config.get_text_config().hidden_size)
        if words["criteria"] != ",".join(CRITERIA) or heads.shape[::2] != (len(CRITERIA), width):
            raise ValueError("it was made for other criteria or another model")
        rated = tuple(int(count) for count in words["rated"].split(","))
    except (OSError, ValueError, KeyError, TypeError, SafetensorError) as error:
        adapters.drop(base, name)
        raise VersionError(f"the reward model in {folder} does not load: {error}; train another one") from error
    return RewardModel(name, heads, thresholds, rated)


def make(
    base: Base, name: str, rows: Sequence[Row], start: Path | None, settings: TrainSettings, options: RewardSettings,
    lora: LoraSettings, folder: Path, hooks: Hooks,
) -> tuple[RewardModel, Fit]:  # fmt: skip
    """A reward model from opinions, as adapter `name`, from `start`'s weights or from nothing."""
    if start is None:
        adapters.create(base, name, lora.rank, lora.alpha, settings.seed)
        heads, thresholds = new_heads(base, options.heads, settings.seed), torch.nn.Parameter(torch.zeros(len(CRITERIA)))
    else:
        before = load(base, start, name)
        heads, thresholds = new_heads(base, options.heads, settings.seed), torch.nn.Parameter(before.thresholds.clone())
        shared = min(heads.shape[1], before.heads.shape[1])
        with torch.no_grad():
            heads[:, :shared] = before.heads[:, :shared].to(heads.device)
    thresholds = torch.nn.Parameter(thresholds.detach().to(base.device))
    length = torch.nn.Parameter(torch.zeros_like(heads[0, :1])) if options.decorrelate else None
    objective = Opinions(settings, heads, thresholds, options.tie, length, options.decorrelate)
    plain = settings.model_copy(update={"epochs": options.epochs, "kl_cap": float("inf"), "retention_weight": 0.0})
    done = fit(base, name, rows, objective, plain, folder, hooks)
    rated = tuple(sum(row.criterion == place for row in rows) for place in range(len(CRITERIA)))
    return RewardModel(name, heads.detach(), thresholds.detach(), rated), done


def out_of_fold(
    base: Base, rows: Sequence[Row], settings: TrainSettings, options: RewardSettings, lora: LoraSettings, folder: Path,
    hooks: Hooks,
) -> Tensor:  # fmt: skip
    """(rows, 2): main-head scores of every row's completions by a model that never saw its conversation.

    Every fold begins from nothing: a live reward model has seen all of them.
    """
    groups = conversations(rows)
    order = numpy.random.default_rng(settings.seed).permutation(len(groups))
    found = torch.full((len(rows), 2), torch.nan)
    for fold in range(options.folds):
        left_out = [index for place in order[fold :: options.folds] for index in groups[place]]
        others = sorted(set(range(len(rows))) - set(left_out))
        if not left_out or not others:
            continue
        name, own = f"fold-{fold}", folder / f"fold-{fold}"
        own.mkdir(exist_ok=True)
        telling = replace(hooks, progress=named(hooks, f"fold {fold + 1} of {options.folds}"))
        try:
            model, _ = make(base, name, [rows[i] for i in others], None, settings, options, lora, own, telling)
            held = [rows[i] for i in left_out]
            scores = model.scores(base, held, (0, 1), settings)
            for row, index, score in zip(held, left_out, scores, strict=True):
                found[index] = score[:, row.criterion, 0] - (model.thresholds[row.criterion].cpu() if row.alone else 0)
        finally:
            if name in adapters.names(base):
                adapters.drop(base, name)
            shutil.rmtree(own, ignore_errors=True)
    return found


def named(hooks: Hooks, phase: str) -> Callable[[dict], None]:
    """Progress under another name."""
    return lambda entry: hooks.progress(entry | {"phase": phase})


def scored(rows: Sequence[Row], scores: Tensor) -> list[Scored]:
    """What is said of the rows by scores (rows, 2), a thumb's less its threshold. Ties and rows without a score are left out."""
    found = []
    for row, (first, second) in zip(rows, scores.tolist(), strict=True):
        if row.tie or math.isnan(first):
            continue
        tokens = (len(row.completions[0]), len(row.completions[1]))
        if not row.alone:
            found.append(Scored(first, second, tokens))
        else:
            found.append(Scored(first, 0.0, None) if row.label else Scored(0.0, first, None))
    return found
