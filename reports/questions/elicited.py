"""What people judged, as people read it and for machines: each person, the pool, how far apart, and the authors' own beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from reports.console import out, plain_table, written
from reports.tables.described import Column, Written
from scenarios.evidence.parameter_facts import prior_words
from scenarios.reading.elicited import FIVE, SHARES, Elicited, Judgement, apart, pooled
from sim.numbers.parameters import Record, quantile, records

HEADS = ("lowest", "1 in 4 below", "median", "1 in 4 above", "highest")
KIND = "These are judgements, not measured figures: no plan fits them, and no level that rests on them is a finding."
POOL = "Pooled evenly: the share below a value is the mean of everybody's. Nobody weighs more, and nobody is left out."
WRITTEN = (
    Written(
        "peerscale evidence elicit --json",
        "what people judged of each parameter, and the pool",
        (
            Column("file", "name of the file"),
            Column("sha256", "checksum of the file"),
            Column("kind", "that these are judgements, in words"),
            Column("parameters[].name", "the parameter"),
            Column("parameters[].unit", "its unit"),
            Column("parameters[].people[].expert", "who judges"),
            Column("parameters[].people[].values[]", "lowest, quartiles, highest", "the parameter's"),
            Column("parameters[].people[].reason", "why"),
            Column("parameters[].people[].date", "when it was said"),
            Column("parameters[].pool.values[]", "0, 25, 50, 75 and 100% of the pool", "the parameter's"),
            Column("parameters[].pool.low", "5% of the pool lie below", "the parameter's"),
            Column("parameters[].pool.high", "5% of the pool lie above", "the parameter's"),
            Column("parameters[].apart", "variance of the pool that is because people differ", "share", "its variance"),
            Column("parameters[].authors.values[]", "0, 25, 50, 75 and 100% of the authors' prior", "the parameter's"),
        ),
    ),
)


def show(found: Elicited) -> None:
    """Each parameter: everybody, the pool, the authors; then what it is good for."""
    for name in found.parameters:
        _one(records()[name], found.of(name))
    count = len({one.expert.casefold() for one in found.judgements})
    written(out, f"{found.file}: {len(found.parameters)} parameters, {count} people. {POOL}")
    written(out, f"{KIND}\nUse them: peerscale run open_door --priors {found.file}")


def _one(record: Record, judgements: Sequence[Judgement]) -> None:
    written(out, f"{record.name}: {record.meaning} ({record.unit})")
    table = plain_table("", *HEADS)
    for one in judgements:
        table.add_row(one.expert, *(f"{value:g}" for value in one.values))
    table.add_row("pooled", *(f"{value:.3g}" for value in pool_values(judgements)))
    table.add_row("the authors", *(f"{value:.3g}" for value in authors(record)))
    out.print(table)
    written(out, "\n".join(f"  {one.expert}: {one.reason}" for one in judgements))
    written(out, f"{differing(judgements)} The authors: {prior_words(record)}.\n")


def pool_values(judgements: Sequence[Judgement]) -> tuple[float, ...]:
    """The pool at SHARES."""
    pool = pooled(judgements)
    return tuple(pool.at(share) for share in SHARES)


def authors(record: Record) -> tuple[float, ...]:
    """The authors' prior at SHARES."""
    return tuple(quantile(record, share) for share in SHARES)


def differing(judgements: Sequence[Judgement]) -> str:
    """How far apart people are, in a sentence or two."""
    if len(judgements) == 1:
        return "One person has judged it: there is nobody to differ from."
    medians = [one.values[FIVE.index("median")] for one in judgements]
    return (
        f"Medians from {min(medians):g} to {max(medians):g}; {apart(judgements):.0%} of the pool's variance is because people differ,"
        " the rest because each is unsure."
    )


def as_dict(found: Elicited) -> dict[str, Any]:
    """The same for machines."""
    return {
        "file": found.file,
        "sha256": found.sha256,
        "kind": KIND,
        "parameters": [_plain(found, n) for n in found.parameters],
    }


def _plain(found: Elicited, name: str) -> dict[str, Any]:
    judgements, record = found.of(name), records()[name]
    pool = pooled(judgements)
    people = [{key: asdict(one)[key] for key in ("expert", "values", "reason", "date")} for one in judgements]
    return {
        "name": name,
        "unit": record.unit,
        "people": people,
        "pool": {"values": pool_values(judgements), "low": pool.at(0.05), "high": pool.at(0.95)},
        "apart": apart(judgements),
        "authors": {"values": authors(record)},
    }
