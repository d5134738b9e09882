"""What is asked next for a vote: which prompt, and which two versions answer it. Knows how nothing is drawn or shown.

During a trial the version on trial answers beside the proven one, so that every vote is evidence; else two samples of the live
version. Prompts are people's own first messages and the bundled ones for practice. Those for verdicts are never asked.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from lab.feedback.store import Store
from lab.model.prompts import pool, rows
from lab.records import Reply

if TYPE_CHECKING:  # it loads torch
    from lab.chat.engine import Draft, Engine

Kind = Literal["chat", "summaries", "stories"]
Wish = Literal["anything", "chat", "summaries", "stories"]
Shown = Literal["ab", "ba"]

POOLS: dict[Kind, list[str]] = {"chat": pool("chat", "question"), "summaries": pool("summary"), "stories": pool("story")}
MIXED: tuple[Kind, ...] = ("chat", "chat", "summaries", "stories")  # "anything"
OWN_SHARE = 3  # times that an own message is asked for one time that a bundled prompt is
LONGEST = 1500  # characters of an own message that somebody may be asked to read again and again


@dataclass(frozen=True)
class Prompt:
    """`conversation` is the one whose first message it was, None for a bundled one."""

    text: str
    kind: Kind
    conversation: str | None = None


@dataclass(frozen=True)
class Ahead:
    """Two stored replies to one prompt that wait for a vote. `shown` is the order on screen, drawn by lot."""

    prompt: Reply
    a: Reply
    b: Reply
    shown: Shown
    kind: Kind = "chat"

    @property
    def versions(self) -> tuple[int | None, ...]:
        return tuple(sorted((self.a.version, self.b.version), key=lambda version: version or 0))

    def is_wanted(self, wish: Wish) -> bool:
        return wish in ("anything", self.kind)


@dataclass(frozen=True)
class Growing:
    """A pair on its way, and the order it will be shown in."""

    text: str
    drafts: list[Draft]
    shown: Shown
    kind: Kind


class Prompts:
    """The least asked come first, and among those chance decides; a restart goes on where it was."""

    def __init__(self, store: Store, coin: random.Random) -> None:
        self._store = store
        self._coin = coin
        self._asked = Counter(store.used_prompts())
        self._kinds = {text: kind for kind, texts in POOLS.items() for text in texts}
        self._never = {same(text) for _, text in rows(fresh=True)}

    def next(self, wish: Wish) -> Prompt:
        kind = self._coin.choice(MIXED) if wish == "anything" else wish
        own = {prompt: self._asked[prompt.text] // OWN_SHARE for prompt in self._own()} if kind == "chat" else {}
        bundled = {Prompt(text, kind): self._asked[text] for text in POOLS[kind]}
        least = min([*own.values(), *bundled.values()])
        groups = [[prompt for prompt, asked in group.items() if asked == least] for group in (own, bundled)]
        chosen = self._coin.choice(self._coin.choice([group for group in groups if group]))
        self._asked[chosen.text] += 1
        return chosen

    def kind_of(self, text: str) -> Kind:
        return self._kinds.get(text, "chat")

    def _own(self) -> Iterator[Prompt]:
        seen: set[str] = set()
        for conversation, text in self._store.own_prompts():
            if text not in seen and len(text) <= LONGEST and text not in self._kinds and same(text) not in self._never:
                seen.add(text)
                yield Prompt(text, "chat", conversation)


def same(text: str) -> str:
    """What two spellings of one prompt share; the split of opinions goes by it too."""
    return " ".join(text.casefold().split())


def versions_now(engine: Engine) -> tuple[int, int]:
    """Which two speak in the next pair: the one on trial first."""
    return engine.trial() or (engine.live, engine.live)
