"""Rules of the phase `offer`: whose turn, and what becomes of an offer."""

from __future__ import annotations

import numpy as np

from sim.numbers.parameters import Column


def priority_rank(
    rule: Column, waited: Column, lonely: Column, confidence: Column, deprived: Column, helped_before: Column
) -> Column:
    """Who goes first: larger is earlier. Whole numbers, so ties are exact.

    `rule` 0 first come, 1 need, 2 equity, 3 continuity; `waited` weeks; `lonely` 3 to 9;
    `confidence` 0 to 100; `deprived` 0 (most) to 4.
    """
    need = lonely * 20 + (100 - confidence)
    score = np.where(rule == 1, need, 0)
    score = np.where(rule == 2, (4 - deprived) * 100, score)
    score = np.where(rule == 3, helped_before * 1000, score)
    return score * 1024 + np.minimum(waited, 1023)


def accepting_chance(accept: Column, exact: Column, loose: Column) -> Column:
    """Chance that an offer is accepted; `exact` is 1 where the experience is the very same."""
    return np.where(exact == 1, accept, accept * loose)
