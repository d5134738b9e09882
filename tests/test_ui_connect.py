"""The border every handler stands behind, and that all of the page is wired."""

from __future__ import annotations

import logging
from collections import Counter
from pathlib import Path
from typing import Any

import gradio as gr
import pytest

from lab.errors import StoreError
from lab.ui import connect
from lab.ui.app import build, is_fault
from lab.ui.connect import Mail, border, emptied
from lab.ui.events import told
from lab.ui.kept import Kept
from tests.fakes import page_lab
from tests.test_ui_kept import Caller


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


def test_an_event_past_the_queue_leaves_its_notice_to_one_that_can_give_it(notices: list[str]):
    """Past the queue gr.Warning reaches nobody, so an error there would be silent."""

    def handler() -> None:
        raise StoreError("the disk is <full>")

    with gr.Blocks():
        trouble = gr.JSON()
    first, second = (border(handler, {trouble}, trouble=trouble)()[trouble] for _ in range(2))
    assert notices == [] and first != second, "the same trouble twice is told twice"
    told(first)
    assert notices == ["The disk is &lt;full&gt;."]
    told({"forged": True})
    assert len(notices) == 1


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


def test_no_id_is_on_the_page_twice(home: Path):
    """Four were, Undo among them: a key of the Compare tab looks its button up by that, and could press the other one."""
    ids = Counter(block.elem_id for block in build(page_lab(home)).blocks.values() if getattr(block, "elem_id", None))
    assert len(ids) > 100 and [name for name, count in ids.items() if count > 1] == []


def test_nothing_of_the_page_is_a_public_api(home: Path):
    info = build(page_lab(home)).get_api_info()
    assert info["named_endpoints"] == {}
    assert info["unnamed_endpoints"] == {}


def test_no_event_looks_its_outputs_up_to_show_progress(home: Path):
    """With two hundred and ninety components on the page, that held every reply up: 270 ms from a token to the screen."""
    assert all(fn.show_progress_on == [] for fn in build(page_lab(home)).fns.values() if not fn.is_cancel_function)


def test_a_stream_of_replies_has_few_outputs(home: Path):
    """Each costs the server a millisecond with every token; a Chatbot seven."""
    streams = [fn for fn in build(page_lab(home)).fns.values() if fn.name == "spoken"]
    assert len(streams) == 5
    for fn in streams:
        assert len([each for each in fn.outputs if not isinstance(each, gr.State)]) <= 4
        assert not any(isinstance(each, gr.Chatbot) for each in fn.outputs)


def test_only_a_bell_is_a_state_that_the_browser_knows(home: Path):
    """Each that is an input costs the browser a search of the page with every word of every reply, once its event has ended."""
    fns = build(page_lab(home)).fns.values()
    assert not any(isinstance(each, gr.State) for fn in fns for each in fn.inputs)
    assert sum(len({each for each in fn.outputs if isinstance(each, gr.State)}) for fn in fns) == 5, "one for each stream"


class Talk:
    """A page of two panes, one of which grows with every token of a handler, and its two events."""

    def __init__(self, handler: Any, recover: Any = lambda *_: {}) -> None:
        with gr.Blocks() as blocks:
            self.button, self.live, self.list, self.place = gr.Button(), gr.Markdown(), gr.Markdown(), Kept(0)
            outputs = {self.live, self.list, self.place}
            connect.stream([self.button.click], handler, {self.live}, outputs, {self.live}, recover=recover)
        self.fns = {fn.name: fn for fn in blocks.fns.values()}

    def says(self, session: str) -> list[dict]:
        return list(self.fns["spoken"].fn(Caller(session), {}))

    def fetches(self, session: str) -> Any:
        return self.fns["take"].fn(Caller(session))


