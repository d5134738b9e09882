"""Fakes with behaviour, shared by tests."""

from __future__ import annotations

import itertools
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from lab.errors import ModelError, VersionError
from lab.loop.trial import TrialStatus
from lab.model.facts import Facts
from lab.records import AdapterVersion, Correction, Counts, Job, Reply, Sampling, Thumb, Vote, new_id

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
    """Speaks as `live`; `broken` versions cannot be loaded. Draws "draft 1a: word0 word1 …", a word a token."""

    live: int = 0
    broken: set[int] = field(default_factory=set)
    on_trial: tuple[int, int] | None = None
    base_id: str = "tiny"
    in_use: bool = False
    words: int = 3  # of a reply drawn ahead
    seconds: float = 0.0  # a word
    alike: bool = False  # all replies drawn ahead say the same
    error: Exception | None = None
    asked: list[Any] = field(default_factory=list)  # (turns, ahead) of every stream

    def stream(self, turns: Any, stop: threading.Event, ahead: bool = False) -> Iterator[list[FakeDraft]]:
        """Two replies in words that no other pair has."""
        self.asked.append((turns, ahead))
        number, speakers = len(self.asked), [self.live if turn.version is None else turn.version for turn in turns]
        drafts = [FakeDraft("", (), (), version, None) for version in speakers]
        yield drafts
        for index in range(1, self.words + 1):
            if stop.is_set():
                yield [replace(draft, finish="stopped") for draft in drafts]
                return
            time.sleep(self.seconds)
            if self.error is not None:
                raise self.error
            finish = "end" if index == self.words else None
            said = " ".join(f"word{k}" for k in range(index))
            drafts = [
                FakeDraft(
                    f"draft {number}{'' if self.alike else side}: {said}", tuple(range(index)), (-0.5,) * index, version, finish
                )
                for side, version in zip("ab", speakers, strict=False)
            ]
            yield drafts

    def trial(self) -> tuple[int, int] | None:
        return self.on_trial

    def use_adapter(self, version: int) -> None:
        if version in self.broken:
            raise ModelError(f"version {version} does not fit this model; choose another")
        self.live = version


