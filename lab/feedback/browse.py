"""Opinions as a person looks through them: filtered, counted and cut into pages in the database, newest first.

What was replaced by a newer opinion or withdrawn is listed too, and said to be. The assistant's turns of imported chats are
listed as "chat": they are imitated, so they can be withdrawn like an opinion. The caller holds the connection.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, Select, Table, case, func, literal, null, select, union_all
from sqlalchemy.sql.expression import CompoundSelect

from lab.errors import StoreError
from lab.feedback import conversations, tables
from lab.feedback.opinions import newest, withdrawn
from lab.records import Reply

Kind = Literal["vote", "thumb", "correction", "chat"]
State = Literal["counts", "replaced", "cleared", "withdrawn"]
KINDS: tuple[Kind, ...] = ("vote", "thumb", "correction", "chat")
STATES: tuple[State, ...] = ("counts", "replaced", "cleared", "withdrawn")
GIVEN = -1  # as a version: said by none of them, typed or imported
PAGE = 50  # most rows at once
IMPORTED = "import"  # the source of imported conversations


@dataclass(frozen=True)
class Filter:
    """None and nothing let everything through. `text` is looked for in the question, the replies and what was written, in any
    case; `since` and `until` are seconds, the latter not included; `version` is (base, number) or (base, GIVEN)."""

    kind: str | None = None
    state: str | None = None
    rater: str | None = None
    criterion: str | None = None
    choices: tuple[str, ...] = ()
    version: tuple[str, int] | None = None
    text: str = ""
    since: float | None = None
    until: float | None = None


@dataclass(frozen=True)
class Row:
    """An opinion in short. `b` is a vote's second reply; `versions` are those that spoke, None for what was given."""

    id: str
    kind: Kind
    state: State
    choice: str
    rater: str
    criterion: str
    time: float
    question: str
    a: str
    b: str | None
    versions: tuple[int | None, ...]
    ms: int | None
    written: str  # a correction, or a comment


@dataclass(frozen=True)
class Detail:
    """All about one opinion: what was asked, turn by turn, and what was said."""

    row: Row
    asked: tuple[Reply, ...]
    a: Reply
    b: Reply | None


@dataclass(frozen=True)
class Values:
    """What there is to filter by."""

    raters: tuple[str, ...]
    choices: tuple[str, ...]
    versions: tuple[tuple[str, int], ...]


def page(connection: Connection, wanted: Filter, start: int = 0, length: int = PAGE) -> tuple[list[Row], int]:
    """(rows from `start` on, at most PAGE of them; how many there are in all)."""
    found = _filtered(wanted).subquery()
    total = connection.execute(select(func.count()).select_from(found)).scalar() or 0
    query = select(found).order_by(found.c.time.desc(), found.c.id.desc()).offset(max(0, start)).limit(min(length, PAGE))
    return [_row(each) for each in connection.execute(query).mappings()], total


def detail(connection: Connection, opinion: str) -> Detail:
    """Raises StoreError when there is no such opinion."""
    all_of_it = _joined().subquery()
    found = connection.execute(select(all_of_it).where(all_of_it.c.id == opinion)).mappings().first()
    if found is None:
        raise StoreError(f"there is no opinion {opinion!r}; it was deleted, look at the list again")
    *asked, a = conversations.thread(connection, found["a_id"])
    b = conversations.reply(connection, found["b_id"]) if found["b_id"] else None
    return Detail(_row(found), tuple(asked), a, b)


def values(connection: Connection) -> Values:
    given = _given().subquery()
    raters = connection.execute(select(given.c.rater).where(given.c.rater != "").distinct().order_by(given.c.rater)).scalars()
    choices = connection.execute(select(given.c.choice).distinct().order_by(given.c.choice)).scalars()
    replies, spoke = tables.replies, union_all(select(given.c.a_id), select(given.c.b_id)).subquery()
    rated = replies.c.id.in_(select(spoke.c.a_id))
    versions = select(replies.c.base, func.coalesce(replies.c.version, GIVEN)).where(rated).distinct()
    told = sorted((str(base), int(version)) for base, version in connection.execute(versions))
    return Values(tuple(raters), tuple(choices), tuple(told))


