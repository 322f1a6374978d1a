"""Phase `fund`: payers award, organisations plan, pay and close. Per area row and payer; whole pence."""

from __future__ import annotations

import numpy as np

from sim import draws
from sim.core.places import back_to_queue
from sim.core.supply import tell_needs
from sim.core.week import Week
from sim.draws import Purpose
from sim.kinds import BUDGETS, Payer, Stage
from sim.levers import INDEX
from sim.rules.fund import award_weights, divide, worth
from sim.start import add_local

YEAR = 52


def fund(w: Week) -> None:
    """Shocks, closures, awards, plans, pay: in this order."""
    _price_shock(w)
    _new_organisations(w)
    _lose_largest(w)
    _close(w, w.orgs.open & (w.orgs.cash < 0))
    _award(w)
    _plan(w)
    _pay(w)


def _price_shock(w: Week) -> None:
    """Each April, awards already made lose what prices gain on the uplift."""
    shock = w.levers.price_shock[w.orgs.area_row]
    if w.now % YEAR == 0 and shock.any():
        kept = 1.0 - shock
        w.orgs.award = np.floor(w.orgs.award * kept[:, None]).astype(np.int64)


def _new_organisations(w: Week) -> None:
    """Each April new local organisations are helped to start, in the places with fewest."""
    if w.now % YEAR:
        return
    places = w.state.places
    for row in np.flatnonzero(~w.held):
        here = np.flatnonzero(places.area_row == row)
        adults = len(here) * w.shape.place_size
        new = int(w.levers.new_organisations[row] * adults / 1_000_000 + _row_luck(w, int(row)))
        count = np.bincount(w.orgs.place[w.orgs.place >= 0], minlength=len(places.area))
        for place in here[np.argsort(count[here], kind="stable")][:new]:
            if count[place] < 15:
                add_local(w.state, int(place), int(count[place]), w.now)


def _row_luck(w: Week, row: int) -> float:
    place = np.flatnonzero(w.state.places.area_row == row)[0]
    whog = draws.whog(int(w.state.places.base[place]))
    return draws.uniform_one(w.shape.seed, Purpose.NEW_ORG, w.now, whog)


def _lose_largest(w: Week) -> None:
    """A shock: the organisation with most money in each area closes in the week the lever rises."""
    for row in np.flatnonzero(w.levers.lose_largest >= 1):
        before = w.timeline.at(w.now - 1)[INDEX["lose_largest"], row % w.n_areas] if w.now else 1.0
        if before < 1:
            mine = np.flatnonzero((w.orgs.area_row == row) & w.orgs.open)
            if len(mine):
                largest = mine[np.argmax(w.orgs.award[mine].sum(axis=1))]
                chosen = np.zeros(len(w.orgs.open), bool)
                chosen[largest] = True
                _close(w, chosen)


def _close(w: Week, which: np.ndarray) -> None:
    """Organisations that cannot pay close: awards go back, supporters leave, people wait elsewhere."""
    closing = np.flatnonzero(which)
    if len(closing) == 0:
        return
    orgs, supporters, people = w.orgs, w.supporters, w.people
    orgs.open[closing] = False
    orgs.award[closing] = 0
    orgs.award_end[closing] = w.now + YEAR  # it may ask again a year later
    orgs.cash[closing] = 0
    orgs.coordinator_mfte[closing] = 0
    orgs.paid_mfte[closing] = 0
    gone = which[supporters.org]
    supporters.state[gone] = 2
    supporters.load[gone] = 0
    served = (people.stage == Stage.SUPPORTED) | (people.stage == Stage.PAIRED)
    index = np.flatnonzero(served)
    back_to_queue(w, index[which[people.host[index]]])


def _award(w: Week) -> None:
    """Every payer divides what is free among applicants whose award has ended (or never was)."""
    orgs = w.orgs
    for payer in Payer:
        asks = (orgs.pays >> np.uint8(payer)) & 1 == 1
        asks &= orgs.award_end[:, payer] <= w.now
        for row in np.unique(orgs.area_row[asks]):
            _award_one(w, int(row), payer, np.flatnonzero(asks & (orgs.area_row == row)))


