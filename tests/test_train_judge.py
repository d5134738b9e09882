"""The judge of held-out opinions: figures that can be checked by hand. And the reference that they are measured against."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from lab.feedback.store import Store
from lab.insight.paired import Paired
from lab.model import adapters
from lab.model.base import Base, load_base
from lab.settings import TrainSettings
from lab.train import judge, reference
from lab.train.batches import Row
from lab.train.hooks import Hooks, Stopped
from lab.train.reference import with_reference
from tests.tiny import shift

SETTINGS = TrainSettings()
PROMPTS = [(1, 4, 30, 40, 2, 5), (1, 4, 50, 2, 5), (1, 4, 51, 52, 2, 5)]


@pytest.fixture
def base(tiny_model: Path) -> Base:
    base = load_base(str(tiny_model), "none", "cpu", training=True)
    adapters.create(base, "c", rank=4, alpha=8, seed=0)
    return base


def ratios(monkeypatch: pytest.MonkeyPatch, pairs: list[tuple[float, float]], thumbs: list[float]) -> None:
    def given(base: Base, name: str | None, rows: list[Row], which: tuple[int, ...], settings: TrainSettings) -> torch.Tensor:
        return torch.tensor(pairs if len(which) == 2 else [[t] for t in thumbs]).view(len(rows), len(which))

    monkeypatch.setattr(judge, "log_ratios", given)


def agreement(base: Base, name: str | None, held: judge.Heldout, settings: TrainSettings) -> tuple[float | None, int]:
    return judge.agreement(judge.ratios(base, name, held, settings), held)


def held(pairs: int, labels: list[bool]) -> judge.Heldout:
    return judge.Heldout([Row((1,), ((2,), (3,)))] * pairs, [Row((1,), ((2,),), label=label) for label in labels])


def test_agreement_with_pairs_counts_ties_half(base: Base, monkeypatch: pytest.MonkeyPatch) -> None:
    ratios(monkeypatch, [(1.0, 0.0), (0.0, 1.0), (2.0, 2.0), (3.0, -1.0)], [])
    assert agreement(base, "c", held(4, []), SETTINGS) == ((2 + 0.5) / 4, 4)


def test_agreement_with_thumbs_is_the_area_under_the_curve(base: Base, monkeypatch: pytest.MonkeyPatch) -> None:
    ratios(monkeypatch, [], [0.3, 0.9, 0.5, 0.1])
    # up: 0.3, 0.9; down: 0.5, 0.1; of the four comparisons 0.3 < 0.5 is the only one lost
    assert agreement(base, "c", held(0, [True, True, False, False]), SETTINGS) == (0.75, 4)


def test_both_kinds_are_weighted_by_their_number(base: Base, monkeypatch: pytest.MonkeyPatch) -> None:
    ratios(monkeypatch, [(1.0, 0.0)], [0.0, 1.0, 2.0])
    share, count = agreement(base, "c", held(1, [True, False, False]), SETTINGS)
    assert (share, count) == (pytest.approx((1 + 0.0 * 3) / 4), 4)


def test_thumbs_of_one_kind_say_nothing(base: Base, monkeypatch: pytest.MonkeyPatch) -> None:
    ratios(monkeypatch, [], [0.3, 0.9])
    assert agreement(base, "c", held(0, [True, True]), SETTINGS) == (None, 0)


def test_only_what_was_judged_is_counted(base: Base, monkeypatch: pytest.MonkeyPatch) -> None:
    """One pair beside thumbs of one kind was reported as the verdict of all, and could refuse a candidate alone."""
    ratios(monkeypatch, [(1.0, 0.0)], [0.3, 0.9])
    assert agreement(base, "c", held(1, [True, True]), SETTINGS) == (1.0, 1)


def test_the_base_agrees_with_half(base: Base) -> None:
    assert agreement(base, None, held(3, [True, False]), SETTINGS) == (0.5, 5)


def test_what_two_policies_decide_apart() -> None:
    """Pairs on which both are right or both wrong are no news; against the base, which decides nothing, all are."""
    rows = held(4, [])
    live = judge.Ratios(torch.tensor([[1.0, 0.0], [0.0, 1.0], [0.0, 1.0], [1.0, 0.0]]), torch.zeros(0))
    candidate = judge.Ratios(torch.tensor([[2.0, 0.0], [1.0, 0.0], [0.0, 3.0], [0.0, 1.0]]), torch.zeros(0))
    base = judge.Ratios(torch.zeros(4, 2), torch.zeros(0))
    assert judge.compared(candidate, live, rows) == Paired(1, 1, 2)
    assert judge.compared(candidate, base, rows) == Paired(2, 2)
    assert judge.compared(base, base, rows) == Paired(0, 0, 4)


def test_thumbs_are_compared_two_by_two() -> None:
    """Twelve replies found good against one found bad are one comparison: twelve would stand or fall together."""
    rows = held(0, [True] * 12 + [False])
    base = judge.Ratios(torch.zeros(0, 2), torch.zeros(13))
    candidate = judge.Ratios(torch.zeros(0, 2), torch.tensor([0.0] * 12 + [5.0]))
    assert judge.compared(candidate, base, rows) == Paired(0, 1)
    rows = held(0, [True, False, True, False])
    found = judge.Ratios(torch.zeros(0, 2), torch.tensor([1.0, 0.0, 0.0, 1.0]))
    assert judge.compared(found, judge.Ratios(torch.zeros(0, 2), torch.zeros(4)), rows) == Paired(1, 1)


# -- reference log-probs ------------------------------------------------------------------------------------------

ROWS = [Row(PROMPTS[0], ((70, 2), (80, 81, 2))), Row(PROMPTS[1], ((90, 2),))]


def test_reference_is_the_base_and_is_measured_once(base: Base, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store(tmp_path)
    fresh = with_reference(base, ROWS, store, SETTINGS, Hooks())
    shift(base, 0.3)
    monkeypatch.setattr(reference, "measure", lambda *_: pytest.fail("measured a second time"))
    assert with_reference(base, ROWS, store, SETTINGS, Hooks()) == fresh
    store.close()
    assert [len(row.reference) for row in fresh] == [2, 1]


def test_reference_does_not_see_the_adapter(base: Base, tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    stores = Store(tmp_path / "a"), Store(tmp_path / "b")
    before = with_reference(base, ROWS, stores[0], SETTINGS, Hooks())
    shift(base, 0.3)
    assert with_reference(base, ROWS, stores[1], SETTINGS, Hooks()) == before
    for store in stores:
        store.close()


def test_reference_can_be_stopped(base: Base, tmp_path: Path) -> None:
    store = Store(tmp_path)
    with pytest.raises(Stopped):
        with_reference(base, ROWS, store, SETTINGS, Hooks(should_stop=lambda: True))
    store.close()
