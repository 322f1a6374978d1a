"""What the loops of a week take besides the state: levers, parameters, tables, who has room, what is written down."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from sim.columns.clock import CLASSES, CONDITIONS, CONFIDENCES, HOWS
from sim.columns.state import Shape, State
from sim.compiled.records import F64, I32, I64, U16, F64x2, F64x3, F64x4, Flags, I64x2, I64x3, Record, U8x2, U8x3
from sim.numbers.levers import LEVERS, View
from sim.numbers.parameters import Parameters
from sim.people.demography import demography
from sim.people.population import contact_table
from sim.results.result import GAINS, LEVELS, MEASURES, reported_years
from sim.tables import LASTS_WEEKS, STEP, UNIT_WAIT, weeks_left
from sim.vocabulary import FIFTHS, LONGEST_WAIT, N_MATCH, N_NEEDS, N_REFERRERS, Payer

STEPS = (UNIT_WAIT * STEP).astype(np.uint16)
ACCESS = 256  # levels of what people can manage


def record_of(name: str, columns: tuple[str, ...]) -> Any:
    """A class of records with a float64 column of each name."""
    made = type(name, (Record,), {"__annotations__": dict.fromkeys(columns, F64), "__module__": __name__})
    return dataclass(eq=False)(made)


if TYPE_CHECKING:
    ByWorld: TypeAlias = Parameters
    ByRow: TypeAlias = View
else:
    ByWorld = record_of("ByWorld", tuple(f.name for f in fields(Parameters)))
    ByRow = record_of("ByRow", tuple(lever.name for lever in LEVERS))


def by_world(par: Parameters) -> ByWorld:
    """Parameters as columns that loops can read: `par.act_rate[world]`."""
    return ByWorld(*(np.array(getattr(par, f.name), np.float64) for f in fields(Parameters)))  # type: ignore[return-value]


def by_row(values: np.ndarray, n_worlds: int) -> ByRow:
    """Levers float64[levers, areas] as columns by area row: `levers.directory[row]`."""
    return ByRow(*np.tile(values, (1, n_worlds)))


@dataclass(eq=False)
class Tables(Record):
    """What never changes in a run, and what follows from parameters.

    `steps` uint16[65536]: `UNIT_WAIT` in its steps. `wants_of` float64[worlds, kinds of
    Life], `targets` int64[worlds, kinds of Life]; `new_need` float64[ages, needs] cumulative; `years` int64[years, 2]
    first and last week of each reported one; `left` int64[worlds, weeks]: what is left of an effect. By area row: `adults`
    simulated, `area_adults` whom bodies of the area are there for, `part` of every `of` of them in this run.
    """

    steps: U16
    new_need: F64x2
    contact_week: F64x2
    burden: F64
    years: I64x2
    adults: I64
    area_adults: I64
    part: I64
    of: I64
    first_place: I64
    wants_of: F64x2
    targets: I64x2
    left: I64x2


def tables(state: State, wants_of: np.ndarray, targets: np.ndarray) -> Tables:
    """The tables of a run."""
    shape = state.shape
    n_worlds = len(shape.worlds)
    places, areas = np.tile(np.asarray(shape.n_places), n_worlds), range(len(shape.areas))
    part, of = (np.tile(np.array(one, np.int64), n_worlds) for one in zip(*map(shape.scale, areas), strict=True))
    return Tables(
        STEPS,
        np.cumsum(demography().new_need, axis=1),
        contact_table(),
        shape.burdens.astype(np.float64),
        np.array(reported_years(shape), np.int64).reshape(-1, 2),
        places * shape.place_size,
        np.tile(np.array([shape.area_adults(a) for a in areas], np.int64), n_worlds),
        part,
        of,
        np.concatenate([[0], np.cumsum(places)]).astype(np.int64),
        wants_of,
        targets,
        left_of(state.par),
    )


def left_of(par: Parameters) -> np.ndarray:
    """int64[worlds, weeks]: thousandths of a full week that a decaying effect is worth in its first weeks."""
    each = [weeks_left(float(h)) for h in par.effect_half_life_weeks]
    return np.stack(each) if each else np.zeros((0, LASTS_WEEKS + 1), np.int64)


@dataclass(eq=False)
class Rates(Record):
    """One row an area row. Chances are weekly.

    `manage` uint8[rows, 2 * fifths, 256]: bits of the offers that people can manage, by fifth and offline (`who_manages`), and access; `hearing`
    float64[rows, 2, 3]: stacked chances of meeting informally, a search and a search online, by whether people are
    offline; `by_mouth`, `clinics` float64[rows]; `contacts` float64[rows, 8, 4, 6]: stacked chances of each kind of
    contact by class of contact and conditions; `acts` float64[rows, fifths, 101] by confidence; `route` float64[rows, 6] by kind
    of referrer; `mode`, `thinks`, `prompts` float64[rows, 5] by occasion, then for a link worker (`prompts` 1 where staff are prompted or
    offer it to everybody); `loses` float64[rows].
    """

    manage: U8x3
    hearing: F64x3
    by_mouth: F64
    clinics: F64
    contacts: F64x4
    acts: F64x3
    route: F64x2
    mode: F64x2
    thinks: F64x2
    prompts: F64x2
    loses: F64


def empty_rates(rows: int) -> Rates:
    """Tables of zeros."""
    return Rates(
        np.zeros((rows, 2 * len(FIFTHS), ACCESS), np.uint8),
        np.zeros((rows, 2, 3)),
        np.zeros(rows),
        np.zeros(rows),
        np.zeros((rows, CLASSES, CONDITIONS, N_REFERRERS)),
        np.zeros((rows, len(FIFTHS), CONFIDENCES)),
        np.zeros((rows, N_REFERRERS)),
        np.zeros((rows, HOWS)),
        np.zeros((rows, HOWS)),
        np.zeros((rows, HOWS)),
        np.zeros(rows),
    )


@dataclass(eq=False)
class Room(Record):
    """What exists this week, made by `look` before anyone acts, and read by those who ask, are referred or offered.

    `free` int64[organisations, 2, needs]: places by (volunteer, paid) and experience; `exists`, `room` uint8[organisations,
    match]: bits of the offers there are, or have room for whoever asks next; `places`: free places, whoever waits; `there`
    int64[organisations, 2]: bits of the experiences of volunteers and of paid workers, busy or not; `takes_self`, `medians` by organisation; `listed` int32: open
    organisations of each place from `first[place]`, area-wide first; `groups` int32: groups with room of each place from
    `first_group[place]`; `online` int64[area rows]: places left online.
    """

    free: I64x3
    exists: U8x2
    room: U8x2
    places: U8x2
    there: I64x2
    takes_self: Flags
    spare: I64
    medians: I64
    listed: I32
    first: I64
    groups: I32
    first_group: I64
    online: I64
    listed_for: I64
    unmet: I64x2
    telling: I64x3
    inside: I64x3
    with_need: I64x2


@dataclass(eq=False)
class Posts(Record):
    """By organisation: volunteers there, paid posts there (thousandths), of these in training (`trainees`, `training`), places,
    volunteers wanted and the paid post wanted; by area row: volunteers there (`have`), pence by payer to award and set aside."""

    volunteers: I64
    paid: I64
    trainees: I64
    training: I64
    places: I64
    wanted: I64
    post: I64
    have: I64
    to_award: I64x2
    aside: I64x2


def posts(orgs: int, rows: int) -> Posts:
    """Nobody is there."""
    return Posts(*(np.zeros(shape, np.int64) for shape in (*[orgs] * 7, rows, (rows, len(Payer)), (rows, 2))))


@dataclass(eq=False)
class Shocks(Record):
    """Whether a lever calls this week for what is rare: 1 where some area row has it, else 0."""

    largest: int
    closed: int
    convince: int
    network: int


def shocks(levers: ByRow) -> Shocks:
    """The largest organisation lost, people who may not meet, boards that must be convinced, a learning network."""
    return Shocks(
        int((levers.lose_largest >= 1).any()),
        int((levers.face_to_face_closed > 0).any()),
        int((levers.conviction >= 1).any()),
        int((levers.learning_network > 0).any()),
    )


@dataclass(eq=False)
class Share(Record):
    """Money shared out: among whom, by what weights; `pence`, `given` each one's part; `due` whose award is over."""

    who: I64
    weight: I64
    pence: I64
    over: I64
    given: I64
    due: I64


