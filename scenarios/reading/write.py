"""Writing scenarios: the full resolved text, and the JSON Schema for editors."""

from __future__ import annotations

from typing import Any

import tomlkit

from scenarios.reading.course import word
from scenarios.reading.scenario import Change, Scenario


def _plain(value: float | str) -> float | str | int:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _levers(levers: dict[str, float]) -> dict[str, float | str | int]:
    return {name: _plain(word(name, value)) for name, value in levers.items()}


def _change(change: Change) -> dict[str, Any]:
    table = {
        "from": change.from_,
        "to": change.to,
        "areas": list(change.areas),
        "over_weeks": change.over_weeks,
        "source": change.source,
        "label": change.label,
    }
    return {key: value for key, value in table.items() if value} | {"levers": _levers(change.levers)}


def _own_numbers(scenario: Scenario) -> dict[str, Any]:
    """Numbers of one's own and rival evidence in [run]; nothing where none is given."""
    run = scenario.run
    table = {
        "fix": {name: _plain(value) for name, value in run.fix},
        "prior": {one.name: [_plain(one.low), _plain(one.high)] for one in run.prior},
        "rivals": list(run.rivals),
    }
    return {key: value for key, value in table.items() if value}


def as_dict(scenario: Scenario) -> dict[str, Any]:
    """The resolved scenario as plain tables: every lever, every run setting, every change."""
    run = scenario.run
    tables: dict[str, Any] = {"name": scenario.name, "title": scenario.title, "question": scenario.question}
    if scenario.history:
        tables["history"] = True
    tables["run"] = {
        "start": run.start,
        "years": _plain(run.years),
        "areas": list(run.areas),
        "people": run.people,
        "draws": run.draws,
        "replicates": run.replicates,
        "seed": run.seed,
    } | _own_numbers(scenario)
    tables["levers"] = _levers(scenario.levers)
    if scenario.changes:
        tables["change"] = [_change(change) for change in scenario.changes]
    return tables


def to_toml(scenario: Scenario) -> str:
    """The resolved scenario as TOML that extends nothing. Saved as NAME.toml it loads equal.

    Of `[run]` only what was given: a default that is written down would be asked for from then on.
    """
    tables = as_dict(scenario)
    run = {key: value for key, value in tables.pop("run").items() if key in scenario.run.given}
    after = ("levers", "change")
    head = {key: value for key, value in tables.items() if key not in after} | ({"run": run} if run else {})
    return tomlkit.dumps(head | {key: tables[key] for key in after if key in tables})


def json_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of a scenario file, levers with meaning, unit and range."""
    from scenarios.reading.schema import ScenarioFile

    schema = ScenarioFile.model_json_schema(by_alias=True)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
