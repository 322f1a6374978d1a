"""A person in support: it starts, does something, and ends; places are freed."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from sim import draws
from sim.agents import counts
from sim.columns.clock import DROP_BOUND
from sim.draws import Purpose
from sim.numbers.structure import GROUP_PLANNED_WEEKS, LOOSE_MATCH_EFFECT, ONLINE_PLANNED_WEEKS, USUAL_QUALITY
from sim.results.result import GAIN_PARTS, Measure
from sim.rules.count import starts_soon
from sim.rules.groups import stay_mean
from sim.rules.ledger import Line
from sim.rules.offer import accepting_chance, priority_rank
from sim.rules.support import dose_share, effect_sd, harm_thousandths, holds_for, leaving_chance, luck_sd
from sim.tables import NEVER
from sim.vocabulary import ANY, N_REFERRERS, ORGANISED, SUPPORT_STAGES, Event, Mark, Offer, Referral, Stage, Want

if TYPE_CHECKING:
    from sim.agents.person import Person

ROOT3 = 1.7320508075688772


# ---- waiting and being offered


def turn(person: Person) -> tuple[int, int, int, int]:
    """Who goes first: returning, then the priority rule, then a keyed draw."""
    score = priority_rank(
        person.area.policy.priority,
        person.model.week - person.queued,
        person.lonely,
        person.confidence,
        person.fifth,
        person.helped,
    )
    return -person.returning, -int(score), person.bits(Purpose.OFFER_TIE), person.whog


def note_referrer(person: Person, column: Referral) -> None:
    """Tell one's referrer, where there was one."""
    if person.referrer < N_REFERRERS:
        person.model.referrer_of(person, person.referrer).note(column)


def give_up(person: Person) -> None:
    """The wait ends, not the want, unless there is none left."""
    person.log(Event.GAVE_UP, person.host.number)
    person.note_referrer(Referral.GAVE_UP)
    again = person.want_until != NEVER and person.want_kind != Want.UNWANTED
    person.returning = 0
    _want_again(person, again)


def _want_again(person: Person, again: bool) -> None:
    if again:
        person.to_wanting()
    else:
        person.settle()
        person.to_idle()


def nowhere_to_wait(person: Person) -> None:
    """The organisation closed and no other suits."""
    again = person.want_until != NEVER
    person.returning = 0
    _want_again(person, again)


def answer(person: Person, kind: Offer, experience: int) -> bool:
    """Start, or decline or never come, which ends the want."""
    now = person.model.week
    person.offer = kind
    person.log(Event.OFFERED, person.host.number)
    if person.deadline >= now and not person.has(Mark.JUDGED):
        person.mark(Mark.ROOM)
    person.note_referrer(Referral.OFFERED)
    if now - person.queued <= person.target():
        person.note_referrer(Referral.IN_TIME)
    person.host.note_wait(now - person.queued)
    person.model.record.add_wait(person, now - person.queued)
    return _take(person, kind, experience, *person.would())


def would(person: Person) -> tuple[bool, bool]:
    """(accepts, comes if they accept); those who come back do both."""
    par = person.model.par
    accept = accepting_chance(par.accept_offer, person.exact, par.accept_loose_match)
    accepts = person.returning == 1 or person.uniform(Purpose.ACCEPTS) < accept
    return bool(accepts), person.returning == 1 or person.uniform(Purpose.ATTENDS) < par.attend_first


def _take(person: Person, kind: Offer, experience: int, accepts: bool, comes: bool) -> bool:
    if accepts:
        person.mark(Mark.ACCEPTED)
    if accepts and comes:
        return True
    person.log(Event.NEVER_CAME if accepts else Event.DECLINED)
    counts.not_taken(person, kind, experience)
    person.settle()
    person.to_idle()
    return False


def offered_by(person: Person, supporter: Any, kind: Offer) -> None:
    """A place with one supporter."""
    person.exact = int(supporter.experience == person.want_need)
    org, experience = person.host, supporter.experience
    if not person.answer(kind, experience):
        org.used[kind, experience] = org.used.get((kind, experience), 0) + 1
        return
    person.go(Stage.SUPPORTED)
    _earns(person)
    person.supporter = supporter
    supporter.load += 1
    person.begin_spell(kind, experience, None)
    person.set_clock("stay_until", person.model.week + int(person.area.policy.sessions))
    person.set_clock("stage_due", person.due(Purpose.DROP_GAP, DROP_BOUND))


def _earns(person: Person) -> None:
    """The organisation counts a start, for personal budgets; one who comes back is not paid for twice."""
    person.host.ledger[Line.STARTS] += 1
    if not person.returning:
        person.host.units[0] += 1


def join_group(person: Person, group: Any) -> None:
    """A member from this week."""
    person.go(Stage.MEMBER)
    person.host = group
    group.members += 1
    person.exact = int(group.need == person.want_need)
    par, settles = person.model.par, person.uniform(Purpose.SETTLES) < person.model.par.group_settles
    person.begin_spell(Offer.GROUP, group.need, stay_mean(settles, par.group_stay_weeks, par.group_tries_weeks))


