"""The Feedback tab in a real browser: filters, pages, withdrawing, the audit's switches, import with a preview, forgetting."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from lab.feedback.browse import Filter
from lab.feedback.exchange import import_file
from lab.loop.care import switches
from lab.records import Reply, Vote
from tests.fakes import page_lab

pytest.importorskip("playwright.sync_api")
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.steps import Served, opened, serving, until


@pytest.fixture
def served(home: Path) -> Iterator[Served]:
    file = home / "votes.jsonl"
    file.write_text("".join(
        json.dumps({"prompt": f"question {k}", "response_a": f"yes <b>{k}</b>", "response_b": f"no {k}", "choice": "a",
                    "rater": "ann" if k % 3 else "bob", "time": 1_000_000.0 + 86_400 * k}) + "\n"
        for k in range(120)
    ))  # fmt: skip
    lab = page_lab(home)
    import_file(lab.store, file)
    with serving(lambda: lab) as served:
        yield served


@pytest.fixture
def page(served: Served, context: BrowserContext) -> Page:
    page = opened(context.new_page(), served)
    page.get_by_role("tab", name="Feedback").click()
    expect(page.locator("#opinion-count")).to_contain_text("of ")
    return page


def choose(page: Page, name: str, label: str) -> None:
    page.click(f"#{name} input")
    page.get_by_role("option", name=label, exact=True).click()


def select(page: Page, text: str) -> None:
    """A row of the list; Gradio keeps a hidden copy of the first one, to measure it."""
    page.locator("#opinions [data-testid^=cell-]:visible", has_text=text).first.click()


def test_pages_filters_and_search(page: Page, served: Served) -> None:
    count = page.locator("#opinion-count")
    expect(count).to_have_text("1 to 50 of 120")
    expect(page.locator("#opinion-newer")).to_be_disabled()
    page.click("#opinion-older")
    expect(count).to_have_text("51 to 100 of 120")
    page.click("#opinion-older")
    expect(count).to_have_text("101 to 120 of 120")
    expect(page.locator("#opinion-older")).to_be_disabled()
    choose(page, "opinion-rater", "bob")
    expect(count).to_have_text("1 to 40 of 40")
    page.fill("#opinion-search textarea, #opinion-search input", "QUESTION 11")
    page.keyboard.press("Enter")
    expect(count).to_have_text("1 to 3 of 3")  # 111, 114, 117
    page.fill("#opinion-from textarea, #opinion-from input", "tomorrow")
    page.keyboard.press("Enter")
    expect(page.get_by_text("From is 'tomorrow'; write a day as")).to_be_visible()
    expect(count).to_have_text("1 to 3 of 3")
    page.click("#opinion-clear")
    expect(count).to_have_text("1 to 50 of 120")
    expect(page.locator("#opinion-from textarea, #opinion-from input")).to_have_value("")


def test_an_opinion_is_looked_at_withdrawn_and_restored(page: Page, served: Served) -> None:
    select(page, "question 119")
    detail = page.locator("#opinion")
    expect(detail).to_contain_text("yes <b>119</b>")
    expect(detail.locator(".side.liked")).to_contain_text("preferred")
    expect(detail).to_contain_text("no version has learned from it")
    # it opened below the edge of the window, so that a click on a row seemed to do nothing
    expect(detail).to_be_in_viewport(ratio=0.95)
    page.click("#withdraw")
    until(page, lambda: len(served.lab.store.votes()) == 119)
    expect(detail).to_contain_text("withdrawn")
    expect(page.locator("#withdraw")).to_be_hidden()
    choose(page, "opinion-state", "Withdrawn")
    expect(page.locator("#opinion-count")).to_have_text("1 to 1 of 1")
    page.click("#restore")
    until(page, lambda: len(served.lab.store.votes()) == 120)
    expect(page.locator("#opinion-count")).to_have_text("No opinion matches.")
    expect(page.locator("#withdraw")).to_be_visible()


def test_rows_can_be_walked_with_the_keys(page: Page, served: Served) -> None:
    select(page, "question 119")
    expect(page.locator("#opinion")).to_contain_text("yes <b>119</b>")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#opinion")).to_contain_text("yes <b>118</b>")


def spoken(served: Served, number: int) -> None:
    """Votes on replies of this lab, nearly all for the left and many too fast to have been read."""
    store = served.lab.store
    for k in range(number):
        talk = store.start_conversation(f"talk {k}")
        store.add_reply(Reply(f"q{k}", talk, None, "user", f"talk {k}"))
        for side in "ab":
            said = f"answer {side}"
            store.add_reply(Reply(f"{side}{k}", talk, f"q{k}", "assistant", said, (1,), (-1.0,), 0, "tiny", finish="end"))
        store.add_opinion(Vote(f"a{k}", f"b{k}", "a" if k % 10 else "b", ms=100 if k % 2 else 9000))


def test_the_audit_says_how_sure_it_is_and_its_switches_are_kept(page: Page, served: Served) -> None:
    spoken(served, 60)
    page.get_by_role("tab", name="Audit").click()
    side = page.locator("#audit-side")
    expect(side).to_contain_text("90 % of 60 (95 %: 80 % to 95 %)")
    expect(side).to_contain_text("One side is chosen more often")
    expect(page.locator("#audit-steadiness")).to_contain_text("Not enough yet: 0 of at least 10, 10 more.")
    expect(page.locator("#audit-haste")).to_contain_text("Would do: 30 left out.")
    page.check("#care-haste input")
    expect(page.locator("#audit-summary")).to_contain_text("1 switch on: 30 left out")
    expect(page.locator("#audit-haste")).to_contain_text("Does now: 30 left out.")
    assert switches(served.lab.store, served.lab.settings)["haste"]
    page.reload()
    page.get_by_role("tab", name="Feedback").click()
    page.get_by_role("tab", name="Audit").click()
    expect(page.locator("#care-haste input")).to_be_checked()
    page.click("#care-reset")
    expect(page.locator("#care-haste input")).not_to_be_checked()
    assert not any(switches(served.lab.store, served.lab.settings).values())


def test_an_import_is_shown_first_and_then_done(page: Page, served: Served, tmp_path: Path) -> None:
    file = tmp_path / "more.jsonl"
    rows = [{"prompt": f"new {k}", "completion": "<i>fine</i>", "label": True} for k in range(7)]
    rows += [rows[0], {"prompt": "half a row"}]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    page.get_by_role("tab", name="Import and export").click()
    page.set_input_files("#import-file input[type=file]", file)
    seen = page.locator("#import-seen")
    expect(seen).to_contain_text("Not imported yet: 7 thumbs, 1 already here; 1 row refused.")
    expect(seen).to_contain_text("line 9: no known shape")
    expect(seen).to_contain_text("<i>fine</i>")
    assert served.lab.store.thumbs() == []
    uploads = served.lab.settings.feedback_data / "page"
    assert list(uploads.rglob("*.jsonl"))
    page.get_by_role("button", name="Import 7 opinions").click()
    until(page, lambda: len(served.lab.store.thumbs()) == 7)
    expect(seen).to_have_text("7 opinions imported.")
    until(page, lambda: not list(uploads.rglob("*.jsonl")))
    broken = tmp_path / "broken.jsonl.gz"
    broken.write_bytes(b"no gzip at all")
    page.set_input_files("#import-file input[type=file]", broken)
    expect(page.get_by_text("Broken.jsonl.gz cannot be read after line 0")).to_be_visible()
    until(page, lambda: not list(uploads.rglob("*.gz")))


def test_an_export_is_downloaded_and_comes_in_again(page: Page, served: Served, tmp_path: Path) -> None:
    page.get_by_role("tab", name="Import and export").click()
    page.click("#export")
    button = page.get_by_role("button", name="Download 120 rows")
    expect(button).to_be_visible()
    with page.expect_download() as waiting:
        button.click()
    waiting.value.save_as(tmp_path / "pairs.jsonl")
    assert import_file(served.lab.store, tmp_path / "pairs.jsonl").counts == {"already here": 120}


def test_forgetting_shows_what_goes_and_takes_two_clicks(page: Page, served: Served) -> None:
    select(page, "question 117")
    expect(page.locator("#opinion")).to_contain_text("yes <b>117</b>")
    page.get_by_role("tab", name="Forget").click()
    expect(page.locator("#forget-rater-name input")).to_have_value("bob")
    page.click("#forget-rater")
    expect(page.locator("#forget-told")).to_contain_text("Forgetting the rater “bob” deletes 40 opinions, for good.")
    assert len(served.lab.store.votes()) == 120
    page.click("#forget-keep")
    expect(page.locator("#forget-sure")).to_be_hidden()
    page.click("#forget-conversation")
    expect(page.locator("#forget-told")).to_contain_text("deletes 3 turns and 1 opinion, for good.")
    page.click("#forget-rater")
    expect(page.locator("#forget-told")).to_contain_text("40 opinions")
    page.click("#forget-sure")
    until(page, lambda: len(served.lab.store.votes()) == 80)
    assert served.lab.store.browse(Filter(rater="bob"))[1] == 0
    page.get_by_role("tab", name="Opinions").click()
    expect(page.locator("#opinion-count")).to_have_text("1 to 50 of 80")
