"""A round's job: which opinions, from which version, with which seed and settings; and which one is in work.

Knows no clock and no trainer.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Iterable, Sequence
from typing import Literal

from lab.errors import TrainingError
from lab.feedback.examples import CARE, Examples, collect, without
from lab.feedback.store import Store
from lab.insight.evidence import Evidence, evidence_of
from lab.loop.care import care_of
from lab.loop.plan import choose_algorithm
from lab.records import Algorithm, Counts, Job
from lab.registry.folder import opinions_of
from lab.registry.versions import Versions
from lab.settings import Settings

PARTS = ("train", "lora", "reward", "ppo")  # of the settings that a job keeps
OF_ALL: tuple[Algorithm, ...] = ("reward", "ppo", "rloo")  # read every opinion, through a reward model
JOBS_SEEN = 50  # newest jobs of a base that the loop looks at
ATTEMPTS_KEPT = 200  # newest jobs whose opinions count as tried


def make_job(
    store: Store, versions: Versions, settings: Settings, algorithm: Algorithm | None = None, reason: str = "",
    publish: Literal["auto", "always", "never"] = "auto",
) -> Job:  # fmt: skip
    """A job from the live version on every opinion it has not learned from, and a sample of those it has.

    Without an algorithm, one is chosen by what there is. When nothing is new, all the old ones are read again.
    Raises TrainingError when there is nothing at all to train on.
    """
    care = care_of(store, settings)
    whole = collect(store, "train")
    examples = without(whole, care.left_out)
    learned = learned_by(store, versions)
    chosen = algorithm or choose_algorithm(count(examples, learned), reward_evidence(versions))
    opinions = opinions_for(chosen, examples) if chosen else []
    line = versions.rewards() if chosen == "reward" else versions
    parent = line.get(line.live())
    if chosen is None or not opinions:
        kind = f" for {chosen}" if chosen else ""
        but = f" that is not left out ({len(care.left_out)} votes are, see the audit)" if care.left_out else ""
        raise TrainingError(f"there is nothing to train on yet{kind}{but}; give thumbs, vote in Compare, or import a file")
    seed = settings.train.seed
    new = [opinion for opinion in opinions if opinion not in learned]
    old = [opinion for opinion in opinions if opinion in learned]
    if chosen in OF_ALL:
        new, old = opinions, []
    replayed = replay(old, round(settings.train.replay * len(new)), seed) if new else old
    reasons = [care.left_out[opinion] for opinion in opinions_for(chosen, whole) if opinion in care.left_out]
    told = {
        "left_out": {why: reasons.count(why) for why in dict.fromkeys(reasons)},
        "weights": {opinion: care.weights[opinion] for opinion in (*new, *replayed) if opinion in care.weights},
    }
    return Job(
        algorithm=chosen, base=versions.base, parent=parent.version, parent_hash=parent.hash, opinions=(*new, *replayed),
        seed=seed, settings={part: getattr(settings, part).model_dump() for part in PARTS} | {CARE: told}, reason=reason,
        publish=publish,
    )  # fmt: skip


def opinions_for(algorithm: Algorithm, examples: Examples) -> list[str]:
    """Ids of the opinions a round of this kind reads, oldest first and each once; others stay new for a later round.

    SFT imitates corrections and imported chats; only where there are none, chosen replies and those with a thumb up.
    """
    pairs = [pair.opinion for pair in examples.pairs]
    labelled = [item.opinion for item in examples.labelled]
    match algorithm:
        case "dpo" | "ipo":
            found = pairs
        case "sft":
            wanted = [item.opinion for item in examples.labelled if item.label]
            found = [item.opinion for item in examples.demonstrations] or [*pairs, *wanted]
        case "kto":
            found = [*pairs, *labelled]
        case _:
            found = [*pairs, *(pair.opinion for pair in examples.ties), *labelled]
    return list(dict.fromkeys(found))


def replay(old: list[str], most: int, seed: int) -> list[str]:
    """A sample of old opinions, so that what was learned is not lost; the same for the same seed and opinions."""
    if most >= len(old):
        return old
    kept = set(random.Random(f"{seed}/{len(old)}").sample(old, most))
    return [opinion for opinion in old if opinion in kept]


def count(examples: Examples, known: Collection[str]) -> Counts:
    """Of training-side examples: all, and those of opinions that are not known."""

    def new(opinions: Iterable[str]) -> int:
        return sum(opinion not in known for opinion in opinions)

    return Counts(
        pairs=len(examples.pairs), labelled=len(examples.labelled), demonstrations=len(examples.demonstrations),
        new_pairs=new(item.opinion for item in examples.pairs), new_labelled=new(item.opinion for item in examples.labelled),
        new_demonstrations=new(item.opinion for item in examples.demonstrations),
    )  # fmt: skip


def active(jobs: Sequence[Job]) -> Job | None:
    """The job that runs, else the one that waits."""
    for state in ("running", "queued"):
        for job in reversed(jobs):
            if job.state == state:
                return job
    return None


def learned_by(store: Store, versions: Versions) -> set[str]:
    """Opinions that the live version or one of its ancestors was trained on."""
    return store.learned(versions.rounds(versions.live()), versions.base)


def relearn(store: Store, versions: Versions, settings: Settings) -> Job | None:
    """Queues a round on what is left after some feedback was forgotten; None when nothing is. Its opinions were tried before, so
    no round would begin by itself."""
    try:
        job = make_job(store, versions, settings, None, "some of the feedback was forgotten")
    except TrainingError:
        return None
    store.add_job(job)
    return job


def tried(store: Store, base: str) -> set[str]:
    """Opinions that some ended round was given, whatever came of it.

    They start no round by themselves: the same votes, refused or failed once, would be refused or fail again for ever.
    They are in the next round all the same.
    """
    jobs = store.jobs(ATTEMPTS_KEPT, base)
    ended = [job for job in jobs if job.state in ("done", "failed") and job.algorithm != "reward"]
    return {opinion for job in ended for opinion in job.opinions}


def scored_by(store: Store, versions: Versions) -> set[str]:
    """Opinions that the live reward model was made from, or that a failed round of one was given."""
    rewards = versions.rewards()
    folder = rewards.get(rewards.live()).folder
    known = set() if folder is None else set(opinions_of(folder))
    jobs = store.jobs(ATTEMPTS_KEPT, versions.base)
    return known.union(*(job.opinions for job in jobs if job.algorithm == "reward" and job.state == "failed"))


def reward_evidence(versions: Versions) -> Evidence | None:
    """What the live reward model's report says it is worth."""
    rewards = versions.rewards()
    report = rewards.get(rewards.live()).report
    return None if report is None else evidence_of(report.canaries)
