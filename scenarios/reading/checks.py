"""What a lever may be, and the translation of schema errors into our one voice."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError

from scenarios.reading.lines import Path, line_of
from scenarios.reading.schema import ChangeTable, RunTable, ScenarioFile
from sim.errors import MOST_TOLD, Several, UserError, nearest, raise_all
from sim.numbers.levers import BY_NAME, CHOICES, Lever


@dataclass(frozen=True)
class Source:
    """A file being read: its name as shown and its text, to say where a key stands."""

    file: str
    text: str

    def error(self, path: Path, what: str, rule: str, got: Any, try_: str) -> UserError:
        """A UserError at the line of a key path. `got` is shown as TOML would write it."""
        return UserError(
            what,
            file=self.file,
            key=key_text(path),
            line=line_of(self.text, path),
            rule=rule,
            got=got if isinstance(got, str) else show(got),
            try_=try_,
        )


def key_text(path: Path) -> str:
    """("change", 0, "from") is "change[1].from": tables counted from 1, as people count."""
    text = ""
    for part in path:
        text += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text


def show(value: Any) -> str:
    """A value as TOML writes it, cut to 80 letters."""
    if isinstance(value, bool):
        return str(value).lower()
    return (f'"{value}"' if isinstance(value, str) else str(value))[:80]


def unknown_key(name: str, known: list[str], place: str) -> tuple[str, str, str, str]:
    """(what, rule, got, try) for a key that is not known here."""
    near = nearest(name, known)
    try_ = near
    if name in BY_NAME and place != "[levers]":
        try_ = f"{name} is a lever: put it under [levers]"
    elif not near or name in RunTable.model_fields:
        try_ = f"{name} belongs under [run]" if name in RunTable.model_fields else "peerscale scenarios schema"
    listed = ", ".join(known) if len(known) < 12 else "a lever of `peerscale levers`"
    return f"unknown key {name!r} in {place}", f"known keys: {listed}", name, try_


def lever_value(name: str, value: Any) -> float:
    """The value of a lever as a number. Raises UserError without file and line."""
    if name not in BY_NAME:
        what, rule, got, try_ = unknown_key(name, list(BY_NAME), "[levers]")
        raise UserError(what, key=name, rule=rule, got=got, try_=try_)
    lever = BY_NAME[name]
    return _choice(lever, value) if lever.choice else _number(lever, value)


def _choice(lever: Lever, value: Any) -> float:
    words = CHOICES[lever.choice]
    if value in words:
        return float(words.index(value))
    near = nearest(str(value), words) or words[0]
    raise UserError(
        f"{lever.name} does not know this word",
        key=lever.name,
        got=show(value),
        rule="one of " + ", ".join(words),
        try_=f'{lever.name} = "{near}"',
    )


def _rule(lever: Lever) -> str:
    if lever.unit == "0 or 1":
        return "0 or 1"
    return f"a number from {lever.low:g} to {lever.high:g} ({lever.unit})"


def _number(lever: Lever, value: Any) -> float:
    rule, try_ = _rule(lever), f"{lever.name} = {lever.today:g}"
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        what = f"{lever.name} is a number, without quotes or unit"
        raise UserError(what, key=lever.name, rule=rule, got=show(value), try_=_plain(lever, value) or try_)
    if not math.isfinite(value):
        what = f"{lever.name} is not a finite number"
        raise UserError(what, key=lever.name, rule=rule, got=show(value), try_=try_)
    if lever.unit == "0 or 1" and value not in (0, 1):
        raise UserError(f"{lever.name} is 0 or 1", key=lever.name, rule=rule, got=show(value), try_=try_)
    if not lever.low <= value <= lever.high:
        raise UserError(_out(lever, value), key=lever.name, rule=rule, got=show(value), try_=_within(lever, value))
    return float(value)


def _out(lever: Lever, value: float) -> str:
    if value < 0 <= lever.low:
        return f"{lever.name} cannot be negative"
    return f"{lever.name} is {'below its lowest' if value < lever.low else 'above its highest'} value"


def _within(lever: Lever, value: float) -> str:
    if lever.unit.startswith("share") and lever.high < value <= 100 and value / 100 >= lever.low:
        return f"{lever.name} = {value / 100:g} if you mean {value:g}%"
    return f"{lever.name} = {lever.low if value < lever.low else lever.high:g}"


def _plain(lever: Lever, value: Any) -> str:
    """The number inside a text such as "12 weeks" or "40%", as an assignment that is right."""
    found = re.search(r"-?\d+(\.\d+)?", value.replace(",", "")) if isinstance(value, str) else None
    if found is None:
        return ""
    number = float(found.group()) / (100 if "%" in value else 1)
    return f"{lever.name} = {number:g}" if lever.low <= number <= lever.high else ""


_PLACES: dict[str, tuple[type[BaseModel], str]] = {
    "": (ScenarioFile, "a scenario"),
    "run": (RunTable, "[run]"),
    "change": (ChangeTable, "[[change]]"),
}


def check_levers(source: Source, path: Path, table: dict[str, Any]) -> dict[str, float]:
    """Levers of a table as numbers. Raises UserError: all that are wrong, together."""
    done: dict[str, float] = {}
    found: list[UserError] = []
    for name, value in table.items():
        if len(found) > MOST_TOLD:
            raise_all(found, more=len(table) - len(done) - len(found))
        try:
            done[name] = lever_value(name, value)
        except UserError as error:
            found.append(source.error((*path, name), error.what, error.rule, error.got, error.try_))
    raise_all(found)
    return done


@dataclass(frozen=True)
class Parsed:
    """The typed form of a file; where something in it is wrong, the form of the rest, so that the rest is checked too.

    `found`: what is wrong with the form. `bad`: where it stands, (table,) or (table, key or number).
    """

    form: ScenarioFile
    found: tuple[UserError, ...] = ()
    bad: frozenset[Path] = frozenset()


def parse_file(source: Source, tables: dict[str, Any]) -> Parsed:
    """The typed form of a file, with all that is wrong with it, misspelt keys first."""
    try:
        return Parsed(ScenarioFile.model_validate(tables))
    except ValidationError as error:
        items: list[dict[str, Any]] = [dict(item) for item in error.errors(include_url=False)]
    told = _in_order(source, items)
    found = [_translate(source, item) for item in told[:MOST_TOLD]]
    more = len(told) - len(found)
    bad = frozenset(tuple(item["loc"][:2]) for item in items)
    whole = Several(found, more) if more else None
    return Parsed(ScenarioFile.model_validate(_rest(tables, bad)), (whole,) if whole else tuple(found), bad)


def _in_order(source: Source, items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Unknown keys, then the rest, by line; a key that is only misspelt is not also said to be missing."""
    unknown = {(item["loc"][:-1], str(item["loc"][-1])) for item in items if item["type"] == "extra_forbidden"}
    misspelt = [
        item
        for item in items
        if item["type"] == "missing"
        and nearest(str(item["loc"][-1]), [name for table, name in unknown if table == item["loc"][:-1]])
    ]
    kept = [item for item in items if item not in misspelt]
    return sorted(kept, key=lambda item: (item["type"] != "extra_forbidden", line_of(source.text, tuple(item["loc"]))))


