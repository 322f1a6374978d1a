"""Commands that ask why and what it would take. Signatures only: each imports what it needs when it runs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from peerscale.given import (
    AreaFile,
    Areas,
    BurnIn,
    Cluster,
    Draws,
    Fix,
    InventoryFile,
    Json,
    People,
    PlaceSize,
    Plot,
    PosteriorFile,
    Prior,
    Priors,
    Replicates,
    Rivals,
    Seed,
    Whole,
    Workers,
    Years,
    draws_option,
    replicates_option,
)
from peerscale.given_types import place, whole
from scenarios.reading.scenario import CASE, PILOT

Outcome = Annotated[str, typer.Option(help="What is explained: available, started_in_time, used_last_year, …")]


def explain(
    a: str,
    b: str,
    outcome: Outcome = "available",
    areas: Areas = None,
    people: People = None,
    years: Years = None,
    draws: Draws = None,
    replicates: Replicates = None,
    seed: Seed = None,
    plot: Plot = None,
    json: Json = False,
    inventory: InventoryFile = None,
    area_file: AreaFile = None,
    posterior: PosteriorFile = None,
    workers: Workers = 0,
    cluster: Cluster = None,
    burn_in: BurnIn = None,
    place_size: PlaceSize = None,
    rival: Rivals = None,
    each_lever: Annotated[
        bool, typer.Option("--each-lever", help="A share for each lever, however many differ.")
    ] = False,
    fix: Fix = None,
    prior: Prior = None,
    priors: Priors = None,
) -> None:
    """What moved the result from scenario A to B: by lever and by gate, adding up to the change."""
    from peerscale.commands.explain import explain_command
    from peerscale.options import Typed

    typed = Typed(
        areas,
        people,
        years,
        draws,
        replicates,
        seed,
        "core",
        burn_in,
        place_size,
        inventory,
        area_file,
        posterior,
        tuple(rival or ()),
        fix=tuple(fix or ()),
        prior=tuple(prior or ()),
        priors=priors,
    )
    explain_command(a, b, typed, outcome, plot, json, workers, each_lever)


def behaviours(
    names: Annotated[list[str] | None, typer.Argument(help="Behaviours; all by default.", show_default=False)] = None,
    areas: Areas = None,
    people: People = None,
    years: Years = None,
    draws: Draws = None,
    seed: Seed = None,
    plot: Plot = None,
    json: Json = False,
    inventory: InventoryFile = None,
    area_file: AreaFile = None,
    posterior: PosteriorFile = None,
    workers: Workers = 0,
    cluster: Cluster = None,
    markdown: Annotated[bool, typer.Option("--markdown", help="As a page.")] = False,
    fix: Fix = None,
    prior: Prior = None,
    priors: Priors = None,
) -> None:
    """What emerges: each behaviour's share of worlds, with its mechanism on and off; and the null model."""
    from peerscale.commands.behaviours import behaviours_command
    from peerscale.options import Typed

    typed = Typed(
        areas,
        people,
        years,
        draws,
        1,
        seed,
        "core",
        None,
        None,
        inventory,
        area_file,
        posterior,
        fix=tuple(fix or ()),
        prior=tuple(prior or ()),
        priors=priors,
    )
    behaviours_command(names or [], typed, plot, json, workers, markdown)


def solve(
    goal: Annotated[str, typer.Argument(help="A shipped goal or a .toml file.")],
    out: Annotated[
        Path, typer.Option(parser=place("--out"), help="Folder for runs, scenario files and picture.")
    ] = Path("solved"),
    robust: Annotated[
        bool, typer.Option("--robust/--no-robust", help="Also under rival accounts of how things are.")
    ] = True,
    careful: Annotated[
        bool,
        typer.Option("--careful", help="At least 1,000 fresh worlds for each policy, and luck averaged away in each."),
    ] = False,
    confirm: Annotated[
        bool, typer.Option("--confirm", help="The answer also in worlds of every adult, and the difference.")
    ] = False,
    areas: Areas = None,
    json: Json = False,
    inventory: InventoryFile = None,
    area_file: AreaFile = None,
    posterior: PosteriorFile = None,
    workers: Workers = 0,
    cluster: Cluster = None,
    fix: Fix = None,
    prior: Prior = None,
    priors: Priors = None,
) -> None:
    """What it would take: the cheapest policy that meets a goal, certified on fresh worlds, and the frontier."""
    from peerscale.commands.solve import solve_command
    from peerscale.options import Typed
    from peerscale.solved import Extent

    typed = Typed(
        areas,
        inventory=inventory,
        area_file=area_file,
        posterior=posterior,
        fix=tuple(fix or ()),
        prior=tuple(prior or ()),
        priors=priors,
    )
    solve_command(goal, out, Extent(robust, careful, confirm), json, workers, typed)


