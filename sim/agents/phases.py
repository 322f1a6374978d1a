"""The phases of a week, in the core's order. Each first finds who acts, then lets them act."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from sim import draws
from sim.agents.counts import count
from sim.agents.follows import follow_up
from sim.agents.group import Group, can_come, setting_of
from sim.agents.land import Area, Place
from sim.agents.matching import fill_places
from sim.agents.organisation import Organisation
from sim.agents.supporter import Supporter
from sim.columns.start import MOST_LOCAL
from sim.draws import Purpose
from sim.numbers.levers import INDEX
from sim.numbers.structure import ASK_UNWANTED_WEEKS, NETWORK_QUALITY_QUARTER
from sim.rules.ask import is_prompted
from sim.rules.fund import commissions
from sim.rules.groups import FOUNDERS, founding_chance, is_open_to_all
from sim.rules.lean import has_enough, help_here, times_leant
from sim.rules.learn import conviction_next, follow
from sim.vocabulary import ANY, HALF_YEAR, N_NEEDS, QUARTER, YEAR, Closed, Event, Life, Mark, Offer, Payer, Stage

if TYPE_CHECKING:
    from sim.agents.model import PeerSupportModel
    from sim.agents.person import Person

DEPARTURES = frozenset((Life.DEATH, Life.MOVE))


# ---- live


def live(m: PeerSupportModel) -> None:
    """The clock of life, then wants whose natural length is over."""
    struck = {person: person.what_happens() for person in m.due("life_due")}
    gone = [person for person, kind in struck.items() if kind in DEPARTURES]
    for person in gone:
        dies = struck[person] == Life.DEATH
        person.log(Event.DIED if dies else Event.MOVED)
        person.leave_in_support(dies)
    leave_places(gone)
    for person in gone:
        person.depart()
    for person, kind in struck.items():
        if kind not in DEPARTURES:
            person.happen(kind)
    for person in m.due("want_until"):
        person.pass_by()


def leave_places(people: list[Person]) -> None:
    """Free the places these people hold; a pair's other half goes back to the queue, ahead of others."""
    for person in people:
        person.free_place()
    paired = [person for person in people if person.stage == Stage.PAIRED]
    others = [person.supporter for person in paired]
    for person in paired:
        person.go(Stage.IDLE)
    for other in others:
        if other.stage == Stage.PAIRED:
            other.back_to_queue()


# ---- fund


def fund(m: PeerSupportModel) -> None:
    """Shocks, closures, awards, tariffs, plans, pay: in this order."""
    if m.shape.is_april(m.week):
        _price_shock(m)
        _new_organisations(m)
    _lose_largest(m)
    close(m, [org for org in m.organisations if org.fails()])
    for commissioner in m.commissioners:
        commissioner.set_budget()
        commissioner.commission()
    for commissioner in m.commissioners:
        if commissioner.payer == Payer.BOARD:
            commissioner.pay_by_person()
    for org in m.organisations:
        org.plan()
    for org in m.organisations:
        org.pay()
    for commissioner in m.commissioners:
        commissioner.account()


def _price_shock(m: PeerSupportModel) -> None:
    """Awards already made lose what prices gain on the uplift."""
    for org in m.organisations:
        kept = 1.0 - org.area.policy.price_shock
        org.award = [math.floor(pence * kept) for pence in org.award]


def _new_organisations(m: PeerSupportModel) -> None:
    """New local organisations are helped to start, in the places that are served least."""
    for area in [area for area in m.areas if not area.held]:
        luck = draws.uniform_one(m.seed_, Purpose.NEW_ORG, m.week, draws.whog(area.places[0].base))
        new = int(area.policy.new_organisations * area.adults / 1_000_000 + luck)
        count = {place: sum(org.home is place for org in m.organisations) for place in area.places}
        has = {p: has_enough(count[p], area.policy.allocation, p.deprived) for p in area.places}
        for place in sorted(area.places, key=lambda p: (has[p], p.number))[:new]:
            if count[place] < MOST_LOCAL:
                m.new_organisation(place, count[place])


