"""Which levels are findings and which are assumptions: read from what the posterior says of its outputs."""

from __future__ import annotations

from dataclasses import replace

from dashboards.asked.state import Asked
from dashboards.work.runner import scenario_of, study_of
from scenarios.reading.load import load
from scenarios.running import posterior
from scenarios.running.posterior import Chosen
from scenarios.running.sample import told
from sim.errors import UserError

CALLED = "Assumption, not finding"
LEVELS = f"{posterior.MARK} {CALLED}. A level with this mark rests on assumptions. Differences between policies are the safer reading, and have no mark."
NOT_ASKED = f"{CALLED}: nobody looked at whether evidence narrows it."
RIVAL = f"{CALLED}: with rival evidence switched on, nothing that was fitted can be called a finding."


def why_assumed(output: str, asked: Asked, today: bool = False) -> str:
    """Why the levels of an output are called an assumption; "" where they are findings. `output` "": one nobody looked at.
    `today`: the level of today's policy alone is shown, not that of the policies at hand."""
    chosen = posterior.choose()
    if asked.rivals:
        return RIVAL
    if posterior.narrowed(output, chosen):
        return "" if _here(asked, today) else _elsewhere(chosen)
    verdict = str(posterior.outputs(chosen).get(output, {}).get("verdict", ""))
    _, _, reason = verdict.partition(": ")
    return f"{CALLED}: {reason}." if reason else NOT_ASKED


def _here(asked: Asked, today: bool) -> bool:
    """Whether the levels shown are those that were looked at: policy, area and size."""
    try:
        shown = [
            load("today"),
            *([] if today else [scenario_of(one) for one in (asked.policy, *(p.policy for p in asked.pins))]),
        ]
        return set(told(study_of(asked), shown).of) >= {one.title for one in shown}
    except UserError:  # what is refused is told of where it is run
        return False


def _elsewhere(chosen: Chosen) -> str:
    on = posterior.looked_at(chosen)
    return f"{CALLED}: fitting looked only at {on.said}." if on else NOT_ASKED


def told_of(asked: Asked, today: str) -> Chosen:
    """The posterior as a page tells of it. `today`: what the page calls today's policy."""
    found = study_of(asked).told
    return replace(found, of=(today,)) if _here(asked, today=True) else found


def told_apart(asked: Asked) -> bool:
    """Whether some levels are findings and others not: where all are assumptions, a mark on every one would mark nothing."""
    return any(not why_assumed(name, asked) for name in posterior.outputs(posterior.choose()))


def mark(output: str, asked: Asked, today: bool = False) -> str:
    """What stands behind a name or level that is an assumption. `today`: as of `why_assumed`."""
    return f" {posterior.MARK}" if why_assumed(output, asked, today) else ""
