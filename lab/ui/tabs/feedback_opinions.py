"""The list of opinions on the Feedback tab: filters, pages, one opinion in full, withdrawing and restoring it.

Pages are cut on the server; the browser never sends a row back, only which of them was selected.
"""

from __future__ import annotations

import html
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import gradio as gr

from lab.errors import LabError
from lab.feedback.browse import GIVEN, KINDS, PAGE, STATES, Detail, Filter, Row
from lab.loop.lineage import reached
from lab.records import CRITERIA, Reply
from lab.ui.kept import Kept
from lab.ui.lab import Lab
from lab.ui.view import clock, short, version_name

HEADERS = ["When", "Opinion", "Asked", "Reply", "Rather than", "Rater", "About", "Said by", "State"]
WIDTHS = ["122px", "105px", "180px", "205px", "180px", "80px", "85px", "105px", "95px"]
LONGEST_SEARCH = 200  # characters
DAY = 86_400.0
NAMES = {"vote": "Votes", "thumb": "Thumbs", "correction": "Better answers", "chat": "Imported chats"}
SAYS = {"counts": "Counts", "replaced": "Replaced by a newer one", "cleared": "Cleared", "withdrawn": "Withdrawn"}
CHOICES: dict[str, tuple[str, tuple[str, ...]]] = {
    "decided": ("One is better", ("a", "b")), "tie": ("Tie", ("tie",)), "both_bad": ("Both bad", ("both_bad",)),
    "up": ("Thumb up", ("up",)), "down": ("Thumb down", ("down",)),
}  # fmt: skip
Update = dict[Any, Any]


@dataclass(frozen=True)
class OpinionsPart:
    shown: Kept  # ids of the rows on the screen
    start: Kept
    chosen: Kept  # id of the opinion in the pane
    text: gr.Textbox
    kind: gr.Dropdown
    state: gr.Dropdown
    rater: gr.Dropdown
    criterion: gr.Dropdown
    choice: gr.Dropdown
    version: gr.Dropdown
    since: gr.Textbox
    until: gr.Textbox
    clear: gr.Button
    table: gr.Dataframe
    count: gr.HTML
    newer: gr.Button
    older: gr.Button
    detail: gr.HTML
    withdraw: gr.Button
    restore: gr.Button

    def filters(self) -> set[Any]:
        lists = {self.kind, self.state, self.rater, self.criterion, self.choice, self.version}
        return {self.text, self.since, self.until} | lists

    def outputs(self) -> set[Any]:
        return {
            self.shown, self.start, self.chosen, self.table, self.count, self.newer, self.older, self.detail, self.withdraw,
            self.restore,
        }  # fmt: skip


def build() -> OpinionsPart:
    shown, start, chosen = Kept([]), Kept(0), Kept(None)
    with gr.Row(elem_id="opinion-filters"):
        text = gr.Textbox(
            label="Search", placeholder="words of a question, a reply or a comment; Enter", max_length=LONGEST_SEARCH, scale=2,
            min_width=220, elem_id="opinion-search",
        )  # fmt: skip
        kind = listed("Kind", [(NAMES[each], each) for each in KINDS], "opinion-kind")
        state = listed("State", [(SAYS[each], each) for each in STATES], "opinion-state")
        choice = listed("Opinion", [(words, name) for name, (words, _) in CHOICES.items()], "opinion-choice")
        rater = listed("Rater", [], "opinion-rater")
        criterion = listed("About", list(CRITERIA), "opinion-criterion")
        version = listed("Said by", [], "opinion-version")
        since, until = (
            gr.Textbox(
                label=label, placeholder="2026-01-31", max_length=10, scale=1, min_width=110, elem_id=f"opinion-{label.lower()}",
            )
            for label in ("From", "Until")
        )
        clear = gr.Button("Show all", scale=0, min_width=100, elem_id="opinion-clear")
    table = gr.Dataframe(
        headers=HEADERS, value=[], interactive=False, wrap=False, label="Opinions (select a row)", elem_id="opinions",
        max_height=360, column_widths=WIDTHS, buttons=[],
    )  # fmt: skip
    with gr.Row(elem_id="opinion-pages"):
        newer = gr.Button("← Newer", scale=0, min_width=100, interactive=False, elem_id="opinion-newer")
        older = gr.Button("Older →", scale=0, min_width=100, interactive=False, elem_id="opinion-older")
        count = gr.HTML(elem_id="opinion-count", padding=False)
        withdraw = gr.Button("Withdraw", scale=0, min_width=110, visible=False, elem_id="withdraw")
        restore = gr.Button("Restore", variant="primary", scale=0, min_width=110, visible=False, elem_id="restore")
    detail = gr.HTML(elem_id="opinion", padding=False)
    return OpinionsPart(
        shown, start, chosen, text, kind, state, rater, criterion, choice, version, since, until, clear, table, count, newer,
        older, detail, withdraw, restore,
    )  # fmt: skip


