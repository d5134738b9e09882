"""Replies drawn to be looked at, and what their tokens alone say of them. Knows prompts as ids and adapters by name.

It decides nothing, and knows neither opinions nor limits.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing

from lab.model import adapters
from lab.model.base import Base
from lab.model.generate import Emitted, Request, stream
from lab.records import Message, Sampling
from lab.settings import TrainSettings
from lab.train.batches import Ids, Row
from lab.train.forward import measure

SAMPLES = 16  # everyday prompts that replies are drawn to
LONGEST = 64  # tokens of each
ROOM = 98_304  # rows drawn at once times the model's width: 256 rows of the starter, 24 of a model 4,096 wide
PROMPTS = (
    "Hello! How are you today?", "What do you like to do on a rainy day?", "Can you tell me something about dogs?",
    "I had a long day at work.", "What should I cook for dinner tonight?", "Explain in one sentence what a river is.",
    "Give me three tips for sleeping better.", "Thank you, that was nice of you.",
)  # fmt: skip


def request(prompt: Ids, name: str | None, seed: int, longest: int = LONGEST) -> Request:
    """At temperature 1, nothing truncated, so that log-probs are those of the distribution drawn from."""
    return Request(prompt, Sampling(temperature=1.0, top_p=1.0, top_k=0, max_new_tokens=longest), seed, name)


def draw(
    base: Base, name: str | None, prompts: Sequence[Ids], seed: int, longest: int = LONGEST,
    courteous: Callable[[], None] = lambda: None,
) -> list[Emitted]:  # fmt: skip
    """One reply a prompt."""
    return draw_all(base, [request(prompt, name, seed + k, longest) for k, prompt in enumerate(prompts)], courteous)


def draw_all(base: Base, requests: Sequence[Request], courteous: Callable[[], None] = lambda: None) -> list[Emitted]:
    """Replies in the order of the requests, drawn as many together as there is room for; the longest ones together."""
    width = max(1, ROOM // int(base.causal_lm.config.get_text_config().hidden_size))
    order = sorted(range(len(requests)), key=lambda k: -requests[k].sampling.max_new_tokens)
    found: dict[int, Emitted] = {}
    for start in range(0, len(order), width):
        part = order[start : start + width]
        replies: list[Emitted] = []
        with closing(stream(base, [requests[k] for k in part])) as steps:
            for replies in steps:  # noqa: B007  (the last item is the result)
                courteous()
        found |= dict(zip(part, replies, strict=True))
    return [found[k] for k in range(len(requests))]


def drift(base: Base, prompts: Sequence[Ids], replies: Sequence[Emitted], settings: TrainSettings) -> list[tuple[float, int]]:
    """Of each reply (sum of log pi - log pi_ref, its tokens): on the policy's own replies, a sample of KL(policy || base)."""
    rows = [Row(prompt, (tuple(reply.token_ids),)) for prompt, reply in zip(prompts, replies, strict=True)]
    with adapters.without(base):
        reference = measure(base, rows, (0,), settings.tokens, settings.dtype)[:, 0].tolist()
    return [(sum(reply.logprobs) - theirs, len(reply.token_ids)) for reply, theirs in zip(replies, reference, strict=True)]


def per_token(sums: Sequence[tuple[float, int]]) -> float:
    """Of (sum, tokens) of each reply: the mean over all tokens. Of anything else that is counted, too."""
    return sum(value for value, _ in sums) / max(1, sum(tokens for _, tokens in sums))


def kl_from_base(base: Base, prompts: Sequence[Ids], replies: Sequence[Emitted], settings: TrainSettings) -> float:
    """KL(policy || base), nats a token, estimated on the policy's own replies."""
    return per_token(drift(base, prompts, replies, settings))


def repeats(reply: Emitted) -> tuple[int, int]:
    """(4-grams that already occurred in the reply, all of them)."""
    grams = [tuple(reply.token_ids[i : i + 4]) for i in range(len(reply.token_ids) - 3)]
    return len(grams) - len(set(grams)), len(grams)


def repetition(replies: Sequence[Emitted]) -> float:
    """Share of 4-grams that already occurred in their reply; 0 when there are none."""
    return per_token([repeats(reply) for reply in replies])


def stop_rate(replies: Sequence[Emitted]) -> float:
    return sum(reply.finish == "end" for reply in replies) / len(replies)


def mean_length(replies: Sequence[Emitted]) -> float:
    return sum(len(reply.token_ids) for reply in replies) / len(replies)


def questions(prompts: Sequence[Sequence[Message]]) -> list[tuple[Message, ...]]:
    """Up to SAMPLES different prompts to draw replies to: the given ones first, filled up with everyday ones."""
    everyday = [(Message(role="user", content=text),) for text in PROMPTS]
    unique = {str(p): tuple(p) for p in [*prompts[: SAMPLES - len(everyday)], *everyday]}
    return list(unique.values())
