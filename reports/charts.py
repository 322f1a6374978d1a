"""The charts: each is a picture (SVG), a sentence that says the same, and a table of its numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from textwrap import wrap

import numpy as np

from reports import svg
from reports.figures import quantiles, reach, say
from sim.results import summary
from sim.results.outcome import Outcome

SHARES = ("share", "points")


@dataclass(frozen=True)
class Chart:
    """What the page shows and what people take away. `rows` are texts, the first row the head.

    `assumed`: why the levels are called an assumption, "" where they are a finding (`hatch.py`); `quiet`: the page says so
    elsewhere. Shapes of class `level` are those that are hatched then.
    """

    name: str
    title: str
    note: str
    sentence: str
    svg: str
    rows: tuple[tuple[str, ...], ...]
    assumed: str = ""
    quiet: bool = False

    def as_dict(self) -> dict[str, object]:
        """Plain values for the browser."""
        return {
            "name": self.name,
            "title": self.title,
            "note": self.note,
            "sentence": self.sentence,
            "svg": self.svg,
            "assumed": self.assumed,
            "quiet": self.quiet,
            "hatched": "<pattern" in self.svg,
            "head": list(self.rows[0]),
            "rows": [list(row) for row in self.rows[1:]],
        }


@dataclass(frozen=True)
class Course:
    """One policy's course: `values` float64[points, worlds] at `years`.

    `base` float64[points, 1]: where the values are differences set at it (`differences.from_today`), and told as such; else levels.
    """

    name: str
    years: np.ndarray
    values: np.ndarray
    colour: str = svg.PLAN
    dash: str = ""
    bands: bool = True
    base: np.ndarray | None = None

    def say(self, kind: str, value: float, point: int) -> str:
        """A value at one of the points, in words: a level or a difference."""
        return say(kind, value) if self.base is None else say(kind, value - float(self.base[point, 0]), True)


@dataclass(frozen=True)
class Frame:
    """Where data lie in a picture: x in `years`, y in values."""

    left: float
    right: float
    top: float
    bottom: float
    low: float
    high: float
    end: float

    def x(self, year: float) -> float:
        """Pixel of a year."""
        return self.left + (self.right - self.left) * year / self.end

    def y(self, value: float) -> float:
        """Pixel of a value."""
        return self.bottom - (self.bottom - self.top) * (value - self.low) / (self.high - self.low)


def fan(figure: Outcome, courses: Sequence[Course], sentence: str, width: float = 760) -> Chart:
    """Courses over the years with 50% and 90% bands, labelled at their ends; today's is dashed."""
    found = [quantiles(course.values) for course in courses]
    highest = max(float(np.nanmax(q["high"])) for q in found)
    marks = svg.ticks(min(0.0, *(float(np.nanmin(q["low"])) for q in found)), highest or 1.0)
    height = max(280.0, min(400.0, width * 0.5))
    label_room = 150 if width > 500 else 108
    frame = Frame(52, width - label_room, 14, height - 40, marks[0], marks[-1], float(courses[0].years[-1]))
    parts = [
        *_axes(figure, frame, marks),
        *_bands(frame, courses, found),
        *_lines(frame, courses, found),
        *_ends(figure, frame, courses, found, width),
    ]
    picture = svg.drawing(width, height, figure.title, sentence, parts)
    return Chart(figure.name, figure.title, figure.note, sentence, picture, _fan_rows(figure, courses, found))


def _axes(figure: Outcome, frame: Frame, marks: Sequence[float]) -> list[str]:
    parts = []
    for mark in marks:
        y = frame.y(mark)
        parts.append(svg.line(frame.left, y, frame.right, y))
        parts.append(svg.text(frame.left - 8, y + 4, _tick(figure.kind, mark), 12, svg.SOFT, "end"))
    for year in range(int(frame.end) + 1):
        x = frame.x(year)
        parts.append(svg.line(x, frame.bottom, x, frame.bottom + 5, svg.SOFT))
        parts.append(svg.text(x, frame.bottom + 20, "start" if year == 0 else str(year), 12, svg.SOFT, "middle"))
    middle = (frame.left + frame.right) / 2
    return [*parts, svg.text(middle, frame.bottom + 36, "years since the policy began", 12, svg.SOFT, "middle")]


