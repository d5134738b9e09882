"""The verbs for what was learned: which versions there are, which one is live, where it comes from, and copies to take away.

Only a merged copy loads a model: a rollback takes no longer than it must.
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Literal

import typer

from lab.compose import quiet_libraries
from lab.console import emit, say, table
from lab.errors import StoreError
from lab.flags import HOME, DeviceFlag, HomeFlag, ModelFlag, QuantizeFlag, VersionArgument, opened


def versions(
    home: HomeFlag = HOME, model: ModelFlag = None, quantize: QuantizeFlag = None, device: DeviceFlag = None,
    as_json: Annotated[bool, typer.Option("--json", help="A JSON list on stdout.")] = False,
) -> None:  # fmt: skip
    """What there is of this model; version 0 is the base."""
    with opened(home, model, quantize, device) as lab:
        known = lab.versions.all()
        for folder, why in lab.versions.damaged():
            say(f"damaged: {folder}: {why}")
    if as_json:
        columns = ("version", "parent", "state", "base", "algorithm", "created", "report")
        emit([{name: getattr(version, name) for name in columns} for version in known])
        return
    rows = []
    for version in known:
        report = version.report
        held = "" if report is None or report.heldout_after is None else f"{report.heldout_after:.0%} of {report.heldout_n}"
        parent = "" if version.parent is None else str(version.parent)
        rows.append((str(version.version), parent, version.state, version.algorithm, held, version.why))
    table(("version", "parent", "state", "algorithm", "held-out", "why"), rows)


def activate(version: VersionArgument, home: HomeFlag = HOME, model: ModelFlag = None, quantize: QuantizeFlag = None,
             device: DeviceFlag = None) -> None:  # fmt: skip
    """Make a version the live one. It counts as proven; a trial ends."""
    with opened(home, model, quantize, device) as lab:
        lab.versions.activate(version, "activated by hand")
        say(f"version {version} is live; a running chat takes it up at once")


def rollback(home: HomeFlag = HOME, model: ModelFlag = None, quantize: QuantizeFlag = None, device: DeviceFlag = None) -> None:
    """Go back to the proven version that was live before. A trial ends."""
    with opened(home, model, quantize, device) as lab:
        back = lab.versions.rollback()
        say(f"version {back.version} is live again; a running chat takes it up at once")


def lineage(
    what: Annotated[str, typer.Argument(
        metavar="VERSION|REPLY|OPINION", help="A version's number, or the id of a reply or an opinion.")],
    home: HomeFlag = HOME, model: ModelFlag = None, quantize: QuantizeFlag = None, device: DeviceFlag = None,
) -> None:  # fmt: skip
    """What a version or a reply learned from, back to the base; or which versions an opinion reached. Last line: JSON."""
    from lab.loop import lineage as lines

    with opened(home, model, quantize, device) as lab:
        if what in lines.opinions_of(lab.store):
            found = lines.reached(lab.store, lab.versions, what)
            say(f"versions that learned from it: {', '.join(map(str, found)) or 'none yet'}")
            emit({"opinion": what, "versions": found})
            return
        if what.isdecimal() and len(what) < 10:
            steps = lines.of_version(lab.store, lab.versions, int(what))
        else:
            steps = lines.of_reply(lab.store, lab.versions, what)
        for line in lines.words_of(steps):
            say(line)
        emit({"version": steps[0].version if steps else 0, "lineage": steps})


def delete(version: VersionArgument, home: HomeFlag = HOME, model: ModelFlag = None, quantize: QuantizeFlag = None,
           device: DeviceFlag = None) -> None:  # fmt: skip
    """Delete a version that is not live, for good."""
    with opened(home, model, quantize, device) as lab:
        lab.versions.delete(version)
        say(f"version {version} is deleted")


def save(version: VersionArgument, folder: Annotated[Path, typer.Argument(help="The folder to write.")],
         kind: Annotated[Literal["peft", "merged"], typer.Option(
             "--as", help="peft: an adapter that PEFT loads; merged: a whole model, for transformers or a GGUF converter.",
         )] = "peft",
         home: HomeFlag = HOME, model: ModelFlag = None, quantize: QuantizeFlag = None, device: DeviceFlag = None,
         ) -> None:  # fmt: skip
    """Copy a version out of the lab. The last line on stdout says what was written."""
    if folder.is_file():
        raise StoreError(f"{folder} is a file; give a folder")
    with opened(home, model, quantize, device) as lab:
        done = {"version": version, "folder": str(folder), "as": kind}
        if kind == "peft":
            lab.versions.save(version, folder)
        else:
            made = lab.versions.get(version, verify=True)
            quiet_libraries()
            from lab.model.export import export_merged

            found = export_merged(
                lab.settings.model, made.folder, folder, say, lambda written: lab.versions.sign(version, written)
            )
            done |= asdict(found)
            say(f"the export agrees with the adapter in {found.agreement:.1%} of {found.tokens} tokens")
        say(f"version {version} is in {folder} ({kind})")
        emit(done)