def _filtered(wanted: Filter) -> Select[Any]:
    all_of_it = _joined().subquery()
    query = select(all_of_it)
    for name in ("kind", "state", "rater", "criterion"):
        value = getattr(wanted, name)
        if value:
            query = query.where(all_of_it.c[name] == value)
    if wanted.choices:
        query = query.where(all_of_it.c.choice.in_(wanted.choices))
    if wanted.version is not None:
        base, number = wanted.version
        sides: list[ColumnElement[bool]] = [
            (all_of_it.c[f"{side}_base"] == base) & (func.coalesce(all_of_it.c[f"{side}_version"], GIVEN) == number)
            & all_of_it.c[f"{side}_id"].is_not(None)
            for side in "ab"
        ]  # fmt: skip
        query = query.where(sides[0] | sides[1])
    if wanted.since is not None:
        query = query.where(all_of_it.c.time >= wanted.since)
    if wanted.until is not None:
        query = query.where(all_of_it.c.time < wanted.until)
    if needle := " ".join(wanted.text.split()).casefold():
        columns = ("question", "a_text", "b_text", "written")
        places = [func.instr(func.folded(all_of_it.c[name]), needle) > 0 for name in columns]
        query = query.where(places[0] | places[1] | places[2] | places[3])
    return query


def _given() -> CompoundSelect[Any]:
    """All opinions of all kinds, in the same columns."""
    thumbs, votes, corrections = tables.thumbs, tables.votes, tables.corrections
    replies, talks = tables.replies, tables.conversations
    turns = _columns("chat", replies, replies.c.id, null(), literal("imitate"), null(), null()).join(
        talks, talks.c.id == replies.c.conversation
    )
    turns = turns.where(talks.c.source == IMPORTED, talks.c.origin.is_not(None), replies.c.role == "assistant")
    return union_all(
        _columns("vote", votes, votes.c.a, votes.c.b, votes.c.choice, null(), votes.c.ms),
        _columns("thumb", thumbs, thumbs.c.reply, null(), thumbs.c.value, thumbs.c.comment, null()),
        _columns("correction", corrections, corrections.c.reply, null(), literal("better"), corrections.c.text, null()),
        turns,
    )  # fmt: skip


def _columns(kind: Kind, table: Table, a: Any, b: Any, choice: Any, written: Any, ms: Any) -> Select[Any]:
    opinion = table is not tables.replies
    state: Any = case(
        (table.c.id.in_(withdrawn()), "withdrawn"),
        *([(table.c.seq.not_in(newest(table)), "replaced")] if opinion else []),
        *([(choice == "cleared", "cleared")] if kind == "thumb" else []),
        else_="counts",
    )
    rater, criterion = (table.c.rater, table.c.criterion) if opinion else (literal(""), literal(""))
    return select(
        literal(kind).label("kind"), table.c.id.label("id"), state.label("state"), choice.label("choice"), rater.label("rater"),
        criterion.label("criterion"), table.c.time.label("time"), a.label("a_id"), b.label("b_id"), written.label("written"),
        ms.label("ms"),
    )  # fmt: skip


def _joined() -> Select[Any]:
    """With the replies, and the turn they answer."""
    given = _given().subquery("given")
    a, b, asked = tables.replies.alias("a"), tables.replies.alias("b"), tables.replies.alias("asked")
    return select(
        given, asked.c.text.label("question"), *(
            side.c[name].label(f"{label}_{name}") for label, side in (("a", a), ("b", b)) for name in ("text", "version", "base")
        ),
    ).join(a, a.c.id == given.c.a_id).outerjoin(b, b.c.id == given.c.b_id).outerjoin(asked, asked.c.id == a.c.parent)  # fmt: skip


def _row(found: Any) -> Row:
    versions = (found["a_version"], found["b_version"]) if found["b_id"] else (found["a_version"],)
    return Row(
        found["id"], found["kind"], found["state"], found["choice"], found["rater"], found["criterion"], found["time"],
        found["question"] or "", found["a_text"], found["b_text"], versions, found["ms"],
        found["written"] or "",
    )  # fmt: skip
