"""How far each deprivation fifth and each place is from the middle of its area: tables of the start of a run."""

from __future__ import annotations

import numpy as np

from sim import draws
from sim.columns.state import Shape, State
from sim.draws import Purpose
from sim.people.own_area import OWN
from sim.people.population import OWN_SHARE
from sim.people.rural import rural_shares
from sim.rules.lean import DEPRIVED, lean_of
from sim.vocabulary import FIFTHS, fifth_of


def fill_leans(state: State) -> None:
    """`fifth_leans` [area rows, fifths] and `place_leans` [places] from where people live and the strength of the gradient;
    `deprived` [places], their part of people in the two most deprived fifths against the area's (1 where it has none).

    A place is as deprived as those of its people who are its own: the rest are the area's mix, alike everywhere.
    """
    places = state.places
    fifths = fifth_of(state.people.cell).reshape(len(places.world), -1)
    of_place, deprived = fifths.mean(axis=1), (fifths <= DEPRIVED).mean(axis=1)
    of_row, strength = _by_row(state, of_place), np.asarray(state.par.gradient, dtype=np.float64)
    by_row = np.repeat(strength, len(of_row) // len(strength))
    state.fifth_leans = lean_of(by_row[:, None], np.arange(len(FIFTHS))[None, :], of_row[:, None])
    leans = lean_of(strength[places.world], of_place, of_row[places.area_row]) / OWN_SHARE
    state.place_leans = np.clip(leans, -1.0, 1.0)
    of_area = _by_row(state, deprived)[places.area_row]
    state.deprived = np.where(of_area > 0.0, deprived / np.where(of_area > 0.0, of_area, 1.0), 1.0)


def fill_rural(state: State) -> None:
    """`places.rural`: a draw that is the same in every world, by the share of a place's people who live in rural neighbourhoods."""
    shape, places = state.shape, state.places
    by_fifth, fifths = _rural(shape), fifth_of(state.people.cell).reshape(len(places.world), -1)
    shares = [by_fifth[area][fifths[p]].mean() for p, area in enumerate(places.area)]
    number = np.tile(np.concatenate([np.arange(n) for n in shape.n_places]), len(shape.worlds))
    key = [draws.whog(draws.pack(0, 0, shape.areas[a], int(p))) for a, p in zip(places.area, number, strict=True)]
    luck = draws.uniform(shape.seed, Purpose.PLACE_RURAL, 0, np.array(key, np.uint64))
    places.rural[:] = luck < np.array(shares)


def _rural(shape: Shape) -> np.ndarray:
    """float64[areas, fifths]: share of people in rural neighbourhoods; of a user's own area, as of the one it is like."""
    own = shape.own
    return np.asarray(rural_shares()[[own.like if own is not None and area == OWN else area for area in shape.areas]])


def _by_row(state: State, by_place: np.ndarray) -> np.ndarray:
    """float64[area rows]: mean over the places of each; they hold as many people."""
    row, rows = state.places.area_row, len(state.conviction)
    return np.asarray(np.bincount(row, weights=by_place, minlength=rows) / np.bincount(row, minlength=rows))
