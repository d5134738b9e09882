"""What stands beside the conversation: branches, offers, the panel about a reply, the list. Over a real store."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr
import pytest

from lab.errors import LabError, ModelError
from lab.feedback.exchange import import_file
from lab.feedback.store import Store
from lab.records import Correction, Job, Thumb
from lab.ui import panel as panels
from lab.ui.tabs import chat_parts
from lab.ui.tabs.branches import Branches
from lab.ui.tabs.chat import ChatHandlers
from lab.ui.tabs.conversations import Conversations
from lab.ui.tabs.offers import Offers
from lab.ui.tabs.opinions import Opinions
from lab.ui.tabs.places import Place, Tree
from tests.fake_trainer import question
from tests.fakes import FakeStatus, page_lab

Update = dict[Any, Any]


@dataclass
class Visitor:
    session_hash: str = "browser-1"


class Page:
    """The handlers of one page, and the values of its components as updates come in."""

    def __init__(self, home: Path) -> None:
        self.lab = page_lab(home, words=3)
        with gr.Blocks():
            panel = panels.build(self.lab.settings)
            self.chat = ChatHandlers(self.lab, chat_parts.build(), panel)
        self.tab, self.panel = self.chat.tab, self.chat.panel
        self.opinions, self.offers = Opinions(self.chat), Offers(self.chat)
        self.branches, self.list = Branches(self.chat, self.opinions), Conversations(self.chat)
        self.values: Update = {panel.drawn: {name: part.value for name, part in panel.drawing().items()}}
        self.take(self.chat.open({}, "me"))

    def take(self, update: Update) -> Update:
        for part, value in update.items():
            fresh = value.get("value", self.values.get(part)) if isinstance(value, dict) and "__type__" in value else value
            self.values[part] = fresh
        return update

    def say(self, text: str) -> list[Update]:
        self.values[self.tab.prompt] = text
        return self.rest(self.chat.say(dict(self.values), Visitor()))

    def again(self) -> list[Update]:
        return self.rest(self.chat.regenerate(dict(self.values), Visitor()))

    def resend(self, text: str) -> list[Update]:
        self.values[self.tab.edit.text] = text
        return self.rest(self.branches.resend(dict(self.values), Visitor()))

    def rest(self, stream: Iterator[Update]) -> list[Update]:
        updates = [self.take(update) for update in stream]
        edited = self.values[self.tab.edit.message]
        return [*updates, self.take(self.chat.rest(self.place, self.offer, edited, "me", Visitor()))]

    def click(self, what: str, reply: str) -> Update:
        return self.take(self.branches.point(f"#/{what}/{reply} 1", self.place, {}, "me", Visitor()))

    @property
    def place(self) -> Place:
        return self.values[self.tab.place]

    @property
    def offer(self) -> Any:
        return self.values[self.tab.offer.state]

    def vote(self, pressed: Any) -> Update:
        return self.take(self.offers.voter(pressed)(self.offer, "me"))

    def words(self) -> list[str]:
        return [each["content"].split("\n\n<span")[0] for each in self.values[self.tab.chat]]


@pytest.fixture
def page(home: Path) -> Page:
    return Page(home)


# a choice between two replies


def test_a_reply_drawn_again_is_a_choice_and_the_picked_one_goes_on(page: Page):
    page.say("hello")
    old = page.place.leaf
    page.again()
    offer = page.offer
    assert page.words() == ["hello"], "both replies stand below, neither in the conversation"
    assert {offer.a.id, offer.b.id} == {old, page.place.leaf}
    assert {"the reply before", "the new one"} <= {
        side.split(" · ")[1].split(",")[0] for side in (page.values[page.tab.offer.left], page.values[page.tab.offer.right])
    }
    page.vote("left" if offer.sides()[0].id == old else "right")
    (vote,) = page.lab.store.votes()
    assert {vote.a if vote.choice == "a" else vote.b} == {old} == {page.place.leaf}
    assert page.offer is None
    assert "2" in page.values[page.tab.chat][-1]["content"].split("of")[1], "the other one is a branch away"
    with pytest.raises(LabError, match="nothing to vote on"):
        page.vote("tie")


def test_who_does_not_choose_goes_on_with_the_new_reply(page: Page):
    page.say("hello")
    page.again()
    new = page.offer.b.id
    page.say("and then?")
    assert page.lab.session.calls[-1]["parent"] == new
    assert page.offer is None and page.lab.store.votes() == []
    page.again()
    new = page.offer.b.id
    page.take(page.offers.skip(page.offer, "me"))
    assert page.place.leaf == new and page.lab.store.votes() == []


@pytest.mark.parametrize("pressed", ["left", "right", "tie", "both_bad"])
def test_a_blind_pair_tells_nothing_before_the_vote_and_is_drawn_together(page: Page, pressed: Any):
    page.lab.session.due, page.lab.session.seconds = (2, 1), 0.06
    updates = page.say("hello")
    left, right = page.tab.offer.left, page.tab.offer.right
    for update in updates:
        assert "version" not in f"{update.get(left, '')}{update.get(right, '')}"
    assert any("word0" in update.get(left, "") and "word0" in update.get(right, "") for update in updates[:-1]), "both stream"
    offer = page.offer
    assert offer.blind and offer.a.parent == offer.b.parent and (offer.a.version, offer.b.version) == (2, 1)
    assert page.words() == ["hello"]
    said = page.vote(pressed)[page.tab.offer.said]["value"]
    (vote,) = page.lab.store.votes()
    sides = offer.sides()
    assert f"A was version {sides[0].version}, B was version {sides[1].version}" in said
    picked = {"left": sides[0], "right": sides[1]}.get(pressed, sides[0])
    assert page.place.leaf == picked.id
    assert vote.choice == (pressed if pressed in ("tie", "both_bad") else "a" if picked is offer.a else "b")
    assert (vote.shown, vote.criterion) == (offer.shown, "overall") and vote.ms is not None


@pytest.mark.parametrize("blind", [True, False])
def test_an_open_choice_is_still_open_after_a_reload_and_no_longer_after_the_vote(page: Page, blind: bool):
    """A reload in front of two replies showed one of them as the answer, and nothing was asked any more."""
    page.say("hello")
    if blind:
        page.values[page.panel.drawn]["pairs"] = 100
        page.say("and you?")
    else:
        page.again()
    before, shown = page.offer, page.values[page.tab.offer.left]
    told = page.values[page.tab.remembered]
    page.take(page.chat.open(told, "me"))
    assert (page.offer.a, page.offer.b, page.offer.shown, page.offer.blind) == (before.a, before.b, before.shown, blind)
    assert page.values[page.tab.offer.left] == shown and len(page.words()) == (3 if blind else 1)
    page.vote("left")
    page.take(page.chat.open(page.values[page.tab.remembered], "me"))
    assert page.offer is None and len(page.lab.store.votes()) == 1


def test_a_browser_cannot_make_up_a_choice(page: Page):
    page.say("hello")
    first = page.place.leaf
    page.say("again")
    told = page.values[page.tab.remembered]
    for said in (f"{first} {page.place.leaf} ab", f"{page.place.leaf} {page.place.leaf} ab", "x y ab", "", 7, None):
        page.take(page.chat.open({**told, "offer": said}, "me"))
        assert page.offer is None and len(page.words()) == 4


def test_the_rate_of_blind_pairs_is_the_persons_to_choose(page: Page):
    page.values[page.panel.drawn]["pairs"] = 100
    page.say("hello")
    assert page.lab.session.calls[-1]["do"] == "pair" and page.lab.session.calls[-1]["versions"] == (None, None)
    assert page.offer.blind


def test_a_choice_that_is_open_is_still_open_after_an_error(page: Page):
    page.say("hello")
    page.again()
    offer = page.offer
    page.lab.session.error = ModelError("the model is gone; restart the lab")
    values = {**page.values, page.tab.prompt: "more"}
    with pytest.raises(ModelError):
        list(page.chat.say(values, Visitor()))
    mended = page.chat.recover(values, Visitor())
    assert mended[page.tab.offer.state] is offer and mended[page.tab.unsent] == "more"


# branches


def test_a_changed_message_is_a_branch_and_what_was_said_of_the_old_one_stays(page: Page):
    page.values[page.panel.drawn]["system"] = "be brief"
    page.say("one")
    page.say("two")
    before = page.place
    page.lab.store.add_opinion(Thumb(before.leaf, "up"))
    page.click("edit", before.shown[2])
    assert page.values[page.tab.edit.text] == "two"
    page.resend("three")
    after = page.place
    assert after.shown[:2] == before.shown[:2] and after.conversation == before.conversation
    assert page.words()[2] == "three"
    assert "2 of 2" in page.values[page.tab.chat][2]["content"]
    page.click("prev", after.shown[2])
    assert page.place == before, "the whole branch, with its answer"
    assert page.chat.places.thumbs(page.chat.places.turns(page.place), "me") == [None, "Like"]
    page.click("prev", before.shown[2])
    assert page.place == before, "there is none before the first"


def test_the_first_message_changed_stays_under_its_system_prompt(page: Page):
    store = page.lab.store
    page.say("one")
    first = store.reply(page.place.shown[0])
    page.click("edit", first.id)
    page.values[page.panel.drawn]["system"] = "something else by now"
    page.resend("uno")
    call = page.lab.session.calls[-1]
    assert (call["conversation"], call["parent"], call["system"]) == (first.conversation, first.parent, "")
    assert store.thread(page.place.leaf)[0].text == "uno"


@pytest.mark.parametrize("pointed", ["", "#/edit/", "#/prev/stranger 1", "javascript:alert(1)", "#/delete/x 1"])
def test_a_link_that_is_not_on_the_page_does_nothing(page: Page, pointed: str):
    page.say("hello")
    with pytest.raises(LabError, match="moved on"):
        page.branches.point(pointed, page.place, {}, "me", Visitor())


def test_an_edit_that_changes_nothing_or_is_no_message_of_ones_own(page: Page):
    page.say("hello")
    with pytest.raises(LabError, match="only your own"):
        page.click("edit", page.place.leaf)
    page.click("edit", page.place.shown[0])
    for text, why in ((" hello ", "as it was"), (" ", "empty")):
        with pytest.raises(LabError, match=why):
            page.resend(text)
    page.lab.session.error = ModelError("gone")
    values = {**page.values, page.tab.edit.text: "hi"}
    with pytest.raises(ModelError):
        list(page.branches.resend(values, Visitor()))
    page.take(page.branches.recover(values, Visitor()))
    assert page.rest(iter(()))[-1][page.tab.edit.box]["visible"], "what was typed is still there"


def test_a_reload_or_a_restart_finds_the_branch_that_was_shown(page: Page):
    """After a restart the server knew no place, and the next message began a new conversation under the old one's eyes."""
    page.say("hello")
    first = page.place
    page.again()
    page.vote("left" if page.offer.sides()[0].id == first.leaf else "right")
    remembered = page.values[page.tab.remembered]
    assert page.chat.open(remembered, "me")[page.tab.place] == first, "not the newest branch"
    page.values[page.tab.place] = Place()  # as a server that was started again has it
    page.say("more")
    assert page.lab.session.calls[-1]["parent"] == first.leaf
    forged = {"conversation": first.conversation, "leaf": "of-somebody-else"}
    assert page.chat.open(forged, "me")[page.tab.place] == page.place
    assert page.chat.open({"conversation": 3, "leaf": []}, "me")[page.tab.place] == Place()


