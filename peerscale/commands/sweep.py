"""`sweep`."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from peerscale import waiting
from peerscale.given_types import check_plot
from peerscale.options import Typed
from peerscale.sweeps import Estimate, Sweep, answer, estimate, refuse_outcome, settle, usual_folder, with_settings
from reports import sweep as report
from reports.as_json import say
from reports.console import out
from scenarios.reading.load import load
from scenarios.reading.scenario import Scenario
from scenarios.sweeps import work
from scenarios.sweeps.dataset import must_be_free
from scenarios.sweeps.plan import GRID, Plan, from_words, make, read
from sim.errors import UserError
from sim.results.words import many

FAILED = 3
"""Exit code of a command that went on to its end though jobs of it failed."""


def sweep_command(
    plan: Path | None,
    vary: Sequence[str],
    scenarios: Sequence[str],
    settings: Sequence[str],
    design: str | None,
    points: int | None,
    typed: Typed,
    folder: Path | None,
    plot: Path | None,
    outcome: str,
    as_json: bool,
    workers: int,
    dry: bool = False,
    price: float | None = None,
) -> int:
    """Run a plan, or what is typed. Gives the exit code: 3 where jobs failed. `dry`: only say what would run."""
    check_plot(plot)
    refuse_outcome(outcome)
    sweep = settle(with_settings(made(plan, vary, scenarios, design, points), settings), typed)
    place = folder or usual_folder(sweep)
    must_be_free(place, sweep)
    if dry:
        _only_say(sweep, place, estimate(sweep, workers, price), as_json)
        return 0
    held = answer(sweep, place, workers)
    if as_json:
        say(report.as_dict(held, outcome))
    else:
        report.show(out, held, outcome)
    if plot is not None:
        Sweep(held).plot(plot, outcome)
        print(f"Picture: {plot}", file=sys.stderr)
    return FAILED if held.failed else 0


def made(
    plan: Path | None,
    vary: Sequence[str] | Mapping[str, Any],
    scenarios: Sequence[str | Scenario],
    design: str | None,
    points: int | None,
) -> Plan:
    """The plan of a file, with what is typed in its place; or of what is typed alone. Raises UserError."""
    given = [one if isinstance(one, Scenario) else load(one) for one in scenarios]
    if plan is None:
        return make(given or [load("today")], from_words(vary), design or GRID, points)
    held = read(plan)
    axes = {axis.name: axis for axis in (*held.axes, *from_words(vary))}
    changed = make(
        given or held.scenarios,
        list(axes.values()),
        design or held.design,
        points or _points(held, design),
        held.name,
        held.run,
    )
    return replace(changed, name=held.name)


def _points(plan: Plan, design: str | None) -> int | None:
    return plan.points if plan.sampled and design in (None, plan.design) else None


def check_price(price: float | None) -> None:
    """Raises UserError for what is no price."""
    if price is not None and not 0 <= price < 1e6:
        raise UserError(
            "this is not a price", key="--price", rule="pounds for one core-hour", got=str(price), try_="--price 0.04"
        )


def _only_say(sweep: work.Sweep, place: Path, found: Estimate, as_json: bool) -> None:
    if as_json:
        say({"dry_run": True, "to": str(place), **asdict(found)})
        return
    lines = [
        "Nothing was run. This would run:",
        f"  {many(found.points, 'point')} of {', '.join(axis.name for axis in sweep.plan.axes)} ({sweep.plan.design})",
        f"  under {', '.join(scenario.name for scenario in sweep.plan.scenarios)}",
        f"  in {len(sweep.study.worlds):,} worlds each: {found.worlds:,} worlds in {found.jobs:,} jobs",
        f"Time: {waiting.words(found.seconds)}; {found.core_hours:.2g} core-hours on a core like ours.",
        f"Disk: about {max(1, round(found.megabytes)):,} MB.",
        "Cost: say what a core-hour costs (--price)." if found.gbp is None else f"Cost: about £{found.gbp:,.2f}.",
        f"Results: {place}",
    ]
    print("\n".join(lines))
