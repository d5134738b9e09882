"""Saved versions: found by their mark wherever they lie in a home, and removed without anything that the lab did not write."""

from __future__ import annotations

from pathlib import Path

import pytest

from lab.errors import VersionError
from lab.registry.exported import MARK, Mark, marked, names_in, others, remove, rows, sign, unmarked


def saved(folder: Path, version: int = 3) -> Mark:
    (folder / "deep").mkdir(parents=True)
    for name in ("model.safetensors", "config.json", "deep/more.json"):
        (folder / name).write_text(name)
    return sign(folder, "tiny", version, "job", names_in(folder))


def test_a_mark_is_found_in_exports_at_any_depth_and_directly_in_the_home(home: Path) -> None:
    places = [home / "mine", home / "exports" / "one", home / "exports" / ".two.writing", home / "exports" / "a" / "b"]
    marks = {place: saved(place, version) for version, place in enumerate(places, 1)}
    saved(home / "too" / "deep")
    assert marked(home) == marks and list(marked(home)) == sorted(marks)
    assert marks[places[0]] == Mark("tiny", 1, "job", ("config.json", "deep/more.json", "model.safetensors"))
    assert unmarked(home) == []


@pytest.mark.parametrize("told", ["", "[]", '{"base": "tiny"}', '{"base": "tiny", "version": 1, "job": "", "files": ["../x"]}',
                                  '{"base": "tiny", "version": 1, "job": "", "files": ["/x"]}'])  # fmt: skip
def test_a_mark_that_cannot_be_read_or_leads_elsewhere_is_none(home: Path, told: str) -> None:
    saved(home / "exports" / "one")
    (home / "exports" / "one" / MARK).write_text(told)
    assert marked(home) == {} and unmarked(home) == [home / "exports" / "one"]


def test_only_what_the_lab_wrote_is_removed(home: Path) -> None:
    alone, shared = home / "exports" / "alone", home / "exports" / "shared"
    marks = {folder: saved(folder) for folder in (alone, shared)}
    (shared / "deep" / "notes.txt").write_text("mine")
    assert others(alone, marks[alone]) == [] and others(shared, marks[shared]) == [shared / "deep" / "notes.txt"]
    for folder, mark in marks.items():
        remove(folder, mark)
        remove(folder, mark)  # what is gone already is no trouble
    assert not alone.exists() and names_in(shared) == ["deep/notes.txt"]


def test_what_cannot_be_deleted_is_told(home: Path) -> None:
    folder = home / "exports" / "one"
    mark = saved(folder)
    (folder / "config.json").unlink()
    (folder / "config.json").mkdir()
    with pytest.raises(VersionError, match=r"cannot delete .*config.json: .*; delete .*one, then ask again"):
        remove(folder, mark)
    assert marked(home), "it is found again"


def test_rows_of_feedback_are_known_by_their_names(home: Path) -> None:
    for name in ("pairs.jsonl", "exports/chats.jsonl.gz", "exports/a/votes.csv", "thumbs.parquet", "lab.toml", "deep/x.jsonl"):
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_text("")
    names = [file.relative_to(home).as_posix() for file in rows(home)]
    assert names == ["exports/a/votes.csv", "exports/chats.jsonl.gz", "pairs.jsonl", "thumbs.parquet"]
    assert rows(home / "nowhere") == []