def join_online(person: Person) -> None:
    """In the online community from this week."""
    person.go(Stage.ONLINE)
    person.area.online_members += 1
    person.exact = 1
    person.begin_spell(Offer.ONLINE, ANY, person.model.par.online_stay_weeks)


def pair_with(person: Person, other: Person) -> None:
    """Half of a pair from this week."""
    person.supporter = other
    person.go(Stage.PAIRED)
    _earns(person)
    person.begin_spell(Offer.PAIR, other.want_need, person.model.par.pair_stay_weeks)


def is_open(person: Person) -> bool:
    """Of someone in support: whether their want began in it, since it does not suit, and is still open."""
    return person.want_kind != Want.NONE and person.want_start > person.spell_start


def begin_spell(person: Person, offer: Offer, experience: int, mean_stay: float | None) -> None:
    """Support starts, from somebody with this experience: the want is met; how long they will wish to stay is drawn."""
    now, model = person.model.week, person.model
    person.offer, person.spell_start, person.spell_need, person.last_used = offer, now, experience, now
    if person.deadline >= now and not person.has(Mark.JUDGED):
        person.mark(Mark.ROOM)
    first = person.want_kind != Want.NONE and not person.has(Mark.ATTENDED)
    if first and starts_soon(person.want_start, now, model.shape.burn_in, model.end):
        person.count(Measure.STARTS)
    if first and person.in_window():
        person.count(Measure.ALL_STARTED)
    person.mark(Mark.ACCEPTED, Mark.ATTENDED)
    counts.started(person)
    person.want_until = person.act_due = person.mind_due = person.stage_due = NEVER
    if mean_stay is not None:
        person.set_clock("stay_until", person.length(Purpose.STAY, mean_stay))
    person.log(Event.STARTED, offer)


# ---- leaving


def free_place(person: Person) -> None:
    """Give back the place held (pairs are for the model to part)."""
    if person.stage == Stage.MEMBER:
        person.host.members -= 1
    elif person.stage == Stage.SUPPORTED:
        person.supporter.load -= 1
    elif person.stage == Stage.ONLINE:
        person.area.online_members -= 1


def back_to_queue(person: Person) -> None:
    """The supporter or other half is gone: wait again at the same organisation, going first; hear and act again."""
    person.log(Event.SUPPORT_ENDED, person.offer)
    person.note_spell(person.effects(), loss=_harm(person))
    if is_open(person):
        person.mark(Mark.EXISTED, Mark.KNEW, Mark.WAY_IN, Mark.ASKED, Mark.EARLY)
    person.go(Stage.WAITING)
    person.supporter, person.returning, person.queued = None, 1, person.model.week
    person.stay_until = NEVER
    person.set_clock("stage_due", person.length(Purpose.GIVE_UP, person.model.par.give_up_weeks))
    person.hears_and_acts()


def thinks_of_leaving(person: Person) -> bool:
    """A candidate for leaving early: accepted by match and quality."""
    par = person.model.par
    person.set_clock("stage_due", person.due(Purpose.DROP_GAP, DROP_BOUND))
    chance = leaving_chance(par.drop_per_week, person.exact, par.drop_loose_match, person.host.quality)
    return bool(person.uniform(Purpose.DROP_WHAT) * DROP_BOUND < chance)


def leave(person: Person, event: Event) -> None:
    """Free the place and end support."""
    person.free_place()
    person.end_support(event)


def end_support(person: Person, event: Event) -> None:
    """What support did, whether it was kept up, back to idle."""
    stays_open = is_open(person)
    person.log(event, person.offer)
    if event == Event.STAYED or person.kept():
        if not stays_open:
            person.mark(Mark.KEPT)
        if person.offer in ORGANISED:
            person.host.units[1] += 1  # payment by outcome
    found = person.effects()
    loss = _harm(person) if event == Event.SUPPORT_ENDED else 0
    person.note_spell(found, loss=loss)
    _note_effect(person, found, loss, stays_open)
    if event == Event.STAYED:
        _come_forward(person)
    person.helped, person.last_used = 1, person.model.week
    if not stays_open:
        person.settle()
    person.to_idle()
    if stays_open:
        person.to_wanting()


def weeks_in(person: Person) -> int:
    """Weeks of this spell."""
    return int(person.model.week - person.spell_start)


def kept(person: Person) -> bool:
    """At least half of what was planned: the lever one to one."""
    if person.offer in (Offer.VOLUNTEER, Offer.PAID):
        planned = person.area.policy.sessions
    else:
        planned = ONLINE_PLANNED_WEEKS if person.offer == Offer.ONLINE else GROUP_PLANNED_WEEKS
    return bool(person.weeks_in() * 2 >= planned)


