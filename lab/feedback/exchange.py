"""Feedback in and out of files: jsonl and jsonl.gz line by line, parquet and csv row by row, `hub:OWNER/NAME` from the Hub.

Shapes are in shapes.py.

A row that cannot be used is refused with its line number and the reason, and the rows around it are kept. The same
content is never imported twice, so a file that was read half-way can simply be imported again.
"""

from __future__ import annotations

import csv
import gzip
import json
import re
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeVar

from lab.errors import StoreError
from lab.feedback.examples import Threads, collect
from lab.feedback.hub import PREFIX, hub_rows
from lab.feedback.queued import QUEUE
from lab.feedback.shapes import Parsed, Refused, checked, criterion_of, pair_of, parse, prompt_of
from lab.feedback.store import IMPORTED, Store
from lab.records import Completion, Message, Pair, Reply

Kind = Literal["pairs", "votes", "thumbs", "corrections", "chats"]
KINDS: tuple[Kind, ...] = ("pairs", "votes", "thumbs", "corrections", "chats")
BATCH = 250  # rows in one transaction
LISTS = ("messages", "votes", "reasons")  # columns of a table that hold lists; others hold text, or messages that begin so:
MESSAGES = re.compile(r"""\s*\[\s*(\]\s*$|\{\s*['"](role|content)['"]\s*:)""")
ALREADY = "already here"

Made = TypeVar("Made")


@dataclass(frozen=True)
class Imported:
    """Opinions (and chats) kept, by kind of row, and those that were "already here"; refused rows: (line, reason)."""

    counts: dict[str, int]
    refused: list[tuple[int, str]]


def import_file(store: Store, path: Path, rater: str = "me") -> Imported:
    """Keeps every good row. Raises StoreError when the file cannot be read (on)."""
    counts: dict[str, int] = {}
    refused: list[tuple[int, str]] = []
    batch: list[Parsed] = []

    def keep() -> None:
        for parsed, new in zip(batch, store.add_bundles([parsed.bundle for parsed in batch]), strict=True):
            known = (len(parsed.bundle.opinions) or 1) - new
            for name, number in ((parsed.kind, new), (ALREADY, known)):
                if number:
                    counts[name] = counts.get(name, 0) + number
        batch.clear()

    try:
        for line, row in rows_of(path):
            try:
                batch.append(parse(usable(row), rater))
            except Refused as refusal:
                refused.append((line, str(refusal)))
            if len(batch) == BATCH:
                keep()
    finally:
        keep()  # rows before a broken place in the file are kept as well
    return Imported(counts, refused)


def export_file(store: Store, path: Path, kind: Kind) -> int:
    """Writes what counts of a kind as jsonl (gzipped if the name ends in .gz) and returns how many rows.

    The file appears whole or not at all. A pair is a decided vote or a correction; a chat is the newest branch of a
    conversation; what was imported as single rated rows, or drawn ahead for votes, is no chat. A correction is in both pairs
    and corrections, under one id: whoever imports both elsewhere keeps it as what came first, and only as a correction is it
    imitated as well.
    """
    if kind not in KINDS:
        raise StoreError(f"cannot export {kind!r}; choose one of {', '.join(KINDS)}")
    makers: dict[Kind, Callable[[Store], Iterable[dict]]] = {
        "pairs": _pairs, "votes": _votes, "thumbs": _thumbs, "corrections": _corrections, "chats": _chats,
    }  # fmt: skip
    part = path.with_name(f".{path.name}.part")
    count = 0
    try:
        try:
            with gzip.open(part, "wt", encoding="utf-8") if path.suffix == ".gz" else part.open("w", encoding="utf-8") as file:
                for row in makers[kind](store):
                    file.write(json.dumps(row, ensure_ascii=False) + "\n")
                    count += 1
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise StoreError(f"cannot write {path}: {error.strerror}; choose another file") from None
    return count


def read_pairs(path: Path) -> list[Pair]:
    """All pairs of a file. Raises StoreError naming the first line that is none."""

    def pair(row: object, line: int) -> Pair:
        found = checked(row)
        prompt, chosen, rejected = pair_of(found)
        completions = Completion(f"line-{line}-chosen", chosen), Completion(f"line-{line}-rejected", rejected)
        return Pair(prompt, *completions, opinion=f"line-{line}", criterion=criterion_of(found))

    return _all(path, pair)


