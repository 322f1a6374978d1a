"""What the atlas says of areas in sentences, all from its tables and its manifest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from reports.atlas.shown import LABELS, Figure, headline, people, say, spread
from reports.ladder.words import MEANS, Line, said
from scenarios.questions.atlas.reads import COST, WAITING
from scenarios.questions.atlas.tables import ALL_LEVERS, TOGETHER, Row, of
from scenarios.questions.steps import REST, REST_LABEL
from sim.results import caveats
from sim.results.outcomes import BY_NAME, MAIN

Tables = Mapping[str, Sequence[Row]]
Manifest = Mapping[str, Any]
EVERYBODY = "everyone"
VERDICTS = {"certified": "certified", "rejected": "ruled out", "open": "not certified"}


def ranged(row: Row | None, kind: str) -> str:
    """ "12.3 (range 11.0 to 14.0)"."""
    if row is None:
        return "no figure"
    wide = spread(row, kind)
    return f"{say(row['median'], kind)} ({wide})" if wide else say(row["median"], kind)


# ------------------------------------------------------------------ the whole


def lead(manifest: Manifest, tables: Tables) -> list[str]:
    """The first sentences of the page: all areas together, how they differ, and what the figures rest on."""
    code = TOGETHER if len(tables["areas"]) > 1 else str(tables["areas"][0]["area"])
    name = manifest["together"] if code == TOGETHER else tables["areas"][0]["name"]
    available, had = (headline(tables, code, one) for one in (MAIN, "had_in_time"))
    reach = headline(tables, code, ALL_LEVERS)
    found = [
        f"{name} under '{manifest['policy']}': of 100 wants, {ranged(available, 'wants')} find peer support available, and "
        f"{ranged(had, 'wants')} had it in time. Ranges are 5% to 95% of the worlds we assumed.",
        f"With every lever at its best end {ranged(reach, 'wants')} of 100 would find it available.",
        certified_sentence(manifest, tables),
    ]
    return [*found, f"{manifest['samples']} {status(manifest)}"]


def status(manifest: Manifest) -> str:
    """What levels rest on."""
    if manifest["status"] == caveats.ILLUSTRATIVE:
        return f"{caveats.LEVELS} {caveats.FORECAST}"
    return f"Levels: {manifest['status']}. {caveats.FORECAST}"


def goal_words(manifest: Manifest) -> str:
    """The goal in words."""
    goal = manifest["goal"]
    what = BY_NAME[goal["outcome"]].lower
    whom = f" for {goal['group']}" if goal["group"] else ""
    return f"{what}: for {100 * goal['level']:g} of 100 wants{whom}, in {100 * goal['worlds']:g} of 100 worlds"


def certified_sentence(manifest: Manifest, tables: Tables) -> str:
    """In how many areas the goal has a certified policy, and what it costs where it has."""
    rows = tables["areas"]
    good = [row for row in rows if row["policy_verdict"] == "certified"]
    head = f"The goal is: {goal_words(manifest)}."
    if not good:
        return f"{head} No candidate is certified in any of the {len(rows)} areas."
    costs = [row["policy_pounds_more"] for row in good]
    total = sum(row["policy_million_more"] for row in good)
    where = f"all {len(rows)} areas" if len(good) == len(rows) else f"{len(good)} of {len(rows)} areas"
    return (
        f"{head} A candidate is certified in {where}, for {_from_to(costs)} more an adult a year. Together these cost about "
        f"£{total:,.0f} million more a year."
    )


def _from_to(costs: Sequence[float]) -> str:
    low, high = say(min(costs), "pounds"), say(max(costs), "pounds")
    return low if low == high else f"{low} to {high}"


def tier_sentence(figure: Figure, tables: Tables) -> str:
    """How many tiers there are of one figure."""
    rows = [row for row in of(tables["headlines"], outcome=figure.key) if row["area"] != TOGETHER]
    found = {row["tier"] for row in rows} - {None}
    if not rows or len(tables["areas"]) < 2:
        return "It has no tiers."
    if not found:
        return "There are too few worlds for a range, so areas are not put into tiers."
    if len(found) == 1:
        return "All areas share one tier: their order says nothing."
    return f"There are {len(found)} tiers. Within a tier the order says nothing."


# ------------------------------------------------------------------ one area


def today_sentences(row: Row, tables: Tables) -> list[str]:
    """Today in one area."""
    code = row["area"]
    found = {name: headline(tables, code, name) for name in (MAIN, "had_in_time", "started_in_time", WAITING, COST)}
    better, chance = (headline(tables, code, name) for name in ("better_per_want", "better_by_chance"))
    effect = (
        f"{ranged(better, 'wants')} end better off; luck alone would make {ranged(chance, 'wants')} better off if support did nothing."
        if better and better["median"] is not None
        else "The years shown are too few to count who ends better off."
    )
    return [
        f"Of 100 wants, {ranged(found[MAIN], 'wants')} find peer support available today. {ranged(found['had_in_time'], 'wants')} had "
        f"it in time, and {ranged(found['started_in_time'], 'wants')} started in time.",
        effect,
        f"{ranged(found[WAITING], 'people')} people of 10,000 adults wait at the end. All payers spend {ranged(found[COST], 'pounds')} "
        "an adult a year.",
    ]


def ladder_lines(rows: Sequence[Row]) -> list[Line]:
    """The lines of a ladder's picture, from its rows."""
    names = {"today": "Today", REST: REST_LABEL} | LABELS
    found = [
        Line(
            row["step"], names[row["step"]], _number(row["gain"]), row["reachable"], row["beyond"], spread(row, "wants")
        )
        for row in rows
        if row["step"] in names
    ]
    return [*found, Line("everyone", "Everyone", 100.0, None, None, "")]


