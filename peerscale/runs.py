"""`run`, `batch` and `compare`."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from peerscale import dry_run, machine, report
from peerscale.asked import agreed
from peerscale.given_types import must_have_room
from peerscale.options import Typed, choose, load_all, make_study, shipped_alike
from peerscale.terminal import out, plain_table
from peerscale.waiting import Tell, progress, run_seconds
from scenarios import store, words
from scenarios.pool import run_many
from scenarios.sample import sample, settled
from scenarios.scenario import RunSettings, Scenario
from scenarios.study import Study, run_id
from sim import caveats, summary
from sim.errors import UserError
from sim.result import Result

__all__ = ["Tell", "batch_command", "check_plot", "compare_command", "out", "progress", "run_command", "sample", "say", "settled"]


def say(content: Any) -> None:
    """One JSON document on standard output."""
    print(json.dumps(machine.clean(content), indent=2, ensure_ascii=False))


def check_plot(plot: Path | None) -> None:
    """Raises UserError for a picture that cannot be written, before anything is run."""
    if plot is None:
        return
    if plot.suffix.lower() not in (".png", ".svg"):
        raise UserError("the picture's kind is not known", file=str(plot), key="--plot", rule="a name ending in .png or .svg",
                        got=plot.suffix or "no ending", try_=f"--plot {plot.stem or 'plot'}.png")
    if not plot.absolute().parent.is_dir():
        raise UserError("the picture's folder does not exist", file=str(plot), key="--plot",
                        rule="a folder that exists", got=str(plot.parent), try_="make the folder first")


def run_command(
    names: Sequence[str], settings: Sequence[str], typed: Typed, folder: Path | None, plot: Path | None,
    as_json: bool, workers: int, dry: bool = False,
) -> None:
    """Run a baseline and alternatives, tell what differs, keep the results when asked to. `dry`: only say what would run."""
    scenarios = choose(names, settings)
    run = agreed(typed, scenarios)
    study = make_study(typed, run)
    check_plot(plot)
    _free(folder, scenarios, study)
    must_have_room(folder, len(scenarios) * len(study.worlds) * len(study.areas))
    if dry:
        _only_say(scenarios, scenarios, typed, run, study, folder, workers, as_json)
        return
    results = _run_all(scenarios, study, folder, workers)
    named = [(s.title, r) for s, r in zip(scenarios, results, strict=True)]
    settled(named)
    if as_json:
        say(machine.study(scenarios, results, sample(study), study.posterior))
    else:
        report.show_study(out, named, sample(study), study.posterior)
    _draw(plot, named)


def _only_say(scenarios: list[Scenario], left: list[Scenario], typed: Typed, run: RunSettings, study: Study, folder: Path | None,
              workers: int, as_json: bool) -> None:
    if as_json:
        say(dry_run.as_dict(scenarios, left, typed, run, study, folder, workers))
    else:
        print("\n".join(dry_run.lines(scenarios, left, typed, run, study, folder, workers)))


def _free(folder: Path | None, scenarios: Sequence[Scenario], study: Study) -> None:
    for scenario in scenarios if folder else ():
        store.must_be_free(folder / scenario.name, run_id(scenario, study))  # type: ignore[operator]


def _run_all(scenarios: list[Scenario], study: Study, folder: Path | None, workers: int) -> list[Result]:
    found: dict[int, Result] = {}
    begun = time.monotonic()
    with progress("Running", run_seconds(study, len(scenarios), workers)) as tell:
        for i, result in run_many(scenarios, study, workers, tell):
            found[i] = result
            if folder:
                store.write(folder / scenarios[i].name, scenarios[i], study, result, time.monotonic() - begun)
    return [found[i] for i in range(len(scenarios))]


def _draw(plot: Path | None, named: Sequence[tuple[str, Result]]) -> None:
    if plot is None:
        return
    from peerscale.plots import draw

    draw(plot, named)
    print(f"Picture: {plot}", file=sys.stderr)


def batch_command(
    names: Sequence[str], settings: Sequence[str], typed: Typed, folder: Path, as_json: bool, workers: int, dry: bool = False
) -> None:
    """Run scenarios that `folder` does not hold yet; then one line for each. `dry`: only say what would run."""
    scenarios = load_all(names or shipped_alike(), settings)
    run = agreed(typed, scenarios)
    study = make_study(typed, run)
    _free(folder, scenarios, study)
    left = [s for s in scenarios if not store.finished(folder / s.name, run_id(s, study))]
    must_have_room(folder, len(left) * len(study.worlds) * len(study.areas))
    if dry:
        _only_say(scenarios, left, typed, run, study, folder, workers, as_json)
        return
    if len(left) < len(scenarios):
        print(f"{len(scenarios) - len(left)} of {len(scenarios)} are already in {folder}", file=sys.stderr)
    if left:
        _run_all(left, study, folder, workers)
    kept = [store.read(folder / s.name) for s in scenarios]
    _batch_report(scenarios, [k.result for k in kept], study, folder, as_json)


def _batch_report(
    scenarios: list[Scenario], results: list[Result], study: Study, folder: Path, as_json: bool
) -> None:
    if as_json:
        say(machine.study(scenarios, results, sample(study), study.posterior))
        return
    out.print(f"{len(scenarios)} scenarios in {folder}. {sample(study)} Compared with {scenarios[0].title}:")
    table = plain_table("", "availability", "range", "starts per 100 wants", "higher / lower in")
    for scenario, result in zip(scenarios[1:], results[1:], strict=True):
        found = summary.difference(results[0], result)
        pair, starts = found["available"], found["starts_per_want"].difference.median
        table.add_row(scenario.title, *words.span("available", pair.difference, True),
                      words.number("starts_per_want", starts, True), f"{pair.up} / {pair.down} worlds")
    out.print(table)
    out.print(f"{caveats.OFFERED} {caveats.FORECAST}")


def compare_command(a: Path, b: Path, plot: Path | None, as_json: bool) -> None:
    """Two results folders: b less a on the same luck, and who gains."""
    check_plot(plot)
    one, two = store.read(a), store.read(b)
    _comparable(one, two)
    named = [(one.title, one.result), (two.title, two.result)]
    settled(named)
    if as_json:
        say({"a": str(a), "b": str(b), "status": caveats.status(one.result.shape), **machine.change(one.result, two.result)})
    else:
        report.show_difference(out, *named)
        report.show_who(out, named)
        out.print(caveats.WORLDS)
    _draw(plot, named)


def _comparable(one: store.Stored, two: store.Stored) -> None:
    """Raises UserError unless both have the same people, worlds and luck."""
    for key in ("shape", "parameters_sha256"):
        if one.manifest[key] != two.manifest[key]:
            raise UserError("the two runs do not share their people and luck", file=f"{one.path} and {two.path}",
                            key=key, rule="same areas, people, worlds, weeks, seed and parameters",
                            got=_unlike(one.manifest[key], two.manifest[key]),
                            try_="run both scenarios with the same options")
    drawn = [run.manifest["study"].get("posterior", {}).get("sha256", "") for run in (one, two)]
    if drawn[0] != drawn[1]:
        raise UserError("the two runs do not draw the same parameters", file=f"{one.path} and {two.path}", key="posterior",
                        rule="the same posterior for both", got=" and ".join(sha[:8] or "none" for sha in drawn),
                        try_="run both scenarios with the same --posterior")


def _unlike(a: Any, b: Any) -> str:
    if not isinstance(a, dict):
        return "different parameter tables"
    return ", ".join(f"{k}: {str(a[k])[:40]} and {str(b.get(k))[:40]}" for k in a if a[k] != b.get(k))
