"""The dialogues about knowledge and tasks: the same seed, the same dialogues; what they say is right and well-formed."""

from __future__ import annotations

import random
import re
from collections import Counter

import pytest

from lab.train.material import (
    arithmetic,
    counting,
    facts,
    howto,
    rewriting,
    styles,
    summaries,
    things,
    unknown,
    vocabulary,
    writing,
)  # fmt: skip
from lab.train.material.countries import COUNTRIES
from lab.train.material.events import EVENTS
from lab.train.material.kinds import Dialogue, Kind
from lab.train.material.passages import DAILY
from lab.train.material.science import explanations

MODULES = (arithmetic, counting, facts, things, vocabulary, unknown, summaries, rewriting, writing, howto)
KINDS: list[Kind] = [kind for module in MODULES for kind in module.KINDS]
FEW = {
    "maths_talk": 4,
    "actions": 120,
    "quiz": 20,
    "slogans": 150,
    "numbered_lists": 150,
}  # kinds that cannot have many first turns
NUMBERS = {arithmetic.spelled(number): number for number in range(101)}


def drawn(kind: Kind, count: int, seed: int = 1) -> list[Dialogue]:
    draw = random.Random(f"{kind.name}{seed}")
    return [kind.make(draw) for _ in range(count)]


def test_names_are_unique() -> None:
    assert max(Counter(kind.name for kind in KINDS).values()) == 1


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_same_seed_same_dialogues(kind: Kind) -> None:
    assert drawn(kind, 20) == drawn(kind, 20)
    assert drawn(kind, 20) != drawn(kind, 20, seed=2)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_dialogues_are_well_formed(kind: Kind) -> None:
    for dialogue in drawn(kind, 200):
        roles = [message["role"] for message in dialogue]
        assert roles == ["user", "assistant"] * (len(dialogue) // 2)
        for message in dialogue:
            text = message["content"]
            assert text == text.strip() and text
            assert not re.search(r"  |[{}]|\.\.|\?\.|!\.|,\.|(?<!=) [.,?!](?!\d)|\(\)", text), text
            if message["role"] == "assistant":
                assert len(text.split()) <= 80, text


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind.name != "capital_letters"], ids=lambda kind: kind.name)
def test_replies_are_sentences(kind: Kind) -> None:
    """They begin with a capital or a figure and end with a mark, but for one word and the signature of a message."""
    for dialogue in drawn(kind, 150):
        for message in dialogue[1::2]:
            text = message["content"]
            assert text[0].isupper() or text[0] in "0123456789\"'", text
            word = len(text.split()) == 1 or text in (country.name for country in COUNTRIES)
            assert text[-1] in ".!?\"'" or word or kind.name == "notes" or text.endswith("also mine."), text


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_many_first_turns(kind: Kind) -> None:
    first = {dialogue[0]["content"] for dialogue in drawn(kind, 2000)}
    assert len(first) >= FEW.get(kind.name, 250), len(first)


def test_one_prompt_has_many_replies() -> None:
    draw = random.Random(3)
    answer = facts.capital_answer(0)
    replies = {styles.said(draw, answer, prompt="What is the capital of France?") for _ in range(300)}
    assert len(replies) > 30
    assert all("Paris" in reply for reply in replies)


def test_wishes_are_obeyed() -> None:
    draw = random.Random(4)
    answer = styles.Answer("It is a long sentence.", "Short.", "It's relaxed!", "And there is more.", "Really?", "Short")
    assert styles.said(draw, answer, "word") == "Short"
    for _ in range(50):
        assert styles.said(draw, answer, "brief") == "Short."
        assert styles.said(draw, answer, "formal") == "It is a long sentence."
        assert styles.said(draw, answer, "detail") == "It is a long sentence. And there is more."
        assert styles.said(draw, answer, "asking").endswith("Really?")


def result_of(question: str) -> int | None:
    """Works out what is asked, from the words of the question alone; None when it is asked in another way."""
    text = question.lower()
    for word in sorted(NUMBERS, key=len, reverse=True):
        text = re.sub(rf"\b{word}\b", str(NUMBERS[word]), text)
    found = re.search(r"(\d+) ?(\+|plus|-|minus|\*|x|times|/|divided by) ?(\d+)", text)
    if not found:
        return None
    left, sign, right = int(found[1]), found[2], int(found[3])
    if sign in ("/", "divided by"):
        return left // right if left % right == 0 else None
    return {"+": left + right, "plus": left + right, "-": left - right, "minus": left - right}.get(sign, left * right)


