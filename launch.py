#!/usr/bin/env python3
"""The one command: sets up what the lab needs on its first run, then hands over to `lab.cli`.

    python3 launch.py [VERB ...]               the lab (default verb: chat); `python3 launch.py --help` lists the verbs
    python3 launch.py test [PYTEST ARGS]       installs the test extra, then runs every test
    python3 launch.py bench NAME [ARGS]        measures the lab; beside TRL (dpo, kto, reward), installs the bench extra first
    python3 launch.py install [EXTRA ...]      only sets up (extras: test, bench, dev)

Knows Python's standard library and nothing of the lab. It installs into `.venv` beside this file, or, when it is run
by a Python that has this very folder installed already, uses that one. A stamp in `.venv` remembers what was installed:
a changed pyproject.toml, a moved folder or another Python below `.venv` installs again, an interrupted run goes on
where it stopped.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from importlib import util
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import NoReturn

HERE = Path(__file__).resolve().parent
VENV = HERE / ".venv"
STAMP = VENV / "hone-stamp.json"
LOG = VENV / "hone-install.log"
DISTRIBUTION = "hone-lab"
OLDEST = (3, 11)
EXTRAS = {  # extra -> what it brings
    "test": ("pytest", "xdist", "hypothesis", "playwright", "trl", "axe_playwright_python", "nbclient", "nbformat", "ipykernel"),
    "bench": ("trl",), "dev": ("ruff", "mypy"),
}  # fmt: skip
WORKERS = 4  # that test beside one another; each takes up to 2 GB
PAGE_TESTS = "tests/browser"
SHOWN = ("Collecting ", "Downloading ", "Installing ", "Successfully ")  # lines of pip that say how far it is
OFFLINE = ("name resolution", "NewConnectionError", "TimeoutError", "Network is unreachable", "Max retries")  # in what pip says


class SetupError(Exception):
    """Why the lab cannot be set up, and what to do, in one line."""


def main(arguments: list[str]) -> int:
    """Sets up if need be and becomes the lab; returns an exit code only where there is nothing to hand over to."""
    verb, rest = (arguments[0], arguments[1:]) if arguments else ("", [])
    try:
        if sys.version_info < OLDEST:
            found = ".".join(str(part) for part in sys.version_info[:3])
            raise SetupError(f"this is Python {found} and the lab needs 3.11 or newer; run it so: python3.12 launch.py")
        if os.name != "posix":
            raise SetupError("the lab runs on Linux and macOS; on Windows, run it inside WSL")
        if verb == "install":
            wrong = [extra for extra in rest if extra not in EXTRAS]
            if wrong:
                raise SetupError(f"no extra {wrong[0]!r}; there are {', '.join(EXTRAS)}")
            prepare(set(rest))
            return 0
        python = prepare(extras_of(verb, rest))
    except SetupError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nstopped; run the same command again to go on", file=sys.stderr)
        return 1
    if verb == "test":
        os.chdir(HERE)
        return hand_over(python, ["-m", "pytest", *rest]) if rest else test_all(python)
    return hand_over(python, ["-m", "lab.cli", *arguments])


def test_all(python: Path) -> int:
    """Every test: file beside file on several cores, then those of the page one after another, for a browser on a busy
    machine is late. Both parts are run and tell of themselves."""
    cores = os.cpu_count() or 1
    beside = min(cores, WORKERS)
    spread = ["-n", str(beside), "--dist", "loadfile"] if beside > 1 else []
    threads = {"OMP_NUM_THREADS": str(max(1, cores // beside))} | os.environ  # of torch, in each
    pytest = [str(python), "-m", "pytest"]
    try:
        most = subprocess.run([*pytest, *spread, f"--ignore={PAGE_TESTS}"], env=threads, check=False).returncode
        return subprocess.run([*pytest, PAGE_TESTS], check=False).returncode or most
    except KeyboardInterrupt:  # pytest has said so
        return 1


def extras_of(verb: str, rest: list[str]) -> set[str]:
    """The extra a verb needs. `bench starter` has no peer and takes the lab as it is; `bench ui` needs a browser's driver."""
    if verb == "bench" and rest[:1] == ["ui"]:
        return {"test"}
    if verb == "test" or (verb == "bench" and rest[:1] != ["starter"]):
        return {verb}
    return set()


def prepare(extras: set[str]) -> Path:
    """The Python that has the lab and these extras, after installing what is missing."""
    if is_installed_here():
        missing = {extra for extra in extras if not all(util.find_spec(module) for module in EXTRAS[extra])}
        if missing:
            install(Path(sys.executable), missing, None)
        return Path(sys.executable)
    python = VENV / "bin" / "python"
    known = read_stamp()
    if known is None or not python.is_file():
        known = set()
        make_venv(python)
    elif extras <= known:
        return python
    install(python, known | extras, LOG)
    STAMP.write_text(json.dumps({"fingerprint": fingerprint(), "extras": sorted(known | extras)}) + "\n", encoding="utf-8")
    return python


