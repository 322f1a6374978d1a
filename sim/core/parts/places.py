"""Places in groups, pairs, online communities and with supporters: taken, freed, and left behind."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from sim.compiled import apart, rule, whole
from sim.core.parts.counting import count_start
from sim.core.parts.luck import ends, lasting_bits, uniform
from sim.core.parts.notes import count, in_window, log, write_spell
from sim.core.parts.scale import comes_forward
from sim.core.parts.wants import CLOSED, JUDGED, can_manage, hears_and_acts, settle, to_idle, to_wanting
from sim.core.parts.where import row_of, world_of
from sim.draws import Purpose
from sim.numbers.structure import GROUP_PLANNED_WEEKS, LOOSE_MATCH_EFFECT, ONLINE_PLANNED_WEEKS, USUAL_QUALITY
from sim.results.result import Measure
from sim.rules.count import starts_soon
from sim.rules.groups import stay_mean
from sim.rules.support import dose_share, effect_sd, harm_thousandths, holds_for, luck_sd
from sim.tables import NEVER
from sim.vocabulary import Event, Mark, Offer, Stage, Want

if TYPE_CHECKING:
    from sim.core.week import Week

ROOT3 = 1.7320508075688772
GROUP, PAIR, ONLINE = int(Offer.GROUP), int(Offer.PAIR), int(Offer.ONLINE)
KEPT, BETTER, WORSE = 1 << Mark.KEPT, 1 << Mark.BETTER, 1 << Mark.WORSE
BY_CHANCE, WORSE_BY_CHANCE = 1 << Mark.BY_CHANCE, 1 << Mark.WORSE_BY_CHANCE
ROOM, ATTENDED, TAKEN = 1 << Mark.ROOM, 1 << Mark.ATTENDED, 1 << Mark.ACCEPTED | 1 << Mark.ATTENDED
QUEUED = sum(1 << mark for mark in (Mark.EXISTED, Mark.KNEW, Mark.WAY_IN, Mark.ASKED, Mark.EARLY))
LOW16, S16, S32, S48 = (np.uint64(n) for n in (0xFFFF, 16, 32, 48))


@rule
def in_support(stage: int) -> bool:
    """Whether this stage is one of support."""
    return Stage.MEMBER <= stage <= Stage.ONLINE


@apart
def free_place(w: Week, i: int, row: int) -> None:
    """Give back the place that a person holds (halves of pairs are for `part`)."""
    people, stage = w.people, w.people.stage[i]
    if stage == Stage.MEMBER:
        w.groups.members[people.host[i]] -= 1
    elif stage == Stage.SUPPORTED:
        w.supporters.load[people.supporter[i]] -= 1
    elif stage == Stage.ONLINE:
        w.state.online_members[row] -= 1


@apart
def back_to_queue(w: Week, i: int, row: int) -> None:
    """Their supporter (or other half) is gone: they wait again at the same organisation, going first. They hear and act again."""
    people = w.people
    log(w, i, row, Event.SUPPORT_ENDED, people.offer[i])
    if w.now >= w.burn_in:
        write_spell(w, i, row, effects(w, i, row), 1, harm(w, row))
    if is_open(w, i):
        people.marks[i] |= QUEUED
    people.stage[i] = Stage.WAITING
    people.supporter[i] = -1
    people.returning[i] = 1
    people.queued[i] = w.now
    people.stay_until[i] = NEVER
    people.stage_due[i] = ends(w, i, Purpose.GIVE_UP, w.par.give_up_weeks[world_of(w, row)])
    hears_and_acts(w, i, row)


@rule
def is_open(w: Week, i: int) -> bool:
    """Of someone in support: whether their want began in it, since it does not suit, and is still open."""
    return w.people.want_kind[i] != Want.NONE and w.people.want_start[i] > w.people.spell_start[i]


@apart
def begin_spell(w: Week, i: int, row: int, offer: int, experience: int) -> None:
    """Support starts, from somebody with this experience: gates passed, the want is met, clocks of wanting are off."""
    people = w.people
    people.offer[i] = offer
    people.spell_start[i] = w.now
    people.spell_need[i] = experience
    if people.marks[i] & JUDGED == 0 and people.deadline[i] >= w.now:
        people.marks[i] |= ROOM
    first = people.want_kind[i] != Want.NONE and people.marks[i] & ATTENDED == 0
    if first and starts_soon(whole(people.want_start[i]), w.now, w.burn_in, w.end):
        count(w, i, row, Measure.STARTS, 1)
    if first and in_window(w, i):
        count(w, i, row, Measure.ALL_STARTED, 1)
    people.marks[i] |= TAKEN
    count_start(w, i, row, can_manage(w, i, row))
    people.want_until[i] = NEVER
    people.act_due[i] = NEVER
    people.mind_due[i] = NEVER
    people.stage_due[i] = NEVER
    people.last_used[i] = w.now
    log(w, i, row, Event.STARTED, offer)


@apart
def join_group(w: Week, i: int, row: int, group: int) -> None:
    """A member from this week; whether they will settle, and how long they will stay, is drawn."""
    people = w.people
    people.stage[i] = Stage.MEMBER
    people.host[i] = group
    w.groups.members[group] += 1
    people.exact[i] = w.groups.need[group] == people.want_need[i]
    begin_spell(w, i, row, GROUP, w.groups.need[group])
    par, world = w.par, world_of(w, row)
    settles = uniform(w, i, Purpose.SETTLES) < par.group_settles[world]
    mean = stay_mean(settles, par.group_stay_weeks[world], par.group_tries_weeks[world])
    people.stay_until[i] = ends(w, i, Purpose.STAY, mean)


@apart
def end_support(w: Week, i: int, row: int, event: int) -> None:
    """Support ends: what it did, whether the want was met, back to idle."""
    people, stays_open = w.people, is_open(w, i)
    log(w, i, row, event, people.offer[i])
    if event == Event.STAYED or half_done(w, i, row):
        people.marks[i] |= 0 if stays_open else KEPT
        if with_organisation(people.offer[i]):
            w.orgs.units[people.host[i], 1] += 1  # payment by outcome
    found = effects(w, i, row)
    loss = harm(w, row) if event == Event.SUPPORT_ENDED else 0
    write_spell(w, i, row, found, 1, loss)
    _note_effect(w, i, row, found, loss, stays_open)
    if event == Event.STAYED:
        _come_forward(w, i, row)
    people.helped[i] = 1
    people.last_used[i] = w.now
    if not stays_open:
        settle(w, i, row, CLOSED)
    to_idle(w, i, row)
    if stays_open:
        to_wanting(w, i, row)


@rule
def with_organisation(offer: int) -> bool:
    """Whether an organisation gives this offer."""
    return offer != GROUP and offer != ONLINE


@rule
def half_done(w: Week, i: int, row: int) -> bool:
    """At least half of what was planned: the lever for one to one, fixed for groups, pairs and online."""
    offer = w.people.offer[i]
    planned = w.levers.sessions[row]
    if offer == ONLINE:
        planned = float(ONLINE_PLANNED_WEEKS)
    elif offer in (GROUP, PAIR):
        planned = float(GROUP_PLANNED_WEEKS)
    return (w.now - whole(w.people.spell_start[i])) * 2 >= planned


@rule
def slices(x: np.uint64) -> int:
    """The sum of the four 16-bit slices of a draw."""
    return whole((x & LOW16) + ((x >> S16) & LOW16) + ((x >> S32) & LOW16) + (x >> S48))


@rule
def normal(x: np.uint64) -> float:
    """Nearly normal with unit spread: the sum of four 16-bit slices, exactly."""
    return (slices(x) / 65536.0 - 2.0) * ROOT3


@rule
def thousandths(x: float) -> int:
    """An effect in whole thousandths, between -4 and 4."""
    return whole(math.floor(min(4.0, max(-4.0, x)) * 1000.0 + 0.5))


@rule
def _dose(w: Week, i: int, row: int) -> float:
    """Share of a whole effect that this spell of support has built up; an online community's is worth less."""
    people, par, world = w.people, w.par, world_of(w, row)
    holds = holds_for(par.effect_holds_weeks[world])
    dose = dose_share(w.now - whole(people.spell_start[i]), par.dose_weeks[world], holds)
    return dose * par.effect_online_share[world] if people.offer[i] == ONLINE else dose


