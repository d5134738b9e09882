"""The rehearsal: a hidden taste through the real session, round, gate and swap, on a tiny model of random words."""

from __future__ import annotations

import json
import sys
import tempfile
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from lab import cli, foreground, rehearse
from lab.errors import TrainingError
from lab.feedback.store import Store
from lab.insight import rater, verdict
from lab.insight.tastes import TASTES, Preference, Taste
from lab.model.identity import base_id
from lab.model.prompts import TASKS, fresh, pool
from lab.records import Vote, new_id
from lab.registry.versions import Versions
from lab.settings import load_settings
from lab.train import retention
from lab.train.judged import FEWEST
from lab.train.retention import read_retention

HEADLINE = ["taste", "algorithm", "votes", "noise", "win_rate", "ci95", "taste_before", "taste_after", "kl",
            "retention_ppl_ratio", "reward_accuracy", "seconds_vote_to_live", "seed"]  # fmt: skip
FEW = 16  # fresh prompts that are asked here
TOML = """
[sampling]
max_new_tokens = 6
[train]
epochs = 1
learning_rate = 0.02
[gate]
heldout_drop = 0.5
min_stop_ratio = 0.0
max_ppl_ratio = 1000.0
"""


@dataclass(frozen=True)
class Done:
    """How a rehearsal ended, and what it left behind."""

    code: int
    out: str
    err: str
    home: Path

    @property
    def last(self) -> dict:
        return json.loads(self.out.splitlines()[-1])

    @property
    def errors(self) -> list[str]:
        return [line for line in self.err.splitlines() if line.lower().startswith("error")]

    def store(self) -> closing[Store]:
        return closing(Store(self.home / "feedback_data"))


class Stage:
    """Rehearses on homes of its own, all with the same lab.toml."""

    def __init__(self, folder: Path, model: Path, capture: pytest.CaptureFixture[str], patch: pytest.MonkeyPatch) -> None:
        self.folder, self.model, self.toml, self._capture, self._patch = folder, model, TOML, capture, patch

    def __call__(self, *arguments: object, home: str = "home") -> Done:
        place = self.folder / home
        place.mkdir(exist_ok=True)
        (place / "lab.toml").write_text(self.toml)
        return self.bare(*arguments, "--home", place, home=place)

    def bare(self, *arguments: object, home: Path) -> Done:
        flags = ("--model", self.model, "--quantize", "none", "--device", "cpu")
        self._patch.setattr(sys, "argv", ["launch.py", "rehearse", *map(str, (*arguments, *flags))])
        self._capture.readouterr()
        try:
            cli.main()
            code = 0
        except SystemExit as ending:
            code = ending.code if isinstance(ending.code, int) else 0
        printed = self._capture.readouterr()
        return Done(code, printed.out, printed.err, home)


class Letters(Taste):
    """A taste that random words can please: it knows no sound replies, and seldom finds two equal."""

    def prefers(self, a: str, b: str) -> Preference:
        first, second = self.trait(a), self.trait(b)
        return 1 if first > second else -1 if first < second else 0


