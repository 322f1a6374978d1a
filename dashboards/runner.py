"""The model behind the pages: one pool of processes for all browsers, and results shared between them.

Blocking calls: pages call them from threads of their own. A run is stopped by its `threading.Event`.
"""

from __future__ import annotations

import atexit
import contextlib
import hashlib
import json
import multiprocessing
import os
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from dashboards import worker
from dashboards.estimate import Effects
from dashboards.inventory_text import START, inventories
from dashboards.kept import Kept
from dashboards.scenario_text import scenario_of
from dashboards.state import Asked
from dashboards.turns import Turns
from dashboards.worker import Cancelled, Task, Worlds
from scenarios.areas import index
from scenarios.load import load
from scenarios.pool import cores, joined
from scenarios.posterior import choose
from scenarios.relief import Gain, gains_of
from scenarios.rival_evidence import fixed_by
from scenarios.scenario import Scenario
from scenarios.study import Study, make_shape, run_id
from sim.errors import UserError
from sim.listed import Inventory
from sim.relief import RELIEFS
from sim.result import Result

SLOTS = 4096
KEPT_RESULTS = 32
POLL_SECONDS = 0.05
RUNS_AT_ONCE = 2
"""Each takes every worker; the second fills them while the first ends."""
Fraction = Callable[[float], None]

__all__ = ["Cancelled", "Kept", "Runner", "study_for", "study_of", "the_runner"]


SMALLER = "PEERSCALE_DASHBOARD_STUDY"
"""Name of a setting for tests: a study smaller than that of the command line, as JSON. The page says so."""


def study_for(area: int, seed: int = 1) -> Study:
    """The study of `peerscale run` for one area: 20 parameter draws, one neighbourhood, five years."""
    usual = {"people": 10_000, "draws": 20, "weeks": 260}
    return Study((area,), seed=seed, posterior=choose(), **(usual | json.loads(os.environ.get(SMALLER, "{}"))))


def study_of(asked: Asked) -> Study:
    """The study of what a page asks: where, what somebody has listed there, and rival evidence.

    Raises UserError for a bad inventory.
    """
    area = index(asked.area)
    return replace(study_for(area, asked.seed), inventory=listed_in(asked, area), fixed=fixed_by(asked.rivals), start=start_of(asked))


def start_of(asked: Asked) -> str:
    """The month in which the policy at hand begins, and today's with it."""
    try:
        return scenario_of(asked.policy).run.start
    except UserError:  # a policy that is refused is told of where it is run
        return START


def listed_in(asked: Asked, area: int) -> tuple[Inventory, ...]:
    """The inventory of an area, in a tuple; empty where nobody has listed it. Raises UserError."""
    if not asked.inventory:
        return ()
    return tuple(one for one in inventories(asked.inventory, start_of(asked)) if one.area == area)


@dataclass
class Running:
    """A task handed to the pool, with the slot to stop it by."""

    task: Task
    future: Future[Any]


