"""`docs/tables.md`, made from the declared columns: `python -m reports.tables.page > docs/tables.md`."""

from __future__ import annotations

from reports.atlas import columns as atlas
from reports.questions import (
    behaviours,
    discover,
    elicited,
    explain,
    ladder,
    measure_next,
    moves,
    parameter,
    relief,
    sensitivity,
    solve,
)
from reports.tables import fitted, frames, kept, others, results, studies
from reports.tables.described import Column, Written

OPENING = """# Every table and document that is written

Made by `python -m reports.tables.page > docs/tables.md` from the columns that the code declares; a test holds the two together.

- A share is from 0 to 1. Pounds and pence are at 2024/25 prices. "Of" says what a figure is counted over.
- A path such as `levers[].lever` leads through a JSON document: `[]` is a list, `<name>` any name.
- **interval of …** is five keys: `median`, `low` and `high` (5% of worlds lie below, 5% above; null with fewer than five worlds),
  `worlds` (worlds that have a value) and `of` (worlds in all).
- **difference of …** is one policy less another in the same worlds: `difference` (an interval), `up` and `down` (worlds in which it
  is higher and lower).
- null stands where there is nothing to count.
"""


def everything() -> tuple[tuple[str, tuple[Written, ...]], ...]:
    """(heading, what is written) in the order of the page."""
    asked = (
        explain,
        relief,
        ladder,
        behaviours,
        sensitivity,
        discover,
        solve,
        moves,
        parameter,
        elicited,
        measure_next,
    )
    return (
        ("A results folder", (*results.folder(), *kept.beside_results())),
        ("A sweep's folder", kept.of_sweeps()),
        ("Tables of a result in Python", frames.written()),
        ("Levels and differences for machines", studies.written()),
        ("Answers to questions", tuple(one for module in asked for one in module.WRITTEN)),
        ("An atlas's folder", atlas.WRITTEN),
        ("Calibration, case, pilot, journey, golden runs", (*others.written(), *fitted.written())),
    )


def page() -> str:
    """The page in Markdown."""
    parts = [OPENING]
    for heading, written in everything():
        parts += [f"## {heading}\n", *(_table(one) for one in written)]
    return "\n".join(parts)


def _table(one: Written) -> str:
    head = [
        f"### {one.title}\n",
        f"{one.what[:1].upper()}{one.what[1:]}.\n",
        "| column | meaning | unit | of |",
        "|---|---|---|---|",
    ]
    return "\n".join([*head, *(_row(column) for column in one.columns), ""])


def _row(one: Column) -> str:
    cells = (f"`{one.name}`", one.meaning, one.unit, one.of)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


if __name__ == "__main__":
    print(page(), end="")
