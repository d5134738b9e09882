"""One epoch of the lab's trainer against one of TRL's: python -m benchmarks.training dpo|kto|reward [--dtype fp32|bf16|nf4]

Every run has a process of its own, and the kinds take turns: ours, TRL with its defaults, TRL with the fastest settings found
for it. A table for people goes to stderr, medians as one JSON document to the last line of stdout. Imports no trainer.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path

import torch
from rich.console import Console
from rich.table import Table

from benchmarks.flops import matmul_peak, useful_flops
from benchmarks.job import BATCH, RANK, Job
from benchmarks.shapes import SHAPES, build_head, build_model, pairs_of, thumbs_of
from lab.compose import quiet_libraries
from lab.console import emit, say
from lab.errors import LabError
from lab.train.batches import Row, schedule
from lab.train.fit import shape as rate_at

ROOT = Path(__file__).resolve().parent.parent
TELL = Console(stderr=True)
WATCHED = ("MALLOC_", "LD_PRELOAD", "OMP_", "KMP_", "MKL_", "ONEDNN_", "DNNL_")  # what of the environment changes speed
AGAIN = 3  # candidates of a search that are run a second and a third time


def job_of(options: argparse.Namespace, folder: Path) -> Job:
    """The model, the rows and the plan of the run: ours decides the order and the rates, TRL is told them."""
    shape = SHAPES[options.shape]
    pairs = pairs_of(shape, options.seed)
    steps = schedule([Row(pair.prompt, pair.completions) for pair in pairs], BATCH, 1, options.seed)
    return Job(
        options.algorithm, options.dtype, options.device, options.seed,
        model=str(build_model(shape, folder / "model", options.seed)),
        head=str(build_head(shape, folder / "head.safetensors", options.seed)),
        rows=tuple(thumbs_of(pairs, steps) if options.algorithm == "kto" else pairs),
        steps=tuple(tuple(step) for step in steps),
        rates=tuple(rate_at(step, len(steps)) for step in range(len(steps))),
    )  # fmt: skip


def positive(text: str) -> int:
    """The type of an option that counts something; of nothing there is no median."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text}: give 1 or more")
    return number


def ended(bench: Callable[[argparse.Namespace], dict], options: argparse.Namespace) -> int:
    """The exit code of a bench that measures in this process; its figures become the last line on stdout."""
    quiet_libraries()
    try:
        emit(bench(options))
    except LabError as error:
        say(f"error: {error}")
        return 1
    return 0


