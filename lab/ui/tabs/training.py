"""The Training tab: what there is to learn from, why the next round will or won't start, the running round, past rounds.

Everything is read from the store, the worker and a round's log.jsonl, so a reload shows the same page.
"""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import gradio as gr
import pandas as pd

from lab.records import AdapterVersion, Algorithm, Counts, Job
from lab.settings import Settings
from lab.ui.explained import conditions, settings_table
from lab.ui.kept import Kept
from lab.ui.lab import Lab
from lab.ui.round import figures, progress_line, read_log, samples_of, thinned, title_of
from lab.ui.view import clock, heldout, version_name

if TYPE_CHECKING:
    from lab.loop.worker import LoopStatus

ROUNDS = 30
HEADERS = ["When", "Algorithm", "Opinions", "State", "Version", "Held-out", "Why"]
ALGORITHMS: tuple[Algorithm, ...] = ("dpo", "kto", "sft", "reward", "ppo", "rloo")
Update = dict[Any, Any]


@dataclass(frozen=True)
class TrainingTab:
    seen: Kept
    reason: gr.HTML
    conditions: gr.HTML
    counts: gr.HTML
    progress: gr.HTML
    loss: gr.LinePlot
    margin: gr.LinePlot
    figures: gr.HTML
    samples: gr.HTML
    algorithm: gr.Dropdown
    now: gr.Button
    pause: gr.Button
    resume: gr.Button
    stop: gr.Button
    rounds: gr.Dataframe

    def outputs(self) -> set[Any]:
        return {
            self.seen, self.reason, self.conditions, self.counts, self.progress, self.loss, self.margin, self.figures,
            self.samples, self.now, self.pause, self.resume, self.stop, self.rounds,
        }  # fmt: skip


def build(settings: Settings) -> TrainingTab:
    seen = Kept({})
    reason = gr.HTML(elem_id="reason", padding=False)
    with gr.Row(elem_id="training-buttons"):
        algorithm = gr.Dropdown(
            [("choose by the data", "auto"), *((title_of(name), name) for name in ALGORITHMS)], value="auto", show_label=False,
            container=False, scale=0, min_width=190, elem_id="algorithm",
        )  # fmt: skip
        now = gr.Button("Train now", variant="primary", scale=0, min_width=120, elem_id="train-now")
        pause = gr.Button("Pause", scale=0, min_width=100, elem_id="pause")
        resume = gr.Button("Resume", scale=0, min_width=100, visible=False, elem_id="resume")
        stop = gr.Button("Stop round", variant="stop", scale=0, min_width=120, visible=False, elem_id="stop-round")
    with gr.Accordion("What starts the next round", open=True, elem_id="starts"):
        asked = gr.HTML(elem_id="conditions", padding=False)
    counts = gr.HTML(elem_id="counts", padding=False)
    progress = gr.HTML(elem_id="progress", padding=False)
    with gr.Row(elem_id="plots"):
        loss, margin = (
            gr.LinePlot(
                x="step", y=name, title=title, x_title="step", y_title=name, height=230, elem_id=name, min_width=260, buttons=[],
                visible=False,
            )
            for name, title in (("loss", "Loss"), ("margin", "Margin: preferred over rejected"))
        )  # fmt: skip
    shown = gr.HTML(elem_id="figures", padding=False)
    samples = gr.HTML(elem_id="samples", padding=False)
    rounds = gr.Dataframe(
        headers=HEADERS, value=[], interactive=False, wrap=True, label="Rounds", elem_id="rounds", max_height=340,
        column_widths=["110px", "105px", "105px", "90px", "95px", "130px", "270px"], buttons=[],
    )  # fmt: skip
    with gr.Accordion("Settings of rounds, what they do and their limits", open=False, elem_id="settings-box"):
        gr.HTML(settings_table(settings), elem_id="settings", padding=False)
    return TrainingTab(
        seen, reason, asked, counts, progress, loss, margin, shown, samples, algorithm, now, pause, resume, stop, rounds
    )  # fmt: skip


