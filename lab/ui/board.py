"""What the Versions tab lists, from records alone: the tree with its lines, sizes on disk, and the leaderboard's rows.

Pure but for the sizes, which are asked of the file system. Knows no component and no HTML; versions_view.py draws it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from lab.insight.leaderboard import Board, Game, Standing, anchor_of, games_of, leaderboard
from lab.records import AdapterVersion, Reply, Vote
from lab.ui.view import version_name


@dataclass(frozen=True)
class Row:
    """A version in the tree, newest first. Lines run in lanes, counted from the left.

    `above`: lanes whose line comes in from the row above, `below` those that go on to the row below; `joins`: lanes that end
    here beside `lane`, because they lead to this version as their parent too.
    """

    version: AdapterVersion
    parent: int | None  # the one it came from that is still there
    lane: int
    above: tuple[int, ...]
    below: tuple[int, ...]
    joins: tuple[int, ...]
    size: int  # bytes on the disk

    @property
    def lanes(self) -> int:
        return 1 + max((self.lane, *self.above, *self.below))


def tree(versions: Sequence[AdapterVersion], lineage: Callable[[int], Sequence[int]]) -> list[Row]:
    """Newest first, the base last. `lineage` is a version and its ancestors, newest first, deleted ones included."""
    there = {each.version for each in versions}
    waiting: list[int | None] = []  # by lane, the version that its line leads to
    rows = []
    for version in sorted(versions, key=lambda each: -each.version):
        number = version.version
        parent = next((each for each in (*lineage(number)[1:], 0) if each in there), None) if number else None
        above = tuple(lane for lane, target in enumerate(waiting) if target is not None)
        own = [lane for lane, target in enumerate(waiting) if target == number]
        free = [lane for lane, target in enumerate(waiting) if target is None]
        lane = own[0] if own else (free[0] if free else len(waiting))
        if lane == len(waiting):
            waiting.append(None)
        for each in own:
            waiting[each] = None
        waiting[lane] = parent
        below = tuple(each for each, target in enumerate(waiting) if target is not None)
        rows.append(Row(version, parent, lane, above, below, tuple(own[1:]), size_of(version.folder)))
    return rows


def size_of(folder: Path | None) -> int:
    """Bytes of a version's files; what is deleted meanwhile counts nothing."""
    total = 0
    try:
        for file in folder.iterdir() if folder is not None else ():
            total += file.stat().st_size
    except OSError:
        return total
    return total


def bytes_in_words(count: int) -> str:
    """As people write it: 1.3 MB."""
    size, units = float(count), ["B", "kB", "MB", "GB", "TB"]
    while size >= 999.5 and len(units) > 1:
        size, units = size / 1000, units[1:]
    return f"{size:.0f} {units[0]}" if size >= 10 or units[0] == "B" else f"{size:.1f} {units[0]}"


@dataclass(frozen=True)
class Ranking:
    """The leaderboard as votes alone say it, and between replies of equal length; `games` are what both were made from."""

    raw: Board
    level: Board
    games: int

    def of(self, version: int) -> Standing | None:
        """A version's standing where votes say something of it: not of the anchor, nor of one that they do not link to it."""
        found = next((each for each in self.raw.standings if each.version == version), None)
        return found if found is not None and found.linked and found.games and version != self.raw.anchor else None


def ranking(votes: Sequence[Vote], replies: Mapping[str, Reply], base: str) -> Ranking:
    """From every vote that counts; those on replies of another base are left out."""
    games: list[Game] = games_of(votes, {name: reply for name, reply in replies.items() if reply.base == base})
    anchor = anchor_of(games)
    return Ranking(leaderboard(games, anchor), leaderboard(games, anchor, control_length=True), len(games))


def standing_words(standing: Standing, anchor: int) -> str:
    """What the votes say of a version, as a sentence that does not say more than they do."""
    other = version_name(anchor) if anchor else "the base"
    if standing.version == anchor:
        return "what the others are measured against"
    if not standing.linked:
        return f"no chain of votes leads to {other} yet"
    said = f"not told apart from {other} yet"
    if standing.told_apart:
        said = f"{'preferred to' if standing.strength > 0 else 'less liked than'} {other}"
    return f"{said}; few votes" if standing.few else said


def ranking_words(found: Ranking) -> str:
    """Above the table: how much it stands on, and what length is worth."""
    if not found.games:
        return (
            "No blind vote between two versions yet. Votes in Compare make this table: during a trial by themselves, else under "
            "“Two versions”."
        )
    votes = f"{found.games} blind vote{'' if found.games == 1 else 's'} between versions"
    few = [each for each in found.raw.standings if each.few and each.games]
    caution = " Few votes: read the intervals, not the order." if few else ""
    length = found.level.length or 0.0
    taste = "the longer reply" if length > 0 else "the shorter reply"
    by_length = f" Length alone moves votes towards {taste} ({length:+.1f} in log-odds for a relative difference of 1)."
    return f"{votes}; ties count half to each.{caution}{by_length if abs(length) >= 0.1 else ''}"
