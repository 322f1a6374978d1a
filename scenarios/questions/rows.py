"""Runs of the model, each with parameters (and levers) of its own: rows of a design, in batches, kept on disk.

A row is a point of the unit cube: every uncertain parameter at that quantile of its prior, every lever that
far along its range. Rows run together as worlds of one batch, and in both policies where two are compared,
on the same people and luck. Every outcome is kept, so that another outcome of the same rows costs nothing.
Parts are written whole and never again (`scenarios/running/parts.py`): a run that was killed goes on where it was.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np

from calibration.fit.bank import run_rows
from calibration.fit.simulator import Simulator
from calibration.fit.trouble import CalibrationError
from calibration.whole import others_in, write_whole
from scenarios.questions.solve.goal import Span
from scenarios.reading.own_numbers import OwnPrior
from scenarios.reading.scenario import Scenario
from scenarios.running import identity
from scenarios.running.finished import FOLDER, FinishedJobs
from scenarios.running.parts import KeptParts
from scenarios.running.posterior import PRIORS
from scenarios.running.study import Study, make_shape, timeline_of, world_parameters
from scenarios.running.worlds import PEOPLE_AT_ONCE
from sim.errors import UserError, nearest
from sim.numbers.levers import BY_NAME
from sim.numbers.parameters import VALUE, Parameters, quantile, records
from sim.numbers.prices import at_model_prices
from sim.results import outcomes, summary
from sim.version import VERSION

TOGETHER = 8
"""Worlds of one batch: enough to keep array calls long, few enough to lose little to a kill (judgement)."""
REPLICATES = 1000
"""A world is written as one number, draw times this plus replicate."""
NOT_MEASURED = -9e99
"""Stands on disk for an outcome that a row does not have (nobody asked, say): the bank keeps finite numbers only."""
QUESTION = "question.json"
Tell = Callable[[float], None]
Ask = Callable[[np.ndarray, Sequence[int], int], np.ndarray]
"""(units float64[n, inputs], draw of each row, replicates) -> one outcome, float64[n, replicates]."""


@dataclass(frozen=True)
class Input:
    """One thing that differs between rows: a parameter by its prior, or a lever (`span` is then its range).

    `prior`: the parameter's, where it is one of one's own.
    """

    name: str
    meaning: str
    unit: str
    low: float
    high: float
    span: Span | None = None
    prior: OwnPrior | None = None

    def value(self, u: float) -> float:
        """In the units people read: of the record's own price year where it is money."""
        if self.span:
            return self.span.at(u)
        return self.prior.at(u) if self.prior else quantile(records()[self.name], u)


def parameter_inputs(names: Sequence[str] = (), study: Study | None = None) -> tuple[Input, ...]:
    """Parameters that have a prior (or those named), less those that a study holds fixed; with its own priors, where it has any.

    UserError for a name without one.
    """
    fixed = dict(study.fixed) if study else {}
    own = {one.name: one for one in study.priors} if study else {}
    open_ = {
        r.name: Input(r.name, r.meaning, r.unit, r.low, r.high)
        for r in records().values()
        if r.prior != "fixed" and r.high > r.low and r.role != VALUE and r.name not in fixed
    }
    for name, one in own.items():
        r = records()[name]
        open_[name] = Input(name, r.meaning, r.unit, one.low, one.high, prior=one)
    for name in names:
        if name not in open_:
            raise UserError(
                f"no uncertain parameter is called {name!r}",
                key="--parameters",
                rule="parameters with a prior: see peerscale parameters",
                got=repr(name),
                try_=nearest(name, open_) or ", ".join(list(open_)[:3]),
            )
    return tuple(open_[name] for name in names) if names else tuple(open_.values())


def lever_inputs(texts: Sequence[str]) -> tuple[Input, ...]:
    """Levers that move, from `lever=low:high`. Raises UserError."""
    found = [_lever(text) for text in texts]
    for one in found:
        if [other.name for other in found].count(one.name) > 1:
            raise UserError(
                "a lever is named twice", key="--lever", rule="each lever once", got=one.name, try_="leave one out"
            )
    return tuple(found)


