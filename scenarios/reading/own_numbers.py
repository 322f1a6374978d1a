"""Numbers of one's own in the place of the model's: a parameter held at a value, or drawn from another range.

`name=value` and `name=low:high` on the command line, `fix` and `prior` in a file's [run], the same names in Python. What
is asked for is checked here, once: the name, the bounds, and that no parameter is answered twice.
"""

from __future__ import annotations

import math
import re
import shlex
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.errors import UserError, kept, nearest, raise_all
from sim.numbers.levers import BY_NAME
from sim.numbers.parameters import VALUE, Record, records
from sim.numbers.prices import at_model_prices, price_year
from sim.numbers.structure import declared

FIX, PRIOR, RIVAL = "--fix", "--prior", "--rival"


@dataclass(frozen=True)
class OwnPrior:
    """A prior of one's own, as its quantile function: straight between `values` (the table's units) at `shares` from 0 to 1.

    `source`: where it is from, in words; "" for a range that was typed. `file`: the file of judgements, as a command names
    it; "" for none. World 0 takes the median.
    """

    name: str
    shares: tuple[float, ...]
    values: tuple[float, ...]
    source: str = ""
    file: str = ""

    def at(self, u: float) -> float:
        """The value below which the share `u` of it lies; where a whole stretch does as well, its middle."""
        first, after = np.searchsorted(self.shares, u, "left"), np.searchsorted(self.shares, u, "right")
        if after - first > 1:
            return (self.values[first] + self.values[after - 1]) / 2
        return float(np.interp(u, self.shares, self.values))

    @property
    def low(self) -> float:
        """Its lowest value."""
        return self.values[0]

    @property
    def high(self) -> float:
        """Its highest value."""
        return self.values[-1]


def evenly(name: str, low: float, high: float) -> OwnPrior:
    """A range in which every value is as likely."""
    return OwnPrior(name, (0.0, 1.0), (low, high))


@dataclass(frozen=True)
class OwnNumbers:
    """What a study holds of one's own. `fixed`: pounds at the model's prices, as `Study.fixed`."""

    fixed: tuple[tuple[str, float], ...] = ()
    priors: tuple[OwnPrior, ...] = ()


# ------------------------------------------------------------------ one at a time


def fix(name: str, value: Any, key: str = FIX) -> tuple[str, float]:
    """A parameter and the value at which it is held, in the table's units. Raises UserError."""
    record = known(name, key)
    return name, _number(record, value, key, f"{name}=", lambda shown: shown)


def prior(name: str, span: Sequence[Any], key: str = PRIOR) -> OwnPrior:
    """A parameter and the range from which it is drawn, every value as likely. Raises UserError."""
    record = known(name, key)
    if len(span) != 2:
        raise _no_range(record, key, ":".join(map(str, span)))
    found: list[UserError] = []
    low = kept(found, _number, record, span[0], key, f"{name}=", lambda shown: f"{shown}:{record.high:g}")
    high = kept(found, _number, record, span[1], key, f"{name}=", lambda shown: f"{record.low:g}:{shown}")
    raise_all(found)
    assert low is not None and high is not None
    if not low < high:
        raise _no_range(record, key, f"{low:g}:{high:g}", f"{FIX} {name}={low:g}" if low == high else "")
    return evenly(name, low, high)


def known(name: str, key: str) -> Record:
    """The record of a parameter that can be held or drawn. Raises UserError."""
    record = records().get(name)
    if record is not None and _moves(record):
        return record
    raise UserError(_why_not(name), key=key, rule=RULE, got=name[:80] or "nothing", try_=_instead(name))


RULE = "a parameter of `peerscale parameters` that moves something in the model"


def able() -> list[str]:
    """The parameters that can be held or drawn."""
    return [record.name for record in records().values() if _moves(record)]


def _moves(record: Record) -> bool:
    """Whether a parameter moves something in the model, and has another value than one."""
    return record.role != VALUE and record.low < record.high


