"""Many completions in one forward, without padding each to the longest and without computing anything twice.

Sequences that begin alike share what they begin with, as a tree: the chosen and the rejected reply behind one copy
of their prompt, the turns of a conversation behind one copy of its past. A token sees its ancestors, at the
positions it would have if it stood alone, so the numbers are those of separate sequences. In depth-first order the
whole mask is one number a token, `ends`: a query sees a key before it as long as the key's subtree has not ended.

Models whose layers cannot take such a mask get `padded` batches instead: one sequence a row. This module knows ids
only; which of the two a model takes, and how, is forward.py's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy
import torch
from torch import Tensor

from lab.train.batches import Ids, Row


@dataclass(frozen=True)
class Packed:
    """Some rows as one forward of shape (B, T) that predicts N targets of C completions.

    ids, positions: (B, T). read: (N,) places in the flattened (B * T) whose hidden state predicts `target` (N,), which
    belongs to completion `owner` (N,) in 0..C-1, rows in order. last: (C,) the place of each completion's last token
    that is fed. ends: (T,) for trees, where each token's subtree ends; empty for a padded batch, whose `seen` (B, T) is False
    at the padding.
    """

    ids: Tensor
    positions: Tensor
    read: Tensor
    target: Tensor
    owner: Tensor
    last: Tensor
    completions: int
    rows: tuple[int, ...]
    ends: Tensor
    seen: Tensor

    def to(self, device: torch.device) -> Packed:
        """The same on another device."""
        values: dict[str, Any] = {field.name: getattr(self, field.name) for field in fields(self)}
        moved: dict[str, Any] = {name: v.to(device) if isinstance(v, Tensor) else v for name, v in values.items()}
        return Packed(**moved)


def pack(
    rows: Sequence[Row], which: Sequence[int], budget: int, *, padded: bool = False, whole: bool = False, even: int = 1
) -> Iterator[Packed]:
    """All rows, in order, in as few forwards of at most `budget` tokens as that order gives.

    `which` names the completions that take part. A row longer than the budget gets a forward of its own. The last token
    of a completion predicts nothing and is left out unless `whole` (a reward model reads it). The length of a
    forward of trees is filled up to a multiple of `even` with tokens that nobody sees.
    """
    group: list[int] = []
    fed: list[numpy.ndarray] = []
    prompts: list[int] = []
    for index, row in enumerate(rows):
        new = [numpy.array(row.prompt + (row.completions[k] if whole else row.completions[k][:-1])) for k in which]
        starts = [len(row.prompt)] * len(which)
        if group and cost(fed + new, prompts + starts, padded, even) > budget:
            yield together(rows, group, fed, which, padded, even)
            group, fed, prompts = [], [], []
        group.append(index)
        fed += new
        prompts += starts
    if group:
        yield together(rows, group, fed, which, padded, even)


def cost(fed: Sequence[numpy.ndarray], prompts: Sequence[int], padded: bool, even: int = 1) -> int:
    """Tokens of one forward of the sequences `fed`."""
    if padded:
        return len(fed) * max(len(sequence) for sequence in fed)
    return filled(sum(len(fed[index]) - common for index, common in branching(fed, prompts)), even)


def filled(length: int, even: int) -> int:
    """The next multiple of `even`."""
    return -(-length // even) * even


def shared(a: numpy.ndarray, b: numpy.ndarray) -> int:
    """Length of the longest common beginning."""
    least = min(len(a), len(b))
    differs = a[:least] != b[:least]
    return int(differs.argmax()) if differs.any() else least


def together(
    rows: Sequence[Row], group: Sequence[int], fed: Sequence[numpy.ndarray], which: Sequence[int], padded: bool, even: int
) -> Packed:
    """One forward of the rows `group`, whose sequences are `fed`."""
    prompts = [len(rows[index].prompt) for index in group for _ in which]
    completions: list[Ids] = [rows[index].completions[k] for index in group for k in which]
    ids, positions, ends, seen, paths = in_rows(fed, prompts) if padded else in_trees(fed, prompts, even)
    return Packed(
        ids, positions,
        read=torch.from_numpy(numpy.concatenate(
            [path[start - 1 : start - 1 + len(c)] for path, start, c in zip(paths, prompts, completions, strict=True)]
        )),
        target=torch.tensor([token for completion in completions for token in completion]),
        owner=torch.repeat_interleave(torch.tensor([len(completion) for completion in completions])),
        last=torch.tensor([int(path[-1]) for path in paths]), completions=len(completions), rows=tuple(group),
        ends=ends, seen=seen,
    )  # fmt: skip


Built = tuple[Tensor, Tensor, Tensor, Tensor, list[numpy.ndarray]]


def branching(fed: Sequence[numpy.ndarray], prompts: Sequence[int]) -> Iterator[tuple[int, int]]:
    """(sequence, how many tokens it shares with the one before): sorted, so that neighbours share the most.

    Two neighbours share a tree when they share half of the shorter prompt: behind a few tokens of template alone, a
    larger attention block would cost more than it saves.
    """
    before: int | None = None
    for index in sorted(range(len(fed)), key=lambda i: fed[i].tolist()):
        common = 0 if before is None else shared(fed[before], fed[index])
        if before is None or 2 * common < min(prompts[before], prompts[index]):
            common = 0
        yield index, common
        before = index


def in_trees(fed: Sequence[numpy.ndarray], prompts: Sequence[int], even: int) -> Built:
    """(ids, positions, ends, seen, path of each sequence): sequences sorted, each adding what the one before lacks.

    What fills the forward up is a tree of its own behind them, of token 0.
    """
    ids: list[numpy.ndarray] = []
    positions: list[numpy.ndarray] = []
    paths: list[numpy.ndarray] = [numpy.empty(0, int)] * len(fed)
    ends = numpy.zeros(filled(sum(len(sequence) for sequence in fed), even), int)
    total = 0
    past = numpy.empty(0, int)
    for index, common in branching(fed, prompts):
        ends[past[common:]] = total  # nothing that follows continues these
        added = len(fed[index]) - common
        ids.append(fed[index][common:])
        positions.append(numpy.arange(common, len(fed[index])))
        past = paths[index] = numpy.concatenate([past[:common], numpy.arange(total, total + added)])
        total += added
    ends[past] = total
    whole = filled(total, even)
    if whole > total:
        ids.append(numpy.zeros(whole - total, int))
        positions.append(numpy.arange(whole - total))
        ends[total:whole] = whole
    flat = [torch.from_numpy(numpy.concatenate(part))[None] for part in (ids, positions)]
    return flat[0], flat[1], torch.from_numpy(ends[:whole]), torch.empty(0), paths


def in_rows(fed: Sequence[numpy.ndarray], prompts: Sequence[int]) -> Built:
    """The same as a batch padded on the right, where a causal model never looks."""
    width = max(len(sequence) for sequence in fed)
    ids = torch.zeros(len(fed), width, dtype=torch.long)
    seen = torch.zeros(len(fed), width, dtype=torch.bool)
    for row, sequence in enumerate(fed):
        ids[row, : len(sequence)] = torch.from_numpy(sequence)
        seen[row, : len(sequence)] = True
    positions = torch.arange(width).expand(len(fed), -1)
    paths = [numpy.arange(row * width, row * width + len(sequence)) for row, sequence in enumerate(fed)]
    return ids, positions, torch.empty(0, dtype=torch.long), seen, paths
