"""Mutual groups one by one: how many each holds, how many come, and which people could come to it.

All by keyed draws that no policy moves; what a draw means follows from the parameters in force.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.columns.widths import SLICE
from sim.compiled import apart, rule, whole
from sim.core.parts.luck import body, key_of, mixed, unit
from sim.core.parts.notes import age_of, ethnicity_of
from sim.core.parts.where import place_of, row_of, world_of
from sim.draws import Purpose
from sim.numbers.structure import GROUP_BY_DAY, GROUP_INTERPRETS, SERVICE_INTERPRETS
from sim.rules.groups import coming_share, group_places, is_free, is_near, knows_group, near_here, shares_language
from sim.vocabulary import ORGANISED, Offer

if TYPE_CHECKING:
    from sim.core.week import Week

ONE, TWO, THREE, FOUR = (np.uint64(SLICE * k) for k in (1, 2, 3, 4))
NONE, LAST = np.uint64(0), np.uint64((1 << SLICE) - 1)
SLICES = float(1 << SLICE)
ALL, GROUP_ALONE = (1 << len(Offer)) - 1, 1 << Offer.GROUP
SERVICES = sum(1 << offer for offer in ORGANISED)


@rule
def part_of(luck: np.uint64, shift: np.uint64) -> float:
    """A slice of a draw, in [0, 1)."""
    return whole((luck >> shift) & LAST) / SLICES


@rule
def group_key(w: Week, g: int) -> np.uint64:
    """Key of a group."""
    return body(w.places.base[w.groups.place[g]], np.uint64(w.groups.ordinal[g]))


@rule
def holds_of(w: Week, g: int) -> int:
    """Most members of a group: as listed, else by its draw."""
    if w.groups.holds[g] > 0:
        return whole(w.groups.holds[g])
    world = world_of(w, w.places.area_row[w.groups.place[g]])
    u = unit(mixed(group_key(w, g) ^ w.first_keys[Purpose.GROUP_ROOM]))
    return group_places(u, w.par.group_size[world], w.par.group_size_spread[world])


@rule
def comes_of(w: Week, g: int) -> float:
    """Of a group's members, the share who come to a meeting."""
    return coming_share(part_of(mixed(group_key(w, g) ^ w.first_keys[Purpose.GROUP_SETTING]), THREE))


@rule
def has_chair(w: Week, g: int) -> bool:
    """Whether a group met with an empty chair when everybody looked this week."""
    return w.groups.had_room[g] == w.now + 1


@rule
def _own(w: Week, i: int) -> np.uint64:
    return mixed(key_of(w, i) ^ w.first_keys[Purpose.TRAIT_REACH])


@rule
def knows_and_can_come(w: Week, i: int, row: int, key: np.uint64) -> bool:
    """Whether somebody who knows of groups knows of the one of this key, and could come to it."""
    u = unit(mixed(_own(w, i) ^ mixed(key ^ w.first_keys[Purpose.GROUP_SETTING])))
    return knows_group(u, w.par.group_known[world_of(w, row)], w.levers.directory[row]) and can_come(w, i, key)


@apart
def can_come(w: Week, i: int, key: np.uint64) -> bool:
    """Whether a person could come to the group of this key: its time, its room, its language."""
    par, world, cell = w.par, world_of(w, row_of(w, i)), whole(w.people.cell[i])
    strength = par.group_reach[world]
    setting, own = mixed(key ^ w.first_keys[Purpose.GROUP_SETTING]), _own(w, i)
    by_day, interprets = part_of(setting, NONE) < GROUP_BY_DAY, part_of(setting, TWO) < GROUP_INTERPRETS
    near = near_here(par.group_near[world], w.state.leans.rural[place_of(w, i)], par.rural_near[world])
    if not is_near(part_of(own, NONE), part_of(setting, ONE), near, strength):
        return False
    if not is_free(
        by_day,
        part_of(own, ONE),
        part_of(own, TWO),
        age_of(cell),
        par.free_by_day[world],
        par.free_by_day_older[world],
        par.free_by_evening[world],
        strength,
    ):
        return False
    return _follows(w, own, ethnicity_of(cell), interprets, world)


@rule
def _follows(w: Week, own: np.uint64, ethnicity: int, interprets: bool, world: int) -> bool:
    little, differences, strength = (
        w.par.little_english[world],
        w.par.group_differences[world],
        w.par.group_reach[world],
    )
    return shares_language(part_of(own, THREE), ethnicity, interprets, little, differences, strength)


@apart
def in_their_language(w: Week, i: int, row: int) -> int:
    """Bits of the offers that a person can follow. In which groups they can is the group's own: see `can_come`."""
    ethnicity, own, world = ethnicity_of(whole(w.people.cell[i])), _own(w, i), world_of(w, row)
    if _follows(w, own, ethnicity, False, world):
        return ALL
    return GROUP_ALONE | (SERVICES if part_of(own, FOUR) < SERVICE_INTERPRETS else 0)
