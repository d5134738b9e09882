"""A version as a model of its own: the adapter merged into the unquantized base, in a plain transformers folder.

What takes such a folder takes the export: transformers, vLLM, and the converters to GGUF. The merge rounds once, to the
precision the base is stored in, and an adapter that was trained on quantized weights now sits on the exact ones; `Parity` says
what the rounding costs. It does not say how far the exact base is from the quantized one that the chat speaks by.
"""

from __future__ import annotations

import gc
import math
import shutil
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import torch
from safetensors import SafetensorError
from transformers import PreTrainedModel

from lab.errors import ModelError
from lab.model import adapters
from lab.model.base import Base, load_base
from lab.model.generate import Request, generate
from lab.model.identity import resolve
from lab.model.libraries import PeftModel
from lab.model.prompts import pool
from lab.model.template import ChatTemplate
from lab.records import Message, Sampling

NAME = "export"
PROMPTS = 8  # bundled ones, whose greedy replies are compared
LONGEST = 32  # tokens of each
LEAST_AGREEMENT = 0.95  # of tokens at which both would say the same
MOST_DIFFERENCE = 0.1  # nats a token, between both log-probs of the same reply
LEAST_CORRELATION = 0.9  # of preference scores
FAINT = 0.01  # nats a token; preference scores that spread less are rounding, and their correlation means nothing
ROOM = 1.02  # of the base's weights: what an export takes on the disk
# beside the weights, as they came: some converters read another of them than transformers does
TOKENIZER = ("tokenizer*", "special_tokens_map.json", "added_tokens.json", "vocab.*", "merges.txt", "*.model", "*.jinja")

Reply = tuple[tuple[int, ...], tuple[int, ...]]  # ids of prompt and completion


@dataclass(frozen=True)
class Likelihood:
    """Of one reply: its log-probability, nats, and the token that was likeliest at each of its places."""

    logprob: float
    likeliest: tuple[int, ...]


@dataclass(frozen=True)
class Parity:
    """The export against the adapter on the unquantized base, on the greedy replies of the adapter and of the base.

    agreement: share of the tokens of the adapter's replies at which both find the same one likeliest. difference: mean absolute
    difference of a reply's log-probability, nats a token. correlation: of both's preference scores, log pi - log pi_base of a
    reply a token; None where these hardly differ, as they do not for the base itself. tokens: how many were compared.
    """

    agreement: float
    difference: float
    tokens: int
    correlation: float | None = None

    @property
    def holds(self) -> bool:
        alike = self.correlation is None or self.correlation >= LEAST_CORRELATION
        return self.agreement >= LEAST_AGREEMENT and self.difference <= MOST_DIFFERENCE and alike


