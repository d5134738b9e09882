"""How the page looks, held to WCAG 2.1 A and AA by axe: every tab there is, in light, in dark, and on a phone.

The tabs are those that the page has, so a new one is looked at without being named here.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.fakes import page_lab

pytest.importorskip("playwright.sync_api")
pytest.importorskip("axe_playwright_python", reason="`launch.py test` installs axe_playwright_python")
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.steps import say, serving

RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}}
# by rule and by what they are in; nothing else is waived. Gradio draws its plots by Vega, whose marks have a role and no name
UPSTREAM = {"svg-img-alt": ('role="graphics-symbol"', 'role="graphics-object"')}


@pytest.fixture
def address(home: Path) -> Iterator[str]:
    with serving(lambda: page_lab(home, words=4)) as served:
        yield served.address


def tabs_of(page: Page) -> list[str]:
    """Names of the tabs, those in the overflow menu of a narrow page too."""
    return list(dict.fromkeys(name.strip() for name in page.locator("#tabs [role=tab]").all_text_contents() if name.strip()))


def open_tab(page: Page, name: str) -> None:
    tab = page.locator("#tabs [role=tab]").filter(has_text=name).first
    if not tab.is_visible():
        page.locator("#tabs .overflow-menu > button").click()
        tab = page.locator("#tabs .overflow-dropdown button").filter(has_text=name).first
    tab.click()
    page.wait_for_timeout(600)  # what fades in has faded in


def faults(page: Page) -> list[str]:
    """What axe finds, a line each; upstream's are left out where they are known."""
    found = []
    for violation in Axe().run(page, options=RULES).response["violations"]:
        for node in violation["nodes"]:
            known = UPSTREAM.get(violation["id"], ())
            if not any(mark in node["html"] for mark in known):
                found.append(f"{violation['id']}: {node['html'][:160]} {node['failureSummary'][:300]}")
    return found


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_tab_passes_axe(address: str, context: BrowserContext, theme: str):
    page = context.new_page()
    page.goto(f"{address}/?__theme={theme}")
    expect(page.locator("#welcome")).to_be_visible()
    bad = {"first": faults(page)}
    say(page, "hello", 1)
    names = tabs_of(page)
    assert {"Chat", "Compare", "Training", "Versions", "Model"} <= set(names)
    for name in names:
        open_tab(page, name)
        bad[name] = faults(page)
    assert {name: found for name, found in bad.items() if found} == {}


def test_a_phone_sees_every_tab_without_scrolling_sideways(chromium: Any, address: str):
    phone = chromium.new_context(viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True)
    page = phone.new_page()
    page.goto(address)
    expect(page.locator("#live-version")).to_be_visible()
    bad = {}
    for name in tabs_of(page):
        open_tab(page, name)
        bad[name] = faults(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, name
    phone.close()
    assert {name: found for name, found in bad.items() if found} == {}


def test_the_word_in_the_welcome_opens_the_model_tab_and_goes_after_the_first_message(address: str, context: BrowserContext):
    page = context.new_page()
    page.goto(address)
    page.locator("#welcome button").click()
    expect(page.locator("#facts")).to_contain_text("11.4 million")
    page.locator("#facts .term").first.hover()
    expect(page.locator("#facts .note").first).to_be_visible()
    open_tab(page, "Chat")
    say(page, "hello", 1)
    expect(page.locator("#welcome")).to_have_count(0)


@pytest.mark.parametrize("width", [1280, 390])
def test_the_facts_stand_apart_and_whole(address: str, context: BrowserContext, width: int):
    """The table's own padding won over that of its first column: "QuantizationNF4"; and a phone showed "Mode l"."""
    page = context.new_page()
    page.set_viewport_size({"width": width, "height": 844})
    page.goto(address)
    expect(page.locator("#live-version")).to_be_visible()
    open_tab(page, "Model")
    expect(page.locator("#facts th")).not_to_have_count(0)
    look = "(e) => { const style = getComputedStyle(e); return [parseFloat(style.paddingRight), style.overflowWrap]; }"
    for name in page.locator("#facts th").all():
        padding, wrap = name.evaluate(look)
        assert (padding >= 12, wrap) == (True, "normal"), name.inner_text()
    edges = "(all) => all.map((e) => getComputedStyle(e).borderTopWidth)"
    assert set(page.locator("#facts table, #facts tr").evaluate_all(edges)) == {"0px"}, "Gradio draws a box around"


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (900, 700), (390, 844)])
def test_a_newcomer_sees_the_message_box_below_the_welcome(address: str, context: BrowserContext, width: int, height: int):
    """The note on a first run pushed the box out of the window: there was nothing to write in until one scrolled."""
    page = context.new_page()
    page.set_viewport_size({"width": width, "height": height})
    page.goto(address)
    expect(page.locator("#welcome")).to_be_visible()
    page.wait_for_function("document.querySelector('#prompt').getBoundingClientRect().bottom <= innerHeight")
    say(page, "hello", 1)
    expect(page.locator("#welcome")).to_have_count(0)
    page.wait_for_function("innerHeight - document.querySelector('#prompt').getBoundingClientRect().bottom < 120")


def test_the_page_can_be_installed_as_an_app(address: str, context: BrowserContext):
    page = context.new_page()
    page.goto(address)
    manifest = page.evaluate("fetch(document.querySelector('link[rel=manifest]').href).then((answer) => answer.json())")
    assert (manifest["name"], manifest["display"]) == ("Hone", "standalone")
    assert {icon["sizes"] for icon in manifest["icons"]} == {"192x192", "512x512"}
    for icon in manifest["icons"]:
        answer = page.request.get(address + icon["src"])
        assert answer.ok and answer.body()[:4] == b"\x89PNG"
