"""Rules of the phase `learn`: referrers' knowledge and confidence."""

from __future__ import annotations

import numpy as np

from sim.numbers.parameters import Column
from sim.numbers.structure import TOLD_MOST_WEEK, TOLD_PER_OUTCOME, TRUST_FULL_REFERRALS, TRUST_UNKNOWN


def outcome_share(offered: Column, in_time: Column, gave_up: Column, referred: Column) -> Column:
    """How well a referrer's own referrals of the last 26 weeks went, 0 to 1."""
    good = (0.5 * offered + 0.5 * in_time) / np.maximum(1, referred)
    bad = gave_up / np.maximum(1, referred)
    return np.where(referred == 0, TRUST_UNKNOWN, np.minimum(1.0, np.maximum(0.0, good - 0.5 * bad)))


def follow(value: Column, target: Column, speed: Column) -> Column:
    """Move a share towards its target."""
    return value + (target - value) * speed


def weight_of_own(referred: Column) -> Column:
    """How far a referrer judges by their own referrals (`referred` in 26 weeks), 0 to 1."""
    return np.minimum(1.0, referred / TRUST_FULL_REFERRALS)


def told_by_outcomes(in_time: Column) -> Column:
    """Weekly gain in knowledge from people offered in time (in 26 weeks)."""
    return np.minimum(TOLD_MOST_WEEK, in_time / TOLD_PER_OUTCOME)


def knowledge_next(
    knows: Column, floor: Column, turnover: Column, tell: Column, directory: Column, share_told: Column
) -> Column:
    """Knowledge of what exists: turnover pulls it to its floor, a directory and good news raise it."""
    kept = knows - turnover * (knows - 0.5 * floor)
    gain = (1.0 - kept) * np.minimum(1.0, tell * directory + turnover * floor / (2.0 * (1.0 - floor)) + share_told)
    return np.minimum(1.0, kept + gain)


def conviction_next(
    conviction: Column, starts: Column, adults: Column, neighbours: Column, convincing: Column, speed: Column
) -> Column:
    """A board's conviction after a quarter: half what it sees at home, half what the other boards do.

    `starts` people in about half a year, `convincing` of them per 1,000 adults convince; `neighbours` the share of boards
    of its world that commission. (That others' doing counts as much as one's own is judgement.)
    """
    seen = np.minimum(1.0, starts * 1000.0 / (adults * convincing))
    return follow(conviction, 0.5 * seen + 0.5 * neighbours, speed)
