"""The worker: rounds start, come back after a killed trainer, pass the gate, reach the chat; nothing stays behind."""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from lab.errors import BusyError, NoMemoryError, TrainingError, VersionError
from lab.feedback.store import Store
from lab.loop.trainer import TrainerProcess, ending, is_gone, last_line
from lab.loop.trial import evidence
from lab.loop.worker import LEASE, Worker
from lab.records import AdapterVersion, Counts, Job, Reply, Vote, new_id
from lab.registry.versions import Versions
from lab.settings import Settings, load_settings
from tests.fake_trainer import BASE, add_thumbs, add_version, add_votes

ROOT = Path(__file__).parent.parent
HERE = f"{socket.gethostname()}:{os.getpid()}"


class Chat:
    """The engine as the worker sees it: loads versions, unless they are broken."""

    def __init__(self) -> None:
        self.loaded: list[int] = []
        self.broken: set[int] = set()

    def on_live(self, made: AdapterVersion) -> None:
        if made.version in self.broken:
            raise VersionError(f"version {made.version} does not fit")
        self.loaded.append(made.version)


class Lab:
    """A home with a worker whose trainer is tests/fake_trainer.py (or none, with `trainer=False`)."""

    def __init__(self, home: Path, **flags: Any) -> None:
        loop = {"min_new": 4, "min_seconds": 0.0, "heartbeat_seconds": 30.0} | flags
        self.settings: Settings = load_settings(home, {"loop": loop})
        self.store = Store(self.settings.feedback_data)
        self.versions = Versions(self.settings.adapters, BASE, witness=partial(evidence, self.store, BASE))
        self.command = [sys.executable, "-m", "tests.fake_trainer", str(home), BASE]
        self.chat = Chat()

    def worker(self, trainer: bool = True) -> Worker:
        """Without one of its own, it plans for a trainer that somebody else runs: this process."""
        command = self.command if trainer else []
        if not trainer:
            self.store.signals.take_lease(LEASE, HERE, 600)
        return Worker(self.store, self.versions, self.settings, self.chat.on_live, command, first_wait=0.05)

    def end_round(self, **report: Any) -> int:
        """Some trainer does the queued job at once."""
        job = self.store.claim_job(HERE, BASE)
        assert job is not None
        version = add_version(self.versions, job.parent, job=job, **report)
        self.store.finish_job(job.id, version)
        return version

    def only_job(self) -> Job:
        (job,) = self.store.jobs()
        return job


@pytest.fixture
def lab(home: Path, monkeypatch: pytest.MonkeyPatch) -> Lab:
    monkeypatch.chdir(ROOT)  # where the fake trainer is found
    return Lab(home)


@pytest.fixture
def running(lab: Lab) -> Iterator[Callable[[], Worker]]:
    """Starts workers, and sees to it that none outlives its test."""
    started: list[Worker] = []

    def start() -> Worker:
        started.append(lab.worker())
        started[-1].start()
        return started[-1]

    yield start
    for worker in started:
        worker.stop()