@rule
def _luck(w: Week, i: int) -> float:
    """A person's luck with this spell of support: drawn once, by the week in which it began."""
    return normal(lasting_bits(w, i, Purpose.EFFECT, whole(w.people.spell_start[i])))


@apart
def effects(w: Week, i: int, row: int) -> tuple[int, int]:
    """Thousandths of an SD: (fall in loneliness, rise in confidence) that this spell of support has built up so far.

    Groups and online communities are of the usual quality, others of their organisation's.
    """
    people, par, world = w.people, w.par, world_of(w, row)
    quality = USUAL_QUALITY
    if with_organisation(people.offer[i]) and people.host[i] >= 0:
        quality = w.orgs.quality[people.host[i]]
    dose, luck, exact, spread = _dose(w, i, row), _luck(w, i), people.exact[i], par.effect_spread[world]
    need = (people.lonely[i] - 3.0) / 6.0
    lonely = effect_sd(par.effect_lonely[world], dose, need, exact, LOOSE_MATCH_EFFECT, quality, spread, luck)
    need = (100.0 - people.confidence[i]) / 100.0
    confidence = effect_sd(par.effect_confidence[world], dose, need, exact, LOOSE_MATCH_EFFECT, quality, spread, luck)
    return thousandths(lonely), thousandths(confidence)


