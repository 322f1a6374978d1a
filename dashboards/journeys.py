"""Journeys: one simulated person's weeks, told from the events."""

from __future__ import annotations

from dashboards import markup
from dashboards.session import Shown


def story_card(shown: Shown) -> str:
    """The story of the opening."""
    return markup.tag("h2", "One simulated person") + markup.paragraph("…")