def export_merged(
    model: str, adapter: Path | None, folder: Path, say: Callable[[str], None] = lambda words: None,
    sign: Callable[[Path], None] = lambda folder: None,
) -> Parity:  # fmt: skip
    """Writes the merged model into a new or empty folder; None for the base alone. `say` is told each step.

    All of it or nothing: it is written beside the folder first, loaded again and compared. `sign` is given what was written,
    before and after that, to mark whose it is; if it raises, nothing is kept. Raises ModelError when the folder
    cannot be written or is not empty, or when the export does not say what the adapter says; VersionError when the adapter
    does not fit the base.
    """
    if folder.is_file() or (folder.is_dir() and any(folder.iterdir())):
        raise ModelError(f"{folder} is not an empty folder; give a new one")
    source = resolve(model)
    require_room(source, folder)
    say(f"loading {model} without quantization, in the precision it is stored in")
    base = load_base(model, "none", "cpu", dtype="stored")
    if getattr(base.causal_lm.config, "quantization_config", None) is not None:
        raise ModelError(f"{model} is stored quantized, so there are no exact weights to merge into; save it --as peft instead")
    name = None if adapter is None else NAME
    if adapter is not None:
        adapters.load(base, adapter, NAME)
    say("drawing replies to compare with")
    own = greedy(base, name)
    replies = own if name is None else [*own, *greedy(base, None)]
    wanted, reference = likelihoods(base, replies, name), likelihoods(base, replies, None)
    work = folder.with_name(f".{folder.name}.writing")
    try:
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(parents=True)
        say("merging and writing")
        network = merge(base)
        network.config._name_or_path = ""  # where the base lies on this machine is nobody's business
        network.save_pretrained(work)
        save_tokenizer(base.template, source, work)
        sign(work)
        del network, base  # a big model fits once, not twice
        gc.collect()
        say("loading the export again and comparing")
        made = likelihoods(load_base(str(work), "none", "cpu", dtype="stored"), replies, None)
        found = compared(made, wanted, reference, len(own))
        if not found.holds:
            alike = "" if found.correlation is None else f", preference scores correlate by {found.correlation:.2f}"
            raise ModelError(
                f"the export does not say what the adapter says: the same token in {found.agreement:.0%} of {found.tokens}, "
                f"{found.difference:.2f} nats a token apart{alike}; nothing was written, save it --as peft instead"
            )
        sign(work)
        with suppress(FileNotFoundError):
            folder.rmdir()
        work.rename(folder)
    except (OSError, SafetensorError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or str(error).strip() or type(error).__name__
        raise ModelError(f"cannot write {folder}: {reason.splitlines()[0]}; make room, or give another folder") from error
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return found


def require_room(source: Path, folder: Path) -> None:
    """Raises ModelError when the disk has no room for as much as the base's weights: before minutes of work, not after."""
    there = next(parent for parent in (folder.absolute(), *folder.absolute().parents) if parent.is_dir())
    needed, free = ROOM * sum(file.stat().st_size for file in source.glob("*.safetensors")), shutil.disk_usage(there).free
    if needed > free:
        raise ModelError(
            f"the export takes {needed / 1e9:.1f} GB and the disk of {folder} has {free / 1e9:.1f} GB free; "
            "make room, or give a folder on another disk"
        )


def merge(base: Base) -> PreTrainedModel:
    """The base's weights with the adapter added to them: W + (alpha / r) B A. Raises ModelError for numbers that are none."""
    if not isinstance(base.model, PeftModel):
        return base.model
    try:
        return cast(PreTrainedModel, base.model.merge_and_unload(safe_merge=True))
    except ValueError as error:
        raise ModelError(f"the adapter cannot be merged: {str(error).splitlines()[0]}; save it --as peft instead") from error


def save_tokenizer(template: ChatTemplate, source: Path, folder: Path) -> None:
    """The base's own files, and the template that this lab chats with where the base brings none."""
    if template.source is not None:
        template.tokenizer.chat_template = template.source
        template.tokenizer.save_pretrained(folder)
        return
    for pattern in TOKENIZER:
        for file in source.glob(pattern):
            shutil.copyfile(file, folder / file.name)


def greedy(base: Base, adapter: str | None) -> list[Reply]:
    """Bundled prompts with the replies that always take the likeliest token."""
    texts = ([Message(role="user", content=text)] for text in pool("chat")[:PROMPTS])
    prompts = [tuple(base.template.encode_prompt(messages)) for messages in texts]
    sampling = Sampling(temperature=0.0, max_new_tokens=LONGEST)
    drawn = generate(base, [Request(prompt, sampling, 0, adapter) for prompt in prompts])
    return [(prompt, tuple(reply.token_ids)) for prompt, reply in zip(prompts, drawn, strict=True)]


@torch.no_grad()
def likelihoods(base: Base, replies: Sequence[Reply], adapter: str | None) -> list[Likelihood]:
    """One forward a reply, so that nothing is padded and every model rounds alike."""
    found = []
    for prompt, completion in replies:
        ids = torch.tensor([[*prompt, *completion]])
        with adapters.per_row(base, [adapter]):
            logits = base.causal_lm(input_ids=ids, use_cache=False).logits[0, len(prompt) - 1 : -1]
        logprobs = logits.float().log_softmax(-1)
        said = float(logprobs.gather(1, ids[0, len(prompt) :, None]).sum())
        found.append(Likelihood(said, tuple(logprobs.argmax(-1).tolist())))
    return found


def compared(export: Sequence[Likelihood], adapter: Sequence[Likelihood], base: Sequence[Likelihood], own: int) -> Parity:
    """`own`: how many of the replies, the first ones, are the adapter's."""
    lengths = [len(each.likeliest) for each in adapter]
    tokens = sum(lengths[:own])
    pairs = list(zip(export, adapter, strict=True))[:own]
    same = sum(x == y for mine, theirs in pairs for x, y in zip(mine.likeliest, theirs.likeliest, strict=True))
    apart = sum(abs(mine.logprob - theirs.logprob) for mine, theirs in pairs)
    scores = [
        [(each.logprob - reference.logprob) / length for each, reference, length in zip(some, base, lengths, strict=True)]
        for some in (export, adapter)
    ]
    return Parity(same / tokens, apart / tokens, tokens, correlation(*scores))


def correlation(x: Sequence[float], y: Sequence[float]) -> float | None:
    """Pearson's, of scores x with those they should be, y; None where y hardly varies."""
    mean_x, mean_y = sum(x) / len(x), sum(y) / len(y)
    spread_x = math.sqrt(sum((value - mean_x) ** 2 for value in x) / len(x))
    spread_y = math.sqrt(sum((value - mean_y) ** 2 for value in y) / len(y))
    if spread_y < FAINT:
        return None
    shared = sum((a - mean_x) * (b - mean_y) for a, b in zip(x, y, strict=True)) / len(x)
    return shared / (spread_x * spread_y) if spread_x else 0.0
