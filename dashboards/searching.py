"""Searches for what a goal would take, on the server: the code of `peerscale solve`, one at a time, shared by all browsers.

A search is known by its key (`aim.key_of`) and keeps every run in a folder of its own, so that it goes on after a
reload, a lost connection, a stop or a restart of the server, and comes to the same answer. It stops when nobody who
asked for it wants it any longer; a browser that is closed does not stop it.
"""

from __future__ import annotations

import os
import threading
import time
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from dashboards.runner import the_runner
from scenarios.solve.columns import COST, pick
from scenarios.solve.frontier import Report, most_runs, solve
from scenarios.solve.goal import Goal
from scenarios.solve.runs import Runs, Stopped
from sim.errors import UserError

KEEP = "PEERSCALE_DASHBOARD_KEEP"
"""Setting: where searches are kept."""
MOST_KEPT = 24
BUNDLES_AT_ONCE = 3
WAITING, RUNNING, STOPPED, DONE, FAILED = "waiting", "running", "stopped", "done", "failed"


@dataclass(frozen=True)
class Tried:
    """A policy run so far: GBP per adult per year and the goal's share, means over worlds; in how many the goal held."""

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
class Search:
    """One goal being searched, or searched. Touched by its own thread; pages only look.

    `owners`: browsers that want it to go on; `known_to`: those that ever asked for it.
    """

    goal: Goal
    folder: Path
    stop: threading.Event = field(default_factory=threading.Event)
    owners: set[str] = field(default_factory=set)
    known_to: set[str] = field(default_factory=set)
    now: Look = Look(WAITING)
    runs: Runs | None = None
    thread: threading.Thread | None = None
    begun: float = 0.0
    keys: list[list[str]] = field(default_factory=list)

    def look(self) -> Look:
        """The state of things, for a page."""
        now, runs = self.now, self.runs
        if now.state != RUNNING or runs is None:
            return now
        return replace(now, runs=len(runs.known), tried=tried(self.goal, runs, self.keys), seconds=time.monotonic() - self.begun)


def tried(goal: Goal, runs: Runs, keys: list[list[str]]) -> tuple[Tried, ...]:
    """Policies that were run so far, each with all its worlds; those still running are left out. `keys`: made once, kept."""
    found: dict[bytes, dict[str, np.ndarray]] = {}
    for i, (bundle, worlds) in enumerate(list(runs.seen)):
        if i >= len(keys):
            keys.append(runs.keys(bundle, worlds))
        if all(key in runs.known for key in keys[i]):
            found.setdefault(bundle.tobytes(), {}).update({key: runs.known[key] for key in keys[i]})
    tables = [np.array(list(rows.values())) for rows in found.values()]
    return tuple(Tried(float(pick(t, COST).mean()), float(pick(t, goal.file.goal.outcome).mean()), int(runs.met(t).sum()), len(t))
                 for t in tables)  # fmt: skip


def folder_of(key: str) -> Path:
    """Where a search is kept. Raises UserError where nothing can be written."""
    home = Path(os.environ.get(KEEP) or Path.home() / ".cache" / "peerscale" / "searches")
    try:
        (home / key).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError("searches cannot be kept", file=str(home), key=KEEP, rule="a folder that can be written to",
                        got=error.strerror or "an error", try_=f"{KEEP}=FOLDER peerscale dashboard") from None  # fmt: skip
    return home / key


class Searches:
    """All searches of this server."""

    def __init__(self) -> None:
        self._lock, self._turn = threading.Lock(), threading.Lock()
        self._all: dict[str, Search] = {}

    def get(self, key: str) -> Search | None:
        """The search of that key, if anybody asked for it since the server started."""
        return self._all.get(key)

    def join(self, key: str, goal: Goal, text: str, owner: str) -> Search:
        """Begin a search, go on with it, or watch one that runs. `text`: its goal file, kept beside the runs. Raises UserError."""
        with self._lock:
            search = self._all.get(key)
            if search is None:
                search = self._all[key] = Search(goal, folder_of(key))
                (search.folder / "goal.toml").write_text(text, "utf-8")
                self._forget()
            search.owners.add(owner)
            search.known_to.add(owner)
            if search.now.state in (STOPPED, FAILED) or search.thread is None:
                self._begin(search)
            return search

    def leave(self, key: str, owner: str) -> None:
        """This browser does not want it any longer; the last one stops it."""
        with self._lock:
            search = self._all.get(key)
            if search is not None:
                search.owners.discard(owner)
                if not search.owners:
                    search.stop.set()

    def close(self) -> None:
        """Stop every search: what was run is kept."""
        for search in list(self._all.values()):
            search.stop.set()

    def _forget(self) -> None:
        """The oldest searches that are over give way; their files stay."""
        over = [key for key, search in self._all.items() if search.now.state in (DONE, STOPPED, FAILED)]
        for key in over[: max(0, len(self._all) - MOST_KEPT)]:
            del self._all[key]

    def _begin(self, search: Search) -> None:
        search.stop, search.now = threading.Event(), Look(WAITING, most=most_runs(search.goal))
        search.thread = threading.Thread(target=self._work, args=(search, search.stop), daemon=True, name="search")
        search.thread.start()

    def _work(self, search: Search, stop: threading.Event) -> None:
        """In a thread of its own: wait for its turn, run, and keep how it ended."""

        def end(**changes: object) -> None:
            if search.stop is stop:
                search.now, search.runs = replace(search.look(), **changes), None  # type: ignore[arg-type]

        while not self._turn.acquire(timeout=0.2):
            if stop.is_set():
                return end(state=STOPPED)
        try:
            report = _solve(search, stop)
            end(state=DONE, report=report)
        except Stopped:
            end(state=STOPPED)
        except UserError as error:
            end(state=FAILED, problem=f"{error.what[:1].upper()}{error.what[1:]}.")
        except Exception as error:  # noqa: BLE001 - whatever fails, the page says so and stays alive
            end(state=FAILED, problem=f"The search failed ({type(error).__name__}). What was run is kept; start it again to go on.")
        finally:
            self._turn.release()
        return None


def _solve(search: Search, stop: threading.Event) -> Report:
    """The command's own search. Work done ahead on this server gives way meanwhile. Raises Stopped, UserError."""
    search.begun, search.keys = time.monotonic(), []

    def tell(stage: str, _: int) -> None:
        search.now = replace(search.now, stage=stage)

    with the_runner().serving(), Runs(search.goal, search.folder / "runs", stop=stop) as runs:
        runs.together = BUNDLES_AT_ONCE
        search.runs, search.now = runs, replace(search.now, state=RUNNING)
        if stop.is_set():
            raise Stopped
        return solve(search.goal, runs, tell)


_one = Searches()


def the_searches() -> Searches:
    """The server's own."""
    return _one


