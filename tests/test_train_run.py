"""Rounds on the tiny model, from opinions in a real store to a version in a real registry."""

from __future__ import annotations

import json
import math
import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import torch

from lab.errors import TrainingError
from lab.feedback.examples import collect
from lab.feedback.exchange import import_file
from lab.feedback.store import Store
from lab.loop import care
from lab.loop.jobs import make_job, reward_evidence
from lab.model import adapters
from lab.model.base import Base, load_base
from lab.model.generate import Emitted, Request
from lab.model.prompts import pool
from lab.records import AdapterVersion, Algorithm, Job
from lab.registry.versions import Versions
from lab.settings import Settings, load_settings
from lab.train import judged, reward_model
from lab.train.batches import Row
from lab.train.hooks import Hooks, Stopped
from lab.train.judged import FEWEST, PHASE, judge_of, judged_rows, pairs_of, prompts_of, proven, weighed
from lab.train.objective import Encoder
from lab.train.reward_round import unlearned
from lab.train.run import execute
from lab.train.score import policy_scores
from lab.train.scorer import Scorer, references
from lab.train.serve import Trainer, run_job

FAST = {"learning_rate": 1e-2, "epochs": 3, "batch": 8, "max_length": 200, "kl_cap": 50.0}


@dataclass
class Bench:
    store: Store
    versions: Versions
    settings: Settings
    base: Base

    def job(self, algorithm: Algorithm, parent: int = 0) -> Job:
        found = collect(self.store, "train")
        opinions = {e.opinion for e in (*found.pairs, *found.labelled, *found.demonstrations)}
        return Job(algorithm, self.base.id, parent, self.versions.get(parent).hash, tuple(sorted(opinions)), seed=3)

    def run(self, algorithm: Algorithm, parent: int = 0) -> AdapterVersion:
        return execute(self.job(algorithm, parent), self.store, self.versions, self.settings, self.base)

    def unheld(self) -> None:
        """A few iterations of a random model raise its reward for sure only if nothing holds it back."""
        train = self.settings.train.model_copy(update={"retention_weight": 0.0})
        self.settings = self.settings.model_copy(update={"train": train})

    def run_planned(self, algorithm: Algorithm, on_progress: Callable[[dict], None] = lambda entry: None) -> AdapterVersion:
        """With a job as the loop makes it."""
        job = make_job(self.store, self.versions, self.settings, algorithm)
        return execute(job, self.store, self.versions, self.settings, self.base, on_progress)


def feed(store: Store, folder: Path, rows: list[dict], name: str = "rows.jsonl") -> None:
    file = folder / name
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert not import_file(store, file).refused


def pair(number: int) -> dict:
    return {"prompt": f"question {number}, please?", "chosen": f"yes, {number % 7}", "rejected": f"no {number % 5}!"}


def thumb(number: int) -> dict:
    good = number % 3 > 0
    return {"prompt": f"question {number}, please?", "completion": f"yes, {number}" if good else f"no {number}!", "label": good}


@pytest.fixture
def bench(home: Path, tiny_model: Path, brief: None) -> Iterator[Bench]:
    flags = {"model": str(tiny_model), "quantize": "none", "device": "cpu", "train": FAST, "lora": {"rank": 4, "alpha": 8},
             "reward": {"heads": 2, "folds": 2, "epochs": 4},
             "ppo": {"iterations": 6, "rollouts": 16, "max_new_tokens": 12}}  # fmt: skip
    settings = load_settings(home, flags)
    base = load_base(settings.model, settings.quantize, settings.device, training=True)
    store = Store(settings.feedback_data)
    yield Bench(store, Versions(settings.adapters, base.id), settings, base)
    store.close()


