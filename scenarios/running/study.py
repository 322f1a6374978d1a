"""A study: which scenarios, where, how many people and worlds; and running them on the same luck.

A world is a parameter draw and a replicate. Draws count from 0 (every parameter at its central value),
so asking for more worlds never changes those already there. Luck depends on seed, draw and replicate,
never on scenario, so scenarios of one study are compared person by person.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from calibration import extras
from scenarios.reading.areas import EVERYWHERE, RULE, members, suggestion
from scenarios.reading.own_numbers import OwnPrior
from scenarios.reading.scenario import Scenario
from scenarios.running.effect import refuse_without_effect
from scenarios.running.mixture import Mixture, course_of
from scenarios.running.posterior import Chosen, choose, overlaid, with_posterior
from sim import draws as luck
from sim.columns.inventory import local_levels
from sim.columns.listed import Inventory
from sim.columns.state import BURN_IN_WEEKS, PLACE_SIZE, START, Shape
from sim.errors import UserError
from sim.numbers.levers import Timeline
from sim.numbers.parameters import Parameters, draw_parameters
from sim.numbers.structure import FOLLOW_UP_WEEKS
from sim.people import population
from sim.people.own_area import OWN, OwnArea
from sim.people.population import load_areas
from sim.results.result import Result

if TYPE_CHECKING:
    from sim.agents.model import Agents

ENGINES = ("core", "mesa")
JOURNEYS = 40
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Study:
    """Where and how much. `areas` are positions among the 42; `people` adults asked for in all areas.

    `fixed` holds parameters at values of their own in every world (a mechanism switched off, say).
    `priors`: parameters that are drawn from a prior of one's own, whatever the posterior says of them.
    `inventory`: what is known to exist, for those of the areas where somebody has listed it.
    `own`: a user's own area, where `areas` names one.
    `posterior`: where the calibrated parameters come from; as for the commands, the posterior that ships unless another is named
    (`scenarios.running.posterior.PRIORS`: every parameter from its prior).
    `start`: ISO month in which every policy of the study begins.
    """

    areas: tuple[int, ...]
    people: int = 10_000
    draws: int = 20
    replicates: int = 1
    weeks: int = 260
    seed: int = 1
    engine: str = "core"
    burn_in: int = BURN_IN_WEEKS
    place_size: int = PLACE_SIZE
    fixed: tuple[tuple[str, float], ...] = ()
    inventory: tuple[Inventory, ...] = ()
    own: OwnArea | None = None
    posterior: Chosen = field(default_factory=choose)
    start: str = START
    priors: tuple[OwnPrior, ...] = ()

    @property
    def own_numbers(self) -> tuple[str, ...]:
        """Parameters that are held, or drawn from a prior of one's own: no posterior speaks of them here."""
        return tuple(name for name, _ in self.fixed) + tuple(one.name for one in self.priors)

    @property
    def told(self) -> Chosen:
        """The posterior as results tell of it: beside numbers of one's own no level is a finding."""
        return replace(self.posterior, own=True) if self.own_numbers else self.posterior

    def adults(self, area: int) -> int:
        """Adults of an area, the user's own among them."""
        return self.own.adults if self.own is not None and area == OWN else int(load_areas().adults[area])

    @property
    def worlds(self) -> tuple[tuple[int, int], ...]:
        """(draw, replicate) of every world."""
        return tuple((d, r) for d in range(self.draws) for r in range(self.replicates))


def area_list(names: Sequence[str]) -> tuple[int, ...]:
    """Positions of areas by name, code or short form; all 42 for "all". Raises UserError."""
    if len(names) == 1 and names[0].lower() in EVERYWHERE:
        return tuple(range(len(load_areas().code)))
    found: dict[int, str] = {}
    for name in names:
        for number in _areas(name):
            if number in found:
                raise UserError(
                    "an area is named twice",
                    key="areas",
                    rule="each area once",
                    got=f"{found[number]} and {name}",
                    try_=f'leave out "{name}"',
                )
            found[number] = name
    if not found:
        raise UserError("no area is named", key="areas", rule="at least one area", got="nothing", try_="--areas bnssg")
    return tuple(found)


def _areas(name: str) -> tuple[int, ...]:
    try:
        return members(name)
    except KeyError:
        raise UserError(
            f"no area is called {name[:80]!r}", key="areas", got=repr(name[:80]), rule=RULE, try_=suggestion(name)
        ) from None


def whole_places(study: Study) -> tuple[int, ...]:
    """All the places of each area, at the study's size of a place."""
    return tuple(population.places_for(study.adults(a), study.place_size) for a in study.areas)


