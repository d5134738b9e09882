"""What the starter reads: sources of text, in what order and how much of each, and their encoding. Knows no model.

A source is a file `NAME.jsonl.gz` of dialogues ({"messages": [{"role", "content"}, ...]}) or of prose ({"text"}), or
`material`, which the project makes itself and never runs out of, or `extracts`, small tasks it sets on passages of the
prose. Everything is decided by the seed.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import random
import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerFast

from lab.train import material
from lab.train.material.extracts import extract, passages

SPECIAL = ["<|pad|>", "<|bos|>", "<|end|>", "<|system|>", "<|user|>", "<|assistant|>"]
TEMPLATE = (
    "<|bos|>{% for message in messages %}<|{{ message['role'] }}|>{{ message['content'] | trim }}<|end|>{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)
MATERIAL = "material"
EXTRACTS = "extracts"
OPEN_SYSTEMS = ("You are a helpful assistant.", "You are a friendly assistant.", "You are Hone, a small language model.",
                "Answer simply.", "You are a kind and honest assistant.", "Help the user as well as you can.")  # fmt: skip
BRIEF_SYSTEMS = ("Be brief.", "Keep your answers short.", "Answer in a few words.")
BRIEF = 10  # words a reply may have under these
WITH_SYSTEM = 0.08  # share of assistant dialogues that begin with a system prompt
HELD_OUT = 200  # one document in so many is never trained on
COMMON = 5
PARAGRAPHS = 2400  # characters of one piece of a long prose text
USER_WEIGHT = 0.1  # a user's words teach language; the assistant's words are what it will say

Messages = list[dict[str, str]]


@dataclass(frozen=True)
class Stage:
    """A stretch of the run: `part` of its tokens, drawn from sources by their shares."""

    part: float
    shares: dict[str, float]


STAGES = (
    Stage(0.07, {"stories": 0.45, "onestop_english": 0.15, "books": 0.40}),
    Stage(0.15, {"self_dialogue": 0.34, "persona_chat": 0.22, "topical_chat": 0.14, "task_oriented": 0.05, MATERIAL: 0.25}),
    Stage(0.78, {MATERIAL: 0.84, EXTRACTS: 0.10, "instructions": 0.03, "persona_chat": 0.015, "self_dialogue": 0.015}),
)


@dataclass(frozen=True)
class Document:
    """One dialogue, or a piece of prose as a single message of role "prose"."""

    source: str
    messages: Messages


def tidy(text: str) -> str:
    """Sentence case for crowd-typed text: capital first letters and a capital I, nothing else."""
    text = " ".join(text.split())
    words = [{"i": "I", "i'm": "I'm", "i've": "I've", "i'll": "I'll", "i'd": "I'd"}.get(w, w) for w in text.split(" ")]
    for k, word in enumerate(words):
        if word and (k == 0 or words[k - 1][-1:] in ".!?"):
            words[k] = word[0].upper() + word[1:]
    return " ".join(words)


def plain(text: str) -> str:
    """Letters and digits alone: two prompts that differ in nothing else are the same."""
    return re.sub(r"[^a-z0-9]+", " ", text.lower()).strip()


def pieces(text: str) -> Iterator[str]:
    """A long text in pieces of whole paragraphs, without headings and rules."""
    piece: list[str] = []
    for line in text.split("\n"):
        line = " ".join(line.split())
        if not line or line.startswith(("#", "---", "***", "|", "![", "<")):
            continue
        piece.append(line)
        if sum(map(len, piece)) > PARAGRAPHS:
            yield "\n".join(piece)
            piece = []
    if sum(map(len, piece)) > 80:
        yield "\n".join(piece)


def read(path: Path, excluded: Collection[str]) -> list[Document]:
    """Documents of one file. Left out: fill-in marks such as `[User 1's name]`, empty turns, and prompts kept for judging."""
    name = path.name.removesuffix(".jsonl.gz")
    found = []
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            if "text" in row:
                found += [Document(name, [{"role": "prose", "content": piece}]) for piece in pieces(row["text"])]
                continue
            messages = [{"role": m["role"], "content": m["content"].strip()} for m in row["messages"]]
            if any("[" in m["content"] or not m["content"] for m in messages) or is_excluded(messages, excluded):
                continue
            if name in ("self_dialogue", "topical_chat"):
                messages = [{"role": m["role"], "content": tidy(m["content"])} for m in messages]
            found.append(Document(name, messages))
    return found


def is_excluded(messages: Messages, excluded: Collection[str]) -> bool:
    return any(m["role"] == "user" and plain(m["content"]) in excluded for m in messages)


def is_held_out(document: Document) -> bool:
    """By hash of how it begins, for ever."""
    return int.from_bytes(hashlib.sha256(document.messages[0]["content"].encode()).digest()[:4], "big") % HELD_OUT == 0


def prompts_in(files: Sequence[Path]) -> set[str]:
    """The user's turns in the `prompt` (text or messages) of every row of jsonl files, gzipped or not.

    Without those of fewer than COMMON words, such as "thank you": they are anybody's, and no judge's secret.
    """
    found = set()
    for file in files:
        with gzip.open(file, "rt", encoding="utf-8") if file.suffix == ".gz" else file.open(encoding="utf-8") as lines:
            for line in lines:
                prompt = json.loads(line)["prompt"]
                turns = [prompt] if isinstance(prompt, str) else [m["content"] for m in prompt if m["role"] == "user"]
                found |= {words for words in map(plain, turns) if len(words.split()) >= COMMON}
    return found


@dataclass
class Source:
    """Documents without end: a file's in a new order each pass, or made ones. `taken` counts them, `size` is one pass."""

    draw: Callable[[], Iterator[Document]]
    size: int | None
    taken: int = 0
    tokens: int = 0
    stream: Iterator[Document] = field(init=False)

    def __post_init__(self) -> None:
        self.stream = self.draw()


