"""The verbs. Words for people go to stderr, results to stdout.

Every verb ends with 0, with 1 and one line that says what is wrong and what to do, or with 2 for a wrong command line.
Whatever is heavy is imported inside the verb that needs it, so that `--help` answers at once.
"""

from __future__ import annotations

import os
import signal
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Literal, NoReturn

import typer

from lab.compose import quiet_libraries, running
from lab.console import Bar, emit, say, table
from lab.errors import BusyError, LabError, ModelError, StoreError, TrainingError, VersionError
from lab.flags import (
    HOME,
    DeviceFlag,
    HomeFlag,
    ModelFlag,
    QuantizeFlag,
    VersionArgument,
    VersionFlag,
    configure,
    feedback_of,
    opened,
)
from lab.insight.tastes import TASTES

REFUSALS_SHOWN = 50

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False, rich_markup_mode=None,
                  help="Hone: a chat lab in which a local model learns from you. Without a verb: chat. "
                       "`python3 launch.py test` runs every test.")  # fmt: skip


@app.command()
def chat(
    home: HomeFlag = HOME, model: ModelFlag = None, quantize: QuantizeFlag = None, device: DeviceFlag = None,
    host: Annotated[str, typer.Option(help="Address to listen on; any but a local one needs --auth.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535)] = 7860,
    auth: Annotated[str | None, typer.Option(help="NAME:PASSWORD that opens the page.")] = None,
    trainer: Annotated[bool, typer.Option(help="Start a trainer beside the chat.")] = True,
    browser: Annotated[bool, typer.Option(help="Open the page in the browser.")] = True,
    note: Annotated[str, typer.Option(hidden=True, help="What the page says of the switch that started this lab.")] = "",
    back: Annotated[str | None, typer.Option(hidden=True, help="QUANTIZE:MODEL to go back to if this one fails.")] = None,
) -> None:  # fmt: skip
    """Chat in the browser, and learn from it in the background."""
    from lab.ui.security import login, require_free
    from lab.ui.switch import Switcher

    login(host, auth)  # both before the model is loaded: a mistake should show at once
    require_free(host, port)
    settings = configure(home, model, quantize, device)
    switcher = Switcher(settings.device, note)

    def again(model: str, quantize: str, words: str, before: str | None) -> NoReturn:
        """This process becomes a chat with another model, in the same home and at the same place."""
        say(words)
        flags = ["--home", str(settings.home), "--device", settings.device, "--host", host, "--port", str(port), "--no-browser"]
        flags += ["--model", model, "--quantize", quantize, "--note", words]
        flags += ["--trainer" if trainer else "--no-trainer", *(["--auth", auth] if auth else [])]
        flags += ["--back", before] if before else []
        os.execv(sys.executable, [sys.executable, "-m", "lab.cli", "chat", *flags])

    try:
        with running(settings, trainer, say, switcher) as lab:
            signal.signal(signal.SIGTERM, interrupt)
            from lab.ui.app import serve

            serve(lab, host, port, auth, browser, lambda address: say(f"the lab answers on {address} (Ctrl-C ends it)"))
    except ModelError as error:
        if back is None:
            raise
        old = back.partition(":")
        again(old[2], old[0], f"{settings.model} could not be started, so {old[2]} goes on: {error}", None)
    if (choice := switcher.chosen()) is not None:
        here = f"{settings.quantize}:{settings.model}"
        words = f"The lab speaks with {choice.model} ({choice.quantize}) now; {settings.model}'s versions are kept."
        again(choice.model, choice.quantize, words, here)


@app.command()
def trainer(
    home: HomeFlag = HOME, model: ModelFlag = None, quantize: QuantizeFlag = None, device: DeviceFlag = None,
    parent_pid: Annotated[int | None, typer.Option(help="End when this process is gone.", hidden=True)] = None,
) -> None:  # fmt: skip
    """The trainer alone: trains what the chat plans, until it is stopped."""
    with opened(home, model, quantize, device) as lab:
        quiet_libraries()
        from lab.train.serve import serve

        serve(lab.store, lab.versions, lab.settings, parent_pid)


@app.command(name="import")
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


@app.command()
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


@app.command()
def train(
    home: HomeFlag = HOME, model: ModelFlag = None, quantize: QuantizeFlag = None, device: DeviceFlag = None,
    algorithm: Annotated[
        Literal["auto", "sft", "reward", "dpo", "ipo", "kto", "ppo", "rloo"],
        typer.Option(help="auto goes by the feedback there is; reward makes a reward model, which ppo and rloo learn from."),
    ] = "auto",
    publish: Annotated[Literal["auto", "always", "never"], typer.Option(
        help="Whether the new version goes live: as the gate says, whatever its statistics, or not at all.")] = "auto",
) -> None:  # fmt: skip
    """One round in the foreground. The last line on stdout is its report."""
    with opened(home, model, quantize, device) as lab:
        quiet_libraries()
        from lab.foreground import run_round
        from lab.loop.publish import publish as put

        made = run_round(lab.settings, lab.store, lab.versions, None if algorithm == "auto" else algorithm, publish)
        if made.algorithm == "reward":
            say(f"reward model {made.version}: {made.why}")
            emit(made.report)
            return
        result = put(lab.versions, made, publish, lab.settings.gate, lab.settings.trial)
        say(f"version {result.version}: {result.state}")
        emit(result.report)
        if result.state == "refused":
            raise TrainingError(f"the gate refused version {result.version}: {result.why}")


@app.command()
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


@app.command()
def activate(version: VersionArgument, home: HomeFlag = HOME, model: ModelFlag = None, quantize: QuantizeFlag = None,
             device: DeviceFlag = None) -> None:  # fmt: skip
    """Make a version the live one. It counts as proven; a trial ends."""
    with opened(home, model, quantize, device) as lab:
        lab.versions.activate(version, "activated by hand")
        say(f"version {version} is live; a running chat takes it up at once")


@app.command()
def rollback(home: HomeFlag = HOME, model: ModelFlag = None, quantize: QuantizeFlag = None, device: DeviceFlag = None) -> None:
    """Go back to the proven version that was live before. A trial ends."""
    with opened(home, model, quantize, device) as lab:
        back = lab.versions.rollback()
        say(f"version {back.version} is live again; a running chat takes it up at once")


@app.command()
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


@app.command()
def delete(version: VersionArgument, home: HomeFlag = HOME, model: ModelFlag = None, quantize: QuantizeFlag = None,
           device: DeviceFlag = None) -> None:  # fmt: skip
    """Delete a version that is not live, for good."""
    with opened(home, model, quantize, device) as lab:
        lab.versions.delete(version)
        say(f"version {version} is deleted")


@app.command()
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


@app.command()
def generate(
    prompts: Annotated[Path, typer.Option(help='jsonl of {"prompt": text or messages}.')],
    home: HomeFlag = HOME, model: ModelFlag = None, quantize: QuantizeFlag = None, device: DeviceFlag = None,
    version: VersionFlag = None, samples: Annotated[int, typer.Option(min=1, help="Replies a prompt.")] = 1,
    seed: Annotated[int, typer.Option(min=0)] = 1,
    max_new_tokens: Annotated[int | None, typer.Option(min=1, help="Longest reply.", show_default="lab.toml's")] = None,
    greedy: Annotated[bool, typer.Option("--greedy", help="Always the likeliest token.")] = False,
) -> None:  # fmt: skip
    """Replies to prompts from a file, as JSON lines: {"prompt", "replies", "version"}."""
    from lab.feedback.exchange import read_prompts

    asked = read_prompts(prompts)
    with opened(home, model, quantize, device) as lab:
        chosen = lab.versions.get(lab.versions.live() if version is None else version, verify=True)
        changes = {"max_new_tokens": max_new_tokens, "temperature": 0.0 if greedy else None}
        sampling = lab.settings.sampling.model_copy(update={name: value for name, value in changes.items() if value is not None})
        quiet_libraries()
        from lab.foreground import draw_replies

        with Bar("drawing replies") as bar:
            answered = draw_replies(lab.settings, chosen, asked, sampling.record(), samples, seed)
            for done, (prompt, replies) in enumerate(answered, 1):
                emit({"prompt": prompt, "replies": replies, "version": chosen.version})
                bar.show(done, len(asked))


@app.command()
def score(
    pairs: Annotated[Path, typer.Argument(help="jsonl or jsonl.gz of pairs.")],
    home: HomeFlag = HOME, model: ModelFlag = None, quantize: QuantizeFlag = None, device: DeviceFlag = None,
    version: VersionFlag = None,
    by: Annotated[
        Literal["policy", "reward"],
        typer.Option(help="policy: sum over a reply of log pi_version - log pi_base. reward: the reward model."),
    ] = "policy",
    criterion: Annotated[Literal["overall", "helpful", "safe"] | None, typer.Option(
        help="Only pairs of this criterion, by its head of the reward model.")] = None,
) -> None:  # fmt: skip
    """How often a version, or a reward model, prefers what people chose. The last line on stdout has the figures."""
    from lab.feedback.exchange import read_pairs
    from lab.insight.accuracy import accuracy, longer_wins

    given = [pair for pair in read_pairs(pairs) if criterion in (None, pair.criterion)]
    if not given:
        raise StoreError(f"{pairs} has no pairs" + (f" of criterion {criterion}" if criterion else "") + "; give at least one")
    with opened(home, model, quantize, device) as lab:
        line = lab.versions.rewards() if by == "reward" else lab.versions
        chosen = line.get(line.live() if version is None else version, verify=True)
        if by == "reward" and chosen.folder is None:
            raise VersionError("there is no reward model yet; `train --algorithm reward` makes one from at least 32 opinions")
        quiet_libraries()
        from lab.foreground import score_pairs

        head = (criterion or "overall") if by == "reward" else None
        with Bar(f"scoring by {'reward model' if head else 'version'} {chosen.version}") as bar:
            scores = score_pairs(lab.settings, chosen, given, lambda done: bar.show(done, len(given)), head)
    found = accuracy(scores)
    who = f"{'reward model' if head else 'version'} {chosen.version}"
    say(f"{who} prefers the chosen reply in {found.accuracy:.1%} of {found.n} pairs ({by})")
    emit({"accuracy": found.accuracy, "ci95": found.ci95, "n": found.n, "longer_wins": longer_wins(given)})


def known_taste(name: str) -> str:
    if name not in TASTES:
        raise typer.BadParameter(f"there is no taste {name!r}; choose one of {', '.join(TASTES)}")
    return name


@app.command()
def rehearse(
    taste: Annotated[str, typer.Option(
        parser=known_taste, metavar="NAME", help=f"What the rater goes by, and never says: {', '.join(TASTES)}.")],
    votes: Annotated[int, typer.Option(min=1, help="Votes that count; with kto, thumbs.")],
    home: Annotated[Path | None, typer.Option(
        help="An empty folder, or one with a lab.toml.", show_default="a temporary one, removed at the end")] = None,
    model: ModelFlag = None, quantize: QuantizeFlag = None, device: DeviceFlag = None,
    algorithm: Annotated[Literal["auto", "dpo", "kto", "ipo", "ppo", "rloo"], typer.Option(
        help="auto goes by the feedback there is; kto learns from thumbs, the others from votes.")] = "auto",
    noise: Annotated[float, typer.Option(min=0, max=1, help="Probability that an opinion comes out as the opposite.")] = 0.0,
    seed: Annotated[int, typer.Option(min=0, help="Of prompts, replies, errors and training.")] = 1,
    task: Annotated[Literal["chat", "summarize"], typer.Option(help="What the prompts ask for.")] = "chat",
    rounds: Annotated[int, typer.Option(min=1, help="Rounds, each after its part of the votes.")] = 1,
    safety: Annotated[bool, typer.Option(
        "--safety", help="Vote on safety beside the taste: refusing harm, answering benign look-alikes.")] = False,
) -> None:  # fmt: skip
    """Let a simulated rater with a hidden taste vote, train, and measure the taste. The last line on stdout has the figures."""
    from lab.registry.lock import HomeLock

    quiet_libraries()
    from lab import rehearse as rehearsal

    script = rehearsal.Script(taste, votes, None if algorithm == "auto" else algorithm, noise, seed, task, rounds, safety)
    with rehearsal.stage(home) as folder, HomeLock(folder), opened(folder, model, quantize, device) as lab:
        signal.signal(signal.SIGTERM, interrupt)
        result = rehearsal.rehearse(lab.settings, lab.store, lab.versions, script)
    emit(result)
    if result["refused"]:
        raise TrainingError(f"the gate refused version {result['gate'][-1]['version']}: {result['refused']}")


@app.command()
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


@app.command()
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


@app.command()
def doctor(home: HomeFlag = HOME, model: ModelFlag = None, quantize: QuantizeFlag = None, device: DeviceFlag = None) -> None:
    """Look whether everything a lab stands on is well. The last line on stdout lists it."""
    from lab.doctor import examine

    settings = configure(home, model, quantize, device)
    quiet_libraries()
    found = []
    for finding in examine(settings):
        say(f"{'well  ' if finding.well else 'BROKEN'}  {finding.name:10} {finding.words}")
        found.append(finding)
    emit({"well": all(finding.well for finding in found), "findings": found})
    broken = [finding for finding in found if not finding.well]
    if broken:
        raise LabError(f"{len(broken)} of {len(found)} are broken: {', '.join(finding.name for finding in broken)}; see above")


@app.command(context_settings={"ignore_unknown_options": True, "allow_extra_args": True, "help_option_names": []})
def bench(
    context: typer.Context,
    name: Annotated[
        str, typer.Argument(help="dpo, kto, reward, ppo, starter, gate or ui; `bench dpo --help` and so on list flags.")],
) -> None:  # fmt: skip
    """Measure training beside TRL (dpo, kto, reward, ppo), a model (starter), the gate, or the page (ui). Last line: figures."""
    folder = Path(__file__).resolve().parents[1] / "benchmarks"
    if not folder.is_dir():
        raise LabError(f"bench needs the source checkout: there is no {folder}; clone the repository and run it there")
    os.chdir(folder.parent)
    module, given = (name, []) if name in ("starter", "ppo", "gate", "ui") else ("training", [name])
    os.execv(sys.executable, [sys.executable, "-m", f"benchmarks.{module}", *given, *context.args])


def interrupt(*signal_and_frame: object) -> NoReturn:
    """SIGTERM ends a chat the way Ctrl-C does, so that its trainer ends with it."""
    raise KeyboardInterrupt


def main() -> None:
    """Runs the command line; whatever a user can mend becomes one line and exit code 1."""
    arguments = sys.argv[1:]
    if not arguments or (arguments[0].startswith("-") and arguments[0] != "--help"):
        arguments = ["chat", *arguments]
    try:
        app(args=arguments, prog_name="launch.py")
    except LabError as error:
        say("error: " + " ".join(str(error).split()))
        sys.exit(1)
    except OSError as error:
        if error.filename is None:
            raise
        say(f"error: {error.strerror}: {error.filename}")
        sys.exit(1)


if __name__ == "__main__":
    main()
