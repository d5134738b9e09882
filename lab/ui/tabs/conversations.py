"""The list of conversations: searched, renamed, put out of sight, saved as a file, or deleted for good.

Out of sight is only that: the conversation is kept and what was said of it still teaches. Deleting takes with it every
version that learned from it (loop/forget.py), and says so first.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import gradio as gr

from lab.errors import LabError
from lab.loop import forget
from lab.ui.panel import LISTED, LONGEST_TITLE, limited, listed
from lab.ui.tabs.places import Place
from lab.ui.view import plain, version_name

if TYPE_CHECKING:
    from lab.ui.tabs.chat import ChatHandlers

Update = dict[Any, Any]


class Conversations:
    """What the list in the side panel does. Methods raise LabError."""

    def __init__(self, chat: ChatHandlers) -> None:
        self.chat, self.parts, self.store = chat, chat.panel, chat.lab.store

    def search(self, words: str, place: Any, remembered: Any) -> Update:
        words = limited(words, LONGEST_TITLE, "the search")
        return {self.parts.conversations: self.listing(words, self.chat.found(place, remembered))}

    def listing(self, words: str, place: Place) -> Any:
        return listed(self.store.chats(LISTED, words), place.conversation, bool(words.strip()))

    def ask_name(self, place: Any, remembered: Any) -> Update:
        """The box opens with the name there is."""
        here = self.open_one(place, remembered)
        title = gr.update(value=self.title_of(here), visible=True)
        return {self.parts.title: title, self.parts.title_save: gr.update(visible=True)}

    def rename(self, title: str, words: str, place: Any, remembered: Any) -> Update:
        here = self.open_one(place, remembered)
        name = " ".join(limited(title, LONGEST_TITLE, "the name").split())
        if not name:
            raise LabError("the name is empty; write one")
        self.store.rename_conversation(here, name)
        return {
            self.parts.title: gr.update(visible=False), self.parts.title_save: gr.update(visible=False),
            self.parts.conversations: self.listing(words, self.chat.found(place, remembered)),
        }  # fmt: skip

    def hide(self, words: str, place: Any, remembered: Any) -> Update:
        """Out of the list, or back into it: the button says which."""
        here = self.open_one(place, remembered)
        hidden = not self.store.is_hidden(here)
        self.store.hide_chat(here, hidden)
        if hidden:
            gr.Info("Out of the list, and kept: a search still finds it, and “Show in the list” brings it back.", duration=5)
        shown = self.listing(words, self.chat.found(place, remembered))
        return {**self.parts.manage(True, hidden), self.parts.conversations: shown}

    def export(self, place: Any, remembered: Any) -> Update:
        """The branch that is shown, as one line that `import` takes."""
        here = self.chat.found(place, remembered)
        if here.leaf is None:
            raise LabError("this chat is empty; there is nothing to save")
        turns = self.store.thread(here.leaf)
        while turns and turns[-1].role != "assistant":
            turns.pop()
        if not turns:
            raise LabError("this chat has no reply yet; there is nothing to save")
        messages = [{"role": turn.role, "content": turn.text} for turn in turns]
        row = {"messages": messages, "title": self.title_of(turns[0].conversation)}
        return {self.parts.exported: json.dumps(row, ensure_ascii=False) + "\n"}

    def ask_delete(self, place: Any, remembered: Any) -> Update:
        """Says what would go, and offers to do it."""
        here = self.open_one(place, remembered)
        found = forget.foresee(self.store, self.chat.lab.settings.adapters, self.store.purgeable(conversation=here))
        parts = self.parts
        return {
            parts.foreseen: gr.update(value=foreseen(found), visible=True), parts.delete: gr.update(visible=False),
            parts.delete_sure: gr.update(visible=True), parts.delete_not: gr.update(visible=True),
        }  # fmt: skip

    def keep(self) -> Update:
        return self.parts.unasked()

    def delete(self, place: Any, remembered: Any, rater: str, request: gr.Request) -> Update:
        """For good, with every version that learned from it; the engine follows the registry."""
        here, lab = self.open_one(place, remembered), self.chat.lab
        self.chat.streams.rest(request.session_hash)
        what = self.store.purgeable(conversation=here)
        job = lab.worker.status().job
        if job is not None and not set(what.opinions).isdisjoint(job.opinions):
            raise LabError("a round is learning from this conversation right now; stop it on the Training tab, then delete")
        found = lab.worker.forget(what)
        if lab.versions.live() != lab.engine.live:
            lab.engine.use_adapter(lab.versions.live())
        gr.Info(f"Deleted for good: {counted(found)}.", duration=6)
        return {**self.chat.show(Place(), rater), **self.parts.unasked()}

    def title_of(self, conversation: str) -> str:
        return next((each.title for each in self.store.conversations(limit=-1) if each.id == conversation), "")

    def open_one(self, place: Any, remembered: Any) -> str:
        here = self.chat.found(place, remembered)
        if here.conversation is None:
            raise LabError("this chat is new and not in the list yet; choose one from the list")
        return here.conversation


def counted(found: forget.Forgotten) -> str:
    versions = [f"{version_name(number)}" for numbers in found.versions.values() for number in numbers]
    rewards = sum(len(numbers) for numbers in found.rewards.values())
    said = f"{many(found.turns, 'turn')} and {many(found.opinions, 'opinion')}"
    said += f", {', '.join(versions)}" if versions else ""
    return said + (f", {many(rewards, 'reward model')}" if rewards else "")


def many(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def foreseen(found: forget.Forgotten) -> str:
    """What deleting would take, for the person who is asked."""
    learned = "No version learned from it." if not found.versions else "The versions learned from it, so they go too."
    speaks = "".join(f" {version_name(number).capitalize()} speaks from then on." for number in found.live.values())
    copies = "".join(f" {line}" for line in forget.words_of_copies(found))
    return plain(f"This deletes {counted(found)}, and cannot be undone. {learned}{speaks}{copies}")