def _why_not(name: str) -> str:
    record = declared().get(name)
    if name in BY_NAME:
        return f"{name} is a lever, not a parameter"
    if record is None:
        return f"no parameter is called {name[:80]!r}"
    if record.role == VALUE:
        return f"{name} says what outcomes are worth: it moves nothing in the model"
    return f"{name} is built into the model's rules: it has no other value"


def _instead(name: str) -> str:
    if name in BY_NAME:
        return f"--set {name}=…"
    if name in declared():
        return f"peerscale parameters {name}"
    return nearest(name, able()) or "peerscale parameters"


def _number(record: Record, value: Any, key: str, before: str, whole: Any) -> float:
    """A value within the bounds of a record. `before` and `whole` make what to try of a number."""
    rule = f"a number from {record.low:g} to {record.high:g} ({record.unit})"
    said = str(value).strip()
    number = _read(value)
    if number is None or not math.isfinite(number):
        try_ = out_of_text(record, said)
        raise UserError(
            f"{record.name} is a number, without quotes or unit",
            key=key,
            rule=rule,
            got=said[:80] or "nothing",
            try_=f"{key} {before}{whole(try_)}",
        )
    if not record.low <= number <= record.high:
        raise UserError(
            f"{record.name} is {'below its lowest' if number < record.low else 'above its highest'} value",
            key=key,
            rule=rule,
            got=said[:80],
            try_=f"{key} {before}{whole(within(record, number))}" + if_percent(record, number),
        )
    return number


def _read(value: Any) -> float | None:
    if isinstance(value, bool):
        return None
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


def _is_share(record: Record) -> bool:
    return record.unit.startswith(("share", "chance"))


def in_percent(record: Record, number: float) -> bool:
    """Whether a share is likely to have been given in per cent."""
    return _is_share(record) and record.high < number <= 100 and record.low <= number / 100 <= record.high


def within(record: Record, number: float) -> str:
    """A number within the bounds, for one that is not: the share that was given in per cent, else the nearer bound."""
    if in_percent(record, number):
        return f"{number / 100:g}"
    return f"{record.low if number < record.low else record.high:g}"


def if_percent(record: Record, number: float) -> str:
    """What that share would mean, for a message."""
    return f" if you mean {number:g}%" if in_percent(record, number) else ""


def out_of_text(record: Record, text: str) -> str:
    """The number in a text such as "40%" or "12 weeks", where it is within the bounds; else the usual value."""
    found = re.search(r"-?\d+(\.\d+)?", text.replace(",", ""))
    number = float(found.group()) / (100 if "%" in text else 1) if found else math.nan
    return f"{number:g}" if record.low <= number <= record.high else f"{record.value:g}"


def _no_range(record: Record, key: str, got: str, try_: str = "") -> UserError:
    return UserError(
        f"the range of {record.name} is not one",
        key=key,
        rule=f"low:high, low below high, within {record.low:g} to {record.high:g} ({record.unit})",
        got=got[:80],
        try_=try_ or f"{key} {record.name}={record.low:g}:{record.high:g}",
    )


# ------------------------------------------------------------------ as typed


def fixes(texts: Iterable[str]) -> dict[str, float]:
    """`name=value` texts by name. Raises UserError: all that is wrong, together."""
    found: list[UserError] = []
    made = [kept(found, lambda pair: fix(*pair), pair) for pair in _pairs(texts, FIX, "0.5", found)]
    return dict(_once([one for one in made if one], [one[0] for one in made if one], FIX, found))


def priors(texts: Iterable[str]) -> dict[str, OwnPrior]:
    """`name=low:high` texts by name. Raises UserError: all that is wrong, together."""
    found: list[UserError] = []
    pairs = _pairs(texts, PRIOR, "0.3:0.6", found)
    made = [kept(found, lambda pair: prior(pair[0], pair[1].split(":")), pair) for pair in pairs]
    good = [one for one in made if one]
    return {one.name: one for one in _once(good, [one.name for one in good], PRIOR, found)}


