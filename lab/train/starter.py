"""Builds the bundled starter model from nothing but text: tokenizer, weights, card.

    python -m lab.train.starter --data DIR [--out DIR] [--seed N] [--fresh]

DIR holds `*.jsonl.gz` files of rows `{"messages": [{"role", "content"}, ...]}`; the file name is the source's name
and picks its place in `MIX`. The run is resumable (kill it, start it again), device-agnostic, and the same seed on
the same machine gives the same weights. It knows nothing about the lab: it only writes a folder that
`transformers` can load.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import math
import random
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

SPECIAL = ["<|pad|>", "<|bos|>", "<|end|>", "<|system|>", "<|user|>", "<|assistant|>"]
TEMPLATE = (
    "<|bos|>{% for message in messages %}<|{{ message['role'] }}|>{{ message['content'] | trim }}<|end|>{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)
SYSTEM_PROMPTS = ["You are a friendly assistant.", "Be brief.", "You are a helpful companion who likes to talk.",
                  "Answer simply."]  # fmt: skip


@dataclass(frozen=True)
class Source:
    """How often a file is read, and when: stage 0 is conversation in general, stage 1 the assistant's own turns."""

    passes: float
    stage: int


MIX = {
    "self_dialogue": Source(1.0, 0),
    "topical_chat": Source(0.6, 0),
    "persona_chat": Source(1.2, 0),
    "task_oriented": Source(0.25, 0),
    "chitchat": Source(5.0, 1),
    "instructions": Source(12.0, 1),
}


@dataclass(frozen=True)
class Recipe:
    """Everything that decides the result, besides the data and the seed."""

    vocab: int = 8192
    hidden: int = 256
    layers: int = 8
    heads: int = 4
    intermediate: int = 704  # multiples of 64, so that bitsandbytes quantizes every linear layer
    context: int = 512  # tokens a training row
    rows: int = 16  # rows a step
    peak_lr: float = 2e-3
    warmup: int = 40
    weight_decay: float = 0.1
    user_weight: float = 0.5  # a user's words teach language; the assistant's words are what it will say


# -- text ---------------------------------------------------------------------------------------------------------


def tidy(text: str) -> str:
    """Sentence case for crowd-typed text: capital first letters and a capital I, nothing else."""
    text = " ".join(text.split())
    words = [{"i": "I", "i'm": "I'm", "i've": "I've", "i'll": "I'll", "i'd": "I'd"}.get(w, w) for w in text.split(" ")]
    for k, word in enumerate(words):
        if word and (k == 0 or words[k - 1][-1:] in ".!?"):
            words[k] = word[0].upper() + word[1:]
    return " ".join(words)


def read_dialogues(path: Path) -> list[list[dict[str, str]]]:
    """Dialogues of one file. Rows with fill-in marks such as `[User 1's name]` are left out; so are empty turns."""
    dialogues = []
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            messages = [{"role": m["role"], "content": m["content"].strip()} for m in json.loads(line)["messages"]]
            if any("[" in m["content"] or not m["content"] for m in messages):
                continue
            if path.name.startswith(("self_dialogue", "topical_chat")):
                messages = [{"role": m["role"], "content": tidy(m["content"])} for m in messages]
            dialogues.append(messages)
    return dialogues


def curriculum(data: Path, seed: int) -> tuple[list[list[dict[str, str]]], list[list[dict[str, str]]], dict[str, int]]:
    """(training dialogues in their order, held-out dialogues, rows per source).

    One dialogue in 200 is held out, by hash of its first turn. Stage 1 begins in the last 30 % and shares it with
    a slice of stage 0, so that nothing is forgotten while the assistant's turns are learned.
    """
    draw = random.Random(seed)
    stages: list[list[list[dict[str, str]]]] = [[], []]
    held_out: list[list[dict[str, str]]] = []
    counts: dict[str, int] = {}
    for path in sorted(data.glob("*.jsonl.gz")):
        name = path.name.removesuffix(".jsonl.gz")
        source = MIX.get(name, Source(1.0, 0))
        kept: list[list[dict[str, str]]] = []
        for messages in read_dialogues(path):
            bucket = int.from_bytes(hashlib.sha256(messages[0]["content"].encode()).digest()[:4], "big") % 200
            (held_out if bucket == 0 else kept).append(messages)
        counts[name] = len(kept)
        whole, part = divmod(source.passes, 1)
        chosen = kept * int(whole) + draw.sample(kept, int(len(kept) * part))
        stages[source.stage] += chosen
    draw.shuffle(stages[0])
    draw.shuffle(stages[1])
    late = len(stages[0]) // 6
    finale = stages[0][len(stages[0]) - late :] + stages[1]
    draw.shuffle(finale)
    draw.shuffle(held_out)
    return stages[0][: len(stages[0]) - late] + finale, held_out[:300], counts


