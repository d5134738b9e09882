"""The Chat tab: a conversation that is only a view of the store, and the replies that stream into it.

Nothing here trusts what a browser sends back about the conversation: the server keeps which replies a page shows. Beside it:
places.py (where a page is), offers.py (two replies to choose from), opinions.py (all about one reply), branches.py
(edits and siblings), conversations.py (the list).
"""

from __future__ import annotations

import threading
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import gradio as gr

from lab.errors import LabError
from lab.records import Reply, Sampling
from lab.ui.lab import Lab
from lab.ui.panel import LISTED, Panel, asked, listed
from lab.ui.streams import Streams
from lab.ui.tabs import chat_view, offers
from lab.ui.tabs.chat_parts import ChatTab
from lab.ui.tabs.offers import Offer
from lab.ui.tabs.places import PAGE, Place, Places, memory
from lab.ui.view import paced, plain

if TYPE_CHECKING:
    from lab.chat.session import Live

Update = dict[Any, Any]
Streaming = Generator[Update, None, Update]  # yields the page as it changes, and returns where it will rest


class ChatHandlers:
    """What the Chat tab does. Methods raise LabError; events.py turns that into a notice."""

    def __init__(self, lab: Lab, tab: ChatTab, panel: Panel) -> None:
        self.lab, self.tab, self.panel = lab, tab, panel
        self.streams = Streams()
        self.places = Places(lab.store)

    # which conversation

    def open(self, remembered: dict[str, str], rater: str) -> Update:
        """A page loads, or loads again: the conversation it had open, from the store, and the choice that was open in it."""
        kept = remembered if isinstance(remembered, dict) else {}
        name = str(kept.get("rater") or rater)
        place = self.places.kept(kept)
        offer = offers.noted(kept.get("offer"), place, self.lab.store)
        return {**self.show(place, name, offer), self.panel.rater: name}

    def choose(self, conversation: str | None, rater: str, words: str, request: gr.Request) -> Update:
        """Another conversation is chosen in the side panel."""
        self.streams.leave(request.session_hash)
        return self.show(self.places.newest(conversation), rater, words=words)

    def start_anew(self, rater: str, request: gr.Request) -> Update:
        self.streams.leave(request.session_hash)
        return self.show(Place(), rater)

    def show_earlier(self, place: Place, remembered: Any, rater: str, request: gr.Request) -> Update:
        self.streams.rest(request.session_hash)
        place = self.found(place, remembered)
        return self.show(self.places.at(place.conversation, place.leaf, place.limit + PAGE), rater)

    def rate_as(self, place: Place, rater: str, remembered: dict[str, str]) -> Update:
        """Another rater: the same conversation with that rater's thumbs. A reply may be on its way; leave it alone."""
        thumbs = gr.update(feedback_value=self.places.thumbs(self.places.turns(place), rater))
        return {self.tab.chat: thumbs, self.tab.remembered: {**remembered, "rater": rater}}

    # speaking: each yields what flows, then where the page rests; `rest` follows and shows that

    def say(self, values: Mapping[Any, Any], request: gr.Request) -> Iterator[Update]:
        text = asked(values[self.tab.prompt])
        place = self.known(values)
        # a new message takes the place of one that was never answered: two in a row are no conversation to a model
        answered, parent = self.places.answered(place)
        system = self.panel.system_prompt(values)
        with self.streams.open(request.session_hash) as flag:
            yield {**self.busy(None if ids(answered) == values[self.tab.drawn] else answered, text), self.tab.prompt: ""}
            ended = yield from self.speak(values, replace(place, shown=ids(answered)), parent, text, system, flag)
        yield ended  # with the stream closed: whoever sees the whole reply may answer it at once

    def speak(
        self, values: Mapping[Any, Any], place: Place, parent: str | None, text: str, system: str, flag: threading.Event
    ) -> Streaming:
        """Answers a new message, once or, where a blind pair is due, twice."""
        sampling, session = self.panel.sampling(values), self.lab.session
        due = session.pair_due(self.panel.pair_rate(values))
        if due is None:
            lives = session.say(place.conversation, parent, text, sampling, system, flag)
            return (yield from self.streamed(lives, place, values, flag))
        lives = session.pair(place.conversation, parent, text, due, sampling, system, flag)
        return (yield from self.paired(lives, place, values, flag))

    def regenerate(self, values: Mapping[Any, Any], request: gr.Request) -> Iterator[Update]:
        place = self.known(values)
        if place.leaf is None:
            raise LabError("there is no reply to draw again yet; send a message first")
        sampling: Sampling = self.panel.sampling(values)
        turns = self.places.turns(place)
        before = turns.pop() if turns[-1].role == "assistant" else None
        with self.streams.open(request.session_hash) as flag:
            yield self.busy(turns)
            lives = self.lab.session.regenerate(place.leaf, sampling, flag)
            ended = yield from self.streamed(lives, place, values, flag, before)
        yield ended

    def streamed(
        self, lives: Iterator[Live], place: Place, values: Mapping[Any, Any], flag: threading.Event, before: Reply | None = None
    ) -> Streaming:
        """Yields the reply as it grows. One that was drawn beside `before` is offered with it, for a choice."""
        last: Live | None = None
        for live in paced(lives):
            if live.drafts:  # the last ones too: until the conversation is drawn anew, they stand here
                draft = live.drafts[0]
                update: Update = {self.tab.live: chat_view.growing(draft.text, draft.version)}
                if last is None:
                    update[self.tab.remembered] = self.halfway(live, place, values)
                yield update
            last = live
        if last is None or not last.replies:
            return self.unanswered(last, place, flag)
        reply = last.replies[0]
        offer = offers.again(before, reply) if before is not None else None
        return self.resting(self.places.at(last.conversation, reply.id, place.limit), offer)

    def paired(self, lives: Iterator[Live], place: Place, values: Mapping[Any, Any], flag: threading.Event) -> Streaming:
        """Yields two replies as they grow, sides shuffled and names hidden, and offers both for a vote."""
        shown = offers.toss()
        last: Live | None = None
        for live in paced(lives):
            if len(live.drafts) == 2:
                update = offers.growing(self.tab.offer, live.drafts, shown)
                if last is None:
                    update |= {self.tab.live: "", self.tab.remembered: self.halfway(live, place, values)}
                yield update
            last = live
        if last is None or not last.replies:
            return self.unanswered(last, place, flag)
        offer = offers.blind(last.replies, shown) if len(last.replies) == 2 else None
        goes_on = offer.goes_on if offer else last.replies[0]
        return self.resting(self.places.at(last.conversation, goes_on.id, place.limit), offer)

    def halfway(self, live: Live, place: Place, values: Mapping[Any, Any]) -> Mapping[str, str | None]:
        """Remembered from the first moment on: a reload in mid-reply finds the conversation and its branch."""
        leaf = live.user.id if live.user else place.leaf
        if live.user is None and (reply := self.places.reply_at(place)) is not None:
            leaf = reply.parent
        return {"conversation": live.conversation, "leaf": leaf, "rater": values[self.panel.rater]}

    def unanswered(self, last: Live | None, place: Place, flag: threading.Event) -> Update:
        if not flag.is_set():
            raise LabError("the model ended without a reply; send the message again")
        # stopped before its first token: a message just sent stays, for Regenerate to answer
        sent = last.user if last else None
        return self.resting(self.places.at(sent.conversation, sent.id, place.limit) if sent else self.places.still(place))

    def resting(self, place: Place, offer: Offer | None = None) -> Update:
        """Known at once to the next message, before the page has shown it."""
        return {self.tab.place: place, self.tab.offer.state: offer, self.tab.edit.message: None}

    def rest(self, place: Any, offer: Any, edited: Any, rater: str, request: gr.Request) -> Update:
        """The page after a reply, or after an error; unless the next reply is on its way already."""
        if self.streams.running(request.session_hash) or not isinstance(place, Place):
            return {}
        return self.show(self.places.still(place), rater, offer if isinstance(offer, Offer) else None, edited=edited)

    def stop(self, request: gr.Request) -> None:
        self.streams.stop(request.session_hash)

    def recover(self, values: Mapping[Any, Any], request: gr.Request) -> Update:
        """After an error. A reply still on its way keeps the page: refused was only what came on top of it."""
        if self.streams.running(request.session_hash):
            return {}
        place = self.places.still(self.found(values[self.tab.place], values[self.tab.remembered]))
        offer = values[self.tab.offer.state] if place.leaf else None  # a choice that was open is still open
        typed = {self.tab.unsent: values[self.tab.prompt] or "", self.tab.edit.message: values[self.tab.edit.message]}
        return {**self.resting(place, offer), **typed}

    # what the page shows of the store

    def show(
        self, place: Place, rater: str, offer: Offer | None = None, words: str = "", edited: str | None = None
    ) -> Update:  # fmt: skip
        """Every component of the tab, at rest, for a place. While an offer is open its two replies stand below the rest."""
        tab, turns = self.tab, self.places.turns(place)
        replies, tree = turns, self.places.tree(place.conversation)
        if offer is not None:
            replies = turns[:-1]
        found = self.lab.store.chats(LISTED, words)
        about = tab.about
        return {
            tab.place: place,
            tab.drawn: ids(replies),
            tab.remembered: memory(place, rater, offers.note(offer) if offer else None),
            tab.earlier: gr.update(visible=place.hidden > 0, value=f"Show earlier messages ({place.hidden})"),
            tab.chat: gr.update(value=chat_view.bubbles(replies, tree), feedback_value=self.places.thumbs(replies, rater)),
            tab.sent: "",
            tab.live: "",
            **offers.show(tab.offer, offer),
            about.reply: None,
            about.box: gr.update(visible=False),
            tab.edit.message: edited,
            tab.edit.box: gr.update(visible=edited is not None),
            tab.again: gr.update(interactive=place.leaf is not None),
            **self.panel.manage(place.conversation is not None, self.hidden(place)),
            self.panel.search: words,
            self.panel.conversations: listed(found, place.conversation, bool(words.strip())),
        }

    def hidden(self, place: Place) -> bool:
        return place.conversation is not None and self.lab.store.is_hidden(place.conversation)

    def busy(self, turns: Sequence[Reply] | None, text: str = "") -> Update:
        """The page while a reply to these turns, and to a message not stored yet, is on its way; None: to those it shows."""
        tab = self.tab
        above: Update = {}
        if turns is not None:
            tree = self.places.tree(turns[0].conversation if turns else None)
            above = {tab.chat: chat_view.bubbles(turns, tree), tab.drawn: ids(turns)}
        return {
            **above,
            tab.sent: plain(text),
            tab.live: chat_view.growing("", self.lab.engine.live),
            tab.unsent: "",
            tab.offer.state: None,
            tab.offer.box: gr.update(visible=False),
        }

    def found(self, place: Any, remembered: Any) -> Place:
        """Where the page is. The server forgets that when it is restarted; then the browser remembers."""
        if isinstance(place, Place) and place != Place():
            return place
        return self.places.kept(remembered)

    def known(self, values: Mapping[Any, Any]) -> Place:
        """Where a new message goes. Raises LabError if that has been deleted."""
        place = self.found(values[self.tab.place], values[self.tab.remembered])
        if place != Place() and self.places.still(place) == Place():
            raise LabError("this conversation was deleted meanwhile, in another window or by `forget`; send it as a new chat")
        return place


def ids(turns: Sequence[Reply]) -> tuple[str, ...]:
    return tuple(turn.id for turn in turns)
