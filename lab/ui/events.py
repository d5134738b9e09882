"""The only wiring: which event calls which handler, and the border every handler stands behind.

Behind the border a LabError becomes a notice with its own words; anything else is a bug, logged with its traceback and
shown as one. An error is never a chat message. Opinions use trigger_mode "multiple" and no concurrency limit, because
Gradio's defaults drop clicks that come while one is at work.
"""

from __future__ import annotations

import functools
import html
import inspect
import logging
from collections.abc import Callable, Collection, Iterator
from typing import Any

import gradio as gr

from lab.errors import LabError
from lab.ui.lab import Lab
from lab.ui.page import Page, heading
from lab.ui.tabs.chat import ChatHandlers
from lab.ui.tabs.compare import CompareHandlers
from lab.ui.tabs.training import TrainingHandlers
from lab.ui.tabs.versions import VersionsHandlers
from lab.ui.view import sentence

Handler = Callable[..., Any]
log = logging.getLogger(__name__)
GENERATIONS = 8  # replies drawn at once over all pages; the engine takes turns among them
FOCUS = "() => window.hone.focus('{}')"
BLUR = "() => document.activeElement && document.activeElement.blur()"
CONFIRM_DELETE = (
    "(chosen, seen) => { if (!confirm('Delete this version for good?')) throw new Error('kept'); return [chosen, seen]; }"
)


def notice(error: Exception) -> None:
    """What a person is told. The text is escaped: Gradio renders notices as HTML."""
    if isinstance(error, LabError):
        gr.Warning(html.escape(sentence(str(error))), title="Not done")
        return
    log.error("a handler of the page failed", exc_info=error)
    said = f"{type(error).__name__}: {error}"
    gr.Warning(html.escape(f"a fault inside the lab ({said[:200]}); its traceback is in the terminal"), title="Fault")


def border(handler: Handler, outputs: Collection[Any], recover: Handler | None = None) -> Handler:
    """The handler, whose exceptions end as a notice. `recover` takes its first argument and puts the page right again."""
    nothing = gr.skip() if outputs else None

    def mended(error: Exception, arguments: tuple[Any, ...]) -> Any:
        notice(error)
        if recover is None:
            return nothing
        try:
            return recover(arguments[0])
        except Exception as second:  # border
            log.error("the page could not be put right", exc_info=second)
            return nothing

    if inspect.isgeneratorfunction(handler):

        @functools.wraps(handler)
        def guarded_stream(*arguments: Any) -> Iterator[Any]:
            try:
                yield from handler(*arguments)
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


def wire(lab: Lab, page: Page, blocks: gr.Blocks) -> None:
    """Connects everything. Must be called inside `blocks`, which holds `page`."""
    wire_chat(lab, page, blocks)
    wire_compare(lab, page)
    wire_versions(lab, page)
    wire_training(lab, page, blocks)


def wire_chat(lab: Lab, page: Page, blocks: gr.Blocks) -> None:
    tab, panel = page.chat, page.panel
    handlers = ChatHandlers(lab, tab, panel)
    outputs = tab.outputs() | {panel.conversations}
    drawing = {tab.place, tab.prompt, panel.rater} | panel.drawing()
    say = gr.on(
        [tab.prompt.submit, tab.send.click], border(handlers.say, outputs, handlers.recover), drawing, outputs,
        concurrency_id="generate", concurrency_limit=GENERATIONS, show_progress="hidden",
    )  # fmt: skip
    again = tab.again.click(
        border(handlers.regenerate, outputs, handlers.recover), drawing, outputs,
        concurrency_id="generate", concurrency_limit=GENERATIONS, show_progress="hidden",
    )  # fmt: skip
    say.then(None, js=FOCUS.format("prompt"))
    again.then(None, js=FOCUS.format("prompt"))
    tab.stop.click(border(handlers.stop, []), None, None, concurrency_limit=None, show_progress="hidden")
    tab.chat.like(
        border(handlers.thumb, []), [tab.place, panel.rater], None,
        trigger_mode="multiple", concurrency_limit=None, show_progress="hidden",
    )  # fmt: skip
    started = border(handlers.start_better, [tab.better])
    tab.better_box.expand(started, [tab.place, tab.better], tab.better, show_progress="hidden")
    saved = {tab.better, tab.better_box}
    save = border(handlers.save_better, saved)
    tab.better_save.click(save, [tab.place, tab.better, panel.rater], saved, concurrency_limit=None)
    tab.earlier.click(border(handlers.show_earlier, outputs), [tab.place, panel.rater], outputs, show_progress="hidden")
    panel.rater.blur(border(handlers.rate_as, outputs), [tab.place, panel.rater], outputs, show_progress="hidden")

    def new_chat(rater: str) -> Any:
        return handlers.choose(None, rater)

    # a reply in flight is closed first, and kept as stopped
    cleared = panel.new_chat.click(
        border(new_chat, outputs), panel.rater, outputs, cancels=[say, again], show_progress="hidden"
    )
    cleared.then(None, js=FOCUS.format("prompt"))
    panel.conversations.input(
        border(handlers.choose, outputs), [panel.conversations, panel.rater], outputs,
        cancels=[say, again], show_progress="hidden",
    )  # fmt: skip
    opened = outputs | {panel.rater}
    blocks.load(border(handlers.open, opened), [tab.remembered, panel.rater], opened, show_progress="hidden")


