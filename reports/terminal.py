"""What a person reads after a run: differences first, then levels, who, where wants are lost, cost."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from rich.console import Console
from rich.table import Table
from rich.text import Text

from reports import gives
from reports.console import dim, head, plain_table, written
from reports.ledger import show_ledger
from scenarios.running.posterior import PRIORS, Chosen, marks, note
from sim.results import caveats, counts, gainers, outcomes, pooling, summary, value
from sim.results.result import Result
from sim.results.words import ENDED_WELL_LATER, MIDDLES, SHOWN, WHO, WORDS, cell, level_name, number, sentence, span

Named = Sequence[tuple[str, Result]]


STILL = (
    "Nothing shown here differs in any world. What changed may be too little to be counted among so few people: try a larger "
    "--people. Or it waits for another lever: peerscale levers says what each does."
)


def show_study(console: Console, named: Named, sample: str, posterior: Chosen = PRIORS) -> None:
    """Everything about a baseline and its alternatives, in the order in which it should be read."""
    base = named[0]
    head(console, base[0], f", and what would change. {sample}\n")
    for other in named[1:]:
        show_difference(console, base, other)
    head(console, "Levels", f" ({caveats.status(base[1].shape)})")
    console.print(_levels(named, posterior))
    written(console, f"{note(posterior)} {caveats.OFFERED}\n")
    show_areas(console, named)
    show_who(console, named)
    gives.show_even(console, named, _by_run(named))
    show_cascade(console, named)
    gives.show_gives(console, named, _by_run(named))
    show_cost(console, named)
    show_ledger(console, named)
    _caveats(console, base[1])


PLACES = "Places in use, beside budgets, per adult per year"


def _places(result: Result) -> np.ndarray:
    """float64[worlds] GBP: what they cost at the margin; in none of the sums of budgets."""
    return value.headline(result)["places_gbp_per_adult"]


def _by_run(named: Named) -> Table:
    return plain_table("", *(title for title, _ in named))


def _caveats(console: Console, result: Result) -> None:
    for text in (caveats.levels(result.shape), caveats.WORLDS, caveats.JUDGEMENT, caveats.VALUES, caveats.FORECAST):
        dim(console, f"- {text}")


def show_difference(console: Console, a: tuple[str, Result], b: tuple[str, Result]) -> None:
    """What changes from one policy to another, on the same luck."""
    found = summary.difference(a[1], b[1])
    console.print(Text.assemble((b[0], "bold"), " compared with ", (a[0], "bold")))
    written(console, sentence(found[outcomes.MAIN]))
    table = plain_table("", "median", "range across worlds", "higher / lower in")
    for name in (*SHOWN, "gbp_per_adult_year", "gbp_per_start"):
        pair = found[name]
        table.add_row(WORDS[name], *span(name, pair.difference, True), f"{pair.up} / {pair.down} worlds")
    used = summary.pair(_places(a[1]), _places(b[1]))
    table.add_row(PLACES, *span("gbp_per_adult_year", used.difference, True), f"{used.up} / {used.down} worlds")
    console.print(table)
    if not any(pair.up or pair.down for pair in found.values()):
        written(console, STILL)
    dim(console, MIDDLES)
    written(console, " ".join(gainers.sentences(a[1], b[1]) or ["Too few wants to say who gains."]) + "\n")


def _levels(named: Named, posterior: Chosen) -> Table:
    table = plain_table("", *(title for title, _ in named))
    figures = [summary.headline(result) for _, result in named]
    for name in SHOWN:
        behind, each = marks(name, posterior, [title for title, _ in named])
        cells = [cell(name, summary.interval(f[name])) + one for f, one in zip(figures, each, strict=True)]
        table.add_row(WORDS[name] + behind, *cells)
    return table


def show_batch(console: Console, named: Named, about: str, where: str) -> None:
    """One line for each policy beside the first: availability and starts. `where` they are kept."""
    base = named[0]
    console.print(f"{len(named)} scenarios in {where}. {about} Compared with {base[0]}:")
    table = plain_table("", "availability", "range", "starts per 100 wants", "higher / lower in")
    for title, result in named[1:]:
        found = summary.difference(base[1], result)
        pair, starts = found[outcomes.MAIN], found["starts_per_want"].difference.median
        table.add_row(
            title,
            *span(outcomes.MAIN, pair.difference, True),
            number("starts_per_want", starts, True),
            f"{pair.up} / {pair.down} worlds",
        )
    console.print(table)
    console.print(f"{caveats.OFFERED} {caveats.FORECAST}")


def show_areas(console: Console, named: Named) -> None:
    """Each area by itself, each run beside the others; nothing where there is one."""
    shape = named[0][1].shape
    if len(shape.areas) == 1:
        return
    head(console, "By area", f": {outcomes.BY_NAME[outcomes.MAIN].lower}, in the places simulated of each")
    table = plain_table("", "adults", *(title for title, _ in named))
    each = [pooling.each_area(result) for _, result in named]
    for i, (name, lives) in enumerate(zip(shape.names, pooling.adults(shape), strict=True)):
        parts = [summary.interval(outcomes.of_group(areas[i][1], outcomes.MAIN)) for areas in each]
        table.add_row(name, f"{lives:,.0f}", *(cell(outcomes.MAIN, part) for part in parts))
    console.print(table)
    dim(console, f"{caveats.POOLED}\n")


def show_who(console: Console, named: Named) -> None:
    """Availability by group, each run beside the others."""
    head(console, "To whom", f": had in time, or a free place kept ({caveats.status(named[0][1].shape)})")
    table = plain_table("", *(title for title, _ in named))
    for dimension in WHO:
        for row in summary.side_by_side([result for _, result in named], dimension):
            mark = " *" if any(group.small for group in row) else ""
            table.add_row(
                level_name(dimension, row[0].level) + mark, *(cell(outcomes.MAIN, group.interval) for group in row)
            )
    console.print(table)
    dim(console, f"{caveats.SMALL}\n")


def show_cascade(console: Console, named: Named) -> None:
    """Where wants are lost."""
    head(console, "Where wants are lost", ": each want once, at the first thing that failed")
    table = plain_table("of 100 wants", *(title for title, _ in named))
    for row in summary.cascades([result for _, result in named]):
        table.add_row(row[0].name, *(f"{100 * r.share:.1f}" for r in row))
    console.print(table)
    for title, result in named:
        if top := summary.biggest_loss(result):
            written(console, f"{title}: most are lost here: {top.name.removeprefix('stopped: ')}.")
    dim(console, f"{ENDED_WELL_LATER}\n")


def show_cost(console: Console, named: Named) -> None:
    """What it costs, by payer, and for each person starting."""
    head(console, "What it costs", f" ({caveats.status(named[0][1].shape)}). {caveats.PRICES}")
    table = plain_table("pounds per adult per year", *(title for title, _ in named))
    payers = [counts.spent_by_payer(result) for _, result in named]
    for payer in payers[0]:
        table.add_row(payer, *(cell("gbp_per_adult_year", summary.interval(p[payer])) for p in payers))
    used = [summary.interval(_places(result)) for _, result in named]
    table.add_row(PLACES, *(cell("gbp_per_adult_year", one) for one in used))
    figures = [summary.headline(result) for _, result in named]
    for name in ("gbp_per_adult_year", "gbp_per_start", "gbp_per_net_better"):
        table.add_row(WORDS[name], *(cell(name, summary.interval(f[name])) for f in figures))
    console.print(table)
    console.print()
