"""Packed forwards: the numbers and gradients of the plain one, on whatever a base can take."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor
from transformers import AttentionInterface
from transformers.integrations.sdpa_attention import sdpa_attention_forward

from lab.errors import ModelError
from lab.model import adapters
from lab.model.base import Base, load_base
from lab.model.libraries import PeftModel
from lab.train import attention, forward
from lab.train.batches import Ids, Row
from lab.train.forward import Head, completion_logprobs, divergence, measure, packs, why_padded
from lab.train.packing import pack
from tests.tiny import build_tiny_model

TREES = ["llama", "qwen3", "mistral", "phi3", "granite", "cohere2", "gemma3_text"]
PADDED = {  # and what keeps them from trees
    "gemma2": "the attention of .* does not take", "qwen3_next": "linear_attention layers", "qwen3_5_text": "linear_attention",
    "lfm2": "conv layers",
}  # fmt: skip
ROWS = [
    Row((1, 4, 30, 40, 2, 5), ((70, 80, 90, 2), (60, 2))),
    Row((1, 4, 50, 2, 5), ((99, 2), (31, 32, 33, 34, 2))),
    Row((1, 4, 30, 40, 2, 5, 70, 80, 90, 2, 4, 51, 2, 5), ((100, 101, 2), (102,))),  # the turn after the first row
    Row((1, 4, 30, 40, 2, 5), ((70, 80, 90, 2), (60, 2))),  # another rater
]


def words(most: int) -> st.SearchStrategy[Ids]:
    return st.lists(st.integers(6, 9), min_size=1, max_size=most).map(tuple)


@st.composite
def rounds(draw: st.DrawFn) -> list[Row]:
    """Conversations of one to three turns in any order; of four words, so that much begins alike."""
    rows = []
    for _ in range(draw(st.integers(1, 3))):
        prompt: Ids = (1, 4)
        for _ in range(draw(st.integers(1, 3))):
            prompt += draw(words(8))
            rows.append(Row(prompt, (draw(words(6)), draw(words(6)))))
            prompt += rows[-1].completions[0]
    return draw(st.permutations(rows))


def plain(base: Base, prompt: Ids, completion: Ids) -> Tensor:
    """Log-prob of a completion, the textbook way: one sequence, all logits."""
    ids = torch.tensor([[*prompt, *completion]])
    logits = base.model(input_ids=ids).logits[0, len(prompt) - 1 : -1].float()
    return logits.log_softmax(-1).gather(1, torch.tensor(completion)[:, None]).sum()


def one_at_a_time(base: Base, rows: Sequence[Row]) -> Tensor:
    """(rows, 2), by plain forwards; outside of adapters.active, so that the adapter's layers are PEFT's own."""
    if isinstance(base.model, PeftModel):
        base.model.set_adapter("tried")
    return torch.stack([plain(base, row.prompt, c) for row in rows for c in row.completions]).view(-1, 2)


def loaded(folder: Path, family: str) -> Base:
    """A base whose attention matters: random weights as they are made barely look at the past."""
    base = load_base(str(build_tiny_model(folder / family, family)), "none", "cpu", training=True)
    with torch.no_grad():
        for parameter in base.model.parameters():
            if parameter.dim() > 1:
                parameter *= 2
    return base


def build(folder: Path, family: str) -> Base:
    """The same with an adapter that changes what it says."""
    base = loaded(folder, family)
    adapters.create(base, "tried", rank=4, alpha=8, seed=0)
    with torch.no_grad():
        for number, parameter in enumerate(adapters.parameters(base, "tried").values()):
            parameter.add_(torch.randn(parameter.shape, generator=torch.Generator().manual_seed(number)), alpha=0.05)
    return base


@pytest.fixture(params=["llama", "qwen3"])
def base(request: pytest.FixtureRequest, tmp_path: Path) -> Base:
    return build(tmp_path, request.param)


@pytest.fixture(scope="module", params=["llama", "qwen3"])
def shared(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Base:
    """For tests that leave it as it was."""
    return build(tmp_path_factory.mktemp("shared"), request.param)


@given(rows=rounds(), budget=st.sampled_from([40, 1000]), padded=st.booleans(), seed=st.integers(0, 99))
@settings(max_examples=25, deadline=None)
def test_logprobs_and_gradients_are_those_of_one_at_a_time(
    shared: Base, rows: list[Row], budget: int, padded: bool, seed: int
) -> None:
    assert why_padded(shared, 0) is None
    weights = torch.randn(len(rows), 2, generator=torch.Generator().manual_seed(seed))
    with adapters.active(shared, "tried"):
        parameters = list(adapters.parameters(shared, "tried").values())
        packed = pack(rows, (0, 1), budget, padded=padded)
        found = torch.cat([completion_logprobs(shared, part).view(-1, 2) for part in packed])
        mine = torch.autograd.grad((found * weights).sum(), parameters)
    wanted = one_at_a_time(shared, rows)
    theirs = torch.autograd.grad((wanted * weights).sum(), parameters)
    assert (found - wanted).abs().max() < 1e-4
    for a, b in zip(mine, theirs, strict=True):
        assert (a - b).norm() <= 1e-3 * b.norm()


@torch.no_grad()
def check(base: Base, rows: Sequence[Row] = ROWS) -> None:
    """Log-probs under the adapter are those of one at a time, whatever fits into a forward."""
    for budget in (1000, 8):
        with adapters.active(base, "tried"):
            found = measure(base, rows, (0, 1), budget)
        assert (found - one_at_a_time(base, rows)).abs().max() < 1e-4


@pytest.mark.parametrize("family", [*TREES, *PADDED])
def test_every_architecture_gets_the_forward_it_can_take(family: str, tmp_path: Path) -> None:
    base = build(tmp_path, family)
    check(base)
    if why := PADDED.get(family):
        with pytest.raises(AssertionError, match=why):
            assert why_padded(base, 30) is None, why_padded(base, 30)
        assert base.causal_lm.config._attn_implementation != attention.NAME
    else:
        assert why_padded(base, 30) is None
        assert base.causal_lm.config._attn_implementation == attention.NAME


def test_a_family_that_peft_makes_no_adapter_for_is_measured_at_least(tmp_path: Path) -> None:
    """Falcon-H1: Mamba beside attention in every layer, and logits that are scaled by a word of its own."""
    base = loaded(tmp_path, "falcon_h1")
    assert why_padded(base, 30) == f"{base.id} has hybrid layers"
    with torch.no_grad():
        assert (measure(base, ROWS, (0, 1), 1000) - one_at_a_time(base, ROWS)).abs().max() < 1e-4


def shapes(base: Base, rows: Sequence[Row]) -> list[bool]:
    """Of each forward, whether it is a tree."""
    return [bool(len(packed.ends)) for packed in packs(base, rows, (0, 1), 1000)]


def test_rows_in_a_sliding_window_are_trees_and_longer_ones_are_padded(tmp_path: Path) -> None:
    """A window counts places, and in a tree the places between are another reply's."""
    base = build(tmp_path, "gemma3_text")
    long = [Row(tuple(range(6, 76)), ((70, 80, 90, 2), (60, 2)))]
    assert shapes(base, ROWS) == [True] and shapes(base, long) == [False]
    assert why_padded(base, 74) == f"rows of 74 tokens are longer than the sliding window of {64}"
    assert why_padded(base, 64) is None
    check(base, long)


