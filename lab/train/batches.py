"""Rows of token ids, packed for one forward without padding. Knows nothing of text, adapters or losses.

The completions of a row stand behind one copy of their prompt: each token sees the prompt and what came before it in
its own completion, at the positions it would have if it stood alone. So a pair costs prompt + chosen + rejected
tokens instead of 2 * prompt + chosen + rejected, and the numbers are those of two separate sequences.
Layers with a sliding window shorter than a row are not modelled by the mask; `max_length` must stay below the window.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

Ids = tuple[int, ...]


@dataclass(frozen=True)
class Row:
    """One example as ids. What `completions` mean is the algorithm's: (chosen, rejected), (own, unrelated) or (own,).

    `reference` holds the base's log-prob of each completion, nats, in the same order; `label` is KTO's.
    """

    prompt: Ids
    completions: tuple[Ids, ...]
    reference: tuple[float, ...] = ()
    label: bool = True
    weight: float = 1.0

    def __post_init__(self) -> None:
        assert self.prompt and all(self.completions), "a row needs a prompt and completions of at least one token"


@dataclass(frozen=True)
class Packed:
    """Several rows as one sequence of T tokens that predicts N targets of C completions.

    ids, positions: (1, T). mask: (1, 1, T, T), True where the query (third axis) may see the key. read: (N,) places
    whose hidden state predicts `target` (N,), which belongs to completion `owner` (N,) in 0..C-1, rows in order.
    """

    ids: Tensor
    positions: Tensor
    mask: Tensor
    read: Tensor
    target: Tensor
    owner: Tensor
    completions: int
    rows: tuple[int, ...]

    def to(self, device: torch.device) -> Packed:
        return Packed(
            self.ids.to(device), self.positions.to(device), self.mask.to(device), self.read.to(device), self.target.to(device),
            self.owner.to(device), self.completions, self.rows,
        )  # fmt: skip


def size(row: Row, which: Sequence[int]) -> int:
    """Tokens a row puts into a forward: its prompt once, and each completion but for the token nothing follows."""
    return len(row.prompt) + sum(len(row.completions[k]) - 1 for k in which)


def pack(rows: Sequence[Row], which: Sequence[int], budget: int) -> list[Packed]:
    """All rows, in order, in as few forwards of at most `budget` tokens as that order gives.

    `which` names the completions that take part. A row longer than the budget gets a forward of its own.
    """
    groups: list[list[int]] = []
    filled = 0
    for index, row in enumerate(rows):
        need = size(row, which)
        if not groups or filled + need > budget:
            groups.append([])
            filled = 0
        groups[-1].append(index)
        filled += need
    return [pack_one([rows[i] for i in group], which, tuple(group)) for group in groups]


def pack_one(rows: Sequence[Row], which: Sequence[int], indices: tuple[int, ...]) -> Packed:
    ids: list[int] = []
    positions: list[int] = []
    branch: list[tuple[int, int]] = []  # (row, 0 for its prompt or 1.. for its completions) of each token
    read: list[int] = []
    target: list[int] = []
    owner: list[int] = []
    completions = 0
    for number, row in enumerate(rows):
        ids += row.prompt
        positions += range(len(row.prompt))
        branch += [(number, 0)] * len(row.prompt)
        last = len(ids) - 1
        for k in which:
            completion = row.completions[k]
            read += [last, *range(len(ids), len(ids) + len(completion) - 1)]
            target += completion
            owner += [completions] * len(completion)
            ids += completion[:-1]
            positions += range(len(row.prompt), len(row.prompt) + len(completion) - 1)
            branch += [(number, k + 1)] * (len(completion) - 1)
            completions += 1
    row_of = torch.tensor([r for r, _ in branch])
    branch_of = torch.tensor([b for _, b in branch])
    same_row = row_of[:, None] == row_of[None, :]
    visible = (branch_of[None, :] == 0) | (branch_of[:, None] == branch_of[None, :])
    mask = (same_row & visible).tril()
    return Packed(
        torch.tensor([ids]), torch.tensor([positions]), mask[None, None], torch.tensor(read), torch.tensor(target),
        torch.tensor(owner), completions, indices,
    )  # fmt: skip


def schedule(count: int, batch: int, epochs: int, seed: int) -> list[list[int]]:
    """The row indices of every step: each epoch shuffled anew by (seed, epoch), its last batch short, none dropped."""
    steps = []
    for epoch in range(epochs):
        order = list(range(count))
        random.Random(f"{seed}/{epoch}").shuffle(order)
        steps += [order[start : start + batch] for start in range(0, count, batch)]
    return steps


def slice_off(rows: Sequence[Row], seed: int, share: float = 0.1, least: int = 40) -> tuple[list[int], list[int]]:
    """(indices to train on, indices to validate on). Fewer than `least` rows are all trained on.

    Rows of one prompt stay together: the same vote of several raters, or both halves of a pair, on either side of the
    slice would make validation look better than it is.
    """
    of: dict[Ids, list[int]] = {}
    for index, row in enumerate(rows):
        of.setdefault(row.prompt, []).append(index)
    groups = list(of.values())
    random.Random(f"{seed}/validation").shuffle(groups)
    wanted = int(len(rows) * share) if len(rows) >= least and len(groups) > 1 else 0
    held: list[int] = []
    while len(held) < wanted and len(held) + len(groups[0]) <= 2 * wanted:
        held += groups.pop(0)
    return sorted(index for group in groups for index in group), sorted(held)
