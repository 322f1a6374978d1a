"""The case for a policy: what two runs on the same luck differ by, for the adults of their areas, in one view.

A view is one currency (QALYs or WELLBYs) and one payer's side; nothing is added across views. Pounds are at 2024/25
prices. Each area's simulated places stand for all its adults, so luck is that of the places simulated, scaled up: it is
split from what parameters make (`scenarios.worth.information.split`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from scenarios.worth import thresholds
from sim.errors import UserError, nearest
from sim.numbers.parameters import Parameters, records
from sim.results import counts, pooling, summary, value
from sim.results.result import MONEY, Result
from sim.results.value import Choices

NHS = (
    "spent_board_pence",
    "spent_trust_pence",
    "spent_group_grants_pence",
    "spent_expenses_pence",
    "spent_online_pence",
    "spent_ways_in_pence",
    "spent_development_pence",
)
PUBLIC = (*NHS, "spent_council_pence")
SOCIETY = (*PUBLIC, "spent_charity_pence", "spent_participants_and_own_sources_pence")
PERSPECTIVES = {"nhs": NHS, "public": PUBLIC, "society": SOCIETY}
"""Whose costs count. That the NHS pays for grants to groups, expenses, online places, ways in and development is judgement."""
GRANTS = (*PUBLIC, "spent_charity_pence")
"""What published returns often count: grants and budgets, not what people and organisations bring themselves."""
SIDES = {"nhs": "the NHS", "public": "the public sector", "society": "society"}
FEWEST_DRAWS = 10
"""Parameter draws below which no range is worth showing (judgement)."""
SURE = 0.8
"""A difference is called one when so many worlds agree on its sign, and its mean is over two standard errors."""


@dataclass(frozen=True)
class View:
    """One way of counting. `held`: parameters of worth held at a value, by name (at 2024/25 prices).

    `link_workers`: charge all of what changes in their pay to the policy (never the headline).
    """

    currency: str = "QALY"
    perspective: str = "nhs"
    choices: Choices = field(default_factory=Choices)
    held: tuple[tuple[str, float], ...] = ()
    link_workers: bool = False


@dataclass(frozen=True)
class Runs:
    """A policy, what it is set against, and any others beside them; results on the same people and luck.

    `own`: the first two again, each with its own link workers, where `results` have them as they are today
    (`scenarios.worth.links`). `parameters`: those with which each world ran (`scenarios.running.study.world_parameters`); only the value of information
    reads them.
    """

    titles: tuple[str, ...]
    results: tuple[Result, ...]
    parameters: Parameters | None = None
    own: tuple[Result, Result] | None = None

    @property
    def draws(self) -> int:
        """Parameter draws."""
        return len({draw for draw, _ in self.results[0].shape.worlds})

    @property
    def replicates(self) -> int:
        """Replicates of each draw."""
        return len(self.results[0].shape.worlds) // self.draws

    def table(self, per_world: np.ndarray) -> np.ndarray:
        """float64[draws, replicates, ...] of float64[worlds, ...]."""
        return per_world.reshape(self.draws, self.replicates, *per_world.shape[1:])


def of(titles: Sequence[str], results: Sequence[Result], parameters: Parameters | None = None) -> Runs:
    """What `scenarios.worth.links.to_run` gave, run: a result for each title, then the first two with their own link workers."""
    many = len(titles)
    own = (results[many], results[many + 1]) if len(results) > many else None
    return Runs(tuple(titles), tuple(results[:many]), parameters, own)


def view(currency: str, perspective: str, route: str = "none") -> View:
    """The view of what was typed. Raises UserError for a currency or perspective that is none."""
    known = {name.lower(): name for name in thresholds.CURRENCIES}
    if currency.lower() not in known:
        raise _unknown(
            "currency", currency, list(known), "one currency at a time: QALYs and WELLBYs are two readings of one gain"
        )
    if perspective.lower() not in PERSPECTIVES:
        raise _unknown("perspective", perspective, list(PERSPECTIVES), "one payer's side at a time")
    return View(known[currency.lower()], perspective.lower(), Choices(service_route=route))


def _unknown(what: str, got: str, known: Sequence[str], why: str) -> UserError:
    return UserError(
        f"no such {what}",
        key=f"--{what}",
        rule=f"{' or '.join(known)} ({why})",
        got=repr(got),
        try_=f"--{what} {nearest(got, known) or known[0]}",
    )


def check(runs: Runs) -> Runs:
    """Raises UserError for worlds that cannot be compared, or too few draws."""
    first = runs.results[0].shape
    if any(
        (r.shape.worlds, r.shape.areas, r.shape.weeks, r.shape.seed)
        != (first.worlds, first.areas, first.weeks, first.seed)
        for r in (*runs.results, *(runs.own or ()))
    ):
        raise UserError(
            "the runs do not share their people and luck",
            rule="same areas, worlds, weeks and seed",
            got="different ones",
            try_="run them with the same options",
        )
    enough(runs.draws)
    return runs


def enough(draws: int) -> None:
    """Raises UserError for too few draws, with how many it takes."""
    from scenarios.worth.information import FEWEST_DRAWS as FOR_INFORMATION

    if draws < FEWEST_DRAWS:
        raise UserError(
            "too few draws to make a case",
            key="--draws",
            got=str(draws),
            rule=f"at least {FEWEST_DRAWS} parameter draws; {FOR_INFORMATION} to say what is worth knowing",
            try_=f"--draws {FOR_INFORMATION}",
        )


# ------------------------------------------------------------------ from simulated places to areas


def areas_of(result: Result) -> list[tuple[Result, float]]:
    """Each area's part of a result, and how many adults each simulated adult stands for."""
    scale = pooling.adults(result.shape) / pooling.simulated(result.shape)
    return [(part, float(s)) for (_, part), s in zip(pooling.each_area(result), scale, strict=True)]


