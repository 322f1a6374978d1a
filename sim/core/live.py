"""Phase `live`: people leave and are replaced, things happen to them, wants begin and pass."""

from __future__ import annotations

import numpy as np

from sim.compiled import apart, loop, rule, whole
from sim.core.parts.counting import count_already, in_suitable, seek
from sim.core.parts.due import LIFE, WANT, call, called
from sim.core.parts.enter import draw_traits, make_new
from sim.core.parts.follow import is_eligible, write_want
from sim.core.parts.luck import bits, draw, ends_by, keys_of, nth, uniform, unit
from sim.core.parts.notes import count, in_window, log
from sim.core.parts.places import free_place, in_support, leave_in_support, part, so_far
from sim.core.parts.wants import (
    CLOSED,
    JUDGED,
    LEFT,
    can_manage,
    clear_want,
    note_referrer,
    set_idle_clock,
    set_want,
    settle,
    target_of,
    to_idle,
    to_wanting,
)
from sim.core.parts.where import row_of, world_of
from sim.core.week import TOGETHER, Week
from sim.draws import Purpose
from sim.results.result import Measure
from sim.rules.live import life_group
from sim.tables import NEVER
from sim.vocabulary import (
    ANY,
    BEREAVEMENT,
    CARERS,
    LASTING,
    MOST_CONDITIONS,
    N_NEEDS,
    Event,
    Known,
    Life,
    Mark,
    Occasion,
    Referral,
    Stage,
    Want,
    age_of,
)

LIFE_EVENTS = np.full(len(Life), -1)
for _life, _event in (
    (Life.CONDITION, Event.CONDITION),
    (Life.CARER, Event.BECAME_CARER),
    (Life.BEREAVED, Event.BEREAVED),
    (Life.DISCHARGE, Event.DISCHARGED),
    (Life.FLARE, Event.FLARED),
    (Life.SOCIAL_FALL, Event.SOCIAL_FELL),
    (Life.DEATH, Event.DIED),
    (Life.MOVE, Event.MOVED),
):
    LIFE_EVENTS[_life] = _event
KINDS, KNOWNS = len(Life), len(Known)
KNEW, REACH = 1 << Mark.KNEW, 1 << Mark.REACH
QUEUED = sum(1 << mark for mark in (Mark.EXISTED, Mark.KNEW, Mark.WAY_IN, Mark.ASKED, Mark.EARLY))
NOT_CARER = ~(1 << CARERS)


def live(w: Week) -> None:
    """The clock of life, then wants whose natural length is over."""
    _live(w)


@loop
def _live(w: Week) -> int:
    """The week calls whom it will. Who leaves goes first, so that whoever stays finds them gone. Returns whose clock
    struck."""
    call(w)
    struck = _strike(w)
    _depart(w, struck)
    _happen(w, struck)
    _pass(w)
    return struck


@apart
def _strike(w: Week) -> int:
    """Whose clock of life strikes (`found.whom`), and what it brings (`found.what`). Returns how many."""
    struck = called(w, LIFE, w.people.life_due, w.found.whom)
    for first in range(0, struck, TOGETHER):
        n = min(TOGETHER, struck - first)
        keys_of(w, w.found.whom, first, n)
        draw(w, n, Purpose.LIFE_WHAT, w.luck.what)
        for k in range(n):
            w.found.what[first + k] = _what_happens(w, whole(w.found.whom[first + k]), unit(w.luck.what[k]))
    return struck


@rule
def _what_happens(w: Week, i: int, u: float) -> int:
    """Which event of life it is: the first whose cumulative chance the draw falls under."""
    world = world_of(w, row_of(w, i))
    age, group = age_of(w.people.cell[i]), _life_group(w, i)
    chances, kind, under = w.state.life_chance[world, age, group], 0, u * w.state.life_bound[world, age, group]
    for other in range(KINDS - 1):
        kind += chances[other] <= under
    return kind


@rule
def _life_group(w: Week, i: int) -> int:
    return life_group(whole(w.people.n_conditions[i] > 0), whole(w.people.needs[i]) >> CARERS & 1)


@rule
def _leaves(kind: int) -> bool:
    return kind == Life.DEATH or kind == Life.MOVE


@apart
def _depart(w: Week, struck: int) -> None:
    """People die or move: their places are freed, their wants close as left, and someone new enters."""
    people, gone, paired = w.people, 0, 0
    for k in range(struck):
        i, kind = whole(w.found.whom[k]), whole(w.found.what[k])
        if _leaves(kind):
            row = row_of(w, i)
            log(w, i, row, LIFE_EVENTS[kind], 0)
            leave_in_support(w, i, row, kind == Life.DEATH)
            free_place(w, i, row)
            if people.stage[i] == Stage.PAIRED:
                people.stage[i] = Stage.IDLE
                w.found.also[paired] = i
                paired += 1
            w.found.who[gone] = i
            gone += 1
    for k in range(paired):
        part(w, w.found.also[k])
    for k in range(gone):
        i = whole(w.found.who[k])
        row = row_of(w, i)
        settle(w, i, row, LEFT)
        make_new(w, i)
        draw_traits(w, i, row)
        to_idle(w, i, row)


@apart
def _set_life_clocks(w: Week, struck: int) -> None:
    """Next candidate of the clock of life of all whom it struck, by age, condition, caring and world."""
    people = w.people
    for first in range(0, struck, TOGETHER):
        n = min(TOGETHER, struck - first)
        keys_of(w, w.found.whom, first, n)
        draw(w, n, Purpose.LIFE_GAP, w.luck.gap)
        for k in range(n):
            i = whole(w.found.whom[first + k])
            mean = w.state.life_mean[world_of(w, row_of(w, i)), age_of(people.cell[i]), _life_group(w, i)]
            people.life_due[i] = ends_by(w, w.luck.gap[k], mean)


