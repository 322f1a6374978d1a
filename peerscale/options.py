"""From what was typed to a study and its scenarios. Everything heavy is imported when it is called."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.errors import UserError, kept, nearest, raise_all

if TYPE_CHECKING:
    from scenarios.reading.own_numbers import OwnNumbers, OwnPrior
    from scenarios.reading.scenario import RunSettings, Scenario
    from scenarios.running.study import Study
    from sim.columns.listed import Inventory
    from sim.people.own_area import OwnArea

LONGEST_NAME = 40
"""Letters of a scenario's name, as in a file."""
WHOLE_OWN_AREA = 100_000
"""An area of one's own with at most so many adults is simulated whole, unless --people says otherwise."""
MOST = {"people": 60_000_000, "draws": 10_000, "replicates": 1_024, "seed": 2**63 - 1}
"""Replicates: as many as a key of luck can tell apart (`sim.draws.pack`), as in a file's [run]."""
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
    whole: bool = False
    fix: tuple[str, ...] = ()
    prior: tuple[str, ...] = ()
    priors: Path | None = None


def make_study(typed: Typed, run: RunSettings, usual: Mapping[str, Any] | None = None) -> Study:
    """The study: what was typed, else what the scenario's [run] gives, else the command's defaults (`usual`), else everybody's."""
    from peerscale.asked import setting
    from scenarios.running import posterior
    from scenarios.running.study import Study, fitting_place
    from sim.columns.state import BURN_IN_WEEKS

    found = {name: setting(name, typed, run, usual or {}) for name in ("people", "draws", "replicates", "seed")}
    numbers = {name: _span(name, one.value, LEAST[name], MOST[name], getattr(run, name)) for name, one in found.items()}
    mine = own_numbers(typed, run)
    areas, inventory, own = local_files(typed, run)
    if own is not None and found["people"].source == "default" and own.adults <= WHOLE_OWN_AREA:
        numbers["people"] = own.adults
    study = Study(
        areas,
        numbers["people"],
        numbers["draws"],
        numbers["replicates"],
        seed=numbers["seed"],
        weeks=_weeks(setting("years", typed, run, usual or {}).value),
        engine=_engine(typed.engine),
        inventory=inventory,
        own=own,
        burn_in=_typed("burn-in", typed.burn_in, 0, 2600, BURN_IN_WEEKS),
        place_size=_typed("place-size", typed.place_size, 100, 50_000, fitting_place(own, areas)),
        posterior=posterior.choose(typed.posterior),
        fixed=mine.fixed,
        start=run.start,
        priors=mine.priors,
    )
    study = _whole(study, typed) if typed.whole else study
    _tellable(study)
    return study


def _whole(study: Study, typed: Typed) -> Study:
    """Every adult of the areas. Raises UserError where a number of people was typed too."""
    from peerscale.asked import no_effect

    typed_too = ["--people"] if typed.people is not None else []
    no_effect(typed_too, "--whole simulates every adult", "leave one of the two out")
    return replace(study, people=sum(study.adults(area) for area in study.areas))


def _tellable(study: Study) -> None:
    """Raises UserError for more places in one area than a key of luck can tell apart."""
    from scenarios.running.study import make_shape
    from sim.draws import MOST_PLACES

    shape = make_shape(study)
    if max(shape.n_places) > MOST_PLACES:
        raise UserError(
            "there are too many neighbourhoods in one area",
            key="--place-size",
            rule=f"at most {MOST_PLACES:,} in an area",
            got=f"{max(shape.n_places):,} of {shape.place_size} adults",
            try_="a larger --place-size, or fewer --people",
        )


def own_numbers(typed: Typed, run: RunSettings) -> OwnNumbers:
    """What is held, and drawn, of one's own: what was typed before an elicitation, that before the files' [run].

    Raises UserError: all that is wrong with what was typed, together; and for a parameter that is answered twice.
    """
    from peerscale.asked import left_of
    from scenarios.reading import own_numbers as own
    from scenarios.reading import rival_evidence

    if not any((typed.fix, typed.prior, typed.priors, typed.rivals, run.fix, run.prior, run.rivals)):
        return own.OwnNumbers()
    found: list[UserError] = []
    held = kept(found, own.fixes, typed.fix) or {}
    drawn = kept(found, own.priors, typed.prior) or {}
    rivals = dict(rival_evidence.fixed_by(kept(found, rival_evidence.named, typed.rivals) or ()))
    judged = (kept(found, _elicited, typed.priors) or {}) if typed.priors is not None else {}
    raise_all(found)
    said = {*held, *drawn, *rivals}
    judged = {name: one for name, one in judged.items() if name not in said}
    said |= set(judged)
    rivals |= dict(rival_evidence.fixed_by(left_of("rivals", run.rivals, said)))
    held |= dict(left_of("fix", run.fix, said))
    return own.together(rivals, held, drawn | judged | {one.name: one for one in left_of("prior", run.prior, said)})