def test_a_conversation_deleted_in_another_window_is_said_so_and_nothing_typed_is_lost(page: Page):
    page.say("hello")
    store: Store = page.lab.store
    store.purge(store.purgeable(conversation=page.place.conversation))
    values = {**page.values, page.tab.prompt: "more"}
    with pytest.raises(LabError, match="deleted meanwhile"):
        list(page.chat.say(values, Visitor()))
    mended = page.chat.recover(values, Visitor())
    assert mended[page.tab.place] == Place() and mended[page.tab.unsent] == "more"


def test_a_tree_takes_no_notice_of_system_turns(page: Page):
    page.values[page.panel.drawn]["system"] = "be brief"
    page.say("one")
    tree = Tree(page.lab.store.replies(page.place.conversation))
    assert tree.siblings(page.place.shown[0]) == [page.place.shown[0]]
    assert tree.newest(page.place.shown[0]) == page.place.leaf


# all about one reply


def test_reasons_a_comment_and_a_criterion_are_kept_with_the_thumb(page: Page):
    page.say("hello")
    leaf, do = page.place.leaf, page.opinions
    page.click("about", leaf)
    do.save(leaf, "safe", "Down", ["unsafe", "wrong"], " never say that ", page.place, {}, "me")
    (thumb,) = page.lab.store.thumbs()
    assert (thumb.reply, thumb.value, thumb.criterion) == (leaf, "down", "safe")
    assert (thumb.reasons, thumb.comment) == (("unsafe", "wrong"), "never say that")
    filled = do.judge_by(leaf, "safe", "me")
    assert [filled[part] for part in (page.tab.about.value, page.tab.about.comment)] == ["Down", "never say that"]
    assert do.judge_by(leaf, "overall", "me")[page.tab.about.value] == "No thumb"
    shown = page.click("about", leaf)[page.tab.about.what]
    assert "thumb down (safe): unsafe, wrong" in shown
    do.save(leaf, "safe", "No thumb", [], "", page.place, {}, "me")
    assert page.lab.store.thumbs() == []