def listed(label: str, choices: Sequence[Any], name: str) -> gr.Dropdown:
    return gr.Dropdown([("All", ""), *named(choices)], value="", label=label, scale=1, min_width=120, elem_id=name)


def named(choices: Sequence[Any]) -> list[tuple[str, str]]:
    return [each if isinstance(each, tuple) else (each, each) for each in choices]


class OpinionsHandlers:
    """What the list does. Methods raise LabError; events.py turns that into a notice."""

    def __init__(self, lab: Lab, part: OpinionsPart) -> None:
        self.lab, self.part = lab, part

    def open(self, values: Mapping[Any, Any]) -> Update:
        """The tab was opened: what there is to filter by may have grown; the page stays where it was."""
        part, found = self.part, self.lab.store.filter_values()
        versions = [(self.speaker(*each), f"{each[1]}@{each[0]}") for each in found.versions]
        update: Update = {}
        for component, choices in ((part.rater, named(found.raters)), (part.version, versions)):
            there = values[component] in {value for _, value in choices}
            update[component] = gr.update(choices=[("All", ""), *choices], value=values[component] if there else "")
            values = {**values, component: values[component] if there else ""}
        return {**self.listing(values, values[part.start]), **self.look(values[part.chosen]), **update}

    def find(self, values: Mapping[Any, Any]) -> Update:
        return self.listing(values, 0)

    def clear(self) -> Update:
        part = self.part
        nothing = dict.fromkeys(part.filters(), "")
        return {**{component: gr.update(value="") for component in nothing}, **self.listing(nothing, 0)}

    def newer(self, values: Mapping[Any, Any]) -> Update:
        return self.listing(values, values[self.part.start] - PAGE)

    def older(self, values: Mapping[Any, Any]) -> Update:
        return self.listing(values, values[self.part.start] + PAGE)

    def pick(self, shown: Sequence[str], event: gr.SelectData) -> Update:
        row = event.index[0] if isinstance(event.index, list | tuple) else event.index
        if not 0 <= row < len(shown):
            raise LabError("this list is older than the lab's; open the tab again")
        return self.look(shown[row])

    def withdraw(self, values: Mapping[Any, Any]) -> Update:
        self.lab.store.withdraw(self.required(values))
        gr.Info("Withdrawn: no later round reads it. What a version has learned from it stays learned.", duration=5)
        return {**self.listing(values, values[self.part.start]), **self.look(values[self.part.chosen])}

    def restore(self, values: Mapping[Any, Any]) -> Update:
        self.lab.store.restore(self.required(values))
        gr.Info("Restored: it counts again.", duration=3)
        return {**self.listing(values, values[self.part.start]), **self.look(values[self.part.chosen])}

    def required(self, values: Mapping[Any, Any]) -> str:
        if not values[self.part.chosen]:
            raise LabError("no opinion is chosen; select a row of the list")
        return str(values[self.part.chosen])

    def listing(self, values: Mapping[Any, Any], start: int) -> Update:
        """The page of the list that begins at `start`, or the last one there is. The pane is left as it is: somebody may have
        selected a row meanwhile."""
        part, wanted = self.part, self.wanted(values)
        start = max(0, start)
        rows, total = self.lab.store.browse(wanted, start)
        if not rows and total:
            start = (total - 1) // PAGE * PAGE
            rows, total = self.lab.store.browse(wanted, start)
        return {
            part.shown: [row.id for row in rows], part.start: start,
            part.table: gr.update(value=[table_row(row) for row in rows], visible=bool(rows)),
            part.count: count_line(start, len(rows), total, filtered=wanted != Filter()),
            part.newer: gr.update(interactive=start > 0), part.older: gr.update(interactive=start + len(rows) < total),
        }  # fmt: skip

    def look(self, chosen: str | None) -> Update:
        part = self.part
        try:
            found = self.lab.store.detail(chosen) if chosen else None
        except LabError:  # forgotten meanwhile
            found = None
        if found is None:
            hidden = gr.update(visible=False)
            return {part.chosen: None, part.detail: "", part.withdraw: hidden, part.restore: hidden}
        gone = found.row.state == "withdrawn"
        learned = reached(self.lab.store, self.lab.versions, found.row.id)
        return {
            part.chosen: found.row.id, part.detail: pane(found, learned),
            part.withdraw: gr.update(visible=not gone), part.restore: gr.update(visible=gone),
        }  # fmt: skip

    def wanted(self, values: Mapping[Any, Any]) -> Filter:
        part = self.part
        number, _, base = str(values[part.version] or "").partition("@")
        text = values[part.text] or ""
        if len(text) > LONGEST_SEARCH:
            raise LabError(f"the search has {len(text)} characters; {LONGEST_SEARCH} is the most, shorten it")
        until = day(values[part.until], "Until")
        return Filter(
            kind=values[part.kind] or None, state=values[part.state] or None, rater=values[part.rater] or None,
            criterion=values[part.criterion] or None,
            choices=CHOICES[values[part.choice]][1] if values[part.choice] else (),
            version=(base, int(number)) if number else None, text=text, since=day(values[part.since], "From"),
            until=None if until is None else until + DAY,
        )  # fmt: skip

    def speaker(self, base: str, number: int) -> str:
        if number == GIVEN:
            return version_name(None)
        return version_name(number) + ("" if base == self.lab.versions.base else f" of {base}")


