"""The ledger balances to the penny in both engines, says where the money went, and is the same when it is read again."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from fakes import fake_result
from histories import HARSH, assert_balances, assert_same, both

from scenarios.running.tables import make_tables, to_result
from sim.numbers.parameters import draw_parameters
from sim.results import ledger, pooling
from sim.results.result import Result
from sim.rules.ledger import COUNTS, IN, OUT, SPENT, Line, PayerLine, lapse, running_lines
from sim.vocabulary import Event, Payer

POORER = {"cut": 0.8, "lose_largest": 1}
BUSY = (
    HARSH["personal budgets and outcomes"]
    | HARSH["short awards"]
    | {"working_together": 1, "evaluation_share": 0.1, "recruitment": 5}
)


@pytest.fixture(scope="module")
def pair() -> tuple[Result, Result]:
    """Two areas, all of whose people are simulated: payment by person, short awards, a cut within a year, organisations that close."""
    return both([5, 17], 800, 400, 75, 3, policy=BUSY, later=POORER, at=30, whole=True)


# ---- the rules


def test_running_costs_are_told_apart_to_the_penny_and_in_proportion() -> None:
    assert running_lines(1000, 0.1, 0.1, 0.1, 0.0) == (334, 333, 333, 0)
    overhead, evaluation, together, left_out = running_lines(1_000_000, 0.2, 0.1, 0.0, 0.5)
    assert overhead + evaluation + together + left_out == 1_000_000 and together == 0
    assert left_out / evaluation == pytest.approx(0.7 * 0.5 / 0.1, rel=1e-4)
    assert running_lines(77, 0.0, 0.0, 0.0, 0.0) == (77, 0, 0, 0)


def test_what_is_set_aside_does_not_lapse() -> None:
    assert lapse(100, 30) == (70, 0) and lapse(30, 30) == (0, 0)
    assert lapse(-20, 0) == (0, 20), "paid beyond the budget"


def test_spending_is_shared_by_income_to_the_penny() -> None:
    books = np.zeros((3, 1, len(Line)), np.int64)
    books[0, 0, [Line.FROM_BOARD, Line.BY_PERSON, Line.OWN_INCOME]] = 1, 1, 1
    books[:2, 0, Line.POSTS] = 100
    found = ledger.spending_by_source(books)[:, 0]
    assert found[0].tolist() == [67, 0, 0, 0, 33, 0]
    assert found[1].tolist() == [0, 0, 0, 0, 0, 100], "without income it is spent out of reserves"
    assert not found[2].any()


# ---- both engines


def test_the_books_balance_in_both_engines(pair: tuple[Result, Result]) -> None:
    assert_same(*pair)
    for result in pair:
        assert_balances(result)
    books, payers = pair[0].books.sum(axis=(0, 1)), pair[0].ledger.sum(axis=(0, 1, 2))
    for line in (
        Line.BY_PERSON,
        Line.TRAINING,
        Line.EVALUATION,
        Line.WORKING_TOGETHER,
        Line.MADE_GOOD,
        Line.TO_CREDITORS,
    ):
        assert books[line] > 0, line.name
    assert payers[PayerLine.LAPSED] > 0 and payers[PayerLine.BEYOND] > 0


def test_what_payers_gave_is_what_organisations_had(pair: tuple[Result, Result]) -> None:
    """Where all of an area are simulated, payer by payer and year by year."""
    one = pair[0]
    area = one.organisations["area_row"] % 2
    had = one.books[..., Line.FROM_BOARD : Line.FROM_CHARITY + 1].copy()
    had[..., Payer.BOARD] += one.books[..., Line.BY_PERSON]
    for row in (0, 1):
        assert np.array_equal(one.ledger[row, :, :, PayerLine.AWARDED], had[area == row].sum(axis=0))


def test_the_ledger_is_the_weekly_table_added_up(pair: tuple[Result, Result]) -> None:
    one = pair[0]
    paid = np.stack([one.column(f"spent_{payer}_pence").sum(axis=0) for payer in ledger.PAYERS], axis=1)
    net = one.ledger[..., PayerLine.AWARDED] - one.ledger[..., PayerLine.RETURNED]
    assert np.array_equal(net.sum(axis=1), paid), "what a payer spends is what it does not have back"
    kinds = one.events[one.events[:, 2] == Event.STARTED][:, 3]
    assert one.books[..., Line.STARTS].sum() == np.isin(kinds, (1, 2, 3)).sum()


def test_pay_is_posts_times_a_week_of_pay() -> None:
    """Closed form, within a penny a week: coordinators' pay; peer workers' at most as posts, with those in training no less."""
    richer = BUSY | {"budget_board": 20.0, "budget_trust": 20.0}
    one, par = both([5], 2000, 400, 75, 3, policy=richer, whole=True)[0], draw_parameters([0]).world(0)
    coordination = one.books[..., Line.COORDINATOR_WEEKS] * par.coordinator_gbp_year / 52 / 10
    assert np.abs(one.books[..., Line.COORDINATION] - coordination).max() <= 52
    pay = one.books[..., Line.POST_WEEKS] * par.paid_gbp_year / 52 / 10
    assert pay.any() and (one.books[..., Line.POSTS] <= pay).all()
    assert (one.books[..., Line.POSTS] + one.books[..., Line.TRAINING] >= pay - 52).all()


def test_a_year_that_is_not_whole_and_a_burn_in(pair: tuple[Result, Result]) -> None:
    """A ledger begins with what is held as the reported weeks begin."""
    one, other = both([5], 400, 400, 30, 3, burn_in=30)
    assert_same(one, other)
    assert_balances(one)
    assert one.books.shape[1] == 1 and one.books[:, 0, Line.HELD_AT_START].any()
    assert not one.books[:, 0, Line.RESERVES_GIVEN].any()


def test_with_no_money_every_line_of_payers_is_nothing() -> None:
    one, _ = both([5], 400, 400, 30, 3, policy=HARSH["no money"])
    assert not one.ledger.any()
    assert one.books[..., Line.OWN_INCOME].sum() > 0 == one.books[..., Line.FROM_BOARD].sum()


# ---- read again


def test_the_table_is_read_back_as_it_was(pair: tuple[Result, Result]) -> None:
    for result in (pair[0], fake_result()):
        again = to_result(make_tables(result), result.shape, {})
        assert np.array_equal(again.ledger, result.ledger) and np.array_equal(again.books, result.books)


def test_every_row_of_the_table_balances_and_spending_by_payer_adds_up(pair: tuple[Result, Result]) -> None:
    found = make_tables(pair[0])["ledger"]
    into, out = (sum(found[name] for name in names) for names in (ledger.IN_COLUMNS, ledger.OUT_COLUMNS))
    assert np.array_equal(into, out)
    spent = sum(found[ledger.OF_ORGANISATIONS[line]] for line in SPENT)
    assert np.array_equal(sum(found[name] for name in ledger.SPENT_OF), spent)
    assert set(found["body"]) == {*ledger.PAYERS, ledger.ORGANISATION}


def test_the_sums_of_a_report_add_up_and_leave_no_area_out(pair: tuple[Result, Result]) -> None:
    one = pair[0]
    found = ledger.flow(one)
    assert sum(found.organisations[line] for line in IN) == pytest.approx(
        sum(found.organisations[line] for line in OUT)
    )
    each = [ledger.flow(part).payers[PayerLine.BUDGET] for _, part in pooling.each_area(one)]
    assert found.payers[PayerLine.BUDGET] == pytest.approx(np.mean(each))
    assert found.counts[Line.STARTS] > 0 and set(found.counts) == set(COUNTS)


def test_a_local_organisation_stands_for_those_of_its_kind(pair: tuple[Result, Result]) -> None:
    """A tenth of an area: what local organisations have counts tenfold, what serves the area once."""
    one = pair[0]
    tenth = replace(one, shape=replace(one.shape, all_places=tuple(10 * n for n in one.shape.n_places)))
    wide = one.organisations["place"] < 0
    had = one.books[..., Line.OWN_INCOME].sum(axis=1)
    per_adult = (had[wide].sum() + 10 * had[~wide].sum()) / 100 / (10 * 800) / (75 / 52)
    assert ledger.flow(tenth).organisations[Line.OWN_INCOME] == pytest.approx(per_adult)
