"""A tiny real model on disk: real architecture, tokenizer and chat template, random weights, made in a second."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import AutoConfig, AutoModelForCausalLM, PreTrainedTokenizerFast

from lab.model import adapters
from lab.model.base import Base, load_base

SPECIAL = ["<|pad|>", "<|bos|>", "<|end|>", "<|system|>", "<|user|>", "<|assistant|>"]
TEMPLATE = (
    "<|bos|>{% for message in messages %}<|{{ message['role'] }}|>{{ message['content'] | trim }}<|end|>{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)
WORDS = ["hello there, how are you today?", "tell me a story about a small dog.", "yes, no, maybe; 1 2 3 4 5 6 7 8 9 0"]
SHAPE: dict[str, Any] = {
    "hidden_size": 64, "intermediate_size": 128, "num_hidden_layers": 2, "num_attention_heads": 4,
    "num_key_value_heads": 2, "max_position_embeddings": 512, "tie_word_embeddings": True,
}  # fmt: skip
MAMBA: dict[str, Any] = {
    "mamba_n_heads": 8, "mamba_d_head": 16, "mamba_d_ssm": 128, "mamba_d_state": 16, "mamba_n_groups": 1, "mamba_chunk_size": 16,
}  # fmt: skip
DELTA: dict[str, Any] = {
    "linear_num_value_heads": 4, "linear_num_key_heads": 2, "linear_key_head_dim": 16, "linear_value_head_dim": 16,
    "layer_types": ["linear_attention", "full_attention"],
}  # fmt: skip
OWN: dict[str, dict[str, Any]] = {  # what a family needs or has beyond the shape
    "llama": {},
    "qwen3": {"head_dim": 16},
    "mistral": {"sliding_window": None},
    "phi3": {},
    "granite": {"logits_scaling": 4.0, "embedding_multiplier": 3.0, "attention_multiplier": 0.3, "residual_multiplier": 0.5},
    "cohere2": {"logit_scale": 0.5},
    "gemma2": {"head_dim": 16, "final_logit_softcapping": 5.0},
    "gemma3_text": {"head_dim": 16, "layer_types": ["sliding_attention", "full_attention"], "sliding_window": 64},
    "qwen3_next": {"head_dim": 16, "num_experts": 2, "num_experts_per_tok": 1, "moe_intermediate_size": 32,
                   "shared_expert_intermediate_size": 32, **DELTA},
    "qwen3_5_text": {"head_dim": 16, **DELTA},
    "lfm2": {"layer_types": ["conv", "full_attention"], "block_multiple_of": 32},
    "falcon_h1": {"lm_head_multiplier": 0.5, **MAMBA},
}  # fmt: skip


def build_tiny_model(folder: Path, family: str = "llama", seed: int = 0) -> Path:
    """Writes config, safetensors and tokenizer of a random model under `folder` and returns it."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=320, special_tokens=SPECIAL, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False
    )
    tokenizer.train_from_iterator(WORDS, trainer)
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, bos_token="<|bos|>", eos_token="<|end|>", pad_token="<|pad|>",
        additional_special_tokens=SPECIAL[3:],
    )  # fmt: skip
    fast.chat_template = TEMPLATE
    vocab = {"vocab_size": len(fast), "bos_token_id": 1, "eos_token_id": 2, "pad_token_id": 0}
    config = AutoConfig.for_model(family, **SHAPE | vocab | OWN[family])
    torch.manual_seed(seed)
    AutoModelForCausalLM.from_config(config, dtype=torch.float32).save_pretrained(folder)
    fast.save_pretrained(folder)
    return folder


def shift(base: Base, amount: float) -> None:
    """Moves adapter "c" by `amount` times the same normal numbers every time."""
    with torch.no_grad():
        for number, parameter in enumerate(adapters.parameters(base, "c").values()):
            parameter.add_(torch.randn(parameter.shape, generator=torch.Generator().manual_seed(number)), alpha=amount)


def write_adapters(model: Path, folder: Path, numbers: Sequence[int] = (1, 2, 3)) -> dict[int, Path]:
    """Adapters that change what a tiny model says, each in its own way, as PEFT folders by number."""
    base = load_base(str(model), "none", "cpu")
    for number in numbers:
        adapters.create(base, "making", 4, 8.0, seed=number)
        torch.manual_seed(number)
        with torch.no_grad():
            for key, value in adapters.parameters(base, "making").items():
                if "lora_B" in key:
                    value.normal_(std=1.0)
        adapters.save(base, "making", folder / str(number))
        adapters.drop(base, "making")
    return {number: folder / str(number) for number in numbers}
