"""PPO and RLOO on the tiny model: they earn rewards that can be checked, hold still where they should, and end with reason."""

from __future__ import annotations

import gc
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
import torch

from lab.errors import TrainingError
from lab.model import adapters
from lab.model.base import Base, load_base
from lab.settings import GateSettings, PpoSettings, Settings, TrainSettings
from lab.train import ppo, rollouts
from lab.train.batches import Row
from lab.train.forward import divergence, measure, packs, token_logprobs
from lab.train.hooks import Hooks, Stopped
from lab.train.ppo import Critic, Progress, Run, improve
from lab.train.reward import new_head
from lab.train.rollouts import Rollout, draw, per_token, prompts_of

PROMPTS = [(1, 4, 20 + k, 2, 5) for k in range(12)]
GOOD = range(60, 190)
SMALL = {"iterations": 3, "rollouts": 16, "minibatch": 8, "max_new_tokens": 10, "no_end_penalty": 0.0}


def likes(replies: Sequence[Rollout]) -> torch.Tensor:
    """The share of tokens in a range of ids."""
    return torch.tensor([sum(token in GOOD for token in reply.completion) / len(reply.completion) for reply in replies])


def prepared(tiny_model: Path, quantize: Any = "none") -> Base:
    """A random model that is sure of something, as real ones are, with a policy and a critic."""
    base = load_base(str(tiny_model), quantize, "cpu", training=True)
    with torch.no_grad():
        base.causal_lm.get_input_embeddings().weight.mul_(8)
    adapters.create(base, "policy", rank=4, alpha=8, seed=0)
    adapters.create(base, "critic", rank=4, alpha=8, seed=1)
    return base


@pytest.fixture
def base(tiny_model: Path) -> Base:
    return prepared(tiny_model)


def critic_of(base: Base) -> Critic:
    return Critic("critic", new_head(base, 0))


def settings_of(home: Path, train: dict | None = None, repeat: float = 1.0, **ppo: Any) -> Settings:
    options = TrainSettings(**{"seed": 5, "kl_cap": 20.0, "patience": 50, "tokens": 200} | (train or {}))
    return Settings(home=home, train=options, ppo=PpoSettings(**SMALL | ppo), gate=GateSettings(max_repeat=repeat))


def run_of(base: Base, settings: Settings, critic: Critic | None = None, judge: ppo.Judge = likes) -> Run:
    parameters, optimizer = ppo.learners(base, "policy", critic, settings)
    return Run(base, "policy", PROMPTS, judge, settings, Hooks(), critic, parameters, optimizer, recompute=False)


def weights(base: Base) -> dict[str, torch.Tensor]:
    return {key: p.detach().clone() for name in ("policy", "critic") for key, p in adapters.parameters(base, name).items()}


def put_back(base: Base, start: dict[str, torch.Tensor]) -> None:
    with torch.no_grad():
        for name in ("policy", "critic"):
            for key, parameter in adapters.parameters(base, name).items():
                parameter.copy_(start[key])


def shaken(base: Base, name: str = "policy") -> None:
    """An adapter that is no longer the base."""
    with torch.no_grad():
        for number, parameter in enumerate(adapters.parameters(base, name).values()):
            parameter.add_(torch.randn(parameter.shape, generator=torch.Generator().manual_seed(number)), alpha=0.05)


def logged(folder: Path) -> list[dict]:
    return [json.loads(line) for line in (folder / "log.jsonl").read_text().splitlines()]


