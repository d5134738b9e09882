"""Forgetting: a conversation or a rater, and every version that learned from them, of every model in the home.

What was learned cannot be taken out of weights, so the versions go whole, descendants included, and the last one that never saw
it is live again; a new round can then learn the rest. Versions go before the text: if this is cut off, it can be asked again.
"""

from __future__ import annotations

import shutil
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from lab.errors import BusyError, StoreError
from lab.feedback.store import Purgeable, Store
from lab.loop.trainer import is_gone
from lab.loop.trial import evidence
from lab.records import AdapterVersion
from lab.registry.folder import Damaged, opinions_of
from lab.registry.versions import Versions

ALL = 1_000_000  # jobs
LEASE = "trainer"  # in the store: what the one trainer of a home holds
WHY = "what came after it learned from something that was to be forgotten"


@dataclass(frozen=True)
class Forgotten:
    """What went. `versions` and `rewards` by base; `live` is what each base speaks by now where that changed."""

    opinions: int
    turns: int
    versions: dict[str, list[int]]
    rewards: dict[str, list[int]]
    live: dict[str, int]


def look(store: Store, name: str) -> Purgeable:
    """A conversation by its id, else a rater by their name. Raises StoreError when it is neither."""
    try:
        return store.purgeable(conversation=name)
    except StoreError:
        return store.purgeable(rater=name)


def foresee(store: Store, adapters: Path, what: Purgeable) -> Forgotten:
    """What `forget` would do; changes nothing."""
    gone = frozenset(what.opinions)
    jobs = readers(store, gone)
    versions: dict[str, list[int]] = {}
    rewards: dict[str, list[int]] = {}
    live: dict[str, int] = {}
    for line in lines_of(store, adapters):
        scored = reached(line.rewards(), jobs, gone)
        learned = reached(line, jobs, gone, scored)
        if learned.intersection((line.live(), line.proven())):
            live[line.base] = clean(line, learned)
        for numbers, told in ((learned, versions), (scored, rewards)):
            if numbers:
                told[line.base] = sorted(numbers)
    return Forgotten(len(gone) - what.turns, what.turns, versions, rewards, live)


def forget(store: Store, adapters: Path, what: Purgeable) -> Forgotten:
    """Deletes it from the store, and what learned from it from the registry.

    Raises BusyError while a round runs, of whatever model: it may be learning from what is to go.
    """
    if busy(store):
        raise BusyError("a round runs, and may be learning from it; wait for its end, or stop it on the Training tab")
    told = foresee(store, adapters, what)
    jobs = readers(store, frozenset(what.opinions))
    for line in lines_of(store, adapters):
        learned, scored = told.versions.get(line.base, []), told.rewards.get(line.base, [])
        if line.base in told.live:
            line.activate(told.live[line.base], WHY)
        if line.rewards().live() in scored:
            line.rewards().activate(clean(line.rewards(), scored), WHY)
        for versions_of, numbers in ((line, learned), (line.rewards(), scored)):
            for version in reversed(numbers):
                versions_of.delete(version)
        for each in (line, line.rewards()):
            each.forget_staging(name for job in jobs for name in (job, f"{job}-reward"))
    store.purge(what)
    scrub(store.folder)
    return told


def scrub(folder: Path) -> None:
    """Empties what stands beside the store and may quote it: the trainer's logs, and the page's copies of files."""
    for log in folder.glob("trainer*.log"):
        log.write_bytes(b"")
    for copies in (folder / "page").glob("*/"):
        shutil.rmtree(copies, ignore_errors=True)


def busy(store: Store) -> bool:
    """Whether a round runs, or waits for a trainer that is there."""
    holder = store.lease_holder(LEASE)
    trainer = holder is not None and not is_gone(holder)
    jobs = store.jobs(ALL)
    return any(trainer if job.state == "queued" else job.state == "running" and not is_gone(job.worker) for job in jobs)


def readers(store: Store, gone: Collection[str]) -> list[str]:
    """Ids of the jobs that were given one of the opinions."""
    return [job.id for job in store.jobs(ALL) if not set(gone).isdisjoint(job.opinions)]


def lines_of(store: Store, adapters: Path) -> Iterator[Versions]:
    """The versions of every model that this home has any of."""
    for folder in sorted(adapters.iterdir()) if adapters.is_dir() else ():
        if folder.is_dir() and not folder.name.startswith("."):
            yield Versions(adapters, folder.name, witness=partial(evidence, store, folder.name))


def reached(line: Versions, jobs: Collection[str], gone: Collection[str], scored: Collection[int] = ()) -> set[int]:
    """Versions whose round, or an ancestor's, read one of the opinions: as its job says, and as its own folder does; or was
    rewarded by one of the reward models `scored`, which did. A round of PPO makes its reward model under a name of its own."""
    names = {name for job in jobs for name in (job, f"{job}-reward")}
    found: set[int] = set()
    for made in sorted(line.all(), key=lambda each: each.version):
        told = names.intersection(line.rounds(made.version)) or read(made.folder, gone) or was_rewarded(made, scored)
        if made.version and (told or found.intersection(line.lineage(made.version))):
            found.add(made.version)
    return found


def was_rewarded(made: AdapterVersion, by: Collection[int]) -> bool:
    """Of versions from before that was noted, by any of them."""
    if not by or made.algorithm not in ("ppo", "rloo"):
        return False
    reward = made.report.canaries.get("reward_version") if made.report else None
    return reward is None or int(reward) in by


def read(folder: Path | None, gone: Collection[str]) -> bool:
    try:
        return folder is not None and not set(gone).isdisjoint(opinions_of(folder))
    except Damaged:
        return False


def clean(line: Versions, learned: Collection[int]) -> int:
    """The proven version or its nearest ancestor that is proven too and not among those that learned; the base in the end."""
    there = {made.version for made in line.all()}
    fit = (version for version in line.lineage(line.proven()) if version in there and line.may_speak(version))
    return next((version for version in fit if version not in learned), 0)
