"""The Chat tab: a conversation that is only a view of the store, thumbs on every reply, a better answer for the last.

Nothing here trusts what a browser sends back about the conversation: the server keeps which replies a page shows.
"""

from __future__ import annotations

import threading
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import gradio as gr

from lab.errors import LabError
from lab.records import Reply
from lab.ui.lab import Lab
from lab.ui.panel import LISTED, LONGEST_MESSAGE, Panel, asked, limited, listed, named
from lab.ui.streams import Streams
from lab.ui.view import Spoken, message, messages, paced

if TYPE_CHECKING:
    from lab.chat.session import Live

PAGE = 40  # messages shown at once; a browser slows down with more
THUMBS = {"up": "Like", "down": "Dislike"}
Update = dict[Any, Any]


@dataclass(frozen=True)
class Place:
    """Where a page is: its conversation, and the ids of the messages it shows, in order."""

    conversation: str | None = None
    shown: tuple[str, ...] = ()
    hidden: int = 0
    limit: int = PAGE

    @property
    def leaf(self) -> str | None:
        return self.shown[-1] if self.shown else None


@dataclass(frozen=True)
class ChatTab:
    place: gr.State
    remembered: gr.BrowserState
    earlier: gr.Button
    chat: gr.Chatbot
    prompt: gr.Textbox
    unsent: gr.Textbox
    send: gr.Button
    stop: gr.Button
    again: gr.Button
    better_box: gr.Accordion
    better: gr.Textbox
    better_save: gr.Button

    def outputs(self) -> set[Any]:
        return {
            self.place, self.remembered, self.earlier, self.chat, self.prompt, self.unsent, self.send, self.stop, self.again,
            self.better_box, self.better,
        }  # fmt: skip


def build() -> ChatTab:
    place = gr.State(Place())
    # holds only the id of the open conversation and the rater's name; the constant secret lets it survive a restart
    remembered = gr.BrowserState({}, storage_key="hone-page", secret="hone-page")
    earlier = gr.Button("Show earlier messages", size="sm", visible=False, elem_id="earlier")
    chat = gr.Chatbot(
        elem_id="chat", show_label=False, height=None, buttons=["copy"], group_consecutive_messages=False,
        feedback_options=("Like", "Dislike"), allow_tags=False,
        placeholder="**Say something.** Thumbs and better answers teach the next version.",
    )  # fmt: skip
    with gr.Row(elem_id="prompt-row", equal_height=True):
        prompt = gr.Textbox(
            show_label=False, placeholder="Message", lines=1, max_lines=8, scale=8, min_width=120, autofocus=True,
            container=False, max_length=LONGEST_MESSAGE, elem_id="prompt",
        )  # fmt: skip
        unsent = gr.Textbox(visible="hidden", elem_id="unsent")  # a script of the page puts it back into an empty box
        send = gr.Button("Send", variant="primary", scale=0, min_width=88, elem_id="send")
        stop = gr.Button("Stop", variant="stop", scale=0, min_width=88, visible=False, elem_id="stop")
        again = gr.Button("Regenerate", scale=0, min_width=116, interactive=False, elem_id="again")
    with gr.Accordion("Write a better answer", open=False, visible=False, elem_id="better-box") as better_box:
        better = gr.Textbox(
            label="The reply you wanted", info="kept as an example to imitate, and preferred to the last reply above",
            lines=3, max_lines=10, max_length=LONGEST_MESSAGE, elem_id="better",
        )  # fmt: skip
        better_save = gr.Button("Save better answer", variant="primary", size="sm", elem_id="better-save")
    return ChatTab(place, remembered, earlier, chat, prompt, unsent, send, stop, again, better_box, better, better_save)


