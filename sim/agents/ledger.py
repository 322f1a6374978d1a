"""The ledger of the readable engine: an organisation's lines and a payer's, week by week and year by year."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.rules.fund import worth
from sim.rules.ledger import LINES, PAYER_LINES, Line, PayerLine, lapse, running_lines
from sim.vocabulary import Payer, Post

if TYPE_CHECKING:
    from sim.agents.commissioner import Commissioner
    from sim.agents.model import PeerSupportModel
    from sim.agents.organisation import Organisation


def book_week(org: Organisation, start: int) -> None:
    """What comes in and goes out in a week; `start`: reserves given as a run begins."""
    if not org.open:
        return
    book = org.ledger
    for payer in Payer:
        book[Line.FROM_BOARD + payer] += org.award[payer]
    book[Line.BY_PERSON] += sum(org.tariff)
    book[Line.OWN_INCOME] += org.own_income
    book[Line.RESERVES_GIVEN] += start
    new = [s for s in org.supporters if s.state == Post.TRAINING]
    in_training = org.workers_pay(sum(s.mfte for s in new if s.paid))
    new_volunteers = org.volunteers_cost(sum(not s.paid for s in new))
    book[Line.POSTS] += org.workers_pay(org.paid_in_post()) - in_training
    book[Line.COORDINATION] += org.coordinators_pay()
    book[Line.TRAINING] += in_training + new_volunteers
    book[Line.EXPENSES] += org.volunteers_cost(org.volunteers()) - new_volunteers
    for line, pence in zip(
        (Line.OVERHEAD, Line.EVALUATION, Line.WORKING_TOGETHER, Line.MADE_GOOD), _running(org), strict=True
    ):
        book[line] += pence
    book[Line.POST_WEEKS] += org.paid_in_post()
    book[Line.COORDINATOR_WEEKS] += org.coordinator_mfte
    book[Line.VOLUNTEER_WEEKS] += org.volunteers()
    book[Line.PLACE_WEEKS] += org.count_active("places")


def _running(org: Organisation) -> tuple[int, int, int, int]:
    """Running costs, by what they are for."""
    par, policy = org.model.par, org.area.policy
    contract = policy.contract_share * (org.award[Payer.BOARD] > 0)
    return running_lines(
        org.core,
        par.overhead_share + par.contract_overhead * contract,
        policy.evaluation_share,
        par.team_cost * policy.working_together,
        1.0 - worth(1.0, org.shortfall, policy.core_cost_share, par.shortfall_lost),
    )


def book_closing(org: Organisation) -> None:
    """What is left goes to creditors; what is owed is not paid."""
    org.ledger[Line.TO_CREDITORS] += max(0, org.cash)
    org.ledger[Line.NOT_PAID] += max(0, -org.cash)


def book_payer(payer: Commissioner, ends: bool) -> None:
    """A payer's week; what it has left lapses where a financial year `ends`."""
    has, paid = payer.to_award + sum(payer.aside), payer.area.spent[payer.payer]
    payer.ledger[PayerLine.BUDGET] += has
    payer.ledger[PayerLine.AWARDED] += paid
    payer.unspent += has - paid
    if ends:
        lapsed, beyond = lapse(payer.unspent, sum(payer.pots))
        payer.ledger[PayerLine.LAPSED] += lapsed
        payer.ledger[PayerLine.BEYOND] += beyond
        payer.unspent = sum(payer.pots)


# ---- years


def open_year(model: PeerSupportModel) -> None:
    """A year begins with what is held."""
    for org in model.organisations:
        org.ledger = [0] * LINES
        org.ledger[Line.HELD_AT_START] = org.cash
    for payer in model.commissioners:
        payer.ledger = [0] * PAYER_LINES
        payer.ledger[PayerLine.UNSPENT_AT_START] = payer.unspent


def close_year(model: PeerSupportModel) -> None:
    """The books of the year that ends are kept, and the next begins. Starts of bodies of the area are told at its scale."""
    for org in model.organisations:
        org.ledger[Line.HELD_AT_END] = org.cash
        org.ledger[Line.STARTS] = org.sees(org.ledger[Line.STARTS])
        org.years.append(org.ledger)
    for payer in model.commissioners:
        payer.ledger[PayerLine.UNSPENT_AT_END] = payer.unspent
        payer.years.append(payer.ledger)
    open_year(model)


def ledger_of(model: PeerSupportModel, years: int) -> tuple[np.ndarray, np.ndarray]:
    """int64[areas, years, payers, PAYER_LINES]; int64[organisations, years, LINES], those before an organisation began zero."""
    payers = np.zeros((len(model.areas), years, len(Payer), PAYER_LINES), np.int64)
    for one in model.commissioners:
        payers[one.area.number, :, one.payer] = one.years
    books = np.zeros((len(model.organisations), years, LINES), np.int64)
    for org in model.organisations:
        if org.years:
            books[org.number, years - len(org.years) :] = org.years
    return payers, books
