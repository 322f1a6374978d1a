"""A run as tidy tables (columns by name), and back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields

import numpy as np

from sim.columns.state import Shape
from sim.numbers.parameters import Parameters
from sim.results import ledger
from sim.results.result import GAINS, LEVELS, MEASURES, MONEY, WEEKLY, Result
from sim.vocabulary import LONGEST_WAIT, Event

Columns = dict[str, np.ndarray]
TABLES = ("weekly", "wants", "money", "journeys", "organisations", "gains", "waits", "ledger")
_EVENT_COLUMNS = ("week", "person", "kind", "detail")
NAMES = np.array([e.name.lower() for e in Event])


def make_tables(result: Result) -> dict[str, Columns]:
    """Every table of a run. Money in pence; gains in thousandths of an SD (x weeks); week 0 begins the burn-in."""
    return {
        "weekly": _weekly(result),
        "wants": _wants(result),
        "money": _money(result),
        "journeys": _journeys(result),
        "organisations": _flat(result.organisations),
        "gains": _gains(result),
        "waits": _waits(result),
        "ledger": _ledger(result),
    }


def parameter_table(drawn: Parameters, worlds: Sequence[tuple[int, int]]) -> Columns:
    """A row a world: every parameter as that world ran with it, fitted and rival values too, in the units of the model."""
    pairs = np.array(worlds, dtype=np.int64).reshape(-1, 2)
    numbers = {"world": np.arange(len(pairs)), "draw": pairs[:, 0], "replicate": pairs[:, 1]}
    return numbers | {f.name: np.asarray(getattr(drawn, f.name), np.float64) for f in fields(drawn)}


def _flat(columns: Columns) -> Columns:
    """A column for each of a wide column's parts: award_0, award_1."""
    flat: Columns = {}
    for name, values in columns.items():
        wide = values.ndim > 1
        flat |= {f"{name}_{i}": values[:, i] for i in range(values.shape[1])} if wide else {name: values}
    return flat


def _rows(shape: Shape, each: int) -> Columns:
    """world, draw, replicate and area code, `each` rows for every area of every world."""
    worlds = np.repeat(np.arange(len(shape.worlds)), len(shape.areas) * each)
    areas = np.tile(np.repeat(np.array(shape.codes), each), len(shape.worlds))
    pairs = np.array(shape.worlds, dtype=np.int64)[worlds]
    return {"world": worlds, "draw": pairs[:, 0], "replicate": pairs[:, 1], "area": areas.astype(object)}


def _weekly(result: Result) -> Columns:
    weeks, rows, _ = result.weekly.shape
    values = result.weekly.transpose(1, 0, 2).reshape(rows * weeks, len(WEEKLY)).astype(np.int64)
    week = np.tile(np.arange(weeks) + result.shape.burn_in, rows)
    return {**_rows(result.shape, weeks), "week": week} | {n: values[:, i] for i, n in enumerate(WEEKLY)}


def _wants(result: Result) -> Columns:
    rows, levels, measures = result.tally.shape
    values = result.tally.reshape(rows * levels, measures).astype(np.int64)
    words = {
        "dimension": np.array([d for d, _ in LEVELS] * rows, dtype=object),
        "level": np.array([level for _, level in LEVELS] * rows, dtype=object),
    }
    return {**_rows(result.shape, levels), **words} | {n: values[:, i] for i, n in enumerate(MEASURES)}


def _money(result: Result) -> Columns:
    """Pence by world, area, year and payer (a last year may be shorter)."""
    weeks = result.weekly.shape[0]
    starts = np.arange(0, weeks, 52)
    first = WEEKLY.index(MONEY[0])
    money = np.add.reduceat(result.weekly[:, :, first : first + len(MONEY)].astype(np.int64), starts, axis=0)
    years, rows, payers = money.shape
    return {
        **_rows(result.shape, years * payers),
        "year": np.tile(np.repeat(np.arange(1, years + 1), payers), rows),
        "payer": np.array(list(MONEY) * (years * rows), dtype=object),
        "pence": money.transpose(1, 0, 2).reshape(-1),
    }


def _gains(result: Result) -> Columns:
    """Everybody's gain-weeks by world, area and year; year 0 is what comes after the horizon."""
    rows, years, kinds = result.gains.shape
    year = np.tile(np.arange(1, years + 1), rows)
    year[year == years] = 0
    values = result.gains.reshape(rows * years, kinds)
    return {**_rows(result.shape, years), "year": year} | {n: values[:, i] for i, n in enumerate(GAINS)}


def _waits(result: Result) -> Columns:
    """Offers of a place by world, area, year and whole weeks waited since asking (52: that or more)."""
    rows, years, lengths = result.waits.shape
    return {
        **_rows(result.shape, years * lengths),
        "year": np.tile(np.repeat(np.arange(1, years + 1), lengths), rows),
        "weeks": np.tile(np.arange(lengths), rows * years),
        "offers": result.waits.reshape(-1),
    }


def _ledger(result: Result) -> Columns:
    """Payers' and organisations' years (`sim.results.ledger`), with world, draw, replicate and area in place of the area row."""
    found, shape = ledger.table(result), result.shape
    area_row = found.pop("area_row")
    worlds, areas = area_row // len(shape.areas), area_row % len(shape.areas)
    pairs = np.array(shape.worlds, dtype=np.int64).reshape(-1, 2)[worlds]
    about = {"world": worlds, "draw": pairs[:, 0], "replicate": pairs[:, 1]}
    return {**about, "area": np.array(shape.codes)[areas].astype(object), **found}


def _journeys(result: Result) -> Columns:
    columns = {name: result.events[:, i].astype(np.int64) for i, name in enumerate(_EVENT_COLUMNS)}
    return {**columns, "event": NAMES[columns["kind"]].astype(object)}


def to_result(tables: dict[str, Columns], shape: Shape, settling: dict[str, tuple[int, int]]) -> Result:
    """The run that `make_tables` was given, its arrays laid out alike in memory, so that sums of them end in the same digits."""
    rows = len(shape.worlds) * len(shape.areas)
    weekly = np.stack([tables["weekly"][name] for name in WEEKLY], axis=1)
    tally = np.stack([tables["wants"][name] for name in MEASURES], axis=1)
    return Result(
        shape,
        np.ascontiguousarray(weekly.reshape(rows, shape.weeks, len(WEEKLY)).transpose(1, 0, 2)),
        tally.reshape(rows, len(LEVELS), len(MEASURES)),
        dict(tables["organisations"]),
        np.stack([tables["journeys"][name] for name in _EVENT_COLUMNS], axis=1).astype(np.int64),
        {},
        settling,
        np.stack([tables["gains"][name] for name in GAINS], axis=1).reshape(rows, -1, len(GAINS)),
        tables["waits"]["offers"].reshape(rows, -1, LONGEST_WAIT + 1),
        np.zeros((0, 5), np.int64),
        *ledger.of_table(tables["ledger"], rows),
    )
