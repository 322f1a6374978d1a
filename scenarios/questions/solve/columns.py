"""What is kept of each policy in each world: shares, pounds, where wants stop, quality, and availability by group."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from scenarios.questions.solve.aims import MOST_ALSO, Condition
from sim.results import counts, outcomes, readings
from sim.results.result import LEVELS, MONEY, Measure, Result

SHARES = tuple(one.name for one in outcomes.OUTCOMES if one.kept)
LOSSES = tuple(range(Measure.FAILED, Measure.SUCCESS))
COST = "gbp_per_adult_year"
ALSO = tuple(f"also_{i}" for i in range(MOST_ALSO))
"""By how much each other condition of a goal holds; zero for those that it has not."""
NEEDS = ("paid_posts", "coordinator_posts", "volunteers", "organisers", "groups", "places")
"""What stands at the end of the reported years, per 10,000 adults: full-time posts, people, groups, one-to-one places."""
COLUMNS: tuple[str, ...] = (
    *SHARES,
    COST,
    *MONEY,
    *(f"stopped_{i}" for i in range(len(LOSSES))),
    "quality",
    *ALSO,
    *NEEDS,
    *(f"wants_{i}" for i in range(len(LEVELS))),
    *(f"reached_{i}" for i in range(len(LEVELS))),
)
"""Money lines are GBP per adult per year; `quality` that of open organisations at the end, 0 to 1, each counted by
its supporters; `wants_g` and `reached_g` the wants of a group of LEVELS, and how many the goal's outcome reached."""
INDEX = {name: i for i, name in enumerate(COLUMNS)}


def columns_of(result: Result, group: int, outcome: str, also: Sequence[Condition] = ()) -> np.ndarray:
    """float64[worlds, columns] of one run, for one group of LEVELS; `outcome` and what is asked for `also` are the goal's."""
    shares = [outcomes.of_group(result, name, group) for name in SHARES]
    by_payer = list(counts.spent_by_payer(result).values())
    tally = counts.by_world(result)
    lost = [counts.share(tally[:, group, row], tally[:, group, Measure.WANTS]) for row in LOSSES]
    part, whole = outcomes.tally_of(outcome)
    asked = [one.slack(result) for one in also] + [np.zeros(len(tally))] * (MOST_ALSO - len(also))
    parts = [*shares, np.sum(by_payer, axis=0), *by_payer, *lost, quality(result), *asked, *needs(result)]
    one = np.column_stack(parts)
    return np.nan_to_num(np.hstack([one, tally[:, :, whole], tally[:, :, part]]))


def quality(result: Result) -> np.ndarray:
    """float64[worlds]: mean quality of open organisations at the end, each counted by the supporters it recruited, and one, and as
    often as there are such in the whole area."""
    organisations = result.organisations
    world, worlds = organisations["area_row"] // len(result.shape.areas), len(result.shape.worlds)
    counted = stand_for(result) * np.where(organisations["open"], 1.0 + organisations["recruited"], 0.0)
    return counts.share(
        np.bincount(world, counted * organisations["quality"], worlds), np.bincount(world, counted, worlds)
    )


def needs(result: Result) -> list[np.ndarray]:
    """float64[worlds] each of NEEDS."""
    adults = counts.weekly_total(result, "adults")[-1]

    def stock(name: str, each: float = 1.0) -> np.ndarray:
        return readings.PER * each * counts.share(counts.weekly_total(result, name)[-1], adults)

    people = [stock(name) for name in ("volunteers", "organisers", "groups", "places")]
    return [stock("paid_mfte", 0.001), coordinators(result), *people]


def coordinators(result: Result) -> np.ndarray:
    """float64[worlds]: full-time posts of coordinators per 10,000 adults at the end."""
    shape, organisations = result.shape, result.organisations
    areas = range(len(shape.areas))
    posts = stand_for(result) * np.where(organisations["open"], organisations["coordinator_mfte"], 0) / 1000.0
    found = np.bincount(organisations["area_row"] // len(areas), posts, len(shape.worlds))
    return readings.PER * found / sum(shape.area_adults(i) for i in areas)


def stand_for(result: Result) -> np.ndarray:
    """float64[organisations]: how many of its kind each stands for. A body of a neighbourhood stands for those of its whole area, of
    which a sample has some neighbourhoods; one that serves the area is whole in any sample, and stands for itself."""
    shape, organisations = result.shape, result.organisations
    times = np.array([shape.scale(i)[1] / shape.scale(i)[0] for i in range(len(shape.areas))])
    return np.where(organisations["place"] < 0, 1.0, times[organisations["area_row"] % len(times)])


def pick(found: np.ndarray, name: str) -> np.ndarray:
    """One column of float64[..., columns]."""
    return np.asarray(found[..., INDEX[name]])


def by_group(found: np.ndarray, groups: Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
    """(wants, reached), each float64[worlds, groups], of float64[worlds, columns]."""
    first, second = INDEX["wants_0"], INDEX["reached_0"]
    return found[:, [first + g for g in groups]], found[:, [second + g for g in groups]]
