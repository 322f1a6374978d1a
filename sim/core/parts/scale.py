"""What a body's figures come to at another scale: its area's, a local body's own, this run's (decision 21)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.compiled import rule
from sim.core.parts.luck import mixed, unit
from sim.draws import Purpose
from sim.rules.scale import belongs, next_to_area, pence_of_area, pence_of_one, to_area, to_run

if TYPE_CHECKING:
    from sim.core.week import Week


@rule
def is_wide(w: Week, o: int) -> bool:
    """Whether an organisation serves its whole area."""
    return w.orgs.place[o] < 0


@rule
def of_area(w: Week, row: int, count: int) -> int:
    """A count of this run's people, as a body of the area reads it."""
    return to_area(count, w.tables.part[row], w.tables.of[row])


@rule
def seen_by(w: Week, o: int, count: int) -> int:
    """A count of this run's people, as an organisation reads it: all that a local one has are here."""
    return of_area(w, w.orgs.area_row[o], count) if is_wide(w, o) else count


@rule
def like_it(w: Week, o: int, count: int) -> int:
    """What an organisation has of something, with those of its kind that are not in this run."""
    return count if is_wide(w, o) else of_area(w, w.orgs.area_row[o], count)


@rule
def weight_in_area(w: Week, o: int) -> int:
    """For how many of its kind an organisation stands, in parts of an area-wide one."""
    row = w.orgs.area_row[o]
    return w.tables.part[row] if is_wide(w, o) else w.tables.of[row]


@rule
def area_pence(w: Week, o: int, pence: int) -> int:
    """What an organisation's pence cost its area's payer."""
    row = w.orgs.area_row[o]
    return pence if is_wide(w, o) else pence_of_area(pence, w.tables.part[row], w.tables.of[row])


@rule
def own_pence(w: Week, o: int, pence: int) -> int:
    """What an organisation has of the area's pence for it."""
    row = w.orgs.area_row[o]
    return pence if is_wide(w, o) else pence_of_one(pence, w.tables.part[row], w.tables.of[row])


@rule
def comes_forward(w: Week, o: int) -> None:
    """One of this run's people comes forward to help an organisation, and those of the area for whom they stand."""
    orgs, row, many = w.orgs, w.orgs.area_row[o], 1
    if is_wide(w, o):
        many = next_to_area(orgs.forward[o], w.tables.part[row], w.tables.of[row])
    orgs.forward[o] += 1
    orgs.came_forward[o] += many


@rule
def places_here(w: Week, o: int, whog: np.uint64, capacity: int) -> int:
    """Of a supporter's places, those of this run: each has its own draw (as `sim.draws.places_here`)."""
    row, luck, here = w.orgs.area_row[o], mixed(whog ^ w.first_keys[Purpose.PLACE_HERE]), 0
    if not is_wide(w, o):
        return capacity
    for k in range(capacity):
        here += belongs(unit(mixed(luck + np.uint64(k))), w.tables.part[row], w.tables.of[row])
    return here


@rule
def count_body(w: Week, o: int, column: int, many: int) -> None:
    """Count something of an organisation: at the area's scale for one that serves it all."""
    if is_wide(w, o):
        w.area_counted[w.orgs.area_row[o], column] += many
    else:
        w.counted[w.orgs.area_row[o], column] += many


@rule
def report_area(w: Week, row: int) -> None:
    """Add to this week's counts what is the run's of the area's figures."""
    left = w.state.left_over
    for column in range(len(left[row])):
        here, over = to_run(w.area_counted[row, column], left[row, column], w.tables.part[row], w.tables.of[row])
        w.counted[row, column] += here
        left[row, column] = over