# -- it learns -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("by", ["rloo", "ppo"])
def test_the_reward_rises_and_the_base_does_not_move(base: Base, tmp_path: Path, by: str) -> None:
    frozen = {k: p.detach().clone() for k, p in base.model.named_parameters() if "lora" not in k}
    before = weights(base)
    critic = critic_of(base) if by == "ppo" else None
    told: list[dict] = []
    settings = settings_of(tmp_path, iterations=8, rollouts=48, minibatch=12)
    done = improve(base, "policy", PROMPTS, likes, settings, tmp_path, Hooks(progress=told.append), critic)
    assert (done.steps, done.ended) == (8, "")
    rewards = [entry["reward"] for entry in told]
    assert sum(rewards[-3:]) / 3 > rewards[0] + 0.2
    assert all(torch.equal(p, frozen[k]) for k, p in base.model.named_parameters() if "lora" not in k)
    moved = {name: any(not torch.equal(weights(base)[k], v) for k, v in before.items() if f".{name}." in k) for name in
             ("policy", "critic")}  # fmt: skip
    assert moved == {"policy": True, "critic": by == "ppo"}
    if by == "ppo":
        assert told[-1]["value_loss"] < 0.7 * told[1]["value_loss"]
    assert [entry["step"] for entry in told] == [entry["step"] for entry in logged(tmp_path)] == list(range(9))
    assert {"phase", "steps", "reward_std", "kl", "kl_coef", "loss", "clip_fraction", "ratio_first", "logprob", "length",
            "ended", "repeat", "seconds_rollout", "seconds_update", "samples"} <= told[-1].keys()  # fmt: skip
    first, last = told[0]["samples"], told[-1]["samples"]
    assert [s["before"] for s in first] == [s["now"] for s in first] == [s["before"] for s in last], "what the start said"
    assert len(last) == 2 and [s["now"] for s in last] != [s["before"] for s in last]


def test_what_drift_costs_holds_it_back(base: Base, tmp_path: Path) -> None:
    start, drifts = weights(base), []
    for number, cost in enumerate((0.0, 1.0)):
        put_back(base, start)
        (tmp_path / str(number)).mkdir()
        settings = settings_of(tmp_path, iterations=6, rollouts=32, learning_rate=5e-3, kl_coef=cost)
        improve(base, "policy", PROMPTS, likes, settings, tmp_path / str(number), Hooks())
        drifts.append(logged(tmp_path / str(number))[-1]["kl"])
    assert drifts[1] < 0.5 * drifts[0]


def test_the_base_own_words_hold_a_policy_back(base: Base, tmp_path: Path) -> None:
    """PPO against a reward model of 174 votes forgot twice as much as the gate allows: only DPO was held to the base's words."""
    start, words, far = weights(base), [Row(prompt, ((9, 8, 7, 2),)) for prompt in PROMPTS[:2]], []
    for number, weight in enumerate((0.0, 8.0)):
        put_back(base, start)
        (tmp_path / str(number)).mkdir()
        settings = settings_of(tmp_path, {"retention_weight": weight}, iterations=4, rollouts=32, learning_rate=5e-3)
        improve(base, "policy", PROMPTS, likes, settings, tmp_path / str(number), Hooks(), retention=words)
        with adapters.active(base, "policy"), torch.no_grad():
            far.append(sum(divergence(base, packed).sum().item() for packed in packs(base, words, (0,), None)))
    assert far[1] < 0.5 * far[0]


def test_replies_learn_to_end(base: Base, tmp_path: Path) -> None:
    base.template.end_ids |= frozenset(GOOD)  # a random model would have to find one token among hundreds first
    settings = settings_of(tmp_path, iterations=8, rollouts=32, no_end_penalty=2.0, learning_rate=5e-3)
    improve(base, "policy", PROMPTS, lambda replies: torch.zeros(len(replies)), settings, tmp_path, Hooks())
    ended = [entry["ended"] for entry in logged(tmp_path)]
    assert max(ended[-3:]) > ended[0] + 0.3


# -- what the numbers are ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("quantize", ["none", "nf4"])
def test_replies_are_learned_from_at_the_log_probs_they_were_drawn_with(tiny_model: Path, quantize: str) -> None:
    base = prepared(tiny_model, quantize)
    shaken(base)
    drawn = draw(base, "policy", PROMPTS * 2, (), 10, 0, 5, lambda: None)
    with adapters.active(base, "policy"):
        new = per_token(base, drawn.rows, TrainSettings(tokens=200), lambda packed: token_logprobs(base, packed))
    old = torch.tensor([value for rollout in drawn.rollouts for value in rollout.logprobs])
    off = (torch.exp(new - old) - 1).abs()
    assert off.median() < 1e-3
    assert off.max() < (1e-3 if quantize == "none" else 0.06)


def test_the_first_minibatch_is_on_policy(base: Base, tmp_path: Path) -> None:
    shaken(base)
    run = run_of(base, settings_of(tmp_path), critic_of(base))
    entry = ppo.learn(run, ppo.look(run, 0), Progress())
    assert entry["ratio_first"] == pytest.approx(1, abs=1e-3)


