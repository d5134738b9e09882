"""What a model still says as well as before: its perplexity on short dialogues that nothing here is trained on."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from pathlib import Path

from lab.model import adapters
from lab.model.base import Base
from lab.model.identity import STARTER
from lab.records import Message
from lab.train.batches import Row
from lab.train.forward import measure

RETENTION = STARTER / "retention.jsonl"
NAME = "remembering"


def read_retention() -> list[list[Message]]:
    """The bundled dialogues that a version is measured on."""
    return read_dialogues(RETENTION)


def read_dialogues(file: Path) -> list[list[Message]]:
    """Each as its turns."""
    return [json.loads(line)["messages"] for line in file.read_text(encoding="utf-8").splitlines()]


def rows_of(base: Base, dialogues: Sequence[Sequence[Message]]) -> list[Row]:
    """The assistant's turns, end of turn included, each after the turns before it."""
    template = base.template
    return [
        Row(tuple(template.encode_prompt(turns[:place])), (tuple(template.encode_reply(turn["content"])),))
        for turns in dialogues
        for place, turn in enumerate(turns)
        if turn["role"] == "assistant"
    ]


def perplexity(base: Base, dialogues: Sequence[Sequence[Message]]) -> float:
    """Of the assistant's tokens, under whatever is active."""
    rows = rows_of(base, dialogues)
    tokens = sum(len(row.completions[0]) for row in rows)
    return math.exp(-measure(base, rows, (0,), None).double().sum().item() / tokens)


def ppl_ratio(base: Base, folder: Path) -> float:
    """Perplexity on the bundled dialogues with the adapter of a folder, over the base's own; 1 when nothing was forgotten.

    `base` is one loaded for training, on which no other adapter lies.
    """
    dialogues = read_retention()
    before = perplexity(base, dialogues)
    adapters.load(base, folder, NAME)
    try:
        with adapters.active(base, NAME):
            return perplexity(base, dialogues) / before
    finally:
        adapters.drop(base, NAME)
