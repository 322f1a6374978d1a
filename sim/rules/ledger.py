"""The ledger: the lines of a payer's year and of an organisation's, and how running costs are told apart. Whole pence.

What comes in equals what goes out, to the penny: IN and OUT of an organisation, PAYER_IN and PAYER_OUT of a payer.
"""

from __future__ import annotations

import math
from enum import IntEnum

from sim.compiled import rule
from sim.vocabulary import Payer


class Line(IntEnum):
    """An organisation's year, in its own pence. NOT_PAID is what it still owed when it closed; TRAINING the pay and costs of
    those in training; MADE_GOOD what awards leave out of full cost and it makes good; counts from POST_WEEKS on, at its scale.
    """

    HELD_AT_START = 0
    FROM_BOARD = 1  # the payers, in their order
    FROM_COUNCIL = 2
    FROM_TRUST = 3
    FROM_CHARITY = 4
    BY_PERSON = 5
    OWN_INCOME = 6
    RESERVES_GIVEN = 7
    NOT_PAID = 8
    POSTS = 9
    COORDINATION = 10
    TRAINING = 11
    EXPENSES = 12
    OVERHEAD = 13
    EVALUATION = 14
    WORKING_TOGETHER = 15
    MADE_GOOD = 16
    NOTICE = 17
    TO_CREDITORS = 18
    RETURNED = 19
    HELD_AT_END = 20
    POST_WEEKS = 21
    COORDINATOR_WEEKS = 22
    VOLUNTEER_WEEKS = 23
    PLACE_WEEKS = 24
    STARTS = 25


class PayerLine(IntEnum):
    """A payer's year, in the area's pence. What the board sets aside and has not paid yet stays unspent; what else it does not
    award lapses as its financial year ends. BEYOND is what it paid beyond its budget, after a cut within a year."""

    UNSPENT_AT_START = 0
    BUDGET = 1
    RETURNED = 2
    BEYOND = 3
    AWARDED = 4
    LAPSED = 5
    UNSPENT_AT_END = 6


LINES, PAYER_LINES = len(Line), len(PayerLine)
IN = tuple(line for line in Line if line < Line.POSTS)
OUT = tuple(line for line in Line if Line.POSTS <= line < Line.POST_WEEKS)
COUNTS = tuple(line for line in Line if line >= Line.POST_WEEKS)
SPENT = tuple(line for line in OUT if line < Line.RETURNED)
"""What an organisation's money went on."""
PAYER_IN = tuple(line for line in PayerLine if line < PayerLine.AWARDED)
PAYER_OUT = tuple(line for line in PayerLine if line >= PayerLine.AWARDED)
assert len(Payer) == 1 + Line.FROM_CHARITY - Line.FROM_BOARD, "a line for each payer"


@rule
def running_lines(
    core: int, overhead: float, evaluation: float, together: float, short: float
) -> tuple[int, int, int, int]:
    """Running costs as (overhead, evaluation, working together, what awards leave out): they add up to `core`.

    The first three are shares of all money; `short` is the share of the rest that does not reach its purpose.
    """
    left_out = max(0.0, 1.0 - overhead - evaluation - together) * short
    whole = overhead + evaluation + together + left_out
    if whole <= 0.0:
        return core, 0, 0, 0
    two, three = math.floor(core * evaluation / whole), math.floor(core * together / whole)
    four = math.floor(core * left_out / whole)
    return core - two - three - four, two, three, four


@rule
def lapse(unspent: int, set_aside: int) -> tuple[int, int]:
    """(what lapses, what was paid beyond the budget) as a financial year ends: what is set aside stays."""
    left = unspent - set_aside
    return (left, 0) if left >= 0 else (0, -left)
