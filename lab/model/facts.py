"""What is loaded, in numbers and plain words: parameters, quantization, memory, device, context, licence. Imports no torch.

Knows nothing of versions: adapters on the base are not counted.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from lab.model.identity import STARTER, resolve

if TYPE_CHECKING:
    from lab.model.base import Base

QUANTIZED = {
    "nf4": "NF4: linear layers in 4 bits a weight, the rest as it is",
    "int8": "int8: linear layers in 8 bits a weight, the rest as it is",
    "none": "none: every weight as it is",
}
OWN_LICENCE = "Apache-2.0, as the lab; its card lists what it read, under which licences"
DTYPES = {"torch.float32": "fp32", "torch.bfloat16": "bf16", "torch.float16": "fp16"}


@dataclass(frozen=True)
class Facts:
    """A loaded base. Sizes in bytes; `parameters` are the model's own, however few bits each takes."""

    model: str
    id: str
    parameters: int
    layers: int
    width: int
    vocabulary: int
    context: int  # tokens
    quantization: str
    precision: str  # of what is not quantized
    weights: int
    device: str
    folder: str
    licence: str = ""
    card: str = ""


def facts_of(base: Base, model: str) -> Facts:
    """The facts of a base that was loaded as `model`."""
    network = base.causal_lm
    parameters = weights = 0
    precision = ""
    for name, parameter in network.named_parameters():
        size = parameter.numel() * parameter.element_size()
        if ".lora_" in name or "modules_to_save" in name:
            continue
        weights += size
        four_bits = type(parameter).__name__ == "Params4bit"
        parameters += parameter.numel() * (2 if four_bits else 1)  # two weights a byte
        if not precision and parameter.is_floating_point():
            precision = DTYPES.get(str(parameter.dtype), str(parameter.dtype))
    shape = network.config.get_text_config()
    folder = resolve(model)
    card = card_of(folder)
    return Facts(
        model, base.id, parameters, int(shape.num_hidden_layers), int(shape.hidden_size), int(shape.vocab_size), base.context,
        QUANTIZED[base.quantize], precision, weights, device_words(str(base.device)), str(folder),
        licence_of(card) or (OWN_LICENCE if folder == STARTER else ""), card,
    )  # fmt: skip


def device_words(device: str) -> str:
    """The device in words: of a GPU its name, of a CPU how many cores."""
    if not device.startswith("cuda"):
        return f"CPU, {os.cpu_count() or 1} cores"
    from lab.model.health import gpu_name

    return f"{gpu_name()} ({device})"


def card_of(folder: Path) -> str:
    """The model's README, if it brought one."""
    try:
        return (folder / "README.md").read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ""


def licence_of(card: str) -> str:
    """The licence that a card's front matter, or else a line of its own, names; empty when it names none."""
    found = re.search(r"^\W*licen[sc]e\W*:\W*(.+?)\W*$", card, re.M | re.I)
    return found.group(1).strip() if found else ""


def process_bytes() -> int:
    """Memory of this process: libraries, weights, caches."""
    return int(psutil.Process().memory_info().rss)


def size_words(size: float) -> str:
    """Bytes as people read them."""
    return f"{size / 1e9:.1f} GB" if size >= 1e9 else f"{size / 1e6:.0f} MB" if size >= 1e7 else f"{size / 1e6:.1f} MB"


def count_words(count: int) -> str:
    """Parameters as people say them."""
    for unit, name in ((1e9, "billion"), (1e6, "million"), (1e3, "thousand")):
        if count >= unit:
            return f"{count / unit:.3g} {name}"
    return str(count)
