"""The benchmark against TRL: its arithmetic by hand, and one whole run on a tiny model."""

from __future__ import annotations

import argparse
import json
import math
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from transformers import Qwen3Config

from benchmarks import run_ours, training
from benchmarks.flops import linears, matmul_peak, useful_flops
from benchmarks.job import ALPHA, RANK, Job, Row, load_job
from benchmarks.shapes import SHAPES, build_model, pairs_of, thumbs_of
from lab.model import adapters
from lab.model.base import load_base

ROOT = Path(__file__).parent.parent
KEYS = {
    "name", "dtype", "ours_s", "trl_s", "trl_best_s", "speedup", "speedup_best", "ours_mb", "trl_mb", "memory_ratio",
    "flop_fraction",
}  # fmt: skip
CONFIG = Qwen3Config(
    hidden_size=4, intermediate_size=6, num_hidden_layers=1, num_attention_heads=2, num_key_value_heads=1, head_dim=3,
    vocab_size=10,
)  # fmt: skip
# one block: q 4x6, k and v 4x3, o 6x4, gate and up 4x6, down 6x4; LoRA of rank 1 adds in + out of each
P = 24 + 12 + 12 + 24 + 24 + 24 + 24
L = 10 + 7 + 7 + 10 + 10 + 10 + 10


def test_linears_are_those_of_the_model(tmp_path: Path) -> None:
    from transformers import AutoModelForCausalLM

    shape = SHAPES["tiny"]
    model = AutoModelForCausalLM.from_pretrained(build_model(shape, tmp_path, seed=1))
    found = [(m.in_features, m.out_features) for m in model.model.modules() if isinstance(m, torch.nn.Linear)]
    assert found == linears(shape.network()) * 2


def test_small_has_41_million_parameters() -> None:
    config = SHAPES["small"].network()
    total = config.vocab_size * config.hidden_size + config.num_hidden_layers * sum(a * b for a, b in linears(config))
    assert 41e6 < total < 42e6


def test_useful_flops_by_hand() -> None:
    row = Row((1, 2), ((3, 4), (5, 6, 7)))
    keys_and_values = 4 * 24 + 6 * 14  # of one place: weights and LoRA of k and v
    rest = 4 * (P - 24) + 6 * (L - 14)
    # a pair feeds 2 + 1 + 2 tokens, of which 1 + 1 + 2 are read: they see 2, 3 (chosen), 3 + 4 (rejected); 5 rows of logits
    assert useful_flops(CONFIG, [row], 1, "dpo") == 5 * keys_and_values + 4 * rest + 12 * 12 * 6 + 5 * 4 * 40
    # a block before the last is computed everywhere: 1 + 2 of the prompt are seen too
    deeper = useful_flops(replace_layers(CONFIG, 2), [row], 1, "dpo") - useful_flops(CONFIG, [row], 1, "dpo")
    assert deeper == 5 * (4 * P + 6 * L) + 13 * 12 * 6
    # a reward also feeds the last token of each, and reads these two alone: 2 + 2 and 2 + 3 seen; no logits
    assert useful_flops(CONFIG, [row], 1, "reward") == 7 * keys_and_values + 2 * rest + 9 * 12 * 6
    # the second completion of a thumb is only watched: 2 tokens and 7 pairs forward, 3 rows of logits
    learned = 3 * keys_and_values + 2 * rest + 5 * 12 * 6 + 2 * 4 * 40
    assert useful_flops(CONFIG, [row], 1, "kto") == learned + 2 * 2 * (P + L) + 7 * 4 * 6 + 3 * 2 * 40
    assert useful_flops(CONFIG, [row, row], 1, "kto") == 2 * useful_flops(CONFIG, [row], 1, "kto")


def replace_layers(config: Qwen3Config, count: int) -> Qwen3Config:
    return Qwen3Config(**{**config.to_dict(), "num_hidden_layers": count, "layer_types": None})


def test_matmul_peak_is_a_rate() -> None:
    assert 0.01 < matmul_peak("fp32", tries=1, sizes=(64,)) < 1e6


def test_peak_memory_grows_with_what_is_held() -> None:
    """In a process of its own: where earlier tests once held more than now, holding 240 MB again raises no peak."""
    program = """
import torch
from benchmarks.job import peak_mb
before = peak_mb()
held = torch.ones(60_000_000)
print(peak_mb() - before)
"""
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert 230 < float(done.stdout) < 300


def test_rows_are_drawn_by_seed_and_within_bounds() -> None:
    shape = SHAPES["small"]
    pairs = pairs_of(shape, 1)
    assert pairs == pairs_of(shape, 1) != pairs_of(shape, 2)
    assert len(pairs) == 32
    assert all(100 <= len(row.prompt) <= 400 and all(40 <= len(c) <= 160 for c in row.completions) for row in pairs)


def test_thumbs_have_the_mates_that_trl_gives_them() -> None:
    pairs = pairs_of(SHAPES["tiny"], 1)
    steps = [[3, 0, 5, 6], [1, 2, 4, 7]]
    thumbs = thumbs_of(pairs, steps)
    assert [row.label for row in thumbs] == [True, False] * 4
    for step in steps:
        own = [thumbs[i].completions[0] for i in step]
        assert [thumbs[i].completions[1] for i in step] == [own[-1], *own[:-1]]  # rotated by one within the batch


