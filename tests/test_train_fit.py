"""The fit loop: it learns, it can be stopped and resumed, it refuses numbers that are none, and it leaves the base alone."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from lab.errors import TrainingError
from lab.model import adapters
from lab.model.base import Base, load_base
from lab.settings import TrainSettings
from lab.train import fit as fitting
from lab.train.batches import Row
from lab.train.dpo import Preference
from lab.train.fit import fit, peak_rate
from lab.train.forward import divergence, measure, packs
from lab.train.hooks import Hooks, Stopped
from lab.train.objective import Objective
from lab.train.sft import Imitation

SETTINGS = TrainSettings(learning_rate=1e-2, epochs=4, batch=4, tokens=200, sft_weight=0.0, beta=0.5, seed=5)


def rows_of(base: Base, count: int) -> list[Row]:
    """Votes for replies that begin with token 70, against ones that begin with 80."""
    rows = [Row((1, 4, 20 + k % 30, 2, 5), ((70, 30 + k % 7, 2), (80, 31 + k % 5, 2))) for k in range(count)]
    with adapters.without(base):
        values = measure(base, rows, (0, 1), 1000).tolist()
    return [replace(row, reference=tuple(value)) for row, value in zip(rows, values, strict=True)]


@pytest.fixture
def base(tiny_model: Path) -> Base:
    base = load_base(str(tiny_model), "none", "cpu", training=True)
    adapters.create(base, "c", rank=4, alpha=8, seed=0)
    return base


def weights(base: Base) -> dict[str, torch.Tensor]:
    return {key: p.detach().clone() for key, p in adapters.parameters(base, "c").items()}


def test_the_adapter_learns_and_the_base_does_not_move(base: Base, tmp_path: Path) -> None:
    frozen = {k: p.detach().clone() for k, p in base.model.named_parameters() if ".c." not in k}
    before = weights(base)
    rows = rows_of(base, 16)
    told: list[dict] = []
    done = fit(base, "c", rows, Preference(SETTINGS), SETTINGS, tmp_path, Hooks(progress=told.append))
    assert done.steps == 16 == len(told)
    assert done.loss_last < 0.7 * done.loss_first
    assert told[-1]["accuracy"] == 1.0
    assert all(torch.equal(p, frozen[k]) for k, p in base.model.named_parameters() if ".c." not in k)
    assert all(not torch.equal(p, before[k]) for k, p in weights(base).items())
    with adapters.active(base, "c"):
        after = measure(base, rows, (0, 1), 1000)
    assert (after[:, 0] - after[:, 1] > torch.tensor([r.reference[0] - r.reference[1] for r in rows])).all()


def test_the_log_has_a_line_a_step(base: Base, tmp_path: Path) -> None:
    fit(base, "c", rows_of(base, 6), Preference(SETTINGS), SETTINGS, tmp_path, Hooks())
    lines = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    assert [line["step"] for line in lines] == list(range(1, 9))  # 6 rows, batches of 4: the short one counts too
    assert {"loss", "margin", "accuracy", "seconds", "steps"} <= lines[0].keys()


def test_the_same_seed_gives_the_same_adapter(base: Base, tmp_path: Path) -> None:
    start = weights(base)
    results = []
    for number in range(2):
        (tmp_path / str(number)).mkdir()
        with torch.no_grad():
            for key, parameter in adapters.parameters(base, "c").items():
                parameter.copy_(start[key])
        fit(base, "c", rows_of(base, 8), Preference(SETTINGS), SETTINGS, tmp_path / str(number), Hooks())
        results.append(weights(base))
    assert all(torch.equal(results[0][k], results[1][k]) for k in start)


def seen_at_checks(base: Base, objective: Objective, rows: list[Row], folder: Path) -> list[dict[str, torch.Tensor]]:
    """The weights at every check of a run."""
    seen: list[dict[str, torch.Tensor]] = []

    def drift() -> float:
        seen.append(weights(base))
        return 0.0

    fit(base, "c", rows, objective, SETTINGS, folder, Hooks(drift=drift))
    assert len(seen) == fitting.CHECKS
    return seen


def test_of_preferences_the_mean_of_the_states_is_kept(base: Base, tmp_path: Path) -> None:
    seen = seen_at_checks(base, Preference(SETTINGS), rows_of(base, 8), tmp_path)
    kept = weights(base)
    for key, value in kept.items():
        assert torch.allclose(value, torch.stack([state[key] for state in seen]).mean(0), atol=1e-6)
        assert not torch.allclose(value, seen[-1][key], atol=1e-6)


def test_a_state_that_is_clearly_worse_is_no_part_of_the_mean(
    base: Base, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    worse = iter([False, True, False, False, True, False, False, False])
    monkeypatch.setattr(fitting, "clearly_worse", lambda now, best: next(worse))
    seen = seen_at_checks(base, Preference(SETTINGS), rows_of(base, 8), tmp_path)
    good = [seen[k] for k in (0, 2, 3, 5, 6, 7)]
    for key, value in weights(base).items():
        assert torch.allclose(value, torch.stack([state[key] for state in good]).mean(0), atol=1e-6)


def test_of_imitation_the_newest_state_is_kept(base: Base, tmp_path: Path) -> None:
    rows = [replace(row, completions=row.completions[:1]) for row in rows_of(base, 8)]
    seen = seen_at_checks(base, Imitation(SETTINGS), rows, tmp_path)
    assert all(torch.equal(value, seen[-1][key]) for key, value in weights(base).items())


def test_the_rate_falls_with_the_width_and_is_higher_for_a_mean(base: Base) -> None:
    assert peak_rate(base, TrainSettings()) == pytest.approx(0.3 / 64)
    assert peak_rate(base, TrainSettings(), averaged=True) == pytest.approx(0.45 / 64)
    assert peak_rate(base, TrainSettings(learning_rate=0.01), averaged=True) == 0.01


@pytest.mark.parametrize("rows", [12, 40])  # without and with a validation slice
def test_resumed_equals_uninterrupted(base: Base, tmp_path: Path, rows: int) -> None:
    start, data = weights(base), rows_of(base, rows)
    (tmp_path / "whole").mkdir()
    (tmp_path / "parts").mkdir()
    whole = fit(base, "c", data, Preference(SETTINGS), SETTINGS, tmp_path / "whole", Hooks())
    wanted = weights(base)

    def after(calls: int) -> Callable[[], bool]:
        left = iter(range(calls))
        return lambda: next(left, None) is None

    interruptions = 0
    with torch.no_grad():
        for key, parameter in adapters.parameters(base, "c").items():
            parameter.copy_(start[key])
    while True:
        try:
            done = fit(base, "c", data, Preference(SETTINGS), SETTINGS, tmp_path / "parts", Hooks(should_stop=after(7)))
            break
        except Stopped:
            interruptions += 1
            with torch.no_grad():  # a new process starts from the parent's weights, not from where the old one was
                for key, parameter in adapters.parameters(base, "c").items():
                    parameter.copy_(start[key])
    assert interruptions >= 2
    assert done == whole
    assert all(torch.equal(weights(base)[k], wanted[k]) for k in wanted)
    untimed = [[{k: v for k, v in json.loads(line).items() if k != "seconds"} for line in (tmp_path / part / "log.jsonl").open()]
               for part in ("whole", "parts")]  # fmt: skip
    assert untimed[0] == untimed[1]


def test_a_loss_that_is_no_number_ends_the_round(base: Base, tmp_path: Path) -> None:
    rows = [replace(row, reference=(math.nan, 0.0)) for row in rows_of(base, 4)]
    with pytest.raises(TrainingError, match=r"loss became nan.*learning_rate"):
        fit(base, "c", rows, Preference(SETTINGS), SETTINGS, tmp_path, Hooks())


def test_nothing_to_train_on_is_an_error(base: Base, tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="no example"):
        fit(base, "c", [], Preference(SETTINGS), SETTINGS, tmp_path, Hooks())


def test_drifting_too_far_ends_the_round_and_keeps_the_good_states(base: Base, tmp_path: Path) -> None:
    drifts, seen = iter([0.1, 0.2, 5.0]), []

    def drift() -> float:
        seen.append(weights(base))
        return next(drifts)

    done = fit(base, "c", rows_of(base, 16), Preference(SETTINGS), SETTINGS, tmp_path, Hooks(drift=drift))
    assert done.steps == 6  # 16 steps, 8 checks: the third check
    assert "drifted 5.00 nats" in done.ended
    for key, value in weights(base).items():
        assert torch.allclose(value, (seen[0][key] + seen[1][key]) / 2, atol=1e-6), "the mean of the first two checks is kept"


def test_a_checkpoint_of_other_rows_is_told(base: Base, tmp_path: Path) -> None:
    """A round cut off by an update that gives it more rows: the validation losses were of others, and could not be compared."""
    left = iter([False] * 9)
    hooks = Hooks(should_stop=lambda: next(left, True))
    with pytest.raises(Stopped):
        fit(base, "c", rows_of(base, 40), Preference(SETTINGS), SETTINGS, tmp_path, hooks)
    with pytest.raises(TrainingError, match="is of other rows; delete it to begin the round again"):
        fit(base, "c", rows_of(base, 60), Preference(SETTINGS), SETTINGS, tmp_path, Hooks())


def test_a_round_that_could_keep_nothing_fails(base: Base, tmp_path: Path) -> None:
    """Near the cap, the first look found the drift too large, and the parent itself was published as a new version."""
    with pytest.raises(TrainingError, match=r"drifted 2.00 nats.*nothing was kept.*kl_cap"):
        fit(base, "c", rows_of(base, 16), Preference(SETTINGS), SETTINGS, tmp_path, Hooks(drift=lambda: 2.0))


def test_a_round_that_only_got_worse_fails(base: Base, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first check always won: the state before the round was never a candidate for the best."""
    scores = iter([[0.5, 0.5], [0.6, 0.6], [0.7, 0.6], [0.8, 0.9], [0.9, 0.9]])
    monkeypatch.setattr(fitting, "validation_losses", lambda *_: next(scores))
    with pytest.raises(TrainingError, match="clearly above its best for 3 checks, so nothing was kept"):
        fit(base, "c", rows_of(base, 40), Preference(SETTINGS), SETTINGS, tmp_path, Hooks())


