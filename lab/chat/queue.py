"""The rate queue: pairs drawn ahead while nobody chats, so that a vote is followed at once by the next pair.

A thread of its own draws through the engine, `settings.queue.ahead` pairs at most. Each is stored, whole, before anybody can rate
it, and what was not rated is found again after a restart. Pairs are of the versions that should be compared now; when another
version speaks or a trial begins or ends, those that wait are put aside. While somebody chats it draws nothing, a pair in work
pauses, and a round of the trainer is left alone unless somebody rates. Knows no page.
"""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing

from lab.chat.asking import Asking
from lab.chat.engine import Draft, Engine, Turn
from lab.chat.pairs import Ahead, Growing, Prompt, Prompts, Shown, Wish, versions_now
from lab.chat.session import any_seed, replies_of, title_of
from lab.errors import LabError, ModelError, StoreError
from lab.feedback.queued import QUEUE
from lab.feedback.store import Store
from lab.records import Conversation, Message, Reply, Sampling, new_id
from lab.settings import Settings

PAUSE = 0.5  # seconds between two looks when there is nothing to do
GLANCE = 0.05  # seconds between two looks at a pair that somebody waits for
AFTER_CHAT = 1.0  # seconds of silence before it draws again
HUSH = 0.6  # seconds after a vote that belong to the page alone, if there are pairs left
RATING = 60.0  # seconds after a pair was taken in which somebody is taken to be rating
PATIENCE = 10.0  # seconds after a failure
SAME = 5  # pairs of equal replies in a row after which it gives up
JOBS_SEEN = 5

logger = logging.getLogger(__name__)


