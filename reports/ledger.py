"""Where the money went: from payers through organisations to posts, places and starts, as a table and a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.console import Console

from reports.console import dim, head, plain_table, written
from sim.results import caveats
from sim.results.ledger import PAYERS as PAYER_NAMES
from sim.results.ledger import Flow, awarded_share, flow, payers_by_year
from sim.results.result import Result
from sim.rules.ledger import SPENT, Line, PayerLine

Named = Sequence[tuple[str, Result]]
Row = tuple[str, list[str]]
PAYERS = {
    PayerLine.BUDGET: "Payers had",
    PayerLine.RETURNED: "  and had back from organisations",
    PayerLine.BEYOND: "  and paid beyond their budgets",
    PayerLine.AWARDED: "  of this they awarded",
    PayerLine.LAPSED: "  of this lapsed, unspent",
}
INCOME = {
    Line.FROM_BOARD: "Organisations had from the NHS board",
    Line.BY_PERSON: "  from the NHS board, by person",
    Line.FROM_COUNCIL: "  from councils",
    Line.FROM_TRUST: "  from NHS trusts",
    Line.FROM_CHARITY: "  from charities",
    Line.OWN_INCOME: "  of their own",
    Line.RESERVES_GIVEN: "  reserves to begin with",
    Line.NOT_PAID: "  owed as they closed, and never paid",
}
SPENDING = {
    Line.POSTS: "They spent on peer workers",
    Line.COORDINATION: "  coordinators",
    Line.TRAINING: "  those in training",
    Line.EXPENSES: "  volunteers' costs",
    Line.OVERHEAD: "  running costs",
    Line.EVALUATION: "  evaluation and reporting",
    Line.WORKING_TOGETHER: "  working together",
    Line.MADE_GOOD: "  what awards leave out of full cost",
    Line.NOTICE: "  notice",
    Line.TO_CREDITORS: "  creditors, as they closed",
    Line.RETURNED: "  and gave back to payers",
}
COUNTS = {
    Line.POST_WEEKS: "Peer workers' posts",
    Line.COORDINATOR_WEEKS: "Coordinators' posts",
    Line.VOLUNTEER_WEEKS: "Volunteers",
    Line.PLACE_WEEKS: "Places",
    Line.STARTS: "Starts with organisations, a year",
}
PAYER_STOCKS = (PayerLine.UNSPENT_AT_START, PayerLine.UNSPENT_AT_END)
STOCKS = (Line.HELD_AT_START, Line.HELD_AT_END)
"""Apart: both kinds of line are whole numbers, and a number of one is a line of the other too."""
YEAR_HEADS = {
    PayerLine.UNSPENT_AT_START: "begins",
    PayerLine.BUDGET: "budget",
    PayerLine.RETURNED: "back",
    PayerLine.BEYOND: "beyond",
    PayerLine.AWARDED: "awarded",
    PayerLine.LAPSED: "lapsed",
    PayerLine.UNSPENT_AT_END: "ends",
}
YEARS = (
    "It begins with what is unspent. Back is what organisations gave back; beyond, what was paid beyond the budget. "
    "The first four columns add up to the other three."
)
UNSPENT, PUT_BY = "  of this unspent at the end, net", "  and put by, net"
ABOUT = "Means of worlds, so that lines add up. Small grants, online places and help to groups are in nobody's budget, and not in it."


def show_ledger(console: Console, named: Named) -> None:
    """What became of payers' money, of each policy."""
    flows = [flow(result) for _, result in named]
    head(console, "Where the money went", f". Pounds per adult per year. {caveats.PRICES}")
    table = plain_table("", *(title for title, _ in named))
    for label, cells in (*money(flows), *counts(flows)):
        table.add_row(label, *cells)
    console.print(table)
    for (title, _), found in zip(named, flows, strict=True):
        written(console, f"{title}: {sentence(found)}")
    dim(console, f"{ABOUT}\n")