def test_a_window_holds_in_every_layer_where_none_is_named(tmp_path: Path) -> None:
    """Mistral and Phi-3 have no layer types: their window was overlooked, and log-probs beyond it were off by a nat."""
    folder = build_tiny_model(tmp_path / "mistral", "mistral")
    config = (folder / "config.json").read_text()
    (folder / "config.json").write_text(config.replace('"sliding_window": null', '"sliding_window": 16'))
    base = load_base(str(folder), "none", "cpu", training=True)
    assert base.causal_lm.config.sliding_window == 16
    long = [Row(tuple(range(6, 46)), ((70, 80, 90, 2), (60, 2)))]
    assert shapes(base, ROWS[:2]) == [True] and shapes(base, long) == [False]
    with torch.no_grad():
        assert (measure(base, long, (0, 1), 1000) - one_at_a_time(base, long)).abs().max() < 1e-4


def test_layers_with_a_state_are_padded(base: Base) -> None:
    base.recognised = True  # as qwen3 it is; what follows could not run
    base.causal_lm.config.layer_types = ["linear_attention", "full_attention"]
    assert why_padded(base, 10) == f"{base.id} has linear_attention layers"
    assert shapes(base, ROWS) == [False]


def test_eager_attention_is_padded(base: Base) -> None:
    """Whoever asked for it has a reason: it is not set to something else."""
    base.causal_lm.set_attn_implementation("eager")
    assert shapes(base, ROWS) == [False]
    assert base.causal_lm.config._attn_implementation == "eager"
    check(base)


