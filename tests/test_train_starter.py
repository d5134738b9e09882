"""The starter's making: what is read and what is kept out, in what order, and a run that was killed ends in the same weights."""

from __future__ import annotations

import gzip
import json
import random
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from lab.model.base import load_base
from lab.records import Message
from lab.train import corpus, material, starter
from lab.train.corpus import Document, curriculum, encode, is_held_out, plain, prompts_in, sources_of, train_tokenizer
from lab.train.material.extracts import extract, passages

TINY = starter.Recipe(
    vocab=512, hidden=64, layers=1, heads=2, groups=1, intermediate=128, tokens=6000, context=64, halved=0.5, rows=4, at_once=2,
    warmup=2,
)


def pack_rows(file: Path, rows: list[dict]) -> None:
    with gzip.open(file, "wt", encoding="utf-8") as out:
        out.write("".join(json.dumps(row) + "\n" for row in rows))


def talk(*texts: str) -> list[dict[str, str]]:
    return [{"role": ("user", "assistant")[k % 2], "content": text} for k, text in enumerate(texts)]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    (folder / "chat").mkdir(parents=True)
    chats = [{"messages": talk(f"do you like number {k} best", f"i do like {k}.")} for k in range(400)]
    marked = {"messages": talk("hi [name]", "hi")}
    pack_rows(folder / "chat" / "self_dialogue.jsonl.gz", [*chats, marked])
    pack_rows(folder / "stories.jsonl.gz", [{"text": "# A head\nOnce there was a dog. " + "It ran and ran. " * 40}])
    pack_rows(folder / "nobody_asked.jsonl.gz", chats)
    return folder


def test_what_is_read_and_what_is_kept_out(data: Path, tmp_path: Path) -> None:
    judging = tmp_path / "judging.jsonl"
    judging.write_text(json.dumps({"prompt": "Do you LIKE number 7 best?"}) + "\n" + json.dumps({"prompt": "thank you"}) + "\n")
    kept_out = prompts_in([judging])
    assert kept_out == {"do you like number 7 best"}, "what anybody says is no judge's secret"
    sources, held = sources_of(data, kept_out, seed=1)
    assert sorted(sources) == ["extracts", "material", "self_dialogue", "stories"]
    taken = [next(sources["self_dialogue"].stream) for _ in range(sources["self_dialogue"].size or 0)]
    asked = [plain(document.messages[0]["content"]) for document in taken]
    assert len(set(asked)) == len(asked) > 380, "one pass reads every dialogue once"
    assert not kept_out.intersection(asked) and not any("name" in text for text in asked)
    assert taken[0].messages[1]["content"].startswith("I do like"), "crowd-typed text gets its capitals"
    assert not any(is_held_out(document) for document in taken)
    assert all(is_held_out(document) for document in held)
    story = next(sources["stories"].stream)
    assert story.messages[0]["role"] == "prose" and not story.messages[0]["content"].startswith("#")


