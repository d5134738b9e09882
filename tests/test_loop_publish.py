"""What becomes of a candidate once the gate has spoken."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from lab.errors import VersionError
from lab.loop.publish import publish
from lab.registry.versions import Versions
from lab.settings import GateSettings, TrialSettings
from tests.fake_trainer import BASE, add_version

GATE, TRIAL = GateSettings(), TrialSettings()


@pytest.fixture
def versions(tmp_path: Path) -> Versions:
    return Versions(tmp_path / "adapters", BASE)


BAD = {"kl": 9.0}
BROKEN = {"loss_last": math.nan}


@pytest.mark.parametrize(
    ("mode", "changes", "state", "verdict"),
    [
        ("auto", {}, "trial", "passed"),
        ("auto", BAD, "refused", "refused"),
        ("auto", BROKEN, "refused", "refused"),
        ("always", {}, "live", "passed"),
        ("always", BAD, "live", "refused"),
        ("always", BROKEN, "refused", "refused"),
        ("always", {"steps": 0}, "refused", "refused"),
        ("never", {}, "candidate", "passed"),
        ("never", BAD, "candidate", "refused"),
        ("never", BROKEN, "refused", "refused"),
    ],
)
def test_what_becomes_of_a_candidate(versions: Versions, mode: str, changes: dict, state: str, verdict: str) -> None:
    made = versions.get(add_version(versions, **changes))
    after = publish(versions, made, mode, GATE, TRIAL)  # type: ignore[arg-type]
    assert after.state == state and after.report is not None and after.report.verdict == verdict
    assert after.why and after.report.why and after == versions.get(1)
    assert versions.live() == (1 if state in ("live", "trial") else 0)


def test_a_damaged_candidate_never_speaks(versions: Versions) -> None:
    made = versions.get(add_version(versions))
    weights = versions.folder / "0001" / "adapter_model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1] + b"\x00")
    for mode in ("auto", "always"):
        with pytest.raises(VersionError, match="version 1 is damaged"):
            publish(versions, made, mode, GATE, TRIAL)
    assert versions.live() == 0


def test_a_round_does_not_bring_back_what_was_rolled_back(versions: Versions) -> None:
    """Version 2 was in training from version 1 when its user rolled 1 back; publishing it would undo that unasked."""
    add_version(versions)
    versions.activate(1)
    made = versions.get(add_version(versions, parent=1))
    versions.rollback()
    after = publish(versions, made, "auto", GATE, TRIAL)
    assert after.state == "candidate" and versions.live() == 0 and "activate it by hand" in after.why
    assert publish(versions, made, "always", GATE, TRIAL).state == "live"  # asked for by name


def test_publishing_twice_is_publishing_once(versions: Versions) -> None:
    made = versions.get(add_version(versions))
    first = publish(versions, made, "auto", GATE, TRIAL)
    assert publish(versions, made, "auto", GATE, TRIAL) == first and versions.rollback().version == 0


def test_without_trials_what_passes_is_live_at_once(versions: Versions) -> None:
    made = versions.get(add_version(versions))
    assert publish(versions, made, "auto", GATE, TrialSettings(enabled=False)).state == "live" and versions.trial() is None
