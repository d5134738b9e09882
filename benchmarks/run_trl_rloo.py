"""One iteration of TRL's RLOOTrainer in this process: `python -m benchmarks.run_trl_rloo FILE trl`.

Everything that FILE does not say is TRL's default, but for gradient checkpointing, which is off as in ours.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from datasets import Dataset
from peft import LoraConfig
from transformers import AutoModelForCausalLM, AutoTokenizer, BitsAndBytesConfig
from trl import RLOOConfig, RLOOTrainer

from benchmarks.job import ALPHA, CLIP, RANK, RATE, peak_mb
from benchmarks.ppo import load


class Watched(RLOOTrainer):
    """Times what comes before the first gradient."""

    seconds = 0.0

    def _generate_and_score_completions(self, *arguments: Any, **options: Any) -> Any:
        began = time.perf_counter()
        result = super()._generate_and_score_completions(*arguments, **options)
        Watched.seconds += time.perf_counter() - began
        return result


def even(completion_ids: Sequence[Sequence[int]], **_: Any) -> list[float]:
    return [sum(token % 2 for token in ids) / len(ids) for ids in completion_ids]


def main(arguments: Sequence[str]) -> int:
    warnings.simplefilter("ignore")
    told = load(Path(arguments[0]))
    how: dict[str, Any] = {"dtype": torch.float32 if told.dtype == "fp32" else torch.bfloat16}
    if told.dtype == "nf4":
        how["quantization_config"] = BitsAndBytesConfig(
            load_in_4bit=True, bnb_4bit_quant_type="nf4", bnb_4bit_compute_dtype=torch.bfloat16
        )  # fmt: skip
    model = AutoModelForCausalLM.from_pretrained(told.model, device_map=told.device, **how)
    tokenizer = AutoTokenizer.from_pretrained(told.model)
    lora = LoraConfig(r=RANK, lora_alpha=ALPHA, target_modules="all-linear", task_type="CAUSAL_LM")
    replies = len(told.prompts) * told.samples
    with tempfile.TemporaryDirectory() as name:
        settings = RLOOConfig(
            output_dir=name, seed=told.seed, per_device_train_batch_size=told.minibatch, gradient_accumulation_steps=1,
            steps_per_generation=replies // told.minibatch, num_iterations=told.epochs, num_generations=told.samples,
            max_completion_length=told.reply, generation_kwargs={"min_new_tokens": told.reply}, beta=0.05, epsilon=0.2,
            learning_rate=RATE, max_grad_norm=CLIP, max_steps=replies // told.minibatch * told.epochs, temperature=1.0,
            gradient_checkpointing=False, use_cpu=told.device == "cpu", bf16=told.dtype != "fp32", report_to=[],
            save_strategy="no", disable_tqdm=True, logging_strategy="no",
        )  # fmt: skip
        data = Dataset.from_list([{"prompt": text} for text in told.prompts])
        trainer = Watched(model, even, args=settings, train_dataset=data, processing_class=tokenizer, peft_config=lora)
        began = time.perf_counter()
        trainer.train()
        seconds = time.perf_counter() - began
    peak = torch.cuda.max_memory_allocated() / 1e6 if told.device == "cuda" else peak_mb()
    print(json.dumps({
        "seconds": seconds, "rollout_s": Watched.seconds, "update_s": seconds - Watched.seconds, "peak_mb": peak
    }))  # fmt: skip
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
