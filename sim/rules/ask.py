"""Rules of the phase `ask`: acting on what one knows, and being put forward."""

from __future__ import annotations

import numpy as np

from sim.numbers.parameters import Column
from sim.numbers.structure import ACCESS_MOST, LINK_WORKER_PEOPLE_YEAR
from sim.vocabulary import YEAR


def acting_chance(rate: Column, confidence: Column) -> Column:
    """Weekly chance of using a way in that one knows; `confidence` is 0 to 100 (PAM)."""
    return rate * (0.5 + confidence / 120.0)


def acting_bound(contacts: Column, acting: Column, most: float) -> Column:
    """Weekly bound on meeting a referrer (`contacts`, all kinds, link workers at their most) or acting.

    It moves with the person and the world, never with a policy. Chances above `most` are cut off.
    """
    return np.minimum(most, contacts + acting)


def thinking_chance(
    mode: Column, opt_in: Column, prompted: Column, opt_out: Column, times: Column, clinics: Column
) -> Column:
    """Chance that a referrer who knows thinks of it at this contact.

    `mode` 0 opt-in, 1 prompted, 2 opt-out; `times` raises it at an event; peers in `clinics` (share)
    prompt too.
    """
    base = np.where(mode == 0, opt_in, np.where(mode == 1, prompted, opt_out))
    return np.minimum(1.0, base * times + clinics * prompted)


def losing_chance(working: Column, apart: Column, shared: Column, one_team: Column) -> Column:
    """Chance that a referral is lost; `working` 0 apart, 1 shared pathway, 2 one team."""
    return np.where(working == 0, apart, np.where(working == 1, shared, one_team))


def access_share(base: Column, per_gbp: Column, expenses_gbp: Column) -> Column:
    """Share who can manage time, distance, cost and language, given `expenses_gbp` a start."""
    return np.minimum(ACCESS_MOST, base + per_gbp * expenses_gbp)


def link_contact_chance(link_workers_per_10k: Column, n_conditions: Column) -> Column:
    """Weekly chance of meeting a link worker: by conditions."""
    return link_workers_per_10k * LINK_WORKER_PEOPLE_YEAR / 10000.0 / YEAR * np.minimum(3.0, n_conditions)
