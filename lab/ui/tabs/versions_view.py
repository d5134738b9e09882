"""The Versions tab's pictures, as HTML: the tree, the trial's evidence, a version's report, the leaderboard with its intervals.

Strings from records; knows no component and reads nothing. Colours are the style sheet's, so light and dark both work.
"""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import TYPE_CHECKING

from lab.insight.leaderboard import Standing
from lab.records import AdapterVersion, Check
from lab.ui.board import Ranking, Row, bytes_in_words, ranking_words, standing_words
from lab.ui.view import clock, heldout, percent, version_name

if TYPE_CHECKING:
    from lab.loop.trial import TrialStatus

# a version is chosen by a click on its row, or by Enter on its button
PICK = """element.addEventListener('click', (event) => {
  const row = event.target.closest('[data-version]');
  if (row) trigger('select', {version: Number(row.dataset.version)});
});"""
LANE, HEIGHT = 18, 40  # of the tree's lines, pixels; the style sheet gives rows the same height


def tree_table(rows: Sequence[Row], found: Ranking, chosen: int | None) -> str:
    """Newest first; each row's name is a button that a click or Enter chooses."""
    wide = LANE * max((row.lanes for row in rows), default=1)
    tried = any(row.version.state == "trial" for row in rows)
    body = "".join(tree_row(row, found, wide, row.version.version == chosen, tried) for row in rows)
    against = f"Preferred to {version_name(found.raw.anchor)}"
    heads = ("", "Version", "State", "Made by", "When", "Held-out", against, "Size")
    head = "".join(f"<th scope='col'>{name}</th>" for name in heads)
    return f'<table class="tree"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'


def tree_row(row: Row, found: Ranking, wide: int, chosen: bool, tried: bool) -> str:
    """While another one is `tried`, it is that one that speaks, and the live one is the proven one to go back to."""
    version = row.version
    number, name = version.version, version_name(version.version)
    state = version.state if number or version.state == "live" else "base"
    shown = "proven" if tried and state == "live" else state
    made = f"{version.algorithm.upper()} from {version_name(row.parent)}" if number else "the model as it came"
    why = html.escape(version.why or (version.report.why if version.report else ""))
    pressed = f'type="button" class="pick" data-version="{number}" aria-pressed="{str(chosen).lower()}"'
    cells = (
        f'<td class="graph">{lines(row, wide)}</td>',
        f"<td><button {pressed}>{name}</button></td>",
        f'<td><span class="state {state}" title="{why}">{shown}</span></td>',
        f"<td>{html.escape(made)}</td>",
        f"<td>{clock(version.created) if number else '–'}</td>",
        f"<td>{heldout(version.report)}</td>",
        f"<td>{preferred(found.of(number))}</td>",
        f"<td>{bytes_in_words(row.size) if number else '–'}</td>",
    )
    return f'<tr class="{"chosen" if chosen else ""}" data-version="{number}">{"".join(cells)}</tr>'


def lines(row: Row, wide: int) -> str:
    """The piece of the tree's lines in one row: through, into the dot, out of it."""
    middle = HEIGHT / 2
    at = {lane: LANE * (lane + 0.5) for lane in (*row.above, *row.below, row.lane)}
    x = at[row.lane]
    paths = []
    for lane in row.above:
        if lane == row.lane:
            paths.append(f"M{x} 0V{middle}")
        elif lane in row.joins:
            paths.append(f"M{at[lane]} 0C{at[lane]} {middle} {x} {middle / 2} {x} {middle}")
        else:
            paths.append(f"M{at[lane]} 0V{HEIGHT}")
    if row.lane in row.below:
        paths.append(f"M{x} {middle}V{HEIGHT}")
    state = row.version.state
    return (
        f'<svg width="{wide}" height="{HEIGHT}" aria-hidden="true"><path class="line" d="{"".join(paths)}"/>'
        f'<circle class="dot {state}" cx="{x}" cy="{middle}" r="{6 if state in ("live", "trial") else 4.5}"/></svg>'
    )


def preferred(standing: Standing | None) -> str:
    if standing is None:
        return "–"
    middle, low, high = standing.preferred
    few = f" of {standing.games}" if standing.few else ""
    return f"{percent(middle)} ({100 * low:.0f}–{100 * high:.0f}){few}"


def trial_panel(trial: TrialStatus | None) -> str:
    """What the blind votes say so far of the version on trial, and how far that is from deciding; nothing without a trial.

    The needle starts in the middle and decides at either end, on the logarithmic scale that evidence adds up on.
    """
    if trial is None:
        return ""
    against = trial.worse > trial.better
    leads = "against it" if against else "for it"
    done = f"{100 * trial.progress:.0f}"
    half = f"{50 * trial.progress:.1f}"
    side = f"right:50%;width:{half}%" if against else f"left:50%;width:{half}%"
    total = max(1, trial.own_wins + trial.own_ties + trial.own_losses)
    kinds = (("win", trial.own_wins, "for it"), ("tie", trial.own_ties, "ties"), ("loss", trial.own_losses, "against it"))
    counted = "".join(
        f'<span class="{kind}" style="flex-grow:{count / total:.4f}">{count} {word}</span>'
        for kind, count, word in kinds
        if count
    )
    return (
        f'<div class="trial"><p class="round"><strong>{html.escape(version_name(trial.version).capitalize())}</strong> is '
        f"{html.escape(trial.words)}. Blind votes in Compare decide: it is proven, or taken back by itself.</p>"
        + (f'<div class="tally" role="img" aria-label="{trial.own_wins} votes for it, {trial.own_ties} ties, '
           f'{trial.own_losses} against it">{counted}</div>' if counted else "")
        + f'<div class="evidence"><span>taken back</span><div class="scale" role="progressbar" aria-label="evidence {leads}" '
        f'aria-valuenow="{done}" aria-valuemin="0" aria-valuemax="100"><div class="{"loss" if against else "win"}" '
        f'style="{side}"></div></div><span>proven</span></div>'
        f'<p class="quiet">Evidence for it {trial.better:.2g}, against it {trial.worse:.2g}; 20 decides.</p></div>'
    )  # fmt: skip


