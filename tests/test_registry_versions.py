"""The registry: versions are whole or do not exist, whatever is killed, cut short or deleted in between."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from lab.errors import BusyError, VersionError
from lab.records import Job
from lab.registry.lock import HomeLock
from lab.registry.versions import Versions
from tests.fake_trainer import BASE, report, write_adapter


def job(parent: int = 0, name: str | None = None, base: str = BASE) -> Job:
    made = Job("dpo", base, parent, "", ("vote-1", "vote-2"), seed=1)
    return made if name is None else Job("dpo", base, parent, "", (), seed=1, id=name)


def add(versions: Versions, parent: int = 0, fill: int = 1) -> int:
    work = job(parent)
    return versions.add(write_adapter(versions.staging(work.id), fill), work, report(parent=parent)).version


@pytest.fixture
def versions(tmp_path: Path) -> Versions:
    return Versions(tmp_path / "adapters", BASE)


def flip(path: Path) -> None:
    """Changes one bit in the middle; the size stays."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def edit(path: Path, old: str, new: str) -> None:
    path.write_text(path.read_text().replace(old, new))


def states(versions: Versions) -> dict[int, str]:
    return {each.version: each.state for each in versions.all()}


# -- what there is


def test_the_base_is_always_there(versions: Versions) -> None:
    assert [each.version for each in versions.all()] == [0]
    base = versions.get(0, verify=True)
    assert (base.state, base.parent, base.folder, base.hash) == ("live", None, None, "")
    assert versions.live() == 0 and versions.lineage(0) == [] and versions.damaged() == []
    assert not versions.folder.exists()  # looking makes nothing


def test_add_keeps_all_of_a_round(versions: Versions) -> None:
    work = job()
    staging = write_adapter(versions.staging(work.id))
    (staging / "checkpoint.safetensors").write_bytes(b"big")
    made = versions.add(staging, work, report())
    assert made.folder is not None and made.folder.name == "0001" and not staging.exists()
    assert sorted(file.name for file in made.folder.iterdir()) == [
        "MANIFEST.json", "adapter_config.json", "adapter_model.safetensors", "job.json", "log.jsonl", "report.json",
    ]  # fmt: skip
    assert made == versions.get(1, verify=True)
    assert (made.state, made.parent, made.algorithm, made.base) == ("candidate", 0, "dpo", BASE)
    assert made.report == report(version=1)
    assert json.loads((made.folder / "job.json").read_text())["opinions"] == ["vote-1", "vote-2"]
    assert versions.live() == 0  # a candidate speaks to nobody


def test_a_shared_version_names_no_machine(versions: Versions) -> None:
    work = replace(job(), worker="marys-laptop:4711", heartbeat=1.5, progress={"step": 3}, attempts=1)
    made = versions.add(write_adapter(versions.staging(work.id)), work, report())
    assert made.folder is not None
    assert not any(b"marys-laptop" in file.read_bytes() for file in made.folder.iterdir())
    kept = json.loads((made.folder / "job.json").read_text())
    assert kept["id"] == work.id and not {"worker", "heartbeat", "progress"} & set(kept)


def test_hashes_tell_versions_apart(versions: Versions) -> None:
    add(versions, fill=1)
    add(versions, fill=2)
    hashes = {versions.get(version).hash for version in (1, 2)}
    assert len(hashes) == 2 and all(len(each) == 64 for each in hashes)


def test_a_number_is_never_given_twice(versions: Versions) -> None:
    add(versions)
    add(versions)
    versions.delete(2)
    assert add(versions) == 3
    shutil.rmtree(versions.folder / "0003")
    assert add(versions) == 4


def test_bases_do_not_see_each_other(tmp_path: Path) -> None:
    add(Versions(tmp_path, BASE))
    other = Versions(tmp_path, "other-nf4-87654321")
    assert [each.version for each in other.all()] == [0]
    with pytest.raises(VersionError, match="made an adapter for tiny"):
        other.add(write_adapter(other.staging("x")), job(), report())


