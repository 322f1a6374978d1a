"""Phase `fund`: payers award, organisations plan, pay and close. Per area row and payer; whole pence."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim import draws
from sim.columns.start import MOST_LOCAL, add_local
from sim.columns.state import OWN_SOURCES, UNSPENT, Organisations
from sim.core.places import back_to_queue
from sim.core.supply import tell_needs
from sim.core.week import Week
from sim.draws import Purpose
from sim.numbers.levers import INDEX
from sim.rules.fund import (
    DEMAND,
    NEEDS_TOLD,
    QUARTER,
    award_weights,
    cannot_pay,
    commissioned,
    core_share,
    divide,
    paid_per_week,
    running_costs,
    set_aside,
    split,
    worth,
)
from sim.vocabulary import BUDGETS, YEAR, Payer, Post, Stage


def fund(w: Week) -> None:
    """Shocks, closures, awards, tariffs, plans, pay: in this order."""
    _price_shock(w)
    _new_organisations(w)
    _lose_largest(w)
    _close(w, w.orgs.open & ~w.held[w.orgs.area_row] & cannot_pay(w.orgs.cash, income(w), cost(w)))
    money = budgets(w)
    _award(w, money)
    _pay_by_person(w, money)
    _plan(w)
    _pay(w, money)


def _price_shock(w: Week) -> None:
    """Each April, awards already made lose what prices gain on the uplift."""
    shock = w.levers.price_shock[w.orgs.area_row]
    if w.shape.is_april(w.now) and shock.any():
        kept = 1.0 - shock
        w.orgs.award = np.floor(w.orgs.award * kept[:, None]).astype(np.int64)


def _new_organisations(w: Week) -> None:
    """Each April new local organisations are helped to start, in the places with fewest."""
    if not w.shape.is_april(w.now):
        return
    places = w.state.places
    for row in np.flatnonzero(~w.held):
        here = np.flatnonzero(places.area_row == row)
        adults = len(here) * w.shape.place_size
        new = int(w.levers.new_organisations[row] * adults / 1_000_000 + _row_luck(w, int(row)))
        count = np.bincount(w.orgs.place[w.orgs.place >= 0], minlength=len(places.area))
        for place in here[np.argsort(count[here], kind="stable")][:new]:
            if count[place] < MOST_LOCAL:
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
    barred = w.par.barred_weeks[orgs.area_row[closing] // w.n_areas].astype(np.int64)
    orgs.award_end[closing] = (w.now + barred)[:, None]
    orgs.tariff[closing] = orgs.units[closing] = orgs.core[closing] = 0
    orgs.spent[closing] += orgs.cash[closing]  # what is left goes to creditors; what is owed is not paid
    orgs.cash[closing] = 0
    orgs.coordinator_mfte[closing] = 0
    orgs.paid_mfte[closing] = 0
    gone = which[supporters.org]
    supporters.state[gone] = Post.LEFT
    supporters.load[gone] = 0
    served = (people.stage == Stage.SUPPORTED) | (people.stage == Stage.PAIRED)
    index = np.flatnonzero(served)
    back_to_queue(w, index[which[people.host[index]]])


@dataclass(frozen=True)
class Budgets:
    """Whole pence a week for peer support in the places simulated. `to_award` int64[area rows, 4] by payer;
    `aside` int64[area rows, 2]: the board's, for personal budgets and for payment by outcome."""

    to_award: np.ndarray
    aside: np.ndarray


def budgets(w: Week) -> Budgets:
    """What each payer has this week, under this week's policy."""
    levers, adults = w.levers, np.tile(np.asarray(w.shape.n_places) * w.shape.place_size, w.n_worlds)
    growth = np.ones(len(adults))
    for _ in range(w.shape.aprils(w.now)):
        growth *= 1.0 + levers.budget_growth
    gbp = np.stack([getattr(levers, name) for name in BUDGETS], axis=1) * growth[:, None] * (1.0 - levers.cut)[:, None]
    convinced = np.where(levers.conviction >= 1, commissioned(w.state.conviction), 1.0)
    gbp[:, Payer.BOARD] *= convinced
    whole = np.floor(gbp * 100.0 * adults[:, None]).astype(np.int64) // YEAR
    shares = zip(levers.personal_budget_share.tolist(), levers.outcome_payment_share.tolist(), strict=True)
    board = whole[:, Payer.BOARD].tolist()
    aside = np.array([set_aside(b, own, outcome) for b, (own, outcome) in zip(board, shares, strict=True)], np.int64)
    whole[:, Payer.BOARD] -= aside.sum(axis=1)
    return Budgets(whole, aside)


