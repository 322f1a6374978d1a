"""The ladder as SVG text: a waterfall from today to everyone, each step in the part that levers reach and the rest of it."""

from __future__ import annotations

from collections.abc import Sequence

from reports import svg
from reports.ladder.words import Line, lines, opening, said
from scenarios.questions.ladder import Ladder

WIDTH = 680.0
ROW, TOP, BOTTOM = 34.0, 40.0, 44.0
LOSS = svg.PINS[1]
PALE: dict[str, object] = {"fill_opacity": 0.2, "stroke": svg.PLAN, "stroke_width": 1.2}


def picture(ladder: Ladder, title: str, width: float = WIDTH) -> str:
    """The waterfall of a ladder, as wide as told (in pixels)."""
    return waterfall(lines(ladder) if len(ladder.today) else [], title, " ".join(opening(ladder)), width)


def waterfall(rows: Sequence[Line], title: str, words: str, width: float = WIDTH) -> str:
    """The waterfall of a ladder's lines; `words` say what it shows. Below 500 pixels labels stand above their bars."""
    narrow = width < 500
    left, row = (8.0, ROW + 18) if narrow else (170.0, ROW)
    scale = (width - left - 60) / 100.0
    height = TOP + row * len(rows) + BOTTOM
    parts = [*_key(left), *_marks(left, scale, height)]
    at = 0.0
    for i, line in enumerate(rows):
        y = TOP + row * i + (18 if narrow else 0)
        name = (left, y - 5, "start") if narrow else (left - 12, y + 17, "end")
        parts.append(svg.text(name[0], name[1], line.label, 13, svg.INK, name[2], 500))
        start = 0.0 if line.step in ("today", "everyone") else at
        parts += _bar(line, left + scale * start, y, scale)
        at = start + line.points
    return svg.drawing(width, height, title, words, parts)


def _bar(line: Line, x: float, y: float, scale: float) -> list[str]:
    """One line's bar, with its figure at the end."""
    words = said(line.points) if line.step in ("today", "everyone") else f"{line.points:+.1f}"
    end = svg.text(x + scale * max(line.points, 0.0) + 6, y + 17, words, 13, svg.INK, weight=600, halo=True)
    if line.step in ("today", "everyone"):
        return [svg.rect(x, y + 3, scale * line.points, 20, svg.TODAY, class_="level"), end]
    if line.points < 0:
        return [svg.rect(x + scale * line.points, y + 3, -scale * line.points, 20, LOSS), end]
    solid = scale * min(max(line.reachable or 0.0, 0.0), line.points)
    whole = svg.rect(x, y + 3, scale * line.points, 20, svg.PLAN, **PALE)
    return [whole, *([svg.rect(x, y + 3, solid, 20, svg.PLAN)] if solid else []), end]


def _key(left: float) -> list[str]:
    parts, x = [], left
    looks: Sequence[tuple[str, dict[str, object]]] = (("levers reach", {}), ("no lever reaches", PALE))
    for words, look in looks:
        parts += [svg.rect(x, 10, 22, 12, svg.PLAN, **look), svg.text(x + 28, 20, words, 12)]
        x += 130
    return parts


def _marks(left: float, scale: float, height: float) -> list[str]:
    """Lines at every 25 of 100 wants, with their numbers below."""
    parts = []
    for mark in (0, 25, 50, 75, 100):
        x, foot = left + scale * mark, height - BOTTOM
        parts += [svg.line(x, TOP - 8, x, foot), svg.text(x, foot + 18, str(mark), 12, svg.SOFT, "middle")]
    return [*parts, svg.text(left + 50 * scale, height - 8, "of 100 wants", 12, svg.SOFT, "middle")]
