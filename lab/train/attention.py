"""Attention over packed trees, in the form transformers' models call it. Knows no model and no ids.

Registered with transformers as "trees": given a `Forest` it computes attention inside each tree, else it is plain
SDPA, so that a model set to it can still generate. On CUDA the mask is a FlexAttention block mask. On the CPU the
queries are taken a block at a time against exactly the keys on their path, by matrix products: nothing that is masked
is computed but for half of each block's own square. That is faster there than the fused kernel with an explicit mask,
forward and backward, most of all in bf16 (benchmarks/RESULTS.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import torch
from torch import Tensor
from torch.nn.attention.flex_attention import BlockMask, create_block_mask, flex_attention
from transformers import AttentionInterface, AttentionMaskInterface
from transformers.integrations.sdpa_attention import sdpa_attention_forward
from transformers.masking_utils import sdpa_mask

NAME = "trees"
BLOCK = 256  # queries computed at once
LONG = 2048  # tokens of a forward from which probabilities are computed again in the backward instead of kept

Run = tuple[int, int]  # (start, stop) of neighbouring places
Kept = dict[int, tuple[Tensor, Tensor]]  # keys and values (B, groups, T, d) of each attention layer, by its identity


@dataclass(frozen=True)
class Branch:
    """Queries of one path and the runs of places they may see; the last `stop - start` keys are the queries' own."""

    start: int
    stop: int
    keys: tuple[Run, ...]


@dataclass(frozen=True)
class Forest:
    """What a query may see: by branches on the CPU, as a block mask on CUDA.

    `keep` takes the keys and values of this forward. `past` are those of another, which come before this one's own.
    """

    branches: tuple[Branch, ...] = ()
    block: BlockMask | None = None
    keep: Kept | None = None
    past: Kept | None = None


def forest(ends: Tensor) -> Forest:
    """Of one packed forward; ends: (T,), where each token's subtree ends, on the device of the forward."""
    if ends.device.type == "cuda":
        return Forest(block=block_mask(ends))
    return Forest(branches_of(ends.tolist()))


def branches_of(ends: Sequence[int]) -> tuple[Branch, ...]:
    """Every place once, in order: a branch goes on while nothing closes and its block is not full."""
    found: list[Branch] = []
    path: list[Run] = []  # runs that are open at `start`
    start = 0
    for place in range(1, len(ends) + 1):
        last = place == len(ends)
        closed = last or ends[place - 1] == place  # a leaf: what follows stands on another path
        if closed or place - start == BLOCK or ends[place] != ends[place - 1]:
            path.append((start, place))
            found.append(Branch(start, place, joined(path)))
            if closed and not last:
                path = [run for run in path if ends[run[0]] > place]
            start = place
    return tuple(found)


def joined(runs: Sequence[Run]) -> tuple[Run, ...]:
    """Neighbouring runs made one."""
    result: list[Run] = []
    for start, stop in runs:
        if result and result[-1][1] == start:
            result[-1] = (result[-1][0], stop)
        else:
            result.append((start, stop))
    return tuple(result)


def block_mask(ends: Tensor) -> BlockMask:
    """FlexAttention's form: a query sees a key before it whose subtree has not ended. Trees need no mark of their own."""

    def sees(batch: Tensor, head: Tensor, query: Tensor, key: Tensor) -> Tensor:
        return (key <= query) & (query < ends[key])

    return create_block_mask(sees, None, None, len(ends), len(ends), device=ends.device)


@cache
def compiled_flex() -> Any:
    return torch.compile(flex_attention, dynamic=True)


def attend(
    module: torch.nn.Module, query: Tensor, key: Tensor, value: Tensor, attention_mask: Tensor | None,
    dropout: float = 0.0, scaling: float | None = None, trees: Forest | None = None, **options: Any,
) -> tuple[Tensor, None]:  # fmt: skip
    """transformers' attention: query (B, heads, T, d), key and value (B, groups, T, d) to (B, T, heads, d)."""
    if trees is None:
        return sdpa_attention_forward(module, query, key, value, attention_mask, dropout=dropout, scaling=scaling, **options)
    scale = query.shape[-1] ** -0.5 if scaling is None else scaling
    if torch.is_autocast_enabled(query.device.type):  # as autocast does for SDPA, which these stand for
        kind = torch.get_autocast_dtype(query.device.type)
        query, key, value = query.to(kind), key.to(kind), value.to(kind)
    if trees.block is not None:
        result = compiled_flex()(query, key, value, block_mask=trees.block, scale=scale, enable_gqa=True)
        return result.transpose(1, 2).contiguous(), None
    if trees.keep is not None:
        trees.keep[id(module)] = (key.detach(), value.detach())
    if trees.past is not None:
        key, value = (torch.cat(both, 2) for both in zip(trees.past[id(module)], (key, value), strict=True))
    result = _Attention.apply(query[0], key[0], value[0], trees.branches, scale)
    return result.transpose(0, 1)[None], None


