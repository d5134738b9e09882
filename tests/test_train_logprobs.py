"""Log-probs: the packed, chunked forward gives the numbers and gradients of the plain one."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from lab.errors import ModelError
from lab.model import adapters
from lab.model.base import Base, load_base
from lab.train import logprobs
from lab.train.batches import Row, pack
from lab.train.logprobs import Head, completion_logprobs, measure
from tests.tiny import build_tiny_model

ROWS = [
    Row((1, 4, 30, 40, 2, 5), ((70, 80, 90, 2), (60, 2))),
    Row((1, 4, 50, 2, 5), ((99, 2), (31, 32, 33, 34, 2))),
    Row((1, 4, 51, 52, 2, 5), ((100, 101, 2), (102,))),
]


def plain(base: Base, prompt: tuple[int, ...], completion: tuple[int, ...]) -> torch.Tensor:
    """Log-prob of a completion, the textbook way: one sequence, all logits."""
    ids = torch.tensor([[*prompt, *completion]])
    logits = base.model(input_ids=ids).logits[0, len(prompt) - 1 : -1].float()
    return logits.log_softmax(-1).gather(1, torch.tensor(completion)[:, None]).sum()


@pytest.fixture(params=["llama", "qwen3"])
def base(request: pytest.FixtureRequest, tmp_path: Path) -> Base:
    base = load_base(str(build_tiny_model(tmp_path / "model", request.param)), "none", "cpu", training=True)
    adapters.create(base, "tried", rank=4, alpha=8, seed=0)
    with torch.no_grad():
        for number, parameter in enumerate(adapters.parameters(base, "tried").values()):
            parameter.add_(torch.randn(parameter.shape, generator=torch.Generator().manual_seed(number)), alpha=0.05)
    return base


def test_packed_equals_one_at_a_time(base: Base) -> None:
    with adapters.active(base, "tried"):
        packed = measure(base, ROWS, (0, 1), budget=1000)
        with torch.no_grad():
            single = torch.tensor([[plain(base, row.prompt, c) for c in row.completions] for row in ROWS])
    assert torch.allclose(packed, single, atol=1e-4)


def test_eager_attention_takes_the_mask_too(base: Base) -> None:
    """It adds the mask to its scores: a boolean one would add 1 to what may be seen and hide nothing."""
    with adapters.active(base, "tried"):
        wanted = measure(base, ROWS, (0, 1), 1000)
        base.causal_lm.set_attn_implementation("eager")
        assert torch.allclose(measure(base, ROWS, (0, 1), 1000), wanted, atol=1e-4)


def test_rows_must_fit_into_a_sliding_window(base: Base) -> None:
    assert logprobs.longest_row(base) == 512
    base.causal_lm.config.layer_types = ["full_attention", "sliding_attention"]
    base.causal_lm.config.sliding_window = 128
    assert logprobs.longest_row(base) == 128


def test_a_model_with_a_running_state_is_refused(base: Base) -> None:
    base.causal_lm.config.layer_types = ["linear_attention", "full_attention"]
    with pytest.raises(ModelError, match="linear_attention layers, which this lab cannot train"):
        logprobs.longest_row(base)


def test_the_budget_does_not_change_the_numbers(base: Base) -> None:
    with adapters.active(base, "tried"):
        assert torch.allclose(measure(base, ROWS, (0, 1), 1000), measure(base, ROWS, (0, 1), 8), atol=1e-4)


def test_gradients_are_those_of_the_plain_forward(base: Base, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logprobs, "CHUNK", 1)  # the smallest chunks there are
    with adapters.active(base, "tried"):
        parameters = list(adapters.parameters(base, "tried").values())
        (packed,) = pack(ROWS, (0, 1), 1000)
        weights = torch.tensor([1.0, -0.5, 0.3, 2.0, -1.0, 0.7])
        ours = torch.autograd.grad((completion_logprobs(base, packed) * weights).sum(), parameters)
        single = torch.stack([plain(base, row.prompt, c) for row in ROWS for c in row.completions])
        theirs = torch.autograd.grad((single * weights).sum(), parameters)
    for a, b in zip(ours, theirs, strict=True):
        assert torch.allclose(a, b, rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize("cap", [0.0, 5.0])
@pytest.mark.parametrize("scale", [1.0, 0.25])
def test_the_head_of_every_architecture_has_the_right_gradient(cap: float, scale: float) -> None:
    draw = torch.Generator().manual_seed(0)
    hidden = torch.randn(40, 16, generator=draw, requires_grad=True)
    head = Head(torch.randn(50, 16, generator=draw), torch.randn(50, generator=draw), scale, cap)
    target = torch.randint(0, 50, (40,), generator=draw)
    logits = (hidden @ head.weight.T + head.bias) * scale  # type: ignore[operator]
    logits = cap * torch.tanh(logits / cap) if cap else logits
    wanted = logits.log_softmax(-1).gather(1, target[:, None])[:, 0]
    (expected,) = torch.autograd.grad(wanted.sum(), hidden)
    result = logprobs._TokenLogprobs.apply(hidden, target, head)
    (gradient,) = torch.autograd.grad(result.sum(), hidden)
    assert torch.allclose(result, wanted, atol=1e-4)
    assert torch.allclose(gradient, expected, atol=1e-5)


def test_nf4_trains_too(tiny_model: Path) -> None:
    """The layout that bitsandbytes prefers for CPU inference has no backward pass; a training base must never take it."""
    base = load_base(str(tiny_model), "nf4", "cpu", training=True)
    adapters.create(base, "tried", rank=4, alpha=8, seed=0)
    with adapters.without(base):
        reference = measure(base, ROWS, (0, 1), 1000)  # a forward without gradient comes first in every round
    with adapters.active(base, "tried"):
        (packed,) = pack(ROWS, (0, 1), 1000)
        policy = completion_logprobs(base, packed)
        policy.sum().backward()
        gradients = [p.grad for p in adapters.parameters(base, "tried").values()]
    assert torch.allclose(policy.detach(), reference.flatten(), atol=1e-3)
    assert any(g is not None and g.abs().sum() > 0 for g in gradients)


def test_an_empty_measurement_has_a_shape(base: Base) -> None:
    assert measure(base, [], (0, 1), 10).shape == (0, 2)


def test_reading_the_head_needs_it_frozen(base: Base) -> None:
    base.causal_lm.get_output_embeddings().weight.requires_grad_(True)
    with pytest.raises(AssertionError, match="frozen"):
        logprobs.head_of(base)
