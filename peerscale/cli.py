"""The commands. Only Typer is imported here: each command imports what it needs when it runs."""

from __future__ import annotations

import errno
import sys
from pathlib import Path
from typing import Annotated

import typer

from peerscale import needs, stopping, streams
from peerscale.commands.calibrate import add_to as add_calibrating
from peerscale.commands.evidence import add_to as add_evidence
from peerscale.given import (
    AreaFile,
    Areas,
    BurnIn,
    Cluster,
    Draws,
    DryRun,
    Engine,
    Fix,
    Full,
    InventoryFile,
    Json,
    Names,
    NoCache,
    Out,
    People,
    PlaceSize,
    Plot,
    PosteriorFile,
    Prior,
    Priors,
    Replicates,
    Rivals,
    Seed,
    Set,
    Whole,
    Workers,
    Years,
)
from peerscale.given_types import whole
from peerscale.signatures.atlas import add_to as add_atlas
from peerscale.signatures.levers import add_to as add_levers
from peerscale.signatures.local import add_to as add_local_files
from peerscale.signatures.many import add_to as add_many
from peerscale.signatures.questions import add_to
from sim.errors import UserError
from sim.version import MODEL, VERSION

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


def _say_version(asked: bool) -> None:
    """The version of the software and of the model, and nothing else."""
    if asked:
        print(f"peerscale {VERSION} (model {MODEL})")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_say_version, is_eager=True, help="The version, and nothing else.")
    ] = False,
) -> None:
    """Peer support in England: what it would take for everyone who wants it."""


scenarios_app = typer.Typer(no_args_is_help=True, help="List, show, check and compare scenarios.")
app.add_typer(scenarios_app, name="scenarios")


