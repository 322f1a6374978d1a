"""Phase `hear`: people come to know what exists; some begin to want by hearing."""

from __future__ import annotations

import numpy as np

from sim.columns import kernels, kernels_wants
from sim.columns.people import MIND_IDLE, MIND_WANTING, VOICED_WEEKS, gap_table, length
from sim.core.live import set_match
from sim.core.wants import settle, to_idle, to_wanting
from sim.core.week import Week
from sim.draws import Purpose
from sim.numbers.structure import TALK_QUALITY
from sim.rules.hear import put_off_chance, talk_share, voicing_chance
from sim.rules.live import want_weeks
from sim.tables import NEVER, UNIT_WAIT
from sim.vocabulary import N_NEEDS, Event, How, Known, Mark, Stage, Want, heard

HAS_NEED = (np.arange(1 << N_NEEDS)[:, None] >> np.arange(N_NEEDS) & 1).astype(np.float64)  # [mask, need]


def count_talk(w: Week) -> None:
    """talk[known, place * N_NEEDS + need]: share of people near with the same need who talk of groups or services.

    Made before anybody hears. Once in four weeks people with each need are counted again.
    """
    n = len(w.state.places.area) * N_NEEDS
    if w.now % 4 == 0 or len(w.with_need) == 0:
        _count_needs(w, n)
    # w.wanting was found in `staff`, once a week: a seventh of the people
    size, need = w.shape.place_size, w.people.want_need
    telling = kernels_wants.count_telling(w.wanting, need, w.people.known_to, size, w.now, n)
    members, supported, paired = (
        kernels_wants.count_needs(w.at(stage), need, size, n) for stage in (Stage.MEMBER, Stage.SUPPORTED, Stage.PAIRED)
    )
    inside = (members, supported + paired)
    weight = np.repeat(w.par.talk_of_knowing, n // w.n_worlds)
    w.talk = np.stack([talk_share(i, t, w.with_need, weight) for i, t in zip(inside, telling, strict=True)])


def _count_needs(w: Week, n: int) -> None:
    """with_need[place * N_NEEDS + need]: people with each need."""
    places = w.people.needs.reshape(len(w.state.places.area), w.shape.place_size)
    masks = np.stack([np.bincount(one, minlength=len(HAS_NEED)) for one in places])  # a quarter of a pass for each need
    w.with_need = (masks.astype(np.float64) @ HAS_NEED).astype(np.int64).reshape(n)  # whole numbers: exact as floats


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
    index, what = kernels.hear_wanting(
        index,
        people.whog,
        people.want_need,
        people.offline,
        people.mind_due,
        _stack_chances(w),
        w.shape.place_size,
        w.key(Purpose.MIND_WHAT),
        w.key(Purpose.MIND_GAP),
        w.now,
        gap_table(MIND_WANTING),
        MIND_WANTING,
    )
    _met_informally(w, index[what == 0])
    learn_of(w, index[what == 1], tuple(Known), How.SEARCH)
    learn_of(w, index[what == 2], (Known.ONLINE,), How.ONLINE)
    told = what >= 3
    index, what = index[told], what[told]
    bad = w.uniform(Purpose.MIND_VOICED, index) < put_off_chance(TALK_QUALITY)
    w.log(Event.PUT_OFF, index[bad])
    learn_of(w, index[(what == 3) & ~bad], (Known.GROUPS,), How.MOUTH)
    learn_of(w, index[(what == 4) & ~bad], (Known.SERVICES,), How.MOUTH)


def _stack_chances(w: Week) -> np.ndarray:
    """float64[5, (place * N_NEEDS + need) * 2 + offline]: stacked weekly chances of what someone who wants it hears."""
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
        kernels.learn(index, int(known), people.known_from, people.known_to, until, w.now)
        w.log(Event.HEARD, index, heard(known, how))
    w.mark(index[people.want_kind[index] != Want.NONE], Mark.KNEW)


def _hear_idle(w: Week, index: np.ndarray) -> None:
    """Someone without a want may begin to want by hearing, or be at an annual review."""
    people = w.people
    voiced, need, w.review = kernels.hear_idle(
        index,
        people.whog,
        people.needs,
        people.n_conditions,
        people.occasion,
        people.mind_due,
        _voicing(w),
        w.shape.place_size,
        w.key(Purpose.MIND_WHAT),
        w.key(Purpose.MIND_GAP),
        w.now,
        gap_table(MIND_IDLE),
        MIND_IDLE,
    )
    _voice(w, voiced, need)


def _voicing(w: Week) -> np.ndarray:
    """float64[place * N_NEEDS + need]: weekly chance that hearing begins a want."""
    row = np.repeat(w.state.places.area_row, N_NEEDS)
    par = w.rates.par
    return np.asarray(
        voicing_chance(
            np.maximum(w.talk[0], w.talk[1]), par.mouth_rate[row], w.levers.peers_in_clinics[row], par.voiced_rate[row]
        )
    )


def _voice(w: Week, index: np.ndarray, need: np.ndarray) -> None:
    w.people.occasion[index] = 0
    begin_other(w, index, need, Want.VOICED)
    w.log(Event.VOICED, index)
    to_wanting(w, index)
    learn_of(w, index, (Known.SERVICES, Known.GROUPS), How.MOUTH)


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
    people.deadline[index] = w.now + VOICED_WEEKS
