"""Posteriors in use: which one a study takes its parameters from, and the values of each world.

Draw 0 is the medoid, the drawn vector nearest the posterior's mean; draw d takes an equally weighted draw of the
posterior, the same in every study and scenario. A posterior holds every uncertain parameter, so a world is one joint
draw of them all, never one best vector. (Of an older one that holds fewer, the rest keep their priors at that draw.)
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from calibration import EVIDENCE
from calibration.fit.posterior import Posterior, read_posterior
from calibration.fit.trouble import CalibrationError
from calibration.library.statistics import STATISTICS
from scenarios.reading.load import is_todays, load
from scenarios.reading.write import as_dict
from scenarios.running.model_code import code_hash
from sim.errors import UserError, nearest
from sim.numbers.parameters import Parameters, records
from sim.numbers.prices import at_model_prices
from sim.people.population import load_areas
from sim.results.words import WORDS
from sim.version import MODEL, edition

T = TypeVar("T")
FOLDER = EVIDENCE / "posterior"
SHIPPED, NONE = "shipped", "none"
MARK, ASSUMPTION = "†", "an assumption, not a finding"
SHUFFLE = 0
"""Seed of the order in which a posterior's draws are used."""


@dataclass(frozen=True)
class Chosen:
    """Which posterior: `file` is "" for the priors, "shipped", or a path; `sha256` of its draws.

    `own`: whether numbers of one's own, or rival evidence, hold beside it: then no level is a finding.
    `of`: titles of the policies shown whose levels were looked at (`as_looked_at`): only theirs can be findings.

    One of a path takes its draws along to another process, which may be on a machine without that file.
    """

    file: str = ""
    sha256: str = ""
    own: bool = field(default=False, compare=False)
    of: tuple[str, ...] = field(default=(), compare=False)

    def __reduce__(self) -> tuple[Any, ...]:
        if self.file in ("", SHIPPED):
            return Chosen, (self.file, self.sha256)
        return _brought, (self.file, self.sha256, *_in_order(self))


PRIORS = Chosen()
UNFITTED = "This edition of the model is not fitted to published figures yet: it has no posterior."
"""Said beside every result until a posterior ships."""
BUT_OWN = ", but for numbers of your own or rival evidence"
"""After where parameters come from, where some do not."""
ELSEWHERE = "of another place, size or policy than this"
"""After that something was fitted, where this is not what was looked at."""
_with_draws: dict[str, tuple[tuple[str, ...], np.ndarray]] = {}
"""What came to this process with the work, by `Chosen.sha256`: as `_in_order` gives it."""


def _brought(file: str, sha256: str, names: tuple[str, ...], rows: np.ndarray) -> Chosen:
    """A posterior with its draws, from the process that chose it."""
    _with_draws[sha256] = names, rows
    return Chosen(file, sha256)


@contextmanager
def in_our_voice() -> Iterator[None]:
    """What the calibrator finds wrong, said as everywhere."""
    try:
        yield
    except CalibrationError as error:
        raise UserError(**error.parts()) from None


def there_is_one() -> bool:
    """Whether a posterior ships with the model."""
    return (FOLDER / "posterior.json").is_file()


def choose(name: str | None = None) -> Chosen:
    """The posterior of that name: a file, "shipped", "none" for the priors; by default the shipped one.

    UserError for one that is missing, damaged, of another version of the model, or of other parameters.
    Until a posterior of this model ships, the default is the priors, and "shipped" is missing.
    """
    if name == NONE or (name is None and not there_is_one()):
        return PRIORS
    file = SHIPPED if name is None else name
    return Chosen(file, str(_read(file).about["draws_hash"]))


def path_of(file: str) -> Path:
    """Where a posterior's JSON lies: of "shipped", of a file, or in a folder of `peerscale calibrate`."""
    path = FOLDER if file == SHIPPED else Path(file)
    return path / "posterior.json" if path.is_dir() else path.with_suffix(".json")


@lru_cache(maxsize=8)
def _read(file: str) -> Posterior:
    path = path_of(file)
    if not path.is_file():
        raise _missing(file, path)
    with in_our_voice():
        found = read_posterior(path)
    _check_version(found, str(path))
    _check_columns(found, str(path))
    return found


