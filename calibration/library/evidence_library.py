"""The evidence library: published figures with their sources, and what each of them is for.

`calibration/evidence/targets.csv` holds one row a figure. A row is `target` (may be fitted), `validation`
(held back, never fitted), `input` (a prior or a table of the model rests on it) or `context`. Targets and
validation rows name the simulated statistic that measures the same thing and carry a standard error and a
discrepancy: what another population, another year or the model's form may add. Rows that contradict each
other share a `rival_set`, of which a plan chooses. A researcher's own CSV joins in under the same rules.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, fields
from functools import lru_cache
from pathlib import Path

from calibration import EVIDENCE
from calibration.library.evidence_checks import NUMBERS, _check_measured, _check_numbers, _check_words, _number, _wrong
from calibration.library.evidence_record import Evidence
from calibration.whole import write_whole
from sim.errors import UserError, kept, nearest, raise_all
from sim.numbers.parameters import TABLES
from sim.numbers.structure import declared
from sim.reading import read_bytes, some_text

LIBRARY = EVIDENCE / "targets.csv"


NEEDED = ("id", "role", "statistic", "quantity", "value", "se", "unit", "year", "population", "source", "grade")


LARGEST_BYTES = 2_000_000


EXAMPLE = "peerscale evidence show sup_ndps_ret6 --csv > mine.csv"


ALL = "all"


COLUMNS: tuple[str, ...] = tuple(f.name for f in fields(Evidence) if f.name not in ("file", "line"))


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
    holds = ("a header and at least one row", EXAMPLE)
    return some_text(data, str(path), "CSV in UTF-8", "save it as CSV (UTF-8)", holds, older=True)


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
    text = io.StringIO(newline="")
    out = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    out.writeheader()
    out.writerows(cells(row) for row in rows)
    write_whole(path, text.getvalue().encode("utf-8"))


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
