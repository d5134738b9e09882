"""Forgetting: a conversation or a rater, and every version that learned from them, of every model in the home.

What was learned cannot be taken out of weights, so the versions go whole, descendants included, and the last one that never saw
it is live again; a new round can then learn the rest. Versions go before the text: if this is cut off, it can be asked again.

A round may begin meanwhile, in another process. While it runs the store deletes nothing; when it has ended already, its version
is looked for after the text went. One that neither sees, since its job was given up, makes no version (train/forgetting.py).
"""

from __future__ import annotations

import shutil
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from lab.errors import BusyError, StoreError, VersionError
from lab.feedback.purge import BEGUN, FORGOTTEN
from lab.feedback.store import Purgeable, Store
from lab.loop.trainer import is_gone
from lab.loop.trial import evidence
from lab.records import AdapterVersion, Job
from lab.registry import exported
from lab.registry.folder import Damaged, folder_name, opinions_of, version_of
from lab.registry.versions import Versions

ALL = 1_000_000  # jobs
TRIES = 3  # to delete a version that a lab beside this one takes up in this moment
LEASE = "trainer"  # in the store: what the one trainer of a home holds
BEGAN = "a round began just now, and may be learning from it; the words are kept until it has ended: ask again then"
WHY = "what came after it learned from something that was to be forgotten"


@dataclass(frozen=True)
class Forgotten:
    """What went. `versions` and `rewards` by base; `live` is what each base speaks by now where that changed.

    Of the home, relative to it: `exports` are the folders that such a version was saved in, `stay` what may hold some of it and
    is not deleted, as it is not known to: feedback that was exported, exports that say not whose they are, files beside exports.
    """

    opinions: int
    turns: int
    versions: dict[str, list[int]]
    rewards: dict[str, list[int]]
    live: dict[str, int]
    exports: tuple[str, ...] = ()
    stay: tuple[str, ...] = ()


def look(store: Store, name: str) -> Purgeable:
    """A conversation by its id, else a rater by their name. Raises StoreError when it is neither."""
    try:
        return store.purgeable(conversation=name)
    except StoreError:
        return store.purgeable(rater=name)


def foresee(store: Store, adapters: Path, what: Purgeable) -> Forgotten:
    """What `forget` would do; changes nothing."""
    gone, home = frozenset(what.opinions), adapters.parent
    jobs = readers(store, gone)
    saved = exported.marked(home)
    going = {folder for folder, mark in saved.items() if mark.job in jobs}
    versions: dict[str, list[int]] = {}
    rewards: dict[str, list[int]] = {}
    live: dict[str, int] = {}
    for line in lines_of(store, adapters):
        own = {folder: mark for folder, mark in saved.items() if is_of(line, mark)}
        scored = reached(line.rewards(), jobs, gone)
        found = reached(line, jobs, gone, scored, {mark.version for mark in own.values()})
        going |= {folder for folder, mark in own.items() if mark.version in found}
        learned = {version for version in found if (line.folder / folder_name(version)).is_dir()}
        if learned.intersection((line.live(), line.proven())):
            live[line.base] = clean(line, learned)
        for numbers, told in ((learned, versions), (scored, rewards)):
            if numbers:
                told[line.base] = sorted(numbers)
    stay = [*exported.rows(home), *(file for folder in going for file in exported.others(folder, saved[folder]))]
    stay += exported.unmarked(home) if versions or going else []
    told_of = [tuple(sorted({str(path.relative_to(home)) for path in paths})) for paths in (going, stay)]
    return Forgotten(len(gone) - what.turns, what.turns, versions, rewards, live, *told_of)


def words_of_copies(found: Forgotten) -> list[str]:
    """Sentences on what was saved of it."""
    lines = []
    if found.exports:
        lines.append(f"What was saved of a version that learned from it goes too: {', '.join(found.exports)}.")
    if found.versions or found.exports:
        lines.append("Copies that were saved elsewhere stay: the lab does not know of them.")
    if found.stay:
        lines.append(f"This stays and may hold some of it, so have a look: {', '.join(found.stay)}.")
    return lines


def forget(store: Store, adapters: Path, what: Purgeable) -> Forgotten:
    """Deletes it from the store, what learned from it from the registry, and what was saved of that in the home.

    Raises BusyError while a round runs, of whatever model: it may be learning from what is to go. If one began just now, the
    versions are gone by then and the words are not; they go when it is asked again.
    """
    if busy(store):
        raise BusyError(BEGUN)
    finish(store, adapters)
    told = foresee(store, adapters, what)
    clear(store, adapters, what, told)
    try:
        store.purge(what, is_gone)
    except BusyError:
        raise BusyError(BEGAN) from None
    late = finish(store, adapters) or told
    versions, rewards = joined(told.versions, late.versions), joined(told.rewards, late.rewards)
    exports, stay = (tuple(sorted({*one, *other})) for one, other in ((told.exports, late.exports), (told.stay, late.stay)))
    return replace(told, versions=versions, rewards=rewards, live=told.live | late.live, exports=exports, stay=stay)


