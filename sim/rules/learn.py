"""Rules of the phase `learn`: referrers' knowledge and confidence."""

from __future__ import annotations

import math

from sim.compiled import rule
from sim.numbers.levers import BY_NAME
from sim.numbers.structure import CONVICTION_OWN_SHARE, TRUST_FULL_REFERRALS, TRUST_LATE_OFFER, WAITS_KEPT_HALF_YEAR

DIRECTORY_TODAY = BY_NAME["directory"].today


@rule
def follow(value: float, target: float, speed: float) -> float:
    """Move a share towards its target."""
    return value + (target - value) * speed


@rule
def outcome_share(offered: float, in_time: float, gave_up: float) -> float:
    """How well a referrer's own referrals went whose end they saw in the last 26 weeks, 0 to 1 (1 where there were none).

    An offer in time is worth 1, a late one less, giving up nothing. Those who wait still are not seen.
    """
    good = in_time + TRUST_LATE_OFFER * (offered - in_time)
    return 1.0 if offered + gave_up == 0 else good / (offered + gave_up)


@rule
def weight_of_own(seen: float, adults: float) -> float:
    """How far referrers judge by their own referrals, 0 to 1: by those whose end they saw in 26 weeks, per 10,000 of the
    `adults` they serve. So a small practice and a large trust judge alike."""
    return min(1.0, seen * 10000.0 / (adults * TRUST_FULL_REFERRALS))


@rule
def trust_next(
    trusts: float,
    good: float,
    weight: float,
    speed: float,
    habit: float,
    beside: float,
    declared: float,
    turnover: float,
) -> float:
    """Confidence follows the outcomes of own referrals, by their `weight`. Where there are few, those who are used to peers
    (`habit`) come to trust what they see, at `beside` a week. Staff who are new have the declared confidence."""
    by_own = follow(trusts, good, speed * weight)
    return follow(follow(by_own, 1.0, beside * habit * (1.0 - weight)), declared, turnover)


@rule
def knowledge_next(knows: float, declared: float, turnover: float, tell: float, directory: float) -> float:
    """Knowledge of what exists. As things are today it is as declared: turnover pulls it there. Those who use a directory
    and did not before today find out, at `tell` a week."""
    more = max(0.0, directory - DIRECTORY_TODAY) / (1.0 - DIRECTORY_TODAY)
    told = max(0.0, declared + (1.0 - declared) * more - knows)
    return follow(knows, declared, turnover) + tell * told


@rule
def habit_next(habit: float, clinics: float, good: float, weight: float, speed: float, fade: float) -> float:
    """Share of staff who are used to peers beside them. It grows towards the share of `clinics` where peers are present, at
    `speed` a week; it fades where they have gone, and where people referred wait in vain (`good` little, seen often)."""
    target = clinics * (1.0 - weight * (1.0 - good))
    return follow(habit, target, speed if target > habit else fade)


@rule
def conviction_next(
    conviction: float, starts: float, adults: float, neighbours: float, convincing: float, speed: float
) -> float:
    """A board's conviction after a quarter: in part what it sees at home, else what the other boards do.

    `starts` people in about half a year, `convincing` of them per 1,000 adults convince; `neighbours` the share of boards
    of its world that commission.
    """
    seen = min(1.0, starts * 1000.0 / (adults * convincing))
    return follow(conviction, CONVICTION_OWN_SHARE * seen + (1.0 - CONVICTION_OWN_SHARE) * neighbours, speed)


@rule
def still_remembered(count: int) -> int:
    """Waits or starts of an organisation that are still remembered half a year on."""
    return math.floor(count * WAITS_KEPT_HALF_YEAR)
