"""The gate: what passes, what is refused with which words, and what becomes of a candidate."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from lab.errors import VersionError
from lab.loop.gate import decide, publish
from lab.registry.versions import Versions
from lab.settings import GateSettings
from tests.fake_trainer import BASE, add_version, report

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


# -- publishing


@pytest.fixture
def versions(tmp_path: Path) -> Versions:
    return Versions(tmp_path / "adapters", BASE)


BAD = {"heldout_after": 0.1}
BROKEN = {"loss_last": math.nan}


@pytest.mark.parametrize(
    ("mode", "changes", "state", "verdict"),
    [
        ("auto", {}, "live", "passed"),
        ("auto", BAD, "refused", "refused"),
        ("auto", BROKEN, "refused", "refused"),
        ("always", {}, "live", "passed"),
        ("always", BAD, "live", "refused"),
        ("always", BROKEN, "refused", "refused"),
        ("always", {"steps": 0}, "refused", "refused"),
        ("never", {}, "candidate", "passed"),
        ("never", BAD, "candidate", "refused"),
        ("never", BROKEN, "refused", "refused"),
    ],
)
def test_what_becomes_of_a_candidate(versions: Versions, mode: str, changes: dict, state: str, verdict: str) -> None:
    made = versions.get(add_version(versions, **changes))
    after = publish(versions, made, mode, GATE)  # type: ignore[arg-type]
    assert after.state == state and after.report is not None and after.report.verdict == verdict
    assert after.why and after.report.why and after == versions.get(1)
    assert versions.live() == (1 if state == "live" else 0)


def test_a_damaged_candidate_never_speaks(versions: Versions) -> None:
    made = versions.get(add_version(versions))
    weights = versions.folder / "0001" / "adapter_model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1] + b"\x00")
    for mode in ("auto", "always"):
        with pytest.raises(VersionError, match="version 1 is damaged"):
            publish(versions, made, mode, GATE)
    assert versions.live() == 0


def test_a_round_does_not_bring_back_what_was_rolled_back(versions: Versions) -> None:
    """Version 2 was in training from version 1 when its user rolled 1 back; publishing it would undo that unasked."""
    add_version(versions)
    versions.activate(1)
    made = versions.get(add_version(versions, parent=1))
    versions.rollback()
    after = publish(versions, made, "auto", GATE)
    assert after.state == "candidate" and versions.live() == 0 and "activate it by hand" in after.why
    assert publish(versions, made, "always", GATE).state == "live"  # asked for by name


def test_publishing_twice_is_publishing_once(versions: Versions) -> None:
    made = versions.get(add_version(versions))
    first = publish(versions, made, "auto", GATE)
    assert publish(versions, made, "auto", GATE) == first and versions.rollback().version == 0
