"""What there can be: needs groups, cells of people, stages, offers, causes, events, gates, referrers, payers.

Said once, for both engines. Sizes, masks and tables follow from the records, and nothing counts them by hand:
`docs/extend.md` shows how one is added. Numbers are written to results, so every list grows at its end only.
Rows of a record that others index (stages, marks) are whole numbers from 0. Imports nothing of the model.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Any, NamedTuple

import numpy as np

YEAR, HALF_YEAR, QUARTER = 52, 26, 13  # weeks
MONTHS = 12  # of a year
LONGEST_WAIT = YEAR  # weeks: longer waits are counted with these
RECENT_WEEKS = HALF_YEAR  # of their own referrals, that referrers follow

# ---------------------------------------------------------------- who people are

AGES = ("18-24", "25-34", "35-44", "45-54", "55-64", "65-74", "75-84", "85+")
SEXES = ("female", "male")
FIFTHS = ("1", "2", "3", "4", "5")  # of deprivation, 1 most deprived
ETHNICITIES = ("white", "asian", "black", "mixed", "other")
MOST_CONDITIONS = 5  # counted of one person: five or more
CELL_PARTS = {"age": AGES, "sex": SEXES, "deprivation fifth": FIFTHS, "ethnic group": ETHNICITIES}
"""The parts of a cell in the order in which its number is made of them, the last the fastest."""
_PER_FIFTH = len(ETHNICITIES)
_PER_SEX = len(FIFTHS) * _PER_FIFTH
PER_AGE = len(SEXES) * _PER_SEX
CELLS = len(AGES) * PER_AGE


class Cell(NamedTuple):
    """Age band, sex, deprivation fifth (0 most deprived) and ethnic group: numbers, or arrays of one shape."""

    age: Any
    sex: Any
    fifth: Any
    ethnicity: Any


def age_of(cell: Any) -> Any:
    """Age band of a cell, a whole number or an array."""
    return cell // PER_AGE


def sex_of(cell: Any) -> Any:
    """Sex of a cell."""
    return cell // _PER_SEX % len(SEXES)


def fifth_of(cell: Any) -> Any:
    """Deprivation fifth of a cell, 0 most deprived."""
    return cell // _PER_FIFTH % len(FIFTHS)


def ethnicity_of(cell: Any) -> Any:
    """Ethnic group of a cell."""
    return cell % len(ETHNICITIES)


def cell_parts(cell: Any) -> Cell:
    """The parts of each cell as int64 arrays of its shape."""
    code = np.asarray(cell).astype(np.int64)
    return Cell(age_of(code), sex_of(code), fifth_of(code), ethnicity_of(code))


def middle_cell(cell: Any) -> Any:
    """The cell of the same age and sex in the middle fifth and the first ethnic group."""
    return cell - cell % _PER_SEX + len(FIFTHS) // 2 * _PER_FIFTH


# ---------------------------------------------------------------- needs groups and what suits what


class Family(IntEnum):
    """Needs groups so like each other that one would do for another."""

    BODY = 0
    MIND = 1
    LIFE = 2


@dataclass(frozen=True)
class Need:
    """One needs group. `words` stand after "for" or "living with"; `lasting`: it stays with a person."""

    name: str
    words: str
    family: Family
    lasting: bool = True


NEED_GROUPS = (
    Need("diabetes", "diabetes", Family.BODY),
    Need("respiratory", "a lung condition", Family.BODY),
    Need("heart", "a heart condition", Family.BODY),
    Need("pain", "long-term pain", Family.BODY),
    Need("mental", "a mental-health condition", Family.MIND),
    Need("neurological", "a neurological condition", Family.BODY),
    Need("cancer", "cancer", Family.BODY),
    Need("advanced", "advanced illness", Family.LIFE),
    Need("bereavement", "bereavement", Family.LIFE, lasting=False),
    Need("carers", "caring for someone", Family.LIFE),
    Need("other", "another long-term condition", Family.BODY),
)
NEEDS = tuple(need.name for need in NEED_GROUPS)
N_NEEDS = len(NEEDS)


def need_of(name: str) -> int:
    """Number of a needs group. ValueError for an unknown name."""
    return NEEDS.index(name)


def mask_of(*names: str) -> int:
    """These needs groups as bits."""
    return sum(1 << need_of(name) for name in set(names))


def family_mask(family: Family) -> int:
    """The needs groups of a family as bits."""
    return sum(1 << i for i, need in enumerate(NEED_GROUPS) if need.family == family)


# those that rules name
MENTAL, ADVANCED, BEREAVEMENT, CARERS = (need_of(name) for name in ("mental", "advanced", "bereavement", "carers"))

ANY = N_NEEDS  # match index "any experience", and the experience of a group open to all
FAMILY = N_NEEDS + 1  # match indices from here on, one a family: a similar experience would do
N_MATCH = FAMILY + len(Family)
N_EXPERIENCES = N_NEEDS + 1  # a needs group, or ANY
FAMILY_OF = np.array([need.family for need in NEED_GROUPS], dtype=np.uint8)
MATCH_OF = np.stack([np.arange(N_NEEDS), FAMILY + FAMILY_OF.astype(np.int64), np.full(N_NEEDS, ANY)])
"""[how close, need]: match index of a want for the very same experience, a similar one, any."""


def suits(match: int, experience: int) -> bool:
    """Whether an experience (ANY: a group open to all) is close enough for what a want asks."""
    if match == ANY or (match >= FAMILY and experience == ANY):
        return True
    if match < N_NEEDS:
        return experience == match
    return experience < N_NEEDS and int(FAMILY_OF[experience]) == match - FAMILY


SUITS = np.array([[suits(match, one) for one in range(N_EXPERIENCES)] for match in range(N_MATCH)])
"""bool[N_MATCH, N_EXPERIENCES]: what suits what."""
SUIT_BITS = SUITS @ (1 << np.arange(N_EXPERIENCES))
"""The same by match: the experiences that suit, as bits."""

LASTING = sum(1 << i for i, need in enumerate(NEED_GROUPS) if need.lasting)  # mask of the needs that stay with a person
_MASKS = np.arange(1 << N_NEEDS) & LASTING
HAS_LASTING = _MASKS > 0  # by mask of needs
FIRST_NEED = np.full(1 << N_NEEDS, N_NEEDS)  # first lasting needs group of each mask; N_NEEDS where there is none
for _need in reversed(range(N_NEEDS)):
    FIRST_NEED[_MASKS >> _need & 1 == 1] = _need


# ---------------------------------------------------------------- where people stand and what there is


class Stage(IntEnum):
    """Where a person stands. Nobody is in two."""

    IDLE = 0
    WANTING = 1
    WAITING = 2
    MEMBER = 3
    PAIRED = 4
    SUPPORTED = 5
    ONLINE = 6
    JOINING_GROUP = 7
    JOINING_ONLINE = 8


SUPPORT_STAGES = frozenset((Stage.MEMBER, Stage.PAIRED, Stage.SUPPORTED, Stage.ONLINE))
IN_SUPPORT = np.array([stage in SUPPORT_STAGES for stage in Stage])  # by stage


class Offer(IntEnum):
    """The five offers; the bits of `chooses`."""

    GROUP = 0
    PAIR = 1
    VOLUNTEER = 2
    PAID = 3
    ONLINE = 4


ORGANISED = (Offer.PAIR, Offer.VOLUNTEER, Offer.PAID)  # what organisations offer, in the order of their tables


class Known(IntEnum):
    """What a person can know of."""

    GROUPS = 0
    SERVICES = 1
    ONLINE = 2


KNOWN_OF = tuple(
    Known.GROUPS if offer == Offer.GROUP else Known.ONLINE if offer == Offer.ONLINE else Known.SERVICES
    for offer in Offer
)
"""What one must know of to come to each offer."""


class How(IntEnum):
    """How a person heard."""

    SEARCH = 0
    ONLINE = 1
    MOUTH = 2
    SIGNPOSTED = 3


def heard(known: int, how: int) -> int:
    """Detail of the event HEARD."""
    return known * len(How) + how


def how_heard(detail: int) -> How:
    """How, of the detail of an event HEARD."""
    return How(detail % len(How))


class Want(IntEnum):
    """Kinds of want."""

    NONE = 0
    LATENT = 1
    VOICED = 2
    UNWANTED = 3  # an opt-out offer to someone without a want: uses a place, is never availability


class Life(IntEnum):
    """What the clock of life can bring, in the order in which its chances are stacked."""

    DEATH = 0
    MOVE = 1
    CONDITION = 2
    CARER = 3
    BEREAVED = 4
    DISCHARGE = 5
    FLARE = 6
    SOCIAL_FALL = 7
    CARER_ENDS = 8
    BACKGROUND = 9


class Occasion(IntEnum):
    """At what contact those who refer may think of someone: NONE is a usual one. The two events are kept with a person."""

    NONE = 0
    DIAGNOSIS = 1
    DISCHARGE = 2
    REVIEW = 3


class Contact(IntEnum):
    """Classes of contact with those who refer; rows of the table `contact_week`."""

    WELL_SELDOM = 0
    WELL_OFTEN = 1
    ILL_SELDOM = 2
    ILL_SOMETIMES = 3
    ILL_OFTEN = 4
    MENTAL_TEAM = 5
    ADVANCED_ILLNESS = 6
    CARERS_SERVICE = 7


class Referrer(IntEnum):
    """Kinds of referrer, in the order of the columns of `contact_week`; SELF, the last, is nobody's referral."""

    PRACTICE = 0
    LINK_WORKER = 1
    ACUTE = 2
    MENTAL = 3
    HOSPICE = 4
    CARERS = 5
    SELF = 6


