"""What an area and a policy are called on pages."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

from dashboards.asked.link import presets
from dashboards.asked.scenario_text import scenario_of
from dashboards.asked.state import Policy
from scenarios.reading.files import listing
from sim.errors import UserError
from sim.people.population import load_areas


@cache
def preset_rows() -> list[dict[str, str]]:
    """Shipped scenarios a page offers, by name and title."""
    titles = {name: title for name, title, _ in listing()}
    return [{"name": name, "title": titles[name]} for name in presets()]


@cache
def area_rows() -> list[dict[str, str]]:
    """The 42 areas in order of name."""
    areas = load_areas()
    rows = [{"code": str(code), "name": str(name)} for code, name in zip(areas.code, areas.short_name, strict=True)]
    return sorted(rows, key=lambda row: row["name"])


def area_name(code: str) -> str:
    """The short name of an area."""
    return next(row["name"] for row in area_rows() if row["code"] == code)


def policy_words(policy: Policy) -> dict[str, Any]:
    """Title and question of the policy at hand, before levers move (`still`) and after. A refused policy keeps its base."""
    try:
        base = scenario_of(replace(policy, sets=()))
    except UserError:
        base = scenario_of(Policy())
    count = len(policy.sets)
    moved = f"With {count} lever{'s' if count > 1 else ''} moved." if count else ""
    moving = f"{base.title}. {moved or 'With 1 lever moved.'}"
    return {
        "base": "file" if policy.file else policy.base,
        "file": bool(policy.file),
        "title": base.title,
        "question": moving if moved else base.question,
        "still": base.question,
        "moving": moving,
        "moved": moved,
    }


def policy_name(policy: Policy) -> str:
    """A short name for a policy that nobody named."""
    words = policy_words(policy)
    return f"{words['title']}, changed" if policy.sets else str(words["title"])
