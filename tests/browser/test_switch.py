"""Another model from the page, with every part real: tried, started anew in the same process, and the page comes back."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.tiny import build_tiny_model

pytest.importorskip("playwright.sync_api")
from playwright.sync_api import Page, expect

from tests.browser.process import chatting
from tests.browser.steps import say

# while the lab starts anew nobody answers; Chromium says so of each request that asked
AWAY = (
    "net::ERR_", "Vega", "AbortError",
    "errored out", "Failed to fetch", "network error", "Could not get", "Server stopped unexpectedly",
)  # fmt: skip


@pytest.fixture
def running(home: Path, tiny_model: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    (home / "lab.toml").write_text("[sampling]\nmax_new_tokens = 8\n")
    with chatting(home, tiny_model, "--no-trainer") as started:
        yield started


def choose(page: Page, model: str) -> None:
    page.get_by_role("tab", name="Model", exact=True).click()
    page.fill("#model input", model)
    page.press("#model input", "Enter")
    page.click("#switch")


def test_a_model_is_tried_and_the_page_comes_back_with_it(chromium, running, tmp_path: Path):
    address, chat = running
    other = build_tiny_model(tmp_path / "other-model", seed=5)
    context = chromium.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    page.goto(address)
    expect(page.locator("#live-version")).to_be_visible(timeout=60_000)
    say(page, "hello", 1)

    choose(page, "nowhere")
    expect(page.locator("#switch-progress")).to_contain_text("nowhere was not taken: no model 'nowhere'", timeout=60_000)
    expect(page.locator("#switch")).to_be_enabled()

    choose(page, str(other))
    expect(page.locator("#restarting")).to_contain_text("comes back by itself", timeout=120_000)
    expect(page.locator(".head .model")).to_have_text("other-model", timeout=120_000)
    page.get_by_role("tab", name="Model", exact=True).click()
    expect(page.locator("#model-note")).to_contain_text("The lab speaks with")
    expect(page.locator("#facts")).to_contain_text("other-model")
    page.get_by_role("tab", name="Chat", exact=True).click()
    expect(page.locator("#chat [data-testid=user]")).to_contain_text("hello")
    say(page, "and you?", 2)
    assert chat.poll() is None, "the same process goes on"
    assert [fault for fault in faults if not any(word in fault for word in AWAY)] == []
    context.close()
