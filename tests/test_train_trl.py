"""TRL as the oracle: the same rows, adapter and reference give the same loss and the same gradients."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from datasets import Dataset

from lab.feedback.examples import Examples
from lab.model import adapters
from lab.model.base import Base, load_base
from lab.records import Completion, Demonstration, Labelled, Message, Pair
from lab.settings import TrainSettings
from lab.train import dpo, kto, reward, sft
from lab.train.batches import Row
from lab.train.fit import Forward, forwards, ridden_forwards, watched_of
from lab.train.forward import measure, why_padded
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


Outcome = tuple[float, dict[str, torch.Tensor]]  # loss, gradients by tensor


def oracle(trainer: Any, parameters: dict[str, torch.nn.Parameter]) -> Outcome:
    """TRL on its first batch, its reference made the base, as ours is."""
    with torch.no_grad():
        for name, parameter in trainer.model.named_parameters():
            if ".ref." in name and "lora_B" in name:  # TRL's reference is a copy of the adapter; B = 0 turns it off
                parameter.zero_()
    batch = next(iter(torch.utils.data.DataLoader(trainer.train_dataset, batch_size=4, collate_fn=trainer.data_collator)))
    trainer.model.zero_grad()
    loss = trainer.compute_loss(trainer.model, batch)
    loss.backward()
    gradients = taken(parameters)
    trainer.model.zero_grad()
    return loss.item(), gradients


def ours(base: Base, rows: list[Row], objective: Objective, budget: int, riding: bool = False) -> Outcome:
    """One optimizer batch, in as many forwards as the budget makes."""
    few = {**TrainSettings().model_dump(), "tokens": budget}  # fewer than people may set
    settings = TrainSettings.model_construct(**few)
    with adapters.active(base, "default"):
        parameters = adapters.parameters(base, "default") | objective.parameters()
        assert why_padded(base, 64) is None, "TRL is compared with trees"
        parts: Iterable[Forward]
        if riding:
            parts, watched = ridden_forwards(base, rows, objective, settings, lambda: None)
            whole = objective.whole(rows, watched)
        else:
            whole = objective.whole(rows, watched_of(base, rows, objective, settings))
            parts = forwards(base, rows, objective, settings, lambda: None)
        total = 0.0
        for some, values in parts:
            value = objective.loss(values, some, whole).value
            value.backward()  # type: ignore[no-untyped-call]
            total += value.item()
        return total, taken(parameters)


def taken(parameters: dict[str, torch.nn.Parameter]) -> dict[str, torch.Tensor]:
    """The gradients, which are 0 afterwards."""
    gradients = {key: p.grad.clone() for key, p in parameters.items() if p.grad is not None}
    assert gradients.keys() == parameters.keys()
    for parameter in parameters.values():
        parameter.grad = None
    return gradients


def assert_same(mine: Outcome, theirs: Outcome) -> None:
    """The loss within 1e-5 and the gradients within 1e-4, relative, each tensor and all together: fp32 on either side."""
    assert mine[0] == pytest.approx(theirs[0], rel=1e-5, abs=0)
    assert mine[1].keys() == theirs[1].keys()
    together = [torch.cat([gradients[key].flatten() for key in theirs[1]]) for _, gradients in (mine, theirs)]
    for a, b in [together, *((mine[1][key], theirs[1][key]) for key in theirs[1])]:
        assert b.norm() > 1e-4
        assert (a - b).norm() <= 1e-4 * b.norm()


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
    settings = TrainSettings(beta=0.3, sft_weight=0.0, label_smoothing=0.0)
    rows = dpo.rows_of(Examples(tuple(pairs()), (), ()), Encoder(base.template, 512))
    theirs = oracle(trainer, adapters.parameters(base, "default"))
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
    theirs = oracle(trainer, adapters.parameters(base, "default"))
    with adapters.without(base):
        reference = measure(base, rows, (0, 1), 4000)
    rows = [with_values(row, values) for row, values in zip(rows, reference.tolist(), strict=True)]
    objective = kto.Thumbs(TrainSettings(beta=0.3, sft_weight=0.0))
    for budget in (4000, 40):
        for riding in (False, True):  # its unrelated replies in forwards of their own, or behind the same prompts
            assert_same(ours(base, rows, objective, budget, riding), theirs)


def test_sft(base: Base, tmp_path: Path) -> None:
    from trl import SFTConfig, SFTTrainer

    data = Dataset.from_list([{"prompt": said("user", p), "completion": said("assistant", c)} for p, c, _ in TEXTS])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        config = arguments(SFTConfig, tmp_path, completion_only_loss=True)
        trainer = SFTTrainer(base.model, args=config, train_dataset=data, processing_class=base.template.tokenizer)
    imitated = tuple(
        Demonstration((Message(role="user", content=p),), Completion(f"r{i}", c), f"d{i}") for i, (p, c, _) in enumerate(TEXTS)
    )
    rows = [with_values(row, [0.0]) for row in sft.rows_of(Examples((), (), imitated), Encoder(base.template, 512))]
    theirs = oracle(trainer, adapters.parameters(base, "default"))
    for budget in (4000, 40):
        assert_same(ours(base, rows, sft.Imitation(TrainSettings()), budget), theirs)


def test_reward(base: Base, tiny_model: Path, tmp_path: Path) -> None:
    """TRL trains a classifier of one class: the same base and adapter, and its head given to ours."""
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForSequenceClassification
    from trl import RewardConfig, RewardTrainer

    own = adapters.parameters(base, "default")
    targets = sorted({key.split(".lora_")[0].rsplit(".", 1)[1] for key in own})
    network = AutoModelForSequenceClassification.from_pretrained(tiny_model, num_labels=1, dtype=torch.float32)
    judge = get_peft_model(
        network, LoraConfig(r=4, lora_alpha=8, target_modules=targets, modules_to_save=["score"], task_type="SEQ_CLS")
    )
    theirs = dict(judge.named_parameters())
    with torch.no_grad():
        for key, parameter in own.items():
            theirs[key].copy_(parameter)
    data = Dataset.from_list(
        [{"prompt": said("user", p), "chosen": said("assistant", c), "rejected": said("assistant", r)} for p, c, r in TEXTS]
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        config = arguments(RewardConfig, tmp_path)
        trainer = RewardTrainer(judge, args=config, train_dataset=data, processing_class=base.template.tokenizer)
    head = theirs["base_model.model.score.modules_to_save.default.weight"]
    rows = reward.rows_of(Examples(tuple(pairs()), (), ()), Encoder(base.template, 512))
    wanted = oracle(trainer, {key: theirs[key] for key in own} | {"head": head})
    for budget in (4000, 40):
        objective = reward.Comparison(TrainSettings(), torch.nn.Parameter(head.detach().clone()))
        assert_same(ours(base, rows, objective, budget), wanted)


def pairs() -> Iterator[Pair]:
    for i, (p, c, r) in enumerate(TEXTS):
        yield Pair((Message(role="user", content=p),), Completion("c", c), Completion("r", r), f"v{i}")


def with_values(row: Any, values: list[float]) -> Any:
    return replace(row, reference=tuple(values))


def with_mate(row: Any, mate: tuple[int, ...]) -> Any:
    return replace(row, completions=(row.completions[kto.OWN], mate))
