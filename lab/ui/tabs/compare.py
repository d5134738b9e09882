"""The Compare tab: one prompt, two replies side by side, sides shuffled and names hidden until the vote.

A prompt is typed, or comes as a surprise; surprises go on by themselves: a vote is answered with the next pair, at once where
one was drawn ahead. The screen's left reply is "A", its right one "B"; the store's a and b are in the order drawn, and `shown`
says which was left. `vote_of` is the one place where the two meet.
"""

from __future__ import annotations

import html
import random
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Literal

import gradio as gr

from lab.chat.pairs import Ahead, Wish
from lab.errors import LabError
from lab.records import Reply, new_id
from lab.ui.lab import Lab
from lab.ui.panel import Panel, asked, named
from lab.ui.streams import Streams
from lab.ui.tabs.ballots import Ballot, Desk, Desks, Pressed, Voted, vote_of, votes_a_minute
from lab.ui.tabs.compare_parts import (
    SAMPLES,
    VERSIONS,
    WELCOME,
    WISHES,
    CompareTab,
    asked_words,
    build,
    pane,
    revealed,
    version_choices,
)
from lab.ui.view import paced

__all__ = ["SAMPLES", "VERSIONS", "CompareHandlers", "CompareTab", "build", "vote_of"]
COMING = "*The next pair is on its way …*"
Update = dict[Any, Any]


