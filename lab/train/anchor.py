"""What holds a round to the base: words along which every step pays for its distance from it.

Where they lead matters, not what they say. Half are the base's own, drawn hotter than usual; half are of bundled dialogues that
were written for this. Both get to places that the base seldom gets to by itself, and it is there that training forgets first
(benchmarks/RESULTS.md). No candidate is judged on these prompts or dialogues.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from itertools import cycle

from torch import Tensor

from lab.model.base import Base
from lab.model.generate import Request
from lab.model.identity import STARTER
from lab.model.prompts import KINDS
from lab.records import Sampling
from lab.settings import TrainSettings
from lab.train import canaries, retention, samples
from lab.train.batches import Row
from lab.train.forward import divergence, packs

WRITTEN = STARTER / "anchor.jsonl"
REMEMBERED, HEAT = 96, 1.3  # replies of the base, at most, and the temperature they are drawn at
A_STEP = 4  # rows of both kinds that an optimizer step is held to


def words(
    base: Base, settings: TrainSettings, steps: int, courteous: Callable[[], None] = lambda: None
) -> list[Row]:  # fmt: skip
    """Rows of (reply,) for so many steps, the base's own and written ones in turn. None where nothing is to be held."""
    if not settings.retention_weight:
        return []
    own, written = own_words(base, settings, A_STEP * steps // 2, courteous), written_words(base, settings)
    return [row for pair in zip(own, cycle(written)) for row in pair] if own and written else own or written


def own_words(base: Base, settings: TrainSettings, wanted: int, courteous: Callable[[], None]) -> list[Row]:
    """What the bare base says to prompts of the pool, REMEMBERED of them at most."""
    asked = canaries.encoded(base, canaries.pooled(*KINDS, held_out=False), samples.LONGEST)
    asked = random.Random(settings.seed).sample(asked, min(REMEMBERED, wanted, len(asked)))
    how = Sampling(temperature=HEAT, top_p=1.0, max_new_tokens=samples.LONGEST)
    requests = [Request(prompt, how, settings.seed + 90_000 + k) for k, prompt in enumerate(asked)]
    drawn = samples.draw_all(base, requests, courteous)
    return [Row(prompt, (tuple(reply.token_ids),)) for prompt, reply in zip(asked, drawn, strict=True)]


def written_words(base: Base, settings: TrainSettings) -> list[Row]:
    """The assistant's turns of the bundled dialogues, shuffled, but for those that the model has no room for."""
    rows = retention.rows_of(base, retention.read_dialogues(WRITTEN))
    room = min(settings.max_length, base.context)
    rows = [row for row in rows if len(row.prompt) + len(row.completions[0]) <= room]
    random.Random(settings.seed).shuffle(rows)
    return rows


def of_step(rows: Sequence[Row], step: int) -> list[Row]:
    """Those of a step, all of them in turn."""
    few = min(A_STEP, len(rows))
    return [rows[(step * few + k) % len(rows)] for k in range(few)]


def hold(
    base: Base, rows: Sequence[Row], weight: float, settings: TrainSettings, backward: Callable[[Tensor], object]
) -> float:  # fmt: skip
    """Adds the gradients of `weight` times the mean KL(base || policy) along the rows; the KL, nats a token.

    The policy's adapter must be active.
    """
    tokens = sum(len(row.completions[0]) for row in rows)
    total = 0.0
    for packed in packs(base, rows, (0,), settings.tokens):
        value = divergence(base, packed, settings.dtype).sum() / tokens
        backward(weight * value)
        total += value.item()
    return total
