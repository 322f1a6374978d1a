"""What people judged of the model's numbers: a CSV of quartiles by several people, each with a reason, pooled openly.

A row is one person's judgement of one parameter. The pool is linear: a person's distribution is straight between the five
numbers given, and the pool's share below a value is the mean of everybody's. No weights, and nobody is left out. Such a
file stands apart from measured figures: it is no evidence file, and takes the place of the authors' priors only by name.
"""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from calibration.whole import write_whole
from scenarios.reading.csv_input import MAX_CELL, Column, Kind, Row, Table, a_number, shown, table_of
from scenarios.reading.own_numbers import OwnPrior, if_percent, known, out_of_text, within
from sim.errors import UserError, in_file, kept, nearest, raise_all
from sim.numbers.parameters import Record

EXAMPLE = Path(__file__).parent.parent / "examples" / "elicited.csv"
FOLDER = Path("elicited")
"""Where a name without a folder is looked for, beside the folder that the command runs in."""
SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)
FIVE = ("lowest", "lower_quartile", "median", "upper_quartile", "highest")
COLUMNS = (
    Column("parameter", True, "Which number is judged", "a name of `peerscale parameters`", "accept_offer"),
    Column("expert", True, "Who judges; a name or a role", "each person once for each parameter", "A. Carer"),
    Column("lowest", False, "Below it is impossible", "within the parameter's bounds; empty: its lowest", "0.45"),
    Column("lower_quartile", True, "It is lower with a chance of 1 in 4", "above `lowest`", "0.55"),
    Column("median", True, "It is lower or higher with the same chance", "above `lower_quartile`", "0.65"),
    Column("upper_quartile", True, "It is higher with a chance of 1 in 4", "above `median`", "0.75"),
    Column("highest", False, "Above it is impossible", "above `upper_quartile`, within the bounds; empty: its highest", "0.9"),
    Column("reason", True, "Why this person thinks so", f"a sentence of at most {MAX_CELL} letters", "Few in our group said no"),
    Column("date", False, "When it was said", "any text", "2026-11-30"),
)  # fmt: skip
KIND = Kind("an elicitation", COLUMNS, "peerscale evidence elicit --example")


@dataclass(frozen=True)
class Judgement:
    """What one person said of one parameter. `values`: at SHARES, in the table's units. `line`: 0 for one not in a file yet."""

    parameter: str
    expert: str
    values: tuple[float, ...]
    reason: str
    date: str = ""
    line: int = 0

    @property
    def prior(self) -> OwnPrior:
        """This person's distribution."""
        return OwnPrior(self.parameter, SHARES, self.values, self.expert)


@dataclass(frozen=True)
class Elicited:
    """A file of judgements, checked. `assumed`: what had to be assumed to read it, in sentences; `path`: where it was read, so that
    the same command finds it again."""

    file: str
    sha256: str
    judgements: tuple[Judgement, ...]
    assumed: tuple[str, ...] = ()
    path: str = ""

    @property
    def parameters(self) -> list[str]:
        """The parameters that were judged, in the file's order."""
        return list(dict.fromkeys(one.parameter for one in self.judgements))

    def of(self, parameter: str) -> tuple[Judgement, ...]:
        """Everybody's judgement of one parameter."""
        return tuple(one for one in self.judgements if one.parameter == parameter)

    def priors(self) -> dict[str, OwnPrior]:
        """The pool of each parameter."""
        return {name: pooled(self.of(name), self.file, self.path) for name in self.parameters}


def pooled(judgements: Sequence[Judgement], file: str = "", path: str = "") -> OwnPrior:
    """The linear pool of people's distributions of one parameter: the share below a value is the mean of theirs. `file`: its name
    for people; `path`: where it is, by default beside the command."""
    values = np.unique(np.concatenate([one.values for one in judgements]))
    shares = np.mean([np.interp(values, one.values, SHARES) for one in judgements], axis=0)
    count = len(judgements)
    said = f"what {count} {'people' if count > 1 else 'person'} judged"
    whose = f"{said} ({shown(file)})" if file else said
    return OwnPrior(judgements[0].parameter, tuple(shares.tolist()), tuple(values.tolist()), whose, path or file)


