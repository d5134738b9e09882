"""Fixtures every test may use. No test touches the user's home, the network or the bundled adapters."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

os.environ.setdefault("HF_HUB_OFFLINE", "1")


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
