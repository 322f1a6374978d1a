"""From what was typed to a study and its scenarios. Everything heavy is imported when it is called."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from sim.errors import UserError, nearest

if TYPE_CHECKING:
    from scenarios.scenario import RunSettings, Scenario
    from scenarios.study import Study
    from sim.listed import Inventory
    from sim.own_area import OwnArea

DEFAULT_PEOPLE, DEFAULT_DRAWS, DEFAULT_REPLICATES = 10_000, 20, 1
WHOLE_OWN_AREA = 100_000
"""An area of one's own with at most so many adults is simulated whole, unless --people says otherwise."""
MOST = {"people": 60_000_000, "draws": 10_000, "replicates": 10_000, "seed": 2**63 - 1}
LEAST = {"people": 100, "draws": 1, "replicates": 1, "seed": 0}


@dataclass(frozen=True)
class Typed:
    """Options as typed; None where nothing was."""

    areas: str | None = None
    people: int | None = None
    years: float | None = None
    draws: int | None = None
    replicates: int | None = None
    seed: int | None = None
    engine: str = "core"
    burn_in: int | None = None
    place_size: int | None = None
    inventory: Path | None = None
    area_file: Path | None = None
    posterior: str | None = None
    rivals: tuple[str, ...] = ()


def make_study(typed: Typed, run: RunSettings) -> Study:
    """The study: what was typed, else what the scenario's [run] changes, else the defaults."""
    from scenarios import posterior
    from scenarios.scenario import RunSettings
    from scenarios.study import Study, fitting_place
    from sim.state import BURN_IN_WEEKS

    plain = RunSettings()
    usual = {"people": DEFAULT_PEOPLE, "draws": DEFAULT_DRAWS, "replicates": DEFAULT_REPLICATES, "seed": plain.seed}
    numbers = {name: _number(name, getattr(typed, name), run, plain, usual[name]) for name in usual}
    areas, inventory, own = local_files(typed, run)
    if own is not None and typed.people is None and own.adults <= WHOLE_OWN_AREA:
        numbers["people"] = own.adults
    return Study(
        areas, numbers["people"], numbers["draws"], numbers["replicates"],
        seed=numbers["seed"], weeks=_weeks(typed.years, run.weeks),
        engine=_engine(typed.engine), inventory=inventory, own=own, burn_in=_span("burn-in", typed.burn_in, BURN_IN_WEEKS, 0, 2600),
        place_size=_span("place-size", typed.place_size, fitting_place(own, areas), 100, 50_000), posterior=posterior.choose(typed.posterior),
        fixed=_fixed(typed.rivals),
    )  # fmt: skip


def _fixed(names: Sequence[str]) -> tuple[tuple[str, float], ...]:
    """What rival evidence holds fixed. Raises UserError for a name that is not known, and for two answers to one question."""
    if not names:
        return ()
    from scenarios.rival_evidence import alternatives, fixed_by, one_each

    known = alternatives()
    for name in names:
        if name not in known:
            raise UserError(f"no rival evidence is called {name!r}", key="--rival", rule="one of " + ", ".join(known), got=name,
                            try_=nearest(name, list(known)) or "peerscale evidence rivals")
    if len(one_each(names)) < len(set(names)):
        raise UserError("two rivals answer the same question", key="--rival", rule="one for each question",
                        got=", ".join(names), try_="leave one out (peerscale evidence rivals)")
    return fixed_by(set(names))


def local_files(typed: Typed, run: RunSettings) -> tuple[tuple[int, ...], tuple[Inventory, ...], OwnArea | None]:
    """(areas, what is listed of them, the user's own) as typed, else the scenario's areas. Raises UserError."""
    inventory, own = _inventory(typed, run), _own(typed)
    return _areas(typed, run, inventory, own), inventory, own


def _inventory(typed: Typed, run: RunSettings) -> tuple[Inventory, ...]:
    if typed.inventory is None:
        return ()
    from scenarios.inventory import read

    return read(typed.inventory, run.start)


def _own(typed: Typed) -> OwnArea | None:
    if typed.area_file is None:
        return None
    from scenarios.own_area import read

    return read(typed.area_file)