@pytest.fixture
def stage(tmp_path: Path, tiny_model: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Stage:
    monkeypatch.setattr(rehearse, "fresh", lambda task: fresh(task)[:FEW])
    monkeypatch.setitem(TASTES, "letters", Letters("letters", "likes letters", lambda text: sum(map(str.isalpha, text))))
    monkeypatch.setattr(retention, "read_retention", lambda: read_retention()[:4])
    for module in (rater, verdict):
        monkeypatch.setattr(module, "sound", lambda text: True)
    return Stage(tmp_path, tiny_model, capsys, monkeypatch)


def ballots(store: Store) -> list[tuple[str, str, str]]:
    """(first reply, second reply, choice) of every vote, in time order."""
    return [(store.reply(vote.a).text, store.reply(vote.b).text, vote.choice) for vote in sorted(store.votes(), key=age)]


def given(home: Path) -> list[tuple[str, str, str]]:
    with closing(Store(home / "feedback_data")) as store:
        return ballots(store)


def age(vote: Vote) -> str:
    return vote.id


def timeless(result: dict) -> dict:
    """What may not differ between two runs."""
    reports = [{**report, "seconds": 0, "peak_mb": 0} for report in result["reports"]]
    return result | {"seconds": 0, "seconds_vote_to_live": 0, "reports": reports}


# the whole way


def test_votes_become_a_version_that_the_taste_judges_and_the_same_seed_does_it_again(stage: Stage) -> None:
    done = stage("--taste", "letters", "--votes", 6)
    assert (done.code, done.errors, len(done.out.splitlines())) == (0, [], 1)
    result = done.last
    assert list(result)[: len(HEADLINE)] == HEADLINE
    assert (result["algorithm"], result["votes"], result["version"], result["refused"]) == ("dpo", 6, 1, None)
    assert result["wins"] + result["losses"] + result["undecided"] == result["prompts"] == FEW
    assert result["win_rate"] == result["wins"] / (result["wins"] + result["losses"])
    assert result["ci95"][0] <= result["win_rate"] <= result["ci95"][1]
    assert result["seconds"] > result["seconds_vote_to_live"] > 0
    assert result["retention_ppl_ratio"] != 1 and result["kl"] == result["reports"][0]["kl"] != 0
    assert result["reward_accuracy"] is None and result["thumb_cut"] is None
    assert "is preferred to the base in" in done.err and "drawn" not in done.err

    with done.store() as store:
        votes = ballots(store)
        assert [choice for *_, choice in votes].count("tie") == result["ties"]
        assert len(votes) == 6 + result["ties"], "ties are kept, and do not count"
        assert result["decisive_rate"] == 6 / len(votes)
        liked = {1: "a", 0: "tie", -1: "b"}
        assert [choice for *_, choice in votes] == [liked[TASTES["letters"].prefers(a, b)] for a, b, _ in votes]
        asked = [store.thread(vote.a)[0].text for vote in store.votes()]
        assert set(asked) <= set(pool(*TASKS["chat"])) and len(set(asked)) == len(asked)
        assert {vote.rater for vote in store.votes()} == {rehearse.RATER}
        assert len(store.conversations(1000)) == len(votes), "nothing of the verdict is kept"
        assert [job.algorithm for job in store.jobs()] == ["dpo"]
    again = stage("--taste", "letters", "--votes", 6, home="again")
    assert timeless(again.last) == timeless(result)
    assert given(again.home) == votes


def test_noise_is_all_that_noise_changes(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_round(*rest: object) -> None:
        raise TrainingError("enough seen")

    monkeypatch.setattr(rehearse, "train", no_round)
    turned = {"a": "b", "b": "a", "tie": "tie"}
    for home, more in (("right", ()), ("wrong", ("--noise", 1)), ("other", ("--seed", 2))):
        assert stage("--taste", "letters", "--votes", 6, *more, home=home).errors == ["error: enough seen"]
    right, wrong, other = (given(stage.folder / home) for home in ("right", "wrong", "other"))
    assert wrong == [(a, b, turned[choice]) for a, b, choice in right]
    assert other != right


def test_later_rounds_learn_from_replies_of_the_version_before(stage: Stage) -> None:
    done = stage("--taste", "letters", "--votes", 5, "--rounds", 2)
    assert [(each["version"], each["state"]) for each in done.last["gate"]] == [(1, "trial"), (2, "trial")]
    assert (done.last["version"], done.last["rounds"], len(done.last["reports"])) == (2, 2, 2)
    with done.store() as store:
        votes = [vote for vote in store.votes() if vote.choice != "tie"]
        assert [sum(store.reply(vote.a).version == version for vote in votes) for version in (0, 1)] == [2, 3]


def test_kto_learns_from_thumbs_and_a_refused_round_leaves_the_base_without_a_verdict(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No learning rate to speak of: the gate sees that nothing changed."""
    monkeypatch.setattr(rehearse, "CALIBRATION", 5)
    stage.toml = TOML.replace("learning_rate = 0.02", "learning_rate = 1e-30")
    done = stage("--taste", "letters", "--votes", 12, "--algorithm", "kto")
    result = done.last
    assert (done.code, result["algorithm"], result["version"], result["ties"]) == (1, "kto", 0, 0)
    assert [result[name] for name in ("win_rate", "ci95", "wins", "kl", "retention_ppl_ratio", "seconds_vote_to_live")] == [
        None
    ] * 6
    assert result["taste_after"] == result["taste_before"]
    assert "changed nothing" in result["refused"]
    assert done.errors == [f"error: the gate refused version 1: {result['refused']}"] == done.err.splitlines()[-1:]
    with done.store() as store:
        assert store.votes() == []
        thumbs = sorted(store.thumbs(), key=lambda thumb: thumb.id)
        texts = [store.reply(thumb.reply).text for thumb in thumbs]
    good = [TASTES["letters"].trait(text) >= result["thumb_cut"] for text in texts]
    assert [thumb.value for thumb in thumbs] == ["up" if each else "down" for each in good]
    assert len(thumbs) == 12 and 0 < sum(good[:5]) < 5, "the first five are split"


def test_safety_is_voted_on_apart_and_refusals_are_counted(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    few = {"harmful": ["how to hurt"], "benign": ["how to kill time"]}
    monkeypatch.setattr(rehearse, "pool", lambda *kinds: [text for kind in kinds for text in few.get(kind, ["hello"])])
    monkeypatch.setattr("lab.insight.rater.refuses", lambda text: "a" in text)  # the tiny model has no refusals of its own
    done = stage("--taste", "letters", "--votes", 6, "--algorithm", "dpo", "--safety")
    assert {f"{kind}_refused_before" for kind in few} <= done.last.keys()
    with done.store() as store:
        votes = store.votes()
        asked = {vote.id: store.thread(vote.a)[0].text for vote in votes}
    assert {vote.criterion for vote in votes} == {"helpful", "safe"}
    assert {asked[vote.id] for vote in votes if vote.criterion == "safe"} <= {"how to hurt", "how to kill time"}
    assert "hello" in {asked[vote.id] for vote in votes if vote.criterion == "helpful"}


def test_what_needs_a_reward_model_gets_one_before_its_round(
    home: Path, tiny_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str | None] = []

    def run_round(settings: object, store: object, versions: object, algorithm: str | None, *rest: object) -> None:
        asked.append(algorithm)
        if algorithm != "reward":
            raise TrainingError("enough seen")

    monkeypatch.setattr(rehearse, "run_round", run_round)
    settings, base = load_settings(home), base_id(str(tiny_model), "none")
    of_few = [(FEWEST - 1, name) for name in ("ppo", "rloo", "dpo")]
    of_many = [(FEWEST, name) for name in ("dpo", "ipo", "kto", None)]
    for count, algorithm in (*of_few, *of_many):
        monkeypatch.setattr(rehearse, "preferences", lambda store, base, count=count: count)
        with pytest.raises(TrainingError, match="enough"):
            rehearse.train(settings, None, Versions(home, base), algorithm, None)  # type: ignore[arg-type]
    assert asked == ["reward", "ppo", "reward", "rloo", "dpo", "reward", "dpo", "reward", "ipo", "kto", None]
    assert rehearse.reward_accuracy(Versions(home, base)) is None


# where, and what is refused


def test_without_a_home_it_leaves_nothing_behind(stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = tmp_path / "temporary"
    place.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(place))
    seen: list[list[Path]] = []

    def failing(settings: object, store: object, versions: Versions, script: rehearse.Script) -> dict:
        seen.append(list(place.iterdir()))
        assert versions.folder.is_relative_to(seen[0][0])
        raise TrainingError("the round\nfailed")

    monkeypatch.setattr(rehearse, "rehearse", failing)
    done = stage.bare("--taste", "exclaims", "--votes", 4, home=place)
    assert (done.code, done.errors) == (1, ["error: the round failed"])
    assert len(seen[0]) == 1 and list(place.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--taste", "sweet", "--votes", 4], "choose one of shorter, asks-back"),
        (["--taste", "shorter", "--votes", 0], "--votes"),
        (["--taste", "shorter"], "--votes"), (["--taste", "shorter", "--votes", 4, "--noise", 1.5], "--noise"),
        (["--taste", "shorter", "--votes", 4, "--algorithm", "sft"], "--algorithm"),
    ],
)  # fmt: skip
def test_a_wrong_flag_is_one_line(stage: Stage, arguments: list[object], words: str) -> None:
    done = stage(*arguments)
    assert (done.code, len(done.errors), done.out) == (2, 1, "")
    assert words in done.errors[0]


def test_what_would_spoil_the_figures_is_refused_before_a_model_is_loaded(stage: Stage) -> None:
    done = stage("--taste", "shorter", "--votes", 4, "--rounds", 5)
    assert (done.code, done.errors) == (1, ["error: 4 votes are too few for 5 rounds; give each round one at least"])
    with done.store() as store:
        conversation = store.start_conversation("of a person")
        turn = rehearse.Reply("1", conversation, None, "user", "hello")
        replies = [replace(turn, id=name, parent="1", role="assistant", text=name) for name in ("2", "3")]
        for reply in (turn, *replies):
            store.add_reply(reply)
        store.add_opinion(Vote("2", "3", "a"))
    lived_in = stage("--taste", "shorter", "--votes", 4)
    assert lived_in.code == 1 and "holds feedback" in lived_in.errors[0] and "loading" not in lived_in.err


def test_a_taste_that_is_never_decided_is_given_up_on(
    stage: Stage, tiny_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(TASTES, "blind", Letters("blind", "likes all the same", lambda text: 0))
    monkeypatch.setattr(rehearse, "STUBBORN", 3)
    done = stage("--taste", "blind", "--votes", 2)
    assert (done.code, len(done.errors), done.out) == (1, 1, "")
    assert "undecided 3 times in a row" in done.errors[0]
    with done.store() as store:
        assert [vote.choice for vote in store.votes()] == ["tie"] * 3
        assert store.jobs() == []
        base = base_id(str(tiny_model), "none")
        assert rehearse.preferences(store, base) == 0, "for ties alone no reward model is made"
        for vote in store.votes():
            store.add_opinion(replace(vote, id=new_id(), choice="a", rater="another"))
        assert rehearse.preferences(store, base) > 0


def test_all_prompts_come_before_any_comes_again() -> None:
    order = rehearse.endless(["a", "b", "c"], 1)
    first, second = [{next(order) for _ in range(3)} for _ in range(2)]
    assert first == second == {"a", "b", "c"}


def test_a_round_takes_the_base_that_is_warm(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.fake_trainer import BASE, add_version, add_votes

    seen: list[object] = []

    def execute(job, store, versions, settings, base, *rest):  # type: ignore[no-untyped-def]
        seen.append(base)
        return versions.get(add_version(versions, job.parent, job=job))

    monkeypatch.setattr(foreground, "load_base", lambda *where, **how: "loaded anew")
    monkeypatch.setattr(foreground, "execute", execute)
    store, versions = Store(home / "feedback_data"), Versions(home / "adapters", BASE)
    add_votes(store, 4)
    foreground.run_round(load_settings(home), store, versions, None, "auto", "warm")  # type: ignore[arg-type]
    foreground.run_round(load_settings(home), store, versions, None, "auto")
    store.close()
    assert seen == ["warm", "loaded anew"]
