"""Packing: every target is read where its whole past is seen, and nothing shared is computed twice."""

from __future__ import annotations

from itertools import accumulate

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from lab.train.batches import Ids, Row
from lab.train.packing import Packed, pack

PAIR = Row((1, 2, 3), ((4, 5), (6, 7, 8)))
SECOND = Row((1, 2, 3, 4, 5, 9), ((4,), (6,)))  # the turn after PAIR's chosen reply


def words(most: int) -> st.SearchStrategy[Ids]:
    """Of three words only: unrelated rows often begin alike, and replies begin each other."""
    return st.lists(st.integers(1, 3), min_size=1, max_size=most).map(tuple)


@st.composite
def conversation(draw: st.DrawFn, prompt: Ids = ()) -> list[Row]:
    """Turns, each prompt the one before with its reply and more; some turns were judged by several raters."""
    rows: list[Row] = []
    for _ in range(draw(st.integers(1, 3))):
        prompt += draw(words(6))
        row = Row(prompt, (draw(words(5)), draw(words(5))))
        rows += [row] * draw(st.sampled_from([1, 1, 2]))
        prompt += row.completions[0]
    return rows


@st.composite
def rounds(draw: st.DrawFn) -> list[Row]:
    """Rows of several conversations, behind one system prompt or none, in any order."""
    system = draw(st.sampled_from([(), (1,) * 4]))
    rows = [row for _ in range(draw(st.integers(1, 4))) for row in draw(conversation(system))]
    return draw(st.permutations(rows))


