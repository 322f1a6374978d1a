"""Phase `staff`: leavers, stand-downs, recruits, those who qualify; groups close and are founded (`sim.core.groups`)."""

from __future__ import annotations

import math

import numpy as np

from sim.columns.state import SUPPORTER_TYPES
from sim.compiled import apart, loop, rule, whole
from sim.core.groups import close_groups, found_groups, who_founds
from sim.core.parts.find import find_stage
from sim.core.parts.luck import body, mixed, nth, unit
from sim.core.parts.meeting import NINETEEN, body_key, drift_away
from sim.core.parts.money import awarded, away, is_filled, weeks_left
from sim.core.parts.places import back_to_queue
from sim.core.parts.scale import like_it, places_here
from sim.core.parts.supply import fit, look
from sim.core.parts.where import row_of, world_of
from sim.core.support import over
from sim.core.week import Week
from sim.draws import Purpose
from sim.rules.learn import follow
from sim.rules.ledger import Line
from sim.rules.staff import (
    WHOLE_POST,
    coordinators_stay,
    is_overstaffed,
    is_stretched,
    is_worth_a_post,
    notice_pence,
    paid_leaving,
    post_places,
    quality_target,
    recruits_expected,
    supervised,
    volunteer_leaving,
    volunteer_places,
)
from sim.vocabulary import N_NEEDS, Post, Stage

TRAINING, ACTIVE, LEFT = (int(post) for post in Post)
PAID = 1  # column of `advertised`
FORGET_FROM = 100  # rows: a shorter table costs nothing


def staff(w: Week) -> None:
    """Order: people whose time is up, leavers, stand-downs, their people back to the queue, recruits, trainees who qualify,
    groups."""
    over(w)
    _forget_left(w)
    first, new = len(w.supporters.org), _leave_and_want(w)
    if new:
        w.supporters.grow(new)
    founded, group = _settle_in(w, first, new), len(w.groups.open)
    if founded:
        w.groups.grow(founded)
    fit(w)
    _found_and_look(w, group, founded)


def _forget_left(w: Week) -> None:
    """Supporters who left are forgotten when they outnumber the others; their order stays."""
    sup, people = w.supporters, w.people
    stay = sup.state != LEFT
    if len(stay) < FORGET_FROM or 2 * np.count_nonzero(stay) > len(stay):
        return
    row = np.cumsum(stay) - 1
    with_one = people.stage == np.uint8(Stage.SUPPORTED)
    people.supporter[with_one] = row[people.supporter[with_one]]
    for name in SUPPORTER_TYPES:
        setattr(sup, name, getattr(sup, name)[stay])


@loop
def _leave_and_want(w: Week) -> int:
    """Who leaves; then who is wanted (`posts`). Returns how many will come."""
    _leave(w)
    return _volunteers_wanted(w) + _paid_wanted(w)


@loop
def _settle_in(w: Week, first: int, new: int) -> int:
    """Recruits come, from row `first` on; trainees qualify, quality follows supervision and training, groups close.
    Returns how many groups will be founded (`found`)."""
    if new > 0:
        _add(w, first)
    _train(w)
    close_groups(w)
    if w.shocks.closed:
        drift_away(w)
    return who_founds(w)


@loop
def _found_and_look(w: Week, first: int, founded: int) -> int:
    """Groups are founded, from row `first` on; then everybody looks. Returns how many."""
    if founded > 0:
        found_groups(w, first, founded)
    look(w)
    return founded


# ---- posts


@rule
def count_posts(w: Week) -> None:
    """By organisation: volunteers in training or active (`posts.volunteers`), thousandths of paid posts (`posts.paid`), of
    these in training, and places of those who are active."""
    sup, posts = w.supporters, w.posts
    for o in range(len(posts.paid)):
        posts.volunteers[o] = 0
        posts.paid[o] = 0
        posts.trainees[o] = 0
        posts.training[o] = 0
        posts.places[o] = 0
    for s in range(len(sup.state)):
        if sup.state[s] != LEFT:
            o, trains = sup.org[s], sup.state[s] == TRAINING
            if sup.paid[s]:
                posts.paid[o] += sup.mfte[s]
                posts.training[o] += sup.mfte[s] * trains
            else:
                posts.volunteers[o] += 1
                posts.trainees[o] += trains
            posts.places[o] += 0 if trains else sup.capacity[s]


@rule
def supervisable(w: Week, o: int) -> float:
    """Volunteers that an organisation's coordinators can supervise when all whom its plan pays for are in post."""
    return supervised(w.orgs.coordinator_plan[o], w.levers.supervision_ratio[w.orgs.area_row[o]])


