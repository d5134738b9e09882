"""The last layer computes only what is read.

What leaves a decoder's last layer is read at some places alone: where a reply's token is predicted, or at its end. Its
keys and values are needed everywhere; its queries, its output projection and its MLP only there. Elsewhere they are
left zero. Knows no packing: the places are given.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor

from lab.model.base import Base

WORTH = 0.8  # share of places read above which narrowing gains nothing


@contextmanager
def narrowed(base: Base, read: Tensor, places: int, even: int = 1) -> Iterator[None]:
    """Inside, parts of the last layer that look at one place at a time run on `read` (N,) of the B * T `places` alone.

    Some more of them run too where their number would not be a multiple of `even`.
    """
    last: Any = base.causal_lm.get_decoder().layers[-1]
    rows = evened(read.unique(), places, even)
    own = vars(last)
    if len(rows) > WORTH * places or "forward" in own:  # computed again in the backward, when this would be over
        yield
        return
    attention = getattr(last, "self_attn", None)
    found = [getattr(attention, "q_proj", None), getattr(attention, "o_proj", None), getattr(last, "mlp", None)]
    parts: list[Any] = [part for part in found if part is not None]
    before = [vars(part).get("forward") for part in parts]
    try:
        for part in parts:
            part.forward = at(part.forward, rows)
        yield
    finally:
        for part, forward in zip(parts, before, strict=True):
            if forward is None:
                del part.forward  # the class's own again
            else:
                part.forward = forward


def evened(rows: Tensor, places: int, even: int) -> Tensor:
    """`rows`, each once, and as many of the other `places` as bring their number to a multiple of `even`, if there are."""
    if len(rows) % even == 0:
        return rows
    others = torch.ones(places, dtype=torch.bool, device=rows.device).index_fill(0, rows, False).nonzero()[:, 0]
    return torch.cat([rows, others[: -len(rows) % even]])


def at(forward: Callable[..., Any], rows: Tensor) -> Callable[..., Any]:
    """`forward`, (..., in) to (..., out), computed at `rows` of the flattened leading dimensions and zero elsewhere."""

    def some(states: Tensor, *args: Any, **options: Any) -> Any:
        flat = states.reshape(-1, states.shape[-1])
        result = forward(flat.index_select(0, rows)[None], *args, **options)
        if not isinstance(result, Tensor):  # a router's choices beside it: places are no longer ours alone
            return forward(states, *args, **options)
        everywhere = torch.zeros(len(flat), result.shape[-1], dtype=result.dtype, device=result.device)
        return everywhere.index_copy(0, rows, result[0]).view(*states.shape[:-1], -1)

    return some
