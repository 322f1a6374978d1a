"""`solve`: the goal's answer, the frontier and what limits it, for people, for machines and as files."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from calibration.whole import written_whole
from peerscale.given_types import must_have_room
from peerscale.keeping import kept_on_a_stop, tell_tried_again
from peerscale.options import Typed, local_files
from peerscale.waiting import progress, rows_seconds
from reports import as_json as machine
from reports.as_json import say
from reports.questions.solve import last_words, show, show_rivals, write_frontier
from scenarios.questions.solve.frontier import Report, most_runs, solve
from scenarios.questions.solve.goal import Goal, load_goal
from scenarios.questions.solve.rivals import MOST, Robustness, robustness
from scenarios.questions.solve.runs import PEOPLE_AT_ONCE, Runs, study_of
from scenarios.questions.solve.words import as_dict
from scenarios.reading.load import to_toml
from scenarios.reading.rivals import RIVALS
from scenarios.running.posterior import choose
from scenarios.running.study import make_shape


def solve_command(name: str, folder: Path, robust: bool, as_json: bool, workers: int, typed: Typed) -> None:
    """Search, certify, tell; keep runs, scenario files, tables and picture in `folder`."""
    goal = _goal(name, typed)
    folder = folder / goal.file.name
    must_have_room(folder)
    most = most_runs(goal)
    with (
        progress("Solving", search_seconds(goal, most, workers), most=True) as tell,
        Runs(goal, folder, workers, tell=lambda done: tell(min(0.99, done / most))) as runs,
        kept_on_a_stop(runs.finished),
    ):
        found = solve(goal, runs)
    tell_tried_again(runs.finished)
    rivals = None
    if robust and goal.file.search.rival_worlds:
        with progress("Rivals", rival_seconds(goal, workers), most=True) as tell:
            rivals = robustness(goal, found, folder, workers, tell)
    _write(folder, found, rivals)
    if as_json:
        say(as_dict(found, rivals))
        return
    show(found, folder)
    if rivals:
        show_rivals(found.goal, rivals)
    last_words(found, folder)


def search_seconds(goal: Goal, runs: int, workers: int) -> float:
    """About how long a search takes that runs so many worlds; each world's years before the policy are run once."""
    table = goal.file.search
    return _seconds(goal, runs, table.worlds + table.fresh + table.steps, workers)


def rival_seconds(goal: Goal, workers: int) -> float:
    """About how long the rival accounts take, at most."""
    worlds = len(RIVALS) * goal.file.search.rival_worlds
    return _seconds(goal, worlds * MOST, worlds, workers)


def _seconds(goal: Goal, runs: int, starts: int, workers: int) -> float:
    study = study_of(goal, {})
    people = make_shape(study, [(0, 0)]).people * study.replicates
    return rows_seconds(people, study.weeks, study.burn_in, runs, max(1, PEOPLE_AT_ONCE // people), workers, starts)


def _goal(name: str, typed: Typed) -> Goal:
    """The goal, with the inventory, the area and the posterior that were typed."""
    goal = load_goal(name)
    settings = replace(goal.base.run, areas=tuple(goal.file.run.areas))
    areas, inventory, own = local_files(typed, settings)
    return replace(goal, areas=areas, inventory=inventory, own=own, posterior=choose(typed.posterior))


def _write(folder: Path, found: Report, rivals: Robustness | None) -> None:
    """The answer and the cheaper ones that were rejected, as scenario files; all as JSON; the frontier's table and picture."""
    from reports.pictures.solve import draw

    goal = found.goal
    if found.answer.found:
        _scenario(folder, goal, found.answer.found.bundle, goal.file.name)
        cheaper = [t for t in found.answer.tested if t.verdict.word != "certified" and t.cost < found.answer.found.cost]
        for k, t in enumerate(cheaper, 1):
            _scenario(folder, goal, t.bundle, f"{goal.file.name[:30]}_cheaper_{k}")
    text = json.dumps(machine.clean(as_dict(found, rivals)), indent=2, ensure_ascii=False)
    _whole(folder / "answer.json", lambda part: part.write_text(text, encoding="utf-8"))
    _whole(folder / "frontier.csv", lambda part: write_frontier(part, found))
    _whole(folder / "frontier.png", lambda part: draw(part, found))


def _scenario(folder: Path, goal: Goal, bundle: np.ndarray, name: str) -> None:
    text = to_toml(goal.scenario(bundle, name))
    _whole(folder / f"{name}.toml", lambda part: part.write_text(text, encoding="utf-8"))


def _whole(path: Path, write: Callable[[Path], object]) -> None:
    """A file whole or not at all."""
    with written_whole(path) as part:
        write(part)
