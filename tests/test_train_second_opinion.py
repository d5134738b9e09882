"""The second reward model on a tiny model: it learns what a lesson is, says what it is worth, and tells two versions apart."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
import torch

from lab.feedback.examples import Examples
from lab.model import adapters
from lab.model.base import Base, load_base
from lab.model.generate import Emitted
from lab.records import Completion, Labelled, Message, Pair
from lab.settings import TrainSettings
from lab.train.batches import Row
from lab.train.canaries import Replies
from lab.train.forward import hidden_states, packs
from lab.train.objective import Encoder
from lab.train.second_opinion import LEAST, LinearReward, Opinion, opinions, second_opinion, states

SETTINGS = TrainSettings()


@pytest.fixture(scope="module")
def base(tiny_model: Path) -> Base:
    return load_base(str(tiny_model), "none", "cpu", training=True)


def opinion(number: int, start: int = 0) -> Opinion:
    """Replies that begin with 70 to 78 are preferred to those that begin with 90 to 98."""
    prompt = (1, 4, 20 + number % 40, 2, 5)
    return Row(prompt, ((70 + number % 9, 30 + number % 7, 2),)), Row(prompt, ((90 + number % 9, 30 + number % 5, 2),))


def fresh(better: bool, count: int = 20) -> Replies:
    """The candidate says what is preferred, or the version before does."""
    pairs = [opinion(k) for k in range(100, 100 + count)]
    sides = [[Emitted(list(row.completions[0]), [-1.0] * 3, "end") for row in side] for side in zip(*pairs, strict=True)]
    return Replies([first.prompt for first, _ in pairs], *(sides if better else sides[::-1]))


def test_it_tells_which_of_two_versions_learned_the_lesson(base: Base) -> None:
    held, training = [opinion(k) for k in range(20)], [opinion(k) for k in range(30, 70)]
    good = second_opinion(base, held, training, fresh(True), SETTINGS)
    assert good["second_accuracy"] > 0.9 and good["second_accuracy_low"] > 0.5
    assert (good["second_n"], good["second_made_from"]) == (40, 20)
    assert (good["second_wins"], good["second_losses"]) == (20, 0) and good["second_gain_low"] > 0
    bad = second_opinion(base, held, training, fresh(False), SETTINGS)
    assert (bad["second_wins"], bad["second_losses"]) == (0, 20) and bad["second_gain_high"] < 0


def test_with_shuffled_opinions_it_says_that_it_knows_nothing(base: Base) -> None:
    luck = random.Random(3)
    held, training = (
        [pair if luck.random() < 0.5 else pair[::-1] for pair in map(opinion, some)] for some in (range(20), range(30, 90))
    )
    found = second_opinion(base, held, training, fresh(True), SETTINGS)
    assert found["second_accuracy_low"] < 0.5


def test_the_same_words_are_a_tie(base: Base) -> None:
    alike = fresh(True)
    found = second_opinion(
        base, [opinion(k) for k in range(20)], [opinion(40)], Replies(alike.prompts, alike.ours, alike.ours), SETTINGS
    )
    assert (found["second_wins"], found["second_losses"], found["second_ties"], found["second_gain"]) == (0, 0, 20, 0)


def test_with_too_few_opinions_nothing_is_said(base: Base) -> None:
    held, training = [opinion(k) for k in range(LEAST)], [opinion(k) for k in range(20, 30)]
    assert second_opinion(base, held[1:], training, fresh(True), SETTINGS) == {}
    assert second_opinion(base, held, [], fresh(True), SETTINGS) == {}
    assert second_opinion(base, held, training, Replies([], [], []), SETTINGS) == {}


def test_states_are_those_of_each_reply_alone_and_of_the_bare_base(base: Base) -> None:
    rows = [row for k in range(5) for row in opinion(k)]
    together = states(base, rows, SETTINGS)
    (alone,) = packs(base, rows[3:4], (0,), None, whole=True)
    read = hidden_states(base, alone, torch.cat([alone.read, alone.last]))
    assert together.shape == (10, 128)
    assert torch.allclose(together[3], torch.cat([read[:-1].mean(0), read[-1]]), atol=1e-4)
    adapters.create(base, "c", rank=4, alpha=8, seed=0)
    with torch.no_grad():
        for parameter in adapters.parameters(base, "c").values():
            parameter.add_(0.5)
    assert torch.allclose(states(base, rows, SETTINGS), together, atol=1e-5)
    adapters.drop(base, "c")


def test_the_fit_is_the_mode_of_the_posterior() -> None:
    """Its gradient is zero there: what the likelihood pulls is what the prior pulls back."""
    generator = torch.Generator().manual_seed(1)
    chosen, rejected = torch.randn(12, 6, generator=generator), torch.randn(12, 6, generator=generator)
    model = LinearReward(chosen, rejected)
    difference = (chosen - rejected) / model.spread
    pull = (torch.sigmoid(-(difference @ model.weight))[:, None] * difference).sum(0)
    assert torch.allclose(pull, model.weight / 100, atol=1e-3)


def test_opinions_are_votes_and_thumbs_two_by_two_without_safety(base: Base) -> None:
    def asked(number: int) -> tuple[Message, ...]:
        return (Message(role="user", content=f"question {number}"),)

    def voted(number: int, criterion: str = "overall") -> Pair:
        sides = Completion(f"a{number}", "yes"), Completion(f"b{number}", "no")
        return Pair(asked(number), *sides, opinion=f"v{number}", criterion=criterion)  # type: ignore[arg-type]

    thumbs = tuple(Labelled(asked(k), Completion(f"c{k}", f"well {k}"), k % 3 == 0, opinion=f"t{k}") for k in range(6))
    found = opinions(Examples(pairs=(voted(1), voted(2, "safe")), labelled=thumbs), Encoder(base.template, 200))
    texts = [tuple(base.template.decode(row.completions[0]) for row in pair) for pair in found]
    assert texts == [("yes", "no"), ("well 0", "well 1"), ("well 3", "well 2")]
