"""docs/scale.md and README's figures, written from what was measured. Blocks between markers are replaced whole."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path

from benchmarks.record import table
from benchmarks.scale.jobs import JOB_WEEKS, Overhead, Spread
from benchmarks.scale.peers import ANSWERS, Found
from benchmarks.scale.sizes import Sizes
from benchmarks.scale.study import Measured, Plan, cost, strains

ROOT = Path(__file__).resolve().parent.parent.parent
PAGE, README, PICTURE = ROOT / "docs" / "scale.md", ROOT / "README.md", ROOT / "docs" / "scale.png"
IN_README = "in README"
"""The block of the page that README shows too, word for word."""


def block(text: str, name: str) -> str:
    """What stands between a block's markers. KeyError where there is none."""
    found = re.search(rf"<!-- {name} -->\n(.*?)<!-- /{name} -->", text, re.DOTALL)
    if found is None:
        raise KeyError(f"no block {name!r}")
    return found.group(1)


def with_block(text: str, name: str, lines: Sequence[str]) -> str:
    """The text with that block's content replaced. KeyError where there is none."""
    old = block(text, name)
    first = text.index(f"<!-- {name} -->\n") + len(f"<!-- {name} -->\n")
    return text[:first] + "\n".join([*lines, ""]) + text[first + len(old) :]


def write(page: Path, text: str) -> None:
    """Whole, or not at all."""
    partial = page.with_suffix(".partial")
    partial.write_text(text, encoding="utf-8")
    os.replace(partial, page)


def sizes_lines(found: Sizes) -> list[str]:
    """Sizes as a table, and the exponent."""
    rows = [
        [
            f"{one.worlds} x {one.people:,}" if one.worlds > 1 else f"{one.people:,}",
            f"{one.runs}",
            one.ns.text(".1f"),
            one.seconds.text(".2f"),
            f"{one.peak:,.0f}",
        ]
        for one in (*found.small, *found.sizes)
    ]
    head = ["adults", "runs", "ns a person-week", "CPU s of the reported weeks", "most memory, MB"]
    said = [f"Today's policy, {found.weeks} reported weeks after {found.burn_in} (England: after 4).", ""]
    if found.exponent is not None:
        said = [*said, *table(head, rows), "", f"CPU time grows with size to the power {found.exponent.text('.3f')}."]
    else:
        said = [*said, *table(head, rows)]
    more = f"One person more takes {found.person_bytes:.0f} bytes of memory, and {found.settled_bytes:.0f} of a settled start."
    return [*said, more]


def jobs_lines(over: Overhead, spread: Sequence[Spread]) -> list[str]:
    """Overhead a job, and how the same jobs spread."""
    rows = [[one.where, f"{one.workers}", one.seconds.text(".1f"), one.faster.text(".2f")] for one in spread]
    return [
        f"{over.jobs:,} jobs of a thousand adults and {JOB_WEEKS} weeks, in one process: {over.stored.text('.2f')} ms a job through pool and",
        f"store, {over.bare.text('.2f')} ms of work alone. A job costs {over.beyond.text('.2f')} ms beyond its work, the disk's sync included.",
        "",
        *table(["the same jobs in", "workers", "wall seconds", "times as fast as one process"], rows),
    ]


def peers_lines(found: Sequence[Found]) -> list[str]:
    """Times and ratios, then how far each answer is from the closed form."""
    rows = [[f"{one.people:,}", one.peer.name, one.version, one.ns.text(".2f"), one.times.text(".1f")] for one in found]
    checks = [
        [
            f"{one.people:,}",
            one.peer.name,
            *(one.off[name].text("+.1f") for name in ANSWERS),
            "yes" if one.holds else "no",
        ]
        for one in found
    ]
    head = ["people", "library", "version", "CPU ns a person-week", "times ours"]
    return [
        *table(head, rows),
        "",
        "How far each answer is from the closed form, in percent, with 95% intervals:",
        "",
        *table(["people", "library", *ANSWERS.values(), "all hold"], checks),
    ]


def study_lines(measured: Measured, plan: Plan) -> list[str]:
    """The national study as two tables."""
    plans = [plan, Plan(**{**vars(plan), "policies": 100})]
    costs = [cost(measured, one) for one in plans]
    rows = [
        ["core-hours", *(f"{one.core_hours:,.0f}" for one in costs)],
        [f"pounds at {plan.price:.2f} a core-hour", *(f"{one.pounds:,.0f}" for one in costs)],
        [f"days on {plan.cores:,} cores", *(f"{one.days:,.1f}" for one in costs)],
        ["GB of its table of figures", *(f"{one.rows:,.2f}" for one in costs)],
        ["GB where every result is kept whole", *(f"{one.results:,.0f}" for one in costs)],
        ["GB of settled starts on the disk at once", *(f"{one.settled:,.0f}" for one in costs)],
    ]
    worst = [
        [one.what, f"{one.needs:,.2f}", f"{one.has:,.0f} {one.unit}", f"{one.part:,.2f}"]
        for one in strains(measured, plans[1])
    ]
    first = strains(measured, plans[1])[0]
    end = f"It would break first at: {first.what}." if first.part > 1 else f"Nothing breaks; nearest is: {first.what}."
    return [
        *table(["", "each its own years before", "100 policies share them"], rows),
        "",
        *table(["what could break (100 policies)", "needs", "has", "part of it"], worst),
        "",
        end,
    ]


def readme_lines(sizes: Sizes, found: Sequence[Found]) -> list[str]:
    """What README says: the largest size that every round ran, and each peer at its largest size."""
    large = max((one for one in sizes.sizes if one.runs > 1), key=lambda one: one.people, default=sizes.sizes[-1])
    last = {one.peer.name: one for one in sorted(found, key=lambda one: one.people) if one.peer.package}
    told = [f"{one.peer.name}: {one.times.mean:.3g} times ({one.people:,} people)." for one in last.values()]
    return [
        f"One core simulates a week of {large.people:,} adults in {large.ns.mean * large.people / 1e9:.3f} seconds. That is",
        f"{large.ns.mean:.0f} nanoseconds a person. To compare, one small model of people who queue for support was written in our way",
        f"and with other libraries. The others take more CPU time than our way does. {' '.join(told)}",
    ]
