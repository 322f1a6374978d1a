"""Evidence: what each number rests on, its grade, and how well the model fits where that was checked."""

from __future__ import annotations

import csv
from collections import Counter
from functools import lru_cache

import solara
from solara.alias import rv

from dashboards import markup
from dashboards.session import Session
from dashboards.vue_parts import Find, Prose
from sim import caveats
from sim.levers import LEVERS
from sim.parameters import TABLES, Record, records

TARGETS = TABLES / "targets.csv"


@solara.component
def Evidence(session: Session, width: int) -> None:
    """The page."""
    with rv.Html(tag="div", class_="stack"):
        Prose(html=grades_card(), kind="card")
        Find(label="Find a number", head=["Name", "What it is", "Value", "Range", "Unit", "Grade", "Source"], rows=parameter_rows())
        Prose(html=targets_card(), kind="card")
        Prose(html=levers_card(), kind="card")


@lru_cache(maxsize=1)
def grades_card() -> str:
    """How many numbers have which grade, as bars in words and widths."""
    counts = Counter(record.grade for record in records().values())
    total = sum(counts.values())
    rows = [markup.tag("tr", markup.tag("th", markup.say(grade), scope="row"), markup.tag("td", str(n)),
                       markup.tag("td", markup.tag("span", "", class_="gradebar", style=f"width:{260 * n / total:.0f}px")))
            for grade, n in counts.most_common()]  # fmt: skip
    table = markup.tag("table", markup.tag("caption", "Numbers by grade"), markup.tag("tbody", *rows))
    return (markup.tag("h2", "What the model rests on") + markup.paragraph(caveats.JUDGEMENT.split(":")[0] + ".")
            + markup.paragraph("A grade says where a number comes from. Judgement means that its authors chose it, with a range.")
            + table)  # fmt: skip


@lru_cache(maxsize=1)
def parameter_rows() -> list[list[str]]:
    """Every parameter, as texts."""
    return [_parameter(record) for record in records().values()]


def _parameter(r: Record) -> list[str]:
    reach = f"{r.low:g} to {r.high:g}" if r.prior != "fixed" else "fixed"
    return [r.name.replace("_", " "), r.meaning, f"{r.value:g}", reach, r.unit, r.grade, r.source]


def targets_card() -> str:
    """Published figures the model is set against, where that table exists; else that it does not yet."""
    title = markup.tag("h2", "Set against published figures")
    if not TARGETS.exists():
        return title + markup.paragraph("The model has not been set against published figures yet: nothing is fitted, and nothing is checked.")
    with TARGETS.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    if not rows:
        return title + markup.paragraph("The table of published figures is empty.")
    wanted = [key for key in ("id", "statistic", "meaning", "value", "error", "discrepancy", "role", "grade", "source") if key in rows[0]]
    return title + markup.paragraph("A figure is either fitted to, or held back to check with.") + markup.table(
        [key.replace("_", " ").capitalize() for key in wanted], [[row[key] for key in wanted] for row in rows], "Published figures")  # fmt: skip


@lru_cache(maxsize=1)
def levers_card() -> str:
    """Today's value of each lever and where it comes from."""
    from dashboards.levers_panel import label, say_lever

    rows = [[label(lever.name), say_lever(lever, lever.today), lever.source, lever.meaning] for lever in LEVERS]
    return markup.tag("h2", "Today’s values of the levers") + markup.table(
        ["Lever", "Today", "Source", "What it is"], rows, "Today’s values of the levers")  # fmt: skip
