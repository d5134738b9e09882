"""The Model tab: what is loaded in words, and what becomes of a wish for another model."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import gradio as gr
import pytest

from lab.errors import LabError, ModelError
from lab.ui.page import heading, taken_over
from lab.ui.switch import Choice, Switcher, SwitchStatus
from lab.ui.tabs import model
from lab.ui.tabs.model import ModelHandlers, facts_table, note_of, progress_of
from lab.ui.terms import TERMS, term
from tests.fakes import FACTS, page_lab


class FakeSwitcher(Switcher):
    """Remembers what it was asked to try, and tries nothing."""

    def __init__(self) -> None:
        super().__init__("cpu", note="The lab speaks with <b> now.")
        self.tried: list[Choice] = []
        self.now = SwitchStatus()

    def status(self) -> SwitchStatus:
        return self.now

    def start(self, choice: Choice) -> None:
        self.tried.append(choice)
        self.now = SwitchStatus("checking", choice, "loading the weights")


@pytest.fixture
def handlers(home: Path) -> ModelHandlers:
    lab = replace(page_lab(home), switcher=FakeSwitcher())
    with gr.Blocks():
        return ModelHandlers(lab, model.build(lab.settings))


def test_a_tick_says_what_is_loaded_and_then_only_what_changed(handlers: ModelHandlers):
    tab, first = handlers.tab, handlers.tick({})
    assert "11.4 million" in first[tab.facts] and "9.0 MB for the weights" in first[tab.facts]
    assert "You are talking to the starter" in first[tab.note] and "speaks with &lt;b&gt; now" in first[tab.note]
    seen = first[tab.seen]
    assert tab.note not in handlers.tick(seen) and tab.progress not in handlers.tick(seen)


def test_a_wish_is_tried_and_shown_until_it_is_decided(handlers: ModelHandlers):
    tab = handlers.tab
    shown = handlers.switch(" org/big ", "int8", handlers.tick({})[tab.seen])
    assert handlers.switcher().tried == [Choice("org/big", "int8")]
    assert "<strong>org/big</strong>: loading the weights" in shown[tab.progress]
    assert not shown[tab.switch]["interactive"] and shown[tab.cancel]["visible"]
    handlers.switcher().now = SwitchStatus("failed", Choice("org/big", "int8"), "no <such> model")
    after = handlers.tick(shown[tab.seen])
    assert "org/big was not taken: no &lt;such&gt; model" in after[tab.progress]
    assert after[tab.switch]["interactive"] and not after[tab.cancel]["visible"]


@pytest.mark.parametrize(("wanted", "why"), [("", "no model is named"), ("--home", "a dash"), ("x" * 501, "no model is named")])
def test_what_cannot_be_a_model_is_refused_before_anything_is_tried(handlers: ModelHandlers, wanted: str, why: str):
    with pytest.raises(ModelError, match=why):
        handlers.switch(wanted, "nf4", {})
    with pytest.raises(LabError, match="loaded already"):
        handlers.switch("starter", "nf4", {})
    assert handlers.switcher().tried == []


def test_in_a_notebook_the_tab_says_how_to_open_another(home: Path):
    lab = page_lab(home)
    with gr.Blocks():
        handlers = ModelHandlers(lab, model.build(lab.settings))
    shown = handlers.tick({})
    assert "open_lab(model=...)" in shown[handlers.tab.progress] and not shown[handlers.tab.switch]["interactive"]
    with pytest.raises(LabError, match="open_lab"):
        handlers.switch("org/big", "nf4", {})


def test_a_download_has_a_bar_and_what_comes_after_has_none_to_measure():
    choice = Choice("org/big", "nf4")
    assert 'aria-valuenow="25"' in progress_of(SwitchStatus("checking", choice, "fetching", 0.25))
    assert "aria-valuenow" not in progress_of(SwitchStatus("checking", choice, "loading"))
    assert "comes back by itself" in progress_of(SwitchStatus("restarting", choice, "it can be loaded"))


def test_a_card_is_text_and_a_missing_licence_is_said():
    shown = facts_table(replace(FACTS, card="# <script>alert(1)</script>"), 900_000_000)
    assert "&lt;script&gt;" in shown and "<script>" not in shown
    assert "its files name none" in shown and "900 MB for the chat" in shown
    assert "starter" not in note_of("org/big", "")


def test_the_welcome_is_for_a_first_run_on_the_starter_and_gives_way_to_a_switch():
    assert "welcome" in heading("starter", 0, "", first_run=True)
    assert "welcome" not in heading("starter", 0, "") + heading("org/big", 0, "", first_run=True)
    leaving = heading("starter", 0, "", leaving="<b>", first_run=True)
    assert 'id="restarting"' in leaving and "&lt;b&gt;" in leaving and "welcome" not in leaving


def test_every_term_is_one_sentence_or_more_and_is_escaped():
    assert all(note.endswith(".") and note[0].isupper() for note in TERMS.values())
    assert "reward model&#x27;s" in term("ppo") or "reward model" in term("ppo")
    assert '<span class="note" role="tooltip">' in term("kl", "Drift")


def test_a_version_that_takes_over_by_itself_is_announced_once():
    """It was swapped under a running chat without a word: who did not read the header never knew that the feedback had worked."""
    assert "Version 2 has learned from your feedback" in taken_over(1, 2, on_trial=True)
    for spoke, live, on_trial in ((None, 2, True), (2, 2, True), (2, 1, True), (1, 2, False)):
        assert taken_over(spoke, live, on_trial) == "", "a page just opened, no change, one taken back, one chosen by hand"
