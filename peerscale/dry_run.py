"""`--dry-run`: what would run, with which settings and from where, how many worlds, about how long, and where to."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from peerscale import waiting
from peerscale.asked import (
    OF_ONES_OWN,
    SETTINGS,
    Setting,
    left_of,
    option_of,
    options_of,
    place,
    setting,
    shown,
    typed_names,
)
from peerscale.options import Typed, boards_named
from scenarios.reading.scenario import RunSettings, Scenario
from scenarios.running.sample import sample
from scenarios.running.study import Study, make_shape
from sim.people.own_area import OWN
from sim.people.population import load_areas

ONLY_TYPED = ("engine", "inventory", "area_file", "posterior", "priors", "burn_in", "place_size")


def settings(typed: Typed, run: RunSettings, study: Study) -> list[Setting]:
    """Every setting of the run as it would hold, and where it comes from. An inventory or area file may decide the areas."""
    found = {name: setting(name, typed, run, {}) for name in SETTINGS}
    if found["areas"].source == "default" and (study.inventory or study.own):
        found["areas"] = Setting("areas", "", "--area-file" if study.own else "--inventory")
    if found["people"].source == "default" and study.people != found["people"].value:
        found["people"] = Setting("people", study.people, "--area-file")
    held = {
        "areas": tuple(_area(study, area) for area in study.areas),
        "years": study.weeks / 52,
        "people": study.people,
    }
    start = Setting("start", study.start, place(run.given["start"]) if "start" in run.given else "default")
    return (
        [Setting(name, held.get(name, one.value), one.source) for name, one in found.items()]
        + [start]
        + _own(typed, run)
        + _others(typed)
    )


def _own(typed: Typed, run: RunSettings) -> list[Setting]:
    """Numbers of one's own that hold, one setting of a name: what was typed, and what is left of the files'."""
    said = typed_names(typed)
    found = []
    for name in OF_ONES_OWN:
        left = left_of(name, getattr(run, name), said)
        parts = [(", ".join(getattr(typed, name)), option_of(name))] if getattr(typed, name) else []
        parts += [(shown(name, left), place(run.given[name]))] if left else []
        if parts:
            values, sources = zip(*parts, strict=True)
            found.append(Setting(name, ", ".join(values), " and ".join(sources)))
    return found


def _others(typed: Typed) -> list[Setting]:
    """What only the command line may say."""
    asked = options_of(typed)
    found = [(name, option_of(name), getattr(typed, name)) for name in ONLY_TYPED if option_of(name) in asked]
    return [
        Setting(name, ", ".join(value) if isinstance(value, tuple) else str(value), option)
        for name, option, value in found
    ]


def _area(study: Study, area: int) -> str:
    return study.own.name if area == OWN and study.own else str(load_areas().short_name[area])


def about(study: Study, typed: Typed, run: RunSettings) -> str:
    """What is simulated, in words, and what the boards of April 2026 that were named run as."""
    return " ".join([sample(study), *boards_named(typed, run)])


def as_dict(
    scenarios: Sequence[Scenario],
    left: Sequence[Scenario],
    typed: Typed,
    run: RunSettings,
    study: Study,
    folder: Path | None,
    workers: int,
) -> dict[str, Any]:
    """For machines. `left`: those of the scenarios that are not in the folder yet."""
    return {
        "dry_run": True,
        "scenarios": [
            {"name": s.name, "title": s.title, "to": str(folder / s.name) if folder else None, "runs": s in left}
            for s in scenarios
        ],
        "settings": {one.name: {"value": one.value, "from": one.source} for one in settings(typed, run, study)},
        "worlds": len(study.worlds),
        "adults_a_world": make_shape(study).people // len(study.worlds),
        "weeks_before": study.burn_in,
        "weeks_reported": study.weeks,
        "about_seconds": round(waiting.run_seconds(study, len(left), workers)) if left else 0,
        "sample": about(study, typed, run),
    }


def lines(
    scenarios: Sequence[Scenario],
    left: Sequence[Scenario],
    typed: Typed,
    run: RunSettings,
    study: Study,
    folder: Path | None,
    workers: int,
) -> list[str]:
    """For people, a sentence or a row a line."""
    found = as_dict(scenarios, left, typed, run, study, folder, workers)
    names = [(s.name, s.title if s in left else f"{s.title} (already there)") for s in scenarios]
    held = settings(typed, run, study)
    rows = [
        (
            one.name.replace("_", " "),
            _areas(one.value) if one.name == "areas" else shown(one.name, one.value),
            one.source,
        )
        for one in held
    ]
    return [
        "Nothing was run. This would run:",
        *_columns(names),
        "",
        "With these settings (command line before file, file before default):",
        *_columns(rows),
        "",
        f"{about(study, typed, run)} {_product(study)}; {study.burn_in} weeks before the {study.weeks} that are reported.",
        f"Time: {waiting.words(found['about_seconds'])}." if left else "Time: none, all of it is there.",
        f"Results: {folder}, a folder in it for each." if folder else "Results: printed, not kept (no --out).",
    ]


def _areas(names: tuple[str, ...]) -> str:
    return "all 42" if len(names) == len(load_areas().code) else "; ".join(names)


def _product(study: Study) -> str:
    draws, replicates = study.draws, study.replicates
    return f"Worlds are {draws} draw{'s' if draws > 1 else ''} of the parameters by {replicates} replicate{'s' if replicates > 1 else ''}"


def _columns(rows: Sequence[tuple[str, ...]]) -> list[str]:
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]) - 1)]
    return [
        "  "
        + "  ".join([*(f"{cell:<{min(width, 60)}}" for cell, width in zip(row[:-1], widths, strict=True)), row[-1]])
        for row in rows
    ]
