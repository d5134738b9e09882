"""The page in a real browser, over a real store and a session that speaks words: clicks, keys, focus, reloads."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lab.records import Counts
from tests.fakes import FakeStatus, page_lab

pytest.importorskip("playwright.sync_api")
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.steps import Served, opened, say, serving, until

LIKE = "#chat button[aria-label=Like], #chat button[aria-label=Liked]"


@pytest.fixture
def served(home: Path) -> Iterator[Served]:
    with serving(lambda: page_lab(home, words=4, seconds=0.03)) as served:
        yield served


@pytest.fixture
def page(served: Served, context: BrowserContext) -> Page:
    return context.new_page()  # `served` comes first, so that it ends last


def compare(page: Page, text: str) -> None:
    page.fill("#compare-prompt textarea", text)
    page.press("#compare-prompt textarea", "Enter")
    expect(page.locator("#vote-left")).to_be_enabled()


def test_chat_streams_and_every_bubble_names_its_version(page: Page, served: Served):
    opened(page, served)
    say(page, "hello <b>you</b>", 1)
    served.lab.engine.live = 3
    say(page, "again", 2)
    assert page.locator("#chat .by").all_inner_texts() == ["base", "version 3"]
    assert "<b>you</b>" in page.locator("#chat [data-testid=user]").first.inner_text()
    assert page.locator("#prompt textarea").input_value() == ""
    expect(page.locator("#live-version")).to_have_text("version 3 speaks")


def test_fast_thumbs_are_all_kept_and_survive_a_reload(page: Page, served: Served):
    """Gradio's default kept one of three: the page showed three thumbs, the store had one."""
    opened(page, served)
    for number in (1, 2, 3):
        say(page, f"message {number}", number)
    page.evaluate("document.querySelectorAll('#chat button[aria-label=Like]').forEach((thumb) => thumb.click())")
    until(page, lambda: len(served.lab.store.thumbs()) == 3)
    page.reload()
    expect(page.locator("#chat button[aria-label=Liked]")).to_have_count(3)
    page.locator("#chat button[aria-label=Liked]").first.click()
    until(page, lambda: len(served.lab.store.thumbs()) == 2)
    page.locator("#chat button[aria-label=Dislike]").first.click()
    until(page, lambda: sorted(thumb.value for thumb in served.lab.store.thumbs()) == ["down", "up", "up"])


def test_thumbs_stay_when_the_next_reply_comes(page: Page, served: Served):
    opened(page, served)
    say(page, "one", 1)
    page.locator(LIKE).first.click()
    until(page, lambda: len(served.lab.store.thumbs()) == 1)
    say(page, "two", 2)
    expect(page.locator("#chat button[aria-label=Liked]")).to_have_count(1)


def test_a_message_sent_while_a_reply_is_drawn_again_is_refused_and_kept_in_its_box(page: Page, served: Served):
    """The two wrote over each other's page, and a thumb could land on a reply that was not the one displayed."""
    opened(page, served)
    say(page, "one", 1)
    served.lab.session.words = 10_000
    page.click("#again")
    expect(page.locator("#reply-live")).to_contain_text("reply 2a: word0 word1")
    page.fill("#prompt textarea", "two")
    page.press("#prompt textarea", "Enter")
    expect(page.get_by_text("A reply is on its way; wait until it is complete, or stop it.")).to_be_visible()
    expect(page.locator("#prompt textarea")).to_have_value("two")
    expect(page.locator("#stop")).to_be_visible()
    expect(page.locator("#reply-live")).to_contain_text("word9")
    page.click("#stop")
    page.click("#offer-skip")
    expect(page.locator("#chat .by")).to_have_text("base · stopped")
    page.locator(LIKE).click()
    until(page, lambda: len(served.lab.store.thumbs()) == 1)
    (thumb,) = served.lab.store.thumbs()
    assert served.lab.store.reply(thumb.reply).text.startswith("reply 2a")
    assert [chat.turns for chat in served.lab.store.conversations()] == [3], "one message, two replies"


def test_a_reply_on_its_way_cannot_be_rated_and_can_be_stopped(page: Page, served: Served):
    served.lab.session.words = 10_000
    opened(page, served)
    page.fill("#prompt textarea", "talk")
    page.press("#prompt textarea", "Enter")
    expect(page.locator("#reply-live")).to_contain_text("word3")
    expect(page.locator(LIKE)).to_have_count(0)
    page.click("#stop")
    expect(page.locator("#chat .by")).to_have_text("base · stopped")
    expect(page.locator(LIKE)).to_be_visible()
    expect(page.locator("#send")).to_be_visible()


