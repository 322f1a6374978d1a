"""Parameters: declared records in `sim/data/parameters.csv`, drawn per world from priors.

A world is a parameter draw and a replicate. Draw 0 is every parameter's central value; draw d > 0
takes each parameter's prior at a keyed draw, so draw d is the same in every study and scenario.
Fixed parameters keep their value in every draw. Rows of role `value` say what outcomes are worth: they move
nothing in the model, and `sim/results/value.py` reads them. Prices of other years are drawn at those of 2024/25.
"""

from __future__ import annotations

import csv
import zlib
from dataclasses import dataclass, fields
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from sim import draws
from sim.data import FOLDER
from sim.errors import UserError
from sim.numbers.prices import at_model_prices

TABLES = FOLDER

VALUE = "value"  # role of the parameters that say what outcomes are worth
Column = Any  # float64[n_worlds]; a plain float in the readable engine's one world


@dataclass(frozen=True)
class Record:
    """One declared parameter: see the table's header. `low` and `high` bound its prior."""

    name: str
    value: float
    low: float
    high: float
    unit: str
    prior: str
    meaning: str
    source: str
    source_id: str
    year: str
    grade: str
    scope: str
    role: str
    reviewed: str


@dataclass(frozen=True)
class Parameters:
    """float64[n_worlds] for each parameter; names, units and sources stand in the table."""

    want_prevalence: Column
    want_length_weeks: Column
    want_at_diagnosis: Column
    want_at_carer: Column
    want_at_bereavement: Column
    want_at_discharge: Column
    want_at_flare: Column
    want_at_social_fall: Column
    match_narrow: Column
    match_broad: Column
    target_weeks: Column
    target_weeks_bereavement: Column
    target_weeks_discharge: Column
    chooses_group: Column
    chooses_pair: Column
    chooses_one_to_one: Column
    chooses_online: Column
    access_group: Column
    group_reach: Column
    group_known: Column
    free_by_day: Column
    free_by_day_older: Column
    free_by_evening: Column
    group_near: Column
    rural_near: Column
    little_english: Column
    access_service: Column
    access_online: Column
    access_per_gbp: Column
    mouth_rate: Column
    talk_of_knowing: Column
    search_rate: Column
    search_online_rate: Column
    directory_rate: Column
    informal_rate: Column
    voiced_rate: Column
    forget_weeks: Column
    act_rate: Column
    knows_practice: Column
    knows_link_worker: Column
    knows_specialist: Column
    trust_start: Column
    thinks_opt_in: Column
    thinks_prompted: Column
    thinks_opt_out: Column
    thinks_at_event: Column
    thinks_at_review: Column
    thinks_beside: Column
    accept_referral: Column
    accept_without_want: Column
    lost_apart: Column
    lost_shared: Column
    lost_one_team: Column
    give_up_weeks: Column
    room_before_wait: Column
    accept_offer: Column
    accept_loose_match: Column
    attend_first: Column
    drop_per_week: Column
    drop_loose_match: Column
    pair_stay_weeks: Column
    group_stay_weeks: Column
    group_settles: Column
    group_tries_weeks: Column
    online_stay_weeks: Column
    dose_weeks: Column
    effect_lonely: Column
    effect_confidence: Column
    effect_online_share: Column
    effect_spread: Column
    effect_holds_weeks: Column
    effect_half_life_weeks: Column
    fold_harm: Column
    better_by: Column
    comes_forward: Column
    leave_early: Column
    leave_later: Column
    leave_overload: Column
    leave_paid: Column
    leave_contract_end: Column
    fill_rate: Column
    pool_share: Column
    volunteer_caseload: Column
    paid_caseload: Column
    paid_training_weeks: Column
    coordinator_gbp_year: Column
    paid_gbp_year: Column
    volunteer_gbp_year: Column
    overhead_share: Column
    contract_overhead: Column
    running_cost_fall: Column
    restart_share: Column
    team_cost: Column
    nhs_paid_share: Column
    volunteer_coordination: Column
    shortfall_some: Column
    shortfall_most: Column
    shortfall_lost: Column
    personal_budget_gbp: Column
    outcome_gbp: Column
    barred_weeks: Column
    notice_weeks: Column
    worry_weeks: Column
    quality_speed: Column
    remote_share: Column
    leave_unmet: Column
    own_income_gbp_head: Column
    online_place_gbp_year: Column
    link_worker_gbp_year: Column
    reserve_use_weeks: Column
    reserve_start_weeks: Column
    orgs_per_place: Column
    group_size: Column
    group_size_spread: Column
    groups_per_place: Column
    founding_week: Column
    founding_pool: Column
    group_fold_early: Column
    group_fold_later: Column
    fold_attendance: Column
    organiser_leaves: Column
    organiser_steps_up: Column
    grant_keeps: Column
    trust_speed: Column
    turnover_week: Column
    tell_rate: Column
    beside_speed: Column
    beside_fade: Column
    conviction_start: Column
    supervision_ratio_safe: Column
    conviction_speed: Column
    convincing_starts: Column
    group_differences: Column
    gradient: Column
    directory_gbp_adult_year: Column
    campaign_gbp_reached: Column
    referral_gbp: Column
    founding_gbp_10k_year: Column
    keeping_gbp_10k_year: Column
    recruiting_gbp_10k_year: Column
    clinic_posts_10k: Column
    award_refused: Column
    award_gap_share: Column
    award_gap_weeks: Column
    first_award: Column
    apply_weeks: Column
    post_fill_weeks: Column
    first_award_gbp: Column
    award_returned: Column
    reserve_kept_weeks: Column
    leave_coordinator: Column
    recruit_lost: Column

    def world(self, index: int) -> Parameters:
        """The parameters of one world as plain floats."""
        return Parameters(**{f.name: float(getattr(self, f.name)[index]) for f in fields(self)})