def finish(store: Store, adapters: Path, patience: float | None = None) -> Forgotten | None:
    """What comes after the words went, here or in a call that was cut off; None where there is nothing left to do.

    Versions and exports of rounds that began and ended meanwhile, the trainer's log, and the store's file itself: raises
    StoreError if something reads that for longer than `patience`, seconds; left out, as long as the store ever waits.
    """
    what = store.unfinished()
    if what is None:
        return None
    late = foresee(store, adapters, what)
    clear(store, adapters, what, late)
    scrub(store.folder)
    store.finish_purge(patience)
    return late


def clear(store: Store, adapters: Path, what: Purgeable, told: Forgotten) -> None:
    """Deletes the versions that are told, and what rounds that read it left on the disk; ends those that wait to begin."""
    jobs = {*readers(store, frozenset(what.opinions)), *(job.id for job in store.jobs(ALL) if job.parent in parents(job, told))}
    store.end_waiting(jobs, is_gone, FORGOTTEN)
    for line in lines_of(store, adapters):
        drop(line, told.versions.get(line.base, []))
        drop(line.rewards(), told.rewards.get(line.base, []))
        for each in (line, line.rewards()):
            each.sweep()
            each.forget_staging(name for job in jobs for name in (job, f"{job}-reward"))
    for folder, mark in exported.marked(adapters.parent).items():  # after the versions: see Versions.sign
        if str(folder.relative_to(adapters.parent)) in told.exports:
            exported.remove(folder, mark)


def parents(job: Job, told: Forgotten) -> list[int]:
    """Of what a job's parent is one of, those that go."""
    return (told.rewards if job.algorithm == "reward" else told.versions).get(job.base, [])


def drop(line: Versions, numbers: Collection[int]) -> None:
    """Deletes versions of a line; if one of them speaks, or begins to in this moment, a clean one does first."""
    for attempt in range(1, TRIES + 1):
        left = [version for version in sorted(numbers, reverse=True) if (line.folder / folder_name(version)).is_dir()]
        if not {line.live(), line.proven()}.isdisjoint(left):
            line.activate(clean(line, numbers), WHY)
        try:
            for version in left:
                line.delete(version)
            return
        except VersionError:
            if attempt == TRIES:
                raise


def joined(one: dict[str, list[int]], other: dict[str, list[int]]) -> dict[str, list[int]]:
    return {base: sorted({*one.get(base, []), *other.get(base, [])}) for base in {**one, **other}}


def scrub(folder: Path) -> None:
    """Empties what stands beside the store and may quote it: the trainer's logs, and the page's copies of files."""
    for log in folder.glob("trainer*.log"):
        log.write_bytes(b"")
    for copies in (folder / "page").glob("*/"):
        shutil.rmtree(copies, ignore_errors=True)


def busy(store: Store) -> bool:
    """Whether a round runs, or waits for a trainer that is there."""
    holder = store.signals.lease_holder(LEASE)
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


def is_of(line: Versions, mark: exported.Mark) -> bool:
    """Whether an export is of a version of this line: the one that has its number now, or had before it was deleted."""
    return mark.base == line.base and mark.version > 0 and (line.rounds(mark.version)[:1] or [mark.job]) == [mark.job]


def reached(
    line: Versions, jobs: Collection[str], gone: Collection[str], scored: Collection[int] = (), saved: Collection[int] = ()
) -> set[int]:  # fmt: skip
    """Versions whose round, or an ancestor's, read one of the opinions: as its job says, and as its own folder does; or was
    learned through a reward model that did, one of `scored` or one that is deleted. A round of PPO makes its reward model under a
    name of its own.

    Ancestors that are deleted count, and so do damaged folders: of those, what cannot be read has learned from everything. The
    versions `saved` are looked at though they are deleted."""
    names = {name for job in jobs for name in (job, f"{job}-reward")}
    whole = {made.version: made for made in line.all() if made.version}
    broken = {version for name, _ in line.damaged() if (version := version_of(name)) is not None}
    found: set[int] = set()
    for version in sorted({*whole, *broken, *saved}):
        ancestors = line.lineage(version)
        told = names.intersection(line.rounds(version)) or read(line.folder / folder_name(version), gone, version in broken)
        through = [reward for each in ancestors if (reward := line.rewarded_by(each))]
        scores = any(reward in scored or names.intersection(line.rewards().rounds(reward)) for reward in through)
        if version in whole or version in broken:
            scores = scores or was_rewarded(whole.get(version), scored)
        if told or scores or found.intersection(ancestors):
            found.add(version)
    return found


def was_rewarded(made: AdapterVersion | None, by: Collection[int]) -> bool:
    """Whether one of them may have rewarded it, though it is not said by which: it is damaged, or from before that was noted."""
    if not by:
        return False
    noted = made is not None and made.report is not None and "reward_version" in made.report.canaries
    return made is None or (made.algorithm in ("ppo", "rloo") and not noted)


def read(folder: Path, gone: Collection[str], unreadable: bool) -> bool:
    """Whether its round read one of them, as its job says; where that cannot be read, `unreadable`."""
    try:
        return not set(gone).isdisjoint(opinions_of(folder))
    except Damaged:
        return unreadable


def clean(line: Versions, learned: Collection[int]) -> int:
    """The proven version or its nearest ancestor that is proven too and not among those that learned; the base in the end."""
    there = {made.version for made in line.all()}
    fit = (version for version in line.lineage(line.proven()) if version in there and line.may_speak(version))
    return next((version for version in fit if version not in learned), 0)
