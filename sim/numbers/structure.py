"""Numbers that are the same in every world: the records of `sim/data/structure.csv`, by name.

Parameters that are drawn or set stand in `sim/numbers/parameters.py`; these are built into the rules and are read once.
Units and meanings stand in the table (`peerscale parameters` lists both).
"""

from __future__ import annotations

from sim.numbers.parameters import TABLES, Record, read_records, records

RECORDS = read_records(TABLES / "structure.csv")


def declared() -> dict[str, Record]:
    """Every number of the model by name: parameters, then structure."""
    return records() | RECORDS


def _number(name: str) -> float:
    return RECORDS[name].value


COMMUNITY_ADULTS = int(_number("community_adults"))
GROUP_PLANNED_WEEKS = int(_number("group_planned_weeks"))
ONLINE_PLANNED_WEEKS = int(_number("online_planned_weeks"))
USUAL_QUALITY = _number("usual_quality")
LOOSE_MATCH_EFFECT = _number("loose_match_effect")
NEED_EFFECT_LEAST = _number("need_effect_least")
NEED_EFFECT_RANGE = _number("need_effect_range")
QUALITY_EFFECT_LEAST = _number("quality_effect_least")
QUALITY_LEAVING_TIMES = _number("quality_leaving_times")
QUALITY_UNSUPERVISED = _number("quality_unsupervised")
QUALITY_UNTRAINED = _number("quality_untrained")
QUALITY_PER_TRAINING_WEEK = _number("quality_per_training_week")
VOLUNTEERS_BY_THEMSELVES = _number("volunteers_by_themselves")
GROUP_YOUNG_WEEKS = int(_number("group_young_weeks"))
GROUP_FEW_COME = _number("group_few_come")
GROUP_SMALLEST_PART = _number("group_smallest_part")
GROUP_COMES_LEAST = _number("group_comes_least")
GROUP_COMES_MOST = _number("group_comes_most")
GROUP_BY_DAY = _number("group_by_day")
GROUP_INTERPRETS = _number("group_interprets")
SERVICE_INTERPRETS = _number("service_interprets")
GROUP_OPEN_EVERY = int(_number("group_open_every"))
HIGH_NEED_LONELY = int(_number("high_need_lonely"))
HIGH_NEED_CONFIDENCE = int(_number("high_need_confidence"))
VOICED_WEEKS = int(_number("voiced_weeks"))
POST_LEAST_MFTE = int(_number("post_least_mfte"))
POST_GAP_PART = int(_number("post_gap_part"))
VOLUNTEER_EARLY_WEEKS = int(_number("volunteer_early_weeks"))
AWARD_END_WEEKS = int(_number("award_end_weeks"))
GROUP_GRANT_GBP_YEAR = _number("group_grant_gbp_year")
ACCESS_MOST = _number("access_most")
LINK_WORKER_PEOPLE_YEAR = _number("link_worker_people_year")
CLINIC_TALK_WEEK = _number("clinic_talk_week")
TALK_QUALITY = _number("talk_quality")
TALK_PUTS_OFF = _number("talk_puts_off")
NETWORK_QUALITY_QUARTER = _number("network_quality_quarter")
NETWORK_KNOWS_QUARTER = _number("network_knows_quarter")
TRUST_FULL_REFERRALS = _number("trust_full_referrals")
TRUST_LATE_OFFER = _number("trust_late_offer")
SMALLEST_SHARE = _number("smallest_share")
SMALLEST_PER10K = _number("smallest_per10k")
SMALLEST_GBP = _number("smallest_gbp")
SMALLEST_SUPPLY = _number("smallest_supply")
WANT_LEAST_WEEKS = _number("want_least_weeks")
COMMISSION_CONVICTION = _number("commission_conviction")
CONVICTION_OWN_SHARE = _number("conviction_own_share")
LINK_WORKER_CONDITIONS_MOST = int(_number("link_worker_conditions_most"))
ACT_CONFIDENCE_MIDDLE = _number("act_confidence_middle")
ACT_CONFIDENCE_SLOPE = _number("act_confidence_slope")
ASK_UNWANTED_WEEKS = int(_number("ask_unwanted_weeks"))
WAITS_KEPT_HALF_YEAR = _number("waits_kept_half_year")
FOLLOW_UP_WEEKS = int(_number("follow_up_weeks"))
SECOND_FOLLOW_UP_WEEKS = int(_number("second_follow_up_weeks"))
