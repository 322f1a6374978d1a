"""Phase `learn`: referrers follow the outcomes of their own referrals; modules, off by default."""

from __future__ import annotations

import numpy as np

from sim.columns.state import AREA_KINDS, PLACE_KINDS, RECENT_WEEKS
from sim.core.week import Week
from sim.numbers.structure import NETWORK_KNOWS_QUARTER, NETWORK_QUALITY_QUARTER
from sim.rules.fund import commissions
from sim.rules.learn import conviction_next, follow, knowledge_next, outcome_share, told_by_outcomes, weight_of_own
from sim.vocabulary import HALF_YEAR, QUARTER, Referral


def learn(w: Week) -> None:
    """Confidence and knowledge of referrers; memory of waits; every 13 weeks the modules."""
    ref = w.state.referrers
    totals = ref.recent.sum(axis=0)
    world, directory = _worlds(w)
    referred = totals[:, Referral.REFERRED]
    good = outcome_share(
        totals[:, Referral.OFFERED], totals[:, Referral.IN_TIME], totals[:, Referral.GAVE_UP], referred
    )
    ref.trusts[:] = follow(ref.trusts, good, w.par.trust_speed[world] * weight_of_own(referred))
    ref.knows[:] = knowledge_next(
        ref.knows,
        ref.floor,
        w.par.turnover_week[world],
        w.par.tell_rate[world],
        directory,
        told_by_outcomes(totals[:, Referral.IN_TIME]),
    )
    ref.recent[(w.now + 1) % RECENT_WEEKS] = 0
    if w.now % HALF_YEAR == HALF_YEAR - 1:
        w.orgs.waits //= 2
        w.orgs.starts //= 2
    if w.now % QUARTER == QUARTER - 1:
        _modules(w)


def _worlds(w: Week) -> tuple[np.ndarray, np.ndarray]:
    """World and directory share of each referrer row."""
    row = referrer_area_rows(w)
    return row // w.n_areas, w.levers.directory[row]


def referrer_area_rows(w: Week) -> np.ndarray:
    """int64[referrers]: the area row of each referrer."""
    near, wide = w.state.places.area_row, np.arange(len(w.state.spent))
    return np.concatenate([np.tile(near, len(PLACE_KINDS)), np.tile(wide, len(AREA_KINDS))])


def _modules(w: Week) -> None:
    """Boards' conviction, and learning between areas of one world."""
    lever = w.levers
    if (lever.conviction >= 1).any():
        _convince(w)
    if (lever.learning_network > 0).any():
        _network(w)


def _convince(w: Week) -> None:
    """Boards look at their own area and at the others of their world, all at once."""
    world = np.arange(len(w.state.spent)) // w.n_areas
    starts = np.bincount(w.orgs.area_row, weights=w.orgs.starts, minlength=len(w.state.spent))
    commission = np.bincount(world, weights=commissions(w.state.conviction), minlength=w.n_worlds) / w.n_areas
    w.state.conviction[:] = conviction_next(
        w.state.conviction,
        starts,
        w.adults,
        commission[world],
        w.par.convincing_starts[world],
        w.par.conviction_speed[world],
    )


def _network(w: Week) -> None:
    """Quality of those in the network moves towards the best in their world."""
    orgs = w.orgs
    world = orgs.area_row // w.n_areas
    best = np.zeros(w.n_worlds)
    np.maximum.at(best, world[orgs.open], orgs.quality[orgs.open])
    share = w.levers.learning_network[orgs.area_row]
    orgs.quality[:] = np.maximum(orgs.quality, follow(orgs.quality, best[world], NETWORK_QUALITY_QUARTER * share))
    ref = w.state.referrers
    row = referrer_area_rows(w)
    ref.knows[:] = np.minimum(
        1.0, ref.knows + NETWORK_KNOWS_QUARTER * w.levers.learning_network[row] * (1.0 - ref.knows)
    )
