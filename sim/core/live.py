"""Phase `live`: people leave and are replaced, things happen to them, wants begin and pass."""

from __future__ import annotations

import numpy as np

from sim import draws
from sim.columns import kernels
from sim.columns.people import set_clocks, set_idle_clock, set_life_clock, set_traits
from sim.core.places import leave_in_support, leave_place
from sim.core.wants import eligible, note_referrer, settle, target_of, to_idle, to_wanting
from sim.core.week import Week
from sim.draws import Purpose
from sim.results.result import Measure
from sim.rules.live import match_kind, want_weeks
from sim.tables import NEVER, UNIT_WAIT
from sim.vocabulary import (
    ANY,
    BEREAVEMENT,
    CARERS,
    IN_SUPPORT,
    LASTING,
    MATCH_OF,
    MOST_CONDITIONS,
    N_NEEDS,
    Event,
    Life,
    Mark,
    Occasion,
    Referral,
    Stage,
    Want,
    age_of,
)

LASTING16 = np.uint16(LASTING)
_BITS = np.arange(1 << N_NEEDS)[:, None] >> np.arange(N_NEEDS) & 1
HOW_MANY = _BITS.sum(axis=1)  # needs groups of each mask
NTH = np.argsort(1 - _BITS, axis=1, kind="stable")  # [mask, n]: its n-th needs group (0 for an empty mask)
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


def live(w: Week) -> None:
    """The clock of life, then wants whose natural length is over."""
    index = w.due(w.people.life_due)
    kind = _what(w, index)
    w.log_each(LIFE_EVENTS, index, kind)
    gone = (kind == Life.DEATH) | (kind == Life.MOVE)
    _replace(w, index[gone], kind[gone])
    stay, kind = index[~gone], kind[~gone]
    need = _happen(w, stay, kind)
    set_life_clock(w.state, stay, w.now)
    _begin_wants(w, stay, kind, need)
    _pass(w)


def _what(w: Week, index: np.ndarray) -> np.ndarray:
    """Which event of life it is: the first whose cumulative chance the draw falls under."""
    people = w.people
    return np.asarray(
        kernels.what_happens(
            index,
            people.whog,
            people.cell,
            people.n_conditions,
            w.world_people,
            w.state.life_bound,
            w.life_stacked,
            w.key(Purpose.LIFE_WHAT),
        )
    )


def _replace(w: Week, index: np.ndarray, kind: np.ndarray) -> None:
    """People die or move; their want closes as left, their place is freed, someone new enters."""
    people = w.people
    leave_in_support(w, index, kind == Life.DEATH)
    leave_place(w, index)
    settle(w, index, left=True)
    people.generation[index] += 1
    place = w.place(index)
    slot = (index % w.shape.place_size).astype(np.uint64)
    who = draws.pack_slots(w.state.places.base[place], slot, people.generation[index].astype(np.uint64))
    people.whog[index] = draws.whog_array(who)
    for name in ("latent_until", "last_used", "helped", "gain_lonely", "gain_confidence", "occasion", "marks"):
        getattr(people, name)[index] = 0
    people.known_to[:, index] = 0
    people.referrer[index] = 0
    to_idle(w, index)
    set_traits(w.state, index, w.now, newcomer=True)
    set_clocks(w.state, index, w.now)


def _happen(w: Week, index: np.ndarray, kind: np.ndarray) -> np.ndarray:
    """What the event changes in the person. Returns the needs group it concerns (ANY: none)."""
    people = w.people
    need = np.full(len(index), ANY, np.int64)
    new = np.flatnonzero(kind == Life.CONDITION)
    ill = index[new]
    u = w.uniform(Purpose.LIFE_NEED, ill)
    stacked = w.new_need[age_of(people.cell[ill])]
    need[new] = np.minimum((stacked <= u[:, None]).sum(axis=1), N_NEEDS - 1)
    people.n_conditions[ill] = np.minimum(MOST_CONDITIONS, people.n_conditions[ill] + 1)
    need[kind == Life.CARER], need[kind == Life.BEREAVED] = CARERS, BEREAVEMENT
    some = np.flatnonzero(need != ANY)
    changed = index[some]
    people.needs[changed] |= np.left_shift(np.uint16(1), need[some].astype(np.uint16))
    people.needs[index[kind == Life.CARER_ENDS]] &= ~np.uint16(1 << CARERS)
    people.occasion[ill] = Occasion.DIAGNOSIS
    people.occasion[index[kind == Life.DISCHARGE]] = Occasion.DISCHARGE
    off = changed[(people.mind_due[changed] == NEVER) & (people.stage[changed] == Stage.IDLE)]
    set_idle_clock(w.state, off, w.now)  # they may have a lasting need now
    people.mind_due[index[people.occasion[index] > 0]] = w.now + 1
    return need


