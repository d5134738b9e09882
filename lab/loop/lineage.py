"""Where a reply comes from and where an opinion went: versions, their rounds, and the very opinions those read.

Nothing is guessed: a version's folder names its parent and its job, a job names its opinions, and an opinion its replies. What
rewarded a policy's replies shaped it too, so the opinions of that reward model's rounds are its own. Of a deleted version the
registry's notes are left. `find` begins from words instead of an id. Reads the store and the registry;
changes neither.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from lab.errors import StoreError
from lab.feedback.store import Store
from lab.records import Correction, Reply, Thumb, Vote
from lab.registry.versions import Versions

SHORT = 60  # characters of a reply that is quoted
FOUND = 20  # traces that a search answers with
SEARCHED = 200  # newest conversations that it looks through
Opinion = Vote | Thumb | Correction


@dataclass(frozen=True)
class Learned:
    """An opinion in words. `kind` is vote, thumb, correction, or gone for one that was taken back or purged since."""

    id: str
    kind: str
    words: str


@dataclass(frozen=True)
class Step:
    """A version on the way from the base, and what its round read; `why` it is what it is.

    `rewarded_by` is the reward model that a round of PPO or RLOO was rewarded by, or that chose pairs for DPO or IPO; its
    opinions are among those it learned from.
    """

    version: int
    parent: int | None
    state: str
    algorithm: str
    job: str
    why: str
    learned: tuple[Learned, ...]
    rewarded_by: int | None = None


def of_version(store: Store, versions: Versions, version: int) -> list[Step]:
    """A version and what it was trained from, newest first, without the base. Raises VersionError if there never was one."""
    states = {each.version: each for each in versions.all()}
    if version not in states:
        versions.get(version)  # says what there is instead
    known = opinions_of(store)
    jobs = {job.id: job for job in store.jobs(limit=1_000_000, base=versions.base)}
    steps = []
    line = versions.lineage(version)
    read = {number: list(dict.fromkeys(opinion for job in rounds_behind(versions, number) if job in jobs
                                       for opinion in jobs[job].opinions)) for number in line}  # fmt: skip
    replies = replies_of(store, [known[each] for opinions in read.values() for each in opinions if each in known])
    for place, number in enumerate(line):
        made = states.get(number)
        job_id = versions.round_of(number)
        job = jobs.get(job_id)
        parent = line[place + 1] if place + 1 < len(line) else 0
        steps.append(Step(
            number, parent, made.state if made else "deleted", made.algorithm if made else (job.algorithm if job else ""), job_id,
            made.why if made else "deleted", tuple(told(opinion, known, replies) for opinion in read[number]),
            versions.rewarded_by(number),
        ))  # fmt: skip
    return steps


def rounds_behind(versions: Versions, number: int) -> list[str]:
    """Ids of the jobs whose opinions shaped a version itself: its own, and those that made the reward model of that one."""
    reward = versions.rewarded_by(number)
    scored = versions.rewards().rounds(reward) if reward else []
    own_names = (job.removesuffix("-reward") for job in scored)  # a round of PPO makes its reward model under a name like that
    return list(dict.fromkeys(job for job in (versions.round_of(number), *own_names) if job))


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
    return reach(store, versions).get(opinion, [])


def reach(store: Store, versions: Versions) -> dict[str, list[int]]:
    """The same of every opinion that some round read."""
    lines = {each.version: versions.lineage(each.version) for each in versions.all() if each.version}
    behind = {number: rounds_behind(versions, number) for number in {number for line in lines.values() for number in line}}
    made = [(version, {job for number in line for job in behind[number]}) for version, line in lines.items()]
    found: dict[str, set[int]] = {}
    for job in store.jobs(limit=1_000_000, base=versions.base):
        heirs = {version for version, rounds in made if job.id in rounds}
        for opinion in job.opinions if heirs else ():
            found.setdefault(opinion, set()).update(heirs)
    return {opinion: sorted(heirs) for opinion, heirs in found.items()}


@dataclass(frozen=True)
class Trace:
    """What a search found: a reply, with the version that spoke it, or an opinion, with the versions it reached."""

    id: str
    kind: str  # reply, vote, thumb or correction
    words: str
    spoken: int | None  # by which version; None for an opinion
    reached: tuple[int, ...]  # of a reply: by the opinions about it


def find(store: Store, versions: Versions, sought: str) -> list[Trace]:
    """Opinions and replies of this base's versions by an id, or by words of theirs or of the turn before; newest first."""
    sought = " ".join(sought.casefold().split())
    if not sought:
        return []
    known = opinions_of(store)
    replies = replies_of(store, known.values())
    reaching = reach(store, versions)
    about: dict[str, set[int]] = {}  # a reply: what the opinions about it reached
    traces: list[Trace] = []
    for opinion in known.values():
        for name in subjects(opinion):
            about.setdefault(name, set()).update(reaching.get(opinion.id, ()))
        texts = [replies[name].text for name in subjects(opinion)] + [asked(replies[name], replies) for name in subjects(opinion)]
        texts += [opinion.text] if isinstance(opinion, Correction) else []
        if opinion.id == sought or matches(sought, texts):
            found = told(opinion.id, known, replies)
            traces.append(Trace(opinion.id, found.kind, found.words, None, tuple(reaching.get(opinion.id, ()))))
    for reply, before in spoken_by(store, versions.base):
        if reply.id == sought or matches(sought, (reply.text, before)):
            words = f"{quoted(reply)} to “{shortened(before)}”"
            traces.append(Trace(reply.id, "reply", words, reply.version, tuple(sorted(about.get(reply.id, ())))))
    exact = [trace for trace in traces if trace.id == sought]
    return exact or sorted(traces, key=lambda trace: trace.id, reverse=True)[:FOUND]


