"""Merged exports: they say what the adapter says, anything can load them, and a failure leaves nothing behind."""

from __future__ import annotations

import errno
import json
import sys
from pathlib import Path

import pytest
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from lab import cli
from lab.errors import ModelError, VersionError
from lab.model import adapters, export
from lab.model.base import load_base
from lab.model.export import export_merged
from lab.records import Message
from tests.tiny import write_adapters


@pytest.fixture(scope="module")
def adapter(tiny_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_adapters(tiny_model, tmp_path_factory.mktemp("adapters"), (1,))[1]


def test_an_export_is_the_adapter_on_its_base(tiny_model: Path, adapter: Path, tmp_path: Path) -> None:
    steps: list[str] = []
    found = export_merged(str(tiny_model), adapter, tmp_path / "out", steps.append)
    assert found.agreement == 1.0 and found.difference < 1e-4 and found.tokens >= 8 and len(steps) == 3
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
    assert export_merged(str(tiny_model), None, tmp_path / "out").agreement == 1.0


def test_an_export_that_says_something_else_is_not_kept(
    tiny_model: Path, adapter: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As if the merge had gone wrong: the base is written without its adapter."""
    monkeypatch.setattr(export, "merge", lambda base: base.model.unload())
    with pytest.raises(ModelError, match=r"does not say what the adapter says.*nothing was written"):
        export_merged(str(tiny_model), adapter, tmp_path / "out")
    assert not list(tmp_path.iterdir())


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
