"""One round from job to version: examples, rows, reference, fit, judge, save. Knows nothing of plans or gates."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from lab.errors import TrainingError
from lab.feedback.examples import Examples, collect, left_out, of_job
from lab.feedback.store import Store
from lab.insight.limits import checks
from lab.model import adapters
from lab.model.base import Base
from lab.records import AdapterVersion, Algorithm, Job, Message, Report
from lab.registry.versions import Versions
from lab.settings import LoraSettings, PpoSettings, RewardSettings, Settings, TrainSettings
from lab.train import anchor, canaries, dpo, forgetting, judge, kto, samples, sft
from lab.train.batches import Ids, Row, weights_of
from lab.train.checkpoint import log
from lab.train.fit import fit
from lab.train.hooks import Hooks
from lab.train.judged import judge_of, judged_rows
from lab.train.memory import peak_mb
from lab.train.objective import Encoder, Objective, preference_rows
from lab.train.reference import with_reference
from lab.train.reinforce import reinforce
from lab.train.reward_round import refresh
from lab.train.second_opinion import opinions, second_opinion

CANDIDATE, PARENT = "candidate", "parent"
SHOWN = 3  # prompts whose replies before and after a round are kept for people
MOST_HELDOUT = 300  # newest held-out opinions of a kind that a round is judged on


def execute(
    job: Job, store: Store, versions: Versions, settings: Settings, base: Base,
    on_progress: Callable[[dict], None] = lambda entry: None, should_stop: Callable[[], bool] = lambda: False,
    yield_to_chat: Callable[[], None] = lambda: None,
) -> AdapterVersion:  # fmt: skip
    """Runs a job and returns the candidate. Goes on from the job's checkpoint if it has one.

    Raises TrainingError when the round cannot be run or made nothing, `fit.Stopped` when `should_stop` said so.
    """
    purges = store.purges()  # before anything is read
    options = with_job(settings, job)
    if job.algorithm == "reward":
        return refresh(job, store, versions.rewards(), options, base, Hooks(on_progress, should_stop, yield_to_chat))
    if (made := versions.made_by(job.id)) is not None:  # a trainer was killed before it could say that it was done
        return made
    began = time.perf_counter()
    parent = versions.get(job.parent)
    if parent.hash != job.parent_hash:
        raise TrainingError(f"version {job.parent} is not what it was when the round was planned; start a new round")
    hooks = Hooks(on_progress, should_stop, yield_to_chat)
    encoder = Encoder(base.template, min(options.train.max_length, base.context), left_out(job), hooks)
    examples = of_job(store, job, base.id)
    reinforced = job.algorithm in ("ppo", "rloo")
    rows, objective = ([], None) if reinforced else prepare(job.algorithm, examples, encoder, options.train)
    if not rows and not reinforced:
        why = said(encoder.dropped)
        raise TrainingError(f"a {job.algorithm} round found nothing to train on ({why}); give more feedback of that kind")
    folder = forgetting.begin(versions, job, purges)
    try:
        if parent.folder is None:
            adapters.create(base, CANDIDATE, options.lora.rank, options.lora.alpha, options.train.seed)
        else:
            adapters.load(base, parent.folder, CANDIDATE)
            adapters.load(base, parent.folder, PARENT)
        asked = samples.questions([p.prompt for p in examples.pairs] + [k.prompt for k in examples.labelled])
        room = max(1, min(base.context // 2, encoder.max_length - samples.LONGEST))
        prompts = [encoder.prompt(question)[-room:] for question in asked]

        def drift() -> float:
            few = prompts[-8:]
            replies = samples.draw(base, CANDIDATE, few, options.train.seed, longest=24)
            return samples.kl_from_base(base, few, replies, options.train)

        hooks, used = replace(hooks, drift=drift), len(rows)
        figures = weights_of(rows)
        if objective is None:
            line = versions.rewards()
            done, used, figures = reinforce(job, base, CANDIDATE, examples, store, line, options, folder, hooks, encoder)
        else:
            voter = judge_of(folder, versions.rewards()) if job.algorithm in ("dpo", "ipo") and options.reward.judged else None
            more = judged_rows(base, voter, examples, encoder, options, hooks) if voter is not None else []
            if voter is not None and more:
                figures |= {"judged": float(len(more)), "reward_version": float(voter.version)}
                rows, hooks = rows + more, telling(hooks, f"{len(more)} pairs that reward model {voter.version} chose")
            rows = with_reference(base, rows, store, options.train, hooks)
            steps = options.train.epochs * math.ceil(len(rows) / options.train.batch)
            retention = anchor.words(base, options.train, steps, hooks.courteous)
            done = fit(base, CANDIDATE, rows, objective, options.train, folder, hooks, retention)
        on_progress({"phase": "judging", "step": done.steps, "steps": done.steps})
        shown = said_before_and_now(base, CANDIDATE, PARENT if parent.folder else None, prompts, asked, options.train)
        if not reinforced and shown:  # a reinforced round logs its own, of every iteration
            log(folder, {"step": done.steps, "phase": "judging", "samples": shown})
        hooks.courteous()
        before, after, judged, kl, seen = assess(
            base, PARENT if parent.folder else None, examples, store, prompts, options.train, hooks
        )
        adapters.save(base, CANDIDATE, folder)
    finally:
        for name in (PARENT, CANDIDATE):
            if name in adapters.names(base):
                adapters.drop(base, name)
    seen |= moved(folder) | figures
    report = Report(
        algorithm=job.algorithm, version=None, parent=job.parent, steps=done.steps, used=used, dropped=encoder.dropped,
        loss_first=done.loss_first, loss_last=done.loss_last, heldout_before=before, heldout_after=after, heldout_n=judged,
        kl=kl, canaries=seen, seconds=time.perf_counter() - began, peak_mb=peak_mb(base), why=done.ended,
    )  # fmt: skip
    report = replace(report, checks=tuple(checks(report, options.gate)))
    return forgetting.add(store, versions, folder, job, report, purges)


def assess(
    base: Base, parent: str | None, examples: Examples, store: Store, prompts: Sequence[Ids], settings: TrainSettings,
    hooks: Hooks,
) -> tuple[float | None, float | None, int, float, dict[str, float]]:  # fmt: skip
    """Of the candidate on the base: held-out agreement before and after, of how many; KL from the base; all other figures.

    `parent` is the version before it (None: the base); `examples` are those of the round.
    """
    kept = collect(store, "held_out", base=base.id)
    held = heldout(base, kept, store, settings, hooks)
    live = judge.ratios(base, parent, held, settings)
    hooks.courteous()
    candidate = judge.ratios(base, CANDIDATE, held, settings)
    hooks.courteous()
    before, _ = judge.agreement(live, held)
    after, judged = judge.agreement(candidate, held)
    found = judge.compared(candidate, live, held)
    figures = {"heldout_wins": float(found.wins), "heldout_losses": float(found.losses), "heldout_ties": float(found.ties)}
    drawn = canaries.draw(base, CANDIDATE, parent, prompts, settings.seed, hooks.courteous)
    kl, seen = canaries.canaries(base, CANDIDATE, parent, drawn, settings, hooks.courteous)
    hooks.courteous()
    encoder = Encoder(base.template, min(settings.max_length, base.context))
    sides = (opinions(kept, encoder), opinions(examples, encoder))
    return before, after, judged, kl, figures | seen | second_opinion(base, *sides, drawn.fresh, settings)


def telling(hooks: Hooks, judged: str) -> Hooks:
    """The hooks, which from now on also say which pairs nobody voted on."""
    return replace(hooks, progress=lambda entry: hooks.progress(entry | {"judged": judged}))


def moved(folder: Path) -> dict[str, float]:
    """Of the round's log: the largest gradient norm of a step, and the largest spread of rewards in an iteration."""
    told = [json.loads(line) for line in (folder / "log.jsonl").read_text(encoding="utf-8").splitlines()]
    names = {"gradient": "gradient", "reward_std": "reward_spread"}
    found = {name: [float(entry[key]) for entry in told if key in entry] for key, name in names.items()}
    return {name: max(values) for name, values in found.items() if values}