def _pairs(texts: Iterable[str], key: str, example: str, found: list[UserError]) -> list[tuple[str, str]]:
    pairs = []
    for text in texts:
        name, mark, value = (part.strip() for part in str(text).partition("="))
        if mark and name and value:
            pairs.append((name, value))
        else:
            rule = "name=value" if key == FIX else "name=low:high"
            found.append(
                UserError(
                    f"this is not written as {rule}",
                    key=key,
                    rule=rule,
                    got=str(text)[:80],
                    try_=f"{key} accept_offer={example}",
                )
            )
    return pairs


def _once(made: list[Any], names: list[str], key: str, found: list[UserError]) -> list[Any]:
    """What was made, where nothing is wrong and no name stands twice. Raises UserError."""
    for name in dict.fromkeys(name for i, name in enumerate(names) if name in names[:i]):
        found.append(
            UserError(f"{name} is given twice", key=key, rule="each parameter once", got=name, try_="leave one out")
        )
    raise_all(found)
    return made


# ------------------------------------------------------------------ together


def together(rivals: Mapping[str, float], held: Mapping[str, float], drawn: Mapping[str, OwnPrior]) -> OwnNumbers:
    """All of one study. `rivals`: what rival evidence holds. Raises UserError for a parameter that is answered twice."""
    asked = ((RIVAL, rivals), (FIX, held), (PRIOR, drawn))
    found = [
        UserError(
            f"{name} is answered twice",
            key=two,
            rule="each parameter once: held, drawn, or of one rival",
            got=f"{one} and {two}",
            try_="leave one of the two out",
        )
        for i, (two, names) in enumerate(asked)
        for one, others in asked[:i]
        for name in names
        if name in others
    ]
    raise_all(found)
    fixed = dict(rivals) | {name: at_model_prices(value, records()[name].unit) for name, value in held.items()}
    return OwnNumbers(tuple(sorted(fixed.items())), tuple(drawn[name] for name in sorted(drawn)))


def as_typed(numbers: OwnNumbers, rivals: bool = True) -> list[str]:
    """The options with which a study's own numbers are typed, in the table's units and price years, every digit that counts.

    `rivals`: the command takes rival evidence by its name; else it is held as any number. What people judged is named by its file.
    """
    from scenarios.reading.rival_evidence import alternatives

    by_fixed = {one.fixed: one.name for one in alternatives().values()} if rivals else {}
    said = [
        f"{RIVAL} {by_fixed[name, value]}" if (name, value) in by_fixed else f"{FIX} {name}={_in_table(name, value)}"
        for name, value in numbers.fixed
    ]
    typed = [one for one in numbers.priors if not one.source]
    said += [f"{PRIOR} {one.name}={_shortest(one.low)}:{_shortest(one.high)}" for one in typed]
    files = dict.fromkeys(one.file for one in numbers.priors if one.file)
    return said + [f"--priors {shlex.quote(file)}" for file in files]


def _in_table(name: str, value: float) -> str:
    """The shortest text that is this number at the model's prices, in the price year of the table."""
    unit = records()[name].unit
    exact = value / at_model_prices(1.0, unit)
    near = [float(f"{number:.{digits}g}") for digits in range(1, 18) for number in (exact, *_beside(exact))]
    return _shortest(next((number for number in near if at_model_prices(number, unit) == value), exact))


def _beside(value: float) -> tuple[float, float]:
    return math.nextafter(value, -math.inf), math.nextafter(value, math.inf)


def _shortest(value: float) -> str:
    return repr(float(value)).removesuffix(".0")


# ------------------------------------------------------------------ in words


def held_in_words(name: str, value: float) -> str:
    """`accept_offer at 0.4 (chance)`; `value` at the model's prices."""
    record = records()[name]
    unit = record.unit
    if (year := price_year(unit)) and year != price_year("2024/25 prices"):
        unit = unit.replace(year, "2024/25")
    return f"{name} at {value:.6g} ({unit})"


def drawn_in_words(one: OwnPrior) -> str:
    """`mouth_rate from 0.1 to 0.3 (chance per week; usually 0.1 to 1.2)`."""
    record = records()[one.name]
    usual = f"usually {record.low:g} to {record.high:g}" if record.prior != "fixed" else f"usually {record.value:g}"
    return f"{one.name} from {one.low:.6g} to {one.high:.6g} ({record.unit}; {usual})"
