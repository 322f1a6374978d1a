"""What levers and parameters come to in each area row: tables made when the levers change.

Chances that hold for all people of a kind are worked out here once, by the rules, and looked up by
the phases: a person costs one lookup instead of ten (measured: half the time of `hear` and `ask`).
"""

from __future__ import annotations

import numpy as np

from sim.columns.clock import ACT_MOST, CLASSES, CONDITIONS, CONFIDENCES, HOWS
from sim.compiled import loop, rule, whole
from sim.core.parts.where import who_manages, world_of
from sim.core.records import ACCESS
from sim.core.week import Week
from sim.numbers.levers import CHOICES
from sim.rules.ask import access_share, acting_chance, is_prompted, link_contact_chance, losing_chance, thinking_chance
from sim.rules.hear import clinic_talk, hearing_chances
from sim.rules.lean import leant, times_leant
from sim.vocabulary import FIFTHS, MODES, N_REFERRERS, ROUTES, Occasion, Offer, Referrer

OPT_OUT = CHOICES["mode"].index("opt_out")
OFFERED_TO_ALL = HOWS - 1  # column of `thinks` for a link worker, whose work it is
N_OFFERS, N_FIFTHS = len(Offer), len(FIFTHS)


def fill_rates(w: Week) -> None:
    """The tables under the levers of this week."""
    rates = w.rates
    rates.route[:] = np.stack([getattr(w.levers, name) for name in ROUTES], axis=1)
    rates.mode[:, :OFFERED_TO_ALL] = np.stack([getattr(w.levers, name) for name in MODES], axis=1)
    rates.mode[:, OFFERED_TO_ALL] = OPT_OUT
    _fill(w)
    met = rates.contacts[:, :, -1, -1, None] + rates.acts.max(axis=1)[:, None]
    bound = np.repeat(w.state.act_bound, w.n_areas, axis=0)
    assert np.all(np.minimum(met, ACT_MOST) <= bound), "no policy may pass the bound of the clock of acting"


@loop
def _fill(w: Week) -> int:
    """All tables, row by row."""
    rows = len(w.rates.loses)
    for row in range(rows):
        world, levers, par = world_of(w, row), w.levers, w.par
        w.rates.by_mouth[row] = par.mouth_rate[world]
        w.rates.clinics[row] = clinic_talk(levers.peers_in_clinics[row])
        for fifth in range(N_FIFTHS):
            rate = times_leant(par.act_rate[world], w.state.leans.fifths[row, fifth])
            for confidence in range(CONFIDENCES):
                w.rates.acts[row, fifth, confidence] = acting_chance(rate, confidence)
            _manage(w, row, world, fifth)
        w.rates.loses[row] = losing_chance(
            levers.working_together[row], par.lost_apart[world], par.lost_shared[world], par.lost_one_team[world]
        )
        _hearing(w, row, world)
        _contacts(w, row)
        _thinks(w, row, world)
    return rows


@rule
def _manage(w: Week, row: int, world: int, fifth: int) -> None:
    """Who of a fifth can manage the time, distance, cost and language of each offer."""
    for offer in range(N_OFFERS):
        base = w.par.access_service[world]
        if offer == Offer.GROUP:
            base = w.par.access_group[world]
        elif offer == Offer.ONLINE:
            base = w.par.access_online[world]
        share = access_share(base, w.par.access_per_gbp[world], w.levers.expenses[row])
        share = leant(share, w.state.leans.fifths[row, fifth])
        for offline in range(2):
            column = who_manages(fifth, offline)
            for access in range(ACCESS):
                able = access < share * 256.0 and not (offline == 1 and offer == Offer.ONLINE)
                without = whole(w.rates.manage[row, column, access]) & ~(1 << offer)
                w.rates.manage[row, column, access] = without | (1 << offer if able else 0)


@rule
def _hearing(w: Week, row: int, world: int) -> None:
    par = w.par
    for offline in range(2):
        _, every, net, informal = hearing_chances(
            0.0,
            par.mouth_rate[world],
            par.search_rate[world],
            par.directory_rate[world],
            w.levers.directory[row],
            w.levers.campaign[row],
            par.search_online_rate[world],
            1.0 - offline,
            par.informal_rate[world],
        )
        w.rates.hearing[row, offline, 0] = informal
        w.rates.hearing[row, offline, 1] = informal + every
        w.rates.hearing[row, offline, 2] = informal + every + net


@rule
def _contacts(w: Week, row: int) -> None:
    """Contacts by class; link workers are met by number of conditions."""
    for kind in range(CLASSES):
        for conditions in range(CONDITIONS):
            so_far = 0.0
            for referrer in range(N_REFERRERS):
                chance = w.tables.contact_week[kind, referrer]
                if referrer == Referrer.LINK_WORKER:
                    chance = link_contact_chance(w.levers.link_workers[row], conditions)
                so_far += chance
                w.rates.contacts[row, kind, conditions, referrer] = so_far


@rule
def _thinks(w: Week, row: int, world: int) -> None:
    """Chance that a referrer who knows thinks of it, by occasion; last, where all are offered it."""
    par = w.par
    for how in range(HOWS):
        mode, times = w.rates.mode[row, how], 1.0
        w.rates.prompts[row, how] = is_prompted(mode) and how != OFFERED_TO_ALL
        if how == Occasion.DIAGNOSIS or how == Occasion.DISCHARGE:
            times = par.thinks_at_event[world]
        elif how == Occasion.REVIEW:
            times = par.thinks_at_review[world]
        w.rates.thinks[row, how] = thinking_chance(
            mode, par.thinks_opt_in[world], par.thinks_prompted[world], par.thinks_opt_out[world], times
        )
