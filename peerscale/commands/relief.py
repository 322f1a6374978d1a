"""`relief` and `ladder`: what opening gates would gain, one by one, and all the way to everyone."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING

from calibration.whole import write_whole
from peerscale.given_types import check_page, check_plot
from peerscale.keeping import keeping
from peerscale.options import Typed, make_study
from peerscale.waiting import progress, run_seconds
from reports.as_json import say
from reports.console import out
from reports.questions.relief import as_dict, show
from scenarios.questions.relief import gate_relief
from scenarios.reading.load import load
from scenarios.running.durations import BUSY_TIMES
from scenarios.running.sample import sample, settled
from sim.policy.relief import RELIEFS
from sim.results import caveats
from sim.version import VERSION

if TYPE_CHECKING:
    from scenarios.questions.ladder import Climbed
    from scenarios.reading.scenario import Scenario
    from scenarios.running.study import Study


def relief_command(name: str, typed: Typed, pairs: bool, plot: Path | None, as_json: bool, workers: int) -> None:
    """Run the policy with each gate open, and tell what each would gain."""
    check_plot(plot)
    scenario = load(name)
    study = make_study(typed, scenario.run)
    gates = len(RELIEFS) * (len(RELIEFS) + 1) // 2 if pairs else len(RELIEFS)
    with progress("Opening gates", run_seconds(study, 1 + gates, workers)) as tell, keeping() as finished:
        base, gains = gate_relief(scenario, study, pairs, workers, tell, finished)
    settled([(scenario.title, base)])
    if as_json:
        say({"scenario": scenario.title, "sample": sample(study), "gates": as_dict(gains)})
    else:
        show(scenario.title, base, gains, sample(study))
    if plot:
        from reports.pictures.relief import draw

        draw(plot, base, gains)


def ladder_command(name: str, typed: Typed, page: Path | None, plot: Path | None, as_json: bool, workers: int) -> None:
    """Climb from today to everyone step by step; the page is written whole or not at all."""
    from reports.questions import ladder as report

    check_plot(plot)
    check_page(page)
    scenario = load(name)
    study = make_study(typed, scenario.run)
    found, about = climbed(scenario, study, workers), sample(study)
    if page:
        from reports.ladder.page import whole_page

        write_whole(page, f"{whole_page(found, about)}<!-- peerscale {VERSION} -->\n".encode())
    if plot:
        from reports.pictures.ladder import draw

        draw(plot, found)
    if as_json:
        head = {"scenario": scenario.title, "sample": about, "status": caveats.status(found.base.shape)}
        say({**head, **report.as_dict(found), "page": str(page) if page else None})
        return
    report.show(found, about)
    if page:
        out.print(f"Page: {page}", markup=False)


def climbed(scenario: Scenario, study: Study, workers: int, quiet: bool = False, again: str | None = None) -> Climbed:
    """The ladders of a policy, with progress unless `quiet`; what has ended is kept until all has (`again`: see `keeping`)."""
    from scenarios.questions.ladder import RUNS, climb

    with contextlib.ExitStack() as stack:
        tell = (
            None if quiet else stack.enter_context(progress("Climbing", BUSY_TIMES * run_seconds(study, RUNS, workers)))
        )
        finished = stack.enter_context(keeping(again=again))
        return climb(scenario, study, workers, tell, finished)
