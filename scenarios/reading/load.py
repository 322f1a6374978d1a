"""Loading a scenario: `extends` followed, every rule checked, every message with file and line."""

from __future__ import annotations

import contextlib
import math
import re
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from scenarios.reading.areas import EVERYWHERE, RULE, members, suggestion
from scenarios.reading.checks import Source, check_levers, lever_value, parse_file, show
from scenarios.reading.course import Difference, diff, first_overspent, resolve
from scenarios.reading.files import find, parse, read_text, shown
from scenarios.reading.scenario import LEAST_YEARS, Change, Origin, RunSettings, Scenario, months_between, week_of
from scenarios.reading.schema import ChangeTable, RunTable, ScenarioFile
from scenarios.reading.write import as_dict, json_schema, to_toml
from sim.errors import UserError, kept, raise_all
from sim.numbers.levers import BY_NAME, LEVERS
from sim.numbers.structure import FOLLOW_UP_WEEKS

__all__ = [
    "Difference",
    "Scenario",
    "as_dict",
    "diff",
    "find",
    "is_todays",
    "json_schema",
    "load",
    "resolve",
    "to_toml",
    "with_levers",
    "with_settings",
]

LEAST_MONTHS = math.ceil(LEAST_YEARS * 12)


@dataclass(frozen=True)
class _Layer:
    """One file of the chain, checked by itself. `bad`: tables and keys of its form that are wrong (`checks.Parsed`)."""

    path: Path
    source: Source
    form: ScenarioFile
    found: tuple[UserError, ...] = ()
    bad: frozenset[tuple[str | int, ...]] = frozenset()


def load(name_or_path: str | Path) -> Scenario:
    """The scenario of a shipped name or a file, with what it extends. Raises UserError: all that is wrong, together."""
    found: list[UserError] = []
    chain = _chain(find(name_or_path), found)
    top = chain[0].form
    run = kept(found, _run, chain) or RunSettings(start=_start(chain))
    changes = _all_changes(chain, run.start, top.history, found)
    raise_all(found)
    levers, origins = _base(chain)
    lineage = tuple(layer.form.name for layer in chain)
    scenario = Scenario(top.name, top.title, top.question, run, levers, changes, top.history, lineage, origins)
    _shares(scenario)
    return scenario


def is_todays(policy: Scenario | Mapping[str, Any]) -> bool:
    """Whether a policy, whatever its name, is today's without a change. A table is one of `as_dict`, as results folders keep it.

    Whether it rules the years before as well (`history`) makes no difference: they are under today's levers either way.
    """
    table = as_dict(policy) if isinstance(policy, Scenario) else policy
    return bool(table["levers"] == as_dict(load("today"))["levers"] and not table.get("change"))


def _start(chain: list[_Layer]) -> str:
    given = [layer.form.run.start for layer in chain if "start" in layer.form.run.model_fields_set]
    return given[0] if given else RunSettings().start


def _chain(path: Path, found: list[UserError]) -> list[_Layer]:
    """The file and what it extends, itself first. What is wrong with them goes to `found`."""
    chain: list[_Layer] = []
    while True:
        layer = _read(path)
        chain.append(layer)
        found.extend(layer.found)
        parent = kept(found, _parent, layer) if layer.form.extends is not None else None
        if parent is None:
            return chain
        path = parent
        if path.resolve() in [seen.path.resolve() for seen in chain]:
            found.append(_cycle(chain, path))
            return chain


def _read(path: Path) -> _Layer:
    file = shown(path)
    text = read_text(path)
    source = Source(file, text)
    tables = parse(text, file)
    parsed = parse_file(source, tables)
    found = list(parsed.found)
    for where, levers in _lever_tables(tables, parsed.bad):
        kept(found, check_levers, source, where, levers)
    if parsed.form.name != path.stem and ("name",) not in parsed.bad:
        found.append(_misnamed(source, parsed.form.name, path.stem))
    return _Layer(path, source, parsed.form, tuple(found), parsed.bad)


