"""Two replies to one message, offered for a vote in the middle of a chat: a blind pair, or an old reply and a new one.

A blind pair is drawn together and nobody is told who is who until the vote, so it is evidence for a trial. An old reply and the
one drawn again are a choice too, but no blind one: it is called what it is, and loop/trial.py leaves it out. The conversation
goes on with the one that is picked.
"""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import gradio as gr

from lab.errors import LabError
from lab.feedback.store import Store
from lab.records import Reply
from lab.ui.panel import named
from lab.ui.tabs import chat_view
from lab.ui.tabs.chat_parts import OfferParts
from lab.ui.tabs.compare import Pressed, vote_of
from lab.ui.tabs.places import Place
from lab.ui.view import kept, version_name

if TYPE_CHECKING:
    from lab.chat.engine import Draft
    from lab.ui.tabs.chat import ChatHandlers

Shown = Literal["ab", "ba"]
Update = dict[Any, Any]
NOTE = re.compile(r"(\w{1,64}) (\w{1,64}) (ab|ba)")
SAID = {"left": "A is better", "right": "B is better", "tie": "Tie", "both_bad": "Both bad"}


@dataclass(frozen=True)
class Offer:
    """Two stored replies to one message. `before` and `after` are what may be said of them ahead of the vote."""

    a: Reply
    b: Reply
    shown: Shown
    ready: float  # when both were complete, on the monotonic clock
    blind: bool
    goes_on: Reply  # the one that stays if nobody chooses

    def sides(self) -> tuple[Reply, Reply]:
        """The left and the right one."""
        return (self.a, self.b) if self.shown == "ab" else (self.b, self.a)


def toss() -> Shown:
    return random.choice(("ab", "ba"))


def blind(replies: Sequence[Reply], shown: Shown) -> Offer | None:
    """None where both say the same: there is nothing to choose."""
    a, b = replies
    if a.text == b.text:
        return None
    left = a if shown == "ab" else b
    return Offer(a, b, shown, time.monotonic(), True, left)


def again(before: Reply, after: Reply, shown: Shown | None = None) -> Offer | None:
    """An old reply and the new one. The sides are shuffled, so that a favourite side does not look like a taste for the new."""
    if before.text == after.text:
        return None
    return Offer(before, after, shown or toss(), time.monotonic(), False, after)


def note(offer: Offer) -> str:
    """What a browser remembers of an open offer, for `noted`."""
    return f"{offer.a.id} {offer.b.id} {offer.shown}"


def noted(said: Any, place: Place, store: Store) -> Offer | None:
    """The offer that was open at a place before a reload. What a browser says only chooses among what is stored there;
    whether the pair is blind the store knows: what was drawn together has one time."""
    told = NOTE.fullmatch(said) if isinstance(said, str) else None
    if told is None:
        return None
    shown: Shown = "ab" if told[3] == "ab" else "ba"
    try:
        a, b = store.reply(told[1]), store.reply(told[2])
    except LabError:
        return None
    offer = blind((a, b), shown) if a.time == b.time else again(a, b, shown)
    beside = a.role == b.role == "assistant" and a.parent == b.parent
    return offer if offer is not None and beside and offer.goes_on.id == place.leaf else None


def growing(parts: OfferParts, drafts: Sequence[Draft], shown: Shown) -> Update:
    left, right = drafts if shown == "ab" else (drafts[1], drafts[0])
    mark = '\n\n<span class="writing"></span>'
    return {
        parts.box: gr.update(visible=True),
        parts.left: pane("A", left.text, left.finish) + mark,
        parts.right: pane("B", right.text, right.finish) + mark,
    }


def show(parts: OfferParts, offer: Offer | None) -> Update:
    """The offer, ready for a vote, or nothing in its place."""
    buttons = {button: gr.update(interactive=offer is not None) for button in (*parts.votes.values(), parts.skip)}
    rest = {**buttons, parts.state: offer, parts.box: gr.update(visible=offer is not None), parts.said: gr.update(visible=False)}
    if offer is None:
        return {**rest, parts.left: "", parts.right: ""}
    left, right = offer.sides()
    return {
        **rest,
        parts.left: pane("A" + known_as(left, offer), left.text, left.finish),
        parts.right: pane("B" + known_as(right, offer), right.text, right.finish),
    }


def known_as(reply: Reply, offer: Offer) -> str:
    """What may be said of a side before the vote."""
    if offer.blind:
        return ""
    by = version_name(reply.version)
    return f" · the reply before, by {by}" if reply is offer.a else f" · the new one, by {by}"


def pane(name: str, text: str, finish: str | None) -> str:
    return f"**{name}**\n\n{chat_view.answer(text, finish)}"


class Offers:
    """What the buttons under two replies do."""

    def __init__(self, chat: ChatHandlers) -> None:
        self.chat = chat

    def voter(self, pressed: Pressed) -> Callable[..., Update]:
        """The handler of one of the four buttons."""

        def vote(offer: Any, rater: str) -> Update:
            return self.vote(pressed, offer, rater)

        return vote

    def vote(self, pressed: Pressed, offer: Any, rater: str) -> Update:
        there = open_offer(offer)
        choice = vote_of(pressed, there.shown)
        took = round(1000 * (time.monotonic() - there.ready))
        self.chat.lab.session.vote(there.a.id, there.b.id, choice, there.shown, named(rater), took)
        picked = {"a": there.a, "b": there.b}.get(choice, there.goes_on)
        fate = kept(self.chat.places.first_words(there.a.id))
        said = f"**{SAID[pressed]}**, {fate}. {revealed(there)}{goes_on(there, picked, choice)}"
        parts = self.chat.tab.offer
        return {**self.go_on(there, picked, rater), parts.said: gr.update(value=said, visible=True)}

    def skip(self, offer: Any, rater: str) -> Update:
        """No vote; the conversation goes on."""
        there = open_offer(offer)
        return self.go_on(there, there.goes_on, rater)

    def go_on(self, offer: Offer, picked: Reply, rater: str) -> Update:
        return self.chat.show(self.chat.places.at(offer.a.conversation, picked.id), rater)


def revealed(offer: Offer) -> str:
    left, right = offer.sides()
    return f"A was {version_name(left.version)}, B was {version_name(right.version)}." if offer.blind else ""


def goes_on(offer: Offer, picked: Reply, choice: str) -> str:
    if choice in ("a", "b"):
        return ""
    return f" The chat goes on with {'A' if picked is offer.sides()[0] else 'B'}."


def open_offer(offer: Any) -> Offer:
    if not isinstance(offer, Offer):
        raise LabError("there is nothing to vote on; the two replies were voted on already, or the page is older than the lab")
    return offer
