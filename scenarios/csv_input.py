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

from sim.errors import UserError, nearest, printable
from sim.reading import read_bytes

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
    """A file as read: its rows with their lines, each cell stripped. `sha256` of the bytes."""

    file: str
    sha256: str
    rows: tuple[tuple[int, Row], ...]

    def error(self, line: int, column: str, what: str, rule: str, got: str, try_: str) -> UserError:
        """A UserError at one cell."""
        key = f"column {column}" if column else ""
        return UserError(what, file=self.file, line=line, key=key, rule=rule, got=shown(got) or "nothing", try_=try_)


def table_of(path: Path, kind: Kind) -> Table:
    """The rows of a file, its form checked, not what its cells mean. Raises UserError."""
    data = read_bytes(path, kind.name, MAX_BYTES, kind.example)
    file = printable(path.name)
    text = _text(data, file, kind)
    return Table(file, hashlib.sha256(data).hexdigest(), tuple(_rows(text, file, kind)))


def _text(data: bytes, file: str, kind: Kind) -> str:
    if data[:4] == b"PK\x03\x04" or data[:4] == b"\xd0\xcf\x11\xe0":
        raise UserError("this is a spreadsheet, not a CSV", file=file, rule="comma-separated text in UTF-8",
                        got="an Excel file", try_='save it as "CSV UTF-8 (comma delimited)"')
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise UserError("the file is not text in UTF-8", file=file, line=line, rule="comma-separated text in UTF-8",
                        got=f"byte {data[error.start]:#04x}", try_='save it as "CSV UTF-8 (comma delimited)"') from None
    if "\0" in text:
        raise UserError("the file is not text", file=file, line=text[: text.index("\0")].count("\n") + 1,
                        rule="comma-separated text in UTF-8", got="byte 0x00", try_=kind.example)
    if not text.strip():
        raise UserError("the file is empty", file=file, line=1, rule="a line of column names, then rows",
                        got="nothing", try_=kind.example)
    return text


def _rows(text: str, file: str, kind: Kind) -> Iterator[tuple[int, Row]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    names: list[str] = []
    count, line = 0, 1
    try:
        for cells in reader:
            line, ended = reader.line_num - sum(cell.count("\n") for cell in cells), reader.line_num
            cells = [cell.strip() for cell in cells]
            if not any(cells) or cells[0].startswith("#"):
                continue
            if not names:
                names = _header(cells, file, line, kind)
                continue
            count += 1
            _form(cells, names, file, line, count)
            yield line, dict(zip(names, cells, strict=True))
            line = ended
    except csv.Error as error:
        raise UserError("the file is not CSV that can be read", file=file, line=line,
                        rule="cells with commas or line ends stand in double quotes", got=shown(str(error)),
                        try_="look for a quote that is not closed") from None


def _header(cells: list[str], file: str, line: int, kind: Kind) -> list[str]:
    names = [re.sub(r"[\s_-]+", "_", cell.lower()).strip("_") for cell in cells]
    if len(names) == 1 and re.search(r"[;\t|]", names[0]):
        raise UserError("the columns are not separated by commas", file=file, line=line, rule="commas between columns",
                        got=shown(cells[0]), try_="save it with commas as the separator")
    listed = ", ".join(kind.names)
    for name, cell in zip(names, cells, strict=True):
        if name not in kind.names:
            near = nearest(name, kind.names)
            raise UserError(f"unknown column {shown(cell)!r}", file=file, line=line, key="column names",
                            rule=f"columns: {listed}", got=shown(cell) or "a column without a name",
                            try_=near or kind.example)
        if names.count(name) > 1:
            raise UserError(f"the column {name} is there twice", file=file, line=line, key=f"column {name}",
                            rule="each column once", got=shown(", ".join(cells)), try_="keep one of the two")
    missing = [column for column in kind.columns if column.required and column.name not in names]
    if missing:
        raise UserError(f"the column {missing[0].name} is missing", file=file, line=line, key="column names",
                        rule=f"{missing[0].name}: {missing[0].rule}", got=shown(", ".join(cells)), try_=kind.example)
    return names


def _form(cells: list[str], names: list[str], file: str, line: int, count: int) -> None:
    if len(cells) != len(names):
        raise UserError("the row has another number of cells than there are columns", file=file, line=line,
                        rule=f"{len(names)} cells, as in the first line", got=f"{len(cells)}: {shown(', '.join(cells))}",
                        try_="put text that holds a comma in double quotes")
    if count > MAX_ROWS:
        raise UserError("the file has too many rows", file=file, line=line, rule=f"at most {MAX_ROWS:,} rows",
                        got=f"more than {MAX_ROWS:,}", try_="one file for each area")
    for name, cell in zip(names, cells, strict=True):
        if len(cell) > MAX_CELL or not cell.isprintable():
            what = "a cell is too long" if len(cell) > MAX_CELL else "a cell holds characters that are not text"
            raise UserError(what, file=file, line=line, key=f"column {name}",
                            rule=f"text of at most {MAX_CELL} letters, on one line", got=shown(cell), try_="shorten it")


def whole_number(table: Table, line: int, column: str, text: str, most: int, rule: str) -> int:
    """A cell as a whole number from 0 to `most`. Thousands may have commas; a pound sign is let pass."""
    bare = text.replace(",", "").replace("£", "").strip()
    if not re.fullmatch(r"-?\d{1,15}(\.0*)?", bare):
        found = re.search(r"\d+", bare)
        raise table.error(line, column, f"{column} is a whole number", rule, text, found.group()[:12] if found else "0")
    number = int(bare.split(".")[0])
    if number < 0:
        raise table.error(line, column, f"{column} cannot be negative", rule, text, str(-number))
    if number > most:
        raise table.error(line, column, f"{column} is too large", rule, text, f"{most} at most")
    return number


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
        lines.append(f"| `{c.name}` | {'yes' if c.required else 'no'} | {c.meaning} | {c.rule} | {c.example or '(empty)'} |")
    return "\n".join(lines) + "\n"
