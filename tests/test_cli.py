"""The command line as a contract: what goes to stdout, what to stderr, and how each verb ends."""

from __future__ import annotations

import gzip
import importlib
import inspect
import itertools
import json
import os
import pkgutil
import shutil
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from lab import cli, compose, verbs
from lab.console import plain, words_of
from lab.errors import LabError
from lab.feedback.store import Store
from lab.model.identity import base_id
from lab.records import new_id
from lab.registry.lock import HomeLock
from lab.registry.versions import Versions
from tests.fake_trainer import add_version

ROOT = Path(cli.__file__).parents[1]
REPORT = {"algorithm", "version", "parent", "steps", "used", "dropped", "loss_first", "loss_last", "heldout_before",
          "heldout_after", "heldout_n", "kl", "canaries", "verdict", "why", "seconds", "peak_mb", "checks"}  # fmt: skip


@dataclass(frozen=True)
class Done:
    """How a verb ended."""

    code: int
    out: str
    err: str

    @property
    def last(self):
        """The JSON of the last line on stdout."""
        return json.loads(self.out.splitlines()[-1])

    @property
    def error(self) -> str:
        """The one line that says what is wrong; asserts that there is just one, and no traceback."""
        lines = [line for line in self.err.splitlines() if line.startswith("error: ")]
        assert self.code == 1, self
        assert len(lines) == 1, self
        assert "Traceback" not in self.err
        assert lines[0] == self.err.splitlines()[-1]
        return lines[0]


class Runner:
    """Runs verbs in this process, on one home and one model."""

    def __init__(self, home: Path, model: Path, capture: pytest.CaptureFixture[str], patch: pytest.MonkeyPatch) -> None:
        self.home, self.model, self._capture, self._patch = home, model, capture, patch

    def __call__(self, verb: str, *arguments: str | Path) -> Done:
        flags = ["--home", str(self.home), "--model", str(self.model), "--quantize", "none", "--device", "cpu"]
        return self.bare(verb, *map(str, arguments), *flags)

    def bare(self, *arguments: str) -> Done:
        self._patch.setattr(sys, "argv", ["launch.py", *arguments])
        self._capture.readouterr()
        try:
            cli.main()
            code = 0
        except SystemExit as ending:
            code = ending.code if isinstance(ending.code, int) else 0 if ending.code is None else 1
        printed = self._capture.readouterr()
        return Done(code, printed.out, printed.err)


@pytest.fixture
def run(home: Path, tiny_model: Path, capsys, monkeypatch) -> Runner:
    return Runner(home, tiny_model, capsys, monkeypatch)


def rows(path: Path, *documents: object) -> Path:
    opening = gzip.open if path.suffix == ".gz" else open
    with opening(path, "wt", encoding="utf-8") as file:
        for document in documents:
            file.write((document if isinstance(document, str) else json.dumps(document)) + "\n")
    return path


def pairs(count: int, start: int = 0) -> list[dict]:
    """Pairs whose chosen replies are of one kind and whose rejected ones of another."""
    return [
        {"prompt": f"question number {k}?", "chosen": "yes, hello there, a small dog", "rejected": "9 8 7 6 5 4 3 2 1"}
        for k in range(start, start + count)
    ]


# the line itself


def test_help_answers_at_once_and_lists_the_verbs():
    began = time.perf_counter()
    done = subprocess.run([sys.executable, "-m", "lab.cli", "--help"], capture_output=True, text=True, cwd=ROOT, check=True)
    assert time.perf_counter() - began < 2.0  # under 0.3 s alone; the margin is for a loaded machine
    for verb in ("chat", "trainer", "import", "export", "train", "versions", "activate", "rollback", "delete", "save",
                 "generate", "score", "doctor"):  # fmt: skip
        assert f"\n  {verb} " in done.stdout


@pytest.mark.parametrize("group", [module.name for module in pkgutil.iter_modules(verbs.__path__)])
def test_every_verb_that_is_written_is_listed(group: str):
    """One that cli.py does not list would be no verb, without a word. Functions that return something are no verbs."""
    module = importlib.import_module(f"lab.verbs.{group}")
    own = [entry for entry in vars(module).values() if inspect.isfunction(entry) and entry.__module__ == module.__name__]
    written = {entry for entry in own if inspect.signature(entry).return_annotation == "None"}
    assert written
    assert written <= {command.callback for command in cli.app.registered_commands}


