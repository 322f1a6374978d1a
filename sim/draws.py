"""Keyed draws: a random number is a pure function of (study seed, purpose, week, who).

No generator state and no call order, so both engines, any block size and any number of workers
draw the same luck. `key = mix(mix(mix(seed*G + 1) + when*G) + purpose*G)` and
`hash = mix(((who + 1)*G) XOR key)`, modulo 2**64, with `mix` the splitmix64 finaliser.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from functools import lru_cache

import numpy as np

G = 0x9E3779B97F4A7C15
MASK = (1 << 64) - 1
UNIT = 2.0**-53

M1, M2 = 0xBF58476D1CE4E5B9, 0x94D049BB133111EB


class Purpose(IntEnum):
    """Append only: a number once given is never reused, or old results would change."""

    PARAMETER = 1
    TRAIT_CONDITIONS = 2
    TRAIT_NEED_1 = 3
    TRAIT_NEED_2 = 4
    TRAIT_NEED_3 = 5
    TRAIT_LONELY = 6
    TRAIT_CONFIDENCE = 7
    TRAIT_DIGITAL = 8
    TRAIT_CARER = 9
    TRAIT_CONTACT = 10
    TRAIT_BEREAVED = 11
    TRAIT_COMMON = 12
    TRAIT_CHOOSES = 13
    TRAIT_ACCESS = 14
    LIFE_GAP = 20
    LIFE_WHAT = 21
    LIFE_NEED = 22
    WANT_BEGINS = 23
    WANT_NEED = 24
    WANT_LENGTH = 25
    WANT_BREADTH = 26
    MIND_GAP = 30
    MIND_WHAT = 31
    MIND_VOICED = 32
    MIND_FORGET = 33
    ACT_GAP = 40
    ACT_WHAT = 41
    ACT_CHOICE = 42
    REFER_KNOWS = 43
    REFER_THINKS = 44
    REFER_TRUSTS = 45
    REFER_ACCEPTED = 46
    REFER_LOST = 47
    ORG_CHOICE = 48
    GIVE_UP = 49
    OFFER_TIE = 50
    ACCEPTS = 51
    ATTENDS = 52
    STAY = 53
    DROP_GAP = 54
    DROP_WHAT = 55
    GROUP_TIE = 56
    EFFECT = 57
    COMES_FORWARD = 58
    HARM = 59
    SLOT_TIE = 60
    FOUND = 70
    FOUND_TIE = 71
    GROUP_FOLDS = 72
    ORGANISER_LEAVES = 73
    ORGANISER_STEPS_UP = 74
    RECRUITS = 75
    SUPPORTER_EXPERIENCE = 76
    SUPPORTER_HOURS = 77
    SUPPORTER_LEAVES = 78
    PAID_HOURS = 79
    START_ORGS = 90
    START_GROUPS = 91
    START_NEED = 92
    START_AWARD = 93
    START_SUPPORTERS = 94
    START_SELF = 95
    REFERRER_TURNOVER = 96
    SHORTFALL = 97
    NEW_ORG = 98
    TRAIT_DIFFERS = 99
    CONVICTION = 100
    MEETS = 110
    UNMET = 111
    COUNT_TURN = 120
    COUNT_HOST = 121
    COUNT_GIVES_WAY = 122
    PLACE_HERE = 123
    GROUP_ROOM = 130
    GROUP_SETTING = 131
    TRAIT_REACH = 132
    SETTLES = 133
    REVIEW_KNOWS = 140  # the six of a review, in the order of those of another contact from REFER_KNOWS on
    REVIEW_THINKS = 141
    REVIEW_TRUSTS = 142
    REVIEW_ACCEPTED = 143
    REVIEW_LOST = 144
    REVIEW_WHERE = 145
    SEEN_BY = 146
    AWARD_DECIDED = 150
    AWARD_LATE = 151
    COORDINATOR_LEAVES = 152
    RECRUIT_LOST = 153
    PLACE_RURAL = 160
    RATHER_NOW = 161


def mix(x: int) -> int:
    """splitmix64's finaliser on a Python integer."""
    x &= MASK
    x = ((x ^ (x >> 30)) * M1) & MASK
    x = ((x ^ (x >> 27)) * M2) & MASK
    return x ^ (x >> 31)


@lru_cache(maxsize=4096)
def _week_key(seed: int, when: int) -> int:
    return mix(mix(seed * G + 1) + when * G)


