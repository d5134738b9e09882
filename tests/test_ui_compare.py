"""The Compare tab: blind, shuffled, and never the wrong way round."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import gradio as gr
import pytest

from lab.chat.pairs import Ahead
from lab.errors import LabError, ModelError
from lab.records import AdapterVersion, Reply
from lab.ui import panel as panels
from lab.ui.tabs import compare
from lab.ui.tabs.ballots import Ballot
from lab.ui.tabs.compare import SAMPLES, VERSIONS, CompareHandlers, vote_of
from lab.ui.tabs.compare_parts import revealed
from lab.ui.view import kept
from tests.fake_trainer import question
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
    values = {panel.drawn: {name: part.value for name, part in panel.drawing().items()}}
    return values | {tab.prompt: text, tab.what: what, tab.first: first, tab.second: second, tab.wish: "anything"}


def ask(handlers: CompareHandlers, coin: str = "ab", **given: Any) -> list[dict[Any, Any]]:
    handlers.coin = Coin(coin)  # type: ignore[assignment]
    return list(handlers.compare(values_of(handlers, "which?", **given), Visitor()))  # type: ignore[arg-type]


def press(
    handlers: CompareHandlers, pressed: Any, seen: dict[Any, Any] | str, ms: object = "", rater: str = "me", what: str = SAMPLES
) -> dict[Any, Any]:
    """A vote on what an update put on screen."""
    ballot = seen if isinstance(seen, str) else seen[handlers.tab.ballot]
    return handlers.vote(pressed, f"{ballot} {ms}", rater, "anything", what, Visitor())  # type: ignore[arg-type]


def further(handlers: CompareHandlers, what: str = SAMPLES) -> dict[Any, Any]:
    return handlers.next("me", "anything", what, Visitor())  # type: ignore[arg-type]


def drawn(handlers: CompareHandlers, what: str = SAMPLES) -> list[dict[Any, Any]]:
    return list(handlers.draw(values_of(handlers, "", what), Visitor()))  # type: ignore[arg-type]


def ahead(handlers: CompareHandlers, count: int) -> list[Ahead]:
    """So many pairs wait."""
    queue, pairs = handlers.lab.queue, []
    for _ in range(count):
        *_, pair = queue.next("chat", threading.Event())
        assert isinstance(pair, Ahead)
        pairs.append(pair)
    queue._ready.extend(pairs)
    return pairs


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
    press(handlers, "left", last, rater="ann")
    (vote,) = handlers.lab.store.votes()
    preferred = handlers.lab.store.reply(vote.a if vote.choice == "a" else vote.b)
    assert preferred.text == seen
    assert (vote.shown, vote.rater) == (coin, "ann")
    assert vote.ms is not None and vote.ms >= 0


def test_after_the_vote_the_versions_are_revealed_on_their_sides(handlers: CompareHandlers):
    last = ask(handlers, "ba", what=VERSIONS, first=2, second=0)[-1]
    told = press(handlers, "tie", last)
    assert told[handlers.tab.reveal]["value"] == "**Tie**, kept. A was base, B was version 2."
    a, b = (Reply(name, "c", None, "assistant", name, version=2) for name in "ab")
    asked = Ballot(question(held_out=False), a, b, "ab")
    assert revealed("left", asked) == "**A is better**, kept. Both were version 2."
    assert revealed("left", replace(asked, prompt=question(held_out=True))).startswith("**A is better**, kept for testing only.")
    assert told[handlers.tab.ballot] == ""
    assert not any(told[button]["interactive"] for button in handlers.tab.votes.values())


def test_a_vote_without_replies_is_refused(handlers: CompareHandlers):
    with pytest.raises(LabError, match="nothing to vote on"):
        press(handlers, "left", "")
    with pytest.raises(LabError, match="nothing to vote on"):
        press(handlers, "left", "an id that a browser made up")


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
    assert last[handlers.tab.ballot] == ""


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
    assert mended[handlers.tab.ballot] == ""
    assert not any(mended[button]["interactive"] for button in handlers.tab.votes.values())


# surprises


def test_a_vote_on_a_surprise_is_answered_with_the_next_pair(handlers: CompareHandlers):
    tab, pairs = handlers.tab, ahead(handlers, 3)
    seen = further(handlers)
    assert pairs[0].prompt.text in seen[tab.question] and all(seen[button]["interactive"] for button in tab.votes.values())
    then = press(handlers, "left", seen, ms=0)
    (vote,) = handlers.lab.store.votes()
    assert {vote.a, vote.b} == {pairs[0].a.id, pairs[0].b.id}
    preferred = pairs[0].a if vote.choice == "a" else pairs[0].b
    assert preferred.text in seen[tab.left] and vote.shown == pairs[0].shown
    assert pairs[1].prompt.text in then[tab.question] and then[tab.ballot] not in ("", seen[tab.ballot])
    assert then[tab.reveal]["value"].startswith(f"**A is better**, {kept(pairs[0].prompt.text)}.")
    assert list(drawn(handlers)) == [], "nothing has to be waited for"
    assert "votes a minute" not in str(then[tab.pace]) and "16 more start a round" in then[tab.pace]
    press(handlers, "tie", then)
    assert "votes a minute" in handlers.desks.of("browser-1").pace


def test_a_press_means_the_pair_that_was_on_the_page_whatever_the_server_has_next(handlers: CompareHandlers):
    """The second of two quick presses came when the server had put up the next pair, and voted on what nobody had seen."""
    ahead(handlers, 3)
    seen = further(handlers)
    press(handlers, "left", seen)
    assert press(handlers, "left", seen) == {}, "a double click is one vote"
    changed = press(handlers, "right", seen)
    assert changed[handlers.tab.reveal]["value"].startswith("**B is better**") and handlers.tab.ballot not in changed
    (vote,) = handlers.lab.store.votes()
    assert (vote.choice == "b") == (vote.shown == "ab"), "changed their mind"
    assert len(handlers.lab.store.every_vote()) == 2


def test_undo_takes_the_vote_back_and_the_pair_comes_again_before_the_one_on_screen(handlers: CompareHandlers):
    tab, pairs = handlers.tab, ahead(handlers, 4)
    first = further(handlers)
    second = press(handlers, "left", first)
    third = press(handlers, "right", second)
    assert pairs[2].prompt.text in third[tab.question]
    back = handlers.undo(Visitor())  # type: ignore[arg-type]
    assert back[tab.left] == second[tab.left] and back[tab.undo]["interactive"]
    assert [vote.a for vote in handlers.lab.store.votes()] == [pairs[0].a.id]
    back = handlers.undo(Visitor())  # type: ignore[arg-type]
    assert back[tab.left] == first[tab.left] and not back[tab.undo]["interactive"]
    assert handlers.lab.store.votes() == []
    with pytest.raises(LabError, match="no vote"):
        handlers.undo(Visitor())  # type: ignore[arg-type]
    again = press(handlers, "both_bad", back)
    assert again[tab.left] == second[tab.left], "as they were put aside"
    assert press(handlers, "tie", again)[tab.left] == third[tab.left]
    assert [vote.choice for vote in handlers.lab.store.votes()] == ["both_bad", "tie"]


def test_next_skips_without_a_vote(handlers: CompareHandlers):
    pairs = ahead(handlers, 2)
    seen = further(handlers)
    then = further(handlers)
    assert pairs[1].prompt.text in then[handlers.tab.question] and handlers.lab.store.votes() == []
    with pytest.raises(LabError, match="nothing to vote on"):
        press(handlers, "left", seen)


def test_where_none_is_ready_it_is_drawn_in_sight(handlers: CompareHandlers):
    tab = handlers.tab
    handlers.lab.engine.words, handlers.lab.engine.seconds = 4, 0.06  # type: ignore[attr-defined]
    coming = further(handlers)
    assert coming[tab.ballot] == "" and not any(coming[button]["interactive"] for button in tab.votes.values())
    updates = drawn(handlers)
    assert len(updates) > 2 and updates[-1][tab.ballot]
    said = [update for update in updates[1:-1] if update[tab.left] not in ("", "…")]
    assert said and all(update[tab.left].split(":")[0] == updates[-1][tab.left].split(":")[0] for update in said), "no side swap"
    assert "version" not in str(updates) and "base" not in str(updates)
    assert drawn(handlers) == [], "once"


def test_two_versions_chosen_by_hand_go_on_by_themselves_too(handlers: CompareHandlers):
    ahead(handlers, 1)
    further(handlers, VERSIONS)
    values = values_of(handlers, "", VERSIONS, 2, 1)
    *_, seen = handlers.draw(values, Visitor())  # type: ignore[arg-type]
    told = press(handlers, "left", seen, what=VERSIONS)
    assert all(words in told[handlers.tab.reveal]["value"] for words in ("version 1", "version 2"))
    assert told[handlers.tab.ballot] == "" and handlers.desks.of("browser-1").wants


def test_a_stopped_surprise_leaves_nothing_to_vote_on(handlers: CompareHandlers):
    further(handlers)
    stream = handlers.draw(values_of(handlers, ""), Visitor())  # type: ignore[arg-type]
    next(stream)
    assert further(handlers) == {}, "one is on its way"
    handlers.stop(Visitor())  # type: ignore[arg-type]
    last = list(stream)[-1]
    assert last[handlers.tab.ballot] == "" and last[handlers.tab.ask]["visible"]
    assert handlers.lab.store.conversations() == []


def test_a_vote_that_was_kept_is_told_even_where_no_next_pair_can_be_had(handlers: CompareHandlers, monkeypatch: Any):
    ahead(handlers, 1)
    seen = further(handlers)

    def broken(*given: object) -> None:
        raise ModelError("the model is gone; restart the lab")

    monkeypatch.setattr(handlers.lab.queue, "take", broken)
    told = press(handlers, "left", seen)
    assert "kept" in told[handlers.tab.reveal]["value"] and len(handlers.lab.store.votes()) == 1


def test_the_time_of_a_vote_is_the_page_s_where_that_is_possible(handlers: CompareHandlers):
    ahead(handlers, 4)
    seen = further(handlers)
    time.sleep(0.05)
    seen = press(handlers, "left", seen, ms=40)
    seen = press(handlers, "left", seen, ms=3_600_000)
    press(handlers, "left", seen, ms="NaN")
    took = [vote.ms for vote in handlers.lab.store.votes()]
    assert took[0] == 40 and all(ms is not None and ms < 1000 for ms in took[1:])


def test_a_kind_of_prompt_that_no_page_offers_is_refused(handlers: CompareHandlers):
    with pytest.raises(LabError, match="no kind of prompt"):
        compare.wish_of("'; DROP TABLE")
    further(handlers)
    with pytest.raises(LabError, match="no kind of prompt"):
        list(handlers.draw(values_of(handlers, "") | {handlers.tab.wish: "rude ones"}, Visitor()))  # type: ignore[arg-type]
