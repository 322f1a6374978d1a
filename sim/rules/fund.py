"""Rules of the phase `fund`: money in whole pence."""

from __future__ import annotations

import numpy as np

from sim.parameters import Column


def award_weights(rule: int, last: np.ndarray, need: np.ndarray, deprived: np.ndarray, queue: np.ndarray,
                  starts: np.ndarray) -> np.ndarray:
    """int64[n] weights by which a payer divides money between applicants.

    `rule`: 0 historic (last award, pence), 1 need (people with the needs served), 2 equity (of them,
    in the most deprived two fifths), 3 demand (people waiting), 4 performance (starts in 26 weeks).
    """
    chosen = (last + 100, need + 1, deprived + 1, queue + 1, starts + 1)[rule]
    return np.asarray(chosen, dtype=np.int64)


def divide(total: int, weights: np.ndarray) -> np.ndarray:
    """int64[n]: `total` pence by largest remainder; ties go to the earlier. Sums to `total`."""
    whole = int(weights.sum())
    if total <= 0 or whole <= 0:
        return np.zeros(len(weights), dtype=np.int64)
    parts = [divmod(total * int(w), whole) for w in weights]
    shares = np.array([q for q, _ in parts], dtype=np.int64)
    left = total - int(shares.sum())
    order = sorted(range(len(parts)), key=lambda i: (-parts[i][1], i))
    shares[order[:left]] += 1
    return shares


def worth(award: Column, shortfall: Column, core_cost_share: Column) -> Column:
    """What an award buys, at full cost, as a share of its pounds: less where it falls short.

    `core_cost_share` at today's 0.8 leaves the shortfall as drawn; full cover removes it.
    """
    gap = shortfall * np.minimum(1.0, np.maximum(0.0, (1.0 - core_cost_share) / 0.2))
    return award * (1.0 - gap * 0.5)
