"""What is odd about a person's votes: sides, lengths, haste, second thoughts, other raters, change over time.

Each finding has a share with its 95 % Wilson interval, what it would be if all were well, and what to do about it. A
concern is raised only where the interval lies beyond that: with few votes nothing is said but how many there are. A finding
is no verdict: longer replies may really be better. Knows records, no store.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from lab.insight.accuracy import wilson
from lab.records import Reply, Thumb, Vote

LEAST = 10  # observations below which no interval is worth a word
GLANCE = 0.05  # seconds a word of both replies, below which nobody has read them (20 words a second)
BLINK = 0.4  # seconds below which nobody has read anything
HASTY, STEADY, AGREED = 0.1, 0.75, 0.6  # shares beyond which haste, second thoughts and other raters are a concern
LOPSIDED = 0.9  # of thumbs on one side


@dataclass(frozen=True)
class Finding:
    """`share` of `n` observations, None where there are none; `concern` where its interval lies beyond what is expected."""

    name: str
    title: str
    share: float | None
    ci95: tuple[float, float] | None
    n: int
    expected: str
    concern: bool
    words: str
    remedy: str


def audit(
    votes: Sequence[Vote], every: Sequence[Vote], thumbs: Sequence[Thumb], replies: Mapping[str, Reply]
) -> list[Finding]:  # fmt: skip
    """`votes` are those that count, `every` those that newer ones replaced too; `replies` what they are about, by id."""
    decisive = [vote for vote in votes if vote.choice in ("a", "b")]
    shown = [vote for vote in decisive if drawn_here(vote, replies)]
    return [
        sides(shown), lengths(decisive, replies), haste(votes, replies), second_thoughts(every), raters(votes),
        changed_mind_on_length(decisive, replies), ups(thumbs),
    ]  # fmt: skip


def sides(votes: Sequence[Vote]) -> Finding:
    left = sum((vote.choice == "a") == (vote.shown == "ab") for vote in votes)
    return finding(
        "side", "Left side chosen", left, len(votes), "about half", lambda low, high: low > 0.5 or high < 0.5,
        "One side is chosen more often than the other, though the sides are drawn by lot.",
        "Read both replies before you choose; the tie key is there for those that do not differ.",
    )  # fmt: skip


def lengths(votes: Sequence[Vote], replies: Mapping[str, Reply]) -> Finding:
    longer = [longer_won(vote, replies) for vote in votes]
    told = [won for won in longer if won is not None]
    return finding(
        "length", "Longer reply chosen", sum(told), len(told), "about half, unless length is your taste",
        lambda low, high: low > 0.5 or high < 0.5,
        "The longer (or the shorter) reply wins more often than not, so a model that learns from this may learn length alone.",
        "If that is not what you mean, set reward.decorrelate, and compare replies of like length.",
    )  # fmt: skip


def haste(votes: Sequence[Vote], replies: Mapping[str, Reply]) -> Finding:
    timed = [vote for vote in votes if vote.ms is not None and vote.a in replies and vote.b in replies]
    fast = sum(is_hasty(vote, replies) for vote in timed)
    return finding(
        "haste", "Votes faster than reading", fast, len(timed), f"below {HASTY:.0%}", lambda low, high: low > HASTY,
        "Many votes came sooner than both replies can be read.", "Take back those you did not mean; slower votes teach more.",
    )  # fmt: skip


def second_thoughts(every: Sequence[Vote]) -> Finding:
    """Of one rater on the same two replies, each vote with the next."""
    before: dict[tuple[str, ...], str] = {}
    same = asked = 0
    for vote in every:
        pair, choice = sorted((vote.a, vote.b)), preferred(vote)
        key = (vote.rater, vote.criterion, *pair)
        if key in before:
            asked, same = asked + 1, same + (before[key] == choice)
        before[key] = choice
    return finding(
        "steadiness", "Same answer when asked again", same, asked, f"above {STEADY:.0%}", lambda low, high: high < STEADY,
        "The same two replies got different votes at different times.",
        "Raise train.label_smoothing, or vote a tie where you waver.",
    )  # fmt: skip


def raters(votes: Sequence[Vote]) -> Finding:
    """Of different raters on the same two replies, each with each."""
    groups: dict[tuple[str, ...], list[str]] = {}
    for vote in votes:
        groups.setdefault((vote.criterion, *sorted((vote.a, vote.b))), []).append(preferred(vote))
    met = [first == second for choices in groups.values() for first, second in combinations(choices, 2)]
    return finding(
        "agreement", "Raters agree", sum(met), len(met), f"above {AGREED:.0%}", lambda low, high: high < AGREED,
        "People disagree about the same replies, so one model cannot please them all.",
        "Talk about what counts, or give each rater a home of their own.",
    )  # fmt: skip


def changed_mind_on_length(votes: Sequence[Vote], replies: Mapping[str, Reply]) -> Finding:
    """Whether the taste for length of the later half differs: no overlap of the two halves' intervals."""
    told = [won for vote in sorted(votes, key=lambda v: v.time) if (won := longer_won(vote, replies)) is not None]
    half = len(told) // 2
    early, late = told[:half], told[half:]
    apart = half >= LEAST and not overlap(wilson(sum(early), half), wilson(sum(late), len(late)))
    said = few(len(told), 2 * LEAST) if half < LEAST else words(late, apart, "What you like seems to have changed lately.")
    return Finding(
        "drift", "Longer reply chosen, lately", sum(late) / len(late) if late else None,
        wilson(sum(late), len(late)) if late else None, len(late), "as in the earlier half", apart,
        said,
        "Take back old votes that you no longer mean, or lower train.replay." if apart else "",
    )  # fmt: skip


