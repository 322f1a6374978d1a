"""The readable engine's run: `PeerSupportModel` steps a week; every phase in the core's order.

Only people with something due are called: each clock has a calendar from week to people. Within a
phase everybody acts on the state at its start; ties are settled by keyed draws, never by order.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import mesa
import numpy as np

from sim.agents import phases
from sim.agents.commissioner import Commissioner
from sim.agents.group import Group
from sim.agents.land import Area, Place
from sim.agents.ledger import close_year, ledger_of, open_year
from sim.agents.organisation import Organisation
from sim.agents.person import CLOCKS, Person
from sim.agents.record import Record, count_week, organisations_of
from sim.agents.referrer import ReferrerBody
from sim.agents.supporter import Supporter
from sim.columns.clock import want_chances
from sim.columns.start import add_local, make_state
from sim.columns.state import (
    AREA_KINDS,
    ORG_TYPES,
    PLACE_KINDS,
    SUPPORTER_TYPES,
    Organisations,
    Shape,
    State,
    Supporters,
    rows,
)
from sim.numbers.levers import LEVERS, Timeline
from sim.numbers.parameters import Parameters
from sim.people.demography import demography
from sim.people.population import contact_table
from sim.results.result import Result, ends_year
from sim.rules.lean import DEPRIVED
from sim.vocabulary import IN_CLINIC, SUPPORT_STAGES, Payer, Stage

TRAITS = (
    "whog",
    "generation",
    "cell",
    "needs",
    "n_conditions",
    "lonely",
    "confidence",
    "offline",
    "contact_class",
    "chooses",
    "access",
    "life_due",
    "mind_due",
)


@dataclass(frozen=True)
class Agents:
    """The classes that a model is made of: give one of your own, a subclass of the usual, to change what it does.

    What a subclass leaves alone stays as it is, luck included, so a run with it differs by that change only.
    """

    person: type[Person] = Person
    group: type[Group] = Group
    organisation: type[Organisation] = Organisation
    supporter: type[Supporter] = Supporter
    referrer: type[ReferrerBody] = ReferrerBody
    commissioner: type[Commissioner] = Commissioner


USUAL = Agents()


class PeerSupportModel(mesa.Model):
    """One world of peer support. `week` is the week at hand, `policy` the levers' course, `made_of` the agents' classes."""

    def __init__(
        self, shape: Shape, par: Parameters, timeline: Timeline, trace: Sequence[int] = (), agents: Agents = USUAL
    ):
        super().__init__(rng=shape.seed)
        if len(shape.worlds) != 1:
            raise ValueError(f"the readable engine runs one world at a time; got {len(shape.worlds)}")
        self.shape, self.policy, self.seed_, self.end, self.week = shape, timeline, shape.seed, shape.end, 0
        self.made_of = agents
        state = make_state(shape, par)
        self.par = par.world(0)
        self.calendar: dict[str, dict[int, dict[Any, None]]] = {clock: {} for clock in CLOCKS}
        self.at: dict[Stage, dict[Any, None]] = {stage: {} for stage in Stage}
        self.record = Record(shape, self.par, trace)
        self.occasions: list[Person] = []
        self.seekers: dict[Person, None] = {}  # with a want that is not judged
        self.holders: dict[Person, None] = {}  # with a place reserved in the count
        self.weekly: list[list[list[int]]] = []
        self._tables(state)
        self._make_land(state)
        self._make_people(state)
        self._make_bodies(state)
        self._levers_row = -1

    # ---- the start

    def _tables(self, state: State) -> None:
        self.life_chance, self.life_bound = state.life_chance[0].tolist(), state.life_bound[0].tolist()
        self.life_mean = state.life_mean[0].tolist()
        self.idle_bound, self.idle_mean = float(state.idle_bound[0]), float(state.idle_mean[0])
        self.act_bound, self.act_mean = state.act_bound[0].tolist(), state.act_mean[0].tolist()
        par = Parameters(**{name: np.atleast_1d(value) for name, value in vars(self.par).items()})
        self.wants_of: list[float] = want_chances(par)[0].tolist()
        self.new_need = np.cumsum(demography().new_need, axis=1).tolist()
        self.contacts = contact_table().tolist()

    def _make_land(self, state: State) -> None:
        shape, burden = self.shape, self.shape.burdens
        self.areas = [
            Area(
                i,
                n * shape.place_size,
                float(state.conviction[i]),
                bool(state.listed[i]),
                shape.scale(i),
                shape.area_adults(i),
            )
            for i, n in enumerate(shape.n_places)
        ]
        for area, leans in zip(self.areas, state.leans.fifths.tolist(), strict=True):
            area.leans = leans
        self.places = []
        for i, area_row in enumerate(state.places.area_row.tolist()):
            place = Place(
                i,
                self.areas[area_row],
                int(state.places.base[i]),
                float(burden[area_row]),
                int(state.places.groups_founded[i]),
                float(state.leans.places[i]),
                float(state.leans.deprived[i]),
            )
            place.rural = bool(state.leans.rural[i])
            place.area.places.append(place)
            self.places.append(place)

    def _make_people(self, state: State) -> None:
        columns = {name: getattr(state.people, name).tolist() for name in TRAITS}
        size = self.shape.place_size
        self.everyone: list[Person] = []
        for i in range(self.shape.people):
            place = self.places[i // size]
            person = self.made_of.person(self, i, place, i % size, {name: columns[name][i] for name in TRAITS})
            self.everyone.append(person)
            place.people.append(person)
            self.at[Stage.IDLE][person] = None

    def _make_bodies(self, state: State) -> None:
        g, ref, shape = state.groups, state.referrers, self.shape
        self.groups = [
            self.made_of.group(
                self, i, self.places[place], *(int(column[i]) for column in (g.need, g.ordinal, g.born, g.holds))
            )
            for i, place in enumerate(g.place.tolist())
        ]
        self.organisations: list[Organisation] = []
        self._adopt(state)
        served = [(kind, place.area, shape.place_size) for kind in PLACE_KINDS for place in self.places]
        served += [(kind, area, area.all_adults) for kind in AREA_KINDS for area in self.areas]
        self.referrers = [
            self.made_of.referrer(self, area, adults, kind in IN_CLINIC, float(ref.knows[i]), float(ref.trusts[i]))
            for i, (kind, area, adults) in enumerate(served)
        ]
        for referrer in self.referrers[len(PLACE_KINDS) * len(self.places) :]:
            referrer.scale = referrer.area.scale
        self.commissioners = [self.made_of.commissioner(self, area, payer) for payer in Payer for area in self.areas]

    def _adopt(self, state: State) -> None:
        """Make agents of the organisations that the rules of the start have added."""
        o = state.orgs
        for i in range(len(o.open)):
            columns = {name: getattr(o, name)[i].tolist() for name in ORG_TYPES}
            place = self.places[columns["place"]] if columns["place"] >= 0 else None
            org = self.made_of.organisation(
                self, len(self.organisations), self.areas[columns["area_row"]], place, columns
            )
            self.organisations.append(org)
        sup = state.supporters
        for i, number in enumerate(sup.org.tolist()):
            columns = {name: getattr(sup, name)[i].tolist() for name in SUPPORTER_TYPES}
            self.organisations[number].adopt(columns)
        state.orgs = Organisations(**rows(Organisations, ORG_TYPES, 0))
        state.supporters = Supporters(**rows(Supporters, SUPPORTER_TYPES, 0))
        self._nursery = state

    # ---- what phases ask of the model

    def new_organisation(self, place: Place, k: int) -> None:
        """A local organisation is helped to start."""
        add_local(self._nursery, place.number, k, self.week)
        self._adopt(self._nursery)

    def due(self, clock: str) -> list[Person]:
        """People whose clock strikes this week."""
        now = self.week
        return [person for person in self.calendar[clock].get(now, ()) if getattr(person, clock) == now]

    def referrer_of(self, person: Any, kind: int) -> ReferrerBody:
        """A person's referrer of one kind."""
        if kind in PLACE_KINDS:
            return self.referrers[PLACE_KINDS[kind] * len(self.places) + person.place.number]
        return self.referrers[
            len(PLACE_KINDS) * len(self.places) + AREA_KINDS[kind] * len(self.areas) + person.area.number
        ]

    def told_needs(self, org: Organisation) -> tuple[int, int]:
        """People whose needs it serves where it works, and those in the two most deprived fifths."""
        places = org.area.places if org.home is None else [org.home]
        served = [person for place in places for person in place.people if person.needs & org.needs]
        return org.sees(len(served)), org.sees(sum(person.fifth <= DEPRIVED for person in served))

    # ---- the week

    def start_week(self) -> None:
        """The levers in force, by area."""
        for area in self.areas:
            area.held = area.listed and self.week < self.shape.burn_in
        row = int(np.searchsorted(self.policy.starts, self.week, side="right")) - 1
        if row != self._levers_row:
            self._levers_row = row
            for area in self.areas:
                values = self.policy.values[row][:, area.number].tolist()
                area.policy = SimpleNamespace(**{lever.name: values[i] for i, lever in enumerate(LEVERS)})

    def step(self) -> None:
        """One week: every phase in order, then the week is counted."""
        self.start_week()
        if self.week == self.shape.burn_in:
            open_year(self)
        for phase in phases.PHASES:
            phase(self)
        counted = count_week(self)
        if self.week >= self.shape.burn_in:
            self.weekly.append(counted)
            if ends_year(self.shape, self.week):
                close_year(self)
        for calendar in self.calendar.values():
            calendar.pop(self.week, None)
        self.week += 1

    def finish(self) -> None:
        """At the horizon: people in support are counted by what it has done so far."""
        self.week -= 1
        for person in self.everyone:
            if person.stage in SUPPORT_STAGES:
                person.finish()

    def forget(self) -> None:
        """Mesa 3.3 keeps every model alive through `Agent._ids`: let it go."""
        ids = getattr(mesa.Agent, "_ids", None)
        if ids is not None:
            ids.pop(self, None)


def run(
    shape: Shape,
    par: Parameters,
    timeline: Timeline,
    trace: Sequence[int] = (),
    progress: Callable[[int, int], None] | None = None,
    agents: Agents = USUAL,
) -> Result:
    """Run one world under one policy: with the usual `agents`, the same result as `sim.core.engine.run`."""
    model = PeerSupportModel(shape, par, timeline, trace, agents)
    for week in range(shape.end):
        model.step()
        if progress is not None:
            progress(week + 1, shape.end)
    result = _result(model)
    model.forget()
    return result


def _result(model: PeerSupportModel) -> Result:
    """What a model has counted, at its horizon."""
    shape = model.shape
    model.finish()
    weekly = (
        np.array(model.weekly, np.int64) if model.weekly else np.zeros((shape.weeks, len(model.areas), 0), np.int64)
    )
    return Result(
        shape,
        weekly,
        np.array(model.record.tally, np.int64),
        organisations_of(model),
        model.record.events_array(),
        {},
        {},
        np.array(model.record.gains, np.int64),
        np.array(model.record.waits, np.int64),
        model.record.reservations_array(),
        *ledger_of(model, len(model.record.years)),
    )
