"""What levers and parameters come to in each area row: tables made when the levers change.

Chances that hold for all people of a kind are worked out here once, by the rules, and looked up by
the phases: a person costs one lookup instead of ten (measured: half the time of `hear` and `ask`).
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from sim.columns.clock import ACT_MOST, CONDITIONS, CONFIDENCES, HOWS
from sim.columns.state import State
from sim.numbers.levers import CHOICES, View
from sim.numbers.parameters import Parameters
from sim.people.population import contact_table
from sim.rules.ask import access_share, acting_chance, link_contact_chance, losing_chance, thinking_chance
from sim.rules.hear import clinic_talk, hearing_chances
from sim.vocabulary import N_REFERRERS, ROUTES, Offer, Referrer

OPT_OUT = CHOICES["mode"].index("opt_out")
OFFERED_TO_ALL = HOWS - 1  # column of `thinks` for a link worker, whose work it is, and for reviews


@dataclass
class Rates:
    """One row an area row. Chances are weekly.

    `manage` uint8[rows * 512]: bits of the offers that people can manage, by row, offline, access;
    `hearing` float64[3, rows, 2]: stacked chances of meeting informally, a search and a search online,
    by whether people are offline; `by_mouth`, `clinics` float64[rows]; `contacts` float64[kinds, rows * classes * conditions]:
    stacked chances of each kind of contact by class of contact and conditions; `acts` float64[rows * 101]
    by confidence; `route` float64[rows * kinds]; `mode` float64[rows, 3]; `thinks` float64[rows * hows] by
    occasion; `loses` float64[rows]. `par` holds the parameters by row, `act_bound`, `act_mean` the clock of acting
    float64[rows * classes * 101] by class of contact and confidence.
    """

    par: Parameters
    act_bound: np.ndarray
    act_mean: np.ndarray
    manage: np.ndarray
    hearing: np.ndarray
    by_mouth: np.ndarray
    clinics: np.ndarray
    contacts: np.ndarray
    acts: np.ndarray
    route: np.ndarray
    mode: np.ndarray
    thinks: np.ndarray
    loses: np.ndarray


def make_rates(lever: View, state: State) -> Rates:
    """The tables under these levers (by area row)."""
    par, n_areas = state.par, len(state.shape.areas)
    p = Parameters(**{f.name: np.repeat(getattr(par, f.name), n_areas) for f in fields(par)})
    mode = np.stack([lever.mode_contact, lever.mode_diagnosis, lever.mode_discharge], axis=1)
    acts = acting_chance(p.act_rate[:, None], np.arange(CONFIDENCES)[None])
    contacts = _contacts(lever)
    bound, mean = (np.repeat(table, n_areas, axis=0) for table in (state.act_bound, state.act_mean))
    met = contacts[:, :, -1, -1, None] + acts[:, None]
    assert np.all(np.minimum(met, ACT_MOST) <= bound), "no policy may pass the bound of the clock of acting"
    return Rates(
        p,
        bound.ravel(),
        mean.ravel(),
        _manage(lever, p).ravel(),
        _hearing(lever, p),
        p.mouth_rate,
        clinic_talk(lever.peers_in_clinics),
        np.ascontiguousarray(contacts.reshape(-1, N_REFERRERS).T),
        acts.ravel(),
        np.stack([getattr(lever, name) for name in ROUTES], axis=1).ravel(),
        mode,
        _thinks(lever, p, mode).ravel(),
        losing_chance(lever.working_together, p.lost_apart, p.lost_shared, p.lost_one_team),
    )


def _manage(lever: View, p: Parameters) -> np.ndarray:
    """uint8[rows, 2, 256]: who can manage the time, distance, cost and language of each offer."""
    out = np.zeros((len(p.act_rate), 2, 256), np.uint8)
    for offer in Offer:
        base = {Offer.GROUP: p.access_group, Offer.ONLINE: p.access_online}.get(offer, p.access_service)
        able = np.arange(256) < (access_share(base, p.access_per_gbp, lever.expenses) * 256.0)[:, None]
        out[:, 0] |= able.astype(np.uint8) << np.uint8(offer)
        if offer != Offer.ONLINE:
            out[:, 1] |= able.astype(np.uint8) << np.uint8(offer)
    return out


def _hearing(lever: View, p: Parameters) -> np.ndarray:
    out = np.zeros((3, len(p.act_rate), 2))
    for offline in (0, 1):
        _, every, net, informal = hearing_chances(
            0.0,
            p.mouth_rate,
            p.search_rate,
            p.directory_rate,
            lever.directory,
            lever.campaign,
            p.search_online_rate,
            1.0 - offline,
            p.informal_rate,
        )
        out[:, :, offline] = np.cumsum(np.stack([informal, every, net]), axis=0)
    return out


def _contacts(lever: View) -> np.ndarray:
    """float64[rows, classes, conditions, kinds]: contacts by class; link workers are met by number of conditions."""
    table = contact_table()
    chances = np.repeat(table[None, :, None], len(lever.link_workers), axis=0).repeat(CONDITIONS, axis=2)
    link = link_contact_chance(lever.link_workers[:, None], np.arange(CONDITIONS)[None])
    chances[:, :, :, Referrer.LINK_WORKER] = link[:, None]
    return np.cumsum(chances, axis=3)


def _thinks(lever: View, p: Parameters, mode: np.ndarray) -> np.ndarray:
    """float64[rows, hows]: chance that a referrer who knows thinks of it, by occasion; last, where all are offered it."""
    rows = len(p.act_rate)
    modes = np.concatenate([mode, np.full((rows, 1), OPT_OUT)], axis=1)
    event, usual = p.thinks_at_event, np.ones(rows)
    times = np.stack([usual, event, event, usual], axis=1)
    return np.asarray(
        thinking_chance(
            modes,
            p.thinks_opt_in[:, None],
            p.thinks_prompted[:, None],
            p.thinks_opt_out[:, None],
            times,
            lever.peers_in_clinics[:, None],
        )
    )
