"""The parts of an atlas, run one after another; each part's record is kept from the moment in which it ends.

A stop loses the jobs in hand. What a part's jobs left is cleared once its record is there, so the folder stays small.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from scenarios.questions.atlas import asked, reads
from scenarios.questions.atlas.asked import CERTIFICATE, HEADLINES, LADDER, PARTS, Ask
from scenarios.questions.atlas.certificate import Tried, certify
from scenarios.questions.ladder import combinations
from scenarios.questions.solve.certify import Verdict
from scenarios.running.finished import FinishedJobs
from scenarios.running.many import run_many
from scenarios.running.pool import Tell
from scenarios.running.sample import settled
from sim import plain

Say = Callable[[str, float], None]
"""Told what is being run, in words, and which part of the whole is done."""
Kept = dict[str, Any]


def records(ask: Ask, store: FinishedJobs, workers: int = 0, say: Say | None = None) -> dict[tuple[str, int], Kept]:
    """The record of each part of each area, by (part, area): as kept in the store, or run now and kept there.

    Raises what the runs raise.
    """
    todo = [(part, area) for area in ask.areas for part in PARTS]
    weights = {one: asked.seconds(ask, *one, workers) for one in todo}
    total, done, found = sum(weights.values()), 0.0, {}
    for one in todo:
        held = _held(store, asked.key(ask, *one))
        if held is None:
            held = _made(ask, *one, store, workers, _telling(say, one, done / total, weights[one] / total))
        found[one] = held
        done += weights[one]
    return found


def left(ask: Ask, store: FinishedJobs) -> list[tuple[str, int]]:
    """Parts that are still to be run."""
    return [(part, area) for area in ask.areas for part in PARTS if _held(store, asked.key(ask, part, area)) is None]


def _telling(say: Say | None, one: tuple[str, int], before: float, share: float) -> Tell:
    def tell(part: float) -> None:
        if say is not None:
            say(one[0], before + share * part)

    return tell


def _held(store: FinishedJobs, key: str) -> Kept | None:
    content = store.get(key)
    if content is None:
        return None
    try:
        found = plain.loads(content)
    except (plain.NotPlain, ValueError):
        found = None
    if not isinstance(found, dict):
        store.drop(key)
        return None
    return found


def _made(ask: Ask, part: str, area: int, store: FinishedJobs, workers: int, tell: Tell) -> Kept:
    jobs = FinishedJobs(store.folder)  # of this part: its record is not among what is cleared
    content = plain.dumps(RUN[part](ask, area, workers, tell, jobs))
    store.put(asked.key(ask, part, area), content)
    jobs.clear()
    store.tried_again += jobs.tried_again
    found: Kept = plain.loads(content)
    return found


def _headlines(ask: Ask, area: int, workers: int, tell: Tell, jobs: FinishedJobs) -> Kept:
    study = ask.study(HEADLINES, area)
    ((_, result),) = run_many([ask.goal.base], study, workers, tell, jobs)
    settled([(ask.goal.base.title, result)])
    return reads.headlines(result)


def _ladder(ask: Ask, area: int, workers: int, tell: Tell, jobs: FinishedJobs) -> Kept:
    return reads.climbed(combinations(ask.goal.base, ask.study(LADDER, area), workers, tell, jobs))


def _certificate(ask: Ask, area: int, workers: int, tell: Tell, jobs: FinishedJobs) -> Kept:
    study = ask.study(CERTIFICATE, area)
    tried = certify(ask.goal, ask.candidates, study, ask.looks, ask.alpha, workers, tell, jobs)
    rows = [vars(one) | {"verdict": asdict(one.verdict)} for one in tried]
    return {"adults": study.adults(area), "tried": rows}


RUN: dict[str, Callable[[Ask, int, int, Tell, FinishedJobs], Kept]] = {
    HEADLINES: _headlines,
    LADDER: _ladder,
    CERTIFICATE: _certificate,
}


def tried(kept: Kept) -> list[Tried]:
    """The candidates of a certificate's record."""
    return [Tried(**(one | {"verdict": Verdict(**one["verdict"])})) for one in kept["tried"]]
