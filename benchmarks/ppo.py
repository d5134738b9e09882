"""One iteration of reinforcement learning against TRL's: python -m benchmarks.ppo [--dtype fp32|bf16|nf4] [--shape NAME]

64 replies of a fixed length are drawn, 4 to each of 16 prompts, and learned from in 2 passes of 4 optimizer steps: by the lab's
RLOO, by its PPO (which has a critic beside it), and by TRL's RLOOTrainer, in turns, each in a process of its own, on the same
random model, prompts, lengths and batch sizes. `rollout` is all that comes before the first gradient: drawing, log-probs
of the reference, rewards. A table for people goes to stderr, medians as one JSON document to the last line of stdout:
`speedup` is TRL's whole iteration over RLOO's, `update_speedup` the same of the updates alone.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.table import Table

from benchmarks.shapes import SHAPES, build_model
from benchmarks.training import TELL, environment, hardware, positive, ratio, run

KINDS = ("rloo", "ppo", "trl")
LETTERS = "abcdefghijklmnopqrstuvwxyz"  # one token each for the tokenizer of the shapes


@dataclass(frozen=True)
class Iteration:
    """What every process is told."""

    model: str
    dtype: str
    device: str
    seed: int
    prompts: tuple[str, ...]
    reply: int
    samples: int = 4
    epochs: int = 2
    minibatch: int = 16


def iteration_of(options: argparse.Namespace, folder: Path) -> Iteration:
    draw = random.Random(f"{options.seed}/prompts")
    model = build_model(SHAPES[options.shape], folder / "model", options.seed)
    prompts = tuple("".join(draw.choices(LETTERS, k=options.prompt)) for _ in range(options.rollouts // Iteration.samples))
    return Iteration(str(model), options.dtype, options.device, options.seed, prompts, options.reply)


def load(file: Path) -> Iteration:
    told = json.loads(file.read_text())
    return Iteration(**{**told, "prompts": tuple(told["prompts"])})


def summary(options: argparse.Namespace, runs: dict[str, list[dict]]) -> dict:
    def median(kind: str, key: str) -> float | None:
        return statistics.median(each[key] for each in runs[kind]) if runs[kind] else None

    def whole(kind: str) -> float | None:
        return statistics.median(each["seconds"] for each in runs[kind]) if runs[kind] else None

    ours = [mb for mb in (median("rloo", "peak_mb"), median("ppo", "peak_mb")) if mb is not None]
    return {
        "name": "ppo", "dtype": options.dtype, "shape": options.shape, "seed": options.seed, "repeats": options.repeats,
        "ours_update_s": median("rloo", "update_s"), "ours_rollout_s": median("rloo", "rollout_s"),
        "trl_update_s": median("trl", "update_s"), "trl_rollout_s": median("trl", "rollout_s"),
        "speedup": ratio(whole("trl"), whole("rloo")),
        "update_speedup": ratio(median("trl", "update_s"), median("rloo", "update_s")),
        "ours_mb": max(ours, default=None), "trl_mb": median("trl", "peak_mb"),
        "ours_ppo_update_s": median("ppo", "update_s"), "ours_ppo_rollout_s": median("ppo", "rollout_s"),
        "ours_rloo_mb": median("rloo", "peak_mb"), "ours_ppo_mb": median("ppo", "peak_mb"),
        "rollouts": options.rollouts, "prompt": options.prompt, "reply": options.reply,
        "hardware": hardware(options.device), "environment": environment(),
    }  # fmt: skip


def show(result: dict) -> None:
    table = Table("", "RLOO", "PPO", "TRL's RLOO")
    rows = {
        "rollout, s": ("ours_rollout_s", "ours_ppo_rollout_s", "trl_rollout_s"),
        "update, s": ("ours_update_s", "ours_ppo_update_s", "trl_update_s"), "MB": ("ours_rloo_mb", "ours_ppo_mb", "trl_mb"),
    }  # fmt: skip
    for name, keys in rows.items():
        table.add_row(name, *("" if result[key] is None else f"{result[key]:.2f}" for key in keys))
    TELL.print(table)


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="bench ppo", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )  # fmt: skip
    parser.add_argument("--dtype", choices=("fp32", "bf16", "nf4"), default="fp32")
    parser.add_argument("--shape", choices=tuple(SHAPES), default="small")
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu")
    parser.add_argument("--rollouts", type=positive, default=64)
    parser.add_argument("--prompt", type=positive, default=96, help="tokens of a prompt")
    parser.add_argument("--reply", type=positive, default=64, help="tokens of a reply")
    parser.add_argument("--repeats", type=positive, default=3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--without-trl", action="store_true", help="time ours alone")
    options = parser.parse_args(arguments)
    if options.rollouts % Iteration.samples or options.rollouts < Iteration.minibatch:
        parser.error(f"--rollouts {options.rollouts}: give a multiple of {Iteration.samples}, {Iteration.minibatch} at least")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        file = folder / "iteration.json"
        file.write_text(json.dumps(asdict(iteration_of(options, folder))))
        runs: dict[str, list[dict]] = {kind: [] for kind in KINDS}
        for _ in range(options.repeats):
            for kind in KINDS[:2] if options.without_trl else KINDS:
                runs[kind].append(run("run_trl_rloo" if kind == "trl" else "run_our_ppo", str(file), kind))
        result = summary(options, runs)
        show(result)
    print(json.dumps(result))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
