"""Batched generation: ids in; ids and log-probs out. Knows nothing of text, conversations or versions."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Any

import torch

from lab.model.adapters import per_row
from lab.model.base import Base
from lab.records import Finish, Sampling


@dataclass(frozen=True)
class Request:
    """One reply to draw: prompt ids, how, from which seed, by which adapter (None for the base)."""

    prompt: tuple[int, ...]
    sampling: Sampling
    seed: int
    adapter: str | None = None


@dataclass
class Emitted:
    """What has been drawn so far. `logprobs` are the model's own: temperature 1, nothing truncated, nats."""

    token_ids: list[int] = field(default_factory=list)
    logprobs: list[float] = field(default_factory=list)
    finish: Finish | None = None


def generate(base: Base, requests: Sequence[Request]) -> list[Emitted]:
    """All replies, whole."""
    emitted = [Emitted() for _ in requests]
    for emitted in stream(base, requests):  # noqa: B007  (the last item is the result)
        pass
    return emitted


def stream(
    base: Base, requests: Sequence[Request], lock: AbstractContextManager[Any] | None = None
) -> Generator[list[Emitted], None, None]:
    """Draws all replies together, one forward step an item; the list and its Emitted grow in place.

    `lock` is held during forwards only. Closing the iterator stops the work. A request's draws depend on its own
    seed alone; its numbers may differ in the last bits with the company it is batched with.
    """
    emitted = [Emitted() for _ in requests]
    alive = list(range(len(requests)))
    generators = [torch.Generator(device="cpu").manual_seed(r.seed) for r in requests]
    guard = lock or nullcontext()
    width = max(len(r.prompt) for r in requests)
    pad = base.template.tokenizer.pad_token_id or 0
    ids = torch.tensor([[pad] * (width - len(r.prompt)) + list(r.prompt) for r in requests], device=base.device)
    mask = torch.tensor([[0] * (width - len(r.prompt)) + [1] * len(r.prompt) for r in requests], device=base.device)
    positions = (mask.cumsum(-1) - 1).clamp(min=0)
    cache = None
    while alive:
        with guard, torch.inference_mode():
            output = forward(base, ids, mask, positions, cache, [requests[row].adapter for row in alive])
            cache = output.cache
            logits = output.logits[:, -1].float()
            rows = [requests[row] for row in alive]
            tokens = draw(logits, rows, [emitted[row].token_ids for row in alive], [generators[row] for row in alive])
            chosen = logits.log_softmax(-1).gather(1, tokens[:, None])[:, 0].tolist()
        drawn = tokens.tolist()
        for row, token, logprob in zip(alive, drawn, chosen, strict=True):
            reply = emitted[row]
            reply.token_ids.append(token)
            reply.logprobs.append(logprob)
            if token in base.template.end_ids:
                reply.finish = "end"
            elif len(reply.token_ids) >= requests[row].sampling.max_new_tokens:
                reply.finish = "length"
        yield emitted
        keep = [k for k, row in enumerate(alive) if emitted[row].finish is None]
        if keep and len(keep) < len(alive):
            index = torch.tensor(keep, device=base.device)
            cache.batch_select_indices(index)
            mask, positions, tokens = mask[index], positions[index], tokens[index]
        alive = [alive[k] for k in keep]
        ids = tokens[:, None]
        positions = positions[:, -1:] + 1
        mask = torch.cat([mask, mask.new_ones(len(mask), 1)], dim=1)


def forward(
    base: Base, ids: torch.Tensor, mask: torch.Tensor, positions: torch.Tensor, cache: Any, adapters: list[str | None]
) -> Any:
    """One forward of a batch whose rows may each have another adapter; logits of the last position only."""
    inputs: dict[str, Any] = {"input_ids": ids, "attention_mask": mask, "position_ids": positions, "cache": cache,
              "use_cache": True, "logits_to_keep": 1}  # fmt: skip
    was_training = base.model.training
    if was_training:
        base.model.eval()  # adapters are mixed in eval mode only; nothing else depends on the mode (dropout is 0)
    try:
        with per_row(base, adapters):
            return base.causal_lm(**inputs)
    finally:
        if was_training:
            base.model.train()


def draw(
    logits: torch.Tensor, requests: Sequence[Request], so_far: Sequence[list[int]], generators: Sequence[torch.Generator]
) -> torch.Tensor:
    """One token a row, (rows,), from logits (rows, vocabulary), by each row's own sampling and generator."""
    tokens = []
    for row, request in enumerate(requests):
        scores = shaped(logits[row], request.sampling, so_far[row])
        if request.sampling.temperature == 0:
            tokens.append(scores.argmax())
            continue
        # the Gumbel-max trick: an argmax over independent noise draws from the softmax (Maddison 2014)
        noise = torch.empty(scores.shape, dtype=torch.float32).exponential_(generator=generators[row]).to(scores.device)
        tokens.append((scores.softmax(-1) / noise).argmax())
    return torch.stack(tokens)


def shaped(logits: torch.Tensor, sampling: Sampling, so_far: list[int]) -> torch.Tensor:
    """Logits (vocabulary,) after repetition penalty, temperature, top-k and top-p (Holtzman 2020)."""
    if sampling.repetition_penalty != 1.0 and so_far:
        seen = torch.tensor(sorted(set(so_far)), device=logits.device)
        values = logits[seen]
        penalty = sampling.repetition_penalty
        logits = logits.index_copy(0, seen, torch.where(values > 0, values / penalty, values * penalty))
    if sampling.temperature not in (0.0, 1.0):
        logits = logits / sampling.temperature
    if sampling.top_k and sampling.top_k < len(logits):
        logits = logits.masked_fill(logits < logits.topk(sampling.top_k).values[-1], -torch.inf)
    if sampling.top_p < 1.0:
        ordered, order = logits.softmax(-1).sort(descending=True)
        cut = ordered.cumsum(-1) - ordered >= sampling.top_p  # the token that crosses the line stays
        logits = logits.index_fill(0, order[cut], -torch.inf)
    return logits