def test_nothing_heavy_is_imported_before_a_verb_needs_it():
    heavy = ["torch", "transformers", "gradio", "sqlalchemy", "pydantic", "numpy", "rich.table"]
    code = f"import sys, lab.cli; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("given", "meant"),
    [([], ["chat"]), (["--port", "7000"], ["chat", "--port", "7000"]), (["versions"], ["versions"]), (["--help"], ["--help"])],
)
def test_chat_is_the_default_verb(given, meant, monkeypatch):
    seen = []
    monkeypatch.setattr(cli, "app", lambda args, prog_name: seen.append(args))
    monkeypatch.setattr(sys, "argv", ["launch.py", *given])
    cli.main()
    assert seen == [meant]


def test_a_wrong_command_line_exits_2(run: Runner):
    assert run("train", "--algorithm", "magic").code == 2
    assert run("no-such-verb").code == 2
    assert run("activate", "one").code == 2


def test_a_mistake_is_one_line_and_a_bug_keeps_its_traceback(run: Runner, monkeypatch):
    def fail(args: list[str], prog_name: str) -> None:
        raise LabError("the thing is\n  wrong; mend it")

    monkeypatch.setattr(cli, "app", fail)
    assert run.bare("versions").error == "error: the thing is wrong; mend it"

    def crash(args: list[str], prog_name: str) -> None:
        raise KeyError("a bug")

    monkeypatch.setattr(cli, "app", crash)
    with pytest.raises(KeyError, match="a bug"):
        run.bare("versions")


def test_wrong_settings_are_all_named_in_one_line(run: Runner):
    (run.home / "lab.toml").write_text("colour = 'red'\n[train]\nepochs = 0\n")
    message = run("versions").error
    assert "2 problem(s)" in message
    assert "colour" in message
    assert "train.epochs" in message


def without_the_hub(run: Runner, *arguments: str) -> Done:
    """A verb in a process of its own, for which the Hub is where nothing listens and its cache is the home's."""
    nowhere = {"HF_ENDPOINT": "http://127.0.0.1:9", "HF_HOME": str(run.home / "cache"), "HF_HUB_OFFLINE": "0"}
    command = [sys.executable, "-m", "lab.cli", *arguments, "--home", str(run.home)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False, env=os.environ | nowhere)
    return Done(done.returncode, done.stdout, done.stderr)


def test_a_model_of_the_hub_that_was_fetched_once_works_without_the_hub(run: Runner):
    place = run.home / "cache" / "hub" / "models--someone--tiny"
    shutil.copytree(run.model, place / "snapshots" / "abc")
    (place / "refs").mkdir()
    (place / "refs" / "main").write_text("abc")
    done = without_the_hub(run, "versions", "--json", "--model", "someone/tiny")
    assert (done.code, done.err) == (0, "")
    assert [entry["base"].startswith("tiny-nf4-") for entry in done.last] == [True]


def test_a_model_of_the_hub_without_the_hub_is_one_line(run: Runner):
    """No cache, no network, and no traceback of five exceptions."""
    done = without_the_hub(run, "versions", "--model", "Qwen/Qwen3-0.6B")
    assert (done.code, done.out) == (1, "")
    assert done.err == (
        "error: cannot reach the Hub for 'Qwen/Qwen3-0.6B' and it is not in the local cache; connect once, or give 'starter' "
        "or a local folder\n"
    )


def test_bench_goes_to_the_benchmark_it_names(run: Runner, monkeypatch):
    seen = []
    monkeypatch.setattr(os, "chdir", lambda folder: None)
    monkeypatch.setattr(os, "execv", lambda python, command: seen.append(command[1:]))
    run.bare("bench", "starter", "--seed", "2", "--help")
    run.bare("bench", "dpo", "--dtype", "bf16")
    starter, training = seen
    assert starter == ["-m", "benchmarks.starter", "--seed", "2", "--help"]
    assert training == ["-m", "benchmarks.training", "dpo", "--dtype", "bf16"]


def test_a_missing_model_says_what_to_give(run: Runner, tmp_path: Path):
    (tmp_path / "empty").mkdir()
    for model, words in ((tmp_path / "nowhere", "no such folder"), (tmp_path / "empty", "no config.json")):
        run.model = model
        for verb in (["versions"], ["train"], ["chat", "--no-browser", "--port", str(free_port())]):
            assert words in run(*verb).error