def _lose_largest(m: PeerSupportModel) -> None:
    """A shock: the organisation with most money closes in the week the lever rises."""
    for area in m.areas:
        if area.policy.lose_largest < 1:
            continue
        before = m.policy.at(m.week - 1)[INDEX["lose_largest"], area.number] if m.week else 1.0
        mine = [org for org in m.organisations if org.area is area and org.open]
        if before < 1 and mine:
            close(m, [max(mine, key=lambda org: (sum(org.award), -org.number))])


def close(m: PeerSupportModel, closing: list[Organisation]) -> None:
    """Organisations that cannot pay close; the people they support wait elsewhere."""
    if not closing:
        return
    for org in closing:
        org.close()
    for stage in (Stage.SUPPORTED, Stage.PAIRED):
        for person in [p for p in m.at[stage] if p.host in closing]:
            person.back_to_queue()


# ---- staff


def staff(m: PeerSupportModel) -> None:
    """People whose time is up, leavers, stand-downs, recruits, trainees who qualify, groups; then everybody looks."""
    _over(m)
    supporters_go(m, [s for org in m.organisations for s in org.who_leaves()])
    for org in m.organisations:
        org.coordinators_leave()
    supporters_go(m, [s for org in m.organisations for s in org.who_stands_down()])
    _recruit(m)
    for org in m.organisations:
        org.qualify()
    _close_groups(m)
    _drift_away(m)
    _found_groups(m)
    _look(m)


def supporters_go(m: PeerSupportModel, leaving: list[Supporter]) -> None:
    """Supporters leave; the people they supported go back to the queue."""
    loaded = {s for s in leaving if s.load > 0}
    for supporter in leaving:
        supporter.go()
    if loaded:
        for person in [p for p in m.at[Stage.SUPPORTED] if p.supporter in loaded]:
            person.back_to_queue()


def _recruit(m: PeerSupportModel) -> None:
    have = dict.fromkeys(m.areas, 0)
    for org in m.organisations:
        have[org.area] += org.like_it(org.volunteers())
    wanted = [(org, org.recruit_volunteers(have[org.area])) for org in m.organisations]
    for org, number in wanted:
        for _ in range(number):
            org.add(False, int(org.area.policy.training_weeks))
    for org in m.organisations:
        org.recruit_paid()


def _over(m: PeerSupportModel) -> None:
    """Those whose time is up, with the other half of a pair."""
    over = dict.fromkeys(m.due("stay_until"))
    over.update(dict.fromkeys([p.supporter for p in over if p.stage == Stage.PAIRED]))
    for person in over:
        person.leave(Event.STAYED)


def _close_groups(m: PeerSupportModel) -> None:
    closes = {group: group.why_closes() for group in m.groups if group.open}
    for group, why in closes.items():
        if why != Closed.NOT:
            group.close(why)
    for person in [p for p in m.at[Stage.MEMBER] if not p.host.open]:
        person.host.members -= 1
        person.end_support(Event.SUPPORT_ENDED)


def _drift_away(m: PeerSupportModel) -> None:
    """People whose group or supporter cannot meet leave early."""
    lost = [p for p in m.at[Stage.MEMBER] if not p.host.meets()]
    lost += [p for p in m.at[Stage.SUPPORTED] if not p.supporter.meets()]
    for person in [p for p in lost if p.uniform(Purpose.UNMET) < m.par.leave_unmet]:
        person.leave(Event.LEFT_EARLY)


def _found_groups(m: PeerSupportModel) -> None:
    """Groups are founded where enough people want one, in one place and needs group, and two of them at least could come."""
    willing: dict[tuple[int, int], list[Person]] = {}
    for person in m.at[Stage.WANTING]:
        if person.would_choose(Offer.GROUP):
            willing.setdefault((person.place.number, person.want_need), []).append(person)
    for (number, need), people in sorted(willing.items(), key=lambda item: item[0]):
        place = m.places[number]
        if _founding(m, place, need, len(people)):
            setting = setting_of(m.seed_, draws.whog(place.base | place.groups_founded))
            able = [p for p in people if p.can_manage(Offer.GROUP) and can_come(p, setting)]
            if len(able) >= 2:
                _found(m, place, need, able)


