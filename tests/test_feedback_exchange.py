"""Import and export: shapes, refusals by line, the same content never twice, and a way there and back."""

from __future__ import annotations

import csv
import gzip
import json
import os
import re
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path

import pyarrow.parquet
import pytest

from lab.errors import LabError, StoreError
from lab.feedback.examples import collect
from lab.feedback.exchange import BATCH, KINDS, export_file, import_file, read_pairs, read_prompts
from lab.feedback.hub import hub_rows
from lab.feedback.store import Store
from lab.records import Correction, Message, Reply, Thumb, Vote

PROMPT = [{"role": "user", "content": "hello"}]
HI, GO = ([{"role": "assistant", "content": text}] for text in ("hi", "go"))
PAIR = {"prompt": PROMPT, "chosen": HI, "rejected": GO}
VOTE = {"prompt": "hello", "response_a": "hi", "response_b": "go", "choice": "a"}
THUMB = {"prompt": PROMPT, "completion": "hi", "label": True}
CORRECTION = {"prompt": PROMPT, "completion": "hi", "better": "hello!"}
CHAT = {"messages": [*PROMPT, {"role": "assistant", "content": "hi"}, {"role": "user", "content": "bye"}]}


@pytest.fixture
def store(home: Path):
    store = Store(home)
    yield store
    store.close()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "rows.jsonl"


def write(path: Path, *rows: object) -> Path:
    """Each row as a line; text and bytes as they are."""
    lines = [row if isinstance(row, bytes) else (row if isinstance(row, str) else json.dumps(row)).encode() for row in rows]
    with gzip.open(path, "wb") if path.suffix == ".gz" else path.open("wb") as file:
        file.write(b"\n".join(lines) + b"\n")
    return path


def test_every_shape_becomes_what_it_says(store: Store, file: Path) -> None:
    imported = import_file(store, write(file, PAIR, VOTE | {"choice": "both_bad"}, THUMB, CORRECTION, CHAT), rater="ann")
    assert imported.counts == {"pairs": 1, "votes": 1, "thumbs": 1, "corrections": 1, "chats": 1} and imported.refused == []
    pair, vote = store.votes()
    assert [store.reply(each).text for each in (pair.a, pair.b)] == ["hi", "go"] and (pair.choice, pair.rater) == ("a", "ann")
    assert vote.choice == "both_bad"
    (thumb,) = store.thumbs()
    assert (thumb.value, store.reply(thumb.reply).finish) == ("up", "given")
    assert [reply.text for reply in store.thread(thumb.reply)] == ["hello", "hi"]
    assert [correction.text for correction in store.corrections()] == ["hello!"]
    assert [d.completion.text for d in collect(store, "all").demonstrations] == ["hi", "hello!"]
    assert {c.source for c in store.conversations()} == {"import"} and store.conversations()[0].title == "hello"


def test_a_correction_is_imitated_and_preferred_to_what_it_corrects(store: Store, file: Path) -> None:
    import_file(store, write(file, CORRECTION), rater="ann")
    examples = collect(store, "all")
    (pair,), (demonstration,) = examples.pairs, examples.demonstrations
    assert (pair.chosen.text, pair.rejected.text, pair.rater) == ("hello!", "hi", "ann")
    assert (list(demonstration.prompt), demonstration.completion.text) == (PROMPT, "hello!")
    assert pair.opinion == demonstration.opinion == store.corrections()[0].id


def test_several_votes_in_a_row_are_several_raters(store: Store, file: Path) -> None:
    row = {key: VOTE[key] for key in ("prompt", "response_a", "response_b")} | {"votes": ["a", "tie", "b"], "source": "somewhere"}
    assert import_file(store, write(file, row)).counts == {"votes": 3}
    assert [(vote.rater, vote.choice) for vote in store.votes()] == [("rater-1", "a"), ("rater-2", "tie"), ("rater-3", "b")]
    assert len(store.conversations()) == 1


