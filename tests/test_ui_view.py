"""How text, versions and times look on the page."""

from __future__ import annotations

import time

from lab.ui.view import paced, percent, plain, sentence, short, version_name


def test_html_is_shown_and_not_obeyed():
    assert plain("<b>hi</b>") == "&lt;b>hi&lt;/b>"


def test_code_keeps_its_angle_brackets():
    assert plain("a < b, `a < b`, \n```\nif a < b:\n```\n< c") == "a &lt; b, `a < b`, \n```\nif a < b:\n```\n&lt; c"


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
