"""The same lab from a notebook: `lab = open_lab(model="starter")`, `lab.chat("Hello!")`, `lab.thumbs_up()`, `lab.train()`.

Everything goes through the session, the store and the worker that the page uses, so what is said and voted here is on
the page, and the other way round. Knows no notebook software: what a cell shows are small objects with an HTML form.
"""

from __future__ import annotations

import atexit
import html
import random
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, Self

import pandas as pd

from lab.compose import running
from lab.console import words_of
from lab.errors import LabError, TrainingError
from lab.flags import HOME
from lab.records import AdapterVersion, Algorithm, Choice, Job, Reply, Report
from lab.settings import Settings, load_settings

if TYPE_CHECKING:
    import gradio as gr

    from lab.ui.lab import Lab

LOOK = 0.3  # seconds between two looks at a round
COLUMNS = ("version", "parent", "state", "algorithm", "examples", "heldout_before", "heldout_after", "heldout_n", "kl", "created",
           "why")  # fmt: skip


def open_lab(
    model: str | None = None, *, home: Path | str | None = None, quantize: str | None = None, device: str | None = None,
    trainer: bool = True, settings: dict[str, Any] | None = None,
) -> Notebook:  # fmt: skip
    """Loads a model and opens the lab of a home, which no other lab may have open. `settings` is what lab.toml could say.

    Left out, `home` is the folder of launch.py, as on the command line. Raises LabError, with what to do, if it cannot.
    """
    given = {**(settings or {}), "model": model, "quantize": quantize, "device": device}
    return Notebook(load_settings(HOME if home is None else Path(home), given), trainer)


@dataclass(frozen=True)
class Said:
    """A stored reply, shown as text; `version` is who spoke."""

    text: str
    version: int | None
    id: str

    def __str__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        return f"<div>{lines(self.text)}<br><small>{html.escape(name_of(self.version))}</small></div>"


@dataclass(frozen=True)
class Compared:
    """Two replies in shuffled order. Who said which is told by the vote."""

    prompt: str
    a: str
    b: str

    def _repr_html_(self) -> str:
        style = "text-align:left;vertical-align:top;width:50%"
        cells = "".join(f'<td style="{style}">{lines(text)}</td>' for text in (self.a, self.b))
        return f"<table><thead><tr><th>A</th><th>B</th></tr></thead><tbody><tr>{cells}</tr></tbody></table>"


@dataclass(frozen=True)
class Window:
    """The page in a frame."""

    address: str
    height: int

    def _repr_html_(self) -> str:
        return f'<iframe src="{self.address}" title="Hone" width="100%" height="{self.height}" style="border:0"></iframe>'


