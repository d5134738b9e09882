"""Attention over trees: the mask, the numbers and the gradients of torch's own attention with that mask written out."""

from __future__ import annotations

import warnings

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor
from torch.nn.attention.flex_attention import flex_attention
from torch.nn.functional import scaled_dot_product_attention

from lab.train import attention
from lab.train.attention import attend, block_mask, branches_of, forest

TREES = [
    [9] * 9,  # one sequence
    [12, 12, 12, 6, 6, 6, 12, 12, 9, 12, 12, 12],  # forks within forks
    [4, 3, 3, 4, 12, 12, 12, 9, 9, 10, 12, 12],  # two trees
]


@st.composite
def trees(draw: st.DrawFn) -> list[int]:
    """`ends` of any forest of up to 40 tokens: each token stands below some token of the path so far, or begins a tree."""
    ends: list[int] = []
    path: list[int] = []
    for place in range(draw(st.integers(1, 40))):
        keep = draw(st.one_of(st.just(len(path)), st.just(len(path)), st.integers(0, len(path))))
        for closed in path[keep:]:
            ends[closed] = place
        path = [*path[:keep], place]
        ends.append(-1)
    return [len(ends) if end == -1 else end for end in ends]


def mask(ends: list[int] | Tensor) -> Tensor:
    """(T, T), query by key: what packing.py says of `ends`."""
    until, place = torch.as_tensor(ends), torch.arange(len(ends))
    return (place[None] <= place[:, None]) & (place[:, None] < until[None])


def drawn(length: int, heads: int, groups: int, dtype: torch.dtype = torch.float32) -> tuple[list[Tensor], Tensor]:
    """(query, key, value), which take gradients, and what comes down in the backward."""
    draw = torch.Generator().manual_seed(length)
    shapes = [(1, heads, length, 16), (1, groups, length, 16), (1, groups, length, 8)]
    states = [torch.randn(shape, generator=draw).to(dtype).requires_grad_() for shape in shapes]
    return states, torch.randn(1, length, heads, 8, generator=draw).to(dtype)


def ours(ends: list[int], states: list[Tensor], scale: float | None = None) -> Tensor:
    query, key, value = states
    return attend(torch.nn.Module(), query, key, value, None, scaling=scale, trees=forest(torch.tensor(ends)))[0]


def torchs(ends: list[int], states: list[Tensor], scale: float | None = None) -> Tensor:
    return scaled_dot_product_attention(*states, attn_mask=mask(ends), scale=scale, enable_gqa=True).transpose(1, 2)


def compare(ends: list[int], states: list[Tensor], down: Tensor) -> None:
    """Forward and gradients of both, in fp32."""
    found, wanted = ours(ends, states), torchs(ends, states)
    assert found.shape == wanted.shape and found.dtype == wanted.dtype
    assert (found - wanted).abs().max() < 1e-5
    pairs = [torch.autograd.grad(result, states, down) for result in (found, wanted)]
    for mine, theirs in zip(*pairs, strict=True):
        assert (mine - theirs).abs().max() < 1e-4


@given(trees(), st.integers(1, 12))
@settings(max_examples=100, deadline=None)
def test_branches_are_the_mask(ends: list[int], block: int) -> None:
    seen = torch.zeros(len(ends), len(ends), dtype=torch.bool)
    places: list[int] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(attention, "BLOCK", block)
        branches = branches_of(ends)
    for branch in branches:
        queries = list(range(branch.start, branch.stop))
        keys = [place for start, stop in branch.keys for place in range(start, stop)]
        assert 1 <= len(queries) <= block and keys[-len(queries) :] == queries
        places += queries
        for query in queries:
            seen[query, [key for key in keys if key <= query]] = True
    assert places == list(range(len(ends)))
    assert torch.equal(seen, mask(ends))


def test_a_branch_is_as_long_as_it_can_be() -> None:
    """One sequence in two blocks, whose keys are one run; a fork in three branches, not one a token."""
    assert [(b.start, b.stop, b.keys) for b in branches_of([300] * 300)] == [(0, 256, ((0, 256),)), (256, 300, ((0, 300),))]
    assert [(b.start, b.stop, b.keys) for b in branches_of([6, 6, 4, 4, 6, 6])] == [
        (0, 2, ((0, 2),)), (2, 4, ((0, 4),)), (4, 6, ((0, 2), (4, 6))),
    ]  # fmt: skip