def path(packed: Packed, place: int) -> list[int]:
    """The places that the token at a flattened place sees, its own the last."""
    if len(packed.ends):
        return [key for key in range(place + 1) if place < packed.ends[key]]
    width = packed.ids.shape[1]
    return [key for key in range(place // width * width, place + 1) if packed.seen.flatten()[key]]


def past(packed: Packed, place: int) -> Ids:
    """The ids that the token at a flattened place sees, which must stand at the positions they have when alone."""
    seen = path(packed, place)
    assert seen[-1] == place and packed.positions.flatten()[seen].tolist() == list(range(len(seen)))
    return tuple(packed.ids.flatten()[seen].tolist())


def prefixes(rows: list[Row]) -> set[Ids]:
    """Everything that is fed, each different beginning once."""
    return {
        beginning
        for row in rows
        for completion in row.completions
        for beginning in accumulate(((token,) for token in row.prompt + completion[:-1]), lambda a, b: a + b)
    }


def test_a_pair_stands_behind_one_copy_of_its_prompt() -> None:
    (packed,) = pack([PAIR], (0, 1), budget=100)
    assert packed.ids.tolist() == [[1, 2, 3, 4, 6, 7]]  # the last token of a completion predicts nothing and is not fed
    assert packed.positions.tolist() == [[0, 1, 2, 3, 3, 4]]
    assert packed.ends.tolist() == [6, 6, 6, 4, 6, 6]
    assert packed.read.tolist() == [2, 3, 2, 4, 5]
    assert packed.target.tolist() == [4, 5, 6, 7, 8]
    assert packed.owner.tolist() == [0, 0, 1, 1, 1]
    assert packed.last.tolist() == [3, 5]
    assert packed.completions == 2


def test_a_later_turn_stands_behind_one_copy_of_its_past() -> None:
    (packed,) = pack([SECOND, PAIR], (0, 1), budget=100)
    assert packed.ids.tolist() == [[1, 2, 3, 4, 5, 9, 6, 7]]
    assert packed.positions.tolist() == [[0, 1, 2, 3, 4, 5, 3, 4]]
    assert packed.ends.tolist() == [8, 8, 8, 6, 6, 6, 8, 8]
    assert packed.target.tolist() == [4, 6, 4, 5, 6, 7, 8], "targets stay in the order of the rows"


@pytest.mark.parametrize("padded", [False, True])
@given(rows=rounds(), budget=st.integers(4, 80), whole=st.booleans(), which=st.sampled_from([(0,), (1,), (0, 1), (1, 0)]))
@settings(max_examples=60, deadline=None)
def test_every_target_is_read_where_its_whole_past_is_seen(
    padded: bool, rows: list[Row], budget: int, whole: bool, which: tuple[int, ...]
) -> None:
    packs = list(pack(rows, which, budget, padded=padded, whole=whole))
    assert [i for p in packs for i in p.rows] == list(range(len(rows)))
    for p in packs:
        wanted = [(rows[i].prompt, rows[i].completions[k]) for i in p.rows for k in which]
        assert p.completions == len(wanted) == len(p.last)
        assert p.target.tolist() == [token for _, completion in wanted for token in completion]
        assert p.owner.tolist() == [owner for owner, (_, completion) in enumerate(wanted) for _ in completion]
        assert [past(p, place) for place in p.read.tolist()] == [
            prompt + completion[:done] for prompt, completion in wanted for done in range(len(completion))
        ]
        assert [past(p, place) for place in p.last.tolist()] == [
            prompt + (completion if whole else completion[:-1]) for prompt, completion in wanted
        ]


@pytest.mark.parametrize("padded", [False, True])
@given(rows=rounds(), budget=st.sampled_from([8, 64, 80]), even=st.sampled_from([8, 64]))
@settings(max_examples=60, deadline=None)
def test_what_fills_a_forward_up_is_seen_by_no_token_and_read_by_none(
    padded: bool, rows: list[Row], budget: int, even: int
) -> None:
    """Nor does it break the budget: batches whose rows were each filled up took twelve times as much."""
    for more in pack(rows, (0, 1), budget, padded=padded, even=even):
        (p,) = pack([rows[i] for i in more.rows], (0, 1), 10**6, padded=padded)
        wanted = p.ids.numel() if padded else -(-p.ids.numel() // even) * even
        assert more.ids.numel() == wanted and (wanted <= budget or len(more.rows) == 1)
        assert more.positions.shape[-1] == more.ids.shape[1] and torch.equal(more.target, p.target)
        assert [past(more, place) for place in more.read.tolist()] == [past(p, place) for place in p.read.tolist()]
        assert [past(more, place) for place in more.last.tolist()] == [past(p, place) for place in p.last.tolist()]


@pytest.mark.parametrize("padded", [False, True])
@given(rows=rounds(), budget=st.integers(4, 80))
@settings(max_examples=60, deadline=None)
def test_forwards_are_as_few_and_as_full_as_the_budget_lets_them(padded: bool, rows: list[Row], budget: int) -> None:
    packs = list(pack(rows, (0, 1), budget, padded=padded))
    for p in packs:
        assert p.ids.numel() <= budget or len(p.rows) == 1
    for p in packs[:-1]:
        (more,) = pack(rows[p.rows[0] : p.rows[-1] + 2], (0, 1), 10**6, padded=padded)
        assert more.ids.numel() > budget


def test_what_begins_alike_but_is_not_shared_counts_against_the_budget() -> None:
    """Every row was counted without the two tokens of template they begin with, which no tree shares: 42 tokens in 40."""
    rows = [Row((1, 2, *[k] * 10), ((9, 8, 7),)) for k in range(10, 13)]
    assert [p.ids.numel() for p in pack(rows, (0,), budget=40)] == [28, 14]


@given(conversation())
@settings(max_examples=60, deadline=None)
def test_a_token_of_a_conversation_is_computed_once(rows: list[Row]) -> None:
    (packed,) = pack(rows, (0, 1), 10**6)
    assert packed.ids.numel() == len(prefixes(rows))


@given(rounds())
@settings(max_examples=60, deadline=None)
def test_trees_are_never_larger_than_their_sequences(rows: list[Row]) -> None:
    (packed,) = pack(rows, (0, 1), 10**6)
    fed = sum(len(row.prompt + completion) - 1 for row in rows for completion in row.completions)
    assert len(prefixes(rows)) <= packed.ids.numel() == len(packed.ends) <= fed


def test_rows_that_share_less_than_half_a_prompt_stand_apart() -> None:
    """Behind a few tokens of template alone, a larger attention block would cost more than it saves."""
    rows = [Row((1, 2, 3, 4, 5), ((9,),)), Row((1, 2, 6, 7, 8), ((9,),)), Row((1, 2, 6, 10, 11), ((9,),))]
    (packed,) = pack(rows, (0,), 100)
    assert packed.ids.tolist() == [[1, 2, 3, 4, 5, 1, 2, 6, 7, 8, 10, 11]]
    assert packed.ends.tolist() == [5] * 5 + [12] * 3 + [10] * 2 + [12] * 2


def test_a_padded_batch_has_a_row_for_each_sequence() -> None:
    (packed,) = pack([PAIR], (0, 1), budget=100, padded=True)
    assert packed.ids.tolist() == [[1, 2, 3, 4, 0], [1, 2, 3, 6, 7]]
    assert packed.seen.tolist() == [[True] * 4 + [False], [True] * 5]
    assert packed.read.tolist() == [2, 3, 7, 8, 9]
    assert not len(packed.ends)


def test_all_of_it_moves_to_a_device() -> None:
    (packed,) = pack([PAIR], (0, 1), budget=100)
    moved = packed.to(torch.device("meta"))
    assert {value.device.type for value in vars(moved).values() if isinstance(value, torch.Tensor)} == {"meta"}
    assert (moved.rows, moved.completions) == (packed.rows, packed.completions)
