"""The evidence library: published figures with their sources, and what each of them is for.

`calibration/evidence/targets.csv` holds one row a figure. A row is `target` (may be fitted), `validation`
(held back, never fitted), `input` (a prior or a table of the model rests on it) or `context`. Targets and
validation rows name the simulated statistic that measures the same thing and carry a standard error and a
discrepancy: what another population, another year or the model's form may add. Rows that contradict each
other share a `rival_set`, of which a plan chooses. A researcher's own CSV joins in under the same rules.
"""

from __future__ import annotations

import csv
import math
import os
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from functools import lru_cache
from pathlib import Path

from calibration import EVIDENCE
from calibration.library.statistics import find
from sim.errors import UserError, kept, nearest, raise_all
from sim.numbers.parameters import TABLES, records
from sim.numbers.structure import declared
from sim.reading import read_bytes, text_of

LIBRARY = EVIDENCE / "targets.csv"
ROLES = ("input", "target", "validation", "context")
GRADES = ("published", "derived", "recalled", "judgement")
SE_KINDS = ("printed", "computed", "judged")
NEEDED = ("id", "role", "statistic", "quantity", "value", "se", "unit", "year", "population", "source", "grade")
LARGEST_BYTES = 2_000_000
MOST_SHARE_SE = 0.5
"""Of a share: half of the people one way, half the other, and one person asked."""
EXAMPLE = "peerscale evidence show sup_ndps_ret6 --csv > mine.csv"
ALL = "all"


@dataclass(frozen=True)
class Evidence:
    """One published figure. Numbers are in `unit`, NaN where there is none.

    `se_kind` says whether the standard error was printed, computed from printed counts, or judged.
    `group`: rows of one survey share errors. `informs`: parameters that rest on the row, or learn from it.
    """

    id: str
    role: str
    statistic: str
    quantity: str
    value: float
    low: float
    high: float
    se: float
    se_kind: str
    unit: str
    population: str
    year: str
    source: str
    reference: str
    grade: str
    discrepancy: float
    discrepancy_reason: str
    group: str
    rival_set: str
    informs: tuple[str, ...]
    remark: str
    file: str = ""
    line: int = 0

    @property
    def fitted_or_held(self) -> bool:
        """Whether the simulator measures it."""
        return self.role in ("target", "validation")


COLUMNS: tuple[str, ...] = tuple(f.name for f in fields(Evidence) if f.name not in ("file", "line"))
NUMBERS = ("value", "low", "high", "se", "discrepancy")


# ------------------------------------------------------------------ reading


@lru_cache(maxsize=1)
def shipped() -> tuple[Evidence, ...]:
    """The library that comes with the model, its rows linked to the parameters that cite them."""
    cited: dict[str, list[str]] = {}
    for record in declared().values():
        for row in record.source_id.split():
            cited.setdefault(row, []).append(record.name)
    return tuple(_linked(row, cited.get(row.id, [])) for row in read(LIBRARY))


def _linked(row: Evidence, names: Sequence[str]) -> Evidence:
    return Evidence(**{**row.__dict__, "informs": tuple(dict.fromkeys([*row.informs, *names]))})


def library(files: Sequence[Path] = ()) -> dict[str, Evidence]:
    """All rows by id: the shipped ones, then each file's. UserError for an id that is there already."""
    found = {row.id: row for row in shipped()}
    for file in files:
        for row in read(file):
            if row.id in found:
                raise _wrong(
                    row.file,
                    row.line,
                    "id",
                    "an id is used twice",
                    "an id of its own for every row",
                    f"{row.id}, also in {found[row.id].file} line {found[row.id].line}",
                    f"{row.id}_2, with a rival_set if the two contradict each other",
                )
            found[row.id] = row
    return found


def read(path: Path) -> tuple[Evidence, ...]:
    """The rows of one CSV, checked. UserError with file, line and column of all that is wrong, together."""
    rows: list[Evidence] = []
    wrong: list[UserError] = []
    seen: dict[str, int] = {}
    for line, cells_ in _lines(path):
        row = kept(wrong, _evidence, cells_, str(path), line)
        if row is None:
            continue
        if row.id in seen:
            wrong.append(
                _wrong(
                    row.file,
                    row.line,
                    "id",
                    "an id is used twice",
                    "an id of its own for every row",
                    f"{row.id}, also in line {seen[row.id]}",
                    f"{row.id}_2",
                )
            )
        seen.setdefault(row.id, row.line)
        rows.append(row)
    raise_all(wrong)
    return tuple(rows)


