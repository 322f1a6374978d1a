"""From a run to what it is worth: changes people could feel, QALYs or WELLBYs, time, services, pounds.

Pure functions of a `Result` and of declared parameters (role `value`). Every figure is an expectation: what
support does on average, given each person's dose, need, fit and quality. Arrays are float64[worlds] unless
said otherwise; pounds are at 2024/25 prices. Two currencies of wellbeing are kept apart: adding QALYs to
WELLBYs raises. Use of services changes by one route at a time.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import lru_cache

import numpy as np

from sim.errors import UserError
from sim.numbers.parameters import TABLES, Column, Record, draw_value, records
from sim.results import counts, summary
from sim.results.outcome import Outcome
from sim.results.pooling import added
from sim.results.result import GAINS, MONEY, Measure, Result, reported_years
from sim.vocabulary import YEAR

PERSISTENCE = ("stops", "halves", "halves_beyond")
"""How long an effect lasts (contested): it stops with support; it halves until the horizon; or for good."""
SERVICE_ROUTES = ("none", "trial", "activation")
"""How support may change use of hospitals: not at all; as in the trials; through confidence. Never two."""
VOLUNTEER_TIME = ("nothing", "replacement", "opportunity")
"""What an hour of volunteers' time is worth: nothing; what a paid worker would cost; what else they would do."""
SERVICES = ("admission", "attendance", "outpatient", "gp")


@dataclass(frozen=True)
class Worth:
    """float64[n_worlds] for each parameter of role `value`; names, units and sources stand in the table."""

    lonely_points_per_sd: Column
    confidence_points_per_sd: Column
    satisfaction_per_lonely_sd: Column
    satisfaction_per_confidence_sd: Column
    utility_per_lonely_sd: Column
    utility_per_confidence_sd: Column
    wellby_gbp: Column
    qaly_gbp_nice: Column
    qaly_gbp_margin: Column
    qaly_gbp_green_book: Column
    discount_costs: Column
    discount_health: Column
    admission_per_year: Column
    attendance_per_year: Column
    outpatient_per_year: Column
    gp_per_year: Column
    admission_gbp: Column
    attendance_gbp: Column
    outpatient_gbp: Column
    gp_gbp: Column
    admission_ratio: Column
    attendance_ratio: Column
    outpatient_ratio: Column
    gp_ratio: Column
    levels_apart_sd: Column
    activation_causal_share: Column
    trial_fewer_admissions: Column
    volunteer_hours_year: Column
    organiser_hours_week: Column
    paid_hours_week: Column
    volunteer_hour_replacement_gbp: Column
    volunteer_hour_opportunity_gbp: Column
    supporter_gain_points: Column
    stretched_loss_points: Column
    place_group_gbp_week: Column
    place_group_hours_week: Column
    place_one_gbp_week: Column
    place_pair_gbp_week: Column
    place_start_gbp: Column


@dataclass(frozen=True)
class Choices:
    """The choices that evidence does not settle. Each word is one of the tuples above."""

    persistence: str = "halves"
    service_route: str = "none"
    volunteer_time: str = "nothing"
    discounted: bool = True
    places: bool = True
    """Whether a place that is used has a price, beside budgets."""

    def __post_init__(self) -> None:
        for name, known in (
            ("persistence", PERSISTENCE),
            ("service_route", SERVICE_ROUTES),
            ("volunteer_time", VOLUNTEER_TIME),
        ):
            if getattr(self, name) not in known:
                raise UserError(
                    f"no such choice for {name.replace('_', ' ')}",
                    key=name,
                    got=repr(getattr(self, name)),
                    rule="one of " + ", ".join(known),
                    try_=known[0],
                )


USUAL = Choices()


@dataclass(frozen=True)
class Amount:
    """An amount of one currency of wellbeing: "QALY" or "WELLBY". Amounts of two currencies cannot be added."""

    values: np.ndarray
    currency: str

    def __add__(self, other: Amount) -> Amount:
        return Amount(self.values + self._same(other), self.currency)

    def __sub__(self, other: Amount) -> Amount:
        return Amount(self.values - self._same(other), self.currency)

    def _same(self, other: Amount) -> np.ndarray:
        if self.currency != other.currency:
            raise ValueError(f"{self.currency}s and {other.currency}s count the same wellbeing twice: choose one")
        return other.values


