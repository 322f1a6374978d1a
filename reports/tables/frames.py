"""The pandas tables of a result in Python (`reports/frames.py` makes them), column by column."""

from __future__ import annotations

from reports.tables import results
from reports.tables.described import Column, Written
from reports.tables.results import WORLD
from sim.results import outcomes

SCENARIO = Column("scenario", "name of the policy")
OUTCOME = (
    SCENARIO,
    Column("outcome", "name of the outcome"),
    Column("words", "what it says"),
    Column("unit", "its unit"),
    Column("whole", "what it is counted over"),
)
INTERVAL = (
    Column("median", "median over worlds", "the outcome's"),
    Column("low", "5% of worlds lie below; NaN with fewer than five worlds", "the outcome's"),
    Column("high", "5% of worlds lie above; NaN with fewer than five worlds", "the outcome's"),
    Column("worlds", "worlds that have a value", "worlds"),
)
AGAINST = (
    Column("against", "name of the policy that it is compared with"),
    *INTERVAL,
    Column("higher", "worlds in which it is higher", "worlds"),
    Column("lower", "worlds in which it is lower", "worlds"),
)
GROUPS = (
    SCENARIO,
    Column("dimension", "grouping of people, as in wants.parquet"),
    Column("level", "group within it; a + stands between groups that are taken together"),
    *(Column(one.name, one.meaning, "share" if one.name != "worlds" else one.unit, "wants") for one in INTERVAL),
    Column("wants", "wants counted in all worlds", "wants"),
    Column("small", "whether they are too few to compare", "true or false"),
)
CASCADE = (
    SCENARIO,
    Column("name", "gate at which wants stop first, or another end"),
    Column("wants", "wants that end there, counted in all worlds", "wants"),
    Column("share", "wants that end there, areas by their adults", "share", outcomes.ALL),
)


def worlds() -> tuple[Column, ...]:
    """A row a world: outcomes, then parameters."""
    shown = (Column(one.name, one.lower, one.unit, one.whole) for one in outcomes.headlines())
    return (SCENARIO, *WORLD, *shown, Column("<parameter>", "each column of parameters.parquet", "the parameter's"))


def written() -> tuple[Written, ...]:
    """The methods of a result."""
    return (
        Written("headline()", "a row for each outcome of each policy", (*OUTCOME, *INTERVAL)),
        Written(
            "differences()",
            "a row for each outcome of each policy but the first, in the same worlds",
            (*OUTCOME, *AGAINST),
        ),
        Written("worlds()", "a row for each world of each policy", worlds()),
        Written("groups()", "availability: a row for each group of people of each policy", GROUPS),
        Written("cascade()", "where wants ended: a row for each gate or end of each policy", CASCADE),
        Written("table(name)", "a table of the results folder with this column before its own", (SCENARIO,)),
        Written(
            "levers()",
            "a row for each policy",
            (SCENARIO, Column("<lever>", "value before any change over time; a choice by its word", "the lever's")),
        ),
    )


def columns_of(name: str) -> tuple[Column, ...]:
    """Every column of a table in Python by its name: `headline`, `worlds` …, or a table of the results folder (`weekly`)."""
    by_title = {one.title: one.columns for one in (*written(), *results.folder())}
    if f"{name}.parquet" in by_title:
        return (SCENARIO, *by_title[f"{name}.parquet"])
    return by_title[f"{name}()"]
