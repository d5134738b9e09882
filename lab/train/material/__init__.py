"""Dialogues that the project makes itself, for the starter to learn from: each subject has a module with its grammars.

Nothing here is copied from a corpus. Facts are facts; names, stories and small talk are made up. The same seed gives the
same dialogues.
"""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module
from pkgutil import iter_modules

from lab.train.material.kinds import Kind

KNOWLEDGE = {"arithmetic": 3.0, "counting": 1.8, "facts": 2.2, "things": 2.0, "vocabulary": 1.8, "unknown": 1.2, "summaries": 1.8,
             "rewriting": 1.8, "writing": 1.3, "howto": 1.4}  # fmt: skip
"""What is to be known by heart, or copied with care, is drawn more often than what there is to be said of it."""


def kinds() -> list[Kind]:
    """All kinds of dialogue of all subjects, in a fixed order."""
    found: list[Kind] = []
    for name in sorted(module.name for module in iter_modules(__path__)):
        own = getattr(import_module(f"{__name__}.{name}"), "KINDS", ())
        found += [replace(kind, share=kind.share * KNOWLEDGE.get(name, 1.0)) for kind in own]
    return found
