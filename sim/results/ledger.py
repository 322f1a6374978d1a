"""Where the money went: the ledger of a run as a table, what organisations spent by payer, and its sums for a report.

Pence at 2024/25 prices. A payer's lines are the area's; an organisation's its own: one that serves its area counts whole, a local
one stands for those of its kind. Nothing here is rounded but where spending is shared among payers, and in reports.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.results.counts import share
from sim.results.result import Result
from sim.rules.fund import divide
from sim.rules.ledger import COUNTS, IN, OUT, PAYER_IN, PAYER_OUT, SPENT, Line, PayerLine
from sim.vocabulary import YEAR, Payer

PAYERS = tuple(payer.name.lower() for payer in Payer)
ORGANISATION = "organisation"
HELD_AT_START, HELD_AT_END = "held_at_start_pence", "held_at_end_pence"
SAME = {PayerLine.UNSPENT_AT_START: HELD_AT_START, PayerLine.UNSPENT_AT_END: HELD_AT_END}
OF_PAYERS = {line: SAME.get(line, f"payer_{line.name.lower()}_pence") for line in PayerLine}
OF_ORGANISATIONS = {line: f"{line.name.lower()}{'' if line in COUNTS else '_pence'}" for line in Line}
SOURCES = (*PAYERS, "own_income", "reserves")
SPENT_OF = tuple(f"spent_of_{source}_pence" for source in SOURCES)
"""What an organisation spent, by where its income of the year came from; of reserves where it had none."""
IN_COLUMNS = tuple(dict.fromkeys([OF_PAYERS[line] for line in PAYER_IN] + [OF_ORGANISATIONS[line] for line in IN]))
OUT_COLUMNS = tuple(dict.fromkeys([OF_PAYERS[line] for line in PAYER_OUT] + [OF_ORGANISATIONS[line] for line in OUT]))
COUNT_COLUMNS = tuple(OF_ORGANISATIONS[line] for line in COUNTS)
COLUMNS = (*IN_COLUMNS, *OUT_COLUMNS, *SPENT_OF, *COUNT_COLUMNS)
"""Of every row, the first set adds up to the second, to the penny."""


def spending_by_source(books: np.ndarray) -> np.ndarray:
    """int64[..., SOURCES]: what organisations spent (int64[..., LINES]), in proportion to income, by largest remainder."""
    flat = books.reshape(-1, books.shape[-1])
    income = flat[:, Line.FROM_BOARD : Line.OWN_INCOME + 1].copy()
    income[:, Payer.BOARD] += income[:, Line.BY_PERSON - Line.FROM_BOARD]
    weights = np.delete(income, Line.BY_PERSON - Line.FROM_BOARD, axis=1)
    out = np.zeros((len(flat), len(SOURCES)), np.int64)
    for i, (total, some) in enumerate(zip(flat[:, SPENT].sum(axis=1).tolist(), weights.tolist(), strict=True)):
        out[i, :-1] = divide(total, some)
    out[:, -1] = flat[:, SPENT].sum(axis=1) - out[:, :-1].sum(axis=1)
    return out.reshape(*books.shape[:-1], len(SOURCES))


def table(result: Result) -> dict[str, np.ndarray]:
    """A row a payer and year of every area of every world, then a row an organisation and year; COLUMNS, zero where they do
    not apply. `area_row` as in the table of organisations; `organisation` a row of it, -1 for a payer."""
    rows, years, payers, _ = result.ledger.shape
    many, each = rows * years * payers, len(result.books) * years
    area_row = result.organisations.get("area_row", np.zeros(len(result.books), np.int64)).astype(np.int64)
    place = result.organisations.get("place", np.zeros(len(result.books), np.int64)).astype(np.int64)
    year = np.tile(np.repeat(np.arange(1, years + 1), payers), rows)
    out = {
        "area_row": np.concatenate([np.repeat(np.arange(rows), years * payers), np.repeat(area_row, years)]),
        "year": np.concatenate([year, np.tile(np.arange(1, years + 1), len(result.books))]),
        "body": np.array(list(PAYERS) * (rows * years) + [ORGANISATION] * each, dtype=object),
        "organisation": np.concatenate([np.full(many, -1), np.repeat(np.arange(len(result.books)), years)]),
        "place": np.concatenate([np.full(many, -1), np.repeat(place, years)]),
    } | {name: np.zeros(many + each, np.int64) for name in COLUMNS}
    for line, name in OF_PAYERS.items():
        out[name][:many] = result.ledger[..., line].reshape(-1)
    for line_, name in OF_ORGANISATIONS.items():
        out[name][many:] = result.books[..., line_].reshape(-1)
    for name, pence in zip(SPENT_OF, np.moveaxis(spending_by_source(result.books), -1, 0), strict=True):
        out[name][many:] = pence.reshape(-1)
    return out


def of_table(columns: dict[str, np.ndarray], rows: int) -> tuple[np.ndarray, np.ndarray]:
    """(`ledger`, `books`) of the result that `table` was given, of so many area rows."""
    payers = columns["organisation"] < 0
    of_payers = np.stack([columns[name][payers] for name in OF_PAYERS.values()], axis=1)
    books = np.stack([columns[name][~payers] for name in OF_ORGANISATIONS.values()], axis=1)
    years = len(of_payers) // (rows * len(PAYERS)) if rows else 0
    return (
        of_payers.reshape(rows, years, len(PAYERS), len(PayerLine)),
        books.reshape(-1, years, len(Line)) if years else np.zeros((0, 0, len(Line)), np.int64),
    )


# ---- sums for a report


@dataclass(frozen=True)
class Flow:
    """Where money went: means of worlds a year, as lines that add up. `payers`, `organisations`: GBP per adult a year by line
    (of what is held at either end of the run only the difference has a meaning: a stock shared over years). `counts`: for 10,000 adults, posts and
    places the year's mean, starts a year."""

    payers: dict[PayerLine, float]
    organisations: dict[Line, float]
    counts: dict[Line, float]


