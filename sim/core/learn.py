"""Phase `learn`: referrers follow the outcomes of their own referrals; modules, off by default."""

from __future__ import annotations

import numpy as np

from sim.columns.state import AREA_KINDS, PLACE_KINDS
from sim.compiled import loop, rule
from sim.core.parts.scale import of_area
from sim.core.parts.where import world_of
from sim.core.week import Week
from sim.numbers.structure import NETWORK_KNOWS_QUARTER, NETWORK_QUALITY_QUARTER
from sim.rules.fund import commissions
from sim.rules.learn import (
    conviction_next,
    follow,
    habit_next,
    knowledge_next,
    outcome_share,
    still_remembered,
    trust_next,
    weight_of_own,
)
from sim.vocabulary import HALF_YEAR, IN_CLINIC, QUARTER, RECENT_WEEKS, Referral

SEEN, KINDS_OF_PLACE = len(Referral), len(PLACE_KINDS)
LOCAL_IN_CLINIC, AREA_IN_CLINIC = (
    np.array([kind in IN_CLINIC for kind in sorted(kinds, key=kinds.__getitem__)])
    for kinds in (PLACE_KINDS, AREA_KINDS)
)


def learn(w: Week) -> None:
    """Confidence and knowledge of referrers; memory of waits; every 13 weeks the modules."""
    _learn(w)
    if w.now % QUARTER == QUARTER - 1:
        if w.shocks.convince:
            _convince(w)
        if w.shocks.network:
            _network(w)


@rule
def _row_of_referrer(w: Week, r: int) -> int:
    """Area row of a referrer: those of places, kind by kind, then those of areas."""
    places = w.state.referrers.n_places
    if r < KINDS_OF_PLACE * places:
        return w.places.area_row[r % places]
    return (r - KINDS_OF_PLACE * places) % w.state.referrers.n_area_rows


@rule
def _is_in_clinic(w: Week, r: int) -> bool:
    """Whether a referrer is of a kind beside whom peers may be present."""
    places, rows = w.state.referrers.n_places, w.state.referrers.n_area_rows
    if r < KINDS_OF_PLACE * places:
        return LOCAL_IN_CLINIC[r // places]
    return AREA_IN_CLINIC[(r - KINDS_OF_PLACE * places) // rows]


@loop
def _learn(w: Week) -> int:
    """Every referrer; every half-year the memory of waits and starts is halved."""
    ref = w.state.referrers
    for r in range(len(ref.knows)):
        row = _row_of_referrer(w, r)
        local = r < KINDS_OF_PLACE * ref.n_places
        _learns(w, r, row, w.place_size if local else w.tables.area_adults[row])
        for k in range(SEEN):
            ref.recent[(w.now + 1) % RECENT_WEEKS, r, k] = 0
    if w.now % HALF_YEAR == HALF_YEAR - 1:
        _forget(w)
    return len(ref.knows)


@rule
def _learns(w: Week, r: int, row: int, adults: int) -> None:
    """One referrer: by the outcomes of own referrals, by turnover, by a directory, by working beside peers."""
    ref, par, world = w.state.referrers, w.par, world_of(w, row)
    offered, in_time, gave_up = (
        _seen(w, r, Referral.OFFERED),
        _seen(w, r, Referral.IN_TIME),
        _seen(w, r, Referral.GAVE_UP),
    )
    good, weight = outcome_share(offered, in_time, gave_up), weight_of_own(offered + gave_up, adults)
    habit, beside, turnover = ref.habit[r], par.beside_speed[world], par.turnover_week[world]
    ref.trusts[r] = trust_next(
        ref.trusts[r], good, weight, par.trust_speed[world], habit, beside, par.trust_start[world], turnover
    )
    ref.knows[r] = knowledge_next(
        ref.knows[r], ref.declared[r], turnover, par.tell_rate[world], w.levers.directory[row]
    )
    if _is_in_clinic(w, r):
        clinics = w.levers.peers_in_clinics[row]
        ref.habit[r] = habit_next(habit, clinics, good, weight, beside, par.beside_fade[world])


@rule
def _seen(w: Week, r: int, k: int) -> int:
    """What a referrer has seen of one kind in the weeks remembered; one of an area, in all of it."""
    total = 0
    for week in range(RECENT_WEEKS):
        total += w.state.referrers.recent[week, r, k]
    if r < KINDS_OF_PLACE * w.state.referrers.n_places:
        return total
    return of_area(w, _row_of_referrer(w, r), total)


@rule
def _forget(w: Week) -> None:
    orgs = w.orgs
    for o in range(len(orgs.open)):
        for weeks in range(orgs.waits.shape[1]):
            orgs.waits[o, weeks] = still_remembered(orgs.waits[o, weeks])
        orgs.starts[o] = still_remembered(orgs.starts[o])


@loop
def _convince(w: Week) -> int:
    """Boards look at their own area and at the others of their world, all at once."""
    conviction, rows = w.state.conviction, len(w.state.conviction)
    for row in range(rows):
        w.posts.have[row] = 0
    for o in range(len(w.orgs.open)):
        w.posts.have[w.orgs.area_row[o]] += w.orgs.starts[o]
    for first in range(0, rows, w.n_areas):
        world, commission = first // w.n_areas, 0
        for row in range(first, first + w.n_areas):
            commission += commissions(conviction[row])
        for row in range(first, first + w.n_areas):
            conviction[row] = conviction_next(
                conviction[row],
                w.posts.have[row],
                w.tables.adults[row],
                commission / w.n_areas,
                w.par.convincing_starts[world],
                w.par.conviction_speed[world],
            )
    return rows


@loop
def _network(w: Week) -> int:
    """Quality of those in the network moves towards the best in their world; referrers tell each other."""
    orgs, ref = w.orgs, w.state.referrers
    for world in range(len(w.par.act_rate)):
        best = 0.0
        for o in range(len(orgs.open)):
            if orgs.open[o] and orgs.area_row[o] // w.n_areas == world:
                best = max(best, orgs.quality[o])
        for o in range(len(orgs.open)):
            if orgs.area_row[o] // w.n_areas == world:
                share = w.levers.learning_network[orgs.area_row[o]]
                moved = follow(orgs.quality[o], best, NETWORK_QUALITY_QUARTER * share)
                orgs.quality[o] = max(orgs.quality[o], moved)
    for r in range(len(ref.knows)):
        share = w.levers.learning_network[_row_of_referrer(w, r)]
        ref.knows[r] = min(1.0, ref.knows[r] + NETWORK_KNOWS_QUARTER * share * (1.0 - ref.knows[r]))
    return len(ref.knows)
