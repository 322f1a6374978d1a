"""Phase `record`: wants reach their target wait; the week is counted."""

from __future__ import annotations

import math

import numpy as np

from sim.columns.state import OWN_SOURCES, UNSPENT
from sim.compiled import loop, rule, whole
from sim.core.parts.due import DEADLINE, called
from sim.core.parts.follow import follow_up
from sim.core.parts.measures import count_measured
from sim.core.parts.money import PAYERS
from sim.core.parts.notes import write_spell
from sim.core.parts.places import effects, in_support, so_far
from sim.core.parts.scale import count_body, report_area
from sim.core.parts.wants import judge
from sim.core.parts.where import row_of, world_of
from sim.core.staff import ACTIVE, count_posts, stretched
from sim.core.week import Week
from sim.numbers.structure import SECOND_FOLLOW_UP_WEEKS
from sim.results.result import MONEY, SLOW_MEASURED, SLOW_STOCKS, STAGE_STOCKS, STOCKS, WEEKLY
from sim.rules.fund import development_pence_week, ways_in_pence_week
from sim.vocabulary import CARERS, N_EVENTS, QUARTER, YEAR, Event, Known

SLOW_COLUMNS = tuple(WEEKLY.index(name) for name in (*SLOW_STOCKS, *SLOW_MEASURED))
N_SLOW = len(SLOW_COLUMNS)
ILL, USED, WANTING, KNOWING, CARER, CARER_USED = range(N_SLOW)  # columns of `carried`, in the same order
AT = {name: WEEKLY.index(name) for name in STOCKS}
STAGES = tuple((int(stage), AT[name]) for name, stage in STAGE_STOCKS.items())
ADULTS, UNSPENT_PENCE, STRETCHED, ORGANISATIONS = (
    AT[name] for name in ("adults", "unspent_pence", "volunteers_stretched", "organisations")
)
GROUPS, ORGANISERS, PLACES, VOLUNTEERS = (AT[name] for name in ("groups", "organisers", "places", "volunteers"))
PAID_WORKERS, PAID_MFTE = AT["paid_workers"], AT["paid_mfte"]
FIRST_MONEY = len(STOCKS)
FIRST_EVENT = FIRST_MONEY + len(MONEY)
KNOWS_GROUPS, KNOWS_SERVICES = int(Known.GROUPS), int(Known.SERVICES)


def record(w: Week) -> None:
    """Look at the wants whose target wait is over, or that are at one of their follow-ups."""
    _judge_all(w)


@loop
def _judge_all(w: Week) -> int:
    due = called(w, DEADLINE, w.people.deadline, w.found.who)
    for k in range(due):
        i = whole(w.found.who[k])
        row = row_of(w, i)
        judge(w, i, row)
        if w.now >= w.people.want_start[i] + SECOND_FOLLOW_UP_WEEKS:
            so_far(w, i, row)
        follow_up(w, i, row)
    return due


def count_week(w: Week) -> np.ndarray:
    """int64[area rows, columns]: stocks, money and events of this week."""
    w.fit_posts()
    slow = w.now % QUARTER == 0 or not w.carried[0, 0] >= 0
    _count_week(w, int(slow))
    return w.counted.copy()


@loop
def _count_week(w: Week, slow: int) -> int:
    """Area row by area row; bodies after."""
    out, rows = w.counted, len(w.counted)
    count_posts(w)
    for row in range(rows):
        for column in range(len(WEEKLY)):
            out[row, column] = 0
            w.area_counted[row, column] = 0
        _count_people(w, row)
        if slow:
            _count_slow(w, row)
        for k in range(N_SLOW):
            out[row, SLOW_COLUMNS[k]] = w.carried[row, k]
        out[row, ADULTS] = w.tables.adults[row]
        w.area_counted[row, UNSPENT_PENCE] = w.state.spent[row, UNSPENT]
    _count_bodies(w)
    count_measured(w)
    for row in range(rows):
        _count_money(w, row)
        report_area(w, row)
        for event in range(N_EVENTS):
            out[row, FIRST_EVENT + event] = w.state.counts[row, event]
            w.state.counts[row, event] = 0
    return rows


@rule
def _count_people(w: Week, row: int) -> None:
    """People at each stage."""
    first, last = w.tables.first_place[row] * w.place_size, w.tables.first_place[row + 1] * w.place_size
    here = w.people.stage[first:last]  # from 0 on: the processor then compares many at a time
    for stage, column in STAGES:
        count, wanted = 0, np.uint8(stage)
        for k in range(len(here)):
            count += here[k] == wanted
        w.counted[row, column] = count


