"""Where a reply comes from and where an opinion went: versions, their rounds, and the very opinions those read.

Nothing is guessed: a version's folder names its parent and its job, a job names its opinions, and an opinion its replies. Of a
deleted version the registry's notes are left. Reads the store and the registry; changes neither.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lab.errors import StoreError
from lab.feedback.store import Store
from lab.records import Correction, Reply, Thumb, Vote
from lab.registry.versions import Versions

SHORT = 60  # characters of a reply that is quoted
Opinion = Vote | Thumb | Correction


@dataclass(frozen=True)
class Learned:
    """An opinion in words. `kind` is vote, thumb, correction, or gone for one that was taken back or purged since."""

    id: str
    kind: str
    words: str


@dataclass(frozen=True)
class Step:
    """A version on the way from the base, and what its round read; `why` it is what it is."""

    version: int
    parent: int | None
    state: str
    algorithm: str
    job: str
    why: str
    learned: tuple[Learned, ...]


def of_version(store: Store, versions: Versions, version: int) -> list[Step]:
    """A version and what it was trained from, newest first, without the base. Raises VersionError if there never was one."""
    states = {each.version: each for each in versions.all()}
    if version not in states:
        versions.get(version)  # says what there is instead
    known = opinions_of(store)
    jobs = {job.id: job for job in store.jobs(limit=1_000_000, base=versions.base)}
    steps = []
    line = versions.lineage(version)
    for place, number in enumerate(line):
        made = states.get(number)
        (job_id,) = versions.rounds(number)[:1] or ("",)
        job = jobs.get(job_id)
        parent = line[place + 1] if place + 1 < len(line) else 0
        steps.append(Step(
            number, parent, made.state if made else "deleted", made.algorithm if made else (job.algorithm if job else ""), job_id,
            made.why if made else "deleted", tuple(told(opinion, known, store) for opinion in (job.opinions if job else ())),
        ))  # fmt: skip
    return steps


def of_reply(store: Store, versions: Versions, reply: str) -> list[Step]:
    """The lineage of the version that spoke. Raises StoreError for a reply that no version of this base spoke."""
    spoken = store.reply(reply)
    if spoken.version is None or spoken.role != "assistant":
        raise StoreError(f"{reply!r} was not said by a version of the model, but typed or imported; it has no lineage")
    if spoken.base != versions.base:
        raise StoreError(f"{reply!r} was said by {spoken.base}, and this lab runs {versions.base}; start it with that --model")
    return of_version(store, versions, spoken.version) if spoken.version else []


def reached(store: Store, versions: Versions, opinion: str) -> list[int]:
    """The versions whose round, or an ancestor's, read an opinion; those that are there, oldest first."""
    readers = {job.id for job in store.jobs(limit=1_000_000, base=versions.base) if opinion in job.opinions}
    return [made.version for made in versions.all() if made.version and readers.intersection(versions.rounds(made.version))]


def opinions_of(store: Store) -> dict[str, Opinion]:
    found: list[Opinion] = [*store.votes(), *store.thumbs(), *store.corrections()]
    return {opinion.id: opinion for opinion in found}


def told(opinion: str, known: Mapping[str, Opinion], store: Store) -> Learned:
    """An opinion in the words of what it was about."""
    match known.get(opinion):
        case Vote() as vote:
            a, b = (quoted(store.reply(reply)) for reply in (vote.a, vote.b))
            words = {"a": f"{a} over {b}", "b": f"{b} over {a}", "tie": f"{a} as good as {b}", "both_bad": f"neither {a} nor {b}"}
            return Learned(opinion, "vote", f"{words[vote.choice]} ({vote.criterion}, {vote.rater})")
        case Thumb() as thumb:
            about = quoted(store.reply(thumb.reply))
            return Learned(opinion, "thumb", f"{thumb.value} for {about} ({thumb.criterion}, {thumb.rater})")
        case Correction() as better:
            instead = f"“{shortened(better.text)}” instead of {quoted(store.reply(better.reply))}"
            return Learned(opinion, "correction", f"{instead} ({better.criterion}, {better.rater})")
        case _:
            return Learned(opinion, "gone", "taken back, replaced by a newer one, or purged")


def quoted(reply: Reply) -> str:
    return f"“{shortened(reply.text)}”"


def shortened(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= SHORT else line[: SHORT - 1].rstrip() + "…"


def words_of(steps: list[Step]) -> list[str]:
    """For people: a line a version, a line an opinion below it, and the base last."""
    lines = []
    for step in steps:
        made = f"version {step.version} ({step.state}), {step.algorithm or 'unknown'} from version {step.parent}"
        lines.append(f"{made}, {len(step.learned)} opinions: {step.why}")
        lines += [f"    {each.kind}: {each.words}" for each in step.learned]
    return [*lines, "version 0: the base, which learned from nobody here"]
