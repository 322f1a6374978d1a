"""What the case is told from: two policies' runs, a view of them, and how amounts are said."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from scenarios.worth import case
from scenarios.worth.case import Runs, View
from sim.results import summary, words
from sim.results.outcomes import MAIN, with_beside

CHANGES = with_beside(
    (
        MAIN,
        "started_in_time",
        "starts_per_want",
        "better_per_want",
        "worse_per_want",
        "net_per_want",
        "lonely",
        "confidence",
        "used_last_year",
        "waiting_per_10k",
    )
)


NOTHING = "no measurable difference"
LINKS_TODAY = "Link workers are as they are today in both policies. A second line takes the policy with its own link workers: their pay and the people together."
LINKS_CHARGED = "These runs have link workers of their own and are read as they were run, so the pay of link workers is charged. Name scenarios instead of folders to see the policy with link workers as today."


@dataclass(frozen=True)
class Told:
    """All that a case is made of. `levers`: (lever, baseline, policy, unit) that differ; `sample` in words; `nothing`: which of
    the policies is today's without a change, None where none is; `notes`: what changes every figure of these runs, in sentences."""

    runs: Runs
    view: View
    question: str
    levers: tuple[tuple[str, str, str, str], ...]
    sample: str
    facts: tuple[tuple[str, str], ...] = ()
    nothing: int | None = 0
    notes: str = ""

    @property
    def policy(self) -> str:
        """The policy's title."""
        return self.runs.titles[1]

    @property
    def against(self) -> str:
        """The title of what it is set against."""
        return self.runs.titles[0]

    @property
    def links(self) -> str:
        """Which link workers the case takes, in a sentence; "" where both policies have those of today."""
        if self.runs.own is not None:
            return LINKS_TODAY
        return LINKS_CHARGED if self.view.link_workers else ""

    @property
    def with_own_links(self) -> Told | None:
        """The same case with each policy's own link workers, their pay charged; None where there is no such line."""
        runs = case.with_own_links(self.runs)
        return None if runs is None else replace(self, runs=runs, view=replace(self.view, link_workers=True))

    def beside(self, k: int) -> Told:
        """The same case for another of its policies against the first."""
        titles, results = (self.runs.titles[0], self.runs.titles[k]), (self.runs.results[0], self.runs.results[k])
        return self if k == 1 else replace(self, runs=case.Runs(titles, results, self.runs.parameters))

    @property
    def side(self) -> str:
        """Whose costs count, in words."""
        return case.SIDES[self.view.perspective]

    @property
    def years(self) -> float:
        """Years reported."""
        return self.runs.results[0].shape.weeks / 52


def pounds(amount: float) -> str:
    """ "£1.25 million", "-£310": three figures or so; never "-£0"."""
    if not np.isfinite(amount):
        return "no figure"
    size = abs(amount)
    if size >= 1e9:
        said = f"£{size / 1e9:.2f} billion"
    elif size >= 1e6:
        said = f"£{size / 1e6:.2f} million"
    else:
        whole = round(size, -3 if size >= 1e5 else 0)
        said = f"£{whole:,.0f}" if size >= 100 or round(size, 2) == 0 else f"£{size:,.2f}"
    return f"-{said}" if amount < 0 and said != "£0" else said


def plain(amount: float) -> str:
    """A count or an amount of effect, in about three figures."""
    return f"{amount + 0.0:,.0f}" if abs(amount) >= 100 else f"{amount + 0.0:,.3g}"


def mean_span(per_draw: np.ndarray, said: Callable[[float], str]) -> str:
    """ "mean (low to high)" of float64[draws]: every amount of the page is a mean, so that they add up and agree."""
    found = summary.interval(per_draw)
    return f"{said(summary.mean_of_worlds(per_draw))} ({words.reach(found, said)})" if found.worlds else "no figure"


MEANS = "Amounts are means over draws (5 to 95% of draws). The cost for one is a ratio of means, so the median draw may look different."


def by_draw(told: Told, per_world: np.ndarray) -> np.ndarray:
    """float64[draws] of float64[worlds]."""
    return told.runs.table(per_world).mean(axis=1)


def verdict(sign: int, higher: str = "higher", lower: str = "lower") -> str:
    """What can be said of a difference."""
    return {1: higher, -1: lower, 0: NOTHING}[sign]
