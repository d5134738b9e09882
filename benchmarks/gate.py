"""How often the trial errs, and how soon it decides: python -m benchmarks.gate [--rounds N] [--budget N] [--real N] [--seed N]

Two parts, one JSON document on the last line of stdout, a table on stderr.

- Simulated: `rounds` candidates of each kind. First the gate (lab/loop/gate.py) judges a report with HELD_OUT opinions, then
  up to `budget` blind votes against the version before it go through the very function that decides in the chat
  (lab/loop/trial.py). 30 % of opinions and votes are ties. A *null* candidate wins half of the decisive ones, a *harmful* one
  35 %, a *good* one 65 %. An undecided trial ends with the budget: nothing was done. The trial's shares are of all candidates,
  whether the gate refused them or not, so that neither flatters the other; `refused` is the gate's part.
- Lines: a trial that goes on from BEFORE versions, of which each had VOTES before the next took its place, all of them equal to
  the opponent or good; then the newest one, with up to `budget` votes of its own. Lines that were decided earlier do not count.
- Real: a round is trained on the votes of a simulated rater with a checkable taste (see lab/rehearse.py), whose labels are
  true, shuffled (each the opposite by a coin) or flipped; the gate judges it, and what passes stands trial before the same rater
  without errors, with the base as its opponent. What should happen: true is confirmed, flipped refused or rolled back, and
  shuffled not confirmed.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace

from benchmarks.training import ended, hardware
from lab import rehearse
from lab.chat.engine import Engine
from lab.chat.session import Session
from lab.console import Bar, table
from lab.flags import opened
from lab.insight.accuracy import wilson
from lab.insight.rater import Rater
from lab.insight.sequential import Decision
from lab.insight.tastes import TASTES
from lab.loop.gate import decide
from lab.loop.trial import settle, stand
from lab.model.base import load_base
from lab.records import Report
from lab.registry.states import OnTrial
from lab.settings import GateSettings

KINDS = {"null": 0.5, "harmful": 0.35, "good": 0.65}
LINES = {
    "null after null": (0.5, 0.5), "null after good": (0.65, 0.5), "harmful after null": (0.5, 0.35),
    "harmful after good": (0.65, 0.35), "good after null": (0.5, 0.65), "good after good": (0.65, 0.65),
}  # fmt: skip
BEFORE, VOTES = 4, 20  # versions before the newest of a line, and the votes that each had: about what starts a round
HELD_OUT = 30  # opinions kept for testing, of a person who gave 150
NEVER = 10**9
TIES = 0.3
SOUND = Report("dpo", None, 0, 60, 64, {}, 0.69, 0.5, None, None, 0, 0.1, {}, 60.0, 0.0)  # and nothing else to say of it
LABELS = {"true": 0.0, "shuffled": 0.5, "flipped": 1.0}  # how often the rater of the training votes errs


def votes(win: float, budget: int, draw: random.Random) -> Iterator[bool]:
    """The decisive ones among `budget` votes."""
    for _ in range(budget):
        if draw.random() >= TIES:
            yield draw.random() < win


def tried(on: OnTrial, before: list[tuple[int, float]], wins: Iterator[bool]) -> tuple[Decision, int]:
    """How the trial ends, and how many decisive votes the version on trial had by then; looked at after each of them.

    Each of the two tests says when it decided and stands still from then on, so that looking once at the end tells the same.
    """
    given = [(on.version, float(won)) for won in wins]
    found = stand(on, [*before, *given])
    own = found.own.votes if found.own.decision != "open" else NEVER
    line = max(0, found.line.votes - len(before)) if found.line.decision == "worse" else NEVER
    if min(own, line) == NEVER:
        return "open", len(given)
    return (found.own.decision if own <= line else "worse"), min(own, line)


def judged(win: float, draw: random.Random) -> str:
    """The gate's verdict on a candidate whose replies are sound, by held-out opinions alone."""
    decisive = list(votes(win, HELD_OUT, draw))
    wins, count = float(sum(decisive)), float(len(decisive))
    seen = {"heldout_wins": wins, "heldout_losses": count - wins, "heldout_ties": HELD_OUT - count}
    return decide(replace(SOUND, canaries=seen), GateSettings())[0]


def simulated(rounds: int, budget: int, seed: int) -> dict:
    """Shares of trials by kind and decision, and the votes (ties among them) that decisions took."""
    found: dict = {}
    for kind, win in KINDS.items():
        draw, gate = random.Random(f"{seed}/{kind}"), random.Random(f"{seed}/{kind}/gate")
        ended = [tried(OnTrial(1, 0, 0.0), [], votes(win, budget, draw)) for _ in progress(f"{kind} candidates", rounds)]
        found |= shares(kind, ended)
        refused = sum(judged(win, gate) == "refused" for _ in range(rounds))
        found |= {f"{kind}_refused": refused / rounds, f"{kind}_refused_ci95": wilson(refused, rounds)}
    return found


def lines(rounds: int, budget: int, seed: int) -> dict:
    """The same of the newest version of a line."""
    found: dict = {}
    for kind, (earlier, win) in LINES.items():
        draw, ended = random.Random(f"{seed}/{kind}"), []
        for _ in progress(kind, rounds):
            before: list[tuple[int, float]] | None = None
            while before is None:
                before = undecided(earlier, draw)
            ended.append(tried(OnTrial(BEFORE + 1, 0, 0.0, tuple(range(1, BEFORE + 1))), before, votes(win, budget, draw)))
        found |= shares(kind, ended)
    return found


