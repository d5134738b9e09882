"""Opinions to training examples. Pure over the store's records: no SQL, no tokens are made, no tensor.

A vote for a or b is a pair; both_bad is two completions found bad; a tie is two found equal, for the reward model alone.
A thumb is one labelled completion. A correction is a demonstration and a pair against what it corrects. The assistant's
turns of imported chats are demonstrations. Which side of the split an opinion is on depends on its first user turn alone,
for ever.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeVar

from lab.feedback.store import Store
from lab.records import Completion, Correction, Counts, Demonstration, Job, Labelled, Message, Pair, Reply, Thumb, Vote

Side = Literal["train", "held_out", "all"]
HELD_OUT_SHARE = 0.2
CARE = "care"  # in the settings of a job: what it leaves out, and what counts for less

Opinion = TypeVar("Opinion", Thumb, Vote, Correction)
Example = TypeVar("Example", Pair, Labelled)


@dataclass(frozen=True)
class Examples:
    """Oldest opinion first. `ties` are pairs of which neither was preferred, a as chosen and b as rejected."""

    pairs: tuple[Pair, ...] = ()
    labelled: tuple[Labelled, ...] = ()
    demonstrations: tuple[Demonstration, ...] = ()
    ties: tuple[Pair, ...] = ()


def is_held_out(prompt: Sequence[Message]) -> bool:
    """Whether opinions under this prompt are kept for judging: about 20 % of first user turns, chosen by their hash."""
    first = next((message["content"] for message in prompt if message["role"] == "user"), "")
    digest = hashlib.sha256(" ".join(first.casefold().split()).encode("utf-8", "replace")).digest()
    return int.from_bytes(digest[:8], "big") < HELD_OUT_SHARE * 2**64


def collect(
    store: Store, side: Side, opinions: Collection[str] | None = None, base: str | None = None,
    weights: Mapping[str, float] | None = None,
) -> Examples:  # fmt: skip
    """The examples of one side of the split, of all opinions that count or of the named ones, by opinion weighed.

    Completions carry the ids a model emitted, and only those of `base` when one is named: ids mean nothing to
    another model's tokenizer, so its replies are then given as text.
    """
    named = None if opinions is None else frozenset(opinions)
    votes, thumbs, corrections = _of(store.votes(), named), _of(store.thumbs(), named), _of(store.corrections(), named)
    turns = [turn for turn in store.imported_turns() if named is None or turn in named]
    rated = [reply for vote in votes for reply in (vote.a, vote.b)]
    rated += [thumb.reply for thumb in thumbs] + [correction.reply for correction in corrections]
    threads = Threads(store.replies_with_ancestors([*rated, *turns]), base)

    times = {vote.id: vote.time for vote in votes} | {thumb.id: thumb.time for thumb in thumbs}
    times |= {correction.id: correction.time for correction in corrections}

    def in_time_order(made: Iterable[Example]) -> tuple[Example, ...]:
        return tuple(sorted(made, key=lambda example: times[example.opinion]))

    def wanted(reply: str) -> bool:
        return side == "all" or is_held_out(threads.prompt(reply)) == (side == "held_out")

    votes = [vote for vote in votes if wanted(vote.a)]
    corrections = [correction for correction in corrections if wanted(correction.reply)]
    voted = [pair for vote in votes for pair in _voted(vote, threads)]
    thumbed = [_thumbed(thumb, threads) for thumb in thumbs if wanted(thumb.reply)]
    turns = [turn for turn in turns if wanted(turn) and any(m["role"] == "user" for m in threads.prompt(turn))]
    said = [Demonstration(threads.prompt(turn), threads.completion(turn), opinion=turn) for turn in turns]
    found = Examples(
        pairs=in_time_order(voted + [pair for correction in corrections for pair in _corrected(correction, threads)]),
        labelled=in_time_order(thumbed + [bad for vote in votes for bad in _both_bad(vote, threads)]),
        demonstrations=(*said, *(Demonstration(threads.prompt(c.reply), _better(c), opinion=c.id) for c in corrections)),
        ties=in_time_order(_pair(vote, vote.a, vote.b, threads) for vote in votes if vote.choice == "tie"),
    )
    return weighed(found, weights) if weights else found


def of_job(store: Store, job: Job, base: str) -> Examples:
    """What a round trains on: its own opinions, by the weights it was planned with."""
    return collect(store, "train", set(job.opinions), base, job.settings.get(CARE, {}).get("weights"))


def left_out(job: Job) -> dict[str, int]:
    """How many opinions a round was planned without, by reason."""
    return dict(job.settings.get(CARE, {}).get("left_out", {}))


def weighed(found: Examples, weights: Mapping[str, float]) -> Examples:
    def of(made: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(replace(each, weight=weights[each.opinion]) if each.opinion in weights else each for each in made)

    return Examples(of(found.pairs), of(found.labelled), of(found.demonstrations), of(found.ties))


def without(found: Examples, gone: Collection[str]) -> Examples:
    def of(made: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(each for each in made if each.opinion not in gone)

    return Examples(of(found.pairs), of(found.labelled), of(found.demonstrations), of(found.ties))


def counts(store: Store, learned: Collection[str], scored: Collection[str] = (), gone: Collection[str] = ()) -> Counts:
    """What there is to train on, and how much of it is in none of the `learned` opinions.

    `scored` are the opinions that the reward model was made from, `gone` those that no round is to read.
    """
    found = collect(store, "all")
    kinds = (found.pairs, found.labelled, found.demonstrations)
    told: list[Pair | Labelled] = [*found.pairs, *found.labelled]
    held = sum(is_held_out(example.prompt) for example in told)
    readable = [[example for example in examples if example.opinion not in gone] for examples in kinds]
    train = [[example for example in examples if not is_held_out(example.prompt)] for examples in readable]
    known = frozenset(learned)
    new = [[example for example in examples if example.opinion not in known] for examples in train]
    judged: list[Pair | Labelled] = [*found.pairs, *found.labelled, *found.ties]
    rated = {item.opinion for item in judged if item.opinion not in gone and not is_held_out(item.prompt)}
    return Counts(
        rated=len(rated), new_rated=len(rated.difference(scored)),
        pairs=len(train[0]), labelled=len(train[1]), demonstrations=len(train[2]),
        new_pairs=len(new[0]), new_labelled=len(new[1]), new_demonstrations=len(new[2]),
        held_out=held,
    )  # fmt: skip


class Threads:
    """Prompts and completions of stored replies; a prompt that many replies share is put together once."""

    def __init__(self, replies: Mapping[str, Reply], base: str | None) -> None:
        self._replies = replies
        self._base = base
        self._prompts: dict[str, tuple[Message, ...]] = {}  # up to and with a turn

    def prompt(self, reply: str) -> tuple[Message, ...]:
        """The turns before a reply."""
        missing: list[Reply] = []
        turn = self._replies[reply].parent
        while turn is not None and turn not in self._prompts:
            missing.append(self._replies[turn])
            turn = missing[-1].parent
        found = () if turn is None else self._prompts[turn]
        for each in reversed(missing):
            found = self._prompts[each.id] = (*found, Message(role=each.role, content=each.text))
        return found

    def completion(self, reply: str) -> Completion:
        found = self._replies[reply]
        return Completion(found.id, found.text, found.token_ids if self._base in (None, found.base) else ())


def _voted(vote: Vote, threads: Threads) -> list[Pair]:
    if vote.choice not in ("a", "b"):
        return []
    chosen, rejected = (vote.a, vote.b) if vote.choice == "a" else (vote.b, vote.a)
    return [_pair(vote, chosen, rejected, threads)]


def _pair(vote: Vote, chosen: str, rejected: str, threads: Threads) -> Pair:
    completions = threads.completion(chosen), threads.completion(rejected)
    return Pair(threads.prompt(chosen), *completions, opinion=vote.id, criterion=vote.criterion, rater=vote.rater)


def _both_bad(vote: Vote, threads: Threads) -> list[Labelled]:
    if vote.choice != "both_bad":
        return []
    return [
        Labelled(threads.prompt(reply), threads.completion(reply), False, vote.id, vote.criterion, vote.rater)
        for reply in (vote.a, vote.b)
    ]


def _thumbed(thumb: Thumb, threads: Threads) -> Labelled:
    completion = threads.completion(thumb.reply)
    return Labelled(threads.prompt(thumb.reply), completion, thumb.value == "up", thumb.id, thumb.criterion, thumb.rater)


def _corrected(correction: Correction, threads: Threads) -> list[Pair]:
    """Nothing when the correction says what the reply said."""
    rejected = threads.completion(correction.reply)
    if rejected.text.strip() == correction.text.strip():
        return []
    prompt = threads.prompt(correction.reply)
    return [Pair(prompt, _better(correction), rejected, correction.id, correction.criterion, correction.rater)]


def _better(correction: Correction) -> Completion:
    return Completion(correction.id, correction.text)


def _of(opinions: list[Opinion], named: frozenset[str] | None) -> list[Opinion]:
    return opinions if named is None else [opinion for opinion in opinions if opinion.id in named]
