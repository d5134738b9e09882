"""How the page looks: a theme whose colours pass WCAG AA in light and dark, system fonts, our style sheet and script."""

from __future__ import annotations

from pathlib import Path

import gradio as gr

ASSETS = Path(__file__).parent / "assets"


def theme() -> gr.themes.Base:
    """System fonts because Gradio's bundled semi-bold files lack letters; indigo 600 because its stock blue is too pale."""
    return gr.themes.Base(
        primary_hue="indigo", neutral_hue="slate", radius_size="lg",
        font=["system-ui", "sans-serif"], font_mono=["ui-monospace", "monospace"],
    ).set(
        button_primary_background_fill="*primary_600",
        button_primary_background_fill_hover="*primary_700",
        button_primary_background_fill_dark="*primary_600",
        block_info_text_color="*neutral_600",
        block_info_text_color_dark="*neutral_300",
        block_label_text_color="*neutral_700",
        block_label_text_color_dark="*neutral_200",
        block_title_text_color="*neutral_700",
        block_title_text_color_dark="*neutral_200",
        body_text_color_subdued="*neutral_600",
        body_text_color_subdued_dark="*neutral_300",
        input_placeholder_color="*neutral_500",
        input_placeholder_color_dark="*neutral_400",
    )  # fmt: skip


def style() -> str:
    return (ASSETS / "page.css").read_text(encoding="utf-8")


def head() -> str:
    """The one script of the page: keys, focus, and a side panel that starts closed on a phone."""
    return f"<script>{(ASSETS / 'keys.js').read_text(encoding='utf-8')}</script>"
