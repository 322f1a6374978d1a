"""`pilot`: what an evaluation could tell apart, with what probability, and the smallest one worth running."""

from __future__ import annotations

from dataclasses import asdict, replace

from peerscale.asked import no_effect
from peerscale.commands.case import run_all, study_of
from peerscale.options import Typed, load_all
from peerscale.waiting import progress, run_seconds
from reports.as_json import say
from reports.case.told import plain, pounds
from reports.console import dim, head, out, plain_table
from scenarios.reading.scenario import PILOT
from scenarios.running.sample import sample
from scenarios.worth import case, pilot, thresholds
from scenarios.worth.case import Runs
from scenarios.worth.information import FEWEST_DRAWS
from sim.errors import UserError
from sim.results import caveats

HONEST = (
    "Neighbourhoods here are alike in all but luck, and everybody is followed up. Real ones differ by more, so a real pilot tells less. "
    "The cost of evaluating is not in it."
)


def pilot_command(
    scenario: str,
    against: str,
    typed: Typed,
    places: int,
    months: int,
    currency: str,
    perspective: str,
    as_json: bool,
    workers: int,
) -> None:
    """Simulate pilots of this policy; tell power for each outcome, then sizes against the value of information."""
    seen = case.view(currency, perspective)
    no_effect(
        ["--people"] if typed.people is not None else [],
        "a place of a pilot is one whole neighbourhood",
        "leave it out; --places says how many",
    )
    scenarios = load_all([against, scenario], [])
    study = study_of(typed, scenarios, PILOT)
    if len(study.areas) > 1:
        raise UserError(
            "a pilot is of one area",
            key="--areas",
            rule="one area",
            got=f"{len(study.areas)} areas",
            try_="--areas bnssg",
        )
    study = replace(study, people=study.place_size)  # one neighbourhood is one place
    pilot.check(places, study.replicates)
    pilot.weeks_of(months, study.weeks)
    case.enough(study.draws)
    with progress("Simulating pilots", run_seconds(study, len(scenarios), workers)) as tell:
        results = run_all(scenarios, study, workers, tell)
        runs = Runs(tuple(s.title for s in scenarios), tuple(results))
        found = pilot.power(runs, months, places, study.seed)
        tried = pilot.sizes(runs, seen, thresholds.main(seen.currency).gbp, months, seed=study.seed)
    best = pilot.smallest(tried)
    if as_json:
        say(
            {
                "sample": sample(study),
                "places": places,
                "months": months,
                "power": [asdict(p) for p in found],
                "sizes": [asdict(s) for s in tried],
                "smallest_worth_running": asdict(best) if best else None,
                "caveat": HONEST,
            }
        )
        return
    out.print(sample(study))
    _show(runs, places, months, found)
    _show_sizes(tried, best, study.draws, seen)


def _show(runs: Runs, places: int, months: int, found: list[pilot.Power]) -> None:
    head(out, f"A pilot of {places} neighbourhoods, {places} others to compare, {months} months")
    out.print(f"{runs.titles[1]} against {runs.titles[0]}. {HONEST}\n", markup=False)
    table = plain_table(
        "what is counted", "true difference", "detected in", "with good power in", "wrong way", "false alarms"
    )
    for row in found:
        table.add_row(
            pilot.MEASURES[row.measure],
            plain(row.effect),
            f"{row.detected:.0%} of pilots",
            f"{row.draws_detected} of {row.draws} draws",
            f"{row.wrong:.0%}",
            f"{row.false_alarm:.0%}",
        )
    out.print(table)
    dim(
        out,
        f"Welch's test at {pilot.ALPHA:.0%}; good power is {pilot.GOOD_POWER:.0%} of pilots in that draw. "
        f"False alarms are counted in the same way, with both arms under {runs.titles[0]}. {caveats.FORECAST}\n",
    )


def _show_sizes(tried: list[pilot.Pilot], best: pilot.Pilot | None, draws: int, seen: case.View) -> None:
    table = plain_table(
        "neighbourhoods in each arm",
        "people better off, net: detected in",
        "extra spending of the pilot",
        "worth of what it tells",
    )
    for one in tried:
        worth = "not measured" if one.worth_gbp != one.worth_gbp else pounds(one.worth_gbp)
        table.add_row(str(one.places), f"{one.detected:.0%} of pilots", pounds(one.extra_gbp), worth)
    out.print(table)
    if draws < FEWEST_DRAWS:
        out.print(f"What a pilot is worth takes at least {FEWEST_DRAWS} draws: --draws {FEWEST_DRAWS}.")
    elif best is None:
        out.print(
            "No size tried is worth its extra spending by what it tells about this one decision: decide now, or pilot for other reasons."
        )
    else:
        out.print(
            f"The smallest worth running: {best.places} neighbourhoods in each arm. It spends {pounds(best.extra_gbp)} more and tells what is "
            f"worth {pounds(best.worth_gbp)} for this area's decision ({seen.currency}s, {case.SIDES[seen.perspective]})."
        )
