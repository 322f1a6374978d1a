"""Places in groups, pairs, online communities and with supporters: freed, and left behind."""

from __future__ import annotations

import numpy as np

from sim.columns import kernels
from sim.columns.people import length
from sim.core.gains import note_spell
from sim.core.wants import settle, to_idle
from sim.core.week import Week
from sim.draws import Purpose
from sim.numbers.structure import GROUP_PLANNED_WEEKS, ONLINE_PLANNED_WEEKS
from sim.rules.support import harm_thousandths
from sim.tables import NEVER
from sim.vocabulary import IN_SUPPORT, ORGANISED, Event, Mark, Offer, Stage

WITH_ORGANISATION = np.isin(np.arange(len(Offer)), ORGANISED)  # looked up: isin is slow
PLANNED = {Offer.GROUP: GROUP_PLANNED_WEEKS, Offer.ONLINE: ONLINE_PLANNED_WEEKS, Offer.PAIR: GROUP_PLANNED_WEEKS}


def leave_place(w: Week, index: np.ndarray) -> None:
    """Free the places these people hold. A pair's other half goes back to the queue, ahead of others."""
    people, stage = w.people, w.people.stage[index]
    inside = IN_SUPPORT[stage]
    index, stage = index[inside], stage[inside]
    if len(index) == 0:
        return
    member, supported = index[stage == Stage.MEMBER], index[stage == Stage.SUPPORTED]
    np.subtract.at(w.groups.members, people.host[member], 1)
    np.subtract.at(w.supporters.load, people.supporter[supported], 1)
    np.subtract.at(w.state.online_members, w.area_row(index[stage == Stage.ONLINE]), 1)
    paired = index[stage == Stage.PAIRED]
    others = people.supporter[paired]
    people.stage[paired] = Stage.IDLE
    others = np.unique(others[people.stage[others] == Stage.PAIRED])
    back_to_queue(w, others)


def back_to_queue(w: Week, index: np.ndarray) -> None:
    """Their supporter (or other half) is gone: they wait again at the same organisation, going first."""
    if len(index) == 0:
        return
    people = w.people
    w.log(Event.SUPPORT_ENDED, index, people.offer[index])
    if w.reporting:
        during = effects(w, index)
        note_spell(w, index, during, _after(w, index, during, True))
    people.stage[index] = Stage.WAITING
    people.supporter[index] = -1
    people.returning[index] = 1
    people.queued[index] = w.now
    people.stay_until[index] = NEVER
    people.stage_due[index] = length(w.state, index, w.now, Purpose.GIVE_UP, w.par.give_up_weeks[w.world(index)])


def end_support(w: Week, index: np.ndarray, event: Event) -> None:
    """Support ends for these people: what it did, whether the want was met, back to idle."""
    if len(index) == 0:
        return
    people = w.people
    w.log(event, index, people.offer[index])
    kept = (weeks_in(w, index) * 2 >= planned_weeks(w, index)) | (event == Event.STAYED)
    w.mark(index[kept], Mark.KEPT)
    completed = index[kept & WITH_ORGANISATION[people.offer[index]]]
    np.add.at(w.orgs.units[:, 1], people.host[completed], 1)  # payment by outcome
    during = effects(w, index)
    after = _after(w, index, during, event == Event.SUPPORT_ENDED)
    note_spell(w, index, during, after)
    _note_effect(w, index, *after)
    _come_forward(w, index if event == Event.STAYED else index[:0])
    people.helped[index] = 1
    people.last_used[index] = w.now
    settle(w, index)
    to_idle(w, index)


def leave_in_support(w: Week, index: np.ndarray, dies: np.ndarray) -> None:
    """People who die or move while in support: what it gave ends with a death, and goes with who moves."""
    if not w.reporting:
        return
    stage = w.people.stage[index]
    inside = IN_SUPPORT[stage]
    if not inside.any():
        return
    index, dies = index[inside], dies[inside]
    lonely, confidence = effects(w, index)
    note_spell(w, index, (lonely, confidence), (np.where(dies, 0, lonely), np.where(dies, 0, confidence)))


def weeks_in(w: Week, index: np.ndarray) -> np.ndarray:
    """Weeks of this spell of support."""
    return w.now - w.people.spell_start[index].astype(np.int64)


def planned_weeks(w: Week, index: np.ndarray) -> np.ndarray:
    """Planned length of each person's support: the lever for one-to-one, 12 for groups and pairs, 4 online."""
    offer, sessions = w.people.offer[index], w.levers.sessions[w.area_row(index)]
    planned = np.where(offer == Offer.ONLINE, PLANNED[Offer.ONLINE], PLANNED[Offer.GROUP])
    return np.where((offer == Offer.VOLUNTEER) | (offer == Offer.PAID), sessions, planned)


def effects(w: Week, index: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """int64 thousandths of an SD: (fall in loneliness, rise in confidence) of this spell so far."""
    people, par = w.people, w.par
    by_world = (par.dose_weeks, par.effect_online_share, par.effect_lonely, par.effect_confidence, par.effect_spread)
    lonely, confidence = kernels.effects(
        index,
        people.whog,
        people.lonely,
        people.confidence,
        people.exact,
        people.offer,
        people.host,
        people.spell_start,
        w.now,
        w.world(index),
        w.key(Purpose.EFFECT),
        w.orgs.quality,
        by_world,
    )
    return lonely, confidence


def _after(
    w: Week, index: np.ndarray, during: tuple[np.ndarray, np.ndarray], harmed: bool
) -> tuple[np.ndarray, np.ndarray]:
    """The effects from the end of support on: less the loss where a group or a supporter went."""
    if not harmed:
        return during
    loss = harm_thousandths(w.par.fold_harm[w.world(index)])
    return during[0] - loss, during[1] - loss


def _note_effect(w: Week, index: np.ndarray, lonely: np.ndarray, confidence: np.ndarray) -> None:
    people = w.people
    better_by = w.par.better_by[w.world(index)] * 1000.0
    w.mark(index[confidence >= better_by], Mark.BETTER)
    w.mark(index[confidence <= -better_by], Mark.WORSE)
    w.log(Event.BETTER, index[confidence >= better_by])
    w.log(Event.WORSE, index[confidence <= -better_by])
    people.gain_lonely[index], people.gain_confidence[index] = lonely, confidence


def _come_forward(w: Week, index: np.ndarray) -> None:
    """Some of those who stayed to the end come forward to help the organisation they were with."""
    if len(index) == 0:
        return
    people = w.people
    asked = w.levers.recruit_helped[w.area_row(index)]
    chance = np.minimum(1.0, w.par.comes_forward[w.world(index)] * asked)
    stage = people.stage[index]
    with_org = (stage == Stage.SUPPORTED) | (stage == Stage.PAIRED)
    chosen = index[with_org & (w.uniform(Purpose.COMES_FORWARD, index) < chance)]
    w.log(Event.CAME_FORWARD, chosen, people.host[chosen])
    np.add.at(w.orgs.came_forward, people.host[chosen], 1)
