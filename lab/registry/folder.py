"""One version's folder: sealed with a manifest that is written last, and checked against it. Knows no states.

The manifest carries the size and SHA-256 of every file and a hash of itself, so a folder is either whole or damaged,
and what is wrong with it can be said in a few words.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from lab.records import Check, Job, Report

MANIFEST = "MANIFEST.json"
CONFIG, WEIGHTS = "adapter_config.json", "adapter_model.safetensors"
HEADS = "heads.safetensors"  # of a reward model
ADAPTER = (CONFIG, WEIGHTS)
KEPT = (*ADAPTER, HEADS, "log.jsonl", "job.json", "report.json")
PASSING = ("worker", "heartbeat", "progress")  # of a job while it runs; adapters are shared, a machine's name need not be
HEADER_LIMIT = 100_000_000  # bytes; safetensors' own limit


class Damaged(Exception):
    """What is wrong with a folder, in a few words; versions.py says whose and what to do."""


@dataclass(frozen=True)
class Manifest:
    """Who made a version, from what and when; `files` maps names to size and SHA-256, `hash` covers all of it."""

    version: int
    base: str
    parent: int
    algorithm: str
    created: float
    job: str
    files: Mapping[str, Mapping[str, Any]]
    hash: str


def folder_name(version: int) -> str:
    return f"{version:04d}"


def version_of(name: str) -> int | None:
    """The version a folder's name stands for; None for any other name."""
    return int(name) if re.fullmatch(r"\d{4,9}", name) and name == folder_name(int(name)) and int(name) > 0 else None


def seal(folder: Path, version: int, created: float, job: Job, report: Report) -> Manifest:
    """Completes an adapter's folder: job and report beside it, nothing else, everything on the disk, the manifest last.

    Raises Damaged if there is no adapter in it. A half-done seal is simply done again.
    """
    check_adapter(folder)
    for file in folder.iterdir():
        if file.name not in KEPT and file.is_file():
            file.unlink()  # checkpoints, and what a killed seal left
    write(folder / "job.json", dumps({name: value for name, value in asdict(job).items() if name not in PASSING}))
    write(folder / "report.json", dumps(asdict(report)))
    files = {}
    for name in KEPT:
        if (folder / name).is_file():
            sync(folder / name)
            files[name] = {"bytes": (folder / name).stat().st_size, "sha256": digest(folder / name)}
    body = {
        "version": version, "base": job.base, "parent": job.parent, "algorithm": job.algorithm, "created": created,
        "job": job.id, "files": files,
    }  # fmt: skip
    manifest = Manifest(**body, hash=hash_of(body))  # type: ignore[arg-type]
    write(folder / MANIFEST, dumps(asdict(manifest)))
    return manifest


def check(folder: Path, base: str, verify: bool) -> Manifest:
    """The manifest of a whole folder, else Damaged. Sizes are always compared, contents when `verify`."""
    try:
        content = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        manifest = Manifest(**content)
        body = {key: value for key, value in content.items() if key != "hash"}
        whole = manifest.hash == hash_of(body)
        names = set(manifest.files)
    except FileNotFoundError:
        raise Damaged(f"{MANIFEST} is missing") from None
    except (OSError, ValueError, TypeError, AttributeError):
        raise Damaged(f"{MANIFEST} cannot be read") from None
    if not whole or not names.issuperset(ADAPTER):
        raise Damaged(f"{MANIFEST} was changed")
    if (manifest.base, folder_name(manifest.version)) != (base, folder.name):
        raise Damaged(f"it is version {manifest.version} of {manifest.base}, copied or renamed by hand")
    for name, mark in manifest.files.items():
        try:
            size = (folder / name).stat().st_size
            same = size == mark["bytes"] and (not verify or digest(folder / name) == mark["sha256"])
        except FileNotFoundError:
            raise Damaged(f"{name} is missing") from None
        except OSError as error:
            raise Damaged(f"{name} cannot be read ({error.strerror})") from None
        if not same:
            raise Damaged(f"{name} was changed or cut short")
    return manifest


def check_adapter(folder: Path) -> None:
    """Raises Damaged unless the two PEFT files are there and the weights are a complete safetensors file."""
    try:
        if not isinstance(json.loads((folder / CONFIG).read_text(encoding="utf-8")), dict):
            raise Damaged(f"{CONFIG} holds no settings")
        with (folder / WEIGHTS).open("rb") as file:
            length = int.from_bytes(file.read(8), "little")
            header = json.loads(file.read(length)) if length <= HEADER_LIMIT else {}
            ends = [tensor["data_offsets"][1] for name, tensor in header.items() if name != "__metadata__"]
            if not ends or (folder / WEIGHTS).stat().st_size != 8 + length + max(ends):
                raise Damaged(f"{WEIGHTS} is empty or cut short")
    except FileNotFoundError as error:
        raise Damaged(f"{Path(str(error.filename)).name} is missing") from None
    except (ValueError, AttributeError, TypeError, KeyError, IndexError):
        raise Damaged(f"{CONFIG} or {WEIGHTS} cannot be read") from None


def report_of(folder: Path) -> Report | None:
    """The round's report; None where there is none. Fields of a later lab are left out."""
    try:
        content = json.loads((folder / "report.json").read_text(encoding="utf-8"))
        return Report(**known(Report, content) | {"checks": tuple(map(check_of, content.get("checks", ())))})
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, AttributeError, KeyError):
        raise Damaged("report.json cannot be read") from None


def check_of(content: Mapping[str, Any]) -> Check:
    """As JSON has it: an interval is a list there."""
    interval = content["ci95"]
    return Check(**known(Check, content) | {"ci95": tuple(interval) if interval else None})


def known(kind: type, content: Mapping[str, Any]) -> dict[str, Any]:
    """What this lab's record has of it."""
    names = {field.name for field in fields(kind)}
    return {key: value for key, value in content.items() if key in names}


def opinions_of(folder: Path) -> tuple[str, ...]:
    """The opinions a version was made from, as its job says."""
    try:
        return tuple(json.loads((folder / "job.json").read_text(encoding="utf-8"))["opinions"])
    except (OSError, ValueError, TypeError, KeyError):
        raise Damaged("job.json cannot be read") from None


def write(path: Path, text: str) -> None:
    """Replaces a file at once: after a crash it is the old one or the new one, and on the disk."""
    fresh = path.with_name(path.name + ".new")
    fresh.write_text(text, encoding="utf-8")
    sync(fresh)
    fresh.replace(path)
    sync(path.parent)


def sync(path: Path) -> None:
    """Returns when a file, or a folder's list of names, is on the disk."""
    file = os.open(path, os.O_RDONLY)
    try:
        os.fsync(file)
    finally:
        os.close(file)


def digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def hash_of(body: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(body, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def dumps(content: Mapping[str, Any]) -> str:
    return json.dumps(content, indent=2, ensure_ascii=False, default=str) + "\n"
