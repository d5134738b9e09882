"""What a candidate must pass before it speaks. Judges by the report alone; measures nothing, changes nothing.

A report carries every figure with its interval and its limit as they were when its round ended (lab/insight/limits.py); those
of older versions are held against the limits of today.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from lab.insight.limits import checks
from lab.records import Check, Report, Verdict
from lab.settings import GateSettings


def decide(report: Report, settings: GateSettings) -> tuple[Verdict, str]:
    """The verdict and its reason in words. What was not measured is not held against a candidate, and said."""
    faults = [*unsound(report), *(check.why for check in checked(report, settings) if not check.holds)]
    if faults:
        return "refused", "; ".join(faults)
    if report.heldout_after is None or report.heldout_before is None:
        return "passed", "replies are sound; no held-out opinions to compare by yet"
    moved = f"held-out accuracy {report.heldout_before:.0%} → {report.heldout_after:.0%} of {report.heldout_n}"
    return "passed", f"replies are sound; {moved}"


def unsound(report: Report) -> Iterator[str]:
    """Faults that no mode passes over: nothing was trained, or a number is not one."""
    if report.steps < 1:
        yield "no step was taken"
    numbers = {"loss_first": report.loss_first, "loss_last": report.loss_last, "kl": report.kl, **report.canaries}
    numbers |= {"heldout_before": report.heldout_before or 0.0, "heldout_after": report.heldout_after or 0.0}
    broken = [name for name, value in numbers.items() if not math.isfinite(value)]
    if broken or report.canaries.get("nan", 0):
        yield f"not a finite number: {', '.join(broken) or 'weights or log-probs'}"


def checked(report: Report, settings: GateSettings) -> Sequence[Check]:
    """Every figure that decides, with its interval, its limit, and what is wrong with it."""
    return report.checks or checks(report, settings)