@pytest.mark.parametrize("name", ["adapter_config.json", "adapter_model.safetensors"])
def test_half_an_adapter_is_not_taken(versions: Versions, name: str) -> None:
    work = job()
    staging = write_adapter(versions.staging(work.id))
    content = (staging / name).read_bytes()
    for broken in (content[:-1], b""):
        (staging / name).write_bytes(broken)
        with pytest.raises(VersionError, match="left no adapter"):
            versions.add(staging, work, report())
    (staging / name).unlink()
    with pytest.raises(VersionError, match=f"{name} is missing"):
        versions.add(staging, work, report())
    assert [each.version for each in versions.all()] == [0] and versions.damaged() == []
    assert staging.exists()  # kept, so that the round can go on from its checkpoint


def test_a_job_makes_one_version(versions: Versions) -> None:
    """A trainer was killed after its version was in place and before it could say so; its job ran again."""
    work = job()
    first = versions.add(write_adapter(versions.staging(work.id)), work, report())
    again = versions.add(write_adapter(versions.staging(work.id), fill=9), work, report())
    assert again == first and len(versions.all()) == 2
    made = versions.made_by(work.id)
    assert made is not None and made.version == 1 and versions.made_by("another") is None
    versions.forget_staging([work.id, "never-there"])
    assert not versions.staging_path(work.id).exists()


# -- damage


DAMAGE = {
    "manifest gone": (lambda folder: (folder / "MANIFEST.json").unlink(), "MANIFEST.json is missing"),
    "manifest is noise": (lambda folder: (folder / "MANIFEST.json").write_bytes(b"\xff{"), "MANIFEST.json cannot be read"),
    "manifest empty": (lambda folder: (folder / "MANIFEST.json").write_text("{}"), "MANIFEST.json cannot be read"),
    "manifest is a list": (lambda folder: (folder / "MANIFEST.json").write_text("[]"), "MANIFEST.json cannot be read"),
    "manifest edited": (lambda folder: edit(folder / "MANIFEST.json", '"parent": 0', '"parent": 1'), "MANIFEST.json was changed"),
    "weights gone": (lambda folder: (folder / "adapter_model.safetensors").unlink(), "adapter_model.safetensors is missing"),
    "weights cut": (lambda folder: os.truncate(folder / "adapter_model.safetensors", 30), "was changed or cut short"),
    "report gone": (lambda folder: (folder / "report.json").unlink(), "report.json is missing"),
    "all gone": (lambda folder: [file.unlink() for file in folder.iterdir()], "MANIFEST.json is missing"),
}  # fmt: skip


@pytest.mark.parametrize("kind", DAMAGE)
def test_a_damaged_folder_hides_itself_alone(versions: Versions, kind: str) -> None:
    for _ in range(3):
        add(versions)
    damage, reason = DAMAGE[kind]
    damage(versions.folder / "0002")
    assert [each.version for each in versions.all()] == [0, 1, 3]
    assert [name for name, _ in versions.damaged()] == ["0002"] and reason in versions.damaged()[0][1]
    for attempt in (versions.get, versions.activate):
        with pytest.raises(VersionError, match="version 2 is damaged") as caught:
            attempt(2)
        assert reason in str(caught.value) and "delete 2" in str(caught.value) and "\n" not in str(caught.value)
    assert versions.activate(3).state == "live"
    versions.delete(2)
    assert versions.damaged() == [] and add(versions) == 4


def test_a_flipped_bit_is_found_before_it_speaks(versions: Versions, tmp_path: Path) -> None:
    add(versions)
    flip(versions.folder / "0001" / "adapter_model.safetensors")
    assert versions.get(1).version == 1  # sizes still agree
    out = tmp_path / "out"
    for attempt in (lambda: versions.get(1, verify=True), lambda: versions.activate(1), lambda: versions.save(1, out)):
        with pytest.raises(VersionError, match=r"adapter_model\.safetensors was changed"):
            attempt()
    assert not out.exists()
    assert versions.damaged() == [] and [name for name, _ in versions.damaged(verify=True)] == ["0001"]
    assert versions.live() == 0


def test_a_folder_copied_by_hand_is_not_a_version(versions: Versions) -> None:
    add(versions)
    shutil.copytree(versions.folder / "0001", versions.folder / "0005")
    shutil.copytree(versions.folder / "0001", versions.folder / "my copy")
    assert [each.version for each in versions.all()] == [0, 1]
    assert versions.damaged() == [("0005", f"it is version 1 of {BASE}, copied or renamed by hand")]
    assert add(versions) == 6


