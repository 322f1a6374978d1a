"""Phase `hear`: people come to know what exists; some begin to want by hearing."""

from __future__ import annotations

import numpy as np

from sim.columns.clock import MIND_IDLE
from sim.columns.people import MEAN_WANTING, MIND_WANTING
from sim.compiled import apart, loop, rule, whole
from sim.core.parts.due import MIND, called
from sim.core.parts.luck import draw, ends, keys_of, uniform, unit, wait
from sim.core.parts.notes import log
from sim.core.parts.wants import CLOSED, begin_other, settle, to_idle, to_wanting
from sim.core.parts.where import place_of, world_of
from sim.core.week import TOGETHER, Week
from sim.draws import Purpose
from sim.numbers.structure import TALK_QUALITY
from sim.rules.hear import put_off_chance, talk_share, voicing_chance
from sim.rules.live import gap_weeks
from sim.tables import NEVER
from sim.vocabulary import FIRST_NEED, HAS_LASTING, N_NEEDS, Event, How, Known, Mark, Stage, Want, heard

GROUPS, SERVICES, ONLINE, KNOWNS = int(Known.GROUPS), int(Known.SERVICES), int(Known.ONLINE), len(Known)
KNEW = 1 << Mark.KNEW
COUNT_NEEDS_EVERY = 4  # weeks
HEARD = np.array([[heard(known, how) for how in How] for known in Known])
MET, TOLD_ALL, TOLD_ONLINE, MOUTH_GROUPS, MOUTH_SERVICES, NOTHING, VOICED, AT_OCCASION = range(8)


def hear(w: Week) -> None:
    """Those whose clock of hearing strikes: wanting, waiting (who want it too) or idle."""
    w.reviews = _hear(w)


@loop
def _hear(w: Week) -> int:
    """Place by place: talk is counted before anybody hears. Returns how many are at an occasion
    (`found.review`), without a want."""
    reviews = done = 0
    _count_inside(w)
    struck = called(w, MIND, w.people.mind_due, w.found.whom)
    for place in range(len(w.places.area_row)):
        first = place * w.place_size
        row = w.places.area_row[place]
        _count_talk(w, place, first, row)
        begin = done
        while done < struck and w.found.whom[done] < first + w.place_size:
            done += 1
        for k in range(_strike(w, begin, done, row)):
            i, what = whole(w.found.who[k]), w.found.what[k]
            if what <= NOTHING:
                _hear_wanting(w, i, row, what)
            elif what == VOICED:
                _voice(w, i, row, FIRST_NEED[w.people.needs[i]])
            else:
                w.found.review[reviews] = i
                reviews += 1
    return reviews


@rule
def _strike(w: Week, begin: int, end: int, row: int) -> int:
    """What those of a place whose clock of hearing strikes hear (`found.whom` from `begin` to `end`; then `found.who`,
    `found.what`). Sets the clock.

    No branch depends on luck here, so that the processor works on many people at once; those who hear nothing, most of
    them, are passed over. Returns how many are left.
    """
    n = 0
    for first in range(begin, end, TOGETHER):
        many = min(TOGETHER, end - first)
        keys_of(w, w.found.whom, first, many)
        draw(w, many, Purpose.MIND_WHAT, w.luck.what)
        draw(w, many, Purpose.MIND_GAP, w.luck.gap)
        n = _decide(w, first, many, row, n)
    return n


@rule
def _decide(w: Week, first: int, many: int, row: int, n: int) -> int:
    """The same for those whose draws are at hand; `n` are in the list already."""
    people, found = w.people, w.found
    for k in range(many):
        i = whole(found.whom[first + k])
        stage, u, gap = people.stage[i], unit(w.luck.what[k]), wait(w, w.luck.gap[k])
        wants = (stage == Stage.WANTING) | ((stage == Stage.WAITING) & (people.want_kind[i] != Want.UNWANTED))
        idle, lasting = stage == Stage.IDLE, HAS_LASTING[people.needs[i]]
        hears, voices = _hears(w, i, row, u * MIND_WANTING), _voices(w, i, row, u)
        weeks = gap_weeks(gap, MEAN_WANTING if wants else w.state.idle_mean[world_of(w, row)])
        due = whole(min(w.now + weeks, NEVER)) if wants | lasting else NEVER
        people.mind_due[i] = due if wants | idle else people.mind_due[i]
        found.who[n] = i
        found.what[n] = hears if wants else voices
        n += (wants & (hears < NOTHING)) | (idle & lasting & (voices > NOTHING))
    return n


# ---- talk


