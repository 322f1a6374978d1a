"""What `import peerscale` offers: the same questions as the command line, answered by the same functions. `docs/python.md`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import TypeAdapter, ValidationError

from peerscale.ask import Question, Ran, answer, answer_with, kept_nowhere, must_be_free, settle
from peerscale.given_python import AGAIN, folder_of, handing, in_python, typed, workers_of
from peerscale.named import area_rows
from peerscale.needs import must_have
from peerscale.options import choose, make_study, named
from peerscale.result import Result, compared, loaded, of_runs
from reports import frames
from scenarios.reading.load import load as load_scenario
from scenarios.reading.load import with_levers
from scenarios.reading.scenario import Scenario
from scenarios.reading.schema import ScenarioFile
from scenarios.running.pool import leave_if_run_again
from scenarios.running.sample import settled
from sim.errors import UserError
from sim.numbers.structure import declared

if TYPE_CHECKING:
    import pandas as pd

    from peerscale.solved import Solved
    from peerscale.sweeps import Sweep
    from sim.agents.model import Agents


def run(
    *policies: str | Path | Scenario,
    areas: str | Sequence[str] | None = None,
    people: int | None = None,
    years: float | None = None,
    draws: int | None = None,
    replicates: int | None = None,
    seed: int | None = None,
    engine: str = "core",
    burn_in: int | None = None,
    place_size: int | None = None,
    inventory: str | Path | None = None,
    area_file: str | Path | None = None,
    posterior: str | Path | None = None,
    rivals: str | Sequence[str] = (),
    fix: Mapping[str, float] | Sequence[str] = (),
    prior: Mapping[str, tuple[float, float]] | Sequence[str] = (),
    priors: str | Path | None = None,
    whole: bool = False,
    out: str | Path | None = None,
    agents: Agents | None = None,
    workers: int = 0,
    executor: Executor | str | None = None,
    quiet: bool = False,
) -> Result:
    """Run policies in the same worlds: the same answer as `peerscale run` with the same settings.

    `policies`: shipped names, .toml files or `scenario(...)`; one stands against today's policy, of several the first is the
    baseline; none: today and open_door. Settings not given come from the files' [run], else from the command's defaults.
    `fix`: {parameter: value}, held in every world; `prior`: {parameter: (low, high)}, drawn evenly from there; `priors`: a file of
    what people judged, or its name. `whole`: every adult of the areas, not a sample. `out`: a folder to keep runs in; those that it holds already are read. `workers`: processes; 0 is one for each core.
    `agents`: classes of your own for the readable engine (`sim.agents.model.Agents`); such a run stays in this process.
    `executor`: any of `concurrent.futures`, or the address of a Dask cluster, instead of processes of this machine.
    `quiet`: says nothing meanwhile. Raises UserError for what can be put right.
    """
    leave_if_run_again()
    engine = engine if agents is None else "mesa"
    given = (areas, people, years, draws, replicates, seed, engine, burn_in, place_size, inventory, area_file)
    with in_python(), handing(executor):
        must_have("run", "--engine", str(engine))
        question = settle(choose(_policies(policies), []), typed(*given, posterior, rivals, whole, fix, prior, priors))
        folder, processes = folder_of(out), workers_of(workers)
        if agents is not None:
            ran = _with_own(question, agents, folder, quiet)
        else:
            must_be_free(folder, question)
            ran = answer(question, folder, processes, quiet, AGAIN)
        found = of_runs(question, ran)
        settled(found.titled)
    return found


def _with_own(question: Question, agents: Agents, folder: Path | None, quiet: bool) -> list[Ran]:
    if folder is not None:
        raise kept_nowhere()
    return answer_with(question, agents, quiet)


def _policies(given: Sequence[str | Path | Scenario]) -> list[str | Scenario]:
    return [one if isinstance(one, Scenario) else str(one) for one in given]


def scenario(
    base: str | Path | Scenario = "today",
    name: str | None = None,
    title: str | None = None,
    question: str | None = None,
    **levers: float | str,
) -> Scenario:
    """A policy: `base` with some levers at other values, for every area and week. `peerscale.levers()` lists the levers.

    Without a name it gets one of its levers and values, as on the command line (`--set`). Raises UserError.
    """
    with in_python():
        found = base if isinstance(base, Scenario) else load_scenario(base)
        if levers:
            found = named(with_levers(found, levers), [_setting(*pair) for pair in levers.items()])
        return replace(
            found,
            name=_fitting("name", name, found.name),
            title=_fitting("title", title, found.title if name is None else _title(name)),
            question=_fitting("question", question, found.question),
        )


def _setting(name: str, value: float | str) -> str:
    return f"{name}={value}" if isinstance(value, str) else f"{name}={value:.12g}"


def _title(name: str) -> str:
    return str(name).replace("_", " ").strip().capitalize() or "Mine"


def _fitting(key: str, text: str | None, usual: str) -> str:
    """A name, title or question that a scenario file could have; the usual one where none is given. Raises UserError."""
    if text is None:
        return usual
    field = ScenarioFile.model_fields[key]
    try:
        return str(TypeAdapter(Annotated[str, field]).validate_python(text, strict=True))
    except ValidationError:
        example = (field.examples or [""])[0]
        raise UserError(
            f"the {key} cannot be used",
            key=key,
            rule=str(field.description),
            got=repr(text)[:80],
            try_=f"{key}={example!r}",
        ) from None


def compare(a: Result | str | Path, b: Result | str | Path) -> Result:
    """`b` less `a`, paired world by world, from results of one policy or their folders: as `peerscale compare`.

    Raises UserError unless both have the same people, worlds, luck, evidence and code.
    """
    with in_python():
        return compared(a, b)


def load(folder: str | Path, *others: str | Path) -> Result:
    """Results folders read back, each checked against its checksums; the first is the baseline. Raises UserError."""
    with in_python():
        return loaded(folder, *others)


def solve(
    goal: str | Path,
    *,
    areas: str | Sequence[str] | None = None,
    inventory: str | Path | None = None,
    area_file: str | Path | None = None,
    posterior: str | Path | None = None,
    fix: Mapping[str, float] | Sequence[str] = (),
    prior: Mapping[str, tuple[float, float]] | Sequence[str] = (),
    priors: str | Path | None = None,
    robust: bool = True,
    careful: bool = False,
    confirm: bool = False,
    out: str | Path = "solved",
    workers: int = 0,
    executor: Executor | str | None = None,
    quiet: bool = False,
) -> Solved:
    """The cheapest policy that meets a goal, certified on fresh worlds, and the frontier: as `peerscale solve`.

    `goal`: a shipped goal or a .toml file. `robust`: also under rival accounts. `careful`: at least 1,000 fresh worlds for
    each policy that is tested, and luck averaged away in each. `confirm`: the answer also in worlds of every adult. `out`: the folder of its runs, scenario files,
    table and picture; a search that was stopped goes on from there. `executor`: as for `run`. Raises UserError.
    """
    from peerscale.solved import Extent, solved

    leave_if_run_again()
    with in_python(), handing(executor):
        must_have("solve")
        given = typed(
            areas, inventory=inventory, area_file=area_file, posterior=posterior, fix=fix, prior=prior, priors=priors
        )
        folder = folder_of(out) or Path(out)
        return solved(str(goal), folder, Extent(robust, careful, confirm), workers_of(workers), given, quiet, AGAIN)


def ladder(
    policy: str | Path | Scenario = "today",
    *,
    areas: str | Sequence[str] | None = None,
    people: int | None = None,
    whole: bool = False,
    years: float | None = None,
    draws: int | None = None,
    replicates: int | None = None,
    seed: int | None = None,
    burn_in: int | None = None,
    place_size: int | None = None,
    inventory: str | Path | None = None,
    area_file: str | Path | None = None,
    posterior: str | Path | None = None,
    rivals: str | Sequence[str] = (),
    fix: Mapping[str, float] | Sequence[str] = (),
    prior: Mapping[str, tuple[float, float]] | Sequence[str] = (),
    priors: str | Path | None = None,
    workers: int = 0,
    executor: Executor | str | None = None,
    quiet: bool = False,
) -> pd.DataFrame:
    """From today to everyone in six steps: the same answer as `peerscale ladder`, a row a headline, group, area and step.

    Gains are in points of 100 wants; with today's they add up to 100 (`docs/ladder.md`, `docs/tables.md`). Raises UserError.
    """
    from peerscale.commands.relief import climbed
    from reports.questions.ladder import rows

    leave_if_run_again()
    given = (areas, people, years, draws, replicates, seed, "core", burn_in, place_size, inventory, area_file)
    with in_python(), handing(executor):
        scenario = policy if isinstance(policy, Scenario) else load_scenario(policy)
        study = make_study(typed(*given, posterior, rivals, whole, fix, prior, priors), scenario.run)
        found = climbed(scenario, study, workers_of(workers), quiet, AGAIN)
    return frames.frame(rows(found))


def sweep(
    *policies: str | Path | Scenario,
    vary: Mapping[str, Any] | None = None,
    plan: str | Path | None = None,
    design: str | None = None,
    points: int | None = None,
    areas: str | Sequence[str] | None = None,
    people: int | None = None,
    years: float | None = None,
    draws: int | None = None,
    replicates: int | None = None,
    seed: int | None = None,
    engine: str = "core",
    burn_in: int | None = None,
    place_size: int | None = None,
    inventory: str | Path | None = None,
    area_file: str | Path | None = None,
    posterior: str | Path | None = None,
    rivals: str | Sequence[str] = (),
    fix: Mapping[str, float] | Sequence[str] = (),
    prior: Mapping[str, tuple[float, float]] | Sequence[str] = (),
    priors: str | Path | None = None,
    out: str | Path | None = None,
    workers: int = 0,
    executor: Executor | str | None = None,
    quiet: bool = False,
) -> Sweep:
    """Run policies (none: today's) at many values of what is varied: the same answer as `peerscale sweep`.

    `vary`: {name: "first:last:how_many", or values} of levers, parameters, "areas", "rival"; or `plan`, a .toml file.
    `design`: grid, one_at_a_time, latin or sobol, with `points` for the last two. `out`: the sweep's folder; the same call goes on
    there. `executor`: as for `run`. Jobs that fail are in `.failed`. Raises UserError.
    """
    from peerscale import sweeps
    from peerscale.commands.sweep import made

    leave_if_run_again()
    given = (areas, people, years, draws, replicates, seed, engine, burn_in, place_size, inventory, area_file)
    with in_python(), handing(executor):
        asked = made(None if plan is None else Path(plan), vary or {}, _policies(policies), design, points)
        found = sweeps.settle(asked, typed(*given, posterior, rivals, False, fix, prior, priors))
        folder = folder_of(out) or sweeps.usual_folder(found)
        return sweeps.Sweep(sweeps.answer(found, folder, workers_of(workers), quiet, AGAIN))


def load_sweep(folder: str | Path) -> Sweep:
    """A sweep's folder read back; each table is checked against its checksum as it is read. Raises UserError."""
    from peerscale import sweeps
    from scenarios.sweeps import dataset

    with in_python():
        return sweeps.Sweep(dataset.load(Path(folder)))


def areas() -> pd.DataFrame:
    """The areas that can be named: code, ods_code, name, short_form, adults, board_2026 (what became of it in April 2026)."""
    return frames.frame(area_rows())


def levers(*names: str) -> pd.DataFrame:
    """The levers that a policy can set: name, label, group, unit, low, high, today, may_be (words of a choice), meaning, source,
    moves (the outcomes that it moves, in words).

    `names`: names, groups, or patterns such as "budget*"; none for all. Raises UserError.
    """
    from peerscale.lever_moves import chosen, numbers

    with in_python():
        return frames.frame(numbers(chosen(names)))


def measure_levers(
    *names: str,
    areas: str | Sequence[str] | None = None,
    people: int | None = None,
    whole: bool = False,
    years: float | None = None,
    draws: int | None = None,
    replicates: int | None = None,
    seed: int | None = None,
    burn_in: int | None = None,
    place_size: int | None = None,
    inventory: str | Path | None = None,
    area_file: str | Path | None = None,
    posterior: str | Path | None = None,
    rivals: str | Sequence[str] = (),
    fix: Mapping[str, float] | Sequence[str] = (),
    prior: Mapping[str, tuple[float, float]] | Sequence[str] = (),
    priors: str | Path | None = None,
    out: str | Path | None = None,
    workers: int = 0,
    executor: Executor | str | None = None,
    quiet: bool = False,
) -> pd.DataFrame:
    """What levers move (`names`: as for `levers`): a row a lever, end, policy below it and outcome, as `peerscale levers --measure`.

    `whole`: every adult of the areas. `out`: the folder of the runs; the same call goes on there. Columns: `docs/tables.md`, "rows[]".
    Raises UserError.
    """
    from peerscale import lever_moves, sweeps
    from peerscale.needs import must_have

    leave_if_run_again()
    given = (areas, people, years, draws, replicates, seed, "core", burn_in, place_size, inventory, area_file)
    with in_python(), handing(executor):
        must_have("levers", "--measure")
        found = lever_moves.settle(names, typed(*given, posterior, rivals, False, fix, prior, priors), whole)
        folder = folder_of(out) or sweeps.usual_folder(found)
        table = lever_moves.measure(found, folder, workers_of(workers), quiet, AGAIN)
    return frames.frame(asdict(row) for row in table.rows)


def parameters() -> pd.DataFrame:
    """Every number of the model: name, value, low, high, unit, prior, meaning, source, grade and the rest of its record."""
    return frames.frame(asdict(record) for record in declared().values())