@lru_cache(maxsize=1)
def value_records() -> dict[str, Record]:
    """Records of the parameters that value outcomes. UserError if table and this module disagree."""
    rows = {name: record for name, record in records().items() if record.role == "value"}
    declared = {f.name for f in fields(Worth)}
    if declared != set(rows):
        raise UserError(
            "the parameter table and the valuation disagree",
            file=str(TABLES / "parameters.csv"),
            rule="one row of role value for each parameter of sim/results/value.py",
            got=str(sorted(declared ^ set(rows))),
            try_="install tables and model of one version",
        )
    return rows


def draw_worth(result: Result, fixed: dict[str, float] | None = None) -> Worth:
    """The values of each world's own parameter draw; `fixed` overrides some by name, at 2024/25 prices."""
    held = fixed or {}
    ids = [draw for draw, _ in result.shape.worlds]
    return Worth(
        **{
            name: np.array([held.get(name, draw_value(record, d)) for d in ids])
            for name, record in value_records().items()
        }
    )


# ------------------------------------------------------------------ what people feel


def points_per_start(result: Result, worth: Worth) -> dict[str, np.ndarray]:
    """Mean change at the end of support, of those who started: UCLA points less lonely, PAM points more confident.

    Of latent wants that began in the reported years; a want with two spells of support counts both.
    """
    tally = counts.by_world(result)[:, 0].astype(np.float64)
    gain = {
        "lonely_points": (Measure.GAIN_LONELY, worth.lonely_points_per_sd),
        "confidence_points": (Measure.GAIN_CONFIDENCE, worth.confidence_points_per_sd),
    }
    return {
        name: counts.share(tally[:, measure] / 1000 * points, tally[:, Measure.ALL_STARTED])
        for name, (measure, points) in gain.items()
    }


def gain_years(result: Result) -> np.ndarray:
    """float64[worlds, years + 1, GAINS]: SD x years of everybody, by reported year; the last row is beyond."""
    worlds, areas = len(result.shape.worlds), len(result.shape.areas)
    return added(result.shape, result.gains.reshape(worlds, areas, *result.gains.shape[1:]), 1) / 1000 / YEAR


def sd_years(result: Result, kind: str, persistence: str = "halves", discount: np.ndarray | float = 0.0) -> np.ndarray:
    """SD x years of "lonely" or "confidence", kept as long as `persistence` says, discounted by year.

    What comes beyond the horizon is discounted as the year after the last: a little too lightly.
    """
    gains = gain_years(result)
    during, after = gains[:, :, GAINS.index(f"{kind}_in")], gains[:, :, GAINS.index(f"{kind}_after")]
    total = during.copy()
    if persistence != "stops":
        total[:, :-1] += after[:, :-1]
    if persistence == "halves_beyond":
        total[:, -1] += after[:, -1]
    return (total * discount_factors(total.shape[1], discount, len(total))).sum(axis=1)


def discount_factors(years: int, rate: np.ndarray | float, worlds: int) -> np.ndarray:
    """float64[worlds, years]: 1 in the first year, then less by `rate` a year (the Green Book's convention)."""
    each = np.broadcast_to(np.asarray(rate, dtype=np.float64), (worlds,))[:, None]
    return 1.0 / (1.0 + each) ** np.arange(years)


def satisfaction_years(result: Result, worth: Worth, choices: Choices = USUAL) -> np.ndarray:
    """Life-satisfaction points (0 to 10) x years, discounted unless `choices` says otherwise.

    The two parts are of people alike in the other, so they add up without counting anything twice.
    """
    rate = worth.discount_health if choices.discounted else 0.0
    return worth.satisfaction_per_lonely_sd * sd_years(
        result, "lonely", choices.persistence, rate
    ) + worth.satisfaction_per_confidence_sd * sd_years(result, "confidence", choices.persistence, rate)


