"""`journey`: one person's weeks under one scenario or two, on the same luck."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from peerscale.asked import agreed, say_own
from peerscale.options import Typed, load_all, make_study
from peerscale.waiting import progress, run_seconds
from reports.as_json import say
from reports.console import out
from scenarios.questions.journeys import journey
from scenarios.running.posterior import origin
from scenarios.running.sample import own_numbers, rivals
from scenarios.running.study import Study, make_shape, run_together
from sim.errors import UserError
from sim.results import caveats


def journey_command(names: Sequence[str], settings: Sequence[str], typed: Typed, person: int, as_json: bool) -> None:
    """Run one world of each scenario, keeping one person's events."""
    if len(names) > 2:
        raise UserError(
            "a journey is shown under one scenario or two",
            key="SCENARIO",
            rule="one or two names",
            got=f"{len(names)} names",
            try_=f"peerscale journey {names[0]} {names[1]}",
        )
    scenarios = load_all(names or ["today", "open_door"], settings, from_=1 if len(names) != 1 else 0)
    study = make_study(typed, agreed(typed, scenarios))
    say_own(scenarios, ("draws", "replicates"), "a journey is of the first world")
    _exists(person, study)
    with progress("Running", run_seconds(study, len(scenarios), 1, burn_ins=len(scenarios))) as tell:
        found = [
            run_together([s], study, trace=(person,), progress=lambda week, end: tell(week / max(1, end)))[0]
            for s in scenarios
        ]
    lines = [journey(result, person) for result in found]
    whom = f"{caveats.people(make_shape(study, [(0, 0)]))} Seed {study.seed}. {origin(study.told)}{rivals(study)}{own_numbers(study)}"
    if as_json:
        print(whom, file=sys.stderr)
        say({s.name: [{"week": w, "event": e} for w, e in line] for s, line in zip(scenarios, lines, strict=True)})
        return
    _show([s.title for s in scenarios], lines, person, whom)


def _exists(person: int, study: Study) -> None:
    people = make_shape(study).people
    if not 0 <= person < people:
        raise UserError(
            "there is no such person",
            key="--person",
            rule=f"a whole number from 0 to {people - 1}",
            got=str(person),
            try_="--person 0",
        )


def _show(titles: Sequence[str], lines: Sequence[list[tuple[int, str]]], person: int, whom: str) -> None:
    from reports.console import plain_table

    out.print(f"Person {person}, week by week (week 0 begins the reported years). {whom} {caveats.FORECAST}")
    table = plain_table("week", *titles)
    weeks = sorted({week for line in lines for week, _ in line if week >= 0})
    for week in weeks:
        table.add_row(str(week), *(", ".join(e for w, e in line if w == week) for line in lines))
    out.print(table)
    if not weeks:
        out.print("Nothing happened to this person in these years that the model counts. Try --person 1.")