@pytest.mark.parametrize("algorithm", ["dpo", "ipo", "kto", "sft"])
def test_votes_become_a_version(bench: Bench, home: Path, algorithm: Algorithm) -> None:
    feed(bench.store, home, [pair(k) for k in range(30)])
    made = bench.run(algorithm)
    report = made.report
    assert report is not None
    assert made.version == 1
    assert made.state == "candidate"
    assert made.parent == 0
    assert report.version == 1
    assert report.steps > 0
    assert report.used >= 20
    assert report.heldout_n > 0
    assert report.heldout_before == 0.5
    assert report.canaries["changed"] == 1
    assert report.loss_last < report.loss_first
    assert adapters.names(bench.base) == [], "the base is bare again"
    if algorithm != "sft":
        assert report.heldout_after == 1.0, "yes against no generalises to questions never trained on"


@pytest.mark.parametrize("algorithm", ["ppo", "rloo"])
def test_a_reward_model_is_made_and_learned_from(bench: Bench, home: Path, algorithm: Algorithm) -> None:
    """One round: the reward model first, as nothing has been scored yet, then the policy against it."""
    bench.unheld()
    feed(bench.store, home, [pair(k) for k in range(40)])
    phases: list[str] = []
    made = bench.run_planned(algorithm, lambda entry: phases.append(entry["phase"]))
    assert made.report is not None
    assert made.report.canaries["reward_accuracy"] > 0.8
    assert made.report.canaries["changed"] == 1
    assert made.report.steps > 0
    assert any(phase.startswith("fold") for phase in phases)
    rewards = bench.versions.rewards()
    assert (rewards.live(), [version.version for version in bench.versions.all()]) == (1, [0, 1])
    assert adapters.names(bench.base) == [], "the base is bare again"
    assert reward_evidence(bench.versions) is not None
    phases.clear()
    bench.run_planned(algorithm, lambda entry: phases.append(entry["phase"]))
    assert not any(phase.startswith("fold") for phase in phases), "nothing new to score: the same reward model serves again"
    assert rewards.live() == 1


@pytest.mark.parametrize("algorithm", ["dpo", "ipo"])
def test_a_proven_reward_model_votes_on_replies_that_nobody_rated(bench: Bench, home: Path, algorithm: Algorithm) -> None:
    """Two hundred votes were learned by heart, where the reward model made from them was right on others."""
    feed(bench.store, home, [pair(k) for k in range(150)])
    bench.base.template.end_ids |= frozenset(range(60, 190))  # a random model's replies seldom end by one token of hundreds
    bench.settings = bench.settings.model_copy(update={"reward": bench.settings.reward.model_copy(update={"judged": 20})})
    alone = bench.run(algorithm)
    assert alone.report is not None and "judged" not in alone.report.canaries, "there is no reward model yet"
    reward = bench.run_planned("reward")
    assert reward.report is not None and reward.report.used >= FEWEST
    told: list[dict] = []
    made = execute(bench.job(algorithm), bench.store, bench.versions, bench.settings, bench.base, told.append)
    assert made.report is not None and alone.report is not None
    count = made.report.canaries["judged"]
    assert 20 < count <= 40, "two a prompt"
    assert made.report.used == alone.report.used, "what people said is counted apart"
    assert made.report.steps > alone.report.steps
    assert bench.versions.rewarded_by(made.version) == 1, "so forgetting and the lineage know where it comes from"
    assert {entry["phase"] for entry in told} >= {PHASE, "training"}
    training = next(entry for entry in told if entry["phase"] == "training")
    assert training["judged"] == f"{count:.0f} pairs that reward model 1 chose"
    assert adapters.names(bench.base) == []


def test_the_best_meets_the_worst_and_the_second_best_the_second_worst() -> None:
    assert pairs_of([0.1, 3.0, -2.0, 0.5]) == [(1, 2), (3, 0)]
    assert pairs_of([1.0, 2.0, 3.0]) == [(2, 0)]
    assert pairs_of([2.0, 1.0, 1.0, 0.0]) == [(0, 3)], "of two that are liked as much neither is chosen"
    assert pairs_of([5.0]) == pairs_of([]) == []


