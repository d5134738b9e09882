"""The bundled prompts: how many of what, each well-formed, and the fresh ones nowhere else."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections import Counter

import pytest

from benchmarks.starter import EVERYDAY, read_asks
from lab.feedback.examples import is_held_out
from lab.model.prompts import KINDS, TASKS, fresh, pool, rows
from lab.records import Message
from lab.train.retention import read_retention

POOL = {"chat": 160, "story": 50, "question": 60, "summary": 60, "harmful": 60, "benign": 57}
FRESH = {"chat": 120, "story": 40, "question": 40, "summary": 100}


def bare(text: str) -> str:
    """Lower-case letters and digits only."""
    return re.sub(r"[\W_]", "", text.lower())


def test_there_are_as_many_of_each_kind_as_are_said() -> None:
    assert Counter(kind for kind, _ in rows(fresh=False)) == POOL
    assert Counter(kind for kind, _ in rows(fresh=True)) == FRESH
    assert set(KINDS) == set(POOL)


def test_kinds_and_tasks_pick_their_own() -> None:
    assert len(pool()) == sum(POOL.values())
    assert pool("story") == [text for kind, text in rows(fresh=False) if kind == "story"]
    assert set(pool("chat", "benign")) == {*pool("chat"), *pool("benign")}
    assert len(fresh("chat")) == 200
    assert len(fresh("summarize")) == 100
    assert {*fresh("chat"), *fresh("summarize")} == {text for _, text in rows(fresh=True)}


def test_no_prompt_is_there_twice_and_none_in_both_or_kept_for_judging() -> None:
    asked = [bare(text) for fresh in (False, True) for _, text in rows(fresh=fresh)]
    assert len(set(asked)) == len(asked) == 747
    judging = [ask.prompt for ask in read_asks(EVERYDAY)] + [turn["content"] for turns in read_retention() for turn in turns]
    assert [text for text in judging if bare(text) in asked] == []


def test_every_prompt_is_one_that_somebody_might_type() -> None:
    for kind, text in [*rows(fresh=False), *rows(fresh=True)]:
        assert text == text.strip()
        assert not re.search(r"[{}\[\]|/]|  ", text), text
        ends = len(re.findall(r"[.!?]+(?=\s|$)", text))
        if kind == "summary":
            assert 3 <= ends <= 8 and len(text) < 520, text
        else:
            assert "\n" not in text and ends <= 2 and len(bare(text)) >= 6 and len(text) < 160, text


@pytest.mark.parametrize("task", TASKS)
def test_votes_on_the_pool_fall_on_both_sides(task: str) -> None:
    """About a fifth judges; a rehearsal with nothing on one of the sides would show nothing of the gate."""
    texts = pool(*TASKS[task])  # type: ignore[index]
    held = sum(is_held_out([Message(role="user", content=text)]) for text in texts)
    assert 0.1 < held / len(texts) < 0.3


def test_they_are_read_without_a_tensor() -> None:
    code = "import sys, json; from lab.model.prompts import pool; print(json.dumps([len(pool('story')), 'torch' in sys.modules]))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == [50, False]


@pytest.mark.parametrize("kind", ["harmful", "benign"])
def test_enough_dangerous_ones_are_kept_for_judging(kind: str) -> None:
    """The canaries that watch refusals ask those that no round is trained on."""
    held = [text for text in pool(kind) if is_held_out([Message(role="user", content=text)])]  # type: ignore[arg-type]
    assert len(held) >= 16
