"""Opinions as rows. Append-only: the newest of a kind counts, and a withdrawal is a row of its own, as is its undoing.

A withdrawal takes the newest opinion away without bringing an older one back: who undoes a changed mind has no opinion.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, Select, Table, case, func, insert, select

from lab.errors import StoreError
from lab.feedback import tables
from lab.feedback.conversations import chunks
from lab.records import CHOICES, CRITERIA, Correction, Thumb, Vote

Opinion = Thumb | Vote | Correction

THUMB_VALUES = ("up", "down", "cleared")
OPINION_TABLES = (tables.thumbs, tables.votes, tables.corrections)


def add(connection: Connection, opinion: Opinion) -> None:
    """Checks the opinion's words and that its replies are there, then writes the row."""
    _check_words(opinion)
    if known(connection, [opinion.id]):
        raise StoreError(f"opinion {opinion.id!r} is stored already; a new opinion needs a new id")
    _check_replies(connection, opinion)
    add_given(connection, [(opinion, None)])


def add_given(connection: Connection, given: Sequence[tuple[Opinion, str | None]]) -> None:
    """Opinions and their origins, of replies that are known to be there."""
    for table in OPINION_TABLES:
        rows = [_row_of(opinion) | {"origin": origin} for opinion, origin in given if table_of(opinion) is table]
        if rows:
            connection.execute(insert(table), rows)


def withdraw(connection: Connection, opinion: str, restored: bool = False) -> None:
    """Or the undoing of it. Also takes an imported assistant's turn, by its reply id, out of what is imitated.

    What is so already is left so.
    """
    replies = tables.replies.c.id
    if not known(connection, [opinion]) and not list(_matching(connection, replies, [opinion])):
        raise StoreError(f"there is no opinion {opinion!r} to {'restore' if restored else 'withdraw'}")
    if is_withdrawn(connection, opinion) == restored:
        connection.execute(insert(tables.retractions), {"opinion": opinion, "time": time.time(), "restored": restored})


def withdrawn() -> Select[Any]:
    """The ids of what is withdrawn and was not restored since."""
    table = tables.retractions
    newest = select(func.max(table.c.seq)).group_by(table.c.opinion)
    return select(table.c.opinion).where(table.c.seq.in_(newest), table.c.restored.is_(False))


def is_withdrawn(connection: Connection, opinion: str) -> bool:
    return connection.execute(withdrawn().where(tables.retractions.c.opinion == opinion)).first() is not None


def all_withdrawn(connection: Connection) -> set[str]:
    return set(connection.execute(withdrawn()).scalars())


def known(connection: Connection, ids: Iterable[str]) -> set[str]:
    """Those of the ids that are stored opinions."""
    return {found for table in OPINION_TABLES for some in chunks(list(ids)) for found in _matching(connection, table.c.id, some)}


def mark(connection: Connection) -> tuple[int, ...]:
    written = [*OPINION_TABLES, tables.retractions]
    chats = select(func.max(tables.conversations.c.seq)).where(tables.conversations.c.origin.is_not(None))
    return tuple(connection.execute(query).scalar() or 0 for query in (*(select(func.max(t.c.seq)) for t in written), chats))


def origins(connection: Connection, names: Sequence[str]) -> set[str]:
    """Those of the origins that came in already."""
    columns = [table.c.origin for table in (*OPINION_TABLES, tables.conversations)]
    return {found for column in columns for some in chunks(names) for found in _matching(connection, column, some)}


def thumbs(connection: Connection) -> list[Thumb]:
    table = tables.thumbs
    rows = _effective(connection, table)
    return [thumb_of(row) for row in rows if row["value"] != "cleared"]


def votes(connection: Connection) -> list[Vote]:
    return [Vote(**row) for row in _effective(connection, tables.votes)]


def every_vote(connection: Connection) -> list[Vote]:
    table = tables.votes
    query = select(*_columns(table)).where(table.c.id.not_in(withdrawn())).order_by(table.c.seq)
    return [Vote(**row) for row in connection.execute(query).mappings()]


def blind_votes(connection: Connection) -> list[Vote]:
    """The first on every two replies, by whomever, all in all; none where that one was withdrawn."""
    table = tables.votes
    query = select(*_columns(table)).where(table.c.criterion == "overall").order_by(table.c.seq)
    first: dict[frozenset[str], Vote] = {}
    for row in connection.execute(query).mappings():
        vote = Vote(**row)
        first.setdefault(frozenset((vote.a, vote.b)), vote)
    gone = all_withdrawn(connection)
    return [vote for vote in first.values() if vote.id not in gone]


def corrections(connection: Connection) -> list[Correction]:
    return [Correction(**row) for row in _effective(connection, tables.corrections)]


