"""The README is run: its commands in order on one fresh home, its files as they stand there, its tree against the disk."""

from __future__ import annotations

import json
import os
import re
import shlex
import socket
import subprocess
import sys
import threading
import tomllib
import urllib.request
from pathlib import Path

import pytest

import launch

ROOT = Path(launch.__file__).parent
TEXT = (ROOT / "README.md").read_text(encoding="utf-8")
STARTER = ROOT / "lab" / "model" / "starter"


def blocks(language: str) -> list[str]:
    """The fenced blocks of a language; "" for those that name none."""
    fenced = re.findall(r"^```(\w*)\n(.*?)^```$", TEXT, re.M | re.S)
    return [content for name, content in fenced if name == language]


def files() -> dict[str, str]:
    """The blocks that stand for a file, by its name."""
    return dict(re.findall(r"^<!-- file: (\S+) -->\n```\w+\n(.*?)^```", TEXT, re.M | re.S))


def commands() -> list[list[str]]:
    """Arguments of every launch.py line in a shell block, in order."""
    lines = [line for block in blocks("sh") for line in block.splitlines() if line.strip()]
    assert all(line.startswith("python3 launch.py") for line in lines), lines
    return [shlex.split(line)[2:] for line in lines]


def command_of(arguments: list[str], flags: list[str]) -> list[str]:
    """The command as this environment runs it: through launch.py where the lab is installed, as CI has it."""
    way = [str(ROOT / "launch.py")] if launch.is_installed_here() else ["-m", "lab.cli"]
    return [sys.executable, *way, *arguments, *flags]


@pytest.fixture
def flags(home: Path, tiny_model: Path) -> list[str]:
    """A home of its own, and the starter where it is built, else a tiny model."""
    if (STARTER / "config.json").is_file():
        return ["--home", str(home)]
    return ["--home", str(home), "--model", str(tiny_model), "--quantize", "none"]


@pytest.fixture
def environment() -> dict[str, str]:
    path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]).rstrip(os.pathsep)
    return os.environ | {"PYTHONPATH": path, "HF_HUB_OFFLINE": "1"}


def test_it_opens_with_the_two_commands():
    assert commands()[:2] == [[], ["test"]]
    assert TEXT.index("```sh") < TEXT.index("## ")


def test_its_commands_run_in_order(tmp_path: Path, flags: list[str], environment: dict[str, str]):
    for name, content in files().items():
        if name != "lab.toml":
            (tmp_path / name).write_text(content, encoding="utf-8")
    outputs = {}
    for arguments in commands():
        if arguments and arguments[0] != "test":
            command = command_of(arguments, flags)
            done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
            assert done.returncode == 0, f"{arguments}\n{done.stdout}\n{done.stderr}"
            outputs[arguments[0]] = done.stdout
    counts = json.loads(outputs["import"])
    assert counts.pop("refused") == 0
    assert set(counts) == {"pairs", "votes", "thumbs", "corrections", "chats"}  # every shape has its row
    assert json.loads(outputs["train"].splitlines()[-1])["algorithm"] == "dpo"
    assert [entry["version"] for entry in json.loads(outputs["versions"])] == [0, 1]
    assert json.loads(outputs["score"].splitlines()[-1])["n"] > 1
    answers = [json.loads(line) for line in outputs["generate"].splitlines()]
    assert [len(answer["replies"]) for answer in answers] == [2, 2]


def test_the_first_command_opens_the_chat(flags: list[str], environment: dict[str, str]):
    """The default verb, with a free port and without a browser window; Ctrl-C's signal ends it and its trainer."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    arguments = [*commands()[0], "--port", str(port), "--no-browser"]
    chat = subprocess.Popen(command_of(arguments, flags), env=environment, stderr=subprocess.PIPE, text=True)
    guard = threading.Timer(180, chat.kill)
    guard.start()
    try:
        assert chat.stderr is not None
        said = ""
        for line in chat.stderr:  # it says its address once it answers there
            said += line
            if f"http://127.0.0.1:{port}" in line:
                break
        assert f"http://127.0.0.1:{port}" in said
        assert "Hone" in urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=30).read().decode()
        chat.terminate()
        _, rest = chat.communicate(timeout=60)
        assert "Traceback" not in said + rest
    finally:
        guard.cancel()
        if chat.poll() is None:
            chat.kill()
            chat.communicate()


def test_its_settings_are_settings(home: Path):
    from lab.settings import load_settings

    (home / "lab.toml").write_text(files()["lab.toml"], encoding="utf-8")
    settings = load_settings(home)
    assert settings.rater == "ada"
    assert settings.loop.min_new == tomllib.loads(files()["lab.toml"])["loop"]["min_new"]


def test_its_tree_is_the_tree():
    [tree] = [block for block in blocks("") if "launch.py " in block]
    inside = re.findall(r"^  (\w[\w.]*/?) ", tree, re.M)
    assert [name for name in inside if not (ROOT / "lab" / name).exists()] == []
    outside = [*re.findall(r"^(\w[\w.]*/?)(?: |$)", tree, re.M), "feedback_data/"]
    assert [name for name in outside if not (ROOT / name).exists()] == []
    folders = {f"{init.parent.name}/" for init in (ROOT / "lab").glob("*/__init__.py")}
    assert folders == {name for name in inside if name.endswith("/")}


def test_what_it_links_to_is_there():
    links = [link for link in re.findall(r"\]\(([^)]+)\)", TEXT) if not link.startswith("http")]
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_modules_it_names_exist():
    named = re.findall(r"`((?:chat|feedback|loop|train|registry|model|insight|ui|verbs)/\w+\.py)", TEXT)
    assert len(named) > 8
    assert [name for name in named if not (ROOT / "lab" / name).is_file()] == []


def test_every_verb_it_lists_and_every_verb_there_is():
    from lab.cli import app

    verbs = {(command.name or command.callback.__name__) for command in app.registered_commands if command.callback}
    missing = {verb for verb in verbs if f"`{verb}`" not in TEXT and f"launch.py {verb}" not in TEXT}
    assert missing == set()
    assert {arguments[0] for arguments in commands() if arguments} <= verbs | {"test"}
