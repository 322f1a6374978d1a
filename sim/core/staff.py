"""Phase `staff`: leavers, stand-downs, recruits, those who qualify; groups fold and are founded."""

from __future__ import annotations

import numpy as np

from sim import draws
from sim.columns import kernels_wants
from sim.columns.people import length
from sim.columns.start import body_whog
from sim.columns.state import append
from sim.core.meeting import drift_away
from sim.core.places import back_to_queue, end_support
from sim.core.supply import look
from sim.core.week import Week
from sim.draws import Purpose
from sim.rules.learn import follow
from sim.rules.staff import (
    folding_chance,
    founding_chance,
    is_stretched,
    notice_pence,
    paid_leaving,
    quality_target,
    recruits_expected,
    supervised,
    volunteer_leaving,
)
from sim.tables import NEVER
from sim.vocabulary import ANY, N_NEEDS, Event, Mark, Offer, Post, Stage


def staff(w: Week) -> None:
    """Order: leavers, stand-downs, their people back to the queue, recruits, trainees who qualify, groups."""
    _supporters_leave(w)
    _stand_down(w)
    _recruit_volunteers(w)
    _recruit_paid(w)
    sup = w.supporters
    sup.state[(sup.state == Post.TRAINING) & (sup.ready <= w.now)] = Post.ACTIVE
    _quality(w)
    _fold_groups(w)
    drift_away(w)
    _found_groups(w)
    look(w)


def volunteers_in_post(w: Week) -> np.ndarray:
    """int64[organisations]: volunteers in training or active."""
    sup = w.supporters
    return np.bincount(sup.org[(sup.state < Post.LEFT) & (sup.paid == 0)], minlength=len(w.orgs.open))


def supervisable(w: Week) -> np.ndarray:
    """float64[organisations]: volunteers that coordinators can supervise."""
    return supervised(w.orgs.coordinator_mfte, w.levers.supervision_ratio[w.orgs.area_row])


