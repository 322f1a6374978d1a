"""How well the model fits and where it does not: each published figure beside what the fitted model says of it."""

from __future__ import annotations

from typing import Any

from calibration.library.evidence_library import library
from reports import svg
from reports.charts import Chart
from reports.figures import say
from scenarios.running import posterior

TITLE = "How well the model fits, and where it does not"
KINDS = {"target": "Fitted to", "validation": "Held back, not fitted"}
OUTSIDE = "#8a4b00"


def fit_chart(width: float) -> Chart | None:
    """Figures that were fitted to and held back, with the 90% the model gives; None where nothing was fitted."""
    chosen = posterior.choose()
    rows = posterior.fits(chosen)
    if not rows:
        return None
    words, note = (
        fit_sentence(rows, posterior.refused(chosen), posterior.widened(chosen)),
        (
            "The bar is 90% of what the model says after fitting, with luck and the figure’s own error. The dot is the published figure. A wide bar is easily hit, so falling inside proves little."
        ),
    )
    head = ("Figure", "Used", "Published", "Model: median", "Model: 90%", "Inside", "Source")
    body = tuple(_row(row, posterior.refused(chosen)) for row in rows)
    return Chart("fit", TITLE, note, words, _picture(rows, words, width), (head, *body))


def fit_sentence(rows: tuple[dict[str, Any], ...], refused: tuple[str, ...], widened: tuple[str, ...] = ()) -> str:
    """How many lie inside, and which do not."""
    told = []
    for role, words in KINDS.items():
        some = [row for row in rows if row["role"] == role]
        told.append(f"{words}: {sum(row['inside'] for row in some)} of {len(some)} inside")
    out = [_name(row) for row in rows if not row["inside"]]
    missed = f" Outside: {'; '.join(out)}." if out else " None lies outside."
    left = (
        f" Meant to be fitted, but left out because it could not be emulated: {'; '.join(_named(name) for name in refused)}."
        if refused
        else ""
    )
    wider = (
        f" Fitted with a wider error because it could hardly be emulated: {'; '.join(_named(name) for name in widened)}."
        if widened
        else ""
    )
    return f"{'. '.join(told)}.{missed}{left}{wider}"


def _name(row: dict[str, Any]) -> str:
    return _named(str(row["id"]))


def _named(name: str) -> str:
    known = library().get(name)
    return known.quantity if known else name.replace("_", " ")


def _row(row: dict[str, Any], refused: tuple[str, ...]) -> tuple[str, ...]:
    known = library().get(row["id"])
    used = "meant to be fitted, left out" if row["id"] in refused else KINDS.get(row["role"], row["role"]).lower()
    return (
        _name(row),
        used,
        say("share", row["observed"]),
        say("share", row["middle"]),
        f"{say('share', row['low'])} to {say('share', row['high'])}",
        "inside" if row["inside"] else "OUTSIDE",
        known.source if known else "",
    )


def _picture(rows: tuple[dict[str, Any], ...], words: str, width: float) -> str:
    """Bars and dots on one scale of shares, in two blocks."""
    narrow = width < 560
    left, right, each = (14.0 if narrow else 330.0), width - 76.0, (44.0 if narrow else 28.0)
    low, high = min(0.0, *(row["low"] for row in rows)), max(1.0, *(row["high"] for row in rows))
    parts, y = [], 8.0

    def x(value: float) -> float:
        return left + (right - left) * (value - low) / (high - low)

    for role, words_of in KINDS.items():
        parts.append(svg.text(8, y + 14, words_of, 12, svg.SOFT, weight=700))
        y += 24
        for row in (row for row in rows if row["role"] == role):
            parts += _one(row, x, y, left, right, narrow)
            y += each
    for mark in (0.0, 0.5, 1.0):
        parts.insert(0, svg.line(x(mark), 8, x(mark), y))
        parts.append(svg.text(x(mark), y + 16, f"{100 * mark:.0f}%", 12, svg.SOFT, "middle"))
    return svg.drawing(width, y + 26, TITLE, words, parts)


def _one(row: dict[str, Any], x: Any, y: float, left: float, right: float, narrow: bool) -> list[str]:
    colour = svg.PLAN if row["inside"] else OUTSIDE
    at = y + 30 if narrow else y + 13
    letters = 44 if narrow else 46
    name = _name(row)
    name = name if len(name) <= letters else name[: letters - 1].rstrip() + "…"
    parts = [
        svg.text(
            left if narrow else left - 12, y + 14 if narrow else at + 4, name, 13, svg.INK, "start" if narrow else "end"
        ),
        svg.rect(x(row["low"]), at - 6, x(row["high"]) - x(row["low"]), 12, colour, fill_opacity=0.22, rx=3),
        svg.line(x(row["middle"]), at - 8, x(row["middle"]), at + 8, colour, stroke_width=2.5),
        svg.circle(
            x(row["observed"]),
            at,
            5,
            svg.INK if row["inside"] else svg.PAPER,
            stroke=svg.INK if row["inside"] else OUTSIDE,
            stroke_width=2.5,
        ),
    ]
    return [*parts, svg.text(right + 10, at + 4, "inside" if row["inside"] else "outside", 12, colour, weight=600)]