def test_rater_and_criterion_of_a_row_are_kept(store: Store, file: Path) -> None:
    import_file(store, write(file, PAIR | {"rater": "bob", "criterion": "safe"}, THUMB | {"criterion": "helpful"}), rater="ann")
    assert [(vote.rater, vote.criterion) for vote in store.votes()] == [("bob", "safe")]
    assert [(thumb.rater, thumb.criterion) for thumb in store.thumbs()] == [("ann", "helpful")]


BAD = [
    ('{"prompt": ', "not JSON"),
    (b'{"prompt": "\xff"}', "not UTF-8"),
    ("[" * 100_000, "not JSON"),
    ([PAIR], "a row must be an object, not a list"),
    ({}, r"no known shape with the keys \(none\)"),
    ({"prompt": "hello"}, "no known shape with the keys prompt"),
    ({"prompt": PROMPT, "chosen": "x", "rejected": None}, "no known shape"),
    (PAIR | {"prompt": []}, "prompt must be text or a list of messages, not empty"),
    (PAIR | {"prompt": 7}, "not a number"),
    (PAIR | {"prompt": "  "}, "must end with words of the user"),
    (PAIR | {"prompt": [*PROMPT, {"role": "assistant", "content": "x"}]}, "must end with words of the user"),
    (PAIR | {"prompt": [*PROMPT, {"role": "system", "content": "x"}, *PROMPT]}, "system message that is not the first"),
    (PAIR | {"prompt": [{"role": "human", "content": "x"}]}, "has the role 'human'; use one of system, user, assistant"),
    (PAIR | {"prompt": [{"role": "user"}]}, "message without text"),
    (PAIR | {"chosen": PROMPT}, "chosen must be one assistant message, not user"),
    (PAIR | {"rejected": PAIR["chosen"]}, "the same text"),
    (PAIR | {"criterion": "pretty"}, "criterion is 'pretty'; use one of overall, helpful, safe"),
    (PAIR | {"rater": ""}, "rater must be a name"),
    (PAIR | {"rater": ["a"]}, "rater must be a name"),
    (VOTE | {"choice": "c"}, "choice is 'c'; use one of a, b, tie, both_bad"),
    (VOTE | {"choice": ["a"]}, "choice is"),
    (VOTE | {"votes": ["a"]}, "either choice or votes"),
    ({key: VOTE[key] for key in ("prompt", "response_a", "response_b")} | {"votes": []}, "list of choices"),
    ({key: VOTE[key] for key in ("prompt", "response_a", "response_b")} | {"votes": ["a", 1]}, "votes is 1"),
    (THUMB | {"label": "yes"}, "label must be true or false, not 'yes'"),
    (THUMB | {"label": 1}, "label must be true or false, not 1"),
    (THUMB | {"reasons": "rude"}, "reasons must be a list"),
    (CORRECTION | {"better": " "}, "better is empty"),
    ({"messages": PROMPT}, "an answer of the assistant"),
    (r'{"prompt": "\ud800", "completion": "x", "label": true}', "cannot be kept as text"),
]


@pytest.mark.parametrize(("row", "reason"), BAD, ids=[reason[:40] for _, reason in BAD])
def test_a_bad_row_is_refused_by_line_and_good_rows_are_kept(store: Store, file: Path, row: object, reason: str) -> None:
    imported = import_file(store, write(file, PAIR, "", row, THUMB))
    assert imported.counts == {"pairs": 1, "thumbs": 1}
    ((line, why),) = imported.refused
    assert line == 3
    assert len(why) < 400 and "\n" not in why
    assert re.search(reason, why), why
    assert len(store.conversations()) == 2, "a refused row leaves no trace"


def test_importing_again_adds_nothing(store: Store, file: Path) -> None:
    rows = [PAIR, VOTE | {"choice": "tie"}, THUMB, CORRECTION, CHAT]
    import_file(store, write(file, *rows))
    kept = (store.votes(), store.thumbs(), store.corrections(), store.conversations())
    again = import_file(store, write(file, *rows, THUMB | {"rater": "bob"}))
    assert again.counts == {"already here": 5, "thumbs": 1}
    assert (store.votes(), store.thumbs()[:1], store.corrections(), store.conversations()[1:]) == kept


