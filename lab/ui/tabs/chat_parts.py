"""The components of the Chat tab, named; what they do is in chat.py and the modules beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, get_args

import gradio as gr

from lab.records import CRITERIA
from lab.ui.kept import Kept
from lab.ui.panel import LONGEST_MESSAGE
from lab.ui.tabs.compare import Pressed
from lab.ui.tabs.places import Place

VOTES: dict[Pressed, str] = {
    "left": "A is better (1)", "right": "B is better (2)", "tie": "Tie (3)", "both_bad": "Both bad (4)",
}  # fmt: skip
REASONS = (
    "helpful", "correct", "well put", "kind",
    "wrong", "off topic", "too long", "too short", "repeats itself", "refuses", "unsafe",
)  # fmt: skip
LONGEST_COMMENT = 2_000  # characters
NO_THUMB = "No thumb"
VALUES = {"Up": "up", "Down": "down", NO_THUMB: "cleared"}
OPENERS = ("Who are you?", "Tell me a short story about a dog.", "My neighbour is moving away.", "What should I cook tonight?")
# a script of the page sends the opener that is clicked
EMPTY = "**Say something.** Thumbs and better answers teach the next version.\n\n" + " ".join(f"[{o}](#/say)" for o in OPENERS)


@dataclass(frozen=True)
class OfferParts:
    """Two replies to one message, to choose from."""

    state: Kept
    box: gr.Column
    left: gr.Markdown
    right: gr.Markdown
    votes: dict[Pressed, gr.Button]
    skip: gr.Button
    said: gr.Markdown

    def outputs(self) -> set[Any]:
        return {self.state, self.box, self.left, self.right, *self.votes.values(), self.skip, self.said}


@dataclass(frozen=True)
class AboutParts:
    """What there is to say and to see about one reply."""

    reply: Kept
    box: gr.Column
    what: gr.Markdown
    close: gr.Button
    opinion: gr.Column
    criterion: gr.Radio
    value: gr.Radio
    reasons: gr.CheckboxGroup
    comment: gr.Textbox
    save: gr.Button
    better_box: gr.Column
    better: gr.Textbox
    diff: gr.HTML
    better_save: gr.Button
    lineage: gr.Markdown

    def outputs(self) -> set[Any]:
        return {
            self.reply, self.box, self.what, self.opinion, self.criterion, self.value, self.reasons, self.comment,
            self.better_box, self.better, self.diff, self.lineage,
        }  # fmt: skip


@dataclass(frozen=True)
class EditParts:
    """A message already sent, being changed."""

    message: Kept
    box: gr.Column
    text: gr.Textbox
    send: gr.Button
    cancel: gr.Button

    def outputs(self) -> set[Any]:
        return {self.message, self.box, self.text}


@dataclass(frozen=True)
class ChatTab:
    place: Kept
    drawn: Kept  # the ids of the messages that the Chatbot shows
    remembered: gr.JSON
    pointed: gr.Textbox
    earlier: gr.Button
    chat: gr.Chatbot
    sent: gr.Markdown
    live: gr.Markdown
    offer: OfferParts
    about: AboutParts
    edit: EditParts
    prompt: gr.Textbox
    unsent: gr.Textbox
    send: gr.Button
    stop: gr.Button
    again: gr.Button

    def outputs(self) -> set[Any]:
        own = {self.place, self.drawn, self.remembered, self.earlier, self.chat, self.sent, self.live, self.prompt}
        own |= {self.unsent, self.again}
        return own | self.offer.outputs() | self.about.outputs() | self.edit.outputs()

    def flowing(self) -> set[Any]:
        """What changes while a reply is on its way. The style sheet does the rest, for as long as something on the page is being
        written."""
        offer = self.offer
        shown = {self.chat, self.sent, self.live, self.prompt, self.unsent, offer.box, offer.left, offer.right}
        return shown | {self.place, self.drawn, self.remembered, offer.state, self.edit.message}


def build() -> ChatTab:
    place, drawn = Kept(Place()), Kept(())
    # where the page was and the rater's name; scripts of the page keep it in the browser. Not a gr.BrowserState: on a slow
    # machine it had not written yet what a stream had told it seconds before, and a reload in mid-reply forgot the place
    remembered = gr.JSON({}, visible="hidden", elem_id="remembered")
    pointed = gr.Textbox(visible="hidden", elem_id="pointed")  # a script of the page writes here which link was clicked
    with gr.Column(elem_id="chat-tab"):
        with gr.Column(elem_id="talk"), gr.Column(elem_id="talk-inner"):
            earlier = gr.Button("Show earlier messages", size="sm", visible=False, elem_id="earlier")
            chat = gr.Chatbot(
                elem_id="chat", show_label=False, height=None, buttons=["copy"], group_consecutive_messages=False,
                feedback_options=("Like", "Dislike"), allow_tags=False, autoscroll=False,
                placeholder=EMPTY,
            )  # fmt: skip
            # a message and the reply on its way are shown here: a Chatbot that is drawn anew holds up the first words, and one of
            # a hundred messages falls seconds behind
            sent = gr.Markdown(elem_id="sent-live", sanitize_html=True, line_breaks=True)
            live = gr.Markdown(elem_id="reply-live", sanitize_html=True, line_breaks=True)
            offer = build_offer()
        about = build_about()
        edit = build_edit()
        with gr.Row(elem_id="prompt-row", equal_height=True):
            prompt = gr.Textbox(
                show_label=False, placeholder="Message", lines=1, max_lines=8, scale=8, min_width=120, autofocus=True,
                container=False, max_length=LONGEST_MESSAGE, elem_id="prompt",
            )  # fmt: skip
            unsent = gr.Textbox(visible="hidden", elem_id="unsent")  # a script of the page puts it back into an empty box
            send = gr.Button("Send", variant="primary", scale=0, min_width=88, elem_id="send")
            stop = gr.Button("Stop", variant="stop", scale=0, min_width=88, elem_id="stop")
            again = gr.Button("Regenerate", scale=0, min_width=116, interactive=False, elem_id="again")
    return ChatTab(
        place, drawn, remembered, pointed, earlier, chat, sent, live, offer, about, edit, prompt, unsent, send, stop, again
    )  # fmt: skip


def build_offer() -> OfferParts:
    state = Kept(None)
    with gr.Column(elem_id="offer", visible=False) as box:
        with gr.Row(elem_id="offer-panes", equal_height=True):
            left, right = (
                gr.Markdown(elem_id=f"offer-pane-{side}", sanitize_html=True, line_breaks=True)
                for side in ("left", "right")
            )
        with gr.Row(elem_id="offer-votes"):
            votes = {
                side: gr.Button(VOTES[side], size="sm", min_width=110, interactive=False, elem_id=f"offer-{side}")
                for side in get_args(Pressed)
            }
            skip = gr.Button("Skip", size="sm", min_width=70, interactive=False, elem_id="offer-skip")
    said = gr.Markdown(elem_id="offer-said", visible=False)
    return OfferParts(state, box, left, right, votes, skip, said)


def build_about() -> AboutParts:
    reply = Kept(None)
    with gr.Column(elem_id="about", visible=False) as box:
        with gr.Row(elem_id="about-head"):
            what = gr.Markdown(elem_id="about-what", sanitize_html=True)
            close = gr.Button("Close", size="sm", scale=0, min_width=70, elem_id="about-close")
        with gr.Column(elem_id="about-opinion", visible=False) as opinion:
            with gr.Row():
                criterion = gr.Radio(
                    [(name.capitalize(), name) for name in CRITERIA], value="overall", label="Judged by", elem_id="criterion",
                    min_width=260,
                )  # fmt: skip
                value = gr.Radio(list(VALUES), value=NO_THUMB, label="Thumb", elem_id="thumb-value", min_width=240)
            reasons = gr.CheckboxGroup(list(REASONS), label="Why (if you like)", elem_id="reasons")
            with gr.Row(equal_height=True):
                comment = gr.Textbox(
                    show_label=False, container=False, placeholder="In your own words", lines=1, max_lines=4, scale=8,
                    max_length=LONGEST_COMMENT, elem_id="comment",
                )  # fmt: skip
                save = gr.Button("Save", variant="primary", size="sm", scale=0, min_width=90, elem_id="opinion-save")
        with gr.Column(elem_id="better-box", visible=False) as better_box:
            better = gr.Textbox(
                label="The reply you wanted", info="kept as an example to imitate, and preferred to this reply",
                lines=3, max_lines=10, max_length=LONGEST_MESSAGE, elem_id="better",
            )  # fmt: skip
            diff = gr.HTML(elem_id="better-diff", padding=False)
            better_save = gr.Button("Save better answer", variant="primary", size="sm", elem_id="better-save")
        lineage = gr.Markdown(elem_id="about-lineage", visible=False, sanitize_html=True)
    return AboutParts(
        reply, box, what, close, opinion, criterion, value, reasons, comment, save, better_box, better, diff, better_save,
        lineage,
    )  # fmt: skip


def build_edit() -> EditParts:
    message = Kept(None)
    with gr.Column(elem_id="edit", visible=False) as box:
        text = gr.Textbox(
            label="Your message, changed", info="answered on a branch of its own; what was said before stays",
            lines=2, max_lines=10, max_length=LONGEST_MESSAGE, elem_id="edit-text",
        )  # fmt: skip
        with gr.Row():
            send = gr.Button("Send", variant="primary", size="sm", scale=0, min_width=90, elem_id="edit-send")
            cancel = gr.Button("Cancel", size="sm", scale=0, min_width=90, elem_id="edit-cancel")
    return EditParts(message, box, text, send, cancel)
