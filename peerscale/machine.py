"""Results as plain tables for machines (`--json`): the same numbers that people read."""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import Any

from scenarios.scenario import Scenario
from sim import caveats, summary
from sim.result import Result


def clean(value: Any) -> Any:
    """NaN becomes null: JSON knows no NaN."""
    if isinstance(value, dict):
        return {key: clean(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [clean(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def levels(result: Result) -> dict[str, Any]:
    """One run: headline, cascade, groups, money."""
    return {
        "headline": {name: asdict(summary.interval(v)) for name, v in summary.headline(result).items()},
        "cascade": [asdict(row) for row in summary.cascade(result)],
        "groups": [group(g) for d in summary.dimensions() for g in summary.groups(result, d)],
        "gbp_per_adult_year_by_payer": {
            name: asdict(summary.interval(v)) for name, v in summary.spent_by_payer(result).items()
        },
        "drift": result.drift,
    }


def group(found: summary.Group) -> dict[str, Any]:
    """One group's availability."""
    about = {"dimension": found.dimension, "level": found.level, "wants": found.wants, "small": found.small}
    return about | {"available": asdict(found.interval)}


def change(a: Result, b: Result) -> dict[str, Any]:
    """b less a, paired by world, and who gains."""
    return {
        "difference": {name: asdict(pair) for name, pair in summary.difference(a, b).items()},
        "who_gains": [asdict(row) for d in summary.dimensions() for row in summary.who_gains(a, b, d)],
    }


def study(scenarios: list[Scenario], results: list[Result], sample: str) -> dict[str, Any]:
    """A baseline and its alternatives."""
    return clean({
        "status": caveats.status(results[0].shape),
        "sample": sample,
        "caveats": [caveats.levels(results[0].shape), caveats.OFFERED, caveats.WORLDS, caveats.VALUES, caveats.PRICES, caveats.FORECAST],
        "baseline": scenarios[0].name,
        "differences": {
            s.name: change(results[0], r) for s, r in zip(scenarios[1:], results[1:], strict=True)
        },
        "levels": {s.name: levels(r) for s, r in zip(scenarios, results, strict=True)},
    })
