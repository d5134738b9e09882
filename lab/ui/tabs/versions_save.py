"""Save, below the tree: the chosen version as a PEFT folder or as a merged model, with the parity check's figures."""

from __future__ import annotations

import html
from dataclasses import dataclass
from typing import Any

import gradio as gr

from lab.errors import LabError
from lab.ui.exports import Export, Exports, Kind
from lab.ui.kept import Kept
from lab.ui.lab import Lab
from lab.ui.panel import limited
from lab.ui.tabs.versions_view import table
from lab.ui.view import sentence, version_name

KINDS: tuple[tuple[str, Kind], ...] = (
    ("Adapter alone (PEFT)", "peft"), ("Whole model, merged (transformers, GGUF converters)", "merged"),
)  # fmt: skip
TICK = 1.0  # seconds between two looks at an export
LONGEST = 100  # characters of a name
Update = dict[Any, Any]


@dataclass(frozen=True)
class SaveTab:
    seen: Kept
    kind: gr.Radio
    name: gr.Textbox
    now: gr.Button
    stop: gr.Button
    state: gr.HTML
    timer: gr.Timer  # runs while an export does

    def outputs(self) -> set[Any]:
        return {self.seen, self.now, self.stop, self.state, self.timer}


def build() -> SaveTab:
    seen = Kept(None)
    with gr.Row(elem_id="save-row", equal_height=True):
        kind = gr.Radio(list(KINDS), value="peft", label="As", scale=2, min_width=300, elem_id="save-kind")
        name = gr.Textbox(
            label="Folder in exports/ (empty: named after the version)", max_length=LONGEST, scale=1, min_width=300,
            elem_id="save-name",
        )  # fmt: skip
    with gr.Row(elem_id="save-buttons"):
        now = gr.Button("Save", variant="primary", scale=0, min_width=160, elem_id="save-now")
        stop = gr.Button("Stop", variant="stop", scale=0, min_width=110, visible=False, elem_id="save-stop")
    state = gr.HTML(elem_id="saved", padding=False)
    return SaveTab(seen, kind, name, now, stop, state, gr.Timer(TICK, active=False))


class SaveHandlers:
    """Methods raise LabError; events.py turns that into a notice."""

    def __init__(self, lab: Lab, tab: SaveTab, exports: Exports) -> None:
        self.lab, self.tab, self.exports = lab, tab, exports

    def tick(self, seen: Any) -> Update:
        now = self.exports.now()
        running = now is not None and now.state == "running"
        page = export_page(now)
        if [page, running] == seen:
            return {}
        tab = self.tab
        return {
            tab.seen: [page, running], tab.state: page, tab.stop: gr.update(visible=running),
            tab.now: gr.update(interactive=not running), tab.timer: gr.Timer(active=running),
        }  # fmt: skip

    def export(self, chosen: int | None, kind: Kind, name: str | None, seen: Any) -> Update:
        if chosen is None:
            raise LabError("no version is chosen; choose one in the list")
        if kind == "peft" and not chosen:
            raise LabError("version 0 is the base itself and has no adapter to save; save it merged, or choose another version")
        self.lab.versions.get(chosen)
        wanted = limited(name, LONGEST, "the folder's name").strip() or folder_name(chosen, kind)
        self.exports.start(chosen, kind, wanted)
        return self.tick(seen)

    def stop(self, seen: Any) -> Update:
        self.exports.stop()
        return self.tick(seen)


def folder_name(version: int, kind: Kind) -> str:
    return f"{'base' if version == 0 else f'version-{version}'}-{kind}"


def export_page(now: Export | None) -> str:
    """What runs and what it says; when it is done, where it is and how well it agrees with the adapter."""
    if now is None:
        return ""
    name, where = html.escape(version_name(now.version)), html.escape(str(now.folder))
    said = html.escape(now.said)
    if now.state == "running":
        return f'<p class="round"><span class="badge">saving {name}</span> {said}</p>'
    if now.state == "stopped":
        return f'<p class="round">Saving {name} was {said}.</p>'
    if now.state == "failed":
        return f'<p class="trouble">{name} was not saved: {html.escape(sentence(now.said))}</p>'
    return f'<p class="reason">{name.capitalize()} is in <code>{where}</code></p>{parity(now)}'


def parity(now: Export) -> str:
    """The merged model against the adapter it was made from, as the verb measured it."""
    seen = now.figures
    if now.kind == "peft":
        return '<p class="quiet">PEFT loads it onto the same base: the very files that the lab speaks by.</p>'
    if "agreement" not in seen:
        return ""
    correlation = seen.get("correlation")
    rows = [
        ("The same greedy token", f"{seen['agreement']:.1%} of {seen['tokens']}"),
        ("Difference in log-probability", f"{seen['difference']:.4f} nats a token"),
        ("Preference scores correlate by", "–" if correlation is None else f"{correlation:.3f}"),
    ]
    return '<p class="quiet">Loaded again and compared with the adapter:</p>' + table((), rows)
