"""How text, versions and times look on the page."""

from __future__ import annotations

import time

import pytest

from lab.records import Reply
from lab.ui.view import Spoken, bubble, messages, paced, percent, plain, sentence, short, version_name


def test_html_is_shown_and_not_obeyed():
    assert plain("<b>hi</b>") == "&lt;b>hi&lt;/b>"


def test_code_keeps_its_angle_brackets():
    assert plain("a < b, `a < b`, \n```\nif a < b:\n```\n< c") == "a &lt; b, `a < b`, \n```\nif a < b:\n```\n&lt; c"


def test_an_open_fence_is_closed_so_that_the_version_under_the_text_stays_visible():
    shown = bubble(Spoken("look:\n```python\nx = 1", 3, "end", "r1"))
    assert shown.index("\n```\n") < shown.index("version 3")


@pytest.mark.parametrize(
    ("turn", "line"),
    [
        (Spoken("hi", 0, "end", "r"), '<span class="by">base</span>'),
        (Spoken("hi", 7, "end", "r"), '<span class="by">version 7</span>'),
        (Spoken("hi", 7, "stopped", "r"), '<span class="by">version 7 · stopped</span>'),
        (Spoken("hi", 7, "length", "r"), '<span class="by">version 7 · cut at its length limit</span>'),
        (Spoken("hi", None, "given", "r"), '<span class="by">given</span>'),
        (Spoken("hi", 7), '<span class="by writing">version 7</span>'),
    ],
)
def test_every_bubble_says_which_version_spoke_and_how_it_ended(turn: Spoken, line: str):
    assert bubble(turn).endswith(line)


def test_a_draft_is_marked_because_it_cannot_be_rated_yet_and_a_stored_reply_is_not():
    assert "writing" in bubble(Spoken("hi", 1, "end"))
    assert "writing" not in bubble(Spoken("hi", 1, "end", "r1"))


def test_messages_carry_ids_leave_system_turns_out_and_never_group():
    turns = [
        Reply("s", "c", None, "system", "be kind"),
        Reply("u", "c", "s", "user", "hi <x>"),
        Reply("a", "c", "u", "assistant", "yo", version=2),
    ]
    shown = messages(turns)
    assert [(each["role"], each["metadata"]) for each in shown] == [("user", {"id": "u"}), ("assistant", {"id": "a"})]
    assert shown[0]["content"] == "hi &lt;x>"


def test_paced_drops_what_comes_too_fast_but_never_the_last():
    assert list(paced(iter(range(1000)), per_second=5)) == [0, 999]


def test_paced_passes_what_comes_slowly():
    def slow():
        for number in range(3):
            time.sleep(0.02)
            yield number

    assert list(paced(slow(), per_second=100)) == [0, 1, 2]


def test_paced_closes_its_source_when_the_page_is_gone():
    closed = []

    def source():
        try:
            yield 1
            yield 2
        finally:
            closed.append(True)

    stream = paced(source())
    next(stream)
    stream.close()
    assert closed == [True]


def test_words():
    assert (version_name(0), version_name(3), version_name(None)) == ("base", "version 3", "given")
    assert (percent(None), percent(0.714)) == ("–", "71 %")
    assert (sentence("port 1 is taken"), sentence("Why?")) == ("Port 1 is taken.", "Why?")
    assert short("one  two\nthree four", 9) == "one two…"
