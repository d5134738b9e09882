"""What a person does on the page, for every browser test."""

from __future__ import annotations

from playwright.sync_api import Page, expect


def say(page: Page, text: str, count: int) -> None:
    """Sends a message and waits until `count` replies are there and can be rated."""
    page.fill("#prompt textarea", text)
    page.press("#prompt textarea", "Enter")
    expect(page.locator("#chat [data-testid=bot]")).to_have_count(count)
    expect(page.locator(".writing")).to_have_count(0)
