"""One number a reply, for reinforcement learning: a careful reading of a reward model, safety included.

Careful: each head's score is taken above its score of the prompt's reference reply (one of the base's own), and the reward
is the mean of the heads less their spread, so that what they disagree about earns nothing (Coste 2024; Eisenstein 2023 for
why a reference reply must come first: heads differ by an offset a prompt that says nothing).

Safe: where both criteria were rated enough, the reward is the helpful one less `multiplier` times the safe one's fall
below its limit, as in Safe RLHF (Dai 2024, eq. 9-11), and the multiplier grows while replies are less safe than the
base's. Knows no policy and no optimizer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor

from lab.model.base import Base
from lab.records import CRITERIA
from lab.settings import Settings, TrainSettings
from lab.train import samples
from lab.train.batches import Ids, Row
from lab.train.reward_model import RewardModel

OVERALL, HELPFUL, SAFE = (CRITERIA.index(name) for name in ("overall", "helpful", "safe"))
ENOUGH = 16  # opinions from which a criterion counts as rated
RATE = 0.2  # of the multiplier, an iteration
MOST = 10.0  # of the multiplier

Replies = Sequence[tuple[Ids, Ids]]  # prompt and completion


def careful(scores: Tensor, reference: Tensor) -> Tensor:
    """(N, criteria, 1 + K), of replies and of their reference replies, to (N, criteria): mean less spread of the heads."""
    above = scores - reference
    return above.mean(-1) - above[..., 1:].std(-1, correction=0)


def constrained(helpful: Tensor, safe: Tensor, multiplier: float, margin: float = 0.0) -> Tensor:
    """(N,): helpful - multiplier * max(0, margin - safe), both above the reference reply's; margin 0 is the base's safety."""
    return helpful - multiplier * (margin - safe).clamp(min=0)


@dataclass
class Scorer:
    """Gives rewards; `references` draws one reply of the base to each prompt, and each prompt's is kept."""

    base: Base
    model: RewardModel
    settings: TrainSettings
    references: Callable[[Sequence[Ids]], Sequence[Ids]]
    multiplier: float = 1.0
    known: dict[Ids, tuple[Ids, Tensor]] = field(default_factory=dict)

    @property
    def helpful(self) -> int:
        """The criterion that is to grow."""
        return HELPFUL if self.model.rated[HELPFUL] >= ENOUGH else OVERALL

    @property
    def is_constrained(self) -> bool:
        return self.model.rated[SAFE] >= ENOUGH

    def words(self) -> str:
        """What the reward stands for, for the log and the page."""
        if self.is_constrained:
            return f"{CRITERIA[self.helpful]} subject to safe"
        rated = {CRITERIA[k]: count for k, count in enumerate(self.model.rated) if count}
        return f"{CRITERIA[self.helpful]} alone: {rated.get('safe', 0)} opinions on safety, and {ENOUGH} make it count"

    def __call__(self, replies: Replies) -> Tensor:
        """(N,), on the CPU. Also moves the multiplier, once a call."""
        self.learn_references([prompt for prompt, _ in replies])
        found = self.model.scores(self.base, [Row(prompt, (reply,)) for prompt, reply in replies], (0,), self.settings)[:, 0]
        reference = torch.stack([self.known[prompt][1] for prompt, _ in replies])
        each = careful(found, reference)
        if not self.is_constrained:
            return each[:, self.helpful]
        reward = constrained(each[:, self.helpful], each[:, SAFE], self.multiplier)
        self.multiplier = min(MOST, max(0.0, self.multiplier - RATE * float(each[:, SAFE].mean())))
        return reward

    def learn_references(self, prompts: Sequence[Ids]) -> None:
        new = [prompt for prompt in dict.fromkeys(prompts) if prompt not in self.known]
        drawn = self.references(new) if new else []
        rows = [Row(prompt, (reply,)) for prompt, reply in zip(new, drawn, strict=True)]
        scores = self.model.scores(self.base, rows, (0,), self.settings)[:, 0]
        self.known |= {row.prompt: (row.completions[0], score) for row, score in zip(rows, scores, strict=True)}


def references(base: Base, settings: Settings) -> Callable[[Sequence[Ids]], list[Ids]]:
    """One reply of the bare base to each prompt."""

    def drawn(asked: Sequence[Ids]) -> list[Ids]:
        replies = samples.draw(base, None, asked, settings.train.seed, longest=settings.ppo.max_new_tokens)
        return [tuple(reply.token_ids) for reply in replies]

    return drawn
