"""Conditional tables of traits and yearly chances: sources, and the sums that balance them.

Each row of traits.csv carries unit, source, source id (P-numbers of the gathered evidence) and a
grade: published, derived (computed from published figures) or judgement. All averages are over
the raked population of England, so the published totals hold by construction.
"""

from __future__ import annotations

import math

import numpy as np

from calibration.population import population_events as events
from sim import draws
from sim.draws import Purpose
from sim.people import population
from sim.people.population import LATENT_WEIGHTS
from sim.vocabulary import AGES, CELL_PARTS, CELLS, NEEDS, PER_AGE, cell_parts

Row = dict[str, object]
GPPS = "GP Patient Survey respondents with a condition"
COHORT = "LTC patients of one health economy, PAM study (published 2018)"
LTC_BY_AGE = (0.27, 0.33, 0.42, 0.63, 0.72, 0.77, 0.71, 0.75)
LTC_SHARE = 0.54
SEX_ODDS = (1.284**0.5, 1.284**-0.5)
IMD_ODDS = (1.30, 1.12, 1.0, 0.90, 0.80)
ETHNIC_ODDS = (1.0, 1.05, 0.94, 0.87, 0.57)
NUMBER_SHARES = (0.4537, 0.2714, 0.1515, 0.0731, 0.0503)
NUMBER_TILT_AGE = (0.55, 0.6, 0.7, 0.9, 1.05, 1.25, 1.5, 1.6)
NUMBER_TILT_IMD = (1.25, 1.1, 1.0, 0.92, 0.85)
LONELY_AGE = (0.09, 0.08, 0.07, 0.06, 0.05, 0.04, 0.05, 0.05)
LONELY_IMD = (0.294, 0.272, 0.249, 0.234, 0.218)
PAM_SHARES = (0.220, 0.190, 0.456, 0.134)
DIGITAL_AGE = (0.01, 0.01, 0.01, 0.04, 0.07, 0.14, 0.38, 0.64)
DIGITAL_IMD = (1.35, 1.15, 1.0, 0.85, 0.7)
CARER_AGE = (0.05, 0.06, 0.09, 0.14, 0.16, 0.115, 0.10, 0.06)
CARER_SHARE = (4_678_265 - 120_000) / 44_500_000
NEED_PREVALENCE = {
    "diabetes": (0.02, 0.03, 0.05, 0.08, 0.11, 0.15, 0.17, 0.14),
    "respiratory": (0.07, 0.07, 0.07, 0.08, 0.09, 0.10, 0.10, 0.09),
    "heart": (0.01, 0.015, 0.04, 0.09, 0.16, 0.25, 0.33, 0.38),
    "pain": (0.05, 0.08, 0.12, 0.19, 0.25, 0.29, 0.34, 0.40),
    "mental": (0.12, 0.12, 0.11, 0.10, 0.09, 0.05, 0.03, 0.02),
    "neurological": (0.03, 0.03, 0.035, 0.04, 0.045, 0.05, 0.06, 0.08),
    "cancer": (0.002, 0.005, 0.01, 0.02, 0.04, 0.07, 0.09, 0.09),
    "advanced": (0.0005, 0.001, 0.002, 0.004, 0.008, 0.016, 0.035, 0.08),
    "other": (0.05, 0.05, 0.05, 0.06, 0.07, 0.08, 0.10, 0.12),
}
NEED_TOTAL = {
    "diabetes": (0.08, "P023"),
    "respiratory": (0.08, "P024"),
    "heart": (0.11, "P021"),
    "pain": (0.17, "P020 P025 P026"),
    "mental": (0.09, "P022 P027 P028"),
    "cancer": (0.0368, "P072"),
    "neurological": (0.04, ""),
    "advanced": (0.01, "P279"),
    "other": (0.07, ""),
}
CLASS_MEAN = (0.25, 0.77, 1.98)
"""Means of the thirds of a gamma of shape 1.5, the spread of GP contacts (mean 8.75, SD 7.73)."""


