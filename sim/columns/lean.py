"""How far each deprivation fifth and each place is from the middle of its area, and which places are rural: from where people
live at the start of a run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sim import draws
from sim.compiled.records import F64, F64x2, Flags, Record
from sim.draws import Purpose
from sim.people.own_area import OWN
from sim.people.population import OWN_SHARE
from sim.people.rural import rural_shares
from sim.rules.lean import DEPRIVED, lean_of
from sim.vocabulary import FIFTHS, fifth_of

if TYPE_CHECKING:
    from sim.columns.state import Shape, State


@dataclass(eq=False)
class Leans(Record):
    """`fifths` [area rows, fifths] and `places` [places]: leans, see `sim.rules.lean`. By place: `deprived`, its part of people in the
    two most deprived fifths against the area's (1 where the area has none); whether it is `rural`."""

    fifths: F64x2
    places: F64
    deprived: F64
    rural: Flags


def empty_leans() -> Leans:
    """Of nobody."""
    return Leans(np.zeros((0, 0)), np.zeros(0), np.zeros(0), np.zeros(0, bool))


def find_leans(state: State) -> Leans:
    """From where people live and the strength of the gradient.

    A place is as deprived as those of its people who are its own: the rest are the area's mix, alike everywhere.
    """
    places = state.places
    fifths = fifth_of(state.people.cell).reshape(len(places.world), -1)
    of_place, strength = fifths.mean(axis=1), np.asarray(state.par.gradient, dtype=np.float64)
    of_row = _by_row(state, of_place)
    by_row = np.repeat(strength, len(of_row) // len(strength))
    of_fifths = lean_of(by_row[:, None], np.arange(len(FIFTHS))[None, :], of_row[:, None])
    of_places = lean_of(strength[places.world], of_place, of_row[places.area_row]) / OWN_SHARE
    return Leans(of_fifths, np.clip(of_places, -1.0, 1.0), _deprived(state, fifths), _rural(state, fifths))


def _deprived(state: State, fifths: np.ndarray) -> np.ndarray:
    part = (fifths <= DEPRIVED).mean(axis=1)
    of_area = _by_row(state, part)[state.places.area_row]
    return np.where(of_area > 0.0, part / np.where(of_area > 0.0, of_area, 1.0), 1.0)


def _rural(state: State, fifths: np.ndarray) -> np.ndarray:
    """A draw that is the same in every world, by the share of a place's people who live in rural neighbourhoods."""
    shape, area = state.shape, state.places.area
    by_fifth, number = _rural_shares(shape), np.concatenate([np.arange(n) for n in shape.n_places])
    shares = np.array([by_fifth[a][own].mean() for a, own in zip(area, fifths, strict=True)])
    each = zip(area, np.tile(number, len(shape.worlds)), strict=True)
    key = np.array([draws.whog(draws.pack(0, 0, shape.areas[a], int(p))) for a, p in each], np.uint64)
    return np.asarray(draws.uniform(shape.seed, Purpose.PLACE_RURAL, 0, key) < shares)


def _rural_shares(shape: Shape) -> np.ndarray:
    """float64[areas, fifths]; of a user's own area, as of the one that it is like."""
    own = shape.own
    return np.asarray(rural_shares()[[own.like if own is not None and area == OWN else area for area in shape.areas]])


def _by_row(state: State, by_place: np.ndarray) -> np.ndarray:
    """float64[area rows]: mean over the places of each; they hold as many people."""
    row, rows = state.places.area_row, len(state.conviction)
    return np.asarray(np.bincount(row, weights=by_place, minlength=rows) / np.bincount(row, minlength=rows))
