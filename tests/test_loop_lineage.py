"""From a version back to the votes it learned from, and from a vote to the versions it reached."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from lab.errors import StoreError, VersionError
from lab.feedback.store import Store
from lab.loop.jobs import make_job
from lab.loop.lineage import find, of_reply, of_version, reached, words_of
from lab.records import Correction, Reply, Thumb, Vote, new_id
from lab.registry.versions import Versions
from lab.settings import Settings, load_settings
from tests.fake_trainer import BASE, add_version, add_votes


@pytest.fixture
def settings(home: Path) -> Settings:
    return load_settings(home, {"train": {"replay": 0.0}})


def round_of(store: Store, versions: Versions, settings: Settings) -> int:
    job = make_job(store, versions, settings, "dpo")
    store.add_job(job)
    store.claim_job("somebody", BASE)
    version = add_version(versions, job.parent, job=job)
    store.finish_job(job.id, version)
    versions.activate(version)
    return version


def test_every_version_names_its_parent_and_the_very_votes_it_read(store: Store, versions: Versions, settings: Settings) -> None:
    first = add_votes(store, 3)
    one = round_of(store, versions, settings)
    more = add_votes(store, 2, start=50)
    two = round_of(store, versions, settings)
    steps = of_version(store, versions, two)
    assert [(step.version, step.parent, step.state) for step in steps] == [(two, one, "live"), (one, 0, "retired")]
    assert [[each.id for each in step.learned] for step in steps] == [more, first]
    assert steps[0].learned[0].kind == "vote" and "over “answer" in steps[0].learned[0].words
    assert of_version(store, versions, 0) == []
    said = words_of(steps)
    assert said[0].startswith(f"version {two} (live), dpo from version {one}, 2 opinions")
    assert said[-1].startswith("version 0: the base") and len(said) == 2 + 5 + 1


def test_an_opinion_reaches_the_version_that_read_it_and_all_that_came_from_it(
    store: Store, versions: Versions, settings: Settings
) -> None:
    (vote, *_) = add_votes(store, 3)
    one = round_of(store, versions, settings)
    (late,) = add_votes(store, 1, start=50)
    two = round_of(store, versions, settings)
    assert reached(store, versions, vote) == [one, two]
    assert reached(store, versions, late) == [two]
    (unread,) = add_votes(store, 1, start=90)
    assert reached(store, versions, unread) == []


def test_a_policy_learned_what_its_reward_model_read(store: Store, versions: Versions, settings: Settings) -> None:
    """One of an earlier round is used again: what it read reached the policy, though the policy's job does not have it."""
    (early, taken_back) = add_votes(store, 2)
    job = make_job(store, versions, settings, "reward")
    store.add_job(job)
    first = add_version(versions.rewards(), 0, job=job)
    add_votes(store, 1, start=50)
    warm = make_job(store, versions, settings, "ppo")
    store.add_job(warm)
    heir = add_version(versions.rewards(), first, job=replace(warm, id=f"{warm.id}-reward", algorithm="reward", parent=first))
    store.withdraw(taken_back)
    reinforced = replace(make_job(store, versions, settings, "ppo"), opinions=warm.opinions[-1:])
    store.add_job(reinforced)
    policy = add_version(versions, 0, job=reinforced, canaries={"reward_version": float(heir)})
    (step,) = of_version(store, versions, policy)
    assert step.rewarded_by == heir and {early, taken_back, *reinforced.opinions} == {each.id for each in step.learned}
    assert f"rewarded by reward model {heir}, 3 opinions" in words_of([step])[0]
    chose = replace(step, algorithm="dpo")
    assert f"also from pairs that reward model {heir} chose, 3 opinions" in words_of([chose])[0]
    child = add_version(versions, policy)
    assert reached(store, versions, early) == reached(store, versions, taken_back) == [policy, child]


def test_a_version_whose_round_nobody_knows_is_not_told_to_have_read_what_its_parent_read(
    store: Store, versions: Versions, settings: Settings
) -> None:
    """Its folder is damaged and its line is of a lab that noted no job: it got its parent's round, opinions and all."""
    first = add_votes(store, 2)
    one = round_of(store, versions, settings)
    unknown = add_version(versions, one)
    last = add_version(versions, unknown)
    (versions.folder / f"{unknown:04}" / "MANIFEST.json").unlink()
    lines = [json.loads(line) for line in (versions.folder / "STATES.jsonl").read_text().splitlines()]
    kept = [{key: value for key, value in line.items() if (key, line["version"]) != ("job", unknown)} for line in lines]
    (versions.folder / "STATES.jsonl").write_text("".join(json.dumps(line) + "\n" for line in kept))
    steps = of_version(store, versions, last)
    assert [(step.version, len(step.learned)) for step in steps] == [(last, 0), (unknown, 0), (one, 2)]
    assert (steps[1].job, steps[1].algorithm) == ("", "") and reached(store, versions, first[0]) == [one, last]


