"""One parameter with everything behind it, and the parameters behind an outcome with how each moved it in runs at hand.

Nothing here runs the model. What moves an outcome is read from worlds that were run and kept; without such a folder only the
structure is told: which parameters are uncertain at all, and in which part of a week the model reads them.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from statistics import NormalDist

import numpy as np

from calibration.library import derived
from calibration.library.derived import derivations, in_words, rows_of
from calibration.library.evidence_library import library
from calibration.library.evidence_record import Evidence
from scenarios.reading.rival_evidence import Alternative, alternatives
from scenarios.running import posterior
from scenarios.running.posterior import Chosen
from scenarios.running.store import Stored
from sim import agents
from sim.errors import UserError, nearest
from sim.numbers.parameters import VALUE, Record, records
from sim.numbers.structure import declared
from sim.results.outcome import Outcome
from sim.results.outcomes import BY_NAME

CALIBRATED = "calibrated"
"""The role of parameters that a plan may fit (`parameters.csv`); the calibrator itself is not needed to say so."""
FIRST_HELD = "room_before_wait"
"""Told first of the judgements that are held fixed: it decides who waits, which a held-back figure and three outputs count."""
MOST_HELD = 4
"""Of them that are named in a sentence."""
LEAST_DRAWS = 8
"""Fewer draws of the parameters show nothing, whatever they show (judgement)."""
NOISE = 0.05
"""Chance that any parameter that does nothing passes the floor."""


@dataclass(frozen=True)
class Used:
    """What the posterior in use says of a parameter: 5%, median, 95% of its draws; NaN where it does not speak of it."""

    said: str
    low: float = math.nan
    middle: float = math.nan
    high: float = math.nan


@dataclass(frozen=True)
class Facts:
    """One parameter. `rows`: published figures behind it, its own sources first. `read_in`: files of the readable engine."""

    record: Record
    prior: str
    used: Used
    fitted: str
    formula: str
    rows: tuple[Evidence, ...]
    rivals: tuple[Alternative, ...]
    read_in: tuple[str, ...]


def facts(name: str, chosen: Chosen | None = None) -> Facts:
    """Everything behind a parameter. `chosen`: the posterior in use; None for the usual one. Raises UserError."""
    record = found(name)
    chosen = posterior.choose() if chosen is None else chosen
    return Facts(
        record,
        prior_words(record),
        used(name, chosen),
        fitted_words(record, chosen),
        formula(name),
        rows_behind(record),
        tuple(one for one in alternatives().values() if one.fixed[0] == name),
        read_in(name),
    )


def found(name: str) -> Record:
    """The record of that name. Raises UserError."""
    known = declared()
    if name in known:
        return known[name]
    near = nearest(name, known)
    raise UserError(
        f"no parameter is called {name!r}",
        key=name,
        rule="a name of `peerscale parameters`",
        got=name,
        try_=f"peerscale parameters {near}".strip(),
    )


def prior_words(record: Record) -> str:
    """How a number varies between worlds, in words."""
    span = f"{record.low:g} to {record.high:g}"
    if record.role == "structure":
        return "none: it is built into the rules, the same in every world"
    if record.prior == "fixed" or record.low == record.high:
        return f"none: held at {record.value:g} in every world (bounds {span})"
    return f"{record.prior}, {span}" + (f", most likely {record.value:g}" if record.prior == "triangular" else "")


def used(name: str, chosen: Chosen) -> Used:
    """What the posterior in use says of a parameter."""
    if not chosen.file:
        return Used(f"none.{posterior.unfitted()}" if posterior.unfitted() else "none: the priors are in use")
    names, rows = posterior.values(chosen, range(1, posterior.count(chosen) + 1))
    if name not in names:
        return Used(f"it does not speak of {name}: the prior is in use")
    low, middle, high = np.quantile(rows[:, names.index(name)], [0.05, 0.5, 0.95]).tolist()
    return Used(f"median {middle:.3g}, 5 to 95% {low:.3g} to {high:.3g} ({chosen.sha256[:8]})", low, middle, high)


def fitted_words(record: Record, chosen: Chosen) -> str:
    """Whether a plan fits it, and whether the posterior in use did."""
    if record.role not in (CALIBRATED, "prior") or record.prior == "fixed":
        return f"no: its role is {record.role}"
    did = bool(chosen.file) and record.name in posterior.values(chosen, [0])[0]
    part = "its role is calibrated" if record.role == CALIBRATED else "carried along, unless a plan names it"
    said = "yes, by the posterior in use" if did else f"it may be ({part}); no posterior in use has fitted it"
    return said + twice_words(record.name)


def twice_words(name: str) -> str:
    """That a parameter rests on figures that a plan may fit too; nothing where it rests on none."""
    rows = [row.id for row in derived.fitted(name)]
    return (
        f". It may be fitted in part twice: its value or range rests on {', '.join(rows)}, which a plan may fit"
        if rows
        else ""
    )


def formula(name: str) -> str:
    """How its value and the ends of its range follow from the rows that it cites, in words; "" where nothing is declared."""
    said = (f"{one.end}: {in_words(one)}" for one in derivations() if one.parameter == name)
    return "; ".join(said).replace("`", "")


def rows_behind(record: Record) -> tuple[Evidence, ...]:
    """Published figures behind a parameter: those that it cites, those that say they inform it, and their rivals."""
    rows = library()
    named = [rows[one] for one in record.source_id.split() if one in rows]
    named += [row for one in derivations() if one.parameter == record.name for row in rows_of(one)]
    named += [row for row in rows.values() if record.name in row.informs and row not in named]
    sets = {row.rival_set for row in named if row.rival_set}
    found = named + [row for row in rows.values() if row.rival_set in sets]
    return tuple({row.id: row for row in found}.values())


@lru_cache(maxsize=1)
def _sources() -> dict[str, str]:
    folder = Path(agents.__file__).parent
    return {path.name: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.py"))}


def read_in(name: str) -> tuple[str, ...]:
    """Files of the readable engine that read a parameter, by name."""
    return tuple(file for file, text in _sources().items() if re.search(rf"\bpar\.{re.escape(name)}\b", text))


# ------------------------------------------------------------------ behind an outcome


@dataclass(frozen=True)
class Moved:
    """How a parameter went with an outcome over the draws of some runs. `rank`: rank correlation, NaN where none was asked for."""

    record: Record
    rank: float
    clear: bool
    rows: tuple[Evidence, ...]


@dataclass(frozen=True)
class Behind:
    """The parameters behind an outcome. `floor`: a rank correlation that one which does nothing hardly passes; NaN: not measured."""

    outcome: str
    draws: int
    floor: float
    where: str
    moved: tuple[Moved, ...]


def uncertain() -> list[Record]:
    """Parameters of the model that differ from world to world."""
    return [r for r in records().values() if r.role != VALUE and r.prior != "fixed" and r.high > r.low]


def held_judgements(rows: Iterable[Evidence] = ()) -> list[Record]:
    """Judgements that are the same in every world though they could be otherwise: no interval has them in it.

    First FIRST_HELD, then those of which the figures `rows` speak, then those held at an end of their own range.
    """
    spoken = {name for row in rows for name in row.informs}
    held = [
        r
        for r in records().values()
        if r.role != VALUE and r.grade == "judgement" and r.prior == "fixed" and r.high > r.low
    ]

    def place(one: Record) -> int:
        ways = (one.name == FIRST_HELD, one.name in spoken, one.value in (one.low, one.high))
        return ways.index(True) if True in ways else len(ways)

    return sorted(held, key=place)


def held_words(rows: Iterable[Evidence] = ()) -> str:
    """That judgements are held fixed, so stand in no interval; the first few with their ranges, made from the table."""
    held = held_judgements(rows)
    some = [f"`{one.name}` at {one.value:g} ({one.low:g} to {one.high:g})" for one in held[:MOST_HELD]]
    return (
        f"{len(held)} judgements are held fixed in every run and are part of no interval (role fixed in `peerscale parameters`). "
        f"Some, with what they could be: {', '.join(some)}. `--fix {FIRST_HELD}=0.5` shows what hangs on one."
    )


def by_structure(outcome: str) -> Behind:
    """The uncertain parameters in the table's order: none is known to move this outcome more than another."""
    known_outcome(outcome)
    return Behind(outcome, 0, math.nan, "", tuple(Moved(r, math.nan, False, rows_behind(r)) for r in uncertain()))


