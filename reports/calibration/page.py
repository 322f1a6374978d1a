"""Diagnostics as one self-contained page, and as files: `diagnostics.html`, and a CSV and a PNG for each section.

The page needs nothing from elsewhere and runs no script; all text is escaped; every picture stands between a
sentence that says what it shows and a table with its numbers.
"""

from __future__ import annotations

import base64
import csv
import io
from html import escape
from pathlib import Path
from typing import Any

from calibration.fit.bank import Progress
from calibration.fit.rank_check import RankCheck
from calibration.fit.waves import Calibration
from calibration.report.diagnose import Second, Section, sections
from calibration.whole import write_whole
from reports.calibration.pictures import as_bytes, draw

STYLE = """
body { font: 1rem/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 70rem; padding: 1rem; color: #1a1a1a; background: #fff }
table { border-collapse: collapse; font-size: .85rem } th, td { border: 1px solid #bbb; padding: .2rem .5rem; text-align: left }
td.number { text-align: right; font-variant-numeric: tabular-nums } figure { margin: 1rem 0 } img { max-width: 100%; height: auto }
.wide { overflow-x: auto } caption { text-align: left; font-weight: 600; padding: .3rem 0 }
"""


def write_diagnostics(
    found: Calibration,
    folder: Path,
    ranks: RankCheck | None = None,
    progress: Progress | None = None,
    second: Second | None = None,
) -> Path:
    """Write `diagnostics.html` and the folder `diagnostics`; the page's path."""
    side, made, pictures = folder / "diagnostics", sections(found, ranks, second), {}
    side.mkdir(parents=True, exist_ok=True)
    for number, section in enumerate(made):
        if section.picture:
            figure = draw(section.key, found, ranks)
            pictures[section.key] = as_bytes(figure, "svg")
            write_whole(side / f"{section.key}.png", as_bytes(figure, "png"))
        write_whole(side / f"{section.key}.csv", as_csv(section).encode())
        if progress:
            progress("diagnostics", number + 1, len(made))
    page = folder / "diagnostics.html"
    write_whole(page, as_page(made, pictures).encode())
    return page


def as_csv(section: Section) -> str:
    """A section's table, numbers in full."""
    side = io.StringIO()
    writer = csv.writer(side, lineterminator="\n")
    writer.writerow(section.columns)
    writer.writerows(section.rows)
    return side.getvalue()


def as_page(made: list[Section], pictures: dict[str, bytes]) -> str:
    """The page: a list of contents, then each section with its sentence, picture and table."""
    contents = "".join(f'<li><a href="#{s.key}">{escape(s.title)}</a></li>' for s in made)
    body = "\n".join(as_html(section, pictures.get(section.key)) for section in made)
    return (
        '<!DOCTYPE html>\n<html lang="en-GB">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>Calibration: how far to believe it</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n"
        "<h1>Calibration: how far to believe it</h1>\n"
        f'<nav aria-label="Contents"><ol>{contents}</ol></nav>\n{body}\n</main>\n</body>\n</html>\n'
    )


def as_html(section: Section, picture: bytes | None) -> str:
    """One section."""
    said = "".join(f"<p>{escape(sentence)}</p>\n" for sentence in section.sentences)
    return (
        f'<section aria-labelledby="{section.key}">\n<h2 id="{section.key}">{escape(section.title)}</h2>\n{said}'
        f"{_figure(section, picture)}{_table(section)}</section>"
    )


def _figure(section: Section, picture: bytes | None) -> str:
    if picture is None:
        return ""
    content, words = base64.b64encode(picture).decode(), escape(section.picture)
    return (
        f'<figure><img src="data:image/svg+xml;base64,{content}" alt="{words} The table below has the numbers.">'
        f"<figcaption>{words}</figcaption></figure>\n"
    )


def _table(section: Section) -> str:
    if not section.rows:
        return ""
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in section.columns)
    rows = "".join(f"<tr>{''.join(_cell(value) for value in row)}</tr>\n" for row in section.rows)
    return (
        f'<div class="wide" tabindex="0" role="region" aria-label="{escape(section.title)}: table">\n<table>\n'
        f"<caption>{escape(section.title)}</caption>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}</tbody>\n</table>\n</div>\n"
    )


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return f"<td>{'yes' if value else 'no'}</td>"
    if isinstance(value, (int, float)):
        return (
            f'<td class="number">{getattr(value, "text", f"{value:.3g}")}</td>'
            if isinstance(value, float)
            else f'<td class="number">{value}</td>'
        )
    return f"<td>{escape(str(value))}</td>"