def day(text: str | None, name: str) -> float | None:
    """The start of a day as people write it; None for nothing."""
    if not (text or "").strip():
        return None
    try:
        return datetime.strptime(str(text).strip(), "%Y-%m-%d").timestamp()
    except (ValueError, OverflowError, OSError):
        raise LabError(f"{name} is {str(text)[:20]!r}; write a day as {time.strftime('%Y-%m-%d')}") from None


def count_line(start: int, length: int, total: int, filtered: bool) -> str:
    """Where the page is in the list; of an empty one, what would fill it."""
    if total:
        return f"<p>{start + 1:,} to {start + length:,} of {total:,}</p>"
    if filtered:
        return "<p>No opinion matches.</p>"
    return "<p>No opinions yet: rate a reply in Chat, vote in Compare, or take in a file under Import and export.</p>"


def table_row(row: Row) -> list[str]:
    spoke = " / ".join(dict.fromkeys(version_name(version) for version in row.versions))
    first, second = said_of(row)
    return [
        clock(row.time), word_of(row), short(row.question, 60), short(first, 70), short(second, 60), row.rater or "–",
        row.criterion or "–", spoke, row.state,
    ]  # fmt: skip


def word_of(row: Row) -> str:
    match row.kind:
        case "vote":
            return {"tie": "tie", "both_bad": "both bad"}.get(row.choice, "vote")
        case "thumb":
            return f"thumb {row.choice}" if row.choice != "cleared" else "cleared"
        case "correction":
            return "better answer"
        case "chat":
            return "imitate"


def said_of(row: Row) -> tuple[str, str]:
    """What was liked, and what was not."""
    if row.kind == "correction":
        return row.written, row.a
    if row.kind == "vote" and row.choice == "b":
        return row.b or "", row.a
    return row.a, row.b or ""


def pane(found: Detail, learned: Sequence[int]) -> str:
    """One opinion in full. All text is escaped: it came from a model or a file."""
    row = found.row
    asked = "".join(f'<div class="turn {turn.role}"><span>{turn.role}</span>{block(turn.text)}</div>' for turn in found.asked)
    sides = [(found.a, mark_of(row, "a"))] + ([(found.b, mark_of(row, "b"))] if found.b else [])
    boxes = [box(reply.text, mark, speaker_of(reply)) for reply, mark in sides]
    if row.kind == "correction":
        boxes.append(box(row.written, "wanted instead", row.rater))
    facts = [word_of(row), f"about {row.criterion}" if row.criterion else "", f"by {row.rater}" if row.rater else "",
             clock(row.time), f"after {row.ms / 1000:.1f} s" if row.ms is not None else "", SAYS[row.state].lower()]  # fmt: skip
    known = ", ".join(version_name(version) for version in learned)
    facts.append(f"learned by {known}" if known else "no version has learned from it")
    comment = f"<p class=comment>{html.escape(row.written)}</p>" if row.kind == "thumb" and row.written else ""
    line = html.escape(" · ".join(fact for fact in facts if fact))
    return f'<p class="facts">{line}</p>{comment}{asked}<div class="sides">{"".join(boxes)}</div>'


def mark_of(row: Row, side: str) -> str:
    if row.kind == "vote":
        if row.choice in ("a", "b"):
            return "preferred" if row.choice == side else "not preferred"
        return {"tie": "as good", "both_bad": "bad"}[row.choice]
    return {"up": "good", "down": "bad", "better": "what was said", "imitate": "imitated"}.get(row.choice, "")


def speaker_of(reply: Reply) -> str:
    return version_name(reply.version)


def box(text: str, mark: str, speaker: str) -> str:
    kind = "liked" if mark in ("preferred", "good", "wanted instead", "imitated") else ""
    said = f"{mark} · {speaker}" if mark else speaker
    return f'<div class="side {kind}"><span>{html.escape(said)}</span>{block(text)}</div>'


def block(text: str) -> str:
    return f'<div class="words">{html.escape(text) or "…"}</div>'
