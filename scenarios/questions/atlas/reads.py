"""What is kept of each area's runs: few enough numbers that 42 areas take little room, and areas can be added up from them.

A level is a part over a whole, both as simulated; areas are added up by the adults who live there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from scenarios.questions import ladder
from scenarios.questions.explain import Subset
from scenarios.questions.ladder import SETS, Combinations, Ladder, Read, ladder_of
from scenarios.questions.solve.columns import coordinators
from sim.results import counts, outcomes, pooling, summary
from sim.results.readings import PER
from sim.results.result import MONEY, Result
from sim.results.words import WHO, level_name
from sim.vocabulary import YEAR

OF_WANTS = (outcomes.MAIN, "had_in_time", "started_in_time", "better_per_want", "better_by_chance", "worse_per_want")
WAITING, COST = "waiting_per_10k", "gbp_per_adult_year"
SHOWN = (*OF_WANTS, WAITING, COST)
"""Outcomes that are kept of today, in their order."""
WORKFORCE = ("volunteers", "posts", "coordinators", "link_workers", "places")
"""At the end of a run: people who volunteer, full-time posts of paid peer workers and of coordinators, link workers, places."""
Kept = dict[str, Any]


def workforce(result: Result, link_workers: float) -> np.ndarray:
    """float64[worlds, WORKFORCE] for each adult at the end. `link_workers`: the policy's lever, for each 10,000 adults."""
    adults = counts.weekly_total(result, "adults")[-1]
    stocks = {"volunteers": 1.0, "paid_mfte": 0.001, "places": 1.0}
    volunteers, posts, places = (
        each * counts.share(counts.weekly_total(result, name)[-1], adults) for name, each in stocks.items()
    )
    links = np.full(len(adults), link_workers / PER)
    return np.stack([volunteers, posts, coordinators(result) / PER, links, places], axis=1)


def scale_of(result: Result) -> float:
    """How many adults of the (one) area each simulated adult stands for."""
    return float(pooling.adults(result.shape)[0] / pooling.simulated(result.shape)[0])


# ------------------------------------------------------------------ today


def headlines(result: Result) -> Kept:
    """Of one area today. `parts` float64[worlds, SHOWN, 2]: part and whole of each outcome; `groups`: who is worst and best off
    of each kind of group; `lost` float64[worlds, gates]: share of wants that stop at each gate."""
    return {
        "worlds": np.array(result.shape.worlds, np.int64),
        "adults": int(pooling.adults(result.shape)[0]),
        "simulated": int(pooling.simulated(result.shape)[0]),
        "parts": np.stack([parts(result, name) for name in SHOWN], axis=1),
        "lost": np.stack(list(summary.lost_at(result).values()), axis=1),
        "groups": _groups(result),
    }


def parts(result: Result, name: str) -> np.ndarray:
    """float64[worlds, 2]: part and whole of one outcome of SHOWN; their quotient is its level."""
    if name == WAITING:
        return _pair(PER * counts.weekly_total(result, "waiting")[-1], counts.weekly_total(result, "adults")[-1])
    if name == COST:
        years = result.shape.weeks / YEAR
        pence = sum((counts.weekly_total(result, one).sum(axis=0) for one in MONEY), np.zeros(1))
        return _pair(pence / 100 / years, counts.weekly_total(result, "adults").mean(axis=0))
    part, whole = outcomes.tally_of(name)
    tally = counts.by_world(result)[:, 0]
    return _pair(tally[:, part], tally[:, whole])