def wellbys(result: Result, worth: Worth, choices: Choices = USUAL) -> Amount:
    """One WELLBY is one point of life satisfaction for one person for one year."""
    return Amount(satisfaction_years(result, worth, choices), "WELLBY")


def qalys(result: Result, worth: Worth, choices: Choices = USUAL) -> Amount:
    """EQ-5D utility x years."""
    rate = worth.discount_health if choices.discounted else 0.0
    return Amount(
        worth.utility_per_lonely_sd * sd_years(result, "lonely", choices.persistence, rate)
        + worth.utility_per_confidence_sd * sd_years(result, "confidence", choices.persistence, rate),
        "QALY",
    )


def sd_years_by_level(result: Result, kind: str, persistence: str = "halves") -> np.ndarray:
    """float64[worlds, levels]: SD x years by group of LEVELS, of latent wants that began in the reported years.

    Undiscounted. These are fewer than everybody's: who gains, not what stands against the money.
    """
    parts = {"stops": ("IN",), "halves": ("IN", "AFTER"), "halves_beyond": ("IN", "AFTER", "BEYOND")}[persistence]
    tally = counts.by_world(result)
    return (
        sum((tally[:, :, Measure[f"{kind.upper()}_WEEKS_{part}"]] for part in parts), np.zeros(tally.shape[:2]))
        / 1000
        / YEAR
    )


def satisfaction_per_want(result: Result, worth: Worth, persistence: str = "halves") -> np.ndarray:
    """float64[worlds, levels]: life-satisfaction points x years for each latent want, by group; NaN where none."""
    years = worth.satisfaction_per_lonely_sd[:, None] * sd_years_by_level(
        result, "lonely", persistence
    ) + worth.satisfaction_per_confidence_sd[:, None] * sd_years_by_level(result, "confidence", persistence)
    return counts.share(years, counts.by_world(result)[:, :, Measure.ALL_WANTS])


def worth_gbp(amount: Amount, worth: Worth, qaly_gbp: np.ndarray | float | None = None) -> np.ndarray:
    """Pounds: WELLBYs at the Treasury's value, QALYs at `qaly_gbp` (NICE's by default). One currency only."""
    if amount.currency == "WELLBY":
        return amount.values * worth.wellby_gbp
    return amount.values * (worth.qaly_gbp_nice if qaly_gbp is None else qaly_gbp)


# ------------------------------------------------------------------ services


def services_saved(result: Result, worth: Worth, choices: Choices) -> dict[str, np.ndarray]:
    """Fewer contacts with each service in the reported years, by the one route chosen. Expectations.

    "trial": emergency admissions of people with one-to-one support, while they have it. "activation": all four
    services, in proportion to confidence, by the share of the published association that is taken as causal.
    """
    nothing = np.zeros(len(result.shape.worlds))
    saved = dict.fromkeys(SERVICES, nothing)
    if choices.service_route == "trial":
        years = counts.weekly_total(result, "with_volunteer_or_paid").sum(axis=0) / YEAR
        saved["admission"] = years * worth.admission_per_year * worth.trial_fewer_admissions
    elif choices.service_route == "activation":
        sd = sd_years(result, "confidence", choices.persistence)
        for name in SERVICES:
            per_sd = (1.0 - getattr(worth, f"{name}_ratio")) / worth.levels_apart_sd
            saved[name] = sd * getattr(worth, f"{name}_per_year") * per_sd * worth.activation_causal_share
    return saved


def services_saved_gbp(result: Result, worth: Worth, choices: Choices) -> np.ndarray:
    """What those contacts would have cost, undiscounted. Not cash: beds and appointments are used by others."""
    saved = services_saved(result, worth, choices)
    return sum((saved[name] * getattr(worth, f"{name}_gbp") for name in SERVICES), np.zeros(len(result.shape.worlds)))


# ------------------------------------------------------------------ time and supporters


