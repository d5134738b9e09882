"""A preview says what the import then does, and leaves no trace."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lab.errors import StoreError
from lab.feedback.exchange import import_file
from lab.feedback.preview import FIRST, preview
from lab.feedback.store import Store

ROWS = [
    {"prompt": "an egg?", "chosen": "Eight minutes.", "rejected": "Eggs!"},
    {"prompt": "a joke?", "response_a": "No.", "response_b": "Why?", "votes": ["both_bad", "b", "tie"]},
    {"prompt": "two and two?", "completion": "Four.", "label": True},
    {"prompt": "morning!", "completion": "What?", "better": "Good morning!"},
    {"messages": [{"role": "user", "content": "Thanks."}, {"role": "assistant", "content": "You are welcome."}]},
    {"prompt": "an egg?", "chosen": "Eight minutes.", "rejected": "Eggs!"},
    {"prompt": "an egg?", "chosen": "the same", "rejected": "the same"},
    {"prompt": "", "completion": "x", "label": True},
]


@pytest.fixture
def store(home: Path):
    store = Store(home)
    yield store
    store.close()


def written(folder: Path, rows: list[dict], tail: str = "") -> Path:
    file = folder / "rows.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows) + tail)
    return file


def test_it_says_what_the_import_then_does(store: Store, tmp_path: Path) -> None:
    file = written(tmp_path, ROWS, "{broken\n")
    mark = store.opinions_mark()
    seen = preview(store, file)
    assert store.opinions_mark() == mark and store.conversations() == []
    assert seen.counts == {"pairs": 1, "votes": 3, "thumbs": 1, "corrections": 1, "chats": 1, "already here": 1} and seen.new == 7
    assert [line for line, _ in seen.refused] == [7, 8, 9] and "same text" in seen.refused[0][1]
    done = import_file(store, file)
    assert (done.counts, done.refused) == (seen.counts, seen.refused)
    again = preview(store, file)
    assert again.new == 0 and again.counts == {"already here": 8}


def test_the_first_rows_are_shown_as_they_would_be_kept(store: Store, tmp_path: Path) -> None:
    first = preview(store, written(tmp_path, ROWS)).first
    assert [(s.line, s.kind, s.question, s.said, s.opinion) for s in first] == [
        (1, "pairs", "an egg?", ("Eight minutes.", "Eggs!"), "first is better"),
        (2, "votes", "a joke?", ("No.", "Why?"), "both bad, second is better, tie"),
        (3, "thumbs", "two and two?", ("Four.",), "thumb up"),
        (4, "corrections", "morning!", ("What?",), "better: Good morning!"),
        (5, "chats", "Thanks.", ("You are welcome.",), "to imitate"),
        (6, "pairs", "an egg?", ("Eight minutes.", "Eggs!"), "first is better"),
    ]


def test_the_same_row_far_apart_in_a_file_is_counted_once(store: Store, tmp_path: Path) -> None:
    """An import writes in batches and finds its own earlier rows in the store; a preview must remember them."""
    many = [{"prompt": f"q{k % 300}", "completion": "yes", "label": True} for k in range(900)]
    file = written(tmp_path, many)
    seen = preview(store, file)
    assert seen.counts == {"thumbs": 300, "already here": 600} == import_file(store, file).counts
    assert len(seen.first) == FIRST


def test_a_file_that_cannot_be_read_is_an_error(store: Store, tmp_path: Path) -> None:
    broken = tmp_path / "x.jsonl.gz"
    broken.write_bytes(b"no gzip")
    with pytest.raises(StoreError, match="cannot be read after line 0"):
        preview(store, broken)
