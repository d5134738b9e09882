"""Measures of texts, counted by hand, and what must hold for any text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.insight.texts import content, distinct2, grams, repeat4, says, stem, words

SOME = st.lists(st.text(alphabet="ab .'’!\n", max_size=40), max_size=8)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Don’t stop, O'Neil!", ["don't", "stop", "o'neil"]),
        ("'Quoted' -- and_joined", ["quoted", "and", "joined"]),
        ("Über 42nd 3.5", ["über", "42nd", "3", "5"]),
        (" ?! … 🙂", []),
    ],
)
def test_words(text: str, found: list[str]) -> None:
    assert words(text) == found


def test_grams_stay_inside_a_text() -> None:
    assert grams("a b c", 2) == [("a", "b"), ("b", "c")]
    assert grams("a b c", 4) == []


def test_distinct2_by_hand() -> None:
    # the cat, cat sat | The CAT, cat ran | one word has none: 4 bigrams, 3 of them different
    assert distinct2(["the cat sat", "The CAT... ran", "yes"]) == pytest.approx(3 / 4)
    assert distinct2(["a b a b"]) == pytest.approx(2 / 3)
    assert distinct2(["a b", "b a"]) == 1.0, "no bigram reaches from one reply into the next"
    assert distinct2([]) == distinct2(["one", ""]) == 0.0


def test_repeat4_by_hand() -> None:
    # abcd bcda cdab dabc abcd: five, the last seen before
    assert repeat4(["a b c d a b c d"]) == pytest.approx(1 / 5)
    # aaaa three times, and one 4-gram of a reply that repeats nothing
    assert repeat4(["a a a a a a", "A b c d"]) == pytest.approx(2 / 4)
    assert repeat4(["a b c d", "a b c d"]) == 0.0, "another reply may say the same"
    assert repeat4(["a b c"]) == repeat4([]) == 0.0


@pytest.mark.parametrize(
    "forms",
    [
        ("bake", "bakes", "baked", "baking"), ("story", "stories"), ("run", "runs", "running"), ("dish", "dishes"),
        ("cookie", "cookies"), ("fall", "falls", "falling"), ("Anna's", "Anna"), ("tree", "trees"), ("worry", "worries"),
        ("stop", "stopped", "stopping"), ("box", "boxes"), ("dress", "dresses"),
    ],
)  # fmt: skip
def test_forms_of_a_word_have_one_stem(forms: tuple[str, ...]) -> None:
    assert len({stem(form.lower()) for form in forms}) == 1, [stem(form.lower()) for form in forms]


@pytest.mark.parametrize(("one", "other"), [("spring", "spr"), ("bus", "bu"), ("red", "r"), ("cat", "dog")])
def test_what_is_no_ending_is_kept(one: str, other: str) -> None:
    assert stem(one) != other


def test_content_words_are_what_a_text_is_about() -> None:
    assert content("I really would like to bake an apple pie with you, 42 of them!") == {"bak", "appl", "pie"}
    assert content("What do you think about that?") == frozenset()
    assert content("Baking pies") & content("The pie was baked.") == {"bak", "pie"}


@pytest.mark.parametrize(
    ("text", "phrases", "found"),
    [
        ("It is PARIS, of course.", ["paris"], True), ("Parisian", ["paris"], False), ("That makes 120.", ["12"], False),
        ("12!", ["twelve", "12"], True), ("I can't help with that", ["i can’t help"], True), ("", ["a"], False), ("a", [], False),
    ],
)  # fmt: skip
def test_phrases_are_whole_words(text: str, phrases: list[str], found: bool) -> None:
    assert says(text, phrases) is found


@given(SOME)
def test_rates_are_rates_and_do_not_see_case_or_order(replies: list[str]) -> None:
    for measure in (distinct2, repeat4):
        value = measure(replies)
        assert 0.0 <= value <= 1.0
        assert measure([reply.upper() for reply in reversed(replies)]) == value


@given(SOME)
def test_saying_everything_twice_halves_the_variety_and_repeats_nothing_more(replies: list[str]) -> None:
    assert distinct2([*replies, *replies]) == pytest.approx(distinct2(replies) / 2)
    assert repeat4([*replies, *replies]) == repeat4(replies)


@given(st.text(max_size=60))
def test_content_is_the_same_when_said_again(text: str) -> None:
    assert content(f"{text}\n{text}") == content(text)
    assert all(part for part in content(text))
