"""A plan of a sweep: which policies, what is varied, in which design. From a TOML file, the command line, or Python."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from calibration import extras
from scenarios.reading.checks import Source
from scenarios.reading.files import names, read_text, shown
from scenarios.reading.files import parse as parse_toml
from scenarios.reading.forms import checked
from scenarios.reading.load import OWN_NUMBERS, change_of, load, own_setting
from scenarios.reading.scenario import Change, Origin, RunSettings, Scenario
from scenarios.reading.schema import ChangeTable, RunTable
from scenarios.sweeps.vary import LEVER, Axis, axis, parse
from sim.errors import UserError, kept, nearest, raise_all
from sim.numbers.levers import BY_NAME

GRID, ONE, LATIN, SOBOL = "grid", "one_at_a_time", "latin", "sobol"
DESIGNS = (GRID, ONE, LATIN, SOBOL)
USUAL_POINTS = 64
MOST_AXES = 12


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False, frozen=True)


class VaryTable(_Table):
    """`[[vary]]`: one thing that is varied. Of a lever, also from when, how slowly and where it moves."""

    name: str
    values: str | list[float | int | str]
    from_: str | None = Field(default=None, alias="from")
    to: str | None = None
    over_weeks: int = 0
    areas: list[str] | None = None


class PlanFile(_Table):
    """The whole file."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")
    scenarios: list[str] = Field(default=["today"], min_length=1, max_length=100)
    design: str = GRID
    points: int | None = Field(default=None, ge=2, le=1_000_000)
    vary: list[VaryTable] = Field(min_length=1, max_length=MOST_AXES)
    run: RunTable = RunTable()


@dataclass(frozen=True)
class Plan:
    """What is to be run. `points`: how many a sampled design draws. `run`: settings of the plan's file."""

    name: str
    scenarios: tuple[Scenario, ...]
    axes: tuple[Axis, ...]
    design: str = GRID
    points: int = USUAL_POINTS
    run: RunSettings = RunSettings()

    @property
    def sampled(self) -> bool:
        """Whether its points are drawn."""
        return self.design in (LATIN, SOBOL)


def make(
    scenarios: Sequence[Scenario],
    axes: Sequence[Axis],
    design: str = GRID,
    points: int | None = None,
    name: str = "",
    run: RunSettings | None = None,
) -> Plan:
    """A plan, checked as a whole. Raises UserError."""
    if not axes:
        raise UserError(
            "nothing is varied",
            key="--vary",
            rule="one thing to vary at least",
            got="nothing",
            try_="--vary self_referral=0:1:8",
        )
    _design(design, points)
    if design in (LATIN, SOBOL) and (lost := extras.told(["sweep"])):
        raise UserError(**lost, key="--design")
    _fitting(axes, design)
    said = name or "_by_".join(one.name for one in axes)[:40].rstrip("_")
    return Plan(said, tuple(scenarios), tuple(axes), design, points or USUAL_POINTS, run or RunSettings())


def from_words(vary: Sequence[str] | Mapping[str, Any]) -> list[Axis]:
    """What is varied, from the command line ("name=spec") or from Python ({name: spec, or values}). Raises UserError."""
    found: list[UserError] = []
    if isinstance(vary, Mapping):
        axes = [kept(found, axis, str(name), _values(spec)) for name, spec in vary.items()]
    else:
        axes = [kept(found, parse, str(text)) for text in vary]
    raise_all(found)
    return [one for one in axes if one is not None]


def _values(spec: Any) -> Any:
    """A spec, or values as a list: one value alone is a list of it."""
    if isinstance(spec, str) or hasattr(spec, "__iter__"):
        return spec if isinstance(spec, str) else [one.item() if hasattr(one, "item") else one for one in spec]
    return [spec]


def read(path: Path) -> Plan:
    """The plan in a TOML file. Raises UserError: all that is wrong, each at its line."""
    if str(path) in names() and not path.exists():
        raise UserError(
            "this is a scenario, not a plan",
            key="PLAN",
            rule="a .toml file with [[vary]] tables",
            got=str(path),
            try_=f"--scenario {path} --vary self_referral=0:1:8",
        )
    file, text = shown(path), read_text(path)
    source = Source(file, text)
    form = checked(PlanFile, parse_toml(text, file), lambda key: source, "docs/sweeps.md")
    found: list[UserError] = []
    run = kept(found, _run, form.run, source) or RunSettings()
    axes = [kept(found, _axis, source, i, one, run.start) for i, one in enumerate(form.vary)]
    scenarios = [kept(found, load, _beside(name, path)) for name in form.scenarios]
    raise_all(found)
    good = [one for one in scenarios if one is not None], [one for one in axes if one is not None]
    return make(*good, form.design, form.points, form.name, run)