def _pair(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    return np.stack([part, whole], axis=1).astype(np.float64)


def levels(kept: Kept, name: str) -> np.ndarray:
    """float64[worlds] of one outcome of SHOWN."""
    found = kept["parts"][:, SHOWN.index(name)]
    return counts.share(found[:, 0], found[:, 1])


def _groups(result: Result) -> list[Kept]:
    """Of each kind of group, the one with least and the one with most available, of those with enough wants."""
    found = []
    for dimension in WHO:
        large = [one for one in summary.groups(result, dimension) if not one.small]
        if len(large) < 2:
            continue
        order = sorted(large, key=lambda one: one.interval.median)
        found.append({"kind": dimension, "least": _group(order[0]), "most": _group(order[-1])})
    return found


def _group(one: summary.Group) -> Kept:
    return {"words": level_name(one.dimension, one.level), "levels": one.per_world.astype(np.float64)}


# ------------------------------------------------------------------ the ladder


def climbed(found: Combinations) -> Kept:
    """Of one area's combinations. `opened` and `levered` float64[SETS, worlds, headlines, 2]: part and whole under each; `worst`
    the same of the worst-off group, with its words (None where there is none); `pounds` float64[SETS, worlds]."""
    worst = ladder.worst_off(found.base)
    kept = {
        "adults": int(pooling.adults(found.base.shape)[0]),
        "simulated": int(pooling.simulated(found.base.shape)[0]),
        "everyone": {"opened": _tallies(found.opened, [0]), "levered": _tallies(found.levered, [0])},
        "pounds": np.stack([found.levered[some].pounds[""] for some in SETS]),
        "worst": None,
    }
    if worst is not None:
        rows = ladder.levels_of(*worst)
        group = {"opened": _tallies(found.opened, rows), "levered": _tallies(found.levered, rows)}
        kept["worst"] = group | {"words": level_name(*worst)}
    return kept


def _tallies(found: Mapping[Subset, Read], levels_: Sequence[int]) -> np.ndarray:
    measures = [measure for name in ladder.HEADLINES for measure in outcomes.tally_of(name)]
    each = [found[some].tallies[""][:, list(levels_)].sum(axis=1)[:, measures] for some in SETS]
    stacked = np.stack(each).astype(np.float64)
    return stacked.reshape(*stacked.shape[:2], len(ladder.HEADLINES), 2)


def ladders(kept: Kept, whose: str = "everyone", who: str = ladder.EVERYONE, area: str = "") -> dict[str, Ladder]:
    """The ladders of one area's record, by headline; `whose`: everyone or worst."""
    found = kept[whose]
    pounds = dict(zip(SETS, kept["pounds"], strict=True))

    def told(tallies: np.ndarray, i: int) -> dict[Subset, np.ndarray]:
        return {some: counts.share(one[:, i, 0], one[:, i, 1]) for some, one in zip(SETS, tallies, strict=True)}

    return {
        name: ladder_of(told(found["opened"], i), told(found["levered"], i), pounds, name, who, area)
        for i, name in enumerate(ladder.HEADLINES)
    }


def all_levers(kept: Kept) -> np.ndarray:
    """float64[worlds]: what is available with the levers of all steps at their best ends. The last of SETS holds every step."""
    found = kept["everyone"]["levered"][-1, :, ladder.HEADLINES.index(outcomes.MAIN)]
    return counts.share(found[:, 0], found[:, 1])


# ------------------------------------------------------------------ areas together


def headlines_together(records: Sequence[Kept]) -> Kept:
    """Today in some areas together, each by its adults: `parts` and `adults` as of one area."""
    added = sum((_weight(one) * one["parts"] for one in records), np.zeros(1))
    return {"parts": added, "adults": sum(one["adults"] for one in records), "worlds": records[0]["worlds"]}


def climbed_together(records: Sequence[Kept]) -> Kept:
    """The ladder's record of some areas together, each by its adults."""
    every = {
        way: sum((_weight(one) * one["everyone"][way] for one in records), np.zeros(1)) for way in ("opened", "levered")
    }
    adults = sum(one["adults"] for one in records)
    pounds = sum((one["adults"] / adults * one["pounds"] for one in records), np.zeros(1))
    return {"everyone": every, "pounds": pounds, "adults": adults, "worst": None}


def _weight(kept: Kept) -> float:
    return float(kept["adults"] / kept["simulated"])
