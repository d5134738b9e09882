"""PEFT and bitsandbytes as this project wants them: imported once, in silence, and with no look at the Hub.

PEFT imports bitsandbytes, and bitsandbytes, if a `kernels` package is there, asks the Hub for compiled kernels while
it is imported; if none is there, it prints that it would have. So whoever needs PEFT imports it from here.
"""

from __future__ import annotations

import logging
import sys


def import_bitsandbytes() -> None:
    """Imports bitsandbytes without its look at the Hub, and without its line per int8 layer and call."""
    logging.getLogger("bitsandbytes.backends.cpu.ops").setLevel(logging.ERROR)
    logging.getLogger("bitsandbytes.autograd._functions").setLevel(logging.ERROR)
    if "bitsandbytes" in sys.modules:
        return
    installed = sys.modules.get("kernels")
    sys.modules["kernels"] = None  # type: ignore[assignment]  # "not to be had", in the import system's own words
    try:
        import bitsandbytes  # noqa: F401
    finally:
        if installed is None:
            del sys.modules["kernels"]
        else:
            sys.modules["kernels"] = installed


import_bitsandbytes()

from bitsandbytes.functional import dequantize_4bit  # noqa: E402
from peft import LoraConfig, PeftModel, get_peft_model  # noqa: E402
from peft.tuners.lora import LoraLayer  # noqa: E402
from peft.utils import get_peft_model_state_dict, set_peft_model_state_dict  # noqa: E402

__all__ = [
    "LoraConfig", "LoraLayer", "PeftModel", "dequantize_4bit", "get_peft_model", "get_peft_model_state_dict",
    "set_peft_model_state_dict",
]  # fmt: skip
