"""How soon the page shows what was drawn, and how fast one can vote: python -m benchmarks.ui [--tokens N] [--votes N] [--model M]

A real Chromium on the real page, served by this process: its handlers, components, session, store and rate queue are those of
the lab. A table on stderr, one JSON document on the last line of stdout.

- Yield to screen: the model is a stand-in that speaks a word every 20 ms and writes the time into it; a MutationObserver in the
  page reads it there, on the same clock, and counts to the end of the frame in which it was painted. With 20 and with 100
  messages above: in the Chat tab (one pane: `#reply-live` if the tab has one, else its last bubble), and in Compare (two).
- Clicks: thumbs 100 ms apart, and votes by key on pair after pair, on a store that takes 0.4 s for each; what is not in it at the
  end was lost.
- The rate queue, on the bundled starter, for a rater who needs 2 s to choose: from the key to the next pair on screen and votes a
  minute out of a full queue; the steady pace, where every pair is drawn while the one before is read; and one prompt after
  another without the queue, each waited for.
- Ready: from asking for the page until the prompt can be typed and the version that speaks is named.
"""

from __future__ import annotations

import argparse
import os
import shutil
import socket
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, expect, sync_playwright

from benchmarks.training import ended, hardware, positive
from lab.chat.engine import Draft, Engine, Turn
from lab.chat.queue import Queue
from lab.chat.session import Session
from lab.console import say, table
from lab.errors import LabError
from lab.feedback.store import Store
from lab.loop.worker import Worker
from lab.model.base import load_base
from lab.model.facts import Facts, facts_of
from lab.model.identity import base_id
from lab.model.prompts import pool
from lab.records import Reply, new_id
from lab.registry.versions import Versions
from lab.settings import load_settings
from lab.ui.app import launch
from lab.ui.lab import Lab

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PER_SECOND = 50  # words of the stand-in
SLOW = 0.4  # seconds that the slow store takes for an opinion
THINKS = 2000  # milliseconds that the rater needs
AHEAD = 20
NO_FACTS = Facts("a stand-in", "stand-in", 0, 0, 0, 0, 0, "", "", 0, "", "")  # of the lab without a model
PATIENCE = 300_000  # milliseconds
LINE = "A sentence of some twenty words that says nothing in particular but fills the screen the way a reply would do it. "

# latencies of the growing text, from the time that stands in it to the end of the frame that shows it
WATCH_TEXT = """(panes) => {
  window.seen = [];
  let last = 0;
  const bubbles = () => [...document.querySelectorAll("#chat [data-testid=bot]")];
  const chat = () => document.querySelector("#reply-live:has(.writing)") ?? bubbles().pop();  // without asking for a layout
  const stamp = (element) => element?.textContent.match(/@\\d+\\.\\d@/g)?.pop();
  new MutationObserver(() => {
    const found = panes === 1 ? [stamp(chat())] : ["left", "right"].map((id) => stamp(document.getElementById(id)));
    if (!found[0] || found.some((each) => each !== found[0])) return;
    const spoken = parseFloat(found[0].slice(1));
    if (spoken <= last) return;  // at the end of a reply, the bubble of the one before it is for an instant the last
    last = spoken;
    const clock = () => performance.timeOrigin + performance.now();
    const dom = clock() - spoken;
    requestAnimationFrame(() => setTimeout(() => window.seen.push([dom, clock() - spoken])));
  }).observe(document.body, {subtree: true, childList: true, characterData: true});
}"""
# from a vote's key to the end of the frame that shows the next pair, complete and ready to be voted on
WATCH_VOTES = """() => {
  window.took = [];
  let pressed = null, before = "";
  const ballot = () => document.querySelector("#ballot textarea").value;  // names the pair on screen; empty while one is drawn
  document.addEventListener("keydown", (event) => {
    if ("1234".includes(event.key)) [pressed, before] = [performance.now(), ballot()];
  }, true);
  new MutationObserver(() => {
    const now = ballot();
    if (pressed === null || now === "" || now === before || document.querySelector("#vote-left")?.disabled) return;
    const since = pressed;
    pressed = null;
    requestAnimationFrame(() => setTimeout(() => window.took.push(performance.now() - since)));
  }).observe(document.body, {subtree: true, childList: true, characterData: true, attributes: true});
}"""


