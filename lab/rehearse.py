"""The loop, rehearsed: a simulated rater with a hidden taste votes, a round trains, and the taste itself is the verdict.

What stands between the two is what the page runs: the session makes and keeps replies and opinions, the store holds them,
a foreground round trains, the gate decides, the engine swaps. No judge is a model: the taste can be checked.

- Pairs: `Session.compare` draws two replies of the live version to a prompt of the pool, and the rater votes for the one
  with more of its taste. Where the taste is undecided the vote is a tie; it is kept, and not counted.
- KTO: `Session.say` draws one reply, and it gets a thumb, up if it is sound and its trait reaches the cut. The cut is set
  once, from the first CALIBRATION replies (fewer, if fewer thumbs are given): the value that splits the sound ones among
  them closest to halves. Those replies get their thumbs then. Every thumb counts.
- Prompts come in an order by the seed, all of them before any comes again; opinions fall on either side of the held-out
  split, as a person's would.
- With `safety`, prompts that ask for harm and benign ones that look like them come among the others, and every vote is two: the
  taste's, on the criterion helpful, and one on safe, where a refusal is preferred to harmful prompts and an answer to benign
  ones. It is a tie where both replies do the same. The verdict then also counts refusals before and after.
- The verdict: a reply of the live version and one of the base to each fresh prompt, same seed, same sampling, none of them
  kept. `win_rate` is the live version's share of the pairs the taste decides, `ci95` its Wilson interval. A refused round
  leaves the base live; there is nothing to compare then, and no win rate.
- `taste_before` and `taste_after` are the mean trait of the sound replies of the base and of the live version: a share for
  a trait that is there or not, minus the words for `shorter`.
- `seconds_vote_to_live` is from the last vote, when it is stored, to the first token of the new version. The round's
  trainer is warm, as the one beside a chat is: its base was loaded before.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.markup import escape

from lab.chat.engine import Engine, Turn
from lab.chat.session import Lives, Session
from lab.console import Bar, say, table
from lab.errors import SettingsError, StoreError, TrainingError
from lab.feedback.examples import collect
from lab.feedback.store import Store
from lab.foreground import run_round
from lab.insight.rater import Rater
from lab.insight.refusals import refuses
from lab.insight.tastes import TASTES, Taste
from lab.insight.verdict import Said, portrait, verdict
from lab.loop.jobs import reward_evidence
from lab.loop.publish import publish
from lab.model.base import Base, load_base
from lab.model.prompts import TASKS, Task, fresh, pool
from lab.records import AdapterVersion, Algorithm, Message, Reply
from lab.registry.versions import Versions
from lab.settings import Settings
from lab.train.judged import FEWEST
from lab.train.retention import ppl_ratio

RATER = "rehearsal"
CALIBRATION = 32  # replies from which a rater of thumbs learns what is typical
STUBBORN = 100  # ties in a row after which a taste is given up on
TOGETHER = 16  # replies of a verdict drawn together
SEEDS = 1_000_000  # between the seeds of two rehearsals' verdicts
SHOWN = 5  # prompts whose replies people are shown
HEADLINE = (
    "taste", "algorithm", "votes", "noise", "win_rate", "ci95", "taste_before", "taste_after", "kl", "retention_ppl_ratio",
    "reward_accuracy", "seconds_vote_to_live", "seed",
)  # fmt: skip


@dataclass(frozen=True)
class Script:
    """What is rehearsed. `votes` are decisive ones, in equal parts before each of the `rounds`."""

    taste: str
    votes: int
    algorithm: Algorithm | None = None
    noise: float = 0.0
    seed: int = 1
    task: Task = "chat"
    rounds: int = 1
    safety: bool = False


@dataclass(frozen=True)
class Voted:
    """Opinions given so far: those that count, and ties. `last` is when the newest was stored, by the performance counter."""

    decisive: int = 0
    ties: int = 0
    last: float = 0.0


@contextmanager
def stage(home: Path | None) -> Iterator[Path]:
    """The home to rehearse in: a temporary one, removed at the end, unless one is given."""
    if home is not None:
        yield home
        return
    with TemporaryDirectory(prefix="hone-rehearsal-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


def rehearse(settings: Settings, store: Store, versions: Versions, script: Script) -> dict:
    """Votes, trains, judges; the figures. Raises StoreError for a home that was lived in, TrainingError if a round fails."""
    began = time.perf_counter()
    check(store, versions, script)
    settings = settings.model_copy(update={"train": settings.train.model_copy(update={"seed": script.seed})})
    taste, luck = TASTES[script.taste], random.Random(f"{script.seed}/replies")
    say(f"loading {settings.model} ({settings.quantize}) twice: for the chat and for the trainer")
    base = load_base(settings.model, settings.quantize, settings.device)
    warm = load_base(settings.model, settings.quantize, settings.device, training=True, dtype=settings.train.dtype)
    engine = Engine(base, versions, store.signals.set_busy, settings.trial.share)
    session = Session(store, engine, settings, lambda: luck.randrange(2**31))
    rater = Rater(taste, script.noise, script.seed)
    prompts = endless(asked_for(script), script.seed)
    voted, made, waited = Voted(), [], None
    for number in range(script.rounds):
        wanted = script.votes * (number + 1) // script.rounds
        if script.algorithm == "kto":
            voted = give_thumbs(session, rater, prompts, voted, wanted)
        else:
            voted = give_votes(session, rater, prompts, voted, wanted, kinds_of_danger() if script.safety else None)
        made.append(train(settings, store, versions, script.algorithm, warm))
        if made[-1].state in ("live", "trial"):
            waited = swap(engine, made[-1].version, settings) - voted.last
    live = versions.get(versions.live())
    texts = fresh(script.task)
    spoken = {version: answers(engine, settings, texts, version, script.seed) for version in sorted({0, live.version})}
    before, after = spoken[0], spoken[live.version]
    danger = {}
    for kind in ("harmful", "benign") if script.safety else ():
        for version in spoken:
            said = answers(engine, settings, pool(kind), version, script.seed)
            danger[f"{kind}_refused_{'after' if version else 'before'}"] = refusal_rate(said)
    result = {
        **figures(script, taste, live, before, after), **danger, "reward_accuracy": reward_accuracy(versions),
        "retention_ppl_ratio": ppl_ratio(warm, live.folder) if live.folder else None, "seconds_vote_to_live": waited,
        "algorithm": made[-1].algorithm, "refused": None if live.version else made[-1].why, "base": versions.base,
        "ties": voted.ties, "decisive_rate": voted.decisive / (voted.decisive + voted.ties), "thumb_cut": rater.cut,
        "gate": [{"version": each.version, "state": each.state, "why": each.why} for each in made],
        "reports": [each.report for each in made], "seconds": time.perf_counter() - began,
    }  # fmt: skip
    show(result, texts, before, after if live.version else None, script.seed)
    return {name: result[name] for name in [*HEADLINE, *(name for name in result if name not in HEADLINE)]}


def check(store: Store, versions: Versions, script: Script) -> None:
    """What would make the figures mean something else than they say is refused, before any model is loaded."""
    if script.rounds > script.votes:
        raise SettingsError(f"{script.votes} votes are too few for {script.rounds} rounds; give each round one at least")
    lived_in = store.votes() or store.thumbs() or store.corrections() or store.imported_turns() or len(versions.all()) > 1
    if lived_in:
        what = f"{versions.folder.parent.parent} holds feedback or versions already"
        raise StoreError(f"{what}, and a rehearsal would learn from them too; give an empty --home, or none")


def asked_for(script: Script) -> list[str]:
    return pool(*TASKS[script.task], *(("harmful", "benign") if script.safety else ()))


def kinds_of_danger() -> dict[str, bool]:
    """Whether each prompt of the two kinds is harmful."""
    return dict.fromkeys(pool("harmful"), True) | dict.fromkeys(pool("benign"), False)


def refusal_rate(said: Sequence[Said]) -> float:
    return sum(refuses(each.text) for each in said) / len(said)


def endless(prompts: Sequence[str], seed: int) -> Iterator[str]:
    """All prompts in an order by the seed, and then again in another."""
    draw = random.Random(f"{seed}/prompts")
    while True:
        yield from draw.sample(prompts, len(prompts))


# the rater at the page


def ended(speaking: Lives) -> list[Reply]:
    """The stored replies, once all is said."""
    *_, last = speaking
    return last.replies


def give_votes(
    session: Session, rater: Rater, prompts: Iterator[str], before: Voted, wanted: int, danger: Mapping[str, bool] | None = None
) -> Voted:  # fmt: skip
    """Votes on pairs until `wanted` have been decisive in all; with `danger`, on helpful and safe apart."""
    voted, row = before, 0
    with Bar("voting") as bar:
        while voted.decisive < wanted:
            prompt = next(prompts)
            a, b = ended(session.compare(None, None, prompt))
            choice = rater.choose(a.text, b.text)
            session.vote(a.id, b.id, choice, rater=RATER, criterion="overall" if danger is None else "helpful")
            if danger is not None and prompt in danger:
                session.vote(a.id, b.id, rater.safer(a.text, b.text, danger[prompt]), rater=RATER, criterion="safe")
            tied = choice == "tie"
            row = row + 1 if tied else 0
            voted = Voted(voted.decisive + (not tied), voted.ties + tied, time.perf_counter())
            if row >= STUBBORN:
                raise TrainingError(
                    f"the taste {rater.taste.name} was undecided {row} times in a row: this model's replies do not differ in it; "
                    "choose another taste"
                )
            bar.show(voted.decisive, wanted, f"{voted.ties} undecided")
    return voted


def give_thumbs(session: Session, rater: Rater, prompts: Iterator[str], before: Voted, wanted: int) -> Voted:
    """Thumbs on single replies until there are `wanted` in all; the first ones wait until the rater knows what is typical."""
    voted, waiting = before, []
    with Bar("giving thumbs") as bar:
        while voted.decisive < wanted:
            waiting += ended(session.say(None, None, next(prompts)))
            if rater.cut is None and len(waiting) < min(CALIBRATION, wanted):
                continue
            if rater.cut is None:
                rater.calibrate([reply.text for reply in waiting])
            for reply in waiting:
                session.thumb(reply.id, rater.thumb(reply.text), rater=RATER)
            voted = Voted(voted.decisive + len(waiting), 0, time.perf_counter())
            waiting = []
            bar.show(voted.decisive, wanted)
    return voted


# the loop


def train(
    settings: Settings, store: Store, versions: Versions, algorithm: Algorithm | None, warm: Base
) -> AdapterVersion:  # fmt: skip
    """A round as the gate left it. What learns through a reward model gets a new one first, as in the loop."""
    judges = algorithm in ("dpo", "ipo") and settings.reward.judged > 0
    judges = judges and preferences(store, versions.base) >= max(FEWEST, settings.reward.min_opinions)
    if judges or algorithm in ("ppo", "rloo"):
        run_round(settings, store, versions, "reward", "auto", warm)
    made = run_round(settings, store, versions, algorithm, "auto", warm)
    made = publish(versions, made, "auto", settings.gate, settings.trial)
    say(f"version {made.version}: {made.state}: {made.why}")
    return made


def preferences(store: Store, base: str) -> int:
    """Votes for one of two replies that a round may learn from. Ties count too little to have a reward model made for a round."""
    return len(collect(store, "train", base=base).pairs)


def swap(engine: Engine, version: int, settings: Settings) -> float:
    """Makes the chat speak by a version; when its first token was there, by the performance counter."""
    engine.use_adapter(version)
    speaking = engine.stream([Turn(asked("Hello!", settings), settings.sampling.record(), 0)], threading.Event())
    try:
        for [draft] in speaking:
            if draft.token_ids:
                break
    finally:
        speaking.close()
    return time.perf_counter()


def reward_accuracy(versions: Versions) -> float | None:
    """Of the live reward model, on opinions it was not made from; None when there is none."""
    found = reward_evidence(versions)
    return None if found is None else found.accuracy


# the verdict


def answers(engine: Engine, settings: Settings, texts: Sequence[str], version: int, seed: int) -> list[Said]:
    """A reply of a version to each prompt, as the chat would give it; the seeds are the same for every version."""
    said: list[Said] = []
    how = settings.sampling.record()
    with Bar(f"asking {f'version {version}' if version else 'the base'}") as bar:
        for start in range(0, len(texts), TOGETHER):
            bar.show(start, len(texts))
            numbered = enumerate(texts[start : start + TOGETHER], seed * SEEDS + start)
            turns = [Turn(asked(text, settings), how, number, version) for number, text in numbered]
            *_, drafts = engine.stream(turns, threading.Event())
            said += [Said(draft.text, draft.finish == "end") for draft in drafts]
    return said


def asked(text: str, settings: Settings) -> tuple[Message, ...]:
    """A first message, after the system prompt if there is one: what `Session` would ask."""
    system = settings.system_prompt
    above = (Message(role="system", content=system),) if system.strip() else ()
    return (*above, Message(role="user", content=text))


def figures(script: Script, taste: Taste, live: AdapterVersion, before: Sequence[Said], after: Sequence[Said]) -> dict:
    """The verdict, and how both speak. Of the base alone there is no verdict."""
    found = verdict(taste, after, before) if live.version else None
    ours, theirs = portrait(taste, after), portrait(taste, before)
    spoken = {f"{name}_before": value for name, value in vars(theirs).items()}
    spoken |= {f"{name}_after": value for name, value in vars(ours).items()}
    return {
        "win_rate": found and found.win_rate, "ci95": found and found.ci95, "wins": found and found.wins,
        "losses": found and found.losses, "undecided": found and found.undecided, "prompts": len(before), **spoken,
        "taste": script.taste, "votes": script.votes, "noise": script.noise, "seed": script.seed, "task": script.task,
        "rounds": script.rounds, "version": live.version, "kl": live.report.kl if live.version and live.report else None,
    }  # fmt: skip


def show(result: dict, texts: Sequence[str], before: Sequence[Said], after: Sequence[Said] | None, seed: int) -> None:
    """The figures for people, and a few replies that the seed picks."""
    rows = [
        (f"taste for {result['taste']}", "taste"), ("sound replies", "sound"), ("replies that end", "stop_rate"),
        ("repeated 4-grams", "repeat4"), ("words a reply", "words"),
    ]  # fmt: skip
    if after is None:
        table(("", "base"), [(words, number(result[f"{name}_before"])) for words, name in rows])
        say(f"refused: {result['refused']}")
        return
    version = f"version {result['version']}"
    both = [(words, number(result[f"{name}_before"]), number(result[f"{name}_after"])) for words, name in rows]
    table(("", "base", version), both)
    picked = sorted(random.Random(f"{seed}/shown").sample(range(len(texts)), SHOWN))
    table(("prompt", "base", version), [[escape(texts[k]), escape(before[k].text), escape(after[k].text)] for k in picked])
    if result["win_rate"] is None:
        say(f"the taste decides none of {result['prompts']} pairs")
        return
    low, high = result["ci95"]
    share = f"{result['win_rate']:.0%} ({low:.0%} to {high:.0%}) of {result['wins'] + result['losses']} decisive pairs"
    say(f"{version} is preferred to the base in {share}, {result['undecided']} undecided")


def number(value: float | None) -> str:
    return "" if value is None else f"{value:.3g}"
