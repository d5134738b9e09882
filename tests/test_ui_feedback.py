"""The Feedback tab's handlers over a real store: what is listed, what an import writes and when, what is forgotten and when."""

from __future__ import annotations

import json
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr
import pytest

from lab.errors import LabError
from lab.feedback.exchange import import_file
from lab.feedback.shapes import parse
from lab.loop.care import switches
from lab.loop.forget import Forgotten
from lab.records import Conversation, Job, Reply, Vote
from lab.ui.app import build
from lab.ui.tabs import feedback_audit as audit
from lab.ui.tabs import feedback_exchange as exchange
from lab.ui.tabs import feedback_forgetting as forgetting
from lab.ui.tabs import feedback_opinions as opinions
from lab.ui.tabs.feedback_audit import AuditHandlers
from lab.ui.tabs.feedback_exchange import ExchangeHandlers, counted
from lab.ui.tabs.feedback_forgetting import ForgettingHandlers
from lab.ui.tabs.feedback_opinions import CHOICES, OpinionsHandlers, day, pane, table_row
from tests.fakes import FakeStatus, page_lab
from tests.test_ui_kept import Caller


@dataclass
class Selected:
    index: Any


@pytest.fixture
def lab(home: Path) -> Any:
    return page_lab(home)


def fill(lab: Any, folder: Path, count: int = 60) -> None:
    sides = [{"response_a": f"yes {k}", "response_b": f"no {k}", "choice": "ab"[k % 2]} for k in range(count)]
    rows = [{"prompt": f"question {k}"} | each for k, each in enumerate(sides)]
    (folder / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    import_file(lab.store, folder / "rows.jsonl")


class List:
    """The list as a page sees it: what it sends is what was last shown."""

    def __init__(self, lab: Any) -> None:
        with gr.Blocks():
            self.part = opinions.build()
        self.do = OpinionsHandlers(lab, self.part)
        self.values: dict[Any, Any] = dict.fromkeys(self.part.filters(), "") | {self.part.start: 0, self.part.chosen: None}
        self.shown: dict[Any, Any] = {}

    def take(self, update: dict[Any, Any]) -> dict[Any, Any]:
        self.shown |= update
        self.values |= {each: update[each] for each in (self.part.start, self.part.chosen) if each in update}
        return update


@pytest.fixture
def listed(lab: Any, tmp_path: Path) -> List:
    fill(lab, tmp_path)
    made = List(lab)
    made.take(made.do.open(made.values))
    return made


def test_pages_turn_and_stay_within_what_there_is(listed: List) -> None:
    part, do = listed.part, listed.do
    assert listed.shown[part.count] == "<p>1 to 50 of 60</p>" and len(listed.shown[part.table]["value"]) == 50
    listed.take(do.older(listed.values))
    assert listed.shown[part.count] == "<p>51 to 60 of 60</p>" and listed.shown[part.older]["interactive"] is False
    listed.take(do.older(listed.values))
    assert listed.values[part.start] == 50, "there is no page beyond the last"
    listed.values[part.choice] = "decided"
    listed.take(do.find(listed.values))
    assert listed.values[part.start] == 0
    listed.values[part.choice] = "up"
    assert "No opinion matches." in do.find(listed.values)[part.count]
    assert "No opinion" not in do.clear()[part.count]


def test_an_empty_list_says_what_fills_it(lab: Any) -> None:
    """The page sends "" for a list that stands at All, and that was taken for a filter that nothing matches."""
    made = List(lab)
    lists = (made.part.kind, made.part.state, made.part.rater, made.part.criterion, made.part.choice, made.part.version)
    shown = made.do.find(made.values | dict.fromkeys(lists, ""))
    assert "rate a reply in Chat" in shown[made.part.count] and shown[made.part.table]["visible"] is False


def test_what_is_withdrawn_is_read_no_more_and_can_be_restored(listed: List, lab: Any) -> None:
    part, do = listed.part, listed.do
    with pytest.raises(LabError, match="no opinion is chosen"):
        do.withdraw(listed.values)
    listed.take(do.pick(listed.shown[part.shown], Selected([3, 0])))  # type: ignore[arg-type]
    chosen = listed.values[part.chosen]
    assert chosen == listed.shown[part.shown][3]
    listed.take(do.withdraw(listed.values))
    assert len(lab.store.votes()) == 59 and listed.shown[part.restore]["visible"] and not listed.shown[part.withdraw]["visible"]
    listed.take(do.restore(listed.values))
    assert len(lab.store.votes()) == 60 and listed.values[part.chosen] == chosen
    with pytest.raises(LabError, match="older than the lab's"):
        do.pick([], Selected([3, 0]))  # type: ignore[arg-type]
    lab.store.purge(lab.store.purgeable(rater="me"))
    listed.take(do.open(listed.values))
    assert listed.values[part.chosen] is None and listed.shown[part.detail] == "", "forgotten while it was looked at"


def test_a_row_and_a_pane_say_which_reply_was_liked(listed: List, lab: Any) -> None:
    ((found, *_), _) = lab.store.browse(opinions.Filter(text="question 1"))
    assert found.choice in ("a", "b")
    liked = found.a if found.choice == "a" else found.b
    assert table_row(found)[3] == liked
    shown = pane(lab.store.detail(found.id), [2])
    assert shown.index("liked") < shown.index(liked) and "learned by version 2" in shown
    assert {choice for _, choices in CHOICES.values() for choice in choices} >= {"a", "b", "tie", "both_bad", "up", "down"}


def test_days_are_checked() -> None:
    assert day("", "From") is None is day(None, "From")
    assert day(" 2026-01-31 ", "From") == time.mktime((2026, 1, 31, 0, 0, 0, 0, 0, -1))
    for wrong in ("31.1.2026", "2026-02-30", "0001-01-01", "x" * 99):
        if wrong != "0001-01-01" or os.name == "nt":
            with pytest.raises(LabError, match=r"Until is '.*'; write a day as 20"):
                day(wrong, "Until")


@pytest.fixture
def moving(lab: Any) -> ExchangeHandlers:
    with gr.Blocks():
        return ExchangeHandlers(lab, exchange.build())


def upload(lab: Any, name: str, content: bytes) -> str:
    """As Gradio keeps it."""
    folder = lab.settings.feedback_data / "page" / "0123abc"
    folder.mkdir(parents=True)
    (folder / name).write_bytes(content)
    return str(folder / name)


def test_nothing_is_written_before_the_second_click_and_no_copy_stays(moving: ExchangeHandlers, lab: Any) -> None:
    part = moving.part
    row = {"prompt": "<img src=x>", "completion": "fine", "label": True}
    file = upload(lab, "x.jsonl", (json.dumps(row) + "\nbroken\n").encode())
    seen = moving.look(file, None, "ann")
    assert lab.store.thumbs() == [] and seen[part.take]["value"] == "Import 1 opinion"
    assert "&lt;img src=x&gt;" in seen[part.seen] and "<img" not in seen[part.seen] and "line 2: not JSON" in seen[part.seen]
    done = moving.take(seen[part.pending], "ann")
    assert [thumb.rater for thumb in lab.store.thumbs()] == ["ann"] and done[part.pending] is None
    assert not Path(file).parent.exists()
    with pytest.raises(LabError, match="not here any more; choose it again"):
        moving.take(file, "ann")
    again = moving.look(upload(lab, "x.jsonl", json.dumps(row).encode()), None, "ann")
    assert again[part.take]["interactive"] is False and again[part.take]["value"] == "Nothing new to import"
    moving.drop(again[part.pending])
    assert not Path(file).parent.exists()


def test_an_upload_that_cannot_be_read_is_told_by_its_name_and_removed(moving: ExchangeHandlers, lab: Any) -> None:
    file = upload(lab, "x.parquet", b"no parquet")
    with pytest.raises(LabError, match=r"^x\.parquet is no parquet file"):
        moving.look(file, None, "ann")
    assert not Path(file).exists()


def test_the_rows_shown_as_examples_are_rows_that_an_import_takes():
    assert [parse(row, "me").kind for row in exchange.EXAMPLES.values()] == list(exchange.EXAMPLES) == list(exchange.NAMES)
    assert "&quot;chosen&quot;: &quot;Leaves" in exchange.examples()


def test_exports_are_written_in_the_page_folder_and_old_ones_removed(moving: ExchangeHandlers, lab: Any, tmp_path: Path) -> None:
    with pytest.raises(LabError, match="there are no pairs to export"):
        moving.export("pairs")
    fill(lab, tmp_path, 3)
    made = Path(moving.export("pairs")[moving.part.ready]["value"])
    assert len(made.read_text().splitlines()) == 3 and moving.folder in made.parents
    os.utime(made.parent, (0, 0))
    moving.export("votes")
    assert not made.exists() and len(list(moving.folder.rglob("votes.jsonl"))) == 1
    build(lab)
    assert not moving.folder.exists(), "what a killed lab left is gone when the next one starts"


@pytest.fixture
def looking(lab: Any) -> AuditHandlers:
    with gr.Blocks():
        return AuditHandlers(lab, audit.build())


def voted(lab: Any, count: int) -> None:
    for k in range(count):
        talk = lab.store.start_conversation(f"talk {k}")
        lab.store.add_reply(Reply(f"q{k}", talk, None, "user", f"talk {k}"))
        for side in "ab":
            said = f"answer {side}"
            lab.store.add_reply(Reply(f"{side}{k}", talk, f"q{k}", "assistant", said, (1,), (-1.0,), 0, "tiny", finish="end"))
        lab.store.add_opinion(Vote(f"a{k}", f"b{k}", "a", "ab", ms=100))


def test_a_card_a_finding_and_a_switch_for_each_that_training_can_use(looking: AuditHandlers, lab: Any) -> None:
    part = looking.part
    shown = looking.open()
    assert set(part.cards) == set(audit.ORDER) and set(part.switches) == set(audit.ORDER) - {"thumbs"}
    assert "Not enough yet: 0 of at least 10, 10 more." in shown[part.cards["side"]]
    assert "Every opinion counts alike" in shown[part.summary]
    voted(lab, 20)
    shown = looking.open()
    side = shown[part.cards["side"]]
    assert "<b>100 %</b> of 20 (95 %: 84 % to 100 %)" in side and 'class="concern"' in side
    assert "Would do: 20 left out." in shown[part.cards["haste"]]
    turned = looking.switcher("haste")(True)
    assert switches(lab.store, lab.settings)["haste"] and turned[part.switches["haste"]]["value"] is True
    assert "1 switch on: 20 left out" in turned[part.summary] and turned[part.reset]["visible"] is True
    assert looking.reset()[part.reset]["visible"] is False and not any(switches(lab.store, lab.settings).values())


def test_the_votes_are_read_again_only_when_something_is_new(
    looking: AuditHandlers, lab: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    voted(lab, 12)
    looking.open()
    monkeypatch.setattr(audit, "asked_of", lambda store: pytest.fail("read again"))
    assert "of 12" in looking.open()[looking.part.cards["side"]]


def test_a_long_look_at_the_votes_is_announced_and_a_short_one_is_not(looking: AuditHandlers, lab: Any) -> None:
    """With 10,000 votes the audit's page stood empty for five seconds, as if nothing had been clicked."""
    voted(lab, 12)
    first, found = looking.enter()
    assert "Reading every vote" in first[looking.part.summary] and list(first) == [looking.part.summary]
    assert "Every opinion counts alike" in found[looking.part.summary]
    (again,) = looking.enter()
    assert "Every opinion counts alike" in again[looking.part.summary]


def test_an_export_says_that_it_is_under_way_and_where_it_ended(moving: ExchangeHandlers, lab: Any, tmp_path: Path) -> None:
    part = moving.part
    fill(lab, tmp_path, 4)
    busy, done = moving.exporting("pairs")
    assert busy[part.export]["interactive"] is False and busy[part.ready]["visible"] is False
    assert done[part.export]["interactive"] is True and done[part.ready]["visible"] is True
    stream = moving.exporting("chats")
    next(stream)
    with pytest.raises(LabError, match="there are no chats to export"):
        next(stream)
    assert moving.rested("chats")[part.export] == gr.update(value="Export", interactive=True)


@pytest.fixture
def forgetful(lab: Any) -> ForgettingHandlers:
    with gr.Blocks():
        return ForgettingHandlers(lab, forgetting.build())


def test_forgetting_is_told_first_and_done_after(
    forgetful: ForgettingHandlers, moving: ExchangeHandlers, lab: Any, tmp_path: Path
) -> None:
    part = forgetful.part
    fill(lab, tmp_path, 4)
    moving.export("pairs")
    talk = lab.store.conversations()[0].id
    with pytest.raises(LabError, match="no rater is chosen"):
        forgetful.ask_rater(None)
    asked = forgetful.ask_conversation(talk)
    assert "deletes 3 turns and 1 opinion, for good." in asked[part.told]
    assert "No version has learned from it." in asked[part.told]
    assert len(lab.store.votes()) == 4 and forgetful.keep()[part.asked] is None
    done = forgetful.forget(asked[part.asked])
    assert len(lab.store.votes()) == 3 and done[part.sure]["visible"] is False
    assert not moving.folder.exists(), "the export held it"
    with pytest.raises(LabError, match="no such conversation any more"):
        forgetful.forget(asked[part.asked])
    with pytest.raises(LabError, match="nothing was asked for"):
        forgetful.forget(None)
    opinion = lab.store.votes()[0]
    part.asked.keep("ann", ("rater", "somebody else"))
    filled = forgetful.prefill(opinion.id, Caller("ann"))
    assert filled[part.asked] is None and filled[part.sure]["visible"] is False
    part.asked.keep("ann", ("rater", "me"))
    assert part.asked not in forgetful.prefill(opinion.id, Caller("ann")), "a click that is told twice takes back no question"
    part.asked.keep("ann", None)
    listing = lab.store.conversations

    def meanwhile(*limits: int) -> list[Conversation]:
        part.asked.keep("ann", ("rater", "me"))
        return listing(*limits)

    lab.store.conversations = meanwhile
    assert part.asked not in forgetful.prefill(opinion.id, Caller("ann")), "nor does one that is still at work when it is put"
    assert filled[part.rater]["value"] == "me"
    assert filled[part.conversation]["value"] == lab.store.reply(opinion.a).conversation
    forgetful.forget(forgetful.ask_rater("me")[part.asked])
    assert lab.store.votes() == []


def test_opening_the_tab_takes_nothing_back_that_a_row_has_chosen_meanwhile(
    forgetful: ForgettingHandlers, lab: Any, tmp_path: Path
) -> None:
    """It was asked while nothing was chosen, answered late, and the rater of the row was gone when the button was pressed."""
    part = forgetful.part
    fill(lab, tmp_path, 2)
    talk = lab.store.conversations()[0].id
    empty = forgetful.open(None, None)
    assert "value" not in empty[part.rater] and "value" not in empty[part.conversation]
    kept = forgetful.open(talk, "me")
    assert (kept[part.conversation]["value"], kept[part.rater]["value"]) == (talk, "me")
    gone = forgetful.open("gone", "nobody")
    assert (gone[part.conversation]["value"], gone[part.rater]["value"]) == (None, None)


@pytest.mark.parametrize("again", [False, True])
def test_who_forgets_is_told_that_a_round_on_the_rest_begins(
    forgetful: ForgettingHandlers, lab: Any, monkeypatch: pytest.MonkeyPatch, again: bool
) -> None:
    said: list[str] = []
    monkeypatch.setattr(gr, "Info", lambda words, **rest: said.append(words))
    monkeypatch.setattr(forgetful, "what", lambda what, name: name)
    lab.worker.forget = lambda what: Forgotten(1, 2, {"tiny": [1]}, {}, {"tiny": 0})
    lab.worker.status = lambda: FakeStatus(job=Job("dpo", "tiny", 0, "", (), seed=1) if again else None)
    forgetful.forget(("rater", "bob"))
    assert said == ["Forgotten: 2 turns and 1 opinion." + " A round on what is left begins by itself." * again]


def test_one_of_something_is_not_many() -> None:
    assert [counted(number, name) for number, name in ((1, "pairs"), (2, "pairs"), (1, "already here"))] == [
        "1 pair", "2 pairs", "1 already here",
    ]  # fmt: skip
