"""The rate queue in a real browser: space, 1 to 4 and U, a vote and at once the next pair, and nothing voted by accident."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lab.errors import StoreError
from lab.records import Vote
from tests.fakes import page_lab

pytest.importorskip("playwright.sync_api")
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.steps import Served, opened, serving, until


@pytest.fixture
def served(home: Path) -> Iterator[Served]:
    (home / "lab.toml").write_text("[queue]\nahead = 6\nreask = 0.0\n")
    with serving(lambda: page_lab(home, words=4, seconds=0.03)) as served:
        yield served


def votes_in(served: Served) -> list[Vote]:
    return served.lab.store.votes()


@pytest.fixture
def page(served: Served, context: BrowserContext) -> Page:
    page = opened(context.new_page(), served)
    page.get_by_role("tab", name="Compare").click()
    expect(page.locator("#next")).to_be_visible()
    return page


def filled(served: Served, page: Page) -> None:
    served.lab.queue.start()
    until(page, lambda: served.lab.queue.ready() == 6)


def pair_on_screen(page: Page) -> tuple[str, str]:
    expect(page.locator("#vote-left")).to_be_enabled()
    left, right = (page.locator(f"#{side} [data-testid=markdown]").inner_text() for side in ("left", "right"))
    return left, right


def follows(page: Page, before: tuple[str, str]) -> tuple[str, str]:
    expect(page.locator("#left [data-testid=markdown]")).not_to_have_text(before[0])
    return pair_on_screen(page)


def test_space_asks_and_every_key_is_followed_at_once_by_the_next_pair(page: Page, served: Served):
    filled(served, page)
    drawn = len(served.lab.engine.asked)
    page.keyboard.press("Space")
    seen = pair_on_screen(page)
    expect(page.locator("#reveal")).to_be_hidden()
    screens = [seen]
    for key in "1234":
        page.wait_for_timeout(120)
        page.keyboard.press(key)
        seen = follows(page, seen)
        expect(page.locator("#reveal")).to_contain_text("Both were base")
        screens.append(seen)
    assert drawn <= 6 and len(set(screens)) == 5
    votes = votes_in(served)
    assert [vote.choice for vote in votes[2:]] == ["tie", "both_bad"]
    for vote, (left, right) in zip(votes, screens, strict=False):
        sides = (vote.a, vote.b) if vote.shown == "ab" else (vote.b, vote.a)
        assert (left, right) == tuple(served.lab.store.reply(side).text for side in sides), "the vote is of what was seen"
        assert vote.ms is not None and 80 <= vote.ms < 3000
    assert (votes[0].choice == "a") == (votes[0].shown == "ab") and (votes[1].choice == "b") == (votes[1].shown == "ab")
    expect(page.locator("#pace")).to_contain_text("votes a minute")
    expect(page.locator("#pace")).to_contain_text("16 more start a round")


def test_u_brings_the_pair_back_and_the_one_on_screen_comes_after_it(page: Page, served: Served):
    filled(served, page)
    page.keyboard.press("Space")
    first = pair_on_screen(page)
    expect(page.locator("#undo")).to_be_disabled()
    page.keyboard.press("1")
    second = follows(page, first)
    assert len(votes_in(served)) == 1
    page.keyboard.press("u")
    assert follows(page, second) == first
    assert votes_in(served) == []
    expect(page.locator("#reveal")).to_contain_text("Taken back")
    page.keyboard.press("2")
    assert follows(page, first) == second
    (vote,) = votes_in(served)
    assert (vote.choice == "b") == (vote.shown == "ab")


def test_space_skips_without_a_vote_and_after_a_click_on_a_vote_is_not_that_vote_again(page: Page, served: Served):
    filled(served, page)
    page.click("#surprise")
    seen = pair_on_screen(page)
    page.click("#vote-tie")
    seen = follows(page, seen)
    page.keyboard.press("Space")
    seen = follows(page, seen)
    page.get_by_label("Stories").click()
    page.keyboard.press("Space")
    follows(page, seen)
    assert [vote.choice for vote in votes_in(served)] == ["tie"]


def test_what_is_typed_in_the_prompt_box_votes_for_nothing(page: Page, served: Served):
    filled(served, page)
    page.keyboard.press("Space")
    seen = pair_on_screen(page)
    page.locator("#compare-prompt textarea").click()
    page.keyboard.type("1 2 u 3 4")
    page.wait_for_timeout(400)
    assert votes_in(served) == [] and pair_on_screen(page) == seen
    expect(page.locator("#compare-prompt textarea")).to_have_value("1 2 u 3 4")
    page.get_by_role("tab", name="Chat").click()
    page.locator("body").click(position={"x": 700, "y": 5})
    page.keyboard.press("1")
    page.keyboard.press("Space")
    page.wait_for_timeout(300)
    assert votes_in(served) == [], "and a key on another tab is not for this one"


def test_keys_under_a_slow_store_are_all_kept_and_none_is_of_a_pair_that_was_not_seen(page: Page, served: Served):
    """The second press of a hand that trembles arrived when the server had the next pair up already."""
    filled(served, page)
    add = served.lab.store.add_opinion

    def slowly(opinion: Any) -> None:
        time.sleep(0.4)
        add(opinion)

    served.lab.store.add_opinion = slowly
    page.keyboard.press("Space")
    seen = pair_on_screen(page)
    for key in ("1", "2", "1"):
        page.keyboard.press(key)
        page.keyboard.press(key)
        seen = follows(page, seen)
    page.wait_for_timeout(1000)
    assert len(votes_in(served)) == 3 and len(served.lab.store.every_vote()) == 3
    assert pair_on_screen(page) == seen


def test_a_vote_that_cannot_be_kept_says_so_and_can_be_given_again(page: Page, served: Served):
    """It goes past the queue, where Gradio has no notices."""
    filled(served, page)
    page.keyboard.press("Space")
    seen = pair_on_screen(page)
    add = served.lab.store.add_opinion

    def full(opinion: Any) -> None:
        raise StoreError("the disk is full; make room, then vote again")

    for _ in range(2):
        served.lab.store.add_opinion = full
        page.keyboard.press("1")
        notice = page.get_by_test_id("toast-text")
        expect(notice).to_have_text("The disk is full; make room, then vote again.")
        page.locator(".toast-close").click()
        expect(notice).to_be_hidden()
    assert pair_on_screen(page) == seen and votes_in(served) == []
    served.lab.store.add_opinion = add
    page.keyboard.press("1")
    follows(page, seen)
    assert len(votes_in(served)) == 1


@pytest.mark.noise("ERR_FAILED")
def test_a_vote_that_does_not_reach_the_server_says_so(page: Page, served: Served):
    """As one in the queue would: Gradio then waits for the server and loads the page again."""
    cut = threading.Event()  # the road is laid early: a busy page takes a key before a new road, and the vote got through
    page.route("**/run/predict*", lambda road: road.abort() if cut.is_set() else road.continue_())
    filled(served, page)
    page.keyboard.press("Space")
    pair_on_screen(page)
    cut.set()
    page.keyboard.press("1")
    expect(page.locator(".toast-body")).to_be_visible()
    assert votes_in(served) == []


def test_without_a_queue_a_pair_is_drawn_in_sight_and_the_next_one_follows(page: Page, served: Served):
    # two seconds: it is still being drawn when the test looks again, which it does once a second
    served.lab.engine.words, served.lab.engine.seconds = 40, 0.05
    page.keyboard.press("Space")
    expect(page.locator("#left")).to_contain_text("word3")
    expect(page.locator("#vote-left")).to_be_disabled()
    seen = pair_on_screen(page)
    page.keyboard.press("1")
    expect(page.locator("#reveal")).to_contain_text("kept")
    follows(page, seen)
    expect(page.locator("#left")).to_contain_text("word39")  # to its end: on a slow page the buttons are disabled a little later
    expect(page.locator("#vote-left")).to_be_enabled()
    assert len(votes_in(served)) == 1
    served.lab.engine.words = 1000  # it is stopped long before its end, however slow the page
    page.keyboard.press("2")
    expect(page.locator("#compare-stop")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#ask")).to_be_visible()
    expect(page.locator("#vote-left")).to_be_disabled()
    assert len(votes_in(served)) == 2


def test_a_queue_that_fails_says_so_and_the_page_lives_on(page: Page, served: Served):
    from lab.errors import ModelError

    served.lab.engine.error = ModelError("the model is gone; restart the lab")
    page.keyboard.press("Space")
    expect(page.get_by_text("The model is gone; restart the lab.")).to_be_visible()
    expect(page.locator("#ask")).to_be_visible()
    served.lab.engine.error = None
    page.keyboard.press("Space")
    pair_on_screen(page)
