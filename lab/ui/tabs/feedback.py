"""The Feedback tab laid out: the opinions, the audit, import and export, forgetting."""

from __future__ import annotations

from dataclasses import dataclass

import gradio as gr

from lab.ui.tabs import feedback_audit as audit
from lab.ui.tabs import feedback_exchange as exchange
from lab.ui.tabs import feedback_forgetting as forgetting
from lab.ui.tabs import feedback_opinions as opinions
from lab.ui.tabs.feedback_audit import AuditPart
from lab.ui.tabs.feedback_exchange import ExchangePart
from lab.ui.tabs.feedback_forgetting import ForgettingPart
from lab.ui.tabs.feedback_opinions import OpinionsPart


@dataclass(frozen=True)
class FeedbackTab:
    opinions: OpinionsPart
    audit_tab: gr.Tab
    audit: AuditPart
    exchange: ExchangePart
    forgetting_tab: gr.Tab
    forgetting: ForgettingPart


def build() -> FeedbackTab:
    with gr.Tabs(elem_id="feedback-tabs"):
        with gr.Tab("Opinions", id="opinions"):
            listed = opinions.build()
        with gr.Tab("Audit", id="audit") as audit_tab:
            cards = audit.build()
        with gr.Tab("Import and export", id="exchange"):
            files = exchange.build()
        with gr.Tab("Forget", id="forget") as forgetting_tab:
            gone = forgetting.build()
    return FeedbackTab(listed, audit_tab, cards, files, forgetting_tab, gone)
