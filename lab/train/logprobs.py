"""Log-probs of completions under the model as it stands (whatever adapter is active), and nothing that is not needed.

Hidden states come from the backbone; logits are made only where a completion's token is predicted, a chunk at a time,
and never kept. The output layer is frozen, so the gradient of each log-prob with respect to its hidden state is known
in the forward already; it is kept in place of the logits (N x hidden instead of N x vocabulary).
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from lab.errors import ModelError
from lab.model.base import Base
from lab.train.batches import Packed, Row, pack

CHUNK = 1 << 23  # logits made at once, numbers


@dataclass(frozen=True)
class Head:
    """The output layer of a causal model: logits = cap(scale * (hidden @ weight.T + bias)); 0 means no cap."""

    weight: Tensor
    bias: Tensor | None
    scale: float
    cap: float


def head_of(base: Base) -> Head:
    """Reads what the architectures put behind the hidden states: Granite and Cohere scale, Gemma caps with a tanh."""
    layer = base.causal_lm.get_output_embeddings()
    config = base.causal_lm.config.get_text_config()
    assert not layer.weight.requires_grad and layer.weight.dim() == 2, "the output layer must be frozen and unquantized"
    scale = float(getattr(config, "logit_scale", None) or 1.0) / float(getattr(config, "logits_scaling", None) or 1.0)
    return Head(layer.weight, layer.bias, scale, float(getattr(config, "final_logit_softcapping", None) or 0.0))


class _TokenLogprobs(torch.autograd.Function):
    """(N, hidden), (N,) -> (N,): log-prob of each target."""

    @staticmethod
    def forward(ctx: Any, hidden: Tensor, target: Tensor, head: Head) -> Tensor:
        wanted = ctx.needs_input_grad[0]
        result = torch.empty(len(target), device=hidden.device)
        slopes = torch.empty_like(hidden) if wanted else None
        step = max(16, CHUNK // head.weight.shape[0])
        for start in range(0, len(target), step):
            rows = slice(start, start + step)
            logits = torch.nn.functional.linear(hidden[rows], head.weight, head.bias).float() * head.scale
            if head.cap:
                logits = head.cap * torch.tanh(logits / head.cap)
            logprobs = logits.log_softmax(-1)
            chosen = target[rows, None]
            result[rows] = logprobs.gather(1, chosen)[:, 0]
            if slopes is not None:  # d logprob / d logits = onehot - softmax
                slope = logprobs.exp_().neg_()
                slope.scatter_add_(1, chosen, torch.ones_like(chosen, dtype=slope.dtype))
                if head.cap:
                    slope *= 1 - (logits / head.cap) ** 2
                slopes[rows] = (slope.to(head.weight.dtype) @ head.weight * head.scale).to(slopes.dtype)
        ctx.slopes = slopes
        return result

    @staticmethod
    def backward(ctx: Any, *upstream: Tensor) -> tuple[Tensor, None, None]:
        return (upstream[0][:, None] * ctx.slopes).to(ctx.slopes.dtype), None, None


def precision(dtype: str, device: torch.device) -> AbstractContextManager[Any]:
    """The autocast of a forward. "auto" is bf16 on CUDA and fp32 on CPUs; the adapter's weights stay fp32."""
    if dtype == "bf16" or (dtype == "auto" and device.type == "cuda"):
        return torch.autocast(device.type, dtype=torch.bfloat16)
    return nullcontext()


def longest_row(base: Base) -> int:
    """Tokens a row may have, prompt and one completion together, for its packed numbers to be those of the plain forward.

    The mask of a pack knows no sliding window, so rows must fit into it. Layers that carry a state from token to token
    (linear attention, convolutions, Mamba) would carry it from one completion into the next: ModelError.
    """
    config = base.causal_lm.config.get_text_config()
    kinds = set(getattr(config, "layer_types", None) or ["full_attention"])
    if strange := kinds - {"full_attention", "sliding_attention"}:
        raise ModelError(f"{base.id} has {', '.join(sorted(strange))} layers, which this lab cannot train; choose another model")
    window = getattr(config, "sliding_window", None) if "sliding_attention" in kinds else None
    return min(base.context, window or base.context)


def mask_of(base: Base, packed: Packed) -> Tensor:
    """The mask in the form the model's attention takes: boolean, but for the eager one, which adds it to the scores."""
    if base.causal_lm.config._attn_implementation != "eager":
        return packed.mask
    low = torch.finfo(base.causal_lm.dtype).min
    return torch.zeros(packed.mask.shape, dtype=base.causal_lm.dtype, device=packed.mask.device).masked_fill(~packed.mask, low)


def token_logprobs(base: Base, packed: Packed, dtype: str = "auto") -> Tensor:
    """(N,): log-prob of every target of a packed forward, nats. Takes gradients when they are on."""
    packed = packed.to(base.device)
    with precision(dtype, base.device):
        hidden = base.causal_lm.get_decoder()(
            input_ids=packed.ids, position_ids=packed.positions, attention_mask=mask_of(base, packed), use_cache=False
        ).last_hidden_state[0]
        result: Tensor = _TokenLogprobs.apply(hidden[packed.read], packed.target, head_of(base))
    return result


def completion_logprobs(base: Base, packed: Packed, dtype: str = "auto") -> Tensor:
    """(C,): summed log-prob of every completion of a packed forward, nats."""
    each = token_logprobs(base, packed, dtype)
    return torch.zeros(packed.completions, device=each.device).index_add(0, packed.owner.to(each.device), each)


@torch.no_grad()
def measure(base: Base, rows: Sequence[Row], which: Sequence[int], budget: int, dtype: str = "auto") -> Tensor:
    """(rows, len(which)): log-probs without gradient, on the CPU, in the order of the rows."""
    if not rows:
        return torch.zeros(0, len(which))
    return torch.cat([completion_logprobs(base, p, dtype).view(-1, len(which)).cpu() for p in pack(rows, which, budget)])
