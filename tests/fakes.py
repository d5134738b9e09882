"""Fakes with behaviour, shared by tests."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from lab.errors import ModelError
from lab.records import Correction, Counts, Job, Reply, Sampling, Thumb, Vote, new_id

# --- the page's neighbours: a session that speaks words, an engine that only knows its version, a worker that waits


@dataclass(frozen=True)
class FakeDraft:
    text: str
    token_ids: tuple[int, ...]
    logprobs: tuple[float, ...]
    version: int | None
    finish: str | None


@dataclass(frozen=True)
class FakeLive:
    conversation: str
    user: Reply | None
    drafts: list[FakeDraft]
    replies: list[Reply]


@dataclass
class FakeEngine:
    """Speaks as `live`; `broken` versions cannot be loaded."""

    live: int = 0
    broken: set[int] = field(default_factory=set)

    def use_adapter(self, version: int) -> None:
        if version in self.broken:
            raise ModelError(f"version {version} does not fit this model; choose another")
        self.live = version


class FakeSession:
    """A session over a real store: says "word 0 word 1 …", a word a step, `words` of them, slowly if asked to."""

    def __init__(self, store: Any, engine: FakeEngine, words: int = 5, seconds: float = 0.0) -> None:
        self.store, self.engine, self.words, self.seconds = store, engine, words, seconds
        self.error: Exception | None = None
        self.calls: list[dict[str, Any]] = []
        self._numbers = itertools.count(1)

    def say(
        self, conversation: str | None, parent: str | None, text: str, sampling: Sampling, system: str, stop: threading.Event
    ) -> Iterator[FakeLive]:
        self.calls.append({"do": "say", "conversation": conversation, "parent": parent, "sampling": sampling, "system": system})
        user = self._user(conversation, parent, text, "chat")
        yield from self._draw(user, (self.engine.live,), sampling, stop)

    def regenerate(self, reply_id: str, sampling: Sampling, stop: threading.Event) -> Iterator[FakeLive]:
        user = self.store.reply(self.store.reply(reply_id).parent)
        yield from self._draw(user, (self.engine.live,), sampling, stop)

    def compare(
        self, conversation: str | None, parent: str | None, text: str, sampling: Sampling,
        versions: tuple[int | None, int | None], system: str, stop: threading.Event,
    ) -> Iterator[FakeLive]:  # fmt: skip
        self.calls.append({"do": "compare", "versions": versions, "system": system})
        user = self._user(conversation, parent, text, "compare")
        a, b = (self.engine.live if version is None else version for version in versions)
        yield from self._draw(user, (a, b), sampling, stop)

    def thumb(self, reply_id: str, value: Any, rater: str, reasons: tuple[str, ...] = (), comment: str = "", criterion: Any = "overall") -> None:
        self.store.add_opinion(Thumb(reply_id, value, criterion, reasons, comment, rater))

    def vote(self, a: str, b: str, choice: Any, shown: Any, rater: str, ms: int | None, criterion: Any = "overall") -> None:
        self.store.add_opinion(Vote(a, b, choice, shown, criterion, ms, rater))

    def correct(self, reply_id: str, text: str, rater: str) -> None:
        self.store.add_opinion(Correction(reply_id, text, rater=rater))

    def _user(self, conversation: str | None, parent: str | None, text: str, source: str) -> Reply:
        conversation = conversation or self.store.start_conversation(text, source)
        user = Reply(new_id(), conversation, parent, "user", text)
        self.store.add_reply(user)
        return user

    def _draw(self, user: Reply, versions: tuple[int, ...], sampling: Sampling, stop: threading.Event) -> Iterator[FakeLive]:
        number = next(self._numbers)
        spoken: list[str] = []
        finish: Any = "end"
        drafts: list[FakeDraft] = []
        for index in range(self.words):
            if stop.is_set():
                finish = "stopped"
                break
            time.sleep(self.seconds)
            if self.error is not None:
                raise self.error
            spoken.append(f"word{index}")
            drafts = [FakeDraft(f"reply {number}{side}: {' '.join(spoken)}", (), (), v, None) for side, v in zip("ab", versions, strict=False)]
            yield FakeLive(user.conversation, user, drafts, [])
        ended = [FakeDraft(d.text, d.token_ids, d.logprobs, d.version, finish) for d in drafts]
        replies = [
            Reply(new_id(), user.conversation, user.id, "assistant", d.text, (1, 2), (-0.5, -0.5), d.version, "tiny", sampling, 1, finish)
            for d in ended
        ]
        for reply in replies:
            self.store.add_reply(reply)
        yield FakeLive(user.conversation, user, ended, replies)


@dataclass(frozen=True)
class FakeStatus:
    phase: str = "waiting"
    reason: str = "0 of 16 new votes; 16 more start a round."
    counts: Counts = Counts()
    job: Job | None = None
    last_error: str = ""
    trainer_alive: bool = True
    paused: bool = False


class FakeWorker:
    """Remembers what the page asked of it."""

    def __init__(self) -> None:
        self.now = FakeStatus()
        self.asked: list[Any] = []

    def status(self) -> FakeStatus:
        return self.now

    def train_now(self, algorithm: str | None = None) -> None:
        self.asked.append(("train", algorithm))

    def pause(self) -> None:
        self.asked.append("pause")
        self.now = FakeStatus(reason="Paused: no round starts by itself.", paused=True)

    def resume(self) -> None:
        self.asked.append("resume")
        self.now = FakeStatus()

    def stop_round(self) -> None:
        self.asked.append("stop")
