"""What a sweep varies: a lever (at a value, or along a path in time), an area, a parameter, or rival evidence; one record each."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np

from scenarios.reading.checks import lever_value
from scenarios.reading.rival_evidence import alternatives
from scenarios.reading.scenario import Change
from sim.errors import UserError, nearest
from sim.numbers.levers import BY_NAME
from sim.numbers.parameters import Parameters, records

LEVER, PARAMETER, AREAS, RIVAL = "lever", "parameter", "areas", "rival"
NONE = "none"
"""The word for no rival evidence."""
MOST_VALUES = 100_000
Value = float | str


@dataclass(frozen=True)
class Axis:
    """One thing that is varied. `values`: those that were named, in order; none for a range from `low` to `high`.

    `path`: a lever's course in time; its value is put in as each point has it (None: from the first week on, everywhere).
    """

    kind: str
    name: str
    values: tuple[Value, ...]
    low: float = math.nan
    high: float = math.nan
    path: Change | None = None

    @property
    def words(self) -> bool:
        """Whether values are words (a choice, an area, a rival), not numbers."""
        return any(isinstance(value, str) for value in self.values)

    @property
    def label(self) -> str:
        """In words, for a picture or a table."""
        if self.kind == LEVER:
            return BY_NAME[self.name].label
        return {AREAS: "area", RIVAL: "rival evidence"}.get(self.kind, self.name.replace("_", " "))

    @property
    def unit(self) -> str:
        """Its unit; "" for words."""
        if self.words:
            return ""
        return BY_NAME[self.name].unit if self.kind == LEVER else records()[self.name].unit

    def at(self, u: float) -> Value:
        """The value at a point of [0, 1]: along the range, or among the values that are named."""
        if self.values and (self.words or len(self.values) > 2 or self.stepped):
            return self.values[min(int(u * len(self.values)), len(self.values) - 1)]
        return self.low + (self.high - self.low) * float(u)

    @property
    def stepped(self) -> bool:
        """Whether it is a switch, 0 or 1, with nothing between."""
        return self.kind == LEVER and BY_NAME[self.name].unit == "0 or 1"


def parse(text: str) -> Axis:
    """`self_referral=0:1:8`, `budget_board=0.35,1,3`, `mode=opt_in,opt_out`, `areas=bnssg,sussex`, `rival=none,NAME`. Raises UserError."""
    name, mark, spec = (part.strip() for part in text.partition("="))
    if not (name and mark and spec):
        raise UserError(
            "this does not say what is varied",
            key="--vary",
            rule="name=first:last:how_many, or name=value,value",
            got=text[:80],
            try_="--vary self_referral=0:1:8",
        )
    return axis(name, spec)


def axis(name: str, spec: str | Sequence[Value], path: Change | None = None) -> Axis:
    """What is varied, checked, from its values or their spec. Raises UserError."""
    kind = _kind(name)
    if isinstance(spec, str) and ":" in spec and kind in (LEVER, PARAMETER):
        first, last, values = _span(name, spec)
        checked = tuple(_checked(kind, name, value) for value in (values or (first, last)))
        return Axis(kind, name, checked if values else (), first, last, path)
    given = [part.strip() for part in spec.split(",")] if isinstance(spec, str) else list(spec)
    found = tuple(_checked(kind, name, _plain(value)) for value in given)
    _each_once(name, found)
    numbers = tuple(value for value in found if not isinstance(value, str))
    low, high = (min(numbers), max(numbers)) if numbers else (math.nan, math.nan)
    return Axis(kind, name, found, low, high, path)


def _kind(name: str) -> str:
    if name in (AREAS, RIVAL):
        return name
    if name in BY_NAME:
        return LEVER
    known = [f.name for f in fields(Parameters)]
    if name in known:
        return PARAMETER
    raise UserError(
        f"nothing that can be varied is called {name[:80]!r}",
        key=f"--vary {name[:80]}",
        rule="a lever (peerscale levers), a parameter (peerscale parameters), areas or rival",
        got=name[:80],
        try_=nearest(name, [*BY_NAME, *known, AREAS, RIVAL]) or "peerscale levers",
    )


def _span(name: str, spec: str) -> tuple[float, float, tuple[float, ...]]:
    """(first, last, the values between and with them) of "0:1:8"; no values of "0:1", which is a range. Raises UserError."""
    parts = [_plain(part.strip()) for part in spec.split(":")]
    numbers = [n for n in parts if not isinstance(n, str) and math.isfinite(n)]
    if len(parts) not in (2, 3) or len(numbers) < len(parts):
        raise _bad_span(name, spec, "first:last:how_many, three numbers; or first:last, a range to draw from")
    low, high, count = numbers[0], numbers[1], numbers[2] if len(parts) == 3 else 2.0
    if low >= high:
        raise _bad_span(name, spec, "the first below the last")
    if not (count.is_integer() and 2 <= count <= MOST_VALUES):
        raise _bad_span(name, spec, f"a whole number of values from 2 to {MOST_VALUES:,}")
    return low, high, tuple(np.linspace(low, high, int(count)).tolist()) if len(parts) == 3 else ()


def _bad_span(name: str, spec: str, rule: str) -> UserError:
    return UserError(
        "the values cannot be read", key=f"--vary {name}", rule=rule, got=spec[:80], try_=f"--vary {name}=0:1:8"
    )


def _plain(value: Value) -> Value:
    """A number where a text is one."""
    if not isinstance(value, str):
        return float(value) if not isinstance(value, bool) else str(value)
    try:
        return float(value)
    except ValueError:
        return value.strip("\"'")


def _checked(kind: str, name: str, value: Value) -> Value:
    """The value as it is kept: a number, or a word. Raises UserError for one that cannot be."""
    if kind == LEVER:
        try:
            number = lever_value(name, value)
        except UserError as error:
            raise UserError(error.what, key=f"--vary {name}", rule=error.rule, got=error.got, try_=error.try_) from None
        return str(value) if BY_NAME[name].choice else number
    if kind == PARAMETER:
        return _parameter(name, value)
    return _rival(str(value)) if kind == RIVAL else _area(str(value))


def _parameter(name: str, value: Value) -> float:
    one = records()[name]
    if isinstance(value, str) or not one.low <= value <= one.high:
        raise UserError(
            f"{name} cannot have this value",
            key=f"--vary {name}",
            rule=f"a number from {one.low:g} to {one.high:g} ({one.unit}), the range of its prior",
            got=str(value)[:80],
            try_=f"--vary {name}={one.low:g}:{one.high:g}:5" if one.low < one.high else "another parameter",
        )
    return value


def _rival(name: str) -> str:
    if name != NONE and name not in alternatives():
        raise UserError(
            f"no rival evidence is called {name[:80]!r}",
            key="--vary rival",
            rule=f"{NONE}, or a name of `peerscale evidence rivals`",
            got=name[:80],
            try_=nearest(name, [NONE, *alternatives()]) or "peerscale evidence rivals",
        )
    return name


def _area(name: str) -> str:
    from scenarios.reading.areas import EVERYWHERE, RULE, members, suggestion

    if name.lower() not in EVERYWHERE:
        try:
            members(name)
        except KeyError:
            raise UserError(
                f"no area is called {name[:80]!r}", key="--vary areas", rule=RULE, got=name[:80], try_=suggestion(name)
            ) from None
    return name


def _each_once(name: str, values: Sequence[Value]) -> None:
    twice = [value for i, value in enumerate(values) if value in values[:i]]
    if twice:
        raise UserError(
            "a value is named twice",
            key=f"--vary {name}",
            rule="each value once",
            got=str(twice[0]),
            try_="leave one out",
        )


def along(path: Change, name: str, value: float) -> Change:
    """A path in time that leads to a value."""
    return replace(path, levers={name: value})