def test_the_same_content_in_another_form_is_the_same_content(store: Store, file: Path) -> None:
    """A pair, a vote for a, and a vote for b with the sides swapped all say that one reply beat the other."""
    swapped = {"prompt": "hello", "response_a": "go", "response_b": "hi", "choice": "b"}
    assert import_file(store, write(file, PAIR, VOTE, swapped)).counts == {"pairs": 1, "already here": 2}
    assert import_file(store, write(file, VOTE | {"choice": "b"})).counts == {"votes": 1}, "the opposite is something new"


def test_a_file_that_was_imported_half_way_can_be_imported_again(store: Store, tmp_path: Path) -> None:
    rows = [THUMB | {"completion": f"reply {number}"} for number in range(BATCH + 40)]
    whole = write(tmp_path / "whole.jsonl.gz", *rows)
    torn = tmp_path / "torn.jsonl.gz"
    torn.write_bytes(whole.read_bytes()[:-200])
    with pytest.raises(StoreError, match=r"cannot be read after line \d+: .*; lines before it were read"):
        import_file(store, torn)
    kept = len(store.thumbs())
    assert 0 < kept < len(rows)
    assert import_file(store, whole).counts == {"already here": kept, "thumbs": len(rows) - kept}


def test_a_thousand_rows_take_seconds_not_minutes(store: Store, file: Path) -> None:
    """One transaction a row took minutes on a slow disk; one a batch takes less than a second."""
    rows = [PAIR | {"prompt": f"question {number}", "chosen": "x" * 500} for number in range(1000)]
    began = time.monotonic()
    assert import_file(store, write(file, *rows)).counts == {"pairs": 1000}
    assert time.monotonic() - began < 5


def test_an_unreadable_file_is_told_in_one_line(store: Store, tmp_path: Path) -> None:
    (tmp_path / "not.jsonl.gz").write_bytes(b"plain text")
    (tmp_path / "not.parquet").write_bytes(b"plain text")
    reasons = {"none.jsonl": "no file", ".": "directory", "not.jsonl.gz": "gzipped", "not.parquet": "no parquet file"}
    for name, reason in reasons.items():
        with pytest.raises(StoreError, match=reason) as caught:
            import_file(store, tmp_path / name)
        assert "\n" not in str(caught.value)
    (tmp_path / "empty.jsonl").touch()
    assert import_file(store, tmp_path / "empty.jsonl").counts == {}


def test_a_byte_order_mark_is_no_part_of_the_first_row(store: Store, file: Path) -> None:
    assert import_file(store, write(file, b"\xef\xbb\xbf" + json.dumps(THUMB).encode())).counts == {"thumbs": 1}


def hub_folder(path: Path) -> Path:
    path.mkdir()
    write(path / "train.jsonl", PAIR, PAIR | {"prompt": []}, THUMB)
    return path


