"""What holds a round to the base: the base's own words and written ones in turn, none of which anybody is judged on."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from benchmarks.starter import EVERYDAY, read_asks
from lab.feedback.examples import is_held_out
from lab.insight.sycophancy import questions
from lab.model.base import Base, load_base
from lab.model.prompts import rows
from lab.records import Message
from lab.settings import TrainSettings
from lab.train import anchor
from lab.train.batches import Row
from lab.train.retention import read_dialogues, read_retention, rows_of
from lab.train.samples import PROMPTS

RUN = 6  # words that two texts share only when one was made from the other


def bare(text: str) -> str:
    """Lower-case letters and digits only."""
    return re.sub(r"[\W_]", "", text.lower())


def runs(text: str) -> set[str]:
    """Of RUN words in a row, and the whole."""
    words = re.findall(r"\w+", text.lower())
    return {" ".join(words[k : k + RUN]) for k in range(len(words) - RUN + 1)} | {" ".join(words)}


@pytest.fixture(scope="module")
def base(tiny_model: Path) -> Base:
    return load_base(str(tiny_model), "none", "cpu")


@pytest.fixture(scope="module")
def written(base: Base) -> list[Row]:
    return rows_of(base, read_dialogues(anchor.WRITTEN))


def test_the_written_dialogues_are_sixty_on_which_nothing_is_measured() -> None:
    dialogues = read_dialogues(anchor.WRITTEN)
    asked = [bare(turn["content"]) for turns in dialogues for turn in turns if turn["role"] == "user"]
    said = [bare(turn["content"]) for turns in dialogues for turn in turns if turn["role"] == "assistant"]
    assert len(dialogues) == 60 and len(set(asked)) == len(asked) and len(set(said)) == len(said)
    for turns in dialogues:
        assert [turn["role"] for turn in turns] == ["user", "assistant"] * (len(turns) // 2)
        assert all(turn["content"] == turn["content"].strip() != "" for turn in turns)
    judged = [turn["content"] for turns in [*read_retention(), *questions()] for turn in turns]
    judged += [ask.prompt for ask in read_asks(EVERYDAY)] + [text for _, text in rows(fresh=True)] + list(PROMPTS)
    judged += [text for _, text in rows(fresh=False) if is_held_out((Message(role="user", content=text),))]
    seen = set().union(*map(runs, judged))
    mine = [turn["content"] for turns in dialogues for turn in turns]
    assert {text: shared for text in mine if (shared := runs(text) & seen)} == {}


def test_every_step_is_held_to_as_many_written_replies_as_own_ones(base: Base, written: list[Row]) -> None:
    held = anchor.words(base, TrainSettings(seed=3), steps=5)
    assert len(held) == 5 * anchor.A_STEP
    for step in range(5):
        at = anchor.of_step(held, step)
        assert [row in written for row in at] == [False, True, False, True]
    asked = {tuple(base.template.encode_prompt((Message(role="user", content=text),))): text for _, text in rows(fresh=False)}
    own = [asked[row.prompt] for row in held[::2]]
    assert len(set(own)) == 10 and not any(is_held_out((Message(role="user", content=text),)) for text in own)


def test_the_seed_decides_which(base: Base) -> None:
    one, again, other = (anchor.words(base, TrainSettings(seed=seed), steps=3) for seed in (1, 1, 2))
    assert one == again
    assert {row.prompt for row in one[1::2]} != {row.prompt for row in other[1::2]}
    assert {row.prompt for row in one[::2]} != {row.prompt for row in other[::2]}


def test_a_long_round_goes_through_them_again(base: Base, written: list[Row]) -> None:
    held = anchor.words(base, TrainSettings(), steps=200)
    assert len(held) == 2 * anchor.REMEMBERED
    assert {row.prompt for row in held[1::2]} == {row.prompt for row in written}
    assert anchor.of_step(held, len(held) // anchor.A_STEP) == anchor.of_step(held, 0) == held[: anchor.A_STEP]


def test_what_does_not_fit_is_left_out_and_own_words_do_where_nothing_does(base: Base, written: list[Row]) -> None:
    lengths = sorted(len(row.prompt) + len(row.completions[0]) for row in written)
    room = lengths[len(lengths) // 2]
    some = anchor.words(base, TrainSettings(max_length=room), steps=60)[1::2]
    assert max(len(row.prompt) + len(row.completions[0]) for row in some) <= room
    none = anchor.words(base, TrainSettings(max_length=16), steps=2)
    assert len(none) == 4 and not any(row in written for row in none)


def test_without_a_weight_nothing_is_drawn(base: Base) -> None:
    assert anchor.words(base, TrainSettings(retention_weight=0), steps=5) == []
