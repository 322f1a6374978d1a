"""Keyed draws and clocks of the fast engine: the same bits as `sim.draws`, in machine code.

`i` is a person's number, `w` the week at hand; a purpose is one of `sim.draws.Purpose`. Weeks fit 16 bits.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.compiled import rule, whole
from sim.core.parts.where import place_of
from sim.draws import M1, M2, UNIT, G
from sim.rules.live import gap_weeks
from sim.tables import NEVER, STEP

if TYPE_CHECKING:
    from sim.core.week import Week

A, B, C, D, E = (np.uint64(n) for n in (30, 27, 31, 11, 48))  # typed: a mixed sum would be a float
STEP_WAIT = 1.0 / STEP
MIX_1, MIX_2 = np.uint64(M1), np.uint64(M2)
ONE, SEVEN, GOLDEN = np.uint64(1), np.uint64(7), np.uint64(G)


@rule
def mixed(x: np.uint64) -> np.uint64:
    """splitmix64's finaliser."""
    x = (x ^ (x >> A)) * MIX_1
    x = (x ^ (x >> B)) * MIX_2
    return x ^ (x >> C)


@rule
def unit(x: np.uint64) -> float:
    """Uniform in [0, 1) from 64 random bits."""
    return whole(x >> D) * UNIT  # below 2**53: exact


@rule
def key_of(w: Week, i: int) -> np.uint64:
    """A person's key, `People.whog`: made again from their home and generation, which costs less than fetching it."""
    place = place_of(w, i)
    slot = np.uint64(i - place * w.place_size) << SEVEN
    return ((w.places.base[place] | slot | np.uint64(w.people.generation[i])) + ONE) * GOLDEN


@rule
def bits(w: Week, i: int, purpose: int) -> np.uint64:
    """This week's 64 random bits of a person for one purpose."""
    return mixed(key_of(w, i) ^ w.keys[purpose])


@rule
def lasting_bits(w: Week, i: int, purpose: int, since: int) -> np.uint64:
    """64 random bits of a person for what began in week `since`: the same in every week (`sim.draws.lasting`)."""
    return mixed(mixed(key_of(w, i) ^ w.first_keys[purpose]) + np.uint64(since) * GOLDEN)


@rule
def uniform(w: Week, i: int, purpose: int) -> float:
    """This week's draw of a person for one purpose."""
    return unit(mixed(key_of(w, i) ^ w.keys[purpose]))


@rule
def keys_of(w: Week, who: np.ndarray, first: int, n: int) -> None:
    """Keys of n people of a list, from place `first` on (`luck.key`). Draws of many are made in loops of their own, of
    which the processor works on eight people at once: 0.6 ns a draw, where one at a time takes 2.8."""
    for k in range(n):
        w.luck.key[k] = key_of(w, whole(who[first + k]))


@rule
def draw(w: Week, n: int, purpose: int, out: np.ndarray) -> None:
    """This week's 64 random bits for one purpose of the n people whose keys are at hand."""
    key, keys = w.keys[purpose], w.luck.key
    for k in range(n):
        out[k] = mixed(keys[k] ^ key)


@rule
def wait(w: Week, luck: np.uint64) -> float:
    """A waiting time, in means, by a draw: `sim.tables.UNIT_WAIT` at one of its 65,536 slices.

    The table is kept in steps of 16 bits, an eighth of its size, so that it stays in the processor's cache.
    """
    return w.tables.steps[whole(luck >> E)] * STEP_WAIT


@rule
def ends_by(w: Week, luck: np.uint64, mean_weeks: float) -> int:
    """Week in which a length drawn now, of this mean, ends: at least next week; NEVER past the calendar."""
    return whole(min(w.now + gap_weeks(wait(w, luck), mean_weeks), NEVER))


@rule
def ends(w: Week, i: int, purpose: int, mean_weeks: float) -> int:
    """The same, by a person's draw for one purpose."""
    return ends_by(w, bits(w, i, purpose), mean_weeks)


@rule
def nth(x: np.uint64, count: int) -> int:
    """One of `count` options, each as likely, from the high bits of a draw."""
    return whole(x >> np.uint64(40)) % count


@rule
def body(base: np.uint64, number: np.uint64) -> np.uint64:
    """Key of a body numbered in a place or area, as `sim.draws.whog`."""
    return ((base | number) + ONE) * GOLDEN
