"""Payers award money: to those whose award has ended, then to all they pay who are below their share. Pence of the area."""

from __future__ import annotations

import math

import numpy as np

from sim.compiled import apart, rule, whole
from sim.core.parts.luck import body, mixed, unit
from sim.core.parts.money import PAYERS, give_back, income
from sim.core.parts.scale import area_pence, own_pence, seen_by, weight_in_area
from sim.core.week import Week
from sim.draws import Purpose
from sim.rules.award import DECIDED, RUNS, applied, is_away, is_due, is_own_team, measured_by, renewed, shares
from sim.rules.fund import DEMAND, NEEDS_TOLD, award_weight, share_out
from sim.rules.lean import DEPRIVED
from sim.vocabulary import YEAR, Stage, fifth_of

NINETEEN, ONE = np.uint64(19), np.uint64(1)


@apart
def award(w: Week, april: int) -> None:
    """Every payer of every area, one after the other; areas do not meet."""
    for payer in range(PAYERS):
        for row in range(len(w.posts.have)):
            if not w.held[row]:
                _commission(w, row, payer, april)


@rule
def asks(w: Week, o: int, payer: int) -> bool:
    """Whether an organisation is one that this payer pays."""
    return w.orgs.pays[o] >> payer & 1 == 1


@rule
def promised(w: Week, o: int, payer: int) -> int:
    """Pence a week promised in an award now running (prices may have eaten some of its worth), as its payer counts them."""
    return area_pence(w, o, w.orgs.last_award[o, payer]) if w.orgs.award[o, payer] > 0 else 0


@rule
def kept(w: Week, o: int, payer: int) -> int:
    """Pence a week set aside for an award that is decided and begins later: as much as the one before it."""
    stage, end = w.orgs.award_stage[o, payer], w.orgs.award_end[o, payer]
    return area_pence(w, o, w.orgs.last_award[o, payer]) if stage == DECIDED and is_away(stage, end, w.now) else 0


@rule
def _decide(w: Week, o: int, payer: int, budget: int) -> None:
    """An award is over, or there is none: it is given again, late perhaps; or refused; or applied for."""
    orgs, par, world = w.orgs, w.par, w.orgs.area_row[o] // w.n_areas
    ends = orgs.award[o, payer] > 0
    give_back(w, o, payer)
    orgs.award[o, payer] = 0
    if orgs.award_stage[o, payer] == DECIDED or budget <= 0:
        return
    if is_own_team(orgs.nhs[o], payer):
        orgs.award_stage[o, payer] = DECIDED
        return
    key = body(orgs.base[o], (np.uint64(orgs.ordinal[o]) << NINETEEN) | (np.uint64(payer) + ONE))
    u = unit(mixed(key ^ w.keys[Purpose.AWARD_DECIDED]))
    if ends:
        stage, weeks = renewed(
            u,
            unit(mixed(key ^ w.keys[Purpose.AWARD_LATE])),
            par.award_refused[world],
            par.award_gap_share[world],
            par.award_gap_weeks[world],
            par.apply_weeks[world],
        )
    else:
        stage, weeks = applied(u, par.first_award[world], par.apply_weeks[world])
    orgs.award_stage[o, payer] = stage
    orgs.award_end[o, payer] = w.now + weeks


@apart
def _commission(w: Week, row: int, payer: int, april: int) -> None:
    """One payer of one area: awards that are over end, and what is free is shared out."""
    orgs, budget = w.orgs, w.posts.to_award[row, payer]
    if april:
        _keep_within(w, row, payer, budget)
    free, crumbs = budget, 0
    for o in range(len(orgs.open)):
        if orgs.area_row[o] == row:
            if asks(w, o, payer):
                crumbs += area_pence(w, o, 1) - 1
                if orgs.award_end[o, payer] <= w.now:
                    _decide(w, o, payer, budget)
            free -= promised(w, o, payer) + kept(w, o, payer)
    if free > crumbs:  # so little is left where each has its share in whole pence
        _share_out(w, row, payer, budget, free)


@apart
def _keep_within(w: Week, row: int, payer: int, budget: int) -> None:
    """Each April a payer who has promised more than it now has pays what it has, in proportion."""
    orgs, share, n, total = w.orgs, w.share, 0, 0
    for o in range(len(orgs.open)):
        if orgs.area_row[o] == row and orgs.award[o, payer] > 0:
            share.who[n] = o
            share.weight[n] = area_pence(w, o, orgs.award[o, payer])
            total += share.weight[n]
            n += 1
    if total <= budget:
        return
    share_out(budget, share.weight[:n], share.pence, share.over)
    for k in range(n):
        pence = own_pence(w, share.who[k], share.pence[k])
        orgs.award[share.who[k], payer] = pence
        orgs.last_award[share.who[k], payer] = pence


