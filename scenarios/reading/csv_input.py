"""Reading a CSV that a person made: one reader, one voice for all that can be wrong with it.

Columns are declared records; documents, checks and messages all come from them. Nothing in a file is
ever run: a cell that looks like a formula or like markup is text, and is shown with `shown`.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from scenarios.reading.numbers import SUPPRESSED, Unclear, number
from sim.errors import MOST_TOLD, UserError, kept, nearest, printable, raise_all
from sim.reading import read_bytes, some_text

MAX_BYTES = 2_000_000
MAX_ROWS = 1_000
MAX_CELL = 200
Row = dict[str, str]


@dataclass(frozen=True)
class Column:
    """One column: its name, whether it must be there and filled, what it means, its rule, an example."""

    name: str
    required: bool
    meaning: str
    rule: str
    example: str


@dataclass(frozen=True)
class Kind:
    """A kind of file: what it is called, its columns, and the command that prints an example."""

    name: str
    columns: tuple[Column, ...]
    example: str

    @property
    def names(self) -> list[str]:
        """Names of its columns."""
        return [column.name for column in self.columns]

    def rule(self, name: str) -> str:
        """The rule of one column."""
        return next(column.rule for column in self.columns if column.name == name)


def shown(text: str) -> str:
    """Text from a file, safe to print: control characters written out, cut to 80 letters."""
    out = "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)
    return out if len(out) <= 80 else out[:77] + "..."


@dataclass(frozen=True)
class Table:
    """A file as read: its rows with their lines, each cell stripped. `sha256` of the bytes.

    `assumed`: what had to be assumed to read it, in sentences. `decimal_comma`: it is of a country that writes 0,5.
    """

    file: str
    sha256: str
    rows: tuple[tuple[int, Row], ...]
    assumed: tuple[str, ...] = ()
    decimal_comma: bool = False

    def error(self, line: int, column: str, what: str, rule: str, got: str, try_: str) -> UserError:
        """A UserError at one cell."""
        key = f"column {column}" if column else ""
        return UserError(what, file=self.file, line=line, key=key, rule=rule, got=shown(got) or "nothing", try_=try_)


def table_of(path: Path, kind: Kind) -> Table:
    """The rows of a file, its form checked, not what its cells mean. Raises UserError."""
    data = read_bytes(path, kind.name, MAX_BYTES, kind.example)
    file = printable(path.name)
    text, encoding = _text(data, file, kind)
    assumed = [f"The file is read as {encoding}."] if encoding else []
    mark = _separator(text, kind)
    if mark != ",":
        assumed.append(f"Columns are separated by {_SEPARATORS[mark]}.")
    rows = tuple(_rows(text, mark, file, kind, assumed))
    return Table(file, hashlib.sha256(data).hexdigest(), rows, tuple(assumed), mark == ";")


def _text(data: bytes, file: str, kind: Kind) -> tuple[str, str]:
    if data[:4] == b"PK\x03\x04" or data[:4] == b"\xd0\xcf\x11\xe0":
        raise UserError(
            "this is a spreadsheet, not a CSV",
            file=file,
            rule="comma-separated text in UTF-8",
            got="an Excel file",
            try_='save it as "CSV UTF-8 (comma delimited)"',
        )
    save = 'save it as "CSV UTF-8 (comma delimited)"'
    holds = ("a line of column names, then rows", kind.example)
    return some_text(data, file, "comma-separated text in UTF-8", save, holds, older=True)


_SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "upright lines"}
_SPACES = re.compile(r"[\s\u00a0\u2007-\u200a\u202f]+")
_NOTHING = re.compile("[\u00ad\u200b\u200c\u200d\u2060\ufeff]")


def _separator(text: str, kind: Kind) -> str:
    """What stands between columns: the mark that makes most names of columns of the first line, the comma first."""
    if found := re.match(r"sep=([,;\t|])\r?\n", text):  # Excel's own first line
        return found.group(1)
    first = next((line for line in text.splitlines() if line.strip() and not line.startswith("#")), "")[
        : 100 * MAX_CELL
    ]
    return max(_SEPARATORS, key=lambda mark: sum(_column(cell) in kind.names for cell in first.split(mark)))


def _column(cell: str) -> str:
    """The name of a column, however it is typed."""
    return re.sub(r"[\s_-]+", "_", _tidy(cell).strip("\"'").lower()).strip("_")


def _tidy(cell: str) -> str:
    """A cell with plain single spaces, and without letters that nobody sees."""
    return _SPACES.sub(" ", _NOTHING.sub("", cell)).strip() if "\n" not in cell and "\r" not in cell else cell.strip()


def _rows(text: str, mark: str, file: str, kind: Kind, assumed: list[str]) -> Iterator[tuple[int, Row]]:
    """Rows that are no notes. What is wrong with their form is raised at the end, together."""
    wrong: list[UserError] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True)
    raw = text.splitlines()
    names: list[str] = []
    count, line = 0, 1
    try:
        for cells in reader:
            line, ended = reader.line_num - sum(cell.count("\n") for cell in cells), reader.line_num
            cells = [_tidy(cell) for cell in cells]
            if not any(cells) or (not names and cells[0].startswith("sep=")):
                continue
            if cells[0].startswith("#") and not raw[min(line, len(raw)) - 1].lstrip().startswith('"'):
                if not names or len(cells) != len(names) or cells[0].startswith("# "):
                    continue
                assumed.append(
                    f"Line {line} begins with # and fills every column: it is read as {shown(cells[0])!r}, not as a note."
                )
            if not names:
                names = _header(cells, file, line, kind)
                continue
            count += 1
            if kept(wrong, _form, cells, names, file, line, count):
                yield line, dict(zip(names, cells, strict=True))
            if len(wrong) > MOST_TOLD or count > MAX_ROWS:
                break
            line = ended
    except csv.Error as error:
        raise UserError(
            "the file is not CSV that can be read",
            file=file,
            line=line,
            rule="cells with commas or line ends are in double quotes",
            got=shown(str(error)),
            try_="look for a quote that is not closed",
        ) from None
    raise_all(wrong)


def _header(cells: list[str], file: str, line: int, kind: Kind) -> list[str]:
    names = [_column(cell) for cell in cells]
    listed = ", ".join(kind.names)
    for name, cell in zip(names, cells, strict=True):
        if name not in kind.names:
            near = nearest(name, kind.names)
            raise UserError(
                f"unknown column {shown(cell)!r}",
                file=file,
                line=line,
                key="column names",
                rule=f"columns: {listed}",
                got=shown(cell) or "a column without a name",
                try_=near or kind.example,
            )
        if names.count(name) > 1:
            raise UserError(
                f"the column {name} is there twice",
                file=file,
                line=line,
                key=f"column {name}",
                rule="each column once",
                got=shown(", ".join(cells)),
                try_="keep one of the two",
            )
    missing = [column for column in kind.columns if column.required and column.name not in names]
    if missing:
        raise UserError(
            f"the column {missing[0].name} is missing",
            file=file,
            line=line,
            key="column names",
            rule=f"{missing[0].name}: {missing[0].rule}",
            got=shown(", ".join(cells)),
            try_=kind.example,
        )
    return names


def _form(cells: list[str], names: list[str], file: str, line: int, count: int) -> bool:
    if len(cells) != len(names):
        raise UserError(
            "the row has another number of cells than there are columns",
            file=file,
            line=line,
            rule=f"{len(names)} cells, as in the first line",
            got=f"{len(cells)}: {shown(', '.join(cells))}",
            try_="put text that holds a comma in double quotes",
        )
    if count > MAX_ROWS:
        raise UserError(
            "the file has too many rows",
            file=file,
            line=line,
            rule=f"at most {MAX_ROWS:,} rows",
            got=f"more than {MAX_ROWS:,}",
            try_="one file for each area",
        )
    for name, cell in zip(names, cells, strict=True):
        if len(cell) > MAX_CELL or not cell.isprintable():
            what = "a cell is too long" if len(cell) > MAX_CELL else "a cell holds characters that are not text"
            raise UserError(
                what,
                file=file,
                line=line,
                key=f"column {name}",
                rule=f"text of at most {MAX_CELL} letters, on one line",
                got=shown(cell),
                try_="shorten it" if len(cell) > MAX_CELL else "type it again",
            )
    return True


def whole_number(table: Table, line: int, column: str, text: str, most: int, rule: str) -> int:
    """A cell as a whole number from 0 to `most`. Raises UserError, with every reading where it can mean several things."""
    value = a_number(table, line, column, text, rule, whole=True)
    if value != int(value):
        raise table.error(line, column, f"{column} is a whole number", rule, text, f"{value:.0f}")
    if value < 0:
        raise table.error(line, column, f"{column} cannot be negative", rule, text, f"{-value:.0f}")
    if value > most:
        raise table.error(line, column, f"{column} is too large", rule, text, f"{most} at most")
    return int(value)


def a_number(table: Table, line: int, column: str, text: str, rule: str, whole: bool = False) -> float:
    """A cell as a number. Raises UserError: for what can mean several things, is kept back by a publisher, or is none."""
    if SUPPRESSED.fullmatch(text.strip()):
        raise table.error(
            line,
            column,
            f"{column} was kept back by its publisher",
            f"{rule}. Small counts are often hidden as *, c or <5",
            text,
            "a number that you can stand by (3 for one below 5, say), or leave the figure out",
        )
    try:
        return number(text, table.decimal_comma, whole)
    except Unclear as error:
        if len(error.readings) > 1:
            raise table.error(
                line,
                column,
                f"{column} can mean {' or '.join(error.readings)}",
                rule,
                text,
                " or ".join(error.readings) + ", written without marks",
            ) from None
        found = error.readings or re.findall(r"\d{1,12}(?:\.\d{1,6})?", text)[:1]
        what = "is a whole number" if whole else "is a number"
        raise table.error(line, column, f"{column} {what}", rule, text, found[0] if found else "0") from None


def one_of(table: Table, line: int, column: str, text: str, known: Sequence[str], rule: str) -> str:
    """A cell as one of the known words, any case. The message names the nearest."""
    word = text.casefold().strip()
    if word in known:
        return word
    near = nearest(word, known) or next((k for k in known if word and (word in k or k in word)), "")
    raise table.error(line, column, f"{column} does not know this word", rule, text, near or known[0])


def all_errors(table: Table, read_row: Callable[[Table, int, Row], object]) -> list[UserError]:
    """What is wrong in each row, one message a row."""
    found = []
    for line, row in table.rows:
        try:
            read_row(table, line, row)
        except UserError as error:
            found.append(error)
    return found


def schema_markdown(kind: Kind) -> str:
    """The columns as a table for documents."""
    lines = ["| column | must be there | meaning | rule | example |", "|---|---|---|---|---|"]
    for c in kind.columns:
        lines.append(
            f"| `{c.name}` | {'yes' if c.required else 'no'} | {c.meaning} | {c.rule} | {c.example or '(empty)'} |"
        )
    return "\n".join(lines) + "\n"
