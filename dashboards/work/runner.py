"""The model behind the pages: one pool of processes for all browsers, and results shared between them.

Blocking calls: pages call them from threads of their own. A run is stopped by its `threading.Event`.
"""

from __future__ import annotations

import atexit
import contextlib
import hashlib
import json
import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from calibration.whole import clear_left_over, own_folder
from dashboards.asked.inventory_text import START, inventories
from dashboards.asked.kept import Kept
from dashboards.asked.scenario_text import scenario_of
from dashboards.asked.state import Asked
from dashboards.work import worker
from dashboards.work.estimate import Effects
from dashboards.work.turns import Turns
from scenarios.questions.ladder import Climbed, climbed, combined, tasks_of
from scenarios.questions.relief import Gain, gains_of
from scenarios.reading.areas import index
from scenarios.reading.load import load
from scenarios.reading.rival_evidence import fixed_by
from scenarios.reading.scenario import Scenario
from scenarios.running.finished import FinishedJobs, shared_folder
from scenarios.running.identity import run_id
from scenarios.running.many import joined
from scenarios.running.pool import Job, Pool
from scenarios.running.pool import Stopped as Cancelled
from scenarios.running.posterior import choose
from scenarios.running.study import Study, make_shape
from scenarios.running.worlds import Batch, Task, settle_batch, unpack
from sim.columns.listed import Inventory
from sim.errors import UserError
from sim.policy.relief import RELIEFS
from sim.results.result import Result

KEPT_RESULTS = 32
POLL_SECONDS = 0.1
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
    return replace(
        study_for(area, asked.seed),
        inventory=listed_in(asked, area),
        fixed=fixed_by(asked.rivals),
        start=start_of(asked),
    )


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