class Speaker:
    """Stands in for the engine: each reply `tokens` words, the time of the last one behind them."""

    live, base_id, in_use = 0, "speaker", False

    def __init__(self, tokens: int) -> None:
        self.tokens = tokens

    def trial(self) -> None:
        return None

    def use_adapter(self, version: int) -> None:
        """There is nothing to load."""

    def stream(self, turns: Sequence[Turn], stop: threading.Event, ahead: bool = False) -> Iterator[list[Draft]]:
        names = [f"{side}{time.time_ns() % 1000}" for side, _ in zip("ab", turns, strict=False)]
        yield [Draft("", (), (), 0) for _ in turns]
        due = time.monotonic()
        for count in range(1, self.tokens + 1):
            due += 1 / PER_SECOND
            time.sleep(max(0.0, due - time.monotonic()))
            finish = "end" if count == self.tokens else "stopped" if stop.is_set() else None
            words, now = "word " * count, f"@{1000 * time.time():.1f}@"
            yield [Draft(f"{name} {words}{now}", tuple(range(count)), (-1.0,) * count, 0, finish) for name in names]
            if finish:
                return


@contextmanager
def serving(engine: Any, base: str, home: Path, ahead: bool = False) -> Iterator[tuple[Lab, str]]:
    """A lab on a free port, without a trainer."""
    settings = load_settings(home, {"queue": {"ahead": AHEAD, "reask": 0.0}})
    store, versions = Store(settings.feedback_data), Versions(settings.adapters, base)
    facts = NO_FACTS
    if engine is None:
        model = load_base(settings.model, settings.quantize, "cpu")
        engine = Engine(model, versions, store.signals.set_busy)
        facts = facts_of(model, settings.model)
    worker = Worker(store, versions, settings, lambda made: engine.use_adapter(made.version), [])
    lab = Lab(settings, store, versions, Session(store, engine, settings), engine, worker, Queue(store, engine, settings), facts)
    worker.start()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    blocks = launch(lab, "127.0.0.1", port)
    try:
        yield lab, f"http://127.0.0.1:{port}"
    finally:
        lab.queue.stop()
        blocks.close(verbose=False)
        worker.stop()
        store.close()