def run(module: str, *words: str) -> dict:
    """One measured process; its last line on stdout."""
    quiet = {**os.environ, "HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false"}
    command = [sys.executable, "-m", f"benchmarks.{module}", *words]
    done = subprocess.run(command, cwd=ROOT, env=quiet, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {done.returncode}: {done.stderr.strip()[-2000:]}")
    result: dict = json.loads(done.stdout.splitlines()[-1])
    extra = {key: result[key] for key in ("words",) if key in result}
    TELL.print(f"{module} {words[1]}: {result['seconds']:.2f} s, {result['peak_mb']:.0f} MB {extra or ''}", highlight=False)
    return result


def compare(options: argparse.Namespace, job: Job, file: Path) -> dict:
    """All runs, alternating, and what they say together."""
    kinds = ["ours"] if options.without_trl else ["ours", "trl", "trl_best"]
    runs: dict[str, list[dict]] = {kind: [] for kind in ["reference", *kinds]}
    peak = 0.0
    for _ in range(options.repeats):
        peak = max(peak, matmul_peak(job.dtype, job.device))
        store = str(file.with_name("reference.json"))
        runs["reference"].append(run("run_ours", str(file), "reference", store))
        runs["ours"].append(run("run_ours", str(file), "train", store))
        if not options.without_trl:
            runs["trl"].append(run("run_trl", str(file), "default"))
            runs["trl_best"].append(run("run_trl", str(file), "best"))
    return summary(options, job, runs, peak)


def median(runs: Sequence[dict], key: str) -> float | None:
    """None where nothing was run."""
    return statistics.median(run[key] for run in runs) if runs else None


def ratio(above: float | None, below: float | None) -> float | None:
    return above / below if above is not None and below is not None else None


def difference(ours: Sequence[dict], theirs: Sequence[dict]) -> float | None:
    """The largest difference of a step's loss, as a share of TRL's."""
    if not ours or not theirs:
        return None
    return max(abs(a - b) / abs(b) for a, b in zip(ours[0]["losses"], theirs[0]["losses"], strict=True))


def summary(options: argparse.Namespace, job: Job, runs: dict[str, list[dict]], peak: float) -> dict:
    """`memory_ratio` is ours over TRL's default, `loss_difference` the larger of those to both TRL runs."""
    trl, best = runs.get("trl", []), runs.get("trl_best", [])
    ours_s, first_s = median(runs["ours"], "seconds"), median(runs["reference"], "seconds")
    assert ours_s is not None and first_s is not None
    ours_mb = max(statistics.median(run["peak_mb"] for run in runs[kind]) for kind in ("ours", "reference"))
    trl_s, best_s, trl_mb = median(trl, "seconds"), median(best, "seconds"), median(trl, "peak_mb")
    useful = useful_flops(SHAPES[options.shape].network(), job.rows, RANK, job.algorithm) / 1e9
    differences = [d for d in (difference(runs["ours"], trl), difference(runs["ours"], best)) if d is not None]
    return {
        "name": job.algorithm, "dtype": job.dtype, "ours_s": ours_s, "trl_s": trl_s, "trl_best_s": best_s,
        "speedup": ratio(trl_s, ours_s), "speedup_best": ratio(best_s, ours_s), "ours_mb": ours_mb, "trl_mb": trl_mb,
        "memory_ratio": ratio(ours_mb, trl_mb), "flop_fraction": useful / (ours_s * peak),
        "shape": options.shape, "seed": job.seed, "repeats": options.repeats, "environment": environment(),
        "trl": trl[0]["words"] if trl else None, "trl_best": best[0]["words"] if best else None,
        "trl_best_mb": median(best, "peak_mb"), "trl_best_reference_s": median(best, "reference_s"),
        "ours_first_s": ours_s + first_s, "ours_loaded_mb": median(runs["ours"], "loaded_mb"),
        "trl_loaded_mb": median(trl, "loaded_mb"),
        "ours_each_s": [run["seconds"] for run in runs["ours"]], "trl_each_s": [run["seconds"] for run in trl],
        "trl_best_each_s": [run["seconds"] for run in best], "peak_gflops": peak, "useful_gflop": useful,
        "hardware": hardware(job.device), "loss_difference": max(differences) if differences else None,
    }  # fmt: skip


def environment() -> dict[str, str]:
    """What is set, for every process alike, that allocators and threads listen to."""
    return {key: value for key, value in sorted(os.environ.items()) if key.startswith(WATCHED)}


def hardware(device: str) -> str:
    """Processor, threads and torch, as the machine names them."""
    if device == "cuda":
        return f"{torch.cuda.get_device_name()}, torch {torch.__version__}"
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    name = next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), platform.processor())
    return f"{name}, {torch.get_num_threads()} threads, {torch.backends.cpu.get_cpu_capability()}, torch {torch.__version__}"


def search(options: argparse.Namespace, job: Job, file: Path) -> dict:
    """Every candidate of TRL once, the fastest few twice more; fastest median first."""
    from benchmarks.run_trl import Settings, candidates

    tried = [(one, [run("run_trl", str(file), json.dumps(asdict(one)))]) for one in candidates(job.algorithm, job.dtype)]
    tried.sort(key=lambda each: each[1][0]["seconds"])
    for _ in range(2):
        for one, runs in tried[:AGAIN]:
            runs.append(run("run_trl", str(file), json.dumps(asdict(one))))
    tried.sort(key=lambda each: statistics.median(r["seconds"] for r in each[1]))
    plain = next(runs for one, runs in tried if one == Settings())
    found = [
        {
            "settings": asdict(one), "seconds": [each["seconds"] for each in runs], "peak_mb": median(runs, "peak_mb"),
            "loss_difference": difference(runs, plain),
        }
        for one, runs in tried
    ]  # fmt: skip
    return {"name": job.algorithm, "dtype": job.dtype, "shape": options.shape, "hardware": hardware(job.device), "search": found}


def show(result: dict) -> None:
    table = Table("", "ours", "ours, first time", "TRL", "TRL at its best")
    rows = {
        "seconds": ("ours_s", "ours_first_s", "trl_s", "trl_best_s"), "MB": ("ours_mb", "ours_mb", "trl_mb", "trl_best_mb")
    }  # fmt: skip
    for name, keys in rows.items():
        table.add_row(name, *("" if result[key] is None else f"{result[key]:.2f}" for key in keys))
    TELL.print(table)


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="`bench starter` measures a model by itself; `bench starter --help` says how.",
    )  # fmt: skip
    parser.add_argument("algorithm", choices=("dpo", "kto", "reward"))
    parser.add_argument("--dtype", choices=("fp32", "bf16", "nf4"), default="fp32")
    parser.add_argument("--shape", choices=tuple(SHAPES), default="small")
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu")
    parser.add_argument("--repeats", type=positive, default=3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--without-trl", action="store_true", help="time ours alone")
    parser.add_argument("--search-trl", action="store_true", help="look for TRL's fastest settings instead")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        job = job_of(options, folder)
        file = job.save(folder / "job.json")
        if options.search_trl:
            result = search(options, job, file)
        else:
            result = compare(options, job, file)
            show(result)
    print(json.dumps(result))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
