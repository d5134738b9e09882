"""LoRA adapters on a base: made, loaded, saved, dropped, by name. The only place that knows PEFT's ways.

Several adapters live side by side on one base. Generation names the adapter of every row, so nothing is switched
under a reply; training makes one active for as long as it runs.
"""

from __future__ import annotations

import errno
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from lab.errors import ModelError, NoMemoryError, VersionError
from lab.model.base import Base
from lab.model.libraries import (
    LoraConfig,
    LoraLayer,
    PeftModel,
    get_peft_model,
    get_peft_model_state_dict,
    set_peft_model_state_dict,
)
from lab.model.lora import lean

BASE = "__base__"  # PEFT's word for "no adapter" in a mixed batch
NO_MEMORY = ("out of memory", "allocate memory", "alloc_failed")  # in the words of CUDA, the system, torch and cuBLAS


def names(base: Base) -> list[str]:
    """Adapters now in memory."""
    return list(base.model.peft_config) if isinstance(base.model, PeftModel) else []


def create(base: Base, name: str, rank: int, alpha: float, seed: int) -> None:
    """A fresh adapter on all linear layers: A random (by seed), B zero, so that it changes nothing yet (Hu 2021)."""
    config = LoraConfig(
        r=rank, lora_alpha=cast(int, alpha), lora_dropout=0.0, target_modules="all-linear", bias="none", task_type="CAUSAL_LM"
    )  # PEFT says int and takes any number
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        try:
            attach(base, name, config)
        except ValueError as error:  # PEFT knows architectures whose layers it cannot put an adapter on
            raise ModelError(f"{base.id} cannot be tuned with LoRA: {error}; choose another model") from error


def attach(base: Base, name: str, config: LoraConfig) -> None:
    """Puts an untrained adapter on the base; the first one wraps the model."""
    before = set(layers(base))
    if isinstance(base.model, PeftModel):
        base.model.add_adapter(name, config)
    else:
        base.model = get_peft_model(base.model, config, adapter_name=name)
    base.model.eval()  # as the base is: what PEFT adds comes in training mode
    for layer in layers(base):
        if layer not in before:
            layer.register_forward_pre_hook(lambda _, args, options: told(base, args, options), with_kwargs=True)


def layers(base: Base) -> list[torch.nn.Module]:
    """The layers that carry adapters."""
    return [module for module in base.model.modules() if isinstance(module, LoraLayer)]


def told(base: Base, args: Any, options: dict[str, Any]) -> tuple[Any, dict[str, Any]] | None:
    """What a layer is called with, the adapter of each row among it if they were named."""
    return None if base.rows is None else (args, {**options, "adapter_names": base.rows})


@contextmanager
def per_row(base: Base, adapters: Sequence[str | None]) -> Iterator[None]:
    """Inside, each row of a batch runs with an adapter of its own; None is the bare base. In eval mode only.

    PEFT's own way, `adapter_names` to the model's forward, hangs a hook on every layer and takes it off again at every
    call: with a small model, a third of a token's time.
    """
    unknown = {name for name in adapters if name is not None}.difference(names(base))
    assert not unknown, f"no adapter {unknown} is loaded"  # a layer would take it for the base
    base.rows = [name or BASE for name in adapters] if isinstance(base.model, PeftModel) else None
    try:
        yield
    finally:
        base.rows = None