def _founding(m: PeerSupportModel, place: Place, need: int, unmet: int) -> bool:
    par, policy = m.par, place.area.policy
    if place.area.held:
        return False
    week = times_leant(par.founding_week, place.lean)
    help_ = help_here(policy.group_founding, policy.allocation, place.deprived)
    chance = founding_chance(unmet, par.founding_pool, week, help_)
    chance = chance * (1.0 - policy.face_to_face_closed)
    return bool(draws.uniform_one(m.seed_, Purpose.FOUND, m.week, draws.whog(place.base | need + 1)) < chance)


def _found(m: PeerSupportModel, place: Place, need: int, willing: list[Person]) -> None:
    founders = sorted(willing, key=lambda p: (p.bits(Purpose.FOUND_TIE), p.number))[:FOUNDERS]
    ordinal = place.groups_founded
    place.groups_founded += 1
    group = m.made_of.group(m, len(m.groups), place, ANY if is_open_to_all(ordinal) else need, ordinal, m.week)
    m.groups.append(group)
    for person in founders:
        person.log(Event.FOUNDED, need)
        person.mark(Mark.EXISTED, Mark.KNEW, Mark.WAY_IN, Mark.ASKED, Mark.EARLY)
        person.join_group(group)


def _look(m: PeerSupportModel) -> None:
    """Before anyone acts: who has room for whom."""
    for place in m.places:
        place.groups = []
    for group in m.groups:
        group.show()
        if group.met > 0 and group.met >= m.week + 1 - HALF_YEAR:
            group.place.groups.append(group)
    waiting: dict[Any, int] = {}
    for person in m.at[Stage.WAITING]:
        waiting[person.host] = waiting.get(person.host, 0) + 1
    for org in m.organisations:
        org.look(waiting.get(org, 0))
    _list_organisations(m)
    for area in m.areas:
        area.online_space = math.floor(area.policy.online_places / 1000.0 * area.adults - area.online_members)
        if area.online_space > 0:
            area.online_seen = m.week


def _list_organisations(m: PeerSupportModel) -> None:
    """Open organisations that serve each place, area-wide first."""
    for area in m.areas:
        mine = [org for org in m.organisations if org.open and org.area is area]
        wide = [org for org in mine if org.home is None]
        for place in area.places:
            place.organisations = wide + [org for org in mine if org.home is place]


# ---- hear, ask


def hear(m: PeerSupportModel) -> None:
    """Talk is counted before anybody hears; then those whose clock strikes."""
    _count_talk(m)
    m.occasions = []
    for person in m.due("mind_due"):
        person.hear()


def _count_talk(m: PeerSupportModel) -> None:
    for place in m.places:
        if m.week % 4 == 0:
            place.count_needs()
        place.inside, place.telling = [[0] * N_NEEDS, [0] * N_NEEDS], [[0] * N_NEEDS, [0] * N_NEEDS]
    for stage, known in ((Stage.MEMBER, 0), (Stage.SUPPORTED, 1), (Stage.PAIRED, 1)):
        for person in m.at[stage]:
            person.place.inside[known][person.want_need] += 1
    for person in m.at[Stage.WANTING]:
        for known in (0, 1):
            person.place.telling[known][person.want_need] += person.known_to[known] > m.week


