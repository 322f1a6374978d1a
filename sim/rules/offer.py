"""Rules of the phase `offer`: whose turn, and what becomes of an offer."""

from __future__ import annotations

from sim.compiled import rule


@rule
def priority_rank(
    rule: float, waited: float, lonely: float, confidence: float, deprived: float, helped_before: float
) -> float:
    """Who goes first: larger is earlier. Whole numbers, so ties are exact.

    `rule` 0 first come, 1 need, 2 equity, 3 continuity; `waited` weeks; `lonely` 3 to 9;
    `confidence` 0 to 100; `deprived` 0 (most) to 4.
    """
    need = lonely * 20 + (100 - confidence)
    score = need if rule == 1 else (4 - deprived) * 100 if rule == 2 else helped_before * 1000 if rule == 3 else 0
    return score * 1024 + min(waited, 1023)


@rule
def accepting_chance(accept: float, exact: float, loose: float) -> float:
    """Chance that an offer is accepted; `exact` is 1 where the experience is the very same."""
    return accept if exact == 1 else accept * loose
