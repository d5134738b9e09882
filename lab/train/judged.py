"""Pairs that nobody voted on: the base's own replies to a prompt, and which of them a proven reward model likes best and least.

Two hundred votes are enough for a reward model to say what a person likes, and too few for DPO, which learns them by heart: its
own choice among fresh replies is worth as many again (benchmarks/RESULTS.md). That replies are drawn from the base and a reward
model decides is statistical rejection sampling (RSO, Liu 2024); that of several the best and the worst make the pair, West-of-N
(Pace 2024). Where the reward model is wrong, its mistakes are learned too, so it must be surely better than chance and length
alone, and made from FEWEST opinions. Prompts that ask for harm, and those that resemble them, are left to people.
"""

from __future__ import annotations

import random

from lab.feedback.examples import Examples
from lab.insight.evidence import evidence_of
from lab.model import adapters
from lab.model.base import Base
from lab.model.prompts import TASKS
from lab.records import AdapterVersion
from lab.registry.versions import Versions
from lab.settings import Settings
from lab.train import canaries, reward_model, samples
from lab.train.batches import Ids, Row
from lab.train.hooks import Hooks
from lab.train.objective import Encoder
from lab.train.scorer import Scorer, references

JUDGE = "judge"
PHASE = "comparing replies that nobody rated"
FEWEST = 100  # opinions a reward model was made from
DRAWN = 4  # replies to a prompt
AT_ONCE = 64  # prompts whose replies are drawn and scored together


def proven(rewards: Versions) -> AdapterVersion | None:
    """The live reward model, if it may choose."""
    live = rewards.get(rewards.live())
    found = None if live.report is None else evidence_of(live.report.canaries)
    if live.report is None or found is None or not found.knows_something() or live.report.used < FEWEST:
        return None
    return live


def judged_rows(
    base: Base, judge: AdapterVersion, examples: Examples, encoder: Encoder, settings: Settings, hooks: Hooks
) -> list[Row]:  # fmt: skip
    """Rows of (chosen, rejected), one a prompt where the two differ, for `reward.judged` prompts at most; the person's own first.

    Each counts as the vote of somebody who is right as often as the reward model was on opinions that it never saw: 2p - 1 of one
    who never errs. No adapter may be active. The same seed and the same reward model give the same rows.
    """
    assert judge.folder is not None and judge.report is not None
    weight = 2 * judge.report.canaries["reward_accuracy"] - 1
    prompts = prompts_of(base, examples, encoder, settings)
    scorer = Scorer(base, reward_model.load(base, judge.folder, JUDGE), settings.train, references(base, settings))
    rows: list[Row] = []
    try:
        for start in range(0, len(prompts), AT_ONCE):
            hooks.progress({"phase": PHASE, "step": start, "steps": len(prompts)})
            some = [prompt for prompt in prompts[start : start + AT_ONCE] for _ in range(DRAWN)]
            seed = settings.train.seed + 70_000 + DRAWN * start
            asked = [samples.request(prompt, None, seed + k) for k, prompt in enumerate(some)]
            replies = [tuple(reply.token_ids) for reply in samples.draw_all(base, asked, hooks.courteous)]
            scores = scorer(list(zip(some, replies, strict=True))).tolist()
            for first in range(0, len(some), DRAWN):
                among = range(first, first + DRAWN)
                best, worst = max(among, key=scores.__getitem__), min(among, key=scores.__getitem__)
                if scores[best] > scores[worst] and replies[best] != replies[worst]:
                    rows.append(Row(some[first], (replies[best], replies[worst]), weight=weight))
    finally:
        adapters.drop(base, JUDGE)
    return rows


def prompts_of(base: Base, examples: Examples, encoder: Encoder, settings: Settings) -> list[Ids]:
    """Those of rated pairs, and as many of the pool as are wanted; none that is held out, or leaves no room for a reply."""
    room = min(encoder.max_length, base.context) - samples.LONGEST
    own = dict.fromkeys(tuple(encoder.prompt(pair.prompt)) for pair in examples.pairs)
    kinds = [kind for task in TASKS.values() for kind in task]
    pool = canaries.encoded(base, canaries.pooled(*kinds, held_out=False), samples.LONGEST)
    more = [prompt for prompt in pool if prompt not in own]
    random.Random(f"{settings.train.seed}/judged").shuffle(more)
    return [prompt for prompt in [*own, *more] if len(prompt) <= room][: settings.reward.judged]