class CompareHandlers:
    """What the Compare tab does. Methods raise LabError; events.py turns that into a notice."""

    def __init__(self, lab: Lab, tab: CompareTab, panel: Panel) -> None:
        self.lab, self.tab, self.panel = lab, tab, panel
        self.streams = Streams()
        self.desks = Desks()
        self.coin = random.Random()

    def choose_what(self, what: str) -> Update:
        """Two versions: offers them, the live one against its parent to begin with."""
        versions = self.lab.versions.all()
        choices = version_choices(versions)
        live = self.lab.versions.live()
        parent = next((v.parent for v in versions if v.version == live), None) or 0
        seen = what == VERSIONS
        return {
            self.tab.first: gr.update(choices=choices, value=live, visible=seen),
            self.tab.second: gr.update(choices=choices, value=parent, visible=seen),
        }

    # a prompt of one's own

    def compare(self, values: Mapping[Any, Any], request: gr.Request) -> Iterator[Update]:
        tab, desk = self.tab, self.desks.of(request.session_hash)
        text = asked(values[tab.prompt])
        sampling, system = self.panel.sampling(values), self.panel.system_prompt(values)
        versions = self.versions_of(values) or self.lab.engine.trial() or (None, None)
        shown: Literal["ab", "ba"] = self.coin.choice(("ab", "ba"))
        with self.streams.open(request.session_hash) as flag:
            with desk.lock:
                desk.current, desk.wants = None, False
            yield {**self.busy(), tab.prompt: "", tab.question: asked_words(text, yours=True)}
            replies: list[Reply] = []
            for live in paced(self.lab.session.compare(None, None, text, sampling, versions, system, flag)):
                replies = live.replies
                sides = [pane(draft.text, draft.finish) for draft in live.drafts]
                if len(sides) == 2:
                    yield {tab.left: sides[shown == "ba"], tab.right: sides[shown == "ab"]}
            if len(replies) != 2:
                if not flag.is_set():
                    raise LabError("the model ended without two replies; ask again")
                yield self.put_right(values)  # stopped before the first token
                return
        yield self.show(desk, Ballot(text, replies[0], replies[1], shown))

    def versions_of(self, values: Mapping[Any, Any]) -> tuple[int, int] | None:
        """Two chosen by hand; None for what teaches most, which during a trial is evidence for or against what is on trial."""
        if values[self.tab.what] != VERSIONS:
            return None
        first, second = values[self.tab.first], values[self.tab.second]
        if first is None or second is None:
            raise LabError("two versions are compared and one is not chosen; choose it above")
        return int(first), int(second)

    def stop(self, request: gr.Request) -> None:
        self.streams.stop(request.session_hash)

    # surprises

    def next(self, rater: str, wish: str, what: str, request: gr.Request) -> Update:
        """The next pair; the one on screen goes without a vote. Does nothing while one is on its way."""
        desk = self.desks.of(request.session_hash)
        if self.streams.running(request.session_hash):
            return {}
        named(rater)
        with desk.lock:
            desk.current = None
            return {**self.advance(desk, rater, wish, what), self.tab.reveal: gr.update(visible=False)}

    def advance(self, desk: Desk, rater: str, wish: str, what: str) -> Update:
        """Puts the next pair up, if there is one; where there is none, the page is told to ask for `draw`."""
        if desk.later:
            return self.show(desk, desk.later.pop())
        try:
            pair = self.lab.queue.take(wish_of(wish), rater.strip()) if what != VERSIONS else None
        except LabError:  # a vote may just have been kept: not done would be wrong, and `draw` meets the same trouble
            pair = None
        if pair is not None:
            return self.show(desk, ballot_of(pair))
        desk.wants = True
        tab = self.tab
        return {tab.ballot: "", tab.due: new_id(), tab.question: COMING, tab.left: "", tab.right: "", **self.buttons(False)}

    def draw(self, values: Mapping[Any, Any], request: gr.Request) -> Iterator[Update]:
        """Waits for the pair that is due, as it grows; does nothing when none is."""
        tab, desk = self.tab, self.desks.of(request.session_hash)
        with desk.lock:
            if not desk.wants:
                return
            desk.wants = False
        wish, versions = wish_of(values[tab.wish]), self.versions_of(values)
        pair: Ahead | None = None
        with self.streams.open(request.session_hash) as flag:
            yield self.working()
            for item in paced(self.lab.queue.next(wish, flag, versions, self.panel.sampling(values))):
                if isinstance(item, Ahead):
                    pair = item
                    continue
                sides = [pane(draft.text, draft.finish) for draft in item.drafts]
                yield {
                    tab.question: asked_words(item.text, yours=False),
                    tab.left: sides[item.shown == "ba"], tab.right: sides[item.shown == "ab"],
                }  # fmt: skip
        if pair is None:
            yield {**self.mend(values, request), tab.question: WELCOME, tab.left: "", tab.right: ""}
            return
        yield self.show(desk, ballot_of(pair))

    # votes

    def voter(self, pressed: Pressed) -> Callable[[str, str, str, str, gr.Request], Update]:
        """The handler of one of the four buttons."""

        def vote(said: str, rater: str, wish: str, what: str, request: gr.Request) -> Update:
            return self.vote(pressed, said, rater, wish, what, request)

        return vote

    def vote(self, pressed: Pressed, said: str, rater: str, wish: str, what: str, request: gr.Request) -> Update:
        """`said` is what the page had on screen: the ballot's id, and for how many milliseconds."""
        desk = self.desks.of(request.session_hash)
        shown, _, told = str(said or "").partition(" ")
        self.lab.queue.hush()
        with desk.lock:
            before = desk.voted_on(shown)
            up = desk.current if desk.current is not None and desk.current.id == shown else None
            ballot = before.ballot if before is not None else up
            if ballot is None:
                raise LabError("there is nothing to vote on; ask both first, or press space")
            if before is not None and before.pressed == pressed:
                return {}  # a double click
            choice, took = vote_of(pressed, ballot.shown), ballot.took(told)
            kept = self.lab.session.vote(ballot.a.id, ballot.b.id, choice, ballot.shown, named(rater), took)
            reveal = {self.tab.reveal: gr.update(value=revealed(pressed, ballot), visible=True)}
            if before is not None:  # changed their mind before the next pair was on screen
                before.pressed, before.vote = pressed, kept.id
                return reveal
            desk.voted.append(Voted(ballot, pressed, kept.id))
            desk.times.append(time.monotonic())
            desk.current = None
            if ballot.rating:
                follows = self.advance(desk, rater, wish, what)
            else:
                follows = {**self.rest(voting=False), self.tab.ballot: "", self.tab.undo: gr.update(interactive=True)}
            return {**follows, **reveal, **self.pace(desk)}

    def undo(self, request: gr.Request) -> Update:
        """Takes the last vote of this page back, and brings its pair back; the pair on screen comes after it."""
        desk = self.desks.of(request.session_hash)
        self.streams.rest(request.session_hash)
        with desk.lock:
            if not desk.voted:
                raise LabError("there is no vote of this page to take back; older ones are taken back by voting again")
            last = desk.voted[-1]
            self.lab.session.take_back(last.vote)
            desk.voted.pop()
            if desk.times:
                desk.times.pop()
            if desk.current is not None:
                desk.later.append(desk.current)
            again = gr.update(value="**Taken back.** Vote again, or go on with space.", visible=True)
            return {**self.show(desk, last.ballot), self.tab.reveal: again, **self.pace(desk)}

    # what the page shows

    def show(self, desk: Desk, ballot: Ballot) -> Update:
        """A pair up for a vote."""
        ballot = Ballot(ballot.prompt, ballot.a, ballot.b, ballot.shown, ballot.rating)  # on screen from now on, under a new id
        left, right = ballot.sides()
        with desk.lock:
            desk.current, desk.wants = ballot, False
            undo = bool(desk.voted)
        tab = self.tab
        return {
            **self.rest(voting=True), tab.ballot: ballot.id, tab.question: asked_words(ballot.prompt, not ballot.rating),
            tab.left: pane(left.text, left.finish), tab.right: pane(right.text, right.finish),
            tab.undo: gr.update(interactive=undo),
        }  # fmt: skip

    def tick(self, request: gr.Request) -> Update:
        """What changes by itself: the pace, and what the next round waits for."""
        return self.pace(self.desks.of(request.session_hash))

    def pace(self, desk: Desk) -> Update:
        """Nothing where it reads as before."""
        try:
            reason = self.lab.worker.status().reason
        except LabError:  # the Training tab tells it
            reason = ""
        fast = votes_a_minute(tuple(desk.times), time.monotonic())
        said = [f"{fast} votes a minute"] if fast is not None else []
        words = html.escape(" · ".join([*said, reason]))
        if words == desk.pace:
            return {}
        desk.pace = words
        return {self.tab.pace: f'<div class="pace">{words}</div>'}

    def recover(self, values: Mapping[Any, Any], request: gr.Request) -> Update:
        """After an error. Two replies still on their way keep the page."""
        return {} if self.streams.running(request.session_hash) else self.put_right(values)

    def mend(self, values: Mapping[Any, Any], request: gr.Request) -> Update:
        """After a surprise that did not come."""
        return {} if self.streams.running(request.session_hash) else {**self.rest(voting=False), self.tab.ballot: ""}

    def put_right(self, values: Mapping[Any, Any]) -> Update:
        """Nothing to vote on, and the typed prompt on its way back into its box."""
        return {**self.rest(voting=False), self.tab.ballot: "", self.tab.unsent: values.get(self.tab.prompt) or ""}

    def busy(self) -> Update:
        tab = self.tab
        return {**self.working(), tab.unsent: "", tab.left: "", tab.right: "", tab.reveal: gr.update(visible=False)}

    def working(self) -> Update:
        tab = self.tab
        hidden = {tab.ask: gr.update(visible=False), tab.surprise: gr.update(visible=False)}
        return {tab.ballot: "", **hidden, tab.stop: gr.update(visible=True), **self.buttons(False)}

    def rest(self, voting: bool) -> Update:
        tab = self.tab
        seen = {tab.ask: gr.update(visible=True), tab.surprise: gr.update(visible=True)}
        return {**seen, tab.stop: gr.update(visible=False), **self.buttons(voting)}

    def buttons(self, on: bool) -> Update:
        return {button: gr.update(interactive=on) for button in self.tab.votes.values()}


def ballot_of(pair: Ahead) -> Ballot:
    return Ballot(pair.prompt.text, pair.a, pair.b, pair.shown, rating=True)


def wish_of(said: str) -> Wish:
    """A kind of prompt, as a browser sends it."""
    for _, wish in WISHES:
        if said == wish:
            return wish  # type: ignore[return-value]
    raise LabError(f"{said!r} is no kind of prompt; choose one above")
