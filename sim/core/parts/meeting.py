"""While people may not meet: which groups, visits and pairs cannot, by keyed draws that no policy moves."""

from __future__ import annotations

import numpy as np

from sim.compiled import apart, rule, whole
from sim.core.chairs import group_key
from sim.core.parts.find import find_stage
from sim.core.parts.luck import body, mixed, uniform, unit
from sim.core.parts.places import end_support, free_place
from sim.core.parts.where import row_of, world_of
from sim.core.week import Week
from sim.draws import Purpose
from sim.rules.staff import cannot_visit
from sim.vocabulary import Event, Stage

NINETEEN = np.uint64(19)


@rule
def group_meets(w: Week, g: int) -> bool:
    """Whether a mutual group can meet this week."""
    closed = w.levers.face_to_face_closed[w.places.area_row[w.groups.place[g]]]
    if closed == 0.0:
        return True
    return unit(mixed(group_key(w, g) ^ w.first_keys[Purpose.MEETS])) >= closed


@rule
def supporter_meets(w: Week, s: int) -> bool:
    """Whether a supporter's visits go on, in person or by telephone or video."""
    return _visits(w, w.supporters.whog[s], w.orgs.area_row[w.supporters.org[s]])


@rule
def body_key(w: Week, o: int) -> np.uint64:
    """The key of an organisation's own draws."""
    return body(w.orgs.base[o], np.uint64(w.orgs.ordinal[o]) << NINETEEN)


@rule
def pairs_meet(w: Week, o: int) -> bool:
    """Whether an organisation can still match pairs; pairs there are go on by telephone."""
    return _visits(w, body_key(w, o), w.orgs.area_row[o])


@rule
def _visits(w: Week, whog: np.uint64, row: int) -> bool:
    closed = w.levers.face_to_face_closed[row]
    if closed == 0.0:
        return True
    shut = cannot_visit(closed, w.par.remote_share[world_of(w, row)])
    return unit(mixed(whog ^ w.first_keys[Purpose.MEETS])) >= shut


@apart
def drift_away(w: Week) -> None:
    """People whose group or supporter cannot meet leave early, at `leave_unmet` a week."""
    people, n = w.people, len(w.people.stage)
    members = find_stage(people.stage, Stage.MEMBER, 0, n, w.found.who, 0)
    inside = find_stage(people.stage, Stage.SUPPORTED, 0, n, w.found.who, members)
    gone = 0
    for k in range(inside):  # all are asked before anybody leaves
        i = whole(w.found.who[k])
        meets = group_meets(w, people.host[i]) if k < members else supporter_meets(w, people.supporter[i])
        if not meets and uniform(w, i, Purpose.UNMET) < w.par.leave_unmet[world_of(w, row_of(w, i))]:
            w.found.whom[gone] = i
            gone += 1
    for k in range(gone):
        i = whole(w.found.whom[k])
        free_place(w, i, row_of(w, i))
        end_support(w, i, row_of(w, i), Event.LEFT_EARLY)