@apart
def _count_talk(w: Week, place: int, first: int, row: int) -> None:
    """talk.share[known, need]: share of people near with the same need who talk of groups or services.

    Once in four weeks people with each need are counted again.
    """
    if w.now % COUNT_NEEDS_EVERY == 0:
        _count_needs(w, place, first)
    weight = w.par.talk_of_knowing[world_of(w, row)]
    for need in range(N_NEEDS):
        people = w.room.with_need[place, need]
        for known in range(2):
            share = talk_share(w.room.inside[place, known, need], w.room.telling[place, known, need], people, weight)
            w.talk.share[known, need] = share


@apart
def _count_inside(w: Week) -> None:
    """People in support who talk of it, by place, what they are in and need."""
    inside, people = w.room.inside, w.people
    inside[:] = 0
    for k in range(w.found.actives[0]):
        i = whole(w.found.active[k])
        place, stage, need = place_of(w, i), people.stage[i], people.want_need[i]
        inside[place, GROUPS, need] += stage == Stage.MEMBER
        inside[place, SERVICES, need] += (stage == Stage.SUPPORTED) | (stage == Stage.PAIRED)


@rule
def _count_needs(w: Week, place: int, first: int) -> None:
    """People with each need in a place."""
    needs = w.people.needs[first : first + w.place_size]
    for need in range(N_NEEDS):
        count, bit = 0, np.uint16(1 << need)
        for k in range(len(needs)):
            count += needs[k] & bit != 0
        w.room.with_need[place, need] = count


# ---- wanting


@rule
def _hears(w: Week, i: int, row: int, u: float) -> int:
    """What someone who wants it hears: how many of the stacked weekly chances the draw is beyond."""
    rates, need, offline = w.rates, w.people.want_need[i], w.people.offline[i]
    met, told, online = rates.hearing[row, offline, 0], rates.hearing[row, offline, 1], rates.hearing[row, offline, 2]
    groups = online + rates.by_mouth[row] * w.talk.share[GROUPS, need]
    services = groups + (rates.by_mouth[row] * w.talk.share[SERVICES, need] + rates.clinics[row])
    # from nought on: in plain Python comparisons of columns, added to one another, are no number
    return 0 + (met <= u) + (told <= u) + (online <= u) + (groups <= u) + (services <= u)


@apart
def _hear_wanting(w: Week, i: int, row: int, what: int) -> None:
    """Someone who wants it meets others informally, is told, or hears by word of mouth."""
    if what == MET:
        log(w, i, row, Event.MET_INFORMALLY, 0)
        settle(w, i, row, CLOSED)
        to_idle(w, i, row)
    elif what == TOLD_ALL:
        for known in range(KNOWNS):
            learn_of(w, i, row, known, How.SEARCH)
    elif what == TOLD_ONLINE:
        learn_of(w, i, row, ONLINE, How.ONLINE)
    else:
        _by_mouth(w, i, row, GROUPS if what == MOUTH_GROUPS else SERVICES)


@rule
def _by_mouth(w: Week, i: int, row: int, known: int) -> None:
    if uniform(w, i, Purpose.MIND_VOICED) < put_off_chance(TALK_QUALITY):
        log(w, i, row, Event.PUT_OFF, 0)
    else:
        learn_of(w, i, row, known, How.MOUTH)


@apart
def learn_of(w: Week, i: int, row: int, known: int, how: int) -> None:
    """From now they know of it, for a length drawn now."""
    people = w.people
    if people.known_to[known, i] <= w.now:
        people.known_from[known, i] = w.now
    people.known_to[known, i] = ends(w, i, Purpose.MIND_FORGET, w.par.forget_weeks[world_of(w, row)])
    if people.want_kind[i] != Want.NONE:
        people.marks[i] |= KNEW
    log(w, i, row, Event.HEARD, HEARD[known, how])


# ---- idle


@rule
def _voices(w: Week, i: int, row: int, u: float) -> int:
    """Whether someone without a want begins to want by hearing, else is at an occasion, else NOTHING."""
    people, world = w.people, world_of(w, row)
    need = min(FIRST_NEED[people.needs[i]], N_NEEDS - 1)
    talk = max(w.talk.share[GROUPS, need], w.talk.share[SERVICES, need])
    chance = voicing_chance(talk, w.par.mouth_rate[world], w.levers.peers_in_clinics[row], w.par.voiced_rate[world])
    occasion = people.occasion[i] > 0
    bound = MIND_IDLE if occasion else w.state.idle_bound[world]
    return VOICED if u * bound < chance else AT_OCCASION if occasion else NOTHING


@apart
def _voice(w: Week, i: int, row: int, need: int) -> None:
    """Someone begins to want by hearing."""
    w.people.occasion[i] = 0
    begin_other(w, i, row, need, Want.VOICED)
    log(w, i, row, Event.VOICED, 0)
    to_wanting(w, i, row)
    learn_of(w, i, row, SERVICES, How.MOUTH)
    learn_of(w, i, row, GROUPS, How.MOUTH)