def supervised_well(w: Week) -> np.ndarray:
    """float64[organisations]: volunteers that coordinators can supervise without loss of quality, whatever the policy."""
    return supervised(w.orgs.coordinator_mfte, w.par.supervision_ratio_safe[w.orgs.area_row // w.n_areas])


def _supporters_leave(w: Week) -> None:
    sup, orgs, par = w.supporters, w.orgs, w.par
    here = np.flatnonzero((sup.state < Post.LEFT) & ~w.held[orgs.area_row[sup.org]])
    org = sup.org[here]
    world = orgs.area_row[org] // w.n_areas
    stretched = is_stretched(volunteers_in_post(w), supervised_well(w)).astype(np.int64)[org]
    volunteer = volunteer_leaving(
        w.now - sup.started[here], par.leave_early[world], par.leave_later[world], stretched, par.leave_overload[world]
    )
    weeks_left = orgs.award_end[org].max(axis=1) - w.now
    paid = paid_leaving(par.leave_paid[world], weeks_left, par.leave_contract_end[world])
    chance = np.where(sup.paid[here] == 1, paid, volunteer)
    u = draws.uniform(w.shape.seed, Purpose.SUPPORTER_LEAVES, w.now, sup.whog[here])
    _go(w, here[u < chance])


def _go(w: Week, leaving: np.ndarray) -> None:
    """Supporters leave; the people they supported go back to the queue."""
    if len(leaving) == 0:
        return
    sup, people = w.supporters, w.people
    sup.state[leaving] = Post.LEFT
    loaded = leaving[sup.load[leaving] > 0]
    sup.load[leaving] = 0
    if len(loaded):
        index = w.at(Stage.SUPPORTED)
        gone = np.zeros(len(sup.state), bool)
        gone[loaded] = True
        back_to_queue(w, index[gone[people.supporter[index]]])


def _stand_down(w: Week) -> None:
    """Paid workers beyond what the plan pays for stand down, the latest first, once a quarter over by a tenth."""
    sup, orgs = w.supporters, w.orgs
    paid = np.flatnonzero((sup.state < Post.LEFT) & (sup.paid == 1))
    mfte = np.bincount(sup.org[paid], weights=sup.mfte[paid], minlength=len(orgs.open)).astype(np.int64)
    over = mfte > orgs.paid_mfte + orgs.paid_mfte // 10
    worry = w.par.worry_weeks[orgs.area_row // w.n_areas]
    worried = over & ~w.held[orgs.area_row] & (orgs.cash < worry * np.maximum(1, orgs.award.sum(axis=1)))
    leaving = []
    for o in np.flatnonzero(worried):
        mine = paid[sup.org[paid] == o]
        excess = int(mfte[o] - orgs.paid_mfte[o])
        for s in mine[::-1]:
            if excess <= 0:
                break
            leaving.append(int(s))
            excess -= int(sup.mfte[s])
    _pay_notice(w, leaving)
    _go(w, np.array(leaving, dtype=np.int64))


def _pay_notice(w: Week, leaving: list[int]) -> None:
    """Those who are stood down are paid for their notice, at once."""
    orgs, par = w.orgs, w.par
    for s in leaving:
        org = int(w.supporters.org[s])
        world = orgs.area_row[org] // w.n_areas
        pence = int(notice_pence(int(w.supporters.mfte[s]), par.paid_gbp_year[world], par.notice_weeks[world]))
        orgs.cash[org] -= pence
        orgs.spent[org] += pence


def _recruit_volunteers(w: Week) -> None:
    """From those helped first, then the public, students and staff, as far as coordinators can supervise."""
    orgs, par = w.orgs, w.par
    have, can = volunteers_in_post(w), supervisable(w)
    row = orgs.area_row
    world = row // w.n_areas
    vacancies = np.where(orgs.open & ~w.held[row], can - have, 0.0)
    from_helped = np.minimum(orgs.came_forward, np.ceil(np.maximum(0.0, vacancies)).astype(np.int64))
    orgs.came_forward -= from_helped
    adults = np.asarray(w.shape.n_places)[row % w.n_areas] * w.shape.place_size
    pool = adults * par.pool_share[world] * w.levers.volunteering[row] * (1.0 + w.levers.recruit_students[row])
    used = np.minimum(1.0, np.bincount(row, weights=have, minlength=len(w.state.spent))[row] / np.maximum(1.0, pool))
    effort = w.levers.recruitment[row] * w.levers.volunteering[row] * (1.0 + w.levers.recruit_students[row])
    expected = recruits_expected(vacancies - from_helped, par.fill_rate[world], effort, used)
    u = draws.uniform(w.shape.seed, Purpose.RECRUITS, w.now, _org_whog(w))
    found = np.where(vacancies > from_helped, np.floor(expected + u), 0).astype(np.int64)
    weeks = w.levers.training_weeks[row].astype(np.int64)
    _add(w, np.repeat(np.arange(len(row)), from_helped + found), 0, weeks)


def _org_whog(w: Week) -> np.ndarray:
    return body_whog(w.orgs.base, w.orgs.ordinal << 19)


def _recruit_paid(w: Week) -> None:
    """One paid post a week at most in each organisation, of the size that the plan leaves open."""
    sup, orgs = w.supporters, w.orgs
    paid = (sup.state < Post.LEFT) & (sup.paid == 1)
    mfte = np.bincount(sup.org[paid], weights=sup.mfte[paid], minlength=len(orgs.open)).astype(np.int64)
    gap = np.minimum(1000, orgs.paid_mfte - mfte)
    hiring = np.flatnonzero(orgs.open & ~w.held[orgs.area_row] & (gap >= 50) & (gap * 10 > orgs.paid_mfte))
    weeks = w.par.paid_training_weeks[orgs.area_row // w.n_areas].astype(np.int64)
    _add(w, hiring, 1, weeks, gap[hiring])


def _add(w: Week, org: np.ndarray, paid: int, training: np.ndarray, mfte: np.ndarray | None = None) -> None:
    """New supporters. Experience and hours by weights that no policy moves, keyed by order of recruitment."""
    if len(org) == 0:
        return
    orgs, par = w.orgs, w.par
    rank = np.arange(len(org)) - np.searchsorted(org, org)
    ordinal = orgs.recruited[org] + rank
    np.add.at(orgs.recruited, org, 1)
    whog = body_whog(orgs.base[org], (orgs.ordinal[org].astype(np.int64) << 19) | (ordinal + 1))
    world = orgs.area_row[org] // w.n_areas
    u = draws.uniform(w.shape.seed, Purpose.SUPPORTER_HOURS, 0, whog)
    posts = np.zeros(len(org), np.int64) if mfte is None else mfte
    spread = np.floor(0.5 + 2.0 * u * (par.volunteer_caseload[world] - 0.5) + 0.5)
    post = np.floor(posts * par.paid_caseload[world] / 1000.0 + u)
    append(
        w.supporters,
        {
            "org": org,
            "whog": whog,
            "paid": np.full(len(org), paid),
            "experience": _experience(w, org, whog),
            "capacity": np.maximum(1, spread if paid == 0 else post),
            "mfte": posts,
            "started": np.full(len(org), w.now),
            "ready": w.now + training[org],
            "state": np.zeros(len(org)),
            "load": np.zeros(len(org)),
        },
    )


def _experience(w: Week, org: np.ndarray, whog: np.ndarray) -> np.ndarray:
    """One of the needs groups that the organisation serves, each as likely."""
    bits = (w.orgs.needs[org].astype(np.int64)[:, None] >> np.arange(N_NEEDS)) & 1
    r = draws.bits(w.shape.seed, Purpose.SUPPORTER_EXPERIENCE, 0, whog) >> np.uint64(40)
    pick = r.astype(np.int64) % np.maximum(1, bits.sum(axis=1))
    return np.argmax(np.cumsum(bits, axis=1) > pick[:, None], axis=1)


def _quality(w: Week) -> None:
    """Quality follows supervision and training, slowly."""
    have = volunteers_in_post(w).astype(np.float64)
    target = quality_target(have, supervised_well(w), w.levers.training_weeks[w.orgs.area_row])
    w.orgs.quality[:] = follow(w.orgs.quality, target, w.par.quality_speed[w.orgs.area_row // w.n_areas])


def _group_whog(w: Week, place: np.ndarray, ordinal: np.ndarray) -> np.ndarray:
    return body_whog(w.state.places.base[place], ordinal)


def _fold_groups(w: Week) -> None:
    """Groups fold: by age, few members, or no organiser left. Their members lose them."""
    g, par = w.groups, w.par
    here = np.flatnonzero(g.open & ~w.held[w.state.places.area_row[g.place]])
    if len(here) == 0:
        return
    whog = _group_whog(w, g.place[here], g.ordinal[here])
    world, row = w.state.places.world[g.place[here]], w.state.places.area_row[g.place[here]]
    u = draws.uniform(w.shape.seed, Purpose.ORGANISER_LEAVES, w.now, whog)
    g.organisers[here] -= u < par.organiser_leaves[world] * g.organisers[here]
    u = draws.uniform(w.shape.seed, Purpose.ORGANISER_STEPS_UP, w.now, whog)
    g.organisers[here] += (g.organisers[here] < 2) & (u < par.organiser_steps_up[world] * g.members[here])
    chance = folding_chance(
        w.now - g.born[here],
        g.members[here],
        par.group_fold_early[world],
        par.group_fold_later[world],
        par.fold_small[world],
        w.levers.group_keeping[row],
        par.grant_keeps[world],
        w.levers.group_grant[row],
    )
    u = draws.uniform(w.shape.seed, Purpose.GROUP_FOLDS, w.now, whog)
    folds = here[(u < chance) | (g.organisers[here] <= 0)]
    g.open[folds] = False
    gone = np.zeros(len(g.open), bool)
    gone[folds] = True
    index = w.at(Stage.MEMBER)
    lost = index[gone[w.people.host[index]]]
    end_support(w, lost, Event.SUPPORT_ENDED)
    g.members[folds] = 0


def _found_groups(w: Week) -> None:
    """Groups are founded by two or three people who want one, in one place and needs group."""
    people, par, places = w.people, w.par, w.state.places
    w.wanting = w.at(Stage.WANTING)
    n = len(places.area) * N_NEEDS
    unmet = kernels_wants.count_choosing(w.wanting, people.chooses, people.want_need, w.shape.place_size, n)
    place, need = np.divmod(np.arange(n), N_NEEDS)
    world, row = places.world[place], places.area_row[place]
    per_week = par.groups_per_place[world] * (w.shape.place_size / 10_000.0) * par.group_fold_later[world] / 2.0
    chance = founding_chance(unmet, np.maximum(1, w.want_people(n)), per_week, w.levers.group_founding[row])
    chance = np.where(w.held[row], 0.0, chance * (1.0 - w.levers.face_to_face_closed[row]))
    u = draws.uniform(w.shape.seed, Purpose.FOUND, w.now, body_whog(places.base[place], need + 1))
    for one in np.flatnonzero((u < chance) & (unmet >= 2)):
        here = w.wanting[(w.place(w.wanting) == place[one]) & (people.want_need[w.wanting] == need[one])]
        _found(w, int(place[one]), int(need[one]), here[(people.chooses[here] & 1) == 1])
        w.wanting = w.wanting[people.stage[w.wanting] == Stage.WANTING]  # founders are members now


def _found(w: Week, place: int, need: int, willing: np.ndarray) -> None:
    tie = w.bits(Purpose.FOUND_TIE, willing)
    founders = willing[np.argsort(tie, kind="stable")][:3]
    ordinal = int(w.state.places.groups_founded[place])
    w.state.places.groups_founded[place] += 1
    append(
        w.groups,
        {
            "place": [place],
            "need": [ANY if ordinal % 6 == 5 else need],
            "ordinal": [ordinal],
            "members": [0],
            "organisers": [2],
            "born": [w.now],
            "open": [True],
        },
    )
    w.log(Event.FOUNDED, founders, need)
    for mark in (Mark.EXISTED, Mark.KNEW, Mark.WAY_IN, Mark.ASKED, Mark.EARLY):
        w.mark(founders, mark)
    join_group(w, founders, np.full(len(founders), len(w.groups.open) - 1))


def join_group(w: Week, index: np.ndarray, group: np.ndarray) -> None:
    """These people are members from this week."""
    people = w.people
    people.stage[index] = Stage.MEMBER
    people.host[index] = group
    np.add.at(w.groups.members, group, 1)
    people.exact[index] = w.groups.need[group] == people.want_need[index]
    begin_spell(w, index, np.full(len(index), Offer.GROUP), w.par.group_stay_weeks[w.world(index)])


def begin_spell(w: Week, index: np.ndarray, offer: np.ndarray, mean_stay: np.ndarray | None) -> None:
    """Support starts: gates passed, the want is met, how long they will wish to stay is drawn."""
    people = w.people
    people.offer[index] = offer
    people.spell_start[index] = w.now
    in_time = people.deadline[index] >= w.now
    fresh = ~w.has(index, Mark.JUDGED) & in_time
    for mark in (Mark.ROOM, Mark.IN_TIME):
        w.mark(index[fresh], mark)
    for mark in (Mark.ACCEPTED, Mark.ATTENDED):
        w.mark(index, mark)
    people.want_until[index] = NEVER
    people.act_due[index] = NEVER
    people.mind_due[index] = NEVER
    people.stage_due[index] = NEVER
    people.last_used[index] = w.now
    if mean_stay is not None:
        people.stay_until[index] = length(w.state, index, w.now, Purpose.STAY, mean_stay)
    w.log(Event.STARTED, index, offer)
