"""The trial: which votes are evidence, what they decide, and that every way out of it leaves a true registry."""

from __future__ import annotations

import json
import os
import random
import shutil
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from lab import cli
from lab.compose import on_disk
from lab.errors import VersionError
from lab.feedback.store import Store
from lab.loop import forget
from lab.loop.publish import publish
from lab.loop.trial import evidence, settle, stand, status
from lab.model.identity import base_id
from lab.records import Job, Reply, Vote, new_id
from lab.registry import versions as registry
from lab.registry.states import OnTrial
from lab.registry.versions import Versions
from lab.settings import GateSettings, TrialSettings, load_settings
from tests.fake_trainer import BASE, add_version
from tests.test_registry_versions import killed_at


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "feedback_data")


@pytest.fixture
def versions(tmp_path: Path, store: Store) -> Versions:
    return Versions(tmp_path / "adapters", BASE, witness=partial(evidence, store, BASE))


def states(versions: Versions) -> dict[int, str]:
    return {each.version: each.state for each in versions.all()}


def noted(versions: Versions, version: int, state: str) -> dict:
    """The last line that says this of a version."""
    lines = map(json.loads, (versions.folder / "STATES.jsonl").read_text().splitlines())
    return [line for line in lines if (line["version"], line["state"]) == (version, state)][-1]


def tried(versions: Versions, parent: int = 0) -> int:
    """A new version, on trial."""
    return versions.start_trial(add_version(versions, parent=parent), "sound", "passed").version


def vote(store: Store, a: int, b: int, choice: str, base: str = BASE, apart: float = 0.0, **changes: object) -> Vote:
    """On two fresh replies to one turn, by two versions, drawn together or so many seconds apart."""
    conversation = store.start_conversation("hello", "compare")
    user = Reply(new_id(), conversation, None, "user", "hello")
    first = Reply(new_id(), conversation, user.id, "assistant", f"said by {a}", (1, 2), (-1.0, -1.0), a, base)
    second = replace(first, id=new_id(), text=f"said by {b}", version=b, time=first.time + apart)
    replies = [first, second]
    for reply in (user, *replies):
        store.add_reply(reply)
    given = replace(Vote(replies[0].id, replies[1].id, choice), **changes)  # type: ignore[arg-type]
    store.add_opinion(given)
    return given


def test_only_votes_between_the_two_since_it_began_are_evidence(store: Store, versions: Versions) -> None:
    vote(store, 1, 0, "b")  # before the trial
    one = tried(versions)
    vote(store, one, 0, "a")
    vote(store, 0, one, "b")  # the other way round
    vote(store, one, 0, "b")
    vote(store, one, 0, "tie")
    vote(store, 0, one, "both_bad")
    vote(store, one, one, "a")
    vote(store, 2, one, "a")
    vote(store, one, 0, "a", criterion="safe")
    vote(store, one, 0, "a", base="another")
    vote(store, 0, one, "b", apart=9.0)  # drawn again, because the first was not liked
    withdrawn = vote(store, one, 0, "a")
    store.withdraw(withdrawn.id)
    now = status(store, versions)
    assert now is not None and (now.version, now.opponent, now.wins, now.losses, now.ties) == (one, 0, 2, 1, 2)
    assert now.decision == "open" and 0 <= now.progress < 1
    assert now.words == f"on trial against the base: 2 to 1 with 2 ties so far, {now.progress:.0%} of the evidence that is needed"
    assert settle(store, versions) == now and states(versions) == {0: "live", one: "trial"}


def test_only_the_first_vote_on_two_replies_is_blind(store: Store, versions: Versions) -> None:
    """The page tells after a vote who was who. Undone and given again, or again under another name, it counted as evidence."""
    one = tried(versions)
    first = vote(store, one, 0, "b")
    store.add_opinion(Vote(first.a, first.b, "a"))
    store.add_opinion(Vote(first.b, first.a, "b", rater="you"))
    now = status(store, versions)
    assert now is not None and (now.wins, now.losses) == (0, 1)
    store.withdraw(first.id)
    store.add_opinion(Vote(first.a, first.b, "a"))
    now = status(store, versions)
    assert now is not None and (now.wins, now.losses) == (0, 0)
    assert [each.choice for each in store.votes()] == ["b", "a"], "as opinions to learn from the newest of each rater count"


