"""The vocabulary: what follows from its records holds, and one that outgrows a column says so."""

from __future__ import annotations

import ast
from pathlib import Path

import numpy as np
import pytest

from sim import vocabulary
from sim.agents.land import SUIT_ROWS
from sim.columns.state import GROUP_TYPES, ORG_TYPES, PEOPLE_TYPES, SUPPORTER_TYPES
from sim.columns.widths import BITS, KINDS, SLICE, must_fit
from sim.people.demography import demography
from sim.people.population import need_cumulative
from sim.results.result import FIRST_LEVEL, LEVELS, WEEKLY
from sim.vocabulary import (
    ANY,
    CELLS,
    FAMILY,
    FIRST_NEED,
    HAS_LASTING,
    IN_SUPPORT,
    MATCH_OF,
    N_MATCH,
    NEED_GROUPS,
    NEEDS,
    SUITS,
    Event,
    Family,
    How,
    Known,
    Stage,
    age_of,
    cell_parts,
    ethnicity_of,
    family_mask,
    fifth_of,
    heard,
    how_heard,
    mask_of,
    middle_cell,
    sex_of,
)


def test_the_vocabulary_imports_nothing_of_the_model():
    tree = ast.parse(Path(vocabulary.__file__).read_text("utf-8"))
    modules = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert not {name for name in modules if name.startswith("sim")}


def test_the_very_same_suits_and_a_group_open_to_all_suits_whoever_is_not_narrow():
    for need, group in enumerate(NEED_GROUPS):
        own, similar, any_ = MATCH_OF[:, need]
        assert np.flatnonzero(SUITS[own]).tolist() == [need]
        like = [i for i, other in enumerate(NEED_GROUPS) if other.family == group.family]
        assert np.flatnonzero(SUITS[similar]).tolist() == [*like, ANY]
        assert SUITS[any_].all()
    assert len(SUITS) == N_MATCH == FAMILY + len(Family)
    assert SUITS.tolist() == SUIT_ROWS


def test_families_part_the_needs_groups():
    masks = [family_mask(family) for family in Family]
    assert sum(masks) == mask_of(*NEEDS) == (1 << len(NEEDS)) - 1
    assert np.bitwise_or.reduce(masks) == sum(masks)
    assert len(Family) <= len(NEEDS)  # places are matched by keys that leave room for as many


def test_what_does_not_last_is_no_first_need():
    passing = [need.name for need in NEED_GROUPS if not need.lasting]
    assert passing and not HAS_LASTING[mask_of(*passing)] and FIRST_NEED[mask_of(*passing)] == len(NEEDS)
    assert FIRST_NEED[mask_of("carers", "heart")] == NEEDS.index("heart")


def test_a_cell_is_its_parts():
    parts = cell_parts(np.arange(CELLS))
    assert len(set(zip(*(part.tolist() for part in parts), strict=True))) == CELLS
    assert [int(part[-1]) + 1 for part in parts] == [len(levels) for levels in vocabulary.CELL_PARTS.values()]
    for cell in (0, 7, 49, 50, 123, CELLS - 1):
        assert (age_of(cell), sex_of(cell), fifth_of(cell), ethnicity_of(cell)) == tuple(int(p[cell]) for p in parts)
        middle = middle_cell(cell)
        assert (age_of(middle), sex_of(middle)) == (age_of(cell), sex_of(cell))
        assert (fifth_of(middle), ethnicity_of(middle)) == (2, 0)


def test_levels_begin_where_their_grouping_does():
    assert [LEVELS[first][0] for first in FIRST_LEVEL.values()] == list(FIRST_LEVEL)
    assert LEVELS[FIRST_LEVEL["needs group"] :] == tuple(("needs group", need) for need in NEEDS)


def test_support_is_where_a_place_is_held():
    assert [stage for stage in Stage if IN_SUPPORT[stage]] == [
        Stage.MEMBER,
        Stage.PAIRED,
        Stage.SUPPORTED,
        Stage.ONLINE,
    ]


def test_every_event_has_a_phase_words_and_a_column():
    assert [int(event) for event in Event] == list(range(len(Event)))
    assert all(event.words and event.phase for event in Event)
    assert all(f"n_{event.name.lower()}" in WEEKLY for event in Event)


def test_how_someone_heard_is_read_back():
    assert {how_heard(heard(known, how)) for known in Known for how in How if how == How.MOUTH} == {How.MOUTH}
    assert len({heard(known, how) for known in Known for how in How}) == len(Known) * len(How)


def test_tables_of_the_population_have_every_needs_group():
    assert need_cumulative().shape == demography().new_need.shape == (len(vocabulary.AGES), len(NEEDS))


@pytest.mark.parametrize("name", [*BITS, *KINDS])
def test_a_vocabulary_that_outgrows_its_column_is_named(name: str):
    types = next(t for t in (PEOPLE_TYPES, GROUP_TYPES, ORG_TYPES, SUPPORTER_TYPES) if name in t)
    size = 8 * np.dtype(types[name]).itemsize
    most = size if name in BITS else 1 << size
    table = {"bits" if name in BITS else "kinds": (BITS if name in BITS else KINDS) | {name: most + 1}}
    with pytest.raises(ValueError, match=f"{name}: the vocabulary has {most + 1}, there is room for {most}"):
        must_fit(types, **table)


def test_more_offers_than_a_draw_has_slices_are_named():
    wide = PEOPLE_TYPES | {"chooses": np.uint16}
    with pytest.raises(ValueError, match="slices of one draw"):
        must_fit(wide, bits=BITS | {"chooses": 64 // SLICE + 1})
