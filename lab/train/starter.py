"""Builds the bundled starter model from nothing but text: tokenizer, weights, what it was made of.

    python -m lab.train.starter --data DIR [--preset cpu|gpu] [--out DIR] [--seed N] [--exclude FILE]... [--until STEP] [--fresh]
                                [--start FOLDER]

DIR holds `*.jsonl.gz` files, anywhere below it; corpus.py says which are read, when, and how much of each. Prompts in an excluded
file (those that judge the model) are left out of whatever is read or made. The run is resumable (kill it, start it
again), device-agnostic, and the same seed on the same machine gives the same weights. It knows nothing about the lab:
it only writes a folder that `transformers` can load. With `--start` it begins with the weights and the tokenizer of an
earlier run and goes through the last stage of the curriculum alone.
"""

from __future__ import annotations

import argparse
import json
import math
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import torch
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

from lab.train.corpus import STAGES, curriculum, encode, prompts_in, sources_of, train_tokenizer


@dataclass(frozen=True)
class Recipe:
    """Everything that decides the result, besides the data and the seed."""

    vocab: int
    hidden: int
    layers: int
    heads: int
    groups: int  # of heads that share keys and values
    intermediate: int  # multiples of 64, so that bitsandbytes quantizes every linear layer
    tokens: int  # of training, about
    context: int = 512  # tokens a training row
    halved: float = 0.75  # share of the steps with rows of half that length, twice as many: attention costs less
    rows: int = 8  # rows a step
    at_once: int = 4  # rows a forward
    matrix_lr: float = 0.02  # peak, of Muon
    other_lr: float = 3e-3  # peak, of AdamW: embeddings and norms
    warmup: int = 60
    weight_decay: float = 0.1


PRESETS = {
    "cpu": Recipe(vocab=6144, hidden=384, layers=6, heads=6, groups=2, intermediate=960, tokens=9_000_000),
    "gpu": Recipe(
        vocab=8192, hidden=512, layers=10, heads=8, groups=4, intermediate=1408, tokens=400_000_000, context=1024,
        rows=64, at_once=64, halved=0.0,
    ),
}  # fmt: skip
LENGTH = 3.4  # characters a token, about: how much is drawn is decided before there is a tokenizer
SAVED_EVERY = 100  # steps


Step = tuple[torch.Tensor, torch.Tensor]  # ids and weights of one step, (rows, context + 1) each


def steps_of(ids: torch.Tensor, weights: torch.Tensor, recipe: Recipe) -> list[Step]:
    """The stream cut into steps, in order, so that the curriculum survives; the first `halved` of them have shorter rows."""
    size = recipe.rows * recipe.context
    steps = len(ids) // (size + 2 * recipe.rows)
    if not steps:
        raise SystemExit(f"only {len(ids)} tokens: a step needs {size + 2 * recipe.rows}; give more text")
    cut: list[Step] = []
    place = 0
    for step in range(steps):
        parts = 2 if step < recipe.halved * steps else 1
        span = recipe.context // parts + 1
        end = place + recipe.rows * parts * span
        cut.append((ids[place:end].view(-1, span), weights[place:end].view(-1, span)))
        place = end
    return cut


# -- training -----------------------------------------------------------------------------------------------------


def rate_at(step: int, steps: int, recipe: Recipe) -> float:
    """As a share of its peak: up, then a cosine down to a fiftieth."""
    if step < recipe.warmup:
        return (step + 1) / recipe.warmup
    progress = (step - recipe.warmup) / max(1, steps - recipe.warmup)
    return 0.02 + 0.49 * (1 + math.cos(math.pi * progress))


def loss_of(model: LlamaForCausalLM, ids: torch.Tensor, weights: torch.Tensor) -> torch.Tensor:
    """Weighted sum of cross-entropies, nats; ids and weights are (rows, context + 1)."""
    with torch.autocast(ids.device.type, dtype=torch.bfloat16):
        logits = model(input_ids=ids[:, :-1].long(), use_cache=False).logits
    each = torch.nn.functional.cross_entropy(logits.float().flatten(0, 1), ids[:, 1:].long().flatten(), reduction="none")
    return (each * weights[:, 1:].flatten()).sum()


