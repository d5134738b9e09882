"""Fixtures every test may use. No test touches the user's home, the network or the bundled adapters."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from lab.feedback.store import Store
from lab.registry.versions import Versions
from tests.fake_trainer import BASE

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


@pytest.fixture
def store(home: Path) -> Iterator[Store]:
    """The feedback of that home."""
    store = Store(home / "feedback_data")
    yield store
    store.close()


@pytest.fixture
def versions(home: Path) -> Versions:
    """The versions of that home, of a base that no test loads."""
    return Versions(home / "adapters", BASE)


@pytest.fixture
def brief(monkeypatch: pytest.MonkeyPatch) -> None:
    """A random model ends no reply by itself, and what judges it draws hundreds: they are cut off a quarter as late."""
    from lab.train import samples

    monkeypatch.setattr(samples, "LONGEST", samples.LONGEST // 4)


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny random Llama on disk; see tests/tiny.py."""
    from tests.tiny import build_tiny_model  # torch only where a test asks for it

    return build_tiny_model(tmp_path_factory.mktemp("models") / "tiny-llama")
