"""One simulated person's weeks: from the events kept to lines that people read, and whom to look at."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from scenarios.running.tables import NAMES
from sim.results.result import Result
from sim.results.words import NEED_WORDS
from sim.vocabulary import AGES, CARERS, NEEDS, YEAR, Event, Offer

Traits = dict[str, np.ndarray]
REPLACED = (Event.DIED, Event.MOVED)
REFERRER_WORDS = (
    "a general practice",
    "a link worker",
    "an acute trust",
    "a mental-health team",
    "a hospice",
    "a carers’ service",
)
OFFERS = {
    Offer.GROUP: "a mutual group",
    Offer.PAIR: "a pair of two who support each other",
    Offer.VOLUNTEER: "a volunteer peer supporter",
    Offer.PAID: "a paid peer worker",
    Offer.ONLINE: "an online community",
}


@dataclass(frozen=True)
class Moment:
    """Something that happened: week from the start of the reported years, kind, words."""

    week: int
    event: Event
    words: str


def journey(result: Result, person: int) -> list[tuple[int, str]]:
    """(week from the start of the reported years, what happened) of one person."""
    return [(int(w), str(NAMES[k]).replace("_", " ")) for w, k, _ in _rows(result, person)]


def story(result: Result, person: int) -> list[Moment]:
    """One person's moments in words, up to the week in which somebody else takes their place."""
    found = []
    for week, kind, detail in _rows(result, person):
        event = Event(kind)
        found.append(Moment(week, event, _words(event, detail)))
        if event in REPLACED:
            break
    return found


def _rows(result: Result, person: int) -> list[tuple[int, int, int]]:
    rows = result.events[np.asarray(result.events[:, 1] == person)]
    return [(int(w) - result.shape.burn_in, int(k), int(d)) for w, _, k, d in rows.tolist()]


def _words(event: Event, detail: int) -> str:
    words = event.words
    need = NEED_WORDS[NEEDS[detail]] if "{need}" in words and detail < len(NEEDS) else "it"
    referrer = REFERRER_WORDS[detail] if detail < len(REFERRER_WORDS) else "someone"
    offer = OFFERS.get(Offer(detail), "support") if "{offer}" in words and detail < len(Offer) else "support"
    return words.format(need=need, referrer=referrer, offer=offer)


def told_once(moments: Sequence[Moment]) -> list[Moment]:
    """Moments with repeats put together: the same words again, nothing else between, are counted."""
    found: list[Moment] = []
    for words, repeats in groupby(moments, key=lambda m: m.words):
        same = list(repeats)
        more = f" ({len(same)} times, to {when(same[-1].week).lower()})" if len(same) > 1 else ""
        found.append(Moment(same[0].week, same[0].event, words + more))
    return found


def when(week: int) -> str:
    """ "Year 2, week 7": both counted from 1."""
    return f"Year {week // YEAR + 1}, week {week % YEAR + 1}"


def who(people: Traits, person: int) -> str:
    """Who a person is when the reported years begin, in words."""
    sex = ("woman", "man")[int(people["sex"][person])]
    needs = [NEED_WORDS[name] for i, name in enumerate(NEEDS) if int(people["needs"][person]) >> i & 1]
    place = (
        "in one of the most deprived fifth of neighbourhoods",
        "in a more deprived neighbourhood",
        "in a neighbourhood of middling deprivation",
        "in a less deprived neighbourhood",
        "in one of the least deprived fifth of neighbourhoods",
    )
    living = f", living with {_and(needs)}" if needs else ", with no long-term condition yet"
    age = AGES[int(people["age"][person])].replace("-", " to ").replace("85+", "85 or over")
    return f"A {sex} aged {age}, {place[int(people['deprivation'][person])]}{living}"