def _elicited(name: Path) -> dict[str, OwnPrior]:
    """What people judged, pooled; what had to be assumed to read it goes to standard error."""
    from scenarios.reading import elicited

    found = elicited.read(elicited.find(name))
    for said in found.assumed:
        assumed(said)
    return found.priors()


def local_files(typed: Typed, run: RunSettings) -> tuple[tuple[int, ...], tuple[Inventory, ...], OwnArea | None]:
    """(areas, what is listed of them, the user's own) as typed, else the scenario's areas. Raises UserError."""
    inventory, own = _inventory(typed, run), _own(typed)
    return _areas(typed, run, inventory, own), inventory, own


def _inventory(typed: Typed, run: RunSettings) -> tuple[Inventory, ...]:
    if typed.inventory is None:
        return ()
    from scenarios.reading.inventory import read

    return read(typed.inventory, run.start, assumed)


def assumed(said: str) -> None:
    """What had to be assumed to read a file, on standard error."""
    print(f"note: {said}", file=sys.stderr)


def _own(typed: Typed) -> OwnArea | None:
    if typed.area_file is None:
        return None
    from scenarios.reading.own_area import read

    return read(typed.area_file, assumed)


def _areas(typed: Typed, run: RunSettings, inventory: tuple[Inventory, ...], own: OwnArea | None) -> tuple[int, ...]:
    """Areas as typed, else the scenario's, else those of the files. Raises UserError for files of other areas."""
    from scenarios.reading.areas import split
    from scenarios.running.study import area_list
    from sim.people.own_area import OWN

    mine = () if own is None else (OWN,)
    listed = tuple(one.area for one in inventory)
    if typed.areas is None and "areas" not in run.given and (mine or listed):
        areas = tuple(dict.fromkeys((*mine, *listed)))
        _described(areas, own)
        _not_put_together(areas, own)
        return areas
    names = split(typed.areas) if typed.areas is not None else list(run.areas)
    areas = area_list(names)
    for told in boards_named(typed, run):
        print(told, file=sys.stderr)
    _described(areas, own)
    if own is not None and OWN not in areas:
        raise UserError(
            "the area file's area is not in the run",
            file=own.file,
            key="--areas",
            rule="--areas holds own",
            got=", ".join(names),
            try_=f"--areas {','.join(names)},own",
        )
    if not set(listed) <= set(areas):
        raise UserError(
            "the inventory lists areas that are not in the run",
            file=inventory[0].file,
            key="--areas",
            rule="--areas holds every area of the inventory",
            got=", ".join(names),
            try_="leave out --areas"
            if typed.areas is not None and own is None
            else f"--areas {_codes((*mine, *listed))}",
        )
    return areas


def boards_named(typed: Typed, run: RunSettings) -> list[str]:
    """What boards of April 2026 that were named run as, and what is missing of them: a sentence or some for each."""
    from scenarios.reading.areas import note, split

    return [told for told in map(note, split(typed.areas) if typed.areas is not None else run.areas) if told]


def _codes(areas: Sequence[int]) -> str:
    from sim.people.own_area import CODE, OWN
    from sim.people.population import load_areas

    return ",".join(CODE if area == OWN else str(load_areas().code[area]) for area in dict.fromkeys(areas))


def _not_put_together(areas: tuple[int, ...], own: OwnArea | None) -> None:
    """Raises UserError for an area of one's own and an inventory of another, unless --areas asks for both."""
    from sim.people.own_area import OWN
    from sim.people.population import load_areas

    others = [area for area in areas if area != OWN]
    if own is None or not others:
        return
    raise UserError(
        "the inventory lists another area than your own",
        key="--inventory",
        rule="rows of your own area (own), or --areas with all",
        got=", ".join(str(load_areas().short_name[area]) for area in others),
        try_=f"--areas {_codes(areas)} runs them together, each by its people",
    )


def _described(areas: tuple[int, ...], own: OwnArea | None) -> None:
    from sim.people.own_area import CODE, OWN

    if OWN in areas and own is None:
        raise UserError(
            "your own area is named, but not described",
            key="--areas",
            rule="--area-file with its people",
            got=CODE,
            try_="--area-file my_area.csv (peerscale area example)",
        )