class FakeSession:
    """A session over a real store: says "word 0 word 1 …", a word a step, `words` of them, slowly if asked to."""

    def __init__(self, store: Any, engine: FakeEngine, words: int = 5, seconds: float = 0.0) -> None:
        self.store, self.engine, self.words, self.seconds = store, engine, words, seconds
        self.error: Exception | None = None
        self.due: tuple[int, int] | None = None  # the versions that answer the next turn as a blind pair
        self.calls: list[dict[str, Any]] = []
        self._numbers = itertools.count(1)

    def say(
        self, conversation: str | None, parent: str | None, text: str, sampling: Sampling, system: str, stop: threading.Event
    ) -> Iterator[FakeLive]:
        self.calls.append({"do": "say", "conversation": conversation, "parent": parent, "sampling": sampling, "system": system})
        user = self._user(conversation, parent, text, "chat")
        yield from self._draw(user, (self.engine.live,), sampling, stop)

    def regenerate(self, reply_id: str, sampling: Sampling, stop: threading.Event) -> Iterator[FakeLive]:
        again = self.store.reply(reply_id)
        user = again if again.role == "user" else self.store.reply(again.parent)
        yield from self._draw(user, (self.engine.live,), sampling, stop, new=False)

    def compare(
        self, conversation: str | None, parent: str | None, text: str, sampling: Sampling,
        versions: tuple[int | None, int | None], system: str, stop: threading.Event,
    ) -> Iterator[FakeLive]:  # fmt: skip
        self.calls.append({"do": "compare", "versions": versions, "system": system})
        user = self._user(conversation, parent, text, "compare")
        a, b = (self.engine.live if version is None else version for version in versions)
        yield from self._draw(user, (a, b), sampling, stop)

    def pair(
        self, conversation: str | None, parent: str | None, text: str, versions: tuple[int | None, int | None],
        sampling: Sampling, system: str, stop: threading.Event,
    ) -> Iterator[FakeLive]:  # fmt: skip
        self.calls.append({"do": "pair", "versions": versions, "parent": parent, "system": system})
        user = self._user(conversation, parent, text, "chat")
        a, b = (self.engine.live if version is None else version for version in versions)
        yield from self._draw(user, (a, b), sampling, stop)

    def pair_due(self, rate: float = 0.0) -> tuple[int | None, int | None] | None:
        return self.due or ((None, None) if rate >= 1 else None)

    def thumb(
        self, reply_id: str, value: Any, rater: str, reasons: Any = (), comment: str = "", criterion: Any = "overall"
    ) -> Thumb:  # fmt: skip
        opinion = Thumb(reply_id, value, criterion, tuple(reasons), comment, rater)
        self.store.add_opinion(opinion)
        return opinion

    def vote(
        self, a: str, b: str, choice: Any, shown: Any, rater: str, ms: int | None, criterion: Any = "overall"
    ) -> Vote:  # fmt: skip
        opinion = Vote(a, b, choice, shown, criterion, ms, rater)
        self.store.add_opinion(opinion)
        return opinion

    def take_back(self, opinion: str) -> None:
        self.store.withdraw(opinion)

    def correct(self, reply_id: str, text: str, rater: str, criterion: Any = "overall") -> Correction:
        opinion = Correction(reply_id, text, criterion, rater)
        self.store.add_opinion(opinion)
        return opinion

    def _user(self, conversation: str | None, parent: str | None, text: str, source: str) -> Reply:
        conversation = conversation or self.store.start_conversation(text, source)
        user = Reply(new_id(), conversation, parent, "user", text)
        self.store.add_reply(user)
        return user

    def _draw(
        self, user: Reply, versions: tuple[int, ...], sampling: Sampling, stop: threading.Event, new: bool = True
    ) -> Iterator[FakeLive]:  # fmt: skip
        number, asked = next(self._numbers), user if new else None
        spoken: list[str] = []
        finish: Any = "end"
        drafts = [FakeDraft("", (), (), version, None) for version in versions]

        def keep(finish: Any) -> list[Reply]:
            now = time.time()  # what is drawn together has one time, as the session gives it
            replies = [
                Reply(
                    new_id(), user.conversation, user.id, "assistant", draft.text, (1, 2), (-0.5, -0.5), draft.version, "tiny",
                    sampling, 1, finish, now,
                )
                for draft in drafts
                if draft.text
            ]  # fmt: skip
            for reply in replies:
                self.store.add_reply(reply)
            return replies

        yield FakeLive(user.conversation, asked, drafts, [])  # before the first word, as the engine does
        for index in range(self.words):
            if stop.is_set():
                finish = "stopped"
                break
            time.sleep(self.seconds)
            if self.error is not None:
                raise self.error
            spoken.append(f"word{index}")
            drafts = [
                FakeDraft(f"reply {number}{side}: {' '.join(spoken)}", (), (), version, None)
                for side, version in zip("ab", versions, strict=False)
            ]
            try:
                yield FakeLive(user.conversation, asked, drafts, [])
            except GeneratorExit:  # the page is gone; what was said was said
                keep("stopped")
                raise
        ended = [FakeDraft(d.text, d.token_ids, d.logprobs, d.version, finish) for d in drafts]
        yield FakeLive(user.conversation, asked, ended, keep(finish))


@dataclass(frozen=True)
class FakeStatus:
    phase: str = "waiting"
    reason: str = "0 of 16 new votes; 16 more start a round."
    counts: Counts = field(default_factory=Counts)
    job: Job | None = None
    last_error: str = ""
    trainer_alive: bool = True
    paused: bool = False
    fresh: Counts = field(default_factory=Counts)
    settling: int | None = None
    reward: Any = None


class FakeWorker:
    """Remembers what the page asked of it."""

    def __init__(self, store: Any = None, adapters: Path = Path()) -> None:
        self.store, self.adapters = store, adapters
        self.now = FakeStatus()
        self.tried: TrialStatus | None = None
        self.asked: list[Any] = []

    def status(self) -> FakeStatus:
        return self.now

    def train_now(self, algorithm: str | None = None) -> None:
        self.asked.append(("train", algorithm))

    def trial(self) -> TrialStatus | None:
        return self.tried

    def pause(self) -> None:
        self.asked.append("pause")
        self.now = FakeStatus(reason="Paused: no round starts by itself.", paused=True)

    def resume(self) -> None:
        self.asked.append("resume")
        self.now = FakeStatus()

    def stop_round(self) -> None:
        self.asked.append("stop")

    def forget(self, what: Any) -> Any:
        from lab.loop.forget import forget

        assert self.store is not None
        return forget(self.store, self.adapters, what)