def scored(version: int, *scores: float) -> list[tuple[int, float]]:
    return [(version, score) for score in scores]


def test_it_says_what_there_is_to_say() -> None:
    on = OnTrial(2, 1, 0.0)
    assert stand(on, []).words == "on trial against version 1; no blind vote between the two yet"
    assert stand(on, scored(2, *[1.0] * 12)).words == "preferred to version 1 in blind votes, 12 to 0"
    assert stand(on, scored(2, *[0.0] * 12)).words == "less liked than version 1 in blind votes, 0 to 12, and taken back"
    assert stand(on, scored(2, *[0.5] * 99)).decision == "open", "ties decide nothing"
    whole = stand(OnTrial(3, 1, 0.0, (2,)), [*scored(2, 1.0, 1.0, 0.0), *scored(3, 1.0)])
    assert "3 to 1 (of these 1 to 0 by itself, the rest by the versions it was trained from) so far" in whole.words


def test_the_newest_of_a_liked_line_is_not_proven_by_the_votes_of_others() -> None:
    """Eight votes of its own that were not against it were once enough: up to 41 in 100 harmful ones were proven so."""
    on, liked = OnTrial(3, 1, 0.0, (2,)), scored(2, *[1.0] * 30)
    assert stand(on, []).settling is False
    now = stand(on, [*liked, *scored(3, *[1.0, 0.0] * 4)])
    assert now.decision == "open" and now.settling and (now.own_wins, now.own_losses) == (4, 4) and now.progress < 0.2
    assert "what it was trained from is better for sure, of its own evidence it has" in now.words
    assert "of these 4 to 4 by itself" in now.words
    assert stand(on, [*liked, *scored(3, *[1.0] * 12)]).decision == "better"
    assert stand(on, scored(3, *[1.0] * 12)).decision == "better", "nor does it need theirs"


def test_the_newest_of_a_liked_line_is_taken_back_by_its_own_votes() -> None:
    """It stayed on trial for good: five hundred votes against it came after the line had won, and the test had stopped there."""
    on, liked = OnTrial(3, 1, 0.0, (2,)), scored(2, *[1.0] * 30)
    assert stand(on, [*liked, *scored(3, *[0.0] * 5)]).decision == "open"
    ended = stand(on, [*liked, *scored(3, *[0.0] * 20)])
    assert ended.decision == "worse" and not ended.settling and (ended.own_wins, ended.own_losses) == (0, 20)
    assert stand(OnTrial(4, 1, 0.0, (2, 3)), [*liked, *scored(3, *[0.0] * 5)]).decision == "open", "nor is the next one proven"


def test_a_line_that_is_disliked_is_taken_back_though_none_of_it_had_many_votes() -> None:
    given = [vote for version in (1, 2, 3) for vote in scored(version, *[0.0] * 4)]
    assert stand(OnTrial(3, 0, 0.0, (1, 2)), given).decision == "worse"
    assert all(stand(OnTrial(3, 0, 0.0), scored(3, *[0.0] * 4)).decision == "open" for _ in range(3))


