"""Queues made of the core's own `queue`, `offer` and `support`, with arrivals held: for closed forms.

Organisations that never meet, each with the same number of places, and people who are put in their queues by a
schedule that no policy and no place can change. Nobody dies, hears, asks or is trained.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from sim.columns.start import make_shape, make_state
from sim.columns.state import ORG_TYPES, SUPPORTER_TYPES, Organisations, Supporters, append, rows
from sim.compiled import loop
from sim.core.ask import queue
from sim.core.engine import events_of
from sim.core.offer import offer
from sim.core.parts.around import look_around
from sim.core.parts.due import call
from sim.core.parts.supply import fit, look
from sim.core.parts.wants import begin_other
from sim.core.parts.where import row_of
from sim.core.support import support, time_is_up
from sim.core.week import Week
from sim.numbers.levers import INDEX, Timeline, today_values
from sim.numbers.parameters import draw_parameters
from sim.results.result import Result
from sim.vocabulary import Stage, Want

NEED = 0  # everybody wants the same experience, and every supporter shares it
EVERYONE_COMES = {"accept_offer": 1.0, "attend_first": 1.0, "target_weeks": 60_000.0, "accept_loose_match": 1.0}


@dataclass(frozen=True)
class Queue:
    """A run of the queues. `weeks` weeks, `organisations` queues of `places` places each; means in weeks.

    `stay_weeks` is the planned length of support; `drop` the weekly chance of leaving early where quality is full.
    """

    places: int
    arrivals_week: float
    stay_weeks: int
    give_up_weeks: float
    drop: float = 0.0
    organisations: int = 40
    weeks: int = 1500
    seed: int = 1


def arrivals(q: Queue) -> tuple[np.ndarray, np.random.Generator]:
    """(int64[weeks, organisations] people who come, the draws that go on from there)."""
    rng = np.random.default_rng(q.seed)
    return rng.poisson(q.arrivals_week, (q.weeks, q.organisations)), rng


def run_queue(q: Queue) -> Result:
    """Events of everybody, from week 1; arrivals are Poisson by organisation and week, the same for any `places`."""
    w = _world(q)
    coming, rng = arrivals(q)
    order = rng.permutation(w.shape.people)
    turn = 0
    for week in range(1, q.weeks):
        w.start_week(week)
        fit(w)
        wanted = np.repeat(np.arange(q.organisations), coming[week])
        arriving = order[(turn + np.arange(len(wanted))) % len(order)]
        turn += len(wanted)
        assert (w.people.stage[arriving] == Stage.IDLE).all(), "more people are needed: someone is still there"
        w.found.whom[: len(arriving)], w.found.also[: len(wanted)] = arriving, wanted
        w.make_room()
        _arrive(w, len(arriving))
        w.make_room()
        offer(w)
        _nobody_goes_elsewhere(w)
        w.make_room()
        support(w)
    shape = w.shape
    return Result(shape, np.zeros((0, 1, 0), np.int64), w.book.tally, {}, events_of(w))


@loop
def _arrive(w: Week, n: int) -> int:
    """The first n people of `found.whom` begin to want, and queue with the organisations in `found.also`."""
    call(w)
    time_is_up(w)
    look_around(w)
    look(w)
    for k in range(n):
        i = np.int64(w.found.whom[k])
        row = row_of(w, i)
        begin_other(w, i, row, NEED, Want.VOICED)
        queue(w, i, row, np.int64(w.found.also[k]))
    return n


def _nobody_goes_elsewhere(w: Week) -> None:
    """Who gives up has gone for good: back to idle, not to hearing and asking again."""
    left = w.at(Stage.WANTING)
    w.people.stage[left] = Stage.IDLE
    w.people.want_kind[left] = Want.NONE


def _world(q: Queue) -> Week:
    shape = make_shape([(0, 0)], [5], 20_000, 5_000, 0, q.weeks, q.seed)
    shape = replace(shape, place_size=10_000, as_area=False)  # four communities, large ones
    fixed = EVERYONE_COMES | {"give_up_weeks": q.give_up_weeks, "drop_per_week": q.drop}
    values = today_values(1)
    values[INDEX["sessions"]], values[INDEX["pairs"]] = q.stay_weeks, 0.0
    state = make_state(shape, draw_parameters([0], fixed))
    state.groups.open[:] = False
    state.people.chooses[:], state.people.access[:] = 0xFF, 0
    state.orgs = Organisations(**rows(Organisations, ORG_TYPES, 0))
    state.supporters = Supporters(**rows(Supporters, SUPPORTER_TYPES, 0))
    _provide(state, q)
    return Week(state, Timeline(np.array([0]), values[None]), np.ones(shape.people, bool))


def _provide(state: object, q: Queue) -> None:
    """Organisations that are open, of full quality, each with supporters of one place."""
    n = q.organisations
    orgs = rows(Organisations, ORG_TYPES, n)
    orgs["open"][:], orgs["place"][:], orgs["needs"][:] = True, -1, 1 << NEED
    orgs["quality"][:], orgs["ordinal"][:], orgs["pair_luck"][:] = 1.0, np.arange(n), 1.0
    append(state.orgs, orgs)
    org = np.repeat(np.arange(n), q.places)
    sup = rows(Supporters, SUPPORTER_TYPES, len(org))
    sup["org"][:], sup["whog"][:], sup["experience"][:] = org, np.arange(len(org)) + 1, NEED
    sup["capacity"][:], sup["here"][:], sup["state"][:] = 1, 1, 1
    append(state.supporters, sup)


def erlang_b(places: int, load: float) -> float:
    """Share of arrivals lost with no waiting: Erlang (1917), by the usual recursion. `load` in places busy."""
    lost = 1.0
    for k in range(1, places + 1):
        lost = load * lost / (k + load * lost)
    return lost


def erlang_c(places: int, load: float) -> float:
    """Share of arrivals who must wait, when nobody gives up: Erlang (1917)."""
    lost = erlang_b(places, load)
    return lost / (1.0 - (load / places) * (1.0 - lost))
