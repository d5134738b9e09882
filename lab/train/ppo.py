"""PPO (Schulman 2017) and RLOO (Ahmadian 2024) on one quantized base: replies are drawn, judged and learned from, in turns.

An iteration learns from the rollouts in hand and then draws new ones from what it made, so every state is judged on
replies of its own, the first and the last among them, and the best is kept. Policy, reference (no adapter) and critic
are adapters of the one base, each active alone: the critic learns after the policy, from returns that are fixed by then.

A run goes on from where its last whole iteration ended; one that was cut off is drawn and done again to the same
numbers. It knows no store and no reward model: the judge is a function. One process only. A reward that is easier to
fool than to earn is not recognised; the KL cap, and repetition, are all that stands against it here.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from statistics import fmean

import torch
from torch import Tensor

from lab.errors import TrainingError
from lab.model import adapters
from lab.model.base import Base
from lab.settings import Settings
from lab.train import anchor
from lab.train import policy_gradient as pg
from lab.train.batches import Ids, Row, schedule
from lab.train.checkpoint import State, keep, log, restore
from lab.train.fit import Fit, peak_rate, shape
from lab.train.forward import TOKENS, hidden_states, packs, token_logprobs
from lab.train.hooks import Hooks
from lab.train.memory import is_short, recomputed, steady_heap
from lab.train.packing import Packed
from lab.train.rollouts import SHOWN, Drawn, Rollout, draw, per_token, prompts_of

MOST_ITERATIONS = 10_000  # as the settings have it
POLICY_SHARE, VALUE_SHARE = 0.3, 1.0  # of the learning rate of the one fit loop
RETENTION_SHARE = 0.8  # of train.retention_weight: advantages are whitened, and weigh less than a loss of votes does
MOVING = 3  # iterations whose mean score smooths that of a state
SURE = 2.0  # standard errors that a decline is of
MORE_REPETITION = 1.2  # times that of the start, where that is above the gate's limit already

Judge = Callable[[Sequence[Rollout]], Tensor]  # (R,): how good each reply is as a whole


@dataclass(frozen=True)
class Critic:
    """The adapter, on the base already, and the head (1, hidden) that say what a reply will be worth from here."""

    name: str
    head: torch.nn.Parameter


@dataclass
class Progress(State):
    """Where a run stands. `scores` of every state so far, the start's first; `best` is a score with its sign turned."""

    scores: list[float] = field(default_factory=list)
    kl_coef: float = 0.0
    repeat: float = 0.0  # of the start
    before: list[str] = field(default_factory=list)  # what the start said to the prompts that are shown


@dataclass(frozen=True)
class Seen:
    """Rollouts and what was found about them. rewards: (R,) by the judge; reference: (N,) log-probs by the bare base."""

    drawn: Drawn
    rewards: Tensor
    reference: Tensor
    seconds: float

    @property
    def old(self) -> Tensor:
        """(N,): log-probs by the policy that drew them."""
        return torch.tensor([value for rollout in self.drawn.rollouts for value in rollout.logprobs])

    @property
    def ended(self) -> Tensor:
        return torch.tensor([float(rollout.ended) for rollout in self.drawn.rollouts])


@dataclass(frozen=True)
class Run:
    """What does not change from iteration to iteration."""

    base: Base
    name: str
    prompts: Sequence[Ids]
    judge: Judge
    settings: Settings
    hooks: Hooks
    critic: Critic | None
    parameters: dict[str, torch.nn.Parameter]
    optimizer: torch.optim.Optimizer
    recompute: bool
    retention: Sequence[Row] = ()