@apart
def _share_out(w: Week, row: int, payer: int, budget: int, free: int) -> None:
    """Shares of the whole budget by the area's rule; new awards first, the rest to those below their share."""
    orgs, share, n = w.orgs, w.share, 0
    rule_ = whole(w.levers.allocation[row])
    for o in range(len(orgs.open)):
        if orgs.area_row[o] == row and asks(w, o, payer) and shares(orgs.award_stage[o, payer], orgs.open[o]):
            share.who[n] = o
            share.weight[n] = _weight(w, o, payer, rule_)
            n += 1
    share_out(budget, share.weight[:n], share.pence, share.over)
    left, gaps = free - _new_awards(w, row, payer, free, n), 0
    for k in range(n):
        o = share.who[k]
        away = is_away(orgs.award_stage[o, payer], orgs.award_end[o, payer], w.now)
        share.weight[k] = 0 if away else max(0, share.pence[k] - promised(w, o, payer))
        gaps += share.weight[k]
    share_out(min(left, gaps), share.weight[:n], share.given, share.over)
    for k in range(n):
        _give(w, share.who[k], payer, share.given[k])


@rule
def _new_awards(w: Week, row: int, payer: int, free: int, n: int) -> int:
    """Whose award is over has a share, as far as what is free goes. Returns what was given."""
    orgs, share, due, wanted = w.orgs, w.share, 0, 0
    for k in range(n):
        if is_due(orgs.award_stage[share.who[k], payer], orgs.award_end[share.who[k], payer], w.now):
            share.due[due] = share.who[k]
            share.weight[due] = share.pence[k]
            wanted += share.pence[k]
            due += 1
    if wanted > free:
        share_out(free, share.weight[:due], share.given, share.over)
        wanted = free
    else:
        for k in range(due):
            share.given[k] = share.weight[k]
    weeks = max(1, whole(w.levers.award_years[row] * YEAR))
    for k in range(due):
        _give(w, share.due[k], payer, share.given[k])
        if orgs.award[share.due[k], payer] > 0:
            orgs.award_end[share.due[k], payer] = w.now + weeks
            orgs.award_stage[share.due[k], payer] = RUNS
    return wanted


@apart
def _give(w: Week, o: int, payer: int, given: int) -> None:
    """An organisation has so much more of the area's pence from now on; one that was closed starts again, at a cost."""
    pence = own_pence(w, o, given)
    if pence <= 0:
        return
    orgs, again = w.orgs, not w.orgs.open[o]
    orgs.last_award[o, payer] = (orgs.last_award[o, payer] if orgs.award[o, payer] > 0 else 0) + pence
    orgs.award[o, payer] += pence
    orgs.open[o] = True
    if again:
        w.room.listed_for[0] = 0
        orgs.core[o] = math.floor(income(w, o) * w.par.restart_share[orgs.area_row[o] // w.n_areas])


@rule
def _weight(w: Week, o: int, payer: int, rule_: int) -> int:
    """The weight of an organisation by the area's rule, with those of its kind."""
    need, deprived, queue = 0, 0, 0
    if rule_ in NEEDS_TOLD:
        need, deprived = _told_needs(w, o)
    elif rule_ == DEMAND:
        queue = seen_by(w, o, _queue(w, o))
    starts, first = seen_by(w, o, w.orgs.starts[o]), w.par.first_award_gbp[w.orgs.area_row[o] // w.n_areas]
    last = measured_by(w.orgs.last_award[o, payer], w.orgs.award_stage[o, payer], first)
    return award_weight(rule_, last, need, deprived, queue, starts) * weight_in_area(w, o)


@apart
def _told_needs(w: Week, o: int) -> tuple[int, int]:
    """People whose needs an organisation serves where it works, and those in the two most deprived fifths."""
    first, last = _where(w, o)
    served, deprived, people, needs = 0, 0, w.people, w.orgs.needs[o]
    for i in range(first * w.place_size, last * w.place_size):
        if people.needs[i] & needs:
            served += 1
            deprived += fifth_of(people.cell[i]) <= DEPRIVED
    return seen_by(w, o, served), seen_by(w, o, deprived)


@rule
def _where(w: Week, o: int) -> tuple[int, int]:
    """First and last place (plus one) in which an organisation works."""
    place, row = whole(w.orgs.place[o]), w.orgs.area_row[o]
    if place >= 0:
        return place, place + 1
    return w.tables.first_place[row], w.tables.first_place[row + 1]


@apart
def _queue(w: Week, o: int) -> int:
    """People waiting with an organisation."""
    first, last = _where(w, o)
    count = 0
    for i in range(first * w.place_size, last * w.place_size):
        count += w.people.stage[i] == Stage.WAITING and w.people.host[i] == o
    return count
