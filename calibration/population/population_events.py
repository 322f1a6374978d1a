"""Yearly chances of life events by age band, with their sources.

Arrays are float64[ages] over AGES; [ages, 2] adds (without, with) a condition.
"""

from __future__ import annotations

import numpy as np

from sim.vocabulary import AGES

DEATH = (0.0003, 0.0006, 0.0012, 0.0027, 0.0063, 0.0155, 0.045, 0.150)
"""Death rates near those of England and Wales in 2019 to 2023 (recalled: judgement); they give
about 530,000 deaths of adults a year, as registered."""
DEATH_RATIO = 2.5
MOVES = (0.30, 0.22, 0.12, 0.07, 0.05, 0.036, 0.036, 0.05)
"""Moved home in a year: 2001 Census, 12.2% in all, over a third at 20-24, 3.6% at 65-79."""
MOVES_SINCE, MOVES_OUT = 0.75, 0.6
"""Fall in moving since 2001 (English Housing Survey 9.2% in 2011, 7.9% in 2022), and the share of
moves that leave a place of some 10,000 adults: judgement."""
BEREAVED_PER_DEATH, ADULT_SHARE = 5.0, 0.9
BEREAVED_SHAPE = (0.03, 0.035, 0.04, 0.06, 0.075, 0.07, 0.065, 0.06)
BEREAVED_SOURCE = (
    "UK Commission on Bereavement 2022, five close people for each death; nine in ten adults and shape by age judged"
)
CARER_STARTS_UK, UK_ADULTS = 4_300_000, 53_200_000
CARER_SHAPE = (0.6, 0.7, 0.9, 1.3, 1.35, 1.0, 0.7, 0.4)
CARERS_WIDE, CARERS_CENSUS = 0.18, 0.1024
CARER_STOCK = (0.05, 0.06, 0.09, 0.14, 0.16, 0.115, 0.10, 0.06)
DISCHARGE_SHAPE = (0.6, 0.6, 0.6, 0.8, 1.0, 1.3, 1.9, 2.8)
DISCHARGE_WITH, DISCHARGE_RATIO = 0.20, 3.5
FLARE_UP = (0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.55, 0.6)
SOCIAL_FALL = (0.10, 0.08, 0.06, 0.05, 0.05, 0.06, 0.07, 0.08)

About = tuple[str, str, str]


def death(share: np.ndarray) -> np.ndarray:
    """float64[ages, 2]: deaths without and with a condition, averaging DEATH at `share`."""
    without = np.array(DEATH) / (1 - share + DEATH_RATIO * share)
    return np.stack([without, DEATH_RATIO * without], axis=1)


def bereavement(people: np.ndarray) -> np.ndarray:
    """float64[ages]: yearly chance that a close person dies; people int64[ages]."""
    total = float(people @ np.array(DEATH)) * BEREAVED_PER_DEATH * ADULT_SHARE
    shape = np.array(BEREAVED_SHAPE)
    return shape * (total / float(people @ shape))


def carer_starts(people: np.ndarray) -> np.ndarray:
    """float64[ages]: yearly chance of becoming a carer, on the Census's narrower definition."""
    level = CARER_STARTS_UK / UK_ADULTS * (CARERS_CENSUS / CARERS_WIDE)
    shape = np.array(CARER_SHAPE)
    return shape * (level * people.sum() / float(people @ shape))


def carer_ends(people: np.ndarray) -> np.ndarray:
    """float64[ages]: yearly chance that caring ends: starts * (1 - q) / q at the stock q."""
    stock = np.array(CARER_STOCK)
    stock = stock * (CARERS_CENSUS * people.sum() / float(people @ stock))
    return carer_starts(people) * (1 - stock) / stock


def discharge(people: np.ndarray, share: np.ndarray) -> np.ndarray:
    """float64[ages, 2]: hospital discharges; 0.20 a year on average with a condition."""
    shape = np.array(DISCHARGE_SHAPE)
    ill = people * share
    with_condition = shape * (DISCHARGE_WITH * ill.sum() / float(ill @ shape))
    return np.stack([with_condition / DISCHARGE_RATIO, with_condition], axis=1)


def tables(people: np.ndarray, share: np.ndarray) -> list[tuple[str, np.ndarray, About]]:
    """(name, values, (source, source id, grade)) of every table of life events."""
    moves = np.array(MOVES) * MOVES_SINCE
    both = np.stack([moves, moves], axis=1)
    petrillo = "Petrillo, Bennett and Pryce 2022, Cycles of caring (4.3 million a year, UK)"
    recalled = "death rates of England and Wales, recalled; ratio 2.5 with a condition"
    census = "Census 2001 moves by age; English Housing Survey trend; share leaving the place"
    stock: About = (petrillo + "; scaled to the Census definition", "S003 P233 P240", "derived")
    return [
        ("death", death(share), (recalled, "", "judgement")),
        ("move_out", both * MOVES_OUT, (census, "S006 S007 S008", "judgement")),
        ("move_within", both * (1 - MOVES_OUT), (census, "S006 S007 S008", "judgement")),
        (
            "discharge",
            discharge(people, share),
            ("admissions per head, ratio 3.5 with a condition", "P130 P140 P154 P162", "judgement"),
        ),
        (
            "flare_up",
            np.stack([np.zeros(len(AGES)), np.array(FLARE_UP)], axis=1),
            ("a flare-up every other year", "", "judgement"),
        ),
        ("carer_starts", carer_starts(people), stock),
        ("carer_ends", carer_ends(people), ("starts compared with the stock", "P233", "derived")),
        ("social_fall", np.array(SOCIAL_FALL), ("fall in social contact from outside", "", "judgement")),
    ]
