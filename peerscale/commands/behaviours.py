"""`behaviours`: what emerges in how many worlds, with its mechanism on and off, and what a null model says."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from peerscale.asked import no_effect
from peerscale.given_types import check_plot
from peerscale.keeping import keeping
from peerscale.options import Typed, make_study
from peerscale.waiting import progress, run_seconds
from reports.as_json import say
from reports.questions.behaviours import NullRow, as_dict, print_page, show, show_null
from scenarios.questions.behaviours import BEHAVIOURS, Behaviour, Found, look
from scenarios.questions.null_model import null_model
from scenarios.reading.load import load
from scenarios.reading.scenario import RunSettings, Scenario
from scenarios.running.finished import FinishedJobs
from scenarios.running.many import run_many
from scenarios.running.sample import sample
from scenarios.running.study import Study, area_list, make_shape
from sim.errors import UserError, nearest
from sim.results import caveats, summary
from sim.results.outcomes import MAIN

SPREAD = "wide_and_shallow"
SPREAD_AREAS = (
    "bnssg",
    "sussex",
    "norfolk-and-waveney",
    "derby-and-derbyshire",
    "gm",
    "cornwall-and-the-isles-of-scilly",
)
"""Areas of the behaviour that is about spread between boards."""
HEADLINES = ("open_door", "more_money", "opt_out", "mutual_groups", "online_first", "everyone")


def behaviours_command(
    names: Sequence[str], typed: Typed, plot: Path | None, as_json: bool, workers: int, markdown: bool = False
) -> None:
    """Run the behaviours named (all by default), then the null model beside the headline scenarios."""
    check_plot(plot)
    chosen = _chosen(names)
    _own_areas(chosen, typed)
    study = make_study(typed, RunSettings())
    found, rows = _run(chosen, study, workers, with_null=not names)
    if plot:
        from reports.pictures.behaviours import draw

        draw(plot, found, caveats.about(make_shape(study)))
    if as_json:
        say({"sample": sample(study), "behaviours": [as_dict(f) for f in found], "null_model": rows})
    elif markdown:
        print_page(found, rows, study, plot)
    else:
        show(found, sample(study))
        if rows:
            show_null(rows)


def _run(chosen: Sequence[Behaviour], study: Study, workers: int, with_null: bool) -> tuple[list[Found], list[NullRow]]:
    found = []
    studies = [_study(behaviour, study) for behaviour in chosen]
    policies = [3 if behaviour.third is not None else 2 for behaviour in chosen]
    seconds = sum(
        2 * run_seconds(one, n, workers) for one, n in zip(studies, policies, strict=True)
    ) + with_null * run_seconds(study, 1 + len(HEADLINES), workers)
    with progress("Looking", seconds) as tell, keeping() as finished:
        for i, (behaviour, own) in enumerate(zip(chosen, studies, strict=True)):
            found.append(look(behaviour, own, workers, finished))
            tell((i + 1) / (len(chosen) + 1))
        return found, null_rows(study, workers, finished) if with_null else []


def _chosen(names: Sequence[str]) -> list[Behaviour]:
    known = {b.name: b for b in BEHAVIOURS}
    for name in names:
        if name not in known:
            near = nearest(name, list(known))
            raise UserError(
                f"no behaviour is called {name!r}",
                key="behaviours",
                rule="one of " + ", ".join(known),
                got=repr(name),
                try_=near or "leave it out for all of them",
            )
    return [known[name] for name in names] or list(BEHAVIOURS)


def _own_areas(chosen: Sequence[Behaviour], typed: Typed) -> None:
    """The behaviour that is about spread between boards runs in areas of its own: said, and refused where it is the only one."""
    fixed = {"areas": typed.areas, "people": typed.people, "inventory": typed.inventory, "area-file": typed.area_file}
    asked = [f"--{name}" for name, value in fixed.items() if value is not None]
    if asked and any(b.name == SPREAD for b in chosen):
        why = f"{SPREAD} runs in six areas of its own, {len(SPREAD_AREAS)} x 10,000 adults"
        no_effect(asked if len(chosen) == 1 else [], why, "leave it out")
        print(f"{why}: {', '.join(asked)} does not hold for it.", file=sys.stderr)


def _study(behaviour: Behaviour, study: Study) -> Study:
    """The study; for spread between boards, over several areas, without what is known of one."""
    if behaviour.name != SPREAD:
        return study
    return replace(study, areas=area_list(SPREAD_AREAS), people=10_000 * len(SPREAD_AREAS), inventory=(), own=None)


def null_rows(study: Study, workers: int, finished: FinishedJobs | None = None) -> list[NullRow]:
    """For each headline scenario: change in availability in the simulation (median) and in the null model."""
    scenarios = [load(name) for name in ("today", *HEADLINES)]
    results = dict(run_many(scenarios, study, workers, finished=finished))
    base = null_model(last_levers(scenarios[0])).available
    rows: list[NullRow] = []
    for i, scenario in enumerate(scenarios[1:], 1):
        pair = summary.difference(results[0], results[i])[MAIN]
        found = pair.difference
        rows.append(
            {
                "scenario": scenario.title,
                "simulation": found.median,
                "low": found.low,
                "high": found.high,
                "null": null_model(last_levers(scenario)).available - base,
            }
        )
    return rows


def last_levers(scenario: Scenario) -> dict[str, float]:
    """The levers in force at the end."""
    levers = dict(scenario.levers)
    for change in scenario.changes:
        if change.end_week is None:
            levers |= change.levers
    return levers