def test_what_grows_is_streamed_and_the_rest_is_fetched_by_the_page_that_it_is_for(notices: list[str]):
    def speaks(values: Any, request: gr.Request) -> Any:
        yield {talk.live: "…", talk.list: "asked"}
        yield {talk.live: "word", talk.place: 1}
        yield {talk.list: "answered"}

    talk = Talk(speaks)
    first, second, third = talk.says("ann")
    rings = [update for update in (first, second, third) if set(update) - {talk.live, talk.list}]
    assert rings == [first, third] and first[talk.live] == "…" and talk.list not in first
    assert second == {talk.live: "word"} and (talk.place.of("ann"), talk.place.of("bob")) == (1, 0)
    assert set(first.values()).isdisjoint(third.values()), "another value each time, or the page would not notice"
    assert talk.fetches("bob") == gr.skip()
    assert talk.fetches("ann") == {talk.list: "answered"}, "the newest word about a component counts"
    assert talk.fetches("ann") == gr.skip(), "once"


def test_a_stream_that_failed_is_put_right_the_same_way(notices: list[str]):
    def fails(values: Any, request: gr.Request) -> Any:
        yield {talk.live: "…"}
        raise StoreError("the disk is full")

    talk = Talk(fails, lambda values, request: {talk.live: "", talk.list: "as before"})
    last = talk.says("ann")[-1]
    assert last[talk.live] == "" and talk.list not in last
    assert talk.fetches("ann") == {talk.list: "as before"}
    assert notices == ["The disk is full."]


def test_closing_a_stream_closes_its_handler():
    closed = []

    def speaks(values: Any, request: gr.Request) -> Any:
        try:
            yield {talk.live: "a"}
            yield {talk.live: "b"}
        finally:
            closed.append(True)

    talk = Talk(speaks)
    running = talk.fns["spoken"].fn(Caller("ann"), {})
    next(running)
    running.close()
    assert closed == [True]


def test_a_page_at_rest_shows_what_its_stream_left_and_then_its_own_word():
    mail = Mail()
    mail.put("ann", {"list": "asked", "prompt": ""})
    rest = emptied(lambda place, request: {"list": "answered"}, mail)
    assert rest(None, Caller("ann")) == {"list": "answered", "prompt": ""}
    assert rest(None, Caller("ann")) == {"list": "answered"}


def test_a_page_that_cannot_be_shown_at_rest_leaves_the_mail_where_it_is():
    def fails(place: Any, request: gr.Request) -> dict:
        raise StoreError("the disk is full")

    mail = Mail()
    mail.put("ann", {"list": "asked"})
    with pytest.raises(StoreError):
        emptied(fails, mail)(None, Caller("ann"))
    assert mail.take(Caller("ann")) == {"list": "asked"}


def test_what_pages_that_are_gone_never_fetched_is_forgotten(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(connect, "PAGES", 2)
    mail = Mail()
    for session in ("ann", "bob", "cy"):
        mail.put(session, {"list": session})
    assert [mail.take(Caller(session)) for session in ("ann", "bob", "cy")] == [{}, {"list": "bob"}, {"list": "cy"}]


def test_the_page_is_looked_at_again_only_when_there_is_something_to_show(home: Path, monkeypatch: pytest.MonkeyPatch):
    """Eighty outputs every other second held up the reply that was being written."""
    lab = page_lab(home)
    fns = {fn.name: fn for fn in build(lab).fns.values()}
    glance, look = fns["glance"], fns["look"]
    assert len(glance.outputs) == 1 and not glance.queue
    assert glance.inputs == [], "a choice on the page may be of what is gone"
    ann, bob = Caller("ann"), Caller("bob")
    assert isinstance(glance.fn(ann), str)
    assert look.fn(ann, None) and glance.fn(ann) == gr.skip()
    assert isinstance(glance.fn(bob), str), "another window has not looked yet"

    def broken(*_: Any) -> None:
        raise StoreError("the disk is full")

    monkeypatch.setattr(lab.store, "jobs", broken)
    assert isinstance(glance.fn(ann), str), "trouble is something to look at: who looks is told of it"


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
