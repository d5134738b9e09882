"""The side panel, shared by Chat and Compare: conversations, who rates, the system prompt, how replies are drawn.

How replies are drawn are seven components, and an event that draws one asks for a single one, `drawn`, into which a script of the
page writes them: the browser looks every input of an event up in the whole page with each of its messages (see kept.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import gradio as gr

from lab.errors import SettingsError
from lab.records import Conversation, Sampling
from lab.settings import Settings
from lab.ui.view import short

LONGEST_MESSAGE = 32_000  # characters
LONGEST_SYSTEM = 8_000
LONGEST_RATER = 80
LONGEST_TITLE = 200
LISTED = 40  # conversations
DRAWING = ("pairs", "system", "temperature", "top_p", "top_k", "max_new_tokens", "repetition_penalty")
DRAWN = f"(...values) => [Object.fromEntries({list(DRAWING)}.map((name, at) => [name, values[at]]))]"


@dataclass(frozen=True)
class Panel:
    new_chat: gr.Button
    search: gr.Textbox
    conversations: gr.Radio
    manager: gr.Accordion
    rename: gr.Button
    title: gr.Textbox
    title_save: gr.Button
    hide: gr.Button
    export: gr.Button
    exported: gr.Textbox
    delete: gr.Button
    foreseen: gr.Markdown
    delete_sure: gr.Button
    delete_not: gr.Button
    pairs: gr.Slider
    rater: gr.Textbox
    system: gr.Textbox
    temperature: gr.Slider
    top_p: gr.Slider
    top_k: gr.Number
    max_new_tokens: gr.Slider
    repetition_penalty: gr.Slider
    drawn: gr.JSON

    def drawing(self) -> dict[str, Any]:
        """The components that decide how a reply is drawn, by their names in `drawn`."""
        return {name: getattr(self, name) for name in DRAWING}

    def managing(self) -> set[Any]:
        """What manages the conversation that is open."""
        return {
            self.conversations, self.search, self.manager, self.title, self.title_save, self.hide, self.foreseen, self.delete,
            self.delete_sure, self.delete_not,
        }  # fmt: skip

    def manage(self, opened: bool, hidden: bool) -> dict[Any, Any]:
        """The update for a conversation that is open, or for none."""
        return {
            self.manager: gr.update(visible=opened),
            self.hide: "Show in the list" if hidden else "Hide from the list",
            self.title: gr.update(visible=False),
            self.title_save: gr.update(visible=False),
            **self.unasked(),
        }

    def unasked(self) -> dict[Any, Any]:
        """No question about deleting is open."""
        sure = {button: gr.update(visible=False) for button in (self.delete_sure, self.delete_not)}
        return {**sure, self.foreseen: gr.update(visible=False), self.delete: gr.update(visible=True)}

    def pair_rate(self, values: Mapping[Any, Any]) -> float:
        return float(values[self.drawn]["pairs"] or 0) / 100

    def sampling(self, values: Mapping[Any, Any]) -> Sampling:
        drawn = values[self.drawn]
        return Sampling(
            temperature=float(drawn["temperature"]),
            top_p=float(drawn["top_p"]),
            top_k=int(drawn["top_k"] or 0),
            max_new_tokens=int(drawn["max_new_tokens"]),
            repetition_penalty=float(drawn["repetition_penalty"]),
        )

    def system_prompt(self, values: Mapping[Any, Any]) -> str:
        return limited(values[self.drawn]["system"], LONGEST_SYSTEM, "the system prompt")


def build(settings: Settings) -> Panel:
    sampling = settings.sampling
    with gr.Sidebar(elem_id="panel", open=True, width=300):
        new_chat = gr.Button("New chat", variant="primary", elem_id="new-chat")
        search = gr.Textbox(
            show_label=False, container=False, placeholder="Search conversations", max_length=LONGEST_TITLE, elem_id="search"
        )
        conversations = gr.Radio(label="Conversations", choices=[], elem_id="conversations", visible=False)
        with gr.Accordion("This conversation", open=False, visible=False, elem_id="manager") as manager:
            rename = gr.Button("Rename", size="sm", elem_id="rename")
            title = gr.Textbox(show_label=False, container=False, visible=False, max_length=LONGEST_TITLE, elem_id="title")
            title_save = gr.Button("Save name", variant="primary", size="sm", visible=False, elem_id="title-save")
            hide = gr.Button("Hide from the list", size="sm", elem_id="hide")
            export = gr.Button("Save as a file", size="sm", elem_id="conversation-export")
            exported = gr.Textbox(visible="hidden", elem_id="exported")  # a script of the page makes a download of it
            delete = gr.Button("Delete for good…", size="sm", elem_id="forget")
            foreseen = gr.Markdown(visible=False, elem_id="foreseen")
            delete_sure = gr.Button("Delete for good", variant="stop", size="sm", visible=False, elem_id="forget-yes")
            delete_not = gr.Button("Keep it", size="sm", visible=False, elem_id="forget-not")
        rater = gr.Textbox(
            label="Rater", info="the name your votes carry", value=settings.rater, max_length=LONGEST_RATER, elem_id="rater"
        )
        system = gr.Textbox(
            label="System prompt", info="of the next new chat", value=settings.system_prompt, lines=2, max_lines=6,
            max_length=LONGEST_SYSTEM, placeholder="None", elem_id="system",
        )  # fmt: skip
        with gr.Accordion("Sampling and blind pairs", open=False, elem_id="sampling"):
            temperature = gr.Slider(0, 2, sampling.temperature, step=0.05, label="Temperature", info="0: always the likeliest")
            top_p = gr.Slider(0.05, 1, sampling.top_p, step=0.05, label="Top-p")
            top_k = gr.Number(sampling.top_k, label="Top-k", info="0 for all tokens", precision=0, minimum=0)
            longest = max(1024, sampling.max_new_tokens)
            max_new_tokens = gr.Slider(
                1, longest, sampling.max_new_tokens, step=1, label="Longest reply (tokens)", elem_id="max-new-tokens"
            )
            repetition_penalty = gr.Slider(1, 2, sampling.repetition_penalty, step=0.05, label="Repetition penalty")
            pairs = gr.Slider(
                0, 100, 0, step=5, label="Blind pairs (%)", elem_id="pairs",
                info="of messages get two replies to vote on; more often during a trial",
            )  # fmt: skip
    parts = (pairs, system, temperature, top_p, top_k, max_new_tokens, repetition_penalty)
    drawn = gr.JSON({name: part.value for name, part in zip(DRAWING, parts, strict=True)}, visible="hidden", elem_id="drawn")
    return Panel(
        new_chat, search, conversations, manager, rename, title, title_save, hide, export, exported, delete, foreseen,
        delete_sure, delete_not, pairs, rater, system, temperature, top_p, top_k, max_new_tokens, repetition_penalty, drawn,
    )  # fmt: skip


def listed(conversations: list[Conversation], current: str | None, searched: bool = False) -> dict[str, Any]:
    """The update of the conversation list, newest first; the current one is marked if it is among them."""
    choices = [(short(c.title) or "Untitled", c.id) for c in conversations]
    value = current if current in {c.id for c in conversations} else None
    label = ("Found" if choices else "Nothing found") if searched else "Conversations"
    return gr.update(choices=choices, value=value, visible=bool(choices) or searched, label=label)


def limited(text: str | None, length: int, what: str) -> str:
    """Text a browser sent, within bounds: the page's own limit is not enforced by the server."""
    text = text or ""
    if len(text) > length:
        raise SettingsError(f"{what} has {len(text)} characters; {length} is the most, shorten it")
    return text


def named(rater: str | None) -> str:
    """The rater's name, which every opinion carries."""
    name = limited(rater, LONGEST_RATER, "the rater's name").strip()
    if not name:
        raise SettingsError("opinions carry a rater's name and it is empty; write one in the side panel")
    return name


def asked(text: str | None) -> str:
    """The message to answer."""
    message = limited(text, LONGEST_MESSAGE, "the message")
    if not message.strip():
        raise SettingsError("the message is empty; write something first")
    return message
