"""The null model: a dozen lines of stock and flow through the same gates, without people, places or queues.

It answers "would a spreadsheet have said the same?". Where its difference between two policies agrees with
the simulation's, the simulation adds nothing to that answer but its ranges; where not, the reason is a
mechanism that the null model lacks (learning, queues, groups, who meets whom).
"""

from __future__ import annotations

from dataclasses import dataclass

from sim.numbers.levers import BY_NAME
from sim.numbers.parameters import records
from sim.vocabulary import YEAR

TARGET_WEEKS, ADULTS, ILL = 12, 10_000, 0.54
CONTACTS_WEEK = 0.08  # with a general practice, about four a year (judgement: the null model has one kind of person)


@dataclass(frozen=True)
class NullAnswer:
    """Shares of wants: known of in time, asked in time, found room in a service, available."""

    known: float
    asked: float
    room: float
    available: float


def null_model(levers: dict[str, float], fixed: dict[str, float] | None = None) -> NullAnswer:
    """Steady state for 10,000 adults at central parameters; `levers` by name, today's where not given."""
    p = {name: record.value for name, record in records().items()} | (fixed or {})
    at = {name: lever.today for name, lever in BY_NAME.items()} | levers
    wants_year = ADULTS * ILL * p["want_prevalence"] * YEAR / (4 + p["want_length_weeks"])
    hear = p["search_rate"] + p["directory_rate"] * at["directory"] + at["campaign"] / YEAR
    known, known_online = _within(hear), _within(hear + p["search_online_rate"])
    by_self = known * at["self_referral"] * _within(p["act_rate"])
    asked = 1 - (1 - by_self) * (1 - _within(_put_forward(p, at)))
    service = min(1.0, _service_places_year(p, at) / max(1.0, wants_year * asked)) * p["access_service"]
    group_places = p["groups_per_place"] * at["group_founding"] * p["group_size"] * YEAR / p["group_stay_weeks"]
    group = min(1.0, group_places / max(1.0, wants_year * known)) * p["access_group"] * p["chooses_group"]
    online_places = at["online_places"] * ADULTS / 1000 * YEAR / p["online_stay_weeks"]
    online = min(1.0, online_places / max(1.0, wants_year * known_online)) * p["chooses_online"]
    available = 1 - (1 - asked * service) * (1 - known * group) * (1 - known_online * online)
    return NullAnswer(known, asked, service, available)


def _put_forward(p: dict[str, float], at: dict[str, float]) -> float:
    """Weekly chance of being put forward with success: contacts, knowing, trusting, thinking, accepting, not lost."""
    chances = (
        p["knows_practice"] * p["thinks_opt_in"],
        p["thinks_prompted"],
        p["thinks_opt_out"],
    )  # a prompt says what is
    usual = CONTACTS_WEEK * chances[int(at["mode_contact"])] + chances[int(at["mode_review"])] / YEAR
    sent = at["route_practice"] * p["trust_start"] * usual
    return sent * p["accept_referral"] * (1 - p["lost_apart"])


def _service_places_year(p: dict[str, float], at: dict[str, float]) -> float:
    """One-to-one places that a year's money brings, from paid workers and volunteers."""
    money = sum(at[f"budget_{payer}"] for payer in ("board", "council", "trust", "charity")) * ADULTS
    money *= (1 - p["overhead_share"]) * (1 - p["shortfall_some"] * p["shortfall_most"] / 4)
    paid = money * at["paid_share"] * (1 - at["supervision_share"]) / p["paid_gbp_year"] * p["paid_caseload"]
    coordinators = money * at["supervision_share"] / p["coordinator_gbp_year"]
    volunteers = min(coordinators * at["supervision_ratio"], ADULTS * p["pool_share"])
    return (paid + volunteers * p["volunteer_caseload"]) * YEAR / at["sessions"]


def _within(weekly: float) -> float:
    """Chance that something of a weekly chance happens within the target wait."""
    return 1.0 - (1.0 - min(1.0, weekly)) ** TARGET_WEEKS