def read_prompts(path: Path) -> list[tuple[Message, ...]]:
    """All prompts of a file. Raises StoreError naming the first line that has none."""

    def prompt(row: object, line: int) -> tuple[Message, ...]:
        found = checked(row)
        if "prompt" not in found:
            raise Refused("not a prompts row: prompt missing")
        return prompt_of(found["prompt"])

    return _all(path, prompt)


def rows_of(path: Path) -> Iterator[tuple[int, object]]:
    """(line, row) of a file; a line that cannot be read comes as the Refused that says why. Raises StoreError."""
    if str(path).startswith(PREFIX):
        yield from ((number, _unfolded(row)) for number, row in hub_rows(str(path).removeprefix(PREFIX)))
        return
    readers = {".parquet": _parquet_rows, ".csv": _csv_rows}
    line = 0
    try:
        for line, row in readers.get(path.suffix.lower(), _json_rows)(path):
            yield line, row
    except FileNotFoundError:
        raise StoreError(f"there is no file {path}; check the name") from None
    except (OSError, EOFError, zlib.error, csv.Error, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else " ".join(str(error).split())
        raise StoreError(f"{path} cannot be read after line {line}: {reason}; lines before it were read") from None


def _json_rows(path: Path) -> Iterator[tuple[int, object]]:
    with gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb") as file:
        for line, raw in enumerate(file, 1):
            content = raw.removeprefix(b"\xef\xbb\xbf") if line == 1 else raw
            if content.strip():
                yield line, _json(content)


def _json(content: bytes) -> object:
    try:
        return json.loads(content.decode("utf-8"))
    except UnicodeDecodeError:
        return Refused("not UTF-8 text")
    except (ValueError, RecursionError) as error:
        return Refused(f"not JSON: {error}")


def _parquet_rows(path: Path) -> Iterator[tuple[int, object]]:
    """Read with pyarrow, which is what `datasets` reads parquet with too.

    `datasets` itself would not do (5.2.0): load_dataset of a local file asks the network to count a download and leaves a
    lock in the Hub's cache; Dataset.from_parquet writes the whole file there once more, kept in memory or not. A stream,
    IterableDataset.from_parquet in a cache of its own, does neither, but it imports torch and fetches row groups ahead:
    of a file that is one row group it holds all, several times over, and of a broken one it loses good rows.
    """
    # slow to import, and only parquet needs it; pyarrow brings no types
    from pyarrow import ArrowException  # type: ignore[import-untyped]
    from pyarrow.parquet import ParquetFile  # type: ignore[import-untyped]

    try:
        with path.open("rb") as file:
            # one file may be one row group: it is read piece by piece, not fetched ahead as a whole
            parquet = ParquetFile(file, pre_buffer=False, buffer_size=1 << 16)
            batches = parquet.iter_batches(batch_size=BATCH, use_threads=False)
            yield from enumerate((row for batch in batches for row in batch.to_pylist()), 1)
    except ArrowException as error:
        raise StoreError(f"{path} is no parquet file that can be read: {str(error).splitlines()[0]}") from None


def _csv_rows(path: Path) -> Iterator[tuple[int, object]]:
    """Every cell is text, and a row's line is the one it begins on.

    `datasets` reads csv through pandas, which guesses: a reply that says NA or None is gone, one that says 4 may be 4.0. One
    row with a cell too many, or a byte that is not UTF-8, ends the file and takes the good rows before it along, up to
    10,000; and no row knows its line.
    """
    with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:  # a row with bad bytes is refused later
        reader = csv.reader(file, strict=True)
        names = [name.strip() for name in next(reader, [])]
        while True:
            line = reader.line_num + 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                lost = f" up to line {reader.line_num}" if reader.line_num > line else ""  # a quote that is never closed
                yield line, Refused(f"not csv{lost}: {error}")
                continue
            if any(cells[len(names) :]):
                yield line, Refused(f"has {len(cells)} cells and the header {len(names)}; put quotes around text with commas")
            elif cells:
                yield line, _unfolded({name: cell for name, cell in zip(names, cells, strict=False) if cell})


def _unfolded(row: object) -> object:
    """A row of a table that has no lists or truth in its cells: lists are JSON there, a label is a word."""
    if not isinstance(row, dict):
        return row
    try:
        return {name: _cell(name, value) if isinstance(value, str) else value for name, value in row.items()}
    except Refused as refusal:
        return refusal


def _cell(name: str, text: str) -> Any:
    if name == "label" and text.strip().lower() in ("true", "false"):
        return text.strip().lower() == "true"
    messages = MESSAGES.match(text)
    if not messages and name not in LISTS:
        return text
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        if messages:
            raise Refused(f"{name} is no list in JSON: {text!r:.80}") from None
        return text  # a shape that wants a list there says so


def usable(row: object) -> object:
    if isinstance(row, Refused):
        raise row
    return row


def _all(path: Path, make: Callable[[object, int], Made]) -> list[Made]:
    made = []
    for line, row in rows_of(path):
        try:
            made.append(make(usable(row), line))
        except Refused as refusal:
            raise StoreError(f"{path} line {line}: {refusal}") from None
    if not made:
        raise StoreError(f"{path} has no rows")
    return made


def _said(text: str) -> list[Message]:
    return [Message(role="assistant", content=text)]


def _pairs(store: Store) -> Iterator[dict]:
    times = {vote.id: vote.time for vote in store.votes()}
    times |= {correction.id: correction.time for correction in store.corrections()}
    for pair in collect(store, "all").pairs:
        yield {
            "prompt": list(pair.prompt), "chosen": _said(pair.chosen.text), "rejected": _said(pair.rejected.text),
            "criterion": pair.criterion, "rater": pair.rater, "time": times.get(pair.opinion), "opinion": pair.opinion,
        }  # fmt: skip


def _votes(store: Store) -> Iterator[dict]:
    votes = store.votes()
    replies = store.replies_with_ancestors(reply for vote in votes for reply in (vote.a, vote.b))
    threads = Threads(replies, None)
    for vote in votes:
        yield {
            "prompt": list(threads.prompt(vote.a)),
            "response_a": _said(replies[vote.a].text), "response_b": _said(replies[vote.b].text), "choice": vote.choice,
            "shown": vote.shown, "ms": vote.ms,
            "criterion": vote.criterion, "rater": vote.rater, "time": vote.time, "opinion": vote.id,
        }  # fmt: skip


def _thumbs(store: Store) -> Iterator[dict]:
    thumbs = store.thumbs()
    replies = store.replies_with_ancestors(thumb.reply for thumb in thumbs)
    threads = Threads(replies, None)
    for thumb in thumbs:
        yield {
            "prompt": list(threads.prompt(thumb.reply)), "completion": _said(replies[thumb.reply].text),
            "label": thumb.value == "up", "reasons": list(thumb.reasons), "comment": thumb.comment,
            "criterion": thumb.criterion, "rater": thumb.rater, "time": thumb.time, "opinion": thumb.id,
        }  # fmt: skip


def _corrections(store: Store) -> Iterator[dict]:
    corrections = store.corrections()
    replies = store.replies_with_ancestors(correction.reply for correction in corrections)
    threads = Threads(replies, None)
    for correction in corrections:
        yield {
            "prompt": list(threads.prompt(correction.reply)), "completion": _said(replies[correction.reply].text),
            "better": _said(correction.text),
            "criterion": correction.criterion, "rater": correction.rater, "time": correction.time, "opinion": correction.id,
        }  # fmt: skip


def _chats(store: Store) -> Iterator[dict]:
    whole = {reply.conversation for reply in store.replies_with_ancestors(store.imported_turns()).values()}
    for conversation in reversed(store.conversations(limit=-1)):
        if conversation.source == QUEUE or (conversation.source == IMPORTED and conversation.id not in whole):
            continue  # nobody said it as a chat
        answers = [reply for reply in store.replies(conversation.id) if reply.role == "assistant"]
        if answers:
            yield {
                "messages": [_message(reply) for reply in store.thread(answers[-1].id)],
                "title": conversation.title, "time": conversation.created, "conversation": conversation.id,
            }  # fmt: skip


def _message(reply: Reply) -> Message:
    return Message(role=reply.role, content=reply.text)
