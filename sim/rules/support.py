"""Rules of the phase `support`: staying, leaving, and what support does."""

from __future__ import annotations

import numpy as np

from sim.parameters import Column


def leaving_chance(drop: Column, exact: Column, loose_times: Column, quality: Column) -> Column:
    """Weekly chance of leaving one-to-one support early; lower quality (0 to 1) raises it."""
    return np.where(exact == 1, drop, drop * loose_times) * (2.0 - quality)


def dose_share(weeks: Column, dose_weeks: Column) -> Column:
    """Share of the whole effect after `weeks` of support."""
    return np.minimum(1.0, weeks / dose_weeks)


def effect_sd(mean_effect: Column, dose: Column, need: Column, exact: Column, loose: Column,
              quality: Column, spread: Column, luck: Column) -> Column:
    """One person's effect, in SD. `need` is 0 to 1 (mod_base_*: more need, more effect: 0.4 to 1.6).

    `luck` is centred on 0 with unit spread; spread grows with the dose, so no support, no effect.
    """
    fit = np.where(exact == 1, 1.0, loose)
    return mean_effect * dose * (0.4 + 1.2 * need) * fit * (0.5 + 0.5 * quality) + spread * dose * luck


def effect_if_attending(itt: Column, attendance: Column) -> Column:
    """Effect among attenders that gives back an intention-to-treat effect at that attendance."""
    return itt / attendance
