"""Imported rows, many at once: what is here already is left out. The caller holds the transaction. Knows no files, no shapes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from lab.feedback import conversations, opinions
from lab.feedback.opinions import Opinion
from lab.records import Conversation, Reply


@dataclass(frozen=True)
class Bundle:
    """One imported row: its conversation, its turns, and its opinions, each with the origin that names its content.

    A whole chat has no opinions; the origin is then the conversation's own.
    """

    conversation: Conversation
    replies: tuple[Reply, ...]
    opinions: tuple[tuple[Opinion, str], ...] = ()
    origin: str | None = None


def add(connection: Connection, bundles: Sequence[Bundle]) -> list[int]:
    """Says for each how many of its opinions (or its chat) were new; a row that brings nothing new leaves no trace."""
    found = new_of(bundles, kept_already(connection, bundles))
    wanted = [bundle for bundle, (new, whole) in zip(bundles, found, strict=True) if new or whole]
    conversations.add_conversations(connection, [(bundle.conversation, bundle.origin) for bundle in wanted])
    conversations.add_given(connection, [reply for bundle in wanted for reply in bundle.replies])
    opinions.add_given(connection, [each for new, _ in found for each in new])
    return [len(new) + whole for new, whole in found]


def would_add(connection: Connection, bundles: Sequence[Bundle], seen: set[str]) -> list[int]:
    """What `add` would say; `seen` grows by what is here, and by what is new."""
    seen |= kept_already(connection, bundles)
    return [len(new) + whole for new, whole in new_of(bundles, seen)]


def kept_already(connection: Connection, bundles: Sequence[Bundle]) -> set[str]:
    """Of their origins and ids, those that are in the store."""
    names = [origin for bundle in bundles for _, origin in bundle.opinions] + [b.origin for b in bundles if b.origin]
    ids = [opinion.id for bundle in bundles for opinion, _ in bundle.opinions]
    chats = [bundle.conversation.id for bundle in bundles if bundle.origin]
    return opinions.origins(connection, names) | opinions.known(connection, ids) | conversations.known(connection, chats)


def new_of(bundles: Sequence[Bundle], seen: set[str]) -> list[tuple[list[tuple[Opinion, str]], bool]]:
    """(opinions that are new, whether the whole chat is) of each; `seen` grows by what is."""
    found = []
    for bundle in bundles:
        new = [(o, origin) for o, origin in bundle.opinions if o.id not in seen and origin not in seen]
        whole = bundle.origin is not None and not {bundle.origin, bundle.conversation.id} & seen
        if new or whole:
            seen |= {bundle.conversation.id, bundle.origin or ""} | {name for o, origin in new for name in (o.id, origin)}
        found.append((new, whole))
    return found