def test_rewards_do_not_depend_on_what_is_computed_at_once(base: Base, tmp_path: Path) -> None:
    shaken(base)
    shaken(base, "critic")
    found = []
    for tokens in (64, 5000):
        run = run_of(base, settings_of(tmp_path, {"tokens": tokens}), critic_of(base))
        seen = ppo.look(run, 0)
        found.append((seen.reference, *ppo.advantages_of(run, seen, 0.1)))
    assert all(torch.allclose(a, b, atol=1e-4) for a, b in zip(*found, strict=True))


def test_an_adapter_that_is_the_base_has_not_drifted(base: Base, tmp_path: Path) -> None:
    run = run_of(base, settings_of(tmp_path))
    seen = ppo.look(run, 0)
    assert torch.allclose(seen.old, seen.reference, atol=1e-4)
    assert ppo.settle(run, Progress(), seen, {k: p.clone() for k, p in run.parameters.items()})["kl"] < 1e-6


def test_the_value_is_read_where_the_token_is_predicted(base: Base, tmp_path: Path) -> None:
    """The state that draws a reply's first token is the prompt's last: the same value, whatever the reply."""
    head = new_head(base, 0)
    rows = [Row(PROMPTS[0], (reply,)) for reply in ((70, 71, 2), (90, 2))]
    with adapters.active(base, "critic"):
        values = per_token(base, rows, TrainSettings(tokens=200), lambda packed: ppo.values_of(base, packed, head, "auto"))
        ids = torch.tensor([[*PROMPTS[0], 70, 71]])
        states = base.causal_lm.get_decoder()(input_ids=ids).last_hidden_state[0, len(PROMPTS[0]) - 1 :]
    assert torch.allclose(values[:3], (states @ head.T)[:, 0], atol=1e-4)
    assert torch.allclose(values[0], values[3], atol=1e-5)


def test_a_reply_that_does_not_end_loses_the_penalty(base: Base, tmp_path: Path) -> None:
    advantages = []
    for penalty in (0.0, 3.0):
        run = run_of(base, settings_of(tmp_path, no_end_penalty=penalty, max_new_tokens=3))
        seen = ppo.look(run, 0)
        advantages.append([part[0].item() for part in ppo.advantages_of(run, seen, 0.0)[0].split(seen.drawn.lengths)])
    change = torch.tensor(advantages[1]) - torch.tensor(advantages[0])
    cost = 3.0 * (seen.ended - 1).view(-1, 4)
    assert torch.allclose(change.view(-1, 4), (cost - cost.mean(1, keepdim=True)) * 4 / 3, atol=1e-5)


def test_activations_computed_again_are_those_of_the_right_adapter(base: Base, tmp_path: Path) -> None:
    start, found = weights(base), []
    for how in ("off", "on"):
        put_back(base, start)
        (tmp_path / how).mkdir()
        shaken(base)
        shaken(base, "critic")
        settings = settings_of(tmp_path, {"checkpointing": how}, iterations=2)
        improve(base, "policy", PROMPTS, rising(), settings, tmp_path / how, Hooks(), critic_of(base))
        found.append(weights(base))
    assert all(torch.allclose(found[0][key], found[1][key], atol=1e-4) for key in start)


def test_the_cost_of_drift_is_adapted_where_it_has_a_target(base: Base, tmp_path: Path) -> None:
    improve(base, "policy", PROMPTS, rising(), settings_of(tmp_path, kl_target=0.5), tmp_path, Hooks())
    costs = [entry["kl_coef"] for entry in logged(tmp_path)]
    assert costs == pytest.approx([0.05 * 0.98**k for k in range(4)], abs=1e-6)


def test_iterations_together_go_through_all_prompts() -> None:
    taken = [prompts_of(PROMPTS, 5, iteration, 3) for iteration in range(12)]
    flat = [prompt for some in taken for prompt in some]
    assert all(sorted(flat[k : k + 12]) == PROMPTS for k in range(0, 60, 12))
    assert flat[:12] != flat[12:24]
    assert prompts_of(PROMPTS, 5, 7, 3) == taken[7]
    assert prompts_of(PROMPTS[:1], 3, 0, 3) == PROMPTS[:1] * 3


