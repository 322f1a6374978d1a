"""The ledger of a change for people and for machines."""

from __future__ import annotations

from typing import Any

from reports.console import dim, head, out, plain_table
from reports.tables.described import Column, Written
from scenarios.questions.explain import Ledger, by_gate
from sim.numbers.levers import BY_NAME
from sim.results import caveats
from sim.results.result import Result
from sim.results.summary import interval, mean_of_worlds
from sim.results.words import WORDS, caution, number, span

WRITTEN = (
    Written(
        "peerscale explain --json",
        "what each lever moved of the change from one policy to another, and each gate",
        (
            Column("sample", "what was simulated, in words"),
            Column("a", "title of the first policy"),
            Column("b", "title of the second policy"),
            Column("outcome", "name of the outcome"),
            Column("status", "what the levels rest on, in words"),
            Column("change_mean", "change of the outcome from a to b, mean over worlds", "the outcome's"),
            Column("runs", "sets of levers that were run", "number"),
            Column("exact", "whether every set of levers was run", "true or false"),
            Column("levers[].lever", "name of the lever, or of a group of levers"),
            Column("levers[].levers[]", "names of the levers that move with it"),
            Column("levers[].mean", "its share of the change, mean over worlds; they add up", "the outcome's"),
            Column("levers[].between_orders_se", "standard error of that over orders; 0 where exact", "the outcome's"),
            Column("levers[].median", "its share of the change, median over worlds", "the outcome's"),
            Column("levers[].low", "the same, 5% of worlds lie below", "the outcome's"),
            Column("levers[].high", "the same, 5% of worlds lie above", "the outcome's"),
            Column("levers[].worlds", "worlds that have a value", "worlds"),
            Column("levers[].of", "worlds in all", "worlds"),
            Column("gates_per_100_wants[].gate", "gate, or another end of a want"),
            Column("gates_per_100_wants[].change", "more or fewer wants that end there", "wants", "100 wants"),
        ),
    ),
)

Rows = list[tuple[str, float]]


def as_dict(ledger: Ledger, first: Result, second: Result) -> dict[str, Any]:
    """For machines: shares by lever with their ranges, gates, and what they add up to."""
    return {
        "a": ledger.a,
        "b": ledger.b,
        "outcome": ledger.outcome,
        "status": caveats.status(first.shape),
        "change_mean": mean_of_worlds(ledger.change),
        "runs": ledger.runs,
        "exact": ledger.exact,
        "levers": [
            {
                "lever": s.lever,
                "levers": ledger.parts[s.lever],
                "mean": mean_of_worlds(s.per_world),
                "between_orders_se": s.spread,
                **vars(interval(s.per_world)),
            }
            for s in ledger.shares
        ],
        "gates_per_100_wants": [{"gate": name, "change": change} for name, change in by_gate(first, second)],
    }


def rows_of(ledger: Ledger) -> Rows:
    """(lever, mean share over worlds), largest first. They sum to the mean change."""
    found = [(s.lever, mean_of_worlds(s.per_world)) for s in ledger.shares]
    return sorted(found, key=lambda row: -abs(row[1]))


def sentences(ledger: Ledger) -> list[str]:
    """What the table says, bound to its numbers. A lever that helps in some worlds and harms in others is said to."""
    total = mean_of_worlds(ledger.change)
    word = WORDS[ledger.outcome]
    said = [f"{word}: {number(ledger.outcome, total, True)} on average over {len(ledger.change)} worlds."]
    for name, mean in rows_of(ledger)[:3]:
        part = next(s for s in ledger.shares if s.lever == name)
        up = int((part.per_world > 0).sum())
        clear = up >= 0.9 * len(part.per_world) or up <= 0.1 * len(part.per_world)
        moved = number(ledger.outcome, mean, True)
        said.append(f"{_meaning(ledger, name)}: {moved}" + ("." if clear else ", no clear change."))
    return said + caution(ledger.outcome)


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
        [*groups, "Many levers differ, so they move by group. --each-lever gives each its share, and takes far longer."]
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
        _, reach = span(ledger.outcome, interval(part.per_world), True)
        up, down = int((part.per_world > 0).sum()), int((part.per_world < 0).sum())
        table.add_row(name, number(ledger.outcome, mean, True), reach, f"{up} / {down} worlds")
    table.add_row("all together", number(ledger.outcome, mean_of_worlds(ledger.change), True), "", "")
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
    dim(out, "Every want ends in one row, so these add up to zero.")