@torch.no_grad()
def held_out_loss(model: LlamaForCausalLM, batches: list[Step], device: torch.device) -> float:
    model.eval()
    total = sum(loss_of(model, ids.to(device), weights.to(device)).item() for ids, weights in batches)
    model.train()
    return total / sum(weights[:, 1:].sum().item() for _, weights in batches)


def build_model(recipe: Recipe, tokenizer: PreTrainedTokenizerFast, seed: int) -> LlamaForCausalLM:
    torch.manual_seed(seed)
    config = LlamaConfig(
        vocab_size=recipe.vocab, hidden_size=recipe.hidden, intermediate_size=recipe.intermediate,
        num_hidden_layers=recipe.layers, num_attention_heads=recipe.heads, num_key_value_heads=recipe.groups,
        max_position_embeddings=1024, tie_word_embeddings=True, bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id, pad_token_id=tokenizer.pad_token_id,
    )  # fmt: skip
    return LlamaForCausalLM(config)


def optimizers_of(model: LlamaForCausalLM, recipe: Recipe) -> list[torch.optim.Optimizer]:
    """Muon (Jordan 2024) for the matrices of the blocks, AdamW for embeddings and norms; each keeps its peak in `peak`."""
    embedded = {id(model.get_input_embeddings().weight)}
    matrices = [p for p in model.parameters() if p.dim() == 2 and id(p) not in embedded]
    others = [p for p in model.parameters() if p.dim() < 2 or id(p) in embedded]
    first = torch.optim.Muon(matrices, lr=recipe.matrix_lr, weight_decay=recipe.weight_decay, momentum=0.95)
    second = torch.optim.AdamW(others, lr=recipe.other_lr, betas=(0.9, 0.95), weight_decay=0.0)
    for optimizer in (first, second):
        for group in optimizer.param_groups:
            group["peak"] = group["lr"]
    return [first, second]


@dataclass
class Made:
    """What is trained on, what is held out, and where it came from."""

    tokenizer: PreTrainedTokenizerFast
    train: list[Step]
    held: list[Step]
    read: dict[str, dict[str, float]]


def prepare(data: Path, exclude: list[Path], seed: int, recipe: Recipe, begin: Path | None = None) -> Made:
    """Reads, makes, tokenizes."""
    sources, held = sources_of(data, prompts_in(exclude), seed)
    if len(sources) == 1:
        raise SystemExit(f"no *.jsonl.gz file of {sorted({n for s in STAGES for n in s.shares})} below {data}")
    stages = STAGES[-1:] if begin else STAGES
    size = int(recipe.tokens * LENGTH)
    documents = curriculum(sources, size, lambda d: sum(len(m["content"]) for m in d.messages), seed, stages)
    if begin:
        tokenizer = PreTrainedTokenizerFast.from_pretrained(begin)
    else:
        tokenizer = train_tokenizer((m["content"] for document in documents for m in document.messages), recipe.vocab)
    few = replace(recipe, rows=recipe.at_once, halved=0.0)
    read = {
        name: {"documents": s.taken, "passes": round(s.taken / s.size, 2) if s.size else 1.0, "characters": s.tokens}
        for name, s in sources.items()
    }
    kept = steps_of(*encode(tokenizer, held, seed), few)[:6]
    return Made(tokenizer, steps_of(*encode(tokenizer, documents, seed), recipe), kept, read)


