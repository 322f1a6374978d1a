"""What a person reads after a run: differences first, then levels, who, where wants are lost, cost."""

from __future__ import annotations

import math
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from sim import caveats, summary
from sim.result import Result

Named = Sequence[tuple[str, Result]]
SHOWN = (
    "available", "available_offline", "available_two", "started_in_time", "starts_per_want",
    "offered_of_asked", "used_last_year", "better_per_want", "worse_per_want", "waiting_per_10k",
)
WORDS = {name: text[:1].upper() + text[1:] for name, (text, _, _) in summary.RATIOS.items()} | {
    "used_last_year": caveats.USED,
    "waiting_per_10k": "People waiting per 10,000 adults, at the end",
    "gbp_per_adult_year": "Spent per adult per year, link workers among it",
    "gbp_per_start": "Cost for each person starting, link workers left out",
    "gbp_per_better": "Cost for each person better off, link workers left out",
}
WHO = ("deprivation fifth", "age", "sex", "ethnic group", "needs group")
DEPRIVATION = {"1": "1 most deprived", "5": "5 least deprived"}


def number(name: str, value: float, signed: bool = False) -> str:
    """A figure in the words of its kind: points or per cent, pounds, people. Never "-0.0"."""
    if not math.isfinite(value):
        return "no figure"
    if name.startswith("gbp"):
        return _pounds(value, signed)
    shown = round(value if name == "waiting_per_10k" else 100 * value, 1) + 0.0
    text = f"{shown:+.1f}" if signed and shown else f"{shown:.1f}"
    if name in ("waiting_per_10k", "starts_per_want"):
        return text
    return text + (" points" if signed else "%")


def _pounds(value: float, signed: bool) -> str:
    digits = 2 if abs(value) < 100 else 0
    shown = round(value, digits) + 0.0
    sign = "-" if shown < 0 else "+" if signed and shown else ""
    return f"{sign}£{abs(shown):,.{digits}f}"


def span(name: str, found: summary.Interval, signed: bool = False) -> tuple[str, str]:
    """(median, "low to high")."""
    low, high = number(name, found.low, signed), number(name, found.high, signed)
    low = low.removesuffix(" points").removesuffix("%")
    return number(name, found.median, signed), f"{low} to {high}"


def cell(name: str, found: summary.Interval) -> str:
    """A level with its range: "25.0% (24.1 to 26.3)"."""
    middle, reach = span(name, found)
    return f"{middle} ({reach.removesuffix('%')})" if found.worlds else middle


def show_study(console: Console, named: Named, sample: str) -> None:
    """Everything about a baseline and its alternatives, in the order in which it should be read."""
    base = named[0]
    console.print(f"[bold]{base[0]}[/bold], and what would change. {sample}\n")
    for other in named[1:]:
        show_difference(console, base, other)
    console.print(f"[bold]Levels[/bold] ({caveats.ILLUSTRATIVE})")
    console.print(_levels(named))
    console.print(f"{caveats.OFFERED}\n")
    show_who(console, named)
    show_cascade(console, named)
    show_cost(console, named)
    _caveats(console)


def _caveats(console: Console) -> None:
    for text in (caveats.LEVELS, caveats.WORLDS, caveats.JUDGEMENT, caveats.VALUES, caveats.FORECAST):
        console.print(f"[dim]- {text}[/dim]")


def show_difference(console: Console, a: tuple[str, Result], b: tuple[str, Result]) -> None:
    """What changes from one policy to another, on the same luck."""
    found = summary.difference(a[1], b[1])
    console.print(f"[bold]{b[0]}[/bold] compared with [bold]{a[0]}[/bold]")
    console.print(sentence(found["available"]))
    table = plain_table("", "middle world", "range across worlds", "higher / lower in")
    for name in (*SHOWN, "gbp_per_adult_year", "gbp_per_start"):
        pair = found[name]
        table.add_row(WORDS[name], *span(name, pair.difference, True), f"{pair.up} / {pair.down} worlds")
    console.print(table)
    console.print(_gainers(a[1], b[1]) + "\n")


