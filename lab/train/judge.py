"""Held-out opinions: how often a policy agrees with them, and what the candidate and the version before it decide apart.

The held-out share is never trained on. With few held-out opinions the figures are rough, and their number is told. It
decides nothing; the gate does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from lab.insight.paired import Paired, paired
from lab.model import adapters
from lab.model.base import Base
from lab.settings import TrainSettings
from lab.train.batches import Row
from lab.train.forward import measure


@dataclass(frozen=True)
class Heldout:
    """Held-out opinions as rows with their reference: pairs of (chosen, rejected), thumbs of (own,)."""

    pairs: Sequence[Row]
    thumbs: Sequence[Row]


@dataclass(frozen=True)
class Ratios:
    """log pi/pi_ref of a policy on held-out replies, nats: `pairs` (P, 2), `thumbs` (T,)."""

    pairs: Tensor
    thumbs: Tensor


def log_ratios(base: Base, name: str | None, rows: Sequence[Row], which: Sequence[int], settings: TrainSettings) -> torch.Tensor:
    """(rows, which): log pi/pi_ref of the named adapter, nats; zeros for the base itself."""
    if name is None or not rows:
        return torch.zeros(len(rows), len(which))
    with adapters.active(base, name):
        policy = measure(base, rows, which, settings.tokens, settings.dtype)
    return policy - torch.tensor([[row.reference[k] for k in which] for row in rows])


def ratios(base: Base, name: str | None, held: Heldout, settings: TrainSettings) -> Ratios:
    thumbs = log_ratios(base, name, held.thumbs, (0,), settings)[:, 0]
    return Ratios(log_ratios(base, name, held.pairs, (0, 1), settings), thumbs)


def agreement(found: Ratios, held: Heldout) -> tuple[float | None, int]:
    """(share of held-out opinions the policy agrees with, ties 1/2; of how many). None of 0 without any; the base has 0.5.

    A pair agrees when the chosen reply's log-ratio is the larger. Thumbs count as the probability that a reply found
    good has a larger log-ratio than one found bad (the area under the ROC curve), which needs both kinds.
    """
    right, count = 0.0, 0
    if len(found.pairs):
        right += wins(found.pairs[:, 0], found.pairs[:, 1])
        count += len(found.pairs)
    up, down = by_thumb(found, held)
    if len(up) and len(down):
        total = len(found.thumbs)
        right += wins(up[:, None].expand(-1, len(down)), down[None, :].expand(len(up), -1)) / (len(up) * len(down)) * total
        count += total
    return (right / count if count else None), count


def compared(candidate: Ratios, live: Ratios, held: Heldout) -> Paired:
    """Opinion by opinion, which of the two agrees with it; decisive are those on which they differ.

    The base is undecided on all, so against it every opinion is decisive. Of thumbs, each one up is set against one
    down, in their order and none of them twice: comparisons that shared a reply would not be independent.
    """
    return paired(agrees(candidate, held), agrees(live, held))


def agrees(found: Ratios, held: Heldout) -> list[float]:
    """1 for each comparison that the policy decides as people did, 1/2 for one that it does not decide."""
    up, down = by_thumb(found, held)
    count = min(len(up), len(down))
    margins = torch.cat([found.pairs[:, 0] - found.pairs[:, 1], up[:count] - down[:count]])
    return ((margins > 0).float() + 0.5 * (margins == 0).float()).tolist()


def by_thumb(found: Ratios, held: Heldout) -> tuple[Tensor, Tensor]:
    """Ratios of the replies with a thumb up, and of those with one down."""
    good = torch.tensor([row.label for row in held.thumbs], dtype=torch.bool)
    return found.thumbs[good], found.thumbs[~good]


def wins(better: torch.Tensor, worse: torch.Tensor) -> float:
    """How often `better` is the larger, ties counting half."""
    return float(((better > worse).float() + 0.5 * (better == worse).float()).sum())
