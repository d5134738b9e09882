"""The page laid out: a header, the side panel and five tabs. Components only; what they do is wired in events.py."""

from __future__ import annotations

import html
from dataclasses import dataclass

import gradio as gr

from lab.settings import Settings
from lab.ui import panel
from lab.ui.kept import Kept
from lab.ui.panel import Panel
from lab.ui.tabs import chat_parts, compare, feedback, model, training, versions
from lab.ui.tabs.chat_parts import ChatTab
from lab.ui.tabs.compare import CompareTab
from lab.ui.tabs.feedback import FeedbackTab
from lab.ui.tabs.model import EXAMPLE, STARTER, ModelTab
from lab.ui.tabs.training import TrainingTab
from lab.ui.tabs.versions import VersionsTab
from lab.ui.view import version_name

TICK = 2.0  # seconds between two looks at the store and the worker


@dataclass(frozen=True)
class Page:
    header: gr.HTML
    headed: Kept
    spoke: Kept  # the version that spoke when this page last looked
    news: gr.Textbox  # another value whenever there is something to look at
    trouble: gr.JSON  # of an event past the queue: what the notice says and its title, and that it is another one
    panel: Panel
    tabs: gr.Tabs
    chat_tab: gr.Tab
    compare_tab: gr.Tab
    training_tab: gr.Tab
    versions_tab: gr.Tab
    feedback_tab: gr.Tab
    model_tab: gr.Tab
    chat: ChatTab
    compare: CompareTab
    training: TrainingTab
    versions: VersionsTab
    feedback: FeedbackTab
    model: ModelTab
    timer: gr.Timer


def lay_out(settings: Settings) -> Page:
    """Must be called inside gr.Blocks."""
    headed, spoke = Kept(""), Kept(None)
    news, trouble = gr.Textbox(visible="hidden", elem_id="news"), gr.JSON(visible="hidden", elem_id="trouble")
    side = panel.build(settings)
    header = gr.HTML(elem_id="header", padding=False)
    with gr.Tabs(elem_id="tabs") as tabs:
        with gr.Tab("Chat", id="chat") as chat_tab:
            chat_tab_parts = chat_parts.build()
        with gr.Tab("Compare", id="compare") as compare_tab:
            compare_parts = compare.build()
        with gr.Tab("Training", id="training") as training_tab:
            training_parts = training.build(settings)
        with gr.Tab("Versions", id="versions") as versions_tab:
            versions_parts = versions.build()
        with gr.Tab("Feedback", id="feedback") as feedback_tab:
            feedback_parts = feedback.build()
        with gr.Tab("Model", id="model") as model_tab:
            model_parts = model.build(settings)
    timer = gr.Timer(TICK)
    return Page(
        header, headed, spoke, news, trouble, side, tabs, chat_tab, compare_tab, training_tab, versions_tab, feedback_tab,
        model_tab, chat_tab_parts, compare_parts, training_parts, versions_parts, feedback_parts, model_parts, timer,
    )  # fmt: skip


def taken_over(spoke: int | None, live: int, on_trial: bool) -> str:
    """What a page is told once a round has put another version on trial; nothing when someone chose a version by hand."""
    if spoke is None or live <= spoke or not on_trial:
        return ""
    name = version_name(live).capitalize()
    return f"{name} has learned from your feedback and speaks from now on. The Versions tab shows what changed."


def heading(
    model: str, live: int, reason: str, on_trial: bool = False, leaving: str = "", first_run: bool = False
) -> str:  # fmt: skip
    """The line on top: which model, which version speaks, and what the loop is waiting for.

    `leaving` is the model the lab starts anew with; a script of the page waits for it then. On a first run, a word of welcome.
    """
    name = model.rstrip("/").rsplit("/", 1)[-1]
    last = f'<p class="told" id="restarting" role="status">Starting {html.escape(leaving)}; this page comes back by itself.</p>'
    hello = (
        '<p class="told" id="welcome">This is the starter, a very small model that came with the lab, so that you can begin at '
        f"once. For real conversations, load another one, such as {EXAMPLE}, in the "
        '<button type="button" class="link" data-tab="Model">Model tab</button>.</p>'
    )  # fmt: skip
    below = last if leaving else hello if first_run and model == STARTER else ""
    return (
        f'<div class="head"><h1>Hone</h1><span class="model">{html.escape(name)}</span>'
        f'<span class="live" id="live-version">{version_name(live)} speaks{" (on trial)" if on_trial else ""}</span>'
        f'<span class="why">{html.escape(reason)}</span></div>{below}'
    )
