"""Replies on their way: one base, the live adapter and those that replies in flight still speak by.

Knows versions and text; knows nothing of conversations, opinions or how anything is kept. Several streams may run in
threads of their own; they take turns, a token each.
"""

from __future__ import annotations

import random
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, replace

from lab.chat.turnstile import Turnstile
from lab.errors import LabError, ModelError
from lab.model import adapters
from lab.model.base import Base
from lab.model.generate import Emitted, Request, stream
from lab.model.template import ChatTemplate
from lab.records import Finish, Message, Sampling
from lab.registry.versions import Versions

BUSY_SECONDS = 1.0  # how long a token lets the trainer wait for the next one
HALF = "\ufffd"  # what decoding makes of bytes that are no character (yet)


@dataclass(frozen=True)
class Turn:
    """One reply to draw: after which messages, how, from which seed, by which version (None: the live one)."""

    messages: tuple[Message, ...]
    sampling: Sampling
    seed: int
    version: int | None = None


@dataclass(frozen=True)
class Draft:
    """A reply so far: its words, and the ids and log-probs they come from. `finish` is None while it grows."""

    text: str
    token_ids: tuple[int, ...]
    logprobs: tuple[float, ...]
    version: int
    finish: Finish | None = None


class Engine:
    """Speaks by the live version. `busy` is told, while it draws, until when it will want the machine.

    While a version is on trial it answers `share` of the turns, the proven one the others; a turn's seed decides.

    Raises VersionError if the live version cannot be loaded, and NoMemoryError if it may be later.
    """

    def __init__(self, base: Base, versions: Versions, busy: Callable[[float], None], share: float = 1.0) -> None:
        self._base = base
        self._versions = versions
        self._busy = busy
        self._share = share
        self._turnstile = Turnstile()  # whoever touches the model passes: a forward, a load, a drop
        self._loaded: set[int] = set()
        self._speaking: Counter[int] = Counter()  # replies in flight by version
        self._awaited: set[object] = set()  # one for each stream that somebody waits for
        self._ended: deque[int] = deque()  # versions of replies that have ended and are still counted as speaking
        self._live = 0
        self._beside: int | None = None  # stays loaded: the proven one, which a trial asks again and again
        self.use_adapter(versions.live())

    @property
    def live(self) -> int:
        return self._live

    @property
    def base_id(self) -> str:
        return self._base.id

    @property
    def in_use(self) -> bool:
        """Whether somebody waits for a reply that is on its way."""
        return bool(self._awaited)

    def use_adapter(self, version: int) -> None:
        """The next reply speaks by this version; those in flight finish on theirs.

        Raises VersionError or NoMemoryError, and stays on the old version, if this one cannot be loaded.
        """
        with self._turnstile:
            self._load(version)
            self._live = version
            self._drop_unused()

    def stream(self, turns: Sequence[Turn], stop: threading.Event, ahead: bool = False) -> Generator[list[Draft], None, None]:
        """Draws one reply a turn, all together; yields them empty once the versions are pinned, then after every token.

        Ends when all have finished. When `stop` is set the unfinished ones end as "stopped", with the tokens they have.
        `ahead` draws what nobody waits for yet, so the trainer is not asked to step aside.
        Raises VersionError or NoMemoryError for a version that cannot be loaded, and ModelError for a message that is too long.
        """
        pinned = self._pin([self._speaker(turn.seed) if turn.version is None else turn.version for turn in turns])
        here = object()
        if not ahead:
            self._awaited.add(here)
        try:
            requests = [self._request(turn, version) for turn, version in zip(turns, pinned, strict=True)]
            drafts = [Draft("", (), (), version) for version in pinned]
            yield drafts
            self._tell_busy(ahead)
            steps = stream(self._base, requests, self._turnstile)
            while not all(draft.finish for draft in drafts):
                if stop.is_set():
                    yield [stopped(draft) for draft in drafts]
                    return
                emitted = next(steps)
                self._tell_busy(ahead)
                drafts = [self._grown(draft, now) for draft, now in zip(drafts, emitted, strict=True)]
                yield drafts
        finally:
            self._awaited.discard(here)
            self._release(pinned)

    def _tell_busy(self, ahead: bool) -> None:
        if not ahead:
            self._busy(time.time() + BUSY_SECONDS)

    def trial(self) -> tuple[int, int] | None:
        """(the version on trial, the proven one) when the chat speaks by the first of them."""
        on = self._versions.trial()
        pair = (on.version, on.against) if on and on.version == self._live else None
        self._beside = pair[1] if pair else None
        return pair

    def _speaker(self, seed: int) -> int | None:
        """Who answers a turn that asks for nobody; None for the live version."""
        pair = self.trial() if self._share < 1 else None
        return None if pair is None or random.Random(f"{seed}/trial").random() < self._share else pair[1]

    def _pin(self, wanted: Sequence[int | None]) -> list[int]:
        with self._turnstile:
            pinned = [self._live if version is None else version for version in wanted]
            try:
                for version in pinned:
                    self._load(version)
            except LabError:
                self._drop_unused()
                raise
            self._speaking.update(pinned)
        return pinned

    def _release(self, pinned: Sequence[int]) -> None:
        # a forgotten stream ends in the garbage collector, which may run in a thread that is inside already: do not wait
        self._ended.extend(pinned)
        if self._turnstile.enter_if_free():
            try:
                self._drop_unused()
            finally:
                self._turnstile.leave()

    def _load(self, version: int) -> None:
        if version == 0 or version in self._loaded:
            return
        folder = self._versions.get(version, verify=True).folder
        assert folder is not None, "only version 0 has no folder"
        adapters.load(self._base, folder, name_of(version))
        self._loaded.add(version)

    def _drop_unused(self) -> None:
        while self._ended:
            self._speaking[self._ended.popleft()] -= 1
        for version in [v for v in self._loaded if v not in (self._live, self._beside) and not self._speaking[v]]:
            adapters.drop(self._base, name_of(version))
            self._loaded.remove(version)

    def _request(self, turn: Turn, version: int) -> Request:
        reply = min(turn.sampling.max_new_tokens, self._base.context // 2)
        prompt = fitted(self._base.template, turn.messages, self._base.context - reply)
        sampling = replace(turn.sampling, max_new_tokens=reply)
        return Request(tuple(prompt), sampling, turn.seed, name_of(version) if version else None)

    def _grown(self, draft: Draft, emitted: Emitted) -> Draft:
        if draft.finish:
            return draft
        text = self._base.template.decode(emitted.token_ids).rstrip(HALF)  # a character may take several tokens
        return Draft(text, tuple(emitted.token_ids), tuple(emitted.logprobs), draft.version, emitted.finish)


def stopped(draft: Draft) -> Draft:
    """The draft as it ends if nothing more is drawn."""
    return draft if draft.finish else replace(draft, finish="stopped")


def name_of(version: int) -> str:
    """The adapter's name in memory."""
    return f"v{version}"


def fitted(template: ChatTemplate, messages: Sequence[Message], room: int) -> list[int]:
    """Prompt ids, at most `room`: the oldest exchanges go first, the system prompt never.

    Raises ModelError if the last message alone is too long.
    """
    system = [message for message in messages[:1] if message["role"] == "system"]
    turns = list(messages[len(system) :])
    while len(ids := template.encode_prompt([*system, *turns])) > room:
        later = [k for k, message in enumerate(turns) if k > 0 and message["role"] == "user"]
        if not later:
            raise ModelError(
                f"the message is too long: {len(ids)} tokens with what goes before it, and this model takes {room} "
                "beside a reply; shorten the message or the system prompt, or lower the longest reply"
            )
        turns = turns[later[0] :]
    return ids
