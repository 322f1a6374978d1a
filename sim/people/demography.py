"""Yearly chances of life events, by age band and condition, from `sim/data/traits.csv`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from sim.people.population import need_weights, trait_table


@dataclass(frozen=True)
class Demography:
    """Yearly chances; [ages, 2] are by age band and (without, with) a condition, [ages] by age."""

    death: np.ndarray
    move_out: np.ndarray
    """[ages, 2] leaves the place and is replaced."""
    move_within: np.ndarray
    """[ages, 2] moves home inside the place."""
    discharge: np.ndarray
    flare_up: np.ndarray
    bereavement: np.ndarray
    carer_starts: np.ndarray
    carer_ends: np.ndarray
    """[ages] among carers, so that their share stays constant."""
    social_fall: np.ndarray
    incidence: np.ndarray
    """[ages] yearly rate of a first condition among people without one; see incidence_per_year."""
    new_need: np.ndarray
    """[ages, needs] shares of the needs groups of a new condition."""
    newcomer_share: float
    condition_share: np.ndarray
    """[ages] share with a condition by age, England."""


def incidence_per_year(share: np.ndarray, death: np.ndarray, move_out: np.ndarray, newcomer_share: float) -> np.ndarray:
    """Yearly rate of a first condition that keeps `share` constant, float64[ages], by age band.

    With share p, leaving rates l0 and l1 (death + moving out, without and with a condition) and
    entrants equal to leavers, L = (1-p) l0 + p l1, of whom newcomer_share * p have a condition:
    (1-p) i + newcomer_share p L = p l1, hence i = p (l1 - newcomer_share L) / (1 - p).
    """
    leave = death + move_out
    total = (1.0 - share) * leave[:, 0] + share * leave[:, 1]
    return share * (leave[:, 1] - newcomer_share * total) / (1.0 - share)


@cache
def demography() -> Demography:
    """Yearly chances of life events; sources and grades in traits.csv."""
    share = trait_table("condition_share_age")[:, 0]
    death, out = trait_table("death"), trait_table("move_out")
    newcomer = float(trait_table("newcomer_share")[0, 0])
    weights = need_weights()
    return Demography(
        death=death,
        move_out=out,
        move_within=trait_table("move_within"),
        discharge=trait_table("discharge"),
        flare_up=trait_table("flare_up"),
        bereavement=trait_table("bereaved_age")[:, 0],
        carer_starts=trait_table("carer_starts")[:, 0],
        carer_ends=trait_table("carer_ends")[:, 0],
        social_fall=trait_table("social_fall")[:, 0],
        incidence=incidence_per_year(share, death, out, newcomer),
        new_need=weights / weights.sum(axis=1, keepdims=True),
        newcomer_share=newcomer,
        condition_share=share,
    )
