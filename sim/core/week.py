"""One run of the fast engine with the week at hand: what every phase is given."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

import numpy as np

from sim import draws
from sim.columns.clock import DROP_BOUND, acting_clock, idle_clock, target_table, want_chances
from sim.columns.state import Groups, Organisations, People, Places, Shape, State, Supporters
from sim.compiled.records import I32, I64, U8, U64, Flags, I32x2, I64x2, Record
from sim.core.hosts import Hosts, empty_hosts
from sim.core.parts.around import ALL_FLAGS
from sim.core.parts.due import CLOCKS
from sim.core.records import (
    Book,
    ByRow,
    ByWorld,
    Posts,
    Rates,
    Room,
    Share,
    Shocks,
    Tables,
    Talk,
    book,
    by_row,
    by_world,
    empty_rates,
    empty_room,
    empty_talk,
    posts,
    shocks,
    tables,
)
from sim.draws import Purpose
from sim.numbers.levers import Timeline
from sim.numbers.parameters import Parameters
from sim.people.newcomer import TraitTables, trait_tables
from sim.results.result import SLOW_MEASURED, SLOW_STOCKS, WEEKLY
from sim.rules.support import leaving_chance
from sim.vocabulary import N_NEEDS, Stage

KEYS_AHEAD = 64
"""Weeks whose keys are made together: a call costs more than a key."""
TOGETHER = 512
"""People whose draws are made together: few enough to stay in the processor's first cache."""
EVENTS_A_PHASE = 16
"""Most events of one person in one phase: room is made for so many of each who is traced."""


@dataclass(eq=False)
class Found(Record):
    """Lists of people that one loop fills and another reads. `review`: who is at an occasion this week, without a want;
    `active`: who waits, joins or is in support, each once (see `sim.core.parts.around`)."""

    who: I32
    whom: I32
    also: I32
    what: U8
    review: I32
    flags: U8
    seen: I64
    active: I32
    actives: I64


@dataclass(eq=False)
class Due(Record):
    """Whom the week calls, by clock (`sim.core.parts.due`): `who` [clocks, people], of which `n` are filled."""

    who: I32x2
    n: I64


@dataclass(eq=False)
class Luck(Record):
    """Keys and draws of TOGETHER people at a time (see `sim.core.parts.luck`)."""

    key: U64
    what: U64
    gap: U64
    also: U64


@dataclass(eq=False)
class Order(Record):
    """Turns of those who wait, and free places, as long as one phase needs them. `later`, then `draw` (low goes first);
    `slot` the supporter of each place; `first`, `first_slot` where each organisation's queue and places begin; `left` places
    left by organisation; `free` by what is asked; `coming` how many wait or join, and how many places are free, at most."""

    later: I64
    draw: U64
    slot: I32
    first: I64
    first_slot: I64
    filled: I64
    left: I64
    free: I64
    coming: I64


