"""Really deleting: a conversation, or all that one rater said. The caller holds the transaction.

The file is opened with secure_delete, so what is deleted is overwritten in it; the caller then writes it anew and empties its
log. What knew of it outside of the store goes after that, so the ids stay in a flag until it is done.
Rows of jobs stay, with the ids of opinions that are gone, but what they last told of their progress may quote replies and is
emptied, and so is why a round failed that read one of them.
A round that works on a job may be reading what goes, so nothing is deleted then; one that goes on though its job was given up
(its machine slept) finds at its end that the count of purges is not what it was.
Reference log-probs are a cache keyed by hashes of token ids; all of it goes, and the next round measures what it needs.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, Table, delete, or_, select, update

from lab.errors import BusyError, StoreError
from lab.feedback import jobs, shared, tables
from lab.feedback.conversations import chunks
from lab.feedback.listing import MARK

PURGES = "purges"  # the flag that counts them
UNFINISHED = "unfinished-purge"  # the flag that has the ids of what went, until nothing of it is left anywhere
BEGUN = "a round runs, and may be learning from it; wait for its end, or stop it on the Training tab"
FORGOTTEN = "what it was to begin from, or to learn from, was forgotten"
UNSAID = "why it failed went with what was forgotten"
OPINIONS = (tables.thumbs, tables.votes, tables.corrections)


@dataclass(frozen=True)
class Purgeable:
    """What would go: a conversation with its copies and their opinions, or those of a rater.

    A turn that is imitated counts as an opinion.
    """

    opinions: tuple[str, ...]
    turns: int
    conversation: str = ""
    rater: str = ""
    copies: tuple[str, ...] = ()  # pairs drawn ahead to the conversation's prompt: conversations, whose turns count as well


def of_conversation(connection: Connection, conversation: str) -> Purgeable:
    """Raises StoreError when there is no such conversation."""
    table = tables.conversations
    if connection.execute(select(table.c.id).where(table.c.id == conversation)).first() is None:
        raise StoreError(f"there is no conversation {conversation!r}")
    copies = tuple(connection.execute(select(table.c.id).where(table.c.prompt_of == conversation)).scalars())
    query = select(tables.replies.c.id).where(tables.replies.c.conversation.in_(_whole(conversation, copies)))
    turns = list(connection.execute(query.order_by(tables.replies.c.seq)).scalars())
    found = [opinion for some in chunks(turns) for each in OPINIONS for opinion in _ids(connection, each, _about(each, some))]
    return Purgeable(tuple(dict.fromkeys([*found, *turns])), len(turns), conversation=conversation, copies=copies)


def of_rater(connection: Connection, rater: str) -> Purgeable:
    """Raises StoreError when nobody of that name gave an opinion."""
    found = [opinion for table in OPINIONS for opinion in _ids(connection, table, table.c.rater == rater)]
    if not found:
        raise StoreError(f"there is no conversation and no rater {rater!r}; `export` shows who said what")
    return Purgeable(tuple(found), 0, rater=rater)


def count(connection: Connection) -> int:
    """How many purges there were."""
    return int(shared.flag(connection, PURGES) or 0)


def purge(connection: Connection, what: Purgeable, is_gone: Callable[[str], bool]) -> None:
    """Deletes it, opinions before the replies they are about, and fails the jobs that wait to read it.

    `is_gone` says of a worker's name whether it runs no more. Raises BusyError while one that runs has a job, StoreError if a
    conversation grew since it was looked at.
    """
    if not all(is_gone(worker) for worker in jobs.workers(connection)):
        raise BusyError(BEGUN)
    if what.conversation and of_conversation(connection, what.conversation) != what:
        raise StoreError(f"conversation {what.conversation!r} got new turns or opinions just now; ask again")
    for some in chunks(what.opinions):
        for table in OPINIONS:
            connection.execute(delete(table).where(table.c.id.in_(some)))
        connection.execute(delete(tables.retractions).where(tables.retractions.c.opinion.in_(some)))
    if what.conversation:
        talks = _whole(what.conversation, what.copies)
        connection.execute(delete(tables.replies).where(tables.replies.c.conversation.in_(talks)))
        connection.execute(delete(tables.conversations).where(tables.conversations.c.id.in_(talks)))
        connection.execute(delete(tables.flags).where(tables.flags.c.name.in_([MARK + each for each in talks])))
    connection.execute(delete(tables.reference_logprobs))
    connection.execute(update(tables.jobs).values(progress={}))
    table, gone = tables.jobs, set(what.opinions)
    given = connection.execute(select(table.c.id, table.c.opinions)).all()
    readers = [job for job, opinions in given if not gone.isdisjoint(opinions)]
    for some in chunks(readers):
        said = table.c.error.not_in(("", FORGOTTEN))
        connection.execute(update(table).where(table.c.id.in_(some), said).values(error=UNSAID))
    jobs.end_waiting(connection, readers, is_gone, FORGOTTEN)
    shared.set_flag(connection, PURGES, str(count(connection) + 1))
    shared.set_flag(connection, UNFINISHED, json.dumps(what.opinions))


def unfinished(connection: Connection) -> Purgeable | None:
    """What was purged last, by its ids, unless that is all done."""
    ids = shared.flag(connection, UNFINISHED)
    return None if ids is None else Purgeable(tuple(json.loads(ids)), 0)


def finish(connection: Connection) -> None:
    shared.set_flag(connection, UNFINISHED, None)


def _whole(conversation: str, copies: Sequence[str]) -> list[str]:
    return [conversation, *copies]


def _about(table: Table, replies: Sequence[str]) -> ColumnElement[bool]:
    if table is tables.votes:
        return or_(table.c.a.in_(replies), table.c.b.in_(replies))
    return table.c.reply.in_(replies)


def _ids(connection: Connection, table: Table, where: ColumnElement[bool]) -> list[str]:
    return list(connection.execute(select(table.c.id).where(where)).scalars())
