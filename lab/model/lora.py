"""The LoRA layer as it is trained: one autograd step a layer instead of six, and no copy of what it can do without.

PEFT's own forward makes the base's output, the adapter's, its scaled copy and their sum, and autograd keeps what each
needs. Here the adapter is added in place, and only the input and its projection onto the rank are kept. The numbers
are PEFT's, up to the order of additions. Knows nothing of losses; layers it does not know keep PEFT's forward.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor

from lab.model.libraries import dequantize_4bit

Weight = Callable[[], Tensor]


class _LoraLinear(torch.autograd.Function):
    """y = x Wᵀ + b + s (x Aᵀ) Bᵀ with W and b frozen (Hu 2021, eq. 3). x: (..., in), A: (rank, in), B: (out, rank)."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, a: Tensor, b: Tensor, scale: float, weight: Weight, bias: Tensor | None,
                dtype: torch.dtype) -> Tensor:  # fmt: skip
        flat = x.reshape(-1, x.shape[-1]).to(dtype)
        down, up = a.to(dtype), b.to(dtype) * scale
        rank = flat @ down.T
        result = torch.nn.functional.linear(flat, weight(), bias)
        result.addmm_(rank, up.T)
        ctx.save_for_backward(flat, rank, down, up)
        ctx.scale, ctx.weight, ctx.input = scale, weight, x.dtype
        return result.view(*x.shape[:-1], -1)

    @staticmethod
    def backward(ctx: Any, *upstream: Tensor) -> tuple[Tensor | None, ...]:
        flat, rank, down, up = ctx.saved_tensors
        slope = upstream[0].reshape(-1, upstream[0].shape[-1]).to(flat.dtype)
        slope_rank = slope @ up
        for_a, for_b = slope_rank.T @ flat, (rank.T @ slope).mul_(ctx.scale).T
        for_x = None
        if ctx.needs_input_grad[0]:
            for_x = (slope @ ctx.weight()).addmm_(slope_rank, down).view(*upstream[0].shape[:-1], -1).to(ctx.input)
        return for_x, for_a.float(), for_b.float(), None, None, None, None


def plain_weight(layer: Any) -> tuple[Weight, torch.dtype] | None:
    """How to get at the weights of a frozen linear layer, and the precision it computes in; None for unknown kinds."""
    match layer.__class__.__name__:
        case "Linear":
            return (lambda: layer.weight), layer.weight.dtype
        case "Linear4bit":
            dtype = layer.compute_dtype or torch.float32
            return (lambda: dequantize_4bit(layer.weight.data, layer.weight.quant_state).to(dtype)), dtype
    return None


def forward_of(layer: Any, name: str) -> Callable[[Tensor], Tensor] | None:
    """The forward of one LoRA layer under adapter `name`; None where PEFT's own has to stay."""
    found = plain_weight(layer.base_layer)
    if found is None or name not in layer.lora_A or name in layer.lora_variant:
        return None
    if layer.lora_dropout[name].__class__ is not torch.nn.Identity or layer.lora_B[name].bias is not None:
        return None
    weight, own = found
    a, b, scale, bias = layer.lora_A[name].weight, layer.lora_B[name].weight, layer.scaling[name], layer.base_layer.bias
    peft = layer.forward

    def forward(x: Tensor, *args: Any, **options: Any) -> Tensor:
        if layer.disable_adapters or options.get("adapter_names") is not None:
            return peft(x, *args, **options)
        casting = torch.is_autocast_enabled(x.device.type)
        dtype = torch.get_autocast_dtype(x.device.type) if casting else own
        quiet = (lambda: weight().to(dtype)) if casting and own != dtype else weight
        with torch.autocast(x.device.type, enabled=False):
            result = _LoraLinear.apply(x, a, b, scale, quiet, None if bias is None else bias.to(dtype), dtype)
        return result if casting else result.to(x.dtype)

    return forward


@contextmanager
def lean(layers: list[Any], name: str) -> Iterator[None]:
    """Inside, the layers run their adapter `name` in one step each."""
    changed = []
    try:
        for layer in layers:
            assert "forward" not in vars(layer), "one adapter is active at a time"
            forward = forward_of(layer, name)
            if forward is not None:
                layer.forward = forward
                changed.append(layer)
        yield
    finally:
        for layer in changed:
            del layer.forward  # the class's own again
