"""How numbers of the model follow from published figures: one row of `calibration/evidence/derived.csv` for each end.

A row names a parameter, which end it gives (value, low or high), a formula of the closed list in `formulas.py`, and what
goes into it: rows of the evidence library (`id`, `id.low`, `id.high`, `1-id` for the rest of a share), a parameter's value
(`=name`), an end of the parameter itself (`.low`, `.high`), a plain number, or a price index (`@2017/18`). The result, at the
row's number of digits, has to be what the parameter's table declares.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from calibration import EVIDENCE
from calibration.library.evidence_library import library
from calibration.library.evidence_record import Evidence
from calibration.library.formulas import FORMULAS, Formula
from sim.errors import UserError, nearest
from sim.numbers.parameters import Record
from sim.numbers.prices import uprating
from sim.numbers.structure import declared

TABLE = EVIDENCE / "derived.csv"
ENDS = ("value", "low", "high")
KINDS = (
    ("money", ("GBP",)),
    ("share", ("share", "chance", "rate ratio")),
    ("sd", ("SMD", "SD")),
    ("weeks", ("weeks",)),
    ("groups", ("groups",)),
    ("utility", ("EQ-5D",)),
    ("satisfaction", ("life-satisfaction",)),
    ("points", ("PAM points",)),
    (
        "count",
        ("people", "calls", "hours", "per yr", "mean per observation period", "emergency", "A&E", "outpatient", "GP"),
    ),
)
"""Kinds of unit by how they begin: a formula cannot turn one into another unless it says so."""


@dataclass(frozen=True)
class Derivation:
    """One end of one number. `figures`: significant digits that are declared. `prices`: financial year of pounds that come out.

    `per`: the denominator, in words. `why`: what has to be assumed.
    """

    parameter: str
    end: str
    formula: str
    of: tuple[str, ...]
    figures: int
    prices: str
    per: str
    why: str
    line: int

    @property
    def how(self) -> Formula:
        """The formula itself."""
        return FORMULAS[self.formula]


@lru_cache(maxsize=1)
def derivations() -> tuple[Derivation, ...]:
    """All rows, checked. UserError with the line of the first that names what is not there."""
    with TABLE.open(newline="", encoding="utf-8") as file:
        reader = csv.DictReader(file)
        return tuple(_checked(_row(row, reader.line_num)) for row in reader)


def _row(row: Mapping[str, str], line: int) -> Derivation:
    words = {key: row[key] for key in ("parameter", "end", "formula", "prices", "per", "why")}
    return Derivation(**words, of=tuple(row["of"].split()), figures=int(row["figures"]), line=line)


def _checked(one: Derivation) -> Derivation:
    for key, got, known in (
        ("parameter", one.parameter, tuple(declared())),
        ("end", one.end, ENDS),
        ("formula", one.formula, tuple(FORMULAS)),
    ):
        if got not in known:
            raise UserError(
                f"no {key} is called {got!r}",
                file=str(TABLE),
                line=one.line,
                key=f"column {key}",
                rule="a name that is there",
                got=repr(got),
                try_=nearest(got, known),
            )
    inputs(one)
    return one


def inputs(one: Derivation) -> list[float]:
    """What goes into the formula, in order. UserError for a figure that is not there."""
    return [_input(token, one) for token in one.of]


def _input(token: str, one: Derivation) -> float:
    rest = token.startswith("1-")
    name, _, end = token.removeprefix("1-").partition(".")
    if re.fullmatch(r"[\d.]+", token):
        return float(token)
    if token.startswith("@"):
        return uprating(token[1:])
    if token.startswith("="):
        return declared()[token[1:]].value
    if token.startswith("."):
        return float(getattr(declared()[one.parameter], token[1:]))
    rows = library()
    if name not in rows:
        raise UserError(
            f"no figure is called {name!r}",
            file=str(TABLE),
            line=one.line,
            key="column of",
            rule="an id of `peerscale evidence list`",
            got=token,
            try_=nearest(name, rows),
        )
    if end not in ("", *ENDS):
        raise UserError(
            f"{name} has no {end!r}",
            file=str(TABLE),
            line=one.line,
            key="column of",
            rule=f"an id, or an id with one of {', '.join(f'.{known}' for known in ENDS)}",
            got=token,
            try_=nearest(end, ENDS),
        )
    found = float(getattr(rows[name], end or "value"))
    return 1 - found if rest else found


def result(one: Derivation) -> float:
    """What the formula gives, unrounded."""
    return one.how.of(*inputs(one))


def declared_end(one: Derivation) -> float:
    """What the parameter's table declares for that end."""
    return float(getattr(declared()[one.parameter], one.end))


def holds(one: Derivation) -> bool:
    """Whether the table declares what the formula gives, at the row's digits."""
    return f"{result(one):.{one.figures}g}" == f"{declared_end(one):.{one.figures}g}"


def rows_of(one: Derivation) -> list[Evidence]:
    """The rows of the library that go in, once each."""
    found = library()
    names = dict.fromkeys(token.removeprefix("1-").partition(".")[0] for token in one.of)
    return [found[name] for name in names if name in found]


def fitted(name: str) -> list[Evidence]:
    """Rows behind a number that a plan may fit: its formulas' and those that its table cites."""
    cited = [library()[id_] for id_ in declared()[name].source_id.split()]
    mine = [row for one in derivations() if one.parameter == name for row in rows_of(one)]
    return list({row.id: row for row in [*cited, *mine] if row.role == "target"}.values())


def kind(unit: str) -> str:
    """The kind of a unit, "" for none of KINDS."""
    return next((name for name, starts in KINDS if unit.startswith(starts)), "")


def kind_given(one: Derivation) -> str:
    """The kind of number that comes out: the formula's, or that of the first row that goes in."""
    rows = rows_of(one)
    return one.how.gives or (kind(rows[0].unit) if rows else kind(declared()[one.parameter].unit))


def other_years(one: Derivation) -> set[str]:
    """Years of the pounds that go in other than the row's `prices`: `why` has to say why they are taken as of that year."""
    years = {_financial_year(row.year) for row in rows_of(one) if row.unit.startswith("GBP")}
    return years - {one.prices} if one.prices else set()


def _financial_year(year: str) -> str:
    found = re.fullmatch(r"(\d{4})[-/](\d{2})", year)
    return f"{found[1]}/{found[2]}" if found else year


def in_words(one: Derivation) -> str:
    """The formula with what goes in, as a reader would write it."""
    shown = [token if re.fullmatch(r"[\d.]+", token) else _said(token, one) for token in one.of]
    text = one.how.words.replace("{*}", " x ".join(shown)).replace("{,}", " and ".join(shown))
    return text.format(*shown)


def _said(token: str, one: Derivation) -> str:
    value = f"{_input(token, one):.6g}"
    if token.startswith("@"):
        return f"{value} (prices of {token[1:]})"
    if token.startswith("."):
        return f"{value} (its own {token[1:]} end)"
    name = token.removeprefix("=").removeprefix("1-")
    return f"{value} ({'1 - ' if token.startswith('1-') else ''}`{name}`)"


def by_parameter() -> Iterator[tuple[Record, list[Derivation]]]:
    """Each number that has a formula, with its rows."""
    for name, record in declared().items():
        mine = [one for one in derivations() if one.parameter == name]
        if mine:
            yield record, mine
