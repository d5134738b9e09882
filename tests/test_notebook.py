"""The lab from a notebook's cells: the words of its methods on a tiny model, and the example notebook run as it stands."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from lab.errors import BusyError, LabError, ModelError, SettingsError, TrainingError
from lab.feedback.examples import is_held_out
from lab.notebook import Notebook, open_lab

ROOT = Path(__file__).parents[1]
EASY = {  # a random model says nothing sensible, so only the gate's integrity checks can be met
    "sampling": {"max_new_tokens": 8},
    "train": {"epochs": 2, "learning_rate": 0.001, "max_length": 256},
    "gate": {"heldout_drop": 0.5, "max_repeat": 1.0, "min_stop_ratio": 0.0, "max_length_ratio": 1000.0, "max_ppl_ratio": 1000.0},
    "trial": {"enabled": False},
}


@pytest.fixture
def lab(home: Path, tiny_model: Path) -> Iterator[Notebook]:
    opened = open_lab(str(tiny_model), home=home, quantize="none", device="cpu", trainer=False, settings=EASY)
    yield opened
    opened.close()


def test_what_is_said_and_rated_is_in_the_store(lab: Notebook):
    first = lab.chat("hello <b>you</b>")
    assert first.version == 0 and first._repr_html_().endswith("<small>base</small></div>")
    assert "thumb up for base" in lab.thumbs_up("kind")
    second = lab.chat("and again", temperature=0.0)
    assert "next round learns" in lab.better("a better one")
    store = lab.lab.store
    [chat] = store.conversations(source="chat")
    assert [reply.role for reply in store.thread(second.id)] == ["user", "assistant", "user", "assistant"]
    assert store.reply(second.id).sampling.temperature == 0.0  # type: ignore[union-attr]
    [thumb], [better] = store.thumbs(), store.corrections()
    assert (thumb.reply, thumb.value, thumb.comment) == (first.id, "up", "kind")
    assert (better.reply, better.text) == (second.id, "a better one")
    lab.new_chat()
    lab.chat("another")
    assert len(store.conversations(source="chat")) == 2 and chat.turns == 4


@pytest.mark.parametrize("swapped", [False, True])
def test_a_vote_means_the_reply_that_was_shown_there(lab: Notebook, monkeypatch: pytest.MonkeyPatch, swapped: bool):
    monkeypatch.setattr("lab.notebook.random.random", lambda: 0.1 if swapped else 0.9)
    shown = lab.compare("which?")
    assert "base" not in shown._repr_html_(), "who said which is told by the vote"
    assert lab.vote("a") == "kept; A was base, B was base"
    [vote] = lab.lab.store.votes()
    assert vote.shown == ("ba" if swapped else "ab")
    assert lab.lab.store.reply(vote.a if vote.choice == "a" else vote.b).text == shown.a
    with pytest.raises(LabError, match="compare first"):
        lab.vote("a")


def test_mistakes_are_said_in_one_line(lab: Notebook, home: Path, tiny_model: Path):
    with pytest.raises(LabError, match="chat first"):
        lab.thumbs_up()
    with pytest.raises(SettingsError, match="temperature"):
        lab.chat("hello", temperature=9.0)
    lab.compare("which?")
    with pytest.raises(LabError, match="'c' is no vote"):
        lab.vote("c")  # type: ignore[arg-type]
    with pytest.raises(TrainingError, match="nothing to train on yet"):
        lab.train("kto")
    with pytest.raises(BusyError, match="already runs"):
        open_lab(str(tiny_model), home=home, quantize="none")
    lab.close()
    with pytest.raises(LabError, match="this lab is closed"):
        lab.chat("hello")


def test_a_model_that_is_not_there_leaves_the_home_free(home: Path, tiny_model: Path):
    with pytest.raises(ModelError, match="no such folder"):
        open_lab("nowhere", home=home)
    open_lab(str(tiny_model), home=home, quantize="none", trainer=False).close()


def test_the_page_may_be_framed_by_a_notebook_and_by_nobody_else(lab: Notebook):
    window = lab.show(height=500)
    assert window is not lab.show() and window.address == lab.show().address, "one page, however often it is shown"
    page = httpx.get(window.address)
    assert "Hone" in page.text
    [frames] = [part for part in page.headers["content-security-policy"].split("; ") if part.startswith("frame-ancestors")]
    assert "http://localhost:*" in frames and "*" not in frames.split() and "https:" not in frames.split()
    assert 'height="500"' in window._repr_html_() and f'src="{window.address}"' in window._repr_html_()
    evil = {"origin": "http://localhost:8888"}
    assert httpx.post(f"{window.address}/gradio_api/queue/join", json={}, headers=evil).status_code == 403


def test_a_round_from_votes_to_the_next_reply(home: Path, tiny_model: Path):
    with open_lab(str(tiny_model), home=home, quantize="none", device="cpu", settings=EASY) as lab:
        prompts = [f"tell me about dog number {number}" for number in range(30)]
        for prompt in [text for text in prompts if not is_held_out([{"role": "user", "content": text}])][:4]:
            lab.compare(prompt)
            lab.vote("a")
        report = lab.train("dpo")
        assert report is not None and report.algorithm == "dpo" and report.steps > 0
        assert lab.chat("hello").version == 1
        frame = lab.versions()
        assert list(frame.index) == [0, 1]
        assert frame.loc[1, "state"] == "live" and frame.loc[1, "algorithm"] == "dpo" and frame.loc[1, "examples"] == report.used
        assert lab.rollback() == "base speaks again" and lab.chat("hello").version == 0
        assert lab.activate(1) == "version 1 speaks" and lab.chat("hello").version == 1


def test_the_example_notebook_runs_and_its_outputs_are_kept(tmp_path: Path):
    """On the bundled starter, in a kernel of its own, cell by cell; what stands in the file is from such a run."""
    import nbformat
    from nbclient import NotebookClient

    kept = nbformat.read(ROOT / "notebooks" / "hone.ipynb", as_version=4)
    cells = [cell for cell in kept.cells if cell.cell_type == "code"]
    assert all(cell.execution_count for cell in cells) and all("traceback" not in str(cell.outputs) for cell in cells)
    words = str([cell.outputs for cell in cells])
    assert str(Path.home()) not in words and str(ROOT) not in words, "outputs name no folder of whoever ran it"
    ran = NotebookClient(kept, timeout=400, kernel_name="python3", resources={"metadata": {"path": str(ROOT)}}).execute()
    shown = [cell.outputs for cell in ran.cells if cell.cell_type == "code"]
    assert any("<iframe" in str(outputs) for outputs in shown)
    table = next(str(outputs) for outputs in shown if "text/plain" in str(outputs) and "algorithm" in str(outputs))
    assert "dpo" in table, "a version was made"