def report_page(version: AdapterVersion, lineage: Sequence[int], checks: Sequence[Check] = ()) -> str:
    """A version's report: what it is, its round's figures, and every figure the gate looked at beside its limit."""
    name = html.escape(version_name(version.version).capitalize())
    if version.version == 0:
        return f'<p class="reason"><strong>{name}</strong>: the model as it came, without an adapter. Always there.</p>'
    steps = " ← ".join(version_name(number) for number in [*lineage, 0])
    first = f'<p class="reason"><strong>{name}</strong> ({version.state}). {html.escape(version.why)}</p>'
    first += f'<p class="quiet">{steps}</p>'
    report = version.report
    if report is None:
        return first + "<p>It has no report.</p>"
    dropped = ", ".join(f"{count} {reason}" for reason, count in report.dropped.items()) or "none"
    rows = [
        ("Made by", f"{report.algorithm.upper()}, {report.steps} steps on {report.used} examples (dropped: {dropped})"),
        ("Loss", f"{report.loss_first:.3f} → {report.loss_last:.3f}"),
        ("Held-out accuracy", heldout(report)),
        ("Distance from the base", f"{report.kl:.3f} nats a token"),
        ("Cost", f"{report.seconds:.0f} s, {report.peak_mb:.0f} MB at most"),
    ]
    return first + f'<div class="report">{table((), rows)}{gate_table(checks)}</div>'


def gate_table(checks: Sequence[Check]) -> str:
    """What broke its limit comes first; then what was measured, then the rest."""
    rank = sorted(checks, key=lambda check: (check.holds, check.value is None))
    rows = [(check.title, check.shown(), check.allowed(), held(check)) for check in rank]
    return table(("The gate looked at", "Value (95 % interval)", "Limit", "Verdict"), rows)


def held(check: Check) -> str:
    """The verdict on one figure. One without a limit is there to be read."""
    if check.why:
        return f"refused: {check.why}"
    return "–" if check.value is None or check.limit is None else "holds"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Plain; the first cell of a row is its name. Text is escaped."""
    if not rows:
        return ""
    heads = "".join(f'<th scope="col">{html.escape(name)}</th>' for name in head)
    lines = "".join(
        f'<tr><th scope="row">{html.escape(row[0])}</th>' + "".join(f"<td>{html.escape(cell)}</td>" for cell in row[1:]) + "</tr>"
        for row in rows
    )
    return f'<table class="figures">{f"<thead><tr>{heads}</tr></thead>" if head else ""}<tbody>{lines}</tbody></table>'


def ranking_table(found: Ranking) -> str:
    """Strongest first, each with its interval drawn twice: as the votes say, and between replies of equal length."""
    words = f'<p class="reason">{html.escape(ranking_words(found))}</p>'
    if not found.games:
        return words
    level = {each.version: each for each in found.level.standings}
    anchor = found.raw.anchor
    body = "".join(
        f'<tr><th scope="row">{version_name(each.version)}</th><td>{each.games}</td><td>{each.wins:g}</td>'
        f"<td>{preferred(each) if each.linked and each.version != anchor else '–'}</td>"
        f"<td>{preferred(level[each.version]) if each.linked and each.version != anchor else '–'}</td>"
        f"<td>{interval(each, level[each.version], anchor)}</td><td>{html.escape(standing_words(each, anchor))}</td></tr>"
        for each in found.raw.standings
    )
    heads = ("Version", "Votes", "Won", f"Preferred to {version_name(anchor)} (95 %)", "At equal length", "0 · 50 · 100 %", "")
    head = "".join(f'<th scope="col">{name}</th>' for name in heads)
    key = '<p class="quiet"><span class="mark raw"></span> as the votes say <span class="mark level"></span> at equal length</p>'
    return f'{words}<table class="ranking"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{key}'


def interval(raw: Standing, level: Standing, anchor: int) -> str:
    """Two bars from 0 to 100 %, the dot at the estimate; a line at one half."""
    grid = "".join(f'<line class="grid" x1="{x}" x2="{x}" y1="0" y2="34"/>' for x in (5, 105, 205))
    if raw.version == anchor or not raw.linked:
        dot = '<circle class="raw" cx="105" cy="17" r="4"/>' if raw.version == anchor else ""
        return f'<svg class="interval" width="210" height="34" aria-hidden="true">{grid}{dot}</svg>'
    bars = "".join(
        f'<line class="{kind}" x1="{5 + 200 * low:.1f}" x2="{5 + 200 * high:.1f}" y1="{y}" y2="{y}"/>'
        f'<circle class="{kind}" cx="{5 + 200 * middle:.1f}" cy="{y}" r="4"/>'
        for kind, y, (middle, low, high) in (("raw", 11, raw.preferred), ("level", 23, level.preferred))
    )
    return f'<svg class="interval" width="210" height="34" aria-hidden="true">{grid}{bars}</svg>'


def damaged_note(damaged: Sequence[tuple[str, str]]) -> str:
    if not damaged:
        return ""
    return "**Damaged folders, not used:**\n" + "\n".join(f"- `{folder}`: {reason}" for folder, reason in damaged)
