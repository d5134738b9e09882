"""Perplexity on the retention texts: that of plain forwards, and what an adapter makes of it."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
import torch

from lab.model import adapters
from lab.model.base import load_base
from lab.records import Message
from lab.train.retention import perplexity, ppl_ratio, read_retention
from tests.tiny import write_adapters


def test_perplexity_is_that_of_plain_forwards(tiny_model: Path) -> None:
    base = load_base(str(tiny_model), "none", "cpu")
    turns = [Message(role=role, content=text) for role, text in (("user", "hello"), ("assistant", "yes"), ("user", "dog?"),
                                                               ("assistant", "no, no"))]  # fmt: skip
    losses = []
    for place in (1, 3):
        prompt, reply = base.template.encode_prompt(turns[:place]), base.template.encode_reply(turns[place]["content"])
        with torch.no_grad():
            logits = base.model(input_ids=torch.tensor([[*prompt, *reply]])).logits[0, len(prompt) - 1 : -1]
        losses += torch.nn.functional.cross_entropy(logits, torch.tensor(reply), reduction="none").tolist()
    assert perplexity(base, [turns]) == pytest.approx(math.exp(sum(losses) / len(losses)), rel=1e-5)


def test_an_adapter_is_measured_against_the_base_and_taken_off_again(tiny_model: Path, tmp_path: Path) -> None:
    """One that changes nothing has forgotten nothing; one of random weights has, and is gone afterwards."""
    base = load_base(str(tiny_model), "none", "cpu", training=True)
    before = perplexity(base, read_retention()[:5])
    adapters.create(base, "none", 4, 8.0, seed=1)
    adapters.save(base, "none", tmp_path / "none")
    adapters.drop(base, "none")
    assert ppl_ratio(base, tmp_path / "none") == pytest.approx(1.0, abs=1e-6)
    wild = write_adapters(tiny_model, tmp_path, [1])[1]
    assert abs(ppl_ratio(base, wild) - 1) > 1e-3  # a random model knows nothing that it could forget
    assert adapters.names(base) == []
    assert perplexity(base, read_retention()[:5]) == pytest.approx(before, rel=1e-6)