def test_numbers_that_json_does_not_have_become_null():
    assert plain({"a": float("nan"), 1: (float("inf"), 0.5)}) == {"a": None, "1": [None, 0.5]}


def test_progress_is_said_in_words():
    assert words_of({"phase": "training", "step": 3, "loss": 0.5, "margin": None}) == "training  loss 0.500"


# feedback


def test_import_keeps_good_rows_and_names_the_others(run: Runner, tmp_path: Path):
    good = pairs(2)
    done = run("import", rows(tmp_path / "mixed.jsonl", good[0], '{"prompt": "half', {"prompt": "x"}, good[1], "[]"))
    assert done.code == 0
    assert done.last == {"pairs": 2, "refused": 3}
    assert [line.partition(":")[0] for line in done.err.splitlines()] == ["line 2", "line 3", "line 5"]
    assert "not JSON" in done.err.splitlines()[0]


def test_importing_again_changes_nothing(run: Runner, tmp_path: Path):
    file = rows(tmp_path / "pairs.jsonl.gz", *pairs(3))
    assert run("import", file).last == {"pairs": 3, "refused": 0}
    again = run("import", file)
    assert (again.code, again.last) == (0, {"already here": 3, "refused": 0})


@pytest.mark.parametrize(("content", "words"), [(["no row"], "every row was refused"), ([], "no rows")])
def test_an_import_that_brings_nothing_fails(run: Runner, tmp_path: Path, content, words):
    assert words in run("import", rows(tmp_path / "none.jsonl", *content)).error


def test_a_long_list_of_refusals_is_cut(run: Runner, tmp_path: Path):
    done = run("import", rows(tmp_path / "bad.jsonl", pairs(1)[0], *["no row"] * 80))
    assert done.last["refused"] == 80
    assert "and 30 more" in done.err
    assert len(done.err.splitlines()) == 51


def test_audit_lists_what_is_odd_and_how_sure_that_is(run: Runner, tmp_path: Path):
    assert {each["n"] for each in run("audit").last} == {0}
    votes = [json.dumps({"prompt": f"q{k}", "response_a": "a", "response_b": "a longer one", "choice": "b"}) for k in range(30)]
    run("import", rows(tmp_path / "votes.jsonl", *votes))
    done = run("audit")
    found = {each["name"]: each for each in done.last}
    assert set(found) == {"side", "length", "haste", "steadiness", "agreement", "drift", "thumbs"}
    assert found["length"]["concern"] and found["length"]["share"] == 1 and found["length"]["n"] == 30
    assert not found["drift"]["concern"]
    assert "Longer reply chosen: The longer (or the shorter) reply wins more often than not" in done.err


def test_what_the_audit_found_is_used_where_it_is_asked_for(run: Runner, tmp_path: Path):
    told = {"response_a": "a", "response_b": "a longer one", "choice": "b", "ms": 10}
    votes = [json.dumps({"prompt": f"q{k}"} | told) for k in range(9)]
    run("import", rows(tmp_path / "votes.jsonl", *votes))
    found = {each["name"]: each for each in run("audit").last}
    assert (found["haste"]["used"], found["haste"]["left_out"]) == (False, 9) and "used" not in found["thumbs"]
    done = run("audit", "--use", "haste", "--use", "length", "--ignore", "length")
    assert {each["name"] for each in done.last if each.get("used")} == {"haste"}
    assert "training uses it: 9 left out" in done.err and "`audit --use length` would: changes nothing so far" in done.err
    assert {each["name"] for each in run("audit").last if each.get("used")} == {"haste"}, "it is kept"
    assert {each["name"] for each in run("audit", "--reset").last if each.get("used")} == set()
    assert "there is no switch 'speed'; use one of side" in run("audit", "--use", "speed").error


def test_lineage_needs_something_that_is_there(run: Runner):
    assert run("lineage", "0").last == {"version": 0, "lineage": []}
    assert "there is no version 7" in run("lineage", "7").error
    assert "nothing" in run("lineage", "nothing").error


def test_scoring_by_a_reward_model_needs_one(run: Runner, tmp_path: Path):
    done = run("score", rows(tmp_path / "pairs.jsonl", *pairs(3)), "--by", "reward")
    assert "there is no reward model yet; `train --algorithm reward` makes one" in done.error


