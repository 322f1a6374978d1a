"""Evidence: what each number rests on, its grade, and how well the model fits where that was checked."""

from __future__ import annotations

import csv
import re
from collections import Counter
from functools import lru_cache

import solara
from solara.alias import rv

from calibration import EVIDENCE
from dashboards.cards.fit_card import fit_chart
from dashboards.cards.rival_card import Rivals
from dashboards.cards.vue_parts import ChartCard, Find, Prose
from dashboards.pages.explore import whole_width
from dashboards.work.session import Session
from reports import markup
from scenarios.running import posterior
from sim.numbers.levers import LEVERS
from sim.numbers.parameters import Record
from sim.numbers.structure import declared
from sim.results import caveats

TARGETS = EVIDENCE / "targets.csv"
ROLES = {
    "target": "to fit the model to",
    "validation": "held back to check it with",
    "input": "that give a parameter or its range",
    "context": "for reading only",
}


@solara.component
def Evidence(session: Session, width: int) -> None:
    """The page."""
    with rv.Html(tag="div", class_="stack"):
        Prose(html=grades_card(), kind="card")
        chart = fit_chart(whole_width(width))
        if chart is not None:
            ChartCard(chart=chart.as_dict(), source=posterior.origin(posterior.choose()))
        Rivals(session)
        Find(
            label="Find a number",
            head=["Name", "What it is", "Value", "Range", "Unit", "Grade", "Source"],
            rows=parameter_rows(),
        )
        Prose(html=targets_card(), kind="card")
        if published():
            rows = [
                [
                    r["quantity"],
                    r["value"],
                    r["unit"],
                    ROLES.get(r["role"], r["role"]),
                    r["population"],
                    r["year"],
                    r["source"],
                ]
                for r in published()
            ]
            Find(
                label="Find a published figure",
                head=["Figure", "Value", "Unit", "Used", "Who", "Year", "Source"],
                rows=rows,
            )
        Prose(html=levers_card(), kind="card")


@lru_cache(maxsize=1)
def grades_card() -> str:
    """How many numbers have which grade, as bars in words and widths."""
    counts = Counter(record.grade for record in declared().values())
    total = sum(counts.values())
    rows = [
        markup.tag(
            "tr",
            markup.tag("th", markup.say(grade), scope="row"),
            markup.tag("td", str(n)),
            markup.tag("td", markup.tag("span", "", class_="gradebar", style=f"width:{260 * n / total:.0f}px")),
        )
        for grade, n in counts.most_common()
    ]
    table = markup.tag("table", markup.tag("caption", "Numbers by grade"), markup.tag("tbody", *rows))
    return (
        markup.tag("h2", "What the model rests on")
        + markup.paragraph(caveats.JUDGEMENT.split(":")[0] + ".")
        + markup.paragraph(
            "A grade says where a number comes from. Judgement means that its authors chose it, with a range."
        )
        + table
    )


@lru_cache(maxsize=1)
def parameter_rows() -> list[list[str]]:
    """Every parameter, as texts."""
    return [_parameter(record) for record in declared().values()]


def _parameter(r: Record) -> list[str]:
    reach = f"{r.low:g} to {r.high:g}" if r.prior != "fixed" else "fixed"
    return [
        r.name.replace("_", " "),
        without_names(r.meaning),
        f"{r.value:g}",
        reach,
        r.unit,
        r.grade,
        without_names(r.source),
    ]


def without_names(text: str) -> str:
    """A sentence of a table with the names that programs use ("cost_gp") as words; addresses of files stay as they are."""
    return re.sub(
        r"(?<![\w/.])[a-z][a-z0-9]*(_[a-z0-9]*)+\*?(?![\w/]|\.\w)", lambda found: found[0].replace("_", " "), text
    )


@lru_cache(maxsize=1)
def published() -> list[dict[str, str]]:
    """Published figures, where that table exists; those fitted to and held back first."""
    if not TARGETS.exists():
        return []
    with TARGETS.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return sorted(rows, key=lambda row: list(ROLES).index(row["role"]) if row["role"] in ROLES else len(ROLES))


def targets_card() -> str:
    """How many published figures there are, what each is for, and what fitting made of it."""
    title = markup.tag("h2", "The library of published figures")
    rows = published()
    if not rows:
        return title + markup.paragraph(
            "The model has not been compared with published figures yet. Nothing is fitted and nothing is checked."
        )
    counts = Counter(row["role"] for row in rows)
    told = [f"{counts[role]} {words}" for role, words in ROLES.items() if counts[role]]
    return title + markup.paragraph(
        f"Of {len(rows)} published figures in the library: {'; '.join(told)}. "
        f"{posterior.levels_note(posterior.choose())}"
    )


@lru_cache(maxsize=1)
def levers_card() -> str:
    """Today's value of each lever and where it comes from."""
    from reports.lever_words import label, say_lever

    rows = [
        [label(lever.name), say_lever(lever, lever.today), without_names(lever.source), lever.meaning]
        for lever in LEVERS
    ]
    return markup.tag("h2", "Today’s values of the levers") + markup.table(
        ["Lever", "Today", "Source", "What it is"], rows, "Today’s values of the levers"
    )