def _tick(kind: str, value: float) -> str:
    if kind in SHARES:
        return f"{100 * value:.4g}%"
    return f"£{value:.4g}" if kind == "gbp" else f"{value:,.4g}"


def _bands(frame: Frame, courses: Sequence[Course], found: Sequence[dict[str, np.ndarray]]) -> list[str]:
    parts = []
    for course, q in zip(courses, found, strict=True):
        if course.bands and course.values.shape[1] >= summary.FEWEST_FOR_RANGE:
            for low, high, opacity in (("low", "high", 0.13), ("q1", "q3", 0.22)):
                parts.append(
                    svg.area(
                        _points(frame, course.years, q[high]),
                        _points(frame, course.years, q[low]),
                        course.colour,
                        opacity,
                        "level" if low == "low" and course.base is None else "",
                    )
                )
    return parts


def _points(frame: Frame, years: np.ndarray, values: np.ndarray) -> list[tuple[float, float]]:
    return [(frame.x(float(t)), frame.y(float(v))) for t, v in zip(years, values, strict=True) if np.isfinite(v)]


def _lines(frame: Frame, courses: Sequence[Course], found: Sequence[dict[str, np.ndarray]]) -> list[str]:
    return [
        svg.path(
            _points(frame, course.years, q["middle"]),
            course.colour,
            stroke_width=2.5,
            stroke_linejoin="round",
            **({"stroke_dasharray": course.dash} if course.dash else {}),
        )
        for course, q in zip(courses, found, strict=True)
    ]


def _ends(
    figure: Outcome, frame: Frame, courses: Sequence[Course], found: Sequence[dict[str, np.ndarray]], width: float
) -> list[str]:
    """Name and last value of each course, a level or a difference, beside its end, never on top of each other."""
    last = [float(q["middle"][-1]) for q in found]
    heights = svg.apart([frame.y(v) for v in last], 50, frame.top + 22, frame.bottom - 18)
    size = 13 if width > 500 else 12
    parts = []
    for course, value, y in zip(courses, last, heights, strict=True):
        x = frame.right + 10
        names = _two(course.name, 19 if width > 500 else 14)
        for k, words in enumerate(names):
            parts.append(svg.text(x, y - 15 * (len(names) - 1 - k), words, size, course.colour, weight=500))
        parts.append(svg.text(x, y + 16, course.say(figure.kind, value, -1), size + 1, course.colour, weight=700))
    return parts


def _two(words: str, letters: int) -> list[str]:
    """Words on one line, or on two when they are longer."""
    if len(words) <= letters:
        return [words]
    at = words.rfind(" ", 0, letters + 1)
    at = at if at > 0 else letters
    return [words[:at], _cut(words[at:].strip(), letters)]


def _cut(words: str, letters: int) -> str:
    return words if len(words) <= letters else words[: letters - 1].rstrip() + "…"


def _fan_rows(
    figure: Outcome, courses: Sequence[Course], found: Sequence[dict[str, np.ndarray]]
) -> tuple[tuple[str, ...], ...]:
    head = ["Year"]
    for course in courses:
        what = course.name if course.base is None else f"{course.name}, difference"
        head += [f"{what}: median", f"{what}: 50% of worlds", f"{what}: 90% of worlds"]
    rows = [tuple(head)]
    for i, year in enumerate(courses[0].years):
        cells = [f"{year:.2f}"]
        for course, q in zip(courses, found, strict=True):
            values = {key: course.say(figure.kind, float(v[i]), i) for key, v in q.items()}
            ranges = [f"{values['q1']} to {values['q3']}", f"{values['low']} to {values['high']}"]
            cells += [
                values["middle"],
                *(ranges if course.values.shape[1] >= summary.FEWEST_FOR_RANGE else ["no range"] * 2),
            ]
        rows.append(tuple(cells))
    return tuple(rows)