class ChatHandlers:
    """What the Chat tab does. Methods raise LabError; events.py turns that into a notice."""

    def __init__(self, lab: Lab, tab: ChatTab, panel: Panel) -> None:
        self.lab, self.tab, self.panel = lab, tab, panel
        self.streams = Streams()

    def open(self, remembered: dict[str, str], rater: str) -> Update:
        """A page loads, or loads again: the conversation it had open, from the store."""
        kept = remembered if isinstance(remembered, dict) else {}
        name = str(kept.get("rater") or rater)
        place = self.place_of(kept.get("conversation"))
        return {**self.show(place, name), self.panel.rater: name}

    def choose(self, conversation: str | None, rater: str, request: gr.Request) -> Update:
        """Another conversation is chosen in the side panel."""
        self.streams.leave(request.session_hash)
        return self.show(self.place_of(conversation), rater)

    def start_anew(self, rater: str, request: gr.Request) -> Update:
        self.streams.leave(request.session_hash)
        return self.show(Place(), rater)

    def show_earlier(self, place: Place, rater: str, request: gr.Request) -> Update:
        self.streams.rest(request.session_hash)
        return self.show(self.at(place.conversation, place.leaf, place.limit + PAGE), rater)

    def rate_as(self, place: Place, rater: str, remembered: dict[str, str]) -> Update:
        """Another rater: the same conversation with that rater's thumbs. A reply may be on its way; leave it alone."""
        thumbs = gr.update(feedback_value=self.thumbs(place, rater))
        return {self.tab.chat: thumbs, self.tab.remembered: {**remembered, "rater": rater}}

    def say(self, values: Mapping[Any, Any], request: gr.Request) -> Iterator[Update]:
        text = asked(values[self.tab.prompt])
        place = self.known(values)
        sampling, system = self.panel.sampling(values), self.panel.system_prompt(values)
        # a new message takes the place of one that was never answered: two in a row are no conversation to a model
        answered, parent = self.answered(place)
        shown = [*messages(answered), message("user", Spoken(text))]
        with self.streams.open(request.session_hash) as flag:
            yield {**self.busy(), self.tab.prompt: "", self.tab.chat: [*shown, message("assistant", self.waiting())]}
            lives = self.lab.session.say(place.conversation, parent, text, sampling, system, flag)
            ended = yield from self.streamed(lives, shown, place, values, flag)
        yield ended  # with the stream closed: whoever sees the whole reply may answer it at once

    def regenerate(self, values: Mapping[Any, Any], request: gr.Request) -> Iterator[Update]:
        place = self.known(values)
        if place.leaf is None:
            raise LabError("there is no reply to draw again yet; send a message first")
        sampling = self.panel.sampling(values)
        turns = self.turns(place)
        shown = messages(turns if turns[-1].role == "user" else turns[:-1])
        with self.streams.open(request.session_hash) as flag:
            yield {**self.busy(), self.tab.chat: [*shown, message("assistant", self.waiting())]}
            lives = self.lab.session.regenerate(place.leaf, sampling, flag)
            ended = yield from self.streamed(lives, shown, place, values, flag)
        yield ended

    def streamed(
        self, lives: Iterator[Live], shown: list[dict[str, Any]], place: Place, values: Mapping[Any, Any], flag: threading.Event
    ) -> Generator[Update, None, Update]:
        """Yields the reply as it grows, and returns the page at rest."""
        rater = values[self.panel.rater]
        last: Live | None = None
        for live in paced(lives):
            last = live
            if live.drafts and not live.replies:
                draft = live.drafts[0]
                turn = Spoken(draft.text, draft.version, draft.finish)
                # remembered from the first token on: a reload in mid-reply finds the conversation
                kept = {"conversation": live.conversation, "rater": rater}
                yield {self.tab.chat: [*shown, message("assistant", turn)], self.tab.remembered: kept}
        if last is None or not last.replies:
            if not flag.is_set():
                raise LabError("the model ended without a reply; send the message again")
            # stopped before its first token: a message just sent stays, for Regenerate to answer
            sent = last.user if last else None
            return self.show(self.at(sent.conversation, sent.id, place.limit) if sent else place, rater)
        return self.show(self.at(last.conversation, last.replies[0].id, place.limit), rater)

    def stop(self, request: gr.Request) -> None:
        self.streams.stop(request.session_hash)

    def recover(self, values: Mapping[Any, Any], request: gr.Request) -> Update:
        """After an error. A reply still on its way keeps the page: refused was only what came on top of it."""
        return {} if self.streams.running(request.session_hash) else self.put_right(values)

    def put_right(self, values: Mapping[Any, Any]) -> Update:
        """The page as the store has it, and the typed message on its way back into its box."""
        place = values[self.tab.place] if isinstance(values[self.tab.place], Place) else Place()
        return {**self.show(place, values[self.panel.rater]), self.tab.unsent: values.get(self.tab.prompt) or ""}

    def thumb(self, displayed: list[dict[str, Any]], place: Place, rater: str, data: gr.LikeData) -> None:
        """Gradio says True, False, or "" when a thumb is taken back; nothing else is a thumb.

        Where the page displays another message than the server has there (a reply is on its way, the window has moved),
        the thumb was meant for that other one. Its id is only compared, so a forged one gains nothing.
        """
        index = data.index if isinstance(data.index, int) else data.index[0]
        if not isinstance(place, Place) or not 0 <= index < len(place.shown):
            raise LabError("this reply is not stored (yet); wait until it is complete, or reload the page")
        if id_at(displayed, index) != place.shown[index]:
            raise LabError("the conversation moved on as you clicked, so this thumb was not kept; click it again")
        value: Literal["up", "down", "cleared"]
        if data.liked is True:
            value = "up"
        elif data.liked is False:
            value = "down"
        elif data.liked == "":
            value = "cleared"
        else:
            raise LabError(f"{data.liked!r} is not a thumb; use the two thumbs under the reply")
        self.lab.session.thumb(place.shown[index], value, named(rater))

    def start_better(self, place: Place, written: str) -> Any:
        """The box opens: start from what the model wrote, unless something is written already."""
        reply = self.reply_at(place)
        return gr.skip() if written or reply is None else reply.text

    def save_better(self, place: Place, written: str, rater: str) -> Update:
        reply = self.reply_at(place)
        if reply is None:
            raise LabError("there is no reply to improve yet; send a message first")
        text = limited(written, LONGEST_MESSAGE, "the better answer").strip()
        if not text:
            raise LabError("the better answer is empty; write the reply you wanted")
        if text == reply.text.strip():
            raise LabError("the better answer is the reply itself; change it first")
        self.lab.session.correct(reply.id, text, named(rater))
        gr.Info("Kept. The next round learns from it.", duration=3)
        return {self.tab.better: "", self.tab.better_box: gr.Accordion(open=False)}

    # what the page shows of the store

    def place_of(self, conversation: str | None) -> Place:
        """The newest branch of a conversation, an unanswered message too; a conversation that is gone is a new chat."""
        if not conversation:
            return Place()
        try:
            replies = self.lab.store.replies(conversation)
        except LabError:
            return Place()
        turns = [reply for reply in replies if reply.role != "system"]
        return self.at(conversation, turns[-1].id) if turns else Place()

    def at(self, conversation: str | None, leaf: str | None, limit: int = PAGE) -> Place:
        if leaf is None:
            return Place()
        ids = [reply.id for reply in self.thread(leaf)]
        return Place(conversation, tuple(ids[-limit:]), max(0, len(ids) - limit), limit)

    def thread(self, leaf: str) -> list[Reply]:
        return [reply for reply in self.lab.store.thread(leaf) if reply.role != "system"]

    def turns(self, place: Place) -> list[Reply]:
        """The stored turns that a place shows."""
        return self.thread(place.leaf)[-len(place.shown) :] if place.leaf else []

    def history(self, place: Place) -> list[dict[str, Any]]:
        return messages(self.turns(place))

    def answered(self, place: Place) -> tuple[list[Reply], str | None]:
        """The turns up to the last answer, and what a new message comes after."""
        turns = self.turns(place)
        while turns and turns[-1].role == "user":
            turns.pop()
        return turns, turns[-1].id if turns else None

    def reply_at(self, place: Place) -> Reply | None:
        """The model's reply that a place ends with."""
        last = self.lab.store.reply(place.leaf) if place.leaf else None
        return last if last and last.role == "assistant" else None

    def thumbs(self, place: Place, rater: str) -> list[str | None]:
        """One entry an assistant message, as the Chatbot wants them."""
        rated = [self.lab.store.thumb_of(reply.id, rater.strip()) for reply in self.turns(place) if reply.role == "assistant"]
        return [THUMBS.get(value or "") for value in rated]

    def show(self, place: Place, rater: str) -> Update:
        """Every component of the tab, at rest, for a place."""
        tab = self.tab
        return {
            tab.place: place,
            tab.remembered: {"conversation": place.conversation, "rater": rater},
            tab.earlier: gr.update(visible=place.hidden > 0, value=f"Show earlier messages ({place.hidden})"),
            tab.chat: gr.update(value=self.history(place), feedback_value=self.thumbs(place, rater)),
            tab.send: gr.update(visible=True),
            tab.stop: gr.update(visible=False),
            tab.again: gr.update(interactive=place.leaf is not None),
            tab.better_box: gr.update(visible=self.reply_at(place) is not None, open=False),
            tab.better: "",
            self.panel.conversations: listed(self.lab.store.conversations(LISTED, source="chat"), place.conversation),
        }

    def busy(self) -> Update:
        tab = self.tab
        return {
            tab.unsent: "",
            tab.earlier: gr.update(visible=False),
            tab.send: gr.update(visible=False),
            tab.stop: gr.update(visible=True),
            tab.again: gr.update(interactive=False),
            tab.better_box: gr.update(visible=False, open=False),
        }

    def waiting(self) -> Spoken:
        return Spoken("", self.lab.engine.live)

    def known(self, values: Mapping[Any, Any]) -> Place:
        place = values[self.tab.place]
        if not isinstance(place, Place):
            raise LabError("this page is older than the lab; reload it")
        return place


def id_at(displayed: list[dict[str, Any]] | None, index: int) -> str | None:
    """The id in the metadata of a message that a browser says it displays; a reply on its way has none."""
    if not displayed or not 0 <= index < len(displayed):
        return None
    return (displayed[index].get("metadata") or {}).get("id")