@pytest.mark.parametrize(
    ("criterion", "value", "reasons", "comment", "why"),
    [
        ("overall", "No thumb", ["wrong"], "", "there is none"), ("overall", "Up", ["forged"], "", "no reason"),
        ("beauty", "Up", [], "", "no criterion"), ("overall", "Up", [], "x" * 2001, "2001 characters"),
    ],
)  # fmt: skip
def test_what_is_no_opinion(page: Page, criterion: str, value: str, reasons: list[str], comment: str, why: str):
    page.say("hello")
    with pytest.raises(LabError, match=why):
        page.opinions.save(page.place.leaf, criterion, value, reasons, comment, page.place, {}, "me")
    assert page.lab.store.thumbs() == []


def test_a_better_answer_starts_from_the_reply_shows_its_difference_and_is_kept(page: Page):
    page.say("hello")
    leaf, do, about = page.place.leaf, page.opinions, page.tab.about
    assert page.click("better", leaf)[about.better] == "reply 1a: word0 word1 word2"
    diff = do.compare(leaf, "reply 1a: word0 <b> word2")[about.diff]
    assert "<del> word1</del>" in diff and "<ins> &lt;b&gt;</ins>" in diff
    for text, why in (("reply 1a: word0 word1 word2", "the reply itself"), (" ", "empty")):
        with pytest.raises(LabError, match=why):
            do.save_better(leaf, text, "overall", "me")
    do.save_better(leaf, " Hello! ", "helpful", "ann")
    (kept,) = page.lab.store.corrections()
    assert (kept.reply, kept.text, kept.rater, kept.criterion) == (leaf, "Hello!", "ann", "helpful")
    assert do.better(page.lab.store.reply(leaf), "ann")[about.better] == "Hello!", "one's own is where one goes on"
    with pytest.raises(LabError, match="no reply is chosen"):
        do.save_better(None, "x", "overall", "me")


