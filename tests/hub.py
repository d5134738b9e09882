"""Models as they lie on the Hub, small: each family's config, tokenizer class, chat template and list of end tokens.

Weights are random. The templates are written in the forms of the families, shortened: Qwen's ChatML with its empty thoughts,
Llama 3's headers, Gemma's turns, which refuse a system role.
"""

from __future__ import annotations

import json
import string
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers
from transformers import AutoConfig, AutoModelForCausalLM, GemmaTokenizer, PreTrainedTokenizerFast, Qwen2Tokenizer
from transformers import PreTrainedTokenizerBase as AnyTokenizer

SENTENCES = ["The kettle is on, would you like some tea?", "We walked along the river until it was dark.", "No, 3 and 4 are 7!"]
QWEN = (
    "{%- for message in messages %}{{- '<|im_start|>' + message.role + '\n' + message.content + '<|im_end|>\n' }}{%- endfor %}"
    "{%- if add_generation_prompt %}{{- '<|im_start|>assistant\n' }}"
    "{%- if enable_thinking is defined and enable_thinking is false %}{{- '<think>\n\n</think>\n\n' }}{%- endif %}{%- endif %}"
)
LLAMA = (
    "{{- bos_token }}{%- for message in messages %}{{- '<|start_header_id|>' + message['role'] + '<|end_header_id|>\n\n' "
    "+ message['content'] | trim + '<|eot_id|>' }}{%- endfor %}"
    "{%- if add_generation_prompt %}{{- '<|start_header_id|>assistant<|end_header_id|>\n\n' }}{%- endif %}"
)
GEMMA = (
    "{{ bos_token }}{% if messages[0]['role'] == 'system' %}{{ raise_exception('no system role here') }}{% endif %}"
    "{% for message in messages %}{% if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}"
    "{{ raise_exception('roles must alternate') }}{% endif %}"
    "{{ '<start_of_turn>' + ('model' if message['role'] == 'assistant' else 'user') + '\n' + message['content'] | trim }}"
    "{{ '<end_of_turn>\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<start_of_turn>model\n' }}{% endif %}"
)
SHAPE: dict[str, Any] = {
    "hidden_size": 64, "intermediate_size": 128, "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2,
    "head_dim": 16, "max_position_embeddings": 2048,
}  # fmt: skip


def byte_level(specials: list[str]) -> tuple[dict[str, int], list[tuple[str, str]]]:
    """Vocabulary and merges of byte-level BPE, made from a few sentences."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    trainer = trainers.BpeTrainer(
        vocab_size=320, special_tokens=specials, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False
    )
    tokenizer.train_from_iterator(SENTENCES, trainer)
    merges = json.loads(tokenizer.to_str())["model"]["merges"]
    return tokenizer.get_vocab(), [(left, right) for left, right in merges]


def qwen() -> AnyTokenizer:
    """No beginning of text; pads with the end of text; `<think>` is a token of its own and no special one."""
    specials = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
    vocabulary, merges = byte_level(specials)
    made = Qwen2Tokenizer(vocabulary, merges, eos_token="<|im_end|>", extra_special_tokens=specials)
    made.add_tokens(["<think>", "</think>"])
    return made


def llama() -> AnyTokenizer:
    """Puts a beginning of text before whatever it is given, and has no token to pad with."""
    specials = ["<|begin_of_text|>", "<|end_of_text|>", "<|start_header_id|>", "<|end_header_id|>", "<|eom_id|>", "<|eot_id|>"]
    vocabulary, merges = byte_level(specials)
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=merges, ignore_merges=True))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.post_processor = processors.TemplateProcessing(single=f"{specials[0]} $A", special_tokens=[(specials[0], 0)])
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, bos_token=specials[0], eos_token="<|eot_id|>", extra_special_tokens=specials[1:]
    )


def gemma() -> AnyTokenizer:
    """Characters with byte fallback and ▁ for a space; white space and tags among the added tokens, as plain ones."""
    specials = ["<pad>", "<eos>", "<bos>", "<unk>", "<mask>", "<start_of_turn>", "<end_of_turn>"]
    pieces = [*specials, *(f"<0x{byte:02X}>" for byte in range(256)), *string.printable.strip(), "\n", "▁"]
    turns = {"extra_special_tokens": specials[5:]}
    made = GemmaTokenizer({piece: number for number, piece in enumerate(pieces)}, [], **turns)
    made.add_tokens(["\n", "\n\n", "▁▁", "<table>"])
    return made


@dataclass(frozen=True)
class Family:
    """How a family is written down. `ends` are what its generation_config.json calls the ends of a reply, the turn's first."""

    tokenizer: Callable[[], AnyTokenizer]
    template: str
    ends: tuple[str, ...]
    own: dict[str, Any]


FAMILIES = {
    "qwen3": Family(qwen, QWEN, ("<|im_end|>", "<|endoftext|>"), {"tie_word_embeddings": True, "attention_bias": False}),
    "llama": Family(llama, LLAMA, ("<|eot_id|>", "<|end_of_text|>", "<|eom_id|>"), {"tie_word_embeddings": False}),
    "gemma2": Family(gemma, GEMMA, ("<end_of_turn>", "<eos>"),
                     {"sliding_window": 64, "query_pre_attn_scalar": 16, "final_logit_softcapping": 30.0}),
    "gemma3_text": Family(gemma, GEMMA, ("<end_of_turn>", "<eos>"),
                          {"sliding_window": 64, "query_pre_attn_scalar": 16,
                           "layer_types": ["sliding_attention", "full_attention"]}),
}  # fmt: skip


def build_hub_model(folder: Path, name: str, seed: int = 0) -> Path:
    """Writes what a Hub repository of this family holds, with bf16 weights, under `folder` and returns it."""
    family = FAMILIES[name]
    tokenizer = family.tokenizer()
    tokenizer.chat_template = family.template
    ends = tokenizer.convert_tokens_to_ids(list(family.ends))
    ids = {"bos_token_id": tokenizer.bos_token_id, "pad_token_id": tokenizer.pad_token_id, "eos_token_id": ends}
    config = AutoConfig.for_model(name, **SHAPE, **ids, **family.own, vocab_size=-(-len(tokenizer) // 64) * 64)
    torch.manual_seed(seed)
    model = AutoModelForCausalLM.from_config(config, dtype=torch.bfloat16)
    with torch.no_grad():  # random weights as they are made barely look at the past
        for parameter in model.parameters():
            if parameter.dim() > 1:
                parameter *= 4
    model.generation_config.eos_token_id = ends
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder
