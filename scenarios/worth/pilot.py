"""The evaluation, simulated before it is paid for: places under the policy against other places under today's.

A world of one neighbourhood is one place. Replicates of a parameter draw are places alike in all but luck; a pilot takes
some of them under the policy and others, with other luck, under the comparison, and counts what a real evaluation can
count (never latent wants). Real places differ by more than luck, and surveys miss people: power here is the most that
can be hoped for. Truths are the parameter draws, so power is over the worlds we assumed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scenarios.worth.case import SOCIETY, Runs, View, increment
from scenarios.worth.information import evppi
from sim.errors import UserError
from sim.results import counts
from sim.results.result import Result
from sim.vocabulary import MONTHS, YEAR

ALPHA = 0.05
GOOD_POWER = 0.8
SIZES = (2, 3, 4, 6, 8, 12, 16, 24)
"""Places in each arm that are tried for the smallest pilot."""
REPEATS = 200
PILOTS = 20
"""Simulated pilots of each parameter draw that the value of information is averaged over."""
FEWEST_REPLICATES = 4
"""Replicates of a draw below which the spread between places is not known well enough to sample from (judgement)."""
MEASURES: dict[str, str] = {
    "started": "People starting, per 1,000 adults",
    "net": "People better off, less those worse off, per 1,000 adults",
    "worse": "People worse off, per 1,000 adults",
    "waiting": "People waiting at the end, per 1,000 adults",
    "used": "Of people with a condition, used it in the last year, %",
    "spent": "Spent on peer support, GBP per adult",
}


@dataclass(frozen=True)
class Power:
    """One outcome at one size: in which share of simulated pilots it was told from nothing, by parameter draw.

    `detected`: told apart in the true direction, mean over draws; `draws_detected`: draws in which that is at least
    GOOD_POWER; `wrong`: told apart the wrong way; `false_alarm`: told apart when both arms had the same policy.
    """

    measure: str
    effect: float
    detected: float
    draws_detected: int
    draws: int
    wrong: float
    false_alarm: float


def counted(result: Result, months: int) -> dict[str, np.ndarray]:
    """float64[worlds] of what an evaluation can count in the first months after the policy began."""
    weeks = weeks_of(months, result.shape.weeks)
    adults = counts.weekly_total(result, "adults")[:weeks].mean(axis=0)

    def total(column: str) -> np.ndarray:
        return np.asarray(counts.weekly_total(result, column)[:weeks].sum(axis=0))

    at_end = {
        name: counts.weekly_total(result, name)[weeks - 1] for name in ("waiting", "used_last_year", "with_condition")
    }
    spent = sum((total(name) for name in SOCIETY), np.zeros(len(adults))) / 100
    return {
        "started": 1000 * total("n_started") / adults,
        "net": 1000 * (total("n_better") - total("n_worse")) / adults,
        "worse": 1000 * total("n_worse") / adults,
        "waiting": 1000 * at_end["waiting"] / adults,
        "used": 100 * counts.share(at_end["used_last_year"], at_end["with_condition"]),
        "spent": spent / adults,
    }


def weeks_of(months: int, most: int) -> int:
    """Whole weeks of so many months. UserError when the runs are not that long."""
    weeks = round(months * YEAR / MONTHS)
    if not 1 <= weeks <= most:
        raise UserError(
            "the pilot does not fit in the years simulated",
            key="--months",
            got=str(months),
            rule=f"from 1 to {int(most * MONTHS / YEAR)} months",
            try_="--months 12, or more --years",
        )
    return weeks


def check(places: int, replicates: int) -> None:
    """Raises UserError for a pilot that cannot be tested."""
    if places < 2:
        raise UserError(
            "one neighbourhood cannot be told from luck",
            key="--places",
            got=str(places),
            rule="at least 2 neighbourhoods in each arm",
            try_="--places 6",
        )
    if replicates < FEWEST_REPLICATES:
        raise UserError(
            "too few replicates to simulate a pilot",
            key="--replicates",
            got=str(replicates),
            rule=f"at least {FEWEST_REPLICATES} replicates of each draw",
            try_=f"--replicates {FEWEST_REPLICATES}",
        )


def power(runs: Runs, months: int, places: int, seed: int = 1) -> list[Power]:
    """Each outcome at one size. Places are drawn with replacement from the replicates of each draw."""
    check(places, runs.replicates)
    before, after = (counted(result, months) for result in runs.results[:2])
    rng = np.random.default_rng([seed, places, months])
    return [_power(name, runs.table(before[name]), runs.table(after[name]), places, rng) for name in MEASURES]


def _power(name: str, before: np.ndarray, after: np.ndarray, places: int, rng: np.random.Generator) -> Power:
    truth = (after - before).mean(axis=1)
    found, null = _tests(before, after, places, rng), _tests(before, before, places, rng)
    right = (found == np.sign(truth)[:, None]) & (found != 0)
    wrong = (found != 0) & ~right
    each = right.mean(axis=1)
    return Power(
        name,
        float(truth.mean()),
        float(each.mean()),
        int((each >= GOOD_POWER).sum()),
        len(truth),
        float(wrong.mean()),
        float((null != 0).mean()),
    )


def _tests(one: np.ndarray, two: np.ndarray, places: int, rng: np.random.Generator) -> np.ndarray:
    """int64[draws, REPEATS]: 1 or -1 where Welch's test tells two over one apart, else 0. Arms have different luck.

    The spread between replicates is made as large as that between places: drawing with replacement from r of them
    has (r - 1) / r of their variance.
    """
    a, b = _arm(one, places, rng), _arm(two, places, rng)
    gap = b.mean(axis=2) - a.mean(axis=2)
    va, vb = a.var(axis=2, ddof=1) / places, b.var(axis=2, ddof=1) / places
    error = va + vb
    freedom = np.divide(error**2 * (places - 1), va**2 + vb**2, out=np.full_like(error, np.inf), where=error > 0)
    far = np.abs(gap) > _critical(freedom) * np.sqrt(error)
    return np.where(far & (error > 0), np.sign(gap), 0).astype(np.int64)


def _arm(table: np.ndarray, places: int, rng: np.random.Generator) -> np.ndarray:
    """float64[draws, REPEATS, places] of places drawn from the replicates of each draw."""
    draws, replicates = table.shape
    middle = table.mean(axis=1, keepdims=True)
    wide = middle + (table - middle) * np.sqrt(replicates / (replicates - 1))
    picked = rng.integers(0, replicates, (draws, REPEATS, places))
    return np.take_along_axis(wide[:, None, :].repeat(REPEATS, axis=1), picked, axis=2)


def _critical(freedom: np.ndarray) -> np.ndarray:
    from scipy.stats import t

    return np.asarray(t.ppf(1 - ALPHA / 2, freedom))


# ------------------------------------------------------------------ what a pilot is worth


@dataclass(frozen=True)
class Pilot:
    """One size: the chance to tell people better off, less those worse off, apart, what it adds in spending, what it is worth knowing.

    `worth_gbp` is for the one decision of the area studied; NaN when there are too few draws to say.
    """

    places: int
    detected: float
    extra_gbp: float
    worth_gbp: float


def sizes(runs: Runs, seen: View, threshold: float, months: int, measure: str = "net", seed: int = 1) -> list[Pilot]:
    """Every size of SIZES. The value of information regresses net benefit on simulated results of the pilot."""
    from scenarios.worth.information import FEWEST_DRAWS

    gain = increment(runs, seen).benefit(threshold).mean(axis=1)
    before, after = (counted(result, months) for result in runs.results[:2])
    adults = runs.results[0].shape.places * runs.results[0].shape.place_size
    extra = float(np.mean(after["spent"] - before["spent"])) * adults
    found = []
    for places in SIZES:
        rng = np.random.default_rng([seed, places, months, 7])
        told = _power(measure, runs.table(before[measure]), runs.table(after[measure]), places, rng).detected
        worth = float("nan")
        if runs.draws >= FEWEST_DRAWS:
            worth = _worth(gain, runs.table(before[measure]), runs.table(after[measure]), places, rng)
        found.append(Pilot(places, told, extra * places, worth))
    return found


def _worth(gain: np.ndarray, before: np.ndarray, after: np.ndarray, places: int, rng: np.random.Generator) -> float:
    """Pounds: mean over simulated pilots, less what the same regression finds when results are shuffled between draws."""
    benefit = np.stack([np.zeros_like(gain), gain], axis=1)
    results = (_arm(after, places, rng).mean(axis=2) - _arm(before, places, rng).mean(axis=2))[:, :PILOTS]
    found = np.mean([evppi(benefit, results[:, k]) for k in range(PILOTS)])
    idle = np.mean([evppi(benefit, rng.permutation(results[:, k])) for k in range(PILOTS)])
    return max(0.0, float(found - idle))


def smallest(found: list[Pilot]) -> Pilot | None:
    """The smallest pilot whose information is worth more than its extra spending; None when none is, or not measured."""
    return next((one for one in found if one.worth_gbp > one.extra_gbp), None)
