"""Pictures of a search: policies run so far, the frontier, and what the money goes on; each with its sentence and table."""

from __future__ import annotations

from collections.abc import Sequence

from dashboards.work.searching import Tried
from reports import svg
from reports.charts import Chart
from scenarios.questions.solve.describe import Point
from scenarios.questions.solve.frontier import Report
from scenarios.questions.solve.goal import Goal, percent
from scenarios.questions.solve.words import furthest, held_in, pounds, shown_steps, stops, verdict_word
from sim.results.outcomes import MAIN
from sim.results.summary import Interval
from sim.results.words import WORDS, number

REACHED, NOT_REACHED, GOAL = svg.PLAN, svg.PINS[1], svg.PINS[3]
HEAD = (
    "goal",
    "held",
    "availability",
    "started in time",
    "better off",
    "better off by chance alone",
    "cost per adult per year",
    "each further point costs",
    "the gate that binds",
    "opening it gains",
    "which is worth",
)


class Plane:
    """From cost (across) and share (up) to pixels. The scale takes in every point that is drawn."""

    def __init__(self, width: float, costs: Sequence[float], shares: Sequence[float]):
        self.width, self.height = width, max(280.0, min(420.0, width * 0.55))
        self.left, self.right, self.top, self.bottom = 50.0, width - 18.0, 34.0, self.height - 44.0
        self.across, self.up = svg.ticks(0.0, max([*costs, 0.01])), svg.ticks(0.0, max([*shares, 0.1]))

    def x(self, cost: float) -> float:
        """Pixel of a cost."""
        return self.left + (self.right - self.left) * cost / self.across[-1]

    def y(self, share: float) -> float:
        """Pixel of a share."""
        return self.bottom - (self.bottom - self.top) * share / self.up[-1]

    def axes(self, what: str) -> list[str]:
        """Lines, numbers and names."""
        parts = [svg.text(4, 14, what, 12, svg.SOFT)]
        for value in self.up:
            parts += [
                svg.line(self.left, self.y(value), self.right, self.y(value)),
                svg.text(self.left - 8, self.y(value) + 4, f"{100 * value:.4g}%", 12, svg.SOFT, "end"),
            ]
        for value in self.across:
            parts.append(svg.text(self.x(value), self.bottom + 18, f"£{value:.4g}", 12, svg.SOFT, "middle"))
        middle = (self.left + self.right) / 2
        return [
            *parts,
            svg.text(middle, self.bottom + 36, "cost per adult per year (2024/25 prices)", 12, svg.SOFT, "middle"),
        ]


def frontier(goal: Goal, tried: Sequence[Tried], report: Report | None, width: float) -> Chart:
    """Every policy run as a dot; once it is known, the cheapest for each goal with its ranges, and where it stops."""
    steps = shown_steps(report) if report else []
    points = [*(s.point for _, s in steps), *([report.today] if report else [])]
    level = goal.file.goal.level
    plane = Plane(
        width,
        [*(t.cost for t in tried), *(p.cost.high for p in points)],
        [level, *(t.share for t in tried), *(p.available.high for p in points)],
    )
    parts = [
        *plane.axes(_short(WORDS[goal.file.goal.outcome], width)),
        *_goal_line(plane, level),
        *_dots(plane, goal, tried),
    ]
    if report:
        parts += _line(plane, report) + _cross(plane, report.today, svg.TODAY, True)
    parts += [
        mark for _, s in steps for mark in _cross(plane, s.point, REACHED if s.reached else NOT_REACHED, s.reached)
    ]
    if report:
        parts += _names(
            plane,
            [
                ("today", report.today, svg.TODAY),
                *(
                    (
                        words if s.reached else f"{verdict_word(s)}: {words}",
                        s.point,
                        REACHED if s.reached else NOT_REACHED,
                    )
                    for words, s in steps
                ),
            ],
        )
    if report and report.found:
        p = report.found
        parts.append(
            svg.circle(plane.x(p.cost.median), plane.y(p.available.median), 9, "none", stroke=GOAL, stroke_width=3)
        )
    words = frontier_sentence(goal, tried, report)
    title = "Availability against cost" if report is None else "The frontier: the cheapest policy found for each goal"
    note = "Each dot is the median of a policy’s worlds. It is filled if the goal held in enough worlds. " + (
        "Crosses are ranges: 10 to 90% of fresh worlds. The ring is the answer." if report else ""
    )
    rows = step_rows(report) if report else tried_rows(tried)
    return Chart("frontier", title, note.strip(), words, svg.drawing(width, plane.height, title, words, parts), rows)


