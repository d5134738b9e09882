"""The Training tab: sentences, numbers, plots of a running round, and only what changed."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import gradio as gr
import pytest

from lab.records import AdapterVersion, Counts, Job, Report
from lab.settings import load_settings
from lab.train.judged import PHASE
from lab.ui.explained import conditions, settings_table
from lab.ui.round import course, figures, progress_line, read_log, seconds_left, stages, thinned
from lab.ui.tabs import training
from lab.ui.tabs.training import TrainingHandlers, plot, reason_line, round_row
from tests.fakes import FakeStatus, FakeVersions, page_lab


@pytest.fixture
def handlers(home: Path) -> TrainingHandlers:
    with gr.Blocks():
        lab = page_lab(home)
        return TrainingHandlers(lab, training.build(lab.settings))


def job(**changes) -> Job:
    return replace(Job("dpo", "tiny", 0, "", ("o1", "o2"), 1, reason="16 new votes"), **changes)


def report(**changes) -> Report:
    made = Report("dpo", 1, 0, 24, 32, {}, 0.69, 0.41, 0.5, 0.75, 12, 0.03, {}, 9.0, 700.0, "passed", "held-out rose")
    return replace(made, **changes)


def test_a_tick_says_only_what_changed(handlers: TrainingHandlers):
    """The page looks every two seconds; drawing plots and a table again for nothing would make it stutter."""
    first = handlers.tick({})
    assert {handlers.tab.reason, handlers.tab.counts, handlers.tab.loss, handlers.tab.rounds} <= set(first)
    seen = first[handlers.tab.seen]
    assert handlers.tick(seen) == {}
    handlers.lab.worker.now = FakeStatus(reason="13 of 16 new votes; 3 more start a round.", counts=Counts(pairs=13))
    changed = handlers.tick(seen)
    assert set(changed) == {handlers.tab.reason, handlers.tab.counts, handlers.tab.seen}
    assert "13 of 16 new votes" in changed[handlers.tab.reason]


def test_a_running_round_shows_its_steps_from_the_staging_log(handlers: TrainingHandlers, home: Path):
    store, running = handlers.lab.store, job()
    store.add_job(running)
    store.claim_job("trainer", "tiny")
    store.heartbeat(running.id, {"step": 3, "steps": 10, "phase": "training", "accuracy": 0.75, "seconds": 4.2})
    folder = home / f".staging-{running.id}"
    folder.mkdir()
    steps = [json.dumps({"step": number, "loss": number / 100, "margin": number / 10}) for number in (1, 2, 3)]
    (folder / "log.jsonl").write_text("\n".join(steps) + '\n{"step": 4, "lo')
    shown = handlers.tick({})
    assert shown[handlers.tab.loss]["value"].to_dict("list") == {"step": [1, 2, 3], "loss": [0.01, 0.02, 0.03]}
    assert shown[handlers.tab.margin]["value"]["margin"].tolist() == [0.1, 0.2, 0.3]
    line = shown[handlers.tab.progress]
    assert "on 2 opinions · step 3 of 10 · 75 % of pairs right" in line and "Direct preference optimization" in line
    assert '<li aria-current="step">training</li>' in line
    assert "width:30%" in line
    assert shown[handlers.tab.stop]["visible"]
    assert not shown[handlers.tab.now]["interactive"]


def test_a_finished_round_shows_its_verdict_and_its_log_from_the_versions_folder(handlers: TrainingHandlers, home: Path):
    folder = home / "0001"
    folder.mkdir()
    (folder / "log.jsonl").write_text('{"step": 1, "loss": 0.5, "margin": 1.5}\n')
    made = AdapterVersion(1, "tiny", 0, "live", "dpo", 5.0, report=report(), why="held-out rose", folder=folder, job="j")
    handlers.lab = replace(handlers.lab, versions=FakeVersions(home, made, live=1))
    handlers.lab.store.add_job(job(id="j"))
    handlers.lab.store.finish_job(handlers.lab.store.claim_job("trainer", "tiny").id, 1)
    shown = handlers.tick({})
    assert shown[handlers.tab.loss]["value"]["loss"].tolist() == [0.5]
    (row,) = shown[handlers.tab.rounds]["value"]
    assert row[1:] == ["DPO", "2", "passed", "version 1", "50 % → 75 % of 12", "held-out rose"]


def test_a_failed_round_says_why():
    row = round_row(job(state="failed", error="the trainer died twice"), None)
    assert row[3:] == ["failed", "–", "–", "the trainer died twice"]


def test_a_refused_version_says_why_it_was_refused():
    made = AdapterVersion(2, "tiny", 1, "refused", "kto", 5.0, report=report(verdict="refused", why="repeats itself"))
    assert round_row(job(version=2, state="done"), made)[3:] == ["refused", "version 2", "50 % → 75 % of 12", "repeats itself"]


def test_buttons_ask_the_worker(handlers: TrainingHandlers):
    handlers.train_now("auto", {})
    handlers.train_now("kto", {})
    paused = handlers.pause({})
    assert paused[handlers.tab.resume]["visible"] and not paused[handlers.tab.pause]["visible"]
    assert "paused" in paused[handlers.tab.reason]
    resumed = handlers.resume(paused[handlers.tab.seen])
    assert resumed[handlers.tab.pause]["visible"]
    assert handlers.lab.worker.asked == [("train", None), ("train", "kto"), "pause", "resume"]


def test_what_is_wrong_with_the_trainer_is_shown_as_text():
    line = reason_line(FakeStatus(reason="waiting", last_error="out of <memory>"))  # type: ignore[arg-type]
    assert "out of &lt;memory&gt;" in line


def test_progress_before_the_first_heartbeat():
    assert '<li aria-current="step">loading</li>' in progress_line(job(state="running"), None)
    assert "No round has run yet" in progress_line(None, None)


def test_plots_stand_where_there_is_something_to_draw(handlers: TrainingHandlers, home: Path):
    """Before the first round a newcomer saw two empty frames with axes."""
    before = handlers.tick({})
    assert not before[handlers.tab.loss]["visible"] and not before[handlers.tab.margin]["visible"]
    running = job()
    handlers.lab.store.add_job(running)
    handlers.lab.store.claim_job("trainer", "tiny")
    folder = home / f".staging-{running.id}"
    folder.mkdir()
    (folder / "log.jsonl").write_text('{"step": 1, "loss": 0.5}\n')
    now = handlers.tick(before[handlers.tab.seen])
    assert now[handlers.tab.loss]["visible"] and now[handlers.tab.margin]["visible"]


def test_a_missing_log_is_an_empty_plot(tmp_path: Path):
    assert read_log(tmp_path / "log.jsonl") == []
    assert plot([], "loss").to_dict("list") == {"step": [], "loss": []}


def test_steps_without_a_number_are_left_out():
    """KTO has no margin, a diverged step has no loss."""
    points = [{"step": 1, "loss": 0.5}, {"step": 2, "loss": None, "margin": 1}]
    assert plot(points, "margin").to_dict("list") == {"step": [2], "margin": [1.0]}
    assert plot(points, "loss").to_dict("list") == {"step": [1], "loss": [0.5]}


@pytest.mark.parametrize("count", [0, 1, 199, 200, 201, 5000])
def test_plots_have_at_most_200_points_and_keep_the_ends(count: int):
    points = [{"step": number} for number in range(count)]
    kept = thinned(points)
    assert len(kept) == min(count, 200)
    assert kept[:1] == points[:1] and kept[-1:] == points[-1:]
    assert kept == sorted(kept, key=lambda point: point["step"])


def test_a_reinforcement_round_shows_its_reward_and_what_became_of_replies(handlers: TrainingHandlers, home: Path):
    store, running = handlers.lab.store, job(algorithm="ppo")
    store.add_job(running)
    store.claim_job("trainer", "tiny")
    newest = {"step": 2, "steps": 20, "phase": "training", "reward": 0.5, "kl": 0.1234, "value_loss": 0.25, "clip_fraction": 0.08,
              "length": 17.4, "ended": 1.0}  # fmt: skip
    store.heartbeat(running.id, newest)
    folder = home / f".staging-{running.id}"
    folder.mkdir()
    samples = [{"prompt": "hi", "before": "<b>no</b>", "now": "yes?"}]
    entries = [{"step": 1, "reward": 0.1}, newest | {"samples": samples}]
    (folder / "log.jsonl").write_text("\n".join(json.dumps(entry) for entry in entries))
    shown = handlers.tick({})
    cards = shown[handlers.tab.figures]
    assert [number for number in ("0.50", "0.123", "0.250", "8%", "17", "100%") if f'"number">{number}<' not in cards] == []
    second = shown[handlers.tab.margin]
    assert (second["y"], second["value"]["reward"].tolist()) == ("reward", [0.1, 0.5])
    table = shown[handlers.tab.samples]
    assert "<td>hi</td><td>&lt;b&gt;no&lt;/b&gt;</td><td>yes?</td>" in table, "what a model says is text, never markup"


def test_a_reward_model_is_named_and_its_worth_is_said(handlers: TrainingHandlers, home: Path):
    assert "Reward model" not in handlers.tick({})[handlers.tab.reason]
    made = replace(AdapterVersion(2, "tiny", 1, "live", "reward", 1.0), why="right in 78% of 90 opinions it never saw", job="j")
    handlers.lab.versions.scorers = FakeVersions(home, made, live=2)
    assert "Reward model 2: right in 78% of 90" in handlers.tick({})[handlers.tab.reason]
    row = round_row(job(algorithm="reward", state="done", version=2), made)
    assert row[1] == "Reward model" and row[4] == "reward 2"


def test_what_starts_a_round_and_what_is_still_missing(home: Path):
    settings = load_settings(home).loop
    waiting = FakeStatus(fresh=Counts(new_pairs=13), trainer_alive=False)
    shown = conditions(waiting, settings)  # type: ignore[arg-type]
    assert "13 of 16 new votes since the last round" in shown and 'aria-valuenow="81"' in shown
    assert shown.count('class="met"') == 2 and shown.count('class="open"') == 2
    ready = conditions(replace(waiting, fresh=Counts(new_labelled=40), trainer_alive=True), settings)  # type: ignore[arg-type]
    assert "16 of 16 new thumbs" in ready and 'class="open"' not in ready
    assert 'class="open"' in conditions(replace(waiting, paused=True), settings)  # type: ignore[arg-type]
    nearly = replace(waiting, fresh=Counts(new_pairs=40), trainer_alive=True, settling=7)
    held = conditions(nearly, settings)  # type: ignore[arg-type]
    assert "blind votes have decided on version 7, or 64 new votes" in held and held.count('class="open"') == 1
    enough = conditions(replace(nearly, fresh=Counts(new_pairs=64)), settings)  # type: ignore[arg-type]
    assert 'class="open"' not in enough


def test_every_setting_of_rounds_is_explained_with_its_limits(home: Path):
    (home / "lab.toml").write_text("[train]\nepochs = 7\n")
    settings = load_settings(home)
    shown = settings_table(settings)
    for section in ("loop", "train", "reward", "ppo", "gate", "trial"):
        for name in type(getattr(settings, section)).model_fields:
            assert f"<code>{section}.{name}</code>" in shown
    assert "<td>7 <em>(changed)</em></td>" in shown and shown.count("(changed)") == 1
    assert "<td>by itself</td>" in shown and "<td>at least 1, at most 100</td>" in shown


def test_time_left_goes_by_the_pace_of_the_last_steps():
    points = [{"step": number, "seconds": 9.0 if number < 5 else 2.0} for number in range(1, 21)]
    assert seconds_left({"phase": "training", "step": 20, "steps": 50}, points) == 60.0
    drawn = [{"step": 1, "seconds_rollout": 3.0, "seconds_update": 1.0}]
    assert seconds_left({"phase": "training", "step": 1, "steps": 20}, drawn) == 76.0
    assert seconds_left({"phase": "judging", "step": 20, "steps": 20}, points) is None
    assert seconds_left({"phase": "training", "step": 1, "steps": 20}, []) is None
    running = job(state="running", progress={"phase": "training", "step": 20, "steps": 50})
    assert "about 60 s left" in progress_line(running, None, points)


def test_stages_before_are_done_and_a_fold_is_a_stage_of_its_own():
    shown = stages("training")
    assert shown.count('class="done"') == 3 and shown.count("aria-current") == 1
    assert "fold 2 of 3" in stages("fold 2 of 3")
    asked = job(state="running", progress={"phase": "reference", "step": 1, "steps": 1})
    assert '<li aria-current="step">asking the base</li>' in progress_line(asked, None)
    assert '<li aria-current="step">judging</li>' in progress_line(asked, None, [{"step": 3, "loss": 0.5}])


def test_a_round_says_which_of_its_pairs_nobody_voted_on():
    comparing = job(state="running", progress={"phase": PHASE, "step": 64, "steps": 282})
    assert f'<li aria-current="step">{PHASE}</li>' in progress_line(comparing, None)
    training = job(state="running", progress={"phase": "training", "step": 1, "steps": 9, "judged": "275 pairs that <i> chose"})
    assert "and 275 pairs that &lt;i&gt; chose" in progress_line(training, None)


def test_figures_are_those_a_round_has_with_their_course():
    assert "-0.000" not in figures([{"step": 1, "kl": -0.0001}]), "an estimate of nothing may fall below it"
    shown = figures([{"step": 1, "loss": 0.9, "accuracy": 0.5}, {"step": 2, "loss": 0.4, "accuracy": 1.0, "kl": 0.02}])
    assert shown.count('class="card figure"') == 3 and "<svg" in shown
    assert 'aria-label="Loss, from 0.9 to 0.4 in 2 steps"' in shown and "Reward" not in shown.replace("reward model", "")
    assert course([1.0], "x") == "" and "nan" not in course([1.0, 1.0], "x")


def test_replies_before_and_after_stay_when_later_lines_have_none(handlers: TrainingHandlers, home: Path):
    store, running = handlers.lab.store, job()
    store.add_job(running)
    store.claim_job("trainer", "tiny")
    folder = home / f".staging-{running.id}"
    folder.mkdir()
    samples = [{"prompt": "hi", "before": "no", "now": "yes"}]
    lines = [{"step": 3, "loss": 0.5}, {"step": 3, "phase": "judging", "samples": samples}, {"step": 4, "loss": 0.4}]
    (folder / "log.jsonl").write_text("\n".join(map(json.dumps, lines)))
    assert "<td>no</td><td>yes</td>" in handlers.tick({})[handlers.tab.samples]
