"""Rules of the phase `hear`: how people come to know what exists."""

from __future__ import annotations

from sim.compiled import rule
from sim.numbers.structure import CLINIC_TALK_WEEK, TALK_PUTS_OFF
from sim.vocabulary import YEAR


@rule
def talk_share(supported: float, knowing: float, people: float, weight: float) -> float:
    """Share of people near with the same need who talk of peer support.

    `supported`, `knowing`, `people` are counts in one place and needs group; knowing talk `weight` as much.
    """
    return min(1.0, (supported + weight * knowing) / max(people, 1))


@rule
def hearing_chances(
    talk: float,
    mouth_rate: float,
    search_rate: float,
    directory_rate: float,
    directory: float,
    campaign_per_year: float,
    online_rate: float,
    online: float,
    informal_rate: float,
) -> tuple[float, float, float, float]:
    """Weekly chances of someone who wants it: (by mouth, all that exists, online only, met informally).

    `directory` and `campaign_per_year` are shares; `online` is 1 for someone who uses the internet.
    """
    everything = search_rate + directory_rate * directory + campaign_per_year / YEAR
    return mouth_rate * talk, everything, online_rate * online, informal_rate


@rule
def clinic_talk(clinics: float) -> float:
    """Weekly chance of hearing of services where peers are present in this share of clinics."""
    return CLINIC_TALK_WEEK * clinics


@rule
def put_off_chance(quality: float) -> float:
    """Chance that word of mouth is bad: a part of what is missing of quality (0 to 1)."""
    return TALK_PUTS_OFF * (1.0 - quality)


@rule
def voicing_chance(talk: float, mouth_rate: float, clinics: float, voiced_rate: float) -> float:
    """Weekly chance that someone without a want hears from someone trusted and begins to want. Bounds are made of it too."""
    return (mouth_rate * talk + clinic_talk(clinics)) * voiced_rate
