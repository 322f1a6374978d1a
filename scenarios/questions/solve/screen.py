"""Which levers matter to a goal: all of them moved together in a balanced design, or the table of what each lever moves.

The design has each lever at its last end in half of the policies, and every two levers apart as often as together. Its mirror
image follows, so that what two levers do together is not taken for what one does alone. A lever's effect is the mean
over other policies, not beside today's alone: places count for little where nobody knows of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from scenarios.questions.moves import Move
from scenarios.questions.moves_kept import shipped
from scenarios.questions.solve.columns import COST, pick
from scenarios.questions.solve.goal import Goal, Span
from scenarios.questions.solve.runs import Runs
from scenarios.reading.course import word

WORLDS = 4
"""Worlds of a screening: the first of the search."""
SEARCHED = 10
"""Levers that are searched at most."""
BY_EFFECT = 6
"""Of these, so many come in by what they do; the others by what they do for a pound."""
SURE = 2.0
"""Standard errors beyond which a lever is thought to do something."""
LEAST = 1e-6
"""An effect below it is none but for rounding."""
PENNY = 0.01
"""Least cost, GBP per adult per year, that an effect is divided by."""


@dataclass(frozen=True)
class Screen:
    """What was learnt of each lever of `spans`, float64[d]: by how much its last end moves the goal (share of wants, mean over
    other policies), that standard error, and what it costs (GBP per adult per year). `searched`: positions of those that matter.
    `how`: from what, in words."""

    spans: tuple[Span, ...]
    effect: np.ndarray
    error: np.ndarray
    cost: np.ndarray
    searched: tuple[int, ...]
    how: str

    def goal(self, goal: Goal) -> Goal:
        """The goal over the levers that matter, and over one axis on which all others that seem to help move together from today's
        value to their last end. What does not help stays as in the base."""
        others = [i for i in range(len(self.spans)) if i not in self.searched]
        helps = [i for i in others if self.effect[i] > max(self.error[i], LEAST)]
        one, rest = (tuple(self.spans[i] for i in some) for some in (self.searched, helps))
        return replace(goal, spans=one, rest=rest)


def design(levers: int) -> np.ndarray:
    """float64[n, levers] of 0 and 1: a Hadamard matrix of the least power of two with more columns than levers, and its mirror."""
    from scipy.linalg import hadamard

    size = 2 ** int(np.ceil(np.log2(levers + 1)))
    half = hadamard(size)[:, 1 : levers + 1]
    return np.asarray((np.vstack([half, -half]) + 1) / 2, dtype=float)


def runs_of(levers: int) -> int:
    """Runs of a screening of so many levers."""
    return WORLDS * len(design(levers))


def screen(goal: Goal, runs: Runs) -> Screen:
    """Every lever that a policy moves, screened."""
    spans, moves = goal.everywhere(), shipped()
    found = from_table(spans, goal, moves.rows) if moves else None
    if found is None:
        return by_runs(spans, runs.of(replace(goal, spans=spans)))
    return found


def by_runs(spans: tuple[Span, ...], runs: Runs) -> Screen:
    """From runs of the balanced design in a few worlds."""
    bundles = design(len(spans))
    found = runs.columns(bundles, range(WORLDS))
    slack = runs.slack(found).mean(axis=1)
    effect, error = _effects(bundles, slack)
    cost, _ = _effects(bundles, pick(found, COST).mean(axis=1))
    how = f"{len(bundles)} policies in {WORLDS} worlds, each lever at its last end in half of them"
    return Screen(spans, effect, error, cost, chosen(effect, error, cost), how)


def _effects(bundles: np.ndarray, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(mean with a lever at its end less mean without, its standard error), float64[d] each: by least squares, which takes apart
    what the other levers do."""
    x = np.column_stack([np.ones(len(bundles)), 2 * bundles - 1])
    beta = x.T @ values / len(x)  # the columns are orthogonal
    left = values - x @ beta
    error = np.sqrt(left @ left / max(1, len(x) - x.shape[1]) / len(x))
    return 2 * beta[1:], np.full(bundles.shape[1], 2 * error)


def chosen(effect: np.ndarray, error: np.ndarray, cost: np.ndarray) -> tuple[int, ...]:
    """Positions of the levers to search, in their order: those that surely help, first by effect, then by effect for a pound; at
    least two."""
    sure = [int(i) for i in np.argsort(-effect, kind="stable") if effect[i] > SURE * error[i]]
    sure = sure if len(sure) >= 2 else [int(i) for i in np.argsort(-effect, kind="stable")[:2]]
    worth = effect / np.maximum(cost, PENNY)
    rest = sorted(sure[BY_EFFECT:], key=lambda i: -worth[i])
    return tuple(sorted([*sure[:BY_EFFECT], *rest][:SEARCHED]))


def from_table(spans: Sequence[Span], goal: Goal, rows: Sequence[Move]) -> Screen | None:
    """From a table of what each lever moves, measured one lever at a time on two policies: of each the larger effect. None where
    the table is not about what the goal asks (a group, or other goals besides), or has not every lever."""
    asked = goal.file.goal
    if goal.group or goal.also or asked.better_at_least or asked.quality_at_least:
        return None
    by = {(one.lever, one.to, one.on, one.outcome): one for one in rows}
    found = [_of_table(by, span, asked.outcome) for span in spans]
    if any(one is None for one in found):
        return None
    effect, error, cost = (np.array(column) for column in zip(*(one for one in found if one), strict=True))
    how = "the table of what each lever moves (peerscale levers), alone on two policies"
    return Screen(tuple(spans), effect, error, cost, chosen(effect, error, cost), how)


def _of_table(
    by: dict[tuple[str, float | str, str, str], Move], span: Span, outcome: str
) -> tuple[float, float, float] | None:
    """(effect, standard error, cost) of one lever's last end, from the policy on which it does most; None where it is not there."""
    policies = {key[2] for key in by}
    ends = [
        (by.get((span.lever, _end(span, by), on, outcome)), by.get((span.lever, _end(span, by), on, COST)))
        for on in sorted(policies)
    ]
    pairs = [(a, b) for a, b in ends if a is not None and b is not None]
    if not pairs:
        return None
    best, cost = max(pairs, key=lambda pair: pair[0].change)
    return best.change, (best.high - best.low) / 4, cost.change


def _end(span: Span, by: dict[tuple[str, float | str, str, str], Move]) -> float | str:
    """The end of the table on the side where the span goes."""
    last = word(span.lever, span.at(1.0))
    ends = {key[1] for key in by if key[0] == span.lever}
    if last in ends or isinstance(last, str):
        return last
    numbers = [end for end in ends if not isinstance(end, str)]
    up = span.values[1] > span.values[0]
    return (max(numbers) if up else min(numbers)) if numbers else last