def flow(result: Result) -> Flow:
    """The ledger of all areas, worlds and years in one. Local organisations count for those of their kind."""
    shape, worlds = result.shape, max(1, len(result.shape.worlds))
    adults = sum(shape.area_adults(i) for i in range(len(shape.areas)))
    years = shape.weeks / YEAR
    each = 100.0 * adults * years * worlds
    payers = _over_years(result.ledger, PayerLine.UNSPENT_AT_START, PayerLine.UNSPENT_AT_END).sum(axis=(0, 1)) / each
    books = (_over_years(result.books, Line.HELD_AT_START, Line.HELD_AT_END) * _stand_for(result)[:, None]).sum(axis=0)
    counts = {line: 10_000.0 * float(books[line]) / (adults * years * worlds) for line in COUNTS}
    for line in (Line.POST_WEEKS, Line.COORDINATOR_WEEKS, Line.VOLUNTEER_WEEKS, Line.PLACE_WEEKS):
        counts[line] /= YEAR * (1000.0 if line in (Line.POST_WEEKS, Line.COORDINATOR_WEEKS) else 1.0)
    return Flow(
        {line: float(payers[line]) for line in PayerLine},
        {line: float(books[line]) / each for line in (*IN, *OUT)},
        counts,
    )


def payers_by_year(result: Result) -> np.ndarray:
    """float64[years, payers, PAYER_LINES] GBP: payers of all areas together, the mean of worlds."""
    worlds = len(result.shape.worlds)
    by_world = result.ledger.reshape(worlds, -1, *result.ledger.shape[1:]).sum(axis=1)
    return np.asarray(by_world.mean(axis=0) / 100.0)


def _over_years(lines: np.ndarray, start: int, end: int) -> np.ndarray:
    """Lines added up over years: of what is held, the first year's start and the last year's end."""
    total = lines.sum(axis=1).astype(np.float64)
    if lines.shape[1]:
        total[..., start], total[..., end] = lines[:, 0, ..., start], lines[:, -1, ..., end]
    return total


def _stand_for(result: Result) -> np.ndarray:
    """float64[organisations]: for how many of its kind each stands in its area."""
    if not len(result.books):
        return np.zeros(0)
    shape = result.shape
    scale = np.array([shape.scale(i)[1] / shape.scale(i)[0] for i in range(len(shape.areas))])
    area = result.organisations["area_row"] % len(shape.areas)
    return np.where(result.organisations["place"] < 0, 1.0, scale[area])


def awarded_share(found: Flow) -> float:
    """Of what payers had, what they awarded; NaN where they had nothing."""
    had = sum(found.payers[line] for line in PAYER_IN)
    return float(share(np.array(found.payers[PayerLine.AWARDED]), np.array(had)))
