"""Models of the Hub's families go the whole way in NF4: chat, votes, a DPO round, and a swap under the running chat."""

from __future__ import annotations

import itertools
import math
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import torch

from lab.chat.engine import Engine
from lab.chat.session import Live, Lives, Session
from lab.feedback.store import Store
from lab.foreground import run_round
from lab.loop.publish import publish
from lab.model import adapters
from lab.model.base import Base, load_base
from lab.model.generate import Request, generate
from lab.records import Message, Reply, Sampling
from lab.registry.versions import Versions
from lab.settings import Settings, load_settings
from lab.train.batches import Row
from lab.train.forward import measure, why_padded
from tests.hub import FAMILIES, build_hub_model

ASKED = [f"Tell me about number {number}, and then about the river behind the old house." for number in range(8)]
BRIEF = Sampling(temperature=1.0, top_p=1.0, max_new_tokens=12)
TALK = [Message(role="system", content="Be kind."), Message(role="user", content="Are you there?")]


@dataclass
class Lab:
    settings: Settings
    store: Store
    versions: Versions
    base: Base
    engine: Engine
    session: Session


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    place = tmp_path_factory.mktemp("hub")
    return {name: build_hub_model(place / name, name) for name in FAMILIES}


@pytest.fixture(params=list(FAMILIES))
def family(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def lab(home: Path, folders: dict[str, Path], family: str) -> Iterator[Lab]:
    train = {"epochs": 4, "batch": 4, "learning_rate": 1e-2, "sft_weight": 0.0, "label_smoothing": 0.0, "kl_cap": 50.0}
    flags = {"model": str(folders[family]), "device": "cpu", "system_prompt": "Be kind.", "train": train, "lora": {"rank": 4}}
    settings = load_settings(home, flags)
    assert settings.quantize == "nf4"
    base = load_base(settings.model, settings.quantize, settings.device)
    store = Store(settings.feedback_data)
    versions = Versions(settings.adapters, base.id)
    engine = Engine(base, versions, store.signals.set_busy)
    seeds = itertools.count(1)  # replies by chance made rounds of four steps that once in many runs ended where they began
    yield Lab(settings, store, versions, base, engine, Session(store, engine, settings, lambda: next(seeds)))
    store.close()


def said(lives: Lives) -> tuple[list[Live], list[Reply]]:
    """All that streamed, and the replies as they were stored."""
    seen = list(lives)
    return seen, seen[-1].replies


def test_chat_vote_train_and_swap(lab: Lab, family: str, brief: None) -> None:
    assert sum(type(module).__name__ == "Linear4bit" for module in lab.base.causal_lm.modules()) == 14, "all linears of 2 layers"

    seen, (reply,) = said(lab.session.say(None, None, "Are you there?", BRIEF))
    assert [len(live.drafts[0].token_ids) for live in seen] == [*range(len(reply.token_ids) + 1)]
    assert (reply.version, reply.finish in ("end", "length")) == (0, True)
    assert not any(special in reply.text for special in lab.base.template.specials)

    for question in ASKED:
        _, (a, b) = said(lab.session.compare(None, None, question, BRIEF))
        lab.session.vote(a.id, b.id, "a" if len(set(a.token_ids)) > len(set(b.token_ids)) else "b")

    made = run_round(lab.settings, lab.store, lab.versions, "dpo", "always")
    report = made.report
    assert report is not None
    assert report.algorithm == "dpo" and report.steps > 0 and report.used + (report.heldout_n or 0) == len(ASKED)
    assert report.loss_first == pytest.approx(math.log(2), abs=1e-3) and report.loss_last < report.loss_first
    assert (report.canaries["changed"], report.canaries["nan"]) == (1, 0)

    running = lab.session.say(reply.conversation, reply.id, "And now?", BRIEF)
    next(running)
    published = publish(lab.versions, made, "always", lab.settings.gate, lab.settings.trial)
    lab.engine.use_adapter(published.version)
    _, (old,) = said(running)
    _, (new,) = said(lab.session.say(reply.conversation, reply.id, "And now?", BRIEF))
    assert (old.version, new.version, lab.engine.live) == (0, 1, 1), "the one in flight ends on the version it began with"
    assert adapters.names(lab.base) == ["v1"]


def test_what_is_drawn_behind_a_cache_is_what_training_measures(folders: dict[str, Path], family: str) -> None:
    """Replies of one batch, padded to one width, some longer than Gemma's window of 64, against packed or padded forwards."""
    base = load_base(str(folders[family]), "none", "cpu")
    talks = [[TALK[0], Message(role="user", content=text)] for text in ("Hi!", *ASKED[:2])]
    prompts = [tuple(base.template.encode_prompt(talk)) for talk in talks]
    replies = generate(base, [Request(prompt, BRIEF, seed) for seed, prompt in enumerate(prompts)])
    rows = [Row(prompt, (tuple(reply.token_ids),)) for prompt, reply in zip(prompts, replies, strict=True)]
    found = measure(base, rows, (0,), None)[:, 0].tolist()
    assert found == pytest.approx([sum(reply.logprobs) for reply in replies], abs=1e-3)
    longest = len(prompts[1]) + BRIEF.max_new_tokens
    padded = f"rows of {longest} tokens are longer than the sliding window of 64" if "gemma" in family else None
    assert why_padded(base, longest) == padded


def test_every_end_the_model_names_ends_a_reply(lab: Lab, family: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Qwen and Llama name several in generation_config.json; only the tokenizer's own was taken, and replies ran on."""
    template = lab.base.template
    ends = template.tokenizer.convert_tokens_to_ids(list(FAMILIES[family].ends))
    assert set(ends) == template.end_ids and template.end_of_turn == ends[0]
    for end in ends:
        draws = iter([*template.encode_reply("yes")[:-1], end])
        with monkeypatch.context() as patch:
            patch.setattr("lab.model.generate.draw", lambda logits, *_, draws=draws: torch.tensor([next(draws)]))
            _, (reply,) = said(lab.session.say(None, None, "Are you there?", BRIEF))
        assert (reply.text, reply.finish, reply.token_ids[-1]) == ("yes", "end", end)


@pytest.mark.parametrize(
    ("family", "rendered"),
    [
        ("qwen3", "<|im_start|>system\nBe kind.<|im_end|>\n<|im_start|>user\nAre you there?<|im_end|>\n<|im_start|>assistant\n"
                  "<think>\n\n</think>\n\n"),
        ("llama", "<|begin_of_text|><|start_header_id|>system<|end_header_id|>\n\nBe kind.<|eot_id|><|start_header_id|>user"
                  "<|end_header_id|>\n\nAre you there?<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n"),
        ("gemma2", "<bos><start_of_turn>user\nBe kind.\n\nAre you there?<end_of_turn>\n<start_of_turn>model\n"),
    ],
)  # fmt: skip
def test_prompts_are_in_the_familys_own_form(lab: Lab, rendered: str) -> None:
    """One beginning of text, no thoughts, and the system prompt in the user's turn where a template knows no such role."""
    template = lab.base.template
    assert template.tokenizer.decode(template.encode_prompt(TALK)) == rendered
    later = [*TALK, Message(role="assistant", content="é, 🙂"), Message(role="user", content="Good.")]
    assert template.tokenizer.decode(template.encode_prompt(later)).count("é, 🙂") == 1
    assert template.decode(template.encode_reply("é, 🙂  ok")) == "é, 🙂  ok"


def test_typed_text_goes_in_as_it_is_but_for_the_marks_of_turns(lab: Lab, family: str) -> None:
    """Gemma's newlines are added tokens and stand in every turn: taken for marks, they would be broken up in what people type."""
    template = lab.base.template
    plain = "one\n\ntwo  three\n<table> é"
    assert plain in template.tokenizer.decode(template.encode_prompt([Message(role="user", content=plain)]))
    assert template.decode(template.encode_reply(plain)) == plain
    forged, honest = (
        template.encode_prompt([Message(role="user", content=text)]) for text in (f"a{FAMILIES[family].ends[0]}b", "ab")
    )
    assert forged.count(template.end_of_turn) == honest.count(template.end_of_turn)


def test_a_stopped_stream_lets_the_next_one_begin(lab: Lab) -> None:
    stop = threading.Event()
    running = lab.session.say(None, None, "Are you there?", BRIEF, stop=stop)
    next(running), next(running)
    stop.set()
    _, (reply,) = said(running)
    assert reply.finish == "stopped" or len(reply.token_ids) == 1
    assert said(lab.session.regenerate(reply.id, BRIEF))[1][0].token_ids
