"""Import and export: shapes, refusals by line, the same content never twice, and a way there and back."""

from __future__ import annotations

import csv
import gzip
import json
import re
import time
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


def test_rows_of_a_dataset_of_the_hub(tmp_path: Path) -> None:
    """A folder stands for a repository here: `datasets` reads both the same way."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "test.jsonl").write_text('{"prompt": "hi", "chosen": "hello", "rejected": "no"}\n')
    assert list(hub_rows(f"{tmp_path / 'data'}:test")) == [(1, {"prompt": "hi", "chosen": "hello", "rejected": "no"})]


def test_a_dataset_that_is_not_there_is_named(store: Store) -> None:
    with pytest.raises(StoreError, match=r"'nobody/nothing' cannot be read.*check its name"):
        import_file(store, Path("hub:nobody/nothing"))


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
    for kind, rows in [("votes", 2), ("thumbs", 2), ("pairs", 2), ("chats", 1)]:
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
    assert [d.completion.text for d in collect(other, "all").demonstrations] == ["go", "because"], "the newest branch"
    other.close()


def test_every_exported_row_has_a_shape_that_import_knows(store: Store, file: Path) -> None:
    import_file(store, write(file, PAIR, VOTE | {"choice": "tie"}, THUMB, CHAT))
    found = {}
    for kind in KINDS:
        export_file(store, file, kind)
        found[kind] = [json.loads(line) for line in file.read_text().splitlines()]
    assert [len(rows) for rows in found.values()] == [1, 2, 1, 1], "imported single rows are no chats, imported chats are"
    for key in ("prompt", "chosen", "rejected"):
        assert found["pairs"][0][key] == PAIR[key]
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
