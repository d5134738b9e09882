"""Where a page is in the store: which conversation, which branch of it, how much of that is shown.

Knows replies and their order; knows no component. A conversation is a tree: an edited message or another reply is a sibling.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lab.errors import LabError
from lab.feedback.store import Store
from lab.records import Reply

PAGE = 40  # messages shown at once; a browser slows down with more
THUMBS = {"up": "Like", "down": "Dislike"}


@dataclass(frozen=True)
class Place:
    """Where a page is: its conversation, and the ids of the messages it shows, in order."""

    conversation: str | None = None
    shown: tuple[str, ...] = ()
    hidden: int = 0
    limit: int = PAGE

    @property
    def leaf(self) -> str | None:
        return self.shown[-1] if self.shown else None


class Tree:
    """One conversation with all its branches. System turns are no branches of their own."""

    def __init__(self, replies: Sequence[Reply]) -> None:
        self.known = {reply.id: reply for reply in replies}
        self._below: dict[str | None, list[str]] = {}
        for reply in replies:
            if reply.role != "system":
                self._below.setdefault(self._above(reply), []).append(reply.id)

    def siblings(self, reply: str) -> list[str]:
        """This turn and those that stand in its place on other branches, in the order they came."""
        return self._below[self._above(self.known[reply])]

    def newest(self, reply: str) -> str:
        """The end of the newest branch through a turn."""
        while below := self._below.get(reply):
            reply = below[-1]
        return reply

    def beside(self, reply: str, step: int) -> str:
        """The sibling so many steps away; the first and the last have no further one and are themselves."""
        among = self.siblings(reply)
        return among[min(max(among.index(reply) + step, 0), len(among) - 1)]

    def _above(self, reply: Reply) -> str | None:
        parent = reply.parent
        while parent is not None and self.known[parent].role == "system":
            parent = self.known[parent].parent
        return parent


class Places:
    """What the store has at a place. Raises StoreError for replies that are gone."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def newest(self, conversation: str | None) -> Place:
        """The newest branch of a conversation, an unanswered message too; a conversation that is gone is a new chat."""
        if not conversation:
            return Place()
        try:
            replies = self.store.replies(conversation)
        except LabError:
            return Place()
        turns = [reply for reply in replies if reply.role != "system"]
        return self.at(conversation, turns[-1].id) if turns else Place()

    def kept(self, remembered: Any) -> Place:
        """Where a browser says it was, on the branch it was on. What it says only chooses among what is stored."""
        kept = remembered if isinstance(remembered, dict) else {}
        conversation, leaf = kept.get("conversation"), kept.get("leaf")
        if not isinstance(conversation, str) or not isinstance(leaf, str):
            return self.newest(conversation if isinstance(conversation, str) else None)
        tree = self.tree(conversation)
        return self.at(conversation, tree.newest(leaf)) if leaf in tree.known else self.newest(conversation)

    def still(self, place: Place) -> Place:
        """The place, or a new chat if its conversation was deleted meanwhile."""
        try:
            return self.at(place.conversation, place.leaf, place.limit)
        except LabError:
            return Place()

    def at(self, conversation: str | None, leaf: str | None, limit: int = PAGE) -> Place:
        if leaf is None:
            return Place()
        ids = [reply.id for reply in self.thread(leaf)]
        return Place(conversation, tuple(ids[-limit:]), max(0, len(ids) - limit), limit)

    def tree(self, conversation: str | None) -> Tree:
        return Tree(self.store.replies(conversation) if conversation else [])

    def thread(self, leaf: str) -> list[Reply]:
        return [reply for reply in self.store.thread(leaf) if reply.role != "system"]

    def first_words(self, reply: str) -> str:
        """What the conversation of a reply began with."""
        return next((turn.text for turn in self.thread(reply) if turn.role == "user"), "")

    def turns(self, place: Place) -> list[Reply]:
        """The stored turns that a place shows."""
        return self.thread(place.leaf)[-len(place.shown) :] if place.leaf else []

    def answered(self, place: Place) -> tuple[list[Reply], str | None]:
        """The turns up to the last answer, and what a new message comes after."""
        turns = self.turns(place)
        while turns and turns[-1].role == "user":
            turns.pop()
        return turns, turns[-1].id if turns else None

    def reply_at(self, place: Place) -> Reply | None:
        """The model's reply that a place ends with."""
        last = self.store.reply(place.leaf) if place.leaf else None
        return last if last and last.role == "assistant" else None

    def thumbs(self, turns: Sequence[Reply], rater: str) -> list[str | None]:
        """One entry an assistant message, as the Chatbot wants them."""
        rated = [self.store.thumb_of(turn.id, rater.strip()) for turn in turns if turn.role == "assistant"]
        return [THUMBS.get(value or "") for value in rated]


def memory(place: Place, rater: str, offer: str | None = None) -> Mapping[str, str | None]:
    """What the browser keeps, so that a reload finds the conversation, the branch, the rater and an open choice again."""
    return {"conversation": place.conversation, "leaf": place.leaf, "rater": rater, "offer": offer}
