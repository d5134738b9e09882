"""The verbs that train while someone waits: one round on the feedback there is, or on that of a simulated rater."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import Annotated, Literal

import typer

from lab.compose import quiet_libraries
from lab.console import emit, say
from lab.errors import TrainingError
from lab.flags import HOME, DeviceFlag, HomeFlag, ModelFlag, QuantizeFlag, opened
from lab.insight.tastes import TASTES


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


def known_taste(name: str) -> str:
    if name not in TASTES:
        raise typer.BadParameter(f"there is no taste {name!r}; choose one of {', '.join(TASTES)}")
    return name


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
        signal.signal(signal.SIGTERM, signal.default_int_handler)  # ends it the way Ctrl-C does
        result = rehearsal.rehearse(lab.settings, lab.store, lab.versions, script)
    emit(result)
    if result["refused"]:
        raise TrainingError(f"the gate refused version {result['gate'][-1]['version']}: {result['refused']}")
