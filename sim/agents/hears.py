"""A person hears of what exists, or begins to want by hearing."""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate
from typing import TYPE_CHECKING

from sim.columns.clock import MIND_IDLE
from sim.columns.people import MIND_WANTING
from sim.draws import Purpose
from sim.numbers.structure import TALK_QUALITY
from sim.rules.hear import clinic_talk, hearing_chances, put_off_chance, talk_share, voicing_chance
from sim.tables import NEVER
from sim.vocabulary import LASTING, N_NEEDS, Event, How, Known, Stage, Want

if TYPE_CHECKING:
    from sim.agents.person import Person


def hear(person: Person) -> None:
    """What they hear when the clock strikes: wanting, waiting (they want it too) or idle."""
    waits = person.stage == Stage.WAITING and person.want_kind != Want.UNWANTED
    if person.stage == Stage.WANTING or waits:
        _hear_wanting(person)
    elif person.stage == Stage.IDLE:
        _hear_idle(person)


def _talk(person: Person, need: int, known: Known) -> float:
    """Share of people near with the same need who talk of groups or services."""
    place = person.place
    return float(
        talk_share(
            place.inside[known][need],
            place.telling[known][need],
            place.with_need[need],
            person.model.par.talk_of_knowing,
        )
    )


def _hear_wanting(person: Person) -> None:
    u = person.uniform(Purpose.MIND_WHAT) * MIND_WANTING
    person.set_clock("mind_due", person.due(Purpose.MIND_GAP, MIND_WANTING))
    what = bisect_right(list(accumulate(_chances(person))), u)
    if what == 0:
        person.log(Event.MET_INFORMALLY)
        person.settle()
        person.to_idle()
    elif what == 1:
        for known in Known:
            person.learn_of(known, How.SEARCH)
    elif what == 2:
        person.learn_of(Known.ONLINE, How.ONLINE)
    elif what <= 4:
        _by_mouth(person, Known.GROUPS if what == 3 else Known.SERVICES)


def _chances(person: Person) -> tuple[float, ...]:
    """Met informally, told of everything, online, word of mouth of groups, of services."""
    par, policy = person.model.par, person.area.policy
    mouth, every, net, informal = hearing_chances(
        _talk(person, person.want_need, Known.GROUPS),
        par.mouth_rate,
        par.search_rate,
        par.directory_rate,
        policy.directory,
        policy.campaign,
        par.search_online_rate,
        (person.offline == 0) * 1.0,
        par.informal_rate,
    )
    services = par.mouth_rate * _talk(person, person.want_need, Known.SERVICES) + clinic_talk(policy.peers_in_clinics)
    return informal, every, net, mouth, services


def _by_mouth(person: Person, known: Known) -> None:
    if person.uniform(Purpose.MIND_VOICED) < put_off_chance(TALK_QUALITY):
        person.log(Event.PUT_OFF)
    else:
        person.learn_of(known, How.MOUTH)


def _hear_idle(person: Person) -> None:
    """May begin to want by hearing, or be at an occasion."""
    par, has_need = person.model.par, bool(person.needs & LASTING)
    need = min(person.first_need(), N_NEEDS - 1)
    talk = max(_talk(person, need, Known.GROUPS), _talk(person, need, Known.SERVICES))
    chance = voicing_chance(talk, par.mouth_rate, person.area.policy.peers_in_clinics, par.voiced_rate)
    bound = MIND_IDLE if person.occasion > 0 else person.model.idle_bound
    person.set_clock("mind_due", person.length(Purpose.MIND_GAP, person.model.idle_mean) if has_need else NEVER)
    if not has_need:
        return
    if person.uniform(Purpose.MIND_WHAT) * bound < chance:
        _voice(person, need)
    elif person.occasion > 0:
        person.model.occasions.append(person)


def _voice(person: Person, need: int) -> None:
    person.occasion = 0
    person.begin_other(need, Want.VOICED)
    person.log(Event.VOICED)
    person.to_wanting()
    person.learn_of(Known.SERVICES, How.MOUTH)
    person.learn_of(Known.GROUPS, How.MOUTH)
