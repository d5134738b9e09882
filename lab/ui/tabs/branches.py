"""The links under messages, and what they ask for: another branch, a sent message changed, or the panel about a reply.

A link's target comes back from the browser as text; it counts only if it names a message that this page shows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import gradio as gr

from lab.errors import LabError
from lab.records import Reply
from lab.ui.panel import asked
from lab.ui.tabs.chat import ids

if TYPE_CHECKING:
    from lab.ui.tabs.chat import ChatHandlers
    from lab.ui.tabs.opinions import Opinions

Update = dict[Any, Any]
LINK = re.compile(r"#/(prev|next|edit|about|better|from)/(\w{1,64})(?: \d*)?")


class Branches:
    """What the links and the editor do. Methods raise LabError."""

    def __init__(self, chat: ChatHandlers, opinions: Opinions) -> None:
        self.chat, self.opinions, self.parts = chat, opinions, chat.tab.edit

    def point(self, pointed: str, place: Any, remembered: Any, rater: str, request: gr.Request) -> Update:
        """A link under a message was clicked."""
        found = LINK.fullmatch(pointed or "")
        here = self.chat.found(place, remembered)
        if found is None or found[2] not in here.shown:
            raise LabError("the conversation moved on as you clicked; click again")
        what, reply = found[1], self.chat.lab.store.reply(found[2])
        match what:
            case "prev" | "next":
                self.chat.streams.rest(request.session_hash)
                tree = self.chat.places.tree(here.conversation)
                leaf = tree.newest(tree.beside(reply.id, -1 if what == "prev" else 1))
                return self.chat.show(self.chat.places.at(here.conversation, leaf, here.limit), rater)
            case "edit":
                return self.edit(reply)
            case "about":
                return self.opinions.about(reply, rater)
            case "better":
                return self.opinions.better(reply, rater)
            case _:
                return self.opinions.origin(reply, rater)

    def edit(self, message: Reply) -> Update:
        if message.role != "user":
            raise LabError("only your own messages can be changed; write a better answer instead")
        return {self.parts.message: message.id, self.parts.text: message.text, self.parts.box: gr.update(visible=True)}

    def cancel(self) -> Update:
        return {self.parts.message: None, self.parts.box: gr.update(visible=False)}

    def resend(self, values: Mapping[Any, Any], request: gr.Request) -> Iterator[Update]:
        """The changed message beside the one it was, under the same system prompt, and a reply to it."""
        text, here = asked(values[self.parts.text]), self.chat.known(values)
        message = values[self.parts.message]
        if not isinstance(message, str) or message not in here.shown:
            raise LabError("the conversation moved on meanwhile; click “edit” under the message again")
        before = self.chat.lab.store.reply(message)
        if text.strip() == before.text.strip():
            raise LabError("the message is as it was; change it, or use Regenerate for another reply")
        turns = self.chat.places.turns(here)
        above = turns[: [turn.id for turn in turns].index(message)]
        with self.chat.streams.open(request.session_hash) as flag:
            yield self.chat.busy(above, text)
            ended = yield from self.chat.speak(values, replace(here, shown=ids(above)), before.parent, text, "", flag)
        yield ended

    def recover(self, values: Mapping[Any, Any], request: gr.Request) -> Update:
        """After an error: what was typed is still in the editor."""
        mended = self.chat.recover(values, request)
        return {**mended, self.chat.tab.unsent: ""} if mended else {}
