"""The losses against arithmetic done by hand and against TRL, the field's reference implementation."""

from __future__ import annotations

import math

import pytest
import torch

from lab.train import losses

CHOSEN, REJECTED = torch.tensor([-2.0, -5.0]), torch.tensor([-4.0, -3.0])
CHOSEN_REF, REJECTED_REF = torch.tensor([-3.0, -5.0]), torch.tensor([-3.5, -4.0])


def sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x))


def test_dpo_by_hand() -> None:
    # log-ratio differences: (1 - -0.5) = 1.5 and (0 - 1) = -1
    each = losses.dpo(CHOSEN, REJECTED, CHOSEN_REF, REJECTED_REF, beta=0.5)
    assert each.tolist() == pytest.approx([-math.log(sigmoid(0.75)), -math.log(sigmoid(-0.5))])


def test_dpo_of_the_base_itself_is_log_two() -> None:
    assert losses.dpo(CHOSEN, REJECTED, CHOSEN, REJECTED, beta=3.0).tolist() == pytest.approx([math.log(2)] * 2)


def test_label_smoothing_by_hand() -> None:
    each = losses.dpo(CHOSEN, REJECTED, CHOSEN_REF, REJECTED_REF, beta=0.5, label_smoothing=0.1)
    assert each[0].item() == pytest.approx(-0.9 * math.log(sigmoid(0.75)) - 0.1 * math.log(sigmoid(-0.75)))


def test_ipo_by_hand() -> None:
    tokens = torch.tensor([2.0, 4.0]), torch.tensor([5.0, 2.0])
    each = losses.ipo(CHOSEN, REJECTED, CHOSEN_REF, REJECTED_REF, *tokens, beta=0.25)
    assert each.tolist() == pytest.approx([(1 / 2 - -0.5 / 5 - 2) ** 2, (0 / 4 - 1 / 2 - 2) ** 2])


def test_kto_by_hand() -> None:
    anchor = losses.kto_anchor(torch.tensor([-1.0, -2.0]), torch.tensor([-1.5, -2.1]))
    assert anchor.item() == pytest.approx(0.3)
    each = losses.kto(CHOSEN, CHOSEN_REF, torch.tensor([True, False]), anchor, beta=0.5)
    assert each.tolist() == pytest.approx([1 - sigmoid(0.5 * (1 - 0.3)), 1 - sigmoid(0.5 * (0.3 - 0))])


def test_the_anchor_is_never_negative_and_zero_without_rows() -> None:
    assert losses.kto_anchor(torch.tensor([-2.0]), torch.tensor([-1.0])).item() == 0
    assert losses.kto_anchor(torch.tensor([]), torch.tensor([])).item() == 0


@pytest.mark.parametrize(("up", "down"), [(30, 10), (1, 99), (5, 5)])
def test_class_weights_give_both_sides_the_same_say(up: int, down: int) -> None:
    good, bad = losses.class_weights(up, down)
    assert good * up == pytest.approx(bad * down)
    assert good * up + bad * down == pytest.approx(up + down)


def test_one_kind_of_thumb_is_not_weighted() -> None:
    assert losses.class_weights(7, 0) == (1.0, 1.0)


def test_gradients_go_the_right_way() -> None:
    chosen, rejected = CHOSEN.clone().requires_grad_(), REJECTED.clone().requires_grad_()
    losses.dpo(chosen, rejected, CHOSEN_REF, REJECTED_REF, beta=0.1).sum().backward()
    assert (chosen.grad < 0).all()  # type: ignore[operator]  # a larger log-prob of the chosen lowers the loss
    assert (rejected.grad > 0).all()  # type: ignore[operator]


def test_bradley_terry_without_ties_is_the_sigmoid_of_the_difference() -> None:
    chosen, rejected, no = torch.tensor([1.0, -0.5]), torch.tensor([0.2, 0.3]), torch.tensor([False, False])
    wanted = -torch.nn.functional.logsigmoid(chosen - rejected)
    assert torch.allclose(losses.bradley_terry(chosen, rejected, no, 0.0), wanted)


def test_davidsons_three_outcomes_are_probabilities() -> None:
    """e^(d/2) : e^(-d/2) : nu, by hand; and replies of equal score are called equal nu / (2 + nu) of the time."""
    a, b, nu = torch.tensor([0.7]), torch.tensor([0.1]), 0.5
    won, lost = (losses.bradley_terry(x, y, torch.tensor([False]), nu) for x, y in ((a, b), (b, a)))
    tied = losses.bradley_terry(a, b, torch.tensor([True]), nu)
    total = math.exp(0.3) + math.exp(-0.3) + nu
    assert won.item() == pytest.approx(-math.log(math.exp(0.3) / total))
    assert sum(math.exp(-part.item()) for part in (won, lost, tied)) == pytest.approx(1)
    assert math.exp(-losses.bradley_terry(a, a, torch.tensor([True]), nu).item()) == pytest.approx(nu / (2 + nu))


def test_thumbs_are_a_logistic_regression_on_the_score() -> None:
    found = losses.pointwise(torch.tensor([2.0, 2.0]), torch.tensor([True, False]), threshold=1.0, scale=3.0)
    assert found.tolist() == pytest.approx([math.log(1 + math.exp(-3)), math.log(1 + math.exp(3))])