def again(documents: Sequence[Document], seed: str) -> Iterator[Document]:
    draw = random.Random(seed)
    while True:
        yield from draw.sample(documents, len(documents))


def made(seed: str, excluded: Collection[str], held_out: bool) -> Iterator[Document]:
    """Dialogues of the project's own, without those whose prompt is kept for judging or held out (or these alone)."""
    draw = random.Random(seed)
    kinds = material.kinds()
    shares = [kind.share for kind in kinds]
    while True:
        (kind,) = draw.choices(kinds, shares)
        document = Document(MATERIAL, kind.make(draw))
        if is_held_out(document) is held_out and not is_excluded(document.messages, excluded):
            yield document


def set_on(prose: Sequence[Document], seed: str, excluded: Collection[str]) -> Iterator[Document]:
    """Tasks on passages of prose, without end, from each of its sources as often."""
    draw = random.Random(seed)
    found: dict[str, list[list[str]]] = {}
    for document in prose:
        found.setdefault(document.source, []).extend(passages(document.messages[0]["content"]))
    there = [some for some in found.values() if some]
    while there:
        document = Document(EXTRACTS, extract(draw, draw.choice(draw.choice(there))))
        if not is_held_out(document) and not is_excluded(document.messages, excluded):
            yield document


def sources_of(data: Path, excluded: Collection[str], seed: int) -> tuple[dict[str, Source], list[Document]]:
    """(sources by name, held-out documents) of a folder with `*.jsonl.gz` anywhere below it, and the material."""
    sources: dict[str, Source] = {}
    held: list[Document] = []
    prose: list[Document] = []
    wanted = {name for stage in STAGES for name in stage.shares}
    for path in sorted(data.rglob("*.jsonl.gz")):
        name = path.name.removesuffix(".jsonl.gz")
        if name in wanted:
            documents = read(path, excluded)
            kept = [document for document in documents if not is_held_out(document)]
            held += [document for document in documents if is_held_out(document)]
            prose += [document for document in kept if document.messages[0]["role"] == "prose"]
            sources[name] = Source(lambda kept=kept, name=name: again(kept, f"{seed}/{name}"), len(kept))  # type: ignore[misc]
    sources[MATERIAL] = Source(lambda: made(f"{seed}/{MATERIAL}", excluded, False), None)
    if prose:
        sources[EXTRACTS] = Source(lambda: set_on(prose, f"{seed}/{EXTRACTS}", excluded), None)
    fresh = made(f"{seed}/held", excluded, True)
    held += [next(fresh) for _ in range(max(len(held), 100))]
    random.Random(f"{seed}/held").shuffle(held)
    return sources, held


