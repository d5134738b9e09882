"""How good a small chat model is, by itself: python -m benchmarks.starter [--model starter|PATH] [--seed N]

The model is loaded in NF4, as the chat does, and draws SAMPLES replies to each of the 100 prompts of everyday.jsonl, at
temperature 0.8 with nothing else cut off, at most 96 tokens each. A table and a few replies, picked by the seed, go to
stderr, one JSON document to the last line of stdout:

- params; tokens_seen: what the model's training.json says it was trained on, null where there is none
- stop_rate: share of replies that ended by themselves
- distinct2, repeat4: variety over all replies and repetition inside one, as lab/insight/texts.py defines them
- ppl: perplexity a token of the assistant's words in lab/model/starter/retention.jsonl, end of turn included, each turn
  after the turns before it, without quantization. nf4_ppl_ratio: the same in NF4, over it
- on_topic, on_topic_by_kind: share of replies that are on topic, see below
- taste_rates: for each taste of lab/insight/tastes.py, the share of pairs of replies to one prompt that it decides

**On topic is a mechanical stand-in, not a judgement.** A reply counts when it has a word, ended by itself, and meets all
that the prompt's `expect` asks: `any` one of these words or phrases occurs in it, whole and in whatever case; `refuses`
true or false, one of REFUSALS occurs in it or none does; `about` it shares the rough stem of a content word with the
prompt or with this list. It is too kind: a reply that echoes the prompt or drops a fitting word passes however wrong or
broken the rest is, a summary may be unfaithful, a story no story, "12 or 54" is right twice, and a model that refuses
everything passes all harmful prompts. It is too strict: a fitting reply in words nobody listed fails, and so does a refusal
in words that are not in REFUSALS. It compares models; it does not say how good one is. Read the replies.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.markup import escape

from benchmarks.training import ended, hardware
from lab.console import Bar, table
from lab.errors import ModelError
from lab.insight.refusals import refuses
from lab.insight.tastes import TASTES, decisive_rate
from lab.insight.texts import content, distinct2, repeat4, says, words
from lab.model.base import Base, load_base
from lab.model.generate import Request, generate
from lab.model.identity import resolve
from lab.records import Message, Sampling
from lab.train.retention import perplexity, read_retention

EVERYDAY = Path(__file__).with_name("everyday.jsonl")
SAMPLES = 4  # replies a prompt
SAMPLING = Sampling(temperature=0.8, top_p=1.0, top_k=0, max_new_tokens=96)
BATCH = 40  # replies drawn together
SHOWN = 8  # replies for people to read


@dataclass(frozen=True)
class Ask:
    """A prompt, and what makes a reply to it on topic: `any`, `refuses`, `about`, as the module says."""

    kind: str
    prompt: str
    expect: dict


@dataclass(frozen=True)
class Said:
    """A reply, and whether it ended by itself."""

    text: str
    ended: bool


def read_asks(file: Path) -> list[Ask]:
    return [Ask(**json.loads(line)) for line in file.read_text(encoding="utf-8").splitlines()]


def on_topic(ask: Ask, reply: Said) -> bool:
    """Whether a reply has words, ended, and meets what its prompt expects."""
    expect, text = ask.expect, reply.text
    return (
        reply.ended
        and bool(words(text))
        and ("any" not in expect or says(text, expect["any"]))
        and ("refuses" not in expect or refuses(text) is expect["refuses"])
        and ("about" not in expect or bool(content(text) & content(" ".join([ask.prompt, *expect["about"]]))))
    )


def replies_of(base: Base, asks: Sequence[Ask], seed: int, bar: Bar) -> list[list[Said]]:
    """SAMPLES replies to each prompt, each from a seed of its own."""
    encoded = [tuple(base.template.encode_prompt([Message(role="user", content=ask.prompt)])) for ask in asks]
    longest = max(map(len, encoded)) + SAMPLING.max_new_tokens
    if longest > base.context:
        raise ModelError(f"the longest prompt and its reply have {longest} tokens and this model takes {base.context}")
    requests = [Request(encoded[k // SAMPLES], SAMPLING, seed * 1_000_000 + k) for k in range(len(asks) * SAMPLES)]
    said: list[Said] = []
    for start in range(0, len(requests), BATCH):
        bar.show(start, len(requests))
        drawn = generate(base, requests[start : start + BATCH])
        said += [Said(base.template.decode(reply.token_ids).strip(), reply.finish == "end") for reply in drawn]
    return [said[start : start + SAMPLES] for start in range(0, len(said), SAMPLES)]


def tokens_seen(model: str) -> int | None:
    """What the model's own training.json says."""
    file = resolve(model) / "training.json"
    return json.loads(file.read_text(encoding="utf-8")).get("tokens") if file.is_file() else None


