"""What the arithmetic of a run would cost at the least, and how fast this machine multiplies. Knows no trainer."""

from __future__ import annotations

import time
from collections.abc import Sequence

import torch
from transformers import PretrainedConfig

from benchmarks.job import Row

SIZES = (512, 1024, 2048, 4096)
DTYPES = {"fp32": torch.float32, "bf16": torch.bfloat16, "nf4": torch.bfloat16}  # nf4 names the storage; it computes in bf16


def matmul_peak(dtype: str, device: str = "cpu", tries: int = 3, sizes: Sequence[int] = SIZES) -> float:
    """Best GFLOP/s of a square matrix product in the dtype that computes, over sizes and tries."""
    best = 0.0
    for size in sizes:
        a = torch.randn(size, size, device=device).to(DTYPES[dtype])
        b = torch.randn(size, size, device=device).to(DTYPES[dtype])
        for _ in range(tries + 1):  # the first sets the machinery up, and cannot be the best
            began = now(device)
            torch.mm(a, b)
            best = max(best, 2 * size**3 / (now(device) - began) / 1e9)
    return best


def now(device: str) -> float:
    """The time once the device has done what it was told."""
    if device == "cuda":
        torch.cuda.synchronize()
    return time.perf_counter()


def linears(config: PretrainedConfig) -> list[tuple[int, int]]:
    """(in, out) of every linear layer of one block."""
    hidden, inner, head = config.hidden_size, config.intermediate_size, config.head_dim
    queries, keys = config.num_attention_heads * head, config.num_key_value_heads * head
    attention = [(hidden, queries), (hidden, keys), (hidden, keys), (queries, hidden)]
    return [*attention, (hidden, inner), (hidden, inner), (inner, hidden)]


def useful_flops(config: PretrainedConfig, rows: Sequence[Row], rank: int, algorithm: str) -> int:
    """FLOPs that the loss of one epoch and its gradients need; a multiply-add counts as two.

    A row feeds its prompt once, and behind it each completion without its last token, which nothing follows (a reward
    reads the last token, so there it is fed too). With P the weights of a model's linear layers, L those of its LoRA
    matrices, d = heads * head_dim, V the vocabulary and H the width:

    - linears: 2P a token forward; 2P backward, for the gradient of the input only, as the weights are frozen
    - LoRA: 2L a token forward; 4L backward, for input and weights
    - attention: 4d a visible (query, key) pair and layer forward, for scores and values; 8d backward. A completion sees
      the prompt and itself, causally, and not its sibling
    - logits: 2VH a reply token forward; 2VH backward, for the gradient of the hidden state. None for a reward, whose
      head of H weights is left out
    - KTO: the unrelated completion behind the same prompt, forward only: 2P + 2L a token, 4d a pair, 2VH a reply token

    Of the last block, queries, output projection, MLP and attention count only where its states are read: at the places
    that a reply token is predicted from, or for a reward at the end of each reply. Its keys and values count everywhere.

    Not counted: the reference's forward, recomputation, padding, norms, activations, the softmax and the optimizer. One thing
    is counted though a clever program need not do it: the gradient that the first block would hand to the frozen embedding.
    """
    linear, last = linears(config), [shape for place, shape in enumerate(linears(config)) if place not in KEYS_AND_VALUES]
    weights, adapter = size_of(linear, rank)
    for_read, adapter_read = size_of(last, rank)  # what the last block does only where it is read
    before = config.num_hidden_layers - 1
    pair = config.num_attention_heads * config.head_dim
    logits = config.vocab_size * config.hidden_size
    total = 0
    for row in rows:
        prompt = len(row.prompt)
        learned, watched = (row.completions[:1], row.completions[1:]) if algorithm == "kto" else (row.completions, ())
        fed = [len(c) if algorithm == "reward" else len(c) - 1 for c in learned]
        read = len(fed) if algorithm == "reward" else 1 + sum(fed)
        tokens = prompt + sum(fed)
        seen = triangle(prompt) + sum(prompt * m + triangle(m) for m in fed)
        seen_read = sum(prompt + m for m in fed) if algorithm == "reward" else prompt + sum(prompt * m + triangle(m) for m in fed)
        total += tokens * (4 * ((before + 1) * weights - for_read) + 6 * ((before + 1) * adapter - adapter_read))
        total += read * (4 * for_read + 6 * adapter_read) + (before * seen + seen_read) * 12 * pair
        if algorithm != "reward":
            total += sum(len(c) for c in learned) * 4 * logits
        for completion in watched:
            m = len(completion) - 1
            total += m * 2 * (before + 1) * (weights + adapter) + (prompt * m + triangle(m)) * 4 * pair * (before + 1)
            total += len(completion) * 2 * logits
    return total


KEYS_AND_VALUES = (1, 2)  # their places in `linears`


def size_of(shapes: Sequence[tuple[int, int]], rank: int) -> tuple[int, int]:
    """(weights, weights of their LoRA) of linear layers of these shapes."""
    return sum(a * b for a, b in shapes), rank * sum(a + b for a, b in shapes)


def triangle(count: int) -> int:
    return count * (count + 1) // 2