def relief(
    scenario: Annotated[str, typer.Argument(help="A shipped name or a .toml file.")] = "today",
    areas: Areas = None,
    people: People = None,
    years: Years = None,
    draws: Draws = None,
    replicates: Replicates = None,
    seed: Seed = None,
    pairs: Annotated[bool, typer.Option("--pairs", help="Every two gates too.")] = False,
    plot: Plot = None,
    json: Json = False,
    inventory: InventoryFile = None,
    area_file: AreaFile = None,
    posterior: PosteriorFile = None,
    workers: Workers = 0,
    cluster: Cluster = None,
    burn_in: BurnIn = None,
    place_size: PlaceSize = None,
    rival: Rivals = None,
    fix: Fix = None,
    prior: Prior = None,
    priors: Priors = None,
) -> None:
    """What to fix first: what opening each gate of the cascade would gain, on the same luck."""
    from peerscale.commands.relief import relief_command
    from peerscale.options import Typed

    typed = Typed(
        areas,
        people,
        years,
        draws,
        replicates,
        seed,
        "core",
        burn_in,
        place_size,
        inventory,
        area_file,
        posterior,
        tuple(rival or ()),
        fix=tuple(fix or ()),
        prior=tuple(prior or ()),
        priors=priors,
    )
    relief_command(scenario, typed, pairs, plot, json, workers)


def ladder(
    scenario: Annotated[str, typer.Argument(help="A shipped name or a .toml file.")] = "today",
    areas: Areas = None,
    people: People = None,
    years: Years = None,
    draws: Draws = None,
    replicates: Replicates = None,
    seed: Seed = None,
    out: Annotated[
        Path | None, typer.Option(parser=place("--out"), help="A page to write: FILE.html.", show_default="none")
    ] = None,
    plot: Plot = None,
    json: Json = False,
    inventory: InventoryFile = None,
    area_file: AreaFile = None,
    posterior: PosteriorFile = None,
    workers: Workers = 0,
    cluster: Cluster = None,
    burn_in: BurnIn = None,
    place_size: PlaceSize = None,
    rival: Rivals = None,
    whole: Whole = False,
    fix: Fix = None,
    prior: Prior = None,
    priors: Priors = None,
) -> None:
    """From today to everyone who wants it, in six steps that add up: what each gains, and what levers reach of it."""
    from peerscale.commands.relief import ladder_command
    from peerscale.options import Typed

    typed = Typed(
        areas,
        people,
        years,
        draws,
        replicates,
        seed,
        "core",
        burn_in,
        place_size,
        inventory,
        area_file,
        posterior,
        tuple(rival or ()),
        whole,
        fix=tuple(fix or ()),
        prior=tuple(prior or ()),
        priors=priors,
    )
    ladder_command(scenario, typed, out, plot, json, workers)


Currency = Annotated[str, typer.Option(help="What a gain is counted in: qaly or wellby, never both.")]
CaseDraws = Annotated[int | None, draws_option(CASE)]
CaseReplicates = Annotated[int | None, replicates_option(CASE)]
PilotDraws = Annotated[int | None, draws_option(PILOT)]
PilotReplicates = Annotated[int | None, replicates_option(PILOT)]
Perspective = Annotated[str, typer.Option(help="Whose costs count: nhs, public or society.")]


def case(
    scenario: Annotated[
        str, typer.Argument(help="A shipped scenario, a .toml file, or a results folder of `run --out`.")
    ],
    against: Annotated[str, typer.Option(help="What it is compared with: the same kind.")] = "today",
    beside: Annotated[list[str] | None, typer.Option(help="Another policy on the frontier; may be repeated.")] = None,
    areas: Areas = None,
    people: People = None,
    years: Years = None,
    draws: CaseDraws = None,
    replicates: CaseReplicates = None,
    seed: Seed = None,
    currency: Currency = "qaly",
    perspective: Perspective = "nhs",
    hospital: Annotated[
        bool,
        typer.Option(
            "--hospital/--no-hospital", help="Fewer admissions, as in trials, in the headline. Both are shown."
        ),
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option(parser=place("--out"), help="The page to write: FILE.html.", show_default="case_SCENARIO.html"),
    ] = None,
    json: Json = False,
    workers: Workers = 0,
    cluster: Cluster = None,
    inventory: InventoryFile = None,
    area_file: AreaFile = None,
    posterior: PosteriorFile = None,
    burn_in: BurnIn = None,
    place_size: PlaceSize = None,
    fix: Fix = None,
    prior: Prior = None,
    priors: Priors = None,
) -> None:
    """The case to a commissioner: who pays, who gains, cost for one QALY or WELLBY, what is worth knowing; one page."""
    from peerscale.commands.case import case_command
    from peerscale.options import Typed

    typed = Typed(
        areas,
        people,
        years,
        draws,
        replicates,
        seed,
        "core",
        burn_in,
        place_size,
        inventory,
        area_file,
        posterior,
        fix=tuple(fix or ()),
        prior=tuple(prior or ()),
        priors=priors,
    )
    case_command([against, scenario, *(beside or [])], typed, currency, perspective, hospital, out, json, workers)