def fitting_place(own: OwnArea | None, areas: Sequence[int]) -> int:
    """Adults of a place: the usual, or as many as divide a user's own area into whole ones when it is all that is run."""
    if own is None or tuple(areas) != (OWN,):
        return PLACE_SIZE
    return -(-own.adults // population.places_for(own.adults, PLACE_SIZE))


def places_for(study: Study) -> tuple[int, ...]:
    """Whole places of each area: people shared by the areas' adults, rounded up, at least one each."""
    adults = [study.adults(a) for a in study.areas]
    total = sum(adults)
    wanted = [-(-study.people * n // (total * study.place_size)) for n in adults]
    limits = whole_places(study)
    return tuple(max(1, min(n, limit)) for n, limit in zip(wanted, limits, strict=True))


def make_shape(study: Study, worlds: Sequence[tuple[int, int]] | None = None) -> Shape:
    """The shape of a run of the study, or of some of its worlds. Raises UserError for one that could count no want."""
    _refuse_short(study)
    in_place, size = population.communities(study.place_size)
    here, there = zip(*communities_of(study, in_place, size), strict=True)
    return Shape(
        tuple(worlds or study.worlds),
        study.areas,
        here,
        there,
        size,
        study.burn_in,
        study.weeks,
        study.seed,
        study.inventory,
        study.own,
        study.start,
        in_place,
    )


def communities_of(study: Study, in_place: int, size: int) -> list[tuple[int, int]]:
    """(simulated, there) of each area, in communities of `size` adults, `in_place` of them to a place."""
    each = zip(places_for(study), whole_places(study), study.areas, strict=True)
    return [population.whole_communities(n, all_, in_place, size, study.adults(area)) for n, all_, area in each]


def _refuse_short(study: Study) -> None:
    if study.weeks <= FOLLOW_UP_WEEKS:
        raise UserError(
            "the run is too short to count a want",
            key="weeks",
            rule=f"more than {FOLLOW_UP_WEEKS} weeks: a want is followed for so long before it is counted",
            got=str(study.weeks),
            try_="weeks = 260",
        )


def holding(study: Study, fixed: Mapping[str, float]) -> Study:
    """The study with these parameters held too, whatever it held or drew of them before."""
    priors = tuple(one for one in study.priors if one.name not in fixed)
    return replace(study, fixed=tuple(sorted((dict(study.fixed) | dict(fixed)).items())), priors=priors)


def world_parameters(study: Study, worlds: Sequence[tuple[int, int]]) -> Parameters:
    """Parameters of some worlds of the study: the one place where they are made."""
    numbers, fixed = [draw for draw, _ in worlds], dict(study.fixed)
    par = with_posterior(draw_parameters(numbers, fixed), study.posterior, numbers, study.own_numbers)
    par = _with_own_priors(par, study.priors, numbers)
    _refuse_late_targets(par)
    return par


def _with_own_priors(par: Parameters, priors: Sequence[OwnPrior], numbers: Sequence[int]) -> Parameters:
    """Parameters with those of a prior of one's own drawn from it, at the share of it at which the usual prior is drawn."""
    if not priors:
        return par
    found = [[one.at(drawn_share(one.name, number)) for one in priors] for number in numbers]
    return overlaid(par, [one.name for one in priors], np.array(found).reshape(len(numbers), len(priors)))


def drawn_share(name: str, draw: int) -> float:
    """Which share of a parameter's prior lies below its value in a draw: the median in draw 0, else as `draw_value` has it."""
    if draw == 0:
        return 0.5
    return luck.uniform_one(0, luck.Purpose.PARAMETER, zlib.crc32(name.encode()), luck.whog(draw))


def _refuse_late_targets(par: Parameters) -> None:
    """A want is judged at its target wait, which must lie within the follow-up. Raises UserError."""
    for name in ("target_weeks", "target_weeks_bereavement", "target_weeks_discharge"):
        longest = float(np.max(getattr(par, name), initial=0.0))
        if longest > FOLLOW_UP_WEEKS:
            raise UserError(
                "a target wait is longer than wants are followed",
                key=name,
                rule=f"at most {FOLLOW_UP_WEEKS} weeks",
                got=f"{longest:g}",
                try_=f"{name} = 12",
            )


def sampled(shape: Shape) -> range:
    """People whose weeks are kept: some of the first world, spread over its places."""
    people = shape.places * shape.place_size
    return range(0, people, max(1, people // JOURNEYS))


def run_together(
    scenarios: Sequence[Scenario | Mixture],
    study: Study,
    worlds: Sequence[tuple[int, int]] | None = None,
    trace: Sequence[int] = (),
    progress: Progress | None = None,
    agents: Agents | None = None,
) -> list[Result]:
    """Scenarios that share their burn-in, in some worlds (all by default). `trace`: people whose events are kept.
    `agents`: classes that the readable engine is made of, instead of the usual ones.
    """
    shape = make_shape(study, worlds)
    lines = [timeline_of(scenario, shape) for scenario in scenarios]
    if study.engine == "mesa":
        return [_mesa(line, study, shape, trace, progress, agents) for line in lines]
    from sim.core.engine import run_all

    return run_all(shape, world_parameters(study, shape.worlds), lines, trace, progress)


def timeline_of(scenario: Scenario | Mixture, shape: Shape) -> Timeline:
    """The course of a scenario's levers over the areas and weeks of a shape.

    Where there is an inventory, today's budgets and online places are those that it lists.
    Raises UserError for a history with an inventory, which is of today.
    """
    refuse_without_effect(scenario, shape)
    line = course_of(scenario, shape.codes, shape.burn_in)
    if shape.inventory and scenario.history:
        raise UserError(
            "a history cannot start from an inventory of today",
            key=scenario.name,
            rule="an inventory is of the policy's start",
            got="history = true",
            try_="leave out --inventory",
        )
    for i, listed in enumerate(shape.listed):
        if listed is not None:
            adults = shape.supply(i)[1] if shape.areas[i] == OWN else shape.all_places[i] * shape.place_size
            line.values[:, :, i] = local_levels(line.values[:, :, i], listed, adults)
    return line


def _mesa(
    line: Timeline, study: Study, shape: Shape, trace: Sequence[int], progress: Progress | None, agents: Agents | None
) -> Result:
    """The readable engine, one world after another; people traced are those of the first. UserError without Mesa."""
    from scenarios.running.many import joined

    lost = extras.told(["mesa"])
    if lost:
        raise UserError(**lost, key="engine")
    from sim.agents.model import USUAL, run

    parts: list[Result] = []
    for i, world in enumerate(shape.worlds):
        one = replace(shape, worlds=(world,))
        part = run(one, world_parameters(study, [world]), line, trace if i == 0 else (), None, agents or USUAL)
        parts.append(part)
        if progress:
            progress(i + 1, len(shape.worlds))
    return joined(parts)