def _lines(path: Path) -> list[tuple[int, dict[str, str]]]:
    """(line, row) of a CSV, whatever is in it: its header and length are checked here."""
    text, _ = _text(path)
    reader = csv.reader(text.splitlines(keepends=True), delimiter=_separator(text), strict=True)
    out: list[tuple[int, dict[str, str]]] = []
    try:
        header = [name.strip() for name in next(reader, [])]
        _check_header(header, str(path))
        for cells in reader:
            if any(cell.strip() for cell in cells):
                out.append((reader.line_num, _row(header, cells, str(path), reader.line_num)))
    except csv.Error as error:
        raise _wrong(
            str(path),
            reader.line_num,
            "",
            "the file is not a CSV",
            "comma-separated values",
            str(error),
            'close every quotation mark; write "" for one inside',
        ) from None
    if not out:
        raise UserError(
            "the evidence file has no rows",
            file=str(path),
            rule="a header and at least one row",
            got="a header only",
            try_="peerscale evidence show sup_ndps_ret6 --csv",
        )
    return out


def assumed(path: Path) -> tuple[str, ...]:
    """What had to be assumed to read a file, in sentences. Raises UserError."""
    text, encoding = _text(path)
    names = {";": "semicolons", "\t": "tabs"}
    said = [f"The file is read as {encoding}."] if encoding else []
    return (*said, *(f"Columns are separated by {name}." for mark, name in names.items() if mark == _separator(text)))


def _text(path: Path) -> tuple[str, str]:
    data = read_bytes(path, "an evidence file", LARGEST_BYTES, EXAMPLE)
    try:
        text, encoding = text_of(data, older=True)
    except ValueError as error:
        byte = int(error.args[0])
        raise UserError(
            "the evidence file is not text",
            file=str(path),
            line=data[:byte].count(b"\n") + 1,
            rule="CSV in UTF-8",
            got=f"byte {data[byte]:#04x}",
            try_="save it as CSV (UTF-8)",
        ) from None
    if not text.strip():
        raise UserError(
            "the evidence file is empty",
            file=str(path),
            rule="a header and at least one row",
            got="nothing",
            try_=EXAMPLE,
        )
    return text, encoding


def _separator(text: str) -> str:
    """What stands between columns: the mark that makes most names of the first line, the comma first."""
    first = text.lstrip().partition("\n")[0][:10_000]
    return max(",;\t", key=lambda mark: sum(cell.strip(' "\r') in COLUMNS for cell in first.split(mark)))


def _check_header(header: list[str], file: str) -> None:
    for name in NEEDED:
        if name not in header:
            near = nearest(name, [h for h in header if h not in COLUMNS])
            raise _wrong(
                file,
                1,
                name,
                f"the column {name!r} is missing",
                "all of " + ", ".join(NEEDED),
                ", ".join(header)[:200],
                f"rename {near!r} to {name!r}" if near else "add the column",
            )
    for name in header:
        if name not in COLUMNS or header.count(name) > 1:
            what = f"the column {name!r} is there twice" if name in COLUMNS else f"no column is called {name!r}"
            raise _wrong(file, 1, name, what, "columns among " + ", ".join(COLUMNS), name, nearest(name, COLUMNS))


def _row(header: list[str], cells: list[str], file: str, line: int) -> dict[str, str]:
    if len(cells) != len(header):
        raise _wrong(
            file,
            line,
            "",
            "a row has the wrong number of columns",
            f"{len(header)} as in the header",
            str(len(cells)),
            "put text that holds commas in quotation marks",
        )
    return dict.fromkeys(COLUMNS, "") | {name: cell.strip() for name, cell in zip(header, cells, strict=True)}


# ------------------------------------------------------------------ one row