@pytest.mark.noise("Unexpected error 404")  # the stream of the page that was reloaded while it loaded
def test_a_reload_in_mid_reply_keeps_what_was_said(page: Page, served: Served):
    """On a slow machine too: at a quarter of the speed five of six reloads forgot the conversation."""
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": 4})
    served.lab.session.words = 10_000
    opened(page, served)
    page.fill("#prompt textarea", "talk")
    page.press("#prompt textarea", "Enter")
    expect(page.locator("#reply-live")).to_contain_text("word3")
    page.reload()
    expect(page.locator("#prompt textarea")).to_be_visible()
    (chat,) = served.lab.store.conversations()
    until(page, lambda: len(served.lab.store.replies(chat.id)) == 2)
    page.reload()
    expect(page.locator("#chat [data-testid=bot]")).to_contain_text("word3")


def test_conversations_are_listed_left_and_found_again(page: Page, served: Served):
    opened(page, served)
    say(page, "about dogs", 1)
    page.click("#new-chat")
    expect(page.locator("#chat [data-testid=bot]")).to_have_count(0)
    say(page, "about cats", 1)
    page.locator("#conversations").get_by_text("about dogs").click()
    expect(page.locator("#chat [data-testid=user]")).to_contain_text("about dogs")
    say(page, "more", 2)
    assert len(served.lab.store.conversations()) == 2


def test_errors_are_notices_and_never_messages(page: Page, served: Served):
    from lab.errors import ModelError

    opened(page, served)
    served.lab.session.error = ModelError("the model is <gone>; restart the lab")
    page.fill("#prompt textarea", "hello")
    page.press("#prompt textarea", "Enter")
    expect(page.get_by_text("The model is <gone>; restart the lab.")).to_be_visible()
    expect(page.locator("#chat [data-testid=bot]")).to_have_count(0)
    expect(page.locator("#prompt textarea")).to_have_value("hello")
    served.lab.session.error = None
    page.press("#prompt textarea", "Enter")
    expect(page.locator("#chat .by")).to_have_text("base")


def test_a_message_that_failed_does_not_overwrite_the_next_one_being_typed(page: Page, served: Served):
    from lab.errors import ModelError

    opened(page, served)
    served.lab.session.words, served.lab.session.seconds = 10_000, 0.1
    page.fill("#prompt textarea", "hello")
    page.press("#prompt textarea", "Enter")
    expect(page.locator(".writing")).to_be_visible()
    expect(page.locator("#prompt textarea")).to_have_value("")
    page.keyboard.type("and then")
    served.lab.session.error = ModelError("the model is gone; restart the lab")
    expect(page.get_by_text("The model is gone; restart the lab.")).to_be_visible()
    expect(page.locator("#send")).to_be_visible()
    page.wait_for_timeout(300)
    expect(page.locator("#prompt textarea")).to_have_value("and then")


def test_a_prompt_that_failed_comes_back_in_the_compare_tab_too(page: Page, served: Served):
    from lab.errors import ModelError

    opened(page, served)
    page.get_by_role("tab", name="Compare").click()
    served.lab.session.error = ModelError("the model is gone; restart the lab")
    page.fill("#compare-prompt textarea", "which?")
    page.press("#compare-prompt textarea", "Enter")
    expect(page.get_by_text("The model is gone; restart the lab.")).to_be_visible()
    expect(page.locator("#compare-prompt textarea")).to_have_value("which?")
    served.lab.session.error = None
    page.press("#compare-prompt textarea", "Enter")
    expect(page.locator("#vote-left")).to_be_enabled()
    expect(page.locator("#question")).to_contain_text("which?")


def test_an_image_in_a_reply_reaches_nobody(page: Page, served: Served):
    """Markdown in a reply could fetch any address; the policy stops it. The `context` fixture fails on a stranger."""
    opened(page, served)
    say(page, "![x](https://evil.example/x.png) and <img src=https://evil.example/y.png>", 1)
    page.wait_for_timeout(300)


