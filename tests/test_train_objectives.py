"""What an algorithm makes of opinions: rows, weights, and losses that add up over parts of a batch."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from lab.settings import TrainSettings
from lab.train import kto, losses
from lab.train.batches import Row
from lab.train.dpo import Preference
from lab.train.kto import Thumbs
from lab.train.sft import Imitation

SETTINGS = TrainSettings(beta=0.5, sft_weight=0.3)


def thumbs(up: int, down: int) -> list[Row]:
    good, bad = losses.class_weights(up, down)
    kinds = [(True, good)] * up + [(False, bad)] * down
    return [Row((1, k), ((2, 3),), (-1.0,), label, weight) for k, (label, weight) in enumerate(kinds)]


@pytest.mark.parametrize("up", [1, 2, 6])
def test_both_kinds_of_thumb_pull_alike_over_an_epoch(up: int) -> None:
    """Dividing each batch by its own weights undid them: with one thumb up in ten, up had 36 % of the say."""
    rows = thumbs(up * 2, 20 - up * 2)
    objective = Thumbs(TrainSettings(beta=0.5, sft_weight=0.0))
    pull = {True: 0.0, False: 0.0}
    for start in range(0, 20, 8):
        part = rows[start : start + 8]
        whole = objective.whole(part, torch.zeros(0))
        policy = torch.tensor([[row.reference[0]] for row in part], requires_grad=True)
        objective.loss(policy, part, whole).value.backward()
        assert policy.grad is not None
        for row, gradient in zip(part, policy.grad[:, 0].tolist(), strict=True):
            pull[row.label] += abs(gradient) * len(part)
    assert pull[True] == pytest.approx(pull[False])


@pytest.mark.parametrize(
    "objective", [Preference(SETTINGS), Preference(SETTINGS, squared=True), Imitation(SETTINGS), Thumbs(SETTINGS)]
)
def test_parts_of_a_batch_add_up(objective: Preference | Imitation | Thumbs) -> None:
    rows = [Row((k,), ((1,) * (k + 1), (2, 3)), (-1.0 * k, -2.0), label=k % 2 == 0) for k in range(5)]
    policy = torch.randn(5, len(objective.which), generator=torch.Generator().manual_seed(0)) - 3
    whole = objective.whole(rows, torch.zeros(5))
    together = objective.loss(policy, rows, whole).value
    apart = sum(objective.loss(policy[part], rows[part], whole).value for part in (slice(0, 2), slice(2, 5)))
    assert together.item() == pytest.approx(float(apart))


def test_every_thumb_gets_the_completion_of_another() -> None:
    rows = [replace(row, completions=((10 + k,) * 5,)) for k, row in enumerate(thumbs(3, 3))]
    mated = kto.with_unrelated(rows, max_length=4, seed=1)
    assert all(row.completions[kto.UNRELATED][0] != row.completions[kto.OWN][0] for row in mated)
    assert all(len(row.prompt) + len(row.completions[kto.UNRELATED]) <= 4 for row in mated), "cut to what the row leaves"
    assert kto.with_unrelated(rows[:1], max_length=4, seed=1) == rows[:1], "alone it has none, and z0 is 0"
