"""A person's life: leaving and entering, what happens to them, latent wants."""

from __future__ import annotations

from bisect import bisect_right

from sim.agents.person_support import PersonSupport
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
    Life,
    Mark,
    Occasion,
    Referral,
    Stage,
    Want,
    age_of,
)

LIFE_EVENTS = {
    Life.CONDITION: Event.CONDITION,
    Life.CARER: Event.BECAME_CARER,
    Life.BEREAVED: Event.BEREAVED,
    Life.DISCHARGE: Event.DISCHARGED,
    Life.FLARE: Event.FLARED,
    Life.SOCIAL_FALL: Event.SOCIAL_FELL,
}


class PersonLife(PersonSupport):
    """The clock of life, and the wants it begins, the same in every scenario."""

    def what_happens(self) -> Life:
        """The first event whose cumulative chance the draw falls under."""
        age, ill = age_of(self.cell), self.n_conditions > 0
        u = self.uniform(Purpose.LIFE_WHAT) * self.model.life_bound[age][ill]
        return Life(min(bisect_right(self.model.life_chance[age][ill], u), len(Life) - 1))

    def depart(self) -> None:
        """Die or move; the want closes as left, and someone new enters. The place is freed before."""
        self.settle(left=True)
        self.enter()

    def happen(self, kind: Life) -> None:
        """What the event changes in them, and the want it may begin."""
        if kind in LIFE_EVENTS:
            self.log(LIFE_EVENTS[kind])
        need = self._changed_by(kind)
        if need != ANY and self.mind_due == NEVER and self.stage == Stage.IDLE:
            self.set_idle_clock()
        if self.occasion > 0:
            self.set_clock("mind_due", self.model.week + 1)
        self.set_life_clock()
        if self._want_begins(kind, need):
            self._begin_want(kind, self._pick_need() if need == ANY else need)

    def _changed_by(self, kind: Life) -> int:
        """Needs and occasions. Returns the needs group it concerns (ANY: none)."""
        need = ANY
        if kind == Life.CONDITION:
            need = min(
                bisect_right(self.model.new_need[age_of(self.cell)], self.uniform(Purpose.LIFE_NEED)), N_NEEDS - 1
            )
            self.n_conditions = min(MOST_CONDITIONS, self.n_conditions + 1)
            self.occasion = Occasion.DIAGNOSIS
        elif kind == Life.DISCHARGE:
            self.occasion = Occasion.DISCHARGE
        elif kind == Life.CARER_ENDS:
            self.needs &= ~(1 << CARERS)
        need = {Life.CARER: CARERS, Life.BEREAVED: BEREAVEMENT}.get(kind, need)
        if need != ANY:
            self.needs |= 1 << need
        return need

    def _want_begins(self, kind: Life, need: int) -> bool:
        if self.latent_until > self.model.week or (need == ANY and not self.needs & LASTING):
            return False
        return self.uniform(Purpose.WANT_BEGINS) < self.model.wants_of[kind]

    def _pick_need(self) -> int:
        """One of their lasting needs groups, each as likely."""
        mine = [need for need in range(N_NEEDS) if (self.needs & LASTING) >> need & 1]
        return mine[(self.bits(Purpose.WANT_NEED) >> 40) % len(mine)]

    def _begin_want(self, kind: Life, need: int) -> None:
        """A latent want begins; another in hand gives way; a place in a queue is kept."""
        now = self.model.week
        self.settle()
        self.marks = 0
        self.set_want(Want.LATENT, need, kind)
        self.latent_until = self.want_until
        self.set_clock("deadline", now + self.target())
        if any(until > now for until in self.known_to):
            self.mark(Mark.KNEW)
        if self.stage == Stage.WAITING:
            self.mark(Mark.EXISTED, Mark.KNEW, Mark.WAY_IN, Mark.ASKED, Mark.EARLY)
        self.log(Event.WANTS, need)
        if self.stage in SUPPORT_STAGES:
            self._met_already()
        elif self.stage == Stage.IDLE:
            self.to_wanting()
        if self.occasion > 0 and self.stage == Stage.WANTING:
            self.set_clock("act_due", now + 1)

    def _met_already(self) -> None:
        """Already in support when a want begins: it is met."""
        self.log(Event.WANT_MET_ALREADY)
        if self.in_window():
            measures = [Measure.WANTS, Measure.ALREADY, Measure.AVAILABLE_STRICT]
            if self.long_enough():
                measures += [Measure.ELIGIBLE, Measure.AVAILABLE]
                measures += [Measure.AVAILABLE_OFFLINE] * (self.stage != Stage.ONLINE)
            for measure in measures:
                self.count(measure)
        self.clear_want()

    def pass_by(self) -> None:
        """The natural length of the want is over."""
        self.log(Event.PASSED)
        if self.stage == Stage.WAITING:
            self.note_referrer(Referral.GAVE_UP)
        self.settle()
        self.to_idle()
