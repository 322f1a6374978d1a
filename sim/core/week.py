"""What every phase of the fast engine shares: this week's levers, draws, the log and the tallies."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim import draws
from sim.columns import kernels
from sim.columns.clock import acting_clock, target_table, want_chances
from sim.columns.state import State
from sim.core.gains import add_spells
from sim.core.rates import make_rates
from sim.core.tally import add_to_tally
from sim.draws import Purpose
from sim.numbers.levers import Timeline, View
from sim.numbers.parameters import Parameters
from sim.people.demography import demography
from sim.results.result import GAINS, LEVELS, MEASURES, reported_years
from sim.vocabulary import LONGEST_WAIT, Event, Mark, Stage, Want


class Week:
    """One run's state with the week at hand. Phases take it as their only argument."""

    def __init__(self, state: State, timeline: Timeline, trace: np.ndarray):
        self.state, self.timeline, self.trace = state, timeline, trace
        self.people, self.groups, self.orgs = state.people, state.groups, state.orgs
        self.supporters, self.par, self.shape = state.supporters, state.par, state.shape
        self.n_worlds, self.n_areas = len(self.shape.worlds), len(self.shape.areas)
        self.adults = np.tile(np.asarray(self.shape.n_places) * self.shape.place_size, self.n_worlds)
        self.row_ends = np.cumsum(self.adults)
        self.world_people = self.shape.places * self.shape.place_size
        self.life_stacked = np.ascontiguousarray(state.life_chance.reshape(-1, state.life_chance.shape[-1]).T)
        self.wants_of, self.targets = want_chances(self.par), target_table(self.par)
        demo = demography()
        self.new_need = np.cumsum(demo.new_need, axis=1)
        self.tally = np.zeros((self.n_worlds * self.n_areas, len(LEVELS), len(MEASURES)), np.int64)
        self.events: list[np.ndarray] = []
        self.noted: list[np.ndarray] = []
        self.spells: list[np.ndarray] = []
        years = len(reported_years(self.shape))
        self.gains = np.zeros((len(self.tally), years + 1, len(GAINS)), np.int64)
        self.waits = np.zeros((len(self.tally), years, LONGEST_WAIT + 1), np.int64)
        self.settling: dict[str, tuple[int, int]] = {}
        self.review = np.zeros(0, np.int64)
        self.levers_row = -1
        self.carried: dict[str, np.ndarray] = {}
        nothing: Any = np.zeros(0)
        self.wanting = self.talk = self.with_need = self.online_space = self.room_groups = self.room_first = nothing
        self.free = self.spare = self.can_exist = self.place_orgs = nothing
        self.org_exists = self.org_room = self.org_self = self.medians = nothing
        self.median_made: tuple[int, ...] = ()
        self.listed: tuple[object, ...] = ()
        self.start_week(0)

    def believe(self, par: Parameters) -> None:
        """Go on with other parameters (from the end of the burn-in), and what is worked out from them."""
        self.par = self.state.par = par
        self.wants_of, self.targets = want_chances(par), target_table(par)
        self.state.act_bound, self.state.act_mean = acting_clock(par)
        self.levers_row = -1

    def follow(self, timeline: Timeline) -> None:
        """Go on under another policy (from the end of the burn-in)."""
        self.timeline, self.levers_row = timeline, -1

    def start_week(self, week: int) -> None:
        """Move to `week`: the levers in force, by area row."""
        self.now = self.state.week = week
        self.held = self.state.listed & (week < self.shape.burn_in)
        row = int(np.searchsorted(self.timeline.starts, week, side="right")) - 1
        if row != self.levers_row:
            self.levers_row = row
            self.levers = View(np.tile(self.timeline.values[row], (1, self.n_worlds)))
            self.rates = make_rates(self.levers, self.state)

    @property
    def reporting(self) -> bool:
        """Whether the burn-in is over."""
        return self.now >= self.shape.burn_in

    def world(self, index: np.ndarray) -> np.ndarray:
        """World of each person."""
        return index // self.world_people

    def place(self, index: np.ndarray) -> np.ndarray:
        """Place row of each person."""
        return index // self.shape.place_size

    def area_row(self, index: np.ndarray) -> np.ndarray:
        """Area row (world * n_areas + area) of each person."""
        return self.state.places.area_row[index // self.shape.place_size]

    def key(self, purpose: Purpose) -> np.uint64:
        """The key of this week's draws for one purpose."""
        return draws.key64(self.shape.seed, purpose, self.now)

    def uniform(self, purpose: Purpose, index: np.ndarray) -> np.ndarray:
        """This week's draw of people for one purpose."""
        return np.asarray(kernels.uniform(self.people.whog, index, self.key(purpose)))

    def bits(self, purpose: Purpose, index: np.ndarray) -> np.ndarray:
        """The same, as 64 bits."""
        return np.asarray(kernels.bits(self.people.whog, index, self.key(purpose)))

    def due(self, column: np.ndarray) -> np.ndarray:
        """People whose clock strikes this week (a uint16 column against a typed scalar)."""
        return np.asarray(kernels.find(column == np.uint16(self.now)))

    def at(self, stage: Stage) -> np.ndarray:
        """People at one stage (typed scalar: thirteen times faster than a Python integer)."""
        return np.asarray(kernels.find(self.people.stage == np.uint8(stage)))

    def count_at(self, stage: Stage) -> np.ndarray:
        """int64[area rows]: people at one stage. People stand by area row, so each row is a slice."""
        return np.asarray(kernels.count_slices(self.people.stage == np.uint8(stage), self.row_ends))

    def log(self, event: Event, index: np.ndarray, detail: np.ndarray | int = 0) -> None:
        """Count an event by area row; keep it for the people who are traced."""
        if len(index) == 0:
            return
        kernels.count_rows(self.state.counts, int(event), index, self.shape.place_size, self.state.places.area_row)
        if len(self.trace):
            self._keep(event, index, np.broadcast_to(np.asarray(detail), index.shape))

    def log_each(self, events: np.ndarray, index: np.ndarray, code: np.ndarray) -> None:
        """`log` for several kinds at once: events[code] is each person's event, -1 for none."""
        some = events[code] >= 0
        index, event = index[some], events[code[some]]
        n = self.state.counts.shape[1]
        self.state.counts += np.bincount(self.area_row(index) * n + event, minlength=self.state.counts.size).reshape(
            -1, n
        )
        if len(self.trace):
            self._keep(event, index, np.zeros(len(index), np.int64))

    def _keep(self, event: Event | np.ndarray, index: np.ndarray, detail: np.ndarray) -> None:
        kept = self.trace[index]
        if kept.any():
            n = int(kept.sum())
            row = np.empty((n, 4), np.int64)
            row[:, 0], row[:, 1], row[:, 3] = self.now, index[kept], detail[kept]
            row[:, 2] = event[kept] if isinstance(event, np.ndarray) else event
            self.events.append(row)

    def note(self, index: np.ndarray, marks: np.ndarray, eligible: np.ndarray, code: np.ndarray | int) -> None:
        """Keep wants for the tally: it is made from all of them at once (calls cost more than rows)."""
        if len(index) == 0:
            return
        row = np.zeros((len(index), 7), np.int64)
        row[:, 0], row[:, 1], row[:, 2] = self.area_row(index), self.people.cell[index], self.people.want_need[index]
        row[:, 3], row[:, 4], row[:, 5], row[:, 6] = marks, eligible, code, self.people.exact[index]
        self.noted.append(row)

    def flush(self) -> None:
        """Add what was noted to the tally."""
        if self.noted:
            add_to_tally(self.tally, np.concatenate(self.noted))
            self.noted.clear()
        add_spells(self)

    def want_people(self, n: int) -> np.ndarray:
        """int64[n]: people with each need by place, as last counted (1 before the first count)."""
        return self.with_need if len(self.with_need) == n else np.ones(n, np.int64)

    def in_window(self, index: np.ndarray) -> np.ndarray:
        """Whose want is latent and began in the reported weeks."""
        people = self.people
        return (people.want_kind[index] == Want.LATENT) & (people.want_start[index] >= self.shape.burn_in)

    def mark(self, index: np.ndarray, *marks: Mark) -> None:
        """Set bits of these people's wants."""
        if len(index):
            self.people.marks[index] |= np.uint16(sum(1 << mark for mark in marks))

    def has(self, index: np.ndarray, mark: Mark) -> np.ndarray:
        """Whose want has one bit."""
        return (self.people.marks[index] >> np.uint16(mark) & np.uint16(1)) == 1
