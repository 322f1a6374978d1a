"""Costs against effects of policies, from paired draws: pure functions on arrays, no model and no parameter.

`costs` and `effects` are float64[draws, options], the same draws for every option (same parameters, same luck).
Costs are pounds of one payer's view; effects are of one currency (QALYs or WELLBYs), never a sum of two.
`threshold` is what a unit of effect is taken to be worth, in pounds. Methods: Briggs, Claxton and Sculpher (2006);
dominance and frontier as in Fenwick, Claxton and Sculpher (2001).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

ON_FRONTIER, DOMINATED, EXTENDED = "on the frontier", "dominated", "dominated by a mixture of two others"
QUADRANTS = (
    "more effect, more cost",
    "more effect, no more cost",
    "no more effect, more cost",
    "no more effect, no more cost",
)


@dataclass(frozen=True)
class Option:
    """One policy in the full incremental analysis: means over draws; `icer` against the one before it on the frontier.

    NaN for the cheapest on the frontier and for those not on it.
    """

    name: str
    cost: float
    effect: float
    status: str
    icer: float


def net_benefit(costs: np.ndarray, effects: np.ndarray, threshold: float) -> np.ndarray:
    """Pounds: effects at the threshold less costs, of the same shape."""
    return threshold * np.asarray(effects, dtype=np.float64) - costs


def icer(cost: np.ndarray, effect: np.ndarray) -> float:
    """Pounds for one more unit of effect: mean of increments over mean of increments, never a mean of ratios.

    NaN unless it costs more and gives more: elsewhere a ratio misleads (see `position`).
    """
    more_cost, more_effect = float(np.mean(cost)), float(np.mean(effect))
    return more_cost / more_effect if more_cost > 0 and more_effect > 0 else float("nan")


def position(cost: np.ndarray, effect: np.ndarray) -> str:
    """Where the mean increment lies on the plane: one of QUADRANTS."""
    more_cost, more_effect = float(np.mean(cost)) > 0, float(np.mean(effect)) > 0
    return QUADRANTS[(0 if more_cost else 1) if more_effect else (2 if more_cost else 3)]


def quadrants(cost: np.ndarray, effect: np.ndarray) -> dict[str, int]:
    """How many draws lie in each quadrant of the cost-effectiveness plane; no difference counts as "no more"."""
    each = [position(np.array([c]), np.array([e])) for c, e in zip(cost, effect, strict=True)]
    return {name: each.count(name) for name in QUADRANTS}


def full_analysis(names: Sequence[str], costs: np.ndarray, effects: np.ndarray) -> list[Option]:
    """Every option in order of cost, with dominance, extended dominance, and ICERs along the frontier."""
    cost, effect = np.mean(costs, axis=0), np.mean(effects, axis=0)
    order = sorted(range(len(names)), key=lambda i: (cost[i], -effect[i], i))
    frontier = _frontier(order, cost, effect)
    undominated = _undominated(order, effect)
    found = []
    for i in order:
        status = ON_FRONTIER if i in frontier else EXTENDED if i in undominated else DOMINATED
        found.append(Option(names[i], float(cost[i]), float(effect[i]), status, _step(i, frontier, cost, effect)))
    return found


def _undominated(order: Sequence[int], effect: np.ndarray) -> list[int]:
    """In order of cost, those with more effect than every cheaper one."""
    kept: list[int] = []
    for i in order:
        if not kept or effect[i] > effect[kept[-1]]:
            kept.append(i)
    return kept


def _frontier(order: Sequence[int], cost: np.ndarray, effect: np.ndarray) -> list[int]:
    """The undominated on the lower convex hull: ratios rise from each to the next."""
    kept: list[int] = []
    for i in _undominated(order, effect):
        while len(kept) > 1 and _ratio(kept[-2], kept[-1], cost, effect) > _ratio(kept[-1], i, cost, effect):
            kept.pop()
        kept.append(i)
    return kept


def _ratio(a: int, b: int, cost: np.ndarray, effect: np.ndarray) -> float:
    return float((cost[b] - cost[a]) / (effect[b] - effect[a]))


def _step(i: int, frontier: Sequence[int], cost: np.ndarray, effect: np.ndarray) -> float:
    at = frontier.index(i) if i in frontier else 0
    return _ratio(frontier[at - 1], i, cost, effect) if at else float("nan")


def acceptability(costs: np.ndarray, effects: np.ndarray, grid: Sequence[float]) -> np.ndarray:
    """float64[thresholds, options]: the share of draws in which each option has the most net benefit.

    Options that tie share the draw: two policies that are the same are each best in half.
    """
    rows = []
    for threshold in grid:
        benefit = net_benefit(costs, effects, threshold)
        best = benefit == benefit.max(axis=1, keepdims=True)
        rows.append((best / best.sum(axis=1, keepdims=True)).mean(axis=0))
    return np.array(rows)


def acceptability_frontier(
    costs: np.ndarray, effects: np.ndarray, grid: Sequence[float]
) -> tuple[np.ndarray, np.ndarray]:
    """int64[thresholds]: the option with most expected net benefit; float64[thresholds]: its acceptability.

    The choice is by the expectation; the share says how sure. They are not the same when benefits are skewed.
    """
    best = np.array([int(net_benefit(costs, effects, t).mean(axis=0).argmax()) for t in grid])
    return best, acceptability(costs, effects, grid)[np.arange(len(best)), best]


# ------------------------------------------------------------------ what would have to be true


def break_even_times(cost: np.ndarray, effect: np.ndarray, threshold: float) -> float:
    """By how much the effect would have to be multiplied for the mean net benefit to be nothing.

    NaN where there is no more effect, or where it costs no more anyway.
    """
    found = icer(cost, effect)
    return found / threshold if np.isfinite(found) else float("nan")


def break_even_value(values: np.ndarray, benefit: np.ndarray) -> float | None:
    """The value of one parameter at which expected net benefit, a straight line in it, is nothing.

    `values` and `benefit` are float64[draws]. None where the line does not cross within the values drawn, or the
    slope cannot be told from nothing (less than two standard errors).
    """
    if np.ptp(values) == 0:
        return None
    x = values - values.mean()
    slope = float((x * benefit).sum() / (x * x).sum())
    left = benefit - benefit.mean() - slope * x
    error = float(np.sqrt((left**2).sum() / max(1, len(x) - 2) / (x * x).sum()))
    if abs(slope) <= 2 * error:
        return None
    crossing = float(values.mean() - benefit.mean() / slope)
    return crossing if values.min() <= crossing <= values.max() else None
