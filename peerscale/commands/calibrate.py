"""`calibrate`: a plan run from end to end, in words. Only Typer is imported here: the command imports what it needs."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from peerscale.given import Cluster, Workers
from peerscale.given_types import place, whole
from peerscale.waiting import Stage, stages

if TYPE_CHECKING:
    from calibration.fit.rank_check import RankCheck
    from calibration.fit.second_opinion import OpinionSettings
    from calibration.fit.waves import Calibration
    from calibration.report.diagnose import Second
    from scenarios.evidence.calibrating import Task
    from scenarios.evidence.output_evidence import OutputEvidence

RANKED = 2
"""Outputs of the plan, its first ones, whose ranks are checked with the parameters'."""
SECOND_RUNS = 20_000
"""Runs that a second opinion may take unless told: the toy of known posterior took 17,000."""


def add_to(whole: typer.Typer) -> None:
    """Hang the command in with the others."""
    whole.command()(calibrate)


def calibrate(
    plan: Annotated[
        str,
        typer.Argument(
            help="A plan: a .toml file, or the name of a shipped one (second_edition, small, shipped_2, larger)."
        ),
    ],
    out: Annotated[
        Path, typer.Option(parser=place("--out"), help="Folder for every run and result. Start again in it to go on.")
    ] = Path("study"),
    evidence: Annotated[list[Path] | None, typer.Option("--evidence", help="A CSV of your own that joins in.")] = None,
    sbc: Annotated[
        int,
        typer.Option(
            parser=whole("--sbc"), help="Also check ranks over this many data sets made from known parameters."
        ),
    ] = 0,
    second: Annotated[
        str, typer.Option("--second-opinion", help="Also ask another library, without emulator: pyabc.")
    ] = "",
    second_runs: Annotated[
        int | None,
        typer.Option(
            parser=whole("--second-runs"),
            help="Runs of the model that the second opinion may take.",
            show_default=str(SECOND_RUNS),
        ),
    ] = None,
    pack: Annotated[
        Path | None,
        typer.Option(
            parser=place("--pack"), help="Also a folder for a paper: draws, runs, tables, SVG, BibTeX, InferenceData."
        ),
    ] = None,
    check: Annotated[bool, typer.Option("--check", help="Only check the plan, and say what it would run.")] = False,
    json: Annotated[bool, typer.Option("--json", help="For machines.")] = False,
    workers: Workers = 0,
    cluster: Cluster = None,
) -> None:
    """Calibrate to published evidence: waves of runs, emulator, posterior, checks. Killed at any moment, it goes on."""
    from peerscale.asked import no_effect
    from scenarios.evidence.calibrating import make_task, not_used
    from scenarios.evidence.calibration_plan import read_plan

    task = make_task(read_plan(plan), evidence or [])
    _sets(sbc)
    if second_runs is not None and not second:
        no_effect(["--second-runs"], "it is for a second opinion", "--second-opinion pyabc")
    asked = _second(second, SECOND_RUNS if second_runs is None else second_runs, task)
    planned = [
        *_planned(task, workers),
        *not_used(task, evidence or []),
        *([f"Second opinion: pyABC, at most {asked.runs:,} runs, in one process."] if asked else []),
    ]
    if check:
        print("\n".join(planned))
        return
    _own(out)
    if not json:
        print("\n".join(planned), file=sys.stderr)
    begun, started = (out / "plan.json").exists(), time.monotonic()
    result = _run(task, out, sbc, workers, asked)
    _tell_time(task, time.monotonic() - started, begun)
    if pack is not None:
        _pack(task, result, pack)
    if json:
        _say(task, result, out)
    else:
        _show(result, out)


def _tell_time(task: Task, seconds: float, begun: bool) -> None:
    """Whether it kept to the plan's hours; in no file, whose bytes do not hang on the machine."""
    from reports.calibration.files import in_time

    print(f"The plan's own test: {in_time(task, seconds, begun)}.", file=sys.stderr)


def _sets(sbc: int) -> None:
    from sim.errors import UserError

    if sbc and not 20 <= sbc <= 10_000:
        raise UserError(
            "--sbc is out of range",
            key="--sbc",
            rule="20 to 10,000 data sets, or 0 for none",
            got=str(sbc),
            try_="--sbc 100",
        )


def _second(library: str, runs: int, task: Task) -> OpinionSettings | None:
    """What the second opinion may do; None where none is asked for. UserError if it cannot be had."""
    from calibration.fit.second_opinion import LIBRARY, OpinionSettings, check_installed
    from scenarios.running.posterior import in_our_voice
    from sim.errors import UserError

    if not library:
        return None
    if library != LIBRARY:
        raise UserError(
            "there is no such second opinion", key="--second-opinion", rule=LIBRARY, got=library, try_=LIBRARY
        )
    with in_our_voice():
        check_installed()
        return OpinionSettings(runs, task.settings.seed)


def _own(folder: Path) -> None:
    """Raises UserError for a folder that holds something else."""
    from calibration.whole import others_in
    from scenarios.running.finished import FOLDER
    from sim.errors import UserError

    if folder.is_file() or (not (folder / "plan.json").exists() and others_in(folder, [FOLDER])):
        raise UserError(
            "the folder holds something else",
            file=str(folder),
            key="--out",
            got="other files",
            rule="an empty folder, a new one, or one that this plan was started in",
            try_="--out elsewhere",
        )


