"""What the server remembers of each window of the browser: a gr.State that the browser never hears of.

A gr.State is a component. Gradio 6.31 looks the inputs of every event that ever ended up in the whole page again, with every
message of every later event, whether or not there is anything of theirs to draw; on a page of 290 components that costs a
quarter of a millisecond for each and each word of a reply (benchmarks/RESULTS.md). A `Kept` stands among the inputs and the
outputs of an event like a component, and is filled in and taken out on the server. A reload begins anew, as with gr.State; what
was kept of windows that are gone is forgotten once there were WINDOWS newer ones.
"""

from __future__ import annotations

import inspect
import threading
import typing
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

import gradio as gr

Handler = Callable[..., Any]
WINDOWS = 1000  # that something is kept of; of those left alone for the longest, it is forgotten


class Kept:
    """One thing, by window of the browser. `first` is what it is in a new one; it is never changed in place.

    Of a request that names no window nothing is kept: whoever sends such ones would share it with everybody else who does.
    """

    def __init__(self, first: Any) -> None:
        self.first = first
        self._of: OrderedDict[str, Any] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, window: str | None) -> Any:
        with self._lock:
            if not window or window not in self._of:
                return self.first
            self._of.move_to_end(window)
            return self._of[window]

    def keep(self, window: str | None, value: Any) -> None:
        if not window:
            return
        with self._lock:
            self._of[window] = value
            self._of.move_to_end(window)
            while len(self._of) > WINDOWS:
                self._of.popitem(last=False)


def shown(components: Any) -> Any:
    """Those of them that the browser knows, in the shape in which they came."""
    if components is None:
        return None
    return type(components)(each for each in components if not isinstance(each, Kept))


def remembering(handler: Handler, inputs: Any, outputs: Collection[Any]) -> Handler:
    """The handler as Gradio is to call it: with what the browser shows, while what is kept is filled in and taken out here."""
    if not any(isinstance(each, Kept) for each in (*(inputs or ()), *outputs)):
        return handler
    asks, draws = asked_by(handler), bool(shown(outputs))

    def arguments(request: gr.Request, event: Any, values: tuple[Any, ...]) -> list[Any]:
        special = [request] if asks is gr.Request else [] if asks is None else [event]
        if isinstance(inputs, set):
            kept = {each: each.of(request.session_hash) for each in inputs if isinstance(each, Kept)}
            return [{**values[0], **kept}, *special]
        rest = iter(values)
        return [each.of(request.session_hash) if isinstance(each, Kept) else next(rest) for each in inputs or ()] + special

    def taken(result: Any, request: gr.Request) -> Any:
        if not isinstance(result, Mapping):
            return result
        for each, value in result.items():
            if isinstance(each, Kept):
                each.keep(request.session_hash, value)
        rest = {each: value for each, value in result.items() if not isinstance(each, Kept)}
        return (rest or gr.skip()) if draws else None

    def call(request: gr.Request, event: Any, *values: Any) -> Any:
        return taken(handler(*arguments(request, event, values)), request)

    def stream(request: gr.Request, event: Any, *values: Any) -> Iterator[Any]:
        running = handler(*arguments(request, event, values))
        try:
            for result in running:
                yield taken(result, request)
        finally:
            running.close()

    return called_by_gradio(stream if inspect.isgeneratorfunction(handler) else call, asks, handler.__name__)


def called_by_gradio(call: Handler, asks: type | None, name: str) -> Handler:
    """Gradio goes by signature and annotations: the request comes first, then the event if the handler asks for it."""
    if asks is not None and issubclass(asks, gr.EventData):
        call.__annotations__ = {"request": gr.Request, "event": asks}
        call.__name__ = name
        return call

    def plain(request: gr.Request, *values: Any) -> Any:
        return call(request, None, *values)

    def plain_stream(request: gr.Request, *values: Any) -> Iterator[Any]:
        yield from call(request, None, *values)

    found = plain_stream if inspect.isgeneratorfunction(call) else plain
    found.__annotations__ = {"request": gr.Request}
    found.__name__ = name
    return found


def asked_by(handler: Handler) -> type | None:
    """gr.Request or a kind of gr.EventData, where that is the handler's last parameter."""
    hints = typing.get_type_hints(handler)
    names = list(inspect.signature(handler).parameters)
    last = hints.get(names[-1]) if names else None
    return last if isinstance(last, type) and issubclass(last, gr.Request | gr.EventData) else None
