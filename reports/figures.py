"""The outcomes that are drawn, and how their values are said and set out over the years."""

from __future__ import annotations

import re

import numpy as np

from sim.results import outcomes, summary, words
from sim.results.outcome import Outcome
from sim.results.readings import QUARTER, moments

YEAR = 52
FIGURES: dict[str, Outcome] = {one.name: one for one in outcomes.charted()}
"""What people can choose to see drawn, in the order of the tiles."""


def say(kind: str, value: float, signed: bool = False) -> str:
    """A figure in the words of its kind. Never "-0.0"."""
    if not np.isfinite(value):
        return "no figure"
    if kind == "gbp":
        return _pounds(value, signed)
    scaled, digits = _scaled(kind, value)
    shown = round(scaled, digits) + 0.0
    text = f"{shown:+,.{digits}f}" if signed and shown else f"{shown:,.{digits}f}"
    if kind == "points" or (kind == "share" and signed):
        return text + (" point" if abs(shown) == 1 else " points")
    return text + {"share": "%", "sd": " SD"}.get(kind, "")


def reach(kind: str, found: summary.Interval, signed: bool = False) -> str:
    """What stands beside a middle figure: its range, with its unit once, and what few worlds leave of it."""
    return words.reach(
        found,
        lambda value: say(kind, value, signed),
        lambda value: re.sub(" (points?|SD)$", "", say(kind, value, signed)),
    )


def _scaled(kind: str, value: float) -> tuple[float, int]:
    if kind in ("share", "points"):
        return 100 * value, 1
    return value, 3 if kind == "sd" else 1 if abs(value) < 100 else 0


def _pounds(value: float, signed: bool = False) -> str:
    """£0.35, £325, £325k, £1.2m."""
    size = abs(value)
    sign = "-" if value < -0.004 else "+" if signed and value > 0.004 else ""
    if size >= 999_500:
        return f"{sign}£{size / 1e6:.1f}m"
    if size >= 10_000:
        return f"{sign}£{size / 1000:.0f}k"
    return f"{sign}£{size:,.2f}" if size < 100 else f"{sign}£{size:,.0f}"


def quantiles(course: np.ndarray) -> dict[str, np.ndarray]:
    """low, q1, middle, q3, high over worlds of float64[points, worlds]: the 90% and 50% bands."""
    found = np.nanquantile(course, (0.05, 0.25, 0.5, 0.75, 0.95), axis=1)
    return dict(zip(("low", "q1", "middle", "q3", "high"), found, strict=True))


def years_of(course: np.ndarray, weeks: int, flow: bool) -> np.ndarray:
    """Years since the policy began, for the points of a course: quarter's ends for flows, moments for stocks."""
    if flow:
        return (np.arange(len(course)) + 1) * QUARTER / YEAR
    return (moments(weeks) + 1) / YEAR