def _short(words: str, width: float) -> str:
    return words if width > 520 else words[:46]


def _goal_line(plane: Plane, level: float) -> list[str]:
    y = plane.y(level)
    return [
        svg.line(plane.left, y, plane.right, y, GOAL, stroke_width=1.5, stroke_dasharray="7 3"),
        svg.text(plane.left + 6, y - 5, f"the goal: {100 * level:g}%", 12, GOAL, "start", 600),
    ]


def _dots(plane: Plane, goal: Goal, tried: Sequence[Tried]) -> list[str]:
    needed = goal.file.goal.worlds
    return [
        svg.circle(
            plane.x(t.cost),
            plane.y(t.share),
            4,
            svg.PLAN if t.met >= needed * t.worlds else svg.PAPER,
            stroke=svg.TODAY,
            stroke_width=1.2,
            fill_opacity=0.55,
        )
        for t in tried
    ]


def _line(plane: Plane, report: Report) -> list[str]:
    way = [
        (plane.x(p.cost.median), plane.y(p.available.median))
        for p in (report.today, *(s.point for s in report.steps if s.reached))
    ]
    return [svg.path(way, REACHED, stroke_width=1.5, stroke_dasharray="2 4")] if len(way) > 1 else []


def _names(plane: Plane, marks: Sequence[tuple[str, Point, str]]) -> list[str]:
    """Words beside the policies, never on top of each other."""
    heights = svg.apart([plane.y(p.available.median) + 16 for _, p, _ in marks], 15, plane.top, plane.bottom - 4)
    parts = []
    for (words, p, colour), y in zip(marks, heights, strict=True):
        x = plane.x(p.cost.median)
        end = x > (plane.left + plane.right) / 2
        parts.append(
            svg.text(x - 10 if end else x + 10, y, words, 12, colour, "end" if end else "start", 600, halo=True)
        )
    return parts


def _cross(plane: Plane, p: Point, colour: str, reached: bool) -> list[str]:
    """A policy with its ranges. Where the goal is not reached the dot is hollow."""
    x, y = plane.x(p.cost.median), plane.y(p.available.median)
    return [
        svg.line(plane.x(p.cost.low), y, plane.x(p.cost.high), y, colour, stroke_width=2),
        svg.line(x, plane.y(p.available.low), x, plane.y(p.available.high), colour, stroke_width=2),
        svg.circle(x, y, 5, colour if reached else svg.PAPER, stroke=colour, stroke_width=2),
    ]


def frontier_sentence(goal: Goal, tried: Sequence[Tried], report: Report | None) -> str:
    """What the picture shows."""
    if report is None:
        held = sum(t.met >= goal.file.goal.worlds * t.worlds for t in tried)
        if not tried:
            return "No policy is run yet."
        best = max(tried, key=lambda t: t.share)
        return f"{len(tried)} policies have run so far. The goal held in enough worlds in {held} of them. The best has a median of {best.share:.0%}, for {pounds(best.cost)} per adult per year."
    said = [f"{percent(s.level)}: {pounds(s.point.cost.median)}" for s in report.steps if s.reached]
    first = f"Cost per adult per year of the cheapest policy found for each goal: {'; '.join(said)}." if said else ""
    return f"{first} {stops(report)} {_further(tried, report)}".strip()


def _further(tried: Sequence[Tried], report: Report) -> str:
    """Why dots may lie further up than the furthest policy that is told of; "" where none does."""
    above = sum(t.share > furthest(report).available.median for t in tried)
    if not above:
        return ""
    dots = "One dot lies" if above == 1 else f"{above} dots lie"
    return f"{dots} higher. Among {len(tried)} policies luck lifts some in the worlds of the search, so only fresh worlds count."


def range_words(found: Interval) -> str:
    """ "52% (48% to 57%)"."""
    return f"{found.median:.0%} ({found.low:.0%} to {found.high:.0%})"


