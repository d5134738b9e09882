"""The page laid out: a header, the side panel and five tabs. Components only; what they do is wired in events.py."""

from __future__ import annotations

import html
from dataclasses import dataclass

import gradio as gr

from lab.settings import Settings
from lab.ui import panel
from lab.ui.panel import Panel
from lab.ui.tabs import chat_parts, compare, feedback, training, versions
from lab.ui.tabs.chat_parts import ChatTab
from lab.ui.tabs.compare import CompareTab
from lab.ui.tabs.feedback import FeedbackTab
from lab.ui.tabs.training import TrainingTab
from lab.ui.tabs.versions import VersionsTab
from lab.ui.view import version_name

TICK = 2.0  # seconds between two looks at the store and the worker


@dataclass(frozen=True)
class Page:
    header: gr.HTML
    headed: gr.State
    panel: Panel
    tabs: gr.Tabs
    chat_tab: gr.Tab
    compare_tab: gr.Tab
    training_tab: gr.Tab
    versions_tab: gr.Tab
    feedback_tab: gr.Tab
    chat: ChatTab
    compare: CompareTab
    training: TrainingTab
    versions: VersionsTab
    feedback: FeedbackTab
    timer: gr.Timer


def lay_out(settings: Settings) -> Page:
    """Must be called inside gr.Blocks."""
    headed = gr.State("")
    side = panel.build(settings)
    header = gr.HTML(elem_id="header", padding=False)
    with gr.Tabs(elem_id="tabs") as tabs:
        with gr.Tab("Chat", id="chat") as chat_tab:
            chat_tab_parts = chat_parts.build()
        with gr.Tab("Compare", id="compare") as compare_tab:
            compare_parts = compare.build()
        with gr.Tab("Training", id="training") as training_tab:
            training_parts = training.build()
        with gr.Tab("Versions", id="versions") as versions_tab:
            versions_parts = versions.build()
        with gr.Tab("Feedback", id="feedback") as feedback_tab:
            feedback_parts = feedback.build()
    timer = gr.Timer(TICK)
    return Page(
        header, headed, side, tabs, chat_tab, compare_tab, training_tab, versions_tab, feedback_tab,
        chat_tab_parts, compare_parts, training_parts, versions_parts, feedback_parts, timer,
    )  # fmt: skip


def heading(model: str, live: int, reason: str, on_trial: bool = False) -> str:
    """The line on top: which model, which version speaks, and what the loop is waiting for."""
    name = model.rstrip("/").rsplit("/", 1)[-1]
    return (
        f'<div class="head"><h1>Hone</h1><span class="model">{html.escape(name)}</span>'
        f'<span class="live" id="live-version">{version_name(live)} speaks{" (on trial)" if on_trial else ""}</span>'
        f'<span class="why">{html.escape(reason)}</span></div>'
    )