def deaf(module: Any, query: Tensor, key: Tensor, value: Tensor, mask: Any, trees: Any = None, **options: Any) -> Any:
    """Attention that does not hear of trees: every token sees all before it."""
    return sdpa_attention_forward(module, query, key, value, None, **options)


def refusing(module: Any, query: Tensor, key: Tensor, value: Tensor, mask: Any, trees: Any = None, **options: Any) -> Any:
    """Attention that does not take the word."""
    if trees is not None:
        raise TypeError("unexpected keyword 'trees'")
    return sdpa_attention_forward(module, query, key, value, mask, **options)


@pytest.mark.parametrize("strange", [deaf, refusing])
def test_attention_that_does_not_take_trees_is_found_by_trying(
    base: Base, monkeypatch: pytest.MonkeyPatch, strange: Callable[..., Any]
) -> None:
    monkeypatch.setitem(AttentionInterface._global_mapping, attention.NAME, strange)
    assert why_padded(base, 10) == f"the attention of {base.id} does not take the mask of a tree"
    assert base.causal_lm.config._attn_implementation == "sdpa"
    assert shapes(base, ROWS) == [False]
    check(base)


def test_bf16_is_near_fp32(shared: Base) -> None:
    with adapters.active(shared, "tried"):
        exact, near = measure(shared, ROWS, (0, 1), 1000), measure(shared, ROWS, (0, 1), 1000, "bf16")
    assert near.dtype == torch.float32
    assert 0 < (near - exact).abs().max() < 2e-2 * exact.abs().max()


def test_a_base_set_to_trees_still_generates(shared: Base) -> None:
    ids = torch.tensor([[1, 4, 30, 40, 2, 5]])
    wanted = shared.causal_lm.generate(ids, max_new_tokens=8, do_sample=False).tolist()
    assert why_padded(shared, 10) is None and shared.causal_lm.config._attn_implementation == attention.NAME
    shared.causal_lm.set_attn_implementation("sdpa")
    assert shared.causal_lm.generate(ids, max_new_tokens=8, do_sample=False).tolist() == wanted
    shared.causal_lm.set_attn_implementation(attention.NAME)


