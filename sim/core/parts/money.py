"""An organisation's income and costs this week, in whole pence."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from sim.compiled import rule, whole
from sim.core.parts.scale import area_pence
from sim.rules.award import DECIDED, RUNS, goes_back, is_away, vacancy_filled
from sim.rules.fund import week_pence
from sim.rules.ledger import Line, PayerLine
from sim.vocabulary import Payer

if TYPE_CHECKING:
    from sim.core.week import Week

PAYERS = len(Payer)


@rule
def awarded(w: Week, o: int) -> int:
    """Pence a week from all awards."""
    pence = 0
    for payer in range(PAYERS):
        pence += w.orgs.award[o, payer]
    return pence


@rule
def tariffs(w: Week, o: int) -> int:
    """Pence a week from payment by person."""
    return w.orgs.tariff[o, 0] + w.orgs.tariff[o, 1]


@rule
def income(w: Week, o: int) -> int:
    """Pence a week from awards, from payment by person, and from own sources."""
    return awarded(w, o) + tariffs(w, o) + w.orgs.own_income[o] if w.orgs.open[o] else 0


@rule
def workers_pay(w: Week, o: int, mfte: int) -> int:
    """Pence of a week's pay of so many thousandths of a paid worker's post."""
    return math.floor(mfte * week_pence(w.par.paid_gbp_year[w.orgs.area_row[o] // w.n_areas]) / 1000.0)


@rule
def coordinators_pay(w: Week, o: int) -> int:
    """Pence of a week's pay of the coordinators in post."""
    week = week_pence(w.par.coordinator_gbp_year[w.orgs.area_row[o] // w.n_areas])
    return math.floor(w.orgs.coordinator_mfte[o] * week / 1000.0)


@rule
def volunteers_cost(w: Week, o: int, volunteers: int) -> int:
    """Pence of a week's costs of so many volunteers."""
    return math.floor(volunteers * week_pence(w.par.volunteer_gbp_year[w.orgs.area_row[o] // w.n_areas]))


@rule
def cost(w: Week, o: int) -> int:
    """Pence of a week's pay, volunteers' costs and running costs. Posts are as `count_posts` found them."""
    if not w.orgs.open[o]:
        return 0
    pay = coordinators_pay(w, o) + workers_pay(w, o, w.posts.paid[o])
    return pay + volunteers_cost(w, o, w.posts.volunteers[o]) + w.orgs.core[o]


@rule
def give_back(w: Week, o: int, payer: int) -> None:
    """As an award ends, its payer has back what came from it and is held beyond a reserve."""
    orgs, par, row = w.orgs, w.par, w.orgs.area_row[o]
    world = row // w.n_areas
    award, kept = orgs.award[o, payer], par.reserve_kept_weeks[world]
    pence = goes_back(orgs.cash[o], income(w, o), award, kept, par.award_returned[world])
    orgs.cash[o] -= pence
    orgs.ledger[o, Line.RETURNED] += pence
    back = area_pence(w, o, pence)
    w.state.spent[row, payer] -= back  # what a payer spends is what it does not have back
    w.state.ledger[row, payer, PayerLine.RETURNED] += back
    w.state.ledger[row, payer, PayerLine.AWARDED] += back


@rule
def bridged(w: Week, o: int) -> int:
    """Pence a week of awards that are decided and begin later, where reserves last until they do; else nothing."""
    orgs, weekly, needed = w.orgs, 0, 0
    for payer in range(PAYERS):
        if orgs.award_stage[o, payer] == DECIDED and is_away(DECIDED, orgs.award_end[o, payer], w.now):
            weekly += orgs.last_award[o, payer]
            needed += orgs.last_award[o, payer] * (orgs.award_end[o, payer] - w.now)
    return weekly if orgs.open[o] and orgs.cash[o] >= needed else 0


@rule
def is_filled(w: Week, o: int, which: int, is_vacant: bool) -> bool:
    """Whether posts of one kind (column `which` of `advertised`) may be filled: at once where none is vacant, which ends the
    advertisement; else when it has run long enough."""
    if not is_vacant:
        w.orgs.advertised[o, which] = 0
        return True
    weeks = w.par.post_fill_weeks[w.orgs.area_row[o] // w.n_areas]
    w.orgs.advertised[o, which] = vacancy_filled(w.orgs.advertised[o, which], w.now, weeks)
    return w.orgs.advertised[o, which] <= w.now


@rule
def away(w: Week, o: int) -> int:
    """Pence a week of awards that ended and are waited for, or asked for again."""
    pence = 0
    for payer in range(PAYERS):
        if is_away(w.orgs.award_stage[o, payer], w.orgs.award_end[o, payer], w.now):
            pence += w.orgs.last_award[o, payer]
    return pence


@rule
def weeks_left(w: Week, o: int) -> int:
    """Weeks until no award of today's runs any more; negative in a gap."""
    ends = 0
    for payer in range(PAYERS):
        if w.orgs.award_stage[o, payer] == RUNS:
            ends = max(ends, whole(w.orgs.award_end[o, payer]))
    return ends - w.now