def thumb_of_reply(connection: Connection, reply: str, rater: str, criterion: str) -> str | None:
    table = tables.thumbs
    theirs = (table.c.reply == reply, table.c.rater == rater, table.c.criterion == criterion)
    found = connection.execute(select(table.c.id, table.c.value).where(*theirs).order_by(table.c.seq.desc())).first()
    if found is None or found.value == "cleared":
        return None
    return None if is_withdrawn(connection, found.id) else str(found.value)


def of_reply(connection: Connection, reply: str) -> list[Opinion]:
    """Thumbs, then corrections: the newest of every rater and criterion, neither cleared nor taken back."""
    found: list[Opinion] = []
    for table in (tables.thumbs, tables.corrections):
        last = select(func.max(table.c.seq)).where(table.c.reply == reply).group_by(table.c.rater, table.c.criterion)
        gone = select(tables.retractions.c.opinion)
        query = select(*_columns(table)).where(table.c.seq.in_(last), table.c.id.not_in(gone)).order_by(table.c.seq)
        rows = connection.execute(query).mappings()
        found += [thumb_of(row) if table is tables.thumbs else Correction(**row) for row in rows]
    return [opinion for opinion in found if not (isinstance(opinion, Thumb) and opinion.value == "cleared")]


def thumb_of(row: RowMapping) -> Thumb:
    found = dict(row)
    return Thumb(**(found | {"reasons": tuple(found["reasons"])}))


def table_of(opinion: Opinion) -> Table:
    match opinion:
        case Thumb():
            return tables.thumbs
        case Vote():
            return tables.votes
        case Correction():
            return tables.corrections


def _row_of(opinion: Opinion) -> dict[str, Any]:
    row = {column.name: getattr(opinion, column.name) for column in _columns(table_of(opinion))}
    return row | {"reasons": list(opinion.reasons)} if isinstance(opinion, Thumb) else row


def newest(table: Table) -> Select[Any]:
    """The seqs of what no later opinion of the same rater on the same thing replaced."""
    about: list[ColumnElement] = [table.c.reply] if table is not tables.votes else [
        case((table.c.a < table.c.b, table.c.a), else_=table.c.b), case((table.c.a < table.c.b, table.c.b), else_=table.c.a),
    ]  # fmt: skip
    return select(func.max(table.c.seq)).group_by(*about, table.c.rater, table.c.criterion)


def _effective(connection: Connection, table: Table) -> Sequence[RowMapping]:
    """Those that count, oldest first: not replaced, not withdrawn."""
    counts = table.c.seq.in_(newest(table)), table.c.id.not_in(withdrawn())
    query = select(*_columns(table)).where(*counts).order_by(table.c.seq)
    return connection.execute(query).mappings().all()


def _check_words(opinion: Opinion) -> None:
    if opinion.criterion not in CRITERIA:
        raise StoreError(f"criterion {opinion.criterion!r} is unknown; use one of {', '.join(CRITERIA)}")
    if not opinion.rater.strip() or len(opinion.rater) > 80:
        raise StoreError(f"rater {opinion.rater!r} is no name; give 1 to 80 characters")
    if isinstance(opinion, Thumb) and opinion.value not in THUMB_VALUES:
        raise StoreError(f"thumb {opinion.value!r} is unknown; use one of {', '.join(THUMB_VALUES)}")
    if isinstance(opinion, Vote) and opinion.choice not in CHOICES:
        raise StoreError(f"choice {opinion.choice!r} is unknown; use one of {', '.join(CHOICES)}")
    if isinstance(opinion, Vote) and opinion.a == opinion.b:
        raise StoreError(f"a vote needs two replies, not {opinion.a!r} twice")
    if isinstance(opinion, Correction) and not opinion.text.strip():
        raise StoreError("a correction needs some text; write the reply you wanted")


def _check_replies(connection: Connection, opinion: Opinion) -> None:
    ids = [opinion.a, opinion.b] if isinstance(opinion, Vote) else [opinion.reply]
    table = tables.replies
    query = select(table.c.id, table.c.conversation, table.c.parent, table.c.role).where(table.c.id.in_(ids))
    found = {row.id: row for row in connection.execute(query)}
    for each in ids:
        if each not in found:
            raise StoreError(f"there is no reply {each!r} to have an opinion of")
        if found[each].role != "assistant":
            raise StoreError(f"reply {each!r} is the {found[each].role}'s; only the assistant's replies take opinions")
    if len({(row.conversation, row.parent) for row in found.values()}) > 1:
        raise StoreError(f"replies {opinion_pair(ids)} do not answer the same turn; only such replies can be compared")


def opinion_pair(ids: Sequence[str]) -> str:
    return " and ".join(repr(each) for each in ids)


def _columns(table: Table) -> list[ColumnElement]:
    return [column for column in table.columns if column.name not in ("seq", "origin")]


def _matching(connection: Connection, column: ColumnElement, values: Sequence[str]) -> Iterable[str]:
    return connection.execute(select(column).where(column.in_(values))).scalars()
