"""Which levels are findings and which are assumptions: read from what the posterior says of its outputs."""

from __future__ import annotations

from dashboards.asked.state import Asked
from scenarios.running import posterior

CALLED = "Assumption, not finding"
LEVELS = f"{posterior.MARK} {CALLED}. A level with this mark rests on assumptions. Differences between policies are the safer reading, and have no mark."
NOT_ASKED = f"{CALLED}: nobody looked at whether evidence narrows it."
RIVAL = f"{CALLED}: with rival evidence switched on, nothing that was fitted can be called a finding."


def why_assumed(output: str, asked: Asked) -> str:
    """Why the level of an output is called an assumption; "" where it is a finding. `output` "": one nobody looked at."""
    chosen = posterior.choose()
    if asked.rivals:
        return RIVAL
    if posterior.is_finding(output, chosen):
        return ""
    verdict = str(posterior.outputs(chosen).get(output, {}).get("verdict", ""))
    _, _, reason = verdict.partition(": ")
    return f"{CALLED}: {reason}." if reason else NOT_ASKED


def told_apart(asked: Asked) -> bool:
    """Whether some levels are findings and others not: where all are assumptions, a mark on every one would mark nothing."""
    chosen = posterior.choose()
    return not asked.rivals and any(posterior.is_finding(name, chosen) for name in posterior.outputs(chosen))


def mark(output: str, asked: Asked) -> str:
    """What stands behind a name or level that is an assumption."""
    return f" {posterior.MARK}" if why_assumed(output, asked) else ""
