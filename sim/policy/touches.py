"""What a lever touches: the words of `Lever.touches`, and the kinds of event that each may be first to change.

A lever acts in some phases of the week. Until it acts, both runs are one; in the first week in which they
differ, the earliest phase that differs may show only the kinds of event listed here for the lever's words. All
that follows, in later phases and later weeks, is consequence. What life brings, and which latent wants begin, no
lever may ever change.
"""

from __future__ import annotations

import numpy as np

from sim.vocabulary import Event, How, how_heard

PHASES = ("live", "fund", "staff", "hear", "ask", "offer", "support", "learn")

POLICY_FREE = frozenset(
    {
        Event.DIED,
        Event.MOVED,
        Event.CONDITION,
        Event.BECAME_CARER,
        Event.BEREAVED,
        Event.DISCHARGED,
        Event.FLARED,
        Event.SOCIAL_FELL,
        Event.WANTS,
    }
)
"""The same in every scenario, person by person."""

_SERVICE_ASKED = frozenset(
    {
        Event.ASKED,
        Event.QUEUED,
        Event.PUT_FORWARD,
        Event.SIGNPOSTED,
        Event.HEARD,
        Event.REFUSED_REFERRAL,
        Event.REFERRAL_LOST,
    }
)
_OFFERED = frozenset({Event.OFFERED, Event.DECLINED, Event.NEVER_CAME, Event.STARTED, Event.FULL, Event.REFERRED_ON})

# Money buys supporters: people meet it as more or fewer of them. Who joins a group or an online community that
# has room does not queue, so those may first change who queues.
_STAFF = frozenset({Event.SUPPORT_ENDED}) | _SERVICE_ASKED | _OFFERED

TOUCHES: dict[str, frozenset[Event]] = {
    "money": _STAFF,
    "staff": _STAFF,
    "quality": frozenset({Event.LEFT_EARLY, Event.BETTER, Event.WORSE}),
    "groups": frozenset(
        {
            Event.FOUNDED,
            Event.STARTED,
            Event.SUPPORT_ENDED,
            Event.BETTER,
            Event.WORSE,
            Event.ASKED,
            Event.QUEUED,
            Event.FULL,
        }
    ),
    "online": frozenset({Event.ASKED, Event.QUEUED, Event.FULL, Event.STARTED}),
    "hear": frozenset({Event.HEARD, Event.PUT_OFF, Event.VOICED}),
    "ask": _SERVICE_ASKED,
    "offer": _OFFERED,
    # who stays longer may lose a supporter who leaves in that week
    "support": frozenset(
        {Event.STAYED, Event.SUPPORT_ENDED, Event.LEFT_EARLY, Event.BETTER, Event.WORSE, Event.CAME_FORWARD}
    ),
    # referrers who know more put people forward; better organisations lose fewer and put fewer people off
    "learn": _SERVICE_ASKED - {Event.ASKED} | {Event.LEFT_EARLY, Event.BETTER, Event.WORSE, Event.PUT_OFF},
}


def allowed(touches: str) -> frozenset[Event]:
    """Kinds of event that a lever with these words may be first to change. KeyError for an unknown word."""
    return frozenset().union(*(TOUCHES[word] for word in touches.split()))


def phase_of(kind: int, detail: int) -> str:
    """The phase that brought an event: someone who is signposted hears of it there (its detail says so)."""
    if kind == Event.HEARD and how_heard(detail) == How.SIGNPOSTED:
        return Event.SIGNPOSTED.phase
    return Event(kind).phase


def first_changed(one: np.ndarray, other: np.ndarray) -> tuple[int, str, set[Event]]:
    """(week, phase, kinds) of the first events in which two histories differ; week -1 where they never do.

    `one`, `other` int64[n, 4] events as in `Result.events`, everybody traced.
    """
    a, b = ({tuple(row) for row in events.tolist()} for events in (one, other))
    apart = a ^ b
    if not apart:
        return -1, "", set()
    week = min(row[0] for row in apart)
    rows = [(PHASES.index(phase_of(row[2], row[3])), Event(row[2])) for row in apart if row[0] == week]
    first = min(phase for phase, _ in rows)
    return week, PHASES[first], {kind for phase, kind in rows if phase == first}
