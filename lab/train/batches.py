"""Rows of token ids, and the order in which a round takes them. Knows nothing of text, adapters, losses or forwards."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

Ids = tuple[int, ...]


@dataclass(frozen=True)
class Row:
    """One example as ids. What `completions` mean is the algorithm's: (chosen, rejected), (own, unrelated) or (own,).

    `reference` holds the base's log-prob of each completion, nats, in the same order; `label` is that of a thumb. What the row
    adds to the loss is multiplied by `weight`, and never divided by the weights of others; `balance` is KTO's for its kind
    of thumb. The rest
    is the reward model's: `tie` says that both completions were found equally good, `alone` that they are one and the same,
    with a thumb; `criterion` is a place in records.CRITERIA, `draws` how often each bootstrap head sees the row.
    """

    prompt: Ids
    completions: tuple[Ids, ...]
    reference: tuple[float, ...] = ()
    label: bool = True
    weight: float = 1.0
    balance: float = 1.0
    tie: bool = False
    alone: bool = False
    criterion: int = 0
    draws: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        assert self.prompt and all(self.completions), "a row needs a prompt and completions of at least one token"


def weights_of(rows: Sequence[Row]) -> dict[str, float]:
    """For a report: how many rows counted for less, and the mean weight of all; nothing where none did."""
    less = sum(row.weight < 1 for row in rows)
    return {"weighed_less": float(less), "mean_weight": sum(row.weight for row in rows) / len(rows)} if less else {}


def conversations(rows: Sequence[Row]) -> list[list[int]]:
    """The indices of the rows, those of one conversation together: each prompt begins with the group's shortest one.

    A later turn's prompt contains the earlier turns', so this needs no ids of conversations, and raters who judged
    the same replies meet here too.
    """
    groups: list[list[int]] = []
    root: Ids = ()
    for index in sorted(range(len(rows)), key=lambda i: (rows[i].prompt, i)):
        prompt = rows[index].prompt
        if not groups or prompt[: len(root)] != root:
            groups.append([])
            root = prompt
        groups[-1].append(index)
    return sorted((sorted(group) for group in groups), key=lambda group: group[0])


def schedule(rows: Sequence[Row], batch: int, epochs: int, seed: int) -> list[list[int]]:
    """The row indices of every step: each epoch shuffled anew by (seed, epoch), its last batch short, none dropped.

    Rows of one conversation are shuffled as one, so that they stand in one step and are computed behind one copy of
    what they share; a conversation of many rows is cut where a step is full.
    """
    groups = conversations(rows)
    steps = []
    for epoch in range(epochs):
        order = list(groups)
        random.Random(f"{seed}/{epoch}").shuffle(order)
        flat = [index for group in order for index in group]
        steps += [flat[start : start + batch] for start in range(0, len(flat), batch)]
    return steps


def slice_off(rows: Sequence[Row], seed: int, share: float = 0.1, least: int = 40) -> tuple[list[int], list[int]]:
    """(indices to train on, indices to validate on). Fewer than `least` rows are all trained on.

    Rows of one conversation stay together: the same vote of several raters, or both halves of a pair, on either side
    of the slice would make validation look better than it is.
    """
    groups = conversations(rows)
    random.Random(f"{seed}/validation").shuffle(groups)
    wanted = int(len(rows) * share) if len(rows) >= least and len(groups) > 1 else 0
    held: list[int] = []
    while len(held) < wanted and len(held) + len(groups[0]) <= 2 * wanted:
        held += groups.pop(0)
    return sorted(index for group in groups for index in group), sorted(held)