def test_comparing_by_keys_is_blind_and_ready_for_the_next(page: Page, served: Served):
    opened(page, served)
    page.get_by_role("tab", name="Compare").click()
    for number, key in enumerate("1234", start=1):
        page.locator("#compare-prompt textarea").focus()
        page.keyboard.type(f"prompt {number}")  # a digit in the prompt is no vote
        page.keyboard.press("Enter")
        expect(page.locator("#vote-left")).to_be_enabled()
        assert len(served.lab.store.votes()) == number - 1
        assert not page.locator("#reveal").is_visible(), "nothing may be told before the vote"
        until(page, lambda: page.evaluate("document.activeElement.tagName") == "BODY")
        left = page.locator("#left").inner_text()
        page.keyboard.press(key)
        expect(page.locator("#reveal")).to_contain_text("Both were base")
        until(page, lambda: page.evaluate("document.activeElement.closest('#compare-prompt') !== null"))
        page.keyboard.press(key)  # now it is a digit in the prompt
        page.fill("#compare-prompt textarea", "")
        vote = served.lab.store.votes()[-1]
        shown = served.lab.store.reply(vote.a if vote.shown == "ab" else vote.b).text
        assert left == shown
    votes = served.lab.store.votes()
    assert [vote.choice for vote in votes[2:]] == ["tie", "both_bad"]
    for vote, side in zip(votes[:2], ("left", "right"), strict=True):
        assert (vote.choice == "a") == ((side == "left") == (vote.shown == "ab"))


def test_the_next_prompt_typed_while_both_answer_casts_no_vote(page: Page, served: Served):
    """The focus was taken away when both had answered, and the digits of what was being typed went to the vote keys."""
    opened(page, served)
    served.lab.session.words = 80  # long enough to be seen on its way by a slow machine
    page.get_by_role("tab", name="Compare").click()
    page.fill("#compare-prompt textarea", "which?")
    page.press("#compare-prompt textarea", "Enter")
    expect(page.locator("#compare-stop")).to_be_visible()
    page.keyboard.type("top ")
    expect(page.locator("#vote-left")).to_be_enabled()
    page.wait_for_timeout(300)
    page.keyboard.type("12 songs")
    expect(page.locator("#compare-prompt textarea")).to_have_value("top 12 songs")
    page.click("#vote-tie")
    expect(page.locator("#reveal")).to_contain_text("Tie")
    assert [vote.choice for vote in served.lab.store.votes()] == ["tie"]


def test_the_end_of_a_reply_takes_no_focus_from_what_is_being_typed(page: Page, served: Served):
    served.lab.session.words = 40
    opened(page, served)
    page.fill("#prompt textarea", "hello")
    page.press("#prompt textarea", "Enter")
    expect(page.locator(".writing")).to_be_visible()
    page.locator("#rater textarea, #rater input").focus()
    expect(page.locator(".writing")).to_have_count(0)
    page.wait_for_timeout(300)
    assert page.evaluate("document.activeElement.closest('#rater') !== null")


def test_comparing_by_buttons_and_two_versions(page: Page, served: Served):
    opened(page, served)
    page.get_by_role("tab", name="Compare").click()
    page.get_by_text("Two versions").click()
    expect(page.locator("#first-version")).to_be_visible()
    compare(page, "which?")
    page.click("#vote-right")
    expect(page.locator("#reveal")).to_contain_text("B is better")
    assert served.lab.session.calls[-1]["versions"] == (0, 0)


def test_the_training_tab_follows_the_worker_and_survives_a_reload(page: Page, served: Served):
    opened(page, served)
    page.get_by_role("tab", name="Training").click()
    expect(page.locator("#reason")).to_contain_text("16 more start a round")
    served.lab.worker.now = FakeStatus(reason="15 of 16 new votes; 1 more starts a round.", counts=Counts(pairs=15, new_pairs=15))
    expect(page.locator("#reason")).to_contain_text("1 more starts a round")
    expect(page.locator("#counts")).to_contain_text("15 new")
    page.click("#train-now")
    page.click("#pause")
    expect(page.locator("#resume")).to_be_visible()
    page.reload()
    page.get_by_role("tab", name="Training").click()
    expect(page.locator("#resume")).to_be_visible()
    assert served.lab.worker.asked == [("train", None), "pause"]


def test_the_versions_tab_shows_the_base(page: Page, served: Served):
    opened(page, served)
    page.get_by_role("tab", name="Versions").click()
    expect(page.locator("#details")).to_contain_text("the model as it came")
    page.click("#activate")
    expect(page.get_by_text("Base is live already; choose another one.")).to_be_visible()


def test_a_phone_sees_the_chat_and_not_the_panel(chromium: Any, served: Served):
    context = chromium.new_context(viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True)
    page = context.new_page()
    opened(page, served)
    expect(page.locator("#panel")).not_to_contain_class("open")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    say(page, "hello", 1)
    page.locator(LIKE).first.tap()
    until(page, lambda: len(served.lab.store.thumbs()) == 1)
    context.close()
