"""`bench ui`, small: every figure is measured on the page and the last line has all of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("playwright.sync_api")

from benchmarks import ui
from tests.browser.conftest import MISSING, find_chromium

FIGURES = (
    "latency_p95_ms_1pane_20", "latency_p95_ms_2pane_100", "clicks_lost", "queue_next_ms_p95", "votes_per_min_queue",
    "votes_per_min_steady", "votes_per_min_plain", "ready_s",
)  # fmt: skip


@pytest.mark.parametrize(("values", "found"), [([1.0], 1.0), (list(range(1, 101)), 95), (list(range(1, 21)), 19)])
def test_p95_is_the_value_that_one_in_twenty_passes(values: list[float], found: float) -> None:
    assert ui.p95(values) == found


def test_the_last_line_has_every_figure(tiny_model: Path, monkeypatch: Any, capsys: pytest.CaptureFixture[str]) -> None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        if find_chromium(driver) is None:
            pytest.skip(MISSING)
    monkeypatch.setattr(ui, "THINKS", 300)
    monkeypatch.setattr(ui, "AHEAD", 6)
    assert ui.main(["--tokens", "12", "--replies", "1", "--votes", "2", "--model", str(tiny_model)]) == 0
    last = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert last["clicks_lost"] == 0 and last["clicks"]["thumbs"] == 10 and last["clicks"]["votes_kept"] == 6
    assert all(isinstance(last[name], int | float) for name in FIGURES)
    assert 0 < last["latency_p50_ms_1pane_20"] <= last["latency_p95_ms_1pane_20"]
    assert 0 < last["votes_per_min_queue"] < 60 / 0.3