def test_a_pair_counts_as_much_as_it_is_sure() -> None:
    """A hair's breadth was worth as much as the clearest choice."""
    row = Row((1,), ((2,), (3,)))
    sure, unsure = (each.weight for each in weighed([(row, math.log(9)), (row, math.log(1.5))], accuracy=0.7))
    assert sure / unsure == pytest.approx((2 * 0.9 - 1) / (2 * 0.6 - 1))
    assert (sure + unsure) / 2 == pytest.approx(2 * 0.7 - 1), "as often right, all in all, as on opinions that it never saw"
    assert weighed([(row, 5.0), (row, 1e-3), (row, 1e-3)], accuracy=0.9)[0].weight == 1.0, "no more than one vote"
    assert weighed([], accuracy=0.8) == []


def test_votes_of_the_reward_model_go_to_what_it_likes_better_and_count_by_how_much(bench: Bench, home: Path) -> None:
    feed(bench.store, home, [pair(k) for k in range(150)])
    bench.base.template.end_ids |= frozenset(range(60, 190))  # a random model's replies seldom end by one token of hundreds
    judge = bench.run_planned("reward")
    assert proven(bench.versions.rewards()) == judge and judge.folder is not None
    examples, encoder = collect(bench.store, "train"), Encoder(bench.base.template, 200)
    settings = bench.settings.model_copy(update={"reward": bench.settings.reward.model_copy(update={"judged": 12})})
    rows, again = (judged_rows(bench.base, judge, examples, encoder, settings, Hooks()) for _ in range(2))
    assert rows == again, "a round that was cut off finds the same ones"
    assert judge.report is not None
    assert min(row.weight for row in rows) > 0 and max(row.weight for row in rows) <= 1
    assert max(Counter(row.prompt for row in rows).values()) == 2
    assert {row.prompt for row in rows} <= {tuple(encoder.prompt(each.prompt)) for each in examples.pairs}, "one's own first"
    scorer = Scorer(
        bench.base, reward_model.load(bench.base, judge.folder, "again"), settings.train, references(bench.base, settings)
    )
    best, worst = (scorer([(row.prompt, row.completions[side]) for row in rows]) for side in (0, 1))
    adapters.drop(bench.base, "again")
    assert bool((best > worst).all())
    by_difference = [rows[k].weight for k in (best - worst).argsort().tolist()]
    assert by_difference == sorted(by_difference) and len(set(by_difference)) > 1
    worth = 2 * judge.report.canaries["reward_accuracy"] - 1
    assert 0.5 * worth < sum(by_difference) / len(rows) <= worth + 1e-9, "less where some were cut off at one vote"


