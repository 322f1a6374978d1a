"""The tables of an atlas, a list of rows each, made from the records of its parts. A row is a dict of plain values; NaN is None.

`areas` has a row an area, for sorting; the others are long. Levels of wants and ladders are points of 100 wants, pounds are GBP at
2024/25 prices.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from scenarios.questions.atlas import reads, tiers, work
from scenarios.questions.atlas.asked import CERTIFICATE, HEADLINES, LADDER, Ask
from scenarios.questions.atlas.certificate import Tried, chosen, nearest
from scenarios.questions.ladder import EVERYONE, NAMES, Ladder, points
from scenarios.questions.steps import REST, STEPS
from sim.people.population import load_areas
from sim.results import outcomes
from sim.results.summary import GATE_WORDS, Interval, interval, mean_of_worlds
from sim.vocabulary import GATES

Row = dict[str, Any]
Records = Mapping[tuple[str, int], dict[str, Any]]
TOGETHER = "all"
"""The code of all areas together."""
ENGLAND = "England"
ALL_LEVERS = "all_levers"
"""The last step of a ladder's rows: the level with all levers at their best ends."""


def tables(ask: Ask, records: Records) -> dict[str, list[Row]]:
    """Every table, by name."""
    found = {
        "headlines": _headlines(ask, records),
        "ladder": _ladder(ask, records),
        "policies": _policies(ask, records),
        "left_out": _left_out(ask, records),
    }
    return {"areas": _areas(ask, found), **found}


def name_of(area: int) -> str:
    """The short name of an area."""
    return str(load_areas().short_name[area])


def code_of(area: int) -> str:
    """The code of an area."""
    return str(load_areas().code[area])


def together(ask: Ask) -> str:
    """What all areas together are called."""
    whole = len(ask.areas) == len(load_areas().code)
    return ENGLAND if whole else f"These {len(ask.areas)} areas together"


def _head(area: int) -> Row:
    return {"area": code_of(area), "name": name_of(area)}


def number(value: float) -> float | None:
    """A float as it is written: eight digits, None where there is none."""
    return None if not math.isfinite(value) else float(f"{value + 0.0:.8g}")


def _span(found: Interval, scale: float = 1.0, prefix: str = "") -> Row:
    names = (prefix or "median", f"{prefix}_low".lstrip("_"), f"{prefix}_high".lstrip("_"))
    values = (found.median, found.low, found.high)
    return {name: number(scale * value) for name, value in zip(names, values, strict=True)}


# ------------------------------------------------------------------ headlines


def _headlines(ask: Ask, records: Records) -> list[Row]:
    kept = [records[HEADLINES, area] for area in ask.areas]
    heads = [_head(area) | _people(one) for area, one in zip(ask.areas, kept, strict=True)]
    every = reads.headlines_together(kept)
    whole = _people({"adults": every["adults"], "simulated": sum(one["simulated"] for one in kept)})
    rows: list[Row] = []
    top = {"area": TOGETHER, "name": together(ask)} | whole
    for name in reads.SHOWN:
        levels = np.stack([reads.levels(one, name) for one in kept])
        rows += _side_by_side(heads, name, levels, outcomes.BY_NAME[name].scale, top, reads.levels(every, name))
    return rows + _reach(ask, records, heads, top)


def _reach(ask: Ask, records: Records, heads: Sequence[Row], top: Row) -> list[Row]:
    """How far all levers go, as one more headline: of samples, like the ladders."""
    kept = [dict(records[LADDER, area]) for area in ask.areas]
    every = reads.climbed_together(kept)
    levels = np.stack([reads.all_levers(one) for one in kept])
    sampled = [head | _people(one) for head, one in zip(heads, kept, strict=True)]
    whole = top | _people({"adults": every["adults"], "simulated": sum(one["simulated"] for one in kept)})
    return _side_by_side(sampled, ALL_LEVERS, levels, 100.0, whole, reads.all_levers(every))


