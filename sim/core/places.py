"""Places in groups, pairs, online communities and with supporters: freed, and left behind."""

from __future__ import annotations

import numpy as np

from sim.core.gains import note_spell
from sim.core.wants import settle, to_idle
from sim.core.week import Week
from sim.draws import Purpose
from sim.kinds import Event, Mark, Offer, Stage
from sim.people import length
from sim.rules.support import dose_share, effect_sd, harm_thousandths
from sim.structure import (
    GROUP_PLANNED_WEEKS,
    LOOSE_MATCH_EFFECT,
    ONLINE_PLANNED_WEEKS,
    USUAL_QUALITY,
)
from sim.tables import NEVER

ROOT3 = 1.7320508075688772
WITH_ORGANISATION = (Offer.PAIR, Offer.VOLUNTEER, Offer.PAID)
PLANNED = {Offer.GROUP: GROUP_PLANNED_WEEKS, Offer.ONLINE: ONLINE_PLANNED_WEEKS, Offer.PAIR: GROUP_PLANNED_WEEKS}


def leave_place(w: Week, index: np.ndarray) -> None:
    """Free the places these people hold. A pair's other half goes back to the queue, ahead of others."""
    people = w.people
    stage = people.stage[index]
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
    completed = index[kept & np.isin(people.offer[index], WITH_ORGANISATION)]
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
    inside = (stage >= Stage.MEMBER) & (stage <= Stage.ONLINE)
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
    people, par, world = w.people, w.par, w.world(index)
    dose = dose_share(weeks_in(w, index), par.dose_weeks[world])
    dose = np.where(people.offer[index] == Offer.ONLINE, dose * par.effect_online_share[world], dose)
    luck = _normal(w.bits(Purpose.EFFECT, index))
    quality = _quality(w, index)
    needs = ((people.lonely[index] - 3.0) / 6.0, (100.0 - people.confidence[index]) / 100.0)
    means = (par.effect_lonely[world], par.effect_confidence[world])
    both = [
        effect_sd(mean, dose, need, people.exact[index], LOOSE_MATCH_EFFECT, quality, par.effect_spread[world], luck)
        for mean, need in zip(means, needs, strict=True)
    ]
    return _thousandths(both[0]), _thousandths(both[1])


def _after(w: Week, index: np.ndarray, during: tuple[np.ndarray, np.ndarray],
           harmed: bool) -> tuple[np.ndarray, np.ndarray]:
    """The effects from the end of support on: less the loss where a group or a supporter went."""
    if not harmed:
        return during
    loss = harm_thousandths(w.par.fold_harm[w.world(index)])
    return during[0] - loss, during[1] - loss


def _normal(bits: np.ndarray) -> np.ndarray:
    """Nearly normal with unit spread: the sum of four 16-bit slices, exactly."""
    low = np.uint64(0xFFFF)
    total = (bits & low) + ((bits >> np.uint64(16)) & low) + ((bits >> np.uint64(32)) & low) + (bits >> np.uint64(48))
    return (total / 65536.0 - 2.0) * ROOT3


def _thousandths(x: np.ndarray) -> np.ndarray:
    return np.floor(np.minimum(4.0, np.maximum(-4.0, x)) * 1000.0 + 0.5).astype(np.int64)


def _quality(w: Week, index: np.ndarray) -> np.ndarray:
    """Quality of the organisation a person is with; the usual one for groups and online."""
    offer, host = w.people.offer[index], w.people.host[index]
    with_org = (offer != Offer.GROUP) & (offer != Offer.ONLINE) & (host >= 0)
    out = np.full(len(index), USUAL_QUALITY)
    out[with_org] = w.orgs.quality[host[with_org]]
    return out


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
    people = w.people
    asked = w.levers.recruit_helped[w.area_row(index)]
    chance = np.minimum(1.0, w.par.comes_forward[w.world(index)] * asked)
    with_org = np.isin(people.stage[index], (Stage.SUPPORTED, Stage.PAIRED))
    chosen = index[with_org & (w.uniform(Purpose.COMES_FORWARD, index) < chance)]
    w.log(Event.CAME_FORWARD, chosen, people.host[chosen])
    np.add.at(w.orgs.came_forward, people.host[chosen], 1)
