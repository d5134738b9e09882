"""Whether a model can be loaded here, tried in a process of its own: `python -m lab.model.check MODEL QUANTIZE DEVICE`.

Says how far it is, a JSON object a line: {"phase", "done", "total"} in bytes while a Hub model is fetched, then "loading" and
"speaking"; last {"ok": true} or {"error": why}. The lab that asked goes on speaking with its own model, and when this process
ends its memory is free again: only what could really be loaded, and said a word, is then switched to.
"""

from __future__ import annotations

import json
import re
import sys
import threading
from collections.abc import Callable
from fnmatch import fnmatch
from pathlib import Path
from typing import cast

from lab.errors import LabError
from lab.model.identity import FILES, resolve

LOOK = 0.5  # seconds between two looks at a download
HUB_ID = re.compile(r"[\w.-]+/[\w.-]+")


def check(model: str, quantize: str, device: str, tell: Callable[[dict], None]) -> None:
    """Fetches if need be, loads, and draws one token. Raises LabError for whatever is in the way."""
    with_progress(model, tell)
    tell({"phase": "loading"})
    from lab.model.base import Quantize, load_base
    from lab.model.generate import Request, generate
    from lab.records import Sampling

    base = load_base(model, cast(Quantize, quantize), device)
    tell({"phase": "speaking"})
    prompt = tuple(base.template.encode_prompt([{"role": "user", "content": "Hello!"}]))
    generate(base, [Request(prompt, Sampling(max_new_tokens=1), 1, None)])


def with_progress(model: str, tell: Callable[[dict], None]) -> None:
    """The model's files on this machine; a download is told of, byte by byte, from a thread beside it."""
    if Path(model).expanduser().exists() or not HUB_ID.fullmatch(model):
        resolve(model)
        return
    over = threading.Event()

    def watch() -> None:
        total = wanted(model)
        while not over.wait(LOOK):
            tell({"phase": "fetching", "done": fetched(model), "total": total})

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        resolve(model)
    finally:
        over.set()


def wanted(repo: str) -> int:
    """Bytes that loading a Hub repository takes; 0 when the Hub does not say."""
    from huggingface_hub import HfApi

    try:
        files = HfApi().model_info(repo, files_metadata=True, timeout=10).siblings or []
    except Exception:  # noqa: BLE001  (a border: the figure is only for people; fetching itself says what is wrong)
        return 0
    return sum(file.size or 0 for file in files if any(fnmatch(file.rfilename, pattern) for pattern in FILES))


def fetched(repo: str) -> int:
    """Bytes of a Hub repository that are on this machine, unfinished files included."""
    from huggingface_hub.constants import HF_HUB_CACHE

    blobs = Path(HF_HUB_CACHE) / f"models--{repo.replace('/', '--')}" / "blobs"
    return sum(size_of(file) for file in blobs.glob("*")) if blobs.is_dir() else 0


def size_of(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError:  # it was renamed between the two looks
        return 0


def main(arguments: list[str]) -> int:
    lock = threading.Lock()

    def tell(entry: dict) -> None:
        with lock:
            print(json.dumps(entry), flush=True)

    try:
        model, quantize, device = arguments
        check(model, quantize, device, tell)
    except LabError as error:
        tell({"error": " ".join(str(error).split())})
        return 1
    except Exception as error:  # noqa: BLE001  (the border of this process; it ends here, and the lab shows the line)
        tell({"error": f"{type(error).__name__}: {' '.join(str(error).split())[:300]}"})
        return 1
    tell({"ok": True})
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
