"""A tiny real model on disk: real architecture, tokenizer and chat template, random weights, made in a second."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import AutoModelForCausalLM, LlamaConfig, PreTrainedTokenizerFast, Qwen3Config

from lab.model import adapters
from lab.model.base import load_base

SPECIAL = ["<|pad|>", "<|bos|>", "<|end|>", "<|system|>", "<|user|>", "<|assistant|>"]
TEMPLATE = (
    "<|bos|>{% for message in messages %}<|{{ message['role'] }}|>{{ message['content'] | trim }}<|end|>{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)
WORDS = ["hello there, how are you today?", "tell me a story about a small dog.", "yes, no, maybe; 1 2 3 4 5 6 7 8 9 0"]
SHAPE = {
    "hidden_size": 64, "intermediate_size": 128, "num_hidden_layers": 2, "num_attention_heads": 4,
    "num_key_value_heads": 2, "max_position_embeddings": 512, "tie_word_embeddings": True,
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
    own = {"head_dim": 16} if family == "qwen3" else {}
    config = {"llama": LlamaConfig, "qwen3": Qwen3Config}[family](**SHAPE, **vocab, **own)
    torch.manual_seed(seed)
    AutoModelForCausalLM.from_config(config, dtype=torch.float32).save_pretrained(folder)
    fast.save_pretrained(folder)
    return folder


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