def _number(value: float | None) -> float:
    return float("nan") if value is None else value


def apart(all_adults: bool) -> str:
    """Why a ladder begins elsewhere than the headline of the same outcome."""
    whole = " of every adult" if all_adults else ""
    return f"Its figures are {MEANS}, of the sample. The headlines are medians{whole}, so the two may differ a little."


def ladder_sentences(row: Row, rows: Sequence[Row], all_adults: bool) -> list[str]:
    """The ladder of one area: its largest step, how far all levers go, and why it begins elsewhere than the headline."""
    by_step = {one["step"]: one for one in rows}
    if by_step["today"]["gain"] is None:
        return ["Too few wants are counted to say."]
    largest, last = by_step[row["largest_step"]], by_step[ALL_LEVERS]
    return [
        f"The largest step is '{LABELS[row['largest_step']].lower()}': {said(largest['gain'])} of 100 wants more, of which levers "
        f"within their bounds reach {said(largest['reachable'])}.",
        f"With all levers at their best ends {said(last['gain'])} of 100 find it available, for {say(last['pounds'], 'pounds')} more "
        "an adult a year.",
        apart(all_adults),
    ]


def workforce(found: Mapping[str, Any]) -> str:
    """Who works for a policy at the end, and its places: each kind by its name."""
    return (
        f"{people(found['volunteers'])} volunteers, {people(found['posts'])} full-time posts of paid peer workers, "
        f"{people(found['coordinators'])} of coordinators, {people(found['link_workers'])} link workers and {people(found['places'])} places"
    )


def policy_sentences(row: Row, tables: Tables, manifest: Manifest) -> list[str]:
    """The cheapest certified policy of one area; or the nearest, and the step that stops it."""
    shown = of(tables["policies"], area=row["area"], shown=True)[0]
    held = f"it met the goal in {shown['met']} of {shown['worlds']} fresh worlds"
    cost = (
        f"It costs {say(shown['pounds_more'], 'pounds')} more an adult a year than today's, about £{shown['million_more']:,.1f} million more a "
        f"year. In all, those of today among them, there are about {workforce(shown)} at the end."
    )
    if shown["verdict"] == "certified":
        return [f"The cheapest certified candidate is '{shown['title']}': {held}. {cost}"]
    found = [f"No candidate is certified for the goal. The nearest is '{shown['title']}': {held}. {cost}"]
    return found + stopping(row)


def stopping(row: Row) -> list[str]:
    """What stops the goal in one area; nothing for a goal that has no ladder of its own."""
    step = row["stopping_step"]
    if step is None:
        return []
    where = f"in none of the steps, but in what is left with all of them open ('{REST_LABEL.lower()}')"
    return [
        "What stops it: on the ladder, the largest part of what no lever reaches lies "
        f"{where if step == REST else f'in the step {LABELS[step].lower()!r}'}."
    ]


def left_out_sentences(row: Row, tables: Tables) -> list[str]:
    """Where most wants stop, and which groups have least."""
    rows = of(tables["left_out"], area=row["area"])
    gates = sorted((one for one in rows if one["kind"] == "gate" and one["median"]), key=lambda one: -one["median"])
    stops = "; ".join(f"{say(one['median'], 'wants')} {one['words']}" for one in gates[:3])
    found = [f"Of 100 wants, these stop first of all at: {stops}."] if stops else []
    if row["least_group"]:
        found.append(
            f"Of all groups with enough wants, {row['least_group']} has least: available for {say(row['least_level'], 'wants')} of 100."
        )
    return found
