"""One person's traits, drawn number by number: what `sim.people.population.draw_traits` does for arrays.

The fast engine draws newcomers by these, compiled; everybody at the start of a run is drawn by arrays. A test holds
both to the same people.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from sim.compiled import rule
from sim.compiled.records import F64, I64, F64x2, Record
from sim.people.population import BAND, LATENT_WEIGHTS, PAM_EDGES, cell_table, latent_cdf, need_cumulative, trait_table
from sim.vocabulary import (
    ADVANCED,
    BEREAVEMENT,
    CARERS,
    FIFTHS,
    MENTAL,
    MOST_CONDITIONS,
    N_NEEDS,
    Contact,
    age_of,
    fifth_of,
    middle_cell,
)

for _part in (age_of, fifth_of, middle_cell):
    rule(_part)
LEVELS = len(PAM_EDGES) - 1
LEAST_LONELY = 9  # of the score, for the lonely: it counts down from here
WEIGHTS = np.array(list(LATENT_WEIGHTS.values()))
CONDITIONS, LONELY, CONFIDENCE, DIGITAL = range(len(LATENT_WEIGHTS))  # latents, in the order of their weights
KNOTS = 1.0 / 4096.0
AT_ADVANCED, AT_MENTAL = int(Contact.ADVANCED_ILLNESS), int(Contact.MENTAL_TEAM)
AT_CARERS, FIRST_ILL = int(Contact.CARERS_SERVICE), int(Contact.ILL_SELDOM)


@dataclass(eq=False)
class TraitTables(Record):
    """The tables of `sim/data/traits.csv` and `latents.csv` that newcomers are drawn by; `*_cell` by cell of a person."""

    latents: F64x2
    condition_odds_cell: F64
    lonely_cell: F64
    digital_cell: F64
    carer_cell: F64
    bereaved_cell: F64
    newcomer_share: float
    more: F64x2
    needs: F64x2
    lonely_high: F64
    lonely_low: F64
    pam_cuts: F64
    pam_edges: F64
    tier: F64x2
    often_without: float
    known: F64
    band: I64


@cache
def trait_tables() -> TraitTables:
    """The tables, as they lie in the repository."""
    return TraitTables(
        np.stack([latent_cdf()[purpose] for purpose in LATENT_WEIGHTS]),
        cell_table("condition_odds"),
        cell_table("lonely"),
        cell_table("digital"),
        cell_table("carer"),
        cell_table("bereaved"),
        float(trait_table("newcomer_share")[0, 0]),
        trait_table("number_cumulative").copy(),
        need_cumulative().copy(),
        trait_table("lonely_high")[:, 0].copy(),
        trait_table("lonely_low")[:, 0].copy(),
        np.concatenate([[0.0], trait_table("pam_cuts")[:, 0], [1.0]]),
        np.array(PAM_EDGES),
        trait_table("contact_tier").copy(),
        float(trait_table("contact_often_without")[0, 0]),
        trait_table("contact_known")[:, 0].copy(),
        np.array(BAND, np.int64),
    )


@rule
def reached(u: float, cumulative: Any, n: int) -> int:
    """How many of the first n cumulative shares a uniform has reached."""
    count = 0
    for k in range(n):
        count += u >= cumulative[k]
    return count


@rule
def latent(t: TraitTables, which: int, common: int, own: int) -> float:
    """A uniform that shares the common factor; low is worse off. `common`, `own`: sums of four slices of a draw."""
    x = WEIGHTS[which, 0] * common + WEIGHTS[which, 1] * own
    knot = x >> 12
    below = t.latents[which, knot]
    return below + (x & 4095) * KNOTS * (t.latents[which, knot + 1] - below)


@rule
def conditions(t: TraitTables, u: float, cell: int, burden: float) -> int:
    """Long-term conditions of a newcomer, MOST_CONDITIONS for so many or more, from the latent `u`."""
    odds = t.condition_odds_cell[cell] * burden
    share = odds / (1.0 + odds) * t.newcomer_share
    if u >= share:
        return 0
    more = t.more[age_of(cell) * len(FIFTHS) + fifth_of(cell)]
    return MOST_CONDITIONS - reached(u / share, more, len(more))


@rule
def need_of_condition(t: TraitTables, u: float, cell: int) -> int:
    """Needs group of one condition, by age."""
    return reached(u, t.needs[age_of(cell)], N_NEEDS - 1)


@rule
def loneliness(t: TraitTables, u: float, cell: int) -> int:
    """UCLA score from the latent `u` (low is lonelier)."""
    often, score = t.lonely_cell[cell], LEAST_LONELY
    for k in range(len(t.lonely_high)):
        score -= u >= often * t.lonely_high[k]
    for k in range(len(t.lonely_low)):
        score -= u >= often + (1.0 - often) * t.lonely_low[k]
    return score


@rule
def activation_level(t: TraitTables, u: float) -> int:
    """Level of the Patient Activation Measure, 0 to 3, from the latent `u`."""
    return reached(u, t.pam_cuts[1:], LEVELS - 1)


@rule
def confidence_score(t: TraitTables, u: float, level: int) -> int:
    """Score of that measure, 0 to 100: even within each level."""
    within = (u - t.pam_cuts[level]) / (t.pam_cuts[level + 1] - t.pam_cuts[level])
    points = t.pam_edges[level] + within * (t.pam_edges[level + 1] - t.pam_edges[level])
    return math.floor(min(100.0, max(0.0, points)))


@rule
def contact(t: TraitTables, u: float, n_conditions: int, level: int, needs: int) -> int:
    """Class of contact; the same uniform picks the tier and, reused, the services."""
    spread = u * 64.0
    spread -= math.floor(spread)
    if needs >> ADVANCED & 1:
        return AT_ADVANCED
    if needs >> MENTAL & 1 and spread < t.known[0]:
        return AT_MENTAL
    if needs >> CARERS & 1 and spread < t.known[1]:
        return AT_CARERS
    if n_conditions == 0:
        return 1 if u >= t.often_without else 0
    tiers = t.tier[t.band[n_conditions] * LEVELS + level]
    return FIRST_ILL + reached(u, tiers, len(tiers))


@rule
def also_needs(t: TraitTables, needs: int, carer: float, bereaved: float, cell: int) -> int:
    """Needs (bits) with caring for someone and a bereavement of the last year, each by a draw."""
    if carer < t.carer_cell[cell]:
        needs |= 1 << CARERS
    if bereaved < t.bereaved_cell[cell]:
        needs |= 1 << BEREAVEMENT
    return needs