class Runner:
    """One for the whole server. `workers` 0: one for each core."""

    def __init__(self, workers: int = 0):
        self.workers = workers or cores()
        self.folder = Path(tempfile.mkdtemp(prefix="peerscale-"))
        self._context = multiprocessing.get_context("spawn")
        self._stops = self._context.RawArray("b", SLOTS)
        self._parts = self._context.RawArray("d", SLOTS)
        self._free = list(range(SLOTS))
        self._lock = threading.Lock()
        self._turns = Turns(RUNS_AT_ONCE)
        self._settling: dict[str, threading.Lock] = {}
        self._pool: ProcessPoolExecutor | None = None
        self.results: Kept[Result] = Kept(KEPT_RESULTS)
        self.gains: Kept[list[Gain]] = Kept(KEPT_RESULTS)
        self.today = load("today")
        self.effects = Effects(self.today)
        self.busy = 0
        self.last_asked: Study | None = None
        atexit.register(self.close)

    def close(self) -> None:
        """Stop the workers and take the settled states away."""
        if self._pool is not None:
            for slot in range(SLOTS):
                self._stops[slot] = 1
            self._pool.shutdown(wait=False, cancel_futures=True)
            self._pool = None
        shutil.rmtree(self.folder, ignore_errors=True)

    # -------------------------------------------------------------- what pages ask for

    def kept(self, scenario: Scenario, study: Study) -> Result | None:
        """The result if some browser has had it, else None. At once."""
        return self.results.get(run_id(scenario, study))

    def settled(self, study: Study) -> bool:
        """Whether the burn-in of a study is done."""
        return all(Path(path).exists() for _, path in self._chunks(study))

    def settle(self, study: Study, stop: threading.Event, tell: Fraction = lambda part: None) -> None:
        """Do the burn-in of a study unless it is done. Everybody waits for the one who does it. Raises Cancelled."""
        with self._lock:
            lock = self._settling.setdefault(_place(study), threading.Lock())
        with lock:
            if not self.settled(study):
                self._together(study, worker.settle_worlds, (self.today,), stop, tell)

    def run(self, scenario: Scenario, study: Study, stop: threading.Event,
            tell: Fraction = lambda part: None) -> Result:  # fmt: skip
        """The result of all worlds: as `scenarios.pool` would give it. Raises Cancelled, UserError."""
        key = run_id(scenario, study)
        found = self.results.get(key)
        if found is not None:
            return found
        self.settle(study, stop, tell)
        result = self.results.put(key, joined(self._together(study, worker.run_worlds, (scenario,), stop, tell)))
        base = self.kept(self.today, study)
        if base is not None:
            self.effects.learn(_place(study), scenario, base, result)
        return result

    def relief(self, scenario: Scenario, study: Study, stop: threading.Event,
               tell: Fraction = lambda part: None) -> list[Gain]:  # fmt: skip
        """What opening each gate would gain: as `scenarios.relief.gate_relief` would give it. Raises Cancelled, UserError."""
        key = run_id(scenario, study)
        found = self.gains.get(key)
        if found is not None:
            return found
        steps = len(RELIEFS) + 1
        base = self.run(scenario, study, stop, lambda part: tell(part / steps))
        opened = []
        for k, gate in enumerate(RELIEFS, 1):
            parts = self._together(study, worker.relieved_worlds, (scenario, gate), stop, lambda part, k=k: tell((k + part) / steps))  # type: ignore[misc]
            opened.append((gate, joined(parts)))
        return self.gains.put(key, gains_of(base, opened))

    def estimate(self, scenario: Scenario, study: Study) -> Result | None:
        """A first answer from effects already known, at once; None where there is none."""
        base = self.kept(self.today, study)
        return None if base is None else self.effects.estimate(_place(study), scenario, base)

    @contextlib.contextmanager
    def serving(self) -> Iterator[None]:
        """While somebody waits for an answer: work done ahead gives way."""
        with self._lock:
            self.busy += 1
        try:
            yield
        finally:
            with self._lock:
                self.busy -= 1

    def knows(self, lever: str, value: float, study: Study) -> bool:
        """Whether the effect of one lever at one value is known."""
        return self.effects.knows(_place(study), lever, value)

    def people(self, study: Study) -> dict[str, np.ndarray]:
        """Who the people of the first world are when the reported years begin (the study must be settled)."""
        shape = make_shape(study)
        return worker.people_at_start(self._chunks(study)[0][1], shape.places * shape.place_size)

    # -------------------------------------------------------------- how they get it

    def _chunks(self, study: Study) -> list[tuple[Worlds, str]]:
        """Worlds in as many parts as there are workers, each with the file of its settled state."""
        worlds = study.worlds
        size = -(-len(worlds) // min(self.workers, len(worlds)))
        parts = [worlds[k : k + size] for k in range(0, len(worlds), size)]
        return [(part, str(self.folder / f"{_place(study)}-{k}")) for k, part in enumerate(parts)]

    def _together(self, study: Study, work: Callable[..., Any], what: tuple[Any, ...], stop: threading.Event,
                  tell: Fraction) -> list[Any]:  # fmt: skip
        """Every part of a study done by the pool when it is its turn, in order. Raises Cancelled once `stop` is set."""

        def given_up() -> bool:
            tell(0.0)  # work done ahead gives way here too
            return stop.is_set()

        with self._turns.turn(given_up) as ours:
            if not ours or stop.is_set():
                raise Cancelled
            return self._now(study, work, what, stop, tell)

    def _now(self, study: Study, work: Callable[..., Any], what: tuple[Any, ...], stop: threading.Event,
             tell: Fraction) -> list[Any]:  # fmt: skip
        """Every part of a study done by the pool, in order; all are stopped when one fails or `stop` is set."""
        running = [self._hand_out(Task(study, worlds, self._slot(), path), work, what)
                   for worlds, path in self._chunks(study)]  # fmt: skip
        try:
            self._watch(running, stop, tell)
            return [one.future.result() for one in running]
        except CancelledError:
            raise Cancelled from None
        except BrokenProcessPool:
            self._pool = None
            raise UserError("a worker process was stopped", rule="every worker runs to its end",
                            got="one ended early", try_="move a lever again; the page starts a new one") from None  # fmt: skip
        finally:
            self._end(running)

    def _watch(self, running: list[Running], stop: threading.Event, tell: Fraction) -> None:
        waiting = {one.future for one in running}
        while waiting:
            done, waiting = wait(waiting, timeout=POLL_SECONDS)
            for future in done:
                future.result()
            if stop.is_set():
                raise Cancelled
            tell(sum(self._parts[one.task.slot] for one in running) / len(running))

    def _hand_out(self, task: Task, work: Callable[..., Any], what: tuple[Any, ...]) -> Running:
        with self._lock:
            if self._pool is None:
                self._pool = ProcessPoolExecutor(
                    self.workers, self._context, worker.start, (self._stops, self._parts)
                )
            return Running(task, self._pool.submit(work, task, *what))

    def _slot(self) -> int:
        with self._lock:
            slot = self._free.pop()
        self._stops[slot], self._parts[slot] = 0, 0.0
        return slot

    def _end(self, running: list[Running]) -> None:
        """Raise the flag of what still runs; a slot is free again when its task has ended."""
        for one in running:
            self._stops[one.task.slot] = 1
            one.future.cancel()
            one.future.add_done_callback(lambda _, slot=one.task.slot: self._free.append(slot))  # type: ignore[misc]


def _place(study: Study) -> str:
    """What makes two studies share their settled state, as a file's name."""
    areas = "_".join(str(area) for area in study.areas)
    own = (study.inventory, study.fixed, study.posterior)
    mine = hashlib.sha256(repr(own).encode()).hexdigest()[:12]
    return f"{areas}-{study.people}-{study.draws}-{study.replicates}-{study.seed}-{study.burn_in}-{study.place_size}-{mine}"


_one: Runner | None = None
_one_lock = threading.Lock()


def the_runner() -> Runner:
    """The server's own runner, made when it is first needed."""
    global _one
    with _one_lock:
        if _one is None:
            _one = Runner()
        return _one
