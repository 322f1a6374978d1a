"""Rival accounts of how things are: one number held at an end of its prior."""

from __future__ import annotations

from dataclasses import dataclass

from sim.numbers.parameters import records


@dataclass(frozen=True)
class Rival:
    """A rival account: one parameter held at an end of its prior. `sign`: how one would know."""

    words: str
    parameter: str = ""
    end: str = ""
    sign: str = ""

    def fixed(self) -> dict[str, float]:
        """The parameter held, read from the evidence."""
        if not self.parameter:
            return {}
        known = records()[self.parameter]
        return {self.parameter: known.low if self.end == "low" else known.high}

    def name(self) -> str:
        """In words, with the value held."""
        return self.words + "".join(f" ({records()[name].unit}: {value:g})" for name, value in self.fixed().items())


RIVALS = (
    Rival("as assumed"),
    Rival("wants are short", "want_length_weeks", "low", sign="many who asked no longer want it when a place comes"),
    Rival("wants are long", "want_length_weeks", "high", sign="those who asked a year ago still want it"),
    Rival("little unfunded support exists", "founding_week", "low", sign="a local inventory finds few mutual groups"),
    Rival("much unfunded support exists", "founding_week", "high", sign="a local inventory finds many mutual groups"),
    Rival("hearing brings no further wants", "voiced_rate", "low", sign="publicity brings no more people than it did"),
    Rival(
        "hearing brings many further wants", "voiced_rate", "high", sign="more people ask as more hear, and queues grow"
    ),
)