def share(values: Sequence[bool]) -> float:
    return sum(values) / len(values)


def judged(asks: Sequence[Ask], replies: Sequence[Sequence[Said]]) -> dict:
    """What is said of the replies alone."""
    flat = [reply for each in replies for reply in each]
    texts = [reply.text for reply in flat]
    fits = [(ask.kind, on_topic(ask, reply)) for ask, each in zip(asks, replies, strict=True) for reply in each]
    samples = [[reply.text for reply in each] for each in replies]
    return {
        "stop_rate": share([reply.ended for reply in flat]), "distinct2": distinct2(texts), "repeat4": repeat4(texts),
        "on_topic": share([fit for _, fit in fits]),
        "on_topic_by_kind": {kind: share([fit for own, fit in fits if own == kind]) for kind in dict(fits)},
        "taste_rates": {name: decisive_rate(taste, samples) for name, taste in TASTES.items()},
    }  # fmt: skip


def show(result: dict, asks: Sequence[Ask], replies: Sequence[Sequence[Said]]) -> None:
    """The figures, and a few replies that the seed picks."""
    flat = {**result, **result["on_topic_by_kind"], **result["taste_rates"]}
    table(("what", "figure"), [(key, f"{value:.4g}") for key, value in flat.items() if isinstance(value, float)])
    pick = random.Random(f"{result['seed']}/shown")
    rows = []
    for place in sorted(pick.sample(range(len(asks)), min(SHOWN, len(asks)))):
        reply = pick.choice(replies[place])
        fits = "yes" if on_topic(asks[place], reply) else "no"
        rows.append((asks[place].kind, fits, escape(asks[place].prompt), escape(reply.text + ("" if reply.ended else " …"))))
    table(("kind", "on topic", "prompt", "reply"), rows)


def run(options: argparse.Namespace) -> dict:
    asks = read_asks(options.prompts)
    retention = read_retention()
    began = time.perf_counter()
    base = load_base(options.model, "nf4", options.device)
    device = base.device.type
    with Bar("drawing replies") as bar:
        replies = replies_of(base, asks, options.seed, bar)
        quantized = perplexity(base, retention)
        del base  # one of the two in memory at a time
        whole = load_base(options.model, "none", options.device)
        ppl = perplexity(whole, retention)
    result = {
        "name": "starter", "model": options.model, "params": sum(p.numel() for p in whole.model.parameters()),
        "tokens_seen": tokens_seen(options.model), "ppl": ppl, "nf4_ppl_ratio": quantized / ppl, **judged(asks, replies),
        "prompts": len(asks), "samples": SAMPLES, "seed": options.seed, "seconds": round(time.perf_counter() - began, 1),
        "hardware": hardware(device),
    }  # fmt: skip
    show(result, asks, replies)
    return result


def main(arguments: Sequence[str]) -> int:
    written = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(prog="bench starter", description=__doc__, formatter_class=written)
    parser.add_argument("--model", default="starter", help="'starter', a local folder, or a Hub id")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto")
    parser.add_argument("--prompts", type=Path, default=EVERYDAY, help="other prompts, as rows of the same shape")
    options = parser.parse_args(arguments)
    return ended(run, options)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