def test_a_job_survives_its_file(tmp_path: Path) -> None:
    job = Job("kto", "fp32", "cpu", 1, "m", "h", (Row((1,), ((2,), (3, 4)), False),), ((0,),), (1.0,))
    assert load_job(job.save(tmp_path / "job.json")) == job


def test_the_difference_of_losses_is_the_largest() -> None:
    assert training.difference([{"losses": [1.0, 2.2]}], [{"losses": [1.0, 2.0]}]) == pytest.approx(0.1)
    assert training.difference([], [{"losses": [1.0]}]) is None


def test_every_setting_of_the_search_keeps_the_steps() -> None:
    trl = pytest.importorskip("benchmarks.run_trl")
    for algorithm in ("dpo", "kto", "reward"):
        for dtype in ("fp32", "bf16", "nf4"):
            tried = trl.candidates(algorithm, dtype)
            assert len(set(tried)) == len(tried) and trl.Settings() in tried
            assert trl.BEST[algorithm, dtype] in tried
            assert all(4 % one.per_device == 0 for one in tried)
    assert {one.per_device for one in trl.candidates("kto", "bf16")} == {4}  # smaller ones change the KL estimate
    assert {one.precompute for one in trl.candidates("reward", "fp32")} == {False}


def job_of(algorithm: str, folder: Path) -> Job:
    options = argparse.Namespace(algorithm=algorithm, dtype="fp32", device="cpu", seed=1, shape="tiny")
    return training.job_of(options, folder)


@pytest.mark.parametrize("algorithm", ["kto", "reward"])
def test_both_sides_train_on_the_same(algorithm: str, tmp_path: Path) -> None:
    trl = pytest.importorskip("benchmarks.run_trl")
    job = job_of(algorithm, tmp_path)
    base = load_base(job.model, "none", "cpu", training=True)
    _, stored = run_ours.reference(job, base)
    adapters.create(base, run_ours.NAME, RANK, ALPHA, job.seed)
    seen = run_ours.Seen()
    assert run_ours.train(job, base, stored, seen) > 0
    assert seen.losses == pytest.approx(trl.measured(job, trl.Settings(checkpointing=False))["losses"], rel=1e-5)
    assert seen.losses[1] != pytest.approx(seen.losses[0], rel=1e-5)  # KTO begins at 0.5 whatever is trained on


def test_settings_change_the_cost_and_not_the_loss(tmp_path: Path) -> None:
    trl = pytest.importorskip("benchmarks.run_trl")
    for algorithm, other in (("dpo", trl.Settings(1, False, True, 4)), ("reward", trl.Settings(2, False, sort=True, pad_to=16))):
        job = job_of(algorithm, tmp_path / algorithm)
        plain, varied = trl.measured(job, trl.Settings()), trl.measured(job, other)
        assert len(plain["losses"]) == 2 and varied["losses"] == pytest.approx(plain["losses"], rel=1e-5)
        assert (varied["reference_s"] > 0) == (algorithm == "dpo")


def test_a_whole_run() -> None:
    pytest.importorskip("trl")
    command = [sys.executable, "-m", "benchmarks.training", "dpo", "--shape", "tiny", "--repeats", "1"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    result = json.loads(done.stdout.splitlines()[-1])
    assert result.keys() >= KEYS and (result["name"], result["dtype"]) == ("dpo", "fp32")
    numbers = [result[key] for key in KEYS - {"name", "dtype"}]
    assert all(math.isfinite(number) and number > 0 for number in numbers)
    assert result["loss_difference"] < 1e-4
    assert result["ours_first_s"] > result["ours_s"]
    assert result["speedup"] == pytest.approx(result["trl_s"] / result["ours_s"])


def test_an_iteration_of_reinforcement_learning() -> None:
    pytest.importorskip("trl")
    small = ["--shape", "tiny", "--rollouts", "16", "--prompt", "8", "--reply", "6", "--repeats", "1"]
    done = subprocess.run([sys.executable, "-m", "benchmarks.ppo", *small], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    result = json.loads(done.stdout.splitlines()[-1])
    keys = {"ours_update_s", "ours_rollout_s", "trl_update_s", "trl_rollout_s", "speedup", "update_speedup", "ours_mb", "trl_mb"}
    assert all(math.isfinite(result[key]) and result[key] > 0 for key in keys)
    assert result["update_speedup"] == pytest.approx(result["trl_update_s"] / result["ours_update_s"])
    odd = subprocess.run(
        [sys.executable, "-m", "benchmarks.ppo", "--rollouts", "10"], cwd=ROOT, capture_output=True, text=True
    )  # fmt: skip
    assert odd.returncode == 2 and "--rollouts 10: give a multiple of 4" in odd.stderr


@pytest.mark.parametrize("words", [("training", "dpo", "--repeats", "0"), ("ppo", "--repeats", "0"), ("ui", "--replies", "-1")])
def test_nothing_is_not_measured(words: tuple[str, ...]) -> None:
    """`bench ppo --repeats 0` printed a table of nothing and was content."""
    done = subprocess.run([sys.executable, "-m", f"benchmarks.{words[0]}", *words[1:]], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 2 and done.stdout == ""
    assert f"argument {words[-2]}: {words[-1]}: give 1 or more" in done.stderr
