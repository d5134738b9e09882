"""What is said, kept: turns and replies go to the store as they are made, opinions as they are given.

Knows conversations as trees of stored replies. A reply can be rated only by the id it was stored under, and what a
browser sends back is never taken for what a model said.
"""

from __future__ import annotations

import random
import secrets
import threading
import time
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from typing import Literal

from lab.chat.engine import Draft, Engine, Turn, stopped
from lab.errors import StoreError
from lab.feedback.store import Store
from lab.records import Choice, Correction, Criterion, Message, Reply, Sampling, Thumb, Vote, new_id
from lab.settings import Settings

TITLE = 60  # characters of the first message that name a conversation


@dataclass(frozen=True)
class Live:
    """A conversation while the model speaks. `replies` is filled by the last one, when they are stored and can be rated.

    `user` is the turn that is answered, if it is new. There are no replies if it was stopped before anything was drawn.
    """

    conversation: str
    user: Reply | None
    drafts: list[Draft]
    replies: list[Reply]


Lives = Generator[Live, None, None]


def any_seed() -> int:
    return secrets.randbelow(2**31)


class Session:
    """Raises StoreError for ids that do not exist or do not belong together, and what the engine raises.

    `seeds` gives every reply its own; only who wants the same replies again brings others than chance does.
    """

    def __init__(self, store: Store, engine: Engine, settings: Settings, seeds: Callable[[], int] = any_seed) -> None:
        self._store = store
        self._engine = engine
        self._settings = settings
        self._seeds = seeds
        self._chance = random.Random().random

    # speaking

    def say(
        self, conversation: str | None, parent: str | None, text: str, sampling: Sampling | None = None,
        system: str | None = None, stop: threading.Event | None = None,
    ) -> Lives:  # fmt: skip
        """Adds a user's turn after `parent` (None: a new beginning) and streams the reply.

        `conversation` None starts one. A system prompt is stored before a first turn and does nothing after a later
        one; None takes the settings'.
        """
        user = self._ask(conversation, parent, text, system, source="chat")
        yield from self._answer(user.id, user, [None], sampling, stop)

    def regenerate(self, reply: str, sampling: Sampling | None = None, stop: threading.Event | None = None) -> Lives:
        """Streams another reply beside this one. Of a user's turn that got none: its first."""
        again = self._store.reply(reply)
        turn = again if again.role == "user" else None
        if turn is None and again.parent is not None:
            turn = self._store.reply(again.parent)
        if turn is None or turn.role != "user":
            raise StoreError(f"reply {reply!r} answers no user's turn, so it cannot be drawn again; send a message first")
        yield from self._answer(turn.id, None, [None], sampling, stop)

    def compare(
        self, conversation: str | None, parent: str | None, text: str, sampling: Sampling | None = None,
        versions: tuple[int | None, int | None] = (None, None), system: str | None = None, stop: threading.Event | None = None,
    ) -> Lives:  # fmt: skip
        """Like `say`, with two replies to one turn, drawn together: by two versions, or two samples of one."""
        user = self._ask(conversation, parent, text, system, source="compare")
        yield from self._answer(user.id, user, versions, sampling, stop)

    def pair(
        self, conversation: str | None, parent: str | None, text: str, versions: tuple[int | None, int | None],
        sampling: Sampling | None = None, system: str | None = None, stop: threading.Event | None = None,
    ) -> Lives:  # fmt: skip
        """Like `say`, answered twice, together: a blind pair in the middle of a chat."""
        user = self._ask(conversation, parent, text, system, source="chat")
        yield from self._answer(user.id, user, versions, sampling, stop)

    def pair_due(self, rate: float = 0.0) -> tuple[int | None, int | None] | None:
        """The two versions that shall answer the next turn as a blind pair; else None.

        By chance: `rate` of the turns, and during a trial `trial.pair_share` of them if that is more. During a trial the two are
        the version on trial and the proven one, otherwise two samples of the live one.
        """
        trial = self._engine.trial()
        share = max(rate, self._settings.trial.pair_share) if trial else rate
        if self._chance() >= share:
            return None
        return trial or (None, None)

    def _ask(self, conversation: str | None, parent: str | None, text: str, system: str | None, source: str) -> Reply:
        """Stores the user's turn, and the conversation and system prompt before it if it is the first."""
        if not text.strip():
            raise StoreError("the message is empty; write something first")
        if conversation is None:
            if parent is not None:
                conversation = self._store.reply(parent).conversation
            else:
                conversation = self._store.start_conversation(title_of(text), source)
        prompt = self._settings.system_prompt if system is None else system
        if parent is None and prompt.strip():
            above = Reply(new_id(), conversation, None, "system", prompt)
            self._store.add_reply(above)
            parent = above.id
        user = Reply(new_id(), conversation, parent, "user", text)
        self._store.add_reply(user)
        return user

    def _answer(
        self, parent: str, user: Reply | None, versions: Sequence[int | None], sampling: Sampling | None,
        stop: threading.Event | None,
    ) -> Lives:  # fmt: skip
        thread = self._store.thread(parent)
        conversation = thread[-1].conversation
        messages = tuple(Message(role=turn.role, content=turn.text) for turn in thread)
        how = sampling or self._settings.sampling.record()
        turns = [Turn(messages, how, self._seeds(), version) for version in versions]
        drafts: list[Draft] = []
        running = self._engine.stream(turns, stop or threading.Event())
        try:
            for drafts in running:
                if all(draft.finish for draft in drafts):
                    break
                yield Live(conversation, user, drafts, [])
        except GeneratorExit:  # whoever listened has gone; what was drawn was drawn
            self._keep(parent, conversation, turns, [stopped(draft) for draft in drafts])
            raise
        finally:
            running.close()
        yield Live(conversation, user, drafts, self._keep(parent, conversation, turns, drafts))

    def _keep(self, parent: str, conversation: str, turns: Sequence[Turn], drafts: Sequence[Draft]) -> list[Reply]:
        """Stores the replies of which anything was drawn."""
        replies = replies_of(parent, conversation, turns, drafts, self._engine.base_id)
        for reply in replies:
            self._store.add_reply(reply)
        return replies

    # opinions

    def thumb(
        self, reply: str, value: Literal["up", "down", "cleared"], rater: str | None = None, reasons: Sequence[str] = (),
        comment: str = "", criterion: Criterion = "overall",
    ) -> Thumb:  # fmt: skip
        opinion = Thumb(reply, value, criterion, tuple(reasons), comment, rater or self._settings.rater)
        self._store.add_opinion(opinion)
        return opinion

    def vote(
        self, a: str, b: str, choice: Choice, shown: Literal["ab", "ba"] = "ab", rater: str | None = None,
        ms: int | None = None, criterion: Criterion = "overall",
    ) -> Vote:  # fmt: skip
        opinion = Vote(a, b, choice, shown, criterion, ms, rater or self._settings.rater)
        self._store.add_opinion(opinion)
        return opinion

    def take_back(self, opinion: str) -> None:
        """Retracts an opinion: a row of its own says that it counts no more."""
        self._store.withdraw(opinion)

    def correct(self, reply: str, text: str, rater: str | None = None, criterion: Criterion = "overall") -> Correction:
        """Keeps the reply someone wanted instead. Raises StoreError if it says the same."""
        if text.strip() == self._store.reply(reply).text.strip():
            raise StoreError("the correction is the reply itself; change it, or give the reply a thumb up")
        opinion = Correction(reply, text, criterion, rater or self._settings.rater)
        self._store.add_opinion(opinion)
        return opinion


def replies_of(
    parent: str, conversation: str, turns: Sequence[Turn], drafts: Sequence[Draft], base: str
) -> list[Reply]:  # fmt: skip
    """The drafts of which anything was drawn, as replies. Those drawn together have one time: the trial goes by it."""
    now = time.time()
    return [
        Reply(
            new_id(), conversation, parent, "assistant", draft.text, draft.token_ids, draft.logprobs, draft.version,
            base, turn.sampling, turn.seed, draft.finish or "stopped", now,
        )
        for turn, draft in zip(turns, drafts, strict=True)
        if draft.token_ids
    ]  # fmt: skip


def title_of(text: str) -> str:
    """The first words of a message, on one line."""
    line = " ".join(text.split())
    return line if len(line) <= TITLE else line[: TITLE - 1].rstrip() + "…"
