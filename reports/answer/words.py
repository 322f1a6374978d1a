"""England's answer in words and in a picture, all of it from the record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from textwrap import fill as filled
from typing import Any

from reports import svg
from reports.answer.record import LEVELS
from reports.atlas.shown import LABELS, say, spread
from reports.atlas.words import apart, goal_words, ladder_lines, workforce
from reports.ladder.picture import WIDTH, waterfall
from reports.ladder.words import cells
from scenarios.questions.atlas.tables import ALL_LEVERS
from scenarios.questions.steps import REST, STEPS
from sim.results import caveats
from sim.results.outcomes import MAIN

Record = Mapping[str, Any]
NOT_RUN = "not run yet"
NOT_YET = (
    "England's answer has not been run on this edition of the model yet. `peerscale atlas --out atlas` runs it, and "
    "`python -m reports.answer --atlas atlas` writes it here."
)
COLUMNS = 130
"""Letters of a line of the README."""
TITLE = "From today to everyone in England: available"


def fill(text: str) -> str:
    """Text in lines of COLUMNS letters, no word broken."""
    return filled(text, COLUMNS, break_on_hyphens=False)


def rung(record: Record, step: str) -> Mapping[str, Any]:
    """One step of the ladder."""
    return {row["step"]: row for row in record["ladder"]}[step]


def _level(record: Record, outcome: str) -> str:
    row = record["headlines"][outcome]
    wide = spread(row, "wants")
    return f"{say(row['median'], 'wants')} ({wide})" if wide else say(row["median"], "wants")


# ------------------------------------------------------------------ five sentences


def sentences(record: Record) -> list[str]:
    """The answer in five sentences."""
    return [_today(record), _largest(record), _levers(record), _beyond(record), _goal(record)]


def _today(record: Record) -> str:
    return (
        f"Of 100 wants for peer support in England today, {_level(record, MAIN)} find it available and {_level(record, 'had_in_time')} "
        "had it in time."
    )


def _largest(record: Record) -> str:
    order = sorted((rung(record, step.name) for step in STEPS), key=lambda row: -(row["gain"] or 0.0))
    first, second = order[0], order[1]
    return (
        f"The largest step towards everyone is '{LABELS[first['step']].lower()}' ({say(first['gain'], 'wants')} of 100, of which levers "
        f"reach {say(first['reachable'], 'wants')}), and the next '{LABELS[second['step']].lower()}' ({say(second['gain'], 'wants')}, of which "
        f"they reach {say(second['reachable'], 'wants')})."
    )


def _levers(record: Record) -> str:
    spent = rung(record, ALL_LEVERS)["pounds"]
    billion = spent * record["adults"] / 1e9
    return (
        f"With every lever at its best end {_level(record, ALL_LEVERS)} of 100 would find it available, for {say(spent, 'pounds')} more an "
        f"adult a year: about £{billion:.1f} billion a year."
    )


def _beyond(record: Record) -> str:
    rest = rung(record, REST)
    beyond = sum(max(0.0, rung(record, step.name)["beyond"] or 0.0) for step in STEPS)
    return (
        f"No step opens the last {say(rest['gain'], 'wants')} of 100, and {say(beyond, 'wants')} more lie within the steps, beyond what "
        "levers reach."
    )


def _goal(record: Record) -> str:
    found = record["policies"]
    level = f"{100 * record['goal']['level']:g}"
    if not found["certified"]:
        return f"{level} of 100 in {_worlds(record)} is certified in none of the {found['areas']} areas with the policies tried."
    return (
        f"{level} of 100 in {_worlds(record)} is certified in {found['certified']} of {found['areas']} areas, for {_costs(found)} more an "
        f"adult a year with the policies tried. {_hard(record)}"
    )


def _hard(record: Record) -> str:
    """What the certificate asks beyond the goal: few fresh worlds can only certify a policy that meets it in more of them."""
    told, goal = record["certificate"], record["goal"]["worlds"]
    return (
        f"With {told['most']} fresh worlds an area at most, a policy had to meet it in {100 * told['needs']:.0f}% of them; one that meets it in "
        f"just {100 * goal:g}% costs less."
    )


def _worlds(record: Record) -> str:
    return f"{100 * record['goal']['worlds']:g} of 100 worlds"


def _costs(found: Mapping[str, Any]) -> str:
    low, high = say(found["pounds_low"], "pounds"), say(found["pounds_high"], "pounds")
    return low if low == high else f"{low} to {high}"


def sure(record: Record) -> str:
    """How sure, in a few sentences."""
    return f"Levels are {record['status']}. {_ranges(record)}"


def _ranges(record: Record) -> str:
    fitted = "" if record["posterior"] else "Its parameters are not fitted to published figures yet. "
    return f"{fitted}Brackets hold 5% to 95% of the worlds we assumed. {caveats.FORECAST}"


def dated(record: Record) -> str:
    """When, on what and by which code."""
    return f"Run on {record['day']} with model {record['model']}, code {record['code']}, atlas {record['atlas_id']}. {record['samples']}"


# ------------------------------------------------------------------ the picture


def picture_words(record: Record) -> str:
    """Why the picture, and what is said of its steps, begin elsewhere than today's level in the first sentence."""
    return f"The picture is a ladder. {apart(record['all_adults'])}"