@dataclass
class VoicedEngine(FakeEngine):
    """An engine whose versions each answer in words of their own."""

    drawn: list[Any] = field(default_factory=list)  # every turn that was streamed

    def stream(self, turns: Any, stop: threading.Event, ahead: bool = False) -> Iterator[list[FakeDraft]]:
        """Each version answers in words of its own, three of them; the base and version 1 say the same to a short prompt."""
        self.drawn += turns
        names = [0 if turn.version == 1 and len(turn.messages[-1]["content"]) < 10 else turn.version for turn in turns]
        words = [f"{turn.messages[-1]['content']} says {name}".split() for turn, name in zip(turns, names, strict=True)]
        for count in range(1 + max(map(len, words))):
            if stop.is_set():
                break
            time.sleep(self.seconds)
            ends = ["end" if count >= len(some) else None for some in words]
            yield [
                FakeDraft(" ".join(some[:count]), (1,) * count, (-1.0,) * count, turn.version, end)
                for turn, some, end in zip(turns, words, ends, strict=True)
            ]


class FakeVersions:
    """Versions without folders: `made` beside the base, one of them live."""

    base = "tiny"

    def __init__(self, folder: Path, *made: AdapterVersion, live: int = 0) -> None:
        self.folder, self.made, self.now, self.before = folder, list(made), live, [0]
        self.broken: list[tuple[str, str]] = []
        self.against: int | None = None  # the proven version, while the live one is on trial
        self.scorers: FakeVersions | None = None  # reward models
        self.rewarded: dict[int, int] = {}  # a policy: its reward model

    def all(self) -> list[AdapterVersion]:
        ground = AdapterVersion(0, self.base, None, "retired", "", 0.0)
        states = {self.now: "live"} if self.against is None else {self.now: "trial", self.against: "live"}
        return [replace(each, state=states.get(each.version, each.state)) for each in (ground, *self.made)]  # type: ignore[arg-type]

    def get(self, version: int) -> AdapterVersion:
        found = next((each for each in self.all() if each.version == version), None)
        if found is None:
            raise VersionError(f"there is no version {version}; `versions` lists them")
        return found

    def live(self) -> int:
        return self.now

    def lineage(self, version: int) -> list[int]:
        return list(range(version, 0, -1))  # each from the one before; deleted ones still count

    def record(self, version: int, state: str, why: str, verdict: str = "") -> None:
        self.made = [replace(each, state=state, why=why) if each.version == version else each for each in self.made]  # type: ignore[arg-type]

    def rewards(self) -> FakeVersions:
        return self.scorers if self.scorers is not None else FakeVersions(self.folder)

    def rounds(self, version: int) -> list[str]:
        return [each.job for each in self.made if each.version in self.lineage(version)]

    def round_of(self, version: int) -> str:
        return next((each.job for each in self.made if each.version == version), "")

    def rewarded_by(self, version: int) -> int | None:
        return self.rewarded.get(version)

    def damaged(self) -> list[tuple[str, str]]:
        return self.broken

    def staging_path(self, job_id: str) -> Path:
        return self.folder / f".staging-{job_id}"

    def activate(self, version: int, why: str = "", verdict: str = "") -> AdapterVersion:
        self.get(version)
        self.against = None
        self.before.append(self.now)
        self.now = version
        return self.get(version)

    def rollback(self) -> AdapterVersion:
        self.against = None
        self.now = self.before.pop()
        return self.get(self.now)

    def withdraw(self, version: int, before: int, why: str) -> AdapterVersion:
        self.record(version, "refused", why)
        self.now = before
        return self.get(before)

    def require_deletable(self, version: int) -> None:
        if version in (0, self.now):
            raise VersionError(f"version {version} is live, or the base; it cannot be deleted")

    def delete(self, version: int) -> None:
        self.require_deletable(version)
        self.made = [each for each in self.made if each.version != version]


FACTS = Facts(
    "starter", "starter-nf4-0000", 11_400_000, 6, 384, 6144, 1024, "NF4: 4 bits", "fp32", 9_000_000, "CPU, 2 cores", "/models"
)


def page_lab(home: Path, words: int = 5, seconds: float = 0.0, engine: FakeEngine | None = None) -> Any:
    """A lab for the page: a real store, and fakes for what needs a model."""
    from lab.chat.queue import Queue
    from lab.feedback.store import Store
    from lab.settings import load_settings
    from lab.ui.lab import Lab

    settings = load_settings(home)
    store = Store(settings.feedback_data)
    engine = engine or FakeEngine()
    session = FakeSession(store, engine, words, seconds)
    queue = Queue(store, engine, settings)  # type: ignore[arg-type]
    return Lab(settings, store, FakeVersions(home), session, engine, FakeWorker(store, settings.adapters), queue, FACTS)  # type: ignore[arg-type]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