def _planned(task: Task, workers: int) -> list[str]:
    """What a plan would run."""
    from calibration.fit.waves import most_runs
    from peerscale.waiting import rows_seconds, words
    from scenarios.evidence.model_runs import people_of

    t, form = task.settings, task.plan.form
    adults = people_of(task.setting)
    free = [task.priors.names[j] for j in task.priors.free]
    fitted, held = task.targets.of_role("target").ids, task.targets.of_role("validation").ids
    at = t.draws * t.draw_replicates
    most = most_runs(task.priors, t) + at
    time = words(rows_seconds(adults, form.reported_weeks, form.burn_in_weeks, most, t.part, workers))
    return [
        f"Plan {form.name}, hash {task.plan.sha256[:16]}.",
        f"{len(free)} free parameters: {', '.join(free)}.",
        f"{len(task.priors.names) - len(free)} others are carried along: all are drawn jointly afterwards.",
        f"{len(fitted)} figures fitted: {', '.join(fitted)}.",
        f"{len(held)} held back: {', '.join(held) or 'none'}.",
        f"At most {most:,} runs ({at:,} of them at draws of the posterior) of {adults:,} adults over {form.burn_in_weeks + form.reported_weeks} weeks: at most {time} here, and what the emulator takes.",
    ]


@dataclass(frozen=True)
class Result:
    """Everything that one command found."""

    found: Calibration
    ranks: RankCheck | None
    second: Second | None
    outputs: list[OutputEvidence]


def _run(task: Task, out: Path, sbc: int, workers: int, asked: OpinionSettings | None) -> Result:
    from calibration.fit.rank_check import rank_check
    from calibration.fit.waves import calibrate as whole
    from peerscale.keeping import staying
    from reports.calibration.files import write_all
    from scenarios.running.parts import KeptParts
    from scenarios.running.posterior import in_our_voice

    with in_our_voice(), stages() as tell, staying(out) as finished:
        keeper = KeptParts(finished, workers)
        found = whole(
            task.simulator,
            task.priors,
            task.targets,
            task.settings,
            out,
            outputs=task.outputs,
            keeper=keeper,
            progress=tell,
        )
        ranks = (
            rank_check(
                task.simulator,
                task.priors,
                task.targets,
                task.settings,
                outputs=task.outputs[:RANKED],
                sets=sbc,
                keeper=keeper,
                progress=tell,
            )
            if sbc
            else None
        )
        second = _ask(task, found, asked, out, tell) if asked else None
        shown, outputs = write_all(task, found, ranks, out, tell, second)
        return Result(shown, ranks, second, outputs)


def _pack(task: Task, result: Result, folder: Path) -> None:
    """The pack for a paper, of all that was found."""
    from peerscale.keeping import typed
    from reports.calibration.pack import pack

    pack(task, result.found, folder, typed())
    print(f"For a paper: {folder / 'README.md'}", file=sys.stderr)


def _ask(task: Task, found: Calibration, asked: OpinionSettings, out: Path, tell: Stage) -> Second:
    """pyABC on the figures that were fitted, and its posterior beside ours."""
    from calibration.fit.second_opinion import compare, second_opinion, write_comparison

    folder = out / "second-opinion"
    opinion = second_opinion(task.simulator, task.priors, found.waves[-1].likelihood.targets, asked, folder, tell)
    rows = compare(opinion, found.found.units, task.priors)
    write_comparison(opinion, rows, folder)
    return opinion, rows


def _say(task: Task, result: Result, out: Path) -> None:
    from dataclasses import asdict

    from calibration.fit.second_opinion import in_words
    from calibration.fit.waves import findings
    from reports.as_json import say

    found, ranks, second = result.found, result.ranks, result.second
    say(
        {
            "plan": task.plan.form.name,
            "plan_sha256": task.plan.sha256,
            "version": found.simulator.version,
            "folder": str(out),
            "outputs_of_worlds": [asdict(row) for row in result.outputs],
            "ranks": ranks.sentence() if ranks else None,
            "second_opinion": in_words(*second) if second else None,
            **findings(found),
        }
    )


def _show(result: Result, out: Path) -> None:
    """The verdicts, what stays an assumption, and where everything is."""
    from calibration.fit.second_opinion import in_words
    from calibration.report.diagnose import in_short
    from reports.console import print_table

    print_table(("", ""), in_short(result.found, result.ranks).rows)
    print()
    print_table(
        ("output", "5 to 95% of worlds", "under the priors", "verdict"),
        [
            (r.name, f"{r.low:.3g} to {r.high:.3g}", f"{r.prior_low:.3g} to {r.prior_high:.3g}", r.verdict)
            for r in result.outputs
        ],
    )
    if result.ranks:
        print(f"\n{result.ranks.sentence()}")
    if result.second:
        print(f"\n{in_words(*result.second)}")
    print(f"\nPosterior: {out / 'posterior.json'}. Page: {out / 'diagnostics.html'}. Tables: {out / 'results.md'}.")
    print(f"Use it: peerscale run today open_door --posterior {out}")
