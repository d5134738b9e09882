"""What a model may be asked: the bundled prompts. Imports no torch.

`pool` is for practice: simulated raters vote on replies to it, and rounds that draw replies of their own may draw from it.
`fresh` is for verdicts alone, and no prompt is in both.
"""

from __future__ import annotations

import json
from typing import Literal

from lab.model.identity import STARTER

Kind = Literal["chat", "story", "question", "summary", "harmful", "benign"]
Task = Literal["chat", "summarize"]

KINDS: tuple[Kind, ...] = ("chat", "story", "question", "summary", "harmful", "benign")  # benign ones look like harmful ones
TASKS: dict[Task, tuple[Kind, ...]] = {"chat": ("chat", "story", "question"), "summarize": ("summary",)}
POOL, FRESH = STARTER / "prompts.jsonl", STARTER / "fresh.jsonl"


def pool(*kinds: Kind) -> list[str]:
    """The prompts of these kinds (of all, if none is named), in the order of the file."""
    return [text for kind, text in rows(fresh=False) if kind in (kinds or KINDS)]


def fresh(task: Task) -> list[str]:
    """Prompts that verdicts on a task are made on: 200 everyday ones for chat, 100 texts to summarize."""
    return [text for kind, text in rows(fresh=True) if kind in TASKS[task]]


def rows(*, fresh: bool) -> list[tuple[Kind, str]]:
    """(kind, prompt) of every row of a file."""
    lines = (FRESH if fresh else POOL).read_text(encoding="utf-8").splitlines()
    return [(row["kind"], row["prompt"]) for row in map(json.loads, lines)]
