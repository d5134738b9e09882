"""The Versions tab: every version of this base, its report, and which one speaks."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import gradio as gr

from lab.errors import LabError
from lab.records import AdapterVersion
from lab.ui.lab import Lab
from lab.ui.view import clock, heldout, version_name

if TYPE_CHECKING:
    from lab.loop.trial import TrialStatus

HEADERS = ["Version", "State", "Made from", "By", "When", "Held-out", "Why"]
Update = dict[Any, Any]


@dataclass(frozen=True)
class VersionsTab:
    seen: gr.State
    trial: gr.HTML
    table: gr.Dataframe
    damaged: gr.Markdown
    chosen: gr.Dropdown
    activate: gr.Button
    rollback: gr.Button
    delete: gr.Button
    delete_sure: gr.Button
    details: gr.Markdown

    def outputs(self) -> set[Any]:
        return {self.seen, self.trial, self.table, self.damaged, self.chosen, self.details, self.delete, self.delete_sure}


def build() -> VersionsTab:
    seen = gr.State(None)
    trial = gr.HTML(elem_id="trial", padding=False)
    with gr.Row(elem_id="version-buttons"):
        chosen = gr.Dropdown(
            label="Version", show_label=False, container=False, choices=[("base", 0)], value=0, scale=0, min_width=190,
            elem_id="chosen",
        )  # fmt: skip
        activate = gr.Button("Activate", variant="primary", scale=0, min_width=110, elem_id="activate")
        rollback = gr.Button("Roll back", scale=0, min_width=120, elem_id="rollback")
        delete = gr.Button("Delete", variant="stop", scale=0, min_width=100, elem_id="delete")
        delete_sure = gr.Button("Delete for good", variant="stop", scale=0, min_width=150, visible=False, elem_id="delete-sure")
    table = gr.Dataframe(
        headers=HEADERS, value=[], interactive=False, wrap=True, label="Versions (select a row)", elem_id="versions",
        max_height=420, column_widths=["100px", "95px", "110px", "70px", "110px", "130px", "290px"], buttons=[],
    )  # fmt: skip
    details = gr.Markdown(elem_id="details")
    damaged = gr.Markdown(elem_id="damaged", visible=False)
    return VersionsTab(seen, trial, table, damaged, chosen, activate, rollback, delete, delete_sure, details)


class VersionsHandlers:
    """What the Versions tab does. Methods raise LabError; events.py turns that into a notice."""

    def __init__(self, lab: Lab, tab: VersionsTab) -> None:
        self.lab, self.tab = lab, tab

    def tick(self, seen: Any, chosen: int | None) -> Update:
        """The tab, where something changed since this page last looked."""
        versions = newest_first(self.lab.versions.all())
        damaged = self.lab.versions.damaged()
        rows = [version_row(version) for version in versions]
        trial = trial_panel(self.lab.worker.trial())
        now = [rows, [list(item) for item in damaged], trial]
        if now == seen:
            return {}
        numbers = [version.version for version in versions]
        choices = [(f"{row[0]} ({row[1]})", number) for row, number in zip(rows, numbers, strict=True)]
        choice = chosen if chosen in numbers and seen is not None else self.lab.versions.live()
        return {
            self.tab.seen: now,
            self.tab.trial: trial,
            self.tab.table: rows,
            self.tab.damaged: gr.update(value=damaged_note(damaged), visible=bool(damaged)),
            self.tab.chosen: gr.update(choices=choices, value=choice),
            self.tab.details: self.details_of(choice),
        }

    def pick(self, event: gr.SelectData) -> Update:
        """A row of the table was selected."""
        row = event.index[0] if isinstance(event.index, list | tuple) else event.index
        versions = newest_first(self.lab.versions.all())
        if not 0 <= row < len(versions):
            raise LabError("this list is older than the lab's; open the tab again")
        number = versions[row].version
        return {self.tab.chosen: number, self.tab.details: self.details_of(number), **self.unasked()}

    def look(self, chosen: int | None) -> Update:
        return {self.tab.details: self.details_of(chosen), **self.unasked()}

    def activate(self, chosen: int | None, seen: Any) -> Update:
        number = required(chosen)
        before = self.lab.versions.live()
        if number == before and self.lab.worker.trial() is None:
            raise LabError(f"{version_name(number)} is live already; choose another one")
        self.lab.versions.activate(number, "chosen on the page")
        self.speak(number, before)
        return self.tick(seen, number)

    def rollback(self, seen: Any) -> Update:
        before = self.lab.versions.live()
        now = self.lab.versions.rollback()
        self.speak(now.version, before)
        return self.tick(seen, now.version)

    def speak(self, number: int, before: int) -> None:
        """The engine follows the registry; if it cannot, the registry goes back, so that both always agree."""
        try:
            self.lab.engine.use_adapter(number)
        except LabError as error:
            self.lab.versions.withdraw(number, before, f"could not be loaded: {error}")
            raise
        gr.Info(f"{version_name(number).capitalize()} speaks from the next reply on.", duration=3)

    def ask_delete(self, chosen: int | None) -> Update:
        """Files cannot be brought back, so deleting takes two clicks, and the second button names the version."""
        sure = f"Delete {version_name(required(chosen))} for good"
        return {self.tab.delete: gr.update(visible=False), self.tab.delete_sure: gr.update(value=sure, visible=True)}

    def delete(self, chosen: int | None, seen: Any) -> Update:
        number = required(chosen)
        self.lab.versions.delete(number)
        gr.Info(f"{version_name(number).capitalize()} is deleted.", duration=3)
        return {**self.tick(seen, None), **self.unasked()}

    def unasked(self) -> Update:
        return {self.tab.delete: gr.update(visible=True), self.tab.delete_sure: gr.update(visible=False)}

    def details_of(self, chosen: int | None) -> str:
        if chosen is None:
            return ""
        return details(self.lab.versions.get(chosen), self.lab.versions.lineage(chosen))


def required(chosen: int | None) -> int:
    if chosen is None:
        raise LabError("no version is chosen; choose one in the list")
    return int(chosen)


def newest_first(versions: Sequence[AdapterVersion]) -> list[AdapterVersion]:
    return sorted(versions, key=lambda version: -version.version)


def version_row(version: AdapterVersion) -> list[str]:
    report = version.report
    return [
        version_name(version.version),
        version.state if version.version or version.state == "live" else "–",
        version_name(version.parent) if version.parent is not None else "–",
        version.algorithm.upper() if version.version else "–",
        clock(version.created) if version.version else "–",
        heldout(report),
        version.why or (report.why if report else ""),
    ]


def trial_panel(trial: TrialStatus | None) -> str:
    """What the blind votes say so far of the version on trial, and what would decide; nothing while there is no trial."""
    if trial is None:
        return ""
    leads = "against it" if trial.worse > trial.better else "for it"
    done = f"{100 * trial.progress:.0f}"
    return (
        f'<p class="round"><strong>{html.escape(version_name(trial.version).capitalize())}</strong> is '
        f"{html.escape(trial.words)}. Blind votes in Compare decide: it is proven, or taken back by itself.</p>"
        f'<div class="bar" role="progressbar" aria-label="evidence {leads}" aria-valuenow="{done}" aria-valuemin="0" '
        f'aria-valuemax="100"><div style="width:{done}%"></div></div>'
    )


def damaged_note(damaged: Sequence[tuple[str, str]]) -> str:
    if not damaged:
        return ""
    return "**Damaged folders, not used:**\n" + "\n".join(f"- `{folder}`: {reason}" for folder, reason in damaged)


def details(version: AdapterVersion, lineage: Sequence[int]) -> str:
    """A version's report, in sentences and one table."""
    name = version_name(version.version)
    if version.version == 0:
        return f"**{name}**: the model as it came, without an adapter. Always there."
    steps = " ← ".join(version_name(number) for number in [*lineage, 0])
    lines = [f"**{name}** ({version.state}). {version.why}", f"Lineage: {steps}"]
    report = version.report
    if report is None:
        return "\n\n".join([*lines, "It has no report."])
    dropped = ", ".join(f"{count} {reason}" for reason, count in report.dropped.items()) or "none"
    rows = [
        ("Made by", f"{report.algorithm.upper()}, {report.steps} steps on {report.used} examples (dropped: {dropped})"),
        ("Loss", f"{report.loss_first:.3f} → {report.loss_last:.3f}"),
        ("Held-out accuracy", heldout(report)),
        ("Distance from the base", f"{report.kl:.3f} nats a token"),
        ("Canaries", ", ".join(f"{key} {value:.3g}" for key, value in report.canaries.items()) or "none"),
        ("Cost", f"{report.seconds:.0f} s, {report.peak_mb:.0f} MB at most"),
    ]
    table = "\n".join(["| | |", "|---|---|", *(f"| {label} | {text} |" for label, text in rows)])
    return "\n\n".join([*lines, table])