def test_unknown_versions_are_named_with_what_there_is(versions: Versions) -> None:
    add(versions)
    for attempt in (versions.get, versions.activate, versions.delete, lambda v: versions.record(v, "refused", "x")):
        for version in (7, -1):
            with pytest.raises(VersionError, match=rf"no version {version} of {BASE}; choose one of 0, 1"):
                attempt(version)


# -- live, retired, back


def test_activate_retires_the_one_before(versions: Versions) -> None:
    for _ in range(2):
        add(versions)
    assert versions.activate(1, "passed").why == "passed"
    versions.activate(2, "better")
    assert states(versions) == {0: "retired", 1: "retired", 2: "live"} and versions.live() == 2
    assert versions.get(1).why == "version 2 took its place"
    versions.activate(0)
    assert states(versions) == {0: "live", 1: "retired", 2: "retired"}
    assert Versions(versions.folder.parent, BASE).live() == 0  # another process sees the same


def test_rollback_goes_back_step_by_step(versions: Versions) -> None:
    for version in (1, 2, 3):
        add(versions)
        versions.activate(version)
    assert [versions.rollback().version for _ in range(3)] == [2, 1, 0]
    with pytest.raises(VersionError, match="no version was live before version 0"):
        versions.rollback()
    versions.activate(3)
    assert versions.rollback().version == 0
    assert versions.get(3).why == "version 0 took its place" and versions.get(0).state == "live"


def test_rollback_passes_over_what_cannot_speak(versions: Versions) -> None:
    for version in (1, 2, 3, 4, 5):
        add(versions)
        versions.activate(version)
    flip(versions.folder / "0004" / "adapter_model.safetensors")
    versions.delete(3)
    versions.record(2, "refused", "does not load")
    assert versions.rollback().version == 1


def test_activating_the_live_version_changes_nothing(versions: Versions) -> None:
    add(versions)
    versions.activate(1)
    before = (versions.folder / "STATES.jsonl").read_bytes()
    assert versions.activate(1, "again").why == "activated"
    assert (versions.folder / "STATES.jsonl").read_bytes() == before
    assert versions.rollback().version == 0


def test_the_gates_word_is_in_the_report(versions: Versions) -> None:
    add(versions)
    add(versions)
    versions.record(1, "refused", "replies repeat themselves", "refused")
    versions.activate(2, "passed the gate", "passed")
    versions.activate(0, "I want the base")
    first, second = versions.get(1), versions.get(2)
    assert first.report and (first.report.verdict, first.report.why) == ("refused", "replies repeat themselves")
    assert second.report and (second.report.verdict, second.report.why) == ("passed", "passed the gate")
    assert (first.state, second.state) == ("refused", "retired")
    assert second.why == "version 0 took its place"


def test_the_live_version_cannot_be_marked_or_deleted(versions: Versions) -> None:
    add(versions)
    versions.activate(1)
    for attempt in (lambda: versions.record(1, "refused", "x"), lambda: versions.record(0, "retired", "x"),
                    lambda: versions.delete(1), lambda: versions.delete(0)):  # fmt: skip
        with pytest.raises(VersionError):
            attempt()
    assert versions.live() == 1


@pytest.mark.parametrize("content", [None, b"", b"seven\n", b"\xff\xfe", b"99\n", b"-1", b"1e400000", b"9" * 5000])
def test_without_current_the_last_live_version_speaks(versions: Versions, content: bytes | None) -> None:
    for version in (1, 2):
        add(versions)
        versions.activate(version)
    add(versions)  # a candidate must not become live by accident
    if content is None:
        (versions.folder / "CURRENT").unlink()
    else:
        (versions.folder / "CURRENT").write_bytes(content)
    assert versions.live() == 2 and states(versions) == {0: "retired", 1: "retired", 2: "live", 3: "candidate"}
    assert versions.damaged() == [("CURRENT", "it names no version that can be used; version 2 is live instead")]
    versions.activate(2)
    assert versions.damaged() == [] and (versions.folder / "CURRENT").read_text() == "2\n"


