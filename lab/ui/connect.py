"""How an event of the page is connected: behind a border, and so that a reply on its way is not held up.

Behind the border a LabError becomes a notice with its own words; anything else is a bug, logged with its traceback and
shown as one. An error is never a chat message. Opinions and messages use trigger_mode "multiple", because Gradio's default
drops in silence what comes while one is at work, or has just ended and not yet said so; opinions have no concurrency limit.

What an event costs in Gradio 6.31, measured on this page of 290 components, two slow cores: on the server a millisecond for each
output (a Chatbot seven), changed or not, each time the event says something; in the browser a search of the whole page for
each component that shows progress, with each of the four messages of an event. So no component shows progress (the page says by
other means what is going on), a stream of replies has few outputs, and what is asked often goes past the queue.
"""

from __future__ import annotations

import functools
import html
import inspect
import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any, TypeAlias

import gradio as gr
from gradio.blocks import Block

from lab.errors import LabError
from lab.records import new_id
from lab.ui.kept import Kept, remembering, shown
from lab.ui.view import sentence

Handler: TypeAlias = Callable[..., Any]
log = logging.getLogger(__name__)
PAGES = 256  # that a stream may have something left for
GENERATIONS = 8  # replies drawn at once over all pages; the engine takes turns among them


def words_of(error: Exception) -> tuple[str, str]:
    """What a person is told, and the title above it. A fault goes to the log as well."""
    if isinstance(error, LabError):
        return sentence(str(error)), "Not done"
    log.error("a handler of the page failed", exc_info=error)
    said = f"{type(error).__name__}: {error}"
    return f"a fault inside the lab ({said[:200]}); its traceback is in the terminal", "Fault"


def notice(words: str, title: str) -> None:
    """The text is escaped: Gradio renders notices as HTML."""
    gr.Warning(html.escape(words), title=title)


def border(
    handler: Handler, outputs: Collection[Any], recover: Handler | None = None, trouble: gr.JSON | None = None
) -> Handler:  # fmt: skip
    """The handler, whose exceptions end as a notice. `recover` takes its arguments and puts the page right again; `trouble` is
    told what the notice says, by an event that has no way to give one itself."""
    nothing = gr.skip() if outputs else None

    def mended(error: Exception, arguments: tuple[Any, ...]) -> Any:
        words, title = words_of(error)
        if trouble is not None:
            return {trouble: [words, title, new_id()]}
        notice(words, title)
        if recover is None:
            return nothing
        try:
            return recover(*arguments) or nothing
        except Exception as second:  # border
            log.error("the page could not be put right", exc_info=second)
            return nothing

    if inspect.isgeneratorfunction(handler):

        @functools.wraps(handler)
        def guarded_stream(*arguments: Any) -> Iterator[Any]:
            try:
                with closing(handler(*arguments)) as running:
                    yield next(running, nothing)  # Gradio empties every output of a stream that says nothing
                    yield from running
            except Exception as error:  # noqa: BLE001  (border)
                yield mended(error, arguments)

        return guarded_stream

    @functools.wraps(handler)
    def guarded(*arguments: Any) -> Any:
        try:
            result = handler(*arguments)
        except Exception as error:  # noqa: BLE001  (border)
            return mended(error, arguments)
        return nothing if result in (None, {}) else result

    return guarded


def listen(
    triggers: Sequence[Any], handler: Handler, inputs: Any, outputs: Collection[Any], *,
    recover: Handler | None = None, cancels: Sequence[Any] | None = None, draws: bool = False, every_click: bool = False,
    script: str | None = None, newest: bool = False, quiet: bool = False, trouble: gr.JSON | None = None,
) -> Any:  # fmt: skip
    """Connects a handler, behind the border and off the public API; no component shows that it is at work, for the browser
    would look each output up in the whole page, with every token of a reply. `draws` marks those that use the model: they say
    no to a second one in the same window themselves, and give back what was typed. `script` may change the inputs.
    `newest`: of many, the last counts. `quiet` goes past the queue, in one answer instead of four; a notice needs the queue, so
    what there is to say of an error goes to `trouble`."""
    if trouble is not None:
        outputs = {*outputs, trouble}
    return gr.on(
        triggers,
        remembering(border(handler, outputs, recover, trouble), inputs, outputs),
        shown(inputs),
        shown(outputs) or None,
        cancels=cancels,
        trigger_mode="always_last" if newest else "multiple" if every_click or draws else "once",
        concurrency_id="generate" if draws else None,
        concurrency_limit=GENERATIONS if draws else None,
        show_progress_on=[],
        js=script,
        queue=not quiet,
        api_visibility="private",
    )