def _lever_tables(
    tables: dict[str, Any], bad: frozenset[tuple[str | int, ...]]
) -> Iterable[tuple[tuple[str | int, ...], dict[str, Any]]]:
    """The table of levers, and those of changes that are not looked into further; each with its place."""
    changes = tables.get("change")
    every: list[tuple[tuple[str | int, ...], Any]] = [(("levers",), tables.get("levers"))]
    every += [
        (("change", i, "levers"), one.get("levers"))
        for i, one in enumerate(changes if isinstance(changes, list) else [])
        if isinstance(one, dict) and ("change", i) in bad
    ]
    return [(where, levers) for where, levers in every if isinstance(levers, dict)]


def _misnamed(source: Source, name: str, stem: str) -> UserError:
    return source.error(
        ("name",),
        "the name differs from the file's name",
        f"name is {stem!r}, as the file",
        name,
        f'name = "{stem}", or rename the file to {name}.toml',
    )


def _parent(layer: _Layer) -> Path:
    name = layer.form.extends or ""
    try:
        return find(name, beside=layer.path.parent)
    except UserError as error:
        what = f"it extends {name!r}, which cannot be found"
        raise layer.source.error(("extends",), what, error.rule, show(name), error.try_) from None


def _cycle(chain: list[_Layer], path: Path) -> UserError:
    names = [layer.path.stem for layer in chain]
    what = "a scenario extends itself" + ("" if len(names) == 1 else " by way of others")
    return chain[-1].source.error(
        ("extends",),
        what,
        "what a scenario extends must not lead back to it",
        " -> ".join([*names, path.stem]),
        'extends = "today"',
    )


def _base(chain: list[_Layer]) -> tuple[dict[str, float], dict[str, Origin]]:
    """Every lever before changes, and where it was set."""
    levers, origins = {lever.name: float(lever.today) for lever in LEVERS}, {}
    for layer in reversed(chain):
        for name, value in layer.form.levers.items():
            levers[name] = lever_value(name, value)
            origins[name] = _origin(layer.source, ("levers", name))
    return levers, origins


def _origin(source: Source, path: tuple[str | int, ...]) -> Origin:
    return Origin(source.file, source.error(path, "", "", "", "").line or 1)


def _run(chain: list[_Layer]) -> RunSettings:
    """`[run]` key by key, nearest file first; a horizon becomes years."""
    given: dict[str, Any] = {}
    by: dict[str, _Layer] = {}
    for layer in reversed(chain):
        table = _run_table(layer)
        for twin, other in (("years", "horizon"), ("horizon", "years")):
            if twin in table:
                given.pop(other, None)
        given |= table
        by |= dict.fromkeys(table, layer)
    written = {key: key for key in given}
    if horizon := given.pop("horizon", None):
        given["years"] = _years(horizon, given.get("start", RunSettings().start), by["horizon"])
        by["years"], written["years"] = by["horizon"], "horizon"
    if "areas" in given:
        given["areas"] = tuple(given["areas"])
    given |= {key: own_setting(by[key].source, key, given[key]) for key in OWN_NUMBERS if key in given}
    return RunSettings(**given, given={key: _origin(by[key].source, ("run", written[key])) for key in given})


OWN_NUMBERS = ("fix", "prior", "rivals")
"""Keys of [run] that put numbers of one's own, or rival evidence, in the place of the model's."""


def own_setting(source: Source, key: str, value: Any) -> tuple[Any, ...]:
    """One of OWN_NUMBERS as settings hold it, checked. Raises UserError: all that is wrong, each at its line."""
    from scenarios.reading import own_numbers, rival_evidence

    found: list[UserError] = []
    if key == "rivals":
        return tuple(_own(source, ("run", key), rival_evidence.named, value))
    make: Any = own_numbers.fix if key == "fix" else own_numbers.prior
    made = [kept(found, _own, source, ("run", key, name), make, name, its, "") for name, its in value.items()]
    raise_all(found)
    return tuple(made)


def _own(source: Source, path: tuple[str | int, ...], call: Any, *given: Any) -> Any:
    """What a check returns; its UserError said to be about a key of the file."""
    try:
        return call(*given)
    except UserError as error:
        try_ = _as_in_a_file(error.try_.strip())
        raise source.error(path, error.what, error.rule, error.got, try_) from None


def _as_in_a_file(try_: str) -> str:
    """What to try, written as a file has it and not as it is typed."""
    if set_ := re.fullmatch(r"--set (\w+)=…", try_):
        return f"{set_[1]} = … in [levers]"
    if fix := re.fullmatch(r"--fix (\w+)=(\S+)", try_):
        return f"fix = {{ {fix[1]} = {fix[2]} }}"
    return re.sub(r"=(\S+):(\S+)", r" = [\1, \2]", try_)