def undecided(win: float, draw: random.Random) -> list[tuple[int, float]] | None:
    """The decisive votes on the versions before; None where the trial ended with one of them."""
    given: list[tuple[int, float]] = []
    for version in range(1, BEFORE + 1):
        given += [(version, float(won)) for won in votes(win, VOTES, draw)]
        if stand(OnTrial(version, 0, 0.0, tuple(range(1, version))), given).decision != "open":
            return None
    return given


def shares(kind: str, ended: Sequence[tuple[Decision, int]]) -> dict:
    found: dict = {}
    for decision in ("better", "worse"):
        took = [count for decided, count in ended if decided == decision]
        found[f"{kind}_{decision}"] = len(took) / len(ended)
        found[f"{kind}_{decision}_ci95"] = wilson(len(took), len(ended))
        found[f"{kind}_{decision}_votes"] = round(statistics.median(took) / (1 - TIES)) if took else None
    return found


def progress(name: str, rounds: int) -> Iterator[int]:
    with Bar(name) as bar:
        for number in range(rounds):
            if number % 2000 == 0:
                bar.show(number, rounds)
            yield number


def trained(options: argparse.Namespace, labels: str, seed: int) -> dict:
    """One round on votes with such labels, through the gate; what passes stands trial before the rater without errors."""
    with rehearse.stage(None) as home, opened(home, options.model, options.quantize, None) as lab:
        settings = lab.settings.model_copy(update={"train": lab.settings.train.model_copy(update={"seed": seed})})
        base = load_base(settings.model, settings.quantize, settings.device)
        warm = load_base(settings.model, settings.quantize, settings.device, training=True, dtype=settings.train.dtype)
        engine = Engine(base, lab.versions, lab.store.signals.set_busy)
        luck = random.Random(f"{seed}/{labels}")
        session = Session(lab.store, engine, settings, lambda: luck.randrange(2**31))
        prompts = rehearse.endless(rehearse.pool(*rehearse.TASKS["chat"]), seed)
        rehearse.give_votes(session, Rater(TASTES[options.taste], LABELS[labels], seed), prompts, rehearse.Voted(), options.votes)
        made = rehearse.train(settings, lab.store, lab.versions, "dpo", warm)
        ended, given = None, 0
        if made.state == "trial":
            engine.use_adapter(made.version)
            rater = Rater(TASTES[options.taste], 0.0, seed)
            with Bar("the trial") as bar:
                for given in range(1, options.budget + 1):
                    a, b = rehearse.ended(session.compare(None, None, next(prompts), versions=(made.version, 0)))
                    session.vote(a.id, b.id, rater.choose(a.text, b.text), rater="rehearsal")
                    ended = settle(lab.store, lab.versions)
                    bar.show(given, options.budget)
                    if ended is not None and ended.decision != "open":
                        break
        outcome = {"better": "confirmed", "worse": "rolled back", "open": "undecided"}[ended.decision] if ended else made.state
        why = lab.versions.get(made.version).why
        return {"labels": labels, "seed": seed, "outcome": outcome, "votes": given, "why": why}


def real(options: argparse.Namespace) -> list[dict]:
    """Trained rounds, the kinds of labels in turns."""
    kinds = list(LABELS)
    return [trained(options, kinds[number % len(kinds)], options.seed + number // len(kinds)) for number in range(options.real)]


def run(options: argparse.Namespace) -> dict:
    began = time.perf_counter()
    found = simulated(options.rounds, options.budget, options.seed)
    newest = lines(options.rounds, options.budget, options.seed)
    result = {
        "name": "gate", "false_rollback": found["null_worse"], "harm_caught": found["harmful_worse"],
        "good_confirmed": found["good_better"], "null_confirmed": found["null_better"],
        "rollback_votes_median": found["harmful_worse_votes"], "confirm_votes_median": found["good_better_votes"],
        "real": real(options), "rounds": options.rounds, "budget": options.budget, "ties": TIES, "simulated": found,
        "lines": newest, "held_out": HELD_OUT, "seed": options.seed,
        "seconds": round(time.perf_counter() - began, 1), "hardware": hardware("cpu"),
    }  # fmt: skip
    kinds = [(kind, *(share_of(found, kind, end) for end in ("better", "worse", "refused"))) for kind in KINDS]
    table(("candidate", "confirmed", "rolled back", f"refused by {HELD_OUT} held-out opinions"), kinds)
    kinds = [(kind, *(share_of(newest, kind, end) for end in ("better", "worse"))) for kind in LINES]
    table(("newest of a line", "confirmed", "rolled back"), kinds)
    if result["real"]:
        rows = [(each["labels"], str(each["seed"]), each["outcome"], str(each["votes"]), each["why"]) for each in result["real"]]
        table(("labels", "seed", "outcome", "trial votes", "why"), rows)
    return result


def share_of(found: dict, kind: str, decision: str) -> str:
    low, high = found[f"{kind}_{decision}_ci95"]
    took = found.get(f"{kind}_{decision}_votes")
    return f"{found[f'{kind}_{decision}']:.1%} ({low:.1%} to {high:.1%})" + (f", median {took} votes" if took else "")


def main(arguments: Sequence[str]) -> int:
    written = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(prog="bench gate", description=__doc__, formatter_class=written)
    parser.add_argument("--rounds", type=int, default=20_000, help="simulated candidates of each kind")
    parser.add_argument("--budget", type=int, default=200, help="votes a trial may take, ties among them")
    parser.add_argument("--real", type=int, default=6, help="trained rounds; 0 for none")
    parser.add_argument("--votes", type=int, default=64, help="decisive votes a trained round learns from")
    parser.add_argument("--taste", choices=tuple(TASTES), default="shorter")
    parser.add_argument("--model", default="starter")
    parser.add_argument("--quantize", choices=("none", "int8", "nf4"), help="of the base; left out, the lab's default")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    return ended(run, options)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
