"""Policies that were found elsewhere, certified here: the cheapest of them that meets a goal in enough fresh worlds of this area.

Nothing is searched, so no world is used up: each policy is tested as a search tests its own (decision 15), in the same fresh
worlds, cheapest first, and the first that is certified is the answer.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from scenarios.questions.solve.certify import Looks
from scenarios.questions.solve.columns import COST, pick
from scenarios.questions.solve.frontier import batch_of
from scenarios.questions.solve.noise import measured
from scenarios.questions.solve.runs import Runs
from scenarios.questions.solve.search import Tested, trial


def certify_candidates(runs: Runs, bundles: Sequence[np.ndarray]) -> tuple[Tested, ...]:
    """Points of the goal's cube, tested cheapest first (by their mean cost in the worlds of the search) up to the first that is
    certified, which comes last; none is where the last is not. ValueError for no bundle.

    The goal says how many fresh worlds at most (`fresh`), and in what share of them it has to hold. Luck within a world is
    measured first, on the cheapest, and averaged away.
    """
    if not len(bundles):
        raise ValueError("there is no policy to certify")
    table, needed = runs.goal.file.search, runs.goal.file.goal.worlds
    costs = pick(runs.columns(np.array(bundles), range(table.worlds)), COST).mean(axis=1)
    order = np.argsort(costs, kind="stable")
    runs.fresh_replicates = measured(runs, bundles[int(order[0])]).replicates
    looks = Looks(batch_of(table.fresh), table.fresh)
    tested: list[Tested] = []
    for i in order:
        tested.append(trial(runs, bundles[int(i)], needed, looks, table.worlds))
        if tested[-1].verdict.word == "certified":
            break
    return tuple(tested)
