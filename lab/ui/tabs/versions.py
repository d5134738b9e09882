"""The Versions tab: the tree of versions and which one speaks; a report, a replay, a leaderboard, a lineage and exports below it.

Choosing, activating, rolling back, undoing and deleting are here; each part below has a module of its own, and
versions_view.py draws.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import gradio as gr

from lab.errors import LabError, NoMemoryError
from lab.loop.gate import checked
from lab.records import AdapterVersion
from lab.ui.board import Ranking, bytes_in_words, ranking, size_of, tree
from lab.ui.kept import Kept
from lab.ui.lab import Lab
from lab.ui.tabs import versions_lineage, versions_replay, versions_save
from lab.ui.tabs.versions_lineage import LineageTab, lineage_page
from lab.ui.tabs.versions_replay import ReplayTab
from lab.ui.tabs.versions_save import SaveTab
from lab.ui.tabs.versions_view import PICK, damaged_note, ranking_table, report_page, tree_table, trial_panel
from lab.ui.view import version_name

Update = dict[Any, Any]


@dataclass(frozen=True)
class Undone:
    """What the last change on this page was, so that it can be taken back while `now` still speaks."""

    now: int
    before: int
    by_rollback: bool  # how: an activation is undone by a rollback, a rollback by activating again


@dataclass(frozen=True)
class VersionsTab:
    seen: Kept
    trial: gr.HTML
    chosen: gr.Dropdown
    activate: gr.Button
    rollback: gr.Button
    undone: Kept
    undo: gr.Button
    delete: gr.Button
    question: gr.HTML
    delete_sure: gr.Button
    keep: gr.Button
    tree: gr.HTML
    damaged: gr.Markdown
    details: gr.HTML
    ranking: gr.HTML
    replay: ReplayTab
    lineage: LineageTab
    save: SaveTab

    def outputs(self) -> set[Any]:
        return {
            self.seen, self.trial, self.chosen, self.undone, self.undo, self.delete, self.question, self.delete_sure, self.keep,
            self.tree, self.damaged, self.details, self.ranking, self.replay.before, self.replay.after, self.lineage.line,
            self.save.name, self.save.now,
        }  # fmt: skip


def build() -> VersionsTab:
    seen, undone = Kept(None), Kept(None)
    trial = gr.HTML(elem_id="trial", padding=False)
    with gr.Row(elem_id="version-buttons"):
        chosen = gr.Dropdown(
            label="Version", show_label=False, container=False, choices=[("base", 0)], value=0, scale=0, min_width=190,
            elem_id="chosen",
        )  # fmt: skip
        activate = gr.Button("Activate", variant="primary", scale=0, min_width=110, elem_id="activate")
        rollback = gr.Button("Roll back", scale=0, min_width=120, elem_id="rollback")
        undo = gr.Button("Undo", scale=0, min_width=290, visible=False, elem_id="version-undo")
        delete = gr.Button("Delete", variant="stop", scale=0, min_width=100, elem_id="delete")
        delete_sure = gr.Button("Delete for good", variant="stop", scale=0, min_width=250, visible=False, elem_id="delete-sure")
        keep = gr.Button("Keep it", scale=0, min_width=100, visible=False, elem_id="keep")
    question = gr.HTML(elem_id="delete-question", padding=False, visible=False)
    with_rows = gr.HTML(elem_id="versions", padding=False, js_on_load=PICK)
    damaged = gr.Markdown(elem_id="damaged", visible=False)
    with gr.Tabs(elem_id="version-parts"):
        with gr.Tab("Report", id="report"):
            details = gr.HTML(elem_id="details", padding=False)
        with gr.Tab("What changed", id="replay"):
            replay = versions_replay.build()
        with gr.Tab("Leaderboard", id="leaderboard"):
            board = gr.HTML(elem_id="ranking", padding=False)
        with gr.Tab("Lineage", id="lineage"):
            lineage = versions_lineage.build()
        with gr.Tab("Save", id="save"):
            save = versions_save.build()
    return VersionsTab(
        seen, trial, chosen, activate, rollback, undone, undo, delete, question, delete_sure, keep, with_rows, damaged, details,
        board, replay, lineage, save,
    )  # fmt: skip


class VersionsHandlers:
    """What the Versions tab does. Methods raise LabError; events.py turns that into a notice."""

    def __init__(self, lab: Lab, tab: VersionsTab) -> None:
        self.lab, self.tab = lab, tab
        self._ranked: tuple[tuple[int, ...], Ranking] | None = None  # by the mark of the opinions it was made from
        self._ranking = threading.Lock()

    def tick(self, seen: Mapping[str, Any] | None, chosen: int | None) -> Update:
        """The tab, where something changed since this page last looked."""
        tab, lab = self.tab, self.lab
        versions, damaged = lab.versions.all(), lab.versions.damaged()
        trial, live, found = trial_panel(lab.worker.trial()), lab.versions.live(), self.ranking()
        board = ranking_table(found)
        now = {
            "versions": [[each.version, each.state, each.why] for each in versions],
            "damaged": [list(item) for item in damaged], "trial": trial, "live": live, "ranking": board,
        }  # fmt: skip
        if now == seen:
            return {}
        choice = live
        if seen is not None and chosen is not None and chosen in {each.version for each in versions} - {seen.get("live")}:
            choice = chosen  # what was live is followed to what is
        update: Update = {
            tab.seen: now,
            tab.trial: trial,
            tab.ranking: board,
            tab.damaged: gr.update(value=damaged_note(damaged), visible=bool(damaged)),
            tab.chosen: gr.update(choices=choices(versions), value=choice),
        }
        if seen is None or any(now[part] != seen.get(part) for part in ("versions", "live", "ranking")):
            update |= self.shown(choice, versions, found, again=seen is not None and choice == chosen)
        if seen is not None and seen.get("live") != live:
            update |= self.not_undoable()
        return update

    def pick(self, event: gr.EventData) -> Update:
        """A row of the tree was clicked."""
        return self.look(int(event.version))

    def look(self, chosen: int | None) -> Update:
        number = required(chosen)
        return {self.tab.chosen: number, **self.shown(number, self.lab.versions.all(), self.ranking()), **self.unasked()}

    def activate(self, chosen: int | None, seen: Any) -> Update:
        number = required(chosen)
        before, trial = self.lab.versions.live(), self.lab.worker.trial()
        if number == before and trial is None:
            raise LabError(f"{version_name(number)} is live already; choose another one")
        self.lab.versions.activate(number, "chosen on the page")
        self.speak(number, before)
        undo = {} if trial else self.undoable(Undone(number, before, by_rollback=True))
        return {**self.tick(seen, number), **undo}

    def rollback(self, seen: Any) -> Update:
        before, trial = self.lab.versions.live(), self.lab.worker.trial()
        now = self.lab.versions.rollback().version
        self.speak(now, before)
        if trial:
            gr.Info(f"The trial of {version_name(before)} ended undecided; to activate it again is to choose it.", duration=5)
        undo = {} if trial else self.undoable(Undone(now, before, by_rollback=False))
        return {**self.tick(seen, now), **undo}

    def undo(self, undone: Undone | None, seen: Any) -> Update:
        """Takes back what this page did last, as long as nothing else happened since."""
        if undone is None or self.lab.versions.live() != undone.now or self.lab.worker.trial() is not None:
            raise LabError("another version speaks by now, so there is nothing to undo; activate the one you want")
        if undone.by_rollback:
            now = self.lab.versions.rollback().version
        else:
            now = self.lab.versions.activate(undone.before, "the rollback was undone on the page").version
        self.speak(now, undone.now)
        return {**self.tick(seen, now), **self.not_undoable()}

    def speak(self, number: int, before: int) -> None:
        """The engine follows the registry; if it cannot, the registry goes back, so that both always agree.

        Where only memory is short the choice stands: the loop tries again by itself, and says so until it has.
        """
        try:
            self.lab.engine.use_adapter(number)
        except NoMemoryError:
            raise
        except LabError as error:
            self.lab.versions.withdraw(number, before, f"could not be loaded: {error}")
            raise
        gr.Info(f"{version_name(number).capitalize()} speaks from the next reply on.", duration=3)

    def ask_delete(self, chosen: int | None) -> Update:
        """Files cannot be brought back, so deleting takes two clicks; the question says what it means and names the version."""
        number, tab = required(chosen), self.tab
        self.lab.versions.require_deletable(number)
        version = self.lab.versions.get(number)
        heirs = [each.version for each in self.lab.versions.all() if number in self.lab.versions.lineage(each.version)[1:]]
        return {
            tab.delete: gr.update(visible=False),
            tab.delete_sure: gr.update(value=f"Delete {version_name(number)} for good", visible=True),
            tab.keep: gr.update(visible=True),
            tab.question: gr.update(value=f'<p class="trouble">{meaning(version, heirs)}</p>', visible=True),
        }

    def delete(self, chosen: int | None, seen: Any) -> Update:
        number = required(chosen)
        self.lab.versions.delete(number)
        gr.Info(f"{version_name(number).capitalize()} is deleted.", duration=3)
        return {**self.tick(seen, None), **self.unasked()}

    def unasked(self) -> Update:
        tab = self.tab
        hidden = {each: gr.update(visible=False) for each in (tab.delete_sure, tab.keep, tab.question)}
        return {tab.delete: gr.update(visible=True), **hidden}

    def undoable(self, undone: Undone) -> Update:
        words = f"Undo: {version_name(undone.before)} speaks again"
        return {self.tab.undone: undone, self.tab.undo: gr.update(value=words, visible=True)}

    def not_undoable(self) -> Update:
        return {self.tab.undone: None, self.tab.undo: gr.update(visible=False)}

    def ranking(self) -> Ranking:
        """From the votes there are; read again only when one came or went."""
        with self._ranking:
            mark = self.lab.store.opinions_mark()
            if self._ranked is None or self._ranked[0] != mark:
                votes = self.lab.store.blind_votes()
                replies = self.lab.store.replies_with_ancestors(reply for vote in votes for reply in (vote.a, vote.b))
                self._ranked = mark, ranking(votes, replies, self.lab.versions.base)
            return self._ranked[1]

    def shown(self, number: int, versions: list[AdapterVersion], found: Ranking, again: bool = False) -> Update:
        """Everything that is about the chosen version. `again`: it was chosen before, so what a replay compares stays."""
        tab, made = self.tab, self.lab.versions.get(number)
        line = self.lab.versions.lineage(number)
        names = choices(versions)
        parent = next((each for each in (*line[1:], 0) if each in {version for _, version in names}), 0)
        return {
            tab.tree: tree_table(tree(versions, self.lab.versions.lineage), found, number),
            tab.details: report_page(made, line, checked(made.report, self.lab.settings.gate) if made.report else ()),
            tab.replay.before: gr.update(choices=names) if again else gr.update(choices=names, value=parent),
            tab.replay.after: gr.update(choices=names) if again else gr.update(choices=names, value=number),
            tab.lineage.line: lineage_page(self.lab, number),
            tab.save.name: gr.update(placeholder=f"{versions_save.folder_name(number, 'peft')} or -merged"),
            tab.save.now: gr.update(value=f"Save {version_name(number)}"),
        }


def required(chosen: int | None) -> int:
    if chosen is None:
        raise LabError("no version is chosen; choose one in the list")
    return int(chosen)


def choices(versions: list[AdapterVersion]) -> list[tuple[str, int]]:
    """For a list of versions, newest first. Their states stand in the tree: Gradio shows a chosen entry under its old name."""
    return [(version_name(each.version), each.version) for each in sorted(versions, key=lambda each: -each.version)]


def meaning(version: AdapterVersion, heirs: list[int]) -> str:
    """What it means to delete a version."""
    name = version_name(version.version)
    size = bytes_in_words(size_of(version.folder))
    said = (
        f"Deleting {name} removes its {size} of files, and nobody can bring them back. "
        "It can then neither speak nor be compared, and its number is never given again. "
        "Conversations and votes stay."
    )
    names = ", ".join(version_name(each) for each in heirs)
    return said + (f" What was trained from it stays whole: {names}." if heirs else "")