def _side_by_side(
    heads: Sequence[Row], name: str, levels: np.ndarray, scale: float, top: Row, every: np.ndarray
) -> list[Row]:
    """A row an area with its tier, and one of all together; float64[areas, worlds] and [worlds]. One area alone has no tier."""
    beside, tier = tiers.of_levels(levels)
    if len(heads) == 1:
        return [_headline(heads[0], name, levels[0], scale, None, None)]
    rows = [_headline(head, name, levels[i], scale, beside[i], tier[i]) for i, head in enumerate(heads)]
    return [*rows, _headline(top, name, every, scale, None, None)]


def _people(kept: Mapping[str, Any]) -> Row:
    return {"adults": kept["adults"], "simulated": kept["simulated"]}


def _headline(head: Row, name: str, values: np.ndarray, scale: float, beside: Interval | None, tier: int | None) -> Row:
    found = interval(values)
    none = Interval(math.nan, math.nan, math.nan, 0)
    compared = _span(beside or none, scale, "less_mean")
    return {**head, "outcome": name, **_span(found, scale), "worlds": found.worlds, **compared, "tier": tier}


# ------------------------------------------------------------------ ladders


def _ladder(ask: Ask, records: Records) -> list[Row]:
    rows: list[Row] = []
    for area in ask.areas:
        kept = dict(records[LADDER, area])
        found = list(reads.ladders(kept).values())
        if kept["worst"] is not None:
            found += reads.ladders(kept, "worst", kept["worst"]["words"]).values()
        rows += [_head(area) | row for one in found for row in rungs(one)]
    if len(ask.areas) > 1:
        every = reads.climbed_together([dict(records[LADDER, area]) for area in ask.areas])
        head = {"area": TOGETHER, "name": together(ask)}
        rows += [head | row for one in reads.ladders(every).values() for row in rungs(one)]
    return rows


def rungs(ladder: Ladder) -> list[Row]:
    """A row a step: today, the five steps, the rest, and the level with all levers at their best ends."""
    head = {"headline": ladder.headline, "who": "everyone" if ladder.who == EVERYONE else ladder.who}
    shown = points(ladder)
    rows = [_rung("today", shown["today"], ladder.today)]
    for step, rung in zip(STEPS, ladder.rungs, strict=True):
        gain = shown[step.name]
        reachable = min(round(100.0 * rung.reachable, 1) + 0.0, gain) if math.isfinite(rung.reachable) else math.nan
        rows.append(_rung(step.name, gain, rung.gain, reachable, mean_of_worlds(rung.pounds)))
    rows.append(_rung(REST, shown[REST], ladder.rest, 0.0, 0.0))
    level = round(100.0 * mean_of_worlds(ladder.by_levers), 1)
    spent = sum(mean_of_worlds(rung.pounds) for rung in ladder.rungs)
    return [head | row for row in (*rows, _rung(ALL_LEVERS, level, ladder.by_levers, None, spent))]


def _rung(
    step: str, gain: float, values: np.ndarray, reachable: float | None = None, pounds: float | None = None
) -> Row:
    found = interval(100.0 * values)
    return {
        "step": step,
        "gain": number(gain),
        "low": number(found.low),
        "high": number(found.high),
        "worlds": found.worlds,
        "reachable": None if reachable is None else number(reachable),
        "beyond": None if reachable is None else number(gain - reachable),
        "pounds": None if pounds is None else number(pounds),
    }


# ------------------------------------------------------------------ policies


def _policies(ask: Ask, records: Records) -> list[Row]:
    titles = {one.name: one.title for one in ask.candidates}
    rows: list[Row] = []
    for area in ask.areas:
        kept = dict(records[CERTIFICATE, area])
        tried = work.tried(kept)
        best = chosen(tried)
        shown = best or nearest(tried)
        for one in tried:
            row = _policy(one, tried[0], kept["adults"])
            rows.append(_head(area) | {"policy": one.name, "title": titles[one.name], **row, "shown": one is shown})
    return rows