def _run_table(layer: _Layer) -> dict[str, Any]:
    table: RunTable = layer.form.run
    if table.horizon and "years" in table.model_fields_set:
        raise layer.source.error(
            ("run", "horizon"), "both years and horizon are given", "one of the two", table.horizon, "keep years"
        )
    if "areas" in table.model_fields_set:
        _areas(layer.source, ("run", "areas"), table.areas, True)
    given = {name: getattr(table, name) for name in table.model_fields_set}
    return {name: value for name, value in given.items() if value is not None}


def _years(horizon: str, start: str, layer: _Layer) -> float:
    months = months_between(start, horizon)
    if months <= 0:
        raise layer.source.error(
            ("run", "horizon"),
            "the run ends before it starts",
            f"horizon is later than start ({start})",
            show(horizon),
            "years = 5",
        )
    if not LEAST_MONTHS <= months <= 360:
        raise layer.source.error(
            ("run", "horizon"),
            "the run is too short or too long",
            f"{LEAST_MONTHS} to 360 months after start ({start}): a want is followed for {FOLLOW_UP_WEEKS} weeks",
            show(horizon),
            "years = 5",
        )
    return months / 12


def _areas(source: Source, path: tuple[str | int, ...], areas: list[str], everywhere: bool = False) -> None:
    """Raises UserError for areas that are unknown, or named twice."""
    if everywhere and len(areas) == 1 and areas[0].lower() in EVERYWHERE:
        return
    seen: dict[int, str] = {}
    found = [error for i, name in enumerate(areas) if (error := _area(source, (*path, i), name, seen))]
    raise_all(found)


def _area(source: Source, path: tuple[str | int, ...], name: str, seen: dict[int, str]) -> UserError | None:
    """What is wrong with a name; where nothing is, it joins `seen`."""
    try:
        numbers = members(name)
    except KeyError:
        return source.error(path, f"no area is called {name[:80]!r}", RULE, show(name), suggestion(name))
    twice = [number for number in numbers if number in seen]
    if twice:
        return source.error(
            path, "an area is named twice", "each area once", f"{seen[twice[0]]} and {name}", f'leave out "{name}"'
        )
    seen.update(dict.fromkeys(numbers, name))
    return None


def _all_changes(chain: list[_Layer], start: str, history: bool, found: list[UserError]) -> tuple[Change, ...]:
    """Changes of every file, what is extended first. What is wrong with them goes to `found`."""
    if any(("run", "start") in layer.bad for layer in chain):
        return ()  # when a change begins cannot be told
    made = [
        kept(found, change_of, layer.source, ("change", i), table, start, history)
        for layer in reversed(chain)
        for i, table in enumerate(layer.form.change)
        if not layer.bad & {("change", i), ("change",)}
    ]
    return tuple(change for change in made if change is not None)


def change_of(source: Source, path: tuple[str | int, ...], table: ChangeTable, start: str, history: bool) -> Change:
    found: list[UserError] = []
    if table.areas:
        kept(found, _areas, source, (*path, "areas"), table.areas)
    levers = kept(found, check_levers, source, (*path, "levers"), table.levers)
    span = kept(found, _span, source, path, table, start)
    if span and levers:
        kept(found, _ramp, source, path, table, *span)
    if history:
        kept(found, _declared, source, path, table)
    raise_all(found)
    begin, end = span or (0, None)
    return Change(
        begin,
        end,
        levers or {},
        tuple(table.areas or ()),
        table.over_weeks,
        table.from_,
        table.to,
        table.source,
        table.label,
        _origin(source, path),
    )


def _span(source: Source, path: tuple[str | int, ...], table: ChangeTable, start: str) -> tuple[int, int | None]:
    begin = week_of(table.from_, start)
    if begin < 0:
        raise source.error(
            (*path, "from"),
            "the change begins before the policy does",
            f"from is {start} or later (run.start)",
            show(table.from_),
            f'from = "{start}"',
        )
    end = None if table.to is None else week_of(table.to, start)
    if end is not None and end <= begin:
        raise source.error(
            (*path, "to"),
            "the change ends before it starts",
            f"to is later than from ({table.from_})",
            show(table.to),
            "a later to, or none: then it holds to the end",
        )
    return begin, end