def test_a_finished_run_is_not_run_again(base: Base, tmp_path: Path) -> None:
    """Its judge may be cut off; the steps are done."""
    rows = rows_of(base, 6)
    first = fit(base, "c", rows, Preference(SETTINGS), SETTINGS, tmp_path, Hooks())
    wanted = weights(base)
    with torch.no_grad():
        for parameter in adapters.parameters(base, "c").values():
            parameter.zero_()
    again: list[dict] = []
    assert fit(base, "c", rows, Preference(SETTINGS), SETTINGS, tmp_path, Hooks(progress=again.append)) == first
    assert again == []
    assert all(torch.equal(p, wanted[k]) for k, p in weights(base).items())


def test_it_stops_when_validation_gets_worse(base: Base, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scores = iter([[each, each + 0.1] for each in (0.7, 0.5, 0.4, 0.6, 0.6, 0.6, 0.6)])  # the first before any step
    monkeypatch.setattr(fitting, "validation_losses", lambda *_: next(scores))
    settings = TrainSettings(**SETTINGS.model_dump() | {"patience": 2})
    done = fit(base, "c", rows_of(base, 40), Preference(settings), settings, tmp_path, Hooks())
    assert "validation loss has been clearly above its best for 2 checks" in done.ended
    assert done.steps == 18  # 36 steps, checks at 4, 9, 14 and 18


def test_one_mistaken_vote_does_not_end_a_round(base: Base, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A round on 200 votes that was learning ended with nothing: two of its sixteen validation votes were wrong, and outweighed
    what it got right on the others."""
    learning = [[0.7 - 0.05 * k] * 9 + [0.7 + 0.6 * k] for k in range(9)]
    assert all(sum(now) > sum(learning[0]) for now in learning[1:]), "the sum only rises"
    scores = iter(learning)
    monkeypatch.setattr(fitting, "validation_losses", lambda *_: next(scores))
    done = fit(base, "c", rows_of(base, 40), Preference(SETTINGS), SETTINGS, tmp_path, Hooks())
    assert done.steps == 36 and not done.ended


def test_the_losses_of_a_validation_slice_add_up(base: Base) -> None:
    rows, objective = rows_of(base, 7), Preference(SETTINGS)
    each = fitting.validation_losses(base, rows, objective, SETTINGS)
    whole = objective.whole(rows, None)
    together = sum(objective.loss(values, some, whole).value.item() for some, values in fitting.forwards(
        base, rows, objective, SETTINGS, lambda: None))  # fmt: skip
    assert len(each) == 7 and sum(each) == pytest.approx(together, rel=1e-5)


def test_a_damaged_checkpoint_is_named(base: Base, tmp_path: Path) -> None:
    (tmp_path / "checkpoint.safetensors").write_bytes(b"half a file")
    with pytest.raises(TrainingError, match=r"checkpoint.*delete it"):
        fit(base, "c", rows_of(base, 4), Preference(SETTINGS), SETTINGS, tmp_path, Hooks())


def test_the_learning_rate_rises_and_falls() -> None:
    rates = [fitting.shape(step, 100) for step in range(100)]
    assert rates.index(max(rates)) in (9, 10)
    assert rates[0] == 0.1
    assert rates[-1] == pytest.approx(0.1, abs=0.01)


def test_two_processes_reach_the_numbers_of_one(tiny_model: Path, tmp_path: Path) -> None:
    """A step of 3 rows is shared out unevenly, and the last of 7 rows leaves one process with more than the other."""
    for count in (1, 2):
        (tmp_path / str(count)).mkdir()
        launch = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"] if count == 2 else []
        command = [sys.executable, *launch, "-m", "tests.team", str(tiny_model), str(tmp_path / str(count))]
        done = subprocess.run(command, capture_output=True, text=True, cwd=Path(__file__).parents[1], check=False)
        assert done.returncode == 0, done.stderr[-2000:]
    made = ("1/made-0", "2/made-0", "2/made-1")
    alone, first, second = (load_file(tmp_path / folder / "adapter_model.safetensors") for folder in made)
    assert all(torch.equal(first[key], second[key]) for key in first), "every process holds the same adapter"
    assert all(torch.allclose(alone[key], first[key], atol=2e-4) for key in alone)
    assert any((alone[key] - value).abs().max() > 1e-2 for key, value in untrained(tiny_model).items()), "and it was trained"
    logs = [[json.loads(line)["loss"] for line in (tmp_path / count / "log.jsonl").open()] for count in ("1", "2")]
    assert logs[0] == pytest.approx(logs[1], rel=1e-3)


def untrained(tiny_model: Path) -> dict[str, torch.Tensor]:
    base = load_base(str(tiny_model), "none", "cpu", training=True)
    adapters.create(base, "c", rank=4, alpha=8, seed=0)
    return {key.replace(".c.", "."): p.detach().clone() for key, p in adapters.parameters(base, "c").items()}


def test_the_base_own_words_hold_it_back(base: Base, tmp_path: Path) -> None:
    """Retention: with it, what would be said next along the base's words stays nearer to what the base would say."""
    rows, start = rows_of(base, 16), weights(base)
    words = [Row((1, 4, 20, 2, 5), ((9, 8, 7, 2),)), Row((1, 4, 21, 2, 5), ((11, 12, 2),))]
    far = []
    for number, weight in enumerate((0.0, 8.0)):
        with torch.no_grad():
            for key, parameter in adapters.parameters(base, "c").items():
                parameter.copy_(start[key])
        settings = TrainSettings(**SETTINGS.model_dump() | {"retention_weight": weight})
        (tmp_path / str(number)).mkdir()
        fit(base, "c", rows, Preference(settings), settings, tmp_path / str(number), Hooks(), words)
        with adapters.active(base, "c"), torch.no_grad():
            far.append(sum(divergence(base, packed).sum().item() for packed in packs(base, words, (0,), None)))
    assert far[1] < 0.5 * far[0]
