"""The arithmetic of PPO and RLOO against arithmetic done by hand, and GAE against its definition."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as some

from lab.train import policy_gradient as pg

NUMBERS = some.floats(-5, 5, width=32)


@given(
    replies=some.lists(some.lists(some.tuples(NUMBERS, NUMBERS), min_size=1, max_size=9), min_size=1, max_size=5),
    gamma=some.floats(0, 1), lam=some.floats(0, 1),
)  # fmt: skip
@settings(deadline=None, max_examples=60)
def test_gae_is_its_double_sum(replies: list[list[tuple[float, float]]], gamma: float, lam: float) -> None:
    wanted = []
    for reply in replies:
        for t in range(len(reply)):
            total = 0.0
            for later in range(t, len(reply)):
                reward, value = reply[later]
                following = reply[later + 1][1] if later + 1 < len(reply) else 0.0
                total += (gamma * lam) ** (later - t) * (reward + gamma * following - value)
            wanted.append(total)
    rewards, values = (torch.tensor([token[k] for reply in replies for token in reply]).double() for k in (0, 1))
    advantages, returns = pg.gae(rewards, values, [len(reply) for reply in replies], gamma, lam)
    assert advantages.tolist() == pytest.approx(wanted, abs=1e-9)
    assert torch.equal(returns, advantages + values)


def test_with_lambda_one_the_return_is_what_is_still_to_come() -> None:
    rewards, values = torch.tensor([0.0, 1.0, 2.0, 5.0]), torch.tensor([0.3, -0.2, 0.7, 4.0])
    _, returns = pg.gae(rewards, values, [3, 1], 1.0, 1.0)
    assert returns.tolist() == pytest.approx([3.0, 3.0, 2.0, 5.0])


def test_the_score_stands_at_the_last_token_and_drift_costs_at_every_one() -> None:
    old, reference = torch.tensor([-1.0, -2.0, -3.0]), torch.tensor([-1.5, -2.0, -1.0])
    rewards = pg.token_rewards(torch.tensor([10.0, 20.0]), old, reference, [2, 1], 0.1)
    assert rewards.tolist() == pytest.approx([-0.05, 10.0, 20.2])
    assert pg.reply_sums(rewards, [2, 1]).tolist() == pytest.approx([9.95, 20.2])
    assert pg.over_tokens(torch.tensor([1.0, 2.0]), [2, 1]).tolist() == [1.0, 1.0, 2.0]


def test_both_estimators_are_the_divergence_and_k3_is_never_negative() -> None:
    """Exactly: the mean over all tokens, each weighted by how often the policy draws it."""
    start, move = (torch.randn(50, generator=torch.Generator().manual_seed(k)) for k in (1, 2))
    policy, reference = start.log_softmax(0), (start + 0.3 * move).log_softmax(0)
    divergence = torch.nn.functional.kl_div(reference, policy, reduction="sum", log_target=True)
    weight = policy.exp()
    assert (weight * pg.k1(policy, reference)).sum().item() == pytest.approx(divergence.item(), rel=1e-4)
    assert (weight * pg.k3(policy, reference)).sum().item() == pytest.approx(divergence.item(), rel=1e-4)
    assert (pg.k3(policy, reference) >= 0).all()
    assert (weight * pg.k3(policy, reference) ** 2).sum() < 0.1 * (weight * pg.k1(policy, reference) ** 2).sum()


def test_each_reply_is_measured_by_the_others() -> None:
    found = pg.rloo(torch.tensor([[1.0, 2.0, 6.0], [5.0, 5.0, 5.0]]))
    assert found.tolist() == [[-3.0, -1.5, 4.5], [0.0, 0.0, 0.0]]
    with pytest.raises(AssertionError, match="leave-one-out"):
        pg.rloo(torch.ones(3, 1))


def test_whitened() -> None:
    found = pg.whitened(torch.tensor([1.0, 2.0, 3.0, 6.0]))
    assert found.mean().item() == pytest.approx(0, abs=1e-6)
    assert found.std(correction=0).item() == pytest.approx(1, abs=1e-6)
    assert pg.whitened(torch.ones(3)).tolist() == [0.0, 0.0, 0.0]


@pytest.mark.parametrize(
    ("ratio", "advantage", "loss", "decides"),
    [
        (1.1, 2.0, -2.2, False),
        (1.5, 2.0, -2.4, True),  # enough of it
        (0.5, 2.0, -1.0, False),  # the wrong way: nothing holds it back
        (0.5, -2.0, 1.6, True),
        (1.5, -2.0, 3.0, False),
    ],
)
def test_the_clip_takes_the_worse_of_both(ratio: float, advantage: float, loss: float, decides: bool) -> None:
    new = torch.tensor([math.log(ratio) - 3], requires_grad=True)
    value, clipped = pg.clipped_policy(new, torch.tensor([-3.0]), torch.tensor([advantage]), 0.2)
    assert (value.item(), clipped.item()) == (pytest.approx(loss), decides)
    value.sum().backward()
    assert new.grad is not None
    assert new.grad.item() == pytest.approx(0.0 if decides else -ratio * advantage, abs=1e-6)


def test_the_value_moves_no_further_than_its_clip() -> None:
    new = torch.tensor([1.1, 3.0, 0.5], requires_grad=True)
    loss = pg.clipped_value(new, torch.ones(3), torch.full((3,), 2.0), 0.2)
    assert loss.tolist() == pytest.approx([0.81 / 2, 1.0 / 2, 2.25 / 2])  # at 3 its kept value, 1.2, is closer: the larger error
    loss.sum().backward()
    assert new.grad is not None
    assert new.grad.tolist() == pytest.approx([-0.9, 1.0, -1.5])


def test_the_cost_of_drift_goes_after_its_target() -> None:
    assert pg.adapted(0.5, kl=0.1, target=0.1) == 0.5
    assert pg.adapted(0.5, kl=9.0, target=0.1) == pytest.approx(0.5 * 1.02)
    assert pg.adapted(0.5, kl=0.0, target=0.1) == pytest.approx(0.5 * 0.98)
    assert pg.adapted(0.5, kl=0.11, target=0.1) == pytest.approx(0.5 * 1.01)
