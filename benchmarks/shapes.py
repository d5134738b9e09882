"""Random models on disk and the rows they are timed on, both by seed. Knows no trainer and no clock.

The rows are token ids drawn uniformly, so no text and no real tokenizer is needed; a small one lies in the folder because
both trainers want to find one there.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import AutoModelForCausalLM, PreTrainedTokenizerFast, Qwen3Config

from benchmarks.job import Row

SPECIAL = ["<|pad|>", "<|bos|>", "<|end|>", "<|system|>", "<|user|>", "<|assistant|>"]
TEMPLATE = (
    "<|bos|>{% for message in messages %}<|{{ message['role'] }}|>{{ message['content'] | trim }}<|end|>{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)


@dataclass(frozen=True)
class Shape:
    """A model's measures and those of its pairs. Lengths are tokens, least and most, both drawn."""

    config: Mapping[str, int | float | bool]
    pairs: int = 32
    prompt: tuple[int, int] = (100, 400)
    reply: tuple[int, int] = (40, 160)
    rope: Mapping[str, float | str] = field(default_factory=lambda: {"rope_type": "default", "rope_theta": 1e6})

    def network(self) -> Qwen3Config:
        ids = {"pad_token_id": 0, "bos_token_id": 1, "eos_token_id": 2}
        return Qwen3Config(**self.config, **ids, rope_parameters=dict(self.rope), tie_word_embeddings=True)


SHAPES = {
    "tiny": Shape(
        {
            "hidden_size": 64, "intermediate_size": 128, "num_hidden_layers": 2, "num_attention_heads": 4,
            "num_key_value_heads": 2, "head_dim": 16, "vocab_size": 512, "max_position_embeddings": 512,
        },
        pairs=8, prompt=(10, 20), reply=(5, 10),
    ),
    "small": Shape(
        {
            "hidden_size": 512, "intermediate_size": 1536, "num_hidden_layers": 8, "num_attention_heads": 8,
            "num_key_value_heads": 4, "head_dim": 64, "vocab_size": 32000, "max_position_embeddings": 4096,
        },
    ),
    "qwen3-0.6b": Shape(
        {
            "hidden_size": 1024, "intermediate_size": 3072, "num_hidden_layers": 28, "num_attention_heads": 16,
            "num_key_value_heads": 8, "head_dim": 128, "vocab_size": 151936, "max_position_embeddings": 40960,
        },
        pairs=8,
    ),
}  # fmt: skip


def build_model(shape: Shape, folder: Path, seed: int) -> Path:
    """Writes config, safetensors (fp32) and a byte tokenizer under `folder` and returns it."""
    torch.manual_seed(seed)
    AutoModelForCausalLM.from_config(shape.network(), dtype=torch.float32).save_pretrained(folder)
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocabulary = {piece: number for number, piece in enumerate([*SPECIAL, *alphabet])}
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, bos_token="<|bos|>", eos_token="<|end|>", pad_token="<|pad|>",
        additional_special_tokens=SPECIAL[3:],
    )  # fmt: skip
    fast.chat_template = TEMPLATE
    fast.save_pretrained(folder)
    return folder


def build_head(shape: Shape, file: Path, seed: int) -> Path:
    """Writes the scalar head that both reward trainers start from: `weight`, (1, hidden)."""
    generator = torch.Generator().manual_seed(seed)
    weight = torch.randn(1, int(shape.config["hidden_size"]), generator=generator) * 0.02
    save_file({"weight": weight}, file)
    return file


def pairs_of(shape: Shape, seed: int) -> list[Row]:
    """(chosen, rejected) rows; ids of special tokens do not occur."""
    draw = random.Random(f"{seed}/pairs")
    vocabulary = range(len(SPECIAL), int(shape.config["vocab_size"]))

    def ids(least: int, most: int) -> tuple[int, ...]:
        return tuple(draw.choices(vocabulary, k=draw.randint(least, most)))

    return [Row(ids(*shape.prompt), (ids(*shape.reply), ids(*shape.reply))) for _ in range(shape.pairs)]


def thumbs_of(pairs: list[Row], steps: list[list[int]]) -> list[Row]:
    """One thumb of every pair: up for the chosen reply of the even ones, down for the rejected of the odd ones.

    Each carries as its second completion the reply of the row before it in its own step, the first that of the last: the
    mate TRL gives it. Every thumb has a prompt of its own, so neither trainer can save by sharing one between rows.
    """
    own = [pair.completions[number % 2] for number, pair in enumerate(pairs)]
    mate = {index: own[step[place - 1]] for step in steps for place, index in enumerate(step)}
    return [Row(pair.prompt, (own[n], mate[n]), label=n % 2 == 0) for n, pair in enumerate(pairs)]
