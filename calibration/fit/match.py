"""History matching: ruling out what cannot be, given every error, and sampling what is left."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from calibration.fit.design import space_filling
from calibration.fit.likelihood import Likelihood, beyond
from calibration.fit.priors import Priors
from calibration.fit.smc import temper
from calibration.fit.trouble import CalibrationError

CUT = 3.0
"""Standard deviations beyond which a target rules a point out."""
WALL = 25.0
"""Log likelihood lost one standard deviation outside the region: next to nothing gets that far."""
MOST_TRIED = 1 << 16
"""Points of the prior tried before the region counts as empty."""
AT_ONCE = 1 << 13


def implausibility(likelihood: Likelihood, x: np.ndarray) -> np.ndarray:
    """float64[n, t]: standard deviations between each target and what is expected of it at x float64[n, d]."""
    mean, variance = likelihood.spread(x)
    return beyond(likelihood.targets.observed - mean, likelihood.targets.sides) / np.sqrt(variance)


def worst(found: np.ndarray) -> np.ndarray:
    """float64[n]: the second largest implausibility of a row (one target may be wrong), the largest of one or two."""
    ordered = np.sort(found, axis=1)
    return ordered[:, -2] if found.shape[1] > 2 else ordered[:, -1]


@dataclass(frozen=True)
class Region:
    """What earlier waves left over: a point is inside if none of them rules it out."""

    priors: Priors
    waves: tuple[Likelihood, ...] = ()
    cut: float = CUT

    def inside(self, units: np.ndarray) -> np.ndarray:
        """bool[n] for points float64[n, d] of the unit cube."""
        kept = np.ones(len(units), bool)
        values = self.priors.values(units)
        for wave in reversed(self.waves):
            live = np.flatnonzero(kept)
            if len(live):
                kept[live] = worst(implausibility(wave, values[live])) < self.cut
        return kept

    def walls(self, units: np.ndarray) -> np.ndarray:
        """float64[n]: 0 inside; outside, what a log likelihood loses, growing with the square of the way out."""
        values, lost = self.priors.values(units), np.zeros(len(units))
        for wave in self.waves:
            lost += WALL * np.maximum(worst(implausibility(wave, values)) - self.cut, 0.0) ** 2
        return lost

    def closest(self, seed: int) -> str:
        """Which target is hardest to meet anywhere: for the message when nothing is left."""
        values = self.priors.values(space_filling(AT_ONCE, len(self.priors.names), seed))
        least = implausibility(self.waves[-1], values).min(axis=0)
        hardest = int(np.argmax(least))
        return f"{self.waves[-1].targets.ids[hardest]}: nowhere nearer than {least[hardest]:.1f} standard deviations"


def sample_inside(region: Region, wanted: int, seed: int) -> tuple[np.ndarray, float]:
    """(points float64[wanted, d] of the unit cube inside, spread out; share of the prior that is inside).

    The prior is tried in space-filling batches; where less than `wanted` are found, the rest grow from those
    found, and from where the likelihood is high, by small steps that stay inside. CalibrationError if the prior holds no point inside.
    """
    d, found, tried = len(region.priors.names), np.empty((0, len(region.priors.names))), 0
    while tried < MOST_TRIED and len(found) < 4 * wanted:
        batch = space_filling(AT_ONCE, d, seed + 7919 * (tried // AT_ONCE))
        found = np.concatenate([found, batch[region.inside(batch)]])
        tried += AT_ONCE
    share = len(found) / tried
    if len(found) < wanted:
        found = np.concatenate([found, likely(region, seed)])
    if not len(found):
        raise CalibrationError(
            "no point of the prior comes near the targets: model, priors and targets disagree",
            rule=f"some point within {region.cut} standard deviations of all targets but one",
            got=region.closest(seed),
            try_="look at this target, its discrepancy, and the priors of what moves it",
        )
    if len(found) < wanted:
        found = grow(found, region.inside, 4 * wanted, seed)
    return spread_out(found, wanted), share


def likely(region: Region, seed: int) -> np.ndarray:
    """float64[n, d]: points inside where the last wave's likelihood is high, for a region too small to be hit."""
    wave = region.waves[-1]
    found = temper(lambda u: wave.log_density(region.priors.values(u)), len(region.priors.names), 500, seed).units
    return found[region.inside(found)]


def grow(start: np.ndarray, inside: Callable[[np.ndarray], np.ndarray], wanted: int, seed: int) -> np.ndarray:
    """float64[wanted, d]: random walks from points inside, keeping steps that stay inside the region and the cube."""
    rng = np.random.default_rng([seed, 1])
    points = start[rng.integers(len(start), size=wanted)]
    spread = np.maximum(start.std(axis=0), 0.01)
    for step in range(30):
        moved = points + rng.standard_normal(points.shape) * spread * (0.5, 0.2, 0.05)[step % 3]
        good = np.all((moved > 0) & (moved < 1), axis=1)
        good[good] = inside(moved[good])
        points = np.where(good[:, None], moved, points)
    return points


def spread_out(points: np.ndarray, wanted: int) -> np.ndarray:
    """float64[wanted, d]: of the points the one furthest from those taken so far, again and again."""
    scaled = points / np.maximum(points.std(axis=0), 1e-9)
    taken = [int(np.argmin(((scaled - scaled.mean(axis=0)) ** 2).sum(axis=1)))]
    gap = ((scaled - scaled[taken[0]]) ** 2).sum(axis=1)
    while len(taken) < wanted:
        taken.append(int(np.argmax(gap)))
        gap = np.minimum(gap, ((scaled - scaled[taken[-1]]) ** 2).sum(axis=1))
    return points[taken]
