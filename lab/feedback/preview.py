"""What an import would do, before anything is written: how many rows of which shape, what is here already, what is refused."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from lab.feedback.exchange import ALREADY, BATCH, rows_of, usable
from lab.feedback.shapes import Parsed, Refused, parse
from lab.feedback.store import Store
from lab.records import Correction, Thumb, Vote

FIRST = 8  # rows that are shown


@dataclass(frozen=True)
class Sample:
    """One row as it would be kept. `said` are its replies, `opinion` is what it says of them."""

    line: int
    kind: str
    question: str
    said: tuple[str, ...]
    opinion: str


@dataclass(frozen=True)
class Preview:
    """`counts` and `refused` as an import would return them."""

    counts: dict[str, int]
    refused: list[tuple[int, str]]
    first: list[Sample]

    @property
    def new(self) -> int:
        """Opinions and chats that would be added."""
        return sum(number for name, number in self.counts.items() if name != ALREADY)


def preview(store: Store, path: Path, rater: str = "me") -> Preview:
    """Reads all of the file and writes nothing. Raises StoreError when it cannot be read to its end."""
    counts: dict[str, int] = {}
    refused: list[tuple[int, str]] = []
    first: list[Sample] = []
    batch: list[Parsed] = []
    seen: set[str] = set()

    def look() -> None:
        for parsed, new in zip(batch, store.would_add([parsed.bundle for parsed in batch], seen), strict=True):
            known = (len(parsed.bundle.opinions) or 1) - new
            for name, number in ((parsed.kind, new), (ALREADY, known)):
                if number:
                    counts[name] = counts.get(name, 0) + number
        batch.clear()

    for line, row in rows_of(path):
        try:
            batch.append(parse(usable(row), rater))
        except Refused as refusal:
            refused.append((line, str(refusal)))
            continue
        if len(first) < FIRST:
            first.append(sample(line, batch[-1]))
        if len(batch) == BATCH:
            look()
    look()
    return Preview(counts, refused, first)


def sample(line: int, parsed: Parsed) -> Sample:
    turns = parsed.bundle.replies
    question = next((turn.text for turn in reversed(turns) if turn.role == "user"), "")
    said = tuple(turn.text for turn in turns if turn.role == "assistant")
    rated = {reply for opinion, _ in parsed.bundle.opinions for reply in replies_of(opinion)}
    if rated:
        said = tuple(turn.text for turn in turns if turn.id in rated)
    opinions = [told(opinion) for opinion, _ in parsed.bundle.opinions]
    return Sample(line, parsed.kind, question, said, ", ".join(opinions) or "to imitate")


def replies_of(opinion: Vote | Thumb | Correction) -> tuple[str, ...]:
    return (opinion.a, opinion.b) if isinstance(opinion, Vote) else (opinion.reply,)


def told(opinion: Vote | Thumb | Correction) -> str:
    match opinion:
        case Vote():
            return {"a": "first is better", "b": "second is better", "tie": "tie", "both_bad": "both bad"}[opinion.choice]
        case Thumb():
            return f"thumb {opinion.value}"
        case Correction():
            return f"better: {opinion.text}"