class Queue:
    """Works once it is started; until then `next` draws while one waits."""

    def __init__(
        self, store: Store, engine: Engine, settings: Settings, seeds: Callable[[], int] = any_seed,
        coin: random.Random | None = None,
    ) -> None:  # fmt: skip
        self._store, self._engine, self._settings, self._seeds = store, engine, settings, seeds
        self._coin = coin or random.Random()
        self._prompts = Prompts(store, self._coin)
        self._asking = Asking(store, settings.queue.reask, self._coin)
        self._lock = threading.Lock()
        self._ready: list[Ahead] = []
        self._given: set[str] = set()  # a of every pair that was handed out; nobody sees one twice by accident
        self._versions: tuple[int, ...] | None = None  # what the ready ones are of
        self._wish: Wish = "anything"
        self._waiting = 0  # people who wait for a pair
        self._taken = float("-inf")  # when one was taken last, monotonic
        self._hushed = 0.0  # until when the page has the machine, monotonic
        self._growing: Growing | None = None
        self._trouble: tuple[int, str] = (0, "")  # failures so far, and the last one's words
        self._ending = threading.Event()
        self._wake = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        self._ending.clear()
        self._thread = threading.Thread(target=self._run, name="queue", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """A pair in work is lost; nobody has seen it."""
        self._ending.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join(timeout=30)
            self._thread = None

    @property
    def running(self) -> bool:
        return self._thread is not None

    def ready(self, wish: Wish = "anything") -> int:
        """Pairs of this kind that wait for a vote."""
        with self._lock:
            return sum(pair.is_wanted(wish) for pair in self._ready)

    def hush(self) -> None:
        """Somebody votes: the next pair is put on their screen before another one is drawn."""
        self._hushed = time.monotonic() + HUSH

    def take(self, wish: Wish, rater: str) -> Ahead | None:
        """The next pair, at once: one that was drawn ahead, or now and then an old one again; None when none waits."""
        old = self._asking.again(rater, self._engine.trial() is not None)
        return old or self._take(wish)

    def next(
        self, wish: Wish, stop: threading.Event, versions: tuple[int, int] | None = None, sampling: Sampling | None = None
    ) -> Iterator[Growing | Ahead]:  # fmt: skip
        """Waits for a pair and shows it as it grows; the last item is the pair, unless `stop` came first.

        Two versions that were chosen by hand, and everything while the queue does not run, are drawn in the caller's thread.
        Raises what the engine raises.
        """
        if versions is not None or not self.running:
            yield from self._draw(wish, versions or versions_now(self._engine), sampling, stop, lambda: False)
            return
        failures = self._trouble[0]
        with self._lock:
            self._waiting += 1
        try:
            while not stop.is_set():
                if (pair := self._take(wish)) is not None:
                    yield pair
                    return
                if self._trouble[0] != failures:
                    raise LabError(self._trouble[1])
                growing = self._growing
                if growing is not None and wish in ("anything", growing.kind):
                    yield growing
                time.sleep(GLANCE)
        finally:
            with self._lock:
                self._waiting -= 1

    def _take(self, wish: Wish) -> Ahead | None:
        now = tuple(sorted(versions_now(self._engine)))
        while True:
            with self._lock:
                self._wish, self._taken = wish, time.monotonic()
                pair = next((pair for pair in self._ready if pair.versions == now and pair.is_wanted(wish)), None)
                if pair is not None:
                    self._ready.remove(pair)
                    self._given.add(pair.a.id)
            self._wake.set()
            if pair is None or self._is_there(pair):
                return pair

    def _is_there(self, pair: Ahead) -> bool:
        """Not any more when what its prompt came from was forgotten."""
        try:
            self._store.reply(pair.a.id)
        except StoreError:
            return False
        return True

    # the thread

    def _run(self) -> None:
        while not self._ending.is_set():
            try:
                worked = self._step()
            except Exception as error:  # the border of the thread: it outlives its bugs, and tells who waits
                if not isinstance(error, LabError):
                    logger.exception("the rate queue stumbled")
                self._trouble = self._trouble[0] + 1, str(error) or type(error).__name__
                self._ending.wait(PATIENCE)
                continue
            if not worked:
                self._wake.wait(PAUSE)
                self._wake.clear()

    def _step(self) -> bool:
        """Draws one pair if one is missing and it may; whether it did."""
        versions = versions_now(self._engine)
        self._sort_out(tuple(sorted(versions)))
        wish = self._wish
        if self.ready(wish) >= self._settings.queue.ahead or not self._may_draw():
            return False
        try:
            for item in self._draw(wish, versions, None, self._ending, self._stands_aside):
                if isinstance(item, Growing):
                    self._growing = item
                    continue
                with self._lock:
                    self._ready.append(item)
        finally:
            self._growing = None
        return True

    def _sort_out(self, versions: tuple[int, ...]) -> None:
        """When other versions should be compared than before: puts their pairs aside, and finds those that wait unrated."""
        if versions == self._versions:
            return
        with self._lock:
            self._ready.clear()
        found = []
        for prompt, a, b in self._store.unrated_pairs(self._engine.base_id):
            shown: Shown = self._coin.choice(("ab", "ba"))
            pair = Ahead(prompt, a, b, shown, self._prompts.kind_of(prompt.text))
            if pair.versions == versions and a.id not in self._given:
                found.append(pair)
        with self._lock:
            self._ready = found[: self._settings.queue.ahead]
        self._versions = versions

    def _may_draw(self) -> bool:
        if self._waiting:
            return True
        if self._is_hushed():
            return False
        if self._engine.in_use or time.time() < self._store.signals.busy_until() + AFTER_CHAT:
            return False
        rating = time.monotonic() - self._taken < RATING
        return rating or not any(job.state == "running" for job in self._store.jobs(JOBS_SEEN, self._engine.base_id))

    def _stands_aside(self) -> bool:
        """Whether a pair in work pauses: somebody chats or has just voted, and nobody waits for the pair."""
        return (self._engine.in_use or self._is_hushed()) and not self._waiting and not self._ending.is_set()

    def _is_hushed(self) -> bool:
        return time.monotonic() < self._hushed and bool(self._ready)

    # drawing

    def _draw(
        self, wish: Wish, versions: tuple[int, int], sampling: Sampling | None, stop: threading.Event,
        stands_aside: Callable[[], bool],
    ) -> Iterator[Growing | Ahead]:  # fmt: skip
        """One pair, as it grows; the last item is the stored pair. Nothing is kept of one that was stopped."""
        ahead = threading.current_thread() is self._thread and not self._waiting
        for _ in range(SAME):
            prompt = self._prompts.next(wish)
            shown: Shown = self._coin.choice(("ab", "ba"))
            above = self._settings.system_prompt.strip() and self._settings.system_prompt
            messages = [Message(role="system", content=above)] if above else []
            messages.append(Message(role="user", content=prompt.text))
            how = sampling or self._settings.sampling.record()
            turns = [Turn(tuple(messages), how, self._seeds(), version) for version in versions]
            drafts: list[Draft] = []
            with closing(self._engine.stream(turns, stop, ahead)) as running:
                for drafts in running:
                    yield Growing(prompt.text, drafts, shown, prompt.kind)
                    while stands_aside():
                        time.sleep(GLANCE)
            if stop.is_set():
                return
            differ = drafts[0].text.strip() != drafts[1].text.strip()
            if differ and (pair := self._keep(prompt, above, turns, drafts, shown)) is not None:
                yield pair
                return
        raise ModelError("the two replies are the same every time; raise the temperature, or choose two other versions")

    def _keep(self, prompt: Prompt, above: str, turns: list[Turn], drafts: list[Draft], shown: Shown) -> Ahead | None:
        """Stores a pair; None when the conversation that the prompt came from was forgotten in the meantime."""
        talk = Conversation(new_id(), title_of(prompt.text), time.time(), QUEUE, prompt_of=prompt.conversation)
        system = [Reply(new_id(), talk.id, None, "system", above)] if above else []
        user = Reply(new_id(), talk.id, system[0].id if system else None, "user", prompt.text)
        a, b = replies_of(user.id, talk.id, turns, drafts, self._engine.base_id)
        kept = self._store.add_queued(talk, [*system, user, a, b])
        return Ahead(user, a, b, shown, prompt.kind) if kept else None
