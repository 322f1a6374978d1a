"""Phase `record`: wants reach their target wait; the week is counted."""

from __future__ import annotations

import numpy as np

from sim.core.gains import note_spell
from sim.core.measures import carers, measured
from sim.core.places import effects, planned_weeks, weeks_in
from sim.core.staff import supervisable, volunteers_in_post
from sim.core.wants import judge, knows, settle
from sim.core.week import Week
from sim.kinds import Event, Known, Mark, Stage, Want
from sim.measures import MEASURED
from sim.result import MONEY, STOCKS, WEEKLY
from sim.rules.fund import development_pence_week, ways_in_pence_week
from sim.rules.staff import is_stretched

YEAR = 52
SLOW_MEASURED = ("carers", "carers_used_last_year")


def record(w: Week) -> None:
    """Judge the wants whose target wait is over."""
    judge(w, w.due(w.people.deadline))


def count_week(w: Week) -> np.ndarray:
    """int64[area rows, columns]: stocks, money and events of this week."""
    out = np.zeros((len(w.state.spent), len(WEEKLY)), np.int64)
    for i, name in enumerate(STOCKS):
        out[:, i] = _stock(w, name)
    out[:, len(STOCKS) : len(STOCKS) + len(MONEY)] = _money(w)
    events = len(STOCKS) + len(MONEY)
    out[:, events : events + w.state.counts.shape[1]] = w.state.counts
    out[:, -len(MEASURED) :] = measured(w)
    for name in SLOW_MEASURED:
        out[:, WEEKLY.index(name)] = _slow(w, name)
    w.state.counts[:] = 0
    return out


def _rows(w: Week, index: np.ndarray) -> np.ndarray:
    return np.bincount(w.area_row(index), minlength=len(w.state.spent))


def _stock(w: Week, name: str) -> np.ndarray:
    """One stock by area row. People in the year's use are counted every 13 weeks, else repeated."""
    sup, n = w.supporters, len(w.state.spent)
    stages = {"wanting": Stage.WANTING, "waiting": Stage.WAITING, "in_groups": Stage.MEMBER,
              "in_pairs": Stage.PAIRED, "with_volunteer_or_paid": Stage.SUPPORTED, "online": Stage.ONLINE}
    if name in stages:
        return _rows(w, w.at(stages[name]))
    if name in ("with_condition", "used_last_year", "wanting_latent", "knowing"):
        return _slow(w, name)
    if name == "unspent_pence":
        return w.state.spent[:, 5]
    if name == "adults":
        return w.adults
    if name == "groups":
        return np.bincount(w.state.places.area_row[w.groups.place[w.groups.open]], minlength=n)
    if name == "organisations":
        return np.bincount(w.orgs.area_row[w.orgs.open], minlength=n)
    if name == "organisers":
        here = w.groups.open
        return np.bincount(w.state.places.area_row[w.groups.place[here]], weights=w.groups.organisers[here], minlength=n)
    if name == "volunteers_stretched":
        return _stretched(w)
    active = (sup.state == 1) & (sup.paid == (1 if name == "paid_workers" else 0))
    if name == "places":
        return np.bincount(w.orgs.area_row[sup.org], weights=sup.capacity * (sup.state == 1), minlength=n)
    if name == "paid_mfte":
        paid = (sup.state == 1) & (sup.paid == 1)
        return np.bincount(w.orgs.area_row[sup.org[paid]], weights=sup.mfte[paid], minlength=n)
    return np.bincount(w.orgs.area_row[sup.org[active]], minlength=n)


def _stretched(w: Week) -> np.ndarray:
    """Volunteers where there are more than coordinators can supervise, by area row."""
    have = volunteers_in_post(w)
    return np.bincount(w.orgs.area_row, weights=have * is_stretched(have, supervisable(w)), minlength=len(w.state.spent))


def _slow(w: Week, name: str) -> np.ndarray:
    """Counts over everybody, made every 13 weeks and carried between."""
    if w.now % 13 == 0 or name not in w.carried:
        w.carried[name] = _rows(w, _who(w, name))
    return w.carried[name]


def _who(w: Week, name: str) -> np.ndarray:
    people = w.people
    ill = people.n_conditions > 0
    if name == "with_condition":
        return np.flatnonzero(ill)
    if name == "wanting_latent":
        return np.flatnonzero(ill & (people.latent_until > np.uint16(w.now)))
    if name == "knowing":
        index = np.flatnonzero(ill)
        return index[knows(w, index, Known.GROUPS) | knows(w, index, Known.SERVICES)]
    if name == "carers":
        return np.flatnonzero(carers(w))
    inside = (people.stage >= Stage.MEMBER) & (people.stage <= Stage.ONLINE)
    recent = (people.last_used > 0) & (people.last_used.astype(np.int32) > w.now - YEAR)
    of = carers(w) if name == "carers_used_last_year" else ill
    return np.flatnonzero(of & (inside | recent))


def _money(w: Week) -> np.ndarray:
    """Pence this week: payers, group grants, expenses, online places, link workers, organisations' own sources."""
    lever, n = w.levers, len(w.state.spent)
    out = np.zeros((n, len(MONEY)), np.int64)
    out[:, :4], out[:, 8] = w.state.spent[:, :4], w.state.spent[:, 4]
    w.state.spent[:] = 0
    adults = w.adults
    world = np.arange(n) // w.n_areas
    groups = np.bincount(w.state.places.area_row[w.groups.place[w.groups.open]], minlength=n)
    out[:, 4] = np.floor(groups * lever.group_grant * 100.0 / YEAR)
    out[:, 5] = np.floor(w.state.counts[:, Event.STARTED] * lever.expenses * 100.0)
    out[:, 6] = np.floor(adults / 1000.0 * lever.online_places * w.par.online_place_gbp_year[world] * 100.0 / YEAR)
    out[:, 7] = np.floor(adults / 10_000.0 * lever.link_workers * w.par.link_worker_gbp_year[world] * 100.0 / YEAR)
    par = w.par
    out[:, 9] = ways_in_pence_week(adults, lever.directory, lever.campaign, w.state.counts[:, Event.PUT_FORWARD],
                                   par.directory_gbp_adult_year[world], par.campaign_gbp_reached[world],
                                   par.referral_gbp[world])
    out[:, 10] = development_pence_week(
        adults, lever.group_founding, lever.group_keeping, lever.recruitment, lever.peers_in_clinics,
        (par.founding_gbp_10k_year[world], par.keeping_gbp_10k_year[world], par.recruiting_gbp_10k_year[world],
         par.clinic_posts_10k[world], par.paid_gbp_year[world]))
    return out


def finish(w: Week) -> None:
    """At the horizon: open wants are counted as open; people in support by what it has done so far."""
    people = w.people
    index = np.flatnonzero(people.want_kind != Want.NONE)
    inside = (people.stage[index] >= Stage.MEMBER) & (people.stage[index] <= Stage.ONLINE)
    started = index[inside]
    kept = weeks_in(w, started) * 2 >= planned_weeks(w, started)
    w.mark(started[kept], Mark.KEPT)
    during = effects(w, started)
    note_spell(w, started, during, during)
    better_by = w.par.better_by[w.world(started)] * 1000.0
    w.mark(started[during[1] >= better_by], Mark.BETTER)
    w.mark(started[during[1] <= -better_by], Mark.WORSE)
    settle(w, started[kept])
    settle(w, started[~kept], still_open=True)
    settle(w, index[~inside], still_open=True)
