"""The trial: blind votes between a version that passed the gate and the last proven one decide which of them stays.

Evidence is the first vote on every two replies of the two versions that were drawn together, on the criterion overall, given
since the trial began, in the order it came; ties are counted and decide nothing. The test may be looked at after every vote
(lab/insight/sequential.py). Drawn together means that nobody knew which is whose: the page hides it until the vote and tells it
then, so a second vote on the same replies is not blind, and another rater's says nothing new of the two versions. A first vote
that was withdrawn leaves none. A reply that was drawn again because the first was not liked is no fair coin, whoever spoke, and
no evidence.

A round needs far fewer votes than a trial, so the next version often takes an undecided one's place. It was trained from it,
is tried against the same proven version, and goes on with its votes: the trial is of the *line*. That test stays valid, since
each factor of it is at most 1 in the mean whenever that vote's version is no better than the opponent; the versions need not be
equal among themselves. What it shows is that the line as it was voted on is better (or worse), not which version of it is: a
harmful version after good ones was once proven by their votes. So

- a version is proven by its own votes alone: an equal one at most once in twenty, whatever came before it;
- it is taken back by its own votes or by the line's, so a harmful one is caught as soon as if it had begun the trial, and a
  line of them that follow each other quickly is caught as well; an equal one that has versions before it is taken back up to
  twice as often for that;
- once the line is better for sure, rounds wait a while for the newest one's own votes (`settling`, loop/plan.py), or no version
  would ever have enough.

A line that was good for long and then turns is caught by the newest version's own votes, so not while each has only a few.

Changes the registry only in `settle`; knows no model and no clock.
"""

from __future__ import annotations

from dataclasses import dataclass

from lab.errors import VersionError
from lab.feedback.store import Store
from lab.insight.sequential import Decision, Trial, progress, trial
from lab.records import Vote
from lab.registry.states import OnTrial
from lab.registry.versions import Versions


@dataclass(frozen=True)
class TrialStatus:
    """Where a trial stands: of the whole line, and of the version on trial by its own votes.

    Wins, losses and ties are of the whole line, `own_wins`, `own_losses` and `own_ties` of the version itself. `better` and
    `worse` are e-values, of which twenty decide.
    """

    version: int
    opponent: int
    wins: int
    losses: int
    ties: int
    own_wins: int
    own_losses: int
    own_ties: int
    line: Trial
    own: Trial

    @property
    def decision(self) -> Decision:
        if self.own.decision != "open":
            return self.own.decision
        return "worse" if self.line.decision == "worse" else "open"

    @property
    def settling(self) -> bool:
        """Whether what it was trained from is better for sure, and only its own votes are missing."""
        return self.line.decision == "better" and self.own.decision == "open"

    @property
    def better(self) -> float:
        """The e-value that can prove it."""
        return self.own.better

    @property
    def worse(self) -> float:
        """The larger one of those that can take it back."""
        return max(self.own.worse, self.line.worse)

    @property
    def progress(self) -> float:
        """How far the stronger evidence is on its way to a decision, 0 to 1, on a log scale."""
        return progress(max(self.better, self.worse))

    @property
    def evidence(self) -> dict[str, float]:
        return {
            "wins": self.wins, "losses": self.losses, "ties": self.ties, "own_wins": self.own_wins, "own_losses": self.own_losses,
            "better": self.own.better, "worse": self.own.worse, "line_better": self.line.better, "line_worse": self.line.worse,
        }  # fmt: skip

    @property
    def words(self) -> str:
        """For people, as a sentence."""
        count = f"{self.wins} to {self.losses}" + (f" with {self.ties} tie{'s' * (self.ties > 1)}" if self.ties else "")
        if (self.own_wins, self.own_losses) != (self.wins, self.losses):
            count += f" (of these {self.own_wins} to {self.own_losses} by itself, the rest by the versions it was trained from)"
        opponent = f"version {self.opponent}" if self.opponent else "the base"
        if self.decision == "better":
            return f"preferred to {opponent} in blind votes, {count}"
        if self.decision == "worse":
            return f"less liked than {opponent} in blind votes, {count}, and taken back"
        if not self.wins + self.losses + self.ties:
            return f"on trial against {opponent}; no blind vote between the two yet"
        if self.settling:
            enough = "what it was trained from is better for sure"
            return f"on trial against {opponent}: {count} so far; {enough}, of its own evidence it has {self.progress:.0%}"
        return f"on trial against {opponent}: {count} so far, {self.progress:.0%} of the evidence that is needed"


def status(store: Store, versions: Versions) -> TrialStatus | None:
    """Of the version on trial; None when there is none."""
    on = versions.trial()
    return None if on is None else stand(on, votes_between(store, versions.base, on))


def stand(on: OnTrial, votes: list[tuple[int, float]]) -> TrialStatus:
    """From the votes in their order: (the version of the line, 1 for it, 0 for the opponent, 1/2 for neither)."""
    decisive = [(version, score == 1.0) for version, score in votes if score != 0.5]
    line, own = [won for _, won in decisive], [won for version, won in decisive if version == on.version]
    return TrialStatus(
        on.version, on.against, sum(line), len(line) - sum(line), len(votes) - len(line),
        sum(own), len(own) - sum(own), sum(version == on.version for version, score in votes if score == 0.5),
        trial(line), trial(own),
    )  # fmt: skip


def votes_between(store: Store, base: str, on: OnTrial) -> list[tuple[int, float]]:
    """The trial's votes, oldest first: which version of the line, and its score."""
    votes = [vote for vote in store.blind_votes() if vote.time >= on.since]
    replies = store.replies_with_ancestors([reply for vote in votes for reply in (vote.a, vote.b)])
    found = []
    for vote in votes:
        a, b = replies[vote.a], replies[vote.b]
        together = a.parent == b.parent and a.time == b.time  # as the session keeps them
        if not together or not a.base == b.base == base:
            continue
        for tried, other in ((a, b), (b, a)):
            if tried.version in on.line and other.version == on.against:
                found.append((tried.version, score_of(vote, tried is a)))
    return found


def score_of(vote: Vote, first: bool) -> float:
    """`first`: whether the vote's a is of the line on trial."""
    if vote.choice in ("tie", "both_bad"):
        return 0.5
    return 1.0 if (vote.choice == "a") == first else 0.0


def evidence(store: Store, base: str, on: OnTrial) -> dict[str, float]:
    """Where a trial stands, for the registry's notes when something else than the votes ends it."""
    return stand(on, votes_between(store, base, on)).evidence


def settle(store: Store, versions: Versions) -> TrialStatus | None:
    """Looks at the trial and ends it if it is decided; where it stands, None when there is none."""
    now = status(store, versions)
    if now is None or now.decision == "open":
        return now
    try:
        versions.end_trial(now.version, now.decision == "better", now.words, now.evidence)
    except VersionError:  # another process was quicker, or somebody chose a version by hand
        return status(store, versions)
    return now