@dataclass(frozen=True)
class Row:
    """One policy's figure in every world: float64[worlds].

    `base`: where the values are differences set at it (`differences.from_today`), and told as such; else levels.
    """

    name: str
    values: np.ndarray
    colour: str = svg.PLAN
    hollow: bool = False
    base: float | None = None

    def say(self, kind: str, value: float) -> str:
        """A value in words: a level or a difference."""
        return say(kind, value) if self.base is None else say(kind, value - self.base, True)

    def reach(self, kind: str, found: summary.Interval) -> str:
        """The range of its values in words."""
        off = self.base or 0.0
        return reach(kind, replace(found, low=found.low - off, high=found.high - off), self.base is not None)


def worlds(figure: Outcome, rows: Sequence[Row], sentence: str, width: float = 760) -> Chart:
    """A dot for every world in each policy's row, with the 50% and 90% bands; a line marks where differences begin."""
    every = np.concatenate([row.values for row in rows])
    every = every[np.isfinite(every)]
    low = min(0.0, float(every.min())) if len(every) else 0.0
    marks = svg.ticks(low, float(every.max()) if len(every) and every.max() > low else low + 1)
    narrow = width < 500
    left = 16.0 if narrow else 150.0
    gap, top = 88.0, 46.0 if narrow else 30.0
    bottom = top + gap * len(rows) - 12
    across = Frame(left, width - 40, top, bottom, 0, 1, marks[-1] - marks[0])
    parts = [*_across(figure, across, marks), *_beginning(across, rows, marks[0], top, gap)]
    for i, row in enumerate(rows):
        parts += _world_row(figure, across, row, marks[0], top + gap * i + 24, narrow)
    picture = svg.drawing(width, bottom + 34, figure.title, sentence, parts)
    return Chart(figure.name, figure.title, figure.note, sentence, picture, _world_rows(figure, rows))


def _across(figure: Outcome, frame: Frame, marks: Sequence[float]) -> list[str]:
    parts = []
    for mark in marks:
        x = frame.x(mark - marks[0])
        parts.append(svg.line(x, frame.top - 8, x, frame.bottom, svg.SOFT if mark == 0 and marks[0] < 0 else svg.LINE))
        parts.append(svg.text(x, frame.bottom + 18, _tick(figure.kind, mark), 12, svg.SOFT, "middle"))
    return parts


def _beginning(frame: Frame, rows: Sequence[Row], low: float, top: float, gap: float) -> list[str]:
    """From today's row down through the others: where a difference is none."""
    found = [(i, row.base) for i, row in enumerate(rows) if row.base is not None and np.isfinite(row.base)]
    return [
        svg.line(
            frame.x(base - low),
            top + gap * i - 46,
            frame.x(base - low),
            top + gap * i + 44,
            svg.TODAY,
            stroke_width=1.2,
            stroke_dasharray="4 4",
        )
        for i, base in found
    ]


def _world_row(figure: Outcome, frame: Frame, row: Row, low: float, y: float, narrow: bool) -> list[str]:
    found = summary.interval(row.values)
    if not found.worlds:
        return [svg.text(frame.left, y, f"{row.name}: no figure", 13, svg.SOFT)]
    good = row.values[np.isfinite(row.values)]
    middle = frame.x(found.median - low)
    parts = []
    if found.ranged:
        half = [frame.x(float(v) - low) for v in np.quantile(good, (0.25, 0.75))]
        ends = [frame.x(v - low) for v in (found.low, found.high)]
        kind = {"class_": "level"} if row.base is None else {}
        parts = [
            svg.rect(ends[0], y - 9, ends[1] - ends[0], 18, row.colour, fill_opacity=0.13, rx=3, **kind),
            svg.rect(half[0], y - 9, half[1] - half[0], 18, row.colour, fill_opacity=0.24, rx=3),
        ]
    parts += [
        svg.circle(
            frame.x(float(v) - low),
            y,
            4,
            svg.PAPER if row.hollow else row.colour,
            stroke=row.colour,
            stroke_width=1.2,
            fill_opacity=0.75,
        )
        for v in good
    ]
    parts.append(svg.line(middle, y - 15, middle, y + 15, row.colour, stroke_width=3))
    label_x, label_y, anchor = (frame.left, y - 28, "start") if narrow else (frame.left - 14, y + 4, "end")
    value_x = min(max(middle, frame.left + 30), frame.right - 20)
    letters = int((frame.right - frame.left - 90) / 7.2)
    lines = [_cut(row.name, letters)] if narrow else _two(row.name, 20)
    parts += [svg.text(label_x, label_y + 15 * k, one, 13, row.colour, anchor, 500) for k, one in enumerate(lines)]
    if narrow:
        return [*parts, svg.text(frame.right, label_y, row.say(figure.kind, found.median), 15, row.colour, "end", 700)]
    return [*parts, svg.text(value_x, y - 20, row.say(figure.kind, found.median), 15, row.colour, "middle", 700)]


