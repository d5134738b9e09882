"""The audit: each oddity is found where it was put, not where it was not, and never from a handful of votes."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from lab.insight.accuracy import wilson
from lab.insight.audit import Finding, audit, is_hasty
from lab.records import Choice, Reply, Thumb, Vote

DRAW = random.Random(1)
REPLIES = {
    f"{side}{k}": Reply(f"{side}{k}", "c", "u", "assistant", "word " * (5 + (k * (3 if side == "a" else 7)) % 11), finish="end")
    for k in range(200)
    for side in "ab"
}


def vote(k: int, choice: Choice, **changes: object) -> Vote:
    made = Vote(f"a{k}", f"b{k}", choice, DRAW.choice(("ab", "ba")), ms=9000, time=float(k))
    return replace(made, **changes)  # type: ignore[arg-type]


def fair(count: int) -> list[Vote]:
    return [vote(k, DRAW.choice(("a", "b"))) for k in range(count)]


def found(name: str, votes: list[Vote], every: list[Vote] | None = None, thumbs: list[Thumb] | None = None) -> Finding:
    (one,) = [each for each in audit(votes, every or votes, thumbs or [], REPLIES) if each.name == name]
    return one


def test_fair_votes_raise_no_concern() -> None:
    thumbs = [Thumb(f"a{k}", "up" if k % 2 else "down") for k in range(40)]
    for each in audit(fair(150), fair(150), thumbs, REPLIES):
        assert not each.concern, each
        assert each.remedy == ""


def test_a_favourite_side() -> None:
    votes = [vote(k, "a" if k % 10 else "b", shown="ab") for k in range(60)]
    one = found("side", votes)
    assert one.concern and one.share == 54 / 60 and one.ci95 == wilson(54, 60)
    assert not found("side", [vote(k, "a", shown="ab" if k % 2 else "ba") for k in range(60)]).concern


def test_imported_pairs_have_no_sides() -> None:
    """Every imported pair is kept as a vote for "a"; a file of them read as a rater who always chose left."""
    given = {name: replace(reply, finish="given") for name, reply in REPLIES.items()}
    (one,) = [each for each in audit([vote(k, "a", shown="ab") for k in range(60)], [], [], given) if each.name == "side"]
    assert one.n == 0 and not one.concern


def test_a_taste_for_length_and_its_change() -> None:
    longer = [vote(k, "a" if len(REPLIES[f"a{k}"].text) > len(REPLIES[f"b{k}"].text) else "b") for k in range(120)]
    assert found("length", longer).concern
    assert not found("drift", longer).concern
    turned = [replace(each, choice="b" if each.choice == "a" else "a") if each.time >= 60 else each for each in longer]
    assert found("drift", turned).concern and not found("length", turned).concern


def test_votes_nobody_can_have_read() -> None:
    quick = [replace(each, ms=120) if k % 2 else each for k, each in enumerate(fair(60))]
    assert found("haste", quick).concern and found("haste", quick).share == 0.5
    assert found("haste", [replace(each, ms=None) for each in quick]).n == 0, "imported votes have no clock"
    assert is_hasty(vote(1, "a", ms=399), REPLIES) and not is_hasty(vote(1, "a", ms=9000), REPLIES)


def test_second_thoughts() -> None:
    """Either way round counts as the same question, and the other side as another answer."""
    first = fair(40)
    again = [replace(each, a=each.b, b=each.a, choice="b" if each.choice == "a" else "a") for each in first]
    assert found("steadiness", first, [*first, *again]).share == 1
    wavering = [replace(each, choice="b" if each.choice == "a" else "a") for each in first]
    one = found("steadiness", first, [*first, *wavering])
    assert one.concern and one.share == 0 and one.n == 40
    assert found("steadiness", first, [*first, *(replace(each, rater="you") for each in wavering)]).n == 0


def test_raters_who_disagree() -> None:
    mine = fair(40)
    yours = [replace(each, rater="you", choice="b" if each.choice == "a" else "a") for each in mine]
    assert found("agreement", [*mine, *yours]).concern
    assert found("agreement", [*mine, *(replace(each, rater="you") for each in mine)]).share == 1


def test_thumbs_that_all_point_one_way() -> None:
    assert found("thumbs", [], thumbs=[Thumb(f"a{k}", "up") for k in range(80)]).concern
    assert not found("thumbs", [], thumbs=[Thumb(f"a{k}", "up") for k in range(20)]).concern, "twenty may be chance"


@pytest.mark.parametrize("count", [0, 1, 9])
def test_a_handful_of_votes_says_nothing(count: int) -> None:
    for each in audit([vote(k, "a", shown="ab", ms=1) for k in range(count)], [], [], REPLIES):
        assert not each.concern and each.words.startswith("Not enough yet: ") and each.remedy == ""


def test_what_is_missing_is_counted() -> None:
    votes = [vote(k, "a", shown="ab") for k in range(7)]
    assert found("side", votes).words == "Not enough yet: 7 of at least 10, 3 more."
    told = sum(len(REPLIES[f"a{k}"].text) != len(REPLIES[f"b{k}"].text) for k in range(7))
    assert found("drift", votes).words == f"Not enough yet: {told} of at least 20, {20 - told} more."
