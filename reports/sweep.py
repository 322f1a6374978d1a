"""What a sweep shows: a sentence and a table for each thing that was varied, in the terminal and for machines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from rich.console import Console

from reports.as_json import clean
from reports.console import dim, head, plain_table, written
from scenarios.sweeps import response
from scenarios.sweeps.dataset import Held
from scenarios.sweeps.response import Level
from scenarios.sweeps.vary import Value
from scenarios.sweeps.work import Failure
from sim.results import caveats, words
from sim.results.outcomes import BY_NAME
from sim.results.summary import Interval

MOST_ROWS = 24
MOST_FAILURES = 20
POOLED = "Where several things vary, a row is the mean over all values of the others, world by world."
DRAWN = "Points are drawn, so each row is of the points in a fifth of the range."
FIFTHS = 5


@dataclass(frozen=True)
class Curve:
    """An outcome along one thing that was varied, under one policy. `rows`: (value in words, level) in order."""

    scenario: str
    axis: str
    label: str
    unit: str
    rows: tuple[tuple[str, Level], ...]

    def sentence(self, outcome: str) -> str:
        """What the whole step from the first row to the last does, within each world."""
        one = BY_NAME[outcome]
        if len(self.rows) < 2:
            return f"{self.label}: one value alone."
        (low, first), (high, last) = self.rows[0], self.rows[-1]
        found = response.step(first, last)
        total = found.difference.worlds
        if not total:
            return f"{self.label}: no world has both ends."
        middle, beside = words.span(outcome, found.difference, True)
        count, word = (found.up, "higher") if found.up >= found.down else (found.down, "lower")
        told = f"{word} {caveats.in_worlds(count, total)}, by a median of {middle} ({beside})"
        if not found.up and not found.down:
            told = f"the same {caveats.in_worlds(total, total)}"
        clear = "" if words.sure(found) or not (found.up or found.down) else " No clear change."
        return f"{self.label} from {low} to {high}: {one.lower} is {told}.{clear}"


def curves(held: Held, outcome: str) -> list[Curve]:
    """A curve for each policy and thing that was varied."""
    found = response.levels(held, outcome)
    return [
        _curve(held, [one for one in found if one.scenario == scenario], number, scenario)
        for scenario in response.scenarios(held)
        for number in range(len(held.axes))
    ]


def _curve(held: Held, found: Sequence[Level], number: int, scenario: str) -> Curve:
    name = held.axes[number]
    column = held.manifest["columns"][name]
    rows = response.along(found, number, name)
    if drawn(held) and rows and not isinstance(rows[0].values[number], str):
        told = _fifths(found, number)
    else:
        told = [(said(one.values[number]), one) for one in rows]
    return Curve(scenario, name, str(column["meaning"]), str(column["unit"]), tuple(told))


def drawn(held: Held) -> bool:
    """Whether the points of a sweep are drawn, not named."""
    return held.manifest["identity"]["design"] in ("latin", "sobol")


def _fifths(found: Sequence[Level], number: int) -> list[tuple[str, Level]]:
    """Points in five equal parts of their order along one thing, each pooled."""
    order = sorted(found, key=lambda one: float(one.values[number] or 0.0))
    size = -(-len(order) // FIFTHS)
    parts = [order[k : k + size] for k in range(0, len(order), size)]
    return [
        (f"{said(part[0].values[number])} to {said(part[-1].values[number])}", response.pooled(part, number, None))
        for part in parts
    ]


def said(value: Value | None) -> str:
    """A value in words."""
    return "as it is" if value is None else value if isinstance(value, str) else f"{value:.3g}"


def show(console: Console, held: Held, outcome: str) -> None:
    """A sentence and a table for each curve, then where everything is."""
    found = curves(held, outcome)
    several = len(held.manifest["scenarios"]) > 1
    head(console, BY_NAME[outcome].words, f". {' '.join([held.manifest['sample'], *words.caution(outcome)])}\n")
    for one in found:
        title = f"{one.scenario}: " if several else ""
        written(console, title + one.sentence(outcome))
        table = plain_table(
            f"{one.label} ({one.unit})" if one.unit != "word" else one.label, "median", "range across worlds"
        )
        for text, level in one.rows[:MOST_ROWS]:
            table.add_row(text, *words.span(outcome, level.interval))
        console.print(table)
        if len(one.rows) > MOST_ROWS:
            dim(console, f"And {len(one.rows) - MOST_ROWS:,} more.")
    if drawn(held):
        dim(console, DRAWN)
    elif len(held.axes) > 1:
        dim(console, POOLED)
    for text in (caveats.WORLDS, caveats.FORECAST):
        dim(console, f"- {text}")
    written(console, f"{held.manifest['worlds']:,} worlds are in {held.folder} (docs/sweeps.md says how to read them).")
    show_failed(console, held.failed, held.folder)


def show_failed(console: Console, failed: Sequence[Failure], folder: object) -> None:
    """The jobs that failed, by stage, with their errors."""
    if not failed:
        return
    head(
        console,
        f"\n{words.many(len(failed), 'job')} failed",
        f". Their rows are missing in {folder}. The same command tries them again.",
    )
    table = plain_table("stage", "which", "why")
    for one in failed[:MOST_FAILURES]:
        table.add_row(one.stage, one.what, one.error + (f" ({one.because} failed)" if one.because else ""))
    console.print(table)
    if len(failed) > MOST_FAILURES:
        dim(console, f"And {len(failed) - MOST_FAILURES:,} more, in its manifest.json.")


def as_dict(held: Held, outcome: str) -> dict[str, Any]:
    """The same for machines."""
    found = [
        {
            "scenario": one.scenario,
            "varied": one.axis,
            "sentence": one.sentence(outcome),
            "rows": [{"value": text, **_interval(level.interval)} for text, level in one.rows],
        }
        for one in curves(held, outcome)
    ]
    keys = ("sweep_id", "sample", "points", "runs", "worlds", "complete")
    made: dict[str, Any] = clean(
        {key: held.manifest[key] for key in keys}
        | {"folder": str(held.folder), "outcome": outcome, "curves": found}
        | {"failed": [asdict(one) for one in held.failed]}
    )
    return made


def _interval(found: Interval) -> dict[str, Any]:
    return {"median": found.median, "low": found.low, "high": found.high, "worlds": found.worlds}