def _and(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


# ------------------------------------------------------------------ whom to look at


def settled_people(runs: Sequence[Result], count: int) -> np.ndarray:
    """bool[people]: who is there from the first week to the last in every run, and wants peer support in some."""
    stays, wants = np.ones(count, bool), np.zeros(count, bool)
    for run in runs:
        gone = np.isin(run.events[:, 2], REPLACED)
        stays[run.events[gone, 1]] = False
        wants[run.events[run.events[:, 2] == Event.WANTS, 1]] = True
    return stays & wants


def _count(run: Result, events: Sequence[Event], count: int) -> np.ndarray:
    """int64[people]: how often each had one of these events."""
    return np.bincount(run.events[np.isin(run.events[:, 2], events), 1], minlength=count)[:count]


def longest_wait(run: Result, count: int) -> np.ndarray:
    """int64[people]: the longest wait in weeks from joining a queue to an offer, giving up, or the end."""
    waits = np.zeros(count, np.int64)
    rows = run.events[np.isin(run.events[:, 2], (Event.QUEUED, Event.OFFERED, Event.GAVE_UP, Event.PASSED))]
    rows = rows[np.lexsort((rows[:, 0], rows[:, 1]))]
    following = np.roll(rows, -1, axis=0)
    queued = rows[:, 2] == Event.QUEUED
    same = following[:, 1] == rows[:, 1]
    same[-1:] = False
    until = np.where(same, following[:, 0], run.shape.end)
    np.maximum.at(waits, rows[queued, 1], (until - rows[:, 0])[queued])
    return waits


def pick(question: str, today: Result, plan: Result, people: Traits) -> int | None:
    """The person who answers a question best under the two policies; None when nobody does."""
    count = len(people["age"])
    may = settled_people((today, plan), count)
    score = np.where(may, SCORES[question](today, plan, people), -1.0)
    best = int(np.argmax(score))
    return best if score[best] > 0 else None


def _waited(today: Result, plan: Result, people: Traits) -> np.ndarray:
    return longest_wait(plan, len(people["age"])).astype(float)


def _gains(today: Result, plan: Result, people: Traits) -> np.ndarray:
    """Better off under the plan and not today; else starts under the plan and not today."""
    count = len(people["age"])
    better, start = (
        [_count(run, (event,), count) > 0 for run in (today, plan)] for event in (Event.BETTER, Event.STARTED)
    )
    score = 3.0 * (better[1] & ~better[0]) + 1.0 * (start[1] & ~start[0])
    return score if plan is not today else 2.0 * better[1] + start[1]


def _missed(today: Result, plan: Result, people: Traits) -> np.ndarray:
    """Wants it longest and most often, and never starts under either policy."""
    count = len(people["age"])
    never = (_count(today, (Event.STARTED,), count) == 0) & (_count(plan, (Event.STARTED,), count) == 0)
    tries = _count(
        plan, (Event.WANTS, Event.ASKED, Event.PUT_FORWARD, Event.FULL, Event.GAVE_UP, Event.REFERRAL_LOST), count
    )
    return never * tries.astype(float)


def _carer(today: Result, plan: Result, people: Traits) -> np.ndarray:
    """A carer in the most deprived fifth, with most to tell."""
    count = len(people["age"])
    carer = (people["needs"].astype(np.int64) >> CARERS & 1).astype(bool) & (people["deprivation"] == 0)
    return carer * _count(plan, list(Event), count).astype(float)


def _founder(today: Result, plan: Result, people: Traits) -> np.ndarray:
    """Comes forward or founds a group."""
    return _count(plan, (Event.FOUNDED, Event.CAME_FORWARD), len(people["age"])).astype(float)


SCORES: dict[str, Callable[[Result, Result, Traits], np.ndarray]] = {
    "waited": _waited,
    "gains": _gains,
    "carer": _carer,
    "missed": _missed,
    "helps": _founder,
}
QUESTIONS = {
    "waited": "someone who waited longest",
    "gains": "someone who gains from the policy",
    "carer": "a carer in the most deprived fifth",
    "missed": "someone who never gets there",
    "helps": "someone who comes to help others",
}
