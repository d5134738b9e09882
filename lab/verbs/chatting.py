"""The verbs that run a lab: the chat in the browser, and the trainer that learns beside it."""

from __future__ import annotations

import os
import signal
import sys
from typing import Annotated, NoReturn

import typer

from lab.compose import quiet_libraries, running
from lab.console import say
from lab.errors import ModelError
from lab.flags import HOME, DeviceFlag, HomeFlag, ModelFlag, QuantizeFlag, configure, opened


def chat(
    home: HomeFlag = HOME, model: ModelFlag = None, quantize: QuantizeFlag = None, device: DeviceFlag = None,
    host: Annotated[str, typer.Option(help="Address to listen on; any but a local one needs --auth.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535)] = 7860,
    auth: Annotated[str | None, typer.Option(help="NAME:PASSWORD that opens the page.")] = None,
    trainer: Annotated[bool, typer.Option(help="Start a trainer beside the chat.")] = True,
    browser: Annotated[bool, typer.Option(help="Open the page in the browser.")] = True,
    note: Annotated[str, typer.Option(hidden=True, help="What the page says of the switch that started this lab.")] = "",
    back: Annotated[str | None, typer.Option(hidden=True, help="QUANTIZE:MODEL to go back to if this one fails.")] = None,
) -> None:  # fmt: skip
    """Chat in the browser, and learn from it in the background."""
    from lab.ui.security import login, require_free
    from lab.ui.switch import Switcher

    login(host, auth)  # both before the model is loaded: a mistake should show at once
    require_free(host, port)
    settings = configure(home, model, quantize, device)
    switcher = Switcher(settings.device, note)

    def again(model: str, quantize: str, words: str, before: str | None) -> NoReturn:
        """This process becomes a chat with another model, in the same home and at the same place."""
        say(words)
        flags = ["--home", str(settings.home), "--device", settings.device, "--host", host, "--port", str(port), "--no-browser"]
        flags += ["--model", model, "--quantize", quantize, "--note", words]
        flags += ["--trainer" if trainer else "--no-trainer", *(["--auth", auth] if auth else [])]
        flags += ["--back", before] if before else []
        os.execv(sys.executable, [sys.executable, "-m", "lab.cli", "chat", *flags])

    try:
        with running(settings, trainer, say, switcher) as lab:
            signal.signal(signal.SIGTERM, signal.default_int_handler)  # ends it the way Ctrl-C does, and its trainer with it
            from lab.ui.app import serve

            serve(lab, host, port, auth, browser, lambda address: say(f"the lab answers on {address} (Ctrl-C ends it)"))
    except ModelError as error:
        if back is None:
            raise
        old = back.partition(":")
        again(old[2], old[0], f"{settings.model} could not be started, so {old[2]} goes on: {error}", None)
    if (choice := switcher.chosen()) is not None:
        here = f"{settings.quantize}:{settings.model}"
        words = f"The lab speaks with {choice.model} ({choice.quantize}) now; {settings.model}'s versions are kept."
        again(choice.model, choice.quantize, words, here)


def trainer(
    home: HomeFlag = HOME, model: ModelFlag = None, quantize: QuantizeFlag = None, device: DeviceFlag = None,
    parent_pid: Annotated[int | None, typer.Option(help="End when this process is gone.", hidden=True)] = None,
) -> None:  # fmt: skip
    """The trainer alone: trains what the chat plans, until it is stopped."""
    with opened(home, model, quantize, device) as lab:
        quiet_libraries()
        from lab.train.serve import serve

        serve(lab.store, lab.versions, lab.settings, parent_pid)
