"""A person hears of what exists, or begins to want by hearing."""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate

from sim.agents.person_life import PersonLife
from sim.columns.people import MIND_IDLE, MIND_WANTING
from sim.draws import Purpose
from sim.numbers.structure import TALK_QUALITY
from sim.rules.hear import clinic_talk, hearing_chances, put_off_chance, talk_share, voicing_chance
from sim.vocabulary import LASTING, N_NEEDS, YEAR, Event, How, Known, Stage, Want


class PersonHears(PersonLife):
    """The clock of hearing."""

    def hear(self) -> None:
        """What they hear when the clock strikes: wanting, waiting (they want it too) or idle."""
        waits = self.stage == Stage.WAITING and self.want_kind != Want.UNWANTED
        if self.stage == Stage.WANTING or waits:
            self._hear_wanting()
        elif self.stage == Stage.IDLE:
            self._hear_idle()

    def _talk(self, need: int, known: Known) -> float:
        """Share of people near with the same need who talk of groups or services."""
        place = self.place
        return float(
            talk_share(
                place.inside[known][need],
                place.telling[known][need],
                place.with_need[need],
                self.model.par.talk_of_knowing,
            )
        )

    def _hear_wanting(self) -> None:
        u = self.uniform(Purpose.MIND_WHAT) * MIND_WANTING
        self.set_clock("mind_due", self.due(Purpose.MIND_GAP, MIND_WANTING))
        what = bisect_right(list(accumulate(self._chances())), u)
        if what == 0:
            self.log(Event.MET_INFORMALLY)
            self.settle()
            self.to_idle()
        elif what == 1:
            for known in Known:
                self.learn_of(known, How.SEARCH)
        elif what == 2:
            self.learn_of(Known.ONLINE, How.ONLINE)
        elif what <= 4:
            self._by_mouth(Known.GROUPS if what == 3 else Known.SERVICES)

    def _chances(self) -> tuple[float, ...]:
        """Met informally, told of everything, online, word of mouth of groups, of services."""
        par, policy = self.model.par, self.area.policy
        mouth, every, net, informal = hearing_chances(
            self._talk(self.want_need, Known.GROUPS),
            par.mouth_rate,
            par.search_rate,
            par.directory_rate,
            policy.directory,
            policy.campaign,
            par.search_online_rate,
            (self.offline == 0) * 1.0,
            par.informal_rate,
        )
        services = par.mouth_rate * self._talk(self.want_need, Known.SERVICES) + clinic_talk(policy.peers_in_clinics)
        return informal, every, net, mouth, services

    def _by_mouth(self, known: Known) -> None:
        if self.uniform(Purpose.MIND_VOICED) < put_off_chance(TALK_QUALITY):
            self.log(Event.PUT_OFF)
        else:
            self.learn_of(known, How.MOUTH)

    def _hear_idle(self) -> None:
        """May begin to want by hearing, or be at an annual review."""
        par, has_need = self.model.par, bool(self.needs & LASTING)
        need = min(self.first_need(), N_NEEDS - 1)
        talk = max(self._talk(need, Known.GROUPS), self._talk(need, Known.SERVICES))
        chance = voicing_chance(talk, par.mouth_rate, self.area.policy.peers_in_clinics, par.voiced_rate)
        u = self.uniform(Purpose.MIND_WHAT) * MIND_IDLE
        self.set_idle_clock()
        if not has_need:
            return
        if u < chance:
            self._voice(need)
        elif (u < chance + 1.0 / YEAR and self.n_conditions > 0) or self.occasion > 0:
            self.model.review.append(self)

    def _voice(self, need: int) -> None:
        self.occasion = 0
        self.begin_other(need, Want.VOICED)
        self.log(Event.VOICED)
        self.to_wanting()
        self.learn_of(Known.SERVICES, How.MOUTH)
        self.learn_of(Known.GROUPS, How.MOUTH)
