"""Searches for what a goal would take, on the server: the code of `peerscale solve`.

A search is known by its key (`aim.key_of`) and keeps every run in a folder of its own, so that it goes on after a
reload, a lost connection, a stop or a restart of the server, and comes to the same answer.
"""

from __future__ import annotations

import os
import threading
import time
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from dashboards.work.jobs import Job, Jobs
from dashboards.work.runner import the_runner
from scenarios.questions.solve.columns import COST, pick
from scenarios.questions.solve.frontier import Report, most_runs, solve
from scenarios.questions.solve.goal import Goal
from scenarios.questions.solve.runs import Runs
from sim.errors import UserError
from sim.people.population import load_areas

KEEP = "PEERSCALE_DASHBOARD_KEEP"
"""Setting: where searches are kept."""
BUNDLES_AT_ONCE = 3


@dataclass(frozen=True)
class Tried:
    """A policy run so far: GBP per adult per year and the goal's share in the middle world; in how many the goal held."""

    cost: float
    share: float
    met: int
    worlds: int


@dataclass(frozen=True)
class Look:
    """How far a search is. `stage`: what `solve` said last. `runs`: worlds run in all, of at most `most`."""

    state: str
    stage: str = ""
    runs: int = 0
    most: int = 1
    tried: tuple[Tried, ...] = ()
    seconds: float = 0.0
    problem: str = ""
    report: Report | None = None


@dataclass
class Search(Job):
    """One goal being searched, or searched. `text`: its goal file, kept beside the runs."""

    goal: Goal = None  # type: ignore[assignment]
    folder: Path = Path()
    text: str = ""
    runs: Runs | None = None
    now: Look = Look("")
    begun: float = 0.0

    def work(self, stop: threading.Event) -> Report:
        """The command's own search. Work done ahead on this server gives way meanwhile. Raises Stopped, UserError."""
        self.begun = time.monotonic()
        (self.folder / "goal.toml").write_text(self.text, "utf-8")

        def tell(stage: str, _: int) -> None:
            self.now = replace(self.now, stage=stage)

        try:
            with the_runner().serving(), Runs(self.goal, self.folder / "runs", stop=stop) as self.runs:
                self.runs.together, self.now = BUNDLES_AT_ONCE, Look("", most=most_runs(self.goal))
                return solve(self.goal, self.runs, tell)
        finally:
            self.now, self.runs = self.look(), None

    def title(self) -> str:
        """The goal's question and where."""
        return f"{self.goal.file.question} ({', '.join(load_areas().short_name[i] for i in self.goal.areas)})"

    def look(self) -> Look:
        """The state of things, for a page."""
        now, runs = replace(self.now, state=self.state, problem=self.problem, report=self.result), self.runs
        if runs is None:
            return now
        return replace(now, runs=len(runs.known), tried=tried(self.goal, runs), seconds=time.monotonic() - self.begun)


def tried(goal: Goal, runs: Runs) -> tuple[Tried, ...]:
    """Policies that were run so far, each with all its worlds; those still running are left out."""
    found: dict[bytes, dict[str, np.ndarray]] = {}
    for seen in list(runs.seen):
        if all(key in runs.known for key in seen.keys):
            found.setdefault(seen.bundle.tobytes(), {}).update({key: runs.known[key] for key in seen.keys})
    tables = [np.array(list(rows.values())) for rows in found.values()]
    return tuple(
        Tried(
            float(np.median(pick(t, COST))),
            float(np.median(pick(t, goal.file.goal.outcome))),
            int(runs.met(t).sum()),
            len(t),
        )
        for t in tables
    )


def folder_of(key: str) -> Path:
    """Where a search is kept. Raises UserError where nothing can be written."""
    home = Path(os.environ.get(KEEP) or Path.home() / ".cache" / "peerscale" / "searches")
    try:
        (home / key).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(
            "searches cannot be kept",
            file=str(home),
            key=KEEP,
            rule="a folder that can be written to",
            got=error.strerror or "an error",
            try_=f"{KEEP}=FOLDER peerscale dashboard",
        ) from None
    return home / key


_one: Jobs[Search] = Jobs()


def the_searches() -> Jobs[Search]:
    """The server's own: one runs at a time."""
    return _one


def search_for(key: str, goal: Goal, text: str) -> Search:
    """A search that was not begun yet. Raises UserError where its runs cannot be kept."""
    return Search(goal=goal, text=text, folder=folder_of(key), now=Look("", most=most_runs(goal)))
