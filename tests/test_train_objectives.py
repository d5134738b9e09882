"""What an algorithm makes of opinions: rows, weights, and losses that add up over parts of a batch."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from lab.records import CRITERIA
from lab.settings import TrainSettings
from lab.train import kto, losses
from lab.train.batches import Row
from lab.train.dpo import Preference
from lab.train.kto import Thumbs
from lab.train.reward import Comparison, Opinions
from lab.train.sft import Imitation

SETTINGS = TrainSettings(beta=0.5, sft_weight=0.3)


def thumbs(up: int, down: int) -> list[Row]:
    good, bad = losses.class_weights(up, down)
    kinds = [(True, good)] * up + [(False, bad)] * down
    return [Row((1, k), ((2, 3),), (-1.0,), label, balance=balance) for k, (label, balance) in enumerate(kinds)]


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


def reward_model() -> Opinions:
    heads = torch.nn.Parameter(torch.zeros(len(CRITERIA), 3, 4))
    length = torch.nn.Parameter(torch.zeros(1, 4))
    return Opinions(SETTINGS, heads, torch.nn.Parameter(torch.zeros(len(CRITERIA))), 0.5, length, decorrelate=0.7)


@pytest.mark.parametrize("objective", [
    Preference(SETTINGS), Preference(SETTINGS, squared=True), Imitation(SETTINGS), Thumbs(SETTINGS),
    Comparison(SETTINGS, torch.nn.Parameter(torch.zeros(1, 4))), reward_model(),
], ids=["dpo", "ipo", "sft", "kto", "comparison", "reward model"])  # fmt: skip
def test_a_weight_is_absolute(objective: Preference | Imitation | Thumbs | Comparison | Opinions) -> None:
    """Weights were divided by their own sum, and left out where replies are imitated: weighing all votes by half did nothing."""
    rows = [Row((k,), ((1,) * (k + 1), (2, 3)), (-1.0 * k, -2.0), label=k % 2 == 0, draws=(1, 2)) for k in range(5)]
    shape = (5, len(objective.which), *((len(CRITERIA) * 3 + 1,) if isinstance(objective, Opinions) else ()))
    start = torch.randn(shape, generator=torch.Generator().manual_seed(0)) - 3

    def gradient(weights: list[float]) -> torch.Tensor:
        policy = start.clone().requires_grad_()
        weighed = [replace(row, weight=weight) for row, weight in zip(rows, weights, strict=True)]
        objective.loss(policy, weighed, objective.whole(weighed, torch.zeros(5))).value.backward()
        assert policy.grad is not None
        return policy.grad

    whole, half = gradient([1.0] * 5), gradient([0.5] * 5)
    assert whole.abs().sum() > 0 and torch.allclose(half, whole / 2)
    one_less = gradient([0.0, 1, 1, 1, 1])
    if not isinstance(objective, Opinions):  # there the term against length looks at all replies together
        assert torch.equal(one_less[1:], whole[1:]) and not one_less[0].any(), "no other row is moved by it"


def test_every_thumb_gets_the_completion_of_another() -> None:
    rows = [replace(row, completions=((10 + k,) * 5,)) for k, row in enumerate(thumbs(3, 3))]
    mated = kto.with_unrelated(rows, max_length=4, seed=1)
    assert all(row.completions[kto.UNRELATED][0] != row.completions[kto.OWN][0] for row in mated)
    assert all(len(row.prompt) + len(row.completions[kto.UNRELATED]) <= 4 for row in mated), "cut to what the row leaves"
    assert kto.with_unrelated(rows[:1], max_length=4, seed=1) == rows[:1], "alone it has none, and z0 is 0"
