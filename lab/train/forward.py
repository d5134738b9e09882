"""A packed forward: hidden states, log-probs of completions, and nothing that is not needed.

The model runs as it stands, whatever adapter is active. Logits are made only where a completion's token is predicted,
a chunk at a time, and never kept. The output layer is frozen, so the gradient of each log-prob with respect to its
hidden state is known in the forward already; it is kept in place of the logits (N x hidden instead of N x vocabulary).
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from lab.errors import ModelError
from lab.model import adapters
from lab.model.base import Base, nf4_computes_in
from lab.train import attention
from lab.train.attention import Forest
from lab.train.batches import Row
from lab.train.narrow import narrowed
from lab.train.packing import Packed, pack

CHUNK = 1 << 23  # logits made at once, numbers
BLOCK = 1 << 19  # of them, normalised at once on a CPU: 2 MB
LEAST = 64  # rows of logits made at once however large the vocabulary is: the weights are read once for all of them
EVEN = 64  # lengths of forwards of trees in bf16 on a CPU are multiples of it
TOKENS = {"cpu": 512, "cuda": 4096}  # computed at once where nobody says how many: more is no faster on two cores
PROBE = (Row((5, 4, 3), ((6, 7, 8, 9), (6, 3, 5))), Row((5, 4, 3, 6, 7, 8, 3), ((4, 4), (7, 5, 8))))

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Head:
    """The output layer of a causal model: logits = cap(scale * (hidden @ weight.T + bias)); 0 means no cap."""

    weight: Tensor
    bias: Tensor | None
    scale: float
    cap: float


def head_of(base: Base) -> Head:
    """Reads what the architectures put behind the hidden states: Granite, Cohere and Falcon-H1 scale, Gemmas cap with a tanh."""
    layer = base.causal_lm.get_output_embeddings()
    config = base.causal_lm.config.get_text_config()
    assert not layer.weight.requires_grad and layer.weight.dim() == 2, "the output layer must be frozen and unquantized"
    scale = float(getattr(config, "logit_scale", None) or getattr(config, "lm_head_multiplier", None) or 1.0)
    scale /= float(getattr(config, "logits_scaling", None) or 1.0)
    cap = getattr(config, "final_logit_softcapping", None) or getattr(config, "logits_soft_cap", None)
    return Head(layer.weight, layer.bias, scale, float(cap or 0.0))


class _TokenLogprobs(torch.autograd.Function):
    """(N, hidden), (N,) -> (N,): log-prob of each target."""

    @staticmethod
    def forward(ctx: Any, hidden: Tensor, target: Tensor, head: Head, dtype: torch.dtype) -> Tensor:
        wanted = ctx.needs_input_grad[0]
        result = torch.empty(len(target), device=hidden.device)
        slopes = torch.empty_like(hidden) if wanted else None
        weight = head.weight.to(dtype)
        bias = None if head.bias is None else head.bias.to(dtype)
        step = at_once(weight)
        block = max(1, (BLOCK if hidden.device.type == "cpu" else CHUNK) // weight.shape[0])
        for start in range(0, len(target), step):
            rows = slice(start, start + step)
            logits = torch.nn.functional.linear(hidden[rows].to(dtype), weight, bias)
            for first in range(0, len(logits), block):  # what fits a cache, in fp32
                few = slice(first, first + block)
                result[rows][few] = logprobs_and_slopes(logits[few], target[rows][few], head, wanted)
            if slopes is not None:
                slopes[rows] = (logits @ weight * head.scale).to(slopes.dtype)
        ctx.slopes = slopes
        return result

    @staticmethod
    def backward(ctx: Any, *upstream: Tensor) -> tuple[Tensor, None, None, None]:
        return (upstream[0][:, None] * ctx.slopes).to(ctx.slopes.dtype), None, None, None


class _Divergence(torch.autograd.Function):
    """(N, hidden) of a policy, (N, hidden) of its reference -> (N,): KL(reference || policy) of the next token, nats."""

    @staticmethod
    def forward(ctx: Any, hidden: Tensor, reference: Tensor, head: Head, dtype: torch.dtype) -> Tensor:
        result, slopes = torch.empty(len(hidden), device=hidden.device), torch.empty_like(hidden)
        weight = head.weight.to(dtype)
        bias = None if head.bias is None else head.bias.to(dtype)
        step = at_once(weight)
        for start in range(0, len(hidden), step):
            rows = slice(start, start + step)
            ours, curve = capped(torch.nn.functional.linear(hidden[rows].to(dtype), weight, bias), head)
            theirs, _ = capped(torch.nn.functional.linear(reference[rows].to(dtype), weight, bias), head)
            ours, theirs = ours.log_softmax(-1), theirs.log_softmax(-1)
            wanted = theirs.exp()
            result[rows] = (wanted * (theirs - ours)).sum(-1)
            slope = ours.exp_().sub_(wanted)  # d KL / d logits = policy - reference
            slopes[rows] = ((slope if curve is None else slope * curve).to(dtype) @ weight * head.scale).to(slopes.dtype)
        ctx.slopes = slopes
        return result

    @staticmethod
    def backward(ctx: Any, *upstream: Tensor) -> tuple[Tensor, None, None, None]:
        return (upstream[0][:, None] * ctx.slopes).to(ctx.slopes.dtype), None, None, None


def at_once(weight: Tensor) -> int:
    """Rows of logits: a multiple of LEAST, and so of EVEN."""
    return max(1, CHUNK // weight.shape[0] // LEAST) * LEAST


def filled(base: Base, rows: Tensor) -> Tensor:
    """(N, ...) filled up with zeros to the next multiple of what the base's forwards are multiples of."""
    missing = -len(rows) % evenness(base)
    return torch.cat([rows, rows.new_zeros(missing, *rows.shape[1:])]) if missing else rows