class _Attention(torch.autograd.Function):
    """softmax(scale q kᵀ) v over branches. q: (heads, T, d); k, v: (groups, T, d), shared by the heads of a group."""

    @staticmethod
    def forward(ctx: Any, q: Tensor, k: Tensor, v: Tensor, branches: tuple[Branch, ...], scale: float) -> Tensor:
        groups = k.shape[0]
        q, k, v = q * scale, k.contiguous(), v.contiguous()
        result = torch.empty(q.shape[1], q.shape[0], v.shape[-1], dtype=q.dtype).transpose(0, 1)  # laid out as it is read
        kept = []
        for branch in branches:
            p = probabilities(grouped(q, branch, groups), gathered(k, branch.keys), branch)
            part = torch.bmm(p, gathered(v, branch.keys))
            result[:, branch.start : branch.stop] = part.view(q.shape[0], -1, v.shape[-1])
            if q.shape[1] <= LONG:
                kept.append(p)
        ctx.save_for_backward(q, k, v, result, *kept)
        ctx.branches, ctx.scale = branches, scale
        return result

    @staticmethod
    def backward(ctx: Any, *upstream: Tensor) -> tuple[Tensor | None, ...]:
        q, k, v, result, *kept = ctx.saved_tensors
        groups = k.shape[0]
        slope = upstream[0]
        inner = (slope * result).sum(-1, keepdim=True)
        for_q, for_k, for_v = torch.empty_like(q), torch.zeros_like(k), torch.zeros_like(v)
        for number, branch in enumerate(ctx.branches):
            queries, keys = grouped(q, branch, groups), gathered(k, branch.keys)
            p = kept[number] if kept else probabilities(queries, keys, branch)
            down = grouped(slope, branch, groups)
            for_scores = torch.bmm(down, gathered(v, branch.keys).transpose(1, 2))
            for_scores.sub_(grouped(inner, branch, groups)).mul_(p)
            scatter(for_v, branch.keys, torch.bmm(p.transpose(1, 2), down))
            scatter(for_k, branch.keys, torch.bmm(for_scores.transpose(1, 2), queries))
            for_q[:, branch.start : branch.stop] = torch.bmm(for_scores, keys).view(q.shape[0], -1, q.shape[-1])
        return for_q.mul_(ctx.scale), for_k, for_v, None, None


def probabilities(queries: Tensor, keys: Tensor, branch: Branch) -> Tensor:
    """(groups, heads of a group * n, K): the softmax, whose scores among the branch's own n tokens are causal."""
    own = branch.stop - branch.start
    scores = torch.bmm(queries, keys.transpose(1, 2))
    scores.view(len(keys), -1, own, keys.shape[1])[..., -own:].add_(causal(own, scores.dtype))
    return torch.softmax(scores, -1, dtype=torch.float32).to(queries.dtype)


@cache
def causal(size: int, dtype: torch.dtype) -> Tensor:
    return torch.full((size, size), -torch.inf, dtype=dtype).triu_(1)


def grouped(states: Tensor, branch: Branch, groups: int) -> Tensor:
    """(heads, T, d) to (groups, heads of a group * n, d): the queries that share a key, as rows of one product."""
    return states[:, branch.start : branch.stop].reshape(groups, -1, states.shape[-1])


def gathered(states: Tensor, runs: tuple[Run, ...]) -> Tensor:
    """(groups, T, d) to (groups, K, d)."""
    parts = [states[:, start:stop] for start, stop in runs]
    return parts[0] if len(parts) == 1 else torch.cat(parts, 1)


def scatter(into: Tensor, runs: tuple[Run, ...], values: Tensor) -> None:
    """Adds (groups, K, d) to the places they were gathered from."""
    done = 0
    for start, stop in runs:
        into[:, start:stop] += values[:, done : done + stop - start]
        done += stop - start


AttentionInterface.register(NAME, attend)
AttentionMaskInterface.register(NAME, sdpa_mask)