def _missing(file: str, path: Path) -> UserError:
    none = file == SHIPPED
    return UserError(
        "there is no such posterior" + (f". {UNFITTED}" if none else ""),
        file="" if none else str(path),
        key="--posterior",
        got=SHIPPED if none else "no file",
        rule="a .json or .parquet of `peerscale calibrate`, its folder, shipped or none",
        try_="--posterior none takes every parameter from its prior",
    )


def _check_version(found: Posterior, file: str) -> None:
    got = str(found.about["version"])
    model = got.split(",")[0].removeprefix("model ")
    if model != str(MODEL):
        raise UserError(
            f"this posterior is of {edition(model)}",
            file=file,
            key="version",
            rule=f"model {MODEL}",
            got=got,
            try_="peerscale calibrate makes one of this version; --posterior none takes the priors",
        )


def _check_columns(found: Posterior, file: str) -> None:
    """Every parameter known, its draws finite and within its range."""
    for j, name in enumerate(found.names):
        row = records().get(name)
        if row is None:
            raise UserError(
                f"the model has no parameter called {name!r}",
                file=file,
                key="parameters",
                got=name,
                rule="parameters of `peerscale parameters`",
                try_=nearest(name, records()),
            )
        column = found.values[:, j]
        slack = 1e-9 * (row.high - row.low)
        if (
            not len(column)
            or not np.isfinite(column).all()
            or column.min() < row.low - slack
            or column.max() > row.high + slack
        ):
            raise UserError(
                f"draws of {name} cannot be used",
                file=str(Path(file).with_suffix(".parquet")),
                key=name,
                rule=f"numbers from {row.low:g} to {row.high:g}",
                got=_span(column),
            )


def _span(column: np.ndarray) -> str:
    return f"{column.min():g} to {column.max():g}" if len(column) else "no draws"


@lru_cache(maxsize=8)
def _in_order(chosen: Chosen) -> tuple[tuple[str, ...], np.ndarray]:
    """(names, float64[1 + n, names]): the medoid, then n equally weighted draws."""
    if chosen.sha256 in _with_draws:
        return _with_draws[chosen.sha256]
    found = _read(chosen.file)
    if found.about["draws_hash"] != chosen.sha256:
        raise UserError(
            "the posterior changed while it was in use",
            file=str(path_of(chosen.file)),
            key="draws_hash",
            rule=chosen.sha256,
            got=str(found.about["draws_hash"]),
            try_="start again",
        )
    rows = found.resampled(len(found.values), SHUFFLE)
    return found.names, np.vstack([medoid(found), rows])


def medoid(found: Posterior) -> np.ndarray:
    """float64[names]: the draw nearest the weighted mean, each parameter in its own standard deviations."""
    mean = found.weights @ found.values
    spread = np.sqrt(found.weights @ (found.values - mean) ** 2)
    apart = (found.values - mean) / np.where(spread > 0, spread, 1.0)
    return found.values[int(np.argmin((apart**2).sum(axis=1)))]


def values(chosen: Chosen, draws: Sequence[int]) -> tuple[tuple[str, ...], np.ndarray]:
    """(names, float64[draws, names]): the posterior's parameters at these draws, each row one joint draw."""
    names, rows = _in_order(chosen)
    numbers = np.asarray(draws, int)
    return names, rows[np.where(numbers == 0, 0, 1 + (numbers - 1) % (len(rows) - 1))]


def count(chosen: Chosen) -> int:
    """How many equally weighted draws a posterior has."""
    return len(_in_order(chosen)[1]) - 1


def with_posterior(par: Parameters, chosen: Chosen, draws: Sequence[int], fixed: Sequence[str] = ()) -> Parameters:
    """Parameters of these draws with the calibrated ones from the posterior, but for those that a study fixes."""
    if chosen == PRIORS:
        return par
    names, found = values(chosen, draws)
    kept = [j for j, name in enumerate(names) if name not in fixed]
    return overlaid(par, [names[j] for j in kept], found[:, kept])


def overlaid(par: Parameters, names: Sequence[str], found: np.ndarray) -> Parameters:
    """Parameters with the named ones set world by world: float64[worlds, names], in the table's units."""
    known = records()
    columns: dict[str, Any] = {
        name: np.array([at_model_prices(float(v), known[name].unit) for v in found[:, j]])
        for j, name in enumerate(names)
    }
    return replace(par, **columns)


# ------------------------------------------------------------------ what it says of outputs


