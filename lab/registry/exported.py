"""What was saved of versions: every folder says in a mark whose it is, so that it is found when its version is forgotten.

The mark names the version, its base, the job that made it, and the files that were written, and is there before them. Folders are
looked for in `exports/` of the home, at any depth, and directly in the home; nobody can know of copies elsewhere. Only the files
that a mark names are ever removed: what somebody put beside them stays.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from lab.errors import VersionError

EXPORTS = "exports"  # in the home
MARK = "hone-version.json"
WEIGHTS = "*.safetensors"
ROWS = (".jsonl", ".jsonl.gz", ".csv", ".parquet")  # files of feedback


@dataclass(frozen=True)
class Mark:
    """`job` made the version: numbers begin anew where adapters/ is moved away, jobs do not."""

    base: str
    version: int
    job: str
    files: tuple[str, ...]  # relative to the folder


def sign(folder: Path, base: str, version: int, job: str, files: Iterable[str]) -> Mark:
    mark = Mark(base, version, job, tuple(sorted(files)))
    (folder / MARK).write_text(json.dumps(asdict(mark), indent=2) + "\n", encoding="utf-8")
    return mark


def names_in(folder: Path) -> list[str]:
    """Of all files in a folder, relative to it."""
    return [file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file() and file.name != MARK]


def mark_of(folder: Path) -> Mark | None:
    """None where there is none that can be read."""
    try:
        told = json.loads((folder / MARK).read_text(encoding="utf-8"))
        mark = Mark(str(told["base"]), int(told["version"]), str(told["job"]), tuple(map(str, told["files"])))
    except (OSError, ValueError, TypeError, KeyError):
        return None
    return mark if all(is_inside(name) for name in mark.files) else None


def is_inside(name: str) -> bool:
    path = Path(name)
    return bool(path.parts) and not path.is_absolute() and ".." not in path.parts


def marked(home: Path) -> dict[Path, Mark]:
    """The folders of a home that hold a version, also those that are just being written."""
    places = [*home.glob(f"*/{MARK}"), *(home / EXPORTS).rglob(MARK)]
    found = {place.parent: mark_of(place.parent) for place in places}
    return {folder: mark for folder, mark in sorted(found.items()) if mark is not None}


def unmarked(home: Path) -> list[Path]:
    """Folders in `exports/` with weights in them that say not whose they are."""
    folders = {file.parent for file in (home / EXPORTS).rglob(WEIGHTS)}
    return sorted(folder for folder in folders if mark_of(folder) is None)


def rows(home: Path) -> list[Path]:
    """Files of feedback, in `exports/` and directly in the home: what `export` wrote there, or what was to be imported."""
    files = [*home.glob("*"), *(home / EXPORTS).rglob("*")]
    return sorted({file for file in files if file.name.endswith(ROWS) and file.is_file()})


def others(folder: Path, mark: Mark) -> list[Path]:
    """The files in an export's folder that the lab did not write."""
    return sorted(folder / name for name in set(names_in(folder)).difference(mark.files))


def remove(folder: Path, mark: Mark) -> None:
    """Deletes what the mark names, and the folder with it if that was all. Raises VersionError if it cannot."""
    try:
        for name in (*mark.files, MARK):  # the mark last: cut off, the rest is found again
            (folder / name).unlink(missing_ok=True)
    except OSError as error:
        raise VersionError(f"cannot delete {error.filename}: {error.strerror}; delete {folder}, then ask again") from None
    for each in sorted((each for each in folder.rglob("*") if each.is_dir()), reverse=True):
        _remove_empty(each)
    _remove_empty(folder)


def _remove_empty(folder: Path) -> None:
    with suppress(OSError):
        folder.rmdir()
