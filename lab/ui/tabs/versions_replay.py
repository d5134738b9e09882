"""What changed, below the tree: your own rated prompts answered by two versions, side by side, while the chat goes on.

Any two versions may be chosen; or both go to Compare, to be voted on blind. Nothing drawn here is stored.
"""

from __future__ import annotations

import html
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import gradio as gr

from lab.errors import LabError
from lab.records import Message
from lab.ui.lab import Lab
from lab.ui.replay import Case, Memory, Played, play, rated_prompts
from lab.ui.streams import Streams
from lab.ui.view import paced, version_name

COUNTS = (4, 8, 16, 32)
GREEDY, DRAWN = "The likeliest words", "One draw each, from the same seed"
PER_SECOND = 5.0  # pictures of a replay: each carries all of it
Update = dict[Any, Any]


@dataclass(frozen=True)
class ReplayTab:
    before: gr.Dropdown
    after: gr.Dropdown
    count: gr.Dropdown
    how: gr.Dropdown
    now: gr.Button
    stop: gr.Button
    blind: gr.Button
    shown: gr.HTML

    def outputs(self) -> set[Any]:
        return {self.now, self.stop, self.shown}


def build() -> ReplayTab:
    with gr.Row(elem_id="replay-row", equal_height=True):
        before, after = (
            gr.Dropdown(label=label, choices=[("base", 0)], value=0, min_width=170, scale=1, elem_id=name)
            for label, name in (("Before", "replay-before"), ("After", "replay-after"))
        )
        count = gr.Dropdown(list(COUNTS), value=8, label="Prompts, newest rated first", min_width=130, elem_id="replay-count")
        how = gr.Dropdown([GREEDY, DRAWN], value=GREEDY, label="How", min_width=200, scale=1, elem_id="replay-how")
    with gr.Row(elem_id="replay-buttons"):
        now = gr.Button("Replay my rated prompts", variant="primary", scale=0, min_width=260, elem_id="replay")
        stop = gr.Button("Stop", variant="stop", scale=0, min_width=110, visible=False, elem_id="replay-stop")
        blind = gr.Button("Vote on these two, blind", scale=0, min_width=260, elem_id="replay-blind")
    shown = gr.HTML(elem_id="replayed", padding=False)
    return ReplayTab(before, after, count, how, now, stop, blind, shown)


class ReplayHandlers:
    """Methods raise LabError; events.py turns that into a notice."""

    def __init__(self, lab: Lab, tab: ReplayTab, rater: gr.Textbox) -> None:
        self.lab, self.tab, self.rater = lab, tab, rater
        self.streams = Streams()
        self.memory = Memory()

    def replay(self, values: Mapping[Any, Any], request: gr.Request) -> Iterator[Update]:
        tab, pair = self.tab, self.pair(values)
        count, name = int(values[tab.count]), str(values[self.rater] or "").strip()
        prompts = rated_prompts(self.lab.store, count, name) or rated_prompts(self.lab.store, count)
        if not prompts:
            raise LabError("nothing was rated yet; give thumbs in Chat or vote in Compare, then look here again")
        sampling = self.lab.settings.sampling.record()
        if values[tab.how] == GREEDY:
            sampling = replace(sampling, temperature=0.0)
        names = tuple(version_name(version) for version in pair)
        with self.streams.open(request.session_hash) as flag:
            yield {tab.now: gr.update(visible=False), tab.stop: gr.update(visible=True)}
            played = Played((), len(prompts))
            for played in paced(play(self.lab, prompts, pair, sampling, flag, self.memory), PER_SECOND):
                yield {tab.shown: replay_page(played, names)}
            yield {**self.rest(), tab.shown: replay_page(played, names, ended=True)}

    def pair(self, values: Mapping[Any, Any]) -> tuple[int, int]:
        before, after = values[self.tab.before], values[self.tab.after]
        if before is None or after is None:
            raise LabError("two versions are compared and one is not chosen; choose it above")
        if before == after:
            raise LabError(f"{version_name(before)} is chosen twice; choose two versions")
        return int(before), int(after)

    def stop(self, request: gr.Request) -> None:
        self.streams.stop(request.session_hash)

    def recover(self, values: Mapping[Any, Any], request: gr.Request) -> Update:
        return {} if self.streams.running(request.session_hash) else self.rest()

    def rest(self) -> Update:
        return {self.tab.now: gr.update(visible=True), self.tab.stop: gr.update(visible=False)}


def replay_page(played: Played, names: tuple[str, ...], ended: bool = False) -> str:
    """Progress and, below it, a card a prompt: what was asked, what was said of it, both replies."""
    said = f"{played.done} of {played.total}"
    if played.done:
        said += f" · {played.changed} of {played.done} answers changed"
    if ended and played.done < played.total:
        said += " · stopped"
    bar = (
        f'<div class="bar" role="progressbar" aria-label="replay" aria-valuenow="{played.done}" aria-valuemin="0" '
        f'aria-valuemax="{played.total}"><div style="width:{100 * played.done / max(1, played.total):.0f}%"></div></div>'
    )
    cards = "".join(card(case, names) for case in played.cases)
    return f'<p class="round" aria-live="polite">{said}</p>{"" if ended else bar}<div class="cases">{cards}</div>'


def card(case: Case, names: tuple[str, ...]) -> str:
    rated = case.rated
    *earlier, last = rated.prompt
    badges = [learned_words(case, names)]
    if case.done and not case.changed:
        badges.append("the same words")
    marks = "".join(f'<span class="badge">{html.escape(badge)}</span> ' for badge in badges)
    words = "".join(f"<li>{html.escape(each)}</li>" for each in rated.words[:3])
    more = f"<li>and {len(rated.words) - 3} more</li>" if len(rated.words) > 3 else ""
    sides = "".join(
        f'<div class="side"><h4>{html.escape(name)}</h4><p>{html.escape(text) or "…"}</p></div>'
        for name, text in zip(names, (case.before, case.after), strict=True)
    )
    return (
        f'<div class="case"><p class="asked">{before_words(earlier)}<strong>{html.escape(last["content"])}</strong></p>'
        f'<p>{marks}</p><div class="sides">{sides}</div><ul class="quiet">{words}{more}</ul></div>'
    )


def before_words(earlier: list[Message]) -> str:
    turns = sum(message["role"] != "system" for message in earlier)
    return f'<span class="quiet">after {turns} turn{"" if turns == 1 else "s"}: </span>' if turns else ""


def learned_words(case: Case, names: tuple[str, ...]) -> str:
    """Whether a changed answer was taught or carried over, which is another thing to be glad of."""
    if case.rated.held_out:
        return "kept for testing: never trained on"
    who = {"both": "both", "before": names[0], "after": names[1]}.get(case.learned)
    return f"{who} learned from this" if who else "neither learned from this"