def ups(thumbs: Sequence[Thumb]) -> Finding:
    up = sum(thumb.value == "up" for thumb in thumbs)
    return finding(
        "thumbs", "Thumbs that are up", up, len(thumbs), f"between {1 - LOPSIDED:.0%} and {LOPSIDED:.0%}",
        lambda low, high: low > LOPSIDED or high < 1 - LOPSIDED,
        "Nearly all thumbs point the same way. Training weighs both kinds alike, so the few others count very much.",
        "Give thumbs to middling replies too, or vote between two.",
    )  # fmt: skip


def finding(
    name: str, title: str, count: int, n: int, expected: str, beyond: Callable[[float, float], bool], trouble: str, remedy: str
) -> Finding:  # fmt: skip
    """A share with its interval; a concern where `beyond` says so of the interval and there are enough observations."""
    interval = wilson(count, n) if n else None
    concern = n >= LEAST and interval is not None and bool(beyond(*interval))
    said = words(range(n), concern, trouble)
    return Finding(name, title, count / n if n else None, interval, n, expected, concern, said, remedy if concern else "")


def words(seen: Sequence[object], concern: bool, trouble: str) -> str:
    if len(seen) < LEAST:
        return few(len(seen), LEAST)
    return trouble if concern else "Nothing odd."


def few(have: int, least: int) -> str:
    return f"Not enough yet: {have} of at least {least}, {least - have} more."


def overlap(first: tuple[float, float], second: tuple[float, float]) -> bool:
    return first[0] <= second[1] and second[0] <= first[1]


def longer_won(vote: Vote, replies: Mapping[str, Reply]) -> bool | None:
    """None where both are as long, or one is not there."""
    a, b = replies.get(vote.a), replies.get(vote.b)
    if a is None or b is None or len(a.text) == len(b.text):
        return None
    return (len(a.text) > len(b.text)) == (vote.choice == "a")


def drawn_here(vote: Vote, replies: Mapping[str, Reply]) -> bool:
    """Whether the replies were spoken in this lab, and so stood on sides drawn by lot; an imported pair was never shown."""
    return all(reply in replies and replies[reply].finish != "given" for reply in (vote.a, vote.b))


def is_hasty(vote: Vote, replies: Mapping[str, Reply]) -> bool:
    """Whether a vote came sooner than both replies can be skimmed."""
    count = sum(len(replies[reply].text.split()) for reply in (vote.a, vote.b))
    return vote.ms is not None and vote.ms / 1000 < max(BLINK, GLANCE * count)


def preferred(vote: Vote) -> str:
    """The id of the reply that was preferred, or the word for none."""
    return {"a": vote.a, "b": vote.b}.get(vote.choice, vote.choice)