def _begin_wants(w: Week, index: np.ndarray, kind: np.ndarray, need: np.ndarray) -> None:
    """Latent wants begin: the same in every scenario, whatever support a person has."""
    people = w.people
    free = people.latent_until[index] <= w.now
    free &= (need != ANY) | ((people.needs[index] & LASTING16) > 0)
    index, kind, need = index[free], kind[free], need[free]
    begins = w.uniform(Purpose.WANT_BEGINS, index) < w.wants_of[w.world(index), kind]
    index, kind, need = index[begins], kind[begins], need[begins]
    need = np.where(need == ANY, _pick_need(w, index), need)
    already = IN_SUPPORT[people.stage[index]]
    settle(w, index)  # a voiced-only want or an unwanted offer gives way; a place in a queue is kept
    _set_want(w, index, kind, need)
    w.log(Event.WANTS, index, need)
    _met_already(w, index[already])
    to_wanting(w, index[people.stage[index] == Stage.IDLE])
    soon = index[(people.occasion[index] > 0) & (people.stage[index] == Stage.WANTING)]
    people.act_due[soon] = w.now + 1


def _pick_need(w: Week, index: np.ndarray) -> np.ndarray:
    """One of a person's lasting needs groups, each as likely."""
    mask = w.people.needs[index] & LASTING16
    r = (w.bits(Purpose.WANT_NEED, index) >> np.uint64(40)).astype(np.int64) % np.maximum(1, HOW_MANY[mask])
    return NTH[mask, r]


def _set_want(w: Week, index: np.ndarray, kind: np.ndarray, need: np.ndarray) -> None:
    people, world = w.people, w.world(index)
    people.want_kind[index] = Want.LATENT
    people.want_need[index] = need
    people.want_cause[index] = kind
    people.marks[index] = 0  # support after a want already met leaves marks behind
    set_match(w, index, need)
    u = w.bits(Purpose.WANT_LENGTH, index) >> np.uint64(48)
    weeks = want_weeks(UNIT_WAIT[u], w.par.want_length_weeks[world])
    until = np.minimum(w.now + weeks, NEVER - 1).astype(np.uint16)
    people.want_start[index] = w.now
    people.want_until[index] = until
    people.latent_until[index] = until
    people.deadline[index] = w.now + target_of(w, index, world)
    known = index[(people.known_to.take(index, axis=1) > w.now).any(axis=0)]
    w.mark(known, Mark.KNEW)
    queued = index[people.stage[index] == Stage.WAITING]
    w.mark(queued, Mark.EXISTED, Mark.KNEW, Mark.WAY_IN, Mark.ASKED, Mark.EARLY)


def set_match(w: Week, index: np.ndarray, need: np.ndarray) -> None:
    """How close an experience this want asks for."""
    world = w.world(index)
    kind = match_kind(w.uniform(Purpose.WANT_BREADTH, index), w.par.match_narrow[world], w.par.match_broad[world])
    w.people.match[index] = MATCH_OF[kind, need]


def _met_already(w: Week, index: np.ndarray) -> None:
    """Someone already in support when a want begins has it met."""
    people = w.people
    w.log(Event.WANT_MET_ALREADY, index)
    counted = index[w.in_window(index)]
    marks = (1 << Mark.REACH) | (people.stage[counted] != Stage.ONLINE) * (1 << Mark.REACH_OFFLINE)
    w.note(counted, marks, eligible(w, counted), int(Measure.ALREADY))
    people.want_kind[index] = Want.NONE
    people.marks[index] = 0
    people.deadline[index] = NEVER
    people.want_until[index] = NEVER


def _pass(w: Week) -> None:
    """Wants whose natural length is over, in people not in support."""
    people = w.people
    index = w.due(people.want_until)
    w.log(Event.PASSED, index)
    waiting = index[people.stage[index] == Stage.WAITING]
    note_referrer(w, waiting, Referral.GAVE_UP)
    settle(w, index)
    to_idle(w, index)
