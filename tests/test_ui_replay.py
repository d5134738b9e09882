"""What changed: the prompts that were rated, each version's answer to them, and that nothing of it is kept."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import gradio as gr
import pytest

from lab.errors import LabError
from lab.records import AdapterVersion, Correction, Job, Reply, Sampling, Thumb, Vote, new_id
from lab.ui.lab import Lab
from lab.ui.replay import LONGEST, Memory, play, rated_prompts
from lab.ui.tabs import versions_replay
from lab.ui.tabs.versions_replay import DRAWN, GREEDY, ReplayHandlers, replay_page
from tests.fake_trainer import question
from tests.fakes import FakeVersions, VoicedEngine, page_lab

GREED = Sampling(temperature=0.0, max_new_tokens=400)


@pytest.fixture
def lab(home: Path) -> Lab:
    made = (
        AdapterVersion(1, "tiny", 0, "retired", "dpo", 1.0, job="one"),
        AdapterVersion(2, "tiny", 1, "live", "dpo", 2.0, job="two"),
    )
    return replace(page_lab(home, engine=VoicedEngine()), versions=FakeVersions(home, *made, live=2))


def asked(lab: Lab, text: str, replies: int = 1, system: str = "") -> list[str]:
    conversation = lab.store.start_conversation(text)
    above = Reply(new_id(), conversation, None, "system", system) if system else None
    user = Reply(new_id(), conversation, above.id if above else None, "user", text)
    answers = [
        Reply(new_id(), conversation, user.id, "assistant", f"answer {k}", (1,), (-1.0,), 0, "tiny") for k in range(replies)
    ]
    for reply in (above, user, *answers):
        if reply is not None:
            lab.store.add_reply(reply)
    return [answer.id for answer in answers]


def rate(lab: Lab) -> list[str]:
    """Three prompts, rated one after another; ids of the opinions."""
    (one,) = asked(lab, question(held_out=False))
    a, b = asked(lab, question(held_out=True), 2)
    (short,) = asked(lab, "hi", system="Be kind.")
    opinions = [
        Thumb(one, "down", time=1.0),
        Vote(a, b, "b", time=2.0),
        Thumb(short, "up", time=3.0),
        Correction(one, "better", time=4.0),
    ]
    for opinion in opinions:
        lab.store.add_opinion(opinion)
    return [opinion.id for opinion in opinions]


def test_rated_prompts_are_each_once_the_newest_rated_first(lab: Lab):
    thumb, vote, _, better = rate(lab)
    found = rated_prompts(lab.store, 8)
    assert [rated.prompt[-1]["content"] for rated in found] == [question(False), "hi", question(True)]
    assert found[0].opinions == (better, thumb) and found[0].words[0].startswith("“better” instead of “answer 0”")
    assert found[1].prompt[0] == {"role": "system", "content": "Be kind."}
    assert [rated.held_out for rated in found[::2]] == [False, True] and found[2].opinions == (vote,)
    assert len(rated_prompts(lab.store, 2)) == 2 and rated_prompts(lab.store, 8, rater="nobody") == []


def test_both_versions_answer_every_prompt_and_nothing_is_stored(lab: Lab):
    rate(lab)
    before = lab.store.opinions_mark(), [(c.id, c.turns) for c in lab.store.conversations()]
    *_, last = play(lab, rated_prompts(lab.store, 8), (1, 2), GREED, threading.Event(), Memory())
    assert (last.done, last.total) == (3, 3)
    assert [(case.before.split()[-1], case.after.split()[-1]) for case in last.cases] == [("1", "2"), ("0", "2"), ("1", "2")]
    assert (lab.store.opinions_mark(), [(c.id, c.turns) for c in lab.store.conversations()]) == before
    assert {turn.sampling.max_new_tokens for turn in lab.engine.drawn} == {LONGEST}
    assert len({turn.seed for turn in lab.engine.drawn}) == 1, "so that two draws can be compared"


def test_a_changed_answer_is_told_from_one_that_is_the_same(lab: Lab):
    rate(lab)
    *_, last = play(lab, rated_prompts(lab.store, 8), (0, 1), GREED, threading.Event(), Memory())
    assert [case.changed for case in last.cases] == [True, False, True] and last.changed == 2
    page = replay_page(last, ("base", "version 1"), ended=True)
    assert "3 of 3 · 2 of 3 answers changed" in page and page.count("the same words") == 1


def test_which_of_the_two_learned_from_a_prompt_is_told(lab: Lab):
    thumb, _, hi, _ = rate(lab)
    for name, opinions in (("one", (hi,)), ("two", (thumb,))):
        lab.store.add_job(Job("dpo", "tiny", 0, "", opinions, 1, id=name))
    *_, last = play(lab, rated_prompts(lab.store, 8), (1, 2), GREED, threading.Event(), Memory())
    assert [case.learned for case in last.cases] == ["after", "both", ""]
    page = replay_page(last, ("version 1", "version 2"))
    assert "version 2 learned from this" in page and "both learned from this" in page and "never trained on" in page


def test_a_policy_learned_from_what_its_reward_model_read(lab: Lab):
    """Its own round has other opinions: those of the reward model came to it by the scores of its replies."""
    thumb, _, hi, better = rate(lab)
    scorers = FakeVersions(lab.versions.folder, AdapterVersion(1, "tiny", 0, "live", "reward", 1.5, job="scorer"), live=1)
    lab.versions.scorers, lab.versions.rewarded = scorers, {2: 1}
    for name, opinions in (("one", ()), ("scorer", (thumb, better)), ("two", (hi,))):
        lab.store.add_job(Job("dpo", "tiny", 0, "", opinions, 1, id=name))
    *_, last = play(lab, rated_prompts(lab.store, 8), (1, 2), GREED, threading.Event(), Memory())
    assert [case.learned for case in last.cases] == ["after", "after", ""]


def test_what_was_drawn_once_is_remembered_and_what_was_stopped_is_not(lab: Lab):
    rate(lab)
    memory, prompts = Memory(), rated_prompts(lab.store, 8)
    list(play(lab, prompts, (1, 2), GREED, threading.Event(), memory))
    drawn = len(lab.engine.drawn)
    list(play(lab, prompts, (2, 1), GREED, threading.Event(), memory))
    assert len(lab.engine.drawn) == drawn == 6
    list(play(lab, prompts, (1, 2), replace(GREED, temperature=0.7), threading.Event(), memory))
    assert len(lab.engine.drawn) == 12, "drawn another way it is another reply"

    stop, cut = threading.Event(), Memory()
    seen = []
    for played in play(lab, prompts, (1, 2), GREED, stop, cut):
        seen.append(played)
        if played.cases and played.cases[0].after:
            stop.set()
    assert seen[-1].done == 0 and cut.get is not None and not cut.found, "a half reply is nobody's answer"


def test_the_oldest_replies_are_forgotten():
    memory = Memory()
    for number in range(600):
        memory.put(number, str(number))
    assert memory.get(0) is None and memory.get(599) == "599" and len(memory.found) == 512


# the page's part


@pytest.fixture
def handlers(lab: Lab) -> ReplayHandlers:
    with gr.Blocks():
        return ReplayHandlers(lab, versions_replay.build(), gr.Textbox())


class Request:
    session_hash = "one"


def values(handlers: ReplayHandlers, before: Any = 1, after: Any = 2, how: str = GREEDY, rater: str = "") -> dict[Any, Any]:
    tab = handlers.tab
    return {tab.before: before, tab.after: after, tab.count: 8, tab.how: how, handlers.rater: rater}


def test_progress_is_shown_and_the_buttons_come_back(handlers: ReplayHandlers):
    rate(handlers.lab)
    tab = handlers.tab
    first, *_, last = handlers.replay(values(handlers), Request())  # type: ignore[arg-type]
    assert first[tab.stop] == gr.update(visible=True) and last[tab.stop] == gr.update(visible=False)
    assert "3 of 3" in last[tab.shown] and "<h4>version 1</h4>" in last[tab.shown]
    assert {turn.sampling.temperature for turn in handlers.lab.engine.drawn} == {0.0}
    list(handlers.replay(values(handlers, how=DRAWN), Request()))  # type: ignore[arg-type]
    assert handlers.lab.engine.drawn[-1].sampling.temperature > 0


def test_ones_own_rated_prompts_come_before_those_of_others(handlers: ReplayHandlers):
    rate(handlers.lab)
    vote = handlers.lab.store.votes()[0]
    handlers.lab.store.add_opinion(Thumb(vote.a, "up", rater="ada"))
    for name, count in (("ada", 1), ("nobody", 3)):
        *_, last = handlers.replay(values(handlers, rater=name), Request())  # type: ignore[arg-type]
        assert f"{count} of {count}" in last[handlers.tab.shown]


def test_what_cannot_be_replayed_is_said(handlers: ReplayHandlers):
    with pytest.raises(LabError, match="nothing was rated yet"):
        next(handlers.replay(values(handlers), Request()))  # type: ignore[arg-type]
    with pytest.raises(LabError, match="chosen twice"):
        next(handlers.replay(values(handlers, after=1), Request()))  # type: ignore[arg-type]
    with pytest.raises(LabError, match="one is not chosen"):
        handlers.pair(values(handlers, before=None))


def test_a_stop_keeps_what_is_complete(handlers: ReplayHandlers):
    rate(handlers.lab)
    handlers.lab.engine.seconds = 0.02
    shown: list[str] = []
    for update in handlers.replay(values(handlers), Request()):  # type: ignore[arg-type]
        shown.append(update.get(handlers.tab.shown, ""))
        if "1 of 3" in shown[-1]:
            handlers.stop(Request())  # type: ignore[arg-type]
    assert "1 of 3" in shown[-1] and "stopped" in shown[-1]


def test_replies_are_text_and_not_a_page(handlers: ReplayHandlers):
    (reply,) = asked(handlers.lab, "<script>alert(1)</script> and more")
    handlers.lab.store.add_opinion(Thumb(reply, "up"))
    *_, last = handlers.replay(values(handlers), Request())  # type: ignore[arg-type]
    assert "<script" not in last[handlers.tab.shown] and "&lt;script&gt;" in last[handlers.tab.shown]
