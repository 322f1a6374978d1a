"""Phase `hear`: people come to know what exists; some begin to want by hearing."""

from __future__ import annotations

import numpy as np

from sim.core.live import set_match
from sim.core.wants import settle, to_idle, to_wanting
from sim.core.week import Week
from sim.draws import Purpose
from sim.kinds import BEREAVEMENT, N_NEEDS, Event, Known, Mark, Stage, Want
from sim.people import MIND_IDLE, MIND_WANTING, due, length
from sim.rules.hear import hearing_chances, put_off_chance, talk_share, voicing_chance
from sim.rules.live import want_weeks
from sim.tables import NEVER, UNIT_WAIT

LASTING = np.uint16(0xFFFF ^ (1 << BEREAVEMENT))


def count_talk(w: Week) -> None:
    """talk[place, need, known]: share of people near with the same need who talk of groups or services.

    Made before anybody hears. Once in four weeks people with each need are counted again.
    """
    people, n = w.people, len(w.state.places.area) * N_NEEDS
    if w.now % 4 == 0 or len(w.with_need) == 0:
        _count_needs(w, n)
    active = np.flatnonzero(people.stage)
    key = w.place(active) * N_NEEDS + people.want_need[active]
    stage = people.stage[active]
    weight = w.par.talk_of_knowing[np.arange(n) // N_NEEDS // w.shape.places]
    shares = []
    for known, stages in ((Known.GROUPS, (Stage.MEMBER,)), (Known.SERVICES, (Stage.SUPPORTED, Stage.PAIRED))):
        inside = np.bincount(key[np.isin(stage, stages)], minlength=n)
        telling = np.bincount(key[(stage == Stage.WANTING) & (people.known_to[known][active] > w.now)], minlength=n)
        shares.append(talk_share(inside, telling, w.with_need, weight))
    w.talk = np.stack(shares, axis=1)


def _count_needs(w: Week, n: int) -> None:
    """with_need[place * 11 + need]: people with each need."""
    needs = w.people.needs.reshape(len(w.state.places.area), w.shape.place_size)
    counts = [np.count_nonzero(needs & np.uint16(1 << bit), axis=1) for bit in range(N_NEEDS)]
    w.with_need = np.stack(counts, axis=1).reshape(n)


def hear(w: Week) -> None:
    """Those whose clock of hearing strikes: wanting or idle."""
    people = w.people
    count_talk(w)
    index = w.due(people.mind_due)
    stage = people.stage[index]
    wanting, idle = index[stage == Stage.WANTING], index[stage == Stage.IDLE]
    _hear_wanting(w, wanting)
    _hear_idle(w, idle)


def _hear_wanting(w: Week, index: np.ndarray) -> None:
    people, par, world, row = w.people, w.par, w.world(index), w.area_row(index)
    key = w.place(index) * N_NEEDS + people.want_need[index]
    groups, services = w.talk[key, Known.GROUPS], w.talk[key, Known.SERVICES]
    online = (people.offline[index] == 0) * 1.0
    mouth, every, net, informal = hearing_chances(
        groups, par.mouth_rate[world], par.search_rate[world], par.directory_rate[world], w.levers.directory[row],
        w.levers.campaign[row], par.search_online_rate[world], online, par.informal_rate[world],
    )  # fmt: skip
    mouth_services = par.mouth_rate[world] * services + 0.02 * w.levers.peers_in_clinics[row]
    u = w.uniform(Purpose.MIND_WHAT, index) * MIND_WANTING
    people.mind_due[index] = due(w.state, index, w.now, Purpose.MIND_GAP, np.float64(MIND_WANTING))
    edges = np.cumsum(np.stack([informal, every, net, mouth, mouth_services], axis=1), axis=1)
    what = (edges <= u[:, None]).sum(axis=1)
    _met_informally(w, index[what == 0])
    for known in Known:
        learn_of(w, index[what == 1], known, 0)
    learn_of(w, index[what == 2], Known.ONLINE, 1)
    bad = w.uniform(Purpose.MIND_VOICED, index) < put_off_chance(0.85)
    w.log(Event.PUT_OFF, index[(what >= 3) & (what <= 4) & bad])
    learn_of(w, index[(what == 3) & ~bad], Known.GROUPS, 2)
    learn_of(w, index[(what == 4) & ~bad], Known.SERVICES, 2)


def _met_informally(w: Week, index: np.ndarray) -> None:
    w.log(Event.MET_INFORMALLY, index)
    settle(w, index)
    to_idle(w, index)


def learn_of(w: Week, index: np.ndarray, known: int, how: int) -> None:
    """From now they know of it, for a length drawn now."""
    people = w.people
    new = people.known_to[known][index] <= w.now
    people.known_from[known][index[new]] = w.now
    people.known_to[known][index] = length(
        w.state, index, w.now, Purpose.MIND_FORGET, w.par.forget_weeks[w.world(index)]
    )
    w.mark(index[people.want_kind[index] != Want.NONE], Mark.KNEW)
    w.log(Event.HEARD, index, known * 4 + how)


def _hear_idle(w: Week, index: np.ndarray) -> None:
    """Someone without a want may begin to want by hearing, or be at an annual review."""
    people, par, world, row = w.people, w.par, w.world(index), w.area_row(index)
    has_need = (people.needs[index] & LASTING) > 0
    need = first_need(people.needs[index])
    key = w.place(index) * N_NEEDS + np.minimum(need, N_NEEDS - 1)
    chance = voicing_chance(
        w.talk[key].max(axis=1), par.mouth_rate[world], w.levers.peers_in_clinics[row], par.voiced_rate[world]
    )
    u = w.uniform(Purpose.MIND_WHAT, index) * MIND_IDLE
    people.mind_due[index] = due(w.state, index, w.now, Purpose.MIND_GAP, np.float64(MIND_IDLE))
    voiced = (u < chance) & has_need
    yearly = (u >= chance) & (u < chance + 1.0 / 52.0) & (people.n_conditions[index] > 0)
    w.review = index[(yearly | (people.occasion[index] > 0)) & has_need & ~voiced]
    people.occasion[index[voiced]] = 0
    begin_other(w, index[voiced], need[voiced], Want.VOICED)
    w.log(Event.VOICED, index[voiced])
    to_wanting(w, index[voiced])
    learn_of(w, index[voiced], Known.SERVICES, 2)
    learn_of(w, index[voiced], Known.GROUPS, 2)


def first_need(needs: np.ndarray) -> np.ndarray:
    """The first lasting needs group of each mask; 11 where there is none."""
    bits = ((needs & LASTING).astype(np.int64)[:, None] >> np.arange(N_NEEDS + 1)) & 1
    bits[:, N_NEEDS] = 1
    return np.argmax(bits, axis=1)


def begin_other(w: Week, index: np.ndarray, need: np.ndarray, kind: Want) -> None:
    """A voiced-only want, or an offer to someone without one: counted apart, never availability."""
    people = w.people
    people.want_kind[index] = kind
    people.want_need[index] = need
    people.want_cause[index] = 0
    people.marks[index] = 0
    set_match(w, index, need)
    u = w.bits(Purpose.WANT_LENGTH, index) >> np.uint64(48)
    weeks = want_weeks(UNIT_WAIT[u], w.par.want_length_weeks[w.world(index)])
    people.want_start[index] = w.now
    people.want_until[index] = np.minimum(w.now + weeks, NEVER - 1)
    people.deadline[index] = w.now + 12