N_REFERRERS = int(Referrer.SELF)
ROUTES = ("route_practice", "route_link_worker", "route_acute", "route_mental", "route_hospice", "route_carers")
MODES = ("mode_contact", "mode_diagnosis", "mode_discharge", "mode_review")  # by Occasion
IN_CLINIC = (Referrer.PRACTICE, Referrer.ACUTE, Referrer.MENTAL, Referrer.HOSPICE)  # where peers may be present


class Referral(IntEnum):
    """What a referrer sees of its own referrals; columns of `recent`."""

    REFERRED = 0
    OFFERED = 1
    IN_TIME = 2
    GAVE_UP = 3


class Post(IntEnum):
    """Where a supporter stands."""

    TRAINING = 0
    ACTIVE = 1
    LEFT = 2


class Closed(IntEnum):
    """Why a mutual group closed; the last two: for lack of an organiser or of something else while too few came."""

    NOT = 0
    ATTENDANCE = 1
    ORGANISER = 2
    OTHER = 3
    ORGANISER_AND_FEW = 4
    OTHER_AND_FEW = 5


FEW_CAME = (Closed.ATTENDANCE, Closed.ORGANISER_AND_FEW, Closed.OTHER_AND_FEW)
NO_ORGANISER = (Closed.ORGANISER, Closed.ORGANISER_AND_FEW)


