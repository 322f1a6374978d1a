"""The people: areas, whole places, traits and yearly chances of life events.

Reads the compact tables of `sim/data` (built by `calibration.population.build_population`).
Decisions use exact float64 arithmetic only (+ - * / comparisons) and keyed draws, so the same
person is the same on every machine. Correlation runs through one common factor: each latent is
`wa*common + wb*own`, both Irwin-Hall sums of four 16-bit slices of a hash (exact integers), and
the table `latents.csv` turns it into a uniform, so every margin of every cell holds.
"""

from __future__ import annotations

import csv
import difflib
import gzip
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import numpy as np

from sim import draws
from sim.data import FOLDER
from sim.draws import Purpose
from sim.numbers.structure import COMMUNITY_ADULTS
from sim.vocabulary import (
    ADVANCED,
    AGES,
    BEREAVEMENT,
    CARERS,
    CELLS,
    FIFTHS,
    MENTAL,
    MOST_CONDITIONS,
    N_NEEDS,
    N_REFERRERS,
    Contact,
    cell_parts,
    fifth_of,
)

OWN_SHARE = 0.6
"""Share of a place's people from its own stretch of the deprivation order (judgement)."""

LATENT_WEIGHTS = {
    Purpose.TRAIT_CONDITIONS: (7, 9),
    Purpose.TRAIT_LONELY: (9, 7),
    Purpose.TRAIT_CONFIDENCE: (6, 10),
    Purpose.TRAIT_DIGITAL: (4, 12),
}
"""Weights (common, own) of each latent, adding to 16: correlations .61 .79 .51 .32 with the
common factor (judgement, set so that often lonely with a condition is near 10%, under 4% without)."""

TABLE_PARTS = ("age", "sex", "imd", "ethnicity")
"""What the tables of traits.csv call the parts of a cell, in their order."""
BAND = np.array([0, 0, 1, 1, 2, 2])
"""Rows of the table `contact_tier` by number of conditions."""

PAM_EDGES = (30.0, 47.0, 55.0, 72.0, 100.0)
"""Whole-number limits of the four activation levels, from 47.0, 55.1 and 72.4 (P119, recalled);
a score tells its level: 47, 55 and 72 begin levels 2, 3 and 4. The floor of 30 is judgement."""


def tables_dir() -> Path:
    """Folder of the shipped tables, in a checkout and in a wheel alike."""
    return FOLDER


