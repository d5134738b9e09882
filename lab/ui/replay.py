"""What did my feedback change? Prompts that somebody rated, answered again by two versions, side by side.

Draws through the engine, so the chat goes on beside it, and stores nothing: these replies are nobody's turn and cannot be
rated. Knows records and the engine; the page's part is tabs/versions_replay.py.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Collection, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from typing import Any

from lab.feedback.examples import Threads, is_held_out
from lab.feedback.store import Store
from lab.loop.lineage import Opinion, opinions_of, reach, replies_of, subjects, told
from lab.records import Message, Sampling
from lab.ui.lab import Lab

LONGEST = 160  # tokens of a reply here, at most
SEED = 1
KEPT = 512  # replies that are remembered


@dataclass(frozen=True)
class Rated:
    """A prompt, and what was said of replies to it, newest opinion first. `held_out`: no round ever trains on them."""

    prompt: tuple[Message, ...]
    opinions: tuple[str, ...]  # ids
    words: tuple[str, ...]
    held_out: bool


@dataclass(frozen=True)
class Case:
    """A rated prompt and both versions' replies so far; `done` when both have ended. `learned`: who has read its opinions."""

    rated: Rated
    before: str = ""
    after: str = ""
    done: bool = False
    learned: str = ""  # "", "both", "before" or "after"

    @property
    def changed(self) -> bool:
        return self.before.strip() != self.after.strip()


@dataclass(frozen=True)
class Played:
    """Where a replay stands: the cases begun, and how many there will be."""

    cases: tuple[Case, ...]
    total: int

    @property
    def done(self) -> int:
        return sum(case.done for case in self.cases)

    @property
    def changed(self) -> int:
        return sum(case.done and case.changed for case in self.cases)


@dataclass
class Memory:
    """Replies drawn before, the newest KEPT: the same version says the same to the same prompt, drawn the same way."""

    found: OrderedDict[Any, str] = field(default_factory=OrderedDict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def get(self, key: Any) -> str | None:
        with self.lock:
            if key in self.found:
                self.found.move_to_end(key)
            return self.found.get(key)

    def put(self, key: Any, text: str) -> None:
        with self.lock:
            self.found[key] = text
            while len(self.found) > KEPT:
                self.found.popitem(last=False)


def rated_prompts(store: Store, most: int, rater: str | None = None) -> list[Rated]:
    """The prompts that were rated last, each once, with every opinion on replies to it; of one rater, or of all."""
    known = {name: opinion for name, opinion in opinions_of(store).items() if rater in (None, opinion.rater)}
    replies = replies_of(store, known.values())
    threads = Threads(replies, None)
    by_prompt: dict[tuple[tuple[str, str], ...], list[Opinion]] = {}
    for opinion in sorted(known.values(), key=lambda each: each.time, reverse=True):
        prompt = threads.prompt(subjects(opinion)[0])
        if any(message["role"] == "user" for message in prompt):
            by_prompt.setdefault(tuple((message["role"], message["content"]) for message in prompt), []).append(opinion)
    found = []
    for key, opinions in list(by_prompt.items())[:most]:
        messages = tuple(Message(role=role, content=content) for role, content in key)
        names = tuple(opinion.id for opinion in opinions)
        words = tuple(told(name, known, replies).words for name in names)
        found.append(Rated(messages, names, words, is_held_out(messages)))
    return found


def play(
    lab: Lab, prompts: Sequence[Rated], versions: tuple[int, int], sampling: Sampling, stop: threading.Event, memory: Memory
) -> Iterator[Played]:
    """Draws both replies to each prompt, one prompt after another; whatever was drawn by the end or the stop is in the last."""
    from lab.chat.engine import Turn

    how = replace(sampling, max_new_tokens=min(LONGEST, sampling.max_new_tokens))
    hashes = tuple(lab.versions.get(version).hash for version in versions)
    reached = reach(lab.store, lab.versions)
    cases: list[Case] = []
    yield Played((), len(prompts))
    for rated in prompts:
        if stop.is_set():
            return
        case = Case(rated, learned=who_learned({heir for name in rated.opinions for heir in reached.get(name, ())}, versions))
        cases.append(case)
        keys = [(lab.versions.base, version, hash_, how, str(rated.prompt))
                for version, hash_ in zip(versions, hashes, strict=True)]  # fmt: skip
        texts = [memory.get(key) for key in keys]
        missing = [place for place in (0, 1) if texts[place] is None]
        if missing:
            turns = [Turn(rated.prompt, how, SEED, versions[place]) for place in missing]
            with closing(lab.engine.stream(turns, stop)) as running:  # a page that goes away lets its versions go too
                for drafts in running:
                    for place, draft in zip(missing, drafts, strict=True):
                        texts[place] = draft.text
                        if draft.finish in ("end", "length"):
                            memory.put(keys[place], draft.text)
                    cases[-1] = replace(case, before=texts[0] or "", after=texts[1] or "")
                    yield Played(tuple(cases), len(prompts))
        if stop.is_set():
            return
        cases[-1] = replace(case, before=texts[0] or "", after=texts[1] or "", done=True)
        yield Played(tuple(cases), len(prompts))


def who_learned(heirs: Collection[int], versions: tuple[int, int]) -> str:
    """Which of the two is among the versions that some opinions reached."""
    one, other = (version in heirs for version in versions)
    if one and other:
        return "both"
    return "before" if one else "after" if other else ""
