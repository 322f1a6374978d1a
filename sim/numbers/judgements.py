"""The value judgements that the results rest on, in one place. None is a fact; each can be switched.

A switch is a parameter (a study's fixed values), a lever (`--set`), a choice of `sim.results.value.Choices`, or a row
that is shown beside the headline.
"""

from __future__ import annotations

from dataclasses import dataclass

STATUS = "not yet agreed with people with lived experience"


@dataclass(frozen=True)
class Judgement:
    """One value judgement: the question, what is taken here, and what switches it.

    `kind` says where the switches live: "parameter", "lever", "choice" or "row".
    """

    name: str
    question: str
    taken: str
    kind: str
    switches: tuple[str, ...]
    status: str = STATUS


JUDGEMENTS: tuple[Judgement, ...] = (
    Judgement(
        "suitable",
        "What makes an offer suitable?",
        "It shares the experience that the want asks for, and is one that the person would choose and can manage.",
        "parameter",
        ("match_narrow", "match_broad", "access_group", "group_reach", "access_service", "access_online"),
    ),
    Judgement(
        "online",
        "Does an online community alone count as available?",
        "It does; how many wants are available by one is shown beside the headline.",
        "row",
        ("available_online",),
    ),
    Judgement(
        "soon_enough",
        "How soon is soon enough?",
        "12 weeks from beginning to want it; 8 after a bereavement, 2 after a discharge.",
        "parameter",
        ("target_weeks", "target_weeks_bereavement", "target_weeks_discharge"),
    ),
    Judgement(
        "whose_wants",
        "Whose wants count?",
        "Those that last at least until the target wait; starts are counted whatever the want.",
        "row",
        ("starts_per_want",),
    ),
    Judgement("who_first", "Who is offered a free place first?", "Who has waited longest.", "lever", ("priority",)),
    Judgement(
        "better_off",
        "How much is better off?",
        "A rise in confidence of at least a fifth of a standard deviation; worse off alike.",
        "parameter",
        ("better_by",),
    ),
    Judgement(
        "how_long",
        "How long does a gain count?",
        "While support lasts, for as long as trials have followed it; then halving, up to the end of the reported years.",
        "choice",
        ("persistence",),
    ),
    Judgement(
        "whose_costs",
        "Whose costs count?",
        "All payers of peer support, and what the places in use cost beside budgets. Link workers are shown and left out; services saved are not counted.",
        "choice",
        ("service_route",),
    ),
    Judgement(
        "volunteers_time",
        "What is an hour of a volunteer worth?",
        "Nothing in money; two other ways beside it.",
        "choice",
        ("volunteer_time",),
    ),
    Judgement(
        "supporters_gain",
        "Does what supporters gain or lose count?",
        "No: shown apart.",
        "parameter",
        ("supporter_gain_points", "stretched_loss_points"),
    ),
    Judgement(
        "pounds_on_loneliness",
        "What is it worth in pounds to be less lonely or more confident?",
        "WELLBYs at the Treasury's value or QALYs at NICE's, one at a time.",
        "parameter",
        ("satisfaction_per_lonely_sd", "satisfaction_per_confidence_sd", "wellby_gbp", "qaly_gbp_nice"),
    ),
    Judgement(
        "alike",
        "Does a year of wellbeing count alike for everyone?",
        "Yes: no weights. Who gains and who loses is shown by group.",
        "row",
        ("slope index",),
    ),
)
