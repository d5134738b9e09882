"""The Versions tab with real clicks, over a real registry and store: choose, activate, roll back, undo, delete, replay, save."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from lab.loop.trial import stand
from lab.model.identity import base_id
from lab.records import Job, Reply, Vote, new_id
from lab.registry.states import OnTrial
from lab.registry.versions import Versions
from tests.fake_trainer import add_version
from tests.fakes import VoicedEngine, page_lab

pytest.importorskip("playwright.sync_api")
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.steps import serving

ROLLBACK = """async () => {
    const began = performance.now();
    const live = () => document.querySelector('#versions .state.live')?.closest('tr').dataset.version;
    document.querySelector('#rollback').click();
    while (live() !== '1' && performance.now() - began < 20000) await new Promise((next) => setTimeout(next, 10));
    return performance.now() - began;
}"""


@pytest.fixture
def lab(home: Path) -> Any:
    """Versions 1, then 2 and 3 from 1; 3 speaks, and twelve blind votes compare 3 with the base."""
    import_module("lab.chat.engine")  # as in a real lab, torch is there before the page is

    plain = page_lab(home, engine=VoicedEngine())
    versions = Versions(plain.settings.adapters, base_id(plain.settings.model, plain.settings.quantize))
    lab = replace(plain, versions=versions)
    votes = []
    for number in range(12):
        conversation = lab.store.start_conversation(f"question {number}", "compare")
        user = Reply(new_id(), conversation, None, "user", f"question {number}")
        pair = [
            Reply(new_id(), conversation, user.id, "assistant", f"{words} {number}", (1,) * size, (-1.0,) * size, version,
                  versions.base, time=5.0)
            for version, size, words in ((3, 9, "kind words"), (0, 6, "words"))
        ]  # fmt: skip
        for reply in (user, *pair):
            lab.store.add_reply(reply)
        votes.append(Vote(pair[0].id, pair[1].id, "a" if number else "tie"))
        lab.store.add_opinion(votes[-1])
    for parent, opinions in ((0, votes[:4]), (1, votes[4:8]), (1, votes[8:])):
        job = Job("dpo", versions.base, parent, versions.get(parent).hash, tuple(vote.id for vote in opinions), seed=1)
        lab.store.add_job(job)
        add_version(versions, parent, job=job)
    versions.activate(1)
    versions.record(2, "refused", "held-out accuracy fell", "refused")
    versions.activate(3, "held-out rose")
    lab.engine.live = 3
    return lab


@pytest.fixture
def address(lab: Any) -> Iterator[str]:
    with serving(lambda: lab) as served:
        yield served.address


@pytest.fixture
def page(address: str, context: BrowserContext) -> Page:
    page = context.new_page()
    expect.set_options(timeout=15_000)  # a machine that trains beside the tests takes its time
    page.goto(address)
    expect(page.locator("#live-version")).to_have_text("version 3 speaks", timeout=60_000)
    page.get_by_role("tab", name="Versions").click()
    expect(page.locator("#versions tbody tr")).to_have_count(4)
    return page


def row(page: Page, version: int) -> Any:
    return page.locator(f'#versions tr[data-version="{version}"]')


def test_the_tree_is_chosen_from_by_click_and_by_key(page: Page):
    expect(row(page, 3)).to_contain_text("DPO from version 1")
    expect(row(page, 2)).to_contain_text("refused")
    expect(row(page, 3)).to_contain_text("% (")
    expect(row(page, 3)).to_have_class("chosen")
    row(page, 2).locator("td").last.click()
    expect(row(page, 2)).to_have_class("chosen")
    expect(page.locator("#details")).to_contain_text("held-out accuracy fell")
    expect(page.locator("#details")).to_contain_text("Repeated 4-grams")
    row(page, 1).get_by_role("button").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#details")).to_contain_text("Version 1 (retired)")


def test_activate_undo_and_a_rollback_in_one_click_under_a_second(page: Page, lab: Any):
    row(page, 1).click()
    expect(row(page, 1)).to_have_class("chosen")
    page.click("#activate")
    expect(page.locator("#live-version")).to_have_text("version 1 speaks")
    page.get_by_role("button", name="Undo: version 3 speaks again").click()
    expect(page.locator("#live-version")).to_have_text("version 3 speaks")
    expect(page.locator("#version-undo")).to_be_hidden()
    assert (lab.versions.live(), lab.engine.live) == (3, 3)
    took = []
    for _ in range(3):  # the best of three: what else the machine does is not the page's
        took.append(page.evaluate(ROLLBACK))
        assert (lab.versions.live(), lab.engine.live) == (1, 1)
        page.get_by_role("button", name="Undo: version 3 speaks again").click()
        expect(page.locator("#live-version")).to_have_text("version 3 speaks")
        expect(page.locator("#version-undo")).to_be_hidden()
    assert min(took) < 1000, took


def test_deleting_asks_says_what_it_means_and_can_be_declined(page: Page, lab: Any):
    row(page, 2).click()
    expect(page.locator("#details")).to_contain_text("held-out accuracy fell")
    page.click("#delete")
    expect(page.locator("#delete-question")).to_contain_text("nobody can bring them back")
    page.click("#keep")
    expect(page.locator("#delete-question")).to_be_hidden()
    assert len(lab.versions.all()) == 4
    page.click("#delete")
    page.get_by_role("button", name="Delete version 2 for good").click()
    expect(page.locator("#versions tbody tr")).to_have_count(3)
    assert [version.version for version in lab.versions.all()] == [0, 1, 3]
    row(page, 3).click()
    page.click("#delete")  # what speaks cannot be deleted, and is not asked about
    expect(page.get_by_text("Version 3 is live; activate or roll back to another one")).to_be_visible()
    expect(page.locator("#delete-question")).to_be_hidden()


def test_the_leaderboard_draws_its_intervals(page: Page):
    page.get_by_role("tab", name="Leaderboard").click()
    expect(page.locator("#ranking")).to_contain_text("12 blind votes between versions")
    expect(page.locator("#ranking")).to_contain_text("preferred to the base")
    assert page.locator("#ranking svg line.raw").count() == 1
    assert page.locator("#ranking svg line.level").count() == 1


def test_a_replay_shows_both_versions_and_stores_nothing(page: Page, lab: Any):
    page.get_by_role("tab", name="What changed").click()
    before = [(chat.id, chat.turns) for chat in lab.store.conversations()]
    page.click("#replay")
    expect(page.locator("#replayed")).to_contain_text("8 of 8 · 8 of 8 answers changed")
    assert page.locator("#replayed .case").count() == 8
    assert page.locator("#replayed .case").first.locator("h4").all_inner_texts() == ["version 1", "version 3"]
    expect(page.locator("#replayed .case").first).to_contain_text("“kind words 11” over “words 11”")
    assert [(chat.id, chat.turns) for chat in lab.store.conversations()] == before
    lab.engine.seconds = 0.3
    page.locator("#replay-how input").click()
    page.get_by_role("option", name="One draw each").click()
    page.click("#replay")
    expect(page.locator("#replayed")).to_contain_text("1 of 8")
    page.click("#replay-stop")
    expect(page.locator("#replayed")).to_contain_text("stopped")
    expect(page.locator("#replay")).to_be_visible()


def test_two_versions_go_to_compare_to_be_voted_on(page: Page, lab: Any):
    page.get_by_role("tab", name="What changed").click()
    page.click("#replay-blind")
    page.fill("#compare-prompt textarea", "which?")
    page.press("#compare-prompt textarea", "Enter")
    expect(page.locator("#vote-left")).to_be_enabled()
    assert set(lab.session.calls[-1]["versions"]) == {1, 3}


def test_words_lead_to_a_reply_and_from_it_to_versions(page: Page):
    page.get_by_role("tab", name="Lineage").click()
    expect(page.locator("#lineage summary").first).to_contain_text("DPO from version 1 · 4 opinions")
    expect(page.locator("#lineage li").first).to_contain_text("“kind words 8” over “words 8”")
    page.fill("#sought textarea", "question 5")
    page.press("#sought textarea", "Enter")
    expect(page.locator("#traces tbody tr")).to_have_count(3)
    vote = page.locator("#traces tbody tr", has_text="vote")
    expect(vote).to_contain_text("version 2")
    vote.get_by_role("button", name="version 2").click()
    expect(row(page, 2)).to_have_class("chosen")


def test_an_adapter_is_saved_and_its_folder_told(page: Page, lab: Any):
    page.get_by_role("tab", name="Save").click()
    page.click("#save-now")
    expect(page.locator("#saved")).to_contain_text("Version 3 is in", timeout=120_000)
    folder = lab.settings.home / "exports" / "version-3-peft"
    assert str(folder) in page.locator("#saved").inner_text()
    files = ["adapter_config.json", "adapter_model.safetensors", "hone-version.json"]
    assert sorted(file.name for file in folder.iterdir()) == files
    page.click("#save-now")
    expect(page.get_by_text("is there already; give another name")).to_be_visible()


def test_the_evidence_of_a_trial_is_a_needle(page: Page, lab: Any):
    lab.worker.tried = stand(OnTrial(3, 1, 0.0), [(3, score) for score in (1.0, 1.0, 1.0, 0.5, 0.0)])
    expect(page.locator("#trial .tally")).to_contain_text("3 for it")
    expect(page.locator("#trial .scale .win")).to_be_visible()


def test_the_tab_is_accessible_and_fits_a_phone(page: Page, lab: Any):
    lab.worker.tried = stand(OnTrial(3, 1, 0.0), [(3, 1.0), (3, 0.0)])
    expect(page.locator("#trial .tally")).to_be_visible()
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    rules = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}
    parts = {
        "Report": "#details", "What changed": "#replay-buttons", "Leaderboard": "#ranking", "Lineage": "#lineage",
        "Save": "#save-row",
    }  # fmt: skip
    for name, part in parts.items():
        page.get_by_role("tab", name=name, exact=True).click()
        expect(page.locator(part)).to_be_visible()
        page.wait_for_timeout(300)  # colours fade in
        here = {"include": [["#trial"], ["#version-buttons"], ["#versions"], [part]]}
        found = axe.run(page, context=here, options=rules).response["violations"]
        assert [(each["id"], [node["target"] for node in each["nodes"]]) for each in found] == [], name
    page.set_viewport_size({"width": 390, "height": 844})
    page.wait_for_timeout(300)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