def test_when_the_live_folder_is_gone_the_one_before_speaks(versions: Versions) -> None:
    for version in (1, 2, 3):
        add(versions)
        versions.activate(version)
    shutil.rmtree(versions.folder / "0003")
    assert versions.live() == 2 and states(versions)[2] == "live"
    assert versions.rollback().version == 1
    shutil.rmtree(versions.folder)
    assert versions.live() == 0 and [each.version for each in versions.all()] == [0]


def test_lost_states_lose_reasons_and_no_version(versions: Versions) -> None:
    for version in (1, 2):
        add(versions)
        versions.activate(version)
    (versions.folder / "STATES.jsonl").unlink()
    assert versions.live() == 2 and states(versions) == {0: "retired", 1: "candidate", 2: "live"}
    assert add(versions) == 3
    versions.activate(3)
    assert versions.rollback().version == 2


def test_a_line_cut_short_does_not_spoil_the_next(versions: Versions) -> None:
    """A crash left half a line; the line written after it was glued to it and both were lost."""
    for version in (1, 2):
        add(versions)
        versions.activate(version)
    log = versions.folder / "STATES.jsonl"
    os.truncate(log, log.stat().st_size - 9)
    log.write_bytes(b'\xff\x00 noise\n[]\n{"version": "1", "state": "live"}\n{"version": 1, "state": "odd"}\n' + log.read_bytes())
    assert versions.live() == 2
    versions.activate(1, "after the crash")
    assert versions.get(1).why == "after the crash" and versions.rollback().version == 2


# -- lineage, delete, save


def test_lineage_outlives_its_ancestors(versions: Versions) -> None:
    add(versions)
    add(versions, parent=1)
    add(versions, parent=1)
    add(versions, parent=3)
    assert versions.lineage(4) == [4, 3, 1] and versions.lineage(2) == [2, 1]
    versions.delete(3)
    shutil.rmtree(versions.folder / "0001")
    assert versions.lineage(4) == [4, 3, 1]
    with pytest.raises(VersionError, match=r"no version 3 of .* any more"):
        versions.get(3)


def test_the_rounds_of_a_version_outlive_its_ancestors(versions: Versions) -> None:
    """What a version has learned goes by them, also where an ancestor was deleted, by the lab or by hand."""
    jobs = [job(parent=parent, name=f"job-{number}") for number, parent in enumerate((0, 1, 2))]
    for each in jobs:
        versions.add(write_adapter(versions.staging(each.id)), each, report())
    assert versions.get(3).job == "job-2" and versions.get(0).job == ""
    assert versions.rounds(3) == ["job-2", "job-1", "job-0"] and versions.rounds(0) == []
    versions.delete(2)
    shutil.rmtree(versions.folder / "0001")
    assert versions.rounds(3) == ["job-2", "job-1", "job-0"]


def test_save_copies_the_adapter_and_never_overwrites(versions: Versions, tmp_path: Path) -> None:
    add(versions)
    versions.save(1, tmp_path / "out" / "mine")
    saved = tmp_path / "out" / "mine"
    mark = json.loads((saved / "hone-version.json").read_text())
    files = ["adapter_config.json", "adapter_model.safetensors"]
    assert mark == {"base": versions.base, "version": 1, "job": versions.get(1).job, "files": files}
    assert sorted(file.name for file in saved.iterdir()) == [*files, "hone-version.json"]
    for name in ("adapter_config.json", "adapter_model.safetensors"):
        assert (saved / name).read_bytes() == (versions.folder / "0001" / name).read_bytes()
    with pytest.raises(VersionError, match="is not empty"):
        versions.save(1, saved)
    with pytest.raises(VersionError, match="base itself"):
        versions.save(0, tmp_path / "base")
    with pytest.raises(VersionError, match="cannot save version 1"):
        versions.save(1, saved / "adapter_config.json")


def test_a_folder_that_cannot_be_written_is_said_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "adapters").write_text("a file where the folder should be")
    versions = Versions(tmp_path / "adapters", BASE)
    assert [each.version for each in versions.all()] == [0]
    with pytest.raises(VersionError, match="cannot write in"):
        versions.staging("job")
    with pytest.raises(VersionError, match="cannot write in"):
        versions.activate(0)


