"""The clocks of life and of acting: weekly chances and bounds, by world and what is fixed in a person."""

from __future__ import annotations

import numpy as np

from sim.numbers.levers import BY_NAME
from sim.numbers.parameters import Parameters
from sim.numbers.structure import LINK_WORKER_CONDITIONS_MOST, WANT_LEAST_WEEKS
from sim.people.demography import demography
from sim.people.population import contact_table
from sim.rules.ask import acting_chance, link_contact_chance
from sim.rules.hear import voicing_chance
from sim.rules.lean import times_leant
from sim.rules.live import life_group, onset_per_week, target_weeks
from sim.tables import clock_mean
from sim.vocabulary import AGES, YEAR, Contact, Life, Occasion, Referrer

EVENT_WANTS = (
    (Life.CONDITION, "want_at_diagnosis"),
    (Life.CARER, "want_at_carer"),
    (Life.BEREAVED, "want_at_bereavement"),
    (Life.DISCHARGE, "want_at_discharge"),
    (Life.FLARE, "want_at_flare"),
    (Life.SOCIAL_FALL, "want_at_social_fall"),
)


def want_chances(par: Parameters) -> np.ndarray:
    """float64[worlds, kinds of Life]: chance that each event begins a want (1 for BACKGROUND)."""
    out = np.zeros((len(np.atleast_1d(par.want_prevalence)), len(Life)))
    for kind, name in EVENT_WANTS:
        out[:, kind] = getattr(par, name)
    out[:, Life.BACKGROUND] = 1.0
    return out


def target_table(par: Parameters) -> np.ndarray:
    """int64[worlds, kinds of Life]: weeks that are soon enough for a want, by what began it."""
    each = zip(
        *(np.atleast_1d(w) for w in (par.target_weeks, par.target_weeks_bereavement, par.target_weeks_discharge)),
        strict=True,
    )
    rows = [[int(target_weeks(cause, Life.BEREAVED, Life.DISCHARGE, *weeks)) for cause in Life] for weeks in each]
    return np.array(rows, np.int64)


TALK_MOST = 0.25
"""Share of people near who talk of it, at most: beyond, the chance to begin to want by hearing is cut off. With every lever
that helps at its highest, one place and need in a thousand comes so far."""
LEAST_BOUND = 1.0 / 52_000.0  # a clock must have a mean
MIND_IDLE = 1.0 / 26.0  # no weekly bound on beginning to want by hearing is higher; the one at an occasion
DROP_BOUND = 0.4  # weekly bound on leaving one-to-one support early
MEAN_DROP, MEAN_OCCASION = clock_mean(DROP_BOUND), clock_mean(MIND_IDLE)
ACT_MOST = 0.95  # a clock must now and then pass a week by
LINK_MOST, CONDITIONS_MOST, CONFIDENCES = BY_NAME["link_workers"].high, LINK_WORKER_CONDITIONS_MOST, 101
CLASSES = len(Contact)
CONDITIONS = CONDITIONS_MOST + 1  # more conditions do not raise the chance of meeting a link worker
HOWS = len(Occasion) + 1  # how a referrer may come to think of it: by occasion; offered to all


def acting_clock(par: Parameters) -> tuple[np.ndarray, np.ndarray]:
    """(weekly bound on contacts and acting, its clock's mean in weeks): float64[worlds, classes, 101], by class of
    contact and confidence: what is fixed in a person, so no policy moves it. Acting is taken as of the fifth that acts most. Link workers are taken at the most that a
    policy can set; chances above ACT_MOST are cut off.
    """
    contacts = contact_table()
    contacts[:, Referrer.LINK_WORKER] = link_contact_chance(LINK_MOST, CONDITIONS_MOST)
    most = times_leant(np.atleast_1d(par.act_rate), np.abs(par.gradient))
    acting = acting_chance(most[:, None, None], np.arange(CONFIDENCES))
    bound = np.minimum(ACT_MOST, np.cumsum(contacts, axis=1)[:, -1:] + acting)
    return bound, clock_mean(bound)


def idle_clock(par: Parameters) -> tuple[np.ndarray, np.ndarray]:
    """(weekly bound on beginning to want by hearing, its clock's mean in weeks): float64[worlds]. Peers are taken to be in
    every clinic, so no policy moves it."""
    each = zip(np.atleast_1d(par.mouth_rate), np.atleast_1d(par.voiced_rate), strict=True)
    bound = np.array([min(MIND_IDLE, voicing_chance(TALK_MOST, mouth, 1.0, voiced)) for mouth, voiced in each])
    bound = np.maximum(bound, LEAST_BOUND)
    return bound, clock_mean(bound)


def life_rates(par: Parameters) -> tuple[np.ndarray, np.ndarray]:
    """(cumulative weekly chances float64[worlds, ages, groups, kinds], their sums float64[worlds, ages, groups]), by
    `life_group`: only carers can cease to care.

    BACKGROUND is solved so that `want_prevalence` of people with a condition want peer support.
    """
    demo = demography()
    year = np.zeros((len(AGES), 2, 2, len(Life)))  # by age, caring, condition
    year[:, :, :, Life.DEATH], year[:, :, :, Life.MOVE] = demo.death[:, None], demo.move_out[:, None]
    year[:, :, 0, Life.CONDITION] = demo.incidence[:, None]
    year[:, :, 1, Life.CONDITION] = 0.5 * demo.incidence[:, None]
    for kind, column in (
        (Life.CARER, demo.carer_starts),
        (Life.BEREAVED, demo.bereavement),
        (Life.SOCIAL_FALL, demo.social_fall),
    ):
        year[:, :, :, kind] = column[:, None, None]
    year[:, 1, :, Life.CARER_ENDS] = demo.carer_ends[:, None]
    year[:, :, :, Life.DISCHARGE] = demo.discharge[:, None]
    year[:, :, :, Life.FLARE] = demo.flare_up[:, None]
    assert life_group(1, 1) == 3, "rows in the order of `life_group`"
    wants = want_chances(par)
    week = np.repeat(year.reshape(1, len(AGES), 4, len(Life)) / YEAR, len(wants), axis=0)
    ill = week[:, :, 1::2]
    by_events = np.cumsum(ill * wants[:, None, None, :], axis=3)[:, :, :, -1]
    onset = onset_per_week(np.asarray(par.want_prevalence), np.asarray(par.want_length_weeks) + WANT_LEAST_WEEKS)
    ill[:, :, :, Life.BACKGROUND] = np.maximum(0.0, onset[:, None, None] - by_events)
    cumulative = np.cumsum(week, axis=3)
    return cumulative, cumulative[:, :, :, -1].copy()
