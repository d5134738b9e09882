"""Fixtures every test may use. No test touches the user's home, the network or the bundled adapters."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

os.environ.setdefault("HF_HUB_OFFLINE", "1")

QUICK = ("feedback", "registry", "loop", "insight", "settings", "imports", "readme", "launch")  # no torch


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What fails fast comes first: the parts without torch, then the model, then the browser."""
    items.sort(key=rank)


def rank(item: pytest.Item) -> int:
    if item.path.parent.name == "browser":
        return 2
    return 0 if item.path.name.removeprefix("test_").startswith(QUICK) else 1


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """An empty lab home."""
    folder = tmp_path / "home"
    folder.mkdir()
    return folder


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny random Llama on disk; see tests/tiny.py."""
    from tests.tiny import build_tiny_model  # torch only where a test asks for it

    return build_tiny_model(tmp_path_factory.mktemp("models") / "tiny-llama")
