"""A second reward model, made from opinions that the policy did not learn from, on what the candidate says now.

A policy always looks good to the reward model it was improved against. This one is fitted to the held-out opinions, which
neither a policy nor its reward model ever learns from, and what it is worth is measured on the training-side ones, which
it does not see. It is small: a linear score of the bare base's hidden states, by a Bradley-Terry likelihood with a normal
prior, so that a few dozen opinions do and a judge does not wait for it. It knows no gate; the gate heeds it only where it
is surely better than chance.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from statistics import fmean

import torch
from torch import Tensor

from lab.feedback.examples import Examples
from lab.insight.accuracy import accuracy
from lab.insight.paired import bootstrap, paired
from lab.model import adapters
from lab.model.base import Base
from lab.settings import TrainSettings
from lab.train.batches import Row
from lab.train.canaries import Replies, span
from lab.train.forward import hidden_states, packs
from lab.train.objective import Encoder, preference_rows

LEAST = 12  # held-out opinions from which it is made at all
MOST = 64  # opinions of either side, the newest, that are read
PRIOR = 10.0  # deviation of each weight before any opinion

Opinion = tuple[Row, Row]  # the reply that was preferred and the other one, (own,) each


def opinions(examples: Examples, encoder: Encoder) -> list[Opinion]:
    """At most MOST: those voted on, then each reply with a thumb up set against one with a thumb down. Safety is left out:
    what is asked here is whether replies to everyday prompts got better."""
    wanted = [pair for pair in examples.pairs if pair.criterion != "safe"]
    rows = preference_rows(replace(examples, pairs=tuple(wanted[-MOST:])), encoder)
    found = [(Row(row.prompt, row.completions[:1]), Row(row.prompt, row.completions[1:])) for row in rows]
    thumbs: dict[bool, list[Row]] = {True: [], False: []}
    for item in examples.labelled[-2 * MOST :]:
        prompt, ids = encoder.prompt(item.prompt), encoder.completion(item.completion)
        if item.criterion != "safe" and encoder.fits(prompt, [ids]):
            thumbs[item.label].append(Row(prompt, (ids,)))
    return [*found, *zip(thumbs[True], thumbs[False], strict=False)][:MOST]


@torch.no_grad()
def states(base: Base, rows: Sequence[Row], settings: TrainSettings) -> Tensor:
    """(rows, 2 * hidden): the mean state over each row's first completion, and the state at its end, of the bare base."""
    found = []
    with adapters.without(base):
        for packed in packs(base, rows, (0,), settings.tokens, whole=True):
            moved = packed.to(base.device)
            read = hidden_states(base, moved, torch.cat([moved.read, moved.last]), settings.dtype).float().cpu()
            along, ends = read[: len(packed.read)], read[len(packed.read) :]
            sums = torch.zeros(packed.completions, read.shape[1]).index_add(0, packed.owner, along)
            means = sums / torch.bincount(packed.owner, minlength=packed.completions)[:, None]
            found.append(torch.cat([means, ends], 1))
    return torch.cat(found)


class LinearReward:
    """score(x) = w . (x - mean) / (spread * sqrt(dimensions)), w with a normal prior of deviation PRIOR in each place."""

    def __init__(self, chosen: Tensor, rejected: Tensor) -> None:
        """Fits w to pairs of states, (N, D) each, at the mode of the posterior; the same pairs give the same w."""
        every = torch.cat([chosen, rejected])
        self.mean, self.spread = every.mean(0), every.std(0, correction=0).clamp(min=1e-6) * every.shape[1] ** 0.5
        difference = ((chosen - rejected) / self.spread).double()
        weight = torch.zeros(difference.shape[1], dtype=torch.float64, requires_grad=True)
        steps = torch.optim.LBFGS([weight], max_iter=200, line_search_fn="strong_wolfe")

        def loss() -> Tensor:
            steps.zero_grad()
            value = torch.nn.functional.softplus(-(difference @ weight)).sum() + (weight**2).sum() / (2 * PRIOR**2)
            value.backward()
            return value

        steps.step(loss)
        self.weight = weight.detach().float()

    def __call__(self, states: Tensor) -> Tensor:
        """(..., D) to (...): log-odds of being preferred, up to a constant."""
        return ((states - self.mean) / self.spread) @ self.weight


def second_opinion(
    base: Base, held: Sequence[Opinion], training: Sequence[Opinion], replies: Replies, settings: TrainSettings
) -> dict[str, float]:  # fmt: skip
    """What a reward model from the `held` opinions says of the candidate's fresh replies beside those of the version before.

    Nothing with too few opinions. second_accuracy: on the `training` ones, with its interval; second_wins, second_losses,
    second_ties: prompts on which the candidate's reply scores higher, lower, the same; second_gain: mean difference of the
    scores, in log-odds, with a paired bootstrap over the prompts.
    """
    if len(held) < LEAST or not training or not replies.prompts:
        return {}
    every = [*held, *training, *pairs_of(replies)]
    seen = states(base, [row for pair in every for row in pair], settings).view(len(every), 2, -1)
    model = LinearReward(*seen[: len(held)].unbind(1))
    scores = model(seen[len(held) :])
    told = accuracy([(chosen, rejected) for chosen, rejected in scores[: len(training)].tolist()])
    same = torch.tensor([ours.token_ids == theirs.token_ids for ours, theirs in zip(replies.ours, replies.theirs, strict=True)])
    gains = (scores[len(training) :, 0] - scores[len(training) :, 1]).masked_fill(same, 0.0).tolist()
    found = paired(gains, [0.0] * len(gains))
    return {
        "second_accuracy": told.accuracy, **span("second_accuracy", told.ci95), "second_n": float(told.n),
        "second_made_from": float(len(held)), "second_wins": float(found.wins), "second_losses": float(found.losses),
        "second_ties": float(found.ties), "second_gain": fmean(gains),
        **span("second_gain", bootstrap(gains, fmean, settings.seed)),
    }  # fmt: skip


def pairs_of(replies: Replies) -> list[tuple[Row, Row]]:
    """The candidate's reply and the other version's to each prompt."""
    return [
        (Row(prompt, (tuple(ours.token_ids),)), Row(prompt, (tuple(theirs.token_ids),)))
        for prompt, ours, theirs in zip(replies.prompts, replies.ours, replies.theirs, strict=True)
    ]
