"""Phase `support`: people leave early. And who stayed as long as they wished leaves, at the start of `staff`: so a place of
12 weeks is held for 12, and is free to be offered in the week after."""

from __future__ import annotations

import numpy as np

from sim.columns.clock import DROP_BOUND, MEAN_DROP
from sim.compiled import apart, loop, rule, whole
from sim.core.parts.due import STAGE, STAY, called
from sim.core.parts.luck import ends, uniform
from sim.core.parts.places import end_support, free_place
from sim.core.parts.where import row_of, world_of
from sim.core.week import Week
from sim.draws import Purpose
from sim.rules.support import leaving_chance
from sim.vocabulary import Event, Stage


def over(w: Week) -> None:
    """Those whose time is up."""
    _over(w)


def support(w: Week) -> None:
    """Those who leave early."""
    _support(w)


@loop
def _over(w: Week) -> int:
    """Returns whose time was up."""
    return time_is_up(w)


@loop
def _support(w: Week) -> int:
    """Returns who thought of leaving."""
    return _drop(w)


@apart
def time_is_up(w: Week) -> int:
    """Who stayed as long as they wished leaves; both halves of a pair together. Returns how many were called."""
    people, now = w.people, np.uint16(w.now)
    over = called(w, STAY, people.stay_until, w.found.who)
    for k in range(over):
        i = whole(w.found.who[k])
        if people.stay_until[i] != now:
            continue  # ended with their other half
        if people.stage[i] == Stage.PAIRED:
            _leave(w, people.supporter[i], Event.STAYED)
        _leave(w, i, Event.STAYED)
    return over


@apart
def _drop(w: Week) -> int:
    """Candidates for leaving early; accepted by match and quality."""
    people, par = w.people, w.par
    struck = called(w, STAGE, people.stage_due, w.found.who)
    for k in range(struck):
        i = whole(w.found.who[k])
        if people.stage[i] != Stage.SUPPORTED:
            continue
        people.stage_due[i] = ends(w, i, Purpose.DROP_GAP, MEAN_DROP)
        world, quality = world_of(w, row_of(w, i)), w.orgs.quality[people.host[i]]
        chance = leaving_chance(par.drop_per_week[world], people.exact[i], par.drop_loose_match[world], quality)
        if uniform(w, i, Purpose.DROP_WHAT) * DROP_BOUND < chance:
            _leave(w, i, Event.LEFT_EARLY)
    return struck


@rule
def _leave(w: Week, i: int, event: int) -> None:
    """A place is freed and support ends."""
    row = row_of(w, i)
    free_place(w, i, row)
    end_support(w, i, row, event)
