"""Rows and rounds: nothing dropped, the rows of a conversation together, and on one side of the validation slice."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.train.batches import Row, conversations, schedule, slice_off

TALKS = st.lists(st.tuples(st.integers(1, 6), st.integers(1, 4)), min_size=1, max_size=20).map(
    lambda shapes: [Row((talk, *range(9, 9 + turn)), ((1,),)) for talk, turn in shapes]
)  # rows of up to six conversations in any order, some of them the same turn twice


def test_a_row_needs_words() -> None:
    with pytest.raises(AssertionError, match="at least one token"):
        Row((1,), ((),))


def test_a_conversation_is_known_by_its_first_prompt() -> None:
    first, other, second = Row((1, 2), ((3,),)), Row((1, 3), ((3,),)), Row((1, 2, 3, 4), ((5,),))
    assert conversations([second, other, first, first]) == [[0, 2, 3], [1]]


@given(TALKS, st.integers(1, 9))
def test_no_row_is_left_out_of_an_epoch(rows: list[Row], batch: int) -> None:
    steps = schedule(rows, batch, epochs=2, seed=3)
    per_epoch = -(-len(rows) // batch)
    assert len(steps) == 2 * per_epoch
    for epoch in (steps[:per_epoch], steps[per_epoch:]):
        assert sorted(i for step in epoch for i in step) == list(range(len(rows)))
        assert all(len(step) == batch for step in epoch[:-1])
    assert steps == schedule(rows, batch, epochs=2, seed=3)


@given(TALKS, st.integers(1, 9))
def test_a_conversation_is_cut_only_where_a_step_is_full(rows: list[Row], batch: int) -> None:
    talks = [index for step in schedule(rows, batch, epochs=1, seed=3) for index in step]
    places = {index: place for place, index in enumerate(talks)}
    for group in conversations(rows):
        taken = sorted(places[index] for index in group)
        assert taken == list(range(taken[0], taken[0] + len(group)))


def test_every_epoch_and_every_seed_has_an_order_of_its_own() -> None:
    rows = [Row((k,), ((1,),)) for k in range(50)]
    first, second = schedule(rows, 50, epochs=2, seed=3)
    assert first != second
    assert first != schedule(rows, 50, epochs=1, seed=4)[0]


def test_a_validation_slice_is_taken_only_from_enough_rows() -> None:
    rows = [Row((k,), ((1,),)) for k in range(100)]
    assert slice_off(rows[:39], seed=1) == (list(range(39)), [])
    training, validation = slice_off(rows, seed=1)
    assert len(validation) == 10
    assert sorted(training + validation) == list(range(100))
    assert slice_off(rows, seed=2) != (training, validation)


def test_rows_of_one_prompt_stay_on_one_side() -> None:
    """Five raters of one vote were drawn apart: what was validated had been trained on."""
    rows = [Row((k // 5,), ((1,),)) for k in range(100)]
    training, validation = slice_off(rows, seed=1)
    assert len(validation) == 10
    assert not {rows[i].prompt for i in training} & {rows[i].prompt for i in validation}


def test_turns_of_one_conversation_stay_on_one_side() -> None:
    rows = [Row((k // 5, *range(k % 5)), ((1,),)) for k in range(100)]
    training, validation = slice_off(rows, seed=1)
    assert len(validation) == 10
    assert not {rows[i].prompt[0] for i in training} & {rows[i].prompt[0] for i in validation}


def test_one_prompt_alone_has_no_validation() -> None:
    assert slice_off([Row((1,), ((1,),))] * 50, seed=1) == (list(range(50)), [])
