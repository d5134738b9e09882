"""What a candidate must pass before it speaks. Judges by the report alone; measures nothing, changes nothing."""

from __future__ import annotations

import math
from collections.abc import Iterator

from lab.records import Report, Verdict
from lab.settings import GateSettings

CHANCE = 0.125  # of stop rates: two replies of the judge's sixteen


def decide(report: Report, settings: GateSettings) -> tuple[Verdict, str]:
    """The verdict and its reason in words. What was not measured is not held against a candidate, and said."""
    faults = [*unsound(report), *worse(report, settings)]
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


def worse(report: Report, settings: GateSettings) -> Iterator[str]:
    """Faults by the statistics: held-out opinions and canaries, against the parent and the base."""
    seen = report.canaries
    if seen.get("changed", 1) == 0:
        yield "this update changed nothing"
    before, after, count = report.heldout_before, report.heldout_after, report.heldout_n
    if before is not None and after is not None and count > 0:
        allowed = max(settings.heldout_drop, 1 / count)  # one opinion alone refuses nothing
        if before - after > allowed + 1e-9:
            yield f"held-out accuracy fell from {before:.0%} to {after:.0%} of {count}"
    repeat = max(settings.max_repeat, seen.get("repeat_base", 0.0))
    if seen.get("repeat", 0.0) > repeat:
        yield f"replies repeat themselves: {seen['repeat']:.0%} of 4-grams, {repeat:.0%} allowed"
    least = settings.min_stop_ratio * seen.get("stop_rate_base", 0.0)
    if seen.get("stop_rate", 1.0) + CHANCE < least:
        yield f"replies do not end: {seen['stop_rate']:.0%} stop by themselves, {seen['stop_rate_base']:.0%} of the base's"
    length, length_base = seen.get("length"), seen.get("length_base")
    if length is not None and length < 1.5:
        yield "replies are empty"
    if length is not None and length_base and length > settings.max_length_ratio * length_base:
        yield f"replies grew from {length_base:.0f} to {length:.0f} tokens"
    if seen.get("ppl_ratio", 1.0) > settings.max_ppl_ratio:
        yield f"the base is being forgotten: perplexity {seen['ppl_ratio']:.2f} times its own, {settings.max_ppl_ratio:g} allowed"
