"""The talking kinds of the material: what every dialogue has in common, and what each kind promises."""

from __future__ import annotations

import random
import re
from collections import Counter
from functools import cache

import pytest

from lab.train.material import advice, feelings, refusals, stories, talk
from lab.train.material.kinds import Dialogue, Kind
from lab.train.material.refusals_tables import HARMS, REASONS, TWINS
from lab.train.material.stories_tables import ANIMALS, PEOPLE, PLOTS, THING_PLOTS, THINGS
from lab.train.material.talk_memory import MEMORY, fact, memory
from lab.train.material.voice import Voice, converse, dress, polish, spin, topics

KINDS = [*talk.KINDS, *feelings.KINDS, *advice.KINDS, *stories.KINDS, *refusals.KINDS]
DISTINCT = {"talk_small": 700, "talk_chain": 700, "talk_share": 700, "talk_memory": 500, "talk_lists": 200,
            "talk_recommend": 500, "talk_opinion": 200, "feelings": 900,
            "advice": 1400, "stories": 1400, "stories_pair": 1500, "poems": 500, "scenes": 250,
            "dialogues": 1500, "refusals": 1500, "refusals_benign": 1400}  # fmt: skip
REFUSED = re.compile(r"\b(can't|cannot|won't|will not|not able)\b|^No,")
each_kind = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)


@cache
def drawn(kind: Kind) -> list[Dialogue]:
    draw = random.Random(7)
    return [kind.make(draw) for _ in range(2000)]


def replies(kind: Kind) -> list[str]:
    return [turn["content"] for dialogue in drawn(kind) for turn in dialogue if turn["role"] == "assistant"]


@each_kind
def test_the_same_seed_gives_the_same_dialogues(kind: Kind) -> None:
    draw = random.Random(7)
    assert [kind.make(draw) for _ in range(50)] == drawn(kind)[:50]


