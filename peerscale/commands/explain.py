"""`explain`: what moved the result from one policy to another."""

from __future__ import annotations

from pathlib import Path

from peerscale.asked import agreed
from peerscale.given_types import check_plot
from peerscale.keeping import keeping
from peerscale.options import Typed, make_study
from peerscale.waiting import progress, run_seconds
from reports.as_json import say
from reports.questions.explain import as_dict, show
from scenarios.questions.explain import explain, runs_of
from scenarios.reading.load import load
from scenarios.running.sample import sample, settled
from sim.results import caveats


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
        from reports.pictures.explain import draw

        draw(plot, ledger, caveats.about(first.shape))
