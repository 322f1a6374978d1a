"""What stands above every page: pages, policies, areas, the link with its QR code, the scenario file."""

from __future__ import annotations

import io
from dataclasses import replace
from functools import lru_cache

import segno

from dashboards.asked.link import encode
from dashboards.asked.names import policy_name
from dashboards.asked.scenario_text import download, slug
from dashboards.asked.state import PAGES, Asked, Policy, question
from dashboards.work.session import Shown, Work
from sim.errors import UserError

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


def status(asked: Asked, shown: Shown | None, work: Work, doing: tuple[str, ...] = ()) -> str:
    """What goes on, in words; "" only where the page shows the model's own answer to what is asked and nothing else runs."""
    if work.what:
        return f"{work.what}: {work.left}" if work.left else work.what
    if shown is None or question(asked) != question(shown.asked):
        return "Asking the model"
    if shown.guess:
        return "An estimate: the model runs"
    return doing[0] if doing else ""


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
