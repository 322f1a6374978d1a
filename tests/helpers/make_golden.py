"""Golden runs: two scenarios, small, as tables that read as a diff. `python tests/helpers/make_golden.py` writes them anew.

A line is a quarter, a column and its value (stocks at the quarter's end, pence and events summed over it), or
`cascade`, a measure and its count. After a change of the model that is meant, write them anew and read the diff:
it says what the change did.
"""

from __future__ import annotations

import sys
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "golden"
SCENARIOS = ("today", "everyone")
QUARTER = 13
COMMAND = "python tests/helpers/make_golden.py"


def lines_of(name: str) -> list[str]:
    """The golden table of one scenario: `when,what,value`."""
    from scenarios.reading.load import load
    from scenarios.running.posterior import PRIORS
    from scenarios.running.study import Study, run_together
    from sim.results.result import MEASURES, STOCKS, WEEKLY

    study = Study(
        areas=(5,),
        people=8000,
        draws=2,
        weeks=8 * QUARTER,
        seed=1,
        burn_in=8 * QUARTER,
        place_size=4000,
        posterior=PRIORS,
    )
    result = run_together([load(name)], study)[0]
    weekly = result.weekly.sum(axis=1)
    lines = ["when,what,value"]
    for quarter in range(len(weekly) // QUARTER):
        rows = weekly[quarter * QUARTER : (quarter + 1) * QUARTER]
        for i, what in enumerate(WEEKLY):
            count = rows[-1, i] if what in STOCKS else rows[:, i].sum()
            lines.append(f"weeks {quarter * QUARTER}-{(quarter + 1) * QUARTER - 1},{what},{count}")
    tally = result.tally[:, 0].sum(axis=0)
    return lines + [f"cascade,{what},{count}" for what, count in zip(MEASURES, tally, strict=True)]


def path_of(name: str) -> Path:
    """Where a golden table lies."""
    return FOLDER / f"{name}.csv"


def difference(golden: list[str], now: list[str], most: int = 12) -> str:
    """The first lines that differ, in words; empty when none does."""
    was, now_is = (dict(line.rsplit(",", 1) for line in lines[1:]) for lines in (golden, now))
    keys = [*was, *(key for key in now_is if key not in was)]
    apart = [key for key in keys if was.get(key) != now_is.get(key)]
    if not apart:
        return ""
    shown = [
        f"  {key.replace(',', ', ')}: was {was.get(key, 'not there')}, is {now_is.get(key, 'not there')}"
        for key in apart[:most]
    ]
    more = f"\n  and {len(apart) - most} more lines" if len(apart) > most else ""
    return (
        f"{len(apart)} lines differ from the golden run, the first:\n"
        + "\n".join(shown)
        + more
        + (f"\nIf the change is meant: {COMMAND}, and read the diff.")
    )


def main() -> None:
    """Write the golden tables, telling what changed."""
    sys.path.insert(0, str(Path(__file__).parents[2]))
    FOLDER.mkdir(exist_ok=True)
    for name in SCENARIOS:
        path, lines = path_of(name), lines_of(name)
        old = path.read_text("utf-8").splitlines() if path.exists() else []
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        print(f"{path.name}: {len(lines)} lines. {difference(old, lines) or 'As before.'}")


if __name__ == "__main__":
    main()