def said_before_and_now(
    base: Base, name: str, parent: str | None, prompts: Sequence[Ids], asked: Sequence[Sequence[Message]], settings: TrainSettings
) -> list[dict[str, str]]:  # fmt: skip
    """To the last few prompts, a reply of the version it began with and one of the candidate, from the same seed."""
    before, now = (samples.draw(base, who, prompts[-SHOWN:], settings.seed) for who in (parent, name))
    decode = base.template.decode
    return [
        {"prompt": messages[-1]["content"], "before": decode(old.token_ids), "now": decode(new.token_ids)}
        for messages, old, new in zip(asked[-SHOWN:], before, now, strict=True)
    ]


def prepare(algorithm: Algorithm, examples: Examples, encoder: Encoder, settings: TrainSettings) -> tuple[list[Row], Objective]:
    """The rows of an algorithm and its objective."""
    match algorithm:
        case "dpo" | "ipo":
            return dpo.rows_of(examples, encoder), dpo.Preference(settings, squared=algorithm == "ipo")
        case "kto":
            return kto.rows_of(examples, encoder, settings.seed), kto.Thumbs(settings)
        case "sft":
            return sft.rows_of(examples, encoder), sft.Imitation(settings)
        case _:
            raise TrainingError(f"{algorithm!r} is not trained from rows of opinions; choose sft, dpo, ipo or kto")


def heldout(base: Base, examples: Examples, store: Store, settings: TrainSettings, hooks: Hooks) -> judge.Heldout:
    """The newest held-out opinions that fit, with their reference."""
    encoder = Encoder(base.template, min(settings.max_length, base.context))
    pairs = preference_rows(replace(examples, pairs=examples.pairs[-MOST_HELDOUT:]), encoder)
    thumbs = []
    for item in examples.labelled[-MOST_HELDOUT:]:
        prompt, ids = encoder.prompt(item.prompt), encoder.completion(item.completion)
        if encoder.fits(prompt, [ids]):
            thumbs.append(Row(prompt, (ids,), label=item.label))
    measured = (with_reference(base, rows, store, settings, hooks) for rows in (pairs, thumbs))
    return judge.Heldout(*measured)


def with_job(settings: Settings, job: Job) -> Settings:
    """The settings a job was planned with: its own where it names them, today's for the rest."""
    train = TrainSettings.model_validate(settings.train.model_dump() | job.settings.get("train", {}) | {"seed": job.seed})
    lora = LoraSettings.model_validate(settings.lora.model_dump() | job.settings.get("lora", {}))
    reward = RewardSettings.model_validate(settings.reward.model_dump() | job.settings.get("reward", {}))
    ppo = PpoSettings.model_validate(settings.ppo.model_dump() | job.settings.get("ppo", {}))
    return settings.model_copy(update={"train": train, "lora": lora, "reward": reward, "ppo": ppo})


def said(dropped: dict[str, int]) -> str:
    return ", ".join(f"{count} {reason}" for reason, count in dropped.items()) or "no opinions of that kind"
