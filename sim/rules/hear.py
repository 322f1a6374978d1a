"""Rules of the phase `hear`: how people come to know what exists."""

from __future__ import annotations

import numpy as np

from sim.numbers.parameters import Column
from sim.numbers.structure import CLINIC_TALK_WEEK, TALK_PUTS_OFF
from sim.vocabulary import YEAR


def talk_share(supported: Column, knowing: Column, people: Column, weight: Column) -> Column:
    """Share of people near with the same need who talk of peer support.

    `supported`, `knowing`, `people` are counts in one place and needs group; knowing talk `weight` as much.
    """
    return np.minimum(1.0, (supported + weight * knowing) / np.maximum(people, 1))


def hearing_chances(
    talk: Column,
    mouth_rate: Column,
    search_rate: Column,
    directory_rate: Column,
    directory: Column,
    campaign_per_year: Column,
    online_rate: Column,
    online: Column,
    informal_rate: Column,
) -> tuple[Column, Column, Column, Column]:
    """Weekly chances of someone who wants it: (by mouth, all that exists, online only, met informally).

    `directory` and `campaign_per_year` are shares; `online` is 1 for someone who uses the internet.
    """
    everything = search_rate + directory_rate * directory + campaign_per_year / YEAR
    return mouth_rate * talk, everything, online_rate * online, informal_rate


def clinic_talk(clinics: Column) -> Column:
    """Weekly chance of hearing of services where peers are present in this share of clinics."""
    return CLINIC_TALK_WEEK * clinics


def put_off_chance(quality: Column) -> Column:
    """Chance that word of mouth is bad: a part of what is missing of quality (0 to 1)."""
    return TALK_PUTS_OFF * (1.0 - quality)


def voicing_chance(talk: Column, mouth_rate: Column, clinics: Column, voiced_rate: Column) -> Column:
    """Weekly chance that someone without a want hears from someone trusted and begins to want."""
    return (mouth_rate * talk + clinic_talk(clinics)) * voiced_rate