def apart(judgements: Sequence[Judgement]) -> float:
    """How much of the pool's variance is because people differ: 0 where all say the same, near 1 where nobody overlaps."""
    means, own = zip(*(_moments(one.values) for one in judgements), strict=True)
    between = float(np.var(means))
    whole = between + float(np.mean(own))
    return between / whole if whole > 0 else 0.0


def _moments(values: Sequence[float]) -> tuple[float, float]:
    """(mean, variance) of a distribution that is straight between its values at SHARES: four parts, each even."""
    low, high = np.array(values[:-1]), np.array(values[1:])
    part = np.diff(SHARES)
    mean = float(part @ (low + high) / 2)
    return mean, float(part @ (low**2 + low * high + high**2) / 3) - mean**2


# ------------------------------------------------------------------ reading


def find(name: str | Path) -> Path:
    """The file of an elicitation: a path, or the name of one in the folder `elicited`. Raises UserError."""
    path = Path(name)
    named = FOLDER / f"{path.name.removesuffix('.csv')}.csv"
    if path.suffix == ".csv" or path.exists():
        return path
    if named.is_file():
        return named
    near = nearest(path.name, [one.stem for one in FOLDER.glob("*.csv")] if FOLDER.is_dir() else [])
    raise UserError(
        f"no elicitation is called {str(name)[:80]!r}",
        key="--priors",
        rule=f"a .csv file, or the name of one in the folder {FOLDER}",
        got=str(name)[:80],
        try_=f"--priors {near}" if near else KIND.example,
    )


def read(path: Path) -> Elicited:
    """The judgements of a file. Raises UserError: all that is wrong, together."""
    table = table_of(path, KIND)
    wrong: list[UserError] = []
    made = [one for line, row in table.rows if (one := _judgement(table, line, row, wrong))]
    _each_once(table, wrong)
    if not table.rows:
        wrong.append(
            table.error(1, "", "nobody has judged anything", "a row a judgement at least", "no rows", KIND.example)
        )
    raise_all(wrong)
    return Elicited(table.file, table.sha256, tuple(made), table.assumed, str(path))


def _judgement(table: Table, line: int, row: Row, wrong: list[UserError]) -> Judgement | None:
    """One row; what is wrong with it goes to `wrong`."""
    before = len(wrong)
    for column in ("expert", "reason"):
        if not row[column].strip():
            what = "no reason is given" if column == "reason" else "nobody is named"
            wrong.append(
                table.error(line, column, what, KIND.rule(column), "", "every judgement has a person and a reason")
            )
    record = kept(wrong, _record, table, line, row["parameter"])
    if record is None:
        return None
    values = [_value(table, line, column, row.get(column, ""), record, wrong) for column in FIVE]
    if len(wrong) == before:
        kept(wrong, _in_order, table, line, record, values)
    if len(wrong) > before:
        return None
    return Judgement(record.name, row["expert"], tuple(values), row["reason"], row.get("date", ""), line)


def _record(table: Table, line: int, name: str) -> Record:
    try:
        return known(name, "parameter")
    except UserError as error:
        raise table.error(line, "parameter", error.what, error.rule, error.got, error.try_) from None


def _value(table: Table, line: int, column: str, text: str, record: Record, wrong: list[UserError]) -> float:
    """One of the five numbers; NaN where it is wrong."""
    if not text.strip() and column in ("lowest", "highest"):
        return record.low if column == "lowest" else record.high
    rule = f"a number from {record.low:g} to {record.high:g} ({record.unit})"
    if text.strip().endswith("%"):
        what = f"{column} is a number, without quotes or unit"
        wrong.append(table.error(line, column, what, rule, text, out_of_text(record, text)))
        return math.nan
    value = kept(wrong, a_number, table, line, column, text, rule)
    if value is None:
        return math.nan
    if not record.low <= value <= record.high:
        try_ = within(record, value) + if_percent(record, value)
        wrong.append(table.error(line, column, f"{column} is outside the bounds of {record.name}", rule, text, try_))
    return value