def test_forget_asks_first_and_then_leaves_nothing(run: Runner, tmp_path: Path, home: Path):
    assert "no conversation and no rater 'ada'" in run("forget", "ada").error
    vote = json.dumps({"prompt": "q", "response_a": "marzipan", "response_b": "nougat", "choice": "b", "rater": "ada"})
    run("import", rows(tmp_path / "votes.jsonl", vote))
    assert "nothing was deleted; answer y, or give --yes" in run("forget", "ada").error
    run("export", home / "own.jsonl", "--as", "votes")
    done = run("forget", "ada", "--yes")
    nothing = {"versions": {}, "rewards": {}, "live": {}, "exports": []}
    assert done.last == {"opinions": 1, "turns": 0, **nothing, "stay": ["own.jsonl"]}
    assert "This stays and may hold some of it, so have a look: own.jsonl." in done.err
    store = Store(home / "feedback_data")
    (conversation,) = store.conversations()
    store.close()
    assert run("forget", conversation.id, "--yes").last["turns"] == 3
    assert not any(b"marzipan" in file.read_bytes() for file in (home / "feedback_data").iterdir())


def test_missing_files_are_one_line(run: Runner, tmp_path: Path):
    nowhere = tmp_path / "nowhere.jsonl"
    for verb in (["import", nowhere], ["score", nowhere], ["generate", "--prompts", nowhere]):
        assert str(nowhere) in run(*verb).error
    assert "no folder" in run("export", tmp_path / "no" / "x.jsonl", "--as", "pairs").error


def test_what_is_exported_can_be_imported_elsewhere(run: Runner, tmp_path: Path):
    run("import", rows(tmp_path / "in.jsonl", *pairs(2)))
    done = run("export", tmp_path / "out.jsonl", "--as", "pairs")
    assert done.last == {"file": str(tmp_path / "out.jsonl"), "as": "pairs", "rows": 2}
    exported = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert {row["chosen"][0]["content"] for row in exported} == {"yes, hello there, a small dog"}
    run.home = tmp_path / "another home"
    assert run("import", tmp_path / "out.jsonl").last == {"pairs": 2, "refused": 0}


def test_every_kind_of_feedback_goes_out_as_it_came_in(run: Runner, tmp_path: Path):
    kinds = {
        "votes": {"prompt": "hello", "response_a": "a", "response_b": "b", "choice": "tie"},
        "thumbs": {"prompt": "hello", "completion": "hi", "label": True},
        "corrections": {"prompt": "hello", "completion": "what", "better": "hi there"},
        "chats": {"messages": [{"role": "user", "content": "bye"}, {"role": "assistant", "content": "see you"}]},
    }
    run("import", rows(tmp_path / "in.jsonl", *kinds.values()))
    here = run.home
    for kind in kinds:
        run.home = here
        assert run("export", tmp_path / f"{kind}.jsonl.gz", "--as", kind).last["rows"] == 1
        assert run("import", tmp_path / f"{kind}.jsonl.gz").last == {"already here": 1, "refused": 0}
        run.home = tmp_path / "another home"
        assert run("import", tmp_path / f"{kind}.jsonl.gz").last == {kind: 1, "refused": 0}


def test_a_dataset_that_is_not_there_is_one_line(run: Runner):
    done = run("import", "hub:nobody/nothing")
    assert "'nobody/nothing'" in done.error
    assert done.err.splitlines() == [done.error]


# who may run


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_a_busy_port_is_said_before_any_model_is_loaded(run: Runner):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        message = run("chat", "--no-browser", "--port", taken.getsockname()[1]).error
    assert "--port" in message


def test_a_lab_that_others_can_reach_needs_a_log_in(run: Runner):
    assert "--auth" in run("chat", "--host", "0.0.0.0", "--no-browser", "--port", free_port()).error


def test_a_second_lab_on_the_same_home_is_refused(run: Runner):
    with HomeLock(run.home):
        message = run("chat", "--no-browser", "--port", free_port()).error
    assert str(run.home) in message
    assert "--home" in message


def test_train_waits_for_nobody(run: Runner, tmp_path: Path):
    """A chat's trainer holds the lease: the foreground round says so at once and plans nothing."""
    run("import", rows(tmp_path / "in.jsonl", *pairs(4)))
    store = Store(run.home / "feedback_data")
    assert store.signals.take_lease("trainer", "another-machine:1", 60)
    assert "another-machine:1" in run("train").error
    assert store.jobs() == []
    store.close()


