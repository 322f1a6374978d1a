"""Areas that never meet run one after another, so that all of England fits in the memory of a laptop.

People, money and supporters never leave their area. Two levers alone make areas of a world look at each other: with a
learning network, or where boards follow the others' conviction, they run together and take the memory of all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from sim.columns.state import Shape
from sim.numbers.levers import INDEX, Timeline
from sim.results.result import Result

MOST_TOGETHER = 1_500_000
"""People of one world above whom its areas run one after another (judgement: below, memory is no matter)."""
MEETING = ("learning_network", "conviction")
"""Levers by which an area reads what happens in another (`sim.core.learn`)."""
Areas = tuple[int, int]


def groups(shape: Shape, meet: bool) -> list[Areas]:
    """Areas of a world that run together, as (first, last plus one): all, or as many as MOST_TOGETHER holds."""
    adults = [n * shape.place_size for n in shape.n_places]
    if meet or sum(adults) <= MOST_TOGETHER:
        return [(0, len(adults))]
    firsts, together = [0], 0
    for area, people in enumerate(adults):
        if together and together + people > MOST_TOGETHER:
            firsts.append(area)
            together = 0
        together += people
    return list(zip(firsts, [*firsts[1:], len(adults)], strict=True))


def do_meet(lines: Sequence[Timeline]) -> bool:
    """Whether some policy lets areas of a world look at each other."""
    return any((line.values[:, INDEX[lever]] > 0).any() for line in lines for lever in MEETING)


def shape_of(shape: Shape, areas: Areas) -> Shape:
    """The shape of some of the areas."""
    some = slice(*areas)
    return replace(shape, areas=shape.areas[some], n_places=shape.n_places[some], all_places=shape.all_places[some])


def timeline_of(line: Timeline, areas: Areas) -> Timeline:
    """A policy's course in some of the areas."""
    return replace(line, values=np.ascontiguousarray(line.values[:, :, slice(*areas)]))


def joined(parts: Sequence[Result]) -> Result:
    """One result of a world, of those of its areas in their order; people whose events are kept are of the first."""
    first = parts[0]
    if len(parts) == 1:
        return first
    shapes = [part.shape for part in parts]
    areas, n_places, all_places = ([n for s in shapes for n in getattr(s, name)] for name in NAMES)
    return Result(
        replace(first.shape, areas=tuple(areas), n_places=tuple(n_places), all_places=tuple(all_places)),
        np.concatenate([part.weekly for part in parts], axis=1),
        np.concatenate([part.tally for part in parts]),
        _organisations(parts),
        first.events,
        first.people,
        _settling(parts),
        np.concatenate([part.gains for part in parts]),
        np.concatenate([part.waits for part in parts]),
        first.reservations,
        np.concatenate([part.ledger for part in parts]),
        np.concatenate([part.books for part in parts]),
    )


NAMES = ("areas", "n_places", "all_places")


def _organisations(parts: Sequence[Result]) -> dict[str, np.ndarray]:
    """Tables one under the other; area rows and places counted on, in the types they came in."""
    steps = {
        "area_row": np.cumsum([0, *(len(part.shape.areas) for part in parts)]),
        "place": np.cumsum([0, *(part.shape.places for part in parts)]),
    }
    done = {}
    for name in parts[0].organisations:
        columns = [part.organisations[name] for part in parts]
        if name in steps:
            columns = [
                np.where(c < 0, c, c + c.dtype.type(n)) for c, n in zip(columns, steps[name].tolist(), strict=False)
            ]
        done[name] = np.concatenate(columns)
    return done


def _settling(parts: Sequence[Result]) -> dict[str, tuple[int, int]]:
    """Each stock's sums, added up."""
    names = parts[0].settling
    each = {name: np.array([part.settling[name] for part in parts]).sum(axis=0).tolist() for name in names}
    return {name: (before, after) for name, (before, after) in each.items()}