def capped(logits: Tensor, head: Head) -> tuple[Tensor, Tensor | None]:
    """The layer's numbers scaled and capped, fp32; and the slope of the cap where there is one."""
    numbers = logits.float() * head.scale
    if not head.cap:
        return numbers, None
    bent = torch.tanh(numbers / head.cap)
    return head.cap * bent, 1 - bent**2


def logprobs_and_slopes(logits: Tensor, target: Tensor, head: Head, wanted: bool) -> Tensor:
    """(M, vocabulary), (M,) -> (M,) log-probs. Where wanted, `logits` become d logprob / d logits = onehot - softmax."""
    numbers = logits.float()
    if head.scale != 1:
        numbers = numbers * head.scale
    if head.cap:
        numbers = head.cap * torch.tanh(numbers / head.cap)
    chosen = target[:, None]
    given = numbers.gather(1, chosen)[:, 0]
    slope = 1 - (numbers / head.cap) ** 2 if head.cap and wanted else None
    most = numbers.amax(-1, keepdim=True)
    total = numbers.sub_(most).exp_().sum(-1, keepdim=True)  # `numbers` is now their exponentials
    if wanted:
        numbers.mul_(-1 / total).scatter_add_(1, chosen, torch.ones_like(chosen, dtype=numbers.dtype))
        logits.copy_(numbers if slope is None else numbers.mul_(slope))
    return given - most[:, 0] - total[:, 0].log()


def precision(base: Base, dtype: str) -> torch.dtype:
    """What a forward computes in: "auto" is the precision of the weights. The adapter's own weights stay fp32."""
    return torch.bfloat16 if dtype == "bf16" else base.causal_lm.dtype


def hidden_states(base: Base, packed: Packed, read: Tensor, dtype: str = "auto", forest: Forest | None = None) -> Tensor:
    """(N, hidden): the last layer's states at places `read` (N,) of a packed forward, all on the base's device.

    `forest` is what a token may see, if it is not what `packed` says.
    """
    kind = precision(base, dtype)
    trees = {"trees": forest or attention.forest(packed.ends)} if len(packed.ends) else {}
    mask = torch.empty(1, 1, 0, 0, device=base.device) if trees else packed.seen  # stands for a mask, so that none is made
    casting = torch.autocast(base.device.type, dtype=kind, enabled=kind != base.causal_lm.dtype)
    with casting, narrowed(base, read, packed.ids.numel(), evenness(base)):
        states = base.causal_lm.get_decoder()(
            input_ids=packed.ids, position_ids=packed.positions, attention_mask=mask, use_cache=False, **trees
        ).last_hidden_state
    return states.reshape(-1, states.shape[-1])[read]


def token_logprobs(base: Base, packed: Packed, dtype: str = "auto", forest: Forest | None = None) -> Tensor:
    """(N,): log-prob of every target of a packed forward, nats. Takes gradients when they are on."""
    packed = packed.to(base.device)
    hidden = hidden_states(base, packed, packed.read, dtype, forest)
    hidden, target = filled(base, hidden), filled(base, packed.target)
    result: Tensor = _TokenLogprobs.apply(hidden, target, head_of(base), precision(base, dtype))
    return result[: len(packed.target)]


def divergence(base: Base, packed: Packed, dtype: str = "auto") -> Tensor:
    """(N,): KL(base || policy) of the next token at every place where a completion's token is predicted, nats.

    All of both distributions, not a sample: what the completion says does not matter, only where it leads.
    """
    packed = packed.to(base.device)
    with torch.no_grad(), adapters.without(base):
        reference = hidden_states(base, packed, packed.read, dtype)
    hidden = hidden_states(base, packed, packed.read, dtype)
    hidden, reference = filled(base, hidden), filled(base, reference)
    result: Tensor = _Divergence.apply(hidden, reference, head_of(base), precision(base, dtype))
    return result[: len(packed.read)]


def completion_logprobs(base: Base, packed: Packed, dtype: str = "auto", forest: Forest | None = None) -> Tensor:
    """(C,): summed log-prob of every completion of a packed forward, nats."""
    each = token_logprobs(base, packed, dtype, forest)
    return torch.zeros(packed.completions, device=each.device).index_add(0, packed.owner.to(each.device), each)


