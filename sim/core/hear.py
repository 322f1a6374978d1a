"""Phase `hear`: people come to know what exists; some begin to want by hearing."""

from __future__ import annotations

import numpy as np

from sim.core.live import set_match
from sim.core.wants import settle, to_idle, to_wanting
from sim.core.week import Week
from sim.draws import Purpose
from sim.kinds import LASTING, N_NEEDS, Event, Known, Mark, Stage, Want
from sim.people import MIND_IDLE, MIND_WANTING, due, length, set_idle_clock
from sim.rules.hear import put_off_chance, talk_share, voicing_chance
from sim.rules.live import want_weeks
from sim.structure import TALK_QUALITY
from sim.tables import NEVER, UNIT_WAIT

_MASKS = np.arange(1 << N_NEEDS) & LASTING
FIRST_NEED = np.full(1 << N_NEEDS, N_NEEDS)
for _need in reversed(range(N_NEEDS)):
    FIRST_NEED[_MASKS >> _need & 1 == 1] = _need


def count_talk(w: Week) -> None:
    """talk[known, place * 11 + need]: share of people near with the same need who talk of groups or services.

    Made before anybody hears. Once in four weeks people with each need are counted again.
    """
    n = len(w.state.places.area) * N_NEEDS
    if w.now % 4 == 0 or len(w.with_need) == 0:
        _count_needs(w, n)
    wanting = w.at(Stage.WANTING)
    key, until = _by_need(w, wanting), w.people.known_to[:2].take(wanting, axis=1)
    code = key * 4 + (until[0] > w.now) + 2 * (until[1] > w.now)  # one count of four kinds, not two of a choice
    counts = np.bincount(code, minlength=n * 4).reshape(n, 4)
    telling = (counts[:, 1] + counts[:, 3], counts[:, 2] + counts[:, 3])  # of groups, of services
    members, supported, paired = (_by_need(w, w.at(stage)) for stage in (Stage.MEMBER, Stage.SUPPORTED, Stage.PAIRED))
    inside = (np.bincount(key, minlength=n) for key in (members, np.concatenate([supported, paired])))
    weight = np.repeat(w.par.talk_of_knowing, n // w.n_worlds)
    w.talk = np.stack([talk_share(i, t, w.with_need, weight) for i, t in zip(inside, telling, strict=True)])


def _by_need(w: Week, index: np.ndarray) -> np.ndarray:
    """Key of each person's place and the need of their want."""
    return w.place(index) * N_NEEDS + w.people.want_need[index]


def _count_needs(w: Week, n: int) -> None:
    """with_need[place * 11 + need]: people with each need."""
    needs = w.people.needs.reshape(len(w.state.places.area), w.shape.place_size)
    counts = [np.count_nonzero(needs & np.uint16(1 << bit), axis=1) for bit in range(N_NEEDS)]
    w.with_need = np.stack(counts, axis=1).reshape(n)


def hear(w: Week) -> None:
    """Those whose clock of hearing strikes: wanting, waiting (who want it too) or idle."""
    people = w.people
    count_talk(w)
    index = w.due(people.mind_due)
    stage = people.stage[index]
    waits = (stage == Stage.WAITING) & (people.want_kind[index] != Want.UNWANTED)
    wanting, idle = index[(stage == Stage.WANTING) | waits], index[stage == Stage.IDLE]
    _hear_wanting(w, wanting)
    _hear_idle(w, idle)


def _hear_wanting(w: Week, index: np.ndarray) -> None:
    """Chances are stacked by place, need and internet use, once a week; a draw beyond them all is passed over."""
    people = w.people
    edges = _stack_chances(w)
    key = _by_need(w, index) * 2 + people.offline[index]
    u = w.uniform(Purpose.MIND_WHAT, index) * MIND_WANTING
    people.mind_due[index] = due(w.state, index, w.now, Purpose.MIND_GAP, MIND_WANTING)
    hit = np.flatnonzero(u < edges[-1][key])
    index = index[hit]
    what = (edges[:, key[hit]] <= u[hit]).sum(axis=0)
    _met_informally(w, index[what == 0])
    learn_of(w, index[what == 1], tuple(Known), 0)
    learn_of(w, index[what == 2], (Known.ONLINE,), 1)
    told = what >= 3
    index, what = index[told], what[told]
    bad = w.uniform(Purpose.MIND_VOICED, index) < put_off_chance(TALK_QUALITY)
    w.log(Event.PUT_OFF, index[bad])
    learn_of(w, index[(what == 3) & ~bad], (Known.GROUPS,), 2)
    learn_of(w, index[(what == 4) & ~bad], (Known.SERVICES,), 2)


def _stack_chances(w: Week) -> np.ndarray:
    """float64[5, (place * 11 + need) * 2 + offline]: stacked weekly chances of what someone who wants it hears."""
    row = np.repeat(w.state.places.area_row, N_NEEDS)
    steps = np.empty((5, len(row), 2))
    steps[:3] = w.rates.hearing[:, row]
    steps[3] = steps[2] + (w.rates.by_mouth[row] * w.talk[Known.GROUPS])[:, None]
    steps[4] = steps[3] + (w.rates.by_mouth[row] * w.talk[Known.SERVICES] + w.rates.clinics[row])[:, None]
    return steps.reshape(5, -1)


def _met_informally(w: Week, index: np.ndarray) -> None:
    w.log(Event.MET_INFORMALLY, index)
    settle(w, index)
    to_idle(w, index)


def learn_of(w: Week, index: np.ndarray, knowns: tuple[Known, ...], how: int) -> None:
    """From now they know of these, for a length drawn now."""
    people = w.people
    if len(index) == 0:
        return
    until = length(w.state, index, w.now, Purpose.MIND_FORGET, w.rates.par.forget_weeks[w.area_row(index)])
    for known in knowns:
        new = people.known_to[known][index] <= w.now
        people.known_from[known][index[new]] = w.now
        people.known_to[known][index] = until
        w.log(Event.HEARD, index, known * 4 + how)
    w.mark(index[people.want_kind[index] != Want.NONE], Mark.KNEW)


def _hear_idle(w: Week, index: np.ndarray) -> None:
    """Someone without a want may begin to want by hearing, or be at an annual review."""
    people = w.people
    u = w.uniform(Purpose.MIND_WHAT, index) * MIND_IDLE
    set_idle_clock(w.state, index, w.now)
    some = (people.needs[index] & np.uint16(LASTING)) > 0  # it may have gone since the clock was set
    index, u = index[some], u[some]
    need = first_need(people.needs[index])
    chance = _voicing(w)[w.place(index) * N_NEEDS + need]
    voiced = u < chance
    yearly = (u < chance + 1.0 / 52.0) & (people.n_conditions[index] > 0)
    w.review = index[(yearly | (people.occasion[index] > 0)) & ~voiced]
    _voice(w, index[voiced], need[voiced])


def _voicing(w: Week) -> np.ndarray:
    """float64[place * 11 + need]: weekly chance that hearing begins a want."""
    row = np.repeat(w.state.places.area_row, N_NEEDS)
    par = w.rates.par
    return np.asarray(voicing_chance(np.maximum(w.talk[0], w.talk[1]), par.mouth_rate[row],
                                     w.levers.peers_in_clinics[row], par.voiced_rate[row]))  # fmt: skip


def _voice(w: Week, index: np.ndarray, need: np.ndarray) -> None:
    w.people.occasion[index] = 0
    begin_other(w, index, need, Want.VOICED)
    w.log(Event.VOICED, index)
    to_wanting(w, index)
    learn_of(w, index, (Known.SERVICES, Known.GROUPS), 2)


def first_need(needs: np.ndarray) -> np.ndarray:
    """int64[n]: the first lasting needs group of each mask; 11 where there is none."""
    return FIRST_NEED[needs]


def begin_other(w: Week, index: np.ndarray, need: np.ndarray, kind: Want) -> None:
    """A voiced-only want, or an offer to someone without one: counted apart, never availability."""
    people = w.people
    people.want_kind[index] = kind
    people.want_need[index] = need
    people.want_cause[index] = 0
    people.marks[index] = 0
    set_match(w, index, need)
    u = w.bits(Purpose.WANT_LENGTH, index) >> np.uint64(48)
    weeks = want_weeks(UNIT_WAIT[u], w.rates.par.want_length_weeks[w.area_row(index)])
    people.want_start[index] = w.now
    people.want_until[index] = np.minimum(w.now + weeks, NEVER - 1)
    people.deadline[index] = w.now + 12
