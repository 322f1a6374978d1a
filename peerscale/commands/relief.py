"""`relief`: what to fix first, beside where wants are lost."""

from __future__ import annotations

from pathlib import Path

from peerscale.given_types import check_plot
from peerscale.keeping import keeping
from peerscale.options import Typed, make_study
from peerscale.waiting import progress, run_seconds
from reports.as_json import say
from reports.questions.relief import as_dict, show
from scenarios.questions.relief import gate_relief
from scenarios.reading.load import load
from scenarios.running.sample import sample, settled
from sim.policy.relief import RELIEFS


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
