"""Supervised fine-tuning: replies to imitate (corrections, imported chats, chosen replies, thumbs up)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from lab.feedback.examples import Examples
from lab.records import Completion, Message
from lab.settings import TrainSettings
from lab.train import losses
from lab.train.batches import Row
from lab.train.objective import Encoder, Loss, OfLogprobs, Whole


def rows_of(examples: Examples, encoder: Encoder) -> list[Row]:
    """Rows of (reply,). A reply found good twice is read once, with the larger weight."""
    wanted: list[tuple[Sequence[Message], Completion, float]]
    wanted = [(d.prompt, d.completion, d.weight) for d in examples.demonstrations]
    wanted += [(p.prompt, p.chosen, p.weight) for p in examples.pairs]
    wanted += [(k.prompt, k.completion, k.weight) for k in examples.labelled if k.label]
    rows: dict[tuple, Row] = {}
    for messages, completion, weight in wanted:
        prompt, ids = encoder.prompt(messages), encoder.completion(completion)
        if encoder.fits(prompt, [ids]):
            known = rows.get((prompt, ids))
            rows[prompt, ids] = Row(prompt, (ids,), weight=weight if known is None else max(weight, known.weight))
    return list(rows.values())


@dataclass(frozen=True)
class Imitation(OfLogprobs):
    """Mean negative log-likelihood of the batch's tokens."""

    settings: TrainSettings
    which: Sequence[int] = (0,)

    def whole(self, rows: Sequence[Row], watched: Tensor | None) -> Whole:
        return Whole(len(rows), sum(len(row.completions[0]) for row in rows))

    def loss(self, policy: Tensor, rows: Sequence[Row], whole: Whole) -> Loss:
        weight = torch.tensor([row.weight for row in rows], device=policy.device)
        value = (losses.sft(policy[:, 0]) * weight).sum() / whole.tokens
        gains = [p - row.reference[0] for p, row in zip(policy[:, 0].tolist(), rows, strict=True)]
        return Loss(value, gains, [float(gain > 0) + 0.5 * (gain == 0) for gain in gains])
