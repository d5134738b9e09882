"""What the Versions tab lists: the tree's lines, sizes as people write them, and a leaderboard that says how little it knows."""

from __future__ import annotations

from pathlib import Path

import pytest

from lab.insight.leaderboard import Game, leaderboard
from lab.records import AdapterVersion, Reply, Vote
from lab.ui.board import Ranking, bytes_in_words, ranking, ranking_words, size_of, standing_words, tree
from lab.ui.tabs.versions_view import lines, ranking_table


def versions(parents: dict[int, int]) -> list[AdapterVersion]:
    base = AdapterVersion(0, "tiny", None, "live", "", 0.0)
    return [base, *(AdapterVersion(number, "tiny", parent, "retired", "dpo", 1.0) for number, parent in parents.items())]


def line_of(parents: dict[int, int]):
    def lineage(version: int) -> list[int]:
        found = []
        while version:
            found.append(version)
            version = parents[version]
        return found

    return lineage


def test_a_straight_line_takes_one_lane() -> None:
    parents = {1: 0, 2: 1, 3: 2}
    rows = tree(versions(parents), line_of(parents))
    assert [(row.version.version, row.parent, row.lane, row.lanes) for row in rows] == [
        (3, 2, 0, 1), (2, 1, 0, 1), (1, 0, 0, 1), (0, None, 0, 1),
    ]  # fmt: skip
    assert rows[0].above == () and rows[-1].below == ()


def test_two_children_run_in_two_lanes_and_join_at_their_parent() -> None:
    """3 and 2 both came from 1; 4 came from 2."""
    parents = {1: 0, 2: 1, 3: 1, 4: 2}
    rows = {row.version.version: row for row in tree(versions(parents), line_of(parents))}
    assert {number: row.lane for number, row in rows.items()} == {4: 0, 3: 1, 2: 0, 1: 0, 0: 0}
    assert rows[1].joins == (1,) and rows[1].above == (0, 1) and rows[1].below == (0,)
    assert rows[2].above == (0, 1) and rows[2].below == (0, 1), "the other child's line passes by"
    assert "C" in lines(rows[1], 36) and "C" not in lines(rows[2], 36)


def test_a_lane_that_ended_is_taken_again() -> None:
    parents = {1: 0, 2: 1, 3: 1, 4: 3, 5: 3}
    assert max(row.lanes for row in tree(versions(parents), line_of(parents))) == 2


def test_a_deleted_parent_is_passed_over() -> None:
    parents = {1: 0, 2: 1, 3: 2}
    left = [each for each in versions(parents) if each.version != 2]
    assert [(row.version.version, row.parent) for row in tree(left, line_of(parents))] == [(3, 1), (1, 0), (0, None)]


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.0 kB"),
        (12_345, "12 kB"),
        (1_340_000, "1.3 MB"),
        (999_700, "1.0 MB"),
        (5 * 10**9, "5.0 GB"),
    ],
)
def test_sizes_are_told_as_people_write_them(count: int, words: str) -> None:
    assert bytes_in_words(count) == words


def test_a_size_is_what_lies_in_the_folder(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"12345")
    (tmp_path / "b").write_bytes(b"123")
    assert size_of(tmp_path) == 8 and size_of(None) == 0 and size_of(tmp_path / "gone") == 0


def voted(count: int, one: int = 1, other: int = 0, lost: int = 0) -> tuple[list[Vote], dict[str, Reply]]:
    votes, replies = [], {}
    for number in range(count):
        for side, version in (("a", one), ("b", other)):
            name = f"{one}{other}{number}{side}"
            replies[name] = Reply(name, "c", str(number), "assistant", "x", (1,), (-1.0,), version, "tiny", time=1.0)
        votes.append(Vote(f"{one}{other}{number}a", f"{one}{other}{number}b", "b" if number < lost else "a"))
    return votes, replies


def test_the_words_do_not_say_more_than_the_votes() -> None:
    nothing = ranking([], {}, "tiny")
    assert "No blind vote" in ranking_words(nothing) and nothing.of(1) is None
    few = ranking(*voted(4, lost=1), "tiny")
    assert "4 blind votes" in ranking_words(few) and "Few votes" in ranking_words(few)
    standing = few.of(1)
    assert standing is not None and standing_words(standing, 0) == "not told apart from the base yet; few votes"
    many = ranking(*voted(60, lost=10), "tiny")
    assert "Few votes" not in ranking_words(many)
    won, base = many.of(1), many.raw.standings[-1]
    assert won is not None and standing_words(won, 0) == "preferred to the base"
    assert standing_words(base, 0) == "what the others are measured against" and many.of(0) is None
    lost = ranking(*voted(60, lost=50), "tiny").of(1)
    assert lost is not None and standing_words(lost, 0) == "less liked than the base"


def test_what_no_votes_link_to_the_base_gets_no_score() -> None:
    votes, replies = voted(20)
    more, others = voted(20, 3, 2)
    found = ranking([*votes, *more], {**replies, **others}, "tiny")
    assert found.of(1) is not None and found.of(3) is None
    page = ranking_table(found)
    assert page.count("no chain of votes leads to the base yet") == 2 and page.count('<circle class="raw"') == 2
    assert ranking([*votes, *more], {**replies, **others}, "another").games == 0, "another base's votes are not ours"


def test_the_taste_for_length_is_told_where_there_is_one() -> None:
    games = [Game(1, 0, 1.0, 0.5), Game(1, 0, 0.0, -0.5)] * 30
    found = Ranking(leaderboard(games), leaderboard(games, control_length=True), len(games))
    assert "towards the longer reply" in ranking_words(found)
    even = [Game(1, 0, 1.0, 0.0), Game(1, 0, 0.0, 0.0)] * 30
    assert "Length" not in ranking_words(Ranking(leaderboard(even), leaderboard(even, control_length=True), 60))