def test_training_on_nothing_is_refused(run: Runner):
    assert "nothing to train on" in run("train").error
    store = Store(run.home / "feedback_data")
    assert store.signals.lease_holder("trainer") is None
    store.close()


def test_the_trainer_command_is_one_the_line_takes(run: Runner, monkeypatch):
    from lab.settings import load_settings
    from lab.train import serve

    seen = []
    monkeypatch.setattr(serve, "serve", lambda store, versions, settings, parent: seen.append((settings, parent)))
    settings = load_settings(run.home, {"model": str(run.model), "quantize": "none", "device": "cpu"})
    command = compose.trainer_command(settings)
    assert command[:3] == [sys.executable, "-m", "lab.cli"]
    assert run.bare(*command[3:]).code == 0
    assert seen == [(settings, os.getpid())]


def test_a_chat_without_a_trainer_still_follows_and_plans(run: Runner, monkeypatch):
    from lab.loop import worker as loop
    from lab.train import serve
    from lab.ui import app

    served = []
    monkeypatch.setattr(app, "serve", lambda lab, *where: served.append((lab.worker, lab.worker.status())))
    before = signal.getsignal(signal.SIGTERM)
    assert run("chat", "--no-trainer", "--no-browser", "--port", free_port()).code == 0
    signal.signal(signal.SIGTERM, before)
    [(worker, status)] = served
    assert worker.trainer.command == []
    assert "no trainer runs" in status.reason
    assert loop.LEASE == serve.LEASE  # neither may import the other, and they must mean the same


# versions


def test_a_new_home_has_the_base_alone(run: Runner):
    listed = json.loads(run("versions", "--json").out)
    assert [set(entry) for entry in listed] == [{"version", "parent", "state", "base", "algorithm", "created", "report"}]
    assert (listed[0]["version"], listed[0]["state"]) == (0, "live")
    shown = run("versions")
    assert shown.out == ""
    assert "live" in shown.err


def test_a_reader_that_has_seen_enough_is_no_bug(home: Path):
    """`versions --json | head` closes the pipe before all is written: no traceback, no words."""
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "lab.cli", "versions", "--json", "--home", str(home)]
    done = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, text=True, cwd=ROOT, check=False)
    os.close(writing)
    assert (done.returncode, done.stderr) == (1, "")


@pytest.mark.parametrize("verb", [["activate", "9"], ["delete", "9"], ["save", "9", "folder"], ["generate", "--version", "9"],
                                  ["score", "--version", "9"]])  # fmt: skip
def test_an_unknown_version_is_one_line(run: Runner, tmp_path: Path, verb: list[str]):
    extra = {
        "generate": ["--prompts", rows(tmp_path / "p.jsonl", {"prompt": "hello"})],
        "score": [rows(tmp_path / "s.jsonl", *pairs(1))],
    }.get(verb[0], [])
    assert "no version 9" in run(*verb, *extra).error


def test_rolling_back_from_the_beginning_is_one_line(run: Runner):
    assert "rollback" not in run("rollback").error


def test_a_rollback_takes_effect_within_seconds_of_the_command(home: Path, tiny_model: Path):
    """From the start of Python until CURRENT, which a running chat follows; a busy machine has time, a loaded model has not."""
    versions = Versions(home / "adapters", base_id(str(tiny_model), "none"))
    versions.activate(add_version(versions))
    flags = ["--home", str(home), "--model", str(tiny_model), "--quantize", "none"]
    took = []
    for _ in range(2):
        versions.activate(1)
        began = time.monotonic()
        with subprocess.Popen([sys.executable, "-m", "lab.cli", "rollback", *flags], cwd=ROOT) as command:
            while versions.named() != 0 and time.monotonic() - began < 60:
                time.sleep(0.005)
            took.append(time.monotonic() - began)
            assert command.wait(60) == 0
    print("CURRENT names version 0 after", ", ".join(f"{seconds:.2f} s" for seconds in took))
    assert min(took) < 3.0


def test_the_base_scores_a_half(run: Runner, tmp_path: Path):
    done = run("score", rows(tmp_path / "s.jsonl", *pairs(4)), "--by", "policy")
    assert done.last["accuracy"] == 0.5
    assert done.last["n"] == 4
    assert done.last["longer_wins"] == 1.0
    low, high = done.last["ci95"]
    assert low < 0.5 < high


