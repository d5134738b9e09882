"""A round as the Training tab shows it: its log, its stages, its figures and what is left of it, as HTML. Knows no component.

A log is read while it is written: its last line may be cut, and what a step has depends on the algorithm.
"""

from __future__ import annotations

import html
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from lab.records import Job
from lab.ui.terms import term
from lab.ui.view import clock, percent

POINTS = 200  # more make the browser's plot slow
RECENT = 10  # steps whose pace says how long the rest takes
NAMES: dict[str, str] = {"reward": "Reward model"}
STAGES = ("starting", "reading", "reference", "training", "judging")  # in their order; a reward model goes fold by fold instead
STAGE_WORDS = {
    "starting": "loading", "reading": "reading the feedback", "reference": "asking the base", "training": "training",
    "judging": "judging",
}  # fmt: skip
FIGURES = (  # name in the log, term, format; those a round has are shown
    ("loss", "loss", "{:z.3f}"), ("margin", "margin", "{:z.2f}"), ("accuracy", "accuracy", "{:.0%}"),
    ("reward", "reward", "{:z.2f}"), ("kl", "kl", "{:z.3f}"), ("value_loss", "value loss", "{:z.3f}"),
    ("clip_fraction", "clipped", "{:.0%}"), ("length", "length", "{:.0f}"), ("ended", "ended", "{:.0%}"),
)  # fmt: skip
SHOWN_AS = {"kl": "Drift (KL)", "length": "Tokens a reply"}


def read_log(path: Path) -> list[dict[str, float]]:
    """The steps of a log that may be half-written at its end, or not there yet."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError:
        return []
    steps = []
    for line in lines:
        try:
            step = json.loads(line)
        except ValueError:
            continue  # the trainer is writing this line now
        if isinstance(step, dict) and isinstance(step.get("step"), int):
            steps.append(step)
    return steps


def thinned(points: Sequence[dict[str, float]], most: int = POINTS) -> list[dict[str, float]]:
    """At most `most` points, evenly spread, the first and the newest among them."""
    if len(points) <= most:
        return list(points)
    return [points[round(index * (len(points) - 1) / (most - 1))] for index in range(most)]


def samples_of(point: Mapping[str, Any]) -> str:
    """What the model said to the same prompts before the round and says now."""
    found = [each for each in point.get("samples") or () if isinstance(each, Mapping)]
    cells = [[html.escape(str(each.get(name, ""))) for name in ("prompt", "before", "now")] for each in found]
    body = "".join(f"<tr><td>{asked}</td><td>{before}</td><td>{now}</td></tr>" for asked, before, now in cells)
    head = "<tr><th>Prompt</th><th>Before the round</th><th>Now</th></tr>"
    return f'<table class="samples"><thead>{head}</thead><tbody>{body}</tbody></table>' if cells else ""


def title_of(algorithm: str) -> str:
    return NAMES.get(algorithm, algorithm.upper())


def figures(points: Sequence[Mapping[str, Any]]) -> str:
    """The newest of every figure a round has, with its course so far."""
    cards = []
    for name, word, form in FIGURES:
        values = [float(point[name]) for point in points if isinstance(point.get(name), int | float)]
        if values:
            shown = SHOWN_AS.get(name, word.capitalize())
            cards.append(
                f'<div class="card figure"><span class="number">{form.format(values[-1])}</span>'
                f'<span class="label">{term(word, shown)}</span>{course(values, shown)}</div>'
            )
    return f'<div class="cards">{"".join(cards)}</div>' if cards else ""


def course(values: Sequence[float], name: str) -> str:
    """A line of the values, oldest left, as SVG."""
    if len(values) < 2:
        return ""
    low, high = min(values), max(values)
    span = (high - low) or 1.0
    width = len(values) - 1
    marks = " ".join(f"{100 * k / width:.1f},{22 - 20 * (value - low) / span:.1f}" for k, value in enumerate(values))
    label = html.escape(f"{name}, from {values[0]:.3g} to {values[-1]:.3g} in {len(values)} steps", quote=True)
    return (
        f'<svg class="course" viewBox="0 0 100 24" preserveAspectRatio="none" role="img" aria-label="{label}">'
        f'<polyline points="{marks}" fill="none" vector-effect="non-scaling-stroke"/></svg>'
    )


def stages(phase: str) -> str:
    """All stages of a round, the one it is in marked."""
    if phase not in STAGES:  # a fold of the reward model, or the scoring of a start
        return f'<ol class="stages"><li aria-current="step">{html.escape(phase)}</li><li>judging</li></ol>'
    now = STAGES.index(phase)
    parts = []
    for index, stage in enumerate(STAGES):
        mark = ' class="done"' if index < now else ' aria-current="step"' if index == now else ""
        parts.append(f"<li{mark}>{STAGE_WORDS[stage]}</li>")
    return f'<ol class="stages">{"".join(parts)}</ol>'


def seconds_left(progress: Mapping[str, Any], points: Sequence[Mapping[str, Any]]) -> float | None:
    """How long the steps that are left will take at the pace of the last ones; None while nobody can say."""
    step, steps = progress.get("step"), progress.get("steps")
    if not step or not steps or progress.get("phase") != "training":
        return None
    took = [
        sum(float(point.get(name) or 0.0) for name in ("seconds", "seconds_rollout", "seconds_update"))
        for point in points[-RECENT:]
        if point.get("step")
    ]
    took = [seconds for seconds in took if seconds > 0]
    return (steps - step) * sum(took) / len(took) if took else None


def duration(seconds: float) -> str:
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def progress_line(running: Job | None, drawn: Job | None, points: Sequence[Mapping[str, Any]] = ()) -> str:
    """The round that runs: its stages, how far it is and what is left; or which was the last one."""
    if running is None:
        if drawn is None:
            return '<p class="round">No round has run yet. While one does, its stages, loss and margin are shown here.</p>'
        return f'<p class="round">Last round: {title_of(drawn.algorithm)}, {clock(drawn.created)}</p>'
    seen = running.progress
    step, steps = int(seen.get("step") or 0), int(seen.get("steps") or 0)
    phase = str(seen.get("phase") or "starting")
    if phase == "reference" and any(point.get("step") for point in points):
        phase = "judging"  # the base is asked again then, about the held-out opinions
    kind = term("reward model" if running.algorithm == "reward" else running.algorithm, title_of(running.algorithm))
    said = [f"on {len(running.opinions)} opinions"]
    if steps:
        said.append(f"step {step} of {steps}")
    if (left := seconds_left(seen, points)) is not None:
        said.append(f"about {duration(left)} left")
    if isinstance(seen.get("accuracy"), int | float):
        said.append(f"{percent(seen['accuracy'])} of pairs right")
    if seen.get("judged"):
        said.append(f"and {seen['judged']}")
    if seen.get("rewarded"):
        said.append(f"rewarded is {seen['rewarded']}")
    done = f"{100 * step / steps:.0f}" if steps else "0"
    return (
        f'<p class="round"><strong>{kind}</strong> {html.escape(" · ".join(said))}</p>{stages(phase)}'
        f'<div class="bar" role="progressbar" aria-label="round" aria-valuenow="{done}" aria-valuemin="0" aria-valuemax="100">'
        f'<div style="width:{done}%"></div></div>'
    )
