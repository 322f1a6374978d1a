"""A row of the evidence library checked: words, numbers, what it measures; each fault at its file, line and column."""

from __future__ import annotations

import math

from calibration.library.evidence_record import BOUNDS, GRADES, ROLES, SE_KINDS, Evidence
from calibration.library.statistics import find
from sim.errors import UserError, nearest
from sim.numbers.parameters import records

MOST_SHARE_SE = 0.5
"""Of a share: half of the people one way, half the other, and one person asked."""


NUMBERS = ("value", "low", "high", "se", "discrepancy", "count", "of", "people", "n")
ROUNDED = 0.01
"""How far a printed share may lie from its counts: whole per cents, and people who did not answer."""


def _number(text: str, column: str, file: str, line: int) -> float:
    if text == "":
        return math.nan
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise _wrong(
            file,
            line,
            column,
            f"{column} is not a number",
            "a finite number, or nothing",
            repr(text),
            text.rstrip("%") if text.endswith("%") else "",
        )
    return value


def _check_words(row: Evidence) -> None:
    for column, known in (("role", ROLES), ("grade", GRADES), ("bound", BOUNDS)):
        if getattr(row, column) not in known:
            got = getattr(row, column)
            raise _wrong(
                row.file,
                row.line,
                column,
                f"no {column} is called {got!r}",
                "one of " + ", ".join(filter(None, known)),
                repr(got),
                nearest(got, known),
            )
    for column in ("id", "quantity", "unit", "source"):
        if not getattr(row, column):
            raise _wrong(row.file, row.line, column, f"a row has no {column}", "text in every row", "nothing")
    if not row.id.replace("_", "").replace("-", "").isalnum():
        raise _wrong(row.file, row.line, "id", "an id cannot be used", "letters, digits, _ and -", repr(row.id))
    for name in row.informs:
        if name not in records():
            raise _wrong(
                row.file,
                row.line,
                "informs",
                f"no parameter is called {name!r}",
                "names of `peerscale parameters`",
                repr(name),
                nearest(name, records()),
            )


def _check_numbers(row: Evidence) -> None:
    if row.low > row.high:
        raise _wrong(
            row.file,
            row.line,
            "low, high",
            "the interval is upside down",
            "low at most high",
            f"{row.low:g} to {row.high:g}",
            f"{row.high:g} to {row.low:g}",
        )
    if row.value < row.low or row.value > row.high:
        raise _wrong(
            row.file,
            row.line,
            "value",
            "the value lies outside its own interval",
            "low <= value <= high",
            f"{row.value:g}, {row.low:g} to {row.high:g}",
        )
    if row.se <= 0:
        raise _wrong(
            row.file,
            row.line,
            "se",
            "a standard error has to be above zero",
            "above 0",
            f"{row.se:g}",
            "judge one, and write judged as its se_kind",
        )
    if row.unit == "share" and row.se > MOST_SHARE_SE:
        raise _wrong(
            row.file,
            row.line,
            "se",
            "a share cannot have so large a standard error",
            f"at most {MOST_SHARE_SE:g}, of a share given as 0 to 1",
            f"{row.se:g}",
            f"{row.se / 100:.4g}, if {row.se:g} is per cent" if row.se <= 100 * MOST_SHARE_SE else "",
        )
    if row.n < 1:
        raise _wrong(row.file, row.line, "n", "n cannot be used", "how many the figure is of, 1 or more", f"{row.n:g}")
    if row.discrepancy < 0:
        raise _wrong(
            row.file,
            row.line,
            "discrepancy",
            "a discrepancy cannot be negative",
            "a standard deviation, 0 or more",
            f"{row.discrepancy:g}",
        )
    if math.isnan(row.value) and math.isnan(row.low) and math.isnan(row.high):
        raise _wrong(row.file, row.line, "value", "a row has no figure", "a value, or an interval", "nothing")
    _check_counts(row)


def _check_counts(row: Evidence) -> None:
    """What was counted: whole numbers that make the value."""
    share = row.unit == "share"
    made = row.count / row.of if row.of > 0 else math.nan
    rules = (
        ("of", row.of > 0, "above 0", row.of),
        ("of", not share or row.of % 1 == 0, "a whole number of those counted", row.of),
        ("count", row.count >= 0 and row.count % 1 == 0, "a whole number, 0 or more", row.count),
        ("count", not row.count > row.of or not share, f"at most {row.of:g}, those counted", row.count),
        ("people", row.people >= 1, "adults of a place, 1 or more", row.people),
    )
    for column, good, rule, got in rules:
        if not (math.isnan(got) or good):
            raise _wrong(row.file, row.line, column, f"{column} cannot be used", rule, f"{got:g}")
    if math.isfinite(row.count) and math.isnan(row.of):
        raise _wrong(row.file, row.line, "of", "a count needs what it was counted of", "a number in `of`", "nothing")
    if (
        math.isfinite(made)
        and math.isfinite(row.value)
        and abs(made - row.value) > ROUNDED * (1 if share else row.value)
    ):
        raise _wrong(
            row.file,
            row.line,
            "count",
            "the value is not what its counts make",
            f"{made:.3g}, or other counts",
            f"{row.value:g}",
        )


def _check_measured(row: Evidence) -> None:
    """A target or a validation row: measured, in the same unit, with its errors, and read by someone."""
    statistic = find(row.statistic, row.file, row.line)
    rules = (
        ("unit", row.unit == statistic.unit, f"{statistic.unit!r}, as the statistic", repr(row.unit)),
        ("value", math.isfinite(row.value), "a value", "nothing"),
        ("se", math.isfinite(row.se), "a standard error: judged where none is printed", "nothing"),
        ("se_kind", row.se_kind in SE_KINDS, "one of " + ", ".join(SE_KINDS), repr(row.se_kind)),
        ("discrepancy", math.isfinite(row.discrepancy), "a standard deviation, 0 or more", "nothing"),
        ("discrepancy_reason", bool(row.discrepancy_reason), "why it is so large", "nothing"),
        ("grade", row.grade != "recalled", "a figure that was read: recalled ones are context", "'recalled'"),
        (
            "informs",
            row.role != "validation" or not row.informs,
            "nothing: what a parameter rests on, or learns from, cannot be a check of it",
            " ".join(row.informs),
        ),
        ("value", statistic.unit != "share" or 0 <= row.value <= 1, "a share from 0 to 1", f"{row.value:g}"),
    )
    for column, good, rule, got in rules:
        if not good:
            raise _wrong(
                row.file,
                row.line,
                column,
                f"a {row.role} row needs another {column}",
                rule,
                got,
                f"{row.value / 100:g}" if got == f"{row.value:g}" and row.value <= 100 else "",
            )


def _wrong(file: str, line: int, column: str, what: str, rule: str, got: str, try_: str = "") -> UserError:
    return UserError(
        what, file=file, line=line or None, key=f"column {column}" if column else "", rule=rule, got=got, try_=try_
    )
