"""The agent `Person`: who they are, where they stand, the clocks that will call them, and what they do.

What a person does stands by subject in files of plain functions whose first argument is the person; the class lists
those that others call, or that a class of one's own may replace: see `sim.agents.model.Agents`.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import mesa
import numpy as np

from sim import draws
from sim.agents import asks, hears, life, support, wants
from sim.agents.wants import WAIT
from sim.columns.clock import MEAN_OCCASION
from sim.columns.people import MIND_WANTING, trait_cell
from sim.columns.widths import SLICE
from sim.draws import Purpose
from sim.people.population import draw_traits
from sim.rules.live import gap_weeks, life_group, target_weeks
from sim.tables import NEVER, clock_mean
from sim.vocabulary import CARERS, LASTING, Event, Life, Mark, Offer, Stage, Want, age_of, fifth_of

if TYPE_CHECKING:
    from sim.agents.land import Place

_mean = cache(clock_mean)
CLOCKS = ("life_due", "mind_due", "act_due", "stage_due", "stay_until", "want_until", "deadline")


class Person(mesa.Agent):
    """An adult in a place. One who dies or moves is replaced in the same home by someone new."""

    def __init__(self, model: Any, number: int, place: Place, slot: int, columns: dict[str, Any]):
        super().__init__(model)
        self.number, self.place, self.area, self.slot = number, place, place.area, slot
        self.whog: int = columns["whog"]
        self.generation: int = columns["generation"]
        self.cell: int = columns["cell"]
        self.age, self.fifth = age_of(self.cell), fifth_of(self.cell)  # of the home, whoever lives there
        self.lean: float = place.area.leans[self.fifth]
        self.needs: int = columns["needs"]
        self.n_conditions: int = columns["n_conditions"]
        self.lonely: int = columns["lonely"]
        self.confidence: int = columns["confidence"]
        self.offline: int = columns["offline"]
        self.contact_class: int = columns["contact_class"]
        self.chooses: int = columns["chooses"]
        self.access: int = columns["access"]
        self.life_due: int = columns["life_due"]
        self.mind_due: int = columns["mind_due"]
        self._nothing_yet()
        for clock in ("life_due", "mind_due"):
            self.set_clock(clock, columns[clock])

    def _nothing_yet(self) -> None:
        """No want, no place, nothing known."""
        self.stage, self.want_kind = Stage.IDLE, Want.NONE
        self.want_need = self.want_cause = self.match = self.want_start = self.latent_until = self.marks = 0
        self.want_until = self.deadline = self.act_due = self.stage_due = self.stay_until = NEVER
        self.known_from, self.known_to = [0, 0, 0], [0, 0, 0]
        self.occasion = self.exact = self.queued = self.returning = self.referrer = 0
        self.spell_start = self.spell_need = self.last_used = self.helped = self.gain_lonely = self.gain_confidence = 0
        self.offer = 0
        self.seek: Any = None  # a `counts.Seek`: the want that is not judged
        self.hold: Any = None  # a `counts.Hold`: the place reserved in the count
        self.host: Any = None  # a group or an organisation
        self.supporter: Any = None  # a supporter, or the other half of a pair

    # ---- luck, log, marks

    def uniform(self, purpose: int) -> float:
        """This week's draw for one purpose."""
        return draws.uniform_one(self.model.seed_, purpose, self.model.week, self.whog)

    def bits(self, purpose: int) -> int:
        """The same, as 64 bits."""
        return draws.bits_one(self.model.seed_, purpose, self.model.week, self.whog)

    def log(self, event: Event, detail: int = 0) -> None:
        """Write down what happened."""
        self.model.record.log(self.model.week, self, event, detail)

    def mark(self, *marks: Mark) -> None:
        """Set bits of the want's record."""
        for mark in marks:
            self.marks |= 1 << mark

    def has(self, mark: Mark) -> bool:
        """Whether the want has one bit."""
        return bool(self.marks >> mark & 1)

    def would_choose(self, offer: Offer) -> bool:
        """Whether an offer is one they would choose."""
        return bool(self.chooses >> offer & 1)

    # ---- clocks

    def set_clock(self, clock: str, week: int) -> None:
        """Set a clock and put it in the calendar."""
        setattr(self, clock, week)
        if week < self.model.end:
            self.model.calendar[clock].setdefault(week, {})[self] = None

    def length(self, purpose: Purpose, mean_weeks: float) -> int:
        """Week in which a length drawn now, of this mean, ends."""
        weeks = gap_weeks(WAIT[self.bits(purpose) >> 48], mean_weeks)
        return int(min(self.model.week + weeks, NEVER))

    def due(self, purpose: Purpose, bound: float) -> int:
        """Week of the next candidate of a clock with a weekly bound."""
        return self.length(purpose, _mean(bound))

    def life_group(self) -> int:
        """Row of the tables of life."""
        return life_group(int(self.n_conditions > 0), self.needs >> CARERS & 1)

    def set_life_clock(self) -> None:
        """Next candidate of the clock of life, by age, condition and caring."""
        mean = self.model.life_mean[self.age][self.life_group()]
        self.set_clock("life_due", self.length(Purpose.LIFE_GAP, mean))

    def set_acting_clock(self) -> None:
        """Next candidate of acting or meeting a referrer, by class of contact and confidence."""
        mean = self.model.act_mean[self.contact_class][self.confidence]
        self.set_clock("act_due", self.length(Purpose.ACT_GAP, mean))

    def set_idle_clock(self) -> None:
        """Next candidate of hearing without a want; off without a lasting need. An occasion is seen to sooner."""
        mean = MEAN_OCCASION if self.occasion > 0 else self.model.idle_mean
        self.set_clock("mind_due", self.length(Purpose.MIND_GAP, mean) if self.needs & LASTING else NEVER)

    # ---- stages

    def go(self, stage: Stage) -> None:
        """Stand in another stage: nobody is in two."""
        if stage != self.stage:
            del self.model.at[self.stage][self]
            self.model.at[stage][self] = None
            self.stage = stage

    def to_wanting(self) -> None:
        """Back to wanting, with the clocks of hearing and acting started."""
        self.go(Stage.WANTING)
        self.host, self.stage_due = None, NEVER
        self.hears_and_acts()

    def hears_and_acts(self) -> None:
        """The clocks of hearing and acting begin."""
        self.set_clock("mind_due", self.due(Purpose.MIND_GAP, MIND_WANTING))
        self.set_acting_clock()

    def to_idle(self) -> None:
        """No want in hand: only the slow clock of hearing runs."""
        self.go(Stage.IDLE)
        self.host = self.supporter = None
        self.returning = 0
        self.stage_due = self.stay_until = self.act_due = NEVER
        self.set_idle_clock()

    def target(self) -> int:
        """Weeks that are soon enough for this want, by what began it."""
        par = self.model.par
        return int(
            target_weeks(
                self.want_cause,
                Life.BEREAVED,
                Life.DISCHARGE,
                par.target_weeks,
                par.target_weeks_bereavement,
                par.target_weeks_discharge,
            )
        )

    # ---- who they are

    def enter(self) -> None:
        """Someone new in this home: identity, traits, clocks."""
        self.generation = (self.generation + 1) & 0xFF
        self.whog = draws.whog(self.place.base | self.slot << 7 | self.generation)
        self.latent_until = self.last_used = self.helped = self.gain_lonely = self.gain_confidence = 0
        self.occasion = self.marks = self.referrer = 0
        self.known_to = [0, 0, 0]
        self.to_idle()
        self._draw_traits()
        self.set_life_clock()
        self.set_idle_clock()

    def _draw_traits(self) -> None:
        cell = trait_cell(self.cell, self.uniform(Purpose.TRAIT_DIFFERS), self.model.par.group_differences)
        one = draw_traits(
            self.model.seed_,
            np.array([self.whog], np.uint64),
            self.model.week,
            np.array([int(cell)], np.uint16),
            np.array([self.place.burden]),
            True,
        )
        self.needs, self.n_conditions = int(one.needs[0]), int(one.n_conditions[0])
        self.lonely, self.confidence = int(one.lonely[0]), int(one.confidence[0])
        self.offline, self.contact_class = int(one.digital_excluded[0]), int(one.contact_class[0])
        self.access = self.bits(Purpose.TRAIT_ACCESS) >> 56
        self.chooses = self._draw_choices()

    def _draw_choices(self) -> int:
        """Bits of the offers they would choose, a slice of one draw for each."""
        par, luck = self.model.par, self.bits(Purpose.TRAIT_CHOOSES)
        shares = (
            par.chooses_group,
            par.chooses_pair,
            par.chooses_one_to_one,
            par.chooses_one_to_one,
            par.chooses_online,
        )
        return sum(
            (luck >> SLICE * offer & (1 << SLICE) - 1) < share * float(1 << SLICE) and 1 << offer
            for offer, share in enumerate(shares)
        )

    # ---- what they want and what of it is within reach (wants.py)

    can_manage = wants.can_manage
    can_manage_service = wants.can_manage_service
    knows_of = wants.knows_of
    first_need = wants.first_need
    set_want = wants.set_want
    begin_other = wants.begin_other
    learn_of = wants.learn_of
    judge = wants.judge
    settle = wants.settle
    clear_want = wants.clear_want
    in_window = wants.in_window
    count = wants.count

    # ---- waiting, being offered a place, support (support.py)

    turn = support.turn
    note_referrer = support.note_referrer
    give_up = support.give_up
    nowhere_to_wait = support.nowhere_to_wait
    answer = support.answer
    would = support.would
    offered_by = support.offered_by
    join_group = support.join_group
    join_online = support.join_online
    pair_with = support.pair_with
    begin_spell = support.begin_spell
    free_place = support.free_place
    back_to_queue = support.back_to_queue
    thinks_of_leaving = support.thinks_of_leaving
    leave = support.leave
    end_support = support.end_support
    weeks_in = support.weeks_in
    kept = support.kept
    effects = support.effects
    note_spell = support.note_spell
    leave_in_support = support.leave_in_support
    finish = support.finish
    so_far = support.so_far

    # ---- what life brings (life.py)

    what_happens = life.what_happens
    depart = life.depart
    happen = life.happen
    pass_by = life.pass_by

    # ---- hearing of what exists (hears.py)

    hear = hears.hear

    # ---- asking and being put forward (asks.py)

    ask = asks.ask
    choose_organisation = asks.choose_organisation
    queue = asks.queue
    occasion_over = asks.occasion_over
    annual_review = asks.annual_review
    usual_contact = asks.usual_contact
