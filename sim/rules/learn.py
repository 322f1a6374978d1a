"""Rules of the phase `learn`: referrers' knowledge and confidence."""

from __future__ import annotations

import numpy as np

from sim.parameters import Column


def outcome_share(offered: Column, in_time: Column, gave_up: Column, referred: Column) -> Column:
    """How well a referrer's own referrals of the last 26 weeks went, 0 to 1 (0.5 when there were none)."""
    good = (0.5 * offered + 0.5 * in_time) / np.maximum(1, referred)
    bad = gave_up / np.maximum(1, referred)
    return np.where(referred == 0, 0.5, np.minimum(1.0, np.maximum(0.0, good - 0.5 * bad)))


def follow(value: Column, target: Column, speed: Column) -> Column:
    """Move a share towards its target."""
    return value + (target - value) * speed


def knowledge_next(knows: Column, floor: Column, turnover: Column, tell: Column, directory: Column,
                   share_told: Column) -> Column:
    """Knowledge of what exists: turnover pulls it to its floor, a directory and good news raise it."""
    kept = knows - turnover * (knows - 0.5 * floor)
    gain = (1.0 - kept) * np.minimum(1.0, tell * directory + turnover * floor / (2.0 * (1.0 - floor)) + share_told)
    return np.minimum(1.0, kept + gain)
