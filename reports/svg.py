"""Shapes of a chart as SVG text. Everything that is written is escaped; colours and type stand here once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

PLAN, TODAY, INK, SOFT, LINE, PAPER = "#0b5c8f", "#55636e", "#1d2b36", "#55636e", "#dfe5ea", "#ffffff"
PINS = ("#0b5c8f", "#b45309", "#7b3294", "#00695c")
DASHES = ("", "7 3", "2 3", "9 3 2 3")
FONT = "Roboto, system-ui, -apple-system, 'Segoe UI', sans-serif"


def n(value: float) -> str:
    """A coordinate, to a tenth of a pixel."""
    return f"{value:.1f}".rstrip("0").rstrip(".")


def attributes(pairs: dict[str, object]) -> str:
    """name="value" texts; underscores in names are hyphens, one at the end falls away."""
    return "".join(f' {key.rstrip("_").replace("_", "-")}="{escape(str(value))}"' for key, value in pairs.items())


def line(x1: float, y1: float, x2: float, y2: float, stroke: str = LINE, **more: object) -> str:
    """A straight line."""
    place = f'x1="{n(x1)}" y1="{n(y1)}" x2="{n(x2)}" y2="{n(y2)}"'
    return f'<line {place} stroke="{stroke}"{attributes(more)}/>'


def path(points: Iterable[tuple[float, float]], stroke: str, **more: object) -> str:
    """An open line through points."""
    way = "M" + " L".join(f"{n(x)} {n(y)}" for x, y in points)
    return f'<path d="{way}" fill="none" stroke="{stroke}"{attributes(more)}/>'


def area(
    upper: Sequence[tuple[float, float]],
    lower: Sequence[tuple[float, float]],
    fill: str,
    opacity: float,
    kind: str = "",
) -> str:
    """The space between two lines."""
    way = "M" + " L".join(f"{n(x)} {n(y)}" for x, y in [*upper, *reversed(lower)]) + "Z"
    return f'<path d="{way}" fill="{fill}" fill-opacity="{opacity}" stroke="none"{attributes({"class": kind}) if kind else ""}/>'


def rect(x: float, y: float, width: float, height: float, fill: str, **more: object) -> str:
    """A box."""
    place = f'x="{n(x)}" y="{n(y)}" width="{n(max(0.0, width))}" height="{n(height)}"'
    return f'<rect {place} fill="{fill}"{attributes(more)}/>'


def circle(x: float, y: float, radius: float, fill: str, **more: object) -> str:
    """A dot."""
    return f'<circle cx="{n(x)}" cy="{n(y)}" r="{n(radius)}" fill="{fill}"{attributes(more)}/>'


def text(
    x: float,
    y: float,
    words: str,
    size: float = 13,
    fill: str = INK,
    anchor: str = "start",
    weight: int = 400,
    halo: bool = False,
) -> str:
    """Words at a place. `halo`: edged with paper, to be read over marks."""
    edge = f' stroke="{PAPER}" stroke-width="4" stroke-linejoin="round" paint-order="stroke"' if halo else ""
    style = f'font-size="{n(size)}" fill="{fill}" text-anchor="{anchor}" font-weight="{weight}"'
    return f'<text x="{n(x)}" y="{n(y)}" {style}{edge}>{escape(words)}</text>'


def drawing(width: float, height: float, title: str, description: str, parts: Iterable[str]) -> str:
    """A whole picture, that says what it shows to those who do not see it."""
    size = f'viewBox="0 0 {n(width)} {n(height)}" width="{n(width)}" height="{n(height)}"'
    words = escape(f"{title}. {description}")
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-label="{words}" font-family="{escape(FONT)}">'
    )
    return head + f"<title>{escape(title)}</title><desc>{escape(description)}</desc>" + "".join(parts) + "</svg>"


def apart(wanted: Sequence[float], least: float, low: float, high: float) -> list[float]:
    """Heights near those wanted, at least `least` apart, between `low` and `high`, in the same order of size."""
    order = sorted(range(len(wanted)), key=lambda i: wanted[i])
    placed = [0.0] * len(wanted)
    floor = low
    for i in order:
        placed[i] = max(wanted[i], floor)
        floor = placed[i] + least
    ceiling = high
    for i in reversed(order):
        placed[i] = min(placed[i], ceiling)
        ceiling = placed[i] - least
    return placed


def ticks(low: float, high: float, most: int = 5) -> list[float]:
    """Round values from at or below `low` to at or above `high`."""
    reach = max(high - low, 1e-9)
    raw = reach / max(1, most - 1)
    size = 10.0 ** _floor_log10(raw)
    step = next(m * size for m in (1, 2, 2.5, 5, 10) if m * size >= raw * 0.999)
    first = int(low // step)
    found = [first * step]
    while found[-1] < high - 1e-9 * step:
        found.append((first + len(found)) * step)
    return [round(value, 10) for value in found]


def _floor_log10(value: float) -> int:
    power = 0
    while value >= 10:
        value, power = value / 10, power + 1
    while value < 1:
        value, power = value * 10, power - 1
    return power
