"""The verbs that measure: what a version says and prefers, whether a lab is well, and the benchmarks of this source."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from lab.compose import quiet_libraries
from lab.console import Bar, emit, say
from lab.errors import LabError, StoreError, VersionError
from lab.flags import HOME, DeviceFlag, HomeFlag, ModelFlag, QuantizeFlag, VersionFlag, configure, opened


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


def bench(
    context: typer.Context,
    name: Annotated[
        str, typer.Argument(help="dpo, kto, reward, ppo, starter, gate or ui; `bench dpo --help` and so on list flags.")],
) -> None:  # fmt: skip
    """Measure training beside TRL (dpo, kto, reward, ppo), a model (starter), the gate, or the page (ui). Last line: figures."""
    folder = Path(__file__).resolve().parents[2] / "benchmarks"
    if not folder.is_dir():
        raise LabError(f"bench needs the source checkout: there is no {folder}; clone the repository and run it there")
    os.chdir(folder.parent)
    module, given = (name, []) if name in ("starter", "ppo", "gate", "ui") else ("training", [name])
    os.execv(sys.executable, [sys.executable, "-m", f"benchmarks.{module}", *given, *context.args])
