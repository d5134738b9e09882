"""The border every handler stands behind, and that all of the page is wired."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import gradio as gr
import pytest

from lab.errors import StoreError
from lab.ui.app import build, is_fault
from lab.ui.events import border
from tests.fakes import page_lab


@pytest.fixture
def notices(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    said: list[str] = []

    def warning(message: str, **rest: Any) -> None:
        said.append(message)

    monkeypatch.setattr(gr, "Warning", warning)
    return said


def test_a_lab_error_becomes_a_notice_in_its_own_words(notices: list[str], caplog: pytest.LogCaptureFixture):
    def handler() -> None:
        raise StoreError("there is no reply <r9>; reload the page")

    assert border(handler, ["out"])() == gr.skip()
    assert notices == ["There is no reply &lt;r9&gt;; reload the page."]
    assert not caplog.records, "a user's mistake is no fault of the lab"


def test_anything_else_is_logged_with_its_traceback_and_said(notices: list[str], caplog: pytest.LogCaptureFixture):
    def handler() -> None:
        raise ZeroDivisionError("division by zero")

    with caplog.at_level(logging.ERROR):
        assert border(handler, ["out"])() == gr.skip()
    assert "ZeroDivisionError: division by zero" in notices[0]
    assert "in handler" in caplog.text


def test_a_stream_that_fails_keeps_what_it_said_and_ends_with_the_page_put_right(notices: list[str]):
    def handler(values: dict[str, str]):
        yield "half"
        raise StoreError("the disk is full; free some space")

    guarded = border(handler, ["out"], recover=lambda values: {"prompt": values["typed"]})
    assert list(guarded({"typed": "hello"})) == ["half", {"prompt": "hello"}]
    assert len(notices) == 1


def test_a_stream_that_has_nothing_to_say_leaves_the_page_as_it_is():
    """Gradio emptied every component the stream might have changed, labels of buttons among them."""

    def handler():
        yield from ()

    assert list(border(handler, ["out"])()) == [gr.skip()]


def test_a_recovery_that_fails_too_leaves_the_page_as_it_is(notices: list[str], caplog: pytest.LogCaptureFixture):
    def handler(values: str):
        yield values
        raise StoreError("gone")

    def recover(values: str) -> Any:
        raise StoreError("gone too")

    assert list(border(handler, ["out"], recover)("x")) == ["x", gr.skip()]
    assert "could not be put right" in caplog.text


def test_closing_a_guarded_stream_closes_the_handler():
    closed = []

    def handler():
        try:
            yield 1
        finally:
            closed.append(True)

    stream = border(handler, ["out"])()
    next(stream)
    stream.close()
    assert closed == [True]


def test_nothing_changed_is_said_as_gradio_wants_it():
    assert border(dict, ["out"])() == gr.skip()
    assert border(lambda: None, [])() is None


def test_opinions_are_wired_so_that_no_click_is_lost(home: Path):
    """Gradio's default drops a second thumb that comes while the first is kept: three clicks arrived as one."""
    blocks = build(page_lab(home))
    opinions = [fn for fn in blocks.fns.values() if fn.name in ("thumb", "vote", "save", "save_better")]
    assert len(opinions) == 11
    for fn in opinions:
        assert fn.trigger_mode == "multiple", fn.name
        assert fn.concurrency_limit is None, fn.name


def test_nothing_of_the_page_is_a_public_api(home: Path):
    info = build(page_lab(home)).get_api_info()
    assert info["named_endpoints"] == {}
    assert info["unnamed_endpoints"] == {}


class Refused(Exception):
    """As the web server's own, it carries a status."""

    def __init__(self, status: int) -> None:
        self.status_code = status


@pytest.mark.parametrize(
    ("error", "cause", "told"),
    [
        (RuntimeError(), Refused(404), False),
        (RuntimeError(), None, True),
        (RuntimeError(), Refused(500), True),
        (Refused(404), None, True),
    ],
)
def test_a_page_that_was_reloaded_while_it_loaded_is_no_fault(error: Exception, cause: Exception | None, told: bool):
    error.__cause__ = cause
    record = logging.LogRecord("uvicorn.error", logging.ERROR, "", 0, "", None, (type(error), error, None))
    assert is_fault(record) == told
    record.exc_info = None
    assert is_fault(record)