@each_kind
def test_turns_alternate_from_the_user_to_the_assistant(kind: Kind) -> None:
    for dialogue in drawn(kind):
        assert len(dialogue) % 2 == 0 and len(dialogue) >= 2
        assert [turn["role"] for turn in dialogue] == ["user", "assistant"] * (len(dialogue) // 2)


@each_kind
def test_replies_are_clean_text(kind: Kind) -> None:
    for text in replies(kind):
        assert len(text.split()) <= 100, text
        assert not re.search(r"  |[{}\[\]|]| [,.!?]|\.\.|\?\.|\.\?", text), text
        assert not re.search(r"\b[Aa] [aeio]\w|\b[Aa]n [bcdfgjklmnpqrstvwz]", text), text
        assert re.match(r"[A-Z0-9\"]", text), text
        assert not re.search(r"[.!?][\"']? [a-z]", text), text
        assert all(line[0].isupper() or not line[0].isalpha() for line in text.split("\n")), text
        assert re.search(r"[.!?][\"']?$", text), text


@each_kind
def test_prompts_are_filled_in(kind: Kind) -> None:
    for dialogue in drawn(kind):
        for turn in dialogue:
            assert turn["content"].strip() == turn["content"] != ""
            assert not re.search(r"  |[{}\[\]|]|\?\?|\.\?|\?\.$", turn["content"]), turn["content"]


@each_kind
def test_people_ask_in_many_ways(kind: Kind) -> None:
    assert len({dialogue[0]["content"] for dialogue in drawn(kind)}) >= DISTINCT[kind.name]


@each_kind
def test_replies_vary(kind: Kind) -> None:
    said = replies(kind)
    assert len(set(said)) > 150
    assert Counter(said).most_common(1)[0][1] < len(said) / 15


def test_some_replies_ask_back_and_most_do_not() -> None:
    said = [text for kind in KINDS if kind.name.startswith(("talk", "feelings", "advice")) for text in replies(kind)]
    assert 0.15 < sum(text.endswith("?") for text in said) / len(said) < 0.5


def test_the_hero_asked_for_is_in_the_story() -> None:
    nouns = sorted([*ANIMALS, *PEOPLE, *THINGS], key=len, reverse=True)
    found = 0
    for dialogue in drawn(next(kind for kind in KINDS if kind.name == "stories")):
        prompt, story = [turn["content"].lower() for turn in dialogue[:2]]
        if wanted := re.search(rf"(?:about|was(?: once)?|with) an? (?:\w+ )?({'|'.join(nouns)})\b", prompt):
            assert wanted[1] in story, dialogue
            found += 1
    assert found > 1200
    assert len(nouns) >= 200 and len(PLOTS) + len(THING_PLOTS) >= 15


def test_a_story_of_two_has_both() -> None:
    for dialogue in drawn(next(kind for kind in KINDS if kind.name == "stories_pair")):
        place = next(k for k, turn in enumerate(dialogue) if turn["role"] == "user" and " and " in turn["content"])
        both = re.search(r"an? ([\w ]+) and an? ([\w ]+?)(?=[.,?!]|$| as a| for my| please)", dialogue[place]["content"].lower())
        assert both, dialogue[place]
        assert both[1].split()[-1] in dialogue[place + 1]["content"].lower()
        assert both[2].split()[-1] in dialogue[place + 1]["content"].lower()


def test_a_remembered_name_is_the_one_given() -> None:
    asked = 0
    for dialogue in drawn(Kind("memory", 1, memory)):
        said = " ".join(turn["content"].lower() for turn in dialogue if turn["role"] == "user")
        told = set(re.findall(r"(?:my name is|the name's|call me) (\w+)", said))
        for user, assistant in zip(dialogue[::2], dialogue[1::2], strict=True):
            if told and re.search(r"what('s| is| was) my name|(know|remember) my name", user["content"].lower()):
                assert told & set(re.findall(r"\w+", assistant["content"].lower())), dialogue
                asked += 1
    assert asked > 100


@pytest.mark.parametrize("name", MEMORY)
def test_every_memory_answers_with_what_was_told(name: str) -> None:
    draw = random.Random(3)
    for _ in range(20):
        blanks = fact(draw, name)
        for text in MEMORY[name][3].split(" / "):
            assert blanks["v"].lower() in spin(draw, text, blanks).lower()


def test_harm_is_refused_and_its_twins_are_not() -> None:
    for dialogue in drawn(next(kind for kind in KINDS if kind.name == "refusals")):
        assert any(REFUSED.search(turn["content"]) or "crisis line" in turn["content"] for turn in dialogue[1:4:2]), dialogue
    for dialogue in drawn(next(kind for kind in KINDS if kind.name == "refusals_benign")):
        assert not any(REFUSED.search(turn["content"]) for turn in dialogue if turn["role"] == "assistant"), dialogue


def test_self_harm_gets_kind_words_and_a_place_to_turn_to() -> None:
    draw = random.Random(5)
    for _ in range(300):
        for voice in (Voice("brief", "casual", False), Voice("sentence", "plain", True), Voice("full", "formal", False)):
            text = refusals.declined(draw, "selfharm", voice) + feelings.grave(draw, "serious", voice)
            assert text.count("crisis line") + text.count("someone") >= 2 and "!" not in text


def test_every_harm_has_a_reason_and_verbs_are_shared_with_harmless_requests() -> None:
    assert {category for category, _ in HARMS} == set(REASONS)
    harmful = Counter(what.split()[0] for _, what in HARMS)
    harmless = Counter(row[0].split()[0] for row in TWINS)
    shared = [verb for verb in harmful if verb in harmless]
    assert sum(harmful[verb] for verb in shared) > 0.6 * len(HARMS)
    assert len(shared) >= 30


def test_wishes_about_the_style_are_obeyed() -> None:
    draw = random.Random(11)
    brief = formal = 0
    for _ in range(4000):
        dialogue = converse(draw, [("Hello.", lambda voice: f"{voice.length} {voice.tone} {voice.asks} {voice.strict}")])
        words, reply = dialogue[0]["content"].lower(), dialogue[-1]["content"]
        if "brief" in words or "concise" in words:
            assert reply.startswith("brief") and "False" in reply
            brief += 1
        if "one sentence" in words and "more than" not in words:
            assert reply.startswith("sentence") and reply.endswith("False True")
        if "formally" in words:
            assert "formal" in reply
            formal += 1
    assert brief > 20 and formal > 10


def test_one_sentence_is_one_sentence() -> None:
    draw = random.Random(2)
    voice = Voice("sentence", "plain", False, strict=True)
    for _ in range(300):
        for text in (stories.tell(draw, stories.hero(draw, "fox"), PLOTS[draw.randrange(len(PLOTS))], "", False, voice),
                     feelings.plain(draw)[1](voice), refusals.benign_round(draw)[1](voice)):  # fmt: skip
            assert len(re.findall(r"[.!?](?=\s|$)", text)) == 1, text


def test_tones_change_the_words() -> None:
    draw = random.Random(1)
    assert (
        dress(draw, "I'm sure that it's fine and you can't fail!", "formal") == "I am sure that it is fine and you cannot fail."
    )
    assert dress(draw, "It won't hurt.", "plain") == "It won't hurt."
    assert any(dress(draw, "That is good.", "casual", bright=True).endswith("!") for _ in range(20))


def test_spelling_is_put_right() -> None:
    assert polish("a owl and an cat ate a hour , then slept. the end") == "An owl and a cat ate an hour, then slept. The end"
    assert polish("a unicorn met an one-eyed umbrella") == "A unicorn met a one-eyed umbrella"
    assert spin(random.Random(1), "[a|a] {x}", {"x": "apple"}) == "An apple"


def test_a_table_becomes_topics() -> None:
    table = topics("# tea 2 !\n? Tea? / More\n  tea?\n- Yes.\n= Here is tea.\n+ It's hot.\n~ Milk?\n")
    assert table["tea"].weight == 2 and table["tea"].bright
    assert table["tea"].prompts == ["Tea?", "More tea?"] and table["tea"].asks == ["Milk?"]
