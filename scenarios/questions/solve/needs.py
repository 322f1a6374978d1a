"""What a policy needs beside money, and whether it exists: posts, volunteers, groups and places, set beside published counts.

A count of today is of England, and the model's is of some areas: both are told per 10,000 adults. What nobody has counted
is said to be not known.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from calibration.library.evidence_library import library
from scenarios.questions.solve.columns import NEEDS, pick
from sim.people.population import load_areas
from sim.results.readings import PER

LINK_WORKERS = "link_workers"


@dataclass(frozen=True)
class Need:
    """One thing that a policy needs, per 10,000 adults at the end: median, and 10th to 90th percentile of worlds. `now`: of the
    base policy. `exists`: what is known of how many there are, in a sentence."""

    name: str
    words: str
    now: float
    median: float
    low: float
    high: float
    exists: str


def adults_of_england() -> int:
    """Adults of all areas."""
    return int(load_areas().adults.sum())


def _paid(each: float) -> str:
    """`each`: per 10,000 adults; so too below."""
    counted, planned = (float(library()[name].value) for name in ("spr_psw_2019", "spr_psw_2024_plan"))
    england = each * adults_of_england() / PER
    if england <= counted:
        return (
            f"At this rate England needs {_n(england)}; {_n(counted)} were in NHS mental health in 2019 (spr_psw_2019)."
        )
    beside = (
        f"{england / planned:.1f} times the {_n(planned)} that were planned for 2023-24 (spr_psw_2024_plan, a plan)"
    )
    return f"At this rate England needs {_n(england)}: {beside}. Whether they can be found is not known."


def _links(each: float) -> str:
    there = float(library()["spr_lw_2025"].value)
    england = each * adults_of_england() / PER
    if england <= 1.1 * there:
        return f"About as many as there are: {_n(there)} in England (spr_lw_2025)."
    return f"At this rate England needs {_n(england)}: {england / there:.1f} times the {_n(there)} in post in 2024-25 (spr_lw_2025)."


def _volunteers(each: float) -> str:
    share = float(library()["sup_vol_rate_2122"].value)
    part = each / (share * PER)
    return (
        f"{part:.1%} of those who volunteer at least monthly ({share:.0%} of adults, sup_vol_rate_2122). How many of them have "
        "the experience that peer support takes is not known."
    )


def _no_count(each: float) -> str:
    return "Not known: no published count was found."


@dataclass(frozen=True)
class _Kind:
    words: str
    exists: Callable[[float], str]


KINDS = {
    "paid_posts": _Kind("full-time posts of paid peer workers", _paid),
    "coordinator_posts": _Kind("full-time posts of coordinators", _no_count),
    "volunteers": _Kind("volunteers", _volunteers),
    "organisers": _Kind("people who organise groups", _no_count),
    "groups": _Kind("mutual groups", lambda each: "A group is no workforce: its organisers are."),
    "places": _Kind("one-to-one places", lambda each: "Places follow from posts and volunteers."),
    LINK_WORKERS: _Kind("link workers", _links),
}


def needs_of(found: np.ndarray, base: np.ndarray, link_workers: float, link_workers_now: float) -> tuple[Need, ...]:
    """Of float64[worlds, columns] of a policy and of the base policy, and the lever of link workers in both."""
    needs = [_need(name, pick(found, name), pick(base, name)) for name in NEEDS]
    links = np.array([link_workers])
    return (*needs, _need(LINK_WORKERS, links, np.array([link_workers_now])))


def _need(name: str, values: np.ndarray, base: np.ndarray) -> Need:
    low, middle, high = (float(one) for one in np.quantile(values, (0.1, 0.5, 0.9)))
    kind = KINDS[name]
    return Need(name, kind.words, float(np.median(base)), middle, low, high, kind.exists(middle))


def _n(value: float) -> str:
    return f"{value:,.0f}"
