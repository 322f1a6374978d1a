"""A search as `solve` makes it, whole: asked, run, kept in its folder, and what it found, for the command line and Python alike."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from calibration.whole import written_whole
from peerscale.given_types import must_have_room
from peerscale.keeping import kept_on_a_stop, tell_tried_again
from peerscale.options import Typed, local_files, own_numbers
from peerscale.waiting import Tell, progress, rows_seconds
from reports import as_json as machine
from reports import frames
from reports.markup import paragraph, tag
from reports.questions.solve import frontier_rows, write_frontier
from scenarios.questions.solve import confirm as confirming
from scenarios.questions.solve.confirm import Confirmed
from scenarios.questions.solve.frontier import Report, fresh_runs, most_runs, solve
from scenarios.questions.solve.goal import Goal, load_goal
from scenarios.questions.solve.noise import DRAWS, REPLICATES
from scenarios.questions.solve.rivals import MOST, Robustness, robustness
from scenarios.questions.solve.runs import PEOPLE_AT_ONCE, Runs, study_of
from scenarios.questions.solve.screen import WORLDS
from scenarios.questions.solve.words import as_dict, headline, stops
from scenarios.reading.load import to_toml
from scenarios.reading.rivals import RIVALS
from scenarios.reading.scenario import Scenario
from scenarios.running.posterior import choose
from scenarios.running.study import make_shape

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, repr=False)
class Solved:
    """What a search found. `found`: the answer, the frontier and what limits it; `rivals`: the answer under rival accounts, or
    None; `folder`: where its runs, scenario files, table and picture are. `whole`: the answer in worlds of every adult, or
    None."""

    found: Report
    rivals: Robustness | None
    folder: Path
    whole: Confirmed | None = None

    def as_dict(self) -> dict[str, Any]:
        """The same as `peerscale solve --json`."""
        return dict(machine.clean(as_dict(self.found, self.rivals, self.whole)))

    @property
    def policy(self) -> Scenario | None:
        """The cheapest policy that was certified, to run or to change; None where none was."""
        best = self.found.answer.found
        return None if best is None else self.found.goal.scenario(best.bundle, self.found.goal.file.name)

    def frontier(self) -> pd.DataFrame:
        """The frontier's table, a row a goal: as frontier.csv in the folder."""
        return frames.frame(frontier_rows(self.found))

    def __str__(self) -> str:
        return f"{self.found.goal.file.question} {headline(self.found)} {stops(self.found)}"

    __repr__ = __str__

    def _repr_html_(self) -> str:
        said = (self.found.goal.file.question, headline(self.found), stops(self.found))
        return tag("div", *map(paragraph, said))


@dataclass(frozen=True)
class Extent:
    """How much is done. `robust`: also under rival accounts; `careful`: at least CAREFUL fresh worlds for each policy that is
    tested, and luck averaged away in each; `confirm`: the answer also in worlds of every adult."""

    robust: bool = True
    careful: bool = False
    confirm: bool = False


CAREFUL = 1_000


def solved(
    name: str, folder: Path, extent: Extent, workers: int, typed: Typed, quiet: bool = False, again: str | None = None
) -> Solved:
    """Search and certify; runs, scenario files, table and picture are kept in a folder inside `folder`. Raises UserError.

    `again`: how to go on after a stop, in words (None: the command as it was typed).
    """
    goal = _goal(name, typed)
    goal = carefully(goal) if extent.careful else goal
    folder = folder / goal.file.name
    must_have_room(folder)
    if extent.confirm:
        confirming.fits(goal, workers)
    found = _searched(goal, folder, workers, quiet, again)
    rivals = None
    if extent.robust and goal.file.search.rival_worlds:
        with _told("Rivals", rival_seconds(goal, workers), quiet) as tell:
            rivals = robustness(found.goal, found, folder, workers, tell)
    whole = _confirmed(found, folder, workers, quiet) if extent.confirm else None
    done = Solved(found, rivals, folder, whole)
    _write(done)
    return done


def carefully(goal: Goal) -> Goal:
    """The goal with at least CAREFUL fresh worlds for each policy that is tested, and luck averaged away in each."""
    more = {"fresh": max(CAREFUL, goal.file.search.fresh), "average_luck": True}
    search = goal.file.search.model_copy(update=more)
    return replace(goal, file=goal.file.model_copy(update={"search": search}))


def _confirmed(found: Report, folder: Path, workers: int, quiet: bool) -> Confirmed | None:
    worlds = len(confirming.draws_of(found.goal))
    with _told("Every adult", whole_seconds(found.goal, workers), quiet) as tell:
        return confirming.confirm(found, folder, workers, lambda done: tell(min(0.99, done / worlds)))


def whole_seconds(goal: Goal, workers: int) -> float:
    """About how long the answer takes in worlds of every adult."""
    worlds = len(confirming.draws_of(goal))
    return _seconds(confirming.whole(goal), worlds, worlds, workers)


def _searched(goal: Goal, folder: Path, workers: int, quiet: bool, again: str | None) -> Report:
    most = most_runs(goal)
    with (
        _told("Solving", search_seconds(goal, most, workers), quiet) as tell,
        Runs(goal, folder, workers, tell=lambda done: tell(min(0.99, done / most))) as runs,
        kept_on_a_stop(runs.finished, again),
    ):
        found = solve(goal, runs)
    tell_tried_again(runs.finished)
    return found


def _told(what: str, seconds: float, quiet: bool) -> AbstractContextManager[Tell]:
    return nullcontext(lambda part: None) if quiet else progress(what, seconds, most=True)


def search_seconds(goal: Goal, runs: int, workers: int) -> float:
    """About how long a search takes that runs so many worlds; each world's years before the policy are run once."""
    table = goal.file.search
    fresh = table.fresh * fresh_runs(goal) + table.steps
    return _seconds(goal, runs, WORLDS + table.worlds + DRAWS * REPLICATES + fresh, workers)


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
    return replace(
        goal,
        areas=areas,
        inventory=inventory,
        own=own,
        posterior=choose(typed.posterior),
        numbers=own_numbers(typed, goal.base.run),
    )


def _write(done: Solved) -> None:
    """The answer and the cheaper ones that were rejected, as scenario files; all as JSON; the frontier's table and picture."""
    from reports.pictures.solve import draw

    folder, found, goal = done.folder, done.found, done.found.goal
    if found.answer.found:
        _scenario(folder, goal, found.answer.found.bundle, goal.file.name)
        cheaper = [t for t in found.answer.tested if t.verdict.word != "certified" and t.cost < found.answer.found.cost]
        for k, t in enumerate(cheaper, 1):
            _scenario(folder, goal, t.bundle, f"{goal.file.name[:30]}_cheaper_{k}")
    text = json.dumps(done.as_dict(), indent=2, ensure_ascii=False)
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
