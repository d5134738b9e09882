"""What a forward with gradients takes, what there is, what was taken, and how to keep the C library from giving it back too soon.

Estimates are of the textbook layer; they decide whether to compute activations again in the backward, no more.
"""

from __future__ import annotations

import ctypes
import logging
import resource
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psutil
import torch
from torch.utils.checkpoint import checkpoint

from lab.model.base import Base

SHARE = 0.5  # of the free memory that activations may take before they are computed again instead
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3  # glibc's names for what `steady_heap` sets

logger = logging.getLogger(__name__)


def activation_bytes(base: Base, tokens: int) -> int:
    """What the backward of `tokens` keeps: states, projections, attention and the three states of the gated MLP."""
    config = base.causal_lm.config.get_text_config()
    hidden, layers, heads = int(config.hidden_size), int(config.num_hidden_layers), int(config.num_attention_heads)
    inner = int(getattr(config, "intermediate_size", None) or 4 * hidden)
    a_token = 12 * hidden + 5 * inner + heads * min(tokens, 1024) // 2
    return tokens * layers * a_token * (2 if base.causal_lm.dtype == torch.bfloat16 else 4)


def free_bytes(device: torch.device) -> int:
    """Memory that can still be had on the device."""
    if device.type == "cuda":
        return int(torch.cuda.mem_get_info(device)[0])
    return int(psutil.virtual_memory().available)


def is_short(base: Base, tokens: int) -> bool:
    """Whether activations of `tokens` would take more than their share of what is free."""
    return activation_bytes(base, tokens) > SHARE * free_bytes(base.device)


@contextmanager
def recomputed(base: Base) -> Iterator[None]:
    """Inside, every layer keeps its input alone and computes the rest again in the backward (Chen 2016).

    The backward must run inside too, with the same adapter active: a layer computed again under another one would
    give gradients of nothing.
    """
    layers: list[Any] = list(base.causal_lm.get_decoder().layers)
    for layer in layers:
        own = layer.forward

        def forward(*args: Any, own: Any = own, **options: Any) -> Any:
            return checkpoint(own, *args, use_reentrant=False, preserve_rng_state=False, **options)

        layer.forward = forward
    try:
        yield
    finally:
        for layer in layers:
            del layer.forward


@contextmanager
def steady_heap() -> Iterator[None]:
    """Inside, freed memory stays with this process, so that the same activations do not fault their pages in at every step.

    Given back at the end. Worth some hundredths of a step on Linux (benchmarks/RESULTS.md); elsewhere nothing happens.
    """
    try:
        library = ctypes.CDLL("libc.so.6") if sys.platform == "linux" else None
        mallopt = library.mallopt if library else None
    except (OSError, AttributeError):  # another C library
        mallopt = None
    if mallopt is None or library is None:
        yield
        return
    mallopt(M_MMAP_THRESHOLD, 32 * 1024 * 1024)
    mallopt(M_TRIM_THRESHOLD, 2**31 - 1)
    try:
        yield
    finally:
        mallopt(M_MMAP_THRESHOLD, 128 * 1024)
        mallopt(M_TRIM_THRESHOLD, 128 * 1024)
        library.malloc_trim(0)


def peak_mb(base: Base) -> float:
    """The most memory this process ever held: of the GPU on CUDA, else resident. A warm trainer's peak spans its rounds."""
    if base.device.type == "cuda":
        return torch.cuda.max_memory_allocated() / 1e6
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1e6 if sys.platform == "darwin" else peak * 1024 / 1e6
