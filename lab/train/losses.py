"""The losses, as the papers write them: pure functions of log-probabilities. They know no model and no batch.

Log-probabilities are sums over the tokens of a completion, in nats. "policy" is the model being trained,
"reference" the base with its adapter off. Every function returns one value a row; the caller averages.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn.functional import logsigmoid


def sft(policy: Tensor) -> Tensor:
    """Negative log-likelihood of each completion, (rows,), nats. Divide the sum by the number of tokens for the mean."""
    return -policy


def implicit_reward(policy: Tensor, reference: Tensor, beta: float) -> Tensor:
    """beta * log(pi / pi_ref), the reward a policy stands for, up to a term of the prompt (Rafailov 2023, eq. 5)."""
    return beta * (policy - reference)


def dpo(
    chosen: Tensor, rejected: Tensor, chosen_reference: Tensor, rejected_reference: Tensor, beta: float,
    label_smoothing: float = 0.0,
) -> Tensor:  # fmt: skip
    """Direct preference optimization, (rows,): Rafailov 2023, eq. 7.

    `label_smoothing` is the assumed share of votes that are the wrong way round (conservative DPO, Mitchell 2023).
    """
    logits = beta * ((chosen - chosen_reference) - (rejected - rejected_reference))
    return -(1 - label_smoothing) * logsigmoid(logits) - label_smoothing * logsigmoid(-logits)


def ipo(
    chosen: Tensor, rejected: Tensor, chosen_reference: Tensor, rejected_reference: Tensor,
    chosen_tokens: Tensor, rejected_tokens: Tensor, beta: float,
) -> Tensor:  # fmt: skip
    """Identity preference optimization, (rows,): Azar 2023, eq. 17, with beta for its tau.

    The log-ratios are means over tokens, not sums: a sum would make the target depend on the length of the replies.
    The authors' published results use the means.
    """
    difference = (chosen - chosen_reference) / chosen_tokens - (rejected - rejected_reference) / rejected_tokens
    return (difference - 1 / (2 * beta)) ** 2


def kto_anchor(policy: Tensor, reference: Tensor) -> Tensor:
    """z0 of KTO: mean of log(pi / pi_ref) over completions of *other* prompts, at least 0, without gradient (scalar).

    Ethayarajh 2024, section 4.1. An estimate of the KL between policy and reference; with no rows it is 0.
    """
    if not len(policy):
        return torch.zeros(())
    return (policy - reference).mean().clamp(min=0).detach()


def kto(policy: Tensor, reference: Tensor, desirable: Tensor, anchor: Tensor, beta: float) -> Tensor:
    """Kahneman-Tversky optimization, (rows,): Ethayarajh 2024, eq. 8, before the class weights.

    `desirable` is boolean, one a row: True for a reply that was found good.
    """
    ratio = policy - reference
    return 1 - torch.sigmoid(beta * torch.where(desirable, ratio - anchor, anchor - ratio))


def class_weights(desirable: int, undesirable: int) -> tuple[float, float]:
    """(weight of thumbs up, weight of thumbs down) that give both sides the same say.

    Ethayarajh 2024, eq. 9: the products of weight and count should stand between 1:1 and 4:3; this takes 1:1. The
    mean weight over all rows is 1, so the learning rate means the same whatever the balance.
    """
    if not desirable or not undesirable:
        return 1.0, 1.0
    total = desirable + undesirable
    return total / (2 * desirable), total / (2 * undesirable)


def bradley_terry(chosen: Tensor, rejected: Tensor, tie: Tensor, nu: float) -> Tensor:
    """Negative log-likelihood of votes under scores, (rows,), nats: Bradley-Terry, with ties as Davidson 1970, eq. 2.

    With d = chosen - rejected, P(chosen) = e^(d/2) / Z and P(tie) = nu / Z, Z = e^(d/2) + e^(-d/2) + nu. `tie` is boolean,
    one a row; nu > 0 says how readily two replies of equal score are called equal (nu / (2 + nu) of the time). With
    nu = 0 this is -log sigmoid(d), the reward loss of Ouyang 2022, eq. 1, and a tie is impossible.
    """
    half = (chosen - rejected) / 2
    parts = torch.stack([half, -half] if nu == 0 else [half, -half, torch.full_like(half, math.log(nu))])
    won = half if nu == 0 else torch.where(tie, parts[-1], half)
    return torch.logsumexp(parts, 0) - won


def pointwise(score: Tensor, desirable: Tensor, threshold: Tensor | float, scale: Tensor | float = 1.0) -> Tensor:
    """Negative log-likelihood of thumbs under scores, (rows,), nats: P(up) = sigmoid(scale * (score - threshold)).

    Logistic regression on the score. `desirable` is boolean, one a row; threshold is the score of a reply that is found
    good half of the time.
    """
    return -logsigmoid(scale * torch.where(desirable, score - threshold, threshold - score))
