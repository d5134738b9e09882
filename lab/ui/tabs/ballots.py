"""The ballots of every open page, kept on the server: which pair is up for a vote, which were voted on, how fast.

A page sends the id of the ballot it displays with every press, so that a press never means a pair that its rater has not seen:
by the time it arrives, the server may have the next one ready. Knows no component.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict, deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from lab.records import Choice, Reply, new_id

Pressed = Literal["left", "right", "tie", "both_bad"]
PAGES = 256  # open pages that are remembered
UNDONE = 20  # votes of a page that can be taken back
PACED = 10  # newest votes that the pace goes by
IDLE = 60.0  # seconds between two votes that end a spell of voting
SLACK = 1000  # milliseconds by which the page's measure may pass the server's


@dataclass(frozen=True)
class Ballot:
    """Two replies waiting for a vote. `rating` tells that the next pair follows by itself."""

    prompt: str
    a: Reply
    b: Reply
    shown: Literal["ab", "ba"]
    rating: bool = False
    id: str = field(default_factory=new_id)
    since: float = field(default_factory=time.monotonic)  # when the server handed it out

    def sides(self) -> tuple[Reply, Reply]:
        """The left and the right one."""
        return (self.a, self.b) if self.shown == "ab" else (self.b, self.a)

    def took(self, told: str) -> int:
        """Milliseconds on screen, by the page where that is possible, else by the server."""
        most = round(1000 * (time.monotonic() - self.since))
        return int(told) if told.isdecimal() and len(told) < 12 and int(told) <= most + SLACK else most


@dataclass
class Voted:
    ballot: Ballot
    pressed: Pressed
    vote: str  # the opinion's id


@dataclass
class Desk:
    """One page's. Whoever reads or changes it holds `lock`: presses come as fast as a hand, each in a thread of its own."""

    lock: threading.RLock = field(default_factory=threading.RLock)
    current: Ballot | None = None
    later: list[Ballot] = field(default_factory=list)  # put aside by an undo, the next one last
    voted: deque[Voted] = field(default_factory=lambda: deque(maxlen=UNDONE))
    times: deque[float] = field(default_factory=lambda: deque(maxlen=PACED))
    wants: bool = False  # a pair is due and none was ready
    pace: str = ""  # as last shown

    def voted_on(self, ballot: str) -> Voted | None:
        return next((each for each in self.voted if each.ballot.id == ballot), None)


class Desks:
    """By browser session. The page that was quiet for longest is forgotten first; its votes are in the store. A request
    that names no session gets a desk of its own, which nobody sees again."""

    def __init__(self) -> None:
        self._desks: OrderedDict[str, Desk] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, session: str | None) -> Desk:
        if not session:
            return Desk()
        with self._lock:
            desk = self._desks.setdefault(session, Desk())
            self._desks.move_to_end(session)
            while len(self._desks) > PAGES:
                self._desks.popitem(last=False)
            return desk


def vote_of(pressed: Pressed, shown: Literal["ab", "ba"]) -> Choice:
    """What a press means for the stored a and b."""
    if pressed == "tie" or pressed == "both_bad":
        return pressed
    return "a" if (pressed == "left") == (shown == "ab") else "b"


def votes_a_minute(times: Sequence[float], now: float) -> int | None:
    """The pace of the spell of voting that `now` is in; None before its second vote."""
    spell: list[float] = []
    after = now
    for moment in reversed(times):
        if after - moment > IDLE:
            break
        spell.append(moment)
        after = moment
    if len(spell) < 2 or spell[0] == spell[-1]:
        return None
    return round(60 * (len(spell) - 1) / (spell[0] - spell[-1]))
