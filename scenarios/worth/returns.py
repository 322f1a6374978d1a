"""Why published returns range so widely: their assumptions put into this model one at a time, the same runs throughout.

A return is pounds of benefit for one pound, mean over mean. Published social returns make different choices about what
counts, for how long, at what price and against what; none of the rows but the first is this model's own.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from scenarios.worth import thresholds
from scenarios.worth.case import Runs, View, costs, effects, increment, scaled, told_apart, worth_of
from sim.numbers.parameters import records
from sim.numbers.prices import at_model_prices
from sim.results import value
from sim.results.result import Result
from sim.results.value import Choices

OWN = View("WELLBY", "society", Choices())


@dataclass(frozen=True)
class Assumptions:
    """What a published return may have assumed. The usual is this model's own way."""

    view: View = OWN
    threshold: str = thresholds.MAIN["WELLBY"]
    volunteers_gain: bool = False
    supporters_gain: bool = False
    grants_only: bool = False
    no_comparison: bool = False


@dataclass(frozen=True)
class Return:
    """One row. `gbp` for one pound; None where there is no ratio: it costs no more (then it `saves`), or it gains nothing."""

    words: str
    gbp: float | None
    saves: bool = False


def _high(*names: str) -> tuple[tuple[str, float], ...]:
    found = records()
    return tuple((name, at_model_prices(found[name].high, found[name].unit)) for name in names)


def _choices(**changed: object) -> View:
    return replace(OWN, choices=replace(Choices(), **changed))  # type: ignore[arg-type]


def one_at_a_time() -> list[tuple[str, Assumptions]]:
    """Words and assumptions: this model's own first, then one change each, then all that can stand together."""
    usual = Assumptions()
    weights = _high("satisfaction_per_lonely_sd", "satisfaction_per_confidence_sd")
    causal = _high("activation_causal_share")
    supporters = _high("supporter_gain_points")
    all_of = View(
        "WELLBY",
        "society",
        Choices("halves_beyond", "activation", "nothing", False, False),
        (*weights, *causal, *supporters),
    )
    return [
        ("this model's own way: WELLBYs, all payers, against the other policy", usual),
        (
            "effects go on halving beyond the years reported, for good",
            replace(usual, view=_choices(persistence="halves_beyond")),
        ),
        ("nothing is discounted", replace(usual, view=_choices(discounted=False))),
        (
            "one-to-one support lowers emergency admissions, as trials suggest",
            replace(usual, view=_choices(service_route="trial")),
        ),
        (
            "confidence lowers all use of services, at the most that we take as causal",
            replace(usual, view=replace(_choices(service_route="activation"), held=causal)),
        ),
        ("life satisfaction gained at the high end of what we assume", replace(usual, view=replace(OWN, held=weights))),
        ("a WELLBY at the high end of its range", replace(usual, threshold="wellby_high")),
        ("volunteers' hours counted as a gain, at what a paid worker would cost", replace(usual, volunteers_gain=True)),
        (
            "supporters' own gain counted, at the high end of what we assume",
            replace(usual, supporters_gain=True, view=replace(OWN, held=supporters)),
        ),
        ("places that are used cost nothing beside budgets", replace(usual, view=_choices(places=False))),
        ("only grants and budgets counted as cost", replace(usual, grants_only=True, view=_choices(places=False))),
        (
            "no comparison: all that is gained under the policy credited to all that it costs",
            replace(usual, no_comparison=True),
        ),
        (
            "all of these together, with one route to services",
            Assumptions(all_of, "wellby_high", True, True, True, True),
        ),
    ]


def returns(runs: Runs) -> list[Return]:
    """Every row. Empty where the policy does not measurably raise wellbeing: then there is no return."""
    if not _raises(runs):
        return []
    return [_return(words, runs, taken) for words, taken in one_at_a_time()]


def by_policy(runs: Runs) -> list[Return]:
    """This model's own way for each policy of the case against its first. None where it does not measurably raise wellbeing,
    or costs no more."""
    pairs = (
        Runs((runs.titles[0], title), (runs.results[0], result), runs.parameters)
        for title, result in zip(runs.titles[1:], runs.results[1:], strict=True)
    )
    return [
        _return(one.titles[1], one, Assumptions()) if _raises(one) else Return(one.titles[1], None) for one in pairs
    ]


def _raises(runs: Runs) -> bool:
    return told_apart(increment(runs, OWN).effect) > 0


def _return(words: str, runs: Runs, taken: Assumptions) -> Return:
    found = _ratio(runs, taken)
    return Return(words, found, saves=found is None)


def _ratio(runs: Runs, taken: Assumptions) -> float | None:
    one, two = (_both(result, taken) for result in runs.results[:2])
    benefit, cost = two if taken.no_comparison else (two[0] - one[0], two[1] - one[1])
    return benefit / cost if cost > 0 else None


def _both(result: Result, taken: Assumptions) -> tuple[float, float]:
    """Mean pounds of benefit and of cost over worlds. Services saved are a benefit here, as such studies have it."""
    seen, price = taken.view, thresholds.thresholds()[taken.threshold].gbp
    spending = replace(
        seen,
        choices=replace(seen.choices, service_route="none"),
        perspective="grants" if taken.grants_only else "society",
    )
    benefit = price * effects(result, seen)
    benefit = benefit + scaled(result, lambda part: value.services_saved_gbp(part, worth_of(part, seen), seen.choices))
    if taken.volunteers_gain:
        benefit = benefit + scaled(
            result, lambda part: value.volunteer_time_gbp(part, worth_of(part, seen), "replacement")
        )
    if taken.supporters_gain:
        benefit = benefit + price * scaled(result, lambda part: _supporters(part, seen))
    return float(np.mean(benefit)), float(np.mean(costs(result, spending)))


def _supporters(part: Result, seen: View) -> np.ndarray:
    return value.supporters_apart(part, worth_of(part, seen))["own_gain_point_years"]
