"""A mutual group: members give and receive; organisers keep it going."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import mesa

from sim import draws
from sim.columns.widths import SLICE
from sim.draws import Purpose
from sim.numbers.structure import GROUP_BY_DAY, GROUP_INTERPRETS, SERVICE_INTERPRETS
from sim.rules.groups import (
    attendance_chance,
    coming_share,
    group_places,
    is_free,
    is_near,
    knows_group,
    near_here,
    other_chance,
    poorly_attended,
    shares_language,
    why_closes,
)
from sim.vocabulary import ORGANISED, Closed, Offer, ethnicity_of

if TYPE_CHECKING:
    from sim.agents.land import Place
    from sim.agents.person import Person


def parts_of(luck: int, n: int = 4) -> list[float]:
    """The first slices of a draw, each in [0, 1)."""
    return [(luck >> SLICE * k & (1 << SLICE) - 1) / float(1 << SLICE) for k in range(n)]


@dataclass(frozen=True)
class Setting:
    """When and where a group meets, in which language, and how often its members come: fixed by its key."""

    by_day: bool
    room: float
    interprets: bool
    comes: float
    luck: int


def setting_of(seed: int, whog: int) -> Setting:
    """The setting of the group of this key, founded or not."""
    luck = draws.bits_one(seed, Purpose.GROUP_SETTING, 0, whog)
    time, room, language, comes = parts_of(luck)
    return Setting(time < GROUP_BY_DAY, room, language < GROUP_INTERPRETS, coming_share(comes), luck)


def knows_and_can_come(person: Person, setting: Setting) -> bool:
    """Whether somebody who knows of groups knows of this one, and could come to it."""
    own = draws.bits_one(person.model.seed_, Purpose.TRAIT_REACH, 0, person.whog)
    u = (draws.mix(own ^ setting.luck) >> 11) * draws.UNIT
    return bool(knows_group(u, person.model.par.group_known, person.area.policy.directory)) and can_come(
        person, setting
    )


def can_come(person: Person, setting: Setting) -> bool:
    """Whether a person could come to a group: its time, its room, its language."""
    par = person.model.par
    home, day, evening, *_ = _own(person)
    free = par.free_by_day, par.free_by_day_older, par.free_by_evening
    near = near_here(par.group_near, person.place.rural, par.rural_near)
    if not is_near(home, setting.room, near, par.group_reach):
        return False
    if not is_free(setting.by_day, day, evening, person.age, *free, par.group_reach):
        return False
    return _follows(person, setting.interprets)


def _own(person: Person) -> list[float]:
    """What keeps a person away: where they live, when they are free, their language, who interprets."""
    return parts_of(draws.bits_one(person.model.seed_, Purpose.TRAIT_REACH, 0, person.whog), 5)


def _follows(person: Person, interprets: bool) -> bool:
    par, ethnicity, tongue = person.model.par, int(ethnicity_of(person.cell)), _own(person)[3]
    return bool(
        shares_language(tongue, ethnicity, interprets, par.little_english, par.group_differences, par.group_reach)
    )


def in_their_language(person: Person, offer: Offer) -> bool:
    """Whether a person can follow an offer. In which groups they can is the group's own: see `can_come`."""
    if offer == Offer.GROUP or _follows(person, False):
        return True
    return offer in ORGANISED and _own(person)[4] < SERVICE_INTERPRETS


class Group(mesa.Agent):
    """One mutual group of a place; `need` is a needs group or ANY; `listed` the members an inventory says it holds, or 0.

    `met`, `had_room`: one more than the latest week in which it met, and met with an empty chair (0 never).
    """

    def __init__(self, model: Any, number: int, place: Place, need: int, ordinal: int, born: int, listed: int = 0):
        super().__init__(model)
        self.number, self.place, self.need, self.ordinal, self.born = number, place, need, ordinal, born
        self.members, self.organisers, self.open, self.listed = 0, 2, True, listed
        self.met = self.had_room = self.closed = 0
        self.why = Closed.NOT
        self.whog = draws.whog(place.base | ordinal)
        self.setting = setting_of(model.seed_, self.whog)

    @property
    def holds(self) -> int:
        """Most members."""
        u = draws.uniform_one(self.model.seed_, Purpose.GROUP_ROOM, 0, self.whog)
        return self.listed or int(group_places(u, self.model.par.group_size, self.model.par.group_size_spread))

    def _uniform(self, purpose: Purpose) -> float:
        return draws.uniform_one(self.model.seed_, purpose, self.model.week, self.whog)

    def why_closes(self) -> Closed:
        """Organisers leave and step up; why the group closes this week, if it does."""
        if self.place.area.held:
            return Closed.NOT
        par, policy = self.model.par, self.place.area.policy
        self.organisers -= self._uniform(Purpose.ORGANISER_LEAVES) < par.organiser_leaves * self.organisers
        steps = self._uniform(Purpose.ORGANISER_STEPS_UP) < par.organiser_steps_up * self.members
        self.organisers += self.organisers < 2 and steps
        missing = poorly_attended(self.members, self.setting.comes)
        other = other_chance(
            self.model.week - self.born,
            par.group_fold_early,
            par.group_fold_later,
            policy.group_keeping,
            par.grant_keeps,
            policy.group_grant,
        )
        few = attendance_chance(missing, par.fold_attendance, policy.group_keeping)
        return Closed(why_closes(self._uniform(Purpose.GROUP_FOLDS), self.organisers, missing, few, other))

    def close(self, why: Closed) -> None:
        """Close for good."""
        self.open, self.why, self.closed = False, why, self.model.week

    def meets(self) -> bool:
        """Whether it can meet this week: which groups cannot, no policy decides."""
        u = draws.uniform_one(self.model.seed_, Purpose.MEETS, 0, self.whog)
        return u >= self.place.area.policy.face_to_face_closed

    def has_chair(self) -> bool:
        """Whether it met with an empty chair when everybody looked this week."""
        return self.had_room == self.model.week + 1

    def show(self) -> None:
        """Meet, if it can: everybody sees that it exists, and whether it has an empty chair."""
        if self.open and self.meets():
            self.met = self.model.week + 1
            if self.members < self.holds:
                self.had_room = self.met
