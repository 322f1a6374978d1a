"""Rules of the phase `count`: whose wants are counted, which hosts suit them, and what becomes of a reservation.

A reservation is a way of counting: it changes nobody's history. A host is a group; the places of one organisation for one
offer and one kind of experience; an area's online pool; or one unmatched person who waits for a pair.
"""

from __future__ import annotations

import math
from typing import Any

from sim.compiled import rule
from sim.numbers.structure import FOLLOW_UP_WEEKS, SECOND_FOLLOW_UP_WEEKS
from sim.vocabulary import SUITS, Offer, Reserved

GROUP, PAIR, ONLINE = int(Offer.GROUP), int(Offer.PAIR), int(Offer.ONLINE)
COMPLETED, HOST_GONE, UNSUITED = int(Reserved.COMPLETED), int(Reserved.HOST_GONE), int(Reserved.UNSUITED)
STANDS = -1


@rule
def is_counted(start: int, length: int, target: int, burn_in: int, end: int) -> bool:
    """Whether a latent want is counted: long enough, begun in the reported weeks, and followed long enough."""
    return start >= burn_in and length >= target and start + FOLLOW_UP_WEEKS < end


@rule
def is_followed(start: int, end: int) -> bool:
    """Whether a counted want is followed to the second follow-up."""
    return start + SECOND_FOLLOW_UP_WEEKS < end


@rule
def starts_soon(start: int, now: int, burn_in: int, end: int) -> bool:
    """Whether a start in week `now` counts among the starts per 100 wants, whatever want began in week `start`."""
    return start >= burn_in and start + FOLLOW_UP_WEEKS < end and now - start <= FOLLOW_UP_WEEKS


@rule
def is_suitable(match: int, need: int, offer: int, experience: int, able: int) -> bool:
    """Whether support suits a want: what it asks for (`match`, `need`), and the offers that the person can manage (bits)."""
    if able >> offer & 1 == 0:
        return False
    if offer == PAIR:
        return experience == need
    return offer == ONLINE or SUITS[match, experience]


@rule
def term_weeks(offer: int, sessions: float, group_stay: float, pair_stay: float, online_stay: float) -> int:
    """Weeks that a reservation covers: the mean stay, rounded half up; for one to one this week's `sessions`."""
    mean = (
        group_stay if offer == GROUP else pair_stay if offer == PAIR else online_stay if offer == ONLINE else sessions
    )
    if offer in (GROUP, PAIR, ONLINE):
        return max(1, math.floor(mean + 0.5))
    return max(1, math.floor(mean))


@rule
def why_ends(over: bool, open_: bool, suits: bool) -> int:
    """Why a reservation ends in this week (a kind of Reserved), or STANDS: its term is over, its host closed, or no longer
    suits the want it serves."""
    if over:
        return COMPLETED
    if not open_:
        return HOST_GONE
    return STANDS if suits else UNSUITED


@rule
def online_places(per_1000: float, adults: int) -> int:
    """Places of an area's online pool."""
    return math.floor(per_1000 / 1000.0 * adults)


@rule
def is_better_host(free: int, luck: Any, best_free: int, best_luck: Any) -> bool:
    """Whether one host comes before the best so far: more free places, then the lower keyed draw (64 bits)."""
    return free > best_free or (free == best_free and luck < best_luck)
