"""Log-probs of other completions behind prompts that a packed forward has just been through.

The keys and values of that forward are there already, so only the other completions are fed: KTO's unrelated replies ride
on the prompts of its own. Without gradient. Knows trees on a CPU only: on CUDA, and in padded batches, nothing rides.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from lab.model.base import Base
from lab.train import attention
from lab.train.attention import Branch, Forest, Kept, Run
from lab.train.batches import Row
from lab.train.forward import token_logprobs, why_padded
from lab.train.packing import Packed


@dataclass(frozen=True)
class Rider:
    """What is fed: the last token of each prompt again, as it predicts the first of its completion, and the completion."""

    packed: Packed
    forest: Forest


def can_ride(base: Base, longest: int) -> bool:
    """Whether the other completions of rows up to `longest` tokens can ride on this base."""
    return base.device.type == "cpu" and why_padded(base, longest) is None


def rider(packed: Packed, rows: Sequence[Row], k: int, kept: Kept) -> Rider:
    """Completion `k` of `rows`, those of the packed forward that left `kept`; one completion a row was packed."""
    ends = packed.ends.tolist()
    firsts = packed.read[torch.cat([torch.tensor([True]), packed.owner[1:] != packed.owner[:-1]])].tolist()
    ids: list[int] = []
    positions: list[int] = []
    branches: list[Branch] = []
    for row, place in zip(rows, firsts, strict=True):
        start = len(ids)
        ids += (row.prompt[-1], *row.completions[k][:-1])
        positions += range(len(row.prompt) - 1, len(row.prompt) - 1 + len(ids) - start)
        own = (len(ends) + start, len(ends) + len(ids))
        branches.append(Branch(start, len(ids), attention.joined([*ancestors(ends, place), own])))
    targets = [row.completions[k] for row in rows]
    fed = replace(
        packed, ids=torch.tensor([ids]), positions=torch.tensor([positions]), read=torch.arange(len(ids)),
        target=torch.tensor([token for target in targets for token in target]),
        owner=torch.repeat_interleave(torch.tensor([len(target) for target in targets])), completions=len(rows),
    )  # fmt: skip
    return Rider(fed, Forest(tuple(branches), past=kept))


def ancestors(ends: Sequence[int], place: int) -> list[Run]:
    """Runs of the places before `place` on its path."""
    return [(before, before + 1) for before in range(place) if ends[before] > place]


@torch.no_grad()
def ridden(base: Base, packed: Packed, rows: Sequence[Row], k: int, kept: Kept, dtype: str) -> Tensor:
    """(rows,): summed log-probs of completion `k` of the rows that the packed forward which left `kept` was made of, nats."""
    made = rider(packed, rows, k, kept)
    each = token_logprobs(base, made.packed, dtype, made.forest)
    return torch.zeros(len(rows)).index_add(0, made.packed.owner, each)
