"""How many kinds a column of people can hold: a vocabulary that outgrows one says so, instead of wrapping round."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from sim.vocabulary import (
    CELLS,
    MOST_CONDITIONS,
    N_MATCH,
    N_NEEDS,
    Contact,
    Mark,
    Occasion,
    Offer,
    Referrer,
    Stage,
    Want,
)

BITS = {"needs": N_NEEDS, "chooses": len(Offer), "marks": len(Mark)}
"""Columns of bits: how many they hold."""
KINDS = {
    "cell": CELLS,
    "n_conditions": MOST_CONDITIONS + 1,
    "contact_class": len(Contact),
    "stage": len(Stage),
    "want_kind": len(Want),
    "want_need": N_NEEDS,
    "match": N_MATCH,
    "occasion": len(Occasion),
    "offer": len(Offer),
    "referrer": len(Referrer),
}
"""Columns of a number: how many it can be."""
SLICE = 12
"""Bits of one draw that settle whether a person would choose one offer."""


def must_fit(types: Mapping[str, type], bits: Mapping[str, int] = BITS, kinds: Mapping[str, int] = KINDS) -> None:
    """Raise ValueError, naming the column, where its type is too narrow for the vocabulary."""
    for name, count in bits.items():
        _at_most(name, count, 8 * np.dtype(types[name]).itemsize)
    for name, count in kinds.items():
        _at_most(name, count, 1 << 8 * np.dtype(types[name]).itemsize)
    _at_most("slices of one draw for `chooses`", bits["chooses"], 64 // SLICE)


def _at_most(name: str, count: int, most: int) -> None:
    if count > most:
        raise ValueError(
            f"{name}: the vocabulary has {count}, there is room for {most}; widen it in sim/columns/state.py"
        )
