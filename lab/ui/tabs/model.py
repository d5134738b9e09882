"""The Model tab: what is loaded, what it costs, and another base for the lab, tried before anything is given up.

Knows facts and a switcher; how a model is loaded it does not know.
"""

from __future__ import annotations

import html
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr

from lab.errors import LabError, ModelError
from lab.model.facts import Facts, count_words, process_bytes, size_words
from lab.settings import Settings
from lab.ui.kept import Kept
from lab.ui.lab import Lab
from lab.ui.switch import Choice, SwitchStatus
from lab.ui.terms import term

STARTER, EXAMPLE = "starter", "Qwen/Qwen3-0.6B"
LONGEST_MODEL = 500  # characters of a path or a Hub id
QUANTIZATIONS = [("NF4: 4 bits, the least memory", "nf4"), ("int8: 8 bits", "int8"), ("none: as it is stored", "none")]
WELCOME = f"""<div class="welcome"><h2>You are talking to the starter</h2>
<p>It came with the lab, so that everything works at once and offline. It has 11 million parameters, hundreds of times fewer
than chat models usually have: it holds small talk and is wrong with confidence about the rest. It is there to be taught tone
and style.</p>
<p>For real conversations choose a model of your own below. <strong>{EXAMPLE}</strong> takes about 1 GB of memory for the chat
and as much for the trainer, is fetched from the Hub once, and works offline from then on. Your feedback stays; every model
has versions of its own, and the starter's wait for you.</p></div>"""
Update = dict[Any, Any]


@dataclass(frozen=True)
class ModelTab:
    seen: Kept
    note: gr.HTML
    facts: gr.HTML
    model: gr.Dropdown
    quantize: gr.Dropdown
    switch: gr.Button
    cancel: gr.Button
    progress: gr.HTML

    def outputs(self) -> set[Any]:
        return {self.seen, self.note, self.facts, self.model, self.switch, self.cancel, self.progress}


def build(settings: Settings) -> ModelTab:
    seen = Kept({})
    note = gr.HTML(elem_id="model-note", padding=False)
    facts = gr.HTML(elem_id="facts", padding=False)
    gr.Markdown("### Use another model", elem_id="switch-title")
    with gr.Row(elem_id="switch-row", equal_height=True):
        model = gr.Dropdown(
            choices=choices_of(settings), value=settings.model, allow_custom_value=True, label="Model", scale=3, min_width=240,
            info="starter, a folder on this machine, or a Hub id such as " + EXAMPLE, elem_id="model",
        )  # fmt: skip
        quantize = gr.Dropdown(
            QUANTIZATIONS, value=settings.quantize, label="Quantization", scale=2, min_width=200, elem_id="quantize",
            info="fewer bits a weight: less memory, slightly worse replies",
        )  # fmt: skip
    with gr.Row(elem_id="switch-buttons"):
        switch = gr.Button("Try and switch", variant="primary", scale=0, min_width=150, elem_id="switch")
        cancel = gr.Button("Cancel", scale=0, min_width=100, visible=False, elem_id="switch-cancel")
    progress = gr.HTML(elem_id="switch-progress", padding=False)
    return ModelTab(seen, note, facts, model, quantize, switch, cancel, progress)


def choices_of(settings: Settings) -> list[tuple[str, str]]:
    """What can be offered without asking anybody: the starter, the model at hand, what the Hub's cache holds, an example."""
    names = dict.fromkeys([STARTER, settings.model, *cached(), EXAMPLE])
    local = set(names) - {EXAMPLE} | set(cached())
    return [(name if name in local else f"{name} (fetched once, about 1.5 GB)", name) for name in names]


def cached() -> list[str]:
    """Hub models with safetensors weights that lie on this machine already."""
    from huggingface_hub.constants import HF_HUB_CACHE

    return [
        folder.name.removeprefix("models--").replace("--", "/")
        for folder in sorted(Path(HF_HUB_CACHE).glob("models--*"))
        if any(folder.glob("snapshots/*/config.json")) and any(folder.glob("snapshots/*/*.safetensors"))
    ]


