"""Accuracy on preferences never trained on, through the command line alone.

    python benchmarks/preferences.py PAIRS.jsonl.gz [--train 300] [--model starter] [--seeds 1,2,3] [--algorithms dpo,kto,reward]

The first `--train` rows, in an order by the seed, are imported (for KTO as one thumb up and one thumb down each), one round is
trained and published, and the remaining rows are scored: by the policy, or, for `reward`, by the reward model. A row with several
votes is what most of them say; where that is a tie, it is left out. Every round has a home of its own. A table for people goes to
stderr, the last line on stdout is one JSON document.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path


def rows_of(path: Path) -> list[dict]:
    with gzip.open(path, "rt") if path.suffix == ".gz" else path.open() as lines:
        found = [decided(json.loads(line)) for line in lines]
    left = [row for row in found if row is not None]
    print(f"{len(left)} rows; {len(found) - len(left)} without a majority for either reply left out", file=sys.stderr)
    return left


def decided(row: dict) -> dict | None:
    """A row as a chosen and a rejected reply; None if most of its votes are for neither."""
    if "votes" not in row:
        return row
    choice, count = Counter(row["votes"]).most_common(1)[0]
    if choice not in ("a", "b") or 2 * count <= len(row["votes"]):
        return None
    a, b = row["response_a"], row["response_b"]
    return {"prompt": row["prompt"], "chosen": a if choice == "a" else b, "rejected": b if choice == "a" else a}


def thumbs(rows: list[dict]) -> list[dict]:
    sides = {"chosen": True, "rejected": False}
    return [{"prompt": row["prompt"], "completion": row[side], "label": good} for row in rows for side, good in sides.items()]


def write(path: Path, rows: list[dict]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def lab(home: Path, model: str, *words: str) -> dict:
    """One verb; its last line on stdout."""
    command = [sys.executable, "-m", "lab.cli", words[0], *words[1:], "--home", str(home), "--model", model]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {done.returncode}: {done.stderr.strip().splitlines()[-1]}")
    return json.loads(done.stdout.splitlines()[-1])


def one(algorithm: str, seed: int, rows: list[dict], train: int, model: str) -> dict:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        random.Random(seed).shuffle(rows := list(rows))
        (home / "lab.toml").write_text(f"[train]\nseed = {seed}\n")
        given = thumbs(rows[:train]) if algorithm == "kto" else rows[:train]
        lab(home, model, "import", str(write(home / "given.jsonl", given)))
        began = time.perf_counter()
        report = lab(home, model, "train", "--algorithm", algorithm, "--publish", "always")
        seconds = time.perf_counter() - began
        judge = "reward" if algorithm == "reward" else "policy"
        score = lab(home, model, "score", str(write(home / "rest.jsonl", rows[train:])), "--by", judge)
    kept = {key: report[key] for key in ("steps", "used", "heldout_after", "heldout_n", "kl", "peak_mb", "verdict")}
    times = {"seconds": round(report["seconds"], 1), "wall": round(seconds, 1)}
    return {"algorithm": algorithm, "seed": seed, **score, **kept, **times}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pairs", type=Path)
    parser.add_argument("--train", type=int, default=300)
    parser.add_argument("--model", default="starter")
    parser.add_argument("--seeds", default="1,2,3")
    parser.add_argument("--algorithms", default="dpo,kto")
    options = parser.parse_args()
    rows = rows_of(options.pairs)
    results = []
    for algorithm in options.algorithms.split(","):
        for seed in options.seeds.split(","):
            result = one(algorithm, int(seed), rows, options.train, options.model)
            results.append(result)
            print("  ".join(f"{key} {value}" for key, value in result.items() if key != "ci95"), file=sys.stderr)
    medians = {a: statistics.median(r["accuracy"] for r in results if r["algorithm"] == a) for a in options.algorithms.split(",")}
    print(json.dumps({"median_accuracy": medians, "runs": results}))


if __name__ == "__main__":
    main()