@lru_cache(maxsize=65536)
def key(seed: int, purpose: int, when: int) -> int:
    """The key of one purpose in one week of one study."""
    return mix(_week_key(seed, when) + int(purpose) * G)


@lru_cache(maxsize=65536)
def key64(seed: int, purpose: int, when: int) -> np.uint64:
    """`key` for arrays and for the hot loops."""
    return np.uint64(key(seed, int(purpose), when))


def keys64(seed: int, weeks: Sequence[int], n: int) -> np.ndarray:
    """uint64[weeks, n]: `key` of the purposes 0 to n - 1 in each week."""
    by_week = np.array([_week_key(seed, week) for week in weeks], np.uint64)
    return mix_in_place(by_week[:, None] + np.arange(n, dtype=np.uint64) * np.uint64(G))


def whog(who: int) -> int:
    """(who + 1) * G modulo 2**64: what `bits` and `uniform` take."""
    return ((who + 1) * G) & MASK


def whog_array(who: np.ndarray) -> np.ndarray:
    """`whog` for uint64[n]."""
    return (who + np.uint64(1)) * np.uint64(G)


def bits(seed: int, purpose: int, when: int, whog: np.ndarray) -> np.ndarray:
    """64 random bits for each of uint64[n]; in place on one buffer (2 ns a draw)."""
    return mix_in_place(whog ^ key64(seed, purpose, when))


_THIRTY, _TWENTY_SEVEN, _THIRTY_ONE, _ELEVEN = (np.uint64(n) for n in (30, 27, 31, 11))  # made once: 0.1 us each
_M1_64, _M2_64 = np.uint64(M1), np.uint64(M2)


def mix_in_place(x: np.ndarray) -> np.ndarray:
    """`mix` of every element of uint64[n], which it overwrites."""
    shifted = x >> _THIRTY
    x ^= shifted
    x *= _M1_64
    np.right_shift(x, _TWENTY_SEVEN, out=shifted)
    x ^= shifted
    x *= _M2_64
    np.right_shift(x, _THIRTY_ONE, out=shifted)
    x ^= shifted
    return x


def uniform(seed: int, purpose: int, when: int, whog: np.ndarray) -> np.ndarray:
    """Uniform float64[n] in [0, 1): exact, (hash >> 11) * 2**-53."""
    x = bits(seed, purpose, when, whog)
    x >>= _ELEVEN
    return x * UNIT


def bits_one(seed: int, purpose: int, when: int, whog: int) -> int:
    """`bits` for one Python integer."""
    return mix(whog ^ key(seed, int(purpose), when))


def uniform_one(seed: int, purpose: int, when: int, whog: int) -> float:
    """`uniform` for one Python integer: the same value to the last bit."""
    return (bits_one(seed, purpose, when, whog) >> 11) * UNIT


def places_here(seed: int, whog: int, capacity: int, part: int, of: int) -> int:
    """Of a supporter's places, those of a run of `part` of `of` adults of their area: each has its own draw."""
    luck = bits_one(seed, Purpose.PLACE_HERE, 0, whog)
    return sum(((mix(luck + k) >> 11) * UNIT) * of < part for k in range(capacity))


def lasting(seed: int, purpose: int, since: int, whog: int) -> int:
    """64 random bits for what began in week `since`, the same in every week after: one draw for each beginning."""
    return mix((bits_one(seed, purpose, 0, whog) + since * G) & MASK)


MOST_PLACES = 1_900
"""Of one area: those above it are left to bodies that serve the whole area, and to organisations of an inventory."""


# `who` packs draw 14 | replicate 10 | area 6 | place 11 | slot 16 | generation 7 bits.
def pack(draw: int, replicate: int, area: int, place: int) -> int:
    """The high bits shared by all people (or bodies) of one place of one world.

    Raises ValueError if a part does not fit its bits.
    """
    for value, width in ((draw, 14), (replicate, 10), (area, 6), (place, 11)):
        if not 0 <= value < (1 << width):
            raise ValueError(f"{value} does not fit in {width} bits of a person's key")
    return (((draw << 10 | replicate) << 6 | area) << 11 | place) << 23


def pack_slots(base: np.ndarray, slot: np.ndarray, generation: np.ndarray) -> np.ndarray:
    """uint64[n] identity of the people in `slot` (uint64) of the places with `base` (uint64)."""
    return base | (slot << np.uint64(7)) | generation