def _span(name: str, value: int, low: int, high: int, default: int) -> int:
    if not low <= value <= high:
        what = f"--{name} cannot be negative" if value < 0 <= low else f"--{name} is out of range"
        raise UserError(
            what,
            key=f"--{name}",
            rule=f"a whole number from {low:,} to {high:,}",
            got=str(value),
            try_=f"--{name} {default}",
        )
    return value


def _typed(name: str, typed: int | None, low: int, high: int, default: int) -> int:
    return default if typed is None else _span(name, typed, low, high, default)


def _weeks(years: float) -> int:
    from scenarios.reading.scenario import LEAST_YEARS
    from sim.numbers.structure import FOLLOW_UP_WEEKS

    if not LEAST_YEARS <= years <= 30:
        raise UserError(
            "--years is out of range",
            key="--years",
            rule=f"a number from {LEAST_YEARS} to 30: a want is followed for {FOLLOW_UP_WEEKS} weeks before it is counted",
            got=f"{years:g}",
            try_="--years 5",
        )
    return round(years * 52)


def _engine(name: str) -> str:
    if name not in ("core", "mesa"):
        raise UserError(
            f"no engine is called {name!r}",
            key="--engine",
            rule="core or mesa",
            got=name,
            try_=f"--engine {nearest(name, ('core', 'mesa')) or 'core'}",
        )
    return name


def choose(names: Sequence[str | Scenario], settings: Sequence[str]) -> list[Scenario]:
    """The baseline and its alternatives. The baseline is the first of several, else today's policy.

    `--set` changes the alternatives, never the baseline. Raises UserError.
    """
    if not names:
        names = ["today", "today"] if settings else ["today", "open_door"]
    elif len(names) == 1 and (names[0] != "today" or settings):
        names = ["today", names[0]]
    return load_all(names, settings, from_=1 if len(names) > 1 else 0)


def shipped_alike() -> list[str]:
    """The shipped scenarios that run together: those whose file asks for no areas or years of its own. Says which are left out."""
    from scenarios.reading.files import names
    from scenarios.reading.load import load

    own = [name for name in names() if load(name).run.given]
    print(
        f"Left out: {', '.join(own)}, whose files ask for a run of their own. Name them to run them.", file=sys.stderr
    )
    return [name for name in names() if name not in own]


def load_all(names: Sequence[str | Scenario], settings: Sequence[str], from_: int = 0) -> list[Scenario]:
    """Scenarios by name, those from `from_` on with settings; one that is loaded is taken as it is. Raises UserError, also for
    a name twice."""
    from scenarios.reading.load import load, with_settings
    from scenarios.reading.scenario import Scenario

    found = [name if isinstance(name, Scenario) else load(name) for name in names]
    if settings:
        found[from_:] = [named(with_settings(s, settings), settings) for s in found[from_:]]
    twice = [s.name for i, s in enumerate(found) if s.name in [t.name for t in found[:i]]]
    if twice:
        raise UserError(
            f"{twice[0]} is named twice",
            key="SCENARIO",
            rule="each scenario once",
            got=" ".join(s.name for s in found),
            try_="leave one out",
        )
    return found


def named(scenario: Scenario, settings: Sequence[str]) -> Scenario:
    """A policy of the command line or of Python: a name of its own, from its levers and values, and they in its title."""
    said = ", ".join(settings)
    return replace(scenario, name=_name(scenario, settings), title=f"{scenario.title} with {said}"[:120])


def _name(scenario: Scenario, settings: Sequence[str]) -> str:
    """ "today" with link_workers=1.5 is today_link_workers_1_5: a folder's name; where that is long, cut, with a hash of it all."""
    from scenarios.reading.course import word

    levers = sorted(text.partition("=")[0].strip() for text in settings)
    values = [word(lever, scenario.levers[lever]) for lever in levers]
    said = " ".join(
        f"{lever}={value if isinstance(value, str) else f'{value:.12g}'}"
        for lever, value in zip(levers, values, strict=True)
    )
    name = f"{scenario.name}_" + re.sub(r"[^a-z0-9]+", "_", said.replace("=-", "=minus "))
    return (
        name
        if len(name) <= LONGEST_NAME
        else f"{name[: LONGEST_NAME - 9].rstrip('_')}_{sha256(said.encode()).hexdigest()[:8]}"
    )
