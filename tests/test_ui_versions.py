"""The Versions tab: what is listed, and that the registry and the engine always agree."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import gradio as gr
import pytest

from lab.errors import LabError, ModelError, NoMemoryError, VersionError
from lab.insight.limits import checks
from lab.loop.trial import stand
from lab.records import AdapterVersion, Reply, Report, Vote, new_id
from lab.registry.states import OnTrial
from lab.settings import GateSettings
from lab.ui.tabs import versions
from lab.ui.tabs.versions import Undone, VersionsHandlers
from lab.ui.tabs.versions_view import report_page, trial_panel
from tests.fakes import FakeVersions, VoicedEngine, page_lab

REPORT = Report("dpo", 2, 1, 24, 32, {"too long": 1}, 0.69, 0.41, 0.5, 0.75, 12, 0.03, {"repeat": 0.02}, 9.0, 700.0)


@dataclass
class Picked:
    version: Any


@pytest.fixture
def handlers(home: Path) -> VersionsHandlers:
    made = (
        AdapterVersion(1, "tiny", 0, "retired", "kto", 1.0, why="held-out rose"),
        AdapterVersion(2, "tiny", 1, "live", "dpo", 2.0, report=REPORT),
    )
    lab = replace(page_lab(home, engine=VoicedEngine()), versions=FakeVersions(home, *made, live=2))
    lab.engine.live = 2
    with gr.Blocks():
        return VersionsHandlers(lab, versions.build())


def names(table: str) -> list[str]:
    """The versions of a tree, from the top."""
    return re.findall(r'<tr class="[^"]*" data-version="(\d+)"', table)


def states(table: str) -> list[str]:
    return re.findall(r'<span class="state [a-z]+"[^>]*>([a-z]+)</span>', table)


def test_all_versions_are_listed_newest_first_and_the_live_one_is_chosen(handlers: VersionsHandlers):
    shown = handlers.tick(None, None)
    table = shown[handlers.tab.tree]
    assert names(table) == ["2", "1", "0"] and states(table) == ["live", "retired", "base"]
    assert "DPO from version 1" in table and "KTO from base" in table and "50 % → 75 % of 12" in table
    assert '<tr class="chosen" data-version="2">' in table
    assert shown[handlers.tab.chosen]["value"] == 2
    assert handlers.tick(shown[handlers.tab.seen], 2) == {}


def test_a_new_version_appears_without_moving_what_is_chosen(handlers: VersionsHandlers):
    seen = handlers.tick(None, None)[handlers.tab.seen]
    handlers.lab.versions.made.append(AdapterVersion(3, "tiny", 2, "candidate", "dpo", 3.0))
    shown = handlers.tick(seen, 1)
    assert shown[handlers.tab.chosen]["value"] == 1
    assert names(shown[handlers.tab.tree]) == ["3", "2", "1", "0"]
    assert '<tr class="chosen" data-version="1">' in shown[handlers.tab.tree]


def test_what_was_live_is_followed_to_what_is(handlers: VersionsHandlers):
    """The list went on to say “base (live)” while version 1 spoke."""
    lab = handlers.lab
    seen = handlers.tick(None, None)[handlers.tab.seen]
    lab.versions.activate(1)
    assert handlers.tick(seen, 2)[handlers.tab.chosen]["value"] == 1
    listed = handlers.tick(seen, 0)[handlers.tab.chosen]
    assert listed["value"] == 0, "what somebody chose stays"
    assert [name for name, _ in listed["choices"]] == ["version 2", "version 1", "base"], "states change, and old names stay"


def test_a_trial_is_told_with_its_evidence(handlers: VersionsHandlers):
    assert handlers.tick(None, None)[handlers.tab.trial] == ""
    handlers.lab.worker.tried = stand(OnTrial(2, 1, 0.0), [(2, 1.0), (2, 1.0), (2, 0.0), (2, 0.5)])
    handlers.lab.versions.against = 1
    shown = handlers.tick(None, None)
    assert states(shown[handlers.tab.tree]) == ["trial", "proven", "base"]
    assert "Version 2</strong> is on trial against version 1: 2 to 1 with 1 tie so far" in shown[handlers.tab.trial]
    assert 'aria-label="evidence for it"' in shown[handlers.tab.trial]
    assert 'aria-label="2 votes for it, 1 ties, 1 against it"' in shown[handlers.tab.trial]
    assert "left:50%" in shown[handlers.tab.trial], "the needle leans to the side of proof"
    line = trial_panel(stand(OnTrial(3, 1, 0.0, (2,)), [(2, 1.0)] * 9 + [(3, 1.0)] * 2))
    assert "11 to 0 (of these 2 to 0 by itself" in line and 'aria-label="2 votes for it' in line, "the tally is of its own votes"
    against = trial_panel(stand(OnTrial(2, 1, 0.0), [(2, 0.0)] * 4))
    assert "right:50%" in against and 'aria-label="evidence against it"' in against
    done = handlers.activate(2, None)  # by hand, though it speaks already: that proves it
    assert handlers.lab.versions.against is None
    assert handlers.tab.undo not in done, "a trial that was ended by hand cannot be begun again"


def test_a_version_that_finds_no_memory_stays_chosen(handlers: VersionsHandlers):
    """A rollback that found none marked the proven version refused, and the one that was to go spoke on."""

    def short(number: int) -> None:
        raise NoMemoryError("no memory is left for it")

    handlers.lab.versions.against = 1
    handlers.lab.engine.use_adapter = short
    with pytest.raises(NoMemoryError):
        handlers.rollback(None)
    assert handlers.lab.versions.live() == 0 and "refused" not in [each.state for each in handlers.lab.versions.all()]


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


def test_what_was_done_last_can_be_undone_while_nothing_else_happened(handlers: VersionsHandlers):
    done = handlers.activate(1, None)
    assert done[handlers.tab.undo] == gr.update(value="Undo: version 2 speaks again", visible=True)
    undone = done[handlers.tab.undone]
    back = handlers.undo(undone, None)
    assert (handlers.lab.versions.live(), handlers.lab.engine.live) == (2, 2)
    assert back[handlers.tab.undo] == gr.update(visible=False)
    assert handlers.lab.versions.before == [0], "as if it had not been activated: a rollback goes where it went before"
    with pytest.raises(LabError, match="nothing to undo"):
        handlers.undo(undone, None)

    rolled = handlers.rollback(None)
    assert rolled[handlers.tab.undone] == Undone(0, 2, by_rollback=False)
    handlers.undo(rolled[handlers.tab.undone], None)
    assert (handlers.lab.versions.live(), handlers.lab.engine.live) == (2, 2)


def test_the_offer_to_undo_goes_when_another_version_speaks(handlers: VersionsHandlers):
    seen = handlers.activate(1, None)[handlers.tab.seen]
    handlers.lab.versions.activate(0)  # by a command line beside it
    assert handlers.tick(seen, 1)[handlers.tab.undo] == gr.update(visible=False)


def test_deleting_takes_two_clicks_and_says_what_it_means(handlers: VersionsHandlers):
    asked = handlers.ask_delete(1)
    assert asked[handlers.tab.delete_sure] == gr.update(value="Delete version 1 for good", visible=True)
    question = asked[handlers.tab.question]["value"]
    assert "nobody can bring them back" in question and "stays whole: version 2" in question
    assert handlers.look(2)[handlers.tab.delete_sure] == gr.update(visible=False), "another choice takes the question back"
    assert handlers.unasked()[handlers.tab.question] == gr.update(visible=False)
    gone = handlers.delete(1, None)
    assert names(gone[handlers.tab.tree]) == ["2", "0"]
    assert "DPO from base" in gone[handlers.tab.tree], "its parent is gone, so the line leads to what is left"
    with pytest.raises(VersionError):
        handlers.delete(2, None)
    with pytest.raises(LabError, match="no version is chosen"):
        handlers.ask_delete(None)


@pytest.mark.parametrize("version", [0, 2])
def test_what_cannot_be_deleted_is_not_asked_about(handlers: VersionsHandlers, version: int):
    """“Delete base for good” was offered, with a warning about its 0 bytes, and refused on the second click."""
    with pytest.raises(VersionError, match="cannot be deleted"):
        handlers.ask_delete(version)


def test_a_picked_row_is_the_chosen_version_everywhere(handlers: VersionsHandlers):
    tab = handlers.tab
    picked = handlers.pick(Picked(2))  # type: ignore[arg-type]
    assert picked[tab.chosen] == 2 and "DPO, 24 steps" in picked[tab.details]
    assert (picked[tab.replay.before]["value"], picked[tab.replay.after]["value"]) == (1, 2)
    assert "version 2" in picked[tab.lineage.line]
    assert picked[tab.save.now] == gr.update(value="Save version 2")
    with pytest.raises(LabError):
        handlers.pick(Picked(9))  # type: ignore[arg-type]


def test_votes_make_the_leaderboard_and_are_read_once(handlers: VersionsHandlers):
    shown = handlers.tick(None, None)
    assert "No blind vote between two versions yet" in shown[handlers.tab.ranking]
    store = handlers.lab.store
    for number in range(12):
        conversation = store.start_conversation("talk", "compare")
        user = Reply(new_id(), conversation, None, "user", f"question {number}")
        pair = [
            Reply(new_id(), conversation, user.id, "assistant", "x", (1,) * size, (-1.0,) * size, version, "tiny", time=5.0)
            for version, size in ((2, 9), (0, 9))
        ]
        for reply in (user, *pair):
            store.add_reply(reply)
        store.add_opinion(Vote(pair[0].id, pair[1].id, "a" if number else "tie"))
    shown = handlers.tick(shown[handlers.tab.seen], 2)
    ranking = shown[handlers.tab.ranking]
    assert "12 blind votes between versions" in ranking and "preferred to the base" in ranking
    assert ranking.index("version 2") < ranking.index(">base<") and "<td>11.5</td>" in ranking
    assert '<circle class="raw"' in ranking and '<circle class="level"' in ranking
    assert "96 %" in shown[handlers.tab.tree] or "95 %" in shown[handlers.tab.tree], "and the tree carries the score"
    assert handlers.ranking() is handlers.ranking()
    assert "value" not in shown[handlers.tab.replay.before], "a vote that comes in leaves alone what a replay compares"


def test_during_a_trial_the_live_version_is_the_proven_one(handlers: VersionsHandlers):
    """The page said that version 2 speaks, and the tree called version 1 live."""
    assert ">live<" in handlers.look(2)[handlers.tab.tree]
    handlers.lab.versions.against = 1
    shown = handlers.look(2)[handlers.tab.tree]
    assert ">trial<" in shown and ">proven<" in shown and ">live<" not in shown


def test_damaged_folders_are_named_with_the_reason(handlers: VersionsHandlers):
    handlers.lab.versions.broken = [("0003", "no manifest")]
    note = handlers.tick(None, None)[handlers.tab.damaged]
    assert note["visible"] and "`0003`: no manifest" in note["value"]


def test_a_report_tells_the_round_and_what_the_gate_looked_at(handlers: VersionsHandlers):
    version = handlers.lab.versions.get(2)
    text = report_page(version, [2, 1])
    assert "version 2 ← version 1 ← base" in text
    assert "DPO, 24 steps on 32 examples (dropped: 1 too long)" in text
    assert "50 % → 75 % of 12" in text
    assert "not measured" not in text, "without the gate's table there is none"
    seen = {"repeat": 0.02, "length": 99.0, "length_base": 12.0, "stop_rate": 1.0, "stop_rate_n": 16.0}
    text = report_page(version, [2], checks(replace(REPORT, canaries=seen), GateSettings()))
    assert "<td>2%</td><td>at most 30%</td><td>holds</td>" in text
    assert "<td>100% (81% to 100%)</td>" in text
    faulty = "refused: replies grew from 12 to 99 tokens, more than"
    assert text.index(faulty) < text.index("Repeated 4-grams") < text.index("not measured"), "what is wrong comes first"
    assert "always there" in report_page(handlers.lab.versions.get(0), []).lower()


def test_what_a_round_wrote_is_text_and_not_a_page(handlers: VersionsHandlers):
    handlers.lab.versions.record(1, "retired", '<img src=x onerror="alert(1)">')
    shown = handlers.look(1)
    assert "<img" not in shown[handlers.tab.tree] + shown[handlers.tab.details] + shown[handlers.tab.lineage.line]