def train_tokenizer(dialogues: list[list[dict[str, str]]], vocab: int) -> PreTrainedTokenizerFast:
    """Byte-level BPE with the chat template and one token for each role."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocab, special_tokens=SPECIAL, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False
    )
    tokenizer.train_from_iterator((m["content"] for messages in dialogues for m in messages), trainer)
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, bos_token="<|bos|>", eos_token="<|end|>", pad_token="<|pad|>",
        additional_special_tokens=SPECIAL[3:], model_max_length=1024, clean_up_tokenization_spaces=False,
    )  # fmt: skip
    fast.chat_template = TEMPLATE
    return fast


def encode(
    tokenizer: PreTrainedTokenizerFast, dialogues: list[list[dict[str, str]]], recipe: Recipe, seed: int
) -> tuple[torch.Tensor, torch.Tensor]:
    """(ids, weights), one long stream; weights are 1 on the assistant's words and end tokens, less on the user's."""
    draw = random.Random(seed)
    of = {token: tokenizer.convert_tokens_to_ids(token) for token in SPECIAL}
    ids: list[int] = []
    weights: list[float] = []
    for messages in dialogues:
        ids.append(of["<|bos|>"])
        weights.append(0.0)
        if draw.random() < 0.15:
            messages = [{"role": "system", "content": draw.choice(SYSTEM_PROMPTS)}, *messages]
        for message in messages:
            words = tokenizer.encode(message["content"], add_special_tokens=False)
            weight = {"assistant": 1.0, "user": recipe.user_weight, "system": 0.0}[message["role"]]
            ids += [of[f"<|{message['role']}|>"], *words, of["<|end|>"]]
            weights += [0.0] + [weight] * (len(words) + 1)
    return torch.tensor(ids, dtype=torch.int32), torch.tensor(weights, dtype=torch.float32)


def rows_of(ids: torch.Tensor, weights: torch.Tensor, recipe: Recipe) -> tuple[torch.Tensor, torch.Tensor]:
    """The stream cut into (steps, rows, context + 1), in order, so that the curriculum survives."""
    span = recipe.context + 1
    steps = len(ids) // (span * recipe.rows)
    if not steps:
        raise SystemExit(f"only {len(ids)} tokens: a step needs {span * recipe.rows}; give more text")
    size = steps * recipe.rows * span
    return ids[:size].view(steps, recipe.rows, span), weights[:size].view(steps, recipe.rows, span)


# -- training -----------------------------------------------------------------------------------------------------


def learning_rate(step: int, steps: int, recipe: Recipe) -> float:
    """Linear warm-up, then a cosine to a tenth of the peak."""
    if step < recipe.warmup:
        return recipe.peak_lr * (step + 1) / recipe.warmup
    progress = (step - recipe.warmup) / max(1, steps - recipe.warmup)
    return recipe.peak_lr * (0.1 + 0.45 * (1 + math.cos(math.pi * progress)))


def loss_of(model: LlamaForCausalLM, ids: torch.Tensor, weights: torch.Tensor) -> torch.Tensor:
    """Weighted mean cross-entropy, nats a token; ids and weights are (rows, context + 1)."""
    with torch.autocast(ids.device.type, dtype=torch.bfloat16):
        logits = model(input_ids=ids[:, :-1].long()).logits
    each = torch.nn.functional.cross_entropy(logits.float().flatten(0, 1), ids[:, 1:].long().flatten(), reduction="none")
    weight = weights[:, 1:].flatten()
    return (each * weight).sum() / weight.sum().clamp(min=1.0)


@torch.no_grad()
def held_out_loss(model: LlamaForCausalLM, batches: tuple[torch.Tensor, torch.Tensor], device: torch.device) -> float:
    model.eval()
    losses = [loss_of(model, i.to(device), w.to(device)).item() for i, w in zip(*batches, strict=True)]
    model.train()
    return sum(losses) / len(losses)


def build_model(recipe: Recipe, tokenizer: PreTrainedTokenizerFast, seed: int) -> LlamaForCausalLM:
    torch.manual_seed(seed)
    config = LlamaConfig(
        vocab_size=recipe.vocab, hidden_size=recipe.hidden, intermediate_size=recipe.intermediate,
        num_hidden_layers=recipe.layers, num_attention_heads=recipe.heads, num_key_value_heads=recipe.heads,
        max_position_embeddings=1024, tie_word_embeddings=True, bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id, pad_token_id=tokenizer.pad_token_id,
    )  # fmt: skip
    return LlamaForCausalLM(config)


def optimizer_of(model: LlamaForCausalLM, recipe: Recipe) -> torch.optim.AdamW:
    matrices = [p for p in model.parameters() if p.dim() > 1]
    vectors = [p for p in model.parameters() if p.dim() <= 1]
    groups = [{"params": matrices, "weight_decay": recipe.weight_decay}, {"params": vectors, "weight_decay": 0.0}]
    return torch.optim.AdamW(groups, lr=recipe.peak_lr, betas=(0.9, 0.95))


def train(data: Path, out: Path, seed: int, recipe: Recipe, fresh: bool, device: torch.device) -> None:
    """The whole run. `out/work` keeps the checkpoint and the log until the model is finished."""
    work = out / "work"
    work.mkdir(parents=True, exist_ok=True)
    checkpoint = work / "checkpoint.pt"
    if fresh:
        checkpoint.unlink(missing_ok=True)
    dialogues, held_out, counts = curriculum(data, seed)
    if not dialogues:
        raise SystemExit(f"no *.jsonl.gz dialogues in {data}")
    tokenizer = train_tokenizer(dialogues, recipe.vocab)
    ids, weights = rows_of(*encode(tokenizer, dialogues, recipe, seed), recipe)
    held = rows_of(*encode(tokenizer, held_out * 3, recipe, seed), recipe)
    held = (held[0][:4], held[1][:4])
    model = build_model(recipe, tokenizer, seed).to(device)
    optimizer = optimizer_of(model, recipe)
    start = 0
    if checkpoint.exists():
        saved = torch.load(checkpoint, map_location=device, weights_only=True)
        if saved["recipe"] != asdict(recipe) or saved["seed"] != seed:
            raise SystemExit(f"{checkpoint} belongs to another recipe or seed; pass --fresh to begin again")
        model.load_state_dict(saved["model"])
        optimizer.load_state_dict(saved["optimizer"])
        start = saved["step"]
    model.train()
    parameters = sum(p.numel() for p in model.parameters())
    for step, entry in progress_of(start, len(ids), f"{parameters / 1e6:.1f}M parameters"):
        began = time.perf_counter()
        for group in optimizer.param_groups:
            group["lr"] = learning_rate(step, len(ids), recipe)
        total = 0.0
        for half in (slice(0, recipe.rows // 2), slice(recipe.rows // 2, recipe.rows)):
            loss = loss_of(model, ids[step, half].to(device), weights[step, half].to(device)) / 2
            loss.backward()
            total += loss.item()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        entry |= {"loss": round(total, 4), "tokens": (step + 1) * recipe.rows * recipe.context}
        entry["tokens_per_second"] = round(recipe.rows * recipe.context / (time.perf_counter() - began))
        if (step + 1) % 50 == 0 or step + 1 == len(ids):
            entry["held_out"] = round(held_out_loss(model, held, device), 4)
            state = {"model": model.state_dict(), "optimizer": optimizer.state_dict(), "step": step + 1,
                     "recipe": asdict(recipe), "seed": seed}  # fmt: skip
            torch.save(state, checkpoint.with_suffix(".new"))
            checkpoint.with_suffix(".new").replace(checkpoint)
        with (work / "log.jsonl").open("a") as log:
            log.write(json.dumps(entry) + "\n")
    model.to(torch.bfloat16).save_pretrained(out)
    tokenizer.save_pretrained(out)
    summary = {"parameters": parameters, "tokens": ids.numel(), "recipe": asdict(recipe), "seed": seed, "rows": counts,
               "held_out": held_out_loss(model, held, device)}  # fmt: skip
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
    parser.add_argument("--data", type=Path, required=True, help="folder of *.jsonl.gz dialogues")
    parser.add_argument("--out", type=Path, default=Path(__file__).parents[1] / "model" / "starter")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--fresh", action="store_true", help="ignore a checkpoint and begin again")
    options = parser.parse_args()
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    train(options.data, options.out, options.seed, Recipe(), options.fresh, device)


if __name__ == "__main__":
    main()