def picture(record: Record) -> str:
    """The ladder of England as SVG text, on white: pages that show it may be dark."""
    drawn = waterfall(ladder_lines(record["ladder"]), TITLE, " ".join(sentences(record)[:3]))
    end = drawn.index("</desc>") + len("</desc>")
    return f"{drawn[:end]}{svg.rect(0, 0, WIDTH, 600, svg.PAPER)}{drawn[end:]}\n"


# ------------------------------------------------------------------ pages


def in_readme(record: Record | None) -> str:
    """The block with which the README opens; None where nothing is recorded yet."""
    if record is None:
        return fill(NOT_YET)
    said = " ".join(sentences(record))
    below = (
        f"{picture_words(record)} {sure(record)} {dated(record)} [docs/answer.md](docs/answer.md) has the whole answer."
    )
    return "\n\n".join([f"![{TITLE}](docs/answer.svg)", fill(said), fill(below)])


def page(record: Record | None) -> str:
    """`docs/answer.md`; None where nothing is recorded yet."""
    if record is None:
        return f"# What it would take\n\n{fill(NOT_YET)}\n"
    parts = [
        "# What it would take",
        "Made by `python -m reports.answer` from `docs/answer.json`; a test holds the page and the record together.",
        " ".join(sentences(record)),
        f"![{TITLE}](answer.svg)",
        _ladder(record),
        picture_words(record),
        *_levels(record),
        *_stops(record),
        "## How sure",
        f"{_ranges(record)} {caveats.LEVELS} {caveats.WORLDS}",
        *_assumptions(record),
        "## How it was made",
        _how(record),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def _ladder(record: Record) -> str:
    head = ("step", "of 100 wants", "levers reach", "no lever reaches", "range over worlds")
    return _table(head, [cells(line) for line in ladder_lines(record["ladder"])])


def _levels(record: Record) -> list[str]:
    head = (
        "of 100 wants",
        "with every lever at its best end",
        "cheapest policy certified area by area",
        "cheapest policy for England",
    )
    rows = [
        (f"{100 * level:g}", _reach(record, level), _by_area(record, level), _by_search(record, level))
        for level in LEVELS
    ]
    found = record["policies"]
    said = [
        "## What it would take for 50, 80 and 95 of 100",
        _table(head, rows),
        f"Levers move in the first week, and figures are over the {record['years']:g} years after. How the level grows year by year, and so how "
        f"many years it takes, is not in this record.{_searched(record)}",
    ]
    if not found["certified"]:
        return said
    return [
        *said,
        f"In those {found['certified']} areas together the certified policies cost about £{found['million_more']:,.0f} million more a year than "
        f"today's. In all, those of today among them, these areas then have about {workforce(found)} at the end. Whether these people can be "
        "found is not known.",
    ]


def _searched(record: Record) -> str:
    """Which search the last column is of."""
    about = record.get("searched")
    if about is None:
        return ""
    return f" The last column is of {about['said']}, by code {about['code']}: its levels are of that many years."


def _reach(record: Record, level: float) -> str:
    """Whether all levers together come so far, by the range over worlds."""
    row = record["headlines"][ALL_LEVERS]
    if row["low"] is None:
        return "too few worlds to say"
    if 100 * level <= row["low"]:
        return "reached in nearly all worlds"
    if 100 * level >= row["high"]:
        return "out of reach in nearly all worlds"
    return "reached in some worlds"


def _by_area(record: Record, level: float) -> str:
    found, goal = record["policies"], record["goal"]
    if abs(goal["level"] - level) > 1e-9 or goal["outcome"] != MAIN:
        return NOT_RUN
    if not found["certified"]:
        return f"certified in none of {found['areas']} areas"
    return f"certified in {found['certified']} of {found['areas']} areas, {_costs(found)} more an adult a year"


def _by_search(record: Record, level: float) -> str:
    if record["solved"] is None:
        return NOT_RUN
    rows = [row for row in record["solved"] if abs(row["level"] - level) < 1e-9]
    if not rows:
        return NOT_RUN
    row = rows[0]
    cost = say(row["gbp_per_adult_year"]["median"], "pounds")
    if row["certified"]:
        tested = row["certificate"]
        return f"certified, {cost} an adult a year; met in {tested['met']} of the {tested['worlds']} fresh worlds that tested it"
    word = "reached" if row["reached"] else "not reached"
    return f"{word}, {cost} an adult a year; met in {row['verdict']['met']} of {row['verdict']['worlds']} worlds"


def _stops(record: Record) -> list[str]:
    order = sorted(STEPS, key=lambda step: -(rung(record, step.name)["beyond"] or 0.0))
    rest = f"- **The rest**: {say(rung(record, REST)['gain'], 'wants')} of 100. No step opens it."
    said = [
        f"- **{step.label}**: {say(rung(record, step.name)['beyond'], 'wants')} of 100 that no lever reaches. {step.needed}"
        for step in order
    ]
    return ["## What stops it", "\n".join([rest, *said])]


def _assumptions(record: Record) -> list[str]:
    found = record["assumptions"]
    head = "## The ten assumptions it hangs on"
    if found is None:
        return [head, f"The analysis behind this section is {NOT_RUN}: `peerscale sensitivity every_lever --json`."]
    rows = [
        (
            str(k),
            f"{one['meaning'].rstrip('.')} (`{one['name']}`)",
            f"{one['low']:g} to {one['high']:g} {one['unit']}",
            f"{100 * one['share']['value']:.0f}%" + ("" if one["share"]["clear"] else " (no more than by luck)"),
            "up" if one["rank_correlation"] > 0 else "down",
        )
        for k, one in enumerate(found["inputs"], 1)
    ]
    about = f"Asked of: {found['subject']}. {found['sample']} {found['rows']} sets of assumptions, {found['replicates']} runs of luck of each."
    if not any(one["share"]["clear"] for one in found["inputs"]):
        about += " In so few sets luck alone gives any of them as large a share, so their order says little."
    return [
        head,
        about,
        _table(("", "assumption", "range", "share of the variance", "more of it moves the answer"), rows),
    ]


def _how(record: Record) -> str:
    commands = "\n".join(record["commands"])
    return f"{dated(record)}\n\n```\n{commands}\n```\n\nThe goal was: {goal_words(record)}."
