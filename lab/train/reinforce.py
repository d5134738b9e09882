"""A round of reinforcement learning: the reward model brought up to date, then the policy improved against it.

The reward model, the critic (which begins as a copy of it) and the policy are adapters of the one base. Prompts are those of
the person's own conversations and as many of the bundled pool, none of them held out. Knows no gate.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor

from lab.errors import TrainingError
from lab.feedback.examples import Examples, is_held_out
from lab.feedback.store import Store
from lab.model import adapters, prompts
from lab.model.base import Base
from lab.records import Job, Labelled, Message, Pair
from lab.registry.versions import Versions
from lab.settings import Settings
from lab.train import anchor, reward_model
from lab.train.batches import Ids
from lab.train.fit import Fit
from lab.train.hooks import Hooks
from lab.train.objective import Encoder
from lab.train.ppo import Critic, improve
from lab.train.reward_round import refresh, unlearned
from lab.train.rollouts import Rollout
from lab.train.scorer import Scorer, references

REWARD, CRITIC = "reward-model", "critic"
FEWEST = 64  # prompts, the pool's among them


def reinforce(
    job: Job, base: Base, name: str, examples: Examples, store: Store, rewards: Versions, settings: Settings, folder: Path,
    hooks: Hooks, encoder: Encoder,
) -> tuple[Fit, int, dict[str, float]]:  # fmt: skip
    """Improves adapter `name`; (what was done, from how many prompts, figures for the report).

    Raises TrainingError when there is no reward model and too few opinions for one, or when nothing got better.
    """
    figures = up_to_date(job, base, store, rewards, settings, hooks)
    asked = prompts_for(examples, encoder, settings)
    made = rewards.get(rewards.live()).folder
    assert made is not None
    try:
        scorer = Scorer(base, reward_model.load(base, made, REWARD), settings.train, references(base, settings))
        critic = None
        if job.algorithm == "ppo":
            start = reward_model.load(base, made, CRITIC)
            critic = Critic(CRITIC, torch.nn.Parameter(start.heads[scorer.helpful, :1].to(base.device)))
        telling = replace(hooks, progress=lambda entry: hooks.progress(entry | {"rewarded": scorer.words()}))

        def of(rollouts: Sequence[Rollout]) -> Tensor:
            return scorer([(rollout.prompt, rollout.completion) for rollout in rollouts])

        a_step = settings.ppo.epochs * math.ceil(settings.ppo.rollouts / settings.ppo.minibatch)
        retention = anchor.words(base, settings.train, settings.ppo.iterations * a_step, hooks.courteous)
        done = improve(base, name, asked, of, settings, folder, telling, critic, retention)
    finally:
        for each in (REWARD, CRITIC):
            if each in adapters.names(base):
                adapters.drop(base, each)
    told = {"safety_multiplier": scorer.multiplier if scorer.is_constrained else 0.0, "reward_version": float(rewards.live())}
    return done, len(asked), figures | told


def up_to_date(job: Job, base: Base, store: Store, rewards: Versions, settings: Settings, hooks: Hooks) -> dict[str, float]:
    """Refreshes the reward model if there are opinions that it has not seen; the figures of its report."""
    live = rewards.get(rewards.live())
    if live.version == 0 or not set(job.opinions).isdisjoint(unlearned(store, rewards, base.id)):
        own = replace(job, id=f"{job.id}-reward", algorithm="reward", parent=live.version, parent_hash=live.hash)
        live = refresh(own, store, rewards, settings, base, hooks)
    return {} if live.report is None else dict(live.report.canaries)


def prompts_for(examples: Examples, encoder: Encoder, settings: Settings) -> list[Ids]:
    """The person's own prompts, and as many of the pool, FEWEST in all; those without room for a reply are left out."""
    room = encoder.max_length - settings.ppo.max_new_tokens
    rated: list[Pair | Labelled] = [*examples.pairs, *examples.ties, *examples.labelled]
    own = dict.fromkeys(tuple(encoder.prompt(item.prompt)) for item in rated)
    texts = [[Message(role="user", content=text)] for text in prompts.pool()]
    pool = [tuple(encoder.prompt(messages)) for messages in texts if not is_held_out(messages)]
    kept = [ids for ids in own if len(ids) <= room]
    others = [ids for ids in pool if len(ids) <= room and ids not in own]
    more = min(len(others), max(len(kept), FEWEST - len(kept)))
    found = kept + random.Random(f"{settings.train.seed}/pool").sample(others, more)
    if not found:
        longest = f"train.max_length leaves {room} tokens for a prompt"
        raise TrainingError(f"no prompt is short enough to draw replies to: {longest}; raise it, or lower ppo.max_new_tokens")
    return found
