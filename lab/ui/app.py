"""The page built and served: `build` makes it from the parts of a lab, `serve` answers until Ctrl-C."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable

import gradio as gr

from lab.ui.events import wire
from lab.ui.lab import Lab
from lab.ui.page import TICK, lay_out
from lab.ui.security import login, middleware, require_free
from lab.ui.tabs.feedback_exchange import clear
from lab.ui.theme import ASSETS, head, style, theme

__all__ = ["Lab", "build", "launch", "serve"]
KEPT = 900  # seconds that uploads and exports stay in the page folder, if nothing removes them before
WAITING = 256  # events the queue holds before it refuses more


def build(lab: Lab) -> gr.Blocks:
    """The page over a lab."""
    # nothing is written outside the home; Gradio reads this while components are made
    os.environ["GRADIO_TEMP_DIR"] = str(lab.settings.feedback_data / "page")
    clear(lab.settings.feedback_data / "page")  # what a lab that was killed left there
    with gr.Blocks(title="Hone", fill_width=True, analytics_enabled=False, delete_cache=(300, KEPT)) as blocks:
        page = lay_out(lab.settings)
        wire(lab, page, blocks)
    return blocks.queue(max_size=WAITING, api_open=False)


def launch(
    lab: Lab, host: str, port: int, auth: str | None = None, open_browser: bool = False, framed: bool = False
) -> gr.Blocks:  # fmt: skip
    """Starts serving and returns; `auth` is "name:password" and required when others can reach `host`.

    `framed` lets a notebook of this machine show the page in a frame.

    Raises BusyError when the port is taken, SettingsError when a lab that is not local has no log-in.
    """
    check = login(host, auth)
    require_free(host, port)
    logging.getLogger("uvicorn.error").addFilter(is_fault)
    blocks = build(lab)
    blocks.launch(
        server_name=host, server_port=port, share=False, inbrowser=open_browser, prevent_thread_lock=True, quiet=True,
        inline=False, auth=check, theme=theme(), css=style(), head=head(), run_history=False, enable_monitoring=False,
        show_error=False, max_file_size="20mb", footer_links=[], ssr_mode=False, mcp_server=False, pwa=True,
        favicon_path=ASSETS / "icon.png",
        app_kwargs={"middleware": middleware(host, framed), "openapi_url": None, "docs_url": None, "redoc_url": None},
    )  # fmt: skip
    return blocks


def is_fault(record: logging.LogRecord) -> bool:
    """False for what Gradio logs, with a traceback of sixty lines, of a page that was reloaded while it loaded: it refuses the
    stream of a page that is gone when the answer has begun already."""
    error = record.exc_info[1] if record.exc_info else None
    return not (isinstance(error, RuntimeError) and getattr(error.__cause__, "status_code", None) == 404)


def serve(
    lab: Lab, host: str = "127.0.0.1", port: int = 7860, auth: str | None = None, open_browser: bool = True,
    ready: Callable[[str], None] = lambda address: None,
) -> None:  # fmt: skip
    """Serves the page until Ctrl-C, or until another model is to be started; `ready` is told its address once it answers."""
    blocks = launch(lab, host, port, auth, open_browser)
    ready(f"http://{host}:{port}")
    leaving = lab.switcher.leaving if lab.switcher else threading.Event()
    try:
        leaving.wait()
        time.sleep(1.5 * TICK)  # every page learns that it shall wait for the next lab
    except KeyboardInterrupt:
        pass
    finally:
        blocks.close(verbose=False)
