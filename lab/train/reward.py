"""The reward model: an adapter and a scalar head on the base, trained so that the chosen reply scores higher.

The score is read from the last token of a reply, end of turn included (Ouyang 2022, section 3.5). Knows nothing of
criteria, thumbs or how scores are used.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from lab.feedback.examples import Examples
from lab.model.base import Base
from lab.settings import TrainSettings
from lab.train import losses
from lab.train.attention import Forest
from lab.train.batches import Row
from lab.train.forward import hidden_states
from lab.train.objective import Encoder, Loss, Whole, preference_rows
from lab.train.packing import Packed


def rows_of(examples: Examples, encoder: Encoder) -> list[Row]:
    """Rows of (chosen, rejected)."""
    return preference_rows(examples, encoder)


def new_head(base: Base, seed: int) -> torch.nn.Parameter:
    """(1, hidden), fp32: small and random by seed, so that scores begin near 0."""
    width = int(base.causal_lm.config.get_text_config().hidden_size)
    start = torch.randn(1, width, generator=torch.Generator().manual_seed(seed)) / (width + 1) ** 0.5
    return torch.nn.Parameter(start.to(base.device))


def scores(base: Base, packed: Packed, head: Tensor, dtype: str) -> Tensor:
    """(C,): the score of every completion of a packed forward whose last tokens are fed."""
    packed = packed.to(base.device)
    last = hidden_states(base, packed, packed.last, dtype)
    return (last.float() @ head.T)[:, 0]


@dataclass(frozen=True)
class Comparison:
    """Bradley-Terry on votes. With rows marked as ties, `nu` must be above 0 (Davidson's parameter)."""

    settings: TrainSettings
    head: torch.nn.Parameter
    nu: float = 0.0
    which: Sequence[int] = (0, 1)
    feeds_last: bool = True
    watches: int | None = None

    def parameters(self) -> dict[str, torch.nn.Parameter]:
        return {"head": self.head}

    def values(self, base: Base, packed: Packed, dtype: str, forest: Forest | None) -> Tensor:
        return scores(base, packed, self.head, dtype)

    def whole(self, rows: Sequence[Row], watched: Tensor | None) -> Whole:
        return Whole(sum(row.weight for row in rows), 0)

    def loss(self, values: Tensor, rows: Sequence[Row], whole: Whole) -> Loss:
        weight = torch.tensor([row.weight for row in rows], device=values.device)
        tie = torch.tensor([row.tie for row in rows], device=values.device)
        chosen, rejected = values.unbind(1)
        each = losses.bradley_terry(chosen, rejected, tie, self.nu)
        margin = (chosen - rejected).detach()
        right = torch.where(tie, 0.5, (margin > 0) + 0.5 * (margin == 0))
        return Loss((each * weight).sum() / whole.weight, margin.tolist(), right.tolist())
