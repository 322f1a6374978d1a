"""How far each deprivation fifth and each place is from the middle of its area: tables of the start of a run."""

from __future__ import annotations

import numpy as np

from sim.columns.state import State
from sim.people.population import OWN_SHARE
from sim.rules.lean import lean_of
from sim.vocabulary import FIFTHS, fifth_of


def fill_leans(state: State) -> None:
    """`fifth_leans` [area rows, fifths] and `place_leans` [places] from where people live and the strength of the gradient.

    A place is as deprived as those of its people who are its own: the rest are the area's mix, alike everywhere.
    """
    places = state.places
    of_place = fifth_of(state.people.cell.astype(np.int64)).reshape(len(places.world), -1).mean(axis=1)
    rows = len(state.conviction)
    of_row = np.bincount(places.area_row, weights=of_place, minlength=rows) / np.bincount(
        places.area_row, minlength=rows
    )
    strength = np.asarray(state.par.gradient, dtype=np.float64)
    by_row = np.repeat(strength, rows // len(strength))
    state.fifth_leans = lean_of(by_row[:, None], np.arange(len(FIFTHS))[None, :], of_row[:, None])
    middle = of_row[places.area_row]
    state.place_leans = np.clip(lean_of(strength[places.world], of_place, middle) / OWN_SHARE, -1.0, 1.0)