class Runner:
    """One for the whole server. `workers` 0: one for each core."""

    def __init__(self, workers: int = 0):
        self.pool = Pool(workers)
        self.workers = self.pool.workers
        self._stay = contextlib.ExitStack()
        clear_left_over(shared_folder())  # of a server that was killed
        self.finished = FinishedJobs(self._stay.enter_context(own_folder(shared_folder() / "dashboard")))
        self._lock = threading.Lock()
        self._turns = Turns(RUNS_AT_ONCE)
        self._settling: dict[str, threading.Lock] = {}
        self._far: dict[str, float] = {}
        self.results: Kept[Result] = Kept(KEPT_RESULTS)
        self.gains: Kept[list[Gain]] = Kept(KEPT_RESULTS)
        self.ladders: Kept[Climbed] = Kept(KEPT_RESULTS)
        self.today = load("today")
        self.effects = Effects(self.today)
        self.busy = 0
        self.last_asked: Study | None = None
        atexit.register(self.close)

    def close(self) -> None:
        """Stop the workers and take the settled states away."""
        self.pool.close()
        self._stay.close()

    # -------------------------------------------------------------- what pages ask for

    def kept(self, scenario: Scenario, study: Study) -> Result | None:
        """The result if some browser has had it, else None. At once."""
        return self.results.get(run_id(scenario, study))

    def settled(self, study: Study) -> bool:
        """Whether the burn-in of a study is done."""
        return all(self.finished.has(key) for _, key in self._chunks(study))

    def settle(self, study: Study, stop: threading.Event, tell: Fraction = lambda part: None) -> None:
        """Do the burn-in of a study unless it is done. Everybody waits for the one who does it. Raises Cancelled."""
        place = _place(study)

        def both(part: float) -> None:
            self._far[place] = part  # for those who wait
            tell(part)

        with self._alone(place, stop, tell):
            if not self.settled(study):
                self._together(
                    [
                        Job("today's policy", key, settle_batch, (replace(batch, traced=False), self.today))
                        for batch, key in self._chunks(study)
                    ],
                    stop,
                    both,
                )

    @contextlib.contextmanager
    def _alone(self, place: str, stop: threading.Event, tell: Fraction) -> Iterator[None]:
        """One at a time for a place; who waits is told how far the other is. Raises Cancelled."""
        with self._lock:
            lock = self._settling.setdefault(place, threading.Lock())
        while not lock.acquire(timeout=POLL_SECONDS):
            tell(self._far.get(place, 0.0))
            if stop.is_set():
                raise Cancelled
        try:
            yield
        finally:
            lock.release()

    def run(
        self, scenario: Scenario, study: Study, stop: threading.Event, tell: Fraction = lambda part: None
    ) -> Result:
        """The result of all worlds: as `scenarios.running.many` would give it. Raises Cancelled, UserError."""
        key = run_id(scenario, study)
        found = self.results.get(key)
        if found is not None:
            return found
        self.settle(study, stop, tell)
        result = self.results.put(key, self._under(Task(scenario), study, stop, tell))
        base = self.kept(self.today, study)
        if base is not None:
            self.effects.learn(_place(study), scenario, base, result)
        return result

    def relief(
        self, scenario: Scenario, study: Study, stop: threading.Event, tell: Fraction = lambda part: None
    ) -> list[Gain]:
        """What opening each gate would gain: as `scenarios.questions.relief.gate_relief` would give it. Raises Cancelled, UserError."""
        key = run_id(scenario, study)
        found = self.gains.get(key)
        if found is not None:
            return found
        steps = len(RELIEFS) + 2
        self.settle(study, stop, lambda part: tell(part / steps))
        base = self.run(scenario, study, stop, lambda part: tell((1 + part) / steps))
        opened = []
        for k, gate in enumerate(RELIEFS, 2):
            told = lambda part, k=k: tell((k + part) / steps)  # noqa: E731
            opened.append((gate, self._under(Task(scenario, gate), study, stop, told)))
        return self.gains.put(key, gains_of(base, opened))

    def ladder(
        self, scenario: Scenario, study: Study, stop: threading.Event, tell: Fraction = lambda part: None
    ) -> Climbed:
        """From today to everyone in six steps: as `peerscale ladder` gives it. Raises Cancelled, UserError."""
        key = run_id(scenario, study)
        found = self.ladders.get(key)
        if found is not None:
            return found
        _, *tasks = tasks_of(scenario)  # the first is the policy itself, whose run is kept
        steps = len(tasks) + 2
        self.settle(study, stop, lambda part: tell(part / steps))

        def result(k: int, task: Task) -> tuple[int, Result]:
            return k, self._under(task, study, stop, lambda part: tell((1 + k + part) / steps))

        def results() -> Iterator[tuple[int, Result]]:
            yield 0, self.run(scenario, study, stop, lambda part: tell((1 + part) / steps))
            yield from (result(k, task) for k, task in enumerate(tasks, 1))

        return self.ladders.put(key, climbed(combined(scenario, results())))

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
        return worker.people_at_start(self.finished.folder, self._chunks(study)[0][1], shape.places * shape.place_size)

    # -------------------------------------------------------------- how they get it

    def _chunks(self, study: Study) -> list[tuple[Batch, str]]:
        """Worlds in as many parts as there are workers, each with the key of its settled state."""
        worlds = study.worlds
        size = -(-len(worlds) // min(self.workers, len(worlds)))
        parts = [worlds[k : k + size] for k in range(0, len(worlds), size)]
        return [(Batch(study, part, k == 0), f"{_place(study)}-{k}") for k, part in enumerate(parts)]

    def _under(self, task: Task, study: Study, stop: threading.Event, tell: Fraction) -> Result:
        """All worlds of a settled study under one policy."""
        folder = self.finished.folder
        jobs = [
            Job(task.name, f"{key} {k}", worker.run_worlds, (batch, task, folder, key), kept=False)
            for k, (batch, key) in enumerate(self._chunks(study))
        ]
        return joined([unpack(content) for content in self._together(jobs, stop, tell)])

    def _together(self, jobs: list[Job], stop: threading.Event, tell: Fraction) -> list[bytes]:
        """Every job done by the pool when it is its turn, in order. Raises Cancelled once `stop` is set."""

        def given_up() -> bool:
            tell(0.0)  # work done ahead gives way here too
            return stop.is_set()

        with self._turns.turn(given_up) as ours:
            if not ours or stop.is_set():
                raise Cancelled
            found = {job.key: content for job, content in self.pool.results(jobs, self.finished, stop, tell)}
            return [found[job.key] for job in jobs]


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