def rows_of(name: str, values: np.ndarray, unit: str, source: str, source_id: str, grade: str) -> list[Row]:
    """One table as rows of traits.csv; `values` float64[rows] or float64[rows, columns]."""
    matrix = np.asarray(values, dtype=float).reshape(len(values), -1)
    return [
        {
            "table": name,
            "row": r,
            "column": c,
            "value": f"{matrix[r, c]:.10g}",
            "unit": unit,
            "source": source,
            "source_id": source_id,
            "grade": grade,
        }
        for r in range(matrix.shape[0])
        for c in range(matrix.shape[1])
    ]


# ---------------------------------------------------------------- latents


def latent_cdf(wa: int, wb: int) -> np.ndarray:
    """float64[1025]: distribution of wa*S1 + wb*S2, each S a sum of four uniforms, at 1/16 steps.

    By convolution of the eight boxes on a grid of 1/256; symmetric, exact at both ends. In whole numbers until the last
    division: NumPy adds floats in an order that depends on the processor, and the table has to be the same everywhere.
    """
    grid, ways = 256, np.ones(1, object)
    for weight in (wa,) * 4 + (wb,) * 4:
        ways = _box(ways, weight * grid)
    total = int(ways.sum())
    twice = [0] * 4 + list(2 * np.cumsum(ways) - ways) + [2 * total] * 5
    knots = np.array([twice[k * (grid // 16)] / (2 * total) for k in range(1025)])
    knots[0], knots[-1] = 0.0, 1.0
    return knots


def _box(ways: np.ndarray, width: int) -> np.ndarray:
    """int object[n + width - 1]: each entry the sum of the last `width` entries of `ways`, exact."""
    below = np.concatenate([np.zeros(width, object), np.cumsum(np.concatenate([ways, np.zeros(width - 1, object)]))])
    return np.asarray(below[width:] - below[:-width])


def build_latents() -> list[Row]:
    """Rows of latents.csv: knot and the distribution function of each latent."""
    columns = {p.name.lower(): latent_cdf(*w) for p, w in LATENT_WEIGHTS.items()}
    return [{"knot": i} | {name: f"{cdf[i]:.12g}" for name, cdf in columns.items()} for i in range(1025)]


# ---------------------------------------------------------------- conditions


def national_age_means(chance: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """float64[ages]: mean by age band of a chance float64[areas, cells] over people int64[areas, cells]."""
    heavy = (chance * counts).reshape(-1, len(AGES), PER_AGE).sum(axis=(0, 2))
    return heavy / counts.reshape(-1, len(AGES), PER_AGE).sum(axis=(0, 2))


def solve_age_odds(other: np.ndarray, counts: np.ndarray, target: np.ndarray) -> np.ndarray:
    """float64[ages]: odds by age at which the mean chances are `target`, by bisection."""
    low, high = np.full(len(AGES), 1e-6), np.full(len(AGES), 1e3)
    for _ in range(80):
        middle = np.sqrt(low * high)
        odds = np.repeat(middle, PER_AGE)[None, :] * other
        short = national_age_means(odds / (1 + odds), counts) < target
        low, high = np.where(short, middle, low), np.where(short, high, middle)
    return np.asarray(middle)


def condition_rows(counts: np.ndarray) -> list[Row]:
    """Odds of a condition by age, sex, fifth and ethnic group, to 54% of adults."""
    _, sex, imd, ethnic = cell_parts(np.arange(CELLS))
    factor = np.array(SEX_ODDS)[sex] * np.array(IMD_ODDS)[imd] * np.array(ETHNIC_ODDS)[ethnic]
    other = factor[None, :] * population.load_areas().burden[:, None]
    people = counts.reshape(-1, len(AGES), PER_AGE).sum(axis=(0, 2))
    target = np.array(LTC_BY_AGE)
    target = target * (LTC_SHARE * people.sum() / (target * people).sum())
    age = solve_age_odds(other, counts, target)
    name = "condition_odds"
    return [
        *rows_of(f"{name}_age", age, "odds", GPPS + "; solved to 0.54 of adults", "P006 P054-P061", "derived"),
        *rows_of(
            f"{name}_sex", np.array(SEX_ODDS), "odds ratio", "HSE 2021, women 43%, men 37%", "P017 P018", "derived"
        ),
        *rows_of(
            f"{name}_imd",
            np.array(IMD_ODDS),
            "odds ratio",
            "ratio 1.6 as between social classes V and I",
            "P005 P036",
            "judgement",
        ),
        *rows_of(
            f"{name}_ethnicity",
            np.array(ETHNIC_ODDS),
            "odds ratio",
            "Valabhji et al. 2020, two or more conditions, applied to one or more",
            "P037 P038",
            "derived",
        ),
        *rows_of("condition_share_age", target, "share", GPPS, "P006 P054-P061", "derived"),
        *rows_of("newcomer_share", np.array([0.6]), "ratio", "people who enter later", "", "judgement"),
    ]


def number_shares(weight: np.ndarray) -> np.ndarray:
    """float64[ages * fifths, numbers]: tilted shares of 1..5 conditions, raked to the published.

    `weight` float64[ages * fifths]: people with a condition by age and fifth.
    """
    tilt = np.array(NUMBER_TILT_AGE)[:, None] * np.array(NUMBER_TILT_IMD)
    share = np.array(NUMBER_SHARES) * tilt.reshape(-1, 1) ** np.arange(5)
    goal = np.array(NUMBER_SHARES) / sum(NUMBER_SHARES)
    for _ in range(500):
        share /= share.sum(axis=1, keepdims=True)
        share *= goal / (weight @ share / weight.sum())
    return np.asarray(share / share.sum(axis=1, keepdims=True))


def number_rows(chance: np.ndarray, counts: np.ndarray) -> list[Row]:
    """Cumulative shares of 5, 4, 3, 2 or more conditions, rows age*5 + fifth."""
    weight = (chance * counts).sum(axis=0).reshape([len(part) for part in CELL_PARTS.values()]).sum(axis=(1, 3)).ravel()
    more = np.cumsum(number_shares(weight)[:, ::-1], axis=1)[:, :4]
    return rows_of(
        "number_cumulative",
        more,
        "share of people with a condition",
        GPPS + "; tilt by age and fifth, raked to the total",
        "P049-P053",
        "derived",
    )


def need_rows(counts: np.ndarray) -> list[Row]:
    """Weights of the needs groups by age: shape judged, England's total published."""
    people = counts.reshape(-1, len(AGES), PER_AGE).sum(axis=(0, 2)) / counts.sum()
    weight = np.zeros((len(AGES), len(NEEDS)))
    for name, shape in NEED_PREVALENCE.items():
        at = NEEDS.index(name)
        weight[:, at] = np.array(shape) * (NEED_TOTAL[name][0] / float(people @ np.array(shape)))
    rows = rows_of("need_weight", weight, "share of adults", "HSE 2018; QOF; shape by age judged", "", "derived")
    for row in rows:
        name = NEEDS[int(str(row["column"]))]
        row["source_id"] = NEED_TOTAL.get(name, (0, ""))[1]
        row["grade"] = "derived" if row["source_id"] else "judgement"
    return rows


# ---------------------------------------------------------------- other traits


def product_rows(
    kind: str, factors: dict[str, tuple[float, ...]], total: float, counts: np.ndarray, about: tuple[str, str, str]
) -> list[Row]:
    """Factors by age, sex or fifth whose product averages `total` over England."""
    parts = dict(zip(("age", "sex", "imd"), cell_parts(np.arange(CELLS))[:3], strict=True))
    product = np.ones(CELLS)
    for name, values in factors.items():
        product = product * np.array(values)[parts[name]]
    scale = total / float(product @ counts.sum(axis=0) / counts.sum())
    rows: list[Row] = []
    for name, values in factors.items():
        level = np.array(values) * (scale if name == "age" else 1.0)
        told = about if (kind, name) != ("digital", "imd") else ("gradient judged", "", "judgement")
        rows += rows_of(f"{kind}_{name}", level, "share" if name == "age" else "ratio", *told)
    return rows


def lonely_rows(counts: np.ndarray) -> list[Row]:
    """Often or always lonely (score 7 to 9) by age, sex and fifth, and the scores inside."""
    imd = tuple(x / 0.254 for x in LONELY_IMD)
    rows = product_rows(
        "lonely",
        {"age": LONELY_AGE, "sex": (8 / 7, 6 / 7), "imd": imd},
        0.07,
        counts,
        ("Community Life Survey 2023-25; fifths of 2020/21", "P084 P089-P090 P094-P099 P101-P105", "derived"),
    )
    return (
        rows
        + rows_of(
            "lonely_high",
            np.array([0.3, 0.6, 1.0]),
            "share of scores 7+",
            "scores 9, 8, 7 of the UCLA scale",
            "P106",
            "judgement",
        )
        + rows_of(
            "lonely_low",
            np.array([0.118, 0.226, 0.409]),
            "share of scores under 7",
            "scores 6, 5, 4; score 6+ 18% at 50+, mean near 4.2",
            "P107 P108",
            "judgement",
        )
    )


def digital_and_carer_rows(counts: np.ndarray) -> list[Row]:
    """Digital exclusion, carers and bereavement by age, sex and fifth."""
    people = counts.reshape(-1, len(AGES), PER_AGE).sum(axis=(0, 2))
    bereaved = events.bereavement(people)
    age_only = float(np.array(DIGITAL_AGE) @ people / people.sum())
    return [
        *product_rows(
            "digital",
            {"age": DIGITAL_AGE, "imd": DIGITAL_IMD},
            age_only,
            counts,
            ("ONS internet users 2020; ages between and fifths judged", "P221-P223", "derived"),
        ),
        *product_rows(
            "carer",
            {"age": CARER_AGE, "sex": (0.103 / 0.0895, 0.076 / 0.0895), "imd": (1.11, 1.05, 1.0, 0.95, 0.89)},
            CARER_SHARE,
            counts,
            ("Census 2021, less about 120,000 aged under 18; shape by age judged", "P233 P237 P238", "derived"),
        ),
        *rows_of("bereaved_age", bereaved, "per year", events.BEREAVED_SOURCE, "S010", "derived"),
    ]


def pam_rows(counts: np.ndarray) -> list[Row]:
    """Cuts of the confidence latent that give the published levels among people with a condition.

    By draws: a million people of England's cells, the latents of the model itself.
    """
    n, seed = 1_000_000, 20_260_101
    who = draws.whog_array(np.arange(n, dtype=np.uint64))
    total = counts.sum(axis=0)
    cell = np.repeat(np.arange(CELLS), population._largest_remainder(total.astype(float), n))
    common = population._irwin_hall(draws.bits(seed, Purpose.TRAIT_COMMON, 0, who))
    ill = population.latent_uniform(seed, Purpose.TRAIT_CONDITIONS, 0, who, common)
    u = population.latent_uniform(seed, Purpose.TRAIT_CONFIDENCE, 0, who, common)
    share = (CHANCE[0] * counts).sum(axis=0) / np.where(total > 0, total, 1)
    cuts = np.quantile(u[ill < share[cell]], np.cumsum(PAM_SHARES)[:3])
    return rows_of(
        "pam_cuts",
        cuts,
        "share of all adults",
        COHORT + "; solved among people with a condition, and applied to all",
        "P111-P114",
        "derived",
    )


CHANCE: list[np.ndarray] = []
"""Chance of a condition float64[areas, cells] of the tables being built."""


def condition_chance(rows: list[Row]) -> np.ndarray:
    """float64[areas, cells] from the rows of condition_rows."""
    level = {str(r["table"]) + str(r["row"]): float(str(r["value"])) for r in rows}
    parts = cell_parts(np.arange(CELLS))
    odds = np.ones(CELLS)
    for name, part in zip(("age", "sex", "imd", "ethnicity"), parts, strict=True):
        odds = odds * np.array([level[f"condition_odds_{name}{i}"] for i in part])
    both = odds[None, :] * population.load_areas().burden[:, None]
    return both / (1 + both)


# ---------------------------------------------------------------- contacts


def tier_shares(mean: float) -> np.ndarray:
    """float64[3]: shares of the three tiers, tilted from thirds to a relative mean."""
    level, low, high = np.array(CLASS_MEAN), -20.0, 20.0
    for _ in range(100):
        tilt = (low + high) / 2
        share = np.exp(tilt * (level - 1))
        share /= share.sum()
        low, high = (tilt, high) if share @ level < mean else (low, tilt)
    return np.asarray(share)


def contact_rows() -> list[Row]:
    """Tiers of contact by conditions and activation, services known, and weekly chances."""
    by_number = np.array([0.80, 1.09, 1.40])
    by_level = np.array([1.09, 1.01, 0.97, 0.89])
    tier = np.array([np.cumsum(tier_shares(a * b))[:2] for a in by_number for b in by_level])
    week = np.array([[1 - math.exp(-rate / 52) for rate in row] for row in YEARLY_CONTACTS])
    return [
        *rows_of(
            "contact_tier",
            tier,
            "cumulative share",
            COHORT + "; ratio of levels 0.82",
            "P120-P124 P145 P157",
            "derived",
        ),
        *rows_of("contact_often_without", np.array([0.5]), "share", "half seldom, half often", "", "judgement"),
        *rows_of(
            "contact_known",
            np.array([0.35, 0.25]),
            "share",
            "with a mental-health need under a team; carers known to a service",
            "",
            "judgement",
        ),
        *rows_of(
            "contact_week",
            week,
            "chance per week",
            "GP 8.75 a year with a condition, 2.7 "
            "without; hospital halved from the cohort of mean age 67; the rest judged",
            "P120 P125 P130 P135 P140 P153 P159 P163",
            "judgement",
        ),
    ]


def _contacts(gp: float, acute: float, mental: float, hospice: float, carers: float) -> tuple[float, ...]:
    return (gp, 0.0, acute, mental, hospice, carers)


YEARLY_CONTACTS = (
    _contacts(0.9, 0.25, 0.02, 0.002, 0.005),
    _contacts(4.5, 1.35, 0.05, 0.002, 0.01),
    _contacts(2.15, 0.7, 0.03, 0.005, 0.01),
    _contacts(6.6, 2.1, 0.08, 0.01, 0.02),
    _contacts(17.2, 7.2, 0.15, 0.03, 0.03),
    _contacts(11.0, 4.0, 12.0, 0.02, 0.03),
    _contacts(16.0, 10.0, 0.3, 8.0, 0.05),
    _contacts(6.0, 2.0, 0.1, 0.05, 4.0),
)
"""Contacts a year by class; rows as CONTACT_CLASSES."""


def build_traits() -> list[Row]:
    """Every row of traits.csv."""
    counts = population.cell_counts()
    people = counts.reshape(-1, len(AGES), PER_AGE).sum(axis=(0, 2))
    conditions = condition_rows(counts)
    CHANCE[:] = [condition_chance(conditions)]
    share = national_age_means(CHANCE[0], counts)
    return [
        *conditions,
        *number_rows(CHANCE[0], counts),
        *need_rows(counts),
        *lonely_rows(counts),
        *digital_and_carer_rows(counts),
        *pam_rows(counts),
        *contact_rows(),
        *event_rows(people, share),
    ]


def event_rows(people: np.ndarray, share: np.ndarray) -> list[Row]:
    """Yearly chances of life events as rows."""
    return [
        row for name, values, about in events.tables(people, share) for row in rows_of(name, values, "per year", *about)
    ]
