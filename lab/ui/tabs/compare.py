"""The Compare tab: one prompt, two replies side by side, sides shuffled and names hidden until the vote.

The screen's left reply is "A", its right one "B"; the store's a and b are in the order drawn, and `shown` says which
was left. `vote_of` is the one place where the two meet.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import gradio as gr

from lab.errors import LabError
from lab.records import AdapterVersion, Choice, Reply
from lab.ui.lab import Lab
from lab.ui.panel import LONGEST_MESSAGE, Panel, asked, named
from lab.ui.streams import Streams
from lab.ui.view import ENDINGS, paced, plain, version_name

SAMPLES = "What teaches most now"
VERSIONS = "Two versions"
Pressed = Literal["left", "right", "tie", "both_bad"]
BUTTONS: tuple[tuple[Pressed, str], ...] = (
    ("left", "A is better (1)"), ("right", "B is better (2)"), ("tie", "Tie (3)"), ("both_bad", "Both bad (4)"),
)  # fmt: skip
Update = dict[Any, Any]


@dataclass(frozen=True)
class Ballot:
    """Two replies waiting for a vote."""

    a: Reply
    b: Reply
    shown: Literal["ab", "ba"]
    ready: float  # when both were complete, on the monotonic clock

    def sides(self) -> tuple[Reply, Reply]:
        """The left and the right one."""
        return (self.a, self.b) if self.shown == "ab" else (self.b, self.a)


@dataclass(frozen=True)
class CompareTab:
    ballot: gr.State
    what: gr.Radio
    first: gr.Dropdown
    second: gr.Dropdown
    question: gr.Markdown
    left: gr.Markdown
    right: gr.Markdown
    votes: dict[Pressed, gr.Button]
    reveal: gr.Markdown
    prompt: gr.Textbox
    unsent: gr.Textbox
    ask: gr.Button
    stop: gr.Button

    def outputs(self) -> set[Any]:
        return {
            self.ballot, self.question, self.left, self.right, *self.votes.values(), self.reveal, self.prompt, self.unsent,
            self.ask, self.stop,
        }  # fmt: skip


def build() -> CompareTab:
    ballot = gr.State(None)
    with gr.Row(elem_id="compare-what"):
        what = gr.Radio(
            [SAMPLES, VERSIONS], value=SAMPLES, label="Who answers", elem_id="what", scale=2, min_width=300,
            info="during a trial, the version on trial and the proven one; else two samples of the live version",
        )  # fmt: skip
        first, second = (
            gr.Dropdown(label=label, choices=[("base", 0)], value=0, visible=False, elem_id=name, min_width=140)
            for label, name in (("One version", "first-version"), ("The other", "second-version"))
        )
    question = gr.Markdown(elem_id="question", visible=False)
    with gr.Row(elem_id="panes", equal_height=True):
        with gr.Column(elem_classes="pane", min_width=240):
            gr.Markdown("### A")
            left = gr.Markdown(elem_id="left", elem_classes="pane-text", sanitize_html=True, line_breaks=True)
        with gr.Column(elem_classes="pane", min_width=240):
            gr.Markdown("### B")
            right = gr.Markdown(elem_id="right", elem_classes="pane-text", sanitize_html=True, line_breaks=True)
    with gr.Row(elem_id="votes"):
        votes = {side: gr.Button(label, interactive=False, elem_id=f"vote-{side}", min_width=120) for side, label in BUTTONS}
    reveal = gr.Markdown(elem_id="reveal", visible=False)
    with gr.Row(elem_id="compare-row", equal_height=True):
        prompt = gr.Textbox(
            show_label=False, placeholder="A prompt for both", lines=1, max_lines=8, scale=8, min_width=120, container=False,
            max_length=LONGEST_MESSAGE, elem_id="compare-prompt",
        )  # fmt: skip
        unsent = gr.Textbox(visible="hidden", elem_id="compare-unsent")  # a script of the page puts it back into an empty box
        ask = gr.Button("Ask both", variant="primary", scale=0, min_width=110, elem_id="ask")
        stop = gr.Button("Stop", variant="stop", scale=0, min_width=110, visible=False, elem_id="compare-stop")
    return CompareTab(ballot, what, first, second, question, left, right, votes, reveal, prompt, unsent, ask, stop)


def vote_of(pressed: Pressed, shown: Literal["ab", "ba"]) -> Choice:
    """What a press means for the stored a and b."""
    if pressed == "tie" or pressed == "both_bad":
        return pressed
    return "a" if (pressed == "left") == (shown == "ab") else "b"


def version_choices(versions: Sequence[AdapterVersion]) -> list[tuple[str, int]]:
    newest_first = sorted(versions, key=lambda version: -version.version)
    return [(f"{version_name(v.version)} ({v.state})" if v.version else version_name(0), v.version) for v in newest_first]


class CompareHandlers:
    """What the Compare tab does. Methods raise LabError; events.py turns that into a notice."""

    def __init__(self, lab: Lab, tab: CompareTab, panel: Panel) -> None:
        self.lab, self.tab, self.panel = lab, tab, panel
        self.streams = Streams()
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

    def compare(self, values: Mapping[Any, Any], request: gr.Request) -> Iterator[Update]:
        tab = self.tab
        text = asked(values[tab.prompt])
        sampling, system = self.panel.sampling(values), self.panel.system_prompt(values)
        versions = self.versions_of(values)
        shown: Literal["ab", "ba"] = self.coin.choice(("ab", "ba"))
        with self.streams.open(request.session_hash) as flag:
            yield {**self.busy(), tab.prompt: "", tab.question: gr.update(value=f"**You asked:** {plain(text)}", visible=True)}
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
        ballot = Ballot(replies[0], replies[1], shown, time.monotonic())
        left, right = ballot.sides()
        yield {
            **self.rest(voting=True),
            tab.ballot: ballot,
            tab.left: pane(left.text, left.finish),
            tab.right: pane(right.text, right.finish),
        }

    def versions_of(self, values: Mapping[Any, Any]) -> tuple[int | None, int | None]:
        if values[self.tab.what] != VERSIONS:  # during a trial every vote is evidence for or against the version on trial
            return self.lab.engine.trial() or (None, None)
        first, second = values[self.tab.first], values[self.tab.second]
        if first is None or second is None:
            raise LabError("two versions are compared and one is not chosen; choose it above")
        return int(first), int(second)

    def stop(self, request: gr.Request) -> None:
        self.streams.stop(request.session_hash)

    def voter(self, pressed: Pressed) -> Callable[[Ballot | None, str], Update]:
        """The handler of one of the four buttons."""

        def vote(ballot: Ballot | None, rater: str) -> Update:
            return self.vote(pressed, ballot, rater)

        return vote

    def vote(self, pressed: Pressed, ballot: Ballot | None, rater: str) -> Update:
        if not isinstance(ballot, Ballot):
            raise LabError("there is nothing to vote on; ask both first")
        took = round(1000 * (time.monotonic() - ballot.ready))
        choice = vote_of(pressed, ballot.shown)
        self.lab.session.vote(ballot.a.id, ballot.b.id, choice, ballot.shown, named(rater), took)
        said = gr.update(value=revealed(pressed, ballot), visible=True)
        return {**self.rest(voting=False), self.tab.ballot: None, self.tab.reveal: said}

    def recover(self, values: Mapping[Any, Any], request: gr.Request) -> Update:
        """After an error. Two replies still on their way keep the page."""
        return {} if self.streams.running(request.session_hash) else self.put_right(values)

    def put_right(self, values: Mapping[Any, Any]) -> Update:
        """Nothing to vote on, and the typed prompt on its way back into its box."""
        return {**self.rest(voting=False), self.tab.ballot: None, self.tab.unsent: values.get(self.tab.prompt) or ""}

    def busy(self) -> Update:
        tab = self.tab
        return {
            tab.unsent: "", tab.ballot: None, tab.left: "", tab.right: "", tab.reveal: gr.update(visible=False),
            tab.ask: gr.update(visible=False), tab.stop: gr.update(visible=True), **self.buttons(False),
        }  # fmt: skip

    def rest(self, voting: bool) -> Update:
        return {self.tab.ask: gr.update(visible=True), self.tab.stop: gr.update(visible=False), **self.buttons(voting)}

    def buttons(self, on: bool) -> Update:
        return {button: gr.update(interactive=on) for button in self.tab.votes.values()}


def pane(text: str, finish: str | None) -> str:
    ending = f'\n\n<span class="by">{ENDINGS[finish]}</span>' if finish in ENDINGS else ""
    return (plain(text) or "…") + ending


def revealed(pressed: Pressed, ballot: Ballot) -> str:
    left, right = ballot.sides()
    said = {"left": "A is better", "right": "B is better", "tie": "Tie", "both_bad": "Both bad"}[pressed]
    return f"**{said}**, kept. A was {version_name(left.version)}, B was {version_name(right.version)}."
