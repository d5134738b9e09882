"""Packing: the right tokens, positions, mask and targets, and nothing dropped."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from lab.train.batches import Row, pack, schedule, size, slice_off

PAIR = Row((1, 2, 3), ((4, 5), (6, 7, 8)))


def test_a_pair_stands_behind_one_copy_of_its_prompt() -> None:
    (packed,) = pack([PAIR], (0, 1), budget=100)
    assert packed.ids.tolist() == [[1, 2, 3, 4, 6, 7]]  # the last token of a completion predicts nothing and is not fed
    assert packed.positions.tolist() == [[0, 1, 2, 3, 3, 4]]
    assert packed.read.tolist() == [2, 3, 2, 4, 5]
    assert packed.target.tolist() == [4, 5, 6, 7, 8]
    assert packed.owner.tolist() == [0, 0, 1, 1, 1]
    assert packed.completions == 2


def test_the_mask_shows_the_prompt_and_ones_own_past_only() -> None:
    (packed,) = pack([PAIR, PAIR], (0, 1), budget=100)
    mask = packed.mask[0, 0]
    chosen, rejected, second_prompt = 3, 5, 6
    assert mask[chosen, :6].tolist() == [True, True, True, True, False, False]
    assert mask[rejected, :6].tolist() == [True, True, True, False, True, True]
    assert not mask[second_prompt:, :6].any(), "rows must not see each other"
    assert not mask.triu(1).any(), "nothing sees the future"


@given(st.lists(st.tuples(st.integers(1, 9), st.integers(1, 9), st.integers(1, 9)), min_size=1, max_size=12), st.integers(4, 60))
@settings(max_examples=60, deadline=None)
def test_every_target_is_packed_once_in_order(shapes: list[tuple[int, int, int]], budget: int) -> None:
    rows = [Row((9,) * p, (tuple(range(c)), tuple(range(r)))) for p, c, r in shapes]
    packs = pack(rows, (0, 1), budget)
    assert [i for p in packs for i in p.rows] == list(range(len(rows)))
    for p in packs:
        assert p.ids.shape[1] == sum(size(rows[i], (0, 1)) for i in p.rows)
        assert p.ids.shape[1] <= budget or len(p.rows) == 1
        wanted = [t for i in p.rows for c in rows[i].completions for t in c]
        assert p.target.tolist() == wanted
        assert p.owner.bincount().tolist() == [len(c) for i in p.rows for c in rows[i].completions]


def test_a_row_needs_words() -> None:
    with pytest.raises(AssertionError, match="at least one token"):
        Row((1,), ((),))


@pytest.mark.parametrize(("count", "batch"), [(3, 8), (8, 8), (17, 8)])
def test_no_row_is_left_out_of_an_epoch(count: int, batch: int) -> None:
    steps = schedule(count, batch, epochs=2, seed=3)
    per_epoch = -(-count // batch)
    assert len(steps) == 2 * per_epoch
    for epoch in (steps[:per_epoch], steps[per_epoch:]):
        assert sorted(i for step in epoch for i in step) == list(range(count))
    assert steps == schedule(count, batch, epochs=2, seed=3)
    assert steps != schedule(count, batch, epochs=2, seed=4) or count == 1


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


def test_one_prompt_alone_has_no_validation() -> None:
    assert slice_off([Row((1,), ((1,),))] * 50, seed=1) == (list(range(50)), [])


def test_only_the_named_completions_take_part() -> None:
    (packed,) = pack([PAIR], (1,), budget=100)
    assert packed.ids.tolist() == [[1, 2, 3, 6, 7]]
    assert torch.equal(packed.target, torch.tensor([6, 7, 8]))
