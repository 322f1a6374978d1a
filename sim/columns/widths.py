"""How many kinds a column can hold: a vocabulary that outgrows one says so, instead of wrapping round."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from sim.vocabulary import (
    CELLS,
    MOST_CONDITIONS,
    N_EXPERIENCES,
    N_MATCH,
    N_NEEDS,
    Closed,
    Contact,
    Life,
    Mark,
    Occasion,
    Offer,
    Payer,
    Post,
    Referrer,
    Stage,
    Want,
)

BITS = {"needs": N_NEEDS, "chooses": len(Offer), "marks": len(Mark), "pays": len(Payer)}
"""Columns of bits: how many they hold."""
KINDS = {
    "cell": CELLS,
    "n_conditions": MOST_CONDITIONS + 1,
    "contact_class": len(Contact),
    "stage": len(Stage),
    "want_kind": len(Want),
    "want_need": N_NEEDS,
    "want_cause": len(Life),
    "match": N_MATCH,
    "spell_need": N_EXPERIENCES,
    "seek_need": N_NEEDS,
    "seek_match": N_MATCH,
    "hold_offer": len(Offer),
    "hold_need": N_NEEDS,
    "hold_match": N_MATCH,
    "hold_part": N_EXPERIENCES,
    "occasion": len(Occasion),
    "offer": len(Offer),
    "referrer": len(Referrer),
    "need": N_EXPERIENCES,
    "experience": N_NEEDS,
    "state": len(Post),
    "why": len(Closed),
}
"""Columns of a number: how many it can be."""
SLICE = 12
"""Bits of one draw that settle whether a person would choose one offer."""


def must_fit(types: Mapping[str, np.dtype], bits: Mapping[str, int] = BITS, kinds: Mapping[str, int] = KINDS) -> None:
    """Raise ValueError, naming the column, where its type is too narrow for the vocabulary."""
    wide = {name: 8 * np.dtype(kind).itemsize for name, kind in types.items()}
    for name in bits.keys() & wide:
        _at_most(name, bits[name], wide[name])
    for name in kinds.keys() & wide:
        _at_most(name, kinds[name], 1 << wide[name])
    _at_most("slices of one draw for `chooses`", bits["chooses"], 64 // SLICE)


def _at_most(name: str, count: int, most: int) -> None:
    if count > most:
        raise ValueError(
            f"{name}: the vocabulary has {count}, there is room for {most}; widen it in sim/columns/state.py"
        )
