"""Conversations and replies as rows: each function is one question or one addition on an open connection."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, RowMapping, func, insert, select, update

from lab.errors import StoreError
from lab.feedback import tables
from lab.records import Conversation, Reply, Sampling

CHUNK = 500  # values in one IN list

REPLY_COLUMNS = [column for column in tables.replies.columns if column.name != "seq"]


def add_conversations(connection: Connection, found: Sequence[tuple[Conversation, str | None]]) -> None:
    """Conversations and their origins."""
    rows = [
        {"id": c.id, "title": c.title, "created": c.created, "source": c.source, "prompt_of": c.prompt_of, "origin": origin}
        for c, origin in found
    ]
    if rows:
        connection.execute(insert(tables.conversations), rows)


def rename(connection: Connection, conversation: str, title: str) -> None:
    table = tables.conversations
    if connection.execute(update(table).where(table.c.id == conversation).values(title=title)).rowcount == 0:
        raise StoreError(f"there is no conversation {conversation!r}")


def known(connection: Connection, ids: Sequence[str]) -> set[str]:
    """Those of the ids that are conversations."""
    column = tables.conversations.c.id
    return {found for some in chunks(ids) for found in connection.execute(select(column).where(column.in_(some))).scalars()}


def newest(connection: Connection, limit: int, source: str | None) -> list[Conversation]:
    table = tables.conversations
    turns = select(func.count()).where(tables.replies.c.conversation == table.c.id).scalar_subquery()
    told = (table.c.id, table.c.title, table.c.created, table.c.source, table.c.prompt_of)
    query = select(*told, turns.label("turns")).order_by(table.c.seq.desc())
    if source is not None:
        query = query.where(table.c.source == source)
    return [Conversation(**row) for row in connection.execute(query.limit(limit)).mappings()]


def add_reply(connection: Connection, reply: Reply) -> None:
    """Checks that the conversation and the parent are there, and the id is not, then writes the row."""
    ids = [reply.id] if reply.parent is None else [reply.id, reply.parent]
    there = {row.id: row.conversation for row in connection.execute(_places().where(tables.replies.c.id.in_(ids)))}
    if reply.id in there:
        raise StoreError(f"reply {reply.id!r} is stored already; a stored reply never changes")
    if reply.parent is not None and there.get(reply.parent) != reply.conversation:
        raise StoreError(f"the parent {reply.parent!r} of reply {reply.id!r} is not in conversation {reply.conversation!r}")
    table = tables.conversations
    if reply.parent is None and connection.execute(select(table.c.id).where(table.c.id == reply.conversation)).first() is None:
        raise StoreError(f"there is no conversation {reply.conversation!r} to add a reply to")
    if reply.logprobs and len(reply.logprobs) != len(reply.token_ids):
        raise StoreError(f"reply {reply.id!r} has {len(reply.token_ids)} tokens but {len(reply.logprobs)} log-probs")
    connection.execute(insert(tables.replies), row_of(reply))


def add_given(connection: Connection, replies: Sequence[Reply]) -> None:
    """Whole conversations of turns that were made a moment ago, parents first; the tables' own constraints are check enough."""
    if replies:
        connection.execute(insert(tables.replies), [row_of(reply) for reply in replies])


def reply(connection: Connection, reply_id: str) -> Reply:
    found = connection.execute(select(*REPLY_COLUMNS).where(tables.replies.c.id == reply_id)).mappings().first()
    if found is None:
        raise StoreError(f"there is no reply {reply_id!r}")
    return reply_of(found)


def replies(connection: Connection, conversation: str) -> list[Reply]:
    """In the order they were stored, so a parent always comes before its children."""
    query = select(*REPLY_COLUMNS).where(tables.replies.c.conversation == conversation).order_by(tables.replies.c.seq)
    return [reply_of(row) for row in connection.execute(query).mappings()]


def thread(connection: Connection, reply_id: str) -> list[Reply]:
    chain = [reply(connection, reply_id)]
    known = {each.id: each for each in replies(connection, chain[0].conversation)}
    while (parent := chain[-1].parent) is not None:
        chain.append(known[parent])
    return chain[::-1]


def with_ancestors(connection: Connection, ids: Iterable[str]) -> dict[str, Reply]:
    """These replies and all turns before them, by id; one question for each turn of depth, not one for each reply."""
    known: dict[str, Reply] = {}
    wanted = list(dict.fromkeys(ids))
    while wanted:
        above: dict[str, None] = {}
        for some in chunks(wanted):
            for row in connection.execute(select(*REPLY_COLUMNS).where(tables.replies.c.id.in_(some))).mappings():
                found = known[row["id"]] = reply_of(row)
                if found.parent is not None:
                    above[found.parent] = None
        if missing := [each for each in wanted if each not in known]:
            raise StoreError(f"there is no reply {missing[0]!r}")
        wanted = [each for each in above if each not in known]
    return known


def without_tokens(connection: Connection, ids: Iterable[str]) -> dict[str, Reply]:
    """Tokens and log-probs are most of a reply; many texts are read several times faster without them."""
    columns = [column for column in REPLY_COLUMNS if column.name not in ("token_ids", "logprobs")]
    found: dict[str, Reply] = {}
    for some in chunks(list(dict.fromkeys(ids))):
        for row in connection.execute(select(*columns).where(tables.replies.c.id.in_(some))).mappings():
            sampling = row["sampling"] and Sampling(**row["sampling"])
            found[row["id"]] = Reply(**(dict(row) | {"sampling": sampling}))
    return found


def assistant_turns(connection: Connection, source: str) -> list[str]:
    """Ids of the assistant's replies in imported chats: conversations that came in as a whole, so they carry an origin."""
    table, talk = tables.replies, tables.conversations
    query = select(table.c.id).join(talk, talk.c.id == table.c.conversation)
    query = query.where(talk.c.source == source, talk.c.origin.is_not(None), table.c.role == "assistant")
    return list(connection.execute(query.order_by(table.c.seq)).scalars())


def row_of(reply: Reply) -> dict[str, Any]:
    row = {column.name: getattr(reply, column.name) for column in REPLY_COLUMNS}
    return row | {
        "token_ids": list(reply.token_ids), "logprobs": list(reply.logprobs),
        "sampling": None if reply.sampling is None else asdict(reply.sampling),
    }  # fmt: skip


def reply_of(row: RowMapping) -> Reply:
    found = dict(row)
    found |= {"token_ids": tuple(found["token_ids"]), "logprobs": tuple(found["logprobs"])}
    if found["sampling"] is not None:
        found["sampling"] = Sampling(**found["sampling"])
    return Reply(**found)


def chunks(values: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(values), CHUNK):
        yield values[start : start + CHUNK]


def _places() -> Any:
    return select(tables.replies.c.id, tables.replies.c.conversation)
