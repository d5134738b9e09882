"""The verbs for what people said: take it in, write it out, delete it with what learned from it, look what is odd about it.

Only the round after a forgetting loads a model.
"""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Literal

import typer

from lab.compose import quiet_libraries
from lab.console import emit, say, table
from lab.errors import BusyError, LabError, StoreError, TrainingError
from lab.flags import HOME, DeviceFlag, HomeFlag, ModelFlag, QuantizeFlag, configure, feedback_of, opened

REFUSALS_SHOWN = 50


def import_(file: Annotated[Path, typer.Argument(help="jsonl, jsonl.gz, csv or parquet; or hub:OWNER/NAME[:SPLIT].")],
            home: HomeFlag = HOME, model: ModelFlag = None, quantize: QuantizeFlag = None,
            device: DeviceFlag = None) -> None:  # fmt: skip
    """Take in votes, pairs, thumbs, corrections or chats; wrong rows are refused with their line and the reason."""
    from lab.feedback.exchange import import_file

    settings = configure(home, model, quantize, device)
    with feedback_of(home) as store:
        result = import_file(store, file, settings.rater)
    for line, reason in result.refused[:REFUSALS_SHOWN]:
        say(f"line {line}: {reason}")
    if len(result.refused) > REFUSALS_SHOWN:
        say(f"and {len(result.refused) - REFUSALS_SHOWN} more")
    emit(result.counts | {"refused": len(result.refused)})
    if not any(result.counts.values()):
        raise StoreError(f"nothing was taken from {file}: " + ("every row was refused" if result.refused else "it has no rows"))


def export(file: Annotated[Path, typer.Argument(help="The jsonl to write.")],
           kind: Annotated[Literal["pairs", "votes", "thumbs", "corrections", "chats"],
                           typer.Option("--as", help="Shape of the rows.")],
           home: HomeFlag = HOME, model: ModelFlag = None, quantize: QuantizeFlag = None, device: DeviceFlag = None,
           ) -> None:  # fmt: skip
    """Write the feedback as rows that can be imported again."""
    from lab.feedback.exchange import export_file

    configure(home, model, quantize, device)
    if not file.absolute().parent.is_dir():
        raise StoreError(f"no folder {file.absolute().parent}; make it first")
    with feedback_of(home) as store:
        emit({"file": str(file), "as": kind, "rows": export_file(store, file, kind)})


def forget(
    name: Annotated[str, typer.Argument(metavar="CONVERSATION|RATER", help="A conversation's id, or a rater's name.")],
    home: HomeFlag = HOME, model: ModelFlag = None, quantize: QuantizeFlag = None, device: DeviceFlag = None,
    retrain: Annotated[bool, typer.Option(help="Train again on the rest, if the live version had to go.")] = True,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask first.")] = False,
) -> None:  # fmt: skip
    """Delete a conversation, or all a rater said, and every version that learned from it. The last line on stdout lists them.

    What was saved of those versions in the home goes too; copies elsewhere, and files of exported feedback, stay.
    """
    from lab.loop import forget as forgetting

    with opened(home, model, quantize, device) as lab:
        left = None if forgetting.busy(lab.store) else forgetting.finish(lab.store, lab.settings.adapters)
        if left is not None:
            say("what an earlier call had not come to the end of is forgotten now")
        try:
            what = forgetting.look(lab.store, name)
        except LabError:
            if left is None:
                raise
            emit(left)  # it was this one
            return
        foreseen = forgetting.foresee(lab.store, lab.settings.adapters, what)
        versions = [f"version {number}" for numbers in foreseen.versions.values() for number in numbers]
        also = f", and what learned from them: {', '.join(versions)}" if versions else "; no version learned from them"
        say(f"{name}: {what.turns} turns and {len(what.opinions) - what.turns} opinions{also}")
        for line in forgetting.words_of_copies(foreseen):
            say(line)
        if not yes and not (sys.stdin.isatty() and typer.confirm("Delete for good?", err=True)):
            raise LabError("nothing was deleted; answer y, or give --yes")
        found = forgetting.forget(lab.store, lab.settings.adapters, what)
        for base, numbers in found.versions.items():
            spoken = f"; version {found.live[base]} is live" if base in found.live else ""
            say(f"{base}: deleted version {', '.join(map(str, numbers))}{spoken}")
        for folder in found.exports:
            say(f"deleted {folder}")
        emit(found)
        if retrain and lab.versions.base in found.live:
            quiet_libraries()
            from lab.foreground import run_round
            from lab.loop.jobs import relearn
            from lab.loop.publish import publish

            try:
                made = run_round(lab.settings, lab.store, lab.versions, None, "auto")
            except BusyError:  # the trainer of a lab that chats
                queued = relearn(lab.store, lab.versions, lab.settings) is not None
                say(f"{'a round on what is left is queued' if queued else 'nothing is left'} for the trainer that is at work")
                return
            except TrainingError as error:
                say(f"no new version yet: {error}")
                return
            result = publish(lab.versions, made, "auto", lab.settings.gate, lab.settings.trial)
            say(f"version {result.version}: {result.state}")


def audit(
    home: HomeFlag = HOME, model: ModelFlag = None, quantize: QuantizeFlag = None, device: DeviceFlag = None,
    use: Annotated[list[str] | None, typer.Option(
        metavar="NAME", help="Let training act on a finding: side, length, haste, steadiness, agreement or drift.")] = None,
    ignore: Annotated[list[str] | None, typer.Option(metavar="NAME", help="Let it act on it no more.")] = None,
    reset: Annotated[bool, typer.Option("--reset", help="All switches as lab.toml has them.")] = False,
) -> None:  # fmt: skip
    """What is odd about the votes: sides, lengths, haste, second thoughts, raters, drift. The last line on stdout lists it."""
    from lab.insight import audit as looked
    from lab.insight.care import RULES
    from lab.loop import care

    settings = configure(home, model, quantize, device)
    with feedback_of(home) as store:
        if reset:
            care.reset(store)
        for names, on in ((use or [], True), (ignore or [], False)):
            for name in names:
                care.switch(store, name, on)
        asked, thumbs, switches = care.asked_of(store), store.thumbs(), care.switches(store, settings)
    found = looked.audit(asked.votes, asked.every, thumbs, asked.replies)
    rows = []
    for each in found:
        share = "" if each.share is None or each.ci95 is None else f"{each.share:.0%} ({each.ci95[0]:.0%} to {each.ci95[1]:.0%})"
        rows.append((each.title, share, str(each.n), each.expected))
    table(("", "share", "of", "expected"), rows)
    told = []
    for each in found:
        say(f"{each.title}: {each.words} {each.remedy}".strip())
        figures = asdict(each)
        if each.name in RULES:
            would = RULES[each.name](asked)
            used = "training uses it" if switches[each.name] else f"`audit --use {each.name}` would"
            say(f"    {used}: {would.words}")
            figures |= {"used": switches[each.name], "left_out": len(would.left_out), "weighed_less": len(would.weights)}
        told.append(figures)
    emit(told)
