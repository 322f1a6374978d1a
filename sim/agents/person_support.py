"""A person in support: it starts, does something, and ends; places are freed."""

from __future__ import annotations

import math
from typing import Any

from sim.agents.person_wants import PersonWants
from sim.columns.clock import DROP_BOUND
from sim.draws import Purpose
from sim.numbers.structure import GROUP_PLANNED_WEEKS, LOOSE_MATCH_EFFECT, ONLINE_PLANNED_WEEKS, USUAL_QUALITY
from sim.results.result import GAIN_PARTS, Measure
from sim.rules.offer import accepting_chance, priority_rank
from sim.rules.support import dose_share, effect_sd, harm_thousandths, leaving_chance
from sim.tables import NEVER
from sim.vocabulary import N_REFERRERS, ORGANISED, SUPPORT_STAGES, Event, Mark, Offer, Referral, Stage, Want, fifth_of

ROOT3 = 1.7320508075688772


class PersonSupport(PersonWants):
    """Offers answered, spells begun and ended."""

    # ---- waiting and being offered

    def turn(self) -> tuple[int, int, int, int]:
        """Who goes first: returning, then the priority rule, then a keyed draw."""
        score = priority_rank(
            self.area.policy.priority,
            self.model.week - self.queued,
            self.lonely,
            self.confidence,
            fifth_of(self.cell),
            self.helped,
        )
        return -self.returning, -int(score), self.bits(Purpose.OFFER_TIE), self.whog

    def note_referrer(self, column: Referral) -> None:
        """Tell one's referrer, where there was one."""
        if self.referrer < N_REFERRERS:
            self.model.referrer_of(self, self.referrer).note(column)

    def give_up(self) -> None:
        """The wait ends, not the want, unless there is none left."""
        self.log(Event.GAVE_UP, self.host.number)
        self.note_referrer(Referral.GAVE_UP)
        again = self.want_until != NEVER and self.want_kind != Want.UNWANTED
        self.returning = 0
        self._want_again(again)

    def _want_again(self, again: bool) -> None:
        if again:
            self.to_wanting()
        else:
            self.settle()
            self.to_idle()

    def nowhere_to_wait(self) -> None:
        """The organisation closed and no other suits."""
        again = self.want_until != NEVER
        self.returning = 0
        self._want_again(again)

    def answer(self, kind: Offer) -> bool:
        """Start, or decline or never come, which ends the want."""
        now = self.model.week
        self.offer = kind
        self.log(Event.OFFERED, self.host.number)
        if self.deadline >= now and not self.has(Mark.JUDGED):
            self.mark(Mark.ROOM)
        self.note_referrer(Referral.OFFERED)
        if now - self.queued <= self.target():
            self.note_referrer(Referral.IN_TIME)
        self.host.note_wait(now - self.queued)
        self.model.record.add_wait(self, now - self.queued)
        return self._take(*self.would())

    def would(self) -> tuple[bool, bool]:
        """(accepts, comes if they accept); those who come back do both."""
        par = self.model.par
        accept = accepting_chance(par.accept_offer, self.exact, par.accept_loose_match)
        accepts = self.returning == 1 or self.uniform(Purpose.ACCEPTS) < accept
        return bool(accepts), self.returning == 1 or self.uniform(Purpose.ATTENDS) < par.attend_first

    def _take(self, accepts: bool, comes: bool) -> bool:
        if accepts:
            self.mark(Mark.ACCEPTED)
        if accepts and comes:
            return True
        self.log(Event.NEVER_CAME if accepts else Event.DECLINED)
        self.settle()
        self.to_idle()
        return False

    def offered_by(self, supporter: Any, kind: Offer) -> None:
        """A place with one supporter."""
        self.exact = int(supporter.experience == self.want_need)
        if not self.answer(kind):
            return
        self.go(Stage.SUPPORTED)
        self._earns()
        self.supporter = supporter
        supporter.load += 1
        self.begin_spell(kind, None)
        self.set_clock("stay_until", self.model.week + int(self.area.policy.sessions))
        self.set_clock("stage_due", self.due(Purpose.DROP_GAP, DROP_BOUND))

    def _earns(self) -> None:
        """The organisation counts a start, for personal budgets; one who comes back is not paid for twice."""
        if not self.returning:
            self.host.units[0] += 1

    def join_group(self, group: Any) -> None:
        """A member from this week."""
        self.go(Stage.MEMBER)
        self.host = group
        group.members += 1
        self.exact = int(group.need == self.want_need)
        self.begin_spell(Offer.GROUP, self.model.par.group_stay_weeks)

    def join_online(self) -> None:
        """In the online community from this week."""
        self.go(Stage.ONLINE)
        self.area.online_members += 1
        self.exact = 1
        self.begin_spell(Offer.ONLINE, self.model.par.online_stay_weeks)

    def pair_with(self, other: PersonSupport) -> None:
        """Half of a pair from this week."""
        self.supporter = other
        self.go(Stage.PAIRED)
        self._earns()
        self.begin_spell(Offer.PAIR, self.model.par.pair_stay_weeks)

    def begin_spell(self, offer: Offer, mean_stay: float | None) -> None:
        """Support starts: the want is met; how long they will wish to stay is drawn."""
        now = self.model.week
        self.offer, self.spell_start, self.last_used = offer, now, now
        if self.deadline >= now and not self.has(Mark.JUDGED):
            self.mark(Mark.ROOM, Mark.IN_TIME)
        self.mark(Mark.ACCEPTED, Mark.ATTENDED)
        self.want_until = self.act_due = self.mind_due = self.stage_due = NEVER
        if mean_stay is not None:
            self.set_clock("stay_until", self.length(Purpose.STAY, mean_stay))
        self.log(Event.STARTED, offer)

    # ---- leaving

    def free_place(self) -> None:
        """Give back the place held (pairs are for the model to part)."""
        if self.stage == Stage.MEMBER:
            self.host.members -= 1
        elif self.stage == Stage.SUPPORTED:
            self.supporter.load -= 1
        elif self.stage == Stage.ONLINE:
            self.area.online_members -= 1

    def back_to_queue(self) -> None:
        """The supporter or other half is gone: wait again at the same organisation, going first."""
        self.log(Event.SUPPORT_ENDED, self.offer)
        during = self.effects()
        self.note_spell(during, self._after(during, True))
        self.go(Stage.WAITING)
        self.supporter, self.returning, self.queued = None, 1, self.model.week
        self.stay_until = NEVER
        self.set_clock("stage_due", self.length(Purpose.GIVE_UP, self.model.par.give_up_weeks))

    def thinks_of_leaving(self) -> bool:
        """A candidate for leaving early: accepted by match and quality."""
        par = self.model.par
        self.set_clock("stage_due", self.due(Purpose.DROP_GAP, DROP_BOUND))
        chance = leaving_chance(par.drop_per_week, self.exact, par.drop_loose_match, self.host.quality)
        return bool(self.uniform(Purpose.DROP_WHAT) * DROP_BOUND < chance)

    def leave(self, event: Event) -> None:
        """Free the place and end support."""
        self.free_place()
        self.end_support(event)

    def end_support(self, event: Event) -> None:
        """What support did, whether it was kept up, back to idle."""
        self.log(event, self.offer)
        if event == Event.STAYED or self.kept():
            self.mark(Mark.KEPT)
            if self.offer in ORGANISED:
                self.host.units[1] += 1  # payment by outcome
        during = self.effects()
        after = self._after(during, event == Event.SUPPORT_ENDED)
        self.note_spell(during, after)
        self._note_effect(*after)
        if event == Event.STAYED:
            self._come_forward()
        self.helped, self.last_used = 1, self.model.week
        self.settle()
        self.to_idle()

    def weeks_in(self) -> int:
        """Weeks of this spell."""
        return int(self.model.week - self.spell_start)

    def kept(self) -> bool:
        """At least half of what was planned: the lever one to one."""
        if self.offer in (Offer.VOLUNTEER, Offer.PAID):
            planned = self.area.policy.sessions
        else:
            planned = ONLINE_PLANNED_WEEKS if self.offer == Offer.ONLINE else GROUP_PLANNED_WEEKS
        return bool(self.weeks_in() * 2 >= planned)

    def effects(self) -> tuple[int, int]:
        """Thousandths of an SD: fall in loneliness, rise in confidence, of this spell so far."""
        par = self.model.par
        dose = dose_share(self.weeks_in(), par.dose_weeks)
        if self.offer == Offer.ONLINE:
            dose = dose * par.effect_online_share
        luck = _normal(self.bits(Purpose.EFFECT))
        needs = ((self.lonely - 3.0) / 6.0, (100.0 - self.confidence) / 100.0)
        lonely, confidence = (
            effect_sd(mean, dose, need, self.exact, LOOSE_MATCH_EFFECT, self._quality(), par.effect_spread, luck)
            for mean, need in zip((par.effect_lonely, par.effect_confidence), needs, strict=True)
        )
        return _thousandths(lonely), _thousandths(confidence)

    def _quality(self) -> float:
        """Quality of the organisation they are with; the usual one for groups and online."""
        if self.offer not in ORGANISED or self.host is None:
            return USUAL_QUALITY
        return float(self.host.quality)

    def _note_effect(self, lonely: int, confidence: int) -> None:
        better_by = self.model.par.better_by * 1000.0
        if confidence >= better_by:
            self.mark(Mark.BETTER)
            self.log(Event.BETTER)
        if confidence <= -better_by:
            self.mark(Mark.WORSE)
            self.log(Event.WORSE)
        self.gain_lonely, self.gain_confidence = lonely, confidence

    def _after(self, during: tuple[int, int], harmed: bool) -> tuple[int, int]:
        """The effects from the end of support on: less the loss where a group or a supporter went."""
        loss = int(harm_thousandths(self.model.par.fold_harm)) if harmed else 0
        return during[0] - loss, during[1] - loss

    def note_spell(self, during: tuple[int, int], after: tuple[int, int]) -> None:
        """Count what this spell of support, which ends now, gave and will give."""
        if self.model.week < self.model.shape.burn_in:
            return
        counted = self.in_window()
        for kind, name in enumerate(GAIN_PARTS):
            parts = self.model.record.add_gain(self, kind, during[kind], after[kind])
            if counted:
                for measure, weeks in zip(GAIN_PARTS[name], parts, strict=True):
                    self.count(measure, weeks)
        if counted:
            self.count(Measure.GAIN_LONELY, after[0])
            self.count(Measure.GAIN_CONFIDENCE, after[1])

    def leave_in_support(self, dies: bool) -> None:
        """What support gave ends with a death, and goes with who moves."""
        if self.stage in SUPPORT_STAGES:
            during = self.effects()
            self.note_spell(during, (0, 0) if dies else during)

    def _come_forward(self) -> None:
        """Some of those who stayed come forward to help the organisation they were with."""
        if self.stage not in (Stage.SUPPORTED, Stage.PAIRED):
            return
        chance = min(1.0, self.model.par.comes_forward * self.area.policy.recruit_helped)
        if self.uniform(Purpose.COMES_FORWARD) < chance:
            self.log(Event.CAME_FORWARD, self.host.number)
            self.host.came_forward += 1

    def finish(self) -> None:
        """At the horizon: what support has done so far; other wants are still open."""
        if self.stage not in SUPPORT_STAGES:
            self.settle(still_open=True)
            return
        kept = self.kept()
        if kept:
            self.mark(Mark.KEPT)
        during, better_by = self.effects(), self.model.par.better_by * 1000.0
        self.note_spell(during, during)
        if during[1] >= better_by:
            self.mark(Mark.BETTER)
        if during[1] <= -better_by:
            self.mark(Mark.WORSE)
        self.settle(still_open=not kept)


def _normal(bits: int) -> float:
    """Nearly normal with unit spread: the sum of four 16-bit slices, exactly."""
    total = sum(bits >> shift & 0xFFFF for shift in (0, 16, 32, 48))
    return (total / 65536.0 - 2.0) * ROOT3


def _thousandths(x: float) -> int:
    return math.floor(min(4.0, max(-4.0, float(x))) * 1000.0 + 0.5)