def sentence(pair: summary.Paired) -> str:
    """The headline in words. It says what was measured and in how many worlds."""
    total = pair.difference.worlds
    if not total:
        return "Availability was not measured: nobody's want could be followed long enough."
    if not pair.up and not pair.down:
        return f"Availability is the same {caveats.in_worlds(total, total)}."
    if round(100 * pair.difference.median, 1) == 0:
        _, reach = span("available", pair.difference, True)
        return f"Availability hardly differs: less than 0.05 points in the middle one of {total} worlds ({reach})."
    rises = pair.up >= pair.down
    count, word = (pair.up, "higher") if rises else (pair.down, "lower")
    middle, reach = span("available", pair.difference, True)
    return f"Availability is {word} {caveats.in_worlds(count, total)}: {middle} in the middle one ({reach})."


def _gainers(a: Result, b: Result) -> str:
    rows = [r for d in WHO for r in summary.who_gains(a, b, d) if not r.small and r.change.difference.worlds]
    if not rows:
        return "Too few wants to say who gains."
    rows.sort(key=lambda row: -row.change.difference.median)
    said = [f"{_level(r.dimension, r.level)} {number('available', r.change.difference.median, True)}" for r in (rows[0], rows[-1])]
    losers = sum(r.change.down > r.change.up for r in rows)
    lose = "no group loses in most worlds" if not losers else f"{losers} of {len(rows)} groups lose in most worlds"
    return f"Who gains most: {said[0]}. Least: {said[1]}; {lose}."


def _level(dimension: str, level: str) -> str:
    if dimension == "deprivation fifth":
        return f"deprivation fifth {DEPRIVATION.get(level, level)}"
    return f"{dimension} {level}"


def plain_table(*columns: str) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for i, column in enumerate(columns):
        table.add_column(column, justify="left" if i == 0 else "right", max_width=60 if i == 0 else 24)
    return table


def _levels(named: Named) -> Table:
    table = plain_table("", *(title for title, _ in named))
    figures = [summary.headline(result) for _, result in named]
    for name in SHOWN:
        cells = [cell(name, summary.interval(f[name])) for f in figures]
        table.add_row(WORDS[name], *cells)
    return table


def show_who(console: Console, named: Named) -> None:
    """Availability by group, each run beside the others."""
    console.print(f"[bold]To whom[/bold]: offered or within reach in time ({caveats.ILLUSTRATIVE})")
    table = plain_table("", *(title for title, _ in named))
    for dimension in WHO:
        for row in zip(*(_by_level(result, dimension) for _, result in named), strict=False):
            mark = " *" if row[0].small else ""
            cells = [cell("available", group.interval) for group in row]
            table.add_row(_level(dimension, row[0].level) + mark, *cells)
    console.print(table)
    console.print(f"[dim]{caveats.SMALL}[/dim]\n")


def _by_level(result: Result, dimension: str) -> list[summary.Group]:
    return summary.groups(result, dimension)


def show_cascade(console: Console, named: Named) -> None:
    """Where wants are lost."""
    console.print("[bold]Where wants are lost[/bold]: each want once, at the first thing that failed")
    table = plain_table("of 100 wants", *(title for title, _ in named))
    for row in zip(*(summary.cascade(result) for _, result in named), strict=True):
        table.add_row(row[0].name, *(f"{100 * r.share:.1f}" for r in row))
    console.print(table)
    for title, result in named:
        if top := summary.biggest_loss(result):
            console.print(f"{title}: most are lost here: {top.name.removeprefix('stopped: ')}.")
    console.print()


def show_cost(console: Console, named: Named) -> None:
    """What it costs, by payer, and for each person starting."""
    console.print(f"[bold]What it costs[/bold] ({caveats.ILLUSTRATIVE}). {caveats.PRICES}")
    table = plain_table("pounds per adult per year", *(title for title, _ in named))
    payers = [summary.spent_by_payer(result) for _, result in named]
    for payer in payers[0]:
        table.add_row(payer, *(cell("gbp", summary.interval(p[payer])) for p in payers))
    figures = [summary.headline(result) for _, result in named]
    for name in ("gbp_per_adult_year", "gbp_per_start", "gbp_per_better"):
        table.add_row(WORDS[name], *(cell(name, summary.interval(f[name])) for f in figures))
    console.print(table)
    console.print()
