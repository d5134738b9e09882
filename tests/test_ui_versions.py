"""The Versions tab: what is listed, and that the registry and the engine always agree."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import gradio as gr
import pytest

from lab.errors import LabError, ModelError, VersionError
from lab.loop.trial import stand
from lab.records import AdapterVersion, Report
from lab.registry.states import OnTrial
from lab.ui.tabs import versions
from lab.ui.tabs.versions import VersionsHandlers, details
from tests.fakes import FakeVersions, page_lab

REPORT = Report("dpo", 2, 1, 24, 32, {"too long": 1}, 0.69, 0.41, 0.5, 0.75, 12, 0.03, {"repeat": 0.02}, 9.0, 700.0)


@dataclass
class Selected:
    index: Any


@pytest.fixture
def handlers(home: Path) -> VersionsHandlers:
    made = (
        AdapterVersion(1, "tiny", 0, "retired", "kto", 1.0, why="held-out rose"),
        AdapterVersion(2, "tiny", 1, "live", "dpo", 2.0, report=REPORT),
    )
    lab = replace(page_lab(home), versions=FakeVersions(home, *made, live=2))
    lab.engine.live = 2
    with gr.Blocks():
        return VersionsHandlers(lab, versions.build())


def test_all_versions_are_listed_newest_first_and_the_live_one_is_chosen(handlers: VersionsHandlers):
    shown = handlers.tick(None, None)
    assert [row[:4] for row in shown[handlers.tab.table]] == [
        ["version 2", "live", "version 1", "DPO"], ["version 1", "retired", "base", "KTO"], ["base", "–", "–", "–"],
    ]  # fmt: skip
    assert shown[handlers.tab.chosen]["value"] == 2
    assert handlers.tick(shown[handlers.tab.seen], 2) == {}


def test_a_new_version_appears_without_moving_what_is_chosen(handlers: VersionsHandlers):
    seen = handlers.tick(None, None)[handlers.tab.seen]
    handlers.lab.versions.made.append(AdapterVersion(3, "tiny", 2, "candidate", "dpo", 3.0))
    shown = handlers.tick(seen, 1)
    assert shown[handlers.tab.chosen]["value"] == 1
    assert len(shown[handlers.tab.table]) == 4


def test_a_trial_is_told_with_its_evidence(handlers: VersionsHandlers):
    assert handlers.tick(None, None)[handlers.tab.trial] == ""
    handlers.lab.worker.tried = stand(OnTrial(2, 1, 0.0), [(2, 1.0), (2, 1.0), (2, 0.0), (2, 0.5)])
    handlers.lab.versions.against = 1
    shown = handlers.tick(None, None)
    assert [row[:2] for row in shown[handlers.tab.table]] == [["version 2", "trial"], ["version 1", "live"], ["base", "–"]]
    assert "Version 2</strong> is on trial against version 1: 2 to 1 with 1 ties so far" in shown[handlers.tab.trial]
    assert 'aria-label="evidence for it"' in shown[handlers.tab.trial]
    handlers.activate(2, None)  # by hand, though it speaks already: that proves it
    assert handlers.lab.versions.against is None


def test_activating_moves_the_registry_and_the_engine(handlers: VersionsHandlers):
    handlers.activate(1, None)
    assert (handlers.lab.versions.live(), handlers.lab.engine.live) == (1, 1)
    with pytest.raises(LabError, match="live already"):
        handlers.activate(1, None)


def test_rolling_back_moves_both(handlers: VersionsHandlers):
    handlers.activate(1, None)
    handlers.rollback(None)
    assert (handlers.lab.versions.live(), handlers.lab.engine.live) == (2, 2)


def test_a_version_the_engine_cannot_load_leaves_both_where_they_were(handlers: VersionsHandlers):
    handlers.lab.engine.broken = {1}
    with pytest.raises(ModelError):
        handlers.activate(1, None)
    assert (handlers.lab.versions.live(), handlers.lab.engine.live) == (2, 2)
    assert handlers.lab.versions.get(1).state == "refused", "it is not offered again"


def test_deleting_takes_two_clicks_that_name_the_version(handlers: VersionsHandlers):
    asked = handlers.ask_delete(1)
    assert asked[handlers.tab.delete_sure] == gr.update(value="Delete version 1 for good", visible=True)
    assert handlers.look(2)[handlers.tab.delete_sure] == gr.update(visible=False), "another choice takes the question back"
    gone = handlers.delete(1, None)
    assert [row[0] for row in gone[handlers.tab.table]] == ["version 2", "base"]
    with pytest.raises(VersionError):
        handlers.delete(2, None)
    with pytest.raises(LabError, match="no version is chosen"):
        handlers.ask_delete(None)


def test_a_selected_row_is_the_chosen_version(handlers: VersionsHandlers):
    picked = handlers.pick(Selected([1, 0]))
    assert picked[handlers.tab.chosen] == 1
    assert "held-out rose" in picked[handlers.tab.details]
    with pytest.raises(LabError):
        handlers.pick(Selected([9, 0]))


def test_damaged_folders_are_named_with_the_reason(handlers: VersionsHandlers):
    handlers.lab.versions.broken = [("0003", "no manifest")]
    note = handlers.tick(None, None)[handlers.tab.damaged]
    assert note["visible"] and "`0003`: no manifest" in note["value"]


def test_details_tell_the_report_and_the_lineage(handlers: VersionsHandlers):
    text = details(handlers.lab.versions.get(2), [2, 1])
    assert "version 2 ← version 1 ← base" in text
    assert "DPO, 24 steps on 32 examples (dropped: 1 too long)" in text
    assert "50 % → 75 % of 12" in text
    assert "always there" in details(handlers.lab.versions.get(0), []).lower()