def test_score_takes_pairs_of_one_criterion(run: Runner, tmp_path: Path):
    criteria = ("safe", "safe", "helpful")
    file = rows(tmp_path / "s.jsonl", *(pair | {"criterion": c} for pair, c in zip(pairs(3), criteria, strict=True)))
    assert run("score", file, "--criterion", "safe").last["n"] == 2
    assert "of criterion overall" in run("score", file, "--criterion", "overall").error


def test_generate_answers_line_by_line_and_the_same_way_twice(run: Runner, tmp_path: Path):
    file = rows(tmp_path / "p.jsonl", {"prompt": "hello there"}, {"prompt": [{"role": "user", "content": "yes?"}]})
    flags = ("--samples", "3", "--seed", "7", "--max-new-tokens", "6")
    first, again = run("generate", "--prompts", file, *flags), run("generate", "--prompts", file, *flags)
    answers = [json.loads(line) for line in first.out.splitlines()]
    assert [set(answer) for answer in answers] == [{"prompt", "replies", "version"}] * 2
    assert [len(answer["replies"]) for answer in answers] == [3, 3]
    assert answers[0]["prompt"] == [{"role": "user", "content": "hello there"}]
    assert answers[0]["version"] == 0
    assert len(set(answers[0]["replies"])) > 1
    assert again.out == first.out


def test_greedy_samples_are_all_alike(run: Runner, tmp_path: Path):
    file = rows(tmp_path / "p.jsonl", {"prompt": "hello there"})
    done = run("generate", "--prompts", file, "--greedy", "--samples", "2", "--max-new-tokens", "6")
    assert len(set(done.last["replies"])) == 1


def test_a_prompt_that_does_not_fit_is_named(run: Runner, tmp_path: Path):
    file = rows(tmp_path / "p.jsonl", {"prompt": "hello"}, {"prompt": "dog " * 600})
    assert "prompt 2" in run("generate", "--prompts", file).error


# a whole round


def held_out_of(home: Path, trained: list[str]) -> str:
    """An opinion that no round was given."""
    store = Store(home / "feedback_data")
    found = next(vote.id for vote in store.votes() if vote.id not in trained)
    store.close()
    return found


