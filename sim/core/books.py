"""The ledger as it is written: what moves in a week, line by line; a year that ends; what a run has of it."""

from __future__ import annotations

import numpy as np

from sim.compiled import apart, rule
from sim.core.parts.money import PAYERS, coordinators_pay, tariffs, volunteers_cost, workers_pay
from sim.core.parts.where import world_of
from sim.core.week import Week
from sim.rules.fund import worth
from sim.rules.ledger import LINES, PAYER_LINES, Line, PayerLine, lapse, running_lines
from sim.rules.scale import to_area
from sim.vocabulary import Payer

BOARD, FROM_BOARD = int(Payer.BOARD), int(Line.FROM_BOARD)
Year = tuple[np.ndarray, np.ndarray]
"""int64[area rows, payers, PAYER_LINES], int64[organisations, LINES]."""


@apart
def book_week(w: Week, o: int, start: int) -> None:
    """What comes in and goes out in a week, as `income` and `cost` add it up; `start`: reserves given as a run begins."""
    orgs, book, posts = w.orgs, w.orgs.ledger[o], w.posts
    if not orgs.open[o]:
        return
    for payer in range(PAYERS):
        book[FROM_BOARD + payer] += orgs.award[o, payer]
    book[Line.BY_PERSON] += tariffs(w, o)
    book[Line.OWN_INCOME] += orgs.own_income[o]
    book[Line.RESERVES_GIVEN] += start
    in_training = workers_pay(w, o, posts.training[o])
    new_volunteers = volunteers_cost(w, o, posts.trainees[o])
    book[Line.POSTS] += workers_pay(w, o, posts.paid[o]) - in_training
    book[Line.COORDINATION] += coordinators_pay(w, o)
    book[Line.TRAINING] += in_training + new_volunteers
    book[Line.EXPENSES] += volunteers_cost(w, o, posts.volunteers[o]) - new_volunteers
    _running(w, o)
    book[Line.POST_WEEKS] += posts.paid[o]
    book[Line.COORDINATOR_WEEKS] += orgs.coordinator_mfte[o]
    book[Line.VOLUNTEER_WEEKS] += posts.volunteers[o]
    book[Line.PLACE_WEEKS] += posts.places[o]


@rule
def _running(w: Week, o: int) -> None:
    """Running costs, by what they are for."""
    orgs, par, levers, row = w.orgs, w.par, w.levers, w.orgs.area_row[o]
    book, world = orgs.ledger[o], world_of(w, row)
    contract = levers.contract_share[row] if orgs.award[o, BOARD] > 0 else 0.0
    lines = running_lines(
        orgs.core[o],
        par.overhead_share[world] + par.contract_overhead[world] * contract,
        levers.evaluation_share[row],
        par.team_cost[world] * levers.working_together[row],
        1.0 - worth(1.0, orgs.shortfall[o], levers.core_cost_share[row], par.shortfall_lost[world]),
    )
    book[Line.OVERHEAD] += lines[0]
    book[Line.EVALUATION] += lines[1]
    book[Line.WORKING_TOGETHER] += lines[2]
    book[Line.MADE_GOOD] += lines[3]


@rule
def book_closing(w: Week, o: int) -> None:
    """What is left goes to creditors; what is owed is not paid."""
    w.orgs.ledger[o, Line.TO_CREDITORS] += max(0, w.orgs.cash[o])
    w.orgs.ledger[o, Line.NOT_PAID] += max(0, -w.orgs.cash[o])


@rule
def book_payers(w: Week, row: int, ends: int) -> None:
    """Each payer's week; what it has left lapses where a financial year `ends`."""
    for payer in range(PAYERS):
        book, unspent = w.state.ledger[row, payer], w.state.unspent[row]
        has = w.posts.to_award[row, payer]
        if payer == BOARD:
            has += w.posts.aside[row, 0] + w.posts.aside[row, 1]
        book[PayerLine.BUDGET] += has
        book[PayerLine.AWARDED] += w.state.spent[row, payer]
        unspent[payer] += has - w.state.spent[row, payer]
        if ends:
            aside = w.state.pots[row, 0] + w.state.pots[row, 1] if payer == BOARD else 0
            lapsed, beyond = lapse(unspent[payer], aside)
            book[PayerLine.LAPSED] += lapsed
            book[PayerLine.BEYOND] += beyond
            unspent[payer] = aside


# ---- years


def open_year(w: Week) -> None:
    """A year begins with what is held."""
    w.orgs.ledger[:] = 0
    w.state.ledger[:] = 0
    w.orgs.ledger[:, Line.HELD_AT_START] = w.orgs.cash
    w.state.ledger[:, :, PayerLine.UNSPENT_AT_START] = w.state.unspent


def close_year(w: Week) -> Year:
    """The books of the year that ends, and the next begins. Starts of bodies of the area are told at its scale."""
    w.orgs.ledger[:, Line.HELD_AT_END] = w.orgs.cash
    w.state.ledger[:, :, PayerLine.UNSPENT_AT_END] = w.state.unspent
    wide, row = w.orgs.place < 0, w.orgs.area_row
    starts = w.orgs.ledger[:, Line.STARTS]
    starts[wide] = to_area(starts, w.tables.part[row], w.tables.of[row])[wide]  # type: ignore[arg-type, index]
    year = w.state.ledger.copy(), w.orgs.ledger.copy()
    open_year(w)
    return year


def ledger_of(w: Week, years: list[Year]) -> Year:
    """int64[area rows, years, payers, PAYER_LINES]; int64[organisations, years, LINES], world by world as their table is."""
    payers = np.zeros((len(w.state.ledger), len(years), PAYERS, PAYER_LINES), np.int64)
    each = np.zeros((len(w.orgs.open), len(years), LINES), np.int64)
    for k, (of_payers, of_organisations) in enumerate(years):
        payers[:, k] = of_payers
        each[: len(of_organisations), k] = of_organisations
    return payers, each[np.argsort(w.orgs.area_row // w.n_areas, kind="stable")]