def _world_rows(figure: Outcome, rows: Sequence[Row]) -> tuple[tuple[str, ...], ...]:
    found = [(row, summary.interval(row.values)) for row in rows]
    head = ("World", *(row.name if row.base is None else f"{row.name}, difference" for row in rows))
    middle = ("Median", *(row.say(figure.kind, f.median) for row, f in found))
    most = ("90% of worlds", *(row.reach(figure.kind, f) for row, f in found))
    every = (
        (f"World {i + 1}", *(row.say(figure.kind, float(row.values[i])) for row in rows))
        for i in range(len(rows[0].values))
    )
    return (head, middle, most, *every)


@dataclass(frozen=True)
class Bar:
    """One line of a bar chart: its words and a value for each policy, all in one unit."""

    name: str
    values: tuple[float, ...]
    strong: bool = False


def bars(
    name: str,
    title: str,
    note: str,
    sentence: str,
    policies: Sequence[tuple[str, str]],
    lines: Sequence[Bar],
    width: float = 760,
    unit: str = "",
) -> Chart:
    """Horizontal bars in pairs (or more), with their values. `policies`: (name, colour), today's first."""
    narrow = width < 560
    left = 12.0 if narrow else 292.0
    thick, head = 11.0, 20.0 if narrow else 4.0
    each = thick * len(policies) + head + 10
    top = 30.0
    most = max((max(line.values) for line in lines), default=1.0) or 1.0
    scale = (width - left - 56) / most
    parts = _key(policies, left)
    for i, line in enumerate(lines):
        y = top + each * i
        words_y = y + 13 if narrow else y + head + thick * len(policies) / 2 + 4
        parts.append(
            svg.text(
                left if narrow else left - 12,
                words_y,
                line.name,
                13,
                svg.INK,
                "start" if narrow else "end",
                600 if line.strong else 400,
            )
        )
        for k, ((_, colour), value) in enumerate(zip(policies, line.values, strict=True)):
            parts += _bar(left, y + head + thick * k, value * scale, thick, colour, f"{value:.1f}", k == 0)
    picture = svg.drawing(width, top + each * len(lines) + 6, title, sentence, parts)
    head_row = ("", *(f"{policy}{unit}" for policy, _ in policies))
    body = tuple((line.name, *(f"{v:.1f}" for v in line.values)) for line in lines)
    return Chart(name, title, note, sentence, picture, (head_row, *body))


def _bar(x: float, y: float, length: float, thick: float, colour: str, words: str, hollow: bool) -> list[str]:
    look: dict[str, object] = {"stroke": colour, "stroke_width": 1.2, "fill_opacity": 0.12} if hollow else {}
    return [
        svg.rect(x, y, max(length, 1.0), thick - 2, colour, class_="level", **look),
        svg.text(x + max(length, 1.0) + 6, y + thick - 3, words, 11, colour, weight=500),
    ]


def _key(policies: Sequence[tuple[str, str]], left: float) -> list[str]:
    parts, x = [], left
    for k, (name, colour) in enumerate(policies):
        look = {"stroke": colour, "stroke_width": 1.2, "fill_opacity": 0.12} if k == 0 else {}
        parts.append(svg.rect(x, 4, 22, 10, colour, **look))
        words = _cut(name, 26)
        parts.append(svg.text(x + 28, 14, words, 12, colour, weight=600))
        x += 44 + 7.2 * len(words)
    return parts


@dataclass(frozen=True)
class Spot:
    """One group under two policies, (median, low, high) as shares: today's level, and the change from its middle.

    `plan` is today's middle plus the change's three, so the way from dot to dot is `change`. `head` begins a block of rows.
    """

    name: str
    today: tuple[float, float, float]
    plan: tuple[float, float, float]
    head: str = ""
    small: bool = False
    change: float = float("nan")


