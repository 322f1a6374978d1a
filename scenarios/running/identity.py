"""What makes a run the same run: policy, study, the code that can change a figure, and every table that was read.

Two results may be joined, compared or made into a case only where all but the policy is the same; a folder is gone on
with only where all of it is. Content counts, never where a file lies or what it is called.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

from scenarios.reading.scenario import Scenario
from scenarios.reading.write import as_dict
from scenarios.running.mixture import Mixture
from scenarios.running.model_code import TABLES_READ
from scenarios.running.study import Study
from sim.numbers.parameters import TABLES
from sim.people.own_area import OWN
from sim.people.population import load_areas
from sim.version import MODEL

ROOT = Path(__file__).parent.parent.parent
FIGURES = (
    "sim",
    "scenarios/running",
    "scenarios/reading/course.py",
    "scenarios/reading/load.py",
    "scenarios/reading/schema.py",
    "scenarios/reading/checks.py",
    "scenarios/reading/scenario.py",
    "scenarios/reading/inventory.py",
    "scenarios/reading/own_area.py",
    "scenarios/reading/csv_input.py",
    "scenarios/reading/numbers.py",
    "scenarios/reading/areas.py",
    "scenarios/reading/rival_evidence.py",
    "scenarios/reading/own_numbers.py",
    "calibration/fit/posterior.py",
    "calibration/fit/resample.py",
)
"""Code that can change a figure: the model, what reads its input, and what runs it."""
WORDS_ALONE = (
    "sim/results/words.py",
    "sim/results/caveats.py",
    "sim/results/gainers.py",
    "scenarios/running/effect.py",
    "scenarios/running/model_code.py",
    "scenarios/running/sample.py",
    "scenarios/running/store.py",
)
"""Files of those rooms that say, refuse, hash or keep: a run is the same run whatever they say."""
WORDS = {
    "areas": "areas",
    "people": "people asked for",
    "draws": "draws",
    "replicates": "replicates",
    "weeks": "weeks",
    "seed": "seed",
    "engine": "engine",
    "burn_in": "burn-in",
    "place_size": "size of a place",
    "fixed": "rival or fixed evidence",
    "priors": "priors of one's own",
    "inventory": "inventory",
    "own": "area of one's own",
    "posterior": "posterior",
    "start": "start",
    "model": "model",
    "code": "code",
    "tables": "tables",
}
"""Parts of an identity, for people."""


@cache
def code() -> str:
    """SHA-256 over the content of all code that can change a figure, whatever its files are called."""
    each = sorted(hashlib.sha256(path.read_bytes()).hexdigest() for name in FIGURES for path in _files(ROOT / name))
    return hashlib.sha256("\n".join(each).encode()).hexdigest()


def _files(path: Path) -> list[Path]:
    found = sorted(path.rglob("*.py")) if path.is_dir() else [path]
    return [one for one in found if one.relative_to(ROOT).as_posix() not in WORDS_ALONE]


@cache
def tables() -> dict[str, str]:
    """SHA-256 of each table that the model reads, by name."""
    return {name: hashlib.sha256((TABLES / name).read_bytes()).hexdigest() for name in TABLES_READ}


def tables_hash() -> str:
    """SHA-256 over every table that the model reads."""
    return hashlib.sha256(json.dumps(tables(), sort_keys=True).encode()).hexdigest()


def of_study(study: Study) -> dict[str, Any]:
    """All but the policy, as plain tables: settings as resolved, files by their hash, code and tables."""
    asked = asdict(study)
    codes = load_areas().code
    asked["areas"] = ["own" if area == OWN else str(codes[area]) for area in study.areas]
    asked["fixed"] = dict(sorted(study.fixed))
    asked["priors"] = {one.name: [list(one.shares), list(one.values)] for one in study.priors}
    asked["inventory"] = [one.sha256 for one in study.inventory]
    asked["own"] = "" if study.own is None else study.own.sha256
    asked["posterior"] = study.posterior.sha256
    return asked | {"model": MODEL, "code": code(), "tables": tables()}


def of_run(scenario: Scenario | Mixture, study: Study) -> dict[str, Any]:
    """The same, with the policy."""
    return {"policy": policy(scenario), **of_study(study)}


def policy(scenario: Scenario | Mixture) -> dict[str, Any]:
    """A policy as plain tables, without its `[run]` (the study says where and how much)."""
    if isinstance(scenario, Mixture):
        return {"a": policy(scenario.a), "b": policy(scenario.b), "taken": sorted(scenario.taken)}
    return {key: value for key, value in as_dict(scenario).items() if key != "run"} | {"start": scenario.run.start}


def run_id(scenario: Scenario | Mixture, study: Study) -> str:
    """The identity of a run as 16 hexadecimal digits."""
    return short(of_run(scenario, study))


def short(identity: Mapping[str, Any]) -> str:
    """16 hexadecimal digits of an identity."""
    return hashlib.sha256(json.dumps(identity, sort_keys=True).encode()).hexdigest()[:16]


def apart(one: Mapping[str, Any], two: Mapping[str, Any]) -> list[str]:
    """What differs between two identities but for the policy, in words, with both values."""
    return [
        f"{words}: {_said(a)} and {_said(b)}"
        for key, words in WORDS.items()
        for a, b in [_differing(one.get(key), two.get(key))]
        if a != b
    ]


def _differing(a: Any, b: Any) -> tuple[Any, Any]:
    """Both, and of two tables only what differs: the rest would hide it."""
    if isinstance(a, dict) and isinstance(b, dict):
        names = [name for name in a | b if a.get(name) != b.get(name)]
        return {name: a.get(name) for name in names}, {name: b.get(name) for name in names}
    return a, b


def _said(value: Any) -> str:
    """A part of an identity, for people: hashes cut short, what is empty called none."""
    if isinstance(value, dict):
        return ", ".join(f"{k} {_said(v)}" for k, v in value.items())[:60] or "none"
    if isinstance(value, list):
        return ", ".join(map(_said, value))[:60] or "none"
    return str(value)[: 8 if len(str(value)) == 64 else 40] or "none"