@pytest.mark.parametrize(("held_out", "fate"), [(False, "Kept; the next"), (True, "Kept for testing only; new")])
def test_what_will_never_teach_is_not_said_to(page: Page, monkeypatch: pytest.MonkeyPatch, held_out: bool, fate: str):
    """A fifth of all conversations only test. There the page said that the next round learns from it, and no number moved."""
    told: list[str] = []
    monkeypatch.setattr(gr, "Info", lambda words, **_: told.append(words))
    page.say(question(held_out))
    page.say("hello")
    page.opinions.save_better(page.place.leaf, "Hello!", "overall", "me")
    assert told[0].startswith(fate)
    assert ("testing only: better" in page.click("about", page.place.leaf or "")[page.tab.about.what]) == held_out
    page.again()
    page.vote("tie")
    assert ("testing" in page.values[page.tab.offer.said]) == held_out


def test_opinions_of_one_reply_are_the_newest_of_each_kind(page: Page):
    page.say("hello")
    leaf, store = page.place.leaf, page.lab.store
    thumbs = (Thumb(leaf, "up"), Thumb(leaf, "down"), Thumb(leaf, "up", "safe"))
    for opinion in (*thumbs, Correction(leaf, "a"), Correction(leaf, "b")):
        store.add_opinion(opinion)
    store.add_opinion(Thumb(leaf, "cleared", "safe"))
    assert [getattr(each, "value", getattr(each, "text", "")) for each in store.opinions_of(leaf)] == ["down", "b"]


