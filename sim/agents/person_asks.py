"""A person asks: joins, refers themselves, or is put forward at a contact."""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate
from typing import Any

from sim.agents.land import SUIT_ROWS
from sim.agents.person_hears import PersonHears
from sim.draws import Purpose
from sim.numbers.levers import CHOICES
from sim.rules.ask import acting_chance, link_contact_chance, losing_chance, thinking_chance
from sim.tables import NEVER
from sim.vocabulary import (
    N_NEEDS,
    ORGANISED,
    ROUTES,
    Event,
    How,
    Known,
    Mark,
    Occasion,
    Offer,
    Referral,
    Referrer,
    Stage,
    Want,
)

OPT_OUT = CHOICES["mode"].index("opt_out")
ASKING = (Mark.EXISTED, Mark.KNEW, Mark.WAY_IN, Mark.ASKED)


def nth(options: list[Any], pick: int) -> Any:
    """The (pick mod count)-th of the best options, None where there are none."""
    return options[(pick >> 40) % len(options)] if options else None


class PersonAsks(PersonHears):
    """The clock of acting and of contacts."""

    def ask(self) -> None:
        """Act on what they know, or meet a referrer, or nothing."""
        what = self._what()
        occasion = self.occasion
        self.set_acting_clock()
        if what == Referrer.SELF:
            self._act()
        elif what < Referrer.SELF:
            self._contact(what, occasion)
        self.occasion = 0

    def _what(self) -> int:
        """Which contact it is, SELF for acting, beyond for nothing. Occasions come first."""
        if self.occasion:
            return Referrer.PRACTICE if self.occasion == Occasion.DIAGNOSIS else Referrer.ACUTE
        chances = list(self.model.contacts[self.contact_class])
        chances[Referrer.LINK_WORKER] = link_contact_chance(self.area.policy.link_workers, self.n_conditions)
        chances.append(acting_chance(self.model.par.act_rate, self.confidence))
        bound = self.model.act_bound[self.contact_class][self.confidence]
        return bisect_right(list(accumulate(chances)), self.uniform(Purpose.ACT_WHAT) * bound)

    # ---- acting

    def _act(self) -> None:
        """One of the ways in that they know, each as likely."""
        pick = self.bits(Purpose.ACT_CHOICE)
        ways = [(way, host) for way, host in enumerate(self._ways(pick)) if host is not None]
        if not ways:
            return
        way, host = ways[(pick & 0xFFFF) % len(ways)]
        self.referrer = Referrer.SELF
        self.mark(*ASKING)
        self.log(Event.ASKED, way)
        if way == 1:
            self.queue(host)
            return
        self.host = host if way == 0 else None
        self.go(Stage.JOINING_GROUP if way == 0 else Stage.JOINING_ONLINE)
        self.mark(Mark.EARLY)

    def _ways(self, pick: int) -> tuple[Any, Any, Any]:
        """(a group, an organisation, the online community), None where there is no way in."""
        group = org = online = None
        if self.knows_of(Known.GROUPS) and self.can_manage(Offer.GROUP):
            group = nth([g for g in self.place.groups if SUIT_ROWS[self.match][g.need]], pick)
        if self.knows_of(Known.SERVICES) and self.can_manage_service():
            org = self.choose_organisation(pick, own=True)
        if self.area.online_space > 0 and self.knows_of(Known.ONLINE) and self.can_manage(Offer.ONLINE):
            online = self.area
        return group, org, online

    def choose_organisation(self, pick: int, own: bool, besides: Any = None) -> Any:
        """Among suitable ones: one with room, else the shortest usual wait, else None."""
        kinds = [kind for kind, offer in enumerate(ORGANISED) if self.would_choose(offer)]
        waits: list[tuple[int, Any]] = []
        for org in self.place.organisations:
            if org is besides or (own and not org.takes_self):
                continue
            if any(org.exists[kind][self.match] for kind in kinds):
                room = any(org.room[kind][self.match] for kind in kinds)
                waits.append((0 if room else 1 + org.median_wait(), org))
        least = min((wait for wait, _ in waits), default=0)
        return nth([org for wait, org in waits if wait == least], pick)

    def queue(self, org: Any) -> None:
        """Wait with an organisation from this week."""
        now = self.model.week
        self.go(Stage.WAITING)
        self.host, self.queued = org, now
        self.act_due = NEVER  # they go on hearing of what else exists
        self.set_clock("stage_due", self.length(Purpose.GIVE_UP, self.model.par.give_up_weeks))
        if now - self.want_start + org.median_wait() <= self.target():
            self.mark(Mark.EARLY)
        self.log(Event.QUEUED, org.number)

    # ---- being put forward

    def _mode(self, occasion: int) -> float:
        policy = self.area.policy
        return float((policy.mode_contact, policy.mode_diagnosis, policy.mode_discharge)[occasion])

    def _contact(self, kind: int, occasion: int) -> None:
        """The referrer must know, think and trust; the person accept; nothing be lost."""
        times = self.model.par.thinks_at_event if occasion > 0 else 1.0
        mode = OPT_OUT if kind == Referrer.LINK_WORKER else self._mode(occasion)  # it is their work
        put, knew = self._put_forward(kind, mode, times)
        if knew:
            self.mark(Mark.KNEW, Mark.WAY_IN)
        if put:
            self._refer(kind, self.uniform(Purpose.REFER_ACCEPTED) < self.model.par.accept_referral)

    def _put_forward(self, kind: int, mode: float, times: float) -> tuple[bool, bool]:
        """(put forward, referrer knows) of a contact; the route must be open."""
        par, policy, referrer = self.model.par, self.area.policy, self.model.referrer_of(self, kind)
        knew = self.uniform(Purpose.REFER_KNOWS) < referrer.knows * getattr(policy, ROUTES[kind])
        if not knew:
            return False, False
        thinks = thinking_chance(
            mode, par.thinks_opt_in, par.thinks_prompted, par.thinks_opt_out, times, policy.peers_in_clinics
        )
        put = self.uniform(Purpose.REFER_THINKS) < thinks and self.uniform(Purpose.REFER_TRUSTS) < referrer.trusts
        return bool(put) and self._eligible(), True

    def _eligible(self) -> bool:
        """Whom the area's rule lets be put forward."""
        rule = self.area.policy.eligibility
        if rule == 1:
            return self.n_conditions > 0
        return bool(rule == 0 or (rule == 2 and (self.lonely >= 6 or self.confidence < 47)))

    def _refer(self, kind: int, accepts: bool) -> None:
        """To an organisation if one suits, else told of groups and online communities."""
        org = self.choose_organisation(self.bits(Purpose.ORG_CHOICE), own=False) if self.can_manage_service() else None
        if org is None:
            self._signpost()
            return
        self.log(Event.PUT_FORWARD, kind)
        if not accepts:
            self.log(Event.REFUSED_REFERRAL)
        elif self._lost():
            self.log(Event.REFERRAL_LOST)
        else:
            self.referrer = kind
            self.mark(*ASKING)
            self.note_referrer(Referral.REFERRED)
            self.queue(org)

    def _signpost(self) -> None:
        if self.stage == Stage.WANTING:
            self.log(Event.SIGNPOSTED)
            self.learn_of(Known.GROUPS, How.SIGNPOSTED)
            self.learn_of(Known.ONLINE, How.SIGNPOSTED)

    def _lost(self) -> bool:
        par = self.model.par
        lose = losing_chance(self.area.policy.working_together, par.lost_apart, par.lost_shared, par.lost_one_team)
        return bool(self.uniform(Purpose.REFER_LOST) < lose)

    def review(self) -> None:
        """Opt-out at the annual review, a diagnosis or a discharge, of someone who had no want."""
        if self.stage != Stage.IDLE:
            return
        occasion, self.occasion = self.occasion, 0
        mode = self._mode(occasion) if occasion > 0 else self.area.policy.mode_review
        if mode != OPT_OUT:
            return
        kind = Referrer.ACUTE if occasion == Occasion.DISCHARGE else Referrer.PRACTICE
        put, _ = self._put_forward(kind, OPT_OUT, 1.0)
        if put and self.uniform(Purpose.REFER_ACCEPTED) < self.model.par.accept_without_want:
            self.begin_other(min(self.first_need(), N_NEEDS - 1), Want.UNWANTED)
            self._refer(kind, True)
            if self.stage == Stage.IDLE:
                self.clear_want()
