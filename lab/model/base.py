"""The base: one model, loaded and quantized once, that every adapter of a process sits on.

Knows nothing of versions or conversations. The weights never change; what is learned lives in `adapters.py`.
"""

from __future__ import annotations

import os
import warnings
from dataclasses import dataclass
from typing import Any, Literal, cast

import torch
from safetensors import SafetensorError
from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer, BitsAndBytesConfig, PreTrainedModel

from lab.errors import ModelError
from lab.model.identity import base_id, resolve
from lab.model.libraries import PeftModel
from lab.model.template import ChatTemplate

Quantize = Literal["nf4", "int8", "none"]
Precision = Literal["auto", "fp32", "bf16", "stored"]


@dataclass
class Base:
    """A loaded model. `model` becomes a PeftModel around the same weights when the first adapter arrives."""

    id: str
    model: PreTrainedModel | PeftModel
    template: ChatTemplate
    device: torch.device
    quantize: Quantize
    context: int  # longest sequence the model takes, tokens
    rows: list[str] | None = None  # adapter of each row of the forward under way; see adapters.per_row
    recognised: bool = False  # whether train/forward.py has found the way from its states to its logits
    trees: bool | None = None  # whether its attention takes packed trees; train/forward.py finds out

    @property
    def causal_lm(self) -> PreTrainedModel:
        """The transformers model itself, adapters injected or not."""
        model = self.model.get_base_model() if isinstance(self.model, PeftModel) else self.model
        return cast(PreTrainedModel, model)

    def memory_mb(self) -> float:
        """Bytes of all weights and adapters, in MB."""
        return sum(p.numel() * p.element_size() for p in self.model.parameters()) / 1e6


def choose_device(device: str) -> torch.device:
    if device == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    if device == "cuda" and not torch.cuda.is_available():
        raise ModelError("--device cuda: this torch sees no CUDA device; use --device cpu, or install a CUDA build of torch")
    return torch.device(device)


def load_base(
    model: str, quantize: Quantize = "nf4", device: str = "auto", *, training: bool = False, dtype: Precision = "auto"
) -> Base:
    """Loads a model. With `training`, NF4 weights stay in the layout that has a backward pass.

    `dtype` is the precision of what is not quantized; "auto" is bf16 on CUDA and fp32 on CPUs, "stored" that of the files.

    On CPUs with AVX512-BF16, bitsandbytes repacks NF4 weights at the first inference into a faster layout without
    autograd; a process that trains must never let that happen, and one that chats wants it.
    Raises ModelError, in one line, for whatever keeps the model from loading.
    """
    if training:  # oneDNN keeps a compiled product for every shape it met; those of attention are many, and once took gigabytes
        os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "512")
    folder = resolve(model)
    place = choose_device(device)
    try:
        config = AutoConfig.from_pretrained(folder, trust_remote_code=False)
        half = dtype == "bf16" or (dtype == "auto" and place.type == "cuda")
        kind = "auto" if dtype == "stored" else torch.bfloat16 if half else torch.float32
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            network = AutoModelForCausalLM.from_pretrained(
                folder, config=config, dtype=kind, quantization_config=quantization(quantize, place), use_safetensors=True,
                trust_remote_code=False, device_map={"": place},
            )  # fmt: skip
        tokenizer = AutoTokenizer.from_pretrained(folder, trust_remote_code=False)
    except (OSError, ValueError, KeyError, ImportError, RuntimeError, SafetensorError) as error:
        reason = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise ModelError(f"cannot load model {model!r} with --quantize {quantize} on {place}: {reason}") from error
    network.requires_grad_(False)
    network.eval()  # no dropout anywhere: the reference and the policy are the same function of their weights
    if training:
        layers: list[Any] = [module for module in network.modules() if module.__class__.__name__ == "Linear4bit"]
        for module in layers:
            module.support_avx512bf16_for_cpu = False
    context = getattr(config.get_text_config(), "max_position_embeddings", 0) or 2048
    template = ChatTemplate(tokenizer, ends_of(network))
    return Base(base_id(model, quantize), network, template, place, quantize, context)


def ends_of(network: PreTrainedModel) -> list[int]:
    """What the model itself calls the end of a reply: generation_config.json has one id, several or none."""
    ends = network.generation_config.eos_token_id
    return [] if ends is None else [ends] if isinstance(ends, int) else list(ends)


def nf4_computes_in(device: torch.device) -> torch.dtype:
    """The precision of products with NF4 weights, whatever the rest of the model is kept in."""
    half = device.type == "cuda" or torch.ops.mkldnn._is_mkldnn_bf16_supported()
    return torch.bfloat16 if half else torch.float32


def quantization(quantize: Quantize, device: torch.device) -> BitsAndBytesConfig | None:
    if quantize == "nf4":
        compute = nf4_computes_in(device)
        return BitsAndBytesConfig(
            load_in_4bit=True, bnb_4bit_quant_type="nf4", bnb_4bit_use_double_quant=True, bnb_4bit_compute_dtype=compute
        )
    return BitsAndBytesConfig(load_in_8bit=True) if quantize == "int8" else None
