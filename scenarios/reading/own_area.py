"""An area of a user's own, read from a CSV: a row a figure; what is not given is as in a like area."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from scenarios.reading.areas import index, suggestion
from scenarios.reading.csv_input import Column, Kind, Row, Table, a_number, shown, table_of, whole_number
from sim.errors import UserError, kept, nearest, raise_all
from sim.people.own_area import MEASURES, OWN, OwnArea, burden_for, condition_share, make_cells
from sim.people.population import load_areas

EXAMPLE = Path(__file__).parent.parent / "examples" / "own_area.csv"
SINGLE = ("name", "like", "adults", "long-term condition")
NAMES = (*SINGLE, *MEASURES)
LEAST, MOST = 5_000, 5_000_000
LEAST_ILL, MOST_ILL = 0.2, 0.9
SLACK = 0.01
_LEVELS = "; ".join(f"{measure}: {', '.join(levels)}" for measure, levels in MEASURES.items())
COLUMNS = (
    Column(
        "measure",
        True,
        "What the figure is of. `name`, `like` (an area of the 42 that fills what is not given) and `adults` "
        "must be there; `long-term condition` is the share of adults who have one",
        f"one of {', '.join(NAMES)}",
        "age",
    ),
    Column(
        "level",
        False,
        "Which part of the measure; empty for " + ", ".join(SINGLE),
        f"{_LEVELS} (fifths of England's deprivation, 1 the most deprived). If you give one level of a measure, give all",
        "18-24",
    ),
    Column(
        "value",
        True,
        "The figure: people, or a share of adults as 0.12 or 12%",
        "shares of a measure add to 1 (or 100), people to the adults, within one in a hundred",
        "3100",
    ),
    Column("source", False, "Where you know this from (for yourself: not used)", "any text", "Census 2021"),
)
KIND = Kind("an area file", COLUMNS, "peerscale area example")
Figures = dict[tuple[str, str], tuple[int, str]]


def read(path: Path, tell: Callable[[str], None] = lambda said: None) -> OwnArea:
    """The area of a file. `tell` is told what had to be assumed. Raises UserError: all that is wrong, together."""
    table = table_of(path, KIND)
    wrong: list[UserError] = []
    figures = _figures(table, wrong)
    name, like = kept(wrong, _name, table, figures), kept(wrong, _like, table, figures)
    adults = kept(wrong, _adults, table, figures)
    shares = {measure: kept(wrong, _shares, table, figures, measure, adults) for measure in MEASURES}
    raise_all(wrong)
    assert name is not None and like is not None and adults is not None
    known = {measure: values for measure, values in shares.items() if values}
    cells = _cells(table, like, adults, known)
    burden = float(load_areas().burden[like])
    if ("long-term condition", "") in figures:
        burden = _burden(table, figures, cells)
        known["long-term condition"] = []
    for said in table.assumed:
        tell(said)
    return OwnArea(name, like, cells, burden, tuple(known), table.file, table.sha256)


def _figures(table: Table, wrong: list[UserError]) -> Figures:
    """(line, value) of each measure and level, each once. What is wrong with a row goes to `wrong`."""
    found: Figures = {}
    for line, row in table.rows:
        key = kept(wrong, _key, table, line, row)
        if key is None:
            continue
        if key in found:
            wrong.append(
                table.error(
                    line,
                    "measure",
                    "the same figure is there twice",
                    "each measure and level once",
                    f"{' '.join(key).strip()}, as in line {found[key][0]}",
                    "keep one of the two",
                )
            )
        elif not row["value"]:
            wrong.append(
                table.error(
                    line, "value", "value is empty", KIND.rule("value"), "", "leave the row out if it is not known"
                )
            )
        found.setdefault(key, (line, row["value"]))
    return found


def _key(table: Table, line: int, row: Row) -> tuple[str, str]:
    measure = re.sub(r"[\s_]+", " ", row["measure"].casefold())
    level = row.get("level", "").casefold()
    if measure not in NAMES:
        raise table.error(
            line,
            "measure",
            "measure does not know this word",
            KIND.rule("measure"),
            row["measure"],
            nearest(measure, NAMES) or "age",
        )
    levels = MEASURES.get(measure, ("",))
    if level not in levels:
        what = f"{measure} has no level" if measure in SINGLE else f"{measure} does not know this level"
        rule = "an empty level" if measure in SINGLE else f"one of {', '.join(levels)}"
        raise table.error(
            line, "level", what, rule, row.get("level", ""), nearest(level, levels) or levels[0] or "leave it empty"
        )
    return measure, level


def _single(table: Table, figures: Figures, measure: str) -> tuple[int, str]:
    if (measure, "") not in figures:
        raise table.error(
            1,
            "measure",
            f"the row {measure!r} is missing",
            "name, like and adults must be there",
            "no such row",
            f"{measure},,{'30000' if measure == 'adults' else 'Lincolnshire'}",
        )
    return figures[measure, ""]


def _name(table: Table, figures: Figures) -> str:
    line, text = _single(table, figures, "name")
    if len(text) > 60:
        raise table.error(line, "value", "the name is too long", "at most 60 letters", text, "a shorter name")
    return text


def _like(table: Table, figures: Figures) -> int:
    line, text = _single(table, figures, "like")
    try:
        number = index(text)
    except KeyError:
        number = OWN
    if number == OWN:
        raise table.error(
            line,
            "value",
            f"no area is called {shown(text)!r}",
            "one of the 42 areas, by code, ODS code or name",
            text,
            suggestion(text),
        )
    return number


def _adults(table: Table, figures: Figures) -> int:
    line, text = _single(table, figures, "adults")
    rule = f"a whole number from {LEAST:,} to {MOST:,}"
    adults = whole_number(table, line, "value", text, MOST, rule)
    if adults < LEAST:
        raise table.error(
            line,
            "value",
            "too few adults for a neighbourhood",
            rule,
            text,
            f"{LEAST} or more: take in the places around it",
        )
    return adults


def number(table: Table, line: int, text: str) -> float:
    """A figure as 3100, 3,100, 0.12 or 12% (0.12). Raises UserError."""
    value = a_number(table, line, "value", text.rstrip("% "), KIND.rule("value"))
    if value < 0:
        raise table.error(line, "value", "value cannot be negative", KIND.rule("value"), text, text.lstrip("-−"))
    return value / 100.0 if text.endswith("%") else value


def _shares(table: Table, figures: Figures, measure: str, adults: int | None) -> list[float]:
    """Figures of every level of a measure; empty where none is given."""
    levels = MEASURES[measure]
    given = [level for level in levels if (measure, level) in figures]
    if not given:
        return []
    line = figures[measure, given[0]][0]
    if missing := [level for level in levels if level not in given]:
        raise table.error(
            line,
            "level",
            f"{measure} is not given for every level",
            "all levels of a measure, or none",
            f"without {', '.join(missing)}",
            f"{measure},{missing[0]},0 if there is nobody",
        )
    _one_unit(table, measure, [figures[measure, level] for level in levels])
    wrong: list[UserError] = []
    values = [kept(wrong, number, table, *figures[measure, level]) for level in levels]
    raise_all(wrong)
    total = sum(value for value in values if value is not None)
    goals = (1.0, 100.0) if adults is None else (1.0, 100.0, float(adults))
    if adults is not None and not any(abs(total - goal) <= SLACK * goal for goal in goals):
        raise table.error(
            line, "value", f"{measure} does not add up", KIND.rule("value"), f"{total:g} in all", f"1, 100 or {adults}"
        )
    return [value for value in values if value is not None]


def _one_unit(table: Table, measure: str, rows: list[tuple[int, str]]) -> None:
    """Raises UserError where some figures of a measure are in per cent and others are not (nothing is nothing in any unit)."""
    said = [(line, text) for line, text in rows if re.search(r"[1-9]", text)]
    marked = [row for row in said if row[1].endswith("%")]
    if marked and len(marked) < len(said):
        few = min((marked, [row for row in said if row not in marked]), key=len)
        raise table.error(
            few[0][0],
            "value",
            f"{measure} is given in two units",
            "all levels of a measure as 12%, or none",
            ", ".join(text for _, text in rows)[:70],
            "the same mark on every level, or on none",
        )


def _cells(table: Table, like: int, adults: int, shares: dict[str, list[float]]) -> tuple[int, ...]:
    try:
        return make_cells(like, adults, shares)
    except ValueError:
        raise UserError(
            "the figures cannot all hold at once",
            file=table.file,
            rule="margins that some population has",
            got=", ".join(shares),
            try_="look for a level with nobody in it",
        ) from None


def _burden(table: Table, figures: Figures, cells: tuple[int, ...]) -> float:
    line, text = figures["long-term condition", ""]
    value = number(table, line, text)
    share = value / 100.0 if value > 1.0 and value <= 100.0 else value
    if not LEAST_ILL <= share <= MOST_ILL:
        raise table.error(
            line,
            "value",
            "long-term condition is out of range",
            f"a share of adults from {LEAST_ILL:.0%} to {MOST_ILL:.0%}",
            text,
            "0.54, as in England",
        )
    burden = burden_for(cells, share)
    if abs(condition_share(cells, burden) - share) > 0.002:
        raise table.error(
            line,
            "value",
            "this many conditions are not possible with these ages",
            "a share that these ages can have",
            text,
            f"{condition_share(cells, burden):.2f}",
        )
    return burden


def errors(path: Path) -> list[UserError]:
    """All that is wrong with a file (twenty at most), or nothing."""
    try:
        read(path)
    except UserError as error:
        return list(error.found)
    return []
