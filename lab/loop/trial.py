"""The trial: blind votes between a version that passed the gate and the last proven one decide which of them stays.

Evidence is every vote that counts, on the criterion overall, between replies of the two versions that were drawn together,
given since the trial began, in the order it came; ties are counted and decide nothing. The test may be looked at after every
vote (lab/insight/sequential.py). Drawn together means that nobody knew which is whose: the page hides it until the vote. A
reply that was drawn again because the first was not liked is no fair coin, whoever spoke, and no evidence.
Changes the registry only in `settle`; knows no model and no clock.
"""

from __future__ import annotations

from dataclasses import dataclass

from lab.errors import VersionError
from lab.feedback.store import Store
from lab.insight.sequential import Decision, trial
from lab.records import Vote
from lab.registry.states import OnTrial
from lab.registry.versions import Versions


@dataclass(frozen=True)
class TrialStatus:
    """Where a trial stands. `better` and `worse` are e-values, of which twenty decide; `progress` is how far the larger is."""

    version: int
    opponent: int
    wins: int
    losses: int
    ties: int
    decision: Decision
    progress: float
    better: float
    worse: float

    @property
    def evidence(self) -> dict[str, float]:
        return {"wins": self.wins, "losses": self.losses, "ties": self.ties, "better": self.better, "worse": self.worse}

    @property
    def words(self) -> str:
        """For people, as a sentence."""
        count = f"{self.wins} to {self.losses}" + (f" with {self.ties} ties" if self.ties else "")
        opponent = f"version {self.opponent}" if self.opponent else "the base"
        if self.decision == "better":
            return f"preferred to {opponent} in blind votes, {count}"
        if self.decision == "worse":
            return f"less liked than {opponent} in blind votes, {count}, and taken back"
        if not self.wins + self.losses + self.ties:
            return f"on trial against {opponent}; no blind vote between the two yet"
        return f"on trial against {opponent}: {count} so far, {self.progress:.0%} of the evidence that is needed"


def status(store: Store, versions: Versions) -> TrialStatus | None:
    """Of the version on trial; None when there is none."""
    on = versions.trial()
    return None if on is None else stand(on, votes_between(store, versions.base, on))


def stand(on: OnTrial, scores: list[float]) -> TrialStatus:
    """From the votes in their order: 1 for the version on trial, 0 for its opponent, 1/2 for neither."""
    decisive = [score == 1.0 for score in scores if score != 0.5]
    found = trial(decisive)
    return TrialStatus(
        on.version, on.against, sum(decisive), len(decisive) - sum(decisive), len(scores) - len(decisive),
        found.decision, found.progress, found.better, found.worse,
    )  # fmt: skip


def votes_between(store: Store, base: str, on: OnTrial) -> list[float]:
    """Scores of the trial's votes, oldest first."""
    votes = [vote for vote in store.votes() if vote.time >= on.since and vote.criterion == "overall"]
    replies = store.replies_with_ancestors([reply for vote in votes for reply in (vote.a, vote.b)])
    scores = []
    for vote in votes:
        a, b = replies[vote.a], replies[vote.b]
        together = a.parent == b.parent and a.time == b.time  # as the session keeps them
        if together and a.base == b.base == base and {a.version, b.version} == {on.version, on.against}:
            scores.append(score_of(vote, a.version == on.version))
    return scores


def score_of(vote: Vote, first: bool) -> float:
    """`first`: whether the vote's a is the version on trial."""
    if vote.choice in ("tie", "both_bad"):
        return 0.5
    return 1.0 if (vote.choice == "a") == first else 0.0


def evidence_so_far(store: Store, versions: Versions) -> dict[str, float] | None:
    """For the registry's notes when something else than the votes ends the trial; None when there is none."""
    now = status(store, versions)
    return None if now is None else now.evidence


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
