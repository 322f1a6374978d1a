"""Results as pandas tables: each row says which policy it is of. Columns and units: `docs/tables.md`. pandas is read when it is asked for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np

from calibration import extras
from scenarios.running.tables import Columns
from sim.errors import UserError
from sim.results import summary
from sim.results.outcomes import BY_NAME
from sim.results.result import Result
from sim.results.summary import Interval, Paired

if TYPE_CHECKING:
    import pandas as pd

Named = Sequence[tuple[str, Result]]
"""(name of the policy, its run)."""


def pandas() -> Any:
    """pandas itself. Raises UserError with the line that installs it."""
    if told := extras.told(["notebook"]):
        raise UserError(**told, key="tables in Python")
    import pandas as pd

    return pd


def frame(rows: Mapping[str, Any] | Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    """A table of columns, or of rows. Raises UserError where pandas is missing."""
    return pandas().DataFrame(dict(rows) if isinstance(rows, Mapping) else list(rows))


def headline(named: Named) -> pd.DataFrame:
    """A row an outcome of each policy: median and 5th to 95th percentile across worlds (no range of under five worlds)."""
    return frame(
        _about(name, outcome) | _interval(summary.interval(values))
        for name, result in named
        for outcome, values in summary.headline(result).items()
    )


def differences(named: Named) -> pd.DataFrame:
    """A row an outcome of each policy after the first: it less the first, world by world. `higher` and `lower` count worlds."""
    base = named[0]
    return frame(
        _about(name, outcome) | {"against": base[0]} | _paired(pair)
        for name, result in named[1:]
        for outcome, pair in summary.difference(base[1], result).items()
    )


def worlds(named: Named, drawn: Sequence[Columns]) -> pd.DataFrame:
    """A row a world of each policy: its outcomes, then the parameters with which it ran (`drawn`, of each policy)."""
    parts = [
        frame({"scenario": name} | _keys(columns) | summary.headline(result) | _rest(columns))
        for (name, result), columns in zip(named, drawn, strict=True)
    ]
    return pandas().concat(parts, ignore_index=True)


def _keys(columns: Columns) -> Columns:
    return {name: columns[name] for name in ("world", "draw", "replicate")}


def _rest(columns: Columns) -> Columns:
    return {name: values for name, values in columns.items() if name not in _keys(columns)}


def groups(named: Named) -> pd.DataFrame:
    """A row a group of people of each policy: availability. Groups are pooled alike; `small` has under 300 wants even so."""
    results = [result for _, result in named]
    return frame(
        {"scenario": name, "dimension": group.dimension, "level": group.level}
        | _interval(group.interval)
        | {"wants": group.wants, "small": group.small}
        for dimension in summary.dimensions()
        for row in summary.side_by_side(results, dimension)
        for (name, _), group in zip(named, row, strict=True)
    )


def cascade(named: Named) -> pd.DataFrame:
    """A row a gate or end of each policy: the wants that stopped there, in all worlds, and their share of all wants."""
    return frame({"scenario": name} | asdict(row) for name, result in named for row in summary.cascade(result))


def table(names: Sequence[str], parts: Sequence[Columns]) -> pd.DataFrame:
    """The same table of several policies, one under the other."""
    return pandas().concat(
        [
            frame({"scenario": np.full(_length(part), name, object)} | part)
            for name, part in zip(names, parts, strict=True)
        ],
        ignore_index=True,
    )


def _length(columns: Columns) -> int:
    return len(next(iter(columns.values()), ()))


def _about(name: str, outcome: str) -> dict[str, Any]:
    one = BY_NAME[outcome]
    return {"scenario": name, "outcome": outcome, "words": one.words, "unit": one.unit, "whole": one.whole}


def _interval(found: Interval) -> dict[str, Any]:
    return {"median": found.median, "low": found.low, "high": found.high, "worlds": found.worlds}


def _paired(found: Paired) -> dict[str, Any]:
    return _interval(found.difference) | {"higher": found.up, "lower": found.down}
