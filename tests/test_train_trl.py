"""TRL as the oracle: the same rows, adapter and reference give the same loss and the same gradients."""

from __future__ import annotations

import warnings
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from datasets import Dataset

from lab.feedback.examples import Examples
from lab.model import adapters
from lab.model.base import Base, load_base
from lab.records import Completion, Labelled, Message, Pair
from lab.settings import TrainSettings
from lab.train import dpo, kto
from lab.train.batches import pack
from lab.train.logprobs import completion_logprobs, measure
from lab.train.objective import Encoder, Objective

TEXTS = [
    ("Hello there", "Hi, how are you?", "No."),
    ("Tell me a story about a dog", "Once there was a small dog.", "I will not tell you a story about a dog today."),
    ("Count to three", "1 2 3", "3 2 1 0 9"),
    ("Are you well", "Yes, today I am.", "maybe"),
]


def said(role: str, text: str) -> list[dict[str, str]]:
    return [{"role": role, "content": text}]


@pytest.fixture
def base(tiny_model: Path) -> Base:
    base = load_base(str(tiny_model), "none", "cpu", training=True)
    adapters.create(base, "default", rank=4, alpha=8, seed=0)
    with torch.no_grad():
        for number, parameter in enumerate(adapters.parameters(base, "default").values()):
            parameter.add_(torch.randn(parameter.shape, generator=torch.Generator().manual_seed(number)), alpha=0.05)
    base.model.set_adapter("default")
    return base


def arguments(kind: Any, out: Path, **more: Any) -> Any:
    return kind(
        output_dir=str(out), per_device_train_batch_size=4, use_cpu=True, bf16=False, report_to=[], gradient_checkpointing=False,
        max_length=None, save_strategy="no", disable_tqdm=True, **more,
    )  # fmt: skip


def oracle(trainer: Any, base: Base) -> tuple[float, list[torch.Tensor], Any]:
    """(loss, gradients, batch) of TRL on its first batch, its reference made the base, as ours is."""
    with torch.no_grad():
        for name, parameter in base.model.named_parameters():
            if ".ref." in name and "lora_B" in name:  # TRL's reference is a copy of the adapter; B = 0 turns it off
                parameter.zero_()
    batch = next(iter(torch.utils.data.DataLoader(trainer.train_dataset, batch_size=4, collate_fn=trainer.data_collator)))
    base.model.zero_grad()
    loss = trainer.compute_loss(trainer.model, batch)
    loss.backward()
    gradients = [p.grad.clone() for p in adapters.parameters(base, "default").values()]
    base.model.zero_grad()
    return loss.item(), gradients, batch


def ours(base: Base, rows: list, objective: Objective, budget: int) -> tuple[float, list[torch.Tensor]]:
    """(loss, gradients) of one optimizer batch, in as many forwards as the budget makes."""
    base.model.zero_grad()
    whole = objective.whole(rows, lambda some, which: measure(base, some, which, budget))
    total = 0.0
    for packed in pack(rows, objective.which, budget):
        policy = completion_logprobs(base, packed).view(-1, len(objective.which))
        value = objective.loss(policy, [rows[i] for i in packed.rows], whole).value
        value.backward()  # type: ignore[no-untyped-call]
        total += value.item()
    return total, [p.grad.clone() for p in adapters.parameters(base, "default").values()]  # type: ignore[union-attr]


def assert_same(mine: tuple[float, list[torch.Tensor]], theirs: tuple[float, list[torch.Tensor], Any]) -> None:
    assert mine[0] == pytest.approx(theirs[0], rel=1e-4)
    assert any(g.abs().max() > 1e-4 for g in theirs[1])
    for a, b in zip(mine[1], theirs[1], strict=True):
        assert torch.allclose(a, b, rtol=1e-2, atol=1e-5)


@pytest.mark.parametrize("loss", ["sigmoid", "ipo"])
def test_dpo_and_ipo(base: Base, tmp_path: Path, loss: str) -> None:
    from trl import DPOConfig, DPOTrainer

    data = Dataset.from_list(
        [{"prompt": said("user", p), "chosen": said("assistant", c), "rejected": said("assistant", r)} for p, c, r in TEXTS]
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        config = arguments(DPOConfig, tmp_path, loss_type=[loss], beta=0.3)
        trainer = DPOTrainer(base.model, args=config, train_dataset=data, processing_class=base.template.tokenizer)
    settings = TrainSettings(beta=0.3, sft_weight=0.0)
    pairs = tuple(
        Pair((Message(role="user", content=p),), Completion("c", c), Completion("r", r), f"v{i}")
        for i, (p, c, r) in enumerate(TEXTS)
    )
    rows = dpo.rows_of(Examples(pairs, (), ()), Encoder(base.template, 512))
    theirs = oracle(trainer, base)
    with adapters.without(base):
        reference = measure(base, rows, (0, 1), 4000)
    rows = [with_values(row, values) for row, values in zip(rows, reference.tolist(), strict=True)]
    for budget in (4000, 40):  # all in one forward, or one pair at a time
        assert_same(ours(base, rows, dpo.Preference(settings, squared=loss == "ipo"), budget), theirs)


def test_kto(base: Base, tmp_path: Path) -> None:
    from trl import KTOConfig, KTOTrainer

    labels = [True, False, True, False]
    data = Dataset.from_list(
        [
            {"prompt": said("user", p), "completion": said("assistant", c), "label": y}
            for (p, c, _), y in zip(TEXTS, labels, strict=True)
        ]
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        config = arguments(KTOConfig, tmp_path, beta=0.3)
        trainer = KTOTrainer(base.model, args=config, train_dataset=data, processing_class=base.template.tokenizer)
    thumbs = tuple(
        Labelled((Message(role="user", content=p),), Completion(f"r{i}", c), y, f"t{i}")
        for i, ((p, c, _), y) in enumerate(zip(TEXTS, labels, strict=True))
    )
    rows = kto.rows_of(Examples((), thumbs, ()), Encoder(base.template, 512), seed=1)
    # TRL mates each row with the one before it
    rows = [with_mate(row, rows[i - 1].completions[kto.OWN]) for i, row in enumerate(rows)]
    theirs = oracle(trainer, base)
    with adapters.without(base):
        reference = measure(base, rows, (0, 1), 4000)
    rows = [with_values(row, values) for row, values in zip(rows, reference.tolist(), strict=True)]
    for budget in (4000, 40):
        assert_same(ours(base, rows, kto.Thumbs(TrainSettings(beta=0.3, sft_weight=0.0)), budget), theirs)


def with_values(row: Any, values: list[float]) -> Any:
    return replace(row, reference=tuple(values))


def with_mate(row: Any, mate: tuple[int, ...]) -> Any:
    return replace(row, completions=(row.completions[kto.OWN], mate))