def test_there_is_one_base(base: Base, tmp_path: Path) -> None:
    """And the judge may use it: no adapter is active when it is asked."""
    shape = base.causal_lm.get_input_embeddings().weight.shape
    count: Callable[[], int] = lambda: sum(  # noqa: E731
        issubclass(type(thing), torch.Tensor) and thing.shape == shape for thing in gc.get_objects()
    )
    before, size, counts = count(), base.memory_mb(), []

    def judge(replies: Sequence[Rollout]) -> torch.Tensor:
        counts.append(count())
        with adapters.active(base, "critic"):
            rows = [Row(reply.prompt, (reply.completion,)) for reply in replies]
            return measure(base, rows, (0,), None)[:, 0] + len(counts) * 100

    improve(base, "policy", PROMPTS, judge, settings_of(tmp_path), tmp_path, Hooks(), critic_of(base))
    assert set(counts) == {before} and base.memory_mb() == size
    assert adapters.names(base) == ["policy", "critic"]
    assert not any(p.requires_grad for p in base.model.parameters())


# -- how it ends ---------------------------------------------------------------------------------------------------


def scored(scores: Sequence[float]) -> ppo.Judge:
    """A judge that finds all replies of a call equally good."""
    left = iter(scores)
    return lambda replies: torch.full((len(replies),), next(left))


def rising() -> ppo.Judge:
    """A judge with its own mind about each reply that finds every state better than the one before."""
    calls = iter(range(1000))
    return lambda replies: likes(replies) + 10 * next(calls)


@pytest.mark.parametrize("by", ["rloo", "ppo"])
def test_resumed_equals_uninterrupted(base: Base, tmp_path: Path, by: str) -> None:
    start = weights(base)
    settings = settings_of(tmp_path, iterations=5, learning_rate=5e-3, kl_target=0.1)
    head = new_head(base, 0)

    def attempt(folder: Path, hooks: Hooks) -> Any:
        folder.mkdir(exist_ok=True)
        put_back(base, start)  # a new process starts from the parent's weights, not from where the old one was
        critic = Critic("critic", torch.nn.Parameter(head.detach().clone())) if by == "ppo" else None
        return improve(base, "policy", PROMPTS, likes, settings, folder, hooks, critic), critic and critic.head.detach()

    whole, wanted_head = attempt(tmp_path / "whole", Hooks())
    wanted = weights(base)

    def after(calls: int) -> Callable[[], bool]:
        left = iter(range(calls))
        return lambda: next(left, None) is None

    interruptions, allowed = 0, 3  # the first ones inside the first draw and the first update
    while True:
        try:
            done, found_head = attempt(tmp_path / "parts", Hooks(should_stop=after(allowed)))
            break
        except Stopped:
            interruptions += 1
            allowed += 17
            assert (tmp_path / "parts" / "checkpoint.safetensors").is_file()
    assert interruptions >= 4
    assert done == whole
    assert all(torch.equal(weights(base)[k], wanted[k]) for k in wanted)
    assert by == "rloo" or torch.equal(found_head, wanted_head)
    untimed = [[{k: v for k, v in entry.items() if "seconds" not in k} for entry in logged(tmp_path / part)]
               for part in ("whole", "parts")]  # fmt: skip
    assert untimed[0] == untimed[1]


def test_a_finished_run_is_not_run_again(base: Base, tmp_path: Path) -> None:
    first = improve(base, "policy", PROMPTS, rising(), settings_of(tmp_path), tmp_path, Hooks())
    wanted = weights(base)
    shaken(base)
    again: list[dict] = []
    assert improve(base, "policy", PROMPTS, scored([]), settings_of(tmp_path), tmp_path, Hooks(progress=again.append)) == first
    assert again == []
    assert all(torch.equal(p, wanted[k]) for k, p in weights(base).items() if ".policy." in k)


def states(base: Base) -> tuple[list[dict[str, torch.Tensor]], Hooks]:
    """The weights after every iteration, the start's first."""
    found: list[dict[str, torch.Tensor]] = []
    return found, Hooks(progress=lambda _: found.append(weights(base)))