def _lever(text: str) -> Input:
    name, _, reach = (part.strip() for part in text.partition("="))
    if name not in BY_NAME or BY_NAME[name].choice:
        numbers = [lever.name for lever in BY_NAME.values() if not lever.choice]
        raise UserError(
            f"no lever with a range is called {name!r}",
            key="--lever",
            rule="lever=low:high",
            got=text,
            try_=nearest(name, numbers) or "budget_board=0:8",
        )
    lever = BY_NAME[name]
    try:
        low, high = (float(part) for part in reach.split(":"))
    except ValueError:
        low = high = float("nan")
    if not lever.low <= low < high <= lever.high:
        raise UserError(
            f"the range of {name} is not one",
            key="--lever",
            got=text,
            try_=f"{name}={lever.low:g}:{lever.high:g}",
            rule=f"lever=low:high, low below high, within {lever.low:g} to {lever.high:g}",
        )
    return Input(name, lever.meaning, lever.unit, low, high, Span(name, (low, high), False))


@dataclass(frozen=True)
class Question:
    """What rows are runs of: one policy, or the change from `against` to it."""

    scenario: Scenario
    against: Scenario | None
    study: Study
    inputs: tuple[Input, ...]

    @property
    def identity(self) -> dict[str, str | list[str]]:
        """What makes two folders the same question; runs of another version answer another one."""
        policies = [s for s in (self.scenario, self.against) if s]
        said = [(i.name, i.low, i.high) for i in self.inputs]
        asked = hashlib.sha256(repr(said).encode()).hexdigest()[:16]
        return {
            "version": VERSION,
            "code": identity.code()[:16],
            "tables": identity.tables_hash()[:16],
            "scenarios": [s.name for s in policies],
            "inputs": asked,
            "runs": [identity.run_id(s, self.study) for s in policies],
        }

    @property
    def columns(self) -> tuple[str, ...]:
        """Statistics of a row: every outcome of each policy."""
        sides = ("a", "b") if self.against else ("a",)
        return tuple(f"{side}:{name}" for side in sides for name in outcomes.askable())

    def simulator(self) -> Simulator:
        """The model as the calibrator's functions take it: a row and a world in, outcomes out."""
        return Simulator(
            partial(_run, self), tuple(i.name for i in self.inputs), self.columns, json.dumps(self.identity)
        )

    def outcome(self, found: np.ndarray, name: str) -> np.ndarray:
        """float64[rows, replicates] of one outcome, or of its change. UserError where a row has none."""
        of = partial(found.take, axis=2)
        values = of(self.columns.index(f"a:{name}"))
        bad = values == NOT_MEASURED
        if self.against:
            base = of(self.columns.index(f"b:{name}"))
            bad, values = bad | (base == NOT_MEASURED), values - base
        if bad.any():
            raise UserError(
                f"{name} has no value in some runs",
                key="--outcome",
                rule="somebody to count in every run",
                got=f"{int(bad.sum())} of {bad.size} runs without",
                try_="more --people, or another outcome",
            )
        return values


def _run(question: Question, units: np.ndarray, worlds: np.ndarray) -> np.ndarray:
    """float64[n, outcomes] at units float64[n, inputs] in worlds int64[n]; rows of the same levers run together."""
    from sim.core.engine import run_all

    found = np.empty((len(units), len(question.columns)))
    levers = [j for j, one in enumerate(question.inputs) if one.span]
    _, group = np.unique(units[:, levers], axis=0, return_inverse=True)
    for number in range(int(group.max()) + 1):
        rows = np.flatnonzero(group.reshape(-1) == number)
        shape = make_shape(question.study, [divmod(int(w), REPLICATES) for w in worlds[rows]])
        policy = _moved(question, units[rows[0]])
        lines = [timeline_of(s, shape) for s in (policy, question.against) if s]
        results = run_all(shape, row_parameters(question, units[rows]), lines)
        figures = [summary.headline(r) for r in results]
        found[rows] = np.column_stack([f[name] for f in figures for name in outcomes.askable()])
    return np.where(np.isfinite(found), found, NOT_MEASURED)


def _moved(question: Question, units: np.ndarray) -> Scenario:
    """The policy with the levers of one row, from its first week on."""
    from scenarios.reading.load import with_settings

    pairs = zip(question.inputs, units, strict=True)
    return with_settings(question.scenario, [f"{i.name}={i.value(float(u))!r}" for i, u in pairs if i.span])


def row_parameters(question: Question, units: np.ndarray) -> Parameters:
    """Parameters of rows float64[n, inputs]: the prior's quantiles, all others at their central value."""
    usual = world_parameters(replace(question.study, posterior=PRIORS), [(0, 0)])
    place = {i.name: (j, i) for j, i in enumerate(question.inputs) if not i.span}

    def values(name: str) -> list[float]:
        if name not in place:
            return [float(getattr(usual, name)[0])] * len(units)
        j, one = place[name]
        return [at_model_prices(one.value(float(u)), records()[name].unit) for u in units[:, j]]

    return Parameters(**{name: np.array(values(name)) for name, r in records().items() if r.role != VALUE})