@app.command()
def run(
    scenarios: Names = None,
    areas: Areas = None,
    people: People = None,
    years: Years = None,
    draws: Draws = None,
    replicates: Replicates = None,
    seed: Seed = None,
    engine: Engine = "core",
    set_: Set = None,
    out: Out = None,
    plot: Plot = None,
    json: Json = False,
    workers: Workers = 0,
    cluster: Cluster = None,
    inventory: InventoryFile = None,
    area_file: AreaFile = None,
    posterior: PosteriorFile = None,
    burn_in: BurnIn = None,
    place_size: PlaceSize = None,
    rival: Rivals = None,
    whole: Whole = False,
    dry_run: DryRun = False,
    no_cache: NoCache = False,
    fix: Fix = None,
    prior: Prior = None,
    priors: Priors = None,
    full: Full = False,
) -> None:
    """Run policies on the same people and luck, and say what differs (default: today, open_door)."""
    from peerscale.commands.run import run_command
    from peerscale.options import Typed

    typed = Typed(
        areas,
        people,
        years,
        draws,
        replicates,
        seed,
        engine,
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
    run_command(scenarios or [], set_ or [], typed, out, plot, json, workers, dry_run, full)


@app.command()
def batch(
    scenarios: Names = None,
    out: Out = Path("results"),
    areas: Areas = None,
    people: People = None,
    years: Years = None,
    draws: Draws = None,
    replicates: Replicates = None,
    seed: Seed = None,
    engine: Engine = "core",
    set_: Set = None,
    json: Json = False,
    workers: Workers = 0,
    cluster: Cluster = None,
    inventory: InventoryFile = None,
    area_file: AreaFile = None,
    posterior: PosteriorFile = None,
    burn_in: BurnIn = None,
    place_size: PlaceSize = None,
    rival: Rivals = None,
    whole: Whole = False,
    dry_run: DryRun = False,
    no_cache: NoCache = False,
    fix: Fix = None,
    prior: Prior = None,
    priors: Priors = None,
) -> None:
    """Run many scenarios (default: all shipped ones) on all cores. Run it again to go on after a stop."""
    from peerscale.commands.run import batch_command
    from peerscale.options import Typed

    typed = Typed(
        areas,
        people,
        years,
        draws,
        replicates,
        seed,
        engine,
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
    batch_command(scenarios or [], set_ or [], typed, out or Path("results"), json, workers, dry_run)


@app.command()
def ledger(folders: list[Path], json: Json = False) -> None:
    """Where the money of kept runs went, to the penny: payers' years, then through organisations to posts and places."""
    from peerscale.commands.run import ledger_command

    ledger_command(folders, json)


@app.command()
def compare(a: Path, b: Path, plot: Plot = None, json: Json = False, full: Full = False) -> None:
    """Compare two results folders, paired world by world: same people, same luck."""
    from peerscale.commands.run import compare_command

    compare_command(a, b, plot, json, full)


@app.command()
def parameters(
    name: Annotated[str | None, typer.Argument(help="One parameter, explained.")] = None,
    json: Json = False,
    judgements: Annotated[
        bool, typer.Option("--judgements", help="The value judgements, and what switches each.")
    ] = False,
    of: Annotated[str | None, typer.Option("--of", help="The parameters behind an outcome: available, …")] = None,
    from_: Annotated[
        Path | None, typer.Option("--from", help="With --of: a results folder, whose worlds put them in order.")
    ] = None,
    posterior: PosteriorFile = None,
) -> None:
    """List the model's numbers; or explain one, with all that is behind it; or those behind an outcome; or value judgements."""
    from peerscale.commands.scenarios import parameters_of

    parameters_of(name, json, judgements, of, from_, posterior)


@app.command()
def areas(json: Json = False) -> None:
    """The areas that can be named: code, name, short form, adults, and the board of April 2026."""
    from peerscale.commands.scenarios import areas_command

    areas_command(json)


add_levers(app)
add_to(app)
add_atlas(app)
add_many(app)
add_calibrating(app)
add_local_files(app)
add_evidence(app)


@app.command()
def journey(
    scenarios: Names = None,
    person: Annotated[int, typer.Option(parser=whole("--person"), help="Which person of the first world.")] = 0,
    areas: Areas = None,
    people: People = None,
    years: Years = None,
    seed: Seed = None,
    engine: Engine = "core",
    set_: Set = None,
    json: Json = False,
    inventory: InventoryFile = None,
    area_file: AreaFile = None,
    posterior: PosteriorFile = None,
    burn_in: BurnIn = None,
    place_size: PlaceSize = None,
    fix: Fix = None,
    prior: Prior = None,
    priors: Priors = None,
) -> None:
    """One person's weeks, under one scenario or two."""
    from peerscale.commands.journey import journey_command
    from peerscale.options import Typed

    typed = Typed(
        areas,
        people,
        years,
        1,
        1,
        seed,
        engine,
        burn_in,
        place_size,
        inventory,
        area_file,
        posterior,
        fix=tuple(fix or ()),
        prior=tuple(prior or ()),
        priors=priors,
    )
    journey_command(scenarios or [], set_ or [], typed, person, json)


@app.command()
def watch(
    scenario: Annotated[str, typer.Argument()] = "today",
    host: Annotated[
        str, typer.Option(help="Address to serve on; beyond this machine a code is asked for.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(parser=whole("--port"), help="Port; 0 is the first free one.")] = 0,
    code: Annotated[str, typer.Option(help="Access code of your own: 8 letters or digits at least.")] = "",
    allow_host: Annotated[
        list[str] | None, typer.Option(help="A further name under which browsers may ask for it.")
    ] = None,
    open_: Annotated[bool, typer.Option("--open/--no-open", help="Open the page in a browser.")] = True,
) -> None:
    """Watch the readable engine run, in a browser."""
    from scenarios.reading.load import load

    load(scenario)
    from peerscale.commands.watch import serve

    serve(scenario, host, port, code, tuple(allow_host or ()), open_)


@app.command()
def dashboard(
    host: Annotated[
        str, typer.Option(help="Address to serve on; beyond this machine a code is asked for.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(parser=whole("--port"), help="Port; 0 is the first free one.")] = 0,
    code: Annotated[str, typer.Option(help="Access code of your own: 8 letters or digits at least.")] = "",
    allow_host: Annotated[
        list[str] | None, typer.Option(help="A further name under which browsers may ask for it.")
    ] = None,
    open_page: Annotated[bool, typer.Option("--open/--no-open", help="Open the page in a browser.")] = True,
) -> None:
    """The workshop dashboard: levers, charts, journeys, notebook, in a browser, without internet."""
    from dashboards.serve import serve

    serve(host, port, code, tuple(allow_host or ()), open_page)


@scenarios_app.command("list")
def scenarios_list(json: Json = False) -> None:
    """The shipped scenarios and the question that each answers."""
    from peerscale.commands.scenarios import list_command

    list_command(json)


@scenarios_app.command("show")
def scenarios_show(scenario: str, json: Json = False) -> None:
    """A scenario with everything that it extends, as TOML."""
    from peerscale.commands.scenarios import show_command

    show_command(scenario, json)


@scenarios_app.command("validate")
def scenarios_validate(scenarios: list[str]) -> None:
    """Check scenario files: every file, with line and rule of what is wrong."""
    from peerscale.commands.scenarios import validate_command

    validate_command(scenarios)


@scenarios_app.command("diff")
def scenarios_diff(a: str, b: str, json: Json = False) -> None:
    """What differs between two scenarios: lever, area, week."""
    from peerscale.commands.scenarios import diff_command

    diff_command(a, b, json)


@scenarios_app.command("schema")
def scenarios_schema() -> None:
    """JSON Schema of a scenario file, for editors."""
    from peerscale.commands.scenarios import schema_command

    schema_command()


def _fail(message: str, code: int) -> int:
    try:
        print(message, file=sys.stderr, flush=True)
    except OSError:  # full or gone as well: then nothing can be said
        streams.silence(sys.stderr)
    return code


def _stopped() -> int:
    return _fail("stopped", 130)


def _os_error(error: OSError) -> str:
    where = f"\n  where: {error.filename}" if error.filename else ""
    if error.errno == errno.ENOSPC or "No space left" in str(error):
        return f"the disk is full{where}\n  rule:  room for the results\n  try:   free some space, or --out elsewhere"
    reason = (error.strerror or str(error)).lower()
    return f"a file cannot be used: {reason}{where}\n  try:   another place, or check its permissions"


def main(arguments: list[str] | None = None) -> None:
    """Run a command: exit code 0, 2 for what a person can put right, 3 where jobs failed, 130 for Ctrl-C."""
    streams.prepare()
    code = call(arguments)
    if code == stopping.STOPPED:
        stopping.leave(stopping.code())
    sys.exit(code)


def call(arguments: list[str] | None = None) -> int:
    """Exit code of a command."""
    command = typer.main.get_command(app)
    try:
        needs.must_have(*(sys.argv[1:] if arguments is None else arguments))
        done = command.main(arguments, prog_name="peerscale", standalone_mode=False)
        streams.flush()
        return _stopped() if done == 130 else done if isinstance(done, int) else 0
    except UserError as error:
        return _fail(str(error), 2)
    except (KeyboardInterrupt, typer.Abort):
        return _stopped()
    except (BrokenPipeError, SystemExit) as error:
        return _broken_pipe(error)
    except OSError as error:
        streams.silence()
        return _fail(_os_error(error), 2)
    except MemoryError:
        return _fail("there is not enough memory\n  try:   fewer --people, --draws or --replicates", 2)
    except Exception as error:  # noqa: BLE001 - Typer's own usage errors, told apart by their method
        return _usage(error)


def _broken_pipe(error: BaseException) -> int:
    """Whoever reads our output has read enough: that is no failure."""
    if isinstance(error, SystemExit) and not streams.reader_has_gone(error):
        raise error
    streams.silence()
    return 0


def _usage(error: Exception) -> int:
    if not hasattr(error, "format_message"):
        raise error
    asked = getattr(error, "ctx", None)
    return _fail(f"{error.format_message()}\n  try:   {asked.command_path if asked else 'peerscale'} --help", 2)
