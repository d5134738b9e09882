"""KTO: thumbs. A vote counts as a thumb up and a thumb down, so mixed feedback is all used.

The loss needs an estimate of KL(policy, reference), z0: the mean log-ratio of completions under prompts they do not
belong to. Each row carries the completion of another row for that; z0 is taken over the whole optimizer batch before
its gradients, so that it does not depend on how many rows fit into one forward. As in DPO, a little imitation of what
was found good is mixed in: without it, pushing the bad replies away drags everything along.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from lab.feedback.examples import Examples
from lab.settings import TrainSettings
from lab.train import losses
from lab.train.batches import Row
from lab.train.objective import Encoder, Loss, OfLogprobs, Whole, preference_rows

OWN, UNRELATED = 0, 1


def rows_of(examples: Examples, encoder: Encoder, seed: int) -> list[Row]:
    """Rows of (own, unrelated), weighted so that up and down have the same say; (own,) when there is but one row."""
    rows = []
    for item in examples.labelled:
        prompt, ids = encoder.prompt(item.prompt), encoder.completion(item.completion)
        if encoder.fits(prompt, [ids]):
            rows.append(Row(prompt, (ids,), label=item.label, weight=item.weight))
    for pair in preference_rows(examples, encoder):
        rows += [replace(pair, completions=(ids,), label=good) for ids, good in zip(pair.completions, (True, False), strict=True)]
    up, down = losses.class_weights(sum(r.label for r in rows), sum(not r.label for r in rows))
    rows = [replace(row, balance=up if row.label else down) for row in rows]
    return with_unrelated(rows, encoder.max_length, seed)


def with_unrelated(rows: list[Row], max_length: int, seed: int) -> list[Row]:
    """Gives each row the completion of another, drawn once by seed, cut to what the row's length leaves."""
    if len(rows) < 2:
        return rows
    order = list(range(len(rows)))
    random.Random(f"{seed}/unrelated").shuffle(order)
    mated = list(rows)
    for place, index in enumerate(order):
        row, other = rows[index], rows[order[place - 1]]
        mated[index] = replace(row, completions=(row.completions[OWN], other.completions[OWN][: max_length - len(row.prompt)]))
    return mated


@dataclass(frozen=True)
class Thumbs(OfLogprobs):
    """The objective of KTO."""

    settings: TrainSettings
    which: Sequence[int] = (OWN,)
    watches: int | None = UNRELATED
    averaged: bool = True

    def whole(self, rows: Sequence[Row], watched: Tensor | None) -> Whole:
        assert watched is not None
        reference = torch.tensor([row.reference[UNRELATED] for row in rows if len(row.completions) > 1])
        tokens = sum(len(row.completions[OWN]) for row in rows if row.label)
        return Whole(len(rows), tokens, losses.kto_anchor(watched.cpu(), reference))

    def loss(self, policy: Tensor, rows: Sequence[Row], whole: Whole) -> Loss:
        assert whole.anchor is not None
        own = policy[:, 0]
        reference = torch.tensor([row.reference[OWN] for row in rows], device=own.device)
        weight = torch.tensor([row.weight for row in rows], device=own.device)
        desirable = torch.tensor([row.label for row in rows], device=own.device)
        each = losses.kto(own, reference, desirable, whole.anchor.to(own.device), self.settings.beta)
        rewards = losses.implicit_reward(own.detach() - whole.anchor.to(own.device), reference, self.settings.beta)
        margins = torch.where(desirable, rewards, -rewards)
        balance = torch.tensor([row.balance for row in rows], device=own.device)
        value = (each * weight * balance).sum() / whole.rows
        if desirable.any():
            value = value + self.settings.sft_weight * (losses.sft(own) * weight)[desirable].sum() / whole.tokens
        return Loss(value, margins.tolist(), ((margins > 0) + 0.5 * (margins == 0)).tolist())
