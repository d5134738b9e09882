"""Import and export on the Feedback tab. Nothing is written before its preview was seen and confirmed.

Files lie in the home's page folder only: an upload until it is imported or put away, an export until the next one, and a
quarter of an hour at most.
"""

from __future__ import annotations

import html
import json
import secrets
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr

from lab.errors import LabError
from lab.feedback.exchange import ALREADY, KINDS, export_file, import_file
from lab.feedback.preview import Preview, Sample, preview
from lab.ui.kept import Kept
from lab.ui.lab import Lab
from lab.ui.panel import named
from lab.ui.view import short

TYPES = [".jsonl", ".gz", ".csv", ".parquet"]
SHOWN = 50  # refused rows
NAMES = {"pairs": "pairs", "votes": "votes", "thumbs": "thumbs", "corrections": "better answers", "chats": "chats"}
EXAMPLES: dict[str, dict[str, Any]] = {  # a row of each shape, as short as it may be
    "pairs": {"prompt": "What is tea?", "chosen": "Leaves in hot water.", "rejected": "I do not know."},
    "votes": {"prompt": "What is tea?", "response_a": "A drink.", "response_b": "Leaves in hot water.", "choice": "b"},
    "thumbs": {"prompt": "What is tea?", "completion": "A drink.", "label": True},
    "corrections": {"prompt": "What is tea?", "completion": "A drink.", "better": "Leaves in hot water, and a drink."},
    "chats": {"messages": [{"role": "user", "content": "Hello!"}, {"role": "assistant", "content": "Hello! How are you?"}]},
}
KEPT = 900.0  # seconds that an export is kept
Update = dict[Any, Any]


@dataclass(frozen=True)
class ExchangePart:
    file: gr.File
    pending: Kept  # the path of an upload that was previewed
    seen: gr.HTML
    take: gr.Button
    drop: gr.Button
    shape: gr.Dropdown
    export: gr.Button
    ready: gr.DownloadButton

    def imports(self) -> set[Any]:
        return {self.file, self.pending, self.seen, self.take, self.drop}


def build() -> ExchangePart:
    pending = Kept(None)
    with gr.Row():
        with gr.Column(scale=3, min_width=420):
            file = gr.File(
                label="Import: .jsonl, .jsonl.gz, .csv or .parquet, up to 20 MB", file_types=TYPES, type="filepath", height=170,
                elem_id="import-file",
            )  # fmt: skip
            with gr.Row():
                take = gr.Button("Import", variant="primary", scale=0, min_width=240, visible=False, elem_id="import-take")
                drop = gr.Button("Put away", scale=0, min_width=110, visible=False, elem_id="import-drop")
            seen = gr.HTML(elem_id="import-seen", padding=False)
            with gr.Accordion("What a row looks like", open=False):
                gr.HTML(examples(), padding=False, elem_id="import-examples")
        with gr.Column(scale=1, min_width=240):
            shape = gr.Dropdown(
                [(NAMES[kind].capitalize(), kind) for kind in KINDS], value="pairs", label="Export as rows of",
                elem_id="export-shape",
            )  # fmt: skip
            export = gr.Button("Export", elem_id="export")
            ready = gr.DownloadButton("Download", visible=False, variant="primary", elem_id="export-ready")
    return ExchangePart(file, pending, seen, take, drop, shape, export, ready)


def examples() -> str:
    """A row of each shape, as a line of a jsonl file."""
    lines = "".join(
        f"<dt>{html.escape(NAMES[kind].capitalize())}</dt><dd><code>{html.escape(json.dumps(row))}</code></dd>"
        for kind, row in EXAMPLES.items()
    )
    return (
        "<p>One opinion or chat a line, or a table row with these columns. A prompt may also be a list of messages; "
        f"<code>choice</code> is a, b, tie or both_bad.</p><dl>{lines}</dl>"
    )