def _ramp(source: Source, path: tuple[str | int, ...], table: ChangeTable, begin: int, end: int | None) -> None:
    if not table.over_weeks:
        return
    words = [name for name in table.levers if BY_NAME[name].choice]
    if words:
        raise source.error(
            (*path, "over_weeks"),
            f"{words[0]} is a word and cannot move little by little",
            "over_weeks is for numbers only",
            table.over_weeks,
            f"a [[change]] of its own for {words[0]}",
        )
    if end is not None and begin + table.over_weeks >= end:
        most = end - begin - 1
        raise source.error(
            (*path, "over_weeks"),
            "the change ends before it is complete",
            f"over_weeks is at most {most}: its value holds for a week at least before it ends",
            table.over_weeks,
            f"over_weeks = {most}, or a later to" if most else "a later to",
        )


def _declared(source: Source, path: tuple[str | int, ...], table: ChangeTable) -> None:
    for key in ("source", "label"):
        if getattr(table, key) is None:
            info = ChangeTable.model_fields[key]
            raise source.error(
                (*path, key),
                f"{key!r} is missing in [[change]] of a history",
                info.description or "",
                "nothing",
                f'{key} = "{(info.examples or [""])[0]}"',
            )


def _shares(scenario: Scenario) -> None:
    """Shares of the board's money must not exceed the whole, in any week and area."""
    found = first_overspent(scenario)
    if found is None:
        return
    total, key, origin, week = found
    raise UserError(
        "the shares of the board's money add up to more than the whole",
        file=origin.file,
        key=key,
        line=origin.line or None,
        got=f"{total:g} from week {week} of the policy",
        rule="personal_budget_share + outcome_payment_share is at most 1 (contract_share divides what is left)",
        try_="lower one of the two",
    )


def with_settings(scenario: Scenario, settings: Iterable[str]) -> Scenario:
    """The scenario with `lever=value` texts (from `--set`), for every area and week.

    They replace changes of the same levers. Raises UserError, also for two settings of one lever.
    """
    said: dict[str, str] = {}
    values: dict[str, float] = {}
    for text in settings:
        name, value = _setting(text)
        if name in said:
            raise UserError(
                "a lever is set twice",
                file="--set",
                key=name,
                rule="each lever once",
                got=f"{said[name]} and {text}",
                try_="leave one out",
            )
        said[name], values[name] = text, value
    return _set(scenario, values, Origin("--set"))


def with_levers(scenario: Scenario, levers: Mapping[str, float | str]) -> Scenario:
    """The scenario with levers by name, a choice by its word, for every area and week: as `with_settings`, from Python."""
    found: list[UserError] = []
    values = {name: kept(found, lever_value, name, _plain(value)) for name, value in levers.items()}
    raise_all(found)
    return _set(scenario, {name: value for name, value in values.items() if value is not None}, Origin("scenario(...)"))


def _plain(value: Any) -> Any:
    """A number of NumPy as Python's own."""
    return value.item() if hasattr(value, "item") else value


def _set(scenario: Scenario, values: Mapping[str, float], origin: Origin) -> Scenario:
    levers, origins = {**scenario.levers, **values}, {**scenario.origins, **dict.fromkeys(values, origin)}
    changes = tuple(_without(change, values) for change in scenario.changes)
    done = replace(scenario, levers=levers, changes=tuple(c for c in changes if c.levers), origins=origins)
    _shares(done)
    return done


def _without(change: Change, names: Container[str]) -> Change:
    return replace(change, levers={key: value for key, value in change.levers.items() if key not in names})


def _setting(text: str) -> tuple[str, float]:
    name, mark, word = (part.strip() for part in text.partition("="))
    if not mark or not name or not word:
        raise UserError(
            "a setting is not written as lever=value",
            file="--set",
            rule="lever=value",
            got=show(text),
            try_="--set link_workers=1.5",
        )
    value: Any = word.strip("\"'")
    if name in BY_NAME and not BY_NAME[name].choice:
        with contextlib.suppress(ValueError):
            value = float(value)
    try:
        return name, lever_value(name, value)
    except UserError as error:
        raise UserError(error.what, file="--set", key=name, rule=error.rule, got=error.got, try_=error.try_) from None