@cache
def _trait_tables() -> dict[str, np.ndarray]:
    """Every table of traits.csv as float64[rows, columns], by name."""
    found: dict[str, dict[tuple[int, int], float]] = {}
    with open(tables_dir() / "traits.csv", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            place = (int(row["row"]), int(row["column"]))
            found.setdefault(row["table"], {})[place] = float(row["value"])
    return {name: _matrix(values) for name, values in found.items()}


def _matrix(values: dict[tuple[int, int], float]) -> np.ndarray:
    shape = max(r for r, _ in values) + 1, max(c for _, c in values) + 1
    if len(values) != shape[0] * shape[1]:
        raise ValueError("a table in traits.csv has holes")
    out = np.zeros(shape)
    for place, value in values.items():
        out[place] = value
    return out


def trait_table(name: str) -> np.ndarray:
    """One conditional table, float64[rows, columns]; sources and grades stand in traits.csv."""
    return _trait_tables()[name]


# ---------------------------------------------------------------- areas and cells


@dataclass(frozen=True)
class Areas:
    """The integrated care boards in order of code; arrays of one length."""

    code: np.ndarray
    ods_code: np.ndarray
    name: np.ndarray
    short_name: np.ndarray
    region: np.ndarray
    adults: np.ndarray
    """int64, people of 18 and over (Census 2021 scale)."""
    population: np.ndarray
    """int64, Census 2021 usual residents."""
    burden: np.ndarray
    """float64, multiplier of the odds of a condition: square root of the QOF burden index."""
    qof_burden_index: np.ndarray
    imd_share: np.ndarray
    """float64[areas, fifths], share of adults by national deprivation fifth, most deprived first."""
    rural_share: np.ndarray
    disabled_share: np.ndarray
    lonely_pct: np.ndarray
    digital_exclusion: np.ndarray
    gp_practices: np.ndarray
    pcns: np.ndarray
    successor_code: np.ndarray


@cache
def load_areas() -> Areas:
    """The areas, from sim/data/areas.csv."""
    with open(tables_dir() / "areas.csv", encoding="utf-8", newline="") as file:
        rows = sorted(csv.DictReader(file), key=lambda row: row["code"])

    def text(column: str) -> np.ndarray:
        return np.array([row[column] for row in rows])

    def number(column: str) -> np.ndarray:
        return np.array([float(row[column]) for row in rows])

    def whole(column: str) -> np.ndarray:
        return np.array([int(row[column]) for row in rows], dtype=np.int64)

    return Areas(
        code=text("code"),
        ods_code=text("ods_code"),
        name=text("name"),
        short_name=text("short_name"),
        region=text("region"),
        adults=whole("adults"),
        population=whole("population"),
        burden=number("ltc_odds_factor"),
        qof_burden_index=number("qof_burden_index"),
        imd_share=np.stack([number(f"imd_q{q}") for q in FIFTHS], axis=1),
        rural_share=number("rural_share"),
        disabled_share=number("disabled_share"),
        lonely_pct=number("lonely_often_or_some_pct"),
        digital_exclusion=number("digital_exclusion_index"),
        gp_practices=whole("gp_practices"),
        pcns=whole("pcns"),
        successor_code=text("successor_code"),
    )


@cache
def _area_words() -> dict[str, int]:
    areas = load_areas()
    words: dict[str, int] = {}
    for i in range(len(areas.code)):
        for word in (areas.code[i], areas.ods_code[i], areas.name[i], areas.short_name[i]):
            words[str(word).casefold()] = i
    return words


def area_index(name_or_code_or_short: str) -> int:
    """Position of an area by code, name or short name, any case; KeyError names the nearest."""
    wanted = name_or_code_or_short.strip().casefold()
    words = _area_words()
    if wanted in words:
        return words[wanted]
    near = difflib.get_close_matches(wanted, words, n=4, cutoff=0.3)
    near += [word for word in words if wanted and wanted in word]
    short = load_areas().short_name
    names = list(dict.fromkeys(str(short[words[word]]) for word in near))[:3]
    raise KeyError(f"no area called {name_or_code_or_short!r}; nearest: {', '.join(names)}")


@cache
def cell_counts() -> np.ndarray:
    """int64[areas, cells]: adults of each area by cell, raked at build time."""
    index = {str(code): i for i, code in enumerate(load_areas().code)}
    out = np.zeros((len(index), CELLS), dtype=np.int64)
    with gzip.open(tables_dir() / "population_cells.csv.gz", "rt", encoding="utf-8") as file:
        for row in csv.reader(line for line in file if not line.startswith("area")):
            out[index[row[0]], int(row[1])] = int(row[2])
    return out


# ---------------------------------------------------------------- places


def places_in(area: int, place_size: int) -> int:
    """Number of whole places of `place_size` adults in an area, at least one."""
    return places_for(int(load_areas().adults[area]), place_size)


def places_for(adults: int, place_size: int) -> int:
    """Number of whole places of `place_size` adults among so many, at least one."""
    return max(1, int(adults / place_size + 0.5))


def communities(place_size: int) -> tuple[int, int]:
    """(communities that a place holds, adults of each): all as large; a place smaller than one is one."""
    many = max(1, int(place_size / COMMUNITY_ADULTS + 0.5))
    return many, -(-place_size // many)


def whole_communities(places: int, there: int, in_place: int, size: int, adults: int) -> tuple[int, int]:
    """(simulated, there): communities of `size` adults of an area of so many, of whose `there` places some are simulated."""
    all_ = places_for(adults, size)
    return all_ if places >= there else min(places * in_place, all_), all_


@cache
def area_cells(area: int) -> tuple[int, ...]:
    """int[cells]: adults of one of the areas by cell."""
    return tuple(cell_counts()[area].tolist())


def _largest_remainder(share: np.ndarray, total: int) -> np.ndarray:
    """int64 counts in proportion to `share` (any scale) adding exactly to `total`."""
    exact = share * (total / share.sum())
    whole = np.floor(exact).astype(np.int64)
    order = np.argsort(whole - exact, kind="stable")
    whole[order[: total - int(whole.sum())]] += 1
    return whole


@lru_cache(maxsize=64)
def _dealt(cells: tuple[int, ...], place_size: int) -> tuple[np.ndarray, np.ndarray]:
    """(own, mixed) int64[cells]: the area's people to deal out, own stretches and area mix."""
    places = places_for(sum(cells), place_size)
    people = _largest_remainder(np.array(cells, dtype=float), places * place_size)
    own_size = int(OWN_SHARE * place_size)
    own = _largest_remainder(people.astype(float), own_size * places)
    return own, people - own


@lru_cache(maxsize=256)
def place_ranks(places: int) -> np.ndarray:
    """int64[places]: deprivation rank of each place, golden-ratio order starting in the middle.

    The first few places taken of an area are therefore spread over its deprivation.
    """
    with np.errstate(over="ignore"):
        point = np.arange(places, dtype=np.uint64) * np.uint64(draws.G) + np.uint64(1 << 63)
    return np.argsort(np.argsort(point, kind="stable"), kind="stable")


def _offsets(cells: int) -> np.ndarray:
    return np.arange(1, cells + 1) * 0.6180339887498949 % 1.0


def _first(count: np.ndarray, people: int) -> np.ndarray:
    """int64[cells]: how many of each cell are among the first `people` of an even interleaving.

    The j-th of k people of a cell stands at (j + offset) / k. Monotone in `people`, so slices
    between two ranks are never negative and all slices together use everybody exactly once.
    """
    total = int(count.sum())
    if people <= 0 or people >= total:
        return count * 0 if people <= 0 else count.copy()
    offset, low, high = _offsets(len(count)), 0.0, 1.0
    while True:
        middle = (low + high) * 0.5
        if middle in (low, high):
            break
        taken = np.ceil(count * middle - offset).clip(0, count).sum()
        low, high = (middle, high) if taken < people else (low, middle)
        if taken == people:
            break
    return _trim(
        np.ceil(count * low - offset).clip(0, count).astype(np.int64),
        np.ceil(count * high - offset).clip(0, count).astype(np.int64),
        people,
    )


def _trim(low: np.ndarray, high: np.ndarray, people: int) -> np.ndarray:
    """`low` plus the first (by cell) of the people tied between `low` and `high`."""
    spare = np.cumsum(high - low)
    return low + np.diff(np.minimum(spare, people - int(low.sum())), prepend=0)


def _first_by_deprivation(count: np.ndarray, people: int) -> np.ndarray:
    """As `_first`, but in order of deprivation fifth and evenly mixed within each."""
    fifth = fifth_of(np.arange(CELLS))
    out, left = np.zeros(CELLS, dtype=np.int64), people
    for q in range(len(FIFTHS)):
        inside = np.flatnonzero(fifth == q)
        out[inside] = _first(count[inside], left)
        left -= int(count[inside].sum())
    return out


def cut_place(area: int, place: int, place_size: int) -> np.ndarray:
    """uint16[place_size]: cells of the people of one whole place, the same on every machine.

    60% are the place's own stretch of the area's deprivation order and 40% are the area's mix
    (judgement: neighbourhoods are mixed); all places of an area add to its margins exactly.
    Age, sex and ethnic group vary between places only through deprivation.
    """
    return cut_cells(area_cells(area), place, place_size)


def cut_cells(cells: tuple[int, ...], place: int, place_size: int) -> np.ndarray:
    """`cut_place` of an area whose adults by cell are given."""
    own, mixed = _dealt(cells, place_size)
    rank = int(place_ranks(places_for(sum(cells), place_size))[place])
    a = int(OWN_SHARE * place_size)
    b = place_size - a
    people = _first_by_deprivation(own, (rank + 1) * a) - _first_by_deprivation(own, rank * a)
    people += _first(mixed, (rank + 1) * b) - _first(mixed, rank * b)
    return np.repeat(np.arange(CELLS, dtype=np.uint16), people)


# ---------------------------------------------------------------- traits


@dataclass
class Traits:
    """What a person carries, arrays of length n."""

    needs: np.ndarray
    """uint16 bits over the needs groups; bereavement: in the last year."""
    n_conditions: np.ndarray
    """uint8, 0 to MOST_CONDITIONS (that many or more)."""
    lonely: np.ndarray
    """uint8, UCLA three-item score 3 to 9; 7 and over stands for often or always lonely."""
    confidence: np.ndarray
    """uint8, Patient Activation Measure score 0 to 100."""
    digital_excluded: np.ndarray
    """uint8, 1 = has not used the internet recently."""
    contact_class: np.ndarray
    """uint8, a `Contact`: row of contact_table()."""


def _irwin_hall(bits: np.ndarray) -> np.ndarray:
    """int64[n]: sum of the four 16-bit slices of uint64[n], nearly normal, exact."""
    low = np.uint64(0xFFFF)
    total = (bits & low) + (bits >> np.uint64(16) & low)
    total += (bits >> np.uint64(32) & low) + (bits >> np.uint64(48))
    return total.astype(np.int64)


@cache
def latent_cdf() -> dict[Purpose, np.ndarray]:
    """float64[1026] per latent: its distribution function at multiples of 4096 (last repeated)."""
    with open(tables_dir() / "latents.csv", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    out = {}
    for purpose in LATENT_WEIGHTS:
        values = [float(row[purpose.name.lower()]) for row in rows]
        out[purpose] = np.array(values + values[-1:])
    return out


def latent_uniform(seed: int, purpose: Purpose, week: int, whog: np.ndarray, common: np.ndarray) -> np.ndarray:
    """float64[n]: uniform that shares the common factor (int64[n]); low = worse off."""
    wa, wb = LATENT_WEIGHTS[purpose]
    x = wa * common + wb * _irwin_hall(draws.bits(seed, purpose, week, whog))
    cdf, knot = latent_cdf()[purpose], x >> 12
    below = cdf[knot]
    return below + (x & 4095) * (1.0 / 4096.0) * (cdf[knot + 1] - below)


@cache
def cell_table(kind: str) -> np.ndarray:
    """float64[cells]: product of a trait's factors by age, sex, deprivation and ethnic group."""
    parts = cell_parts(np.arange(CELLS))
    out = np.ones(CELLS)
    for name, part in zip(TABLE_PARTS, parts, strict=True):
        if f"{kind}_{name}" in _trait_tables():
            out = out * trait_table(f"{kind}_{name}")[part, 0]
    return out


def condition_share(cell: np.ndarray, burden: np.ndarray, newcomer: bool) -> np.ndarray:
    """float64[n]: chance of at least one long-term condition, by cell and area burden."""
    odds = cell_table("condition_odds")[cell] * burden
    share = odds / (1.0 + odds)
    return share * trait_table("newcomer_share")[0, 0] if newcomer else share


def _below(u: np.ndarray, cumulative: np.ndarray) -> np.ndarray:
    """uint8[n]: how many of the cumulative shares float64[n, k] each uniform has reached."""
    return (u[:, None] >= cumulative).sum(axis=1, dtype=np.uint8)


def _draw_needs(seed: int, whog: np.ndarray, week: int, age: np.ndarray, n_conditions: np.ndarray) -> np.ndarray:
    """uint16[n]: needs groups of up to three conditions (two may fall in one group)."""
    needs = np.zeros(len(whog), dtype=np.uint16)
    cumulative = need_cumulative()
    purposes = (Purpose.TRAIT_NEED_1, Purpose.TRAIT_NEED_2, Purpose.TRAIT_NEED_3)
    for number, purpose in enumerate(purposes):
        has = np.flatnonzero(n_conditions > number)
        u = draws.uniform(seed, purpose, week, whog[has])
        group = _below(u, cumulative[age[has], :-1]).astype(np.uint16)
        needs[has] |= np.left_shift(np.uint16(1), group)
    return needs


def need_weights() -> np.ndarray:
    """float64[ages, needs]: how common each needs group is, as share of adults. ValueError where one has no column."""
    weights = trait_table("need_weight")
    if weights.shape != (len(AGES), N_NEEDS):
        raise ValueError(f"need_weight in traits.csv is {weights.shape}; the vocabulary has {(len(AGES), N_NEEDS)}")
    return weights


@cache
def need_cumulative() -> np.ndarray:
    """float64[ages, needs]: cumulative shares of the needs groups of a condition, by age."""
    weights = need_weights()
    return np.cumsum(weights, axis=1) / weights.sum(axis=1, keepdims=True)


def _loneliness(u: np.ndarray, often: np.ndarray) -> np.ndarray:
    """uint8[n]: UCLA score from a uniform (low = lonelier) and the share often lonely."""
    inside = trait_table("lonely_high")[:, 0]
    beyond = trait_table("lonely_low")[:, 0]
    limits = np.concatenate([often[:, None] * inside, often[:, None] + (1.0 - often[:, None]) * beyond], axis=1)
    return (9 - _below(u, limits)).astype(np.uint8)


def _confidence(u: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(level uint8[n] 0..3, score uint8[n]): even within each level of the measure."""
    cuts = trait_table("pam_cuts")[:, 0]
    level = (u[:, None] >= cuts[None, :]).sum(axis=1)
    edge, score = np.concatenate([[0.0], cuts, [1.0]]), np.array(PAM_EDGES)
    within = (u - edge[level]) / (edge[level + 1] - edge[level])
    points = score[level] + within * (score[level + 1] - score[level])
    return level.astype(np.uint8), points.clip(0, 100).astype(np.uint8)


def _contact_class(u: np.ndarray, n_conditions: np.ndarray, level: np.ndarray, needs: np.ndarray) -> np.ndarray:
    """uint8[n]: class of contact; the same uniform picks the tier and, reused, the services."""
    band = BAND[n_conditions]
    tier = _below(u, trait_table("contact_tier")[band * (len(PAM_EDGES) - 1) + level])
    often = (u >= trait_table("contact_often_without")[0, 0]).astype(np.uint8)
    out = np.where(n_conditions > 0, tier + Contact.ILL_SELDOM, often).astype(np.uint8)
    known = trait_table("contact_known")[:, 0]
    spread = u * 64.0
    spread -= np.floor(spread)
    out[((needs >> CARERS & 1) == 1) & (spread < known[1])] = Contact.CARERS_SERVICE
    out[((needs >> MENTAL & 1) == 1) & (spread < known[0])] = Contact.MENTAL_TEAM
    out[(needs >> ADVANCED & 1) == 1] = Contact.ADVANCED_ILLNESS
    return out


def draw_traits(seed: int, whog: np.ndarray, week: int, cell: np.ndarray, burden: np.ndarray, newcomer: bool) -> Traits:
    """Traits of n people: `whog` uint64[n], `cell` uint16[n], `burden` float64[n] of the area.

    `newcomer`: people who enter later have a condition 0.6 times as often (judgement); the
    incidence of `demography()` makes up for it.
    """
    part = cell_parts(cell)
    common = _irwin_hall(draws.bits(seed, Purpose.TRAIT_COMMON, week, whog))
    u = {p: latent_uniform(seed, p, week, whog, common) for p in LATENT_WEIGHTS}
    share = condition_share(cell, burden, newcomer)
    u_condition = u[Purpose.TRAIT_CONDITIONS]
    more = trait_table("number_cumulative")[part.age * len(FIFTHS) + part.fifth]
    number = MOST_CONDITIONS - _below(u_condition / share, more)
    number[u_condition >= share] = 0
    needs = _draw_needs(seed, whog, week, part.age, number)
    for kind, purpose, bit in (
        ("carer", Purpose.TRAIT_CARER, CARERS),
        ("bereaved", Purpose.TRAIT_BEREAVED, BEREAVEMENT),
    ):
        chosen = draws.uniform(seed, purpose, week, whog) < cell_table(kind)[cell]
        needs |= chosen.astype(np.uint16) << np.uint16(bit)
    level, score = _confidence(u[Purpose.TRAIT_CONFIDENCE])
    excluded = u[Purpose.TRAIT_DIGITAL] < cell_table("digital")[cell]
    contact = draws.uniform(seed, Purpose.TRAIT_CONTACT, week, whog)
    return Traits(
        needs,
        number.astype(np.uint8),
        _loneliness(u[Purpose.TRAIT_LONELY], cell_table("lonely")[cell]),
        score,
        excluded.astype(np.uint8),
        _contact_class(contact, number, level, needs),
    )


def contact_table() -> np.ndarray:
    """float64[classes, kinds]: chance per week of a contact, by `Contact` and kind of `Referrer`."""
    table = trait_table("contact_week").copy()
    if table.shape != (len(Contact), N_REFERRERS):
        raise ValueError(f"contact_week in traits.csv is {table.shape}; needed: {(len(Contact), N_REFERRERS)}")
    return table