def by_runs(outcome: str, run: Stored) -> Behind:
    """The parameters that differed between the worlds of a run, those that went with the outcome first. Raises UserError.

    Replicates of a draw are averaged. The rank correlation of a parameter that does nothing passes `floor` in hardly any run.
    """
    one = known_outcome(outcome)
    draws = np.array([draw for draw, _ in run.result.shape.worlds])
    y, kept = _means(one.worlds(run.result), draws)
    columns = {name: _means(values, draws)[0][kept] for name, values in run.drawn.items() if name in records()}
    varied = {name: x for name, x in columns.items() if np.ptp(x) > 0}
    if int(kept.sum()) < LEAST_DRAWS or not varied:
        raise UserError(
            f"too few draws say anything about {outcome}",
            file=str(run.path),
            key="--from",
            rule=f"at least {LEAST_DRAWS} draws in which it can be counted",
            got=str(int(kept.sum())),
            try_="peerscale run today --draws 60 --out results",
        )
    floor = floor_of(len(varied), int(kept.sum()))
    found = [
        Moved(records()[name], rank, abs(rank) > floor, rows_behind(records()[name]))
        for name, rank in ((name, correlation(x, y[kept])) for name, x in varied.items())
    ]
    ordered = sorted(found, key=lambda moved: (-abs(moved.rank), moved.record.name))
    return Behind(outcome, int(kept.sum()), floor, str(run.path), tuple(ordered))


