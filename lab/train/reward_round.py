"""A round of the reward model, from opinions to a version: scored out of fold first, then made from all of them.

It is warm-started from the one before, kept beside it, and used from then on: a reward model changes nothing that
people see, so no gate stands before it. What it is worth is in its report, and decides what may use it.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

import torch
from torch import Tensor

from lab.errors import TrainingError
from lab.feedback.examples import collect, left_out, of_job
from lab.feedback.store import Store
from lab.insight.evidence import evidence
from lab.model import adapters
from lab.model.base import Base
from lab.records import CRITERIA, AdapterVersion, Job, Report
from lab.registry.folder import opinions_of
from lab.registry.versions import Versions
from lab.settings import Settings
from lab.train import forgetting, reward_model
from lab.train.batches import Row, weights_of
from lab.train.hooks import Hooks
from lab.train.memory import peak_mb
from lab.train.objective import Encoder
from lab.train.reward import opinion_rows

NAME = "reward-candidate"


def refresh(job: Job, store: Store, rewards: Versions, settings: Settings, base: Base, hooks: Hooks) -> AdapterVersion:
    """Makes the next reward model and puts it to use. Raises TrainingError when there are too few opinions."""
    if (made := rewards.made_by(job.id)) is not None:
        return made
    purges = store.purges()  # before anything is read
    began = time.perf_counter()
    encoder = Encoder(base.template, min(settings.train.max_length, base.context), left_out(job), hooks)
    rows = opinion_rows(of_job(store, job, base.id), encoder, settings.reward.heads)
    least = settings.reward.min_opinions
    if len(rows) < least:
        few = f"a reward model needs {least} opinions and there are {len(rows)}"
        raise TrainingError(f"{few}; vote more, or lower reward.min_opinions")
    folder = forgetting.begin(rewards, job, purges)
    unseen = reward_model.out_of_fold(base, rows, settings.train, settings.reward, settings.lora, folder, hooks)
    found = evidence(reward_model.scored(rows, unseen))
    start = rewards.get(rewards.live()).folder
    try:
        model, done = reward_model.make(base, NAME, rows, start, settings.train, settings.reward, settings.lora, folder, hooks)
        held, count = held_out(base, model, store, settings)
        model.save(base, folder)
    finally:
        if NAME in adapters.names(base):
            adapters.drop(base, NAME)
    figures = weights_of(rows) if found is None else found.figures() | weights_of(rows)
    figures |= {f"rated_{name}": float(count) for name, count in zip(CRITERIA, model.rated, strict=True)}
    report = Report(
        algorithm="reward", version=None, parent=job.parent, steps=done.steps, used=len(rows), dropped=encoder.dropped,
        loss_first=done.loss_first, loss_last=done.loss_last, heldout_before=None, heldout_after=held, heldout_n=count,
        kl=0.0, canaries=figures, seconds=time.perf_counter() - began, peak_mb=peak_mb(base), why=done.ended,
    )  # fmt: skip
    made = forgetting.add(store, rewards, folder, job, report, purges)
    return rewards.activate(made.version, "no opinion to measure it on" if found is None else found.words())


def held_out(base: Base, model: reward_model.RewardModel, store: Store, settings: Settings) -> tuple[float | None, int]:
    """(accuracy on held-out opinions, of how many)."""
    encoder = Encoder(base.template, min(settings.train.max_length, base.context))
    rows = opinion_rows(collect(store, "held_out", base=base.id), encoder, settings.reward.heads)
    found = evidence(reward_model.scored(rows, main_scores(base, model, rows, settings)))
    return (None, 0) if found is None else (found.accuracy, found.n)


def main_scores(base: Base, model: reward_model.RewardModel, rows: Sequence[Row], settings: Settings) -> Tensor:
    """(rows, 2): by the main head of each row's criterion; a thumb's less the threshold."""
    scores = model.scores(base, rows, (0, 1), settings.train)[..., 0]
    place = [row.criterion for row in rows]
    own = scores[range(len(rows)), :, place]
    return own - model.thresholds.cpu()[place][:, None] * torch.tensor([row.alone for row in rows])[:, None]


def unlearned(store: Store, rewards: Versions, base: str) -> list[str]:
    """Training-side opinions that the live reward model was not made from."""
    examples = collect(store, "train", base=base)
    there = [item.opinion for some in (examples.pairs, examples.ties, examples.labelled) for item in some]
    folder = rewards.get(rewards.live()).folder
    known = frozenset(() if folder is None else opinions_of(folder))
    return [opinion for opinion in dict.fromkeys(there) if opinion not in known]
