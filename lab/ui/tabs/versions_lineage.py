"""Lineage, below the tree: what the chosen version learned from, round by round, and a search from words to versions.

loop/lineage.py knows; this shows it. Only the first opinions of a long round are listed; the command line has all.
"""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr

from lab.loop.lineage import Step, Trace, find, of_version, through_reward
from lab.ui.lab import Lab
from lab.ui.panel import limited
from lab.ui.tabs.versions_view import PICK
from lab.ui.view import version_name

LISTED = 100  # opinions a round
LONGEST = 300  # characters of a search
Update = dict[Any, Any]


@dataclass(frozen=True)
class LineageTab:
    line: gr.HTML
    sought: gr.Textbox
    search: gr.Button
    found: gr.HTML


def build() -> LineageTab:
    with gr.Row(elem_id="trace-row"):
        sought = gr.Textbox(
            show_label=False, container=False, scale=4, min_width=200, elem_id="sought",
            placeholder="Words of a reply, of a question or of a better answer; or an id",
        )  # fmt: skip
        search = gr.Button("Trace", scale=0, min_width=100, elem_id="trace")
    found = gr.HTML(elem_id="traces", padding=False, js_on_load=PICK)
    line = gr.HTML(elem_id="lineage", padding=False)
    return LineageTab(line, sought, search, found)


class LineageHandlers:
    """What the search does; the line itself is filled by the Versions tab, with the chosen version."""

    def __init__(self, lab: Lab, tab: LineageTab) -> None:
        self.lab, self.tab = lab, tab

    def trace(self, sought: str) -> Update:
        wanted = limited(sought, LONGEST, "what is sought")
        return {self.tab.found: traces_table(find(self.lab.store, self.lab.versions, wanted), wanted)}


def lineage_page(lab: Lab, number: int) -> str:
    """The chosen version back to the base, each round with the very opinions it read."""
    if not number:
        return '<p class="reason">The base learned from nobody here.</p>'
    parts = [step_part(step, first=not place) for place, step in enumerate(of_version(lab.store, lab.versions, number))]
    return f'<div class="lineage">{"".join(parts)}<p class="quiet">The base learned from nobody here.</p></div>'


def step_part(step: Step, first: bool) -> str:
    made = f"{step.algorithm.upper() or 'unknown'} from {version_name(step.parent)}"
    made += through_reward(step)
    count = f"{len(step.learned)} opinion{'' if len(step.learned) == 1 else 's'}"
    rows = "".join(f"<li><b>{each.kind}</b> {html.escape(each.words)}</li>" for each in step.learned[:LISTED])
    more = len(step.learned) - LISTED
    rest = f'<li class="quiet">and {more} more: <code>lineage {step.version}</code> lists all</li>' if more > 0 else ""
    job = f'<span class="quiet">round {html.escape(step.job)}</span>' if step.job else ""
    return (
        f"<details{' open' if first else ''}><summary><strong>{html.escape(version_name(step.version))}</strong> "
        f'<span class="state {html.escape(step.state)}">{html.escape(step.state)}</span> {html.escape(made)} · {count}</summary>'
        f"<p>{html.escape(step.why)} {job}</p><ul>{rows}{rest}</ul></details>"
    )


def traces_table(traces: Sequence[Trace], sought: str) -> str:
    """Each reply with who spoke it, each opinion with the versions it reached."""
    if not sought.strip():
        return ""
    if not traces:
        return f'<p class="reason">Nothing here says “{html.escape(sought.strip())}”.</p>'
    rows = "".join(
        f"<tr><td>{trace.kind}</td><td>{html.escape(trace.words)}</td>"
        f"<td>{linked(trace.spoken) if trace.spoken is not None else '–'}</td><td>{all_of(trace)}</td></tr>"
        for trace in traces
    )
    head = "".join(f'<th scope="col">{name}</th>' for name in ("", "What", "Spoken by", "Versions that learned from it"))
    return f'<table class="traces"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>'


def all_of(trace: Trace) -> str:
    if trace.reached:
        return " ".join(linked(version) for version in trace.reached)
    return "none yet" if trace.kind != "reply" else "–"


def linked(version: int) -> str:
    """A version's name as a button that chooses it."""
    return f'<button type="button" class="pick" data-version="{version}">{html.escape(version_name(version))}</button>'