def test_a_round_from_rows_to_replies(run: Runner, tmp_path: Path):
    """Import, train, list, score, generate, save, roll back, activate, break, delete: one home's life."""
    (run.home / "lab.toml").write_text("[train]\nlearning_rate = 5e-3\nepochs = 4\n")
    run("import", rows(tmp_path / "train.jsonl", *pairs(24)))
    trained = run("train", "--algorithm", "dpo", "--publish", "always")
    assert trained.code == 0, trained.err
    report = trained.last
    assert set(report) == REPORT
    assert (report["algorithm"], report["version"], report["verdict"]) == ("dpo", 1, "passed")
    assert report["steps"] > 0
    assert report["loss_last"] < report["loss_first"]

    listed = json.loads(run("versions", "--json").out)
    assert [(entry["version"], entry["state"]) for entry in listed] == [(0, "retired"), (1, "live")]
    assert listed[1]["report"] == report
    drift = next(check for check in report["checks"] if check["name"] == "kl")
    assert (drift["value"], drift["limit"], drift["why"]) == (report["kl"], 2.0, ""), "each figure has its limit beside it"
    store = Store(run.home / "feedback_data")
    job = store.jobs()[0]
    assert (job.state, job.version, store.signals.lease_holder("trainer")) == ("done", 1, None)
    assert store.learned([job.id], base_id(str(run.model), "none")) == set(job.opinions)
    vote = store.votes()[0]
    asked = store.reply(vote.a).parent
    spoken = replace(store.reply(vote.a), id=new_id(), text="said by it", version=1, base=job.base, parent=asked)
    store.add_reply(spoken)
    store.close()

    line = run("lineage", "1")
    (step,) = line.last["lineage"]
    assert (step["parent"], step["job"], len(step["learned"])) == (0, job.id, len(job.opinions))
    assert "version 1 (live), dpo from version 0" in line.err and "version 0: the base" in line.err
    assert line.err.count("    vote: “") == len(job.opinions)
    assert run("lineage", spoken.id).last == line.last, "a reply has the lineage of who spoke it"
    assert "typed or imported" in run("lineage", vote.a).error
    assert run("lineage", job.opinions[0]).last == {"opinion": job.opinions[0], "versions": [1]}
    assert "versions that learned from it: none yet" in run("lineage", held_out_of(run.home, job.opinions)).err

    new = rows(tmp_path / "new.jsonl", *pairs(12, start=100))
    assert run("score", new).last["accuracy"] > 0.9  # prompts it never saw
    assert run("score", new, "--version", "0").last["accuracy"] == 0.5
    prompts = rows(tmp_path / "p.jsonl", {"prompt": "hello there"})
    assert run("generate", "--prompts", prompts, "--max-new-tokens", "4").last["version"] == 1

    assert run("save", "1", tmp_path / "mine", "--as", "peft").code == 0
    files = {"adapter_config.json", "adapter_model.safetensors", "hone-version.json"}
    assert {file.name for file in (tmp_path / "mine").iterdir()} == files
    merged = run("save", "1", tmp_path / "whole", "--as", "merged")
    assert merged.last["agreement"] == 1.0 and merged.last["correlation"] > 0.99, merged.last
    assert "the export agrees with the adapter in 100.0% of" in merged.err
    mark = json.loads((tmp_path / "whole" / "hone-version.json").read_text())
    assert (mark["version"], mark["job"]) == (1, job.id) and "model.safetensors" in mark["files"]
    assert set(mark["files"]) == {file.name for file in (tmp_path / "whole").iterdir()} - {"hone-version.json"}
    assert "live" in run("delete", "1").error
    assert run("rollback").code == 0
    assert run("generate", "--prompts", prompts, "--max-new-tokens", "4").last["version"] == 0
    assert run("activate", "1").code == 0
    assert run("activate", "0").code == 0

    weights = run.home / "adapters" / base_id(str(run.model), "none") / "0001" / "adapter_model.safetensors"
    content = bytearray(weights.read_bytes())
    content[-1] ^= 1
    weights.write_bytes(content)
    assert "damaged" in run("activate", "1").error
    broken = run("doctor")
    assert "0001" in broken.err
    assert "1 of" in broken.error
    assert broken.last["well"] is False
    assert run("delete", "1").code == 0
    assert [entry["version"] for entry in json.loads(run("versions", "--json").out)] == [0]


def test_a_version_that_is_refused_ends_with_1_and_its_report(run: Runner, tmp_path: Path):
    """A round with no learning rate to speak of changes nothing, and the gate says so."""
    (run.home / "lab.toml").write_text("[train]\nlearning_rate = 1e-30\nepochs = 1\n")
    run("import", rows(tmp_path / "train.jsonl", *pairs(6)))
    refused = run("train", "--algorithm", "dpo")
    assert "refused" in refused.error
    assert refused.last["verdict"] == "refused"
    assert refused.last["why"]
    listed = json.loads(run("versions", "--json").out)
    assert [(entry["version"], entry["state"]) for entry in listed] == [(0, "live"), (1, "refused")]


def test_never_keeps_a_candidate(run: Runner, tmp_path: Path):
    (run.home / "lab.toml").write_text("[train]\nepochs = 1\n")
    thumbs = [{"prompt": f"question {k}?", "completion": f"answer {k}", "label": k % 2 == 0} for k in range(10)]
    run("import", rows(tmp_path / "thumbs.jsonl", *thumbs))
    done = run("train", "--publish", "never")  # auto takes KTO: there are only thumbs
    assert done.code == 0, done.err
    assert done.last["algorithm"] == "kto"
    assert [entry["state"] for entry in json.loads(run("versions", "--json").out)] == ["live", "candidate"]


def test_a_failed_round_is_a_failed_job(run: Runner, tmp_path: Path):
    """Rows that are too long for the model leave nothing to train on; the job says so and the lease is free again."""
    long = [{"prompt": f"question {k}? " + "dog " * 700, "chosen": "yes", "rejected": "no"} for k in range(8)]
    run("import", rows(tmp_path / "long.jsonl", *long))
    assert "nothing to train on" in run("train", "--algorithm", "dpo").error
    store = Store(run.home / "feedback_data")
    assert [job.state for job in store.jobs()] == ["failed"]
    assert store.signals.lease_holder("trainer") is None
    store.close()