@lru_cache(maxsize=8)
def outputs(chosen: Chosen) -> dict[str, dict[str, Any]]:
    """What evidence did for each output, by its name: `narrowed`, `judgement`, `finding`, `verdict`. Empty for priors."""
    return {row["name"]: row for row in _beside(chosen, "outputs.json", "outputs", "name")}


@lru_cache(maxsize=8)
def fits(chosen: Chosen) -> tuple[dict[str, Any], ...]:
    """How each published figure lies in what the fitted model says of it (`calibration.fit.check.Fit`). Empty for priors."""
    return tuple(_beside(chosen, "fit.json", "fits", "id"))


def _beside(chosen: Chosen, name: str, key: str, named: str) -> list[dict[str, Any]]:
    """The rows of a JSON beside the posterior, each with its name; none where there is no such file."""

    def rows(content: dict[str, Any]) -> list[dict[str, Any]]:
        if not all(isinstance(row[named], str) for row in content[key]):
            raise ValueError(f"a row without {named}")
        return list(content[key])

    return _taken(chosen, name, key, rows) or []


def _taken(chosen: Chosen, name: str, key: str, take: Callable[[dict[str, Any]], T]) -> T | None:
    """What `take` finds in a JSON beside the posterior; None where there is no such file. Raises UserError for a damaged one."""
    path = path_of(chosen.file).with_name(name) if chosen.file else None
    if path is None or not path.is_file():
        return None
    try:
        return take(json.loads(path.read_text("utf-8")))
    except (ValueError, KeyError, TypeError, AttributeError, OSError, RecursionError) as error:
        raise UserError(
            f"the posterior's {key} cannot be read",
            file=str(path),
            rule=f"{name} of one calibration",
            got=str(error)[:80],
            try_="calibrate again, or take the files from a copy",
        ) from None


@dataclass(frozen=True)
class LookedAt:
    """What a fit's outputs were looked at on: a policy by its name, codes of areas, adults in all of them together."""

    policy: str
    areas: tuple[str, ...]
    people: int

    @property
    def said(self) -> str:
        """The same in words."""
        names = dict(zip(load_areas().code, load_areas().short_name, strict=True))
        where = " and ".join(str(names.get(code, code)) for code in self.areas)
        title = self.policy
        with suppress(UserError):  # of a fit that somebody else made, it need not be here
            title = load(self.policy).title
        return f"today's policy (or “{title}”) in {where}, with {self.people:,} adults or more"


@lru_cache(maxsize=8)
def looked_at(chosen: Chosen) -> LookedAt | None:
    """What the outputs of a posterior were looked at on; None where that is not known."""

    def take(content: dict[str, Any]) -> LookedAt | None:
        on = content.get("looked_at")
        return None if on is None else LookedAt(str(on["policy"]), tuple(map(str, on["areas"])), int(on["people"]))

    return _taken(chosen, "outputs.json", "looked_at", take)


def as_looked_at(chosen: Chosen, policy: Mapping[str, Any], areas: Sequence[str], people: int) -> bool:
    """Whether levels of this run are those that were looked at: today's policy or the fitted one, in the same areas, of no
    fewer people. policy: as `scenarios.reading.write.as_dict` has it; areas: their codes."""
    on = looked_at(chosen)
    if on is None or set(on.areas) != set(areas) or people < on.people:
        return False
    return is_todays(policy) or _moves(policy) == _fitted(on.policy)


@lru_cache(maxsize=4)
def _fitted(name: str) -> dict[str, Any] | None:
    """What the fitted policy does; None where no such scenario ships any more."""
    with suppress(UserError):
        return _moves(as_dict(load(name)))
    return None


def _moves(policy: Mapping[str, Any]) -> dict[str, Any]:
    """What makes a policy the same one: its levers and how they change, whatever it is called."""
    return {key: policy.get(key) for key in ("history", "levers", "change")}


def refused(chosen: Chosen) -> tuple[str, ...]:
    """Figures that were meant to be fitted and were not, for their emulator did not pass."""
    return tuple(_read(chosen.file).about.get("refused_targets", ())) if chosen.file else ()


def widened(chosen: Chosen) -> tuple[str, ...]:
    """Figures that were fitted with a wider error, for their emulator did not pass."""
    found = _read(chosen.file).about.get("widened_targets") if chosen.file else None
    return tuple(map(str, found)) if isinstance(found, list) else ()