def _policy(one: Tried, today: Tried, adults: int) -> Row:
    """`today`: the first candidate, in the same worlds."""
    both = min(len(one.pounds), len(today.pounds))
    more = float((one.pounds[:both] - today.pounds[:both]).mean())
    people = dict(zip(reads.WORKFORCE, one.workforce.mean(axis=0), strict=True))
    return {
        "verdict": one.verdict.word,
        "met": one.verdict.met,
        "worlds": one.verdict.worlds,
        "share_low": number(one.verdict.low),
        "share_high": number(one.verdict.high),
        **_span(interval(100.0 * one.level), 1.0, "level"),
        "pounds": number(float(one.pounds.mean())),
        "pounds_more": number(more),
        "million_more": number(more * adults / 1e6),
        **{name: number(float(each) * adults) for name, each in people.items()},
    }


# ------------------------------------------------------------------ who is left out


def _left_out(ask: Ask, records: Records) -> list[Row]:
    rows: list[Row] = []
    for area in ask.areas:
        kept = records[HEADLINES, area]
        for i, gate in enumerate(GATES):
            found = _span(interval(kept["lost"][:, i]), 100.0)
            rows.append(_head(area) | {"kind": "gate", "what": gate, "words": GATE_WORDS[gate], **found})
        for group in kept["groups"]:
            for end in ("least", "most"):
                found = _span(interval(group[end]["levels"]), 100.0)
                words = {"kind": group["kind"], "what": end, "words": group[end]["words"]}
                rows.append(_head(area) | words | found)
    return rows


# ------------------------------------------------------------------ one row an area


def _areas(ask: Ask, found: Mapping[str, Sequence[Row]]) -> list[Row]:
    regions = load_areas().region
    return [
        _head(area)
        | {"region": str(regions[area]), "adults": int(load_areas().adults[area])}
        | _levels(found["headlines"], code_of(area))
        | _climb(found["ladder"], code_of(area))
        | {"stopping_step": _stopping(found["ladder"], code_of(area), ask)}
        | _shown(found["policies"], code_of(area))
        | _least(found["left_out"], code_of(area))
        for area in ask.areas
    ]


def of(rows: Sequence[Row], **where: Any) -> list[Row]:
    """Rows of which every named column has that value."""
    return [row for row in rows if all(row[key] == value for key, value in where.items())]


def _levels(rows: Sequence[Row], code: str) -> Row:
    return {row["outcome"]: row["median"] for row in of(rows, area=code)}


def _climb(rows: Sequence[Row], code: str) -> Row:
    mine = of(rows, area=code, headline=outcomes.MAIN, who=EVERYONE)
    return {"all_levers_pounds": of(mine, step=ALL_LEVERS)[0]["pounds"], "largest_step": _most(mine, "gain", NAMES)}


def _stopping(rows: Sequence[Row], code: str, ask: Ask) -> str | None:
    """Where most lies that no lever reaches, the rest among the steps, on the ladder of the goal's outcome; None for a goal that has
    no ladder of its own."""
    if ask.goal.group:
        return None
    mine = of(rows, area=code, headline=ask.goal.file.goal.outcome, who=EVERYONE)
    return _most(mine, "beyond", (*NAMES, REST))


def _most(rows: Sequence[Row], what: str, steps: Sequence[str]) -> str | None:
    """The one of some steps with most of something; None where none has a figure."""
    some = [row for row in rows if row["step"] in steps and row[what] is not None]
    return max(some, key=lambda row: float(row[what]))["step"] if some else None


def _shown(rows: Sequence[Row], code: str) -> Row:
    row = of(rows, area=code, shown=True)[0]
    names = ("policy", "verdict", "pounds", "pounds_more", "million_more", *reads.WORKFORCE)
    return {f"policy_{name}".replace("policy_policy", "policy"): row[name] for name in names}


def _least(rows: Sequence[Row], code: str) -> Row:
    groups = [row for row in of(rows, area=code, what="least") if row["median"] is not None]
    if not groups:
        return {"least_group": None, "least_level": None}
    last = min(groups, key=lambda row: row["median"])
    return {"least_group": last["words"], "least_level": last["median"]}