# -- crashes and races


def killed_at(step: int, work: object) -> bool:
    """Runs `work` in a child that is killed before its `step`-th change to the disk; False once it got to its end."""
    child = os.fork()
    if child == 0:
        left = [step]

        def hook(event: str, arguments: tuple) -> None:
            writes = event == "open" and (arguments[1] or "r") != "r" and not str(arguments[1]).startswith("rb")
            if writes or event in ("os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.truncate"):
                left[0] -= 1
                if left[0] == 0:
                    os.kill(os.getpid(), signal.SIGKILL)

        try:
            sys.addaudithook(hook)
            work()  # type: ignore[operator]
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def test_kill_at_any_step_of_add_leaves_no_half_version(versions: Versions) -> None:
    add(versions)
    versions.activate(1)
    step, before = 0, 2
    while True:
        step += 1
        work = job(parent=1)
        staging = write_adapter(versions.staging(work.id))
        (staging / "checkpoint.safetensors").write_bytes(b"x")
        killed = killed_at(step, lambda work=work, staging=staging: versions.add(staging, work, report()))
        listed = versions.all()
        for each in listed:
            versions.get(each.version, verify=True)
        assert versions.damaged(verify=True) == [] and versions.live() == 1
        assert staging.exists() == (len(listed) == before)  # either still to be done, or done
        # the job runs again, from what is left, and makes exactly one version
        versions.add(write_adapter(versions.staging(work.id)), work, report())
        before += 1
        assert len(versions.all()) == before and versions.get(before - 1, verify=True).parent == 1
        if not killed:
            break
    assert step > 6  # each of: unlink, job, report, manifest (write and rename), the folder's rename, the state


def test_kill_at_any_step_of_activate_leaves_one_live_version(versions: Versions) -> None:
    step = 0
    while True:
        step += 1
        old, new = versions.live(), add(versions)
        killed = killed_at(step, lambda new=new: versions.activate(new, "next"))
        live = versions.live()
        assert live in (old, new) and [v for v, state in states(versions).items() if state == "live"] == [live]
        assert versions.damaged() == []
        versions.activate(new)
        assert versions.rollback().version == old
        versions.activate(new)
        if not killed:
            break
    assert step > 2


def test_kill_at_any_step_of_delete_leaves_it_whole_or_gone(versions: Versions) -> None:
    step, keep = 0, add(versions)
    while True:
        step += 1
        doomed = add(versions, parent=keep)
        killed = killed_at(step, lambda doomed=doomed: versions.delete(doomed))
        assert versions.damaged(verify=True) == []
        if doomed in states(versions):
            versions.delete(doomed)
        assert list(states(versions)) == [0, keep]
        if not killed:
            break
    assert add(versions) == keep + step + 1
    versions.delete(keep)
    assert not list(versions.folder.glob(".deleted-*"))


def test_many_add_at_once_and_none_is_lost(versions: Versions) -> None:
    threads = [threading.Thread(target=add, args=(versions,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert list(states(versions)) == list(range(9)) and versions.damaged(verify=True) == []


# -- one lab a home


def test_a_second_lab_on_the_same_home_is_told_who_has_it(tmp_path: Path) -> None:
    with HomeLock(tmp_path / "home"):
        told = rf"process {os.getpid()}\); close it, or choose another --home"
        with pytest.raises(BusyError, match=told), HomeLock(tmp_path / "home"):
            pass
        with HomeLock(tmp_path / "other"):
            pass
    with HomeLock(tmp_path / "home"):
        pass


def test_a_killed_lab_frees_its_home(tmp_path: Path) -> None:
    ready, write = os.pipe()
    child = os.fork()
    if child == 0:
        with HomeLock(tmp_path):
            os.write(write, b"x")
            signal.pause()
    os.read(ready, 1)
    with pytest.raises(BusyError, match=f"process {child}"), HomeLock(tmp_path):
        pass
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    with HomeLock(tmp_path):
        assert (tmp_path / ".lab.lock").read_text() == f"{os.getpid()}\n"
