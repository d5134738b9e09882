"""A real Chromium for the browser tests: Debian's, the user's, or Playwright's own; none is a skip, or a failure in CI.

Every page fails its test on a script error, and on any request that would leave this machine.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

playwright = pytest.importorskip("playwright.sync_api", reason="browser tests need playwright; `launch.py test` installs it")

WAIT = 20_000  # milliseconds for whatever should happen; a busy machine draws a page slowly
playwright.expect.set_options(timeout=WAIT)
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MISSING = (
    "no Chromium found, so the browser tests were skipped; get one with `apt install chromium` or "
    "`python -m playwright install chromium`"
)
OFFLINE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"  # a name that the page asks for leads nowhere
# Gradio's own scripts; an image that the policy kept from loading; a stream that a reload cut
NOISE = ("Vega", "favicon", "Loading the image", "AbortError", "errored out")


def find_chromium(driver: playwright.Playwright) -> str | None:
    """The program to run, or None."""
    for name in NAMES:
        if found := shutil.which(name):
            return found
    bundled = driver.chromium.executable_path
    return bundled if Path(bundled).exists() else None


@pytest.fixture(scope="session")
def chromium() -> Iterator[playwright.Browser]:
    with playwright.sync_playwright() as driver:
        program = find_chromium(driver)
        if program is None:
            if os.environ.get("HONE_REQUIRE_BROWSER") == "1":
                pytest.fail("HONE_REQUIRE_BROWSER=1 and " + MISSING, pytrace=False)
            pytest.skip(MISSING)
        browser = driver.chromium.launch(executable_path=program, args=["--no-sandbox", OFFLINE])
        yield browser
        browser.close()


@pytest.fixture
def context(chromium: playwright.Browser, request: pytest.FixtureRequest) -> Iterator[playwright.BrowserContext]:
    """A fresh browser profile that can reach this machine only."""
    context = chromium.new_context(viewport={"width": 1280, "height": 800})
    context.set_default_timeout(WAIT)
    strangers: list[str] = []
    faults: list[str] = []

    def check(asked: playwright.Request) -> None:
        parts = urlsplit(asked.url)
        if parts.scheme not in ("data", "blob") and parts.hostname != "127.0.0.1":
            strangers.append(asked.url)

    def failed(asked: playwright.Request) -> None:
        if asked.failure == "csp":  # the page's own policy kept it from being sent
            strangers.remove(asked.url)

    def listen(page: playwright.Page) -> None:
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)

    context.on("request", check)
    context.on("requestfailed", failed)
    context.on("page", listen)
    yield context
    context.close()
    assert strangers == [], "the page asked other machines"
    expected = request.node.get_closest_marker("noise")
    noise = (*NOISE, *(expected.args if expected else ()))
    assert [fault for fault in faults if not any(word in fault for word in noise)] == []
