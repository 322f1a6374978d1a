"""Whom a week calls: people whose clock strikes, or who stand at one stage, in the order of their numbers.

Columns are read eight bytes at a time, four weeks or eight stages: a word in which nobody is called is passed over after
a few steps of arithmetic, which the processor does for several words at once. Measured on 200,000 people of whom 2.6%
are called: 0.26 ns a person, where asking one by one takes 0.8.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.compiled import rule

WORDS = 8  # asked together
NOTHING = np.uint64(0)
WEEKS, STAGES = 4, 8  # in a word
WEEK_EACH, STAGE_EACH = np.uint64(0x0001000100010001), np.uint64(0x0101010101010101)
WEEK_LOW, STAGE_LOW = np.uint64(0x7FFF7FFF7FFF7FFF), np.uint64(0x7F7F7F7F7F7F7F7F)


@rule
def holds(word: np.uint64, wanted: np.uint64, low: np.uint64) -> np.uint64:
    """Not nothing where one of a word's parts is the one wanted. `low`: all bits of each part but the highest."""
    apart = word ^ wanted
    return ~(((apart & low) + low) | apart | low)


@rule
def find_week(column: np.ndarray, week: int, first: int, last: int, found: np.ndarray, n: int) -> int:
    """Add to `found`, from place `n` on, whoever of first <= i < last has this week in uint16[people]. Returns the
    places filled."""
    return _find(column, np.uint16(week), WEEK_EACH * np.uint64(week), WEEK_LOW, WEEKS, first, last, found, n)


@rule
def find_stage(column: np.ndarray, stage: int, first: int, last: int, found: np.ndarray, n: int) -> int:
    """The same for a stage in uint8[people]."""
    return _find(column, np.uint8(stage), STAGE_EACH * np.uint64(stage), STAGE_LOW, STAGES, first, last, found, n)


@rule
def _find(
    column: np.ndarray,
    value: Any,
    wanted: np.uint64,
    low: np.uint64,
    parts: int,
    first: int,
    last: int,
    found: np.ndarray,
    n: int,
) -> int:
    begin = min(last, (first + parts - 1) // parts * parts)  # where a word begins
    n = _search(column, value, first, begin, found, n)
    blocks = (last - begin) // (parts * WORDS)
    words = column[begin : begin + blocks * parts * WORDS].view(np.uint64)
    for block in range(0, blocks * WORDS, WORDS):
        some = NOTHING
        for k in range(block, block + WORDS):
            some |= holds(words[k], wanted, low)
        if some != NOTHING:
            for k in range(block, block + WORDS):
                if holds(words[k], wanted, low) != NOTHING:
                    n = _search(column, value, begin + k * parts, begin + (k + 1) * parts, found, n)
    return _search(column, value, begin + blocks * parts * WORDS, last, found, n)


@rule
def _search(column: np.ndarray, value: Any, first: int, last: int, found: np.ndarray, n: int) -> int:
    for i in range(first, last):
        if column[i] == value:
            found[n] = i
            n += 1
    return n
