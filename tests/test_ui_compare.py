"""The Compare tab: blind, shuffled, and never the wrong way round."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import gradio as gr
import pytest

from lab.errors import LabError, ModelError
from lab.records import AdapterVersion
from lab.ui import panel as panels
from lab.ui.tabs import compare
from lab.ui.tabs.compare import SAMPLES, VERSIONS, CompareHandlers, vote_of
from tests.fakes import FakeVersions, page_lab


@dataclass
class Visitor:
    session_hash: str = "browser-1"


class Coin:
    """A coin that falls as told."""

    def __init__(self, side: str) -> None:
        self.side = side

    def choice(self, sides: Any) -> Any:
        assert set(sides) == {"ab", "ba"}
        return self.side


@pytest.fixture
def handlers(home: Path) -> CompareHandlers:
    lab = page_lab(home)
    made = AdapterVersion(1, "tiny", 0, "retired", "dpo", 1.0), AdapterVersion(2, "tiny", 1, "retired", "dpo", 2.0)
    lab = replace(lab, versions=FakeVersions(home, *made, live=2))
    with gr.Blocks():
        panel = panels.build(lab.settings)
        return CompareHandlers(lab, compare.build(), panel)


def values_of(
    handlers: CompareHandlers, text: str, what: str = SAMPLES, first: int | None = 0, second: int | None = 0
) -> dict[Any, Any]:
    tab, panel = handlers.tab, handlers.panel
    values = {part: part.value for part in panel.drawing()}
    return values | {tab.prompt: text, tab.what: what, tab.first: first, tab.second: second}


def ask(handlers: CompareHandlers, coin: str = "ab", **given: Any) -> list[dict[Any, Any]]:
    handlers.coin = Coin(coin)  # type: ignore[assignment]
    return list(handlers.compare(values_of(handlers, "which?", **given), Visitor()))


def test_both_stream_together_and_nothing_says_who_spoke_before_the_vote(handlers: CompareHandlers):
    updates = ask(handlers, what=VERSIONS, first=2, second=0)
    tab = handlers.tab
    assert updates[0][tab.left] == updates[0][tab.right] == ""
    assert any(update.get(tab.left) and update.get(tab.right) for update in updates[1:-1])
    said = "".join(str(value) for update in updates for part, value in update.items() if part is not tab.ballot)
    assert "version" not in said
    assert "base" not in said
    assert all(updates[-1][button]["interactive"] for button in tab.votes.values())
    assert not any(updates[0][button]["interactive"] for button in tab.votes.values())


def test_during_a_trial_a_vote_is_evidence(handlers: CompareHandlers):
    """Votes on two samples of one version say nothing of a trial, and nobody would think of choosing the two by hand."""
    handlers.lab.engine.on_trial = (2, 1)
    ask(handlers)
    assert handlers.lab.session.calls[-1]["versions"] == (2, 1)


@pytest.mark.parametrize(("coin", "left", "right"), [("ab", "1a", "1b"), ("ba", "1b", "1a")])
def test_sides_follow_the_coin_while_streaming_and_at_the_end(handlers: CompareHandlers, coin: str, left: str, right: str):
    updates = [update for update in ask(handlers, coin)[1:] if update.get(handlers.tab.left, "…") != "…"]
    assert len(updates) >= 2
    for update in updates:
        assert f"reply {left}" in update[handlers.tab.left]
        assert f"reply {right}" in update[handlers.tab.right]


@pytest.mark.parametrize(
    ("pressed", "shown", "choice"),
    [
        ("left", "ab", "a"), ("left", "ba", "b"), ("right", "ab", "b"), ("right", "ba", "a"),
        ("tie", "ba", "tie"), ("both_bad", "ba", "both_bad"),
    ],
)  # fmt: skip
def test_a_press_means_the_reply_that_was_on_that_side(pressed: Any, shown: Any, choice: str):
    assert vote_of(pressed, shown) == choice


@pytest.mark.parametrize("coin", ["ab", "ba"])
def test_the_vote_kept_prefers_the_text_that_was_on_the_pressed_side(handlers: CompareHandlers, coin: Literal["ab", "ba"]):
    last = ask(handlers, coin)[-1]
    seen = last[handlers.tab.left]
    handlers.vote("left", last[handlers.tab.ballot], "ann")
    (vote,) = handlers.lab.store.votes()
    preferred = handlers.lab.store.reply(vote.a if vote.choice == "a" else vote.b)
    assert preferred.text == seen
    assert (vote.shown, vote.rater) == (coin, "ann")
    assert vote.ms is not None and vote.ms >= 0


def test_after_the_vote_the_versions_are_revealed_on_their_sides(handlers: CompareHandlers):
    last = ask(handlers, "ba", what=VERSIONS, first=2, second=0)[-1]
    told = handlers.vote("tie", last[handlers.tab.ballot], "me")
    assert told[handlers.tab.reveal]["value"] == "**Tie**, kept. A was base, B was version 2."
    assert told[handlers.tab.ballot] is None
    assert not any(told[button]["interactive"] for button in handlers.tab.votes.values())


def test_a_vote_without_replies_is_refused(handlers: CompareHandlers):
    with pytest.raises(LabError, match="nothing to vote on"):
        handlers.vote("left", None, "me")


def test_two_samples_are_of_the_live_version_and_two_versions_are_those_chosen(handlers: CompareHandlers):
    ask(handlers)
    ask(handlers, what=VERSIONS, first=2, second=1)
    assert [call["versions"] for call in handlers.lab.session.calls] == [(None, None), (2, 1)]
    with pytest.raises(LabError, match="not chosen"):
        ask(handlers, what=VERSIONS, first=2, second=None)


def test_stop_before_the_first_word_leaves_nothing_to_vote_on(handlers: CompareHandlers):
    stream = handlers.compare(values_of(handlers, "wait"), Visitor())
    next(stream)
    handlers.stop(Visitor())
    last = list(stream)[-1]
    assert last[handlers.tab.unsent] == "wait"
    assert last[handlers.tab.ballot] is None


def test_choosing_versions_offers_all_and_starts_with_live_against_its_parent(handlers: CompareHandlers):
    update = handlers.choose_what(VERSIONS)
    first, second = update[handlers.tab.first], update[handlers.tab.second]
    assert [value for _, value in first["choices"]] == [2, 1, 0]
    assert (first["value"], second["value"]) == (2, 1)
    assert not handlers.choose_what(SAMPLES)[handlers.tab.first]["visible"]


def test_an_error_leaves_nothing_to_vote_on_and_the_prompt_typed(handlers: CompareHandlers):
    handlers.lab.session.error = ModelError("the model is gone; restart the lab")
    with pytest.raises(ModelError):
        ask(handlers)
    mended = handlers.recover(values_of(handlers, "which?"), Visitor())
    assert mended[handlers.tab.unsent] == "which?"
    assert mended[handlers.tab.ballot] is None
    assert not any(mended[button]["interactive"] for button in handlers.tab.votes.values())