def promised(orgs: Organisations, payer: int) -> np.ndarray:
    """int64[organisations]: pence a week promised by a payer in awards now running."""
    return np.where(orgs.award[:, payer] > 0, orgs.last_award[:, payer], 0)


def _award(w: Week, money: Budgets) -> None:
    """Payers award what is free: to those whose award has ended, then to all they pay who are below their share."""
    for payer in Payer:
        if w.shape.is_april(w.now):
            _keep_within(w, payer, money.to_award[:, payer])
        over = (w.orgs.award_end[:, payer] <= w.now) & _asks(w.orgs, payer) & ~w.held[w.orgs.area_row]
        w.orgs.award[over, payer] = 0
        free = money.to_award[:, payer] - _by_row(w, promised(w.orgs, payer))
        for row in np.flatnonzero((free > 0) & ~w.held):
            _award_one(w, int(row), payer, int(money.to_award[row, payer]), int(free[row]))


def _asks(orgs: Organisations, payer: int) -> np.ndarray:
    return (orgs.pays >> np.uint8(payer)) & 1 == 1


def _by_row(w: Week, pence: np.ndarray) -> np.ndarray:
    """int64[area rows]: the sum over organisations."""
    out = np.zeros(len(w.state.spent), np.int64)
    np.add.at(out, w.orgs.area_row, pence)
    return out


def _keep_within(w: Week, payer: int, budget: np.ndarray) -> None:
    """Each April a payer who has promised more than it now has pays what it has, in proportion."""
    orgs = w.orgs
    for row in np.flatnonzero((_by_row(w, orgs.award[:, payer]) > budget) & ~w.held):
        mine = np.flatnonzero((orgs.area_row == row) & (orgs.award[:, payer] > 0))
        orgs.award[mine, payer] = divide(int(budget[row]), orgs.award[mine, payer])
        orgs.last_award[mine, payer] = orgs.award[mine, payer]


def _award_one(w: Week, row: int, payer: int, budget: int, free: int) -> None:
    """Shares of the whole budget by the area's rule; new awards first, the rest to those below their share."""
    orgs = w.orgs
    over = orgs.award_end[:, payer] <= w.now
    asking = np.flatnonzero((orgs.area_row == row) & _asks(orgs, payer) & (orgs.open | over))
    shares = divide(budget, _weights(w, row, payer, asking))
    first = over[asking]
    due = asking[first]
    given = shares[first] if shares[first].sum() <= free else divide(free, shares[first])
    _give(w, due, payer, given)
    orgs.award_end[due[given > 0], payer] = w.now + max(1, int(w.levers.award_years[row] * YEAR))
    gaps = np.maximum(0, shares - promised(orgs, payer)[asking])
    more = divide(free - int(given.sum()), gaps)
    some = more > 0
    _give(w, asking[some], payer, more[some])


