"""Phase `fund`: payers award, organisations plan, pay and close. Per area row and payer; whole pence."""

from __future__ import annotations

import math

import numpy as np

from sim import draws
from sim.columns.start import MOST_LOCAL, add_local
from sim.columns.state import OWN_SOURCES, UNSPENT
from sim.compiled import apart, loop, rule, whole
from sim.core.books import book_closing, book_payers, book_week
from sim.core.parts.award import award
from sim.core.parts.find import find_stage
from sim.core.parts.money import PAYERS, bridged, cost, income, is_filled
from sim.core.parts.places import back_to_queue
from sim.core.parts.scale import area_pence, of_area, own_pence
from sim.core.parts.where import row_of, world_of
from sim.core.staff import LEFT, count_posts
from sim.core.week import Week
from sim.draws import Purpose
from sim.numbers.levers import INDEX
from sim.rules.award import APPLIES
from sim.rules.fund import (
    cannot_pay,
    commissioned,
    core_share,
    paid_per_week,
    running_costs,
    set_aside,
    share_out,
    split,
    week_pence,
    worth,
)
from sim.rules.lean import has_enough
from sim.rules.staff import is_worth_a_post
from sim.vocabulary import QUARTER, YEAR, Payer, Stage

BOARD = int(Payer.BOARD)
COORDINATORS = 0  # column of `advertised`; paid workers are 1


def fund(w: Week) -> None:
    """Shocks, closures, awards, tariffs, plans, pay: in this order."""
    if w.shape.is_april(w.now):
        _price_shock(w)
        _new_organisations(w)
    w.fit_posts()
    if w.shocks.largest:
        _lose_largest(w)
    w.fit_share()
    _fund(w, w.shape.aprils(w.now), int(w.shape.is_april(w.now)), int(w.shape.is_april(w.now + 1)))


@loop
def _fund(w: Week, aprils: int, april: int, ends: int) -> int:
    """Closures, awards, tariffs, plans, pay. `aprils` so far; `april` 1 in the first week of a financial year, `ends` in
    the last. Returns how many closed."""
    closed = _close_poor(w)
    _set_budgets(w, aprils)
    award(w, april)
    _pay_by_person(w)
    _plan_and_pay(w, ends)
    return closed


# ---- shocks


def _price_shock(w: Week) -> None:
    """Each April, awards already made lose what prices gain on the uplift."""
    shock = w.levers.price_shock[w.orgs.area_row]
    if shock.any():
        w.orgs.award[:] = np.floor(w.orgs.award * (1.0 - shock)[:, None]).astype(np.int64)


def _new_organisations(w: Week) -> None:
    """Each April new local organisations are helped to start, in the places that are served least."""
    places = w.places
    for row in np.flatnonzero(~w.held):
        here = np.flatnonzero(places.area_row == row)
        adults = len(here) * w.place_size
        new = int(w.levers.new_organisations[row] * adults / 1_000_000 + _row_luck(w, int(here[0])))
        count = np.bincount(w.orgs.place[w.orgs.place >= 0], minlength=len(places.area))
        each = zip(count[here].tolist(), w.state.leans.deprived[here].tolist(), strict=True)
        has = [has_enough(there, w.levers.allocation[row], deprived) for there, deprived in each]
        for place in here[np.argsort(has, kind="stable")][:new]:
            if count[place] < MOST_LOCAL:
                add_local(w.state, int(place), int(count[place]), w.now)


def _row_luck(w: Week, first_place: int) -> float:
    whog = draws.whog(int(w.places.base[first_place]))
    return draws.uniform_one(w.shape.seed, Purpose.NEW_ORG, w.now, whog)


def _lose_largest(w: Week) -> None:
    """A shock: the organisation with most money in each area closes in the week the lever rises."""
    for row in np.flatnonzero(w.levers.lose_largest >= 1):
        before = w.timeline.at(w.now - 1)[INDEX["lose_largest"], row % w.n_areas] if w.now else 1.0
        mine = np.flatnonzero((w.orgs.area_row == row) & w.orgs.open)
        if before < 1 and len(mine):
            _close_one(w, int(mine[np.argmax(w.orgs.award[mine].sum(axis=1))]))


# ---- closing


@loop
def _close_one(w: Week, o: int) -> int:
    """One organisation closes."""
    _close(w, o)
    _queue_again(w)
    return o


