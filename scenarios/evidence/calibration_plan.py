"""A calibration plan: where, how many people, which figures are fitted and which held back, seeds, and the gate.

A TOML file, checked whole before anything is run; `extends` names a plan beside it (or a shipped one) whose
keys it takes over and may change. Its hash stands in every posterior, so that a plan committed before a fit
was looked at can be shown to be the one that was run.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from calibration import EVIDENCE
from scenarios.reading.checks import Source
from scenarios.reading.files import parse, read_text, shown
from scenarios.reading.forms import checked
from scenarios.reading.lines import all_lines
from sim.columns.state import BURN_IN_WEEKS
from sim.errors import UserError, nearest
from sim.numbers.structure import FOLLOW_UP_WEEKS
from sim.reading import is_file, is_folder

SHIPPED = EVIDENCE
"""Where the shipped plans are."""
MOST_PARAMETERS = 15
T = TypeVar("T")


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False, frozen=True)


class WhereTable(_Table):
    """`[where]`: `people` adults shared equally by the areas, in whole places."""

    areas: list[str] = Field(min_length=1, max_length=42)
    people: int = Field(ge=100, le=10_000_000)
    place_size: int = Field(default=10_000, ge=100, le=50_000)


class TargetsTable(_Table):
    """`[targets]`: ids of the evidence library. transform holds for every row without counts, noise_factor for every row
    that does not say how many people it speaks of."""

    fitted: list[str] = Field(min_length=1)
    held_back: list[str] = []
    transform: Literal["none", "log", "logit"] = "none"
    noise_factor: float = Field(default=1.0, ge=0, le=1)
    correlation_within_group: float = Field(default=0.5, ge=0, lt=1)
    rivals: dict[str, str] = {}


class ParametersTable(_Table):
    """`[parameters]`: which are free; nothing named: every one whose role is calibrated. The others are carried along."""

    names: list[str] = Field(default=[], max_length=MOST_PARAMETERS)


class OutputsTable(_Table):
    """`[outputs]`: statistics of which to say how far evidence narrowed them."""

    names: list[str] = []
    narrowed_least: float = 0.2


class NextTable(_Table):
    """`[[next]]`: a study that could be made. `of`: how many it would ask of a share, or `se`, its standard error.
    price_gbp: what it would cost, if somebody has said."""

    what: str = Field(min_length=1, max_length=200)
    statistic: str
    of: int | None = Field(default=None, ge=1, le=10_000_000)
    se: float = Field(default=0.0, ge=0)
    discrepancy: float = Field(default=0.0, ge=0)
    price_gbp: float | None = Field(default=None, ge=0)


class CalibrationTable(_Table):
    """`[calibration]`: how much is run; `calibration.fit.waves.Settings` says what each is."""

    seed: int = Field(ge=0, le=2**31)
    points: int = Field(ge=40, le=100_000)
    later: int = Field(default=0, ge=0, le=100_000)
    again: float = Field(default=1.0, gt=0, le=1)
    replicates: int = Field(default=3, ge=2, le=1_000)
    held_out: float = Field(default=0.2, gt=0, le=0.5)
    most_waves: int = Field(default=3, ge=1, le=20)
    cut: float = Field(default=3.0, gt=0, le=20)
    particles: int = Field(default=4_000, ge=100, le=1_000_000)
    draws: int = Field(default=200, ge=20, le=100_000)
    draw_replicates: int = Field(default=3, ge=2, le=1_000)
    failing: Literal["leave_out", "inflate"] = "leave_out"


class GateTable(_Table):
    """`[gate]`: what an emulator has to pass. Stated, not chosen: a plan cannot loosen it."""

    spread: list[float]
    covered: float
    explained: float


class PassTable(_Table):
    """`[pass]`: what the calibration is judged by. outside: fitted figures of which the plan says beforehand that they may
    lie outside their interval."""

    interval: float = 0.9
    outside: list[str] = []
    log_score: str = ""
    hours_at_most: float = 3.0


class PlanFile(_Table):
    """The whole file."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")
    written: str = ""
    why: str = ""
    extends: str | None = None
    scenario: str = "today"
    reported_weeks: int = Field(default=156, gt=FOLLOW_UP_WEEKS, le=1_560)
    burn_in_weeks: int = Field(default=BURN_IN_WEEKS, ge=0, le=2_600)
    clock: str = ""
    where: WhereTable
    targets: TargetsTable
    parameters: ParametersTable = ParametersTable()
    outputs: OutputsTable = OutputsTable()
    calibration: CalibrationTable
    gate: GateTable | None = None
    pass_: PassTable = Field(default=PassTable(), alias="pass")
    next: list[NextTable] = Field(default=[], max_length=40)


