"""Whether a model can be loaded, tried in a process of its own: what it says, line by line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lab.errors import ModelError
from lab.model import check


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_model_is_loaded_and_says_a_word(tiny_model: Path, capsys: pytest.CaptureFixture[str]):
    assert check.main([str(tiny_model), "nf4", "cpu"]) == 0
    assert lines(capsys) == [{"phase": "loading"}, {"phase": "speaking"}, {"ok": True}]


def test_what_is_in_the_way_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert check.main([str(tmp_path), "nf4", "cpu"]) == 1
    [last] = lines(capsys)
    assert "holds no model" in last["error"]
    assert check.main(["nobody/nothing", "nf4", "cpu"]) == 1
    assert "connect once" in lines(capsys)[-1]["error"]


def test_a_bug_is_a_line_too(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    monkeypatch.setattr(check, "check", lambda *arguments: 1 / 0)
    assert check.main(["starter", "nf4", "cpu"]) == 1
    assert lines(capsys) == [{"error": "ZeroDivisionError: division by zero"}]


def test_a_download_is_told_in_bytes_while_it_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The Hub is played by a thread that waits until two different sizes were told."""
    blobs = tmp_path / "models--org--big" / "blobs"
    blobs.mkdir(parents=True)
    told: list[dict] = []
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    monkeypatch.setattr(check, "wanted", lambda repo: 300)
    monkeypatch.setattr(check, "LOOK", 0.02)

    def resolve(model: str) -> Path:
        for size, name in ((100, "a"), (200, "b.incomplete")):
            (blobs / name).write_bytes(b"x" * size)
            while not any(entry["done"] == check.fetched(model) for entry in told):
                pass
        return tmp_path

    monkeypatch.setattr(check, "resolve", resolve)
    check.with_progress("org/big", told.append)
    sizes = [entry["done"] for entry in told]
    assert sizes == sorted(sizes) and {100, 300} <= set(sizes)
    assert all((entry["phase"], entry["total"]) == ("fetching", 300) for entry in told)


def test_a_hub_that_does_not_say_how_much_it_is_stops_nothing(monkeypatch: pytest.MonkeyPatch):
    assert check.wanted("org/big") == 0, "the tests are offline"
    monkeypatch.setattr(check, "resolve", lambda model: (_ for _ in ()).throw(ModelError("no")))
    with pytest.raises(ModelError):
        check.with_progress("org/big", lambda entry: None)
