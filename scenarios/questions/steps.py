"""The steps of the ladder to everyone: what each opens, by which override, and which levers climb it.

One table, from which `docs/ladder.md` is made. A step's override is that of a gate of `sim.policy.relief`. Its levers go
to their best ends: all of them together are the scenario `every_lever`. Every lever belongs to one step, or stands in LEFT_OUT with the reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sim.numbers.structure import declared
from sim.policy.relief import RELIEFS, ROOM_TIMES, Relief
from sim.vocabulary import BUDGETS, MODES, ROUTES

GATES = {relief.gate: relief for relief in RELIEFS}


@dataclass(frozen=True)
class Step:
    """One step. `opens` ends "this step opens: …"; `gate`: whose override opens it; `levers`: the best end of each lever, a
    choice by its word; `ends`: why these ends; `needed`: what would have to be true for what they do not reach; `notes`: what
    has to be said of it, by headline."""

    name: str
    label: str
    opens: str
    gate: str
    levers: Mapping[str, float | str]
    ends: str
    needed: str
    notes: Mapping[str, str] = field(default_factory=dict)

    @property
    def relief(self) -> Relief:
        """The override that opens it."""
        return GATES[self.gate]

    @property
    def numbers(self) -> tuple[str, ...]:
        """Names of the parameters that the override holds or multiplies."""
        return tuple(dict.fromkeys((*self.relief.parameters, *self.relief.times)))


STEPS: tuple[Step, ...] = (
    Step(
        "known",
        "Known",
        "they have heard of something suitable",
        "knew",
        {"directory": 1.0, "campaign": 1.0, "peers_in_clinics": 1.0},
        "Each tells more people, or more staff.",
        "People would have to hear of it within weeks of wanting it, and remember it. No lever sets how fast they look or forget.",
    ),
    Step(
        "fits",
        "Fits",
        "something suitable exists for them: kind, time, distance, language, online or not",
        "existed",
        {
            "expenses": 200.0,
            "pairs": 1.0,
            "new_organisations": 50.0,
            "group_founding": 6.0,
            "group_keeping": 0.8,
            "group_grant": 3000.0,
        },
        "Each brings more kinds of support into being, keeps them, or lets more people come.",
        "Any experience would have to do for people, or support of every kind be near everyone, at any hour and in every language.",
    ),
    Step(
        "way_in",
        "Way in",
        "they may join, refer themselves, or be referred",
        "way_in",
        {"self_referral": 1.0, **dict.fromkeys(ROUTES, 1.0)},
        "Every organisation and every route is open.",
        "Nothing more would have to be true: levers open every way in. What they do not reach waits for the other steps.",
        {"available": "A place that is kept for somebody needs no referral, so referral counts little here."},
    ),
    Step(
        "asked",
        "Asked",
        "they ask, or someone thinks of them and they agree",
        "asked",
        {
            **dict.fromkeys(MODES, "opt_out"),
            "mode_review": "prompted",
            "link_workers": 10.0,
            "working_together": "one_team",
        },
        "Staff offer it unless declined (at reviews they are prompted), more staff have the time, fewer referrals are lost.",
        "People would have to act within weeks on what they know and agree to be put forward, and no referral could be lost.",
        {
            "available": "Available counts a place that is kept for somebody who never asks. So this step is small here, and may "
            "even lose a little: those who ask fill places. See it for what people had in time."
        },
    ),
    Step(
        "places",
        "Places",
        "enough places, in time",
        "early and room",
        {
            **dict.fromkeys(BUDGETS, 20.0),
            "online_places": 200.0,
            "recruitment": 5.0,
            "recruit_helped": 5.0,
            "recruit_students": 1.0,
            "core_cost_share": 1.2,
            "award_years": 10.0,
            "allocation": "need",
            "evaluation_share": 0.0,
            "supervision_share": 0.4,
        },
        "Each buys places or finds people to give them. Long awards at full cost keep them, and so does supervision.",
        f"There would have to be room for {ROOM_TIMES} times as many from the first week. Money becomes people over years: posts "
        "have to be filled, and volunteers found and trained.",
    ),
)
"""In the order in which a person meets them."""
REST = "rest"
REST_LABEL = "The rest"
REST_OPENS = "what is left with the five open"
REST_NEEDED = (
    "No step opens it. Some wants have to be answered within two weeks. Some people choose a kind of support that is not near "
    "them, or that has no room even then."
)

LEFT_OUT: dict[str, str] = {
    **dict.fromkeys(
        ("contract_share", "personal_budget_share", "outcome_payment_share", "paid_share"),
        "It moves the same money between uses or bodies. Which end is best differs between areas.",
    ),
    "budget_growth": "Budgets are at their highest already.",
    **dict.fromkeys(
        ("training_weeks", "supervision_ratio", "sessions"), "It makes places out of shorter or poorer support."
    ),
    **dict.fromkeys(("eligibility", "priority"), "It says who comes first. It makes no room."),
    **dict.fromkeys(("cut", "face_to_face_closed", "price_shock", "lose_largest"), "It is a shock, not a policy."),
    "volunteering": "It is a setting of the world, not a policy.",
    "learning_network": "It is a module that is off unless it is asked for. It spreads what is known, and makes no place.",
    "conviction": "It makes boards pay less or more than their budgets say.",
}
"""Levers that climb no step, with the reason."""


def evidence(step: Step) -> str:
    """What a step rests on: how many of its numbers are judgement, and the sources of the others."""
    records = [declared()[name] for name in step.numbers]
    if not records:
        return "It opens what organisations and services allow, and rests on no number."
    found = [one for one in records if one.grade != "judgement"]
    if not found:
        return f"It rests on {len(records)} numbers, all judgement."
    sources = "; ".join(dict.fromkeys(one.source for one in found))
    return f"It rests on {len(records)} numbers: {len(records) - len(found)} judgement, {len(found)} from sources ({sources})."
