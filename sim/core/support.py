"""Phase `support`: people leave early, or stay as long as they wished."""

from __future__ import annotations

import numpy as np

from sim.columns.clock import DROP_BOUND
from sim.columns.people import due
from sim.core.places import end_support, leave_place
from sim.core.week import Week
from sim.draws import Purpose
from sim.rules.support import leaving_chance
from sim.vocabulary import Event, Stage


def support(w: Week) -> None:
    """First those whose time is up, then those who leave early."""
    people = w.people
    index = w.due(people.stay_until)
    partners = _others(w, index)
    index = np.unique(np.concatenate([index, partners])) if len(partners) else index
    _leave(w, index, Event.STAYED)
    _drop(w)


def _others(w: Week, index: np.ndarray) -> np.ndarray:
    people = w.people
    return people.supporter[index[people.stage[index] == Stage.PAIRED]].astype(np.int64)


def _drop(w: Week) -> None:
    """Candidates for leaving early; accepted by match and quality."""
    people, par = w.people, w.par
    index = w.due(people.stage_due)
    index = index[people.stage[index] == Stage.SUPPORTED]
    people.stage_due[index] = due(w.state, index, w.now, Purpose.DROP_GAP, np.float64(DROP_BOUND))
    world = w.world(index)
    quality = w.orgs.quality[people.host[index]]
    chance = leaving_chance(par.drop_per_week[world], people.exact[index], par.drop_loose_match[world], quality)
    u = w.uniform(Purpose.DROP_WHAT, index) * DROP_BOUND
    _leave(w, index[u < chance], Event.LEFT_EARLY)


def _leave(w: Week, index: np.ndarray, event: Event) -> None:
    """Places are freed and support ends; both halves of a pair end together."""
    if len(index) == 0:
        return
    people = w.people
    stage = people.stage[index].copy()
    single = index[stage != Stage.PAIRED]
    leave_place(w, single)
    people.stage[index] = stage
    end_support(w, index, event)