@lru_cache(maxsize=1)
def records() -> dict[str, Record]:
    """All parameters by name, in the table's order. UserError if table and model disagree."""
    path = TABLES / "parameters.csv"
    rows = read_records(path)
    declared = {f.name for f in fields(Parameters)}
    moving = {name for name, row in rows.items() if row.role != VALUE}
    if declared != moving:
        raise UserError(
            "the parameter table and the model disagree",
            file=str(path),
            rule="one row for each parameter of the model",
            got=str(sorted(declared ^ moving)),
            try_="install the tables and the model of one version",
        )
    return rows


def read_records(path: Path) -> dict[str, Record]:
    """The records of one table by name, in its order."""
    with path.open(newline="", encoding="utf-8") as file:
        return {row["name"]: _record(row) for row in csv.DictReader(file)}


def _record(row: dict[str, str]) -> Record:
    numbers = {key: float(row[key]) for key in ("value", "low", "high")}
    return Record(**{**row, **numbers})  # type: ignore[arg-type]


def quantile(record: Record, u: float) -> float:
    """The prior's value at `u` in [0, 1): uniform, or triangular with its peak at `value` (sqrt is exact IEEE)."""
    low, peak, high = record.low, record.value, record.high
    if record.prior == "fixed" or high == low:
        return record.value
    if record.prior == "uniform":
        return low + u * (high - low)
    split = (peak - low) / (high - low)
    if u < split:
        return low + float(np.sqrt(u * (high - low) * (peak - low)))
    return high - float(np.sqrt((1.0 - u) * (high - low) * (high - peak)))


def draw_value(record: Record, draw: int) -> float:
    """One parameter's value in one draw, at 2024/25 prices: central for draw 0, else its prior at a keyed draw."""
    if draw == 0:
        return at_model_prices(record.value, record.unit)
    when = zlib.crc32(record.name.encode())
    drawn = quantile(record, draws.uniform_one(0, draws.Purpose.PARAMETER, when, draws.whog(draw)))
    return at_model_prices(drawn, record.unit)


def draw_parameters(draw_ids: list[int], fixed: dict[str, float] | None = None) -> Parameters:
    """Parameters of the worlds with these draw ids; `fixed` overrides values by name in all of them."""
    held = fixed or {}
    return Parameters(
        **{
            name: np.array([held.get(name, draw_value(record, d)) for d in draw_ids])
            for name, record in records().items()
            if record.role != VALUE
        }
    )