# doctor


def test_doctor_finds_a_new_home_well(run: Runner):
    done = run("doctor")
    assert done.code == 0, done.err
    assert done.last["well"] is True
    names = [entry["name"] for entry in done.last["findings"]]
    assert names == ["python", "torch", "model", "disk", "store", "versions", "running"]


def test_doctor_goes_on_after_what_is_broken(run: Runner, tmp_path: Path):
    run.model = tmp_path / "nowhere"
    (run.home / "feedback_data").mkdir()
    (run.home / "feedback_data" / "lab.db").write_text("no database at all, " * 100)
    done = run("doctor")
    assert "broken: model, store, versions" in done.error
    assert [entry["name"] for entry in done.last["findings"]][-1] == "running"


def test_doctor_tries_the_quantization(run: Runner):
    done = run.bare("doctor", "--home", str(run.home), "--model", str(run.model), "--quantize", "nf4")
    [finding] = [entry for entry in done.last["findings"] if entry["name"] == "nf4"]
    assert finding["well"] is True
    assert "%" in finding["words"]


# being interrupted


def test_ctrl_c_ends_a_round_between_two_steps_and_the_job_says_so(run: Runner, tmp_path: Path, monkeypatch):
    from lab import foreground
    from lab.train.hooks import Stopped

    def execute(job, store, versions, settings, base, on_progress, should_stop):
        assert not should_stop()
        os.kill(os.getpid(), signal.SIGINT)
        assert should_stop()
        raise Stopped

    monkeypatch.setattr(foreground, "execute", execute)
    before = signal.getsignal(signal.SIGINT)
    run("import", rows(tmp_path / "in.jsonl", *pairs(4)))
    assert "stopped on request" in run("train").error
    assert signal.getsignal(signal.SIGINT) is before
    store = Store(run.home / "feedback_data")
    assert [job.state for job in store.jobs()] == ["failed"]
    assert store.signals.lease_holder("trainer") is None
    store.close()


def test_a_dead_trainers_lease_holds_nobody_up(run: Runner, tmp_path: Path):
    """A killed chat leaves its trainer's lease behind for some seconds."""
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    store = Store(run.home / "feedback_data")
    assert store.signals.take_lease("trainer", f"{socket.gethostname()}:{gone.pid}", 60)
    store.close()
    began = time.monotonic()
    assert "nothing to train on" in run("train").error
    assert time.monotonic() - began < 10


# another model, from the page


def test_a_chosen_model_is_started_in_the_same_place_and_process(run: Runner, monkeypatch):
    from lab.ui import app
    from lab.ui.switch import Choice, SwitchStatus

    def serve(lab, *where):
        lab.switcher._status = SwitchStatus("restarting", Choice("org/other", "int8"))
        lab.switcher.leaving.set()

    became = []
    monkeypatch.setattr(app, "serve", serve)
    monkeypatch.setattr(os, "execv", lambda program, command: became.append(command))
    before, port = signal.getsignal(signal.SIGTERM), free_port()
    run("chat", "--no-trainer", "--no-browser", "--port", port)
    signal.signal(signal.SIGTERM, before)
    [command] = became
    assert command[1:4] == ["-m", "lab.cli", "chat"]
    flags = dict(itertools.pairwise(command))
    assert (flags["--model"], flags["--quantize"], flags["--port"]) == ("org/other", "int8", str(port))
    assert flags["--back"] == f"none:{run.model}" and "--no-trainer" in command and "--no-browser" in command
    assert "org/other (int8) now" in flags["--note"]
    HomeLock(run.home).__enter__().__exit__(None, None, None)  # the home is free for it


def test_a_model_that_fails_after_all_gives_way_to_the_one_before(run: Runner, monkeypatch):
    became = []
    monkeypatch.setattr(os, "execv", lambda program, command: became.append(command))
    arguments = ["chat", "--home", str(run.home), "--model", "nowhere", "--no-browser", "--port", str(free_port())]
    run.bare(*arguments, "--back", "none:C:/a model")
    [command] = became
    flags = dict(itertools.pairwise(command))
    assert (flags["--model"], flags["--quantize"]) == ("C:/a model", "none")
    assert "nowhere could not be started, so C:/a model goes on: no model 'nowhere'" in flags["--note"]
    assert "--back" not in command, "it fails once, not for ever"
