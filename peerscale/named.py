"""What can be named, as rows: areas and levers, for the lists of the command line and the tables of Python."""

from __future__ import annotations

from typing import Any

from scenarios.reading.areas import became, short_form
from sim.numbers.levers import CHOICES, Lever
from sim.people.population import load_areas


def area_rows() -> list[dict[str, Any]]:
    """The 42 areas, a row each: what can be named, adults, and what became of it in April 2026."""
    areas = load_areas()
    return [
        {
            "code": str(areas.code[i]),
            "ods_code": str(areas.ods_code[i]),
            "name": str(areas.short_name[i]),
            "short_form": short_form(i),
            "adults": int(areas.adults[i]),
            "board_2026": became(i),
        }
        for i in range(len(areas.code))
    ]


def lever_row(lever: Lever) -> dict[str, Any]:
    """One lever in words; a choice by its words."""
    choices = CHOICES[lever.choice] if lever.choice else ()
    return {
        "name": lever.name,
        "group": lever.group,
        "meaning": lever.meaning,
        "cannot": lever.cannot,
        "unit": lever.unit,
        "may_be": ", ".join(choices) or (lever.unit if lever.unit == "0 or 1" else f"{lever.low:g} to {lever.high:g}"),
        "low": "" if choices else lever.low,
        "high": "" if choices else lever.high,
        "today": choices[int(lever.today)] if choices else lever.today,
        "source": lever.source,
    }


def lever_numbers(lever: Lever) -> dict[str, Any]:
    """The same for a table: with its label, and no bounds (None) for a choice."""
    row = lever_row(lever)
    bounds = {key: None if row[key] == "" else row[key] for key in ("low", "high")}
    first = ("name", "label", "group", "unit", "low", "high", "today", "may_be")
    every = row | bounds | {"label": lever.label}
    return {key: every[key] for key in first} | {key: value for key, value in every.items() if key not in first}
