"""What an algorithm gives to the one fit loop: its rows, and the loss of some of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

import torch
from torch import Tensor

from lab.feedback.examples import Examples
from lab.model.base import Base
from lab.model.template import ChatTemplate
from lab.records import Completion, Message
from lab.train.attention import Forest
from lab.train.batches import Ids, Row
from lab.train.forward import completion_logprobs
from lab.train.hooks import Hooks
from lab.train.packing import Packed

OFTEN = 200  # rows encoded between two words of progress


@dataclass(frozen=True)
class Whole:
    """What a loss must know of the whole optimizer batch when it sees a part of it."""

    rows: int  # what the rows' losses are divided by: not the sum of their weights, which then would say nothing
    tokens: int  # tokens that are imitated
    anchor: Tensor | None = None  # KTO's z0


@dataclass(frozen=True)
class Loss:
    """`value`: this part's share of the batch's loss (shares add up). `margins`, `right`: one number a row."""

    value: Tensor
    margins: list[float]
    right: list[float]


class Objective(Protocol):
    """An algorithm, as the fit loop sees it."""

    @property
    def which(self) -> Sequence[int]:
        """The completions that take gradients."""

    @property
    def watches(self) -> int | None:
        """A completion whose log-probs the whole batch's loss depends on, without gradient."""

    @property
    def feeds_last(self) -> bool:
        """Whether the last token of a completion is fed: a reward model reads it, nothing is predicted from it."""

    @property
    def averaged(self) -> bool:
        """Whether the mean of a run's states is kept, not the newest of them."""

    def parameters(self) -> dict[str, torch.nn.Parameter]:
        """What is trained beside the adapter."""

    def values(self, base: Base, packed: Packed, dtype: str, forest: Forest | None) -> Tensor:
        """(C,) or (C, ...): what the loss is a function of, for each completion, with gradient; `forest` if not packed's own."""

    def whole(self, rows: Sequence[Row], watched: Tensor | None) -> Whole:
        """`watched`: the policy's log-probs of the completion watched, (rows that have it,); None where none is."""

    def loss(self, values: Tensor, rows: Sequence[Row], whole: Whole) -> Loss:
        """`values`: (rows, len(which)), and what else a value has."""


class OfLogprobs:
    """What objectives share whose values are the summed log-probs of completions."""

    feeds_last = False
    watches: int | None = None
    averaged = False

    def parameters(self) -> dict[str, torch.nn.Parameter]:
        return {}

    def values(self, base: Base, packed: Packed, dtype: str, forest: Forest | None) -> Tensor:
        return completion_logprobs(base, packed, dtype, forest)


@dataclass
class Encoder:
    """Records to ids, counting what cannot be used and why."""

    template: ChatTemplate
    max_length: int
    dropped: dict[str, int] = field(default_factory=dict)
    hooks: Hooks = field(default_factory=Hooks)
    looked_at: int = 0

    def drop(self, reason: str) -> None:
        self.dropped[reason] = self.dropped.get(reason, 0) + 1

    def prompt(self, messages: Sequence[Message]) -> Ids:
        return tuple(self.template.encode_prompt(messages))

    def completion(self, completion: Completion) -> Ids:
        """The emitted ids where there are any: what the model said, not what its text would be encoded to."""
        return tuple(completion.token_ids or self.template.encode_reply(completion.text))

    def fits(self, prompt: Ids, completions: Sequence[Ids]) -> bool:
        """Whether a row can be trained on; counts it as dropped when it cannot."""
        self.looked_at += 1
        if self.looked_at % OFTEN == 0:
            self.hooks.courteous()
            self.hooks.progress({"phase": "reading", "step": self.looked_at, "steps": None})
        if min(len(c) for c in completions) == 0:
            self.drop("empty")
        elif len(prompt) + max(len(c) for c in completions) > self.max_length:
            self.drop("too_long")
        elif len(set(completions)) < len(completions):
            self.drop("identical")
        else:
            return True
        return False


def preference_rows(examples: Examples, encoder: Encoder) -> list[Row]:
    """(chosen, rejected) of every pair that fits."""
    rows = []
    for pair in examples.pairs:
        prompt = encoder.prompt(pair.prompt)
        completions = (encoder.completion(pair.chosen), encoder.completion(pair.rejected))
        if encoder.fits(prompt, completions):
            rows.append(Row(prompt, completions, weight=pair.weight))
    return rows
