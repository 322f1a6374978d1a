"""Results as plain tables for machines (`--json`): the same numbers that people read."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, Protocol

import numpy as np

from reports import ledger
from scenarios.running import posterior
from scenarios.running.posterior import PRIORS, Chosen
from sim.numbers import judgements
from sim.results import caveats, counts, equity, pooling, summary, value
from sim.results.result import LEVELS, Result


def clean(value: Any) -> Any:
    """NaN becomes null: JSON knows no NaN."""
    if isinstance(value, dict):
        return {key: clean(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [clean(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def say(content: Any) -> None:
    """One JSON document on standard output."""
    print(json.dumps(clean(content), indent=2, ensure_ascii=False))


def levels(result: Result, beside: Sequence[Result] = ()) -> dict[str, Any]:
    """One run: headline, cascade, groups, money. Groups are pooled as in the runs `beside` it."""
    every = (result, *beside)
    return {
        "headline": {name: asdict(summary.interval(v)) for name, v in summary.headline(result).items()},
        "cascade": [asdict(row) for row in summary.cascade(result)],
        "groups": [group(row[0]) for d in summary.dimensions() for row in summary.side_by_side(every, d)],
        "areas": areas(result),
        "gbp_per_adult_year_by_payer": {
            name: asdict(summary.interval(v)) for name, v in counts.spent_by_payer(result).items()
        },
        "gbp_by_year_and_payer": by_year(result),
        "ledger": ledger.as_dict(result),
        "worth": worth(result),
        "satisfaction_point_years_per_want": satisfaction(result),
        "equity": {
            "slope_index": {name: asdict(summary.interval(equity.slope(result, name))) for name in equity.SHOWN},
            "spread": [asdict(one) for one in equity.spreads(result)],
        },
        "drift": result.drift,
    }


def areas(result: Result) -> list[dict[str, Any]]:
    """Every area by itself: who lives there, how many were simulated, and its headline."""
    shape = result.shape
    sizes = zip(pooling.adults(shape), pooling.simulated(shape), strict=True)
    return [
        {
            "area": name,
            "code": code,
            "adults": int(lives),
            "simulated": int(took),
            "headline": {key: asdict(summary.interval(v)) for key, v in summary.headline(part).items()},
        }
        for (name, part), code, (lives, took) in zip(pooling.each_area(result), shape.codes, sizes, strict=True)
    ]


def by_year(result: Result) -> list[dict[str, Any]]:
    """Median pounds of all simulated places by reported year and payer."""
    spent = np.median(value.spent_by_year(result), axis=0)
    return [
        {"year": y + 1} | dict(zip(counts.PAYERS.values(), row.tolist(), strict=True)) for y, row in enumerate(spent)
    ]


def worth(result: Result) -> dict[str, Any]:
    """What it gives and what it is worth, one currency beside the other; volunteers' time valued three ways."""
    own = value.draw_worth(result)
    gbp = {f"volunteer_time_{how}_gbp": value.volunteer_time_gbp(result, own, how) for how in value.VOLUNTEER_TIME} | {
        f"services_saved_{route}_gbp": value.services_saved_gbp(result, own, value.Choices(service_route=route))
        for route in value.SERVICE_ROUTES
    }
    apart = value.supporters_apart(result, own)
    found = value.headline(result, own) | gbp | {f"supporters_apart_{name}": v for name, v in apart.items()}
    return {name: asdict(summary.interval(v)) for name, v in found.items()}


def satisfaction(result: Result) -> list[dict[str, Any]]:
    """Life-satisfaction point-years for each want, by group."""
    per_want = value.satisfaction_per_want(result, value.draw_worth(result))
    return [
        {"dimension": dimension, "level": level} | asdict(summary.interval(per_want[:, i]))
        for i, (dimension, level) in enumerate(LEVELS)
    ]


def group(found: summary.Group) -> dict[str, Any]:
    """One group's availability."""
    about = {"dimension": found.dimension, "level": found.level, "wants": found.wants, "small": found.small}
    return about | {"available": asdict(found.interval)}


def change(a: Result, b: Result) -> dict[str, Any]:
    """b less a, paired by world, and who gains."""
    return {
        "difference": {name: asdict(pair) for name, pair in summary.difference(a, b).items()},
        "worth": {name: asdict(pair) for name, pair in value.difference(a, b).items()},
        "areas": {
            name: {key: asdict(pair) for key, pair in summary.difference(one, two).items()}
            for (name, one), (_, two) in zip(pooling.each_area(a), pooling.each_area(b), strict=True)
        },
        "who_gains": [asdict(row) for d in summary.dimensions() for row in summary.who_gains(a, b, d)],
    }


class HasName(Protocol):
    """A scenario, or a run of one."""

    @property
    def name(self) -> str:
        """Its name."""

    @property
    def title(self) -> str:
        """Its title."""


def evidence(chosen: Chosen, scenarios: Sequence[HasName] = ()) -> dict[str, Any]:
    """Where parameters come from, and which outputs evidence made findings of, and under which policies; all others are
    assumptions."""
    told, of = posterior.outputs(chosen), [s for s in scenarios if s.title in chosen.of and not chosen.own]
    finding = {name: bool(of) and posterior.narrowed(name, chosen) for name in told}
    return {
        "file": chosen.file,
        "sha256": chosen.sha256,
        "said": posterior.origin(chosen),
        "findings": [name for name in told if finding[name]],
        "findings_of": [s.name for s in of],
        "outputs": [row | {"finding": finding[name]} for name, row in told.items()],
        "note": posterior.note(chosen),
    }


def study(
    scenarios: Sequence[HasName], results: Sequence[Result], sample: str, chosen: Chosen | None = PRIORS
) -> dict[str, Any]:
    """A baseline and its alternatives, with parameters from the posterior `chosen` (None: of one that is not here)."""
    return clean(
        {
            "posterior": None if chosen is None else evidence(chosen, scenarios),
            "status": caveats.status(results[0].shape),
            "sample": sample,
            "caveats": [
                caveats.levels(results[0].shape),
                caveats.OFFERED,
                caveats.WORLDS,
                caveats.VALUES,
                caveats.PRICES,
                caveats.FORECAST,
            ],
            "judgements": [asdict(one) for one in judgements.JUDGEMENTS],
            "baseline": scenarios[0].name,
            "differences": {s.name: change(results[0], r) for s, r in zip(scenarios[1:], results[1:], strict=True)},
            "levels": {s.name: levels(r, results) for s, r in zip(scenarios, results, strict=True)},
        }
    )