@contextmanager
def opened(browser: Browser, address: str, tab: str = "Chat") -> Iterator[Page]:
    """A page in a fresh profile, ready to be used."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.goto(address)
    expect(page.locator("#live-version")).to_be_visible()
    expect(page.locator("#prompt textarea")).to_be_visible()
    if tab != "Chat":
        page.get_by_role("tab", name=tab).click()
    try:
        yield page
    finally:
        context.close()


def talk_of(store: Store, messages: int) -> str:
    """A conversation that is there already; its title."""
    title = f"talk {new_id()[-6:]}"
    conversation, parent = store.start_conversation(title), None
    for number in range(messages):
        role: Any = "assistant" if number % 2 else "user"
        text = LINE * 3 if number % 2 else f"Question {number}"
        reply = Reply(new_id(), conversation, parent, role, text, version=0 if number % 2 else None, finish="end")
        store.add_reply(reply)
        parent = reply.id
    return title


def open_talk(page: Page, title: str, messages: int) -> None:
    """All of it on the page."""
    page.locator("#conversations").get_by_text(title, exact=True).click()
    while page.locator("#chat [data-testid=bot]").count() < messages // 2:
        if page.locator("#earlier").is_visible():
            page.locator("#earlier").click()
        page.wait_for_timeout(500)


def latencies(browser: Browser, address: str, lab: Lab, panes: int, messages: int, replies: int) -> list[list[float]]:
    """[in the DOM, on screen] of every yield, milliseconds."""
    title = talk_of(lab.store, messages)
    with opened(browser, address) as page:
        open_talk(page, title, messages)
        if panes == 2:
            page.get_by_role("tab", name="Compare").click()
        page.evaluate(WATCH_TEXT, panes)
        box, bots = "#prompt textarea" if panes == 1 else "#compare-prompt textarea", page.locator("#chat [data-testid=bot]")
        there = bots.count()
        for number in range(replies):
            before = page.evaluate("window.seen.length")
            page.fill(box, f"And now {number}?")
            page.press(box, "Enter")
            if panes == 1:  # a short reply is over before anybody sees that it is on its way
                expect(bots).to_have_count(there + number + 1, timeout=PATIENCE)
            else:
                page.wait_for_function("(before) => window.seen.length > before", arg=before)
                page.locator("#ask").wait_for(state="visible")
            page.wait_for_timeout(500)
        seen: list[list[float]] = page.evaluate("window.seen")
        return seen


def clicks(browser: Browser, address: str, lab: Lab, votes: int) -> dict:
    """Given and recorded, on a store that takes its time."""
    title, add = talk_of(lab.store, 20), lab.store.add_opinion

    def slowly(opinion: Any) -> None:
        time.sleep(SLOW)
        add(opinion)

    lab.store.add_opinion = slowly  # type: ignore[method-assign]
    try:
        with opened(browser, address) as page:
            open_talk(page, title, 20)
            thumbs = page.locator("#chat button[aria-label=Like]").element_handles()
            for thumb in thumbs:
                thumb.click()
                page.wait_for_timeout(100)
            lab.queue.start()
            while lab.queue.ready() < votes:
                page.wait_for_timeout(100)
            page.get_by_role("tab", name="Compare").click()
            rated, _ = rate(page, votes, 0)
            page.wait_for_timeout(3000)
        lab.queue.stop()
        kept = len(lab.store.thumbs()), len(lab.store.every_vote())
    finally:
        lab.store.add_opinion = add  # type: ignore[method-assign]
    return {"thumbs": len(thumbs), "thumbs_kept": kept[0], "votes": rated, "votes_kept": kept[1]}


def rate(page: Page, votes: int, thinks: int) -> tuple[int, float]:
    """Votes one after another, from the first pair on screen; how many, and the seconds from then to the last answer."""
    page.evaluate(WATCH_VOTES)
    expect(page.locator("#next")).to_be_enabled()  # a tab is drawn when it is opened
    page.keyboard.press("Space")
    expect(page.locator("#vote-left")).to_be_enabled()
    began = time.perf_counter()
    for number in range(votes):
        page.wait_for_timeout(thinks)
        page.keyboard.press("12"[number % 2])
        page.wait_for_function("(count) => window.took.length === count", arg=number + 1)
    return votes, time.perf_counter() - began


def queue_of(browser: Browser, home: Path, votes: int, model: str) -> dict:
    """The three ways to vote, on the real model."""
    found: dict[str, Any] = {}
    with serving(None, base_id(model, load_settings(home).quantize), home) as (lab, address):
        found["ready_s"] = statistics.median(ready(browser, address) for _ in range(3))
        few = max(2, votes // 2)
        with opened(browser, address, "Compare") as page:
            say("one prompt after another")
            prompts = pool("chat")
            began = time.perf_counter()
            for number in range(few):
                page.fill("#compare-prompt textarea", prompts[number])
                page.press("#compare-prompt textarea", "Enter")
                page.locator("#ask").wait_for(state="hidden")
                expect(page.locator("#vote-left")).to_be_enabled()
                page.wait_for_timeout(THINKS)
                page.keyboard.press("12"[number % 2])
                expect(page.locator("#reveal")).to_be_visible()
            found["votes_per_min_plain"] = 60 * few / (time.perf_counter() - began)
        with opened(browser, address, "Compare") as page:
            say("a full queue")
            began = time.perf_counter()
            lab.queue.start()
            while lab.queue.ready() < votes:
                page.wait_for_timeout(200)
            found["fill_s"] = time.perf_counter() - began
            _, seconds = rate(page, votes, THINKS)
            took: list[float] = page.evaluate("window.took")
            found["votes_per_min_queue"] = 60 * votes / seconds
            found["queue_next_ms_p50"], found["queue_next_ms_p95"] = statistics.median(took), p95(took)
        with opened(browser, address, "Compare") as page:
            say("as fast as they are drawn")
            while lab.queue.take("anything", "nobody") is not None:
                pass
            _, seconds = rate(page, votes, THINKS)
            found["votes_per_min_steady"] = 60 * votes / seconds
    return found


def ready(browser: Browser, address: str) -> float:
    began = time.perf_counter()
    with opened(browser, address):
        return time.perf_counter() - began


def p95(values: Sequence[float]) -> float:
    return sorted(values)[max(0, round(0.95 * len(values)) - 1)]


def run(options: argparse.Namespace) -> dict:
    began = time.perf_counter()
    result: dict[str, Any] = {"name": "ui"}
    rows = []
    with sync_playwright() as driver, tempfile.TemporaryDirectory() as folder:
        program = next((found for name in NAMES if (found := shutil.which(name))), driver.chromium.executable_path)
        if not Path(program).exists():
            raise LabError("bench ui needs Chromium: `apt install chromium`, or `python -m playwright install chromium`")
        browser = driver.chromium.launch(executable_path=program, args=["--no-sandbox"])
        with serving(Speaker(options.tokens), "speaker", Path(folder) / "speaker") as (lab, address):
            for panes in (1, 2):
                for messages in (20, 100):
                    seen = latencies(browser, address, lab, panes, messages, options.replies)
                    screen, dom = [each[1] for each in seen], [each[0] for each in seen]
                    where = f"{panes}pane_{messages}"
                    figures = statistics.median(screen), p95(screen), p95(dom)
                    names = (f"latency_p50_ms_{where}", f"latency_p95_ms_{where}", f"dom_p95_ms_{where}")
                    result |= zip(names, figures, strict=True)
                    rows.append((where, str(len(seen)), *(f"{figure:.0f}" for figure in figures)))
        with serving(Speaker(5), "speaker", Path(folder) / "clicks") as (lab, address):
            counted = clicks(browser, address, lab, min(10, AHEAD))
            result["clicks"] = counted
            result["clicks_lost"] = counted["thumbs"] + counted["votes"] - counted["thumbs_kept"] - counted["votes_kept"]
        home = Path(folder) / "queue"
        home.mkdir()
        if options.model != "starter":
            (home / "lab.toml").write_text(f'model = "{options.model}"\nquantize = "none"\n')
        result |= queue_of(browser, home, options.votes, options.model)
        browser.close()
    table(("panes, messages", "yields", "p50 ms", "p95 ms", "p95 ms to the DOM"), rows)
    told = ("clicks_lost", "queue_next_ms_p95", "votes_per_min_queue", "votes_per_min_steady", "votes_per_min_plain", "ready_s")
    result = {key: round(value, 2) if isinstance(value, float) else value for key, value in result.items()}
    table(("", "measured"), [(name, str(result[name])) for name in told])
    return result | {
        "tokens": options.tokens, "replies": options.replies, "votes_each": options.votes, "model": options.model,
        "cores": os.cpu_count(), "seconds": round(time.perf_counter() - began, 1), "hardware": hardware("cpu"),
    }  # fmt: skip


def main(arguments: Sequence[str]) -> int:
    written = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(prog="bench ui", description=__doc__, formatter_class=written)
    parser.add_argument("--tokens", type=positive, default=150, help="words of a reply of the stand-in")
    parser.add_argument("--replies", type=positive, default=3, help="replies for each history")
    votes = {"type": int, "default": AHEAD, "choices": range(2, AHEAD + 1), "metavar": f"2-{AHEAD}"}
    parser.add_argument("--votes", help="votes of the rater, each way", **votes)
    parser.add_argument("--model", default="starter", help="what the rate queue draws from")
    options = parser.parse_args(arguments)
    return ended(run, options)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
