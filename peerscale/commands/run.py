"""`run`, `batch`, `ledger` and `compare`."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Sequence
from pathlib import Path

from peerscale import dry_run
from peerscale.ask import Question, answer, must_be_free, settle
from peerscale.given_types import check_plot, must_have_room
from peerscale.options import Typed, choose, load_all, shipped_alike
from peerscale.result import Result, compared, loaded, of_runs
from reports import first, ledger
from reports import terminal as report
from reports.as_json import say
from reports.console import out
from scenarios.reading.scenario import Scenario
from scenarios.running import store
from scenarios.running.posterior import PRIORS
from scenarios.running.sample import settled
from sim.results import caveats
from sim.results.outcomes import MAIN


def run_command(
    names: Sequence[str],
    settings: Sequence[str],
    typed: Typed,
    folder: Path | None,
    plot: Path | None,
    as_json: bool,
    workers: int,
    dry: bool = False,
    full: bool = False,
) -> None:
    """Run a baseline and alternatives, tell what differs, keep the results when asked to. `dry`: only say what would run.
    `full`: everything, not the first screen."""
    question = settle(choose(names, settings), typed)
    check_plot(plot)
    must_be_free(folder, question)
    if dry:
        _only_say(question, question.scenarios, folder, workers, as_json)
        return
    found = of_runs(question, answer(question, folder, workers))
    settled(found.titled)
    if as_json:
        say(found.as_dict())
    elif full:
        report.show_study(out, found.titled, found.about, found.posterior or PRIORS)
    else:
        more = [*first.after(names, settings), behind(question.scenarios[0].name, folder)]
        first.show(out, found.titled, more, found.posterior, found.notes)
    _draw(plot, found)


def behind(name: str, folder: Path | None) -> str:
    """The command that leads from the headline to its parameters and their papers; from a kept run, in the order of that run."""
    kept = f" --from {shlex.quote(str(folder / name))}" if folder else ""
    return f"peerscale parameters --of {MAIN}{kept}"


def _only_say(question: Question, left: Sequence[Scenario], folder: Path | None, workers: int, as_json: bool) -> None:
    """What would run; what has no room is refused here too."""
    must_have_room(folder, len(left) * len(question.study.worlds) * len(question.study.areas))
    asked = (question.scenarios, left, question.typed, question.run, question.study, folder, workers)
    if as_json:
        say(dry_run.as_dict(*asked))
    else:
        print("\n".join(dry_run.lines(*asked)))


def _draw(plot: Path | None, found: Result) -> None:
    if plot is not None:
        found.plot(plot)
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
    question = settle(load_all(names or shipped_alike(), settings), typed)
    must_be_free(folder, question)
    if dry:
        left = [s for s in question.scenarios if store.held(folder / s.name, s, question.study) is None]
        _only_say(question, left, folder, workers, as_json)
        return
    found = of_runs(question, answer(question, folder, workers))
    if as_json:
        say(found.as_dict())
    else:
        report.show_batch(out, found.titled, found.about, str(folder))


def compare_command(a: Path, b: Path, plot: Path | None, as_json: bool, full: bool = False) -> None:
    """Two results folders: b less a on the same luck, and who gains. `full`: everything, not the first screen."""
    check_plot(plot)
    found = compared(a, b)
    if as_json:
        say({"a": str(a), "b": str(b), **found.change()})
    elif not full:
        more = [f"peerscale case {shlex.quote(str(b))} --against {shlex.quote(str(a))}"]
        first.show(out, found.titled, more, found.posterior, found.notes)
    else:
        out.print(f"{found.about}\n")
        report.show_difference(out, *found.titled)
        report.show_areas(out, found.titled)
        report.show_who(out, found.titled)
        out.print(caveats.WORLDS)
    _draw(plot, found)


def ledger_command(folders: Sequence[Path], as_json: bool) -> None:
    """Where the money of results folders went. Raises UserError for what is none, or do not share their worlds."""
    found = loaded(*folders)
    if as_json:
        say([ledger.document(one.where, one.name, one.counts) for one in found.policies])
        return
    out.print(f"{found.about}\n")
    ledger.show_years(out, found.titled)
    ledger.show_ledger(out, found.titled)
