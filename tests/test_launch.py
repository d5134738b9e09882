"""The bootstrap: it installs once, notices what changed, hands over unchanged, and says in one line why it cannot."""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import pytest

import launch

ROOT = Path(launch.__file__).parent

FAKE_PYTHON = """#!/bin/sh
# stands for .venv/bin/python: notes what it is asked, plays pip, and answers for the lab
printf '%s\\n' "$*" >> "{calls}"
case "$2" in
  pip) cat "{pip}"; exit "$(cat "{code}")" ;;
  pytest) case "$*" in *"$(cat "{failing}")"*) exit 1 ;; esac ;;
  lab.cli) shift 2; printf '<%s>' "$@"; exit 7 ;;
esac
"""


class Place:
    """A folder with launch.py's files in it, and a .venv whose Python is a fake."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.calls, self.pip, self.code = folder / "calls", folder / "pip", folder / "code"
        self.failing = folder / "failing"
        shutil.copy(ROOT / "launch.py", folder / "launch.py")
        (folder / "pyproject.toml").write_text("[project]\nname = 'hone-lab'\n")
        self.pip.write_text("Collecting torch==2.13.0\nSuccessfully installed everything\n")
        self.code.write_text("0")
        self.failing.write_text("nothing")
        self.python = folder / ".venv" / "bin" / "python"
        self.python.parent.mkdir(parents=True)
        self.python.write_text(FAKE_PYTHON.format(calls=self.calls, pip=self.pip, code=self.code, failing=self.failing))
        self.python.chmod(0o755)

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        # isolated, so that the Python of the tests, which may have the lab, is not the one that is used
        command = [sys.executable, "-S", "-E", str(self.folder / "launch.py"), *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=False, cwd=self.folder.parent)

    def installs(self) -> list[str]:
        lines = self.calls.read_text().splitlines() if self.calls.exists() else []
        return [line.rpartition(" ")[2] for line in lines if line.startswith("-m pip install")]


@pytest.fixture
def place(tmp_path: Path) -> Place:
    folder = tmp_path / "a lab"
    folder.mkdir()
    return Place(folder)


def test_only_the_standard_library_is_imported():
    tree = ast.parse((ROOT / "launch.py").read_text())
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.partition(".")[0] for name in names} <= set(sys.stdlib_module_names)


def test_an_old_python_can_read_the_file_to_be_told_that_it_is_too_old(monkeypatch, capsys):
    ast.parse((ROOT / "launch.py").read_text(), feature_version=(3, 7))
    monkeypatch.setattr(launch, "OLDEST", (99, 0))
    assert launch.main([]) == 1
    message = capsys.readouterr().err
    assert message.count("\n") == 1
    assert "needs 3.11 or newer" in message


def test_the_first_run_installs_and_the_next_ones_do_not(place: Place):
    first = place.run("versions", "--json")
    assert "Collecting torch" in first.stderr
    assert first.stdout == "<versions><--json>"  # nothing of pip reaches stdout, where programs read
    assert place.installs() == [str(place.folder).rpartition(" ")[2]]
    second = place.run("versions")
    assert second.stderr == ""
    assert len(place.installs()) == 1


def test_arguments_and_exit_code_are_handed_over_as_they_are(place: Place):
    place.run()
    done = place.run("export", "a file.jsonl", "--as", "pairs", "")
    assert done.stdout == "<export><a file.jsonl><--as><pairs><>"
    assert done.returncode == 7


def test_the_overhead_is_less_than_a_second(place: Place):
    place.run()
    began = time.perf_counter()
    place.run("versions")
    assert time.perf_counter() - began < 1.0


def test_changed_dependencies_install_again(place: Place):
    place.run()
    with (place.folder / "pyproject.toml").open("a") as file:
        file.write("dependencies = ['another']\n")
    place.run()
    assert len(place.installs()) == 2


def test_another_python_behind_the_link_installs_again(place: Place):
    """The system went from one Python to the next: `.venv` had the packages of the old one, and no import was found."""
    for minor in ("11", "12"):
        shutil.copy(place.python, place.folder / f"python3.{minor}")
    place.python.unlink()
    place.python.symlink_to(place.folder / "python3.11")
    place.run()
    place.run()
    assert len(place.installs()) == 1
    place.python.unlink()
    place.python.symlink_to(place.folder / "python3.12")
    place.run()
    assert len(place.installs()) == 2


def test_a_moved_folder_installs_again(place: Place, tmp_path: Path):
    place.run()
    place.folder.rename(tmp_path / "elsewhere")
    place.folder = tmp_path / "elsewhere"
    place.calls.parent.mkdir()  # the fake still writes its notes to the old place
    place.pip.write_text("")
    place.code.write_text("0")
    place.run()
    assert place.installs() == [str(tmp_path / "elsewhere")]


def test_test_adds_its_extra_and_runs_pytest_in_the_project(place: Place):
    place.run()
    place.run("test", "-k", "store")
    assert place.installs()[-1].endswith("[test]")
    assert place.calls.read_text().splitlines()[-1] == "-m pytest -k store"
    place.run("test")
    assert len(place.installs()) == 2


@pytest.mark.parametrize(("failing", "code"), [("nothing", 0), ("--ignore=tests/browser", 1), ("pytest tests/browser", 1)])
def test_all_tests_are_those_beside_one_another_and_then_those_of_the_page(place: Place, failing: str, code: int):
    place.run()
    place.failing.write_text(failing)
    assert place.run("test").returncode == code
    first, second = place.calls.read_text().splitlines()[-2:]
    assert re.fullmatch(r"-m pytest (-n [2-4] --dist loadfile )?--ignore=tests/browser", first)
    assert second == "-m pytest tests/browser", "also after a failure"


def test_only_benchmarks_that_have_a_peer_install_it(place: Place):
    place.run()
    assert place.run("bench", "starter", "--seed", "2").stdout == "<bench><starter><--seed><2>"
    assert len(place.installs()) == 1
    assert place.run("bench", "dpo").stdout == "<bench><dpo>"
    assert place.installs()[-1].endswith("[bench]")
    assert place.run("bench", "ui").stdout == "<bench><ui>"
    assert place.installs()[-1].endswith("[bench,test]"), "a browser's driver"


def test_extras_are_kept_when_another_is_added(place: Place):
    place.run("install", "dev")
    place.run("test")
    assert place.installs()[-1].endswith("[dev,test]")


def test_an_unknown_extra_is_refused_before_anything_is_installed(place: Place):
    done = place.run("install", "tests")
    assert done.returncode == 1
    assert "no extra 'tests'" in done.stderr
    assert place.installs() == []


@pytest.mark.parametrize(
    ("output", "words"),
    [
        ("WARNING: Retrying: NewConnectionError: Name or service not known\nERROR: No matching distribution", "no network"),
        ("Collecting torch\nERROR: OSError: [Errno 28] No space left on device", "no space left"),
        ("Collecting torch\nERROR: No matching distribution for torch==2.13.0\n", "No matching distribution for torch"),
        ("", "it said nothing"),
    ],
)
def test_a_failed_installation_is_one_line_and_is_tried_again_next_time(place: Place, output: str, words: str):
    place.pip.write_text(output)
    place.code.write_text("1")
    done = place.run()
    assert done.returncode == 1
    error = [line for line in done.stderr.splitlines() if line.startswith("error: ")]
    assert len(error) == 1
    assert words in error[0]
    assert "Traceback" not in done.stderr
    assert (place.folder / ".venv" / "hone-install.log").read_text() == output
    place.code.write_text("0")
    assert place.run("versions").stdout == "<versions>"


def test_a_stamp_that_is_no_stamp_counts_as_none(place: Place):
    place.run()
    (place.folder / ".venv" / "hone-stamp.json").write_text("{ half")
    place.run()
    assert len(place.installs()) == 2


def test_a_python_without_venv_is_told_what_to_install(monkeypatch, capsys, tmp_path: Path):
    monkeypatch.setattr(launch, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(launch, "STAMP", tmp_path / ".venv" / "stamp")
    monkeypatch.setattr(launch, "is_installed_here", lambda: False)
    monkeypatch.setattr(launch.util, "find_spec", lambda name: None)
    assert launch.main([]) == 1
    message = capsys.readouterr().err
    assert message.count("\n") == 1
    assert "python3-venv" in message or f"python3.{sys.version_info[1]}-venv" in message


def test_a_real_first_run_without_a_network_says_so(tmp_path: Path):
    """Real venv, real pip, and an index that nobody answers for."""
    shutil.copy(ROOT / "launch.py", tmp_path)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    unreachable = {"PIP_INDEX_URL": "http://127.0.0.1:9/simple", "PIP_RETRIES": "1", "PIP_CONFIG_FILE": os.devnull}
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")}
    done = subprocess.run(
        [sys.executable, str(tmp_path / "launch.py")], capture_output=True, text=True, check=False, env=kept | unreachable
    )
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("error: no network")
    assert not (tmp_path / ".venv" / "hone-stamp.json").exists()


def test_the_environment_is_used_when_this_very_folder_is_installed_in_it(monkeypatch, tmp_path: Path):
    info = tmp_path / "site" / "hone_lab-0.1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: hone-lab\nVersion: 0.1.0\n")
    monkeypatch.setattr(sys, "path", [str(tmp_path), str(tmp_path / "site")])
    monkeypatch.setattr(launch, "HERE", tmp_path)
    assert not launch.is_installed_here()
    (info / "direct_url.json").write_text(json.dumps({"url": (tmp_path / "another").as_uri()}))
    assert not launch.is_installed_here()
    (info / "direct_url.json").write_text(json.dumps({"url": tmp_path.as_uri()}))
    assert launch.is_installed_here()
    assert launch.prepare(set()) == Path(sys.executable)


def test_build_metadata_beside_launch_py_is_no_installation(monkeypatch, tmp_path: Path):
    """An editable build leaves hone_lab.egg-info in the project; every Python run there would find it."""
    info = tmp_path / "hone_lab.egg-info"
    info.mkdir()
    (info / "PKG-INFO").write_text("Metadata-Version: 2.1\nName: hone-lab\nVersion: 0.1.0\n")
    (info / "direct_url.json").write_text(json.dumps({"url": tmp_path.as_uri()}))
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    monkeypatch.setattr(launch, "HERE", tmp_path)
    assert not launch.is_installed_here()


def test_every_package_that_is_imported_is_declared():
    """What another package happens to bring along today may be gone tomorrow."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = [name for extra in project["optional-dependencies"].values() for name in extra]

    def names(requirements: list[str]) -> set[str]:
        return {re.match(r"[\w.-]+", requirement).group().lower().replace("-", "_") for requirement in requirements}

    def imported(folder: str) -> set[str]:
        found = set()
        for file in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Import):
                    found |= {alias.name for alias in node.names}
                elif isinstance(node, ast.ImportFrom) and not node.level:
                    found.add(node.module or "")
        return {name.partition(".")[0] for name in found} - sys.stdlib_module_names - {"lab", "benchmarks", "tests", "launch", ""}

    assert imported("lab") - names(project["dependencies"]) == set()
    assert imported("tests") - names(project["dependencies"] + extras) == set()
    assert imported("benchmarks") - names(project["dependencies"] + extras) == set()


def test_every_dependency_has_an_upper_end():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    for requirement in project["dependencies"] + [name for extra in project["optional-dependencies"].values() for name in extra]:
        assert re.search(r"==|,<", requirement), requirement