def test_replies_that_do_not_end_and_prompts_about_safety_are_no_pairs(
    bench: Bench, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A reply that was cut off could be chosen over whole ones, and harmful prompts were asked once somebody had rated them."""
    rows = [pair(k) for k in range(150)]
    feed(bench.store, home, [row | ({"criterion": "safe"} if k < 3 else {"prompt": pool("harmful")[k]}) if k < 6 else row
                             for k, row in enumerate(rows)])  # fmt: skip
    judge = bench.run_planned("reward")
    examples, encoder = collect(bench.store, "train"), Encoder(bench.base.template, 200)
    asked = prompts_of(bench.base, examples, encoder, bench.settings)
    left = [encoder.prompt(each.prompt) for each in examples.pairs
            if each.criterion == "safe" or each.prompt[-1]["content"] in pool("harmful")]  # fmt: skip
    assert left and not {tuple(prompt) for prompt in left} & set(asked)
    newest = next(each for each in reversed(examples.pairs) if tuple(encoder.prompt(each.prompt)) in asked)
    assert asked[0] == tuple(encoder.prompt(newest.prompt))
    monkeypatch.setattr(judged.samples, "draw_all", endless)
    assert judged_rows(bench.base, judge, examples, encoder, bench.settings, Hooks()) == []


def endless(base: Base, requests: Sequence[Request], *rest: object) -> list[Emitted]:
    """Different replies, of which one in four ends by itself."""
    return [Emitted([70 + k % 9, 30], [-1.0] * 2, "length" if k % 4 else "end") for k in range(len(requests))]


def test_a_round_goes_on_with_the_reward_model_it_began_with(bench: Bench, home: Path, tmp_path: Path) -> None:
    """Refreshed in between, it would have chosen other pairs, and the checkpoint is of those before."""
    feed(bench.store, home, [pair(k) for k in range(150)])
    first = bench.run_planned("reward")
    rewards = bench.versions.rewards()
    assert judge_of(tmp_path, rewards) == first
    feed(bench.store, home, [pair(k) for k in range(150, 170)], name="more.jsonl")
    bench.run_planned("reward")
    assert judge_of(tmp_path, rewards).version == first.version  # type: ignore[union-attr]
    other = tmp_path / "other"
    other.mkdir()
    assert judge_of(other, rewards).version == rewards.live() == 2  # type: ignore[union-attr]
    (other / "judge").unlink()
    (other / "checkpoint.safetensors").touch()
    assert judge_of(other, rewards) is None, "begun by a lab in which none voted"


def test_a_reward_model_that_knows_nothing_votes_on_nothing(bench: Bench, home: Path) -> None:
    """Shuffled labels: its mistakes would be learned as if people had made them."""
    luck = random.Random(4)
    turned = [{"chosen": f"no {k % 5}!", "rejected": f"yes, {k % 7}"} for k in range(150)]
    rows = [pair(k) | ({} if luck.random() < 0.5 else turned[k]) for k in range(150)]
    feed(bench.store, home, rows)
    made = bench.run_planned("reward")
    assert made.report is not None and made.report.used >= FEWEST and proven(bench.versions.rewards()) is None
    report = bench.run("dpo").report
    assert report is not None and "judged" not in report.canaries


def test_a_reward_model_from_few_opinions_does_not_vote(bench: Bench, home: Path) -> None:
    feed(bench.store, home, [pair(k) for k in range(60)])
    bench.run_planned("reward")
    found = reward_evidence(bench.versions)
    assert found is not None and found.knows_something() and proven(bench.versions.rewards()) is None


def test_a_reward_model_is_refreshed_and_kept_beside_the_one_before(bench: Bench, home: Path) -> None:
    feed(bench.store, home, [pair(k) for k in range(40)])
    first = bench.run_planned("reward")
    assert first.state == "live" and first.report is not None and first.folder is not None
    assert first.report.heldout_after is not None and first.report.heldout_after > 0.9
    assert "right in" in first.why
    assert unlearned(bench.store, bench.versions.rewards(), bench.base.id) == []
    feed(bench.store, home, [thumb(k) for k in range(10)], name="more.jsonl")
    assert len(unlearned(bench.store, bench.versions.rewards(), bench.base.id)) > 5
    second = bench.run_planned("reward")
    assert (second.version, second.parent) == (2, 1)
    assert bench.versions.rewards().get(1).state == "retired"
    assert bench.versions.all()[1:] == [], "a reward model is no version of the policy"


def test_too_few_opinions_make_no_reward_model(bench: Bench, home: Path) -> None:
    feed(bench.store, home, [pair(k) for k in range(10)])
    with pytest.raises(TrainingError, match="needs 32 opinions and there are"):
        bench.run_planned("reward")


def test_thumbs_become_a_version(bench: Bench, home: Path) -> None:
    feed(bench.store, home, [thumb(k) for k in range(60)])
    made = bench.run("kto")
    assert made.report is not None
    assert made.report.heldout_after is not None
    assert made.report.heldout_after > 0.9


def test_a_second_round_starts_from_its_parent(bench: Bench, home: Path) -> None:
    feed(bench.store, home, [pair(k) for k in range(20)])
    first = bench.run("dpo")
    second = bench.run("dpo", parent=first.version)
    assert second.parent == first.version
    assert first.report is not None
    assert second.report is not None
    assert second.report.loss_first < first.report.loss_first - 0.1
    assert second.report.heldout_before == first.report.heldout_after


def test_the_saved_adapter_is_the_one_that_was_judged(bench: Bench, home: Path, tmp_path: Path) -> None:
    feed(bench.store, home, [pair(k) for k in range(20)])
    made = bench.run("dpo")
    pairs = collect(bench.store, "held_out").pairs
    scores = policy_scores(bench.base, pairs, made.folder, bench.settings.train)
    assert sum(c > r for c, r in scores) / len(scores) == made.report.heldout_after  # type: ignore[union-attr]
    assert policy_scores(bench.base, pairs, None, bench.settings.train) == [(0.0, 0.0)] * len(pairs)


def test_the_base_is_bit_identical_after_a_round(bench: Bench, home: Path) -> None:
    before = {k: p.detach().clone() for k, p in bench.base.causal_lm.state_dict().items()}
    feed(bench.store, home, [pair(k) for k in range(10)])
    bench.run("dpo")
    after = bench.base.causal_lm.state_dict()
    assert before.keys() == after.keys()
    assert all(torch.equal(before[k], after[k]) for k in before)


def test_a_stopped_round_goes_on_where_it_was(bench: Bench, home: Path) -> None:
    feed(bench.store, home, [pair(k) for k in range(20)])
    whole = execute(bench.job("dpo"), bench.store, bench.versions, bench.settings, bench.base)
    job = bench.job("dpo")
    done: list[int] = []
    with pytest.raises(Stopped):
        execute(job, bench.store, bench.versions, bench.settings, bench.base,
                lambda entry: done.append(entry["step"]) if entry["phase"] == "training" else None,
                should_stop=lambda: 2 in done)  # fmt: skip
    assert [v.version for v in bench.versions.all()] == [0, whole.version], "nothing half made is a version"
    steps: list[int] = []
    made = execute(job, bench.store, bench.versions, bench.settings, bench.base,
                   lambda entry: steps.append(entry["step"]) if entry["phase"] == "training" else None)  # fmt: skip
    assert steps[0] > 1, "it did not begin again"
    assert made.folder is not None
    assert whole.folder is not None
    for name in ("adapter_model.safetensors", "adapter_config.json"):
        assert (made.folder / name).read_bytes() == (whole.folder / name).read_bytes()
    assert str(bench.settings.model) not in (made.folder / "adapter_config.json").read_text(), "a path of this machine"


def test_a_round_cut_off_while_it_is_judged_does_no_step_again(bench: Bench, home: Path) -> None:
    feed(bench.store, home, [pair(k) for k in range(20)])
    job = bench.job("dpo")
    judging: list[bool] = []
    with pytest.raises(Stopped):
        execute(job, bench.store, bench.versions, bench.settings, bench.base,
                lambda entry: judging.append(True) if entry["phase"] == "judging" else None, lambda: bool(judging))  # fmt: skip
    phases: list[str] = []
    made = execute(job, bench.store, bench.versions, bench.settings, bench.base, lambda each: phases.append(each["phase"]))
    assert "training" not in phases
    assert made.version == 1
    assert not list(made.folder.glob("checkpoint*"))  # type: ignore[union-attr]


@pytest.mark.parametrize("algorithm", ["dpo", "reward", "ppo"])
def test_a_round_whose_opinion_is_forgotten_before_its_end_leaves_no_version(
    bench: Bench, home: Path, algorithm: Algorithm
) -> None:
    """Its machine had slept, so the job was given up and the words were deleted; then it went on, and published them."""
    bench.unheld()
    feed(bench.store, home, [pair(k) for k in range(44)])
    job = make_job(bench.store, bench.versions, bench.settings, algorithm)
    bench.store.add_job(job)
    trainer, other = Trainer(bench.store, None), Store(bench.settings.feedback_data)
    bench.store.claim_job(trainer.name, bench.base.id)
    last = {"dpo": "judging", "reward": "training", "ppo": "judging"}[algorithm]

    def forget_one(entry: dict) -> None:
        if entry["phase"] == last and other.purges() == 0:
            other.fail_job(job.id, "silent")
            other.purge(other.purgeable(conversation=bench.store.thread(bench.store.votes()[0].a)[0].conversation))

    run_job(trainer, job, lambda job: execute(job, bench.store, bench.versions, bench.settings, bench.base, forget_one).version)
    assert other.purges() == 1
    ended = bench.store.job(job.id)
    assert (ended.state, ended.version) == ("failed", None)
    assert "something was forgotten while this round ran" in ended.error and "is kept" in ended.error
    assert [each.version for each in bench.versions.all()] == [0]
    assert [each.version for each in bench.versions.rewards().all()] == ([0, 1] if algorithm == "ppo" else [0])
    assert not bench.versions.staging_path(job.id).exists() and not bench.versions.rewards().staging_path(job.id).exists()
    assert len(bench.store.votes()) == 43, "the rest of the feedback is kept"
    assert adapters.names(bench.base) == [], "the base is bare again"
    other.close()


def test_a_round_that_goes_on_after_something_was_forgotten_begins_again(bench: Bench, home: Path) -> None:
    """Its checkpoint may have learned from what is gone."""
    feed(bench.store, home, [pair(k) for k in range(24)])
    job = bench.job("dpo")
    done: list[int] = []
    with pytest.raises(Stopped):
        execute(job, bench.store, bench.versions, bench.settings, bench.base,
                lambda entry: done.append(entry["step"]) if entry["phase"] == "training" else None,
                should_stop=lambda: 2 in done)  # fmt: skip
    bench.store.purge(bench.store.purgeable(conversation=bench.store.conversations()[0].id))
    steps: list[int] = []
    made = execute(job, bench.store, bench.versions, bench.settings, bench.base,
                   lambda entry: steps.append(entry["step"]) if entry["phase"] == "training" else None)  # fmt: skip
    assert steps[0] == 1 and made.version == 1
    assert made.folder is not None and not (made.folder / "purges").exists()


def test_progress_names_its_phases(bench: Bench, home: Path) -> None:
    feed(bench.store, home, [pair(k) for k in range(10)])
    phases: list[str] = []
    execute(bench.job("dpo"), bench.store, bench.versions, bench.settings, bench.base, lambda each: phases.append(each["phase"]))
    assert list(dict.fromkeys(phases))[:3] == ["reference", "training", "judging"]


def test_too_long_examples_are_dropped_and_counted(bench: Bench, home: Path) -> None:
    feed(bench.store, home, [*(pair(k) for k in range(10)), {"prompt": "long?", "chosen": "word " * 300, "rejected": "no"},
                             {"prompt": "same?", "chosen": "twice", "rejected": "twice "}])  # fmt: skip
    report = bench.run("dpo").report
    assert report is not None
    assert report.dropped.get("too_long", 0) <= 1
    assert report.used + sum(report.dropped.values()) == len(collect(bench.store, "train").pairs)


def test_a_report_says_what_was_left_out_and_counted_for_less(bench: Bench, home: Path) -> None:
    """Votes with a clock of their own, two of them too fast, and nearly all for the longer reply."""
    rows = [{"prompt": f"question {k}, please?", "response_a": "yes, of course", "response_b": f"no {k}",
             "choice": "a" if k % 6 else "b", "ms": 9000 if k > 6 else 10} for k in range(40)]  # fmt: skip
    feed(bench.store, home, rows)
    care.switch(bench.store, "haste", True)
    care.switch(bench.store, "length", True)
    told = care.care_of(bench.store, bench.settings)
    report = bench.run_planned("dpo").report
    assert report is not None
    whole = {pair.opinion for pair in collect(bench.store, "train").pairs}
    hasty = len(whole & set(told.left_out))
    assert hasty >= 2 and report.dropped == {"voted_too_fast": hasty} and report.used == len(whole) - hasty
    assert report.canaries["weighed_less"] == len(whole & set(told.weights)) > 0 and report.canaries["mean_weight"] < 1


def test_nothing_to_train_on_says_what_is_missing(bench: Bench, home: Path) -> None:
    feed(bench.store, home, [thumb(k) for k in range(10)])
    with pytest.raises(TrainingError, match="dpo round found nothing to train on"):
        bench.run("dpo")


def test_a_parent_that_was_swapped_for_another_is_refused(bench: Bench, home: Path) -> None:
    feed(bench.store, home, [pair(k) for k in range(10)])
    first = bench.run("dpo")
    job = replace(bench.job("dpo", first.version), parent_hash="something else")
    with pytest.raises(TrainingError, match="version 1 is not what it was"):
        execute(job, bench.store, bench.versions, bench.settings, bench.base)
