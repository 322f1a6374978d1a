"""Rules of the phase `learn`: referrers' knowledge and confidence."""

from __future__ import annotations

from sim.compiled import rule
from sim.numbers.structure import TOLD_MOST_WEEK, TOLD_PER_OUTCOME, TRUST_FULL_REFERRALS, TRUST_UNKNOWN


@rule
def outcome_share(offered: float, in_time: float, gave_up: float, referred: float) -> float:
    """How well a referrer's own referrals of the last 26 weeks went, 0 to 1."""
    good = (0.5 * offered + 0.5 * in_time) / max(1, referred)
    bad = gave_up / max(1, referred)
    return TRUST_UNKNOWN if referred == 0 else min(1.0, max(0.0, good - 0.5 * bad))


@rule
def follow(value: float, target: float, speed: float) -> float:
    """Move a share towards its target."""
    return value + (target - value) * speed


@rule
def weight_of_own(referred: float) -> float:
    """How far a referrer judges by their own referrals (`referred` in 26 weeks), 0 to 1."""
    return min(1.0, referred / TRUST_FULL_REFERRALS)


@rule
def told_by_outcomes(in_time: float) -> float:
    """Weekly gain in knowledge from people offered in time (in 26 weeks)."""
    return min(TOLD_MOST_WEEK, in_time / TOLD_PER_OUTCOME)


@rule
def knowledge_next(
    knows: float, floor: float, turnover: float, tell: float, directory: float, share_told: float
) -> float:
    """Knowledge of what exists: turnover pulls it to its floor, a directory and good news raise it."""
    kept = knows - turnover * (knows - 0.5 * floor)
    gain = (1.0 - kept) * min(1.0, tell * directory + turnover * floor / (2.0 * (1.0 - floor)) + share_told)
    return min(1.0, kept + gain)


@rule
def conviction_next(
    conviction: float, starts: float, adults: float, neighbours: float, convincing: float, speed: float
) -> float:
    """A board's conviction after a quarter: half what it sees at home, half what the other boards do.

    `starts` people in about half a year, `convincing` of them per 1,000 adults convince; `neighbours` the share of boards
    of its world that commission. (That others' doing counts as much as one's own is judgement.)
    """
    seen = min(1.0, starts * 1000.0 / (adults * convincing))
    return follow(conviction, 0.5 * seen + 0.5 * neighbours, speed)
