"""A result as a notebook shows it: a small page of its own, every text escaped."""

from __future__ import annotations

from collections.abc import Sequence

from reports import ledger
from reports.markup import paragraph, table, tag
from scenarios.running.posterior import MARK, PRIORS, Chosen, marks, note
from sim.results import caveats, summary
from sim.results.ledger import flow
from sim.results.outcomes import MAIN
from sim.results.result import Result
from sim.results.words import SHOWN, WORDS, cell, sentence, span

NOT_HERE = f"{MARK} an assumption: the posterior of these runs is not here, so no level is known to be a finding."
MONEY = ("gbp_per_adult_year", "gbp_per_start")
Named = Sequence[tuple[str, Result]]


def page(named: Named, about: str, posterior: Chosen | None = PRIORS) -> str:
    """Differences first, then levels, with what must be said beside them. `named`: (title, run), the baseline first."""
    parts = [paragraph(about)]
    parts += [_difference(named[0], other) for other in named[1:]]
    return tag("div", *parts, _levels(named, posterior), _money(named), *map(paragraph, _beside(named, posterior)))


def _difference(a: tuple[str, Result], b: tuple[str, Result]) -> str:
    found = summary.difference(a[1], b[1])
    rows = [
        (WORDS[name], *span(name, found[name].difference, True), f"{found[name].up} / {found[name].down} worlds")
        for name in (*SHOWN, *MONEY)
    ]
    head = ("", "median difference", "interval", "higher / lower in")
    return paragraph(sentence(found[MAIN])) + table(head, rows, f"{b[0]} compared with {a[0]}")


def _levels(named: Named, posterior: Chosen | None) -> str:
    figures = [summary.headline(result) for _, result in named]
    rows = []
    for name in (*SHOWN, *MONEY):
        behind, each = _marks(name, posterior, [title for title, _ in named])
        cells = (cell(name, summary.interval(f[name])) + one for f, one in zip(figures, each, strict=True))
        rows.append((WORDS[name] + behind, *cells))
    return table(("", *(title for title, _ in named)), rows, f"Levels ({caveats.status(named[0][1].shape)})")


def _money(named: Named) -> str:
    flows = [flow(result) for _, result in named]
    rows = [(label.strip(), *cells) for label, cells in (*ledger.money(flows), *ledger.counts(flows))]
    return table(
        ("", *(title for title, _ in named)), rows, "Where the money went: pounds per adult per year, 2024/25 prices"
    )


def _beside(named: Named, posterior: Chosen | None) -> tuple[str, ...]:
    said = NOT_HERE if posterior is None else note(posterior)
    return (said, caveats.OFFERED, caveats.levels(named[0][1].shape), caveats.FORECAST)


def _marks(name: str, posterior: Chosen | None, policies: Sequence[str]) -> tuple[str, list[str]]:
    return (f" {MARK}", [""] * len(policies)) if posterior is None else marks(name, posterior, policies)
