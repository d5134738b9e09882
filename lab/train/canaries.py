"""Canaries: what a candidate says to prompts that nobody voted on, beside what the base says, so that drift cannot add up.

Both sides draw replies to the same prompts from the same seeds. Figures that the limits are near to come with a 95 %
interval (`_low`, `_high`), shares with the number of replies (`_n`). They know no limit: what is too much is the gate's.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from lab.feedback.examples import is_held_out
from lab.insight import sycophancy
from lab.insight.paired import bootstrap
from lab.insight.refusals import refuses
from lab.model import adapters
from lab.model.base import Base
from lab.model.generate import Emitted, Request
from lab.model.prompts import Kind, pool
from lab.records import Message
from lab.settings import TrainSettings
from lab.train import retention, samples
from lab.train.batches import Ids, Row
from lab.train.forward import measure

WORST = 1e9  # stands for "not a number"
CHANCE = 0.125  # of replies: two of sixteen more that are cut off than of the base's
FAR = 5 * samples.LONGEST  # tokens that replies are continued to where a candidate's are cut off more often than that
BRIEF = 24  # tokens within which a refusal, or agreement, is told
FRESH = 24  # held-out prompts of the pool that both the candidate and the version before it reply to
MOVED = 1e-4  # nats of a log-prob


@dataclass(frozen=True)
class Replies:
    """To the same prompts by a candidate and by another version."""

    prompts: list[Ids]
    ours: list[Emitted]
    theirs: list[Emitted]


@dataclass(frozen=True)
class Drawn:
    """`everyday`, `harmful`, `benign` and `claims` are beside the base's, `fresh` beside those of the version before."""

    everyday: Replies
    harmful: Replies
    benign: Replies
    claims: Replies
    fresh: Replies


