"""A person's want: what it asks for, what is within reach, how it is judged and settled."""

from __future__ import annotations

from sim.agents.person_base import WAIT, PersonBase
from sim.columns.people import VOICED_WEEKS
from sim.draws import Purpose
from sim.results.result import JUDGED_MARKS, MARKS_OF_ALL, Measure
from sim.rules.ask import access_share
from sim.rules.live import match_kind, want_weeks
from sim.tables import NEVER
from sim.vocabulary import (
    ANY,
    GATES,
    KNOWN_OF,
    LASTING,
    MATCH_OF,
    N_NEEDS,
    ORGANISED,
    Event,
    How,
    Known,
    Mark,
    Offer,
    Want,
    heard,
)


class PersonWants(PersonBase):
    """Wants begin, are judged at their target wait, and are settled once."""

    def can_manage(self, offer: Offer) -> bool:
        """Would choose an offer and could manage its time, distance, cost and language."""
        if not self.would_choose(offer) or (offer == Offer.ONLINE and self.offline):
            return False
        par = self.model.par
        base = {Offer.GROUP: par.access_group, Offer.ONLINE: par.access_online}.get(offer, par.access_service)
        return bool(self.access < access_share(base, par.access_per_gbp, self.area.policy.expenses) * 256.0)

    def can_manage_service(self) -> bool:
        """Any of the offers of organisations."""
        return any(self.can_manage(offer) for offer in ORGANISED)

    def knows_of(self, known: Known) -> bool:
        """Knows of groups, services or online communities this week."""
        return self.known_to[known] > self.model.week

    def first_need(self) -> int:
        """The first lasting needs group; N_NEEDS where there is none."""
        mask = self.needs & LASTING
        return next((need for need in range(N_NEEDS) if mask >> need & 1), N_NEEDS)

    # ---- beginning

    def set_want(self, kind: Want, need: int, cause: int) -> None:
        """A want begins now: how close an experience it asks for, and its natural length."""
        par, now = self.model.par, self.model.week
        self.want_kind, self.want_need, self.want_cause = kind, need, cause
        close = match_kind(self.uniform(Purpose.WANT_BREADTH), par.match_narrow, par.match_broad)
        self.match = int(MATCH_OF[close, need])
        weeks = want_weeks(WAIT[self.bits(Purpose.WANT_LENGTH) >> 48], par.want_length_weeks)
        self.want_start = now
        self.set_clock("want_until", int(min(now + weeks, NEVER - 1)))

    def begin_other(self, need: int, kind: Want) -> None:
        """A voiced-only want, or an offer to someone without one: never availability."""
        self.marks = 0
        self.set_want(kind, need, 0)
        self.set_clock("deadline", self.model.week + VOICED_WEEKS)

    def learn_of(self, known: Known, how: How) -> None:
        """From now they know of it, for a length drawn now."""
        if self.known_to[known] <= self.model.week:
            self.known_from[known] = self.model.week
        self.known_to[known] = self.length(Purpose.MIND_FORGET, self.model.par.forget_weeks)
        if self.want_kind != Want.NONE:
            self.mark(Mark.KNEW)
        self.log(Event.HEARD, heard(known, how))

    # ---- judging

    def _seen(self, offer: Offer, table: str, since: int, match: int) -> bool:
        """Whether something that suits existed (or took people, or had room) since a week."""
        place = self.place
        if offer == Offer.GROUP:
            last = (place.group_exists if table == "exists" else place.group_room)[match]
        elif offer == Offer.ONLINE:
            last = self.area.online_seen
        else:
            kind = offer - Offer.PAIR
            last = max(getattr(place.seen, table)[kind][match], getattr(self.area.seen, table)[kind][match])
        return last > 0 and last >= since

    def judge(self) -> None:
        """At the target wait (or the end, if sooner): what existed, was within reach, was a way in."""
        if self.has(Mark.JUDGED):
            return
        offered = self.has(Mark.ROOM)
        able = [offer for offer in Offer if self.can_manage(offer)]
        near = [offer for offer in able if self._told_and(offer, "room")]
        if self.in_window() and self._existed(able, ANY) and not self._existed(able, self.want_need):
            self.count(Measure.ONLY_LOOSE)
        if offered or self._existed(able, self.match):
            self.mark(Mark.EXISTED)
        if any(self._told_and(offer, "self_") for offer in able):
            self.mark(Mark.WAY_IN)
        if near or offered:
            self.mark(Mark.REACH)
        if any(offer != Offer.ONLINE for offer in near) or (offered and self.offer != Offer.ONLINE):
            self.mark(Mark.REACH_OFFLINE)
        if len(near) + offered >= 2:
            self.mark(Mark.REACH_TWO)
        self.mark(Mark.JUDGED)
        self.deadline = NEVER

    def _told_and(self, offer: Offer, table: str) -> bool:
        known = KNOWN_OF[offer]
        since = max(self.want_start, self.known_from[known])
        return self.known_to[known] > since and self._seen(offer, table, since, self.match)

    def _existed(self, able: list[Offer], match: int) -> bool:
        """Whether one of these offers existed since the want began, for this closeness of match."""
        return any(self._seen(offer, "exists", self.want_start, match) for offer in able)

    # ---- settling

    def settle(self, left: bool = False, still_open: bool = False) -> None:
        """Close the want for good: judge it, count it once, clear it."""
        if self.want_kind == Want.NONE:
            return
        if not left and not still_open:
            self.judge()
        if self.in_window():
            self._count_all(closed=not (left or still_open))
            self._count_headline()
            self._count_cascade(left, still_open)
        self.clear_want()

    def clear_want(self) -> None:
        """No want."""
        self.want_kind, self.marks = Want.NONE, 0
        self.deadline = self.want_until = NEVER

    def in_window(self) -> bool:
        """The want is latent and began in the reported weeks."""
        return self.want_kind == Want.LATENT and self.want_start >= self.model.shape.burn_in

    def long_enough(self) -> bool:
        """The want's natural length and the follow-up cover the target wait."""
        target = self.target()
        return self.latent_until - self.want_start >= target and self.want_start + target < self.model.end

    def count(self, measure: int, weight: int = 1) -> None:
        """Add this want to a measure."""
        self.model.record.count(measure, self, weight)

    def _count_all(self, closed: bool) -> None:
        """What is counted over all wants."""
        self.count(Measure.WANTS)
        for measure, mark in MARKS_OF_ALL:
            if self.has(mark):
                self.count(measure)
        if closed and not self.has(Mark.ATTENDED):
            self.count(Measure.UNMET)
        if self.has(Mark.ATTENDED) and not self.exact:
            self.count(Measure.STARTED_LOOSE)

    def _count_headline(self) -> None:
        """What is counted over the wants that were long enough, and followed long enough."""
        if not (self.long_enough() and self.has(Mark.JUDGED)):
            return
        self.count(Measure.ELIGIBLE)
        for measure, mark in JUDGED_MARKS:
            if self.has(mark):
                self.count(measure)
        if self.has(Mark.ASKED) and self.has(Mark.ROOM):
            self.count(Measure.OFFERED_IN_TIME)

    def _count_cascade(self, left: bool, still_open: bool) -> None:
        """At the first gate it failed; LEFT and OPEN are not failures."""
        if left or still_open:
            self.count(Measure.LEFT if left else Measure.OPEN)
            return
        failed = next((gate for gate in range(len(GATES)) if not self.has(Mark(gate))), None)
        self.count(Measure.SUCCESS if failed is None else Measure.FAILED + failed)
