"""DPO and IPO: votes and corrections, with a little imitation of the chosen reply mixed in.

The mix-in (Pang 2024, "RPO") keeps the chosen reply likely: on few votes, DPO alone lowers both replies' probability
and then repeats itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from lab.feedback.examples import Examples
from lab.settings import TrainSettings
from lab.train import losses
from lab.train.batches import Row
from lab.train.objective import Encoder, Loss, OfLogprobs, Whole, preference_rows


def rows_of(examples: Examples, encoder: Encoder) -> list[Row]:
    """Rows of (chosen, rejected)."""
    return preference_rows(examples, encoder)


@dataclass(frozen=True)
class Preference(OfLogprobs):
    """The objective of DPO, or of IPO when `squared`."""

    settings: TrainSettings
    squared: bool = False
    which: Sequence[int] = (0, 1)
    averaged: bool = True

    def whole(self, rows: Sequence[Row], watched: Tensor | None) -> Whole:
        return Whole(len(rows), sum(len(row.completions[0]) for row in rows))

    def loss(self, policy: Tensor, rows: Sequence[Row], whole: Whole) -> Loss:
        reference = torch.tensor([row.reference for row in rows], device=policy.device)
        weight = torch.tensor([row.weight for row in rows], device=policy.device)
        chosen, rejected = policy.unbind(1)
        chosen_reference, rejected_reference = reference.unbind(1)
        beta = self.settings.beta
        if self.squared:
            tokens = torch.tensor([[len(c) for c in row.completions] for row in rows], device=policy.device)
            each = losses.ipo(chosen, rejected, chosen_reference, rejected_reference, tokens[:, 0], tokens[:, 1], beta)
        else:
            each = losses.dpo(chosen, rejected, chosen_reference, rejected_reference, beta, self.settings.label_smoothing)
        imitated = (losses.sft(chosen) * weight).sum() / whole.tokens
        value = (each * weight).sum() / whole.rows + self.settings.sft_weight * imitated
        margins = losses.implicit_reward(policy.detach(), reference, beta)
        margin = margins[:, 0] - margins[:, 1]
        return Loss(value, margin.tolist(), ((margin > 0) + 0.5 * (margin == 0)).tolist())