@torch.no_grad()
def measure(base: Base, rows: Sequence[Row], which: Sequence[int], budget: int | None, dtype: str = "auto") -> Tensor:
    """(rows, len(which)): log-probs without gradient, on the CPU, in the order of the rows."""
    if not rows:
        return torch.zeros(0, len(which))
    return torch.cat([completion_logprobs(base, p, dtype).view(-1, len(which)).cpu() for p in packs(base, rows, which, budget)])


# -- what a base can take ------------------------------------------------------------------------------------------


def packs(base: Base, rows: Sequence[Row], which: Sequence[int], budget: int | None, *, whole: bool = False) -> Iterator[Packed]:
    """The rows in the forwards that this base can take: trees, or padded batches where trees would change the numbers."""
    longest = max((len(row.prompt) + max(len(row.completions[k]) for k in which) for row in rows), default=0)
    padded = why_padded(base, longest) is not None
    return pack(rows, which, budget or TOKENS[base.device.type], padded=padded, whole=whole, even=evenness(base))


def evenness(base: Base) -> int:
    """What the length of a forward of trees is to be a multiple of.

    oneDNN compiles a product anew for every shape it meets, which for bf16 with AMX takes longer than the product itself
    (benchmarks/RESULTS.md): few shapes, each met often, are worth some tokens that nobody sees. fp32 needs no compiling.
    """
    kinds = {base.causal_lm.dtype, *([nf4_computes_in(base.device)] if base.quantize == "nf4" else [])}
    return EVEN if base.device.type == "cpu" and torch.bfloat16 in kinds else 1


def why_padded(base: Base, longest: int) -> str | None:
    """Why sequences of up to `longest` tokens cannot be packed as trees on this base; None when they can.

    Layers that carry a state from token to token (linear attention, convolutions, Mamba) would carry it from one
    reply into the next, and a sliding window counts places, not ancestors. Anything else a model may do differently
    is found by trying: a small tree must give the states of its sequences one by one.
    """
    if not base.recognised:
        recognise(base)
    config = base.causal_lm.config.get_text_config()
    kinds = set(getattr(config, "layer_types", None) or ["sliding_attention"])  # a window then holds in all layers
    if strange := kinds - {"full_attention", "sliding_attention"}:
        return f"{base.id} has {', '.join(sorted(strange))} layers"
    window = getattr(config, "sliding_window", None) if "sliding_attention" in kinds else None
    if window and longest > window:
        return f"rows of {longest} tokens are longer than the sliding window of {window}"
    if base.trees is None:
        base.trees = tried(base)
    return None if base.trees else f"the attention of {base.id} does not take the mask of a tree"


@torch.no_grad()
def recognise(base: Base) -> None:
    """Looks whether our log-probs are those of the model's own logits. Raises ModelError when they are not.

    Architectures scale, cap or multiply between the states and the logits, each in its own way and under its own name.
    """
    (alone,) = pack(PROBE, (0, 1), 10**6, padded=True)
    alone = alone.to(base.device)
    try:
        hidden = hidden_states(base, alone, alone.read)
        found = _TokenLogprobs.apply(hidden, alone.target, head_of(base), precision(base, "auto"))
        logits = base.causal_lm(input_ids=alone.ids, attention_mask=alone.seen, use_cache=False).logits.flatten(0, 1)[alone.read]
        wanted = logits.float().log_softmax(-1).gather(1, alone.target[:, None])[:, 0]
        error = (found - wanted).abs().max().item()
    except (AttributeError, TypeError, AssertionError) as problem:
        raise ModelError(f"{base.id} is built in a way that this lab cannot train ({problem}); choose another model") from problem
    if not error < (0.01 if base.causal_lm.dtype == torch.float32 and base.quantize == "none" else 0.5):
        raise ModelError(f"log-probs of {base.id} come out {error:.2f} nats off, so it cannot be trained; choose another model")
    base.recognised = True


@torch.no_grad()
def tried(base: Base) -> bool:
    """Sets the base's attention to trees and looks whether it works; sets it back if not."""
    model = base.causal_lm
    before = model.config._attn_implementation
    (alone,), (packed,) = (list(pack(PROBE, (0, 1), 10**6, padded=padded)) for padded in (True, False))
    try:
        if before not in ("sdpa", attention.NAME):
            return False
        alone, packed = alone.to(base.device), packed.to(base.device)
        wanted = hidden_states(base, alone, alone.read).float()
        model.set_attn_implementation(attention.NAME)
        found = hidden_states(base, packed, packed.read).float()
        error = ((found - wanted).norm() / wanted.norm()).item()
        works = error < (1e-4 if model.dtype == torch.float32 and base.quantize == "none" else 5e-2)
    except (TypeError, ValueError, RuntimeError, AttributeError) as problem:  # whatever an architecture trips over
        logger.info("packed trees do not run on %s: %s", base.id, problem)
        works = False
    if not works:
        model.set_attn_implementation(before)
    return works
