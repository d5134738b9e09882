"""Completions that ride on the prompts of another forward, and a last layer narrowed to what is read: the same numbers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lab.model import adapters
from lab.model.base import Base, load_base
from lab.train.attention import Kept, forest
from lab.train.batches import Row
from lab.train.forward import completion_logprobs, measure, packs
from lab.train.narrow import evened, narrowed
from lab.train.ride import can_ride, ridden

IDS = st.lists(st.integers(4, 90), min_size=1, max_size=9).map(tuple)
ROWS = st.lists(st.builds(lambda p, a, b: Row(p, (a, b)), IDS, IDS, IDS), min_size=1, max_size=5)


@pytest.fixture(scope="module")
def base(tiny_model: Path) -> Base:
    base = load_base(str(tiny_model), "none", "cpu", training=True)
    adapters.create(base, "c", rank=4, alpha=8, seed=0)
    with torch.no_grad():
        for number, parameter in enumerate(adapters.parameters(base, "c").values()):
            parameter.normal_(generator=torch.Generator().manual_seed(number)).mul_(0.05)
    return base


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=ROWS, budget=st.sampled_from([16, 1000]))
def test_riding_equals_a_forward_of_its_own(base: Base, rows: list[Row], budget: int) -> None:
    rows += [replace(rows[0], completions=rows[0].completions[::-1])]  # two rows that share a whole prompt
    assert can_ride(base, 64)
    with adapters.active(base, "c"):
        wanted = measure(base, rows, [1], 1000)[:, 0]
        found = []
        for packed in packs(base, rows, (0,), budget):
            keep: Kept = {}
            some = [rows[i] for i in packed.rows]
            with torch.no_grad():
                completion_logprobs(base, packed, forest=replace(forest(packed.ends), keep=keep))
            found.append(ridden(base, packed, some, 1, keep, "auto"))
    assert torch.allclose(torch.cat(found), wanted, rtol=1e-4, atol=1e-4)


def test_keeping_for_riders_does_not_change_gradients(base: Base) -> None:
    rows = [Row((5, 6, 7), ((8, 9, 10), (11, 12))), Row((5, 6, 20), ((30, 31), (32,)))]
    found = []
    with adapters.active(base, "c"):
        parameters = list(adapters.parameters(base, "c").values())
        for keep in (None, {}):
            (packed,) = packs(base, rows, (0,), 1000)
            value = completion_logprobs(base, packed, forest=replace(forest(packed.ends), keep=keep)).sum()
            if keep is not None:
                ridden(base, packed, rows, 1, keep, "auto")  # between the forward and its backward
            found.append(torch.autograd.grad(value, parameters))
    assert all(torch.equal(a, b) for a, b in zip(*found, strict=True))


def test_the_last_layer_computes_what_is_read_alone(base: Base) -> None:
    """And the layers are as before afterwards."""
    last = base.causal_lm.get_decoder().layers[-1]
    fed: list[int] = []
    handle = last.mlp.gate_proj.register_forward_pre_hook(lambda _, args: fed.append(args[0].shape[-2]))
    forwards = [vars(part).get("forward") for part in (last.mlp, last.self_attn.q_proj, last.self_attn.o_proj)]
    (packed,) = packs(base, [Row(tuple(range(5, 30)), ((8, 9), (11, 12)))], (0, 1), 1000)
    with torch.no_grad():
        completion_logprobs(base, packed)
    handle.remove()
    assert packed.ids.shape[1] == 27 and fed == [3]  # the prompt's last token, and the first of each completion
    with narrowed(base, packed.read, 27):
        assert "forward" in vars(last.mlp)
    assert forwards == [vars(part).get("forward") for part in (last.mlp, last.self_attn.q_proj, last.self_attn.o_proj)]


@given(rows=st.sets(st.integers(0, 39), min_size=1), even=st.sampled_from([1, 8, 64]))
def test_places_are_filled_up_with_others_as_long_as_there_are_others(rows: set[int], even: int) -> None:
    found = evened(torch.tensor(sorted(rows)), 40, even).tolist()
    assert found[: len(rows)] == sorted(rows) and len(set(found)) == len(found) and set(found) <= set(range(40))
    assert len(found) == min(40, -(-len(rows) // even) * even)
