"""The gate: what passes, and what is refused with which words."""

from __future__ import annotations

import math

import pytest

from lab.loop.gate import decide
from lab.settings import GateSettings
from tests.fake_trainer import report

GATE = GateSettings()


def seen(**changes: float) -> dict:
    return {"canaries": report().canaries | changes}


def test_a_sound_and_better_candidate_passes() -> None:
    assert decide(report(), GATE) == ("passed", "replies are sound; held-out accuracy 50% → 70% of 10")


@pytest.mark.parametrize(
    "changes",
    [
        {"heldout_before": None, "heldout_after": None, "heldout_n": 0},
        {"canaries": {}},
        {"heldout_before": 0.7, "heldout_after": 0.6},  # the allowed fall, exactly
        {"heldout_before": 1.0, "heldout_after": 0.5, "heldout_n": 2},  # one opinion of two
        seen(repeat=0.4, repeat_base=0.5),  # the base is worse
        seen(stop_rate=0.0, stop_rate_base=0.125),  # two of sixteen are chance
        seen(stop_rate=0.0, stop_rate_base=0.0),
        seen(length=3.0),  # a taste for short replies is a taste
        seen(length=80.0, length_base=20.0),
        seen(ppl_ratio=1.5),
    ],
    ids=str,
)
def test_what_is_allowed_passes(changes: dict) -> None:
    assert decide(report(**changes), GATE)[0] == "passed", decide(report(**changes), GATE)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"steps": 0}, "no step was taken"),
        ({"loss_last": math.nan}, "not a finite number: loss_last"),
        ({"kl": math.inf}, "not a finite number: kl"),
        ({"heldout_after": math.nan}, "not a finite number: heldout_after"),
        (seen(ppl_ratio=math.nan), "not a finite number: ppl_ratio"),
        (seen(nan=1.0), "not a finite number: weights or log-probs"),
        (seen(changed=0.0), "this update changed nothing"),
        ({"heldout_before": 0.7, "heldout_after": 0.55, "heldout_n": 40}, "held-out accuracy fell from 70% to 55% of 40"),
        ({"heldout_before": 1.0, "heldout_after": 0.0, "heldout_n": 2}, "held-out accuracy fell"),
        (seen(repeat=0.31), "replies repeat themselves: 31% of 4-grams, 30% allowed"),
        (seen(stop_rate=0.3), "replies do not end: 30% stop by themselves, 90% of the base's"),
        (seen(length=81.0), "replies grew from 20 to 81 tokens"),
        (seen(length=1.0), "replies are empty"),
        (seen(ppl_ratio=1.51), "the base is being forgotten: perplexity 1.51 times its own, 1.5 allowed"),
    ],
    ids=str,
)
def test_what_is_refused_says_why(changes: dict, words: str) -> None:
    verdict, why = decide(report(**changes), GATE)
    assert verdict == "refused" and words in why and "\n" not in why


def test_all_faults_are_named_at_once() -> None:
    _, why = decide(report(heldout_after=0.1, **seen(changed=0.0, repeat=0.9)), GATE)
    assert why.count(";") == 2 and "changed nothing" in why and "held-out" in why and "repeat" in why


def test_the_settings_decide() -> None:
    worse = report(heldout_before=0.7, heldout_after=0.6, heldout_n=100)
    assert decide(worse, GATE)[0] == "passed"
    assert decide(worse, GateSettings(heldout_drop=0.05))[0] == "refused"
    assert decide(report(**seen(repeat=0.5)), GateSettings(max_repeat=0.6))[0] == "passed"