@pytest.mark.parametrize("padded", [False, True])
def test_a_forward_filled_up_has_the_same_numbers(shared: Base, padded: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """In bf16 on a CPU every new shape is compiled, which took more than half of a round's time: 20.7 instead of 10.3 s."""
    assert why_padded(shared, 0) is None  # from now on its attention takes trees
    monkeypatch.setattr(forward, "why_padded", lambda base, longest: "told so" if padded else None)
    long = Row(tuple(range(5, 105)), ((8, 9, 10), (11, 12)))  # so that the last layer is narrowed to what is read
    found = []
    with adapters.active(shared, "tried"):
        parameters = list(adapters.parameters(shared, "tried").values())
        for even in (1, 64):
            monkeypatch.setattr(forward, "evenness", lambda base, even=even: even)
            (packed,) = packs(shared, [long, *ROWS], (0, 1), 10_000)
            assert padded or packed.ids.shape[1] % even == 0
            logprobs, away = completion_logprobs(shared, packed), divergence(shared, packed)
            found.append((logprobs, away, *torch.autograd.grad(logprobs.sum() + away.sum(), parameters)))
    for plain, more in zip(*found, strict=True):
        assert plain.shape == more.shape and (plain - more).norm() <= 1e-4 * plain.norm()


def test_forwards_are_filled_up_where_products_are_compiled(shared: Base, tiny_model: Path) -> None:
    assert forward.evenness(shared) == 1
    assert forward.evenness(load_base(str(tiny_model), "none", "cpu", training=True, dtype="bf16")) == 64
    nf4 = load_base(str(tiny_model), "nf4", "cpu", training=True)
    assert forward.evenness(nf4) == (64 if torch.ops.mkldnn._is_mkldnn_bf16_supported() else 1), "else it computes in fp32"


def test_logits_a_row_at_a_time(shared: Base, monkeypatch: pytest.MonkeyPatch) -> None:
    with adapters.active(shared, "tried"):
        parameters = list(adapters.parameters(shared, "tried").values())
        (packed,) = packs(shared, ROWS, (0, 1), 1000)
        wanted = completion_logprobs(shared, packed)
        theirs = torch.autograd.grad(wanted.sum(), parameters)
        monkeypatch.setattr(forward, "CHUNK", 1)
        monkeypatch.setattr(forward, "LEAST", 1)
        found = completion_logprobs(shared, packed)
        mine = torch.autograd.grad(found.sum(), parameters)
    assert torch.allclose(found, wanted, atol=1e-4)
    for a, b in zip(mine, theirs, strict=True):
        assert (a - b).norm() <= 1e-4 * b.norm()


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
    down = torch.randn(40, generator=draw)
    (expected,) = torch.autograd.grad(wanted, hidden, down)
    result = forward._TokenLogprobs.apply(hidden, target, head, torch.float32)
    (gradient,) = torch.autograd.grad(result, hidden, down)
    assert torch.allclose(result, wanted, atol=1e-4)
    assert torch.allclose(gradient, expected, atol=1e-5)


@pytest.mark.parametrize("cap", [0.0, 5.0])
@pytest.mark.parametrize("scale", [1.0, 0.25])
def test_the_divergence_of_two_states_and_its_gradient(cap: float, scale: float) -> None:
    draw = torch.Generator().manual_seed(0)
    hidden, reference = torch.randn(40, 16, generator=draw, requires_grad=True), torch.randn(40, 16, generator=draw)
    head = Head(torch.randn(50, 16, generator=draw), torch.randn(50, generator=draw), scale, cap)
    both = [(states @ head.weight.T + head.bias) * scale for states in (hidden, reference)]  # type: ignore[operator]
    ours, theirs = ((cap * torch.tanh(logits / cap) if cap else logits).log_softmax(-1) for logits in both)
    wanted = torch.nn.functional.kl_div(ours, theirs, log_target=True, reduction="none").sum(-1)
    down = torch.randn(40, generator=draw)
    (expected,) = torch.autograd.grad(wanted, hidden, down)
    result = forward._Divergence.apply(hidden, reference, head, torch.float32)
    (gradient,) = torch.autograd.grad(result, hidden, down)
    assert torch.allclose(result, wanted, atol=1e-4) and result.min() > 0
    assert torch.allclose(gradient, expected, atol=1e-5)


def test_divergence_is_from_the_bare_base(shared: Base) -> None:
    """The base is measured without the adapter, and afterwards the adapter takes gradients as before."""
    (packed,) = packs(shared, ROWS[:1], (0,), 1000)
    row = ROWS[0]
    ids = torch.tensor([[*row.prompt, *row.completions[0]]])
    places = slice(len(row.prompt) - 1, -1)
    with adapters.active(shared, "tried"):
        parameters = list(adapters.parameters(shared, "tried").values())
        found = divergence(shared, packed)
        mine = torch.autograd.grad(found.sum(), parameters)
        ours = shared.model(input_ids=ids).logits[0, places].log_softmax(-1)
        with adapters.without(shared), torch.no_grad():
            theirs = shared.model(input_ids=ids).logits[0, places].log_softmax(-1)
        wanted = torch.nn.functional.kl_div(ours, theirs, log_target=True, reduction="none").sum(-1)
        expected = torch.autograd.grad(wanted.sum(), parameters)
    assert torch.allclose(found, wanted, atol=1e-4) and found.max() > 1e-3
    for a, b in zip(mine, expected, strict=True):
        assert (a - b).norm() <= 1e-3 * b.norm()


def test_the_head_in_bf16_is_near(shared: Base) -> None:
    draw = torch.Generator().manual_seed(0)
    hidden = torch.randn(40, 64, generator=draw, requires_grad=True)
    target = torch.randint(0, 256, (40,), generator=draw)
    both = []
    for dtype in (torch.float32, torch.bfloat16):
        result = forward._TokenLogprobs.apply(hidden, target, forward.head_of(shared), dtype)
        both.append((result, *torch.autograd.grad(result.sum(), hidden)))
    for exact, near in zip(*both, strict=True):
        assert near.dtype == torch.float32
        assert 0 < (near - exact).norm() < 1e-2 * exact.norm()


def test_nf4_trains_too(tiny_model: Path) -> None:
    """The layout that bitsandbytes prefers for CPU inference has no backward pass; a training base must never take it."""
    base = load_base(str(tiny_model), "nf4", "cpu", training=True)
    adapters.create(base, "tried", rank=4, alpha=8, seed=0)
    with adapters.without(base):
        reference = measure(base, ROWS, (0, 1), 1000)  # a forward without gradient comes first in every round
    assert shapes(base, ROWS) == [True]
    with adapters.active(base, "tried"):
        (packed,) = packs(base, ROWS, (0, 1), 1000)
        policy = completion_logprobs(base, packed)
        policy.sum().backward()
        gradients = [p.grad for p in adapters.parameters(base, "tried").values()]
    assert torch.allclose(policy.detach(), reference.flatten(), atol=1e-3)
    assert any(g is not None and g.abs().sum() > 0 for g in gradients)


def test_an_empty_measurement_has_a_shape(shared: Base) -> None:
    assert measure(shared, [], (0, 1), 10).shape == (0, 2)


def test_reading_the_head_needs_it_frozen(base: Base) -> None:
    base.causal_lm.get_output_embeddings().weight.requires_grad_(True)
    with pytest.raises(AssertionError, match="frozen"):
        forward.head_of(base)


def test_a_head_that_is_not_understood_is_refused(shared: Base, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another architecture's factor between states and logits made its log-probs wrong by nats, and nothing said so."""
    monkeypatch.setattr(shared, "recognised", False)
    right = forward.head_of(shared)
    monkeypatch.setattr(forward, "head_of", lambda base: Head(right.weight, right.bias, 3.0, right.cap))
    with pytest.raises(ModelError, match=r"nats off.*choose another model"):
        measure(shared, ROWS, (0, 1), None)


def test_a_model_without_a_backbone_of_its_own_is_refused(shared: Base, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared, "recognised", False)
    monkeypatch.setattr(type(shared.causal_lm), "get_decoder", lambda self: self)
    with pytest.raises(ModelError, match=r"cannot train.*choose another model"):
        measure(shared, ROWS, (0, 1), None)


def test_a_model_that_peft_refuses_is_refused_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="cannot be tuned with LoRA"):
        adapters.create(loaded(tmp_path, "falcon_h1"), "c", 4, 8.0, seed=0)