@apart
def by_chance(w: Week, i: int, row: int) -> int:
    """Thousandths of an SD: what this spell would have done for confidence if support did nothing on average."""
    return thousandths(luck_sd(_dose(w, i, row), w.par.effect_spread[world_of(w, row)], _luck(w, i)))


@rule
def harm(w: Week, row: int) -> int:
    """Thousandths of an SD lost when a group or a supporter goes."""
    return harm_thousandths(w.par.fold_harm[world_of(w, row)])


@rule
def better_or_worse(w: Week, row: int, confidence: int) -> int:
    """The mark of an effect: better or worse off by the stated minimum, or 0."""
    better_by = w.par.better_by[world_of(w, row)] * 1000.0
    return BETTER if confidence >= better_by else WORSE if confidence <= -better_by else 0


@rule
def _both_marks(w: Week, i: int, row: int, confidence: int, loss: int) -> int:
    """The mark of what a spell did, and the mark of what chance alone would have done, less the same loss."""
    chance = better_or_worse(w, row, by_chance(w, i, row) - loss)
    by = BY_CHANCE if chance == BETTER else WORSE_BY_CHANCE if chance == WORSE else 0
    return better_or_worse(w, row, confidence - loss) | by


@rule
def _note_effect(w: Week, i: int, row: int, found: tuple[int, int], loss: int, stays_open: bool) -> None:
    """What support did is written down; it is no mark of a want that began in it."""
    people, marks = w.people, _both_marks(w, i, row, found[1], loss)
    if marks & BETTER:
        log(w, i, row, Event.BETTER, 0)
    elif marks & WORSE:
        log(w, i, row, Event.WORSE, 0)
    people.marks[i] |= 0 if stays_open else marks
    people.gain_lonely[i] = found[0] - loss
    people.gain_confidence[i] = found[1] - loss


@apart
def so_far(w: Week, i: int, row: int) -> None:
    """Marks of what support has done so far, for a want that is counted while its support goes on."""
    if not in_support(w.people.stage[i]) or is_open(w, i):
        return
    if half_done(w, i, row):
        w.people.marks[i] |= KEPT
    _, confidence = effects(w, i, row)
    w.people.marks[i] |= _both_marks(w, i, row, confidence, 0)


@rule
def _come_forward(w: Week, i: int, row: int) -> None:
    """Some of those who stayed to the end come forward to help the organisation they were with."""
    people = w.people
    if people.stage[i] != Stage.SUPPORTED and people.stage[i] != Stage.PAIRED:
        return
    chance = min(1.0, w.par.comes_forward[world_of(w, row)] * w.levers.recruit_helped[row])
    if uniform(w, i, Purpose.COMES_FORWARD) < chance:
        log(w, i, row, Event.CAME_FORWARD, people.host[i])
        comes_forward(w, people.host[i])


@apart
def leave_in_support(w: Week, i: int, row: int, dies: bool) -> None:
    """Someone dies or moves while in support: what it gave ends with a death, and goes with who moves."""
    if w.now >= w.burn_in and in_support(w.people.stage[i]):
        write_spell(w, i, row, effects(w, i, row), 0 if dies else 1, 0)


@rule
def part(w: Week, i: int) -> None:
    """The other half of a pair that ended goes back to the queue, ahead of others. `i` has left, and stands idle."""
    other = w.people.supporter[i]
    if w.people.stage[other] == Stage.PAIRED:
        back_to_queue(w, other, row_of(w, other))
