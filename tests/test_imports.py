"""The house rules, read from the source: imports go one way, and heavy libraries stay behind their fences."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

LAB = Path(__file__).parent.parent / "lab"
# who may import whom: only what stands in a later row; what is not named here, verbs/ and files directly in lab/, stands on top
ROWS = (
    ("ui",),
    ("chat", "train", "loop"),
    ("feedback", "registry", "model", "insight"),
    ("settings",),
    ("records", "errors"),
)
FENCES = {
    "gradio": ("ui", "notebook"),
    "sqlalchemy": ("feedback",),
    "alembic": ("feedback",),
    "sqlite3": ("feedback",),
    "peft": ("model",),
    "bitsandbytes": ("model",),
    "torch": ("model", "chat", "train"),
}
MODULES = sorted(LAB.rglob("*.py"))


def part_of(module: str) -> str:
    """The folder of lab/ a dotted name is in, or its file; "" for lab itself."""
    return [*module.split("."), ""][1]


def name_of(file: Path) -> str:
    parts = ["lab", *file.relative_to(LAB).with_suffix("").parts]
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports_of(tree: ast.Module, module: str) -> Iterator[str]:
    """Every module named in an import, wherever it stands. Relative ones are made absolute, so they cannot hide."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            if node.level:
                yield f"relative.{module}"
            elif node.module == "lab":
                yield from (f"lab.{alias.name}" for alias in node.names)
            else:
                yield node.module or ""


def row_of(part: str) -> int:
    """0 is the top."""
    return next((number for number, row in enumerate(ROWS, 1) if part in row), 0)


def faults(module: str, source: str) -> list[str]:
    """What a module does that the house forbids."""
    tree, part = ast.parse(source), part_of(module)
    found = [] if ast.get_docstring(tree) or not tree.body else ["it has no docstring"]
    for name in imports_of(tree, module):
        top, other = name.split(".")[0], part_of(name)
        if top == "relative":
            found.append("it imports relatively")
        elif top in FENCES and part not in FENCES[top]:
            found.append(f"{top} is for {', '.join(FENCES[top])} alone")
        elif top == "lab" and part and other and other != part and not may_import(part, other):
            found.append(f"{part} may not import {other}")
        elif top == "lab" and part == "" and other:
            found.append("lab/__init__.py imports nothing of the lab")
    return found


def may_import(part: str, other: str) -> bool:
    """Only downwards. Files on top are the composition: they may import each other."""
    return row_of(part) < row_of(other) or (row_of(part) == row_of(other) == 0)


@pytest.mark.parametrize("file", MODULES, ids=name_of)
def test_the_house_rules_hold(file: Path) -> None:
    assert faults(name_of(file), file.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("module", "source", "fault"),
    [
        ("lab.chat.engine", "from lab.loop.plan import plan", "chat may not import loop"),
        ("lab.registry.versions", "def f():\n    import lab.feedback.store", "registry may not import feedback"),
        ("lab.feedback.store", "from lab.ui import app", "feedback may not import ui"),
        ("lab.records", "from lab import settings", "records may not import settings"),
        ("lab.ui.app", "from lab.cli import main", "ui may not import cli"),
        ("lab.ui.exports", "from lab.verbs.versions import save", "ui may not import verbs"),
        ("lab.loop.worker", "import torch.nn as nn", "torch is for model, chat, train alone"),
        ("lab.cli", "import torch", "torch is for model, chat, train alone"),
        ("lab.verbs.training", "import torch", "torch is for model, chat, train alone"),
        ("lab.chat.session", "from gradio import Blocks", "gradio is for ui, notebook alone"),
        ("lab.train.run", "if True:\n    from peft import LoraConfig", "peft is for model alone"),
        ("lab.loop.worker", "import sqlite3", "sqlite3 is for feedback alone"),
        ("lab.loop.plan", "from . import gate", "it imports relatively"),
        ("lab", "from lab.cli import main", "lab/__init__.py imports nothing of the lab"),
    ],
)
def test_a_broken_rule_is_found(module: str, source: str, fault: str) -> None:
    assert faults(module, f'"""Doc."""\n{source}') == [fault]


def test_what_is_allowed_is_not_found() -> None:
    allowed = '"""Doc."""\nfrom lab.feedback.store import Store\nfrom lab.loop import plan\nfrom lab.errors import LabError'
    assert faults("lab.loop.worker", allowed) == []
    assert faults("lab.cli", '"""Doc."""\nimport lab.ui.app\nimport lab.doctor') == []
    assert faults("lab.verbs.measuring", '"""Doc."""\nimport lab.ui.app\nimport lab.doctor') == []
    assert faults("lab.loop.worker", "x = 1") == ["it has no docstring"]


@pytest.mark.parametrize("part", ["feedback", "registry", "loop", "insight"])
def test_what_a_user_can_lose_is_loaded_without_a_tensor(part: str) -> None:
    """Not even through a library: a store, a registry and a loop start in a fraction of a second."""
    modules = [name_of(file) for file in MODULES if part_of(name_of(file)) == part and "migrations" not in file.parts]
    heavy = ("torch", "transformers", "peft", "gradio", "datasets")
    code = f"import sys, {', '.join(modules)}; print([name for name in {heavy!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=LAB.parent)
    assert (done.stdout.strip(), done.stderr) == ("[]", "")
