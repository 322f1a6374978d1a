"""While people may not meet: which groups, visits and pairs cannot, by keyed draws that no policy moves."""

from __future__ import annotations

import numpy as np

from sim import draws
from sim.columns.start import body_whog
from sim.core.places import end_support, leave_place
from sim.core.week import Week
from sim.draws import Purpose
from sim.rules.staff import cannot_visit
from sim.vocabulary import Event, Stage


def groups_meet(w: Week) -> np.ndarray:
    """bool[groups]: mutual groups that can meet this week."""
    closed, places, g = w.levers.face_to_face_closed, w.state.places, w.groups
    if not closed.any():
        return np.ones(len(g.open), bool)
    u = draws.uniform(w.shape.seed, Purpose.MEETS, 0, body_whog(places.base[g.place], g.ordinal))
    return u >= closed[places.area_row[g.place]]


def supporters_meet(w: Week) -> np.ndarray:
    """bool[supporters]: those whose visits go on, in person or by telephone or video."""
    return _visits(w, w.supporters.whog, w.orgs.area_row[w.supporters.org])


def pairs_meet(w: Week) -> np.ndarray:
    """bool[organisations]: those that can still match pairs; pairs there are go on by telephone."""
    return _visits(w, body_whog(w.orgs.base, w.orgs.ordinal << 19), w.orgs.area_row)


def _visits(w: Week, whog: np.ndarray, row: np.ndarray) -> np.ndarray:
    closed = w.levers.face_to_face_closed
    if not closed.any():
        return np.ones(len(whog), bool)
    u = draws.uniform(w.shape.seed, Purpose.MEETS, 0, whog)
    return u >= cannot_visit(closed[row], w.par.remote_share[row // w.n_areas])


def drift_away(w: Week) -> None:
    """People whose group or supporter cannot meet leave early, at `leave_unmet` a week."""
    if not w.levers.face_to_face_closed.any():
        return
    people = w.people
    members, supported = w.at(Stage.MEMBER), w.at(Stage.SUPPORTED)
    lost = ~groups_meet(w)[people.host[members]], ~supporters_meet(w)[people.supporter[supported]]
    index = np.concatenate([members[lost[0]], supported[lost[1]]])
    gone = index[w.uniform(Purpose.UNMET, index) < w.par.leave_unmet[w.world(index)]]
    leave_place(w, gone)
    end_support(w, gone, Event.LEFT_EARLY)
