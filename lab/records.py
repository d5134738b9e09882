"""The typed records that cross folders. Frozen, plain, and free of any library.

Ids are strings that sort by time. Times are seconds since the epoch. Records know nothing of where they are kept.
"""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, TypedDict

Criterion = Literal["overall", "helpful", "safe"]
Choice = Literal["a", "b", "tie", "both_bad"]
Finish = Literal["end", "length", "stopped", "given"]
Algorithm = Literal["sft", "reward", "dpo", "ipo", "kto", "ppo", "rloo"]
JobState = Literal["queued", "running", "done", "failed"]
VersionState = Literal["candidate", "refused", "trial", "live", "retired"]
Verdict = Literal["", "passed", "refused"]
Interval = tuple[float, float]

CRITERIA: tuple[Criterion, ...] = ("overall", "helpful", "safe")
CHOICES: tuple[Choice, ...] = ("a", "b", "tie", "both_bad")


class Message(TypedDict):
    """One turn as chat templates take it; role is system, user or assistant."""

    role: str
    content: str


def new_id() -> str:
    """A fresh id; later ids sort after earlier ones."""
    return f"{time.time_ns():016x}{secrets.token_hex(6)}"


@dataclass(frozen=True)
class Sampling:
    """How a reply is drawn. Temperature 0 is greedy; top_p 1 and top_k 0 cut nothing off."""

    temperature: float = 0.8
    top_p: float = 0.95
    top_k: int = 0
    max_new_tokens: int = 256
    repetition_penalty: float = 1.0


@dataclass(frozen=True)
class Reply:
    """One turn of a conversation, stored when it ends and never changed; a conversation is a tree of them.

    `parent` is the turn before it (None for the first). An assistant's reply carries the ids the model really
    emitted (end token included) and their log-probs: the model's own, at temperature 1 and without truncation, nats.
    Turns that were typed or imported have finish "given" and neither.
    """

    id: str
    conversation: str
    parent: str | None
    role: Literal["system", "user", "assistant"]
    text: str
    token_ids: tuple[int, ...] = ()
    logprobs: tuple[float, ...] = ()
    version: int | None = None
    base: str = ""
    sampling: Sampling | None = None
    seed: int | None = None
    finish: Finish = "given"
    time: float = field(default_factory=time.time)


@dataclass(frozen=True)
class Conversation:
    id: str
    title: str
    created: float
    source: str = "chat"  # chat, compare, queue, import or rehearse
    turns: int = 0
    prompt_of: str | None = None  # the conversation whose first message a pair drawn ahead answers


@dataclass(frozen=True)
class Thumb:
    """An opinion of one reply. The newest of a rater, reply and criterion counts; "cleared" takes it back."""

    reply: str
    value: Literal["up", "down", "cleared"]
    criterion: Criterion = "overall"
    reasons: tuple[str, ...] = ()
    comment: str = ""
    rater: str = "me"
    id: str = field(default_factory=new_id)
    time: float = field(default_factory=time.time)


@dataclass(frozen=True)
class Vote:
    """An opinion of two replies to the same prompt. `shown` is the order on screen, left first; `ms` the time taken."""

    a: str
    b: str
    choice: Choice
    shown: Literal["ab", "ba"] = "ab"
    criterion: Criterion = "overall"
    ms: int | None = None
    rater: str = "me"
    id: str = field(default_factory=new_id)
    time: float = field(default_factory=time.time)


@dataclass(frozen=True)
class Correction:
    """The reply someone wanted instead of `reply`."""

    reply: str
    text: str
    criterion: Criterion = "overall"
    rater: str = "me"
    id: str = field(default_factory=new_id)
    time: float = field(default_factory=time.time)


@dataclass(frozen=True)
class Completion:
    """A reply as a trainer takes it: the emitted ids where there are any, else the text to encode."""

    reply: str
    text: str
    token_ids: tuple[int, ...] = ()


