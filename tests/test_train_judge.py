"""The judge: figures that can be checked by hand, and canaries that do sing."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
import torch

from lab.feedback.store import Store
from lab.model import adapters
from lab.model.base import Base, load_base
from lab.model.generate import Emitted
from lab.records import Message
from lab.settings import TrainSettings
from lab.train import judge, reference
from lab.train.batches import Row
from lab.train.hooks import Hooks, Stopped
from lab.train.reference import with_reference

SETTINGS = TrainSettings()
PROMPTS = [(1, 4, 30, 40, 2, 5), (1, 4, 50, 2, 5), (1, 4, 51, 52, 2, 5)]


@pytest.fixture
def base(tiny_model: Path) -> Base:
    base = load_base(str(tiny_model), "none", "cpu", training=True)
    adapters.create(base, "c", rank=4, alpha=8, seed=0)
    return base


def shift(base: Base, amount: float) -> None:
    with torch.no_grad():
        for number, parameter in enumerate(adapters.parameters(base, "c").values()):
            parameter.add_(torch.randn(parameter.shape, generator=torch.Generator().manual_seed(number)), alpha=amount)


def ratios(monkeypatch: pytest.MonkeyPatch, pairs: list[tuple[float, float]], thumbs: list[float]) -> None:
    def given(base: Base, name: str | None, rows: list[Row], which: tuple[int, ...], settings: TrainSettings) -> torch.Tensor:
        return torch.tensor(pairs if len(which) == 2 else [[t] for t in thumbs]).view(len(rows), len(which))

    monkeypatch.setattr(judge, "log_ratios", given)


def held(pairs: int, labels: list[bool]) -> judge.Heldout:
    return judge.Heldout([Row((1,), ((2,), (3,)))] * pairs, [Row((1,), ((2,),), label=label) for label in labels])


def test_agreement_with_pairs_counts_ties_half(base: Base, monkeypatch: pytest.MonkeyPatch) -> None:
    ratios(monkeypatch, [(1.0, 0.0), (0.0, 1.0), (2.0, 2.0), (3.0, -1.0)], [])
    assert judge.agreement(base, "c", held(4, []), SETTINGS) == ((2 + 0.5) / 4, 4)


def test_agreement_with_thumbs_is_the_area_under_the_curve(base: Base, monkeypatch: pytest.MonkeyPatch) -> None:
    ratios(monkeypatch, [], [0.3, 0.9, 0.5, 0.1])
    # up: 0.3, 0.9; down: 0.5, 0.1; of the four comparisons 0.3 < 0.5 is the only one lost
    assert judge.agreement(base, "c", held(0, [True, True, False, False]), SETTINGS) == (0.75, 4)


def test_both_kinds_are_weighted_by_their_number(base: Base, monkeypatch: pytest.MonkeyPatch) -> None:
    ratios(monkeypatch, [(1.0, 0.0)], [0.0, 1.0, 2.0])
    share, count = judge.agreement(base, "c", held(1, [True, False, False]), SETTINGS)
    assert (share, count) == (pytest.approx((1 + 0.0 * 3) / 4), 4)


def test_thumbs_of_one_kind_say_nothing(base: Base, monkeypatch: pytest.MonkeyPatch) -> None:
    ratios(monkeypatch, [], [0.3, 0.9])
    assert judge.agreement(base, "c", held(0, [True, True]), SETTINGS) == (None, 0)


def test_only_what_was_judged_is_counted(base: Base, monkeypatch: pytest.MonkeyPatch) -> None:
    """One pair beside thumbs of one kind was reported as the verdict of all, and could refuse a candidate alone."""
    ratios(monkeypatch, [(1.0, 0.0)], [0.3, 0.9])
    assert judge.agreement(base, "c", held(1, [True, True]), SETTINGS) == (1.0, 1)


def test_the_base_agrees_with_half(base: Base) -> None:
    assert judge.agreement(base, None, held(3, [True, False]), SETTINGS) == (0.5, 5)


def test_repetition_stops_and_length_by_hand() -> None:
    replies = [Emitted([1, 2, 3, 4, 1, 2, 3, 4], [0.0] * 8, "length"), Emitted([1, 2], [0.0] * 2, "end")]
    assert judge.repetition(replies) == pytest.approx(1 / 5)  # of 1234 2341 3412 4123 1234 the last is a repeat
    assert judge.stop_rate(replies) == 0.5
    assert judge.mean_length(replies) == 5.0


def test_a_fresh_adapter_changed_nothing(base: Base) -> None:
    kl, canaries = judge.canaries(base, "c", None, PROMPTS, SETTINGS)
    assert kl == pytest.approx(0, abs=1e-4)
    assert canaries["changed"] == 0
    assert canaries["nan"] == 0
    assert canaries["ppl_ratio"] == pytest.approx(1, abs=1e-4)
    assert canaries["length"] == canaries["length_base"]


def test_a_moved_adapter_is_seen_to_have_moved(base: Base) -> None:
    shift(base, 1.0)
    kl, canaries = judge.canaries(base, "c", None, PROMPTS * 5, SETTINGS)
    assert canaries["changed"] == 1
    assert kl > 0.01  # a random model is close to uniform, so even a large move is a small KL
    assert canaries["ppl_ratio"] > 1.01


def test_changed_means_since_the_parent(base: Base) -> None:
    """A round that did nothing to a version that is not the base was not seen to have done nothing."""
    shift(base, 1.0)
    adapters.create(base, "parent", rank=4, alpha=8, seed=0)
    with torch.no_grad():
        for key, parameter in adapters.parameters(base, "parent").items():
            parameter.copy_(adapters.parameters(base, "c")[key.replace(".parent.", ".c.")])
    assert judge.canaries(base, "c", "parent", PROMPTS, SETTINGS)[1]["changed"] == 0
    assert judge.canaries(base, "c", None, PROMPTS, SETTINGS)[1]["changed"] == 1


def test_a_weight_that_is_no_number_is_seen(base: Base) -> None:
    with torch.no_grad():
        next(iter(adapters.parameters(base, "c").values())).fill_(math.nan)
    kl, canaries = judge.canaries(base, "c", None, PROMPTS, SETTINGS)
    assert canaries["nan"] == 1
    assert kl == canaries["ppl_ratio"] == judge.WORST, "a report is JSON, which has no NaN"


def test_questions_are_filled_up_with_everyday_ones() -> None:
    asked = judge.questions([(Message(role="user", content="Where is my hat?"),)] * 3)
    assert len(asked) == 1 + len(judge.PROMPTS)
    many = judge.questions([(Message(role="user", content=f"question {k}"),) for k in range(100)])
    assert len(many) == judge.SAMPLES


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
