"""What an atlas is asked, and what makes it the same atlas: studies, goal, candidates, code."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from calibration.whole import digest
from scenarios.questions.atlas.candidates import Candidate
from scenarios.questions.ladder import RUNS
from scenarios.questions.solve.certify import ALPHA, Looks
from scenarios.questions.solve.goal import Goal
from scenarios.running import identity
from scenarios.running.durations import BUSY_TIMES, START_SECONDS, run_seconds
from scenarios.running.study import Study, make_shape

HEADLINES, LADDER, CERTIFICATE = "headlines", "ladder", "certificate"
PARTS = (HEADLINES, LADDER, CERTIFICATE)
FIRST_FRESH = 8_192
"""The first draw of a certificate: no search of `solve` comes so far, so its worlds are fresh for what a search found."""
BATCHES = 8
"""A candidate's fresh worlds come in so many batches."""
FORMAT_VERSION = 1


def looks_of(fresh: int) -> Looks:
    """When the fresh worlds of a candidate are looked at, of at most so many."""
    return Looks(-(-fresh // BATCHES), fresh)


@dataclass(frozen=True)
class Ask:
    """What is asked of each area. `whole`: the study of today's headlines, `sample`: that of ladders and certificates; both for
    whatever areas they name. `all_adults`: headlines are of every adult. `fresh`: most fresh worlds of a candidate. `searched`:
    where the candidates come from, in words."""

    areas: tuple[int, ...]
    whole: Study
    sample: Study
    all_adults: bool
    goal: Goal
    candidates: tuple[Candidate, ...]
    fresh: int
    searched: str

    def study(self, part: str, area: int) -> Study:
        """The study of one part of one area."""
        if part == HEADLINES and self.all_adults:
            return replace(self.whole, areas=(area,), people=self.whole.adults(area))
        of = self.whole if part == HEADLINES else self.sample
        one = replace(of, areas=(area,))
        return replace(one, draws=self.fresh, replicates=1) if part == CERTIFICATE else one

    @property
    def looks(self) -> Looks:
        """When a candidate's fresh worlds are looked at."""
        return looks_of(self.fresh)

    @property
    def alpha(self) -> float:
        """The chance ever to certify a policy wrongly, of one candidate: an area's candidates share that of one search."""
        return ALPHA / len(self.candidates)


@cache
def own_code() -> str:
    """SHA-256 over the code that makes figures of runs here: the rest is in `identity.code`."""
    here = Path(__file__).parent
    questions = here.parent
    own = [*here.glob("*.py"), *(questions / name for name in ("ladder.py", "steps.py", "explain.py", "relief.py"))]
    own += [questions / "solve" / name for name in ("certify.py", "goal.py", "columns.py", "aims.py")]
    return digest(*(path.read_bytes() for path in sorted(own)))


def of_part(ask: Ask, part: str, area: int) -> dict[str, Any]:
    """Everything that one part of one area follows from."""
    found = {"part": part, "own": own_code(), "policy": identity.policy(ask.goal.base)}
    found |= identity.of_study(ask.study(part, area))
    return found | (_of_goal(ask) if part == CERTIFICATE else {})


def _of_goal(ask: Ask) -> dict[str, Any]:
    return {
        "goal": ask.goal.file.goal.model_dump(),
        "candidates": [identity.policy(one.scenario) for one in ask.candidates],
        "looks": list(ask.looks.ends),
    }


def of_atlas(ask: Ask) -> dict[str, Any]:
    """Everything that an atlas follows from, as plain tables."""
    study = identity.of_study(replace(ask.whole, areas=ask.areas))
    sample = identity.of_study(replace(ask.sample, areas=ask.areas))
    differs = {f"sample_{key}": value for key, value in sample.items() if study.get(key) != value}
    policy = {"policy": identity.policy(ask.goal.base), "all_adults": ask.all_adults, "own": own_code()}
    return study | differs | policy | _of_goal(ask)


def key(ask: Ask, part: str, area: int) -> str:
    """The name under which the record of one part of one area is kept."""
    return f"part-{part}-{identity.short(of_part(ask, part, area))}"


def seconds(ask: Ask, part: str, area: int, workers: int) -> float:
    """About how long one part of one area takes."""
    policies = {HEADLINES: 1, LADDER: RUNS, CERTIFICATE: len(ask.candidates)}[part]
    work = run_seconds(ask.study(part, area), policies, workers) - START_SECONDS
    return BUSY_TIMES * work if part == LADDER else work


def people_at_once(ask: Ask) -> int:
    """Adults of the largest world of one area."""
    return max(make_shape(ask.study(part, area), [(0, 0)]).people for part in PARTS for area in ask.areas)
