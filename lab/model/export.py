"""A version as a model of its own: the adapter merged into the unquantized base, in a plain transformers folder.

What takes such a folder takes the export: transformers, vLLM, and the converters to GGUF. The merge rounds once, to the
precision the base is stored in, and an adapter that was trained on quantized weights now sits on the exact ones; `Parity` says
what the rounding costs. It does not say how far the exact base is from the quantized one that the chat speaks by.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import torch
from transformers import PreTrainedModel

from lab.errors import ModelError
from lab.model import adapters
from lab.model.base import Base, load_base
from lab.model.generate import Emitted, Request, generate
from lab.model.libraries import PeftModel
from lab.model.prompts import pool
from lab.records import Message, Sampling

NAME = "export"
PROMPTS = 8  # bundled ones, whose greedy replies are compared
LONGEST = 32  # tokens of each
LEAST_AGREEMENT = 0.95  # of tokens at which both would say the same
MOST_DIFFERENCE = 0.1  # nats a token, between both log-probs of the same reply


@dataclass(frozen=True)
class Parity:
    """The export against the adapter on the unquantized base, on the adapter's own greedy replies.

    agreement: share of their tokens that the export finds likeliest too. difference: mean absolute difference of a reply's
    log-probability, nats a token. tokens: how many were compared.
    """

    agreement: float
    difference: float
    tokens: int

    @property
    def holds(self) -> bool:
        return self.agreement >= LEAST_AGREEMENT and self.difference <= MOST_DIFFERENCE


def export_merged(
    model: str, adapter: Path | None, folder: Path, say: Callable[[str], None] = lambda words: None
) -> Parity:  # fmt: skip
    """Writes the merged model into a new or empty folder; None for the base alone. `say` is told each step.

    All of it or nothing: it is written beside the folder first, loaded again and compared. Raises ModelError when the folder
    cannot be written or is not empty, or when the export does not say what the adapter says; VersionError when the adapter
    does not fit the base.
    """
    if folder.is_file() or (folder.is_dir() and any(folder.iterdir())):
        raise ModelError(f"{folder} is not an empty folder; give a new one")
    say(f"loading {model} without quantization, in the precision it is stored in")
    base = load_base(model, "none", "cpu", dtype="stored")
    if adapter is not None:
        adapters.load(base, adapter, NAME)
    prompts = asked(base)
    said = greedy(base, prompts, NAME if adapter is not None else None)
    work = folder.with_name(f".{folder.name}.writing")
    try:
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(parents=True)
        say("merging and writing")
        merge(base).save_pretrained(work, safe_serialization=True)
        base.template.tokenizer.save_pretrained(work)
        say("loading the export again and comparing")
        found = compared(load_base(str(work), "none", "cpu", dtype="stored"), prompts, said)
        if not found.holds:
            raise ModelError(
                f"the export does not say what the adapter says: the same token in {found.agreement:.0%} of {found.tokens}, "
                f"{found.difference:.2f} nats a token apart; nothing was written, save it --as peft instead"
            )
        with suppress(FileNotFoundError):
            folder.rmdir()
        work.rename(folder)
    except OSError as error:
        raise ModelError(f"cannot write {folder}: {error.strerror}; make room, or give another folder") from error
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return found


def merge(base: Base) -> PreTrainedModel:
    """The base's weights with the adapter added to them: W + (alpha / r) B A."""
    return cast(PreTrainedModel, base.model.merge_and_unload() if isinstance(base.model, PeftModel) else base.model)


def asked(base: Base) -> list[tuple[int, ...]]:
    return [tuple(base.template.encode_prompt([Message(role="user", content=text)])) for text in pool("chat")[:PROMPTS]]


def greedy(base: Base, prompts: Sequence[tuple[int, ...]], adapter: str | None) -> list[Emitted]:
    sampling = Sampling(temperature=0.0, max_new_tokens=LONGEST)
    return generate(base, [Request(prompt, sampling, 0, adapter) for prompt in prompts])


@torch.no_grad()
def compared(export: Base, prompts: Sequence[tuple[int, ...]], said: Sequence[Emitted]) -> Parity:
    """One forward a reply, so that nothing is padded."""
    same, apart, tokens = 0, 0.0, 0
    for prompt, reply in zip(prompts, said, strict=True):
        ids = torch.tensor([[*prompt, *reply.token_ids]])
        logprobs = export.model(input_ids=ids, use_cache=False).logits[0, len(prompt) - 1 : -1].float().log_softmax(-1)
        target = ids[0, len(prompt) :]
        same += int((logprobs.argmax(-1) == target).sum())
        apart += abs(float(logprobs.gather(1, target[:, None]).sum()) - sum(reply.logprobs))
        tokens += len(target)
    return Parity(same / tokens, apart / tokens, tokens)