class ExchangeHandlers:
    """What import and export do. Methods raise LabError; events.py turns that into a notice."""

    def __init__(self, lab: Lab, part: ExchangePart) -> None:
        self.lab, self.part = lab, part
        self.folder = lab.settings.feedback_data / "page" / "exports"

    def look(self, file: str | None, pending: str | None, rater: str) -> Update:
        """An upload is there: says what an import would do. One that cannot be read is put away."""
        self.put_away(pending)
        if not file:
            return self.nothing()
        path = Path(file)
        try:
            found = preview(self.lab.store, path, named(rater))
        except LabError as error:
            path.unlink(missing_ok=True)
            raise LabError(str(error).replace(str(path), path.name)) from None
        return {
            self.part.pending: file, self.part.seen: preview_of(found),
            self.part.take: gr.update(visible=True, interactive=found.new > 0, value=take_label(found)),
            self.part.drop: gr.update(visible=True),
        }  # fmt: skip

    def forget_upload(self, file: str | None, pending: str | None, rater: str) -> Update:
        """The page put right after an upload that could not be read."""
        return {**self.nothing(), self.part.file: None}

    def take(self, pending: str | None, rater: str) -> Update:
        if not pending or not Path(pending).is_file():
            raise LabError("the file is not here any more; choose it again")
        try:
            done = import_file(self.lab.store, Path(pending), named(rater))
        finally:
            self.put_away(pending)
        new = sum(number for kind, number in done.counts.items() if kind != ALREADY)
        gr.Info(f"{new:,} opinions imported.", duration=4)
        return {**self.nothing(), self.part.file: None, self.part.seen: f"<p>{new:,} opinions imported.</p>"}

    def drop(self, pending: str | None) -> Update:
        self.put_away(pending)
        return {**self.nothing(), self.part.file: None}

    def nothing(self) -> Update:
        hidden = gr.update(visible=False)
        return {self.part.pending: None, self.part.seen: "", self.part.take: hidden, self.part.drop: hidden}

    def put_away(self, pending: str | None) -> None:
        """Removes the upload with the folder that Gradio made for it."""
        if pending:
            Path(pending).unlink(missing_ok=True)
            folder = Path(pending).parent
            if folder != self.folder.parent and self.folder.parent in folder.parents and not any(folder.iterdir()):
                folder.rmdir()

    def exporting(self, shape: Any) -> Iterator[Update]:
        """An export that says it is under way."""
        yield {
            self.part.export: gr.update(value="Exporting …", interactive=False), self.part.ready: gr.update(visible=False)
        }  # fmt: skip
        yield {**self.export(shape), **self.rested(shape)}

    def rested(self, shape: Any) -> Update:
        """No export is under way."""
        return {self.part.export: gr.update(value="Export", interactive=True)}

    def export(self, shape: Any) -> Update:
        """Writes the file that the download button then hands out. The name is ours alone, so that nobody guesses it."""
        clear(self.folder, KEPT)
        folder = self.folder / secrets.token_hex(16)
        folder.mkdir(parents=True)
        path = folder / f"{shape}.jsonl"
        count = export_file(self.lab.store, path, shape)
        if not count:
            shutil.rmtree(folder)
            raise LabError(f"there are no {NAMES[shape]} to export; choose another shape")
        label = f"Download {count:,} rows"
        return {self.part.ready: gr.update(label=label, value=str(path), visible=True)}


def clear(folder: Path, older: float = 0.0) -> None:
    """Removes the folders in it that are older than this, seconds."""
    for each in folder.iterdir() if folder.is_dir() else ():
        if each.is_dir() and time.time() - each.stat().st_mtime >= older:
            shutil.rmtree(each, ignore_errors=True)


def take_label(found: Preview) -> str:
    if not found.new:
        return "Nothing new to import"
    return f"Import {found.new:,} opinion{'s' if found.new > 1 else ''}"


def preview_of(found: Preview) -> str:
    """What an import would do; all text is escaped: it came from a file."""
    counts = [counted(number, NAMES.get(kind, kind)) for kind, number in found.counts.items()]
    line = ", ".join(counts) or "no row that can be used"
    refused = f"; {len(found.refused):,} row{'s' if len(found.refused) != 1 else ''} refused" if found.refused else ""
    head = "<tr><th>Line</th><th>Shape</th><th>Asked</th><th>Replies</th><th>Opinion</th></tr>"
    rows = "".join(sample_row(each) for each in found.first)
    table = f'<table class="preview"><thead>{head}</thead><tbody>{rows}</tbody></table>' if rows else ""
    reasons = "".join(f"<li>line {line}: {html.escape(reason)}</li>" for line, reason in found.refused[:SHOWN])
    more = f"<li>and {len(found.refused) - SHOWN:,} more</li>" if len(found.refused) > SHOWN else ""
    errors = f'<h4>Refused</h4><ul class="refused">{reasons}{more}</ul>' if reasons else ""
    return f"<p><b>Not imported yet:</b> {html.escape(line + refused)}.</p>{table}{errors}"


def counted(number: int, name: str) -> str:
    return f"{number:,} {name.removesuffix('s') if number == 1 else name}"


def sample_row(each: Sample) -> str:
    said = "<br>".join(html.escape(short(text, 80)) for text in each.said)
    cells = (str(each.line), each.kind, html.escape(short(each.question, 80)), said, html.escape(short(each.opinion, 80)))
    return "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"