def spoken_by(store: Store, base: str) -> Iterator[tuple[Reply, str]]:
    """What versions of a base said in the newest conversations, each with the turn before it."""
    for conversation in store.conversations(SEARCHED):
        turns = {turn.id: turn for turn in store.replies(conversation.id)}
        for turn in turns.values():
            if turn.role == "assistant" and turn.version is not None and turn.base == base:
                yield turn, asked(turn, turns)


def asked(reply: Reply, turns: Mapping[str, Reply]) -> str:
    """The text of the turn before."""
    before = turns.get(reply.parent or "")
    return before.text if before else ""


def matches(sought: str, texts: Iterable[str]) -> bool:
    return any(sought in " ".join(text.casefold().split()) for text in texts)


def opinions_of(store: Store) -> dict[str, Opinion]:
    found: list[Opinion] = [*store.votes(), *store.thumbs(), *store.corrections()]
    return {opinion.id: opinion for opinion in found}


def subjects(opinion: Opinion) -> tuple[str, ...]:
    """The replies an opinion is about."""
    return (opinion.a, opinion.b) if isinstance(opinion, Vote) else (opinion.reply,)


def replies_of(store: Store, opinions: Iterable[Opinion]) -> Mapping[str, Reply]:
    """What the opinions are about, and the turns before, read at once."""
    return store.replies_with_ancestors([name for opinion in opinions for name in subjects(opinion)])


def told(opinion: str, known: Mapping[str, Opinion], replies: Mapping[str, Reply]) -> Learned:
    """An opinion in the words of what it was about."""
    match known.get(opinion):
        case Vote() as vote:
            a, b = quoted(replies[vote.a]), quoted(replies[vote.b])
            words = {"a": f"{a} over {b}", "b": f"{b} over {a}", "tie": f"{a} as good as {b}", "both_bad": f"neither {a} nor {b}"}
            return Learned(opinion, "vote", f"{words[vote.choice]} ({vote.criterion}, {vote.rater})")
        case Thumb() as thumb:
            about = quoted(replies[thumb.reply])
            return Learned(opinion, "thumb", f"{thumb.value} for {about} ({thumb.criterion}, {thumb.rater})")
        case Correction() as better:
            instead = f"“{shortened(better.text)}” instead of {quoted(replies[better.reply])}"
            return Learned(opinion, "correction", f"{instead} ({better.criterion}, {better.rater})")
        case _:
            return Learned(opinion, "gone", "taken back, replaced by a newer one, or purged")


def quoted(reply: Reply) -> str:
    return f"“{shortened(reply.text)}”"


def shortened(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= SHORT else line[: SHORT - 1].rstrip() + "…"


def through_reward(step: Step) -> str:
    """What a reward model had to do with a version, to follow what made it; nothing if none had."""
    if not step.rewarded_by:
        return ""
    if step.algorithm in ("ppo", "rloo"):
        return f", rewarded by reward model {step.rewarded_by}"
    return f", also from pairs that reward model {step.rewarded_by} chose"


def words_of(steps: list[Step]) -> list[str]:
    """For people: a line a version, a line an opinion below it, and the base last."""
    lines = []
    for step in steps:
        made = f"version {step.version} ({step.state}), {step.algorithm or 'unknown'} from version {step.parent}"
        made += through_reward(step)
        lines.append(f"{made}, {len(step.learned)} opinions: {step.why}")
        lines += [f"    {each.kind}: {each.words}" for each in step.learned]
    return [*lines, "version 0: the base, which learned from nobody here"]
