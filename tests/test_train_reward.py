"""The reward model: every kind of opinion moves it the right way, packing does not, and what it never saw judges it."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from lab.errors import VersionError
from lab.insight.evidence import evidence
from lab.model import adapters
from lab.model.base import Base, load_base
from lab.settings import LoraSettings, RewardSettings, TrainSettings
from lab.train import reward_model
from lab.train.batches import Row
from lab.train.fit import forwards
from lab.train.hooks import Hooks
from lab.train.reward import Opinions, bootstrap, correlation, new_heads
from lab.train.scorer import ENOUGH, HELPFUL, OVERALL, SAFE, Scorer, careful, constrained

SETTINGS = TrainSettings(learning_rate=5e-3, batch=8, tokens=400, sft_weight=0.0, seed=3)
OPTIONS = RewardSettings(heads=2, folds=2, epochs=4)
LORA = LoraSettings(rank=4, alpha=8)


@pytest.fixture
def base(tiny_model: Path) -> Base:
    return load_base(str(tiny_model), "none", "cpu", training=True)


def vote(k: int, criterion: int = 0) -> Row:
    """Replies that begin with 70 are better than those that begin with 80."""
    better, worse = (70, 30 + k % 9, 2), (80, 31 + k % 7, 2)
    return Row((1, 4, 20 + k % 40, 2, 5), (better, worse), criterion=criterion, draws=bootstrap(f"v{k}", 2))


def thumb(k: int, up: bool) -> Row:
    reply = (70 if up else 80, 30 + k % 9, 2)
    return Row((1, 4, 60 - k % 40, 2, 5), (reply, reply), label=up, alone=True, draws=bootstrap(f"t{k}", 2))


def made(base: Base, rows: list[Row], folder: Path, options: RewardSettings = OPTIONS) -> reward_model.RewardModel:
    model, _ = reward_model.make(base, "scores", rows, None, SETTINGS, options, LORA, folder, Hooks())
    return model


def test_votes_teach_it_and_ties_hold_it_back(base: Base, tmp_path: Path) -> None:
    rows = [vote(k) for k in range(24)]
    unseen = [vote(k) for k in range(100, 110)]
    model = made(base, rows, tmp_path)
    margins = model.scores(base, unseen, (0, 1), SETTINGS)[:, :, 0, 0].diff(dim=1)
    assert (margins < 0).all()
    adapters.drop(base, "scores")
    (tmp_path / "again").mkdir()
    tied = made(base, [replace(row, tie=True) for row in rows], tmp_path / "again")
    assert tied.scores(base, unseen, (0, 1), SETTINGS)[:, :, 0, 0].diff(dim=1).abs().mean() < 0.3 * margins.abs().mean()


def test_thumbs_teach_it_where_its_threshold_lies(base: Base, tmp_path: Path) -> None:
    model = made(base, [thumb(k, k % 2 == 0) for k in range(32)], tmp_path)
    unseen = [thumb(k, k % 2 == 0) for k in range(50, 60)]
    scores = model.scores(base, unseen, (0,), SETTINGS)[:, 0, 0, 0] - model.thresholds[0]
    assert ((scores > 0) == torch.tensor([row.label for row in unseen])).all()


def test_each_criterion_has_heads_of_its_own(base: Base) -> None:
    adapters.create(base, "scores", 4, 8, 0)
    heads = new_heads(base, 2, 1)
    objective = Opinions(SETTINGS, heads, torch.nn.Parameter(torch.zeros(3)), 0.5)
    rows = [vote(k, criterion=SAFE) for k in range(4)]
    with adapters.active(base, "scores"):
        for some, values in forwards(base, rows, objective, SETTINGS, lambda: None):
            objective.loss(values, some, objective.whole(rows, None)).value.backward()  # type: ignore[no-untyped-call]
    assert heads.grad is not None
    assert heads.grad[SAFE].abs().sum() > 0
    assert heads.grad[OVERALL].abs().sum() == heads.grad[HELPFUL].abs().sum() == 0


def test_scores_do_not_depend_on_packing(base: Base) -> None:
    adapters.create(base, "scores", 4, 8, 0)
    model = reward_model.RewardModel("scores", new_heads(base, 2, 1).detach(), torch.zeros(3), (0, 0, 0))
    rows = [replace(vote(k), prompt=(1, 4, *range(6, 10 + k), 5)) for k in range(9)] + [thumb(1, True)]
    together, apart = (model.scores(base, rows, (0, 1), SETTINGS.model_copy(update={"tokens": t})) for t in (1000, 1))
    assert torch.allclose(together, apart, atol=1e-5)
    assert together.shape == (10, 2, 3, 3)
    assert torch.equal(together[9, 0], together[9, 1])


def test_a_kept_model_gives_the_same_scores(base: Base, tmp_path: Path) -> None:
    rows = [vote(k) for k in range(8)]
    model = made(base, rows, tmp_path)
    before = model.scores(base, rows, (0, 1), SETTINGS)
    model.save(base, tmp_path / "kept")
    adapters.drop(base, "scores")
    again = reward_model.load(base, tmp_path / "kept", "other")
    assert torch.equal(again.scores(base, rows, (0, 1), SETTINGS), before)
    assert again.rated == (8, 0, 0)
    (tmp_path / "kept" / "heads.safetensors").write_bytes(b"nothing")
    with pytest.raises(VersionError, match="does not load"):
        reward_model.load(base, tmp_path / "kept", "third")
    assert "third" not in adapters.names(base)


def test_out_of_fold_scores_tell_lessons_from_noise(base: Base, tmp_path: Path) -> None:
    """With labels shuffled it says that it knows nothing."""
    rows = [replace(vote(k), prompt=(1, 4, 6 + k, 2, 5)) for k in range(48)]
    unseen = reward_model.out_of_fold(base, rows, SETTINGS, OPTIONS, LORA, tmp_path, Hooks())
    found = evidence(reward_model.scored(rows, unseen))
    assert found is not None and found.knows_something() and found.n == 48
    flip = random.Random(4)
    turned = [replace(row, completions=row.completions[::-1]) if flip.random() < 0.5 else row for row in rows]
    unseen = reward_model.out_of_fold(base, turned, SETTINGS, OPTIONS, LORA, tmp_path, Hooks())
    found = evidence(reward_model.scored(turned, unseen))
    assert found is not None and found.ci95[0] < 0.5 < found.ci95[1] and not found.knows_something()
    assert adapters.names(base) == [] and not list(tmp_path.iterdir())


def test_heads_that_see_other_draws_disagree(base: Base, tmp_path: Path) -> None:
    model = made(base, [vote(k) for k in range(12)], tmp_path)
    scores = model.scores(base, [vote(k) for k in range(200, 210)], (0,), SETTINGS)[:, 0, 0]
    assert scores.std(-1).min() > 0
    drawn = [count for k in range(2000) for count in bootstrap(f"o{k}", 4)]
    assert sum(drawn) / len(drawn) == pytest.approx(1, abs=0.05)  # Poisson(1)
    assert drawn.count(0) / len(drawn) == pytest.approx(0.368, abs=0.03)


def test_odin_takes_length_out_of_the_score(base: Base, tmp_path: Path) -> None:
    """Votes for the longer reply, whatever it says: with `decorrelate` the quality head follows length less."""
    rows = []
    for k in range(40):
        short, long = (70 + k % 9, 2), (*range(71 + k % 5, 79 + k % 5), 2)
        rows.append(Row((1, 4, 20 + k, 2, 5), (long, short), draws=bootstrap(f"v{k}", 2)))
    lengths = torch.tensor([[len(c) for c in row.completions] for row in rows], dtype=torch.float32).flatten()
    follows = []
    for number, weight in enumerate((0.0, 2.0)):
        folder = tmp_path / str(number)
        folder.mkdir()
        model = made(base, rows, folder, OPTIONS.model_copy(update={"decorrelate": weight}))
        follows.append(correlation(model.scores(base, rows, (0, 1), SETTINGS)[:, :, 0, 0].flatten(), lengths).item())
        adapters.drop(base, "scores")
    assert follows[0] > 0.8
    assert abs(follows[1]) < 0.6 * follows[0]


def test_reward_is_the_mean_above_the_reference_less_the_spread() -> None:
    scores, reference = torch.tensor([[[3.0, 4.0, 2.0]]]), torch.tensor([[[1.0, 1.0, 1.0]]])
    assert careful(scores, reference).item() == pytest.approx((2 + 3 + 1) / 3 - 1)  # heads say 3 and 1: spread 1
    shifted = reference + torch.tensor([0.0, 5.0, 0.0])
    assert careful(scores + torch.tensor([0.0, 5.0, 0.0]), shifted).item() == pytest.approx(1.0), (
        "an offset a prompt says nothing"
    )


def test_safety_costs_only_what_falls_below_the_base() -> None:
    helpful, safe = torch.tensor([1.0, 1.0, 1.0]), torch.tensor([0.5, 0.0, -2.0])
    assert constrained(helpful, safe, multiplier=0.5).tolist() == [1.0, 1.0, 0.0]


def test_the_scorer_uses_what_was_rated_and_says_so(base: Base) -> None:
    adapters.create(base, "scores", 4, 8, 0)
    heads = new_heads(base, 2, 1).detach()
    drawn: list[int] = []

    def references(prompts: list[tuple[int, ...]]) -> list[tuple[int, ...]]:
        drawn.append(len(prompts))
        return [(9, 2)] * len(prompts)

    plain = Scorer(base, reward_model.RewardModel("scores", heads, torch.zeros(3), (40, 0, 3)), SETTINGS, references)
    assert plain.words().startswith("overall alone: 3 opinions on safety")
    replies = [((1, 4, 20, 2, 5), (9, 2)), ((1, 4, 20, 2, 5), (70, 2)), ((1, 4, 21, 2, 5), (70, 2))]
    rewards = plain(replies)
    assert rewards[0].item() == pytest.approx(0, abs=1e-6), "the reference reply itself earns nothing"
    plain(replies)
    assert drawn == [2], "one reference a prompt, drawn once"
    safe = Scorer(base, reward_model.RewardModel("scores", heads, torch.zeros(3), (0, ENOUGH, ENOUGH)), SETTINGS, references)
    assert safe.words() == "helpful subject to safe" and safe.helpful == HELPFUL
    before = safe.multiplier
    safe(replies)
    assert safe.multiplier != before