def _in_order(table: Table, line: int, record: Record, values: Sequence[float]) -> None:
    """Raises UserError unless the five numbers rise."""
    for i, (low, high) in enumerate(zip(values, values[1:], strict=False)):
        if low >= high:
            same = "equal" if low == high else "crossed"
            raise table.error(
                line,
                FIVE[i + 1],
                f"the quartiles of {record.name} are {same}",
                " < ".join(FIVE),
                " ".join(f"{value:g}" for value in values),
                f"{FIVE[i]} below {FIVE[i + 1]}"
                + ("" if same == "crossed" else ": a little uncertainty is left between"),
            )


def _each_once(table: Table, wrong: list[UserError]) -> None:
    seen: dict[tuple[str, str], int] = {}
    for line, row in table.rows:
        key = row["parameter"].strip(), " ".join(row["expert"].casefold().split())
        if key[1] and key in seen:
            said = f"{row['expert']}, as in line {seen[key]}"
            wrong.append(
                table.error(
                    line,
                    "expert",
                    "one person judges the same number twice",
                    KIND.rule("expert"),
                    said,
                    "keep one of the two",
                )
            )
        seen.setdefault(key, line)


# ------------------------------------------------------------------ writing


def with_one_more(path: Path, one: Judgement) -> bytes:
    """The content of a file (made if it is not there) with one row more, every byte of it kept. Raises UserError."""
    held, names = _to_go_on_with(path)
    cells = {
        "parameter": one.parameter,
        "expert": one.expert,
        **{name: f"{value:.12g}" for name, value in zip(FIVE, one.values, strict=True)},
        "reason": one.reason,
        "date": one.date,
    }
    ending = found.group().decode() if (found := _ENDING.search(held)) else "\n"
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator=ending).writerow([cells[name] for name in names])
    return held + (b"" if held.endswith((b"\n", b"\r")) else ending.encode()) + out.getvalue().encode()


_ENDING = re.compile(rb"\r\n|\n|\r")


def can_grow(path: Path) -> bool:
    """Whether a row can be added to a file. Raises UserError where none can: before anybody is asked anything."""
    return bool(_to_go_on_with(path)[1])


def _to_go_on_with(path: Path) -> tuple[bytes, list[str]]:
    """(its bytes, its columns in order); of a file that is not there as they will be. Raises UserError for one in another
    encoding than UTF-8, or with other columns: a row that is added would not be read as it was said."""
    held = path.read_bytes() if path.exists() else (",".join(KIND.names) + "\n").encode()
    try:
        text = held.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UserError(
            "no row can be added to this file",
            file=path.name,
            rule="text in UTF-8",
            got="text in another encoding",
            try_='save it as "CSV UTF-8 (comma delimited)"',
        ) from None
    names = next((line for line in text.splitlines() if line.strip() and not line.startswith("#")), "").split(",")
    if not {"parameter", "expert", *FIVE, "reason"} <= set(names) <= set(KIND.names):
        raise UserError(
            "no row can be added to this file",
            file=path.name,
            rule="the columns of the example, in any order, with commas between",
            got=shown(",".join(names)),
            try_="another file; both can be joined by hand",
        )
    return held, names


def add(path: Path, one: Judgement) -> Elicited:
    """Write one judgement more, whole or not at all. Raises UserError where the file would be wrong: nothing is written then."""
    content = with_one_more(path, one)
    trial = path.with_name(f".{path.name}.new.csv")
    try:
        write_whole(trial, content)
        read(trial)
    except UserError as error:
        raise in_file(error, path.name) from None
    finally:
        trial.unlink(missing_ok=True)
    write_whole(path, content)
    return read(path)
