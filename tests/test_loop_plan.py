"""The plan and the job: when a round starts, of which kind, on exactly what, and the sentence that says so."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from lab.errors import TrainingError
from lab.feedback.store import Store
from lab.insight.evidence import Evidence
from lab.loop.jobs import learned_by, make_job, replay, scored_by, tried
from lab.loop.plan import choose_algorithm, new_of, plan
from lab.records import Correction, Counts, Job
from lab.registry.versions import Versions
from lab.settings import LoopSettings, RewardSettings, Settings, load_settings
from tests.fake_trainer import BASE, add_thumbs, add_version, add_votes

SIXTEEN = LoopSettings(min_new=16, min_seconds=20)


def planned(
    counts: Counts, paused: bool = False, running: bool = False, queued: bool = False, since: float | None = None
) -> tuple:
    made = plan(counts, SIXTEEN, paused, running, queued, since)
    return made.algorithm, made.reason


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        (Counts(), None),
        (Counts(new_pairs=1, new_labelled=2), "dpo"),  # two thumbs say about as much as a pair
        (Counts(new_pairs=1, new_labelled=3), "kto"),
        (Counts(new_labelled=1), "kto"),
        (Counts(new_demonstrations=1), "sft"),
        (Counts(pairs=900, new_labelled=1), "kto"),  # what is new decides
        (Counts(pairs=5, labelled=11), "kto"),  # nothing new: what there is
        (Counts(pairs=5, labelled=10, demonstrations=99), "dpo"),
        (Counts(demonstrations=3), "sft"),
    ],
)
def test_the_algorithm_follows_the_feedback(counts: Counts, expected: str | None) -> None:
    assert choose_algorithm(counts) == expected


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        (Counts(), (None, "0 of 16 new votes; 16 more start a round.")),
        (Counts(pairs=40, new_pairs=12), (None, "12 of 16 new votes; 4 more start a round.")),
        (Counts(new_pairs=2, held_out=5), (None, "2 of 16 new votes, and 5 for testing only; 14 more start a round.")),
        (Counts(new_pairs=15), (None, "15 of 16 new votes; 1 more starts a round.")),
        (Counts(new_pairs=16), ("dpo", "16 new votes")),
        (Counts(new_labelled=15), (None, "15 of 16 new thumbs; 1 more starts a round.")),
        (Counts(new_labelled=16), ("kto", "16 new thumbs")),
        (Counts(new_demonstrations=10), (None, "10 of 16 new replies to imitate; 6 more start a round.")),
        (Counts(new_demonstrations=20), ("sft", "20 new replies to imitate")),
        # too few votes for DPO do not hold the thumbs back: KTO reads both
        (Counts(new_pairs=10, new_labelled=8), ("kto", "18 new votes and thumbs")),
        (Counts(new_pairs=6, new_labelled=5), (None, "11 of 16 new votes and thumbs; 5 more start a round.")),
        # fifteen votes and a thumb went to KTO, which reads a vote as two thumbs, for want of one more vote
        (Counts(new_pairs=15, new_labelled=1), (None, "15 of 16 new votes; 1 more starts a round.")),
        (Counts(new_pairs=16, new_labelled=1), ("dpo", "16 new votes")),
        (Counts(new_pairs=15, new_labelled=8), ("kto", "23 new votes and thumbs")),
        (Counts(new_pairs=2, new_demonstrations=300), ("sft", "300 new replies to imitate")),
        # old opinions start nothing
        (Counts(pairs=500, labelled=500, demonstrations=500), (None, "0 of 16 new votes; 16 more start a round.")),
    ],
)
def test_enough_new_feedback_starts_a_round(counts: Counts, expected: tuple) -> None:
    assert planned(counts) == expected


def test_what_holds_a_round_back_is_said() -> None:
    full = Counts(new_pairs=16)
    assert planned(full, running=True) == (None, "A round is running.")
    assert planned(full, queued=True) == (None, "A round waits for the trainer.")
    assert planned(full, paused=True) == (None, "Paused: no round starts by itself.")
    assert planned(full, since=7.5) == (None, "16 new votes: the next round starts in 13 s.")
    assert planned(full, since=20.0) == ("dpo", "16 new votes")
    assert planned(full, since=-3600.0) == ("dpo", "16 new votes")  # the clock was set back; nobody waits an hour for it
    off = plan(full, LoopSettings(enabled=False), False, False, False, None)
    assert off.algorithm is None and "loop.enabled is off" in off.reason


def test_a_version_that_is_nearly_proven_is_waited_for_a_while() -> None:
    """Else the next one would take its place before it ever has enough votes of its own."""

    def settling(counts: Counts, loop: LoopSettings = SIXTEEN) -> tuple:
        made = plan(counts, loop, False, False, False, None, scoring=RewardSettings(), settling=7)
        return made.algorithm, made.reason

    waits = "20 new votes; the next round waits until blind votes decide on version 7, or for 44 more."
    assert settling(Counts(new_pairs=20)) == (None, waits)
    assert settling(Counts(new_pairs=4)) == (None, "4 of 16 new votes; 12 more start a round."), "what is nearer comes first"
    assert settling(Counts(new_pairs=64)) == ("dpo", "64 new votes"), "but not for ever"
    assert settling(Counts(new_pairs=20), LoopSettings(min_new=16, patience=0)) == ("dpo", "20 new votes")
    assert settling(Counts(rated=40, new_rated=16))[0] == "reward", "a reward model takes nobody's place"


SURE = Evidence(0.8, (0.72, 0.86), 120, 0.55, 0.1, 0.05, 0.15)
UNSURE = Evidence(0.6, (0.49, 0.7), 90, 0.55, 0.1, 0.05, 0.24)


def scored(counts: Counts, reward: Evidence | None) -> tuple:
    made = plan(counts, SIXTEEN, False, False, False, None, reward=reward, scoring=RewardSettings())
    return made.algorithm, made.reason


def test_ppo_is_for_a_reward_model_that_surely_knows_something() -> None:
    full = Counts(new_pairs=16)
    assert scored(full, None)[0] == scored(full, UNSURE)[0] == "dpo"
    assert scored(Counts(new_labelled=16), UNSURE)[0] == "kto"
    algorithm, reason = scored(full, SURE)
    assert algorithm == "ppo"
    assert "because the reward model is right in 80% (72% to 86%) of 120 opinions it never saw, length alone in 55%" in reason
    assert scored(Counts(new_demonstrations=16), SURE)[0] == "sft"  # nothing to score in a reply that was only given
    assert scored(Counts(new_pairs=12, new_labelled=4), SURE)[0] == "ppo", "which reads both, however few the thumbs are"
    more = "14 of 16 new votes and thumbs; 2 more start a round."
    assert scored(Counts(new_pairs=10, new_labelled=4), SURE) == (None, more)
    longer = replace(SURE, longer_wins=0.75)
    assert scored(full, longer)[0] == "dpo", "what length alone explains is no knowledge"


def test_a_reward_model_is_refreshed_when_no_round_is_due() -> None:
    assert scored(Counts(rated=40, new_rated=16), None) == ("reward", "16 opinions that the reward model has not seen")
    assert scored(Counts(rated=31, new_rated=31), None)[0] is None
    assert scored(Counts(rated=400, new_rated=15), SURE)[0] is None
    assert scored(Counts(rated=40, new_rated=40, new_pairs=16), None)[0] == "dpo"


numbers = st.integers(0, 40)


@examples(deadline=None, max_examples=60)
@given(st.builds(Counts, new_pairs=numbers, new_labelled=numbers, new_demonstrations=numbers), st.integers(1, 30))
def test_a_round_starts_exactly_when_some_kind_has_enough(counts: Counts, least: int) -> None:
    made = plan(counts, LoopSettings(min_new=least), False, False, False, None)
    few = 0 < 2 * counts.new_labelled < counts.new_pairs or (counts.new_pairs and not counts.new_labelled)
    kinds = ("dpo", "sft") if few else ("dpo", "kto", "sft")
    enough = [kind for kind in kinds if new_of(kind, counts) >= least]
    assert (made.algorithm in enough) if enough else made.algorithm is None
    assert made.reason


# -- jobs


@pytest.fixture
def settings(home: Path) -> Settings:
    return load_settings(home, {"train": {"replay": 0.5, "seed": 7}})


def finish(store: Store, versions: Versions, job: Job, live: bool = True) -> int:
    """The job ran and made a version."""
    store.add_job(job)
    store.claim_job("somebody", BASE)
    version = add_version(versions, job.parent, job=job)
    store.finish_job(job.id, version)
    if live:
        versions.activate(version)
    return version


def test_a_round_reads_all_that_is_new_and_some_of_the_old(store: Store, versions: Versions, settings: Settings) -> None:
    first = add_votes(store, 10)
    add_votes(store, 3, start=100, held_out=True)
    job = make_job(store, versions, settings, reason="16 new votes", publish="never")
    assert (job.algorithm, job.base, job.parent, job.parent_hash) == ("dpo", BASE, 0, "")
    assert job.opinions == tuple(first)  # oldest first, none of the held-out ones
    assert (job.seed, job.reason, job.publish) == (7, "16 new votes", "never")
    assert job.settings["train"]["replay"] == 0.5 and job.settings["lora"]["rank"] == 16
    version = finish(store, versions, job)

    new = add_votes(store, 4, start=200)
    job = make_job(store, versions, settings)
    assert (job.parent, job.parent_hash) == (version, versions.get(version).hash)
    assert job.opinions[:4] == tuple(new) and len(job.opinions) == 4 + 2 and set(job.opinions[4:]) < set(first)
    assert replace(make_job(store, versions, settings), id=job.id, created=job.created) == job  # the sample is drawn by seed


def test_with_nothing_new_the_old_is_read_again(store: Store, versions: Versions, settings: Settings) -> None:
    votes = add_votes(store, 5)
    finish(store, versions, make_job(store, versions, settings))
    assert make_job(store, versions, settings).opinions == tuple(votes)


def test_a_rolled_back_lesson_is_new_again(store: Store, versions: Versions, settings: Settings) -> None:
    votes = add_votes(store, 5)
    finish(store, versions, make_job(store, versions, settings))
    versions.rollback()
    job = make_job(store, versions, settings)
    assert job.parent == 0 and job.opinions == tuple(votes)


def test_a_lesson_is_new_again_when_adapters_was_removed(store: Store, versions: Versions, settings: Settings) -> None:
    """Numbers begin anew then; the first new version passed for the first old one, and its lessons for learned."""
    old = add_votes(store, 5)
    finish(store, versions, make_job(store, versions, settings))
    shutil.rmtree(versions.folder)
    new = Job("dpo", BASE, 0, "", tuple(add_votes(store, 1, start=100)), seed=1)
    assert finish(store, versions, new) == 1
    assert learned_by(store, versions) == set(new.opinions)
    assert make_job(store, versions, settings).opinions == (*old, *new.opinions)


def test_opinions_of_another_kind_stay_new(store: Store, versions: Versions, settings: Settings) -> None:
    votes, thumbs = add_votes(store, 6), add_thumbs(store, 4)
    job = make_job(store, versions, settings)
    assert job.algorithm == "dpo" and job.opinions == tuple(votes)
    finish(store, versions, job)
    job = make_job(store, versions, settings)
    assert job.algorithm == "kto" and job.opinions[:4] == tuple(thumbs) and set(job.opinions[4:]) <= set(votes)


def test_imitation_takes_corrections_before_votes(store: Store, versions: Versions, settings: Settings) -> None:
    votes = add_votes(store, 3)
    assert make_job(store, versions, settings, "sft").opinions == tuple(votes)
    correction = Correction(store.votes()[0].a, "what I wanted to hear")
    store.add_opinion(correction)
    assert make_job(store, versions, settings, "sft").opinions == (correction.id,)
    assert set(make_job(store, versions, settings, "dpo").opinions) == {*votes, correction.id}


def test_a_reward_round_reads_every_opinion_and_starts_from_the_reward_model(
    store: Store, versions: Versions, settings: Settings
) -> None:
    """Ties too; and having scored an opinion is not having learned from it."""
    votes = add_votes(store, 6)
    first = make_job(store, versions, settings, "reward")
    assert set(first.opinions) == set(votes) and (first.parent, first.parent_hash) == (0, "")
    store.add_job(first)
    store.claim_job("somebody", BASE)
    rewards = versions.rewards()
    rewards.activate(add_version(rewards, 0, job=first))
    store.finish_job(first.id, 1)
    assert tried(store, BASE) == learned_by(store, versions) == set()
    assert scored_by(store, versions) == set(votes)
    more = add_votes(store, 2, start=50)
    again = make_job(store, versions, settings, "reward")
    assert set(again.opinions) == {*votes, *more} and again.parent == 1
    assert make_job(store, versions, settings, "ppo").parent == 0
    store.add_job(again)
    store.claim_job("somebody", BASE)
    store.fail_job(again.id, "no memory")
    assert scored_by(store, versions) == {*votes, *more}, "what failed once is not tried again for ever"


def test_without_feedback_there_is_no_round(store: Store, versions: Versions, settings: Settings) -> None:
    with pytest.raises(TrainingError, match="nothing to train on yet; give thumbs"):
        make_job(store, versions, settings)
    add_votes(store, 2, held_out=True)
    add_thumbs(store, 2)
    with pytest.raises(TrainingError, match="nothing to train on yet for dpo"):
        make_job(store, versions, settings, "dpo")
    assert make_job(store, versions, settings).algorithm == "kto"


def test_tried_opinions_are_those_of_ended_rounds_of_this_base(store: Store, versions: Versions, settings: Settings) -> None:
    votes = add_votes(store, 3)
    job = make_job(store, versions, settings)
    store.add_job(job)
    assert tried(store, BASE) == set()
    store.claim_job("somebody", BASE)
    store.fail_job(job.id, "out of memory")
    assert tried(store, BASE) == set(votes) and tried(store, "other") == set()
    assert make_job(store, versions, settings).opinions == tuple(votes)  # yet the next round reads them


@examples(deadline=None, max_examples=60)
@given(st.lists(st.text(), unique=True), st.integers(0, 50), st.integers(0, 5))
def test_replay_is_a_sample_in_order(old: list[str], most: int, seed: int) -> None:
    kept = replay(old, most, seed)
    assert len(kept) == min(most, len(old)) and kept == [each for each in old if each in set(kept)]
    assert kept == replay(old, most, seed)
