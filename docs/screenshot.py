"""Makes docs/chat.png: a real lab on a fresh home, a short talk and a thumb, in Chromium. Needs the test extra.

    python docs/screenshot.py [--model starter] [--quantize nf4]
"""

from __future__ import annotations

import argparse
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
TALK = ("Hello! How are you today?", "What do you like to do on weekends?", "That sounds nice. Do you like music?")


def converse(page: Page, address: str) -> None:
    page.goto(address)
    for number, words in enumerate(TALK, 1):
        page.fill("#prompt textarea", words)
        page.press("#prompt textarea", "Enter")
        page.wait_for_function(
            "count => document.querySelectorAll('#chat [data-testid=bot]').length === count"
            " && !document.querySelector('#chat .writing')", arg=number, timeout=120_000,
        )  # fmt: skip
        page.wait_for_timeout(500)
    page.locator("#chat button[aria-label=Like]").nth(1).click()
    page.wait_for_timeout(1500)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="starter")
    parser.add_argument("--quantize", default="nf4")
    options = parser.parse_args()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory() as home, sync_playwright() as driver:
        lab = subprocess.Popen(
            [sys.executable, "-m", "lab.cli", "chat", "--home", home, "--model", options.model, "--quantize", options.quantize,
             "--port", str(port), "--no-browser"], cwd=ROOT,
        )  # fmt: skip
        try:
            until = time.monotonic() + 180
            while time.monotonic() < until and lab.poll() is None:
                with socket.socket() as probe:
                    if probe.connect_ex(("127.0.0.1", port)) == 0:
                        break
                time.sleep(0.3)
            browser = driver.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
            page = browser.new_page(viewport={"width": 1280, "height": 800})
            converse(page, f"http://127.0.0.1:{port}")
            page.screenshot(path=ROOT / "docs" / "chat.png")
            browser.close()
        finally:
            lab.terminate()
            lab.wait(timeout=60)


if __name__ == "__main__":
    main()
