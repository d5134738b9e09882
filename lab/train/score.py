"""How given pairs are ranked: by a policy, the sum over a reply of log pi_version - log pi_base, or by a reward model."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from lab.model import adapters
from lab.model.base import Base
from lab.records import CRITERIA, Criterion, Pair
from lab.settings import TrainSettings
from lab.train import reward_model
from lab.train.batches import Row
from lab.train.forward import measure

NAME = "scored"
GROUP = 16  # pairs between two words of progress


def policy_scores(
    base: Base, pairs: Sequence[Pair], folder: Path | None, settings: TrainSettings,
    progress: Callable[[int], None] = lambda done: None,
) -> list[tuple[float, float]]:  # fmt: skip
    """(score of chosen, score of rejected) of every pair, nats; no pair is left out, and the base scores all of them 0."""
    if folder is None:
        return [(0.0, 0.0)] * len(pairs)
    rows = rows_of(base, pairs)
    adapters.load(base, folder, NAME)
    scores: list[tuple[float, float]] = []
    try:
        for start in range(0, len(rows), GROUP):
            some = rows[start : start + GROUP]
            with adapters.without(base):
                reference = measure(base, some, (0, 1), settings.tokens, settings.dtype)
            with adapters.active(base, NAME):
                policy = measure(base, some, (0, 1), settings.tokens, settings.dtype)
            scores += [(chosen, rejected) for chosen, rejected in (policy - reference).tolist()]
            progress(len(scores))
    finally:
        adapters.drop(base, NAME)
    return scores


def reward_scores(
    base: Base, pairs: Sequence[Pair], folder: Path, criterion: Criterion, settings: TrainSettings,
    progress: Callable[[int], None] = lambda done: None,
) -> list[tuple[float, float]]:  # fmt: skip
    """(score of chosen, score of rejected) of every pair by the main head of a criterion."""
    rows = rows_of(base, pairs)
    model = reward_model.load(base, folder, NAME)
    scores: list[tuple[float, float]] = []
    try:
        for start in range(0, len(rows), GROUP):
            found = model.scores(base, rows[start : start + GROUP], (0, 1), settings)[:, :, CRITERIA.index(criterion), 0]
            scores += [(chosen, rejected) for chosen, rejected in found.tolist()]
            progress(len(scores))
    finally:
        adapters.drop(base, NAME)
    return scores


def rows_of(base: Base, pairs: Sequence[Pair]) -> list[Row]:
    template = base.template
    rows = []
    for pair in pairs:
        replies = (tuple(c.token_ids) or tuple(template.encode_reply(c.text)) for c in (pair.chosen, pair.rejected))
        rows.append(Row(tuple(template.encode_prompt(pair.prompt)), tuple(replies)))
    return rows