@rule
def supervised_well(w: Week, o: int) -> float:
    """Volunteers that coordinators can supervise without loss of quality, whatever the policy."""
    return supervised(w.orgs.coordinator_mfte[o], w.par.supervision_ratio_safe[w.orgs.area_row[o] // w.n_areas])


@rule
def stretched(w: Week, o: int) -> bool:
    """Whether supervision is stretched."""
    return is_stretched(w.posts.volunteers[o], supervised_well(w, o))


# ---- leaving


@apart
def _leave(w: Week) -> None:
    """Supporters leave, then paid workers beyond the plan stand down; the people they supported queue again."""
    count_posts(w)
    sup, loaded = w.supporters, 0
    for s in range(len(sup.state)):
        if sup.state[s] != LEFT and not w.held[w.orgs.area_row[sup.org[s]]]:
            u = unit(mixed(sup.whog[s] ^ w.keys[Purpose.SUPPORTER_LEAVES]))
            if u < _leaving(w, s):
                loaded += _go(w, s)
    _coordinators_leave(w)
    if loaded:
        _queue_again(w)
    loaded = 0
    count_posts(w)
    for o in range(len(w.orgs.open)):
        if _stands_down(w, o):
            loaded += _stand_down(w, o)
    if loaded:
        _queue_again(w)


@rule
def _coordinators_leave(w: Week) -> None:
    """Coordinators leave, as paid workers do; their post is vacant from the next week on."""
    orgs, par = w.orgs, w.par
    for o in range(len(orgs.open)):
        row = orgs.area_row[o]
        if orgs.coordinator_mfte[o] > 0 and not w.held[row]:
            world = world_of(w, row)
            chance = paid_leaving(par.leave_coordinator[world], weeks_left(w, o), par.leave_contract_end[world])
            u = unit(mixed(body_key(w, o) ^ w.keys[Purpose.COORDINATOR_LEAVES]))
            orgs.coordinator_mfte[o] = coordinators_stay(u, orgs.coordinator_mfte[o], chance)


@rule
def _leaving(w: Week, s: int) -> float:
    """Weekly chance that a supporter leaves."""
    sup, par, o = w.supporters, w.par, w.supporters.org[s]
    world = w.orgs.area_row[o] // w.n_areas
    if sup.paid[s]:
        return paid_leaving(par.leave_paid[world], weeks_left(w, o), par.leave_contract_end[world])
    tenure = w.now - sup.started[s]
    return volunteer_leaving(
        tenure, par.leave_early[world], par.leave_later[world], stretched(w, o), par.leave_overload[world]
    )


@rule
def _go(w: Week, s: int) -> int:
    """A supporter leaves. Returns 1 where somebody had their support."""
    had = 1 if w.supporters.load[s] > 0 else 0
    w.supporters.state[s] = LEFT
    w.supporters.load[s] = 0
    return had


@apart
def _queue_again(w: Week) -> None:
    """People whose supporter has left go back to the queue."""
    people = w.people
    inside = find_stage(people.stage, Stage.SUPPORTED, 0, len(people.stage), w.found.who, 0)
    for k in range(inside):
        i = whole(w.found.who[k])
        if w.supporters.state[people.supporter[i]] == LEFT:
            back_to_queue(w, i, row_of(w, i))


@rule
def _stands_down(w: Week, o: int) -> bool:
    """Whether paid workers are well beyond what the plan pays for and cash runs short."""
    orgs, row = w.orgs, w.orgs.area_row[o]
    if not is_overstaffed(w.posts.paid[o], orgs.paid_mfte[o]) or w.held[row]:
        return False
    return orgs.cash[o] < w.par.worry_weeks[world_of(w, row)] * max(1, awarded(w, o) + away(w, o))


@apart
def _stand_down(w: Week, o: int) -> int:
    """The latest go first, until the plan is met, paid for their notice at once. Returns how many gave support."""
    sup, orgs, world, loaded = w.supporters, w.orgs, w.orgs.area_row[o] // w.n_areas, 0
    excess = w.posts.paid[o] - orgs.paid_mfte[o]
    for s in range(len(sup.state) - 1, -1, -1):
        if excess > 0 and sup.org[s] == o and sup.paid[s] == 1 and sup.state[s] != LEFT:
            pence = notice_pence(sup.mfte[s], w.par.paid_gbp_year[world], w.par.notice_weeks[world])
            orgs.cash[o] -= pence
            orgs.spent[o] += pence
            orgs.ledger[o, Line.NOTICE] += pence
            loaded += _go(w, s)
            excess -= sup.mfte[s]
    return loaded


# ---- recruiting


@apart
def _volunteers_wanted(w: Week) -> int:
    """How many volunteers each organisation takes on (`posts.wanted`): from those helped first, then the public, students
    and staff, as far as coordinators can supervise. Returns how many in all."""
    count_posts(w)
    orgs, posts, total = w.orgs, w.posts, 0
    for row in range(len(posts.have)):
        posts.have[row] = 0
    for o in range(len(orgs.open)):
        posts.have[orgs.area_row[o]] += like_it(w, o, posts.volunteers[o])
    for o in range(len(orgs.open)):
        posts.wanted[o] = _wanted_by(w, o)
        total += posts.wanted[o]
    return total


@rule
def _wanted_by(w: Week, o: int) -> int:
    orgs, par, levers, row = w.orgs, w.par, w.levers, w.orgs.area_row[o]
    if not orgs.open[o] or w.held[row]:
        return 0
    world, vacancies = world_of(w, row), supervisable(w, o) - w.posts.volunteers[o]
    helped = min(orgs.came_forward[o], math.ceil(max(0.0, vacancies)))
    orgs.came_forward[o] -= helped
    if vacancies <= helped:
        return helped
    pool = w.tables.area_adults[row] * par.pool_share[world]
    pool *= levers.volunteering[row] * (1.0 + levers.recruit_students[row])
    used = min(1.0, w.posts.have[row] / max(1.0, pool))
    effort = levers.recruitment[row] * levers.volunteering[row] * (1.0 + levers.recruit_students[row])
    expected = recruits_expected(vacancies - helped, par.fill_rate[world], effort, used)
    return helped + math.floor(expected + unit(mixed(body_key(w, o) ^ w.keys[Purpose.RECRUITS])))


@apart
def _paid_wanted(w: Week) -> int:
    """Thousandths of the paid post that each organisation fills (`posts.post`): one a week at most, once advertised long
    enough, of the size that the plan leaves open. Returns how many posts."""
    orgs, hiring = w.orgs, 0
    for o in range(len(orgs.open)):
        gap = orgs.paid_mfte[o] - w.posts.paid[o]
        hires = orgs.open[o] and not w.held[orgs.area_row[o]] and is_worth_a_post(gap, orgs.paid_mfte[o])
        hires = is_filled(w, o, PAID, hires) and hires
        w.posts.post[o] = min(WHOLE_POST, gap) if hires else 0
        hiring += hires
    return hiring


@apart
def _add(w: Week, s: int) -> None:
    """New supporters, from row `s` on: volunteers, then paid workers. Experience and hours by weights that no policy
    moves, keyed by order of recruitment."""
    for o in range(len(w.orgs.open)):
        for _ in range(w.posts.wanted[o]):
            _add_one(w, s, o, 0, 0)
            s += 1
    for o in range(len(w.orgs.open)):
        if w.posts.post[o] > 0:
            _add_one(w, s, o, 1, w.posts.post[o])
            s += 1


@rule
def _add_one(w: Week, s: int, o: int, paid: int, mfte: int) -> None:
    sup, orgs, row = w.supporters, w.orgs, w.orgs.area_row[o]
    world = world_of(w, row)
    orgs.recruited[o] += 1
    whog = body(orgs.base[o], (np.uint64(orgs.ordinal[o]) << NINETEEN) | np.uint64(orgs.recruited[o]))
    u = unit(mixed(whog ^ w.first_keys[Purpose.SUPPORTER_HOURS]))
    sup.org[s] = o
    sup.whog[s] = whog
    sup.paid[s] = paid
    sup.experience[s] = _experience(w, o, mixed(whog ^ w.first_keys[Purpose.SUPPORTER_EXPERIENCE]))
    if paid:
        sup.capacity[s] = post_places(u, mfte, w.par.paid_caseload[world])
        sup.ready[s] = w.now + whole(w.par.paid_training_weeks[world])
    else:
        sup.capacity[s] = volunteer_places(u, w.par.volunteer_caseload[world])
        sup.ready[s] = w.now + whole(w.levers.training_weeks[row])
    sup.here[s] = places_here(w, o, whog, sup.capacity[s])
    sup.mfte[s] = mfte
    sup.started[s] = w.now
    sup.state[s] = TRAINING
    sup.load[s] = 0


@rule
def _experience(w: Week, o: int, luck: np.uint64) -> int:
    """One of the needs groups that the organisation serves, each as likely."""
    needs, count = w.orgs.needs[o], 0
    for need in range(N_NEEDS):
        count += needs >> need & 1
    pick = nth(luck, max(1, count))
    for need in range(N_NEEDS):
        if needs >> need & 1:
            if pick == 0:
                return need
            pick -= 1
    return 0


# ---- settling in


@rule
def _is_lost(w: Week, s: int) -> bool:
    """Whether a recruit goes before supporting anybody: volunteers do, by a draw of their own."""
    share = w.par.recruit_lost[world_of(w, w.orgs.area_row[w.supporters.org[s]])]
    return w.supporters.paid[s] == 0 and unit(mixed(w.supporters.whog[s] ^ w.first_keys[Purpose.RECRUIT_LOST])) < share


@apart
def _train(w: Week) -> None:
    """Trainees qualify; quality follows supervision and training, slowly."""
    sup, orgs = w.supporters, w.orgs
    for s in range(len(sup.state)):
        if sup.state[s] == TRAINING and sup.ready[s] <= w.now:
            sup.state[s] = LEFT if _is_lost(w, s) else ACTIVE
    count_posts(w)
    for o in range(len(orgs.open)):
        row, have = orgs.area_row[o], float(w.posts.volunteers[o])
        target = quality_target(have, supervised_well(w, o), w.levers.training_weeks[row])
        orgs.quality[o] = follow(orgs.quality[o], target, w.par.quality_speed[world_of(w, row)])
