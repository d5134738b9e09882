"""One iteration of the lab's RLOO or PPO in this process: `python -m benchmarks.run_our_ppo FILE rloo|ppo`."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import torch

from benchmarks.job import ALPHA, CLIP, RANK, RATE, peak_mb
from benchmarks.ppo import load
from lab.model import adapters
from lab.model.base import load_base
from lab.settings import PpoSettings, Settings, TrainSettings
from lab.train.hooks import Hooks
from lab.train.ppo import Critic, improve
from lab.train.reward import new_head
from lab.train.rollouts import Rollout

NAME, CRITIC = "policy", "critic"


def main(arguments: Sequence[str]) -> int:
    told, kind = load(Path(arguments[0])), arguments[1]
    dtype = "fp32" if told.dtype == "fp32" else "bf16"
    base = load_base(told.model, "nf4" if told.dtype == "nf4" else "none", told.device, training=True, dtype=dtype)
    base.template.end_ids = frozenset()  # replies of a fixed length
    adapters.create(base, NAME, RANK, ALPHA, told.seed)
    critic = None
    if kind == "ppo":
        adapters.create(base, CRITIC, RANK, ALPHA, told.seed + 1)
        critic = Critic(CRITIC, new_head(base, told.seed))
    prompts = [tuple(base.template.tokenizer.encode(text, add_special_tokens=False)) for text in told.prompts]
    if critic is not None:  # one reply a prompt: as many replies to the same prompts
        prompts = [prompt for prompt in prompts for _ in range(told.samples)]
    calls = iter(range(100))

    def judge(rollouts: Sequence[Rollout]) -> torch.Tensor:
        """Differs from reply to reply, and rises from call to call, so that no iteration counts as a failure."""
        return next(calls) + torch.tensor([sum(t % 2 for t in r.completion) / len(r.completion) for r in rollouts])

    entries: list[dict] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        train = TrainSettings(learning_rate=RATE, grad_clip=CLIP, seed=told.seed, dtype=dtype, kl_cap=1e9, patience=100)
        ppo = PpoSettings(
            iterations=1, rollouts=len(told.prompts) * told.samples, samples=told.samples, epochs=told.epochs,
            minibatch=told.minibatch, learning_rate=RATE, max_new_tokens=told.reply, no_end_penalty=0.0,
        )  # fmt: skip
        settings = Settings(home=folder, model=told.model, train=train, ppo=ppo)
        improve(base, NAME, prompts, judge, settings, folder, Hooks(progress=entries.append), critic)
    rollout, update = entries[0]["seconds_rollout"], entries[1]["seconds_update"]
    peak = torch.cuda.max_memory_allocated() / 1e6 if told.device == "cuda" else peak_mb()
    print(json.dumps({"seconds": rollout + update, "rollout_s": rollout, "update_s": update, "peak_mb": peak}))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
