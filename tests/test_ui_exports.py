"""Exports: run beside the chat, one at a time, told as they go, and nothing that lies there is written over."""

from __future__ import annotations

import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import gradio as gr
import pytest

from lab.errors import BusyError, LabError, VersionError
from lab.records import AdapterVersion
from lab.settings import load_settings
from lab.ui.exports import Command, Export, Exports, command_of
from lab.ui.tabs import versions_save
from lab.ui.tabs.versions_save import SaveHandlers, export_page
from tests.fakes import FakeVersions, page_lab


def says(code: str) -> Command:
    return lambda version, folder, kind: [sys.executable, "-c", code, str(version), str(folder), kind]


GOOD = """
import sys, json, pathlib
print("loading", file=sys.stderr, flush=True)
pathlib.Path(sys.argv[2]).mkdir()
print("version 3 is there", file=sys.stderr, flush=True)
print("noise")
print(json.dumps({"version": 3, "as": sys.argv[3], "agreement": 0.99, "difference": 0.001, "tokens": 80, "correlation": None}))
"""
BAD = "import sys; print('working', file=sys.stderr); print('error: no room; make some', file=sys.stderr); sys.exit(1)"
SLOW = """
import sys, time, pathlib
folder = pathlib.Path(sys.argv[2])
folder.mkdir(), (folder.parent / f".{folder.name}.writing").mkdir(), (folder / "half").write_text("half")
print("merging", file=sys.stderr, flush=True)
time.sleep(60)
"""


def ended(exports: Exports) -> Export:
    for _ in range(600):
        now = exports.now()
        if now is not None and now.state != "running":
            return now
        time.sleep(0.05)
    raise AssertionError("it did not end")


def test_an_export_tells_where_it_is_and_its_figures(tmp_path: Path) -> None:
    exports = Exports(tmp_path, says(GOOD))
    assert exports.now() is None
    assert exports.start(3, "merged", "mine").state == "running"
    now = ended(exports)
    assert (now.state, now.said) == ("done", "version 3 is there") and now.figures["agreement"] == 0.99
    assert now.folder == tmp_path / "exports" / "mine" and now.folder.is_dir()
    page = export_page(now)
    assert str(now.folder) in page and "99.0% of 80" in page and "<td>–</td>" in page


def test_a_failure_is_told_in_the_verbs_own_words(tmp_path: Path) -> None:
    exports = Exports(tmp_path, says(BAD))
    exports.start(3, "merged", "mine")
    now = ended(exports)
    assert (now.state, now.said) == ("failed", "no room; make some")
    assert "version 3 was not saved: No room; make some." in export_page(now)
    silent = Exports(tmp_path, says("import sys; sys.exit(0)"))
    silent.start(3, "peft", "mine")
    assert ended(silent).state == "failed", "it named no figures, so it did not do what it was asked to"


def test_one_runs_at_a_time_and_can_be_stopped(tmp_path: Path) -> None:
    exports = Exports(tmp_path, says(SLOW))
    exports.start(3, "merged", "mine")
    with pytest.raises(BusyError, match="version 3 is being saved"):
        exports.start(2, "peft", "other")
    while exports.now().said != "merging":  # type: ignore[union-attr]
        time.sleep(0.02)
    assert (tmp_path / "exports" / "mine" / "half").exists()
    exports.stop()
    assert ended(exports).state == "stopped" and "nothing was kept" in export_page(exports.now())
    assert not list((tmp_path / "exports").iterdir()), "a killed merge left gigabytes behind"
    exports.stop()  # nothing runs: nothing happens
    exports.start(2, "peft", "other")
    exports.stop()
    assert ended(exports).version == 2


@pytest.mark.parametrize("name", ["../up", "a/b", "", ".hidden", "a b", "x" * 101, "-rf"])
def test_a_name_leads_nowhere_else(tmp_path: Path, name: str) -> None:
    with pytest.raises(VersionError, match="cannot name a folder"):
        Exports(tmp_path, says(GOOD)).start(3, "peft", name)


def test_a_folder_that_is_there_is_never_written_over(tmp_path: Path) -> None:
    (tmp_path / "exports" / "mine").mkdir(parents=True)
    with pytest.raises(VersionError, match="is there already; give another name"):
        Exports(tmp_path, says(GOOD)).start(3, "peft", "mine")


def test_the_real_verb_saves_a_whole_model_and_says_how_well_it_agrees(tiny_model: Path, home: Path) -> None:
    settings = load_settings(home, {"model": str(tiny_model), "quantize": "none", "device": "cpu"})
    exports = Exports(home, command_of(settings))
    exports.start(0, "merged", "whole")
    exports.wait(120)
    now = ended(exports)
    assert now.state == "done", now.said
    assert now.figures["agreement"] == 1.0 and (now.folder / "config.json").is_file()


# the page's part


@pytest.fixture
def handlers(home: Path) -> SaveHandlers:
    made = AdapterVersion(3, "tiny", 0, "live", "dpo", 1.0)
    lab = replace(page_lab(home), versions=FakeVersions(home, made, live=3))
    with gr.Blocks():
        return SaveHandlers(lab, versions_save.build(), Exports(home, says(GOOD)))


def test_saving_names_the_folder_after_the_version_and_follows_it(handlers: SaveHandlers) -> None:
    tab = handlers.tab
    assert handlers.tick(None)[tab.stop] == gr.update(visible=False)
    started = handlers.export(3, "merged", " ", None)
    assert started[tab.stop] == gr.update(visible=True) and started[tab.now] == gr.update(interactive=False)
    assert ended(handlers.exports).folder.name == "version-3-merged"
    done = handlers.tick(started[tab.seen])
    assert "Version 3 is in" in done[tab.state] and done[tab.now] == gr.update(interactive=True)
    assert handlers.tick(done[tab.seen]) == {}
    with pytest.raises(VersionError, match="is there already"):
        handlers.export(3, "merged", None, None)


def test_what_cannot_be_saved_is_said_at_once(handlers: SaveHandlers) -> None:
    wrong: list[tuple[Any, Any, str]] = [
        (None, "peft", "no version is chosen"), (0, "peft", "no adapter to save"), (9, "merged", "there is no version 9"),
    ]  # fmt: skip
    for chosen, kind, words in wrong:
        with pytest.raises(LabError, match=words):
            handlers.export(chosen, kind, "", None)
    assert handlers.exports.now() is None
