"""Someone new enters in the home of one who left: who they are, by keyed draws."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.columns.widths import SLICE
from sim.compiled import apart, rule, whole
from sim.core.parts.luck import bits, key_of, uniform
from sim.core.parts.places import slices
from sim.core.parts.where import world_of
from sim.draws import Purpose
from sim.people.newcomer import (
    CONDITIONS,
    CONFIDENCE,
    DIGITAL,
    LONELY,
    activation_level,
    also_needs,
    conditions,
    confidence_score,
    contact,
    latent,
    loneliness,
    middle_cell,
    need_of_condition,
)
from sim.vocabulary import Known, Offer

if TYPE_CHECKING:
    from sim.core.week import Week

KNOWNS, N_OFFERS = len(Known), len(Offer)
ACCESS = np.uint64(56)
CHOICE_BITS, CHOICE = np.uint64(SLICE), np.uint64((1 << SLICE) - 1)
NEEDS = (int(Purpose.TRAIT_NEED_1), int(Purpose.TRAIT_NEED_2), int(Purpose.TRAIT_NEED_3))
LATENTS = (
    (CONDITIONS, int(Purpose.TRAIT_CONDITIONS)),
    (LONELY, int(Purpose.TRAIT_LONELY)),
    (CONFIDENCE, int(Purpose.TRAIT_CONFIDENCE)),
    (DIGITAL, int(Purpose.TRAIT_DIGITAL)),
)


@rule
def make_new(w: Week, i: int) -> None:
    """Someone new in this home, of whom nothing is known yet."""
    people = w.people
    people.generation[i] = (whole(people.generation[i]) + 1) & 0xFF
    people.whog[i] = key_of(w, i)
    people.latent_until[i] = 0
    people.last_used[i] = 0
    people.helped[i] = 0
    people.gain_lonely[i] = 0
    people.gain_confidence[i] = 0
    people.occasion[i] = 0
    people.marks[i] = 0
    people.referrer[i] = 0
    for known in range(KNOWNS):
        people.known_to[known, i] = 0


@apart
def draw_traits(w: Week, i: int, row: int) -> None:
    """Needs, conditions, loneliness, confidence, contacts and choices of someone new."""
    people, t, cell = w.people, w.traits, whole(w.people.cell[i])
    if uniform(w, i, Purpose.TRAIT_DIFFERS) >= w.par.group_differences[world_of(w, row)]:
        cell = middle_cell(cell)
    common = slices(bits(w, i, Purpose.TRAIT_COMMON))
    u = _latent(w, i, CONDITIONS, Purpose.TRAIT_CONDITIONS, common)
    number = conditions(t, u, cell, w.tables.burden[row % w.n_areas])
    needs = 0
    for k in range(min(number, len(NEEDS))):
        needs |= 1 << need_of_condition(t, uniform(w, i, NEEDS[k]), cell)
    carer, bereaved = uniform(w, i, Purpose.TRAIT_CARER), uniform(w, i, Purpose.TRAIT_BEREAVED)
    needs = also_needs(t, needs, carer, bereaved, cell)
    u = _latent(w, i, CONFIDENCE, Purpose.TRAIT_CONFIDENCE, common)
    level = activation_level(t, u)
    people.needs[i] = needs
    people.n_conditions[i] = number
    people.confidence[i] = confidence_score(t, u, level)
    people.lonely[i] = loneliness(t, _latent(w, i, LONELY, Purpose.TRAIT_LONELY, common), cell)
    people.offline[i] = _latent(w, i, DIGITAL, Purpose.TRAIT_DIGITAL, common) < t.digital_cell[cell]
    people.contact_class[i] = contact(t, uniform(w, i, Purpose.TRAIT_CONTACT), number, level, needs)
    people.chooses[i] = _chooses(w, i, world_of(w, row))
    people.access[i] = whole(bits(w, i, Purpose.TRAIT_ACCESS) >> ACCESS)


@rule
def _latent(w: Week, i: int, which: int, purpose: int, common: int) -> float:
    return latent(w.traits, which, common, slices(bits(w, i, purpose)))


@rule
def _chooses(w: Week, i: int, world: int) -> int:
    """Bits of the offers that a person would choose, a slice of one draw for each."""
    luck, mask, par = bits(w, i, Purpose.TRAIT_CHOOSES), 0, w.par
    for offer in range(N_OFFERS):
        share = par.chooses_one_to_one[world]
        if offer == Offer.GROUP:
            share = par.chooses_group[world]
        elif offer == Offer.PAIR:
            share = par.chooses_pair[world]
        elif offer == Offer.ONLINE:
            share = par.chooses_online[world]
        if whole(luck & CHOICE) < share * float(1 << SLICE):
            mask |= 1 << offer
        luck = luck >> CHOICE_BITS
    return mask