def hours(result: Result, worth: Worth) -> dict[str, np.ndarray]:
    """float64[weeks, worlds]: hours given each week by volunteers, organisers of groups and paid workers."""
    rates = {
        "volunteers": ("volunteers", worth.volunteer_hours_year / YEAR),
        "organisers": ("organisers", worth.organiser_hours_week),
        "paid workers": ("paid_mfte", worth.paid_hours_week / 1000),
    }
    return {name: counts.weekly_total(result, stock) * rate for name, (stock, rate) in rates.items()}


def by_year(result: Result, weekly: np.ndarray) -> np.ndarray:
    """float64[worlds, years, ...] of a weekly table [weeks, worlds, ...]."""
    starts = [first - result.shape.burn_in for first, _ in reported_years(result.shape)]
    return np.moveaxis(np.add.reduceat(weekly, starts, axis=0), 0, 1).astype(np.float64)


def volunteer_time_gbp(result: Result, worth: Worth, how: str, discount: np.ndarray | float = 0.0) -> np.ndarray:
    """What volunteers' and organisers' hours are worth, valued one of three ways."""
    given = hours(result, worth)
    yearly = by_year(result, given["volunteers"] + given["organisers"])
    total = (yearly * discount_factors(yearly.shape[1], discount, len(yearly))).sum(axis=1)
    prices = {
        "nothing": 0.0,
        "replacement": worth.volunteer_hour_replacement_gbp,
        "opportunity": worth.volunteer_hour_opportunity_gbp,
    }
    return total * prices[Choices(volunteer_time=how).volunteer_time]


def supporters_apart(result: Result, worth: Worth) -> dict[str, np.ndarray]:
    """Supporters' own life-satisfaction points x years: never in the headline, shown apart.

    What they gain is centred on nothing; what volunteers lose is for the time in which they were too many
    for their coordinators to supervise.
    """
    years = sum(counts.weekly_total(result, s).sum(axis=0) for s in ("volunteers", "organisers", "paid_workers")) / YEAR
    stretched = counts.weekly_total(result, "volunteers_stretched").sum(axis=0) / YEAR
    return {
        "supporter_years": years,
        "stretched_share": counts.share(stretched, counts.weekly_total(result, "volunteers").sum(axis=0) / YEAR),
        "own_gain_point_years": years * worth.supporter_gain_points,
        "stretched_loss_point_years": -stretched * worth.stretched_loss_points,
    }


# ------------------------------------------------------------------ places


def places_gbp(result: Result, worth: Worth, volunteer_time: str = "nothing") -> np.ndarray:
    """float64[weeks, worlds]: what the places in use cost at the margin, beside budgets, at 2024/25 prices.

    Room, expenses, coordination, matching, and the time that one member more takes of a group's organisers: at what they
    give up, or at nothing where `volunteer_time` prices all their hours anyway. Places online are paid for by budgets,
    used or not.
    """
    hour = worth.volunteer_hour_opportunity_gbp if volunteer_time == "nothing" else 0.0
    prices = {
        "in_groups": worth.place_group_gbp_week + worth.place_group_hours_week * hour,
        "with_volunteer_or_paid": worth.place_one_gbp_week,
        "in_pairs": worth.place_pair_gbp_week,
        "n_started": worth.place_start_gbp,
    }
    nothing = np.zeros((result.shape.weeks, len(result.shape.worlds)))
    return sum((counts.weekly_total(result, name) * price for name, price in prices.items()), nothing)


def places_gbp_by_year(result: Result, worth: Worth, volunteer_time: str = "nothing") -> np.ndarray:
    """float64[worlds, years] GBP by reported year, undiscounted."""
    return by_year(result, places_gbp(result, worth, volunteer_time))


# ------------------------------------------------------------------ money


def spent_by_year(result: Result) -> np.ndarray:
    """float64[worlds, years, payers] GBP by reported year, payers in the order of MONEY; undiscounted."""
    weekly = np.stack([counts.weekly_total(result, name) for name in MONEY], axis=2)
    return by_year(result, weekly) / 100


