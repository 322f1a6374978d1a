"""People who stand at one stage, in the order of their numbers.

Stages are read eight at a time: a word in which nobody stands there is passed over after a few steps of arithmetic, which
the processor does for several words at once. Measured on 200,000 people of whom 2.6% are found: 0.26 ns a person, where
asking one by one takes 0.8. (Whom clocks call: `sim.core.parts.due`.)
"""

from __future__ import annotations

import numpy as np

from sim.compiled import rule

WORDS = 8  # asked together
NOTHING = np.uint64(0)
STAGES = 8  # in a word
EACH, LOW = np.uint64(0x0101010101010101), np.uint64(0x7F7F7F7F7F7F7F7F)


@rule
def holds(word: np.uint64, wanted: np.uint64) -> np.uint64:
    """Not nothing where one of a word's bytes is the one wanted."""
    apart = word ^ wanted
    return ~(((apart & LOW) + LOW) | apart | LOW)


@rule
def find_stage(column: np.ndarray, stage: int, first: int, last: int, found: np.ndarray, n: int) -> int:
    """Add to `found`, from place `n` on, whoever of first <= i < last has this stage in uint8[people]. Returns the
    places filled."""
    value, wanted = np.uint8(stage), EACH * np.uint64(stage)
    begin = min(last, (first + STAGES - 1) // STAGES * STAGES)  # where a word begins
    n = _search(column, value, first, begin, found, n)
    blocks = (last - begin) // (STAGES * WORDS)
    words = column[begin : begin + blocks * STAGES * WORDS].view(np.uint64)
    for block in range(0, blocks * WORDS, WORDS):
        some = NOTHING
        for k in range(block, block + WORDS):
            some |= holds(words[k], wanted)
        if some != NOTHING:
            for k in range(block, block + WORDS):
                if holds(words[k], wanted) != NOTHING:
                    n = _search(column, value, begin + k * STAGES, begin + (k + 1) * STAGES, found, n)
    return _search(column, value, begin + blocks * STAGES * WORDS, last, found, n)


@rule
def _search(column: np.ndarray, value: np.uint8, first: int, last: int, found: np.ndarray, n: int) -> int:
    for i in range(first, last):
        if column[i] == value:
            found[n] = i
            n += 1
    return n
