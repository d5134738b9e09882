"""Replies drawn from the policy, to learn from: which prompts an iteration takes, from which seeds, and what came out.

Prompts and seeds are functions of (seed, iteration), so an iteration that was cut off is drawn again to the same replies.
Knows nothing of rewards or losses.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass

import torch
from torch import Tensor

from lab.model.base import Base
from lab.model.generate import Emitted, Request, stream
from lab.records import Sampling
from lab.settings import TrainSettings
from lab.train.batches import Ids, Row
from lab.train.forward import packs
from lab.train.packing import Packed
from lab.train.samples import repetition

SHOWN = 2  # prompts, the first ones, that every iteration replies to only to be read


@dataclass(frozen=True)
class Rollout:
    """A reply as it was drawn. `logprobs`: of each token of the completion, nats, by the policy that drew it.

    `ended`: whether it ended by itself; the completion's last token is then an end.
    """

    prompt: Ids
    completion: Ids
    logprobs: tuple[float, ...]
    ended: bool


@dataclass(frozen=True)
class Drawn:
    """An iteration's rollouts; `repeat` is their share of 4-grams seen before in the same reply, `shown` are texts."""

    rollouts: list[Rollout]
    repeat: float
    shown: list[str]

    @property
    def rows(self) -> list[Row]:
        return [Row(rollout.prompt, (rollout.completion,)) for rollout in self.rollouts]

    @property
    def lengths(self) -> list[int]:
        return [len(rollout.completion) for rollout in self.rollouts]


def prompts_of(prompts: Sequence[Ids], count: int, iteration: int, seed: int) -> list[Ids]:
    """`count` prompts of an iteration: the iterations together go through all of them, shuffled anew each time."""
    orders: dict[int, list[int]] = {}
    taken = []
    for place in range(iteration * count, (iteration + 1) * count):
        epoch, index = divmod(place, len(prompts))
        if epoch not in orders:
            orders[epoch] = list(range(len(prompts)))
            random.Random(f"{seed}/prompts/{epoch}").shuffle(orders[epoch])
        taken.append(prompts[orders[epoch][index]])
    return taken


def draw(
    base: Base, name: str, prompts: Sequence[Ids], shown: Sequence[Ids], longest: int, iteration: int, seed: int,
    courteous: Callable[[], None],
) -> Drawn:  # fmt: skip
    """One reply by adapter `name` to each prompt, in one batch, at temperature 1 with nothing cut off.

    Those to `shown` have the same seeds in every iteration and are not among the rollouts. `courteous` is called after
    every token.
    """
    sampling = Sampling(temperature=1.0, top_p=1.0, top_k=0, max_new_tokens=longest)
    seeds = random.Random(f"{seed}/rollouts/{iteration}")
    requests = [Request(prompt, sampling, seeds.getrandbits(31), name) for prompt in prompts]
    requests += [Request(prompt, sampling, seed + k, name) for k, prompt in enumerate(shown)]
    replies: list[Emitted] = []
    with closing(stream(base, requests)) as steps:
        for replies in steps:  # noqa: B007  (the last item is the result)
            courteous()
    own, read = replies[: len(prompts)], replies[len(prompts) :]
    rollouts = [
        Rollout(prompt, tuple(reply.token_ids), tuple(reply.logprobs), reply.finish == "end")
        for prompt, reply in zip(prompts, own, strict=True)
    ]
    return Drawn(rollouts, repetition(own), [base.template.decode(reply.token_ids) for reply in read])


@torch.no_grad()
def per_token(base: Base, rows: Sequence[Row], settings: TrainSettings, read: Callable[[Packed], Tensor]) -> Tensor:
    """(N,), on the CPU: what `read` finds at each token of each row's completion, under whatever adapter is active."""
    return torch.cat([read(packed).float().cpu() for packed in packs(base, rows, (0,), settings.tokens)])
