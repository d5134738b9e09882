"""Pairs that nobody voted on: the base's own replies to a prompt, and which of them a proven reward model likes better.

Two hundred votes are enough for a reward model to say what a person likes, and too few for DPO, which learns them by heart: its
own choice among fresh replies is worth as many again (benchmarks/RESULTS.md). That replies are drawn from the base and a reward
model decides is statistical rejection sampling (RSO, Liu 2024); that of several the best and the worst make the pair, West-of-N
(Pace 2024), and here the second best and the second worst another. Where the reward model is wrong, its mistakes are learned too,
so it must be surely better than chance and length alone, and tried on FEWEST opinions that prefer something; a tie says less.
Replies that did not end are no candidates. The bundled prompts that ask for harm, those that resemble them, and what people rated
for its safety are left to people; other prompts of theirs that ask for harm are not recognised.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from lab.feedback.examples import Examples
from lab.insight.evidence import evidence_of
from lab.model import adapters
from lab.model.base import Base
from lab.model.prompts import TASKS, pool
from lab.records import AdapterVersion
from lab.registry.versions import Versions
from lab.settings import Settings
from lab.train import canaries, reward_model, samples
from lab.train.batches import Ids, Row
from lab.train.hooks import Hooks
from lab.train.objective import Encoder
from lab.train.scorer import Scorer, references

JUDGE = "judge"
NOTE = "judge"  # in the folder a round writes to: the reward model that votes in it, 0 for none
PHASE = "comparing replies that nobody rated"
FEWEST = 100  # votes and thumbs that a reward model was tried on; and opinions on the criterion it goes by, ties among them
DRAWN = 4  # replies to a prompt
AT_ONCE = 64  # prompts whose replies are drawn and scored together


def proven(rewards: Versions) -> AdapterVersion | None:
    """The live reward model, if it may choose."""
    live = rewards.get(rewards.live())
    found = None if live.report is None else evidence_of(live.report.canaries)
    if live.report is None or found is None or not found.knows_something() or found.n < FEWEST:
        return None
    return live


def judge_of(folder: Path, rewards: Versions) -> AdapterVersion | None:
    """The reward model that votes in a round: the one that did when the round began, if it goes on from where it was cut off.

    `folder` is the round's, and keeps a note of it.
    """
    note = folder / NOTE
    begun = (folder / "checkpoint.safetensors").exists()
    if begun or note.exists():
        noted = int(note.read_text(encoding="ascii")) if note.exists() else 0
        return rewards.get(noted) if noted else None
    found = proven(rewards)
    note.write_text(str(found.version if found else 0), encoding="ascii")
    return found


def judged_rows(
    base: Base, judge: AdapterVersion, examples: Examples, encoder: Encoder, settings: Settings, hooks: Hooks
) -> list[Row]:  # fmt: skip
    """Rows of (chosen, rejected), two a prompt where they differ, for `reward.judged` prompts at most; the person's own first.

    Each counts as the vote of somebody who is right as often as the reward model says it is of such a difference (see `weighed`).
    No adapter may be active. The same seed and the same reward model give the same rows.
    """
    assert judge.folder is not None and judge.report is not None
    prompts = prompts_of(base, examples, encoder, settings)
    scorer = Scorer(base, reward_model.load(base, judge.folder, JUDGE), settings.train, references(base, settings))
    found: dict[Row, float] = {}  # by how much the chosen one is liked better
    price = scorer.multiplier  # of safety; it moves with every call, and all pairs are to be judged alike
    try:
        if scorer.model.rated[scorer.helpful] < FEWEST:
            return []
        for start in range(0, len(prompts), AT_ONCE):
            hooks.progress({"phase": PHASE, "step": start, "steps": len(prompts)})
            some = [prompt for prompt in prompts[start : start + AT_ONCE] for _ in range(DRAWN)]
            seed = settings.train.seed + 70_000 + DRAWN * start
            asked = [samples.request(prompt, None, seed + k) for k, prompt in enumerate(some)]
            drawn = samples.draw_all(base, asked, hooks.courteous)
            replies = [tuple(reply.token_ids) for reply in drawn]
            hooks.courteous()
            scorer.multiplier = price
            scores = scorer(list(zip(some, replies, strict=True))).tolist()
            for first in range(0, len(some), DRAWN):
                ended = [k for k in range(first, first + DRAWN) if drawn[k].finish == "end"]
                for better, worse in pairs_of([scores[k] for k in ended]):
                    chosen, rejected = replies[ended[better]], replies[ended[worse]]
                    if chosen != rejected:
                        found[Row(some[first], (chosen, rejected))] = scores[ended[better]] - scores[ended[worse]]
    finally:
        adapters.drop(base, JUDGE)
    return weighed(list(found.items()), judge.report.canaries["reward_accuracy"])


def pairs_of(scores: Sequence[float]) -> list[tuple[int, int]]:
    """The best and the worst, the second best and the second worst, and so on; none of equal scores."""
    order = sorted(range(len(scores)), key=scores.__getitem__, reverse=True)
    pairs = [(order[k], order[-1 - k]) for k in range(len(order) // 2)]
    return [(better, worse) for better, worse in pairs if scores[better] > scores[worse]]


def weighed(found: Sequence[tuple[Row, float]], accuracy: float) -> list[Row]:
    """The rows, each as the vote of one who is right with probability p: 2p - 1 of one who never errs.

    The difference is taken for log-odds (Bradley 1952), which makes that tanh of half of it. As the reward model may be too sure
    of itself, or too unsure, all are scaled to a mean of what its accuracy on opinions that it never saw is worth, but to no more
    than one vote.
    """
    sure = [math.tanh(difference / 2) for _, difference in found]
    scale = (2 * accuracy - 1) * len(sure) / sum(sure) if found else 0.0
    return [replace(row, weight=min(1.0, scale * each)) for (row, _), each in zip(found, sure, strict=True)]


def prompts_of(base: Base, examples: Examples, encoder: Encoder, settings: Settings) -> list[Ids]:
    """Those of rated pairs, the newest first, and as many of the pool as are wanted; none that is held out, leaves no room for a
    reply, or is about safety."""
    room = min(encoder.max_length, base.context) - max(samples.LONGEST, settings.ppo.max_new_tokens)
    danger = {*pool("harmful", "benign"), *(pair.prompt[-1]["content"] for pair in examples.pairs if pair.criterion == "safe")}
    asked = [pair.prompt for pair in reversed(examples.pairs) if pair.prompt[-1]["content"] not in danger]
    own = dict.fromkeys(tuple(encoder.prompt(messages)) for messages in asked)
    kinds = [kind for task in TASKS.values() for kind in task]
    bundled = canaries.encoded(base, canaries.pooled(*kinds, held_out=False), samples.LONGEST)
    more = [prompt for prompt in bundled if prompt not in own]
    random.Random(f"{settings.train.seed}/judged").shuffle(more)
    return [prompt for prompt in [*own, *more] if len(prompt) <= room][: settings.reward.judged]
