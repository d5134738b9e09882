"""What reward models are trained with: an adapter and scalar heads on the base, so that the better reply scores higher.

The score is read from the last token of a reply, end of turn included (Ouyang 2022, section 3.5). `Comparison` is the plain
one of the literature, one head from pairs; `Opinions` takes every kind of opinion, by criterion. Knows nothing of how
scores are used.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from lab.feedback.examples import Examples
from lab.model.base import Base
from lab.records import CRITERIA
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


def head_scores(base: Base, packed: Packed, heads: Tensor, dtype: str) -> Tensor:
    """(C, H): the scores of every completion of a packed forward whose last tokens are fed; heads: (H, hidden)."""
    packed = packed.to(base.device)
    return hidden_states(base, packed, packed.last, dtype).float() @ heads.T


@dataclass(frozen=True)
class Comparison:
    """Bradley-Terry on votes. With rows marked as ties, `nu` must be above 0 (Davidson's parameter)."""

    settings: TrainSettings
    head: torch.nn.Parameter
    nu: float = 0.0
    which: Sequence[int] = (0, 1)
    feeds_last: bool = True
    watches: int | None = None
    averaged: bool = False

    def parameters(self) -> dict[str, torch.nn.Parameter]:
        return {"head": self.head}

    def values(self, base: Base, packed: Packed, dtype: str, forest: Forest | None) -> Tensor:
        return head_scores(base, packed, self.head, dtype)[:, 0]

    def whole(self, rows: Sequence[Row], watched: Tensor | None) -> Whole:
        return Whole(len(rows), 0)

    def loss(self, values: Tensor, rows: Sequence[Row], whole: Whole) -> Loss:
        weight = torch.tensor([row.weight for row in rows], device=values.device)
        tie = torch.tensor([row.tie for row in rows], device=values.device)
        chosen, rejected = values.unbind(1)
        each = losses.bradley_terry(chosen, rejected, tie, self.nu)
        margin = (chosen - rejected).detach()
        right = torch.where(tie, 0.5, (margin > 0) + 0.5 * (margin == 0))
        return Loss((each * weight).sum() / whole.rows, margin.tolist(), right.tolist())


# -- opinions of every kind, by criterion, with heads that disagree ---------------------------------------------------


def new_heads(base: Base, heads: int, seed: int) -> torch.nn.Parameter:
    """(criteria, 1 + heads, hidden), fp32: small and random by seed, so that bootstrap heads begin apart."""
    width = int(base.causal_lm.config.get_text_config().hidden_size)
    generator = torch.Generator().manual_seed(seed)
    start = torch.randn(len(CRITERIA), 1 + heads, width, generator=generator) / (width + 1) ** 0.5
    return torch.nn.Parameter(start.to(base.device))


def opinion_rows(examples: Examples, encoder: Encoder, heads: int) -> list[Row]:
    """Votes, ties, corrections and thumbs as rows, each with the weights of its bootstrap heads."""
    rows = []
    for pair, tie in [*((pair, False) for pair in examples.pairs), *((pair, True) for pair in examples.ties)]:
        prompt = encoder.prompt(pair.prompt)
        completions = (encoder.completion(pair.chosen), encoder.completion(pair.rejected))
        if encoder.fits(prompt, completions):
            rows.append(Row(prompt, completions, weight=pair.weight, tie=tie, criterion=CRITERIA.index(pair.criterion),
                            draws=bootstrap(pair.opinion, heads)))  # fmt: skip
    for item in examples.labelled:
        prompt, ids = encoder.prompt(item.prompt), encoder.completion(item.completion)
        if encoder.fits(prompt, [ids]):
            rows.append(Row(prompt, (ids, ids), label=item.label, weight=item.weight, alone=True,
                            criterion=CRITERIA.index(item.criterion), draws=bootstrap(item.opinion, heads)))  # fmt: skip
    return rows


def bootstrap(opinion: str, heads: int) -> tuple[int, ...]:
    """How often each head sees an opinion: Poisson(1), by the opinion's id, so that it stays so in later rounds."""
    drawn = []
    for head in range(heads):
        chance, count, term = random.Random(f"{opinion}/{head}").random(), 0, math.exp(-1)
        while chance > term and count < 5:
            chance, count = chance - term, count + 1
            term /= count
        drawn.append(count)
    return tuple(drawn)


@dataclass(frozen=True)
class Opinions:
    """Votes as Bradley-Terry with Davidson's ties, thumbs as logistic regression on the same score, by criterion.

    The main head sees every row once, bootstrap head k as often as the row's `draws` say. With `length`, (1, hidden), the
    scores compared are quality + length: that head is made to follow a reply's length and the main one not to (ODIN,
    Chen 2024, eq. 5-7, its correlations taken over each forward), and it is left out when the model is used.
    """

    settings: TrainSettings
    heads: torch.nn.Parameter  # (criteria, 1 + K, hidden)
    thresholds: torch.nn.Parameter  # (criteria,): the score of a reply that gets a thumb up half of the time
    nu: float
    length: torch.nn.Parameter | None = None
    decorrelate: float = 0.0
    which: Sequence[int] = (0, 1)
    feeds_last: bool = True
    watches: int | None = None
    averaged: bool = False

    def parameters(self) -> dict[str, torch.nn.Parameter]:
        own = {"heads": self.heads, "thresholds": self.thresholds}
        return own if self.length is None else own | {"length": self.length}

    def values(self, base: Base, packed: Packed, dtype: str, forest: Forest | None) -> Tensor:
        """(C, criteria * (1 + K)), and one more with a length head."""
        flat = self.heads.flatten(0, 1)
        return head_scores(base, packed, flat if self.length is None else torch.cat([flat, self.length]), dtype)

    def whole(self, rows: Sequence[Row], watched: Tensor | None) -> Whole:
        return Whole(len(rows), 0)

    def loss(self, values: Tensor, rows: Sequence[Row], whole: Whole) -> Loss:
        place = torch.arange(len(rows), device=values.device)
        criterion = torch.tensor([row.criterion for row in rows], device=values.device)
        heads = self.heads.shape[1]
        scores = values[..., : len(CRITERIA) * heads].unflatten(-1, (len(CRITERIA), heads))[place, :, criterion]
        total = scores if self.length is None else scores + values[..., -1:]
        marks = [[row.alone, row.label, row.tie] for row in rows]
        alone, label, tie = torch.tensor(marks, device=values.device)[:, :, None].unbind(1)
        compared = losses.bradley_terry(total[:, 0], total[:, 1], tie.expand(-1, heads), self.nu)
        threshold = self.thresholds[criterion][:, None]
        judged = losses.pointwise(total[:, 0], label.expand(-1, heads), threshold)
        each = torch.where(alone, judged, compared)
        seen = torch.tensor([[1.0, *(count / len(row.draws) for count in row.draws)] for row in rows], device=values.device)
        weight = torch.tensor([row.weight for row in rows], device=values.device)
        value = ((each * seen).sum(1) * weight).sum() / whole.rows
        if self.length is not None:
            value = value + self.decorrelate * self.penalty(values, scores, rows) * float(weight.sum()) / whole.rows
        main = scores[:, :, 0].detach()
        signed = torch.where(label[:, 0], main[:, 0] - threshold[:, 0], threshold[:, 0] - main[:, 0])
        margin = torch.where(alone[:, 0], signed, main[:, 0] - main[:, 1]).detach()
        right = torch.where(tie[:, 0], 0.5, (margin > 0) + 0.5 * (margin == 0))
        return Loss(value, margin.tolist(), right.tolist())

    def penalty(self, values: Tensor, scores: Tensor, rows: Sequence[Row]) -> Tensor:
        """|corr(quality, length)| - corr(length head, length) over the replies of this forward; 0 where they are all as long."""
        lengths = torch.tensor([len(c) for row in rows for c in row.completions], dtype=values.dtype, device=values.device)
        if len(lengths) < 4 or lengths.std() == 0:
            return values.new_zeros(())
        return correlation(scores[:, :, 0].flatten(), lengths).abs() - correlation(values[..., -1].flatten(), lengths)


def correlation(a: Tensor, b: Tensor) -> Tensor:
    """Pearson's, of two (N,)."""
    a, b = a - a.mean(), b - b.mean()
    return (a * b).sum() / (a.norm() * b.norm()).clamp(min=1e-8)
