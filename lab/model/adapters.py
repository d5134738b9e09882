"""LoRA adapters on a base: made, loaded, saved, dropped, by name. The only place that knows PEFT's ways.

Several adapters live side by side on one base. Generation names the adapter of every row, so nothing is switched
under a reply; training makes one active for as long as it runs.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import torch
from peft import LoraConfig, PeftModel, get_peft_model
from safetensors import SafetensorError

from lab.errors import VersionError
from lab.model.base import Base

BASE = "__base__"  # PEFT's word for "no adapter" in a mixed batch


def names(base: Base) -> list[str]:
    """Adapters now in memory."""
    return list(base.model.peft_config) if isinstance(base.model, PeftModel) else []


def create(base: Base, name: str, rank: int, alpha: float, seed: int) -> None:
    """A fresh adapter on all linear layers: A random (by seed), B zero, so that it changes nothing yet (Hu 2021)."""
    config = LoraConfig(r=rank, lora_alpha=alpha, lora_dropout=0.0, target_modules="all-linear", bias="none", task_type="CAUSAL_LM")
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        if isinstance(base.model, PeftModel):
            base.model.add_adapter(name, config)
        else:
            base.model = get_peft_model(base.model, config, adapter_name=name)


def load(base: Base, folder: Path, name: str) -> None:
    """Loads a saved adapter under a name. Raises VersionError if the files do not fit this base."""
    try:
        if isinstance(base.model, PeftModel):
            base.model.load_adapter(str(folder), name, torch_device=str(base.device))
        else:
            base.model = PeftModel.from_pretrained(base.model, str(folder), adapter_name=name, torch_device=str(base.device))
    except (OSError, ValueError, KeyError, RuntimeError, SafetensorError) as error:
        if name in names(base):
            drop(base, name)
        reason = str(error).strip().splitlines()[0]
        raise VersionError(f"the adapter in {folder} does not load on {base.id}: {reason}; activate another version") from error
    for parameter in base.model.parameters():
        parameter.requires_grad_(False)
    base.model.eval()


def drop(base: Base, name: str) -> None:
    """Frees an adapter's memory."""
    assert isinstance(base.model, PeftModel)
    if len(names(base)) == 1:
        base.model = base.model.unload()
        if hasattr(base.model, "peft_config"):
            del base.model.peft_config
    else:
        base.model.delete_adapter(name)


def save(base: Base, name: str, folder: Path) -> None:
    """Writes one adapter in PEFT's format: adapter_config.json and adapter_model.safetensors, nothing else."""
    from peft.utils import get_peft_model_state_dict
    from safetensors.torch import save_file

    assert isinstance(base.model, PeftModel)
    folder.mkdir(parents=True, exist_ok=True)
    state = get_peft_model_state_dict(base.model, adapter_name=name)
    tensors = {key: value.detach().cpu().contiguous() for key, value in state.items()}
    save_file(tensors, folder / "adapter_model.safetensors", metadata={"format": "pt"})
    config = base.model.peft_config[name]
    inference, config.inference_mode = config.inference_mode, True
    config.save_pretrained(str(folder))
    config.inference_mode = inference


def parameters(base: Base, name: str) -> dict[str, torch.nn.Parameter]:
    """An adapter's own tensors by name, in a fixed order."""
    return {key: value for key, value in base.model.named_parameters() if f".{name}." in key}


@contextmanager
def active(base: Base, name: str) -> Iterator[None]:
    """Inside, forwards run with this adapter and its parameters take gradients."""
    assert isinstance(base.model, PeftModel)
    base.model.set_adapter(name)
    try:
        yield
    finally:
        for parameter in parameters(base, name).values():
            parameter.requires_grad_(False)


@contextmanager
def without(base: Base) -> Iterator[None]:
    """Inside, forwards run on the bare base: the reference of DPO, KTO and PPO."""
    if not isinstance(base.model, PeftModel):
        yield
        return
    with base.model.disable_adapter():
        yield
