"""Examples: what each opinion becomes, and that the split never moves."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from lab.feedback.bundles import Bundle
from lab.feedback.examples import Examples, collect, counts, is_held_out
from lab.feedback.store import Store
from lab.records import Completion, Conversation, Correction, Message, Reply, Thumb, Vote

TRAIN, HELD = "q1", "q4"  # first turns on either side of the split
FROZEN = [4, 5, 7, 15, 17, 18, 19, 24]


@pytest.fixture
def store(home: Path):
    store = Store(home)
    yield store
    store.close()


def user(text: str) -> Message:
    return Message(role="user", content=text)


def talk(store: Store, first: str = TRAIN, base: str = "base", name: str = "") -> tuple[str, str]:
    """A question and two replies that a model emitted; their ids."""
    name = name or first
    conversation = store.start_conversation(first)
    store.add_reply(Reply(f"{name}-q", conversation, None, "user", first))
    for side, ids in (("a", (1, 2)), ("b", (3, 2))):
        store.add_reply(Reply(
            f"{name}-{side}", conversation, f"{name}-q", "assistant", f"answer {side}", ids, (-1.0, -0.5),
            version=0, base=base, finish="end",
        ))  # fmt: skip
    return f"{name}-a", f"{name}-b"


def test_the_split_is_these_prompts_for_ever() -> None:
    """Frozen values: a change here would move opinions that were trained on into the judge's share."""
    assert [number for number in range(30) if is_held_out([user(f"q{number}")])] == FROZEN
    assert is_held_out([user(HELD)]) and not is_held_out([user(TRAIN)])
    share = sum(is_held_out([user(f"question {number}")]) for number in range(5000)) / 5000
    assert 0.18 < share < 0.22


def test_the_split_looks_at_the_first_user_turn_alone_and_not_at_its_spelling() -> None:
    for number in range(50):
        plain = is_held_out([user(f"tell me {number} things")])
        assert is_held_out([user(f"  Tell ME\n{number}\tthings ")]) == plain
        assert is_held_out([Message(role="system", content="be kind"), user(f"tell me {number} things"), user("more")]) == plain


def test_a_vote_is_a_pair_with_the_emitted_ids(store: Store) -> None:
    a, b = talk(store)
    vote = Vote(a, b, "b", criterion="safe", rater="you")
    store.add_opinion(vote)
    examples = collect(store, "train")
    (pair,) = examples.pairs
    assert pair.prompt == (user(TRAIN),)
    assert (pair.chosen, pair.rejected) == (Completion(b, "answer b", (3, 2)), Completion(a, "answer a", (1, 2)))
    assert (pair.opinion, pair.criterion, pair.rater, pair.weight) == (vote.id, "safe", "you", 1.0)
    assert (examples.labelled, examples.demonstrations) == ((), ())


def test_both_bad_is_two_completions_found_bad_and_a_tie_is_for_the_reward_model(store: Store) -> None:
    a, b = talk(store)
    tie = Vote(a, b, "tie")
    store.add_opinion(tie)
    found = collect(store, "all")
    assert replace(found, ties=()) == Examples()
    assert [(pair.chosen.reply, pair.rejected.reply, pair.opinion) for pair in found.ties] == [(a, b, tie.id)]
    told = counts(store, learned=())
    assert (told.pairs, told.labelled, told.rated, told.new_rated) == (0, 0, 1, 1)
    assert counts(store, learned=(), scored=[tie.id]).new_rated == 0
    bad = Vote(a, b, "both_bad")
    store.add_opinion(bad)
    examples = collect(store, "all")
    assert examples.pairs == ()
    found = [(each.completion.reply, each.label, each.opinion) for each in examples.labelled]
    assert found == [(a, False, bad.id), (b, False, bad.id)]


def test_a_thumb_is_one_labelled_completion_under_its_whole_prompt(store: Store) -> None:
    a, _ = talk(store)
    conversation = store.reply(a).conversation
    store.add_reply(Reply("more", conversation, a, "user", "more"))
    store.add_reply(Reply("last", conversation, "more", "assistant", "that is all"))
    store.add_opinion(Thumb("last", "up"))
    store.add_opinion(Thumb(a, "down"))
    up, down = collect(store, "train").labelled
    assert up.prompt == (user(TRAIN), Message(role="assistant", content="answer a"), user("more"))
    assert (up.label, up.completion) == (True, Completion("last", "that is all"))
    assert (down.label, down.prompt) == (False, (user(TRAIN),))


def test_a_correction_is_a_demonstration_and_a_pair_against_what_it_corrects(store: Store) -> None:
    a, b = talk(store)
    correction, same = Correction(a, "better"), Correction(b, " answer b\n")
    store.add_opinion(correction)
    store.add_opinion(same)
    examples = collect(store, "train")
    (pair,) = examples.pairs
    assert pair.chosen == Completion(correction.id, "better") and pair.rejected == Completion(a, "answer a", (1, 2))
    assert [(each.completion, each.opinion) for each in examples.demonstrations] == [
        (Completion(correction.id, "better"), correction.id), (Completion(same.id, " answer b\n"), same.id),
    ]  # fmt: skip


