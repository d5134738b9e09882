"""The trial: which votes are evidence, what they decide, and that every way out of it leaves a true registry."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from lab.errors import VersionError
from lab.feedback.store import Store
from lab.loop.trial import settle, stand, status
from lab.records import Reply, Vote, new_id
from lab.registry import versions as registry
from lab.registry.states import OnTrial
from lab.registry.versions import Versions
from tests.fake_trainer import BASE, add_version


@pytest.fixture
def versions(tmp_path: Path) -> Versions:
    return Versions(tmp_path / "adapters", BASE)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "feedback_data")


def states(versions: Versions) -> dict[int, str]:
    return {each.version: each.state for each in versions.all()}


def tried(versions: Versions, parent: int = 0) -> int:
    """A new version, on trial."""
    return versions.start_trial(add_version(versions, parent=parent), "sound", "passed").version


def vote(store: Store, a: int, b: int, choice: str, base: str = BASE, **changes: object) -> Vote:
    """On two fresh replies to one turn, by two versions."""
    conversation = store.start_conversation("hello", "compare")
    user = Reply(new_id(), conversation, None, "user", "hello")
    replies = [Reply(new_id(), conversation, user.id, "assistant", f"said by {v}", (1, 2), (-1.0, -1.0), v, base) for v in (a, b)]
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
    withdrawn = vote(store, one, 0, "a")
    store.retract(withdrawn.id)
    now = status(store, versions)
    assert now is not None and (now.version, now.opponent, now.wins, now.losses, now.ties) == (one, 0, 2, 1, 2)
    assert now.decision == "open" and 0 <= now.progress < 1
    assert now.words == f"on trial against the base: 2 to 1 with 2 ties so far, {now.progress:.0%} of the evidence that is needed"
    assert settle(store, versions) == now and states(versions) == {0: "live", one: "trial"}


def test_it_says_what_there_is_to_say() -> None:
    on = OnTrial(2, 1, 0.0)
    assert stand(on, []).words == "on trial against version 1; no blind vote between the two yet"
    assert stand(on, [1.0] * 12).words == "preferred to version 1 in blind votes, 12 to 0"
    assert stand(on, [0.0] * 12).words == "less liked than version 1 in blind votes, 0 to 12, and taken back"
    assert stand(on, [0.5] * 99).decision == "open", "ties decide nothing"


def test_a_liked_version_is_confirmed(store: Store, versions: Versions) -> None:
    one = tried(versions)
    assert versions.live() == one and versions.proven() == 0
    for _ in range(12):
        vote(store, one, 0, "a")
    found = settle(store, versions)
    assert found is not None and found.decision == "better"
    assert states(versions) == {0: "retired", one: "live"} and versions.trial() is None and versions.proven() == one
    assert versions.get(one).why == "preferred to the base in blind votes, 12 to 0" and status(store, versions) is None
    line = json.loads((versions.folder / "STATES.jsonl").read_text().splitlines()[-2])
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
    one = tried(versions)
    vote(store, one, 0, "a")
    two = tried(versions, parent=one)
    assert states(versions) == {0: "live", one: "retired", two: "trial"} and versions.proven() == 0
    assert "before its trial was decided" in versions.get(one).why
    assert status(store, versions).wins == 0, "votes for the first say nothing of the second"  # type: ignore[union-attr]
    for _ in range(12):
        vote(store, two, 0, "b")
    settle(store, versions)
    assert versions.live() == 0 and states(versions)[two] == "refused"


def test_a_choice_by_hand_ends_a_trial(store: Store, versions: Versions) -> None:
    one = tried(versions)
    two = tried(versions, parent=one)
    assert versions.rollback().version == one and versions.trial() is None and versions.proven() == one
    assert states(versions) == {0: "retired", one: "live", two: "retired"}
    three = tried(versions, parent=one)
    versions.activate(three, "I like it")
    assert versions.trial() is None and states(versions)[three] == "live" and versions.proven() == three
    with pytest.raises(VersionError, match="is not on trial"):
        versions.end_trial(three, True, "", {})


def test_neither_of_the_two_can_be_deleted(versions: Versions) -> None:
    one = add_version(versions)
    versions.activate(one)
    two = tried(versions, parent=one)
    for version in (one, two):
        with pytest.raises(VersionError, match="is live"):
            versions.delete(version)


def test_what_is_live_cannot_be_put_on_trial(versions: Versions) -> None:
    with pytest.raises(VersionError, match="nothing to be tried against"):
        versions.start_trial(0, "")


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


def test_killed_as_a_version_is_taken_back_it_speaks_no_more(versions: Versions, monkeypatch: pytest.MonkeyPatch) -> None:
    one = tried(versions)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(registry, "write", killed)
        with pytest.raises(KeyboardInterrupt):
            versions.end_trial(one, False, "disliked", {})
    assert versions.live() == 0 and states(versions) == {0: "live", one: "refused"} and versions.trial() is None
    assert tried(versions) == 2 and versions.live() == 2


def test_a_trial_whose_opponent_is_gone_is_none(versions: Versions) -> None:
    one = add_version(versions)
    versions.activate(one)
    two = tried(versions, parent=one)
    (versions.folder / "0001" / "adapter_model.safetensors").unlink()
    assert versions.trial() is None and versions.live() == two and states(versions)[two] == "live"


def test_a_home_from_before_there_were_trials(versions: Versions) -> None:
    """Its live version counts as proven."""
    one = add_version(versions)
    versions.activate(one)
    lines = [json.loads(line) for line in (versions.folder / "STATES.jsonl").read_text().splitlines()]
    assert not any("against" in line for line in lines)
    assert versions.trial() is None and versions.proven() == one
