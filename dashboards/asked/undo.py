"""Undo and redo: where a person has been, as a line of states with a place on it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from dashboards.asked.state import Asked, Pin, Policy

MOST_STEPS = 100
Step = tuple[Policy, str, tuple[Pin, ...], int, str, tuple[str, ...]]


def step_of(asked: Asked) -> Step:
    """What undo brings back: the policy, the area, pins, seed, local inventory and rival evidence. Not the page or the chart looked at."""
    return asked.policy, asked.area, asked.pins, asked.seed, asked.inventory, asked.rivals


@dataclass(frozen=True)
class Line:
    """Steps behind and ahead of where the person stands. `gesture`: of the last step, "" where it was none."""

    behind: tuple[Step, ...] = ()
    ahead: tuple[Step, ...] = ()
    gesture: str = ""

    def moved(self, old: Asked, new: Asked, gesture: str = "") -> Line:
        """After a change: the old state can be brought back; what was ahead is forgotten.

        All changes of one gesture are one step; none where it ends where it began.
        """
        if step_of(old) == step_of(new):
            return self
        if not gesture or gesture != self.gesture:
            return Line((*self.behind, step_of(old))[-MOST_STEPS:], (), gesture)
        back = bool(self.behind) and self.behind[-1] == step_of(new)
        return Line(self.behind[:-1]) if back else replace(self, ahead=())

    def undo(self, now: Asked) -> tuple[Line, Asked]:
        """One step back, or nothing where there is none."""
        if not self.behind:
            return self, now
        return Line(self.behind[:-1], (step_of(now), *self.ahead)), _at(now, self.behind[-1])

    def redo(self, now: Asked) -> tuple[Line, Asked]:
        """One step forward again."""
        if not self.ahead:
            return self, now
        return Line((*self.behind, step_of(now)), self.ahead[1:]), _at(now, self.ahead[0])


def _at(now: Asked, step: Step) -> Asked:
    policy, area, pins, seed, inventory, rivals = step
    return replace(now, policy=policy, area=area, pins=pins, seed=seed, inventory=inventory, rivals=rivals)
