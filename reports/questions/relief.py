"""What opening each gate would gain, beside where wants are lost."""

from __future__ import annotations

from typing import Any

from reports.console import dim, head, out, plain_table
from reports.tables.described import Column, Written
from scenarios.questions.relief import SHOWN, Gain
from sim.results import caveats, summary
from sim.results.outcomes import BY_NAME, MAIN
from sim.results.result import Result
from sim.results.words import number, span
from sim.vocabulary import GATES

WRITTEN = (
    Written(
        "peerscale relief --json",
        "what opening each gate would gain, most availability first",
        (
            Column("scenario", "title of the policy"),
            Column("sample", "what was simulated, in words"),
            Column("gates[].gates[]", "gates that were opened together"),
            Column("gates[].opened", "how they were opened, in words"),
            *(
                Column(
                    f"gates[].{name}",
                    f"gained: {BY_NAME[name].lower}",
                    f"difference of {BY_NAME[name].unit}",
                    BY_NAME[name].whole,
                )
                for name in SHOWN
            ),
        ),
    ),
)

IN_TABLE = tuple(name for name in SHOWN if name != "starts_per_want")
NOTE = (
    "Each gate is opened alone, as far as it goes, on the same people and luck. This is a diagnosis, not a policy. "
    "A want for which a free place was kept counts as available even if its person never asked."
)


def sentence(gains: list[Gain]) -> str:
    """The first thing to fix, and what it would not fix."""
    first = gains[0]
    starts = max(gains, key=lambda g: g.by["started_in_time"].difference.median)
    text = (
        f"Opening '{' and '.join(first.gates)}' gains most availability: "
        f"{number(MAIN, first.by[MAIN].difference.median, True)}."
    )
    if starts is not first:
        text += (
            f" Opening '{' and '.join(starts.gates)}' gains most people starting in time: "
            f"{number('started_in_time', starts.by['started_in_time'].difference.median, True)}."
        )
    return text


def show(title: str, base: Result, gains: list[Gain], about: str) -> None:
    """Sentence, gains, and the cascade beside them."""
    head(out, "Gate relief", f": {title}. {about}\n{sentence(gains)}\n")
    heads = [BY_NAME[name].short.lower() for name in IN_TABLE]
    table = plain_table("gate opened", heads[0], "range", *heads[1:], "how it is opened")
    for g in gains:
        _, reach = span(MAIN, g.by[MAIN].difference, True)
        told = [number(n, g.by[n].difference.median, True) for n in IN_TABLE]
        table.add_row(" and ".join(g.gates), told[0], reach, *told[1:], g.opened)
    out.print(table)
    lost = plain_table("where wants stop today", "of 100 wants")
    for gate, row in zip(GATES, summary.cascade(base), strict=False):
        lost.add_row(f"{gate}: {row.name}", f"{100 * row.share:.1f}")
    out.print(lost)
    dim(out, f"{NOTE} {caveats.WORLDS}")


def as_dict(gains: list[Gain]) -> list[dict[str, Any]]:
    """For machines: each gate or pair, what was opened, and what it gains."""
    return [
        {
            "gates": g.gates,
            "opened": g.opened,
            **{k: vars(v) | {"difference": vars(v.difference)} for k, v in g.by.items()},
        }
        for g in gains
    ]
