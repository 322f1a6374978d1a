"""Worlds never meet, so a run takes them a few at a time: people who fit the processor's cache stay there all week.

What comes out is the same, however many go together. Measured on 20 worlds of 10,000 people: see `docs/speed.md`.
"""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np

from sim.columns.state import Shape
from sim.numbers.parameters import Parameters
from sim.results.result import Result

TOGETHER = 20_000
"""People of the worlds that are run together, unless one world has more."""


def parts_of(shape: Shape, whole: bool) -> list[slice]:
    """The worlds of each part: all at once for a run of which events are kept (they tell organisations by number)."""
    worlds = len(shape.worlds)
    many = worlds if whole else max(1, TOGETHER // max(1, shape.people // max(1, worlds)))
    return [slice(first, min(worlds, first + many)) for first in range(0, worlds, many)]


def shape_of(shape: Shape, part: slice) -> Shape:
    """The shape of some of the worlds."""
    return replace(shape, worlds=shape.worlds[part])


def parameters_of(par: Parameters, part: slice) -> Parameters:
    """The parameters of some of the worlds."""
    return Parameters(**{f.name: np.asarray(getattr(par, f.name))[part] for f in fields(Parameters)})


def joined(shape: Shape, results: list[Result]) -> Result:
    """One result of those of all parts, in order."""
    if len(results) == 1:
        return results[0]
    first = results[0]
    rows = np.cumsum([0, *(len(r.shape.worlds) * len(shape.areas) for r in results)])
    places = np.cumsum([0, *(len(r.shape.worlds) * shape.places for r in results)])
    return Result(
        shape,
        np.concatenate([r.weekly for r in results], axis=1),
        np.concatenate([r.tally for r in results]),
        _organisations(results, rows, places),
        _events(results),
        {},
        first.settling,
        np.concatenate([r.gains for r in results]),
        np.concatenate([r.waits for r in results]),
        ledger=np.concatenate([r.ledger for r in results]),
        books=np.concatenate([r.books for r in results]),
    )


def _events(results: list[Result]) -> np.ndarray:
    """Events of all parts in their order; people are counted on (organisations are numbered within each part)."""
    first = np.cumsum([0, *(r.shape.people for r in results)]).tolist()
    rows = np.concatenate([r.events + np.array([0, at, 0, 0]) for r, at in zip(results, first, strict=False)])
    return rows[np.lexsort((rows[:, 3], rows[:, 2], rows[:, 1], rows[:, 0]))]


def _organisations(results: list[Result], rows: np.ndarray, places: np.ndarray) -> dict[str, np.ndarray]:
    """The tables of organisations, one after the other; rows and places are counted on."""
    columns = {}
    for name in results[0].organisations:
        each = [r.organisations[name] for r in results]
        if name == "area_row":
            each = [one + at for one, at in zip(each, rows.tolist(), strict=False)]
        if name == "place":
            each = [np.where(one >= 0, one + at, one) for one, at in zip(each, places.tolist(), strict=False)]
        columns[name] = np.concatenate([one.astype(each[0].dtype) for one in each])
    return columns
