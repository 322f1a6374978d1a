"""People's traits and clocks, set when they enter; the beginning and end of their wants."""

from __future__ import annotations

from functools import cache

import numpy as np

from sim import draws
from sim.columns import kernels
from sim.columns.state import State
from sim.columns.widths import SLICE
from sim.draws import Purpose
from sim.numbers.parameters import Column
from sim.people.population import draw_traits
from sim.rules.live import gap_weeks
from sim.tables import NEVER, UNIT_WAIT, clock_mean
from sim.vocabulary import LASTING, Offer, middle_cell

MIND_IDLE = 1.0 / 26.0  # weekly bound on hearing or being reviewed, for someone without a want
VOICED_WEEKS = 12  # until a want that began by hearing, or an offer to someone without one, is looked back on
MIND_WANTING = 0.2  # weekly bound on hearing, for someone who wants it: chances above it are cut off


def _chooses(state: State, index: np.ndarray, week: int) -> np.ndarray:
    """uint8[n]: bits of the offers each person would choose, a slice of one draw for each."""
    par = state.par
    world = index // (state.shape.places * state.shape.place_size)
    bits = draws.bits(state.shape.seed, Purpose.TRAIT_CHOOSES, week, state.people.whog[index])
    shares = {
        Offer.GROUP: par.chooses_group,
        Offer.PAIR: par.chooses_pair,
        Offer.VOLUNTEER: par.chooses_one_to_one,
        Offer.PAID: par.chooses_one_to_one,
        Offer.ONLINE: par.chooses_online,
    }
    mask = np.zeros(len(index), dtype=np.uint8)
    for offer, share in shares.items():
        slice_ = (bits >> np.uint64(SLICE * offer)) & np.uint64((1 << SLICE) - 1)
        mask |= (slice_ < np.asarray(share)[world] * float(1 << SLICE)).astype(np.uint8) << np.uint8(offer)
    return mask


def world_of(state: State, index: np.ndarray) -> np.ndarray:
    """World of each person."""
    return index // (state.shape.places * state.shape.place_size)


def place_of(state: State, index: np.ndarray) -> np.ndarray:
    """Place row of each person."""
    return index // state.shape.place_size


def trait_cell(cell: Column, u: Column, differences: Column) -> Column:
    """The cell by which traits are drawn: one's own, or (from `differences` up) the middle one of one's age and sex.

    `u` in [0, 1) is the person's draw; `differences` the share of people whose traits follow their fifth and group.
    """
    return np.where(u < differences, cell, middle_cell(cell))


def set_traits(state: State, index: np.ndarray, week: int, newcomer: bool) -> None:
    """Draw the traits of people who enter (at the start, or in place of those who left)."""
    people, shape = state.people, state.shape
    burden = shape.burdens[state.places.area[place_of(state, index)]]
    u = draws.uniform(shape.seed, Purpose.TRAIT_DIFFERS, week, people.whog[index])
    cell = trait_cell(people.cell[index].astype(np.int64), u, state.par.group_differences[world_of(state, index)])
    traits = draw_traits(shape.seed, people.whog[index], week, cell, burden, newcomer)
    people.needs[index] = traits.needs
    people.n_conditions[index] = traits.n_conditions
    people.lonely[index] = traits.lonely
    people.confidence[index] = traits.confidence
    people.offline[index] = traits.digital_excluded
    people.contact_class[index] = traits.contact_class
    people.chooses[index] = _chooses(state, index, week)
    people.access[index] = draws.bits(shape.seed, Purpose.TRAIT_ACCESS, week, people.whog[index]) >> np.uint64(56)


def set_clocks(state: State, index: np.ndarray, week: int) -> None:
    """Start the clock of life and the idle clock of hearing."""
    set_life_clock(state, index, week)
    set_idle_clock(state, index, week)


def set_idle_clock(state: State, index: np.ndarray, week: int) -> None:
    """Next candidate of hearing without a want: only people with a lasting need can begin to want by hearing, or
    are reviewed, so the clock is off for the others (a third)."""
    people = state.people
    people.mind_due[index] = NEVER
    index = index[(people.needs[index] & np.uint16(LASTING)) > 0]
    people.mind_due[index] = due(state, index, week, Purpose.MIND_GAP, MIND_IDLE)


def set_life_clock(state: State, index: np.ndarray, week: int) -> None:
    """Next candidate of the clock of life, by age, condition and world."""
    people, shape = state.people, state.shape
    kernels.set_life(
        index,
        people.whog,
        people.cell,
        people.n_conditions,
        people.life_due,
        shape.places * shape.place_size,
        state.life_mean,
        draws.key64(shape.seed, Purpose.LIFE_GAP, week),
        week,
    )


def due(state: State, index: np.ndarray, week: int, purpose: Purpose, bound: float) -> np.ndarray:
    """Week of the next candidate of a clock with one weekly `bound` for all: uint16, NEVER past the run."""
    key = draws.key64(state.shape.seed, purpose, week)
    return np.asarray(kernels.strikes(state.people.whog, index, key, week, gap_table(float(bound))))


@cache
def gap_table(bound: float) -> np.ndarray:
    """uint16[65536]: gaps in weeks of a clock with a weekly bound, by slice of probability (one lookup a gap)."""
    return np.asarray(gap_weeks(UNIT_WAIT, clock_mean(bound))).astype(np.uint16)


def length(state: State, index: np.ndarray, week: int, purpose: Purpose, mean_weeks: Column) -> np.ndarray:
    """Week in which a length drawn now, of this mean, ends: at least next week."""
    key = draws.key64(state.shape.seed, purpose, week)
    return np.asarray(kernels.ends(state.people.whog, index, key, week, mean_weeks))