@apart
def _happen(w: Week, struck: int) -> None:
    """What happens to those who stay, and the wants that begin with it; then everybody's clock of life is set."""
    for k in range(struck):
        i, kind = whole(w.found.whom[k]), whole(w.found.what[k])
        if _leaves(kind):
            continue
        row = row_of(w, i)
        if LIFE_EVENTS[kind] >= 0:
            log(w, i, row, LIFE_EVENTS[kind], 0)
        need = _changes(w, i, row, kind)
        if _want_begins(w, i, row, kind, need):
            _begin_want(w, i, row, kind, _pick_need(w, i) if need == ANY else need)
    _set_life_clocks(w, struck)


@rule
def _changes(w: Week, i: int, row: int, kind: int) -> int:
    """What the event changes in the person. Returns the needs group it concerns (ANY: none)."""
    people, need = w.people, ANY
    if kind == Life.CONDITION:
        need = _new_need(w, i)
        people.n_conditions[i] = min(MOST_CONDITIONS, whole(people.n_conditions[i]) + 1)
        people.occasion[i] = Occasion.DIAGNOSIS
    elif kind == Life.CARER:
        need = CARERS
    elif kind == Life.BEREAVED:
        need = BEREAVEMENT
    elif kind == Life.DISCHARGE:
        people.occasion[i] = Occasion.DISCHARGE
    elif kind == Life.CARER_ENDS:
        people.needs[i] = whole(people.needs[i]) & NOT_CARER
    if need != ANY:
        people.needs[i] |= 1 << need
        if people.mind_due[i] == NEVER and people.stage[i] == Stage.IDLE:
            set_idle_clock(w, i, row)  # they may have a lasting need now
    if people.occasion[i] > 0:
        if people.stage[i] == Stage.WANTING:
            people.act_due[i] = w.now + 1  # the contact comes now
        elif people.stage[i] == Stage.IDLE:
            people.mind_due[i] = w.now + 1
    return need


@rule
def _new_need(w: Week, i: int) -> int:
    """Needs group of a new condition, by age."""
    u, age, need = uniform(w, i, Purpose.LIFE_NEED), age_of(w.people.cell[i]), 0
    while need < N_NEEDS - 1 and w.tables.new_need[age, need] <= u:
        need += 1
    return need


@rule
def _want_begins(w: Week, i: int, row: int, kind: int, need: int) -> bool:
    """Latent wants begin: the same in every scenario, whatever support a person has."""
    people = w.people
    if people.latent_until[i] > w.now or (need == ANY and people.needs[i] & LASTING == 0):
        return False
    return uniform(w, i, Purpose.WANT_BEGINS) < w.tables.wants_of[world_of(w, row), kind]


@rule
def _pick_need(w: Week, i: int) -> int:
    """One of a person's lasting needs groups, each as likely."""
    mine = w.people.needs[i] & LASTING
    count = 0
    for need in range(N_NEEDS):
        count += mine >> need & 1
    pick = nth(bits(w, i, Purpose.WANT_NEED), count)
    for need in range(N_NEEDS):
        if mine >> need & 1:
            if pick == 0:
                return need
            pick -= 1
    return 0


@rule
def _begin_want(w: Week, i: int, row: int, kind: int, need: int) -> None:
    """A latent want begins; a voiced-only want or an unwanted offer gives way; a place in a queue is kept."""
    people = w.people
    so_far(w, i, row)
    settle(w, i, row, CLOSED)
    set_want(w, i, row, Want.LATENT, need, kind)
    people.latent_until[i] = people.want_until[i]
    target, able = target_of(w, i, row), can_manage(w, i, row)
    people.deadline[i] = w.now + target
    seek(w, i, row, target, able)
    if in_window(w, i):
        count(w, i, row, Measure.ALL_WANTS, 1)
    for known in range(KNOWNS):
        if people.known_to[known, i] > w.now:
            people.marks[i] |= KNEW
    if people.stage[i] == Stage.WAITING:
        people.marks[i] |= QUEUED
    log(w, i, row, Event.WANTS, need)
    if in_support(people.stage[i]):
        if in_suitable(w, i, able):
            _met_already(w, i, row)
    elif people.stage[i] == Stage.IDLE:
        to_wanting(w, i, row)
    if people.occasion[i] > 0 and people.stage[i] == Stage.WANTING:
        people.act_due[i] = w.now + 1


@rule
def _met_already(w: Week, i: int, row: int) -> None:
    """Someone already in suitable support when a want begins has it met."""
    log(w, i, row, Event.WANT_MET_ALREADY, 0)
    count_already(w, i, row)
    if is_eligible(w, i, row):
        write_want(w, i, row, REACH | JUDGED, Measure.ALREADY)
    clear_want(w, i)


@apart
def _pass(w: Week) -> None:
    """Wants whose natural length is over; support that they began in goes on."""
    over = called(w, WANT, w.people.want_until, w.found.who)
    for k in range(over):
        i = whole(w.found.who[k])
        row = row_of(w, i)
        log(w, i, row, Event.PASSED, 0)
        if w.people.stage[i] == Stage.WAITING:
            note_referrer(w, i, row, Referral.GAVE_UP)
        settle(w, i, row, CLOSED)
        if not in_support(w.people.stage[i]):
            to_idle(w, i, row)