def _evidence(row: dict[str, str], file: str, line: int) -> Evidence:
    numbers = {name: _number(row[name], name, file, line) for name in NUMBERS}
    found = Evidence(
        **{
            **row,
            **numbers,
            "informs": tuple(row["informs"].split()),  # type: ignore[arg-type]
            "file": file,
            "line": line,
        }
    )
    _check_words(found)
    _check_numbers(found)
    if found.fitted_or_held:
        _check_measured(found)
    return found


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
    for column, known in (("role", ROLES), ("grade", GRADES)):
        if getattr(row, column) not in known:
            got = getattr(row, column)
            raise _wrong(
                row.file,
                row.line,
                column,
                f"no {column} is called {got!r}",
                "one of " + ", ".join(known),
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
            "a standard error has to be above nothing",
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
            f"at most {MOST_SHARE_SE:g}, of a share told as 0 to 1",
            f"{row.se:g}",
            f"{row.se / 100:.4g}, if {row.se:g} is per cent" if row.se <= 100 * MOST_SHARE_SE else "",
        )
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


# ------------------------------------------------------------------ choosing


def rivals(rows: Iterable[Evidence]) -> dict[str, list[Evidence]]:
    """Rows that contradict each other, by the name of their set."""
    sets: dict[str, list[Evidence]] = {}
    for row in rows:
        if row.rival_set:
            sets.setdefault(row.rival_set, []).append(row)
    return sets


def chosen(rows: Mapping[str, Evidence], role: str, choice: Mapping[str, str]) -> list[Evidence]:
    """Rows of one role, with one of each set of rivals: `choice` names the row by set, or "all".

    UserError for a set or row that is not there, or a set of this role that is left open.
    """
    sets = {name: [row for row in found if row.role == role] for name, found in rivals(rows.values()).items()}
    _check_choice(rows, choice)
    for name, found in sets.items():
        if len(found) > 1 and name not in choice:
            raise UserError(
                f"rival evidence has to be chosen: {name}",
                key=f"rivals.{name}",
                rule="one row of each rival set, or all",
                got="nothing",
                try_=f'{name} = "{found[0].id}"',
            )
    return [row for row in rows.values() if row.role == role and _kept(row, choice)]


def _kept(row: Evidence, choice: Mapping[str, str]) -> bool:
    return not row.rival_set or choice.get(row.rival_set, row.id) in (row.id, ALL)


def _check_choice(rows: Mapping[str, Evidence], choice: Mapping[str, str]) -> None:
    sets = rivals(rows.values())
    for name, pick in choice.items():
        if name not in sets:
            raise UserError(
                f"no rival set is called {name!r}",
                key=f"rivals.{name}",
                rule="one of " + ", ".join(sets),
                got=repr(name),
                try_=nearest(name, sets),
            )
        ids = [row.id for row in sets[name]]
        if pick not in (*ids, ALL):
            raise UserError(
                f"{pick!r} is not among its rivals",
                key=f"rivals.{name}",
                rule="one of " + ", ".join([*ids, ALL]),
                got=repr(pick),
                try_=nearest(pick, ids),
            )


# ------------------------------------------------------------------ writing


def cells(row: Evidence) -> dict[str, str]:
    """A row as it is written: numbers in the shortest form that reads back, nothing for NaN."""
    out = {}
    for name, value in asdict(row).items():
        if name in NUMBERS:
            out[name] = "" if math.isnan(value) else f"{value:.15g}"
        elif name in COLUMNS:
            out[name] = " ".join(value) if name == "informs" else str(value)
    return out


def write(rows: Iterable[Evidence], path: Path) -> None:
    """Write rows as CSV: whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", newline="", encoding="utf-8") as file:
            out = csv.DictWriter(file, COLUMNS, lineterminator="\n")
            out.writeheader()
            out.writerows(cells(row) for row in rows)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def add(file: Path, to: Path) -> tuple[Evidence, ...]:
    """Join a checked file to the user's own library at `to`. UserError if an id is already in use anywhere."""
    if {EVIDENCE, TABLES} & set(to.resolve().parents):
        raise UserError(
            "the shipped library is not written to",
            file=str(to),
            rule="a file of your own",
            got="a file of the installed package",
            try_="--library my_evidence.csv",
        )
    own = [to] if to.exists() else []
    joined = library([*own, file])
    rows = [row for row in joined.values() if row.file in {str(path) for path in (*own, file)}]
    write(rows, to)
    return tuple(row for row in rows if row.file == str(file))