def is_installed_here() -> bool:
    """Whether the running Python has this very folder installed (`pip install -e .`)."""
    from importlib import metadata  # not in the oldest Pythons, which are only told that they are too old

    # this folder itself is on sys.path and may hold build metadata; only an installation elsewhere counts
    path = [entry for entry in sys.path if entry and Path(entry).resolve() != HERE]
    for found in metadata.distributions(name=DISTRIBUTION, path=path):
        origin = found.read_text("direct_url.json")
        if origin and json.loads(origin).get("url") == HERE.as_uri():
            return True
    return False


def fingerprint() -> str:
    """Changes when the dependencies, the place of this folder or the Python that `.venv` stands on do."""
    ground = os.path.realpath(VENV / "bin" / "python")  # an upgrade of the system puts another one behind the link
    return hashlib.sha256((HERE / "pyproject.toml").read_bytes() + f"{HERE}\n{ground}".encode()).hexdigest()


def read_stamp() -> set[str] | None:
    """The extras that are installed; None when nothing is, or not what pyproject.toml now asks for."""
    try:
        stamp = json.loads(STAMP.read_text(encoding="utf-8"))
        return set(stamp["extras"]) if stamp["fingerprint"] == fingerprint() else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def make_venv(python: Path) -> None:
    """Makes `.venv`, or keeps one whose Python still runs."""
    if runs(python, f"import pip, sys; assert sys.version_info >= {OLDEST}"):
        return
    if not (util.find_spec("venv") and util.find_spec("ensurepip")):
        version = f"{sys.version_info[0]}.{sys.version_info[1]}"
        raise SetupError(f"this Python has no venv or ensurepip module; install it (Debian: apt install python{version}-venv)")
    say(f"first run: making {VENV}")
    made = subprocess.run([sys.executable, "-m", "venv", "--clear", str(VENV)], capture_output=True, text=True, check=False)
    if made.returncode:
        raise SetupError(f"cannot make {VENV}: {last_line(made.stderr + made.stdout)}")


def runs(python: Path, code: str) -> bool:
    try:
        return subprocess.run([str(python), "-c", code], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def install(python: Path, extras: set[str], log: Path | None) -> None:
    """Installs the lab, editable, with these extras. Shows how far it is; keeps all of pip's words in `log`."""
    target = str(HERE) + (f"[{','.join(sorted(extras))}]" if extras else "")
    what = f"the lab with its {' and '.join(sorted(extras))} extra" if extras else "the lab"
    say(f"installing {what} (once; needs the network, some minutes)")
    command = [str(python), "-m", "pip", "install", "--disable-pip-version-check", "--no-warn-script-location", "-e", target]
    terminal = sys.stderr.isatty()
    if terminal:  # pip's own bars are the best there are; its complaints come through us
        process = subprocess.Popen(command, stdout=sys.stderr, stderr=subprocess.PIPE, text=True, errors="replace")
    else:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
    lines = []
    stream = process.stderr if terminal else process.stdout
    assert stream is not None
    try:
        for line in stream:
            lines.append(line)
            if "Retrying" in line and not any("Retrying" in earlier for earlier in lines[:-1]):
                say("the package index does not answer; trying again")
            elif not terminal and line.lstrip().startswith(SHOWN):
                say("  " + shortened(line))
    finally:
        if process.poll() is None and sys.exc_info()[0] is not None:
            process.terminate()
        process.wait()
        if log is not None:
            log.write_text("".join(lines), encoding="utf-8")
    if process.returncode:
        raise SetupError(reason(lines) + (f" (all of it: {log})" if log is not None else ""))
    say("installed")


def reason(lines: list[str]) -> str:
    """Why pip failed and what to do, in one line."""
    text = "".join(lines)
    if any(sign in text for sign in OFFLINE):
        return "no network: the package index cannot be reached; connect once and run the same command again"
    if "No space left" in text:
        return f"no space left on the disk of {HERE}; free some (the packages take about 3 GB, more with CUDA) and run it again"
    errors = [line for line in lines if line.lstrip().startswith("ERROR")]
    return "pip could not install the lab: " + last_line(errors[0] if errors else text)


def hand_over(python: Path, arguments: list[str]) -> NoReturn:
    command = [str(python), *arguments]
    os.execv(command[0], command)


def shortened(line: str) -> str:
    words = " ".join(line.split())
    return words if len(words) <= 100 else words[:99] + "…"


def last_line(text: str) -> str:
    lines = text.strip().splitlines()
    return lines[-1].strip() if lines else "it said nothing"


def say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
