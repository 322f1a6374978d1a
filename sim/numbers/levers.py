"""The levers: what a policy can set, each a declared record, and their course over weeks and areas."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

CHOICES: dict[str, tuple[str, ...]] = {
    "allocation": ("historic", "need", "equity", "demand", "performance"),
    "priority": ("first_come", "need", "equity", "continuity"),
    "working_together": ("apart", "shared_pathway", "one_team"),
    "mode": ("opt_in", "prompted", "opt_out"),
    "eligibility": ("everyone", "with_condition", "high_need"),
}


@dataclass(frozen=True)
class Lever:
    """One lever. `choice` names an entry of CHOICES for a lever that is a word, else it is a number.

    `today` is the value under today's policy (for a choice: the word's position in CHOICES);
    every `today` without a published figure is judgement, and says so in `source`.
    """

    name: str
    group: str
    unit: str
    today: float
    low: float
    high: float
    meaning: str
    cannot: str
    touches: str
    choice: str = ""
    source: str = "judgement"


def _n(
    name: str,
    group: str,
    unit: str,
    span: tuple[float, float, float],
    meaning: str,
    cannot: str,
    touches: str,
    source: str = "judgement",
) -> Lever:
    return Lever(name, group, unit, *span, meaning, cannot, touches, source=source)


def _c(name: str, group: str, choice: str, today: str, meaning: str, cannot: str, touches: str) -> Lever:
    words = CHOICES[choice]
    return Lever(name, group, "choice", words.index(today), 0, len(words) - 1, meaning, cannot, touches, choice)


_GBP = "GBP per adult resident per year, 2024/25 prices"
_MULT = "times today's"
_SHARE = "share"

LEVERS: tuple[Lever, ...] = (
    # funding: (today, low, high)
    _n(
        "budget_board",
        "funding",
        _GBP,
        (0.35, 0, 20),
        "What the NHS board spends on peer support.",
        "Money alone does not tell anyone that support exists.",
        "money staff offer",
    ),
    _n(
        "budget_council",
        "funding",
        _GBP,
        (0.25, 0, 20),
        "What councils spend on peer support.",
        "Money alone does not tell anyone that support exists.",
        "money staff offer",
    ),
    _n(
        "budget_trust",
        "funding",
        _GBP,
        (1.0, 0, 20),
        "What NHS trusts spend on paid peer workers.",
        "It pays for workers in services, not for groups in the community.",
        "money staff offer",
        "judgement, set against spr_psw_2019 and spr_psw_2024_plan",
    ),
    _n(
        "budget_charity",
        "funding",
        _GBP,
        (0.45, 0, 20),
        "What charitable funders give.",
        "Funders choose causes of their own.",
        "money staff offer",
    ),
    _n(
        "budget_growth",
        "funding",
        "share per year, after prices",
        (0, -0.3, 0.5),
        "How all these budgets grow each April.",
        "It goes to those already paid who are below their share.",
        "money",
    ),
    _n(
        "contract_share",
        "funding",
        _SHARE,
        (0.6, 0, 1),
        "Share of the board's money given as contracts, the rest as grants.",
        "Contracts bring a larger overhead.",
        "money",
    ),
    _n(
        "personal_budget_share",
        "funding",
        _SHARE,
        (0.02, 0, 0.8),
        "Share of the board's money that follows the person.",
        "It pays voluntary organisations for those who start, after they start; what is not paid is carried forward.",
        "money staff offer",
    ),
    _n(
        "outcome_payment_share",
        "funding",
        _SHARE,
        (0, 0, 0.8),
        "Share of the board's money paid for people who completed.",
        "It pays voluntary organisations a quarter in arrears; what is not paid is carried forward.",
        "money staff offer",
    ),
    _n(
        "award_years",
        "funding",
        "years",
        (1.5, 0.5, 10),
        "How long an award lasts.",
        "Long awards tie money to those who hold it.",
        "money staff",
    ),
    _n(
        "core_cost_share",
        "funding",
        "share of full cost",
        (0.8, 0.4, 1.2),
        "How much of the full cost an award covers.",
        "Fewer places are bought for the same money.",
        "money",
        "judgement, set against fund_gap and fund_subsidise",
    ),
    _c(
        "allocation",
        "funding",
        "allocation",
        "historic",
        "How payers divide money between organisations.",
        "It moves money only as awards end, or as budgets grow.",
        "money",
    ),
    _n(
        "supervision_share",
        "funding",
        "share of delivery money",
        (0.3, 0.05, 0.8),
        "Share spent on coordinators who train, match and supervise.",
        "It is taken from paid peer workers.",
        "money staff quality",
    ),
    _n(
        "evaluation_share",
        "funding",
        "share of award",
        (0.03, 0, 0.2),
        "Share spent on evaluation.",
        "It buys knowledge, not places.",
        "money",
    ),
    _n(
        "new_organisations",
        "funding",
        "per million adults per year",
        (2, 0, 50),
        "New organisations helped to start.",
        "They begin small and may not last.",
        "money staff",
    ),
    _n(
        "group_grant",
        "funding",
        "GBP per group per year, 2024/25 prices",
        (60, 0, 3000),
        "A little money to keep a mutual group alive: room, tea, travel.",
        "Groups close for lack of organisers too.",
        "groups",
    ),
    _n(
        "online_places",
        "supply",
        "places per 1,000 adults",
        (6, 0, 200),
        "Room in moderated online communities.",
        "People who are not online cannot use it.",
        "online",
    ),
    _n(
        "expenses",
        "funding",
        "GBP per person starting, 2024/25 prices",
        (5, 0, 200),
        "Travel, childcare and interpreters for people who take part.",
        "It does not create places.",
        "ask offer",
    ),
    # referral
    _n(
        "self_referral",
        "referral",
        "share of organisations",
        (0.5, 0, 1),
        "How many organisations let people refer themselves.",
        "People must still know that it exists.",
        "ask",
    ),
    _n(
        "route_practice",
        "referral",
        "share of contacts",
        (0.6, 0, 1),
        "General practice may put people forward.",
        "The practice must know and think of it.",
        "ask",
    ),
    _n(
        "route_link_worker",
        "referral",
        "share of contacts",
        (0.9, 0, 1),
        "Link workers may put people forward.",
        "There are few link workers.",
        "ask",
    ),
    _n(
        "route_acute",
        "referral",
        "share of contacts",
        (0.2, 0, 1),
        "Acute trusts may put people forward, in clinic and at discharge.",
        "They see people once.",
        "ask",
    ),
    _n(
        "route_mental",
        "referral",
        "share of contacts",
        (0.6, 0, 1),
        "Mental-health teams may put people forward.",
        "Few people are with a team.",
        "ask",
    ),
    _n(
        "route_hospice",
        "referral",
        "share of contacts",
        (0.5, 0, 1),
        "Hospices may put people forward.",
        "Few people are with a hospice.",
        "ask",
    ),
    _n(
        "route_carers",
        "referral",
        "share of contacts",
        (0.6, 0, 1),
        "Carers' services may put people forward.",
        "Most carers are not in touch with one.",
        "ask",
    ),
    _c(
        "mode_contact",
        "referral",
        "mode",
        "opt_in",
        "Whether staff at a usual contact must think of it, are prompted, or offer it unless declined.",
        "It uses places; it does not make them.",
        "ask",
    ),
    _c(
        "mode_diagnosis",
        "referral",
        "mode",
        "opt_in",
        "The same, at a new diagnosis.",
        "It uses places; it does not make them.",
        "ask",
    ),
    _c(
        "mode_discharge",
        "referral",
        "mode",
        "opt_in",
        "The same, at discharge from hospital.",
        "It uses places; it does not make them.",
        "ask",
    ),
    _c(
        "mode_review",
        "referral",
        "mode",
        "opt_in",
        "The same, at the annual review: also for people who had not asked for anything.",
        "Some of those offered do not want it.",
        "ask",
    ),
    _n(
        "link_workers",
        "referral",
        "per 10,000 adults",
        (0.74, 0, 10),
        "Link workers in post.",
        "They put people forward; they are not peer support.",
        "ask",
        "spr_lw_2025 over the adults of England",
    ),
    _n(
        "directory",
        "referral",
        "share of people and staff who use it",
        (0.1, 0, 1),
        "A kept directory of what exists here.",
        "It lists only what exists.",
        "hear learn",
    ),
    _n(
        "campaign",
        "referral",
        "share of adults reached per year",
        (0.03, 0, 1),
        "Publicity.",
        "It fills places faster than it makes them.",
        "hear",
    ),
    _c(
        "eligibility",
        "referral",
        "eligibility",
        "everyone",
        "Who may be put forward to an organisation.",
        "It rations; it does not add.",
        "ask",
    ),
    _c(
        "priority",
        "referral",
        "priority",
        "first_come",
        "Who is offered a free place first.",
        "It moves places between people.",
        "offer",
    ),
    _c(
        "working_together",
        "referral",
        "working_together",
        "apart",
        "How organisations and services work together.",
        "It costs coordinators' time, and perhaps some independence.",
        "ask money",
    ),
    _n(
        "peers_in_clinics",
        "referral",
        "share of clinics",
        (0.02, 0, 1),
        "Peers present in clinics, so that people hear from someone like them.",
        "It needs peers to be there.",
        "hear ask",
    ),
    # supply
    _n(
        "recruitment",
        "supply",
        _MULT,
        (1, 0, 5),
        "Effort in recruiting volunteers from the public.",
        "The pool of volunteers empties.",
        "staff",
    ),
    _n(
        "recruit_helped",
        "supply",
        _MULT,
        (1, 0, 5),
        "Asking people who were helped to come back and help.",
        "It grows only as people are helped.",
        "staff support",
    ),
    _n(
        "recruit_students",
        "supply",
        "share added to the pool",
        (0, 0, 1),
        "Students and new staff as supporters.",
        "They stay a shorter time.",
        "staff",
    ),
    _n(
        "paid_share",
        "supply",
        "share of delivery money",
        (0.5, 0, 1),
        "Paid peer workers rather than volunteers' costs.",
        "A paid place costs more.",
        "money staff",
    ),
    _n(
        "pairs",
        "supply",
        "share of organisations",
        (0.1, 0, 1),
        "Organisations that match two people to support each other.",
        "Two people must want it.",
        "ask offer",
    ),
    _n(
        "training_weeks",
        "supply",
        "weeks",
        (6, 1, 30),
        "Training before a volunteer starts.",
        "Short training lowers quality.",
        "staff quality",
    ),
    _n(
        "supervision_ratio",
        "supply",
        "volunteers per coordinator",
        (20, 4, 80),
        "Volunteers that each full-time coordinator takes on.",
        "Beyond what one can supervise well, quality falls and they leave.",
        "staff quality",
    ),
    _n(
        "sessions",
        "supply",
        "weeks of support planned",
        (12, 4, 40),
        "Planned length of one-to-one support.",
        "Longer support means fewer people.",
        "support",
    ),
    _n(
        "group_founding",
        "supply",
        _MULT,
        (1, 0, 6),
        "Help for people to found mutual groups.",
        "Groups need two or three people who want one.",
        "groups",
    ),
    _n(
        "group_keeping",
        "supply",
        "share of closures avoided",
        (0, 0, 0.8),
        "Help to keep groups going.",
        "Attendance still decides.",
        "groups",
    ),
    # shocks and settings of the world
    _n(
        "cut",
        "shock",
        "share of all budgets",
        (0, 0, 1),
        "A cut in funding.",
        "It bites as awards end, and on all awards each April.",
        "money staff",
    ),
    _n(
        "face_to_face_closed",
        "shock",
        "share of groups and visits",
        (0, 0, 1),
        "Groups, pairs and visits that cannot meet: nobody new starts there, and people drift away.",
        "Some visits go on by telephone or video, and online communities go on.",
        "groups offer",
    ),
    _n(
        "price_shock",
        "shock",
        "share of an award's worth lost, each April",
        (0, -0.2, 0.5),
        "Prices that outrun the uplift.",
        "New awards are at the new prices.",
        "money",
    ),
    _n(
        "lose_largest",
        "shock",
        "0 or 1",
        (0, 0, 1),
        "The largest organisation closes in this week.",
        "Its queue is referred on in that week, and its money awarded again.",
        "money staff offer",
    ),
    _n(
        "volunteering",
        "setting",
        _MULT,
        (1, 0, 3),
        "How ready the public is to volunteer.",
        "A setting of the world, not a policy.",
        "staff",
    ),
    _n(
        "learning_network",
        "module",
        "share of organisations and referrers",
        (0, 0, 1),
        "Areas learn from each other every 13 weeks.",
        "It spreads what is known, not places.",
        "learn",
    ),
    _n(
        "conviction",
        "module",
        "0 or 1",
        (0, 0, 1),
        "Boards commission only when convinced, and then the more the surer they are (0: under a mandate all do).",
        "Off: boards commission whatever their budget says.",
        "money",
    ),
)

BY_NAME = {lever.name: lever for lever in LEVERS}
INDEX = {lever.name: i for i, lever in enumerate(LEVERS)}


@dataclass(frozen=True)
class Timeline:
    """Levers over the run. `values` float64[n_changes, n_levers, n_areas]; `starts` int[n_changes] weeks.

    Row k holds from week starts[k] until the next start. starts[0] is 0.
    """

    starts: np.ndarray
    values: np.ndarray

    def at(self, week: int) -> np.ndarray:
        """float64[n_levers, n_areas] in force in `week` (counted from the start of the burn-in)."""
        return self.values[int(np.searchsorted(self.starts, week, side="right")) - 1]


def today_values(n_areas: int) -> np.ndarray:
    """float64[n_levers, n_areas] of today's policy."""
    today = np.array([lever.today for lever in LEVERS], dtype=np.float64)
    return np.repeat(today[:, None], n_areas, axis=1)


class View:
    """Levers of one week by name: `view.self_referral` is float64[n_areas] (or of `rows` areas)."""

    __slots__ = ("_values",)

    def __init__(self, values: np.ndarray):
        self._values = values

    def __getattr__(self, name: str) -> np.ndarray:
        if name.startswith("_"):
            raise AttributeError(name)
        try:
            return self._values[INDEX[name]]
        except KeyError:
            raise AttributeError(f"no lever is called {name!r}") from None
