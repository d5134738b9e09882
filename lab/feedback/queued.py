"""Pairs that were drawn ahead, as rows: each a conversation of its own with source "queue", whole from its first moment.

One whose prompt was somebody's own message names the conversation it came from, so that both are forgotten together.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, exists, or_, select
from sqlalchemy.orm import aliased

from lab.feedback import conversations, tables
from lab.records import Conversation, Reply

QUEUE = "queue"  # the source of pairs drawn ahead
OWN = ("chat", "compare")  # sources of what people typed themselves


def add(connection: Connection, conversation: Conversation, turns: Sequence[Reply]) -> bool:
    """Keeps nothing, and says False, when the conversation that the prompt came from is gone."""
    origin = conversation.prompt_of
    if origin is not None and not conversations.known(connection, [origin]):
        return False
    conversations.add_conversations(connection, [(conversation, None)])
    for turn in turns:
        conversations.add_reply(connection, turn)
    return True


def own_prompts(connection: Connection, limit: int) -> list[tuple[str, str]]:
    """(conversation, first message) of what people typed themselves, newest first."""
    talk, turn, above = tables.conversations, tables.replies, aliased(tables.replies)
    first = or_(turn.c.parent.is_(None), exists().where(above.c.id == turn.c.parent, above.c.role == "system"))
    query = select(talk.c.id, turn.c.text).join(turn, turn.c.conversation == talk.c.id)
    query = query.where(talk.c.source.in_(OWN), turn.c.role == "user", first).order_by(talk.c.seq.desc()).limit(limit)
    return [(row.id, row.text) for row in connection.execute(query)]


def unrated(connection: Connection, base: str, limit: int) -> list[tuple[Reply, Reply, Reply]]:
    """(prompt, a, b) of the pairs that this base drew ahead and that no vote counts for, newest first."""
    talk, turn, vote = tables.conversations, tables.replies, tables.votes
    gone = select(tables.retractions.c.opinion)
    rated = exists().where(turn.c.conversation == talk.c.id, vote.c.a == turn.c.id, vote.c.id.not_in(gone))
    drawn = exists().where(turn.c.conversation == talk.c.id, turn.c.role == "assistant", turn.c.base == base)
    query = select(talk.c.id).where(talk.c.source == QUEUE, drawn, ~rated).order_by(talk.c.seq.desc()).limit(limit)
    found = []
    for conversation in connection.execute(query).scalars().all():
        turns = conversations.replies(connection, conversation)
        answers = [each for each in turns if each.role == "assistant"]
        asked = [each for each in turns if each.role == "user"]
        if len(asked) == 1 and len(answers) == 2:
            found.append((asked[0], answers[0], answers[1]))
    return found


def used_prompts(connection: Connection) -> list[str]:
    """The prompts of everything that was drawn ahead so far."""
    talk, turn = tables.conversations, tables.replies
    query = select(turn.c.text).join(talk, talk.c.id == turn.c.conversation).where(talk.c.source == QUEUE, turn.c.role == "user")
    return list(connection.execute(query.order_by(turn.c.seq)).scalars())