def curriculum(
    sources: dict[str, Source], tokens: int, length: Callable[[Document], int], seed: int, stages: Sequence[Stage] = STAGES
) -> list[Document]:
    """Documents in training order, about `tokens` long in all: each stage's by their shares, shuffled among themselves."""
    ordered: list[Document] = []
    whole = sum(stage.part for stage in stages)
    for number, stage in enumerate(stages):
        there = {name: share for name, share in stage.shares.items() if name in sources}
        some: list[Document] = []
        for name, share in there.items():
            budget = tokens * stage.part / whole * share / sum(there.values())
            source = sources[name]
            while budget > 0:
                document = next(source.stream)
                size = length(document)
                budget -= size
                source.taken, source.tokens = source.taken + 1, source.tokens + size
                some.append(document)
        random.Random(f"{seed}/stage {number}").shuffle(some)
        ordered += some
    return ordered


def train_tokenizer(texts: Iterator[str], vocab: int) -> PreTrainedTokenizerFast:
    """Byte-level BPE with the chat template and one token for each role."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocab, special_tokens=SPECIAL, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False
    )
    tokenizer.train_from_iterator(texts, trainer)
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, bos_token="<|bos|>", eos_token="<|end|>", pad_token="<|pad|>",
        additional_special_tokens=SPECIAL[3:], model_max_length=1024, clean_up_tokenization_spaces=False,
    )  # fmt: skip
    fast.chat_template = TEMPLATE
    return fast


def with_system(document: Document, draw: random.Random) -> Messages:
    """Now and then a system prompt before an assistant's dialogue, one that its replies keep to."""
    if document.source not in (MATERIAL, "instructions") or draw.random() > WITH_SYSTEM:
        return document.messages
    replies = [m["content"] for m in document.messages if m["role"] == "assistant"]
    brief = max(len(reply.split()) for reply in replies) <= BRIEF
    system = draw.choice(BRIEF_SYSTEMS if brief and draw.random() < 0.5 else OPEN_SYSTEMS)
    return [{"role": "system", "content": system}, *document.messages]


def encode(tokenizer: PreTrainedTokenizerFast, documents: Sequence[Document], seed: int) -> tuple[torch.Tensor, torch.Tensor]:
    """(ids, weights), one long stream; weights are 1 on prose, on the assistant's words and on its end tokens."""
    draw = random.Random(f"{seed}/encode")
    of = {token: tokenizer.convert_tokens_to_ids(token) for token in SPECIAL}
    dialogues = [with_system(document, draw) for document in documents]
    contents = [m["content"] for messages in dialogues for m in messages]
    texts = (found.ids for found in tokenizer.backend_tokenizer.encode_batch_fast(contents, add_special_tokens=False))
    ids: list[int] = []
    weights: list[float] = []
    for messages in dialogues:
        ids.append(of["<|bos|>"])
        weights.append(0.0)
        for message in messages:
            words = next(texts)
            if message["role"] == "prose":
                ids += [*words, of["<|end|>"]]
                weights += [1.0] * (len(words) + 1)
                continue
            weight = {"assistant": 1.0, "user": USER_WEIGHT, "system": 0.0}[message["role"]]
            ids += [of[f"<|{message['role']}|>"], *words, of["<|end|>"]]
            weights += [0.0] + [weight] * (len(words) + 1)
    return torch.tensor(ids, dtype=torch.int32), torch.tensor(weights, dtype=torch.float32)
