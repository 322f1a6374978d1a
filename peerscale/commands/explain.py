"""`explain`: the ledger of a change for people, for machines, and as a waterfall."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from peerscale.asked import agreed
from peerscale.commands.run import check_plot, out, sample, say, settled
from peerscale.keeping import keeping
from peerscale.options import Typed, make_study
from peerscale.waiting import progress, run_seconds
from reports import terminal as report
from reports.console import dim, head, plain_table
from scenarios.questions.explain import Ledger, by_gate, explain, runs_of
from scenarios.reading.load import load
from sim.numbers.levers import BY_NAME
from sim.results import caveats
from sim.results.result import Result
from sim.results.summary import interval
from sim.results.words import number

Rows = list[tuple[str, float]]


def explain_command(
    a: str, b: str, typed: Typed, outcome: str, plot: Path | None, as_json: bool, workers: int, each: bool = False
) -> None:
    """Run what is needed and tell it."""
    check_plot(plot)
    one, two = load(a), load(b)
    study = make_study(typed, agreed(typed, [one, two]))
    with (
        progress("Explaining", run_seconds(study, runs_of(one, two, study, each), workers)) as tell,
        keeping() as finished,
    ):
        ledger, first, second = explain(one, two, study, outcome, workers, tell, each, finished)
    settled([(one.title, first), (two.title, second)])
    if as_json:
        say({"sample": sample(study), **as_dict(ledger, first, second)})
    else:
        show(ledger, first, second, sample(study))
    if plot:
        draw(plot, ledger, caveats.about(first.shape))


def as_dict(ledger: Ledger, first: Result, second: Result) -> dict[str, Any]:
    """For machines: shares by lever with their ranges, gates, and what they add up to."""
    return {
        "a": ledger.a,
        "b": ledger.b,
        "outcome": ledger.outcome,
        "status": caveats.status(first.shape),
        "change_mean": float(np.nanmean(ledger.change)),
        "runs": ledger.runs,
        "exact": ledger.exact,
        "levers": [
            {
                "lever": s.lever,
                "levers": ledger.parts[s.lever],
                "mean": float(np.nanmean(s.per_world)),
                "between_orders_se": s.spread,
                **vars(interval(s.per_world)),
            }
            for s in ledger.shares
        ],
        "gates_per_100_wants": [{"gate": name, "change": change} for name, change in by_gate(first, second)],
    }


def rows_of(ledger: Ledger) -> Rows:
    """(lever, mean share over worlds), largest first. They sum to the mean change."""
    found = [(s.lever, float(np.nanmean(s.per_world))) for s in ledger.shares]
    return sorted(found, key=lambda row: -abs(row[1]))


def sentences(ledger: Ledger) -> list[str]:
    """What the table says, bound to its numbers. A lever that helps in some worlds and harms in others is said to."""
    total = float(np.nanmean(ledger.change))
    word = report.WORDS[ledger.outcome]
    said = [f"{word}: {number(ledger.outcome, total, True)} on average over {len(ledger.change)} worlds."]
    for name, mean in rows_of(ledger)[:3]:
        part = next(s for s in ledger.shares if s.lever == name)
        up = int((part.per_world > 0).sum())
        clear = up >= 0.9 * len(part.per_world) or up <= 0.1 * len(part.per_world)
        moved = number(ledger.outcome, mean, True)
        said.append(f"{_meaning(ledger, name)}: {moved}" + ("." if clear else ", no clear change."))
    return said


def _meaning(ledger: Ledger, name: str) -> str:
    """A lever in words; a group by its levers."""
    levers = ledger.parts[name]
    return (
        f"{BY_NAME[name].meaning.rstrip('.')} ({name})" if levers == (name,) else f"The {len(levers)} levers of {name}"
    )


def _grouped(ledger: Ledger) -> list[str]:
    """What moves together, where levers were taken by group."""
    groups = [f"{name}: {', '.join(levers)}." for name, levers in ledger.parts.items() if levers != (name,)]
    return (
        [
            *groups,
            "Very many levers differ, so they move by group; --each-lever gives each its share, and takes far longer.",
        ]
        if groups
        else []
    )


def show(ledger: Ledger, first: Result, second: Result, about: str) -> None:
    """Sentences, then the ledger by lever, then by gate."""
    head(out, "What moved the result", f" from {ledger.a} to {ledger.b}. {about}\n")
    for sentence in sentences(ledger):
        out.print(sentence)
    table = plain_table("lever or group", "share of the change", "range over worlds", "higher / lower in")
    for name, mean in rows_of(ledger):
        part = next(s for s in ledger.shares if s.lever == name)
        _, reach = report.span(ledger.outcome, interval(part.per_world), True)
        up, down = int((part.per_world > 0).sum()), int((part.per_world < 0).sum())
        table.add_row(name, number(ledger.outcome, mean, True), reach, f"{up} / {down} worlds")
    table.add_row("all together", number(ledger.outcome, float(np.nanmean(ledger.change)), True), "", "")
    out.print(table)
    how = "every set of them" if ledger.exact else "a sample of orders, each with its reverse"
    words = [f"Shapley values over {ledger.runs} runs ({how}); means over worlds, which add up.", *_grouped(ledger)]
    dim(out, " ".join(words) + "\n")
    _show_gates(first, second)
    dim(out, caveats.WORLDS)


def _show_gates(first: Result, second: Result) -> None:
    table = plain_table("of 100 wants", "change")
    for name, change in by_gate(first, second):
        table.add_row(name, f"{change:+.1f}")
    out.print(table)
    dim(out, "Every want ends in one row, so these add up to nothing gained or lost.")


def draw(path: Path, ledger: Ledger, about: str) -> None:
    """A waterfall of the shares."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    from reports.plots import as_written, foot

    rows = rows_of(ledger)
    scale = 1.0 if ledger.outcome.startswith(("gbp", "waiting")) else 100.0
    sizes = [scale * mean for _, mean in rows]
    starts = np.concatenate(([0.0], np.cumsum(sizes)[:-1]))
    figure, axes = plt.subplots(figsize=(9, 1.6 + 0.4 * len(rows)), layout="constrained")
    axes.barh(range(len(rows)), sizes, left=starts, color=["#1f6f8b" if s >= 0 else "#b5532a" for s in sizes])
    axes.barh([len(rows)], [sum(sizes)], color="#444444")
    axes.set_yticks(range(len(rows) + 1), [name for name, _ in rows] + ["all together"])
    axes.invert_yaxis()
    axes.axvline(0, color="#444444", linewidth=0.8)
    axes.set_xlabel(f"{report.WORDS[ledger.outcome]}: change" + (", points" if scale == 100 else ""))
    axes.set_title(as_written(f"What moved the result: {ledger.a} to {ledger.b}"), fontsize=10)
    foot(figure, about)
    figure.savefig(path)
    plt.close(figure)