def pilot(
    scenario: Annotated[
        str, typer.Argument(help="The policy to be piloted: a shipped scenario or a .toml file.")
    ] = "open_door",
    against: Annotated[str, typer.Option(help="The policy of the neighbourhoods to compare with.")] = "today",
    places: Annotated[
        int,
        typer.Option(
            parser=whole("--places"), help="Neighbourhoods under the policy, and as many under the comparison."
        ),
    ] = 6,
    months: Annotated[int, typer.Option(parser=whole("--months"), help="How long the pilot runs.")] = 12,
    areas: Areas = None,
    people: People = None,
    years: Years = None,
    draws: PilotDraws = None,
    replicates: PilotReplicates = None,
    seed: Seed = None,
    currency: Currency = "qaly",
    perspective: Perspective = "nhs",
    json: Json = False,
    workers: Workers = 0,
    cluster: Cluster = None,
    inventory: InventoryFile = None,
    area_file: AreaFile = None,
    posterior: PosteriorFile = None,
    burn_in: BurnIn = None,
    place_size: PlaceSize = None,
    fix: Fix = None,
    prior: Prior = None,
    priors: Priors = None,
) -> None:
    """Before spending, learn: what a pilot of this size could detect, and the smallest worth running."""
    from peerscale.commands.pilot import pilot_command
    from peerscale.options import Typed

    typed = Typed(
        areas,
        people,
        years,
        draws,
        replicates,
        seed,
        "core",
        burn_in,
        place_size,
        inventory,
        area_file,
        posterior,
        fix=tuple(fix or ()),
        prior=tuple(prior or ()),
        priors=priors,
    )
    pilot_command(scenario, against, typed, places, months, currency, perspective, json, workers)


Against = Annotated[str | None, typer.Option(help="Ask about the change from this scenario.")]
Rows = Annotated[int, typer.Option(parser=whole("--rows"), help="Sets of assumptions to run.")]
Only = Annotated[
    str | None, typer.Option("--parameters", help="Only these, with commas between. Default: all with a range.")
]


def sensitivity(
    scenario: Annotated[str, typer.Argument()] = "today",
    against: Against = None,
    outcome: Outcome = "available",
    rows: Rows = 128,
    replicates: Annotated[
        int, typer.Option(parser=whole("--replicates"), help="Runs of each. Two are enough to separate luck.")
    ] = 2,
    trajectories: Annotated[
        int, typer.Option(parser=whole("--trajectories"), help="Of Morris' screening; 0 for none.")
    ] = 4,
    parameters: Only = None,
    areas: Areas = None,
    people: People = None,
    years: Years = None,
    seed: Seed = None,
    out: Annotated[Path, typer.Option(parser=place("--out"), help="Folder of the runs; run again to go on.")] = Path(
        "sensitivity"
    ),
    plot: Plot = None,
    json: Json = False,
    workers: Workers = 0,
    cluster: Cluster = None,
    fix: Fix = None,
    prior: Prior = None,
    priors: Priors = None,
) -> None:
    """Which uncertain inputs drive the uncertainty of an outcome, or of the change between two policies."""
    from peerscale.commands.sensitivity import Plan, sensitivity_command
    from peerscale.options import Typed

    typed = Typed(areas, people, years, 1, 1, seed, fix=tuple(fix or ()), prior=tuple(prior or ()), priors=priors)
    sensitivity_command(
        scenario, against, outcome, parameters, Plan(rows, replicates, trajectories), typed, out, plot, json, workers
    )


def discover(
    scenario: Annotated[str, typer.Argument()] = "today",
    against: Against = None,
    outcome: Outcome = "available",
    at_least: Annotated[
        float | None, typer.Option(help="It works where the outcome is at least this (shares: 0 to 1).")
    ] = None,
    at_most: Annotated[float | None, typer.Option(help="Or at most this.")] = None,
    lever: Annotated[list[str] | None, typer.Option(help="A lever that moves too: budget_board=0:8. Repeat.")] = None,
    rows: Rows = 400,
    fresh: Annotated[int, typer.Option(parser=whole("--fresh"), help="Fresh runs that rules are tested on.")] = 300,
    parameters: Only = None,
    areas: Areas = None,
    people: People = None,
    years: Years = None,
    seed: Seed = None,
    out: Annotated[Path, typer.Option(parser=place("--out"), help="Folder of the runs; run again to go on.")] = Path(
        "discovered"
    ),
    plot: Plot = None,
    json: Json = False,
    workers: Workers = 0,
    cluster: Cluster = None,
    fix: Fix = None,
    prior: Prior = None,
    priors: Priors = None,
) -> None:
    """It works unless …: where a policy fails, as rules that held on fresh runs; no rule where there is none."""
    from peerscale.commands.discover import discover_command
    from peerscale.options import Typed
    from scenarios.questions.discover import Aim

    typed = Typed(areas, people, years, 1, 1, seed, fix=tuple(fix or ()), prior=tuple(prior or ()), priors=priors)
    discover_command(
        scenario,
        against,
        Aim(outcome, at_least, at_most),
        lever or [],
        parameters,
        (rows, fresh),
        typed,
        out,
        plot,
        json,
        workers,
    )


def add_to(app: typer.Typer) -> None:
    """Put these commands into the program."""
    for command in (explain, relief, ladder, behaviours, solve, case, pilot, sensitivity, discover):
        app.command()(command)
