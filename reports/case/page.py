"""A report as one self-contained page that prints: sentences, pictures each with a table, nothing from elsewhere.

No script runs; all text is escaped; headings are in order; tables that are wide can be reached by keyboard.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

WIDTH = 680.0
"""Pixels of a picture on a page. It is here and not with the pictures, which need more than the page."""
NARROW = 350.0
"""Pixels of a picture on a phone."""
LONG = '<h2 id="in-one-reading" class="long">In one reading</h2>\n'
"""The heading under which the long page begins."""
STYLE = """
body { font: 1rem/1.5 system-ui, -apple-system, 'Segoe UI', sans-serif; margin: 0 auto; max-width: 56rem; padding: 1rem;
  color: #1d2b36; background: #fff; overflow-wrap: break-word }
h1 { line-height: 1.2 } h2 { margin-top: 2.5rem; border-top: 2px solid #dfe5ea; padding-top: .8rem }
table { border-collapse: collapse; font-size: .85rem } caption { text-align: left; font-weight: 600; padding: .3rem 0 }
th, td { border: 1px solid #b4bec6; padding: .25rem .5rem; text-align: left; vertical-align: top }
thead th { background: #eef2f5 } figure { margin: 1rem 0 } figcaption { font-size: .9rem }
svg { display: block; max-width: 100%; height: auto }
.wide { overflow-x: auto } .lead { font-size: 1.1rem } a { color: #0b5c8f }
.board { columns: 2; column-gap: 2rem } .board section { break-inside: avoid }
.board h2 { font-size: 1.1rem; margin: 0; padding-top: .4rem } .board section { padding-bottom: .8rem } .board p { margin: .3rem 0 }
.board section:nth-child(-n+2), .board section:last-child { column-span: all }
.board section:first-child p:first-of-type { font-size: 1.2rem; font-weight: 600 } .board table { width: 100% }
.narrow { display: none }
@media screen and (max-width: 44rem) { .board { columns: auto } .broad { display: none } .narrow { display: block } }
@page { size: A4; margin: 12mm }
@media print { body { max-width: none; padding: 0; font-size: 10pt } nav { display: none } h1 { font-size: 16pt; margin: 0 0 .3rem }
  .wide { overflow: visible } table { width: 100%; font-size: 8pt } th, td { padding: .15rem .3rem }
  thead { display: table-header-group } section { break-inside: auto } figure, tr, svg, .together { break-inside: avoid }
  h2, caption, p:has(+ .wide) { break-after: avoid } p { orphans: 3; widows: 3 } svg { max-height: 225mm }
  a { color: inherit } .board { font-size: 8.6pt; line-height: 1.25 } .board section { padding-bottom: .4rem }
  .board h2 { font-size: 10.5pt; padding-top: .2rem } .board p { margin: .15rem 0 } .board table { font-size: 8pt }
  .long { break-before: page; margin-top: 0; border: 0 } }
"""


@dataclass(frozen=True)
class Section:
    """A heading, sentences, at most one picture (made by reports.case.pictures for a width in pixels) and at most one table.

    `short`: what a board reads of it, in a sentence; "" for most.
    """

    key: str
    title: str
    sentences: tuple[str, ...]
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    picture: Callable[[float], str] | None = None
    caption: str = ""
    short: str = ""


def page(title: str, lead: Sequence[str], sections: Sequence[Section], board: Sequence[Section] = ()) -> str:
    """The whole page: first what a board reads, on a sheet of its own, then the long page. `title` and `lead` are plain text."""
    contents = "".join(f'<li><a href="#{s.key}">{escape(s.title)}</a></li>' for s in sections)
    said = "".join(f'<p class="lead">{escape(text)}</p>\n' for text in lead)
    body = "\n".join(_section(s) for s in sections)
    first = f'<div class="board">\n{"".join(map(_section, board))}</div>\n{LONG}' if board else ""
    return (
        '<!DOCTYPE html>\n<html lang="en-GB">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        f"<title>{escape(title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{escape(title)}</h1>\n{first}{said}"
        f'<nav aria-label="Contents"><ol>{contents}</ol></nav>\n{body}\n</main>\n</body>\n</html>\n'
    )


def _section(section: Section) -> str:
    """A section; what leads to its picture stays on the picture's sheet."""
    said = "".join(f"<p>{escape(sentence)}</p>\n" for sentence in section.sentences)
    heading = f'<h2 id="{section.key}">{escape(section.title)}</h2>\n'
    drawn = f'<div class="together">\n{heading}{said}{_figure(section)}</div>\n'
    opening = drawn if section.picture is not None else heading + said
    return f'<section aria-labelledby="{section.key}">\n{opening}{_table(section)}</section>'


def _figure(section: Section) -> str:
    """The picture twice: as wide as paper, and for a phone, where the wide one's words would be too small to read."""
    if section.picture is None:
        return ""
    words = f"{section.caption} The table below has the numbers.".strip()
    both = f'<div class="broad">{section.picture(WIDTH)}</div><div class="narrow">{section.picture(NARROW)}</div>'
    return f"<figure>{both}<figcaption>{escape(words)}</figcaption></figure>\n"


def _table(section: Section) -> str:
    if not section.rows:
        return ""
    name = escape(f"{section.title}: table")
    head = "".join(f'<th scope="col">{escape(text)}</th>' for text in section.columns)
    rows = "".join(
        f'<tr><th scope="row">{escape(row[0])}</th>' + "".join(f"<td>{escape(c)}</td>" for c in row[1:]) + "</tr>\n"
        for row in section.rows
    )
    return (
        f'<div class="wide" tabindex="0" role="region" aria-label="{name}">\n<table>\n<caption>{name}</caption>\n'
        f"<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}</tbody>\n</table>\n</div>\n"
    )
