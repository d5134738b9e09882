"""The leaderboard: strengths that simulated votes were drawn from come back, inside their intervals; length can be taken out."""

from __future__ import annotations

import math
import random

import numpy
import pytest

from lab.insight.leaderboard import Board, Game, anchor_of, games_of, leaderboard, linked
from lab.records import Reply, Vote

TRUE = {0: 0.0, 1: 0.8, 2: -0.5, 3: 1.5}


def played(count: int, seed: int, taste_for_length: float = 0.0, ties: float = 0.2) -> list[Game]:
    """Version 3 is long-winded; raters may like that."""
    draw = random.Random(seed)
    games = []
    for _ in range(count):
        a, b = draw.sample(list(TRUE), 2)
        longer = (0.4 if a == 3 else 0.0) - (0.4 if b == 3 else 0.0) + draw.uniform(-0.3, 0.3)
        chance = 1 / (1 + math.exp(-(TRUE[a] - TRUE[b] + taste_for_length * longer)))
        games.append(Game(a, b, 0.5 if draw.random() < ties else float(draw.random() < chance), longer))
    return games


def strengths(board: Board) -> dict[int, float]:
    return {standing.version: standing.strength for standing in board.standings}


def test_an_equal_score_is_no_difference_and_two_versions_are_a_plain_proportion() -> None:
    games = [Game(1, 0, 1.0)] * 30 + [Game(0, 1, 1.0)] * 10 + [Game(1, 0, 0.5)] * 8
    found = strengths(leaderboard(games))
    assert found[1] == pytest.approx(math.log(34 / 14), abs=0.02)
    assert leaderboard([Game(1, 0, 0.5)] * 9).standings[0].strength == pytest.approx(0, abs=1e-6)
    first = leaderboard(games).standings[0]
    assert (first.version, first.games, first.wins) == (1, 48, 34)
    assert first.preferred[0] == pytest.approx(34 / 48, abs=0.005)


def test_what_votes_were_drawn_from_comes_back() -> None:
    """Ties draw everybody towards the middle alike, so the order and the ratios are what can be asked for."""
    board = leaderboard(played(4000, seed=1, ties=0.0))
    assert [standing.version for standing in board.standings] == [3, 1, 0, 2]
    for standing in board.standings:
        assert standing.strength == pytest.approx(TRUE[standing.version], abs=0.2)


def test_intervals_cover_as_they_say() -> None:
    found = [each for seed in range(60) for each in leaderboard(played(150, seed, ties=0.0)).standings if each.version]
    covered = [each.low <= TRUE[each.version] <= each.high for each in found]
    assert 0.9 <= numpy.mean(covered) <= 0.99


def test_length_is_taken_out() -> None:
    games = played(3000, seed=2, taste_for_length=3.0, ties=0.0)
    raw, controlled = leaderboard(games), leaderboard(games, control_length=True)
    assert raw.length is None and controlled.length == pytest.approx(3.0, abs=0.4)
    assert strengths(raw)[3] > TRUE[3] + 0.5
    assert strengths(controlled)[3] == pytest.approx(TRUE[3], abs=0.3)


def test_few_and_one_sided_games_give_wide_intervals_and_no_infinity() -> None:
    first = leaderboard([Game(1, 0, 1.0)] * 3).standings[0]
    assert 0 < first.strength < 5 and first.low < 0 < first.high
    assert leaderboard([]).standings[0].version == 0
    other = leaderboard([Game(1, 2, 1.0)] * 5, anchor=7)
    assert {standing.version for standing in other.standings} == {1, 2, 7}


def test_games_are_blind_votes_between_two_versions() -> None:
    replies = {
        name: Reply(name, "c", parent, "assistant", name, (1,) * size, (-1.0,) * size, version=version, base=base, time=when)
        for name, size, version, base, parent, when in [
            ("a", 3, 0, "x", "u", 1.0), ("b", 1, 1, "x", "u", 1.0), ("same", 2, 0, "x", "u", 1.0), ("other", 2, 1, "y", "u", 1.0),
            ("again", 2, 1, "x", "u", 2.0), ("elsewhere", 2, 1, "x", "v", 1.0),
        ]
    }  # fmt: skip
    votes = [
        Vote("a", "b", "a"), Vote("b", "a", "tie"), Vote("a", "b", "both_bad"), Vote("a", "same", "a"), Vote("a", "other", "b"),
        Vote("a", "gone", "a"), Vote("a", "again", "b"), Vote("a", "elsewhere", "b"), Vote("a", "b", "b", criterion="safe"),
    ]  # fmt: skip
    assert games_of(votes, replies) == [Game(0, 1, 1.0, 0.5), Game(1, 0, 0.5, -0.5)]


def test_a_version_that_nothing_links_to_the_anchor_says_so() -> None:
    """Two versions that met each other only: what is known is who won, not how either stands beside the base."""
    games = [Game(1, 0, 1.0)] * 20 + [Game(2, 3, 1.0)] * 20
    assert linked(games, 0) == {0, 1} and linked(games, 3) == {2, 3} and linked([], 0) == {0}
    board = {each.version: each for each in leaderboard(games).standings}
    assert board[1].linked and board[1].told_apart and not board[1].few
    assert not board[2].linked and not board[2].told_apart
    assert board[2].high - board[2].low > 8, "and the interval is as wide as the prior"


def test_the_anchor_is_the_base_or_who_played_most() -> None:
    assert anchor_of([]) == 0
    assert anchor_of([Game(1, 0, 1.0), Game(1, 2, 1.0), Game(1, 2, 1.0)]) == 0
    assert anchor_of([Game(1, 2, 1.0), Game(2, 3, 1.0)]) == 2
    board = leaderboard([Game(1, 2, 1.0)] * 4, anchor_of([Game(1, 2, 1.0)] * 4))
    assert board.anchor == 1 and board.standings[0].version == 1 and board.standings[1].few
