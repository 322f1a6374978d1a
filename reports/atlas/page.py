"""The atlas as one self-contained page that prints: a map and a table for each figure, then a page an area. No script runs.

A figure is chosen by a row of radio buttons: style sheets alone show its map, and the table sorted by it.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from html import escape
from pathlib import Path

from calibration.whole import write_whole
from reports.atlas import words
from reports.atlas.cartogram import cartogram
from reports.atlas.shown import BY_KEY, FIGURES, LABELS, Figure, ordered, people, say, spread, value
from reports.atlas.words import EVERYBODY, VERDICTS, Manifest, Tables
from reports.case.page import NARROW, STYLE
from reports.ladder.picture import WIDTH, waterfall
from reports.ladder.words import HEADS, cells
from reports.markup import paragraph, table, tag
from scenarios.questions.atlas import folder
from scenarios.questions.atlas.reads import WORKFORCE
from scenarios.questions.atlas.tables import Row, of
from scenarios.running.store import SEAL, seal_of, sha256_of
from sim.errors import UserError
from sim.results.outcomes import MAIN

PAGE_STYLE = """
.chooser { margin: 1rem 0; position: relative } .chooser input { position: absolute; left: 0; width: 1px; height: 1px; margin: 0; opacity: 0 }
.chooser label { display: inline-block; border: 1px solid #55636e; border-radius: 1rem; padding: .25rem .8rem; margin: .15rem;
  cursor: pointer; background: #fff }
.chooser input:checked + label { background: #0b5c8f; color: #fff; border-color: #0b5c8f }
.chooser input:focus-visible + label { outline: 3px solid #b45309; outline-offset: 2px }
.figure { display: none } .map { overflow-x: auto } .map svg { min-width: 44rem; max-width: none; width: 100% }
.table-scroll { overflow-x: auto } td { font-variant-numeric: tabular-nums } .chooser th, .chooser td { padding: .25rem .35rem } svg a { cursor: pointer }
svg a:focus-visible rect { stroke: #b45309; stroke-width: 3 }
.mark { border-left: 4px solid #b45309; padding-left: .6rem }
@media (min-width: 48rem) { .hint { display: none } }
@media print { .chooser input, .chooser label { display: none } .map, .table-scroll { overflow: visible }
  .map svg { min-width: 0; max-width: 100% } .area { break-before: page } h3 { break-after: avoid } svg { break-inside: avoid }
  .back, .hint { display: none } }
"""
SHOWN_BY = "".join(f"#by-{one.key}:checked ~ #figure-{one.key} {{ display: block }}\n" for one in FIGURES)


def page(manifest: Manifest, tables: Tables) -> str:
    """The whole page, from what `scenarios.questions.atlas.folder` reads."""
    title = f"The atlas of peer support: {manifest['together']}"
    said = "".join(paragraph(text, class_="lead") for text in words.lead(manifest, tables)[:-1])
    mark = paragraph(words.lead(manifest, tables)[-1], class_="mark")
    body = "".join(
        [_chooser(manifest, tables), _reading(manifest), *(_area(row, manifest, tables) for row in _named(tables))]
    )
    return (
        '<!DOCTYPE html>\n<html lang="en-GB">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        f"<title>{escape(title)}</title>\n<style>{STYLE}{PAGE_STYLE}{SHOWN_BY}</style>\n</head>\n<body>\n<main>\n"
        f'<h1 id="top">{escape(title)}</h1>\n{said}{mark}\n{body}\n</main>\n</body>\n</html>\n'
    )


def _named(tables: Tables) -> list[Row]:
    return sorted(tables["areas"], key=lambda row: str(row["name"]))


# ------------------------------------------------------------------ the map and the tables


def _chooser(manifest: Manifest, tables: Tables) -> str:
    """Radio buttons, then each figure's map and table; the first is shown."""
    buttons = "".join(
        f'<input type="radio" name="by" id="by-{one.key}"{" checked" if one is FIGURES[0] else ""}>'
        f'<label for="by-{one.key}">{escape(one.label)}</label>'
        for one in FIGURES
    )
    figures = "".join(_figure(one, manifest, tables) for one in FIGURES)
    head = '<h2 id="areas">Areas side by side</h2>'
    ask = paragraph(
        "Choose a figure: the map takes its colours, and the table its order. Each tile and name leads to the area's page."
    )
    return (
        f'<section aria-labelledby="areas">{head}{ask}<div class="chooser" role="radiogroup" aria-label="Colour and sort by">'
        f"{buttons}{figures}</div></section>\n"
    )


def _figure(figure: Figure, manifest: Manifest, tables: Tables) -> str:
    rows = ordered(tables["areas"], figure)
    said = f"{figure.note} {words.tier_sentence(figure, tables)}"
    drawn = cartogram(rows, figure, said)
    name = escape(f"Map of {figure.label.lower()}", quote=True)
    hint = paragraph("Scroll sideways to see the whole map.", class_="hint")
    drawn = f'{hint}<div class="map" tabindex="0" role="region" aria-label="{name}">{drawn}</div>'
    return f'<div class="figure" id="figure-{figure.key}">{paragraph(said)}{drawn}{_sorted(figure, rows, tables)}</div>'


OTHERS = ("available", "had_in_time", "better_per_want", "waiting_per_10k", "gbp_per_adult_year", "all_levers")


def _sorted(figure: Figure, rows: Sequence[Row], tables: Tables) -> str:
    """The table in the order of one figure: its range and tier first, then the other figures."""
    others = [BY_KEY[key] for key in OTHERS if key != figure.key]
    compared = ("Range", "Tier", "Less the mean") if figure.key in OTHERS else ()
    last = ("Goal costs",) if figure.key in OTHERS else ()
    head = ["Area", figure.label, *compared, *(one.label for one in others), "Largest step", *last]
    body = "".join(_row(row, figure, others, tables) for row in rows)
    top = tag("thead", tag("tr", *(tag("th", escape(cell), scope="col") for cell in head)))
    name = f"Areas by {figure.label.lower()} ({figure.unit}), the highest first"
    inner = tag("table", tag("caption", escape(name)), top, tag("tbody", body))
    return tag("div", inner, class_="table-scroll", tabindex="0", role="region", aria_label=name)


def _row(row: Row, figure: Figure, others: Sequence[Figure], tables: Tables) -> str:
    link = tag("a", escape(str(row["name"])), href=f"#area-{row['area']}")
    figures = [say(value(row, one), one.kind) for one in others]
    step = LABELS.get(row["largest_step"] or "", "no figure")
    last = [_policy(row)] if figure.key in OTHERS else []
    told = [say(value(row, figure), figure.kind), *_compared(row, figure, tables), *figures, step, *last]
    return tag("tr", tag("th", link, scope="row"), *(tag("td", escape(cell)) for cell in told))


def _compared(row: Row, figure: Figure, tables: Tables) -> list[str]:
    """Range, tier, and the range of the difference from the mean of areas; nothing of a policy's cost, which has no tier."""
    own = of(tables["headlines"], area=row["area"], outcome=figure.key)
    if not own:
        return []
    tier = "" if own[0]["tier"] is None else str(own[0]["tier"])
    return [spread(own[0], figure.kind), tier, spread(own[0], figure.kind, "less_mean_")]


def _policy(row: Row) -> str:
    if row["policy_verdict"] != "certified":
        return "none"
    return say(row["policy_pounds_more"], "pounds")


def _reading(manifest: Manifest) -> str:
    said = [
        manifest["tiers"],
        "'Less the mean' is the range of that difference. 'Goal costs' is what the cheapest certified policy costs more, in £ an adult a year.",
        f"The goal: {words.goal_words(manifest)}. {manifest['candidates_from']}",
        f"A certificate says that at least {100 * manifest['goal']['worlds']:g}% of the worlds we assumed meet the goal. In each area the "
        f"chance to be wrong about any candidate is at most {100 * manifest['wrong_at_most']:g}%. It is no chance that it happens.",
        "On the ladder, today and the gains of its steps add up to 100 of 100 wants. It is a diagnosis, not a policy. "
        + words.apart(manifest["all_adults"]),
        f"peerscale {manifest['peerscale']}, model {manifest['model']}, code {manifest['identity']['code'][:12]}, atlas {manifest['atlas_id']}.",
    ]
    return f'<section aria-labelledby="reading"><h2 id="reading">How to read it</h2>{"".join(map(paragraph, said))}</section>\n'


# ------------------------------------------------------------------ one area


def _area(row: Row, manifest: Manifest, tables: Tables) -> str:
    """The page of one area: today, the ladder, the policy, who is left out."""
    code, key = str(row["area"]), f"area-{row['area']}"
    mine = of(tables["ladder"], area=code, headline=MAIN, who=EVERYBODY)
    head = f'<h2 id="{escape(key)}">{escape(str(row["name"]))}</h2>'
    adults = paragraph(f"{row['region']}. {row['adults']:,} adults live there. Status: {manifest['status']}.")
    parts = [
        _told("Today", words.today_sentences(row, tables)),
        _told("The ladder", words.ladder_sentences(row, mine, manifest["all_adults"])) + _climb(row, mine),
        _told("The goal", words.policy_sentences(row, tables, manifest)) + _candidates(code, row, tables),
        _told("Who is left out", words.left_out_sentences(row, tables)) + _groups(code, row, tables),
    ]
    back = tag("p", tag("a", "Back to the map", href="#top"), class_="back")
    return f'<section class="area" aria-labelledby="{escape(key)}">{head}{adults}{"".join(parts)}{back}</section>\n'


def _told(title: str, sentences: Sequence[str]) -> str:
    return f"<h3>{escape(title)}</h3>{''.join(map(paragraph, sentences))}"


def _climb(row: Row, rows: Sequence[Row]) -> str:
    if not rows or rows[0]["gain"] is None:
        return ""
    lines, title = words.ladder_lines(rows), f"The ladder in {row['name']}: available"
    said = "Each bar begins where the one above it ends. The table has the numbers."
    drawn = "".join(
        f'<div class="{way}">{waterfall(lines, title, said, width)}</div>'
        for way, width in (("broad", WIDTH), ("narrow", NARROW))
    )
    return f"<figure>{drawn}</figure>" + table(("Step", *HEADS[1:]), [cells(line) for line in lines], title)


def _candidates(code: str, row: Row, tables: Tables) -> str:
    head = (
        "Candidate",
        "Verdict",
        "Met in",
        "Of 100 wants",
        "£ more an adult a year",
        "Volunteers",
        "Posts of paid peer workers",
        "Posts of coordinators",
        "Link workers",
        "Places",
    )
    rows = [
        (
            one["title"],
            VERDICTS[one["verdict"]],
            f"{one['met']} of {one['worlds']} worlds",
            say(one["level"], "wants"),
            say(one["pounds_more"], "pounds"),
            *(people(one[name]) for name in WORKFORCE),
        )
        for one in of(tables["policies"], area=code)
    ]
    return table(head, rows, f"Candidates for the goal in {row['name']}")


def _groups(code: str, row: Row, tables: Tables) -> str:
    groups = [one for one in of(tables["left_out"], area=code) if one["kind"] != "gate"]
    if not groups:
        return ""
    rows = [
        (one["words"], one["kind"], one["what"], say(one["median"], "wants"), spread(one, "wants")) for one in groups
    ]
    return table(
        ("Group", "Kind", "Has", "Available, of 100 wants", "Range"), rows, f"Who has least and most in {row['name']}"
    )


def remade(place: Path) -> str:
    """The page of an atlas, made again from its tables. Raises UserError."""
    return page(*folder.read(place))


def write_again(place: Path) -> None:
    """Put the page made again in the place of the one that is there, and its checksum in the manifest. Raises UserError, OSError."""
    manifest, _ = folder.read(place)
    write_whole(place / folder.PAGE, remade(place).encode())
    files = manifest["files"] | {folder.PAGE: sha256_of(place / folder.PAGE)}
    found = {key: value for key, value in manifest.items() if key != SEAL} | {"files": files}
    text = json.dumps(found | {SEAL: seal_of(found)}, indent=1, ensure_ascii=False) + "\n"
    write_whole(place / folder.MANIFEST, text.encode())


def main(arguments: Sequence[str]) -> int:
    """Write the page of the folder again. Gives the exit code."""
    parser = argparse.ArgumentParser(prog="python -m reports.atlas.page", description=write_again.__doc__)
    parser.add_argument("folder", type=Path, help="an atlas, as `peerscale atlas` wrote it")
    try:
        write_again(parser.parse_args(arguments).folder)
    except (UserError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
