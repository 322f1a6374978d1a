"""Local inventory: what peer support exists in an area, by a form or from a CSV, so that a charity sees its own groups."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import solara
from solara.alias import rv

from dashboards.asked import inventory_text as held
from dashboards.asked.link import in_link
from dashboards.asked.names import area_name, area_rows
from dashboards.cards.vue_parts import Listing, Prose
from dashboards.work.session import Session
from reports import markup
from scenarios.reading.areas import index
from scenarios.reading.csv_input import Column
from scenarios.reading.inventory import COLUMNS, YES_NO, summary
from sim.columns.listed import ANY_NEED, NO_FUNDER, OFFERS, PAYERS
from sim.errors import UserError
from sim.people.population import load_areas
from sim.results import caveats
from sim.results.words import NEED_WORDS
from sim.vocabulary import NEEDS, Offer

OFFER_WORDS = {
    Offer.GROUP: "a mutual group",
    Offer.PAIR: "matched pairs",
    Offer.VOLUNTEER: "one to one, by volunteers",
    Offer.PAID: "one to one, by paid peers",
    Offer.ONLINE: "an online community",
}
LABELS = {
    "organisation": "Organisation or group",
    "area": "Area",
    "offer": "What it offers",
    "needs": "Whose experience is shared",
    "place": "Neighbourhood (empty: the whole area)",
    "places": "People it has room for at once",
    "funder": "Who pays it",
    "gbp_year": "Pounds a year",
    "award_start": "Award began",
    "award_end": "Award ends",
    "self_referral": "People may refer themselves",
    "nhs_team": "It is an NHS team",
    "source": "Where you know this from",
}


@solara.component
def InventoryPage(session: Session, width: int) -> None:
    """The page. What is in the form stays in the browser until it is saved; what is saved is checked first."""
    asked = session.asked.value
    refused: solara.Reactive[tuple[str, ...]] = solara.use_reactive(())
    count = solara.use_reactive(0)

    def offer(text: str) -> None:
        """Take a new text if it can be used; else say what is wrong and keep the old one."""
        wrong = held.told(held.problems(text)) if text else []
        refused.set(tuple(wrong))
        if not wrong:
            count.set(count.value + 1)
            session.move(lambda a: replace(a, inventory=text))

    with rv.Html(tag="div", class_="stack"):
        Prose(html=about_card(), kind="card")
        Listing(
            rows=rows_shown(asked.inventory),
            fields=fields(),
            area=asked.area,
            refused=list(refused.value),
            saved=count.value,
            csv=held.of_area(asked.inventory, index(asked.area)),
            whole=asked.inventory,
            area_name=area_name(asked.area),
            words=travel_words(asked.inventory),
            example=held.example(),
            event_save=lambda data: offer(
                held.saved(asked.inventory, as_row(data.get("row")), int(data.get("number", -1)))
            ),
            event_drop=lambda data: offer(held.dropped(asked.inventory, int(data.get("number", -1)))),
            event_upload=lambda data: upload(data, offer, refused, session.tell),
            event_clear=lambda _: offer(""),
            event_try_example=lambda _: offer(held.example()),
        )
        Prose(html=made_card(asked.inventory, asked.area), kind="card")


def upload(
    data: dict[str, Any], offer: Any, refused: solara.Reactive[tuple[str, ...]], tell: Callable[..., None]
) -> None:
    """A CSV from a person: taken whole or refused in plain words, with lines."""
    try:
        size = int(data.get("size", 0))
        text, assumed = held.read_upload(
            base64.b64decode(str(data["data"])) if "data" in data else b"x" * min(size, 3_000_000)
        )
        offer(text)
        if assumed:
            tell(*assumed)
    except UserError as error:
        refused.set((held.in_words(error),))
    except ValueError:
        refused.set(("The file did not arrive whole. Try again.",))


def as_row(data: Any) -> dict[str, str]:
    """A row from the browser, as texts; what is no column is left out."""
    given = data if isinstance(data, dict) else {}
    return {name: str(given.get(name, ""))[:2000] for name in held.NAMES}


def fields() -> list[dict[str, Any]]:
    """The form: each column with its label, its rule and what may be chosen."""
    return [
        {
            "name": c.name,
            "label": LABELS[c.name],
            "rule": rule_words(c),
            "must": c.required,
            "options": options(c.name),
            "many": c.name == "needs",
            "date": c.name in ("award_start", "award_end"),
        }
        for c in COLUMNS
    ]


def rule_words(column: Column) -> str:
    """What a field means and, where it is not chosen from a list, its rule."""
    if column.name == "needs":
        return "A mutual group shares one of them, or is open to any."
    return (
        f"{column.meaning}."
        if options(column.name)
        else f"{column.meaning}. {column.rule[:1].upper() + column.rule[1:]}."
    )


def options(name: str) -> list[dict[str, str]]:
    """What may be chosen in a column, as (value, words); empty for free text."""
    choices: dict[str, list[tuple[str, str]]] = {
        "area": [(row["code"], row["name"]) for row in area_rows()],
        "offer": [(OFFERS[offer], words) for offer, words in OFFER_WORDS.items()],
        "needs": [(need, NEED_WORDS[need]) for need in NEEDS] + [(ANY_NEED, "any of these")],
        "funder": [(NO_FUNDER, "nobody")] + [(payer, payer) for payer in PAYERS],
        "self_referral": [(word, word) for word in reversed(YES_NO)],
        "nhs_team": [(word, word) for word in reversed(YES_NO)],
    }
    return [{"value": value, "words": words} for value, words in choices.get(name, [])]


def rows_shown(text: str) -> list[dict[str, Any]]:
    """Rows as the list shows them, with the texts of every column to edit."""
    return [{"cells": row, "words": row_words(row), "area": _area_of(row["area"])} for row in held.rows_of(text)]


def _area_of(text: str) -> str:
    return str(load_areas().code[index(text)])


def row_words(row: dict[str, str]) -> list[str]:
    """Organisation, offer, needs, place, places, funder with the end of its award, area: as the list shows them."""
    kind = next((words for offer, words in OFFER_WORDS.items() if OFFERS[offer] == row["offer"].lower()), row["offer"])
    paid = row["funder"] if row["funder"] not in ("", NO_FUNDER) else "nobody"
    until = f", to {row['award_end']}" if row["award_end"] else ""
    return [
        row["organisation"],
        kind,
        row["needs"].replace(";", ", "),
        row["place"] or "the whole area",
        row["places"] or "not given",
        paid + until,
        area_name(_area_of(row["area"])),
    ]


def about_card() -> str:
    """What this page is for, in three sentences."""
    return (
        markup.tag("h2", "Local inventory")
        + markup.paragraph(
            "List what peer support exists in your area: each offer of an organisation, each mutual group, each online community. It replaces the assumption about supply there, so levels are no longer called illustrative. It is the whole of what exists: what is not listed does not exist there."
        )
        + markup.paragraph(
            "Nothing you enter leaves this machine, except in the links and files that you share. Leave names of people out.",
            class_="chart-note",
        )
    )


def travel_words(text: str) -> str:
    """How the inventory travels with the page."""
    if not text:
        return ""
    return "The link of this page holds the inventory (Share, above)." if in_link(text) else held.TOO_LARGE


def made_card(text: str, area: str) -> str:
    """What the model makes of the inventory in the area at hand."""
    title = markup.tag("h2", f"What the model makes of it: {area_name(area)}")
    found = [one for one in held.inventories(text) if one.area == index(area)] if text else []
    if not found:
        nothing = (
            "Nothing is listed yet" if not text else "The inventory lists nothing in this area (choose another above)"
        )
        return title + markup.paragraph(f"{nothing}: supply starts from an assumption. {caveats.LEVELS}")
    told: Any = summary(found[0])
    rows = [
        [OFFER_WORDS[Offer(i)], str(told["rows"][offer]), f"{told['places'][offer]:,}"]
        for i, offer in enumerate(OFFERS)
    ]
    money = [
        [
            payer,
            f"£{gbp:,}",
            f"£{told['gbp_per_adult_year'][payer]:.2f}",
            f"£{told['gbp_per_adult_year_assumed_without_an_inventory'][payer]:.2f}",
        ]
        for payer, gbp in told["gbp_year"].items()
    ]
    return (
        title
        + markup.paragraph(caveats.LISTED)
        + markup.tag(
            "div",
            markup.table(["Offer", "Listed", "Places"], rows, "What is listed"),
            markup.table(
                ["Payer", "A year", "Per adult", "Assumed without an inventory, per adult"],
                money,
                "Money of the awards listed",
            ),
            class_="columns",
        )
        + markup.paragraph(
            "Places of a mutual group are noted, but every group of the model is full at 15. What the awards do not cover by the model’s "
            "own costs is taken to be the organisation’s own income.",
            class_="chart-note",
        )
    )
