"""The LoRA layer as it is trained: PEFT's own numbers and gradients, and PEFT's own forward wherever it is wanted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.utils.checkpoint import checkpoint

from lab.model import adapters
from lab.model.base import Base, load_base
from lab.model.libraries import LoraConfig, LoraLayer, get_peft_model
from lab.model.lora import forward_of, lean
from tests.tiny import build_tiny_model

IDS = torch.tensor([[1, 4, 30, 40, 2, 5, 70, 80, 90, 2]])


def layer_of(base_layer: torch.nn.Module, names: tuple[str, ...] = ("x",), **options: Any) -> Any:
    """One LoRA layer around a frozen linear one, with adapters that change what it does."""
    config = LoraConfig(r=4, lora_alpha=6, target_modules=["0"], **options)
    model = get_peft_model(torch.nn.Sequential(base_layer), config, adapter_name=names[0])  # type: ignore[arg-type]
    for name in names[1:]:
        model.add_adapter(name, config)
    torch.manual_seed(1)
    for key, parameter in model.named_parameters():
        if "lora_" in key:
            torch.nn.init.normal_(parameter, std=0.2)
    model.eval()
    model.set_adapter(names[0])
    (layer,) = (module for module in model.modules() if isinstance(module, LoraLayer))
    return layer


def linear(bias: bool, dtype: torch.dtype = torch.float32) -> torch.nn.Module:
    torch.manual_seed(0)
    return torch.nn.Linear(64, 96, bias=bias).to(dtype).requires_grad_(False)


def nf4(bias: bool, compute: torch.dtype) -> torch.nn.Module:
    """A linear layer in four bits, in the layout that has a backward pass."""
    from bitsandbytes.nn import Linear4bit

    torch.manual_seed(0)
    layer = Linear4bit(64, 96, bias=bias, compute_dtype=compute, compress_statistics=True, quant_type="nf4")
    layer.support_avx512bf16_for_cpu = False
    return layer.to("cpu").requires_grad_(False)


def outcome(layer: Any, dtype: torch.dtype = torch.float32, autocast: bool = False) -> list[Tensor]:
    """What comes out, and the gradients of the input, A and B."""
    draw = torch.Generator().manual_seed(2)
    x = torch.randn(2, 5, 64, generator=draw).to(dtype).requires_grad_()
    with torch.autocast("cpu", dtype=torch.bfloat16, enabled=autocast):
        result = layer(x)
    down = torch.randn(result.shape, generator=draw).to(result.dtype)
    return [result, *torch.autograd.grad(result, [x, layer.lora_A["x"].weight, layer.lora_B["x"].weight], down)]


def compare(found: list[Tensor], wanted: list[Tensor], forward: float, backward: float) -> None:
    """By the size of the difference over that of PEFT's."""
    for place, (mine, theirs) in enumerate(zip(found, wanted, strict=True)):
        assert mine.shape == theirs.shape
        assert (mine - theirs).float().norm() <= (backward if place else forward) * theirs.float().norm()


def both(layer: Any, **how: Any) -> tuple[list[Tensor], list[Tensor]]:
    """(ours, PEFT's)."""
    with lean([layer], "x"):
        assert "forward" in vars(layer), "the layer keeps PEFT's forward: nothing would be compared"
        found = outcome(layer, **how)
    assert "forward" not in vars(layer)
    return found, outcome(layer, **how)


@pytest.mark.parametrize("bias", [False, True])
@pytest.mark.parametrize("kind", ["linear", "nf4"])
def test_it_is_pefts_layer(kind: str, bias: bool) -> None:
    layer = layer_of(linear(bias) if kind == "linear" else nf4(bias, torch.float32))
    found, wanted = both(layer)
    compare(found, wanted, forward=1e-5, backward=1e-4)
    assert {part.dtype for part in found} == {torch.float32}


