"""What is recorded of a run for England's answer: `docs/answer.json`.

It comes from an atlas of all 42 areas, and where they were run from a search for England and from a sensitivity analysis. What was not run
is null, and pages say so.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scenarios.questions.atlas import folder
from scenarios.questions.atlas.asked import looks_of
from scenarios.questions.atlas.reads import WORKFORCE
from scenarios.questions.atlas.tables import ENGLAND, TOGETHER, Row, of
from scenarios.questions.solve import kept
from scenarios.questions.solve.certify import certifiable
from scenarios.questions.solve.kept import Searched, same_question
from scenarios.running import identity
from scenarios.running.store import sha256_of
from sim.errors import UserError
from sim.results.outcomes import MAIN
from sim.version import MODEL, edition

FORMAT, VERSION = "peerscale answer", 2
LEVELS = (0.5, 0.8, 0.95)
"""Shares of wants that the answer is about."""
MOST_ASSUMPTIONS = 10
FILE = Path(__file__).parents[2] / "docs" / "answer.json"
NEEDED = {
    "certificate",
    "day",
    "code",
    "atlas_id",
    "commands",
    "headlines",
    "ladder",
    "goal",
    "policies",
    "solved",
    "assumptions",
    "rests_on",
}
GOLDEN = Path(__file__).parents[2] / "tests" / "golden"
"""Small runs that are kept beside the tests: they are made anew with every change of what a run counts, and with no other. So they
tell whether code, parameters or levers have changed in more than words."""
PEOPLE = ("areas.csv", "latents.csv", "traits.csv", "deflator.csv", "population_cells.csv.gz")
"""Tables of all areas: the small runs are of one."""
SEARCH = "peerscale solve england"
AGAIN = "run the atlas again, then python -m reports.answer --atlas FOLDER"


@dataclass(frozen=True)
class Made:
    """Where a record comes from. `solved`, `sensitivity`: None where they were not run."""

    atlas: Path
    solved: Path | None = None
    sensitivity: Path | None = None
    commands: tuple[str, ...] = ()


def made(of_: Made) -> dict[str, Any]:
    """The record. Raises UserError for an atlas that is not of all England, and for documents that cannot be read."""
    manifest, tables = folder.read(of_.atlas)
    if manifest["together"] != ENGLAND:
        raise UserError(
            "England's answer is of all 42 areas",
            file=str(of_.atlas),
            key="--atlas",
            rule="an atlas of all areas",
            got=str(manifest["together"]),
            try_="peerscale atlas --out atlas, then --atlas atlas",
        )
    return {
        "format": FORMAT,
        "version": VERSION,
        "model": manifest["model"],
        "code": manifest["identity"]["code"][:16],
        "atlas_id": manifest["atlas_id"],
        "rests_on": rests_on(manifest["identity"]["tables"]),
        "day": _day(of_.atlas / folder.TIMINGS),
        "commands": list(of_.commands),
        "samples": manifest["samples"],
        "status": manifest["status"],
        "years": manifest["years"],
        "posterior": manifest["identity"]["posterior"],
        "all_adults": manifest["all_adults"],
        "adults": sum(row["adults"] for row in tables["areas"]),
        "headlines": {row["outcome"]: _span(row) for row in of(tables["headlines"], area=TOGETHER)},
        "ladder": [_rung(row) for row in of(tables["ladder"], area=TOGETHER, headline=MAIN)],
        "goal": manifest["goal"],
        "policies": _policies(tables["areas"]),
        "certificate": _certificate(manifest),
        **(_solved(of_.solved, manifest["goal"]) if of_.solved else {"solved": None, "searched": None}),
        "assumptions": None if of_.sensitivity is None else _assumptions(of_.sensitivity),
    }


def _span(row: Row) -> Row:
    return {key: row[key] for key in ("median", "low", "high", "worlds")}


def _rung(row: Row) -> Row:
    return {key: row[key] for key in ("step", "gain", "low", "high", "worlds", "reachable", "beyond", "pounds")}


def _policies(rows: Sequence[Row]) -> dict[str, Any]:
    """What the atlas certified: in how many areas, for what, with whom."""
    good = [row for row in rows if row["policy_verdict"] == "certified"]
    found: dict[str, Any] = {
        "areas": len(rows),
        "certified": len(good),
        "names": sorted({row["policy"] for row in good}),
    }
    for name in ("million_more", *WORKFORCE):
        found[name] = sum(row[f"policy_{name}"] for row in good) if good else None
    costs = [row["policy_pounds_more"] for row in good]
    return found | {"pounds_low": min(costs, default=None), "pounds_high": max(costs, default=None)}


def _certificate(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """How hard the atlas's certificate is: `most` fresh worlds of a candidate, the share of them in which it has to meet the goal
    (`needs`), and where its candidates are from."""
    most, tried = manifest["fresh"], len(manifest["candidates"])
    share = certifiable(manifest["goal"]["worlds"], looks_of(most), manifest["wrong_at_most"] / tried)
    return {"most": most, "needs": share, "tried": tried, "from": manifest["candidates_from"]}


def _day(path: Path) -> str:
    """The day on which an atlas was made."""
    day = _json(path).get("day")
    if not isinstance(day, str):
        raise _unreadable(path, "--atlas", "peerscale atlas again, to another folder")
    return day


def rests_on(tables: Mapping[str, str]) -> dict[str, str]:
    """What an answer goes stale with, each with its checksum: who lives where, and the counts of small runs kept beside the tests.
    `tables`: of the atlas, as its manifest has them."""
    golden = {f"tests/golden/{path.name}": sha256_of(path) for path in sorted(GOLDEN.glob("*.csv"))}
    return {name: tables[name] for name in PEOPLE} | golden


def _solved(place: Path, goal: Mapping[str, Any]) -> dict[str, Any]:
    """The frontier of a search for all of England that asks what the atlas asks, as its answer.json has it, and which search it was."""
    found = kept.read(place, "--solved", SEARCH)
    apart = same_question(found, goal)
    if found.where != ENGLAND or apart:
        raise UserError(
            "the search is of another question than the atlas",
            file=str(place),
            key="--solved",
            rule=f"a search for all of England, by the goal of the atlas ('{goal['name']}') but for its level",
            got="; ".join([f"of {found.where}"] * (found.where != ENGLAND) + apart),
            try_=f"{SEARCH}, then --solved with its folder",
        )
    about = {"said": found.said, "code": found.code, "years": found.years, "people": found.people}
    return {"solved": _frontier(place, found), "searched": about}


def _frontier(place: Path, found: Searched) -> list[dict[str, Any]]:
    keys = ("level", "reached", "certified", "verdict", "certificate", "available", "gbp_per_adult_year", "levers")
    try:
        return [{key: row[key] for key in keys} for row in found.frontier]
    except (KeyError, TypeError):
        raise _unreadable(place / kept.ANSWER, "--solved", SEARCH) from None


def _assumptions(path: Path) -> dict[str, Any]:
    """The inputs that an answer turns on most, as `peerscale sensitivity --json` has them."""
    try:
        found = _json(path)
        rows = [
            {key: one[key] for key in ("name", "meaning", "unit", "low", "high", "rank_correlation")}
            | {"share": _index(one)}
            for one in found["inputs"][:MOST_ASSUMPTIONS]
        ]
        about = {key: found[key] for key in ("subject", "sample", "rows", "replicates")}
        return about | {"assumptions": found["parameters_share"]["parameters"], "inputs": rows}
    except (KeyError, TypeError):
        raise _unreadable(path, "--sensitivity", "peerscale sensitivity every_lever --json") from None


def _index(one: Mapping[str, Any]) -> dict[str, Any]:
    """The index by which inputs are ranked: the total one of an emulator where there is one, else the share of each alone."""
    found = one.get("sobol_total") or one["first_order"]
    return {"value": found["value"], "clear": found["clear"]}


def _json(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        raise _unreadable(path, "", "the command that wrote it, again") from None
    return found if isinstance(found, dict) else {}


def _unreadable(path: Path, key: str, again: str) -> UserError:
    got = "another document" if path.exists() else "not there"
    return UserError(
        "a document cannot be read", file=str(path), key=key, rule="as it was written", got=got, try_=again
    )


def text(record: Mapping[str, Any]) -> str:
    """The record as it is kept."""
    return json.dumps(record, indent=1, ensure_ascii=False) + "\n"


def read(path: Path = FILE) -> dict[str, Any]:
    """The record that is kept. Raises UserError for anything else, and for one of another model: its answer is stale."""
    found = _json(path)
    if found.get("format") != FORMAT or found.get("version") != VERSION or not set(found) >= NEEDED:
        raise _unreadable(path, "", "python -m reports.answer --atlas FOLDER")
    if found.get("model") != MODEL:
        raise UserError(
            f"the recorded answer is of {edition(found.get('model'))}",
            file=str(path),
            rule=f"model {MODEL}",
            got=f"model {found.get('model')}",
            try_=AGAIN,
        )
    if changed := stale(found):
        raise UserError(
            "the recorded answer is stale: the model has changed since",
            file=str(path),
            rule="the tables and the counts on which it rests",
            got=f"others now: {', '.join(changed)}",
            try_=AGAIN,
        )
    return found


def stale(found: Mapping[str, Any]) -> list[str]:
    """Names of what a recorded answer rests on and is another now."""
    now, then = rests_on(identity.tables()), dict(found["rests_on"])
    return [name for name in sorted({*now, *then}) if now.get(name) != then.get(name)]
