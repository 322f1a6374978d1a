"""Enumerations shared by both engines: stages, offers, causes, events, gates, referrers, payers."""

from __future__ import annotations

from enum import IntEnum

import numpy as np

from sim.people.population import NEEDS

N_NEEDS = len(NEEDS)
DIABETES, RESPIRATORY, HEART, PAIN, MENTAL, NEURO, CANCER, ADVANCED, BEREAVEMENT, CARERS, OTHER = range(N_NEEDS)
ANY = N_NEEDS  # match index "any experience", and the experience of a group open to all
FAMILY = N_NEEDS + 1  # match indices FAMILY + 0, 1, 2: a similar experience would do
N_MATCH = FAMILY + 3
FAMILY_OF = np.array([0, 0, 0, 0, 1, 0, 0, 2, 2, 2, 0], dtype=np.uint8)  # body, mind, life
LASTING = 0xFFFF ^ (1 << BEREAVEMENT)  # mask of the needs that stay with a person
_MASKS = np.arange(1 << N_NEEDS) & LASTING
HAS_LASTING = _MASKS > 0  # by mask of needs
FIRST_NEED = np.full(1 << N_NEEDS, N_NEEDS)  # the first lasting needs group of each mask; 11 where there is none
for _need in reversed(range(N_NEEDS)):
    FIRST_NEED[_MASKS >> _need & 1 == 1] = _need


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


class Offer(IntEnum):
    """The five offers; the bits of `chooses`."""

    GROUP = 0
    PAIR = 1
    VOLUNTEER = 2
    PAID = 3
    ONLINE = 4


class Known(IntEnum):
    """What a person can know of."""

    GROUPS = 0
    SERVICES = 1
    ONLINE = 2


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


class Referrer(IntEnum):
    """Kinds of referrer, in the order of `contact_table`'s columns."""

    PRACTICE = 0
    LINK_WORKER = 1
    ACUTE = 2
    MENTAL = 3
    HOSPICE = 4
    CARERS = 5
    SELF = 6


N_REFERRERS = 6
ROUTES = ("route_practice", "route_link_worker", "route_acute", "route_mental", "route_hospice", "route_carers")


class Payer(IntEnum):
    """Who pays organisations."""

    BOARD = 0
    COUNCIL = 1
    TRUST = 2
    CHARITY = 3


BUDGETS = ("budget_board", "budget_council", "budget_trust", "budget_charity")


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
    REACH_OFFLINE = 12
    REACH_TWO = 13
    IN_TIME = 14
    JUDGED = 15


GATES = ("existed", "knew", "way_in", "asked", "early", "room", "accepted", "attended", "kept", "better")


class Event(IntEnum):
    """Kinds of event in a person's history. Append only."""

    DIED = 0
    MOVED = 1
    CONDITION = 2
    BECAME_CARER = 3
    BEREAVED = 4
    DISCHARGED = 5
    FLARED = 6
    SOCIAL_FELL = 7
    WANTS = 8
    WANT_MET_ALREADY = 9
    PASSED = 10
    MET_INFORMALLY = 11
    HEARD = 12
    PUT_OFF = 13
    VOICED = 14
    SIGNPOSTED = 15
    PUT_FORWARD = 16
    REFUSED_REFERRAL = 17
    REFERRAL_LOST = 18
    ASKED = 19
    QUEUED = 20
    GAVE_UP = 21
    REFERRED_ON = 22
    FULL = 23
    OFFERED = 24
    DECLINED = 25
    NEVER_CAME = 26
    STARTED = 27
    LEFT_EARLY = 28
    STAYED = 29
    SUPPORT_ENDED = 30
    BETTER = 31
    WORSE = 32
    CAME_FORWARD = 33
    FOUNDED = 34


N_EVENTS = len(Event)