class Notebook:
    """A running lab. Ends with `close`, with the `with` block it stands in, or with its process."""

    def __init__(self, settings: Settings, trainer: bool = True) -> None:
        self._stack = ExitStack()
        self._lab: Lab | None = self._stack.enter_context(running(settings, trainer))
        self._blocks: gr.Blocks | None = None
        self._address = ""
        self._conversation: str | None = None
        self._last: Reply | None = None
        self._shown: tuple[Reply, Reply] | None = None  # the pair to vote on: its a and b as they were shown
        self._swapped = False
        self._since = 0.0
        atexit.register(self.close)

    # talking

    def chat(self, text: str, **sampling: float) -> Said:
        """The reply to the next message of the conversation. `sampling` is what differs from lab.toml: `temperature=0.2`."""
        lab = self.lab
        how = lab.settings.model_copy(update={"sampling": self._sampling(sampling)}).sampling.record()
        replies: list[Reply] = []
        for live in lab.session.say(self._conversation, self._last.id if self._last else None, text, how):
            self._conversation, replies = live.conversation, live.replies
        self._last = one(replies)
        return Said(self._last.text, self._last.version, self._last.id)

    def new_chat(self) -> None:
        """The next message begins another conversation."""
        self._conversation = self._last = None

    def thumbs_up(self, comment: str = "") -> str:
        return self._thumb("up", comment)

    def thumbs_down(self, comment: str = "") -> str:
        return self._thumb("down", comment)

    def better(self, text: str) -> str:
        """The reply you wanted instead of the last one."""
        self.lab.session.correct(self._rated().id, text)
        return "kept; the next round learns from it"

    def compare(self, prompt: str, versions: tuple[int | None, int | None] | None = None) -> Compared:
        """Two replies to a prompt: by the version on trial and the proven one, or else two of the live version."""
        lab = self.lab
        replies: list[Reply] = []
        for live in lab.session.compare(None, None, prompt, versions=versions or lab.engine.trial() or (None, None)):
            replies = live.replies
        if len(replies) != 2:
            raise LabError("the model ended without two replies; ask again")
        self._swapped = random.random() < 0.5
        left, right = reversed(replies) if self._swapped else replies
        self._shown, self._since = (left, right), time.monotonic()
        return Compared(prompt, left.text, right.text)

    def vote(self, choice: Choice) -> str:
        """`"a"`, `"b"`, `"tie"` or `"both_bad"`, of the last comparison as it was shown."""
        if self._shown is None:
            raise LabError("there is nothing to vote on; compare first")
        if choice not in ("a", "b", "tie", "both_bad"):
            raise LabError(f"{choice!r} is no vote; give 'a', 'b', 'tie' or 'both_bad'")
        left, right = self._shown
        meant: Choice = choice
        if self._swapped and choice in ("a", "b"):
            meant = "b" if choice == "a" else "a"
        a, b = (right, left) if self._swapped else (left, right)
        took = round(1000 * (time.monotonic() - self._since))
        self.lab.session.vote(a.id, b.id, meant, "ba" if self._swapped else "ab", ms=took)
        self._shown = None
        return f"kept; A was {name_of(left.version)}, B was {name_of(right.version)}"

    # learning

    def why(self) -> str:
        """Why the next round starts or does not."""
        return self.lab.worker.status().reason

    def train(self, algorithm: Algorithm | None = None) -> Report | None:
        """One round now, to its end: trained, judged by the gate, and taken up by the chat if it passed. Interrupt to stop it.

        Raises TrainingError with the reason when it fails or the gate refuses it. A reward model's round has a report as well.
        """
        job = self.lab.worker.train_now(algorithm)
        before = ""
        try:
            for words in self._followed(job):
                if words != before:
                    print(f"\r{words:<100}", end="", file=sys.stderr, flush=True)
                before = words
        except KeyboardInterrupt:
            self.lab.worker.stop_round()
            raise TrainingError("the round was stopped; the feedback is kept and the next round will use it") from None
        finally:
            print(file=sys.stderr)
        return self._judged(self.lab.store.job(job.id))

    def versions(self) -> pd.DataFrame:
        """Every version of this model, newest last; 0 is the base."""
        rows = [row_of(version) for version in self.lab.versions.all()]
        return pd.DataFrame(rows, columns=list(COLUMNS)).astype({"parent": "Int64"}).set_index("version").sort_index()

    def activate(self, version: int) -> str:
        self.lab.versions.activate(version, "activated in a notebook")
        self._take_up()
        return f"{name_of(version)} speaks"

    def rollback(self) -> str:
        back = self.lab.versions.rollback()
        self._take_up()
        return f"{name_of(back.version)} speaks again"

    # the page

    def show(self, height: int = 800, port: int | None = None) -> Window:
        """The lab's page in a frame of the notebook; other pages of this machine may frame it as well, nobody else."""
        if self._blocks is None:
            from lab.ui.app import launch
            from lab.ui.security import free_port

            chosen = port or free_port()
            self._blocks = launch(self.lab, "127.0.0.1", chosen, framed=True)
            self._address = f"http://127.0.0.1:{chosen}"
        return Window(self._address, height)

    def close(self) -> None:
        """Ends the page, the trainer and the lab; the home is free again. Nothing that was kept is lost."""
        atexit.unregister(self.close)
        if self._blocks is not None:
            self._blocks.close(verbose=False)
            self._blocks = None
        self._lab = None
        self._stack.close()

    @property
    def lab(self) -> Lab:
        """The parts of the lab."""
        if self._lab is None:
            raise LabError("this lab is closed; open_lab opens another")
        return self._lab

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def _sampling(self, changes: dict[str, float]) -> Any:
        settings = load_settings(self.lab.settings.home, {"sampling": self.lab.settings.sampling.model_dump() | changes})
        return settings.sampling

    def _rated(self) -> Reply:
        if self._last is None:
            raise LabError("there is no reply to rate yet; chat first")
        return self._last

    def _thumb(self, value: Literal["up", "down"], comment: str) -> str:
        self.lab.session.thumb(self._rated().id, value, comment=comment)
        return f"kept: thumb {value} for {name_of(self._rated().version)}. {self.why()}"

    def _followed(self, job: Job) -> Iterator[str]:
        """What a round does, until it has ended and the gate has spoken."""
        while True:
            now = self.lab.store.job(job.id)
            if now.state == "failed" or (now.state == "done" and self._settled(now)):
                return
            progress = now.progress
            step = f"step {progress['step']} of {progress['steps']}  " if progress.get("steps") else ""
            trouble = self.lab.worker.status().last_error
            yield f"{job.algorithm} {now.state}: {step}{words_of(progress) or trouble}"[:100]
            time.sleep(LOOK)

    def _settled(self, job: Job) -> bool:
        """Whether the gate has judged what the round made, and the chat speaks by what is live."""
        if job.algorithm == "reward":
            return True
        made = self.lab.versions.get(job.version or 0)
        judged = made.state != "candidate" or bool(made.report and made.report.verdict)
        return judged and self.lab.engine.live == self.lab.versions.live()

    def _judged(self, job: Job) -> Report | None:
        if job.state == "failed" or job.version is None:
            raise TrainingError(job.error or "the round ended without a version; run `doctor`")
        made = (self.lab.versions.rewards() if job.algorithm == "reward" else self.lab.versions).get(job.version)
        if made.state == "refused":
            raise TrainingError(f"the gate refused version {made.version}: {made.why}")
        return made.report

    def _take_up(self) -> None:
        self.lab.engine.use_adapter(self.lab.versions.live())


def row_of(version: AdapterVersion) -> tuple[Any, ...]:
    report = version.report
    held = (None, None, 0) if report is None else (report.heldout_before, report.heldout_after, report.heldout_n)
    made = pd.Timestamp(version.created, unit="s").round("s") if version.created else pd.NaT
    used, kl = (0, None) if report is None else (report.used, report.kl)
    return (version.version, version.parent, version.state, version.algorithm, used, *held, kl, made, version.why)


def one(replies: list[Reply]) -> Reply:
    if not replies:
        raise LabError("the model ended without a reply; send the message again")
    return replies[0]


def name_of(version: int | None) -> str:
    return "given" if version is None else "base" if version == 0 else f"version {version}"


def lines(text: str) -> str:
    return html.escape(text).replace("\n", "<br>")