def cost_words(found: Interval) -> str:
    """ "£4.20 (£4.01 to £4.38)"."""
    return f"{pounds(found.median)} ({pounds(found.low)} to {pounds(found.high)})"


def step_rows(report: Report) -> tuple[tuple[str, ...], ...]:
    """The frontier as a table, from today's policy on."""
    now = report.today
    rows = [
        (
            "today",
            "",
            range_words(now.available),
            range_words(now.started),
            range_words(now.better),
            range_words(now.by_chance),
            cost_words(now.cost),
            "",
            "",
            "",
            "",
        )
    ]
    for words, s in shown_steps(report):
        p = s.point
        said = verdict_word(s)
        binds = (s.binds.gate, number(MAIN, s.binds.gain.median, True)) if s.binds else ("", "")
        rows.append(
            (
                words,
                f"in {held_in(s)}: {said}",
                range_words(p.available),
                range_words(p.started),
                range_words(p.better),
                range_words(p.by_chance),
                cost_words(p.cost),
                pounds(s.shadow) if s.shadow is not None else "",
                *binds,
                pounds(s.worth) if s.worth is not None else "",
            )
        )
    return (HEAD, *rows)


def tried_rows(tried: Sequence[Tried]) -> tuple[tuple[str, ...], ...]:
    """Policies run so far, cheapest first."""
    head = ("policy", "cost per adult per year", "share", "goal held in")
    ordered = sorted(tried, key=lambda t: t.cost)
    return (
        head,
        *(
            (str(i), pounds(t.cost), f"{t.share:.1%}", f"{t.met} of {t.worlds} worlds")
            for i, t in enumerate(ordered, 1)
        ),
    )


def money(today: Point, points: Sequence[tuple[str, Point]], width: float) -> Chart:
    """What the money goes on, today and under the first of `points` (name, policy); the table has all of them."""
    name, one = points[0]
    lines = [line for line in one.money if any(round(p.money[line], 2) for p in (today, *(p for _, p in points)))]
    lines.sort(key=lambda line: -one.money[line])
    most = max([*(one.money[line] for line in lines), *(today.money[line] for line in lines), 0.01])
    narrow = width < 520
    left, row, head = (10.0, 52.0, 18.0) if narrow else (190.0, 36.0, 1.0)
    parts = [
        svg.rect(left, 4, 22, 10, svg.TODAY, fill_opacity=0.12, stroke=svg.TODAY),
        svg.text(left + 28, 14, "today", 12, svg.TODAY, weight=600),
        svg.rect(left + 80, 4, 22, 10, svg.PLAN),
        svg.text(left + 108, 14, name, 12, svg.PLAN, weight=600),
    ]
    for i, line in enumerate(lines):
        y = 26 + row * i
        parts.append(
            svg.text(
                left if narrow else left - 10, y + (12 if narrow else 17), line, 13, anchor="start" if narrow else "end"
            )
        )
        scale = (width - left - 70) / most
        parts += _bar(left, y + head, today.money[line] * scale, svg.TODAY, pounds(today.money[line]), True)
        parts += _bar(left, y + head + 14, one.money[line] * scale, svg.PLAN, pounds(one.money[line]), False)
    top = ", ".join(f"{line} {pounds(one.money[line])} (today {pounds(today.money[line])})" for line in lines[:3])
    words = f"Per adult per year, {name}: {top}." if top else "Nothing is spent."
    rows = tuple((line, pounds(today.money[line]), *(pounds(p.money[line]) for _, p in points)) for line in lines)
    title = "What the money goes on"
    picture = svg.drawing(width, 34 + row * len(lines), title, words, parts)
    return Chart(
        "money",
        title,
        "Pounds per adult per year by who pays or what for, means of fresh worlds (2024/25 prices).",
        words,
        picture,
        (("", "today", *(words for words, _ in points)), *rows),
    )


def _bar(x: float, y: float, length: float, colour: str, words: str, hollow: bool) -> list[str]:
    look = {"stroke": colour, "stroke_width": 1.2, "fill_opacity": 0.12} if hollow else {}
    return [
        svg.rect(x, y, max(1.0, length), 12, colour, **look),
        svg.text(x + max(1.0, length) + 6, y + 11, words, 11, colour, weight=500),
    ]