def until(true: Callable[[], Any], seconds: float = 30.0) -> Any:
    """What `true` says once it says something; it must within the time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := true():
            return found
        time.sleep(0.02)
    raise AssertionError("it did not happen in time")


# -- the trial


def test_a_version_on_trial_is_taken_back_by_itself(lab: Lab) -> None:
    """Twelve votes against it: nobody has to watch, and the chat is told at once."""
    worker = lab.worker(trainer=False)
    made = lab.versions.start_trial(add_version(lab.versions), "sound", "passed").version
    worker.tick()
    assert lab.chat.loaded == [made] and worker.trial().words.startswith("on trial against the base; no blind vote")
    assert lab.versions.get(made).state == "trial"
    for number in range(12):
        blind_vote(lab.store, made, number, won=False)
    began = time.thread_time()
    worker.tick()
    assert time.thread_time() - began < 1.0
    assert lab.chat.loaded == [made, 0] and worker.trial() is None
    assert lab.versions.get(made).state == "refused" and "0 to 12" in lab.versions.get(made).why


def test_a_version_on_trial_is_proven_by_itself(lab: Lab) -> None:
    worker = lab.worker(trainer=False)
    made = lab.versions.start_trial(add_version(lab.versions), "sound", "passed").version
    for number in range(12):
        blind_vote(lab.store, made, number, won=True)
    worker.tick()
    assert lab.chat.loaded == [made] and lab.versions.get(made).state == "live" and worker.trial() is None


def test_what_the_votes_decided_comes_before_a_new_candidate(lab: Lab) -> None:
    """A round ends in the moment of the last vote: it was trained from a version that is just taken back."""
    worker = lab.worker(trainer=False)
    job = Job("dpo", BASE, 1, "", (), seed=1)
    tried = lab.versions.start_trial(add_version(lab.versions), "sound", "passed").version
    for number in range(12):
        blind_vote(lab.store, tried, number, won=False)
    lab.store.add_job(job)
    made = add_version(lab.versions, parent=tried, job=lab.store.claim_job("host:1", BASE))
    lab.store.finish_job(job.id, made)
    worker.tick()
    assert {each.version: each.state for each in lab.versions.all()} == {0: "live", tried: "refused", made: "candidate"}
    assert "version 0 speaks by now, and it was trained from 1" in lab.versions.get(made).why


def test_a_round_that_ends_during_a_trial_is_tried_in_its_place(lab: Lab) -> None:
    worker = lab.worker(trainer=False)
    tried = lab.versions.start_trial(add_version(lab.versions), "sound", "passed").version
    blind_vote(lab.store, tried, 0, won=True)
    add_votes(lab.store, 8)
    worker.tick()
    job = lab.only_job()
    assert job.parent == tried, "the plan goes on from the version that speaks"
    made = add_version(lab.versions, parent=tried, job=lab.store.claim_job("host:1", BASE))
    lab.store.finish_job(job.id, made)
    worker.tick()
    assert {each.version: each.state for each in lab.versions.all()} == {0: "live", tried: "retired", made: "trial"}
    now = worker.trial()
    assert lab.chat.loaded == [tried, made] and (now.opponent, now.wins, now.own_wins) == (0, 1, 0), "with the votes of its line"
    assert '"wins": 1' in (lab.versions.folder / "STATES.jsonl").read_text()


def test_a_round_waits_for_a_version_that_only_lacks_votes_of_its_own(lab: Lab) -> None:
    worker = lab.worker(trainer=False)
    one = lab.versions.start_trial(add_version(lab.versions), "sound", "passed").version
    two = lab.versions.start_trial(add_version(lab.versions, parent=one), "sound", "passed").version
    for number in range(12):
        blind_vote(lab.store, one, number, won=True)
    add_votes(lab.store, 8)
    worker.tick()
    assert lab.store.jobs() == [] and f"waits until blind votes decide on version {two}" in worker.status().reason
    assert worker.status().settling == two
    for number in range(12):
        blind_vote(lab.store, two, 100 + number, won=True)
    worker.tick()
    assert lab.versions.get(two).state == "live" and lab.versions.proven() == two
    assert lab.only_job().parent == two, "and goes on as soon as they decided"


def test_a_version_on_trial_that_cannot_be_loaded_leaves_the_trial_before_it_as_it_was(lab: Lab) -> None:
    worker = lab.worker(trainer=False)
    one = lab.versions.start_trial(add_version(lab.versions), "sound", "passed").version
    worker.tick()
    two = lab.versions.start_trial(add_version(lab.versions, parent=one), "sound", "passed").version
    lab.chat.broken.add(two)
    worker.tick()
    assert {each.version: each.state for each in lab.versions.all()} == {0: "live", one: "trial", two: "refused"}
    assert worker.trial().version == one and worker.status().last_error == "version 2 does not fit"


def test_a_version_the_votes_took_back_does_not_return_because_the_proven_one_cannot_be_loaded(lab: Lab) -> None:
    worker = lab.worker(trainer=False)
    proven = lab.versions.activate(add_version(lab.versions)).version
    worker.tick()
    tried = lab.versions.start_trial(add_version(lab.versions, parent=proven), "sound", "passed").version
    worker.tick()
    lab.chat.broken.add(proven)
    lab.versions.end_trial(tried, False, "disliked", {})
    worker.tick()
    worker.tick()
    assert lab.chat.loaded == [proven, tried, 0] and lab.versions.live() == 0
    assert {each.version: each.state for each in lab.versions.all()} == {0: "live", proven: "refused", tried: "refused"}


def test_a_rollback_from_another_terminal_ends_the_trial_in_the_chat(lab: Lab) -> None:
    worker = lab.worker(trainer=False)
    tried = lab.versions.start_trial(add_version(lab.versions), "sound", "passed").version
    worker.tick()
    began = time.thread_time()
    Versions(lab.settings.adapters, BASE).rollback()
    worker.tick()
    assert time.thread_time() - began < 1.0
    assert lab.chat.loaded == [tried, 0] and worker.trial() is None and lab.versions.get(tried).state == "retired"
    worker.tick()
    assert lab.versions.live() == 0, "and it does not come back by itself"


def test_a_rollback_in_another_terminal_reaches_the_chat_before_the_next_tick(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between two ticks the loop glances at CURRENT; here a pause would last longer than the test waits."""
    monkeypatch.setattr("lab.loop.worker.PAUSE", 60.0)
    made = add_version(lab.versions)
    lab.versions.activate(made)
    spoke = threading.Event()

    def on_live(version: AdapterVersion) -> None:
        lab.chat.on_live(version)
        spoke.set()

    worker = Worker(lab.store, lab.versions, lab.settings, on_live, lab.command, first_wait=60.0)
    worker.start()
    try:
        took = []
        for turn in range(3):
            time.sleep(0.25)  # the tick is over
            spoke.clear()
            before = time.monotonic()
            if turn % 2:
                Versions(lab.settings.adapters, BASE).activate(made)
            else:
                Versions(lab.settings.adapters, BASE).rollback()
            assert spoke.wait(10.0)
            took.append(time.monotonic() - before)
    finally:
        worker.stop()
    print("the chat speaks by another version after", ", ".join(f"{seconds:.3f} s" for seconds in took))
    assert lab.chat.loaded == [0, made, 0] and min(took) < 0.4


