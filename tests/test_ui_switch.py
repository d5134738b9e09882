"""Another base, tried first: nothing is given up before the new model has said a word."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from lab.errors import BusyError, LabError
from lab.ui.switch import Choice, Switcher, SwitchStatus, told


def until(condition: Callable[[], bool], seconds: float = 180) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come true in time"
        time.sleep(0.02)


def script(tmp_path: Path, code: str) -> list[str]:
    """A check that says what the code prints."""
    file = tmp_path / "check.py"
    file.write_text("import json, sys, time, os, signal\ndef say(**e): print(json.dumps(e), flush=True)\n" + code)
    return [sys.executable, str(file)]


def test_a_model_that_can_be_loaded_is_chosen(tiny_model: Path):
    """The real check on a tiny model, in its own process."""
    switcher = Switcher("cpu")
    switcher.start(Choice(str(tiny_model), "none"))
    until(lambda: switcher.status().phase != "checking")
    assert switcher.status().phase == "restarting", switcher.status()
    assert switcher.leaving.wait(5)
    assert switcher.chosen() == Choice(str(tiny_model), "none")


@pytest.mark.parametrize(
    ("model", "why"),
    [("nowhere", "no model 'nowhere': no such folder"), ("nobody/nothing", "connect once, or give 'starter' or a local folder")],
)
def test_a_model_that_is_not_there_leaves_the_lab_as_it_is(model: str, why: str):
    switcher = Switcher("cpu")
    switcher.start(Choice(model, "nf4"))
    until(lambda: switcher.status().phase == "failed")
    assert why in switcher.status().words
    assert switcher.chosen() is None and not switcher.leaving.is_set()


def test_a_folder_that_holds_no_weights_says_so(tmp_path: Path, tiny_model: Path):
    (tmp_path / "config.json").write_text((tiny_model / "config.json").read_text())
    (tmp_path / "model.safetensors").write_bytes(b"not weights")
    switcher = Switcher("cpu")
    switcher.start(Choice(str(tmp_path), "none"))
    until(lambda: switcher.status().phase == "failed")
    assert "cannot load model" in switcher.status().words


def test_a_download_is_told_in_bytes_and_other_words_are_passed_over(tmp_path: Path):
    code = "say(phase='fetching', done=300e6, total=1200e6); print('a library'); time.sleep(1); say(ok=True)"
    switcher = Switcher("cpu", command=script(tmp_path, code))
    switcher.start(Choice("org/big", "nf4"))
    until(lambda: switcher.status().share is not None)
    assert switcher.status() == SwitchStatus("checking", Choice("org/big", "nf4"), "fetching, 300 of 1,200 MB", 0.25)
    assert told({"phase": "fetching", "done": 5e6, "total": 0}) == ("fetching, 5 MB", None)
    until(switcher.leaving.is_set)


def test_a_check_that_is_killed_names_memory(tmp_path: Path):
    switcher = Switcher("cpu", command=script(tmp_path, "say(phase='loading'); os.kill(os.getpid(), signal.SIGKILL)"))
    switcher.start(Choice("org/huge", "none"))
    until(lambda: switcher.status().phase == "failed")
    assert "want of memory" in switcher.status().words


def test_one_at_a_time_and_a_cancelled_one_changes_nothing(tmp_path: Path):
    switcher = Switcher("cpu", command=script(tmp_path, "say(phase='loading'); time.sleep(60)"))
    with pytest.raises(LabError, match="nothing to cancel"):
        switcher.cancel()
    switcher.start(Choice("org/slow", "nf4"))
    until(lambda: switcher.status().words == "loading the weights")
    with pytest.raises(BusyError, match="org/slow is being tried"):
        switcher.start(Choice("org/other", "nf4"))
    switcher.cancel()
    until(lambda: switcher._process is not None and switcher._process.poll() is not None)
    assert "cancelled" in switcher.status().words and not switcher.leaving.is_set()
    switcher.end()
