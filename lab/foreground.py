"""What a verb does itself, while someone waits: a round, replies to a file of prompts, the scores of pairs.

A foreground round is an ordinary job with an ordinary lease: the store knows of it, and no other trainer works
beside it. Loads torch; only verbs that need a model import it.
"""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from types import FrameType
from typing import Literal

from lab.console import Bar, say, words_of
from lab.errors import BusyError, ModelError, TrainingError
from lab.feedback.store import Store
from lab.loop.jobs import make_job
from lab.model import adapters
from lab.model.base import Base, load_base
from lab.model.generate import Request, generate
from lab.records import AdapterVersion, Algorithm, Criterion, Message, Pair, Sampling
from lab.registry.versions import Versions
from lab.settings import Settings
from lab.train.run import execute
from lab.train.score import policy_scores, reward_scores
from lab.train.serve import LEASE, Trainer, is_dead, run_job

NAME = "foreground"
BATCH = 8  # replies drawn together
SUPERSEDED = "superseded by a new round on the command line; the feedback is kept"


def run_round(
    settings: Settings, store: Store, versions: Versions, algorithm: Algorithm | None,
    publish: Literal["auto", "always", "never"], warm: Base | None = None,
) -> AdapterVersion:  # fmt: skip
    """One round, from the feedback in the store to a candidate. Ctrl-C stops it and the job says so.

    `warm` is a base that was loaded for training already; it is left as it was.
    Raises BusyError when another trainer works in this home, TrainingError when the round fails.
    """
    with trainer_of(store) as trainer, stop_on_signal() as stop:
        job = make_job(store, versions, settings, algorithm, "asked for on the command line", publish)
        say(f"a {job.algorithm} round on {len(job.opinions)} opinions, from version {job.parent}")
        base = warm or load_base(settings.model, settings.quantize, settings.device, training=True, dtype=settings.train.dtype)
        job = replace(job, state="running", worker=trainer.name, attempts=1, heartbeat=time.time())
        settle(store, versions)
        store.add_job(job)
        with Bar("training") as bar:

            def show(entry: dict) -> None:
                trainer.on_progress(entry)
                bar.show(entry.get("step", 0), entry.get("steps"), words_of(entry))

            def should_stop() -> bool:
                return stop.is_set() or trainer.should_stop(job)

            run_job(trainer, job, lambda claimed: execute(claimed, store, versions, settings, base, show, should_stop).version)

    done = store.job(job.id)
    if done.version is None:
        raise TrainingError(done.error or "the round ended without a version; run `doctor`")
    return (versions.rewards() if done.algorithm == "reward" else versions).get(done.version)


def settle(store: Store, versions: Versions) -> None:
    """Ends the rounds of this base that wait, or whose trainer died: the holder of the lease learns from the same feedback.

    Left as they are, a chat would resume them later, and what they were once asked to publish would replace this round's.
    """
    for job in store.jobs(base=versions.base):
        if job.state == "queued" or (job.state == "running" and is_dead(job.worker)):
            made = versions.made_by(job.id)
            if made is not None:  # its trainer was killed before it could say so
                store.finish_job(job.id, made.version)
            else:
                store.fail_job(job.id, SUPERSEDED)


@contextmanager
def trainer_of(store: Store) -> Iterator[Trainer]:
    """This process as the home's only trainer."""
    holder = store.signals.lease_holder(LEASE)
    if holder is not None and not is_dead(holder):
        raise BusyError(f"a trainer ({holder}) works in this home; press Train now in the chat, or stop the chat first")
    trainer = Trainer(store, None)
    trainer.take_lease()
    heartbeat = threading.Thread(target=trainer.stay_alive, name="heartbeat", daemon=True)
    heartbeat.start()
    try:
        yield trainer
    finally:
        trainer.leaving.set()
        heartbeat.join()
        store.signals.release_lease(LEASE, trainer.name)


@contextmanager
def stop_on_signal() -> Iterator[threading.Event]:
    """An event that Ctrl-C and SIGTERM set, so that a round ends between two steps."""
    stop = threading.Event()

    def on_signal(number: int, frame: FrameType | None) -> None:
        stop.set()

    before = {number: signal.signal(number, on_signal) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def loaded(settings: Settings, version: AdapterVersion) -> Iterator[tuple[Base, str | None]]:
    """The base, and the name under which the version's adapter sits on it (None for version 0)."""
    base = load_base(settings.model, settings.quantize, settings.device)
    if version.folder is None:
        yield base, None
        return
    adapters.load(base, version.folder, NAME)
    yield base, NAME


def draw_replies(
    settings: Settings, version: AdapterVersion, prompts: Sequence[tuple[Message, ...]], sampling: Sampling, samples: int,
    seed: int,
) -> Iterator[tuple[tuple[Message, ...], list[str]]]:
    """(prompt, its replies) in the order of the prompts. Every reply has a seed of its own, whatever it is batched with."""
    with loaded(settings, version) as (base, name):
        encoded = [tuple(base.template.encode_prompt(prompt)) for prompt in prompts]
        for number, ids in enumerate(encoded, 1):
            if len(ids) + sampling.max_new_tokens > base.context:
                raise ModelError(
                    f"prompt {number} has {len(ids)} tokens, and with {sampling.max_new_tokens} new ones that is more than the "
                    f"{base.context} the model takes; shorten it or lower --max-new-tokens"
                )
        width = max(1, BATCH // samples)
        for start in range(0, len(prompts), width):
            part = range(start, min(start + width, len(prompts)))
            seeds = range(seed + start * samples, seed + part.stop * samples)
            requests = [Request(encoded[start + n // samples], sampling, own, name) for n, own in enumerate(seeds)]
            texts: list[str] = []
            for first in range(0, len(requests), BATCH):
                texts += [base.template.decode(emitted.token_ids) for emitted in generate(base, requests[first : first + BATCH])]
            for place, k in enumerate(part):
                yield prompts[k], texts[place * samples : (place + 1) * samples]


def score_pairs(
    settings: Settings, version: AdapterVersion, pairs: Sequence[Pair], progress: Callable[[int], None],
    criterion: Criterion | None = None,
) -> list[tuple[float, float]]:  # fmt: skip
    """(score of chosen, score of rejected) of every pair: by a version's policy, or by a reward model's head of a criterion."""
    base = load_base(settings.model, settings.quantize, settings.device, training=True, dtype=settings.train.dtype)
    if criterion is not None:
        assert version.folder is not None
        return reward_scores(base, pairs, version.folder, criterion, settings.train, progress)
    return policy_scores(base, pairs, version.folder, settings.train, progress)