def draw(
    base: Base, name: str, parent: str | None, everyday: Sequence[Ids], seed: int, courteous: Callable[[], None] = lambda: None
) -> Drawn:  # fmt: skip
    """All replies that a candidate is judged by, drawn together. `parent` is the version before it, None for the base."""
    fresh = pooled("chat", "story", "question", held_out=True)
    groups = [
        (list(everyday), samples.LONGEST, None),
        (encoded(base, pooled("harmful", held_out=True), BRIEF), BRIEF, None),
        (encoded(base, pooled("benign", held_out=True), BRIEF), BRIEF, None),
        (encoded(base, sycophancy.questions(), BRIEF), BRIEF, None),
        (encoded(base, fresh[:: max(1, len(fresh) // FRESH)][:FRESH], samples.LONGEST), samples.LONGEST, parent),
    ]
    asked: list[Request] = []
    for place, (prompts, longest, other) in enumerate(groups):
        for speaker in (name, other):
            asked += [samples.request(prompt, speaker, seed + 1000 * place + k, longest) for k, prompt in enumerate(prompts)]
    said = iter(samples.draw_all(base, asked, courteous))
    sides = [Replies(prompts, [next(said) for _ in prompts], [next(said) for _ in prompts]) for prompts, _, _ in groups]
    return Drawn(further(base, name, sides[0], seed, courteous), *sides[1:])


def pooled(*kinds: Kind, held_out: bool) -> list[tuple[Message, ...]]:
    """Prompts of the pool: those that no round is trained on, or the others."""
    asked = [(Message(role="user", content=text),) for text in pool(*kinds)]
    return [messages for messages in asked if is_held_out(messages) == held_out]


def encoded(base: Base, asked: Sequence[Sequence[Message]], longest: int) -> list[Ids]:
    """Those with room for a reply."""
    found = [tuple(base.template.encode_prompt(messages)) for messages in asked]
    return [ids for ids in found if len(ids) + longest <= base.context]


def further(base: Base, name: str, seen: Replies, seed: int, courteous: Callable[[], None]) -> Replies:
    """The same, and where the candidate's are cut off more often than the base's, how they go on: whether they ever end."""
    if samples.stop_rate(seen.ours) + CHANCE >= samples.stop_rate(seen.theirs):
        return seen
    sides = []
    for speaker, replies in ((name, seen.ours), (None, seen.theirs)):
        cut = [k for k, reply in enumerate(replies) if reply.finish == "length"]
        begun = {k: (*seen.prompts[k], *replies[k].token_ids) for k in cut}
        room = {k: min(FAR - samples.LONGEST, base.context - len(begun[k])) for k in cut}
        asked = [samples.request(begun[k], speaker, seed + 9000 + k, room[k]) for k in cut if room[k] > 0]
        more = dict(zip([k for k in cut if room[k] > 0], samples.draw_all(base, asked, courteous), strict=True))
        sides.append([joined(reply, more[k]) if k in more else reply for k, reply in enumerate(replies)])
    return Replies(seen.prompts, *sides)


def joined(first: Emitted, then: Emitted) -> Emitted:
    return Emitted(first.token_ids + then.token_ids, first.logprobs + then.logprobs, then.finish)


def canaries(
    base: Base, name: str, parent: str | None, drawn: Drawn, settings: TrainSettings, courteous: Callable[[], None] = lambda: None
) -> tuple[float, dict[str, float]]:
    """(KL from the base, canaries) of an adapter trained from `parent` (None: the base).

    repeat: share of 4-grams seen before in the same reply. stop_rate: share of replies that end by themselves. length:
    mean tokens. ppl_ratio: perplexity of what the base says, under the adapter, over the base's own, and retention_ratio
    the same of the bundled dialogues: how much of the base was forgotten. harmful_refused, benign_refused: shares of
    requests that are declined. agreed: share of false claims and denials that are given in to. nan: 1 when a weight or a
    log-prob is not finite. changed: 1 when some log-prob moved from where the parent had it. same: share of fresh replies
    that are token for token the parent's. `_base` is the base's figure.
    """
    ours, theirs, prompts = drawn.everyday.ours, drawn.everyday.theirs, drawn.everyday.prompts
    rows = [Row(prompt, (tuple(reply.token_ids),)) for prompt, reply in zip(prompts, theirs, strict=True)]
    dialogues = retention.rows_of(base, retention.read_retention())
    measured = rows + dialogues
    with adapters.without(base):
        before = measure(base, measured, (0,), settings.tokens, settings.dtype)[:, 0]
    courteous()
    with adapters.active(base, name):
        after = measure(base, measured, (0,), settings.tokens, settings.dtype)[:, 0]
    courteous()
    inherited = before[: len(rows)]
    if parent is not None:
        with adapters.active(base, parent):
            inherited = measure(base, rows, (0,), settings.tokens, settings.dtype)[:, 0]
    finite = torch.isfinite(after).all() and all(torch.isfinite(p).all() for p in adapters.parameters(base, name).values())
    drift = samples.drift(base, prompts, ours, settings)
    lost = lost_per_row(measured, before, after)
    luck = settings.seed
    pairs = [(len(own.token_ids), len(other.token_ids)) for own, other in zip(ours, theirs, strict=True)]
    figures = {
        "repeat": samples.repetition(ours), "repeat_base": samples.repetition(theirs),
        "stop_rate": samples.stop_rate(ours), "stop_rate_base": samples.stop_rate(theirs), "stop_rate_n": float(len(ours)),
        "length": samples.mean_length(ours), "length_base": samples.mean_length(theirs),
        "ppl_ratio": ratio(lost[: len(rows)]), "retention_ratio": ratio(lost[len(rows) :]),
        "nan": float(not finite), "changed": float(bool(((inherited - after[: len(rows)]).abs() > MOVED).any())),
        **shares("harmful_refused", base, drawn.harmful, refuses), **shares("benign_refused", base, drawn.benign, refuses),
        **shares("agreed", base, drawn.claims, sycophancy.agrees), **same(drawn.fresh),
    }  # fmt: skip
    if finite:
        figures |= span("repeat", bootstrap([samples.repeats(reply) for reply in ours], samples.per_token, luck))
        figures |= span("length_ratio", bootstrap(pairs, samples.per_token, luck))
        figures |= span("ppl_ratio", bootstrap(lost[: len(rows)], ratio, luck))
        figures |= span("retention_ratio", bootstrap(lost[len(rows) :], ratio, luck))
        figures |= span("kl", bootstrap(drift, samples.per_token, luck))
    return bounded(samples.per_token(drift)), {key: bounded(value) for key, value in figures.items()}


def lost_per_row(rows: Sequence[Row], before: Tensor, after: Tensor) -> list[tuple[float, int]]:
    """Of each row (nats by which what it says became less likely, its tokens)."""
    lengths = (len(row.completions[0]) for row in rows)
    return list(zip((before - after).double().tolist(), lengths, strict=True))


def ratio(lost: Sequence[tuple[float, int]]) -> float:
    """Perplexity over that of before."""
    return math.exp(min(samples.per_token(lost), 50.0))


def shares(name: str, base: Base, replies: Replies, holds: Callable[[str], bool]) -> dict[str, float]:
    """Of how many replies something holds, of either side; nothing where none was drawn."""
    if not replies.prompts:
        return {}
    ours, theirs = ([holds(base.template.decode(reply.token_ids)) for reply in side] for side in (replies.ours, replies.theirs))
    count = len(ours)
    return {name: sum(ours) / count, f"{name}_base": sum(theirs) / count, f"{name}_n": float(count)}


def same(replies: Replies) -> dict[str, float]:
    if not replies.prompts:
        return {}
    alike = sum(a.token_ids == b.token_ids for a, b in zip(replies.ours, replies.theirs, strict=True))
    return {"same": alike / len(replies.prompts), "same_n": float(len(replies.prompts))}


def span(name: str, interval: tuple[float, float]) -> dict[str, float]:
    return {f"{name}_low": interval[0], f"{name}_high": interval[1]}


def bounded(value: float) -> float:
    """A figure JSON can carry: WORST for what is not a number or too large."""
    return value if value < WORST else WORST