def load(base: Base, folder: Path, name: str) -> None:
    """Loads a saved adapter under a name, all of it or nothing. Raises VersionError if the files do not fit this base,
    and NoMemoryError if they may, with more memory free.

    PEFT's own loader is not used: it looks on the Hub for files that are missing here, takes pickled weights, and
    only warns when half of an adapter's tensors are not there.
    """
    assert name not in names(base), f"adapter {name} is loaded already"
    try:
        tensors = load_file(folder / "adapter_model.safetensors", device=str(base.device))
        if not (folder / "adapter_config.json").is_file():  # PEFT would ask the Hub for it
            raise ValueError("it has no adapter_config.json")
        config = LoraConfig.from_pretrained(str(folder))
        if not isinstance(config, LoraConfig):
            raise ValueError(f"it is {config.peft_type.value}, not LoRA")
        config.base_model_name_or_path = None  # our id of the base, checked by the registry; PEFT would warn of the folder's name
        attach(base, name, config)
        result: Any = set_peft_model_state_dict(base.model, tensors, adapter_name=name)
        missing = [key for key in result.missing_keys if f".{name}." in key]
        if missing or result.unexpected_keys:
            raise ValueError(f"{len(missing)} tensors are missing, {len(result.unexpected_keys)} belong nowhere")
    except (OSError, ValueError, KeyError, TypeError, RuntimeError, MemoryError, SafetensorError) as error:
        if name in names(base):
            drop(base, name)
        else:
            detach(base, name)
        reason = (str(error).strip() or type(error).__name__).splitlines()[0]
        if lacks_memory(error):
            raise NoMemoryError(f"there is not enough memory for the adapter in {folder} now ({reason}); free some") from error
        raise VersionError(f"the adapter in {folder} does not load on {base.id}: {reason}; activate another version") from error
    for parameter in base.model.parameters():
        parameter.requires_grad_(False)


def lacks_memory(error: Exception) -> bool:
    """Whether it is the machine's fault and may pass; libraries say so in types and words of their own."""
    if isinstance(error, MemoryError | torch.OutOfMemoryError) or (isinstance(error, OSError) and error.errno == errno.ENOMEM):
        return True
    return isinstance(error, RuntimeError | SafetensorError) and any(words in str(error).lower() for words in NO_MEMORY)


def detach(base: Base, name: str) -> None:
    """Takes off what an attach that was cut short has put on some layers: PEFT knows no adapter of that name by then."""
    if isinstance(base.model, PeftModel):
        for layer in layers(base):
            cast(LoraLayer, layer).delete_adapter(name)
        return
    for parent in list(base.model.modules()):
        for key, child in list(parent.named_children()):
            if isinstance(child, LoraLayer):
                setattr(parent, key, child.get_base_layer())


def drop(base: Base, name: str) -> None:
    """Frees an adapter's memory."""
    assert isinstance(base.model, PeftModel)
    others = [other for other in names(base) if other != name]
    if not others:
        base.model = base.model.unload()
        return
    if name in base.model.active_adapters:  # PEFT warns when it has to choose the next active one itself
        base.model.set_adapter(others[0], inference_mode=True)
    base.model.delete_adapter(name)


def save(base: Base, name: str, folder: Path) -> None:
    """Writes one adapter in PEFT's format: adapter_config.json and adapter_model.safetensors, nothing else.

    The same adapter gives the same bytes, and they name the base by its id: where the base lies on this machine is
    nobody's business once an adapter is shared.
    """
    assert isinstance(base.model, PeftModel)
    folder.mkdir(parents=True, exist_ok=True)
    state = get_peft_model_state_dict(base.model, adapter_name=name)
    tensors = {key: value.detach().cpu().contiguous() for key, value in state.items()}
    save_file(tensors, folder / "adapter_model.safetensors", metadata={"format": "pt"})
    config = base.model.peft_config[name]
    inference, config.inference_mode = config.inference_mode, True
    config.save_pretrained(str(folder))
    config.inference_mode = inference
    file = folder / "adapter_config.json"
    written = json.loads(file.read_text())
    written |= {"base_model_name_or_path": base.id, "target_modules": sorted(written["target_modules"])}
    file.write_text(json.dumps(written, indent=2, sort_keys=True) + "\n")


def parameters(base: Base, name: str) -> dict[str, torch.nn.Parameter]:
    """An adapter's own tensors by name, in a fixed order."""
    return {key: value for key, value in base.model.named_parameters() if f".{name}." in key}


@contextmanager
def active(base: Base, name: str) -> Iterator[None]:
    """Inside, forwards run with this adapter and its parameters take gradients."""
    assert isinstance(base.model, PeftModel)
    base.model.set_adapter(name)
    try:
        with lean(layers(base), name):
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
    taking = {key: parameter.requires_grad for key, parameter in base.model.named_parameters()}
    try:
        with base.model.disable_adapter():
            yield
    finally:  # PEFT comes back with the active adapter taking gradients, whether it took any before or not
        for key, parameter in base.model.named_parameters():
            parameter.requires_grad_(taking[key])
