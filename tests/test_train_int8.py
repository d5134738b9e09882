"""A round on an int8 base: the adapter learns, the base stays as it is to the bit, and the libraries keep quiet."""

from __future__ import annotations

import json
import logging
import math
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from lab.feedback.examples import collect
from lab.feedback.exchange import import_file
from lab.feedback.store import Store
from lab.model import adapters
from lab.model.base import Base, load_base
from lab.records import Job, Message
from lab.registry.versions import Versions
from lab.settings import load_settings
from lab.train.run import execute

FAST = {"learning_rate": 1e-2, "epochs": 2, "batch": 8, "max_length": 200, "kl_cap": 50.0}


def stored(base: Base) -> dict[str, torch.Tensor]:
    """Every tensor of the base as it lies in memory, the scales of the int8 weights among them; copies."""
    tensors = dict(base.model.named_parameters()) | dict(base.model.named_buffers())
    for name, module in base.model.named_modules():
        if module.__class__.__name__ == "Linear8bitLt":
            weight = module.weight if module.state.SCB is None else module.state  # they move at the first forward
            tensors |= {f"{name}.CB": weight.CB, f"{name}.SCB": weight.SCB}
    return {name: value.detach().clone() for name, value in tensors.items()}


def gradients(base: Base) -> dict[str, torch.Tensor]:
    """Of a reply's log-prob, by the tensors of an adapter that changes what the model says."""
    adapters.create(base, "x", 4, 8.0, seed=1)
    torch.manual_seed(1)
    parameters = adapters.parameters(base, "x")
    for key, value in parameters.items():
        if "lora_B" in key:
            torch.nn.init.normal_(value, std=0.05)
    prompt = base.template.encode_prompt([Message(role="user", content="tell me a story about a small dog.")])
    reply = base.template.tokenizer.encode("yes, hello there", add_special_tokens=False)
    with adapters.active(base, "x"):
        logits = base.model(input_ids=torch.tensor([prompt + reply])).logits[0].float().log_softmax(-1)
        logits[len(prompt) - 1 : -1].gather(1, torch.tensor(reply)[:, None]).sum().backward()
    found = {key: value.grad.clone() for key, value in parameters.items() if value.grad is not None}
    assert found.keys() == parameters.keys()
    return found


def test_a_round_changes_the_adapter_and_not_one_bit_of_the_base(
    home: Path, tiny_model: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    flags = {"model": str(tiny_model), "quantize": "int8", "device": "cpu", "train": FAST, "lora": {"rank": 4, "alpha": 8}}
    settings = load_settings(home, flags)
    store = Store(settings.feedback_data)
    rows = [{"prompt": f"question {k}?", "chosen": f"yes, {k % 7}", "rejected": f"no {k % 5}!"} for k in range(30)]
    (home / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    import_file(store, home / "rows.jsonl")
    with caplog.at_level(logging.WARNING):
        base = load_base(settings.model, settings.quantize, settings.device, training=True)
        before = stored(base)
        versions = Versions(settings.adapters, base.id)
        opinions = tuple(sorted(pair.opinion for pair in collect(store, "train").pairs))
        capfd.readouterr()
        made = execute(Job("dpo", base.id, 0, versions.get(0).hash, opinions, seed=3), store, versions, settings, base)
    store.close()
    assert {value.dtype for name, value in before.items() if name.endswith(".CB")} == {torch.int8}, "the base is kept in int8"
    after = stored(base)
    assert after.keys() == before.keys()
    assert [name for name, value in after.items() if not torch.equal(value, before[name])] == []

    report = made.report
    assert report is not None
    assert math.isfinite(report.loss_first)
    assert report.loss_last < report.loss_first
    assert report.heldout_before == 0.5
    assert report.heldout_after == 1.0
    assert report.canaries["changed"] == 1
    assert made.folder is not None
    learned = load_file(made.folder / "adapter_model.safetensors")
    assert all(value.isfinite().all() for value in learned.values())
    assert all(value.abs().max() > 0 for key, value in learned.items() if "lora_B" in key), "every layer got gradients"

    # bitsandbytes once logged a line per int8 layer and call
    assert [record for record in caplog.records if record.name.startswith("bitsandbytes")] == []
    printed = capfd.readouterr()
    assert printed.out == ""
    assert len(printed.err.splitlines()) < 14, "fewer lines than int8 layers"


def test_the_gradients_are_nearly_those_of_the_exact_weights(tiny_model: Path) -> None:
    """The backward pass goes through the stored weights, not through the rounding of what flows in."""
    exact, rounded = (gradients(load_base(str(tiny_model), quantize, "cpu", training=True)) for quantize in ("none", "int8"))
    for key, value in exact.items():
        assert torch.cosine_similarity(value.flatten(), rounded[key].flatten(), dim=0) > 0.98, key