def cost(result: Result, worth: Worth, choices: Choices = USUAL) -> np.ndarray:
    """GBP of peer support, all payers and places used, link workers left out; volunteers' time as `choices` values it."""
    own = [i for i, name in enumerate(MONEY) if name != counts.NOT_PEER_SUPPORT]
    yearly = spent_by_year(result)[:, :, own].sum(axis=2)
    if choices.places:
        yearly = yearly + places_gbp_by_year(result, worth, choices.volunteer_time)
    rate = worth.discount_costs if choices.discounted else 0.0
    spent = (yearly * discount_factors(yearly.shape[1], rate, len(yearly))).sum(axis=1)
    return spent + volunteer_time_gbp(result, worth, choices.volunteer_time, rate)


def headline(result: Result, worth: Worth | None = None, choices: Choices = USUAL) -> dict[str, np.ndarray]:
    """float64[worlds] of what is shown together. WELLBYs and QALYs are two readings of the same gain."""
    worth = worth or draw_worth(result)
    adults = counts.weekly_total(result, "adults").mean(axis=0)
    years = result.shape.weeks / YEAR
    per_1000 = 1000 / np.maximum(1, adults) / years
    given = hours(result, worth)
    return points_per_start(result, worth) | {
        "wellbys_per_1000": wellbys(result, worth, choices).values * per_1000,
        "qalys_per_1000": qalys(result, worth, choices).values * per_1000,
        "volunteer_hours_per_1000": (given["volunteers"] + given["organisers"]).sum(axis=0) * per_1000,
        "paid_hours_per_1000": given["paid workers"].sum(axis=0) * per_1000,
        "stretched_share": supporters_apart(result, worth)["stretched_share"],
        "places_gbp_per_adult": places_gbp(result, worth).sum(axis=0) / np.maximum(1, adults) / years,
    }


def _given(name: str, words: str, unit: str, whole: str, digits: int, good: int = 1, kind: str = "number") -> Outcome:
    """An outcome that `headline` reads with the others, each world's values drawn."""

    def read(result: Result) -> np.ndarray:
        return headline(result)[name]

    return Outcome(name, words, kind, good, read, unit, whole, digits=digits, headline=False)


OUTCOMES: tuple[Outcome, ...] = (
    _given(
        "lonely_points",
        "Less lonely when support ends, UCLA points (3 to 9), mean",
        "UCLA points",
        "wants that led to a start",
        2,
    ),
    _given(
        "confidence_points",
        "More confident, activation points (0 to 100), mean",
        "activation points",
        "wants that led to a start",
        1,
    ),
    _given("wellbys_per_1000", "WELLBYs a year per 1,000 adults", "WELLBYs a year", "1,000 adults", 2),
    _given("qalys_per_1000", "or, never added to them, QALYs a year", "QALYs a year", "1,000 adults", 2),
    _given(
        "volunteer_hours_per_1000",
        "Volunteers' and organisers' hours a year, per 1,000 adults",
        "hours a year",
        "1,000 adults",
        0,
        0,
    ),
    _given(
        "paid_hours_per_1000", "Paid peer workers' hours a year, per 1,000 adults", "hours a year", "1,000 adults", 0, 0
    ),
    _given("stretched_share", "Volunteers where supervision is stretched, %", "share", "volunteers", 1, -1, "share"),
    _given(
        "places_gbp_per_adult",
        "Places in use, beside budgets, GBP per adult a year",
        "GBP (2024/25) a year",
        "adults",
        2,
        0,
        "gbp",
    ),
)
"""What support gives and takes, in the order of `headline`."""


def difference(
    a: Result, b: Result, fixed: dict[str, float] | None = None, choices: Choices = USUAL
) -> dict[str, summary.Paired]:
    """b less a for every figure of `headline`, paired by world: the same luck and the same worth."""
    one = headline(a, draw_worth(a, fixed), choices)
    two = headline(b, draw_worth(b, fixed), choices)
    return {name: summary.pair(one[name], two[name]) for name in one}
