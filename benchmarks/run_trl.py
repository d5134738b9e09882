"""One epoch of TRL's trainer in this process: `python -m benchmarks.run_trl JOB [SETTINGS]`. One JSON line at the end.

SETTINGS is `default`, `best`, or the fields of Settings as JSON. Rows come as ids, in the order of the job, through the
columns that TRL's own tokenization would make; everything that is not in `Settings` or in the job is TRL's default.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
import warnings
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import torch
from datasets import Dataset
from peft import LoraConfig
from safetensors.torch import load_file
from torch.optim.lr_scheduler import LambdaLR
from transformers import AutoModelForCausalLM, AutoModelForSequenceClassification, AutoTokenizer, BitsAndBytesConfig
from trl import DPOConfig, DPOTrainer, KTOConfig, KTOTrainer, RewardConfig, RewardTrainer

from benchmarks.job import ALPHA, BATCH, BETA, CLIP, RANK, RATE, Job, load_job, peak_mb


@dataclass(frozen=True)
class Settings:
    """What a user of TRL may choose without changing the loss. The defaults are TRL's at four rows a device.

    `sort` orders the rows within each step by length, so that a micro-batch pads less; the steps keep their rows.
    `weights` is the dtype the frozen model is loaded in.
    """

    per_device: int = 4
    checkpointing: bool = True
    precompute: bool = False
    precompute_batch: int = 0  # 0: as per_device
    pad_to: int = 0
    sort: bool = False
    weights: str = "float32"

    def words(self) -> str:
        words = [f"per_device_train_batch_size={self.per_device}", f"gradient_accumulation_steps={BATCH // self.per_device}"]
        words += [f"gradient_checkpointing={self.checkpointing}", f"precompute_ref_log_probs={self.precompute}"]
        words += [f"precompute_ref_batch_size={self.precompute_batch}"] * bool(self.precompute_batch)
        words += [f"pad_to_multiple_of={self.pad_to}"] * bool(self.pad_to)
        words += ["rows of a step sorted by length"] * self.sort
        return ", ".join([*words, f"weights {self.weights}"])


# The fastest found on `small`, seed 1, 2 cores of an AMD EPYC with AVX512-BF16, torch 2.13, TRL 1.16. Seconds of TRL's
# default -> of the best, a whole epoch of 8 steps; the search itself ran the first 2 steps (times in brackets, all that was
# tried). One or two runs each on a machine with other work: most repeats agree within a tenth, but TRL's default took 168
# and 145, and one run in thirty was far out. Neighbours are ties. What filled the memory was slow, so four rows a device
# was tried for DPO in fp32 only, and a KTO run that read 85 for kto bf16 without computing ahead was not repeated.
#   dpo fp32     168.3 -> 70.3  (rows a device 1: 19.4, 2: 58.6 or sorted 29.4, 4: 38.6; with checkpointing 22.9, 34.9, 61.1;
#                               computed ahead 19.7, 33.0, 39.1, in batches of 4 at 1: 21.5; padded to 16 at 1: 20.5)
#   dpo bf16     101.9 -> 57.9  (bf16 weights: 1: 15.5, ahead 14.6, padded to 16: 14.4, 2: 20.3, ahead 21.4, sorted 19.4;
#                               fp32 weights: 1: 16.1, ahead 17.2, padded to 16: 15.9, 2: 19.9, ahead 19.7, sorted 18.0)
#   kto fp32      75.5 -> 69.1  (26.8; ahead 22.5; with checkpointing 22.4, a whole epoch 72.8, and ahead 72.3)
#   kto bf16      58.5 -> 49.4  (bf16 weights 14.3, ahead 15.4; fp32 weights, ahead 14.5)
#   reward fp32   40.7 -> 22.7  (1: 6.5, padded to 16: 6.2, with checkpointing 8.6; 2: 7.6, sorted 7.4)
#   reward bf16   26.0 -> 15.3  (1: 4.1, bf16 weights 4.4; 2: 5.2, bf16 weights 5.5)
#   nf4          not searched; what was best with bf16 and does not compute ahead
BEST: dict[tuple[str, str], Settings] = {
    ("dpo", "fp32"): Settings(1, False),
    ("dpo", "bf16"): Settings(1, False, precompute=True, weights="bfloat16"),
    ("dpo", "nf4"): Settings(1, False, weights="bfloat16"),
    ("kto", "fp32"): Settings(4, False, precompute=True),
    ("kto", "bf16"): Settings(4, False, weights="bfloat16"),
    ("kto", "nf4"): Settings(4, False, weights="bfloat16"),
    ("reward", "fp32"): Settings(1, False, pad_to=16),
    ("reward", "bf16"): Settings(1, False),
    ("reward", "nf4"): Settings(1, False),
}


def candidates(algorithm: str, dtype: str) -> list[Settings]:
    """Every setting of the search. All give the loss of the job's own steps.

    KTO takes the mates of its KL estimate from the micro-batch, so smaller ones would be another loss. A reward has no
    reference. With NF4 on a CPU, a reference computed ahead leaves bitsandbytes' weights in its inference layout, and the
    gradients after it are wrong: another loss from the second step on. Left out: padding_free (TRL 1.16 warns and pads),
    the Liger and Hub kernels (CUDA only).
    """
    sizes = (4,) if algorithm == "kto" else (4, 2, 1)
    ahead = (False,) if algorithm == "reward" or dtype == "nf4" else (False, True)
    slow = [Settings(size) for size in sizes] + [Settings(sizes[-1], precompute=True)] * (True in ahead)
    quick = [Settings(size, False, early) for size in sizes for early in ahead]
    more = [replace(one, sort=True) for one in quick if one.per_device == 2 and not one.precompute]
    more += [replace(one, pad_to=16) for one in quick if one.per_device == sizes[-1] and not one.precompute]
    more += [replace(one, precompute_batch=1 if one.per_device == 4 else 4) for one in quick if one.precompute]
    low = [replace(one, weights="bfloat16") for one in [*quick, *more]] if dtype != "fp32" else []
    return [*slow, *quick, *more, *low]


@dataclass
class Seen:
    """What is watched while TRL runs: the loss of every micro-batch, and the seconds of a reference computed ahead."""

    losses: list[torch.Tensor] = field(default_factory=list)
    ahead: float = 0.0


def watched(kind: type, rates: Sequence[float], seen: Seen) -> type:
    """The trainer, given rows that are ids already and the learning rates of the job, and watched."""

    class Watched(kind):
        def _prepare_dataset(self, dataset: Dataset, *_: Any) -> Dataset:
            return dataset

        def _precompute_ref_logps(self, dataset: Dataset, name: str, size: int) -> Dataset:
            began = time.perf_counter()
            result = super()._precompute_ref_logps(dataset, name, size)
            seen.ahead += time.perf_counter() - began
            return result

        def create_scheduler(self, num_training_steps: int, optimizer: Any = None) -> LambdaLR:
            assert num_training_steps == len(rates), f"TRL plans {num_training_steps} steps, the job has {len(rates)}"
            self.lr_scheduler = LambdaLR(optimizer or self.optimizer, lambda step: rates[min(step, len(rates) - 1)])
            return self.lr_scheduler

        def compute_loss(self, model: Any, inputs: Any, return_outputs: bool = False, num_items_in_batch: Any = None) -> Any:
            loss = super().compute_loss(model, inputs, return_outputs, num_items_in_batch)
            seen.losses.append(loss.detach())
            return loss

    return Watched


def table(job: Job, sort: bool) -> Dataset:
    """The rows in the order of the steps, in TRL's columns."""

    def length(index: int) -> int:
        return len(job.rows[index].prompt) + max(len(c) for c in job.rows[index].completions)

    rows = [job.rows[index] for step in job.steps for index in (sorted(step, key=length) if sort else step)]
    if job.algorithm == "kto":
        names = ["prompt_ids", "completion_ids", "KL_completion_ids", "label"]
        values = [(row.prompt, *row.completions, row.label) for row in rows]
    elif job.algorithm == "reward":
        names = ["chosen_ids", "rejected_ids"]
        values = [tuple(row.prompt + completion for completion in row.completions) for row in rows]
    else:
        names = ["prompt_ids", "chosen_ids", "rejected_ids"]
        values = [(row.prompt, *row.completions) for row in rows]
    return Dataset.from_list([dict(zip(names, value, strict=True)) for value in values])


