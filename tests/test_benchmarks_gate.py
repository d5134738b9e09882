"""The gate's benchmark: its simulated votes are what they say, and its figures come from the test that decides in the chat."""

from __future__ import annotations

import itertools
import json
import random
from pathlib import Path

import pytest

from benchmarks import gate
from lab.insight import tastes
from lab.insight.rater import Rater
from lab.insight.tastes import TASTES, Taste
from lab.loop import publish
from lab.loop.trial import stand
from lab.registry.states import OnTrial


def test_a_budget_counts_ties() -> None:
    drawn = [list(gate.votes(0.35, 200, random.Random(seed))) for seed in range(300)]
    decisive = [won for each in drawn for won in each]
    assert max(map(len, drawn)) < 200 and abs(len(decisive) / (300 * 200) - 0.7) < 0.01
    assert abs(sum(decisive) / len(decisive) - 0.35) < 0.01


def test_what_is_counted_is_what_the_trial_decided(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    ends = itertools.cycle([("better", 70), ("worse", 35), ("open", 140), ("worse", 49)])
    monkeypatch.setattr(gate, "tried", lambda on, before, wins: next(ends))
    monkeypatch.setattr(gate, "judged", lambda win, draw: "refused" if win < 0.5 else "passed")
    assert gate.main(["--rounds", "4", "--real", "0"]) == 0
    last = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (last["false_rollback"], last["harm_caught"], last["good_confirmed"], last["null_confirmed"]) == (0.5, 0.5, 0.25, 0.25)
    assert (last["rollback_votes_median"], last["confirm_votes_median"]) == (60, 100), "ties among them"
    assert (last["simulated"]["harmful_refused"], last["simulated"]["null_refused"]) == (1, 0)
    assert last["lines"]["harmful after good_worse"] == 0.5 and last["lines"]["null after good_better"] == 0.25


def test_a_simulated_trial_is_that_of_the_chat_and_ends_when_it_is_decided() -> None:
    first, later = OnTrial(1, 0, 0.0), OnTrial(2, 0, 0.0, (1,))
    assert gate.tried(first, [], iter([True] * 40)) == ("better", 11)
    assert gate.tried(first, [], iter([True, False] * 20)) == ("open", 40)
    draw = random.Random(5)
    for earlier in (0.3, 0.5, 0.7):
        before = [(1, float(draw.random() < earlier)) for _ in range(20)]
        wins = [draw.random() < 0.3 for _ in range(120)]
        ends = (stand(later, [*before, *((2, float(won)) for won in wins[:count])]).decision for count in range(121))
        each = next(((decision, count) for count, decision in enumerate(ends) if decision != "open"), ("open", 120))
        assert gate.tried(later, before, iter(wins)) == each, "as if looked at after every vote"
    liked = [(1, 1.0)] * 30
    assert gate.tried(later, liked, iter([True, False] * 20)) == ("open", 40), "the votes of others prove nothing"
    assert gate.tried(later, liked, iter([False] * 40)) == ("worse", 11)
    assert gate.tried(later, [(1, 0.0)] * 30, iter([True] * 40)) == ("worse", 0)


def test_held_out_opinions_go_through_the_real_gate() -> None:
    def refused(win: float) -> float:
        return sum(gate.judged(win, random.Random(seed)) == "refused" for seed in range(300)) / 300

    assert refused(0.0) == 1 and refused(0.5) < 0.1 and refused(1.0) == 0


def test_the_versions_before_are_undecided() -> None:
    drawn = [gate.undecided(0.65, random.Random(seed)) for seed in range(50)]
    kept = [each for each in drawn if each is not None]
    assert len(kept) > 30 and all({version for version, _ in each} <= {1, 2, 3, 4} for each in kept)
    assert gate.undecided(1.0, random.Random(1)) is None, "one that was proven is none"


@pytest.mark.parametrize(
    ("verdict", "liked", "budget", "outcome"),
    [
        ("refused", "b", 3, ("refused", 0)),
        ("passed", "tie", 3, ("undecided", 3)),
        ("passed", "b", 40, ("rolled back", 11)),
        ("passed", "a", 40, ("confirmed", 11)),
    ],
)
def test_a_trained_round_ends_as_the_gate_and_the_trial_say(
    verdict: str, liked: str, budget: int, outcome: tuple[str, int], tiny_model: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    """A real round of random words, whose gate and whose trial's rater say what they are told; the rest is as it is."""
    monkeypatch.setattr(tastes, "sound", bool)  # of words without sense
    monkeypatch.setitem(TASTES, "letters", Taste("letters", "likes letters", lambda text: sum(map(str.isalpha, text))))
    monkeypatch.setattr(gate, "LABELS", {"flipped": gate.LABELS["flipped"]})
    monkeypatch.setattr(publish, "decide", lambda report, settings: (verdict, "as it was told"))
    chosen = Rater.choose
    monkeypatch.setattr(Rater, "choose", lambda self, a, b: chosen(self, a, b) if self.noise else liked)
    flags = {"--rounds": 1, "--real": 1, "--votes": 4, "--budget": budget, "--taste": "letters", "--model": tiny_model,
             "--quantize": "none"}  # fmt: skip
    code = gate.main([str(word) for pair in flags.items() for word in pair])
    (done,) = json.loads(capsys.readouterr().out.splitlines()[-1])["real"]
    assert code == 0 and done["labels"] == "flipped" and done["why"]
    assert (done["outcome"], done["votes"]) == outcome