def test_stages_come_in_order_and_by_their_shares(data: Path) -> None:
    sources, _ = sources_of(data, (), seed=1)
    documents = curriculum(sources, 400_000, lambda d: sum(len(m["content"]) for m in d.messages), seed=1)
    names = [document.source for document in documents]
    assert names[0] == "stories" and "stories" not in names[len(names) // 4 :]
    made = sum(len(m["content"]) for d in documents if d.source == "material" for m in d.messages)
    assert 0.6 < made / 400_000 < 0.95
    again = curriculum(sources_of(data, (), seed=1)[0], 400_000, lambda d: sum(len(m["content"]) for m in d.messages), seed=1)
    assert documents == again, "the seed decides"


def test_the_users_words_weigh_less_and_a_system_prompt_nothing() -> None:
    documents = [Document("material", talk("hello you", "hello me"))] * 200
    tokenizer = train_tokenizer((m["content"] for d in documents for m in d.messages), 400)
    ids, weights = encode(tokenizer, documents, seed=1)
    roles = ("system", "user", "assistant", "end")
    system, user, assistant, end = (tokenizer.convert_tokens_to_ids(f"<|{name}|>") for name in roles)
    assert 0 < (ids == system).sum() < 60
    role, seen = None, {system: set(), user: set(), assistant: set()}
    for token, weight in zip(ids.tolist(), weights.tolist(), strict=True):
        if token in seen:
            role = token
            assert weight == 0
        elif token != tokenizer.bos_token_id:
            seen[role].add(round(weight, 2))
    assert seen == {system: {0.0}, user: {corpus.USER_WEIGHT}, assistant: {1.0}}
    assert (ids == end).sum() >= 400


def test_a_killed_run_ends_in_the_same_weights(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(starter, "SAVED_EVERY", 8)
    device = torch.device("cpu")
    starter.train(data, tmp_path / "whole", 1, TINY, [], False, device)
    save, calls = torch.save, iter(range(9))

    def killed(*args: object) -> None:
        """At its second checkpoint."""
        if next(calls):
            raise KeyboardInterrupt
        save(*args)

    monkeypatch.setattr(torch, "save", killed)
    with pytest.raises(KeyboardInterrupt):
        starter.train(data, tmp_path / "cut", 1, TINY, [], False, device)
    monkeypatch.setattr(torch, "save", save)
    assert not (tmp_path / "cut" / "model.safetensors").exists()
    with pytest.raises(SystemExit, match="another recipe or seed"):
        starter.train(data, tmp_path / "cut", 2, TINY, [], False, device)
    starter.train(data, tmp_path / "cut", 1, TINY, [], False, device)
    whole, cut = (load_file(tmp_path / name / "model.safetensors") for name in ("whole", "cut"))
    assert all(torch.equal(whole[key], cut[key]) for key in whole)
    starter.train(data, tmp_path / "part", 1, TINY, [], False, device, until=8)
    part = json.loads((tmp_path / "part" / "training.json").read_text())
    assert part["steps"] == 8 < part["planned"] and part["tokens"] == 8 * TINY.rows * (TINY.context + 2)
    log = [json.loads(line) for line in (tmp_path / "whole" / "work" / "log.jsonl").read_text().splitlines()]
    assert log[-1]["loss"] < log[0]["loss"]
    told = json.loads((tmp_path / "whole" / "training.json").read_text())
    assert told["tokens"] == sum(step[0].numel() for step in starter.prepare(data, [], 1, TINY).train)
    base = load_base(str(tmp_path / "whole"), "nf4", "cpu")
    assert base.template.decode(base.template.encode_reply("It ran.")) == "It ran."
    assert base.template.encode_prompt([Message(role="user", content="hi")])[-1] != base.template.end_of_turn


def test_another_recipe_gives_other_weights_and_too_little_text_is_said(data: Path, tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="give more text"):
        starter.train(data, tmp_path / "out", 1, replace(TINY, tokens=100, rows=64), [], False, torch.device("cpu"))
    with pytest.raises(SystemExit, match=r"no \*\.jsonl\.gz file"):
        starter.prepare(tmp_path / "empty", [], 1, TINY)


def test_what_a_task_on_a_text_asks_for_stands_in_the_text() -> None:
    """Else a model would learn to make things up where it should copy."""
    text = 'The mill stood by the river. It had not turned for years! "Why," she said. Nobody knew. It was dear.'
    mill = ["The mill stood by the river.", "It had not turned for years!"]
    assert passages(text) == [mill], "quotes and crumbs end a passage, and one sentence is none"
    found = [extract(random.Random(seed), mill) for seed in range(60)]
    asked = {dialogue[1]["content"] for dialogue in found}
    assert len(asked) > 3
    for question, answer, *_ in found:
        copied = answer["content"].removeprefix("In short: ").removeprefix("Here it is in short: ")
        assert copied in question["content"]


def test_the_first_steps_have_shorter_rows_of_as_many_tokens() -> None:
    ids = torch.arange(64 * 4 * 10 + 200, dtype=torch.int32)
    steps = starter.steps_of(ids, torch.ones(len(ids)), TINY)
    shapes = [tuple(step[0].shape) for step in steps]
    assert shapes[0] == (8, 33) and shapes[-1] == (4, 65)
    assert torch.equal(torch.cat([step[0].flatten() for step in steps]), ids[: sum(step[0].numel() for step in steps)])


def test_a_run_goes_on_from_another_one(data: Path, tmp_path: Path) -> None:
    device = torch.device("cpu")
    starter.train(data, tmp_path / "first", 1, TINY, [], False, device)
    starter.train(data, tmp_path / "second", 2, TINY, [], False, device, begin=tmp_path / "first")
    first, second = (json.loads((tmp_path / name / "training.json").read_text()) for name in ("first", "second"))
    assert second["started_from"]["tokens"] == first["tokens"] < second["tokens"]
    assert second["held_out"] < first["held_out"] and "stories" not in [n for n, s in second["read"].items() if s["documents"]]
    assert (tmp_path / "first" / "tokenizer.json").read_text() == (tmp_path / "second" / "tokenizer.json").read_text()


def test_presets_are_what_bitsandbytes_quantizes() -> None:
    for recipe in starter.PRESETS.values():
        assert all(size % 64 == 0 for size in (recipe.hidden, recipe.intermediate, recipe.hidden // recipe.heads * recipe.groups))


def test_the_material_is_the_same_for_the_same_seed() -> None:
    kinds = material.kinds()
    assert len({kind.name for kind in kinds}) == len(kinds) > 60
    first, second = ([kind.make(random.Random(3)) for kind in kinds] for _ in range(2))
    assert first == second