def network(job: Job, settings: Settings) -> Any:
    """The model, loaded as `lab.model.base` loads it: memory-mapped, no copy. A user gets the same from TRL by its name."""
    nf4 = BitsAndBytesConfig(
        load_in_4bit=True, bnb_4bit_quant_type="nf4", bnb_4bit_use_double_quant=True, bnb_4bit_compute_dtype=torch.bfloat16
    )
    options: dict[str, Any] = {
        "dtype": getattr(torch, settings.weights), "device_map": {"": torch.device(job.device)}, "use_safetensors": True,
        "quantization_config": nf4 if job.dtype == "nf4" else None,
    }  # fmt: skip
    if job.algorithm != "reward":
        model = AutoModelForCausalLM.from_pretrained(job.model, **options)
    else:
        model = AutoModelForSequenceClassification.from_pretrained(job.model, num_labels=1, **options)
        with torch.no_grad():
            model.score.weight.copy_(load_file(job.head)["weight"])
    return model


def trainer(job: Job, settings: Settings, seen: Seen, out: Path) -> Any:
    kind, config = {"dpo": (DPOTrainer, DPOConfig), "kto": (KTOTrainer, KTOConfig), "reward": (RewardTrainer, RewardConfig)}[
        job.algorithm
    ]
    own: dict[str, Any] = {}
    if job.algorithm != "reward":
        own = {
            "beta": BETA, "precompute_ref_log_probs": settings.precompute,
            "precompute_ref_batch_size": settings.precompute_batch or None,
        }  # fmt: skip
    arguments = config(
        output_dir=str(out), per_device_train_batch_size=settings.per_device, num_train_epochs=1,
        gradient_accumulation_steps=BATCH // settings.per_device, gradient_checkpointing=settings.checkpointing,
        pad_to_multiple_of=settings.pad_to or None, bf16=job.dtype != "fp32", use_cpu=job.device == "cpu", learning_rate=RATE,
        max_grad_norm=CLIP, seed=job.seed, train_sampling_strategy="sequential", report_to="none", save_strategy="no",
        disable_tqdm=True, **own,
    )  # fmt: skip
    head = {"task_type": "SEQ_CLS", "modules_to_save": ["score"]} if job.algorithm == "reward" else {"task_type": "CAUSAL_LM"}
    adapter = LoraConfig(r=RANK, lora_alpha=int(ALPHA), lora_dropout=0.0, target_modules="all-linear", **head)
    return watched(kind, job.rates, seen)(
        model=network(job, settings), args=arguments, train_dataset=table(job, settings.sort), peft_config=adapter,
        processing_class=AutoTokenizer.from_pretrained(job.model),
    )  # fmt: skip


