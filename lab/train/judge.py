"""What a candidate is worth: held-out opinions before and after, and canaries that tell a broken policy.

Everything is measured against the base or the parent on the same prompts and seeds. It decides nothing; the gate does.
The held-out share is never trained on. With few held-out opinions the figures are rough, and `heldout_n` says so.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch

from lab.model import adapters
from lab.model.base import Base
from lab.model.generate import Emitted, Request, generate
from lab.records import Message, Sampling
from lab.settings import TrainSettings
from lab.train.batches import Ids, Row
from lab.train.forward import measure

SAMPLES = 16  # replies drawn from the candidate and from the base
WORST = 1e9  # stands for "not a number"
LONGEST = 64  # tokens of each
PROMPTS = (
    "Hello! How are you today?", "What do you like to do on a rainy day?", "Can you tell me something about dogs?",
    "I had a long day at work.", "What should I cook for dinner tonight?", "Explain in one sentence what a river is.",
    "Give me three tips for sleeping better.", "Thank you, that was nice of you.",
)  # fmt: skip


@dataclass(frozen=True)
class Heldout:
    """Held-out opinions as rows with their reference: pairs of (chosen, rejected), thumbs of (own,)."""

    pairs: Sequence[Row]
    thumbs: Sequence[Row]


def log_ratios(base: Base, name: str | None, rows: Sequence[Row], which: Sequence[int], settings: TrainSettings) -> torch.Tensor:
    """(rows, which): log pi/pi_ref of the named adapter, nats; zeros for the base itself."""
    if name is None or not rows:
        return torch.zeros(len(rows), len(which))
    with adapters.active(base, name):
        policy = measure(base, rows, which, settings.tokens, settings.dtype)
    return policy - torch.tensor([[row.reference[k] for k in which] for row in rows])


def agreement(base: Base, name: str | None, held: Heldout, settings: TrainSettings) -> tuple[float | None, int]:
    """(share of held-out opinions the policy agrees with, ties 1/2; of how many). None of 0 without any; the base has 0.5.

    A pair agrees when the chosen reply's log-ratio is the larger. Thumbs count as the probability that a reply found
    good has a larger log-ratio than one found bad (the area under the ROC curve), which needs both kinds.
    """
    right, count = 0.0, 0
    pairs = log_ratios(base, name, held.pairs, (0, 1), settings)
    if len(pairs):
        right += wins(pairs[:, 0], pairs[:, 1])
        count += len(pairs)
    ratios = log_ratios(base, name, held.thumbs, (0,), settings)[:, 0]
    good = torch.tensor([row.label for row in held.thumbs], dtype=torch.bool)
    up, down = ratios[good], ratios[~good]
    if len(up) and len(down):
        right += wins(up[:, None].expand(-1, len(down)), down[None, :].expand(len(up), -1)) / (len(up) * len(down)) * len(ratios)
        count += len(ratios)
    return (right / count if count else None), count


def wins(better: torch.Tensor, worse: torch.Tensor) -> float:
    """How often `better` is the larger, ties counting half."""
    return float(((better > worse).float() + 0.5 * (better == worse).float()).sum())


def draw(base: Base, name: str | None, prompts: Sequence[Ids], seed: int, longest: int = LONGEST) -> list[Emitted]:
    """One reply a prompt at temperature 1, nothing truncated, so that log-probs are those of the distribution drawn from."""
    sampling = Sampling(temperature=1.0, top_p=1.0, top_k=0, max_new_tokens=longest)
    return generate(base, [Request(prompt, sampling, seed + k, name) for k, prompt in enumerate(prompts)])


def kl_from_base(base: Base, prompts: Sequence[Ids], replies: Sequence[Emitted], settings: TrainSettings) -> float:
    """KL(policy || base), nats a token, estimated on the policy's own replies: mean of log pi - log pi_ref."""
    rows = [Row(prompt, (tuple(reply.token_ids),)) for prompt, reply in zip(prompts, replies, strict=True)]
    with adapters.without(base):
        reference = measure(base, rows, (0,), settings.tokens, settings.dtype).sum().item()
    tokens = sum(len(reply.token_ids) for reply in replies)
    return (sum(sum(reply.logprobs) for reply in replies) - reference) / max(1, tokens)


def canaries(
    base: Base, name: str, parent: str | None, prompts: Sequence[Ids], settings: TrainSettings
) -> tuple[float, dict[str, float]]:
    """(KL from the base, canaries) of an adapter trained from `parent` (None: the base).

    repeat: share of 4-grams seen before in the same reply. stop_rate: share of replies that end by themselves. length:
    mean tokens. ppl_ratio: perplexity of what the base says, under the adapter, over the base's own: how much of the
    base was forgotten. nan: 1 when a weight or a log-prob is not finite. changed: 1 when some log-prob moved from where
    the parent had it.
    """
    theirs, ours = draw(base, None, prompts, settings.seed), draw(base, name, prompts, settings.seed)
    rows = [Row(prompt, (tuple(reply.token_ids),), (sum(reply.logprobs),)) for prompt, reply in zip(prompts, theirs, strict=True)]
    with adapters.without(base):
        before = measure(base, rows, (0,), settings.tokens, settings.dtype)
    with adapters.active(base, name):
        after = measure(base, rows, (0,), settings.tokens, settings.dtype)
    inherited = before
    if parent is not None:
        with adapters.active(base, parent):
            inherited = measure(base, rows, (0,), settings.tokens, settings.dtype)
    tokens = sum(len(reply.token_ids) for reply in theirs)
    finite = torch.isfinite(after).all() and all(torch.isfinite(p).all() for p in adapters.parameters(base, name).values())
    loss = (before - after).sum().item() / tokens
    return bounded(kl_from_base(base, prompts, ours, settings)), {
        "repeat": repetition(ours), "repeat_base": repetition(theirs),
        "stop_rate": stop_rate(ours), "stop_rate_base": stop_rate(theirs),
        "length": mean_length(ours), "length_base": mean_length(theirs),
        "ppl_ratio": bounded(math.exp(min(loss, 50.0))),
        "nan": float(not finite), "changed": float(bool(((inherited - after).abs() > 1e-4).any())),
    }  # fmt: skip


def bounded(value: float) -> float:
    """A figure JSON can carry: WORST for what is not a number or too large."""
    return value if value < WORST else WORST


def repetition(replies: Sequence[Emitted]) -> float:
    """Share of 4-grams that already occurred in their reply; 0 when there are none."""
    seen, total = 0, 0
    for reply in replies:
        grams = [tuple(reply.token_ids[i : i + 4]) for i in range(len(reply.token_ids) - 3)]
        total += len(grams)
        seen += len(grams) - len(set(grams))
    return seen / total if total else 0.0


def stop_rate(replies: Sequence[Emitted]) -> float:
    return sum(reply.finish == "end" for reply in replies) / len(replies)


def mean_length(replies: Sequence[Emitted]) -> float:
    return sum(len(reply.token_ids) for reply in replies) / len(replies)


def questions(prompts: Sequence[Sequence[Message]]) -> list[tuple[Message, ...]]:
    """Up to SAMPLES different prompts to draw replies to: the given ones first, filled up with everyday ones."""
    everyday = [(Message(role="user", content=text),) for text in PROMPTS]
    unique = {str(p): tuple(p) for p in [*prompts[: SAMPLES - len(everyday)], *everyday]}
    return list(unique.values())
