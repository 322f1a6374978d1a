"""A person's life: leaving and entering, what happens to them, latent wants."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

from sim.agents import counts, follows
from sim.draws import Purpose
from sim.results.result import Measure
from sim.tables import NEVER
from sim.vocabulary import (
    ANY,
    BEREAVEMENT,
    CARERS,
    LASTING,
    MOST_CONDITIONS,
    N_NEEDS,
    SUPPORT_STAGES,
    Event,
    Judged,
    Life,
    Mark,
    Occasion,
    Referral,
    Stage,
    Want,
)

if TYPE_CHECKING:
    from sim.agents.person import Person

LIFE_EVENTS = {
    Life.CONDITION: Event.CONDITION,
    Life.CARER: Event.BECAME_CARER,
    Life.BEREAVED: Event.BEREAVED,
    Life.DISCHARGE: Event.DISCHARGED,
    Life.FLARE: Event.FLARED,
    Life.SOCIAL_FALL: Event.SOCIAL_FELL,
}


def what_happens(person: Person) -> Life:
    """The first event whose cumulative chance the draw falls under."""
    age, group = person.age, person.life_group()
    u = person.uniform(Purpose.LIFE_WHAT) * person.model.life_bound[age][group]
    return Life(min(bisect_right(person.model.life_chance[age][group], u), len(Life) - 1))


def depart(person: Person) -> None:
    """Die or move; the want closes as left, and someone new enters. The place is freed before."""
    person.settle(left=True)
    person.enter()


def happen(person: Person, kind: Life) -> None:
    """What the event changes in them, and the want it may begin."""
    if kind in LIFE_EVENTS:
        person.log(LIFE_EVENTS[kind])
    need = _changed_by(person, kind)
    if need != ANY and person.mind_due == NEVER and person.stage == Stage.IDLE:
        person.set_idle_clock()
    if person.occasion > 0 and person.stage in (Stage.WANTING, Stage.IDLE):
        # the contact comes now
        person.set_clock("act_due" if person.stage == Stage.WANTING else "mind_due", person.model.week + 1)
    person.set_life_clock()
    if _want_begins(person, kind, need):
        _begin_want(person, kind, _pick_need(person) if need == ANY else need)


def _changed_by(person: Person, kind: Life) -> int:
    """Needs and occasions. Returns the needs group it concerns (ANY: none)."""
    need = ANY
    if kind == Life.CONDITION:
        need = min(bisect_right(person.model.new_need[person.age], person.uniform(Purpose.LIFE_NEED)), N_NEEDS - 1)
        person.n_conditions = min(MOST_CONDITIONS, person.n_conditions + 1)
        person.occasion = Occasion.DIAGNOSIS
    elif kind == Life.DISCHARGE:
        person.occasion = Occasion.DISCHARGE
    elif kind == Life.CARER_ENDS:
        person.needs &= ~(1 << CARERS)
    need = {Life.CARER: CARERS, Life.BEREAVED: BEREAVEMENT}.get(kind, need)
    if need != ANY:
        person.needs |= 1 << need
    return need


def _want_begins(person: Person, kind: Life, need: int) -> bool:
    if person.latent_until > person.model.week or (need == ANY and not person.needs & LASTING):
        return False
    return person.uniform(Purpose.WANT_BEGINS) < person.model.wants_of[kind]


def _pick_need(person: Person) -> int:
    """One of their lasting needs groups, each as likely."""
    mine = [need for need in range(N_NEEDS) if (person.needs & LASTING) >> need & 1]
    return mine[(person.bits(Purpose.WANT_NEED) >> 40) % len(mine)]


def _begin_want(person: Person, kind: Life, need: int) -> None:
    """A latent want begins; another in hand gives way; a place in a queue is kept."""
    now = person.model.week
    person.so_far()
    person.settle()
    person.marks = 0
    person.set_want(Want.LATENT, need, kind)
    person.latent_until = person.want_until
    person.set_clock("deadline", now + person.target())
    counts.begin(person)
    if person.in_window():
        person.count(Measure.ALL_WANTS)
    if any(until > now for until in person.known_to):
        person.mark(Mark.KNEW)
    if person.stage == Stage.WAITING:
        person.mark(Mark.EXISTED, Mark.KNEW, Mark.WAY_IN, Mark.ASKED, Mark.EARLY)
    person.log(Event.WANTS, need)
    if person.stage in SUPPORT_STAGES:
        if counts.suits(person, person.offer, person.spell_need):
            _met_already(person)
    elif person.stage == Stage.IDLE:
        person.to_wanting()
    if person.occasion > 0 and person.stage == Stage.WANTING:
        person.set_clock("act_due", now + 1)


def _met_already(person: Person) -> None:
    """Already in suitable support when a want begins: it is met."""
    person.log(Event.WANT_MET_ALREADY)
    counts.answer(person, Judged.ALREADY, person.offer)
    if follows.is_eligible(person):
        person.marks = 1 << Mark.REACH | 1 << Mark.JUDGED
        follows.count_want(person, Measure.ALREADY)
    person.clear_want()


def pass_by(person: Person) -> None:
    """The natural length of the want is over; support that it began in goes on."""
    person.log(Event.PASSED)
    if person.stage == Stage.WAITING:
        person.note_referrer(Referral.GAVE_UP)
    person.settle()
    if person.stage not in SUPPORT_STAGES:
        person.to_idle()
