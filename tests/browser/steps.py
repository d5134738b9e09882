"""A page of fakes for the browser tests, and what a person does on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Page, expect

from tests.fakes import free_port


class Served:
    """The page of a lab on a port. It can be ended and started again there, with what was stored."""

    def __init__(self, make: Callable[[], Any]) -> None:
        self.make, self.port = make, free_port()
        self.start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        from lab.ui.app import launch

        self.lab = self.make()
        self.blocks = launch(self.lab, "127.0.0.1", self.port)

    def stop(self) -> None:
        self.lab.queue.stop()
        self.blocks.close(verbose=False)
        self.lab.store.close()


@contextmanager
def serving(make: Callable[[], Any]) -> Iterator[Served]:
    served = Served(make)
    try:
        yield served
    finally:
        served.stop()


def opened(page: Page, served: Served) -> Page:
    """The page, drawn and connected."""
    page.goto(served.address)
    expect(page.locator("#prompt textarea")).to_be_visible()
    expect(page.locator("#live-version")).to_be_visible()
    return page


def until(page: Page, condition: Callable[[], bool], seconds: float = 20) -> None:
    """Waits for what the page itself does not show."""
    for _ in range(int(seconds / 0.05)):
        if condition():
            return
        page.wait_for_timeout(50)
    raise AssertionError("it did not come true in time")


def say(page: Page, text: str, count: int) -> None:
    """Sends a message and waits until `count` replies are there and can be rated."""
    page.fill("#prompt textarea", text)
    page.press("#prompt textarea", "Enter")
    expect(page.locator("#chat [data-testid=bot]")).to_have_count(count)
    expect(page.locator(".writing")).to_have_count(0)