def worlds_of(draws: Sequence[int], replicates: int) -> np.ndarray:
    """int64[rows, replicates]: the worlds in which rows run."""
    return np.array([[d * REPLICATES + r for r in range(replicates)] for d in draws], dtype=np.int64)


def claim(folder: Path, question: Question) -> None:
    """Make the folder this question's. Raises UserError where it holds runs of another version or question."""
    path = folder / QUESTION
    if not path.exists():
        if others_in(folder, [FOLDER]):
            raise UserError(
                "the folder holds something else",
                file=str(folder),
                key="--out",
                rule="an empty folder, or one that this command made",
                got="other files",
                try_="--out elsewhere",
            )
        folder.mkdir(parents=True, exist_ok=True)
        write_whole(path, json.dumps(question.identity, indent=2).encode())
        return
    kept = _kept(path)
    if kept is None:  # damaged; each part that was kept is known by all it follows from, so it is safe to go on
        write_whole(path, json.dumps(question.identity, indent=2).encode())
    elif kept != question.identity:
        which = next(
            (key for key in ("version", "code", "tables") if kept.get(key) != question.identity[key]), "question"
        )
        raise UserError(
            f"the folder holds runs of another {which}",
            file=str(path),
            key="--out",
            rule="one version, and one set of scenarios, inputs and settings of the study, for one folder",
            got="other scenarios, inputs or settings" if which == "question" else f"{which} {kept.get(which)}",
            try_="--out elsewhere; nothing here was changed",
        )


def _kept(path: Path) -> dict[str, object] | None:
    """What a folder's file says it holds; None for a damaged one."""
    try:
        kept = json.loads(path.read_text("utf-8"))
    except (ValueError, RecursionError):
        return None
    return kept if isinstance(kept, dict) else None


def runs(
    simulator: Simulator,
    units: np.ndarray,
    worlds: np.ndarray,
    finished: FinishedJobs,
    workers: int = 0,
    tell: Tell | None = None,
    people: int = 0,
) -> np.ndarray:
    """float64[rows, replicates, outcomes], from the store where they are known. `people` of one world (0: a toy)."""
    most = min(TOGETHER, max(1, PEOPLE_AT_ONCE // people)) if people else 10**6
    size = max(1, most // worlds.shape[1])

    def progress(what: str, done: int, of: int) -> None:
        if tell:
            tell(done / of)

    try:
        return run_rows(
            simulator, units, worlds, KeptParts(finished, workers if people else 1), size=size, progress=progress
        )
    except CalibrationError as error:
        raise UserError(**error.parts()) from error


def asker(question: Question, outcome: str, finished: FinishedJobs, workers: int = 0, tell: Tell | None = None) -> Ask:
    """One outcome of the question's rows as a function; each call's rows are run, or read where they are known."""
    people = make_shape(question.study, [(1, 0)]).people

    def ask(units: np.ndarray, draws: Sequence[int], replicates: int) -> np.ndarray:
        worlds = worlds_of(draws, replicates)
        return question.outcome(runs(question.simulator(), units, worlds, finished, workers, tell, people), outcome)

    return ask


def check_outcome(name: str) -> None:
    """Raises UserError for an outcome that is not kept."""
    if name not in outcomes.askable():
        raise UserError(
            f"no outcome is called {name!r}",
            key="--outcome",
            rule="one of the outcomes",
            got=repr(name),
            try_=outcomes.GONE.get(name) or nearest(name, outcomes.askable()) or ", ".join(outcomes.askable()),
        )


def check_number(key: str, value: int, low: int, high: int, why: str = "") -> None:
    """Raises UserError for a number out of range; `why` says what so many are needed for."""
    if not low <= value <= high:
        raise UserError(
            f"{key} is out of range",
            key=key,
            rule=f"a whole number from {low:,} to {high:,}" + (f": {why}" if why else ""),
            got=str(value),
            try_=f"{key} {min(max(value, low), high)}",
        )


def comparable(scenario: Scenario, against: Scenario | None) -> Scenario | None:
    """`against`, or None where it is the scenario itself. UserError for a history beside another policy."""
    if against is None or against.name == scenario.name:
        return None
    if scenario.history or against.history:
        raise UserError(
            "a history cannot be compared here",
            key="--against",
            rule="two policies that begin in the same week",
            got="a history",
            try_="leave out --against",
        )
    return against