def wire_compare(lab: Lab, page: Page) -> None:
    tab, panel = page.compare, page.panel
    handlers = CompareHandlers(lab, tab, panel)
    outputs = tab.outputs()
    inputs = {tab.prompt, tab.what, tab.first, tab.second} | panel.drawing()
    asked = gr.on(
        [tab.prompt.submit, tab.ask.click], border(handlers.compare, outputs, handlers.recover), inputs, outputs,
        concurrency_id="generate", concurrency_limit=GENERATIONS, show_progress="hidden",
    )  # fmt: skip
    asked.then(None, js=BLUR)  # so that keys vote
    tab.stop.click(border(handlers.stop, []), None, None, concurrency_limit=None, show_progress="hidden")
    chosen = {tab.first, tab.second}
    tab.what.input(border(handlers.choose_what, chosen), tab.what, chosen, show_progress="hidden")
    for side, button in tab.votes.items():
        voted = button.click(
            border(functools.partial(handlers.vote, side), outputs), [tab.ballot, panel.rater], outputs,
            trigger_mode="multiple", concurrency_limit=None, show_progress="hidden",
        )  # fmt: skip
        voted.then(None, js=FOCUS.format("compare-prompt"))


def wire_versions(lab: Lab, page: Page) -> None:
    tab = page.versions
    handlers = VersionsHandlers(lab, tab)
    outputs = tab.outputs()
    tab.table.select(border(handlers.pick, outputs), None, {tab.chosen, tab.details}, show_progress="hidden")
    tab.chosen.input(border(handlers.look, outputs), tab.chosen, {tab.details}, show_progress="hidden")
    tab.activate.click(border(handlers.activate, outputs), [tab.chosen, tab.seen], outputs)
    tab.rollback.click(border(handlers.rollback, outputs), [tab.seen], outputs)
    tab.delete.click(border(handlers.delete, outputs), [tab.chosen, tab.seen], outputs, js=CONFIRM_DELETE)


def wire_training(lab: Lab, page: Page, blocks: gr.Blocks) -> None:
    tab = page.training
    handlers = TrainingHandlers(lab, tab)
    versions = VersionsHandlers(lab, page.versions)
    outputs = tab.outputs()
    for button, handler in ((tab.pause, handlers.pause), (tab.resume, handlers.resume), (tab.stop, handlers.stop_round)):
        button.click(border(handler, outputs), [tab.seen], outputs, show_progress="hidden")
    tab.now.click(border(handlers.train_now, outputs), [tab.algorithm, tab.seen], outputs, show_progress="hidden")

    def look(headed: str, seen_training: Any, seen_versions: Any, chosen: int | None) -> Any:
        """Everything on the page that changes by itself."""
        status = lab.worker.status() if lab.worker else None
        head = heading(lab.settings.model, lab.engine.live, status.reason if status else "no trainer runs")
        update = {} if head == headed else {page.header: head, page.headed: head}
        return {**update, **handlers.tick(seen_training), **versions.tick(seen_versions, chosen)}

    everything = outputs | page.versions.outputs() | {page.header, page.headed}
    seen = [page.headed, tab.seen, page.versions.seen, page.versions.chosen]
    page.timer.tick(border(look, everything), seen, everything, show_progress="hidden", concurrency_limit=None)
    blocks.load(border(look, everything), seen, everything, show_progress="hidden", concurrency_limit=None)