@dataclass(frozen=True)
class Pair:
    """Two completions of one prompt, one preferred. `opinion` is the id of the vote or correction it came from."""

    prompt: tuple[Message, ...]
    chosen: Completion
    rejected: Completion
    opinion: str
    criterion: Criterion = "overall"
    rater: str = "me"
    weight: float = 1.0


@dataclass(frozen=True)
class Labelled:
    """One completion that was found good (True) or bad (False)."""

    prompt: tuple[Message, ...]
    completion: Completion
    label: bool
    opinion: str
    criterion: Criterion = "overall"
    rater: str = "me"
    weight: float = 1.0


@dataclass(frozen=True)
class Demonstration:
    """A completion to imitate: a correction, or the assistant's turns of an imported chat."""

    prompt: tuple[Message, ...]
    completion: Completion
    opinion: str
    weight: float = 1.0


@dataclass(frozen=True)
class Counts:
    """What the planner looks at: training-side opinions in all, and those no live ancestor has learned from.

    `rated` are what a reward model is made from, ties among them; `new_rated` those that the live one has not seen.
    """

    pairs: int = 0
    labelled: int = 0
    demonstrations: int = 0
    new_pairs: int = 0
    new_labelled: int = 0
    new_demonstrations: int = 0
    held_out: int = 0
    rated: int = 0
    new_rated: int = 0


@dataclass(frozen=True)
class Job:
    """One round: what to train, from which version, on exactly which opinions, with which seed."""

    algorithm: Algorithm
    base: str
    parent: int
    parent_hash: str
    opinions: tuple[str, ...]
    seed: int
    settings: dict = field(default_factory=dict)
    reason: str = ""
    publish: Literal["auto", "always", "never"] = "auto"
    id: str = field(default_factory=new_id)
    created: float = field(default_factory=time.time)
    state: JobState = "queued"
    attempts: int = 0
    worker: str = ""
    heartbeat: float = 0.0
    progress: dict = field(default_factory=dict)
    version: int | None = None
    error: str = ""


@dataclass(frozen=True)
class Check:
    """One figure beside its limit. `value` is None where it was not measured; `why` says in words what is wrong, if anything.

    `most` says on which side of the limit all is well; `percent` how figure and limit are to be read.
    """

    name: str
    title: str
    value: float | None
    ci95: Interval | None = None
    limit: float | None = None
    most: bool = True
    percent: bool = False
    why: str = ""

    @property
    def holds(self) -> bool:
        return not self.why

    def shown(self) -> str:
        """The figure and its interval, for people."""
        if self.value is None:
            return "not measured"
        interval = f" ({self.written(self.ci95[0])} to {self.written(self.ci95[1])})" if self.ci95 else ""
        return f"{self.written(self.value)}{interval}"

    def allowed(self) -> str:
        """The limit, for people; empty where there is none."""
        return "" if self.limit is None else f"at {'most' if self.most else 'least'} {self.written(self.limit)}"

    def written(self, number: float) -> str:
        return f"{number:.0%}" if self.percent else f"{number:.3g}"


@dataclass(frozen=True)
class Report:
    """What a round did, in the words of DESIGN §2; `verdict` and `why` are the gate's and empty until it spoke.

    `checks` are the figures that it goes by, with the limits that stood when the round ended; older reports have none.
    """

    algorithm: str
    version: int | None
    parent: int
    steps: int
    used: int
    dropped: dict[str, int]
    loss_first: float
    loss_last: float
    heldout_before: float | None
    heldout_after: float | None
    heldout_n: int
    kl: float
    canaries: dict[str, float]
    seconds: float
    peak_mb: float
    verdict: Verdict = ""
    why: str = ""
    checks: tuple[Check, ...] = ()


@dataclass(frozen=True)
class AdapterVersion:
    """A version of one base. Version 0 is the base itself: always there, without a folder."""

    version: int
    base: str
    parent: int | None
    state: VersionState
    algorithm: str
    created: float
    hash: str = ""
    report: Report | None = None
    why: str = ""
    folder: Path | None = None
    job: str = ""  # the id of the round that made it; numbers begin anew where adapters/ is removed, ids never do