def test_rows_of_a_dataset_of_the_hub(tmp_path: Path) -> None:
    """A folder stands for a repository here: `datasets` reads both the same way."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "test.jsonl").write_text('{"prompt": "hi", "chosen": "hello", "rejected": "no"}\n')
    assert list(hub_rows(f"{tmp_path / 'data'}:test")) == [(1, {"prompt": "hi", "chosen": "hello", "rejected": "no"})]


def test_a_folder_in_place_of_a_dataset_is_imported_like_one(store: Store, tmp_path: Path) -> None:
    imported = import_file(store, Path(f"hub:{hub_folder(tmp_path / 'data')}"))
    assert imported.counts == {"pairs": 1, "thumbs": 1} and [line for line, _ in imported.refused] == [2]
    (tmp_path / "table").mkdir()
    write(tmp_path / "table" / "train.csv", "prompt,chosen,rejected", '"[{""role"": ""user"", ""content"": ""cell""}]",yes,no')
    assert import_file(store, Path(f"hub:{tmp_path / 'table'}")).counts == {"pairs": 1}
    assert [m["content"] for m in collect(store, "all").pairs[-1].prompt] == ["cell"], "messages in a cell are messages there too"


def alone(code: str, *arguments: str, **environment: str) -> str:
    """What a program of its own prints; it fails if that prints on stderr as well."""
    places = {"PYTHONPATH": str(Path(__file__).parents[1]), "PATH": os.environ["PATH"], **environment}
    done = subprocess.run([sys.executable, "-c", code, *arguments], env=places, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.strip()


def test_a_dataset_leaves_nothing_in_the_users_cache_and_a_hub_out_of_reach_is_told_at_once(home: Path, tmp_path: Path) -> None:
    """`datasets` leaves a lock in ~/.cache for what it only streams, counts downloads over the network, and tries for half
    a minute, with a line each time, before it says that there is no network."""
    code = """if True:
        import socket, sys, time
        from lab.errors import StoreError
        from lab.feedback.hub import hub_rows
        asked = []
        def refuse(*place, **options):
            asked.append(place)
            raise socket.gaierror(-2, "Name or service not known")
        socket.getaddrinfo = refuse
        print(len(list(hub_rows(sys.argv[1]))), len(asked))
        began = time.monotonic()
        try:
            list(hub_rows("nobody/nothing"))
        except StoreError as error:
            print(error)
        print(len(asked) > 0, time.monotonic() - began < 10)
    """
    counted, told, tried = alone(code, str(hub_folder(tmp_path / "data")), HOME=str(home)).splitlines()
    assert (counted, tried) == ("3 0", "True True")
    assert "'nobody/nothing' cannot be read: [Errno -2] Name or service not known; check" in told
    assert list(home.rglob("*")) == []


@pytest.mark.parametrize(("name", "reason"), [
    ("nobody/nothing", r"'nobody/nothing' cannot be read.*check its name"), ("no name!", "cannot be read"), ("", "OWNER/NAME"),
    ("{folder}:dreams", "dreams"), ("{torn}", "ended before"),
])  # fmt: skip
def test_a_dataset_that_cannot_be_read_is_one_line(store: Store, tmp_path: Path, name: str, reason: str) -> None:
    folder, torn = hub_folder(tmp_path / "data"), tmp_path / "torn"
    torn.mkdir()
    whole = write(tmp_path / "whole.jsonl.gz", *[THUMB | {"completion": f"reply {number}"} for number in range(500)])
    (torn / "train.jsonl.gz").write_bytes(whole.read_bytes()[:-100])
    with pytest.raises(StoreError, match=reason) as caught:
        import_file(store, Path("hub:" + name.format(folder=folder, torn=torn)))
    assert "\n" not in str(caught.value)


def test_csv_and_parquet_rows(store: Store, tmp_path: Path) -> None:
    with (tmp_path / "rows.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["prompt", "completion", "label"])
        writer.writerows([[json.dumps(PROMPT), "of\ntwo lines", "True"], ["hello", "x", "maybe"]])
    imported = import_file(store, tmp_path / "rows.csv")
    assert imported.counts == {"thumbs": 1} and imported.refused == [(4, "label must be true or false, not 'maybe'")]
    rows = [PAIR | {"criterion": "safe"}, PAIR, PAIR | {"prompt": []}]  # criterion is null in the second
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist(rows), tmp_path / "rows.parquet")
    imported = import_file(store, tmp_path / "rows.parquet")
    assert imported.counts == {"pairs": 2} and [line for line, _ in imported.refused] == [3]


def test_every_shape_comes_through_every_kind_of_file(store: Store, tmp_path: Path) -> None:
    """The same rows as lines, packed lines, parquet and csv: what the first brought in is already here in the others."""
    votes = {key: VOTE[key] for key in ("prompt", "response_a", "response_b")} | {"votes": ["tie", "a"]}
    for row in (PAIR, VOTE, votes, THUMB | {"reasons": ["kind"], "comment": "yes, it is"}, CORRECTION, CHAT):
        files = [write(tmp_path / "rows.jsonl", row), write(tmp_path / "rows.jsonl.gz", row)]
        files += [tmp_path / "rows.parquet", tmp_path / "rows.csv"]
        pyarrow.parquet.write_table(pyarrow.Table.from_pylist([row]), files[2])
        with files[3].open("w", newline="", encoding="utf-8-sig") as file:  # as a spreadsheet writes it
            cells = [json.dumps(value) if isinstance(value, list) else value for value in row.values()]
            csv.writer(file).writerows([list(row), cells])
        first, *others = [import_file(store, file) for file in files]
        assert first.refused == [] and sum(first.counts.values()) > 0
        for other in others:
            assert (sum(other.counts.values()), list(other.counts), other.refused) == (
                sum(first.counts.values()), ["already here"], [],
            )  # fmt: skip


def test_cells_that_only_look_like_something_else_stay_text(store: Store, tmp_path: Path) -> None:
    """pandas takes NA and None for nothing, and 4 for 4.0; a reply that says true, or a list, is a reply all the same."""
    said = ["NA", "None", "4", "true", "[1, 2]", '["a"]', "[{1}]", "-", " x "]
    with (tmp_path / "rows.csv").open("w", newline="") as file:
        csv.writer(file).writerows([["prompt", "completion", "label"], *[["hello", text, "FALSE"] for text in said]])
    assert import_file(store, tmp_path / "rows.csv").refused == []
    assert [store.reply(thumb.reply).text for thumb in store.thumbs()] == said


BAD_CSV = [
    (b"hello, you,hi,go\r\n", 3, "has 4 cells and the header 3; put quotes around text with commas"),
    (b'"hello" you,hi,go\r\n', 3, "not csv: ',' expected"),
    (b'"he\r\nllo",hi,\r\n', 3, "no known shape"),
    (b"hello,hi\r\n", 3, "no known shape"),
    (b"\r\n\r\nhello,\xff,go\r\n", 5, "cannot be kept as text"),
    (b"[],hi,go\r\n", 3, "prompt must be text or a list of messages, not empty"),
    (b"\"[{'role': 'user', 'content': 'hello'}]\",hi,go\r\n", 3, "prompt is no list in JSON"),  # how pandas writes a list
    (b'"' + b"x" * 200_000 + b'",hi,go\r\n', 3, "field larger than field limit"),
]


@pytest.mark.parametrize(("raw", "line", "reason"), BAD_CSV, ids=[reason[:30] for _, _, reason in BAD_CSV])
def test_a_bad_row_of_a_csv_is_refused_by_the_line_it_begins_on(
    store: Store, tmp_path: Path, raw: bytes, line: int, reason: str
) -> None:
    first, last = b"one,hi,go\r\n", b'two,"of\r\ntwo lines",go\r\n'
    (tmp_path / "rows.csv").write_bytes(b"\xef\xbb\xbfprompt,chosen, rejected\r\n" + first + raw + last)
    imported = import_file(store, tmp_path / "rows.csv")
    assert imported.counts == {"pairs": 2}
    ((found, why),) = imported.refused
    assert (found, reason in why) == (line, True), why
    assert len(why) < 400


def test_a_quote_that_is_never_closed_says_how_far_it_reaches(store: Store, tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text('prompt,chosen,rejected\none,hi,go\n"two,hi,go\nthree,hi,go\nfour,hi,go\n')
    imported = import_file(store, tmp_path / "rows.csv")
    assert imported.counts == {"pairs": 1} and imported.refused == [(3, "not csv up to line 5: unexpected end of data")]


def test_a_parquet_file_of_something_else_is_refused_row_by_row(store: Store, tmp_path: Path) -> None:
    pyarrow.parquet.write_table(pyarrow.table({"a": [1, 2]}), tmp_path / "rows.parquet")
    refused = import_file(store, tmp_path / "rows.parquet").refused
    assert [line for line, _ in refused] == [1, 2] and "no known shape with the keys a;" in refused[0][1]


def test_columns_that_no_shape_asks_for_may_hold_anything(store: Store, tmp_path: Path) -> None:
    """A table with a date in it was refused whole, because JSON has no dates."""
    row = PAIR | {"created": datetime(2024, 5, 1), "picture": b"\xff", "time": datetime(2024, 5, 1)}
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist([row, row | {"chosen": HI}]), tmp_path / "rows.parquet")
    assert import_file(store, tmp_path / "rows.parquet").counts == {"pairs": 1, "already here": 1}
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist([row | {"prompt": b"hello"}]), tmp_path / "rows.parquet")
    assert "not bytes" in import_file(store, tmp_path / "rows.parquet").refused[0][1]


def test_rows_before_a_broken_place_of_a_parquet_file_are_kept(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "rows.parquet"
    rows = [THUMB | {"completion": f"reply {number}"} for number in range(1000)]
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist(rows), path, row_group_size=500)
    column = pyarrow.parquet.ParquetFile(path).metadata.row_group(1).column(0)
    content = bytearray(path.read_bytes())
    content[column.dictionary_page_offset : column.dictionary_page_offset + 20] = bytes(20)
    path.write_bytes(content)
    with pytest.raises(StoreError, match=r"after line 500: .*; lines before it were read") as caught:
        import_file(store, path)
    assert "\n" not in str(caught.value)
    assert len(store.thumbs()) == 500


@pytest.mark.skipif(sys.platform != "linux", reason="the peak of a process is read from /proc")
@pytest.mark.parametrize("name", ["rows.jsonl", "rows.csv", "rows.parquet"])
def test_a_long_file_is_never_held_as_a_whole(tmp_path: Path, name: str) -> None:
    """A file of 80 MB takes hardly more memory than one of 5, in a process that does nothing else. Parquet's reader of
    itself fetches a row group ahead, which may be the whole file."""
    files = {1000: tmp_path / f"few-{name}", 16000: tmp_path / name}
    for count, path in files.items():
        rows = [{"prompt": f"question {k}", "chosen": os.urandom(2500).hex(), "rejected": "no"} for k in range(count)]
        if path.suffix == ".parquet":
            pyarrow.parquet.write_table(pyarrow.Table.from_pylist(rows), path)  # one row group
        elif path.suffix == ".csv":
            write(path, "prompt,chosen,rejected", *[",".join(row.values()) for row in rows])
        else:
            write(path, *rows)
    code = """if True:
        import re, sys
        from pathlib import Path
        from lab.feedback.exchange import rows_of
        def count(path): return sum(1 for _ in rows_of(Path(path)))
        def peak(): return int(re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1])
        few, before = count(sys.argv[1]), peak()
        print(few, count(sys.argv[2]), peak() - before, "torch" in sys.modules)
    """
    few, many, grown, torch = alone(code, *map(str, files.values())).split()
    assert (int(few), int(many), torch) == (*files, "False")
    assert int(grown) < 70_000, f"{grown} kB"


def lived_in(store: Store) -> None:
    """A talk with every kind of opinion."""
    talk = store.start_conversation("a talk")
    for reply in [
        Reply("s", talk, None, "system", "be kind"), Reply("q", talk, "s", "user", "hello 🙂"),
        Reply("a", talk, "q", "assistant", "hi"), Reply("b", talk, "q", "assistant", "go"),
        Reply("q2", talk, "b", "user", "why"), Reply("a2", talk, "q2", "assistant", "because"),
    ]:  # fmt: skip
        store.add_reply(reply)
    for opinion in [
        Vote("a", "b", "b", shown="ba", ms=1200, criterion="safe"), Vote("a", "b", "tie", rater="bob"),
        Thumb("a2", "down", reasons=("rude",), comment="no"), Thumb("a", "up", rater="bob"), Correction("a2", "since"),
    ]:  # fmt: skip
        store.add_opinion(opinion)


def test_what_is_exported_comes_back_the_same_elsewhere_and_adds_nothing_here(store: Store, tmp_path: Path) -> None:
    lived_in(store)
    other = Store(tmp_path / "other")
    for kind, rows in [("votes", 2), ("thumbs", 2), ("corrections", 1), ("pairs", 2), ("chats", 1)]:
        path = tmp_path / f"{kind}.jsonl.gz"
        assert export_file(store, path, kind) == rows
        assert import_file(store, path).counts == {"already here": rows}
        import_file(other, path)

    def said(where: Store, vote: Vote) -> tuple:
        texts = where.reply(vote.a).text, where.reply(vote.b).text
        return texts, vote.choice, vote.shown, vote.ms, vote.criterion, vote.rater, vote.id, vote.time

    assert [said(other, vote) for vote in other.votes()[:2]] == [said(store, vote) for vote in store.votes()]
    for mine, theirs in zip(store.thumbs(), other.thumbs(), strict=True):
        assert [reply.text for reply in other.thread(theirs.reply)] == [reply.text for reply in store.thread(mine.reply)]
        assert (theirs.value, theirs.reasons, theirs.comment, theirs.id) == (mine.value, mine.reasons, mine.comment, mine.id)
    assert [pair.chosen.text for pair in collect(other, "all").pairs] == ["go", "since"]
    said_there = [d.completion.text for d in collect(other, "all").demonstrations]
    assert said_there == ["go", "because", "since"], "the newest branch, and the correction"
    for mine, theirs in zip(store.corrections(), other.corrections(), strict=True):
        assert (theirs.text, theirs.rater, theirs.id, theirs.time) == (mine.text, mine.rater, mine.id, mine.time)
    other.close()


def test_every_exported_row_has_a_shape_that_import_knows(store: Store, file: Path) -> None:
    import_file(store, write(file, PAIR, VOTE | {"choice": "tie"}, THUMB, CORRECTION, CHAT))
    found = {}
    for kind in KINDS:
        export_file(store, file, kind)
        found[kind] = [json.loads(line) for line in file.read_text().splitlines()]
    assert [len(rows) for rows in found.values()] == [2, 2, 1, 1, 1], "imported single rows are no chats, imported chats are"
    for key in ("prompt", "chosen", "rejected"):
        assert found["pairs"][0][key] == PAIR[key]
    assert found["corrections"][0]["better"] == [{"role": "assistant", "content": "hello!"}]
    assert found["chats"][0]["messages"] == CHAT["messages"][:2], "up to the last answer"


def test_an_export_appears_whole_or_not_at_all(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lived_in(store)
    path = tmp_path / "votes.jsonl"
    path.write_text("what was there before\n")
    monkeypatch.setattr("lab.feedback.exchange._said", lambda text: {}[text])
    with pytest.raises(KeyError):
        export_file(store, path, "votes")
    assert path.read_text() == "what was there before\n" and [p.name for p in tmp_path.glob("*votes*")] == ["votes.jsonl"]
    with pytest.raises(StoreError, match="cannot write"):
        export_file(store, tmp_path / "no such folder" / "x.jsonl", "thumbs")
    with pytest.raises(StoreError, match="cannot export 'dreams'"):
        export_file(store, path, "dreams")  # type: ignore[arg-type]


def test_read_pairs_and_prompts(file: Path) -> None:
    (pair,) = read_pairs(write(file, PAIR | {"criterion": "safe"}))
    assert pair.prompt == (Message(role="user", content="hello"),)
    assert (pair.chosen.text, pair.rejected.text, pair.criterion) == ("hi", "go", "safe")
    assert pair.chosen.token_ids == () and pair.chosen.reply != pair.rejected.reply
    assert read_prompts(write(file, {"prompt": "hello"}, PAIR)) == [(Message(role="user", content="hello"),)] * 2


@pytest.mark.parametrize(("read", "row", "reason"), [
    (read_pairs, VOTE, "line 2: not a pairs row: chosen, rejected missing"),
    (read_pairs, "{", "line 2: not JSON"),
    (read_prompts, {"text": "x"}, "line 2: not a prompts row"),
    (read_prompts, {"prompt": [{"role": "user", "content": ""}]}, "line 2: the prompt must end"),
])  # fmt: skip
def test_reading_stops_at_the_first_bad_line_and_names_it(file: Path, read, row: object, reason: str) -> None:
    with pytest.raises(LabError, match=reason):
        read(write(file, PAIR, row))


def test_a_file_without_rows_is_no_test_of_anything(file: Path) -> None:
    file.touch()
    for read in (read_pairs, read_prompts):
        with pytest.raises(LabError, match="has no rows"):
            read(file)