class Award(IntEnum):
    """How an organisation stands with a payer; `award_end` is when that is over."""

    RUNS = 0
    DECIDED = 1
    APPLIES = 2


class Payer(IntEnum):
    """Who pays organisations."""

    BOARD = 0
    COUNCIL = 1
    TRUST = 2
    CHARITY = 3


BUDGETS = ("budget_board", "budget_council", "budget_trust", "budget_charity")


# ---------------------------------------------------------------- what is written down


class Mark(IntEnum):
    """Bits of a want's record: the gates of the cascade in order, then other facts."""

    EXISTED = 0
    KNEW = 1
    WAY_IN = 2
    ASKED = 3
    EARLY = 4
    ROOM = 5
    ACCEPTED = 6
    ATTENDED = 7
    KEPT = 8
    BETTER = 9
    WORSE = 10
    REACH = 11
    FOLLOWED = 12  # counted at the first follow-up
    STARTED_SOON = 13  # attended by then
    DONE = 14  # counted at the second follow-up
    JUDGED = 15
    BY_CHANCE = 16  # better off if support did nothing on average: what luck alone does
    WORSE_BY_CHANCE = 17


GATES = tuple(mark.name.lower() for mark in Mark if mark <= Mark.BETTER)


class Event(IntEnum):
    """Kinds of event in a person's history: number, the phase of the week that brings it, and what people read.

    Append only. `words` follow the person ("she ..."); {need}, {referrer} and {offer} are filled in from its detail.
    """

    phase: str
    words: str

    def __new__(cls, number: int, phase: str = "", words: str = "") -> Event:
        """A member with its two sayings."""
        one = int.__new__(cls, number)
        one._value_ = number
        one.phase, one.words = phase, words
        return one

    DIED = 0, "live", "dies"
    MOVED = 1, "live", "moves away"
    CONDITION = 2, "live", "hears of a new condition"
    BECAME_CARER = 3, "live", "begins to care for someone"
    BEREAVED = 4, "live", "loses someone close"
    DISCHARGED = 5, "live", "comes home from hospital"
    FLARED = 6, "live", "has a hard time with the condition"
    SOCIAL_FELL = 7, "live", "sees fewer people than before"
    WANTS = 8, "live", "would want peer support, for {need}"
    WANT_MET_ALREADY = 9, "live", "wants peer support and already has it"
    PASSED = 10, "live", "no longer wants it"
    MET_INFORMALLY = 11, "hear", "meets someone with the same experience by chance"
    HEARD = 12, "hear", "hears that peer support exists"
    PUT_OFF = 13, "hear", "hears of someone’s bad experience and is put off"
    VOICED = 14, "hear", "says so to a professional"
    SIGNPOSTED = 15, "ask", "learns where to look"
    PUT_FORWARD = 16, "ask", "is put forward by {referrer}"
    REFUSED_REFERRAL = 17, "ask", "does not take the referral up"
    REFERRAL_LOST = 18, "ask", "waits for a call: the referral was lost"
    ASKED = 19, "ask", "asks for it"
    QUEUED = 20, "ask", "waits for a place"
    GAVE_UP = 21, "offer", "stops waiting: it took too long"
    REFERRED_ON = 22, "offer", "is passed on to another organisation"
    FULL = 23, "offer", "comes to a group that is full"
    OFFERED = 24, "offer", "is offered a place"
    DECLINED = 25, "offer", "declines the offer"
    NEVER_CAME = 26, "offer", "does not come"
    STARTED = 27, "offer", "starts with {offer}"
    LEFT_EARLY = 28, "support", "stops early"
    STAYED = 29, "staff", "stays"
    SUPPORT_ENDED = 30, "staff", "comes to the end of the support"
    BETTER = 31, "support", "is better off than without it"
    WORSE = 32, "support", "is worse off than without it"
    CAME_FORWARD = 33, "support", "comes forward to support others"
    FOUNDED = 34, "staff", "founds a group with others"


N_EVENTS = len(Event)


class Reserved(IntEnum):
    """What becomes of a place that is reserved in the count. Written beside the events, of nobody's history."""

    TAKEN = 0
    PASSED_ON = 1  # to the person's next want
    COMPLETED = 2
    STARTED = 3
    OFFERED = 4
    GONE = 5  # the person died or moved
    HOST_GONE = 6
    UNSUITED = 7
    GAVE_WAY = 8


class Judged(IntEnum):
    """How a want came out in the count: each answer from AVAILABLE_FROM, HAD_FROM and STARTED up holds the ones after it."""

    NOT = 10
    STOOD = 11  # a place stood reserved
    COMPLETED = 12  # a reserved place had run its term
    OFFERED = 13  # a place was offered and not taken
    ALREADY = 14  # in suitable support when it began
    STARTED = 15


AVAILABLE_FROM, HAD_FROM = Judged.STOOD, Judged.OFFERED
