"""The audit on the Feedback tab: what is odd about the votes, how sure that is, and a switch that makes training use it."""

from __future__ import annotations

import html
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import gradio as gr

from lab.insight.audit import Finding, audit
from lab.insight.care import DOES, RULES, Care, together
from lab.loop.care import asked_of, changed, reset, switch, switches
from lab.ui.lab import Lab
from lab.ui.view import percent

ORDER = ("side", "length", "haste", "steadiness", "agreement", "drift", "thumbs")
READING = '<p role="status">Reading every vote; with some thousands of them this takes a few seconds …</p>'
Update = dict[Any, Any]


@dataclass(frozen=True)
class AuditPart:
    summary: gr.HTML
    cards: dict[str, gr.HTML]
    switches: dict[str, gr.Checkbox]
    reset: gr.Button

    def outputs(self) -> set[Any]:
        return {self.summary, self.reset, *self.cards.values(), *self.switches.values()}


def build() -> AuditPart:
    with gr.Row(elem_id="audit-top"):
        summary = gr.HTML(elem_id="audit-summary", padding=False)
        again = gr.Button("As lab.toml says", scale=0, min_width=160, visible=False, elem_id="care-reset")
    cards, boxes = {}, {}
    with gr.Row(elem_id="audit-cards"):
        for name in ORDER:
            with gr.Column(elem_classes="finding", min_width=330):
                cards[name] = gr.HTML(elem_id=f"audit-{name}", padding=False)
                if name in RULES:
                    boxes[name] = gr.Checkbox(label=DOES[name], container=False, elem_id=f"care-{name}")
    return AuditPart(summary, cards, boxes, again)


class AuditHandlers:
    """What the audit does. Looking reads every vote, so it is done again only when something changed."""

    def __init__(self, lab: Lab, part: AuditPart) -> None:
        self.lab, self.part = lab, part
        self._looking = threading.Lock()
        self._seen: tuple[tuple, list[Finding], dict[str, Care]] | None = None

    def enter(self) -> Iterator[Update]:
        """The tab is opened: says that votes are being read, where that is still to do, and then what they say."""
        if self._seen is None or self._seen[0] != self.lab.store.opinions_mark():
            yield {self.part.summary: READING}
        yield self.open()

    def open(self) -> Update:
        part, on = self.part, switches(self.lab.store, self.lab.settings)
        findings, each, all_of_it = self.look(on)
        update: Update = {
            part.summary: summary_line(all_of_it, sum(on.values())),
            part.reset: gr.update(visible=bool(changed(self.lab.store))),
        }
        for finding in findings:
            update[part.cards[finding.name]] = card(finding, each.get(finding.name), on.get(finding.name, False))
        return update | {box: gr.update(value=on[name]) for name, box in part.switches.items()}

    def switcher(self, name: str) -> Any:
        def turn(on: bool) -> Update:
            switch(self.lab.store, name, bool(on))
            return self.open()

        return turn

    def reset(self) -> Update:
        reset(self.lab.store)
        return self.open()

    def look(self, on: dict[str, bool]) -> tuple[list[Finding], dict[str, Care], Care]:
        """The findings, what each switch alone would do, and what those that are on do together."""
        with self._looking:
            mark = self.lab.store.opinions_mark()
            if self._seen is None or self._seen[0] != mark:
                asked = asked_of(self.lab.store)
                findings = audit(asked.votes, asked.every, self.lab.store.thumbs(), asked.replies)
                self._seen = mark, findings, {name: rule(asked) for name, rule in RULES.items()}
            _, findings, each = self._seen
        return findings, each, together(each[name] for name, stands in on.items() if stands)


def summary_line(found: Care, switched: int) -> str:
    if not switched:
        return "<p>Every opinion counts alike. Each switch below makes training act on what it finds, from the next round on.</p>"
    on = f"{switched} switch{'es' if switched > 1 else ''} on"
    return f"<p>{on}: {html.escape(found.words)}, of all votes, from the next round on.</p>"


def card(finding: Finding, would: Care | None, on: bool) -> str:
    """A finding as a sentence, a figure with its interval, what to do, and what the switch does."""
    state = "concern" if finding.concern else "unknown" if finding.words.startswith("Not enough") else "well"
    figure = ""
    if finding.share is not None and finding.ci95 is not None:
        low, high = finding.ci95
        track = "interval half" if finding.name in ("side", "length") else "interval"
        figure = (
            f'<p class="figure"><b>{percent(finding.share)}</b> of {finding.n:,} (95 %: {percent(low)} to {percent(high)}), '
            f'expected {html.escape(finding.expected)}</p>'
            f'<div class="{track}" aria-hidden="true"><i style="left:{100 * low:.1f}%;width:{100 * (high - low):.1f}%"></i>'
            f'<b style="left:{100 * finding.share:.1f}%"></b></div>'
        )
    remedy = f"<p>{html.escape(finding.remedy)}</p>" if finding.remedy else ""
    does = "" if would is None else f'<p class="would">{"Does now" if on else "Would do"}: {html.escape(would.words)}.</p>'
    return (
        f'<div class="{state}"><h4>{html.escape(finding.title)}</h4>{figure}<p class="said">{html.escape(finding.words)}</p>'
        f"{remedy}{does}</div>"
    )