def _areas(typed: Typed, run: RunSettings, inventory: tuple[Inventory, ...], own: OwnArea | None) -> tuple[int, ...]:
    """Areas as typed, else those of the files, else the scenario's. Raises UserError for files of other areas."""
    from scenarios.study import area_list
    from sim.own_area import OWN

    mine = () if own is None else (OWN,)
    listed = tuple(one.area for one in inventory)
    if typed.areas is None and (mine or listed):
        areas = tuple(dict.fromkeys((*mine, *listed)))
        _described(areas, own)
        return areas
    names = [part.strip() for part in typed.areas.split(",")] if typed.areas is not None else list(run.areas)
    areas = area_list([name for name in names if name])
    _described(areas, own)
    if own is not None and OWN not in areas:
        raise UserError("the area file's area is not in the run", file=own.file, key="--areas", rule="--areas holds own",
                        got=", ".join(names), try_=f"--areas {','.join(names)},own")
    if not set(listed) <= set(areas):
        raise UserError("the inventory lists areas that are not in the run", file=inventory[0].file, key="--areas",
                        rule="--areas holds every area of the inventory", got=", ".join(names), try_="leave out --areas")
    return areas


def _described(areas: tuple[int, ...], own: OwnArea | None) -> None:
    from sim.own_area import CODE, OWN

    if OWN in areas and own is None:
        raise UserError("your own area is named, but not described", key="--areas", rule="--area-file with its people",
                        got=CODE, try_="--area-file my_area.csv (peerscale area example)")


def _number(name: str, typed: int | None, run: RunSettings, plain: RunSettings, own: int) -> int:
    scenario = getattr(run, name)
    default = scenario if scenario != getattr(plain, name) else own
    return _span(name, typed, default, LEAST[name], MOST[name])


def _span(name: str, typed: int | None, default: int, low: int, high: int) -> int:
    if typed is None:
        return default
    if not low <= typed <= high:
        what = f"--{name} cannot be negative" if typed < 0 <= low else f"--{name} is out of range"
        raise UserError(what, key=f"--{name}", rule=f"a whole number from {low:,} to {high:,}",
                        got=str(typed), try_=f"--{name} {default}")
    return typed


def _weeks(years: float | None, default: int) -> int:
    if years is None:
        return default
    if not 0.25 <= years <= 30:
        raise UserError("--years is out of range", key="--years", rule="a number from 0.25 to 30",
                        got=f"{years:g}", try_="--years 5")
    return round(years * 52)


def _engine(name: str) -> str:
    if name not in ("core", "mesa"):
        raise UserError(f"no engine is called {name!r}", key="--engine", rule="core or mesa", got=name,
                        try_=f"--engine {nearest(name, ('core', 'mesa')) or 'core'}")
    return name


def choose(names: Sequence[str], settings: Sequence[str]) -> list[Scenario]:
    """The baseline and its alternatives. The baseline is the first of several, else today's policy.

    `--set` changes the alternatives, never the baseline. Raises UserError.
    """
    if not names:
        names = ["today", "today"] if settings else ["today", "open_door"]
    elif len(names) == 1 and (names[0] != "today" or settings):
        names = ["today", names[0]]
    return load_all(names, settings, from_=1 if len(names) > 1 else 0)


def load_all(names: Sequence[str], settings: Sequence[str], from_: int = 0) -> list[Scenario]:
    """Scenarios by name, those from `from_` on with settings. Raises UserError, also for a name twice."""
    from scenarios.load import load, with_settings

    found = [load(name) for name in names]
    if settings:
        found[from_:] = [_named(with_settings(s, settings), settings) for s in found[from_:]]
    twice = [s.name for i, s in enumerate(found) if s.name in [t.name for t in found[:i]]]
    if twice:
        raise UserError(f"{twice[0]} is named twice", key="SCENARIO", rule="each scenario once",
                        got=" ".join(names), try_="leave one out")
    return found


def _named(scenario: Scenario, settings: Sequence[str]) -> Scenario:
    said = ", ".join(settings)
    return replace(scenario, name=f"{scenario.name}_set", title=f"{scenario.title} with {said}"[:120])