def budget_pence_week(w: Week, row: int, payer: Payer) -> int:
    """Pence a week that a payer has for peer support in one area row (the places simulated)."""
    levers, adults = w.levers, w.shape.n_places[row % w.n_areas] * w.shape.place_size
    years = max(0, (w.now - w.shape.burn_in) // YEAR)
    growth = 1.0
    for _ in range(years):
        growth *= 1.0 + float(levers.budget_growth[row])
    gbp = float(getattr(levers, BUDGETS[payer])[row]) * growth * (1.0 - float(levers.cut[row]))
    if payer == Payer.BOARD:
        gbp *= 1.0 - float(levers.personal_budget_share[row]) - float(levers.outcome_payment_share[row])
        if levers.conviction[row] >= 1:
            gbp *= float(w.state.conviction[row])
    return int(gbp * 100.0 * adults) // YEAR


def _award_one(w: Week, row: int, payer: Payer, applicants: np.ndarray) -> None:
    orgs = w.orgs
    orgs.award[applicants, payer] = 0
    mine = orgs.area_row == row
    free = budget_pence_week(w, row, payer) - int(orgs.award[mine, payer].sum())
    need, deprived = tell_needs(w, applicants)
    weights = award_weights(
        int(w.levers.allocation[row]), orgs.last_award[applicants, payer], need, deprived,
        _queues(w)[applicants], orgs.starts[applicants],
    )  # fmt: skip
    shares = divide(free, weights)
    orgs.award[applicants, payer] = shares
    orgs.last_award[applicants, payer] = shares
    weeks = max(1, int(w.levers.award_years[row] * YEAR))
    first = w.now == 0
    staggered = orgs.award_end[applicants, payer] if first else 0
    orgs.award_end[applicants, payer] = np.maximum(w.now + 1, staggered) if first else w.now + weeks
    orgs.open[applicants[shares > 0]] = True


def _queues(w: Week) -> np.ndarray:
    """int64[organisations]: people waiting."""
    waiting = w.at(Stage.WAITING)
    return np.bincount(w.people.host[waiting], minlength=len(w.orgs.open))


def income(w: Week) -> np.ndarray:
    """int64[organisations]: pence a week from awards and own sources."""
    return np.where(w.orgs.open, w.orgs.award.sum(axis=1) + w.orgs.own_income, 0)


def _plan(w: Week) -> None:
    """Posts that income and a part of reserves will pay for, in thousandths of a post."""
    orgs, par, row = w.orgs, w.par, w.orgs.area_row
    world = row // w.n_areas
    got = income(w)
    money = got + np.maximum(0, orgs.cash) // par.reserve_use_weeks[world].astype(np.int64)
    contract = w.levers.contract_share[row] * (orgs.award[:, Payer.BOARD] > 0)
    overhead = par.overhead_share[world] + par.contract_overhead[world] * contract + w.levers.evaluation_share[row]
    team = 0.05 * w.levers.working_together[row]
    real = worth(money * (1.0 - overhead - team), orgs.shortfall, w.levers.core_cost_share[row])
    supervise = w.levers.supervision_share[row]
    paid = np.where(orgs.nhs, 0.9, w.levers.paid_share[row] * (1.0 - supervise))
    coordinate = np.where(orgs.nhs, 0.1, supervise + (1.0 - supervise) * (1.0 - w.levers.paid_share[row]) * 0.5)
    orgs.coordinator_mfte[:] = np.floor(real * coordinate * 1000.0 / _week_pence(par.coordinator_gbp_year[world]))
    orgs.paid_mfte[:] = np.floor(real * paid * 1000.0 / _week_pence(par.paid_gbp_year[world]))


def _week_pence(gbp_year: np.ndarray) -> np.ndarray:
    return gbp_year * 100.0 / YEAR


def _pay(w: Week) -> None:
    """A week's pay and running costs leave; income arrives; payers' spending is recorded."""
    orgs, par, supporters = w.orgs, w.par, w.supporters
    world = orgs.area_row // w.n_areas
    active = supporters.state < 2
    paid_mfte = np.bincount(supporters.org[active], weights=supporters.mfte[active], minlength=len(orgs.open))
    volunteers = np.bincount(supporters.org[active & (supporters.paid == 0)], minlength=len(orgs.open))
    pay = np.floor(orgs.coordinator_mfte * _week_pence(par.coordinator_gbp_year[world]) / 1000.0)
    pay += np.floor(paid_mfte * _week_pence(par.paid_gbp_year[world]) / 1000.0)
    pay += np.floor(volunteers * _week_pence(par.volunteer_gbp_year[world]))
    got = income(w)
    overhead = np.floor(got * (par.overhead_share[world] + w.levers.evaluation_share[orgs.area_row]))
    cost = np.where(orgs.open, pay + overhead, 0).astype(np.int64)
    start = (w.now == 0) * par.reserve_start_weeks[world].astype(np.int64) * got
    orgs.cash += np.where(w.held[orgs.area_row], start, got + start - cost)
    orgs.spent += cost
    for payer in Payer:
        np.add.at(w.state.spent[:, payer], orgs.area_row, orgs.award[:, payer])