class Mail:
    """What a stream has for outputs that are not its own, by browser session, until the page fetches it."""

    def __init__(self) -> None:
        self._waiting: OrderedDict[str, dict[Any, Any]] = OrderedDict()
        self._lock = threading.Lock()

    def put(self, session: str | None, update: Mapping[Any, Any]) -> None:
        """The newest word about a component counts."""
        with self._lock:
            self._waiting.setdefault(session or "", {}).update(update)
            while len(self._waiting) > PAGES:  # of pages that are gone
                self._waiting.popitem(last=False)

    def take(self, request: gr.Request) -> dict[Any, Any]:
        with self._lock:
            return self._waiting.pop(request.session_hash or "", {})


@dataclass(frozen=True)
class Stream:
    spoken: Any  # the event that streams
    told: Any  # the event that fetches what the stream has left
    mail: Mail


def stream(
    triggers: Sequence[Any], handler: Handler, inputs: Any, outputs: Collection[Any], growing: Collection[Any], *,
    recover: Handler,
) -> Stream:  # fmt: skip
    """Connects a handler that draws replies, of which only `growing` changes with every token.

    An event costs the server a millisecond for each of its outputs, changed or not, each time it says something. So the stream
    has few, and what it has for the others is fetched by an event of its own.
    """
    mail, rang = Mail(), gr.State("")
    mine = {*growing, *(each for each in outputs if isinstance(each, Kept)), rang}

    def sorted_out(update: Any, request: gr.Request) -> Any:
        other = {each: value for each, value in update.items() if isinstance(each, Block) and each not in mine}
        if not other:
            return update
        mail.put(request.session_hash, other)
        return {each: value for each, value in update.items() if each not in other} | {rang: new_id()}

    guarded = border(handler, mine, recover)

    def spoken(values: Any, request: gr.Request) -> Iterator[Any]:
        with closing(guarded(values, request)) as running:
            for update in running:
                yield sorted_out(update, request)

    told = listen([rang.change], mail.take, None, set(outputs) - mine, every_click=True, quiet=True)
    return Stream(listen(triggers, spoken, inputs, mine, draws=True), told, mail)


def emptied(handler: Handler, mail: Mail) -> Handler:
    """The handler, whose word comes last: what a stream has left is shown with it, and not after it."""

    @functools.wraps(handler)
    def last(*arguments: Any) -> Any:
        shown = handler(*arguments)  # first: an error leaves the mail where it is
        return {**mail.take(arguments[-1]), **shown}

    return last


def follow(event: Any, handler: Handler, inputs: Any, outputs: Collection[Any]) -> Any:
    """Connects a handler to the end of an event, however it ended."""
    return event.then(
        remembering(border(handler, outputs), inputs, outputs), shown(inputs), shown(outputs), trigger_mode="multiple",
        concurrency_limit=None, show_progress_on=[], api_visibility="private",
    )  # fmt: skip


def then(event: Any, script: str, inputs: Any = None) -> None:
    """Runs a script of the page after an event."""
    event.then(None, inputs, js=script, api_visibility="private", show_progress_on=[])


def run(triggers: Sequence[Any], script: str, inputs: Any = None, outputs: Any = None) -> None:
    """Runs a script of the page when something happens on it."""
    gr.on(triggers, None, inputs, outputs, js=script, api_visibility="private", show_progress_on=[])


def after(event: Any, handler: Handler, inputs: Any, outputs: Collection[Any]) -> None:
    """Calls a handler, behind the border, when an event is done."""
    event.then(
        remembering(border(handler, outputs), inputs, outputs), shown(inputs), shown(outputs), show_progress_on=[],
        api_visibility="private",
    )  # fmt: skip