@dataclass(eq=False)
class Talk(Record):
    """Of the place at hand, by what is known (groups, services) and need: the share of people near who talk of it."""

    share: F64x2


def empty_talk() -> Talk:
    """Nobody talks."""
    return Talk(np.zeros((2, N_NEEDS)))


def empty_room(state: State) -> Room:
    """Nothing exists yet."""
    places, rows, orgs = len(state.places.area), len(state.spent), 0  # `fit` makes room for organisations
    return Room(
        np.zeros((orgs, 2, N_NEEDS), np.int64),
        np.zeros((orgs, N_MATCH), np.uint8),
        np.zeros((orgs, N_MATCH), np.uint8),
        np.zeros((orgs, N_MATCH), np.uint8),
        np.zeros((orgs, 2), np.int64),
        np.zeros(orgs, bool),
        np.zeros(orgs, np.int64),
        np.zeros(orgs, np.int64),
        np.zeros(0, np.int32),
        np.zeros(places + 1, np.int64),
        np.zeros(0, np.int32),
        np.zeros(places + 1, np.int64),
        np.zeros(rows, np.int64),
        np.zeros(1, np.int64),
        np.zeros((places, N_NEEDS), np.int64),
        np.zeros((places, 2, N_NEEDS), np.int64),
        np.zeros((places, 2, N_NEEDS), np.int64),
        np.ones((places, N_NEEDS), np.int64),
    )


@dataclass(eq=False)
class Book(Record):
    """What is written down: see `sim.results.result`. `trace` bool[people] or nobody; `events` int64[room, 4], of which
    the first `kept[0]` are filled."""

    tally: I64x3
    gains: I64x3
    waits: I64x3
    trace: Flags
    events: I64x2
    kept: I64


def book(shape: Shape, trace: np.ndarray) -> Book:
    """An empty book."""
    rows, years = len(shape.worlds) * len(shape.areas), len(reported_years(shape))
    return Book(
        np.zeros((rows, len(LEVELS), len(MEASURES)), np.int64),
        np.zeros((rows, years + 1, len(GAINS)), np.int64),
        np.zeros((rows, years, LONGEST_WAIT + 1), np.int64),
        trace,
        np.zeros((0, 4), np.int64),
        np.zeros(1, np.int64),
    )
