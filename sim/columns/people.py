"""People's traits and clocks, set when they enter; the beginning and end of their wants."""

from __future__ import annotations

import numpy as np

from sim import draws
from sim.columns.state import State
from sim.columns.widths import SLICE
from sim.draws import Purpose
from sim.numbers.parameters import Column
from sim.people.population import draw_traits
from sim.rules.live import life_group
from sim.tables import NEVER, UNIT_WAIT, clock_mean
from sim.vocabulary import CARERS, LASTING, Offer, age_of, middle_cell

MIND_WANTING = 0.2  # weekly bound on hearing, for someone who wants it: chances above it are cut off
MEAN_WANTING = clock_mean(MIND_WANTING)


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


def set_clocks(state: State, week: int) -> None:
    """Start everybody's clock of life and idle clock of hearing, place by place: at the start of a run.

    (The loops of a week set them by the same rules, person by person.)
    """
    people, shape = state.people, state.shape
    for place, world in enumerate(state.places.world):
        here = slice(place * shape.place_size, (place + 1) * shape.place_size)
        age, ill = age_of(people.cell[here]), (people.n_conditions[here] > 0).astype(np.int64)
        carer = (people.needs[here] >> np.uint16(CARERS) & np.uint16(1)).astype(np.int64)
        life = _slices(state, here, week, Purpose.LIFE_GAP)
        people.life_due[here] = ends_at(week, UNIT_WAIT[life], state.life_mean[world, age, life_group(ill, carer)])
        mind = ends_at(week, UNIT_WAIT[_slices(state, here, week, Purpose.MIND_GAP)], state.idle_mean[world])
        lasting = (people.needs[here] & np.uint16(LASTING)) > 0
        people.mind_due[here] = np.where(lasting, mind, NEVER)


def _slices(state: State, here: slice, week: int, purpose: Purpose) -> np.ndarray:
    return draws.bits(state.shape.seed, purpose, week, state.people.whog[here]) >> np.uint64(48)


def ends_at(week: int, unit_wait: np.ndarray, mean_weeks: Column) -> np.ndarray:
    """float64[n]: week in which lengths drawn in `week` end: `sim.rules.live.gap_weeks` for an array."""
    return np.minimum(week + (1.0 + np.floor(unit_wait * mean_weeks)), NEVER)