def test_a_glance_at_who_is_to_speak_costs_next_to_nothing(lab: Lab) -> None:
    lab.versions.activate(add_version(lab.versions))
    began = time.thread_time()
    for _ in range(1000):
        assert lab.versions.named() == 1
    assert time.thread_time() - began < 1.0, "a thousandth of a second each, and ten a second: a hundredth of a core at most"


def blind_vote(store: Store, version: int, number: int, won: bool) -> None:
    conversation = store.start_conversation("blind", "compare")
    user = Reply(new_id(), conversation, None, "user", f"prompt {number}")
    ours = Reply(new_id(), conversation, user.id, "assistant", f"by {version}", version=version, base=BASE)
    base = replace(ours, id=new_id(), text="by the base", version=0)  # of one time: drawn together
    for reply in (user, ours, base):
        store.add_reply(reply)
    store.add_opinion(Vote(base.id, ours.id, "b" if won else "a"))


# -- planning, without a trainer process


def test_enough_new_votes_become_a_job_and_then_a_live_version(lab: Lab) -> None:
    worker = lab.worker(trainer=False)
    add_votes(lab.store, 3)
    worker.tick()
    assert lab.store.jobs() == []
    assert worker.status().reason == "3 of 4 new votes; 1 more starts a round." and worker.status().phase == "waiting"

    votes = add_votes(lab.store, 1, start=50)
    worker._counting.renew()  # counts are taken now and then
    worker.tick()
    job = lab.only_job()
    assert (job.algorithm, job.reason, job.state) == ("dpo", "4 new votes", "queued") and votes[0] in job.opinions
    assert worker.status().phase == "queued" and worker.status().job == job
    worker.tick()
    assert len(lab.store.jobs()) == 1  # one at a time

    assert lab.end_round() == 1
    assert lab.chat.loaded == []
    worker.tick()
    assert lab.versions.live() == 1 and lab.chat.loaded == [1]
    worker.tick()
    assert lab.chat.loaded == [1] and len(lab.store.jobs()) == 1
    status = worker.status()
    assert status.counts == Counts(pairs=4, rated=4, new_rated=4) and status.job is None and status.last_error == ""
    assert status.reason == "0 of 4 new votes; 4 more start a round."


def test_a_refused_round_is_not_begun_again_by_itself(lab: Lab) -> None:
    """The votes of a refused candidate are in no live version, so they count as new; they must not start it again for ever."""
    worker = lab.worker(trainer=False)
    add_votes(lab.store, 4)
    worker.tick()
    lab.end_round(kl=9.0)
    for _ in range(3):
        worker.tick()
        worker._counting.renew()
    assert lab.versions.get(1).state == "refused" and lab.chat.loaded == [] and len(lab.store.jobs()) == 1
    status = worker.status()
    assert status.counts.new_pairs == 4  # what people see: none of it is learned
    assert status.reason == "0 of 4 new votes; 4 more start a round."
    add_votes(lab.store, 4, start=50)
    worker._counting.renew()
    worker.tick()
    assert len(lab.store.jobs()) == 2 and len(lab.store.jobs()[0].opinions) == 8  # the next one learns from all


