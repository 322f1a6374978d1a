"""A local inventory, read from a CSV: what peer support exists in an area, one row an offer."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

from scenarios.reading.areas import index, suggestion
from scenarios.reading.csv_input import Column, Kind, Row, Table, all_errors, one_of, shown, table_of, whole_number
from scenarios.reading.numbers import Unclear, day
from sim.columns.inventory import budgets_gbp
from sim.columns.listed import ANY_NEED, NO_FUNDER, OFFERS, PAYERS, Inventory, Service
from sim.errors import UserError, kept, raise_all
from sim.numbers.levers import BY_NAME
from sim.people.own_area import OWN
from sim.people.population import load_areas
from sim.vocabulary import BUDGETS, NEEDS, Offer

EXAMPLE = Path(__file__).parent.parent / "examples" / "inventory.csv"
YES_NO = ("yes", "no")
_AS_SPREADSHEETS = {"true": "yes", "false": "no", "y": "yes", "n": "no"}
MOST = {OFFERS[Offer.GROUP]: 500, OFFERS[Offer.ONLINE]: 5_000_000}
MOST_PLACES, MOST_GBP = 20_000, 100_000_000
ONE_OF_NEEDS = f"one or more of {', '.join(NEEDS)}, with semicolons between, or {ANY_NEED}"
COLUMNS = (
    Column(
        "organisation",
        True,
        "Who runs it: an organisation, a team, or the group's own name",
        "a name of at most 200 letters; each organisation, offer and place once",
        "Harbour Carers' Circle",
    ),
    Column(
        "area",
        True,
        "The area it serves",
        "one of the 42 areas, by code, ODS code, name or short form, or `own` for an area of your own",
        "bnssg",
    ),
    Column(
        "offer",
        True,
        "What it offers: a mutual group, matched pairs, one-to-one support by trained volunteers or by "
        "paid peers, or an online community",
        f"one of {', '.join(OFFERS)}",
        "group",
    ),
    Column("needs", True, "Whose experience is shared", ONE_OF_NEEDS + " (a group: one of them, or any)", "carers"),
    Column(
        "place",
        False,
        "The neighbourhood or town it serves, in your own words; empty if the whole area",
        "the same words for the same place; which part of the model's area it is, is drawn in each world",
        "Harbourside",
    ),
    Column(
        "places",
        False,
        "People it has room for at once. One-to-one support: people supported at one time. A group: usual members "
        "(noted, but every group of the model is full at 15). A community: members from the area",
        "a whole number; must be filled for volunteer, paid and online",
        "12",
    ),
    Column(
        "funder",
        False,
        "Who pays it, if anybody does",
        f"one of {', '.join(PAYERS)} or {NO_FUNDER}; empty is {NO_FUNDER} "
        "(noted, but not used, for groups and online communities)",
        "council",
    ),
    Column(
        "gbp_year",
        False,
        "Pounds a year of that award; empty if not known: then what its places cost in the model",
        "a whole number; only with a funder",
        "18000",
    ),
    Column(
        "award_start",
        False,
        "When the award began (checked against its end, else not used)",
        "2025-04-01, 2025-04, 01/04/2025 (the day first) or 1-Apr-25; only with a funder",
        "2024-04-01",
    ),
    Column(
        "award_end",
        False,
        "When the award ends; empty if not known: then within 18 months of the policy's start",
        "a date after award_start and after the start of the policy; only with a funder",
        "2026-03-31",
    ),
    Column(
        "self_referral",
        False,
        "Whether people may refer themselves (groups and communities are simply joined)",
        "yes or no (TRUE or FALSE); empty is no",
        "yes",
    ),
    Column(
        "nhs_team",
        False,
        "Whether it is an NHS team rather than a voluntary organisation",
        "yes or no (TRUE or FALSE); empty is no",
        "no",
    ),
    Column("source", False, "Where you know this from (for yourself: not used)", "any text", "our directory, May 2025"),
)
KIND = Kind("an inventory", COLUMNS, "peerscale inventory example")


def parse_date(table: Table, line: int, column: str, text: str) -> date:
    """A date as `scenarios.reading.numbers.day` reads it. Raises UserError."""
    try:
        return day(text)
    except Unclear as error:
        raise table.error(
            line, column, f"{column} can mean {' or '.join(error.readings)}", KIND.rule(column), text, "2026-03-31"
        ) from None
    except ValueError:
        raise table.error(line, column, f"{column} is not a date", KIND.rule(column), text, "2026-03-31") from None


def start_of(month: str) -> date:
    """The first day of an ISO month. Raises UserError."""
    try:
        return date.fromisoformat(f"{month}-01")
    except ValueError:
        raise UserError(
            "the start is not a month",
            key="--start",
            rule="year, hyphen, two digits",
            got=shown(month),
            try_="--start 2025-04",
        ) from None


def read_service(table: Table, line: int, row: Row, start: str) -> tuple[int, Service]:
    """(position of the area, what the row says). Raises UserError: every cell that is wrong, together."""
    wrong: list[UserError] = []
    name = kept(wrong, _filled, table, line, row, "organisation")
    area = kept(wrong, lambda: _area(table, line, _filled(table, line, row, "area")))
    offer = kept(wrong, _offer, table, line, row)
    needs = kept(wrong, lambda: _needs(table, line, _filled(table, line, row, "needs"), offer or ""))
    funder = kept(
        wrong, one_of, table, line, "funder", row.get("funder") or NO_FUNDER, (*PAYERS, NO_FUNDER), KIND.rule("funder")
    )
    award = kept(wrong, _award, table, line, row, funder or "", start)
    nhs = kept(wrong, _nhs, table, line, row, offer or "")
    places = kept(wrong, _places, table, line, row, offer or "") if offer else None
    self_referral = kept(wrong, _yes, table, line, row, "self_referral")
    raise_all(wrong)
    assert name and area is not None and offer and needs and funder and award and places is not None  # or it was raised
    gbp, end, end_week = award
    return area, Service(
        name, offer, needs, row.get("place", ""), places, funder, gbp, end_week, end, bool(self_referral), bool(nhs)
    )


def _offer(table: Table, line: int, row: Row) -> str:
    return one_of(table, line, "offer", _filled(table, line, row, "offer"), OFFERS, KIND.rule("offer"))


def _nhs(table: Table, line: int, row: Row, offer: str) -> bool:
    nhs = _yes(table, line, row, "nhs_team")
    if nhs and offer in MOST:
        raise table.error(
            line,
            "nhs_team",
            f"a {offer} is not an NHS team",
            "yes only for pair, volunteer or paid",
            row["nhs_team"],
            "no",
        )
    return nhs


def _filled(table: Table, line: int, row: Row, column: str) -> str:
    if not row[column]:
        example = next(c.example for c in COLUMNS if c.name == column)
        raise table.error(line, column, f"{column} is empty", KIND.rule(column), "", example)
    return row[column]


def _area(table: Table, line: int, text: str) -> int:
    try:
        return index(text)
    except KeyError:
        raise table.error(
            line, "area", f"no area is called {shown(text)!r}", KIND.rule("area"), text, suggestion(text)
        ) from None


def _needs(table: Table, line: int, text: str, offer: str) -> tuple[str, ...]:
    words = [part.strip() for part in re.split(r"[;,+]", text) if part.strip()]
    known = (*NEEDS, ANY_NEED)
    needs = tuple(dict.fromkeys(one_of(table, line, "needs", word, known, KIND.rule("needs")) for word in words))
    if not needs:
        raise table.error(line, "needs", "needs is empty", KIND.rule("needs"), text, ANY_NEED)
    if len(needs) > 1 and (offer == OFFERS[Offer.GROUP] or ANY_NEED in needs):
        what = (
            "a mutual group shares one experience, or is open to any"
            if ANY_NEED not in needs
            else "any already holds the others"
        )
        raise table.error(line, "needs", what, KIND.rule("needs"), text, f"{needs[0]}, or {ANY_NEED}")
    return needs


def _places(table: Table, line: int, row: Row, offer: str) -> int:
    text, needed = row.get("places", ""), offer not in (OFFERS[Offer.GROUP], OFFERS[Offer.PAIR])
    most = MOST.get(offer, MOST_PLACES)
    rule = f"a whole number from {1 if needed else 0} to {most:,} for {offer}"
    number = whole_number(table, line, "places", text, most, rule) if text else 0
    if needed and number == 0:
        raise table.error(line, "places", f"{offer} needs its number of places", rule, text, "places = 10")
    return number


def _yes(table: Table, line: int, row: Row, column: str) -> bool:
    word = (row.get(column) or "no").casefold()
    return one_of(table, line, column, _AS_SPREADSHEETS.get(word, word), YES_NO, KIND.rule(column)) == "yes"


def _award(table: Table, line: int, row: Row, funder: str, start: str) -> tuple[int, str, int]:
    """(pounds a year or -1, ISO end or "", weeks from the policy's start to the end or -1)."""
    for column in ("gbp_year", "award_start", "award_end"):
        if row.get(column) and funder == NO_FUNDER:
            raise table.error(
                line,
                column,
                f"{column} is given, but no funder",
                KIND.rule(column),
                row[column],
                f"a funder: {', '.join(PAYERS)}",
            )
    text = row.get("gbp_year", "")
    gbp = whole_number(table, line, "gbp_year", text, MOST_GBP, KIND.rule("gbp_year")) if text else -1
    begins = parse_date(table, line, "award_start", row["award_start"]) if row.get("award_start") else None
    if not row.get("award_end"):
        return gbp, "", -1
    end = parse_date(table, line, "award_end", row["award_end"])
    if begins and end <= begins:
        raise table.error(
            line,
            "award_end",
            "the award ends before it starts",
            KIND.rule("award_end"),
            row["award_end"],
            f"a date after {begins.isoformat()}",
        )
    first = start_of(start)
    if end <= first:
        raise table.error(
            line,
            "award_end",
            "the award ends before the policy starts",
            KIND.rule("award_end"),
            row["award_end"],
            f"a date after {first.isoformat()}, or leave it empty if the award goes on",
        )
    return gbp, end.isoformat(), (end - first).days // 7


def read(path: Path, start: str = "2025-04", tell: Callable[[str], None] = lambda said: None) -> tuple[Inventory, ...]:
    """The inventories of a file, one an area in order of mention. `start`: ISO month of the policy. `tell` is told what
    had to be assumed. Raises UserError: all that is wrong, together.
    """
    table = table_of(path, KIND)
    found: dict[int, list[Service]] = {}
    seen: dict[tuple[object, ...], int] = {}
    wrong: list[UserError] = []
    for line, row in table.rows:
        try:
            area, service = read_service(table, line, row, start)
            _once(table, line, area, service, seen)
            found.setdefault(area, []).append(service)
        except UserError as error:
            wrong.append(error)
    raise_all(wrong)
    if not found:
        raise UserError(
            "the inventory lists nothing",
            file=table.file,
            line=1,
            rule="at least one row below the column names",
            got="column names only",
            try_=KIND.example,
        )
    for said in table.assumed:
        tell(said)
    return tuple(Inventory(area, table.file, table.sha256, start, tuple(rows)) for area, rows in found.items())


def _once(table: Table, line: int, area: int, service: Service, seen: dict[tuple[object, ...], int]) -> None:
    key = (area, service.organisation.casefold(), service.offer, service.place.casefold())
    if key in seen:
        raise table.error(
            line,
            "organisation",
            "the same organisation, offer and place is there twice",
            KIND.rule("organisation"),
            f"{service.organisation}, as in line {seen[key]}",
            "one row for both, or the place of each",
        )
    seen[key] = line


def errors(path: Path, start: str = "2025-04") -> list[UserError]:
    """All that is wrong with a file, one message a row; empty when it can be used."""
    try:
        table = table_of(path, KIND)
    except UserError as error:
        return [error]
    found = all_errors(table, lambda t, line, row: read_service(t, line, row, start))
    if not found:
        try:
            read(path, start)
        except UserError as error:
            return list(error.found)
    return found


def summary(one: Inventory) -> dict[str, object]:
    """What an inventory lists, in numbers; pounds per adult (no figure for an area of one's own) beside today's."""
    adults = 0 if one.area == OWN else int(load_areas().adults[one.area])
    gbp = budgets_gbp(one)
    return {
        "area": "your own area" if one.area == OWN else str(load_areas().short_name[one.area]),
        "adults": adults,
        "rows": {offer: len(one.of(Offer(i))) for i, offer in enumerate(OFFERS)},
        "places": {offer: sum(s.places for s in one.of(Offer(i))) for i, offer in enumerate(OFFERS)},
        "neighbourhoods": len(one.neighbourhoods()),
        "gbp_year": {PAYERS[payer]: gbp[payer] for payer in gbp},
        "gbp_per_adult_year": {PAYERS[payer]: round(gbp[payer] / adults, 3) if adults else None for payer in gbp},
        "gbp_per_adult_year_assumed_without_an_inventory": {PAYERS[p]: BY_NAME[BUDGETS[p]].today for p in gbp},
        "sha256": one.sha256,
    }
