"""What torch and bitsandbytes can do on this machine, in a line each. For `doctor`; loads no model."""

from __future__ import annotations

import torch

from lab.errors import ModelError
from lab.model.base import choose_device
from lab.model.libraries import import_bitsandbytes

WORST = {"nf4": 0.15, "int8": 0.02}  # relative error of a normal matrix above which something is broken


def describe(device: str) -> str:
    """Version of torch and the device that would be used. Raises ModelError when there is no such device."""
    place = choose_device(device)
    if place.type == "cuda":
        return f"{torch.__version__} on {torch.cuda.get_device_name(place)}"
    bf16 = "bf16 in hardware" if torch.ops.mkldnn._is_mkldnn_bf16_supported() else "no bf16"
    return f"{torch.__version__} on the CPU, {torch.get_num_threads()} threads, {bf16}"


def gpu_name() -> str:
    return torch.cuda.get_device_name()


def round_trip(quantize: str, device: str) -> float:
    """Relative error of a random normal matrix that was quantized and restored. Raises ModelError when that is broken."""
    import_bitsandbytes()
    from bitsandbytes import functional

    place = choose_device(device)
    matrix = torch.randn(256, 256, generator=torch.Generator().manual_seed(0)).to(place)
    if quantize == "nf4":
        packed, state = functional.quantize_4bit(matrix, quant_type="nf4", compress_statistics=True)
        restored = functional.dequantize_4bit(packed, state)
    else:
        packed, scale, _ = functional.int8_vectorwise_quant(matrix.half())
        restored = functional.int8_vectorwise_dequant(packed, scale)
    error = ((restored.float() - matrix).norm() / matrix.norm()).item()
    if not error < WORST[quantize]:
        raise ModelError(f"{quantize} of bitsandbytes is broken here ({error:.0%} off); reinstall it, or use --quantize none")
    return error