_STAND_IN = {"name": "nobody", "title": "Nothing", "question": "What would it be?"}
_NO_CHANGE = {"from": "week 0", "levers": {"directory": 0}}


def _rest(tables: dict[str, Any], bad: frozenset[Path]) -> dict[str, Any]:
    """A file without what is bad in it."""
    rest = {name: value for name, value in tables.items() if (name,) not in bad} | {
        name: value for name, value in _STAND_IN.items() if (name,) in bad
    }
    if isinstance(rest.get("run"), dict):
        rest["run"] = {key: value for key, value in rest["run"].items() if ("run", key) not in bad}
    if isinstance(rest.get("change"), list):
        rest["change"] = [_NO_CHANGE if ("change", i) in bad else one for i, one in enumerate(rest["change"])]
    return rest


def _translate(source: Source, item: dict[str, Any]) -> UserError:
    path: Path = tuple(item["loc"])
    table = str(path[0]) if len(path) > 1 and path[0] in _PLACES else ""
    model, place = _PLACES[table]
    if item["type"] == "extra_forbidden":
        known = [info.alias or name for name, info in model.model_fields.items()]
        return source.error(path, *unknown_key(str(path[-1]), known, place))
    name = next((str(part) for part in reversed(path) if _field(model, part)), str(path[0]))
    rule, example = _told(model, name)
    if item["type"] == "missing":
        return source.error(path, f"{name!r} is missing in {place}", rule, "nothing", example)
    return source.error(path, _what(item["type"], name), rule, show(item["input"]), example)


def _field(model: type[BaseModel], part: str | int) -> bool:
    return any(part in (name, info.alias) for name, info in model.model_fields.items())


def _told(model: type[BaseModel], name: str) -> tuple[str, str]:
    """The rule of a field and an assignment that would be right."""
    info = next((i for n, i in model.model_fields.items() if name in (n, i.alias)), None)
    if info is None:
        return "", "peerscale scenarios schema"
    example = (info.examples or [""])[0]
    if isinstance(example, str) and example.startswith("["):
        return info.description or "", f"write it as {example}"
    if not (isinstance(example, str) and example.startswith("{")):
        example = str(example).replace("'", '"') if isinstance(example, list) else show(example)
    return info.description or "", f"{name} = {example}"


def _what(kind: str, name: str) -> str:
    if kind.endswith("_type") or kind == "int_from_float":
        return f"{name!r} has the wrong type"
    if kind in ("too_short", "string_too_short"):
        return f"{name!r} is empty or too short"
    if kind in ("too_long", "string_too_long"):
        return f"{name!r} is too long"
    if kind == "finite_number":
        return f"{name!r} is not a finite number"
    if kind == "string_pattern_mismatch":
        return f"{name!r} is not written as it should be"
    return f"{name!r} is out of range"
