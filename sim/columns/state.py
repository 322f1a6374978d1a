"""The state both engines start from: who is where, what exists, who pays. Arrays only, no behaviour.

People are sorted by place within area within world, `place_size` to a place, so a person's place is
`index // place_size`. Weeks count from the start of the burn-in. Money is whole pence.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from functools import cached_property
from math import gcd
from typing import Any

import numpy as np

from sim import draws
from sim.columns.lean import Leans, empty_leans
from sim.columns.listed import Inventory
from sim.columns.widths import must_fit
from sim.compiled.records import (
    F64,
    I16,
    I32,
    I64,
    U8,
    U16,
    U32,
    U64,
    Column,
    F64x3,
    F64x4,
    Flags,
    I32x2,
    I32x3,
    I64x2,
    I64x3,
    Record,
    U8x2,
    U16x2,
    U16x3,
    layout,
)
from sim.numbers.parameters import Parameters
from sim.people.own_area import CODE, OWN, OwnArea
from sim.people.population import area_cells, load_areas
from sim.rules.ledger import LINES
from sim.tables import NEVER
from sim.vocabulary import LONGEST_WAIT, MONTHS, YEAR, Payer, Referrer

PLACE_SIZE = 10_000
"""Adults in a place, if nothing else is said."""
BURN_IN_WEEKS = 780
"""Weeks before what is reported. Groups live long: from their usual start they take some fifteen years to settle
(`python -m benchmarks.settled`), so after 520 weeks availability was still about a point short."""

START, APRIL = "2025-04", 4


@dataclass(frozen=True)
class Shape:
    """The size of a run. `worlds` (draw, replicate); `areas` indices of areas; `n_places` in each area, `all_places` there
    are, of `place_size` adults.

    A place is a community here: `in_place` of them make a place as users name it. `as_area`: bodies that serve an area
    are at its scale (`scale`); else at that of its simulated places (the mechanism off).

    `inventory`: what is known to exist, for those of the areas where somebody has listed it.
    `own`: a user's own area, where `areas` names one. `start`: ISO month in which the policy begins.
    """

    worlds: tuple[tuple[int, int], ...]
    areas: tuple[int, ...]
    n_places: tuple[int, ...]
    all_places: tuple[int, ...]
    place_size: int
    burn_in: int
    weeks: int
    seed: int
    inventory: tuple[Inventory, ...] = ()
    own: OwnArea | None = None
    start: str = START
    in_place: int = 1
    as_area: bool = True

    def cells(self, area: int) -> tuple[int, ...]:
        """Adults by cell of one of `areas`, a user's own among them."""
        return self.own.cells if self.own is not None and area == OWN else area_cells(area)

    @property
    def burdens(self) -> np.ndarray:
        """float64[areas]: multiplier of the odds of a condition."""
        burden = load_areas().burden
        return np.array([self.own.burden if self.own is not None and a == OWN else burden[a] for a in self.areas])

    @property
    def codes(self) -> tuple[str, ...]:
        """Codes of the areas."""
        return tuple(CODE if area == OWN else str(load_areas().code[area]) for area in self.areas)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the areas, for people; a user's own as they wrote it."""
        short = load_areas().short_name
        return tuple(self.own.name if self.own is not None and a == OWN else str(short[a]) for a in self.areas)

    @property
    def listed(self) -> tuple[Inventory | None, ...]:
        """The inventory of each area, None where there is none."""
        known = {inventory.area: inventory for inventory in self.inventory}
        return tuple(known.get(area) for area in self.areas)

    def scale(self, area: int) -> tuple[int, int]:
        """(n, N) in lowest terms: adults simulated of an area's; (1, 1) where all are."""
        part, of = self.n_places[area], self.all_places[area]
        if not self.as_area or part >= of:
            return 1, 1
        common = gcd(part, of)
        return part // common, of // common

    def area_adults(self, area: int) -> int:
        """Adults for whom the bodies of an area are there."""
        part, of = self.scale(area)
        return self.n_places[area] * self.place_size * of // part

    @property
    def neighbourhoods(self) -> int:
        """Places of one world as users name them: whole communities together."""
        return sum(-(-n // self.in_place) for n in self.n_places)

    def supply(self, area: int) -> tuple[int, int]:
        """(adults of all its places, adults who live there): as what an inventory lists of an area is scaled.

        The same for one of the 42. A user's own area may be smaller or larger than its whole places; that each
        place is rounded up by at most one adult is no difference.
        """
        own = self.own if self.areas[area] == OWN else None
        if own is None:
            return 1, 1
        places, there = self.all_places[area], self.all_places[area] * self.place_size
        return there, there if 0 <= there - own.adults < places else own.adults

    @property
    def stretched(self) -> tuple[str, ...]:
        """Areas whose whole places hold other numbers of adults than live there, so that what is listed is scaled."""
        each = ((name, *self.supply(i)) for i, name in enumerate(self.names) if self.listed[i] is not None)
        return tuple(name for name, there, adults in each if there != adults)

    @cached_property
    def to_april(self) -> int:
        """Weeks from the policy's start to the first April from then on; a month is 52/12 weeks, rounded."""
        months = (APRIL - int(self.start.partition("-")[2])) % MONTHS
        return (months * YEAR + MONTHS // 2) // MONTHS

    def is_april(self, week: int) -> bool:
        """Whether this week (counted from the start of the burn-in) begins a financial year."""
        return (week - self.burn_in - self.to_april) % YEAR == 0

    def aprils(self, week: int) -> int:
        """Aprils since the policy began and up to this week; one in which it begins is not among them."""
        return max(0, (week - self.burn_in - (self.to_april or YEAR)) // YEAR + 1)

    @property
    def end(self) -> int:
        """Last week plus one: burn-in and reported weeks."""
        return self.burn_in + self.weeks

    @property
    def places(self) -> int:
        """Places of one world."""
        return sum(self.n_places)

    @property
    def people(self) -> int:
        """People of all worlds."""
        return len(self.worlds) * self.places * self.place_size


def dtypes(record: type[Record]) -> dict[str, np.dtype]:
    """The type of each column of a record."""
    return {name: np.dtype(kind.dtype) for name, (kind, _) in layout(record).items() if isinstance(kind, Column)}


@dataclass(eq=False)
class Places(Record):
    """One row a place (all worlds). `area_row` = world * n_areas + area; `base` packs the identity."""

    world: I64
    area: I64
    area_row: I64
    base: U64
    groups_founded: I64


@dataclass(eq=False)
class People(Record):
    """One row a person. Due weeks are uint16, `NEVER` when a clock is off. See `docs/architecture.md`.

    `spell_need`: the experience that their support shares. For the count only: `seeks` 1 with a want that is not judged,
    begun in week `seek_from`, judged in `seek_until` at the latest, `seek_flags` bits of `sim.core.parts.counting`; `holds` 1
    with a place reserved at a host (`hold_offer`, `hold_host`, experience `hold_part`) for a want that asks for `hold_need`,
    `hold_match`, in the weeks from `hold_from` to the one before `hold_until`; `hold_own` 1 while that is the want it was taken for.
    """

    whog: U64
    generation: U8
    cell: U16
    needs: U16
    n_conditions: U8
    lonely: U8
    confidence: U8
    offline: U8
    contact_class: U8
    chooses: U8
    access: U8
    stage: U8
    want_kind: U8
    want_need: U8
    want_cause: U8
    match: U8
    want_start: U16
    want_until: U16
    latent_until: U16
    deadline: U16
    marks: U32
    known_from: U16x2
    known_to: U16x2
    life_due: U16
    mind_due: U16
    act_due: U16
    stage_due: U16
    stay_until: U16
    occasion: U8
    host: I32
    supporter: I32
    offer: U8
    exact: U8
    queued: U16
    returning: U8
    referrer: U8
    spell_start: U16
    spell_need: U8
    last_used: U16
    helped: U8
    gain_lonely: I16
    gain_confidence: I16
    seeks: U8
    seek_from: U16
    seek_until: U16
    seek_need: U8
    seek_match: U8
    seek_flags: U8
    holds: U8
    hold_offer: U8
    hold_host: I32
    hold_need: U8
    hold_match: U8
    hold_part: U8
    hold_from: U16
    hold_until: U16
    hold_own: U8


PEOPLE_TYPES = dtypes(People)
OFF_AT_START = ("want_until", "deadline", "life_due", "mind_due", "act_due", "stage_due", "stay_until")
KNOWN_3 = ("known_from", "known_to")
PERSON_BYTES = sum(kind.itemsize * (3 if name in KNOWN_3 else 1) for name, kind in PEOPLE_TYPES.items())
"""Of one person's columns."""


def _one_block(shapes: dict[str, tuple[int, ...]]) -> dict[str, Any]:
    """Zeros for each column, one after the other in one block of memory: NumPy asks for huge pages from 4 MB up, and
    looking people up here and there then costs fewer misses of the processor's page table."""
    sizes = {name: -(-int(np.prod(shape)) * PEOPLE_TYPES[name].itemsize // 64) * 64 for name, shape in shapes.items()}
    columns: dict[str, Any] = {}
    block, at = np.zeros(sum(sizes.values()), np.uint8), 0
    for name, shape in shapes.items():
        size = int(np.prod(shape)) * PEOPLE_TYPES[name].itemsize
        columns[name] = block[at : at + size].view(PEOPLE_TYPES[name]).reshape(shape)
        at += sizes[name]
    return columns


def empty_people(n: int) -> People:
    """n people with nothing set: clocks off, no want, no place. `known_*` are [3, n]."""
    columns = _one_block({name: (3, n) if name in KNOWN_3 else (n,) for name in PEOPLE_TYPES})
    for name in OFF_AT_START:
        columns[name][:] = NEVER
    columns["host"][:] = -1
    columns["supporter"][:] = -1
    return People(**columns)


@dataclass(eq=False)
class Groups(Record):
    """One row a mutual group. `need` is a needs group, or ANY for one open to all conditions.

    `holds`: most members as an inventory lists it, 0 where a draw settles it. `met`, `had_room`: one more than the latest
    week in which it met, and met with an empty chair (0 never). `closed`: the week it closed in, `why` a kind of Closed.
    """

    place: I32
    need: U8
    ordinal: I32
    members: I32
    organisers: I32
    born: I32
    open: Flags
    holds: I32
    met: I32
    had_room: I32
    closed: I32
    why: U8


GROUP_TYPES = dtypes(Groups)


@dataclass(eq=False)
class Organisations(Record):
    """One row an organisation. `place` is -1 for one that serves its whole area. `needs` is a bit mask.

    `award`, `award_end`, `last_award` are [n, payers] (pence a week; week); `pays` a bit mask of
    the payers it may ask; `came_forward` who would help, `forward` how many of this run's people have; `waits` [n, LONGEST_WAIT + 1] starts of the last 26 weeks by weeks waited. `last_award` is what
    was promised: an award loses worth when prices outrun it. `award_stage` [n, payers] is an `Award`, until `award_end`;
    `advertised` [n, 2] the week from which coordinators' and paid workers' posts are filled (0: no vacancy); `coordinator_plan` what
    the plan pays for, `coordinator_mfte` who is in post. `tariff` [n, 2] pence a week from personal budgets
    and from payment by outcome, for the `units` [n, 2] (starts, completions) of the last quarter; `core` running
    costs, pence a week. `ledger` [n, LINES] the year at hand.
    """

    area_row: I32
    place: I32
    base: U64
    ordinal: I32
    needs: U16
    pays: U8
    nhs: Flags
    open: Flags
    cash: I64
    award: I64x2
    award_end: I32x2
    last_award: I64x2
    award_stage: U8x2
    tariff: I64x2
    units: I64x2
    own_income: I64
    core: I64
    shortfall: F64
    coordinator_plan: I64
    coordinator_mfte: I64
    paid_mfte: I64
    quality: F64
    self_luck: F64
    pair_luck: F64
    recruited: I64
    came_forward: I64
    forward: I64
    waits: I64x2
    starts: I64
    spent: I64
    advertised: I32x2
    ledger: I64x2


ORG_TYPES = dtypes(Organisations)


@dataclass(eq=False)
class Supporters(Record):
    """One row a supporter of an organisation. `whog` is its key; `state` 0 training, 1 active, 2 left; `capacity` places,
    of which `here` are this run's."""

    org: I32
    whog: U64
    paid: U8
    experience: U8
    capacity: I32
    here: I32
    mfte: I32
    started: I32
    ready: I32
    state: U8
    load: I32


SUPPORTER_TYPES = dtypes(Supporters)
for _types in (PEOPLE_TYPES, GROUP_TYPES, ORG_TYPES, SUPPORTER_TYPES):
    must_fit(_types)


@dataclass(eq=False)
class Referrers(Record):
    """Rows: three kinds per place, then three per area (see `sim.core.parts.wants.referrer_row`). Shares of staff: `knows`, of those
    not used to peers beside them; `declared`, what is declared of it; `habit`, used to peers. `trusts`: confidence. `recent` is
    int32[RECENT_WEEKS, rows, Referral], by week of the last half-year."""

    n_places: int
    n_area_rows: int
    knows: F64
    trusts: F64
    declared: F64
    habit: F64
    recent: I32x3


PLACE_KINDS: dict[int, int] = {Referrer.PRACTICE: 0, Referrer.LINK_WORKER: 1, Referrer.CARERS: 2}
AREA_KINDS: dict[int, int] = {Referrer.ACUTE: 0, Referrer.MENTAL: 1, Referrer.HOSPICE: 2}


@dataclass(eq=False)
class Supply(Record):
    """What exists, as last seen. `seen` uint16[3, offers, places * N_MATCH]: the latest week (0 never) in which
    something suitable existed, had a way in, or had room, in this order."""

    seen: U16x3


OWN_SOURCES, UNSPENT, SPENT = len(Payer), len(Payer) + 1, len(Payer) + 2


@dataclass(eq=False)
class State(Record):
    """Everything that changes, for all worlds of a run.

    `spent` [area rows, SPENT] pence this week: by payer, then organisations' own sources (OWN_SOURCES), then unspent of
    the payers' budgets (UNSPENT), at the area's scale. `left_over` [area rows, columns of a week] what is left of the area's figures when the
    run's part of them is reported. `pots` [area rows, 2] pence set aside for personal budgets and payment by outcome and not yet paid.
    `unspent` [area rows, payers] what payers have of their financial year, the pots with it; `ledger` [area rows, payers, PAYER_LINES].
    """

    shape: Shape
    par: Parameters
    places: Places
    people: People
    groups: Groups
    orgs: Organisations
    supporters: Supporters
    referrers: Referrers
    supply: Supply
    conviction: F64
    online_members: I64
    spent: I64x2
    pots: I64x2
    unspent: I64x2
    ledger: I64x3
    counts: I64x2
    left_over: I64x2
    listed: Flags
    """bool[area rows]: whose supply is from an inventory, and held as listed until the burn-in ends."""
    week: int = 0
    leans: Leans = field(default_factory=empty_leans)
    life_chance: F64x4 = field(default_factory=lambda: np.zeros((0, 0, 0, 0)))
    life_bound: F64x3 = field(default_factory=lambda: np.zeros((0, 0, 0)))
    life_mean: F64x3 = field(default_factory=lambda: np.zeros((0, 0, 0)))
    act_bound: F64x3 = field(default_factory=lambda: np.zeros((0, 0, 0)))
    act_mean: F64x3 = field(default_factory=lambda: np.zeros((0, 0, 0)))
    idle_bound: F64 = field(default_factory=lambda: np.zeros(0))
    idle_mean: F64 = field(default_factory=lambda: np.zeros(0))


WIDE = {
    **dict.fromkeys(("award", "award_end", "last_award", "award_stage"), (len(Payer),)),
    "advertised": (2,),
    "waits": (LONGEST_WAIT + 1,),
    "tariff": (2,),
    "units": (2,),
    "ledger": (LINES,),
}
"""Columns of tables that hold several numbers a row."""


def rows(kind: type, types: dict[str, np.dtype], n: int) -> dict[str, np.ndarray]:
    """n empty rows of a table."""
    return {f.name: np.zeros((n, *WIDE.get(f.name, ())), dtype=types[f.name]) for f in fields(kind)}


def append(table: Groups | Organisations | Supporters, new: dict[str, Any]) -> None:
    """Add rows to a table, in place: every column of them."""
    assert new.keys() == layout(type(table)).keys(), "a column without rows"
    table.grow(n := len(next(iter(new.values()))))
    for name, values in new.items():
        column = getattr(table, name)
        column[len(column) - n :] = values


def make_places(shape: Shape) -> Places:
    """Places of all worlds, area by area."""
    area = np.repeat(np.arange(len(shape.areas)), shape.n_places)
    number = np.concatenate([np.arange(n) for n in shape.n_places])
    worlds = np.repeat(np.arange(len(shape.worlds)), len(area))
    each = list(zip(area.tolist(), number.tolist(), strict=True))
    base = [draws.pack(d, r, shape.areas[a], p) for d, r in shape.worlds for a, p in each]
    all_area = np.tile(area, len(shape.worlds))
    return Places(
        worlds,
        all_area,
        worlds * len(shape.areas) + all_area,
        np.array(base, dtype=np.uint64),
        np.zeros(len(all_area), np.int64),
    )
