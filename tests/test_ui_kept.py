"""What the server remembers of each window: filled in and taken out around a handler, so that the browser has no part in it."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

import gradio as gr
import pytest
from gradio.helpers import special_args

from lab.ui import kept
from lab.ui.kept import Kept, asked_by, remembering, shown


class Caller(gr.Request):
    """The window that asks."""

    def __init__(self, window: str) -> None:
        self.session_hash = window


ANN, BOB = Caller("ann"), Caller("bob")


def asked(handler: Any, request: gr.Request, *values: Any, event: Any = None) -> Any:
    """As Gradio calls it: what a handler wants beside its inputs is found by its annotations."""
    arguments, _, event_index, _ = special_args(handler, list(values), request)  # type: ignore[arg-type]
    if event_index is not None:
        arguments.insert(event_index, event)
    return handler(*arguments)


def test_a_window_has_its_own_and_a_new_one_the_first() -> None:
    count = Kept(0)
    count.keep("ann", 3)
    assert (count.of("ann"), count.of("bob"), count.of(None)) == (3, 0, 0)


@pytest.mark.parametrize("nobody", [None, ""])
def test_requests_that_name_no_window_share_nothing(nobody: str | None) -> None:
    """They had one memory together: what one of them opened, the next one saw."""
    place = Kept("nowhere")
    place.keep(nobody, "ann's conversation")
    assert place.of(nobody) == "nowhere" and not place._of
    called = remembering(lambda where: {place: "bob's", "box": where}, [place], {place, "box"})
    assert [asked(called, Caller(nobody)) for _ in range(2)] == [{"box": "nowhere"}] * 2  # type: ignore[arg-type]


def test_windows_that_were_left_alone_for_the_longest_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "WINDOWS", 2)
    count = Kept(0)
    for number, window in enumerate(("ann", "bob"), 1):
        count.keep(window, number)
    assert count.of("ann") == 1
    count.keep("cy", 3)
    assert [count.of(window) for window in ("ann", "bob", "cy")] == [1, 0, 3]


def test_inputs_are_filled_in_where_they_stand_and_outputs_taken_out() -> None:
    first, last, box = Kept("a"), Kept("z"), "box"

    def handler(before: str, typed: str, after: str) -> dict:
        return {first: before + typed, box: after}

    called = remembering(handler, [first, box, last], {first, box})
    assert shown([first, box, last]) == [box] and shown({first, box}) == {box}
    assert asked(called, ANN, "b") == {box: "z"}
    assert asked(called, ANN, "c") == {box: "z"}
    assert (first.of("ann"), first.of("bob"), last.of("ann")) == ("abc", "a", "z")
    assert called.__name__ == "handler"


def test_a_set_of_inputs_comes_as_one_dictionary() -> None:
    place, box = Kept(1), "box"
    called = remembering(lambda values: {place: values[place] + values[box]}, {place, box}, {place, box})
    assert asked(called, ANN, {box: 5}) == gr.skip(), "nothing is left for the browser"
    assert place.of("ann") == 6


def test_an_event_that_shows_nothing_answers_nothing() -> None:
    place = Kept(1)
    assert asked(remembering(lambda now: {place: now + 1}, [place], {place}), ANN) is None and place.of("ann") == 2


def test_a_stream_keeps_what_it_says_as_it_says_it_and_ends_with_its_reader() -> None:
    place, box, closed = Kept(0), "box", []

    def words(values: Any, request: gr.Request) -> Iterator[Any]:
        try:
            yield {box: "a", place: 1}
            yield {place: 2}
            yield gr.skip()
        finally:
            closed.append(request.session_hash)

    called = remembering(words, {place}, {place, box})
    assert inspect.isgeneratorfunction(called)
    running = asked(called, ANN, {})
    assert (next(running), place.of("ann")) == ({box: "a"}, 1)
    assert (next(running), place.of("ann")) == (gr.skip(), 2)
    running.close()
    assert closed == ["ann"] and place.of("bob") == 0


def test_a_handler_gets_the_request_or_the_event_that_it_asks_for() -> None:
    place = Kept("there")

    def wants_request(where: str, request: gr.Request) -> dict:
        return {"box": (where, request.session_hash)}

    def wants_event(where: str, event: gr.SelectData) -> dict:
        return {"box": (where, event)}

    assert asked(remembering(wants_request, [place], {"box"}), BOB) == {"box": ("there", "bob")}
    assert asked(remembering(wants_event, [place], {"box"}), BOB, event="row 3") == {"box": ("there", "row 3")}
    assert (asked_by(wants_request), asked_by(wants_event), asked_by(lambda: None)) == (gr.Request, gr.SelectData, None)


def test_what_keeps_nothing_is_left_alone() -> None:
    def handler(box: str) -> str:
        return box

    assert remembering(handler, ["box"], {"out"}) is handler and remembering(handler, None, set()) is handler
    assert shown(None) is None
