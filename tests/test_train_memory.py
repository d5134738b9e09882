"""Memory: activations computed again give the same gradients, and whether to do so goes by what is free."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

from lab.model import adapters
from lab.model.base import Base, load_base
from lab.settings import TrainSettings
from lab.train import memory
from lab.train.dpo import Preference
from lab.train.fit import fit
from lab.train.forward import completion_logprobs, packs
from lab.train.hooks import Hooks
from lab.train.memory import activation_bytes, is_short, recomputed, steady_heap
from tests.test_train_fit import SETTINGS, rows_of


@pytest.fixture(params=["none", "nf4"])
def base(request: pytest.FixtureRequest, tiny_model: Path) -> Base:
    base = load_base(str(tiny_model), request.param, "cpu", training=True)
    adapters.create(base, "c", rank=4, alpha=8, seed=0)
    with torch.no_grad():
        for number, parameter in enumerate(adapters.parameters(base, "c").values()):
            parameter.add_(torch.randn(parameter.shape, generator=torch.Generator().manual_seed(number)), alpha=0.05)
    return base


def gradients(base: Base) -> list[torch.Tensor]:
    """Of a pack after the adapter was switched off and on again, as it is between any two steps of a round."""
    rows = rows_of(base, 4)
    with adapters.active(base, "c"):
        (packed,) = packs(base, rows, (0, 1), 1000)
        value = completion_logprobs(base, packed).sum()
        return list(torch.autograd.grad(value, list(adapters.parameters(base, "c").values())))


def test_computed_again_equals_kept(base: Base) -> None:
    wanted = gradients(base)
    layers = base.causal_lm.get_decoder().layers
    calls: list[int] = []
    handle = layers[0].self_attn.register_forward_hook(lambda *_: calls.append(1))
    with recomputed(base):
        found = gradients(base)
    handle.remove()
    assert len(calls) == 2 + 1, "the reference once, and the layer once more in the backward"
    assert all(torch.equal(a, b) for a, b in zip(wanted, found, strict=True))
    assert not any("forward" in vars(layer) for layer in layers), "the layers are their own again"


def test_short_memory_is_seen_and_told(tiny_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    base = load_base(str(tiny_model), "none", "cpu", training=True)
    adapters.create(base, "c", rank=4, alpha=8, seed=0)
    assert activation_bytes(base, 2000) > 2 * activation_bytes(base, 1000)
    assert not is_short(base, 100)
    monkeypatch.setattr(memory, "free_bytes", lambda device: 1000)
    assert is_short(base, 100)
    fit(base, "c", rows_of(base, 4), Preference(SETTINGS), SETTINGS, tmp_path, Hooks())
    first = json.loads((tmp_path / "log.jsonl").read_text().splitlines()[0])
    assert first == {"step": 0, "recomputed": "activations are computed again in the backward, to save memory"}


@pytest.mark.parametrize("checkpointing", ["on", "off"])
def test_the_setting_decides_over_what_is_free(
    tiny_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, checkpointing: str
) -> None:
    base = load_base(str(tiny_model), "none", "cpu", training=True)
    adapters.create(base, "c", rank=4, alpha=8, seed=0)
    monkeypatch.setattr(memory, "free_bytes", lambda device: 1000 if checkpointing == "off" else 10**12)
    settings = TrainSettings(**SETTINGS.model_dump() | {"checkpointing": checkpointing})
    fit(base, "c", rows_of(base, 4), Preference(settings), settings, tmp_path, Hooks())
    assert ("recomputed" in (tmp_path / "log.jsonl").read_text()) == (checkpointing == "on")


def test_the_heap_is_given_back() -> None:
    with steady_heap():
        assert torch.ones(1 << 22).sum() == 1 << 22
    assert torch.ones(1 << 22).sum() == 1 << 22
