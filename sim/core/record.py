"""Phase `record`: wants reach their target wait; the week is counted."""

from __future__ import annotations

import numpy as np

from sim.columns.state import OWN_SOURCES, UNSPENT
from sim.core.gains import note_spell
from sim.core.measures import carers, measured
from sim.core.places import effects, planned_weeks, weeks_in
from sim.core.staff import supervised_well, volunteers_in_post
from sim.core.wants import judge, knows, settle
from sim.core.week import Week
from sim.results.measures import MEASURED
from sim.results.result import MONEY, SLOW_MEASURED, SLOW_STOCKS, STAGE_STOCKS, STOCKS, WEEKLY
from sim.rules.fund import development_pence_week, ways_in_pence_week
from sim.rules.staff import is_stretched
from sim.vocabulary import IN_SUPPORT, QUARTER, YEAR, Event, Known, Mark, Payer, Post, Want


def record(w: Week) -> None:
    """Judge the wants whose target wait is over."""
    judge(w, w.due(w.people.deadline))


def count_week(w: Week) -> np.ndarray:
    """int64[area rows, columns]: stocks, money and events of this week."""
    out = np.zeros((len(w.state.spent), len(WEEKLY)), np.int64)
    stocks = _stages(w) | _bodies(w) | {name: _slow(w, name) for name in SLOW_STOCKS} | {"adults": w.adults}
    for i, name in enumerate(STOCKS):
        out[:, i] = stocks[name]
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


def _stages(w: Week) -> dict[str, np.ndarray]:
    """People at each stage by area row."""
    return {name: w.count_at(stage) for name, stage in STAGE_STOCKS.items()}


def _bodies(w: Week) -> dict[str, np.ndarray]:
    """Groups, organisations, supporters and the places they offer, by area row."""
    sup, n = w.supporters, len(w.state.spent)
    active, here = np.flatnonzero(sup.state == Post.ACTIVE), w.groups.open
    row, paid = w.orgs.area_row[sup.org[active]], sup.paid[active] == 1
    near = w.state.places.area_row[w.groups.place[here]]
    return {
        "unspent_pence": w.state.spent[:, UNSPENT],
        "volunteers_stretched": _stretched(w),
        "groups": np.bincount(near, minlength=n),
        "organisers": np.bincount(near, weights=w.groups.organisers[here], minlength=n),
        "organisations": np.bincount(w.orgs.area_row[w.orgs.open], minlength=n),
        "places": np.bincount(row, weights=sup.capacity[active], minlength=n),
        "volunteers": np.bincount(row[~paid], minlength=n),
        "paid_workers": np.bincount(row[paid], minlength=n),
        "paid_mfte": np.bincount(row[paid], weights=sup.mfte[active][paid], minlength=n),
    }


def _stretched(w: Week) -> np.ndarray:
    """Volunteers where there are more than coordinators can supervise, by area row."""
    have = volunteers_in_post(w)
    return np.bincount(
        w.orgs.area_row, weights=have * is_stretched(have, supervised_well(w)), minlength=len(w.state.spent)
    )


def _slow(w: Week, name: str) -> np.ndarray:
    """Counts over everybody (people in the year's use, for one), made every 13 weeks and carried between."""
    if w.now % QUARTER == 0 or name not in w.carried:
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
    inside = IN_SUPPORT[people.stage]
    recent = (people.last_used > 0) & (people.last_used.astype(np.int32) > w.now - YEAR)
    of = carers(w) if name == "carers_used_last_year" else ill
    return np.flatnonzero(of & (inside | recent))


def _money(w: Week) -> np.ndarray:
    """Pence this week: payers, group grants, expenses, online places, link workers, organisations' own sources."""
    lever, n = w.levers, len(w.state.spent)
    out = np.zeros((n, len(MONEY)), np.int64)
    out[:, : len(Payer)], out[:, 8] = w.state.spent[:, : len(Payer)], w.state.spent[:, OWN_SOURCES]
    w.state.spent[:] = 0
    adults = w.adults
    world = np.arange(n) // w.n_areas
    groups = np.bincount(w.state.places.area_row[w.groups.place[w.groups.open]], minlength=n)
    out[:, 4] = np.floor(groups * lever.group_grant * 100.0 / YEAR)
    out[:, 5] = np.floor(w.state.counts[:, Event.STARTED] * lever.expenses * 100.0)
    out[:, 6] = np.floor(adults / 1000.0 * lever.online_places * w.par.online_place_gbp_year[world] * 100.0 / YEAR)
    out[:, 7] = np.floor(adults / 10_000.0 * lever.link_workers * w.par.link_worker_gbp_year[world] * 100.0 / YEAR)
    par = w.par
    out[:, 9] = ways_in_pence_week(
        adults,
        lever.directory,
        lever.campaign,
        w.state.counts[:, Event.PUT_FORWARD],
        par.directory_gbp_adult_year[world],
        par.campaign_gbp_reached[world],
        par.referral_gbp[world],
    )
    out[:, 10] = development_pence_week(
        adults,
        lever.group_founding,
        lever.group_keeping,
        lever.recruitment,
        lever.peers_in_clinics,
        (
            par.founding_gbp_10k_year[world],
            par.keeping_gbp_10k_year[world],
            par.recruiting_gbp_10k_year[world],
            par.clinic_posts_10k[world],
            par.paid_gbp_year[world],
        ),
    )
    return out


def finish(w: Week) -> None:
    """At the horizon: open wants are counted as open; people in support by what it has done so far."""
    people = w.people
    index = np.flatnonzero(people.want_kind != Want.NONE)
    inside = IN_SUPPORT[people.stage[index]]
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
