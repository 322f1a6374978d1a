"""Several areas in one figure: each counts by the adults who live there, however many of them were simulated.

Counts are scaled so that together they are still of as many adults as were simulated. Pure functions of a `Result`.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from sim.columns.state import Shape
from sim.results.result import Result


def adults(shape: Shape) -> np.ndarray:
    """float64[areas]: adults who live in each area."""
    return np.array([sum(shape.cells(area)) for area in shape.areas], dtype=np.float64)


def simulated(shape: Shape) -> np.ndarray:
    """float64[areas]: adults simulated in each area, in one world."""
    return np.array(shape.n_places, dtype=np.float64) * shape.place_size


def weights(shape: Shape) -> np.ndarray | None:
    """float64[areas] by which counts of each area are multiplied; None where each counts as it was simulated."""
    if len(shape.areas) == 1:
        return None
    lives, took = adults(shape), simulated(shape)
    return lives / took * (took.sum() / lives.sum())


def added(shape: Shape, counts: np.ndarray, axis: int) -> np.ndarray:
    """Counts with worlds and areas apart, areas added up along `axis`: whole numbers as they are for one area, else float64."""
    scale = weights(shape)
    if scale is None:
        return np.asarray(counts.sum(axis=axis))
    return np.asarray((np.moveaxis(counts, axis, -1) * scale).sum(axis=-1))


def each_area(result: Result) -> list[tuple[str, Result]]:
    """(name, the part of the result) of every area."""
    return [(name, one_area(result, i)) for i, name in enumerate(result.shape.names)]


def one_area(result: Result, i: int) -> Result:
    """The part of a result that is of its i-th area."""
    shape, n = result.shape, len(result.shape.areas)
    own = replace(shape, areas=(shape.areas[i],), n_places=(shape.n_places[i],), all_places=(shape.all_places[i],))
    return replace(
        result,
        shape=own,
        weekly=result.weekly[:, i::n],
        tally=result.tally[i::n],
        gains=result.gains[i::n],
        waits=result.waits[i::n],
        ledger=result.ledger[i::n],
        books=result.books[:0],
        organisations={},
    )


def as_simulated(result: Result) -> Result:
    """The same as if all simulated people lived in one area: each counts alike, as the calibration has it."""
    shape, n = result.shape, len(result.shape.areas)
    if n == 1:
        return result
    worlds = len(shape.worlds)
    whole = replace(shape, areas=shape.areas[:1], n_places=(sum(shape.n_places),), all_places=(sum(shape.all_places),))
    each = {name: rows // n if name == "area_row" else rows for name, rows in result.organisations.items()}

    def together(rows: np.ndarray, axis: int) -> np.ndarray:
        return np.asarray(rows.reshape(*rows.shape[:axis], worlds, n, *rows.shape[axis + 1 :]).sum(axis=axis + 1))

    return replace(
        result,
        shape=whole,
        weekly=together(result.weekly, 1),
        tally=together(result.tally, 0),
        gains=together(result.gains, 0),
        waits=together(result.waits, 0),
        ledger=together(result.ledger, 0),
        organisations=each,
    )
