"""An organisation that hosts peers: plans, pays, recruits, trains, supervises, closes."""

from __future__ import annotations

import math
from itertools import accumulate
from typing import Any

import mesa

from sim import draws
from sim.agents.land import KINDS, SUIT_ROWS, Area, Place, Seen
from sim.agents.ledger import book_closing, book_week
from sim.agents.supporter import Supporter
from sim.columns.state import OWN_SOURCES
from sim.draws import Purpose
from sim.rules.award import applied, goes_back, is_away, is_due, is_own_team, renewed, shares, vacancy_filled
from sim.rules.fund import cannot_pay, core_share, running_costs, split, week_pence, worth
from sim.rules.learn import follow, still_remembered
from sim.rules.ledger import LINES, Line
from sim.rules.scale import next_to_area, pence_of_area, pence_of_one, to_area
from sim.rules.staff import (
    WHOLE_POST,
    cannot_visit,
    coordinators_stay,
    is_overstaffed,
    is_stretched,
    is_worth_a_post,
    notice_pence,
    paid_leaving,
    post_places,
    quality_target,
    recruits_expected,
    supervised,
    volunteer_places,
)
from sim.vocabulary import LONGEST_WAIT, N_MATCH, N_NEEDS, Award, Offer, Payer, Post


class Organisation(mesa.Agent):
    """A voluntary organisation or an NHS team. `place` is None for one that serves its whole area."""

    def __init__(self, model: Any, number: int, area: Area, place: Place | None, columns: dict[str, Any]):
        super().__init__(model)
        self.number, self.area, self.home = number, area, place
        self.base: int = columns["base"]
        self.ordinal: int = columns["ordinal"]
        self.needs: int = columns["needs"]
        self.pays: int = columns["pays"]
        self.nhs: bool = columns["nhs"]
        self.open: bool = columns["open"]
        self.cash: int = columns["cash"]
        self.award: list[int] = columns["award"]
        self.award_end: list[int] = columns["award_end"]
        self.last_award: list[int] = columns["last_award"]
        self.award_stage: list[int] = columns["award_stage"]
        self.tariff: list[int] = columns["tariff"]
        self.units: list[int] = columns["units"]
        self.own_income: int = columns["own_income"]
        self.core: int = columns["core"]
        self.shortfall: float = columns["shortfall"]
        self.quality: float = columns["quality"]
        self.self_luck: float = columns["self_luck"]
        self.pair_luck: float = columns["pair_luck"]
        self.recruited: int = columns["recruited"]
        self.advertised: list[int] = columns["advertised"]  # coordinators', paid workers'
        self.coordinator_plan = self.coordinator_mfte = self.paid_mfte = self.came_forward = self.forward = (
            self.starts
        ) = self.spent = 0
        self.waits = [0] * (LONGEST_WAIT + 1)
        self.ledger, self.years = [0] * LINES, list[list[int]]()  # of the year at hand, and of those before
        self.supporters: list[Supporter] = []
        self.whog = draws.whog(self.base | self.ordinal << 19)
        self.experiences = [need for need in range(N_NEEDS) if self.needs >> need & 1]
        self.exists = self.room = [[False] * N_MATCH] * KINDS
        self.spare, self.free, self.takes_self = 0, 0, False
        self._median: int | None = None
        self.used: dict[tuple[Offer, int], int] = {}  # places offered this week and not taken, by experience

    @property
    def area_row(self) -> int:
        """Its area's row."""
        return self.area.number

    @property
    def place(self) -> int:
        """Its place's row, -1 for one that serves its whole area."""
        return -1 if self.home is None else self.home.number

    # ---- what its figures come to at another scale (decision 21)

    @property
    def stands_for(self) -> int:
        """For how many of its kind it stands, in parts of one that serves the area."""
        return self.area.scale[0 if self.home is None else 1]

    def sees(self, count: int) -> int:
        """A count of this run's people as it reads it: all that a local one has are here."""
        return int(to_area(count, *self.area.scale)) if self.home is None else count

    def like_it(self, count: int) -> int:
        """What it has of something, with those of its kind that are not in this run."""
        return count if self.home is None else int(to_area(count, *self.area.scale))

    def area_pence(self, pence: int) -> int:
        """What its pence cost its area's payer."""
        return pence if self.home is None else int(pence_of_area(pence, *self.area.scale))

    def own_pence(self, pence: int) -> int:
        """What it has of the area's pence for it."""
        return pence if self.home is None else int(pence_of_one(pence, *self.area.scale))

    def one_comes_forward(self) -> None:
        """One of this run's people comes forward to help, and those of the area for whom they stand."""
        self.came_forward += 1 if self.home else int(next_to_area(self.forward, *self.area.scale))
        self.forward += 1

    # ---- money

    def due(self, payer: Payer) -> bool:
        """Whether a new award begins this week, if there is money."""
        stage, end = self.award_stage[payer], self.award_end[payer]
        return bool(self.pays >> payer & 1 and is_due(stage, end, self.model.week))

    def asks(self, payer: Payer) -> bool:
        """Whether it has a share of what this payer divides, now or kept for it."""
        return bool(self.pays >> payer & 1 and shares(self.award_stage[payer], self.open))

    def away(self, payer: Payer) -> bool:
        """Whether an award is decided and begins later, or an answer is waited for."""
        return bool(is_away(self.award_stage[payer], self.award_end[payer], self.model.week))

    def kept(self, payer: Payer) -> int:
        """Pence a week set aside for an award that is decided and begins later: as much as the one before it."""
        decided = self.award_stage[payer] == Award.DECIDED and self.away(payer)
        return self.last_award[payer] if decided else 0

    def gives_back(self, payer: Payer) -> int:
        """Pence that a payer has back as its award ends: what came from it and is held beyond a reserve."""
        if self.award_end[payer] > self.model.week or not self.pays >> payer & 1:
            return 0
        par, award = self.model.par, self.award[payer]
        pence = int(goes_back(self.cash, self.income(), award, par.reserve_kept_weeks, par.award_returned))
        self.cash -= pence
        self.ledger[Line.RETURNED] += pence
        return pence

    def hears(self, payer: Payer, budget: int) -> None:
        """Where an award is over, or there is none: it is given again, late perhaps; or refused; or applied for."""
        now, par, seed = self.model.week, self.model.par, self.model.seed_
        if not self.pays >> payer & 1 or self.award_end[payer] > now:
            return
        ends, self.award[payer] = self.award[payer] > 0, 0
        if self.award_stage[payer] == Award.DECIDED or budget <= 0:
            return
        if is_own_team(self.nhs, payer):
            self.award_stage[payer] = Award.DECIDED
            return
        key = draws.whog(self.base | self.ordinal << 19 | payer + 1)
        u = draws.uniform_one(seed, Purpose.AWARD_DECIDED, now, key)
        if ends:
            late = draws.uniform_one(seed, Purpose.AWARD_LATE, now, key)
            stage, weeks = renewed(
                u, late, par.award_refused, par.award_gap_share, par.award_gap_weeks, par.apply_weeks
            )
        else:
            stage, weeks = applied(u, par.first_award, par.apply_weeks)
        self.award_stage[payer], self.award_end[payer] = int(stage), now + int(weeks)

    def bridged(self) -> int:
        """Pence a week of awards that are decided and begin later, where reserves last until they do; else nothing."""
        late = [(self.kept(payer), self.award_end[payer] - self.model.week) for payer in Payer]
        lasts = self.cash >= sum(pence * weeks for pence, weeks in late)
        return sum(pence for pence, _ in late) if self.open and lasts else 0

    def weeks_left(self) -> int:
        """Weeks until no award of today's runs any more; negative in a gap."""
        running = [end for end, stage in zip(self.award_end, self.award_stage, strict=True) if stage == Award.RUNS]
        return max(running, default=0) - self.model.week

    def promised(self, payer: Payer) -> int:
        """Pence a week promised in an award now running (prices may have eaten some of its worth)."""
        return self.last_award[payer] if self.award[payer] > 0 else 0

    def given(self, payer: Payer, pence: int) -> None:
        """So much more from now on; one that was closed starts again, at a cost."""
        if pence <= 0:
            return
        again = not self.open
        self.last_award[payer] = self.promised(payer) + pence
        self.award[payer] += pence
        self.open = True
        if again:
            self.core = math.floor(self.income() * self.model.par.restart_share)

    def income(self) -> int:
        """Pence a week from awards, from payment by person, and from own sources."""
        return sum(self.award) + sum(self.tariff) + self.own_income if self.open else 0

    def close(self) -> list[Supporter]:
        """Awards go back and supporters leave."""
        self.open = False
        self.award, self.award_end = [0] * len(Payer), [self.model.week + int(self.model.par.barred_weeks)] * len(Payer)
        self.award_stage, self.advertised = [int(Award.APPLIES)] * len(Payer), [0, 0]
        self.tariff, self.units = [0, 0], [0, 0]
        book_closing(self)
        self.spent += self.cash  # what is left goes to creditors; what is owed is not paid
        self.cash = self.coordinator_plan = self.coordinator_mfte = self.paid_mfte = self.core = 0
        gone = [s for s in self.supporters if s.state != Post.LEFT]
        for supporter in gone:
            supporter.go()
        return gone

    def plan(self) -> None:
        """Posts that income and a part of reserves will pay for, in thousandths of a post, when running costs are met."""
        par, policy = self.model.par, self.area.policy
        money = self.income() + self.bridged() + max(0, self.cash) // int(par.reserve_use_weeks)
        contract = policy.contract_share * (self.award[Payer.BOARD] > 0)
        share = core_share(
            par.overhead_share,
            par.contract_overhead,
            contract,
            policy.evaluation_share,
            par.team_cost,
            policy.working_together,
        )
        real = worth(money * (1.0 - share), self.shortfall, policy.core_cost_share, par.shortfall_lost)
        self.core = int(running_costs(money - real, self.core, par.running_cost_fall)) if self.open else 0
        real = max(0.0, money - self.core)
        paid, coordinate = split(
            self.nhs, policy.paid_share, policy.supervision_share, par.nhs_paid_share, par.volunteer_coordination
        )
        self.coordinator_plan = math.floor(real * coordinate * 1000.0 / week_pence(par.coordinator_gbp_year))
        self.paid_mfte = math.floor(real * paid * 1000.0 / week_pence(par.paid_gbp_year))
        gap = self.coordinator_plan - self.coordinator_mfte
        vacant = self.model.week > 0 and not self.area.held and bool(is_worth_a_post(gap, self.coordinator_plan))
        if self.is_filled(0) if vacant else self.no_vacancy(0):
            self.coordinator_mfte = self.coordinator_plan

    def is_filled(self, which: int) -> bool:
        """Whether the vacancy of coordinators (0) or paid workers (1) has been advertised long enough."""
        now = self.model.week
        self.advertised[which] = int(vacancy_filled(self.advertised[which], now, self.model.par.post_fill_weeks))
        return self.advertised[which] <= now

    def no_vacancy(self, which: int) -> bool:
        """Nothing is advertised: the next vacancy waits its weeks."""
        self.advertised[which] = 0
        return True

    def cost(self) -> int:
        """Pence of a week's pay, volunteers' costs and running costs."""
        if not self.open:
            return 0
        pay = self.coordinators_pay() + self.workers_pay(self.paid_in_post())
        return pay + self.volunteers_cost(self.volunteers()) + self.core

    def coordinators_pay(self) -> int:
        """Pence of a week's pay of the coordinators in post."""
        return math.floor(self.coordinator_mfte * week_pence(self.model.par.coordinator_gbp_year) / 1000.0)

    def workers_pay(self, mfte: int) -> int:
        """Pence of a week's pay of so many thousandths of a paid worker's post."""
        return math.floor(mfte * week_pence(self.model.par.paid_gbp_year) / 1000.0)

    def volunteers_cost(self, volunteers: int) -> int:
        """Pence of a week's costs of so many volunteers."""
        return math.floor(volunteers * week_pence(self.model.par.volunteer_gbp_year))

    def fails(self) -> bool:
        """Cannot meet a month's pay."""
        return self.open and not self.area.held and bool(cannot_pay(self.cash, self.income(), self.cost()))

    def pay(self) -> None:
        """A week's costs leave; income arrives."""
        got, out = self.income(), self.cost()
        start = int(self.model.par.reserve_start_weeks) * got if self.model.week == 0 else 0
        self.cash += start if self.area.held else got + start - out
        self.spent += got if self.area.held else out
        book_week(self, start)
        for payer in Payer:
            self.area.spent[payer] += self.area_pence(self.award[payer])
        self.area.spent[Payer.BOARD] += sum(self.area_pence(pence) for pence in self.tariff)
        self.area.spent[OWN_SOURCES] += self.area_pence(self.own_income) if self.open else 0

    # ---- supporters

    def volunteers(self) -> int:
        """Volunteers in training or active."""
        return sum(not s.paid for s in self.supporters if s.state != Post.LEFT)

    def paid_in_post(self) -> int:
        """Paid posts filled, in thousandths."""
        return sum(s.mfte for s in self.supporters if s.paid and s.state != Post.LEFT)

    def supervised(self) -> float:
        """Volunteers that its coordinators can supervise when all whom its plan pays for are in post."""
        return float(supervised(self.coordinator_plan, self.area.policy.supervision_ratio))

    def supervised_well(self) -> float:
        """Volunteers that its coordinators can supervise without loss of quality, whatever the policy."""
        return float(supervised(self.coordinator_mfte, self.model.par.supervision_ratio_safe))

    def stretched(self) -> bool:
        """More volunteers than its coordinators can supervise."""
        return bool(is_stretched(self.volunteers(), self.supervised_well()))

    def count_active(self, stock: str) -> int:
        """A stock of `sim.results.result.STOCKS`: itself, volunteers (all, or stretched), paid workers or posts, places."""
        if stock == "organisations":
            return int(self.open)
        if stock == "volunteers_stretched":
            return self.volunteers() * self.stretched()
        active = [s for s in self.supporters if s.state == Post.ACTIVE]
        if stock == "paid_mfte":
            return sum(s.mfte for s in active if s.paid)
        if stock == "places":
            return sum(s.capacity for s in active)
        return sum(s.paid == (stock == "paid_workers") for s in active)

    def who_leaves(self) -> list[Supporter]:
        """Supporters who leave this week, and are forgotten next week."""
        self.supporters = [s for s in self.supporters if s.state != Post.LEFT]
        if not self.supporters or self.area.held:
            return []
        stretched = self.stretched()
        return [s for s in self.supporters if s.leaves(stretched)]

    def coordinators_leave(self) -> None:
        """Coordinators leave, as paid workers do; their post is vacant from the next week on."""
        if self.coordinator_mfte > 0 and not self.area.held:
            par = self.model.par
            chance = paid_leaving(par.leave_coordinator, self.weeks_left(), par.leave_contract_end)
            u = draws.uniform_one(self.model.seed_, Purpose.COORDINATOR_LEAVES, self.model.week, self.whog)
            self.coordinator_mfte = int(coordinators_stay(u, self.coordinator_mfte, chance))

    def who_stands_down(self) -> list[Supporter]:
        """Paid workers beyond what the plan pays for, the latest first, when over by a tenth and money is short."""
        have = self.paid_in_post()
        away = sum(self.last_award[payer] for payer in Payer if self.away(payer))
        enough = self.cash >= self.model.par.worry_weeks * max(1, sum(self.award) + away)
        if self.area.held or not is_overstaffed(have, self.paid_mfte) or enough:
            return []
        leaving, excess = [], have - self.paid_mfte
        for supporter in reversed([s for s in self.supporters if s.paid and s.state != Post.LEFT]):
            if excess <= 0:
                break
            leaving.append(supporter)
            excess -= supporter.mfte
            notice = int(notice_pence(supporter.mfte, self.model.par.paid_gbp_year, self.model.par.notice_weeks))
            self.cash -= notice
            self.spent += notice
            self.ledger[Line.NOTICE] += notice
        return leaving

    def recruit_volunteers(self, have_in_area: int) -> int:
        """How many to add: from those helped first, then the public, as far as coordinators can supervise."""
        par, policy = self.model.par, self.area.policy
        vacancies = self.supervised() - self.volunteers() if self.open and not self.area.held else 0.0
        from_helped = min(self.came_forward, math.ceil(max(0.0, vacancies)))
        self.came_forward -= from_helped
        pool = self.area.all_adults * par.pool_share
        pool *= policy.volunteering * (1.0 + policy.recruit_students)
        used = min(1.0, have_in_area / max(1.0, pool))
        effort = policy.recruitment * policy.volunteering * (1.0 + policy.recruit_students)
        if vacancies <= from_helped:
            return from_helped
        expected = recruits_expected(vacancies - from_helped, par.fill_rate, effort, used)
        u = draws.uniform_one(self.model.seed_, Purpose.RECRUITS, self.model.week, self.whog)
        return from_helped + math.floor(expected + u)

    def recruit_paid(self) -> None:
        """One paid post a week at most, once advertised long enough, of the size that the plan leaves open."""
        gap = self.paid_mfte - self.paid_in_post()
        vacant = self.open and not self.area.held and is_worth_a_post(gap, self.paid_mfte)
        if not vacant:
            self.no_vacancy(1)
        elif self.is_filled(1):
            self.add(True, int(self.model.par.paid_training_weeks), min(WHOLE_POST, gap))

    def add(self, paid: bool, training: int, mfte: int = 0) -> None:
        """A new supporter: experience and hours by weights that no policy moves."""
        par, seed = self.model.par, self.model.seed_
        self.recruited += 1
        whog = draws.whog(self.base | self.ordinal << 19 | self.recruited)
        u = draws.uniform_one(seed, Purpose.SUPPORTER_HOURS, 0, whog)
        places = post_places(u, mfte, par.paid_caseload) if paid else volunteer_places(u, par.volunteer_caseload)
        r = draws.bits_one(seed, Purpose.SUPPORTER_EXPERIENCE, 0, whog) >> 40
        experience = self.experiences[r % len(self.experiences)]
        self.supporters.append(
            self.model.made_of.supporter(
                self.model, self, whog, paid, experience, places, mfte, self.model.week + training
            )
        )

    def adopt(self, columns: dict[str, Any]) -> None:
        """A supporter who is there at the start, as the rules of the start have made them."""
        supporter = self.model.made_of.supporter(
            self.model,
            self,
            columns["whog"],
            bool(columns["paid"]),
            columns["experience"],
            columns["capacity"],
            columns["mfte"],
            columns["ready"],
        )
        supporter.state, supporter.started, supporter.here = columns["state"], columns["started"], columns["here"]
        self.supporters.append(supporter)

    def qualify(self) -> None:
        """Trainees whose training is over become active; quality follows supervision and training, slowly."""
        for supporter in self.supporters:
            if supporter.state == Post.TRAINING and supporter.ready <= self.model.week:
                supporter.state = Post.LEFT if supporter.is_lost() else Post.ACTIVE
        target = quality_target(float(self.volunteers()), self.supervised_well(), self.area.policy.training_weeks)
        self.quality = float(follow(self.quality, target, self.model.par.quality_speed))

    # ---- places

    def look(self, waiting: int) -> None:
        """Who is served and for whom there is room, before anyone acts."""
        policy = self.area.policy
        free = [[0] * N_NEEDS for _ in range(2)]
        some = [[False] * N_NEEDS for _ in range(2)]
        for s in self.supporters if self.open else ():
            if s.state == Post.ACTIVE and s.meets():
                free[s.paid][s.experience] += s.here - s.load
                some[s.paid][s.experience] = True
        self.free = sum(map(sum, free))
        self.spare = self.free - waiting
        self.takes_self = self.open and self.self_luck < policy.self_referral
        pairs = self.open and self.pair_luck < policy.pairs and self.pairs_meet()
        served = [pairs and bool(self.needs >> need & 1) for need in range(N_NEEDS)]
        self.exists = [_suiting(served), _suiting(some[0]), _suiting(some[1])]
        room = [[n > 0 and self.spare > 0 for n in row] for row in free]
        self.room = [self.exists[0], _suiting(room[0]), _suiting(room[1])]
        self._stamp(self.area.seen if self.home is None else self.home.seen)

    def pairs_meet(self) -> bool:
        """Whether it can still match pairs, while people may not meet."""
        shut = cannot_visit(self.area.policy.face_to_face_closed, self.model.par.remote_share)
        return bool(draws.uniform_one(self.model.seed_, Purpose.MEETS, 0, self.whog) >= shut)

    def _stamp(self, seen: Seen) -> None:
        """Remember the week in which something suitable was last there."""
        now = self.model.week
        for kind in range(KINDS):
            for match in range(N_MATCH):
                if self.exists[kind][match]:
                    seen.exists[kind][match] = now
                    if self.takes_self:
                        seen.self_[kind][match] = now
                if self.takes_self and self.room[kind][match]:
                    seen.room[kind][match] = now

    def note_wait(self, weeks: int) -> None:
        """Remember how long someone waited for an offer."""
        self.waits[min(LONGEST_WAIT, weeks)] += 1
        self.starts += 1
        self._median = None

    def median_wait(self) -> int:
        """Median weeks waited, of the recent (decayed) counts; 0 if none."""
        if self._median is None:
            total = sum(self.waits)
            up_to = enumerate(accumulate(self.waits))
            self._median = next(weeks for weeks, count in up_to if count * 2 >= total) if total else 0
        return self._median

    def forget(self) -> None:
        """Every half-year the memory of waits and starts fades."""
        self.waits = [still_remembered(count) for count in self.waits]
        self.starts = still_remembered(self.starts)
        self._median = None

    def slots(self) -> list[tuple[tuple[int, int], Supporter]]:
        """One entry a free place, in the order of keyed draws."""
        if not self.open:
            return []
        out = []
        for s in self.supporters:
            if s.state == Post.ACTIVE and s.load < s.here and s.meets():
                out += [(s.slot_tie(), s)] * (s.here - s.load)
        return sorted(out, key=lambda slot: slot[0])


def _suiting(by_need: list[bool]) -> list[bool]:
    """By match index, from by experience."""
    if not any(by_need):
        return [False] * N_MATCH
    return [any(has and row[need] for need, has in enumerate(by_need)) for row in SUIT_ROWS]
