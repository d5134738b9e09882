"""Makes the pictures in docs/, one of every tab: a real lab on a fresh home, driven in Chromium.

    python docs/screenshots.py [--model starter] [--quantize nf4] [--votes 8] [--theme light|dark]

Someone chats and gives a thumb, compares two replies until a round is due, watches it train, and looks at every other tab there
is; a picture is named after its tab. Needs the test extra.
"""

from __future__ import annotations

import argparse
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, expect, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
SLOW = 300_000  # milliseconds; a large model on two cores takes its time
TALK = ("Hello! How are you?", "What do you like to do on weekends?", "That sounds nice. Do you like music?")
QUESTIONS = (
    "I had a bad day at work.", "What should I cook tonight?", "Tell me something nice.", "I have a job interview tomorrow.",
    "My friend is moving away.", "How do I learn to swim?", "I just got a puppy!", "What makes a good teacher?",
    "Do you think I should buy a bicycle?", "I cannot sleep at night.", "What do you think about rain?",
    "My sister is getting married.", "I want to read more books.", "Where should I go on holiday?",
    "I forgot my mother's birthday.", "What is the best time to plant a tree?",
)  # fmt: skip


@contextmanager
def serving(home: Path, model: str, quantize: str) -> Iterator[str]:
    """`chat` on a free port, until the block ends."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        sys.executable, "-m", "lab.cli", "chat", "--home", str(home), "--model", model, "--quantize", quantize,
        "--port", str(port), "--no-browser",
    ]  # fmt: skip
    lab = subprocess.Popen(command, cwd=ROOT)
    try:
        until = time.monotonic() + 300
        while True:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            if lab.poll() is not None or time.monotonic() > until:
                raise SystemExit("the lab did not start; what it said is above")
            time.sleep(0.3)
        yield f"http://127.0.0.1:{port}"
    finally:
        lab.terminate()
        lab.wait(timeout=60)


def picture(page: Page, name: str) -> None:
    """Once nothing moves and no notice covers anything."""
    expect(page.locator("[data-testid=toast-body]")).to_have_count(0)
    page.mouse.move(0, 0)
    page.wait_for_timeout(700)
    page.screenshot(path=DOCS / f"{name}.png")


def chat(page: Page) -> None:
    for number, words in enumerate(TALK, start=1):
        page.fill("#prompt textarea", words)
        page.press("#prompt textarea", "Enter")
        expect(page.locator("#chat [data-testid=bot]")).to_have_count(number)
        expect(page.locator("#chat .writing")).to_have_count(0)
    page.locator("#chat button[aria-label=Like]").nth(1).click()
    page.wait_for_timeout(1500)
    picture(page, "chat")


def compare(page: Page, votes: int) -> None:
    page.get_by_role("tab", name="Compare").click()
    for number in range(votes):
        page.fill("#compare-prompt textarea", QUESTIONS[number % len(QUESTIONS)])
        page.press("#compare-prompt textarea", "Enter")
        expect(page.locator("#vote-left")).to_be_enabled()
        page.wait_for_timeout(300)
        if number == 0:
            picture(page, "compare")
        left, right = page.locator("#left").inner_text(), page.locator("#right").inner_text()
        page.keyboard.press("1" if len(left) >= len(right) else "2")  # someone who likes to hear more
        expect(page.locator("#reveal")).to_be_visible()


def training(page: Page) -> None:
    page.get_by_role("tab", name="Training").click()
    page.wait_for_timeout(2500)
    if page.locator("#train-now").is_enabled():
        page.click("#train-now")
    expect(page.locator("#rounds")).to_contain_text("version 1", timeout=2 * SLOW)
    page.wait_for_timeout(3000)
    picture(page, "training")


def others(page: Page) -> None:
    """Tabs that nobody has looked at yet."""
    names = [name.strip() for name in page.locator("#tabs [role=tab]").all_text_contents()]
    for name in dict.fromkeys(names):
        if name and name.lower() not in ("chat", "compare", "training"):
            page.locator("#tabs").get_by_role("tab", name=name, exact=True).click()
            page.wait_for_timeout(2500)
            picture(page, name.lower())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="starter")
    parser.add_argument("--quantize", default="nf4", choices=["nf4", "int8", "none"])
    parser.add_argument("--votes", type=int, default=10, help="fewer than start a round by themselves")
    parser.add_argument("--theme", default="light", choices=["light", "dark"])
    options = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as home,
        sync_playwright() as driver,
        serving(Path(home), options.model, options.quantize) as address,
    ):
        browser = driver.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        expect.set_options(timeout=SLOW)
        page.goto(f"{address}/?__theme={options.theme}")
        expect(page.locator("#live-version")).to_be_visible()
        chat(page)
        compare(page, options.votes)
        training(page)
        others(page)
        browser.close()


if __name__ == "__main__":
    main()