class ModelHandlers:
    """What the Model tab does. Methods raise LabError; events.py turns that into a notice."""

    def __init__(self, lab: Lab, tab: ModelTab) -> None:
        self.lab, self.tab = lab, tab

    def tick(self, seen: Mapping[str, Any]) -> Update:
        """What changed since this page last looked."""
        tab, switcher = self.tab, self.lab.switcher
        status = switcher.status() if switcher else SwitchStatus()
        facts = self.lab.facts
        memory = process_bytes() // 50_000_000  # told again when it has changed by 50 MB
        busy = status.phase in ("checking", "restarting")
        note = note_of(facts.model, switcher.note if switcher else "")
        update: Update = {}
        if seen.get("note") != note:
            update[tab.note] = note
        if seen.get("facts") != [facts, memory]:
            update[tab.facts] = facts_table(facts, process_bytes())
        if seen.get("switch") != status:
            shown = progress_of(status)
            if switcher is None:
                shown = "<p>This page runs in a notebook: <code>open_lab(model=...)</code> opens a lab with another model.</p>"
            can_cancel = gr.update(visible=status.phase == "checking")
            update |= {
                tab.progress: shown, tab.switch: gr.update(interactive=not busy and switcher is not None), tab.cancel: can_cancel
            }  # fmt: skip
        if update:
            update[tab.seen] = {"note": note, "facts": [facts, memory], "switch": status}
        return update

    def switch(self, model: str | None, quantize: str, seen: Mapping[str, Any]) -> Update:
        wanted = str(model or "").strip()
        if not wanted or len(wanted) > LONGEST_MODEL:
            raise ModelError("no model is named; give starter, a folder, or a Hub id such as " + EXAMPLE)
        if wanted.startswith("-"):
            raise ModelError(f"no model {wanted!r}; a name does not begin with a dash")
        settings = self.lab.settings
        if (wanted, quantize) == (settings.model, settings.quantize):
            raise LabError(f"{wanted} ({quantize}) is loaded already; choose another one")
        self.switcher().start(Choice(wanted, quantize))
        return self.tick(seen)

    def cancel(self, seen: Mapping[str, Any]) -> Update:
        self.switcher().cancel()
        return self.tick(seen)

    def switcher(self) -> Any:
        if self.lab.switcher is None:
            raise LabError("this lab cannot change its model; open another with open_lab(model=...)")
        return self.lab.switcher


def note_of(model: str, note: str) -> str:
    """What the last switch came to, and a word about the starter."""
    said = f'<p class="told" role="status">{html.escape(note)}</p>' if note else ""
    return said + (WELCOME if model == STARTER else "")


def facts_table(facts: Facts, process: int) -> str:
    """Everything that is loaded, a row each; words that need it have their explanation with them."""
    rows = [
        ("Model", f"<strong>{html.escape(facts.model)}</strong>"),
        (term("parameters"), f"{count_words(facts.parameters)} ({facts.layers} layers, {facts.width:,} wide)"),
        (term("quantization"), html.escape(facts.quantization) + (f" ({facts.precision})" if facts.precision else "")),
        ("Memory", f"{size_words(facts.weights)} for the weights"
                   + f"; {size_words(process)} for the chat with all its libraries, and the trainer is a process of its own"),
        ("Runs on", html.escape(facts.device)),
        (term("context"), f"{facts.context:,} {term('token', 'tokens')}, of a vocabulary of {facts.vocabulary:,}"),
        ("Licence", html.escape(facts.licence) or "its files name none; look at where it came from"),
        ("Files", f"<code>{html.escape(facts.folder)}</code>"),
        ("Its versions", f"<code>{html.escape(facts.id)}</code> in the adapters folder; every model has its own"),
    ]  # fmt: skip
    body = "".join(f'<tr><th scope="row">{name}</th><td>{value}</td></tr>' for name, value in rows)
    card = ""
    if facts.card:
        card = (f'<details class="card-text"><summary>The card it came with</summary><pre tabindex="0">'
                f"{html.escape(facts.card[:20_000])}</pre></details>")  # fmt: skip
    return f'<table class="facts"><tbody>{body}</tbody></table>{card}'


def progress_of(status: SwitchStatus) -> str:
    """Where a switch stands. The header tells every page to wait for the new lab by itself; see keys.js."""
    if status.choice is None:
        return "<p>It is tried beside this lab first: what is loaded now goes on answering until the other has said a word.</p>"
    name, words = html.escape(status.choice.model), html.escape(status.words)
    if status.phase == "failed":
        return f'<p class="trouble" role="alert">{name} was not taken: {words}</p>'
    if status.phase == "restarting":
        return f'<p role="status"><strong>{name}</strong>: {words}. This page comes back by itself.</p>'
    share = "" if status.share is None else f' aria-valuenow="{100 * status.share:.0f}"'
    width = "" if status.share is None else f' style="width:{100 * status.share:.0f}%"'
    kind = "bar" if status.share is not None else "bar unsure"
    return (
        f'<p role="status"><strong>{name}</strong>: {words}</p>'
        f'<div class="{kind}" role="progressbar" aria-label="trying the model" aria-valuemin="0" '
        f'aria-valuemax="100"{share}><div{width}></div></div>'
    )