def test_a_badge_tells_where_its_version_comes_from(page: Page):
    page.say("hello")
    page.lab.store.add_opinion(Thumb(page.place.leaf, "up"))
    told = page.click("from", page.place.leaf)[page.tab.about.lineage]
    assert told["visible"] and "Where base comes from" in told["value"] and "learned from nobody" in told["value"]


# the list


def titles(page: Page, found: Any) -> list[str]:
    return [name for name, _ in found[page.panel.conversations]["choices"]]


def test_the_list_is_searched_by_name_and_by_what_was_said(page: Page):
    for text in ("about Dogs", "about cats", "100% of dogs_"):
        page.take(page.chat.start_anew("me", Visitor()))
        page.say(text)
    search = lambda words: titles(page, page.list.search(words, page.place, {}))  # noqa: E731
    assert search("dogs") == ["100% of dogs_", "about Dogs"]
    assert search("about cats") == ["about cats"]
    assert search("% of") == ["100% of dogs_"] and search("_") == ["100% of dogs_"], "no wildcards"
    assert search("word2 reply") == ["100% of dogs_", "about cats", "about Dogs"], "replies count too"
    assert search("zebra") == []
    kept = page.chat.choose(page.lab.store.chats()[-1].id, "me", "dogs", Visitor())
    assert titles(page, kept) == ["100% of dogs_", "about Dogs"], "the search stays while one looks through what it found"


def test_a_conversation_is_renamed(page: Page):
    page.say("hello")
    assert page.list.ask_name(page.place, {})[page.panel.title]["value"] == "hello"
    assert titles(page, page.list.rename("  Greetings  all ", "", page.place, {})) == ["Greetings all"]
    for name, why in ((" ", "empty"), ("x" * 201, "201 characters")):
        with pytest.raises(LabError, match=why):
            page.list.rename(name, "", page.place, {})
    with pytest.raises(LabError, match="not in the list yet"):
        page.list.rename("x", "", Place(), {})


def test_a_hidden_conversation_is_kept_found_and_brought_back(page: Page):
    page.say("hello")
    page.lab.store.add_opinion(Thumb(page.place.leaf, "up"))
    hidden = page.list.hide("", page.place, {})
    assert titles(page, hidden) == [] and hidden[page.panel.hide] == "Show in the list"
    assert len(page.lab.store.thumbs()) == 1, "out of sight is not forgotten"
    assert titles(page, page.list.search("hello", page.place, {})) == ["hello"]
    assert titles(page, page.list.hide("", page.place, {})) == ["hello"]


def test_the_branch_that_is_shown_is_saved_as_a_row_that_import_takes(page: Page, tmp_path: Path):
    page.say("hello")
    row = page.list.export(page.place, {})[page.panel.exported]
    assert json.loads(row)["messages"][1] == {"role": "assistant", "content": "reply 1a: word0 word1 word2"}
    (tmp_path / "chat.jsonl").write_text(row)
    other = Store(tmp_path / "other")
    assert import_file(other, tmp_path / "chat.jsonl").counts == {"chats": 1}
    other.close()
    with pytest.raises(LabError, match="empty"):
        page.list.export(Place(), {})


def test_deleting_says_what_goes_and_then_nothing_is_left(page: Page):
    page.say("hello")
    page.lab.store.add_opinion(Thumb(page.place.leaf, "up"))
    conversation = page.place.conversation
    page.lab.store.hide_chat(conversation)
    asked = page.list.ask_delete(page.place, {})
    told = asked[page.panel.foreseen]["value"]
    assert "2 turns and 1 opinion, and" in told and "No version" in told
    assert asked[page.panel.delete_sure]["visible"]
    assert not page.list.keep()[page.panel.delete_sure]["visible"]
    page.lab.worker.now = FakeStatus(job=Job("kto", "tiny", 0, "", (page.lab.store.thumbs()[0].id,), 1))
    with pytest.raises(LabError, match="learning from this conversation"):
        page.list.delete(page.place, {}, "me", Visitor())
    page.lab.worker.now = FakeStatus()
    after = page.list.delete(page.place, {}, "me", Visitor())
    assert after[page.tab.place] == Place()
    assert page.lab.store.conversations() == [] and page.lab.store.thumbs() == []
    assert not page.lab.store.is_hidden(conversation)