def test_each_assistants_turn_of_an_imported_chat_is_a_demonstration(store: Store) -> None:
    words = [("assistant", "welcome"), ("user", TRAIN), ("assistant", "one"), ("user", "and?"), ("assistant", "two")]
    turns: list[Reply] = []
    for number, (role, text) in enumerate(words):
        turns.append(Reply(f"t{number}", "c", turns[-1].id if turns else None, role, text))
    store.add_bundles([Bundle(Conversation("c", "t", 1.0, "import"), tuple(turns), origin="o")])
    talk(store)  # a chat held here is nothing to imitate
    found = collect(store, "train").demonstrations
    assert [(each.opinion, each.completion.text, len(each.prompt)) for each in found] == [("t2", "one", 2), ("t4", "two", 4)]
    store.withdraw("t2")
    assert [each.opinion for each in collect(store, "train").demonstrations] == ["t4"]


def test_ids_of_another_models_tokenizer_are_not_handed_on(store: Store) -> None:
    a, b = talk(store, base="starter")
    store.add_opinion(Vote(a, b, "a"))
    (own,), (other,) = collect(store, "all", base="starter").pairs, collect(store, "all", base="qwen").pairs
    assert own.chosen.token_ids == (1, 2)
    assert other.chosen == Completion(a, "answer a")


def test_sides_are_disjoint_and_complete(store: Store) -> None:
    for first in (TRAIN, HELD):
        a, b = talk(store, first)
        for opinion in (Vote(a, b, "a"), Thumb(a, "up"), Vote(a, b, "both_bad", rater="you"), Correction(b, "better")):
            store.add_opinion(opinion)
    train, held, everything = (collect(store, side) for side in ("train", "held_out", "all"))
    for kind in ("pairs", "labelled", "demonstrations"):
        assert {each.prompt[0]["content"] for each in getattr(train, kind)} == {TRAIN}
        assert {each.prompt[0]["content"] for each in getattr(held, kind)} == {HELD}
        assert sorted(map(repr, getattr(everything, kind))) == sorted(map(repr, getattr(train, kind) + getattr(held, kind)))


def test_named_opinions_only(store: Store) -> None:
    a, b = talk(store)
    vote, thumb = Vote(a, b, "a"), Thumb(a, "up")
    store.add_opinion(vote)
    store.add_opinion(thumb)
    assert [p.opinion for p in collect(store, "train", [vote.id]).pairs] == [vote.id]
    assert collect(store, "train", [vote.id]).labelled == ()
    assert collect(store, "train", ["unknown"]) == collect(store, "train", []) == Examples()


def test_examples_come_in_the_order_of_their_opinions(store: Store) -> None:
    a, b = talk(store)
    store.add_opinion(Correction(a, "better", time=1.0))
    store.add_opinion(Vote(a, b, "a", time=2.0))
    store.add_opinion(Vote(a, b, "both_bad", rater="you", time=3.0))
    store.add_opinion(Thumb(a, "up", time=4.0))
    examples = collect(store, "all")
    assert [each.chosen.text for each in examples.pairs] == ["better", "answer a"]
    assert [each.label for each in examples.labelled] == [False, False, True]


def test_counts_are_of_the_training_side_and_tell_new_from_learned(store: Store) -> None:
    assert counts(store, set()).pairs == 0
    kept = {}
    for first in (TRAIN, HELD):
        a, b = talk(store, first)
        kept[first] = [Vote(a, b, "a"), Thumb(a, "up"), Vote(a, b, "both_bad", rater="you"), Correction(b, "better")]
        for opinion in kept[first]:
            store.add_opinion(opinion)
    vote, thumb, *_ = kept[TRAIN]
    found = counts(store, [vote.id, thumb.id])
    assert (found.pairs, found.labelled, found.demonstrations) == (2, 3, 1)
    assert (found.new_pairs, found.new_labelled, found.new_demonstrations) == (1, 2, 1)
    assert found.held_out == 5


def test_a_long_talk_is_read_in_a_moment(store: Store) -> None:
    """A thread of 400 turns with a thumb on every answer: prompts are put together once, not once for every thumb."""
    parent = None
    turns = []
    for number in range(400):
        turns.append(Reply(f"t{number}", "c", parent, "assistant" if number % 2 else "user", TRAIN if number == 0 else "x"))
        parent = turns[-1].id
    thumbs = [(Thumb(turn.id, "up"), f"o{turn.id}") for turn in turns if turn.role == "assistant"]
    store.add_bundles([Bundle(Conversation("c", "t", 1.0, "import"), tuple(turns), tuple(thumbs))])
    assert [len(each.prompt) for each in collect(store, "train").labelled] == list(range(1, 400, 2))
