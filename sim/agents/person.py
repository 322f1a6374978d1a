"""The agent `Person`. What a person does in each phase stands in the files `person_*.py`:
base (clocks, traits) → wants → support → life → hears → asks."""

from __future__ import annotations

from sim.agents.person_asks import PersonAsks


class Person(PersonAsks):
    """An adult in a place."""