@pytest.mark.parametrize("bias", [False, True])
@pytest.mark.parametrize("kind", ["linear", "nf4", "nf4 in bf16"])
def test_under_autocast_too(kind: str, bias: bool) -> None:
    kinds = {"linear": linear(bias), "nf4": nf4(bias, torch.float32), "nf4 in bf16": nf4(bias, torch.bfloat16)}
    found, wanted = both(layer_of(kinds[kind]), autocast=True)
    compare(found, wanted, forward=1e-2, backward=2e-2)
    assert [part.dtype for part in found] == [torch.bfloat16] + [torch.float32] * 3, "as a linear layer under autocast"


@pytest.mark.parametrize("bias", [False, True])
def test_bf16_weights_take_and_give_bf16(bias: bool) -> None:
    layer = layer_of(linear(bias, torch.bfloat16))
    assert layer.lora_A["x"].weight.dtype == torch.float32
    found, wanted = both(layer, dtype=torch.bfloat16)
    compare(found, wanted, forward=1e-2, backward=2e-2)
    assert [part.dtype for part in found] == [torch.bfloat16] * 2 + [torch.float32] * 2


@pytest.mark.parametrize("bias", [False, True])
def test_nf4_that_computes_in_bf16_gives_the_input_s_precision(bias: bool) -> None:
    found, wanted = both(layer_of(nf4(bias, torch.bfloat16)))
    compare(found, wanted, forward=1e-2, backward=2e-2)
    assert {part.dtype for part in found} == {torch.float32}


@pytest.mark.parametrize("options", [{"lora_dropout": 0.1}, {"use_dora": True}, {"lora_bias": True}], ids=str)
def test_adapters_of_another_kind_keep_pefts_forward(options: dict[str, Any]) -> None:
    """They load, since they are somebody's adapter; a bias on B was left out without a word."""
    assert forward_of(layer_of(linear(True), **options), "x") is None


def test_layers_of_another_kind_keep_pefts_forward() -> None:
    from bitsandbytes.nn import Linear8bitLt

    assert forward_of(layer_of(Linear8bitLt(64, 96, has_fp16_weights=False)), "x") is None
    assert forward_of(layer_of(linear(True)), "another adapter") is None


def test_a_layer_whose_input_takes_no_gradient_still_learns() -> None:
    layer = layer_of(linear(False))
    x = torch.randn(2, 5, 64, generator=torch.Generator().manual_seed(2))
    gradients = []
    for layers in ([layer], []):
        with lean(layers, "x"):
            gradients.append(torch.autograd.grad(layer(x).square().sum(), layer.lora_A["x"].weight)[0])
    assert (gradients[0] - gradients[1]).norm() <= 1e-4 * gradients[1].norm()


def test_rows_with_adapters_of_their_own_and_disabled_ones_go_pefts_way() -> None:
    layer = layer_of(linear(True), ("x", "y"))
    x = torch.randn(2, 5, 64, generator=torch.Generator().manual_seed(2))
    with torch.no_grad():
        named = layer(x, adapter_names=["y", adapters.BASE])
        bare = layer.base_layer(x)
        with lean([layer], "x"):
            assert torch.equal(layer(x, adapter_names=["y", adapters.BASE]), named)
            layer.enable_adapters(False)
            assert torch.equal(layer(x), bare)
            layer.enable_adapters(True)
            assert not torch.equal(layer(x), bare)


# -- a whole model ------------------------------------------------------------------------------------------------


@pytest.fixture
def base(tmp_path: Path) -> Base:
    """With two adapters, each of which changes what it says."""
    base = load_base(str(build_tiny_model(tmp_path / "model", "qwen3")), "none", "cpu", training=True)
    for number, name in enumerate(("x", "y")):
        adapters.create(base, name, rank=4, alpha=8, seed=number)
        torch.manual_seed(number)
        for parameter in adapters.parameters(base, name).values():
            torch.nn.init.normal_(parameter, std=0.05)
            parameter.requires_grad_(False)
    return base


