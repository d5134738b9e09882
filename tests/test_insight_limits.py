"""Figures beside their limits: what the gate goes by, as people and as the report on the disk have it."""

from __future__ import annotations

import json

from lab.insight.limits import checks
from lab.records import Report
from lab.registry.folder import report_of
from lab.registry.versions import Versions
from lab.settings import GateSettings
from tests.fake_trainer import add_version, report

GATE = GateSettings()


def test_the_table_has_every_figure_with_its_interval_and_its_limit() -> None:
    seen = report().canaries | {"benign_refused": 1.0, "benign_refused_base": 0.15, "benign_refused_n": 20.0}
    found = {check.name: check for check in checks(report(canaries=seen), GATE)}
    benign = found["benign_refused"]
    assert (benign.shown(), benign.allowed(), benign.holds) == ("85% (58% to 95%)", "at most 20%", False)
    stop = found["stop_rate"]
    assert (stop.shown(), stop.allowed(), stop.holds) == ("90%", "at least 32%", True)
    assert (found["agreed"].shown(), found["agreed"].holds) == ("not measured", True)
    assert found["kl"].shown() == "0.1" and found["kl"].allowed() == "at most 2"
    assert len(found) == len(checks(report(), GATE)), "no name twice"


def test_a_report_of_an_earlier_lab_is_judged_by_what_it_has() -> None:
    assert all(check.holds for check in checks(report(), GATE))
    assert [c.name for c in checks(report(canaries={}, heldout_before=None), GATE) if c.value is not None] == ["kl"]


def test_the_report_on_the_disk_has_them(versions: Versions) -> None:
    """With figure, interval and limit; a report from before there were any, and one of a later lab, are read as well."""
    held = tuple(checks(report(canaries=report().canaries | {"stop_rate_n": 16.0}), GATE))
    assert add_version(versions, checks=held) == 1
    kept = json.loads((versions.folder / "0001" / "report.json").read_text())
    stop = next(check for check in kept["checks"] if check["name"] == "stop_rate")
    assert (stop["value"], stop["limit"], len(stop["ci95"])) == (report().canaries["stop_rate"], held[7].limit, 2)
    assert read(versions).checks == held
    del kept["checks"]
    (versions.folder / "0001" / "report.json").write_text(json.dumps(kept))
    assert report_of(versions.folder / "0001").checks == ()  # type: ignore[union-attr]
    later = kept | {"checks": [{"name": "tone", "title": "Tone", "value": 1.0, "ci95": None, "colour": "blue"}]}
    (versions.folder / "0001" / "report.json").write_text(json.dumps(later))
    assert [check.shown() for check in report_of(versions.folder / "0001").checks] == ["1"]  # type: ignore[union-attr]


def read(versions: Versions) -> Report:
    found = versions.get(1, verify=True).report
    assert found is not None
    return found