def test_a_rollback_is_not_undone_by_the_next_tick(lab: Lab) -> None:
    worker = lab.worker(trainer=False)
    add_votes(lab.store, 4)
    worker.tick()
    lab.end_round()
    worker.tick()
    lab.versions.rollback()  # on the command line
    for _ in range(2):
        worker._counting.renew()
        worker.tick()
    assert lab.chat.loaded == [1, 0] and lab.versions.live() == 0 and len(lab.store.jobs()) == 1


def test_a_round_asked_to_publish_always_does_not_replace_what_came_after_it(lab: Lab) -> None:
    """`train --publish always` was killed; a chat finished its round days later and silenced the version live by then."""
    old = Job("dpo", BASE, 0, "", (), seed=1, publish="always")
    lab.store.add_job(old)
    lab.versions.activate(add_version(lab.versions))
    worker = lab.worker(trainer=False)
    worker.tick()
    lab.end_round()
    worker.tick()
    assert lab.versions.live() == 1 and lab.versions.get(2).state == "candidate" and lab.chat.loaded == []
    assert "activate it by hand" in lab.versions.get(2).why


def test_a_version_is_published_as_its_own_round_asked(lab: Lab) -> None:
    """adapters/ was removed, numbers began anew, and an old round's `publish` was taken for the new version 1's."""
    old = Job("dpo", BASE, 0, "", (), seed=1, publish="always")
    kept = replace(old, id="kept", publish="never")
    for job in (old, kept):
        lab.store.add_job(job)
        lab.store.finish_job(job.id, 1)
    add_version(lab.versions, job=kept)
    lab.worker(trainer=False).tick()
    assert lab.versions.get(1).state == "candidate" and "kept aside as asked" in lab.versions.get(1).why