class Week(Record):
    """One run's state and tables, with the week at hand (`now`). Phases take it as their only argument.

    Loops read `people.stage[i]`, `levers.directory[row]`, `par.act_rate[world]`; an area row is world * areas + area.
    """

    state: State
    people: People
    groups: Groups
    orgs: Organisations
    supporters: Supporters
    places: Places
    par: ByWorld
    levers: ByRow
    rates: Rates
    room: Room
    talk: Talk
    tables: Tables
    traits: TraitTables
    book: Book
    hosts: Hosts
    found: Found
    due: Due
    luck: Luck
    order: Order
    posts: Posts
    share: Share
    shocks: Shocks
    held: Flags
    counted: I64x2
    area_counted: I64x2
    carried: I64x2
    first_keys: U64
    keys: U64
    now: int
    burn_in: int
    end: int
    place_size: int
    n_areas: int
    per_place: float
    per_area: float

    def __init__(self, state: State, timeline: Timeline, trace: np.ndarray):
        self.state, self.timeline, self.shape = state, timeline, state.shape
        self.people, self.groups, self.orgs = state.people, state.groups, state.orgs
        self.supporters, self.places = state.supporters, state.places
        self.burn_in, self.end = self.shape.burn_in, self.shape.end
        self.place_size, self.n_areas = self.shape.place_size, len(self.shape.areas)
        self.per_place, self.per_area = 1.0 / self.place_size, 1.0 / self.n_areas
        self.n_worlds = len(self.shape.worlds)
        self.rates, self.room, self.book = empty_rates(self.n_rows), empty_room(state), book(self.shape, trace)
        self.found, self.talk = _found(self.shape), empty_talk()
        self.hosts = empty_hosts(self.shape)
        self.luck = Luck(*(np.zeros(TOGETHER, np.uint64) for _ in range(4)))
        self.due = Due(np.zeros((CLOCKS, self.shape.people + 1), np.int32), np.zeros(CLOCKS, np.int64))
        self.levers = by_row(timeline.values[0], self.n_worlds)
        self.traits = trait_tables()
        self.order, self.posts = _order(), posts(len(self.orgs.open), self.n_rows)
        self.share = Share(*(np.zeros(0, np.int64) for _ in range(6)))
        self.first_keys = draws.keys64(self.shape.seed, range(1), 1 + max(Purpose))[0].copy()
        self.keys = self.first_keys.copy()
        self._keys_of: dict[int, np.ndarray] = {}
        self.settling: dict[str, tuple[int, int]] = {}
        self.counted, self.area_counted = (np.zeros((self.n_rows, len(WEEKLY)), np.int64) for _ in range(2))
        self.carried = np.full((self.n_rows, len(SLOW_STOCKS) + len(SLOW_MEASURED)), -1, np.int64)
        self.reviews, self.levers_row = 0, -1
        self._holding: bool | None = None
        self.believe(state.par)
        if state.left_over.shape[1] != len(WEEKLY):
            state.left_over = np.repeat(self.tables.of[:, None] // 2, len(WEEKLY), axis=1)  # neither up nor down
        self.start_week(0)

    @property
    def n_rows(self) -> int:
        """Area rows: areas of all worlds."""
        return self.n_worlds * self.n_areas

    def believe(self, par: Parameters) -> None:
        """Go on with other parameters (from the end of the burn-in), and what is worked out from them."""
        state = self.state
        state.par, self.par = par, by_world(par)
        state.act_bound, state.act_mean = acting_clock(par)
        state.idle_bound, state.idle_mean = idle_clock(par)
        most = [
            leaving_chance(*one, 0.0)
            for one in zip(par.drop_per_week, [0] * self.n_worlds, par.drop_loose_match, strict=True)
        ]
        assert max(most, default=0.0) <= DROP_BOUND, "nobody may pass the bound of the clock of leaving early"
        self.tables = tables(state, want_chances(par), target_table(par))
        assert self.tables.targets.min(initial=1) >= 1, "no clock is set to the week at hand: see sim.core.parts.due"
        self.levers_row = -1

    def follow(self, timeline: Timeline) -> None:
        """Go on under another policy (from the end of the burn-in)."""
        self.timeline, self.levers_row = timeline, -1

    def start_week(self, week: int) -> None:
        """Move to `week`: its draws, and the levers in force by area row."""
        self.now = self.state.week = week
        if self._holding != (week < self.burn_in):
            self._holding = week < self.burn_in
            self.held = self.state.listed & self._holding
        if week not in self._keys_of:
            many = range(week, week + KEYS_AHEAD)
            self._keys_of = dict(zip(many, draws.keys64(self.shape.seed, many, len(self.keys)), strict=True))
        self.keys[:] = self._keys_of[week]
        row = bisect_right(self.timeline.starts, week) - 1
        if row != self.levers_row:
            self.levers_row = row
            self.levers = by_row(self.timeline.values[row], self.n_worlds)
            self.shocks = shocks(self.levers)
            from sim.core.parts.rates import fill_rates  # its loops take a Week

            fill_rates(self)

    def make_room(self) -> None:
        """Room for what may be written down of those who are traced. Raises AssertionError where it was too little."""
        book = self.book
        if not len(book.trace):
            return
        assert book.kept[0] <= len(book.events), "more happened to someone in a phase than there was room for"
        most = book.kept[0] + EVENTS_A_PHASE * int(np.count_nonzero(book.trace))
        if most > len(book.events):
            book.events = np.concatenate([book.events, np.zeros((most, 4), np.int64)])
        log, kept = self.hosts.log, int(self.hosts.kept[0])
        assert kept <= len(log), "more was reserved for someone in a phase than there was room for"
        if (most := most - int(book.kept[0]) + kept) > len(log):
            self.hosts.log = np.concatenate([log, np.zeros((most, 5), np.int64)])

    def fit_order(self) -> None:
        """Room for the turns of all who wait or join and of all places, and for as many organisations as there are."""
        order, orgs, n = (
            self.order,
            len(self.orgs.open),
            int(max(self.order.coming[0], self.found.actives[0], self.order.coming[1])),
        )
        self.fit_turns(n)
        if len(order.first) != orgs + 1:
            order.filled, order.left = np.zeros(orgs, np.int64), np.zeros(orgs, np.int64)
            order.first, order.first_slot = np.zeros(orgs + 1, np.int64), np.zeros(orgs + 1, np.int64)

    def fit_turns(self, n: int) -> None:
        """Room for the turns of n people."""
        order = self.order
        if len(order.later) < n:
            order.later, order.draw = np.zeros(2 * n, np.int64), np.zeros(2 * n, np.uint64)
            order.slot = np.zeros(2 * n, np.int32)

    def fit_share(self) -> None:
        """Room to share money among all organisations."""
        if len(self.share.who) < len(self.orgs.open):
            self.share = Share(*(np.zeros(len(self.orgs.open), np.int64) for _ in range(6)))

    def fit_posts(self) -> None:
        """Room for as many organisations as there are."""
        if len(self.posts.paid) != len(self.orgs.open):
            self.posts = posts(len(self.orgs.open), self.n_rows)

    @property
    def reporting(self) -> bool:
        """Whether the burn-in is over."""
        return self.now >= self.burn_in

    def at(self, stage: Stage) -> np.ndarray:
        """int64[n]: people at one stage."""
        return np.flatnonzero(self.people.stage == np.uint8(stage))


def _found(shape: Shape) -> Found:
    n = shape.people
    who, whom, also, review, active = (np.zeros(n + 1, np.int32) for _ in range(5))
    what, flags = np.zeros(n + 1, np.uint8), np.zeros(shape.place_size, np.uint8)
    seen = np.zeros(N_NEEDS * ALL_FLAGS, np.int64)
    return Found(who, whom, also, what, review, flags, seen, active, np.zeros(2, np.int64))


def _order() -> Order:
    later, first, first_slot, filled, left = (np.zeros(0, np.int64) for _ in range(5))
    draw, slot = np.zeros(0, np.uint64), np.zeros(0, np.int32)
    return Order(later, draw, slot, first, first_slot, filled, left, np.zeros(N_NEEDS, np.int64), np.zeros(2, np.int64))
