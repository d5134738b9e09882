"""The list of one's own chats: searched by words, some of them out of sight. What is out of sight is kept, and still teaches."""

from __future__ import annotations

from sqlalchemy import Connection, and_, delete, exists, func, select
from sqlalchemy.dialects.sqlite import insert

from lab.errors import StoreError
from lab.feedback import tables
from lab.records import Conversation

SOURCE = "chat"
MARK = "hidden:"  # a flag of this name and the conversation's id keeps it out of sight


def chats(connection: Connection, limit: int, words: str = "") -> list[Conversation]:
    """Newest first, those out of sight left out. With `words`: those that have all of them in one turn or in the title, those
    out of sight too."""
    table, said = tables.conversations, tables.replies
    turns = select(func.count()).where(said.c.conversation == table.c.id).scalar_subquery()
    told = (table.c.id, table.c.title, table.c.created, table.c.source, turns.label("turns"))
    query = select(*told).where(table.c.source == SOURCE)
    wanted = words.split()
    if wanted:
        inside = exists().where(said.c.conversation == table.c.id)
        for word in wanted:
            inside = inside.where(said.c.text.icontains(word, autoescape=True))
        named = [table.c.title.icontains(word, autoescape=True) for word in wanted]
        query = query.where(inside | and_(*named))
    else:
        query = query.where(~exists().where(tables.flags.c.name == MARK + table.c.id))
    rows = connection.execute(query.order_by(table.c.seq.desc()).limit(limit)).mappings()
    return [Conversation(**row) for row in rows]


def hide(connection: Connection, conversation: str, out_of_sight: bool) -> None:
    table = tables.conversations
    if connection.execute(select(table.c.id).where(table.c.id == conversation)).first() is None:
        raise StoreError(f"there is no conversation {conversation!r}")
    connection.execute(delete(tables.flags).where(tables.flags.c.name == MARK + conversation))
    if out_of_sight:
        connection.execute(insert(tables.flags).values(name=MARK + conversation, value="1"))


def is_hidden(connection: Connection, conversation: str) -> bool:
    return connection.execute(select(tables.flags.c.name).where(tables.flags.c.name == MARK + conversation)).first() is not None