@given(trees(), st.integers(1, 12), st.booleans(), st.sampled_from([(4, 4), (4, 2), (3, 1)]))
@settings(max_examples=60, deadline=None)
def test_it_is_torchs_attention_with_the_mask(ends: list[int], block: int, recomputed: bool, heads: tuple[int, int]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(attention, "BLOCK", block)
        patch.setattr(attention, "LONG", 0 if recomputed else 2048)
        compare(ends, *drawn(len(ends), *heads))


@pytest.mark.parametrize("long", [0, 2048], ids=["recomputed", "kept"])
def test_blocks_of_the_usual_size(monkeypatch: pytest.MonkeyPatch, long: int) -> None:
    monkeypatch.setattr(attention, "LONG", long)
    ends = [700] * 300 + [500] * 200 + [700] * 200 + [900] * 200  # a pair behind a prompt longer than a block, and a row
    compare(ends, *drawn(900, 4, 2))


@pytest.mark.parametrize("ends", [*TREES, [700] * 300 + [500] * 200 + [700] * 200 + [900] * 200])
def test_bf16_is_as_near_as_bf16_can_be(ends: list[int]) -> None:
    """bf16 holds 8 bits: a result is off by about 2**-8 of its size, as torch's own is."""
    states, down = drawn(len(ends), 4, 2, torch.bfloat16)
    exact = [part.detach().float().requires_grad_() for part in states]
    found, wanted = ours(ends, states), torchs(ends, exact)
    assert found.dtype == torch.bfloat16
    mine, theirs = torch.autograd.grad(found, states, down), torch.autograd.grad(wanted, exact, down.float())
    for a, b in zip((found, *mine), (wanted, *theirs), strict=True):
        assert ((a.float() - b).norm() / b.norm()) < 1e-2


def test_autocast_casts_it_as_it_casts_torchs() -> None:
    (states, _), ends = drawn(12, 4, 2), TREES[1]
    with torch.autocast("cpu", dtype=torch.bfloat16):
        found, wanted = ours(ends, states), torchs(ends, states)
    assert found.dtype == wanted.dtype == torch.bfloat16
    assert (found - wanted).abs().max() < 3e-2


def test_the_scale_is_the_models() -> None:
    """Granite's is not one over the root of the width."""
    (states, _), ends = drawn(12, 4, 2), TREES[1]
    assert (ours(ends, states, 0.7) - torchs(ends, states, 0.7)).abs().max() < 1e-5


def test_what_is_not_seen_changes_nothing() -> None:
    """The reply beside: other keys and values there leave every other token as it was, to the bit."""
    (states, _), ends = drawn(12, 4, 2), TREES[1]
    before = ours(ends, states)
    beside = range(3, 6)
    with torch.no_grad():
        for part in states:
            part[:, :, beside] += 100
    others = [place for place in range(12) if place not in beside]
    assert torch.equal(ours(ends, states)[:, others], before[:, others])


def test_without_trees_it_is_plain_attention() -> None:
    """A model set to it goes on to generate."""
    states, _ = drawn(12, 4, 2)
    query, key, value = states
    module = torch.nn.Module()
    module.num_key_value_groups, module.is_causal = 2, True  # type: ignore[assignment]
    found = attend(module, query, key, value, None)[0]
    assert (found - torchs([12] * 12, states)).abs().max() < 1e-5


@pytest.mark.parametrize("ends", [*TREES, [300] * 100 + [200] * 100 + [300] * 100 + [350] * 50])
def test_the_block_mask_of_cuda_is_the_same_mask(ends: list[int]) -> None:
    """Uncompiled on the CPU, and forward only: that is all FlexAttention does here. It proves the mask that CUDA gets,
    nothing about the kernel that is compiled from it there."""
    query, key, _ = (part.detach() for part in drawn(len(ends), 4, 2)[0])
    states = [query, key, key.flip(-1)]  # it wants keys and values of one width here
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it says that it is slow uncompiled
        found = flex_attention(query, *states[1:], block_mask=block_mask(torch.tensor(ends)), enable_gqa=True)
    assert isinstance(found, Tensor)
    assert (found.transpose(1, 2) - ours(ends, states)).abs().max() < 1e-5