def narrowed(name: str, chosen: Chosen) -> bool:
    """Whether evidence narrowed this output enough, on what it was looked at. What nobody asked about is not."""
    return bool(outputs(chosen).get(name, {}).get("finding"))


def is_finding(name: str, chosen: Chosen, policy: str) -> bool:
    """Whether the level of this output, under the policy of that title, is a finding: narrowed, and what was looked at."""
    return not chosen.own and policy in chosen.of and narrowed(name, chosen)


def mark(name: str, chosen: Chosen, policy: str) -> str:
    """What stands behind the level of an output under the policy of that title; `note` says what it means."""
    return "" if is_finding(name, chosen, policy) else f" {MARK}"


def marks(name: str, chosen: Chosen, policies: Sequence[str]) -> tuple[str, list[str]]:
    """(mark behind the output's name, marks behind its level under each policy): the name alone where all of them have it."""
    each = [mark(name, chosen, one) for one in policies]
    return ("", each) if "" in each else (f" {MARK}", [""] * len(each))


def fitted_words(name: str, policy: str, chosen: Chosen | None) -> str:
    """What parameters were fitted to, and what that says of the level of an output under the policy of that title. None: with a
    posterior that is not here."""
    if chosen is None:
        return "with a posterior that is not known here"
    if chosen == PRIORS:
        return "not fitted to figures yet"
    fitted = "fitted in part to published figures"
    if chosen.own:
        return f"{fitted}, beside numbers of your own or rival evidence"
    if is_finding(name, chosen, policy):
        return fitted
    return f"{fitted}, " + (ELSEWHERE if narrowed(name, chosen) else f"which leave '{name}' wide")


def note(chosen: Chosen) -> str:
    """What the mark means, in a sentence."""
    if chosen.own:
        return f"{MARK} {ASSUMPTION}: numbers of your own or rival evidence hold in this run."
    if chosen == PRIORS:
        return f"{MARK} {ASSUMPTION}: every parameter is from its prior, nothing is fitted."
    return f"{MARK} {ASSUMPTION}: fitting published evidence did not surely narrow it by 20%, or it was not looked at{_looked(chosen)}."


def _looked(chosen: Chosen) -> str:
    """What was looked at, to stand behind that something was not; nothing where it is not known."""
    on = looked_at(chosen)
    return f". Looked at was only {on.said}" if on else ""


def unfitted() -> str:
    """That nothing is fitted, to stand behind a sentence; nothing once a posterior of this model ships."""
    return "" if there_is_one() else f" {UNFITTED}"


def levels_note(chosen: Chosen) -> str:
    """For pages: which outputs are findings and where, and that all others are assumptions."""
    on = looked_at(chosen)
    found = [name for name in outputs(chosen) if on and not chosen.own and narrowed(name, chosen)]
    said = "; ".join(_words(name) for name in found)
    rest = (
        f"Levels of every output but these are {ASSUMPTION}: {said}. Findings are these of {on.said}; elsewhere they are none."
        if found and on
        else f"The level of every output is {ASSUMPTION}."
    )
    return f"{origin(chosen)} {rest}"


def _words(name: str) -> str:
    """An output for people: an outcome by its words, a statistic of a run by how it is counted."""
    counted = STATISTICS.get(name)
    return WORDS.get(name) or (f"{counted.how} ({counted.unit})" if counted else name)


def origin(chosen: Chosen) -> str:
    """Where a study's parameters come from, in a sentence."""
    if chosen == PRIORS:
        return f"Parameters are from their priors{BUT_OWN if chosen.own else ''}." + unfitted()
    found = _read(chosen.file)
    what = "the shipped posterior" if chosen.file == SHIPPED else "a posterior of your own"
    older = (
        ""
        if f"code {code_hash()}," in found.about["version"] + ","
        else " It was fitted to another state of the model's code."
    )
    rest = [name for name, row in records().items() if row.role in ("prior", "calibrated") and row.prior != "fixed"]
    from_, own = f"{what} ({chosen.sha256[:8]})", BUT_OWN if chosen.own else ""
    if set(rest) <= set(found.names):
        return f"All {len(found.names)} uncertain parameters are drawn jointly from {from_}{own}.{older}"
    return f"{len(found.names)} parameters are from {from_}, the others from their priors{own}.{older}"
