"""`run`, `batch` and `compare`."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from pathlib import Path

from peerscale import dry_run
from peerscale.asked import agreed
from peerscale.given_types import check_plot, must_have_room
from peerscale.keeping import keeping
from peerscale.options import Typed, choose, load_all, make_study, shipped_alike
from peerscale.waiting import progress, run_seconds
from reports import as_json as machine
from reports import terminal as report
from reports.as_json import say
from reports.console import out
from scenarios.reading.scenario import RunSettings, Scenario
from scenarios.running import store
from scenarios.running.effect import unfinished
from scenarios.running.many import job_keys, run_many
from scenarios.running.sample import settled
from scenarios.running.study import Study, make_shape, timeline_of
from sim.results import caveats
from sim.results.result import Result


def run_command(
    names: Sequence[str],
    settings: Sequence[str],
    typed: Typed,
    folder: Path | None,
    plot: Path | None,
    as_json: bool,
    workers: int,
    dry: bool = False,
) -> None:
    """Run a baseline and alternatives, tell what differs, keep the results when asked to. `dry`: only say what would run."""
    scenarios = choose(names, settings)
    run = agreed(typed, scenarios)
    study = make_study(typed, run)
    check_plot(plot)
    _free(folder, scenarios, study)
    possible(scenarios, study)
    if dry:
        _only_say(scenarios, scenarios, typed, run, study, folder, workers, as_json)
        return
    results = _run_all(scenarios, study, folder, workers)
    named = [(s.title, r) for s, r in zip(scenarios, results, strict=True)]
    settled(named)
    about = dry_run.about(study, typed, run) + unfinished(scenarios, study.weeks)
    if as_json:
        say(machine.study(scenarios, results, about, study.posterior))
    else:
        report.show_study(out, named, about, study.posterior)
    _draw(plot, named)


def possible(scenarios: Sequence[Scenario], study: Study) -> None:
    """Raises UserError for what cannot take effect in this study, before anything is run."""
    shape = make_shape(study)
    for scenario in scenarios:
        timeline_of(scenario, shape)


def _only_say(
    scenarios: list[Scenario],
    left: list[Scenario],
    typed: Typed,
    run: RunSettings,
    study: Study,
    folder: Path | None,
    workers: int,
    as_json: bool,
) -> None:
    """What would run; what has no room is refused here too."""
    must_have_room(folder, len(left) * len(study.worlds) * len(study.areas))
    if as_json:
        say(dry_run.as_dict(scenarios, left, typed, run, study, folder, workers))
    else:
        print("\n".join(dry_run.lines(scenarios, left, typed, run, study, folder, workers)))


def _free(folder: Path | None, scenarios: Sequence[Scenario], study: Study) -> None:
    for scenario in scenarios if folder else ():
        store.must_be_free(folder / scenario.name, scenario, study)  # type: ignore[operator]


def _run_all(scenarios: list[Scenario], study: Study, folder: Path | None, workers: int) -> list[Result]:
    """Results in the scenarios' order; those that `folder` holds whole are read, the others run and kept there."""
    found = _held(scenarios, study, folder)
    left = [i for i in range(len(scenarios)) if i not in found]
    must_have_room(folder, len(left) * len(study.worlds) * len(study.areas))
    begun = time.monotonic()
    with progress("Running", run_seconds(study, len(left), workers)) as tell, keeping(folder) as finished:
        for number, result in run_many([scenarios[i] for i in left], study, workers, tell, finished):
            i = left[number]
            found[i] = result
            if folder:
                store.write(
                    folder / scenarios[i].name,
                    scenarios[i],
                    study,
                    result,
                    time.monotonic() - begun,
                    finished.tried_again,
                )
        finished.used |= job_keys(scenarios, study, finished)  # those of an earlier call, that was stopped, among them
    return [found[i] for i in range(len(scenarios))]


def _held(scenarios: Sequence[Scenario], study: Study, folder: Path | None) -> dict[int, Result]:
    """Runs that a folder holds whole, by number."""
    if folder is None:
        return {}
    kept = {i: store.held(folder / scenario.name, scenario, study) for i, scenario in enumerate(scenarios)}
    found = {i: one.result for i, one in kept.items() if one is not None}
    if found:
        print(f"{len(found)} of {len(scenarios)} are already in {folder}", file=sys.stderr)
    return found


def _draw(plot: Path | None, named: Sequence[tuple[str, Result]]) -> None:
    if plot is None:
        return
    from reports.pictures.run import draw

    draw(plot, named)
    print(f"Picture: {plot}", file=sys.stderr)


def batch_command(
    names: Sequence[str],
    settings: Sequence[str],
    typed: Typed,
    folder: Path,
    as_json: bool,
    workers: int,
    dry: bool = False,
) -> None:
    """Run scenarios that `folder` does not hold yet; then one line for each. `dry`: only say what would run."""
    scenarios = load_all(names or shipped_alike(), settings)
    run = agreed(typed, scenarios)
    study = make_study(typed, run)
    _free(folder, scenarios, study)
    possible(scenarios, study)
    if dry:
        left = [s for s in scenarios if store.held(folder / s.name, s, study) is None]
        _only_say(scenarios, left, typed, run, study, folder, workers, as_json)
        return
    results = _run_all(scenarios, study, folder, workers)
    about = dry_run.about(study, typed, run) + unfinished(scenarios, study.weeks)
    if as_json:
        say(machine.study(scenarios, results, about, study.posterior))
    else:
        named = [(s.title, r) for s, r in zip(scenarios, results, strict=True)]
        report.show_batch(out, named, about, str(folder))


def compare_command(a: Path, b: Path, plot: Path | None, as_json: bool) -> None:
    """Two results folders: b less a on the same luck, and who gains."""
    check_plot(plot)
    one, two = store.read(a), store.read(b)
    store.must_share((one, two))
    named = [(one.title, one.result), (two.title, two.result)]
    settled(named)
    if as_json:
        say(
            {
                "a": str(a),
                "b": str(b),
                "sample": one.manifest["sample"],
                "status": caveats.status(one.result.shape),
                **machine.change(one.result, two.result),
            }
        )
    else:
        out.print(f"{one.manifest['sample']}\n")
        report.show_difference(out, *named)
        report.show_areas(out, named)
        report.show_who(out, named)
        out.print(caveats.WORLDS)
    _draw(plot, named)