def _give(w: Week, who: np.ndarray, payer: int, pence: np.ndarray) -> None:
    """These organisations have so much more from now on; one that was closed starts again, at a cost."""
    orgs, some = w.orgs, pence > 0
    index, pence = who[some], pence[some]
    again = index[~orgs.open[index]]
    orgs.last_award[index, payer] = promised(orgs, payer)[index] + pence
    orgs.award[index, payer] += pence
    orgs.open[index] = True
    orgs.core[again] = np.floor(income(w)[again] * w.par.restart_share[orgs.area_row[again] // w.n_areas])


def _weights(w: Week, row: int, payer: int, asking: np.ndarray) -> np.ndarray:
    """int64[n]: weights by the area's rule."""
    rule = int(w.levers.allocation[row])
    need, deprived = tell_needs(w, asking) if rule in NEEDS_TOLD else (asking, asking)
    queue = _queues(w)[asking] if rule == DEMAND else asking
    return award_weights(rule, w.orgs.last_award[asking, payer], need, deprived, queue, w.orgs.starts[asking])


def _queues(w: Week) -> np.ndarray:
    """int64[organisations]: people waiting."""
    waiting = w.at(Stage.WAITING)
    return np.bincount(w.people.host[waiting], minlength=len(w.orgs.open))


def _pay_by_person(w: Week, money: Budgets) -> None:
    """Each quarter: what personal budgets and payment by outcome pay weekly, for the quarter that is over."""
    orgs, pots = w.orgs, w.state.pots
    if w.now % QUARTER == 0:
        prices = (w.par.personal_budget_gbp, w.par.outcome_gbp)
        orgs.tariff[:] = 0
        for row, k in np.argwhere(pots > 0):
            mine = np.flatnonzero((orgs.area_row == row) & orgs.open & ~orgs.nhs & (orgs.units[:, k] > 0))
            price = int(prices[k][row // w.n_areas] * 100.0)
            total = paid_per_week(int(pots[row, k]), int(orgs.units[mine, k].sum()), price)
            orgs.tariff[mine, k] = divide(total, orgs.units[mine, k])
        orgs.units[:] = 0
    pots += np.where(w.held, 0, money.aside.T).T
    np.subtract.at(pots, orgs.area_row, orgs.tariff)


def income(w: Week) -> np.ndarray:
    """int64[organisations]: pence a week from awards, from payment by person, and from own sources."""
    orgs = w.orgs
    return np.where(orgs.open, orgs.award.sum(axis=1) + orgs.tariff.sum(axis=1) + orgs.own_income, 0)


def _plan(w: Week) -> None:
    """Posts that income and a part of reserves will pay for, in thousandths of a post, when running costs are met."""
    orgs, par, row = w.orgs, w.par, w.orgs.area_row
    world, levers = row // w.n_areas, w.levers
    money = income(w) + np.maximum(0, orgs.cash) // par.reserve_use_weeks[world].astype(np.int64)
    contract = levers.contract_share[row] * (orgs.award[:, Payer.BOARD] > 0)
    share = core_share(
        par.overhead_share[world],
        par.contract_overhead[world],
        contract,
        levers.evaluation_share[row],
        par.team_cost[world],
        levers.working_together[row],
    )
    real = worth(money * (1.0 - share), orgs.shortfall, levers.core_cost_share[row], par.shortfall_lost[world])
    core = running_costs(money - real, orgs.core, par.running_cost_fall[world])
    orgs.core[:] = np.where(orgs.open, core, 0)
    real = np.maximum(0.0, money - orgs.core)
    paid, coordinate = split(
        orgs.nhs,
        levers.paid_share[row],
        levers.supervision_share[row],
        par.nhs_paid_share[world],
        par.volunteer_coordination[world],
    )
    orgs.coordinator_mfte[:] = np.floor(real * coordinate * 1000.0 / week_pence(par.coordinator_gbp_year[world]))
    orgs.paid_mfte[:] = np.floor(real * paid * 1000.0 / week_pence(par.paid_gbp_year[world]))


def week_pence(gbp_year: np.ndarray) -> np.ndarray:
    """Pence a week of pounds a year."""
    return gbp_year * 100.0 / YEAR


def cost(w: Week) -> np.ndarray:
    """int64[organisations]: pence of a week's pay, volunteers' costs and running costs."""
    orgs, par, supporters = w.orgs, w.par, w.supporters
    world = orgs.area_row // w.n_areas
    active = supporters.state < Post.LEFT
    paid_mfte = np.bincount(supporters.org[active], weights=supporters.mfte[active], minlength=len(orgs.open))
    volunteers = np.bincount(supporters.org[active & (supporters.paid == 0)], minlength=len(orgs.open))
    pay = np.floor(orgs.coordinator_mfte * week_pence(par.coordinator_gbp_year[world]) / 1000.0)
    pay += np.floor(paid_mfte * week_pence(par.paid_gbp_year[world]) / 1000.0)
    pay += np.floor(volunteers * week_pence(par.volunteer_gbp_year[world]))
    return np.where(orgs.open, pay + orgs.core, 0).astype(np.int64)


def _pay(w: Week, money: Budgets) -> None:
    """A week's costs leave; income arrives; what payers spend, and do not, is recorded."""
    orgs, spent = w.orgs, w.state.spent
    got, out = income(w), cost(w)
    start = (w.now == 0) * w.par.reserve_start_weeks[orgs.area_row // w.n_areas].astype(np.int64) * got
    held = w.held[orgs.area_row]
    orgs.cash += np.where(held, start, got + start - out)
    orgs.spent += np.where(held, got, out)
    for payer in Payer:
        np.add.at(spent[:, payer], orgs.area_row, orgs.award[:, payer])
    np.add.at(spent[:, Payer.BOARD], orgs.area_row, orgs.tariff.sum(axis=1))
    np.add.at(spent[:, OWN_SOURCES], orgs.area_row, np.where(orgs.open, orgs.own_income, 0))
    spent[:, UNSPENT] += money.to_award.sum(axis=1) + money.aside.sum(axis=1) - spent[:, : len(Payer)].sum(axis=1)
