"""Which model is meant, and the name its adapters are kept under. Imports no torch, so the command line stays quick."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from lab.errors import ModelError

STARTER = Path(__file__).parent / "starter"
FILES = ["*.json", "*.safetensors", "*.model", "*.txt", "*.jinja"]  # what loading takes; never pickled weights
EDGE = 1 << 20  # bytes hashed at each end of a weights file


def resolve(model: str) -> Path:
    """The folder of a model: the bundled starter, a local folder, or a Hub id (fetched once, then from its cache).

    Raises ModelError when there is no such model, saying what to give instead.
    """
    if model == "starter":
        return checked(STARTER, "the bundled starter is missing; reinstall the project, or give --model a folder or a Hub id")
    folder = Path(model).expanduser()
    if folder.exists():
        complaint = f"{model} holds no model (no config.json or no *.safetensors); give a folder saved by save_pretrained"
        return checked(folder.resolve(), complaint)
    if not re.fullmatch(r"[\w.-]+/[\w.-]+", model):
        raise ModelError(f"no model {model!r}: no such folder; give 'starter', a folder, or a Hub id such as Qwen/Qwen3-0.6B")
    complaint = f"{model} has no safetensors weights; choose a model that has (pickled weights are never loaded)"
    return checked(fetch(model), complaint)


def fetch(repo: str) -> Path:
    """The local snapshot of a Hub repository, downloaded if need be."""
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError

    try:
        return Path(snapshot_download(repo, allow_patterns=FILES))
    except LocalEntryNotFoundError:
        raise ModelError(
            f"cannot reach the Hub for {repo!r} and it is not in the local cache; "
            "connect once, or give 'starter' or a local folder"
        ) from None
    except (HfHubHTTPError, OSError) as error:
        reason = (str(error).strip() or type(error).__name__).splitlines()[0]
        remedy = "check the name, or log in with `hf auth login` if it is gated"
        raise ModelError(f"cannot download {repo!r}: {reason}; {remedy}") from None


def checked(folder: Path, complaint: str) -> Path:
    if not (folder / "config.json").is_file() or not any(folder.glob("*.safetensors")):
        raise ModelError(complaint)
    return folder


def base_id(model: str, quantize: str) -> str:
    """Folder name for the adapters of this base: name, quantization and a fingerprint of its files.

    Two bases share an id only when their config, tokenizer and weights are the same (of weights, size and both ends
    are read), so an adapter is never put on a base it was not trained on.
    """
    folder = resolve(model)
    digest = hashlib.sha256()
    for file in sorted([*folder.glob("*.safetensors"), folder / "config.json", folder / "tokenizer.json"]):
        if not file.is_file():
            continue
        size = file.stat().st_size
        digest.update(f"{file.name} {size} ".encode())
        with file.open("rb") as data:
            digest.update(data.read(EDGE))
            data.seek(max(0, size - EDGE))
            digest.update(data.read(EDGE))
    name = re.sub(r"[^a-z0-9.]+", "-", Path(model).name.lower() if folder.name != model else model).strip("-.")
    return f"{name or 'model'}-{quantize}-{digest.hexdigest()[:8]}"