def adults(result: Result) -> float:
    """Adults of all areas."""
    return float(pooling.adults(result.shape).sum())


def scaled(result: Result, figure: Callable[[Result], np.ndarray]) -> np.ndarray:
    """A figure that counts (float64[worlds, ...]), for all adults of the areas."""
    parts = [scale * np.asarray(figure(part), dtype=np.float64) for part, scale in areas_of(result)]
    return np.asarray(sum(parts[1:], parts[0]))


# ------------------------------------------------------------------ one view


def worth_of(result: Result, seen: View) -> value.Worth:
    """What outcomes are worth in each world, as the view holds it."""
    return value.draw_worth(result, dict(seen.held))


def costs(result: Result, seen: View) -> np.ndarray:
    """float64[worlds] GBP over the reported years, discounted, of one side.

    Places that are used have their price on every side: whoever pays for it, somebody must, or another goes without.
    Society's side has volunteers' time as the view values it. What hospitals would have spent on contacts that do not
    happen is taken off by the view's one route (not cash; undiscounted).
    """
    names = (
        *{**PERSPECTIVES, "grants": GRANTS}[seen.perspective],
        *((counts.NOT_PEER_SUPPORT,) if seen.link_workers else ()),
    )
    chosen = [MONEY.index(name) for name in names]

    def figure(part: Result) -> np.ndarray:
        worth = worth_of(part, seen)
        yearly = value.spent_by_year(part)[:, :, chosen].sum(axis=2)
        if seen.choices.places:
            yearly = yearly + value.places_gbp_by_year(part, worth, _valued(seen))
        rate = worth.discount_costs if seen.choices.discounted else 0.0
        spent = (yearly * value.discount_factors(yearly.shape[1], rate, len(yearly))).sum(axis=1)
        spent = spent + value.volunteer_time_gbp(part, worth, _valued(seen), rate)
        return np.asarray(spent - value.services_saved_gbp(part, worth, seen.choices))

    return scaled(result, figure)