@apart
def _close_poor(w: Week) -> int:
    """Organisations that cannot pay close."""
    count_posts(w)
    closed, orgs = 0, w.orgs
    for o in range(len(orgs.open)):
        if orgs.open[o] and not w.held[orgs.area_row[o]] and cannot_pay(orgs.cash[o], income(w, o), cost(w, o)):
            _close(w, o)
            closed += 1
    if closed > 0:
        _queue_again(w)
    return closed


@apart
def _close(w: Week, o: int) -> None:
    """Awards go back, supporters leave."""
    orgs, sup = w.orgs, w.supporters
    orgs.open[o] = False
    w.room.listed_for[0] = 0
    barred = w.now + whole(w.par.barred_weeks[orgs.area_row[o] // w.n_areas])
    for payer in range(PAYERS):
        orgs.award[o, payer] = 0
        orgs.award_end[o, payer] = barred
        orgs.award_stage[o, payer] = APPLIES
    for k in range(2):
        orgs.tariff[o, k] = 0
        orgs.units[o, k] = 0
    orgs.core[o] = 0
    book_closing(w, o)
    orgs.spent[o] += orgs.cash[o]  # what is left goes to creditors; what is owed is not paid
    orgs.cash[o] = 0
    orgs.coordinator_plan[o] = 0
    orgs.coordinator_mfte[o] = 0
    orgs.advertised[o, 0] = 0
    orgs.advertised[o, 1] = 0
    orgs.paid_mfte[o] = 0
    for s in range(len(sup.state)):
        if sup.org[s] == o:
            sup.state[s] = LEFT
            sup.load[s] = 0


@apart
def _queue_again(w: Week) -> None:
    """People whom closed organisations supported wait again."""
    people = w.people
    inside = find_stage(people.stage, Stage.SUPPORTED, 0, len(people.stage), w.found.who, 0)
    inside = find_stage(people.stage, Stage.PAIRED, 0, len(people.stage), w.found.who, inside)
    for k in range(inside):
        i = whole(w.found.who[k])
        if not w.orgs.open[people.host[i]]:
            back_to_queue(w, i, row_of(w, i))


# ---- budgets, and payment by person


@apart
def _set_budgets(w: Week, aprils: int) -> None:
    """Whole pence a week of each payer for peer support in the area: to award, and set aside by the board for personal
    budgets and payment by outcome."""
    levers, posts = w.levers, w.posts
    for row in range(len(posts.have)):
        growth = 1.0
        for _ in range(aprils):
            growth *= 1.0 + levers.budget_growth[row]
        for payer in range(PAYERS):
            gbp = _budget(w, row, payer) * growth * (1.0 - levers.cut[row])
            if payer == BOARD and levers.conviction[row] >= 1:
                gbp *= commissioned(w.state.conviction[row])
            posts.to_award[row, payer] = math.floor(gbp * 100.0 * w.tables.area_adults[row]) // YEAR
        personal, outcome = set_aside(
            posts.to_award[row, BOARD], levers.personal_budget_share[row], levers.outcome_payment_share[row]
        )
        posts.aside[row, 0] = personal
        posts.aside[row, 1] = outcome
        posts.to_award[row, BOARD] -= personal + outcome


@rule
def _budget(w: Week, row: int, payer: int) -> float:
    """Pounds a head and year of one payer."""
    if payer == Payer.BOARD:
        return w.levers.budget_board[row]
    if payer == Payer.COUNCIL:
        return w.levers.budget_council[row]
    return w.levers.budget_trust[row] if payer == Payer.TRUST else w.levers.budget_charity[row]


@apart
def _pay_by_person(w: Week) -> None:
    """Each quarter: what personal budgets and payment by outcome pay weekly, for the quarter that is over."""
    orgs, pots, par = w.orgs, w.state.pots, w.par
    if w.now % QUARTER == 0:
        for o in range(len(orgs.open)):
            for k in range(2):
                orgs.tariff[o, k] = 0
        for row in range(len(pots)):
            world = world_of(w, row)
            _set_tariffs(w, row, 0, whole(par.personal_budget_gbp[world] * 100.0))
            _set_tariffs(w, row, 1, whole(par.outcome_gbp[world] * 100.0))
        for o in range(len(orgs.open)):
            for k in range(2):
                orgs.units[o, k] = 0
    for row in range(len(pots)):
        for k in range(2):
            pots[row, k] += 0 if w.held[row] else w.posts.aside[row, k]
    for o in range(len(orgs.open)):
        for k in range(2):
            pots[orgs.area_row[o], k] -= area_pence(w, o, orgs.tariff[o, k])


@apart
def _set_tariffs(w: Week, row: int, k: int, price: int) -> None:
    """Pence a week to each organisation that earned some, by its units."""
    orgs, share, n, units = w.orgs, w.share, 0, 0
    if w.state.pots[row, k] <= 0:
        return
    for o in range(len(orgs.open)):
        if orgs.area_row[o] == row and orgs.open[o] and not orgs.nhs[o] and orgs.units[o, k] > 0:
            share.who[n] = o
            share.weight[n] = orgs.units[o, k]
            units += orgs.units[o, k]
            n += 1
    total = paid_per_week(w.state.pots[row, k], of_area(w, row, units), price)
    share_out(total, share.weight[:n], share.pence, share.over)
    for j in range(n):
        orgs.tariff[share.who[j], k] = own_pence(w, share.who[j], share.pence[j])


# ---- plans and pay


@apart
def _plan_and_pay(w: Week, ends: int) -> None:
    """Every organisation plans; then a week's costs leave and income arrives; what payers spend, and do not, is recorded."""
    count_posts(w)
    spent, orgs = w.state.spent, w.orgs
    for o in range(len(orgs.open)):
        _plan(w, o)
    for o in range(len(orgs.open)):
        _pay(w, o)
    for row in range(len(spent)):
        for payer in range(PAYERS):
            spent[row, UNSPENT] += w.posts.to_award[row, payer] - spent[row, payer]
        spent[row, UNSPENT] += w.posts.aside[row, 0] + w.posts.aside[row, 1]
        book_payers(w, row, ends)


@rule
def _plan(w: Week, o: int) -> None:
    """Posts that income and a part of reserves will pay for, in thousandths of a post, when running costs are met."""
    orgs, par, levers, row = w.orgs, w.par, w.levers, w.orgs.area_row[o]
    world = world_of(w, row)
    money = income(w, o) + bridged(w, o) + max(0, orgs.cash[o]) // whole(par.reserve_use_weeks[world])
    contract = levers.contract_share[row] if orgs.award[o, BOARD] > 0 else 0.0
    share = core_share(
        par.overhead_share[world],
        par.contract_overhead[world],
        contract,
        levers.evaluation_share[row],
        par.team_cost[world],
        levers.working_together[row],
    )
    real = worth(money * (1.0 - share), orgs.shortfall[o], levers.core_cost_share[row], par.shortfall_lost[world])
    core = running_costs(money - real, orgs.core[o], par.running_cost_fall[world])
    orgs.core[o] = core if orgs.open[o] else 0
    real = max(0.0, money - orgs.core[o])
    paid, coordinate = split(
        orgs.nhs[o],
        levers.paid_share[row],
        levers.supervision_share[row],
        par.nhs_paid_share[world],
        par.volunteer_coordination[world],
    )
    orgs.coordinator_plan[o] = math.floor(real * coordinate * 1000.0 / week_pence(par.coordinator_gbp_year[world]))
    orgs.paid_mfte[o] = math.floor(real * paid * 1000.0 / week_pence(par.paid_gbp_year[world]))
    _coordinate(w, o)


@rule
def _coordinate(w: Week, o: int) -> None:
    """Coordinators in post follow the plan: fewer at once, more when a vacancy has been advertised long enough."""
    orgs, plan = w.orgs, w.orgs.coordinator_plan[o]
    settled = w.now == 0 or w.held[orgs.area_row[o]] or not is_worth_a_post(plan - orgs.coordinator_mfte[o], plan)
    if is_filled(w, o, COORDINATORS, not settled):
        orgs.coordinator_mfte[o] = plan


@rule
def _pay(w: Week, o: int) -> None:
    """A week's costs leave; income arrives."""
    orgs, spent, row = w.orgs, w.state.spent, w.orgs.area_row[o]
    got, out, start = income(w, o), cost(w, o), 0
    if w.now == 0:
        start = whole(w.par.reserve_start_weeks[world_of(w, row)]) * got
    orgs.cash[o] += start if w.held[row] else got + start - out
    orgs.spent[o] += got if w.held[row] else out
    book_week(w, o, start)
    for payer in range(PAYERS):
        spent[row, payer] += area_pence(w, o, orgs.award[o, payer])
    for k in range(2):
        spent[row, BOARD] += area_pence(w, o, orgs.tariff[o, k])
    if orgs.open[o]:
        spent[row, OWN_SOURCES] += area_pence(w, o, orgs.own_income[o])
