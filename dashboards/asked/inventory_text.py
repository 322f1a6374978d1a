"""A local inventory as a page holds it: the text of the CSV that the command line runs, its rows, and what is wrong with it.

The rules are those of `scenarios.reading.inventory`; nothing is checked here that is not checked there, but for what a page
cannot show (an area of one's own).
"""

from __future__ import annotations

import csv
import hashlib
import io
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from dashboards.asked.kept import Kept
from scenarios.reading.csv_input import all_errors, table_of
from scenarios.reading.inventory import COLUMNS, EXAMPLE, KIND, read, read_service
from scenarios.reading.scenario import RunSettings
from sim.columns.listed import Inventory
from sim.errors import UserError, in_file, whole
from sim.people.own_area import OWN
from sim.reading import text_of as decoded

NAMES = tuple(column.name for column in COLUMNS)
FILE = "your inventory"
START = RunSettings().start
MOST_TOLD = 20
LONGEST_IN_LINK = 5_000
"""Letters that an inventory may take of a link; a larger one is kept on the server and only named."""
TOO_LARGE = (
    "This inventory is too large to travel in a link. Links and other tablets find it only on this machine, as long as the "
    "dashboard runs. Save the CSV file: it opens on any machine, and the command line runs it."
)
GONE = (
    "The link belongs to a local inventory that is too large for a link, and this server does not have it. "
    "Open its CSV file on the page Local inventory."
)
large: Kept[str] = Kept(20)


@contextmanager
def _file(text: str) -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "inventory.csv"
        path.write_bytes(whole(text, FILE).encode())
        yield path


@lru_cache(maxsize=64)
def inventories(text: str, start: str = START) -> tuple[Inventory, ...]:
    """What the text lists, one inventory an area. Raises UserError at the first thing that is wrong."""
    if not text:
        return ()
    with _file(text) as path:
        found = read(path, start)
    if any(one.area == OWN for one in found):
        raise UserError(
            "a page knows the 42 areas only",
            file=FILE,
            key="column area",
            rule="one of the 42 areas",
            got="own",
            try_="peerscale run --area-file my_area.csv --inventory mine.csv",
        )
    return tuple(replace(one, file=FILE) for one in found)


def problems(text: str, start: str = START) -> list[UserError]:
    """All that is wrong with a text, one a row; empty when it can be used."""
    try:
        with _file(text) as path:
            found = all_errors(table_of(path, KIND), lambda table, line, row: read_service(table, line, row, start))
        if not found:
            inventories(text, start)
    except UserError as error:
        return list(error.found)
    return found


def in_words(error: UserError) -> str:
    """One problem as a person reads it: line and column, what is wrong, what stands there, what may."""
    where = f"Line {error.line}" if error.line else "The file"
    where += f", {error.key}" if error.key else ""
    return f"{where}: {error.what}. Found: {error.got}. Expected: {error.rule}. Try: {error.try_}."


def told(errors: Sequence[UserError]) -> list[str]:
    """The first problems in words, and how many there are."""
    said = [in_words(error) for error in errors[:MOST_TOLD]]
    return said + ([f"And {len(errors) - MOST_TOLD} more rows."] if len(errors) > MOST_TOLD else [])


def rows_of(text: str) -> list[dict[str, str]]:
    """Every row, each column a text ("" where the file does not give it); empty for a text that cannot be read."""
    if not text:
        return []
    try:
        with _file(text) as path:
            return [{name: row.get(name, "") for name in NAMES} for _, row in table_of(path, KIND).rows]
    except UserError:
        return []


def text_of(rows: Sequence[Mapping[str, Any]]) -> str:
    """The CSV of some rows, "" for none: what `peerscale run --inventory` takes."""
    if not rows:
        return ""
    out = io.StringIO()
    noted = any(
        str(row.get(NAMES[0], "")).strip().startswith("#") for row in rows
    )  # in quotes it is a name, not a note
    writer = csv.DictWriter(
        out, NAMES, extrasaction="ignore", lineterminator="\n", quoting=csv.QUOTE_ALL if noted else csv.QUOTE_MINIMAL
    )
    writer.writeheader()
    writer.writerows([{name: " ".join(str(row.get(name, "")).split()) for name in NAMES} for row in rows])
    return out.getvalue()


def saved(text: str, row: Mapping[str, Any], number: int) -> str:
    """The text with one row put in the place `number`, or at the end for another number. Nothing is checked."""
    rows: list[Mapping[str, Any]] = list(rows_of(text))
    if 0 <= number < len(rows):
        rows[number] = row
    else:
        rows.append(row)
    return text_of(rows)


def dropped(text: str, number: int) -> str:
    """The text without one row, counted from 0."""
    return text_of([row for i, row in enumerate(rows_of(text)) if i != number])


def read_upload(data: bytes) -> tuple[str, tuple[str, ...]]:
    """(the text of an uploaded CSV, its cells not yet checked; what had to be assumed to read it). Raises UserError."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "inventory.csv"
        path.write_bytes(data)
        try:
            table = table_of(path, KIND)
        except UserError as error:
            raise in_file(error, FILE) from None
    return decoded(data, older=True)[0], table.assumed


def of_area(text: str, area: int) -> str:
    """The rows of one area only, as CSV: what the command line runs to the numbers of the page."""
    kept = {i for i, line in enumerate(_areas(text)) if line == area}
    return text_of([row for i, row in enumerate(rows_of(text)) if i in kept])


@lru_cache(maxsize=16)
def _areas(text: str) -> tuple[int, ...]:
    """Position of the area of each row, in order."""
    from scenarios.reading.areas import index

    return tuple(index(row["area"]) for row in rows_of(text))


def name_of(text: str) -> str:
    """A name for a text that nobody guesses."""
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def example() -> str:
    """The fictional example."""
    return EXAMPLE.read_text("utf-8")
