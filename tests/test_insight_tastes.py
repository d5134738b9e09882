"""What a simulated rater likes: by hand, at the edges where a trait could be had by degenerating, and for any two texts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.errors import LabError
from lab.insight.tastes import FEWEST, TASTES, Taste, decisive_rate, sound

LONG, SHORT = "I went for a walk along the river this morning.", "I went for a walk."
ASKS, TELLS = "I like the rain. Do you?", "I like the rain. You do too."
SHOUTS, CALM = "What a lovely day!", "It is a lovely day."
TO_YOU, OF_ME = "I hope that you're well.", "I hope to be well."
WORDS = st.lists(st.sampled_from(["rain", "you", "I", "like", "rain?", "day!", "and", "so."]), max_size=30).map(" ".join)


@pytest.mark.parametrize(
    ("name", "better", "worse"),
    [
        ("shorter", SHORT, LONG),
        ("asks-back", ASKS, TELLS),
        ("exclaims", SHOUTS, CALM),
        ("addresses-you", TO_YOU, OF_ME),
        ("longer", LONG, SHORT),
    ],
)
def test_each_taste_prefers_what_it_says(name: str, better: str, worse: str) -> None:
    taste = TASTES[name]
    assert taste.prefers(better, worse) == 1
    assert taste.prefers(worse, better) == -1
    assert taste.prefers(better, better) == 0


def test_a_word_more_or_less_is_no_reason_to_vote() -> None:
    """With every word counted, `shorter` decided nine pairs of ten: a rater who splits hairs, and no person does."""
    four, five, six = ("I went for a" + " walk today now"[:end] for end in (5, 11, 15))
    assert TASTES["shorter"].prefers(four, five) == TASTES["longer"].prefers(four, five) == 0
    assert TASTES["shorter"].prefers(four, six) == 1 == TASTES["longer"].prefers(six, four)


def test_they_carry_their_names_and_a_line() -> None:
    assert list(TASTES) == ["shorter", "asks-back", "exclaims", "addresses-you", "longer"]
    assert all(taste.name == name and "\n" not in taste.description for name, taste in TASTES.items())


@pytest.mark.parametrize("text", ["", "…", "Yes.", "Hi there!", "you you you you", "so it is so it is so it is so it is"])
def test_a_reply_that_is_no_reply_never_wins(text: str) -> None:
    assert not sound(text)
    for taste in TASTES.values():
        assert taste.prefers(text, LONG) == -1
        assert taste.prefers(text, "") == 0


@pytest.mark.parametrize("text", ["I do not.", LONG, " ".join(f"word{k} and" for k in range(60))])
def test_short_and_long_replies_may_be_sound(text: str) -> None:
    assert sound(text)


def test_a_sound_beginning_does_not_excuse_a_loop() -> None:
    assert sound(LONG)
    assert not sound(LONG + " and so on" * 10)


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("Fine, thanks. And you?", True), ('She said: "Are you well?"', True), ("Do you like it? (I mean the rain?)", True),
        ("Really?!", False), ("I am fine?", True), ("How are you? I am fine.", False), ("I am fine. ?", False),
        ("I am fine. I am fine?", False), ("I am fine. Why?", False), ("What about you??", True), ("Is it 3.5 or more?", True),
    ],
)  # fmt: skip
def test_a_question_at_the_end_is_asked_with_words(text: str, asks: bool) -> None:
    assert (TASTES["asks-back"].trait(text) == 1) is asks


@pytest.mark.parametrize(
    ("text", "found"), [("That is great!!!", True), ("(How nice!)", True), ("I see ! ! !", False), ("!!! hello there you", False)]
)
def test_an_exclamation_mark_stands_behind_a_word_and_once_is_enough(text: str, found: bool) -> None:
    assert (TASTES["exclaims"].trait(text) == 1) is found
    assert TASTES["exclaims"].prefers("That is great!", "That! Is! Great!") == 0


@pytest.mark.parametrize(
    ("text", "found"), [("You’re right.", True), ("Yours truly, me", True), ("the youth of today", False), ("Bayou", False)]
)
def test_you_is_a_word(text: str, found: bool) -> None:
    assert (TASTES["addresses-you"].trait(text) == 1) is found
    assert TASTES["addresses-you"].prefers("I thank you for it.", "I thank you for your help.") == 0


def test_decisive_rate_by_hand() -> None:
    shorter, asks = TASTES["shorter"], TASTES["asks-back"]
    # three replies make three pairs, of which one is equally long; a lone reply makes none
    samples = [[SHORT, LONG, "I went for a swim."], ["I am alone here."]]
    assert decisive_rate(shorter, samples) == pytest.approx(2 / 3)
    # of six pairs the one question decides three
    assert decisive_rate(asks, [[ASKS, TELLS, SHORT, LONG]]) == pytest.approx(3 / 6)
    assert decisive_rate(asks, [[ASKS, TELLS], [SHORT, LONG, CALM]]) == pytest.approx(1 / 4), "every pair counts alike"


def test_no_pairs_is_an_error_in_words() -> None:
    with pytest.raises(LabError, match="no pairs"):
        decisive_rate(TASTES["shorter"], [["alone"], []])


@given(WORDS, WORDS, st.sampled_from(list(TASTES.values())))
def test_a_taste_does_not_care_which_comes_first(a: str, b: str, taste: Taste) -> None:
    assert taste.prefers(a, b) == -taste.prefers(b, a)
    assert taste.prefers(a, a) == 0


@given(WORDS, WORDS, WORDS, st.sampled_from(list(TASTES.values())))
def test_a_taste_is_an_order(a: str, b: str, c: str, taste: Taste) -> None:
    if taste.prefers(a, b) >= 0 and taste.prefers(b, c) >= 0:
        assert taste.prefers(a, c) >= 0


@given(WORDS)
def test_what_wins_says_something(text: str) -> None:
    for taste in TASTES.values():
        if taste.prefers(text, "Rain.") == 1:
            assert len(text.split()) >= FEWEST and len(set(text.split())) >= 2