@pytest.mark.parametrize(("earlier", "newest", "confirmed", "taken_back"), [
    (0.65, 0.35, (0.0, 0.01), (0.9, 1.0)),
    (0.65, 0.5, (0.0, 0.1), (0.0, 0.1)),
    (0.65, 0.65, (0.9, 1.0), (0.0, 0.01)),
    (0.5, 0.65, (0.85, 1.0), (0.0, 0.02)),
])  # fmt: skip
def test_what_becomes_of_the_newest_goes_by_its_own_worth(
    earlier: float, newest: float, confirmed: tuple[float, float], taken_back: tuple[float, float]
) -> None:
    """200 lines of five versions, four of which had 14 decisive votes, and 140 votes on the last; `bench gate` has 2,000."""
    draw, ended = random.Random(11), {"better": 0, "worse": 0, "open": 0}
    on = OnTrial(5, 0, 0.0, (1, 2, 3, 4))
    for _ in range(200):
        given = [(1 + k // 14, float(draw.random() < earlier)) for k in range(56)]
        decision = "open"
        for _ in range(140):
            given.append((5, float(draw.random() < newest)))
            decision = stand(on, given).decision
            if decision != "open":
                break
        ended[decision] += 1
    for decision, (least, most) in (("better", confirmed), ("worse", taken_back)):
        assert least * 200 <= ended[decision] <= most * 200, ended


@pytest.mark.parametrize(("wins", "allowed"), [((0.5, 0.5, 0.5), 0.05), ((0.5, 0.3, 0.5), 0.05), ((0.3, 0.5, 0.45), 0.05)])
def test_a_line_that_is_nowhere_better_is_rarely_confirmed(wins: tuple[float, ...], allowed: float) -> None:
    """Versions of different worth, each no better than the opponent: the error holds for the whole line."""
    draw, rounds, confirmed = random.Random(7), 400, 0
    on = OnTrial(len(wins), 0, 0.0, tuple(range(1, len(wins))))
    for _ in range(rounds):
        given = [(1 + k // 16 % len(wins), float(draw.random() < wins[k // 16 % len(wins)])) for k in range(140)]
        confirmed += stand(on, given).decision == "better"
    assert confirmed <= allowed * rounds + 3 * (allowed * (1 - allowed) * rounds) ** 0.5


def test_a_liked_version_is_confirmed(store: Store, versions: Versions) -> None:
    one = tried(versions)
    assert versions.live() == one and versions.proven() == 0
    for _ in range(12):
        vote(store, one, 0, "a")
    found = settle(store, versions)
    assert found is not None and found.decision == "better"
    assert states(versions) == {0: "retired", one: "live"} and versions.trial() is None and versions.proven() == one
    assert versions.get(one).why == "preferred to the base in blind votes, 12 to 0" and status(store, versions) is None
    line = noted(versions, one, "live")
    assert line["evidence"]["wins"] == 12 and line["evidence"]["better"] >= 20
    assert versions.rollback().version == 0


def test_a_disliked_version_is_taken_back_by_itself(store: Store, versions: Versions) -> None:
    one = tried(versions)
    for _ in range(12):
        vote(store, one, 0, "b")
    assert settle(store, versions).decision == "worse"  # type: ignore[union-attr]
    assert versions.live() == 0 and states(versions) == {0: "live", one: "refused"} and versions.trial() is None
    assert "less liked than the base" in versions.get(one).why and versions.get(one).report.verdict == "refused"  # type: ignore[union-attr]
    with pytest.raises(VersionError, match="no version was live before"):
        versions.rollback()
    assert settle(store, versions) is None
    assert Versions(versions.folder.parent, BASE).live() == 0, "another process sees the same"


def test_a_newer_version_takes_the_place_of_an_undecided_one(store: Store, versions: Versions) -> None:
    """And is tried against the same proven one, with the votes so far: else no trial would come to its end in daily use."""
    one = tried(versions)
    vote(store, one, 0, "a")
    made = versions.get(add_version(versions, parent=one))
    two = publish(versions, made, "auto", GateSettings(), TrialSettings()).version
    assert states(versions) == {0: "live", one: "retired", two: "trial"} and versions.proven() == 0
    assert "before its trial was decided" in versions.get(one).why
    assert noted(versions, one, "retired")["evidence"]["wins"] == 1
    on = versions.trial()
    assert on is not None and on.line == (one, two)
    vote(store, one, 0, "a")  # a reply of the first may be voted on late
    now = status(store, versions)
    assert now is not None and (now.wins, now.losses, now.own_wins) == (2, 0, 0)
    three = versions.start_trial(add_version(versions, parent=two), "sound", "passed").version
    assert versions.trial() == OnTrial(three, 0, on.since, (one, two))
    for _ in range(16):
        vote(store, three, 0, "b")
    settle(store, versions)
    assert versions.live() == 0 and states(versions) == {0: "live", one: "retired", two: "retired", three: "refused"}


def test_a_version_from_elsewhere_begins_a_trial_of_its_own(store: Store, versions: Versions) -> None:
    """Trained from the proven version and not from the one on trial, or against another opponent: those votes are not its own."""
    one = tried(versions)
    vote(store, one, 0, "a")
    two = tried(versions, parent=0)
    assert versions.trial().line == (two,)  # type: ignore[union-attr]
    versions.activate(two, "enough")
    three = tried(versions, parent=two)
    assert versions.trial().line == (three,) and status(store, versions).wins == 0  # type: ignore[union-attr]


def test_a_deleted_version_keeps_its_place_on_the_line(store: Store, versions: Versions) -> None:
    one = tried(versions)
    vote(store, one, 0, "a")
    two = tried(versions, parent=one)
    versions.delete(one)
    assert versions.trial().line == (one, two) and status(store, versions).wins == 1  # type: ignore[union-attr]


@pytest.mark.parametrize("confirmed", [False, True])
def test_a_rollback_never_goes_back_to_a_version_that_was_never_proven(versions: Versions, confirmed: bool) -> None:
    """It once went to the version on trial before, which nobody had confirmed, and took it for proven."""
    one = tried(versions)
    two = tried(versions, parent=one)
    if confirmed:
        versions.end_trial(two, True, "liked", {})
    assert versions.rollback().version == 0 and versions.trial() is None
    assert states(versions) == {0: "live", one: "retired", two: "retired"}
    with pytest.raises(VersionError, match="no version was live before"):
        versions.rollback()


def test_a_choice_by_hand_ends_a_trial_and_counts_as_proven(store: Store, versions: Versions) -> None:
    one = tried(versions)
    vote(store, one, 0, "a")
    versions.rollback()
    assert states(versions) == {0: "live", one: "retired"} and noted(versions, one, "retired")["evidence"]["wins"] == 1
    assert "evidence" not in noted(versions, 0, "live"), "it is of the one that was on trial"
    two = tried(versions)
    other = add_version(versions)
    versions.activate(other, "I like it")
    assert states(versions) == {0: "retired", one: "retired", two: "retired", other: "live"} and versions.proven() == other
    assert versions.rollback().version == 0, "not to the one that was on trial"
    four = tried(versions)
    vote(store, four, 0, "a")
    versions.activate(four, "enough")  # the one on trial itself
    assert states(versions)[four] == "live" and states(versions)[0] == "retired" and versions.trial() is None
    assert noted(versions, four, "live")["evidence"]["wins"] == 1
    with pytest.raises(VersionError, match="is not on trial"):
        versions.end_trial(four, True, "", {})
    versions.activate(one, "after all")
    assert states(versions)[one] == "live" and versions.proven() == one


def test_a_version_that_cannot_be_loaded_leaves_its_evidence(store: Store, versions: Versions) -> None:
    one = tried(versions)
    vote(store, one, 0, "b")
    versions.withdraw(one, 0, "could not be loaded")
    line = noted(versions, one, "refused")
    assert (line["evidence"]["losses"], versions.live(), versions.trial()) == (1, 0, None)
    versions.activate(add_version(versions), "by hand")
    assert "evidence" not in noted(versions, 2, "live"), "no trial ran"


def test_a_witness_that_fails_leaves_a_change_whole(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """CURRENT once named the other version, and no line said so: the next rollback found no version that was live before."""

    def fails(trial: OnTrial) -> dict:
        raise KeyError("a reply that was purged meanwhile")

    versions = Versions(tmp_path / "adapters", BASE, witness=fails)
    one = tried(versions)
    two = add_version(versions)
    versions.activate(two, "by hand")
    assert states(versions) == {0: "retired", one: "retired", two: "live"} and "could not be read" in caplog.text
    assert versions.rollback().version == 0


def test_feedback_that_cannot_be_read_keeps_nobody_from_rolling_back(home: Path) -> None:
    with on_disk(load_settings(home, {"model": "starter"})) as disk:
        one = tried(disk.versions)
        assert not (home / "feedback_data").exists(), "nobody asked for it yet"
        (home / "feedback_data").write_text("a file where the folder should be")
        assert disk.versions.rollback().version == 0
        assert "evidence" not in noted(disk.versions, one, "retired") and states(disk.versions) == {0: "live", one: "retired"}


def test_the_defaults_are_those_that_are_promised(home: Path) -> None:
    """On trial it answers every turn, and one message in five brings a blind pair."""
    trial = load_settings(home).trial
    assert (trial.enabled, trial.share, trial.pair_share) == (True, 1.0, 0.2)


def test_neither_of_the_two_can_be_deleted(versions: Versions) -> None:
    one = add_version(versions)
    versions.activate(one)
    two = tried(versions, parent=one)
    for version in (one, two):
        with pytest.raises(VersionError, match="is live"):
            versions.delete(version)


def test_only_a_candidate_is_put_on_trial(versions: Versions) -> None:
    """What was turned away does not come back because another process was about to publish it."""
    one = tried(versions)
    assert versions.start_trial(one, "again").why == "sound", "another process was quicker"
    versions.rollback()
    for version, state in ((0, "live"), (one, "retired")):
        with pytest.raises(VersionError, match=f"version {version} is {state}, and only a candidate"):
            versions.start_trial(version, "")
    two = tried(versions)
    versions.end_trial(two, False, "disliked", {})
    with pytest.raises(VersionError, match=f"version {two} is refused"):
        versions.start_trial(two, "")


def test_what_cannot_be_loaded_gives_way_to_the_one_before_as_that_was(versions: Versions) -> None:
    """A version on trial whose successor did not load was once activated again, and so proven by nothing."""
    one = tried(versions)
    since = versions.trial().since  # type: ignore[union-attr]
    two = tried(versions, parent=one)
    assert versions.withdraw(two, one, "does not load").version == one
    assert states(versions) == {0: "live", one: "trial", two: "refused"} and versions.trial() == OnTrial(one, 0, since)
    three = tried(versions, parent=one)
    assert states(versions)[one] == "retired" and versions.trial().against == 0  # type: ignore[union-attr]
    assert versions.withdraw(three, two, "does not load").version == 0, "never back to one that was refused"
    assert versions.withdraw(three, one, "too late").version == 0, "somebody chose another meanwhile"


def test_killed_as_a_trial_begins_it_is_a_candidate_nobody_judged(versions: Versions, monkeypatch: pytest.MonkeyPatch) -> None:
    """The version must not pass for proven: it speaks only with a trial running."""
    made = add_version(versions)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(registry, "write", killed)
        with pytest.raises(KeyboardInterrupt):
            versions.start_trial(made, "sound", "passed")
    assert versions.live() == 0 and states(versions) == {0: "live", made: "candidate"} and versions.trial() is None
    assert versions.get(made).report.verdict == ""  # type: ignore[union-attr]
    assert versions.start_trial(made, "sound", "passed").state == "trial"


CHANGES: dict[str, Callable[[Versions], object]] = {
    "start": lambda versions: versions.start_trial(3, "sound", "passed"),
    "confirm": lambda versions: versions.end_trial(2, True, "liked", {}),
    "refuse": lambda versions: versions.end_trial(2, False, "disliked", {}),
    "rollback": lambda versions: versions.rollback(),
    "activate": lambda versions: versions.activate(3, "by hand"),
    "prove": lambda versions: versions.activate(2, "by hand"),
    "withdraw": lambda versions: versions.withdraw(2, 1, "does not load"),
}


def scene(folder: Path) -> Versions:
    """Version 1 is proven, 2 on trial, 3 a candidate trained from it."""
    versions = Versions(folder, BASE)
    versions.activate(add_version(versions))
    add_version(versions, parent=tried(versions, parent=1))
    return versions


@pytest.mark.parametrize("name", CHANGES)
def test_killed_at_any_step_of_any_change_the_registry_tells_the_truth(tmp_path: Path, name: str) -> None:
    """It is as before, or as after: an unproven version never passes for proven, and none that was turned away comes back."""
    before, after = scene(tmp_path / "before"), scene(tmp_path / "after")
    CHANGES[name](after)
    assert states(before) != states(after)
    step = 0
    while True:
        step += 1
        versions = scene(tmp_path / str(step))
        killed = killed_at(step, lambda versions=versions: CHANGES[name](versions))
        found = states(versions)
        assert found in (states(before), states(after)), step
        assert (versions.trial() is not None) == ("trial" in found.values())
        assert found[versions.live()] in ("live", "trial") and versions.proven() in (1, 2, 3)
        if found == states(before):
            CHANGES[name](versions)
            assert states(versions) == states(after), "it can be asked again"
        if not killed:
            break
    assert step > 2


@pytest.mark.parametrize("name", ["start", "confirm", "refuse"])
def test_lines_cut_short_tell_the_truth_too(tmp_path: Path, name: str) -> None:
    """The machine lost power as the lines were written, and before CURRENT was."""
    before, after = scene(tmp_path / "before"), scene(tmp_path / "after")
    begun = (after.folder / "STATES.jsonl").stat().st_size
    CHANGES[name](after)
    lines = (after.folder / "STATES.jsonl").read_bytes()
    shutil.copytree(after.folder, tmp_path / "cut" / BASE)
    cut = Versions(tmp_path / "cut", BASE)
    shutil.copy(before.folder / "CURRENT", cut.folder / "CURRENT")
    for size in (*range(begun, len(lines), 9), *(begun + k for k, byte in enumerate(lines[begun:], 1) if byte == 10)):
        (cut.folder / "STATES.jsonl").write_bytes(lines[:size])
        assert states(cut) in (states(before), states(after)), size


def test_whoever_reads_meanwhile_never_sees_a_version_come_back(versions: Versions) -> None:
    """Seen as a candidate between two writes of a rollback, a version was put on trial again by the worker."""
    rounds = 12
    for _ in range(rounds):
        add_version(versions)
    order = ["candidate", "trial", "retired", "refused"]
    seen: dict[int, list[str]] = {}
    child = os.fork()
    if child == 0:
        try:
            for version in range(1, rounds + 1):
                versions.start_trial(version, "sound", "passed")
                versions.rollback() if version % 2 else versions.end_trial(version, False, "disliked", {})
        finally:
            os._exit(0)
    ended = False
    while not ended:
        ended = os.waitpid(child, os.WNOHANG)[0] == child
        for version, state in states(versions).items():
            if version and state not in seen.setdefault(version, ["candidate"])[-1:]:
                seen[version].append(state)
    assert all(found == sorted(found, key=order.index) for found in seen.values()), seen
    assert [found[-1] for _, found in sorted(seen.items())] == ["retired", "refused"] * (rounds // 2)


def test_a_trial_whose_opponent_is_gone_goes_on_against_the_one_before(versions: Versions) -> None:
    """A lost folder proves nothing."""
    one = add_version(versions)
    versions.activate(one)
    two = tried(versions, parent=one)
    (versions.folder / "0001" / "adapter_model.safetensors").unlink()
    assert versions.live() == two and states(versions) == {0: "live", two: "trial"} and versions.proven() == 0
    assert versions.end_trial(two, False, "disliked", {}).version == 0


def test_what_is_forgotten_gives_way_to_the_proven_version(store: Store, versions: Versions) -> None:
    """Not to an undecided one that the version on trial was trained from."""
    one = tried(versions)
    said = vote(store, one, 0, "a")
    job = Job("dpo", BASE, one, versions.get(one).hash, (said.id,), seed=1)
    store.add_job(job)
    two = versions.start_trial(add_version(versions, parent=one, job=job), "sound", "passed").version
    found = forget.forget(store, versions.folder.parent, forget.look(store, "me"))
    assert found.versions == {BASE: [two]} and found.live == {BASE: 0}
    assert states(versions) == {0: "live", one: "retired"} and versions.trial() is None


def test_the_command_line_shows_a_trial_and_ends_it(
    home: Path, tiny_model: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    versions, store = Versions(home / "adapters", base_id(str(tiny_model), "none")), Store(home / "feedback_data")
    one = tried(versions)
    vote(store, one, 0, "a", base=versions.base)
    store.close()

    def run(*verb: str) -> str:
        flags = ["--home", str(home), "--model", str(tiny_model), "--quantize", "none", "--device", "cpu"]
        monkeypatch.setattr(sys, "argv", ["launch.py", *verb, *flags])
        with pytest.raises(SystemExit) as ending:
            cli.main()
        assert ending.value.code in (0, None)
        return capsys.readouterr().out

    assert [row["state"] for row in json.loads(run("versions", "--json"))] == ["live", "trial"]
    run("rollback")
    assert [row["state"] for row in json.loads(run("versions", "--json"))] == ["live", "retired"]
    assert noted(versions, one, "retired")["evidence"]["wins"] == 1
    run("activate", str(one))
    assert [row["state"] for row in json.loads(run("versions", "--json"))] == ["retired", "live"]


def test_a_home_from_before_there_were_trials(versions: Versions) -> None:
    """Its live version counts as proven."""
    one = add_version(versions)
    versions.activate(one)
    lines = [json.loads(line) for line in (versions.folder / "STATES.jsonl").read_text().splitlines()]
    assert not any("against" in line for line in lines)
    assert versions.trial() is None and versions.proven() == one
