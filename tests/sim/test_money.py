"""Pounds, supporters and places are conserved, week by week, in both engines and under harsh policies."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pytest

from sim.agents import model as agents
from sim.columns.start import make_shape, make_state
from sim.columns.state import Shape
from sim.core.engine import one_week, traced
from sim.core.record import count_week
from sim.core.week import Week
from sim.numbers.levers import INDEX, Timeline, today_values
from sim.numbers.parameters import draw_parameters
from sim.results.result import MONEY, WEEKLY
from sim.rules.fund import cannot_pay, paid_per_week, running_costs, set_aside
from sim.vocabulary import Payer

AREAS, PLACE, WEEKS, CHANGE = [5, 17], 800, 90, 44
BUDGETS = ("budget_board", "budget_council", "budget_trust", "budget_charity")
POLICIES: dict[str, tuple[dict[str, float], dict[str, float]]] = {
    "today": ({}, {}),
    "cliff under short awards": ({"award_years": 0.5, "new_organisations": 50}, {"cut": 0.7}),
    "by person": (
        {
            "personal_budget_share": 0.6,
            "outcome_payment_share": 0.4,
            "budget_board": 8,
            "mode_contact": 2,
            "pairs": 1,
            "sessions": 6,
        },
        {"personal_budget_share": 0, "price_shock": 0.3},
    ),
    "by need, growing": ({"allocation": 1, "award_years": 0.5, "budget_growth": 0.5}, {"lose_largest": 1}),
    "nothing, then plenty": (dict.fromkeys(BUDGETS, 0.0), {"budget_board": 9.0, "budget_trust": 5.0}),
}


@dataclass
class Books:
    """One week's books of one engine, area by area (pence): what an auditor would ask for."""

    week: int
    budget: np.ndarray
    weekly: np.ndarray
    pots: np.ndarray
    cash: np.ndarray
    spent: np.ndarray
    is_open: np.ndarray


def timeline(name: str) -> Timeline:
    """A policy, and another from week CHANGE."""
    values = []
    for changes in (POLICIES[name][0], POLICIES[name][0] | POLICIES[name][1]):
        levers = today_values(len(AREAS))
        for lever, value in changes.items():
            levers[INDEX[lever]] = value
        values.append(levers)
    return Timeline(np.array([0, CHANGE]), np.stack(values))


def whole_areas() -> Shape:
    """Two small areas, all of whose people are simulated."""
    shape = make_shape([(1, 0)], AREAS, PLACE * 4, PLACE, 0, WEEKS, 3)
    return replace(shape, all_places=shape.n_places)


def budget_of(course: Timeline, week: int) -> np.ndarray:
    """Pence a week of all payers, by area, straight from the levers."""
    levers = course.at(week)
    grown = (1.0 + levers[INDEX["budget_growth"]]) ** (week // 52) * (1.0 - levers[INDEX["cut"]])
    pounds = np.stack([levers[INDEX[name]] * grown for name in BUDGETS])
    return np.floor(pounds * 100 * PLACE * 2 / 52 + 1e-6).sum(axis=0)


def core_books(name: str) -> Iterator[Books]:
    """The fast engine, week by week."""
    shape = whole_areas()
    course = timeline(name)
    w = Week(make_state(shape, draw_parameters([1])), course, traced(shape, ()))
    for week in range(WEEKS):
        one_week(w, week)
        yield Books(
            week,
            budget_of(course, week),
            count_week(w),
            w.state.pots.copy(),
            w.orgs.cash.copy(),
            w.orgs.spent.copy(),
            w.orgs.open.copy(),
        )


def agent_books(name: str) -> Iterator[Books]:
    """The readable engine, week by week."""
    shape = whole_areas()
    course = timeline(name)
    model = agents.PeerSupportModel(shape, draw_parameters([1]), course)
    for week in range(WEEKS):
        model.step()
        boards = [c for c in model.commissioners if c.payer == Payer.BOARD]
        orgs = model.organisations
        yield Books(
            week,
            budget_of(course, week),
            np.array(model.weekly[-1]),
            np.array([c.pots for c in boards]),
            np.array([o.cash for o in orgs]),
            np.array([o.spent for o in orgs]),
            np.array([o.open for o in orgs]),
        )
    model.forget()


ENGINES = {"core": core_books, "agents": agent_books}


def column(books: Books, name: str) -> np.ndarray:
    """One weekly column, by area."""
    return books.weekly[:, WEEKLY.index(name)]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", POLICIES)
def test_every_penny_is_paid_or_unspent_and_organisations_books_balance(engine: str, name: str) -> None:
    """Budget = paid + unspent, each week; organisations hold what came in less what went out, to the penny."""
    par = draw_parameters([1])
    came_in = 0
    for books in ENGINES[engine](name):
        paid = sum(column(books, column_name) for column_name in MONEY[:4])
        whole = paid + column(books, "unspent_pence")
        assert np.all(np.abs(whole - books.budget) <= len(Payer)), f"week {books.week}"
        assert (books.pots >= 0).all()
        own = column(books, "spent_participants_and_own_sources_pence")
        came_in += int(paid.sum() + own.sum()) * (1 + int(par.reserve_start_weeks[0]) * (books.week == 0))
        assert int(books.cash.sum()) == came_in - int(books.spent.sum()), f"week {books.week}"
        assert not books.cash[~books.is_open].any()


def test_personal_budgets_reach_organisations_and_stop_at_the_pot() -> None:
    """The price while the pot lasts, and never 13 weeks of more than the pot."""
    assert paid_per_week(1_000_000, 3, 40_000) == 3 * 40_000 // 13
    assert paid_per_week(50_000, 3, 40_000) == 50_000 // 13
    assert 13 * paid_per_week(50_000, 3, 40_000) <= 50_000
    assert paid_per_week(50_000, 0, 40_000) == 0
    assert set_aside(100, 0.8, 0.8) == (80, 20), "no more than there is"
    books = list(core_books("by person"))
    paid = np.diff([b.pots.sum() for b in books])
    assert (paid < 0).any(), "nothing was ever paid from the pots"


def test_an_organisation_closes_when_a_month_cannot_be_paid() -> None:
    """Cash and 52 / 12 weeks of income against 52 / 12 weeks of cost."""
    assert not cannot_pay(0, 100, 100) and cannot_pay(0, 100, 101)
    assert cannot_pay(99, 0, 24) and not cannot_pay(104, 0, 24)
    assert running_costs(100.0, 1000.0, 0.04) == 960 and running_costs(1000.0, 100.0, 0.04) == 1000
