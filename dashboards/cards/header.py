"""What stands above every page: pages, policies, areas, the link with its QR code, the scenario file."""

from __future__ import annotations

import io
from dataclasses import replace
from functools import cache, lru_cache
from typing import Any

import segno

from dashboards.asked.link import encode, presets
from dashboards.asked.scenario_text import download, scenario_of, slug
from dashboards.asked.state import PAGES, Asked, Policy, question
from dashboards.work.session import Shown, Work
from scenarios.reading.files import listing
from sim.errors import UserError
from sim.people.population import load_areas

TITLES = {
    "explore": "Explore",
    "goal": "What it would take",
    "case": "The case",
    "compare": "Compare",
    "journeys": "Journeys",
    "evidence": "Evidence",
    "inventory": "Local inventory",
    "notebook": "Notebook",
    "about": "About",
    "workshop": "Workshop",
}


def pages(asked: Asked, only: tuple[str, ...] = PAGES) -> list[dict[str, str]]:
    """Pages with a link to each that keeps everything else as it is."""
    return [{"key": key, "title": TITLES[key], "link": "/?" + encode(replace(asked, page=key))} for key in only]


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


def status(asked: Asked, shown: Shown | None, work: Work, doing: tuple[str, ...] = ()) -> str:
    """What goes on, in words; "" only where the page shows the model's own answer to what is asked and nothing else runs."""
    if work.what:
        return f"{work.what}: {work.left}" if work.left else work.what
    if shown is None or question(asked) != question(shown.asked):
        return "The model is asked"
    if shown.guess:
        return "An estimate: the model runs"
    return doing[0] if doing else ""


def policy_words(policy: Policy) -> dict[str, Any]:
    """Title and question of the policy at hand; what is moved on top of it. A refused policy keeps its base."""
    try:
        base = scenario_of(replace(policy, sets=()))
    except UserError:
        base = scenario_of(Policy())
    count = len(policy.sets)
    moved = f"With {count} lever{'s' if count > 1 else ''} moved." if count else ""
    return {
        "base": "file" if policy.file else policy.base,
        "file": bool(policy.file),
        "title": base.title,
        "question": f"{base.title}. {moved}" if moved else base.question,
        "moved": moved,
    }


def policy_name(policy: Policy) -> str:
    """A short name for a policy that nobody named."""
    words = policy_words(policy)
    return f"{words['title']}, changed" if policy.sets else str(words["title"])


@lru_cache(maxsize=256)
def toml_of(policy: Policy, area: str, seed: int) -> dict[str, str]:
    """Name and text of the policy's scenario file; empty where the policy is refused."""
    name = slug(policy.base if not policy.sets else f"{policy.base}_changed")
    try:
        return {"name": name, "text": download(policy, name, policy_name(policy), area, seed)}
    except UserError:
        return {"name": name, "text": ""}


@lru_cache(maxsize=64)
def qr(address: str) -> str:
    """A QR code as SVG; a sentence where the link is too long for one."""
    try:
        code = segno.make(address, error="l", micro=False)
    except segno.DataOverflowError:
        return "<p>This link is too long for a QR code. Pin fewer policies, or copy the link.</p>"
    out = io.BytesIO()
    code.save(out, kind="svg", scale=4, border=3, xmldecl=False, svgns=True, title="QR code of the link")
    return out.getvalue().decode()