def improve(
    base: Base, name: str, prompts: Sequence[Ids], judge: Judge, settings: Settings, folder: Path, hooks: Hooks,
    critic: Critic | None = None, retention: Sequence[Row] = (),
) -> Fit:  # fmt: skip
    """Trains adapter `name`, which must exist, towards what `judge` finds good; without a critic by RLOO, with one by PPO.

    Every prompt must leave room for ppo.max_new_tokens in the base's context. `judge` is called while no adapter is
    active. `retention` are rows of (reply,) along which `train.retention_weight` holds every step of the policy to the base.
    `folder` takes log.jsonl and the checkpoint. The adapter, and the critic, end as they were at the best state.
    Raises TrainingError when no state was better than the start or a number is none, Stopped when told to.
    """
    if not prompts:
        raise TrainingError("no prompt is left to draw replies to; give more feedback, or raise train.max_length")
    assert critic is None or critic.name != name, "the critic is an adapter of its own"
    longest = max(len(prompt) for prompt in prompts) + settings.ppo.max_new_tokens
    at_once = max(longest, settings.train.tokens or TOKENS[base.device.type])
    how = settings.train.checkpointing
    recompute = how == "on" or (how == "auto" and is_short(base, at_once))
    parameters, optimizer = learners(base, name, critic, settings)
    run = Run(base, name, prompts, judge, settings, hooks, critic, parameters, optimizer, recompute, retention)
    best = {key: p.detach().clone() for key, p in parameters.items()}
    steps = settings.ppo.iterations
    with steady_heap():
        state = restore(folder, parameters, optimizer, best, Progress(kl_coef=settings.ppo.kl_coef))
        try:
            if not state.scores:
                keep(folder, state, parameters, optimizer, best)
            if state.step < steps and not state.ended:
                seen = look(run, state.step)
            if not state.scores:
                entry = settle(run, state, seen, best)
                told(run, folder, entry | {"step": 0, "steps": steps})
                keep(folder, state, parameters, optimizer, best)
            while state.step < steps and not state.ended:
                entry = learn(run, seen, state)
                state.step += 1
                state.losses.append(entry["loss"])
                seen = look(run, state.step)
                entry |= settle(run, state, seen, best)
                told(run, folder, entry | {"step": state.step, "steps": steps})
                keep(folder, state, parameters, optimizer, best)
        finally:
            optimizer.zero_grad(set_to_none=True)
    if not state.kept:
        why = state.ended or "no iteration raised the reward above that of the start"
        raise TrainingError(f"{why}, so nothing was kept; give more feedback, lower ppo.learning_rate, or raise train.kl_cap")
    with torch.no_grad():
        for key, parameter in parameters.items():
            parameter.copy_(best[key])
    tenth = max(1, len(state.losses) // 10)
    return Fit(state.step, fmean(state.losses[:tenth]), fmean(state.losses[-tenth:]), state.ended)


def learners(
    base: Base, name: str, critic: Critic | None, settings: Settings
) -> tuple[dict[str, torch.nn.Parameter], torch.optim.Optimizer]:
    """All that is trained, and its AdamW. Policy and critic are groups: what has no gradient takes no step."""
    rate = peak_rate(base, settings.train)
    parameters = adapters.parameters(base, name)
    groups = [{"params": list(parameters.values()), "peak": settings.ppo.learning_rate or POLICY_SHARE * rate}]
    if critic is not None:
        values = adapters.parameters(base, critic.name) | {"head": critic.head}
        groups.append({"params": list(values.values()), "peak": settings.ppo.value_rate or VALUE_SHARE * rate})
        parameters = parameters | values
    return parameters, torch.optim.AdamW(groups, lr=rate, weight_decay=0.0)


def told(run: Run, folder: Path, entry: dict) -> None:
    log(folder, entry)
    run.hooks.progress(entry)


# -- drawing and judging -------------------------------------------------------------------------------------------


def look(run: Run, iteration: int) -> Seen:
    """Draws an iteration's rollouts from the policy as it is, and finds out what they are worth and how far they drifted."""
    base, train, options = run.base, run.settings.train, run.settings.ppo
    run.hooks.courteous()
    began = time.perf_counter()
    samples = options.samples if run.critic is None else 1
    prompts = prompts_of(run.prompts, max(1, options.rollouts // samples), iteration, train.seed)
    each = [prompt for prompt in prompts for _ in range(samples)]
    shown = run.prompts[:SHOWN]
    drawn = draw(base, run.name, each, shown, options.max_new_tokens, iteration, train.seed, run.hooks.courteous)
    rewards = run.judge(drawn.rollouts).detach().float().cpu()
    if rewards.shape != (len(each),) or not rewards.isfinite().all():
        raise TrainingError(f"the judge must give a finite number a reply; for {len(each)} it gave {rewards}")
    run.hooks.courteous()
    with adapters.without(base):
        reference = per_token(base, drawn.rows, train, lambda packed: token_logprobs(base, packed, train.dtype))
    return Seen(drawn, rewards, reference, time.perf_counter() - began)


def settle(run: Run, state: Progress, seen: Seen, best: dict[str, Tensor]) -> dict:
    """Judges the state that `seen` was drawn from: keeps it if it is the best so far, ends the run if it went wrong.

    The score of a state is the judge's mean, less the penalty of replies that do not end; or that of the last MOVING
    states if it is lower, so that one lucky draw is not the best for ever. A reward has declined when the mean of those is
    below the best for sure: by SURE standard errors of the two, of which the best may be one lucky draw, such as the start's.
    """
    train, options, drawn = run.settings.train, run.settings.ppo, seen.drawn
    kl = pg.k3(seen.old, seen.reference).mean().item()
    drift = max(min(kl, pg.k1(seen.old, seen.reference).mean().item()), run.hooks.drift())  # no single token ends a run
    ended = seen.ended.mean().item()
    spread = seen.rewards.std(correction=0).item()
    entry: dict = {
        "phase": "training", "reward": seen.rewards.mean().item(), "reward_std": spread, "kl": kl, "kl_coef": state.kl_coef,
        "logprob": seen.old.mean().item(), "length": fmean(drawn.lengths), "ended": ended, "repeat": drawn.repeat,
        "seconds_rollout": seen.seconds,
    }  # fmt: skip
    if not state.scores:
        state.before, state.repeat = drawn.shown, drawn.repeat
    entry["samples"] = [
        {"prompt": run.base.template.decode(prompt), "before": before, "now": now}
        for prompt, before, now in zip(run.prompts, state.before, drawn.shown, strict=False)
    ]
    if options.kl_target is not None:
        state.kl_coef = pg.adapted(state.kl_coef, kl, options.kl_target)
    state.scores.append(entry["reward"] - options.no_end_penalty * (1 - ended))
    score = min(state.scores[-1], fmean(state.scores[-MOVING:]))
    most = max(run.settings.gate.max_repeat, MORE_REPETITION * state.repeat)
    if drift > train.kl_cap:
        state.ended = f"replies drifted {drift:.2f} nats a token from the base, more than train.kl_cap = {train.kl_cap}"
    elif drawn.repeat > most:
        state.ended = f"replies repeat themselves: {drawn.repeat:.0%} of 4-grams, {most:.0%} allowed"
    elif -score < state.best:
        state.best, state.worse, state.kept = -score, 0, state.step > 0
        for key, parameter in run.parameters.items():
            best[key].copy_(parameter.detach())
    else:
        last = state.scores[-MOVING:]
        error = spread * math.sqrt((1 + 1 / len(last)) / len(drawn.rollouts))  # as if none of them were the best itself
        declined = fmean(last) < -state.best - SURE * error
        state.worse = state.worse + 1 if declined else 0
        if state.worse >= train.patience:
            state.ended = f"the reward has been below its best for {state.worse} iterations"
    return entry


# -- learning ------------------------------------------------------------------------------------------------------


def values_of(base: Base, packed: Packed, head: Tensor, dtype: str) -> Tensor:
    """(N,): the critic's value of the state in which each token was drawn, read where the token is predicted."""
    packed = packed.to(base.device)
    return (hidden_states(base, packed, packed.read, dtype).float() @ head.T)[:, 0]


def advantages_of(run: Run, seen: Seen, kl_coef: float) -> tuple[Tensor, Tensor, Tensor]:
    """(advantages, returns, values), (N,) each; the last two are empty for RLOO, whose advantages are those of whole replies."""
    options, lengths = run.settings.ppo, seen.drawn.lengths
    scores = seen.rewards - options.no_end_penalty * (1 - seen.ended)
    rewards = pg.token_rewards(scores, seen.old, seen.reference, lengths, kl_coef)
    if run.critic is None:
        of_replies = pg.rloo(pg.reply_sums(rewards, lengths).view(-1, options.samples))
        return pg.over_tokens(of_replies.flatten(), lengths), torch.empty(0), torch.empty(0)
    base, train, head = run.base, run.settings.train, run.critic.head
    with adapters.active(base, run.critic.name):
        values = per_token(base, seen.drawn.rows, train, lambda packed: values_of(base, packed, head, train.dtype))
    advantages, returns = pg.gae(rewards, values, lengths, options.gamma, options.lam)
    return pg.whitened(advantages), returns, values


def learn(run: Run, seen: Seen, state: Progress) -> dict:
    """An iteration's optimizer steps on its rollouts: all of the policy's, then all of the critic's."""
    base, options, dtype, critic = run.base, run.settings.ppo, run.settings.train.dtype, run.critic
    began = time.perf_counter()
    for group in run.optimizer.param_groups:
        group["lr"] = group["peak"] * shape(state.step, options.iterations)
    advantages, returns, values = advantages_of(run, seen, state.kl_coef)
    lengths = seen.drawn.lengths
    parts = seen.old.split(lengths), advantages.split(lengths)
    clipped: list[Tensor] = []
    ratios: list[Tensor] = []

    def policy_loss(packed: Packed, which: Sequence[int]) -> Tensor:
        new = token_logprobs(base, packed, dtype)
        old, advantage = (torch.cat([part[i] for i in which]).to(new.device) for part in parts)
        loss, decided = pg.clipped_policy(new, old, advantage, options.clip)
        clipped.append(decided)
        ratios.append(torch.exp(new.detach() - old).cpu())
        return loss

    with adapters.active(base, run.name):
        loss, first, gradient = descend(run, seen, state.step, policy_loss, run.retention)
    entry = {
        "loss": loss, "clip_fraction": torch.cat(clipped).float().mean().item(),
        "ratio_first": torch.cat(ratios[:first]).median().item(), "gradient": gradient,
    }  # fmt: skip
    if critic is not None:
        sides = values.split(lengths), returns.split(lengths)

        def value_loss(packed: Packed, which: Sequence[int]) -> Tensor:
            new = values_of(base, packed, critic.head, dtype)
            old, wanted = (torch.cat([side[i] for i in which]).to(new.device) for side in sides)
            return pg.clipped_value(new, old, wanted, options.value_clip)

        with adapters.active(base, critic.name):
            entry["value_loss"], *_ = descend(run, seen, state.step, value_loss)
    return entry | {"seconds_update": time.perf_counter() - began}


def descend(
    run: Run, seen: Seen, iteration: int, loss: Callable[[Packed, Sequence[int]], Tensor], retention: Sequence[Row] = ()
) -> tuple[float, int, float]:  # fmt: skip
    """`ppo.epochs` passes over the rollouts; (mean loss over all minibatches, forwards of the first one, largest gradient norm).

    `loss` is that of each token, (n,), of a forward of the rollouts named. A minibatch's is their mean over its tokens,
    whatever forwards it is computed in.
    """
    options, train, rows = run.settings.ppo, run.settings.train, seen.drawn.rows
    total, first, gradient = 0.0, 0, 0.0
    plan = schedule(rows, options.minibatch, options.epochs, train.seed * MOST_ITERATIONS + iteration)
    with recomputed(run.base) if run.recompute else nullcontext():
        for number, batch in enumerate(plan):
            tokens = sum(seen.drawn.lengths[i] for i in batch)
            for packed in packs(run.base, [rows[i] for i in batch], (0,), train.tokens):
                run.hooks.courteous()
                part = loss(packed, [batch[i] for i in packed.rows]).sum() / tokens
                part.backward()
                total += part.item() / len(plan)
                first += number == 0
            held = 0.0
            if retention and train.retention_weight:
                run.hooks.courteous()
                now = anchor.of_step(retention, iteration * len(plan) + number)
                held = anchor.hold(run.base, now, RETENTION_SHARE * train.retention_weight, train, Tensor.backward)
            if not math.isfinite(total + held):
                raise TrainingError(f"the loss became {total}; nothing was kept. Lower ppo.learning_rate and ppo.value_rate")
            stepped = [p for p in run.parameters.values() if p.grad is not None]
            gradient = max(gradient, torch.nn.utils.clip_grad_norm_(stepped, train.grad_clip).item())
            run.optimizer.step()
            run.optimizer.zero_grad(set_to_none=True)
    return total, first, gradient