def test_what_was_taken_back_or_deleted_since_is_still_told(store: Store, versions: Versions, settings: Settings) -> None:
    votes = add_votes(store, 2)
    one = round_of(store, versions, settings)
    store.withdraw(votes[0])
    versions.activate(0)
    versions.delete(one)
    with pytest.raises(VersionError, match="there is no version 1"):
        of_version(store, versions, one)
    add_votes(store, 1, start=50)
    two = round_of(store, versions, settings)
    kinds = {each.id: each.kind for each in of_version(store, versions, two)[0].learned}
    assert votes[0] not in kinds, "what was taken back is not learned again"


def test_a_reply_leads_to_the_version_that_spoke(store: Store, versions: Versions, settings: Settings) -> None:
    add_votes(store, 2)
    one = round_of(store, versions, settings)
    conversation = store.start_conversation("talk")
    user = Reply(new_id(), conversation, None, "user", "hi")
    spoken = Reply(new_id(), conversation, user.id, "assistant", "hello", (1, 2), (-1.0, -1.0), one, BASE, finish="end")
    base = Reply(new_id(), conversation, user.id, "assistant", "hm", (1, 2), (-1.0, -1.0), 0, BASE, finish="end")
    other = Reply(new_id(), conversation, user.id, "assistant", "hm", (1, 2), (-1.0, -1.0), 1, "another", finish="end")
    for reply in (user, spoken, base, other):
        store.add_reply(reply)
    assert [step.version for step in of_reply(store, versions, spoken.id)] == [one]
    assert of_reply(store, versions, base.id) == []
    with pytest.raises(StoreError, match="typed or imported"):
        of_reply(store, versions, user.id)
    with pytest.raises(StoreError, match="was said by another"):
        of_reply(store, versions, other.id)


def test_each_kind_of_opinion_has_its_words(store: Store, versions: Versions, settings: Settings) -> None:
    conversation = store.start_conversation("talk")
    user = Reply(new_id(), conversation, None, "user", "hi")
    a, b = (Reply(new_id(), conversation, user.id, "assistant", text) for text in ("good day", "x" * 100))
    for reply in (user, a, b):
        store.add_reply(reply)
    opinions = [
        Vote(a.id, b.id, "tie", rater="r"), Thumb(a.id, "up", "safe", rater="r"), Correction(b.id, "hello there", rater="r"),
        Vote(a.id, b.id, "both_bad", rater="s"),
    ]  # fmt: skip
    for opinion in opinions:
        store.add_opinion(opinion)
    job = make_job(store, versions, settings, "reward")
    job = type(job)(**{**vars(job), "algorithm": "dpo", "opinions": tuple(opinion.id for opinion in opinions)})
    store.add_job(job)
    version = add_version(versions, 0, job=job)
    words = [each.words for each in of_version(store, versions, version)[0].learned]
    assert words[0].startswith("“good day” as good as “xxx") and words[0].endswith("…” (overall, r)")
    assert words[1] == "up for “good day” (safe, r)"
    assert words[2].startswith("“hello there” instead of “xxx")
    assert words[3].startswith("neither “good day” nor “xxx")


def test_words_find_the_reply_and_the_opinion_and_what_both_reached(store: Store, versions: Versions, settings: Settings) -> None:
    """Nobody remembers an id: what was said, or asked, is enough."""
    (vote, _) = add_votes(store, 2)
    one = round_of(store, versions, settings)
    conversation = store.start_conversation("talk")
    user = Reply(new_id(), conversation, None, "user", "How do I boil an egg?")
    spoken = Reply(new_id(), conversation, user.id, "assistant", "Eight minutes.", (1, 2), (-1.0, -1.0), one, BASE, finish="end")
    other = Reply(new_id(), conversation, user.id, "assistant", "Nine minutes.", (1, 2), (-1.0, -1.0), 1, "another", finish="end")
    for reply in (user, spoken, other):
        store.add_reply(reply)
    better = Correction(spoken.id, "Seven is enough.", rater="r")
    store.add_opinion(better)
    assert [(trace.kind, trace.spoken, trace.reached) for trace in find(store, versions, "BOIL  an")] == [
        ("correction", None, ()), ("reply", one, ()),
    ]  # fmt: skip
    assert [trace.id for trace in find(store, versions, "seven is")] == [better.id]
    assert [trace.id for trace in find(store, versions, spoken.id)] == [spoken.id]
    (found,) = find(store, versions, vote)
    assert (found.kind, found.reached) == ("vote", (one,)) and "over “answer" in found.words
    assert find(store, versions, "  ") == [] and find(store, versions, "never said") == []
    two = round_of(store, versions, settings)
    assert [trace.reached for trace in find(store, versions, "eight minutes")] == [(two,), (two,)], "the correction was read"


def test_a_search_answers_with_the_newest_of_many(store: Store, versions: Versions) -> None:
    votes = add_votes(store, 30)
    found = find(store, versions, "answer")
    assert [trace.id for trace in found] == votes[:-21:-1]
