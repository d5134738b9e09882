"""The side panel, shared by Chat and Compare: conversations, who rates, the system prompt, how replies are drawn."""

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
LISTED = 40  # conversations


@dataclass(frozen=True)
class Panel:
    new_chat: gr.Button
    conversations: gr.Radio
    rater: gr.Textbox
    system: gr.Textbox
    temperature: gr.Slider
    top_p: gr.Slider
    top_k: gr.Number
    max_new_tokens: gr.Slider
    repetition_penalty: gr.Slider

    def drawing(self) -> set[Any]:
        """The components that decide how a reply is drawn."""
        return {self.system, self.temperature, self.top_p, self.top_k, self.max_new_tokens, self.repetition_penalty}

    def sampling(self, values: Mapping[Any, Any]) -> Sampling:
        return Sampling(
            temperature=float(values[self.temperature]),
            top_p=float(values[self.top_p]),
            top_k=int(values[self.top_k] or 0),
            max_new_tokens=int(values[self.max_new_tokens]),
            repetition_penalty=float(values[self.repetition_penalty]),
        )

    def system_prompt(self, values: Mapping[Any, Any]) -> str:
        return limited(values[self.system], LONGEST_SYSTEM, "the system prompt")


def build(settings: Settings) -> Panel:
    sampling = settings.sampling
    with gr.Sidebar(elem_id="panel", open=True, width=300):
        new_chat = gr.Button("New chat", variant="primary", elem_id="new-chat")
        conversations = gr.Radio(label="Conversations", choices=[], elem_id="conversations", visible=False)
        rater = gr.Textbox(
            label="Rater", info="the name your votes carry", value=settings.rater, max_length=LONGEST_RATER, elem_id="rater"
        )
        system = gr.Textbox(
            label="System prompt", value=settings.system_prompt, lines=2, max_lines=6, max_length=LONGEST_SYSTEM,
            placeholder="None", elem_id="system",
        )  # fmt: skip
        with gr.Accordion("Sampling", open=False, elem_id="sampling"):
            temperature = gr.Slider(0, 2, sampling.temperature, step=0.05, label="Temperature", info="0: always the likeliest")
            top_p = gr.Slider(0.05, 1, sampling.top_p, step=0.05, label="Top-p")
            top_k = gr.Number(sampling.top_k, label="Top-k", info="0 for all tokens", precision=0, minimum=0)
            longest = max(1024, sampling.max_new_tokens)
            max_new_tokens = gr.Slider(
                1, longest, sampling.max_new_tokens, step=1, label="Longest reply (tokens)", elem_id="max-new-tokens"
            )
            repetition_penalty = gr.Slider(1, 2, sampling.repetition_penalty, step=0.05, label="Repetition penalty")
    return Panel(new_chat, conversations, rater, system, temperature, top_p, top_k, max_new_tokens, repetition_penalty)


def listed(conversations: list[Conversation], current: str | None) -> dict[str, Any]:
    """The update of the conversation list, newest first; the current one is marked if it is among them."""
    choices = [(short(c.title) or "Untitled", c.id) for c in conversations]
    value = current if current in {c.id for c in conversations} else None
    return gr.update(choices=choices, value=value, visible=bool(choices))


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
