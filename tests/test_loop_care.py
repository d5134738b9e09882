"""The switches: who wins, and that a round leaves out and weighs what they say, in the store, the job and the plan's counts."""

from __future__ import annotations

from pathlib import Path

import pytest

from lab.errors import SettingsError, TrainingError
from lab.feedback.examples import collect, counts, is_held_out, left_out, of_job
from lab.feedback.store import Store
from lab.loop import care
from lab.loop.jobs import make_job
from lab.records import Message, Reply, Vote
from lab.registry.versions import Versions
from lab.settings import Settings, load_settings


@pytest.fixture
def settings(home: Path) -> Settings:
    (home / "lab.toml").write_text("[care]\nside = true\n")
    return load_settings(home)


def voted(store: Store, number: int, **changes: object) -> list[str]:
    """Votes under training prompts; three of four for the left."""
    made: list[str] = []
    k = 0
    while len(made) < number:
        k += 1
        question = f"question {k}?"
        if is_held_out([Message(role="user", content=question)]):
            continue
        talk = store.start_conversation(question)
        store.add_reply(Reply(f"q{k}", talk, None, "user", question))
        for side in "ab":
            said = f"answer {side}"
            store.add_reply(Reply(f"{side}{k}", talk, f"q{k}", "assistant", said, (1,), (-1.0,), 0, "tiny", finish="end"))
        vote = Vote(f"a{k}", f"b{k}", "a", "ab" if len(made) % 4 else "ba", ms=100 if len(made) < 8 else 9000)
        store.add_opinion(vote)
        made.append(vote.id)
    return made


def test_the_page_wins_over_the_file_until_it_is_reset(store: Store, settings: Settings, home: Path) -> None:
    assert [name for name, on in care.switches(store, settings).items() if on] == ["side"]
    care.switch(store, "side", False)
    care.switch(store, "haste", True)
    other = Store(home / "feedback_data")  # the trainer's
    assert [name for name, on in care.switches(other, settings).items() if on] == ["haste"]
    assert care.changed(other) == {"side": False, "haste": True}
    care.reset(other)
    assert [name for name, on in care.switches(store, settings).items() if on] == ["side"]
    with pytest.raises(SettingsError, match="no switch 'speed'; use one of side"):
        care.switch(store, "speed", True)
    other.close()


def test_a_round_leaves_out_and_weighs_what_the_switches_say(store: Store, settings: Settings, home: Path) -> None:
    made, versions = voted(store, 60), Versions(home / "adapters", "tiny")
    care.switch(store, "haste", True)
    job = make_job(store, versions, settings, "dpo")
    assert set(job.opinions) == set(made[8:]) and left_out(job) == {"voted_too_fast": 8}
    store.add_job(job)
    care.switch(store, "haste", False)
    care.switch(store, "side", False)  # a round under way stays as it was planned
    pairs = of_job(store, store.job(job.id), "tiny").pairs
    found = {pair.opinion: pair.weight for pair in pairs}
    assert set(found) == set(made[8:])
    lefts = [found[opinion] for place, opinion in enumerate(made) if place >= 8 and place % 4]
    assert lefts == pytest.approx([1 / 3] * 39)
    assert {found[opinion] for place, opinion in enumerate(made) if place >= 8 and place % 4 == 0} == {1.0}
    plain = make_job(store, versions, settings, "dpo")
    assert set(plain.opinions) == set(made) and left_out(plain) == {}
    assert {pair.weight for pair in of_job(store, plain, "tiny").pairs} == {1.0}


def test_the_plan_counts_without_what_is_left_out(store: Store, settings: Settings) -> None:
    made = voted(store, 20)
    care.switch(store, "haste", True)
    gone = care.care_of(store, settings).left_out
    assert set(gone) == set(made[:8])
    told, all_of_it = counts(store, (), (), gone), counts(store, ())
    assert (told.pairs, told.new_pairs, told.rated, told.new_rated) == (12, 12, 12, 12)
    assert all_of_it.pairs == 20 and told.held_out == all_of_it.held_out


def test_a_round_of_nothing_but_hasty_votes_says_so(store: Store, settings: Settings, home: Path) -> None:
    voted(store, 8)
    care.switch(store, "haste", True)
    with pytest.raises(TrainingError, match=r"nothing to train on yet that is not left out \(8 votes are, see the audit\)"):
        make_job(store, Versions(home / "adapters", "tiny"), settings)
    assert len(collect(store, "train").pairs) == 8