def _run(table: RunTable, source: Source) -> RunSettings:
    given = {name: getattr(table, name) for name in table.model_fields_set if name != "horizon"}
    if "areas" in given:
        given["areas"] = tuple(given["areas"])
    given |= {name: own_setting(source, name, given[name]) for name in OWN_NUMBERS if name in given}
    return RunSettings(**given, given=dict.fromkeys(given, Origin()))


def _beside(name: str, plan: Path) -> str:
    """A scenario file's name as the plan has it: beside the plan, unless it is a shipped name."""
    near = plan.parent / name
    return str(near) if name.endswith(".toml") and near.is_file() else name


def _axis(source: Source, number: int, table: VaryTable, start: str) -> Axis:
    place = ("vary", number)
    try:
        found = axis(table.name, table.values)
    except UserError as error:
        raise source.error((*place, "values"), error.what, error.rule, error.got, error.try_) from None
    if table.from_ is None:
        late = [key for key in ("to", "over_weeks", "areas") if getattr(table, key)]
        if late:
            raise source.error(
                (*place, late[0]),
                f"{late[0]} without from",
                "a path in time begins somewhere",
                late[0],
                'from = "week 0"',
            )
        return found
    if found.kind != LEVER:
        raise source.error(
            (*place, "from"), "only a lever moves in time", "a lever's name", found.name, "leave out from"
        )
    return replace(found, path=_path(source, place, table, found, start))


def _path(source: Source, place: tuple[str | int, ...], table: VaryTable, found: Axis, start: str) -> Change:
    """The course of a lever, checked as a scenario's [[change]] is."""
    value = found.values[0] if found.values else found.low
    told = {"from": table.from_, "to": table.to, "over_weeks": table.over_weeks, "areas": table.areas}
    tables = {"change": [told | {"levers": {found.name: value}}]}
    form = checked(_Changes, tables, lambda key: source, "[[change]] of a scenario")
    return change_of(source, place, form.change[0], start, False)


class _Changes(_Table):
    change: list[ChangeTable]


def _design(design: str, points: int | None) -> None:
    if design not in DESIGNS:
        raise UserError(
            f"no design is called {design[:40]!r}",
            key="--design",
            rule="one of " + ", ".join(DESIGNS),
            got=design[:40],
            try_=f"--design {nearest(design, DESIGNS) or GRID}",
        )
    if points is not None and design not in (LATIN, SOBOL):
        raise UserError(
            "the number of points cannot take effect",
            key="--points",
            rule=f"points are drawn in the designs {LATIN} and {SOBOL} only",
            got=f"--points {points} --design {design}",
            try_=f"--design {SOBOL}, or leave out --points",
        )
    if design == SOBOL and points is not None and (points < 2 or points & (points - 1)):
        raise UserError(
            "Sobol' points are balanced only in some numbers",
            key="--points",
            rule="a power of two",
            got=str(points),
            try_=f"--points {1 << max(1, points - 1).bit_length()}",
        )


def _fitting(axes: Sequence[Axis], design: str) -> None:
    """Raises UserError for a thing varied twice, a range in a design that needs values, two answers to one question."""
    names = [one.name for one in axes]
    twice = [name for i, name in enumerate(names) if name in names[:i]]
    if twice:
        raise UserError(
            f"{twice[0]} is varied twice",
            key=f"--vary {twice[0]}",
            rule="each name once",
            got=", ".join(names),
            try_="leave one out",
        )
    if len(axes) > MOST_AXES:
        raise UserError(
            "too much is varied at once",
            key="--vary",
            rule=f"at most {MOST_AXES} names",
            got=str(len(axes)),
            try_="leave some out",
        )
    for one in axes:
        if not one.values and design in (GRID, ONE):
            raise UserError(
                f"{one.name} has a range and no values",
                key=f"--vary {one.name}",
                rule=f"first:last:how_many, or values, in the design {design}",
                got=f"{one.low:g}:{one.high:g}",
                try_=f"--vary {one.name}={one.low:g}:{one.high:g}:5, or --design {SOBOL}",
            )


def today(one: Axis) -> float | None:
    """A lever's value under today's policy, where it is a number."""
    return None if one.kind != LEVER or BY_NAME[one.name].choice else BY_NAME[one.name].today