def train(
    data: Path, out: Path, seed: int, recipe: Recipe, exclude: list[Path], fresh: bool, device: torch.device,
    until: int | None = None, begin: Path | None = None,
) -> None:  # fmt: skip
    """The whole run, or its first `until` steps: the plan stays the same. `out/work` keeps the checkpoint and the log."""
    work = out / "work"
    work.mkdir(parents=True, exist_ok=True)
    checkpoint = work / "checkpoint.pt"
    if fresh:
        checkpoint.unlink(missing_ok=True)
    made = prepare(data, exclude, seed, recipe, begin)
    model = build_model(recipe, made.tokenizer, seed).to(device)
    if begin:
        model.load_state_dict(LlamaForCausalLM.from_pretrained(begin, dtype=torch.float32).state_dict())
    optimizers = optimizers_of(model, recipe)
    start = 0
    if checkpoint.exists():
        saved = torch.load(checkpoint, map_location=device, weights_only=True)
        if saved["recipe"] != asdict(recipe) or saved["seed"] != seed:
            raise SystemExit(f"{checkpoint} belongs to another recipe or seed; pass --fresh to begin again")
        model.load_state_dict(saved["model"])
        for optimizer, state in zip(optimizers, saved["optimizers"], strict=True):
            optimizer.load_state_dict(state)
        start = saved["step"]
    model.train()
    parameters = sum(p.numel() for p in model.parameters())
    planned = len(made.train)
    steps = min(until or planned, planned)
    for step, entry in progress_of(start, steps, f"{parameters / 1e6:.1f}M parameters"):
        began = time.perf_counter()
        for group in (group for optimizer in optimizers for group in optimizer.param_groups):
            group["lr"] = group["peak"] * rate_at(step, planned, recipe)
        ids, weights = made.train[step]
        whole = weights[:, 1:].sum().clamp(min=1.0).item()
        total = 0.0
        for first in range(0, len(ids), recipe.at_once):
            part = slice(first, first + recipe.at_once)
            loss = loss_of(model, ids[part].to(device), weights[part].to(device)) / whole
            loss.backward()
            total += loss.item()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        for optimizer in optimizers:
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
        entry |= {"loss": round(total, 4), "tokens": (step + 1) * recipe.rows * recipe.context}
        entry["tokens_per_second"] = round(recipe.rows * recipe.context / (time.perf_counter() - began))
        if (step + 1) % SAVED_EVERY == 0 or step + 1 == steps:
            entry["held_out"] = round(held_out_loss(model, made.held, device), 4)
            state = {"model": model.state_dict(), "optimizers": [o.state_dict() for o in optimizers], "step": step + 1,
                     "recipe": asdict(recipe), "seed": seed}  # fmt: skip
            torch.save(state, checkpoint.with_suffix(".new"))
            checkpoint.with_suffix(".new").replace(checkpoint)
        with (work / "log.jsonl").open("a") as log:
            log.write(json.dumps(entry) + "\n")
    held_out = held_out_loss(model, made.held, device)
    model.to(torch.bfloat16).save_pretrained(out)
    made.tokenizer.save_pretrained(out)
    tokens = sum(ids.numel() for ids, _ in made.train[:steps])
    earlier = json.loads((begin / "training.json").read_text()) if begin else None
    if earlier:
        tokens += earlier["tokens"]
    summary = {"parameters": parameters, "tokens": tokens, "steps": steps, "planned": planned, "started_from": earlier,
               "recipe": asdict(recipe), "seed": seed, "read": made.read, "held_out": round(held_out, 4)}  # fmt: skip
    (out / "training.json").write_text(json.dumps(summary, indent=1) + "\n")


def progress_of(start: int, steps: int, title: str) -> Iterator[tuple[int, dict]]:
    """Steps still to do, each with the dict that becomes its log line; shows loss and speed while they pass."""
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed}/{task.total}"),
               TimeElapsedColumn(), TimeRemainingColumn())  # fmt: skip
    with Progress(*columns) as bar:
        task = bar.add_task(title, total=steps, completed=start)
        for step in range(start, steps):
            entry: dict = {"step": step}
            yield step, entry
            bar.update(task, advance=1, description=f"{title}, loss {entry['loss']:.3f}, {entry['tokens_per_second']} tokens/s")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder of *.jsonl.gz files")
    parser.add_argument("--preset", choices=tuple(PRESETS), default="cpu")
    parser.add_argument("--exclude", type=Path, action="append", default=[], help="jsonl whose prompts are kept for judging")
    parser.add_argument("--out", type=Path, default=Path(__file__).parents[1] / "model" / "starter")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--fresh", action="store_true", help="ignore a checkpoint and begin again")
    parser.add_argument("--until", type=int, help="end after so many steps of the plan")
    parser.add_argument("--start", type=Path, help="folder of an earlier run to go on from, with the last stage alone")
    parser.add_argument("--tokens", type=int, help="of training, about; the preset's unless given")
    options = parser.parse_args()
    recipe = PRESETS[options.preset]
    if options.tokens:
        recipe = replace(recipe, tokens=options.tokens)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    train(options.data, options.out, options.seed, recipe, options.exclude, options.fresh, device, options.until, options.start)


if __name__ == "__main__":
    main()