def effects(person: Person) -> tuple[int, int]:
    """Thousandths of an SD: fall in loneliness, rise in confidence, that this spell has built up so far."""
    par, dose, luck = person.model.par, _dose(person), _luck(person)
    needs = ((person.lonely - 3.0) / 6.0, (100.0 - person.confidence) / 100.0)
    lonely, confidence = (
        effect_sd(mean, dose, need, person.exact, LOOSE_MATCH_EFFECT, _quality(person), par.effect_spread, luck)
        for mean, need in zip((par.effect_lonely, par.effect_confidence), needs, strict=True)
    )
    return _thousandths(lonely), _thousandths(confidence)


def by_chance(person: Person) -> int:
    """Thousandths of an SD: what this spell would have done for confidence if support did nothing on average."""
    return _thousandths(luck_sd(_dose(person), person.model.par.effect_spread, _luck(person)))


def _dose(person: Person) -> float:
    """Share of a whole effect that this spell has built up; an online community's is worth less."""
    par = person.model.par
    dose = dose_share(person.weeks_in(), par.dose_weeks, holds_for(par.effect_holds_weeks))
    return float(dose * par.effect_online_share if person.offer == Offer.ONLINE else dose)


def _luck(person: Person) -> float:
    """A person's luck with this spell: drawn once, by the week in which it began."""
    return _normal(draws.lasting(person.model.seed_, Purpose.EFFECT, person.spell_start, person.whog))


def _quality(person: Person) -> float:
    """Quality of the organisation they are with; the usual one for groups and online."""
    if person.offer not in ORGANISED or person.host is None:
        return USUAL_QUALITY
    return float(person.host.quality)


def _better_or_worse(person: Person, confidence: int) -> list[Mark]:
    """The mark of an effect: better or worse off by the stated minimum, or none."""
    better_by = person.model.par.better_by * 1000.0
    return [Mark.BETTER] * (confidence >= better_by) + [Mark.WORSE] * (confidence <= -better_by)


def so_far(person: Person) -> None:
    """Marks of what support has done so far, for a want that is counted while its support goes on."""
    if person.stage in SUPPORT_STAGES and not is_open(person):
        if person.kept():
            person.mark(Mark.KEPT)
        person.mark(*_better_or_worse(person, person.effects()[1]), *_chance_marks(person, 0))


def _chance_marks(person: Person, loss: int) -> list[Mark]:
    """The mark of what chance alone would have done, less the same loss, or none."""
    marks = _better_or_worse(person, by_chance(person) - loss)
    return [Mark.BY_CHANCE if mark == Mark.BETTER else Mark.WORSE_BY_CHANCE for mark in marks]


def _note_effect(person: Person, found: tuple[int, int], loss: int, stays_open: bool) -> None:
    """What support did is written down; it is no mark of a want that began in it."""
    marks = _better_or_worse(person, found[1] - loss)
    for mark in marks:
        person.log(Event.BETTER if mark == Mark.BETTER else Event.WORSE)
    if not stays_open:
        person.mark(*marks, *_chance_marks(person, loss))
    person.gain_lonely, person.gain_confidence = found[0] - loss, found[1] - loss


def _harm(person: Person) -> int:
    """Thousandths of an SD lost where a group or a supporter went."""
    return int(harm_thousandths(person.model.par.fold_harm))


def note_spell(person: Person, found: tuple[int, int], stays: bool = True, loss: int = 0) -> None:
    """Count what this spell of support, which ends now, gave and will give: from now on what has not faded, if it
    `stays` at all, less a `loss`."""
    model = person.model
    if model.week < model.shape.burn_in:
        return
    counted = person.in_window() and not is_open(person)
    after = [model.record.not_faded(gain, person.weeks_in()) * stays - loss for gain in found]
    for kind, name in enumerate(GAIN_PARTS):
        parts = model.record.add_gain(person, kind, found[kind], after[kind])
        if counted:
            for measure, weeks in zip(GAIN_PARTS[name], parts, strict=True):
                person.count(measure, weeks)
    if counted:
        person.count(Measure.GAIN_LONELY, after[0])
        person.count(Measure.GAIN_CONFIDENCE, after[1])


def leave_in_support(person: Person, dies: bool) -> None:
    """What support gave ends with a death, and goes with who moves."""
    if person.stage in SUPPORT_STAGES:
        person.note_spell(person.effects(), stays=not dies)


def _come_forward(person: Person) -> None:
    """Some of those who stayed come forward to help the organisation they were with."""
    if person.stage not in (Stage.SUPPORTED, Stage.PAIRED):
        return
    chance = min(1.0, person.model.par.comes_forward * person.area.policy.recruit_helped)
    if person.uniform(Purpose.COMES_FORWARD) < chance:
        person.log(Event.CAME_FORWARD, person.host.number)
        person.host.one_comes_forward()


def finish(person: Person) -> None:
    """At the horizon: what support has done so far."""
    person.note_spell(person.effects())


def _normal(bits: int) -> float:
    """Nearly normal with unit spread: the sum of four 16-bit slices, exactly."""
    total = sum(bits >> shift & 0xFFFF for shift in (0, 16, 32, 48))
    return (total / 65536.0 - 2.0) * ROOT3


def _thousandths(x: float) -> int:
    return math.floor(min(4.0, max(-4.0, float(x))) * 1000.0 + 0.5)
