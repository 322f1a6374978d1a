"""What the atlas shows: the figures by which the map is coloured and tables are sorted, and how each is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from scenarios.questions.atlas.reads import COST, WAITING
from scenarios.questions.atlas.tables import ALL_LEVERS, Row, of
from scenarios.questions.steps import STEPS
from sim.results import outcomes

LABELS = {step.name: step.label for step in STEPS}
POLICY_COST = "policy_pounds_more"


@dataclass(frozen=True)
class Figure:
    """One figure of the table `areas`. `unit`: what the map's legend says; `note`: what has to be said of it; `kind`: how it is written."""

    key: str
    label: str
    unit: str
    kind: str = "wants"
    note: str = ""


FIGURES = (
    Figure(outcomes.MAIN, "Available", "of 100 wants", note="Peer support had in time, or a free place kept for them."),
    Figure("had_in_time", "Had in time", "of 100 wants", note="Offered, started, or in it already, in time."),
    Figure(
        "better_per_want", "Better off", "of 100 wants", note="Luck alone makes some people better off: see beside it."
    ),
    Figure(WAITING, "Waiting", "people per 10,000 adults", "people", "More can wait because more ask."),
    Figure(COST, "Cost today", "£ an adult a year", "pounds", "All payers, link workers included, at 2024/25 prices."),
    Figure(
        ALL_LEVERS,
        "With all levers",
        "of 100 wants",
        note="Available with every lever at its best end: how far levers reach, in samples.",
    ),
    Figure(
        POLICY_COST,
        "Cost of the goal",
        "£ more an adult a year",
        "pounds",
        "Of the cheapest certified policy, over today's.",
    ),
)
BY_KEY = {one.key: one for one in FIGURES}


def say(value: float | None, kind: str) -> str:
    """A figure as it is written; "no figure" where there is none. Never "-0.0"."""
    if value is None:
        return "no figure"
    if kind == "pounds":
        sign = "-" if value < -0.004 else ""
        return f"{sign}£{abs(value):,.2f}" if abs(value) < 100 else f"{sign}£{abs(value):,.0f}"
    digits = 1 if abs(value) < 100 else 0
    return f"{round(value, digits) + 0.0:,.{digits}f}"


def spread(row: Mapping[str, Any], kind: str, prefix: str = "") -> str:
    """ "12.3 to 14.5" of a row; nothing where too few worlds have a figure."""
    low, high = row[f"{prefix}low"], row[f"{prefix}high"]
    return "" if low is None or high is None else f"{say(low, kind)} to {say(high, kind)}"


def value(row: Row, figure: Figure) -> float | None:
    """The figure of one row of `areas`; that of a policy only where it is certified."""
    if figure.key == POLICY_COST and row["policy_verdict"] != "certified":
        return None
    found: float | None = row[figure.key]
    return found


def ordered(rows: Sequence[Row], figure: Figure) -> list[Row]:
    """Rows of `areas`, the highest first; those without a figure last, by name."""
    return sorted(rows, key=lambda row: (value(row, figure) is None, -(value(row, figure) or 0.0), row["name"]))


def headline(tables: Mapping[str, Sequence[Row]], code: str, outcome: str) -> Row | None:
    """The row of one outcome in one area; None where it is no headline."""
    found = of(tables["headlines"], area=code, outcome=outcome)
    return found[0] if found else None


def people(value_: float | None) -> str:
    """A number of people or posts, to three digits: the sample says no more."""
    return "no figure" if value_ is None else f"{float(f'{value_:.3g}'):,.0f}"
