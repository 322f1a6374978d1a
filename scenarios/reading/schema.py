"""The typed form of a scenario file, as written (before `extends` is followed)."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

from scenarios.reading.scenario import LEAST_YEARS
from sim.numbers.levers import CHOICES, LEVERS, Lever
from sim.numbers.structure import FOLLOW_UP_WEEKS

MONTH = r"^(19|20)\d\d-(0[1-9]|1[0-2])$"
MOMENT = r"^((19|20)\d\d-(0[1-9]|1[0-2])|year [1-9]\d?|week (0|[1-9]\d{0,3}))$"
SLUG = r"^[a-z][a-z0-9_]{0,39}$"
MOST_CHANGES = 200
_MOMENT_RULE = 'a month "2026-04", or "year 2" or "week 60" counted from the policy start'


def lever_schema(lever: Lever) -> dict[str, Any]:
    """JSON Schema of one lever, with its meaning for editors."""
    told = f"{lever.meaning} Unit: {lever.unit}. {lever.limits}"
    if lever.choice:
        words = CHOICES[lever.choice]
        return {"enum": list(words), "default": words[int(lever.today)], "description": told}
    span = {"minimum": lever.low, "maximum": lever.high, "default": lever.today}
    return {"type": "number", **span, "description": told}


_LEVERS_SCHEMA = {
    "type": "object",
    "additionalProperties": False,
    "properties": {lever.name: lever_schema(lever) for lever in LEVERS},
}
Levers = Annotated[dict[str, Any], WithJsonSchema(_LEVERS_SCHEMA)]
Area = Annotated[str, Field(min_length=1, description="an area is a code, a name or a short form in quotes")]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False, frozen=True)


class RunTable(_Model):
    """`[run]`: where, when and how much. Every key has a default."""

    start: str = Field(
        default="2025-04",
        pattern=MONTH,
        description="a month in quotes: year, hyphen, two digits",
        examples=["2025-04"],
    )
    years: float = Field(
        default=5.0,
        ge=LEAST_YEARS,
        le=30,
        description=f"years is a number from {LEAST_YEARS} to 30: a want is followed for {FOLLOW_UP_WEEKS} weeks",
        examples=[5],
    )
    horizon: str | None = Field(
        default=None,
        pattern=MONTH,
        description="the month after the last one reported, instead of years",
        examples=["2030-04"],
    )
    areas: list[Area] = Field(
        default=["bnssg"],
        min_length=1,
        max_length=42,
        examples=[["bnssg"]],
        description='areas is a list of codes, names or short forms, or ["all"]',
    )
    people: int = Field(
        default=10_000,
        ge=100,
        le=60_000_000,
        examples=[10_000],
        description="adults simulated in all areas together, a whole number from 100 to 60 million",
    )
    draws: int = Field(
        default=20, ge=1, le=10_000, examples=[1], description="parameter draws, a whole number from 1 to 10,000"
    )
    replicates: int = Field(
        default=1, ge=1, le=1_024, examples=[20], description="replicates of each draw, a whole number from 1 to 1,024"
    )
    seed: int = Field(default=1, ge=0, lt=2**63, examples=[1], description="a whole number from 0 to 2^63 - 1")
    fix: dict[str, float | int] = Field(
        default={},
        examples=["{ accept_offer = 0.5 }"],
        description="parameters held at a value in every world: a number each (peerscale parameters)",
    )
    prior: dict[str, list[float | int]] = Field(
        default={},
        examples=["{ accept_offer = [0.5, 0.7] }"],
        description="parameters drawn evenly from a range of one's own: low and high of each",
    )
    rivals: list[str] = Field(
        default=[],
        examples=[["wants_are_short"]],
        description="rival evidence that holds in every world, by name (peerscale evidence rivals)",
    )


class ChangeTable(_Model):
    """`[[change]]`: levers that change at a moment, for some time, in some areas."""

    from_: str = Field(alias="from", pattern=MOMENT, description=_MOMENT_RULE, examples=["year 2"])
    to: str | None = Field(
        default=None, pattern=MOMENT, description="when it no longer holds: " + _MOMENT_RULE, examples=["year 3"]
    )
    areas: list[Area] | None = Field(
        default=None,
        min_length=1,
        max_length=42,
        examples=[["bnssg"]],
        description="areas is a list of codes, names or short forms",
    )
    over_weeks: int = Field(
        default=0,
        ge=0,
        le=1560,
        examples=[52],
        description="weeks over which numbers move, in steps of 13 and at the end; a whole number from 0 to 1560",
    )
    levers: Levers = Field(min_length=1, description="at least one lever", examples=["{ link_workers = 1.5 }"])
    source: str | None = Field(
        default=None, min_length=1, description="where an outside series comes from", examples=["spr_lw_2025"]
    )
    label: str | None = Field(
        default=None, min_length=1, description="what happened, in a few words", examples=["Link workers grow"]
    )


class ScenarioFile(_Model):
    """A scenario file."""

    name: str = Field(
        pattern=SLUG,
        examples=["more_money"],
        description="name is the file's name without .toml: small letters, digits and underscores, a letter first",
    )
    title: str = Field(
        min_length=1,
        max_length=120,
        description="a title in quotes, up to 120 letters",
        examples=["More money, same routes"],
    )
    question: str = Field(
        min_length=10,
        max_length=400,
        pattern=r"\?\s*$",
        examples=["Is money enough?"],
        description="one sentence that ends in a question mark: what the scenario answers",
    )
    extends: str | None = Field(
        default=None,
        min_length=1,
        examples=["today"],
        description="the name of a shipped scenario, or a file beside this one",
    )
    history: bool = Field(
        default=False, description="true for a scenario of the past, whose changes name their source", examples=[True]
    )
    run: RunTable = Field(default_factory=RunTable, description="a table [run]", examples=["[run]"])
    levers: Levers = Field(default_factory=dict, description="a table [levers]", examples=["[levers]"])
    change: list[ChangeTable] = Field(
        default_factory=list,
        max_length=MOST_CHANGES,
        description=f"at most {MOST_CHANGES} tables written as [[change]]",
        examples=["[[change]]"],
    )