def ask(m: PeerSupportModel) -> None:
    """Those whose clock of acting strikes; then annual reviews, usual contacts and occasions of people without a want."""
    for person in [p for p in m.due("act_due") if p.stage in (Stage.WANTING, Stage.WAITING)]:
        person.ask()
    for place in m.places:
        for person in place.people[m.week % YEAR :: YEAR]:  # homes take turns through the year
            person.annual_review()
        if is_prompted(place.area.policy.mode_contact):
            turn = (m.week + ASK_UNWANTED_WEEKS // 2) % ASK_UNWANTED_WEEKS
            for person in place.people[turn::ASK_UNWANTED_WEEKS]:
                person.usual_contact()
    for person in m.occasions:
        person.occasion_over()


# ---- offer


def offer(m: PeerSupportModel) -> None:
    """Give-ups, closed queues, groups, online, organisations, moves on."""
    for person in [p for p in m.due("stage_due") if p.stage == Stage.WAITING]:
        person.give_up()
    _refer_closed(m)
    _join(Stage.JOINING_GROUP, m)
    _join(Stage.JOINING_ONLINE, m)
    left = fill_places(m)
    if m.week % 4 == 0:
        _move_on(m, left)


def _join(stage: Stage, m: PeerSupportModel) -> None:
    """Joiners beyond what has room go back to wanting; who comes first is a keyed draw."""
    joiners: dict[Group | Area, list[Person]] = {}
    for person in m.at[stage]:
        joiners.setdefault(person.host or person.area, []).append(person)
    for host, people in joiners.items():
        room = host.holds - host.members if isinstance(host, Group) else host.online_space
        people.sort(key=lambda p: (p.bits(Purpose.GROUP_TIE), p.whog))
        for rank, person in enumerate(people):
            if rank >= room:
                person.log(Event.FULL)
                person.to_wanting()
            elif isinstance(host, Group):
                person.join_group(host)
            else:
                person.join_online()


def _refer_closed(m: PeerSupportModel) -> None:
    """The queue of an organisation that closed is referred on in that week, dates kept, or wants again."""
    for person in [p for p in m.at[Stage.WAITING] if not p.host.open]:
        other = person.choose_organisation(person.bits(Purpose.ORG_CHOICE), False)
        if other is None:
            person.nowhere_to_wait()
        else:
            person.host = other
            person.log(Event.REFERRED_ON, other.number)


def _move_on(m: PeerSupportModel, room: dict[Organisation, int]) -> None:
    """Those who waited over their target are referred on, no more than find room; dates kept."""
    moves: dict[Organisation, list[Person]] = {}
    for person in m.at[Stage.WAITING]:
        if m.week - person.queued > person.target():
            other = person.choose_organisation(person.bits(Purpose.ORG_CHOICE), False, person.host)
            moves.setdefault(other, []).append(person)
    moves.pop(None, None)  # type: ignore[call-overload]
    for org, people in moves.items():
        for person in sorted(people, key=lambda p: p.turn())[: room[org]]:
            person.host = org
            person.log(Event.REFERRED_ON, org.number)


# ---- support, learn, record


def support(m: PeerSupportModel) -> None:
    """Those who leave early. (Who stayed as long as they wished leaves at the start of `staff`.)"""
    inside = [p for p in m.due("stage_due") if p.stage == Stage.SUPPORTED]
    for person in [p for p in inside if p.thinks_of_leaving()]:
        person.leave(Event.LEFT_EARLY)


def learn(m: PeerSupportModel) -> None:
    """Referrers learn; memory of waits fades; every 13 weeks the modules."""
    for referrer in m.referrers:
        referrer.learn()
    if m.week % HALF_YEAR == HALF_YEAR - 1:
        for org in m.organisations:
            org.forget()
    if m.week % QUARTER == QUARTER - 1:
        _modules(m)


def _modules(m: PeerSupportModel) -> None:
    """Boards' conviction, and learning between areas."""
    if any(area.policy.conviction >= 1 for area in m.areas):
        _convince(m)
    if any(area.policy.learning_network > 0 for area in m.areas):
        best = max((org.quality for org in m.organisations if org.open), default=0.0)
        for org in m.organisations:
            share = org.area.policy.learning_network
            org.quality = max(org.quality, follow(org.quality, best, NETWORK_QUALITY_QUARTER * share))
        for referrer in m.referrers:
            referrer.network()


def _convince(m: PeerSupportModel) -> None:
    """Boards look at their own area and at the others, all at once."""
    commission = sum(bool(commissions(area.conviction)) for area in m.areas) / len(m.areas)
    for area in m.areas:
        starts = sum(org.starts for org in m.organisations if org.area is area)
        area.conviction = float(
            conviction_next(
                area.conviction, starts, area.adults, commission, m.par.convincing_starts, m.par.conviction_speed
            )
        )


def record(m: PeerSupportModel) -> None:
    """Wants reach their target wait, or one of their follow-ups."""
    for person in m.due("deadline"):
        follow_up(person)


PHASES = (live, fund, staff, hear, ask, offer, count, support, learn, record)
