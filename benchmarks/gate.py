"""How often the trial errs, and how soon it decides: python -m benchmarks.gate [--rounds N] [--budget N] [--real N] [--seed N]

Two parts, one JSON document on the last line of stdout, a table on stderr.

- Simulated: `rounds` candidates of each kind, each with up to `budget` blind votes against the version before it, of which 30 %
  are ties, through the very function that decides in the chat (lab/insight/sequential.py). A *null* candidate wins half of the
  decisive votes, a *harmful* one 35 %, a *good* one 65 %. An undecided trial ends with the budget: nothing was done.
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

from benchmarks.training import ended, hardware
from lab import rehearse
from lab.chat.engine import Engine
from lab.chat.session import Session
from lab.console import Bar, table
from lab.flags import opened
from lab.insight.accuracy import wilson
from lab.insight.rater import Rater
from lab.insight.sequential import trial
from lab.insight.tastes import TASTES
from lab.loop.trial import settle
from lab.model.base import load_base

KINDS = {"null": 0.5, "harmful": 0.35, "good": 0.65}
TIES = 0.3
LABELS = {"true": 0.0, "shuffled": 0.5, "flipped": 1.0}  # how often the rater of the training votes errs


def votes(win: float, budget: int, draw: random.Random) -> Iterator[bool]:
    """The decisive ones among `budget` votes."""
    for _ in range(budget):
        if draw.random() >= TIES:
            yield draw.random() < win


def simulated(rounds: int, budget: int, seed: int) -> dict:
    """Shares of trials by kind and decision, and the votes (ties among them) that decisions took."""
    found: dict = {}
    for kind, win in KINDS.items():
        draw = random.Random(f"{seed}/{kind}")
        with Bar(f"{kind} candidates") as bar:
            ended = []
            for number in range(rounds):
                ended.append(trial(votes(win, budget, draw)))
                if number % 200 == 0:
                    bar.show(number, rounds)
        for decision in ("better", "worse"):
            count = sum(each.decision == decision for each in ended)
            found[f"{kind}_{decision}"] = count / rounds
            found[f"{kind}_{decision}_ci95"] = wilson(count, rounds)
            took = [each.votes for each in ended if each.decision == decision]
            found[f"{kind}_{decision}_votes"] = round(statistics.median(took) / (1 - TIES)) if took else None
    return found


def trained(options: argparse.Namespace, labels: str, seed: int) -> dict:
    """One round on votes with such labels, through the gate; what passes stands trial before the rater without errors."""
    with rehearse.stage(None) as home, opened(home, options.model, options.quantize, None) as lab:
        settings = lab.settings.model_copy(update={"train": lab.settings.train.model_copy(update={"seed": seed})})
        base = load_base(settings.model, settings.quantize, settings.device)
        warm = load_base(settings.model, settings.quantize, settings.device, training=True, dtype=settings.train.dtype)
        engine = Engine(base, lab.versions, lab.store.set_busy)
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
    result = {
        "name": "gate", "false_rollback": found["null_worse"], "harm_caught": found["harmful_worse"],
        "good_confirmed": found["good_better"], "null_confirmed": found["null_better"],
        "rollback_votes_median": found["harmful_worse_votes"], "confirm_votes_median": found["good_better_votes"],
        "real": real(options), "rounds": options.rounds, "budget": options.budget, "ties": TIES, "simulated": found,
        "seed": options.seed, "seconds": round(time.perf_counter() - began, 1), "hardware": hardware("cpu"),
    }  # fmt: skip
    kinds = [(kind, f"{win:.0%}", share_of(found, kind, "better"), share_of(found, kind, "worse")) for kind, win in KINDS.items()]
    table(("candidate", "wins", "confirmed", "rolled back"), kinds)
    if result["real"]:
        rows = [(each["labels"], str(each["seed"]), each["outcome"], str(each["votes"]), each["why"]) for each in result["real"]]
        table(("labels", "seed", "outcome", "trial votes", "why"), rows)
    return result


def share_of(found: dict, kind: str, decision: str) -> str:
    low, high = found[f"{kind}_{decision}_ci95"]
    took = found[f"{kind}_{decision}_votes"]
    return f"{found[f'{kind}_{decision}']:.1%} ({low:.1%} to {high:.1%})" + (f", median {took} votes" if took else "")


def main(arguments: Sequence[str]) -> int:
    written = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(prog="bench gate", description=__doc__, formatter_class=written)
    parser.add_argument("--rounds", type=int, default=2000, help="simulated candidates of each kind")
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
