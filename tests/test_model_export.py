"""Merged exports: they say what the adapter says, anything can load them, and a failure leaves nothing behind."""

from __future__ import annotations

import errno
import json
import shutil
import sys
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from transformers import AutoModelForCausalLM, AutoTokenizer

from lab import cli
from lab.errors import ModelError, VersionError
from lab.model import adapters, export
from lab.model.base import load_base
from lab.model.export import Likelihood, compared, correlation, export_merged
from lab.records import Message
from tests.tiny import write_adapters


@dataclass
class Usage:
    free: int


@pytest.fixture(scope="module")
def adapter(tiny_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_adapters(tiny_model, tmp_path_factory.mktemp("adapters"), (1,))[1]


def test_an_export_is_the_adapter_on_its_base(tiny_model: Path, adapter: Path, tmp_path: Path) -> None:
    steps: list[str] = []
    found = export_merged(str(tiny_model), adapter, tmp_path / "out", steps.append)
    assert found.agreement == 1.0 and found.difference < 1e-4 and found.tokens >= 8 and len(steps) == 4
    assert found.correlation is not None and found.correlation > 0.999
    network = AutoModelForCausalLM.from_pretrained(tmp_path / "out")
    tokenizer = AutoTokenizer.from_pretrained(tmp_path / "out")
    assert not any("lora" in name for name in network.state_dict())
    ids = tokenizer.apply_chat_template([Message(role="user", content="hi")], add_generation_prompt=True, return_tensors="pt")
    ids = ids if isinstance(ids, torch.Tensor) else ids["input_ids"]
    base = load_base(str(tiny_model), "none", "cpu")
    plain = base.model(input_ids=ids).logits
    adapters.load(base, adapter, "v1")
    with adapters.active(base, "v1"):
        wanted = base.model(input_ids=ids).logits
    assert torch.allclose(network(input_ids=ids).logits, wanted, atol=1e-4) and not torch.allclose(plain, wanted, atol=1e-2)
    assert {path.name for path in tmp_path.iterdir()} == {"out"}
    files = {path.name for path in (tmp_path / "out").iterdir()}
    assert files >= {"config.json", "generation_config.json", "model.safetensors", "tokenizer.json", "chat_template.jinja"}
    assert str(tiny_model) not in (tmp_path / "out" / "config.json").read_text(), "this machine's folders are nobody's business"


def test_what_is_written_is_signed_and_what_cannot_be_is_not_kept(tiny_model: Path, adapter: Path, tmp_path: Path) -> None:
    """A version that is forgotten while it is exported must not come back; see Versions.sign."""
    seen: list[bool] = []

    def sign(written: Path) -> None:
        seen.append((written / "model.safetensors").is_file() and written != tmp_path / "out")
        (written / "mark").touch()
        if len(seen) == 2 and gone:
            raise VersionError("there is no version 1 any more")

    for gone in (True, False):
        seen.clear()
        with pytest.raises(VersionError) if gone else nullcontext():
            export_merged(str(tiny_model), adapter, tmp_path / "out", sign=sign)
        assert seen == [True, True] and (tmp_path / "out" / "mark").exists() is not gone
        assert len(list(tmp_path.iterdir())) == (0 if gone else 1)


def test_the_precision_is_that_of_the_stored_base(
    tiny_model: Path, adapter: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A random model's likeliest tokens are near ties, which rounding decides; a trained one's are not."""
    monkeypatch.setattr(export, "LEAST_AGREEMENT", 0.0)
    half = tmp_path / "half"
    AutoModelForCausalLM.from_pretrained(tiny_model, dtype=torch.bfloat16).save_pretrained(half)
    AutoTokenizer.from_pretrained(tiny_model).save_pretrained(half)
    found = export_merged(str(half), adapter, tmp_path / "out")
    assert AutoModelForCausalLM.from_pretrained(tmp_path / "out", dtype="auto").dtype == torch.bfloat16
    assert found.difference <= export.MOST_DIFFERENCE


def test_version_0_is_the_base_itself(tiny_model: Path, tmp_path: Path) -> None:
    found = export_merged(str(tiny_model), None, tmp_path / "out")
    assert (found.agreement, found.difference, found.correlation) == (1.0, 0.0, None)


def test_an_export_that_says_something_else_is_not_kept(
    tiny_model: Path, adapter: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As if the merge had gone wrong: the base is written without its adapter."""
    monkeypatch.setattr(export, "merge", lambda base: base.model.unload())
    with pytest.raises(ModelError, match=r"does not say what the adapter says.*nothing was written"):
        export_merged(str(tiny_model), adapter, tmp_path / "out")
    assert not list(tmp_path.iterdir())


def test_a_faint_adapter_that_got_lost_is_missed(tiny_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It changes few tokens, so the base alone agrees with it almost everywhere; only preference scores tell them apart."""
    base = load_base(str(tiny_model), "none", "cpu")
    adapters.create(base, "faint", 4, 8.0, seed=1)
    with torch.no_grad():
        for key, value in adapters.parameters(base, "faint").items():
            if "lora_B" in key:
                value.normal_(std=0.25, generator=torch.Generator().manual_seed(1))
    adapters.save(base, "faint", tmp_path / "faint")
    assert (export_merged(str(tiny_model), tmp_path / "faint", tmp_path / "whole").correlation or 0.0) > 0.99
    monkeypatch.setattr(export, "merge", lambda base: base.model.unload())
    monkeypatch.setattr(export, "LEAST_AGREEMENT", 0.0)
    monkeypatch.setattr(export, "MOST_DIFFERENCE", 9.0)
    with pytest.raises(ModelError, match="preference scores correlate by"):
        export_merged(str(tiny_model), tmp_path / "faint", tmp_path / "lost")


def test_figures_against_hand_arithmetic() -> None:
    adapter = [Likelihood(-2.0, (1, 2)), Likelihood(-4.0, (3, 4)), Likelihood(-9.0, (5, 6, 7))]
    base = [Likelihood(-3.0, ()), Likelihood(-4.0, ()), Likelihood(-6.0, ())]
    same = compared(adapter, adapter, base, own=2)
    assert same.agreement == 1.0 and same.difference == 0.0 and same.tokens == 4
    assert same.correlation == pytest.approx(1.0) and same.holds
    turned = [Likelihood(-4.0, (1, 2)), Likelihood(-4.5, (3, 9)), Likelihood(-3.0, (5, 6, 7))]
    found = compared(turned, adapter, base, own=2)  # scores -0.5, -0.25, 1 where 0.5, 0, -1 were wanted
    assert (found.agreement, found.difference) == (0.75, pytest.approx(2.5 / 4))
    assert found.correlation == pytest.approx(-0.9843, abs=0.0001) and not found.holds
    assert correlation([1.0, 2.0], [0.001, 0.002]) is None, "rounding alone"
    assert correlation([1.0, 1.0], [0.0, 1.0]) == 0.0


def test_a_disk_without_room_is_told_before_the_work(
    tiny_model: Path, adapter: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Minutes into a big model's merge it would come too late."""
    monkeypatch.setattr(export.shutil, "disk_usage", lambda path: Usage(free=1000))
    monkeypatch.setattr(export, "load_base", lambda *_, **__: pytest.fail("it began to work"))
    with pytest.raises(ModelError, match=r"has 0\.0 GB free; make room"):
        export_merged(str(tiny_model), adapter, tmp_path / "new" / "out")


def test_a_base_without_a_chat_template_takes_along_the_one_it_was_taught_with(
    tiny_model: Path, adapter: Path, tmp_path: Path
) -> None:
    bare = tmp_path / "bare"
    shutil.copytree(tiny_model, bare)
    (bare / "chat_template.jinja").unlink()
    export_merged(str(bare), adapter, tmp_path / "out")
    messages = [Message(role="user", content="hi")]
    asked = AutoTokenizer.from_pretrained(tmp_path / "out").apply_chat_template(
        [dict(message) for message in messages], tokenize=False, add_generation_prompt=True
    )
    assert asked == "user: hi<|end|>\nassistant:"


def test_weights_that_are_no_numbers_are_not_merged(tiny_model: Path, adapter: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    shutil.copytree(adapter, broken)
    tensors = load_file(broken / "adapter_model.safetensors")
    save_file({key: torch.full_like(value, torch.nan) for key, value in tensors.items()}, broken / "adapter_model.safetensors")
    with pytest.raises(ModelError, match=r"cannot be merged|does not say"):
        export_merged(str(tiny_model), broken, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_what_is_there_is_never_written_over(tiny_model: Path, adapter: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work")
    for place in (tmp_path / "mine", tmp_path / "mine" / "thesis.txt"):
        with pytest.raises(ModelError, match="not an empty folder"):
            export_merged(str(tiny_model), adapter, place)
    (tmp_path / "empty").mkdir()
    assert export_merged(str(tiny_model), adapter, tmp_path / "empty").tokens


def test_a_full_disk_leaves_nothing(tiny_model: Path, adapter: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(base: object) -> torch.nn.Module:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(export, "merge", full)
    with pytest.raises(ModelError, match="No space left on device; make room"):
        export_merged(str(tiny_model), adapter, tmp_path / "out")
    assert not list(tmp_path.iterdir())


def test_an_adapter_of_another_base_is_refused(tiny_model: Path, adapter: Path, tmp_path: Path) -> None:
    (tmp_path / "broken").mkdir()
    with pytest.raises(VersionError, match="does not load"):
        export_merged(str(tiny_model), tmp_path / "broken", tmp_path / "out")


def test_on_the_command_line(
    tiny_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    flags = ["--home", str(tmp_path / "home"), "--model", str(tiny_model), "--quantize", "none"]
    monkeypatch.setattr(sys, "argv", ["launch.py", "save", "0", str(tmp_path / "out"), "--as", "merged", *flags])
    with pytest.raises(SystemExit, match="0"):
        cli.main()
    done = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert done["as"] == "merged" and done["agreement"] == 1.0 and (tmp_path / "out" / "config.json").is_file()