def test_it_ends_with_the_best_when_the_reward_declines(base: Base, tmp_path: Path) -> None:
    found, hooks = states(base)
    settings = settings_of(tmp_path, {"patience": 2}, iterations=9)
    done = improve(base, "policy", PROMPTS, scored([0.0, 1.0, 2.0, 1.5, 0.2, 0.1, 0.0]), settings, tmp_path, hooks)
    # scores, smoothed: 0, 0.5, 1, 1.5, 0.2, 0.1: the fourth is the best, and two that are below it end the run
    assert done.steps == 5 and "below its best for 2 iterations" in done.ended
    assert all(torch.equal(p, found[3][k]) for k, p in weights(base).items())


def test_a_lucky_start_does_not_end_it(base: Base, tmp_path: Path) -> None:
    """Two hundred votes came to nothing: the first draw was lucky, and the three after it were called a decline."""
    means = iter([0.44, -0.02, -0.48, 0.10, 0.9, 1.2, 1.5])

    def judge(replies: Sequence[Rollout]) -> torch.Tensor:
        return next(means) + torch.tensor([2.0, -2.0] * len(replies))[: len(replies)]

    done = improve(base, "policy", PROMPTS, judge, settings_of(tmp_path, {"patience": 3}, iterations=6), tmp_path, Hooks())
    assert done.steps == 6 and not done.ended


def test_it_ends_before_replies_repeat_themselves(base: Base, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shares = iter([0.0, 0.1, 0.2, 0.9])
    monkeypatch.setattr(rollouts, "repetition", lambda replies: next(shares))
    found, hooks = states(base)
    done = improve(base, "policy", PROMPTS, rising(), settings_of(tmp_path, repeat=0.3, iterations=9), tmp_path, hooks)
    assert done.steps == 3 and "90% of 4-grams, 30% allowed" in done.ended
    assert all(torch.equal(p, found[2][k]) for k, p in weights(base).items())


@pytest.mark.parametrize("told_by", ["hook", "rollouts"])
def test_drifting_too_far_ends_the_run_and_keeps_the_state_before(base: Base, tmp_path: Path, told_by: str) -> None:
    found, hooks = states(base)
    drifts = iter([0.0, 0.1, 0.2, 5.0])
    if told_by == "hook":
        hooks = Hooks(progress=hooks.progress, drift=lambda: next(drifts))
    rate, cap = (1e-3, 1.0) if told_by == "hook" else (5e-3, 0.1)
    settings = settings_of(tmp_path, {"kl_cap": cap}, iterations=20, learning_rate=rate, kl_coef=0.0)
    done = improve(base, "policy", PROMPTS, rising(), settings, tmp_path, hooks)
    assert done.steps < 20 and "nats a token from the base, more than train.kl_cap" in done.ended
    assert told_by != "hook" or done.steps == 3
    assert all(torch.equal(p, found[-2][k]) for k, p in weights(base).items())


@pytest.mark.parametrize(
    ("scores", "train", "why"),
    [
        ([3.0, 2.0, 1.0, 0.0], {"patience": 2}, r"below its best for 2 iterations, so nothing was kept"),
        ([3.0, 3.0, 3.0, 3.0], {}, r"no iteration raised the reward.*nothing was kept.*learning_rate"),
        ([3.0, float("nan")], {}, r"finite number a reply"),
    ],
)
def test_a_run_that_made_nothing_says_so(base: Base, tmp_path: Path, scores: list[float], train: dict, why: str) -> None:
    with pytest.raises(TrainingError, match=why):
        improve(base, "policy", PROMPTS, scored(scores), settings_of(tmp_path, train), tmp_path, Hooks())


def test_no_prompt_is_an_error(base: Base, tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="no prompt is left"):
        improve(base, "policy", [], likes, settings_of(tmp_path), tmp_path, Hooks())


def test_a_loss_that_is_no_number_ends_the_run(base: Base, tmp_path: Path) -> None:
    head = torch.nn.Parameter(torch.full_like(new_head(base, 0), torch.nan))
    with pytest.raises(TrainingError, match=r"loss became nan.*ppo.learning_rate"):
        improve(base, "policy", PROMPTS, likes, settings_of(tmp_path), tmp_path, Hooks(), Critic("critic", head))
