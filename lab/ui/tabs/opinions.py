"""All there is to say about one reply: its thumb, with reasons and a criterion, a better answer, and where it comes from.

The panel below the conversation is about one stored reply, named by its id in the page's own state.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal, cast

import gradio as gr

from lab.errors import LabError
from lab.loop.lineage import of_reply
from lab.records import CRITERIA, Criterion, Reply, Thumb
from lab.ui.panel import LONGEST_MESSAGE, limited, named
from lab.ui.tabs import chat_view
from lab.ui.tabs.chat_parts import LONGEST_COMMENT, NO_THUMB, REASONS, VALUES
from lab.ui.view import kept

if TYPE_CHECKING:
    from lab.ui.tabs.chat import ChatHandlers

Value = Literal["up", "down", "cleared"]
Update = dict[Any, Any]
NAMES = {value: name for name, value in VALUES.items()}


class Opinions:
    """What the thumbs and the panel about a reply do. Methods raise LabError."""

    def __init__(self, chat: ChatHandlers) -> None:
        self.chat, self.parts = chat, chat.tab.about
        self.store, self.session = chat.lab.store, chat.lab.session

    def thumb(self, displayed: list[dict[str, Any]], place: Any, remembered: Any, rater: str, data: gr.LikeData) -> Update:
        """A thumb under a reply is kept at once; the panel then asks why.

        Where the page displays another message than the server has there (a reply is on its way, the window has moved),
        the thumb was meant for that other one. Its id is only compared, so a forged one gains nothing.
        """
        index = data.index if isinstance(data.index, int) else data.index[0]
        place = self.chat.found(place, remembered)
        if not 0 <= index < len(place.shown):
            raise LabError("this reply is not stored (yet); wait until it is complete, or reload the page")
        if id_at(displayed, index) != place.shown[index]:
            raise LabError("the conversation moved on as you clicked, so this thumb was not kept; click it again")
        reply, value = place.shown[index], value_of(data.liked)
        self.session.thumb(reply, value, named(rater))
        if value == "cleared":
            return self.close()
        return self.panel(self.store.reply(reply), rater, opinion=True)

    def about(self, reply: Reply, rater: str) -> Update:
        return self.panel(reply, rater, opinion=True)

    def better(self, reply: Reply, rater: str) -> Update:
        """Starts from the better answer there is, else from what the model wrote."""
        mine = [each for each in self.store.opinions_of(reply.id) if each.rater == rater.strip() and not isinstance(each, Thumb)]
        text = mine[-1].text if mine else reply.text  # type: ignore[union-attr]
        shown = self.panel(reply, rater, better=True)
        return {**shown, self.parts.better: text, self.parts.diff: chat_view.difference(reply.text, text)}

    def origin(self, reply: Reply, rater: str) -> Update:
        steps = of_reply(self.store, self.chat.lab.versions, reply.id)
        told = gr.update(value=chat_view.origin(steps, reply), visible=True)
        return {**self.panel(reply, rater), self.parts.lineage: told}

    def panel(self, reply: Reply, rater: str, opinion: bool = False, better: bool = False) -> Update:
        parts = self.parts
        return {
            parts.reply: reply.id,
            parts.box: gr.update(visible=True),
            parts.what: chat_view.about(reply, self.store.opinions_of(reply.id), rater.strip(), self.fate(reply)),
            parts.opinion: gr.update(visible=opinion),
            **self.filled(reply.id, "overall", rater),
            parts.better_box: gr.update(visible=better),
            parts.diff: "",
            parts.lineage: gr.update(visible=False),
        }

    def filled(self, reply: str, criterion: Criterion, rater: str) -> Update:
        """The form as this rater left it for this criterion."""
        mine = [
            each for each in self.store.opinions_of(reply)
            if isinstance(each, Thumb) and each.rater == rater.strip() and each.criterion == criterion
        ]  # fmt: skip
        kept = mine[-1] if mine else None
        return {
            self.parts.criterion: criterion,
            self.parts.value: NAMES[kept.value] if kept else NO_THUMB,
            self.parts.reasons: [reason for reason in kept.reasons if reason in REASONS] if kept else [],
            self.parts.comment: kept.comment if kept else "",
        }

    def judge_by(self, reply: Any, criterion: str, rater: str) -> Update:
        return self.filled(self.stored(reply).id, checked(criterion), rater)

    def save(
        self, reply: Any, criterion: str, value: str, reasons: Sequence[str], comment: str, place: Any, remembered: Any,
        rater: str,
    ) -> Update:  # fmt: skip
        """The thumb of this criterion with all that was said to it; it takes the place of the one before."""
        about = self.stored(reply)
        words = limited(comment, LONGEST_COMMENT, "the comment").strip()
        kind = cast(Value, VALUES.get(value, "cleared"))
        if kind == "cleared" and (reasons or words):
            raise LabError("reasons belong to a thumb and there is none; choose up or down first")
        wrong = [reason for reason in reasons if reason not in REASONS]
        if wrong:
            raise LabError(f"{wrong[0]!r} is no reason this page knows; use your own words below")
        self.session.thumb(about.id, kind, named(rater), tuple(reasons), words, checked(criterion))
        gr.Info(f"{self.fate(about)}.", duration=2)
        turns = self.chat.places.turns(self.chat.found(place, remembered))
        return {**self.close(), self.chat.tab.chat: gr.update(feedback_value=self.chat.places.thumbs(turns, rater))}

    def compare(self, reply: Any, written: str) -> Update:
        """The better answer as it is being written, against the reply."""
        text = limited(written, LONGEST_MESSAGE, "the better answer")
        return {self.parts.diff: chat_view.difference(self.stored(reply).text, text) if isinstance(reply, str) else ""}

    def save_better(self, reply: Any, written: str, criterion: str, rater: str) -> Update:
        about = self.stored(reply)
        text = limited(written, LONGEST_MESSAGE, "the better answer").strip()
        if not text:
            raise LabError("the better answer is empty; write the reply you wanted")
        if text == about.text.strip():
            raise LabError("the better answer is the reply itself; change it first")
        self.session.correct(about.id, text, named(rater), checked(criterion))
        fate = self.fate(about)
        then = "the next round learns from it" if fate == "Kept" else "new versions are judged by it"
        gr.Info(f"{fate}; {then}.", duration=3)
        return self.close()

    def close(self) -> Update:
        return {self.parts.reply: None, self.parts.box: gr.update(visible=False)}

    def fate(self, reply: Reply) -> str:
        """Whether what was just said of a reply teaches, or tests."""
        return kept(self.chat.places.first_words(reply.id)).capitalize()

    def stored(self, reply: Any) -> Reply:
        if not isinstance(reply, str):
            raise LabError("no reply is chosen; click “say more” or “better answer” under one")
        return self.store.reply(reply)


def value_of(liked: Any) -> Value:
    """Gradio says True, False, or "" when a thumb is taken back; nothing else is a thumb."""
    if liked is True:
        return "up"
    if liked is False:
        return "down"
    if liked == "":
        return "cleared"
    raise LabError(f"{liked!r} is not a thumb; use the two thumbs under the reply")


def checked(criterion: str) -> Criterion:
    for known in CRITERIA:
        if criterion == known:
            return known
    raise LabError(f"{criterion!r} is no criterion; use one of {', '.join(CRITERIA)}")


def id_at(displayed: list[dict[str, Any]] | None, index: int) -> str | None:
    """The id in the metadata of a message that a browser says it displays; a reply on its way has none."""
    if not displayed or not 0 <= index < len(displayed):
        return None
    return (displayed[index].get("metadata") or {}).get("id")
