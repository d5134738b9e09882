"""What starts the next round and what decides how it goes, in words: conditions with their marks, settings with their limits.

Pure: a status and the settings in, HTML out. The texts of the settings are those of lab/settings.py.
"""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from lab.loop.plan import closest, first_that_may_start, new_of, noun
from lab.settings import LoopSettings, Settings

if TYPE_CHECKING:
    from lab.loop.worker import LoopStatus

SECTIONS = ("loop", "train", "reward", "ppo", "gate", "trial")
LIMITS = (("ge", "at least"), ("gt", "above"), ("le", "at most"), ("lt", "below"))


def conditions(status: LoopStatus, settings: LoopSettings) -> str:
    """What must be so for a round to start by itself, each with whether it is."""
    kind = first_that_may_start(status.fresh, settings.min_new, status.reward) or closest(status.fresh, status.reward)
    have, least = new_of(kind, status.fresh), settings.min_new
    rows = [
        (have >= least, f"{min(have, least)} of {least} new {noun(kind, status.fresh)} since the last round"),
        (not status.paused and settings.enabled, "rounds are not paused"),
        (status.trainer_alive, "a trainer is at work"),
        (status.job is None, "no other round runs or waits"),
    ]
    if status.settling is not None:
        rest = f"blind votes have decided on version {status.settling}, or {settings.patience} new {noun(kind, status.fresh)}"
        rows.append((have >= settings.patience, rest))
    marks = "".join(
        f'<li class="{"met" if met else "open"}"><span aria-hidden="true">{"✓" if met else "○"}</span> '
        f'<span class="sr">{"met:" if met else "not yet:"}</span> {html.escape(words)}</li>'
        for met, words in rows
    )
    done = f"{100 * min(1.0, have / least):.0f}"
    return (
        f'<div class="bar" role="progressbar" aria-label="new feedback" aria-valuenow="{done}" aria-valuemin="0" '
        f'aria-valuemax="100"><div style="width:{done}%"></div></div><ul class="conditions">{marks}</ul>'
    )


def settings_table(settings: Settings) -> str:
    """Every setting of rounds: its name in lab.toml, its value, what it does, its limits."""
    rows = []
    for section in SECTIONS:
        part: BaseModel = getattr(settings, section)
        for name, field in type(part).model_fields.items():
            value, words = getattr(part, name), html.escape(field.description or "")
            changed = " <em>(changed)</em>" if value != field.default else ""
            rows.append(
                f'<tr><th scope="row"><code>{section}.{name}</code></th><td>{html.escape(said(value))}{changed}</td>'
                f"<td>{words}</td><td>{limits(field)}</td></tr>"
            )
    head = "<tr><th>Setting</th><th>Value</th><th>What it does</th><th>Limits</th></tr>"
    where = html.escape(str(settings.home / "lab.toml"))
    how = (
        f"<p>Changed in <code>{where}</code>, for example <code>[loop]</code> and below it <code>min_new = 8</code>; taken up "
        "when the lab starts again.</p>"
    )
    return f'{how}<table class="facts"><thead>{head}</thead><tbody>{"".join(rows)}</tbody></table>'


def said(value: Any) -> str:
    """A value as lab.toml spells it."""
    if value is None:
        return "by itself"
    return str(value).lower() if isinstance(value, bool) else f"{value:g}" if isinstance(value, float) else str(value)


def limits(field: Any) -> str:
    """The bounds of a field in words."""
    found = {name: getattr(rule, name) for rule in field.metadata for name, _ in LIMITS if getattr(rule, name, None) is not None}
    return ", ".join(f"{words} {found[name]:g}" for name, words in LIMITS if name in found)