def show_years(console: Console, named: Named) -> None:
    """Each payer's year, of each policy."""
    for title, result in named:
        head(console, title, ". Payers' years, thousands of pounds, all areas together, the mean of worlds")
        table = plain_table("year", *YEAR_HEADS.values())
        for row in years(result):
            table.add_row(
                f"{row['year']}, {row['payer']}", *(f"{row[line.name.lower()] / 1000:,.1f}" for line in YEAR_HEADS)
            )
        console.print(table)
        dim(console, f"{YEARS} {caveats.PRICES}\n")


def years(result: Result) -> list[dict[str, Any]]:
    """A row a reported year and payer: each line of `PayerLine` in GBP."""
    return [
        {"year": year + 1, "payer": payer} | {line.name.lower(): float(lines[line]) for line in PayerLine}
        for year, by_payer in enumerate(payers_by_year(result))
        for payer, lines in zip(PAYER_NAMES, by_payer, strict=True)
    ]


def money(flows: Sequence[Flow]) -> list[Row]:
    """Lines of money that move under some policy, what comes in before what goes out."""
    rows = [(label, [one.payers[line] for one in flows]) for line, label in PAYERS.items()]
    rows.append((UNSPENT, [unspent(one) for one in flows]))
    rows += [(label, [one.organisations[line] for one in flows]) for line, label in (INCOME | SPENDING).items()]
    rows.append((PUT_BY, [put_by(one) for one in flows]))
    return [(label, [f"{round(value, 3) + 0.0:,.3f}" for value in each]) for label, each in rows if any(each)]


def unspent(found: Flow) -> float:
    """What payers had not spent at the end, less that at the start: GBP per adult a year."""
    return found.payers[PayerLine.UNSPENT_AT_END] - found.payers[PayerLine.UNSPENT_AT_START]


def put_by(found: Flow) -> float:
    """What organisations held at the end, less that at the start: GBP per adult a year."""
    return found.organisations[Line.HELD_AT_END] - found.organisations[Line.HELD_AT_START]


def counts(flows: Sequence[Flow]) -> list[Row]:
    """What it became: posts, places and starts."""
    return [
        (f"{label}, per 10,000 adults", [f"{one.counts[line]:,.2f}" for one in flows]) for line, label in COUNTS.items()
    ]


def sentence(found: Flow) -> str:
    """What share of budgets was awarded, what it went on, and what a place took."""
    spent = sum(found.organisations[line] for line in SPENT)
    if not spent > 0:
        return "organisations spent nothing."
    of = {line: f"{found.organisations[line] / spent:.0%}" for line in SPENT}
    places = found.counts[Line.PLACE_WEEKS]
    each = f" A place took £{10_000 * spent / places:,.0f} a year, used or not." if places > 0 else ""
    had = f"payers awarded {awarded_share(found):.0%} of what they had. " if found.payers[PayerLine.BUDGET] > 0 else ""
    return (
        f"{had}Of what organisations spent, {of[Line.POSTS]} paid peer workers, {of[Line.COORDINATION]} coordinators, "
        f"{of[Line.TRAINING]} went on people in training, and {of[Line.OVERHEAD]} on running costs.{each}"
    )


def document(folder: str, scenario: str, result: Result) -> dict[str, object]:
    """One kept run for machines."""
    return {"folder": folder, "scenario": scenario, **as_dict(result), "years": years(result)}


def as_dict(result: Result) -> dict[str, dict[str, float]]:
    """The same for machines: GBP per adult a year by line, and counts. Of stocks only the change (`unspent`, `put_by`)."""
    found = flow(result)
    payers = {line.name.lower(): value for line, value in found.payers.items() if line not in PAYER_STOCKS}
    held = {line.name.lower(): value for line, value in found.organisations.items() if line not in STOCKS}
    return {
        "payers_gbp_per_adult_year": payers | {"unspent": unspent(found)},
        "organisations_gbp_per_adult_year": held | {"put_by": put_by(found)},
        "per_10k_adults": {line.name.lower().removesuffix("_weeks"): value for line, value in found.counts.items()},
    }
