"""The whole loop with every part real: the command, a tiny model, a browser, the trainer's process, and a new version.

Someone chats, clicks thumbs and votes by key until a round is due; the trainer trains beside the chat, the gate lets
the version through, and the next reply carries it. Then the page rolls back, and the reply after that is the base's.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from lab.feedback.examples import is_held_out

pytest.importorskip("playwright.sync_api")
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.process import chatting
from tests.browser.steps import say

VOTES = 4
# a random model says nothing sensible, so only the gate's integrity checks can be met
SETTINGS = f"""
[sampling]
max_new_tokens = 12
[train]
epochs = 2
learning_rate = 0.001
max_length = 256
[loop]
min_new = {VOTES}
min_seconds = 0.0
[trial]
pair_share = 0.0
[gate]
heldout_drop = 0.5
max_repeat = 1.0
min_stop_ratio = 0.0
max_length_ratio = 1000.0
max_ppl_ratio = 1000.0
"""


@pytest.fixture
def running(home: Path, tiny_model: Path) -> Iterator[str]:
    """`chat` in a process of its own, trainer included; its address."""
    (home / "lab.toml").write_text(SETTINGS)
    with chatting(home, tiny_model) as (address, _):
        yield address


@pytest.fixture
def page(running: str, context: BrowserContext) -> Page:
    return context.new_page()


def training_prompts() -> Iterator[str]:
    """Prompts whose opinions are trained on; a fifth of all are kept for judging."""
    for number in range(1000):
        prompt = f"tell me about dog number {number}"
        if not is_held_out([{"role": "user", "content": prompt}]):
            yield prompt


def test_votes_become_a_version_and_the_next_reply_carries_it(page: Page, running: str):
    prompts = training_prompts()
    page.goto(running)
    expect(page.locator("#live-version")).to_have_text("base speaks", timeout=60_000)
    say(page, next(prompts), 1)
    say(page, next(prompts), 2)
    assert page.locator("#chat .by").first.inner_text().startswith("base")
    page.locator("#chat button[aria-label=Like]").first.click()
    page.locator("#chat button[aria-label=Dislike]").last.click()

    page.get_by_role("tab", name="Compare").click()
    for number in range(VOTES):
        page.locator("#compare-prompt textarea").fill(next(prompts))
        page.locator("#compare-prompt textarea").press("Enter")
        expect(page.locator("#vote-left")).to_be_enabled()
        page.wait_for_function("document.activeElement.tagName === 'BODY'")
        page.keyboard.press("12"[number % 2])
        expect(page.locator("#reveal")).to_be_visible()

    page.get_by_role("tab", name="Training").click()
    expect(page.locator("#live-version")).to_have_text("version 1 speaks (on trial)", timeout=240_000)
    expect(page.locator("#rounds")).to_contain_text("version 1")
    expect(page.locator("#rounds")).to_contain_text("passed")
    page.reload()
    page.get_by_role("tab", name="Training").click()
    expect(page.locator("#loss svg, #loss canvas").first).to_be_visible()

    page.get_by_role("tab", name="Chat").click()
    expect(page.locator("#chat button[aria-label=Liked]")).to_have_count(1)
    say(page, "and now?", 3)
    assert page.locator("#chat .by").last.inner_text().startswith("version 1")

    page.get_by_role("tab", name="Versions").click()
    page.click("#rollback")
    expect(page.locator("#live-version")).to_have_text("base speaks")
    page.get_by_role("tab", name="Chat").click()
    say(page, "and back?", 4)
    assert page.locator("#chat .by").last.inner_text().startswith("base")
