"""Canaries on a tiny model: figures that can be checked by hand, and those of adapters whose fault is known."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
import torch

from lab.feedback.examples import is_held_out
from lab.model import adapters
from lab.model.base import Base, load_base
from lab.model.generate import Emitted
from lab.records import Message
from lab.settings import TrainSettings
from lab.train import canaries, samples
from lab.train.batches import Ids
from tests.tiny import shift

SETTINGS = TrainSettings()
PROMPTS: list[Ids] = [(1, 4, 30, 40, 2, 5), (1, 4, 50, 2, 5), (1, 4, 51, 52, 2, 5)]


@pytest.fixture
def base(tiny_model: Path) -> Base:
    base = load_base(str(tiny_model), "none", "cpu", training=True)
    adapters.create(base, "c", rank=4, alpha=8, seed=0)
    return base


def sung(
    base: Base, name: str, parent: str | None, prompts: list[Ids], settings: TrainSettings
) -> tuple[float, dict[str, float]]:  # fmt: skip
    drawn = canaries.draw(base, name, parent, prompts, settings.seed)
    return canaries.canaries(base, name, parent, drawn, settings)


def test_repetition_stops_and_length_by_hand() -> None:
    replies = [Emitted([1, 2, 3, 4, 1, 2, 3, 4], [0.0] * 8, "length"), Emitted([1, 2], [0.0] * 2, "end")]
    assert samples.repetition(replies) == pytest.approx(1 / 5)  # of 1234 2341 3412 4123 1234 the last is a repeat
    assert samples.stop_rate(replies) == 0.5
    assert samples.mean_length(replies) == 5.0


def test_a_fresh_adapter_changed_nothing(base: Base) -> None:
    kl, seen = sung(base, "c", None, PROMPTS, SETTINGS)
    assert kl == pytest.approx(0, abs=1e-4)
    assert seen["changed"] == 0
    assert seen["nan"] == 0
    assert seen["ppl_ratio"] == pytest.approx(1, abs=1e-4)
    assert seen["length"] == seen["length_base"]


def test_a_moved_adapter_is_seen_to_have_moved(base: Base) -> None:
    shift(base, 1.0)
    kl, seen = sung(base, "c", None, PROMPTS * 5, SETTINGS)
    assert seen["changed"] == 1
    assert kl > 0.01  # a random model is close to uniform, so even a large move is a small KL
    assert seen["ppl_ratio"] > 1.01


def test_changed_means_since_the_parent(base: Base) -> None:
    """A round that did nothing to a version that is not the base was not seen to have done nothing."""
    shift(base, 1.0)
    adapters.create(base, "parent", rank=4, alpha=8, seed=0)
    with torch.no_grad():
        for key, parameter in adapters.parameters(base, "parent").items():
            parameter.copy_(adapters.parameters(base, "c")[key.replace(".parent.", ".c.")])
    assert sung(base, "c", "parent", PROMPTS, SETTINGS)[1]["changed"] == 0
    assert sung(base, "c", None, PROMPTS, SETTINGS)[1]["changed"] == 1


def test_a_weight_that_is_no_number_is_seen(base: Base) -> None:
    with torch.no_grad():
        next(iter(adapters.parameters(base, "c").values())).fill_(math.nan)
    kl, seen = sung(base, "c", None, PROMPTS, SETTINGS)
    assert seen["nan"] == 1
    assert kl == seen["ppl_ratio"] == canaries.WORST, "a report is JSON, which has no NaN"


def test_questions_are_filled_up_with_everyday_ones() -> None:
    asked = samples.questions([(Message(role="user", content="Where is my hat?"),)] * 3)
    assert len(asked) == 1 + len(samples.PROMPTS)
    many = samples.questions([(Message(role="user", content=f"question {k}"),) for k in range(100)])
    assert len(many) == samples.SAMPLES


def test_what_is_asked_is_never_trained_on(base: Base) -> None:
    for kind in ("harmful", "benign", "chat"):
        asked = canaries.pooled(kind, held_out=True)  # type: ignore[arg-type]
        assert len(asked) >= 16 and all(is_held_out(messages) for messages in asked)


def test_shares_come_with_their_number_and_the_base_s(base: Base) -> None:
    ours, theirs = [said(base, text) for text in ("Yes.", "No.", "Yes!")], [said(base, "No.")] * 3
    replies = canaries.Replies(PROMPTS, ours, theirs)
    found = canaries.shares("agreed", base, replies, lambda text: text.startswith("Yes"))
    assert found == {"agreed": pytest.approx(2 / 3), "agreed_base": 0.0, "agreed_n": 3.0}
    assert canaries.same(replies) == {"same": pytest.approx(1 / 3), "same_n": 3.0}
    assert canaries.shares("agreed", base, canaries.Replies([], [], []), bool) == {}


def said(base: Base, text: str) -> Emitted:
    ids = base.template.encode_reply(text)
    return Emitted(ids, [0.0] * len(ids), "end")


def test_replies_that_are_cut_off_go_on_until_it_is_known_whether_they_end(base: Base) -> None:
    """A reply of two hundred tokens was cut off at 64, and so it could not be ten times as long as one of twenty."""
    long = Emitted([30] * samples.LONGEST, [-1.0] * samples.LONGEST, "length")
    short = said(base, "no")
    seen = canaries.further(base, "c", canaries.Replies(PROMPTS, [long, short, short], [short] * 3), 1, lambda: None)
    assert seen.ours[0].token_ids[: samples.LONGEST] == long.token_ids
    assert samples.LONGEST < len(seen.ours[0].token_ids) == len(seen.ours[0].logprobs) <= canaries.FAR
    assert seen.ours[1:] == [short, short] and seen.theirs == [short] * 3
    alike = canaries.Replies(PROMPTS, [long] * 3, [long] * 3)
    assert canaries.further(base, "c", alike, 1, lambda: None) is alike, "the base's are as long: nothing to find out"


def test_intervals_hold_their_figures(base: Base) -> None:
    shift(base, 1.0)
    kl, seen = sung(base, "c", None, PROMPTS * 5, SETTINGS)
    assert seen["kl_low"] <= kl <= seen["kl_high"]
    for name in ("repeat", "ppl_ratio", "retention_ratio"):
        assert seen[f"{name}_low"] <= seen[name] <= seen[f"{name}_high"], name
    assert seen["length_ratio_low"] <= seen["length"] / seen["length_base"] <= seen["length_ratio_high"]


def test_drawing_lets_the_chat_go_first(base: Base) -> None:
    calls: list[int] = []
    replies = samples.draw(base, None, PROMPTS, 1, 8, lambda: calls.append(1))
    assert len(calls) == max(len(reply.token_ids) for reply in replies)


def test_replies_come_in_the_order_of_the_requests(base: Base, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = [samples.request(PROMPTS[k % 3], None, k, 4 + k) for k in range(7)]
    together = samples.draw_all(base, asked)
    monkeypatch.setattr(samples, "ROOM", 2 * 64)  # two at once on a model 64 wide
    apart = samples.draw_all(base, asked)
    assert [reply.token_ids for reply in together] == [reply.token_ids for reply in apart]
    assert [len(reply.token_ids) <= 4 + k for k, reply in enumerate(apart)] == [True] * 7
