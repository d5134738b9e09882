"""The chat in a real browser: branches, choices, opinions, the list, and a page that tells the truth after a restart."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lab.records import Reply, Sampling, new_id
from tests.fakes import FakeStatus, page_lab

pytest.importorskip("playwright.sync_api")
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.browser.steps import Served, opened, say, serving, until

LIKE = "#chat button[aria-label=Like]"
BOTS = "#chat [data-testid=bot]"


@pytest.fixture
def served(home: Path) -> Iterator[Served]:
    with serving(lambda: page_lab(home, words=4, seconds=0.03)) as served:
        yield served


@pytest.fixture
def page(served: Served, context: BrowserContext) -> Page:
    return opened(context.new_page(), served)  # `served` comes first, so that it ends last


def link(page: Page, words: str, number: int = -1) -> Locator:
    return page.locator("#chat .tools a, #chat .by a").filter(has_text=words).nth(number)


def ready_to_vote(page: Page) -> None:
    expect(page.locator("#offer-left")).to_be_enabled()
    until(page, lambda: not page.evaluate("document.activeElement.matches('textarea, input')"))


def test_an_empty_chat_offers_something_to_say(page: Page, served: Served):
    opener = page.locator("#chat .placeholder-content a").filter(has_text="story about a dog")
    page.fill("#prompt textarea", "half a thought")
    opener.click()
    expect(page.locator("#prompt textarea")).to_have_value("half a thought")
    page.fill("#prompt textarea", "")
    opener.focus()
    page.keyboard.press("Enter")
    expect(page.locator(BOTS)).to_have_count(1)
    expect(page.locator("#chat [data-testid=user]")).to_contain_text("Tell me a short story about a dog.")
    expect(page.locator("#prompt textarea")).to_have_value("")
    assert [text for _, text in served.lab.store.own_prompts()] == ["Tell me a short story about a dog."]


def test_a_reply_streams_below_the_history_and_the_history_stays_as_it_is(page: Page, served: Served):
    """A Chatbot of a hundred messages fell seconds behind the model; only the pane below may change while a reply comes."""
    say(page, "one", 1)
    served.lab.session.words = 10_000
    expect(page.locator("#sent-live")).to_be_hidden()
    page.evaluate(
        "() => { window.changes = 0; new MutationObserver((all) => window.changes += all.length)"
        ".observe(document.querySelector('#chat'), {childList: true, subtree: true, characterData: true}); }"
    )
    page.fill("#prompt textarea", "## two")  # a message that is no paragraph stayed hidden
    page.press("#prompt textarea", "Enter")
    expect(page.locator("#sent-live")).to_be_visible()
    expect(page.locator("#sent-live")).to_have_text("two")
    expect(page.locator("#reply-live")).to_contain_text("word30")
    assert page.evaluate("window.changes") == 0
    end = page.locator("#reply-live .by").bounding_box()
    box = page.locator("#talk").bounding_box()
    assert end and box and end["y"] + end["height"] <= box["y"] + box["height"] + 1, "the end of what streams is in sight"
    page.click("#stop")
    expect(page.locator(BOTS)).to_have_count(2)
    expect(page.locator("#reply-live")).to_be_hidden()
    expect(page.locator("#sent-live")).to_be_hidden()
    expect(page.locator("#chat [data-testid=user]").last).to_contain_text("two")


def test_a_reply_drawn_again_is_picked_by_key_and_the_other_is_a_branch_away(page: Page, served: Served):
    say(page, "hello", 1)
    page.click("#again")
    ready_to_vote(page)
    panes = {side: page.locator(f"#offer-pane-{side}").inner_text() for side in ("left", "right")}
    old = next(side for side, text in panes.items() if "the reply before" in text)
    expect(page.locator(BOTS)).to_have_count(0)
    page.keyboard.press("1" if old == "left" else "2")
    expect(page.locator(BOTS)).to_contain_text("reply 1a")
    expect(page.locator("#offer-said")).to_contain_text("is better, kept")
    (vote,) = served.lab.store.votes()
    picked = vote.a if vote.choice == "a" else vote.b
    assert served.lab.store.reply(picked).text.startswith("reply 1a")
    expect(page.locator(BOTS)).to_contain_text("1 of 2")
    link(page, "›").click()
    expect(page.locator(BOTS)).to_contain_text("reply 2a")
    expect(page.locator(BOTS)).to_contain_text("2 of 2")
    say(page, "and?", 2)
    parents = [reply.parent for reply in served.lab.store.replies(served.lab.store.chats()[0].id) if reply.text == "and?"]
    assert parents == [vote.b if picked == vote.a else vote.a], "the branch that is shown goes on"


def test_a_blind_pair_is_blind_until_the_vote_and_the_chat_goes_on_with_the_winner(page: Page, served: Served):
    served.lab.session.due = (2, 1)
    page.fill("#prompt textarea", "which?")
    page.press("#prompt textarea", "Enter")
    ready_to_vote(page)
    assert "version" not in page.locator("#offer").inner_text() + page.locator("#chat").inner_text()
    right = page.locator("#offer-pane-right").inner_text()
    page.keyboard.press("2")
    expect(page.locator("#offer-said")).to_contain_text("B is better, kept. A was version")
    expect(page.locator(BOTS)).to_have_count(1)
    assert page.locator(BOTS).inner_text().split("\n")[0] in right
    (vote,) = served.lab.store.votes()
    a, b = (served.lab.store.reply(reply) for reply in (vote.a, vote.b))
    assert (a.parent, a.version, b.version) == (b.parent, 2, 1)
    served.lab.session.due = None
    say(page, "2 more 1", 2)  # the digits are typed, not voted
    assert len(served.lab.store.votes()) == 1


def test_a_choice_can_be_skipped_by_going_on_typing(page: Page, served: Served):
    say(page, "hello", 1)
    page.click("#again")
    ready_to_vote(page)
    say(page, "never mind", 2)
    expect(page.locator("#offer")).to_have_count(0)
    assert served.lab.store.votes() == []
    expect(page.locator(BOTS).first).to_contain_text("reply 2a")


def test_a_sent_message_is_changed_and_both_branches_are_there(page: Page, served: Served):
    say(page, "one", 1)
    say(page, "two", 2)
    page.locator(LIKE).last.click()
    until(page, lambda: len(served.lab.store.thumbs()) == 1)
    link(page, "edit").click()
    box = page.locator("#edit-text textarea")
    expect(box).to_have_value("two")
    assert (box.bounding_box() or {"width": 0})["width"] > 600
    box.fill("three")
    page.click("#edit-send")
    users = page.locator("#chat [data-testid=user]")
    expect(users.last).to_contain_text("three")
    expect(page.locator(BOTS).last).to_contain_text("reply 3a")
    expect(users.last).to_contain_text("2 of 2")
    expect(page.locator("#chat button[aria-label=Liked]")).to_have_count(0)
    page.locator("#chat [data-testid=user] .tools a").filter(has_text="‹").focus()
    page.keyboard.press("Enter")  # a link is for keys too
    expect(users.last).to_contain_text("two")
    expect(page.locator("#chat button[aria-label=Liked]")).to_have_count(1)
    page.reload()
    expect(page.locator("#chat [data-testid=user]").last).to_contain_text("two")


def test_a_thumb_asks_why_and_keeps_reasons_comment_and_criterion(page: Page, served: Served):
    say(page, "hello", 1)
    page.locator("#chat button[aria-label=Dislike]").click()
    expect(page.locator("#about")).to_be_visible()
    expect(page.locator("#thumb-value").get_by_label("Down")).to_be_checked()
    page.locator("#reasons").get_by_text("too long").click()
    page.fill("#comment textarea", "half of it would do")
    page.click("#opinion-save")
    until(page, lambda: [each.reasons for each in served.lab.store.thumbs()] == [("too long",)])
    expect(page.locator("#about")).to_have_count(0)
    link(page, "say more").click()
    expect(page.locator("#about-what")).to_contain_text("thumb down: too long “half of it would do”")
    page.locator("#criterion").get_by_text("Safe").click()
    expect(page.locator("#thumb-value").get_by_label("No thumb")).to_be_checked()
    page.locator("#thumb-value").get_by_text("Up").click()
    page.click("#opinion-save")
    both = [("overall", "down"), ("safe", "up")]
    until(page, lambda: [(each.criterion, each.value) for each in served.lab.store.thumbs()] == both)
    expect(page.locator("#chat button[aria-label=Disliked]")).to_have_count(1)


def test_a_better_answer_shows_what_it_changes(page: Page, served: Served):
    say(page, "hello", 1)
    say(page, "again", 2)
    link(page, "better answer", 0).click()
    expect(page.locator("#better textarea")).to_have_value("reply 1a: word0 word1 word2 word3")
    page.fill("#better textarea", "reply 1a: word0 word9 word2 word3")
    expect(page.locator("#better-diff ins")).to_have_text(" word9")
    expect(page.locator("#better-diff del")).to_have_text(" word1")
    page.click("#better-save")
    until(page, lambda: [each.text for each in served.lab.store.corrections()] == ["reply 1a: word0 word9 word2 word3"])
    (kept,) = served.lab.store.corrections()
    assert served.lab.store.reply(kept.reply).text.startswith("reply 1a"), "any reply, not only the last"


def test_a_badge_opens_the_lineage_of_its_version(page: Page, served: Served):
    say(page, "hello", 1)
    link(page, "base").click()
    expect(page.locator("#about-lineage")).to_contain_text("Where base comes from")
    page.click("#about-close")
    expect(page.locator("#about")).to_have_count(0)


def test_the_list_is_searched_renamed_hidden_saved_and_deleted(page: Page, served: Served):
    say(page, "about dogs", 1)
    page.click("#new-chat")
    expect(page.locator(BOTS)).to_have_count(0)
    say(page, "about cats", 1)
    page.fill("#search textarea, #search input", "dogs")
    expect(page.locator("#conversations label")).to_have_text(["about dogs"])
    page.locator("#conversations").get_by_text("about dogs").click()
    expect(page.locator("#chat [data-testid=user]")).to_contain_text("about dogs")
    page.click("#manager > button")
    page.click("#rename")
    page.fill("#title textarea, #title input", "Good dogs")
    page.click("#title-save")
    expect(page.locator("#conversations label")).to_have_text(["Good dogs"])
    page.fill("#search textarea, #search input", "")
    expect(page.locator("#conversations label")).to_have_text(["about cats", "Good dogs"])
    page.click("#hide")
    expect(page.locator("#conversations label")).to_have_text(["about cats"])
    page.get_by_role("button", name="Show in the list").click()
    expect(page.locator("#conversations label")).to_have_count(2)
    with page.expect_download() as saving:
        page.click("#conversation-export")
    assert "about dogs" in Path(saving.value.path()).read_text()
    page.click("#forget")
    expect(page.locator("#foreseen")).to_contain_text("This deletes 2 turns and 0 opinions, and cannot be undone.")
    page.click("#forget-not")
    page.click("#forget")
    page.click("#forget-yes")
    expect(page.locator("#conversations label")).to_have_text(["about cats"])
    expect(page.locator(BOTS)).to_have_count(0)
    assert [each.title for each in served.lab.store.conversations()] == ["about cats"]


def test_a_page_left_open_over_a_restart_goes_on_where_it_was(chromium: Any, served: Served):
    """The server had forgotten where the page was: the next message began a new conversation below the old one."""
    context = chromium.new_context()  # of its own: while the server is away, a browser has errors to tell
    page = opened(context.new_page(), served)
    say(page, "hello", 1)
    (chat,) = served.lab.store.chats()
    served.stop()
    page.wait_for_timeout(1500)
    served.start()
    page.wait_for_timeout(3000)
    page.fill("#prompt textarea", "still there?")
    page.press("#prompt textarea", "Enter")
    expect(page.locator(BOTS)).to_have_count(2)
    assert [(each.id, each.turns) for each in served.lab.store.chats()] == [(chat.id, 4)]
    page.reload()
    expect(page.locator(BOTS)).to_have_count(2)
    context.close()


def test_two_windows_on_one_conversation_are_two_branches_and_neither_loses_a_word(page: Page, served: Served):
    say(page, "hello", 1)
    second = opened(page.context.new_page(), served)
    expect(second.locator(BOTS)).to_have_count(1)
    say(page, "from the first", 2)
    say(second, "from the second", 2)
    (chat,) = served.lab.store.chats()
    assert chat.turns == 6
    second.reload()
    expect(second.locator("#chat [data-testid=user]").last).to_contain_text("from the second")
    expect(second.locator("#chat [data-testid=user]").last).to_contain_text("2 of 2")


def test_a_conversation_deleted_in_another_window_is_a_notice_and_the_message_comes_back(page: Page, served: Served):
    say(page, "hello", 1)
    served.lab.store.purge(served.lab.store.purgeable(conversation=served.lab.store.chats()[0].id))
    page.fill("#prompt textarea", "more")
    page.press("#prompt textarea", "Enter")
    expect(page.get_by_text("This conversation was deleted meanwhile")).to_be_visible()
    expect(page.locator(BOTS)).to_have_count(0)
    expect(page.locator("#prompt textarea")).to_have_value("more")


def test_a_trainer_that_crashed_is_said_and_the_chat_goes_on(page: Page, served: Served):
    say(page, "hello", 1)
    served.lab.worker.now = FakeStatus(
        reason="The trainer died; it is started again.", last_error="the trainer was killed", trainer_alive=False
    )
    expect(page.locator("#header .why")).to_contain_text("The trainer died")
    say(page, "are you there?", 2)


def test_a_hundred_messages_do_not_hold_up_the_reply(page: Page, served: Served):
    store = served.lab.store
    conversation, parent = store.start_conversation("long"), None
    for number in range(100):
        role: Any = "user" if number % 2 == 0 else "assistant"
        reply = Reply(new_id(), conversation, parent, role, f"message {number}", version=0, sampling=Sampling())
        store.add_reply(reply)
        parent = reply.id
    page.reload()
    page.locator("#conversations").get_by_text("long").click()
    for _ in range(2):
        page.click("#earlier")
        page.wait_for_timeout(1500)
    expect(page.locator(BOTS)).to_have_count(50)
    served.lab.session.words = 60
    page.fill("#prompt textarea", "go on")
    page.press("#prompt textarea", "Enter")
    expect(page.locator(BOTS)).to_have_count(51)
    expect(page.locator(BOTS).last).to_be_in_viewport()


def test_a_copied_reply_is_what_was_said(page: Page, served: Served):
    """The line below it was copied too, as HTML."""
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    say(page, "hello", 1)
    page.locator("#chat .message-buttons-left button[aria-label='Copy message']").click()
    until(page, lambda: page.evaluate("navigator.clipboard.readText()") == "reply 1a: word0 word1 word2 word3")


def test_what_the_panel_is_set_to_goes_with_the_next_message(page: Page, served: Served):
    """Seven components, of which the message carries one: a script writes them there, and no faster than a person sends."""
    calls = served.lab.session.calls
    say(page, "hello", 1)
    assert (calls[-1]["sampling"], calls[-1]["system"]) == (Sampling(), "")
    page.fill("#system textarea", "Be brief.")
    page.fill("#prompt textarea", "at once")
    page.press("#prompt textarea", "Enter")
    until(page, lambda: len(calls) == 2)
    assert calls[-1]["system"] == "Be brief."
    expect(page.locator(BOTS)).to_have_count(2)
    page.get_by_role("button", name="Sampling and blind pairs").click()
    expect(page.locator("#max-new-tokens input[type=number]")).to_be_visible()
    page.wait_for_timeout(500)  # what a script types in the moment they appear, Gradio overwrites, and shows that it did
    page.locator("#max-new-tokens input[type=number]").fill("7")
    page.get_by_label("number input for Temperature").fill("0.35")
    page.fill("#prompt textarea", "and now?")
    expect(page.locator("#max-new-tokens input[type=number]")).to_have_value("7")
    page.press("#prompt textarea", "Enter")
    until(page, lambda: len(calls) == 3)
    assert (calls[-1]["sampling"].max_new_tokens, calls[-1]["sampling"].temperature) == (7, 0.35)
    assert calls[-1]["system"] == "Be brief."