def _valued(seen: View) -> str:
    """How volunteers' hours are priced: only society's side pays for them."""
    return seen.choices.volunteer_time if seen.perspective == "society" else "nothing"


def effects(result: Result, seen: View) -> np.ndarray:
    """float64[worlds] QALYs or WELLBYs over the reported years, discounted."""
    amount = value.qalys if seen.currency == "QALY" else value.wellbys
    return scaled(result, lambda part: amount(part, worth_of(part, seen), seen.choices).values)


@dataclass(frozen=True)
class Increment:
    """The policy less what it is set against: float64[draws, replicates] of pounds and of effect."""

    cost: np.ndarray
    effect: np.ndarray

    def benefit(self, threshold: float) -> np.ndarray:
        """Net benefit in pounds, of the same shape."""
        return threshold * self.effect - self.cost


def increment(runs: Runs, seen: View) -> Increment:
    """The first alternative (the policy) less the baseline."""
    base, policy = runs.results[0], runs.results[1]
    return Increment(
        runs.table(less(costs(policy, seen), costs(base, seen))),
        runs.table(less(effects(policy, seen), effects(base, seen))),
    )


def with_own_links(runs: Runs) -> Runs | None:
    """The same case, each policy with its own link workers; None where they are as today anyway."""
    return None if runs.own is None else Runs(runs.titles[:2], runs.own, runs.parameters)


def less(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """a less b; nothing where they differ only by the rounding of sums (1e-9 of their size)."""
    gone = a - b
    return np.where(np.abs(gone) <= 1e-9 * np.maximum(np.abs(a), np.abs(b)), 0.0, gone)


def options(runs: Runs, seen: View) -> tuple[np.ndarray, np.ndarray]:
    """Costs and effects float64[draws, options], replicates averaged, of the baseline and all others."""
    found = [[runs.table(f(r, seen)).mean(axis=1) for r in runs.results] for f in (costs, effects)]
    return np.stack(found[0], axis=1), np.stack(found[1], axis=1)


# ------------------------------------------------------------------ can it be told apart?


def told_apart(per_world: np.ndarray) -> int:
    """1 higher, -1 lower, 0 no measurable difference, of float64[draws, replicates] of differences.

    Told apart: the mean over draws is more than two standard errors from nothing, and at least SURE of the worlds
    agree on the sign. Otherwise nothing is claimed.
    """
    means = per_world.mean(axis=1)
    if not np.isfinite(means).all() or len(means) < 2:
        return 0
    error = means.std(ddof=1) / np.sqrt(len(means))
    sign = int(np.sign(means.mean()))
    agree = (np.sign(per_world) == sign).mean()
    return sign if sign and abs(means.mean()) > 2 * error and agree >= SURE else 0


def paired_sign(change: summary.Paired) -> int:
    """The same for a paired summary: at least SURE of all worlds, and the range does not cross the other way."""
    total = change.difference.worlds
    if not total:
        return 0
    up, down = change.up / total, change.down / total
    middle = change.difference.median
    return 1 if up >= SURE and middle > 0 else -1 if down >= SURE and middle < 0 else 0


# ------------------------------------------------------------------ parameters of the draws


def parameter_values(runs: Runs, seen: View) -> dict[str, np.ndarray]:
    """float64[draws] of every parameter that differs between draws, by name: the values that each world ran with, and
    what its outcomes are worth in this view. What a rival or the view holds does not differ. The unit value of an
    effect is not one: it is a value judgement, not something that research would find."""
    if runs.parameters is None:
        raise ValueError("these runs came without the parameters of their worlds")
    columns = vars(runs.parameters) | vars(worth_of(runs.results[0], seen))
    by_draw = {name: np.asarray(columns[name], dtype=np.float64)[:: runs.replicates] for name in records()}
    return {name: drawn for name, drawn in by_draw.items() if np.ptp(drawn) > 0 and name != "wellby_gbp"}
