"""The Chat tab's handlers, over a real store and a session that speaks words."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr
import pytest

from lab.errors import LabError, ModelError, StoreError
from lab.records import Reply, Thumb, new_id
from lab.ui import kept
from lab.ui import panel as panels
from lab.ui.tabs import chat_parts
from lab.ui.tabs.chat import ChatHandlers
from lab.ui.tabs.opinions import Opinions
from lab.ui.tabs.places import Place
from tests.fakes import page_lab


@dataclass
class Visitor:
    """A request of one browser session."""

    session_hash: str = "browser-1"


@dataclass
class Liked:
    """What Gradio says of a click on a thumb."""

    index: Any
    liked: Any
    value: Any = ""


@pytest.fixture
def handlers(home: Path) -> ChatHandlers:
    lab = page_lab(home)
    with gr.Blocks():
        panel = panels.build(lab.settings)
        return ChatHandlers(lab, chat_parts.build(), panel)


def values_of(handlers: ChatHandlers, text: str = "", place: Place | None = None, **changes: Any) -> dict[Any, Any]:
    panel = handlers.panel
    values: dict[Any, Any] = {panel.drawn: {name: part.value for name, part in panel.drawing().items()} | changes}
    tab = handlers.tab
    values |= {tab.prompt: text, tab.place: place or Place(), panel.rater: "me", tab.remembered: {}}
    values |= {tab.offer.state: None, tab.edit.message: None, tab.drawn: (place or Place()).shown}
    return values


def say(handlers: ChatHandlers, text: str, place: Place | None = None, **changes: Any) -> list[dict[Any, Any]]:
    return rested(handlers, handlers.say(values_of(handlers, text, place, **changes), Visitor()))


def rested(handlers: ChatHandlers, stream: Iterator[dict[Any, Any]]) -> list[dict[Any, Any]]:
    """What a stream yields, and at the end what the page shows once it rests."""
    tab, updates = handlers.tab, list(stream)
    last = updates[-1]
    shown = handlers.rest(last[tab.place], last[tab.offer.state], last[tab.edit.message], "me", Visitor())
    return [*updates[:-1], {**last, **shown}]


def thumb(handlers: ChatHandlers, place: Place, rater: str, liked: Liked) -> None:
    """A click on a page that displays what the server thinks it does."""
    Opinions(handlers).thumb(displayed_at(handlers, place), place, {}, rater, liked)  # type: ignore[arg-type]


def displayed_at(handlers: ChatHandlers, place: Place) -> list[dict[str, Any]]:
    return handlers.show(place, "me")[handlers.tab.chat]["value"]


def words(messages: list[dict[str, Any]]) -> list[str]:
    """What is said in the bubbles, without the links below."""
    return [each["content"].split("\n\n<span")[0] for each in messages]


def test_a_message_may_follow_as_soon_as_the_whole_reply_is_on_the_page(handlers: ChatHandlers):
    """The last update used to leave while the stream was still open, and a quick second message was refused."""
    stream = handlers.say(values_of(handlers, "one"), Visitor())
    for update in stream:
        if len(update.get(handlers.tab.place, Place()).shown) == 2:
            break
    second = handlers.say(values_of(handlers, "two", update[handlers.tab.place]), Visitor())
    assert next(second)[handlers.tab.prompt] == ""


def test_a_reply_streams_and_ends_stored_with_its_version(handlers: ChatHandlers):
    handlers.lab.engine.live = 4
    updates = say(handlers, "hello")
    tab = handlers.tab
    assert updates[0][tab.prompt] == ""
    assert "version 4" in updates[0][tab.live], "even the empty bubble says who is about to speak"
    place = updates[-1][tab.place]
    stored = handlers.lab.store.reply(place.leaf)
    assert stored.text == "reply 1a: word0 word1 word2 word3 word4"
    assert stored.text in updates[-2][tab.live], "whole, before the conversation is drawn anew"
    last = updates[-1][tab.chat]["value"]
    assert [each["role"] for each in last] == ["user", "assistant"]
    assert last[-1]["metadata"] == {"id": stored.id}
    assert "version 4" in last[-1]["content"]
    assert updates[-1][handlers.panel.conversations]["choices"] == [("hello", place.conversation)]


def test_the_conversation_is_not_drawn_anew_for_a_message_below_it(handlers: ChatHandlers):
    """The browser drew all of it while the first three words of the reply came, and showed them late."""
    tab = handlers.tab
    first = say(handlers, "one <b>")
    assert tab.chat not in first[0] and first[0][tab.sent] == "one &lt;b>"
    second = say(handlers, "two", first[-1][tab.place])
    assert tab.chat not in second[0] and second[0][tab.sent] == "two"
    assert words(second[-1][tab.chat]["value"])[::2] == ["one &lt;b>", "two"] and second[-1][tab.sent] == ""


def test_a_message_after_two_replies_that_nobody_chose_from_draws_the_one_that_stays(handlers: ChatHandlers):
    tab = handlers.tab
    place = say(handlers, "one")[-1][tab.place]
    offered = rested(handlers, handlers.regenerate(values_of(handlers, place=place), Visitor()))[-1]
    assert words(offered[tab.chat]["value"]) == ["one"], "both stand below"
    values = values_of(handlers, "two", offered[tab.place]) | {each: offered[each] for each in (tab.offer.state, tab.drawn)}
    assert len(next(handlers.say(values, Visitor()))[tab.chat]) == 2


def test_a_message_sent_before_the_last_reply_was_drawn_draws_it(handlers: ChatHandlers):
    """Where the page is was known a moment before it showed it; a quick second message hid the exchange before it."""
    tab = handlers.tab
    last = list(handlers.say(values_of(handlers, "one"), Visitor()))[-1]
    values = values_of(handlers, "two", last[tab.place]) | {tab.drawn: ()}
    began = next(handlers.say(values, Visitor()))
    assert words(began[tab.chat])[::2] == ["one"] and began[tab.drawn] == last[tab.place].shown


def test_the_next_message_continues_the_branch_that_is_shown(handlers: ChatHandlers):
    first = say(handlers, "one")[-1][handlers.tab.place]
    second = say(handlers, "two", first)[-1][handlers.tab.place]
    assert second.conversation == first.conversation
    assert second.shown[:2] == first.shown
    assert handlers.lab.session.calls[-1]["parent"] == first.leaf


def test_sampling_and_system_prompt_come_from_the_panel(handlers: ChatHandlers):
    say(handlers, "hi", system="be brief", temperature=0.0, max_new_tokens=7)
    call = handlers.lab.session.calls[-1]
    assert call["system"] == "be brief"
    assert (call["sampling"].temperature, call["sampling"].max_new_tokens) == (0.0, 7)


def test_regenerate_draws_a_sibling_and_shows_it_instead(handlers: ChatHandlers):
    first = say(handlers, "one")[-1][handlers.tab.place]
    updates = list(handlers.regenerate(values_of(handlers, place=first), Visitor()))
    second = updates[-1][handlers.tab.place]
    assert second.shown[0] == first.shown[0]
    assert second.leaf != first.leaf
    assert handlers.lab.store.reply(second.leaf).parent == handlers.lab.store.reply(first.leaf).parent


def test_stop_ends_the_reply_and_keeps_what_was_said(handlers: ChatHandlers):
    handlers.lab.session.words, handlers.lab.session.seconds = 10_000, 0.001
    stream = handlers.say(values_of(handlers, "talk"), Visitor())
    for _ in range(3):
        next(stream)
    handlers.stop(Visitor("someone-else"))
    threading.Timer(0.05, handlers.stop, [Visitor()]).start()
    place = list(stream)[-1][handlers.tab.place]
    assert handlers.lab.store.reply(place.leaf).finish == "stopped"


def test_stop_before_the_first_word_keeps_the_message_for_regenerate(handlers: ChatHandlers):
    """The message was stored, but the page showed an empty chat and forgot the conversation."""
    stream = handlers.say(values_of(handlers, "wait"), Visitor())
    next(stream)
    handlers.stop(Visitor())
    tab, last = handlers.tab, rested(handlers, stream)[-1]
    place = last[tab.place]
    assert words(last[tab.chat]["value"]) == ["wait"]
    assert last[tab.remembered]["conversation"] == place.conversation is not None
    assert last[tab.again]["interactive"]
    with pytest.raises(StoreError, match="only the assistant's"):
        Opinions(handlers).save_better(place.leaf, "better", "overall", "me")
    updates = list(handlers.regenerate(values_of(handlers, place=place), Visitor()))
    assert words(updates[0][tab.chat]) == ["wait"], "the message stays while it is answered"
    assert handlers.lab.store.reply(updates[-1][tab.place].leaf).parent == place.leaf


def test_stop_before_the_first_word_of_another_reply_keeps_the_one_there_was(handlers: ChatHandlers):
    place = say(handlers, "one")[-1][handlers.tab.place]
    stream = handlers.regenerate(values_of(handlers, place=place), Visitor())
    next(stream)
    handlers.stop(Visitor())
    assert list(stream)[-1][handlers.tab.place] == place


def test_a_new_message_takes_the_place_of_one_never_answered(handlers: ChatHandlers):
    """Some chat templates refuse two user turns in a row, and the conversation would be stuck."""
    first = say(handlers, "one")[-1][handlers.tab.place]
    handlers.lab.store.add_reply(Reply(new_id(), first.conversation, first.leaf, "user", "never answered"))
    place = handlers.choose(first.conversation, "me", "", Visitor())[handlers.tab.place]
    updates = say(handlers, "two", place)
    assert words(updates[0][handlers.tab.chat])[::2] == ["one"] and updates[0][handlers.tab.sent] == "two"
    assert handlers.lab.session.calls[-1]["parent"] == first.leaf
    assert updates[-1][handlers.tab.place].shown[:2] == first.shown


def test_a_first_message_never_answered_is_replaced_with_the_system_prompt_above_it(handlers: ChatHandlers):
    conversation = handlers.lab.store.start_conversation("hi")
    above = Reply(new_id(), conversation, None, "system", "be brief")
    handlers.lab.store.add_reply(above)
    handlers.lab.store.add_reply(Reply(new_id(), conversation, above.id, "user", "never answered"))
    say(handlers, "hi", handlers.choose(conversation, "me", "", Visitor())[handlers.tab.place], system="be long")
    call = handlers.lab.session.calls[-1]
    assert (call["conversation"], call["parent"], call["system"]) == (conversation, None, "be long")


def test_an_error_is_never_a_chat_message_and_the_typed_text_comes_back(handlers: ChatHandlers):
    place = say(handlers, "fine")[-1][handlers.tab.place]
    handlers.lab.session.error = ModelError("the model is gone; restart the lab")
    values = values_of(handlers, "does not work", place)
    with pytest.raises(ModelError):
        list(handlers.say(values, Visitor()))
    mended = handlers.recover(values, Visitor())
    assert mended[handlers.tab.unsent] == "does not work"
    shown = handlers.rest(mended[handlers.tab.place], None, None, "me", Visitor())
    assert handlers.tab.prompt not in mended | shown, "another message may be in the box by now"
    assert "gone" not in str(shown[handlers.tab.chat]) and shown[handlers.tab.live] == ""
    assert mended[handlers.tab.place] == place
    assert [reply.role for reply in handlers.lab.store.replies(place.conversation)].count("assistant") == 1


@pytest.mark.parametrize(("text", "why"), [("", "empty"), ("  \n", "empty"), ("x" * 32_001, "32001 characters")])
def test_messages_that_cannot_be_sent(handlers: ChatHandlers, text: str, why: str):
    with pytest.raises(LabError, match=why):
        say(handlers, text)


@pytest.mark.parametrize(("liked", "kept"), [(True, "up"), (False, "down"), ("", None)])
def test_thumbs(handlers: ChatHandlers, liked: Any, kept: str | None):
    """Taking a thumb back arrives as "", which is as false as a thumb down."""
    place = say(handlers, "hi")[-1][handlers.tab.place]
    handlers.lab.store.add_opinion(Thumb(place.leaf, "up"))
    thumb(handlers, place, "me", Liked(1, liked))
    assert handlers.lab.store.thumb_of(place.leaf, "me") == kept


def test_a_thumb_needs_a_stored_reply_a_name_and_to_be_a_thumb(handlers: ChatHandlers):
    place = say(handlers, "hi")[-1][handlers.tab.place]
    with pytest.raises(LabError, match="not stored"):
        thumb(handlers, place, "me", Liked(3, True))
    with pytest.raises(LabError, match="rater's name"):
        thumb(handlers, place, "  ", Liked(1, True))
    with pytest.raises(LabError, match="not a thumb"):
        thumb(handlers, place, "me", Liked(1, "Spam"))
    assert handlers.lab.store.thumbs() == []


def long_conversation(handlers: ChatHandlers, exchanges: int) -> Place:
    store = handlers.lab.store
    conversation, parent = store.start_conversation("long"), None
    for number in range(exchanges):
        for role in ("user", "assistant"):
            reply = Reply(new_id(), conversation, parent, role, f"{role} {number}")
            store.add_reply(reply)
            parent = reply.id
    return handlers.choose(conversation, "me", "", Visitor())[handlers.tab.place]


def test_a_thumb_never_lands_on_another_reply_than_the_one_displayed(handlers: ChatHandlers):
    """Past 40 messages the window moves by two with every reply, and a click could be counted in the window before."""
    before = long_conversation(handlers, 30)
    displayed = displayed_at(handlers, before)
    after = say(handlers, "more", before)[-1][handlers.tab.place]
    assert displayed[1]["metadata"]["id"] != after.shown[1]
    with pytest.raises(LabError, match="moved on"):
        Opinions(handlers).thumb(displayed, after, {}, "me", Liked(1, True))  # type: ignore[arg-type]
    forged = [{**each, "metadata": {"id": "of-somebody-else"}} for each in displayed]
    with pytest.raises(LabError, match="moved on"):
        Opinions(handlers).thumb(forged, after, {}, "me", Liked(1, True))  # type: ignore[arg-type]
    assert handlers.lab.store.thumbs() == []


def test_a_thumb_on_a_reply_being_drawn_again_does_not_rate_the_one_before(handlers: ChatHandlers):
    place = say(handlers, "hi")[-1][handlers.tab.place]
    stream = handlers.regenerate(values_of(handlers, place=place), Visitor())
    displayed = next(stream)[handlers.tab.chat]
    for other in ([*displayed, {"role": "assistant", "content": "", "metadata": None}], displayed, []):
        with pytest.raises(LabError, match="moved on"):
            Opinions(handlers).thumb(other, place, {}, "me", Liked(1, False))  # type: ignore[arg-type]
    stream.close()
    assert handlers.lab.store.thumbs() == []


def test_a_second_message_waits_for_the_reply_on_its_way(handlers: ChatHandlers):
    """Regenerate, then Enter: two streams wrote over each other's page, and thumbs went by the loser's list."""
    place = say(handlers, "hi")[-1][handlers.tab.place]
    stream = handlers.regenerate(values_of(handlers, place=place), Visitor())
    next(stream)
    values = values_of(handlers, "too soon", place)
    with pytest.raises(LabError, match="on its way"):
        list(handlers.say(values, Visitor()))
    with pytest.raises(LabError, match="on its way"):
        handlers.show_earlier(place, {}, "me", Visitor())
    assert handlers.recover(values, Visitor()) == {}, "the page is the running reply's"
    assert list(handlers.say(values, Visitor("another browser")))
    last = list(stream)[-1]
    assert last[handlers.tab.place].leaf != place.leaf
    assert say(handlers, "now", last[handlers.tab.place])


def test_a_page_that_went_elsewhere_need_not_wait_for_the_reply_it_left(handlers: ChatHandlers):
    handlers.lab.session.words = 10_000
    left = handlers.say(values_of(handlers, "talk"), Visitor())
    next(left), next(left)
    place = handlers.start_anew("me", Visitor())[handlers.tab.place]
    fresh = handlers.say(values_of(handlers, "another thing", place), Visitor())
    next(fresh)
    left.close()
    assert next(fresh)[handlers.tab.live]
    assert words(displayed_at(handlers, handlers.places.newest(handlers.lab.store.chats()[0].id))) == ["another thing"]
    assert handlers.streams.running("browser-1"), "the end of the one left is not the end of the new one"
    fresh.close()
    assert not handlers.streams.running("browser-1")


def test_a_reload_rebuilds_the_conversation_with_this_raters_thumbs(handlers: ChatHandlers):
    place = say(handlers, "one")[-1][handlers.tab.place]
    place = say(handlers, "two", place)[-1][handlers.tab.place]
    thumb(handlers, place, "ann", Liked(3, False))
    opened = handlers.open({"conversation": place.conversation, "rater": "ann"}, "me")
    assert opened[handlers.tab.place] == place
    assert opened[handlers.panel.rater] == "ann"
    assert opened[handlers.tab.chat]["feedback_value"] == [None, "Dislike"]
    assert handlers.open({"conversation": place.conversation}, "me")[handlers.tab.chat]["feedback_value"] == [None, None]


@pytest.mark.parametrize("remembered", [{}, {"conversation": "gone"}, None, "nonsense"])
def test_a_page_that_remembers_nothing_useful_is_a_new_chat(handlers: ChatHandlers, remembered: Any):
    opened = handlers.open(remembered, "me")
    assert opened[handlers.tab.place] == Place()
    assert opened[handlers.tab.chat]["value"] == []


def test_a_reload_before_the_first_word_shows_the_message_that_waits(handlers: ChatHandlers):
    """It was stored, and the page showed an empty chat."""
    stream = handlers.say(values_of(handlers, "hello"), Visitor())
    kept = [next(stream), next(stream)][1][handlers.tab.remembered]
    stream.close()
    opened = handlers.open(kept, "me")
    assert words(opened[handlers.tab.chat]["value"]) == ["hello"]
    assert opened[handlers.tab.again]["interactive"]
    assert handlers.choose(kept["conversation"], "me", "", Visitor())[handlers.tab.place] == opened[handlers.tab.place]


def test_long_histories_show_their_end_and_earlier_turns_on_demand(handlers: ChatHandlers):
    place = long_conversation(handlers, 50)
    shown = handlers.choose(place.conversation, "me", "", Visitor())
    assert len(shown[handlers.tab.chat]["value"]) == 40
    assert shown[handlers.tab.earlier]["visible"]
    more = handlers.show_earlier(shown[handlers.tab.place], {}, "me", Visitor())
    assert len(more[handlers.tab.chat]["value"]) == 80
    place = more[handlers.tab.place]
    thumb(handlers, place, "me", Liked(79, True))
    assert handlers.lab.store.thumb_of(place.leaf, "me") == "up", "the index counts what is shown, not what is stored"


def test_another_rater_does_not_disturb_a_reply_on_its_way(handlers: ChatHandlers):
    place = say(handlers, "hi")[-1][handlers.tab.place]
    thumb(handlers, place, "me", Liked(1, True))
    update = handlers.rate_as(place, "ann", {"conversation": place.conversation, "rater": "me"})
    assert update[handlers.tab.remembered] == {"conversation": place.conversation, "rater": "ann"}
    assert update[handlers.tab.chat] == gr.update(feedback_value=[None])


def test_the_page_rests_unless_the_next_reply_is_on_its_way(handlers: ChatHandlers):
    """What flows is shown by one event and the page at rest by the next; a message sent between the two is not written over."""
    place = say(handlers, "one")[-1][handlers.tab.place]
    stream = handlers.say(values_of(handlers, "two", place), Visitor())
    next(stream)
    assert handlers.rest(place, None, None, "me", Visitor()) == {}
    assert handlers.rest(place, None, None, "me", Visitor("another"))
    stream.close()
    assert handlers.rest(place, None, None, "me", Visitor())[handlers.tab.place] == place


def test_what_flows_is_little(handlers: ChatHandlers):
    """With every token Gradio built all 55 outputs of the event anew, 50 ms of computing for one word."""
    flowing = handlers.tab.flowing()
    assert len(kept.shown(flowing)) <= 9, "what the server alone keeps is not built"
    for update in handlers.say(values_of(handlers, "hello"), Visitor()):
        assert set(update) <= flowing
