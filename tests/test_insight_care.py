"""What each switch leaves out or counts for less, on votes whose fault is known; and that fair votes are left alone."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from lab.insight.care import DOES, LEAST_WEIGHT, OLD, RULES, Asked, Care, care
from lab.records import Choice, Reply, Vote
from lab.settings import CareSettings

REPLIES = {
    f"{side}{k}": Reply(f"{side}{k}", "c", "u", "assistant", "word " * (5 + (k * (3 if side == "a" else 7)) % 11), finish="end")
    for k in range(400)
    for side in "ab"
}


def vote(k: int, choice: Choice, **changes: object) -> Vote:
    made = Vote(f"a{k}", f"b{k}", choice, "ab" if k % 2 else "ba", ms=9000, time=float(k), id=f"v{k}")
    return replace(made, **changes)  # type: ignore[arg-type]


def fair(count: int = 200) -> list[Vote]:
    """As many for the left as for the right, and for the longer as for the shorter reply."""
    made = []
    for k in range(count):
        choice = "a" if is_long(k, "a") == (k // 2 % 2 == 0) else "b"
        made.append(vote(k, choice, shown="ab" if (choice == "a") == (k % 2 == 0) else "ba"))  # type: ignore[arg-type]
    return made


def does(name: str, votes: list[Vote], every: list[Vote] | None = None) -> Care:
    return RULES[name](Asked(votes, every or votes, REPLIES))


def is_long(k: int, side: str) -> bool:
    other = "b" if side == "a" else "a"
    return len(REPLIES[f"{side}{k}"].text) > len(REPLIES[f"{other}{k}"].text)


def test_every_rule_has_words_and_a_setting_off_by_default() -> None:
    assert set(RULES) == set(DOES) == set(CareSettings.model_fields)
    assert not any(CareSettings().model_dump().values())


@pytest.mark.parametrize("name", RULES)
def test_fair_votes_and_few_votes_are_left_alone(name: str) -> None:
    again = [replace(each, id=f"again-{each.id}", time=each.time + 1000) for each in fair()]
    assert does(name, fair(), [*fair(), *again]) == Care()
    few = [vote(k, "a", shown="ab") for k in range(6)]
    assert does(name, few) == Care() == does(name, [])


def test_votes_nobody_can_have_read_are_left_out() -> None:
    found = does("haste", [vote(1, "a", ms=100), vote(2, "a"), vote(3, "a", ms=None)])
    assert found.left_out == {"v1": "voted_too_fast"} and found.weights == {}


def test_a_favourite_side_loses_what_it_has_too_much() -> None:
    """Three of four votes for the left: a third of those is meant, and then both sides weigh the same."""
    votes = [vote(k, "a", shown="ab" if k % 4 else "ba") for k in range(200)]
    found = does("side", [*votes, *(vote(k, "a", rater="fair") for k in range(200, 400))])
    assert set(found.weights) == {each.id for each in votes if each.shown == "ab"}, "the other rater is fair"
    assert list(found.weights.values()) == pytest.approx([1 / 3] * 150)
    assert sum(found.weights.values()) == pytest.approx(sum(each.shown == "ba" for each in votes))


def test_the_posterior_of_a_careless_rater_is_what_the_weight_says() -> None:
    """A rater who takes the left unread in 40 % of the votes; the share of left votes that were meant, counted."""
    draw, votes, meant = random.Random(3), [], {}
    for k in range(400):
        careless, choice, shown = draw.random() < 0.4, draw.choice(("a", "b")), draw.choice(("ab", "ba"))
        if careless:
            choice = "a" if shown == "ab" else "b"
        votes.append(vote(k, choice, shown=shown))  # type: ignore[arg-type]
        if (choice == "a") == (shown == "ab"):
            meant[f"v{k}"] = not careless
    found = does("side", votes).weights
    assert set(found) == set(meant)
    assert next(iter(found.values())) == pytest.approx(sum(meant.values()) / len(meant), abs=0.08)


def test_long_and_short_winners_are_given_the_same_say() -> None:
    longer = [vote(k, "a" if is_long(k, "a") == bool(k % 5) else "b") for k in range(300)]
    told = [each for each in longer if len(REPLIES[each.a].text) != len(REPLIES[each.b].text)]
    found = does("length", longer)
    won = {each.id for each in told if is_long(int(each.id[1:]), each.choice)}
    assert set(found.weights) == won
    assert sum(found.weights.values()) == pytest.approx(len(told) - len(won))


def test_a_rater_who_wavers_counts_for_less_and_nobody_else() -> None:
    first = fair(100)
    again = [replace(each, id=f"again-{k}", choice=each.choice if k % 8 < 5 else ("b" if each.choice == "a" else "a"))
             for k, each in enumerate(first)]  # fmt: skip
    other = [replace(each, id=f"other-{each.id}", rater="other") for each in first]
    found = does("steadiness", [*again, *other], [*first, *again, *other, *other])
    same = sum(k % 8 < 5 for k in range(100)) / 100
    assert found.weights == {each.id: pytest.approx((2 * same - 1) ** 0.5) for each in again}
    coin = [replace(each, choice=each.choice if k % 2 else ("b" if each.choice == "a" else "a")) for k, each in enumerate(again)]
    assert set(does("steadiness", coin, [*first, *coin]).weights.values()) == {LEAST_WEIGHT}


def test_the_majority_stays_and_a_draw_stays() -> None:
    three = [vote(1, "a", id="x"), vote(1, "a", rater="ann", id="y"), vote(1, "b", rater="bob", id="z")]
    draw = [vote(2, "a", id="p"), vote(2, "b", rater="ann", id="q")]
    other = [vote(1, "b", rater="cem", criterion="safe", id="s")]
    found = does("agreement", [*three, *draw, *other])
    assert found.left_out == {"z": "outvoted"}
    turned = [*three[:2], replace(three[2], a="b1", b="a1", choice="a")]
    assert does("agreement", turned).left_out == {"z": "outvoted"}, "either way round is the same question"


def test_votes_from_before_a_change_of_taste_count_half() -> None:
    votes = [vote(k, "a" if is_long(k, "a") == (k < 100) else "b") for k in range(200)]
    assert does("drift", votes).weights == {f"v{k}": OLD for k in range(100)}


def test_together_they_multiply_and_what_is_left_out_has_no_weight() -> None:
    votes = [vote(k, "a", shown="ab" if k % 4 else "ba", ms=100 if k < 10 else 9000) for k in range(200)]
    asked = Asked(votes, votes, REPLIES)
    found = care(["side", "haste"], asked)
    assert len(found.left_out) == 10 and not set(found.left_out) & set(found.weights)
    assert care([], asked) == Care() and Care().words == "changes nothing so far"
    assert found.words == f"10 left out, {len(found.weights)} counted for 33% on average"
    long = [vote(k, "a" if is_long(k, "a") else "b", shown="ab" if is_long(k, "a") or k % 4 else "ba") for k in range(200)]
    both, one, other = (care(on, Asked(long, long, REPLIES)) for on in (["side", "length"], ["side"], ["length"]))
    assert other.weights == {} or all(both.weights[v] == one.weights.get(v, 1) * other.weights.get(v, 1) for v in both.weights)
