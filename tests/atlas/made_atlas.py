"""A made-up atlas, for tests of what is done with one: no run."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np

from peerscale.commands.atlas.command import Wanted, settled
from peerscale.options import Typed
from scenarios.questions.atlas.asked import CERTIFICATE, HEADLINES, LADDER, Ask
from scenarios.questions.atlas.reads import SHOWN, WORKFORCE
from scenarios.questions.ladder import HEADLINES as OF_LADDER
from scenarios.questions.ladder import SETS
from scenarios.questions.solve.certify import judge
from scenarios.questions.solve.goal import load_goal
from sim.people.population import load_areas
from sim.version import MODEL
from sim.vocabulary import GATES

WORLDS = 6


def answer_json(**changed: Any) -> dict[str, Any]:
    """What `answer.json` of a search for all of England holds, as far as it is read: two policies, the first certified."""
    verdict = {"met": 9, "worlds": 10, "low": 0.5, "high": 1.0, "word": "open"}
    point = {"label": "50%", "level": 0.5, "levers": {"directory": 0.7}, "reached": True, "certified": True}
    point |= {"verdict": verdict, "certificate": verdict | {"met": 55, "worlds": 60}, "available": {}}
    point |= {"gbp_per_adult_year": {"median": 9.0}}
    second = point | {"label": "80%", "level": 0.8, "certified": False, "certificate": None}
    goal = load_goal("half").file
    found = {
        "model": MODEL,
        "code": "c0de",
        "goal": {"name": "england", "question": "?", **goal.goal.model_dump()},
        "also": [],
        "base": "today",
        "schedule": {},
        "areas": [str(code) for code in load_areas().code],
        "people": 10_000,
        "years": 3.0,
        "frontier": [point, second],
        "answer": {"label": "the answer", "levers": {"directory": 1.0}},
    }
    return found | changed


def ask(areas: str | None = None, **wanted: Any) -> Ask:
    """What `peerscale atlas --small` asks, of some areas."""
    return settled(Typed(areas=areas, draws=WORLDS), Wanted(small=True, **wanted))


def records(asked: Ask, seed: int = 3) -> dict[tuple[str, int], dict[str, Any]]:
    """A record of each part of each area: areas differ, and worlds move all of them together."""
    rng = np.random.default_rng(seed)
    together = rng.random(WORLDS) * 0.05
    found: dict[tuple[str, int], dict[str, Any]] = {}
    for area in asked.areas:
        level = 0.05 + 0.01 * (area % 7) + together
        adults = int(load_areas().adults[area])
        people = {"adults": adults, "simulated": 5_000}
        parts = np.stack([np.stack([500 * level, np.full(WORLDS, 500.0)], axis=1) for _ in SHOWN], axis=1)
        groups = [{"kind": "sex", "least": _group("sex male", level), "most": _group("sex female", 2 * level)}]
        lost = rng.random((WORLDS, len(GATES))) / len(GATES)
        found[HEADLINES, area] = people | {
            "parts": parts,
            "groups": groups,
            "lost": lost,
            "worlds": np.zeros((WORLDS, 2)),
        }
        found[LADDER, area] = people | _ladder(level)
        found[CERTIFICATE, area] = {"adults": adults, "tried": _tried(asked, area, rng)}
    return found


def _group(words: str, levels: np.ndarray) -> dict[str, Any]:
    return {"words": words, "levels": levels}


def _ladder(level: np.ndarray) -> dict[str, Any]:
    """Each step opens a tenth, and its levers half of it."""
    sizes = np.array([len(some) for some in SETS])[:, None]
    opened, levered = level + 0.1 * sizes, level + 0.05 * sizes
    every = {"opened": _parts(opened), "levered": _parts(levered)}
    pounds = np.repeat(2.0 * sizes, WORLDS, axis=1).astype(float)
    return {"everyone": every, "worst": every | {"words": "sex male"}, "pounds": pounds}


def _parts(share: np.ndarray) -> np.ndarray:
    one = np.stack([500 * share, np.full(share.shape, 500.0)], axis=-1)
    return np.stack([one] * len(OF_LADDER), axis=2)


def _tried(asked: Ask, area: int, rng: np.random.Generator) -> list[dict[str, Any]]:
    """Each candidate is surer and dearer than the one before; in every third area none is certified."""
    rows = []
    for k, one in enumerate(asked.candidates):
        met = asked.fresh * k // (len(asked.candidates) - 1) if area % 3 else 0
        verdict = judge(met, asked.fresh, asked.goal.file.goal.worlds, asked.looks, asked.alpha)
        level = rng.random(asked.fresh) * 0.1 + 0.1 * k
        pounds = np.full(asked.fresh, 6.0 + 10 * k)
        workforce = np.full((asked.fresh, len(WORKFORCE)), 0.01 * (k + 1))
        row = {"name": one.name, "level": level, "pounds": pounds, "workforce": workforce}
        rows.append(row | {"verdict": asdict(verdict)})
    return rows