def spots(
    name: str, title: str, note: str, sentence: str, policies: Sequence[str], lines: Sequence[Spot], width: float = 760
) -> Chart:
    """Groups on one scale: today's hollow dot, the full one where the change leads, and both ranges (90% of worlds)."""
    left = 132.0 if width < 500 else 200.0
    heads = sum(1 for line in lines if line.head)
    top, each, extra = 30.0, 24.0, 26.0
    labels = [wrap(line.name + (" *" if line.small else ""), int((left - 14) / 7)) for line in lines]
    heights = [each + 15.0 * (len(label) - 1) for label in labels]
    bottom = top + sum(heights) + extra * heads + 4
    most = max((v for s in lines for v in (*s.today, *s.plan) if np.isfinite(v)), default=1.0)
    marks = svg.ticks(0.0, most or 1.0)
    frame = Frame(left, width - 62, top, bottom, 0, 1, marks[-1])
    share = Outcome(name, title, "share", 1, lambda r: np.zeros(1))
    parts = [*_across(share, frame, marks), *_key([(policies[0], svg.TODAY), (policies[1], svg.PLAN)], left)]
    y = top + 4.0
    for line, label, height in zip(lines, labels, heights, strict=True):
        if line.head:
            y += extra
            parts.append(svg.text(8, y - 4, line.head, 12, svg.SOFT, weight=700))
        parts += [*_label(frame.left - 12, y + height / 2, label), *_spot(frame, line, y + height / 2)]
        y += height
    picture = svg.drawing(width, bottom + 28, title, sentence, parts)
    return Chart(name, title, note, sentence, picture, _spot_rows(policies, lines))


def _label(x: float, y: float, lines: Sequence[str]) -> list[str]:
    """A name that ends at x, whole, on as many lines as it takes."""
    first = y + 4 - 7.5 * (len(lines) - 1)
    return [svg.text(x, first + 15 * k, words, 13, svg.INK, "end") for k, words in enumerate(lines)]


def _spot(frame: Frame, line: Spot, y: float) -> list[str]:
    parts: list[str] = []
    if not np.isfinite(line.plan[0]) or not np.isfinite(line.today[0]):
        return [*parts, svg.text(frame.left + 4, y + 4, "no figure", 12, svg.SOFT)]
    a, b = frame.x(line.today[0]), frame.x(line.plan[0])
    for (_, low, high), place, colour, kind in (
        (line.today, y - 1.5, svg.TODAY, "level"),
        (line.plan, y - 4.0, svg.PLAN, ""),
    ):
        if np.isfinite(low):
            look = {"class_": kind} if kind else {}
            parts.append(
                svg.rect(
                    frame.x(low),
                    place,
                    frame.x(high) - frame.x(low),
                    2 * (y - place),
                    colour,
                    fill_opacity=0.18,
                    **look,
                )
            )
    hollow = svg.circle(a, y, 4.5, svg.PAPER, stroke=svg.TODAY, stroke_width=1.8)
    if line.plan[0] == line.today[0] and not line.change:
        return [*parts, hollow]
    words = f"{round(100 * line.change, 1) + 0.0:+.1f}" if np.isfinite(line.change) else ""
    return [
        *parts,
        svg.line(a, y, b, y, svg.PLAN, stroke_width=1.5),
        hollow,
        svg.circle(b, y, 4.5, svg.PLAN),
        svg.text(frame.right + 10, y + 4, words, 12, svg.PLAN, weight=500),
    ]


def _spot_rows(policies: Sequence[str], lines: Sequence[Spot]) -> tuple[tuple[str, ...], ...]:
    body, head = [], ""
    for line in lines:
        head = line.head or head
        level = f"{say('share', line.today[0])} ({say('share', line.today[1])} to {say('share', line.today[2])})"
        change = [say("share", value - line.today[0], True) for value in line.plan]
        body.append(
            (head, line.name + (" *" if line.small else ""), level, f"{change[0]} ({change[1]} to {change[2]})")
        )
    return (("", "Group", policies[0], f"{policies[1]}: change"), *body)