@dataclass(frozen=True)
class Plan:
    """A plan, its form checked. sha256: of its content with what it extends, whatever its comments and order."""

    form: PlanFile
    sources: tuple[Source, ...]
    sha256: str

    def error(self, path: tuple[str | int, ...], what: str, rule: str, got: Any, try_: str = "") -> UserError:
        """A UserError at a key, in the file of the chain where that key stands."""
        return source_of(self.sources, path).error(path, what, rule, got, try_)

    def at(self, path: tuple[str | int, ...], call: Callable[[], T]) -> T:
        """What `call` returns; its UserError said to be about a key of the plan."""
        try:
            return call()
        except UserError as error:
            raise self.error(path, error.what, error.rule, error.got, error.try_) from None


def source_of(sources: tuple[Source, ...], path: tuple[str | int, ...]) -> Source:
    """The file of a chain (nearest first) in which a key stands; the nearest if in none."""
    for end in range(len(path), 0, -1):
        for source in sources:
            if path[:end] in all_lines(source.text):
                return source
    return sources[0]


def read_plan(path: str | Path) -> Plan:
    """The plan in a TOML file, or a shipped one by name. UserError with file, key and line of the first thing wrong."""
    chain = _chain(_find(str(path), Path()))
    sources = tuple(source for source, _ in chain)
    content: dict[str, Any] = {}
    for _, table in reversed(chain):
        content = _merged(content, table)
    content.pop("extends", None)
    form = checked(
        PlanFile,
        content,
        lambda path: source_of(sources, path),
        'a shipped plan; extends = "shipped_2" takes over what is not given',
    )
    text = json.dumps(content, sort_keys=True, ensure_ascii=False)
    return Plan(form, sources, hashlib.sha256(text.encode()).hexdigest())


def names() -> list[str]:
    """Names of the shipped plans."""
    return sorted(path.stem.removesuffix("_plan") for path in SHIPPED.glob("*_plan.toml"))


def _find(name: str, beside: Path) -> Path:
    for path in (beside / name, SHIPPED / f"{name}_plan.toml"):
        if is_file(path):
            return path
    if is_folder(beside / name):
        raise UserError(f"{name} is a folder, not a plan", file=name, rule="one TOML file", got="a folder")
    raise UserError(
        "there is no such plan",
        file=name,
        rule="a TOML file, or a shipped plan: " + ", ".join(names()),
        got="no file",
        try_=nearest(name, names()) or "peerscale calibrate small --out study",
    )


def _chain(path: Path) -> list[tuple[Source, dict[str, Any]]]:
    """The file and what it extends, itself first."""
    chain: list[tuple[Source, dict[str, Any]]] = []
    seen: list[Path] = []
    while True:
        source = Source(shown(path), read_text(path))
        table = parse(source.text, source.file)
        chain.append((source, table))
        seen.append(path.resolve())
        parent = table.get("extends")
        if not isinstance(parent, str):
            return chain
        path = _find(parent, path.parent)
        if path.resolve() in seen:
            raise source.error(
                ("extends",), "a plan extends itself", "what it extends must not lead back to it", parent, ""
            )


def _merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Tables joined key by key, the upper one's values first."""
    both = {
        k: _merged(below[k], v) if isinstance(v, dict) and isinstance(below.get(k), dict) else v
        for k, v in above.items()
    }
    return {**below, **both}