def test_a_damaged_candidate_is_told_of_and_stops_no_other(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """The gate's complaint ended every tick: nothing was published, followed or planned until somebody deleted it."""
    worker = lab.worker(trainer=False)
    add_votes(lab.store, 4)
    worker.train_now()
    lab.end_round()
    weights = lab.versions.folder / "0001" / "adapter_model.safetensors"
    whole = weights.read_bytes()
    weights.write_bytes(whole[:-1] + b"\x00")
    worker.train_now()
    lab.end_round()
    worker.tick()
    assert lab.chat.loaded == [2] and "version 1 is damaged" in worker.status().last_error
    add_votes(lab.store, 4, start=50)
    worker._counting.renew()
    worker.tick()
    assert worker.status().phase == "queued"

    weights.write_bytes(whole)  # put back from a copy
    now = time.monotonic
    monkeypatch.setattr(time, "monotonic", lambda: now() + 61)
    worker.tick()
    assert "activate it by hand" in lab.versions.get(1).why
    worker.tick()
    assert worker.status().last_error == ""


def test_a_version_activated_beside_the_chat_is_taken_up(lab: Lab) -> None:
    worker = lab.worker(trainer=False)
    add_version(lab.versions)
    worker.tick()
    assert lab.chat.loaded == []
    Versions(lab.settings.adapters, BASE).activate(1, "by another process")
    worker.tick()
    assert lab.chat.loaded == [1]


def test_a_version_the_chat_cannot_load_goes_back_to_the_one_before(lab: Lab) -> None:
    worker = lab.worker(trainer=False)
    lab.chat.broken.add(1)
    add_version(lab.versions)
    lab.versions.activate(1)
    worker.tick()
    assert lab.versions.live() == 0 and lab.versions.get(1).state == "refused" and lab.chat.loaded == []
    assert worker.status().last_error == "version 1 does not fit"
    add_version(lab.versions)
    lab.versions.activate(2)
    worker.tick()
    assert lab.chat.loaded == [2] and worker.status().last_error == ""
    assert lab.versions.rollback().version == 0  # never back to the broken one


def test_a_version_that_finds_no_memory_is_not_refused_but_waits(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """A trainer beside the chat held the memory in the moment a version was to be loaded, and it was refused for ever."""
    room, asked = False, []

    def on_live(made: AdapterVersion) -> None:
        asked.append(made.version)
        if made.version == 2 and not room:
            raise NoMemoryError("there is not enough memory now; free some")
        lab.chat.on_live(made)

    worker = lab.worker(trainer=False)
    worker.on_live = on_live
    lab.versions.activate(add_version(lab.versions))
    lab.versions.start_trial(add_version(lab.versions), "sound", "passed")
    worker.tick()
    worker.tick()
    assert asked == [2], "not with every tick: each try reads the whole adapter"
    assert (lab.versions.live(), lab.versions.get(2).state, lab.versions.get(1).state) == (2, "trial", "live")
    assert worker.status().last_error.startswith("version 2 waits, and version 0 speaks until then: there is not enough memory")
    lab.versions.rollback()
    worker.tick()
    assert (asked, worker.status().last_error) == ([2, 1], ""), "another one is not kept waiting"
    lab.versions.activate(2)
    worker.tick()
    room = True
    monkeypatch.setattr("lab.loop.worker.AGAIN", 0.0)
    worker._crowded = (2, "", 0.0)  # a minute has passed
    worker.tick()
    assert asked == [2, 1, 2, 2] and lab.chat.loaded == [1, 2] and worker.status().last_error == ""
    assert lab.versions.get(2).state == "live"


def test_pause_outlives_the_lab(lab: Lab) -> None:
    lab.worker(trainer=False).pause()
    add_votes(lab.store, 8)
    again = lab.worker(trainer=False)
    again.tick()
    assert lab.store.jobs() == [] and again.status().phase == "paused" and again.status().paused
    assert again.status().reason == "Paused: no round starts by itself."
    again.resume()
    again.tick()
    assert lab.only_job().state == "queued" and not lab.worker(trainer=False).status().paused


def test_train_now_needs_no_plan_but_something_to_train_on(lab: Lab) -> None:
    worker = lab.worker(trainer=False)
    with pytest.raises(TrainingError, match="nothing to train on yet"):
        worker.train_now()
    worker.pause()
    add_votes(lab.store, 1)
    add_thumbs(lab.store, 1)
    job = worker.train_now("kto")
    assert job.algorithm == "kto" and len(job.opinions) == 2 and lab.only_job() == job
    with pytest.raises(BusyError, match="a kto round is queued already"):
        worker.train_now()
    lab.store.claim_job("somebody:1", BASE)
    with pytest.raises(BusyError, match="a kto round is running already"):
        worker.train_now()


def test_stopping_a_queued_round_ends_it_at_once(lab: Lab) -> None:
    worker = lab.worker(trainer=False)
    worker.stop_round()  # nothing there: nothing happens
    add_votes(lab.store, 4)
    worker.train_now()
    worker.stop_round()
    assert lab.only_job().state == "failed" and "stopped on request" in lab.only_job().error
    assert lab.store.claim_job("x", BASE) is None


def test_rounds_of_another_model_are_none_of_this_labs_business(lab: Lab) -> None:
    """A queued round of the model spoken with before held back every round of this one, and Stop ended it."""
    theirs = Job("dpo", "other-none-87654321", 0, "", (), seed=1)
    dead = replace(theirs, id="dead", state="running", worker=f"{socket.gethostname()}:{dead_pid()}")
    for job in (theirs, dead):
        lab.store.add_job(job)
    worker = lab.worker(trainer=False)
    add_votes(lab.store, 4)
    worker.tick()
    assert [job.base for job in lab.store.jobs() if job.state == "queued"] == [BASE, theirs.base]
    worker.stop_round()
    assert worker.status().job is None
    worker.stop()
    assert lab.store.job(theirs.id) == theirs and lab.store.job("dead") == dead


def test_what_ended_rounds_left_is_swept_but_for_the_newest(lab: Lab) -> None:
    worker = lab.worker(trainer=False)
    worker.pause()
    add_votes(lab.store, 4)
    jobs = []
    for _ in range(3):
        jobs.append(worker.train_now())
        (lab.versions.staging(jobs[-1].id) / "log.jsonl").write_text("{}\n")
        if len(jobs) < 3:
            worker.stop_round()
    worker.tick()
    assert [lab.versions.staging_path(job.id).exists() for job in jobs] == [False, True, True]


def test_trouble_is_shown_and_passes(lab: Lab, running: Callable[[], Worker], monkeypatch: pytest.MonkeyPatch) -> None:
    lab.command = []
    worker = running()
    monkeypatch.setattr(lab.store, "stale_jobs", lambda seconds: 1 / 0)
    until(lambda: "ZeroDivisionError" in worker.status().last_error)
    monkeypatch.undo()
    until(lambda: worker.status().last_error == "")


# -- whose trainer it is


def test_without_a_trainer_no_round_starts_by_itself_and_the_plan_says_how_to_get_one(lab: Lab) -> None:
    """`chat --no-trainer` had no loop at all: it followed no `activate`, and a `trainer` beside it got nothing to do."""
    worker = lab.worker(trainer=False)
    lab.store.signals.release_lease(LEASE, HERE)
    add_votes(lab.store, 4)
    add_version(lab.versions)
    lab.versions.activate(1, "in another terminal")
    worker.tick()
    assert lab.store.jobs() == [] and lab.chat.loaded == [1]
    status = worker.status()
    assert status.reason == "No round starts: no trainer runs; `launch.py trainer` starts one." and not status.trainer_alive
    worker.train_now()
    assert worker.status().reason == "A round waits, but no trainer runs; `launch.py trainer` starts one."
    worker.stop_round()

    add_votes(lab.store, 4, start=50)
    lab.store.signals.take_lease(LEASE, HERE, 600)  # somebody starts a trainer
    worker._counting.renew()
    worker.tick()
    assert worker.status().phase == "queued" and worker.status().trainer_alive


def test_while_another_trainer_works_in_the_home_the_labs_own_waits(
    lab: Lab, running: Callable[[], Worker], tmp_path: Path
) -> None:
    """It was started over and over, loaded the model, and gave up for want of the lease."""
    lab.command = [sys.executable, "-c", f"open({str(tmp_path / 'starts')!r}, 'a').write('x'); import time; time.sleep(60)"]
    lab.store.signals.take_lease(LEASE, HERE, 600)
    worker = running()
    until(lambda: f"Another trainer ({HERE}) works in this home" in worker.status().reason)
    time.sleep(1.2)  # two ticks
    assert not (tmp_path / "starts").exists() and worker.status().trainer_alive and worker.status().last_error == ""
    lab.store.signals.release_lease(LEASE, HERE)
    until((tmp_path / "starts").exists)
    assert "Another" not in worker.status().reason


def test_the_lease_of_a_dead_trainer_holds_nothing_back(lab: Lab, running: Callable[[], Worker]) -> None:
    lab.store.signals.take_lease(LEASE, f"{socket.gethostname()}:{dead_pid()}", 600)
    worker = running()
    until(lambda: worker.trainer.is_alive())


# -- rounds whose trainer died, without waiting for one to


def dead_pid() -> int:
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)
    return child


def test_a_dead_trainers_round_is_queued_again_then_fails_with_the_reason(lab: Lab) -> None:
    worker = lab.worker(trainer=False)
    add_votes(lab.store, 4)
    worker.tick()
    for attempt in (1, 2):
        lab.store.claim_job(f"{socket.gethostname()}:{dead_pid()}", BASE)
        worker.tick()
        assert (lab.only_job().attempts, lab.only_job().state) == (attempt, "queued" if attempt == 1 else "failed")
    assert lab.only_job().error == "the trainer died; given up after 2 attempts, the feedback is kept"
    for _ in range(2):  # at once, with what was counted before it failed, and later: it would die again
        worker.tick()
        assert len(lab.store.jobs()) == 1
        worker._counting.renew()


def test_a_silent_trainer_elsewhere_counts_as_dead(home: Path) -> None:
    lab = Lab(home, heartbeat_seconds=0.2, max_attempts=1)
    worker = lab.worker(trainer=False)
    add_votes(lab.store, 4)
    worker.tick()
    lab.store.claim_job("another-host:1", BASE)
    worker.tick()
    assert lab.only_job().state == "running"
    time.sleep(0.3)
    worker.tick()
    assert lab.only_job().error == "the trainer was silent for 0.2 s; given up after 1 attempt, the feedback is kept"


def test_a_trainer_that_slept_with_the_machine_is_not_silent(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A laptop was opened again, and its trainer was killed before it could give a sign of life."""
    lab = Lab(home, heartbeat_seconds=0.5)
    worker = lab.worker(trainer=False)
    add_votes(lab.store, 4)
    job = worker.train_now()
    lab.store.claim_job("another-host:1", BASE)
    worker.tick()
    now = time.time
    monkeypatch.setattr(time, "time", lambda: now() + 3600)  # the wall's clock; the steady one stood still
    worker.tick()
    assert lab.only_job().state == "running"
    lab.store.heartbeat(job.id, {})  # it woke, too
    time.sleep(0.3)
    worker.tick()
    assert lab.only_job().state == "running"
    time.sleep(0.4)  # and now it hangs
    worker.tick()
    assert (lab.only_job().state, lab.only_job().attempts) == ("queued", 1)


def test_a_stopped_round_of_a_dead_trainer_is_not_begun_again(lab: Lab) -> None:
    worker = lab.worker(trainer=False)
    add_votes(lab.store, 4)
    worker.tick()
    lab.store.claim_job(f"{socket.gethostname()}:{dead_pid()}", BASE)
    worker.stop_round()
    worker.tick()
    assert lab.only_job().state == "failed" and "stopped on request" in lab.only_job().error


# -- with a trainer process


def test_votes_become_a_version_the_chat_speaks(lab: Lab, running: Callable[[], Worker]) -> None:
    worker = running()
    until(lambda: worker.status().trainer_alive)  # warm before there is anything to do
    add_votes(lab.store, 4)
    until(lambda: lab.chat.loaded == [1])
    assert lab.only_job().state == "done" and lab.versions.live() == 1
    add_votes(lab.store, 4, start=50)
    until(lambda: lab.chat.loaded == [1, 2])
    assert lab.versions.lineage(2) == [2, 1]
    assert worker.status().last_error == ""


def test_a_version_of_broken_numbers_never_speaks(lab: Lab, running: Callable[[], Worker]) -> None:
    lab.store.signals.set_flag("fake", "nan")
    add_votes(lab.store, 4)
    running()
    until(lambda: lab.versions.all()[-1].state == "refused")
    assert "not a finite number" in lab.versions.get(1).why and lab.chat.loaded == [] and lab.versions.live() == 0


def test_a_trainer_killed_mid_round_comes_back_and_goes_on(lab: Lab, running: Callable[[], Worker]) -> None:
    lab.store.signals.set_flag("fake", "slow")
    worker = running()
    add_votes(lab.store, 4)
    until(lambda: worker.status().phase == "training" and worker.status().job.progress)  # type: ignore[union-attr]
    first = worker.trainer.pid
    assert first is not None
    lab.store.signals.set_flag("fake", "make")
    os.kill(first, signal.SIGKILL)
    until(lambda: lab.chat.loaded == [1])
    assert worker.trainer.pid != first and lab.only_job().attempts == 2 and lab.only_job().state == "done"
    assert "killed by SIGKILL" in worker.status().last_error
    assert lab.versions.damaged(verify=True) == []


def test_a_round_that_kills_its_trainer_is_given_up_with_the_reason(lab: Lab, running: Callable[[], Worker]) -> None:
    lab.store.signals.set_flag("fake", "die")
    worker = running()
    add_votes(lab.store, 4)
    until(lambda: lab.store.jobs() and lab.only_job().state == "failed")
    assert lab.only_job().error == (
        "the trainer ended (killed by SIGKILL): out of memory in step 2; given up after 2 attempts, the feedback is kept"
    )
    assert len(lab.versions.all()) == 1
    lab.store.signals.set_flag("fake", "make")
    until(lambda: worker.status().trainer_alive)
    worker.train_now()
    until(lambda: lab.chat.loaded == [1])  # and all is well again


def test_a_version_made_in_the_trainers_last_moment_is_not_made_twice(lab: Lab, running: Callable[[], Worker]) -> None:
    lab.store.signals.set_flag("fake", "die-after-add")
    running()
    add_votes(lab.store, 4)
    until(lambda: lab.chat.loaded == [1])
    assert len(lab.versions.all()) == 2 and (lab.only_job().attempts, lab.only_job().state) == (1, "done")


def test_a_frozen_trainer_is_replaced(home: Path, running: Callable[[], Worker], lab: Lab) -> None:
    lab.settings = load_settings(home, {"loop": {"min_new": 4, "min_seconds": 0.0, "heartbeat_seconds": 1.0}})
    lab.store.signals.set_flag("fake", "freeze")
    worker = running()
    add_votes(lab.store, 4)
    first = until(lambda: worker.status().phase == "training" and worker.trainer.pid)
    lab.store.signals.set_flag("fake", "make")
    until(lambda: lab.chat.loaded == [1])
    assert is_gone(f"{socket.gethostname()}:{first}") and lab.only_job().attempts == 2


def test_stopping_a_running_round(lab: Lab, running: Callable[[], Worker]) -> None:
    lab.store.signals.set_flag("fake", "slow")
    worker = running()
    add_votes(lab.store, 4)
    until(lambda: worker.status().phase == "training")
    pid = worker.trainer.pid
    worker.stop_round()
    until(lambda: lab.only_job().state == "failed")
    assert worker.trainer.pid == pid and worker.status().trainer_alive  # the round ended, the trainer did not


@pytest.mark.parametrize("stubborn", [False, True])
def test_stop_leaves_no_trainer_and_the_next_lab_goes_on(
    lab: Lab, running: Callable[[], Worker], stubborn: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lab.loop.trainer.GRACE", 0.5)
    lab.store.signals.set_flag("fake", "slow")
    if stubborn:
        lab.store.signals.set_flag("stubborn", "1")  # it ignores SIGTERM
    worker = running()
    add_votes(lab.store, 4)
    until(lambda: worker.status().phase == "training")
    pid = worker.trainer.pid
    worker.stop()
    with pytest.raises(ProcessLookupError):
        os.kill(pid or 0, 0)
    assert not worker.status().trainer_alive and (lab.only_job().state, lab.only_job().attempts) == ("queued", 0)
    assert [thread.name for thread in threading.enumerate() if thread.name == "loop"] == []
    worker.tick()
    assert not worker.status().trainer_alive  # a tick that comes late starts nothing
    lab.store.signals.set_flag("fake", "make")
    running()
    until(lambda: lab.chat.loaded == [1])


def test_a_trainer_that_cannot_start_is_tried_less_and_less_often(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = "import pathlib; pathlib.Path('starts').open('a').write('x'); raise SystemExit('no model here; give --model')"
    monkeypatch.chdir(tmp_path)
    trainer = TrainerProcess([sys.executable, "-c", script], tmp_path / "logs" / "trainer.log", first_wait=0.2)
    end = time.monotonic() + 2.5
    while time.monotonic() < end:
        trainer.watch()
        time.sleep(0.01)
    assert 2 <= len((tmp_path / "starts").read_text()) <= 4  # after 0.2, 0.4, 0.8, 1.6 s
    assert trainer.trouble == "the trainer ended (exit code 1): no model here; give --model"
    trainer.end()
    absent = TrainerProcess([str(tmp_path / "absent")], tmp_path / "trainer.log")
    absent.watch()
    assert "cannot be started" in absent.trouble and not absent.is_alive()


def test_ends_and_logs_in_words(tmp_path: Path) -> None:
    assert ending(-9) == "killed by SIGKILL" and ending(3) == "exit code 3" and ending(-200) == "killed by signal 200"
    assert last_line(tmp_path / "absent") == ""
    (tmp_path / "log").write_bytes(b"x" * 9000 + "\n\xfcber\n  \n".encode("latin-1"))
    assert last_line(tmp_path / "log") == "\ufffdber"
    assert not is_gone("another-host:1") and not is_gone("nonsense") and not is_gone(f"{socket.gethostname()}:{os.getpid()}")


@pytest.mark.parametrize("state", ["waiting", "paused", "queued"])
def test_after_forgetting_a_round_learns_what_is_left(lab: Lab, state: str) -> None:
    """Its opinions had been tried, so none would have begun by itself, and nothing of them spoke any more. A round that waited
    for a trainer was to begin from the version that had to go."""
    worker = lab.worker(trainer=False)
    add_votes(lab.store, 6)
    first = lab.store.votes()[0]
    lab.store.add_opinion(Vote(first.a, first.b, "a", rater="ada"))
    worker.tick()
    version = lab.end_round()
    worker.tick()
    if state == "paused":
        worker.pause()
    if state == "queued":
        lab.store.signals.release_lease(LEASE, HERE)
        waiting = worker.train_now()
        assert waiting.parent == version
    assert worker.forget(lab.store.purgeable(rater="ada")).versions == {BASE: [version]}
    if state == "queued":
        assert lab.store.job(waiting.id).state == "failed" and "was forgotten" in lab.store.job(waiting.id).error
    (job,) = [job for job in lab.store.jobs(9) if job.state == "queued"]
    assert len(job.opinions) == 6 and job.parent == 0 and job.reason == "some of the feedback was forgotten"


def test_forgetting_takes_the_chat_to_what_is_left_at_once(lab: Lab) -> None:
    """Not by the next tick: until then it would speak with a version whose folder is gone."""
    worker = lab.worker(trainer=False)
    add_votes(lab.store, 6)
    worker.tick()
    with pytest.raises(BusyError, match="a round runs"):
        worker.forget(lab.store.purgeable(rater="me"))
    version = lab.end_round()
    worker.tick()
    assert (lab.versions.live(), lab.chat.loaded) == (version, [version])
    found = worker.forget(lab.store.purgeable(rater="me"))
    assert found.versions == {BASE: [version]} and lab.store.votes() == []
    assert (lab.versions.live(), lab.chat.loaded) == (0, [version, 0])
    assert worker.status().counts.pairs == 0 and worker.status().job is None, "nothing is left to learn from"