def known_outcome(name: str) -> Outcome:
    """The outcome of that name. Raises UserError."""
    if name in BY_NAME:
        return BY_NAME[name]
    raise UserError(
        f"no outcome is called {name[:80]!r}",
        key="--of",
        rule="an outcome of docs/tables.md: available, started_in_time, …",
        got=name[:80],
        try_=nearest(name, BY_NAME) or "available",
    )


def _means(values: np.ndarray, draws: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(mean of each draw's worlds, whether there is one): worlds without a value are left out."""
    numbers = np.unique(draws)
    good = np.isfinite(np.asarray(values, np.float64))
    each = [np.asarray(values, np.float64)[(draws == n) & good] for n in numbers]
    return np.array([one.mean() if len(one) else np.nan for one in each]), np.array([len(one) > 0 for one in each])


def correlation(x: np.ndarray, y: np.ndarray) -> float:
    """Spearman's rank correlation; 0 where either is the same everywhere."""
    a, b = _ranks(x), _ranks(y)
    spread = float(a.std() * b.std())
    return float(((a - a.mean()) * (b - b.mean())).mean() / spread) if spread > 0 else 0.0


def _ranks(x: np.ndarray) -> np.ndarray:
    """Ranks from 1; ties share theirs."""
    _, place, counts = np.unique(x, return_inverse=True, return_counts=True)
    return np.asarray((np.cumsum(counts) - (counts - 1) / 2)[place])


def floor_of(parameters: int, draws: int) -> float:
    """The rank correlation that the largest of so many parameters which do nothing passes in one of twenty runs, about."""
    each = 1 - (1 - NOISE) ** (1 / parameters)
    return min(1.0, NormalDist().inv_cdf(1 - each / 2) / math.sqrt(draws - 1))


def papers(rows: Sequence[Evidence]) -> list[str]:
    """Sources of rows, each once."""
    return list(dict.fromkeys(row.source for row in rows if row.source))
