"""The command `chat` in a process of its own, for the browser tests in which every part is real."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.fakes import free_port

ROOT = Path(__file__).parents[2]


@contextmanager
def chatting(home: Path, model: Path, *flags: str) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """(its address, the process); ended by Ctrl-C. Fails when it died or showed a traceback meanwhile."""
    port, said = free_port(), home / "said.txt"
    command = [
        sys.executable, "-m", "lab.cli", "chat", "--home", str(home), "--model", str(model), "--quantize", "none",
        "--device", "cpu", "--port", str(port), "--no-browser", *flags,
    ]  # fmt: skip
    with said.open("w") as output:
        chat = subprocess.Popen(
            command, cwd=ROOT, stdout=output, stderr=output, env={**os.environ, "OMP_NUM_THREADS": "1"},
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # tests in the background are deaf to Ctrl-C
        )  # fmt: skip
    try:
        until = time.monotonic() + 120
        while not answers(port):
            assert chat.poll() is None, said.read_text()
            assert time.monotonic() < until, said.read_text()
            time.sleep(0.2)
        yield f"http://127.0.0.1:{port}", chat
        assert chat.poll() is None, said.read_text()
        assert "Traceback" not in said.read_text(), said.read_text()
    finally:
        chat.send_signal(signal.SIGINT)
        try:
            chat.wait(20)
        except subprocess.TimeoutExpired:
            chat.kill()
            raise


def answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