@rule
def _count_slow(w: Week, row: int) -> None:
    """Counts over everybody (people in the year's use, for one), made once a quarter and carried between."""
    people, slow, now = w.people, w.carried[row], w.now
    ills = users = wanting = knowing = carers = carers_using = 0
    for i in range(w.tables.first_place[row] * w.place_size, w.tables.first_place[row + 1] * w.place_size):
        last = whole(people.last_used[i])  # no branch: the processor works on several people at once
        used = in_support(people.stage[i]) | ((last > 0) & (last > now - YEAR))
        ill, carer = people.n_conditions[i] > 0, whole(people.needs[i]) >> CARERS & 1
        knows = (people.known_to[KNOWS_GROUPS, i] > now) | (people.known_to[KNOWS_SERVICES, i] > now)
        ills += ill
        users += ill & used
        wanting += ill & (people.latent_until[i] > now)
        knowing += ill & knows
        carers += carer
        carers_using += carer * used
    for k, count in (
        (ILL, ills),
        (USED, users),
        (WANTING, wanting),
        (KNOWING, knowing),
        (CARER, carers),
        (CARER_USED, carers_using),
    ):
        slow[k] = count


@rule
def _count_bodies(w: Week) -> None:
    """Groups, organisations, supporters and the places they offer."""
    out, sup, orgs = w.counted, w.supporters, w.orgs
    for s in range(len(sup.state)):
        if sup.state[s] == ACTIVE:
            o = sup.org[s]
            count_body(w, o, PLACES, sup.capacity[s])
            if sup.paid[s]:
                count_body(w, o, PAID_WORKERS, 1)
                count_body(w, o, PAID_MFTE, sup.mfte[s])
            else:
                count_body(w, o, VOLUNTEERS, 1)
    for g in range(len(w.groups.open)):
        if w.groups.open[g]:
            row = w.places.area_row[w.groups.place[g]]
            out[row, GROUPS] += 1
            out[row, ORGANISERS] += w.groups.organisers[g]
    for o in range(len(orgs.open)):
        if orgs.open[o]:
            count_body(w, o, ORGANISATIONS, 1)
        if stretched(w, o):
            count_body(w, o, STRETCHED, w.posts.volunteers[o])


@rule
def _count_money(w: Week, row: int) -> None:
    """Pence this week: payers, group grants, expenses, online places, link workers, organisations' own sources, ways in,
    help."""
    out, lever, par, world, spent = w.counted[row], w.levers, w.par, world_of(w, row), w.state.spent[row]
    at, adults, counts = FIRST_MONEY, w.tables.adults[row], w.state.counts[row]
    for payer in range(PAYERS):
        w.area_counted[row, at + payer] = spent[payer]
    out[at + 4] = math.floor(out[GROUPS] * lever.group_grant[row] * 100.0 / YEAR)
    out[at + 5] = math.floor(counts[Event.STARTED] * lever.expenses[row] * 100.0)
    online = adults / 1000.0 * lever.online_places[row] * par.online_place_gbp_year[world] * 100.0
    out[at + 6] = math.floor(online / YEAR)
    link = adults / 10_000.0 * lever.link_workers[row] * par.link_worker_gbp_year[world] * 100.0
    out[at + 7] = math.floor(link / YEAR)
    w.area_counted[row, at + 8] = spent[OWN_SOURCES]
    out[at + 9] = ways_in_pence_week(
        adults,
        lever.directory[row],
        lever.campaign[row],
        counts[Event.PUT_FORWARD],
        par.directory_gbp_adult_year[world],
        par.campaign_gbp_reached[world],
        par.referral_gbp[world],
    )
    out[at + 10] = development_pence_week(
        adults,
        lever.group_founding[row],
        lever.group_keeping[row],
        lever.recruitment[row],
        lever.peers_in_clinics[row],
        (
            par.founding_gbp_10k_year[world],
            par.keeping_gbp_10k_year[world],
            par.recruiting_gbp_10k_year[world],
            par.clinic_posts_10k[world],
            par.paid_gbp_year[world],
        ),
    )
    for k in range(len(spent)):
        spent[k] = 0


@loop
def finish(w: Week) -> int:
    """At the horizon: people in support are counted by what it has done so far."""
    people = w.people
    for i in range(len(people.stage)):
        if in_support(people.stage[i]):
            row = row_of(w, i)
            write_spell(w, i, row, effects(w, i, row), 1, 0)
    return len(people.stage)