def logits(base: Base) -> Tensor:
    result: Tensor = base.model(input_ids=IDS).logits
    return result


def gradients(base: Base, name: str) -> list[Tensor]:
    down = torch.randn(1, IDS.shape[1], base.causal_lm.config.vocab_size, generator=torch.Generator().manual_seed(3))
    return list(torch.autograd.grad((logits(base) * down).mean(), list(adapters.parameters(base, name).values())))


def is_lean(base: Base) -> list[bool]:
    return ["forward" in vars(layer) for layer in adapters.layers(base)]


def assert_near(found: list[Tensor], wanted: list[Tensor]) -> None:
    for mine, theirs in zip(found, wanted, strict=True):
        assert theirs.norm() > 0 and (mine - theirs).norm() <= 1e-4 * theirs.norm()


@pytest.fixture
def by_peft(base: Base) -> dict[str, list[Tensor]]:
    """Logits and gradients of both adapters, with none of this project's layers."""
    found = {}
    for name in ("x", "y"):
        base.model.set_adapter(name)
        found[name] = [logits(base).detach(), *gradients(base, name)]
    for parameter in base.model.parameters():
        parameter.requires_grad_(False)
    return found


def test_leaving_gives_every_layer_its_own_forward_back(base: Base, by_peft: dict[str, list[Tensor]]) -> None:
    with adapters.active(base, "x"):
        assert all(is_lean(base)) and len(is_lean(base)) == 14
    with pytest.raises(ZeroDivisionError), adapters.active(base, "x"):
        _ = 1 / 0
    assert not any(is_lean(base))
    assert not any(parameter.requires_grad for parameter in base.model.parameters())
    with torch.no_grad():
        assert torch.equal(logits(base), by_peft["x"][0])


def test_two_adapters_side_by_side_train_apart(base: Base, by_peft: dict[str, list[Tensor]]) -> None:
    for name, other in (("x", "y"), ("y", "x")):
        with adapters.active(base, name):
            assert_near([logits(base).detach(), *gradients(base, name)], by_peft[name])
            assert not any(parameter.requires_grad for parameter in adapters.parameters(base, other).values())
    assert (by_peft["x"][0] - by_peft["y"][0]).norm() > 0.01 * by_peft["x"][0].norm()


def test_a_step_changes_one_adapter_alone(base: Base) -> None:
    before = {key: value.detach().clone() for key, value in base.model.named_parameters()}
    with adapters.active(base, "y"):
        optimizer = torch.optim.SGD(adapters.parameters(base, "y").values(), lr=1.0)
        logits(base).square().mean().backward()
        optimizer.step()
    changed = {key for key, value in base.model.named_parameters() if not torch.equal(value, before[key])}
    assert changed == set(adapters.parameters(base, "y"))


def test_the_base_is_had_inside(base: Base, by_peft: dict[str, list[Tensor]]) -> None:
    """The reference is measured between two forwards of the policy."""
    with torch.no_grad(), base.model.disable_adapter():
        bare = logits(base)
    with adapters.active(base, "x"):
        with torch.no_grad(), adapters.without(base):
            assert torch.equal(logits(base), bare)
        assert_near([logits(base).detach(), *gradients(base, "x")], by_peft["x"])
    assert not torch.allclose(bare, by_peft["x"][0], atol=1e-3)


@pytest.mark.parametrize("every", [False, True], ids=["one layer", "every layer"])
def test_recomputed_layers_give_the_same_gradients(base: Base, by_peft: dict[str, list[Tensor]], every: bool) -> None:
    layers: Any = base.causal_lm.get_decoder().layers
    for layer in layers if every else layers[:1]:
        own = layer.forward
        layer.forward = lambda *args, own=own, **options: checkpoint(own, *args, use_reentrant=False, **options)
    with adapters.active(base, "x"):
        assert_near([logits(base).detach(), *gradients(base, "x")], by_peft["x"])
