"""Reference log-probs: what the base says of a completion, computed once and kept in the store."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace

from lab.feedback.store import Store
from lab.model import adapters
from lab.model.base import Base
from lab.settings import TrainSettings
from lab.train.batches import Ids, Row
from lab.train.forward import measure
from lab.train.hooks import Hooks

GROUP = 32  # rows measured between two writes


def key_of(prompt: Ids, completion: Ids, how: str) -> str:
    """Names a completion by its ids and its prompt's, and by how it was measured."""
    return hashlib.sha256(f"{how}|{prompt}|{completion}".encode()).hexdigest()[:32]


def measured_on(base: Base, settings: TrainSettings) -> str:
    """Device and precision: a home may move from a CPU to a GPU, whose numbers differ by more than a vote's lesson."""
    weights = base.causal_lm.dtype
    return f"{base.device.type}/{weights}/{settings.dtype if settings.dtype != 'auto' else base.device.type}"


def with_reference(base: Base, rows: Sequence[Row], store: Store, settings: TrainSettings, hooks: Hooks) -> list[Row]:
    """The rows with their `reference` filled: from the store where it knows them, else measured and kept there."""
    how = measured_on(base, settings)
    keys = [[key_of(row.prompt, c, how) for c in row.completions] for row in rows]
    known = store.reference_logprobs(base.id, [key for each in keys for key in each])
    missing = [i for i, each in enumerate(keys) if any(key not in known for key in each)]
    for start in range(0, len(missing), GROUP):
        hooks.courteous()
        group = missing[start : start + GROUP]
        found: dict[str, float] = {}
        for count in {len(rows[i].completions) for i in group}:
            some = [i for i in group if len(rows[i].completions) == count]
            with adapters.without(base):
                values = measure(base, [rows[i] for i in some], range(count), settings.tokens, settings.dtype)
            for i, value in zip(some, values.tolist(), strict=True):
                found |= dict(zip(keys[i], value, strict=True))
        store.keep_reference_logprobs(base.id, found)
        known |= found
        hooks.progress({"phase": "reference", "step": min(start + GROUP, len(missing)), "steps": len(missing)})
    return [replace(row, reference=tuple(known[key] for key in each)) for row, each in zip(rows, keys, strict=True)]
