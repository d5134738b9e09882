"""The arithmetic of PPO and RLOO, as the papers write it: pure functions of log-probs, rewards and values.

Replies differ in length, so what belongs to tokens is flat: (N,), one reply after the other, with `lengths` (R,) that
sum to N. Log-probs are those of single tokens, in nats; "old" is the policy that drew the replies. Functions return one
value a token and the caller averages. They know no model, no batch and no text.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence


def k1(policy: Tensor, reference: Tensor) -> Tensor:
    """log pi - log pi_ref, (N,): on the policy's own tokens its mean is KL(pi || pi_ref). Schulman 2020, k1."""
    return policy - reference


def k3(policy: Tensor, reference: Tensor) -> Tensor:
    """r - 1 - log r with r = pi_ref / pi, (N,): the same mean as k1, and never negative. Schulman 2020, k3.

    Near the reference it spreads much less than k1. Far from it one token that the policy hardly ever says makes it large.
    """
    return torch.expm1(reference - policy) - (reference - policy)


def token_rewards(scores: Tensor, old: Tensor, reference: Tensor, lengths: Sequence[int], coefficient: float) -> Tensor:
    """(N,): the score (R,) of a reply at its last token, and -coefficient * k1 at every one. Ziegler 2019, eq. 2."""
    rewards = -coefficient * k1(old, reference)
    return rewards.index_add(0, torch.tensor(lengths).cumsum(0) - 1, scores)


def reply_sums(each: Tensor, lengths: Sequence[int]) -> Tensor:
    """(N,) to (R,): sums over the tokens of each reply."""
    return torch.stack([part.sum() for part in each.split(list(lengths))])


def over_tokens(each: Tensor, lengths: Sequence[int]) -> Tensor:
    """(R,) to (N,): what belongs to a reply, at each of its tokens."""
    return each.repeat_interleave(torch.tensor(lengths))


def gae(rewards: Tensor, values: Tensor, lengths: Sequence[int], gamma: float, lam: float) -> tuple[Tensor, Tensor]:
    """Generalized advantage estimation: (advantages, returns), both (N,). Schulman 2016, eq. 16; returns = A + V.

    A_t = sum over l of (gamma * lam)^l * delta_{t+l}, with delta_t = r_t + gamma * V_{t+1} - V_t (eq. 12). `values` are
    those of the state in which each token was drawn; a reply is over after its last token, where V is 0.
    """
    r, v = (pad_sequence(list(flat.split(list(lengths))), batch_first=True) for flat in (rewards, values))
    delta = r - v
    delta[:, :-1] += gamma * v[:, 1:]
    advantages = torch.empty_like(delta)
    later = torch.zeros(len(delta), dtype=delta.dtype, device=delta.device)
    for place in reversed(range(delta.shape[1])):  # behind a reply's end delta is 0, and so is what it adds
        later = advantages[:, place] = delta[:, place] + gamma * lam * later
    flat = torch.cat([row[:length] for row, length in zip(advantages, lengths, strict=True)])
    return flat, flat + values


def rloo(rewards: Tensor) -> Tensor:
    """(prompts, k) to the same: each reward less the mean of the k - 1 others of its prompt (Ahmadian 2024)."""
    k = rewards.shape[1]
    assert k > 1, "leave-one-out needs another reply to the same prompt"
    return rewards - (rewards.sum(1, keepdim=True) - rewards) / (k - 1)


def whitened(each: Tensor) -> Tensor:
    """(N,) with mean 0 and standard deviation 1, over all tokens."""
    return (each - each.mean()) / (each.std(correction=0) + 1e-8)


def clipped_policy(new: Tensor, old: Tensor, advantages: Tensor, clip: float) -> tuple[Tensor, Tensor]:
    """(loss, whether the clip decides), both (N,): Schulman 2017, eq. 7, with its sign turned. Gradient through `new`.

    The ratio of a token is exp(new - old).
    """
    ratio = torch.exp(new - old)
    plain, clipped = ratio * advantages, ratio.clamp(1 - clip, 1 + clip) * advantages
    return -torch.minimum(plain, clipped), clipped < plain


def clipped_value(new: Tensor, old: Tensor, returns: Tensor, clip: float) -> Tensor:
    """Half the squared error of the value, or of the value kept within `clip` of the old one: the larger. (N,).

    Not in a paper: from OpenAI's code, as Engstrom 2020, section 3, describes it. `clip` is in units of reward.
    """
    kept = old + (new - old).clamp(-clip, clip)
    return torch.maximum((new - returns) ** 2, (kept - returns) ** 2) / 2


def adapted(coefficient: float, kl: float, target: float, gain: float = 0.1) -> float:
    """The next coefficient of the KL penalty: Ziegler 2019, section 2.2. `kl` and `target` in the same units.

    The relative error is taken to be at most 0.2, so that one iteration moves it by 2 % at most.
    """
    error = min(max(kl / target - 1, -0.2), 0.2)
    return coefficient * (1 + gain * error)