@pytest.mark.parametrize("name", ["sums", "differences", "products"])
def test_calculations_are_right(name: str) -> None:
    kind = next(kind for kind in KINDS if kind.name == name)
    checked = 0
    for dialogue in drawn(kind, 1500):
        for question, reply in zip(dialogue[::2], dialogue[1::2], strict=True):
            result = result_of(question["content"])
            if result is None:
                continue
            checked += 1
            body = reply["content"].split(" You can check")[0].split(" And ")[0].split(" After all")[0]
            assert int(re.findall(r"\d+", body)[-1]) == result, (question, reply)
            for claim in re.findall(r"\d+ (?:plus|minus|times) \d+ is \d+|\d+ [+x/-] \d+ = \d+", reply["content"]):
                assert result_of(claim) == int(re.findall(r"\d+", claim)[-1]), claim
    assert checked > 1000


def test_small_stories_are_right() -> None:
    kind = next(kind for kind in KINDS if kind.name == "problems")
    for dialogue in drawn(kind, 800):
        first, second = (int(n) for n in re.findall(r"\d+", dialogue[0]["content"])[:2])
        text = dialogue[0]["content"]
        if "boxes with" in text:
            result = first * second
        else:
            result = first - second if re.search("gives \\d+ to|loses|sold|away", text) else first + second
        assert str(result) in re.findall(r"\d+", dialogue[1]["content"]), dialogue


def test_comparisons_and_order_are_right() -> None:
    for name, pick in (("comparisons", None), ("ordering", None)):
        kind = next(kind for kind in KINDS if kind.name == name)
        for dialogue in drawn(kind, 800):
            question, reply = dialogue[0]["content"].lower(), dialogue[1]["content"]
            numbers = [int(n) for n in re.findall(r"\d+", question)]
            big = re.search("bigg|larg|great|high", question)
            if (
                "than" in question
                or "small to big" in question
                or "order" in question
                or "sort" in question
                or " to " in question
            ):
                continue
            pick = max(numbers) if big else min(numbers)
            assert int(re.findall(r"\d+", reply)[0]) == pick, dialogue


def test_capitals_are_consistent() -> None:
    assert len(COUNTRIES) >= 120
    assert max(Counter(country.name for country in COUNTRIES).values()) == 1
    capitals = Counter(country.capital for country in COUNTRIES)
    assert [capital for capital, count in capitals.items() if count > 1] == ["London"]  # of England and of the kingdom
    kind = next(kind for kind in KINDS if kind.name == "capitals")
    by_name = {country.name.removeprefix("the ").lower(): country.capital for country in COUNTRIES}
    for dialogue in drawn(kind, 500):
        question = dialogue[0]["content"].lower()
        name = max((name for name in by_name if name in question), key=len)
        assert by_name[name] in dialogue[1]["content"]


def test_summaries_say_what_the_passage_says() -> None:
    """Every name and number of a summary, a subject or an answer occurs in the passage."""
    draw = random.Random(6)
    for make in (*DAILY, *EVENTS):
        for _ in range(60):
            passage = make(draw)
            said = [*passage.summaries, passage.about, *(text for ask in passage.asks for text in ask[1:])]
            for text in said:
                for word in re.findall(r"(?<=[ ])[A-Z]\w+|\d+", text):
                    assert word in passage.text, (word, passage)
            assert 3 <= len(re.findall(r"[.!?](?: |$)", passage.text)) <= 6
            for summary in passage.summaries:
                assert len(re.findall(r"[.!?](?: |$)", summary)) == 1
                assert len(summary) < len(passage.text)
    assert len(DAILY) + len(EVENTS) >= 12


def test_explanations_have_all_parts() -> None:
    blocks = explanations()
    assert len(blocks) >= 60
    for questions, brief, full, more, back in blocks:
        assert len(questions) >= 3 and all(question[-1] in "?." for question in questions)
        assert brief[-1] == full[-1] == more[-1] == "." and back[-1] == "?"


def test_replies_ask_back_now_and_then() -> None:
    dialogues = [dialogue for kind in KINDS for dialogue in drawn(kind, 60)]
    asking = sum(dialogue[1]["content"].endswith("?") for dialogue in dialogues) / len(dialogues)
    longer = sum(len(dialogue) > 2 for dialogue in dialogues) / len(dialogues)
    assert 0.2 < asking < 0.45
    assert 0.15 < longer < 0.4
