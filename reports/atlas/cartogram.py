"""The map: a tile an area, coloured by one figure, each a link to its page; a legend in five steps."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from reports import svg
from reports.atlas.shown import Figure, say, value
from reports.atlas.tiles import COLUMNS, ROWS, TILES
from scenarios.questions.atlas.tables import Row

WIDTH, TALL, LEGEND = 880.0, 58.0, 56.0
END = (11, 92, 143)
NONE = "#ffffff"
STRENGTHS = (0.1, 0.3, 0.5, 0.82, 1.0)
"""How much of END each shade holds: between the third and the fourth neither dark nor white words could be read."""
STEPS = len(STRENGTHS)
DASHED: dict[str, object] = {"stroke": svg.SOFT, "stroke_dasharray": "4 3"}


def shade(step: int) -> tuple[str, str]:
    """(fill, ink) of one of the STEPS shades, from 0, the palest."""
    part = STRENGTHS[step]
    mixed = [round(255 + (end - 255) * part) for end in END]
    return "#" + "".join(f"{one:02x}" for one in mixed), "#ffffff" if part > 0.6 else svg.INK


def cartogram(rows: Sequence[Row], figure: Figure, words: str, link: str = "#area-") -> str:
    """The map as SVG text. `rows` of the table `areas`; an area that is not among them has no tile."""
    found = [one for row in rows if (one := value(row, figure)) is not None]
    ends = (min(found), max(found)) if found else (0.0, 0.0)
    size = WIDTH / COLUMNS
    parts = _legend(figure, ends, len(found) < len(rows))
    for row in rows:
        parts.append(_tile(row, figure, ends, size, link))
    title = f"{figure.label}: a tile an area"
    return _with_links(svg.drawing(WIDTH, LEGEND + ROWS * TALL, title, words, parts))


def _with_links(drawing: str) -> str:
    """A picture that holds links is a group of them, not one image: else a screen reader would not reach them."""
    return drawing.replace('role="img"', 'role="group"', 1)


def _tile(row: Row, figure: Figure, ends: tuple[float, float], size: float, link: str) -> str:
    tile, here = TILES[row["area"]], value(row, figure)
    fill, ink = (NONE, svg.INK) if here is None else step_shade(here, ends)
    x, y = tile.column * size, LEGEND + tile.row * TALL
    said = "none" if here is None else say(here, figure.kind)
    look = DASHED if here is None else {"stroke": svg.LINE}
    marks = [
        svg.rect(x + 2, y + 2, size - 4, TALL - 4, fill, rx=4, **look),
        svg.text(x + size / 2, y + 22, tile.label, 10.5, ink, "middle"),
        svg.text(x + size / 2, y + 44, said, 17, ink, "middle", 700),
    ]
    name = escape(f"{row['name']}: {said} {figure.unit}")
    return f'<a href="{link}{escape(row["area"])}" aria-label="{name}">{"".join(marks)}</a>'


def step_shade(here: float, ends: tuple[float, float]) -> tuple[str, str]:
    """(fill, ink) of a figure: one of five shades between the lowest and the highest."""
    low, high = ends
    step = 0 if high <= low else min(STEPS - 1, int(STEPS * (here - low) / (high - low)))
    return shade(step)


def _legend(figure: Figure, ends: tuple[float, float], some_lack: bool) -> list[str]:
    low, high = ends
    parts = [svg.text(4, 14, f"{figure.label}, {figure.unit}", 13, svg.INK, weight=600)]
    width = 96.0
    steps = STEPS if high > low else 1
    for step in range(steps):
        fill, ink = shade(step)
        begin, end = (low + (high - low) * (step + k) / steps for k in (0, 1))
        words = say(begin, figure.kind) if steps == 1 else f"{say(begin, figure.kind)} to {say(end, figure.kind)}"
        x = 4 + step * width
        parts += [
            svg.rect(x, 22, width, 22, fill, stroke=svg.LINE),
            svg.text(x + width / 2, 37, words, 11, ink, "middle"),
        ]
    if some_lack:
        x = 4 + steps * width + 16
        parts += [
            svg.rect(x, 22, 22, 22, NONE, **DASHED),
            svg.text(x + 30, 37, "no certified policy, or no figure", 12),
        ]
    return parts