class TrainingHandlers:
    """What the Training tab does. Methods raise LabError; events.py turns that into a notice."""

    def __init__(self, lab: Lab, tab: TrainingTab) -> None:
        self.lab, self.tab = lab, tab

    def tick(self, seen: Mapping[str, Any]) -> Update:
        """What changed since this page last looked; plots and table are costly to draw again for nothing."""
        tab, lab = self.tab, self.lab
        status = lab.worker.status()
        jobs = lab.store.jobs(ROUNDS, lab.versions.base)
        rewards = lab.versions.rewards()
        versions = {version.job: version for version in (*lab.versions.all(), *rewards.all()) if version.job}
        running = next((job for job in jobs if job.state == "running"), None)
        drawn = running or next((job for job in jobs if job.state in ("done", "failed")), None)
        points = thinned(read_log(self.log_of(drawn, versions))) if drawn else []
        busy = any(job.state in ("running", "queued") for job in jobs)
        parts: dict[str, tuple[Any, Update]] = {}

        def part(name: str, content: Any, update: Update) -> None:
            parts[name] = (content, update)

        sentence = reason_line(status) + reward_line(rewards.get(rewards.live()))
        part("reason", sentence, {tab.reason: sentence})
        starts = conditions(status, lab.settings.loop)
        part("conditions", starts, {tab.conditions: starts})
        numbers = counts_table(status.counts)
        part("counts", numbers, {tab.counts: numbers})
        line = progress_line(running, drawn, points)
        part("progress", line, {tab.progress: line})
        plotted = [drawn.id if drawn else "", len(points), points[-1]["step"] if points else 0]
        drawable = bool(points)  # two empty frames say nothing
        first = gr.update(value=plot(points, "loss"), visible=drawable)
        part("plots", plotted, {tab.loss: first, tab.margin: {**second_plot(points), "visible": drawable}})
        newest = figures(points)
        part("figures", newest, {tab.figures: newest})
        said = next((point for point in reversed(points) if point.get("samples")), {})
        shown = samples_of(said)
        part("samples", shown, {tab.samples: shown})
        rows = [round_row(job, versions.get(job.id)) for job in jobs]
        part("rounds", rows, {tab.rounds: gr.update(value=rows, visible=bool(rows))})
        buttons = {
            tab.now: gr.update(interactive=not busy),
            tab.pause: gr.update(visible=not status.paused),
            tab.resume: gr.update(visible=status.paused),
            tab.stop: gr.update(visible=running is not None),
        }
        part("buttons", [busy, status.paused, running is not None], buttons)

        update: Update = {}
        for name, (content, changes) in parts.items():
            if seen.get(name) != content:
                update.update(changes)
        if update:
            update[tab.seen] = {name: content for name, (content, _) in parts.items()}
        return update

    def train_now(self, algorithm: str, seen: Mapping[str, Any]) -> Update:
        self.lab.worker.train_now(None if algorithm == "auto" else cast(Algorithm, algorithm))
        gr.Info("A round is queued; the trainer takes it at once.", duration=3)
        return self.tick(seen)

    def pause(self, seen: Mapping[str, Any]) -> Update:
        self.lab.worker.pause()
        gr.Info("Paused. A round that runs goes on; no other starts by itself.", duration=3)
        return self.tick(seen)

    def resume(self, seen: Mapping[str, Any]) -> Update:
        self.lab.worker.resume()
        gr.Info("Rounds start by themselves again.", duration=3)
        return self.tick(seen)

    def stop_round(self, seen: Mapping[str, Any]) -> Update:
        self.lab.worker.stop_round()
        gr.Info("The round stops after its current step.", duration=3)
        return self.tick(seen)

    def log_of(self, job: Job, versions: Mapping[str, AdapterVersion]) -> Path:
        """Where the round writes, or wrote, its steps: the finished version's folder, else the staging one."""
        made = versions.get(job.id)
        folder = made.folder if made is not None and made.folder is not None else self.lab.versions.staging_path(job.id)
        return folder / "log.jsonl"


def plot(points: Sequence[Mapping[str, Any]], name: str) -> pd.DataFrame:
    kept = [(point["step"], point[name]) for point in points if isinstance(point.get(name), int | float)]
    return pd.DataFrame({"step": [step for step, _ in kept], name: [float(value) for _, value in kept]})


def second_plot(points: Sequence[Mapping[str, Any]]) -> Update:
    """The margin of a preference round, or the reward of a reinforcement round."""
    name = "reward" if any("reward" in point for point in points) else "margin"
    title = {"reward": "Reward of the replies drawn", "margin": "Margin: preferred over rejected"}[name]
    return gr.update(value=plot(points, name), y=name, y_title=name, title=title)


def reward_line(model: AdapterVersion) -> str:
    """What the live reward model is worth; nothing while there is none."""
    if not model.version:
        return ""
    return f'<p class="reason">Reward model {model.version}: {html.escape(model.why)}.</p>'


def reason_line(status: LoopStatus) -> str:
    """The sentence why the next round will or won't start, and what is wrong with the trainer if something is."""
    trouble = f'<p class="trouble">{html.escape(status.last_error)}</p>' if status.last_error else ""
    state = '<span class="badge">paused</span> ' if status.paused else ""
    return f'<p class="reason">{state}{html.escape(status.reason)}</p>{trouble}'


def counts_table(counts: Counts) -> str:
    cards = (
        ("Votes and corrections", counts.pairs, counts.new_pairs),
        ("Thumbs", counts.labelled, counts.new_labelled),
        ("Examples to imitate", counts.demonstrations, counts.new_demonstrations),
        ("Kept for testing only", counts.held_out, None),
    )
    return '<div class="cards">' + "".join(
        f'<div class="card"><span class="number">{total}</span><span class="label">{label}</span>'
        + (f'<span class="new">{new} new</span>' if new is not None else "") + "</div>"
        for label, total, new in cards
    ) + "</div>"  # fmt: skip


def round_row(job: Job, made: AdapterVersion | None) -> list[str]:
    report = made.report if made else None
    state, why = job.state, job.error or job.reason
    if made is not None:
        state = report.verdict if report and report.verdict else made.state  # type: ignore[assignment]
        why = made.why or (report.why if report else "") or job.reason
    version = version_name(job.version) if job.version is not None else "–"
    if job.algorithm == "reward" and job.version is not None:
        version = f"reward {job.version}"
    return [clock(job.created), title_of(job.algorithm), str(len(job.opinions)), state, version, heldout(report), why]