def measured(job: Job, settings: Settings) -> dict:
    """Seconds count the training loop and, where it is computed ahead, the reference; not imports, loading or the dataset."""
    seen = Seen()
    with tempfile.TemporaryDirectory() as folder:
        ready = trainer(job, settings, seen, Path(folder))
        loaded = peak_mb()
        began = time.perf_counter()
        ready.train()
        seconds = time.perf_counter() - began
    parts = BATCH // settings.per_device
    each = torch.stack(seen.losses).float().view(-1, parts).mean(1)
    peak = torch.cuda.max_memory_allocated() / 1e6 if job.device == "cuda" else peak_mb()
    return {
        "seconds": seconds + seen.ahead, "reference_s": seen.ahead, "peak_mb": peak, "loaded_mb": loaded, "losses": each.tolist(),
        "settings": asdict(settings), "words": settings.words(),
    }  # fmt: skip


def settings_of(word: str, job: Job) -> Settings:
    if word == "best":
        return BEST[job.algorithm, job.dtype]
    return Settings() if word == "default" else Settings(**json.loads(word))


def main(arguments: Sequence[str]) -> int:
    job = load_job(Path(arguments[0]))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        result = measured(job, settings_of(arguments[1] if len(arguments) > 1 else "default", job))
    print(json.dumps(result))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
