"""Gate relief: what opening one gate of the cascade, and only that one, would gain. For diagnosis, not a policy.

The same overrides, several at once, open the steps of the ladder (`scenarios.questions.ladder`).

A gate is opened from the policy's first week on, on the same people and the same luck, by moving what holds
it shut as far as it goes. The last gate (better off) is not opened: it is what support does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from sim.numbers.levers import INDEX, Timeline
from sim.numbers.parameters import Parameters
from sim.vocabulary import ROUTES

ROOM_TIMES = 20


@dataclass(frozen=True)
class Relief:
    """One gate (or two that open together): parameters held, parameters multiplied, levers set, places multiplied, levers
    multiplied."""

    gate: str
    opened: str
    parameters: Mapping[str, float] = field(default_factory=dict)
    times: Mapping[str, float] = field(default_factory=dict)
    levers: Mapping[str, float] = field(default_factory=dict)
    places_times: int = 1
    lever_times: Mapping[str, float] = field(default_factory=dict)

    def of_parameters(self, par: Parameters) -> Parameters:
        """The parameters with this gate open."""
        held = {name: np.full_like(getattr(par, name), value) for name, value in self.parameters.items()}
        more = {name: getattr(par, name) * value for name, value in self.times.items()}
        return replace(par, **held, **more)

    def of_timeline(self, timeline: Timeline) -> Timeline:
        """The levers with this gate open, in every week."""
        values = timeline.values.copy()
        for name, value in self.levers.items():
            values[:, INDEX[name]] = value
        for name, value in self.lever_times.items():
            values[:, INDEX[name]] *= value
        return Timeline(timeline.starts, values)


RELIEFS: tuple[Relief, ...] = (
    Relief(
        "existed",
        "any experience would do, and everybody could manage time, place and cost",
        {
            "match_narrow": 0.0,
            "match_broad": 0.0,
            "access_group": 1.0,
            "group_reach": 0.0,
            "access_service": 1.0,
            "access_online": 1.0,
        },
    ),
    Relief(
        "knew",
        "whoever wants it hears within weeks of all that exists, and remembers",
        {"search_rate": 1.0, "forget_weeks": 5000.0, "group_known": 1.0},
    ),
    Relief(
        "way_in",
        "every organisation takes people who come by themselves, and every route is open",
        levers={"self_referral": 1.0, **dict.fromkeys(ROUTES, 1.0)},
    ),
    Relief(
        "asked",
        "people act on what they know within weeks, also while they wait, accept being put forward, and no referral is lost",
        {"room_before_wait": 1.0, "accept_referral": 1.0, "lost_apart": 0.0, "lost_shared": 0.0, "lost_one_team": 0.0},
        {"act_rate": 100.0},
    ),
    Relief(
        "early and room",
        f"each supporter, each mutual group and the online community have room for {ROOM_TIMES} times as many",
        times={"volunteer_caseload": ROOM_TIMES, "paid_caseload": ROOM_TIMES, "group_size": ROOM_TIMES},
        places_times=ROOM_TIMES,
        lever_times={"online_places": ROOM_TIMES},
    ),
    Relief("accepted", "everybody accepts what they are offered", {"accept_offer": 1.0, "accept_loose_match": 1.0}),
    Relief("attended", "everybody who accepts comes", {"attend_first": 1.0}),
    Relief("kept", "nobody leaves one-to-one support early", {"drop_per_week": 0.0}),
)
