"""`docs/levers.md`, made from the table of levers and what each moves: `python -m reports.levers_page > docs/levers.md`."""

from __future__ import annotations

from collections.abc import Iterable

from reports.lever_words import say_lever
from reports.questions.moves import FEW, change, end, gate, line
from scenarios.questions import moves, moves_kept
from scenarios.questions.moves_kept import Moves
from sim.numbers.levers import CHOICES, LEVERS, Lever
from sim.numbers.structure import RECORDS
from sim.results.outcomes import BY_NAME

OPENING = """# Levers

Made by `python -m reports.levers_page > docs/levers.md`; a test holds the page and the code together.

`peerscale levers` lists what a policy can set. `peerscale levers budget_board` explains one lever, `peerscale levers 'budget*'`
lists some of them, and `peerscale levers funding` lists a group. `--json` and `--csv` are for machines.
"""
COMMAND = "peerscale levers --measure --areas bnssg --people 100000 --seed 2"
MEASURING = """## What each lever moves

{how}

This command measures it:

```
{command} --out levers
```

`--whole` in place of `--people` takes every adult of the area, which takes eight times as long. `--dry-run` counts the runs and says how
long they take. The same command goes on after a stop. `--cluster` sends the runs to a Dask cluster ([sweeps.md](sweeps.md)). `peerscale levers 'budget*' --measure --out levers` measures some levers alone.

- Each lever goes from today's value to each of its ends: alone, and on top of `everyone`. A choice goes to each of its words.
- Both runs have the same worlds. A difference is the mean over draws of the parameters.
- A lever moves an outcome if two things hold. The 95% interval of the difference excludes zero after Holm's correction over the
  whole table. The difference is at least the smallest size below.
- The outcomes include what there is (volunteers, posts, places, groups, organisations) and how many people staff put forward.
  In a first table, of seed 1, without them, 16 levers moved nothing.
- The smallest sizes were declared before a table was measured with them. That for what there is was declared after a look at eight draws of
  seed 1. So the command has seed 2.
- Money alone does not count: what is spent is what a budget is, not what it does.
- The gate is where the number of wants that stop changes most.
- At most five levers may move nothing. `sim/data/levers_that_stay.csv` holds a sentence for each, which says when it would move
  something.

To ship a table, add `--json > sim/data/lever_moves.json`, and make this page again. Tests then hold the table to these rules.

| smallest size | counts for | value |
|---|---|---|
"""


def page() -> str:
    """The page in Markdown."""
    kept = moves_kept.shipped()
    groups = dict.fromkeys(lever.group for lever in LEVERS)
    measuring = MEASURING.format(how=moves_kept.how(), command=kept.command if kept else COMMAND)
    parts = [OPENING, *(_group(group, kept) for group in groups), measuring]
    return "\n".join(parts) + "".join(_smallest()) + "".join(_moves(kept))


def _group(group: str, kept: Moves | None) -> str:
    head = [
        f"## {group.capitalize()}\n",
        "| lever | meaning | unit | may be | today | source | moves |",
        "|---|---|---|---|---|---|---|",
    ]
    return "\n".join([*head, *(_row(lever, kept) for lever in LEVERS if lever.group == group), ""])


def _row(lever: Lever, kept: Moves | None) -> str:
    may_be = ", ".join(CHOICES[lever.choice]) if lever.choice else f"{lever.low:g} to {lever.high:g}"
    meaning = f"{lever.meaning} {lever.limits}".strip()
    return _cells(
        f"`{lever.name}`",
        meaning,
        lever.unit,
        may_be,
        say_lever(lever, lever.today),
        lever.source,
        line(lever.name, kept, FEW),
    )


def _cells(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _smallest() -> Iterable[str]:
    for name, record in RECORDS.items():
        if name.startswith("smallest_"):
            yield _cells(f"`{name}`", record.meaning, f"{record.value:g} {record.unit}") + "\n"


def _moves(kept: Moves | None) -> Iterable[str]:
    if kept is None:
        return
    yield "\n| lever | on | to | outcome | change (interval) | where wants stop |\n|---|---|---|---|---|---|\n"
    for lever in LEVERS:
        for one in moves.moved(kept.rows, lever.name):
            yield _cells(f"`{lever.name}`", one.on, end(one), BY_NAME[one.outcome].lower, change(one), gate(one)) + "\n"


if __name__ == "__main__":
    print(page(), end="")
