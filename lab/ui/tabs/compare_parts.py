"""The components of the Compare tab, and how a pair and a vote read. What they do is in compare.py."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr

from lab.records import AdapterVersion
from lab.ui.panel import LONGEST_MESSAGE
from lab.ui.tabs.ballots import Ballot, Pressed
from lab.ui.view import ENDINGS, kept, plain, version_name

SAMPLES = "What teaches most now"
VERSIONS = "Two versions"
BUTTONS: tuple[tuple[Pressed, str], ...] = (
    ("left", "A is better (1)"), ("right", "B is better (2)"), ("tie", "Tie (3)"), ("both_bad", "Both bad (4)"),
)  # fmt: skip
WISHES = [("Anything", "anything"), ("Chat", "chat"), ("Summaries", "summaries"), ("Stories", "stories")]
WELCOME = "**Surprise me**, or the space key, asks both something for you. Or write a prompt of your own below."


@dataclass(frozen=True)
class CompareTab:
    ballot: gr.Textbox
    due: gr.Textbox
    what: gr.Radio
    first: gr.Dropdown
    second: gr.Dropdown
    wish: gr.Radio
    reveal: gr.Markdown
    pace: gr.HTML
    question: gr.Markdown
    left: gr.Markdown
    right: gr.Markdown
    votes: dict[Pressed, gr.Button]
    next: gr.Button
    undo: gr.Button
    prompt: gr.Textbox
    unsent: gr.Textbox
    ask: gr.Button
    surprise: gr.Button
    stop: gr.Button

    def outputs(self) -> set[Any]:
        return {
            self.ballot, self.due, self.question, self.left, self.right, *self.votes.values(), self.reveal, self.pace,
            self.undo, self.prompt, self.unsent, self.ask, self.surprise, self.stop,
        }  # fmt: skip


def build() -> CompareTab:
    # the id of the pair on screen; a press sends it along, so that it cannot mean another pair
    ballot = gr.Textbox("", visible="hidden", elem_id="ballot")
    due = gr.Textbox("", visible="hidden", elem_id="due")  # changes when a pair is wanted and none is ready
    with gr.Row(elem_id="compare-what"):
        what = gr.Radio(
            [SAMPLES, VERSIONS], value=SAMPLES, label="Who answers", elem_id="what", scale=4, min_width=300,
            info="during a trial, the version on trial and the proven one; else two samples of the live version",
        )  # fmt: skip
        first, second = (
            gr.Dropdown(label=label, choices=[("base", 0)], value=0, visible=False, elem_id=name, min_width=140)
            for label, name in (("One version", "first-version"), ("The other", "second-version"))
        )
        wish = gr.Radio(
            WISHES, value="anything", label="Surprise me with", elem_id="wish", scale=5, min_width=300,
            info="bundled prompts, and first messages of your own",
        )  # fmt: skip
    with gr.Row(elem_id="told"):
        reveal = gr.Markdown(elem_id="reveal", visible=False)
        pace = gr.HTML(elem_id="pace", padding=False)
    question = gr.Markdown(WELCOME, elem_id="question")
    with gr.Row(elem_id="panes", equal_height=True):
        with gr.Column(elem_classes="pane", min_width=240):
            gr.Markdown("### A")
            left = gr.Markdown(elem_id="left", elem_classes="pane-text", sanitize_html=True, line_breaks=True)
        with gr.Column(elem_classes="pane", min_width=240):
            gr.Markdown("### B")
            right = gr.Markdown(elem_id="right", elem_classes="pane-text", sanitize_html=True, line_breaks=True)
    with gr.Row(elem_id="votes"):
        votes = {side: gr.Button(label, interactive=False, elem_id=f"vote-{side}", min_width=110) for side, label in BUTTONS}
        next_pair = gr.Button("Next (space)", elem_id="next", min_width=110)
        undo = gr.Button("Undo (U)", interactive=False, elem_id="undo", min_width=90)
    with gr.Row(elem_id="compare-row", equal_height=True):
        prompt = gr.Textbox(
            show_label=False, placeholder="A prompt for both", lines=1, max_lines=8, scale=8, min_width=120, container=False,
            max_length=LONGEST_MESSAGE, elem_id="compare-prompt",
        )  # fmt: skip
        unsent = gr.Textbox(visible="hidden", elem_id="compare-unsent")  # a script of the page puts it back into an empty box
        ask = gr.Button("Ask both", variant="primary", scale=0, min_width=100, elem_id="ask")
        surprise = gr.Button("Surprise me", scale=0, min_width=116, elem_id="surprise")
        stop = gr.Button("Stop", variant="stop", scale=0, min_width=110, visible=False, elem_id="compare-stop")
    return CompareTab(
        ballot, due, what, first, second, wish, reveal, pace, question, left, right, votes, next_pair, undo, prompt, unsent,
        ask, surprise, stop,
    )  # fmt: skip


def version_choices(versions: Sequence[AdapterVersion]) -> list[tuple[str, int]]:
    newest_first = sorted(versions, key=lambda version: -version.version)
    return [(f"{version_name(v.version)} ({v.state})" if v.version else version_name(0), v.version) for v in newest_first]


def asked_words(prompt: str, yours: bool) -> str:
    return f"**{'You asked' if yours else 'Asked'}:** {plain(prompt)}"


def pane(text: str, finish: str | None) -> str:
    ending = f'\n\n<span class="by">{ENDINGS[finish]}</span>' if finish in ENDINGS else ""
    return (plain(text) or "…") + ending


def revealed(pressed: Pressed, ballot: Ballot) -> str:
    left, right = ballot.sides()
    said = {"left": "A is better", "right": "B is better", "tie": "Tie", "both_bad": "Both bad"}[pressed]
    by = version_name(left.version), version_name(right.version)
    who = f"Both were {by[0]}." if by[0] == by[1] else f"A was {by[0]}, B was {by[1]}."
    return f"**{said}**, {kept(ballot.prompt)}. {who}"
