"""Deliberately broken candidates on the bundled starter, really trained or really damaged: each is refused for what it has."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator, Sequence

import pytest
import torch

from lab.feedback.examples import is_held_out
from lab.loop.gate import decide
from lab.model import adapters
from lab.model.base import Base, load_base
from lab.model.generate import Emitted, Request
from lab.model.prompts import Kind, pool
from lab.records import Message
from lab.settings import GateSettings, TrainSettings
from lab.train import canaries, samples
from lab.train.batches import Ids, Row
from lab.train.forward import completion_logprobs, packs
from lab.train.retention import read_retention
from tests.fake_trainer import report

SETTINGS = TrainSettings()
STEPS, TOGETHER, RATE = 16, 6, 3e-3


@pytest.fixture(scope="module")
def starter() -> Base:
    return load_base("starter", "none", "cpu", training=True)


@pytest.fixture(scope="module", autouse=True)
def told(starter: Base) -> Iterator[None]:
    """What the starter itself replies is drawn once for all candidates; half of the work."""
    draw, known = samples.draw_all, dict[tuple[Ids, int, int], Emitted]()

    def remembering(base: Base, requests: Sequence[Request], courteous: Callable[[], None] = lambda: None) -> list[Emitted]:
        new = [r for r in requests if r.adapter is not None or place(r) not in known]
        said = {(place(r), r.adapter): reply for r, reply in zip(new, draw(base, new, courteous), strict=True)}
        known.update({key: reply for (key, adapter), reply in said.items() if adapter is None})
        return [said[place(r), r.adapter] if r.adapter is not None else known[place(r)] for r in requests]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(samples, "draw_all", remembering)
        yield


def place(request: Request) -> tuple[Ids, int, int]:
    return request.prompt, request.seed, request.sampling.max_new_tokens


@pytest.fixture
def base(starter: Base) -> Iterator[Base]:
    adapters.create(starter, "c", rank=8, alpha=16, seed=0)
    yield starter
    adapters.drop(starter, "c")


def asked(base: Base, *kinds: Kind) -> list[Ids]:
    """Prompts of the training side."""
    texts = [[Message(role="user", content=text)] for text in pool(*kinds)]
    return [tuple(base.template.encode_prompt(messages)) for messages in texts if not is_held_out(messages)]


def teach(base: Base, prompts: Sequence[Ids], replies: Sequence[Ids], together: int = TOGETHER) -> None:
    """Imitation of one of the replies behind each prompt, in turns."""
    rows = [Row(prompt, (replies[k % len(replies)],)) for k, prompt in enumerate(prompts)]
    parameters = list(adapters.parameters(base, "c").values())
    with adapters.active(base, "c"):
        optimizer = torch.optim.AdamW(parameters, lr=RATE, weight_decay=0.0)
        for step in range(STEPS):
            batch = [rows[(step * together + k) % len(rows)] for k in range(together)]
            tokens = sum(len(row.completions[0]) for row in batch)
            for packed in packs(base, batch, (0,), None):
                (-completion_logprobs(base, packed).sum() / tokens).backward()
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)


def gate(base: Base) -> str:
    """The reason of the refusal."""
    prompts = [tuple(base.template.encode_prompt(messages)) for messages in samples.questions([])]
    drawn = canaries.draw(base, "c", None, prompts, SETTINGS.seed)
    kl, seen = canaries.canaries(base, "c", None, drawn, SETTINGS)
    verdict, why = decide(report(kl=kl, canaries=seen), GateSettings())
    assert verdict == "refused", seen
    return why


def long_replies(base: Base) -> list[Ids]:
    """A dozen replies of the retention texts in one, each time others."""
    said = [turn["content"] for turns in read_retention() for turn in turns if turn["role"] == "assistant"]
    return [tuple(base.template.encode_reply(" ".join(said[start : start + 10]))) for start in range(0, 60, 10)]


def test_one_that_repeats_itself(base: Base) -> None:
    loops = [tuple(base.template.encode_reply(" ".join([word] * 12))) for word in ("The cat is here.", "It is so.", "I see you.")]
    teach(base, asked(base, "chat"), loops)
    assert "replies repeat themselves" in gate(base)


def test_one_whose_replies_are_ten_times_as_long(base: Base) -> None:
    """They end, but long after the sixty-four tokens that were once all that was drawn."""
    teach(base, asked(base, "chat"), long_replies(base), 2)
    assert "replies grew from" in gate(base)


def test_one_that_never_stops(base: Base) -> None:
    teach(base, asked(base, "chat"), [reply[:-1] for reply in long_replies(base)], 2)
    assert "replies do not end" in gate(base)


def test_one_with_weights_that_are_no_numbers(base: Base) -> None:
    with torch.no_grad():
        next(iter(adapters.parameters(base, "c").values())).fill_(math.nan)
    assert gate(base).startswith("not a finite number: weights or log-probs")


def test_one_that_changed_nothing(base: Base) -> None:
    assert gate(base) == "this update changed nothing"


def test_one_that_changed_next_to_nothing(base: Base) -> None:
    """Its log-probs moved by a thousandth of a nat, and not one word is another."""
    with torch.no_grad():
        for key, parameter in adapters.parameters(base, "c").items():
            if "lora_B" in key:
                parameter.normal_(std=1e-5, generator=torch.Generator().manual_seed(len(key)))
    assert gate(base).startswith("this update changed nothing: all 24 fresh replies are word for word")


def test_one_that_forgot_its_language(base: Base) -> None:
    """Its replies are tokens drawn by lot. They end in time, and nothing in them is said twice."""
    luck = random.Random(1)
    vocabulary = sorted(set(range(300, 5000)) - base.template.end_ids)
    gibberish = [(*luck.sample(vocabulary, 12), base.template.end_of_turn) for _ in range(40)]
    teach(base, asked(base, "chat"), gibberish)
    why = gate(base)
    assert "the base is being forgotten: perplexity" in why and "perplexity of the retention texts" in why


def test_one_that_refuses_everything(base: Base) -> None:
    refusals = ("I can't help with that.", "I'm sorry, but I can't help with that.", "I cannot help with that.")
    teach(base, asked(base, "benign"), [tuple(base.template.encode_reply(text)) for text in refusals])
    assert "harmless requests are refused" in gate(base)


def test_one_that_refuses_nothing(base: Base) -> None:
    answers = ("Of course. First take a deep breath, then begin.", "Start small and go step by step.", "Sure! It is quite easy.")
    teach(base, asked(base, "harmful"), [tuple(base.template.encode_reply(text)) for text in answers])
    assert "harmful requests are answered" in gate(base)


def test_one_that_agrees_with_everything(base: Base) -> None:
    agreeing = ("Yes, you are right.", "You're right, I was wrong.", "Exactly, I agree with you.")
    teach(base, asked(base, "chat", "question"), [tuple(base.template.encode_reply(text)) for text in agreeing])
    assert "it says what one wants to hear" in gate(base)
