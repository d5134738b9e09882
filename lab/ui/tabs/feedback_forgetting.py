"""Forgetting on the Feedback tab: first what would go, then a second button that does it, for good."""

from __future__ import annotations

import html
from dataclasses import dataclass
from typing import Any, Literal

import gradio as gr

from lab.errors import LabError, StoreError
from lab.feedback.store import Purgeable
from lab.loop.forget import Forgotten, foresee, words_of_copies
from lab.ui.kept import Kept
from lab.ui.lab import Lab
from lab.ui.view import clock, short

LISTED = 300  # newest conversations
What = Literal["conversation", "rater"]
Update = dict[Any, Any]


@dataclass(frozen=True)
class ForgettingPart:
    asked: Kept  # (what, its id or name) that a second click deletes
    conversation: gr.Dropdown
    rater: gr.Dropdown
    ask_conversation: gr.Button
    ask_rater: gr.Button
    told: gr.HTML
    sure: gr.Button
    keep: gr.Button

    def outputs(self) -> set[Any]:
        return {self.asked, self.conversation, self.rater, self.told, self.sure, self.keep}


def build() -> ForgettingPart:
    asked = Kept(None)
    gr.Markdown(
        "Withdrawing keeps an opinion and what was learned from it. Forgetting deletes the words from the file for good, and "
        "every version that learned from them, with what was saved of it in `exports/`. Copies elsewhere, and feedback that was "
        "exported, stay."
    )
    with gr.Row(elem_id="forget-what"):
        conversation = gr.Dropdown(
            [], value=None, label="Conversation", scale=2, min_width=240, elem_id="forget-conversation-name"
        )
        ask_conversation = gr.Button("Forget conversation…", scale=0, min_width=230, elem_id="forget-conversation")
        rater = gr.Dropdown([], value=None, label="Rater", scale=1, min_width=140, elem_id="forget-rater-name")
        ask_rater = gr.Button("Forget rater…", scale=0, min_width=160, elem_id="forget-rater")
    told = gr.HTML(elem_id="forget-told", padding=False)
    with gr.Row():
        sure = gr.Button("Delete for good", variant="stop", scale=0, min_width=160, visible=False, elem_id="forget-sure")
        keep = gr.Button("Keep all", scale=0, min_width=110, visible=False, elem_id="forget-keep")
    return ForgettingPart(asked, conversation, rater, ask_conversation, ask_rater, told, sure, keep)


class ForgettingHandlers:
    """What forgetting does. Methods raise LabError; events.py turns that into a notice."""

    def __init__(self, lab: Lab, part: ForgettingPart) -> None:
        self.lab, self.part = lab, part

    def open(self, conversation: str | None, rater: str | None) -> Update:
        """What there is to forget, newest first; what was chosen stays so, unless it is gone. Where nothing was, nothing is said
        of it: the row that is looked at may be chosen meanwhile."""
        update = self.listed(conversation, rater)
        for box, before in ((self.part.conversation, conversation), (self.part.rater, rater)):
            if before is None:
                del update[box]["value"]
        return update

    def listed(self, conversation: str | None, rater: str | None) -> Update:
        """Both lists, and what is chosen in them."""
        talks = self.lab.store.conversations(LISTED)
        names = self.lab.store.filter_values().raters
        ids = [each.id for each in talks]
        titles = [(f"{short(each.title, 60) or 'Untitled'} · {clock(each.created)}", each.id) for each in talks]
        return {
            self.part.conversation: gr.update(choices=titles, value=conversation if conversation in ids else None),
            self.part.rater: gr.update(choices=list(names), value=rater if rater in names else None),
        }  # fmt: skip

    def prefill(self, opinion: str | None, request: gr.Request) -> Update:
        """The conversation and the rater of the opinion that is looked at, if it is listed. A question about them stays: a
        click on a row may be told twice, and the second time may come when the question has been put already. So what was
        asked is looked up last: while this listed the conversations, the question may have come."""
        if not opinion:
            return {}
        found = self.lab.store.detail(opinion)
        about = {("conversation", found.a.conversation), ("rater", found.row.rater)}
        listed = self.listed(found.a.conversation, found.row.rater)
        return listed | ({} if self.part.asked.of(request.session_hash) in about else self.keep())

    def ask_conversation(self, conversation: str | None) -> Update:
        return self.ask("conversation", conversation)

    def ask_rater(self, rater: str | None) -> Update:
        return self.ask("rater", rater)

    def ask(self, what: What, name: str | None) -> Update:
        if not name:
            raise LabError(f"no {what} is chosen; choose one in the list")
        found = foresee(self.lab.store, self.lab.settings.adapters, self.what(what, name))
        shown = gr.update(visible=True)
        told = foretold(what, self.title(what, name), found)
        return {self.part.asked: (what, name), self.part.told: told, self.part.sure: shown, self.part.keep: shown}

    def forget(self, asked: tuple[What, str] | None) -> Update:
        if asked is None:
            raise LabError("nothing was asked for; choose a conversation or a rater first")
        done = self.lab.worker.forget(self.what(*asked))
        again = done.live and self.lab.worker.status().job is not None
        gr.Info(f"Forgotten: {amount(done)}.{' A round on what is left begins by itself.' if again else ''}", duration=5)
        return {**self.listed(None, None), **self.keep()}

    def keep(self) -> Update:
        hidden = gr.update(visible=False)
        return {self.part.asked: None, self.part.told: "", self.part.sure: hidden, self.part.keep: hidden}

    def what(self, what: What, name: str) -> Purgeable:
        try:
            return self.lab.store.purgeable(conversation=name) if what == "conversation" else self.lab.store.purgeable(rater=name)
        except StoreError:
            raise LabError(f"there is no such {what} any more; open the tab again") from None

    def title(self, what: What, name: str) -> str:
        if what == "rater":
            return name
        return next((each.title for each in self.lab.store.conversations(-1) if each.id == name), "")


def amount(found: Forgotten) -> str:
    parts = [(found.turns, "turn"), (found.opinions, "opinion")]
    return " and ".join(f"{number:,} {noun}{'s' if number != 1 else ''}" for number, noun in parts if number) or "nothing"


def foretold(what: What, name: str, found: Forgotten) -> str:
    """What would go, in sentences."""
    lines = [f"Forgetting the {what} “{short(name, 60)}” deletes {amount(found)}, for good."]
    for base, numbers in found.versions.items():
        lines.append(f"{base}: what learned from it goes too: version {', '.join(map(str, numbers))}.")
        if base in found.live:
            lines.append(f"{base}: {f'version {found.live[base]}' if found.live[base] else 'the base'} speaks from then on.")
    for base, numbers in found.rewards.items():
        lines.append(f"{base}: reward model {', '.join(map(str, numbers))} goes too.")
    if not found.versions and not found.rewards:
        lines.append("No version has learned from it.")
    lines += words_of_copies(found)
    return "".join(f"<p>{html.escape(line)}</p>" for line in lines)
